"""The saturated network: lim c^{−k} f(x; cθ), computed exactly by one forward pass on series (paper, §2.2).

    >>> import sattheory as st
    >>> net = st.Transformer.random(layers=2, width=8, heads=2, placement="post", biases=True, seed=0)
    >>> limit = st.saturate(net, [0, 3, 1])
    >>> limit.degree, str(limit.rate)
    (1, 'algebraic of order 1: error c^-1')

The number of terms grows until every tie is decided; a limit that hangs on exponentially small terms is followed one step
(see `arithmetic.flat_terms`).  What stays undecided is part of the result.
"""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sattheory.arithmetic.dominance import Tolerance
from sattheory.arithmetic.operations import Place, Undecided
from sattheory.arithmetic.series import EXACT, Series, SeriesArithmetic
from sattheory.asymptotics.rates import Rate, rate_of, shown_from
from sattheory.asymptotics.ties import Tie, ties_of
from sattheory.errors import InputError
from sattheory.network.layers import Watch
from sattheory.network.tokens import Tokens, check_tokens
from sattheory.network.transformer import Transformer, ignore

if TYPE_CHECKING:
    from sattheory.arithmetic.scales import Scale
    from sattheory.asymptotics.certificate import Certified

Array = NDArray[Any]
TERMS, MOST_TERMS = 6, 48


