"""One ``.safetensors`` file: eight bytes of length, a JSON header, and the raw bytes of all tensors one after another.

The header is {name: {dtype, shape, data_offsets}}, with offsets counted from its end, and may hold ``__metadata__``, a mapping of
text to text (the format's description in the safetensors repository).  Everything it says is held against the size of the
file, so that a lying header costs nothing: its length is capped, the offsets must tile the data without gap or overlap, and each
shape must account for its bytes exactly.
"""

from __future__ import annotations

import os
from io import BufferedReader
from pathlib import Path
from typing import Any

from sattheory.checkpoints.containers.documents import parse_object, shown
from sattheory.checkpoints.containers.entries import (
    LARGEST_HEADER,
    STORED,
    Contents,
    Entry,
    Stretch,
    bytes_of,
    check_count,
    check_name,
)
from sattheory.checkpoints.containers.opening import INTACT, open_file
from sattheory.errors import InputError

REMEDY = "give a .safetensors file"


def read_header(path: Path, largest: int = LARGEST_HEADER) -> tuple[Contents, int]:
    """Check the header of a ``.safetensors`` file.

    Parameters
    ----------
    path : Path
        The file.
    largest : int
        The most bytes that its header may have.

    Returns
    -------
    contents : Contents
        What it says.
    length : int
        Its length in bytes.

    Raises
    ------
    InputError
        If it is no file, cannot be read, is no safetensors file, is truncated, or its header contradicts itself or the file.
    """
    given = f"file={str(path)!r}"
    with open_file(path, REMEDY) as stream:
        whole = os.fstat(stream.fileno()).st_size
        try:
            header = _header(stream, whole, largest, given)
        except OSError as error:
            raise InputError(given, f"it cannot be read ({error.strerror})", INTACT) from error
        data = stream.tell()
    metadata = _metadata(header.pop("__metadata__", {}), given)
    check_count(len(header), given)
    entries = {name: _entry(name, value, Stretch(path, whole, data, 0), given) for name, value in header.items()}
    _check_tiling(entries, data, whole, given)
    return Contents(entries, metadata, (path,)), data - 8


def _header(stream: BufferedReader, whole: int, largest: int, given: str) -> dict[str, Any]:
    if whole < 8:
        raise InputError(given, f"it has {whole} bytes, too few for a safetensors file", INTACT)
    length = int.from_bytes(stream.read(8), "little")
    if length > largest:
        raise InputError(given, f"its header would have {length} bytes, more than {largest}: no safetensors file", REMEDY)
    if length > whole - 8:
        raise InputError(given, f"truncated: its header has {length} bytes, only {whole - 8} follow", INTACT)
    return parse_object(stream.read(length), f"header of {given}")


def _metadata(value: object, given: str) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise InputError(f"header of {given}", "its __metadata__ is no mapping of text to text", INTACT)
    return value


def _entry(name: str, value: object, data: Stretch, given: str) -> Entry:
    check_name(name, given)
    given = f"tensor {shown(name)} of {given}"
    if not isinstance(value, dict) or set(value) != {"dtype", "shape", "data_offsets"}:
        raise InputError(given, "its entry is not {dtype, shape, data_offsets}", INTACT)
    dtype, shape, offsets = value["dtype"], value["shape"], value["data_offsets"]
    if not isinstance(dtype, str) or dtype not in STORED:
        raise InputError(given, f"the type {shown(dtype)} is unknown", "store it as one of " + ", ".join(STORED))
    if not _counts(shape):
        raise InputError(given, f"{shown(shape)} is no shape", INTACT)
    if not _counts(offsets) or len(offsets) != 2:
        raise InputError(given, f"{shown(offsets)} are no two offsets", INTACT)
    start, stop = offsets
    expected = bytes_of(tuple(shape), STORED[dtype], given)
    if stop - start != expected:
        raise InputError(given, f"{dtype} of shape {shown(shape)} is {expected} bytes, not {stop - start}", INTACT)
    return Entry(dtype, tuple(shape), Stretch(data.path, data.whole, data.start + start, expected), STORED[dtype])


def _counts(value: object) -> bool:
    return isinstance(value, list) and all(type(item) is int and 0 <= item < 2**63 for item in value)


def _check_tiling(entries: dict[str, Entry], data: int, whole: int, given: str) -> None:
    """Refuse gaps, overlaps, and data that end before or after the file."""
    end = data
    for name, entry in sorted(entries.items(), key=lambda item: (item[1].stretch.start, item[1].stretch.size)):
        stretch = entry.stretch
        if stretch.start != end:
            where, begins = f"tensor {shown(name)} of {given}", stretch.start - data
            raise InputError(where, f"it begins at byte {begins} where the one before ends at {end - data}", INTACT)
        end = stretch.start + stretch.size
    if end > whole:
        raise InputError(given, f"truncated: its tensors take {end - data} bytes, only {whole - data} are there", INTACT)
    if end < whole:
        raise InputError(given, f"{whole - end} bytes follow the last tensor", INTACT)
