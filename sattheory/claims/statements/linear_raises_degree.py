"""T1, row Linear: a linear map takes degree k to degree k + 1.

The map's matrix is part of the parameters and grows with them, which is where the extra degree comes from.  Exactly homogeneous
inputs bear it; under the paper's approximate homogeneity the row fails at k = 0, since θσ(θ) multiplies a small error by c
(paper App. C, Table 1: "the same facts hold for approximate homogeneity").
"""

from __future__ import annotations

from fractions import Fraction

import hypothesis.strategies as some
import sympy

from sattheory.claims.asymptotic_error import (
    APPROXIMATE,
    DEFINITION,
    SCALES,
    Value,
    e1,
    e2,
    largest,
    relative_error,
    s1,
    s2,
    values,
    vectors,
)
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.deciders import around, at_least, equal, within
from sattheory.claims.evidence import Derivation, Planted, Search, Step, Witness
from sattheory.claims.inequality import Inequality, Pairs
from sattheory.claims.sigmoid_saturates import SUPREMUM

u = sympy.Symbol("u", nonnegative=True)
a, b = sympy.symbols("a b", real=True)
c, k, A, B, E = sympy.symbols("c k A B E", positive=True)


def growing_scale(radius: int) -> Inequality:
    """W = θ and f = σ(θ) at θ = ρ, c = 4·3^ρ: the error of the product passes 1."""
    point = {"theta": radius, "c": 4 * 3**radius}
    return Inequality(point, "abs(c * theta * sigmoid(c * theta) - c * theta * sigmoid(theta))", "1")


def _without_factor(radius: int) -> Inequality:
    """σ alone keeps within 1: no failure."""
    return Inequality({"theta": radius, "c": 4 * 3**radius}, "abs(sigmoid(c * theta) - sigmoid(theta))", "1")


ANY_RADIUS = (
    *SUPREMUM.steps,
    Step(
        "σ is approximately 0-homogeneous by the steps above; θσ(θ) misses degree 1 by cθ(σ(−θ) − σ(−cθ)) "
        "≥ cθ(½e^{−θ} − e^{−cθ})",
    ),
    Step(
        "4·3^θ·θ·½e^{−θ} ≥ 2 for every θ ≥ 1 (θ = 1 + u)",
        lambda: at_least(2 * (1 + u) * sympy.exp((1 + u) * (sympy.log(3) - 1)), 2, u),
    ),
    Step("xe^{−x} ≤ 1 for x ≥ 0, so the error passes 2 − 1 = 1 ≥ e^{−dθ}", lambda: at_least(sympy.exp(u) - u, 0, u)),
)
WITNESS = Witness(
    "W = θ, f = σ(θ), k = 0: for every ρ the point θ = ρ, c = 4·3^ρ has error > 1 ≥ e^{−dθ}, whatever d ≥ 0",
    growing_scale,
    (1, 10, 100),
    ANY_RADIUS,
    planted=(Planted("without the factor W: the inequality is true there", _without_factor),),
)
BOX = around(e1, E) | around(e2, E)
DERIVATION = Derivation(
    "‖cW·f(cθ) − c^{k+1}Ws‖_∞ ≤ ‖W‖·E·c^{k+1}, ‖W‖ = largest row sum of |W|",
    steps=(
        Step(
            "c^{−(k+1)}·cW·cᵏ(s + e) − Ws = We; a row of two entries",
            lambda: equal(c ** (-k - 1) * c * c**k * (a * (s1 + e1) + b * (s2 + e2)) - (a * s1 + b * s2), a * e1 + b * e2),
        ),
        Step(
            "|ae₁ + be₂| ≤ (|a| + |b|)E, for each choice of signs of a and b",
            lambda: all(within(x * A * e1 + y * B * e2, BOX, (A + B) * E) for x in (1, -1) for y in (1, -1)),
        ),
        Step("A row of any length by induction on its entries."),
    ),
    planted=(
        Planted("only the first entry of the row counted", lambda: within(A * e1 + B * e2, BOX, A * E)),
        Planted("bound without ‖W‖", lambda: within(A * e1 + B * e2, BOX, E)),
    ),
)
Matrix = tuple[tuple[Fraction, ...], ...]


def _image(W: Matrix, x: list[Fraction] | tuple[Fraction, ...]) -> list[Fraction]:
    return [sum((w * entry for w, entry in zip(row, x, strict=True)), Fraction(0)) for row in W]


def _row(W: Matrix, x: Value, c: Fraction) -> Pairs:
    found = [c * y for y in _image(W, x.at(c))]
    norm = max(sum(abs(w) for w in row) for row in W)
    yield relative_error(found, _image(W, x.symbol), c, x.degree + 1), norm * x.bound


def _degree_kept(W: Matrix, x: Value, c: Fraction) -> Pairs:
    found = [c * y for y in _image(W, x.at(c))]
    yield relative_error(found, _image(W, x.symbol), c, x.degree), max(sum(abs(w) for w in row) for row in W) * x.bound


def _largest_entry(W: Matrix, x: Value, c: Fraction) -> Pairs:
    found = [c * y for y in _image(W, x.at(c))]
    entry = max(largest(row) for row in W)
    yield relative_error(found, _image(W, x.symbol), c, x.degree + 1), entry * x.bound


SEARCH = Search(
    "relative error ≤ ‖W‖·E for 2 × 2 matrices, exactly",
    some.fixed_dictionaries({"W": some.tuples(vectors(2), vectors(2)), "x": values(2), "c": SCALES}),
    _row,
    planted=(Planted("degree off by one", _degree_kept), Planted("largest entry for row sum", _largest_entry)),
)
CLAIMS = (
    Claim(
        "T1.linear",
        place="App. C, Table 1",
        title="a linear map adds one degree",
        statement="f of degree k ⇒ Wf of degree k + 1, W among the parameters; also for approximate homogeneity",
        why="Every layer begins with linear maps. With an input of degree 0, as after a softmax, the approximate form fails.",
        literal=Form(
            "f approximately k-homogeneous ⇒ Wf approximately (k + 1)-homogeneous, k ≥ 0",
            (APPROXIMATE,),
            (WITNESS,),
        ),
        repaired=Form("degree k + 1, symbol Ws, relative error ‖W‖·E", (DEFINITION,), (DERIVATION, SEARCH)),
        uses=("L6",),
        expected=Expected("refuted", "derived"),
    ),
)
