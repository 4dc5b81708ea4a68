"""Tensors read from safetensors files have the values that were written; `test_hostile_files` has the refusals."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from sattheory.checkpoints.containers import entries
from sattheory.checkpoints.containers.tensors import open_tensors
from sattheory.errors import InputError
from tests.checkpoints.tiny_checkpoints import entry, write_raw, write_tensors

GOOD = {"a": entry("F32", [2], 0, 8)}


def test_the_smallest_good_file_is_good(tmp_path: Path) -> None:
    assert open_tensors(write_raw(tmp_path / "f", GOOD, bytes(8))).read("a").tolist() == [0.0, 0.0]


def test_a_file_of_no_tensors_is_good(tmp_path: Path) -> None:
    assert len(open_tensors(write_raw(tmp_path / "f", {}))) == 0


@pytest.mark.parametrize("path", ["missing", "a/b", "\0", "x" * 5000])
def test_what_is_no_file_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(InputError, match=r"no such file|cannot be read"):
        open_tensors(tmp_path / path)


def test_too_many_tensors_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MOST_TENSORS", 1)
    path = write_raw(tmp_path / "f", {**GOOD, "b": entry("F32", [0], 8, 8)}, bytes(8))
    with pytest.raises(InputError, match="2 tensors, more than 1"):
        open_tensors(path)


def test_a_name_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    tensors = open_tensors(write_raw(tmp_path / "f", GOOD, bytes(8)))
    with pytest.raises(InputError, match=r"'b'.*no such tensor"):
        tensors.read("b")
    with pytest.raises(InputError, match=r"'b'.*no such tensor"):
        tensors.parts("b", 1)


def test_a_part_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="elements=0"):
        open_tensors(write_raw(tmp_path / "f", GOOD, bytes(8))).parts("a", 0)


BF16 = {
    0x0000: 0.0,
    0x3F80: 1.0,
    0xBF80: -1.0,
    0x4049: 3.140625,
    0x3E80: 0.25,
    0x3F81: 1.0078125,
    0x0001: 2.0**-133,
    0x0080: 2.0**-126,
    0x7F7F: (2 - 2.0**-7) * 2.0**127,
    0x7F80: float("inf"),
    0xFF80: float("-inf"),
}


def test_bf16_is_decoded_exactly(tmp_path: Path) -> None:
    path = write_tensors(tmp_path / "f", {"a": np.array(list(BF16), "<u2")})
    found = open_tensors(path).read("a")
    assert found.dtype == np.float32
    assert found.astype(float).tolist() == list(BF16.values())


def test_bf16_nan_and_negative_zero_survive(tmp_path: Path) -> None:
    nan, zero = open_tensors(write_tensors(tmp_path / "f", {"a": np.array([0x7FC0, 0x8000], "<u2")})).read("a")
    assert np.isnan(nan)
    assert zero == 0
    assert np.signbit(zero)


KINDS = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "|b1",
}  # fmt: skip


@pytest.mark.parametrize("dtype", KINDS)
def test_each_type_is_read_back_with_its_values(tmp_path: Path, dtype: str) -> None:
    array = np.array([[0, 1, 2], [3, 100, 5]]).astype(KINDS[dtype])
    header = {"pad": entry("U8", [3], 0, 3), "a": entry(dtype, [2, 3], 3, 3 + array.nbytes)}
    header["none"] = entry(dtype, [0, 3], 3 + array.nbytes, 3 + array.nbytes)
    found = open_tensors(write_raw(tmp_path / "f", header, b"pad" + array.tobytes()))
    assert (found.entries["a"].dtype, found.entries["a"].shape) == (dtype, (2, 3))
    assert (found.read("a") == array).all()
    assert found.read("a").dtype == (np.float32 if dtype == "F16" else np.dtype(KINDS[dtype]))
    assert found.read("none").shape == (0, 3)


@pytest.mark.parametrize("dtype", ["<f8", "<f4", "<f2", "<u2", "<i8"])
@pytest.mark.parametrize("elements", [1, 7, 30, 31, 10**9])
def test_parts_are_the_tensor_cut_up(tmp_path: Path, dtype: str, elements: int) -> None:
    arrays = {"pad": np.zeros(3, "|u1"), "a": np.arange(30).reshape(5, 6).astype(dtype), "end": np.ones(4, "<f4")}
    tensors = open_tensors(write_tensors(tmp_path / "f", arrays))
    parts = list(tensors.parts("a", elements))
    assert [len(part) for part in parts] == [elements] * (30 // elements) + [30 % elements] * (30 % elements > 0)
    assert np.concatenate(parts).tolist() == tensors.read("a").ravel().tolist()
    assert {part.dtype for part in parts} == {tensors.read("a").dtype}


def test_parts_of_a_scalar_and_of_nothing(tmp_path: Path) -> None:
    tensors = open_tensors(write_tensors(tmp_path / "f", {"one": np.array(5.0), "none": np.zeros((0, 2))}))
    assert [part.tolist() for part in tensors.parts("one", 3)] == [[5.0]]
    assert list(tensors.parts("none", 3)) == []


def test_parts_hold_one_part_at_a_time(tmp_path: Path) -> None:
    import tracemalloc

    tensors = open_tensors(write_tensors(tmp_path / "f", {"a": np.arange(4_000_000, dtype="<f4")}))
    tracemalloc.start()
    total = sum(float(part.sum(dtype=float)) for part in tensors.parts("a", 50_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total == 4_000_000 * 3_999_999 / 2
    assert peak < 1_000_000  # of 16 MB


def test_the_reference_writer_is_understood(tmp_path: Path) -> None:
    arrays = {"x": np.arange(6.0).reshape(2, 3), "s": np.float32([7]).reshape(()), "i": np.arange(4)}
    save_file(arrays, tmp_path / "f", metadata={"format": "np", "step": "30"})
    tensors = open_tensors(tmp_path / "f")
    assert set(tensors) == set(arrays)
    assert len(tensors) == 3
    assert "x" in tensors
    assert "y" not in tensors
    assert tensors.metadata == {"format": "np", "step": "30"}
    assert tensors.files == (tmp_path / "f",)
    for name, array in arrays.items():
        assert tensors.read(name).shape == array.shape
        assert (tensors.read(name) == array).all()


def test_checked_tensors_can_be_sent_to_another_process(tmp_path: Path) -> None:
    tensors = open_tensors(write_tensors(tmp_path / "f", {"a": np.arange(3.0)}))
    again = pickle.loads(pickle.dumps(tensors))
    assert again == tensors
    assert again.read("a").tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("present", "chosen"),
    [
        (["model.safetensors", "model.npz", "b.safetensors"], "model.safetensors"),
        (["model.npz", "b.safetensors"], "model.npz"),
        (["b.safetensors", "notes.txt"], "b.safetensors"),
        (["B.NPZ", "pytorch_model.bin"], "B.NPZ"),
    ],
)
def test_the_file_of_a_folder_is_found(tmp_path: Path, present: list[str], chosen: str) -> None:
    for name in present:
        if name.lower().endswith(".npz"):
            with (tmp_path / name).open("wb") as stream:
                np.savez(stream, a=np.zeros(2))
        else:
            write_tensors(tmp_path / name, {"a": np.zeros(2)})
    assert open_tensors(tmp_path).path == tmp_path / chosen
    assert open_tensors(str(tmp_path)).files == (tmp_path / chosen,)
