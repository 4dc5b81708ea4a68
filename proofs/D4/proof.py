"""Steps of the proof of D4: a head is defined everywhere and averages its values.

Notation: E = e^{S_ij} > 0 for one position, R ≥ 0 the sum of the others', A = E/(E + R); t ∈ [0, 1] a weight, V and W two
values.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import equal, nonnegative, within
from sattheory.claims.evidence import Derivation, Planted, Step

x, y, z = sympy.symbols("x y z", real=True)
E = sympy.Symbol("E", positive=True)
R, u, v = sympy.symbols("R u v", nonnegative=True)
t, M = sympy.symbols("t M", positive=True)
POWERS = [sympy.exp(score) for score in (x, y, z)]
TOTAL = sum(POWERS)

PROOF = (
    Derivation(
        "A_ij lies in (0, 1], every row of A sums to 1, and H_i lies between the smallest and the largest value, entry by entry",
        steps=(
            Step(
                "e^s > 0 for every real s: the denominator is positive, and the quotient defined", lambda: bool(TOTAL.is_positive)
            ),
            Step(
                "E/(E + R) ≤ 1, with equality only for R = 0: 1 − E/(E + R) = R/(E + R)",
                lambda: equal(1 - E / (E + R), R / (E + R)),
            ),
            Step("a row sums to 1; three positions", lambda: equal(sum(power / TOTAL for power in POWERS), 1)),
            Step(
                "a mean of values M − u and M − v is at most M: M − (t(M − u) + (1 − t)(M − v)) = tu + (1 − t)v; reversed alike",
                lambda: equal(M - (t * (M - u) + (1 - t) * (M - v)), t * u + (1 - t) * v),
            ),
            Step(
                "|tx + (1 − t)y| ≤ M for |x|, |y| ≤ M",
                lambda: within(t * x + (1 - t) * y, {t: (0, 1), x: (-M, M), y: (-M, M)}, M),
            ),
            Step("n positions: a mean of n values is one of the first and a mean of the others (t = A_1)"),
        ),
        planted=(
            Planted("scores without e", lambda: bool((x + y + z).is_positive)),
            Planted("the first position left out of the sum", lambda: equal(sum(power / TOTAL for power in POWERS[1:]), 1)),
            Planted("weights t and t", lambda: equal(M - (t * (M - u) + t * (M - v)), t * u + t * v)),
            Planted("half of M", lambda: within(t * x + (1 - t) * y, {t: (0, 1), x: (-M, M), y: (-M, M)}, M / 2)),
            Planted("A > 1", lambda: nonnegative(E / (E + R) - 1)),
        ),
    ),
)
