"""AH.softmax: what a relative error in the scores does to the weights, for every sign of the degree.

u = e^{ρ/2}, where ρ is the range of the change of the scores; x is the odds of the set on which the weights grow.
"""

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, within
from sattheory.claims.evidence import Derivation, Planted, Step

u, x, A, R, g, n, m, c, q, E, S = sympy.symbols("u x A R gamma n m c q E S", positive=True)
scale = sympy.Symbol("c^k", positive=True)
h, v, rho = sympy.symbols("h v rho", nonnegative=True)
losers = sympy.Symbol("n-m", positive=True)
BOX = around(sympy.Symbol("e_i", real=True), E) | around(sympy.Symbol("e_j", real=True), E)
si, ei, ej, sj, k = sympy.symbols("s_i e_i e_j s_j k", real=True)


def _grown(odds):
    """Largest mass of a set of odds x after its odds were multiplied by u², less its mass before."""
    return u**2 * odds / (1 + u**2 * odds) - odds / (1 + odds)


def _slack(bound, power):
    """Subtract what a set of odds x can gain from a bound; beside it the square it should be."""
    return bound - _grown(x), (u - 1) / (u + 1) * (1 - u**power * x) ** 2 / ((1 + u**2 * x) * (1 + x))


def _lost(mass):
    """(n − m)q/(m + (n − m)q) − R/(A + R) where mR + v = (n − m)qA; `mass` says what A is."""
    return losers * q / (m + losers * q) - R / (mass + R)


