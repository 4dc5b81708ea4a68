"""T1.product: the product of degrees k₁ and k₂ has degree k₁ + k₂.

The last row of the paper's Table 1.  Attention is made of two products: queries with keys, then weights with values (paper
App. C, Table 1).

Under approximate homogeneity the row fails for degrees (k, 0) with k > 0, the case of weights times values: the factor of
degree k magnifies the error of the other.  If each factor has parameters of its own, it fails for every pair of degrees: one
factor's parameters can be long while the other's are short.  With relative errors the row is the product rule.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.arithmetic.degrees import Degree, Degrees
from sattheory.claims.cases.asymptotic_error import APPROXIMATE, Value, relative_error
from sattheory.claims.cases.exact_cases import SCALES, Vectors, cases
from sattheory.claims.cases.functions import at, functions, points, scales
from sattheory.claims.cases.table_rows import readings, row, supposed
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.inequality import Inequality, Pairs
from sattheory.claims.search import Search
from sattheory.claims.witness import Statement, Witness

COMMON, OWN = "common to f and g", "of f and g apart"
EXACT = {0: "1", 1: "theta"}
OPS = Degrees()


def _product(parameters: str, k1: int, k2: int, f: str, g: str, phi: int = 0, **where: Any) -> Inequality:
    """Multiply f(θ) by g(θ), or by g(φ)."""
    supposed(k1, f)
    supposed(k2, g)
    second: dict[str, Any] = {"new": {"phi": phi}} if parameters == OWN else {}
    return row("[f * g]", k1 + k2, {"f": f, "g": at(g, "phi") if second else g}, **second, **where)


def _exact_factors(parameters: str, k1: int, k2: int, f: str, g: str, **where: Any) -> Inequality:
    """Take factors that are homogeneous everywhere: the row holds for them."""
    return _product(parameters, k1, k2, EXACT[k1], EXACT[k2], **where)


def _points(parameters: str, k1: int, k2: int, rho: int, **_: Any) -> Any:
    own = {"theta": points(rho)} if parameters == COMMON else {"theta": some.integers(-4, 4), "phi": points(rho)}
    return some.fixed_dictionaries({"f": functions(1, k1), "g": functions(1, k2), **own, "c": scales(rho)})


STATEMENT = Statement(
    _product,
    _points,
    readings(
        {"parameters": COMMON, "k1": 1, "k2": 0},
        {"parameters": OWN, "k1": 1, "k2": 1},
        {"parameters": OWN, "k1": 0, "k2": 0},
    ),
)
WITNESS = Witness(
    "T1.product",
    "f = θ, g = σ(θ): the error cθ(σ(cθ) − σ(θ)) grows with c; f = max(1, |θ|) at θ = 0, g = φ: 2|φ| grows with φ; f = σ(θ) "
    "at θ = 1, g = 1: σ(2) − σ(1), however long φ is",
    STATEMENT,
    planted=(Planted("factors that are homogeneous everywhere: the error is 0", _exact_factors),),
)


def _values(s: Any, e: Any, degrees: tuple[int, int]) -> list[Value]:
    return [Value(k, s[2 * i : 2 * i + 2], e[2 * i : 2 * i + 2]) for i, k in enumerate(degrees)]


def _dot(x: Any, y: Any) -> Fraction:
    return sum((a * b for a, b in zip(x, y, strict=True)), Fraction(0))


def _row(s: Any, e: Any, degrees: tuple[int, int], c: Fraction, raised: int = 0, width: int = 2, cross: int = 1) -> Pairs:
    """Compare the product of a row and a column with its symbol."""
    x, y = _values(s, e, degrees)
    found = relative_error([_dot(x.at(c), y.at(c))], [_dot(x.symbol, y.symbol)], c, sum(degrees) + raised)
    yield found, width * (x.size * y.bound + y.size * x.bound + cross * x.bound * y.bound)


def _calculus(degrees: tuple[int, int], raised: int = 0) -> Pairs:
    """Ask the package's degree calculus for the sum of the degrees."""
    found = OPS.matmul(Degree(degrees[0], (1, 2)), Degree(degrees[1], (2, 1)))
    yield Fraction(abs(found.degree - sum(degrees) - raised)), Fraction(0)


