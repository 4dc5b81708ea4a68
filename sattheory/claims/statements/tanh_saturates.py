"""L8: |tanh(cx) − tanh(x)| ≤ e^{−Θ(|x|)} for all c ≥ 1.

The hyperbolic tangent forgets the scale of its argument as the sigmoid does, with twice the exponent; recurrent cells need it.
True as stated: the largest difference over all c is 1 − tanh|x| = 2/(1 + e^{2|x|}), at least e^{−2|x|}, at most 2e^{−2|x|} and at
most e^{−|x|} (paper §C.3).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sattheory.claims import BoxCertificate, Certificate, Claim, Expected, Form, Planted, Proof, Search
from sattheory.claims.cases.exact_cases import cases
from sattheory.claims.formulas import real
from sattheory.claims.inequality import Pairs


def _bounds(x: Any) -> Pairs:
    scaled = 2 / (1 + (-2 * x).exp())
    yield real(1), scaled
    yield scaled, real(2)
    yield 1 / x.cosh(), real(1)


def _tight(x: Any) -> Pairs:
    yield 2 / (1 + (-2 * x).exp()), real(1)


BOUNDS = Certificate(
    "1 ≤ e^{2x}(1 − tanh x) ≤ 2 and e^{x}(1 − tanh x) = 1/cosh x ≤ 1",
    "x ∈ [1/16, 16]",
    (Fraction(1, 16), Fraction(16)),
    _bounds,
    planted=(Planted("constant 1 instead of 2", _tight),),
)


def _for_every_c(x: Any, t: Any, constant: int = 2) -> Pairs:
    """Take t = e^{−2(c−1)x}: with q = e^{−2x}, e^{2x}(tanh cx − tanh x) = 2(1 − t)/((1 + q)(1 + qt))."""
    q = (-2 * x).exp()
    left = (1 - t) / (1 + q * t)
    yield 2 * left / (1 + q), real(constant)
    yield left / x.cosh(), real(1)


EVERY_C = BoxCertificate(
    "e^{2x}|tanh(cx) − tanh(x)| = 2(1 − t)/((1 + q)(1 + qt)) ≤ 2, with q = e^{−2x} and t = e^{−2(c−1)x} ∈ [0, 1], and "
    "e^{x}|tanh(cx) − tanh(x)| ≤ 1",
    "x ∈ [1/16, 8] with every c ≥ 1",
    ((Fraction(1, 16), Fraction(8)), (Fraction(0), Fraction(1))),
    _for_every_c,
    planted=(Planted("constant 1 instead of 2", lambda x, t: _for_every_c(x, t, 1)),),
)


def _moved(x: Fraction, c: Fraction) -> Any:
    return abs(real(c * x).tanh() - real(x).tanh())


def _difference(x: Fraction, c: Fraction) -> Pairs:
    """Enclose the difference between 1 − tanh|x| less 2e^{−2c|x|} and 1 − tanh|x|: so the supremum over c is no smaller."""
    difference, size = _moved(x, c), real(abs(x))
    supremum = 2 / (1 + (2 * size).exp())
    yield difference, supremum
    yield supremum - 2 * (-2 * size * real(c)).exp(), difference
    yield difference, 2 * (-2 * size).exp()
    yield difference, (-size).exp()
    yield (-2 * size).exp(), supremum


def _exponent_four(x: Fraction, c: Fraction) -> Pairs:
    yield _moved(x, c), 2 * (-4 * real(abs(x))).exp()


def _without_correction(x: Fraction, c: Fraction) -> Pairs:
    yield 2 / (1 + (2 * real(abs(x))).exp()), _moved(x, c)


SEARCH = Search(
    "2/(1 + e^{2|x|}) − 2e^{−2c|x|} ≤ |tanh(cx) − tanh(x)| ≤ min(2/(1 + e^{2|x|}), 2e^{−2|x|}, e^{−|x|})",
    cases(
        x=tuple(Fraction(sign * i, 16) for i in range(1, 201) for sign in (1, -1)),
        c=tuple(1 + Fraction(i, 16) for i in range(641)),
    ),
    _difference,
    planted=(
        Planted("exponent 4 instead of 2", _exponent_four),
        Planted("the supremum reached at every c", _without_correction),
    ),
)
CLAIMS = (
    Claim(
        "L8",
        place="§C.3",
        title="a scaled tanh saturates exponentially",
        statement="|tanh(cx) − tanh(x)| ≤ e^{−Θ(|x|)} for all c ≥ 1",
        latex=r"$|\tanh(cx)-\tanh(x)|\le e^{-\Theta(|x|)}$ for all $c\ge1$.",
        why="Recurrent cells saturate through it. The argument is scalar, so no tie can spoil the bound.",
        literal=Form(
            "|tanh(cx) − tanh(x)| ≤ min(2e^{−2|x|}, e^{−|x|}) for all real x and all c ≥ 1; for x ≠ 0 the supremum over c ≥ 1 is "
            "1 − tanh|x| ≥ e^{−2|x|}, and none of the constants can be improved",
            latex=r"$|\tanh(cx)-\tanh(x)|\le\min(2e^{-2|x|},e^{-|x|})$ for all real $x$ and all $c\ge1$; for $x\ne0$ the "
            r"supremum over $c\ge1$ is $1-\tanh|x|\ge e^{-2|x|}$, and none of the constants can be improved.",
            evidence=(Proof("L8"), BOUNDS, EVERY_C, SEARCH),
        ),
        repaired=None,
        expected=Expected("derived"),
    ),
)
