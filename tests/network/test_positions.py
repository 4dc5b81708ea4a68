"""Position tables against the formulas of their papers, computed a second time in whole numbers or fifty digits."""

from __future__ import annotations

import numpy as np
import pytest

from sattheory.network.positions import alibi_slopes, relative_buckets, rotary, sinusoidal, turned_distance
from tests.oracle import bucket, slope


@pytest.mark.parametrize(("buckets", "furthest"), [(32, 128), (16, 64), (8, 20), (4, 5), (5, 6)])
@pytest.mark.parametrize("causal", [False, True])
def test_relative_buckets_are_t5s(buckets: int, furthest: int, causal: bool) -> None:
    table = relative_buckets(300, 300, buckets, furthest, causal)
    exact = {offset: bucket(offset, buckets, furthest, causal) for offset in range(-299, 300)}
    assert all(table[i, j] == exact[j - i] for i in range(0, 300, 7) for j in range(300))
    assert table.min() == 0
    assert table.max() == buckets - 1 - (0 if causal else buckets % 2)


@pytest.mark.parametrize("heads", range(1, 18))
def test_alibi_slopes_are_the_published_ones(heads: int) -> None:
    np.testing.assert_allclose(alibi_slopes(heads).floats(), [float(slope(h, heads)) for h in range(heads)], rtol=1e-15)


def test_alibi_slopes_of_eight_heads_are_halves() -> None:
    assert alibi_slopes(8).floats().tolist() == [2.0**-k for k in range(1, 9)]


def test_sinusoids_of_position_one() -> None:
    angles = 10000.0 ** -np.array([0, 0, 0.4, 0.4, 0.8])
    expected = [np.sin(angles[0]), np.cos(angles[1]), np.sin(angles[2]), np.cos(angles[3]), np.sin(angles[4])]
    np.testing.assert_allclose(sinusoidal(2, 5).floats()[1], expected, rtol=1e-15)


def test_rotations_keep_lengths_and_see_only_distances() -> None:
    cos, sin = (table.floats() for table in rotary(9, 4)[:2])
    turn = rotary(9, 4)[2]
    q, k = np.random.default_rng(0).normal(size=(2, 4))
    turned_q, turned_k = (x * cos + (x @ turn) * sin for x in (q, k))
    np.testing.assert_allclose(np.linalg.norm(turned_q, axis=1), np.linalg.norm(q))
    scores = turned_q @ turned_k.T
    np.testing.assert_allclose(scores[:-1, :-1], scores[1:, 1:], atol=1e-14)


def test_part_of_a_head_turns_and_the_rest_stays() -> None:
    cos, sin, turn = rotary(9, 6, 4, 100)
    whole = rotary(9, 4, 4, 100)
    np.testing.assert_array_equal(cos.floats()[:, :4], whole[0].floats())
    np.testing.assert_array_equal(sin.floats()[:, :4], whole[1].floats())
    np.testing.assert_array_equal(cos.floats()[:, 4:], 1.0)
    np.testing.assert_array_equal(sin.floats()[:, 4:], 0.0)
    assert not turn[4:].any()
    assert not turn[:, 4:].any()
    np.testing.assert_allclose(np.arctan2(sin.floats(), cos.floats())[3, :2], [3.0, 0.3], rtol=1e-14)


def test_a_turned_query_sees_the_distance() -> None:
    n, m, d = 5, 7, 6
    y = np.random.default_rng(1).normal(size=(n, d))
    cos, sin, turn = rotary(n, d)
    found = (y * cos.floats() + (y @ turn) * sin.floats()) @ turned_distance(m, d).floats().T
    frequencies = 10000.0 ** (-2 * np.arange(3) / d)
    for i in range(n):
        for j in range(m):
            r = np.concatenate([np.sin((i - j) * frequencies), np.cos((i - j) * frequencies)])
            assert abs(found[i, j] - y[i] @ r) < 1e-13
