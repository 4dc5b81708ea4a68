"""AH.softmax: softmax takes every degree to degree 0: hard for k > 0, softmax(s) for k = 0, uniform for k < 0.

Let the scores be f(cθ) = cᵏ(s + e) with |e_i| ≤ E: degree k, symbol s, relative error E.  A unique maximum of s wins all the
weight as soon as E is below half the gap, exponentially fast in cᵏ, and nothing that is not maximal in s keeps any.  Ties are
another matter: the weights over them are uniform only if the absolute error cᵏE tends to 0; otherwise lower orders of the
scores decide.  What an error does at most is known exactly: 2tanh(ρ/4) in ‖·‖₁ for a change of the scores of range ρ.

The paper's L7 and P3 are about these weights (paper §C.3).  They ask for bounds that do not know the gap, which do not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from sattheory.arithmetic.degrees import Degree, Degrees
from sattheory.arithmetic.series import SeriesArithmetic
from sattheory.claims.cases.exact_cases import SCALES, Vectors, apart, balls, cases, enough, size, spread
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.formulas import real, softmax
from sattheory.claims.inequality import Pairs
from sattheory.claims.search import Search

Vector = tuple[Fraction, ...]
SLACK = Fraction(1, 10**30)
DEGREES, SERIES = Degrees(), SeriesArithmetic(4)
FIRST, LEADING = Vectors(3, 2), (1, 0, -1, 2, 4, -2)


def _saturated(lost: int, kept: int, q: Any) -> Any:
    """(n − m)q/(m + (n − m)q)."""
    return lost * q / (kept + lost * q)


def _uniform(s: Sequence[Fraction]) -> Vector:
    top = max(s)
    return tuple(Fraction(x == top, s.count(top)) for x in s)


def _gap(s: Vector) -> Fraction:
    below = [x for x in s if x < max(s)]
    return max(s) - max(below) if below else Fraction(0)


def _row(s: Vector, e: Vector, k: int, c: Fraction, E: Fraction, factor: int = 1, spread: int = 1) -> Pairs:
    """List the bounds; `factor` multiplies every left side, `spread` divides the share of the error."""
    power, uniform = c**k, balls([Fraction(1, len(s))] * len(s))
    weights, E = softmax(balls([power * (x + E * y) for x, y in zip(s, e, strict=True)])), E * size(e)
    limit, kept = _uniform(s), s.count(max(s))
    lost, off = len(s) - kept, [weight for weight, share in zip(weights, limit, strict=True) if share == 0]
    distance = factor * apart(weights, balls(limit))
    hard, calm = (_saturated(lost, kept, (-real(power * fall)).exp()) for fall in (_gap(s) - 2 * E, _gap(s)))
    moved = 2 * (real(power * E / spread) / 2).tanh()
    yield factor * sum(off, real(0)), hard + real(SLACK)
    yield distance, (2 * hard if kept == 1 else moved + 2 * calm) + real(SLACK)
    if k == 0:
        yield factor * apart(weights, softmax(balls(s))), moved + real(SLACK)
    if k < 0:
        yield factor * apart(weights, uniform), 2 * (real((size(s) + E) * power) / 2).tanh() + real(SLACK)


def _degree(k: int, shift: int = 0) -> Pairs:
    """Ask the package's calculus, which takes every degree to 0."""
    yield Fraction(abs(DEGREES.softmax(Degree(k, (1, 3)), None).degree - shift)), Fraction(0)


def _agrees(**case: Any) -> Pairs:
    yield from _degree(case["k"])
    yield from _row(**case)


SEARCH = Search(
    "all five bounds for n ≤ 4, −2 ≤ k ≤ 2, ties included (they are sharp: within 10⁻³⁰); the package's degree calculus agrees",
    cases(
        n=(2, 3, 4),
        k=(1, 0, -1, 2, -2),
        E=tuple(Fraction(i, 16) for i in (0, 1, 2, 4, 8, 16)),
        c=SCALES[:7],
        s=Vectors(4, 2, 2),
        e=Vectors(4, 2),
    ),
    _agrees,
    planted=(
        Planted("half of each bound", lambda **case: _row(**case, factor=2)),
        Planted("half of the error's share alone", lambda **case: _row(**case, spread=2)),
        Planted("degree 1 instead of 0", lambda k, **_: _degree(k, 1)),
    ),
)


@cache
def _limits(k: int, most: int) -> np.ndarray[Any, Any]:
    """Limit weights by the package's series arithmetic of all scores cᵏs + c^{k−1}b, |b_i| ≤ most, one a row."""
    options = (FIRST, Vectors(3, most))
    first, further = (np.array([option[i] for i in range(len(option))], dtype=float) for option in options)
    scores = np.stack([np.repeat(first, len(further), axis=0), np.tile(further, (len(first), 1))])
    return np.asarray(SERIES.softmax(SERIES.series(k, scores), None).symbol)


def _limit_weights(s: Vector, b: Vector, k: int) -> list[Fraction]:
    further = Vectors(3, max(1, spread(b)))
    return [Fraction(weight) for weight in _limits(k, further.most)[FIRST.index(s) * len(further) + further.index(b)].tolist()]


