"""L3: the sum of two approximately k-homogeneous functions is approximately k-homogeneous.

A residual connection is a sum.  True as stated: the two errors add up to 2e^{−dr} with d the smaller constant, and that is at
most e^{−dr/2} as soon as r ≥ 2 ln 2/d (paper §C.2).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some
import sympy

from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.deciders import around, at_least, equal, within
from sattheory.claims.evidence import Derivation, Planted, Search, Step
from sattheory.claims.inequality import Pairs, real

d, r, C, a, b, E1, E2 = sympy.symbols("d r C a b E1 E2", positive=True)
e1, e2 = sympy.symbols("e1 e2", real=True)
u, v = sympy.symbols("u v", nonnegative=True)


def _absorbed(start: Any) -> bool:
    """Decide 2e^{−dr} ≤ e^{−dr/2} for r = start + u, as 1 − 2e^{−dr/2} ≥ 0."""
    return at_least(1 - 2 * sympy.exp(-d * (start + u) / 2), 0, u)


DERIVATION = Derivation(
    "errors e^{−d_f r} and e^{−d_g r} add up to at most e^{−dr/2}, d = min(d_f, d_g), for r ≥ max(ρ_f, ρ_g, 2 ln 2/d)",
    steps=(
        Step(
            "f(cθ) + g(cθ) − cᵏ(f(θ) + g(θ)) is the sum of the two errors",
            lambda: equal((C * a + e1) + (C * b + e2) - C * (a + b), e1 + e2),
        ),
        Step("|e₁ + e₂| ≤ E₁ + E₂", lambda: within(e1 + e2, around(e1, E1) | around(e2, E2), E1 + E2)),
        Step("e^{−(d+v)r} ≤ e^{−dr} for v ≥ 0", lambda: at_least(1 - sympy.exp(-v * r), 0, v)),
        Step("2e^{−dr} ≤ e^{−dr/2} for r ≥ 2 ln 2/d", lambda: _absorbed(2 * sympy.log(2) / d)),
    ),
    planted=(
        Planted("r ≥ ln 2/d", lambda: _absorbed(sympy.log(2) / d)),
        Planted("|e₁ + e₂| ≤ E₁", lambda: within(e1 + e2, around(e1, E1) | around(e2, E2), E1)),
    ),
)


def _total(d: Fraction, more: Fraction, s: Fraction, t: Fraction, beyond: Fraction) -> tuple[Any, Any, Any]:
    """|e₁ + e₂| for errors that are the fractions s and t of what they may be, at r = 2 ln 2/d + beyond."""
    r = 2 * real(2).log() / real(d) + real(beyond)
    error = real(s) * (-real(d) * r).exp() + real(t) * (-real(d + more) * r).exp()
    return abs(error), real(d) * r, r


def _sum_keeps(**example: Fraction) -> Pairs:
    error, exponent, _ = _total(**example)
    yield error, (-exponent / 2).exp()


def _same_exponent(**example: Fraction) -> Pairs:
    error, exponent, _ = _total(**example)
    yield error, (-exponent).exp()


FRACTION = some.integers(-16, 16).map(lambda i: Fraction(i, 16))
EIGHTHS = some.integers(1, 32).map(lambda i: Fraction(i, 8))
SEARCH = Search(
    "|e₁ + e₂| ≤ e^{−dr/2} for all errors allowed and r > 2 ln 2/d",
    some.fixed_dictionaries(
        {
            "d": EIGHTHS,
            "more": some.integers(0, 16).map(lambda i: Fraction(i, 8)),
            "s": FRACTION,
            "t": FRACTION,
            "beyond": EIGHTHS,
        }
    ),
    _sum_keeps,
    planted=(Planted("exponent dr instead of dr/2", _same_exponent),),
)
CLAIMS = (
    Claim(
        "L3",
        place="§C.2",
        title="sums keep approximate k-homogeneity",
        statement="f, g approximately k-homogeneous ⇒ f + g approximately k-homogeneous",
        why="A residual connection is a sum. The statement holds with half the exponent, beyond a larger radius.",
        literal=Form("as stated, with d/2 for d = min(d_f, d_g) and ρ = max(ρ_f, ρ_g, 2 ln 2/d)", (), (DERIVATION, SEARCH)),
        repaired=None,
        expected=Expected("derived"),
    ),
)
