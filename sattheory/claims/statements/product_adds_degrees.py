"""T1, row Product: the product of degrees k₁ and k₂ has degree k₁ + k₂.

Attention multiplies queries with keys and weights with values.  Under approximate homogeneity the row fails for degrees (k, 0)
with k > 0, the case of weights times values: the factor of degree k magnifies the error of the other.  With relative errors the
row is the product rule (paper App. C, Table 1 and C.2).
"""

from __future__ import annotations

from fractions import Fraction

import hypothesis.strategies as some
import sympy

from sattheory.claims.asymptotic_error import (
    APPROXIMATE,
    DEFINITION,
    E1,
    E2,
    S1,
    S2,
    SCALES,
    Value,
    e1,
    e2,
    relative_error,
    s1,
    s2,
    values,
)
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.deciders import around, equal, within
from sattheory.claims.evidence import Derivation, Planted, Search, Step, Witness
from sattheory.claims.inequality import Inequality, Pairs
from sattheory.claims.statements.linear_raises_degree import ANY_RADIUS, growing_scale

c, k1, k2 = sympy.symbols("c k1 k2", positive=True)
ALL = around(s1, S1) | around(e1, E1) | around(s2, S2) | around(e2, E2)
CROSS = (s1 + e1) * (s2 + e2) - s1 * s2


def _degrees_one_and_one(radius: int) -> Inequality:
    """θ·θ: both degrees positive and exact, no failure."""
    return Inequality({"theta": radius, "c": 4 * 3**radius}, "abs((c * theta) * (c * theta) - c**2 * theta * theta)", "1")


WITNESS = Witness(
    "f = θ, g = σ(θ), degrees (1, 0): for every ρ the point θ = ρ, c = 4·3^ρ has error > 1 ≥ e^{−dθ}, whatever d ≥ 0",
    growing_scale,
    (1, 10, 100),
    ANY_RADIUS,
    planted=(Planted("two factors of degree 1: the inequality is true there", _degrees_one_and_one),),
)
DERIVATION = Derivation(
    "relative error S₁E₂ + S₂E₁ + E₁E₂; a matrix product of inner width p: p times that",
    steps=(
        Step(
            "c^{k₁}(s₁ + e₁)·c^{k₂}(s₂ + e₂) = c^{k₁+k₂}(s₁s₂ + s₁e₂ + s₂e₁ + e₁e₂)",
            lambda: equal(c**k1 * (s1 + e1) * c**k2 * (s2 + e2), c ** (k1 + k2) * (s1 * s2 + s1 * e2 + s2 * e1 + e1 * e2)),
        ),
        Step("|s₁e₂ + s₂e₁ + e₁e₂| ≤ S₁E₂ + S₂E₁ + E₁E₂", lambda: within(CROSS, ALL, S1 * E2 + S2 * E1 + E1 * E2)),
        Step("A matrix product is a sum of p such products, and errors of sums add."),
    ),
    planted=(
        Planted("without E₁E₂", lambda: within(CROSS, ALL, S1 * E2 + S2 * E1)),
        Planted("degree k₁k₂", lambda: equal(c**k1 * s1 * c**k2 * s2, c ** (k1 * k2) * s1 * s2)),
    ),
)


def _dot(x: list[Fraction] | tuple[Fraction, ...], y: list[Fraction] | tuple[Fraction, ...]) -> Fraction:
    return sum((a * b for a, b in zip(x, y, strict=True)), Fraction(0))


def _error(x: Value, y: Value, c: Fraction, extra: int = 0) -> Fraction:
    return relative_error([_dot(x.at(c), y.at(c))], [_dot(x.symbol, y.symbol)], c, x.degree + y.degree + extra)


def _row(x: Value, y: Value, c: Fraction) -> Pairs:
    yield _error(x, y, c), 2 * (x.size * y.bound + y.size * x.bound + x.bound * y.bound)


def _degree_off(x: Value, y: Value, c: Fraction) -> Pairs:
    yield _error(x, y, c, 1), 2 * (x.size * y.bound + y.size * x.bound + x.bound * y.bound)


def _width_forgotten(x: Value, y: Value, c: Fraction) -> Pairs:
    yield _error(x, y, c), x.size * y.bound + y.size * x.bound + x.bound * y.bound


SEARCH = Search(
    "relative error of the product of a row and a column of two entries, degrees −1 to 3, exactly",
    some.fixed_dictionaries({"x": values(2, (-1, 3)), "y": values(2, (-1, 3)), "c": SCALES}),
    _row,
    planted=(Planted("degree off by one", _degree_off), Planted("inner width forgotten", _width_forgotten)),
)
CLAIMS = (
    Claim(
        "T1.product",
        place="App. C, Table 1",
        title="products add degrees",
        statement="f of degree k₁, g of degree k₂ ⇒ fg of degree k₁ + k₂; also for approximate homogeneity",
        why="Attention is two products. Its second, weights times values, is the case in which the approximate form fails.",
        literal=Form(
            "f approximately k₁-, g approximately k₂-homogeneous ⇒ fg approximately (k₁ + k₂)-homogeneous",
            (APPROXIMATE,),
            (WITNESS,),
        ),
        repaired=Form(
            "degree k₁ + k₂, symbol s₁s₂, relative error p(S₁E₂ + S₂E₁ + E₁E₂), p the inner width",
            (DEFINITION, "S = ‖s‖_∞"),
            (DERIVATION, SEARCH),
        ),
        uses=("L6",),
        expected=Expected("refuted", "derived"),
    ),
)
