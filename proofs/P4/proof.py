"""Steps of the proof of P4: an attention head has degree 2, and why no constants save degree 1.

Notation: ‖W‖ is the largest row sum of |W|; X(cθ) = c(s + e) with |s| ≤ S and |e| ≤ E entry by entry; v = W^v s, σ the scores
of s.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

a, b, s1, s2, e1, e2, z = sympy.symbols("a b s1 s2 e1 e2 z", real=True)
c, A, B, E, F, S, R, k, m, g = sympy.symbols("c A B E F S R k m g", positive=True)
u, v, y = sympy.symbols("u v y", nonnegative=True)
t, q = sympy.symbols("t q", positive=True)
Rest = sympy.Function("G")(t)

ENTRIES = around(e1, E) | around(e2, E)

REFUTATION = (
    Step("one position: A = e^{S₁₁}/e^{S₁₁} = 1, so attn(X) = W^v x", lambda: equal(sympy.exp(z) / sympy.exp(z), 1)),
    Step(
        "X = x is exactly 1-homogeneous, and attn(cθ) − c·attn(θ) = (c² − c)W^v x; here one entry of W^v x with two terms",
        lambda: equal(c * a * c * s1 + c * b * c * s2 - c * (a * s1 + b * s2), (c**2 - c) * (a * s1 + b * s2)),
    ),
    Step("c² − c ≥ 2 for c ≥ 2 (c = 2 + u)", lambda: nonnegative((2 + u) ** 2 - (2 + u) - 2)),
    Step(
        "e^{−d‖θ‖} ≤ 1 for every d > 0, so whole numbers with W^v x ≠ 0 and any ‖θ‖ ≥ ρ refute: error ≥ 2 > 1",
        lambda: at_least(1 - sympy.exp(-c * u), 0, u),
    ),
)


def _scores(bound: Any) -> bool:
    """Decide |(q + e₁)(k + e₂) − qk| ≤ bound, q and k in boxes of radius AS and BS, e₁ and e₂ of radius AE and BE."""
    box = around(s1, A * S) | around(s2, B * S) | around(e1, A * E) | around(e2, B * E)
    return within((s1 + e1) * (s2 + e2) - s1 * s2, box, bound)


def _derivative(mean: int) -> bool:
    """Decide the derivative of one weight along scores z + te; with mean = 0 the mean is forgotten."""
    own = sympy.exp(z + t * e1)
    average = (own * e1 + sympy.diff(Rest, t)) / (own + Rest)
    return equal(sympy.diff(own / (own + Rest), t), own / (own + Rest) * (e1 - mean * average))


def _chord(x: Any, length: Any) -> Any:
    """Write the line through |x − t| at x = 0 and x = length."""
    return t + (length - 2 * t) * x / length


DEGREES = Derivation(
    "K, Q, V have degree 2 and error ‖W‖E, the scores degree 4 and error F = √d_k·‖W^q‖‖W^k‖(2SE + E²)",
    steps=(
        Step(
            "c^{−2}·cW·c(s + e) − Ws = We; a row of two entries",
            lambda: equal(c**-2 * c * (a * c * (s1 + e1) + b * c * (s2 + e2)) - (a * s1 + b * s2), a * e1 + b * e2),
        ),
        Step(
            "|ae₁ + be₂| ≤ (|a| + |b|)E, for each choice of signs of a and b",
            lambda: all(within(i * A * e1 + j * B * e2, ENTRIES, (A + B) * E) for i in (1, -1) for j in (1, -1)),
        ),
        Step(
            "|(q + q′)(k + k′) − qk| ≤ ‖W^q‖‖W^k‖(2SE + E²) for |q|, |q′| ≤ ‖W^q‖S, ‖W^q‖E and the same for k",
            lambda: _scores(A * B * (2 * S * E + E**2)),
        ),
        Step("d_k such terms, divided by √d_k: the factor √d_k", lambda: equal(k * B / sympy.sqrt(k), sympy.sqrt(k) * B)),
        Step("c²(q + q′)·c²(k + k′) = c⁴(q + q′)(k + k′)", lambda: equal(c**2 * s1 * c**2 * s2, c**4 * s1 * s2)),
    ),
    planted=(
        Planted("degree 1 for K: c^{−1} for c^{−2}", lambda: equal(c**-1 * c * a * c * (s1 + e1) - a * s1, a * e1)),
        Planted("E² forgotten in the scores", lambda: _scores(2 * A * B * S * E)),
        Planted("SE for 2SE in the scores", lambda: _scores(A * B * (S * E + E**2))),
    ),
)
WEIGHTS = Derivation(
    "‖A_i − w_i‖₁ ≤ 2(n − 1)e^{−(g − 2F)c⁴} for a single maximum, and ≤ c⁴F + 2((n − m)/m)e^{−gc⁴} for m of them",
    steps=(
        Step(
            "a score lies below the maximum by at least (g − 2F)c⁴: |η_j − η_*| ≤ 2F",
            lambda: within(e1 - e2, around(e1, F) | around(e2, F), 2 * F),
        ),
        Step(
            "with R the sum of the other exponentials: 1 − 1/(1 + R) + R/(1 + R) = 2R/(1 + R) ≤ 2R",
            lambda: equal(1 - 1 / (1 + R) + R / (1 + R), 2 * R / (1 + R)) and nonnegative(2 * R - 2 * R / (1 + R)),
        ),
        Step(
            "m maxima and no error: m(1/m − 1/(m + R)) + R/(m + R) = 2R/(m + R) ≤ 2R/m",
            lambda: equal(m * (1 / m - 1 / (m + R)) + R / (m + R), 2 * R / (m + R)) and nonnegative(2 * R / m - 2 * R / (m + R)),
        ),
        Step("∂/∂t of a weight along scores h + te is p_i(e_i − Σp_je_j), G(t) the sum of the others", lambda: _derivative(1)),
        Step(
            "|x − t| ≤ L(x) = t + (q − 2t)x/q for 0 ≤ x, t ≤ q: q = t + y where x ≤ t, and x = t + y, q = t + y + v where x ≥ t",
            lambda: nonnegative(_chord(u, t + y) - (t - u)) and nonnegative(_chord(t + y, t + y + v) - y),
        ),
        Step(
            "L(t) = 2t(q − t)/q = q/2 − (q − 2t)²/(2q) ≤ q/2",
            lambda: equal(_chord(t, q), q / 2 - (q - 2 * t) ** 2 / (2 * q)) and nonnegative((q - 2 * t) ** 2 / (2 * q)),
        ),
        Step("so Σp_i|e_i − ē| ≤ q/2 for e_i in an interval of length q, and moving the scores by e moves the weights by ≤ q/2"),
    ),
    planted=(
        Planted("F for 2F in the gap", lambda: within(e1 - e2, around(e1, F) | around(e2, F), F)),
        Planted("R for 2R: a single maximum", lambda: nonnegative(R - 2 * R / (1 + R))),
        Planted("the mean forgotten in the derivative", lambda: _derivative(0)),
        Planted("a quarter of the length", lambda: equal(_chord(t, q), q / 4 - (q - 2 * t) ** 2 / (2 * q))),
        Planted("slope q − t for q − 2t in the chord", lambda: nonnegative(t + y * u / (t + y) - (t - u) - 2 * u)),
    ),
)
HEAD = Derivation(
    "‖c^{−2}H_i − Σ_j w_ij v_j‖_∞ ≤ ‖A_i − w_i‖₁·max|v| + ‖W^v‖E, so H has degree 2 and no smaller one unless Σ_j w_ij v_j = 0",
    steps=(
        Step(
            "Σ_j A_j(v_j + v′_j) − Σ_j w_j v_j = Σ_j (A_j − w_j)v_j + Σ_j A_j v′_j; two positions",
            lambda: equal(A * (s1 + e1) + B * (s2 + e2) - (a * s1 + b * s2), (A - a) * s1 + (B - b) * s2 + A * e1 + B * e2),
        ),
        Step(
            "|(A₁ − w₁)v₁ + (A₂ − w₂)v₂| ≤ (|A₁ − w₁| + |A₂ − w₂|)·S for |v| ≤ S, for each choice of signs",
            lambda: all(
                within(i * A * s1 + j * B * s2, around(s1, S) | around(s2, S), (A + B) * S) for i in (1, -1) for j in (1, -1)
            ),
        ),
        Step(
            "a weighted mean of errors is no larger than the largest: |te₁ + (1 − t)e₂| ≤ E for t ∈ [0, 1]",
            lambda: within(t * e1 + (1 - t) * e2, {t: (0, 1)} | ENTRIES, E),
        ),
        Step("sums over any number of positions by induction"),
        Step("c^{k−2} → 0 for k = 2 − t < 2, so c^{−k}H is unbounded where c^{−2}H has a limit ≠ 0", lambda: tends(c**-t, c, 0)),
    ),
    planted=(
        Planted(
            "values' errors forgotten",
            lambda: equal(A * (s1 + e1) + B * s2 - (a * s1 + b * s2), (A - a) * s1 + (B - b) * s2),
        ),
        Planted("half of the largest error", lambda: within(t * e1 + (1 - t) * e2, {t: (0, 1)} | ENTRIES, E / 2)),
        Planted("degree 3 for 2", lambda: tends(c ** (3 - 2), c, 0)),
    ),
)
PROOF = (DEGREES, WEIGHTS, HEAD)
