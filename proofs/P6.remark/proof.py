"""Steps of the proof of P6.remark: what post-norm normalises is approximately homogeneous of no degree.

Notation: x ≠ 0 and y ≠ 0 an entry of X and of Sub(X) at one θ; g(c) = cx + c³y − cᵏ(x + y) the error of degree k at the scale
c.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import equal, tends
from sattheory.claims.evidence import Derivation, Planted, Step

x, y = sympy.symbols("x y", real=True, nonzero=True)
a, b, h = sympy.symbols("a b h", real=True)
c, t = sympy.symbols("c t", positive=True)
p = sympy.Symbol("p", nonnegative=True)


def _error(degree: Any, first: Any = x, second: Any = y) -> Any:
    return c * first + c**3 * second - c**degree * (first + second)


def _relu(value: Any) -> Any:
    return sympy.Max(value, 0)


PROOF = (
    Derivation(
        "|g(c)| → ∞ for every real k, so no d, ρ bound it by e^{−d‖θ‖} ≤ 1",
        steps=(
            Step(
                "Sub(X) = W^f ReLU(W^i X) has degree 3 where X has degree 1: c·c²ReLU(h) with cW^i·cX = c²h; both signs of h",
                lambda: (
                    equal(c * a * _relu(c * c * p), c**3 * a * _relu(p))
                    and equal(c * a * _relu(-c * c * p), c**3 * a * _relu(-p))
                ),
            ),
            Step("k = 3: c^{−3}g(c) = x/c² − x → −x ≠ 0", lambda: tends(sympy.expand(_error(3) / c**3), c, -x)),
            Step(
                "k < 3 (k = 3 − t): c^{−3}g(c) = x/c² + y − c^{−t}(x + y) → y ≠ 0, for each part",
                lambda: equal(_error(3 - t) / c**3, x / c**2 + y - c**-t * (x + y)) and tends(c**-t, c, 0) and tends(c**-2, c, 0),
            ),
            Step(
                "k > 3 (k = 3 + t), x + y ≠ 0: c^{−k}g(c) = x·c^{−2−t} + y·c^{−t} − (x + y) → −(x + y) ≠ 0, for each part",
                lambda: (
                    equal(_error(3 + t) / c ** (3 + t), x * c ** (-2 - t) + y * c**-t - (x + y))
                    and tends(c**-t, c, 0)
                    and tends(c ** (-2 - t), c, 0)
                ),
            ),
            Step("x + y = 0: g(c) = cx − c³x whatever k is, and c^{−3}g(c) → −x", lambda: _opposite()),
        ),
        planted=(
            Planted(
                "Sub(X) of degree 1: equal degrees add", lambda: tends(sympy.expand((c * a + c * b - c * (a + b)) / c), c, -a)
            ),
            Planted("x = 0: then degree 3 fits", lambda: tends(sympy.expand(_error(3, 0, y) / c**3), c, -x)),
            Planted("degree 2 for ReLU's argument forgotten", lambda: equal(c * a * _relu(c * c * p), c**2 * a * _relu(p))),
        ),
    ),
)


def _opposite() -> bool:
    error = _error(h, x, -x)
    return equal(error, c * x - c**3 * x) and tends(sympy.expand(error / c**3), c, -x)
