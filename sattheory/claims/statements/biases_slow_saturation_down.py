"""TheoremB: with biases, in post-norm and in Xiong's pre-norm, networks still saturate layer by layer, but at an algebraic rate.

A bias meets products of parameters and has a smaller degree than they: the sum keeps the larger one, and the quotient of the two
is a relative error, c^{−1} or c^{−2}.  So has the residual branch wherever it meets a block of degree 3.  Which order p wins is a
table that the degrees alone decide; what they cannot see is a tie, and so ties must not matter: that is (R2).

The paper leaves biases out (paper App. D.1) and keeps their effect as a puzzle of its figure 4 (F4.rates).  Orders are bounds,
attained on open sets but not everywhere: in width 2, LayerNorm has two values, and post-norm networks jump to their limit.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

import numpy as np

from sattheory.claims.cases.saturated_cases import KEPT, R1, R2, ROWS, Saturated, compared, examine, inputs, population
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.given_networks import WITH_BIASES
from sattheory.claims.inequality import Pairs
from sattheory.claims.search import Search
from sattheory.network.examples import EXAMPLES
from sattheory.network.transformer import Transformer

FLAT = 99
KINDS: dict[str, dict[str, Any]] = {
    "paper": {"placement": "res_post"},
    "post": {"placement": "post"},
    "Xiong": {"placement": "pre"},
    "Xiong, non-affine": {"placement": "pre", "gain": False},
    "post, non-affine": {"placement": "post", "gain": False},
    "paper, non-affine": {"placement": "res_post", "gain": False},
}
ORDERS = {
    # the order p with one kind of bias alone, for each of KINDS
    "norm": (FLAT, 2, 2, 1, 2, 1),
    "key": (FLAT, 2, 2, 1, 2, 1),
    "query": (FLAT, 2, 2, 1, 2, 1),
    "value": (1, 1, 1, 1, 1, 1),
    "inner": (1, 1, 1, 1, 2, 1),
    "output": (2, 2, 2, 1, 1, 1),
    "outer": (2, 2, 2, 1, 1, 1),
}


def order(network: Transformer) -> int:
    """Look up p in the table.

    Parameters
    ----------
    network : Transformer
        A network of one of `KINDS`.

    Returns
    -------
    int
        p, `FLAT` for an exponential rate.
    """
    kind = network.configuration
    looks = [(choice["placement"], choice.get("gain", True)) for choice in KINDS.values()]
    column = looks.index((kind.placement, kind.gain))
    return min(ORDERS[bias][column] for bias in ("key", *kind.biases))


def _network(generator: np.random.Generator) -> tuple[Transformer, int]:
    """Draw a placement, some biases and weights: whole numbers, small rationals or normal."""
    choices = KINDS[list(KINDS)[generator.integers(0, len(KINDS))]]
    feedforward = int(generator.integers(0, 4))
    possible = [bias for bias in ORDERS if not (bias == "norm" and "gain" in choices)]
    biases = {bias for bias in possible if generator.integers(0, 3) == 0 and (feedforward or bias not in ("inner", "outer"))}
    network = Transformer.random(
        layers=int(generator.integers(1, 4)),
        width=int(generator.integers(2, 5)),
        heads=int(generator.integers(1, 3)),
        key_width=2,
        value_width=2,
        feedforward=feedforward,
        vocabulary=40,
        norm=("layer", "rms")[generator.integers(0, 4) // 3],
        mask=("none", "causal")[generator.integers(0, 2)],
        biases=biases,
        initialisation=("integers", "rationals", "normal")[generator.integers(0, 3)],
        seed=int(generator.integers(0, 2**31)),
        **choices,
    )
    return network, int(generator.integers(2, 4))


@lru_cache(maxsize=KEPT)
def _case(seed: int) -> Saturated | None:
    return examine(*inputs(seed, _network, ROWS))


@cache
def _compared(seed: int, shift: int = 0) -> list[list[tuple[float, float]]]:
    """Compare everything at once, sequence by sequence, with every order larger by `shift`."""
    case = _case(seed)
    return [] if case is None else compared(case, order(case.network) + shift)


def _bounded(seed: int, row: int, shift: int = 0) -> Pairs:
    """X̂ is the limit, coefficients between it and order p vanish, and floats agree beyond the onset."""
    found = _compared(seed, shift)
    yield from ((Fraction(left), Fraction(right)) for left, right in (found[row] if found else ()))


@cache
def _tied(name: str) -> list[tuple[float, float]]:
    case = examine(EXAMPLES[name].network, np.array([EXAMPLES[name].tokens]), both=False)
    return [] if case is None else compared(case, 2)[0]


def _with_ties(seed: int, row: int) -> Pairs:
    """Take networks made by hand on which (R1) holds and (R2) does not."""
    yield from ((Fraction(left), Fraction(right)) for left, right in _tied(("tie-pre", "tie-post")[(seed + row) % 2]))


SEARCH = Search(
    "all placements, biases, LN and RMSNorm, causal or not, wherever (R1) and (R2) hold: the series' symbol is layerwise "
    "saturation, its coefficients before order p vanish (to 10⁻⁹), and at a scale beyond the onset floats are within twice "
    "the rest of the series",
    population,
    _bounded,
    planted=(
        Planted("each order larger by one", lambda seed, row: _bounded(seed, row, 1)),
        Planted("where (R2) fails: networks made by hand", _with_ties),
    ),
)
CLAIMS = (
    Claim(
        "TheoremB",
        place="ours",
        title="biases, post-norm and Xiong: layerwise, at a power of 1/c",
        statement="with biases, in post-norm and in Xiong's pre-norm, networks whose ties do not matter saturate layer by "
        "layer, with a relative error c^{−p}, p = 1 or 2",
        latex=r"With biases, in post-norm and in Xiong's pre-norm, networks whose ties do not matter saturate layer by layer, "
        r"with a relative error $c^{-p}$, $p = 1$ or $2$.",
        why="Most networks have biases, and none of today's has the paper's placement. It tells how far a network at a finite "
        "norm is from its saturated version.",
        literal=Form(
            "let κ be the degree of the stream (paper and post: 1, without a gain in post 0; Xiong: 3, without a gain 2).  "
            "There are C and c₀ with ‖c^{−κ}X_i(cθ) − X̂_i‖ ≤ Cc^{−p} for c ≥ c₀ at every position, X̂ being strong layerwise "
            "saturation and p the smallest that applies: paper's placement: value or inner feedforward bias 1, output or "
            "outer feedforward bias 2, else Ce^{−δc⁴} for every δ below the smallest gap of scores; post-norm and Xiong: "
            "always 2, value or inner bias 1; Xiong and paper without a gain: always 1; post without a gain: always 2, value, "
            "output or outer bias 1 (output: from two layers on).  Query, key and norm biases do not count.  Each order is "
            "attained on an open set of θ; (R2) cannot be dropped; with ε > 0 the same holds, with 6 for the exponential rate "
            "(post without a gain: if no position is dead without a nonconstant outer bias)",
            assumptions=("ReLU, ε = 0; any masks, heads, depth; the first block is attention", R1, R2),
            evidence=(Proof("TheoremB"), WITH_BIASES, SEARCH),
            latex=r"Let $\kappa$ be the degree of the stream (paper and post: $1$, without a gain in post $0$; Xiong: $3$, "
            r"without a gain $2$). There are $C$ and $c_0$ with $\lVert c^{-\kappa}X_i(c\theta) - \hat X_i \rVert \le C "
            r"c^{-p}$ for $c \ge c_0$ at every position, $\hat X$ being strong layerwise saturation and $p$ the smallest that "
            r"applies: paper's placement: value or inner feedforward bias $1$, output or outer feedforward bias $2$, else $C "
            r"e^{-\delta c^4}$ for every $\delta$ below the smallest gap of scores; post-norm and Xiong: always $2$, value or "
            r"inner bias $1$; Xiong and paper without a gain: always $1$; post without a gain: always $2$, value, output or "
            r"outer bias $1$ (output: from two layers on). Query, key and norm biases do not count. Each order is attained on "
            r"an open set of $\theta$; (R2) cannot be dropped; with $\varepsilon > 0$ the same holds, with $6$ for the "
            r"exponential rate (post without a gain: if no position is dead without a nonconstant outer bias).",
            uses=("TheoremA", "AH.norm", "AH.softmax"),
        ),
        repaired=None,
        expected=Expected("derived"),
        kind="ours",
    ),
)
