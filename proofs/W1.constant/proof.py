"""W1.constant: with increments of one length the squared norm follows a linear recursion.

Notation: μ the fraction taken away in a step, d the length of the increment, z = r² the squared norm, z* its fixed value.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step

d, eta, lam, U, v = sympy.symbols("d eta lambda U v", positive=True)
u = sympy.Symbol("u", nonnegative=True)
n = sympy.Symbol("n", integer=True, positive=True)
mu, z = sympy.symbols("mu z", real=True)
x1, x2, e1, e2 = sympy.symbols("x1 x2 e1 e2", real=True)
FIXED = d**2 / (2 * mu - mu**2)
CLOSED = FIXED + (1 - mu) ** (2 * n) * (z - FIXED)
ROUGH = U * sympy.sqrt(eta / (2 * lam))


def _next(square: sympy.Expr) -> sympy.Expr:
    return (1 - mu) ** 2 * square + d**2


PROOF = (
    Derivation(
        "z ↦ (1 − μ)²z + d² has the fixed value z* = d²/(2μ − μ²), and z_n − z* = (1 − μ)^{2n}(z_0 − z*)",
        steps=(
            Step(
                "‖(1 − μ)θ + δ‖² = (1 − μ)²‖θ‖² + 2(1 − μ)θ·δ + ‖δ‖² (two entries; any number alike), and θ·δ = 0",
                lambda: equal(
                    ((1 - mu) * x1 + e1) ** 2 + ((1 - mu) * x2 + e2) ** 2,
                    (1 - mu) ** 2 * (x1**2 + x2**2) + 2 * (1 - mu) * (x1 * e1 + x2 * e2) + e1**2 + e2**2,
                ),
            ),
            Step("z* is mapped to itself", lambda: equal(_next(FIXED), FIXED)),
            Step("the difference to z* is multiplied by (1 − μ)²", lambda: equal(_next(z) - FIXED, (1 - mu) ** 2 * (z - FIXED))),
            Step(
                "so z_n − z* = (1 − μ)^{2n}(z_0 − z*), by induction",
                lambda: equal(CLOSED.subs(n, 0), z) and equal(_next(CLOSED), CLOSED.subs(n, n + 1)),
            ),
            Step(
                "0 < μ < 2, that is |1 − μ| < 1 (1/(1 + v) for |1 − μ|): the difference tends to 0",
                lambda: tends((1 / (1 + v)) ** (2 * n), n, 0),
            ),
            Step(
                "z grows iff z < z*, for the change is (2μ − μ²)(z* − z)",
                lambda: equal(_next(z) - z, (2 * mu - mu**2) * (FIXED - z)),
            ),
        ),
        planted=(
            Planted("d²/(2μ)", lambda: equal(_next(d**2 / (2 * mu)), d**2 / (2 * mu))),
            Planted("factor 1 − μ", lambda: equal(_next(z) - FIXED, (1 - mu) * (z - FIXED))),
        ),
    ),
    Derivation(
        "AdamW, steps ηU: z* = U²η/(λ(2 − ηλ)), whose root lies between U√(η/2λ) and (1 + ηλ/2) times that, for ηλ ≤ 1",
        steps=(
            Step("μ = ηλ, d = ηU", lambda: equal(FIXED.subs({mu: eta * lam, d: eta * U}), U**2 * eta / (lam * (2 - eta * lam)))),
            Step("μ = λ, d = ηU", lambda: equal(FIXED.subs({mu: lam, d: eta * U}), U**2 * eta**2 / (lam * (2 - lam)))),
            Step(
                "the first root is U√(η/2λ)/√(1 − y), y = ηλ/2",
                lambda: equal(U**2 * eta / (lam * (2 - eta * lam)), ROUGH**2 / (1 - eta * lam / 2)),
            ),
            Step(
                "1 ≤ 1/√(1 − y) ≤ 1 + y for 0 ≤ y ≤ ½: (1 − y)(1 + y)² − 1 = y(1 − y − y²) ≥ 0 (y = 1/(2(1 + u)))",
                lambda: (
                    equal((1 - z) * (1 + z) ** 2 - 1, z * (1 - z - z**2))
                    and nonnegative((z * (1 - z - z**2)).subs(z, 1 / (2 * (1 + u))))
                ),
            ),
        ),
        planted=(
            Planted("U²η/(2λ) exactly", lambda: equal(FIXED.subs({mu: eta * lam, d: eta * U}), U**2 * eta / (2 * lam))),
            Planted("the bound up to y = 1", lambda: nonnegative((z * (1 - z - z**2)).subs(z, 1 / (1 + u)))),
        ),
    ),
)
