"""P5: if X is approximately 1-homogeneous, so is the attention block MSA(X) = LN(W·attn(X)) + X.

The second step of the paper's induction (paper §D.2).  The norm repairs the degree that P4 miscounts, but not the kind of
error.  The softmax weights vary with c as long as they are not saturated, LN(WH) varies with them, and this error is
multiplied by c; Definition 3 allows no error that grows.  A factor M on W^v does not change LN(WH) at all and takes ‖θ‖ to
infinity, which refutes every d and ρ.

What is true: c^{−1}MSA(cθ) tends to s + γ ⊙ N(W·(mean of the values at the maximal scores)), with a relative error of order
e^{−gc⁴}, g the gap of the scores, wherever the vector under N is not constant.  Exact ties are harmless.  On a single ray
(P5.ray) Definition 3 fails as well, and holds once it allows c·e^{−d‖θ‖}.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims import Claim, Expected, Form, Inequality, Planted, Proof, Search, Statement, Witness
from sattheory.claims.cases.paper_formulas import SUBLAYER, approximately_homogeneous, msa, scaled
from sattheory.claims.cases.paper_networks import (
    Network,
    applied,
    disturbed,
    greatest,
    grown,
    moved,
    output,
    reaches,
    row_sum,
    sizes,
    times,
    transformer,
)
from sattheory.claims.formulas import centre, norm, real, unit
from sattheory.claims.inequality import Pairs
from sattheory.claims.statements.attention_has_degree_two import Rows, head_errors

SIZES = sizes(n=(2,), d=(3,), v=(3,))
SLACK = Fraction(1, 2**30)


def _block(d: Any, rho: Any, c: int, **theta: Any) -> Inequality:
    """|MSA(cθ) − c·MSA(θ)| ≤ e^{−d‖θ‖}, where ‖θ‖ ≥ ρ; elsewhere the definition asks for nothing."""
    if not reaches(theta, rho):
        return Inequality({}, "0", "1")
    n, width = len(theta["x"]), len(theta["wk"])
    sides = approximately_homogeneous("MSA", n, SUBLAYER)
    where = {
        **scaled(SUBLAYER),
        **msa(n, width),
        **msa(n, width, x="x_c", mark="_c"),
        "error": sides["error"],
    }
    return Inequality({"d": d, "c": c, **theta}, sides["left"], sides["right"], where)


def _even(d: Any, rho: Any, c: int, **theta: Any) -> Inequality:
    """Take the queries away, and with them all that depends on c: the inequality is true there."""
    return _block(d, rho, c, **theta | {"wq": ((0, 0, 0),)})


STATEMENT = Statement(
    _block,
    lambda d, rho: some.tuples(grown(SUBLAYER, SIZES, rho), some.integers(2, 9)).map(lambda drawn: drawn[0] | {"c": drawn[1]}),
    (
        {"d": Fraction(1), "rho": 1},
        {"d": Fraction(1, 10), "rho": 10},
        {"d": Fraction(1, 100), "rho": 100},
    ),
)
WITNESS = Witness(
    "P5",
    "two tokens: LN(WH) moves with the softmax weights from θ to cθ; a factor on W^v, W or γ keeps that and makes ‖θ‖ large",
    STATEMENT,
    planted=(Planted("without queries: even weights at every scale, and no error", _even),),
)


def _limit(row: Any, gain: Any, y: list[Fraction]) -> tuple[list[Any], Any]:
    """S + γ ⊙ N(y) and ‖Py‖₂."""
    centred = centre([real(entry) for entry in y])
    return [real(s) + real(g) * entry for s, g, entry in zip(row, gain, unit(centred), strict=True)], norm(centred)


def _pass(theta: Network, e: Rows, c: Fraction, degree: int = 1, share: int = 1) -> Pairs:
    """Hold the package's own pass at X(cθ) = c(x + e) against the limit and its bound, position by position."""
    rows = output(transformer({**theta, "x": moved(theta["x"], e)}), c, degree)
    size = 2 * max(map(abs, theta["gain"])) * row_sum(theta["w"])
    for found, row, (head, errors) in zip(rows, theta["x"], head_errors(theta, e, c), strict=True):
        y = applied(theta["w"], [head.value])[0]
        if len(set(y)) > 1:
            limit, length = _limit(row, theta["gain"], y)
            bounds = [real(greatest(e)) + real(size) * real(len(y)).sqrt() * delta / length for delta in errors]
            pairs = [(abs(real(a) - b), bound) for a, b in zip(found, limit, strict=True) for bound in bounds]
            yield from ((left, share * right + real(SLACK)) for left, right in pairs)