def _both(**case: Any) -> Pairs:
    yield from _row(**case)
    yield from _calculus(case["degrees"])


SEARCH = Search(
    "relative error of the product of a row and a column of two entries, degrees −1 to 3, in exact numbers; the package's "
    "degree calculus adds the degrees",
    cases(
        degrees=tuple((i, j) for i in (0, 1, 2, 3, -1) for j in (0, 1, 2, 3, -1)),
        c=SCALES,
        s=Vectors(4, 16, 4),
        e=Vectors(4, 16, 16),
    ),
    _both,
    planted=(
        Planted("degree off by one", lambda **case: _row(**case, raised=1)),
        Planted("inner width forgotten", lambda **case: _row(**case, width=1)),
        Planted("E₁E₂ forgotten", lambda **case: _row(**case, cross=0)),
        Planted("degree off by one in the calculus", lambda degrees, **_: _calculus(degrees, 1)),
    ),
)
CLAIMS = (
    Claim(
        "T1.product",
        place="App. C, Table 1",
        title="products add degrees",
        statement="f of degree k₁, g of degree k₂ ⇒ fg of degree k₁ + k₂; also for approximate homogeneity",
        latex=r"If $f$ has degree $k_1$ and $g$ has degree $k_2$, then $fg$ has degree $k_1+k_2$; also for approximate "
        r"homogeneity.",
        why="Attention is two products. Its second, weights times values, is the case in which the approximate form fails.",
        literal=Form(
            "f approximately k₁-homogeneous, g approximately k₂-homogeneous, k₁, k₂ ≥ 0, in parameters that may be the same "
            "or not ⇒ there are d > 0 and ρ with |f(cθ)g(cθ) − c^{k₁+k₂}f(θ)g(θ)| ≤ e^{−d‖θ‖} for all c ≥ 1 and ‖θ‖ ≥ ρ, θ "
            "all parameters",
            (APPROXIMATE, "approximately homogeneous in the parameters that the function depends on"),
            (WITNESS,),
            latex=r"If $f$ is approximately $k_1$-homogeneous and $g$ approximately $k_2$-homogeneous, $k_1,k_2\ge0$, in "
            r"parameters that may be the same or not, then there are $d>0$ and $\rho$ with "
            r"$|f(c\theta)g(c\theta)-c^{k_1+k_2}f(\theta)g(\theta)|\le e^{-d\lVert\theta\rVert}$ for all $c\ge1$ and "
            r"$\lVert\theta\rVert\ge\rho$, $\theta$ being all parameters.",
            uses=("L4",),
        ),
        repaired=Form(
            "F a row, G a column of p entries, F(cθ) = c^{k₁}(s₁ + e₁), G(cθ) = c^{k₂}(s₂ + e₂) at a scale c > 0, |e₁| ≤ E₁, "
            "|e₂| ≤ E₂, |s₁| ≤ S₁, |s₂| ≤ S₂ entry by entry ⇒ F(cθ)G(cθ) = c^{k₁+k₂}(s₁s₂ + e) with |e| ≤ p(S₁E₂ + S₂E₁ + "
            "E₁E₂): degree k₁ + k₂, symbol s₁s₂; so for matrices of inner width p, entry by entry",
            ("k₁, k₂ real",),
            (Proof("T1.product"), SEARCH),
            latex=r"Let $F$ be a row and $G$ a column of $p$ entries, $F(c\theta)=c^{k_1}(s_1+e_1)$ and "
            r"$G(c\theta)=c^{k_2}(s_2+e_2)$ at a scale $c>0$ with $|e_1|\le E_1$, $|e_2|\le E_2$, $|s_1|\le S_1$, $|s_2|\le "
            r"S_2$ entrywise. Then $F(c\theta)G(c\theta)=c^{k_1+k_2}(s_1s_2+e)$ with $|e|\le p(S_1E_2+S_2E_1+E_1E_2)$: "
            r"degree $k_1+k_2$, symbol $s_1s_2$. So for matrices of inner width $p$, entrywise.",
        ),
        expected=Expected("refuted", "derived"),
    ),
)
