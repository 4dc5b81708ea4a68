"""Power series in ε, to a fixed number of terms: product, inverse, 1/√, exp, and functions that solve a differential equation.

A series u = Σ u_j ε^j is an array of shape (T, …), the term first.  Composition follows from the chain rule written for
coefficients: if y = φ(u) solves y' = ψ(y, u)·u', then n·y_n = Σ_k k·u_k·ψ_{n−k}.
The error of each result is O(ε^T), nothing else.
Source: the standard recurrences of Taylor-mode differentiation (Griewank and Walther, *Evaluating Derivatives*, ch. 13).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[Any]


def product(u: Array, v: Array) -> Array:
    """Multiply two series entry by entry.

    Parameters
    ----------
    u, v : ndarray, shape (T, …)
        Series.

    Returns
    -------
    ndarray, shape (T, …)
        u·v.
    """
    if len(u) == 1:
        return np.asarray(u * v)
    return np.stack([sum(u[i] * v[n - i] for i in range(n + 1)) for n in range(len(u))])


def power(u: Array, alpha: float) -> Array:
    """Raise a series with nonzero first term to a real power.

    Parameters
    ----------
    u : ndarray, shape (T, …)
        Series, u_0 ≠ 0 (u_0 > 0 for a fractional power).
    alpha : float
        The exponent: −1 inverts, −1/2 gives 1/√u.

    Returns
    -------
    ndarray, shape (T, …)
        u^alpha.
    """
    y = [u[0] ** alpha]
    if len(u) == 1:
        return np.asarray(y[0][None])
    for n in range(1, len(u)):
        y.append(sum((k * alpha - (n - k)) * u[k] * y[n - k] for k in range(1, n + 1)) / (n * u[0]))
    return np.stack(y)


def exp(u: Array) -> Array:
    """Exponentiate a series.

    Parameters
    ----------
    u : ndarray, shape (T, …)
        Series.

    Returns
    -------
    ndarray, shape (T, …)
        e^u.
    """
    return _solve(u, np.exp(u[0]), lambda y, n: y[n])


def sigmoid(u: Array) -> Array:
    """Apply σ to a series: y' = y(1 − y) u'.

    Parameters
    ----------
    u : ndarray, shape (T, …)
        Series.

    Returns
    -------
    ndarray, shape (T, …)
        σ(u).
    """
    return _solve(u, special.expit(u[0]), lambda y, n: y[n] - sum(y[i] * y[n - i] for i in range(n + 1)))


def tanh(u: Array) -> Array:
    """Apply tanh to a series: y' = (1 − y²) u'.

    Parameters
    ----------
    u : ndarray, shape (T, …)
        Series.

    Returns
    -------
    ndarray, shape (T, …)
        tanh(u).
    """
    return _solve(u, np.tanh(u[0]), lambda y, n: float(n == 0) - np.asarray(sum(y[i] * y[n - i] for i in range(n + 1))))


def normal_cdf(u: Array) -> Array:
    """Apply Φ, the distribution function of N(0, 1), to a series: y' = e^{−u²/2}/√(2π) u'.

    Parameters
    ----------
    u : ndarray, shape (T, …)
        Series.

    Returns
    -------
    ndarray, shape (T, …)
        Φ(u).
    """
    density = exp(-0.5 * product(u, u)) / math.sqrt(2 * math.pi)
    return _solve(u, special.ndtr(u[0]), lambda _, n: density[n])


def _solve(u: Array, start: Array, slope: Callable[[list[Array], int], Array]) -> Array:
    """Solve y' = ψ·u', y_0 = start, where slope(y, n) is the n-th coefficient of ψ from y_0 … y_n."""
    y, psi = [np.asarray(start)], []
    for n in range(1, len(u)):
        psi.append(slope(y, n - 1))
        y.append(sum(k * u[k] * psi[n - k] for k in range(1, n + 1)) / n)
    return np.stack(y)
