"""Series where they are easily wrong: rows of very different sizes, cancellations, flat terms, remainders at edge shapes.

The rows of the table of asymptotic rules are checked one operation at a time, against sixty digits.
"""

import math
import pickle

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf

from sattheory.arithmetic.activations import ACTIVATIONS
from sattheory.arithmetic.operations import Undecided
from sattheory.arithmetic.series import EXACT, SeriesArithmetic
from sattheory.errors import InputError

OPS = SeriesArithmetic(6)
PHI = {
    "gelu": lambda x: x * mpmath.ncdf(x),
    "gelu_tanh": lambda x: x * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpf("0.044715") * x**3))) / 2,
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "tanh": mpmath.tanh,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "relu": lambda x: max(x, mpf(0)),
}


def series(degree, *rows, remainder=EXACT, ops=OPS):
    return ops.series(degree, np.array(rows, dtype=float), remainder)


def test_a_small_row_beside_a_huge_one_is_not_zero():
    """LN of (0, 1) is (−1, 1)/√2, also when another token has size 10¹³."""
    found = OPS.unit(OPS.centre(OPS.parameter(np.array([[1e13, 0.0], [0.0, 1.0]]))), 0.0)
    assert found.symbol[1] == pytest.approx([-math.sqrt(0.5), math.sqrt(0.5)])


def test_a_row_that_a_norm_blows_up_does_not_blur_the_others():
    """Scores 1 and 0.9999 do not tie because a third token was 10⁻⁹ long before its norm."""
    y = OPS.unit(OPS.centre(OPS.add(OPS.parameter(np.array([[1.0, 0], [1e-9, 0]])), OPS.parameter(np.ones(2)))), 0.0)
    weights = OPS.softmax(OPS.linear(y, np.array([[1, 0.0], [1 - 1e-4, 0]])), None)
    assert weights.symbol[0].tolist() == [1.0, 0.0]
    assert not weights.decision.assumed[0]


def test_a_norm_of_nothing_loses_no_order():
    """LN(ReLU(−c − 1 + O(c^{−5}))) is 0 and nothing else, and leaves what it is added to as well known as before."""
    dead = OPS.activation(series(1, [-1.0, -2.0], [-1.0, -1.0], remainder=-5), "relu")
    found = OPS.unit(OPS.centre(dead), 0.0)
    assert (found.remainder, bool(found.symbol.any()), bool(found.void.all())) == (EXACT, False, True)
    other = series(1, [2.0, 3.0], remainder=-4)
    assert OPS.add(other, found).remainder == -4


def test_noise_of_a_lower_order_stays_there():
    """A near-cancellation at c¹ does not turn a difference at c² into a tie."""
    nearly = OPS.linear(OPS.constant(np.array([[1.0, 1.0]])), np.array([[1, -1 + 1e-9], [0, 0]]))
    x = OPS.add(OPS.linear(OPS.parameter(np.array([[1.0, 0]])), np.eye(2)), nearly)
    assert OPS.softmax(OPS.linear(x, np.array([[1, 0.0], [1 - 1e-5, 0]])), None).symbol.tolist() == [[1.0, 0.0]]


def test_noise_is_followed_through_a_second_cancellation():
    """(1, 1 + 10⁻⁶, 1 + 3·10⁻⁶) centred and normalised sums to zero but for 10⁻¹⁰ of rounding: an assumed zero, not a score."""
    y = OPS.unit(OPS.centre(OPS.parameter(np.array([[1.0, 1 + 1e-6, 1 + 3e-6]]))), 0.0)
    total = OPS.linear(y, np.ones((1, 3)))
    assert not OPS.softmax(OPS.add(total, OPS.parameter(np.zeros(2))), None).symbol.std()
    assert not total.symbol.any()


def test_the_norm_of_one_number_has_no_further_terms():
    """x/|x| is ±1: the orders of √(x²) cancel exactly, and what rounding leaves of them is cleared."""
    y = OPS.unit(series(1, [[0.3]], [[0.7]], [[1.9]], [[-0.1]]), 0.0)
    assert y.coefficients.tolist() == [[[1.0]]]


@pytest.mark.parametrize("name", ["tanh", "silu", "gelu"])
def test_a_tiny_argument_is_not_zero(name):
    """φ(10⁻¹⁴/c) is 10⁻¹⁴/c (tanh) or half of it, not 0 + O(c⁻⁶)."""
    found = OPS.activation(series(-1, [[1e-14]]), name)
    assert found.degree == -1
    assert found.symbol[0, 0] == pytest.approx(1e-14 if name == "tanh" else 5e-15)