SEARCH = Search(
    "the package's own forward pass (float64) within the bound of the limit, n ≤ 3, ties included, X(cθ) = c(s + e) with "
    "|e| ≤ 1/4, wherever Py ≠ 0; slack 2^{−30} for rounding",
    disturbed(SUBLAYER, sizes(n=(1, 2, 3), d=(2, 3), v=(1, 2))),
    _pass,
    planted=(
        Planted("no error at all", lambda theta, e, c: _pass(theta, e, c, share=0)),
        Planted("degree 2", lambda theta, e, c: _pass(theta, e, c, degree=2)),
    ),
)
IDENTITY = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
RAY = {
    "x": ((1, 0, 0), (0, 1, 0)),
    "wk": ((1, 0, 0),),
    "wq": ((1, 1, 0),),
    "wv": IDENTITY,
    "w": IDENTITY,
    "gain": (1, 1, 1),
}


def _on_ray(d: Any, rho: Any, t: int, c: int) -> Inequality:
    """Ask the same at θ = tθ₀, θ₀ one network."""
    return _block(d, rho, c, **{name: times(array, t) for name, array in RAY.items()})


def _even_ray(d: Any, rho: Any, t: int, c: int) -> Inequality:
    """Take the queries away: the inequality is true there."""
    return _even(d, rho, c, **{name: times(array, t) for name, array in RAY.items()})


