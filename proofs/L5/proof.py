"""L5, step by step: LN forgets degrees k > 0, and needs a symbol that is not constant for k = 0; with ε > 0 it is the reverse.

Symbols: u, v the centred vectors of lengths a, b; x = ‖u − v‖; t = √n·ε/‖v‖; kappa a factor with |kappa| ≤ ½; N a whole number.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, d, g, m, n, k, eps, r, E, q = sympy.symbols("c d g m n k epsilon r E q", positive=True)
a, b, h, x, u = sympy.symbols("a b h x u", nonnegative=True)
f1, f2, dot, A, B, t1, t2, y = sympy.symbols("f1 f2 dot A B t1 t2 y", real=True)
N = sympy.Symbol("N", integer=True)
half = sympy.Rational(1, 2)


def _centred(entries: list[Any]) -> sympy.Matrix:
    column = sympy.Matrix(entries)
    return column - sympy.ones(len(entries), 1) * sum(entries) / len(entries)


def _same(left: sympy.Matrix, right: list[Any]) -> bool:
    return all(equal(one, other) for one, other in zip(left, right, strict=True))


def _layernorm(entries: list[Any], scale: Any) -> sympy.Matrix:
    """LN of entries whose centred vector has length `scale`, which is asserted."""
    column = _centred(entries)
    square = sum(entry**2 for entry in column)
    return column / scale if equal(square, scale**2) else column * sympy.nan


REFUTATION = (
    Step(
        "two entries: LN(f₁, f₂) = (1, −1)/√2 for f₁ − f₂ = g > 0, and (−1, 1)/√2 for f₂ − f₁ = g > 0",
        lambda: (
            _same(_layernorm([f2 + g, f2], g / sympy.sqrt(2)), [1 / sympy.sqrt(2), -1 / sympy.sqrt(2)])
            and _same(_layernorm([f1, f1 + g], g / sympy.sqrt(2)), [-1 / sympy.sqrt(2), 1 / sympy.sqrt(2)])
        ),
    ),
    Step(
        "f = (a, a + κ·e^{−mr}cos πθ), r = |θ|, m ≥ 1, 0 < |κ| ≤ ½: |κ|(e^{−mcr} + e^{−mr}) ≤ e^{−r}, so f is approximately "
        "0-homogeneous with d = 1 and every ρ",
        lambda: (
            within(y * t1 - y * t2, around(y, half) | around(t1, E) | around(t2, E), E) and at_least(1 - sympy.exp(-u * r), 0, u)
        ),
    ),
    Step(
        "cos π(N + 1) = −cos πN = ∓1: at θ = N ≥ max(ρ, 1) and c = (N + 1)/N f₂ − f₁ has opposite signs, so LN changes sign",
        lambda: equal(sympy.cos(sympy.pi * (N + 1)), -sympy.cos(sympy.pi * N)) and equal(sympy.cos(sympy.pi * N) ** 2, 1),
    ),
    Step(
        "each entry moves by 2/√2 = √2 > 1 ≥ e^{−dN}, whatever d > 0",
        lambda: bool(sympy.sqrt(2) > 1) and equal(1 / sympy.sqrt(2) + 1 / sympy.sqrt(2), sympy.sqrt(2)),
    ),
    Step(
        "not because Pf has zeros: for f = ½e^{−r}(cos πθ, sin πθ, 0), ‖P(cos φ, sin φ, 0)‖² = ⅓ + ⅓(cos φ − sin φ)² > 0",
        lambda: equal(
            sum(entry**2 for entry in _centred([sympy.cos(y), sympy.sin(y), 0])), (1 + (sympy.cos(y) - sympy.sin(y)) ** 2) / 3
        ),
    ),
    Step(
        "there LN goes from ±(2, −1, −1)/√6 at θ = N to its negative at N + 1: the first entry moves by 4/√6 > 1",
        lambda: (
            _same(_layernorm([1, 0, 0], sympy.sqrt(6) / 3), [2 / sympy.sqrt(6), -1 / sympy.sqrt(6), -1 / sympy.sqrt(6)])
            and bool(4 / sympy.sqrt(6) > 1)
        ),
    ),
)


def _identity(sign: int) -> bool:
    """Decide ‖u/a − v/b‖² = (x² − (a − b)²)/(ab), x² = a² + b² − 2u·v; sign = −1 puts a + b."""
    return equal(2 - 2 * dot / (a * b), (a**2 + b**2 - 2 * dot - (a - sign * b) ** 2) / (a * b))


def _shorter(factor: int) -> bool:
    """Decide factor·x²(b − h) − b(x² − h²) = x(x − h)² + (b − x)(x² + h²)."""
    return equal(factor * x**2 * (b - h) - b * (x**2 - h**2), x * (x - h) ** 2 + (b - x) * (x**2 + h**2))


def _turned(alpha: Any) -> tuple[Any, Any]:
    """U = (α, −α, 0, 0), v = u − (1, 1, −1, −1): t² and the squared distance of u/‖u‖ and v/‖v‖."""
    square = 2 * alpha**2 + 4
    return 4 / square, 2 - 2 * (2 * alpha**2) / (sympy.sqrt(2) * alpha * sympy.sqrt(square))


POSITIVE = Derivation(
    "k > 0: LN∘f is exactly 0-homogeneous beyond ρ, where it is defined",
    steps=(
        Step("By Theorem 0 f(cθ) = cᵏf(θ) for c ≥ 1, ‖θ‖ ≥ ρ."),
        Step(
            "P(cᵏf) = cᵏPf and ‖cᵏPf‖ = cᵏ‖Pf‖ (three entries), so LN(f(cθ)) = LN(f(θ))",
            lambda: (
                _same(_centred([c**k * f1, c**k * f2, c**k * y]), list(c**k * _centred([f1, f2, y])))
                and equal(
                    sum(entry**2 for entry in _centred([c**k * f1, c**k * f2, c**k * y])),
                    (c**k) ** 2 * sum(entry**2 for entry in _centred([f1, f2, y])),
                )
            ),
        ),
    ),
    planted=(
        Planted("a vector that is not centred: ‖cᵏf + 1‖", lambda: equal((c**k * f1 + 1) ** 2, (c**k) ** 2 * (f1 + 1) ** 2)),
    ),
)
CLOSE = Derivation(
    "f = h + e, |eᵢ| ≤ ε, v = Ph, t = √n·ε/‖v‖ < 1 ⇒ ‖LN(f) − LN(h)‖₂ ≤ √2·t, and no constant below √2 will do",
    steps=(
        Step(
            "‖e‖² − ‖Pe‖² = (Σe)²/n ≥ 0, so ‖Pe‖ ≤ ‖e‖ ≤ √n·ε (A = Σe², B = Σe)",
            lambda: equal(A - (A - 2 * B * B / n + n * (B / n) ** 2), B**2 / n) and nonnegative(B**2 / n),
        ),
        Step("‖u‖ = a, ‖v‖ = b, x = ‖u − v‖: ‖u/a − v/b‖² = (x² − (a − b)²)/(ab)", lambda: _identity(1)),
        Step(
            "a = b + h ≥ b: ax² − b(x² − h²) = hx² + bh² ≥ 0, so at most x²/b²",
            lambda: nonnegative(sympy.expand((b + h) * x**2 - b * (x**2 - h**2))),
        ),
        Step(
            "a = b − h, 0 ≤ h ≤ x < b: 2x²a − b(x² − h²) = x(x − h)² + (b − x)(x² + h²) ≥ 0",
            lambda: _shorter(2) and nonnegative((x * (x - h) ** 2 + (b - x) * (x**2 + h**2)).subs(b, x + u)),
        ),
        Step("Here u = P(h + e), v = Ph, x = ‖Pe‖ ≤ √n·ε < ‖v‖, and |a − b| ≤ x; so ‖LN(f) − LN(h)‖ ≤ √2·x/‖v‖ ≤ √2·t."),
        Step(
            "sharp, n = 4: u = (α, −α, 0, 0), e = (1, 1, −1, −1), h = u − e: distance²/t² → 2 as α → 0, where t → 1",
            lambda: tends(_turned(m)[1] / _turned(m)[0], m, 2, to=0) and tends(_turned(m)[0], m, 1, to=0),
        ),
    ),
    planted=(
        Planted("1 for √2 (a = b − h)", lambda: _shorter(1)),
        Planted("a + b for a − b", lambda: _identity(-1)),
        Planted("‖Pe‖² = ‖e‖² + (Σe)²/n", lambda: equal(A - (A + 2 * B * B / n + n * (B / n) ** 2), B**2 / n)),
        Planted("√3 for √2 in the limit", lambda: tends(_turned(m)[1] / _turned(m)[0], m, 3, to=0)),
    ),
)


def _absorbed(factor: Any) -> bool:
    """Decide factor·(√n/m)·e^{−gr} ≤ 1 for r = ln(2√(2n)/m)/g + u."""
    start = sympy.log(2 * sympy.sqrt(2 * n) / m) / g
    return at_least(1 - sympy.simplify(factor * sympy.sqrt(n) / m * sympy.exp(-g * (start + u))), 0, u)


DEFINITION_3 = Derivation(
    "D3'(k, d, ρ), k ≥ 0, ‖Ph(θ)‖ ≥ m‖θ‖ᵏ ⇒ LN∘f satisfies D3(0, d', ρ'), ρ' = max(ρ, 1, ln(2√(2n)/m)/(d − d'))",
    steps=(
        Step(
            "f = h + e, |eᵢ| ≤ e^{−dr}, h(cθ) = cᵏh(θ) (D3.prime); rᵏ ≥ 1 for r = eᵘ ≥ 1: t ≤ (√n/m)e^{−dr}",
            lambda: at_least(sympy.exp(k * u), 1, u),
        ),
        Step("2√2·(√n/m)e^{−gr} ≤ 1 for r ≥ ln(2√(2n)/m)/g, g = d − d'; so t < 1", lambda: _absorbed(2 * sympy.sqrt(2))),
        Step(
            "at cθ the bound is no larger: e^{−dcr} ≤ e^{−dr}; LN(h(cθ)) = LN(h(θ)), so LN(f) moves by at most "
            "2√2·(√n/m)e^{−dr} ≤ e^{−d'r}",
            lambda: (
                at_least(1 - sympy.exp(-d * u * r), 0, u)
                and equal(sympy.exp(-d * r), sympy.exp(-g * r) * sympy.exp(-(d - g) * r))
                and within(t1 - t2, around(t1, A**2) | around(t2, A**2), 2 * A**2)
            ),
        ),
    ),
    planted=(
        Planted("4 for 2√2", lambda: _absorbed(4)),
        Planted("k < 0", lambda: at_least(sympy.exp(-k * u), 1, u)),
    ),
)


def _missing(power: int) -> Any:
    """Expand (2 + q)² − 4(1 + q)^power."""
    return sympy.expand((2 + q) ** 2 - 4 * (1 + q) ** power)


WITH_EPSILON = Derivation(
    "with ε > 0, N_ε(v) = v/√(‖v‖² + ε): k = 0 holds for every f, with factor √(n/ε); k > 0 fails",
    steps=(
        Step(
            "N_ε(v) is N of (v, √ε) without its last entry; lengths a, b ≥ √ε: (x² − (a − b)²)/(ab) ≤ x²/ε",
            lambda: nonnegative((x**2 / eps - (x**2 - h**2) / ((sympy.sqrt(eps) + u) * (sympy.sqrt(eps) + u + h))).factor()),
        ),
        Step(
            "k = 0: N_ε(Pf) moves by at most √(n/ε)e^{−dr} ≤ e^{−d'r} for r ≥ ln(n/ε)/(2g), g = d − d'",
            lambda: at_least(1 - sympy.simplify(sympy.sqrt(n / eps) * sympy.exp(-g * (sympy.log(n / eps) / (2 * g) + u))), 0, u),
        ),
        Step(
            "k = 1, f = (θ, 0): ‖Pf‖² = θ²/2, first entry of N_ε(Pf) is (1/√2)/√(1 + 2ε/θ²), which tends to 1/√2 with c",
            lambda: (
                equal(sum(entry**2 for entry in _centred([r, 0])), r**2 / 2)
                and equal(r / 2 / sympy.sqrt(r**2 / 2 + eps), 1 / sympy.sqrt(2) / sympy.sqrt(1 + 2 * eps / r**2))
                and tends(1 / sympy.sqrt(1 + 2 * eps / c**2), c, 1)
            ),
        ),
        Step(
            "1 − 1/√(1 + q) ≥ q/(2(1 + q)), because ((2 + q)/(2(1 + q)))² ≥ 1/(1 + q): (2 + q)² ≥ 4(1 + q)",
            lambda: nonnegative(_missing(1)),
        ),
        Step(
            "so the error tends to at least (1/√2)·ε/(θ² + 2ε), and e^{−dθ} is smaller for large θ: their quotient tends to 0",
            lambda: (
                equal((2 * eps / r**2) / (2 * (1 + 2 * eps / r**2)), eps / (r**2 + 2 * eps))
                and tends(sympy.exp(-d * r) * (r**2 + 2 * eps), r, 0)
            ),
        ),
    ),
    planted=(
        Planted("x²/(4ε)", lambda: nonnegative((x**2 / (4 * eps) - x**2 / (sympy.sqrt(eps) + u) ** 2).factor())),
        Planted("(2 + q)² ≥ 4(1 + q)²", lambda: nonnegative(_missing(2))),
        Planted("the quotient the other way round", lambda: tends(sympy.exp(d * r) / (r**2 + 2 * eps), r, 0)),
    ),
)
PROOF = (POSITIVE, CLOSE, DEFINITION_3, WITH_EPSILON)
