"""Steps of the proof of D6: the feedforward block needs a convention for LN(0), and is 1-homogeneous with it.

Notation: v = W^f ReLU(W^i X) at one position, N(v) = Pv/‖Pv‖₂ where Pv ≠ 0 and N(v) = 0 elsewhere.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step

x, y, z, a = sympy.symbols("x y z a", real=True)
c, t = sympy.symbols("c t", positive=True)
e, f, p = sympy.symbols("e f p", nonnegative=True)


def normalised(vector: Any) -> list[Any]:
    """N(v), without the mean and of length one."""
    mean = sum(vector) / len(vector)
    length = sympy.sqrt(sum((entry - mean) ** 2 for entry in vector))
    return [(entry - mean) / length for entry in vector]


def _relu(value: Any) -> Any:
    return sympy.Max(value, 0)


REFUTATION = (
    Step(
        "x = (1, …, 1) and W^i = (−1, …, −1) stay dead when every entry moves by less than 1: each product is −(1 − δ)(1 − "
        "η) ≤ 0, −(1 − δ)(1 − η) with 1 − δ = e ≥ 0, 1 − η = f ≥ 0",
        lambda: nonnegative(-(-e * f)),
    ),
    Step("ReLU(−s) = 0 for s ≥ 0", lambda: equal(_relu(-p), 0)),
    Step("W^f·0 = 0, P0 = 0 and ‖0‖ = 0: LN(0) is 0/0, for every W^f and γ, on a set of θ with an inside"),
)
PROOF = (
    Derivation(
        "X(cθ) = cX(θ) ⇒ FF(X)(cθ) = c·FF(X)(θ) for every c > 0 and every θ, with N(0) := 0",
        steps=(
            Step(
                "ReLU(c²s) = c²ReLU(s), for s ≥ 0 and for s ≤ 0",
                lambda: equal(_relu(c**2 * p), c**2 * _relu(p)) and equal(_relu(-(c**2) * p), c**2 * _relu(-p)),
            ),
            Step(
                "cW^f·c²(cW^i, cX once each) = c³v: degrees 1 + 1 + 1",
                lambda: equal(c * a * (c * x) * (c * y), c**3 * (a * x * y)),
            ),
            Step(
                "N(c³v) = N(v) where Pv ≠ 0; three entries",
                lambda: all(
                    equal(g, h) for g, h in zip(normalised([c**3 * x, c**3 * y, c**3 * z]), normalised([x, y, z]), strict=True)
                ),
            ),
            Step("Pv = 0 exactly where P(c³v) = 0, and both give 0: three entries of P(c³v) = c³Pv", lambda: _centred(c**3)),
            Step("cγ ⊙ N + cX = c(γ ⊙ N + X)", lambda: equal(c * a * x + c * y, c * (a * x + y))),
        ),
        planted=(
            Planted("ReLU(c²s) = cReLU(s)", lambda: equal(_relu(c**2 * p), c * _relu(p))),
            Planted(
                "a norm that keeps the degree", lambda: equal(normalised([c * x, c * y, c * z])[0], c * normalised([x, y, z])[0])
            ),
            Planted("a constant left in the mean", lambda: equal(c * x - (c * x + c * y + z) / 3, c * (x - (x + y + z) / 3))),
            Planted("a gain outside θ", lambda: equal(a * x + c * y, c * (a * x + y))),
        ),
    ),
    Derivation(
        "no value of LN(0) makes FF continuous there",
        steps=(
            Step(
                "along v = ±t(1, −1), t → 0, N(v) is ±(1, −1)/√2 all the way",
                lambda: (
                    tends(normalised([t, -t])[0], t, 1 / sympy.sqrt(2), to=0)
                    and tends(normalised([-t, t])[0], t, -1 / sympy.sqrt(2), to=0)
                ),
            ),
        ),
        planted=(Planted("both sides alike", lambda: tends(normalised([-t, t])[0], t, 1 / sympy.sqrt(2), to=0)),),
    ),
)


def _centred(scale: Any) -> bool:
    mean = (x + y + z) / 3
    return all(equal(scale * entry - (scale * x + scale * y + scale * z) / 3, scale * (entry - mean)) for entry in (x, y, z))
