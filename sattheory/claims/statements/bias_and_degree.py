"""T1, row Bias: adding a bias keeps degree 1.

A bias is a parameter, so it has degree 1 and changes nothing at degree 1, exactly or approximately.  The table is silent about
other degrees, where biases are really added: queries, keys, values and feedforward blocks have degree 2 or more by then.  There
the sum has the larger degree, and the smaller summand becomes an error of order c^{−|k−1|} (paper App. C, Table 1).
"""

from __future__ import annotations

from fractions import Fraction

import hypothesis.strategies as some
import sympy

from sattheory.claims.asymptotic_error import (
    APPROXIMATE,
    DEFINITION,
    E1,
    S1,
    SCALES,
    Value,
    e1,
    largest,
    relative_error,
    s1,
    values,
    vectors,
)
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.deciders import around, equal, within
from sattheory.claims.evidence import Derivation, Planted, Search, Step
from sattheory.claims.inequality import Pairs

c, B, t = sympy.symbols("c B t", positive=True)
b, f, g = sympy.symbols("b f g", real=True)
LITERAL = Derivation(
    "the bias cancels from f(cθ) + cb − c(f(θ) + b)",
    steps=(
        Step("(f(cθ) + cb) − c(f(θ) + b) = f(cθ) − c·f(θ): same d, same ρ", lambda: equal((g + c * b) - c * (f + b), g - c * f)),
    ),
    planted=(
        Planted("a bias that does not grow with θ", lambda: equal((g + b) - c * (f + b), g - c * f)),
        Planted("degree 2 instead of 1", lambda: equal((g + c * b) - c**2 * (f + b), g - c**2 * f)),
    ),
)
LARGER = around(e1, E1) | around(b, B)
SMALLER = around(s1, S1) | around(e1, E1)
DERIVATION = Derivation(
    "degree max(k, 1); relative error E (k = 1), E + ‖b‖c^{−(k−1)} (k > 1), (S + E)c^{−(1−k)} (k < 1)",
    steps=(
        Step("k = 1: (s + e) + b = (s + b) + e", lambda: within((s1 + e1 + b) - (s1 + b), around(e1, E1), E1)),
        Step("k > 1, t = c^{−(k−1)}: |(s + e) + tb − s| ≤ E + ‖b‖t", lambda: within((s1 + e1) + t * b - s1, LARGER, E1 + B * t)),
        Step(
            "k < 1, t = c^{−(1−k)}: |t(s + e) + b − b| ≤ (S + E)t", lambda: within(t * (s1 + e1) + b - b, SMALLER, (S1 + E1) * t)
        ),
    ),
    planted=(
        Planted("k > 1 without the bias", lambda: within((s1 + e1) + t * b - s1, LARGER, E1)),
        Planted("k < 1 with E alone", lambda: within(t * (s1 + e1), SMALLER, E1 * t)),
    ),
)


def _row(x: Value, b: tuple[Fraction, ...], c: Fraction) -> Pairs:
    found = [value + c * shift for value, shift in zip(x.at(c), b, strict=True)]
    if x.degree == 1:
        symbol, bound = tuple(s + shift for s, shift in zip(x.symbol, b, strict=True)), x.bound
    elif x.degree > 1:
        symbol, bound = x.symbol, x.bound + largest(b) / c ** (x.degree - 1)
    else:
        symbol, bound = b, (x.size + x.bound) / c ** (1 - x.degree)
    yield relative_error(found, symbol, c, max(x.degree, 1)), bound


def _degree_one(x: Value, b: tuple[Fraction, ...], c: Fraction) -> Pairs:
    found = [value + c * shift for value, shift in zip(x.at(c), b, strict=True)]
    yield relative_error(found, [s + shift for s, shift in zip(x.symbol, b, strict=True)], c, 1), x.bound


SEARCH = Search(
    "relative error of f + b for degrees −1 to 3, exactly",
    some.fixed_dictionaries({"x": values(2, (-1, 3)), "b": vectors(2), "c": SCALES}),
    _row,
    planted=(Planted("degree 1 and symbol s + b whatever k", _degree_one),),
)
CLAIMS = (
    Claim(
        "T1.bias",
        place="App. C, Table 1",
        title="a bias keeps degree 1",
        statement="f of degree 1 ⇒ f + b of degree 1, b among the parameters; also for approximate homogeneity",
        why="It is what lets biases into the calculus. But most biases of a transformer meet degree 2 or more.",
        literal=Form("f approximately 1-homogeneous ⇒ f + b approximately 1-homogeneous", (APPROXIMATE,), (LITERAL,)),
        repaired=Form(
            "f + b has degree max(k, 1); symbol s + b, s, b and relative error E, E + ‖b‖c^{−(k−1)}, (S + E)c^{−(1−k)} "
            "for k = 1, k > 1, k < 1",
            (DEFINITION, "S = ‖s‖_∞"),
            (DERIVATION, SEARCH),
        ),
        expected=Expected("derived", "derived"),
    ),
)
