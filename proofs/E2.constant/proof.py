"""E2.constant: orthogonal steps of one length, and what A1 would have to be for them.

Notation: r₁ = ‖θ_1‖, q = ‖δ_t‖, P_T = Π_{t<T}(1 + s/t), s = a².
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step

T, r, q, a, v, C = sympy.symbols("T r q a v C", positive=True)
u = sympy.Symbol("u", nonnegative=True)
SQUARE = r**2 + q**2 * (T - 1)
LENGTH = a / sympy.sqrt(T) * sympy.sqrt(C * T ** (a**2))

GROWTH = Derivation(
    "‖θ_T‖² = ‖θ_1‖² + q²(T − 1), so ‖θ_T‖/√T → q; lengths in [q₋, q₊] keep the growth between those of q₋ and q₊",
    steps=(
        Step(
            "‖θ_T‖² = ‖θ_1‖² + q²(T − 1) at T = 1, and q² more from T to T + 1",
            lambda: equal(SQUARE.subs(T, 1), r**2) and equal(SQUARE.subs(T, T + 1) - SQUARE, q**2),
        ),
        Step("divided by T it tends to q²", lambda: tends(SQUARE / T, T, q**2)),
        Step("a longer step adds more: (q + u)² ≥ q²", lambda: nonnegative((q + u) ** 2 - q**2)),
        Step("‖δ_T‖²·T/‖θ_T‖² → 1: with η = 1/√t the ratio of A1 tends to 1", lambda: tends(q**2 * T / SQUARE, T, 1)),
    ),
    planted=(
        Planted("T for T − 1", lambda: equal((SQUARE + q**2).subs(T, 1), r**2)),
        Planted("the ratio tends to q", lambda: tends(q**2 * T / SQUARE, T, q)),
    ),
)
LENGTHS = Derivation(
    "conversely, under A1 with η = 1/√t and orthogonal steps ‖δ_t‖ is bounded by constants on both sides iff a = 1",
    steps=(
        Step(
            "‖θ_T‖² = C·T^{a²} with C between 1 and 1/Γ(1 + a²) makes ‖δ_T‖ = a√C·T^{(a² − 1)/2}",
            lambda: equal(LENGTH, a * sympy.sqrt(C) * T ** ((a**2 - 1) / 2)),
        ),
        Step("a = 1: ‖θ_T‖² = T and ‖δ_T‖ = 1", lambda: equal(LENGTH.subs({a: 1, C: 1}), 1)),
        Step("a ≠ 1: the length (a < 1) or its reciprocal (a > 1) tends to 0", lambda: tends(T ** (-v), T, 0)),
    ),
    planted=(
        Planted("T^{a² − 1} for T^{(a² − 1)/2}", lambda: equal(LENGTH, a * sympy.sqrt(C) * T ** (a**2 - 1))),
        Planted("constant at a = 2", lambda: equal(LENGTH.subs({a: 2, C: 1}), 2)),
    ),
)
PROOF = (GROWTH, LENGTHS)
