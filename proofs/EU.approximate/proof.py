"""EU.approximate, step by step: a small error may have a large derivative, unless its second derivative is held down.

Symbols: r = ‖θ‖; e the error, E = e^{−dr}; B a bound of its second derivative; τ = ±1 a direction, q = τθ_i; δ = (d − γ)/2.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, lam, d, gamma, r, E, B, t, kappa, delta, g, j = sympy.symbols("c lambda d gamma r E B t kappa delta g j", positive=True)
k, a, D, e0, e1, e2, h, x, phi = sympy.symbols("k a D e0 e1 e2 h x phi", real=True)
u, v, q, y = sympy.symbols("u v q y", nonnegative=True)
m = sympy.Symbol("m", integer=True, nonnegative=True)
SLOPE = -x * sympy.exp(-(x**2)) * sympy.cos(phi) - 2 * sympy.pi * x * sympy.exp(x**2) * sympy.sin(phi)
BUMPY = 1 + sympy.exp(-(x**2)) * sympy.cos(sympy.pi * sympy.exp(2 * x**2)) / 2
SHAKE = kappa * sympy.exp(-d * r) * sympy.cos(sympy.exp(d * r))


def _at_turn(phase: sympy.Expr) -> sympy.Expr:
    """Give the derivative where e^{2x²} = m + phase."""
    return SLOPE.subs(phi, sympy.pi * (m + phase))


REFUTATION = (
    Step(
        "f = 1 + ½e^{−θ²}cos(πe^{2θ²}) is approximately 0-homogeneous with d = ρ = 1: e^{−θ²} ≤ e^{−|θ|} for |θ| = 1 + u "
        "(Theorem 0, h = 1)",
        lambda: at_least(1 - sympy.exp((1 + u) - (1 + u) ** 2), 0, u),
    ),
    Step(
        "f'(x) = −xe^{−x²}cos φ − 2πxe^{x²}sin φ with φ = πe^{2x²}",
        lambda: equal(sympy.diff(BUMPY, x), SLOPE.subs(phi, sympy.pi * sympy.exp(2 * x**2))),
    ),
    Step(
        "where e^{2x²} is a whole number and a half, f'(x) = ±2πxe^{x²}",
        lambda: equal(_at_turn(sympy.Rational(1, 2)) ** 2, (2 * sympy.pi * x * sympy.exp(x**2)) ** 2),
    ),
    Step(
        "given d, ρ take θ = max(1, ρ) = 1 + u, c ≥ 2 with cθ such a point: |f'(cθ)| − |f'(θ)|/c ≥ θ(4πe^{4θ²} − 1 − 2πe^{θ²}) "
        "≥ θ(2πA − 1) ≥ 1 + 1 > e^{−dθ}, as e^{4θ²} ≥ e^{θ²} = A = 1 + v and π = 3 + q > 3",
        lambda: (
            nonnegative(4 * (3 + q) * (1 + v + y) - 1 - 2 * (3 + q) * (1 + v) - (2 * (3 + q) * (1 + v) - 1))
            and nonnegative((1 + u) * (2 * (3 + q) * (1 + v) - 1) - 2)
        ),
    ),
)
EXACT = Derivation(
    "k > 0, D3(k, d, ρ): where f is differentiable at ‖θ‖ > ρ, it is so at λθ and ∇f(λθ) = λ^{k−1}∇f(θ), λ ≥ 1, exactly",
    steps=(
        Step(
            "by Theorem 0 f(λθ + w) = λᵏf(θ + w/λ) for small w, so f(λθ + w) = λᵏ(f(θ) + D/λ + …) = f(λθ) + λ^{k−1}D + …, D = "
            "∇f(θ)·w",
            lambda: equal(lam**k * (a + D / lam), lam**k * a + lam ** (k - 1) * D),
        ),
    ),
    planted=(Planted("degree k kept", lambda: equal(lam**k * (a + D / lam), lam**k * a + lam**k * D)),),
)
LANDAU = Derivation(
    "|e| ≤ e^{−dr} and |∂_i²e| ≤ e^{γr} for r ≥ ρ, γ < d ⇒ |∂_i e| ≤ (1 + e^{2γ})e^{−(d−γ)r/2} there",
    steps=(
        Step(
            "walk away from 0: ‖θ + τt·(i-th unit vector)‖² = r² + 2qt + t² lies between r² and (r + t)² for 0 ≤ q = τθ_i ≤ r = "
            "q + u",
            lambda: nonnegative(2 * q * t + t**2) and nonnegative((q + u + t) ** 2 - ((q + u) ** 2 + 2 * q * t + t**2)),
        ),
        Step(
            "Taylor: e₁ = e₀ + tD + ½t²e₂ gives D = (e₁ − e₀)/t − ½te₂, so |D| ≤ 2E/t + ½tB",
            lambda: (
                equal(((e0 + t * D + t**2 * e2 / 2) - e0) / t - t * e2 / 2, D)
                and within((e1 - e0) / t - t * e2 / 2, around(e1, E) | around(e0, E) | around(e2, B), 2 * E / t + t * B / 2)
            ),
        ),
        Step(
            "t = 2e^{−(d+γ)r/2} makes 2e^{−dr}/t and ½te^{γr} equal to e^{−(d−γ)r/2}",
            lambda: (
                equal(2 * sympy.exp(-d * r) / _step(), sympy.exp(-(d - gamma) * r / 2))
                and equal(_step() * sympy.exp(gamma * r) / 2, sympy.exp(-(d - gamma) * r / 2))
            ),
        ),
        Step(
            "t ≤ 2, so on the way |e₂| ≤ e^{γ(r+t)} ≤ e^{2γ}e^{γr} (t = 2 − y)",
            lambda: at_least(2 - 2 * sympy.exp(-u), 0, u) and at_least(sympy.exp(2 * gamma) - sympy.exp(gamma * (2 - y)), 0, y),
        ),
    ),
    planted=(
        Planted("walking towards 0", lambda: nonnegative(-2 * q * t + t**2)),
        Planted(
            "one value of e instead of two",
            lambda: within((e1 - e0) / t - t * e2 / 2, around(e1, E) | around(e0, E) | around(e2, B), E / t + t * B / 2),
        ),
        Planted(
            "t = 2e^{−dr/2}", lambda: equal(2 * sympy.exp(-d * r) / (2 * sympy.exp(-d * r / 2)), sympy.exp(-(d - gamma) * r / 2))
        ),
    ),
)
GRADIENT = Derivation(
    "then |∂_i f(cθ) − c^{k−1}∂_i f(θ)| ≤ 2bc^{k−1}e^{−δr}, b = 1 + e^{2γ}, δ = (d − γ)/2, r ≥ max(ρ, (1 − k)/δ); ≤ "
    "c^{k−1}e^{−δ'r} later",
    steps=(
        Step(
            "∂_i h has degree k − 1 (EU), so ∂_i f(cθ) − c^{k−1}∂_i f(θ) = ∂_i e(cθ) − c^{k−1}∂_i e(θ)",
            lambda: equal((c ** (k - 1) * h + e1) - c ** (k - 1) * (h + e2), e1 - c ** (k - 1) * e2),
        ),
        Step(
            "e^{−δcr} ≤ c^{k−1}e^{−δr}: for k = 1 − j < 1 by eᵘ − 1 ≥ u, with c = eᵘ and δr = j + v; for k ≥ 1 because cr ≥ r",
            lambda: (
                at_least((j + v) * (sympy.exp(u) - 1) - j * u, 0, u)
                and at_least(sympy.exp(q * u), 1, u)
                and at_least(sympy.exp(u), 1, u)
            ),
        ),
        Step(
            "|e₁ − Ce₂| ≤ 2bCE for |e₁| ≤ bCE, |e₂| ≤ bE, C = c^{k−1}, E = e^{−δr}",
            lambda: within(e1 - c * e2, around(e1, B * c * E) | around(e2, B * E), 2 * B * c * E),
        ),
        Step(
            "2be^{−δr} ≤ e^{−δ'r} for r ≥ ln(2b)/(δ − δ')",
            lambda: at_least(1 - 2 * B * sympy.exp(-g * (sympy.log(2 * B) / g + u)), 0, u),
        ),
    ),
    planted=(
        Planted(
            "degree k for the derivative of h", lambda: equal((c**k * h + e1) - c ** (k - 1) * (h + e2), e1 - c ** (k - 1) * e2)
        ),
        Planted("no radius for k < 1", lambda: at_least(v * (sympy.exp(u) - 1) - (j + v) * u, 0, u)),
        Planted("bound bCE", lambda: within(e1 - c * e2, around(e1, B * c * E) | around(e2, B * E), B * c * E)),
    ),
)
SHARP = Derivation(
    "γ = d is too much: f = κe^{−dr}cos(e^{dr}), κ = min(½, 1/(3d²)), one parameter, k = 0, has |f''| ≤ e^{dr} and f' of size "
    "κd for ever",
    steps=(
        Step(
            "f' = −κd(e^{−dr}cos φ + sin φ), f'' = κd²(e^{−dr}cos φ + sin φ − e^{dr}cos φ), φ = e^{dr}",
            lambda: (
                equal(sympy.diff(SHAKE, r), -kappa * d * _waves(sympy.exp(-d * r), 1, 0))
                and equal(sympy.diff(SHAKE, r, 2), kappa * d**2 * _waves(sympy.exp(-d * r), 1, sympy.exp(d * r)))
            ),
        ),
        Step(
            "|e^{−dr}cos φ + sin φ − e^{dr}cos φ| ≤ 3e^{dr}, with e^{dr} = 1 + v and any values of cos and sin in [−1, 1]",
            lambda: within(e1 / (1 + v) + e2 - e1 * (1 + v), around(e1, 1) | around(e2, 1), 3 * (1 + v)),
        ),
        Step(
            "where φ = 2πm + π/2, f' = −κd: for large θ and such cθ → ∞ the error |f'(cθ) − c^{−1}f'(θ)| → κd, and e^{−δ'θ} → 0",
            lambda: (
                equal(
                    (-kappa * d * (sympy.cos(phi) / (1 + v) + sympy.sin(phi))).subs(phi, 2 * sympy.pi * m + sympy.pi / 2),
                    -kappa * d,
                )
                and tends(-kappa * d - a / c, c, -kappa * d)
                and tends(sympy.exp(-delta * c), c, 0)
            ),
        ),
    ),
    planted=(
        Planted("|…| ≤ e^{dr}", lambda: within(e1 / (1 + v) + e2 - e1 * (1 + v), around(e1, 1) | around(e2, 1), 1 + v)),
        Planted(
            "f' = 0 there",
            lambda: equal(
                (-kappa * d * (sympy.cos(phi) / (1 + v) + sympy.sin(phi))).subs(phi, 2 * sympy.pi * m + sympy.pi / 2), 0
            ),
        ),
    ),
)


def _step() -> sympy.Expr:
    return 2 * sympy.exp(-(d + gamma) * r / 2)


def _waves(first: sympy.Expr, second: sympy.Expr, third: sympy.Expr) -> sympy.Expr:
    """(first − third)·cos φ + second·sin φ at φ = e^{dr}."""
    phase = sympy.exp(d * r)
    return (first - third) * sympy.cos(phase) + second * sympy.sin(phase)


PROOF = (EXACT, LANDAU, GRADIENT, SHARP)
