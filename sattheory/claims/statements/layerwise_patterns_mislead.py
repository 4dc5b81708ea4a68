"""Pattern: in post-norm and Xiong's pre-norm the limit attends elsewhere than layerwise saturation says, on an open set of θ.

Where all queries of the first layer pick the same token, all positions have the same leading term, and saturating layer by layer
makes the second layer attend evenly.  The lower orders, two powers of c below, still differ and decide hard.  The output is not
affected at leading order, since the values are equal; what is affected is whatever counts attended positions, as the paper's
figure 3 does for the heads of language models.

In the paper's placement without biases the patterns agree.  The witness was found by hand: the statement is about limits, so
nothing generic searches it.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from sattheory.asymptotics.layerwise import layerwise
from sattheory.asymptotics.saturation import saturate
from sattheory.claims.cases.placed_formulas import attention_network
from sattheory.claims.cases.saturated_cases import R1, R2, ROWS, conditions, inputs, population
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.given_networks import FEWER_KEYS, SAME_KEYS
from sattheory.claims.inequality import Inequality, Pairs
from sattheory.claims.search import Search
from sattheory.claims.witness import Statement, Witness
from sattheory.network.transformer import Transformer

SLACK = Fraction(1, 10**9)
IDENTITY, ONES = ((1, 0, 0), (0, 1, 0), (0, 0, 1)), (1, 1, 1)
NETWORK: dict[str, Any] = {
    "x": ((1, 0, -1), (-1, 1, 0)),
    "wq1": ((0, 1, -1),),
    "wk1": ((1, 0, 0),),
    "wq2": ((1, 0, 0),),
    "wk2": ((0, 1, 0),),
    **{f"{name}{layer}": IDENTITY for layer in (1, 2) for name in ("wv", "w")},
    **{f"gain{layer}": ONES for layer in (1, 2)},
}


def _uneven(c0: int, c: int, layer: int = 2) -> Inequality:
    """At the scale c₀ + c the weight of token 1 for query 1 is within ¼ of ½, in Xiong's placement or in post-norm."""
    formulas = attention_network("pre", 2, 2, mark="_pre") | attention_network("post", 2, 2, mark="_post")
    left = f"min([abs(A{layer}_pre[0][0] - 1 / 2), abs(A{layer}_post[0][0] - 1 / 2)])"
    return Inequality(NETWORK | {"c": c0 + c}, left, "1 / 4", formulas)


def _even(c0: int, c: int) -> Inequality:
    """Let the keys of layer 2 be zero: then its weights are ½."""
    inequality = _uneven(c0, c)
    return Inequality(dict(inequality.point) | {"wk2": ((0, 0, 0),)}, inequality.left, inequality.right, inequality.where)


WITNESS = Witness(
    "Pattern",
    says="two tokens, d = 3, two attention layers: layerwise weights of layer 2 are ½, ½, the true weight of token 1 tends to 0",
    statement=Statement(_uneven, constants=tuple({"c0": c0} for c0 in (1, 1000, 10**6))),
    planted=(Planted("keys of layer 2 zero: the weights are ½ and the inequality is true", _even),),
)


def _network(generator: np.random.Generator) -> tuple[Transformer, int]:
    """Draw a network of whole numbers, in any placement; in the paper's without biases."""
    placement = ("pre", "post", "res_post")[generator.integers(0, 3)]
    biases = {bias for bias in ("query", "value", "output", "outer") if placement != "res_post" and generator.integers(0, 4) == 0}
    network = Transformer.random(
        layers=int(generator.integers(2, 4)),
        width=int(generator.integers(2, 4)),
        heads=int(generator.integers(1, 3)),
        key_width=2,
        value_width=2,
        feedforward=2 if "outer" in biases else 0,
        vocabulary=40,
        placement=placement,
        biases=biases,
        initialisation=("integers", "normal")[generator.integers(0, 2)],
        seed=int(generator.integers(0, 2**31)),
    )
    return network, int(generator.integers(2, 4))


