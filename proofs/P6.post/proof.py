"""Steps of the proof of P6.post: a post-norm block is asymptotically 1-homogeneous, at the rate c^{−2}.

Notation: at one position X(cθ) = c(s + e), |s| ≤ S, |e| ≤ E; Sub(cθ) = c³(y + η), |η| ≤ ε; N(v) = Pv/‖Pv‖₂; V = Py, T = Ps, q
= ‖V‖₂.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import around, equal, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

x, y, z, a, s1, e1, eta = sympy.symbols("x y z a s1 e1 eta", real=True)
c, p, q, h, G, S, E, eps, K = sympy.symbols("c p q h G S E epsilon K", positive=True)
V = sympy.symbols("V1:4", real=True)
T = sympy.symbols("T1:4", real=True)


def normalised(vector: Any) -> list[Any]:
    """N(v), without the mean and of length one."""
    mean = sum(vector) / len(vector)
    length = sympy.sqrt(sum((entry - mean) ** 2 for entry in vector))
    return [(entry - mean) / length for entry in vector]


def _spread(*vector: Any) -> Any:
    mean = sum(vector) / len(vector)
    return sum((entry - mean) ** 2 for entry in vector)


def _dot(u: Any, v: Any) -> Any:
    return sum(i * j for i, j in zip(u, v, strict=True))


def _turned(index: int, projection: int = 1) -> bool:
    """Decide d/dh (V + hT)/‖V + hT‖ = (T − ⟨N, T⟩N)/‖V‖ at h = 0; with projection = 0 the last term is forgotten."""
    line = [v + h * t for v, t in zip(V, T, strict=True)]
    slope = sympy.diff(line[index] / sympy.sqrt(_dot(line, line)), h).subs(h, 0)
    length = sympy.sqrt(_dot(V, V))
    return equal(slope, (T[index] - projection * _dot(V, T) * V[index] / _dot(V, V)) / length)


REFUTATION = (
    Step(
        "one position: attn(X) = W^v x, so the norm reads cx + c³y = c³(y + c^{−2}x) with y = WW^v x; one entry",
        lambda: equal(c * x + c**3 * y, c**3 * (y + x / c**2)),
    ),
    Step(
        "N(c³v) = N(v), three entries, so c^{−1}f(cθ) = γ ⊙ N(y + c^{−2}x)",
        lambda: all(equal(f, g) for f, g in zip(normalised([c**3 * x, c**3 * y, c**3 * z]), normalised([x, y, z]), strict=True)),
    ),
    Step("which is within ‖γ‖_∞·2c^{−2}‖x‖₂/‖Py‖₂ → 0 of γ ⊙ N(y), by the bound proved below", lambda: tends(K / c**2, c, 0)),
    Step("so whatever δ > 0 and c₀ are named, it is less than δ for some c ≥ c₀"),
)
PROOF = (
    Derivation(
        "‖c^{−1}f(cθ) − γ ⊙ N(y)‖_∞ ≤ ‖γ‖_∞·2√d(ε + c^{−2}(S + E))/‖Py‖₂ where Py ≠ 0: degree 1, symbol γ ⊙ N(y)",
        steps=(
            Step(
                "c(s + e) + c³(y + η) = c³(y + η + c^{−2}(s + e))",
                lambda: equal(c * (s1 + e1) + c**3 * (y + eta), c**3 * (y + eta + (s1 + e1) / c**2)),
            ),
            Step(
                "|η + c^{−2}(s + e)| ≤ ε + c^{−2}(S + E)",
                lambda: within(eta + (s1 + e1) / c**2, around(eta, eps) | around(s1, S) | around(e1, E), eps + (S + E) / c**2),
            ),
            Step(
                "U/p − V/q = (U − V)/q + U(1/p − 1/q), U and V of lengths p and q, the last part of length |q − p|/q ≤ ‖U − V‖/q",
                lambda: equal(x / p - y / q, (x - y) / q + x * (1 / p - 1 / q)) and equal(p * (1 / p - 1 / q), (q - p) / q),
            ),
            Step(
                "so ‖N(u) − N(y)‖_∞ ≤ 2‖P(u − y)‖₂/‖Py‖₂ ≤ 2√d‖u − y‖_∞/‖Py‖₂: ‖v‖₂² − ‖Pv‖₂² = d·mean²; three entries",
                lambda: equal(x**2 + y**2 + z**2 - _spread(x, y, z), 3 * ((x + y + z) / 3) ** 2),
            ),
            Step("the gain cγ multiplies by at most c‖γ‖_∞", lambda: within(G * e1, around(e1, E), G * E)),
        ),
        planted=(
            Planted("c^{−1} for c^{−2}", lambda: equal(c * (s1 + e1) + c**3 * (y + eta), c**3 * (y + eta + (s1 + e1) / c))),
            Planted(
                "E forgotten",
                lambda: within(eta + (s1 + e1) / c**2, around(eta, eps) | around(s1, S) | around(e1, E), eps + S / c**2),
            ),
            Planted("1/p for 1/q", lambda: equal(x / p - y / q, (x - y) / p + x * (1 / p - 1 / q))),
        ),
    ),
    Derivation(
        "for ε = E = 0, c²(c^{−1}f(cθ) − γ ⊙ N(y)) → γ ⊙ (T − ⟨N(y), T⟩N(y))/‖V‖₂: the order is 2 exactly, unless this vanishes",
        steps=(
            Step(
                "d/dh (V + hT)/‖V + hT‖₂ at h = 0 is (T − ⟨N, T⟩N)/‖V‖₂ with N = V/‖V‖₂; three entries; h = c^{−2}",
                lambda: all(_turned(index) for index in range(3)),
            ),
        ),
        planted=(Planted("⟨N, T⟩N forgotten", lambda: _turned(0, 0)),),
    ),
)