def test_an_activation_keeps_the_magnitudes():
    """What is 10⁻¹⁰ after a cancellation of ones is known to six digits, after GELU as well."""
    x = OPS.series(1, np.array([[[1e-10]]]), magnitude=np.ones(1))
    assert OPS.activation(x, "gelu").magnitude.max() >= 1


@pytest.mark.parametrize("epsilon", [0.0, 0.5])
@pytest.mark.parametrize("row", [[[0.0, 0.0]], [[3.0, 3.0]], [[5.0]]])
def test_constant_vectors(row, epsilon):
    """LN of a constant (or of one number) is 0, exactly, with ε and without."""
    found = OPS.unit(OPS.centre(OPS.parameter(np.array(row))), epsilon)
    assert found.vanishes
    assert found.flat is None


def test_layer_norm_of_a_vector_that_vanishes_to_first_order():
    """c(1, 1) + (1, −1): LN sees the second order; one order is lost."""
    found = OPS.unit(OPS.centre(series(1, [[1.0, 1.0]], [[1.0, -1.0]], remainder=-2)), 0.0)
    assert found.symbol[0] == pytest.approx([math.sqrt(0.5), -math.sqrt(0.5)])
    assert found.remainder == -2


def test_unknown_rows_are_refused():
    with pytest.raises(Undecided, match=r"every coefficient from c\^1 to c\^0 vanishes.*more terms"):
        OPS.unit(OPS.centre(series(1, [[1.0, 1.0]], remainder=-1)), 0.0)
    with pytest.raises(Undecided, match=r"known down to c\^1 only.*more terms"):
        OPS.unit(OPS.centre(series(1, [[1.0, 1.0]], remainder=0)), 0.5)


def test_a_flat_row_with_unknown_powers_is_not_given_the_direction_of_its_flat_term():
    ops = SeriesArithmetic(6, flat_terms=True)
    weights = ops.softmax(series(2, [[1.0, 0.0]], ops=ops), None)
    x = ops.matmul(weights, ops.constant(np.array([[0.0, 0.0], [1.0, -1.0]])))
    assert ops.unit(x, 0.0).symbol[0] == pytest.approx([math.sqrt(0.5), -math.sqrt(0.5)])
    with pytest.raises(Undecided, match="more terms"):
        ops.unit(ops.add(x, series(-2, [[0.0, 0.0]], remainder=-3, ops=ops)), 0.0)


def test_the_next_flat_term_decides_where_the_first_is_not_seen():
    """Losers with gaps 1 and 2 sit in coordinates 1 and 2; a map that drops coordinate 1 leaves the second, not zero."""
    ops = SeriesArithmetic(6, flat_terms=True)
    weights = ops.softmax(series(2, [[2.0, 1.0, 0.0]], ops=ops), None)
    x = ops.matmul(weights, ops.constant(np.array([[0.0, 0], [1, 0], [0, 3]])))
    assert ops.unit(ops.linear(x, np.array([[0.0, 1], [0, 1]])), 0.0).symbol[0] == pytest.approx([math.sqrt(0.5)] * 2)
    assert ops.unit(x, 0.0).symbol[0].tolist() == [1.0, 0.0]


def test_a_flat_term_that_cancels_is_undecided():
    """The slowest loser's value is constant, LN removes it, and the next loser was in the same coordinates: no guess."""
    ops = SeriesArithmetic(6, flat_terms=True)
    weights = ops.softmax(series(2, [[2.0, 1.0, 0.0]], ops=ops), None)
    x = ops.matmul(weights, ops.constant(np.array([[0.0, 0], [1, 1], [0, 3]])))
    with pytest.raises(Undecided, match="leading exponentially small term of this row vanishes too"):
        ops.unit(ops.centre(x), 0.0)


