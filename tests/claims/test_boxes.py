"""Inequalities on boxes and suprema over half-lines: what balls show, against values known by hand and at fifty digits."""

from __future__ import annotations

import dataclasses
import itertools
from fractions import Fraction

import pytest
from flint import arb, ctx
from mpmath import mp

from sattheory.claims import BoxCertificate, Planted, Step, Supremum, claims
from sattheory.claims.boxes import cover_box, halves
from sattheory.claims.formulas import real
from sattheory.claims.gate_suprema import SUPREMA
from sattheory.claims.inequality import Truth
from sattheory.claims.statements import sigmoid_saturates, softmax_saturates, tanh_saturates
from sattheory.claims.suprema import Tail, centred

F = Fraction
UNIT = ((F(0), F(1)), (F(0), F(1)))
SADDLE = BoxCertificate(
    "x(1 − y) + y(1 − x) ≤ 1.01", "[0, 1]²", UNIT, lambda x, y: [(x * (1 - y) + y * (1 - x), real(F(101, 100)))]
)


def test_a_box_is_halved_along_its_widest_side():
    box = ((F(0), F(1)), (F(0), F(8)))
    left, right = halves(box, ((F(0), F(1)), (F(0), F(16))))
    assert (left, right) == (((F(0), F(1, 2)), box[1]), ((F(1, 2), F(1)), box[1]))
    low, high = halves(box, ((F(0), F(4)), (F(0), F(16))))
    assert (low[1], high[1]) == ((F(0), F(4)), (F(4), F(8)))


def test_an_inequality_in_two_variables_holds_on_all_pieces():
    outcome = SADDLE.run()
    assert (outcome.status, outcome.details["domain"]) == ("holds", "[0, 1]²")
    assert outcome.details["pieces"] > 8


def test_the_piece_that_fails_is_told():
    wrong = Planted("x + y ≤ 1/2", lambda x, y: [(x + y, real(F(1, 2)))])
    outcome = SADDLE._with(wrong).run()
    (left, right), (low, high) = ([F(end) for end in side] for side in outcome.details["piece"])
    assert outcome.status == "refuted"
    assert right - left == F(1, 2)  # found at once, not on the smallest piece
    assert all(x + y > F(1, 2) for x, y in itertools.product((left, right), (low, high)))
    assert [c.status for c in dataclasses.replace(SADDLE, planted=(wrong,)).run_controls()] == ["rejected"]


def test_an_equality_at_a_point_is_not_decided():
    touching = dataclasses.replace(SADDLE, check=lambda x, y: [(x * (1 - y) + y * (1 - x), real(1))])
    assert touching.run().status == "failed"


def test_precision_rises_on_the_smallest_piece():
    tiny = F(1, 2**200)
    truth, pieces, _ = cover_box(lambda _: [(real(2).sqrt(), real(2).sqrt() + real(tiny))], (UNIT[0],), 1)
    assert (truth, pieces) == (Truth.HOLDS, 2)


def _exact(value):
    with mp.workdps(50):
        return arb(str(value))


@pytest.mark.parametrize(("x", "c"), [(F(1, 16), F(2)), (F(1), F(9, 8)), (F(5), F(40)), (F(8), F(1))])
def test_the_substitution_for_every_scale_is_exact(x, c):
    """(1 − t)/((1 + q)(1 + qt)) with t = e^{−(c−1)x} is e^x times the true difference, at fifty digits; tanh likewise."""
    with mp.workdps(60), ctx.workprec(200):
        size, scale = mp.mpf(x.numerator) / x.denominator, mp.mpf(c.numerator) / c.denominator
        logistic = mp.exp(size) * (1 / (1 + mp.exp(-scale * size)) - 1 / (1 + mp.exp(-size)))
        hyperbolic = mp.exp(2 * size) * (mp.tanh(scale * size) - mp.tanh(size))
        ball, t = real(x), (-real((c - 1) * x)).exp()
        ((left, _),) = sigmoid_saturates._for_every_c(ball, t)
        (double, _), (single, _) = tanh_saturates._for_every_c(ball, t * t)
        for found, wanted in ((left, logistic), (double, hyperbolic), (single, hyperbolic * mp.exp(-size))):
            assert abs(found - arb(mp.nstr(wanted, 50))) < arb(10) ** -45


