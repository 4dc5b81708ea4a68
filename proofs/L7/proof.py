"""L7, step by step: a near-tie moves however long the scores are; the gap decides, with sharp constants.

Symbols: m maxima and k = n − m other entries; R the sum of e^{x_j − max} over the others, q = e^{−g} the largest of its terms.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import at_least, equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

M, z, h = sympy.symbols("M z h", real=True)
a, c, d, g, k, m, n, q, R, t = sympy.symbols("a c delta g k m n q R t", positive=True)
p, r, u, v = sympy.symbols("p r u v", nonnegative=True)
E = sympy.E
LITTLE = 1 / (1 + p)


def _near_tie(scale: Any, others: Any = 1) -> Any:
    """softmax(scale·x) at the maximum of x = (M, …, M, M + 1), with that many entries M."""
    return sympy.exp(scale * (M + 1)) / (sympy.exp(scale * (M + 1)) + others * sympy.exp(scale * M))


def _quartic(e: Any) -> Any:
    """Write e²(e² − e) − (1 + e)(1 + e²), the numerator of 1/(1 + e) − 1/(1 + e²) − e^{−2}."""
    return sympy.expand(e**2 * (e**2 - e) - (1 + e) * (1 + e**2))


REFUTATION = (
    Step(
        "x = (M, M + 1): softmax(cx)₁ = 1 − softmax(cx)₂ = 1/(1 + e^c), which does not contain M",
        lambda: equal(1 - _near_tie(c), 1 / (1 + sympy.exp(c))),
    ),
    Step(
        "between c = 1 and c = 2 it falls by 1/(1 + e) − 1/(1 + e²) = e^{−2} + (e⁴ − 2e³ − e² − e − 1)/(e²(1 + e)(1 + e²))",
        lambda: equal(1 / (1 + t) - 1 / (1 + t**2), t**-2 + (t**4 - 2 * t**3 - t**2 - t - 1) / (t**2 * (1 + t) * (1 + t**2))),
    ),
    Step(
        "e ≥ 27/10, and e⁴ − 2e³ − e² − e − 1 = 2 + (something ≥ 0) at e = 27/10 + u: the fall is more than e^{−2}",
        lambda: nonnegative(E - sympy.Rational(27, 10)) and nonnegative(_quartic(sympy.Rational(27, 10) + u) - 2),
    ),
    Step(
        "‖x‖² = M² + (M + 1)² ≥ M² for M ≥ 0, so ‖x‖ ≥ ρ for M ≥ ρ",
        lambda: nonnegative(u**2 + (u + 1) ** 2 - u**2),
    ),
    Step(
        "M = 2/a + u, any u ≥ 0: e^{−a‖x‖} ≤ e^{−aM} ≤ e^{−2}; so (M, M + 1) with M ≥ max(ρ, 2/a) answers every a > 0 and ρ",
        lambda: at_least(-sympy.exp(-a * (2 / a + u)), -sympy.exp(-2), u),
    ),
    Step(
        "any n = 1 + k ≥ 2, x = (M, …, M, M + 1): the last entry rises by k(e − 1)e/((e + k)(e² + k)) > 0, without M",
        lambda: equal(_near_tie(2, k) - _near_tie(1, k), k * (E - 1) * E / ((E + k) * (E**2 + k))),
    ),
)


def _term(terms: Any) -> Any:
    """R = q + v terms qτ with τ = 1/(1 + p): what is left of `terms`·q."""
    return terms * q - (q + v * q * LITTLE)


UPPER = Derivation(
    "‖softmax(x) − w‖₁ ≤ 2(n − m)q/m, and |softmax(cx)_i − softmax(x)_i| ≤ max((n − m)/m², 1/m)·q ≤ (n − 1)q for all c ≥ 1",
    steps=(
        Step(
            "e^{x_j}/Σ e^{x_l} = e^{x_j − max}/(m + R): on the maxima 1/(m + R)",
            lambda: equal(sympy.exp(z) / (m * sympy.exp(h) + R * sympy.exp(h)), sympy.exp(z - h) / (m + R)),
        ),
        Step(
            "e^{−δ} ≤ e^{−g} for δ = g + u, so R, which is q and n − m − 1 = v terms in (0, q], has q ≤ R ≤ (n − m)q",
            lambda: (
                at_least(-sympy.exp(-(g + u)), -sympy.exp(-g), u) and nonnegative(v * q * LITTLE) and nonnegative(_term(1 + v))
            ),
        ),
        Step(
            "‖softmax(x) − w‖₁ = m(1/m − 1/(m + R)) + R/(m + R) = 2R/(m + R)",
            lambda: equal(m * (1 / m - 1 / (m + R)) + R / (m + R), 2 * R / (m + R)),
        ),
        Step(
            "2R/(m + R) ≤ 2R/m ≤ 2(n − m)q/m",
            lambda: nonnegative(2 * R / m - 2 * R / (m + R)) and nonnegative(2 * _term(1 + v) / m),
        ),
        Step(
            "R(c) = Σ e^{−cδ} does not grow with c, and is not negative",
            lambda: nonnegative(-sympy.diff(sympy.exp(-c * d), c)) and nonnegative(sympy.exp(-c * d)),
        ),
        Step(
            "so on the maxima both values lie in [1/(m + R), 1/m], and 1/m − 1/(m + R) = R/(m(m + R)) ≤ R/m² ≤ (n − m)q/m²",
            lambda: (
                equal(1 / m - 1 / (m + R), R / (m * (m + R)))
                and nonnegative(R / m**2 - R / (m * (m + R)))
                and nonnegative(_term(1 + v) / m**2)
            ),
        ),
        Step(
            "off them cδ = (1 + u)(g + v) ≥ g for c ≥ 1 and δ ≥ g, so e^{−cδ}/(m + R(c)) = qτ/(m + R(c)) with τ ∈ [0, 1]: both "
            "values lie in [0, q/m]",
            lambda: nonnegative((1 + u) * (g + v) - g) and within(q * t / (m + R), {t: (0, 1)}, q / m),
        ),
        Step(
            "max((n − m)/m², 1/m) ≤ n − 1 for n = m + 1 + u, m = 1 + v",
            lambda: nonnegative((1 + v + u) - (1 + u) / (1 + v) ** 2) and nonnegative((1 + v + u) - 1 / (1 + v)),
        ),
    ),
    planted=(
        Planted("n − m − 1 terms of R for n − m", lambda: nonnegative(_term(v))),
        Planted("constant of the first bound halved", lambda: nonnegative(R / m - 2 * R / (m + R))),
        Planted("m³ for m²", lambda: nonnegative(R / m**3 - R / (m * (m + R)))),
        Planted("n − 2 for n − 1", lambda: nonnegative((v + u) - 1 / (1 + v))),
        Planted("c ≥ 0 for c ≥ 1", lambda: nonnegative(u * (g + v) - g)),
    ),
)
LOWER = Derivation(
    "sup over c ≥ 1 of max_i |softmax(cx)_i − softmax(x)_i| ≥ q/min(n, 2m)",
    steps=(
        Step("e^{−cδ} → 0 as c → ∞, so softmax(cx) → w", lambda: tends(sympy.exp(-d * u), u, 0)),
        Step(
            "a supremum is at least a limit: at a maximum 1/m − 1/(m + R) = R/(m(m + R)), at a next value q/(m + R) − 0",
            lambda: equal(1 / m - 1 / (m + R), R / (m * (m + R))),
        ),
        Step("q/(m + R) ≥ q/n, for R ≤ n − m: n = m + R + u", lambda: nonnegative(q / (m + R) - q / (m + R + u))),
        Step("R ≤ m, m = R + u: q/(m + R) ≥ q/(2m)", lambda: nonnegative(q / (2 * R + u) - q / (2 * (R + u)))),
        Step(
            "R ≥ m, R = m + u: R/(m(m + R)) ≥ 1/(2m) ≥ q/(2m), q = 1/(1 + p) ≤ 1",
            lambda: nonnegative((m + u) / (m * (2 * m + u)) - 1 / (2 * m)) and nonnegative(1 / (2 * m) - LITTLE / (2 * m)),
        ),
    ),
    planted=(
        Planted("n − 1 for n", lambda: nonnegative(q / (m + R) - q / (m + R + u - 1))),
        Planted("1/m for 1/(2m) when R ≤ m", lambda: nonnegative(q / (2 * R + u) - q / (R + u))),
        Planted("1/m for 1/(2m) when R ≥ m", lambda: nonnegative((m + u) / (m * (2 * m + u)) - 1 / m)),
    ),
)
MOVES = {"maxima": 1 / (2 * m), "next": (1 - t) / (m * (2 - t)), "rest": t / (1 + r)}


def _under(part: str, factor: Any, little: Any) -> bool:
    """Decide part ≤ factor·q/(m(1 − t)), q = 1 − t, for t = little."""
    return nonnegative(sympy.factor((factor / m - MOVES[part]).subs(t, little)))


SHARP = Derivation(
    "no constant can be improved: for all n > m ≥ 1 some x come as near to each bound as one likes",
    steps=(
        Step(
            "n − m = k equal next values, R = kq: ‖softmax(x) − w‖₁/q = 2k/(m + kq) → 2k/m as q → 0",
            lambda: (
                equal((2 * R / (m + R)).subs(R, k * q) / q, 2 * k / (m + k * q))
                and tends(2 * k / (m + k * q), q, 2 * k / m, to=0)
            ),
        ),
        Step(
            "there the limits c → ∞ give R/(m(m + R)) ÷ q → k/m² and q/(m + R) ÷ q → 1/m as q → 0: the upper constant",
            lambda: (
                tends(k / (m * (m + k * q)), q, k / m**2, to=0)
                and equal((R / (m * (m + R))).subs(R, k * q) / q, k / (m * (m + k * q)))
                and tends(1 / (m + k * q), q, 1 / m, to=0)
            ),
        ),
        Step(
            "n ≤ 2m, the same x: off the maxima e^{−cg}/(m + ke^{−cg}) does not grow with c, so it moves by q/(m + kq) at most",
            lambda: nonnegative(-sympy.diff(1 / (m * sympy.exp(c * g) + k), c)),
        ),
        Step(
            "a maximum moves by kq/(m(m + kq)) at most, no more than that for m = k + u",
            lambda: nonnegative(q / (k + u + k * q) - k * q / ((k + u) * (k + u + k * q))),
        ),
        Step(
            "q/(m + kq) ÷ q → 1/(m + k) = 1/n as q → 1: the lower constant for n ≤ 2m",
            lambda: tends(1 / (m + k * q), q, 1 / (m + k), to=1),
        ),
        Step(
            "n > 2m: m next values, q = 1 − t, and r + 1 = n − 2m entries with e^{−L} = tm/(r + 1); L > g for t < 1/(2m), "
            "m = 1 + v: q − e^{−L} > 0",
            lambda: nonnegative(((1 - t) - t * (1 + v) / (1 + r)).subs(t, 1 / (2 * (1 + v) * (1 + d)))),
        ),
        Step(
            "R = mq + mt = m, so a maximum moves by at most R/(m(m + R)) = 1/(2m) = q/(2m(1 − t))",
            lambda: (
                equal(m * (1 - t) + (r + 1) * (t * m / (r + 1)), m)
                and equal((R / (m * (m + R))).subs(R, m), MOVES["maxima"])
                and _under("maxima", sympy.Rational(1, 2), t)
            ),
        ),
        Step(
            "a next value stays in [0, 1/(m(e^{cg} + 1))] ⊂ [0, q/(m(1 + q))], and q/(m(1 + q)) = (1 − t)/(m(2 − t)) ≤ 1/(2m)",
            lambda: (
                nonnegative(-sympy.diff(1 / (m * (sympy.exp(c * g) + 1)), c))
                and equal((q / (m * (1 + q))).subs(q, 1 - t), MOVES["next"])
                and _under("next", sympy.Rational(1, 2), LITTLE)
            ),
        ),
        Step(
            "the rest stay in [0, e^{−L}/m] = [0, t/(r + 1)] ⊂ [0, 1/(2m)] for t = 1/(2m(1 + p))",
            lambda: equal(t * m / (r + 1) / m, MOVES["rest"]) and _under("rest", sympy.Rational(1, 2), 1 / (2 * m * (1 + p))),
        ),
        Step(
            "so the supremum is at most q/(2m(1 − t)), and 1/(2m(1 − t)) → 1/(2m) as t → 0: the lower constant for n > 2m",
            lambda: tends(1 / (2 * m * (1 - t)), t, 1 / (2 * m), to=0),
        ),
    ),
    planted=(
        Planted("limit k/m for k/m²", lambda: tends(k / (m * (m + k * q)), q, k / m, to=0)),
        Planted(
            "equal next values for n > 2m too: k = m + u",
            lambda: nonnegative(q / (m + (m + u) * q) - (m + u) * q / (m * (m + (m + u) * q))),
        ),
        Planted("a third for a half at the maxima", lambda: _under("maxima", sympy.Rational(1, 3), t)),
        Planted("t ≤ 1/m for t ≤ 1/(2m)", lambda: _under("rest", sympy.Rational(1, 2), 1 / (m * (1 + p)))),
    ),
)
SETS = Derivation(
    "on a set of x with m < n the literal form holds ⇔ gap(x) ≥ γ‖x‖ − C with some γ > 0 and C, for large x",
    steps=(
        Step(
            "⇒: q/n ≤ q/min(n, 2m) ≤ e^{−a‖x‖} gives gap(x) ≥ a‖x‖ − ln n, as −ln(ne^{−a‖x‖}) = a‖x‖ − ln n",
            lambda: equal(sympy.expand_log(-sympy.log(n * sympy.exp(-a * g))), a * g - sympy.log(n)),
        ),
        Step(
            "⇐: (n − 1)e^{−gap(x)} ≤ (n − 1)e^{C}e^{−γ‖x‖}, the gap being γ‖x‖ − C + u; below n stands for n − 1 and a for γ",
            lambda: at_least(-n * sympy.exp(-(a * g - z + u)), -n * sympy.exp(z) * sympy.exp(-a * g), u),
        ),
        Step(
            "half of e^{−γ‖x‖} is spent on (n − 1)e^{C}: (n − 1)e^{C}e^{−γ‖x‖/2} ≤ 1 for ‖x‖ = 2(C + ln(n − 1))/γ + u",
            lambda: at_least(-n * sympy.exp(z) * sympy.exp(-a * (2 * (z + sympy.log(n)) / a + u) / 2), -1, u),
        ),
    ),
    planted=(
        Planted("+ ln n for − ln n", lambda: equal(sympy.expand_log(-sympy.log(n * sympy.exp(-a * g))), a * g + sympy.log(n))),
        Planted(
            "a gap smaller by u", lambda: at_least(-n * sympy.exp(-(a * g - z - u)), -n * sympy.exp(z) * sympy.exp(-a * g), u)
        ),
        Planted("ln(n − 1) forgotten", lambda: at_least(-n * sympy.exp(z) * sympy.exp(-z) * sympy.exp(-a * u / 2), -1, u)),
    ),
)
PROOF = (UPPER, LOWER, SHARP, SETS)