@dataclass(frozen=True, eq=False)
class Saturation:
    """The limit of a network on one input, and how it is reached.

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : Tokens
        The input.
    output : Series or None
        The output as a series; None if undecided.
    streams : tuple of Series
        The residual stream after the embedding (0) and each layer, as far as the pass came.
    weights : dict of Place to Series
        Attention weights of each block.
    terms : int
        N in the end.
    undecided : Undecided or None
        What could not be decided, and where.
    assumed_zeros : int
        How many decisions of norms and activations took a coefficient for zero that is zero to tolerance only.
    memory : ndarray, shape (m, d), optional
        What cross-attention attended to.
    """

    network: Transformer = field(repr=False)
    tokens: Tokens
    output: Series | None
    streams: tuple[Series, ...]
    weights: dict[Place, Series] = field(repr=False)
    terms: int
    undecided: Undecided | None = None
    assumed_zeros: int = 0
    memory: Array | None = field(default=None, repr=False)

    @property
    def series(self) -> Series:
        """The output as a series.

        Returns
        -------
        Series
            The output.

        Raises
        ------
        Undecided
            If the limit is undecided: the reason.
        """
        if self.output is None:
            assert self.undecided is not None
            raise self.undecided
        return self.output

    @property
    def degree(self) -> int:
        """k: the output grows like c^k.

        Returns
        -------
        int
            The degree; 0 for an output that is zero, or smaller than every power.
        """
        return self.series.degree

    @property
    def symbol(self) -> Array:
        """Lim c^(−k) f(x; cθ).

        Returns
        -------
        ndarray, shape (…, n, d) or (…, n, classes)
            The limit.
        """
        return self.series.symbol

    @property
    def rate(self) -> Rate:
        """How fast the limit is approached.

        Returns
        -------
        Rate
            The rate.
        """
        return rate_of(self.series)

    @property
    def onset(self) -> float:
        """Estimate of the scale from which on every branch is the one of the limit and the rate shows.

        Returns
        -------
        float
            The scale; below it the rate need not show.
        """
        return shown_from(self.series)

    @cached_property
    def attention(self) -> dict[int, Array]:
        """Limit weights of self-attention.

        Returns
        -------
        dict of int to ndarray, shape (…, h, n, n)
            Keyed by layer, from 1.
        """
        return {p.layer: _limit(w) for p, w in self.weights.items() if p.part == "attention weights"}

    @cached_property
    def cross_attention(self) -> dict[int, Array]:
        """Limit weights of attention over a memory.

        Returns
        -------
        dict of int to ndarray, shape (…, h, n, m)
            Keyed by layer, from 1.
        """
        return {p.layer: _limit(w) for p, w in self.weights.items() if p.part == "cross-attention weights"}

    @cached_property
    def ties(self) -> tuple[Tie, ...]:
        """Every tie of attention scores, and what decided it.

        Returns
        -------
        tuple of Tie
            In the order of the pass.
        """
        return tuple(tie for place, weights in self.weights.items() for tie in ties_of(place, weights))

    @cached_property
    def agrees_with_layerwise(self) -> bool:
        """Whether strong layerwise saturation gives the same output; it need not, see `layerwise`.

        Returns
        -------
        bool
            True if degree and symbol are the same, to nine digits.
        """
        from sattheory.asymptotics.layerwise import layerwise

        other = layerwise(self.network, self.tokens, terms=self.terms, memory=self.memory).output
        if other is None or other.degree != self.degree:
            return False
        return bool(np.allclose(other.symbol, self.symbol, rtol=1e-9, atol=1e-9 * float(np.abs(self.symbol).max())))

    def at(self, c: float, *, normalised: bool = False) -> Array:
        """Evaluate the series at a scale.

        Parameters
        ----------
        c : float
            The scale, positive.
        normalised : bool
            Whether to divide by c^k.

        Returns
        -------
        ndarray
            An approximation of f(x; cθ) (or c^(−k) f), good beyond `onset`: the error is of the order of the series' remainder,
            ``series.remainder``, plus its flat part.

        Raises
        ------
        InputError
            If c is not positive.
        """
        if np.ndim(c) or not c > 0:
            raise InputError(f"c={c}", "a scale is one positive number", "give c > 0; the series is meant for large c")
        return self.series.at(c, self.degree if normalised else 0)

    def certify(self, c0: Scale | None = None) -> Certified:
        """Prove a limit and a bound on the distance to it for every c ≥ c₀, from the network itself and not from these floats.

        Parameters
        ----------
        c0 : int, float, str or Fraction, optional
            Where the statement is to begin; searched for when left out.

        Returns
        -------
        Certificate or NotCertified
            See `sattheory.certify`, which takes more options.
        """
        from sattheory.asymptotics.certifying import certify

        return certify(self.network, self.tokens, c0, memory=self.memory)

    def to_dict(self) -> dict[str, Any]:
        """Put the result into plain values, as the command line's ``--json`` prints them.

        Returns
        -------
        dict
            Lists, numbers and strings.
        """
        common = {"terms": self.terms, "assumed_zeros": self.assumed_zeros, "ties": [str(tie) for tie in self.ties]}
        if self.output is None:
            return {"undecided": str(self.undecided), **common}
        return {
            "degree": self.degree,
            "rate": str(self.rate),
            "onset": self.onset,
            "symbol": self.symbol.tolist(),
            "coefficients": {str(self.degree - j): a.tolist() for j, a in enumerate(self.series.coefficients)},
            "known_below": None if self.series.remainder == EXACT else int(self.series.remainder),
            "attention": {str(layer): weights.tolist() for layer, weights in self.attention.items()},
            **common,
        }

    def __repr__(self) -> str:
        if self.output is None:
            return f"Saturation(undecided: {self.undecided})"
        return (
            f"Saturation(degree={self.degree}, rate={self.rate}, shape={self.symbol.shape}, ties={len(self.ties)}, "
            f"terms={self.terms}, onset≈{self.onset:.3g})"
        )

    def _repr_html_(self) -> str:
        if self.output is None:
            return f"<p><b>Undecided</b>: {html.escape(str(self.undecided))}</p>"
        rows = {
            "degree": self.degree,
            "rate": self.rate,
            "onset": f"c ≈ {self.onset:.3g}",
            "ties": len(self.ties),
            "terms": self.terms,
        }
        cells = "".join(f"<tr><th>{k}</th><td>{html.escape(str(v))}</td></tr>" for k, v in rows.items())
        ties = "".join(f"<li>{html.escape(str(tie))}</li>" for tie in self.ties[:10])
        return f"<table>{cells}</table><ul>{ties}</ul><pre>{html.escape(str(self.symbol))}</pre>"

    def _repr_latex_(self) -> str:
        if self.output is None:
            return r"$\lim_{c\to\infty} f(x; c\theta)\ \text{undecided}$"
        if self.symbol.ndim != 2 or self.symbol.size > 64:
            shape = " × ".join(map(str, self.symbol.shape))
            return rf"$f(x; c\theta) = c^{{{self.degree}}}\,(s + o(1)),\quad s \in \mathbf{{R}}^{{{shape}}}$"
        rows = r" \\ ".join(" & ".join(f"{v:.4g}" for v in row) for row in self.symbol)
        return rf"$\lim_{{c\to\infty}} c^{{{-self.degree}}} f(x; c\theta) = \begin{{pmatrix}} {rows} \end{{pmatrix}}$"


def _limit(weights: Series) -> Array:
    shape = weights.shape if weights.decision is None else weights.decision.winners.shape
    return np.broadcast_to(weights.coefficient(0), shape)


