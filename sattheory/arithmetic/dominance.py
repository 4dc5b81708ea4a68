"""Who is larger in the end: comparing series in 1/c for c → ∞.

Two familiar instances: 3c² − 100c beats 2c² + 10⁶c (the first coefficient decides), and c⁴ + c beats c⁴ + 1 (the first tie is
broken one order below).  Positive powers are compared lexicographically; what still ties after c¹ stays within a bounded
distance, and its softmax weights stay soft.  "Equal" means equal within the tolerance, and is recorded as assumed unless the
difference is exactly zero; a difference that is neither clearly zero nor clearly not raises `Undecided`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from sattheory.arithmetic.operations import Undecided
from sattheory.errors import InputError

if TYPE_CHECKING:
    from sattheory.arithmetic.series import Series

Array = NDArray[Any]
NEGLIGIBLE, SMALLEST = 40.0, 1e-280


@dataclass(frozen=True)
class Tolerance:
    """When two float coefficients count as equal.

    Parameters
    ----------
    tie : float
        Below this, relative to the magnitude of what they were computed from, a difference is zero.
    clear : float
        Above this it is not.  Between the two nothing is decided.
    """

    tie: float = 1e-12
    clear: float = 1e-11

    def __post_init__(self) -> None:
        if not 0 <= self.tie <= self.clear < 1:
            raise InputError(f"tie={self.tie}, clear={self.clear}", "they are relative", "choose 0 ≤ tie ≤ clear < 1")


@dataclass(frozen=True, eq=False)
class Decision:
    """How a softmax was decided, for each query.

    Parameters
    ----------
    winners : ndarray of bool, shape (…, n, m)
        Positions that keep a weight in the limit.
    leading : ndarray of bool, shape (…, n, m)
        Positions tied at the leading exponent.
    level : ndarray of int, shape (…, n)
        The power of c at which the last loser lost; 0 when no positive power separated anything.
    gap : ndarray, shape (…, n)
        The difference that decided at that power between the winners and the nearest loser there (inf without one).
    assumed : ndarray of bool, shape (…, n)
        Whether an equality among the winners, or on the way, holds to the tolerance rather than exactly.
    degree : int
        Degree of the scores by the rules for degrees; where their leading coefficients all vanish, every key ties there.
    """

    winners: Array
    leading: Array
    level: Array
    gap: Array
    assumed: Array
    degree: int


def out_of_range(operation: str, size: float) -> NoReturn:
    """Refuse a value that float64 does not hold.

    Parameters
    ----------
    operation : str
        Who asks.
    size : float
        The size of the value.

    Raises
    ------
    Undecided
        Always.
    """
    remedy = "divide all weights by one number, which changes the scale c and not the limit"
    raise Undecided(operation, (), f"a coefficient of size {size:.3g} leaves the range of floats", remedy)


def signs(x: Series, tolerance: Tolerance, lowest: int | None = None, operation: str = "sign") -> tuple[Array, Array]:
    """Find the sign of each entry for large c.

    Parameters
    ----------
    x : Series
        A value.
    tolerance : Tolerance
        What counts as zero.
    lowest : int, optional
        The last exponent to look at; all known ones by default.
    operation : str
        Who asks, for the error.

    Returns
    -------
    tuple of ndarray
        The index of the first coefficient that is not zero (J if none) and its sign (0 if none).

    Raises
    ------
    Undecided
        If a first coefficient is neither clearly zero nor clearly not.
    """
    count = len(x.coefficients) if lowest is None else max(0, min(len(x.coefficients), x.degree - lowest + 1))
    first = np.full(x.shape, len(x.coefficients))
    sign = np.zeros(x.shape)
    for j in range(count):
        open_ = sign == 0
        size = np.abs(x.coefficients[j])
        vague = open_ & (size > tolerance.tie * x.magnitude[j]) & (size < tolerance.clear * x.magnitude[j])
        _refuse_vague(operation, vague, x.coefficients[j], x.degree - j, x.magnitude[j], tolerance)
        new = open_ & (size >= tolerance.clear * x.magnitude[j]) & (size > 0)
        first[new], sign[new] = j, np.sign(x.coefficients[j][new])
    return first, sign


def _refuse_vague(operation: str, where: Array, values: Array, exponent: int, magnitude: Array, tolerance: Tolerance) -> None:
    if not where.any():
        return
    index = tuple(int(i) for i in np.argwhere(where)[0])
    size = float(np.broadcast_to(magnitude, values.shape)[index])
    known = f"the coefficient of c^{exponent} is {values[index]:.3g} against magnitudes of {size:.3g}"
    raise Undecided(operation, index, known, f"a smaller tolerance than {tolerance.tie:g} or exact weights would decide")


def winners(scores: Series, visible: Array, tolerance: Tolerance) -> tuple[Decision, float]:
    """Find which positions keep a weight in the limit of a softmax.

    Parameters
    ----------
    scores : Series, shape (…, n, m)
        Scores.
    visible : ndarray of bool, shape (…, n, m)
        Where attention is possible.
    tolerance : Tolerance
        What counts as a tie.

    Returns
    -------
    Decision
        The winners and how they were found.
    float
        The scale from which on every loser is negligible.

    Raises
    ------
    Undecided
        If a difference is too small to tell, or too few terms are known to settle a tie.
    """
    alive, rows = visible.copy(), visible.shape[:-1]
    level, gap = np.zeros(rows, dtype=int), np.full(rows, np.inf)
    assumed, onset, leading = np.zeros(rows, dtype=bool), 0.0, visible.copy()
    for j in range(max(0, min(len(scores.coefficients), scores.degree))):
        exponent = scores.degree - j
        below, size = _below(scores.coefficients[j], alive), _pair_magnitudes(scores, j, alive)
        vague = alive & (below > tolerance.tie * size) & (below < tolerance.clear * size)
        _refuse_vague("softmax", vague, below, exponent, size, tolerance)
        lost = alive & (below > tolerance.clear * size)
        alive &= ~lost
        assumed |= (alive & (below > 0)).any(axis=-1)
        nearest = np.where(lost, below, np.inf).min(axis=-1)
        level, gap = np.where(lost.any(axis=-1), exponent, level), np.where(lost.any(axis=-1), nearest, gap)
        onset = max(onset, _onset(scores, j, lost, below, alive))
        leading = alive.copy() if exponent == scores.expected else leading
    _require_terms(scores, alive)
    return Decision(alive, leading, level, gap, assumed, max(scores.expected, scores.degree)), onset


def _below(coefficient: Array, alive: Array) -> Array:
    top = np.where(alive, coefficient, -np.inf).max(axis=-1, keepdims=True)
    return np.asarray(np.where(alive, top - coefficient, np.inf))


def _pair_magnitudes(scores: Series, j: int, alive: Array) -> Array:
    """Take the less certain of each score and the largest one: their difference is no more certain."""
    top = np.where(alive, scores.coefficients[j], -np.inf).argmax(axis=-1)[..., None]
    own = np.broadcast_to(scores.magnitude[j], scores.shape)
    return np.asarray(np.maximum(own, np.take_along_axis(own, top, -1)))


def _require_terms(scores: Series, alive: Array) -> None:
    several = alive.sum(axis=-1) > 1
    if scores.remainder >= 0 and several.any():
        index = tuple(int(i) for i in np.argwhere(several)[0])
        tied = [int(i) for i in np.flatnonzero(alive[index])]
        known = f"positions {tied} tie in every known coefficient, down to c^{int(scores.remainder) + 1}"
        raise Undecided("softmax", index, known, "more terms would decide", "terms")


def _onset(scores: Series, j: int, lost: Array, below: Array, alive: Array) -> float:
    """Estimate the scale from which on exp(−gap) of each loser is negligible, lower orders included."""
    if not lost.any():
        return 0.0
    exponent, won = scores.degree - j, alive.argmax(axis=-1)[..., None]
    differences = [np.take_along_axis(a, won, -1) - a for a in scores.coefficients[j + 1 :]]
    lead = below[lost]
    scale = float((2 * NEGLIGIBLE / lead).max() ** (1 / exponent))
    for i, difference in enumerate(differences, 1):
        worst = float((np.maximum(-difference[lost], 0) * 2 * len(differences) / lead).max())
        scale = max(scale, worst ** (1 / i))
    return scale
