"""T1.linear, step by step: why no d and ρ save the row for approximate homogeneity, and the row with its relative error.

Symbols: x = |θ| > 0; w, a one entry of W each; s, e entries of the symbol and of its error, |e| ≤ E; X what the entries
before give.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, k, x, g, A, E, X = sympy.symbols("c k x g A E X", positive=True)
w, s, e, y = sympy.symbols("w s e y", real=True)
u = sympy.Symbol("u", nonnegative=True)


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + sympy.exp(-z))


def _error(f: Any, weight: Any, theta: Any, scale: Any, degree: int) -> Any:
    """Write cW·f(cθ) − c^{k+1}W·f(θ)."""
    return scale * weight * f(scale * theta) - scale ** (degree + 1) * weight * f(theta)


def _stretched(z: Any) -> Any:
    return sympy.Max(1, sympy.Abs(z))


REFUTATION = (
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
        "max(1, |θ|) is 1-homogeneous for |θ| ≥ 1, so approximately 1-homogeneous with ρ = 1 and any d: at θ = 1 + g, c = 1 + x",
        lambda: equal(_stretched((1 + x) * (1 + g)), (1 + x) * _stretched(1 + g)),
    ),
    Step(
        "W = θ > 0, f = σ: the error is cθ(σ(cθ) − σ(θ)), at least cθ(σ(2θ) − σ(θ)) for c ≥ 2 because σ increases",
        lambda: (
            equal(_error(_sigmoid, x, x, c, 0), c * x * (_sigmoid(c * x) - _sigmoid(x)))
            and nonnegative(sympy.diff(_sigmoid(c * x), c))
        ),
    ),
    Step(
        "σ(2θ) − σ(θ) = e^θ(e^θ − 1)/((1 + e^θ)(1 + e^{2θ})) > 0, as e^θ − 1 ≥ θ",
        lambda: (
            equal(
                _sigmoid(2 * x) - _sigmoid(x),
                sympy.exp(x) * (sympy.exp(x) - 1) / ((1 + sympy.exp(x)) * (1 + sympy.exp(2 * x))),
            )
            and at_least(sympy.exp(u) - 1 - u, 0, u)
        ),
    ),
    Step(
        "cδ with δ = θ(σ(2θ) − σ(θ)) exceeds 1 ≥ e^{−dθ} for c = 2 + 1/δ, at every θ ≥ ρ and for every d",
        lambda: bool(((2 + 1 / g) * g - 1).expand().is_positive),
    ),
    Step(
        "W new, k = 0: at θ = 1, c = 2 the error of σ is 2|w|(σ(2) − σ(1)) ≥ |w|/4, more than 1 ≥ e^{−d‖(θ, w)‖} for |w| > "
        "max(4, ρ)",
        lambda: bool((2 * (_sigmoid(sympy.Integer(2)) - _sigmoid(sympy.Integer(1))) - sympy.Rational(1, 4)).is_positive),
    ),
    Step(
        "W new, k = 1: at θ = 0, c = 2 the error of ±max(1, |θ|) is 2|w|, more than 1 for |w| ≥ max(1, ρ)",
        lambda: equal(sympy.Abs(_error(_stretched, w, sympy.Integer(0), sympy.Integer(2), 1)), 2 * sympy.Abs(w)),
    ),
    Step(
        "likewise at every k > 0 for max(1, |θ|)ᵏ: at θ = 0 the error is c(cᵏ − 1)|w|",
        lambda: equal(c * w * _stretched(0) ** k - c ** (k + 1) * w * _stretched(0) ** k, -c * (c**k - 1) * w),
    ),
)


def _next(bound: Any) -> bool:
    """Decide |y + we| ≤ bound for |y| ≤ X, |e| ≤ E and w = ±A."""
    return all(within(y + sign * A * e, around(y, X) | around(e, E), bound) for sign in (1, -1))


PROOF = (
    Derivation(
        "c^{−(k+1)}·cW·f(cθ) = Ws + e′ with |e′| ≤ ‖W‖E, ‖W‖ the largest row sum of |W|, and ‖W‖ is attained",
        steps=(
            Step(
                "c^{−(k+1)}·cw·cᵏ(s + e) = ws + we for one entry w of W: e′ = We",
                lambda: equal(c ** (-k - 1) * c * w * c**k * (s + e), w * s + w * e),
            ),
            Step("|we| ≤ |w|E, for either sign of w", lambda: all(within(sign * A * e, around(e, E), A * E) for sign in (1, -1))),
            Step("if the entries of a row before w give |y| ≤ X, then |y + we| ≤ X + |w|E", lambda: _next(X + A * E)),
            Step(
                "the i-th row gives |w_{i1}|E + … + |w_{in}|E for e_j = E·sign w_{ij}: w·(E·sign w) = |w|E, for each sign of w",
                lambda: all(equal(sign * A * (E * sympy.sign(sign * A)), sympy.Abs(sign * A) * E) for sign in (1, -1)),
            ),
        ),
        planted=(
            Planted("degree k for k + 1", lambda: equal(c**-k * c * w * c**k * (s + e), w * s + w * e)),
            Planted("the last entry of the row not counted", lambda: _next(X)),
            Planted("bound without ‖W‖", lambda: within(A * e, around(e, E), E)),
            Planted("E for E·sign w", lambda: all(equal(sign * A * E, sympy.Abs(sign * A) * E) for sign in (1, -1))),
        ),
    ),
)
