"""Files that mean harm, or are merely broken: each is refused with a sentence, in little memory and time.

The tables are in `hostile`, one a container.  Every row goes through `open_tensors` and then reads everything, for some lies show
only there.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from sattheory import cli
from sattheory.checkpoints import read
from sattheory.checkpoints.containers import opening
from sattheory.checkpoints.containers.tensors import Tensors, open_tensors
from sattheory.errors import InputError
from tests.checkpoints.hostile.attacks import ATTACKS
from tests.checkpoints.hostile.npz_cases import NPZ
from tests.checkpoints.hostile.place_cases import PLACES
from tests.checkpoints.hostile.safetensors_cases import SAFETENSORS
from tests.checkpoints.hostile.sharded_cases import SHARDED, sharded
from tests.checkpoints.tiny_checkpoints import write_bert, write_tensors

ROOT = Path(__file__).parents[2]
TWO = np.zeros(2, "<f4")
TABLES = {"safetensors": SAFETENSORS, "npz": NPZ, "sharded": SHARDED, "place": PLACES}
ROWS = [pytest.param(*row[1:], id=f"{table}: {row[0]}") for table, rows in TABLES.items() for row in rows]


def read_all(tensors: Tensors) -> dict[str, np.ndarray]:
    return {name: tensors.read(name) for name in tensors}


def read_all_in_parts(tensors: Tensors) -> dict[str, list[np.ndarray]]:
    return {name: list(tensors.parts(name, 1000)) for name in tensors}


@pytest.mark.parametrize(("words", "write"), ROWS)
def test_a_bad_file_is_refused_with_its_reason(tmp_path: Path, words: str, write: Callable[[Path], object]) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    write(folder)
    for use in (read_all, read_all_in_parts):
        with pytest.raises(InputError) as refusal:
            use(open_tensors(folder))
        assert words in str(refusal.value)
        assert "model" in refusal.value.given
        assert "\n" not in str(refusal.value)
        assert len(str(refusal.value)) < 1000


def test_every_case_has_a_name_of_its_own() -> None:
    for rows in TABLES.values():
        names = [row[0] for row in rows]
        assert len(set(names)) == len(names)


# --- links: what is allowed, next to what the table refuses


def cache(home: Path) -> Path:
    """The layout of the Hugging Face cache: a snapshot is links to blobs."""
    snapshot = home / "models--a--b" / "snapshots" / "0f1e"
    (snapshot.parents[1] / "blobs").mkdir(parents=True)
    write_tensors(snapshot.parents[1] / "blobs" / "cafe", {"a": TWO})
    (snapshot / "part").mkdir(parents=True)
    (snapshot / "model.safetensors").symlink_to("../../blobs/cafe")
    (snapshot / "part" / "model.safetensors").symlink_to("../../../blobs/cafe")
    return snapshot


@pytest.mark.parametrize("part", ["", "part"])
def test_the_hugging_face_cache_is_read_through_its_links(tmp_path: Path, part: str) -> None:
    assert set(open_tensors(cache(tmp_path) / part)) == {"a"}


def test_a_snapshot_does_not_reach_the_blobs_of_another_model(tmp_path: Path) -> None:
    snapshot = cache(tmp_path)
    other = tmp_path / "models--c--d" / "snapshots" / "1"
    other.mkdir(parents=True)
    (other / "model.safetensors").symlink_to(snapshot.parents[1] / "blobs" / "cafe")
    with pytest.raises(InputError, match="leads out of its folder"):
        open_tensors(other)


def test_a_link_inside_its_folder_is_followed(tmp_path: Path) -> None:
    write_tensors(tmp_path / "step_5.safetensors", {"a": TWO})
    (tmp_path / "model.safetensors").symlink_to("step_5.safetensors")
    assert set(open_tensors(tmp_path)) == {"a"}


def test_a_path_that_the_user_wrote_may_be_a_link(tmp_path: Path) -> None:
    for folder in ("far", "near"):
        (tmp_path / folder).mkdir()
    sharded({"a": "1.safetensors"}, **{"1": {"a": TWO}})(tmp_path / "far")
    (tmp_path / "near" / "x.safetensors").symlink_to("../far/1.safetensors")
    (tmp_path / "link").symlink_to("far")
    for path in ("near/x.safetensors", "link", "link/model.safetensors.index.json"):
        assert set(open_tensors(tmp_path / path)) == {"a"}


def test_a_linked_index_names_shards_beside_the_link(tmp_path: Path) -> None:
    for folder in ("far", "near"):
        (tmp_path / folder).mkdir()
    sharded({"a": "1.safetensors"}, **{"1": {"a": TWO}})(tmp_path / "far")
    (tmp_path / "near" / "model.safetensors.index.json").symlink_to("../far/model.safetensors.index.json")
    with pytest.raises(InputError, match=r"shard '1\.safetensors' is missing"):
        open_tensors(tmp_path / "near" / "model.safetensors.index.json")


@pytest.mark.parametrize("name", ["config.json", "vocab.txt"])
def test_no_other_file_of_a_model_is_read_through_a_link_either(tmp_path: Path, name: str) -> None:
    folder = write_bert(tmp_path / "model")
    (folder / name).rename(tmp_path / name)
    (folder / name).symlink_to(f"../{name}")
    with pytest.raises(InputError, match="leads out of its folder"):
        read(folder)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "last.CKPT", "w.pkl"])
def test_a_pickle_is_not_even_opened(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="it is a pickle"):
        open_tensors(tmp_path / name)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/proc/self/fd"])
def test_devices_and_folders_are_no_files(path: str) -> None:
    with pytest.raises(InputError, match=r"pipe or a device|holds no tensors"):
        open_tensors(path)


def test_an_unreadable_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object, flags: int) -> int:
        raise PermissionError(13, "Permission denied")

    write_tensors(tmp_path / "model.safetensors", {"a": TWO})
    monkeypatch.setattr(opening.os, "open", refuse)
    with pytest.raises(InputError, match=r"cannot be read \(Permission denied\)"):
        open_tensors(tmp_path)


def test_an_unreadable_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object) -> list[str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "listdir", refuse)
    with pytest.raises(InputError, match=r"folder=.*cannot be read \(Permission denied\)"):
        open_tensors(tmp_path)


# --- files that change between the check and the reading


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed, None])
@pytest.mark.parametrize("change", ["cut", "grown", "gone", "pipe"])
def test_a_file_that_has_changed_since_its_check_is_refused(tmp_path: Path, save, change: str) -> None:
    path = tmp_path / ("model.npz" if save else "model.safetensors")
    save(path, a=TWO) if save else write_tensors(path, {"a": TWO})
    tensors = open_tensors(path)
    if change in {"gone", "pipe"}:
        path.unlink()
    if change == "pipe":
        os.mkfifo(path)
    if change in {"cut", "grown"}:
        os.truncate(path, path.stat().st_size + (1 if change == "grown" else -1))
    for use in (read_all, read_all_in_parts):
        with pytest.raises(InputError, match=r"when it was checked|no such file|a pipe"):
            use(tensors)


def test_a_file_cut_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = write_tensors(tmp_path / "f", {"a": np.zeros(100_000, "<f4")})
    parts = open_tensors(path).parts("a", 1000)
    assert len(next(parts)) == 1000
    os.truncate(path, 100_000)
    with pytest.raises(InputError, match="ends before its tensor does"):
        list(parts)


def test_an_error_of_the_disk_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tensors = open_tensors(write_tensors(tmp_path / "f", {"a": TWO}))

    def fail(*arguments: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("sattheory.checkpoints.containers.stretches.Plain.fill", fail)
    with pytest.raises(InputError, match=r"no longer be read \(Input/output error\)"):
        tensors.read("a")
    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(InputError, match=r"cannot be read \(Input/output error\)"):
        open_tensors(tmp_path / "f")


def test_a_tensor_beyond_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tensors = open_tensors(write_tensors(tmp_path / "f", {"a": TWO}))

    def full(*arguments: object) -> None:
        raise MemoryError

    monkeypatch.setattr("sattheory.checkpoints.containers.tensors.np.empty", full)
    with pytest.raises(InputError, match="its 2 numbers do not fit into memory"):
        tensors.read("a")


# --- memory and time, measured in a process of its own


# The dearest takes 170 MB and 4 s here; the time leaves room for a slow machine.
MOST_MEGABYTES, MOST_SECONDS = 300, 30
ALLOWED = {"members without number": "read 130000"}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_stays_small_and_short(tmp_path: Path, attack: str) -> None:
    ATTACKS[attack](tmp_path)
    command = [sys.executable, "-m", "tests.checkpoints.hostile.attacks", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=MOST_SECONDS, check=True)
    answer, peak = done.stdout.splitlines()
    assert answer.startswith(ALLOWED.get(attack, "refused"))
    assert float(peak) < MOST_MEGABYTES


# --- anything else


def seeds() -> dict[str, dict[str, bytes]]:
    """Small good files of each kind, as bytes: to be spoiled."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_tensors(folder / "model.safetensors", {"a": TWO, "b": np.ones((2, 3), "<u2"), "c": np.zeros((0, 2), "<i8")})
        np.savez(folder / "model.npz", a=TWO, b=np.asfortranarray(np.ones((2, 3))))
        np.savez_compressed(folder / "deflated.npz", a=TWO, b=np.ones((2, 3)), c=np.float16(1))
        return {path.name: path.read_bytes() for path in folder.iterdir()}