RAY_STATEMENT = Statement(
    _on_ray,
    some.fixed_dictionaries({"t": some.integers(1, 4), "c": some.integers(0, 60).map(lambda power: 10**power)}),
    (
        {"d": Fraction(1), "rho": 1},
        {"d": Fraction(1, 10), "rho": 5},
        {"d": Fraction(1, 100), "rho": 10},
    ),
)
RAY_WITNESS = Witness(
    "P5.ray",
    "x = e₁, e₂, W^k = (1, 0, 0), W^q = (1, 1, 0), W^v = W = I, γ = (1, 1, 1), times t: the first token's weight σ(t⁴) < 1 "
    "tends to 1, and the error grows like c",
    RAY_STATEMENT,
    planted=(Planted("without queries: even weights at every scale, and no error", _even_ray),),
)
CLAIMS = (
    Claim(
        "P5",
        place="§D.2",
        title="the attention block has degree 1, asymptotically",
        statement="X approximately 1-homogeneous in θ ⇒ MSA(X) = LN(W·attn(X)) + X approximately 1-homogeneous in all parameters",
        latex=r"If $X$ is approximately $1$-homogeneous in $\theta$, then "
        r"$\operatorname{MSA}(X)=\operatorname{LN}(W\operatorname{attn}(X))+X$ is approximately $1$-homogeneous in all "
        r"parameters.",
        why="It is the heart of the induction. The degree is right, but the error grows with c: softmax weights vary.",
        literal=Form(
            "X approximately 1-homogeneous ⇒ there are d > 0 and ρ with |MSA(cθ) − c·MSA(θ)| ≤ e^{−d‖θ‖}, entry by entry, "
            "for all c ≥ 1 and ‖θ‖ ≥ ρ, θ all parameters, where LN is defined",
            latex=r"If $X$ is approximately $1$-homogeneous, there are $d>0$ and $\rho$ with "
            r"$|\operatorname{MSA}(c\theta)-c\operatorname{MSA}(\theta)|\le e^{-d\lVert\theta\rVert}$ entrywise for all "
            r"$c\ge1$ and $\lVert\theta\rVert\ge\rho$, $\theta$ being all parameters, where $\operatorname{LN}$ is defined.",
            assumptions=("LN(v) = γ ⊙ Pv/‖Pv‖₂, P subtracts the mean; no biases, no ε",),
            uses=("P4", "T1.linear", "L5", "T1.layernorm-affine", "L3"),
            evidence=(WITNESS,),
        ),
        repaired=Form(
            "X(cθ) = c(s + e), |e| ≤ E entry by entry, y_i = W·Σ_j w_ij v_j, Py_i ≠ 0 ⇒ ‖c^{−1}MSA_i(cθ) − (s_i + γ ⊙ "
            "Py_i/‖Py_i‖₂)‖_∞ ≤ E + 2√d·‖γ‖_∞‖W‖δ_i/‖Py_i‖₂ for all c ≥ 1, with v, w_i, ε_i as in P4 and δ_i = ε_i·max|v| + "
            "‖W^v‖E; so for E = 0 degree 1 at the rate e^{−gc⁴}, g the smallest gap of the scores",
            latex=r"Let $X(c\theta)=c(s+e)$ with $|e|\le E$ entrywise, $y_i=W\sum_jw_{ij}v_j$ and $Py_i\ne0$. Then for all "
            r"$c\ge1$ $\lVert c^{-1}\operatorname{MSA}_i(c\theta)-(s_i+\gamma\odot Py_i/\lVert "
            r"Py_i\rVert_2)\rVert_\infty\le E+2\sqrt d\,\lVert\gamma\rVert_\infty\lVert W\rVert\delta_i/\lVert "
            r"Py_i\rVert_2$ with $v$, $w_i$, $\varepsilon_i$ as in P4 and $\delta_i=\varepsilon_i\max|v|+\lVert W^v\rVert "
            r"E$. So for $E=0$ the degree is $1$ at the rate $e^{-gc^4}$, $g$ being the smallest gap of the scores.",
            assumptions=("‖W‖ is the largest row sum of |W|", "LN(0) := 0 where PWH vanishes at a finite c", "no biases, no ε"),
            uses=("P4'",),
            evidence=(Proof("P5"), SEARCH),
        ),
        expected=Expected("refuted", "derived"),
    ),
    Claim(
        "P5.ray",
        place="§D.2",
        title="on one ray the block's error is c·e^{−d‖θ‖}, not e^{−d‖θ‖}",
        statement="the same on each single ray, d and ρ depending on the ray",
        latex=r"The same on each single ray, $d$ and $\rho$ depending on the ray.",
        why="Uniformity over directions is not what fails in P5. One direction without ties is enough.",
        literal=Form(
            "X exactly 1-homogeneous ⇒ for each θ₀ with Py_i ≠ 0 for all i there are d > 0 and ρ with "
            "|MSA(cθ) − c·MSA(θ)| ≤ e^{−d‖θ‖}, entry by entry, for all c ≥ 1 and θ = tθ₀ with ‖θ‖ ≥ ρ",
            latex=r"If $X$ is exactly $1$-homogeneous, then for each $\theta_0$ with $Py_i\ne0$ for all $i$ there are $d>0$ "
            r"and $\rho$ with $|\operatorname{MSA}(c\theta)-c\operatorname{MSA}(\theta)|\le e^{-d\lVert\theta\rVert}$ "
            r"entrywise for all $c\ge1$ and $\theta=t\theta_0$ with $\lVert\theta\rVert\ge\rho$.",
            assumptions=("y_i as in P5",),
            uses=("P5",),
            evidence=(RAY_WITNESS,),
        ),
        repaired=Form(
            "under the same assumptions, for every d > 0 there is ρ with |MSA(cθ) − c·MSA(θ)| ≤ c·e^{−d‖θ‖}, entry by "
            "entry, for all c ≥ 1 and θ = tθ₀ with ‖θ‖ ≥ ρ",
            latex=r"Under the same assumptions, for every $d>0$ there is $\rho$ with "
            r"$|\operatorname{MSA}(c\theta)-c\operatorname{MSA}(\theta)|\le c\,e^{-d\lVert\theta\rVert}$ entrywise for all "
            r"$c\ge1$ and $\theta=t\theta_0$ with $\lVert\theta\rVert\ge\rho$.",
            assumptions=("y_i as in P5",),
            uses=("P5'",),
            evidence=(Proof("P5.ray"),),
        ),
        expected=Expected("refuted", "derived"),
    ),
)
