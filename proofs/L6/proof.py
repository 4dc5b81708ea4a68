"""L6, step by step: the largest difference between σ(cx) and σ(x) over all c ≥ 1 is σ(−|x|).

Symbols: σ(z) = 1/(1 + e^{−z}); y is any real number, x and c are positive, u ≥ 0 stands for |x|.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import at_least, equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step

x, c = sympy.symbols("x c", positive=True)
u = sympy.Symbol("u", nonnegative=True)
y = sympy.Symbol("y", real=True)
HALF = sympy.Rational(1, 2)


def _sigma(z: Any) -> Any:
    return 1 / (1 + sympy.exp(-z))


def _odd(sign: int) -> bool:
    """Decide σ(−cy) − σ(−y) = sign·(σ(cy) − σ(y))."""
    return equal(_sigma(-c * y) - _sigma(-y), sign * (_sigma(c * y) - _sigma(y)))


SUPREMUM = Derivation(
    "|σ(cx) − σ(x)| ≤ σ(−|x|) for all c ≥ 1; for x ≠ 0 this is the supremum over c",
    steps=(
        Step("at x = 0 both values are ½, for every c", lambda: equal(_sigma(c * 0), HALF)),
        Step(
            "σ(−y) = 1 − σ(y), so σ(−cy) − σ(−y) = −(σ(cy) − σ(y)): it is enough to take x > 0",
            lambda: equal(_sigma(-y), 1 - _sigma(y)) and _odd(-1),
        ),
        Step(
            "∂σ(cx)/∂c ≥ 0 for x > 0: σ(cx) − σ(x) is 0 at c = 1 and grows with c",
            lambda: nonnegative(sympy.diff(_sigma(c * x), c)),
        ),
        Step("σ(cx) ≤ 1 and σ(cx) → 1 as c → ∞", lambda: nonnegative(1 - _sigma(c * x)) and tends(_sigma(x * u), u, 1)),
        Step("so the supremum is 1 − σ(x) = σ(−x)", lambda: equal(1 - _sigma(x), _sigma(-x))),
    ),
    planted=(
        Planted("σ even: the same sign for −y", lambda: _odd(1)),
        Planted("falling with c", lambda: nonnegative(-sympy.diff(_sigma(c * x), c))),
        Planted("limit ½ instead of 1", lambda: tends(_sigma(x * u), u, HALF)),
        Planted("the supremum 1 − σ(−x)", lambda: equal(1 - _sigma(-x), _sigma(-x))),
    ),
)


def _ratio(exponent: Any = 1) -> Any:
    """e^{exponent·u}σ(−u)."""
    return sympy.simplify(sympy.exp(exponent * u) * _sigma(-u))


SIZE = Derivation(
    "½e^{−|x|} ≤ σ(−|x|) ≤ e^{−|x|}, and neither constant can be improved",
    steps=(
        Step("e^{u}σ(−u) = e^{u}/(1 + e^{u}) = σ(u) for u = |x|", lambda: equal(_ratio(), _sigma(u))),
        Step("σ(u) ≥ σ(0) = ½ for u ≥ 0", lambda: at_least(_sigma(u), HALF, u)),
        Step("σ(u) ≤ 1", lambda: nonnegative(1 - _sigma(u))),
        Step(
            "σ(u) → ½ as u → 0 and σ(u) → 1 as u → ∞: no larger lower constant, no smaller upper one",
            lambda: tends(_sigma(u), u, HALF, to=0) and tends(_sigma(u), u, 1),
        ),
    ),
    planted=(
        Planted("lower constant 3/4 instead of ½", lambda: at_least(_sigma(u), sympy.Rational(3, 4), u)),
        Planted("upper bound e^{−2u}", lambda: nonnegative(1 - _ratio(2))),
        Planted("σ(u) → ½ as u → ∞", lambda: tends(_sigma(u), u, HALF)),
    ),
)
PROOF = (SUPREMUM, SIZE)
