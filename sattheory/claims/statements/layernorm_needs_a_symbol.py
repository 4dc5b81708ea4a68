"""L5: if f is approximately k-homogeneous, LN(f) is approximately 0-homogeneous; LN(x) = (x − mean)/‖x − mean‖.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims import Claim, Expected, Form, Inequality, Planted, Proof, Search, Statement, Witness
from sattheory.claims.exact_cases import SCALES, Vectors, apart, balls, cases
from sattheory.claims.formulas import centre, norm, real, unit
from sattheory.claims.functions import NOTHING, Scale, definition, degree_of, functions, points, scales
from sattheory.claims.inequality import Pairs

DEGREES = (0, 1)


def _normalised(d: Fraction, rho: int, f: tuple[str, ...], theta: int, c: Scale) -> Inequality:
    """|LN(f)(cθ) − LN(f)(θ)| ≤ e^{−d|θ|} entry by entry, where |θ| ≥ ρ and all entries of f have one degree."""
    facts = [degree_of(entry) for entry in f]
    if len(set(f)) == 1 or not any(all(entry.has(k) for entry in facts) for k in DEGREES):
        return NOTHING
    least = max(Fraction(rho), *(entry.constants[1] for entry in facts))
    vector = ", ".join(str(entry) for entry in f)
    return definition(f"unit(centre([{vector}]))", 0, d=d, rho=least, theta=theta, c=c, entries=True)


def _vectors(k: int) -> Any:
    return some.integers(2, 3).flatmap(lambda n: some.tuples(*[functions(1, k)] * n))


STATEMENT = Statement(
    _normalised,
    lambda d, rho: some.fixed_dictionaries(
        {"f": some.sampled_from(DEGREES).flatmap(_vectors), "theta": points(rho), "c": scales(rho)}
    ),
    tuple({"d": Fraction(1, part), "rho": rho} for part, rho in ((10, 5), (100, 10), (1000, 50))),
)
WITNESS = Witness(
    "L5",
    "",
    STATEMENT,
)
