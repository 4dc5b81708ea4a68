"""Arrays of balls: what is read exactly, rows times a matrix against fractions, and e^x where x is hugely negative."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx, fmpq

from sattheory.arithmetic.enclosures import LEAST, as_array, ball, enclosed, matrix, rows_times, vanishing


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_machine_numbers_are_read_exactly(dtype: type) -> None:
    given = np.array([[3, -7], [1, 0]], dtype=dtype) / dtype(1 if dtype is np.int64 else 8)
    for ours, number in zip(enclosed(given).ravel(), given.ravel().tolist(), strict=True):
        assert ours.is_exact()
        assert ours == arb(fmpq(*Fraction(number).as_integer_ratio()))


def test_rows_times_a_matrix_against_fractions() -> None:
    draw = np.random.default_rng(5)
    x = [[Fraction(int(p), 7) for p in row] for row in draw.integers(-9, 10, (6, 4))]
    w = [[Fraction(int(p), 11) for p in row] for row in draw.integers(-9, 10, (4, 3))]
    rows = as_array([ball(v) for row in x for v in row], (2, 3, 4))
    found = rows_times(rows, matrix(as_array([ball(v) for row in w for v in row], (4, 3))))
    assert found.shape == (2, 3, 3)
    for i, row in enumerate(found.reshape(6, 3)):
        for j, entry in enumerate(row):
            true = sum(x[i][k] * w[k][j] for k in range(4))
            assert entry.contains(fmpq(true.numerator, true.denominator))
            assert entry.rad() < arb(2) ** -45


@pytest.mark.parametrize("exponent", [Fraction(3), Fraction(0), Fraction(-5, 3), Fraction(-(2**40)), Fraction(1 - 2**50)])
def test_an_exponential_above_the_least_is_the_exponential(exponent: Fraction) -> None:
    with ctx.workprec(128):
        x = ball(exponent)
        assert vanishing(x).mid() == x.exp().mid()
        assert vanishing(x).rad() == x.exp().rad()


@pytest.mark.parametrize("exponent", [arb(-(2**50)), arb(-3 * 2**50), arb(-(2**800)), arb(-(2**50), 2**49), arb(-(2**60), 2**59)])
def test_a_smaller_exponential_is_bounded_by_a_number_of_ordinary_size(exponent: arb) -> None:
    with ctx.workprec(128):
        found = vanishing(exponent).upper()
        assert found >= exponent.upper().exp().lower()
        assert LEAST * arb("1.0001") < found.log() < arb.max(exponent.upper(), LEAST) * arb("0.9999")
