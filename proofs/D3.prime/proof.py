"""D3.prime, step by step: a relative error makes f the sum of a homogeneous function and a small one; other parameters break it.

Symbols: a = f(cθ), e an error; E = e^{−dr}, r = ‖θ‖; C = cᵏ; t = θ₁ and w another parameter.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, cc, lam, d, r, E, g, C, w = sympy.symbols("c c' lambda d r E g C w", positive=True)
a, e, e1, e2, h, t = sympy.symbols("a e e1 e2 h t", real=True)
k, u, v = sympy.symbols("k u v", nonnegative=True)


def _absorbed(start: sympy.Expr) -> bool:
    """Decide 2e^{−(d'+g)r} ≤ e^{−d'r} for r = start + u, as 1 − 2e^{−gr} ≥ 0."""
    return at_least(1 - 2 * sympy.exp(-g * (start + u)), 0, u)


def _sigmoid(x: int) -> sympy.Expr:
    return 1 / (1 + sympy.exp(-x))


SPLIT = Derivation(
    "D3' ⇒ f = h + e, h(θ) = lim c^{−k}f(cθ) k-homogeneous, |e| ≤ e^{−d‖θ‖} for ‖θ‖ ≥ ρ",
    steps=(
        Step(
            "f(c'cθ) = c'ᵏ(f(cθ) + e), |e| ≤ e^{−dcr}: (c'c)^{−k}f(c'cθ) − c^{−k}f(cθ) = c^{−k}e",
            lambda: equal((cc * c) ** (-k) * cc**k * (a + e) - c ** (-k) * a, c ** (-k) * e),
        ),
        Step(
            "c^{−k} ≤ 1 for c = eᵘ ≥ 1, k ≥ 0, and e^{−dcr} → 0",
            lambda: at_least(1 - sympy.exp(-k * u), 0, u) and tends(sympy.exp(-d * c * r), c, 0),
        ),
        Step(
            "c^{−k}f(cλθ) = λᵏ·(cλ)^{−k}f(cλθ), so h(λθ) = λᵏh(θ) in the limit",
            lambda: equal(c ** (-k) * a, lam**k * (c * lam) ** (-k) * a),
        ),
        Step("The limit exists by Cauchy's criterion, and c → ∞ in |c^{−k}f(cθ) − f(θ)| ≤ e^{−dr} gives |h − f| ≤ e^{−dr}."),
    ),
    planted=(
        Planted("c^{−k} left out", lambda: equal((cc * c) ** (-k) * cc**k * (a + e) - a, e)),
        Planted("k < 0: c^{−k} ≤ 1", lambda: at_least(1 - sympy.exp(g * u), 0, u)),
        Planted("degree k + 1 for h", lambda: equal(c ** (-k) * a, lam ** (k + 1) * (c * lam) ** (-k) * a)),
    ),
)
JOIN = Derivation(
    "f = h + e: |e| ≤ ½e^{−dr} ⇒ D3'(k, d, ρ); |e| ≤ e^{−dr} ⇒ D3'(k, d', max(ρ, ln 2/(d − d'))) for every d' < d",
    steps=(
        Step("f(cθ) − cᵏf(θ) = e(cθ) − cᵏe(θ)", lambda: equal((C * h + e1) - C * (h + e2), e1 - C * e2)),
        Step(
            "|e₁ − Ce₂| ≤ CE for |e₁|, |e₂| ≤ ½E and C = 1 + v ≥ 1; e^{−dcr} ≤ e^{−dr}",
            lambda: (
                within(e1 - (1 + v) * e2, around(e1, E / 2) | around(e2, E / 2), (1 + v) * E)
                and at_least(1 - sympy.exp(-d * v * r), 0, v)
            ),
        ),
        Step("2e^{−dr} ≤ e^{−d'r} for r ≥ ln 2/g, g = d − d'", lambda: _absorbed(sympy.log(2) / g)),
    ),
    planted=(
        Planted("the error kept absolute: E for CE", lambda: within(e1 - (1 + v) * e2, around(e1, E / 2) | around(e2, E / 2), E)),
        Planted("r ≥ ln 2/(2g)", lambda: _absorbed(sympy.log(2) / (2 * g))),
    ),
)
WEAKER = Derivation(
    "D3 ⇒ D3' (k ≥ 0); for k = 1 the converse fails: θσ(θ) is ReLU(θ) up to e^{−½|θ|}, but not exactly homogeneous",
    steps=(
        Step("e^{−dr} ≤ cᵏe^{−dr} for c = eᵘ ≥ 1", lambda: at_least(sympy.exp(k * u), 1, u)),
        Step(
            "θσ(θ) − ReLU(θ) = −|θ|σ(−|θ|), for θ = u ≥ 0 and θ = −u",
            lambda: (
                equal(u / (1 + sympy.exp(-u)) - u, -u / (1 + sympy.exp(u)))
                and equal(-u / (1 + sympy.exp(u)) - 0, -u * (1 - 1 / (1 + sympy.exp(-u))))
            ),
        ),
        Step(
            "σ(−u) ≤ e^{−u}, and u ≤ 1 + u/2 + u²/8 ≤ e^{u/2}: so |θ|σ(−|θ|) ≤ e^{−½|θ|}",
            lambda: (
                nonnegative(sympy.exp(-u) - sympy.exp(-u) / (1 + sympy.exp(-u)))
                and equal(1 + u / 2 + u**2 / 8 - u, (u - 2) ** 2 / 8 + sympy.Rational(1, 2))
                and at_least(sympy.exp(u / 2) - 1 - u / 2 - u**2 / 8, 0, u, 3)
            ),
        ),
        Step(
            "θσ(θ) is not exactly 1-homogeneous beyond any ρ: 2uσ(2u) − 2uσ(u) = 2u(σ(−u) − σ(−2u)) > 0 for u > 0, as eᵘ − 1 ≥ u",
            lambda: (
                equal(
                    2 * r / (1 + sympy.exp(-2 * r)) - 2 * r / (1 + sympy.exp(-r)),
                    2 * r * (1 / (1 + sympy.exp(r)) - 1 / (1 + sympy.exp(2 * r))),
                )
                and equal(
                    1 / (1 + sympy.exp(r)) - 1 / (1 + sympy.exp(2 * r)),
                    sympy.exp(r) * (sympy.exp(r) - 1) / ((1 + sympy.exp(r)) * (1 + sympy.exp(2 * r))),
                )
                and at_least(sympy.exp(u) - 1 - u, 0, u)
            ),
        ),
    ),
    planted=(
        Planted("e^{u/2} ≥ 1 + u", lambda: at_least(sympy.exp(u / 2) - 1 - u, 0, u, 3)),
        Planted("k < 0: 1 ≤ cᵏ", lambda: at_least(sympy.exp(-g * u), 1, u)),
    ),
)
OTHERS = Derivation(
    "(θ₁, w) ↦ f(θ₁) satisfies D3' only if f(cθ₁) = cᵏf(θ₁) for all θ₁ and c > 0; σ(θ₁) does not",
    steps=(
        Step(
            "‖(θ₁, w)‖² = t² + w² ≥ w², so the bound cᵏe^{−d‖(θ₁, w)‖} ≤ Ce^{−dw} tends to 0 for w → ∞",
            lambda: nonnegative((t**2 + w**2) - w**2) and tends(C * sympy.exp(-d * w), w, 0),
        ),
        Step("|f(cθ₁) − cᵏf(θ₁)| does not contain w, so it is 0 for c ≥ 1; for c < 1 use the scale 1/c at cθ₁."),
        Step(
            "σ, which satisfies D3'(0, 1, ρ) for every ρ > 0 by L6, has σ(2) − σ(1) > ⅛",
            lambda: bool((_sigmoid(2) - _sigmoid(1) - sympy.Rational(1, 8)).is_positive),
        ),
    ),
    planted=(
        Planted("the bound tends to 0 while w stays fixed", lambda: tends(C * sympy.exp(-d * w), r, 0)),
        Planted("σ(2) − σ(1) > ¼", lambda: bool((_sigmoid(2) - _sigmoid(1) - sympy.Rational(1, 4)).is_positive)),
    ),
)
PROOF = (SPLIT, JOIN, WEAKER, OTHERS)
