"""S1.fixed, step by step: softmax(c·s) for fixed scores.

Notation: n scores, m of them maximal, w uniform on those, g the gap to the next value, R = Σ e^{−c(max − s_j)} over the others.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step

c, R, m, g = sympy.symbols("c R m g", positive=True)
u, v = sympy.symbols("u v", nonnegative=True)


def _distance(first: int, second: int) -> sympy.Expr:
    """‖softmax(c·s) − w‖₁: the parts on the maxima and off them, each counted so many times."""
    return first * m * (1 / m - 1 / (m + R)) + second * R / (m + R)


FIXED = Derivation(
    "‖softmax(c·s) − w‖₁ ≤ 2(n − m)e^{−cg}/m → 0",
    steps=(
        Step(
            "softmax(c·s) is 1/(m + R) on the maxima and e^{−c(max − s_j)}/(m + R) elsewhere; R has n − m terms, each at most "
            "e^{−cg}."
        ),
        Step(
            "‖softmax(c·s) − w‖₁ = m(1/m − 1/(m + R)) + R/(m + R) = 2R/(m + R)", lambda: equal(_distance(1, 1), 2 * R / (m + R))
        ),
        Step(
            "2R/(m + R) ≤ 2R/m, and R = vq − u ≤ vq with v = n − m, q = e^{−cg}",
            lambda: (
                nonnegative(2 * R / m - 2 * R / (m + R))
                and nonnegative(2 * v * sympy.exp(-c * g) / m - 2 * (v * sympy.exp(-c * g) - u) / m)
            ),
        ),
        Step("e^{−cg} → 0", lambda: tends(sympy.exp(-g * c), c, 0)),
    ),
    planted=(
        Planted("the part off the maxima forgotten", lambda: equal(_distance(1, 0), 2 * R / (m + R))),
        Planted("2R/(m + R) ≤ R/m", lambda: nonnegative(R / m - 2 * R / (m + R))),
        Planted("limit 1 for e^{−cg}", lambda: tends(sympy.exp(-g * c), c, 1)),
    ),
)
PROOF = (FIXED,)
