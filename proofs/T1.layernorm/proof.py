"""T1.layernorm, step by step: an argument that decays and turns; and the bound √2·√n·E/m, which is sharp for n = 4.

Symbols: r = |θ|, c = 1 + g.  For two vectors u, v: a = ‖u‖, b = ‖v‖, δ = ‖u − v‖, h = |a − b| ≤ δ, and u·v = (a² + b² −
δ²)/2.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import at_least, equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step

r, d, n, c, E, m, a, b = sympy.symbols("r d n c E m a b", positive=True)
g, u, h, q, delta = sympy.symbols("g u h q delta", nonnegative=True)
x, k, A, B = sympy.symbols("x k A B", real=True)
N = sympy.Symbol("N", integer=True)
half = sympy.Rational(1, 2)


def _normalised(*entries: Any) -> list[Any]:
    """LN of a vector of numbers."""
    mean = sum(entries) / len(entries)
    centred = [entry - mean for entry in entries]
    length = sympy.sqrt(sum(entry**2 for entry in centred))
    return [entry / length for entry in centred]


REFUTATION = (
    Step(
        "f = e^{−r}(0, 1, ½cos πθ), r = |θ|, is approximately 0-homogeneous, d = 1: its entries move by at most e^{−r} − "
        "e^{−cr} ≤ e^{−r} and ½(e^{−r} + e^{−cr}) ≤ e^{−r}",
        lambda: (
            nonnegative(sympy.exp(-(1 + g) * r))
            and at_least(sympy.exp(-r) - half * (sympy.exp(-r) + sympy.exp(-(1 + g) * r)), 0, g)
        ),
    ),
    Step("Pf(θ) ≠ 0, because f has the entries 0 and e^{−r} > 0", lambda: bool(sympy.exp(-r).is_positive)),
    Step(
        "½cos πθ is ½ at θ = 2N and −½ at cθ = 2N + 1",
        lambda: equal(half * sympy.cos(2 * N * sympy.pi), half) and equal(half * sympy.cos((2 * N + 1) * sympy.pi), -half),
    ),
    Step(
        "LN forgets e^{−r}; the third entries of LN(0, 1, ½) = (−1, 1, 0)/√2 and LN(0, 1, −½) = (−1, 5, −4)/√42 differ by "
        "4/√42 > ½",
        lambda: (
            all(equal(z * sympy.sqrt(2), w) for z, w in zip(_normalised(0, 1, half), (-1, 1, 0), strict=True))
            and all(equal(z * sympy.sqrt(42), w) for z, w in zip(_normalised(0, 1, -half), (-1, 5, -4), strict=True))
            and bool((4 / sympy.sqrt(42) - half).is_positive)
        ),
    ),
    Step(
        "½ > e^{−1} ≥ e^{−dθ} for θ ≥ 1/d: given d and ρ, take θ = 2N ≥ max(ρ, 1/d), c = (2N + 1)/(2N)",
        lambda: bool((half - sympy.exp(-1)).is_positive) and at_least(sympy.exp(-1) - sympy.exp(-d * (1 / d + u)), 0, u),
    ),
)


def _distance(first: Any, second: Any, apart: Any) -> Any:
    """‖u/a − v/b‖² from the two lengths and the distance."""
    return 1 + 1 - (first**2 + second**2 - apart**2) / (first * second)


def _shorter(factor: Any) -> Any:
    """Write factor·δ²/b² less the squared distance of the directions, for a = b − h, times b²(b − h)."""
    return sympy.expand(factor * delta**2 * (b - h) - b * (delta**2 - h**2))


CLOSE = Derivation(
    "‖LN(f(cθ)) − N(s)‖₂ ≤ √2·√n·E/m",
    steps=(
        Step(
            "LN(cᵏy) = LN(y): cᵏx/(cᵏa) = x/a for an entry x of Py, a = ‖Py‖",
            lambda: equal(c**k * x / sympy.sqrt(c ** (2 * k) * a**2), x / a),
        ),
        Step(
            "‖e‖² − ‖Pe‖² = (Σe)²/n ≥ 0, A = Σe², B = Σe: ‖Pe‖ ≤ ‖e‖ ≤ √n·E",
            lambda: equal(A - (A - 2 * B * B / n + n * (B / n) ** 2), B**2 / n) and nonnegative(B**2 / n),
        ),
        Step(
            "‖u/a − v/b‖² = (δ² − (a − b)²)/(ab)",
            lambda: equal(_distance(a, b, delta), (delta**2 - (a - b) ** 2) / (a * b)),
        ),
        Step(
            "a = b + h: 2δ²/b² − (δ² − h²)/(b(b + h)) = (δ²(b + 2h) + bh²)/(b²(b + h)) ≥ 0",
            lambda: (
                equal(
                    2 * delta**2 / b**2 - (delta**2 - h**2) / (b * (b + h)),
                    (delta**2 * (b + 2 * h) + b * h**2) / (b**2 * (b + h)),
                )
                and nonnegative((delta**2 * (b + 2 * h) + b * h**2) / (b**2 * (b + h)))
            ),
        ),
        Step(
            "a = b − h, h ≤ δ < b: 2δ²(b − h) − b(δ² − h²) = δ(δ − h)² + (b − δ)(δ² + h²) ≥ 0, with b = δ + q",
            lambda: (
                equal(_shorter(2), delta * (delta - h) ** 2 + (b - delta) * (delta**2 + h**2))
                and nonnegative(delta * (delta - h) ** 2 + q * (delta**2 + h**2))
            ),
        ),
        Step(
            "u = P(s + e), v = Ps: δ = ‖Pe‖ ≤ √n·E < m ≤ b, so 2δ²/b² ≤ 2nE²/m²; with nE² = δ² + g and b = m + h",
            lambda: nonnegative(2 * (delta**2 + g) / m**2 - 2 * delta**2 / (m + h) ** 2),
        ),
    ),
    planted=(
        Planted("1 for √2 (a = b − h)", lambda: equal(_shorter(1), delta * (delta - h) ** 2 + (b - delta) * (delta**2 + h**2))),
        Planted("a + b for a − b", lambda: equal(_distance(a, b, delta), (delta**2 - (a + b) ** 2) / (a * b))),
        Planted("m for b the wrong way round", lambda: nonnegative(2 * delta**2 / (m + h) ** 2 - 2 * delta**2 / m**2)),
    ),
)
SYMBOL, ERROR = (b - E, -b - E, E, E), (E, E, -E, -E)


def _turned() -> Any:
    """‖N(s + e) − N(s)‖² for the symbol and the error above."""
    moved = _normalised(*[y + z for y, z in zip(SYMBOL, ERROR, strict=True)])
    return sum((y - z) ** 2 for y, z in zip(moved, _normalised(*SYMBOL), strict=True))


def _allowed(factor: Any) -> Any:
    """factor·n·E²/‖Ps‖², for the symbol and the error above."""
    return factor * 4 * E**2 / sum(y**2 for y in SYMBOL)


def _suffices(factor: Any) -> bool:
    """Decide ‖N(s + e) − N(s)‖² ≤ factor·n·E²/‖Ps‖² at E = 1, b = 1/100."""
    return nonnegative((_allowed(factor) - _turned()).subs({E: 1, b: sympy.Rational(1, 100)}))


SHARP = Derivation(
    "s = (b − E, −b − E, E, E), e = (E, E, −E, −E): the quotient of both sides tends to 1 as b → 0",
    steps=(
        Step(
            "s and e are centred, s + e = b(1, −1, 0, 0), ‖s‖² = 2b² + 4E² > nE² = 4E²",
            lambda: (
                equal(sum(SYMBOL), 0)
                and equal(sum(ERROR), 0)
                and all(equal(y + z, w) for y, z, w in zip(SYMBOL, ERROR, (b, -b, 0, 0), strict=True))
                and equal(sum(y**2 for y in SYMBOL), 2 * b**2 + 4 * E**2)
            ),
        ),
        Step(
            "‖N(s + e) − N(s)‖² = 2 − 4b/√(4b² + 8E²)",
            lambda: equal(_turned(), 2 - 4 * b / sympy.sqrt(4 * b**2 + 8 * E**2)),
        ),
        Step(
            "divided by nE²/‖s‖² = 4E²/(2b² + 4E²) it tends to 2 as b → 0",
            lambda: tends((2 - 4 * b / sympy.sqrt(4 * b**2 + 8 * E**2)) * (2 * b**2 + 4 * E**2) / (4 * E**2), b, 2, 0),
        ),
    ),
    planted=(
        Planted("7/5 for √2, at b = E/100", lambda: _suffices(sympy.Rational(49, 25))),
        Planted("1 for √2, at b = E/100", lambda: _suffices(1)),
        Planted(
            "limit 1", lambda: tends((2 - 4 * b / sympy.sqrt(4 * b**2 + 8 * E**2)) * (2 * b**2 + 4 * E**2) / (4 * E**2), b, 1, 0)
        ),
    ),
)
PROOF = (CLOSE, SHARP)
