"""F1.direction: what the cosine of neighbours says about the direction in the long run, and what it does not.

Notation: r = ‖θ_t‖, x = aη the relative length of an orthogonal step, q = a², R_t = Γ(t + q)/(t^qΓ(t)).
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import at_least, equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step

r, x, a, q, s, t, eta = sympy.symbols("r x a q s t eta", positive=True)
u = sympy.Symbol("u", nonnegative=True)
p, d = sympy.symbols("p d", real=True)
gamma = sympy.gamma
COSINE = r**2 / (r * sympy.sqrt(r**2 + (x * r) ** 2))


def _inner(left: tuple[sympy.Expr, ...], right: tuple[sympy.Expr, ...]) -> sympy.Expr:
    return sum((x * y for x, y in zip(left, right, strict=True)), sympy.Integer(0))


def _length(vector: tuple[sympy.Expr, ...]) -> sympy.Expr:
    return sympy.sqrt(_inner(vector, vector))


def _ratio(time: sympy.Expr) -> sympy.Expr:
    return gamma(time + q) / (time**q * gamma(time))


def _square(time: sympy.Expr, power: int) -> sympy.Expr:
    """‖θ‖² at a time, for q a whole number."""
    return sympy.gammasimp(gamma(time + power) / (gamma(time) * gamma(1 + power)))


NEIGHBOURS = Derivation(
    "orthogonal steps of relative length aη have cos∠(θ_t, θ_{t+1}) = (1 + a²η²)^{−½} → 1 as η → 0, whatever the direction does",
    steps=(
        Step(
            "θ·(θ + δ) = ‖θ‖² and ‖θ + δ‖² = ‖θ‖²(1 + x²): the cosine is (1 + x²)^{−½}",
            lambda: equal(COSINE, 1 / sympy.sqrt(1 + x**2)),
        ),
        Step("it tends to 1 with x = aη → 0", lambda: tends(1 / sympy.sqrt(1 + (a * eta) ** 2), eta, 1, to=0)),
        Step(
            "the angle is arctan x, for cos arctan x = (1 + x²)^{−½}",
            lambda: equal(sympy.cos(sympy.atan(x)), 1 / sympy.sqrt(1 + x**2)),
        ),
    ),
    planted=(
        Planted("(1 + x²)^{−1}", lambda: equal(COSINE, 1 / (1 + x**2))),
        Planted("limit ½", lambda: tends(1 / sympy.sqrt(1 + (a * eta) ** 2), eta, sympy.Rational(1, 2), to=0)),
    ),
)
FAR_APART = Derivation(
    "increments orthogonal to all the past have cos∠(θ_s, θ_t) = ‖θ_s‖/‖θ_t‖, with η = 1/√t (s/t)^{a²/2}(1 + o(1)) → 0 as t → ∞",
    steps=(
        Step(
            "θ_t = θ_s + increments orthogonal to θ_s (two, along axes of their own): the cosine is ‖θ_s‖/‖θ_t‖",
            lambda: equal(_inner((r, 0, 0), (r, d, p)) / (r * _length((r, d, p))), r / _length((r, d, p))),
        ),
        Step(
            "with ‖θ_t‖² = Γ(t + q)/(Γ(t)Γ(1 + q)) its square is (s/t)^q·R_s/R_t",
            lambda: equal(
                (gamma(s + q) / gamma(s)) / (gamma(t + q) / gamma(t)),
                sympy.expand_power_base((s / t) ** q) * _ratio(s) / _ratio(t),
            ),
        ),
        Step(
            "R_t lies between R_1 = Γ(1 + q) and 1, monotonically, and tends to 1 (claim E2): so R_s/R_t does between Γ(1 + q) "
            "and 1, and → 1."
        ),
        Step("(s/t)^q → 0 as t → ∞", lambda: tends(t ** (-q), t, 0)),
        Step(
            "a = 1, s = 100, t = 1600: the cosine is ¼",
            lambda: equal(sympy.sqrt(_square(s, 1) / _square(t, 1)).subs({s: 100, t: 1600}), sympy.Rational(1, 4)),
        ),
    ),
    planted=(
        Planted(
            "(t/s)^q", lambda: equal((gamma(s + q) / gamma(s)) / (gamma(t + q) / gamma(t)), (t / s) ** q * _ratio(s) / _ratio(t))
        ),
        Planted(
            "¼ for a² = 2",
            lambda: equal(sympy.sqrt(_square(s, 2) / _square(t, 2)).subs({s: 100, t: 1600}), sympy.Rational(1, 4)),
        ),
    ),
)
SUFFICIENT = Derivation(
    "a finite sum of angles suffices for a limit direction; in the plane, orthogonal steps of one sense turn forever when Ση = ∞",
    steps=(
        Step(
            "Angles obey the triangle inequality, so ∠(θ_s, θ_t) ≤ the sum of angles from s to t: if all sum up to a finite "
            "number, the directions are a Cauchy sequence on the sphere.",
        ),
        Step("arctan x ≤ x: under A1 with orthogonal steps Ση < ∞ suffices", lambda: at_least(u - sympy.atan(u), 0, u)),
        Step("arctan x ≥ x/(1 + x²)", lambda: at_least(sympy.atan(u) - u / (1 + u**2), 0, u)),
        Step(
            "so with η ≤ 1 (η = 1/(1 + u)) each angle is at least aη/(1 + a²), and Ση = ∞ gives an infinite sum of angles",
            lambda: nonnegative((a * eta / (1 + (a * eta) ** 2) - a * eta / (1 + a**2)).subs(eta, 1 / (1 + u))),
        ),
        Step(
            "In the plane, turning always the same way, the angle passes all values while its steps tend to 0: every direction "
            "is a limit point."
        ),
    ),
    planted=(
        Planted("arctan x ≥ x", lambda: at_least(sympy.atan(u) - u, 0, u)),
        Planted("arctan x ≥ 2x/(1 + x²)", lambda: at_least(sympy.atan(u) - 2 * u / (1 + u**2), 0, u)),
    ),
)
PROOF = (NEIGHBOURS, FAR_APART, SUFFICIENT)
REFUTATION = (
    Step(
        "θ_t = √t(cos πφ_t, sin πφ_t) with φ_t = ln t: the cosine of θ_t and θ_{t+1} is cos(π ln(1 + 1/t)) → 1",
        lambda: tends(sympy.cos(sympy.pi * sympy.log(1 + 1 / t)), t, 1),
    ),
    Step(
        "but that of θ_T and θ_{3T} is cos(π ln 3) < ½ for every T, so the directions are no Cauchy sequence, whatever T₀ is",
        lambda: (
            equal(sympy.expand_log(sympy.log(3 * t)) - sympy.log(t), sympy.log(3))
            and bool(sympy.cos(sympy.pi * sympy.log(3)) < sympy.Rational(1, 2))
        ),
    ),
)
