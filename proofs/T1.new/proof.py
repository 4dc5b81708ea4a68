"""T1.new, step by step: a new parameter lengthens θ without touching the error.

Symbols: f, F and g, G values at θ, cθ and φ, cφ; err the error of f at a fixed point and scale, η that of g; b, φ new
parameters.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, x, k, d, E, t = sympy.symbols("c x k d E t", positive=True)
u, w = sympy.symbols("u w", nonnegative=True)
f, F, g, G, b, s, e, h, err, eta = sympy.symbols("f F g G b s e h err eta", real=True)
gap = sympy.Symbol("gap", nonnegative=True)


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + sympy.exp(-z))


def _stretched(z: Any) -> Any:
    return sympy.Max(1, sympy.Abs(z))


ONE, TWO = sympy.Integer(1), sympy.Integer(2)
REFUTATION = (
    Step(
        "max(1, |θ|) is 1-homogeneous for |θ| ≥ 1, so approximately 1-homogeneous with ρ = 1 and any d: at θ = 1 + u, c = 1 + x",
        lambda: equal(_stretched((1 + x) * (1 + u)), (1 + x) * _stretched(1 + u)),
    ),
    Step(
        "a new bias cancels, and so does g = φ: f(cθ) + cb − c(f(θ) + b) = f(cθ) − cf(θ)",
        lambda: equal(F + c * b - c * (f + b), F - c * f),
    ),
    Step(
        "at θ = 0, c = 2 that is 1 − 2 = −1: an error of 1 > e^{−d|b|} for every d > 0 and every b ≠ 0, |b| ≥ ρ",
        lambda: equal(sympy.Abs(_stretched(0 * TWO) - 2 * _stretched(0)), 1) and bool((-d * t).is_negative),
    ),
    Step(
        "σ increases to 1, and 1 − σ(x) = e^{−x} − e^{−x}/(1 + eˣ) ≤ e^{−x}, x = |θ|: it is approximately 0-homogeneous, d = "
        "ρ = 1",
        lambda: (
            nonnegative(sympy.diff(_sigmoid(x), x))
            and equal(1 - _sigmoid(x), sympy.exp(-x) - sympy.exp(-x) / (1 + sympy.exp(x)))
            and nonnegative(sympy.exp(-x) / (1 + sympy.exp(x)))
        ),
    ),
    Step(
        "f = σ, g = 1 at θ = 1, c = 2: the error σ(2) − σ(1) exceeds e^{−2} ≥ e^{−d‖(θ, φ)‖} for |φ| ≥ max(ρ, 2/d)",
        lambda: (
            bool((_sigmoid(TWO) - _sigmoid(ONE) - sympy.exp(-2)).is_positive)
            and at_least(sympy.exp(-2) - sympy.exp(-d * (2 / d + u)), 0, u)
        ),
    ),
)
ONLY_EXACT = Derivation(
    "f + b, and f(θ) + g(φ), are approximately homogeneous in all parameters if and only if f and g are homogeneous everywhere",
    steps=(
        Step(
            "the error of f + b is that of f, F − cf; that of f(θ) + g(φ) is the sum of both, err + η",
            lambda: (
                equal(F + c * b - c * (f + b), F - c * f) and equal((F + G) - c**k * (f + g), (F - c**k * f) + (G - c**k * g))
            ),
        ),
        Step(
            "‖(θ, b)‖ ≥ |b|, so the bound e^{−d‖(θ, b)‖} is at most e^{−d|b|}", lambda: at_least(1 - sympy.exp(-d * gap), 0, gap)
        ),
        Step("which tends to 0 as |b| → ∞, while F − cf stays: F = cf", lambda: tends(sympy.exp(-d * t), t, 0)),
        Step(
            "Sum: |η| ≤ e^{−d_g t} as well, t = ‖φ‖, so |err| ≤ |err + η| + |η| ≤ e^{−dt} + e^{−d_g t} → 0; exchange f and g",
            lambda: equal((err + eta) - eta, err) and tends(sympy.exp(-d * t) + sympy.exp(-x * t), t, 0),
        ),
        Step(
            "conversely, if F = cᵏf and G = cᵏg at every point, both errors are 0",
            lambda: (
                equal((F + c * b - c * (f + b)).subs(F, c * f), 0)
                and equal(((F + G) - c**k * (f + g)).subs({F: c**k * f, G: c**k * g}), 0)
            ),
        ),
    ),
    planted=(
        Planted("a new bias that does not grow: it stays in the error", lambda: equal(F + b - c * (f + b), F - c * f)),
        Planted("a bound that does not see b", lambda: tends(sympy.exp(-d), t, 0)),
        Planted(
            "degree k + 1 for exact functions",
            lambda: equal(((F + G) - c ** (k + 1) * (f + g)).subs({F: c**k * f, G: c**k * g}), 0),
        ),
    ),
)
COSTS_NOTHING = Derivation(
    "with relative errors nothing is lost: f(cθ) + cᵏh = cᵏ(s + h + e)",
    steps=(
        Step(
            "cᵏ(s + e) + cᵏh = cᵏ(s + h + e): the error is e itself, |e| ≤ E, whatever h is",
            lambda: equal(c**k * (s + e) + c**k * h, c**k * (s + h + e)) and within((s + h + e) - (s + h), around(e, E), E),
        ),
    ),
    planted=(Planted("a summand of degree k + 1", lambda: equal(c**k * (s + e) + c ** (k + 1) * h, c**k * (s + h + e))),),
)
PROOF = (ONLY_EXACT, COSTS_NOTHING)
