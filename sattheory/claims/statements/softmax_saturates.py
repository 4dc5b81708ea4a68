"""L7: |softmax(cx)_i − softmax(x)_i| ≤ e^{−Θ(‖x‖)} for all c ≥ 1.

The step from growing parameters to saturated attention goes through this lemma.  It is false: x = (M, M + 1) has any norm one
likes and a difference that does not depend on M.  What counts is not the norm but the *gap* between the maximum and the next
distinct value; exact ties are harmless, near-ties are not.  With the gap for ‖x‖ the lemma holds, with sharp constants on both
sides, and it holds with ‖x‖ exactly on those sets of scores whose gap grows like ‖x‖ (paper §C.3).

Notation: n entries, m of them equal to the maximum, w uniform on those, q = e^{−gap}, R = Σ e^{x_j − max} over the others, so
that q ≤ R ≤ (n − m)q.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import reduce
from math import ceil
from typing import Any

import hypothesis.strategies as some

from sattheory.claims import BoxCertificate, Claim, Expected, Form, Inequality, Planted, Proof, Search, Statement, Witness
from sattheory.claims.cases.exact_cases import Vectors, apart, balls, cases
from sattheory.claims.formulas import real, softmax
from sattheory.claims.inequality import Pairs

Scores = tuple[Fraction, ...]


def _gap(x: Scores) -> Fraction:
    """Subtract the next distinct value from the maximum; x is not constant."""
    return max(x) - max(entry for entry in x if entry < max(x))


def _by_norm(a: Fraction, rho: Fraction, x: Scores, c: Fraction) -> Inequality:
    """max_i |softmax(cx)_i − softmax(x)_i| ≤ e^{−a‖x‖}, where ‖x‖ ≥ ρ; elsewhere nothing is asked for."""
    if sum(entry * entry for entry in x) < rho * rho:
        return Inequality({}, "0", "1")
    return Inequality({"a": a, "x": x, "c": c}, "max(abs(softmax(c * x) - softmax(x)))", "exp(-a * norm(x))")


def _by_gap(a: Fraction, rho: Fraction, x: Scores, c: Fraction) -> Inequality:
    """max_i |softmax(cx)_i − softmax(x)_i| ≤ (n − 1)e^{−gap(x)}, the repaired bound."""
    left = "max(abs(softmax(c * x) - softmax(x)))"
    return Inequality({"gap": _gap(x), "n": len(x), "x": x, "c": c}, left, "(n - 1) * exp(-gap)")


def _points(a: Fraction, rho: Fraction) -> Any:
    """Draw quarters up to 4 max(ρ, 1/a), two to four of them, and whole scales."""
    entry = some.integers(-(most := 16 * ceil(max(rho, 1 / a))), most).map(lambda i: Fraction(i, 4))
    vector = some.one_of(*[some.tuples(*[entry] * n) for n in (2, 3, 4)])
    return some.fixed_dictionaries({"x": vector, "c": some.integers(1, 64)})


# Constants for each n give constants for n = 2, 3 and 4 together: the smallest a and the largest ρ.
STATEMENT = Statement(
    _by_norm,
    _points,
    (
        {"a": Fraction(1), "rho": Fraction(1)},
        {"a": Fraction(1, 10), "rho": Fraction(10)},
        {"a": Fraction(1, 1000), "rho": Fraction(1000)},
    ),
)
WITNESS = Witness(
    "L7",
    "near-ties: at x = (M, M + 1), c = 2 each entry moves by 0.1497… > e^{−2} whatever M is, but e^{−a‖x‖} ≤ e^{−2} if M ≥ 2/a",
    STATEMENT,
    planted=(Planted("(n − 1)e^{−gap} on the right: true at every point", _by_gap),),
)


def _weights(x: Scores, scale: Fraction = Fraction(1)) -> list[Any]:
    return softmax(balls([scale * entry for entry in x]))


def _largest(x: list[Any], y: list[Any]) -> Any:
    """‖x − y‖_∞."""
    return reduce(lambda a, b: a.max(b), [abs(a - b) for a, b in zip(x, y, strict=True)])


def _varied(x: Scores) -> Iterator[tuple[int, int, Any, list[Any], list[Any]]]:
    """List n, m, q = e^{−gap}, softmax(x) and w once, or nothing where all scores are equal and nothing moves."""
    if len(set(x)) > 1:
        m = x.count(max(x))
        yield len(x), m, (-real(_gap(x))).exp(), _weights(x), [real(Fraction(entry == max(x), m)) for entry in x]


def _bounds(x: Scores, c: Fraction) -> Pairs:
    for n, m, q, here, w in _varied(x):
        yield apart(here, w), 2 * (n - m) * q / m
        yield _largest(here, _weights(x, c)), real(max(Fraction(n - m, m * m), Fraction(1, m))) * q
        yield q / min(n, 2 * m), _largest(here, w)


def _constant_one(x: Scores, c: Fraction) -> Pairs:
    for _, m, q, here, _ in _varied(x):
        yield _largest(here, _weights(x, c)), q / m


def _sum_halved(x: Scores, c: Fraction) -> Pairs:
    for n, m, q, here, w in _varied(x):
        yield apart(here, w), (n - m) * q / m


def _lower_by_m(x: Scores, c: Fraction) -> Pairs:
    for _, m, q, here, w in _varied(x):
        yield q / m, _largest(here, w)


BOUNDS = Search(
    "both upper bounds at (x, c) and the lower bound in the limit c → ∞, n ≤ 6, ties included",
    cases(n=(2, 3, 4, 5, 6), x=Vectors(6, 12, 4), c=tuple(1 + Fraction(i, 16) for i in range(320))),
    _bounds,
    planted=(
        Planted("constant 1/m where (n − m)/m² is larger", _constant_one),
        Planted("constant of the ℓ₁ bound halved", _sum_halved),
        Planted("lower bound q/m for q/min(n, 2m)", _lower_by_m),
    ),
)


def _three(m: int, k: int, t: Fraction, c: int) -> tuple[Fraction, ...]:
    """Weights at the scale c of m maxima, m next values with q = 1 − t and k values with e^{−L} = tm/k, exactly."""
    powers = Fraction(1), (1 - t) ** c, (t * m / k) ** c
    whole = m * powers[0] + m * powers[1] + k * powers[2]
    return tuple(power / whole for power in powers)


def _sharp(m: int, k: int, part: Fraction, c: int, factor: Fraction = Fraction(1, 2)) -> Pairs:
    """Compare what moves between the scales 1 and c with factor·q/(m(1 − t)) = factor/m, t = part/(2m)."""
    t = part / (2 * m)
    yield from ((abs(a - b), factor / m) for a, b in zip(_three(m, k, t, 1), _three(m, k, t, c), strict=True))


SHARP = Search(
    "m maxima, m next values with q = 1 − t, k = n − 2m values with e^{−L} = tm/k: nothing moves by more than q/(2m(1 − t))",
    cases(m=(1, 2, 3, 4), k=(1, 2, 3, 4), part=tuple(Fraction(i, 64) for i in range(1, 64)), c=(2, 3, 4, 6, 8)),
    _sharp,
    planted=(Planted("3/8 for 1/2", lambda m, k, part, c: _sharp(m, k, part, c, factor=Fraction(3, 8))),),
)
SIZES = tuple((n, m) for n in range(2, 7) for m in range(1, n))


def _for_every_c(gap: Any, share: Any, t: Any, wider: int = 1, factor: Fraction = Fraction(1)) -> Pairs:
    """Take R = qu at the scale 1, u from 1 to n − m with the share, and Rt at the scale c, t ∈ [0, 1]."""
    # A maximum's weight goes from 1/(m + R) to 1/(m + Rt).  Any other lies between 0 and q/(m + R), or q^c/m at the scale c,
    # so it moves by no more than q/m.
    q = (-gap).exp()
    for n, m in SIZES:
        u = 1 + share * (n - m - 1)
        most = max(Fraction(n - m, m * m), Fraction(1, m))
        yield (1 - t) / ((m / u + q) * (m + q * u * t)), real(factor * most)
        yield 1 / (m + q * u), real(Fraction(1, m))
        yield 2 / (m / u + q), real(factor * Fraction(2 * (n - m), m))
        yield real(Fraction(wider, min(n, 2 * m))), (u / m).max(real(1)) / (m + q * u)


EVERY_C = BoxCertificate(
    "for n ≤ 6 and each m < n, over q: what moves between 1 and c, at most max((n − m)/m², 1/m); ‖softmax(x) − w‖₁, at most "
    "2(n − m)/m; what moves in the limit, at least 1/min(n, 2m); with R = qu, 1 ≤ u ≤ n − m, and Rt at the scale c",
    "gap(x) ∈ [1/8, 8] with every c ≥ 1, n ≤ 6",
    ((Fraction(1, 8), Fraction(8)), (Fraction(0), Fraction(1)), (Fraction(0), Fraction(1))),
    _for_every_c,
    deepest=24,
    planted=(
        Planted("upper constants halved", lambda gap, share, t: _for_every_c(gap, share, t, factor=Fraction(1, 2))),
        Planted("lower constant doubled", lambda gap, share, t: _for_every_c(gap, share, t, wider=2)),
    ),
)
CLAIMS = (
    Claim(
        "L7",
        place="§C.3",
        title="a scaled softmax saturates by its gap, not by its norm",
        statement="|softmax(cx)_i − softmax(x)_i| ≤ e^{−Θ(‖x‖)} for all c ≥ 1, x ∈ Rⁿ",
        latex=r"$|\operatorname{softmax}(cx)_i-\operatorname{softmax}(x)_i|\le e^{-\Theta(\lVert x\rVert)}$ for all $c\ge1$, "
        r"$x\in\mathbb{R}^n$.",
        why="It carries growing parameters over to saturated attention. Near-ties refute it; the gap repairs it.",
        literal=Form(
            "for every n there are a > 0 and ρ with |softmax(cx)_i − softmax(x)_i| ≤ e^{−a‖x‖₂} for all i, all c ≥ 1 and all "
            "x ∈ Rⁿ with ‖x‖₂ ≥ ρ",
            latex=r"For every $n$ there are $a>0$ and $\rho$ with "
            r"$|\operatorname{softmax}(cx)_i-\operatorname{softmax}(x)_i|\le e^{-a\lVert x\rVert_2}$ for all $i$, all $c\ge1$ "
            r"and all $x\in\mathbb{R}^n$ with $\lVert x\rVert_2\ge\rho$.",
            evidence=(WITNESS,),
        ),
        repaired=Form(
            "q/min(n, 2m) ≤ sup_{c ≥ 1} max_i |softmax(cx)_i − softmax(x)_i| ≤ max((n − m)/m², 1/m)·q ≤ (n − 1)q and "
            "‖softmax(x) − w‖₁ ≤ 2(n − m)q/m, with q = e^{−gap(x)}; for given n > m ≥ 1 none of the constants 1/min(n, 2m), "
            "max((n − m)/m², 1/m), 2(n − m)/m can be improved; so on a set S of such x (n fixed, any m < n) the literal form "
            "holds ⇔ there are γ > 0 and C with gap(x) ≥ γ‖x‖₂ − C for all x ∈ S that are large enough",
            latex=r"$\frac{q}{\min(n,2m)}\le\sup_{c\ge1}\max_i|\operatorname{softmax}(cx)_i-\operatorname{softmax}(x)_i|\le"
            r"\max\left(\frac{n-m}{m^2},\frac1m\right)q\le(n-1)q$ and "
            r"$\lVert\operatorname{softmax}(x)-w\rVert_1\le\frac{2(n-m)}{m}q$, with $q=e^{-\operatorname{gap}(x)}$; for given "
            r"$n>m\ge1$ none of the constants $\frac{1}{\min(n,2m)}$, $\max\left(\frac{n-m}{m^2},\frac1m\right)$, "
            r"$\frac{2(n-m)}{m}$ can be improved. So on a set $S$ of such $x$ ($n$ fixed, any $m<n$) the literal form holds if "
            r"and only if there are $\gamma>0$ and $C$ with $\operatorname{gap}(x)\ge\gamma\lVert x\rVert_2-C$ for all $x\in S$ "
            r"that are large enough.",
            assumptions=(
                "x ∈ Rⁿ has m maxima and m < n; w is uniform on them (where all entries are equal, nothing moves)",
                "gap(x) = maximum − next distinct value",
            ),
            evidence=(Proof("L7"), EVERY_C, BOUNDS, SHARP),
        ),
        expected=Expected("refuted", "derived"),
    ),
)
