"""S1, step by step: scores with lower orders, compared lexicographically.

Notation: scores s_i(c) = Σ_{j ≤ k} a_{ij} c^j + ρ_i(c); T the positions whose (a_k, …, a_1) is lexicographically largest; on T
E_i = e^{a_{i0}}, A = Σ_T E_i, and R = Σ e^{s_j − s_*} over the others, s_* the positive-degree part on T.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import at_least, equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step

c, A, B, R, m, d, q = sympy.symbols("c A B R m delta q", positive=True)
u, v = sympy.symbols("u v", nonnegative=True)
t, h, e = sympy.symbols("t h e", real=True)
Rest = sympy.Function("G")(t)
half = sympy.Rational(1, 2)


def _geometric(p: int) -> bool:
    return equal(sum(c**i for i in range(p)), (c**p - 1) / (c - 1))


def _grows(p: int) -> bool:
    return at_least((1 + u) ** p - (1 + u), 0, u)


def _lower_terms(threshold: sympy.Expr) -> bool:
    """Decide 2B/(threshold − 1 + u) ≤ ½: what the lower terms are of c^p, at most, for c = threshold + u."""
    return nonnegative(half - 2 * B / (threshold - 1 + u))


def _softmax_derivative(mean: int) -> bool:
    """Decide the derivative of one weight; with mean = 0 the mean is forgotten."""
    own = sympy.exp(h + t * e)
    weight = own / (own + Rest)
    average = (own * e + sympy.diff(Rest, t)) / (own + Rest)
    return equal(sympy.diff(weight, t), weight * (e - mean * average))


def _sigmoid(value: sympy.Expr) -> sympy.Expr:
    return 1 / (1 + sympy.exp(-value))


def _scores(scale: sympy.Expr, first: int, second: int) -> list[sympy.Expr]:
    """Scores of a first query with W^q = W^k = (1, 0), for h₁ = c(1, 0) + (first, 0) and h₂ = c(1, 1) + (second, 0)."""
    query, *keys = (scale * (scale + encoding) for encoding in (first, first, second))
    return [sympy.expand(query * key) for key in keys]


LEXICOGRAPHIC = Derivation(
    "‖softmax(s(c)) − w‖₁ ≤ 2Σ_{j∉T} e^{s_j(c) − s_*(c)}/A → 0 without remainder, and ≤ 2(n − |T|)e^{−c/2}/A for whole "
    "coefficients, c ≥ 4B + 1",
    steps=(
        Step(
            "On T all scores have the same terms of positive degree, which cancel: the weights are E_i/(A + R), and E_i/A = "
            "softmax(a₀)_i."
        ),
        Step(
            "‖·‖₁ = A(1/A − 1/(A + R)) + R/(A + R) = 2R/(A + R) ≤ 2R/A",
            lambda: equal(A * (1 / A - 1 / (A + R)) + R / (A + R), 2 * R / (A + R)) and nonnegative(2 * R / A - 2 * R / (A + R)),
        ),
        Step(
            "off T the first differing coefficient is −δ < 0, of degree p ≥ 1; for c ≥ 1 the score lies below s_* by at least "
            "(δc − v)c^{p−1}, v the sum of the other differences, and e^{−(δc − v)} → 0",
            lambda: tends(sympy.exp(-(d * c - v)), c, 0),
        ),
        Step(
            "whole coefficients of size ≤ B: Σ_{i<p} cⁱ = (cᵖ − 1)/(c − 1), shown for p ≤ 4",
            lambda: all(_geometric(p) for p in range(1, 5)),
        ),
        Step(
            "so for c = 4B + 1 + u the lower terms differ by at most 2B(cᵖ − 1)/(c − 1) ≤ 2Bcᵖ/(4B + u) ≤ cᵖ/2",
            lambda: _lower_terms(4 * B + 1),
        ),
        Step(
            "and the score lies below s_* by δcᵖ − cᵖ/2 ≥ cᵖ/2 ≥ c/2, δ ≥ 1 (c = 1 + u, p ≤ 4)",
            lambda: all(_grows(p) for p in range(1, 5)),
        ),
    ),
    planted=(
        Planted("R/(A + R) for 2R/(A + R)", lambda: equal(A * (1 / A - 1 / (A + R)) + R / (A + R), R / (A + R))),
        Planted("threshold 2B + 1 for 4B + 1", lambda: _lower_terms(2 * B + 1)),
        Planted("e^{−(δ − v)}, c forgotten", lambda: tends(sympy.exp(-(d - v)), c, 0)),
    ),
)
REMAINDER = Derivation(
    "a remainder ρ in the scores moves the weights by at most ½(max ρ − min ρ) in ‖·‖₁",
    steps=(
        Step(
            "∂softmax_i(h + te)/∂t = p_i(e_i − Σ p_j e_j), G(t) the sum of the other exponentials", lambda: _softmax_derivative(1)
        ),
        Step(
            "x ↦ |x − ē| is convex, so Σ p_i|e_i − ē| is largest when e takes only its extreme values: mass t/q at distance q "
            "− t, 1 − t/q at t."
        ),
        Step(
            "there it is 2t(q − t)/q ≤ q/2 for e of range q: q/2 − 2t(q − t)/q = (q − 2t)²/(2q) ≥ 0",
            lambda: (
                equal(q / 2 - 2 * t * (q - t) / q, (q - 2 * t) ** 2 / (2 * q))
                and nonnegative((q - 2 * t) ** 2 / (2 * q))
                and equal(t / q * (q - t) + (1 - t / q) * t, 2 * t * (q - t) / q)
            ),
        ),
        Step("Integrate from 0 to 1: ‖softmax(h + ρ) − softmax(h)‖₁ ≤ ½ range(ρ) → 0."),
    ),
    planted=(
        Planted("derivative p_i·e_i, mean forgotten", lambda: _softmax_derivative(0)),
        Planted("range/4 for range/2", lambda: nonnegative(sympy.factor(q / 4 - 2 * t * (q - t) / q))),
    ),
)
PAPER = Derivation(
    "streams c(X̂ + O(e^{−dc⁴})) leave scores c⁴a₄ + o(1): weights uniform on argmax a₄, as S1 says",
    steps=(
        Step(
            "scores of c(X̂ + r) are c⁴(x + r)(y + r)·M: c⁴xyM + c⁴(x + y)rM + c⁴r²M, of remainder of order c⁴r",
            lambda: equal(c**4 * (h + t) * (e + t) * m, c**4 * h * e * m + c**4 * (h + e) * t * m + c**4 * t**2 * m),
        ),
        Step("r = e^{−dc⁴}: c⁴r → 0 (x = c⁴)", lambda: tends(c * sympy.exp(-d * c), c, 0)),
        Step(
            "without terms of degree 3 to 0, T = argmax a₄ and softmax(0) on it: e⁰/(m·e⁰) = 1/m",
            lambda: equal(sympy.exp(0) / (m * sympy.exp(0)), 1 / m),
        ),
    ),
    planted=(
        Planted("a remainder of order 1/c instead: c⁴/c → 0", lambda: tends(c**4 / c, c, 0)),
        Planted("cross terms forgotten", lambda: equal(c**4 * (h + t) * (e + t) * m, c**4 * h * e * m + c**4 * t**2 * m)),
    ),
)
PROOF = (LEXICOGRAPHIC, REMAINDER, PAPER)
REFUTATION = (
    Step(
        "fixed encoding: h₁ = c(1, 0) + (1, 0), h₂ = c(1, 1), W^q = W^k = (1, 0): query and first key c(c + 1), second key c², "
        "scores c⁴ + 2c³ + c² and c⁴ + c³, both 1 at degree 4",
        lambda: _scores(c, 1, 0) == [c**4 + 2 * c**3 + c**2, c**4 + c**3],
    ),
    Step(
        "the first weight is σ(c³ + c²) ≥ σ(2) > 7/10 for every c ≥ 1 (c = 1 + u), tends to 1, and ½ is claimed",
        lambda: (
            equal(_scores(c, 1, 0)[0] - _scores(c, 1, 0)[1], c**3 + c**2)
            and nonnegative(sympy.expand((1 + u) ** 3 + (1 + u) ** 2 - 2))
            and nonnegative(sympy.diff(_sigmoid(c), c))
            and bool(_sigmoid(2) > sympy.Rational(7, 10))
            and tends(_sigmoid(c**3 + c**2), c, 1)
        ),
    ),
    Step(
        "offset: two equal tokens, scores c⁴ + 1 and c⁴: the first weight is σ(1) > 7/10 for every c, neither ½ nor 0 nor 1",
        lambda: equal(1 / (1 + sympy.exp(c**4 - (c**4 + 1))), _sigmoid(1)) and bool(_sigmoid(1) < sympy.Rational(4, 5)),
    ),
    Step("the space searched has finitely many networks: if each had its own C, the largest would serve all of them"),
)
