"""Activations as gates: φ(x) = x·g(x) for GELU and SiLU, φ(x) = g(x) for tanh and the sigmoid.

g tends to constants at ±∞ (0 or −1, and 1), faster than any power.  That is all the arithmetic of c → ∞ needs to know about
them, together with the Taylor series of g at a finite point; both are written down here, once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from sattheory.arithmetic import taylor

Array = NDArray[Any]
SLOPE, CUBE = math.sqrt(8 / math.pi), 0.044715


@dataclass(frozen=True)
class Gate:
    """A gate g and what it does far out.

    Parameters
    ----------
    gate : callable
        g on an ndarray.
    taylor : callable
        Takes the power series of u in ε, shape (T, …), returns that of g(u).
    low : float
        g(−∞); g(+∞) is 1.
    gated : bool
        Whether the activation is x·g(x) rather than g(x).
    power : int
        |g(x) − g(±∞)| ≤ C exp(−rate·|x|^power) up to a polynomial factor.
    rate : float
        See `power`.
    """

    gate: Callable[[Array], Array]
    taylor: Callable[[Array], Array]
    low: float
    gated: bool
    power: int
    rate: float


def _gelu_tanh_argument(x: Array) -> Array:
    return SLOPE * (x + CUBE * x * x * x)


ACTIVATIONS = {
    "gelu": Gate(special.ndtr, taylor.normal_cdf, 0.0, True, 2, 0.5),
    "gelu_tanh": Gate(
        lambda x: special.expit(_gelu_tanh_argument(x)),
        lambda u: taylor.sigmoid(SLOPE * (u + CUBE * taylor.product(u, taylor.product(u, u)))),
        0.0,
        True,
        3,
        SLOPE * CUBE,
    ),
    "silu": Gate(special.expit, taylor.sigmoid, 0.0, True, 1, 1.0),
    "tanh": Gate(np.tanh, taylor.tanh, -1.0, False, 1, 2.0),
    "sigmoid": Gate(special.expit, taylor.sigmoid, 0.0, False, 1, 1.0),
}
