"""T1, row Affine: an affine map takes degree 0 to degree 1.

It is the linear map and the bias in one, applied after a normalisation.  An exactly 0-homogeneous input bears it; an
approximately 0-homogeneous one does not, for the reason of the linear row (paper App. C, Table 1).
"""

from __future__ import annotations

from fractions import Fraction

import hypothesis.strategies as some
import sympy

from sattheory.claims.asymptotic_error import APPROXIMATE, DEFINITION, E1, SCALES, Value, e1, relative_error, s1, values, vectors
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.deciders import around, equal, within
from sattheory.claims.evidence import Derivation, Planted, Search, Step, Witness
from sattheory.claims.inequality import Inequality, Pairs
from sattheory.claims.linear_raises_degree import ANY_RADIUS

A, c = sympy.symbols("A c", positive=True)
b, w = sympy.symbols("b w", real=True)


def _family(radius: int) -> Inequality:
    point = {"theta": radius, "c": 4 * 3**radius}
    where = {"small": "theta * sigmoid(theta) + theta", "large": "c * theta * sigmoid(c * theta) + c * theta"}
    return Inequality(point, "abs(large - c * small)", "1", where)


def _exact_input(radius: int) -> Inequality:
    """Take the exactly 0-homogeneous input 1 for σ(θ): no failure."""
    point = {"theta": radius, "c": 4 * 3**radius}
    return Inequality(point, "abs(large - c * small)", "1", {"small": "theta + theta", "large": "c * theta + c * theta"})


WITNESS = Witness(
    "W = b = θ, f = σ(θ): for every ρ the point θ = ρ, c = 4·3^ρ has error > 1 ≥ e^{−dθ}, whatever d ≥ 0",
    _family,
    (1, 10, 100),
    (*ANY_RADIUS, Step("b cancels: (g + cb) − c(f + b) = g − cf", lambda: equal((e1 + c * b) - c * (s1 + b), e1 - c * s1))),
    planted=(Planted("exactly 0-homogeneous input: the inequality is true there", _exact_input),),
)
DERIVATION = Derivation(
    "‖cW·f(cθ) + cb − c(Ws + b)‖_∞ ≤ ‖W‖·E·c",
    steps=(
        Step(
            "W(s + e) + b − (Ws + b) = We, for one entry w of W",
            lambda: equal(w * (s1 + e1) + b - (w * s1 + b), w * e1),
        ),
        Step("|we| ≤ |w|E", lambda: all(within(sign * A * e1, around(e1, E1), A * E1) for sign in (1, -1))),
        Step("A row of W by induction on its entries."),
    ),
    planted=(Planted("bound ‖W‖E/2", lambda: within(A * e1, around(e1, E1), A * E1 / 2)),),
)


def _affine(x: Value, w: tuple[Fraction, ...], b: Fraction, c: Fraction, degree: int) -> Fraction:
    """Relative error of c(w·f + b) with the symbol w·s + b at a degree."""
    found = sum((weight * value for weight, value in zip(w, x.at(c), strict=True)), b)
    symbol = sum((weight * value for weight, value in zip(w, x.symbol, strict=True)), b)
    return relative_error([c * found], [symbol], c, degree)


def _row(x: Value, w: tuple[Fraction, ...], b: Fraction, c: Fraction) -> Pairs:
    yield _affine(x, w, b, c, 1), sum(abs(weight) for weight in w) * x.bound


def _degree_zero(x: Value, w: tuple[Fraction, ...], b: Fraction, c: Fraction) -> Pairs:
    yield _affine(x, w, b, c, 0), sum(abs(weight) for weight in w) * x.bound


SEARCH = Search(
    "relative error ≤ ‖W‖·E for a row of two entries, exactly",
    some.fixed_dictionaries(
        {"x": values(2, (0, 0)), "w": vectors(2), "b": some.integers(-16, 16).map(lambda i: Fraction(i, 4)), "c": SCALES}
    ),
    _row,
    planted=(Planted("degree off by one", _degree_zero),),
)
CLAIMS = (
    Claim(
        "T1.affine",
        place="App. C, Table 1",
        title="an affine map takes degree 0 to degree 1",
        statement="f of degree 0 ⇒ Wf + b of degree 1, W and b among the parameters; also for approximate homogeneity",
        why="It is what follows a normalisation. It multiplies an error that does not vanish with c by c.",
        literal=Form("f approximately 0-homogeneous ⇒ Wf + b approximately 1-homogeneous", (APPROXIMATE,), (WITNESS,)),
        repaired=Form("degree 1, symbol Ws + b, relative error ‖W‖·E", (DEFINITION,), (DERIVATION, SEARCH)),
        uses=("L6", "T1.linear"),
        expected=Expected("refuted", "derived"),
    ),
)
