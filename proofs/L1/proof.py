"""L1, step by step: 0 has every degree; one nonzero value leaves one degree k ≥ 0.

Symbols: a = f(θ), F = f(cθ); E₁, E₂ ≤ 1 the error bounds e^{−d₁r}, e^{−d₂r}; k₁ = k₂ + gap.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, d, r, k1, gap, A = sympy.symbols("c d r k1 gap A", positive=True)
k2, e1, e2, s, e = sympy.symbols("k2 e1 e2 s e", real=True)
k, u, v = sympy.symbols("k u v", nonnegative=True)
E = sympy.Symbol("E", positive=True)

REFUTATION = (
    Step(
        "f = 0: |f(cθ) − cᵏf(θ)| = 0 ≤ e^{−d‖θ‖} for every k, d and θ",
        lambda: equal(0 - c**k2 * 0, 0) and nonnegative(sympy.exp(-d * r)),
    ),
    Step(
        "f = relu(1 − ‖θ‖), not 0 everywhere, vanishes at cθ for ‖θ‖ = 1 + u, c = 1 + v: it has every degree with ρ = 1",
        lambda: equal(sympy.Max(0, -(u + v * (1 + u))), 0) and equal(1 - (1 + v) * (1 + u), -(u + v * (1 + u))),
    ),
)
UNIQUE = Derivation(
    "f satisfies D3 with k₁ > k₂, k₁ > 0 ⇒ f(θ) = 0 for ‖θ‖ ≥ max(ρ₁, ρ₂)",
    steps=(
        Step(
            "F = c^{k₁}a + e₁ = c^{k₂}a + e₂, so (c^{k₁} − c^{k₂})a = e₂ − e₁",
            lambda: equal((c**k1 * s + e1) - (c**k2 * s + e2), (c**k1 - c**k2) * s - (e2 - e1)),
        ),
        Step("|e₂ − e₁| ≤ 2 for |e₁|, |e₂| ≤ 1", lambda: within(e2 - e1, around(e1, 1) | around(e2, 1), 2)),
        Step(
            "e^{−dr} ≤ 1 for d > 0, r ≥ 0",
            lambda: at_least(1 - sympy.exp(-d * u), 0, u),
        ),
        Step(
            "c^{k₁} − c^{k₂} = c^{k₁}(1 − c^{−(k₁−k₂)}) ≥ ½c^{k₁} for c = e^{L/(k₁−k₂)}, L ≥ ln 2",
            lambda: (
                equal(c**k1 - c ** (k1 - gap), c**k1 * (1 - c**-gap))
                and at_least(sympy.Rational(1, 2) - sympy.exp(-(sympy.log(2) + u)), 0, u)
            ),
        ),
        Step("so |a| ≤ 4c^{−k₁} for all large c, which tends to 0 as k₁ > 0", lambda: tends(4 * c**-k1, c, 0)),
    ),
    planted=(
        Planted("sign of e₁", lambda: equal((c**k1 * s + e1) - (c**k2 * s + e2), (c**k1 - c**k2) * s - (e2 + e1))),
        Planted("1 for 2", lambda: within(e2 - e1, around(e1, 1) | around(e2, 1), 1)),
        Planted("k₁ = 0: 4c⁰ → 0", lambda: tends(4 * c**0, c, 0)),
        Planted("L ≥ 0", lambda: at_least(sympy.Rational(1, 2) - sympy.exp(-u), 0, u)),
    ),
)
SHARP = Derivation(
    "k₁ > 0 is needed: e^{−‖θ‖} satisfies D3 with every degree k ≤ 0, and D3' with every degree k ≥ 0",
    steps=(
        Step(
            "k ≤ 0, c = eᵘ: e^{−cr} and cᵏe^{−r} = e^{−|k|u}e^{−r} both lie between 0 and e^{−r}, so D3(k, 1, ρ)",
            lambda: at_least(1 - sympy.exp(-k * u), 0, u) and at_least(1 - sympy.exp(-u * r), 0, u),
        ),
        Step(
            "k ≥ 0, c = eᵘ: both lie between 0 and cᵏe^{−r}, so |f(cθ) − cᵏf(θ)| ≤ cᵏe^{−r}",
            lambda: at_least(sympy.exp(k * u), 1, u),
        ),
    ),
    planted=(
        Planted("D3 with degree 1: eᵘ ≤ 1", lambda: at_least(1 - sympy.exp(u), 0, u)),
        Planted("D3' with degree −1: e^{−u} ≥ 1", lambda: at_least(sympy.exp(-u), 1, u)),
    ),
)
SYMBOLS = Derivation(
    "asymptotically: a degree k with symbol s gives every larger degree with symbol 0, and a smaller one only if s = 0",
    steps=(
        Step(
            "cᵏ(s + e) = c^{k+gap}·c^{−gap}(s + e): degree k + gap, symbol 0, error c^{−gap}(S + E) for |s| ≤ S",
            lambda: (
                equal(c**k2 * (s + e), c ** (k2 + gap) * (c**-gap * (s + e)))
                and within(s + e, around(s, A) | around(e, E), A + E)
                and tends(c**-gap * (A + E), c, 0)
            ),
        ),
        Step(
            "f(cθ) = c^{k−gap}(s' + e') as well ⇒ s = c^{−gap}(s' + e') − e, where c^{−gap}(s' + e') → 0, and e → 0: s is 0",
            lambda: equal(c**-k2 * (c ** (k2 - gap) * (s + e)) - e1, c**-gap * (s + e) - e1) and tends(c**-gap * (A + E), c, 0),
        ),
        Step("So at most one degree has a symbol that is not 0, and it is the smallest degree that f has."),
    ),
    planted=(
        Planted("c^{gap} for c^{−gap}", lambda: equal(c**k2 * (s + e), c ** (k2 + gap) * (c**gap * (s + e)))),
        Planted("an equal degree, gap = 0", lambda: tends(c**0 * (A + E), c, 0)),
    ),
)
PROOF = (UNIQUE, SHARP, SYMBOLS)
