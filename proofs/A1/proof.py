"""A1: three kinds of step, and the power of the norm that each is proportional to.

Notation: r = ‖θ_t‖, G = ‖∇L(θ_t/‖θ_t‖)‖, η a step size, m the margin at the unit vector θ_t/‖θ_t‖.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import at_least, equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step

r, c, eta, G, m, v, U = sympy.symbols("r c eta G m v U", positive=True)
u = sympy.Symbol("u", nonnegative=True)
k, y = sympy.symbols("k y", real=True)
PARTS = sympy.symbols("g1 g2", real=True)
RATIO = eta * r ** (k - 1) * G / (eta * r)
LOGISTIC = r ** (k - 2) * G / (1 + sympy.exp(r**k * m))


def _grows(power: sympy.Expr) -> bool:
    """Tell whether a power of r increases strictly."""
    return sympy.diff(power, r).is_positive is True


HOMOGENEOUS = Derivation(
    "‖δ‖ = η‖θ‖^{k−1}‖∇L(θ/‖θ‖)‖; along a fixed direction ‖δ‖/(η‖θ‖) is the same at all times iff k = 2",
    steps=(
        Step(
            "L(cθ) = cᵏL(θ), differentiated in θ, is c∇L(cθ) = cᵏ∇L(θ); so ∇L(cθ) = c^{k−1}∇L(θ)",
            lambda: all(equal(c**k * part / c, c ** (k - 1) * part) for part in PARTS),
        ),
        Step(
            "‖r^{k−1}g‖ = r^{k−1}‖g‖ (two entries; any number alike), so ‖δ‖ = ηr^{k−1}G with c = r at θ/‖θ‖",
            lambda: equal(
                sympy.sqrt(sum((r ** (k - 1) * part) ** 2 for part in PARTS)),
                r ** (k - 1) * sympy.sqrt(sum(part**2 for part in PARTS)),
            ),
        ),
        Step("the ratio ‖δ‖/(η‖θ‖) is r^{k−2}G", lambda: equal(RATIO, r ** (k - 2) * G)),
        Step("k = 2: the ratio is G, whatever r is", lambda: equal(RATIO.subs(k, 2), G)),
        Step("Along a fixed direction G is one positive number and δ ≠ 0 is radial, so that r changes at every step."),
        Step(
            "k ≠ 2: r^{k−2} is strictly monotone in r, so the ratio changes with r",
            lambda: _grows(r**v) and _grows(-(r ** (-v))),
        ),
        Step("if r → ∞, the ratio tends to 0 for k < 2 and its reciprocal does for k > 2", lambda: tends(r ** (-v), r, 0)),
    ),
    planted=(
        Planted("the ratio constant at k = 1", lambda: equal(RATIO.subs(k, 1), G)),
        Planted("power k for k − 2", lambda: equal(RATIO, r**k * G)),
        Planted("a gradient of degree k", lambda: all(equal(c**k * part / c, c**k * part) for part in PARTS)),
    ),
)
CROSS_ENTROPY = Derivation(
    "for the loss ln(1 + e^{−M}) of a k-homogeneous M, positive along the direction, ‖δ‖/(η‖θ‖) ≤ ‖∇M(θ/‖θ‖)‖/(m‖θ‖²) → 0",
    steps=(
        Step(
            "the derivative of ln(1 + e^{−y}) is −1/(1 + e^y), so the ratio is r^{k−2}G/(1 + e^{rᵏm})",
            lambda: (
                equal(sympy.diff(sympy.log(1 + sympy.exp(-y)), y), -1 / (1 + sympy.exp(y)))
                and equal(RATIO / (1 + sympy.exp(r**k * m)), LOGISTIC)
            ),
        ),
        Step("1 + e^y ≥ y for y ≥ 0", lambda: at_least(1 + sympy.exp(u) - u, 0, u)),
        Step("with y = rᵏm for 1 + e^y the ratio is G/(mr²)", lambda: equal(r ** (k - 2) * G / (r**k * m), G / (m * r**2))),
        Step("which tends to 0 as r → ∞", lambda: tends(G / (m * r**2), r, 0)),
    ),
    planted=(
        Planted("the sign of the derivative", lambda: equal(sympy.diff(sympy.log(1 + sympy.exp(-y)), y), 1 / (1 + sympy.exp(y)))),
        Planted("1 + e^y ≥ 3y", lambda: at_least(1 + sympy.exp(u) - 3 * u, 0, u)),
    ),
)
CONSTANT_SIZE = Derivation(
    "steps of length ηU have ‖δ‖/(η‖θ‖) = U/‖θ‖: constant iff ‖θ‖ is, and tending to 0 where ‖θ‖ → ∞",
    steps=(
        Step("ηU/(ηr) = U/r decreases strictly in r", lambda: equal(eta * U / (eta * r), U / r) and _grows(-U / r)),
        Step("U/r → 0 as r → ∞", lambda: tends(U / r, r, 0)),
    ),
    planted=(
        Planted("U/r increases", lambda: _grows(U / r)),
        Planted("U/√r bounded below by U", lambda: nonnegative(U / sympy.sqrt(r) - U)),
    ),
)
PROOF = (HOMOGENEOUS, CROSS_ENTROPY, CONSTANT_SIZE)
