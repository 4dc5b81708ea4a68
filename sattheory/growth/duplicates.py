"""The same checkpoint twice: a folder copied, a save that was skipped, a run resumed from an old file.

Published series contain such pairs, and each pretends a step of length zero.  Equal files give equal sums, bit for bit, so that
only members whose sums agree need be looked at again; nothing is missed.  Their files are then compared by SHA-256, and, where
files differ (in their metadata, their shards, their container), their tensors one by one in the same way.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sattheory.checkpoints.containers.tensors import Tensors
from sattheory.errors import InputError
from sattheory.growth.scanning import PART, SQUARE
from sattheory.growth.series import parameters_of

CHUNK = 1 << 20


@dataclass(frozen=True)
class Duplicate:
    """A member of a series that another one repeats.

    Parameters
    ----------
    first, again : int
        Positions of the two in the series.
    files : bool
        Whether the files are the same, or only the tensors in them.
    digest : str
        SHA-256 of the files, or of the tensors.
    """

    first: int
    again: int
    files: bool
    digest: str


def duplicates(members: Sequence[Tensors], sums: NDArray[np.float64]) -> list[Duplicate]:
    """Find the members that repeat an earlier one.

    Parameters
    ----------
    members : sequence of Tensors, length T
        The checkpoints in order.
    sums : ndarray, shape (K, 3, T)
        From `scanning.sums`.

    Returns
    -------
    list of Duplicate
        Each with the first of its kind, in the order of the second.
    """
    alike: defaultdict[bytes, list[int]] = defaultdict(list)
    for i in range(len(members)):
        alike[sums[:, SQUARE, i].tobytes()].append(i)
    found = [pair for group in alike.values() if len(group) > 1 for pair in _within(group, members)]
    return sorted(found, key=lambda pair: pair.again)


def _within(group: Sequence[int], members: Sequence[Tensors]) -> Iterator[Duplicate]:
    files: dict[str, int] = {}
    tensors: dict[str, int] = {}
    for i in group:
        digest = digest_of_files(members[i].files)
        if digest in files:
            yield Duplicate(files[digest], i, True, digest)
            continue
        files[digest] = i
        contents = digest_of_tensors(members[i])
        if contents in tensors:
            yield Duplicate(tensors[contents], i, False, contents)
        else:
            tensors[contents] = i


def digest_of_files(files: Sequence[Path]) -> str:
    """Compute the SHA-256 of files, one after the other.

    Parameters
    ----------
    files : sequence of Path
        The files.

    Returns
    -------
    str
        The digest, hexadecimal.

    Raises
    ------
    InputError
        If one can no longer be read.
    """
    digest = hashlib.sha256()
    for path in files:
        try:
            with path.open("rb") as stream:
                while chunk := stream.read(CHUNK):
                    digest.update(chunk)
        except OSError as error:
            raise InputError(f"file={str(path)!r}", f"it can no longer be read ({error.strerror})", "restore it") from error
    return digest.hexdigest()


def digest_of_tensors(tensors: Tensors) -> str:
    """Compute the SHA-256 of values, whatever file they lie in.

    Parameters
    ----------
    tensors : Tensors
        A checkpoint.

    Returns
    -------
    str
        The digest of the names, shapes and values of its parameters as float64 (0 without sign), hexadecimal.
    """
    digest = hashlib.sha256()
    for name, shape in sorted(parameters_of(tensors).items()):
        digest.update(f"{name}\0{shape}\0".encode())
        for part in tensors.parts(name, PART):
            digest.update((part.astype("<f8") + 0.0).tobytes())
    return digest.hexdigest()
