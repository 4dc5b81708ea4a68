"""T1.exact, step by step: each row is one line of algebra for functions with f(cθ) = cᵏf(θ), c > 0.

Symbols: f₁, f₂ entries of f(θ), g one of g(θ); w₁, w₂, b, γ, β entries of parameters; a the length of Pf(θ).
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import equal
from sattheory.claims.evidence import Derivation, Planted, Step

c, a = sympy.symbols("c a", positive=True)
f1, f2, f3, g, w1, w2, b, gamma, beta, k, j = sympy.symbols("f1 f2 f3 g w1 w2 b gamma beta k j", real=True)


def _relu(x: Any) -> Any:
    return (x + sympy.Abs(x)) / 2


def _centred(*entries: Any) -> Any:
    """First entry of Px."""
    return entries[0] - sum(entries) / len(entries)


def _unit(entry: Any, squares: Any) -> Any:
    """Divide an entry of x by ‖x‖, from the sum of the squares."""
    return entry / sympy.sqrt(squares)


ROWS = Derivation(
    "the eight rows of Table 1 for exact homogeneity",
    steps=(
        Step(
            "Linear: cw₁·cᵏf₁ + cw₂·cᵏf₂ = c^{k+1}(w₁f₁ + w₂f₂), a row of two entries; each further entry likewise",
            lambda: equal(c * w1 * c**k * f1 + c * w2 * c**k * f2, c ** (k + 1) * (w1 * f1 + w2 * f2)),
        ),
        Step("Bias: cf₁ + cb = c(f₁ + b)", lambda: equal(c**1 * f1 + c * b, c * (f1 + b))),
        Step("Affine: cw₁·c⁰f₁ + cb = c(w₁f₁ + b)", lambda: equal(c * w1 * c**0 * f1 + c * b, c * (w1 * f1 + b))),
        Step(
            "LN: P(cᵏf) = cᵏPf (first of three entries), and cᵏx/√(c^{2k}a²) = x/a for an entry x of Pf, a = ‖Pf‖ > 0",
            lambda: (
                equal(_centred(c**k * f1, c**k * f2, c**k * f3), c**k * _centred(f1, f2, f3))
                and equal(_unit(c**k * f1, c ** (2 * k) * a**2), _unit(f1, a**2))
            ),
        ),
        Step(
            "LN + Affine: cγ·ν + cβ = c(γν + β), ν = x/a",
            lambda: equal(c * gamma * f1 / a + c * beta, c * (gamma * f1 / a + beta)),
        ),
        Step("ReLU: ReLU(cᵏf₁) = cᵏReLU(f₁), as cᵏ > 0", lambda: equal(_relu(c**k * f1), c**k * _relu(f1))),
        Step("Sum: cᵏf₁ + cᵏg = cᵏ(f₁ + g)", lambda: equal(c**k * f1 + c**k * g, c**k * (f1 + g))),
        Step("Product: cᵏf₁·cʲg = c^{k+j}f₁g", lambda: equal(c**k * f1 * c**j * g, c ** (k + j) * f1 * g)),
    ),
    planted=(
        Planted("Linear keeps k", lambda: equal(c * w1 * c**k * f1, c**k * w1 * f1)),
        Planted("Bias at degree k", lambda: equal(c**k * f1 + c * b, c**k * (f1 + b))),
        Planted("Affine at degree k", lambda: equal(c * w1 * c**k * f1 + c * b, c * (w1 * f1 + b))),
        Planted("LN keeps k", lambda: equal(_unit(c**k * f1, c ** (2 * k) * a**2), c**k * _unit(f1, a**2))),
        Planted("ReLU with a negative factor", lambda: equal(_relu(-(c**k) * f1), -(c**k) * _relu(f1))),
        Planted("Sum of different degrees", lambda: equal(c**k * f1 + c**j * g, c**k * (f1 + g))),
        Planted("Product: degrees multiply", lambda: equal(c**k * f1 * c**j * g, c ** (k * j) * f1 * g)),
    ),
)
PROOF = (ROWS,)
