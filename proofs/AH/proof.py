"""AH, step by step: what asymptotic homogeneity keeps, from parameters to whole layers, and that it contains Definition 3.

Symbols: s, e an entry of the symbol and of its error, |s| ≤ S, |e| ≤ E = C·r(c); p > 0 a difference of degrees; t = c^{−p};
y = s + e; u ≥ 0 how far c or r(c) is from where it starts.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, c0, lam, p, d, m, t, S, S2, C, L, E, E1, E2, G = sympy.symbols("c c0 lambda p d m t S S2 C L E E1 E2 G", positive=True)
k, j, s, e, s1, e1, s2, e2, h, y, theta = sympy.symbols("k j s e s1 e1 s2 e2 h y theta", real=True)
A, B, X = sympy.symbols("A B X", real=True)
u, v, q = sympy.symbols("u v q", nonnegative=True)
SIZES = around(s, S) | around(e, E)
BOTH = around(e1, E1) | around(e2, E2) | around(s2, S2)


DIRECTIONS = Derivation(
    "K may be one direction, and scaling it by λ scales s by λᵏ; further parameters change nothing",
    steps=(
        Step(
            "f(c·λθ) = (cλ)ᵏ(s + e) = cᵏ(λᵏs + λᵏe): symbol λᵏs at λθ, error λᵏC·r(λc)",
            lambda: equal((c * lam) ** k * (s + e), c**k * (lam**k * s + lam**k * e)),
        ),
        Step("f(cθ) − cᵏs(θ) does not contain a further parameter w: on K × W the condition is the one on K."),
    ),
    planted=(
        Planted("the symbol kept at λθ", lambda: equal((c * lam) ** k * (s + e), c**k * (s + lam**k * e))),
        Planted("the error kept at λθ", lambda: equal((c * lam) ** k * (s + e), c**k * (lam**k * s + e))),
    ),
)
DEGREES = Derivation(
    "the symbol is lim c^{−k}f(cθ); each larger degree has symbol 0, and a smaller one only if s = 0",
    steps=(
        Step(
            "c^{−k}·cᵏ(s + e) − s = e, at most E = C·r(c) → 0",
            lambda: equal(c**-k * (c**k * (s + e)) - s, e) and within(e, SIZES, E),
        ),
        Step(
            "cᵏ(s + e) = c^{k+p}·c^{−p}(s + e), and |c^{−p}(s + e)| ≤ (S + E)c^{−p}",
            lambda: equal(c**k * (s + e), c ** (k + p) * (c**-p * (s + e))) and within(t * (s + e), SIZES, (S + E) * t),
        ),
        Step(
            "E ≤ E₀ = C·r(c₀), E₀ = E + u: (S + E)c^{−p} ≤ (S + E₀)c^{−p}, which decreases and tends to 0",
            lambda: (
                nonnegative((S + E + u) * t - (S + E) * t)
                and nonnegative(-sympy.diff((S + E) * c**-p, c))
                and tends((S + E) * c**-p, c, 0)
            ),
        ),
        Step(
            "degree k − p with symbol s': c^{−k}·c^{k−p}(s' + e') = c^{−p}(s' + e'), within (S' + E')c^{−p} of 0, so the symbol "
            "of degree k is 0",
            lambda: equal(c**-k * (c ** (k - p) * (s + e)), c**-p * (s + e)) and within(t * (s + e), SIZES, (S + E) * t),
        ),
    ),
    planted=(
        Planted("degree k + p with symbol s", lambda: within(t * (s + e) - s, SIZES, (S + E) * t)),
        Planted("the symbol's size left out", lambda: within(t * (s + e), SIZES, E * t)),
        Planted("an error that does not vanish: p < 0", lambda: tends((S + E) * c**p, c, 0)),
    ),
)
SUMS = Derivation(
    "k₁ > k₂: f₁ + f₂ has degree k₁, symbol s₁, error E₁ + (S₂ + E₂)c^{−(k₁−k₂)}, and that rate is attained",
    steps=(
        Step(
            "k₁ = k₂ + p: c^{−k₁}(c^{k₁}(s₁ + e₁) + c^{k₂}(s₂ + e₂)) = s₁ + e₁ + c^{−p}(s₂ + e₂)",
            lambda: equal(c ** -(k + p) * (c ** (k + p) * (s1 + e1) + c**k * (s2 + e2)), s1 + e1 + c**-p * (s2 + e2)),
        ),
        Step(
            "|e₁ + t(s₂ + e₂)| ≤ E₁ + (S₂ + E₂)t, and t = c^{−p} decreases to 0",
            lambda: (
                within(e1 + t * (s2 + e2), BOTH, E1 + (S2 + E2) * t) and nonnegative(-sympy.diff(c**-p, c)) and tends(c**-p, c, 0)
            ),
        ),
        Step(
            "e₁ = 0: the error over t is s₂ + e₂, within E₂ → 0 of s₂",
            lambda: equal(t * (s2 + e2) / t, s2 + e2) and within(s2 + e2 - s2, BOTH, E2),
        ),
    ),
    planted=(
        Planted("S₂ left out", lambda: within(e1 + t * (s2 + e2), BOTH, E1 + E2 * t)),
        Planted("symbol s₁ + s₂", lambda: within(e1 + t * (s2 + e2) - s2, BOTH, E1 + (S2 + E2) * t)),
        Planted("t² for t", lambda: within(e1 + t * (s2 + e2), BOTH, E1 + (S2 + E2) * t**2)),
    ),
)


def _sum_of_errors(bound: Any) -> bool:
    """Decide |A + B| ≤ bound for |A| ≤ C'r' = G and |B| ≤ L|y − s|, |y − s| = |e| ≤ E."""
    return within(A + L * e, around(A, G) | around(e, E), bound)


COMPOSITION = Derivation(
    "a layer F with F(cᵏy, cw) = cʲ(Φ(y, w) + …), Φ Lipschitz in y: F(f(θ), w) has degree j, symbol Φ(s, w), error C'r' + L·C·r",
    steps=(
        Step(
            "|s + e| ≤ S + E ≤ R = S + C·r(c₀) for C·r(c₀) = E + u, and |s| ≤ R",
            lambda: within(s + e, SIZES, S + E) and nonnegative(S + E + u - (S + E)) and within(s, SIZES, S + E + u),
        ),
        Step(
            "c^{−j}F(f(cθ), cw) − Φ(s, w) = (c^{−j}F(cᵏy, cw) − Φ(y, w)) + (Φ(y, w) − Φ(s, w)) for f(cθ) = cᵏy, y = s + e",
            lambda: _split(s + e),
        ),
        Step("at most C'r' + L·E, as |y − s| = |e| ≤ E", lambda: _sum_of_errors(G + L * E) and equal((s + e) - s, e)),
    ),
    planted=(
        Planted("the layer's own error left out", lambda: _sum_of_errors(L * E)),
        Planted("the Lipschitz constant left out", lambda: _sum_of_errors(G + E)),
        Planted("f(cθ) = cᵏs", lambda: _split(s)),
        Planted("R = S", lambda: within(s + e, SIZES, S)),
    ),
)


def _split(value: Any) -> bool:
    """Decide the sum of the two differences, with f(cθ) = cᵏ(s + e) and the layer compared at `value`."""
    layer, phi, w = sympy.Function("F"), sympy.Function("Phi"), sympy.Symbol("w")
    found = c**-j * layer(c**k * (s + e), c * w) - phi(s, w)
    first = c**-j * layer(c**k * value, c * w) - phi(value, w)
    return equal(found, first + (phi(value, w) - phi(s, w)))


CONTAINED = Derivation(
    "D3' on ‖θ‖ ≥ m gives degree k, symbol h and error c^{−k}e^{−dmc}; D3 with k > 0 gives error 0; θ + 1 has degree 1 and "
    "satisfies neither",
    steps=(
        Step(
            "f(cθ) = h(cθ) + e(cθ) = cᵏh(θ) + e (D3.prime); e^{−dc‖θ‖} ≤ e^{−dmc} for ‖θ‖ = m + u, and that is cᵏ·c^{−k}e^{−dmc}",
            lambda: (
                equal((c**k * h + e) - c**k * h, e)
                and at_least(1 - sympy.exp(-d * c * (m + u)) / sympy.exp(-d * c * m), 0, u)
                and equal(c**k * (c**-k * sympy.exp(-d * m * c)), sympy.exp(-d * m * c))
            ),
        ),
        Step(
            "c^{−q}e^{−dmc}, q = k ≥ 0, decreases and tends to 0, as c^{−q} ≤ 1 for c = 1 + u; h is bounded on K: |h(θ)| ≤ "
            "c₀^{−k}(sup |f| + 1), as h(c₀θ) = f − e, |e| ≤ 1",
            lambda: (
                nonnegative(-sympy.diff(c**-q * sympy.exp(-d * m * c), c))
                and tends(sympy.exp(-d * m * c), c, 0)
                and at_least(1 - (1 + u) ** -q, 0, u)
                and within(y - e, around(y, S) | around(e, 1), S + 1)
            ),
        ),
        Step(
            "D3, k > 0: f(λ·c₀θ) = λᵏf(c₀θ) for λ = c/c₀ (Theorem 0), so f(cθ) = cᵏ·(c₀^{−k}f(c₀θ))",
            lambda: equal((c / c0) ** k * y, c**k * (c0**-k * y)),
        ),
        Step(
            "θ + 1: f(cθ) = c(θ + c^{−1}), error 1/c, which decreases and tends to 0",
            lambda: equal(c * theta + 1, c * (theta + 1 / c)) and nonnegative(-sympy.diff(1 / c, c)) and tends(1 / c, c, 0),
        ),
        Step(
            "|f(cθ) − c·f(θ)| = c − 1 for c = 1 + u, over c it tends to 1; and e^{d|θ|} ≥ 1 + d|θ| > 1 for θ ≠ 0",
            lambda: (
                equal((c * theta + 1) - c * (theta + 1), 1 - c)
                and equal(sympy.Abs(1 - c).subs(c, 1 + u), u)
                and tends((c - 1) / c, c, 1)
                and at_least(sympy.exp(d * u) - 1 - d * u, 0, u)
            ),
        ),
    ),
    planted=(
        Planted(
            "K closer to 0 than m: ‖θ‖ = m − u", lambda: at_least(1 - sympy.exp(-d * c * (m - u)) / sympy.exp(-d * c * m), 0, u)
        ),
        Planted("|h| ≤ sup |f|", lambda: within(y - e, around(y, S) | around(e, 1), S)),
        Planted("θ + 1 is 1-homogeneous", lambda: equal((c * theta + 1) - c * (theta + 1), 0)),
        Planted("c₀ forgotten in the symbol", lambda: equal((c / c0) ** k * y, c**k * y)),
    ),
)
PROOF = (DIRECTIONS, DEGREES, SUMS, COMPOSITION, CONTAINED)
