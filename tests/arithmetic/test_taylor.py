"""Power series in ε against mpmath: each function's composition, expanded by mpmath's own `taylor` at forty digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from sattheory.arithmetic import taylor
from sattheory.arithmetic.activations import ACTIVATIONS
from tests.oracle import activate

Array = np.ndarray[Any, Any]
COMPOSED: dict[str, tuple[Callable[[Array], Array], Callable[[Any], Any]]] = {
    "exp": (taylor.exp, mp.exp),
    "sigmoid": (taylor.sigmoid, lambda x: 1 / (1 + mp.exp(-x))),
    "tanh": (taylor.tanh, mp.tanh),
    "normal_cdf": (taylor.normal_cdf, mp.ncdf),
    **{
        f"{name} gate": (
            kind.taylor,
            (lambda x, n=name: activate(n, x) / x) if kind.gated else (lambda x, n=name: activate(n, x)),
        )
        for name, kind in ACTIVATIONS.items()
    },
}
coefficient = st.integers(-12, 12).map(lambda k: k / 4)


def series(first: st.SearchStrategy[float] = coefficient) -> st.SearchStrategy[list[float]]:
    """Draw one to six coefficients."""
    return st.builds(lambda a, rest: [a, *rest], first, st.lists(coefficient, max_size=5))


def composed(function: Callable[..., Any], *parts: list[float]) -> list[float]:
    """Expand function(u(ε), v(ε), …) at ε = 0, to as many terms as u has."""
    with mp.workdps(40):
        polynomials = [[mpf(a) for a in reversed(part)] for part in parts]
        terms = mp.taylor(lambda e: function(*(mp.polyval(p, e) for p in polynomials)), 0, len(parts[0]) - 1)
        return [float(mp.re(t)) for t in terms]


def close(found: Array, exact: list[float]) -> None:
    np.testing.assert_allclose(found, exact, rtol=1e-11, atol=1e-12 * max(1.0, np.abs(exact).max()))


@pytest.mark.parametrize("name", COMPOSED)
@given(u=series(coefficient.filter(bool)))
def test_functions_compose(name: str, u: list[float]) -> None:
    ours, exact = COMPOSED[name]
    close(ours(np.array(u)), composed(exact, u))


@given(series(), series())
def test_products(u: list[float], v: list[float]) -> None:
    n = min(len(u), len(v))
    close(taylor.product(np.array(u[:n]), np.array(v[:n])), composed(lambda a, b: a * b, u[:n], v[:n]))


@pytest.mark.parametrize("alpha", [-1.0, -0.5, 0.5, 2.0, 3.0])
@given(u=series(st.sampled_from([0.5, 1.0, 2.0, 3.0])))
def test_powers(alpha: float, u: list[float]) -> None:
    close(taylor.power(np.array(u), alpha), composed(lambda a: a ** mpf(alpha), u))


@given(u=series(st.sampled_from([-2.0, -0.5])))
def test_the_inverse_of_a_negative_series(u: list[float]) -> None:
    close(taylor.power(np.array(u), -1.0), composed(lambda a: 1 / a, u))


@pytest.mark.parametrize("name", COMPOSED)
def test_entries_do_not_mix(name: str) -> None:
    ours, _ = COMPOSED[name]
    u = np.random.default_rng(0).uniform(0.2, 1.0, (5, 2, 3))
    together = ours(u)
    assert together.shape == u.shape
    for i, j in np.ndindex(2, 3):
        np.testing.assert_allclose(together[:, i, j], ours(u[:, i, j]), rtol=1e-14)