PERTURBATION = Derivation(
    "‖softmax(h + d) − softmax(h)‖₁ ≤ 2tanh(ρ/4) ≤ ρ/2 for d of range ρ, and 2tanh(ρ/4) is sharp",
    steps=(
        Step(
            "p_i = q_i·e^{d_i}/Z, and ‖p − q‖₁ = 2(p(A) − q(A)) for A = {p > q}; p(A) ≤ e^{max d}q(A)/Z and p(Aᶜ) ≥ e^{min "
            "d}q(Aᶜ)/Z, so the odds of A grow by the factor e^ρ = u² at most."
        ),
        Step(
            "(u − 1)/(u + 1) − (u²x/(1 + u²x) − x/(1 + x)) = (u − 1)/(u + 1)·(1 − ux)²/((1 + u²x)(1 + x)) for odds x",
            lambda: equal(*_slack((u - 1) / (u + 1), 1)),
        ),
        Step(
            "that is ≥ 0 for u = 1 + h ≥ 1, and 0 at x = 1/u",
            lambda: nonnegative(_slack(h, 1)[1].subs(u, 1 + h)) and equal(_slack(h, 1)[1].subs(x, 1 / u), 0),
        ),
        Step(
            "(e^{ρ/2} − 1)/(e^{ρ/2} + 1) = tanh(ρ/4)",
            lambda: equal((sympy.exp(rho / 2) - 1) / (sympy.exp(rho / 2) + 1), sympy.tanh(rho / 4).rewrite(sympy.exp)),
        ),
        Step("tanh y ≤ y for y ≥ 0: (y − tanh y)' = tanh² y", lambda: at_least(h - sympy.tanh(h), 0, h)),
        Step(
            "two scores, h = (ρ/2, 0), d = (−ρ, 0): weights σ(ρ/2) and σ(−ρ/2), so ‖·‖₁ = 2(σ(ρ/2) − σ(−ρ/2)) = 2tanh(ρ/4)",
            lambda: equal(
                2 / (1 + sympy.exp(-rho / 2)) - 2 / (1 + sympy.exp(rho / 2)), 2 * sympy.tanh(rho / 4).rewrite(sympy.exp)
            ),
        ),
    ),
    planted=(
        Planted("(1 − u²x)² for (1 − ux)²", lambda: equal(*_slack((u - 1) / (u + 1), 2))),
        Planted("tanh(ρ/8) for tanh(ρ/4)", lambda: equal((u - 1) / (u + 1), (sympy.sqrt(u) - 1) / (sympy.sqrt(u) + 1))),
        Planted("tanh y ≤ y/2", lambda: at_least(h / 2 - sympy.tanh(h), 0, h)),
    ),
)
HARD = Derivation(
    "k > 0: the weight off argmax s is ≤ (n − m)q/(m + (n − m)q), q = exp(−(γ − 2E)cᵏ); with one maximum ‖·‖₁ is twice that",
    steps=(
        Step(
            "s_i = s_j + γ + h: (s_j + e_j) − (s_i + e_i) ≤ −(γ − 2E)",
            lambda: within(ej - ei, BOX, 2 * E) and equal((sj + ej) - (sj + g + h + ei), ej - ei - g - h),
        ),
        Step("So e^{f_j} ≤ q·e^{f_i} for j off T = argmax s and i in T; summed over both, mR ≤ (n − m)qA, R and A the sums."),
        Step(
            "R/(A + R) ≤ (n − m)q/(m + (n − m)q) for A = (mR + v)/((n − m)q), v ≥ 0",
            lambda: nonnegative(_lost((m * R + v) / (losers * q))),
        ),
        Step(
            "m = 1: ‖p − w‖₁ = (1 − A/(A + R)) + R/(A + R) = 2R/(A + R), w one-hot",
            lambda: equal((1 - A / (A + R)) + R / (A + R), 2 * R / (A + R)),
        ),
        Step(
            "2(n − 1)q/(1 + (n − 1)q) ≤ 2(n − 1)q",
            lambda: nonnegative(2 * losers * q - 2 * losers * q / (1 + losers * q)),
        ),
        Step(
            "attained: with scores cᵏ(γ − E) once and cᵏE n − 1 times 2R/(A + R) = 2(n − 1)q/(1 + (n − 1)q)",
            lambda: equal(
                2 * losers * sympy.exp(scale * E) / (sympy.exp(scale * (g - E)) + losers * sympy.exp(scale * E)),
                (2 * losers * q / (1 + losers * q)).subs(q, sympy.exp(-(g - 2 * E) * scale)),
            ),
        ),
    ),
    planted=(
        Planted("γ − E for γ − 2E", lambda: within(ej - ei, BOX, E)),
        Planted("one loser counted", lambda: nonnegative(q / (m + q) - R / ((m * R + v) / (losers * q) + R))),
        Planted("R/(A + R) for 2R/(A + R)", lambda: equal((1 - A / (A + R)) + R / (A + R), R / (A + R))),
    ),
)
TIES = Derivation(
    "k > 0: ‖softmax(f) − w‖₁ ≤ 2tanh(cᵏE/2) + 2(n − m)q₀/(m + (n − m)q₀) ≤ cᵏE + 2(n − m)/m·e^{−γcᵏ}, w uniform on argmax s",
    steps=(
        Step("the range of cᵏe is at most 2cᵏE", lambda: within(c**k * (ei - ej), BOX, 2 * E * c**k)),
        Step(
            "without e: m(1/m − 1/(m + R)) + R/(m + R) = 2R/(m + R), R ≤ (n − m)q₀, q₀ = e^{−γcᵏ}",
            lambda: equal(m * (1 / m - 1 / (m + R)) + R / (m + R), 2 * R / (m + R)),
        ),
        Step(
            "2R/(m + R) grows with R (R + v = (n − m)q₀), and 2R/(m + R) ≤ 2R/m",
            lambda: nonnegative(2 * (R + v) / (m + R + v) - 2 * R / (m + R)) and nonnegative(2 * R / m - 2 * R / (m + R)),
        ),
        Step(
            "cᵏE → 0 is needed: s = (0, 0), e = (c^{−k}, 0) has the weight e/(1 + e) > 7/10 at every c",
            lambda: (
                equal(sympy.exp(c**k * c**-k) / (sympy.exp(c**k * c**-k) + 1), sympy.E / (1 + sympy.E))
                and bool(sympy.Rational(7, 10) < sympy.E / (1 + sympy.E))
            ),
        ),
    ),
    planted=(
        Planted("range cᵏE", lambda: within(c**k * (ei - ej), BOX, E * c**k)),
        Planted(
            "weight ½ at e = (c^{−k}, 0)",
            lambda: equal(sympy.exp(c**k * c**-k) / (sympy.exp(c**k * c**-k) + 1), sympy.Rational(1, 2)),
        ),
    ),
)
SOFT = Derivation(
    "k = 0: ‖softmax(s + e) − softmax(s)‖₁ ≤ 2tanh(E/2) ≤ E; k < 0: ‖softmax(f) − 1/n‖₁ ≤ 2tanh((S + E)cᵏ/2) ≤ (S + E)cᵏ",
    steps=(
        Step(
            "the range of e is at most 2E: the first lemma with h = s",
            lambda: within(ei - ej, BOX, 2 * E),
        ),
        Step(
            "the range of cᵏ(s + e) is at most 2(S + E)cᵏ: the first lemma with h = 0, whose weights are 1/n",
            lambda: within(c**k * (si + ei - sj - ej), around(si, S) | around(sj, S) | BOX, 2 * (S + E) * c**k),
        ),
    ),
    planted=(
        Planted("range E", lambda: within(ei - ej, BOX, E)),
        Planted(
            "range 2Ecᵏ, the symbol forgotten",
            lambda: within(c**k * (si + ei - sj - ej), around(si, S) | around(sj, S) | BOX, 2 * E * c**k),
        ),
    ),
)
PROOF = (PERTURBATION, HARD, TIES, SOFT)
