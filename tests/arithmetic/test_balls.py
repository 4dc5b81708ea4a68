"""Balls one operation at a time, then whole networks: points inside the inputs, computed exactly, must lie in the outputs.

Points are fractions; sums and products of them are taken in fractions, everything else in mpmath at 120 digits, which is far more
than the balls have.  Where a range is claimed to be sharp, the corners of a box of inputs must nearly reach its ends.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from sattheory.arithmetic.balls import Balls, Enclosure
from sattheory.arithmetic.enclosures import ball, sums_of_others, within
from sattheory.arithmetic.operations import Undecided
from sattheory.arithmetic.reals import Root
from sattheory.errors import InputError
from tests.network.agreement import Case, case, choices
from tests.oracle import activate, number

DIGITS = 120
NAMES = ("relu", "gelu", "gelu_tanh", "silu", "tanh", "sigmoid")
Points = np.ndarray[Any, Any]


def exact(x: arb) -> Any:
    """Turn an exact ball into an mpf, exactly when the precision holds its digits."""
    mantissa, exponent = x.man_exp()
    return mp.ldexp(mpf(int(mantissa)), int(exponent))


def lies_in(x: arb, value: Any, slack: Any = 0) -> bool:
    """Say whether a number known to 110 digits lies in a ball."""
    value = number(value)
    return bool(abs(value - exact(x.mid())) <= exact(x.rad()) + slack + abs(value) * mpf(10) ** -110)


def all_lie_in(found: Enclosure, values: Points) -> bool:
    with mp.workdps(DIGITS):
        pairs = zip(found.balls.ravel(), np.broadcast_to(values, found.shape).ravel(), strict=True)
        return all(lies_in(x, value) for x, value in pairs)


def enclosure(*rows: list[Any]) -> Enclosure:
    """Make a matrix of balls: an entry is a number, or a pair of midpoint and radius."""
    cells = [[arb(ball(e[0]), ball(e[1])) if isinstance(e, tuple) else ball(e) for e in row] for row in rows]
    out = np.empty((len(rows), len(rows[0])), dtype=object)
    out[:] = cells
    return Enclosure(out)


@st.composite
def matrices(draw: st.DrawFn, n: int = 2, d: int = 3) -> tuple[Enclosure, Points]:
    """Draw a matrix of balls of all sizes, exact ones among them, and a point in each."""
    balls, points = np.empty((n, d), dtype=object), np.empty((n, d), dtype=object)
    for index in np.ndindex(n, d):
        mid = draw(st.integers(-9, 9)) * Fraction(2) ** draw(st.sampled_from([-90, -3, 0, 0, 2, 100]))
        radius = draw(st.sampled_from([0, 0, 1, 3])) * Fraction(2) ** draw(st.sampled_from([-100, -20, 0, 2, 40]))
        balls[index] = arb(ball(mid), ball(radius))
        points[index] = mid + radius * Fraction(draw(st.integers(-12, 12)), 12)
    return Enclosure(balls), points


def in_mpmath(function: Callable[[Any], Any]) -> Callable[[Points], Points]:
    """Apply a function of rows of mpf to each row of fractions."""
    return lambda x: np.array([function([number(v) for v in row]) for row in x], dtype=object)


def normalised(row: list[Any], epsilon: Fraction = Fraction(0)) -> list[Any]:
    square = mp.fdot(row, row) + number(epsilon)
    return [v / mp.sqrt(square) if square else mpf(0) for v in row]


def distribution(row: list[Any], seen: tuple[bool, ...] = (True, True, True)) -> list[Any]:
    top = max(v for v, s in zip(row, seen, strict=True) if s)
    powers = [mp.exp(v - top) if s else mpf(0) for v, s in zip(row, seen, strict=True)]
    return [p / mp.fsum(powers) for p in powers]


SCALE, THIRD, MASK = Fraction(25, 3), Fraction(1, 3), (True, False, True)
WEIGHT = np.array([[Fraction(1, 3), Fraction(-2), Fraction(1)], [Fraction(0), Fraction(1, 7), Fraction(5)]], dtype=object)
ROW = np.array([0.1, 2.0, 0.0])
SINGLE: dict[str, tuple[Callable[[Balls, Enclosure], Enclosure], Callable[[Points], Points]]] = {
    "linear": (lambda ops, x: ops.linear(x, WEIGHT), lambda x: SCALE * (x @ WEIGHT.T)),
    "parameter": (lambda ops, x: ops.add(x, ops.parameter(ROW)), lambda x: x + [SCALE * Fraction(v) for v in ROW]),
    "constant": (lambda ops, x: ops.multiply(x, ops.constant(WEIGHT[:1])), lambda x: x * WEIGHT[:1]),
    "root": (lambda ops, x: ops.multiply(x, ops.constant(Root(THIRD))), in_mpmath(lambda r: [v / mp.sqrt(3) for v in r])),
    "centre": (lambda ops, x: ops.centre(x), lambda x: x - x.sum(axis=-1, keepdims=True) / Fraction(x.shape[-1])),
    "square": (lambda ops, x: ops.multiply(x, x), lambda x: x * x),
    "double": (lambda ops, x: ops.add(x, x), lambda x: x + x),
    "gram": (lambda ops, x: ops.matmul(x, ops.swapaxes(x, -1, -2)), lambda x: x @ x.T),
    "unit": (lambda ops, x: ops.unit(x, 0), in_mpmath(normalised)),
    "unit with ε": (lambda ops, x: ops.unit(x, THIRD), in_mpmath(lambda r: normalised(r, THIRD))),
    "unit with small ε": (lambda ops, x: ops.unit(x, 1e-5), in_mpmath(lambda r: normalised(r, Fraction(1e-5)))),
    "softmax": (lambda ops, x: ops.softmax(x, None), in_mpmath(distribution)),
    "masked": (lambda ops, x: ops.softmax(x, np.array(MASK)), in_mpmath(lambda r: distribution(r, MASK))),
    "reshape": (lambda ops, x: ops.reshape(x, (x.shape[1], x.shape[0])), lambda x: x.reshape(x.shape[::-1])),
    **{
        name: (lambda ops, x, n=name: ops.activation(x, n), in_mpmath(lambda r, n=name: [activate(n, v) for v in r]))
        for name in NAMES
    },
}
bits = st.sampled_from([2, 30, 128, 300])


@pytest.mark.parametrize("name", SINGLE)
@given(matrices(), bits)
@settings(max_examples=100)
def test_points_stay_inside(name: str, x: tuple[Enclosure, Points], precision: int) -> None:
    apply, reference = SINGLE[name]
    with mp.workdps(DIGITS):
        values = reference(x[1])
    assert all_lie_in(apply(Balls(SCALE, precision), x[0]), values)


@given(matrices(), matrices(), bits)
def test_points_of_two_stay_inside(x: tuple[Enclosure, Points], y: tuple[Enclosure, Points], precision: int) -> None:
    ops = Balls(1, precision)
    assert all_lie_in(ops.add(x[0], y[0]), x[1] + y[1])
    assert all_lie_in(ops.multiply(x[0], y[0]), x[1] * y[1])
    assert all_lie_in(ops.matmul(x[0], ops.swapaxes(y[0], -1, -2)), x[1] @ y[1].T)


CORNERS = {
    "softmax": ([(0.5, 1.0), (2.0, 3.0), (-1.0, 0.25)], lambda ops, x: ops.softmax(x, None), distribution),
    "unit": ([(0.5, 0.25), (-2.0, 1.0), (3.0, 0.5)], lambda ops, x: ops.unit(x, THIRD), lambda r: normalised(r, THIRD)),
    "centre": ([(0.5, 0.25), (-2.0, 1.0), (3.0, 0.5)], lambda ops, x: ops.centre(x), lambda r: [v - mp.fsum(r) / 3 for v in r]),
    "tanh": ([(0.5, 1.0), (2.0, 0.5)], lambda ops, x: ops.activation(x, "tanh"), lambda r: [mp.tanh(v) for v in r]),
    "sigmoid": (
        [(0.5, 9.0), (2.0, 0.5)],
        lambda ops, x: ops.activation(x, "sigmoid"),
        lambda r: [1 / (1 + mp.exp(-v)) for v in r],
    ),
}


@pytest.mark.parametrize("name", CORNERS)
def test_ranges_of_wide_balls_are_sharp(name: str) -> None:
    box, apply, reference = CORNERS[name]
    found = apply(Balls(), enclosure(box)).balls[0]
    with mp.workdps(DIGITS):
        corners = [reference([mpf(m) + s * mpf(r) for (m, r), s in zip(box, signs, strict=True)]) for signs in _signs(len(box))]
        for x, values in zip(found, zip(*corners, strict=True), strict=True):
            assert abs(exact(x.lower()) - min(values)) < 1e-8
            assert abs(exact(x.upper()) - max(values)) < 1e-8
            assert exact(x.lower()) <= min(values)
            assert exact(x.upper()) >= max(values)


def _signs(count: int) -> list[tuple[int, ...]]:
    return list(itertools.product((-1, 1), repeat=count))


@pytest.mark.parametrize("precision", [64, 128, 1000])
@pytest.mark.parametrize("name", SINGLE)
def test_exact_inputs_lose_few_bits(name: str, precision: int) -> None:
    found = SINGLE[name][0](Balls(SCALE, precision), enclosure([0.5, -3.0, 1.25], [7.0, 0.125, -0.75]))
    with mp.workprec(precision):
        for x in found.balls.ravel():
            assert exact(x.rad()) <= 2 ** mpf(6 - precision) * max(1, abs(exact(x.mid())))


@pytest.mark.parametrize("c", [10**9, "1e100", Fraction(10**100, 3)])
def test_huge_gaps_give_tiny_weights(c: Any) -> None:
    size = int(Fraction(c) ** 4)
    found = Balls(c).softmax(enclosure([size, 0, size], [0, size, -size], [(10**30, 10**30 // 3), 0, -size]), None).balls
    assert all(abs(w - arb(1) / 2).abs_upper() < arb(10) ** -30 for w in (found[0, 0], found[0, 2]))
    for tiny in (found[0, 1], found[1, 0], found[2, 1], found[2, 2]):
        assert tiny.abs_upper() < arb((1, -(10**29)))
    assert all(abs(w - 1).abs_upper() < arb(10) ** -30 for w in (found[1, 1], found[2, 0]))


def test_a_score_without_a_place_leaves_weights_between_0_and_1() -> None:
    found = Balls().softmax(enclosure([(0, 10**36), 1, 0]), None).balls[0]
    for x, top in zip(found, [1, 0.7311, 0.2690], strict=True):
        assert abs(x.lower()) < 1e-8
        assert abs(float(x.upper()) - top) < 1e-4


def test_masked_weights_are_exactly_zero_and_a_single_one_exactly_one() -> None:
    mask = np.array([[True, False], [False, True], [False, False]])
    found = Balls().softmax(enclosure([(0, 9), 5], [10**40, (1, 2)], [1, 2]), mask).balls
    assert found.tolist() == [[arb(1), arb(0)], [arb(0), arb(1)], [arb(0), arb(0)]]
    assert all(w.is_exact() for w in found.ravel())


def test_exact_ties_are_exact() -> None:
    found = Balls(3).softmax(enclosure([1.5, 1.5, -(10.0**20)]), np.array([True, True, False])).balls[0]
    assert found[0] == found[1] == arb(1) / 2


@pytest.mark.parametrize("norm", [0, Fraction(1, 3)])
def test_the_unit_of_zero_is_exactly_zero(norm: Any) -> None:
    assert all(x.is_zero() for x in Balls().unit(enclosure([0, 0, 0]), norm).balls.ravel())


def test_a_row_that_may_be_zero_has_a_unit_all_the_same() -> None:
    small = Fraction(1, 2**500)
    found = Balls().unit(enclosure([(0, small), (0, small), 0], [(2 * small, small), (0, 1), (1, 1)]), 0).balls
    for x in (found[0, 0], found[0, 1], found[1, 1]):
        assert x.lower() < -0.999999
        assert x.upper() > 0.999999
        assert x.abs_upper() < 1.00000001
    assert found[0, 2].is_zero()
    assert found[1, 0].lower() > -1e-8


def test_nearly_equal_entries_keep_their_digits() -> None:
    """The norm of a row that is constant to within 10⁻⁶⁰: its direction survives a centre in exact numbers."""
    step = Fraction(1, 2**200)
    ops = Balls(1, 300)
    found = ops.unit(ops.centre(enclosure([1, 1 + step, 1 - step])), 0).balls[0]
    assert [float(x) for x in found] == pytest.approx([0, 0.5**0.5, -(0.5**0.5)], abs=1e-15)


@given(st.floats(-1e300, 1e300), st.integers(1, 9), bits)
def test_constant_rows_are_centred_to_exact_zero(value: float, d: int, precision: int) -> None:
    assert all(x.is_zero() for x in Balls(1, precision).centre(enclosure([value] * d)).balls.ravel())


def test_one_entry_is_centred_to_exact_zero_only_if_it_is_one() -> None:
    assert Balls().centre(enclosure([(3, 2)])).balls[0, 0].is_zero()
    assert not Balls().centre(enclosure([(3, 2), (3, 2)])).balls[0, 0].is_zero()


@pytest.mark.parametrize("size", [30, 100, 4000])
@pytest.mark.parametrize("name", NAMES)
def test_activations_far_out(name: str, size: int) -> None:
    x = Fraction(10) ** size
    right, left = Balls().activation(enclosure([x, -x]), name).balls[0]
    grows = name in ("relu", "gelu", "gelu_tanh", "silu")
    limit = ball(x) if grows else arb(1)
    assert (abs(right - limit) / limit).abs_upper() < 1e-36
    assert abs(left + (1 if name == "tanh" else 0)).abs_upper() < 1e-36
    if name not in ("tanh", "relu"):
        assert left.abs_upper() < arb((1, -(10**29)))


@pytest.mark.parametrize("name", ["gelu", "gelu_tanh", "silu"])
def test_gated_activations_keep_their_range(name: str) -> None:
    """Neither a wide ball nor one on the far left leaves [−5/16, max(x, 0)], within which the functions are."""
    wide, far, near = Balls().activation(enclosure([(0, 10**36), (-(10**36), 10**35), (-2, 1)]), name).balls[0]
    assert wide.lower() > -(10**28)
    assert wide.upper() < arb(10) ** 36 * 1.0000001
    assert far.abs_upper() < 1e-30
    assert near.lower() > -0.32
    with mp.workdps(30):
        assert min(activate(name, mpf(k) / 64) for k in range(-640, 64)) > mpf(-5) / 16


def test_gelu_on_the_left_has_relative_digits() -> None:
    found = Balls().activation(enclosure([-40.0]), "gelu").balls[0, 0]
    with mp.workdps(60):
        assert lies_in(found, activate("gelu", mpf(-40)), mpf(10) ** -400)
    assert found.rad() < abs(found.mid()) * 1e-30


def test_batches_may_be_empty() -> None:
    ops, x = Balls(), Enclosure(np.empty((0, 2, 3), dtype=object))
    for name, (apply, _) in SINGLE.items():
        if name not in ("reshape", "gram"):
            assert apply(ops, x).shape == (0, 2, 2 if name == "linear" else 3)
    assert ops.matmul(x, ops.swapaxes(x, -1, -2)).shape == (0, 2, 2)


def test_precision_belongs_to_the_operation() -> None:
    before, third = ctx.prec, np.array([Fraction(1, 3)], dtype=object)
    for precision in (40, 500):
        radius = Balls(1, precision).constant(third).balls[0].rad()
        assert arb(2) ** (-precision - 3) < radius < arb(2) ** (2 - precision)
    with pytest.raises(Undecided, match="no bound"):
        Balls(1, 40).multiply(Enclosure(np.array([[arb(1), arb("nan")]])), Balls().constant(np.ones(1)))
    assert ctx.prec == before


def test_what_has_no_bound_is_not_returned() -> None:
    wild = Enclosure(np.array([[arb(1), arb(0)], [arb(0), arb(0, float("inf"))]], dtype=object))
    with pytest.raises(Undecided) as caught:
        Balls().multiply(wild, wild)
    assert (caught.value.operation, caught.value.index, caught.value.kind) == ("multiply", (1, 1), "precision")


@pytest.mark.parametrize("bad", [np.inf, np.nan])
@pytest.mark.parametrize("take", ["constant", "parameter"])
def test_numbers_are_finite(take: str, bad: float) -> None:
    with pytest.raises(InputError, match=r"entry \[1\]"):
        getattr(Balls(), take)(np.array([1.0, bad]))


@pytest.mark.parametrize("scale", [0, -1, -0.5, "0", "-1/3", "1/0", "x", None, float("nan"), float("inf"), 1j])
def test_scales_are_positive_rationals(scale: Any) -> None:
    with pytest.raises(InputError, match="scale"):
        Balls(scale)


@pytest.mark.parametrize("precision", [1, 0, -5, 1_000_001, 64.0, "64"])
def test_precisions_have_a_range(precision: Any) -> None:
    with pytest.raises(InputError, match="2 to 1000000"):
        Balls(1, precision)


@pytest.mark.parametrize(
    ("scale", "exactly"), [(0.1, Fraction(0.1)), ("0.1", Fraction(1, 10)), ("25/2", Fraction(25, 2)), (7, 7)]
)
def test_a_scale_is_taken_exactly(scale: Any, exactly: Fraction) -> None:
    assert Balls(scale).scale == exactly
    found = Balls(scale, 4000).parameter(np.ones(1)).balls[0]
    with ctx.workprec(4000):
        assert abs(found - arb(exactly.numerator) / exactly.denominator).abs_upper() < arb(10) ** -1000


def test_numbers_of_other_types_are_taken_exactly_or_not_at_all() -> None:
    assert [ball(n) for n in (True, np.int64(3), Decimal("0.5"))] == [arb(1), arb(3), arb(1) / 2]
    for odd in (mpf(0.5), 0.5j):
        with pytest.raises(TypeError):
            ball(odd)


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=7))
def test_sums_of_the_others(numbers: list[int]) -> None:
    assert sums_of_others([arb(n) for n in numbers]) == [arb(sum(numbers) - n) for n in numbers]


def test_cutting_a_ball_down() -> None:
    zero, one = arb(0), arb(1)
    assert str(within(arb(1) / 2, zero, one)) == str(arb(1) / 2)
    assert within(arb("nan"), zero, one).abs_upper() < 1.00000001
    cut = within(arb(0, 0.25), zero, one)
    assert abs(cut.lower()) < 1e-8
    assert abs(cut.upper() - 0.25) < 1e-8


def outside(given_case: Case, c: Any, precision: int = 128) -> list[str]:
    """Run a batch in balls and in the oracle at 60 digits, and name what the balls do not contain."""
    output, seen = given_case.floats(Balls(c, precision))
    found = {str(place): value.balls for place, value in seen.items()} | {"output": output.balls}
    wrong = []
    with mp.workdps(DIGITS):
        for row, truth in enumerate(given_case.exact(c)):
            named = {"output": truth.output, "stream": truth.streams[0]}
            named |= {f"layer {i}, stream": stream for i, stream in enumerate(truth.streams[1:], 1)}
            for part, layers in (("attention weights", truth.weights), ("cross-attention weights", truth.cross_weights)):
                named |= {f"layer {i}, {part}": heads for i, heads in enumerate(layers, 1) if heads}
            wrong += [name for name, values in named.items() if not _contains(found[name][row], np.array(values, dtype=object))]
    return wrong


def _contains(balls: Points, values: Points) -> bool:
    slack = mpf(10) ** -55 * max((abs(v) for v in values.ravel()), default=0)
    return balls.shape == values.shape and all(lies_in(x, v, slack) for x, v in zip(balls.ravel(), values.ravel(), strict=True))


@given(choices(), st.sampled_from([0.5, "7/3", 30]), st.sampled_from(["torch", "normal", "integers", "rationals"]))
def test_networks_lie_inside(chosen: dict[str, Any], c: Any, initialisation: str) -> None:
    try:
        drawn = case(initialisation=initialisation, **chosen)
    except InputError:
        reject()
    assert outside(drawn, Fraction(c)) == []


KINDS: list[dict[str, Any]] = [
    *({"placement": p, "norm": n} for p in ("res_post", "pre", "post") for n in ("layer", "rms")),
    *({"positions": p} for p in ("learned", "sinusoidal", "relative", "alibi", "rope")),
    *({"activation": a, "gated": g} for a in NAMES for g in (False, True)),
    *({"mask": m, "padded": m == "none"} for m in ("none", "causal", "causal_multiplicative")),
    {"m": 2, "cross_attention": True, "padded": True, "embedding_norm": True, "final_norm": True, "segments": 2, "classes": 2},
]


@pytest.mark.parametrize("c", [2, 10**4])
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_kinds_of_network_lie_inside_small_balls(kind: dict[str, Any], c: int) -> None:
    drawn = case(seed=3, biases=True, epsilon=1e-5, **kind)
    assert outside(drawn, c, 160) == []
    output, _ = drawn.floats(Balls(c, 512))
    largest = max(abs(x.mid()) for x in output.balls.ravel())
    assert all(x.rad() < largest * arb(10) ** -15 for x in output.balls.ravel())


def test_fractions_are_taken_exactly() -> None:
    """Thirds in the weights and in ε: rounded to floats they would miss by 10⁻¹⁷, far more than these balls allow."""
    drawn = case(seed=1, initialisation="integers", biases=True, placement="post", epsilon=Fraction(1, 3))
    thirds = drawn.network.parameters.map(lambda _, a: np.vectorize(lambda v: Fraction(int(v), 3), otypes=[object])(a))
    drawn = Case(type(drawn.network)(drawn.network.configuration, thirds), drawn.tokens)
    assert outside(drawn, Fraction(10, 7)) == []
    output, _ = drawn.floats(Balls(Fraction(10, 7)))
    assert all(x.rad() < 1e-25 for x in output.balls.ravel())
