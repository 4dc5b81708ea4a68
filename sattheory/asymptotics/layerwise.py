"""Saturating layer by layer: two things that are not the limit, though they often equal it.

*Strong layerwise* takes the exact limit of each single layer and feeds it to the next as if it were all there is; lower
orders, which may break a tie two layers later, are dropped in between.  *Hard substitution* replaces every softmax by the
uniform distribution over its maxima (the paper's S1) and keeps the rest; weights that stay soft, and vectors that vanish only
in the limit, come out differently.  Either may disagree with `saturate`, and the smallest examples have one or two layers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sattheory.arithmetic.dominance import Tolerance, winners
from sattheory.arithmetic.operations import Place, Undecided
from sattheory.arithmetic.series import EXACT, Series, SeriesArithmetic
from sattheory.asymptotics.saturation import MOST_TERMS, TERMS, settle
from sattheory.errors import InputError
from sattheory.network.tokens import Tokens, check_tokens
from sattheory.network.transformer import Transformer

Array = NDArray[Any]


ENOUGH = 24


class HardSubstitution(SeriesArithmetic):
    """Series with every softmax replaced, at every finite c, by the uniform distribution over its maxima (S1).

    A difference at any power breaks a tie, at c^−5 as well as at c^4; scores that agree in `ENOUGH` terms count as tied.
    """

    def softmax(self, scores: Series, visible: Array | None) -> Series:
        """Spread the weight evenly over the positions whose scores are largest for large c."""
        seen = np.ones(scores.shape, dtype=bool) if visible is None else np.broadcast_to(visible, scores.shape)
        lift = max(0, 1 - (scores.degree - len(scores.coefficients) + 1))
        remainder = min(scores.remainder + lift, -1.0)
        lifted = dataclasses.replace(scores, degree=scores.degree + lift, remainder=remainder, nominal=None)
        decision, _ = winners(lifted, seen, self.tolerance)
        several = decision.winners.sum(axis=-1) > 1
        if scores.remainder != EXACT and several.any() and self.terms < ENOUGH:
            index = tuple(int(i) for i in np.argwhere(several)[0])
            raise Undecided("softmax", index, f"a tie in {self.terms} terms", "more terms would decide", "terms")
        share = decision.winners / decision.winners.sum(axis=-1, keepdims=True)
        return self.series(0, share[None], decision=decision, onset=scores.onset)


@dataclass(frozen=True, eq=False)
class Layerwise:
    """A network saturated layer by layer.

    Parameters
    ----------
    kind : {"strong", "hard"}
        See the module.
    output : Series or None
        The output (its symbol is what counts); None if undecided.
    streams : tuple of Series
        The stream after the embedding and each layer.
    attention : dict of int to ndarray, shape (…, h, n, n)
        Weights, keyed by layer from 1.
    undecided : Undecided or None
        What could not be decided.
    """

    kind: Literal["strong", "hard"]
    output: Series | None
    streams: tuple[Series, ...] = field(repr=False)
    attention: dict[int, Array] = field(repr=False)
    undecided: Undecided | None = None

    @property
    def degree(self) -> int | None:
        """Degree of the output.

        Returns
        -------
        int or None
            None if undecided.
        """
        return None if self.output is None else self.output.degree

    @property
    def symbol(self) -> Array | None:
        """The output divided by c^degree.

        Returns
        -------
        ndarray or None
            None if undecided.
        """
        return None if self.output is None else self.output.symbol


def layerwise(
    network: Transformer,
    tokens: ArrayLike | Tokens,
    *,
    kind: Literal["strong", "hard"] = "strong",
    lengths: ArrayLike | None = None,
    terms: int = TERMS,
    tolerance: Tolerance | None = None,
    memory: ArrayLike | None = None,
) -> Layerwise:
    """Saturate a network layer by layer.

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : array_like of int, shape (n,) or (B, n)
        Token numbers.
    kind : {"strong", "hard"}
        Exact limit of each single layer, or S1 in place of every softmax.
    lengths : array_like of int, shape (B,), optional
        Real lengths of a padded batch.
    terms : int
        Coefficients kept at first.
    tolerance : Tolerance, optional
        When two coefficients count as equal.
    memory : array_like, shape (m, d), optional
        Constant memory for cross-attention.

    Returns
    -------
    Layerwise
        The result.

    Raises
    ------
    InputError
        For an unknown kind or unusable tokens.
    """
    if kind not in ("strong", "hard"):
        raise InputError(f"kind={kind!r}", "no such notion", "choose strong or hard")
    given = check_tokens(tokens, network.configuration, lengths)
    arithmetic = SeriesArithmetic if kind == "strong" else HardSubstitution

    def run(ops: SeriesArithmetic, watch: Callable[[Place, Any], None]) -> Series:
        kept = None if memory is None else ops.constant(np.asarray(memory, dtype=np.float64))
        between = None if kind == "hard" else ops.symbol_only
        return network.forward(ops, given, watch=watch, between=between, memory=kept)

    output, trace, _, undecided = settle(run, terms, MOST_TERMS, tolerance, arithmetic)
    weights = {p.layer: w.coefficient(0) for p, w in trace.weights.items() if p.part == "attention weights"}
    return Layerwise(kind, output, tuple(trace.streams), weights, undecided)
