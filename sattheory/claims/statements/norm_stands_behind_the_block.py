"""D5: multi-head self-attention MSA(X) = LN(WH) + X, which the paper calls pre-norm.

The name is a trap.  Pre-norm in today's sense (Xiong et al. 2020) is X + Sub(LN(X)), with the norm in front of the block;
here it stands behind the block, on the branch, before the residual *addition* (placement ``res_post`` in this package; paper
§D.1).  It matters for everything about growing parameters: behind the block, a norm cuts what a layer adds down to the length
of γ, so that no depth raises the degree above 1; in front of it, weights multiply on, and the first block already has degree
3.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims import Claim, Expected, Form, Inequality, Planted, Proof, Search, Statement, Witness
from sattheory.claims.cases.paper_formulas import ATTENTION, FEEDFORWARD, SUBLAYER, gained, head, largest, msa, scaled
from sattheory.claims.cases.paper_networks import networks, output, sizes, transformer
from sattheory.claims.formulas import norm, real
from sattheory.claims.inequality import Pairs
from sattheory.network.configuration import Placement

SLACK = Fraction(1, 2**30)


def _same(**theta: Any) -> Inequality:
    """LN(WH) + X = X + W·attn(LN(X)), as |difference| ≤ 0."""
    n, width = len(theta["x"]), len(theta["wk"])
    where = {
        **msa(n, width),
        "U": "unit(centre(x))",
        "LNX": gained("gain", "U", n),
        **scaled(ATTENTION[1:], "_pre", "1"),
        **head(width, x="LNX", mark="_pre"),
        "PRE": "x + H_pre @ transpose(w)",
        "difference": "MSA - PRE",
    }
    return Inequality(theta, largest("difference", n), "0", where)


def _nearly(**theta: Any) -> Inequality:
    """Ask only that both add a finite vector: true at the kept point."""
    stated = _same(**theta)
    return Inequality(stated.point, stated.left, "100 * (1 + max(abs(gain)))", stated.where)


WITNESS = Witness(
    "D5",
    "one position: the definition adds γ ⊙ N(WW^v x), at most ‖γ‖_∞ long whatever W is; pre-norm adds WW^v(γ ⊙ N(x)), twice that",
    Statement(_same, networks(SUBLAYER, sizes(n=(1, 2), d=(2,), v=(1, 2)))),
    planted=(Planted("a difference of up to 100(1 + ‖γ‖_∞): true there", _nearly),),
)


def _added(c: Fraction, placement: Placement = "res_post", share: int = 1, **theta: Any) -> Pairs:
    """‖X_1(cθ)_i − X_0(cθ)_i‖₂ ≤ c·(‖γ‖_∞ + ‖γ′‖_∞), by the package's own pass."""
    gains = sum(max(map(abs, theta[name])) for name in theta if "gain" in name)
    for row, start in zip(output(transformer(theta, placement), c, 1), theta["x"], strict=True):
        added = norm([real(x - entry) for x, entry in zip(row, start, strict=True)])
        yield added, real(Fraction(gains, share) + SLACK)


LAYERS = networks((*SUBLAYER, *FEEDFORWARD), sizes(n=(1, 2, 3), d=(2, 3), v=(1, 2), f=(1, 2)))
SCALES = some.sampled_from((Fraction(1, 2), Fraction(3), Fraction(50)))
SEARCH = Search(
    "‖X_1(cθ)_i − X_0(cθ)_i‖₂ ≤ c(‖γ‖_∞ + ‖γ′‖_∞) by the package's own pass (float64), attention and feedforward, n ≤ 3, "
    "c = 1/2, 3, 50; slack 2^{−30}",
    some.tuples(LAYERS, SCALES).map(lambda drawn: drawn[0] | {"c": drawn[1]}),
    _added,
    planted=(
        Planted("Xiong's pre-norm", lambda **case: _added(**case, placement="pre")),
        Planted("half of the gains", lambda **case: _added(**case, share=2)),
    ),
)
CLAIMS = (
    Claim(
        "D5",
        place="§D.1",
        title="MSA(X) = LN(WH) + X is no pre-norm in today's sense",
        statement='MSA(X) = LN(WH) + X, "pre-norm"',
        latex=r"$\operatorname{MSA}(X)=\operatorname{LN}(WH)+X$, “pre-norm”",
        why="The degree calculus works for this placement only. Under today's pre-norm the first block has degree 3.",
        literal=Form(
            "for all θ and X with LN defined: LN(W·attn(X)) + X = X + W·attn(LN(X)), pre-norm in the sense of Xiong et al. 2020",
            latex=r"For all $\theta$ and $X$ with $\operatorname{LN}$ defined: "
            r"$\operatorname{LN}(W\operatorname{attn}(X))+X=X+W\operatorname{attn}(\operatorname{LN}(X))$, pre-norm in the "
            r"sense of Xiong et al. 2020.",
            assumptions=("LN(v) = γ ⊙ Pv/‖Pv‖₂; no biases, no ε",),
            uses=("D4",),
            evidence=(WITNESS,),
        ),
        repaired=Form(
            "MSA(X)_i = X_i + γ ⊙ u_i with ‖u_i‖₂ ∈ {0, 1}, so ‖MSA(X)_i − X_i‖₂ ≤ ‖γ‖_∞, and the same for FF; so after any "
            "number of layers ‖X_L(cθ)_i‖₂ ≤ c(‖X_0(θ)_i‖₂ + Σ‖γ‖_∞) for all c > 0 if X_0(cθ) = cX_0(θ): degree at most 1. "
            "At one position the block of today's pre-norm, W·attn(LN(X)), is exactly 3-homogeneous",
            latex=r"$\operatorname{MSA}(X)_i=X_i+\gamma\odot u_i$ with $\lVert u_i\rVert_2\in\{0,1\}$, so "
            r"$\lVert\operatorname{MSA}(X)_i-X_i\rVert_2\le\lVert\gamma\rVert_\infty$, and the same for "
            r"$\operatorname{FF}$; so after any number of layers $\lVert X_L(c\theta)_i\rVert_2\le c(\lVert "
            r"X_0(\theta)_i\rVert_2+\sum\lVert\gamma\rVert_\infty)$ for all $c>0$ if $X_0(c\theta)=cX_0(\theta)$: degree at "
            r"most $1$. At one position the block of today's pre-norm, $W\operatorname{attn}(\operatorname{LN}(X))$, is "
            r"exactly $3$-homogeneous.",
            assumptions=("LN(0) := 0", "the sum runs over the gains of all norms", "3-homogeneity where PX ≠ 0"),
            uses=("D4",),
            evidence=(Proof("D5"), SEARCH),
        ),
        expected=Expected("refuted", "derived"),
        kind="definition",
    ),
)
