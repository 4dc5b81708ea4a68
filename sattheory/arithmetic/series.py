"""Truncated Laurent series in 1/c: a forward pass on these *is* the limit c → ∞, with everything around it.

A value is written

    a_0 c^k + a_1 c^{k−1} + … + a_{J−1} c^{k−J+1} + O(c^r) + O(e^{−g c^q}),

the leading coefficient a_0 being the *symbol* and k the *degree*.  Familiar instances: an embedding is a_0 c exactly; a bias
after two matrices is one order below; a softmax over scores 3c⁴ and c⁴ is (1, 0) up to e^{−2c⁴}; σ(1 + 2/c) starts with
σ(1) + 2σ'(1)/c.  Both remainders are carried: r is the exponent of the first power that is not known (−∞ if none is left out),
the *flat* one is smaller than every power.  Orders that an operation loses are lost in r: nothing unknown is ever reported.

Coefficients are float64, so "equal" needs a tolerance: each row of each coefficient carries the magnitude M of the numbers it was
computed from, differences below `tie`·M count as zero (ties are reported as *assumed*, zeros in norms
and signs are counted in `assumed_zeros`), above `clear`·M as real; between the two
the arithmetic refuses and raises `Undecided`.  M follows a rounding error through the operations; it belongs to a row (a token),
so that one token of size 10⁹, or one that a norm had to blow up, does not blur the scores of the others.

Closed under everything a transformer does: sums, products, 1/√, exp at degree ≤ 0, and the sign tests of `dominance.py`
(theory of Hardy fields; Gruntz 1996 computes limits of expressions in the same spirit).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sattheory.arithmetic import saturating
from sattheory.arithmetic.dominance import SMALLEST, Decision, Tolerance, out_of_range
from sattheory.arithmetic.reals import Constant, as_floats
from sattheory.errors import InputError

Array = NDArray[Any]
EXACT = -math.inf


@dataclass(frozen=True)
class Flat:
    """A remainder smaller than every power: exp(−gap·c^power + lower powers of c) times at most a power of c.

    Parameters
    ----------
    power : int
        Power of c in the exponent.
    gap : float
        Its coefficient, positive.
    """

    power: int
    gap: float


def slower(x: Flat | None, y: Flat | None) -> Flat | None:
    """Choose the flat remainder that decays more slowly.

    Parameters
    ----------
    x, y : Flat or None
        Two flat remainders.

    Returns
    -------
    Flat or None
        The larger one for large c.
    """
    given = [flat for flat in (x, y) if flat is not None]
    return min(given, key=lambda flat: (flat.power, flat.gap), default=None)


@dataclass(frozen=True, eq=False)
class Series:
    """A truncated series in 1/c with its remainders.

    Parameters
    ----------
    degree : int
        k, the exponent of the first coefficient.
    coefficients : ndarray, shape (J, …)
        a_0, a_1, …; from J on they are zero as far as they are known.
    remainder : float
        r: the algebraic error is O(c^r); −inf when there is none.
    magnitude : ndarray, shape (J, …), broadcasting to the coefficients
        The size of the numbers that each row was computed from.
    flat : Flat, optional
        The flat error.
    onset : float
        Scale from which on every branch taken so far (winners, signs) is the one of the limit; an estimate.
    void : ndarray of bool, optional
        Entries that are identically zero for all large c, without error; broadcasts to the shape.
    decision : Decision, optional
        For attention weights: who won and how it was decided.
    nominal : int, optional
        Degree by the rules for degrees alone, before leading coefficients that vanish were dropped; `degree` by default.
    tail : Tail, optional
        The leading flat term, kept only where `SeriesArithmetic.flat_terms` asks for it.
    """

    degree: int
    coefficients: Array
    remainder: float
    magnitude: Array
    flat: Flat | None = None
    onset: float = 0.0
    void: Array | None = None
    decision: Decision | None = None
    nominal: int | None = None
    tail: Any = field(default=None, repr=False)

    def __post_init__(self) -> None:
        count = len(self.coefficients)
        if not 1 <= count <= max(1, self.degree - self.remainder) or len(self.magnitude) != count:
            raise AssertionError(f"{count} coefficients of degree {self.degree} with remainder {self.remainder}")

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value.

        Returns
        -------
        tuple of int
            The shape, without the axis of the terms.
        """
        return self.coefficients.shape[1:]

    @property
    def expected(self) -> int:
        """The degree that the rules for degrees give, which cancellation may undercut.

        Returns
        -------
        int
            `nominal`, or the degree.
        """
        return self.degree if self.nominal is None else self.nominal

    @property
    def symbol(self) -> Array:
        """The leading coefficient.

        Returns
        -------
        ndarray
            a_0.
        """
        return np.asarray(self.coefficients[0])

    @property
    def vanishes(self) -> bool:
        """Whether nothing but flat terms is left.

        Returns
        -------
        bool
            True if every coefficient is zero and there is no algebraic remainder.
        """
        return self.remainder == EXACT and not self.coefficients.any()

    def coefficient(self, exponent: int) -> Array:
        """Look up the coefficient of a power of c.

        Parameters
        ----------
        exponent : int
            The power.

        Returns
        -------
        ndarray
            The coefficient, zero above the degree.

        Raises
        ------
        InputError
            If the power lies beyond what is known.
        """
        if exponent <= self.remainder:
            raise InputError(f"exponent={exponent}", f"known down to c^{int(self.remainder) + 1}", "ask for more terms")
        index = self.degree - exponent
        return np.asarray(self.coefficients[index]) if 0 <= index < len(self.coefficients) else np.zeros(self.shape)

    def at(self, c: float, degree: int = 0) -> Array:
        """Evaluate c^(−degree) times the series, without its remainders.

        Parameters
        ----------
        c : float
            The scale.
        degree : int
            Degree to divide out.

        Returns
        -------
        ndarray
            The value.
        """
        powers = [float(c) ** (self.degree - degree - j) for j in range(len(self.coefficients))]
        return np.tensordot(powers, self.coefficients, axes=1)


