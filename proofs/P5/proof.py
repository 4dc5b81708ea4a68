"""Steps of the proof of P5: the attention block is asymptotically 1-homogeneous, and not approximately so.

Notation: N(v) = Pv/‖Pv‖₂, P subtracts the mean; X(cθ) = c(s + e), |e| ≤ E; y = W Σ_j w_ij v_j is the limit of c^{−3}WH at a
position, δ bounds the error of c^{−2}H there (P4), D stands for the width d.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

a, b, x, y, z, s1, e1 = sympy.symbols("a b x y z s1 e1", real=True)
c, d, p, q, A, G, M, E, Wn, delta = sympy.symbols("c d p q A G M E W delta", positive=True)
u, v = sympy.symbols("u v", nonnegative=True)
SHARE, HALF = sympy.exp(u) / (1 + sympy.exp(u)), sympy.Rational(1, 2)


def normalised(vector: Any) -> list[Any]:
    """N(v), without the mean and of length one."""
    mean = sum(vector) / len(vector)
    length = sympy.sqrt(sum((entry - mean) ** 2 for entry in vector))
    return [(entry - mean) / length for entry in vector]


def third(share: Any) -> Any:
    """Compute the third entry of N(a, 1 − a, 0)."""
    return normalised([share, 1 - share, sympy.Integer(0)])[2]


def _root(share: Any) -> Any:
    return 18 * share**2 - 18 * share + 6


REFUTATION = (
    Step(
        "X = x is exactly 1-homogeneous and cancels: MSA(cθ) − c·MSA(θ) = c·γ ⊙ (LN(WH(cθ)) − LN(WH(θ)))",
        lambda: equal(c * a * x + c * z - c * (a * y + z), c * a * (x - y)),
    ),
    Step(
        "LN(MWH) = LN(WH) for M > 0, so a factor M on W^v or W leaves this error as it is; three entries",
        lambda: all(
            equal(left, right) for left, right in zip(normalised([M * x, M * y, M * z]), normalised([x, y, z]), strict=True)
        ),
    ),
    Step("a factor M on γ multiplies it by M", lambda: equal(c * (M * a) * (x - y), M * (c * a * (x - y)))),
    Step("meanwhile ‖θ‖ ≥ M and e^{−dM} → 0 for every d > 0", lambda: tends(sympy.exp(-d * M), M, 0)),
    Step(
        "so one network whose LN(WH) moves with c refutes: d = 3, x = e₁, e₂, W^k = (1, 0, 0), W^q = (1, 1, 0), W^v = W = I has "
        "H₁ = (a, 1 − a, 0) with a = e^u/(1 + e^u), u = c⁴, and LN(H₁)₃ = −1/√(18a² − 18a + 6)",
        lambda: equal(third(SHARE), -1 / sympy.sqrt(18 * SHARE**2 - 18 * SHARE + 6)),
    ),
    Step(
        "which grows with a from ½ on (a = ½ + v), as 18a² − 18a + 6 ≥ 3/2 does: its slope is 36v",
        lambda: equal(sympy.diff(_root(HALF + v), v), 36 * v) and at_least(_root(HALF + v), 3 * HALF, v),
    ),
    Step("and a grows with c: its derivative in u is a(1 − a) > 0", lambda: equal(sympy.diff(SHARE, u), SHARE * (1 - SHARE))),
)
LENGTH = Derivation(
    "‖N(u) − N(v)‖₂ ≤ 2‖u − v‖₂/‖Pv‖₂, with N(0) := 0 as well, and ‖u − v‖₂ ≤ √d·‖u − v‖_∞",
    steps=(
        Step(
            "U/p − V/q = (U − V)/q + U(1/p − 1/q), for U = Pu and V = Pv of lengths p and q; one entry",
            lambda: equal(x / p - y / q, (x - y) / q + x * (1 / p - 1 / q)),
        ),
        Step("the second part has length p|1/p − 1/q| = |q − p|/q", lambda: equal(p * (1 / p - 1 / q), (q - p) / q)),
        Step("|q − p| ≤ ‖U − V‖ (triangle), so the whole is at most 2‖U − V‖/q; for U = 0 it is 1 ≤ 2‖V‖/q"),
        Step(
            "‖v‖² − ‖Pv‖² = d·mean², so ‖Pv‖ ≤ ‖v‖; three entries",
            lambda: equal(x**2 + y**2 + z**2 - _spread(x, y, z), 3 * ((x + y + z) / 3) ** 2),
        ),
        Step(
            "‖v‖² ≤ d·t² for entries of at most t; one entry: t² − x² ≥ 0 for x = ±(t − u)",
            lambda: nonnegative((u + v) ** 2 - v**2),
        ),
    ),
    planted=(
        Planted("1/p for 1/q", lambda: equal(x / p - y / q, (x - y) / p + x * (1 / p - 1 / q))),
        Planted("mean² for d·mean²", lambda: equal(x**2 + y**2 + z**2 - _spread(x, y, z), ((x + y + z) / 3) ** 2)),
        Planted("t < x allowed", lambda: nonnegative(v**2 - (u + v) ** 2)),
    ),
)
BLOCK = Derivation(
    "‖c^{−1}MSA_i(cθ) − (s_i + γ ⊙ N(y_i))‖_∞ ≤ E + ‖γ‖_∞·2√d·‖W‖δ_i/‖Py_i‖₂",
    steps=(
        Step(
            "c^{−3}·cW·c²(h + e) − Wh = We, |We| ≤ ‖W‖δ; one entry",
            lambda: (
                equal(c**-3 * c * a * c**2 * (s1 + e1) - a * s1, a * e1)
                and all(within(i * Wn * e1, around(e1, delta), Wn * delta) for i in (1, -1))
            ),
        ),
        Step(
            "N forgets c³: N(c³y) = N(y); three entries",
            lambda: all(
                equal(f, g) for f, g in zip(normalised([c**3 * x, c**3 * y, c**3 * z]), normalised([x, y, z]), strict=True)
            ),
        ),
        Step("the gain carries c and multiplies by at most ‖γ‖_∞", lambda: within(A * e1, around(e1, G), A * G)),
        Step(
            "c^{−1}(c(s + e) + cγN) = (s + e) + γN: the residual stream adds E",
            lambda: equal((c * (s1 + e1) + c * a * x) / c - (s1 + a * y), e1 + a * (x - y)),
        ),
    ),
    planted=(
        Planted("degree 2 for WH", lambda: equal(c**-2 * c * a * c**2 * (s1 + e1) - a * s1, a * e1)),
        Planted(
            "a norm that keeps the degree", lambda: equal(normalised([c * x, c * y, c * z])[0], c * normalised([x, y, z])[0])
        ),
        Planted(
            "the residual stream's error forgotten", lambda: equal((c * (s1 + e1) + c * a * x) / c - (s1 + a * y), a * (x - y))
        ),
    ),
)


def _spread(*vector: Any) -> Any:
    mean = sum(vector) / len(vector)
    return sum((entry - mean) ** 2 for entry in vector)


PROOF = (LENGTH, BLOCK)
