"""T1.affine, step by step: the bias cancels, the error of f is multiplied by cW; and the row with its relative error.

Symbols: x = |θ| > 0; w, b entries of W and b; s, e entries of the symbol and of its error, |e| ≤ E; X what the entries before
give.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, x, g, A, E, X = sympy.symbols("c x g A E X", positive=True)
w, b, s, e, y, f, there = sympy.symbols("w b s e y f there", real=True)
u = sympy.Symbol("u", nonnegative=True)


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + sympy.exp(-z))


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
        "the bias cancels: cw·f(cθ) + cb − c(w·f(θ) + b) = cw(f(cθ) − f(θ))",
        lambda: equal(c * w * there + c * b - c * (w * f + b), c * w * (there - f)),
    ),
    Step(
        "W = b = θ > 0, f = σ, c ≥ 2: the error is at least cδ, δ = θ(σ(2θ) − σ(θ)) = θe^θ(e^θ − 1)/((1 + e^θ)(1 + e^{2θ})) "
        "> 0: σ increases and e^θ − 1 ≥ θ",
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
        "W and b new: at θ = 1, c = 2 the error of σ is 2|w|(σ(2) − σ(1)) ≥ |w|/4, more than 1 ≥ e^{−d‖(θ, w, b)‖} for |w| > "
        "max(4, ρ)",
        lambda: bool((2 * (_sigmoid(sympy.Integer(2)) - _sigmoid(sympy.Integer(1))) - sympy.Rational(1, 4)).is_positive),
    ),
)


def _next(bound: Any) -> bool:
    """Decide |y + we| ≤ bound for |y| ≤ X, |e| ≤ E and w = ±A."""
    return all(within(y + sign * A * e, around(y, X) | around(e, E), bound) for sign in (1, -1))


PROOF = (
    Derivation(
        "c^{−1}(cW·f(cθ) + cb) = Ws + b + e′ with |e′| ≤ ‖W‖E, ‖W‖ the largest row sum of |W|",
        steps=(
            Step(
                "c^{−1}(cw(s + e) + cb) = (ws + b) + we, a row of one entry",
                lambda: equal((c * w * (s + e) + c * b) / c, (w * s + b) + w * e),
            ),
            Step("|we| ≤ |w|E, for either sign of w", lambda: all(within(sign * A * e, around(e, E), A * E) for sign in (1, -1))),
            Step("if the entries of a row before w give |y| ≤ X, then |y + we| ≤ X + |w|E", lambda: _next(X + A * E)),
        ),
        planted=(
            Planted("a bias that does not grow", lambda: equal((c * w * (s + e) + b) / c, (w * s + b) + w * e)),
            Planted("bound ‖W‖E/2", lambda: within(A * e, around(e, E), A * E / 2)),
            Planted("the last entry of the row not counted", lambda: _next(X)),
        ),
    ),
)
