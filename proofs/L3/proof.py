"""L3, step by step: two errors add up, and half the exponent absorbs the factor 2.

Symbols: C = cᵏ; a, b the values of f and g at θ; d = min(d_f, d_g), d + v the other constant; r = ‖θ‖.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import around, at_least, equal, within
from sattheory.claims.evidence import Derivation, Planted, Step

d, r, C, a, b, E1, E2 = sympy.symbols("d r C a b E1 E2", positive=True)
e1, e2 = sympy.symbols("e1 e2", real=True)
u, v = sympy.symbols("u v", nonnegative=True)
BOTH = around(e1, E1) | around(e2, E2)


def _absorbed(start: sympy.Expr) -> bool:
    """Decide 2e^{−dr} ≤ e^{−dr/2} for r = start + u, as 1 − 2e^{−dr/2} ≥ 0."""
    return at_least(1 - 2 * sympy.exp(-d * (start + u) / 2), 0, u)


PROOF = (
    Derivation(
        "errors e^{−d_f r} and e^{−d_g r} add up to at most e^{−dr/2}, d = min(d_f, d_g), for r ≥ max(ρ_f, ρ_g, 2 ln 2/d)",
        steps=(
            Step(
                "f(cθ) + g(cθ) − cᵏ(f(θ) + g(θ)) is the sum of the two errors",
                lambda: equal((C * a + e1) + (C * b + e2) - C * (a + b), e1 + e2),
            ),
            Step("|e₁ + e₂| ≤ E₁ + E₂", lambda: within(e1 + e2, BOTH, E1 + E2)),
            Step("e^{−(d+v)r} ≤ e^{−dr} for v ≥ 0", lambda: at_least(1 - sympy.exp(-v * r), 0, v)),
            Step("2e^{−dr} ≤ e^{−dr/2} for r ≥ 2 ln 2/d", lambda: _absorbed(2 * sympy.log(2) / d)),
        ),
        planted=(
            Planted("r ≥ ln 2/d", lambda: _absorbed(sympy.log(2) / d)),
            Planted("|e₁ + e₂| ≤ E₁", lambda: within(e1 + e2, BOTH, E1)),
            Planted("degrees k and k + 1: C² for one C", lambda: equal((C * a + e1) + (C**2 * b + e2) - C * (a + b), e1 + e2)),
        ),
    ),
)