def test_flat_terms_meet_biases():
    """A flat term of shape (n, d) plus a bias of shape (d,): several powers in the exponent, fewer axes in the bias."""
    ops = SeriesArithmetic(6, flat_terms=True)
    x = ops.activation(series(2, [[-1.0, 2.0]], [[1.0, 1.0]], ops=ops), "silu")
    assert ops.add(x, ops.parameter(np.ones(2))).tail.exponent.shape == (2, 1, 2)


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_flat_term_of_an_activation(name):
    """φ(x) − its saturated value is P(a)e^(−E(a)): against sixty digits, at both signs and with lower orders."""
    ops = SeriesArithmetic(8, flat_terms=True)
    rows = [[[-1.5, 2.0]], [[0.5, -1.0]], [[0.25, 0.5]]]
    tail = ops.activation(series(1, *rows, ops=ops), name).tail
    with mp.workdps(900):
        c = mpf({"gelu_tanh": 12, "gelu": 30}.get(name, 60))
        for i in range(2):
            x = sum(mpf(row[0][i]) * c ** (1 - j) for j, row in enumerate(rows))
            limit = {"tanh": mpmath.sign(x), "sigmoid": mpf(x > 0)}.get(name, max(x, mpf(0)))
            gap = sum(mpf(float(g)) * c ** (len(tail.exponent) - k) for k, g in enumerate(tail.exponent[:, 0, i]))
            value = mpf(float(tail.value.at(float(c))[0, i]))
            assert float((PHI[name](x) - limit) * mpmath.exp(gap) / value) == pytest.approx(1, abs=2e-3)


# The table of rules: operation, degree in, degree out, order of the relative error (None: flat, 0: exact).
ROWS = [
    ("relu", 2, 2, 1),
    ("gelu", 2, 2, 1),
    ("silu", 2, 2, 1),
    ("gelu_tanh", 2, 2, 1),
    ("tanh", 2, 0, None),
    ("sigmoid", 2, 0, None),
    ("tanh", 0, 0, 1),
    ("sigmoid", 0, 0, 1),
    ("gelu", 0, 0, 1),
    ("tanh", -1, -1, 1),
    ("silu", -1, -1, 1),
    ("gelu", -1, -1, 1),
    ("sigmoid", -1, 0, 1),
    ("norm", 2, 0, 1),
    ("norm", -1, 0, 1),
    ("norm with ε", 1, 0, 1),
    ("norm with ε", 0, 0, 1),
    ("norm with ε", -1, -1, 1),
    ("softmax", 2, 0, None),
    ("softmax", 0, 0, 1),
    ("softmax", -1, 0, 1),
]


def applied(name, x):
    if name == "softmax":
        return OPS.softmax(x, None)
    return OPS.unit(x, 0.5 if "ε" in name else 0.0) if name.startswith("norm") else OPS.activation(x, name)


def exactly(name, x):
    if name == "softmax":
        powers = [mpmath.exp(v - max(x)) for v in x]
        return [p / sum(powers) for p in powers]
    if name.startswith("norm"):
        length = mpmath.sqrt(sum(v * v for v in x) + (mpf("0.5") if "ε" in name else 0))
        return [v / length for v in x]
    return [PHI[name](v) for v in x]


@pytest.mark.parametrize(("name", "given", "degree", "order"), ROWS)
@pytest.mark.parametrize("seed", range(3))
@mp.workdps(60)
def test_rows_of_the_table(name, given, degree, order, seed):
    rows = np.random.default_rng(seed).integers(1, 9, (2, 1, 4)) * np.array([1, -1, 1, -1]) + np.array([0, 0.5, 0.25, 0.125])
    found = applied(name, OPS.series(given, rows))
    assert found.degree == degree
    scales = [mpf(10) ** 6, mpf(10) ** 7]
    errors = []
    for c in scales:
        values = exactly(name, [sum(mpf(float(rows[j, 0, i])) * c ** (given - j) for j in range(2)) for i in range(4)])
        errors.append(max(abs(v / c**degree - mpf(float(s))) for v, s in zip(values, found.symbol[0], strict=True)))
    if order is None:
        assert max(errors) < mpf(10) ** -15
        assert found.remainder == EXACT
    else:
        assert float(mpmath.log10(errors[0] / errors[1])) == pytest.approx(order, abs=0.01)
        assert np.abs(found.coefficients[order]).max() == pytest.approx(float(errors[1] * scales[1] ** order), rel=1e-4)


def test_masks_and_edge_shapes():
    one = OPS.softmax(series(3, [[2.0]]), None)
    assert one.symbol.tolist() == [[1.0]]
    assert one.flat is None
    masked = OPS.softmax(series(3, [[2.0, 5.0]]), np.array([[True, False]]))
    assert masked.symbol.tolist() == [[1.0, 0.0]]
    assert masked.flat is None


def test_what_a_series_refuses():
    with pytest.raises(InputError, match="known down to"):
        series(1, [1.0], remainder=0).coefficient(0)
    with pytest.raises(InputError, match="terms=0"):
        SeriesArithmetic(0)


def test_pickling():
    x = series(1, [[1.0, 2.0]], remainder=-1)
    assert np.array_equal(pickle.loads(pickle.dumps(x)).coefficients, x.coefficients)


