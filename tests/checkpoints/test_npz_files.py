"""Arrays from an ``.npz`` archive have the values that NumPy wrote, whichever way it wrote them."""

import io
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from sattheory.checkpoints.containers import zip_directories
from sattheory.checkpoints.containers.tensors import open_tensors
from tests.checkpoints.raw_archives import member, npy, raw_npy, wide, write_archive

SAVE = {"stored": np.savez, "deflated": np.savez_compressed}
ARRAYS = {
    "w": np.random.default_rng(3).normal(size=(3, 4)),
    "fortran": np.asfortranarray(np.arange(12, dtype="f4").reshape(3, 4)),
    "cube": np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)),
    "big_endian": np.arange(5, dtype=">i4"),
    "big_floats": np.arange(6, dtype=">f8").reshape(2, 3),
    "truth": np.array([True, False]),
    "half": np.float16(3.5),
    "none": np.zeros((0, 3)),
    "params/dense/kernel": np.arange(3, dtype="u1"),
    "long": np.random.default_rng(4).normal(size=100_000),
    "flat": np.zeros(300_000, "f4"),
    "naïve": np.array([np.nan, np.inf]),
}


@pytest.mark.parametrize("save", SAVE)
def test_arrays_are_read_back(tmp_path: Path, save: str) -> None:
    SAVE[save](tmp_path / "model.npz", **ARRAYS)
    tensors = pickle.loads(pickle.dumps(open_tensors(tmp_path)))
    assert set(tensors) == set(ARRAYS)
    assert tensors.metadata == {}
    assert tensors.files == (tmp_path / "model.npz",)
    for name, array in ARRAYS.items():
        found = tensors.read(name)
        np.testing.assert_array_equal(found, array)
        assert found.shape == array.shape
        assert found.dtype.isnative
        assert tensors.entries[name].shape == array.shape


@pytest.mark.parametrize("save", SAVE)
@pytest.mark.parametrize("elements", [1000, 65_537, 10**8])
def test_parts_are_in_the_order_of_the_last_axis_fastest(tmp_path: Path, save: str, elements: int) -> None:
    SAVE[save](tmp_path / "model.npz", **ARRAYS)
    tensors = open_tensors(tmp_path)
    for name, array in ARRAYS.items():
        parts = list(tensors.parts(name, elements))
        np.testing.assert_array_equal(np.concatenate([*parts, array.ravel()[:0]]), array.ravel())
        assert all(0 < len(part) <= elements for part in parts)


def test_parts_of_one_element(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "model.npz", a=ARRAYS["cube"])
    assert [part.tolist() for part in open_tensors(tmp_path).parts("a", 1)] == [[float(i)] for i in range(24)]


@pytest.mark.parametrize("save", SAVE)
def test_parts_hold_one_part_at_a_time(tmp_path: Path, save: str) -> None:
    import tracemalloc

    SAVE[save](tmp_path / "model.npz", a=np.arange(2_000_000, dtype="<f4"))
    tensors = open_tensors(tmp_path)
    tracemalloc.start()
    total = sum(float(part.sum(dtype=float)) for part in tensors.parts("a", 50_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total == 2_000_000 * 1_999_999 / 2
    assert peak < 2_000_000  # of 8 MB


NAMES = {
    "f8": "F64", "f4": "F32", "f2": "F16", "i8": "I64", "i4": "I32", "i2": "I16", "i1": "I8",
    "u8": "U64", "u4": "U32", "u2": "U16", "u1": "U8", "?": "BOOL",
}  # fmt: skip


@pytest.mark.parametrize(("dtype", "name"), NAMES.items())
@pytest.mark.parametrize("order", "<>")
def test_types_are_called_as_in_safetensors(tmp_path: Path, dtype: str, name: str, order: str) -> None:
    array = np.array([1, 0, 100]).astype(order + dtype)
    np.savez(tmp_path / "model.npz", a=array)
    tensors = open_tensors(tmp_path)
    assert tensors.entries["a"].dtype == name
    assert tensors.read("a").tolist() == array.tolist()


def test_an_archive_written_to_a_stream_is_read(tmp_path: Path) -> None:
    """Where a writer cannot go back, sizes follow the data."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.content = b""

        def writable(self) -> bool:
            return True

        def write(self, data) -> int:
            self.content += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a", "b"):
            with archive.open(f"{name}.npy", "w", force_zip64=True) as stream:
                np.lib.format.write_array(stream, np.arange(5.0))
    (tmp_path / "model.npz").write_bytes(pipe.content)
    assert open_tensors(tmp_path).read("b").tolist() == [0, 1, 2, 3, 4]


def test_sizes_of_64_bits_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 100)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
    np.savez(tmp_path / "model.npz", a=np.arange(50.0), b=np.arange(60.0))
    assert struct.pack("<L", 2**32 - 1) in (tmp_path / "model.npz").read_bytes()[-300:]
    assert open_tensors(tmp_path).read("b").tolist() == list(range(60))


def test_a_size_of_64_bits_by_hand(tmp_path: Path) -> None:
    one = member("a", npy(np.zeros(500)), method=8)
    assert len(one.data) < len(one.content)
    write_archive(tmp_path / "model.npz", [wide(one, len(one.content), len(one.data))])
    assert open_tensors(tmp_path).read("a").tolist() == [0] * 500


@pytest.mark.parametrize("version", [b"\1\0", b"\2\0", b"\3\0"])
@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }",
        "{'shape':(2,),'descr':'<f4','fortran_order':False}",
        "  {'fortran_order': True , 'descr' :'<f4', 'shape': (1,\n2)}   \n",
    ],
)
def test_headers_of_other_writers_are_understood(tmp_path: Path, version: bytes, header: str) -> None:
    content = raw_npy(header.encode(), struct.pack("<2f", 3, 4), version)
    write_archive(tmp_path / "model.npz", [member(content=content)])
    assert open_tensors(tmp_path).read("a").ravel().tolist() == [3, 4]


def test_the_largest_growth_that_is_allowed(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "model.npz", a=np.zeros(16_000_000, "<f4"))
    assert (tmp_path / "model.npz").stat().st_size < 100_000
    assert sum(int(part.any()) for part in open_tensors(tmp_path).parts("a", 2**20)) == 0


def test_zip_constants_are_those_of_the_standard_library() -> None:
    assert zip_directories.LISTED.size == zipfile.sizeCentralDir
    assert zip_directories.LOCAL.size == zipfile.sizeFileHeader
    assert zip_directories.END.size == zipfile.sizeEndCentDir
    assert zip_directories.END64.size == zipfile.sizeEndCentDir64
    assert zip_directories.LOCATOR.size == zipfile.sizeEndCentDir64Locator
