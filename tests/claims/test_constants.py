"""Numbers between two ends: what is enclosed, and what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sattheory.claims import Constants, kept
from sattheory.claims.certificate import bracketed

PARABOLA = {"name": "max x(1 − x)", "formula": "x * (1 - x)", "maximise": {"variable": "x", "from": "0", "to": "1"}}
ROOT = {"name": "√2", "formula": "sqrt(y)", "point": {"y": "2"}}


@pytest.mark.parametrize(
    ("entry", "lower", "upper", "held"),
    [
        (ROOT, "1.4142135", "1.4142136", True),
        (ROOT, "1.4142136", "1.4142137", False),
        (ROOT, "1.4142134", "1.4142135", False),
        (PARABOLA, "0.2499", "0.2501", True),
        (PARABOLA, "0.2501", "0.2502", False),
        (PARABOLA, "0.24", "0.249", False),
    ],
)
def test_a_number_lies_between_its_ends_or_not(entry: dict[str, Any], lower: str, upper: str, held: bool) -> None:
    assert bracketed(entry | {"lower": lower, "upper": upper}) is held


def keep(folder: Path, *entries: dict[str, Any]) -> Constants:
    kept.write(folder / "X" / kept.CONSTANTS, {"version": 1, "claim": "X", "constants": list(entries)})
    return Constants("X", root=folder)


def test_kept_constants_are_a_certificate_with_controls_of_their_own(tmp_path: Path) -> None:
    evidence = keep(tmp_path, ROOT | {"lower": "1.4142", "upper": "1.4143"})
    outcome = evidence.run()
    assert (outcome.kind, outcome.status, outcome.details["domain"]) == ("certificate", "holds", "√2")
    controls = evidence.run_controls()
    assert [control.status for control in controls] == ["rejected", "rejected"]


def test_a_wrong_or_edited_or_missing_bracket_certifies_nothing(tmp_path: Path) -> None:
    evidence = keep(tmp_path, ROOT | {"lower": "1.4143", "upper": "1.4144"})
    assert "not enclosed: √2" in evidence.run().details["reason"]
    path = tmp_path / "X" / kept.CONSTANTS
    path.write_text(path.read_text(encoding="utf-8").replace("1.4143", "1.4142"), encoding="utf-8")
    assert "digest does not fit" in evidence.run().details["reason"]
    path.unlink()
    outcome = evidence.run()
    assert outcome.status == "failed"
    assert "is not there" in outcome.details["reason"]