def saturate(
    network: Transformer,
    tokens: ArrayLike | Tokens,
    *,
    lengths: ArrayLike | None = None,
    terms: int = TERMS,
    most_terms: int = MOST_TERMS,
    tolerance: Tolerance | None = None,
    memory: ArrayLike | None = None,
    watch: Watch = ignore,
) -> Saturation:
    """Compute the limit of c^(−k) f(x; cθ) for c → ∞ (paper, §2.2; degree, rate and ties beside it).

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : array_like of int, shape (n,) or (B, n)
        Token numbers.
    lengths : array_like of int, shape (B,), optional
        Real lengths of a padded batch.
    terms : int
        Coefficients kept at first; doubled while a tie or the rate stays open.
    most_terms : int
        Where to stop.
    tolerance : Tolerance, optional
        When two coefficients count as equal.
    memory : array_like, shape (m, d), optional
        Constant memory for cross-attention.
    watch : callable, optional
        Called with a `Place` and each intermediate value; again from the start when the pass is repeated with more terms.

    Returns
    -------
    Saturation
        The limit; if it could not be decided, `undecided` says where and why.

    Raises
    ------
    InputError
        For tokens that the network cannot take.
    """
    given = check_tokens(tokens, network.configuration, lengths)
    most_terms = max(terms, most_terms)

    def run(ops: SeriesArithmetic, trace: Watch) -> Series:
        def seen(place: Place, value: Any) -> None:
            watch(place, value)
            trace(place, value)

        kept = None if memory is None else ops.constant(np.asarray(memory, dtype=np.float64))
        return network.forward(ops, given, watch=seen, memory=kept)

    output, trace, used, undecided = settle(run, terms, most_terms, tolerance)
    kept = None if memory is None else np.asarray(memory, dtype=np.float64)
    return Saturation(network, given, output, tuple(trace.streams), trace.weights, used, undecided, trace.assumed_zeros, kept)


@dataclass
class Trace:
    """What a pass on series leaves behind.

    Parameters
    ----------
    streams : list of Series
        The stream after the embedding and each layer.
    weights : dict of Place to Series
        Attention weights.
    assumed_zeros : int
        Decisions that took a coefficient for zero that is zero to tolerance only.
    """

    streams: list[Series] = field(default_factory=list)
    weights: dict[Place, Series] = field(default_factory=dict)
    assumed_zeros: int = 0

    def __call__(self, place: Place, value: Any) -> None:
        """Keep a value that the pass shows."""
        if place.part == "stream":
            self.streams.append(value)
        elif place.part.endswith("attention weights"):
            self.weights[place] = value


def settle(
    run: Callable[[SeriesArithmetic, Callable[[Place, Any], None]], Series],
    terms: int,
    most_terms: int,
    tolerance: Tolerance | None = None,
    arithmetic: type[SeriesArithmetic] = SeriesArithmetic,
) -> tuple[Series | None, Trace, int, Undecided | None]:
    """Run a pass with more and more terms until nothing is left open that more terms can settle.

    Parameters
    ----------
    run : callable
        Takes an arithmetic and a watcher, returns the output.
    terms, most_terms : int
        First and largest number of terms.
    tolerance : Tolerance, optional
        When two coefficients count as equal.
    arithmetic : type
        `SeriesArithmetic` or a variant of it.

    Returns
    -------
    tuple
        Output or None, the trace, the number of terms, and what stayed undecided or None.
    """
    flat_terms = False
    best: tuple[Series, Trace, int] | None = None
    while True:
        trace, ops = Trace(), arithmetic(terms, tolerance, flat_terms=flat_terms)
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                output = run(ops, trace)
            trace.assumed_zeros = ops.assumed_zeros
        except Undecided as undecided:
            if undecided.kind == "flat" and not flat_terms:
                flat_terms = True
            elif undecided.kind in ("terms", "flat") and terms < most_terms:
                terms = min(2 * terms, most_terms)
            elif best is not None:
                return *best, None
            else:
                return None, trace, terms, undecided
            continue
        if not rate_of(output).at_least or terms >= most_terms:
            return _unless_unknown(output, trace, terms)
        best = (output, trace, terms) if output.symbol.any() else None
        terms = min(2 * terms, most_terms)


def _unless_unknown(output: Series, trace: Trace, terms: int) -> tuple[Series | None, Trace, int, Undecided | None]:
    if output.symbol.any():
        return output, trace, terms, None
    if output.remainder == EXACT:
        return dataclasses.replace(output, degree=0, nominal=0), trace, terms, None
    known = f"every coefficient down to c^{int(output.remainder) + 1} vanishes"
    return None, trace, terms, Undecided("output", (), known, "more terms would decide", "terms")
