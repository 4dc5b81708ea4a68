"""E2.fragile: what a small component along θ does to the growth of orthogonal steps.

Notation: r = ‖θ_t‖, d = ‖δ_t‖ = ar/√t, ρ the cosine of the angle between them, x = a/√t, P_T = Π_{t<T}(1 + s/t).
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import at_least, equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step

t, T, a, r, d, x, C = sympy.symbols("t T a r d x C", positive=True)
u = sympy.Symbol("u", nonnegative=True)
rho, kappa = sympy.symbols("rho kappa", real=True)
s, w = sympy.Symbol("s", positive=True), sympy.Symbol("w", positive=True)
gamma, half = sympy.gamma, sympy.Rational(1, 2)
FACTOR = 1 + 2 * rho * d / r + d**2 / r**2
NEGATIVE = -1 / (1 + w)


def _factor(cosine: sympy.Expr) -> sympy.Expr:
    """‖θ + δ‖²/‖θ‖² at d = ar/√t."""
    return FACTOR.subs(rho, cosine).subs(d, a * r / sympy.sqrt(t))


VANISHING = Derivation(
    "a cosine κ/√t turns s = a² into s = a² + 2aκ: the exponent is a²/2 + aκ",
    steps=(
        Step("‖θ + δ‖² = r² + 2ρrd + d² = r²(1 + 2ρd/r + d²/r²)", lambda: equal(r**2 + 2 * rho * r * d + d**2, r**2 * FACTOR)),
        Step(
            "ρ = κ/√t, d = ar/√t: the factor is 1 + s/t, s = a² + 2aκ",
            lambda: equal(_factor(kappa / sympy.sqrt(t)), 1 + (a**2 + 2 * a * kappa) / t),
        ),
        Step(
            "s + 1 = (1 − a)² + 2a(1 + κ) ≥ 0 for κ ≥ −1 (κ = u − 1)",
            lambda: (
                equal(1 + a**2 + 2 * a * kappa, (1 - a) ** 2 + 2 * a * (1 + kappa))
                and nonnegative(((1 - a) ** 2 + 2 * a * (1 + kappa)).subs(kappa, u - 1))
            ),
        ),
        Step(
            "Γ(T + s)/(Γ(T)Γ(1 + s)) is 1 at T = 1 and is multiplied by 1 + s/T, for any s > −1 (s = w − 1)",
            lambda: (
                equal((gamma(T + w - 1) / (gamma(T) * gamma(w))).subs(T, 1), 1)
                and equal(sympy.gammasimp(gamma(T + w) * gamma(T) / (gamma(T + 1) * gamma(T + w - 1))), 1 + (w - 1) / T)
            ),
        ),
        Step(
            "−1 < s < 0 (s = −1/(1 + w)): (1 + x)ˢ ≥ 1 + sx, so P_T ≤ Tˢ as for s ≥ 1",
            lambda: at_least((1 + u) ** NEGATIVE - 1 - NEGATIVE * u, 0, u),
        ),
        Step(
            "and T = ((T + s) − s(T + 1))/(1 − s), so by convexity of ln Γ: Γ(T)^{1−s} ≤ Γ(T + s)(TΓ(T))^{−s}, Γ(T + s) ≥ TˢΓ(T)",
            lambda: (
                equal(((T + rho) - rho * (T + 1)) / (1 - rho), T)
                and equal(sympy.expand_log(sympy.log(C ** (1 + s) / (T * C) ** s), force=True), sympy.log(C) - s * sympy.log(T))
            ),
        ),
        Step(
            "√T means s = 1, that is κ = (1 − a²)/(2a)",
            lambda: sympy.solve(a**2 + 2 * a * kappa - 1, kappa) == [(1 - a**2) / (2 * a)],
        ),
        Step(
            "κ = ½ with a = 1 gives s = 2, where the squared norm is T(T + 1)/2",
            lambda: equal(sympy.gammasimp(gamma(T + 2) / gamma(T) / gamma(3)), T * (T + 1) / 2),
        ),
    ),
    planted=(
        Planted("aκ for 2aκ", lambda: equal(_factor(kappa / sympy.sqrt(t)), 1 + (a**2 + a * kappa) / t)),
        Planted("cosine κ/t", lambda: equal(_factor(kappa / t), 1 + (a**2 + 2 * a * kappa) / t)),
        Planted("Bernoulli as for 0 < s < 1", lambda: at_least(1 + NEGATIVE * u - (1 + u) ** NEGATIVE, 0, u)),
    ),
)
FIXED = Derivation(
    "a fixed cosine κ ∈ (0, 1] gives e^{2aκ(√T − 1)}(eT)^{−a²κ²/2} ≤ ‖θ_T‖ ≤ e^{2aκ√T}(eT)^{a²/2}; a fixed −κ shrinks the norm "
    "to 0",
    steps=(
        Step(
            "the factor is 1 + 2κx + x² ≥ (1 + κx)² for κ ≤ 1",
            lambda: (
                equal(_factor(kappa).subs(t, a**2 / x**2), 1 + 2 * kappa * x + x**2)
                and nonnegative(((1 + 2 * kappa * x + x**2) - (1 + kappa * x) ** 2).subs(kappa, 1 / (1 + u)))
            ),
        ),
        Step("ln(1 + y) ≥ y − ½y² for y ≥ 0", lambda: at_least(sympy.log(1 + u) - u + u**2 / 2, 0, u)),
        Step(
            "ln(1 + y) ≤ y for y > −1: for y ≥ 0, and for y = −u/(1 + u), where it is ln(1 + u) ≥ u/(1 + u)",
            lambda: (
                at_least(u - sympy.log(1 + u), 0, u)
                and equal(sympy.expand_log(sympy.log(1 / (1 + u)), force=True), -sympy.log(1 + u))
                and at_least(sympy.log(1 + u) - u / (1 + u), 0, u)
            ),
        ),
        Step(
            "2√(t + 1) − 2√t = 2/(√(t + 1) + √t) lies between 1/√(t + 1) and 1/√t, so Σ_{t<T} 1/√t lies in [2√T − 2, 2√T]",
            lambda: (
                equal((2 * sympy.sqrt(t + 1) - 2 * sympy.sqrt(t)) * (sympy.sqrt(t + 1) + sympy.sqrt(t)), 2)
                and nonnegative(1 / x - 2 / ((x + u) + x))
                and nonnegative(2 / ((x + u) + x) - 1 / (x + u))
            ),
        ),
        Step("0 ≤ Σ_{t<T} 1/t ≤ 1 + ln T, by the integral of 1/t."),
        Step(
            "together ln‖θ_T‖ ≥ aκ(2√T − 2) − ½a²κ²(1 + ln T), and ln‖θ_T‖ ≤ 2aκ√T + ½a²(1 + ln T)",
            lambda: (
                equal(
                    (kappa * x - (kappa * x) ** 2 / 2).subs(x, a / sympy.sqrt(t)),
                    a * kappa / sympy.sqrt(t) - half * a**2 * kappa**2 / t,
                )
                and equal((half * (2 * kappa * x + x**2)).subs(x, a / sympy.sqrt(t)), a * kappa / sympy.sqrt(t) + half * a**2 / t)
            ),
        ),
        Step(
            "cosine −κ: ln‖θ_T‖ ≤ −aκ(2√T − 2) + ½a²(1 + ln T) → −∞, since (ln T)/√T → 0",
            lambda: tends((-2 * a * r * (sympy.sqrt(T) - 1) + half * a**2 * (1 + sympy.log(T))) / sympy.sqrt(T), T, -2 * a * r),
        ),
    ),
    planted=(
        Planted(
            "(1 + x)² for (1 + κx)²", lambda: nonnegative(((1 + 2 * kappa * x + x**2) - (1 + x) ** 2).subs(kappa, 1 / (1 + u)))
        ),
        Planted("ln(1 + y) ≥ y", lambda: at_least(sympy.log(1 + u) - u, 0, u)),
        Planted("−aκ for −2aκ in the limit", lambda: tends(-2 * a * r * (sympy.sqrt(T) - 1) / sympy.sqrt(T), T, -a * r)),
    ),
)
PROOF = (VANISHING, FIXED)
