"""What is kept for every claim is complete: text and steps fit together, and the table of steps is up to date."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sattheory.claims import Search, Witness, claims, kept

PROOFS = Path(__file__).parents[2] / "proofs"
IDS = list(claims)


def labels(id: str) -> list[str]:
    """Number the steps of a proof as its text must."""
    module = kept.proof(PROOFS / id / "proof.py")
    derived = [step for derivation in getattr(module, "PROOF", ()) for step in derivation.steps]
    return [f"R{i + 1}" for i in range(len(getattr(module, "REFUTATION", ())))] + [str(i + 1) for i in range(len(derived))]


@pytest.mark.parametrize("id", IDS)
def test_the_text_cites_every_step_once_and_in_order(id: str) -> None:
    text = (PROOFS / id / "proof.md").read_text(encoding="utf-8")
    cited = re.findall(r"\*\*\((R?\d+)\)\*\*", text)
    assert [label for label in cited if label.startswith("R")] == [label for label in labels(id) if label.startswith("R")]
    assert [label for label in cited if not label.startswith("R")] == [label for label in labels(id) if not label.startswith("R")]
    assert text.startswith(f"# {id}")


@pytest.mark.parametrize("id", IDS)
def test_a_literal_form_that_fails_has_kept_points(id: str) -> None:
    claim = claims[id]
    witnesses = [piece for form in claim.forms.values() for piece in form.evidence if isinstance(piece, Witness)]
    assert bool(witnesses) == (PROOFS / id / kept.COUNTEREXAMPLE).is_file()
    if claim.expected.literal == "refuted":
        assert witnesses or any(isinstance(piece, Search) for piece in claim.literal.evidence)


def test_every_folder_belongs_to_a_claim() -> None:
    assert sorted(path.name for path in PROOFS.iterdir() if path.is_dir() and path.name != "__pycache__") == sorted(IDS)


def test_most_steps_are_asserted() -> None:
    modules = [kept.proof(PROOFS / id / "proof.py") for id in IDS if (PROOFS / id / "proof.py").is_file()]
    steps = [s for m in modules for d in getattr(m, "PROOF", ()) for s in d.steps] + [
        s for m in modules for s in getattr(m, "REFUTATION", ())
    ]
    assert sum(step.check is not None for step in steps) > 2 * len(steps) / 3
