"""An ``.npz`` archive: a zip file whose members are arrays in NumPy's ``.npy`` format, stored or deflated.

A member begins with its type, its order and its shape, written as a Python dictionary (the format's description in
``numpy.lib.format``).  NumPy evaluates that text; here it must match a pattern, and nothing is evaluated or unpickled.  Each
member's size must be that of its array, and it is inflated no further.  Weights hardly deflate, so an archive that promises to
grow many times over was not made of weights: it may promise `FREE` bytes, or `MOST_GROWTH` times what its members take.
"""

from __future__ import annotations

import re
from dataclasses import replace
from io import BufferedReader
from pathlib import Path

import numpy as np

from sattheory.checkpoints.containers.documents import shown
from sattheory.checkpoints.containers.entries import STORED, Contents, Entry, bytes_of, check_name
from sattheory.checkpoints.containers.opening import INTACT, open_file
from sattheory.checkpoints.containers.stretches import Plain, source
from sattheory.checkpoints.containers.zip_directories import Member, read_directory
from sattheory.errors import InputError

FREE = 64 * 2**20
MOST_GROWTH = 20
LONGEST_HEADER = 10_000
QUOTE = "'"
TYPES = {np.dtype(stored).str[1:]: dtype for dtype, stored in STORED.items() if dtype not in {"BF16", "BOOL"}} | {"b1": "BOOL"}
_FIELD = re.compile(r"\s*'(descr|fortran_order|shape)'\s*:\s*('[^']*'|True|False|\([\d,\s]*\)|\[[^{}]*\])\s*(?:,|$)")
_SHAPE = re.compile(r"\((?:\d{1,19},|\d{1,19}(?:,\s*\d{1,19})+,?)?\)")


def read_archive(path: Path) -> Contents:
    """Check an ``.npz`` archive.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Contents
        What it holds.

    Raises
    ------
    InputError
        If it is no file, cannot be read, is no such archive, contradicts itself, would grow too much, or holds something else
        than arrays of numbers.
    """
    given = f"file={str(path)!r}"
    with open_file(path, "give an .npz file") as stream:
        try:
            members = read_directory(stream, path)
            _check_growth(members, given)
            entries: dict[str, Entry] = {}
            for member in members:
                name = _name(member.name, given)
                if name in entries:
                    raise InputError(given, f"the member {shown(member.name)} stands there twice", INTACT)
                entries[name] = _entry(stream, member, given)
        except OSError as error:
            raise InputError(given, f"it cannot be read ({error.strerror})", INTACT) from error
    return Contents(entries, {}, (path,))


def _check_growth(members: list[Member], given: str) -> None:
    deflated = [member for member in members if member.stretch.deflated]
    packed, size = sum(member.stretch.size for member in deflated), sum(member.size for member in deflated)
    if size > max(FREE, MOST_GROWTH * packed):
        raise InputError(given, f"{packed} deflated bytes are to become {size}: no weights", "save it by numpy.savez")


def _name(member: str, given: str) -> str:
    """Turn a member's name into that of its tensor; parts may be set apart by /, but never climb."""
    name = member.removesuffix(".npy")
    if name == member or "\\" in name or {"", ".", ".."} & set(name.split("/")):
        raise InputError(f"member {shown(member)} of {given}", "this is no name of an array", "use numpy.savez")
    check_name(name, given)
    return name


def _entry(stream: BufferedReader, member: Member, given: str) -> Entry:
    given = f"member {shown(member.name)} of {given}"
    beginning, text = _header(source(stream, member.stretch), given)
    fields = _fields(text, given)
    dtype, stored = _type(fields["descr"], given)
    shape = tuple(int(axis) for axis in re.findall(r"\d+", fields["shape"]))
    if (expected := beginning + bytes_of(shape, stored, given)) != member.size:
        raise InputError(given, f"{dtype} of shape {shown(list(shape))} makes {expected} bytes, not {member.size}", INTACT)
    return Entry(dtype, shape, replace(member.stretch, skipped=beginning), stored, fields["fortran_order"] == "True")


def _type(described: str, given: str) -> tuple[str, str]:
    """Name a type as safetensors does, and describe an element for NumPy."""
    order, kind = described[1:2], described[2:-1]
    if kind not in TYPES or order not in ("|" if kind.endswith("1") else "<>"):
        raise InputError(given, f"the type {shown(described.strip(QUOTE))} is unknown", "store it as one of " + ", ".join(TYPES))
    return TYPES[kind], "|u1" if kind == "b1" else order + kind


def _header(start: Plain, given: str) -> tuple[int, str]:
    """Read where an array says what it is; return how many bytes that took, and its text."""
    first = _take(start, 8)
    if first[:6] != b"\x93NUMPY" or first[6] not in {1, 2, 3} or first[7]:
        raise InputError(given, "it is no array in the .npy format", "use numpy.savez")
    width = 2 if first[6] == 1 else 4
    length = int.from_bytes(_take(start, width), "little")
    if length > LONGEST_HEADER:
        raise InputError(given, f"its header would have {length} bytes, more than {LONGEST_HEADER}", "use numpy.savez")
    return 8 + width + length, _take(start, length).decode("latin-1")


def _take(start: Plain, length: int) -> bytes:
    found = np.empty(length, np.uint8)
    start.fill(found)
    return found.tobytes()


def _fields(text: str, given: str) -> dict[str, str]:
    """Take the dictionary apart: each of its three fields once, in any order."""
    text = text.strip()
    inner, place, pairs = text[1:-1].rstrip(), 0, []
    while found := _FIELD.match(inner, place):
        pairs.append((found[1], found[2]))
        place = found.end()
    fields = dict(pairs)
    whole = text[:1] + text[-1:] == "{}" and place == len(inner) and len(pairs) == len(fields) == 3
    if not (whole and fields["fortran_order"] in {"True", "False"} and _SHAPE.fullmatch(fields["shape"])):
        raise InputError(given, f"{shown(text)} does not describe an array", INTACT)
    return fields
