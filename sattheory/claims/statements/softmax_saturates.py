"""L7: |softmax(cx)_i − softmax(x)_i| ≤ e^{−Θ(‖x‖)} for all c ≥ 1.

The step from growing parameters to saturated attention goes through this lemma.  It is false: x = (M, M + 1) has any norm one
likes and a difference that does not depend on M.  What counts is not the norm but the *gap* g between the maximum and the next
distinct value; exact ties are harmless, near-ties are not.  With g for ‖x‖ the lemma holds, with sharp constants on both sides
(paper §C.3).

Notation: n entries, m of them equal to the maximum, w uniform on those, q = e^{−g}, R = Σ e^{x_j − max} over the others, so that
q ≤ R ≤ (n − m)q.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import Any

import hypothesis.strategies as some
import sympy

from sattheory.claims.asymptotic_error import integers
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.deciders import equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Search, Step, Witness
from sattheory.claims.inequality import Inequality, Pairs, real, softmax

R, w, d, g, L = sympy.symbols("R w delta g L", positive=True)
c = sympy.Symbol("c", positive=True)
u, v = sympy.symbols("u v", nonnegative=True)
m, k = sympy.symbols("m k", positive=True)
q, t = sympy.symbols("q t", nonnegative=True)
M = sympy.Symbol("M", real=True)


def _near_tie(a: Fraction) -> Inequality:
    size = ceil(2 / a)
    return Inequality({"x": (size, size + 1), "c": 50, "a": a}, "abs(softmax(c * x)[0] - softmax(x)[0])", "exp(-a * norm(x))")


def _wide_gap(a: Fraction) -> Inequality:
    """Spread the two entries, and the lemma's inequality is true (for a ≤ ½)."""
    return Inequality(
        {"x": (0, ceil(2 / a)), "c": 50, "a": min(a, Fraction(1, 2))},
        "abs(softmax(c * x)[0] - softmax(x)[0])",
        "exp(-a * norm(x))",
    )


def _first(scale: Any) -> Any:
    """softmax(scale · (M, M + 1))₀."""
    return 1 / (1 + sympy.exp(scale * (M + 1) - scale * M))


WITNESS = Witness(
    "x = (M, M + 1), c = 50: the first entry moves by 0.2689… whatever M is, while e^{−a‖x‖} → 0 for every a > 0",
    _near_tie,
    (Fraction(1), Fraction(1, 10), Fraction(1, 1000)),
    steps=(
        Step("softmax(cx)₀ = 1/(1 + e^c) does not contain M", lambda: equal(_first(c), 1 / (1 + sympy.exp(c)))),
        Step("e^{−a‖x‖} ≤ e^{−aM} → 0", lambda: tends(sympy.exp(-d * u), u, 0)),
        Step("1/(1 + e) − 1/(1 + e⁵⁰) > e^{−2}", lambda: bool((_first(1) - _first(50) - sympy.exp(-2)).simplify() > 0)),
    ),
    planted=(Planted("entries spread by 2/a: the inequality is true there", _wide_gap),),
)

