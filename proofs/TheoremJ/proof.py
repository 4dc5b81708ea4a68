"""TheoremJ, step by step: germs with an expansion in powers of 1/c are closed under everything that a transformer does.

Notation: u(c) = a₀c^e + a₁c^{e−1} + … + O(c^{e−N}) for every N; h = O(1/c); flat: all a_j are 0.  K, g, δ > 0 constants.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step

c, a, K, g, S, R, E, eps = sympy.symbols("c a K g S R E epsilon", positive=True)
v, t, u = sympy.symbols("v t u", nonnegative=True)
a0, a1, b0, b1, x, y, h, p, q = sympy.symbols("a0 a1 b0 b1 x y h p q", real=True)
e = sympy.Symbol("e", integer=True)
half = sympy.Rational(1, 2)


def _geometric(N: int, sign: int = 1) -> bool:
    """1/(1 + h) − Σ_{j<N} (−h)^j = (−h)^N/(1 + h)."""
    return equal(1 / (1 + h) - sum((-h) ** j for j in range(N)), sign * (-h) ** N / (1 + h))


def _root(N: int) -> sympy.Expr:
    """Σ_{j<N} binom(½, j) h^j."""
    return sum((sympy.binomial(half, j) * h**j for j in range(N)), sympy.Integer(0))


def _root_misses(N: int, order: int) -> bool:
    """Decide whether (Σ_{j<N} binom(½, j) h^j)² − (1 + h) begins with h^order or later."""
    difference = sympy.Poly(sympy.expand(_root(N) ** 2 - (1 + h)), h)
    return min(power for (power,) in difference.monoms()) >= order


def _square(degree: sympy.Expr) -> sympy.Expr:
    """c^{−2e} times a sum of two squares."""
    first, second = a0 * c**degree + a1 * c ** (degree - 1), b0 * c**degree + b1 * c ** (degree - 1)
    return sympy.expand(c ** (-2 * degree) * (first**2 + second**2))


def _unit(first: sympy.Expr, second: sympy.Expr, third: sympy.Expr) -> list[sympy.Expr]:
    length = sympy.sqrt(sympy.factor(first**2 + second**2 + third**2))
    return [entry / length for entry in (first, second, third)]


RING = Derivation(
    "𝒜 is closed under sums and products, and the series of a germ is unique",
    steps=(
        Step("Bring both to one leading exponent by zeros; sums: add coefficient by coefficient, the remainders are O(c^{e−N})."),
        Step(
            "products: (A + x)(B + y) = AB + Ay + Bx + xy, of remainder O(c^e·c^{f−N} + c^f·c^{e−N}); AB has the Cauchy "
            "product for coefficients",
            lambda: (
                equal((S + x) * (R + y), S * R + S * y + R * x + x * y)
                and equal(sympy.expand((a0 + a1 / c) * (b0 + b1 / c)).coeff(c, -1), a0 * b1 + a1 * b0)
            ),
        ),
        Step("c^{−e}u → a₀, so the coefficients are determined one after the other", lambda: tends(a0 + (a1 + K / c) / c, c, a0)),
    ),
    planted=(
        Planted("remainder without Bx", lambda: equal((S + x) * (R + y), S * R + S * y + x * y)),
        Planted("coefficient a₀b₁ alone", lambda: equal(sympy.expand((a0 + a1 / c) * (b0 + b1 / c)).coeff(c, -1), a0 * b1)),
        Planted("c^{−e}u → a₀ + a₁", lambda: tends(a0 + (a1 + K / c) / c, c, a0 + a1)),
    ),
)
COMPOSED = Derivation(
    "1/u for û ≠ 0; √u for a₀ > 0 and even e; φ(u) for u of degree ≤ 0 and φ smooth at its limit",
    steps=(
        Step(
            "u = a₀c^e(1 + h), h = O(1/c): 1/(1 + h) = Σ_{j<N}(−h)^j + (−h)^N/(1 + h), shown for N ≤ 6, and 1/(1 + h) ≤ 2 for "
            "h ≥ −½",
            lambda: all(_geometric(N) for N in range(1, 7)) and nonnegative(sympy.factor(2 - 1 / (half + v))),
        ),
        Step(
            "with s = Σ_{j<N} binom(½, j)h^j, s² − (1 + h) begins with h^N or later, shown for N ≤ 6",
            lambda: all(_root_misses(N, N) for N in range(1, 7)),
        ),
        Step(
            "√(1 + h) − s = (1 + h − s²)/(√(1 + h) + s), of order h^N as the denominator tends to 2",
            lambda: equal((K - x) * (K + x), K**2 - x**2) and tends(sympy.sqrt(1 + 1 / c) + 1 + half / c, c, 2),
        ),
        Step(
            "φ smooth: Taylor's theorem at the limit a of u gives Σ_{j<N} φ⁽ʲ⁾(a)(u − a)ʲ/j! with remainder O((u − a)^N), u − "
            "a = O(1/c)."
        ),
        Step(
            "a sum of squares whose series are not all 0 has leading exponent 2e and coefficient a₀² + b₀² > 0",
            lambda: equal(_square(e).coeff(c, 0), a0**2 + b0**2) and tends(_square(sympy.Integer(1)), c, a0**2 + b0**2),
        ),
        Step(
            "with ε > 0 added: exponent 2e for e > 0, else 0 and coefficient a₀² + b₀² + ε or ε; never 0",
            lambda: (
                tends(_square(sympy.Integer(1)) + eps / c**2, c, a0**2 + b0**2)
                and tends(sympy.expand(_square(sympy.Integer(0))) + eps, c, a0**2 + b0**2 + eps)
                and tends(_square(sympy.Integer(-1)) / c**2 + eps, c, eps)
            ),
        ),
    ),
    planted=(
        Planted("remainder of the other sign", lambda: _geometric(3, -1)),
        Planted("1/(1 + h) ≤ 1 for h ≥ −½", lambda: nonnegative(sympy.factor(1 - 1 / (half + v)))),
        Planted("s² − (1 + h) of order N + 1", lambda: _root_misses(3, 4)),
        Planted("leading coefficient (a₀ + b₀)²", lambda: equal(_square(e).coeff(c, 0), (a0 + b0) ** 2)),
        Planted("ε forgotten at degree 0", lambda: tends(sympy.expand(_square(sympy.Integer(0))) + eps, c, a0**2 + b0**2)),
    ),
)
DECIDED = Derivation(
    "ReLU, tanh, σ, Φ, softmax and norms decide by the first coefficients, with flat errors",
    steps=(
        Step(
            "cᴺe^{−gc} → 0: exponentially small is flat; shown for N ≤ 6",
            lambda: all(tends(c**N * sympy.exp(-g * c), c, 0) for N in range(1, 7)),
        ),
        Step(
            "sign: |u − a₀c^e| ≤ Kc^{e−1} ≤ ½|a₀|c^e for c ≥ 2K/|a₀|: so ReLU(u) = u or 0 for large c; and 0 ≤ ReLU(u) ≤ |u| "
            "if u is flat",
            lambda: nonnegative(sympy.expand(half * a * (2 * K / a + v) - K)),
        ),
        Step(
            "u → ∞ of degree ≥ 1: 1 − tanh u = 2/(1 + e^{2u}) ≤ 2e^{−2u}, 1 − σ(u) = 1/(1 + eᵘ) ≤ e^{−u}",
            lambda: (
                equal(1 - (sympy.exp(2 * u) - 1) / (sympy.exp(2 * u) + 1), 2 / (1 + sympy.exp(2 * u)))
                and nonnegative(sympy.simplify(2 * sympy.exp(-2 * u) - 2 / (1 + sympy.exp(2 * u))))
                and nonnegative(sympy.simplify(sympy.exp(-u) - 1 / (1 + sympy.exp(u))))
            ),
        ),
        Step(
            "1 − Φ(u) = ∫₀^∞ e^{−(u + t)²/2}dt/√(2π) ≤ e^{−u²/2}, since (u + t)² ≥ u² + t²",
            lambda: nonnegative(sympy.expand((u + t) ** 2 - u**2 - t**2)),
        ),
        Step(
            "softmax: off the top class T the score lies below by δc^p − vc^{p−1}, p ≥ 1, at least δc/2 for c ≥ 2v/δ and c ≥ "
            "1: e^{s_j − s_*} is flat",
            lambda: nonnegative(sympy.expand(g * (2 * v / g + t) - v - half * g * (2 * v / g + t))),
        ),
        Step(
            "on T s_i − s_* has degree ≤ 0, so E_i = e^{s_i − s_*} ∈ 𝒜, S = Σ_T E_i ≥ 1; E/(S + R) = E/S − ER/(S(S + R)), the "
            "last term flat with R",
            lambda: equal(E / (S + R), E / S - E * R / (S * (S + R))),
        ),
        Step(
            "a norm with ε > 0 of a flat v is flat: |v|/√(v² + ε) ≤ |v|/√ε (√(v² + ε) = √ε + t)",
            lambda: nonnegative(v / sympy.sqrt(eps) - v / (sympy.sqrt(eps) + t)),
        ),
    ),
    planted=(
        Planted("e^{gc} for e^{−gc}", lambda: tends(c * sympy.exp(g * c), c, 0)),
        Planted("c ≥ K/|a₀|", lambda: nonnegative(sympy.expand(half * a * (K / a + v) - K))),
        Planted("1 − tanh u ≤ e^{−2u}", lambda: nonnegative(sympy.simplify(sympy.exp(-2 * u) - 2 / (1 + sympy.exp(2 * u))))),
        Planted("(u + t)² ≥ u² + 2t²", lambda: nonnegative(sympy.expand((u + t) ** 2 - u**2 - 2 * t**2))),
        Planted(
            "at least δc, the lower terms forgotten",
            lambda: nonnegative(sympy.expand(g * (2 * v / g + t) - v - g * (2 * v / g + t))),
        ),
        Planted("E/(S + R) = E/S − ER/S²", lambda: equal(E / (S + R), E / S - E * R / S**2)),
        Planted("a norm of a flat v is at most |v|·ε", lambda: nonnegative(v * eps - v / (sympy.sqrt(eps) + t))),
    ),
)
LIMIT = Derivation(
    "the limit of c^{−k}f(cθ) is the first coefficient of the series; without the assumption on ε = 0 norms the series do not "
    "determine it",
    steps=(
        Step(
            "Induction over the operations of the pass: parameters are a₀c, data are a₀, and each operation takes 𝒜 to 𝒜 by a "
            "rule on the series."
        ),
        Step("f̂ = a₀c^k + a₁c^{k−1} + …, a₀ ≠ 0: c^{−k}f → a₀", lambda: tends(a0 + (a1 + K / c) / c, c, a0)),
        Step(
            "Finitely many coefficients of each value determine finitely many of the next, so a finite number of terms "
            "suffices for each network."
        ),
        Step(
            "e^{−c}(2, −1, −1) and e^{−c}(−1, 2, −1) have the series 0 both, and N makes (2, −1, −1)/√6 and (−1, 2, −1)/√6 of "
            "them at every c",
            lambda: (
                all(equal(*pair) for pair in zip(_unit(2 * E, -E, -E), [k / sympy.sqrt(6) for k in (2, -1, -1)], strict=True))
                and all(equal(*pair) for pair in zip(_unit(-E, 2 * E, -E), [k / sympy.sqrt(6) for k in (-1, 2, -1)], strict=True))
                and tends(c**6 * sympy.exp(-c), c, 0)
            ),
        ),
    ),
    planted=(
        Planted("limit a₁", lambda: tends(a0 + (a1 + K / c) / c, c, a1)),
        Planted("N keeps the factor e^{−c}", lambda: equal(_unit(2 * E, -E, -E)[0], 2 * E / sympy.sqrt(6))),
    ),
)
PROOF = (RING, COMPOSED, DECIDED, LIMIT)
