"""Generic: the assumptions (R1) and (R2) of the saturation theorems hold for almost every θ.

Each could only fail where a polynomial in the parameters of the block at hand vanishes, the parameters before it being fixed:
scores of positions that differ tie on a null set, and the image of a nonzero vector under a fresh matrix is constant on a null
set.  Equal tokens tie always, but then their values are equal as well.

So almost every network saturates layer by layer (TheoremA, TheoremB).  The exceptions are not exotic: they are what one builds by
hand, uniform heads over ties and counters as in the paper's §4.2 among them, and for those the limit has to be computed.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from sattheory.arithmetic.operations import Undecided
from sattheory.claims.cases.saturated_cases import ROWS, TERMS, Conditions, compared, examine, inputs, population
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.inequality import Pairs
from sattheory.claims.search import Search
from sattheory.claims.statements.biases_slow_saturation_down import KINDS, ORDERS, order
from sattheory.network.transformer import Transformer

PARTS, UNDECIDED = 2**20, [(math.nan, 0.0)]


def _network(generator: np.random.Generator, parts: int) -> tuple[Transformer, int]:
    """Draw normal parameters, rounded to multiples of 1/parts; few tokens, so that many are equal."""
    kind = list(KINDS)[generator.integers(0, len(KINDS))]
    possible = [bias for bias in ORDERS if not (bias == "norm" and "gain" in KINDS[kind])]
    drawn = Transformer.random(
        layers=int(generator.integers(1, 4)),
        width=int(generator.integers(2, 5)),
        heads=int(generator.integers(1, 3)),
        key_width=2,
        value_width=2,
        feedforward=int(generator.integers(1, 5)),
        vocabulary=6,
        norm=("layer", "rms")[generator.integers(0, 3) // 2],
        mask=("none", "causal")[generator.integers(0, 2)],
        biases={bias for bias in possible if generator.integers(0, 3) == 0},
        initialisation="normal",
        seed=int(generator.integers(0, 2**31)),
        **KINDS[kind],
    )
    rounded = drawn.parameters.map(lambda _, array: np.round(array * parts) / parts)
    return Transformer(drawn.configuration, rounded), int(generator.integers(2, 5))


@cache
def _judged(seed: int, parts: int) -> list[list[tuple[float, float]]]:
    """Judge all inputs of a network: at once, or one by one where that stays undecided, as inputs share the number of terms."""
    network, tokens = inputs(seed, lambda generator: _network(generator, parts), ROWS)
    return _together(network, tokens) or [_alone(network, each) for each in tokens[:, None]]


def _alone(network: Transformer, tokens: Any) -> list[tuple[float, float]]:
    return (_together(network, tokens) or _symbols(network, tokens))[0]


def _together(network: Transformer, tokens: Any) -> list[list[tuple[float, float]]]:
    """Count failures of (R1) and (R2), and hold the limit against layerwise saturation, input by input."""
    case = examine(network, tokens)
    if case is None:
        return []
    fails = np.asarray(~case.regular, dtype=float) + np.asarray(~case.agreeing, dtype=float)
    return [[(float(failed), 0.0), *pairs] for failed, pairs in zip(fails, compared(case, order(case.network)), strict=True)]


def _symbols(network: Transformer, tokens: Any) -> list[list[tuple[float, float]]]:
    """Count failures of (R1) and (R2) for one input in layerwise saturation, where lower orders stay undecided in floats."""
    ops = Conditions(TERMS[1], behind=network.configuration.placement != "pre")
    try:
        network.forward(ops, tokens, between=ops.symbol_only)
    except Undecided:
        return [UNDECIDED]
    return [[(float(not (ops.regular.all() and ops.agreeing.all())), 0.0)]]


def _ball(x: float) -> Any:
    from flint import arb

    return arb(x)


def _regular(seed: int, row: int, parts: int = PARTS) -> Pairs:
    """Count an input whose series stay undecided as undecided."""
    yield from ((_ball(left), _ball(right)) for left, right in _judged(seed, parts)[row])


SEARCH = Search(
    "normal parameters rounded to 2⁻²⁰, all placements and biases, up to three layers, many equal tokens: (R1) and (R2) hold, "
    "the limit is layerwise saturation, and the rate that of TheoremB; in the few cases where floats do not tell the lower "
    "orders, (R1) and (R2) for the layers alone",
    population,
    _regular,
    planted=(Planted("the same rounded to whole numbers", lambda seed, row: _regular(seed, row, 1)),),
)
CLAIMS = (
    Claim(
        "Generic",
        place="ours",
        title="almost every network saturates layer by layer",
        statement="(R1) and (R2) hold for almost every θ, if each block has weights of its own",
        latex=r"(R1) and (R2) hold for almost every $\theta$, if each block has weights of its own.",
        why="It turns the assumptions of TheoremA and TheoremB into a statement about random and trained networks. "
        "Constructions by hand belong to the exceptions.",
        literal=Form(
            "for almost every θ (Lebesgue measure on all parameters that the architecture has) (R1) and (R2) of TheoremB hold "
            "for every input: what enters a norm has a nonconstant symbol or is constant for all large c, and positions whose "
            "score symbols tie at the maximum have equal value symbols.  So for almost every θ the limit of c^{−κ}X(cθ) is "
            "strong layerwise saturation, with the rate of TheoremB",
            assumptions=(
                "an architecture of TheoremB: any placement, any biases, ReLU, any masks, heads and depth",
                "width d ≥ 2 (RMSNorm: d ≥ 1); every block has weights of its own, and a norm of its own in Xiong's placement",
            ),
            evidence=(Proof("Generic"), SEARCH),
            latex=r"For almost every $\theta$ (Lebesgue measure on all parameters that the architecture has) (R1) and (R2) of "
            r"TheoremB hold for every input: what enters a norm has a nonconstant symbol or is constant for all large $c$, "
            r"and positions whose score symbols tie at the maximum have equal value symbols. So for almost every $\theta$ the "
            r"limit of $c^{-\kappa}X(c\theta)$ is strong layerwise saturation, with the rate of TheoremB.",
            uses=("TheoremB",),
        ),
        repaired=None,
        expected=Expected("derived"),
        kind="ours",
    ),
)
