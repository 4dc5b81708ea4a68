"""Tensors from a file that nobody vouches for.

A ``.safetensors`` file is eight bytes of length, a JSON header {name: {dtype, shape, data_offsets}}, and the raw bytes of all
tensors one after another (the format's description in the safetensors repository).  Everything the header says is checked
against the size of the file before a byte of a tensor is read, so that a lying header costs nothing: lengths and counts are
capped, offsets must tile the data without gap or overlap, and each shape must account for its bytes exactly.

Tensors are read one at a time: a whole series of checkpoints passes through the memory of its largest tensor.  BF16 is the
upper half of a float32, and is decoded as such.  NaN and infinities are values like others here; `Transformer` refuses them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from os import fstat
from os.path import isfile
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from sattheory.checkpoints.documents import parse_object, shown
from sattheory.errors import InputError

LARGEST_HEADER = 100_000_000
MOST_TENSORS = 100_000
MOST_AXES = 8
STORED = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2",
    "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "|u1",
}  # fmt: skip
FLOATING = ("F64", "F32", "F16", "BF16")
INTACT = "replace the file by an intact copy"


@dataclass(frozen=True)
class Entry:
    """What the header says of one tensor.

    Parameters
    ----------
    dtype : str
        The format's name of the type, such as ``BF16``.
    shape : tuple of int
        Its shape.
    start, stop : int
        Its bytes, counted from the end of the header.
    """

    dtype: str
    shape: tuple[int, ...]
    start: int
    stop: int


@dataclass(frozen=True)
class TensorFile:
    """A checked ``.safetensors`` file; its tensors are read when asked for.

    Parameters
    ----------
    path : Path
        The file.
    entries : mapping of str to Entry
        The header, checked.
    data : int
        Where the header ends.
    """

    path: Path
    entries: Mapping[str, Entry]
    data: int

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def read(self, name: str) -> NDArray[Any]:
        """Read one tensor.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        ndarray
            float64 or float32 (also for F16 and BF16, exactly), or the integer type of the file.

        Raises
        ------
        InputError
            If there is no such tensor, or the file has changed since it was checked.
        """
        if name not in self.entries:
            raise InputError(f"tensor={shown(name)}", f"{str(self.path)!r} has no such tensor", "choose from its entries")
        entry = self.entries[name]
        stored = self._stored(entry)
        if stored.size != math.prod(entry.shape):
            raise InputError(f"file={str(self.path)!r}", "it has become shorter while it was read", INTACT)
        return _decoded(entry.dtype, stored).reshape(entry.shape)

    def _stored(self, entry: Entry) -> NDArray[Any]:
        try:
            kind, count = np.dtype(STORED[entry.dtype]), math.prod(entry.shape)
            return np.fromfile(self.path, kind, count, offset=self.data + entry.start)
        except OSError as error:
            raise InputError(f"file={str(self.path)!r}", f"it can no longer be read ({error})", INTACT) from error


def open_tensors(path: str | Path) -> TensorFile:
    """Check the header of a ``.safetensors`` file.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    TensorFile
        Its tensors, not yet read.

    Raises
    ------
    InputError
        If it is no file, cannot be read, is no safetensors file, is truncated, or its header contradicts itself or the file.
    """
    path = Path(path)
    if not isfile(path):
        raise InputError(f"file={str(path)!r}", "there is no such file", "give a .safetensors file")
    try:
        with path.open("rb") as stream:
            header, rest = _header(stream, f"file={str(path)!r}")
            data = stream.tell()
    except OSError as error:
        raise InputError(f"file={str(path)!r}", f"it cannot be read ({error.strerror})", "check its permissions") from error
    return TensorFile(path, _entries(header, rest, f"file={str(path)!r}"), data)


def _header(stream: BinaryIO, given: str) -> tuple[dict[str, Any], int]:
    """Read the header, and say how many bytes follow it."""
    size = fstat(stream.fileno()).st_size
    if size < 8:
        raise InputError(given, f"it has {size} bytes, too few for a safetensors file", INTACT)
    length = int.from_bytes(stream.read(8), "little")
    if length > LARGEST_HEADER:
        raise InputError(given, f"its header would have {length} bytes: no safetensors file", "give a .safetensors file")
    if length > size - 8:
        raise InputError(given, f"truncated: its header has {length} bytes, only {size - 8} follow", INTACT)
    return parse_object(stream.read(length), f"header of {given}"), size - 8 - length


def _entries(header: dict[str, Any], rest: int, given: str) -> dict[str, Entry]:
    stated = {name: value for name, value in header.items() if name != "__metadata__"}
    if len(stated) > MOST_TENSORS:
        raise InputError(given, f"it lists {len(stated)} tensors, more than {MOST_TENSORS}", "give the file of a model")
    entries = {name: _entry(value, f"tensor {shown(name)} of {given}") for name, value in stated.items()}
    _check_tiling(entries, rest, given)
    return entries


def _entry(value: object, given: str) -> Entry:
    if not isinstance(value, dict) or set(value) != {"dtype", "shape", "data_offsets"}:
        raise InputError(given, "its entry is not {dtype, shape, data_offsets}", INTACT)
    dtype, shape, offsets = value["dtype"], value["shape"], value["data_offsets"]
    if not isinstance(dtype, str) or dtype not in STORED:
        raise InputError(given, f"the type {shown(dtype)} is unknown", "store it as one of " + ", ".join(STORED))
    if not _counts(shape) or len(shape) > MOST_AXES:
        raise InputError(given, f"{shown(shape)} is no shape of at most {MOST_AXES} axes", INTACT)
    if not _counts(offsets) or len(offsets) != 2:
        raise InputError(given, f"{shown(offsets)} are no two offsets", INTACT)
    start, stop = offsets
    expected = math.prod(shape) * np.dtype(STORED[dtype]).itemsize
    if stop - start != expected:
        raise InputError(given, f"{dtype} of shape {shown(shape)} is {shown(expected)} bytes, not {shown(stop - start)}", INTACT)
    return Entry(dtype, tuple(shape), start, stop)


def _counts(value: object) -> bool:
    return isinstance(value, list) and all(type(item) is int and 0 <= item < 2**63 for item in value)


def _check_tiling(entries: dict[str, Entry], rest: int, given: str) -> None:
    """Refuse gaps, overlaps, and data that end before or after the file."""
    end = 0
    for name, entry in sorted(entries.items(), key=lambda item: (item[1].start, item[1].stop)):
        if entry.start != end:
            where = f"tensor {shown(name)} of {given}"
            raise InputError(where, f"it begins at byte {entry.start} where the one before ends at {end}", INTACT)
        end = entry.stop
    if end > rest:
        raise InputError(given, f"truncated: its tensors take {end} bytes, only {rest} are there", INTACT)
    if end < rest:
        raise InputError(given, f"{rest - end} bytes follow the last tensor", INTACT)


def _decoded(dtype: str, stored: NDArray[Any]) -> NDArray[Any]:
    if dtype == "BF16":
        return (stored.astype(np.uint32) << 16).view(np.float32)
    kind = {"F16": np.dtype(np.float32), "BOOL": np.dtype(np.bool_)}.get(dtype, stored.dtype.newbyteorder("="))
    return stored.astype(kind, copy=False)
