"""L2: ReLU keeps approximate k-homogeneity (Definition 3 of the paper).

A feedforward block passes through a ReLU, so the homogeneity calculus needs it.  True as stated, with the same constants d and ρ:
ReLU commutes with multiplication by a positive number and moves no two numbers apart (paper §C.2).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some
import sympy

from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.deciders import equal, nonnegative
from sattheory.claims.evidence import Derivation, Planted, Search, Step
from sattheory.claims.inequality import Pairs

C = sympy.Symbol("C", positive=True)
y = sympy.Symbol("y", real=True)
p, q = sympy.symbols("p q", nonnegative=True)


def _relu(z: Any) -> Any:
    return (z + sympy.Abs(z)) / 2


def _gap(a: Any, b: Any, lipschitz: Any = 1) -> Any:
    """(λ|a − b|)² − |ReLU a − ReLU b|²."""
    return sympy.expand((lipschitz * (a - b)) ** 2 - (_relu(a) - _relu(b)) ** 2)


def _one_lipschitz(constant: Any) -> bool:
    """Decide it for each choice of signs."""
    return all(nonnegative(_gap(a, b, constant)) for a in (p, -p) for b in (q, -q))


HOMOGENEOUS = Step("ReLU(Cy) = C·ReLU(y) for C > 0", lambda: equal(_relu(C * y), C * _relu(y)))
LIPSCHITZ = Step("|ReLU(a) − ReLU(b)| ≤ |a − b|, for each choice of signs of a and b", lambda: _one_lipschitz(1))
NOT_HOMOGENEOUS = Planted("ReLU(Cy) = C²·ReLU(y)", lambda: equal(_relu(C * y), C**2 * _relu(y)))
NOT_LIPSCHITZ = Planted("Lipschitz constant ½", lambda: _one_lipschitz(sympy.Rational(1, 2)))
DERIVATION = Derivation(
    "|ReLU(f(cθ)) − cᵏReLU(f(θ))| = |ReLU(f(cθ)) − ReLU(cᵏf(θ))| ≤ |f(cθ) − cᵏf(θ)| ≤ e^{−d‖θ‖}",
    steps=(HOMOGENEOUS, LIPSCHITZ, Step("Both together with C = cᵏ, a = f(cθ), b = cᵏf(θ), entry by entry: same d, same ρ.")),
    planted=(NOT_HOMOGENEOUS, NOT_LIPSCHITZ),
)


ZERO = Fraction(0)


def _keeps_error(a: Fraction, b: Fraction, c: Fraction, k: int) -> Pairs:
    yield abs(max(a, ZERO) - c**k * max(b, ZERO)), abs(a - c**k * b)


def _degree_off(a: Fraction, b: Fraction, c: Fraction, k: int) -> Pairs:
    yield abs(max(a, ZERO) - c ** (k + 1) * max(b, ZERO)), abs(a - c**k * b)


QUARTERS = some.integers(-64, 64).map(lambda i: Fraction(i, 4))
SEARCH = Search(
    "|ReLU(a) − cᵏReLU(b)| ≤ |a − cᵏb|, exactly",
    some.fixed_dictionaries(
        {"a": QUARTERS, "b": QUARTERS, "c": some.integers(8, 80).map(lambda i: Fraction(i, 8)), "k": some.integers(0, 4)}
    ),
    _keeps_error,
    planted=(Planted("degree off by one", _degree_off),),
)
CLAIMS = (
    Claim(
        "L2",
        place="§C.2",
        title="ReLU keeps approximate k-homogeneity",
        statement="f approximately k-homogeneous ⇒ ReLU∘f approximately k-homogeneous",
        why="Every feedforward block passes through it. It is one of the few steps of the calculus that needs no repair.",
        literal=Form(
            "as stated, with the same d and ρ", ("|f(cθ) − cᵏf(θ)| ≤ e^{−d‖θ‖} for c ≥ 1, ‖θ‖ ≥ ρ",), (DERIVATION, SEARCH)
        ),
        repaired=None,
        expected=Expected("derived"),
    ),
)
