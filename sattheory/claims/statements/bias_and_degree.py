"""T1.bias: adding a bias keeps degree 1.

The second row of the paper's Table 1.  A bias is a parameter, so it has degree 1 and changes nothing at degree 1, exactly or
approximately, as long as both sides are measured by the same parameters (T1.new says what happens when b is new).

The table is silent about other degrees, where biases are really added: queries, keys, values and feedforward blocks have
degree 2 or more by then.  There the sum has the larger degree, and the smaller summand becomes an error of order c^{−|k−1|}
(paper App. C, Table 1). This is where convergence to the saturated network stops being exponential.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sattheory.arithmetic.degrees import Degree, Degrees
from sattheory.claims.cases.asymptotic_error import APPROXIMATE, Value, largest, relative_error
from sattheory.claims.cases.exact_cases import SCALES, Vectors, cases
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.inequality import Pairs
from sattheory.claims.search import Search

Vector = tuple[Fraction, ...]
OPS = Degrees()


def _promised(x: Value, b: Vector, c: Fraction) -> tuple[Vector, Fraction]:
    """Symbol and bound, by the degree."""
    if x.degree == 1:
        return tuple(s + shift for s, shift in zip(x.symbol, b, strict=True)), x.bound
    if x.degree > 1:
        return x.symbol, x.bound + largest(b) / c ** (x.degree - 1)
    return b, (x.size + x.bound) / c ** (1 - x.degree)


def _added(x: Value, b: Vector, c: Fraction) -> list[Fraction]:
    return [value + c * shift for value, shift in zip(x.at(c), b, strict=True)]


def _row(s: Vector, e: Vector, b: Vector, k: int, c: Fraction) -> Pairs:
    x = Value(k, s, e)
    symbol, bound = _promised(x, b, c)
    yield relative_error(_added(x, b, c), symbol, c, max(k, 1)), bound


def _calculus(k: int, least: int = 1) -> Pairs:
    """Ask the package's degree calculus for the larger degree, and an offset of the difference."""
    found = OPS.add(Degree(k, (2,)), Degree(1, (2,)))
    yield Fraction(abs(found.degree - max(k, least))), Fraction(0)
    yield Fraction(len(found.offsets ^ ({abs(k - 1)} - {0}))), Fraction(0)


def _both(**case: Any) -> Pairs:
    yield from _row(**case)
    yield from _calculus(case["k"])


def _degree_one(s: Vector, e: Vector, b: Vector, k: int, c: Fraction) -> Pairs:
    x = Value(k, s, e)
    yield relative_error(_added(x, b, c), [u + v for u, v in zip(s, b, strict=True)], c, 1), x.bound


def _without_bias(s: Vector, e: Vector, b: Vector, k: int, c: Fraction) -> Pairs:
    x = Value(k, s, e)
    symbol, _ = _promised(x, b, c)
    yield relative_error(_added(x, b, c), symbol, c, max(k, 1)), x.bound


SEARCH = Search(
    "relative error of f + b for degrees −1 to 3, in exact numbers; the package's degree calculus has the same degrees, and "
    "offset |k − 1|",
    cases(k=(0, 1, 2, 3, -1), c=SCALES, s=Vectors(2, 16, 4), e=Vectors(2, 16, 16), b=Vectors(2, 16, 4)),
    _both,
    planted=(
        Planted("degree 1 and symbol s + b whatever k", _degree_one),
        Planted("E alone, whatever k", _without_bias),
        Planted("degree max(k, 2) in the calculus", lambda k, **_: _calculus(k, least=2)),
    ),
)
CLAIMS = (
    Claim(
        "T1.bias",
        place="App. C, Table 1",
        title="a bias keeps degree 1, and raises lower degrees to 1",
        statement="f of degree 1 ⇒ f + b of degree 1, b among the parameters; also for approximate homogeneity",
        latex=r"If $f$ has degree $1$, then $f+b$ has degree $1$, $b$ being among the parameters; also for approximate "
        r"homogeneity.",
        why="It is what lets biases into the calculus. But most biases of a transformer meet degree 2 or more.",
        literal=Form(
            "f approximately 1-homogeneous in θ, the entries of b among the entries of θ ⇒ |f(cθ) + cb − c(f(θ) + b)| ≤ "
            "e^{−d‖θ‖}, entry by entry, for all c ≥ 1 and ‖θ‖ ≥ ρ, with the d and ρ of f",
            (APPROXIMATE, "θ are all parameters, those of b included"),
            (Proof("T1.bias", "AS_STATED"),),
            latex=r"If $f$ is approximately $1$-homogeneous in $\theta$, the entries of $b$ being among the entries of "
            r"$\theta$, then $|f(c\theta)+cb-c(f(\theta)+b)|\le e^{-d\lVert\theta\rVert}$ entrywise for all $c\ge1$ and "
            r"$\lVert\theta\rVert\ge\rho$, with the $d$ and $\rho$ of $f$.",
        ),
        repaired=Form(
            "f(cθ) = cᵏ(s + e) at a scale c > 0, |e| ≤ E entry by entry, S = ‖s‖_∞.  k = 1: f(cθ) + cb = c(s + b + e).  k > "
            "1: f(cθ) + cb = cᵏ(s + e′), |e′| ≤ E + ‖b‖_∞c^{−(k−1)}.  k < 1: f(cθ) + cb = c(b + e′), |e′| ≤ (S + "
            "E)c^{−(1−k)}.  So f + b has degree max(k, 1) and symbol s + b, s, b",
            ("k real",),
            (Proof("T1.bias", "REPAIRED"), SEARCH),
            latex=r"Let $f(c\theta)=c^k(s+e)$ at a scale $c>0$ with $|e|\le E$ entrywise and $S=\lVert s\rVert_\infty$. For "
            r"$k=1$, $f(c\theta)+cb=c(s+b+e)$. For $k>1$, $f(c\theta)+cb=c^k(s+e')$ with $|e'|\le E+\lVert b\rVert_\infty "
            r"c^{-(k-1)}$. For $k<1$, $f(c\theta)+cb=c(b+e')$ with $|e'|\le(S+E)c^{-(1-k)}$. So $f+b$ has degree $\max(k,1)$ "
            r"and symbol $s+b$, $s$, $b$.",
        ),
        expected=Expected("derived", "derived"),
    ),
)
