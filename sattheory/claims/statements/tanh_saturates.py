"""L8: |tanh(cx) − tanh(x)| ≤ e^{−Θ(|x|)} for all c ≥ 1.

The hyperbolic tangent forgets the scale of its argument as the sigmoid does, with twice the exponent; recurrent cells need it.
True as stated: the largest difference over all c is 1 − tanh|x| = 2/(1 + e^{2|x|}), at most 2e^{−2|x|} and at most e^{−|x|}
(paper §C.3).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some
import sympy

from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.deciders import equal, nonnegative, tends
from sattheory.claims.evidence import Certificate, Derivation, Planted, Search, Step
from sattheory.claims.inequality import Pairs, real

x, c = sympy.symbols("x c", positive=True)
u = sympy.Symbol("u", nonnegative=True)
y = sympy.Symbol("y", real=True)
half = sympy.exp(x / 2) - sympy.exp(-x / 2)


def _tanh(z: Any) -> Any:
    return 1 - 2 / (1 + sympy.exp(2 * z))


SUPREMUM = Derivation(
    "sup over c ≥ 1 of |tanh(cx) − tanh(x)| is 2/(1 + e^{2|x|}) ≤ min(2e^{−2|x|}, e^{−|x|}) (x ≠ 0)",
    steps=(
        Step("tanh y = 1 − 2/(1 + e^{2y})", lambda: equal(sympy.tanh(y).rewrite(sympy.exp), _tanh(y))),
        Step("tanh is odd: it is enough to take x > 0", lambda: equal(_tanh(-y), -_tanh(y))),
        Step("∂tanh(cx)/∂c ≥ 0", lambda: nonnegative(sympy.diff(_tanh(c * x), c))),
        Step("tanh(cx) → 1: the supremum is 1 − tanh x", lambda: tends(_tanh(x * u), u, 1)),
        Step(
            "2e^{−2x} − 2/(1 + e^{2x}) = 2e^{−2x}/(1 + e^{2x}) ≥ 0",
            lambda: equal(2 * sympy.exp(-2 * x) - (1 - _tanh(x)), 2 * sympy.exp(-2 * x) / (1 + sympy.exp(2 * x))),
        ),
        Step(
            "e^{−x} − 2/(1 + e^{2x}) = (e^{x/2} − e^{−x/2})²/(1 + e^{2x}) ≥ 0",
            lambda: equal(sympy.exp(-x) - (1 - _tanh(x)), half**2 / (1 + sympy.exp(2 * x))),
        ),
    ),
    planted=(
        Planted("exponent 3 instead of 2", lambda: nonnegative(2 * sympy.exp(-3 * x) - (1 - _tanh(x)))),
        Planted("limit 2 instead of 1", lambda: tends(_tanh(x * u), u, 2)),
        Planted("a square forgotten", lambda: equal(sympy.exp(-x) - (1 - _tanh(x)), half / (1 + sympy.exp(2 * x)))),
    ),
)


def _bounds(x: Any) -> Pairs:
    scaled = 2 / (1 + (-2 * x).exp())
    yield scaled, real(2)
    yield 1 / x.cosh(), real(1)


def _tight(x: Any) -> Pairs:
    yield 2 / (1 + (-2 * x).exp()), real(1)


BOUNDS = Certificate(
    "e^{2x}(1 − tanh x) ≤ 2 and e^{x}(1 − tanh x) = 1/cosh x ≤ 1",
    "x ∈ [1/16, 16]",
    (Fraction(1, 16), Fraction(16)),
    _bounds,
    planted=(Planted("constant 1 instead of 2", _tight),),
)


def _difference(x: Fraction, c: Fraction) -> Pairs:
    """Enclose the difference between 1 − tanh|x| less 2e^{−2c|x|} and 1 − tanh|x|: so the supremum over c is no smaller."""
    difference, size = abs(real(c * x).tanh() - real(x).tanh()), real(abs(x))
    supremum = 2 / (1 + (2 * size).exp())
    yield difference, supremum
    yield supremum - 2 * (-2 * size * real(c)).exp(), difference
    yield difference, 2 * (-2 * size).exp()
    yield difference, (-size).exp()


def _exponent_four(x: Fraction, c: Fraction) -> Pairs:
    yield abs(real(c * x).tanh() - real(x).tanh()), 2 * (-4 * real(abs(x))).exp()


SEARCH = Search(
    "2/(1 + e^{2|x|}) − 2e^{−2c|x|} ≤ |tanh(cx) − tanh(x)| ≤ min(2/(1 + e^{2|x|}), 2e^{−2|x|}, e^{−|x|})",
    some.fixed_dictionaries(
        {
            "x": some.integers(-200, 200).filter(bool).map(lambda i: Fraction(i, 16)),
            "c": some.integers(0, 640).map(lambda i: 1 + Fraction(i, 16)),
        }
    ),
    _difference,
    planted=(Planted("exponent 4 instead of 2", _exponent_four),),
)
CLAIMS = (
    Claim(
        "L8",
        place="§C.3",
        title="a scaled tanh saturates exponentially",
        statement="|tanh(cx) − tanh(x)| ≤ e^{−Θ(|x|)} for all c ≥ 1",
        why="Recurrent cells saturate through it. The argument is scalar, so no tie can spoil the bound.",
        literal=Form(
            "|tanh(cx) − tanh(x)| ≤ min(2e^{−2|x|}, e^{−|x|}); for x ≠ 0 the supremum over c ≥ 1 is 1 − tanh|x|",
            ("x real", "c ≥ 1"),
            (SUPREMUM, BOUNDS, SEARCH),
        ),
        repaired=None,
        expected=Expected("derived"),
    ),
)
