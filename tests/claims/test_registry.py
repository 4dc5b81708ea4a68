"""How claims are found: one file more is one claim more, and a name that is nearly right is answered with the right one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import sattheory.claims
from sattheory.claims import Claim, claims, statements, verify
from sattheory.claims.registry import select
from sattheory.discovery import Registry
from sattheory.errors import InputError

MODULE = """
from sattheory.claims import Claim, Expected, Form

CLAIMS = (Claim("{id}", "nowhere", "title", "statement", "why", Form("form"), None, Expected("open")),)
"""


def fresh() -> Registry[Claim]:
    return Registry("sattheory.claims.statements", "CLAIMS", lambda claim: claim.id)


def test_a_new_module_is_picked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = len(claims)
    (tmp_path / "found_by_looking.py").write_text(MODULE.format(id="X9"))
    monkeypatch.setattr(statements, "__path__", [*statements.__path__, str(tmp_path)])
    registry = fresh()
    assert "X9" in registry
    assert registry["X9"].check().as_expected
    assert len(registry) == known + 1


def test_two_claims_of_one_id_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "found_a_second_time.py").write_text(MODULE.format(id="L7"))
    monkeypatch.setattr(statements, "__path__", [*statements.__path__, str(tmp_path)])
    with pytest.raises(InputError, match="defines a name that exists"):
        len(fresh())


@pytest.mark.parametrize(("given", "meant"), [("l7", "L7"), ("T1.layernrom", "T1.layernorm"), ("S1.fix", "S1.fixed")])
def test_an_unknown_id_is_answered_with_the_nearest(given: str, meant: str) -> None:
    with pytest.raises(InputError) as caught:
        verify([given])
    assert meant in caught.value.remedy


def test_an_id_like_no_other_is_answered_with_all() -> None:
    with pytest.raises(InputError) as caught:
        claims["%&?!"]
    assert "choose from" in caught.value.remedy
    assert "L7" in caught.value.remedy


def test_the_first_part_of_an_id_stands_for_its_family() -> None:
    rows = [claim.id for claim in select(["T1"])]
    assert len(rows) >= 9
    assert all(id.startswith("T1.") for id in rows)
    assert [claim.id for claim in select(["S1", "P1", "S1"])] == ["S1", "P1.a", "P1.b", "P1.c"]


def test_nobody_cannot_do_the_work() -> None:
    with pytest.raises(InputError, match="jobs=0"):
        verify(["L7"], jobs=0)


def test_the_package_itself_answers_by_id() -> None:
    assert sattheory.claims["L7"] is claims["L7"]  # type: ignore[index]
    assert list(sattheory.claims) == list(claims)  # type: ignore[call-overload]
    assert len(sattheory.claims) == len(claims)  # type: ignore[arg-type]
    assert claims["L7"].id in repr(claims)


def test_importing_the_claims_loads_nothing_heavy() -> None:
    heavy = "('sympy', 'hypothesis', 'flint', 'numpy', 'joblib')"
    program = f"import sys, sattheory.claims; assert not [name for name in {heavy} if name in sys.modules]"
    subprocess.run([sys.executable, "-c", program], check=True)
