"""closed_form(): the limit of a small network written out, with square roots and exponentials.

    >>> import sattheory as st
    >>> found = st.closed_form(st.EXAMPLES["soft"].network, [0, 1])
    >>> found.degree, found.symbol[0, :]
    (1, Matrix([[-sqrt(2)/2, sqrt(2)/2, 0]]))
    >>> print(found.attention[2][0][0, 0])  # layer 2, head 0: a tie that stays soft
    1/(1 + exp(sqrt(3)/6))

The same forward pass as everywhere runs on series whose coefficients are closed forms (`arithmetic.closed_forms`), so ties
are decided by algebra, √(5 + 2√6) against √2 + √3 included.  The price is that the network must be small.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sattheory.arithmetic.models import Equality, Model, ScaleTooSmall
from sattheory.asymptotics.certificate import Pattern
from sattheory.asymptotics.certifying import FAR, TERMS, Passage, Setting, decide
from sattheory.errors import InputError
from sattheory.network.tokens import Tokens, check_tokens
from sattheory.network.transformer import Transformer

if TYPE_CHECKING:
    import sympy

Array = NDArray[Any]
LARGEST = 256


@dataclass(frozen=True, eq=False)
class ClosedForm:
    """The limit of c^(−k) f(x; cθ), and the terms after it, as expressions.

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : Tokens
        The input.
    output : Model
        Coefficients in closed form.
    patterns : tuple of Pattern
        Attention, block by block.
    equalities : tuple of Equality
        Differences that algebra showed to be zero.
    """

    network: Transformer = field(repr=False)
    tokens: Tokens
    output: Model = field(repr=False)
    patterns: tuple[Pattern, ...] = field(repr=False)
    equalities: tuple[Equality, ...] = field(repr=False)

    @property
    def degree(self) -> int:
        """K.

        Returns
        -------
        int
            The degree of the output.
        """
        return self.output.degree

    @cached_property
    def terms(self) -> tuple[sympy.Matrix, ...]:
        """a_0, a_1, …: c^(−k) f(x; cθ) = Σ a_j c^(−j) + smaller.

        Returns
        -------
        tuple of sympy.Matrix, shape (n, d)
            The coefficients.
        """
        return tuple(_matrix(a, self.output.shape) for a in self.output.terms or (None,))

    @property
    def symbol(self) -> sympy.Matrix:
        """a_0, the limit.

        Returns
        -------
        sympy.Matrix, shape (n, d)
            The limit.
        """
        return self.terms[0]

    @cached_property
    def attention(self) -> dict[int, list[sympy.Matrix]]:
        """Limit weights of self-attention.

        Returns
        -------
        dict of int to list of sympy.Matrix, shape (n, n)
            One matrix a head, keyed by layer, from 1.
        """
        found = {}
        for pattern in self.patterns:
            if pattern.place.part == "attention weights":
                heads, shape = range(pattern.winners.shape[0]), pattern.winners.shape[1:]
                given = [None if pattern.weights is None else pattern.weights[h] for h in heads]
                found[pattern.place.layer] = [_matrix(a, shape) for a in given]
        return found

    def to_dict(self) -> dict[str, Any]:
        """Put the expressions into strings, as the command line's ``--json`` prints them.

        Returns
        -------
        dict
            ``degree``, ``terms`` (rows of expressions, keyed by j), ``soft`` (limit weights that are not rational) and ``latex``.
        """
        soft = [
            {"layer": layer, "head": h, "query": i, "weights": [str(w) for w in row]}
            for layer, heads in self.attention.items()
            for h, weights in enumerate(heads)
            for i, row in enumerate(weights.tolist())
            if not all(w.is_rational for w in row)
        ]
        terms = {str(j): [[str(v) for v in row] for row in a.tolist()] for j, a in enumerate(self.terms)}
        return {"degree": self.degree, "terms": terms, "soft": soft, "latex": self.latex()}

    def latex(self, terms: int = 2) -> str:
        """Write the expansion in LaTeX.

        Parameters
        ----------
        terms : int
            How many coefficients, zeros not counted.

        Returns
        -------
        str
            LaTeX, without dollar signs.
        """
        import sympy

        parts = [(j, a) for j, a in enumerate(self.terms) if not a.is_zero_matrix][:terms] or [(0, self.symbol)]
        shown = [sympy.latex(a) + (f" c^{{-{j}}}" if j else "") for j, a in parts]
        more = "" if self.output.order is None and len(parts) == len(self.terms) and self.output.flat is None else r" + \cdots"
        return rf"c^{{-{self.degree}}} f(x; c\theta) = " + " + ".join(shown) + more

    def _repr_latex_(self) -> str:
        return f"${self.latex()}$"

    def __repr__(self) -> str:
        return f"ClosedForm(degree={self.degree}, symbol={self.symbol.tolist()})"


def _matrix(a: Any, shape: tuple[int, ...]) -> sympy.Matrix:
    import sympy

    return sympy.ImmutableMatrix(*shape, [0 if a is None else a[index].expression() for index in np.ndindex(*shape)])


def closed_form(
    network: Transformer,
    tokens: ArrayLike | Tokens,
    *,
    lengths: ArrayLike | None = None,
    memory: ArrayLike | None = None,
    terms: int = TERMS,
) -> ClosedForm:
    """Write the limit of a small network in closed form (paper, §2.2, exactly).

    Parameters
    ----------
    network : Transformer
        The network; floats are taken as the rationals that they are.
    tokens : array_like of int, shape (n,)
        Token numbers, one sequence.
    lengths : array_like of int, optional
        Not for one sequence.
    memory : array_like, shape (m, d), optional
        Constant memory for cross-attention.
    terms : int
        Coefficients kept; doubled while a decision needs more.

    Returns
    -------
    ClosedForm
        The expressions.

    Raises
    ------
    InputError
        For a network too large, or a batch.
    Undecided
        If a comparison stays open.
    """
    given = check_tokens(tokens, network.configuration, lengths)
    width = max(network.configuration.width, network.configuration.feedforward)
    if given.numbers.ndim != 1 or given.n * width > LARGEST:
        why = f"closed forms are for one sequence of at most {LARGEST} numbers a layer"
        raise InputError(f"tokens of shape {given.numbers.shape}, width {width}", why, "use certify(), which computes with balls")
    data = None if memory is None else np.asarray(memory)
    passage = decide(Passage(network, given, data, Setting(terms, 128, True)))
    for c0 in FAR:
        try:
            output = passage.run(c0)
        except ScaleTooSmall:
            continue
        break
    return ClosedForm(network, given, output, tuple(passage.patterns), tuple(passage.tape.equalities))
