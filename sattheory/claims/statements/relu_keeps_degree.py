"""T1, row ReLU: ReLU takes degree k to degree k.

ReLU commutes with a positive factor and is 1-Lipschitz, so it neither changes the degree nor enlarges the error, whichever notion
of homogeneity is used.  Nothing is to be repaired; the asymptotic row holds with constant 1 (paper App. C, Table 1).
"""

from __future__ import annotations

from fractions import Fraction

import hypothesis.strategies as some

from sattheory.claims.asymptotic_error import APPROXIMATE, DEFINITION, SCALES, Value, relative_error, values
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Derivation, Planted, Search, Step
from sattheory.claims.inequality import Pairs
from sattheory.claims.statements.relu_is_approximately_homogeneous import (
    DERIVATION as LITERAL,
)
from sattheory.claims.statements.relu_is_approximately_homogeneous import HOMOGENEOUS, LIPSCHITZ, NOT_HOMOGENEOUS, NOT_LIPSCHITZ

DERIVATION = Derivation(
    "‖ReLU(f(cθ)) − cᵏReLU(s)‖_∞ ≤ E·cᵏ",
    steps=(HOMOGENEOUS, LIPSCHITZ, Step("Both together: |ReLU(cᵏ(s + e)) − ReLU(cᵏs)| ≤ cᵏ|e|, entry by entry.")),
    planted=(NOT_HOMOGENEOUS, NOT_LIPSCHITZ),
)


def _relu(x: list[Fraction] | tuple[Fraction, ...]) -> list[Fraction]:
    return [max(entry, Fraction(0)) for entry in x]


def _row(x: Value, c: Fraction) -> Pairs:
    yield relative_error(_relu(x.at(c)), _relu(x.symbol), c, x.degree), x.bound


def _degree_off(x: Value, c: Fraction) -> Pairs:
    yield relative_error(_relu(x.at(c)), _relu(x.symbol), c, x.degree + 1), x.bound


def _identity(x: Value, c: Fraction) -> Pairs:
    yield relative_error(_relu(x.at(c)), x.symbol, c, x.degree), x.bound


SEARCH = Search(
    "relative error of ReLU(f) ≤ E, exactly",
    some.fixed_dictionaries({"x": values(2, (-1, 3)), "c": SCALES}),
    _row,
    planted=(Planted("degree off by one", _degree_off), Planted("symbol s instead of ReLU(s)", _identity)),
)
CLAIMS = (
    Claim(
        "T1.relu",
        place="App. C, Table 1",
        title="ReLU keeps every degree",
        statement="f of degree k ⇒ ReLU(f) of degree k; also for approximate homogeneity",
        why="It is the nonlinearity of the feedforward block. Homogeneous networks are those built of such functions.",
        literal=Form("f approximately k-homogeneous ⇒ ReLU∘f approximately k-homogeneous", (APPROXIMATE,), (LITERAL,)),
        repaired=Form("degree k, symbol ReLU(s), relative error E", (DEFINITION,), (DERIVATION, SEARCH)),
        uses=("L2",),
        expected=Expected("derived", "derived"),
    ),
)
