"""Steps of the proof of P6.corollary: an encoder inherits its attention blocks' error; stream and logits have degrees 1 and 2.

Notation: X̂ the saturated stream, c^{−1}X_L(cθ) = X̂ + r with |r| ≤ η → 0 (TheoremA); W the classifier; a the first token's
own weight.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import around, at_least, equal, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

a, b, x, y, z, r1, r2 = sympy.symbols("a b x y z r1 r2", real=True)
c, d, s, t, A, B, M, eta = sympy.symbols("c d s t A B M eta", positive=True)
u, v = sympy.symbols("u v", nonnegative=True)
SHARE = sympy.exp(u) / (1 + sympy.exp(u))


def normalised(vector: Any) -> list[Any]:
    """N(v), without the mean and of length one."""
    mean = sum(vector) / len(vector)
    length = sympy.sqrt(sum((entry - mean) ** 2 for entry in vector))
    return [(entry - mean) / length for entry in vector]


def third(share: Any) -> Any:
    """Compute the third entry of N(a, 1 − a, 0)."""
    return normalised([share, 1 - share, sympy.Integer(0)])[2]


def _stream(share: Any) -> list[Any]:
    """Write c^{−1} times the first token behind the attention block: e₁ + N(a, 1 − a, 0)."""
    return [entry + start for entry, start in zip(normalised([share, 1 - share, sympy.Integer(0)]), (1, 0, 0), strict=True)]


REFUTATION = (
    Step(
        "one layer, the network of P5 (x = e₁, e₂, W^k = (1, 0, 0), W^q = (1, 1, 0), W^v = W = I, γ = (1, 1, 1)) with W^i = "
        "(1, 1, 1), W^f = (1, 0, 0)ᵀ, γ′ = 0: W^i X_1 is 1 behind the attention block, so LN is defined; first token",
        lambda: equal(sum(_stream(SHARE)), 1),
    ),
    Step("with γ′ = 0 the feedforward block adds nothing: the output is MSA(X)"),
    Step(
        "its error is c times the change of N(H₁), H₁ ∝ (a, 1 − a, 0), N(H₁)₃ = −1/√(18a² − 18a + 6), a = e^u/(1 + e^u), u = c⁴",
        lambda: equal(third(SHARE), -1 / sympy.sqrt(18 * SHARE**2 - 18 * SHARE + 6)),
    ),
    Step(
        "which moves with c: 18a² − 18a + 6 grows from a = ½ on (a = ½ + v), and a grows with u: its derivative is a(1 − a) > 0",
        lambda: (
            at_least(18 * (sympy.Rational(1, 2) + v) ** 2 - 18 * (sympy.Rational(1, 2) + v) + 6, sympy.Rational(3, 2), v)
            and equal(sympy.diff(SHARE, u), SHARE * (1 - SHARE))
        ),
    ),
    Step(
        "a factor M on W^v leaves N(H₁) as it is, three entries",
        lambda: all(equal(f, h) for f, h in zip(normalised([M * x, M * y, M * z]), normalised([x, y, z]), strict=True)),
    ),
    Step("while ‖θ‖ ≥ M and e^{−dM} → 0 for every d > 0", lambda: tends(sympy.exp(-d * M), M, 0)),
)
PROOF = (
    Derivation(
        "‖c^{−2}·logits(cθ) − W·X̂‖_∞ ≤ ‖W‖η(c), so the logits have degree 2 where W·X̂ ≠ 0, at the rate of the stream",
        steps=(
            Step(
                "c^{−2}·cW·c(X̂ + r) − WX̂ = Wr; a row of two entries",
                lambda: equal(c**-2 * c * (a * c * (x + r1) + b * c * (y + r2)) - (a * x + b * y), a * r1 + b * r2),
            ),
            Step(
                "|ar₁ + br₂| ≤ (|a| + |b|)η, for each choice of signs of a and b",
                lambda: all(
                    within(i * A * r1 + j * B * r2, around(r1, eta) | around(r2, eta), (A + B) * eta)
                    for i in (1, -1)
                    for j in (1, -1)
                ),
            ),
            Step(
                "η = (Kc⁴)^B·e^{−gc⁴} is Ce^{−δc⁴} for every δ < g: s^B·e^{−ts} → 0 with s = Kc⁴, B = 4",
                lambda: tends(s**4 * sympy.exp(-t * s), s, 0),
            ),
            Step(
                "c^{k−2} → 0 for k = 2 − t < 2: c^{−k}·logits is unbounded where WX̂ ≠ 0",
                lambda: tends(c**-t, c, 0),
            ),
        ),
        planted=(
            Planted(
                "logits of degree 1",
                lambda: equal(c**-1 * c * (a * c * (x + r1) + b * c * (y + r2)) - (a * x + b * y), a * r1 + b * r2),
            ),
            Planted(
                "the larger entry for the row sum", lambda: within(A * r1 + B * r2, around(r1, eta) | around(r2, eta), A * eta)
            ),
            Planted("δ = g", lambda: tends(s**4 * sympy.exp(-0 * s), s, 0)),
            Planted("degree 3", lambda: tends(c ** (3 - 2), c, 0)),
        ),
    ),
)
