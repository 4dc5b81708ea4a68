"""L4, step by step: where a product of approximately homogeneous functions is one, and by how much.

Symbols: a = f(θ), b = g(θ), primed or numbered values at cθ; E = e^{−dr}, r = ‖θ‖; F, G = 1 + the suprema over the sphere ‖θ‖ =
ρ.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, d, r, rho, E, F, G, H, Q, g, x = sympy.symbols("c d r rho E F G H Q g x", positive=True)
K, J, A, B = sympy.symbols("K J A B", positive=True)
a, b, a1, b1, h1, h2, e1, e2 = sympy.symbols("a b a1 b1 h1 h2 e1 e2", real=True)
u, v = sympy.symbols("u v", nonnegative=True)
half = sympy.Rational(1, 2)


def _sigmoid(value: sympy.Expr) -> sympy.Expr:
    return 1 / (1 + sympy.exp(-value))


REFUTATION = (
    Step(
        "g = σ is approximately 0-homogeneous, d = ρ = 1: 1 − σ(u) = σ(−u) ≤ e^{−u}, and σ(cu) lies between σ(u) and 1",
        lambda: (
            equal(1 - _sigmoid(u), _sigmoid(-u))
            and nonnegative(sympy.exp(-u) - sympy.simplify(_sigmoid(-u)))
            and nonnegative(sympy.diff(_sigmoid(c * x), c))
        ),
    ),
    Step(
        "for θ = x > 0, f(θ) = θ, exactly 1-homogeneous: fg(cθ) − c·fg(θ) = cxσ(cx) − cxσ(x) = cx(σ(−x) − σ(−cx))",
        lambda: equal(c * x * _sigmoid(c * x) - c * x * _sigmoid(x), c * x * (_sigmoid(-x) - _sigmoid(-c * x))),
    ),
    Step(
        "σ(−x) ≥ ½e^{−x} and σ(−cx) ≤ e^{−cx}",
        lambda: (
            at_least(sympy.simplify(sympy.exp(u) * _sigmoid(-u)), half, u)
            and nonnegative(sympy.exp(-u) - sympy.simplify(_sigmoid(-u)))
        ),
    ),
    Step(
        "at c = 4eˣ the first part cx·½e^{−x} is 2x, at least 2 for x = 1 + u",
        lambda: equal(4 * sympy.exp(x) * x * half * sympy.exp(-x), 2 * x) and nonnegative(2 * (1 + u) - 2),
    ),
    Step(
        "ye^{−y} ≤ ½ for y = cx: eʸ ≥ 1 + y + y²/2 = 2y + ½((y − 1)² + 1)",
        lambda: at_least(sympy.exp(u) - 1 - u - u**2 / 2, 0, u, 3) and equal(1 + u + u**2 / 2 - 2 * u, ((u - 1) ** 2 + 1) / 2),
    ),
    Step(
        "so the error is at least 2 − ½ > 1 ≥ e^{−dx}, for every d > 0 and at every x ≥ 1: no d and ρ will do",
        lambda: bool(2 - half > 1) and at_least(1 - sympy.exp(-d * u), 0, u),
    ),
)


def _identity(sign: int) -> bool:
    """Decide f(cθ)g(cθ) − f(θ)g(θ) = f(cθ)(g(cθ) − g(θ)) + g(θ)(f(cθ) − f(θ))."""
    return equal(a1 * b1 - a * b, a1 * (b1 - b) + sign * b * (a1 - a))


def _absorbed(amount: sympy.Expr, start: sympy.Expr) -> bool:
    """Decide amount·e^{−gr} ≤ 1 for r = start + u."""
    return at_least(1 - sympy.simplify(amount * sympy.exp(-g * (start + u))), 0, u)


def _on_sphere(sign: int, most: int = 1) -> bool:
    """Decide |a ± e₁| ≤ M + most for |a| ≤ M, |e₁| ≤ 1, and e^{−dρ} ≤ 1."""
    return within(a + sign * e1, around(a, A) | around(e1, 1), A + most) and at_least(1 - sympy.exp(-d * u), 0, u)


DEFINITION_3 = Derivation(
    "under D3: (k_f, k_g > 0) holds; (0, 0) holds for functions bounded on a sphere, and need not otherwise; (k_f > 0, 0) "
    "holds if and only if g is exactly homogeneous where f ≠ 0",
    steps=(
        Step(
            "k_f, k_g > 0: by Theorem 0 f(cθ) = c^{k_f}f(θ) and g(cθ) = c^{k_g}g(θ) beyond max ρ, so fg is exactly "
            "homogeneous there",
            lambda: equal(c**K * a * (c**J * b), c ** (K + J) * (a * b)),
        ),
        Step(
            "(0, 0): fg(cθ) − fg(θ) = f(cθ)(g(cθ) − g(θ)) + g(θ)(f(cθ) − f(θ))",
            lambda: _identity(1),
        ),
        Step(
            "|f(θ)| ≤ |f(ρθ/r)| + e^{−dρ} ≤ F for r ≥ ρ, by D3 at ρθ/r and the scale r/ρ, as |f(ρθ/r)| ≤ F − 1 = M; likewise "
            "|g| ≤ G",
            lambda: _on_sphere(1),
        ),
        Step("so the error is at most (F + G)E", lambda: within(a * e1 + b * e2, _bounded(F, G), (F + G) * E)),
        Step("(F + G)e^{−gr} ≤ 1, g = d − d', for r ≥ ln(F + G)/g", lambda: _absorbed(F + G, sympy.log(F + G) / g)),
        Step(
            "unbounded: θ₁/θ₂ (0 where θ₂ = 0) has degree 0, e^{−r} too; at (√(r² − t²), t) the product's error "
            "(√(r² − t²)/t)(e^{−r} − e^{−cr}) passes every bound as t → 0: its inverse tends to 0 (1 + g for c)",
            lambda: (
                equal((c * h1) / (c * h2) * e1 - h1 / h2 * e2, h1 / h2 * (e1 - e2))
                and tends(x / (sympy.sqrt(r**2 - x**2) * (sympy.exp(-r) - sympy.exp(-(1 + g) * r))), x, 0, to=0)
            ),
        ),
        Step(
            "k_f > 0 = k_g: fg(cθ) − c^{k_f}fg(θ) = c^{k_f}f(θ)(g(cθ) − g(θ)) beyond ρ_f",
            lambda: equal(c**K * a * b1 - c**K * (a * b), c**K * a * (b1 - b)),
        ),
        Step(
            "If that is 0 where f(θ) ≠ 0 beyond R, it is 0 beyond R, and D3 holds. If D3 holds, it is 0 beyond some R by "
            "Theorem 0, as k_f > 0; and so is g(cθ) − g(θ) where f(θ) ≠ 0."
        ),
    ),
    planted=(
        Planted("M for M + 1", lambda: _on_sphere(1, most=0)),
        Planted("degrees multiplied", lambda: equal(c**K * a * (c**J * b), c ** (K * J) * (a * b))),
        Planted("a sign in the product rule", lambda: _identity(-1)),
        Planted("F alone for F + G", lambda: within(a * e1 + b * e2, _bounded(F, G), F * E)),
        Planted("r ≥ ln(F + G)/(2g)", lambda: _absorbed(F + G, sympy.log(F + G) / (2 * g))),
        Planted("θ₂/θ₁ for θ₁/θ₂", lambda: tends(sympy.sqrt(4 - x**2) / (x * (sympy.exp(-2) - sympy.exp(-4))), x, 0, to=0)),
    ),
)


def _bounded(first: sympy.Expr, second: sympy.Expr) -> dict[sympy.Symbol, tuple[sympy.Expr, sympy.Expr]]:
    """Say |a| ≤ first, |b| ≤ second, |e₁|, |e₂| ≤ E."""
    return around(a, first) | around(b, second) | around(e1, E) | around(e2, E)


def _rest(bound: sympy.Expr) -> bool:
    """Decide |h₁e₂ + h₂e₁ + e₁e₂| ≤ bound·E for |h₁| ≤ A, |h₂| ≤ B, |e₁| ≤ E, |e₂| ≤ E and E ≤ 1, E = 1/(1 + v)."""
    box = around(h1, A) | around(h2, B) | around(e1, 1 / (1 + v)) | around(e2, 1 / (1 + v))
    return within(h1 * e2 + h2 * e1 + e1 * e2, box, bound / (1 + v))


def _most(slope: int) -> bool:
    """Decide y ≤ e^{slope·(y − 1)}, for y = 1 + u and, of logarithms, for y = e^{−u}."""
    return at_least(sympy.exp(slope * u) - 1 - u, 0, u) and at_least(slope * (sympy.exp(-u) - 1) + u, 0, u)


RELATIVE = Derivation(
    "under D3', functions bounded on a sphere: fg satisfies D3'(k_f + k_g, d', ρ'), ρ' = max(ρ, 1, (2/g)·ln(2HQ)), g = d − d'",
    steps=(
        Step(
            "f = h_f + e_f, h_f k_f-homogeneous, |e_f| ≤ E (D3.prime): |h_f(θ)| = (r/ρ)^{k_f}|(f − e_f)(ρθ/r)| ≤ (r/ρ)^{k_f}F",
            lambda: equal((r / rho) ** K * F, F * rho**-K * r**K) and _on_sphere(-1),
        ),
        Step(
            "fg − h_f h_g = h_f e_g + h_g e_f + e_f e_g",
            lambda: equal((h1 + e1) * (h2 + e2) - h1 * h2, h1 * e2 + h2 * e1 + e1 * e2),
        ),
        Step("at most (A + B + 1)E for |h_f| ≤ A, |h_g| ≤ B, and E ≤ 1", lambda: _rest(A + B + 1)),
        Step(
            "A + B + 1 ≤ Hrᵏ for A = Fρ^{−k_f}r^{k_f}, B = Gρ^{−k_g}r^{k_g}, r ≥ 1, k = max(k_f, k_g): rᵏ = r^{k_f}r^j with "
            "r^j ≥ 1 for j ≥ 0",
            lambda: equal(r ** (K + J), r**K * r**J) and at_least(sympy.exp(v * u), 1, u),
        ),
        Step("y ≤ e^{y−1} for all y > 0: y = 1 + u, and y = e^{−u}", lambda: _most(1)),
        Step(
            "with y = gr/(2k): rᵏ = (2k/g)ᵏyᵏ ≤ (2k/g)ᵏe^{k(y−1)} = Q·e^{gr/2}, Q = (2k/(e·g))ᵏ",
            lambda: equal(
                (2 * K / g) ** K * sympy.exp(K * (g * r / (2 * K) - 1)), (2 * K / (sympy.E * g)) ** K * sympy.exp(g * r / 2)
            ),
        ),
        Step(
            "HQe^{gr/2}e^{−dr} ≤ ½e^{−(d−g)r} for r ≥ (2/g)·ln(2HQ)",
            lambda: (
                equal(sympy.exp(g * r / 2 - d * r), sympy.exp(-(d - g) * r) * sympy.exp(-g * r / 2))
                and at_least(half - sympy.simplify(H * Q * sympy.exp(-g / 2 * (2 / g * sympy.log(2 * H * Q) + u))), 0, u)
            ),
        ),
        Step(
            "h_f h_g is (k_f + k_g)-homogeneous and |fg − h_f h_g| ≤ ½e^{−d'r}, so fg satisfies D3' (D3.prime)",
            lambda: equal(c**K * h1 * (c**J * h2), c ** (K + J) * (h1 * h2)),
        ),
    ),
    planted=(
        Planted("e_f e_g forgotten", lambda: _rest(A + B)),
        Planted("y ≤ e^{2(y−1)}", lambda: _most(2)),
        Planted(
            "Q without e",
            lambda: equal((2 * K / g) ** K * sympy.exp(K * (g * r / (2 * K) - 1)), (2 * K / g) ** K * sympy.exp(g * r / 2)),
        ),
        Planted(
            "ln(HQ) for ln(2HQ)",
            lambda: at_least(half - sympy.simplify(H * Q * sympy.exp(-g / 2 * (2 / g * sympy.log(H * Q) + u))), 0, u),
        ),
    ),
)
PROOF = (DEFINITION_3, RELATIVE)
