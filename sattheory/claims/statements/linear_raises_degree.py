"""T1.linear: a linear map takes degree k to degree k + 1.

The first row of the paper's Table 1.  The matrix W is itself among the parameters and grows with them, which is where the
extra degree comes from.  The row holds for exact homogeneity, and the paper says that "the same facts" hold for the
approximate kind (paper App. C, Table 1).

They do not, and W need not share a parameter with f for that.  If f depends on W's entries, the row fails at degree 0: θσ(θ)
multiplies a small error by c.  If W is new, as in every layer of a network, it fails at every degree: a large W makes the
parameters long, and Definition 3 then asks for a tiny error even where f has small parameters and a large error.  With
relative errors the row is a line of algebra.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims.cases.asymptotic_error import APPROXIMATE, Value, largest, relative_error
from sattheory.claims.cases.exact_cases import SCALES, Vectors, cases
from sattheory.claims.cases.functions import functions, points, scales
from sattheory.claims.cases.table_rows import NEW, OLD, readings, row, supposed
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.inequality import Inequality, Pairs
from sattheory.claims.search import Search
from sattheory.claims.witness import Statement, Witness

Vector = tuple[Fraction, ...]
EXACT = {0: "1", 1: "theta"}


def _linear(W: str, k: int, f: str, w: int = 0, **at: Any) -> Inequality:
    """Apply a W of one entry: θ itself, or a new w."""
    supposed(k, f)
    parameters: dict[str, Any] = {"old": {"w": "theta"}} if W == OLD else {"new": {"w": w}}
    return row("[w * f]", k + 1, {"f": f}, **parameters, **at)


def _exact_input(W: str, k: int, f: str, **at: Any) -> Inequality:
    """Take a function that is k-homogeneous everywhere: the row holds for it."""
    return _linear(W, k, EXACT[k], **at)


def _points(W: str, k: int, rho: int, **_: Any) -> Any:
    small, long = some.integers(-4, 4), points(rho)
    own = {"theta": long} if W == OLD else {"theta": small, "w": long}
    return some.fixed_dictionaries({"f": functions(1, k), **own, "c": scales(rho)})


STATEMENT = Statement(_linear, _points, readings({"W": OLD, "k": 0}, {"W": NEW, "k": 0}, {"W": NEW, "k": 1}))
WITNESS = Witness(
    "T1.linear",
    "W = θ, f = σ: |cθσ(cθ) − cθσ(θ)| grows with c; W new: 2|w|(σ(2) − σ(1)) at θ = 1, and (c² − c)|w| for f = −max(1, |θ|) "
    "at θ = 0, grow with w",
    STATEMENT,
    planted=(Planted("an input that is homogeneous everywhere: the error is 0", _exact_input),),
)


def _image(W: Vector, x: list[Fraction] | Vector) -> list[Fraction]:
    """Apply a matrix of two rows."""
    return [W[0] * x[0] + W[1] * x[1], W[2] * x[0] + W[3] * x[1]]


def _row_sum(W: Vector) -> Fraction:
    return max(abs(W[0]) + abs(W[1]), abs(W[2]) + abs(W[3]))


def _error(W: Vector, x: Value, c: Fraction, raised: int = 1) -> Fraction:
    return relative_error([c * y for y in _image(W, x.at(c))], _image(W, x.symbol), c, x.degree + raised)


def _row(W: Vector, s: Vector, e: Vector, k: int, c: Fraction) -> Pairs:
    x = Value(k, s, e)
    yield _error(W, x, c), _row_sum(W) * x.bound


def _degree_kept(W: Vector, s: Vector, e: Vector, k: int, c: Fraction) -> Pairs:
    x = Value(k, s, e)
    yield _error(W, x, c, 0), _row_sum(W) * x.bound


def _largest_entry(W: Vector, s: Vector, e: Vector, k: int, c: Fraction) -> Pairs:
    x = Value(k, s, e)
    yield _error(W, x, c), largest(W) * x.bound


SEARCH = Search(
    "relative error ≤ ‖W‖·E for 2 × 2 matrices and degrees −1 to 3, in exact numbers",
    cases(k=(0, 1, 2, 3, -1), c=SCALES, W=Vectors(4, 8, 2), s=Vectors(2, 16, 4), e=Vectors(2, 16, 16)),
    _row,
    planted=(Planted("degree k for k + 1", _degree_kept), Planted("largest entry for row sum", _largest_entry)),
)
CLAIMS = (
    Claim(
        "T1.linear",
        place="App. C, Table 1",
        title="a linear map adds one degree",
        statement="f of degree k ⇒ Wf of degree k + 1, W among the parameters; also for approximate homogeneity",
        latex=r"If $f$ has degree $k$, then $Wf$ has degree $k+1$, $W$ being among the parameters; also for approximate "
        r"homogeneity.",
        why="Every layer begins with linear maps. The approximate form fails for all of them: W is a new parameter.",
        literal=Form(
            "f approximately k-homogeneous, k ≥ 0, and the entries of W parameters, whether f depends on them or not ⇒ there "
            "are d > 0 and ρ with |cW·f(cθ) − c^{k+1}W·f(θ)| ≤ e^{−d‖θ‖}, entry by entry, for all c ≥ 1 and ‖θ‖ ≥ ρ, θ all "
            "parameters",
            (APPROXIMATE, "approximately homogeneous in the parameters that f depends on"),
            (WITNESS,),
            latex=r"If $f$ is approximately $k$-homogeneous, $k\ge0$, and the entries of $W$ are parameters, whether $f$ "
            r"depends on them or not, then there are $d>0$ and $\rho$ with $|cW f(c\theta)-c^{k+1}W f(\theta)|\le "
            r"e^{-d\lVert\theta\rVert}$ entrywise for all $c\ge1$ and $\lVert\theta\rVert\ge\rho$, $\theta$ being all "
            r"parameters.",
            uses=("L4",),
        ),
        repaired=Form(
            "f(cθ) = cᵏ(s + e) at a scale c > 0, |e| ≤ E entry by entry ⇒ cW·f(cθ) = c^{k+1}(Ws + e′) with |e′| ≤ ‖W‖E entry "
            "by entry: degree k + 1, symbol Ws, relative error ‖W‖E; no smaller factor than ‖W‖ will do for all e",
            ("k real; ‖W‖ is the largest row sum of |W|",),
            (Proof("T1.linear"), SEARCH),
            latex=r"If $f(c\theta)=c^k(s+e)$ at a scale $c>0$ with $|e|\le E$ entrywise, then $cW f(c\theta)=c^{k+1}(Ws+e')$ "
            r"with $|e'|\le\lVert W\rVert E$ entrywise: degree $k+1$, symbol $Ws$, relative error $\lVert W\rVert E$, where "
            r"$\lVert W\rVert$ is the largest row sum of $|W|$. No smaller factor than $\lVert W\rVert$ will do for all $e$.",
        ),
        expected=Expected("refuted", "derived"),
    ),
)