def test_a_gain_that_clears_the_large_entries_keeps_the_noise_of_the_others():
    """(1, 10⁻¹⁷) known to 10⁻¹⁶, times (0, 2), is zero for all that is known."""
    x = OPS.series(0, np.array([[[1.0, 1e-17]]]))
    assert not OPS.multiply(x, OPS.parameter(np.array([0.0, 2.0]))).symbol.any()


def test_products_after_an_exchange_of_axes():
    x = OPS.swapaxes(OPS.parameter(np.array([[1.0, 2, 3], [4, 5, 6]])), -1, -2)
    assert OPS.multiply(x, OPS.constant(np.array(2.0))).symbol.tolist() == [[2, 8], [4, 10], [6, 12]]


def test_soft_weights_of_bounded_scores_far_apart():
    """The first of the tied keys lies 1000 below the second: no overflow."""
    assert OPS.softmax(series(1, [[1.0, 1.0]], [[0.0, 1000.0]]), None).symbol.tolist() == [[0.0, 1.0]]


def tied(*bounded, size, others=(), below=0.0):
    """Scores c⁴ + b + below/c of each key, b from numbers of a given size; further queries that are decided at c⁴."""
    coefficients = np.zeros((6, 1 + len(others), len(bounded)))
    coefficients[0] = [np.ones(len(bounded)), *others]
    coefficients[4], coefficients[5] = bounded, below
    magnitude = np.full((6, 1 + len(others), 1), [[[max(1.0, below)]]])
    magnitude[4] = size
    return OPS.series(4, coefficients, magnitude=magnitude)


def test_soft_weights_are_right_or_refused():
    """Numbers of size M leave 10⁻¹²M in the difference ln 3: it counts for little at M = 10⁵, for too much at 10⁷."""
    weights = OPS.softmax(tied(math.log(3), 0.0, size=1e5), None)
    assert weights.symbol == pytest.approx(np.array([[0.75, 0.25]]), abs=1e-12)
    with pytest.raises(Undecided, match=r"tie in every positive power and differ by 1\.1") as found:
        OPS.softmax(tied(math.log(3), 0.0, size=1e7), None)
    assert (found.value.kind, found.value.index) == ("tolerance", (0,))


def test_a_difference_lost_in_rounding_is_refused_and_equal_scores_are_not():
    """A difference of 0.01 from numbers of size 10¹¹ (noise 0.1) counts as zero; of 10⁻⁷ it changes no digit that counts."""
    with pytest.raises(Undecided, match=r"differ by 0\.01 at c"):
        OPS.softmax(tied(0.51, 0.5, size=1e11), None)
    for b in (0.5, 0.5 + 1e-7):
        assert OPS.softmax(tied(b, 0.5, size=1e11), None).symbol.tolist() == [[0.5, 0.5]]


def test_what_is_left_of_a_coefficient_that_counts_as_noise_is_refused():
    """0.01 and 0.02 from numbers of size 10¹¹ are cleared: the scores are equal then, which says nothing."""
    scores = tied(0.01, 0.02, size=1e11, below=1.0)
    assert not scores.coefficients[4].any()
    with pytest.raises(Undecided, match=r"where rounding leaves 0\.1"):
        OPS.softmax(scores, None)


def test_weights_that_are_noise_themselves_are_refused():
    """Equal scores from numbers of size 10¹⁴: weights of ½ ± 50."""
    with pytest.raises(Undecided, match="rounding leaves 50 in its weights") as found:
        OPS.softmax(tied(1e3, 1e3, size=1e14), None)
    assert found.value.index == (0,)


def test_a_single_winner_is_certain_whatever_lies_below():
    """The second query is decided at c⁴, so numbers of size 10¹⁴ at c^0 are no error of its weights."""
    scores = tied(1e3, 1e3 + math.log(3), size=[[1.0], [1e14]], others=[[1.0, 3.0]])
    weights = OPS.softmax(scores, None)
    assert weights.symbol == pytest.approx(np.array([[0.25, 0.75], [0.0, 1.0]]), abs=1e-12)
    assert weights.magnitude[0, 1] == pytest.approx(1, abs=0.5)


def test_a_blurred_difference_that_is_large_decides():
    """A difference of 40 ± 10⁻⁴: the weight e^{−40} is known to four digits only, and all of it is nothing."""
    assert OPS.softmax(tied(40.0, 0.0, size=1e8), None).symbol == pytest.approx(np.array([[1.0, 0.0]]), abs=1e-15)
