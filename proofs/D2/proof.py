"""D2, step by step: the scale 0 leaves no homogeneous functions of degree 0; positive scales lose nothing else.

Symbols: y = (y₁, y₂, y₃) = Pθ, a centred vector; a, b values of functions; i, j, k degrees.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import at_least, equal
from sattheory.claims.evidence import Derivation, Planted, Step

c, k, gap, r = sympy.symbols("c k g r", positive=True)
i, j, a, b, y1, y2, y3 = sympy.symbols("i j a b y1 y2 y3", real=True)
u = sympy.Symbol("u", nonnegative=True)
Y = sympy.Matrix([y1, y2, y3])


def _length(vector: sympy.Matrix) -> sympy.Expr:
    return sympy.sqrt(sum(entry**2 for entry in vector))


def _vanishes(vector: sympy.Matrix) -> bool:
    return all(equal(entry, 0) for entry in vector)


def _centre(vector: sympy.Matrix) -> sympy.Matrix:
    return vector - sympy.ones(3, 1) * sum(vector) / 3


REFUTATION = (
    Step("At c = 0 the equation f(cθ) = c⁰f(θ) reads f(0) = f(θ), for every θ: with f(0) = v, LN(θ) = v whenever Pθ ≠ 0."),
    Step(
        "LN(−θ) = −LN(θ), so v = −v = 0; but LN(θ) has length 1 (three entries; any number by the same sum)",
        lambda: (
            _vanishes(-Y / _length(-Y) + Y / _length(Y))
            and _vanishes(_centre(-Y) + _centre(Y))
            and equal(sum((entry / _length(Y)) ** 2 for entry in Y), 1)
        ),
    ),
)
EXISTS = Derivation(
    "with c > 0, LN is 0-homogeneous where Pθ ≠ 0",
    steps=(
        Step("P(cθ) = cPθ (three entries)", lambda: _vanishes(_centre(c * Y) - c * _centre(Y))),
        Step("cy/‖cy‖ = y/‖y‖ for c > 0", lambda: _vanishes(c * Y / _length(c * Y) - Y / _length(Y))),
    ),
    planted=(Planted("c < 0 allowed", lambda: _vanishes(-c * Y / _length(-c * Y) - Y / _length(Y))),),
)
ZERO = Derivation(
    "for k > 0 nothing changes: f(0) = 0 where f is defined at 0, and the equation holds at c = 0 too",
    steps=(
        Step(
            "f(0) = f(2·0) = 2ᵏf(0) and 2ᵏ − 1 ≥ k ln 2 > 0, so f(0) = 0",
            lambda: at_least(sympy.exp(u * sympy.log(2)) - 1 - u * sympy.log(2), 0, u),
        ),
        Step("0ᵏf(θ) = 0 = f(0)", lambda: equal(sympy.Integer(0) ** k * a, 0)),
    ),
    planted=(Planted("k = 0: 0⁰f(θ) = 0", lambda: equal(sympy.Integer(0) ** 0 * a, 0)),),
)
UNIQUE = Derivation(
    "a function with two degrees is 0",
    steps=(
        Step(
            "2^{j+g}f(θ) = 2ʲf(θ) gives 2ʲ(2ᵍ − 1)f(θ) = 0, and 2ᵍ > 1",
            lambda: (
                equal(2 ** (j + gap) * a - 2**j * a, 2**j * (2**gap - 1) * a)
                and at_least(sympy.exp(u * sympy.log(2)) - 1 - u * sympy.log(2), 0, u)
            ),
        ),
    ),
    planted=(Planted("factor 2ᵍ + 1", lambda: equal(2 ** (j + gap) * a - 2**j * a, 2**j * (2**gap + 1) * a)),),
)
CLOSED = Derivation(
    "degrees add in products, subtract in quotients, stay in sums of equal degree, multiply in compositions",
    steps=(
        Step("cⁱf·cʲg = c^{i+j}fg", lambda: equal(c**i * a * (c**j * b), c ** (i + j) * (a * b))),
        Step("cⁱf/(cʲg) = c^{i−j}f/g where g ≠ 0", lambda: equal(c**i * a / (c**j * b), c ** (i - j) * (a / b))),
        Step("cⁱf + cⁱg = cⁱ(f + g)", lambda: equal(c**i * a + c**i * b, c**i * (a + b))),
        Step(
            "f(g(cθ)) = f(cʲg(θ)) = (cʲ)ⁱf(g(θ)) = c^{ij}f(g(θ)), the scale cʲ being positive",
            lambda: equal((c**j) ** i * a, c ** (i * j) * a) and (c**j).is_positive is True,
        ),
    ),
    planted=(
        Planted("degrees multiplied in a product", lambda: equal(c**i * a * (c**j * b), c ** (i * j) * (a * b))),
        Planted("degrees added in a composition", lambda: equal((c**j) ** i * a, c ** (i + j) * a)),
        Planted("a sum of unequal degrees", lambda: equal(c**i * a + c**j * b, c**i * (a + b))),
    ),
)
SPHERE = Derivation(
    "every function s on the unit sphere extends by f(θ) = ‖θ‖ᵏs(θ/‖θ‖) to one k-homogeneous function on θ ≠ 0, and to no other",
    steps=(
        Step("c = 1/‖θ‖ in the equation: f(θ/r) = r^{−k}f(θ), so f(θ) = rᵏf(θ/r)", lambda: equal(r**k * ((1 / r) ** k * a), a)),
        Step(
            "‖cθ‖ᵏ = cᵏ‖θ‖ᵏ and cθ/‖cθ‖ = θ/‖θ‖ (three parameters)",
            lambda: equal(_length(c * Y) ** k, c**k * _length(Y) ** k) and _vanishes(c * Y / _length(c * Y) - Y / _length(Y)),
        ),
    ),
    planted=(Planted("c = ‖θ‖ in place of 1/‖θ‖", lambda: equal(r**k * (r**k * a), a)),),
)
PROOF = (EXISTS, ZERO, UNIQUE, CLOSED, SPHERE)
