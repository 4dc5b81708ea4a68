"""E2: orthogonal steps multiply the squared norm by 1 + s/t, and the product is a quotient of Gamma functions.

Notation: s = a², P_T = Π_{t<T}(1 + s/t) = ‖θ_T‖² for ‖θ_1‖ = 1.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import at_least, equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step

t, T, s, a, v, C = sympy.symbols("t T s a v C", positive=True)
u = sympy.Symbol("u", nonnegative=True)
x1, x2, d1, d2 = sympy.symbols("x1 x2 d1 d2", real=True)
w = sympy.Symbol("w", positive=True)
gamma = sympy.gamma
PRODUCT = gamma(T + s) / (gamma(T) * gamma(1 + s))
SQUARE = (x1 + d1) ** 2 + (x2 + d2) ** 2
BELOW, ABOVE = 1 / (1 + w), 1 + w


def _next(expression: sympy.Expr) -> sympy.Expr:
    """Divide neighbours."""
    return sympy.gammasimp(expression.subs(T, T + 1) / expression)


def _bernoulli(power: sympy.Expr, sign: int) -> bool:
    """Decide sign·(1 + power·u − (1 + u)^power) ≥ 0 for all u ≥ 0."""
    return at_least(sign * (1 + power * u - (1 + u) ** power), 0, u)


STEPS = Derivation(
    "‖θ_T‖² = ‖θ_1‖² + Σ‖δ_t‖² for orthogonal steps, and Γ(T + s)/(Γ(T)Γ(1 + s)) under A1 with η = 1/√t, ‖θ_1‖ = 1",
    steps=(
        Step(
            "‖θ + δ‖² = ‖θ‖² + 2θ·δ + ‖δ‖² (two entries; any number alike)",
            lambda: equal(SQUARE, x1**2 + x2**2 + 2 * (x1 * d1 + x2 * d2) + d1**2 + d2**2),
        ),
        Step("The middle term is 0; summed over the steps this is the sentence about squares."),
        Step(
            "‖δ‖ = a‖θ‖/√t: the squared norm is multiplied by 1 + s/t, s = a²",
            lambda: equal(C**2 + (a * C / sympy.sqrt(t)) ** 2, (1 + a**2 / t) * C**2),
        ),
        Step(
            "Γ(T + s)/(Γ(T)Γ(1 + s)) is 1 at T = 1 and is multiplied by 1 + s/T from T to T + 1",
            lambda: equal(PRODUCT.subs(T, 1), 1) and equal(_next(PRODUCT), 1 + s / T),
        ),
    ),
    planted=(
        Planted("the middle term forgotten", lambda: equal(SQUARE, x1**2 + x2**2 + d1**2 + d2**2)),
        Planted("a/t for a²/t", lambda: equal(C**2 + (a * C / sympy.sqrt(t)) ** 2, (1 + a / t) * C**2)),
        Planted("Γ(T + s + 1)", lambda: equal(_next(gamma(T + s + 1) / gamma(T)), 1 + s / T)),
    ),
)
BOUNDS = Derivation(
    "Tˢ ≤ P_T ≤ Tˢ/Γ(1 + s) for 0 < s ≤ 1, both reversed for s ≥ 1, and P_T/Tˢ → 1/Γ(1 + s)",
    steps=(
        Step(
            "R_T = P_T/Tˢ is 1 at T = 1 and is multiplied by (1 + s/T)/(1 + 1/T)ˢ from T to T + 1",
            lambda: (
                equal((PRODUCT / T**s).subs(T, 1), 1)
                and equal(_next(PRODUCT) * (T / (T + 1)) ** s, (1 + s / T) / (1 + 1 / T) ** s)
            ),
        ),
        Step("(1 + x)ˢ ≤ 1 + sx for 0 < s < 1 (s = 1/(1 + w)): R does not decrease, Tˢ ≤ P_T", lambda: _bernoulli(BELOW, 1)),
        Step("(1 + x)ˢ ≥ 1 + sx for s > 1 (s = 1 + w): R does not increase, Tˢ ≥ P_T", lambda: _bernoulli(ABOVE, -1)),
        Step(
            "By Hölder's inequality for ∫x^{z−1}e^{−x}, ln Γ is convex: Γ((1 − q)y + qz) ≤ Γ(y)^{1−q}Γ(z)^q for 0 ≤ q ≤ 1.",
        ),
        Step(
            "s ≤ 1: T + s = (1 − s)T + s(T + 1), so Γ(T + s) ≤ Γ(T)^{1−s}Γ(T + 1)ˢ = TˢΓ(T), the upper bound",
            lambda: (
                equal((1 - s) * T + s * (T + 1), T + s)
                and equal(sympy.expand_log(sympy.log(C ** (1 - s) * (T * C) ** s), force=True), s * sympy.log(T) + sympy.log(C))
            ),
        ),
        Step(
            "s ≥ 1: T + 1 = (1 − 1/s)T + (T + s)/s, so TΓ(T) ≤ Γ(T)^{1−1/s}Γ(T + s)^{1/s}: Γ(T + s) ≥ TˢΓ(T)",
            lambda: (
                equal((1 - 1 / s) * T + (T + s) / s, T + 1)
                and equal(sympy.expand_log(s * sympy.log(T * C / C ** (1 - 1 / s)), force=True), s * sympy.log(T) + sympy.log(C))
            ),
        ),
        Step(
            "s ≤ 1: T + 1 = s(T + s) + (1 − s)(T + s + 1), so TΓ(T) ≤ (T + s)^{1−s}Γ(T + s), and Γ(T + s)/(TˢΓ(T)) ≥ (T/(T + "
            "s))^{1−s}",
            lambda: (
                equal(s * (T + s) + (1 - s) * (T + s + 1), T + 1)
                and equal(sympy.powsimp(T / ((T + s) ** (1 - s) * T**s), force=True), (T / (T + s)) ** (1 - s))
            ),
        ),
        Step(
            "so that quotient tends to 1 for s ≤ 1; from s to s + 1 it is multiplied by (T + s)/T → 1, hence it does for all s",
            lambda: (
                equal(sympy.gammasimp(gamma(T + s + 1) / (gamma(T + s) * T)), (T + s) / T)
                and tends((T + s) / T, T, 1)
                and tends(T / (T + s), T, 1)
            ),
        ),
    ),
    planted=(
        Planted("Bernoulli reversed for s < 1", lambda: _bernoulli(BELOW, -1)),
        Planted("Bernoulli reversed for s > 1", lambda: _bernoulli(ABOVE, 1)),
        Planted("T + 2s between T and T + 1", lambda: equal((1 - s) * T + s * (T + 1), T + 2 * s)),
        Planted(
            "(T + 2s)/T for (T + s)/T", lambda: equal(sympy.gammasimp(gamma(T + s + 1) / (gamma(T + s) * T)), (T + 2 * s) / T)
        ),
    ),
)
GROWTH = Derivation(
    "√T on both sides iff a = 1, and then exactly; a ratio between a₋ and a₊ gives exponents between a₋²/2 and a₊²/2",
    steps=(
        Step("a = 1: P_T = T", lambda: equal(sympy.gammasimp(PRODUCT.subs(s, 1)), T)),
        Step(
            "s ≠ 1: P_T/T lies between constants times T^{s−1}, which (s < 1) or whose reciprocal (s > 1) tends to 0",
            lambda: equal(T**s / T, T ** (s - 1)) and tends(T ** (-v), T, 0),
        ),
        Step(
            "a₋²/t ≤ ‖δ‖²/‖θ‖² ≤ a₊²/t: each factor lies between 1 + a₋²/t and 1 + a₊²/t, and so do the products",
            lambda: nonnegative((1 + (a + u) ** 2 / t) - (1 + a**2 / t)),
        ),
    ),
    planted=(
        Planted("P_T = T at s = 2", lambda: equal(sympy.gammasimp(PRODUCT.subs(s, 2)), T)),
        Planted("factors ordered the other way", lambda: nonnegative((1 + a**2 / t) - (1 + (a + u) ** 2 / t))),
    ),
)
PROOF = (STEPS, BOUNDS, GROWTH)
FOUR = T * (T + 1) * (T + 2) * (T + 3) / 24
REFUTATION = (
    Step(
        "in the plane let δ_t = (a/√t)Jθ_t, J a quarter turn: θ·δ = 0 and ‖δ‖ = aη‖θ‖ with η = 1/√t",
        lambda: (
            equal(x1 * (-a * x2 / sympy.sqrt(t)) + x2 * (a * x1 / sympy.sqrt(t)), 0)
            and equal((-a * x2 / sympy.sqrt(t)) ** 2 + (a * x1 / sympy.sqrt(t)) ** 2, a**2 / t * (x1**2 + x2**2))
        ),
    ),
    Step(
        "so ‖θ_T‖² = Π_{t<T}(1 + s/t) = Γ(T + s)/(Γ(T)Γ(1 + s)), s = a², from ‖θ_1‖ = 1: the formula kept",
        lambda: equal(PRODUCT.subs(T, 1), 1) and equal(_next(PRODUCT), 1 + s / T),
    ),
    Step(
        "a = 2: ‖θ_T‖² = T(T + 1)(T + 2)(T + 3)/24 ≥ T⁴/24, so ‖θ_T‖ ≥ T^{3/2}/√24·√T passes any C₊√T",
        lambda: equal(sympy.gammasimp(PRODUCT.subs(s, 4)), FOUR) and nonnegative(sympy.expand(FOUR - T**4 / 24)),
    ),
    Step(
        "a = ½: ln(1 + x) ≤ x, and the sum of 1/t over t < T is at most 1 + ln T, so ‖θ_T‖² ≤ e^{(1 + ln T)/4} = (eT)^{1/4}",
        lambda: (
            at_least(u - sympy.log(1 + u), 0, u)
            and equal(sympy.exp((1 + sympy.log(T)) / 4), (sympy.E * T) ** sympy.Rational(1, 4))
        ),
    ),
    Step("and ‖θ_T‖²/T ≤ (eT)^{1/4}/T falls below any C₋²", lambda: tends((sympy.E * T) ** sympy.Rational(1, 4) / T, T, 0)),
)
