"""T1.layernorm: LN takes every degree to degree 0.

The fourth row of the paper's Table 1.  LN(x) = Px/‖Px‖₂ with P = I − 11ᵀ/n forgets the length of its argument (paper App. C,
Table 1, and C.2).  For k > 0 approximate homogeneity bears it.  For k = 0 an argument that decays with ‖θ‖ may turn as it
likes while it decays, and LN magnifies the turn; nothing need ever be 0 for that.

What is needed is an argument whose symbol is not constant, ‖Ps‖₂ ≥ m > 0.  Then LN multiplies the relative error by at most
√2·√n/m, and √2 cannot be lowered.  (AH.norm has the sharp function of the error, and LN with ε.)
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims.cases.asymptotic_error import APPROXIMATE
from sattheory.claims.cases.exact_cases import SCALES, Vectors, cases, square
from sattheory.claims.cases.functions import points, scales
from sattheory.claims.cases.table_rows import never_constant, never_constant_vectors, readings, row, supposed
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.formulas import real, unit
from sattheory.claims.inequality import Inequality, Pairs
from sattheory.claims.search import Search
from sattheory.claims.witness import Statement, Witness

Vector = tuple[Fraction, ...]


def _normalised(f: tuple[str | int, ...], **where: Any) -> Inequality:
    """Normalise a vector of degree 0 that is never constant."""
    supposed(0, *f)
    never_constant(*f)
    return row("unit(centre(f))", 0, {"f": f}, **where)


def _turned_back(f: tuple[str | int, ...], theta: int, c: Fraction, **where: Any) -> Inequality:
    """Take a whole turn instead of half a turn: the vector has its direction again."""
    return _normalised(f, theta=theta, c=1 + 2 * (c - 1), **where)


def _points(rho: int, **_: Any) -> Any:
    return some.fixed_dictionaries({"f": never_constant_vectors(0), "theta": points(rho), "c": scales(rho)})


STATEMENT = Statement(_normalised, _points, readings({}))
WITNESS = Witness(
    "T1.layernorm",
    "f = e^{−|θ|}(0, 1, ½cos πθ), θ = 2N, cθ = 2N + 1: LN(0, 1, ½) and LN(0, 1, −½) differ by 4/√42 = 0.617… > e^{−1} ≥ e^{−dθ}",
    STATEMENT,
    planted=(Planted("a whole turn instead of half a turn: the error is 0", _turned_back),),
)


def _pair(s: Vector, e: Vector, near: Fraction) -> tuple[Vector, Vector]:
    """Take the given symbol and error, or (near ≠ 0) an error that turns the symbol by nearly a right angle."""
    if not near:
        return s, e
    return (near - 1, -near - 1, Fraction(1), Fraction(1)), (Fraction(1), Fraction(1), Fraction(-1), Fraction(-1))


def _centred(x: Vector) -> Vector:
    mean = sum(x, Fraction(0)) / len(x)
    return tuple(entry - mean for entry in x)


def _length(x: Vector) -> Fraction:
    """‖x‖₂²."""
    return sum((entry * entry for entry in x), Fraction(0))


def _row(s: Vector, e: Vector, near: Fraction, k: int, c: Fraction, factor: Fraction = Fraction(2), root: bool = True) -> Pairs:
    """Compare ‖LN(cᵏ(s + e)) − N(s)‖² with factor·n·E²/m²."""
    s, e = _pair(s, e, near)
    E, v = max(abs(entry) for entry in e), _centred(s)
    if E == 0 or len(s) * E * E >= _length(v):
        return
    moved = _centred(tuple(c**k * (x + y) for x, y in zip(s, e, strict=True)))
    found, symbol = (unit([real(entry) for entry in x]) for x in (moved, v))
    yield square(found, symbol), real(factor * (len(s) if root else 1) * E * E / _length(v))


SEARCH = Search(
    "‖LN(f(cθ)) − N(s)‖₂ ≤ √2·√n·E/m for n ≤ 4 and degrees −1 to 3, errors that turn s by nearly a right angle among them",
    cases(
        n=(2, 3, 4),
        near=(*[Fraction(0)] * 5, Fraction(1, 4), Fraction(1, 16), Fraction(1, 100)),
        k=(0, 1, 2, 3, -1),
        c=SCALES,
        s=Vectors(4, 12),
        e=Vectors(4, 12, 4),
    ),
    _row,
    planted=(
        Planted("7/5 for √2", lambda **case: _row(**case, factor=Fraction(49, 25))),
        Planted("1 for √2", lambda **case: _row(**case, factor=Fraction(1))),
        Planted("√n left out", lambda **case: _row(**case, root=False)),
    ),
)
CLAIMS = (
    Claim(
        "T1.layernorm",
        place="App. C, Table 1",
        title="LN takes every degree to degree 0",
        statement="f of degree k ⇒ LN(f) of degree 0; also for approximate homogeneity",
        latex=r"If $f$ has degree $k$, then $\operatorname{LN}(f)$ has degree $0$; also for approximate homogeneity.",
        why="It keeps deep networks from growing without bound. An argument that decays is where the calculus breaks.",
        literal=Form(
            "f approximately k-homogeneous, k ≥ 0, and Pf(θ) ≠ 0 for all θ ⇒ there are d > 0 and ρ with |LN(f(cθ)) − "
            "LN(f(θ))| ≤ e^{−d‖θ‖}, entry by entry, for all c ≥ 1 and ‖θ‖ ≥ ρ",
            (APPROXIMATE, "LN(x) = Px/‖Px‖₂, P = I − 11ᵀ/n"),
            (WITNESS,),
            latex=r"If $f$ is approximately $k$-homogeneous, $k\ge0$, and $Pf(\theta)\ne0$ for all $\theta$, then there are "
            r"$d>0$ and $\rho$ with $|\operatorname{LN}(f(c\theta))-\operatorname{LN}(f(\theta))|\le "
            r"e^{-d\lVert\theta\rVert}$ entrywise for all $c\ge1$ and $\lVert\theta\rVert\ge\rho$.",
            uses=("L5",),
        ),
        repaired=Form(
            "f(cθ) = cᵏ(s + e) ∈ Rⁿ at a scale c > 0, |e| ≤ E entry by entry, ‖Ps‖₂ ≥ m > 0, √n·E < m ⇒ LN(f(cθ)) is within "
            "√2·√n·E/m of N(s) = Ps/‖Ps‖₂ in ‖·‖₂, hence entry by entry: degree 0, symbol N(s).  For n = 4 no constant below "
            "√2 will do",
            ("k real; LN(x) = Px/‖Px‖₂, P = I − 11ᵀ/n",),
            (Proof("T1.layernorm"), SEARCH),
            latex=r"If $f(c\theta)=c^k(s+e)\in\mathbb{R}^n$ at a scale $c>0$ with $|e|\le E$ entrywise, $\lVert "
            r"Ps\rVert_2\ge m>0$ and $\sqrt{n}E<m$, then $\operatorname{LN}(f(c\theta))$ is within $\sqrt2\sqrt{n}E/m$ of "
            r"$N(s)=Ps/\lVert Ps\rVert_2$ in $\lVert\cdot\rVert_2$, hence entrywise: degree $0$, symbol $N(s)$. For $n=4$ no "
            r"constant below $\sqrt2$ will do.",
        ),
        expected=Expected("refuted", "derived"),
    ),
)
