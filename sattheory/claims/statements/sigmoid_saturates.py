"""L6: |σ(cx) − σ(x)| ≤ Θ(e^{−|x|}) for all c ≥ 1.

A sigmoid whose argument is scaled up forgets the scale, exponentially fast in the size of the argument.  It is the paper's model
case of a nonlinearity that turns growth of the parameters into a discrete decision, and it is true as stated: the largest
difference over all c is σ(−|x|) exactly, which lies between ½e^{−|x|} and e^{−|x|} (paper §C.3).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sattheory.claims import BoxCertificate, Certificate, Claim, Expected, Form, Planted, Proof, Search
from sattheory.claims.cases.exact_cases import cases
from sattheory.claims.formulas import real, sigmoid
from sattheory.claims.inequality import Pairs

HALF = Fraction(1, 2)


def _bounds(x: Any) -> Pairs:
    scaled = 1 / (1 + (-x).exp())
    yield real(HALF), scaled
    yield scaled, real(1)


def _halved(x: Any) -> Pairs:
    yield 1 / (1 + (-x).exp()), real(HALF)


BOUNDS = Certificate(
    "½ ≤ e^{x}σ(−x) = 1/(1 + e^{−x}) ≤ 1",
    "x ∈ [1/16, 16]",
    (Fraction(1, 16), Fraction(16)),
    _bounds,
    planted=(Planted("upper constant ½ instead of 1", _halved),),
)


def _for_every_c(x: Any, t: Any, power: int = 1) -> Pairs:
    """Take t = e^{−(c−1)x}: with q = e^{−x}, e^{x}(σ(cx) − σ(x)) = (1 − t)/((1 + q)(1 + qt))."""
    q = (-x).exp()
    yield (1 - t) / ((1 + q) * (1 + q * t)), q ** (power - 1)


EVERY_C = BoxCertificate(
    "e^{x}|σ(cx) − σ(x)| = (1 − t)/((1 + q)(1 + qt)) ≤ 1, with q = e^{−x} and t = e^{−(c−1)x} ∈ [0, 1]",
    "x ∈ [1/16, 16] with every c ≥ 1",
    ((Fraction(1, 16), Fraction(16)), (Fraction(0), Fraction(1))),
    _for_every_c,
    planted=(Planted("e^{−2x} instead of e^{−x}", lambda x, t: _for_every_c(x, t, 2)),),
)


def _moved(x: Fraction, c: Fraction) -> Any:
    return abs(sigmoid(real(c * x)) - sigmoid(real(x)))


def _difference(x: Fraction, c: Fraction, factor: Fraction = Fraction(1)) -> Pairs:
    """Enclose the difference between σ(−|x|) − e^{−c|x|} and σ(−|x|): so the supremum over c is no smaller."""
    difference, size = _moved(x, c), real(abs(x))
    yield difference, sigmoid(-size) * real(factor)
    yield sigmoid(-size) - (-size * real(c)).exp(), difference
    yield difference, (-size).exp()


def _without_correction(x: Fraction, c: Fraction) -> Pairs:
    yield sigmoid(-real(abs(x))), _moved(x, c)


SEARCH = Search(
    "σ(−|x|) − e^{−c|x|} ≤ |σ(cx) − σ(x)| ≤ min(σ(−|x|), e^{−|x|})",
    cases(
        x=tuple(Fraction(sign * i, 16) for i in range(1, 401) for sign in (1, -1)),
        c=tuple(1 + Fraction(i, 16) for i in range(641)),
    ),
    _difference,
    planted=(
        Planted("bound σ(−|x|)/2", lambda x, c: _difference(x, c, factor=HALF)),
        Planted("the supremum reached at every c", _without_correction),
    ),
)
CLAIMS = (
    Claim(
        "L6",
        place="§C.3",
        title="a scaled sigmoid saturates exponentially",
        statement="|σ(cx) − σ(x)| ≤ Θ(e^{−|x|}) for all c ≥ 1",
        latex=r"$|\sigma(cx)-\sigma(x)|\le\Theta(e^{-|x|})$ for all $c\ge1$.",
        why="It is the model case of a nonlinearity that makes growing parameters discrete. A scalar has no ties.",
        literal=Form(
            "|σ(cx) − σ(x)| ≤ e^{−|x|} for all real x and all c ≥ 1; for x ≠ 0 the supremum over c ≥ 1 is σ(−|x|), and "
            "½e^{−|x|} ≤ σ(−|x|) ≤ e^{−|x|}, where neither constant can be improved",
            latex=r"$|\sigma(cx)-\sigma(x)|\le e^{-|x|}$ for all real $x$ and all $c\ge1$; for $x\ne0$ the supremum over $c\ge1$ "
            r"is $\sigma(-|x|)$, and $\frac12e^{-|x|}\le\sigma(-|x|)\le e^{-|x|}$, where neither constant can be improved.",
            assumptions=("σ(z) = 1/(1 + e^{−z})",),
            evidence=(Proof("L6"), BOUNDS, EVERY_C, SEARCH),
        ),
        repaired=None,
        expected=Expected("derived"),
    ),
)