SEEDS = seeds()
CHANGES = some.lists(some.tuples(some.floats(0, 1), some.sampled_from("=+-<"), some.binary(min_size=1, max_size=4)), max_size=4)


def spoil(content: bytes, changes: list[tuple[float, str, bytes]]) -> bytes:
    """Overwrite, insert, take out, or cut off, at some fraction of the file."""
    for fraction, kind, piece in changes:
        place = int(fraction * len(content))
        after = {"=": place + len(piece), "+": place, "-": place + len(piece), "<": len(content)}[kind]
        content = content[:place] + (piece if kind in "=+" else b"") + content[after:]
    return content


@pytest.mark.parametrize("name", SEEDS)
@given(changes=CHANGES)
def test_a_spoilt_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, name: str, changes: list) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(spoil(SEEDS[name], changes))
    try:
        tensors = open_tensors(path)
        found = read_all(tensors)
    except InputError:
        return
    assert {key: value.shape for key, value in found.items()} == {key: tensors.entries[key].shape for key in tensors}


@pytest.mark.parametrize("name", SEEDS)
def test_an_unspoilt_file_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(SEEDS[name])
    assert read_all(open_tensors(tmp_path))["a"].tolist() == [0, 0]


# --- the command line


@pytest.mark.parametrize(
    ("table", "case"),
    [
        ("safetensors", "header of 100 MB"),
        ("safetensors", "duplicate tensor"),
        ("safetensors", "F8"),
        ("safetensors", "truncated data"),
        ("npz", "object array"),
        ("npz", "zip bomb"),
        ("npz", "climbing inside"),
        ("sharded", "shard above"),
        ("sharded", "shard missing"),
        ("place", "pipe"),
        ("place", "absolute link"),
        ("place", "nothing"),
    ],
)
def test_the_command_line_says_it_in_a_sentence(tmp_path: Path, monkeypatch, capsys, table: str, case: str) -> None:
    folder = write_bert(tmp_path / "model")
    (folder / "model.safetensors").unlink()
    (words, write) = next(row[1:] for row in TABLES[table] if row[0] == case)
    write(folder)
    monkeypatch.setattr(sys, "argv", ["sattheory", "saturate", str(folder), "--tokens", "0 1"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    out, err = capsys.readouterr()
    assert left.value.code == 2
    assert out == ""
    assert words in " ".join(err.split())
    assert "Traceback" not in err
