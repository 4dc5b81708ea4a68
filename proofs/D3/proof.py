"""D3, step by step: a parameter that a function ignores ends approximate homogeneity, and costs asymptotic homogeneity nothing.

Symbols: u = |θ₁|; w a further parameter (a weight in the last derivation, |w| ≤ B); E an error bound; m a lower bound of ‖θ‖.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, c0, lam, k, d, E, B, g, w, m = sympy.symbols("c c0 lambda k d E B g w m", positive=True)
a, s, e, x = sympy.symbols("a s e x", real=True)
u = sympy.Symbol("u", nonnegative=True)


def _sigmoid(value: sympy.Expr) -> sympy.Expr:
    return 1 / (1 + sympy.exp(-value))


REFUTATION = (
    Step(
        "σ is approximately 0-homogeneous in θ₁ (d = ρ = 1): σ(cθ₁) and σ(θ₁) lie in one tail of the increasing σ, of height "
        "1 − σ(u) = σ(−u) ≤ e^{−u}",
        lambda: (
            nonnegative(sympy.diff(_sigmoid(u), u))
            and equal(1 - _sigmoid(u), _sigmoid(-u))
            and nonnegative(sympy.exp(-u) - sympy.exp(-u) / (1 + sympy.exp(-u)))
        ),
    ),
    Step(
        "at θ = (1, w) and c = 2 the error σ(2) − σ(1) exceeds e^{−2}, whatever w is",
        lambda: bool((_sigmoid(sympy.Integer(2)) - _sigmoid(sympy.Integer(1)) - sympy.exp(-2)).is_positive),
    ),
    Step(
        "‖(1, w)‖ ≥ w, so for w ≥ max(ρ, 2/d) the point is allowed and e^{−d‖θ‖} ≤ e^{−dw} ≤ e^{−2}: no d > 0 and ρ will do",
        lambda: nonnegative((1 + w**2) - w**2) and at_least(sympy.exp(-2) - sympy.exp(-d * (2 / d + u)), 0, u),
    ),
    Step(
        "in general |f(cθ₁) − cᵏf(θ₁)| ≤ e^{−dw} → 0 for w → ∞ leaves only functions with f(cθ₁) = cᵏf(θ₁) everywhere",
        lambda: tends(sympy.exp(-d * w), w, 0),
    ),
    Step(
        "k > 0: max(1, |θ₁|)ᵏ is k-homogeneous for |θ₁| = 1 + u, c = 1 + g; at θ₁ = 0 its error is cᵏ − 1 = e^{ku} − 1 ≥ ku (c "
        "= eᵘ)",
        lambda: (
            equal(sympy.Max(1, (1 + g) * (1 + u)) ** k, (1 + g) ** k * sympy.Max(1, 1 + u) ** k)
            and at_least(sympy.exp(k * u) - 1 - k * u, 0, u)
        ),
    ),
)
SYMBOL = Derivation(
    "the symbol is determined by f, and s(λθ) = λᵏs(θ) where θ and λθ lie in K",
    steps=(
        Step("|c^{−k}f(cθ) − s(θ)| ≤ E(c) → 0, so s(θ) = lim c^{−k}f(cθ)."),
        Step("c^{−k}f(cλθ) = λᵏ·(cλ)^{−k}f(cλθ)", lambda: equal(c ** (-k) * a, lam**k * (c * lam) ** (-k) * a)),
    ),
    planted=(Planted("degree k + 1", lambda: equal(c ** (-k) * a, lam ** (k + 1) * (c * lam) ** (-k) * a)),),
)
INCLUSION = Derivation(
    "D3(k, d, ρ) ⇒ asymptotically k-homogeneous on every K ⊆ {‖θ‖ ≥ m}, m > 0: E = 0 if k > 0, E(c) = e^{−dmc} if k = 0, c ≥ ρ/m",
    steps=(
        Step(
            "k > 0: f is exactly homogeneous beyond ρ (Theorem 0): f(cθ) = (c/c₀)ᵏf(c₀θ) = cᵏs(θ), c₀ = max(1, ρ/m), s(θ) = "
            "c₀^{−k}f(c₀θ)",
            lambda: equal((c / c0) ** k * a, c**k * (c0 ** (-k) * a)),
        ),
        Step(
            "k = 0: |f(cθ) − h(θ)| ≤ e^{−dc‖θ‖} ≤ e^{−dcm} (Theorem 0; ‖θ‖ = m + u), which tends to 0",
            lambda: at_least(1 - sympy.exp(-d * c * u), 0, u) and tends(sympy.exp(-d * m * c), c, 0),
        ),
    ),
    planted=(
        Planted("symbol f(c₀θ) without c₀^{−k}", lambda: equal((c / c0) ** k * a, c**k * a)),
        Planted("an error that stays e^{−dm}", lambda: tends(sympy.exp(-d * m), c, 0)),
    ),
)
OTHERS = Derivation(
    "(θ, w) ↦ f(θ) has the same degree, symbol and error on K × W; w·f(θ) has degree k + 1, symbol ws and error B·E for |w| ≤ B",
    steps=(
        Step("f(cθ) − cᵏs(θ) does not contain w: on K × W the condition is the one on K, in both directions."),
        Step(
            "cw·cᵏ(s + e) − c^{k+1}ws = c^{k+1}we, and |we| ≤ BE for |w| ≤ B, |e| ≤ E",
            lambda: (
                equal(c * w * c**k * (s + e) - c ** (k + 1) * w * s, c ** (k + 1) * w * e)
                and within(x * e, around(x, B) | around(e, E), B * E)
            ),
        ),
        Step(
            "σ(θ₁): for θ₁ ≥ m the symbol is 1 and 1 − σ(c(m + u)) ≤ e^{−cm}; symbol 0 for θ₁ ≤ −m; at θ₁ = 0 symbol ½, exactly",
            lambda: (
                equal(1 - _sigmoid(c * (m + u)), _sigmoid(-c * (m + u)))
                and nonnegative(sympy.exp(-c * (m + u)) - sympy.exp(-c * (m + u)) / (1 + sympy.exp(-c * (m + u))))
                and at_least(1 - sympy.exp(-c * u), 0, u)
                and equal(_sigmoid(c * 0), sympy.Rational(1, 2))
            ),
        ),
    ),
    planted=(
        Planted("degree k for w·f", lambda: equal(c * w * c**k * (s + e) - c**k * w * s, c**k * w * e)),
        Planted("error E for BE", lambda: within(x * e, around(x, B) | around(e, E), E)),
        Planted("symbol 1 at θ₁ = 0", lambda: equal(_sigmoid(c * 0), 1)),
    ),
)
PROOF = (SYMBOL, INCLUSION, OTHERS)