class SeriesArithmetic:
    """The operations of a forward pass on series.

    Parameters
    ----------
    terms : int
        N, the largest number of coefficients a value keeps.
    tolerance : Tolerance, optional
        When two coefficients are equal.
    flat_terms : bool
        Keep the leading flat term too, which an ε = 0 norm of a vanishing vector depends on.

    Raises
    ------
    InputError
        If `terms` is less than 1.
    """

    def __init__(self, terms: int = 6, tolerance: Tolerance | None = None, *, flat_terms: bool = False) -> None:
        if terms < 1:
            raise InputError(f"terms={terms}", "a series keeps at least its symbol", "give 1 or more")
        self.terms, self.tolerance, self.flat_terms = terms, tolerance or Tolerance(), flat_terms
        self.assumed_zeros = 0

    def assume_zero(self, size: Array, magnitude: Array, where: Array | bool = True) -> None:
        """Count coefficients that are taken for zero though they stand out a little from rounding.

        Parameters
        ----------
        size, magnitude : ndarray
            Sizes of coefficients and of what they were computed from.
        where : ndarray of bool
            The entries concerned.
        """
        tie = self.tolerance.tie * magnitude
        self.assumed_zeros += int(np.count_nonzero((size > tie / 100) & (size <= tie) & where))

    def series(
        self,
        degree: int,
        coefficients: Array,
        remainder: float = EXACT,
        magnitude: Array | None = None,
        **rest: Any,
    ) -> Series:
        """Make a series: cut to what is known and to N terms, clear what is rounding noise, drop zeros at both ends.

        Parameters
        ----------
        degree : int
            Exponent of the first coefficient.
        coefficients : ndarray, shape (J, …)
            The coefficients.
        remainder : float
            Exponent of the algebraic error.
        magnitude : ndarray, shape (J,) or (J, …), optional
            Size of the numbers that each coefficient was computed from, broadcasting to them; by default their own size.
        **rest
            Further fields of `Series`.

        Returns
        -------
        Series
            The series.
        """
        size = row_sizes(coefficients)
        if not np.isfinite(size).all():
            out_of_range("value", np.inf)
        if magnitude is not None and magnitude.ndim < coefficients.ndim:
            magnitude = magnitude.reshape(len(magnitude), *(1,) * (coefficients.ndim - magnitude.ndim), *magnitude.shape[1:])
        magnitude = size if magnitude is None else np.maximum(magnitude, size)
        live = np.asarray(((size > self.tolerance.tie * magnitude) & (size > SMALLEST)).reshape(len(size), -1).any(axis=1))
        if not live.all():
            _refuse_tiny(size > self.tolerance.tie * magnitude, size, live)
            self.assume_zero(size, magnitude, ~live.reshape(-1, *(1,) * (size.ndim - 1)))
            coefficients = coefficients * live.reshape(-1, *(1,) * (coefficients.ndim - 1))
        known = len(live) if remainder == EXACT else max(min(len(live), degree - int(remainder)), 1)
        first = int(live[:known].argmax()) if live[:known].any() else known - 1
        rest.setdefault("nominal", degree)
        last = max(int(np.flatnonzero(live[:known]).max(initial=0)) + 1, first + 1)
        if last - first > self.terms:
            last = first + self.terms
            remainder = max(remainder, degree - last)
        return Series(degree - first, coefficients[first:last], remainder, magnitude[first:last], **rest)

    def symbol_only(self, x: Series) -> Series:
        """Keep the leading term alone, as if it were the whole value.

        Parameters
        ----------
        x : Series
            A value.

        Returns
        -------
        Series
            Its first term, exact.
        """
        return Series(x.degree, x.coefficients[:1], EXACT, x.magnitude[:1], void=x.void, nominal=x.degree)

    def constant(self, array: Constant) -> Series:
        """Take data; see `Operations.constant`."""
        return self.series(0, as_floats(array).astype(np.float64)[None])

    def parameter(self, array: Array) -> Series:
        """Take parameters; see `Operations.parameter`."""
        return self.series(1, np.asarray(array, dtype=np.float64)[None])

    def linear(self, x: Series, weight: Array) -> Series:
        """Multiply by a parameter matrix; see `Operations.linear`."""
        w = np.asarray(weight, dtype=np.float64)
        spread = _spread(w)
        _require_range("linear", _largest(x.coefficients[0]), spread)
        rows = x.coefficients.reshape(-1, x.shape[-1]) @ w.T
        coefficients = rows.reshape(*x.coefficients.shape[:-1], -1)
        magnitude = _of_rows(x.magnitude) * spread
        void = None if x.void is None else _some(np.broadcast_to(x.void, x.shape).all(axis=-1, keepdims=True))
        tail = None if x.tail is None else x.tail.linear(self, w)
        fields: dict[str, Any] = {"flat": x.flat, "onset": x.onset, "void": void, "tail": tail, "nominal": x.expected + 1}
        return self.series(x.degree + 1, coefficients, x.remainder + 1, magnitude, **fields)

    def add(self, x: Series, y: Series) -> Series:
        """Add; see `Operations.add`."""
        remainder, top = max(x.remainder, y.remainder), max(x.degree, y.degree)
        low = min(x.degree - len(x.coefficients), y.degree - len(y.coefficients))
        count = top - low if remainder == EXACT else max(min(top - low, top - int(remainder)), 1)
        shape = np.broadcast_shapes(x.shape, y.shape)
        total = np.zeros((count, *shape))
        magnitude = np.zeros((count, *np.broadcast_shapes(x.magnitude.shape[1:], y.magnitude.shape[1:])))
        for part in (x, y):
            start = top - part.degree
            for j in range(min(len(part.coefficients), count - start)):
                total[start + j] += part.coefficients[j]
                magnitude[start + j] = np.maximum(magnitude[start + j], part.magnitude[j])
        return self.series(top, total, remainder, magnitude, **self._merged(x, y, _both(x.void, y.void), shape))

    def _merged(self, x: Series, y: Series, void: Array | None, shape: tuple[int, ...]) -> dict[str, Any]:
        from sattheory.arithmetic.flat_terms import added

        tail = added(self, x, y, shape) if x.tail is not None or y.tail is not None else None
        nominal = max(x.expected, y.expected)
        return {"flat": slower(x.flat, y.flat), "onset": max(x.onset, y.onset), "void": void, "tail": tail, "nominal": nominal}

    def multiply(self, x: Series, y: Series) -> Series:
        """Multiply entries; see `Operations.multiply`."""
        return self._product(x, y, np.multiply, _either(x.void, y.void))

    def matmul(self, x: Series, y: Series) -> Series:
        """Multiply matrices; see `Operations.matmul`."""
        void = None if y.void is None else _some(np.broadcast_to(y.void, y.shape).all(axis=-2, keepdims=True))
        return self._product(x, y, np.matmul, void)

    def _product(self, x: Series, y: Series, times: Callable[[Array, Array], Array], void: Array | None) -> Series:
        from sattheory.arithmetic.flat_terms import multiplied

        degree, count = x.degree + y.degree, len(x.coefficients) + len(y.coefficients) - 1
        remainder = EXACT if x.vanishes or y.vanishes else max(x.degree + y.remainder, y.degree + x.remainder)
        kept = min(count, self.terms) if remainder == EXACT else max(min(count, self.terms, degree - int(remainder)), 1)
        if kept < count:
            remainder = max(remainder, degree - kept)
        coefficients, magnitude = self._convolved(x, y, times, kept)
        tail = multiplied(self, x, y, times) if x.tail is not None or y.tail is not None else None
        fields: dict[str, Any] = {"flat": slower(x.flat, y.flat), "onset": max(x.onset, y.onset), "void": void, "tail": tail}
        return self.series(degree, coefficients, remainder, magnitude, nominal=x.expected + y.expected, **fields)

    def _convolved(self, x: Series, y: Series, times: Callable[[Array, Array], Array], kept: int) -> tuple[Array, Array]:
        left, right = peaks(x.coefficients), peaks(y.coefficients)
        _require_range("product", float(left[0]), float(right[0]))
        out: list[Array | None] = [None] * kept
        size: list[Array] = [np.zeros(())] * kept
        rounding = _matmul_rounding if times is np.matmul else _multiply_rounding
        for i in np.flatnonzero(left):
            for j in np.flatnonzero(right[: max(kept - i, 0)]):
                term = times(x.coefficients[i], y.coefficients[j])
                out[i + j] = term if out[i + j] is None else out[i + j] + term
                size[i + j] = np.maximum(size[i + j], rounding(x, y, int(i), int(j), term))
        if kept == 1 and out[0] is not None:
            return out[0][None], size[0][None]
        empty = np.zeros(times(x.coefficients[0], y.coefficients[0]).shape) if any(t is None for t in out) else None
        total = np.stack([empty if t is None else t for t in out])  # type: ignore[misc]
        return total, _stacked(size, total.ndim - 1)

    def reshape(self, x: Series, shape: tuple[int, ...]) -> Series:
        """Change the shape; see `Operations.reshape`."""
        moved = self._moved(x, lambda a, lead: a.reshape(*a.shape[:lead], *shape))
        count = len(x.magnitude)
        magnitude = np.broadcast_to(x.magnitude, (count, *x.shape)).reshape(count, *shape)
        return dataclasses.replace(moved, magnitude=_of_rows(magnitude))

    def swapaxes(self, x: Series, first: int, second: int) -> Series:
        """Exchange axes; see `Operations.swapaxes`."""
        moved = self._moved(x, lambda a, _: a.swapaxes(first, second))
        return dataclasses.replace(moved, magnitude=x.magnitude.swapaxes(first, second))

    def _moved(self, x: Series, move: Callable[[Array, int], Array]) -> Series:
        void = None if x.void is None else move(np.broadcast_to(x.void, x.shape), 0)
        tail = None if x.tail is None else x.tail.moved(x.shape, move)
        return dataclasses.replace(x, coefficients=move(x.coefficients, 1), void=void, decision=None, tail=tail)

    def centre(self, x: Series) -> Series:
        """Subtract the mean; see `Operations.centre`."""
        if x.shape[-1] == 1:  # one number is its own mean, whatever is not known of it
            return self.series(x.degree, np.zeros((1, *x.shape)), onset=x.onset, void=np.ones((1,) * len(x.shape), dtype=bool))
        coefficients = x.coefficients - x.coefficients.mean(axis=-1, keepdims=True)
        void = None if x.void is None else _some(np.broadcast_to(x.void, x.shape).all(axis=-1, keepdims=True))
        tail = None if x.tail is None else x.tail.centred(self)
        fields: dict[str, Any] = {"flat": x.flat, "onset": x.onset, "void": void, "tail": tail, "nominal": x.expected}
        return self.series(x.degree, coefficients, x.remainder, x.magnitude, **fields)

    def unit(self, x: Series, epsilon: float | Fraction) -> Series:
        """Normalise the length; see `Operations.unit`."""
        return saturating.unit(self, x, float(epsilon))

    def softmax(self, scores: Series, visible: Array | None) -> Series:
        """Normalise exponentials; see `Operations.softmax`."""
        return saturating.softmax(self, scores, visible)

    def activation(self, x: Series, name: str) -> Series:
        """Apply an activation; see `Operations.activation`."""
        return saturating.relu(self, x) if name == "relu" else saturating.gate(self, x, name)