UPPER = Derivation(
    "‖softmax(x) − w‖₁ ≤ 2(n − m)q/m, and |softmax(cx)_i − softmax(x)_i| ≤ max((n − m)/m², 1/m)·q for all c ≥ 1",
    steps=(
        Step("On the maxima softmax(x) is 1/(m + R), elsewhere e^{x_j − max}/(m + R); R has n − m terms in (0, q]."),
        Step(
            "‖softmax(x) − w‖₁ = m(1/m − 1/(m + R)) + R/(m + R) = 2R/(m + R)",
            lambda: equal(m * (1 / m - 1 / (m + R)) + R / (m + R), 2 * R / (m + R)),
        ),
        Step(
            "2R/(m + R) ≤ 2(n − m)q/m (R = (n − m)qτ, τ ∈ [0, 1])",
            lambda: nonnegative(2 * R / m - 2 * R / (m + R)) and within(2 * (v * q * t) / m, {t: (0, 1)}, 2 * v * q / m),
        ),
        Step("R(c) = Σ e^{−cδ} does not grow with c", lambda: nonnegative(-sympy.diff(sympy.exp(-c * d), c))),
        Step(
            "so on the maxima both values lie in [1/(m + R), 1/m], of width ≤ R/m² ≤ (n − m)q/m²",
            lambda: nonnegative(R / m**2 - (1 / m - 1 / (m + R))),
        ),
        Step("off them both lie in [0, q/m]", lambda: within(q * t / (m + R), {t: (0, 1)}, q / m)),
        Step(
            "max((n − m)/m², 1/m) ≤ n − 1 for n > m ≥ 1",
            lambda: nonnegative((1 + v + u) - (1 + u) / (1 + v) ** 2) and nonnegative((1 + v + u) - 1 / (1 + v)),
        ),
        Step(
            "sharp: with n − m next values, R/(m(m + R)) ÷ q → (n − m)/m² and q/(m + R) ÷ q → 1/m as g → ∞",
            lambda: tends((v * q / (m * (m + v * q))) / q, q, v / m**2, to=0) and tends(1 / (m + v * q), q, 1 / m, to=0),
        ),
    ),
    planted=(
        Planted("constant of the first bound halved", lambda: nonnegative(R / m - 2 * R / (m + R))),
        Planted("m³ for m²", lambda: nonnegative(R / m**3 - (1 / m - 1 / (m + R)))),
        Planted("n − 2 for n − 1", lambda: nonnegative((v + u) - 1 / (1 + v))),
    ),
)

s = 1 / (1 + w)
LOWER = Derivation(
    "sup over c ≥ 1 of max_i |softmax(cx)_i − softmax(x)_i| ≥ q/min(n, 2m), and no larger constant will do",
    steps=(
        Step("e^{−cδ} → 0: softmax(cx) → w, and a supremum is at least a limit", lambda: tends(sympy.exp(-d * u), u, 0)),
        Step(
            "so it is at least R/(m(m + R)) (a maximum) and q/(m + R) (a next value)",
            lambda: equal(1 / m - 1 / (m + R), R / (m * (m + R))),
        ),
        Step("q/(m + R) ≥ q/n, for R ≤ n − m", lambda: nonnegative(q / (m + R) - q / (m + R + u))),
        Step("R ≤ m: q/(m + R) ≥ q/(2m)", lambda: nonnegative(q / (2 * R + u) - q / (2 * (R + u)))),
        Step(
            "R ≥ m: R/(m(m + R)) ≥ 1/(2m) ≥ q/(2m)",
            lambda: nonnegative((m + u) / (m * (2 * m + u)) - s / (2 * m)),
        ),
        Step(
            "sharp for n ≤ 2m: n − m next values, g → 0: both tend to at most 1/n",
            lambda: (
                tends(sympy.exp(-g) / (m + k * sympy.exp(-g)), g, 1 / (m + k), to=0)
                and nonnegative(1 / (2 * k + u) - k / ((k + u) * (2 * k + u)))
            ),
        ),
        Step(
            "sharp for n > 2m: m next values, the rest L below, L → ∞ then g → 0: R → m, both tend to 1/(2m)",
            lambda: (
                tends(m * sympy.exp(-g) + v * sympy.exp(-L), L, m * sympy.exp(-g))
                and tends(1 / (m + m * sympy.exp(-g)), g, 1 / (2 * m), to=0)
            ),
        ),
        Step(
            "there the supremum is the limit: entries at the maximum grow with c, those below the mean score shrink; "
            "the next values are below it when gm ≥ (n − 2m)L·e^{−L}, the rest never exceed e^{−L}"
        ),
    ),
    planted=(
        Planted("1/m for 1/(2m) when R ≤ m", lambda: nonnegative(q / (2 * R + u) - q / (R + u))),
        Planted("1/m for 1/(2m) when R ≥ m", lambda: nonnegative((m + u) / (m * (2 * m + u)) - s / m)),
        Planted("n − 1 for n", lambda: nonnegative(q / (m + R) - q / (m + R + u - 1))),
    ),
)


