"""Promises about given networks: those that follow from a certificate, and every way in which one does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sattheory.arithmetic.operations import Undecided
from sattheory.asymptotics.certificate import NotCertified
from sattheory.claims import Claim, Expected, Form, NetworkCertificate, Planted, claims
from sattheory.claims.certified_networks import Case, Promise, faults_of
from sattheory.claims.given_networks import (
    EXACTLY_LAYERWISE,
    FEWER_KEYS,
    SAME_KEYS,
    TIED,
    WITH_BIASES,
    WITH_EPSILON,
    WITHOUT_BIASES,
)
from sattheory.claims.statements.biases_slow_saturation_down import FLAT, order
from sattheory.network.examples import EXAMPLES
from sattheory.network.transformer import Transformer
from sattheory.reports.html import report_snippet
from tests import oracle

GIVEN = {
    "TheoremA": (WITHOUT_BIASES,),
    "TheoremA.epsilon": (WITH_EPSILON,),
    "TheoremB": (WITH_BIASES,),
    "Pattern": (FEWER_KEYS, SAME_KEYS),
}
EVERY = [(name, evidence) for name, pieces in GIVEN.items() for evidence in pieces]
LAYERWISE_IS_WRONG = {name: Case(name, EXAMPLES[name].network, EXAMPLES[name].tokens) for name in ("tie-pre", "tie-value-bias")}


@pytest.mark.parametrize(("name", "evidence"), EVERY)
def test_theorems_are_certified_on_their_networks(name, evidence):
    outcome = evidence.run()
    assert outcome.status == "holds", outcome.details
    assert outcome.asserted == len(evidence.given)
    assert all("For every c ≥ " in step["says"] for step in outcome.details["steps"])
    assert outcome.details["domain"] == "; ".join(case.label for case, _ in evidence.given)
    controls = evidence.run_controls()
    assert len(controls) == len(evidence.planted) > 1
    assert {control.status for control in controls} == {"rejected"}
    forms = claims[name].forms.values()
    assert any(piece is evidence for form in forms for piece in form.evidence)


@pytest.mark.parametrize(("case", "promise"), [given for _, evidence in EVERY for given in evidence.given], ids=str)
def test_the_oracle_is_within_the_bound_of_the_promised_rate(case, promise):
    """At two scales, with sixty digits, the true distance to the limit falls at least as fast as was promised."""
    found = case.certificate
    network, tokens = case.network, list(case.tokens)
    distances = []
    for c in (found.c0 * 3 // 2 + 1, 2 * (found.c0 * 3 // 2 + 1)):
        output = oracle.evaluate(network.configuration, network.parameters, tokens, int(c), digits=60).output
        values = np.array([[float(v / int(c) ** promise.degree) for v in row] for row in output])
        distances.append(np.abs(values - found.symbol).max())
        assert distances[-1] <= found.bound(int(c)) + 1e-14
    floor = 1e-13 * max(1.0, float(np.abs(found.symbol).max()))
    power = promise.order if promise.power is None else 20
    assert distances[1] <= max(floor, 1.2 * distances[0] / 2**power)


def test_orders_are_those_of_the_table():
    plain = [(case, promise) for case, promise in WITH_BIASES.given if not case.label.startswith("example")]
    assert [order(case.network) for case, _ in plain] == [promise.order for _, promise in plain]
    assert all(order(case.network) == FLAT for case, _ in WITHOUT_BIASES.given)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"degree": 2}, "the degree is 1, not 2"),
        ({"power": 3}, "exponential in c^4, not in c^3"),
        ({"power": None, "order": 1}, "order 1 is not attained"),
        ({"limit": "another"}, "not shown to differ"),
        ({"attends": "less"}, "keeps every key"),
    ],
)
def test_what_does_not_follow_is_told(change, fault):
    case, promise = TIED
    (found,) = faults_of(replace(promise, **change), case.certificate, case.strong)
    assert fault in found


def test_an_assumption_is_told():
    case, promise = TIED
    (equality,) = (replace(e, digits=38) for e in case.certificate.equalities[:1])
    found = replace(case.certificate, equalities=(equality,))
    assert list(faults_of(promise, found, case.strong)) == ["it rests on what was assumed"]


@pytest.mark.parametrize("name", LAYERWISE_IS_WRONG)
def test_a_limit_that_is_not_layerwise_is_noticed(name):
    case = LAYERWISE_IS_WRONG[name]
    found = case.certificate
    promise = Promise(found.degree, order=found.order)
    assert [fault[:10] for fault in faults_of(promise, found, case.strong)] == ["its limit "]
    assert list(faults_of(replace(promise, limit="another"), found, case.strong)) == []
    (told,) = faults_of(replace(promise, limit="another", power=4), found, case.strong)
    assert told == f"the rate is c^-{found.order}, not exponential"
    faults = list(faults_of(replace(promise, limit="another", order=promise.order + 1), found, case.strong))
    assert faults[0] == f"order {found.order} is not shown to vanish, which order {found.order + 1} needs"


def test_the_limit_may_be_promised_from_another_network():
    case, promise = TIED
    doubled = Transformer(case.network.configuration, case.network.parameters.map(lambda _, array: 2 * array))
    assert Case("half", case.network, case.tokens, saturated=doubled).report(promise)["holds"] is False
    assert Case("same", case.network, case.tokens, saturated=case.network).report(promise)["holds"] is True


def test_patterns_are_compared_both_ways():
    case = LAYERWISE_IS_WRONG["tie-pre"]
    base = Promise(3, order=2, limit="another")
    faults = {
        attends: list(faults_of(replace(base, attends=attends), case.certificate, case.strong))
        for attends in ("same", "within", "less")
    }
    assert faults == {"same": ["attention keeps fewer keys than layerwise saturation"], "within": [], "less": []}
    turned = {layer: np.where(np.eye(2) > 0, 1.0, 0.0)[None] for layer in (1, 2)}
    other = replace(case.strong, attention=turned)
    assert "attention keeps a key that layerwise saturation drops" in list(
        faults_of(replace(base, attends="within"), case.certificate, other)
    )


def test_an_order_that_only_a_remainder_suggests_is_not_attained():
    case = replace(WITH_EPSILON.given[0][0], terms=6)
    assert case.certificate.order < 6
    assert list(faults_of(Promise(1, order=case.certificate.order), case.certificate, case.strong)) == [
        f"order {case.certificate.order} is not attained"
    ]
    assert list(faults_of(Promise(1, order=3, attained=False), case.certificate, case.strong)) == []


def test_a_network_that_cannot_be_certified_shows_nothing():
    case = Case("label", TIED[0].network, TIED[0].tokens)
    undecided = Undecided("norm", (), "nothing", "more terms would decide")
    case.__dict__["certificate"] = NotCertified(case.network, TIED[0].certificate.tokens, undecided, (), TIED[0].certificate.c0)
    step = case.report(EXACTLY_LAYERWISE)
    assert step["holds"] is False
    assert step["says"].startswith("label: not certified. ")
    assert NetworkCertificate("says", ((case, EXACTLY_LAYERWISE),)).run().status == "failed"
    assert NetworkCertificate("nothing given", ()).run().status == "failed"


def test_the_verdict_names_the_networks_and_the_report_quotes_the_sentence():
    evidence = NetworkCertificate("the limit is layerwise", (TIED,), planted=(Planted("true", lambda promise: promise),))
    form = Form("form", (), (evidence,))
    report = Claim("X", "nowhere", "title", "statement", "why", form, None, Expected("certified")).check()
    assert report.literal.verdict.text == "certified on example epsilon-0"
    sentence = TIED[0].certificate.sentence()
    assert f"✓ example epsilon-0: {sentence}" in str(report)
    assert sentence.replace("'", "&#x27;") in report_snippet(report)
    assert [control.status for control in evidence.run_controls()] == ["accepted"]
