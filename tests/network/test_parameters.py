"""What one does to all parameters at once, and where they come from, against plain loops over the arrays."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sattheory.network import Configuration, Parameters, initial_parameters
from sattheory.network.configuration import BIASES
from sattheory.network.initialise import expected_shapes

FULL = Configuration(
    vocabulary=5, width=4, heads=2, layers=2, key_width=3, value_width=1, feedforward=3, gated=True, biases=frozenset(BIASES),
    positions="learned", longest=6, segments=2, cross_attention=True, embedding_norm=True, final_norm=True, classes=3,
)  # fmt: skip
ATTENTION = 2 * (6 * 4 + 6) + (2 * 4 + 2) + (4 * 2 + 4)
LAYER = 2 * ATTENTION + 3 * 8 + 2 * (3 * 4 + 3) + (4 * 3 + 4)
OUTSIDE = {"tokens": 5 * 4, "positions": 6 * 4, "segments": 2 * 4, "embedding_norm": 8, "final_norm": 8, "classifier": 3 * 4 + 3}


@pytest.fixture
def theta() -> Parameters:
    return initial_parameters(FULL, "normal", seed=3)


def test_count_is_the_hand_count(theta: Parameters) -> None:
    assert theta.count() == sum(OUTSIDE.values()) + 2 * LAYER


def test_scaled_by_multiplies_every_array_and_leaves_the_original(theta: Parameters) -> None:
    before = {name: array.copy() for name, array in theta.named()}
    after = dict(theta.scaled_by(3.0).named())
    assert list(after) == list(before)
    for name, array in theta.named():
        np.testing.assert_array_equal(after[name], 3.0 * before[name])
        np.testing.assert_array_equal(array, before[name])


def test_norms_are_those_of_the_parts(theta: Parameters) -> None:
    def length(prefix: str) -> float:
        return math.sqrt(sum(float(x) ** 2 for name, a in theta.named() if name.startswith(prefix) for x in a.ravel()))

    keys = {**{key: key for key in OUTSIDE}, "layer 1": "layers.0.", "layer 2": "layers.1."}
    norms = theta.norms()
    assert norms.keys() == keys.keys()
    assert norms == pytest.approx({key: length(prefix) for key, prefix in keys.items()}, rel=1e-14)
    assert theta.norm() == pytest.approx(length(""), rel=1e-14)
    assert theta.scaled_by(7.0).norm() == pytest.approx(7 * theta.norm(), rel=1e-14)


def test_without_takes_out_what_ends_so_and_nothing_else(theta: Parameters) -> None:
    names = [name for name, _ in theta.named()]
    assert [n for n, _ in theta.without("bias").named()] == [n for n in names if not n.endswith("bias")]
    left = [n for n, _ in theta.without("query.bias", "gain").named()]
    assert left == [n for n in names if not n.endswith(("query.bias", "gain"))]
    assert len(left) < len(names) - 2


def test_arrays_have_the_expected_shapes_in_the_expected_order(theta: Parameters) -> None:
    assert list(expected_shapes(FULL).items()) == [(name, array.shape) for name, array in theta.named()]
    assert expected_shapes(FULL)["layers.1.cross.output.weight"] == (4, 2)


def test_without_biases_and_options_no_array_is_left_over() -> None:
    bare = Configuration(vocabulary=5, width=4, gain=False)
    names = [name for name, _ in initial_parameters(bare).named()]
    assert names == ["tokens", *(f"layers.0.attention.{part}.weight" for part in ("query", "key", "value", "output"))]


@pytest.mark.parametrize("initialisation", ["torch", "normal", "integers", "rationals"])
def test_a_seed_gives_the_same_bytes_and_another_does_not(initialisation: str) -> None:
    def drawn(seed: int) -> bytes:
        return b"".join(array.tobytes() for _, array in initial_parameters(FULL, initialisation, seed).named())

    assert drawn(5) == drawn(5)
    assert drawn(5) != drawn(6)
    assert {array.dtype for _, array in initial_parameters(FULL, initialisation).named()} == {np.dtype(np.float64)}


def test_torch_bounds_are_those_of_the_fan_in() -> None:
    wide = FULL.replace(width=40, feedforward=90)
    fans = {"attention.output": 2, "feedforward.outer": 90}
    for name, array in initial_parameters(wide, "torch").named():
        if name.endswith("gain"):
            assert (array == 1).all()
        elif "norm" in name:
            assert (array == 0).all()
        elif "." in name:
            fan = next((f for part, f in fans.items() if part in name), 2 if ".cross.output" in name else 40)
            assert 0.3 / math.sqrt(fan) < np.abs(array).max() <= 1 / math.sqrt(fan)


def test_integers_and_rationals_are_small_and_exact() -> None:
    whole = np.concatenate([array.ravel() for _, array in initial_parameters(FULL, "integers").named()])
    assert set(whole) == {-2.0, -1.0, 0.0, 1.0, 2.0}
    drawn = np.concatenate([array.ravel() for _, array in initial_parameters(FULL, "rationals").named()])
    assert (4 * drawn == np.round(4 * drawn)).all()
    assert np.abs(drawn).max() == 4
    assert (2 * drawn != np.round(2 * drawn)).any()


def test_sigma_is_the_standard_deviation() -> None:
    tokens = initial_parameters(Configuration(vocabulary=1000, width=20), "normal", sigma=0.1).tokens
    assert tokens.std() == pytest.approx(0.1, rel=0.02)
