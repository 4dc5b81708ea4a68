"""Computed verdicts against those established independently; every planted error rejected; runs that repeat."""

from __future__ import annotations

import dataclasses
import pickle

import pytest

from sattheory.claims import Claim, Form, Report, claims, verify

VERDICTS = {
    "L2": ("derived", None),
    "L3": ("derived", None),
    "L6": ("derived", None),
    "L7": ("refuted", "derived"),
    "L8": ("derived", None),
    "S1": ("refuted", "derived"),
    "S1.fixed": ("derived", None),
    "T1.affine": ("refuted", "derived"),
    "T1.bias": ("derived", "derived"),
    "T1.layernorm": ("refuted", "derived"),
    "T1.layernorm-affine": ("refuted", "derived"),
    "T1.linear": ("refuted", "derived"),
    "T1.product": ("refuted", "derived"),
    "T1.relu": ("derived", "derived"),
    "T1.sum": ("derived", "derived"),
}


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    return {report.id: report for report in verify(list(VERDICTS))}


@pytest.mark.parametrize("id", VERDICTS)
def test_the_computed_verdicts_are_the_true_ones(id: str, reports: dict[str, Report]) -> None:
    report = reports[id]
    assert (report.literal.verdict.kind, report.repaired and report.repaired.verdict.kind) == VERDICTS[id]
    assert report.as_expected


@pytest.mark.parametrize("id", VERDICTS)
def test_every_piece_of_evidence_rejects_its_planted_errors(id: str, reports: dict[str, Report]) -> None:
    claim = claims[id]
    for form, report in zip((claim.literal, claim.repaired), reports[id].forms, strict=False):
        assert form is not None
        assert form.evidence
        assert all(piece.planted for piece in form.evidence)
        assert [control.says for control in report.controls if control.status != "rejected"] == []


@pytest.mark.parametrize("id", VERDICTS)
def test_a_search_runs_its_thousand_examples_and_decides_them_all(id: str, reports: dict[str, Report]) -> None:
    searches = [outcome for form in reports[id].forms for outcome in form.outcomes if outcome.kind == "search"]
    assert searches
    for search in searches:
        assert search.examples >= 1000
        assert search.details["undecided"] == 0


@pytest.mark.parametrize("id", [id for id, verdict in VERDICTS.items() if verdict[0] == "refuted"])
def test_witnesses_fail_by_a_positive_margin_at_exact_points(id: str, reports: dict[str, Report]) -> None:
    failures = [failure for outcome in reports[id].literal.outcomes for failure in outcome.details["failures"]]
    assert len(failures) >= 3
    assert all(float(failure["values"]["margin"]) > 0.03 for failure in failures)
    assert all(isinstance(value, str | list) for failure in failures for value in failure["point"].values())


def test_the_near_tie_fails_by_the_known_number(reports: dict[str, Report]) -> None:
    (witness,) = reports["L7"].literal.outcomes
    assert {failure["values"]["left"][:9] for failure in witness.details["failures"]} == {"[0.268941"}


@pytest.mark.parametrize("id", VERDICTS)
def test_without_evidence_a_form_is_open(id: str) -> None:
    claim = claims[id]
    report = dataclasses.replace(claim, literal=Form(claim.literal.statement), repaired=None).check()
    assert report.literal.verdict.kind == "open"
    assert not report.as_expected


def test_a_claim_says_what_it_is() -> None:
    for claim in claims.values():
        assert isinstance(claim, Claim)
        assert claim.title
        assert claim.statement
        assert claim.why.count(".") >= 2
        assert set(claim.uses) <= set(claims)


def test_two_runs_give_the_same(reports: dict[str, Report]) -> None:
    again = verify(["L7", "S1"])
    assert [report.to_dict(times=False) for report in again] == [reports[id].to_dict(times=False) for id in ("L7", "S1")]


def test_the_reports_do_not_depend_on_the_number_of_processes(reports: dict[str, Report]) -> None:
    again = verify(["T1.bias", "L2"], jobs=2)
    assert [report.to_dict(times=False) for report in again] == [reports[id].to_dict(times=False) for id in ("T1.bias", "L2")]


def test_a_report_travels_and_reads(reports: dict[str, Report]) -> None:
    for report in reports.values():
        assert pickle.loads(pickle.dumps(report)) == report
        assert str(report).startswith(f"{report.id}: ")
        assert set(report.row()) == {"id", "title", "literal", "repaired", "strongest", "seconds", "as_expected"}
