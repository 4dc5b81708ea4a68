"""Directions: what a cosine compares, and which way a stream points in the limit.

A position may grow more slowly than the others, because its leading coefficient vanishes: c³ (0, 0) + c (1, −1) beside c³ (2, 1).
Divided by c³ it tends to zero, yet its direction has a limit, (1, −1)/√2.  So the direction of a series is taken position by
position, from the first coefficient that does not vanish there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sattheory.arithmetic.series import EXACT, Series

Array = NDArray[Any]


def limit_directions(stream: Series) -> Array:
    """Take at each position the first coefficient that does not vanish.

    Parameters
    ----------
    stream : Series, shape (…, d)
        A stream; its coefficients that are rounding noise are zero already.

    Returns
    -------
    ndarray, shape (…, d)
        Vectors that point where the limit does; zero at positions that are zero at every scale, nan where every coefficient that
        is known vanishes.
    """
    alive = np.asarray(stream.coefficients.any(axis=-1))
    first = np.take_along_axis(stream.coefficients, alive.argmax(axis=0)[None, ..., None], axis=0)[0]
    unknown = np.asarray(~alive.any(axis=0) & (stream.remainder != EXACT))
    return np.where(unknown[..., None], np.nan, first)


def one_minus_cosine(u: Array, v: Array) -> Array:
    """Compute 1 − cos(u, v) along the last axis without cancellation.

    Parameters
    ----------
    u, v : ndarray, shape (…, d)
        Vectors; the cosine with a zero vector is taken as 0, of two zero vectors as 1, with one that is not known as nan.

    Returns
    -------
    ndarray, shape (…)
        ½‖u/‖u‖ − v/‖v‖‖².
    """
    a, b = _unit(u), _unit(v)
    zero = ~a.any(axis=-1) ^ ~b.any(axis=-1)
    return np.where(zero, 1.0, 0.5 * np.square(a - b).sum(axis=-1))


def _unit(u: Array) -> Array:
    largest = np.abs(u).max(axis=-1, keepdims=True)
    safe = u / np.where(largest > 0, largest, 1.0)
    length = np.linalg.norm(safe, axis=-1, keepdims=True)
    return np.asarray(safe / np.where(length > 0, length, 1.0))
