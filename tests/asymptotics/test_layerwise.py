"""Saturating layer by layer, against what comes out by hand."""

import math

import numpy as np
import pytest

from sattheory.asymptotics import layerwise, saturate
from sattheory.errors import InputError
from sattheory.network import Transformer
from sattheory.network.examples import EXAMPLES, _network

R = 1 / math.sqrt(2)


def test_hard_substitution_by_hand():
    """One layer, W^Q = W^K = V = I, tokens (1, 0), (0, 2): each looks at the longer one it meets, N(0, 2) = (−1, 1)/√2."""
    network = _network([[1, 0], [0, 2]], {"query": np.eye(2), "key": np.eye(2), "value": np.eye(2)})
    for kind in ("hard", "strong"):
        found = layerwise(network, [0, 1], kind=kind)
        assert found.degree == 1
        assert found.attention[1][0].tolist() == [[1, 0], [0, 1]]
        assert found.symbol == pytest.approx(np.array([[1 + R, -R], [-R, 2 + R]]))


def test_hard_substitution_is_uniform_over_ties():
    network = _network([[1, 0], [0, 2]], {"query": [[0, 0]], "key": [[1, 1]], "value": np.eye(2)})
    assert layerwise(network, [0, 1, 1], kind="hard").attention[1][0] == pytest.approx(np.full((3, 3), 1 / 3))


def test_hard_substitution_hardens_scores_that_do_not_grow():
    """ALiBi over a tie leaves weights ½ : e^{-slope}; S1 takes the nearest key alone."""
    network = Transformer.random(vocabulary=1, width=2, heads=1, positions="alibi", initialisation="integers", seed=1)
    tied = layerwise(network, [0, 0], kind="hard").attention[1][0]
    assert tied.tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize("name", [n for n in EXAMPLES if n.startswith("tie-p") or n.startswith("tie-v")])
def test_strong_layerwise_forgets_what_decides(name):
    """The second layer is uniform layerwise, hard in the limit."""
    example = EXAMPLES[name]
    strong, limit = layerwise(example.network, example.tokens), saturate(example.network, example.tokens)
    assert strong.attention[2][0][0].tolist() == [0.5, 0.5]
    assert sorted(limit.attention[2][0][0]) == [0, 1]
    assert not limit.agrees_with_layerwise


def test_streams_have_no_lower_orders():
    network = Transformer.random(biases=True, layers=3, heads=2, feedforward=8, initialisation="normal")
    found = layerwise(network, [0, 1, 2])
    assert [len(s.coefficients) for s in found.streams] == [1] * 4
    assert [s.degree for s in found.streams] == [1] * 4


def test_undecided_is_part_of_the_result():
    found = layerwise(EXAMPLES["tie-post"].network, [0, 0], terms=1)
    assert (found.output is None) == (found.degree is None) == (found.symbol is None)


def test_other_kinds_are_refused():
    with pytest.raises(InputError, match="choose strong or hard"):
        layerwise(EXAMPLES["soft"].network, [0, 1], kind="soft")


def test_hard_substitution_does_not_guess():
    """With too few terms to see a difference it asks for more: the answer does not depend on where one starts."""
    net = Transformer.random(
        vocabulary=3, width=2, layers=2, placement="pre", epsilon=1.0, positions="sinusoidal", initialisation="integers", seed=4
    )
    few, many = (layerwise(net, [0, 1], kind="hard", terms=terms) for terms in (2, 24))
    assert few.output is not None
    assert few.degree == many.degree
    assert np.allclose(few.symbol, many.symbol)
