"""Steps of the proof of P5.ray: on one ray the attention block misses Definition 3 by a factor c, and by nothing else.

Notation: θ = tθ₀; t^{−1}MSA(tθ₀) = z + r(t) with |r(t)| ≤ Be^{−gt⁴} (P5, repaired); a the first token's own weight.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import at_least, equal, tends
from sattheory.claims.evidence import Derivation, Planted, Step

c, t, g, B, d, r, s = sympy.symbols("c t g B d r s", positive=True)
u, v = sympy.symbols("u v", nonnegative=True)
z, r1, r2 = sympy.symbols("z r1 r2", real=True)


def _share(score: Any) -> Any:
    return 1 / (1 + sympy.exp(-score))


def _third(a: Any) -> Any:
    return -1 / sympy.sqrt(18 * a**2 - 18 * a + 6)


def _root(v: Any) -> Any:
    a = sympy.Rational(1, 2) + v
    return 18 * a**2 - 18 * a + 6


REFUTATION = (
    Step(
        "LN of H₁ = (a, 1 − a, 0) has the third entry −(1/3)/√((a − ⅓)² + (⅔ − a)² + 1/9) = −1/√(18a² − 18a + 6)",
        lambda: equal(
            (sympy.Rational(1, 3)) ** 2
            / ((v - sympy.Rational(1, 3)) ** 2 + (sympy.Rational(2, 3) - v) ** 2 + sympy.Rational(1, 9)),
            _third(v) ** 2,
        ),
    ),
    Step("a = 1/(1 + e^{−(ct)⁴}) → 1 as c → ∞, whatever t > 0", lambda: tends(_share(s * c**4), c, 1)),
    Step("and LN(H₁)₃ → −1/√6", lambda: equal(_third(1), -1 / sympy.sqrt(6))),
    Step(
        "at c = 1 it is another number: 1 − a = e^{−s}/(1 + e^{−s}) > 0 with s = t⁴",
        lambda: equal(1 - _share(s), sympy.exp(-s) / (1 + sympy.exp(-s))),
    ),
    Step("and 18a² − 18a + 6 grows for a ≥ ½ (a = ½ + v): its slope is 36v", lambda: equal(sympy.diff(_root(v), v), 36 * v)),
    Step("so the error, ct·|LN(H₁(cθ)) − LN(H₁(θ))|, grows like c at every t, past every e^{−d‖θ‖} ≤ 1"),
)
PROOF = (
    Derivation(
        "|MSA(cθ) − c·MSA(θ)| ≤ 2Bct·e^{−gt⁴} ≤ c·e^{−d‖θ‖} for every d > 0, c ≥ 1 and t ≥ t₀(d)",
        steps=(
            Step(
                "ct(z + r(ct)) − c·t(z + r(t)) = ct(r(ct) − r(t))",
                lambda: equal(c * t * (z + r1) - c * (t * (z + r2)), c * t * (r1 - r2)),
            ),
            Step(
                "e^{−g(ct)⁴} ≤ e^{−gt⁴} for c ≥ 1 (c⁴ = 1 + u): e^{gt⁴u} ≥ 1",
                lambda: at_least(sympy.exp(g * t**4 * u), 1, u),
            ),
            Step(
                "2Bt·e^{−gt⁴}·e^{dtr} → 0 with r = ‖θ₀‖, so it is at most 1 from some t₀ on",
                lambda: tends(2 * B * t * sympy.exp(d * r * t - g * t**4), t, 0),
            ),
        ),
        planted=(
            Planted("r(t) forgotten", lambda: equal(c * t * (z + r1) - c * (t * (z + r2)), c * t * r1)),
            Planted("c⁴ = 1 − u", lambda: at_least(sympy.exp(-g * t**4 * u), 1, u)),
            Planted("a bound e^{−d‖θ‖⁵}", lambda: tends(2 * B * t * sympy.exp(d * r * t**5 - g * t**4), t, 0)),
        ),
    ),
)
