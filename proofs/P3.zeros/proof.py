"""P3.zeros, step by step: a zero that is not everywhere ends P3, and so does a degree below 1.

Symbols: R = ‖θ‖; R0 the radius of the sphere on which |f| is bounded by eta from below, by M from above; a = |f(θ₁)|, r1 = ‖θ₁‖.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import at_least, equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step

c, d, k, r, eta, M, a, r1, R0, b, j = sympy.symbols("c d k r eta M a r1 R0 b j", positive=True)
u, w = sympy.symbols("u w", nonnegative=True)
s = sympy.Symbol("s", real=True)
half, eighth = sympy.Rational(1, 2), sympy.Rational(1, 8)


def _sigmoid(value: Any) -> Any:
    return 1 / (1 + sympy.exp(-sympy.sympify(value)))


def _tanh(value: Any) -> Any:
    return 1 - 2 / (1 + sympy.exp(2 * sympy.sympify(value)))


def _values(power: Any) -> bool:
    """Decide that (R/r₁)^power·a = 1 at R = r₁·a^{−1/k}."""
    return equal(((r1 * a ** (-1 / k)) / r1) ** power * a, 1)


RAYS = Derivation(
    "f(λθ) = λᵏf(θ) for λ ≥ 1, ‖θ‖ ≥ ρ: zeros stay zeros along rays, and values grow like rᵏ",
    steps=(
        Step("By Theorem 0, as k > 0: f(θ) = 0 if and only if f(λθ) = 0, for ‖θ‖ ≥ ρ and λ ≥ 1."),
        Step(
            "on the ray of θ₁, |f(Rθ₁/r₁)| = (R/r₁)ᵏa is 1 at R = r₁a^{−1/k} and does not decrease with R",
            lambda: _values(k) and nonnegative(sympy.diff((r / r1) ** k * a, r)),
        ),
    ),
    planted=(Planted("the square of the growth", lambda: _values(2 * k)),),
)


def _on_arc(turns: int) -> bool:
    """Decide (R cos s)² + (R sin(turns·s))² = R²: the square of the length, for orthogonal vectors of length 1."""
    return equal((r * sympy.cos(s)) ** 2 + (r * sympy.sin(turns * s)) ** 2, r**2)


ZERO = Derivation(
    "a zero and a nonzero value ⇒ σ∘f, tanh∘f, softmax∘(f, 0) satisfy D3(0, d', ρ') for no d', ρ'",
    steps=(
        Step(
            "R ≥ max(‖θ₀‖, r₁, r₁a^{−1/k}); Rθ₀/‖θ₀‖ and Rθ₁/r₁ lie on an arc R(y cos s + z sin s), y, z orthogonal of length "
            "1 (p ≥ 2), which stays on the sphere ‖θ‖ = R",
            lambda: _on_arc(1),
        ),
        Step("|f| is continuous on the arc, 0 at one point and at least 1 at the other: at some θ on it |f(θ)| = 1."),
        Step("at c = 2^{1/k} ≥ 1: |f(cθ)| = cᵏ = 2", lambda: equal((2 ** (1 / k)) ** k, 2) and at_least(2**u, 1, u)),
        Step(
            "σ(2) − σ(1) > ⅛, σ(−1) − σ(−2) > ⅛, and the same for tanh: the error there exceeds ⅛, whatever R is",
            lambda: all(bool((h(2 * sign) - h(sign)) * sign - eighth > 0) for h in (_sigmoid, _tanh) for sign in (1, -1)),
        ),
        Step(
            "softmax(x, 0) = (σ(x), 1 − σ(x))",
            lambda: equal(sympy.exp(u) / (sympy.exp(u) + 1), _sigmoid(u)) and equal(1 / (sympy.exp(u) + 1), 1 - _sigmoid(u)),
        ),
        Step("e^{−dR} → 0 as R → ∞, so e^{−dR} < ⅛ for all large R", lambda: tends(sympy.exp(-d * r), r, 0)),
    ),
    planted=(
        Planted("sin 2s for sin s on the arc", lambda: _on_arc(2)),
        Planted("c = 2ᵏ", lambda: equal((2**k) ** k, 2)),
        Planted("the error exceeds ¼", lambda: bool(_sigmoid(2) - _sigmoid(1) - 2 * eighth > 0)),
        Planted("the bound stays", lambda: tends(sympy.exp(-d / r), r, 0)),
    ),
)


NO_ZERO = Derivation(
    "no zero beyond ρ: P3 holds if k ≥ 1 and fails if k < 1",
    steps=(
        Step(
            "On the sphere ‖θ‖ = R₀ = max(ρ, 1), compact, |f| has a least value η > 0 and a largest value M; and "
            "|f(θ)| = (r/R₀)ᵏ|f(R₀θ/r)| for r ≥ R₀ lies between (r/R₀)ᵏη and (r/R₀)ᵏM."
        ),
        Step(
            "k = 1 + w ≥ 1, r/R₀ = eᵘ: (r/R₀)ᵏη ≥ (r/R₀)η = γr with γ = η/R₀, so P3' applies with all θ beyond R₀",
            lambda: at_least(sympy.exp((1 + w) * u - u), 1, u) and equal(r / R0 * eta, eta / R0 * r),
        ),
        Step(
            "k < 1: as c → ∞ σ∘f moves by σ(−|f|) ≥ ½e^{−|f|}, tanh∘f by 2/(1 + e^{2|f|}) ≥ e^{−2|f|}, for |f| = u",
            lambda: (
                tends(_sigmoid(c), c, 1)
                and tends(_tanh(c), c, 1)
                and at_least(sympy.simplify(sympy.exp(u) * _sigmoid(-u)), half, u)
                and equal(2 / (1 + r) - 1 / r, (r - 1) / (r * (1 + r)))
                and at_least(sympy.exp(2 * u), 1, u)
            ),
        ),
        Step(
            "with y = rᵏ, k = 1/(1 + j): |f| ≤ by/2, b = 2M/R₀ᵏ, and dr = dy·y^j ≥ (b + 1)y ≥ by + 1 > by + ln 2 for y ≥ 1, "
            "y^j ≥ (b + 1)/d: both exceed e^{−dr} for all large r",
            lambda: (
                equal((r ** (1 / (1 + j))) ** (1 + j), r)
                and equal(d * r * ((b + 1) / d), (b + 1) * r)
                and nonnegative(sympy.expand((b + 1) * (1 + u) - b * (1 + u) - 1))
                and bool(sympy.log(2) < 1)
            ),
        ),
    ),
    planted=(
        Planted("k < 1: e^{ku} ≥ eᵘ", lambda: at_least(sympy.exp(half * u - u), 1, u)),
        Planted("3/4 for ½", lambda: at_least(sympy.simplify(sympy.exp(u) * _sigmoid(-u)), sympy.Rational(3, 4), u)),
        Planted("exponent j for 1 + j", lambda: equal((r ** (1 / (1 + j))) ** j, r)),
    ),
)
PROOF = (RAYS, ZERO, NO_ZERO)
