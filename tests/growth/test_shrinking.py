"""Decay alone, told apart from a norm that merely falls: by the direction, and by (1 − ηλ)^steps."""

from __future__ import annotations

import numpy as np
import pytest

from sattheory.growth import Decay, scan
from sattheory.growth.shrinking import decays_alike, shrinks_without_turning, spans
from tests.growth.series_files import FINETUNE, one_matrix, write_series


def turning(shrink, angle, count=30):
    """50·exp(−shrink·t) times a unit vector that turns by an angle a step."""
    return [50 * np.exp(-shrink * t) * np.array([np.cos(angle * t), np.sin(angle * t)]) for t in range(count)]


def measured(tmp_path, vectors, **options):
    return scan(write_series(tmp_path / "series", one_matrix(vectors)), **options)


def test_a_norm_that_falls_while_it_turns_is_no_decay(tmp_path):
    growth = measured(tmp_path, turning(0.05, 0.15))
    assert growth.fits[0].law == "decay"
    assert "falls like exp(−λt) with λ = 0.05, by 4.88 % per step" in growth.verdict
    assert "In no interval do the parameters shrink without turning" in growth.verdict
    assert growth.to_dict()["shrinks_without_turning"] == []


def test_a_norm_that_falls_along_one_direction_may_be_decay(tmp_path):
    growth = measured(tmp_path, turning(0.05, 0.0))
    assert "shrink without turning, as under decay alone, from step 0 to 29 (" in growth.verdict
    assert growth.to_dict()["shrinks_without_turning"] == [(0.0, 29.0)]


@pytest.mark.parametrize(("angle", "found"), [(0.001, True), (0.005, True), (0.008, False), (0.02, False), (0.2, False)])
def test_the_threshold_is_an_angle(tmp_path, angle, found):
    """With r = ½·0.05 the step leans by angle/r from −θ; 0.99 is 0.14 of a radian, which is 0.007 of θ."""
    growth = measured(tmp_path, turning(0.05, angle))
    assert shrinks_without_turning(growth.whole).tolist() == [found] * 29


def test_growing_and_standing_still_are_no_shrinking(tmp_path):
    growth = measured(tmp_path, [[1, 0], [2, 0], [2, 0], [0, 0], [0, 0], [1, 0], [0.5, 0]])
    assert shrinks_without_turning(growth.whole).tolist() == [False, False, False, False, False, True]


def test_the_finetuning_run_decays_alone_only_at_the_end():
    growth = scan(FINETUNE, decay=Decay(2e-3, 1.0))
    assert growth.verdict.startswith("The norm falls, from 18.61 to 8.646. ")
    assert "decay, b·exp(−λt), fits best" in growth.verdict
    assert "without turning, as under decay alone, from step 300 to 400 (alignment −0.99 or less)" in growth.verdict
    assert "pure decay's, (1 − 0.002)^steps, to 1 % of the logarithm, from step 300 to 400 only" in growth.verdict
    assert growth.verdict.endswith("the last ratio is 0.8190, pure decay's 0.8186.")
    assert "95 %" not in growth.verdict
    found = growth.to_dict()
    assert found["shrinks_without_turning"] == found["pure_decay"]["agrees"] == [(300.0, 400.0)]
    everything = scan(FINETUNE, decay=Decay(2e-3, 1.0), embeddings=True, scalars=True)
    assert everything.verdict.endswith("the last ratio is 0.8186, pure decay's 0.8186.")
    assert "pure decay" not in scan(FINETUNE).verdict


def test_agreement_is_of_logarithms():
    assert decays_alike([0.8186, 0.8190, 0.8219, 0.83], np.log([0.8186] * 4)).tolist() == [True, True, False, False]
    assert decays_alike([1.0, 0.9999, 0.99989], np.log([0.9999] * 3)).tolist() == [
        False,
        True,
        False,
    ]  # a constant does not decay
    assert decays_alike([1.0, np.nan, 0.0], np.log([1.0, 0.9, 0.9])).tolist() == [False] * 3


def test_all_and_none_agree(tmp_path):
    vectors = [[0.9**t, 0.0] for t in range(5)]
    assert "in every interval; the last ratio is 0.9000" in measured(tmp_path, vectors, decay=Decay(0.1, 1.0)).verdict
    assert (
        "in no interval; the last ratio is 0.9000, pure decay's 0.8000"
        in measured(tmp_path, vectors, decay=Decay(0.2, 1.0)).verdict
    )


def test_many_stretches_are_not_all_named(tmp_path):
    vectors = [[2.0 ** -(t // 2) * (1 if t % 2 else 1.1), 0.0] for t in range(40)]
    growth = measured(tmp_path, vectors)
    assert "and in" not in growth.verdict.split("alone, ")[1]  # all fall, joined to one
    jagged = [[60.0 - t + 3 * (t % 2), 0.0] for t in range(40)]
    growth = scan(write_series(tmp_path / "jagged", one_matrix(jagged)))
    assert "from step 1 to 2, from step 3 to 4, from step 5 to 6, from step 7 to 8 and in 15 more stretches" in growth.verdict


def test_spans():
    steps = [0, 10, 20, 30, 40]
    assert spans(steps, [True, True, False, True]) == [(0, 20), (30, 40)]
    assert spans(steps, [False] * 4) == []
    assert spans([7], []) == []


def test_decay_too_strong_for_floats_agrees_with_nothing(tmp_path):
    decay = Decay(0.1, 0.1)
    assert decay.ratios(np.array([0, 1e6])).tolist() == [0.0]
    steps = np.array([0, 1e5, 2e5, 3e5])
    assert decays_alike([1.5, 2, 3], decay.logarithms(steps)).tolist() == [False] * 3
    growing = scan(write_series(tmp_path, one_matrix([[1, 0], [2, 0], [3, 0]])), decay=decay, steps=[0, 1e5, 2e5])
    assert "pure decay's, (1 − 0.01)^steps, to 1 % of the logarithm, in no interval" in growing.verdict


def test_weak_decay_keeps_its_digits():
    assert Decay(1e-8, 1e-8).logarithms(np.array([0, 1e15]))[0] == pytest.approx(-0.1, rel=1e-14)
    assert Decay(1e-8, 1e-8).ratios(np.array([0, 1e15]))[0] == pytest.approx(np.exp(-0.1), rel=1e-14)


def test_turning_round_and_growing_is_no_shrinking(tmp_path):
    growth = measured(tmp_path, [[1, 0], [-9, 0], [81, 0], [8.1, 0], [-0.1, 0]])
    np.testing.assert_allclose(growth.whole.alignment, -1)
    assert shrinks_without_turning(growth.whole).tolist() == [False, False, True, False]
