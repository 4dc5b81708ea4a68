"""S3.fragile, step by step: almost no head averages unequal vectors, and a small change of the scores ends the counting.

Notation: h = (x, y) a query's vector, δ = (p, q) the difference of two others, both not 0; d ≠ 0 the size of the change.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import at_least, equal
from sattheory.claims.evidence import Derivation, Planted, Step

c, d, x = sympy.symbols("c d x", positive=True)
y, p, q = sympy.symbols("y p q", real=True)
v = sympy.Symbol("v", nonnegative=True)
half, root = sympy.Rational(1, 2), 1 / sympy.sqrt(2)


def _difference(query: tuple[sympy.Expr, sympy.Expr], key: tuple[sympy.Expr, sympy.Expr]) -> sympy.Expr:
    """(W^q h)·(W^k δ) for key width 1."""
    return (query[0] * x + query[1] * y) * (key[0] * p + key[1] * q)


NULL = Derivation(
    "h_i ≠ 0, h_j ≠ h_l: the (W^q, W^k) with equal scores of j and l form a set of measure zero",
    steps=(
        Step(
            "the difference of the scores is the polynomial (W^q h)·(W^k δ); at W^q = hᵀ, W^k = δᵀ (first rows, others 0) it "
            "is ‖h‖²‖δ‖²",
            lambda: equal(_difference((x, y), (p, q)), (x**2 + y**2) * (p**2 + q**2)),
        ),
        Step(
            "A polynomial that is not 0 vanishes on a set of measure zero only: by induction on the number of variables, with "
            "Fubini."
        ),
        Step(
            "Off finitely many such sets unequal vectors have unequal scores, so all maximal h_j are equal to one h_*, and S2 "
            "(i) gives V h_*."
        ),
    ),
    planted=(
        Planted(
            "W^q = hᵀ and W^k = hᵀ: the value need not be ‖h‖²‖δ‖²",
            lambda: equal(_difference((x, y), (x, y)), (x**2 + y**2) * (p**2 + q**2)),
        ),
    ),
)
ACCEPTOR = Derivation(
    "scores d²c⁴[letter j is c] in the first head: aⁿbⁿcⁿ is rejected at every scale c > 0, for every d ≠ 0",
    steps=(
        Step(
            "query cd·c, key cd·c at a letter c and 0 elsewhere: scores d²c⁴ and 0",
            lambda: equal((c * d * c) * (c * d * c), d**2 * c**4),
        ),
        Step(
            "with E = e^{d²c⁴} the last letter's head returns (n, n, nE)/(2n + nE): p_c − p_b is a positive multiple of n(E − "
            "1)/(2n + nE)",
            lambda: equal(x * c / (2 * x + x * c) - x / (2 * x + x * c), x * (c - 1) / (2 * x + x * c)),
        ),
        Step("E − 1 ≥ d²c⁴ > 0, by eᵛ ≥ 1 + v", lambda: at_least(sympy.exp(v) - v, 1, v)),
        Step(
            "No prefix of aⁿbⁿcⁿ is flagged: at a letter a no b or c has been seen, at a letter b no c, so their normalised "
            "counts are 0."
        ),
        Step(
            "so the last sum is positive, the last norm makes 1/√2 of it, and the logit is c²(½ − 1/√2) < 0",
            lambda: equal(x / sympy.sqrt(x**2 + x**2), root) and bool(half - root < 0),
        ),
    ),
    planted=(
        Planted("degree 2 for the scores", lambda: equal((c * d * c) * (c * d * c), d**2 * c**2)),
        Planted("eᵛ ≥ 1 + 2v", lambda: at_least(sympy.exp(v) - 2 * v, 1, v)),
        Planted("weight ⅘ for ½ in the classifier", lambda: bool(sympy.Rational(4, 5) - root < 0)),
    ),
)
PROOF = (NULL, ACCEPTOR)
