"""The rules of Taylor models, one at a time and where they are sharp.

In a whole network every bound has room, and a rule that says a little too little goes unseen.  Here each rule is given the
input at which it cannot be improved, or nearly so: u = u₀ + u₁ε without a remainder of its own for functions, the edge of c₀
for the growth of flat parts, a row that turns round for the norm.  What is compared with is mpmath or done by hand.
"""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx
from mpmath import mp, mpf

from sattheory.arithmetic import remainders
from sattheory.arithmetic.model_arithmetic import ModelArithmetic
from sattheory.arithmetic.models import Decay, Model, ScaleTooSmall
from sattheory.arithmetic.rings import BallRing

BITS = 200
LINES = [
    (Fraction(1, 2), Fraction(1)),
    (Fraction(3, 4), Fraction(-1, 2)),
    (Fraction(2), Fraction(-1)),
    (Fraction(1), Fraction(3)),
]
STARTS = [Fraction(3), Fraction(10), Fraction(1000)]


def phi(x):
    return x * (1 + mp.erf(x / mp.sqrt(2))) / 2


FUNCTIONS = {
    "exp": (remainders.exp, mp.exp),
    "1/u": (remainders.inverse, lambda x: 1 / x),
    "1/√u": (remainders.inverse_root, lambda x: 1 / mp.sqrt(x)),
    "gelu": (lambda ops, u: remainders.compose(ops, u, "gelu"), phi),
    "gelu_tanh": (
        lambda ops, u: remainders.compose(ops, u, "gelu_tanh"),
        lambda x: x * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (x + mpf("0.044715") * x**3))) / 2,
    ),
    "silu": (lambda ops, u: remainders.compose(ops, u, "silu"), lambda x: x / (1 + mp.exp(-x))),
    "tanh": (lambda ops, u: remainders.compose(ops, u, "tanh"), mp.tanh),
    "sigmoid": (lambda ops, u: remainders.compose(ops, u, "sigmoid"), lambda x: 1 / (1 + mp.exp(-x))),
}


def balls(entries):
    return np.array([[arb(Fraction(v).numerator) / Fraction(v).denominator for v in row] for row in entries], dtype=object)


def arithmetic(c0, terms=6):
    return ModelArithmetic(BallRing(), Fraction(c0), terms)


def exact(v):
    mantissa, exponent = v.man_exp
    return arb(int(mantissa)) * arb(2) ** int(exponent) * (-1 if v < 0 else 1)


def value_at(model, c):
    """Enclose the algebraic part at one scale; all factors are in."""
    epsilon = 1 / arb(c.numerator) * c.denominator
    total = sum((a * epsilon**j for j, a in enumerate(model.terms) if a is not None), np.full(model.shape, arb(0), dtype=object))
    total = total if model.rest is None else total + model.rest * epsilon**model.order
    return total * (arb(model.square.numerator) / model.square.denominator).sqrt() * epsilon**-model.degree


@pytest.mark.parametrize("terms", [1, 2, 3, 5])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_of_a_line_lies_within_its_remainder(name, terms):
    """f(u₀ + u₁ε) at ε₀, where nothing but the remainder of f itself is at work, and below."""
    make, true = FUNCTIONS[name]
    for (u0, u1), c0 in itertools.product(LINES, STARTS):
        if name.startswith("1/") and 2 * abs(u1) > c0 * u0:
            continue  # c₀ is too small for a remainder
        with ctx.workprec(BITS), mp.workdps(50):
            ops = arithmetic(c0, terms)
            found = make(ops, Model(0, (balls([[u0]])[0], balls([[u1]])[0]), (1,)))
            assert found.order == terms
            for c in (c0, c0 * Fraction(5, 4), 20 * c0):
                u = mpf(u0.numerator) / u0.denominator + mpf(u1.numerator) / u1.denominator * c.denominator / c.numerator
                inside = value_at(found, c)[0]
                assert (inside + arb(0, "1e-45")).contains(exact(true(u))), (u0, u1, c)
                if c >= STARTS[-1]:  # it says something
                    assert inside.rad() <= 2000 * arb(c.numerator / c.denominator) ** -terms


