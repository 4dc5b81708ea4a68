"""W1: one step shrinks by the decay and grows by an orthogonal increment; which wins is a quadratic inequality.

Notation: μ the fraction taken away in a step (λ itself, or ηλ for AdamW), q = aη the relative length of the increment,
F = (1 − μ)² + q² the factor of the squared norm, m = √(1 − q²).
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import at_least, equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step

C, t, a, eta, lam, q, v = sympy.symbols("C t a eta lambda q v", positive=True)
u = sympy.Symbol("u", nonnegative=True)
mu, x1, x2 = sympy.symbols("mu x1 x2", real=True)
F = (1 - mu) ** 2 + q**2
DECAYED = [(1 - mu) * x1 - q * x2, (1 - mu) * x2 + q * x1]
ADAMW = F.subs({mu: eta * lam, q: a * eta})
PAST = 2 * lam / (a**2 + lam**2)


def _positive(expression: sympy.Expr) -> bool:
    return sympy.factor(expression).is_positive is True


ONE_STEP = Derivation(
    "the norm grows iff q² > 2μ − μ²; for q < 1 and μ ∈ (0, 1) that is μ < μ* = 1 − √(1 − q²), and q²/2 ≤ μ* ≤ q²",
    steps=(
        Step(
            "‖(1 − μ)θ + δ‖² = ((1 − μ)² + q²)‖θ‖² for δ ⊥ θ with ‖δ‖ = q‖θ‖ (in their plane)",
            lambda: equal(sum(entry**2 for entry in DECAYED), F * (x1**2 + x2**2)),
        ),
        Step("F − 1 = q² − (2μ − μ²)", lambda: equal(F - 1, q**2 - (2 * mu - mu**2))),
        Step(
            "with q² = 1 − m² it is (1 − μ − m)(1 − μ + m): for 0 < μ < 1 of the sign of 1 − m − μ",
            lambda: equal(F.subs(q, sympy.sqrt(1 - v**2)) - 1, (1 - mu - v) * (1 - mu + v)),
        ),
        Step(
            "1 − m − ½(1 − m²) = ½(1 − m)² ≥ 0 and 1 − m² − (1 − m) = m(1 − m) ≥ 0 (m = 1/(1 + u))",
            lambda: (
                equal(1 - v - (1 - v**2) / 2, (1 - v) ** 2 / 2)
                and equal(1 - v**2 - (1 - v), v * (1 - v))
                and nonnegative((v * (1 - v)).subs(v, 1 / (1 + u)))
            ),
        ),
        Step("q ≥ 1 (q = 1 + u): F − 1 ≥ 0 whatever μ is", lambda: nonnegative((1 - mu) ** 2 + sympy.expand((1 + u) ** 2 - 1))),
        Step("the factor exceeds 1 for every μ ≥ 2 as well (μ = 2 + u)", lambda: _positive(sympy.expand(F.subs(mu, 2 + u) - 1))),
    ),
    planted=(
        Planted("μ² forgotten", lambda: equal(F - 1, q**2 - 2 * mu)),
        Planted("μ* ≥ q²", lambda: nonnegative(((1 - v) - (1 - v**2)).subs(v, 1 / (1 + u)))),
        Planted("growth for every μ ≥ 1", lambda: nonnegative(sympy.expand(F.subs(mu, 1 + u) - 1))),
    ),
)
MANY_STEPS = Derivation(
    "if η → 0, every λ ∈ (0, 1) makes the norm shrink from some time on; the threshold at the time T tends to 0",
    steps=(
        Step("μ = λ: F → (1 − λ)² as η → 0", lambda: tends(F.subs({mu: lam, q: a * eta}), eta, (1 - lam) ** 2, to=0)),
        Step(
            "(1 − λ)² < 1 (λ = 1/(1 + v)): the squared norm tends to 0",
            lambda: _positive((1 - (1 - lam) ** 2).subs(lam, 1 / (1 + v))),
        ),
        Step(
            "η = 1/√t: the step shrinks iff t > a²/(2λ − λ²)",
            lambda: equal((F.subs({mu: lam, q: a / sympy.sqrt(t)}) - 1) * t / (2 * lam - lam**2), a**2 / (2 * lam - lam**2) - t),
        ),
        Step(
            "μ = ηλ: F = 1 − η(2λ − η(a² + λ²)), so the step grows iff η > 2λ/(a² + λ²)",
            lambda: equal(ADAMW, 1 - eta * (2 * lam - eta * (a**2 + lam**2))) and equal(ADAMW.subs(eta, PAST), 1),
        ),
        Step(
            "once η ≤ λ/(a² + λ²), F ≤ 1 − ηλ ≤ e^{−ηλ}: the norm tends to 0 if Ση = ∞",
            lambda: (
                equal((1 - eta * lam) - ADAMW, eta * (a**2 + lam**2) * (lam / (a**2 + lam**2) - eta))
                and at_least(sympy.exp(-u) - 1 + u, 0, u)
            ),
        ),
        Step(
            "F decreases strictly in μ ∈ [0, 1): ∂F/∂μ = −2(1 − μ); so does the product over t < T in λ, from more than 1 at λ "
            "= 0",
            lambda: equal(sympy.diff(F, mu), -2 * (1 - mu)) and _positive(F.subs(mu, 0) - 1),
        ),
        Step(
            "So at most one λ_T makes ‖θ_T‖ = ‖θ_1‖, the norm at T is larger below it and smaller above; λ_T → 0, for every λ "
            "> 0 loses in the end."
        ),
    ),
    planted=(
        Planted("F → 1", lambda: tends(F.subs({mu: lam, q: a * eta}), eta, 1, to=0)),
        Planted("t > a²/λ", lambda: equal((F.subs({mu: lam, q: a / sympy.sqrt(t)}) - 1) * t / lam, a**2 / lam - t)),
        Planted("η > λ/(a² + λ²)", lambda: equal(ADAMW.subs(eta, PAST / 2), 1)),
    ),
)
PROOF = (ONE_STEP, MANY_STEPS)
REFUTATION = (
    Step(
        "in the plane θ ↦ (1 − λ)θ + (a/√t)Jθ, J a quarter turn, is a step with A1, η = 1/√t, an increment orthogonal to θ, "
        "and decay λ",
        lambda: (
            equal(x1 * (-q * x2) + x2 * (q * x1), 0)
            and equal((-q * x2) ** 2 + (q * x1) ** 2, q**2 * (x1**2 + x2**2))
            and equal(sum(entry**2 for entry in DECAYED), F * (x1**2 + x2**2))
        ),
    ),
    Step(
        "its factor is (1 − λ)² + a²/t, less than 1 for all t > a²/(2λ − λ²): whatever λ* > 0 is, λ = λ*/2 < λ* shrinks for "
        "all large t",
        lambda: (
            equal((F.subs({mu: lam, q: a / sympy.sqrt(t)}) - 1) * t / (2 * lam - lam**2), a**2 / (2 * lam - lam**2) - t)
            and _positive((2 * lam - lam**2).subs(lam, 1 / (1 + v)))
        ),
    ),
)
