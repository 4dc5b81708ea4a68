"""When a norm sees nothing but exponentials, the slowest one decides: followed through attention, maps and sums."""

import numpy as np
import pytest

from sattheory.arithmetic.operations import Undecided
from sattheory.arithmetic.series import SeriesArithmetic
from sattheory.asymptotics import saturate
from sattheory.network import Transformer

VALUES = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])


def direction(gaps, flat_terms=True):
    """N of a head whose winner has value 0 and whose losers e1, e2 have the given score gaps."""
    ops = SeriesArithmetic(6, flat_terms=flat_terms)
    scores = ops.series(4, np.array([[[0.0, -gaps[0], -gaps[1]]]]))
    mixed = ops.matmul(ops.softmax(scores, None), ops.constant(VALUES))
    return ops.unit(ops.centre(ops.linear(mixed, np.eye(3))), 0.0)


@pytest.mark.parametrize(
    ("gaps", "wanted"),
    [
        ((1, 2), (0.816497, -0.408248, -0.408248)),
        ((2, 1), (-0.408248, 0.816497, -0.408248)),
        ((1, 1), (0.408248, 0.408248, -0.816497)),
    ],
)
def test_the_smallest_gap_decides(gaps, wanted):
    assert direction(gaps).symbol[0] == pytest.approx(wanted, abs=1e-6)


def test_without_flat_terms_it_is_undecided():
    with pytest.raises(Undecided, match="exponentially small") as caught:
        direction((1, 2), flat_terms=False)
    assert caught.value.kind == "flat"


def test_a_loser_equal_to_the_winner_is_passed_over():
    """The nearest loser has the winner's value, contributes nothing, and the next one decides."""
    ops = SeriesArithmetic(6, flat_terms=True)
    scores = ops.series(4, np.array([[[0.0, -1, -2]]]))
    values = ops.constant(np.array([[1.0, 1, 1], [1, 1, 1], [0, 1, 2]]))
    found = ops.unit(ops.centre(ops.matmul(ops.softmax(scores, None), values)), 0.0)
    assert found.symbol[0] == pytest.approx([-(0.5**0.5), 0, 0.5**0.5], abs=1e-12)


def test_ties_of_exponents_at_lower_orders():
    """Gaps c⁴ + c and c⁴ + 2c: equal at c⁴, decided at c."""
    ops = SeriesArithmetic(6, flat_terms=True)
    coefficients = np.zeros((4, 1, 3))
    coefficients[0, 0], coefficients[3, 0] = [0, -1, -1], [0, -2, -1]
    mixed = ops.matmul(ops.softmax(ops.series(4, coefficients), None), ops.constant(VALUES))
    assert ops.unit(ops.centre(mixed), 0.0).symbol[0] == pytest.approx([-0.408248, 0.816497, -0.408248], abs=1e-6)


def test_identical_values_are_no_flat_term():
    """Two equal tokens: attention gives the same value for any weights, so nothing is flat and LN of a constant is 0."""
    net = Transformer.random(vocabulary=2, width=2, norm_scale="unit", initialisation="integers", seed=3)
    same = net.parameters.map(lambda name, a: np.ones_like(a) if name.endswith(("value.weight", "output.weight")) else a)
    limit = saturate(Transformer(net.configuration, same), [1, 1])
    assert limit.undecided is None
    assert np.array_equal(limit.symbol, net.parameters.tokens[[1, 1]])
