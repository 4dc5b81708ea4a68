"""L6: |σ(cx) − σ(x)| ≤ Θ(e^{−|x|}) for all c ≥ 1.

A sigmoid whose argument is scaled up forgets the scale, exponentially fast in the size of the argument.  It is the paper's model
case of a nonlinearity that turns growth of the parameters into a discrete decision, and it is true as stated: the largest
difference over all c is σ(−|x|) exactly, which lies between ½e^{−|x|} and e^{−|x|} (paper §C.3).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some
import sympy

from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.deciders import at_least, equal, nonnegative, tends
from sattheory.claims.evidence import Certificate, Derivation, Planted, Search, Step
from sattheory.claims.inequality import Pairs, real, sigmoid

x, c = sympy.symbols("x c", positive=True)
u = sympy.Symbol("u", nonnegative=True)
y = sympy.Symbol("y", real=True)


def _sigma(z: Any) -> Any:
    return 1 / (1 + sympy.exp(-z))


SUPREMUM = Derivation(
    "sup over c ≥ 1 of |σ(cx) − σ(x)| is σ(−|x|), between ½e^{−|x|} and e^{−|x|} (x ≠ 0)",
    steps=(
        Step("σ(−y) = 1 − σ(y): it is enough to take x > 0", lambda: equal(_sigma(-y), 1 - _sigma(y))),
        Step("∂σ(cx)/∂c ≥ 0: σ(cx) − σ(x) ≥ 0 grows with c", lambda: nonnegative(sympy.diff(_sigma(c * x), c))),
        Step("σ(cx) → 1: the supremum is 1 − σ(x) = σ(−x)", lambda: tends(_sigma(u * x), u, 1)),
        Step("e^{x}σ(−x) ≥ ½ for x ≥ 0", lambda: at_least(sympy.simplify(sympy.exp(u) * _sigma(-u)), sympy.Rational(1, 2), u)),
        Step("e^{x}σ(−x) ≤ 1", lambda: nonnegative(1 - sympy.simplify(sympy.exp(x) * _sigma(-x)))),
        Step("At x = 0 both values are ½ and the difference is 0.", lambda: equal(_sigma(0), sympy.Rational(1, 2))),
    ),
    planted=(
        Planted("lower constant 3/4 instead of ½", lambda: at_least(sympy.exp(u) * _sigma(-u), sympy.Rational(3, 4), u)),
        Planted("upper bound e^{−2x}", lambda: nonnegative(1 - sympy.simplify(sympy.exp(2 * x) * _sigma(-x)))),
        Planted("limit ½ instead of 1", lambda: tends(_sigma(u * x), u, sympy.Rational(1, 2))),
    ),
)


def _bounds(x: Any) -> Pairs:
    scaled = 1 / (1 + (-x).exp())
    yield real(Fraction(1, 2)), scaled
    yield scaled, real(1)


def _halved(x: Any) -> Pairs:
    yield 1 / (1 + (-x).exp()), real(Fraction(1, 2))


BOUNDS = Certificate(
    "½ ≤ e^{x}σ(−x) = 1/(1 + e^{−x}) ≤ 1",
    "x ∈ [1/16, 16]",
    (Fraction(1, 16), Fraction(16)),
    _bounds,
    planted=(Planted("upper constant ½ instead of 1", _halved),),
)


def _difference(x: Fraction, c: Fraction) -> Pairs:
    """Enclose the difference between σ(−|x|) − e^{−c|x|} and σ(−|x|): so the supremum over c is no smaller."""
    difference, size = abs(sigmoid(real(c * x)) - sigmoid(real(x))), real(abs(x))
    yield difference, sigmoid(-size)
    yield sigmoid(-size) - (-size * real(c)).exp(), difference


def _too_small(x: Fraction, c: Fraction) -> Pairs:
    yield abs(sigmoid(real(c * x)) - sigmoid(real(x))), sigmoid(-real(abs(x))) / 2


SCALED = some.fixed_dictionaries(
    {
        "x": some.integers(-400, 400).filter(bool).map(lambda i: Fraction(i, 16)),
        "c": some.integers(0, 640).map(lambda i: 1 + Fraction(i, 16)),
    }
)
SEARCH = Search(
    "σ(−|x|) − e^{−c|x|} ≤ |σ(cx) − σ(x)| ≤ σ(−|x|)",
    SCALED,
    _difference,
    planted=(Planted("bound σ(−|x|)/2", _too_small),),
)
CLAIMS = (
    Claim(
        "L6",
        place="§C.3",
        title="a scaled sigmoid saturates exponentially",
        statement="|σ(cx) − σ(x)| ≤ Θ(e^{−|x|}) for all c ≥ 1",
        why="It is the model case of a nonlinearity that makes growing parameters discrete. A scalar has no ties.",
        literal=Form(
            "|σ(cx) − σ(x)| ≤ e^{−|x|}; for x ≠ 0 the supremum over c ≥ 1 is σ(−|x|) ≥ ½e^{−|x|}",
            ("x real", "c ≥ 1"),
            (SUPREMUM, BOUNDS, SEARCH),
        ),
        repaired=None,
        expected=Expected("derived"),
    ),
)
