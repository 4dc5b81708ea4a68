"""What a container says of a tensor: a type, a shape, and where in which file its bytes are, perhaps deflated.

That is all there is to a container.  A ``.safetensors`` file, an ``.npz`` archive and a model in shards each come down to a
mapping {name: `Entry`}, after which nobody asks any more what the container was.  What must hold for every one of them is
checked here, before a byte of a tensor is read: names that can be printed, few axes, sizes that an address can count.

BF16 is the upper half of a float32, and is decoded as such; F16 is decoded to float32 as well, exactly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sattheory.checkpoints.containers.documents import shown
from sattheory.checkpoints.containers.opening import INTACT
from sattheory.errors import InputError

# A tensor of the usual name takes 100 to 150 bytes of a header: this is room for the most tensors there may be.
LARGEST_HEADER = 16 * 2**20
MOST_TENSORS = 100_000
LONGEST_NAME = 512
MOST_AXES = 8
STORED = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2",
    "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "|u1",
}  # fmt: skip
FLOATING = ("F64", "F32", "F16", "BF16")


@dataclass(frozen=True)
class Stretch:
    """Where the bytes of a tensor are.

    Parameters
    ----------
    path : Path
        The file.
    whole : int
        Its size in bytes when it was checked.
    start, size : int
        The stretch of the file, in bytes.
    skipped : int
        How many bytes come before the values, after inflation.
    deflated : bool
        Whether the stretch is compressed (RFC 1951).
    checksum : int, optional
        CRC-32 of the inflated stretch, where the container states one.
    """

    path: Path
    whole: int
    start: int
    size: int
    skipped: int = 0
    deflated: bool = False
    checksum: int | None = None


@dataclass(frozen=True)
class Entry:
    """What the container says of one tensor.

    Parameters
    ----------
    dtype : str
        Its type as safetensors calls it, such as ``BF16``, whatever the container.
    shape : tuple of int
        Its shape.
    stretch : Stretch
        Where its bytes are.
    stored : str
        NumPy's description of an element as it stands in the file, such as ``<u2``.
    fortran : bool
        Whether the first axis runs fastest.
    """

    dtype: str
    shape: tuple[int, ...]
    stretch: Stretch = field(repr=False)
    stored: str
    fortran: bool = False

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class Contents:
    """All that a container says.

    Parameters
    ----------
    entries : mapping of str to Entry
        Its tensors.
    metadata : mapping of str to str
        What else it states.
    files : tuple of Path
        The files that it consists of.
    """

    entries: Mapping[str, Entry]
    metadata: Mapping[str, str]
    files: tuple[Path, ...]


def check_name(name: str, given: str) -> None:
    """Refuse a name of a tensor that could not be printed in a table.

    Parameters
    ----------
    name : str
        The name.
    given : str
        Whose name it is, for the error.

    Raises
    ------
    InputError
        If it is empty, too long, or has control characters or lone surrogates.
    """
    if not 0 < len(name) <= LONGEST_NAME:
        raise InputError(f"tensor {shown(name)} of {given}", f"its name has {len(name)} characters", f"use 1 to {LONGEST_NAME}")
    if not name.isprintable():
        raise InputError(f"tensor {shown(name)} of {given}", "its name cannot be printed", "give it another name")


def check_count(tensors: int, given: str) -> None:
    """Refuse a container of too many tensors.

    Parameters
    ----------
    tensors : int
        How many there are.
    given : str
        The container, for the error.

    Raises
    ------
    InputError
        If they are more than `MOST_TENSORS`.
    """
    if tensors > MOST_TENSORS:
        raise InputError(given, f"it lists {tensors} tensors, more than {MOST_TENSORS}", "give the file of a model")


def bytes_of(shape: tuple[int, ...], stored: str, given: str) -> int:
    """Count the bytes of an array.

    Parameters
    ----------
    shape : tuple of int
        Its shape.
    stored : str
        NumPy's description of an element.
    given : str
        The tensor, for the error.

    Returns
    -------
    int
        Its bytes.

    Raises
    ------
    InputError
        If it has too many axes, or could not be indexed even where an axis of length 0 empties it.
    """
    if len(shape) > MOST_AXES:
        raise InputError(given, f"{shown(list(shape))} is no shape of at most {MOST_AXES} axes", INTACT)
    width = np.dtype(stored).itemsize
    if math.prod(max(axis, 1) for axis in shape) * width >= 2**63:
        raise InputError(given, f"no array can have the shape {shown(list(shape))}", INTACT)
    return math.prod(shape) * width


def decoded(dtype: str, stored: NDArray[Any]) -> NDArray[Any]:
    """Turn elements as they stand in a file into numbers of this machine.

    Parameters
    ----------
    dtype : str
        Their type as safetensors calls it.
    stored : ndarray
        The elements as they stand there.

    Returns
    -------
    ndarray
        float32 for F16 and BF16, exactly; otherwise the type itself, and the very same array where nothing is to be done.
    """
    if dtype == "BF16":
        wide: NDArray[Any] = np.left_shift(stored, np.uint32(16), dtype=np.uint32)
        return wide.view(np.float32)
    kind = {"F16": np.dtype(np.float32), "BOOL": np.dtype(np.bool_)}.get(dtype, stored.dtype.newbyteorder("="))
    return stored.astype(kind, copy=False)
