"""F4.rates: from the distance to the limit to the cosine."""

import sympy

from sattheory.claims.deciders import equal, nonnegative, within
from sattheory.claims.evidence import Derivation, Planted, Step

a, b, r, s = sympy.symbols("a b r s", positive=True)
rho, h = sympy.symbols("rho h", nonnegative=True)
dot, along, tau, d1, d2 = sympy.symbols("dot along tau d1 d2", real=True)


def _half_square(factor):
    """factor·‖u/a − v/b‖² with u·u = a², v·v = b²."""
    return equal(1 - dot / (a * b), factor * (a**2 / a**2 - 2 * dot / (a * b) + b**2 / b**2))


def _across():
    """1 − cos of (s, 0) and (s + along, r(s + along)), with s + along = b > 0."""
    return equal(1 - s * b / (s * sympy.sqrt(b**2 + (r * b) ** 2)), 1 - 1 / sympy.sqrt(1 + r**2))


def _bounds(coefficient):
    """½r² − k·r⁴ ≤ 1 − 1/√(1 + r²) ≤ ½r², with √(1 + r²) = 1 + h."""
    square, value = (1 + h) ** 2 - 1, 1 - 1 / (1 + h)
    return nonnegative(square / 2 - value) and nonnegative(value - square / 2 + coefficient * square**2)


def _unit(vector):
    centred = sympy.Matrix([entry - sympy.Rational(1, 3) * sum(vector) for entry in vector])
    return centred / sympy.sqrt(centred.dot(centred))


def _curvature(w, value):
    """Second derivative of 1 − cos(N(m), N(m + τw)) at 0, m = (1, −1, 0); the first vanishes."""
    gap = 1 - _unit([1, -1, 0]).dot(_unit([1 + tau * w[0], -1 + tau * w[1], tau * w[2]]))
    return equal(sympy.diff(gap, tau).subs(tau, 0), 0) and equal(sympy.diff(gap, tau, 2).subs(tau, 0), value)


PROOF = (
    Derivation(
        "1 − cos falls with twice the order of the distance, and no faster where the first correction is not along the limit",
        steps=(
            Step("1 − u·v/(‖u‖‖v‖) = ½‖u/‖u‖ − v/‖v‖‖²", lambda: _half_square(sympy.Rational(1, 2))),
            Step(
                "½(2ρ/s + 2ρ/s)² = 8ρ²/s²",
                lambda: (
                    within(d1 + d2, {d1: (-2 * rho / s, 2 * rho / s), d2: (-2 * rho / s, 2 * rho / s)}, 4 * rho / s)
                    and equal((4 * rho / s) ** 2 / 2, 8 * rho**2 / s**2)
                ),
            ),
            Step("With ρ = C′c^{−p} or C′e^{−δc⁴} from TheoremB and TheoremA: 1 − cos is of order 2p, or at most Ce^{−2δc⁴}."),
            Step("1 − cos(û, û + δ) = 1 − (1 + r²)^{−1/2} with r = δ_⊥/(‖û‖ + δ_∥)", _across),
            Step("½r² − (3/8)r⁴ ≤ 1 − (1 + r²)^{−1/2} ≤ ½r²", lambda: _bounds(sympy.Rational(3, 8))),
            Step(
                "d²/dτ² (1 − cos(N(m), N(m + τw))) = 1/3 at 0, m = (1, −1, 0), w = (0, 0, 1)",
                lambda: _curvature((0, 0, 1), sympy.Rational(1, 3)),
            ),
        ),
        planted=(
            Planted("without the ½", lambda: _half_square(1)),
            Planted("¼r⁴ for (3/8)r⁴", lambda: _bounds(sympy.Rational(1, 4))),
            Planted("a change along m bends as much", lambda: _curvature((1, -1, 0), sympy.Rational(1, 3))),
        ),
    ),
)
