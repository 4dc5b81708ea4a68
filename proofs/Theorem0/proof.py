"""Theorem 0, step by step: approximate homogeneity is exact for k > 0, a 0-homogeneous part and a small error for k = 0.

Symbols: F = f(cλθ); e, E1 the error at (λθ, c) and at (θ, cλ); r = ‖θ‖; E = e^{−dr}; κ a factor, ω a frequency.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, lam, k, d, r, E, g, kappa, w = sympy.symbols("c lambda k d r E g kappa omega", positive=True)
F, e1, e2, h = sympy.symbols("F e1 e2 h", real=True)
u, v = sympy.symbols("u v", nonnegative=True)
m = sympy.Symbol("m", integer=True, positive=True)


def _defect(power: sympy.Expr) -> sympy.Expr:
    """f(λθ) − λ^power·f(θ), both read off F = f(cλθ)."""
    return (F - e1) / c**k - lam**power * (F - e2) / (c * lam) ** k


def _absorbed(start: sympy.Expr) -> bool:
    """Decide 2e^{−(d'+g)r} ≤ e^{−d'r} for r = start + u, as 1 − 2e^{−gr} ≥ 0."""
    return at_least(1 - 2 * sympy.exp(-g * (start + u)), 0, u)


def _swing(phase: sympy.Expr) -> sympy.Expr:
    """e^{dr}·|f(cθ) − f(θ)| for f = κe^{−dr}cos(ωr), from r = 2πm/ω to cr = r + phase/ω."""
    start = 2 * sympy.pi * m / w
    here, there = (sympy.cos(sympy.expand(w * x)) * sympy.exp(-d * (x - start)) for x in (start, start + phase / w))
    return kappa * (here - there)


EXACT = Derivation(
    "k > 0: |f(λθ) − λᵏf(θ)| ≤ 2c^{−k}e^{−d‖θ‖} for every c ≥ 1, hence it is 0; and exactly homogeneous functions have error 0",
    steps=(
        Step(
            "F = cᵏf(λθ) + e₁ = (cλ)ᵏf(θ) + e₂ give f(λθ) − λᵏf(θ) = c^{−k}(e₂ − e₁)",
            lambda: equal(_defect(k), c ** (-k) * (e2 - e1)),
        ),
        Step("e^{−dλr} ≤ e^{−dr} for λ = 1 + v ≥ 1", lambda: at_least(1 - sympy.exp(-d * v * r), 0, v)),
        Step(
            "|c^{−k}(e₂ − e₁)| ≤ 2c^{−k}E for |e₁|, |e₂| ≤ E",
            lambda: within(c ** (-k) * (e2 - e1), around(e1, E) | around(e2, E), 2 * c ** (-k) * E),
        ),
        Step("2c^{−k}E → 0 for c = eᵘ → ∞, k > 0", lambda: tends(2 * E * sympy.exp(-k * u), u, 0)),
        Step("Conversely f(cθ) = cᵏf(θ) makes the left side of D3 equal to 0, for every d."),
    ),
    planted=(
        Planted("degree k + 1 for λ", lambda: equal(_defect(k + 1), c ** (-k) * (e2 - e1))),
        Planted("one error instead of two", lambda: within(c ** (-k) * (e2 - e1), around(e1, E) | around(e2, E), c ** (-k) * E)),
        Planted("k = 0: 2E → 0", lambda: tends(2 * E * sympy.exp(-0 * u), u, 0)),
    ),
)
SPLIT = Derivation(
    "k = 0: h(θ) = lim f(cθ) exists for θ ≠ 0, is 0-homogeneous, and |f − h| ≤ e^{−d‖θ‖} for ‖θ‖ ≥ ρ",
    steps=(
        Step("at cθ the bound is e^{−dcr}, which tends to 0 for c → ∞", lambda: tends(sympy.exp(-d * c * r), c, 0)),
        Step("By Cauchy's criterion h(θ) = lim f(cθ) exists; h(λθ) = h(θ) for λ > 0, since cλ → ∞ with c; let c → ∞ in D3."),
    ),
    planted=(Planted("the bound at θ itself tends to 0", lambda: tends(sympy.exp(-d * r), c, 0)),),
)
JOIN = Derivation(
    "f = h + e, h 0-homogeneous: |e| ≤ ½e^{−dr} gives D3(0, d, ρ); |e| ≤ e^{−dr} gives D3(0, d', max(ρ, ln 2/(d − d'))), d' < d",
    steps=(
        Step("f(cθ) − f(θ) = e(cθ) − e(θ)", lambda: equal((h + e1) - (h + e2), e1 - e2)),
        Step(
            "|e₁ − e₂| ≤ E for |e₁| ≤ ½e^{−dcr} ≤ ½E and |e₂| ≤ ½E (c = 1 + v)",
            lambda: within(e1 - e2, around(e1, E / 2) | around(e2, E / 2), E) and at_least(1 - sympy.exp(-d * v * r), 0, v),
        ),
        Step("2e^{−dr} ≤ e^{−d'r} for r ≥ ln 2/g, g = d − d'", lambda: _absorbed(sympy.log(2) / g)),
    ),
    planted=(
        Planted("|e| ≤ E in place of ½E", lambda: within(e1 - e2, around(e1, E) | around(e2, E), E)),
        Planted("r ≥ ln 2/(2g)", lambda: _absorbed(sympy.log(2) / (2 * g))),
    ),
)
SHARP = Derivation(
    "both constants are sharp: the 1 in |f − h| ≤ 1·e^{−dr} cannot be lowered, the ½ in |e| ≤ ½e^{−dr} cannot be raised",
    steps=(
        Step(
            "f = e^{−dr} has h = 0, and |f(cθ) − f(θ)| = e^{−dr} − e^{−dcr} ≤ e^{−dr}: D3(0, d, ρ) with |f − h| = e^{−dr}",
            lambda: (
                tends(sympy.exp(-d * c * r), c, 0)
                and nonnegative(sympy.exp(-d * r) - (sympy.exp(-d * r) - sympy.exp(-d * c * r)))
            ),
        ),
        Step(
            "f = κe^{−dr}cos(ωr), from r = 2πm/ω to cr = r + π/ω: e^{dr}·|f(cθ) − f(θ)| = κ(1 + e^{−dπ/ω})",
            lambda: equal(_swing(sympy.pi), kappa * (1 + sympy.exp(-d * sympy.pi / w))),
        ),
        Step(
            "κ(1 + e^{−dπ/ω}) → 2κ for ω → ∞, which is above 1 for κ = (1 + g)/2: D3(0, d, ρ) fails for every ρ",
            lambda: (
                tends(kappa * (1 + sympy.exp(-d * sympy.pi * u)), u, 2 * kappa, to=0)
                and (2 * (1 + g) / 2 - 1).is_positive is True
            ),
        ),
    ),
    planted=(
        Planted(
            "half a turn of the phase missing", lambda: equal(_swing(sympy.pi / 2), kappa * (1 + sympy.exp(-d * sympy.pi / w)))
        ),
        Planted("limit κ", lambda: tends(kappa * (1 + sympy.exp(-d * sympy.pi * u)), u, kappa, to=0)),
    ),
)
PROOF = (EXACT, SPLIT, JOIN, SHARP)