def _claimed(s: Vector, k: int) -> list[Any]:
    """Limit weights by the statement, for a unique maximum where k > 0."""
    if k == 0:
        return softmax(balls(s))
    return balls(_uniform(s) if k > 0 else [Fraction(1, len(s))] * len(s))


def _in_series(s: Vector, b: Vector, k: int, claimed: Any = _claimed) -> Pairs:
    """Compare within 10⁻¹²; with ties at k > 0 compare only what the losers of s keep."""
    found = balls(_limit_weights(s, b, k))
    if k > 0 and s.count(max(s)) > 1 and any(b):
        found = [real(0) if x == max(s) else weight for x, weight in zip(s, found, strict=True)]
        yield apart(found, [real(0)] * len(s)), real(Fraction(1, 10**12))
    else:
        yield apart(found, claimed(s, k)), real(Fraction(1, 10**12))


def _scores(examples: int) -> Any:
    """Widen the grid of b with the number of examples."""
    return cases(k=LEADING, s=FIRST, b=enough(2 * examples / len(LEADING) / len(FIRST), 3, 1))


IN_SERIES = Search(
    "the package's series arithmetic has the same limit weights for scores cᵏs + c^{k−1}b, n = 3 (floats: within 10⁻¹²)",
    _scores,
    _in_series,
    planted=(
        Planted("softmax(s) for k > 0 too", lambda s, b, k: _in_series(s, b, k, lambda s, k: _claimed(s, min(k, 0)))),
        Planted("softmax(s) for k < 0 too", lambda s, b, k: _in_series(s, b, k, lambda s, k: _claimed(s, max(k, 0)))),
    ),
)
CLAIMS = (
    Claim(
        "AH.softmax",
        place="ours",
        title="softmax forgets degree: hard, soft or uniform weights",
        statement="if the scores have degree k and symbol s, their softmax has degree 0 and symbol: uniform on argmax s for "
        "k > 0, softmax(s) for k = 0, uniform for k < 0; for k > 0 over ties provided the absolute error of the scores tends "
        "to 0",
        latex=r"If the scores have degree $k$ and symbol $s$, their softmax has degree $0$ and symbol: uniform on "
        r"$\operatorname{argmax} s$ for $k > 0$, $\operatorname{softmax}(s)$ for $k = 0$, uniform for $k < 0$; for $k > 0$ "
        r"over ties provided the absolute error of the scores tends to $0$.",
        why="Attention saturates by this row. It says when growing scores give hard weights and when lower orders still decide.",
        literal=Form(
            "let q = e^{−(γ − 2E)cᵏ}, q₀ = e^{−γcᵏ} and w be uniform on the m maxima of s.  For any k: the weight off argmax "
            "s is at most (n − m)q/(m + (n − m)q); if m = 1, ‖softmax(f) − w‖₁ ≤ 2(n − 1)q/(1 + (n − 1)q) ≤ 2(n − 1)q; "
            "‖softmax(f) − w‖₁ ≤ 2tanh(cᵏE/2) + 2(n − m)q₀/(m + (n − m)q₀) ≤ cᵏE + 2(n − m)/m·q₀.  For k = 0: ‖softmax(f) − "
            "softmax(s)‖₁ ≤ 2tanh(E/2) ≤ E.  For k < 0: ‖softmax(f) − 1/n‖₁ ≤ 2tanh((S + E)cᵏ/2) ≤ (S + E)cᵏ",
            (
                "scores f = cᵏ(s + e) at a scale c > 0, s, e ∈ Rⁿ, |e_i| ≤ E, S = ‖s‖_∞, k real",
                "entries of s that are not maximal lie at least γ > 0 below the maximum",
            ),
            (Proof("AH.softmax"), SEARCH, IN_SERIES),
            latex=r"Let $q = e^{-(\gamma-2E)c^k}$, $q_0 = e^{-\gamma c^k}$ and $w$ be uniform on the $m$ maxima of $s$. For "
            r"any $k$: the weight off $\operatorname{argmax} s$ is at most $(n-m)q/(m+(n-m)q)$; if $m = 1$, "
            r"$\lVert\operatorname{softmax}(f) - w\rVert_1 \le 2(n-1)q/(1+(n-1)q) \le 2(n-1)q$; "
            r"$\lVert\operatorname{softmax}(f) - w\rVert_1 \le 2\tanh(c^kE/2) + 2(n-m)q_0/(m+(n-m)q_0) \le c^kE + "
            r"2\frac{n-m}{m}q_0$. For $k = 0$: $\lVert\operatorname{softmax}(f) - \operatorname{softmax}(s)\rVert_1 \le "
            r"2\tanh(E/2) \le E$. For $k < 0$: $\lVert\operatorname{softmax}(f) - \mathbf{1}/n\rVert_1 \le "
            r"2\tanh((S+E)c^k/2) \le (S+E)c^k$.",
            uses=("AH",),
        ),
        repaired=None,
        expected=Expected("derived"),
        kind="ours",
    ),
)
