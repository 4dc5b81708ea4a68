"""The degree calculus: Table 1 as printed and as corrected, and the generic truth of what it predicts."""

import numpy as np
import pytest

from sattheory.arithmetic.degrees import Degrees, Mix, degree_table, table_one
from sattheory.arithmetic.operations import Undecided
from sattheory.asymptotics import saturate
from sattheory.errors import InputError
from sattheory.network import Transformer
from sattheory.network.configuration import BIASES


def rows(rules):
    return {(row.name, row.given): row.degree for row in table_one(rules)}


def test_table_one_as_printed():
    found = rows("paper")
    for k in range(4):
        assert found["Linear", (k,)] == k + 1
        assert found["LayerNorm", (k,)] == 0
        assert found["LayerNorm+Affine", (k,)] == 1
        assert found["ReLU", (k,)] == k
        assert found["Bias", (k,)] == (1 if k == 1 else None)
        assert found["Affine", (k,)] == (1 if k == 0 else None)
        for j in range(4):
            assert found["Sum", (j, k)] == (k if j == k else None)
            assert found["Product", (j, k)] == j + k


def test_table_one_corrected():
    printed, found = rows("paper"), rows("corrected")
    assert all(found[key] == degree for key, degree in printed.items() if degree is not None)
    assert all(found["Sum", (j, k)] == max(j, k) for j in range(4) for k in range(4))
    assert [found["Bias", (k,)] for k in range(4)] == [1, 1, 2, 3]
    assert [found["Affine", (k,)] for k in range(4)] == [1, 2, 3, 4]


def test_rows_that_the_paper_lacks_say_so():
    (reason,) = {row.reason for row in table_one("paper", (1, 2)) if row.name == "Sum" and row.given == (1, 2)}
    assert "degrees 1 and 2" in reason
    assert "Table 1 has no such row" in reason


def test_where_degrees_mix():
    network = Transformer.random(biases={"value", "inner"}, feedforward=8, heads=2)
    table = {str(row.place): row for row in degree_table(network, [0, 1])}
    assert table["layer 1, attention norm"].mixes == (Mix(2, 1),)
    assert "degree 2 meets degree 1: the sum has degree 2, relative error c^-1" in str(Mix(2, 1))
    with pytest.raises(Undecided, match="degrees 2 and 1"):
        network.forward(Degrees("paper"), [0, 1])
    bare = Transformer.random(feedforward=8, heads=2)
    assert bare.forward(Degrees("paper"), [0, 1]).degree == 1
    assert not any(row.mixes for row in degree_table(bare, [0, 1]))


GATES = [("relu", True, 3), ("silu", True, 3), ("gelu", True, 3), ("sigmoid", True, 2), ("tanh", False, 1), ("sigmoid", False, 1)]


@pytest.mark.parametrize(("activation", "gated", "degree"), [*GATES, ("relu", False, 2)])
@pytest.mark.parametrize("rules", ["degrees", "series"])
def test_degree_of_a_feedforward_block(activation, gated, degree, rules):
    """After a norm without gain (degree 0): inner 1, gate 1, product 2 (a bounded gate: 1), outer one more."""
    kind = {"placement": "pre", "gain": False, "feedforward": 6, "activation": activation, "gated": gated, "width": 4, "heads": 2}
    network = Transformer.random(**kind, initialisation="normal", seed=3)
    found = saturate(network, [0, 1]).degree if rules == "series" else network.forward(Degrees(), [0, 1]).degree
    assert found == max(degree, 2)


@pytest.mark.parametrize("placement", ["res_post", "pre", "post"])
@pytest.mark.parametrize("norm", ["layer", "rms"])
@pytest.mark.parametrize("seed", range(8))
def test_prediction_is_the_generic_truth(placement, norm, seed):
    """Degree and order of random real networks, every choice of biases: what degrees alone say is what the series find."""
    generator = np.random.default_rng((seed, norm == "rms"))
    network = Transformer.random(
        vocabulary=5,
        width=5,
        key_width=3,
        value_width=3,
        heads=2,
        layers=2,
        feedforward=20,
        placement=placement,
        norm=norm,
        gain=bool(seed % 4),
        epsilon=float(generator.choice([0.0, 0.5])),
        biases=set(generator.choice(BIASES[:7], int(generator.integers(0, 4)), replace=False)),
        initialisation="normal",
        seed=seed,
    )
    predicted = network.forward(Degrees(), [0, 1, 2])
    limit = saturate(network, [0, 1, 2])
    assert limit.degree == predicted.degree
    if predicted.offsets:
        assert (limit.rate.kind, limit.rate.order) == ("algebraic", min(predicted.offsets))
    else:
        assert limit.rate.kind == "exponential"


def test_only_two_sets_of_rules():
    with pytest.raises(InputError, match="choose paper or corrected"):
        Degrees("printed")
