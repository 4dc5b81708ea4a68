"""A tensor file is believed only after every number in its header has been held against the file."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from safetensors.numpy import save_file

from sattheory.checkpoints import open_tensors, tensors
from sattheory.errors import InputError
from tests.checkpoints.tiny_checkpoints import entry, write_raw, write_tensors

ZEROS = bytes(8)
GOOD = {"a": entry("F32", [2], 0, 8)}
TWICE = b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
BAD = [
    ("eight bytes of length are missing", "it has 3 bytes", lambda p: p.write_bytes(b"abc")),
    ("header longer than the cap", "no safetensors file", lambda p: write_raw(p, GOOD, ZEROS, length=2**63)),
    ("header longer than the file", "truncated: its header", lambda p: write_raw(p, GOOD, ZEROS, length=4000)),
    ("header is no JSON", "not JSON", lambda p: write_raw(p, b"{'a'", ZEROS)),
    ("header is no UTF-8", "not JSON", lambda p: write_raw(p, b"\xff\xfe", ZEROS)),
    ("header too deep", "not JSON", lambda p: write_raw(p, b"[" * 100_000)),
    ("header is no object", "no object", lambda p: write_raw(p, [1], ZEROS)),
    ("duplicate tensor", "'a' stands there twice", lambda p: write_raw(p, TWICE, ZEROS)),
    ("duplicate field", "'shape' stands there twice", lambda p: write_raw(p, b'{"a":{"shape":[],"shape":[2]}}', ZEROS)),
    ("entry is no object", "its entry is not", lambda p: write_raw(p, {"a": 3}, ZEROS)),
    ("entry lacks a field", "its entry is not", lambda p: write_raw(p, {"a": {"dtype": "F32", "shape": [2]}}, ZEROS)),
    ("unknown type", "type 'F8_E4M3' is unknown", lambda p: write_raw(p, {"a": entry("F8_E4M3", [8], 0, 8)}, ZEROS)),
    ("type is no text", "type ['F32'] is unknown", lambda p: write_raw(p, {"a": entry(["F32"], [2], 0, 8)}, ZEROS)),
    ("negative axis", "no shape", lambda p: write_raw(p, {"a": entry("F32", [-2], 0, 8)}, ZEROS)),
    ("axis true", "no shape", lambda p: write_raw(p, {"a": entry("F32", [2, True], 0, 8)}, ZEROS)),
    ("axis 2.0", "no shape", lambda p: write_raw(p, {"a": entry("F32", [2.0], 0, 8)}, ZEROS)),
    ("too many axes", "no shape", lambda p: write_raw(p, {"a": entry("F32", [1] * 9 + [2], 0, 8)}, ZEROS)),
    ("shape overflows 64 bits", "not 8", lambda p: write_raw(p, {"a": entry("F32", [2**62, 4, 2], 0, 8)}, ZEROS)),
    ("three offsets", "no two offsets", lambda p: write_raw(p, {"a": {**GOOD["a"], "data_offsets": [0, 8, 8]}}, ZEROS)),
    ("negative offset", "no two offsets", lambda p: write_raw(p, {"a": entry("F32", [2], -8, 0)}, ZEROS)),
    ("backward offsets", "not -8", lambda p: write_raw(p, {"a": entry("F32", [2], 8, 0)}, ZEROS)),
    ("bytes too few for the shape", "is 8 bytes, not 4", lambda p: write_raw(p, {"a": entry("F32", [2], 0, 4)}, bytes(4))),
    ("gap before", "begins at byte 8", lambda p: write_raw(p, {"a": entry("F32", [2], 8, 16)}, bytes(16))),
    ("overlap", "begins at byte 0", lambda p: write_raw(p, {**GOOD, "b": entry("F32", [2], 0, 8)}, ZEROS)),
    ("truncated data", "truncated: its tensors", lambda p: write_raw(p, GOOD, bytes(7))),
    ("bytes after the end", "1 bytes follow", lambda p: write_raw(p, GOOD, bytes(9))),
]


def test_the_good_file_of_the_table_is_good(tmp_path: Path) -> None:
    assert open_tensors(write_raw(tmp_path / "f", GOOD, ZEROS)).read("a").tolist() == [0.0, 0.0]


@pytest.mark.parametrize(("why", "write"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_bad_file_is_refused_with_its_reason(tmp_path: Path, why: str, write) -> None:
    path = tmp_path / "model.safetensors"
    write(path)
    with pytest.raises(InputError) as refusal:
        open_tensors(path)
    assert why in str(refusal.value)
    assert "model.safetensors" in refusal.value.given


@pytest.mark.parametrize("path", ["", "missing", "a/b", "\0", "x" * 5000])
def test_what_is_no_file_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(InputError, match="no such file"):
        open_tensors(tmp_path / path)


def test_an_unreadable_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied")

    path = write_raw(tmp_path / "f", GOOD, ZEROS)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=r"cannot be read \(Permission denied\)"):
        open_tensors(path)


def test_too_many_tensors_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensors, "MOST_TENSORS", 1)
    path = write_raw(tmp_path / "f", {**GOOD, "b": entry("F32", [0], 8, 8)}, ZEROS)
    with pytest.raises(InputError, match="2 tensors, more than 1"):
        open_tensors(path)


def test_a_file_cut_or_removed_after_its_check_is_refused(tmp_path: Path) -> None:
    path = write_raw(tmp_path / "f", GOOD, ZEROS)
    file = open_tensors(path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(InputError, match="shorter"):
        file.read("a")
    path.unlink()
    with pytest.raises(InputError, match="no longer"):
        file.read("a")


def test_a_name_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'b'.*no such tensor"):
        open_tensors(write_raw(tmp_path / "f", GOOD, ZEROS)).read("b")


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


@pytest.mark.parametrize("kind", ["<f8", "<f4", "<f2", "<i8", "<i4", "|u1"])
def test_each_type_is_read_back_with_its_values(tmp_path: Path, kind: str) -> None:
    array = np.array([[0, 1, 2], [3, 100, 5]], kind)
    found = open_tensors(write_tensors(tmp_path / "f", {"pad": np.zeros(3, "|u1"), "a": array, "none": array[:0]}))
    assert (found.read("a") == array).all()
    assert found.read("a").dtype == (np.float32 if kind == "<f2" else np.dtype(kind))
    assert found.read("none").shape == (0, 3)


def test_the_reference_writer_is_understood(tmp_path: Path) -> None:
    arrays = {"x": np.arange(6.0).reshape(2, 3), "s": np.float32([7]).reshape(()), "i": np.arange(4)}
    save_file(arrays, tmp_path / "f", metadata={"format": "np"})
    file = open_tensors(tmp_path / "f")
    assert set(file) == set(arrays)
    for name, array in arrays.items():
        assert file.read(name).shape == array.shape
        assert (file.read(name) == array).all()


@given(some.binary(max_size=200), some.booleans())
def test_arbitrary_bytes_hold_no_tensor(tmp_path_factory: pytest.TempPathFactory, data: bytes, framed: bool) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(len(data).to_bytes(8, "little") + data if framed else data)
    try:
        found = list(open_tensors(path))
    except InputError:
        found = []
    assert not found
