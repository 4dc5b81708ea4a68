"""T1.new: with parameters of their own, Bias and Sum fail for approximate homogeneity as well.

Table 1 names two rows that hold for approximate homogeneity if everything is a function of the same parameters: Bias and
Sum.  In a network a bias is a new parameter, which nothing before it depends on, and a residual branch has parameters that
the stream has not (paper App. C, Table 1).  Then Definition 3 measures the sum by the length of *all* parameters, and one
summand's can be long where the other's are short.

So with parameters of their own all rows but LayerNorm and ReLU, which have none, fail for every function that is not
homogeneous everywhere.  Under asymptotic homogeneity new parameters cost nothing, and the rows stand as they are.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims.cases.asymptotic_error import APPROXIMATE, Value, relative_error
from sattheory.claims.cases.exact_cases import SCALES, Vectors, cases
from sattheory.claims.cases.functions import at, functions, points, scales
from sattheory.claims.cases.table_rows import readings, row, supposed
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.inequality import Inequality, Pairs
from sattheory.claims.search import Search
from sattheory.claims.witness import Statement, Witness

BIAS, SUM = "Bias", "Sum"
EXACT = {0: "1", 1: "theta"}
Vector = tuple[Fraction, ...]


def _added(table_row: str, k: int, f: str, b: int = 0, g: str = "0", phi: int = 0, **where: Any) -> Inequality:
    """Add a new bias b, or a function g of a new parameter φ."""
    supposed(k, f, g)
    if table_row == BIAS:
        return row("[f + b]", 1, {"f": f}, new={"b": b}, **where)
    return row("[f + g]", k, {"f": f, "g": at(g, "phi")}, new={"phi": phi}, **where)


def _exact_summands(table_row: str, k: int, f: str, g: str = "0", **where: Any) -> Inequality:
    """Take functions that are homogeneous everywhere: the rows hold for them."""
    return _added(table_row, k, EXACT[k], g=EXACT[k], **where)


def _points(table_row: str, k: int, rho: int, **_: Any) -> Any:
    other = {"b": points(rho)} if table_row == BIAS else {"phi": points(rho), "g": functions(1, k)}
    return some.fixed_dictionaries({"f": functions(1, k), "theta": some.integers(-4, 4), **other, "c": scales(rho)})


STATEMENT = Statement(
    _added,
    _points,
    readings({"table_row": BIAS, "k": 1}, {"table_row": SUM, "k": 1}, {"table_row": SUM, "k": 0}),
)
WITNESS = Witness(
    "T1.new",
    "f = max(1, |θ|) at θ = 0, c = 2: the error is 1 whatever b, or g = φ, is; f = σ(θ) at θ = 1, c = 2, g = 1: σ(2) − σ(1) "
    "= 0.149…, however long φ is",
    STATEMENT,
    planted=(Planted("functions that are homogeneous everywhere: the error is 0", _exact_summands),),
)


def _bounded(s: Vector, e: Vector, k: int, c: Fraction, w: Vector, extra: Fraction = Fraction(0)) -> Pairs:
    """Add something exact in a new parameter w, of the same degree: the error is that of f alone."""
    x, own = Value(k, s, e), Value(k, w, (Fraction(0),) * len(w))
    found = [y + z for y, z in zip(x.at(c), own.at(c), strict=True)]
    yield relative_error(found, [y + z for y, z in zip(s, w, strict=True)], c, k), x.bound * (1 - extra)


SEARCH = Search(
    "f(cθ) = cᵏ(s + e) and something exact of the same degree in a new parameter: the relative error of the sum is at most "
    "E, in exact numbers",
    cases(k=(1, 0, 2, 3), c=SCALES, s=Vectors(2, 16, 4), e=Vectors(2, 16, 16), w=Vectors(2, 50)),
    _bounded,
    planted=(Planted("half of E", lambda **case: _bounded(**case, extra=Fraction(1, 2))),),
)
CLAIMS = (
    Claim(
        "T1.new",
        place="App. C, Table 1",
        title="new parameters break the rows Bias and Sum too",
        statement="the rows Bias, f of degree 1 ⇒ f + b of degree 1, and Sum, for approximate homogeneity, with a b, or with "
        "summands, that have parameters of their own",
        latex=r"The rows Bias ($f$ of degree $1$ gives $f+b$ of degree $1$) and Sum, for approximate homogeneity, with a "
        r"$b$, or with summands, that have parameters of their own.",
        why="In a network every layer has weights of its own. The two rows that hold for shared parameters do not survive that.",
        literal=Form(
            "f approximately k-homogeneous in θ.  Bias: k = 1 and b a new parameter ⇒ there are d > 0 and ρ with |f(cθ) + cb "
            "− c(f(θ) + b)| ≤ e^{−d‖(θ, b)‖} for all c ≥ 1, ‖(θ, b)‖ ≥ ρ.  Sum: k ≥ 0 and g approximately k-homogeneous in φ "
            "⇒ there are d > 0 and ρ with |f(cθ) + g(cφ) − cᵏ(f(θ) + g(φ))| ≤ e^{−d‖(θ, φ)‖} for all c ≥ 1, ‖(θ, φ)‖ ≥ ρ",
            (APPROXIMATE,),
            (WITNESS,),
            latex=r"Let $f$ be approximately $k$-homogeneous in $\theta$. Bias: if $k=1$ and $b$ is a new parameter, there "
            r"are $d>0$ and $\rho$ with $|f(c\theta)+cb-c(f(\theta)+b)|\le e^{-d\lVert(\theta,b)\rVert}$ for all $c\ge1$, "
            r"$\lVert(\theta,b)\rVert\ge\rho$. Sum: if $k\ge0$ and $g$ is approximately $k$-homogeneous in $\varphi$, there "
            r"are $d>0$ and $\rho$ with $|f(c\theta)+g(c\varphi)-c^k(f(\theta)+g(\varphi))|\le "
            r"e^{-d\lVert(\theta,\varphi)\rVert}$ for all $c\ge1$, $\lVert(\theta,\varphi)\rVert\ge\rho$.",
        ),
        repaired=Form(
            "(a) f + b is approximately 1-homogeneous in (θ, b) if and only if f(cθ) = cf(θ) for all θ and c ≥ 1; for f and "
            "g approximately k-homogeneous, f(θ) + g(φ) is so in (θ, φ) if and only if f(cθ) = cᵏf(θ) and g(cφ) = cᵏg(φ) for "
            "all θ, φ and c ≥ 1.  (b) If f(cθ) = cᵏ(s + e) at a scale c > 0, |e| ≤ E, then f(cθ) + cᵏh = cᵏ(s + h + e) for "
            "every h that does not depend on c: in particular k = 1 and h = b, or h = h(φ) of degree k in a new parameter φ",
            (APPROXIMATE,),
            (Proof("T1.new"), SEARCH),
            latex=r"(a) $f+b$ is approximately $1$-homogeneous in $(\theta,b)$ if and only if $f(c\theta)=cf(\theta)$ for "
            r"all $\theta$ and $c\ge1$; for $f$ and $g$ approximately $k$-homogeneous, $f(\theta)+g(\varphi)$ is so in "
            r"$(\theta,\varphi)$ if and only if $f(c\theta)=c^kf(\theta)$ and $g(c\varphi)=c^kg(\varphi)$ for all $\theta$, "
            r"$\varphi$ and $c\ge1$. (b) If $f(c\theta)=c^k(s+e)$ at a scale $c>0$, $|e|\le E$, then "
            r"$f(c\theta)+c^kh=c^k(s+h+e)$ for every $h$ that does not depend on $c$: in particular $k=1$ and $h=b$, or "
            r"$h=h(\varphi)$ of degree $k$ in a new parameter $\varphi$.",
        ),
        expected=Expected("refuted", "derived"),
    ),
)