@pytest.mark.parametrize(("gap", "power", "v"), [(3, 1, 1), (1, 2, 3), ("1/2", 4, 2), (2, 1, -1), (1, 3, -4)])
def test_a_flat_part_that_grows_stays_below_what_it_becomes(gap, power, v):
    """c^v e^(−g(c^q − c₀^q)) ≤ F′ e^(−g′(c^q − c₀^q)), with equality at c₀; a g that is not lowered fails just above it."""
    with ctx.workprec(BITS):
        ops, rate = arithmetic(2), balls([[gap]])[0, 0]
        flat, decay = ops.grown(balls([[1]]), Decay(rate, power), v)
        assert abs(flat[0, 0] - arb(2) ** v) < 1e-50
        for c in (arb(2), arb(2) + arb(2) ** -30, arb("2.5"), arb(7)):
            step = c**power - arb(2) ** power
            assert c**v * (-rate * step).exp() <= flat[0, 0] * (-decay.gap * step).exp() * (1 + arb(2) ** -90)
    if v > 0:
        with ctx.workprec(BITS), pytest.raises(ScaleTooSmall):
            ops.grown(balls([[1]]), Decay(arb(v) / (2 * power * 2**power), power), v)


def test_the_common_rate_is_the_slowest_everywhere():
    with ctx.workprec(BITS):
        ops = arithmetic(2)
        pairs = [(arb(a), p) for a, p in itertools.product((0.25, 1, 5), (1, 2, 3))]
        for one, other in itertools.product(pairs, repeat=2):
            slow = ops.common(Decay(*one), Decay(*other))
            for c, (gap, power) in itertools.product((2.0625, 3, 10), (one, other)):
                assert slow.gap * (arb(c) ** slow.power - 2**slow.power) <= gap * (arb(c) ** power - 2**power) * (
                    1 + arb(2) ** -90
                )


def test_a_row_that_may_turn_round_moves_by_two():
    """A row 1 with |F| = 3/2 may be −1/2 and is then −1 after the norm: 2 away, where a factor 1 would give 3/2."""
    with ctx.workprec(BITS):
        x = Model(0, (balls([[1]]),), (1, 1), flat=balls([["3/2"]]), decay=Decay(arb(1), 1))
        assert arithmetic(2).unit(x, Fraction(0)).flat[0, 0] >= 2


def test_a_sign_is_that_of_the_tail():
    """1 − 3/c is negative at c = 2, and positive from c = 4 on; the first coefficient alone is positive everywhere."""
    with ctx.workprec(BITS):
        near, far = (Model(0, (balls([[1]]), balls([[-3]])), (1, 1)) for _ in range(2))  # a model remembers its tails
        with pytest.raises(ScaleTooSmall):
            arithmetic(2).activation(near, "relu")
        kept = arithmetic(4).activation(far, "relu")
        assert [a[0, 0] for a in kept.terms] == [1, -3]


def test_centring_takes_the_mean_of_everything():
    """Coefficients and remainders lose their mean exactly; of a flat part (1, 0, 0) the entries may be (2/3, 1/3, 1/3)."""
    with ctx.workprec(BITS):
        rows = balls([[1, 2, 6]])
        x = Model(0, (rows,), (1, 3), order=1, rest=2 * rows, flat=balls([[1, 0, 0]]), decay=Decay(arb(1), 1))
        y = arithmetic(2).centre(x)
        root = (arb(y.square.numerator) / y.square.denominator).sqrt()
        for got, expected in ((y.terms[0], [-2, -1, 3]), (y.rest, [-4, -2, 6]), (y.flat, ["2/3", "1/3", "1/3"])):
            assert all(abs(a * root - b) < 1e-50 for a, b in zip(got[0], balls([expected])[0], strict=True))
