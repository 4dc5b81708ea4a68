"""T1.layernorm-affine: LN with its learned gain and bias takes every degree to degree 1.

The fifth row of the paper's Table 1.  γ and β are parameters, so the normalised vector comes out with degree 1 whatever went
in; in the paper's encoder this is the last operation of every block (paper App. C, Table 1).

Where f depends on γ and β the row falls at k = 0 alone, and needs no degenerate argument for it: γ multiplies whatever error
LN left.  Where they are new, as in a network, it falls at every k.  With relative errors it is the row LayerNorm times ‖γ‖_∞.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims.cases.asymptotic_error import APPROXIMATE
from sattheory.claims.cases.exact_cases import SCALES, Vectors, cases
from sattheory.claims.cases.functions import points, scales
from sattheory.claims.cases.table_rows import NEW, OLD, never_constant, never_constant_vectors, readings, row, supposed
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.formulas import real, unit
from sattheory.claims.inequality import Inequality, Pairs
from sattheory.claims.search import Search
from sattheory.claims.witness import Statement, Witness

Vector = tuple[Fraction, ...]
BOTH_OLD = {"gain": "[theta, theta, theta]", "beta": "[theta, theta, theta]"}
EXACT = {0: ("0", "1", "1"), 1: ("0", "theta", "theta")}


def _gained(parameters: str, k: int, f: tuple[str | int, ...], gain: Any = (), beta: Any = (), **where: Any) -> Inequality:
    """Apply γ ⊙ LN + β, with γ = β = θ(1, 1, 1) or both new."""
    supposed(k, *f)
    never_constant(*f)
    return _row_of(parameters, f, gain, beta, where)


def _row_of(parameters: str, f: tuple[str | int, ...], gain: Any, beta: Any, where: dict[str, Any]) -> Inequality:
    own: dict[str, Any] = {"old": BOTH_OLD} if parameters == OLD else {"new": {"gain": gain, "beta": beta}}
    return row("gain * unit(centre(f)) + beta", 1, {"f": f}, **own, **where)


def _exact_input(parameters: str, k: int, f: Any, gain: Any = (), beta: Any = (), **where: Any) -> Inequality:
    """Take a vector that is homogeneous where it is looked at: the row holds for it."""
    return _row_of(parameters, EXACT[k], gain, beta, where)


def _points(parameters: str, k: int, rho: int, **_: Any) -> Any:
    long, short = points(rho), some.integers(-2, 2)
    halves = some.integers(-4, 4).map(lambda i: Fraction(i, 2))
    own = {"theta": halves, "gain": some.tuples(short, short, long), "beta": some.tuples(short, short, short)}
    return some.fixed_dictionaries(
        {"f": never_constant_vectors(k), "theta": long, "c": scales(rho)} | (own if parameters == NEW else {})
    )


STATEMENT = Statement(
    _gained,
    _points,
    readings({"parameters": OLD, "k": 0}, {"parameters": NEW, "k": 0}, {"parameters": NEW, "k": 1}),
)
WITNESS = Witness(
    "T1.layernorm-affine",
    "f = (0, 1, σ(θ)), γ = β = θ(1, 1, 1): the error of the third entry grows with c; γ = (0, 0, g) new: it grows with g, at "
    "θ = 1, c = 2; so for f = (0, max(1, |θ|), θ), k = 1, at θ = ½, c = 2: 2|g|/√6",
    STATEMENT,
    planted=(Planted("an input that is homogeneous: the error is 0", _exact_input),),
)


def _centred(x: Vector) -> Vector:
    mean = sum(x, Fraction(0)) / len(x)
    return tuple(entry - mean for entry in x)


def _length(x: Vector) -> Fraction:
    """‖x‖₂²."""
    return sum((entry * entry for entry in x), Fraction(0))


def _row(s: Vector, e: Vector, gain: Vector, beta: Vector, c: Fraction, gained: bool = True, degree: int = 1) -> Pairs:
    """Compare the largest entry of c^{−degree}·c(γ⊙LN(s + e) + β) − (γ⊙N(s) + β) with ‖γ‖_∞·√2·√n·E/m."""
    E, v = max(abs(entry) for entry in e), _centred(s)
    if E == 0 or not any(gain) or len(s) * E * E >= _length(v):
        return
    moved = _centred(tuple(x + y for x, y in zip(s, e, strict=True)))
    found, symbol = (unit([real(entry) for entry in x]) for x in (moved, v))
    size = max(abs(entry) for entry in gain) if gained else Fraction(1)
    bound = real(size) * real(2 * len(s) * E * E / _length(v)).sqrt()
    power = real(c ** (1 - degree))
    for g, b, y, z in zip(gain, beta, found, symbol, strict=True):
        yield abs(power * (real(g) * y + real(b)) - (real(g) * z + real(b))), bound


SEARCH = Search(
    "largest entry of γ⊙LN(s + e) + β − (γ⊙N(s) + β) ≤ ‖γ‖_∞·√2·√n·E/m, n ≤ 4",
    cases(
        n=(2, 3, 4),
        c=SCALES,
        s=Vectors(4, 12),
        e=Vectors(4, 12, 4),
        gain=Vectors(4, 4),
        beta=Vectors(4, 4),
    ),
    _row,
    planted=(
        Planted("bound without ‖γ‖_∞", lambda **case: _row(**case, gained=False)),
        Planted("degree 0 for 1", lambda **case: _row(**case, degree=0)),
    ),
)
CLAIMS = (
    Claim(
        "T1.layernorm-affine",
        place="App. C, Table 1",
        title="LN with gain and bias takes every degree to degree 1",
        statement="f of degree k ⇒ γ⊙LN(f) + β of degree 1, γ and β among the parameters; also for approximate homogeneity",
        latex=r"If $f$ has degree $k$, then $\gamma\odot\operatorname{LN}(f)+\beta$ has degree $1$, $\gamma$ and $\beta$ "
        r"being among the parameters; also for approximate homogeneity.",
        why="It ends each block of the paper's encoder and makes its degree 1. A gain of degree 1 magnifies what LN left over.",
        literal=Form(
            "f approximately k-homogeneous, k ≥ 0, Pf(θ) ≠ 0 for all θ, and the entries of γ and β parameters, whether f "
            "depends on them or not ⇒ there are d > 0 and ρ with |cγ⊙LN(f(cθ)) + cβ − c(γ⊙LN(f(θ)) + β)| ≤ e^{−d‖θ‖}, entry "
            "by entry, for all c ≥ 1 and ‖θ‖ ≥ ρ, θ all parameters",
            (APPROXIMATE, "approximately homogeneous in the parameters that f depends on", "LN(x) = Px/‖Px‖₂, P = I − 11ᵀ/n"),
            (WITNESS,),
            latex=r"If $f$ is approximately $k$-homogeneous, $k\ge0$, $Pf(\theta)\ne0$ for all $\theta$, and the entries of "
            r"$\gamma$ and $\beta$ are parameters, whether $f$ depends on them or not, then there are $d>0$ and $\rho$ with "
            r"$|c\gamma\odot\operatorname{LN}(f(c\theta))+c\beta-c(\gamma\odot\operatorname{LN}(f(\theta))+\beta)|\le "
            r"e^{-d\lVert\theta\rVert}$ entrywise for all $c\ge1$ and $\lVert\theta\rVert\ge\rho$, $\theta$ being all "
            r"parameters.",
            uses=("T1.layernorm", "T1.affine"),
        ),
        repaired=Form(
            "f(cθ) = cᵏ(s + e) ∈ Rⁿ at a scale c > 0, |e| ≤ E entry by entry, ‖Ps‖₂ ≥ m > 0, √n·E < m ⇒ cγ⊙LN(f(cθ)) + cβ = "
            "c(γ⊙N(s) + β + e′) with |e′| ≤ ‖γ‖_∞·√2·√n·E/m entry by entry, N(s) = Ps/‖Ps‖₂: degree 1, symbol γ⊙N(s) + β",
            ("k real; LN(x) = Px/‖Px‖₂, P = I − 11ᵀ/n",),
            (Proof("T1.layernorm-affine"), SEARCH),
            latex=r"If $f(c\theta)=c^k(s+e)\in\mathbb{R}^n$ at a scale $c>0$ with $|e|\le E$ entrywise, $\lVert "
            r"Ps\rVert_2\ge m>0$ and $\sqrt{n}E<m$, then $c\gamma\odot\operatorname{LN}(f(c\theta))+c\beta=c(\gamma\odot "
            r"N(s)+\beta+e')$ with $|e'|\le\lVert\gamma\rVert_\infty\sqrt2\sqrt{n}E/m$ entrywise, where $N(s)=Ps/\lVert "
            r"Ps\rVert_2$: degree $1$, symbol $\gamma\odot N(s)+\beta$.",
            uses=("T1.layernorm'",),
        ),
        expected=Expected("refuted", "derived"),
    ),
)
