"""Networks in claims: the formulas are the package's networks, and the conditions are noted where they fail."""

import numpy as np
import pytest
from flint import ctx

from sattheory.asymptotics.scale_sweep import streams_at
from sattheory.claims.cases.paper_networks import transformer
from sattheory.claims.cases.placed_formulas import arrays, attention_network
from sattheory.claims.cases.saturated_cases import compared, conditions, examine
from sattheory.claims.inequality import enclose, evaluate
from sattheory.claims.statements import dead_blocks_are_not_dead, epsilon_decides_later_ties, layerwise_patterns_mislead
from sattheory.network import Transformer
from sattheory.network.examples import EXAMPLES
from sattheory.network.tokens import check_tokens


def by_formulas(point, where, result):
    with ctx.workprec(256):
        names = {name: enclose(value) for name, value in point.items()}
        for name, formula in where.items():
            names[name] = evaluate(formula, names)
        return np.array([[float(entry.mid()) for entry in row] for row in names[result]])


def by_package(network, c):
    tokens = check_tokens(np.arange(network.configuration.vocabulary), network.configuration)
    stream = streams_at(network, tokens, np.array([float(c)]))[-1]
    return stream.data[0] * float(c) ** stream.power


@pytest.mark.parametrize(
    ("placement", "epsilon"), [("res_post", 0), ("res_post", 2), ("pre", 0), ("pre", 2), ("post", 0), ("post", 2)]
)
def test_formulas_are_the_networks_of_the_package(placement, epsilon):
    theta = layerwise_patterns_mislead.NETWORK | {"x": ((1, 2, -1), (-1, 1, 3))}
    where = attention_network(placement, 2, 2, epsilon="epsilon")
    found = by_formulas(theta | {"c": 2, "epsilon": epsilon}, where, "X2_c")
    assert found == pytest.approx(by_package(transformer(theta, placement, epsilon), 2), rel=1e-9, abs=1e-9)


def test_the_network_whose_epsilon_decides_is_an_example():
    example = EXAMPLES["epsilon-1"].network
    where = attention_network("res_post", 2, 3, 2, epsilon="1", scores=False)
    found = by_formulas(arrays(example) | {"c": 3}, where, "X3_c")
    assert arrays(example) == epsilon_decides_later_ties.NETWORK
    assert found == pytest.approx(by_package(example, 3), rel=1e-9)


@pytest.mark.parametrize(("activation", "result"), [("relu", "FF_c"), ("gelu", "FF_g"), ("silu", "FF_s")])
def test_the_dead_block_is_a_network_of_the_package(activation, result):
    theta = dead_blocks_are_not_dead.NETWORK
    network = transformer(theta)
    other = Transformer(network.configuration.replace(activation=activation), network.parameters)
    found = by_formulas(theta | {"c": 2}, dead_blocks_are_not_dead._formulas(), result)
    assert found == pytest.approx(by_package(other, 2), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "regular", "agreeing"),
    [
        ("flat-zero", False, False),
        ("flat-constant", False, False),
        ("flat-two-layers", False, True),
        ("tie-value-bias", True, False),
        ("tie-pre", True, False),
        ("tie-post", False, False),
        ("soft", False, False),
        ("epsilon-0", True, False),
    ],
)
def test_conditions_are_noted_where_they_fail(name, regular, agreeing):
    """In post-norm a mean of opposite values is zero in the second layer started at its saturated input: (R1) fails there too."""
    example = EXAMPLES[name]
    noted, _ = conditions(example.network, np.array([example.tokens]))
    assert bool(np.all(noted.regular)) is regular
    assert bool(np.all(noted.agreeing)) is agreeing


@pytest.mark.parametrize(("biases", "regular", "alive"), [(frozenset(), True, False), (frozenset({"outer"}), True, True)])
def test_a_dead_block_leaves_zero_or_its_bias(biases, regular, alive):
    network = transformer(dead_blocks_are_not_dead.NETWORK)
    if biases:
        learned = network.parameters.layers[0]
        outer = type(learned.feedforward.outer)(learned.feedforward.outer.weight, np.array([1.0, 3.0]))
        block = type(learned.feedforward)(learned.feedforward.inner, outer)
        layer = type(learned)(learned.attention, learned.attention_norm, block, learned.feedforward_norm)
        network = Transformer(
            network.configuration.replace(biases=biases), type(network.parameters)(network.parameters.tokens, (layer,))
        )
    case = examine(network, np.array([[0]]))
    assert (bool(case.regular[0]), bool(case.alive[0])) == (regular, alive)
    assert all(left <= right for left, right in compared(case, 99 if not biases else 2)[0])


def test_nothing_is_known_where_nothing_is_regular():
    case = examine(EXAMPLES["flat-zero"].network, np.array([[0, 1]]))
    assert not case.known.any()
    assert compared(case, 99) == [[]]
