"""How close f(x; cθ) is to its limit, at every layer, over a range of scales.

One pass in floats runs all scales together.  At each layer the stream at scale c is compared, position by position, with three
references: the true limit (from its series), strong layerwise saturation, and the stream at c = 1000, which the paper takes
for the limit (§5.2).  Cosines are computed as 1 − ½‖u − v‖² of unit vectors, so that 1 − cos keeps its digits far below 10⁻¹⁶.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from sattheory.arithmetic.floats import Floats, Scaled
from sattheory.arithmetic.operations import Place, Undecided
from sattheory.asymptotics.directions import limit_directions, one_minus_cosine
from sattheory.asymptotics.layerwise import Layerwise, layerwise
from sattheory.asymptotics.rates import Rate, fitted_order, rate_of, shown_from
from sattheory.asymptotics.saturation import Saturation, saturate
from sattheory.errors import InputError
from sattheory.network.tokens import Tokens, check_tokens
from sattheory.network.transformer import Transformer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[Any]
PAPER_SCALE = 1000.0
ROWS_AT_ONCE = 2400


@dataclass(frozen=True, eq=False)
class Comparison:
    """Streams at all scales against one reference.

    Parameters
    ----------
    gap : ndarray, shape (L + 1, S)
        1 − cosine with the reference, mean over positions, each with its own direction in the limit; layer 0 is the embedding.
        nan where there is no reference, or the limit of some position's direction is not known.
    distance : ndarray, shape (L + 1, S)
        ‖c^(−k) x − reference‖ / ‖reference‖ over all positions together.
    """

    gap: Array
    distance: Array

    @property
    def cosine(self) -> Array:
        """Mean cosine with the reference.

        Returns
        -------
        ndarray, shape (L + 1, S)
            1 − gap.
        """
        return np.asarray(1 - self.gap)


@dataclass(frozen=True, eq=False)
class ScaleSweep:
    """A network followed over scales.

    Parameters
    ----------
    scales : ndarray, shape (S,)
        The scales c.
    against : dict of str to Comparison
        Keys ``limit``, ``layerwise`` and ``c=1000``.
    limit : Saturation
        The true limit.
    predicted : tuple of Rate
        For each layer from 0, the rate at which the stream approaches its limit.
    onsets : tuple of float
        For each layer, the scale from which on the rate should show.
    resolved : float
        Scale up to which the floats of the pass can tell tied scores apart (a tie of scores of order c⁴ leaves c⁴·10⁻¹⁶).
    floor : float
        Distances below are rounding of the pass.
    """

    scales: Array
    against: Mapping[str, Comparison]
    limit: Saturation = field(repr=False)
    predicted: tuple[Rate, ...]
    onsets: tuple[float, ...]
    resolved: float = np.inf
    floor: float = 1e-13

    def fitted(self, layer: int = -1) -> float:
        """Fit the order p of the distance to the limit, from the predicted onset on.

        Parameters
        ----------
        layer : int
            Which layer; the last by default.

        Returns
        -------
        float
            p in distance ≈ C c^(−p), to hold against ``predicted``; nan if it cannot be seen in floats.
        """
        if self.predicted[layer].kind != "algebraic":
            return float("nan")
        return fitted_order(self.scales, self.against["limit"].distance[layer], self.onsets[layer], self.floor)

    def to_dict(self) -> dict[str, Any]:
        """Put the sweep into plain values.

        Returns
        -------
        dict
            Lists, numbers and strings.
        """
        return {
            "scales": self.scales.tolist(),
            "predicted": [str(rate) for rate in self.predicted],
            "onsets": list(self.onsets),
            "resolved": self.resolved,
            "fitted": [self.fitted(layer) for layer in range(len(self.predicted))],
            **{name: {"one_minus_cosine": c.gap.tolist(), "distance": c.distance.tolist()} for name, c in self.against.items()},
        }

    def plot(self) -> Figure:
        """Draw 1 − cosine with the true limit against c, a line a layer.

        Returns
        -------
        matplotlib.figure.Figure
            The figure.
        """
        from sattheory.figures.sweep import draw_sweep

        return draw_sweep(self)


def scale_sweep(
    network: Transformer,
    tokens: ArrayLike | Tokens,
    scales: ArrayLike,
    *,
    lengths: ArrayLike | None = None,
    dtype: DTypeLike = np.float64,
    limit: Saturation | None = None,
) -> ScaleSweep:
    """Compare f(x; cθ) with the true limit, the layerwise one and c = 1000, at every layer (paper, §5.2 and figure 4).

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : array_like of int, shape (n,) or (B, n)
        Token numbers.
    scales : array_like of float, shape (S,)
        Scales, positive.
    lengths : array_like of int, shape (B,), optional
        Real lengths of a padded batch; padding does not count.
    dtype : float32 or float64
        Type of the pass.
    limit : Saturation, optional
        The limit, if it is known already.

    Returns
    -------
    ScaleSweep
        Cosines, distances, rates.

    Raises
    ------
    InputError
        For no scales, scales that are not positive, scales at which the network leaves the range of floats, or the limit of
        something else.
    """
    given = check_tokens(tokens, network.configuration, lengths)
    if np.size(scales) == 0:
        raise InputError("no scales", "there is nothing to compare", "give at least one positive number")
    limit = limit or saturate(network, given)
    if limit.network is not network or not np.array_equal(limit.tokens.numbers, given.numbers):
        raise InputError("limit", "it is the limit of another network or input", "leave it out, or give the one of these")
    strong = layerwise(network, given)
    listed = np.atleast_1d(np.asarray(scales, dtype=float))
    try:
        with np.errstate(over="raise", invalid="raise"):
            return _swept(network, given, listed, dtype, limit, strong)
    except FloatingPointError:
        why = f"at one of these, or at c = {PAPER_SCALE:g}, the network leaves the range of {np.dtype(dtype).name}"
        raise InputError(f"scales={_shown(listed)}", why, "choose scales nearer to 1") from None


def _shown(scales: Array) -> str:
    return f"{scales[0]:g}" if scales.size == 1 else f"{scales.min():g} … {scales.max():g}"


def _swept(
    network: Transformer, tokens: Tokens, scales: Array, dtype: DTypeLike, limit: Saturation, strong: Layerwise
) -> ScaleSweep:
    values, real = streams_at(network, tokens, np.append(scales, PAPER_SCALE), dtype), tokens.real()
    references = {
        "limit": [(s.degree, s.symbol, limit_directions(s)) for s in limit.streams],
        "layerwise": [(s.degree, s.symbol, limit_directions(s)) for s in strong.streams],
        f"c={PAPER_SCALE:g}": [(d, x := _normalised(v, d)[-1], x) for v, d in zip(values, _degrees(limit, values), strict=True)],
    }
    against = {name: _compare(values, found, real) for name, found in references.items()}
    rates = tuple(rate_of(s) for s in limit.streams)
    onsets, rounding = tuple(shown_from(s) for s in limit.streams), float(np.finfo(dtype).eps)
    return ScaleSweep(
        np.asarray(values[0].scales[:-1]), against, limit, rates, onsets, resolved_to(limit, rounding), 450 * rounding
    )


def _degrees(limit: Saturation, values: list[Stream]) -> list[int]:
    known = [s.degree for s in limit.streams]
    return known + [stream.power for stream in values[len(known) :]]


def resolved_to(limit: Saturation, epsilon: float) -> float:
    """Estimate the scale up to which floats can tell tied scores apart.

    Parameters
    ----------
    limit : Saturation
        A limit, with its decisions.
    epsilon : float
        Unit roundoff of the floats.

    Returns
    -------
    float
        The scale at which rounding of the leading order reaches a hundredth of what breaks the tie; inf without ties.
    """
    scale = float("inf")
    for weights in limit.weights.values():
        decision = weights.decision
        if decision is None or decision.degree <= 0:
            continue
        levels = np.where(decision.winners.sum(axis=-1) > 1, 0, decision.level)
        tied = (decision.leading.sum(axis=-1) > 1) & (levels < decision.degree)
        for level in np.unique(levels[tied]):
            gap = float(np.where(level > 0, decision.gap[tied & (levels == level)], 1.0).min())
            scale = min(scale, (0.01 * gap / epsilon) ** (1 / (decision.degree - int(level))))
    return scale


@dataclass(frozen=True, eq=False)
class Stream:
    """One layer's stream at several scales, as c^power · data.

    Parameters
    ----------
    scales : ndarray, shape (S,)
        The scales.
    data : ndarray, shape (S, …, n, d)
        Values without the power.
    power : int
        The power of c outside.
    """

    scales: Array
    data: Array
    power: int


def streams_at(network: Transformer, tokens: Tokens, scales: Array, dtype: DTypeLike = np.float64) -> list[Stream]:
    """Run a network at many scales and keep the stream after the embedding and each layer.

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : Tokens
        The input.
    scales : ndarray, shape (S,)
        The scales; they are taken a few at a time when the input is long.
    dtype : float32 or float64
        Type of the pass.

    Returns
    -------
    list of Stream
        Layers 0 … L.
    """
    at_once = max(1, ROWS_AT_ONCE // tokens.numbers.size)
    parts = [_streams(network, tokens, scales[i : i + at_once], dtype) for i in range(0, len(scales), at_once)]
    joined = (zip(*parts, strict=True)) if len(parts) > 1 else ((v,) for v in parts[0])
    return [Stream(scales, np.concatenate([v.data for v in layer]), layer[0].power) for layer in joined]


def _streams(network: Transformer, tokens: Tokens, scales: Array, dtype: DTypeLike) -> list[Stream]:
    kept: list[Stream] = []

    def watch(place: Place, value: Scaled) -> None:
        if place.part == "stream":
            data = np.broadcast_to(value.data, (len(scales), *value.shape))
            kept.append(Stream(scales, data, value.power))

    network.forward(Floats(scales, dtype), tokens, watch=watch)
    return kept


def _normalised(stream: Stream, degree: int) -> Array:
    factor = stream.scales ** (stream.power - degree)
    return np.asarray(stream.data * factor.reshape(-1, *(1,) * (stream.data.ndim - 1)))


def _compare(values: list[Stream], references: list[tuple[int, Array, Array]], real: Array) -> Comparison:
    count, scales = len(values), len(values[0].scales) - 1
    gap, distance = np.full((count, scales), np.nan), np.full((count, scales), np.nan)
    for layer, (degree, reference, direction) in enumerate(references[:count]):
        found = _normalised(values[layer], degree)[:-1][:, real].astype(np.float64)
        wanted, way = (
            np.broadcast_to(array, values[layer].data.shape[1:])[real].astype(np.float64) for array in (reference, direction)
        )
        gap[layer] = one_minus_cosine(found, way).mean(axis=-1)
        size = np.linalg.norm(wanted)
        distance[layer] = np.linalg.norm(found - wanted, axis=(-2, -1)) / (size if size else 1.0)
    return Comparison(gap, distance)


__all__ = ["Comparison", "ScaleSweep", "Stream", "Undecided", "scale_sweep", "streams_at"]
