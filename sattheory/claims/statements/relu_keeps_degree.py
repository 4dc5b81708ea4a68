"""T1.relu: ReLU takes degree k to degree k.

The sixth row of the paper's Table 1.  ReLU commutes with a positive factor and moves no two numbers apart, so it neither
changes the degree nor enlarges the error, whichever notion of homogeneity is used (paper App. C, Table 1).

Nothing is to be repaired; the second form says what the argument gives: every positively 1-homogeneous function with a
Lipschitz constant keeps degrees, the absolute value, a maximum, a leaky ReLU and fixed linear maps among them.  GELU and SiLU
are not of this kind.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from sattheory.claims.cases.asymptotic_error import APPROXIMATE, Value, relative_error
from sattheory.claims.cases.exact_cases import SCALES, Vectors, cases
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.inequality import Pairs
from sattheory.claims.search import Search

Vector = tuple[Fraction, ...]
Function = Callable[[list[Fraction] | Vector], list[Fraction]]
ZERO, SLOPE = Fraction(0), Fraction(1, 4)
FUNCTIONS: dict[str, tuple[Function, Fraction]] = {
    "ReLU": (lambda x: [max(entry, ZERO) for entry in x], Fraction(1)),
    "abs": (lambda x: [abs(entry) for entry in x], Fraction(1)),
    "max": (lambda x: [max(x)], Fraction(1)),
    "leaky ReLU": (lambda x: [max(entry, SLOPE * entry) for entry in x], Fraction(1)),
    "x₁ − 2x₂": (lambda x: [x[0] - 2 * x[1]], Fraction(3)),
}


def _row(phi: str, s: Vector, e: Vector, k: int, c: Fraction, raised: int = 0, shrunk: int = 1) -> Pairs:
    """Compare φ(f) with cᵏφ(s); the bound is L·E."""
    x, (function, lipschitz) = Value(k, s, e), FUNCTIONS[phi]
    yield relative_error(function(x.at(c)), function(x.symbol), c, k + raised), lipschitz * x.bound / shrunk


def _identity(s: Vector, e: Vector, k: int, c: Fraction, **_: str) -> Pairs:
    x = Value(k, s, e)
    yield relative_error(FUNCTIONS["ReLU"][0](x.at(c)), x.symbol, c, k), x.bound


SEARCH = Search(
    "relative error of φ(f) ≤ L·E for ReLU, |·|, max, leaky ReLU and x₁ − 2x₂, degrees −1 to 3, in exact numbers",
    cases(phi=tuple(FUNCTIONS), k=(0, 1, 2, 3, -1), c=SCALES, s=Vectors(2, 16, 4), e=Vectors(2, 16, 16)),
    _row,
    planted=(
        Planted("degree off by one", lambda **case: _row(**case, raised=1)),
        Planted("symbol s instead of ReLU(s)", _identity),
        Planted("half of L", lambda **case: _row(**case, shrunk=2)),
    ),
)
CLAIMS = (
    Claim(
        "T1.relu",
        place="App. C, Table 1",
        title="ReLU keeps every degree",
        statement="f of degree k ⇒ ReLU(f) of degree k; also for approximate homogeneity",
        latex=r"If $f$ has degree $k$, then $\operatorname{ReLU}(f)$ has degree $k$; also for approximate homogeneity.",
        why="It is the nonlinearity of the feedforward block. Homogeneous networks are those built of such functions.",
        literal=Form(
            "f approximately k-homogeneous ⇒ |ReLU(f(cθ)) − cᵏReLU(f(θ))| ≤ e^{−d‖θ‖}, entry by entry, for all c ≥ 1 and ‖θ‖ "
            "≥ ρ, with the d and ρ of f",
            (APPROXIMATE,),
            (Proof("T1.relu", "AS_STATED"),),
            latex=r"If $f$ is approximately $k$-homogeneous, then "
            r"$|\operatorname{ReLU}(f(c\theta))-c^k\operatorname{ReLU}(f(\theta))|\le e^{-d\lVert\theta\rVert}$ entrywise "
            r"for all $c\ge1$ and $\lVert\theta\rVert\ge\rho$, with the $d$ and $\rho$ of $f$.",
            uses=("L2",),
        ),
        repaired=Form(
            "φ: Rⁿ → Rᵐ with φ(ay) = aφ(y) for a > 0 and ‖φ(y) − φ(z)‖_∞ ≤ L‖y − z‖_∞; f(cθ) = cᵏ(s + e) at a scale c > 0, "
            "|e| ≤ E entry by entry ⇒ φ(f(cθ)) = cᵏ(φ(s) + e′) with |e′| ≤ L·E entry by entry: degree k, symbol φ(s).  L = 1 "
            "for ReLU, |·| and max, max(1, g) for a leaky ReLU of slope g > 0",
            ("k real",),
            (Proof("T1.relu", "REPAIRED"), SEARCH),
            latex=r"Let $\varphi:\mathbb{R}^n\to\mathbb{R}^m$ satisfy $\varphi(ay)=a\varphi(y)$ for $a>0$ and "
            r"$\lVert\varphi(y)-\varphi(z)\rVert_\infty\le L\lVert y-z\rVert_\infty$. If $f(c\theta)=c^k(s+e)$ at a scale "
            r"$c>0$ with $|e|\le E$ entrywise, then $\varphi(f(c\theta))=c^k(\varphi(s)+e')$ with $|e'|\le LE$ entrywise: "
            r"degree $k$, symbol $\varphi(s)$. $L=1$ for $\operatorname{ReLU}$, $|\cdot|$ and $\max$, and $\max(1,g)$ for a "
            r"leaky ReLU of slope $g>0$.",
        ),
        expected=Expected("derived", "derived"),
    ),
)
