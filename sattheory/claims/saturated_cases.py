"""Random networks on random inputs, saturated: what the searches over networks look at.

The theorems about whole networks suppose two things of the leading coefficients (symbols) of a pass.  (R1): what enters a norm has a
nonconstant symbol (RMSNorm: one that is not zero), or is constant for all large c.  (R2): positions whose score symbols tie at the
maximum have equal value symbols.  `Conditions` is the package's series arithmetic with an eye on both: it runs the one forward pass and
notes, sequence by sequence, where they fail.

One network is run on many inputs at once and kept, because a case of a search may cost a few milliseconds at most.  Everything here is
in floats: symbols count as equal, or zero, within `ZERO`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sattheory.arithmetic.operations import Undecided
from sattheory.arithmetic.series import Series, SeriesArithmetic
from sattheory.asymptotics.layerwise import layerwise
from sattheory.asymptotics.saturation import saturate
from sattheory.asymptotics.scale_sweep import resolved_to, streams_at
from sattheory.network.tokens import check_tokens
from sattheory.network.transformer import Transformer

Array = NDArray[Any]
ZERO = 1e-9
TERMS = (6, 12, 24)


class Conditions(SeriesArithmetic):
    """Series that note where (R1) and (R2) fail.

    Parameters
    ----------
    terms : int
        Coefficients kept.
    post : bool
        Whether norms stand after the sum: the argument of a norm behind a dead block is then the stream, of whatever degree.
    """

    def __init__(self, terms: int, *, post: bool = False) -> None:
        super().__init__(terms)
        self.regular: Array = np.ones((), dtype=bool)
        self.agreeing: Array = np.ones((), dtype=bool)
        self.gap: Array = np.array(np.inf)
        self._post, self._dead = post, np.zeros((), dtype=bool)

    def unit(self, x: Series, epsilon: float) -> Series:
        """Note rows whose symbol vanishes without being identically zero; go on as if they were zero."""
        void = np.zeros(x.shape[:-1], dtype=bool) if x.void is None else np.broadcast_to(x.void, x.shape).all(axis=-1)
        size = np.abs(x.coefficients).max(axis=-1)
        some = size.max(axis=0) > ZERO * size.max()
        nominal = np.abs(_nominal(x)).max(axis=-1) > ZERO * size.max()
        bad = ~(nominal | void | (some & self._dead if self._post else False))
        self.regular = self.regular & ~bad.any(axis=-1)
        self._dead = np.zeros((), dtype=bool)
        if (bad & ~some).any():
            there = np.zeros((1,), dtype=bool) if x.void is None else x.void
            x = dataclasses.replace(x, void=np.broadcast_to(there, x.shape) | (bad & ~some)[..., None])
        return super().unit(x, epsilon)

    def softmax(self, scores: Series, visible: Array | None) -> Series:
        """Keep the smallest gap of scores."""
        weights = super().softmax(scores, visible)
        assert weights.decision is not None
        self.gap = np.minimum(self.gap, weights.decision.gap.min(axis=(-1, -2)))
        self._dead = np.zeros((), dtype=bool)
        return weights

    def activation(self, x: Series, name: str) -> Series:
        """See which positions of a feedforward block are dead."""
        self._dead = (_nominal(x) < 0).all(axis=-1)
        return super().activation(x, name)

    def matmul(self, x: Series, y: Series) -> Series:
        """Note queries whose best positions, by the symbols of the scores, have different value symbols."""
        if x.decision is not None:
            tied, values = np.broadcast_arrays(x.decision.leading[..., None], _nominal(y)[..., None, :, :])
            apart = np.where(tied, values, -np.inf).max(axis=-2) - np.where(tied, values, np.inf).min(axis=-2)
            self.agreeing = self.agreeing & (apart.max(axis=(-1, -2, -3)) <= ZERO * max(1.0, float(np.abs(values).max())))
        return super().matmul(x, y)


def _nominal(x: Series) -> Array:
    """Look up the coefficient at the degree that the rules for degrees give: the symbol, zero or not."""
    return x.coefficient(x.expected) if x.expected > x.remainder else np.zeros(x.shape)


@dataclass(frozen=True, eq=False)
class Saturated:
    """One network on several inputs.

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : ndarray of int, shape (B, n)
        The inputs.
    degree : int
        κ, by the rules for degrees.
    regular, agreeing : ndarray of bool, shape (B,)
        Where (R1) and (R2) hold.
    gap : ndarray, shape (B,)
        Smallest gap of scores, over layers, heads and queries.
    known : ndarray of bool, shape (B,)
        Where the limit was computed.
    coefficients : ndarray, shape (J, B, n, d)
        Of c^κ, c^{κ−1}, … in X(cθ), by `saturate`; nan where it is not known.
    layerwise : ndarray, shape (B, n, d)
        c^{−κ} times strong layerwise saturation.
    onset, resolved : float
        Scales from which on the branches are those of the limit, and up to which floats tell tied scores apart.
    """

    network: Transformer
    tokens: Array
    degree: int
    regular: Array
    agreeing: Array
    gap: Array
    known: Array
    coefficients: Array
    layerwise: Array
    onset: float
    resolved: float

    def at(self, scales: Array) -> Array:
        """Run the network in floats, each input at its own scale.

        Parameters
        ----------
        scales : ndarray, shape (B,)
            The scales.

        Returns
        -------
        ndarray, shape (B, n, d)
            c^{−κ} X(cθ).
        """
        different, which = np.unique(scales, return_inverse=True)
        stream = streams_at(self.network, check_tokens(self.tokens, self.network.configuration), different)[-1]
        values = stream.data[which.ravel(), np.arange(len(self.tokens))]
        return np.asarray(values * (scales ** (stream.power - self.degree))[:, None, None])


def conditions(network: Transformer, tokens: Array) -> tuple[Conditions, Series] | None:
    """Run a network on series and note where (R1) and (R2) hold.

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : ndarray of int, shape (B, n)
        Inputs.

    Returns
    -------
    tuple of Conditions and Series, or None
        What was noted, and the output; None if the series stay undecided.
    """
    for terms in TERMS:
        ops = Conditions(terms, post=network.configuration.placement == "post")
        try:
            return ops, network.forward(ops, tokens)
        except Undecided:
            continue
    return None


def examine(network: Transformer, tokens: Array, *, both: bool = True) -> Saturated | None:
    """Saturate a network on several inputs, wherever the conditions hold.

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : ndarray of int, shape (B, n)
        Inputs.
    both : bool
        Whether the limit is wanted only where (R2) holds beside (R1).

    Returns
    -------
    Saturated or None
        The limits; None if the series stay undecided.
    """
    noted = conditions(network, tokens)
    if noted is None:
        return None
    ops, output = noted
    regular, agreeing, gap = (np.broadcast_to(value, len(tokens)) for value in (ops.regular, ops.agreeing, ops.gap))
    known = regular & agreeing if both else regular
    limits = _limits(network, tokens, known, output.expected) if known.any() else None
    if limits is None:
        return None
    return Saturated(network, tokens, output.expected, regular, agreeing, gap, known, *limits)


def _limits(network: Transformer, tokens: Array, known: Array, degree: int) -> tuple[Array, Array, float, float] | None:
    limit, strong = saturate(network, tokens[known]), layerwise(network, tokens[known])
    if limit.output is None or strong.output is None:
        return None
    shape = (len(tokens), *limit.output.shape[1:])
    lowest = max(limit.output.degree - len(limit.output.coefficients), int(max(limit.output.remainder, -99)), degree - 12)
    kept = np.full((degree - lowest, *shape), np.nan)
    for j in range(degree - lowest):
        kept[j, known] = limit.output.coefficient(degree - j)
    other = np.full(shape, np.nan)
    other[known] = strong.output.coefficient(degree)
    return kept, other, limit.output.onset, resolved_to(limit, float(np.finfo(float).eps))


def inputs(seed: int, build: Callable[[np.random.Generator], tuple[Transformer, int]], rows: int) -> tuple[Transformer, Array]:
    """Draw a network, and sequences of tokens for it.

    Parameters
    ----------
    seed : int
        Seed of everything.
    build : callable
        Makes a network and the length of a sequence.
    rows : int
        How many sequences.

    Returns
    -------
    tuple of Transformer and ndarray of int, shape (rows, n)
        Both.
    """
    generator = np.random.default_rng(seed)
    network, n = build(generator)
    return network, generator.integers(0, network.configuration.vocabulary, (rows, n))


def largest(values: Array) -> Array:
    """Find the largest entry of each sequence.

    Parameters
    ----------
    values : ndarray, shape (B, n, d)
        Values.

    Returns
    -------
    ndarray, shape (B,)
        max |·|.
    """
    return np.abs(values).max(axis=(-1, -2))


__all__ = ["Conditions", "Saturated", "conditions", "examine", "inputs", "largest"]
