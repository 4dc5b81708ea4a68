"""P1.c: on the ray itself the sentence is the definition of the limit, and with one parameter there is nothing but the ray."""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import equal, nonnegative
from sattheory.claims.evidence import Derivation, Planted, Step

c, x = sympy.symbols("c x", positive=True)
y, w = sympy.symbols("y w", real=True)
u = sympy.Symbol("u", nonnegative=True)
half = sympy.Rational(1, 2)


def _ratio(first: sympy.Expr, second: sympy.Expr) -> sympy.Expr:
    """‖θ_t‖/‖θ'‖ for θ_t = (first, second), θ' = (x, y)."""
    return sympy.sqrt(sympy.factor(first**2 + second**2)) / sympy.sqrt(x**2 + y**2)


RAY = Derivation(
    "θ_t = c(t)θ', c(t) → ∞ ⇒ f(θ_t) → sf(θ')",
    steps=(
        Step(
            "Given ε choose C with |f(cθ') − sf(θ')| < ε for c ≥ C, then T with c(t) ≥ C for t ≥ T: |f(θ_t) − sf(θ')| < ε "
            "from T on."
        ),
        Step(
            "c(t) = ‖θ_t‖/‖θ'‖, shown for two entries: it tends to ∞ if and only if ‖θ_t‖ does",
            lambda: equal(_ratio(c * x, c * y), c),
        ),
    ),
    planted=(Planted("off the ray: θ_t = (cx, cy + 1)", lambda: equal(_ratio(c * x, c * y + 1), c)),),
)
ONE = Derivation(
    "p = 1, θ' ≠ 0: every θ_t with θ_t/c(t) → θ' lies on the ray, at a scale that tends to ∞",
    steps=(
        Step(
            "θ_t = c'(t)θ' with c' = θ_t/θ' = c(1 + w), w = θ_t/(cθ') − 1 → 0", lambda: equal(c * (1 + (w / (c * x) - 1)), w / x)
        ),
        Step("c' ≥ c/2 once w ≥ −½ (w = −½ + u)", lambda: nonnegative(c * (1 - half + u) - c / 2)),
    ),
    planted=(
        Planted("w = θ_t/(cθ')", lambda: equal(c * (1 + w / (c * x)), w / x)),
        Planted("c' ≥ c", lambda: nonnegative(c * (1 - half + u) - c)),
    ),
)
PROOF = (RAY, ONE)