def _parts(x: tuple[Fraction, ...]) -> tuple[int, int, Any, list[Any]]:
    """n, m, q = e^{−gap} and w."""
    top = max(x)
    m = x.count(top)
    q = (-real(top - max(entry for entry in x if entry < top))).exp()
    return len(x), m, q, [real(Fraction(entry == top, m)) for entry in x]


def _differences(x: tuple[Fraction, ...], c: Fraction) -> tuple[list[Any], list[Any]]:
    """Differences at c and in the limit, entry by entry."""
    here, there = (softmax([real(scale * entry) for entry in x]) for scale in (Fraction(1), c))
    w = _parts(x)[3]
    return [abs(a - b) for a, b in zip(here, there, strict=True)], [abs(a - b) for a, b in zip(here, w, strict=True)]


def _bounds(x: tuple[Fraction, ...], c: Fraction) -> Pairs:
    if len(set(x)) == 1:
        return
    n, m, q, _ = _parts(x)
    moved, limit = _differences(x, c)
    yield sum(limit[1:], limit[0]), 2 * (n - m) * q / m
    yield from ((entry, real(max(Fraction(n - m, m * m), Fraction(1, m))) * q) for entry in moved)
    largest = limit[0]
    for entry in limit[1:]:
        largest = largest.max(entry)
    yield q / min(n, 2 * m), largest


def _constant_one(x: tuple[Fraction, ...], c: Fraction) -> Pairs:
    if len(set(x)) > 1:
        _, m, q, _ = _parts(x)
        yield from ((entry, q / m) for entry in _differences(x, c)[0])


def _l1_halved(x: tuple[Fraction, ...], c: Fraction) -> Pairs:
    if len(set(x)) > 1:
        n, m, q, _ = _parts(x)
        limit = _differences(x, c)[1]
        yield sum(limit[1:], limit[0]), (n - m) * q / m


def _lower_by_m(x: tuple[Fraction, ...], c: Fraction) -> Pairs:
    if len(set(x)) > 1:
        _, m, q, _ = _parts(x)
        limit = _differences(x, c)[1]
        largest = limit[0]
        for entry in limit[1:]:
            largest = largest.max(entry)
        yield q / m, largest


SEARCH = Search(
    "both upper bounds at (x, c) and the lower bound in the limit, n ≤ 6, ties included",
    some.fixed_dictionaries(
        {
            "x": some.one_of(*[integers(n, 12) for n in range(2, 7)]).map(lambda x: tuple(Fraction(i, 4) for i in x)),
            "c": some.integers(0, 320).map(lambda i: 1 + Fraction(i, 16)),
        }
    ),
    _bounds,
    planted=(
        Planted("constant 1/m where (n − m)/m² is larger", _constant_one),
        Planted("constant of the ℓ₁ bound halved", _l1_halved),
        Planted("lower bound q/m for q/min(n, 2m)", _lower_by_m),
    ),
)
CLAIMS = (
    Claim(
        "L7",
        place="§C.3",
        title="a scaled softmax saturates, by its norm or by its gap",
        statement="|softmax(cx)_i − softmax(x)_i| ≤ e^{−Θ(‖x‖)} for all c ≥ 1, x ∈ Rⁿ",
        why="It carries growing parameters over to saturated attention. Near-ties refute it; the gap repairs it.",
        literal=Form(
            "there is a > 0 with |softmax(cx)_i − softmax(x)_i| ≤ e^{−a‖x‖} for all c ≥ 1 and all large x ∈ Rⁿ", (), (WITNESS,)
        ),
        repaired=Form(
            "q/min(n, 2m) ≤ sup_{c ≥ 1} max_i |softmax(cx)_i − softmax(x)_i| ≤ max((n − m)/m², 1/m)·q ≤ (n − 1)q, and "
            "‖softmax(x) − w‖₁ ≤ 2(n − m)q/m, with q = e^{−gap(x)}; 1/min(n, 2m) is sharp",
            ("x has m maxima and m < n", "gap(x) = maximum − next distinct value"),
            (UPPER, LOWER, SEARCH),
        ),
        expected=Expected("refuted", "derived"),
    ),
)