@cache
def _compared(seed: int) -> list[tuple[float, float, float]]:
    """Find the largest weight outside the best positions, disagreement where only one is best, and disagreement anywhere."""
    network, tokens = inputs(seed, _network, ROWS)
    noted = conditions(network, tokens)
    if noted is None:
        return []
    ops, placement = noted[0], network.configuration.placement
    known = np.broadcast_to(ops.regular & (ops.agreeing | (placement == "res_post")), ROWS)
    if not known.any():
        return []
    limit, strong = saturate(network, tokens[known]).attention, layerwise(network, tokens[known]).attention
    found = np.zeros((3, ROWS))
    for layer, best in enumerate(ops.best, 1):
        if layer in limit and layer in strong:
            found[:, known] = np.maximum(
                found[:, known], _layer(best[known], limit[layer], strong[layer], placement == "res_post")
            )
    return [(float(a), float(b), float(c)) for a, b, c in found.T]


def _layer(best: Any, limit: Any, strong: Any, always: bool) -> Any:
    outside = np.maximum(np.where(best, 0, limit).sum(axis=-1), np.where(best, 0, strong).sum(axis=-1))
    apart = np.abs(limit - strong).max(axis=-1)
    agreed = np.where((best.sum(axis=-1) == 1) | always, apart, 0)
    return np.stack([values.max(axis=(-1, -2)) for values in (outside, agreed, apart)])


def _best(seed: int, row: int, everywhere: bool = False) -> Pairs:
    found = _compared(seed)
    if found:
        outside, agreed, apart = found[row]
        yield Fraction(outside), SLACK
        yield Fraction(apart if everywhere else agreed), SLACK


SEARCH = Search(
    "whole numbers and normal weights, wherever the assumptions hold: limit weights and layerwise weights vanish outside the "
    "best positions, and agree where one is best and, in the paper's placement without biases, everywhere (to 10⁻⁹)",
    population,
    _best,
    planted=(Planted("the weights agree everywhere", lambda seed, row: _best(seed, row, True)),),
)
CLAIMS = (
    Claim(
        "Pattern",
        place="ours",
        title="layerwise attention patterns are not the limit's",
        statement="in post-norm and in Xiong's pre-norm strong layerwise saturation has the limit's attention pattern, for "
        "almost every θ",
        latex=r"In post-norm and in Xiong's pre-norm strong layerwise saturation has the limit's attention pattern, for "
        r"almost every $\theta$.",
        why="Attended positions are counted to see what saturated heads do. On an open set of networks the count depends on "
        "orders of c that the leading one does not show.",
        literal=Form(
            "for almost every θ, in post-norm and in Xiong's placement with ReLU, ε = 0 and weights of its own in each layer: "
            "the attention weights of every layer, head and query at cθ tend to those of strong layerwise saturation as c → ∞",
            evidence=(WITNESS,),
            latex=r"For almost every $\theta$, in post-norm and in Xiong's placement with ReLU, $\varepsilon = 0$ and weights "
            r"of its own in each layer: the attention weights of every layer, head and query at $c\theta$ tend to those of "
            r"strong layerwise saturation as $c \to \infty$.",
            uses=("Generic",),
        ),
        repaired=Form(
            "let M be the positions where the score symbol of a query is largest.  (a) Under (R1) and (R2), in the network "
            "and in layerwise saturation, the weight outside M tends to 0 faster than every power of c; so the weights agree "
            "where M has one element.  (b) The outputs agree at leading order in any case.  (c) In the paper's placement "
            "without biases the weights always agree, uniform on M, under (R1) alone.  (d) For almost every θ the block "
            "reads the same symbol at all positions in M",
            assumptions=("an architecture of TheoremB", R1, f"for (a) and (b): {R2}"),
            evidence=(Proof("Pattern"), FEWER_KEYS, SAME_KEYS, SEARCH),
            latex=r"Let $M$ be the positions where the score symbol of a query is largest. (a) Under (R1) and (R2), in the "
            r"network and in layerwise saturation, the weight outside $M$ tends to $0$ faster than every power of $c$; so the "
            r"weights agree where $M$ has one element. (b) The outputs agree at leading order in any case. (c) In the paper's "
            r"placement without biases the weights always agree, uniform on $M$, under (R1) alone. (d) For almost every "
            r"$\theta$ the block reads the same symbol at all positions in $M$.",
            uses=("TheoremA", "TheoremB", "Generic"),
        ),
        expected=Expected("refuted", "derived"),
        kind="ours",
    ),
)
