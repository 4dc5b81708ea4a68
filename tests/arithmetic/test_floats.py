"""Floats one operation at a time: many scales, powers of c kept outside, and the ends of the floating-point range."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from sattheory.arithmetic.activations import ACTIVATIONS
from sattheory.arithmetic.floats import Floats, Scaled
from tests.oracle import activate

DTYPES = [np.float32, np.float64]
vectors = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=6)


@given(st.floats(-1e30, 1e30), st.integers(1, 40), st.sampled_from(DTYPES))
def test_the_norm_of_a_constant_vector_is_zero(value: float, d: int, dtype: type) -> None:
    ops = Floats([1.0, 1e10], dtype)
    centred = ops.centre(ops.parameter(np.full((2, d), value)))
    assert (ops.unit(centred, 0.0).data == 0).all()


@pytest.mark.parametrize("epsilon", [0.0, 1e-5])
def test_the_norm_of_zero_is_zero(epsilon: float) -> None:
    assert (Floats([1.0, 9.0]).unit(Scaled(np.zeros((1, 3, 4)), 2), epsilon).data == 0).all()


@given(vectors, st.sampled_from([0.5, 1.0, 1e3]), st.sampled_from([1e-12, 1e-3, 2.0]), st.integers(0, 3))
def test_unit_is_the_formula(x: list[float], c: float, epsilon: float, power: int) -> None:
    found = Floats(c).unit(Scaled(np.array([x]), power), epsilon).data[0]
    with mp.workdps(50):
        y = [mpf(a) * mpf(c) ** power for a in x]
        exact = [a / mp.sqrt(mp.fdot(y, y) + mpf(epsilon)) for a in y]
        assert max(abs(mpf(float(a)) - b) for a, b in zip(found, exact, strict=True)) < 1e-14


def test_unit_reaches_both_ends_of_the_range() -> None:
    for size in (1e-320, 1e-200, 1e200, 4e307):
        found = Floats().unit(Scaled(np.array([[3.0, 4.0]]) * size), 0.0).data[0]
        np.testing.assert_allclose(found, [0.6, 0.8], rtol=1e-3 if size < 1e-300 else 1e-15)


@given(vectors, vectors, st.integers(-2, 3), st.integers(-2, 3))
def test_sums_and_products_of_powers(x: list[float], y: list[float], p: int, q: int) -> None:
    scales = np.array([0.5, 2.0, 8.0])
    ops, n = Floats(scales), min(len(x), len(y))
    left, right = np.array([x[:n]]), np.array([y[:n]])
    column = scales[:, None]
    total = ops.at_scales(ops.add(Scaled(left, p), Scaled(right, q)))
    size = np.abs(left * column**p) + np.abs(right * column**q)
    assert (np.abs(total - (left * column**p + right * column**q)) <= 1e-15 * size + 1e-300).all()
    product = ops.at_scales(ops.multiply(Scaled(left, p), Scaled(right, q)), degree=q)
    np.testing.assert_allclose(product, left * right * column**p, rtol=1e-14)


@pytest.mark.parametrize("dtype", DTYPES)
def test_beyond_the_range_a_value_is_infinite_and_zero_stays_zero(dtype: type) -> None:
    value = Scaled(np.array([[0.5, 0.0, -0.25]], dtype), 2)
    found = Floats([1e3, 1e30, 1e200], dtype).at_scales(value)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found[0], np.array([5e5, 0.0, -2.5e5], dtype))
    np.testing.assert_array_equal(found[2], [np.inf, 0.0, -np.inf])
    expected = [np.inf, 0.0, -np.inf] if dtype is np.float32 else [5e59, 0.0, -2.5e59]
    np.testing.assert_allclose(found[1], expected, rtol=1e-15)


def test_small_numbers_at_large_scales_are_written_out() -> None:
    found = Floats(1e30, np.float32).at_scales(Scaled(np.array([[1e-30]], np.float32), 2))
    np.testing.assert_allclose(found, [[1e30]], rtol=1e-5)


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=6), st.sampled_from([0.5, 1.0, 4.0]), st.integers(0, 4), st.data())
def test_softmax_is_the_formula(scores: list[float], c: float, power: int, data: st.DataObject) -> None:
    seen = np.array(data.draw(st.lists(st.booleans(), min_size=len(scores), max_size=len(scores)).filter(any)))
    found = Floats(c).softmax(Scaled(np.array([scores]), power), seen).data[0]
    with mp.workdps(60):
        powers = [mp.exp(mpf(s) * mpf(c) ** power) if v else mpf(0) for s, v in zip(scores, seen, strict=True)]
        exact = [float(e / mp.fsum(powers)) for e in powers]
    np.testing.assert_allclose(found, exact, rtol=0, atol=1e-11)
    assert (found[~seen] == 0).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("c", [1e-60, 1e-12, 1.0, 1e12, 1e60])
def test_softmax_at_extreme_scales(dtype: type, c: float) -> None:
    data = np.array([[1.0, 3.0, 3.0, 2.0]], dtype)
    found = Floats(c, dtype).softmax(Scaled(data, 4), np.array([True, True, True, False])).data[0]
    np.testing.assert_allclose(found[:3], [1 / 3] * 3 if c < 1 else ([0, 0.5, 0.5] if c > 1 else found[:3]), rtol=1e-6)
    assert found[3] == 0
    assert found.sum() == pytest.approx(1, rel=1e-6)


@pytest.mark.parametrize("name", ["relu", *ACTIVATIONS])
@pytest.mark.parametrize("power", [0, 1, 3])
def test_activations_are_the_formulas(name: str, power: int) -> None:
    x, scales = np.linspace(-4, 4, 33), [0.5, 1.0, 3.0]
    ops = Floats(scales)
    found = ops.at_scales(ops.activation(Scaled(x[None], power), name))
    for row, c in zip(found, scales, strict=True):
        with mp.workdps(40):
            exact = np.array([float(activate(name, mpf(a) * mpf(c) ** power)) for a in x])
        np.testing.assert_allclose(row, exact, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_gate_ends_where_it_says(name: str) -> None:
    kind = ACTIVATIONS[name]
    np.testing.assert_array_equal(kind.gate(np.array([-1e3, 1e3])), [kind.low, 1.0])
    x = np.array([3.0, 6.0])
    outer = np.log(np.maximum(np.abs(kind.gate(-x) - kind.low), 1e-320))
    decay = (outer[0] - outer[1]) / (kind.rate * (6.0**kind.power - 3.0**kind.power))
    assert 0.95 < decay < 1.4
