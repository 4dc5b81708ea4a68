"""L8, step by step: the largest difference between tanh(cx) and tanh(x) over all c ≥ 1 is 1 − tanh|x|.

Symbols: y is any real number, x and c are positive, u ≥ 0; T(z) = 1 − 2/(1 + e^{2z}) is tanh z.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import at_least, equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step

x, c = sympy.symbols("x c", positive=True)
u = sympy.Symbol("u", nonnegative=True)
y = sympy.Symbol("y", real=True)
ROOTS = sympy.exp(x / 2) - sympy.exp(-x / 2)


def _tanh(z: Any) -> Any:
    return 1 - 2 / (1 + sympy.exp(2 * z))


def _odd(sign: int) -> bool:
    """Decide tanh(−cy) − tanh(−y) = sign·(tanh(cy) − tanh(y))."""
    return equal(_tanh(-c * y) - _tanh(-y), sign * (_tanh(c * y) - _tanh(y)))


SUPREMUM = Derivation(
    "|tanh(cx) − tanh(x)| ≤ 2/(1 + e^{2|x|}) = 1 − tanh|x| for all c ≥ 1; for x ≠ 0 this is the supremum over c",
    steps=(
        Step("tanh y = 1 − 2/(1 + e^{2y})", lambda: equal(sympy.tanh(y).rewrite(sympy.exp), _tanh(y))),
        Step("at x = 0 both values are 0, for every c", lambda: equal(_tanh(c * 0), 0)),
        Step(
            "tanh is odd, so tanh(−cy) − tanh(−y) = −(tanh(cy) − tanh(y)): it is enough to take x > 0",
            lambda: equal(_tanh(-y), -_tanh(y)) and _odd(-1),
        ),
        Step(
            "∂tanh(cx)/∂c ≥ 0 for x > 0: tanh(cx) − tanh(x) is 0 at c = 1 and grows with c",
            lambda: nonnegative(sympy.diff(_tanh(c * x), c)),
        ),
        Step(
            "tanh(cx) ≤ 1 and tanh(cx) → 1 as c → ∞, so the supremum is 1 − tanh x = 2/(1 + e^{2x})",
            lambda: (
                nonnegative(1 - _tanh(c * x))
                and tends(_tanh(x * u), u, 1)
                and equal(1 - sympy.tanh(x).rewrite(sympy.exp), 2 / (1 + sympy.exp(2 * x)))
            ),
        ),
    ),
    planted=(
        Planted("2/(1 + e^{y}) for 2/(1 + e^{2y})", lambda: equal(sympy.tanh(y).rewrite(sympy.exp), _tanh(y / 2))),
        Planted("tanh even: the same sign for −y", lambda: _odd(1)),
        Planted("falling with c", lambda: nonnegative(-sympy.diff(_tanh(c * x), c))),
        Planted("limit 2 instead of 1", lambda: tends(_tanh(x * u), u, 2)),
    ),
)


def _below(bound: Any, rest: Any) -> bool:
    """Decide bound − 2/(1 + e^{2x}) = rest/(1 + e^{2x}) and that this is ≥ 0."""
    quotient = rest / (1 + sympy.exp(2 * x))
    return equal(bound - 2 / (1 + sympy.exp(2 * x)), quotient) and nonnegative(quotient)


def _scaled(exponent: int) -> Any:
    """e^{exponent·x}·2/(1 + e^{2x}), as a function of u = x ≥ 0 without growing terms."""
    return 2 * sympy.exp((exponent - 2) * u) / (1 + sympy.exp(-2 * u))


SIZE = Derivation(
    "e^{−2|x|} ≤ 1 − tanh|x| ≤ min(2e^{−2|x|}, e^{−|x|}), and the constants 1, 2 and 1 cannot be improved",
    steps=(
        Step(
            "2e^{−2x} − 2/(1 + e^{2x}) = 2e^{−2x}/(1 + e^{2x}) ≥ 0",
            lambda: _below(2 * sympy.exp(-2 * x), 2 * sympy.exp(-2 * x)),
        ),
        Step(
            "e^{−x} − 2/(1 + e^{2x}) = (e^{x/2} − e^{−x/2})²/(1 + e^{2x}) ≥ 0",
            lambda: _below(sympy.exp(-x), ROOTS**2),
        ),
        Step(
            "2/(1 + e^{2x}) − e^{−2x} = (1 − e^{−2x})/(1 + e^{2x}), and 1 − e^{−2u} ≥ 0 for u ≥ 0",
            lambda: (
                equal(2 / (1 + sympy.exp(2 * x)) - sympy.exp(-2 * x), (1 - sympy.exp(-2 * x)) / (1 + sympy.exp(2 * x)))
                and at_least(1 - sympy.exp(-2 * u), 0, u)
            ),
        ),
        Step(
            "e^{2x}(1 − tanh x) = 2/(1 + e^{−2x}) → 2 as x → ∞ and → 1 as x → 0, where e^{x}(1 − tanh x) → 1 too",
            lambda: (
                equal(sympy.exp(2 * u) * (1 - _tanh(u)), _scaled(2))
                and tends(_scaled(2), u, 2)
                and tends(_scaled(2), u, 1, to=0)
                and equal(sympy.exp(u) * (1 - _tanh(u)), _scaled(1))
                and tends(_scaled(1), u, 1, to=0)
            ),
        ),
    ),
    planted=(
        Planted("exponent 3 instead of 2", lambda: nonnegative(2 * sympy.exp(-3 * x) - (1 - _tanh(x)))),
        Planted("a square forgotten", lambda: _below(sympy.exp(-x), ROOTS)),
        Planted("e^{−2x} as upper bound", lambda: at_least(sympy.exp(-2 * u) - 1, 0, u)),
        Planted("e^{2x}(1 − tanh x) → 1 as x → ∞", lambda: tends(_scaled(2), u, 1)),
    ),
)
PROOF = (SUPREMUM, SIZE)
