"""The tensors of a checkpoint, from files that nobody vouches for.

`open_tensors` takes a ``.safetensors`` file, an ``.npz`` archive, the index of a model in shards, or the folder of any of these,
and reads headers only.  Each container is checked by a file of its own (`safetensors_files`, `npz_files`, `sharded`) and comes
down to types, shapes and stretches of bytes; from then on they are all alike.  The rules for pipes and links are in `opening`.

Tensors are read one at a time, or in parts: a whole series of checkpoints passes through the memory of one part.  NaN and
infinities are values like others here; `Transformer` refuses them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sattheory.checkpoints.containers.documents import shown
from sattheory.checkpoints.containers.entries import FLOATING, Contents, Entry, decoded
from sattheory.checkpoints.containers.npz_files import read_archive
from sattheory.checkpoints.containers.opening import check_inside
from sattheory.checkpoints.containers.safetensors_files import read_header
from sattheory.checkpoints.containers.sharded import read_index
from sattheory.checkpoints.containers.stretches import reading
from sattheory.errors import InputError

__all__ = ["FLOATING", "Entry", "Tensors", "open_tensors"]

USUAL = ("model.safetensors", "model.safetensors.index.json", "model.npz")
INDEX, WHOLE, PICKLED = (".safetensors.index.json",), (".safetensors", ".npz"), (".bin", ".pt", ".pth", ".ckpt", ".pkl")
CONVERT = "save it as .safetensors where you trust it"


@dataclass(frozen=True)
class Tensors:
    """A checked checkpoint; its tensors are read when asked for.

    Parameters
    ----------
    path : Path
        The file, or the index of several.
    entries : mapping of str to Entry
        What it says of each tensor.
    metadata : mapping of str to str
        What else it states: ``__metadata__`` of a safetensors file, and of shards what they have in common.
    files : tuple of Path
        All the files that it consists of.
    """

    path: Path
    entries: Mapping[str, Entry] = field(repr=False)
    metadata: Mapping[str, str]
    files: tuple[Path, ...] = field(repr=False)

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __contains__(self, name: object) -> bool:
        return name in self.entries

    def __len__(self) -> int:
        return len(self.entries)

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
            If there is no such tensor, it does not fit the memory, or the file is not, or no longer, what its header says.
        """
        entry = self._entry(name)
        try:
            (values,) = _parts(entry, max(entry.size, 1))
        except MemoryError as error:
            given = f"tensor {shown(name)} of file={str(self.path)!r}"
            raise InputError(given, f"its {entry.size} numbers do not fit into memory", "take a larger machine") from error
        return values.reshape(entry.shape, order="F" if entry.fortran else "C")

    def parts(self, name: str, elements: int, rooms: Iterator[NDArray[np.uint8]] | None = None) -> Iterator[NDArray[Any]]:
        """Read one tensor in parts; memory is that of a part.

        An array whose first axis runs fastest, as an ``.npz`` archive may hold it, is the exception: it is read whole.

        Parameters
        ----------
        name : str
            Its name.
        elements : int
            The most elements of a part.
        rooms : iterator of ndarray of uint8, optional
            Memory to read into, of eight bytes an element at least: one is taken for each part, and what lies there is
            overwritten.  Reading into memory that is in use already takes less time.

        Returns
        -------
        iterator of ndarray of shape (m,)
            Its values in the order of the last axis fastest, as `read` gives them; without rooms, each part is an array of its
            own.

        Raises
        ------
        InputError
            If there is no such tensor, or less than one element is asked for; and while iterating, as `read` does.
        """
        entry = self._entry(name)
        if elements < 1:
            raise InputError(f"elements={elements}", "a part has at least one", "give a positive number")
        if entry.fortran and sum(axis > 1 for axis in entry.shape) > 1:
            whole = self.read(name).reshape(-1)
            return (whole[start : start + elements] for start in range(0, whole.size, elements))
        return _parts(entry, elements, rooms) if entry.size else iter(())

    def _entry(self, name: str) -> Entry:
        if name not in self.entries:
            raise InputError(f"tensor={shown(name)}", f"{str(self.path)!r} has no such tensor", "choose from its entries")
        return self.entries[name]


def open_tensors(path: str | Path) -> Tensors:
    """Check the headers of a checkpoint.

    Parameters
    ----------
    path : str or Path
        A ``.safetensors`` file, an ``.npz`` archive, a ``.safetensors.index.json`` file, or a folder: its ``model.safetensors``,
        ``model.safetensors.index.json`` or ``model.npz``, or else the only file of these kinds.

    Returns
    -------
    Tensors
        Its tensors, not yet read.

    Raises
    ------
    InputError
        If there is none, or it cannot be read, or a header contradicts itself or its file.
    """
    path = Path(path)
    if os.path.isdir(path):
        path = _found(path)
        check_inside(path)
    contents = _contents(path)
    return Tensors(path, contents.entries, contents.metadata, contents.files)


def _contents(path: Path) -> Contents:
    name = path.name.lower()
    if name.endswith(".json"):
        return read_index(path)
    if name.endswith(".npz"):
        return read_archive(path)
    if name.endswith(PICKLED):
        raise InputError(f"file={str(path)!r}", "it is a pickle, which may run anything when read", CONVERT)
    return read_header(path)[0]


def _found(folder: Path) -> Path:
    """Choose the file of a folder."""
    given = f"folder={str(folder)!r}"
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise InputError(given, f"it cannot be read ({error.strerror})", "check its permissions") from error
    if usual := [name for name in USUAL if name in names]:
        return folder / usual[0]
    for endings in (INDEX, WHOLE):
        found = [name for name in names if name.lower().endswith(endings)]
        if len(found) == 1:
            return folder / found[0]
        if found:
            raise InputError(given, f"it holds several checkpoints: {shown(found)}", "give one of the files")
    if pickled := [name for name in names if name.lower().endswith(PICKLED)]:
        raise InputError(given, f"its weights {shown(pickled[0])} are a pickle, which may run anything when read", CONVERT)
    raise InputError(given, "it holds no tensors", "give a folder with model.safetensors, its index, or model.npz")


def _parts(entry: Entry, elements: int, rooms: Iterator[NDArray[np.uint8]] | None = None) -> Iterator[NDArray[Any]]:
    """Read a tensor in the order of its file; at least one part, and what follows the last is checked before it is given."""
    stored = np.dtype(entry.stored)
    with reading(entry.stretch) as values:
        left = entry.size
        while True:
            count = min(left, elements)
            part = np.empty(count, stored) if rooms is None else next(rooms)[: count * stored.itemsize].view(stored)
            values.fill(part)
            left -= count
            if not left:
                values.finish()
            yield decoded(entry.dtype, part)
            if not left:
                return
