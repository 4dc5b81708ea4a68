"""What the coefficients of a certified series may be: balls, or exact closed forms.

Both say of a number whether it is positive, negative or *exactly* zero, or that they cannot tell.  Balls are fast and take
any network: floats are dyadic rationals and stay exact through sums and products, until a root comes.  Closed forms
(`closed_ring`) decide equalities that balls never can, √(5 + 2√6) = √2 + √3 for one, and are for small networks.

Arrays are NumPy arrays of dtype object.  A number that a table scales by a root (1/√k) or a denominator comes as (array, square)
and means √square times the array: comparisons then are made on the array, which is still exact.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
from flint import arb
from numpy.typing import NDArray

from sattheory.arithmetic import enclosures
from sattheory.arithmetic.enclosures import as_array, each
from sattheory.arithmetic.reals import Constant, Root, Table

Array = NDArray[Any]
ONE, UNKNOWN = Fraction(1), 2


class Ring(Protocol):
    """Arithmetic of coefficients."""

    def take(self, constant: Constant) -> tuple[Array, Fraction]:
        """Read a constant: (array, square) stands for √square · array."""
        ...

    def number(self, value: Fraction) -> Any:
        """Take one rational number."""
        ...

    def signs(self, x: Array) -> NDArray[np.int8]:
        """Say of each entry whether it is positive (1), negative (−1), exactly zero (0) or `UNKNOWN` (2)."""
        ...

    def balls(self, x: Array) -> Array:
        """Enclose."""
        ...

    def product(self, x: Array, y: Array) -> Array:
        """Multiply matrices."""
        ...

    def inverse(self, x: Array) -> Array:
        """Take 1/x."""
        ...

    def root(self, x: Array) -> Array:
        """Take √x of positive numbers."""
        ...

    def exp(self, x: Array) -> Array:
        """Take e^x."""
        ...

    def normal_cdf(self, x: Array) -> Array:
        """Take Φ(x)."""
        ...

    def pi(self) -> Any:
        """Give π."""
        ...


def denominators(array: Array) -> tuple[Array, int]:
    """Write an array of rationals as whole or dyadic numbers over one denominator.

    Parameters
    ----------
    array : ndarray
        Floats, whole numbers or fractions.

    Returns
    -------
    ndarray
        Numerators: the array itself if it holds no fractions.
    int
        The denominator.
    """
    if array.dtype != object:
        return array, 1
    fractions = [Fraction(entry) for entry in array.ravel().tolist()]
    common = math.lcm(*(f.denominator for f in fractions)) if fractions else 1
    return as_array([f * common for f in fractions], array.shape), common


def rational_root(square: Fraction) -> Fraction | None:
    """Find the square root of a rational, if it is rational.

    Parameters
    ----------
    square : Fraction
        A positive number.

    Returns
    -------
    Fraction or None
        The root.
    """
    over, under = math.isqrt(square.numerator), math.isqrt(square.denominator)
    return Fraction(over, under) if over**2 == square.numerator and under**2 == square.denominator else None


class BallRing:
    """Balls at the current precision."""

    def take(self, constant: Constant) -> tuple[Array, Fraction]:
        """Read a constant; see `Ring.take`."""
        if isinstance(constant, Root):
            return as_array([arb(1)], ()), constant.square
        if isinstance(constant, Table):
            return enclosures.enclosed(constant), ONE
        numerators, common = denominators(constant)
        return enclosures.enclosed(numerators), Fraction(1, common**2)

    def number(self, value: Fraction) -> Any:
        """Take a number; see `Ring.number`."""
        return enclosures.ball(value)

    def signs(self, x: Array) -> NDArray[np.int8]:
        """Compare with zero; see `Ring.signs`."""
        found = [1 if v > 0 else -1 if v < 0 else 0 if v.is_zero() else UNKNOWN for v in x.ravel().tolist()]
        return np.array(found, dtype=np.int8).reshape(x.shape)

    def balls(self, x: Array) -> Array:
        """Enclose; see `Ring.balls`."""
        return x

    def product(self, x: Array, y: Array) -> Array:
        """Multiply matrices; see `Ring.product`."""
        return enclosures.product(x, y)

    def inverse(self, x: Array) -> Array:
        """Invert; see `Ring.inverse`."""
        return each(lambda v: 1 / v, x)

    def root(self, x: Array) -> Array:
        """Take roots; see `Ring.root`."""
        return each(arb.sqrt, x)

    def exp(self, x: Array) -> Array:
        """Exponentiate; see `Ring.exp`."""
        return each(arb.exp, x)

    def normal_cdf(self, x: Array) -> Array:
        """Take Φ; see `Ring.normal_cdf`."""
        half = 1 / arb(2).sqrt()
        return each(lambda v: (-v * half).erfc() / 2, x)

    def pi(self) -> Any:
        """Give π; see `Ring.pi`."""
        return arb.pi()
