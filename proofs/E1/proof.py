"""E1: the aligned flow is linear, and its growth is read off.

Notation: x an entry of θ, a the constant of proportionality, η the learning rate, s = t₀ the time at which the flow starts.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import at_least, equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step

t, s, a, v, C, lam, alpha = sympy.symbols("t s a v C lambda alpha", positive=True)
u = sympy.Symbol("u", nonnegative=True)
w = sympy.Symbol("w", positive=True)
x, E = sympy.Function("x")(t), sympy.Function("E")(t)
GROWTH = sympy.exp(2 * a * (sympy.sqrt(t) - sympy.sqrt(s)))


def _along(expression: sympy.Expr, velocity: sympy.Expr) -> sympy.Expr:
    """Differentiate along x' = velocity."""
    return sympy.diff(expression, t).subs(sympy.Derivative(x, t), velocity)


FLOW = Derivation(
    "θ' = aθ/√t has the one solution θ(t) = θ(t₀)·e^{2a(√t − √t₀)}, bounded by multiples of e^{√t} on both sides iff a = ½",
    steps=(
        Step(
            "θ' = λθ with λ ≥ 0 and ‖θ'‖ = aη‖θ‖ is θ' = aηθ: λ‖θ‖ = aη‖θ‖ has the one solution λ = aη",
            lambda: sympy.solve(lam * C - alpha * C, lam) == [alpha],
        ),
        Step(
            "x' = ax/√t makes x·e^{−2a√t} constant, entry by entry: its derivative is 0",
            lambda: equal(_along(x * sympy.exp(-2 * a * sympy.sqrt(t)), a * x / sympy.sqrt(t)), 0),
        ),
        Step(
            "and e^{2a(√t − √t₀)} does solve the equation, from 1 at t₀",
            lambda: equal(sympy.diff(GROWTH, t), a * GROWTH / sympy.sqrt(t)) and equal(GROWTH.subs(t, s), 1),
        ),
        Step(
            "divided by e^{√t} it is e^{(2a − 1)√t − 2a√t₀}",
            lambda: equal(GROWTH / sympy.exp(sympy.sqrt(t)), sympy.exp((2 * a - 1) * sympy.sqrt(t) - 2 * a * sympy.sqrt(s))),
        ),
        Step(
            "a = ½: the quotient is the constant e^{−√t₀}",
            lambda: equal((GROWTH / sympy.exp(sympy.sqrt(t))).subs(a, sympy.Rational(1, 2)), sympy.exp(-sympy.sqrt(s))),
        ),
        Step(
            "a ≠ ½: the quotient (a < ½) or its reciprocal (a > ½) tends to 0",
            lambda: tends(sympy.exp(-v * sympy.sqrt(t)), t, 0),
        ),
    ),
    planted=(
        Planted(
            "exponent a√t for 2a√t",
            lambda: equal(_along(x * sympy.exp(-a * sympy.sqrt(t)), a * x / sympy.sqrt(t)), 0),
        ),
        Planted(
            "constant at a = 1",
            lambda: equal((GROWTH / sympy.exp(sympy.sqrt(t))).subs(a, 1), sympy.exp(-2 * sympy.sqrt(s))),
        ),
    ),
)
SCHEDULES = Derivation(
    "any learning rate: ‖θ(t)‖ = ‖θ(t₀)‖·exp(a∫η); a ratio between a₋ and a₊ keeps the growth between those of a₋ and a₊",
    steps=(
        Step(
            "with E' = η, x' = aηx makes x·e^{−aE} constant",
            lambda: equal(_along(x * sympy.exp(-a * E), a * sympy.diff(E, t) * x), 0),
        ),
        Step(
            "‖θ'‖ ≥ a₋‖θ‖/√t, aligned: the derivative of ln‖θ‖ − 2a₋√t is nonnegative (a₋ + u for the ratio)",
            lambda: nonnegative((a + u) / sympy.sqrt(t) - sympy.diff(2 * a * sympy.sqrt(t), t)),
        ),
        Step(
            "‖θ'‖ ≤ a₊‖θ‖/√t: that of 2a₊√t − ln‖θ‖ is (a₊ = ratio + u)",
            lambda: nonnegative(sympy.diff(2 * (a + u) * sympy.sqrt(t), t) - a / sympy.sqrt(t)),
        ),
    ),
    planted=(
        Planted("e^{−E} for e^{−aE}", lambda: equal(_along(x * sympy.exp(-E), a * sympy.diff(E, t) * x), 0)),
        Planted(
            "4a₋√t for 2a₋√t",
            lambda: nonnegative((a + u) / sympy.sqrt(t) - sympy.diff(4 * a * sympy.sqrt(t), t)),
        ),
    ),
)
PROOF = (FLOW, SCHEDULES)
FROM_ONE = sympy.exp(2 * a * (sympy.sqrt(t) - 1))
REFUTATION = (
    Step(
        "θ(t) = e^{2a(√t − 1)}θ(1) satisfies θ' = (a/√t)θ: aligned, and A1 with η = 1/√t",
        lambda: equal(sympy.diff(FROM_ONE, t), a * FROM_ONE / sympy.sqrt(t)),
    ),
    Step(
        "a = 1: at √t = 2 + u it is e^u·e^{√t}; with u = ln C₊ + w that is e^w ≥ 1 + w times C₊e^{√t}",
        lambda: (
            equal((FROM_ONE / sympy.exp(sympy.sqrt(t))).subs({a: 1, t: (2 + u) ** 2}), sympy.exp(u))
            and equal(sympy.exp(sympy.log(C) + w), C * sympy.exp(w))
            and at_least(sympy.exp(u) - u, 1, u)
        ),
    ),
    Step(
        "a = ¼: at √t = 2u it is e^{−u − ½}·e^{√t}, less than C₋e^{√t} for u ≥ −ln C₋",
        lambda: (
            equal(
                (FROM_ONE / sympy.exp(sympy.sqrt(t))).subs({a: sympy.Rational(1, 4), t: (2 * u) ** 2}),
                sympy.exp(-u - sympy.Rational(1, 2)),
            )
            and equal(sympy.exp(-(-sympy.log(C) + u) - sympy.Rational(1, 2)), C * sympy.exp(-u - sympy.Rational(1, 2)))
            and at_least(1 - sympy.exp(-u - sympy.Rational(1, 2)), 1 - sympy.exp(-sympy.Rational(1, 2)), u)
        ),
    ),
)