def peaks(coefficients: Array) -> Array:
    """Find the largest absolute entry of each coefficient.

    Parameters
    ----------
    coefficients : ndarray, shape (J, …)
        The coefficients.

    Returns
    -------
    ndarray, shape (J,)
        max |a_j|.
    """
    flat = coefficients.reshape(len(coefficients), -1)
    return np.asarray(np.maximum(flat.max(axis=1), -flat.min(axis=1)))


def row_peaks(coefficients: Array) -> Array:
    """Find the largest absolute entry of each row of each coefficient.

    Parameters
    ----------
    coefficients : ndarray, shape (J, …, d)
        The coefficients.

    Returns
    -------
    ndarray, shape (J, …, 1)
        max |a_j| along the last axis.
    """
    if coefficients.ndim == 1:
        return np.abs(coefficients)
    return np.asarray(np.maximum(coefficients.max(axis=-1, keepdims=True), -coefficients.min(axis=-1, keepdims=True)))


def row_sizes(coefficients: Array) -> Array:
    """Find the root mean square of each row of each coefficient, which is how rounding errors add up.

    Parameters
    ----------
    coefficients : ndarray, shape (J, …, d)
        The coefficients.

    Returns
    -------
    ndarray, shape (J, …, 1)
        The sizes; positive for every row that is not zero.
    """
    if coefficients.ndim == 1 or not coefficients.shape[-1]:
        return np.abs(coefficients)
    with np.errstate(over="ignore", under="ignore"):
        size = np.sqrt(np.einsum("...d,...d->...", coefficients, coefficients) / coefficients.shape[-1])[..., None]
    extreme = (size < SMALLEST) | ~np.isfinite(size)
    return np.where(extreme, row_peaks(coefficients), size) if extreme.any() else size


