"""Arrays of balls: numbers with a guaranteed radius, and the few things a forward pass does to whole arrays of them.

A ball [m ± r] is python-flint's `arb`; every operation on it yields a ball that contains the result for each choice of points.
Familiar instances: `arb(1)/3` is 0.333… ± 10⁻³⁸ at 128 bits; a float is a dyadic rational and is a ball of radius 0; the
product of two of them is exact too while the precision holds its digits, so that *a difference of radius 0 is a proof of
equality*.  Arrays are NumPy arrays of dtype object; matrix products go through `arb_mat`, which is much faster.

Shapes: as in NumPy.  The precision is python-flint's `ctx.prec`, set by whoever computes (`with ctx.workprec(bits):`).
Sources: Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic" (2017).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import accumulate
from numbers import Integral
from typing import Any

import numpy as np
from flint import arb, arb_mat, fmpq
from numpy.typing import ArrayLike, NDArray

from sattheory.arithmetic.reals import Constant, Root, Table

Array = NDArray[Any]
LEAST = arb(-(2**50))


def ball(number: float | int | Fraction) -> arb:
    """Enclose one number; a float is taken as the dyadic rational that it is.

    Parameters
    ----------
    number : float, int or Fraction
        A finite number.

    Returns
    -------
    arb
        The number, with radius 0 if it is dyadic.
    """
    if isinstance(number, Fraction):
        power = number.denominator.bit_length() - 1
        if number.denominator == 1 << power:
            return arb((number.numerator, -power))  # mantissa and exponent: exact at any precision
        return arb(fmpq(number.numerator, number.denominator))
    if isinstance(number, float):
        return arb(number)
    return arb(int(number)) if isinstance(number, Integral) else ball(Fraction(number))


def each(function: Callable[..., Any], *arrays: Array) -> Array:
    """Apply a function entry by entry.

    Parameters
    ----------
    function : callable
        Takes entries, returns one.
    *arrays : ndarray
        Arrays that broadcast.

    Returns
    -------
    ndarray of object
        The results.
    """
    shape = np.broadcast_shapes(*(a.shape for a in arrays))
    flat = [np.broadcast_to(a, shape).ravel().tolist() for a in arrays]
    return as_array([function(*entries) for entries in zip(*flat, strict=True)], shape)


def as_array(entries: Iterable[Any], shape: tuple[int, ...]) -> Array:
    """Arrange objects in an array.

    Parameters
    ----------
    entries : iterable
        As many as the shape holds, in C order.
    shape : tuple of int
        The shape.

    Returns
    -------
    ndarray of object
        The array.
    """
    out = np.empty(math.prod(shape), dtype=object)
    out[:] = list(entries)
    return out.reshape(shape)


class BallFunctions:
    """The functions of tables on arrays of balls; see `reals.Functions`."""

    def rational(self, numerators: ArrayLike, denominators: ArrayLike = 1) -> Array:
        """Divide; see `Functions.rational`."""
        return each(lambda p, q: ball(Fraction(int(p), int(q))), np.asarray(numerators), np.asarray(denominators))

    def power(self, base: int, exponents: Array) -> Array:
        """Raise; see `Functions.power`."""
        return each(lambda x: arb(base) ** x, exponents)

    def cos(self, x: Array) -> Array:
        """Take cosines; see `Functions.cos`."""
        return each(arb.cos, x)

    def sin(self, x: Array) -> Array:
        """Take sines; see `Functions.sin`."""
        return each(arb.sin, x)


def enclosed(constant: Constant) -> Array:
    """Enclose a constant at the current precision.

    Parameters
    ----------
    constant : ndarray, Root or Table
        Floats, whole numbers, fractions, or numbers given by a formula.

    Returns
    -------
    ndarray of arb
        Balls that contain the numbers.
    """
    if isinstance(constant, Root):
        return as_array([ball(constant.square).sqrt()], ())
    if isinstance(constant, Table):
        return constant.formula(BallFunctions())
    read = arb if constant.dtype in (np.float32, np.float64) else _exact
    return as_array(map(read, constant.ravel().tolist()), constant.shape)


def _exact(number: Any) -> arb:
    return number if isinstance(number, arb) else ball(number)


def product(x: Array, y: Array) -> Array:
    """Multiply matrices of balls.

    Parameters
    ----------
    x, y : ndarray of arb, shapes (…, n, k) and (…, k, m)
        The factors; leading axes broadcast.

    Returns
    -------
    ndarray of arb, shape (…, n, m)
        The product.
    """
    lead = np.broadcast_shapes(x.shape[:-2], y.shape[:-2])
    (n, k), m = x.shape[-2:], y.shape[-1]
    left, right = np.broadcast_to(x, (*lead, n, k)), np.broadcast_to(y, (*lead, k, m))
    out = np.empty((*lead, n, m), dtype=object)
    for index in np.ndindex(*lead):
        entries = (matrix(left[index]) * matrix(right[index])).entries() if n and m else []
        out[index] = as_array(entries, (n, m))
    return out


def rows_times(x: Array, right: arb_mat) -> Array:
    """Multiply all rows of an array by one matrix.

    Parameters
    ----------
    x : ndarray of arb, shape (…, k)
        Rows.
    right : arb_mat, k by m
        The matrix, converted once for many products.

    Returns
    -------
    ndarray of arb, shape (…, m)
        The products.
    """
    rows = matrix(x.reshape(-1, x.shape[-1]))
    return as_array((rows * right).entries(), (*x.shape[:-1], right.ncols()))


def vanishing(exponent: arb) -> arb:
    """Bound e^x from above where x may be hugely negative.

    Parameters
    ----------
    exponent : arb
        x.

    Returns
    -------
    arb
        e^x, or e^(−2⁵⁰) where that is larger: below it the exponents of balls leave a machine word, and products take ten times
        as long.
    """
    return (exponent if exponent > LEAST else arb.max(exponent, LEAST)).exp()


def matrix(x: Array) -> arb_mat:
    """Make an `arb_mat` of a two-dimensional array.

    Parameters
    ----------
    x : ndarray of arb, shape (n, k)
        The array.

    Returns
    -------
    arb_mat
        The matrix.
    """
    return arb_mat(*x.shape, x.ravel().tolist())


def magnitudes(x: Array) -> Array:
    """Bound absolute values from above.

    Parameters
    ----------
    x : ndarray of arb
        Balls.

    Returns
    -------
    ndarray of arb
        Upper bounds of |x|, with radius 0.
    """
    return each(arb.abs_upper, x)


def zeros(shape: tuple[int, ...]) -> Array:
    """Make an array of exact zeros.

    Parameters
    ----------
    shape : tuple of int
        The shape.

    Returns
    -------
    ndarray of arb
        Zeros.
    """
    return as_array([arb(0)] * math.prod(shape), shape)


def midpoints(x: Array) -> Array:
    """Round midpoints to floats, for looking at them; nothing is decided by these.

    Parameters
    ----------
    x : ndarray of arb
        Balls.

    Returns
    -------
    ndarray of float
        The midpoints.
    """
    return np.array([float(v.mid()) for v in x.ravel().tolist()], dtype=np.float64).reshape(x.shape)


def above(number: arb) -> float:
    """Give a float that is certainly not below a ball (`float` does not round outwards).

    Parameters
    ----------
    number : arb
        A ball.

    Returns
    -------
    float
        An upper bound; infinite where floats end.
    """
    if number.is_nan():
        return math.inf
    guess = float(number.upper())
    while not arb(guess) >= number.upper():
        guess = math.nextafter(guess, math.inf)
    return guess


def below(number: arb) -> float:
    """Give a float that is certainly not above a ball.

    Parameters
    ----------
    number : arb
        A ball.

    Returns
    -------
    float
        A lower bound.
    """
    return -above(-number)


def increasing(function: Callable[[arb], arb], x: arb) -> arb:
    """Apply an increasing function to a ball: its range lies between the values at the two ends.

    Parameters
    ----------
    function : callable
        Increasing; takes an exact number, returns a ball around its value.
    x : arb
        A finite ball.

    Returns
    -------
    arb
        A ball that contains the range.
    """
    return function(x) if x.is_exact() else function(x.lower()).union(function(x.upper()))


def within(x: arb, low: arb, high: arb) -> arb:
    """Cut a ball down to a range in which the number is known to lie.

    Parameters
    ----------
    x : arb
        A ball, finite or not, around a number of [low, high].
    low, high : arb
        Exact numbers.

    Returns
    -------
    arb
        The ball itself where it fits, else one around the common part; its radius is rounded up in the tenth digit.
    """
    if x >= low and x <= high:
        return x
    if not x.is_finite():
        return low.union(high)
    return max(x.lower(), low).union(min(x.upper(), high))


def sums_of_others(entries: list[arb]) -> list[arb]:
    """Sum all entries but one, for each one; nothing is subtracted, so nothing cancels.

    Parameters
    ----------
    entries : list of arb, length d
        Balls.

    Returns
    -------
    list of arb, length d
        Σ_{j ≠ i} x_j for each i.
    """
    before = list(accumulate(entries[:-1], initial=arb(0)))
    after = list(accumulate(entries[:0:-1], initial=arb(0)))[::-1]
    return [a + b for a, b in zip(before, after, strict=True)]


def along_rows(function: Callable[..., list[arb]], *arrays: Array) -> Array:
    """Apply a function of lists to each row (the last axis).

    Parameters
    ----------
    function : callable
        Takes the rows as lists, returns a list of the same length.
    *arrays : ndarray
        Arrays of one shape (…, d), d ≥ 1.

    Returns
    -------
    ndarray of arb
        The results, in the same shape.
    """
    shape = arrays[0].shape
    rows = zip(*(a.reshape(-1, shape[-1]).tolist() for a in arrays), strict=True)
    return as_array([entry for row in rows for entry in function(*row)], shape)
