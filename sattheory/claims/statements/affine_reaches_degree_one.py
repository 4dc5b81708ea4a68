"""T1.affine: an affine map takes degree 0 to degree 1.

The third row of the paper's Table 1: the linear map and the bias in one, applied to something normalised (paper App. C, Table
1).  A bias suits it exactly, because W times degree 0 has the degree of a parameter.

For approximate homogeneity it fails for the reason of the row Linear: W multiplies an error that stays as it is.  The bias
has no part in it: it cancels.  With relative errors the row holds, and the bias costs nothing.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims.cases.asymptotic_error import APPROXIMATE, Value, relative_error
from sattheory.claims.cases.exact_cases import SCALES, Vectors, cases
from sattheory.claims.cases.functions import functions, points, scales
from sattheory.claims.cases.table_rows import NEW, OLD, readings, row, supposed
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.inequality import Inequality, Pairs
from sattheory.claims.search import Search
from sattheory.claims.witness import Statement, Witness

Vector = tuple[Fraction, ...]
BOTH_OLD = {"w": "theta", "b": "theta"}


def _affine(parameters: str, f: str, w: int = 0, b: int = 0, **at: Any) -> Inequality:
    """Apply W and b of one entry: both θ, or new."""
    supposed(0, f)
    own: dict[str, Any] = {"old": BOTH_OLD} if parameters == OLD else {"new": {"w": w, "b": b}}
    return row("[w * f + b]", 1, {"f": f}, **own, **at)


def _exact_input(parameters: str, f: str, **at: Any) -> Inequality:
    """Take the function 1: the row holds for it."""
    return _affine(parameters, "1", **at)


def _points(parameters: str, rho: int, **_: Any) -> Any:
    small, long = some.integers(-4, 4), points(rho)
    own = {"theta": long} if parameters == OLD else {"theta": small, "w": long, "b": small}
    return some.fixed_dictionaries({"f": functions(1, 0), **own, "c": scales(rho)})


STATEMENT = Statement(_affine, _points, readings({"parameters": OLD}, {"parameters": NEW}))
WITNESS = Witness(
    "T1.affine",
    "b cancels; W = b = θ, f = σ: |cθσ(cθ) − cθσ(θ)| grows with c; W, b new: 2|w|(σ(2) − σ(1)) at θ = 1 grows with w",
    STATEMENT,
    planted=(Planted("an input that is homogeneous everywhere: the error is 0", _exact_input),),
)


def _error(w: Vector, b: Vector, x: Value, c: Fraction, degree: int = 1) -> Fraction:
    """Relative error of c(w·f + b), with the symbol w·s + b."""
    found, symbol = (sum((u * v for u, v in zip(w, y, strict=True)), b[0]) for y in (x.at(c), x.symbol))
    return relative_error([c * found], [symbol], c, degree)


def _row(w: Vector, b: Vector, s: Vector, e: Vector, c: Fraction) -> Pairs:
    x = Value(0, s, e)
    yield _error(w, b, x, c), sum(abs(weight) for weight in w) * x.bound


def _degree_zero(w: Vector, b: Vector, s: Vector, e: Vector, c: Fraction) -> Pairs:
    x = Value(0, s, e)
    yield _error(w, b, x, c, 0), sum(abs(weight) for weight in w) * x.bound


def _largest_entry(w: Vector, b: Vector, s: Vector, e: Vector, c: Fraction) -> Pairs:
    x = Value(0, s, e)
    yield _error(w, b, x, c), max(abs(weight) for weight in w) * x.bound


SEARCH = Search(
    "relative error ≤ ‖W‖·E for a row of two entries, in exact numbers",
    cases(c=SCALES, w=Vectors(2, 16, 4), b=Vectors(1, 16, 4), s=Vectors(2, 16, 4), e=Vectors(2, 16, 16)),
    _row,
    planted=(Planted("degree 0 for 1", _degree_zero), Planted("largest entry for row sum", _largest_entry)),
)
CLAIMS = (
    Claim(
        "T1.affine",
        place="App. C, Table 1",
        title="an affine map takes degree 0 to degree 1",
        statement="f of degree 0 ⇒ Wf + b of degree 1, W and b among the parameters; also for approximate homogeneity",
        latex=r"If $f$ has degree $0$, then $Wf+b$ has degree $1$, $W$ and $b$ being among the parameters; also for "
        r"approximate homogeneity.",
        why="It is what follows a normalisation. It multiplies an error that does not vanish with c by c.",
        literal=Form(
            "f approximately 0-homogeneous, and the entries of W and b parameters, whether f depends on them or not ⇒ there "
            "are d > 0 and ρ with |cW·f(cθ) + cb − c(W·f(θ) + b)| ≤ e^{−d‖θ‖}, entry by entry, for all c ≥ 1 and ‖θ‖ ≥ ρ, θ "
            "all parameters",
            (APPROXIMATE, "approximately homogeneous in the parameters that f depends on"),
            (WITNESS,),
            latex=r"If $f$ is approximately $0$-homogeneous, and the entries of $W$ and $b$ are parameters, whether $f$ "
            r"depends on them or not, then there are $d>0$ and $\rho$ with $|cW f(c\theta)+cb-c(W f(\theta)+b)|\le "
            r"e^{-d\lVert\theta\rVert}$ entrywise for all $c\ge1$ and $\lVert\theta\rVert\ge\rho$, $\theta$ being all "
            r"parameters.",
            uses=("T1.linear", "T1.bias"),
        ),
        repaired=Form(
            "f(cθ) = s + e at a scale c > 0, |e| ≤ E entry by entry ⇒ cW·f(cθ) + cb = c(Ws + b + e′) with |e′| ≤ ‖W‖E entry "
            "by entry: degree 1, symbol Ws + b, relative error ‖W‖E",
            ("‖W‖ is the largest row sum of |W|",),
            (Proof("T1.affine"), SEARCH),
            latex=r"If $f(c\theta)=s+e$ at a scale $c>0$ with $|e|\le E$ entrywise, then $cW f(c\theta)+cb=c(Ws+b+e')$ with "
            r"$|e'|\le\lVert W\rVert E$ entrywise: degree $1$, symbol $Ws+b$, relative error $\lVert W\rVert E$, where "
            r"$\lVert W\rVert$ is the largest row sum of $|W|$.",
            uses=("T1.linear'", "T1.bias'"),
        ),
        expected=Expected("refuted", "derived"),
    ),
)