def _refuse_tiny(real: Array, size: Array, live: Array) -> None:
    """Refuse a leading coefficient that floats cannot tell from zero; after a live one it could not be seen anyway."""
    first = int(live.argmax()) if live.any() else len(live)
    tiny = float(np.where(real, size, 0.0)[:first].max(initial=0.0))
    if tiny:
        out_of_range("value", tiny)


def _largest(a: Array) -> float:
    return float(max(a.max(initial=0.0), -a.min(initial=0.0)))


def _spread(weight: Array) -> float:
    """Root mean square length of the rows of a matrix: how it stretches independent errors."""
    with np.errstate(over="ignore", under="ignore"):
        square = float(np.vdot(weight, weight)) / max(len(weight), 1)
    return math.sqrt(square) if SMALLEST < square < math.inf else _largest(weight)


def _require_range(operation: str, left: float, right: float) -> None:
    if left and right and not SMALLEST < left * right < math.inf:
        out_of_range(operation, left * right)


def _of_rows(magnitude: Array) -> Array:
    return magnitude if magnitude.ndim == 1 or magnitude.shape[-1] == 1 else row_sizes(magnitude)


def _relative(x: Series, j: int) -> Array:
    """How much larger than the rows of a coefficient the numbers were from which they came."""
    size, magnitude = np.broadcast_arrays(row_sizes(x.coefficients[j][None])[0], x.magnitude[j])
    return np.asarray(np.maximum(np.divide(magnitude, size, out=np.ones(size.shape), where=size > 0), 1.0))


