"""The independent recheck: it confirms what is kept, needs nothing of the package, and notices every change of a number."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sattheory.claims import kept

PROOFS = Path(__file__).parents[2] / "proofs"
FILES = sorted([*PROOFS.glob("*/counterexample.json"), *PROOFS.glob("*/constants.json")])
COUNTEREXAMPLES = [path for path in FILES if path.name == kept.COUNTEREXAMPLE]


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("recheck", PROOFS / "recheck.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


recheck = _load()


def name(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_what_is_kept_is_confirmed(path: Path) -> None:
    number, found = recheck.faults(path)
    assert number > 0
    assert found == []


def test_it_runs_without_the_package(tmp_path: Path) -> None:
    """Isolated, with a module of the package's name in the way that cannot be imported."""
    (tmp_path / "sattheory.py").write_text("raise ImportError('the recheck must not need me')")
    shutil.copy(PROOFS / "recheck.py", tmp_path)
    shutil.copytree(PROOFS / "P4", tmp_path / "P4")
    done = subprocess.run([sys.executable, str(tmp_path / "recheck.py")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "P4/counterexample.json" in done.stdout
    imports = re.findall(r"^(?:from|import) (\w+)", (PROOFS / "recheck.py").read_text(), flags=re.MULTILINE)
    assert set(imports) <= {"flint", "__future__"} | set(sys.stdlib_module_names)


def numbers(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Find every number in a kept file, by its path."""
    if isinstance(value, dict):
        for key, entry in value.items():
            if key not in {"digest", "version", "claim"}:
                yield from numbers(entry, (*path, key))
    elif isinstance(value, list):
        for i, entry in enumerate(value):
            yield from numbers(entry, (*path, i))
    elif isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?(/\d+)?([eE][-+]?\d+)?", value):
        yield path


def edit(content: Any, path: tuple[Any, ...], change: Callable[[str], str]) -> None:
    for key in path[:-1]:
        content = content[key]
    content[path[-1]] = change(content[path[-1]])


def next_one(number: str) -> str:
    """Add one to the last digit before an exponent."""
    digits, e, exponent = re.fullmatch(r"(-?[\d./]+)([eE]?)([-+\d]*)", number).groups()  # type: ignore[union-attr]
    return digits[:-1] + str((int(digits[-1]) + 1) % 10) + e + exponent


@pytest.mark.parametrize("path", FILES, ids=name)
def test_changing_any_number_by_hand_makes_it_fail(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    places = list(numbers(json.loads(text)))
    assert places
    target = tmp_path / path.parent.name / path.name
    target.parent.mkdir()
    for place in places[:: max(1, len(places) // 25)]:
        content = json.loads(text)
        edit(content, place, next_one)
        target.write_text(json.dumps(content), encoding="utf-8")
        try:
            assert recheck.faults(target)[1], place
        except (recheck.Unreadable, ValueError, ZeroDivisionError, KeyError, TypeError):
            continue


@pytest.mark.parametrize("path", COUNTEREXAMPLES, ids=name)
def test_a_changed_value_is_noticed_even_with_a_new_digest(path: Path, tmp_path: Path) -> None:
    """Whoever changes a value, or swaps the sides, and renews the digest is told which inequality no longer holds."""
    target = tmp_path / path.parent.name / path.name
    content = json.loads(path.read_text(encoding="utf-8"))
    for key in ("left", "right", "margin"):
        changed = json.loads(json.dumps(content))
        values = changed["counterexamples"][0]["values"]
        values[key] = str(Decimal(values[key]) * (1 + Decimal("1e-6")) + Decimal("1e-400"))
        kept.write(target, changed)
        assert recheck.faults(target)[1], key
    first = content["counterexamples"][0]
    first["left"], first["right"] = first["right"], first["left"]
    kept.write(target, content)
    (fault,) = recheck.faults(target)[1]
    assert "no longer holds" in fault
    assert first["left"] in fault


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "not of version 1"),
        ('{"version": 2, "claim": "X"}', "not of version 1"),
        ('{"version": 1, "claim": "Y"}', "belongs to claim Y"),
        ('{"version": 1, "claim": "X"}', "not a kept file"),
        ('{"version": 1, "claim": "X", "counterexamples": [{"values": {"left": "x"}}]}', "not a kept file"),
    ],
)
def test_other_files_are_refused(content: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "X").mkdir()
    (tmp_path / "X" / "counterexample.json").write_text(content)
    assert recheck.main([str(tmp_path)]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("formula", ["__import__('os')", "x.y", "open('f')", "[x for x in y]", "0.5", "lambda: 1", "y"])
def test_formulas_outside_the_language_are_refused(formula: str) -> None:
    with pytest.raises((recheck.Unreadable, ValueError)):
        recheck.evaluate(formula, {"point": {"x": "1"}})


def test_a_missing_file_is_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for id in ("P4", "L4"):
        shutil.copytree(PROOFS / id, tmp_path / id)
    assert recheck.main([str(tmp_path)]) == 0
    (tmp_path / "L4" / "counterexample.json").unlink()
    assert recheck.main([str(tmp_path)]) == 1
    assert "L4/counterexample.json is missing" in capsys.readouterr().out


def test_an_empty_folder_is_no_confirmation(tmp_path: Path) -> None:
    assert recheck.main([str(tmp_path)]) == 2
