"""P1.a, step by step: what convergence in direction needs, and why a path √c beside the ray refutes the sentence without it.

Symbols: X = f(c(θ' + v)), Y = f(cθ'), Z = sf(θ'), so that X − Y and Y − Z are bounded by B and E; d, u ≥ 0.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, d, B, E, D, g, x = sympy.symbols("c delta B E D gamma x", positive=True)
u, v = sympy.symbols("u v", nonnegative=True)
XY, YZ, WZ = sympy.symbols("XY YZ WZ", real=True)
half = sympy.Rational(1, 2)


def _sigmoid(value: sympy.Expr) -> sympy.Expr:
    return 1 / (1 + sympy.exp(-value))


def _across(first: sympy.Expr, second: sympy.Expr) -> sympy.Expr:
    """exp(−(θ₁ − θ₂ − √θ₁)²)."""
    return sympy.exp(-((first - second - sympy.sqrt(first)) ** 2))


EQUIVALENT = Derivation(
    "f(θ_t) → sf(θ') for all θ_t/c(t) → θ', c(t) → ∞, if and only if Ω(δ) → 0",
    steps=(
        Step("|X − Z| ≤ |X − Y| + |Y − Z|", lambda: within(XY + YZ, around(XY, B) | around(YZ, E), B + E)),
        Step(
            "⇐: θ_t = c(θ' + v_t), v_t → 0; choose δ with Ω(δ) < ε/2, then T with ‖v_t‖ ≤ δ, |X − Y| < ε/2 and |Y − Z| < ε/2 "
            "from T on."
        ),
        Step(
            "⇒: Ω(δ) ≥ ε > 0 for all δ gives c_n ≥ n and ‖v_n‖ ≤ 1/n with |X − Y| ≥ ε/2; and |X − Z| ≥ ε/2 − |Y − Z|, for X − "
            "Y = ε/2 + u and Y − Z = −E + v (the other sign likewise)",
            lambda: nonnegative((g / 2 + u) + (-E + v) - (g / 2 - E)),
        ),
        Step(
            "θ_n = c_n(θ' + v_n) is a path with θ_n/c_n → θ', and |f(θ_n) − sf(θ')| ≥ ε/2 − |f(c_nθ') − sf(θ')| does not tend "
            "to 0."
        ),
    ),
    planted=(
        Planted("|X − Z| ≤ max of the two", lambda: within(XY + YZ, around(XY, B) | around(YZ, B), B)),
        Planted("|X − Z| ≥ ε/2", lambda: nonnegative((g / 2 + u) + (-E + v) - g / 2)),
    ),
)
SUFFICIENT = Derivation(
    "f continuous and f(c·) → sf uniformly on a ball around θ' ⇒ Ω(δ) → 0",
    steps=(
        Step(
            "|f(c(θ' + v)) − f(cθ')| ≤ |f(c(θ' + v)) − sf(θ' + v)| + |sf(θ' + v) − sf(θ')| + |sf(θ') − f(cθ')| ≤ E + D + E",
            lambda: within(XY + WZ + YZ, around(XY, E) | around(WZ, D) | around(YZ, E), 2 * E + D),
        ),
        Step("E → 0 as c → ∞; sf is continuous on the ball, as a uniform limit of continuous functions, so D → 0 as δ → 0."),
    ),
    planted=(Planted("E + D for 2E + D", lambda: within(XY + WZ + YZ, around(XY, E) | around(WZ, D) | around(YZ, E), E + D)),),
)
SHARP = Derivation(
    "one parameter: always; σ(θ₁ − θ₂) at (1, 1): Ω ≥ ½; a continuous sf is not enough",
    steps=(
        Step(
            "p = 1: θ_t = cθ'(1 + v), c(1 + v) ≥ c/2 for v ≥ −½ (v = −½ + u): on the ray, at a scale that tends to infinity",
            lambda: nonnegative(c * (1 - half + u) - c / 2),
        ),
        Step(
            "σ(c(1 + δ) − c) = σ(cδ) → 1, and σ(c − c) = ½: Ω(δ) ≥ ½ for every δ > 0",
            lambda: tends(_sigmoid(c * (1 + d) - c), c, 1) and equal(_sigmoid(c - c), half),
        ),
        Step(
            "f = exp(−(θ₁ − θ₂ − √θ₁)²), θ₁ > 0: on the ray (x, x ± d) and on (x, x) the exponent −c(√c·d ± √x)², −cx tends "
            "to −∞, so sf = 0",
            lambda: (
                equal(sympy.log(_across(c * x, c * (x + d))), -c * (sympy.sqrt(c) * d + sympy.sqrt(x)) ** 2)
                and equal(sympy.log(_across(c * x, c * (x - d))), -c * (sympy.sqrt(c) * d - sympy.sqrt(x)) ** 2)
                and equal(sympy.log(_across(c * x, c * x)), -c * x)
                and tends(sympy.exp(-c * x), c, 0)
                and tends((sympy.sqrt(c) * d - sympy.sqrt(x)) / sympy.sqrt(c), c, d)
            ),
        ),
        Step("but f(c, c − √c) = 1 for every c > 0", lambda: equal(_across(c, c - sympy.sqrt(c)), 1)),
    ),
    planted=(
        Planted("v ≥ −1 for v ≥ −½", lambda: nonnegative(c * (1 - 1 + u) - c / 2)),
        Planted("σ(cδ) → ½", lambda: tends(_sigmoid(c * (1 + d) - c), c, half)),
        Planted("f(c, c) = 1", lambda: equal(_across(c, c), 1)),
    ),
)
PROOF = (EQUIVALENT, SUFFICIENT, SHARP)
REFUTATION = (
    Step("θ' = (1, 1), θ_t = (c + √c, c): θ_t/c − θ' = (1/√c, 0) → 0", lambda: tends((c + sympy.sqrt(c)) / c - 1, c, 0)),
    Step("f = σ(θ₁ − θ₂) is ½ on the ray, so sf(θ') = ½", lambda: equal(_sigmoid(c - c), half)),
    Step("f(θ_t) = σ(√c)", lambda: equal(_sigmoid(c + sympy.sqrt(c) - c), _sigmoid(sympy.sqrt(c)))),
    Step(
        "σ(√c) ≥ ¾ for √c = 2 + u: e^{2 + u} ≥ 3; so |f(θ_t) − sf(θ')| ≥ ¼ from c = 4 on, and σ(√c) → 1",
        lambda: at_least(sympy.exp(2 + u), 3, u) and tends(_sigmoid(sympy.sqrt(c)), c, 1),
    ),
    Step("the space searched has finitely many f, θ' and paths: if each had its own C, the largest would serve all of them"),
)
