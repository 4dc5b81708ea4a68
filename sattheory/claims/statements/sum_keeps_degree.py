"""T1, row Sum: the sum of two functions of degree k has degree k.

True for every notion of homogeneity.  What the table leaves out is the sum of *different* degrees, which every network with
biases or with a norm outside the residual branch contains: the larger degree wins, at an algebraic rate (paper App. C, Table 1).
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
from sattheory.claims.deciders import around, within
from sattheory.claims.evidence import Derivation, Planted, Search, Step
from sattheory.claims.inequality import Pairs
from sattheory.claims.statements.sum_is_approximately_homogeneous import DERIVATION as LITERAL

t = sympy.Symbol("t", positive=True)
ERRORS = around(e1, E1) | around(e2, E2)
DERIVATION = Derivation(
    "relative error E₁ + E₂ (k₁ = k₂), E₁ + (S₂ + E₂)c^{−(k₁−k₂)} (k₁ > k₂)",
    steps=(
        Step(
            "k₁ = k₂: |(s₁ + e₁) + (s₂ + e₂) − (s₁ + s₂)| ≤ E₁ + E₂",
            lambda: within((s1 + e1 + s2 + e2) - (s1 + s2), ERRORS, E1 + E2),
        ),
        Step(
            "k₁ > k₂, t = c^{−(k₁−k₂)}: |(s₁ + e₁) + t(s₂ + e₂) − s₁| ≤ E₁ + (S₂ + E₂)t",
            lambda: within((s1 + e1) + t * (s2 + e2) - s1, ERRORS | around(s2, S2), E1 + (S2 + E2) * t),
        ),
    ),
    planted=(
        Planted("the larger of the two errors, twice forgotten", lambda: within(e1 + e2, ERRORS, E1)),
        Planted("k₁ > k₂ without S₂", lambda: within((s1 + e1) + t * (s2 + e2) - s1, ERRORS | around(s2, S2), E1 + E2 * t)),
    ),
)


def _add(x: Value, y: Value, c: Fraction) -> list[Fraction]:
    return [a + b for a, b in zip(x.at(c), y.at(c), strict=True)]


def _row(x: Value, y: Value, c: Fraction) -> Pairs:
    if x.degree < y.degree:
        x, y = y, x
    if x.degree == y.degree:
        symbol = [a + b for a, b in zip(x.symbol, y.symbol, strict=True)]
        yield relative_error(_add(x, y, c), symbol, c, x.degree), x.bound + y.bound
    else:
        bound = x.bound + (y.size + y.bound) * c ** (y.degree - x.degree)
        yield relative_error(_add(x, y, c), x.symbol, c, x.degree), bound


def _symbols_added(x: Value, y: Value, c: Fraction) -> Pairs:
    symbol = [a + b for a, b in zip(x.symbol, y.symbol, strict=True)]
    yield relative_error(_add(x, y, c), symbol, c, max(x.degree, y.degree)), x.bound + y.bound


SEARCH = Search(
    "relative error of f + g, degrees −1 to 3, exactly",
    some.fixed_dictionaries({"x": values(2, (-1, 3)), "y": values(2, (-1, 3)), "c": SCALES}),
    _row,
    planted=(Planted("symbols added whatever the degrees", _symbols_added),),
)
CLAIMS = (
    Claim(
        "T1.sum",
        place="App. C, Table 1",
        title="sums of one degree keep it",
        statement="f and g of degree k ⇒ f + g of degree k; also for approximate homogeneity",
        why="Residual connections are sums. Where the degrees differ, convergence becomes algebraic.",
        literal=Form("f, g approximately k-homogeneous ⇒ f + g approximately k-homogeneous", (APPROXIMATE,), (LITERAL,)),
        repaired=Form(
            "degree max(k₁, k₂); symbol s₁ + s₂ and error E₁ + E₂ if k₁ = k₂; s₁ and E₁ + (S₂ + E₂)c^{−(k₁−k₂)} if k₁ > k₂",
            (DEFINITION, "S₂ = ‖s₂‖_∞"),
            (DERIVATION, SEARCH),
        ),
        uses=("L3",),
        expected=Expected("derived", "derived"),
    ),
)
