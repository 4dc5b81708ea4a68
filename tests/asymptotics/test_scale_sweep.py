"""Sweeps over scales: against the limit, the layerwise one and c = 1000; cosines below rounding; batches; results as values."""

import json
import math

import numpy as np
import pytest

from sattheory.asymptotics import saturate, scale_sweep
from sattheory.asymptotics.directions import one_minus_cosine
from sattheory.asymptotics.scale_sweep import streams_at
from sattheory.errors import InputError
from sattheory.network import Transformer
from sattheory.network.examples import EXAMPLES
from sattheory.network.tokens import check_tokens


def network(**choices):
    return Transformer.random(
        **{"vocabulary": 4, "width": 4, "heads": 2, "layers": 2, "initialisation": "normal", "seed": 5, **choices}
    )


def test_one_minus_cosine_below_rounding():
    u = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 0.0], [0.0, 0.0], [1e-300, 0], [1.0, 0]])
    v = np.array([[1.0, 1e-10], [-2.0, 0.0], [0.0, 0.0], [1.0, 0.0], [1e300, 0], [0, 3.0]])
    assert one_minus_cosine(u, v) == pytest.approx([5e-21, 2, 0, 1, 0, 1], rel=1e-6, abs=1e-30)


def test_the_limit_is_approached_and_the_layerwise_one_is_not():
    example = EXAMPLES["tie-post"]
    sweep = scale_sweep(example.network, example.tokens, np.geomspace(1e2, 1e4, 5))
    assert sweep.against["limit"].distance[-1, -1] < 1e-6
    assert sweep.against["layerwise"].distance[-1, -1] > 1
    assert (np.diff(sweep.against["limit"].distance[-1]) <= 1e-15).all()


def test_the_paper_s_reference_is_reached_at_its_scale():
    sweep = scale_sweep(network(biases=True), [0, 1, 2], [10.0, 1000.0, 1e5])
    at = sweep.against["c=1000"]
    assert at.distance[:, 1] == pytest.approx(np.zeros(3), abs=1e-12)
    assert (at.distance[1:, 2] > 0).all()


@pytest.mark.parametrize("bias", ["value", "output"])
@pytest.mark.parametrize("placement", ["res_post", "pre", "post"])
def test_the_fitted_order_is_the_predicted_one(placement, bias):
    net = network(biases={bias}, placement=placement, layers=1)
    limit = saturate(net, [0, 1, 2])
    sweep = scale_sweep(net, [0, 1, 2], limit.onset * np.geomspace(3, 300, 9), limit=limit)
    assert sweep.predicted[-1] == limit.rate
    assert sweep.fitted() == pytest.approx(limit.rate.order, abs=0.15)


def test_padding_does_not_count():
    net = network(biases=True)
    rows, lengths = np.array([[0, 1, 2], [3, 1, 1]]), [3, 2]
    sweep = scale_sweep(net, rows, [10.0, 1e4], lengths=lengths)
    other = scale_sweep(net, np.array([[0, 1, 2], [3, 1, 0]]), [10.0, 1e4], lengths=lengths)
    assert sweep.against["limit"].gap == pytest.approx(other.against["limit"].gap)


def test_single_precision():
    net = network(biases=True)
    wide, narrow = (
        scale_sweep(net, [0, 1, 2], [1e2, 1e4], dtype=dtype).against["limit"].distance for dtype in (np.float64, np.float32)
    )
    assert narrow == pytest.approx(wide, abs=1e-4)


def test_an_undecided_limit_leaves_gaps():
    """Layers that the limit does not reach have no reference: nan, and no error."""
    example = EXAMPLES["tie-post"]
    limit = saturate(example.network, example.tokens, terms=1, most_terms=2)
    sweep = scale_sweep(example.network, example.tokens, [10.0, 100.0], limit=limit)
    assert np.isfinite(sweep.against["limit"].gap[:2]).all()
    assert np.isnan(sweep.against["limit"].gap[2]).all()


def test_streams_are_the_same_however_many_scales_at_once():
    net = network(biases=True)
    tokens = check_tokens([0, 1, 2] * 100, net.configuration)
    scales = np.geomspace(1, 1e3, 11)
    whole = streams_at(net, tokens, scales)
    for i in (0, 7, 10):
        single = streams_at(net, tokens, scales[i : i + 1])
        for a, b in zip(whole, single, strict=True):
            assert a.power == b.power
            assert a.data[i] == pytest.approx(b.data[0])


def test_the_result_as_a_value():
    sweep = scale_sweep(network(), [0, 1], [1.0, 10.0])
    told = json.loads(json.dumps(sweep.to_dict()))
    assert told["scales"] == [1.0, 10.0]
    assert len(told["limit"]["distance"]) == 3
    assert sweep.against["limit"].cosine == pytest.approx(1 - sweep.against["limit"].gap)


@pytest.mark.parametrize("scales", [[0.0], [-1.0], [math.nan], [math.inf]])
def test_scales_are_positive(scales):
    with pytest.raises(InputError, match="positive finite"):
        scale_sweep(network(), [0, 1], scales)


@pytest.mark.parametrize(("scales", "dtype"), [([1e-300], "float64"), ([1.0, 1e-300], "float64"), (1e-200, "float32")])
def test_scales_at_which_floats_do_not_reach(scales, dtype):
    """Refused in a sentence, without a warning of NumPy's and without nan."""
    with pytest.raises(InputError, match=f"leaves the range of {dtype}; choose scales nearer to 1"):
        scale_sweep(network(), [0, 1], scales, dtype=dtype)


@pytest.mark.parametrize(("scale", "dtype"), [(1e300, "float64"), (1e30, "float32"), (1e200, "float32")])
def test_powers_of_large_scales_stay_outside(scale, dtype):
    gap = scale_sweep(network(), [0, 1], [scale], dtype=dtype).against["limit"].gap
    assert np.all(gap < 1e-12)


def test_the_limit_of_something_else_is_refused():
    net = Transformer.random(layers=1, width=4, seed=0)
    other = saturate(net, [0, 1])
    with pytest.raises(InputError, match="another network or input"):
        scale_sweep(net, [2, 3], [1.0], limit=other)
    with pytest.raises(InputError, match="no scales"):
        scale_sweep(net, [0, 1], [])


def test_nothing_is_fitted_to_an_exponential():
    net = Transformer.random(layers=1, width=4, seed=0)
    assert np.isnan(scale_sweep(net, [0, 1], np.geomspace(1, 100, 9)).fitted())
