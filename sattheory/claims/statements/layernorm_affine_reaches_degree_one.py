"""T1, row LayerNorm + Affine: LN with its learned gain and bias takes degree k to degree 1.

γ and β are parameters of degree 1, so the normalised vector comes out with degree 1 whatever went in.  The row falls with that of
LN at k = 0, and stands with it when the argument's symbol is not constant (paper App. C, Table 1).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some
import sympy

from sattheory.claims.asymptotic_error import APPROXIMATE, DEFINITION, E1, e1, integers, s1
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.deciders import around, equal, within
from sattheory.claims.evidence import Derivation, Planted, Search, Step, Witness
from sattheory.claims.inequality import Inequality, Pairs, Point, real
from sattheory.claims.statements.layernorm_forgets_degree import DERIVATION as NORMALISES
from sattheory.claims.statements.layernorm_forgets_degree import MEETS_ASSUMPTIONS, NORMALISED, TURNING, error_below

c, G = sympy.symbols("c G", positive=True)
g, b = sympy.symbols("g b", real=True)
ERROR = "max(abs(c * theta * unit(centre(large)) - c * theta * unit(centre(small))))"


def _family(radius: int) -> Inequality:
    point: Point = {"theta": 2 * radius, "c": Fraction(2 * radius + 1, 2 * radius)}
    return Inequality(point, ERROR, "1", TURNING)


def _full_turn(radius: int) -> Inequality:
    point: Point = {"theta": 2 * radius, "c": Fraction(2 * radius + 2, 2 * radius)}
    return Inequality(point, ERROR, "1", TURNING)


WITNESS = Witness(
    "γ = θ(1, 1, 1), β = 0, f = ¼e^{−|θ|}(cos(πθ + 2πj/3))_j, θ = 2N ≥ ρ, cθ = 2N + 1: error (2N + 1)·1.6329… > 1 ≥ e^{−dθ}",
    _family,
    (1, 10, 100),
    MEETS_ASSUMPTIONS,
    planted=(Planted("a full turn instead of half a turn: the inequality is true there", _full_turn),),
)
DERIVATION = Derivation(
    "‖cγ⊙LN(f(cθ)) + cβ − c(γ⊙N(s) + β)‖_∞ ≤ c·‖γ‖_∞·√2·√n·E/m",
    steps=(
        *NORMALISES.steps,
        Step(
            "cg(ν + e) + cβ − c(gν + β) = cge",
            lambda: equal(c * g * (s1 + e1) + c * b - c * (g * s1 + b), c * g * e1),
        ),
        Step("|ge| ≤ ‖γ‖·|e|", lambda: within(g * e1, around(g, G) | around(e1, E1), G * E1)),
    ),
    planted=(
        *NORMALISES.planted,
        Planted("bound without ‖γ‖", lambda: within(g * e1, around(g, G) | around(e1, E1), E1)),
    ),
)


def _error(s: tuple[int, ...], e: tuple[int, ...], part: int, gain: tuple[int, ...]) -> tuple[Any, Any, int]:
    """Largest entry of γ⊙(N(s + e) − N(s)), √n·E/m and ‖γ‖_∞."""
    found, symbol, error = error_below(s, e, part)
    moved = [abs(factor * (y - z)) for factor, y, z in zip(gain, found, symbol, strict=False)]
    largest = moved[0]
    for entry in moved[1:]:
        largest = largest.max(entry)
    return largest, error, max(abs(factor) for factor in gain)


def _row(example: dict[str, Any], gain: tuple[int, ...]) -> Pairs:
    largest, error, size = _error(**example, gain=gain)
    yield largest, real(2).sqrt() * size * error


def _without_gain(example: dict[str, Any], gain: tuple[int, ...]) -> Pairs:
    largest, error, _ = _error(**example, gain=gain)
    yield largest, real(2).sqrt() * error


SEARCH = Search(
    "‖γ⊙(N(s + e) − N(s))‖_∞ ≤ ‖γ‖_∞·√2·√n·E/m, n ≤ 4",
    some.fixed_dictionaries(
        {"example": NORMALISED, "gain": integers(4, 4).filter(any)},
    ),
    _row,
    planted=(Planted("bound without ‖γ‖", _without_gain),),
)
CLAIMS = (
    Claim(
        "T1.layernorm-affine",
        place="App. C, Table 1",
        title="LN with gain and bias takes every degree to degree 1",
        statement="f of degree k ⇒ γ⊙LN(f) + β of degree 1, γ and β among the parameters; also for approximate homogeneity",
        why="It is the last operation of each block in the paper's encoder and makes its degree 1. It inherits LN's failure.",
        literal=Form(
            "f approximately k-homogeneous ⇒ γ⊙LN(f) + β approximately 1-homogeneous, k ≥ 0",
            (APPROXIMATE, "Pf never 0"),
            (WITNESS,),
        ),
        repaired=Form(
            "degree 1, symbol γ⊙N(s) + β, relative error ‖γ‖_∞·√2·√n·E/m",
            (DEFINITION, "‖Ps‖₂ ≥ m > 0", "√n·E < m"),
            (DERIVATION, SEARCH),
        ),
        uses=("T1.layernorm",),
        expected=Expected("refuted", "derived"),
    ),
)
