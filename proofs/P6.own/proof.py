"""Steps of the proof of P6.own: what Definition 3 misses when W^i, W^f and γ are new parameters, and what holds instead.

Notation: X(cθ) = c(s + e), |e| ≤ E entry by entry; y = W^f ReLU(W^i s) at one position; N(v) = Pv/‖Pv‖₂, and 0 where Pv = 0.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import around, equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

x, y, z, a, b, s1, e1, e2 = sympy.symbols("x y z a b s1 e1 e2", real=True)
c, d, p, q, t, A, B, E, G, M, Wi, Wf = sympy.symbols("c d p q t A B E G M Wi Wf", positive=True)
u, v = sympy.symbols("u v", nonnegative=True)
HALF = sympy.Rational(1, 2)


def _relu(value: Any) -> Any:
    return sympy.Max(value, 0)


def _bent(value: Any, power: int) -> Any:
    """Write t·min(1, |t|)^power."""
    return value * sympy.Min(1, sympy.Abs(value)) ** power


def normalised(vector: Any) -> list[Any]:
    """N(v), without the mean and of length one."""
    mean = sum(vector) / len(vector)
    length = sympy.sqrt(sum((entry - mean) ** 2 for entry in vector))
    return [(entry - mean) / length for entry in vector]


def _gap(power: int, value: Any) -> bool:
    return equal(_bent(sympy.Integer(1), power) - 2 * _bent(HALF, power), value)


REFUTATION = (
    Step(
        "X(t) = t·min(1, |t|)^p·s with a fixed s is t·s for t ≥ 1 (t = 1 + u; p = 0, 1, 2) and odd in t: exactly "
        "1-homogeneous for |t| ≥ 1, so Definition 3 holds with ρ = 1",
        lambda: all(equal(_bent(1 + u, power), 1 + u) and equal(_bent(-x, power), -_bent(x, power)) for power in (0, 1, 2)),
    ),
    Step(
        "at t = ½, c = 2: X(1) − 2X(½) = (1 − 2^{−p})s, for p = 1, 2",
        lambda: _gap(1, 1 - HALF) and _gap(2, 1 - HALF**2),
    ),
    Step(
        "X is a positive multiple of s at both, so N(W^f ReLU(W^i X)) is the same at both (three entries): cγN − c·γN = 0",
        lambda: all(equal(f, g) for f, g in zip(normalised([p * x, p * y, p * z]), normalised([x, y, z]), strict=True)),
    ),
    Step(
        "so the error is (1 − 2^{−p})s however large W^i, W^f and γ are, while e^{−d‖θ‖} ≤ e^{−dM} → 0",
        lambda: tends(sympy.exp(-d * M), M, 0),
    ),
)
LIPSCHITZ = Derivation(
    "‖c^{−3}W^f ReLU(W^i X)(cθ) − y‖_∞ ≤ ‖W^f‖‖W^i‖E",
    steps=(
        Step(
            "c^{−2}·cW^i·c(s + e) − W^i s = W^i e, at most ‖W^i‖E; a row of two entries",
            lambda: (
                equal(c**-2 * c * (a * c * (s1 + e1) + b * c * e2) - a * s1, a * e1 + b * e2)
                and within(A * e1 + B * e2, around(e1, E) | around(e2, E), (A + B) * E)
                and within(A * e1 - B * e2, around(e1, E) | around(e2, E), (A + B) * E)
            ),
        ),
        Step(
            "|ReLU(h + e) − ReLU(h)| ≤ |e|: equal signs give e or 0, and u ≥ 0, −v ≤ 0 give u ≤ u + v",
            lambda: (
                equal(_relu(p + q) - _relu(p), q)
                and equal(_relu(-p - q) - _relu(-p), 0)
                and nonnegative((u + v) - (_relu(u) - _relu(-v)))
            ),
        ),
        Step(
            "ReLU(c²h) = c²ReLU(h)",
            lambda: equal(_relu(c**2 * p), c**2 * _relu(p)) and equal(_relu(-(c**2) * p), c**2 * _relu(-p)),
        ),
        Step(
            "W^f multiplies by c and errors by at most ‖W^f‖; one entry",
            lambda: within(Wf * e1, around(e1, Wi * E), Wf * Wi * E),
        ),
    ),
    planted=(
        Planted("degree 1", lambda: equal(c**-1 * c * (a * c * (s1 + e1)) - a * s1, a * e1)),
        Planted("ReLU shrinks errors to half", lambda: equal(_relu(p + q) - _relu(p), q / 2)),
        Planted("‖W^f‖ forgotten", lambda: within(Wf * e1, around(e1, Wi * E), Wi * E)),
    ),
)
BLOCK = Derivation(
    "‖c^{−1}FF_i(cθ) − (s_i + γ ⊙ N(y_i))‖_∞ ≤ E + 2√d·‖γ‖_∞‖W^f‖‖W^i‖E/‖Py_i‖₂, and ≤ E where W^i s_i < −‖W^i‖E in every entry",
    steps=(
        Step(
            "U/p − V/q = (U − V)/q + U(1/p − 1/q), U and V of lengths p and q, the last part of length |q − p|/q ≤ ‖U − V‖/q",
            lambda: equal(x / p - y / q, (x - y) / q + x * (1 / p - 1 / q)) and equal(p * (1 / p - 1 / q), (q - p) / q),
        ),
        Step(
            "so ‖N(v) − N(y)‖_∞ ≤ 2‖P(v − y)‖₂/‖Py‖₂ ≤ 2√d‖v − y‖_∞/‖Py‖₂: ‖v‖₂² − ‖Pv‖₂² = d·mean²; three entries",
            lambda: equal(x**2 + y**2 + z**2 - _spread(x, y, z), 3 * ((x + y + z) / 3) ** 2),
        ),
        Step(
            "c^{−1}(c(s + e) + cγN) − (s + γN′) = e + γ(N − N′), at most E + ‖γ‖_∞|N − N′|",
            lambda: (
                equal((c * (s1 + e1) + c * a * x) / c - (s1 + a * y), e1 + a * (x - y))
                and within(e1 + G * e2, around(e1, E) | around(e2, A), E + G * A)
            ),
        ),
        Step("W^i s ≤ −(‖W^i‖E + v): W^i(s + e) ≤ −v, ReLU gives 0, hence N = 0 and only e is left", lambda: equal(_relu(-v), 0)),
    ),
    planted=(
        Planted("mean² for d·mean²", lambda: equal(x**2 + y**2 + z**2 - _spread(x, y, z), ((x + y + z) / 3) ** 2)),
        Planted("the input's own error forgotten", lambda: within(e1 + G * e2, around(e1, E) | around(e2, A), G * A)),
        Planted("a positive argument passes as 0", lambda: equal(_relu(p), 0)),
    ),
)


def _spread(*vector: Any) -> Any:
    mean = sum(vector) / len(vector)
    return sum((entry - mean) ** 2 for entry in vector)


PROOF = (LIPSCHITZ, BLOCK)
