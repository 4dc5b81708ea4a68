"""T1.sum: the sum of two functions of degree k has degree k.

The seventh row of the paper's Table 1.  True for every notion of homogeneity, as long as both functions are measured by the
same parameters (T1.new says what happens when they have parameters of their own).

The table leaves out the sum of *different* degrees, which every network with biases or with a norm outside the residual
branch contains.  There the larger degree wins, at an algebraic rate: the smaller summand becomes an error of order
c^{−(k₁−k₂)} (paper App. C, Table 1).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sattheory.arithmetic.degrees import Degree, Degrees
from sattheory.claims.cases.asymptotic_error import APPROXIMATE, Value, relative_error
from sattheory.claims.cases.exact_cases import SCALES, Vectors, cases
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.inequality import Pairs
from sattheory.claims.search import Search

OPS = Degrees()


def _values(s: Any, e: Any, degrees: tuple[int, int]) -> tuple[Value, Value]:
    """Make two values, the one of larger degree first."""
    found = [Value(k, s[2 * i : 2 * i + 2], e[2 * i : 2 * i + 2]) for i, k in enumerate(degrees)]
    larger, smaller = sorted(found, key=lambda value: value.degree, reverse=True)
    return larger, smaller


def _added(x: Value, y: Value, c: Fraction) -> list[Fraction]:
    return [a + b for a, b in zip(x.at(c), y.at(c), strict=True)]


def _symbols_added(s: Any, e: Any, degrees: tuple[int, int], c: Fraction) -> Pairs:
    x, y = _values(s, e, degrees)
    symbol = [a + b for a, b in zip(x.symbol, y.symbol, strict=True)]
    yield relative_error(_added(x, y, c), symbol, c, x.degree), x.bound + y.bound


def _larger_wins(s: Any, e: Any, degrees: tuple[int, int], c: Fraction, own: int = 1) -> Pairs:
    x, y = _values(s, e, degrees)
    bound = x.bound + (own * y.size + y.bound) * c ** (y.degree - x.degree)
    yield relative_error(_added(x, y, c), x.symbol, c, x.degree), bound


def _calculus(degrees: tuple[int, int], offset: int = 0) -> Pairs:
    """Ask the package's degree calculus for the larger degree, and an offset of the difference."""
    first, second = degrees
    found = OPS.add(Degree(first, (2,)), Degree(second, (2,)))
    yield Fraction(abs(found.degree - max(degrees))), Fraction(0)
    yield Fraction(abs(max(found.offsets, default=0) - abs(first - second) - offset)), Fraction(0)


def _row(degrees: tuple[int, int], **case: Any) -> Pairs:
    yield from (_symbols_added if degrees[0] == degrees[1] else _larger_wins)(degrees=degrees, **case)
    yield from _calculus(degrees)


SEARCH = Search(
    "relative error of f + g, degrees −1 to 3, in exact numbers; the package's degree calculus has the same degrees, and "
    "offset |k₁ − k₂|",
    cases(
        degrees=tuple((i, j) for i in (0, 1, 2, 3, -1) for j in (0, 1, 2, 3, -1)),
        c=SCALES,
        s=Vectors(4, 16, 4),
        e=Vectors(4, 16, 16),
    ),
    _row,
    planted=(
        Planted("symbols added whatever the degrees", _symbols_added),
        Planted("the smaller summand's symbol left out of the error", lambda **case: _larger_wins(**case, own=0)),
        Planted("an offset more in the calculus", lambda degrees, **_: _calculus(degrees, 1)),
    ),
)
CLAIMS = (
    Claim(
        "T1.sum",
        place="App. C, Table 1",
        title="sums of one degree keep it; else the larger wins",
        statement="f and g of degree k ⇒ f + g of degree k; also for approximate homogeneity",
        latex=r"If $f$ and $g$ have degree $k$, then $f+g$ has degree $k$; also for approximate homogeneity.",
        why="Residual connections are sums. Where the degrees differ, convergence becomes algebraic.",
        literal=Form(
            "f and g approximately k-homogeneous in θ, with d_f, ρ_f and d_g, ρ_g ⇒ |f(cθ) + g(cθ) − cᵏ(f(θ) + g(θ))| ≤ "
            "e^{−d‖θ‖/2}, entry by entry, for all c ≥ 1 and ‖θ‖ ≥ max(ρ_f, ρ_g, 2 ln 2/d), d = min(d_f, d_g)",
            (APPROXIMATE, "θ are all parameters of f and of g"),
            (Proof("T1.sum", "AS_STATED"),),
            latex=r"If $f$ and $g$ are approximately $k$-homogeneous in $\theta$, with $d_f$, $\rho_f$ and $d_g$, $\rho_g$, "
            r"then $|f(c\theta)+g(c\theta)-c^k(f(\theta)+g(\theta))|\le e^{-d\lVert\theta\rVert/2}$ entrywise for all "
            r"$c\ge1$ and $\lVert\theta\rVert\ge\max(\rho_f,\rho_g,2\ln2/d)$, where $d=\min(d_f,d_g)$.",
            uses=("L3",),
        ),
        repaired=Form(
            "f(cθ) = c^{k₁}(s₁ + e₁), g(cθ) = c^{k₂}(s₂ + e₂) at a scale c > 0, |e₁| ≤ E₁, |e₂| ≤ E₂ entry by entry, S₂ = "
            "‖s₂‖_∞.  k₁ = k₂: f(cθ) + g(cθ) = c^{k₁}(s₁ + s₂ + e), |e| ≤ E₁ + E₂.  k₁ > k₂: f(cθ) + g(cθ) = c^{k₁}(s₁ + e), "
            "|e| ≤ E₁ + (S₂ + E₂)c^{−(k₁−k₂)}; if s₁ and s₂ do not depend on c, E₁ → 0 and E₂ → 0, the rate c^{−(k₁−k₂)} is "
            "attained where E₁ = 0, s₂ ≠ 0",
            ("k₁, k₂ real",),
            (Proof("T1.sum", "REPAIRED"), SEARCH),
            latex=r"Let $f(c\theta)=c^{k_1}(s_1+e_1)$ and $g(c\theta)=c^{k_2}(s_2+e_2)$ at a scale $c>0$ with $|e_1|\le "
            r"E_1$, $|e_2|\le E_2$ entrywise and $S_2=\lVert s_2\rVert_\infty$. If $k_1=k_2$, then "
            r"$f(c\theta)+g(c\theta)=c^{k_1}(s_1+s_2+e)$ with $|e|\le E_1+E_2$. If $k_1>k_2$, then "
            r"$f(c\theta)+g(c\theta)=c^{k_1}(s_1+e)$ with $|e|\le E_1+(S_2+E_2)c^{-(k_1-k_2)}$; if $s_1$ and $s_2$ do not "
            r"depend on $c$, $E_1\to0$ and $E_2\to0$, the rate $c^{-(k_1-k_2)}$ is attained where $E_1=0$, $s_2\ne0$.",
        ),
        expected=Expected("derived", "derived"),
    ),
)
