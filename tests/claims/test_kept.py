"""Evidence that is kept in files: taken away, edited or put where it does not belong."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sattheory.claims import Claim, Contradiction, Effort, Form, Proof, Witness, claims, kept
from sattheory.claims.inequality import exact_text
from sattheory.errors import InputError

FEW = Effort(examples=8)
REFUTED, TRUE = "P4", "L2"


@pytest.fixture
def moved(tmp_path: Path) -> Callable[[str], Claim]:
    """Give a claim a folder of its own to be spoilt."""

    def move(id: str) -> Claim:
        shutil.copytree(kept.root() / id, tmp_path / id)
        claim = claims[id]
        forms = [
            form and dataclasses.replace(form, evidence=tuple(map(here, form.evidence)))
            for form in (claim.literal, claim.repaired)
        ]
        literal, repaired = forms
        assert literal is not None
        return dataclasses.replace(claim, literal=literal, repaired=repaired, root=tmp_path)

    def here(piece: object) -> object:
        return dataclasses.replace(piece, root=tmp_path) if isinstance(piece, Proof | Witness) else piece

    return move


def test_with_its_evidence_a_claim_is_as_expected(moved: Callable[[str], Claim]) -> None:
    assert moved(REFUTED).check(FEW).as_expected
    assert moved(TRUE).check(FEW).as_expected


def test_without_its_counterexample_a_form_is_open(moved: Callable[[str], Claim], tmp_path: Path) -> None:
    claim = moved(REFUTED)
    (tmp_path / REFUTED / kept.COUNTEREXAMPLE).unlink()
    report = claim.check(FEW)
    assert report.literal.verdict.kind == "open"
    assert not report.as_expected
    assert any("is not there" in complaint for complaint in report.complaints())


def test_without_its_proof_a_form_is_open_or_only_tested(moved: Callable[[str], Claim], tmp_path: Path) -> None:
    claim = moved(TRUE)
    (tmp_path / TRUE / kept.PROOF).unlink()
    assert claim.check(FEW).literal.verdict.kind == "tested"
    assert (
        dataclasses.replace(claim, literal=Form("bare", evidence=(claim.literal.evidence[0],))).check(FEW).literal.verdict.kind
        == "open"
    )


def test_without_reasons_the_points_do_not_refute(moved: Callable[[str], Claim], tmp_path: Path) -> None:
    claim = moved(REFUTED)
    path = tmp_path / REFUTED / kept.PROOF
    path.write_text(path.read_text(encoding="utf-8") + "\nREFUTATION = ()\n", encoding="utf-8")
    assert claim.check(FEW).literal.verdict.kind == "open"


@pytest.mark.parametrize("where", ["point", "choice", "values", "left", "constants"])
def test_an_edited_counterexample_does_not_refute(where: str, moved: Callable[[str], Claim], tmp_path: Path) -> None:
    claim = moved(REFUTED)
    path = tmp_path / REFUTED / kept.COUNTEREXAMPLE
    content = json.loads(path.read_text(encoding="utf-8"))
    entry = content["counterexamples"][0]
    entry[where] = "1" if where == "left" else {**entry[where], next(iter(entry[where])): "7"}
    path.write_text(json.dumps(content), encoding="utf-8")
    report = claim.check(FEW)
    assert report.literal.verdict.kind == "open"
    assert any("edited" in complaint for complaint in report.complaints())


def test_a_point_with_another_inequality_beside_it_does_not_refute(moved: Callable[[str], Claim], tmp_path: Path) -> None:
    """A true fact such as 2 > 1 says nothing about the statement, even with a digest that fits."""
    claim = moved(REFUTED)
    path = tmp_path / REFUTED / kept.COUNTEREXAMPLE
    content = json.loads(path.read_text(encoding="utf-8"))
    content["counterexamples"][0] |= {"left": "2", "right": "1", "where": {}}
    kept.write(path, content)
    report = claim.check(FEW)
    assert report.literal.verdict.kind == "open"
    assert any("not the statement's" in complaint for complaint in report.complaints())


def test_a_counterexample_to_a_true_claim_makes_the_run_fail(moved: Callable[[str], Claim], tmp_path: Path) -> None:
    claim = moved(TRUE)
    entry = {"constants": {}, "choice": {}, "point": {}, "where": {}, "left": "2", "right": "1"}
    values = {"left": "2", "right": "1", "margin": "1"}
    kept.write(
        tmp_path / TRUE / kept.COUNTEREXAMPLE, {"version": 1, "claim": TRUE, "counterexamples": [entry | {"values": values}]}
    )
    with pytest.raises(Contradiction, match="refutes what"):
        claim.check(FEW)


def test_a_file_that_claims_to_refute_a_true_claim_and_does_not_is_no_success(
    moved: Callable[[str], Claim], tmp_path: Path
) -> None:
    claim = moved(TRUE)
    entry = {"constants": {}, "choice": {}, "point": {}, "where": {}, "left": "1", "right": "2", "values": {}}
    kept.write(tmp_path / TRUE / kept.COUNTEREXAMPLE, {"version": 1, "claim": TRUE, "counterexamples": [entry]})
    assert not claim.check(FEW).as_expected


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (kept.COUNTEREXAMPLE, "{", "cannot be read as JSON"),
        (kept.COUNTEREXAMPLE, '{"version": 9, "claim": "P4"}', "not a file of version 1"),
        (kept.COUNTEREXAMPLE, '{"version": 1, "claim": "L2"}', "for claim P4"),
        (kept.PROOF, "PROOF = (", "cannot be loaded (SyntaxError"),
        (kept.PROOF, "import nowhere_at_all", "cannot be loaded (ModuleNotFoundError"),
    ],
)
def test_files_that_cannot_be_used_are_named(
    name: str, content: str, said: str, moved: Callable[[str], Claim], tmp_path: Path
) -> None:
    claim = moved(REFUTED)
    (tmp_path / REFUTED / name).write_text(content)
    with pytest.raises(InputError) as caught:
        claim.check(FEW)
    assert said in str(caught.value)
    assert caught.value.given == f"{REFUTED}/{name}"


def test_a_file_is_written_whole_and_with_its_digest(tmp_path: Path) -> None:
    path = tmp_path / "X" / kept.CONSTANTS
    kept.write(path, {"version": 1, "claim": "X", "constants": []})
    content = kept.read(path, "X")
    assert content is not None
    assert content["digest"] == kept.digest(content)
    assert list(path.parent.iterdir()) == [path]
    assert kept.read(tmp_path / "Y" / kept.CONSTANTS, "Y") is None


def test_exact_values_survive_the_file() -> None:
    from fractions import Fraction

    value = {"x": (1, Fraction(-1, 2), (0, 3)), "f": "sigmoid(theta)", "n": 10**30}
    assert kept.exact(exact_text(value)) == value
