"""T1.relu, step by step: ReLU commutes with positive factors and moves no two numbers apart; so do its relatives.

Symbols: C = cᵏ; y, z real numbers; p, q ≥ 0 absolute values; g the slope of a leaky ReLU; L a Lipschitz constant.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from sattheory.claims.deciders import around, equal, nonnegative, within
from sattheory.claims.evidence import Derivation, Planted, Step

C, E, L, c, k = sympy.symbols("C E L c k", positive=True)
y, z, e = sympy.symbols("y z e", real=True)
p, q, h = sympy.symbols("p q h", nonnegative=True)
slope = sympy.Symbol("g", positive=True)
Function = Callable[[Any], Any]


def _relu(x: Any) -> Any:
    return (x + sympy.Abs(x)) / 2


def _leaky(x: Any) -> Any:
    """Slope 1 to the right, g to the left."""
    return _relu(x) - slope * _relu(-x)


def _maximum(x: Any, other: Any) -> Any:
    return (x + other + sympy.Abs(x - other)) / 2


def _signs(check: Callable[[Any, Any], bool]) -> bool:
    """Decide something for both signs of two numbers."""
    return all(check(a, b) for a in (p, -p) for b in (q, -q))


def _lipschitz(function: Function, constant: Any) -> bool:
    """Decide (λ(a − b))² − (φ(a) − φ(b))² ≥ 0."""
    return _signs(lambda a, b: nonnegative(sympy.expand((constant * (a - b)) ** 2 - (function(a) - function(b)) ** 2)))


AS_STATED = (
    Derivation(
        "|ReLU(f(cθ)) − cᵏReLU(f(θ))| ≤ |f(cθ) − cᵏf(θ)| ≤ e^{−d‖θ‖}",
        steps=(
            Step("ReLU(Cy) = C·ReLU(y) for C > 0", lambda: equal(_relu(C * y), C * _relu(y))),
            Step("|ReLU(a) − ReLU(b)| ≤ |a − b|, for each choice of signs", lambda: _lipschitz(_relu, 1)),
            Step(
                "with C = cᵏ, a = f(cθ), b = f(θ): |ReLU(a) − C·ReLU(b)| ≤ |a − Cb|, for each choice of signs",
                lambda: _signs(lambda a, b: nonnegative(sympy.expand((a - C * b) ** 2 - (_relu(a) - C * _relu(b)) ** 2))),
            ),
        ),
        planted=(
            Planted("ReLU(y) − 1 for ReLU(y)", lambda: equal(_relu(C * y) - 1, C * (_relu(y) - 1))),
            Planted("Lipschitz constant ½", lambda: _lipschitz(_relu, sympy.Rational(1, 2))),
        ),
    ),
)
REPAIRED = (
    Derivation(
        "c^{−k}φ(cᵏ(s + e)) = φ(s + e), within L·E of φ(s)",
        steps=(
            Step(
                "ReLU, |·|, max and a leaky ReLU commute with a factor C > 0",
                lambda: (
                    all(equal(phi(C * y), C * phi(y)) for phi in (_relu, sympy.Abs, _leaky))
                    and equal(_maximum(C * y, C * z), C * _maximum(y, z))
                ),
            ),
            Step("|·| has Lipschitz constant 1", lambda: _lipschitz(sympy.Abs, 1)),
            Step(
                "so has max: y + e ≤ max(y, z) + E and z + e ≤ max(y, z) + E for |e| ≤ E, with y = z + h or z = y + h; "
                "exchange the pairs",
                lambda: all(
                    nonnegative(_maximum(first, second) + E - first - sign * E)
                    for first, second in ((z + h, z), (z, z + h))
                    for sign in (1, -1)
                ),
            ),
            Step(
                "a leaky ReLU has max(1, g): on one side of 0 its slope is 1 or g, and across 0 it moves p + gq ≤ max(1, "
                "g)(p + q); g = 1 + h or 1/(1 + h)",
                lambda: all(
                    nonnegative(largest * (p + q) - (p + g * q)) and nonnegative(largest - g) and nonnegative(largest - 1)
                    for largest, g in ((1 + h, 1 + h), (sympy.Integer(1), 1 / (1 + h)))
                ),
            ),
            Step(
                "c^{−k}·cᵏ = 1, so c^{−k}φ(f(cθ)) = φ(s + e); and |φ(s + e) − φ(s)| ≤ L|e| ≤ LE",
                lambda: equal(c**-k * c**k * y, y) and within(L * e, around(e, E), L * E),
            ),
        ),
        planted=(
            Planted("a shifted ReLU commutes with C", lambda: equal(_relu(C * y + 1), C * _relu(y + 1))),
            Planted("|·| with constant ½", lambda: _lipschitz(sympy.Abs, sympy.Rational(1, 2))),
            Planted("bound E for LE", lambda: within(L * e, around(e, E), E)),
            Planted("a leaky ReLU with constant 1 whatever g", lambda: nonnegative((p + q) - (p + slope * q))),
        ),
    ),
)
PROOF = AS_STATED + REPAIRED
