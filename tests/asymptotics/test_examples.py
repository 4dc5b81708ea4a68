"""The hand-built networks come out as computed by hand, and every tie in them is explained."""

import math

import numpy as np
import pytest

from sattheory.asymptotics import layerwise, saturate
from sattheory.network.examples import EXAMPLES
from tests import oracle

R = 1 / math.sqrt(2)
CASES = {
    # name: (token, limit, layerwise kind, layerwise value, rate, reasons that must be printed)
    "flat-zero": (1, (R, 1 - R), "hard", (0, 1), "exponential", ["query 0: keys {0, 1} tie at c^4; equal in every power"]),
    "flat-constant": (1, (R, 1 - R), "hard", (0, 1), "exponential", ["query 0: keys {0, 1} tie at c^4"]),
    "flat-two-layers": (0, (1 + 2 * R, -2 * R, 0), "strong", (1, 0, 0), "exponential", []),
    "tie-value-bias": (
        0,
        (1 + 2 * R, -1 - 2 * R, 0),
        "strong",
        (1, -1, 0),
        "order 1",
        ["tie at c^4; decided at c^3", "{0} wins"],
    ),
    "tie-query-bias": (0, (1 + R, -R), None, None, "exponential", ["keys {0, 1} tie at c^4; decided at c^3 by 1: {0} wins"]),
    "tie-pre": (0, (-R, R, 0), "strong", (R, -R, 0), "order 2", ["tie at c^4; decided at c^2", "{1} wins"]),
    "tie-post": (0, (-R, R, 0), "strong", (R, -R, 0), "order 4", ["tie at c^4; decided at c^2", "{1} wins"]),
    "soft": (
        0,
        (-R, R, 0),
        "strong",
        (R, -R, 0),
        "order 2",
        ["no positive power separates {0, 1}: soft weights 0.428328, 0.571672"],
    ),
    "epsilon-0": (0, (0.168743, 0.852127, -1.193553), "strong", (0.168743, 0.852127, -1.193553), "exponential", ["layer 3"]),
    "epsilon-1": (0, (-0.192154, 0.652984, -1.230941), "strong", (0.168743, 0.852127, -1.193553), "order 2", ["decided at c^2"]),
    "epsilon-1e-5": (
        0,
        (-0.192154, 0.652984, -1.230941),
        "strong",
        (0.168743, 0.852127, -1.193553),
        "order 2",
        ["decided at c^2"],
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_limit(name):
    token, wanted, kind, other, rate, reasons = CASES[name]
    example = EXAMPLES[name]
    limit = saturate(example.network, example.tokens)
    assert limit.undecided is None
    assert limit.symbol[token] == pytest.approx(wanted, abs=5e-7)
    assert rate in str(limit.rate)
    printed = "\n".join(map(str, limit.ties))
    for reason in reasons:
        assert reason in printed
    if kind is not None:
        assert layerwise(example.network, example.tokens, kind=kind).symbol[token] == pytest.approx(other, abs=5e-7)


@pytest.mark.parametrize("name", EXAMPLES)
def test_limit_against_fifty_digits(name):
    """The oracle, at a scale where the limit shows (and e^-81 is still within its fifty digits), has this limit."""
    example = EXAMPLES[name]
    limit = saturate(example.network, example.tokens)
    c = int(1000 * limit.onset) if limit.rate.kind == "algebraic" else 3
    found = oracle.evaluate(example.network.configuration, example.network.parameters, list(example.tokens), c)
    values = np.array([[float(v / c**limit.degree) for v in row] for row in found.output])
    assert values == pytest.approx(limit.symbol, abs=2e-3 if limit.rate.kind == "algebraic" else 1e-11)


def test_attention_of_the_soft_limit():
    limit = saturate(EXAMPLES["soft"].network, (0, 1))
    assert limit.attention[2][0][0] == pytest.approx([0.428328, 0.571672], abs=5e-7)
    assert limit.attention[2][0][0][0] == pytest.approx(1 / (1 + math.exp(1 / (2 * math.sqrt(3)))), rel=1e-12)
    assert [tie.kind for tie in limit.ties] == ["soft", "soft"]


def test_dropping_the_query_bias_changes_the_limit():
    example = EXAMPLES["tie-query-bias"].network
    bare = type(example)(example.configuration.replace(biases=frozenset()), example.parameters.without("query.bias"))
    assert saturate(bare, (0, 1)).symbol[0] == pytest.approx([1 - R, R])


def test_epsilon_at_finite_scales():
    """At ε = 1e-5 the third layer decides slowly: even at 100, nearly hard at 10⁴, hard at 10⁶."""
    example = EXAMPLES["epsilon-1e-5"]
    for c, weight in ((100, 0.50005), (10**4, 0.88255), (10**6, 1.0)):
        found = oracle.evaluate(example.network.configuration, example.network.parameters, [0, 1], c)
        assert float(found.weights[2][0][0][0]) == pytest.approx(weight, abs=5e-6)


def test_layerwise_agreement_flag():
    assert not saturate(EXAMPLES["tie-post"].network, (0, 1)).agrees_with_layerwise
    assert saturate(EXAMPLES["epsilon-0"].network, (0, 1)).agrees_with_layerwise
