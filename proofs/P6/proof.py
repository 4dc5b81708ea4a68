"""Steps of the proof of P6: the feedforward block is 1-homogeneous where its input is, in all parameters together.

Notation: r = ‖θ‖ ≥ ρ, λ ≥ 1; v = W^f ReLU(W^i X) at one position; N(v) = Pv/‖Pv‖₂, and 0 where Pv = 0.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import equal, tends
from sattheory.claims.evidence import Derivation, Planted, Step

x, y, z, a, f = sympy.symbols("x y z a f", real=True)
c, d, r, scale = sympy.symbols("c d r lambda", positive=True)
p = sympy.Symbol("p", nonnegative=True)


def normalised(vector: Any) -> list[Any]:
    """N(v), without the mean and of length one."""
    mean = sum(vector) / len(vector)
    length = sympy.sqrt(sum((entry - mean) ** 2 for entry in vector))
    return [(entry - mean) / length for entry in vector]


def _relu(value: Any) -> Any:
    return sympy.Max(value, 0)


COLLAPSE = Derivation(
    "X(λθ) = λX(θ) for all λ ≥ 1 and ‖θ‖ ≥ ρ: an error that does not grow with c is none at degree 1",
    steps=(
        Step(
            "|c^{−1}X(cθ) − X(θ)| ≤ c^{−1}e^{−dr} → 0 as c → ∞, so X(θ) = lim c^{−1}X(cθ)",
            lambda: tends(sympy.exp(-d * r) / c, c, 0),
        ),
        Step(
            "X(λθ) = lim c^{−1}X(cλθ) = λ·lim (cλ)^{−1}X(cλθ) = λX(θ)",
            lambda: equal(f / c, scale * (f / (c * scale))),
        ),
    ),
    planted=(
        Planted("degree 0: the error stays", lambda: tends(sympy.exp(-d * r), c, 0)),
        Planted("λ forgotten", lambda: equal(f / c, f / (c * scale))),
    ),
)
BLOCK = Derivation(
    "so FF(X)(cθ) = c·FF(X)(θ) for all c ≥ 1 and ‖θ‖ ≥ ρ, and Definition 3 holds with the same d and ρ",
    steps=(
        Step(
            "ReLU(c²s) = c²ReLU(s), for s ≥ 0 and for s ≤ 0",
            lambda: equal(_relu(c**2 * p), c**2 * _relu(p)) and equal(_relu(-(c**2) * p), c**2 * _relu(-p)),
        ),
        Step("v becomes c³v: one c each from W^f, W^i and X", lambda: equal(c * a * (c * x) * (c * y), c**3 * (a * x * y))),
        Step(
            "N(c³v) = N(v); three entries (and N = 0 at both, or at neither)",
            lambda: all(
                equal(g, h) for g, h in zip(normalised([c**3 * x, c**3 * y, c**3 * z]), normalised([x, y, z]), strict=True)
            ),
        ),
        Step("cγ ⊙ N + cX = c(γ ⊙ N + X): error 0 ≤ e^{−d‖θ‖}", lambda: equal(c * a * x + c * y - c * (a * x + y), 0)),
    ),
    planted=(
        Planted("ReLU(c²s) = cReLU(s)", lambda: equal(_relu(c**2 * p), c * _relu(p))),
        Planted("v becomes c²v", lambda: equal(c * a * (c * x) * (c * y), c**2 * (a * x * y))),
        Planted(
            "a norm that keeps the degree", lambda: equal(normalised([c * x, c * y, c * z])[0], c * normalised([x, y, z])[0])
        ),
        Planted("a gain outside θ", lambda: equal(a * x + c * y - c * (a * x + y), 0)),
    ),
)
PROOF = (COLLAPSE, BLOCK)
