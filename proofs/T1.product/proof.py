"""T1.product, step by step: why no d and ρ save the row for approximate homogeneity, and the product rule.

Symbols: x = |θ| > 0; s, e entries of the symbols and errors of the factors, |s₁| ≤ S₁, |e₁| ≤ E₁ and so on; y a sum of
earlier terms.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, x, g, d, rho, E1, E2, S1, S2, X = sympy.symbols("c x g d rho E1 E2 S1 S2 X", positive=True)
s1, s2, e1, e2, y, phi, k1, k2 = sympy.symbols("s1 s2 e1 e2 y phi k1 k2", real=True)
u = sympy.Symbol("u", nonnegative=True)
ALL = around(s1, S1) | around(e1, E1) | around(s2, S2) | around(e2, E2)
CROSS = (s1 + e1) * (s2 + e2) - s1 * s2
ONE, TWO = sympy.Integer(1), sympy.Integer(2)


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + sympy.exp(-z))


def _stretched(z: Any) -> Any:
    return sympy.Max(1, sympy.Abs(z))


REFUTATION = (
    Step(
        "σ increases to 1, and 1 − σ(x) = e^{−x} − e^{−x}/(1 + eˣ) ≤ e^{−x}, x = |θ|: it is approximately 0-homogeneous, d = "
        "ρ = 1",
        lambda: (
            nonnegative(sympy.diff(_sigmoid(x), x))
            and equal(1 - _sigmoid(x), sympy.exp(-x) - sympy.exp(-x) / (1 + sympy.exp(x)))
            and nonnegative(sympy.exp(-x) / (1 + sympy.exp(x)))
        ),
    ),
    Step(
        "f = θ > 0, g = σ(θ): the error is cθσ(cθ) − cθσ(θ), at least cδ for c ≥ 2 because σ increases, δ = θ(σ(2θ) − σ(θ)) "
        "= θe^θ(e^θ − 1)/((1 + e^θ)(1 + e^{2θ})) > 0, as e^θ − 1 ≥ θ",
        lambda: (
            nonnegative(sympy.diff(_sigmoid(c * x), c))
            and equal(
                _sigmoid(2 * x) - _sigmoid(x),
                sympy.exp(x) * (sympy.exp(x) - 1) / ((1 + sympy.exp(x)) * (1 + sympy.exp(2 * x))),
            )
            and at_least(sympy.exp(u) - 1 - u, 0, u)
        ),
    ),
    Step(
        "cδ exceeds 1 ≥ e^{−dθ} for c = 2 + 1/δ, at every θ ≥ ρ and for every d",
        lambda: bool(((2 + 1 / g) * g - 1).expand().is_positive),
    ),
    Step(
        "max(1, |θ|) is 1-homogeneous for |θ| ≥ 1, so approximately 1-homogeneous with ρ = 1 and any d: at θ = 1 + g, c = 1 + x",
        lambda: equal(_stretched((1 + x) * (1 + g)), (1 + x) * _stretched(1 + g)),
    ),
    Step(
        "f = max(1, |θ|), g = φ: at θ = 0, c = 2 the error |2φ − 4φ| = 2|φ| is more than 1 ≥ e^{−d‖(θ, φ)‖} for |φ| ≥ max(1, ρ)",
        lambda: equal(sympy.Abs(_stretched(2 * 0) * 2 * phi - 4 * _stretched(0) * phi), 2 * sympy.Abs(phi)),
    ),
    Step(
        "f = σ(θ), g = 1: at θ = 1, c = 2 the error σ(2) − σ(1) exceeds e^{−2} ≥ e^{−d‖(θ, φ)‖} for |φ| ≥ max(ρ, 2/d)",
        lambda: (
            bool((_sigmoid(TWO) - _sigmoid(ONE) - sympy.exp(-2)).is_positive)
            and at_least(sympy.exp(-2) - sympy.exp(-d * (2 / d + u)), 0, u)
        ),
    ),
)
PROOF = (
    Derivation(
        "relative error p(S₁E₂ + S₂E₁ + E₁E₂) for a product of inner width p",
        steps=(
            Step(
                "c^{k₁}(s₁ + e₁)·c^{k₂}(s₂ + e₂) = c^{k₁+k₂}(s₁s₂ + s₁e₂ + s₂e₁ + e₁e₂)",
                lambda: equal(c**k1 * (s1 + e1) * c**k2 * (s2 + e2), c ** (k1 + k2) * (s1 * s2 + s1 * e2 + s2 * e1 + e1 * e2)),
            ),
            Step("|s₁e₂ + s₂e₁ + e₁e₂| ≤ S₁E₂ + S₂E₁ + E₁E₂", lambda: within(CROSS, ALL, S1 * E2 + S2 * E1 + E1 * E2)),
            Step(
                "if the first terms of a sum are within X, then with the next one within X + S₁E₂ + S₂E₁ + E₁E₂",
                lambda: within(y + CROSS, ALL | around(y, X), X + S1 * E2 + S2 * E1 + E1 * E2),
            ),
        ),
        planted=(
            Planted("without E₁E₂", lambda: within(CROSS, ALL, S1 * E2 + S2 * E1)),
            Planted("degree k₁k₂", lambda: equal(c**k1 * s1 * c**k2 * s2, c ** (k1 * k2) * s1 * s2)),
            Planted("the next term not counted", lambda: within(y + CROSS, ALL | around(y, X), X)),
        ),
    ),
)
