"""T1.sum, step by step: errors add up; of two degrees the larger wins.

Symbols: d the smaller exponent, d + v the larger; r = ‖θ‖; t = c^{−(k₁−k₂)}; s₁, s₂ symbols, e₁, e₂ errors, |s₂| ≤ S₂, |e| ≤
E.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import around, at_least, equal, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

C, d, r, c, t, E1, E2, S2, p = sympy.symbols("C d r c t E1 E2 S2 p", positive=True)
a, b, s1, s2, e1, e2, k = sympy.symbols("a b s1 s2 e1 e2 k", real=True)
u, v = sympy.symbols("u v", nonnegative=True)
ERRORS = around(e1, E1) | around(e2, E2)


def _absorbed(start: Any) -> bool:
    """Decide 2e^{−dr} ≤ e^{−dr/2} for r = start + u, as 1 − 2e^{−dr/2} ≥ 0."""
    return at_least(1 - 2 * sympy.exp(-d * (start + u) / 2), 0, u)


AS_STATED = (
    Derivation(
        "the errors e^{−d_f r} and e^{−d_g r} add up to at most e^{−dr/2}, d = min(d_f, d_g), for r ≥ max(ρ_f, ρ_g, 2 ln 2/d)",
        steps=(
            Step(
                "f(cθ) + g(cθ) − cᵏ(f(θ) + g(θ)) is the sum of the two errors, at most the sum of their bounds",
                lambda: equal((C * a + e1) + (C * b + e2) - C * (a + b), e1 + e2) and within(e1 + e2, ERRORS, E1 + E2),
            ),
            Step("e^{−(d+v)r} ≤ e^{−dr} for v ≥ 0", lambda: at_least(1 - sympy.exp(-v * r), 0, v)),
            Step("2e^{−dr} ≤ e^{−dr/2} for r ≥ 2 ln 2/d", lambda: _absorbed(2 * sympy.log(2) / d)),
        ),
        planted=(
            Planted("r ≥ ln 2/d", lambda: _absorbed(sympy.log(2) / d)),
            Planted("the first bound alone", lambda: within(e1 + e2, ERRORS, E1)),
        ),
    ),
)
REPAIRED = (
    Derivation(
        "relative error E₁ + E₂ (k₁ = k₂), E₁ + (S₂ + E₂)c^{−(k₁−k₂)} (k₁ > k₂)",
        steps=(
            Step(
                "k₁ = k₂ = k: c^{−k}(cᵏ(s₁ + e₁) + cᵏ(s₂ + e₂)) = (s₁ + s₂) + (e₁ + e₂), and |e₁ + e₂| ≤ E₁ + E₂",
                lambda: (
                    equal(c**-k * (c**k * (s1 + e1) + c**k * (s2 + e2)), s1 + s2 + e1 + e2) and within(e1 + e2, ERRORS, E1 + E2)
                ),
            ),
            Step(
                "k₁ = k₂ + p: c^{−k₁}(c^{k₁}(s₁ + e₁) + c^{k₂}(s₂ + e₂)) = s₁ + (e₁ + t(s₂ + e₂)), t = c^{−p}",
                lambda: equal(c ** -(k + p) * (c ** (k + p) * (s1 + e1) + c**k * (s2 + e2)), s1 + e1 + c**-p * (s2 + e2)),
            ),
            Step(
                "|e₁ + t(s₂ + e₂)| ≤ E₁ + (S₂ + E₂)t",
                lambda: within(e1 + t * (s2 + e2), ERRORS | around(s2, S2), E1 + (S2 + E2) * t),
            ),
            Step(
                "with e₁ = 0 the error times c^p is s₂ + e₂, which tends to s₂; here e₂ = 1/c",
                lambda: tends((c**-p * (s2 + 1 / c) * c**p).simplify(), c, s2),
            ),
        ),
        planted=(
            Planted("the larger of the two errors", lambda: within(e1 + e2, ERRORS, E1)),
            Planted("k₁ > k₂ without S₂", lambda: within(e1 + t * (s2 + e2), ERRORS | around(s2, S2), E1 + E2 * t)),
            Planted(
                "the smaller degree wins",
                lambda: equal(c**-k * (c ** (k + p) * (s1 + e1) + c**k * (s2 + e2)), s1 + e1 + c**-p * (s2 + e2)),
            ),
            Planted("a better rate", lambda: tends((c**-p * (s2 + 1 / c) * c ** (p - 1)).simplify(), c, s2)),
        ),
    ),
)
PROOF = AS_STATED + REPAIRED
