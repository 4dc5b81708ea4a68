"""Closed forms as coefficients of a certified series: equalities decided by algebra, for small networks.

`closed_forms` has the numbers; this file gives them the face that `rings.Ring` asks for.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sattheory.arithmetic.closed_forms import Exact, ExactFunctions, Field
from sattheory.arithmetic.enclosures import as_array, each
from sattheory.arithmetic.operations import Undecided
from sattheory.arithmetic.reals import Constant, Root, Table
from sattheory.arithmetic.rings import ONE, UNKNOWN

Array = NDArray[Any]


class ClosedRing:
    """Closed forms over the rationals; see `closed_forms`.

    Parameters
    ----------
    budget : int, optional
        See `Field`.
    """

    def __init__(self, budget: int | None = None) -> None:
        self.field = Field(budget)

    def take(self, constant: Constant) -> tuple[Array, Fraction]:
        """Read a constant; see `Ring.take`."""
        if isinstance(constant, Root):
            return as_array([self.field.root(constant.square)], ()), ONE
        if isinstance(constant, Table):
            return constant.formula(ExactFunctions(self.field)), ONE
        return as_array([self.field.number(v) for v in constant.ravel().tolist()], constant.shape), ONE

    def number(self, value: Fraction) -> Exact:
        """Take a number; see `Ring.number`."""
        return self.field.number(value)

    def signs(self, x: Array) -> NDArray[np.int8]:
        """Compare with zero; see `Ring.signs`."""
        return np.array([_sign(v) for v in x.ravel().tolist()], dtype=np.int8).reshape(x.shape)

    def balls(self, x: Array) -> Array:
        """Enclose; see `Ring.balls`."""
        return each(Exact.ball, x)

    def product(self, x: Array, y: Array) -> Array:
        """Multiply matrices; see `Ring.product`."""
        lead = np.broadcast_shapes(x.shape[:-2], y.shape[:-2])
        left, right = np.broadcast_to(x, (*lead, *x.shape[-2:])), np.broadcast_to(y, (*lead, *y.shape[-2:]))
        out = np.empty((*lead, x.shape[-2], y.shape[-1]), dtype=object)
        for index in np.ndindex(*lead):
            out[index] = (left[index][:, :, None] * right[index][None]).sum(axis=1)  # np.dot goes on after an exception
        return out

    def inverse(self, x: Array) -> Array:
        """Invert; see `Ring.inverse`."""
        return each(Exact.inverse, x)

    def root(self, x: Array) -> Array:
        """Take roots; see `Ring.root`."""
        return each(Exact.sqrt, x)

    def exp(self, x: Array) -> Array:
        """Exponentiate; see `Ring.exp`."""
        return each(Exact.exp, x)

    def normal_cdf(self, x: Array) -> Array:
        """Take Φ; see `Ring.normal_cdf`."""
        return each(self.field.normal_cdf, x)

    def pi(self) -> Exact:
        """Give π; see `Ring.pi`."""
        return self.field.pi()


def _sign(number: Exact) -> int:
    try:
        return number.sign()
    except Undecided:
        return UNKNOWN