def _multiply_rounding(x: Series, y: Series, i: int, j: int, term: Array) -> Array:
    """To first order |x| δy + |y| δx; a factor that clears the large entries of a row does not clear the errors of the others."""
    left = x.magnitude[i] * row_sizes(y.coefficients[j][None])[0]
    return np.asarray(np.maximum(left, y.magnitude[j] * row_sizes(x.coefficients[i][None])[0]))


def _matmul_rounding(x: Series, y: Series, i: int, j: int, _: Array) -> Array:
    """To first order |x| δy + |y| δx, with the magnitudes of columns (keys) or of rows (values) of the second factor."""
    left, right, noise = x.coefficients[i], y.coefficients[j], y.magnitude[j]
    if noise.shape[-2] == 1:
        rows = row_sizes(left[None])[0]
        columns = row_sizes(right.swapaxes(-1, -2)[None])[0].swapaxes(-1, -2)
        return np.asarray(np.maximum(_of_rows(x.magnitude[i]) * columns, rows * noise) * math.sqrt(left.shape[-1]))
    theirs = (left if x.decision is not None and not i else np.abs(left)) @ np.broadcast_to(
        _of_rows(noise), (*right.shape[:-1], 1)
    )
    if x.decision is not None:
        return np.asarray(np.maximum(theirs, _of_rows(x.magnitude[i]) * _apart(x.decision.winners, right)))
    return np.asarray(np.maximum(theirs, _of_rows(_relative(x, i)) * (np.abs(left) @ row_sizes(right[None])[0])))


def _apart(winners: Array, values: Array) -> Array:
    """How far the winners' values lie apart, summed: errors of attention weights add up to zero and only move what differs."""
    count = winners.sum(axis=-1, keepdims=True)
    if not (count > 1).any():
        return np.zeros((1,) * winners.ndim)
    mean = winners @ values / count
    square = winners @ np.square(values).mean(axis=-1, keepdims=True) / count
    return np.asarray(count * np.sqrt(np.maximum(square - np.square(mean).mean(axis=-1, keepdims=True), 0.0)))


def _stacked(size: list[Array], dimensions: int) -> Array:
    shape = np.broadcast_shapes(*(s.shape for s in size))
    return np.stack([np.broadcast_to(s, shape) for s in size]).reshape(len(size), *(1,) * (dimensions - len(shape)), *shape)


def _some(void: Any) -> Array | None:
    return np.asarray(void) if void.any() else None


def _both(x: Array | None, y: Array | None) -> Array | None:
    return None if x is None or y is None else x & y


def _either(x: Array | None, y: Array | None) -> Array | None:
    if x is None or y is None:
        return y if x is None else x
    return x | y
