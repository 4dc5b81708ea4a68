"""S2, step by step: what a head with V = Id returns, for fixed vectors and inside a network.

Notation: weights a and their limit w on n positions, values y_j of one coordinate with min y ≥ L, max y = L + D; m maxima, R the
sum of the other exponentials, g the gap; κ the degree of the stream, p that of the scores.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, R, m, g, D, E, F, G = sympy.symbols("c R m g D E F G", positive=True)
rho, v, u = sympy.symbols("rho v u", nonnegative=True)
L, e1, e2, x, y = sympy.symbols("L e1 e2 x y", real=True)


def _sigmoid(value: sympy.Expr) -> sympy.Expr:
    return 1 / (1 + sympy.exp(-value))


FIXED = Derivation(
    "fixed h_j and scores c^p·h_iᵀMh_j: ‖Σ_j a_j h_j − average of the most similar‖_∞ ≤ ((n − m)/m)·D·e^{−c^p g}",
    steps=(
        Step(
            "‖a − w‖₁ = 2R/(m + R) by S1.fixed, so the positive parts of a − w sum to ρ = R/(m + R), and so do the negative ones."
        ),
        Step(
            "|Σ(a_j − w_j)y_j| ≤ ρD: the positive part lies in [ρL, ρ(L + D)], the negative one too",
            lambda: nonnegative(rho * D - (rho * (L + D) - rho * L)) and equal(rho * (L + D) - rho * L, rho * D),
        ),
        Step(
            "R/(m + R) ≤ R/m, and R ≤ vq with v = n − m, q = e^{−c^p g}",
            lambda: nonnegative(R / m - R / (m + R)) and nonnegative(v * g / m - (v * g - u) / m),
        ),
        Step("e^{−cg} → 0, and e^{−c^p g} ≤ e^{−cg} for c ≥ 1, p ≥ 1", lambda: tends(sympy.exp(-g * c), c, 0)),
    ),
    planted=(
        Planted("ρD/2", lambda: nonnegative(rho * D / 2 - (rho * (L + D) - rho * L))),
        Planted("R/(m + R) ≤ R/(2m)", lambda: nonnegative(R / (2 * m) - R / (m + R))),
        Planted("e^{−g}, c forgotten", lambda: tends(sympy.exp(-g), c, 0)),
    ),
)
INSIDE = Derivation(
    "h_j(c) = c^κ(h_j + o(1)): c^{−κ}H_i → Σ_T softmax(a₀)_j h_j, T the lexicographic winners",
    steps=(
        Step("By S1 the weights tend to 0 off T and to softmax(a₀) on T."),
        Step(
            "a_j(h_j + e_j) − w_j h_j = (a_j − w_j)h_j + a_j e_j, with |a_j| ≤ 1: |·| ≤ |a_j − w_j|·E + F for |h_j| ≤ E, "
            "|e_j| ≤ F",
            lambda: (
                equal((x + y) * (e1 + e2) - x * e1, y * e1 + (x + y) * e2)
                and within(y * e1 + 1 * e2, {y: (-G, G), e1: (-E, E), e2: (-F, F)}, G * E + F)
            ),
        ),
        Step(
            "softmax(0) = 1/m: where no lower term differs on argmax a_p, the limit is the average",
            lambda: equal(1 / (m * sympy.exp(0)), 1 / m),
        ),
        Step(
            "where the h_j tied at the top are equal, every choice of weights on them returns the same: Σ w_j h = h for w = "
            "(x, 1 − x)",
            lambda: equal(x * y + (1 - x) * y, y),
        ),
    ),
    planted=(
        Planted("the values' own error left out", lambda: within(y * e1 + 1 * e2, {y: (-G, G), e1: (-E, E), e2: (-F, F)}, G * E)),
        Planted("unequal values", lambda: equal(x * y + (1 - x) * (y + 1), y)),
    ),
)
PROOF = (FIXED, INSIDE)
REFUTATION = (
    Step(
        "M = [1, 0; 0, 0], h₁ = c(1, 0) + (1, 0), h₂ = c(1, 1): scores c²(c + 1)² and c²(c + 1)c, with the same c⁴, so both "
        "are claimed to be most similar",
        lambda: equal(c**2 * (c + 1) * (c + 1), c**4 + 2 * c**3 + c**2) and equal(c**2 * (c + 1) * c, c**4 + c**3),
    ),
    Step(
        "the weight of the first is σ(c³ + c²) ≥ σ(2) ≥ 4/5 for c ≥ 1 (c = 1 + u), and the second coordinate of c^{−1}H₁ is 1 "
        "minus it, at most 1/5",
        lambda: (
            nonnegative(sympy.expand((1 + u) ** 3 + (1 + u) ** 2 - 2))
            and bool(_sigmoid(2) > sympy.Rational(4, 5))
            and equal((1 - x) * c / c, 1 - x)
        ),
    ),
    Step(
        "the average of (1, 0) and (1, 1) has ½ there: the error is at least 3/10 for every c ≥ 1",
        lambda: equal(sympy.Rational(1, 2) - sympy.Rational(1, 5), sympy.Rational(3, 10)),
    ),
    Step("the space searched has finitely many heads: if each had its own C, the largest would serve all of them"),
)
