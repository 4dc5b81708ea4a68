"""The sentence one may quote: it follows from the bound at every scale, and no rounding makes it say more."""

import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx

import sattheory as st
from sattheory.arithmetic.scales import exact_scale
from sattheory.asymptotics.certificate import rounded_down, rounded_up, scale_text
from sattheory.errors import InputError

NUMBER = r"([\d.]+(?:e[+-]?\d+)?)"


def certified(name, c0=None):
    return st.certify(st.EXAMPLES[name].network, st.EXAMPLES[name].tokens, c0)


def quoted(sentence, c):
    """Evaluate the bound that a sentence names, downwards, from its text alone."""
    total = Fraction(0)
    for number, power in re.findall(NUMBER + r" c\^-(\d+)", sentence.split("its limit than")[1]):
        total += Fraction(number) / c ** int(power)
    for factor, gap, q, start in re.findall(NUMBER + r" exp\(-" + NUMBER + r" \(c\^(\d+) - " + NUMBER + r"\^", sentence):
        exponent = -Fraction(gap) * (c ** int(q) - Fraction(start) ** int(q))
        total += Fraction(factor) * Fraction(repr(float(np.exp(max(float(exponent), -700.0)))) if exponent > -700 else 0)
    return total * (1 + Fraction(1, 10**9))


def algebraic_at(certificate, c):
    """Add up what is proved to be left beside the limit: every further coefficient, and the remainder."""
    output, epsilon = certificate.output, arb(c.denominator) / c.numerator
    parts = [(j, a) for j, a in enumerate(certificate.coefficients) if j]
    parts += [] if output.rest is None else [(output.order, output.rest)]
    entries = [[v.abs_upper() * epsilon**j for v in a.ravel()] for j, a in parts]
    return max((sum(entry, arb(0)).lower() for entry in zip(*entries, strict=True)), default=arb(0))


@pytest.mark.parametrize("name", ["tie-post", "tie-value-bias", "soft", "epsilon-1", "flat-constant"])
def test_what_is_quoted_is_no_less_than_what_is_proved(name):
    certificate = certified(name)
    text, start = certificate.sentence(), Fraction(scale_text(certificate.c0))
    assert start >= certificate.c0
    for c in (start, 2 * start, 10 * start, 10**6 * start, 10**20 * start, 10**60 * start):
        limit = quoted(text, c)
        with ctx.workprec(400):
            scale = arb(limit.numerator) / limit.denominator
            assert not algebraic_at(certificate, c) > scale
            if c <= 2 * start:
                assert not max(v.lower() for v in certificate.bounds(c)[1].ravel()) > scale


def test_an_order_that_is_not_proved_is_not_claimed():
    """Coefficients of tie-post are balls around 0.  They vanish, unproved; at c = 10^60 they might outweigh c^-4."""
    certificate = certified("tie-post")
    unsure = [
        j for j, a in enumerate(certificate.coefficients) if j and any(v.contains(0) and not v.is_zero() for v in a.ravel())
    ]
    if unsure:
        assert certificate.simple[1] <= min(unsure)


def test_scales_are_written_no_smaller_than_they_are():
    for c in ("12.3456411", "1234561", "1/3", "2.71", "100", "1e400", "123456789e-15", "11600"):
        exact = Fraction(c)
        written = Fraction(scale_text(exact))
        assert exact <= written <= exact * (1 + Fraction(1, 10**5))
    assert [scale_text(Fraction(c)) for c in ("12.5", "100", "11600", "1e400")] == ["12.5", "100", "11600", "1e+400"]
    assert scale_text(Fraction(2) ** 20000) == "3.98028e+6020"


def test_the_sentence_begins_no_earlier_than_the_certificate():
    start = certified("soft", 12.3456411).sentence().split()[4].rstrip(",")
    assert Fraction(start) >= Fraction(12.3456411)


@pytest.mark.parametrize("c0", ["1e12", "1e50", "1e400"])
def test_far_out_is_certified_too(c0):
    """What is exactly 0 at c0, c^q − c0^q, must not become a difference of two balls of size c0^q."""
    certificate = certified("tie-value-bias", c0)
    assert certificate.holds
    assert certificate.bound(c0) < 1e-11
    assert scale_text(Fraction(c0)) in certificate.sentence()
    assert repr(certificate)
    assert certificate._repr_latex_()


@pytest.mark.parametrize("x", [1e-310, 5e-324, 1.2345e-299, 0.1, 2 / 3, 123456.0, 1e300, 9.999])
def test_rounded_numbers_are_on_their_side(x):
    exact = Decimal(x)
    assert Decimal(rounded_up(x)) >= exact >= Decimal(rounded_down(x))
    assert Decimal(rounded_up(x)) <= max(exact * Decimal("1.01"), Decimal("1e-300"))


def test_an_exponent_of_many_digits_is_refused_at_once():
    with pytest.raises(InputError, match="more than 4000 digits"):
        exact_scale("1e999999999")
    assert exact_scale("1e999") == Fraction(10) ** 999


def test_a_limit_certifies_its_own_network_input_and_memory():
    net = st.Transformer.random(layers=1, width=4, heads=1, cross_attention=True, seed=0)
    memory = np.array([[1.0, 0, 0, 2], [0, 1, 3, 0]])
    limit = st.saturate(net, [0, 1], memory=memory)
    found, same = limit.certify(), st.certify(net, [0, 1], memory=memory)
    assert found.sentence() == same.sentence()
    np.testing.assert_allclose(found.symbol, limit.symbol, atol=1e-9)
    assert limit.certify(found.c0 * 8).c0 == found.c0 * 8
    padded = st.saturate(st.EXAMPLES["soft"].network, [[0, 1], [1, 0]], lengths=[2, 1])
    np.testing.assert_allclose(padded.certify().symbol, padded.symbol, atol=1e-9)
