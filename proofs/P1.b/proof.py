"""P1.b, step by step: what ‖θ_t − cθ'‖ → 0 needs, and why a deviation 1/c refutes the sentence without it.

Symbols: X = f(cθ' + u), Y = f(cθ'), Z = sf(θ'), so that X − Y and Y − Z are bounded by B and E; d, u, v ≥ 0.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, d, B, E, g = sympy.symbols("c delta B E gamma", positive=True)
u, v = sympy.symbols("u v", nonnegative=True)
XY, YZ = sympy.symbols("XY YZ", real=True)
half = sympy.Rational(1, 2)


def _sigmoid(value: sympy.Expr) -> sympy.Expr:
    return 1 / (1 + sympy.exp(-value))


def _gap(query: sympy.Expr, key: sympy.Expr, first: sympy.Expr, second: sympy.Expr) -> sympy.Expr:
    """Difference of the two scores of position 1, width 1."""
    return query * first * key * first - query * first * key * second


EQUIVALENT = Derivation(
    "f(θ_t) → sf(θ') for all ‖θ_t − c(t)θ'‖ → 0, c(t) → ∞, if and only if ω(δ) → 0",
    steps=(
        Step("|X − Z| ≤ |X − Y| + |Y − Z|", lambda: within(XY + YZ, around(XY, B) | around(YZ, E), B + E)),
        Step(
            "⇐: θ_t = cθ' + u_t, u_t → 0; choose δ with ω(δ) < ε/2, then T with ‖u_t‖ ≤ δ, |X − Y| < ε/2 and |Y − Z| < ε/2 "
            "from T on."
        ),
        Step(
            "⇒: ω(δ) ≥ ε > 0 for all δ gives c_n ≥ n and ‖u_n‖ ≤ 1/n with |X − Y| ≥ ε/2; and |X − Z| ≥ ε/2 − |Y − Z|, for X − "
            "Y = ε/2 + u and Y − Z = −E + v (the other sign likewise)",
            lambda: nonnegative((g / 2 + u) + (-E + v) - (g / 2 - E)),
        ),
        Step(
            "θ_n = c_nθ' + u_n is a path with ‖θ_n − c_nθ'‖ → 0, and |f(θ_n) − sf(θ')| ≥ ε/2 − |f(c_nθ') − sf(θ')| does not "
            "tend to 0."
        ),
        Step(
            "If f is uniformly continuous on {cθ' + u: c ≥ C, ‖u‖ ≤ δ₀}, ω(δ) is at most its modulus of continuity at δ, "
            "which tends to 0."
        ),
    ),
    planted=(
        Planted("|X − Z| ≤ max of the two", lambda: within(XY + YZ, around(XY, B) | around(YZ, B), B)),
        Planted("|X − Z| ≥ ε/2", lambda: nonnegative((g / 2 + u) + (-E + v) - g / 2)),
    ),
)
SHARP = Derivation(
    "one parameter: always; σ(θ₁ − θ₂), which fails reading (a), has ω(δ) ≤ δ; σ(θ₁² − θ₂²) has ω ≥ ½",
    steps=(
        Step(
            "p = 1: cθ' + u = cθ'(1 + w), w = u/(cθ') → 0, and c(1 + w) ≥ c/2 for w ≥ −½ (w = −½ + u)",
            lambda: nonnegative(c * (1 - half + u) - c / 2),
        ),
        Step(
            "0 ≤ σ(s + r) − σ(s) ≤ r/4 for r ≥ 0: σ' = σ(1 − σ) = ¼ − (½ − σ)² lies in [0, ¼]; and 2‖u‖² − (u₁ − u₂)² = (u₁ + "
            "u₂)²",
            lambda: (
                equal(sympy.diff(_sigmoid(c), c), _sigmoid(c) * (1 - _sigmoid(c)))
                and equal(v * (1 - v), sympy.Rational(1, 4) - (half - v) ** 2)
                and equal(2 * (u**2 + v**2) - (u - v) ** 2, (u + v) ** 2)
            ),
        ),
        Step(
            "σ((c + δ)² − c²) = σ(2cδ + δ²) → 1, and σ(c² − c²) = ½: ω(δ) ≥ ½ for every δ > 0",
            lambda: (
                equal((c + d) ** 2 - c**2, 2 * c * d + d**2)
                and tends(_sigmoid(2 * c * d + d**2), c, 1)
                and equal(_sigmoid(c**2 - c**2), half)
            ),
        ),
    ),
    planted=(
        Planted("w ≥ −1 for w ≥ −½", lambda: nonnegative(c * (1 - 1 + u) - c / 2)),
        Planted("σ' ≤ 1/8: (½ − σ)² is no less than 1/8 everywhere", lambda: nonnegative((half - v) ** 2 - sympy.Rational(1, 8))),
        Planted("σ(2cδ + δ²) → ½", lambda: tends(_sigmoid(2 * c * d + d**2), c, half)),
    ),
)
PROOF = (EQUIVALENT, SHARP)
REFUTATION = (
    Step("θ' = (1, 1), θ_t = (c + 1/c, c): ‖θ_t − cθ'‖ = 1/c → 0", lambda: equal((c + 1 / c) - c, 1 / c) and tends(1 / c, c, 0)),
    Step("f = σ(θ₁² − θ₂²) is ½ on the ray, so sf(θ') = ½", lambda: equal(_sigmoid(c**2 - c**2), half)),
    Step("f(θ_t) = σ(2 + c^{−2})", lambda: equal((c + 1 / c) ** 2 - c**2, 2 + c**-2)),
    Step(
        "σ(2 + u) ≥ ¾: e^{2 + u} ≥ 3; so |f(θ_t) − sf(θ')| ≥ ¼ for every c > 0",
        lambda: at_least(sympy.exp(2 + u), 3, u),
    ),
    Step(
        "attention, two positions of width 1, θ = (w_q, w_k, x₁, x₂) = (c, c, c + 1/c, c): equal scores and weights ½ on the "
        "ray (1, 1, 1, 1), but here a score gap c² + 1 ≥ 2 for c = 1 + u",
        lambda: equal(_gap(c, c, c, c), 0) and equal(_gap(c, c, c + 1 / c, c), c**2 + 1) and nonnegative((1 + u) ** 2 + 1 - 2),
    ),
    Step("the space searched has finitely many f, θ' and paths: if each had its own C, the largest would serve all of them"),
)
