"""Files of figures: the same bytes twice, whole or not at all, and plain answers to bad requests."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys

import pytest

from sattheory.errors import InputError
from sattheory.figures import FORMATS, Figure, draw, figures
from sattheory.figures import files as files_module
from sattheory.figures.files import render, save


@pytest.mark.parametrize("name", sorted(figures))
def test_same_bytes_for_the_same_seed(name, tmp_path):
    first = draw([name], tmp_path / "first", tuple(FORMATS), seed=3, size="small")
    second = draw([name], tmp_path / "second", tuple(FORMATS), seed=3, size="small")
    assert [path.name for path in first] == [f"{name}.{kind}" for kind in FORMATS]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert one.stat().st_size > 5000


def test_same_bytes_in_another_process_with_another_hash_seed(tmp_path):
    command = [sys.executable, "-W", "error", "-m", "sattheory.figures", "head", "--size", "small"]
    for kind in FORMATS:
        command += ["--format", kind]
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": seed}
        subprocess.run([*command, "--out", str(tmp_path / seed)], check=True, env=environment, capture_output=True)
    for kind in FORMATS:
        assert (tmp_path / "1" / f"head.{kind}").read_bytes() == (tmp_path / "2" / f"head.{kind}").read_bytes()


def test_the_seed_matters(tmp_path):
    one, other = (draw(["f4-released"], tmp_path / str(seed), seed=seed, size="small")[0] for seed in (0, 1))
    assert one.read_bytes() != other.read_bytes()


def test_the_callers_settings_neither_matter_nor_change(tmp_path):
    import matplotlib

    plain = draw(["head"], tmp_path / "plain", size="small")[0].read_bytes()
    with matplotlib.rc_context({"font.size": 30, "axes.labelpad": 20, "lines.markeredgewidth": 4, "svg.hashsalt": None}):
        before = dict(matplotlib.rcParams)
        assert draw(["head"], tmp_path / "loud", size="small")[0].read_bytes() == plain
        assert dict(matplotlib.rcParams) == before


def test_starts_of_files_are_what_their_endings_say(tmp_path):
    starts = {"svg": b"<?xml", "pdf": b"%PDF", "png": b"\x89PNG"}
    for path in draw(["head"], tmp_path, tuple(FORMATS), size="small"):
        content = path.read_bytes()
        assert content.startswith(starts[path.suffix[1:]])
        assert b"/usr" not in content
        assert str(tmp_path).encode() not in content


def test_nothing_is_left_when_drawing_fails(tmp_path, monkeypatch):
    def fail(seed: int, size: str) -> None:
        raise RuntimeError("cannot draw this")

    monkeypatch.setattr(files_module, "figures", {"broken": Figure("broken", "", "", fail)})
    with pytest.raises(RuntimeError, match="cannot draw"):
        draw(["broken"], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_old_file_stays_when_a_later_format_fails(tmp_path, monkeypatch):
    (path,) = draw(["head"], tmp_path, ["svg"], size="small")
    path.write_bytes(b"old")

    def fail(canvas: object, kind: str) -> bytes:
        if kind == "pdf":
            raise RuntimeError("no pdf")
        return render(canvas, kind)

    monkeypatch.setattr(files_module, "render", fail)
    with pytest.raises(RuntimeError, match="no pdf"):
        draw(["head"], tmp_path, ["svg", "pdf"], size="small")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file_and_no_part(tmp_path, monkeypatch):
    (path,) = draw(["head"], tmp_path, ["svg"], size="small")
    path.write_bytes(b"old")

    def full(self: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(InputError, match="No space left"):
        draw(["head"], tmp_path, ["svg"], size="small")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"names": ["hed"]}, "did you mean head"),
        ({"names": ["F4-RELEASED"]}, "did you mean f4-released"),
        ({"names": ["qqqq"]}, "choose from certificate, f1, f4, f4-released, f5, head, rates"),
        ({"names": "head"}, "several are expected"),
        ({"formats": ["pgn"]}, "did you mean png"),
        ({"formats": ["jpeg"]}, "there is no format of this name"),
        ({"size": "ful"}, "did you mean full"),
        ({"seed": -1}, "a seed is not negative"),
    ],
)
def test_bad_requests_are_refused_before_anything_is_made(changes, said, tmp_path):
    request = {"names": ["head"], "out": tmp_path / "out", "formats": ["svg"], "size": "small", **changes}
    with pytest.raises(InputError, match=said):
        draw(**request)
    assert not (tmp_path / "out").exists()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="no folder can be made there"):
        draw(["head"], tmp_path / "file", size="small")


def test_one_figure_is_saved_by_its_ending(tmp_path):
    (path,) = draw(["head"], tmp_path, ["pdf"], size="small")
    assert save(figures["head"].draw(0, "small"), tmp_path / "deep" / "it.pdf").read_bytes() == path.read_bytes()
    with pytest.raises(InputError, match="did you mean png"):
        save(figures["head"].draw(0, "small"), tmp_path / "other" / "it.pgn")
    assert not (tmp_path / "other").exists()


def test_module_refuses_with_status_2(tmp_path):
    command = [sys.executable, "-m", "sattheory.figures", "hed", "--out", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "did you mean head" in done.stderr
    assert "Traceback" not in done.stderr


def test_registry():
    assert list(figures) == sorted(figures) == ["certificate", "f1", "f4", "f4-released", "f5", "head", "rates"]
    for name, figure in figures.items():
        assert figure.name == name
        assert figure.title
        assert figure.paper
        assert dataclasses.is_dataclass(figure)
    assert "head" in figures
    assert "hed" not in figures
    with pytest.raises(InputError, match="did you mean head"):
        figures["hed"]


def test_matplotlib_is_imported_late():
    code = "import sys; from sattheory.figures import figures; list(figures); print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
