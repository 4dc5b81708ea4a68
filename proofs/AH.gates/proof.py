"""AH.gates: products of a gate and a value of one degree, as steps that SymPy decides.

The gate is cʲ(a + b) with |a| ≤ A, |b| ≤ B, the value cᵏ(s + e) with |s| ≤ S, |e| ≤ E.  Before its activation the gate is
cᵏ(r + d) with |r| ≤ R, |d| ≤ D.
"""

import sympy

from sattheory.claims.deciders import around, equal, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, A, B, D, E, R, S, M, L, kappa, delta, T = sympy.symbols("c A B D E R S M L kappa delta c^-k", positive=True)
h = sympy.Symbol("h", nonnegative=True)
a, b, s, e, j, k, stream = sympy.symbols("a b s e j k stream", real=True)
GATE, VALUE = around(a, A) | around(b, B), around(s, S) | around(e, E)
ERROR = A * E + S * B + B * E


def _becomes(gate, size, claimed):
    """Put bounds on a gate's symbol and error into the error of the product."""
    return equal(ERROR.subs({A: size, B: gate}, simultaneous=True), claimed)


PRODUCT = Derivation(
    "gate cʲ(a + b), value cᵏ(s + e): degree j + k, symbol as, error AE + SB + BE; a gate in [0, 1], j = 0: error E + SB",
    steps=(
        Step(
            "c^{−(j+k)}·cʲ(a + b)·cᵏ(s + e) − as = ae + sb + be",
            lambda: equal(c ** (-j - k) * c**j * (a + b) * c**k * (s + e) - a * s, a * e + s * b + b * e),
        ),
        Step("|ae + sb + be| ≤ AE + SB + BE", lambda: within(a * e + s * b + b * e, GATE | VALUE, ERROR)),
        Step(
            "a gate h = a + b between 0 and 1: h(s + e) − as = he + bs, at most E + SB",
            lambda: (
                equal(h * (s + e) - (h - b) * s, h * e + b * s)
                and within(h * e + b * s, {h: (0, 1)} | around(b, B) | VALUE, E + S * B)
            ),
        ),
    ),
    planted=(
        Planted("the product of the errors forgotten", lambda: within(a * e + s * b + b * e, GATE | VALUE, A * E + S * B)),
        Planted("the gate's error forgotten", lambda: within(h * e + b * s, {h: (0, 1)} | around(b, B) | VALUE, E)),
        Planted(
            "degree k for j + k",
            lambda: equal(c ** (-k) * c**j * (a + b) * c**k * (s + e) - a * s, a * e + s * b + b * e),
        ),
    ),
)
UNITS = Derivation(
    "φ(g)u has degree 2k and σ(g)u degree k for every k, with the errors of AH.gelu and AH.sigmoid in the place of B",
    steps=(
        Step(
            "k > 0: φ(g) has degree k, symbol ReLU(r), |ReLU(r)| ≤ R, and error D + Mc^{−k}, M = 0 for ReLU (T1.relu', "
            "AH.gelu): R·E + S(D + Mc^{−k}) + (D + Mc^{−k})E",
            lambda: _becomes(D + M * T, R, R * E + (S + E) * (D + M * T)),
        ),
        Step(
            "k = 0: φ(g) has symbol φ(r), |φ(r)| ≤ |r| ≤ R, and error L·D (AH.gelu): R·E + (S + E)L·D",
            lambda: _becomes(L * D, R, R * E + (S + E) * L * D),
        ),
        Step(
            "k < 0: φ(g) has degree k, symbol r/2 and error D/2 + κ(R + D)²cᵏ =: B (AH.gelu): ½R·E + (S + E)B",
            lambda: _becomes(D / 2 + kappa * (R + D) ** 2 / T, R / 2, R * E / 2 + (S + E) * (D / 2 + kappa * (R + D) ** 2 / T)),
        ),
        Step(
            "σ(g) lies between 0 and 1 and has degree 0; its error δ is that of AH.sigmoid: e^{−(γ − D)cᵏ} or ¼cᵏD, D/4, ¼(R "
            "+ D)cᵏ. So the error of σ(g)u is E + Sδ."
        ),
        Step(
            "a stream of degree κ: gate and value are linear in it, so k = κ + 1, and one more linear map follows: 2(κ + 1) "
            "+ 1 = 2κ + 3 with φ, (κ + 1) + 1 = κ + 2 with σ",
            lambda: equal(2 * (stream + 1) + 1, 2 * stream + 3) and equal((stream + 1) + 1, stream + 2),
        ),
    ),
    planted=(
        Planted("the term Mc^{−k}·E forgotten", lambda: _becomes(D + M * T, R, R * E + (S + E) * D + S * M * T)),
        Planted("symbol r for r/2", lambda: _becomes(D / 2, R / 2, R * E + (S + E) * D / 2)),
        Planted("2κ + 2 for 2κ + 3", lambda: equal(2 * (stream + 1) + 1, 2 * stream + 2)),
    ),
)
PROOF = (PRODUCT, UNITS)
