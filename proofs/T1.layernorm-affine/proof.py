"""T1.layernorm-affine, step by step: a gain of degree 1 multiplies what LN left of an error; with relative errors it is
harmless.

Symbols: q the third entry of (0, 1, q) and ν(q) that of its LN; x = θ > 0; ν, e an entry of N(s) and its error; D =
√2·√n·E/m.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, x, g, G, D = sympy.symbols("c x g G D", positive=True)
u, q = sympy.symbols("u q", nonnegative=True)
nu, e, gamma, beta, y, z, rest = sympy.symbols("nu e gamma beta y z rest", real=True)
p = sympy.Symbol("p", real=True)
SQUARE = 6 * ((p - sympy.Rational(1, 2)) ** 2 + sympy.Rational(3, 4))


def _sigmoid(value: Any) -> Any:
    return 1 / (1 + sympy.exp(-value))


def _stretched(value: Any) -> Any:
    return sympy.Max(1, sympy.Abs(value))


def _third(value: Any) -> Any:
    """ν(q): third entry of LN(0, 1, q)."""
    entries = [sympy.Integer(0), sympy.Integer(1), sympy.sympify(value)]
    mean = sum(entries) / 3
    return (entries[2] - mean) / sympy.sqrt(sum((entry - mean) ** 2 for entry in entries))


def _written(value: Any) -> Any:
    """(2q − 1)/√(6(1 − q + q²))."""
    return (2 * value - 1) / sympy.sqrt(6 * (1 - value + value**2))


ONE, TWO = sympy.Integer(1), sympy.Integer(2)
REFUTATION = (
    Step(
        "σ increases to 1, and 1 − σ(x) = e^{−x} − e^{−x}/(1 + eˣ) ≤ e^{−x}, x = |θ|: f = (0, 1, σ(θ)) is approximately "
        "0-homogeneous, d = ρ = 1",
        lambda: (
            nonnegative(sympy.diff(_sigmoid(x), x))
            and equal(1 - _sigmoid(x), sympy.exp(-x) - sympy.exp(-x) / (1 + sympy.exp(x)))
            and nonnegative(sympy.exp(-x) / (1 + sympy.exp(x)))
        ),
    ),
    Step(
        "the third entry of LN(0, 1, q) is ν(q) = (2q − 1)/√(6(1 − q + q²)), and ν′ = 9/(6(1 − q + q²))^{3/2} > 0",
        lambda: (
            equal(_third(p), _written(p))
            and equal(6 * (1 - p + p**2), SQUARE)
            and equal(sympy.diff(_written(p), p), 9 / SQUARE ** sympy.Rational(3, 2))
            and bool((9 / SQUARE ** sympy.Rational(3, 2)).is_positive)
        ),
    ),
    Step(
        "γ = β = θ(1, 1, 1), θ > 0: β cancels, and the third entry of the error is cθ(ν(σ(cθ)) − ν(σ(θ)))",
        lambda: equal(c * x * y + c * x - c * (x * z + x), c * x * (y - z)),
    ),
    Step(
        "for c ≥ 2 it is at least cδ, δ = θ(ν(σ(2θ)) − ν(σ(θ))) > 0: ν and σ increase, strictly as "
        "σ(2θ) − σ(θ) = e^θ(e^θ − 1)/((1 + e^θ)(1 + e^{2θ})), e^θ − 1 ≥ θ",
        lambda: (
            nonnegative(sympy.diff(_sigmoid(c * x), c))
            and equal(
                _sigmoid(2 * x) - _sigmoid(x),
                sympy.exp(x) * (sympy.exp(x) - 1) / ((1 + sympy.exp(x)) * (1 + sympy.exp(2 * x))),
            )
            and at_least(sympy.exp(u) - 1 - u, 0, u)
        ),
    ),
    Step(
        "cδ exceeds 1 ≥ e^{−dθ} for c = 2 + 1/δ, at every θ ≥ ρ and for every d",
        lambda: bool(((2 + 1 / g) * g - 1).expand().is_positive),
    ),
    Step(
        "γ = (0, 0, g) and β new, k = 0: at θ = 1, c = 2 the error is 2|g|(ν(σ(2)) − ν(σ(1))) ≥ |g|/5, more than 1 for |g| > "
        "max(5, ρ)",
        lambda: bool((2 * (_written(_sigmoid(TWO)) - _written(_sigmoid(ONE))) - sympy.Rational(1, 5)).is_positive),
    ),
    Step(
        "f = (0, max(1, |θ|), θ) has the entries 0 and max(1, |θ|) > 0, and is 1-homogeneous for |θ| ≥ 1: at θ = 1 + g, c = "
        "1 + x",
        lambda: equal(_stretched((1 + x) * (1 + g)), (1 + x) * _stretched(1 + g)) and bool(_stretched(p).is_positive),
    ),
    Step(
        "k = 1: at θ = ½, c = 2, LN(0, 1, ½) and LN(0, 1, 1) have third entries 0 and 1/√6: the error is 2|g|/√6 ≥ |g|/2, "
        "more than 1 for |g| > max(2, ρ)",
        lambda: (
            equal(_third(_stretched(ONE / 2) / 2), 0)
            and equal(_third(_stretched(ONE)), 1 / sympy.sqrt(6))
            and bool((2 / sympy.sqrt(6) - sympy.Rational(1, 2)).is_positive)
        ),
    ),
)
PROOF = (
    Derivation(
        "cγ⊙LN(f(cθ)) + cβ = c(γ⊙N(s) + β + e′), |e′| ≤ ‖γ‖_∞·D, D = √2·√n·E/m",
        steps=(
            Step("‖LN(f(cθ)) − N(s)‖₂ ≤ D (T1.layernorm)."),
            Step(
                "an entry e of that difference has |e| ≤ D: e² ≤ e² + (the other squares)",
                lambda: nonnegative((e**2 + rest**2) - e**2),
            ),
            Step(
                "cγ(ν + e) + cβ = c(γν + β + γe)",
                lambda: equal(c * gamma * (nu + e) + c * beta, c * (gamma * nu + beta + gamma * e)),
            ),
            Step("|γe| ≤ ‖γ‖_∞·D", lambda: within(gamma * e, around(gamma, G) | around(e, D), G * D)),
        ),
        planted=(
            Planted("a bias that does not grow", lambda: equal(c * gamma * (nu + e) + beta, c * (gamma * nu + beta + gamma * e))),
            Planted("bound without ‖γ‖_∞", lambda: within(gamma * e, around(gamma, G) | around(e, D), D)),
            Planted("an entry at most the rest", lambda: nonnegative(rest**2 - e**2)),
        ),
    ),
)
