"""Constants that are exactly known but are no floats: √2, cos 1, 2^(−8/3), a third.

A forward pass contains a few numbers that float64 can only round: the 1/√k of the scores, the √d of a norm, sines and cosines of
positions, ALiBi's slopes.  For a theorem about the network they must be the numbers themselves.  So a pass hands them over as
*formulas*, and each arithmetic reads them with functions of its own: NumPy for floats, balls for enclosures, SymPy for closed
forms.  There is one formula for each table, read three ways.

`Root` is √q for a rational q > 0; `Table` is an array given by a formula over `Functions`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]


class Functions(Protocol):
    """What a formula of a table may use; each takes and gives arrays of one kind of number."""

    def rational(self, numerators: ArrayLike, denominators: ArrayLike = 1) -> Array:
        """Take quotients of whole numbers."""
        ...

    def power(self, base: int, exponents: Array) -> Array:
        """Raise a positive whole number to numbers of this kind."""
        ...

    def cos(self, x: Array) -> Array:
        """Take cosines."""
        ...

    def sin(self, x: Array) -> Array:
        """Take sines."""
        ...


class FloatFunctions:
    """Float64, by NumPy."""

    def rational(self, numerators: ArrayLike, denominators: ArrayLike = 1) -> Array:
        """Divide; see `Functions.rational`."""
        return np.asarray(np.asarray(numerators) / np.asarray(denominators), dtype=np.float64)

    def power(self, base: int, exponents: Array) -> Array:
        """Raise; see `Functions.power`."""
        return np.asarray(float(base) ** exponents)

    def cos(self, x: Array) -> Array:
        """Take cosines; see `Functions.cos`."""
        return np.cos(x)

    def sin(self, x: Array) -> Array:
        """Take sines; see `Functions.sin`."""
        return np.sin(x)


@dataclass(frozen=True)
class Root:
    """The positive number √square.

    Parameters
    ----------
    square : Fraction
        Its square, positive.
    """

    square: Fraction

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape: one number.

        Returns
        -------
        tuple of int
            Empty.
        """
        return ()

    def floats(self) -> Array:
        """Round to float64.

        Returns
        -------
        ndarray, shape ()
            The number.
        """
        return np.asarray(np.sqrt(float(self.square)))


@dataclass(frozen=True, eq=False)
class Table:
    """An array of real numbers, by formula.

    Parameters
    ----------
    shape : tuple of int
        Its shape.
    formula : callable
        Takes `Functions`, returns an array of this shape.
    """

    shape: tuple[int, ...]
    formula: Callable[[Functions], Array]

    def floats(self) -> Array:
        """Round to float64.

        Returns
        -------
        ndarray
            The table.
        """
        return np.asarray(self.formula(FloatFunctions()), dtype=np.float64)


Constant = Array | Root | Table


def as_floats(constant: Constant) -> Array:
    """Read a constant in float64.

    Parameters
    ----------
    constant : ndarray, Root or Table
        A constant; an array may hold floats, whole numbers or fractions.

    Returns
    -------
    ndarray
        Floats (an array of floats as it is).
    """
    if isinstance(constant, Root | Table):
        return constant.floats()
    return constant if constant.dtype.kind == "f" else constant.astype(np.float64)
