"""The hand-built networks, certified: every tie decided by balls or algebra, nothing assumed; the bound holds at fifty digits.

Also random networks whose norms read exponentially small vectors, which need the flat terms themselves.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx
from mpmath import mp

from sattheory.asymptotics import saturate
from sattheory.asymptotics.certifying import Passage, Setting, certify
from sattheory.asymptotics.closed_form import closed_form
from sattheory.errors import InputError
from sattheory.network import Transformer
from sattheory.network.examples import EXAMPLES
from sattheory.network.tokens import check_tokens
from tests import oracle
from tests.asymptotics.test_examples import CASES


def exact(value):
    mantissa, exponent = int(value.man), int(value.exp)
    return arb((mantissa if value >= 0 or mantissa < 0 else -mantissa, exponent))


def outside(certificate, scale, digits=50):
    """Say which entries of the oracle's value lie outside B(c), or outside the remainder of the series."""
    with mp.workdps(200):
        c = mp.mpf(scale.numerator) / scale.denominator
    network, tokens = certificate.network, certificate.tokens.numbers.tolist()
    found = oracle.evaluate(network.configuration, network.parameters, tokens, c, digits=digits)
    with ctx.workprec(400):
        over = arb(scale.denominator) / scale.numerator
        values = np.array([exact(v) * over**certificate.degree for row in found.output for v in row], dtype=object)
        values = values.reshape(certificate.shape)
        series = sum(a * over**j for j, a in enumerate(certificate.coefficients))
        bound = sum(certificate.bounds(scale))
        slack = arb(10) ** (5 - digits) * max(v.abs_upper() for v in values.ravel())
        pairs = ((values - certificate.coefficients[0], bound), (values - series, certificate.remainders(scale)))
        return [i for gap, most in pairs for i in np.ndindex(*certificate.shape) if gap[i].abs_lower() > most[i].upper() + slack]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_certified_without_an_assumption(name):
    example = EXAMPLES[name]
    certificate = certify(example.network, example.tokens)
    assert certificate.holds
    assert certificate.assumptions == ()
    assert all(equality.digits is None for equality in certificate.equalities)
    token, wanted = CASES[name][:2]
    assert certificate.symbol[token] == pytest.approx(wanted, abs=5e-7)
    assert certificate.radius < 1e-30
    assert certificate.degree == saturate(example.network, example.tokens).degree
    scales = [certificate.c0 * Fraction(k, 8) for k in (8, 9, 11, 13)]  # further out the oracle loses the flat terms
    assert [outside(certificate, scale) for scale in scales] == [[]] * 4


@pytest.mark.parametrize(
    ("name", "weights"), [("soft", [[0.428328, 0.571672], [0.571672, 0.428328]]), ("tie-pre", [[0, 1], [1, 0]])]
)
def test_limit_weights_in_closed_form(name, weights):
    found = closed_form(EXAMPLES[name].network, [0, 1])
    assert np.array(found.attention[2][0].evalf(), dtype=float) == pytest.approx(np.array(weights), abs=5e-7)


def test_soft_weights_are_written_with_exponentials():
    """Theory: the score difference tends to −1/(2√3), so the weight is 1/(1 + e^(1/(2√3)))."""
    import sympy

    weight = closed_form(EXAMPLES["soft"].network, [0, 1]).attention[2][0][0, 0]
    wanted = 1 / (1 + sympy.exp(1 / (2 * sympy.sqrt(3))))
    assert sympy.simplify(weight - wanted) == 0
    assert r"e^{\frac{\sqrt{3}}{6}}" in sympy.latex(weight)


def test_a_long_expression_is_recognised():
    """Both entries of a norm of (a, −a, 0) are ±√2/2, whatever exponentials a is made of."""
    import sympy

    symbol = closed_form(EXAMPLES["soft"].network, [0, 1]).symbol
    half = sympy.sqrt(2) / 2
    assert symbol == sympy.Matrix([[-half, half, 0], [half, -half, 0]])


def test_a_row_that_relu_silenced_is_exactly_zero():
    """With a value bias the other rows have a remainder, this one has none, so its norm is 0 for good."""
    network = Transformer.random(
        width=2, key_width=1, value_width=1, feedforward=1, vocabulary=2, biases={"value"}, initialisation="integers", seed=3
    )
    certificate = certify(network, [0, 1])
    assert certificate.holds
    assert certificate.assumptions == ()
    assert outside(certificate, certificate.c0) == outside(certificate, 7 * certificate.c0) == []


def test_a_large_network_has_no_closed_form():
    network = Transformer.random(layers=1, width=64, seed=0)
    with pytest.raises(InputError, match=r"use certify\(\)"):
        closed_form(network, [0, 1, 2, 3, 4])


@pytest.mark.parametrize("seed", range(24))
def test_flat_terms_followed(seed):
    """Values of rank one make rows vanish in every power of c; pieces are followed everywhere, wanted or not."""
    generator = np.random.default_rng(seed)
    network = Transformer.random(
        vocabulary=3,
        width=3,
        layers=1 + seed % 2,
        placement=("res_post", "pre")[seed % 4 == 3],
        initialisation="integers",
        seed=seed,
    )

    def poorer(name, array):
        return np.outer(array[0], array[1] - array[2]) if name.endswith(("value.weight", "query.weight")) else array

    network = Transformer(network.configuration, network.parameters.map(poorer))
    tokens = generator.integers(0, 3, 2 + seed % 2).tolist()
    given = check_tokens(tokens, network.configuration)
    passage = Passage(network, given, None, Setting(6, 256, closed=True, follow=True))
    certificate = certify(network, tokens)
    if certificate.holds:
        followed = passage.attempt(4 * certificate.c0 + 4)
        assert followed.symbol == pytest.approx(certificate.symbol, abs=1e-12)
        scales = [followed.c0, followed.c0 * Fraction(7, 5)]
        assert [outside(followed, scale, 60) for scale in scales] == [[], []]
    else:
        assert certificate.undecided.kind in ("flat", "precision", "terms"), certificate
