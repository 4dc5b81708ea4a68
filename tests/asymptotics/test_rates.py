"""The table of rates: each bias alone, in each placement, and what it means for the cosine.

Predicted by the degree calculus, read off the series, and seen as a slope in floats: three independent ways to one number.
"""

import numpy as np
import pytest

from sattheory.arithmetic.degrees import Degrees
from sattheory.arithmetic.series import SeriesArithmetic
from sattheory.asymptotics import saturate, scale_sweep
from sattheory.asymptotics.rates import Rate, fitted_order, rate_of, shown_from
from sattheory.network import Transformer

KINDS = {
    "paper": {"placement": "res_post"},
    "post": {"placement": "post"},
    "Xiong": {"placement": "pre"},
    "Xiong, non-affine": {"placement": "pre", "gain": False},
    "post, non-affine": {"placement": "post", "gain": False},
    "paper, non-affine": {"placement": "res_post", "gain": False},
}
FLAT = 0
TABLE = {
    # bias alone: the order of the error in 1/c for each of KINDS (0: exponential)
    "none": (FLAT, 2, 2, 1, 2, 1),
    "norm": (FLAT, 2, 2, None, None, None),
    "key": (FLAT, 2, 2, 1, 2, 1),
    "query": (FLAT, 2, 2, 1, 2, 1),
    "value": (1, 1, 1, 1, 1, 1),
    "inner": (1, 1, 1, 1, None, 1),
    "output": (2, 2, 2, 1, 1, 1),
    "outer": (2, 2, 2, 1, 1, 1),
}
CASES = [(kind, bias, row[i]) for bias, row in TABLE.items() for i, kind in enumerate(KINDS) if row[i] is not None]


def network(kind, bias, seed):
    biases = () if bias == "none" else {bias}
    sizes = {"layers": 2, "width": 6, "heads": 2, "feedforward": 24}
    return Transformer.random(biases=biases, initialisation="normal", seed=seed, **sizes, **KINDS[kind])


@pytest.mark.parametrize(("kind", "bias", "order"), CASES)
def test_table(kind, bias, order):
    predicted = network(kind, bias, 0).forward(Degrees(), [0, 1, 2])
    assert min(predicted.offsets, default=FLAT) == order
    for seed in range(3):
        net = network(kind, bias, seed)
        limit = saturate(net, [0, 1, 2])
        assert (limit.rate.order if limit.rate.kind == "algebraic" else FLAT) == order
        scales = limit.onset * np.geomspace(3, 3e3 if order == 1 else 100, 8)
        sweep = scale_sweep(net, [0, 1, 2], scales, limit=limit)
        if order == FLAT:
            assert sweep.against["limit"].distance[-1].max() < 1e-12
            continue
        assert sweep.fitted() == pytest.approx(order, abs=0.2)
        gap = fitted_order(scales, sweep.against["limit"].gap[-1])
        if np.isfinite(gap) and sweep.against["limit"].gap[-1].min() > 1e-26:
            assert gap == pytest.approx(2 * order, abs=0.4)


@pytest.mark.parametrize(
    ("kind", "bias", "order"),
    [
        ("post", "none", 4),
        ("Xiong", "none", 4),
        ("post", "value", 2),
        ("Xiong", "inner", 2),
        ("paper", "value", 2),
        ("paper", "outer", 4),
    ],
)
def test_one_minus_cosine(kind, bias, order):
    """1 − cos of f(x; cθ) with the limit falls with twice the order of the distance."""
    net = network(kind, bias, 1)
    limit = saturate(net, [0, 1, 2])
    scales = limit.onset * np.geomspace(2, 60, 7)
    gap = scale_sweep(net, [0, 1, 2], scales, limit=limit).against["limit"].gap[-1]
    assert -np.polyfit(np.log(scales), np.log(gap), 1)[0] == pytest.approx(order, abs=0.2)


def test_biases_initialised_to_zero_change_nothing():
    net = network("post", "value", 0)
    zero = Transformer(net.configuration, net.parameters.map(lambda name, a: a * 0 if name.endswith("bias") else a))
    bare = Transformer(net.configuration.replace(biases=frozenset()), net.parameters.without("bias"))
    assert np.array_equal(saturate(zero, [0, 1, 2]).symbol, saturate(bare, [0, 1, 2]).symbol)
    assert saturate(zero, [0, 1, 2]).rate == saturate(bare, [0, 1, 2]).rate


def test_rate_of_a_written_out_series():
    ops = SeriesArithmetic(4)
    one = np.ones((1, 1))
    assert rate_of(ops.series(2, one)) == Rate("exact")
    assert rate_of(ops.series(2, np.stack([one, 0 * one, one]))).order == 2
    assert rate_of(ops.series(2, one, -1.0)) == Rate("algebraic", 3, True)
    assert shown_from(ops.series(2, np.stack([one, one, 50 * one]))) == pytest.approx(100)


def test_fitted_order_needs_two_points():
    assert np.isnan(fitted_order([10.0], [0.1]))
    assert np.isnan(fitted_order([10.0, 100.0], [1e-20, 1e-22]))
    assert fitted_order([10.0, 100.0], [1e-2, 1e-4]) == pytest.approx(2)
