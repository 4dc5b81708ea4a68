"""D2: f is k-homogeneous if f(x; cθ) = cᵏ f(x; θ) for all c ≥ 0.

The whole calculus of degrees rests on this definition, and degree 0 is where attention and layer norms arrive (paper §5.2).  At
c = 0 it asks for f(0) = f(θ), so only constants have degree 0: no value at 0 makes LN 0-homogeneous.

With c > 0 for c ≥ 0 nothing is lost: for k > 0 the scale 0 comes for free, degrees add in products and multiply in
compositions, and every function on the unit sphere extends to a k-homogeneous one.  That is the definition meant elsewhere here.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims.cases.asymptotic_error import integers
from sattheory.claims.cases.exact_cases import SCALES, Vectors, cases
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.inequality import Inequality, Pairs
from sattheory.claims.search import Search
from sattheory.claims.witness import Statement, Witness

Vector = tuple[Fraction, ...]


def _unchanged(value: tuple[int, ...], theta: tuple[int, ...], c: Any, right: str = "0") -> Inequality:
    """Ask for |LN(cθ)₁ − LN(θ)₁| ≤ 0, where LN(0) is the value that somebody chose."""
    where = {"there": "unit(centre(c * theta))" if c else "value", "here": "unit(centre(theta))"}
    return Inequality({"value": value, "theta": theta, "c": c}, "abs(there[0] - here[0])", right, where=where)


def _points(value: tuple[int, ...]) -> Any:
    scales = some.integers(0, 16).map(lambda i: Fraction(i, 4))
    return some.fixed_dictionaries({"theta": integers(len(value), 9), "c": scales})


STATEMENT = Statement(_unchanged, _points, ({"value": (0, 0)}, {"value": (1, -1)}, {"value": (1, 2, 2)}))
WITNESS = Witness(
    "D2",
    "c = 0 and any θ with entries that differ: LN(0) = v is not LN(θ), which has length 1; and not −LN(θ) = LN(−θ) either",
    STATEMENT,
    planted=(Planted("a bound by ‖v‖ + 2", lambda **given: _unchanged(**given, right="norm(value) + 2")),),
)


def _polynomial(coefficients: Vector, degree: int, x: Vector) -> Fraction:
    """Evaluate a form of the given degree in two parameters."""
    return sum((a * x[0] ** i * x[1] ** (degree - i) for i, a in zip(range(degree + 1), coefficients, strict=False)), Fraction(0))


def _same(left: Fraction, right: Fraction) -> Pairs:
    yield from ((left, right), (right, left))


def _degrees(theta: Vector, c: Fraction, i: int, j: int, p: Vector, q: Vector, shift: int = 0) -> Pairs:
    """Add, subtract, keep and multiply the degrees i and j."""

    def at(x: Vector) -> tuple[Fraction, ...]:
        f, g, h = _polynomial(p, i, x), _polynomial(q, j, x), _polynomial(q, i, x)
        return f * g, f / g if g else Fraction(0), f + h, _polynomial(p, i, (g, _polynomial(p, j, x)))

    there, here = at((c * theta[0], c * theta[1])), at(theta)
    for left, right, degree in zip(there, here, (i + j, i - j, i, i * j), strict=True):
        yield from _same(left, c ** (degree + shift) * right)


def _wrong_composition(theta: Vector, c: Fraction, i: int, j: int, p: Vector, q: Vector) -> Pairs:
    def at(x: Vector) -> Fraction:
        return _polynomial(p, i, (_polynomial(q, j, x), _polynomial(p, j, x)))

    yield from _same(at((c * theta[0], c * theta[1])), c ** (i + j) * at(theta))


SEARCH = Search(
    "degrees of products, quotients, sums and compositions of forms in two parameters, exactly",
    cases(i=range(3), j=range(3), c=(Fraction(1, 3), *SCALES), theta=Vectors(2, 8, 4), p=Vectors(3, 3), q=Vectors(3, 3)),
    _degrees,
    planted=(
        Planted("every degree one too high", lambda **case: _degrees(**case, shift=1)),
        Planted("degrees added in a composition", _wrong_composition),
    ),
)
CLAIMS = (
    Claim(
        "D2",
        place="§5.2, Def. 2",
        title="homogeneity is a matter of positive scales",
        statement="f is k-homogeneous if f(x; cθ) = cᵏ f(x; θ) for all c ≥ 0",
        latex=r"$f$ is $k$-homogeneous if $f(x; c\theta) = c^k f(x; \theta)$ for all $c \ge 0$.",
        why="The calculus of degrees rests on it. Read with the scale 0, it knows no functions of degree 0 but constants.",
        literal=Form(
            "the definition admits the functions of degree 0 that it is used for: with a suitable value v at 0, LN(θ) = Pθ/‖Pθ‖, "
            "Pθ = θ − mean(θ), satisfies LN(cθ) = LN(θ) for all c ≥ 0 and all θ with Pθ ≠ 0",
            ("LN(0) := v, for any v",),
            (WITNESS,),
            latex=r"The definition admits the functions of degree $0$ that it is used for: with a suitable value $v$ at $0$, "
            r"$\operatorname{LN}(\theta) = P\theta/\lVert P\theta\rVert$, $P\theta = \theta - \operatorname{mean}(\theta)$, "
            r"satisfies $\operatorname{LN}(c\theta) = \operatorname{LN}(\theta)$ for all $c \ge 0$ and all $\theta$ with "
            r"$P\theta \ne 0$.",
        ),
        repaired=Form(
            "call f k-homogeneous if f(cθ) = cᵏf(θ) for all c > 0.  (a) LN is 0-homogeneous on {Pθ ≠ 0}.  (b) For k > 0, f(0) = "
            "0 where f is defined at 0, and the equation holds at c = 0 too.  (c) Unless f = 0, k is unique.  (d) Degrees i, j: "
            "i + j for products, i − j for quotients, i for sums with i = j, ij for compositions.  (e) Each function on the unit "
            "sphere extends to exactly one k-homogeneous function on θ ≠ 0",
            ("f is defined on a cone D ⊆ Rᵖ (cθ ∈ D for θ ∈ D, c > 0)", "k real; vector functions entry by entry"),
            (Proof("D2"), SEARCH),
            latex=r"Call $f$ $k$-homogeneous if $f(c\theta) = c^k f(\theta)$ for all $c > 0$. (a) $\operatorname{LN}$ is "
            r"$0$-homogeneous on $\{P\theta \ne 0\}$. (b) For $k > 0$, $f(0) = 0$ where $f$ is defined at $0$, and the equation "
            r"holds at $c = 0$ too. (c) Unless $f = 0$, $k$ is unique. (d) Degrees $i$, $j$: $i + j$ for products, $i - j$ for "
            r"quotients, $i$ for sums with $i = j$, $ij$ for compositions. (e) Each function on the unit sphere extends to "
            r"exactly one $k$-homogeneous function on $\theta \ne 0$.",
        ),
        expected=Expected("refuted", "derived"),
        kind="definition",
    ),
)
