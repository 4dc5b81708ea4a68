"""T1.exact: every row of Table 1 holds for exact homogeneity.

The calculus of degrees is right where it started: for functions with f(cθ) = cᵏf(θ), at every scale c > 0, with new
parameters or old ones. Two provisos make it so.  The scale is positive (c = 0 would make every function of degree 0 constant,
see D2), and LN's argument is not a constant vector, since LN(0) is not defined (paper App. C, Table 1).

So what fails in the other rows is approximation, not the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import Any

from sattheory.claims.cases.exact_cases import Vectors, cases
from sattheory.claims.cases.functions import known, of_degree
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.formulas import centre, evaluate, norm, real, total, unit
from sattheory.claims.inequality import Pairs
from sattheory.claims.search import Search

Vector = tuple[Fraction, ...]
Ball = Any
Row = tuple[str, int, list[Ball]]
SLACK, TINY = Fraction(1, 10**25), Fraction(1, 10**20)
SCALES = (Fraction(2), Fraction(3), Fraction(1, 2), Fraction(3, 2), Fraction(1, 7), Fraction(10))
SHIFTS = {
    "degree of a matrix left out": ("Linear", -1),
    "a bias at degree 1 taken for degree 0": ("Bias", -1),
    "LN keeps k": ("LN", 1),
}


@cache
def exact(degree: int) -> tuple[str, ...]:
    """List functions of two parameters that are homogeneous everywhere.

    Parameters
    ----------
    degree : int
        k.

    Returns
    -------
    tuple of str
        Formulas in ``theta``.
    """
    offered = ((formula, known(formula, 2)) for formula in of_degree(2, degree))
    return tuple(formula for formula, facts in offered if facts and facts.degree == degree and facts.error == facts.rho == 0)


def _vector(degree: int, places: Vector, theta: list[Ball]) -> list[Ball]:
    """Evaluate functions of a degree."""
    offered = exact(degree)
    return [evaluate(offered[int(place) % len(offered)], {"theta": theta}) for place in places]


def _linear(w: list[Ball], f: list[Ball]) -> Ball:
    return total([a * b for a, b in zip(w, f, strict=True)])


def _rows(k: int, f: list[Ball], other: int, g: Ball, w: list[Ball], b: list[Ball]) -> Iterator[Row]:
    """List what each row makes of f, of degree k, and g, of degree `other`, with the degree that it promises."""
    yield "Linear", k + 1, [_linear(w, f)]
    yield "ReLU", k, [entry.max(real(0)) for entry in f]
    yield "Sum", k, [f[0] + f[1]]
    yield "Product", k + other, [x * g for x in f]
    if k == 1:
        yield "Bias", 1, [x + y for x, y in zip(f, b, strict=True)]
    if k == 0:
        yield "Affine", 1, [_linear(w, f) + b[0]]
    if norm(centre(f)) > real(TINY):
        yield "LN", 0, unit(centre(f))
        yield "LN + Affine", 1, [x * y + z for x, y, z in zip(w, unit(centre(f)), b, strict=True)]


def _at(scale: Fraction, k: int, other: int, places: Vector, theta: Vector, w: Vector, b: Vector) -> list[Row]:
    x, weight, bias = ([real(scale * entry) for entry in vector] for vector in (theta, w, b))
    return list(_rows(k, _vector(k, places, x), other, _vector(other, places[:1], x)[0], weight, bias))


def _table(k: int, other: int, places: Vector, theta: Vector, w: Vector, b: Vector, c: Fraction, wrong: Any = ("", 0)) -> Pairs:
    """Compare each row at cθ with c^degree times the row at θ; `wrong` shifts the degree of one row."""
    if not all(theta):
        return
    here, there = (_at(scale, k, other, places, theta, w, b) for scale in (Fraction(1), c))
    for (name, degree, before), (_, _, after) in zip(here, there, strict=False):
        power = real(c ** (degree + wrong[1] * (name == wrong[0])))
        for x, y in zip(before, after, strict=True):
            yield abs(y - power * x), real(SLACK) * (1 + abs(power * x))


def _shifted(name: str, by: int) -> Any:
    return lambda **case: _table(**case, wrong=(name, by))


SEARCH = Search(
    "all eight rows on homogeneous functions of two parameters (θ₁θ₂, ReLU θ₁, θ₁/‖θ‖, …), new W, b, γ, β, scales from 1/7 "
    "to 10 (within 10⁻²⁵, relatively)",
    cases(
        k=(1, 0, 2),
        other=(0, 1, 2),
        places=Vectors(3, 60),
        theta=Vectors(2, 6, 2),
        w=Vectors(3, 4),
        b=Vectors(3, 4),
        c=SCALES,
    ),
    _table,
    planted=tuple(Planted(says, _shifted(*shift)) for says, shift in SHIFTS.items()),
)
CLAIMS = (
    Claim(
        "T1.exact",
        place="App. C, Table 1",
        title="every row of Table 1 holds for exact homogeneity",
        statement="Table 1 for homogeneous functions: Linear k → k + 1, Bias 1 → 1, Affine 0 → 1, LN k → 0, LN + Affine k → "
        "1, ReLU k → k, Sum (k, k) → k, Product (k₁, k₂) → k₁ + k₂",
        latex=r"Table 1 for homogeneous functions: Linear $k\to k+1$, Bias $1\to1$, Affine $0\to1$, LN $k\to0$, LN + Affine "
        r"$k\to1$, ReLU $k\to k$, Sum $(k,k)\to k$, Product $(k_1,k_2)\to k_1+k_2$.",
        why="It is the part of the calculus that needs no repair. What fails in the other rows is approximation, not the table.",
        literal=Form(
            "let f(cθ) = cᵏf(θ) and g(cθ) = cʲg(θ) for all c > 0, W, b, γ, β parameters.  Then for all c > 0: cW·f(cθ) = "
            "c^{k+1}W·f(θ); ReLU(f(cθ)) = cᵏReLU(f(θ)); f(cθ)g(cθ) = c^{k+j}f(θ)g(θ); f(cθ) + g(cθ) = cᵏ(f(θ) + g(θ)) if j = "
            "k; f(cθ) + cb = c(f(θ) + b) if k = 1; cW·f(cθ) + cb = c(W·f(θ) + b) if k = 0; and where Pf(θ) ≠ 0, LN(f(cθ)) = "
            "LN(f(θ)) and cγ⊙LN(f(cθ)) + cβ = c(γ⊙LN(f(θ)) + β)",
            ("k, j real; θ where f and g are defined, all parameters together", "LN(x) = Px/‖Px‖₂, P = I − 11ᵀ/n"),
            (Proof("T1.exact"), SEARCH),
            latex=r"Let $f(c\theta)=c^kf(\theta)$ and $g(c\theta)=c^jg(\theta)$ for all $c>0$, $W,b,\gamma,\beta$ being "
            r"parameters. Then for all $c>0$: $cWf(c\theta)=c^{k+1}Wf(\theta)$; "
            r"$\operatorname{ReLU}(f(c\theta))=c^k\operatorname{ReLU}(f(\theta))$; "
            r"$f(c\theta)g(c\theta)=c^{k+j}f(\theta)g(\theta)$; $f(c\theta)+g(c\theta)=c^k(f(\theta)+g(\theta))$ if $j=k$; "
            r"$f(c\theta)+cb=c(f(\theta)+b)$ if $k=1$; $cWf(c\theta)+cb=c(Wf(\theta)+b)$ if $k=0$; and where "
            r"$Pf(\theta)\ne0$, $\operatorname{LN}(f(c\theta))=\operatorname{LN}(f(\theta))$ and "
            r"$c\gamma\odot\operatorname{LN}(f(c\theta))+c\beta=c(\gamma\odot\operatorname{LN}(f(\theta))+\beta)$.",
            uses=("D2'",),
        ),
        repaired=None,
        expected=Expected("derived"),
    ),
)
