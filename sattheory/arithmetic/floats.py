"""Floating-point numbers, at many scales in one pass.

A value is c^p · data, the power p kept outside.  As long as nothing in it depends on the scale (the embeddings, the first
layer's queries, keys and values, a whole network without biases up to its first softmax) the data are computed once for all
scales; and since c⁴ never multiplies a score before the largest score has been subtracted, nothing overflows where the value
exists: c = 10³⁰ works in float32.  The weights are never copied: (cW)x is computed as c·(Wx).

Shapes: data (S, …) with S scales, or (1, …) while it does not depend on the scale.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from sattheory.arithmetic.activations import ACTIVATIONS
from sattheory.arithmetic.reals import Constant, as_floats
from sattheory.errors import InputError

Array = NDArray[Any]


@dataclass(frozen=True)
class Scaled:
    """The value c^power · data.

    Parameters
    ----------
    data : ndarray, shape (S, …) or (1, …)
        One entry a scale, or one for all.
    power : int
        The power of c outside.
    """

    data: Array
    power: int = 0

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape without the axis of the scales.

        Returns
        -------
        tuple of int
            The shape.
        """
        return self.data.shape[1:]


class Floats:
    """Arithmetic on floats at one or many scales.

    Parameters
    ----------
    scales : array_like of float
        c, one or many, positive.
    dtype : float32 or float64
        Type of the data; scales and their powers stay in float64.

    Raises
    ------
    InputError
        For a scale that is not positive and finite.
    """

    def __init__(self, scales: ArrayLike = 1.0, dtype: DTypeLike = np.float64) -> None:
        self.scales = np.atleast_1d(np.asarray(scales, dtype=np.float64))
        self.dtype = np.dtype(dtype)
        if self.scales.size == 0 or self.scales.ndim != 1 or not (np.isfinite(self.scales) & (self.scales > 0)).all():
            raise InputError(f"scales={scales!r}", "a scale is a positive finite number", "give one or a list of such numbers")

    def at_scales(self, value: Scaled, degree: int = 0) -> Array:
        """Write a value out as c^(−degree) times itself.

        Parameters
        ----------
        value : Scaled
            A value.
        degree : int
            Degree to divide out.

        Returns
        -------
        ndarray, shape (S, …)
            One entry a scale; beyond the range of the type, infinite.
        """
        power, largest = value.power - degree, np.finfo(self.dtype).max
        with np.errstate(over="ignore"):
            wide = self._wide(power, value.data)
            beyond = np.where(wide > largest, wide / largest, 1).clip(max=largest).astype(self.dtype)
            return np.broadcast_to(value.data * self._factor(power, value.data) * beyond, (self.scales.size, *value.shape))

    def _factor(self, power: int, data: Array) -> Array:
        """Compute c^power, one entry a scale, clipped to the type so that 0 · c^power stays 0 and −∞ · c^power stays −∞."""
        if power == 0:
            return np.ones((1,) * data.ndim, dtype=self.dtype)
        with np.errstate(over="ignore"):
            factor = np.clip(self.scales**power, np.finfo(self.dtype).tiny, np.finfo(self.dtype).max).astype(self.dtype)
        return np.asarray(factor.reshape(-1, *(1,) * (data.ndim - 1)))

    def _take(self, array: Array) -> Array:
        return np.asarray(array, dtype=self.dtype)

    def constant(self, array: Constant) -> Scaled:
        """Take data; see `Operations.constant`."""
        return Scaled(self._take(as_floats(array))[None])

    def parameter(self, array: Array) -> Scaled:
        """Take parameters; see `Operations.parameter`."""
        return Scaled(self._take(array)[None], 1)

    def linear(self, x: Scaled, weight: Array) -> Scaled:
        """Multiply by a parameter matrix; see `Operations.linear`."""
        rows = x.data.reshape(-1, x.shape[-1]) @ self._take(weight).T
        return Scaled(rows.reshape(*x.data.shape[:-1], -1), x.power + 1)

    def add(self, x: Scaled, y: Scaled) -> Scaled:
        """Add; see `Operations.add`."""
        if x.power < y.power:
            x, y = y, x
        left, right = _aligned(x.data, y.data)
        if x.power == y.power:
            return Scaled(left + right, x.power)
        lower = right * self._factor(y.power - x.power, right)
        return Scaled(np.add(left, lower, out=lower if lower.ndim == left.ndim and _fits(left, lower) else None), x.power)

    def multiply(self, x: Scaled, y: Scaled) -> Scaled:
        """Multiply entries; see `Operations.multiply`."""
        left, right = _aligned(x.data, y.data)
        return Scaled(left * right, x.power + y.power)

    def matmul(self, x: Scaled, y: Scaled) -> Scaled:
        """Multiply matrices; see `Operations.matmul`."""
        left, right = _aligned(x.data, y.data)
        return Scaled(left @ right, x.power + y.power)

    def reshape(self, x: Scaled, shape: tuple[int, ...]) -> Scaled:
        """Change the shape; see `Operations.reshape`."""
        return Scaled(x.data.reshape(x.data.shape[0], *shape), x.power)

    def swapaxes(self, x: Scaled, first: int, second: int) -> Scaled:
        """Exchange axes; see `Operations.swapaxes`."""
        return Scaled(x.data.swapaxes(first, second), x.power)

    def centre(self, x: Scaled) -> Scaled:
        """Subtract the mean, counted from the first entry so that a constant vector gives 0 exactly; see `Operations.centre`."""
        data = x.data - x.data[..., :1]
        data -= data.mean(axis=-1, keepdims=True)
        return Scaled(data, x.power)

    def unit(self, x: Scaled, epsilon: float | Fraction) -> Scaled:
        """Normalise the length; see `Operations.unit`."""
        largest = np.maximum(x.data.max(axis=-1, keepdims=True), -x.data.min(axis=-1, keepdims=True))
        with np.errstate(over="ignore", under="ignore"):
            root = np.minimum(math.sqrt(float(epsilon)) * self._wide(-x.power, largest), np.finfo(self.dtype).max)
            safe = (np.maximum(largest, root) if epsilon else largest).astype(self.dtype, copy=False)
            safe = np.where(safe > 0, safe, self.dtype.type(1))
            data = x.data / safe
            square = np.einsum("...d,...d->...", data, data)[..., None]
            length = np.sqrt(square + np.square(root / safe).astype(self.dtype) if epsilon else square)
        data = data if data.shape[0] == length.shape[0] else np.repeat(data, length.shape[0], axis=0)
        data /= np.where(length > 0, length, self.dtype.type(1))
        return Scaled(data)

    def _wide(self, power: int, data: Array) -> Array:
        return (self.scales**power if power else np.ones(1)).reshape(-1, *(1,) * (data.ndim - 1))

    def softmax(self, scores: Scaled, visible: Array | None) -> Scaled:
        """Normalise exponentials; see `Operations.softmax`."""
        data = scores.data if visible is None else np.where(visible, scores.data, -np.inf).astype(self.dtype, copy=False)
        below = data - data.max(axis=-1, keepdims=True)
        with np.errstate(over="ignore"):
            below = below * self._factor(scores.power, below)
        weights = np.exp(below, out=below)
        weights /= weights.sum(axis=-1, keepdims=True)
        return Scaled(weights)

    def activation(self, x: Scaled, name: str) -> Scaled:
        """Apply an activation; see `Operations.activation`."""
        if name == "relu":
            return Scaled(np.maximum(x.data, 0), x.power)
        kind = ACTIVATIONS[name]
        with np.errstate(over="ignore"):
            gate = kind.gate(x.data * self._factor(x.power, x.data)).astype(self.dtype, copy=False)
        return Scaled(x.data * gate, x.power) if kind.gated else Scaled(gate)


def _fits(small: Array, large: Array) -> bool:
    """Say whether an array broadcasts into another of the same number of axes."""
    return all(a in (1, b) for a, b in zip(small.shape, large.shape, strict=True))


def _aligned(left: Array, right: Array) -> tuple[Array, Array]:
    """Insert axes behind the scales so that two values broadcast."""
    gap = left.ndim - right.ndim
    if gap > 0:
        right = right.reshape(right.shape[0], *(1,) * gap, *right.shape[1:])
    elif gap < 0:
        left = left.reshape(left.shape[0], *(1,) * -gap, *left.shape[1:])
    return left, right