@pytest.mark.parametrize(("scores", "c"), [((0, -1, -2), 3), ((0, 0, -1, -1), 2), ((0, -2, -2, -3, -5), 7), ((0, 0, 0, -1), 1)])
def test_softmax_moves_as_its_certificate_says(scores, c):
    n, m = len(scores), scores.count(0)
    with mp.workdps(50), ctx.workprec(180):
        weights = [[mp.exp(s * x) / mp.fsum(mp.exp(s * y) for y in scores) for x in scores] for s in (1, c)]
        gap = -max(x for x in scores if x)
        R, Rc = (mp.fsum(mp.exp(s * x) for x in scores if x) for s in (1, c))
        q = mp.exp(-gap)
        share = 0 if n == m + 1 else (R / q - 1) / (n - m - 1)
        sizes = list(softmax_saturates.SIZES)
        pairs = list(softmax_saturates._for_every_c(*(arb(mp.nstr(v, 48)) for v in (gap, share, Rc / R))))
        moved, _, sum_of, least = pairs[4 * sizes.index((n, m)) :][:4]
        limit = [mp.mpf(x == 0) / m for x in scores]
        true = abs(weights[0][0] - weights[1][0]) / q, mp.fsum(abs(a - b) for a, b in zip(weights[0], limit, strict=True)) / q
        largest = max(abs(a - b) for a, b in zip(weights[0], limit, strict=True)) / q
        for found, wanted in ((moved[0], true[0]), (sum_of[0], true[1]), (least[1], largest)):
            assert abs(found - arb(mp.nstr(wanted, 45))) < arb(10) ** -40
        every = [arb(mp.nstr(abs(a - b) / q, 45)) for a, b in zip(*weights, strict=True)]
        assert all(entry < moved[1] for entry in every)


@pytest.mark.parametrize("name", ["L6", "L7", "L8"])
def test_saturating_functions_carry_a_box(name):
    claim = claims[name]
    boxes = [piece for form in claim.forms.values() for piece in form.evidence if isinstance(piece, BoxCertificate)]
    assert [(box.run().status, {c.status for c in box.run_controls()}) for box in boxes] == [("holds", {"rejected"})]
    assert "every c ≥ 1" in boxes[0].domain


def test_a_centred_enclosure_contains_the_function():
    with ctx.workprec(64):
        x = real(F(1, 2)).union(real(F(3, 4)))
        whole = centred(lambda y: y * (-y).exp(), x)
        points = [real(F(1, 2) + F(i, 32)) for i in range(9)]
        assert all(whole.contains(point * (-point).exp()) for point in points)
        assert whole.rad() < (x * (-x).exp()).rad() / 2
        assert not centred(lambda y: 1 / y, real(-1).union(real(1))).is_finite()


@pytest.mark.parametrize("evidence", SUPREMA, ids=lambda evidence: evidence.name)
def test_suprema_of_gates_at_fifty_digits(evidence):
    def silu(a):
        return a / (1 + mp.exp(a))

    def tanh_form(a):
        return a / (1 + mp.exp(mp.sqrt(8 / mp.pi) * (a + mp.mpf("0.044715") * a**3)))

    functions = {"aΦ(−a)": lambda a: a * mp.ncdf(-a), "aσ(−z(a))": tanh_form, "aσ(−a)": silu}
    outcome = evidence.run()
    assert outcome.status == "holds"
    assert outcome.details["domain"].startswith("[0, ∞): balls up to 8, beyond it ")
    with mp.workdps(50):
        f = functions[evidence.name]
        best = f(mp.findroot(lambda a: mp.diff(f, a), float(evidence.point)))
        assert mp.mpf(str(float(evidence.lower))) < best < mp.mpf(str(float(evidence.upper)))
        if evidence.name == "aσ(−a)":
            assert abs(best - mp.lambertw(mp.exp(-1)).real) < mp.mpf(10) ** -40
        for a in (8, 9, 20):
            assert arb(mp.nstr(f(mp.mpf(a)), 40)) < evidence.tail.bound(real(a)) * (1 + real(F(1, 10**12)))
    assert [c.status for c in evidence.run_controls()] == ["rejected"] * 3
    assert evidence in claims["AH.gelu"].literal.evidence


def test_a_tail_step_that_is_wrong_spoils_a_supremum():
    tail = SUPREMA[2].tail
    wrong = Tail(tail.says, tail.bound, (*tail.steps, Step("wrong", lambda: False)))
    assert dataclasses.replace(SUPREMA[2], tail=wrong).run().status == "failed"


def test_a_bracket_must_be_reached():
    half = Supremum(
        "x/(1 + x²)", "f", lambda x: x / (1 + x * x), F("0.4999"), F("0.5001"), F(1), F(4), Tail("1/x", lambda x: 1 / x, ())
    )
    assert half.run().status == "holds"
    assert dataclasses.replace(half, point=F(2)).run().status == "failed"
    assert dataclasses.replace(half, upper=F("0.49995")).run().status == "failed"
    assert dataclasses.replace(half, cut=F(2)).run().status == "failed"
