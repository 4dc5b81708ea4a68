"""A model in several ``.safetensors`` files, and the index that says which tensor is in which.

``model.safetensors.index.json`` is {metadata, weight_map}, where ``weight_map`` takes the name of a tensor to the name of a file
in the same folder (as Hugging Face's ``save_pretrained`` writes it).  The index and the shards must agree: every tensor is where
the index puts it, and nowhere else.  All the headers together may be as long as that of a single file.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath, PureWindowsPath

from sattheory.checkpoints.containers.documents import read_object, shown
from sattheory.checkpoints.containers.entries import LARGEST_HEADER, Contents, Entry, check_count, check_name
from sattheory.checkpoints.containers.opening import INTACT, check_inside
from sattheory.checkpoints.containers.safetensors_files import read_header
from sattheory.errors import InputError

MOST_SHARDS = 1000
LONGEST_FILE_NAME = 255


def read_index(path: Path) -> Contents:
    """Check an index and the headers of its shards.

    Parameters
    ----------
    path : Path
        The index.

    Returns
    -------
    Contents
        All tensors; of the shards' metadata, what they have in common.

    Raises
    ------
    InputError
        If the index is none, names a file elsewhere, or does not agree with the shards; or if a shard is missing or wrong.
    """
    given = f"file={str(path)!r}"
    places = _places(path, given)
    names = sorted(set(places.values()))
    if len(names) > MOST_SHARDS:
        raise InputError(given, f"it names {len(names)} files, more than {MOST_SHARDS}", "give the index of a model")
    for name in names:
        _check_plain(name, given)
    entries: dict[str, Entry] = {}
    shards: list[Contents] = []
    room = LARGEST_HEADER
    for name in names:
        shard, length = _shard(path.parent / name, room, given)
        _check_agreement(shard, name, places, given)
        entries |= shard.entries
        shards.append(shard)
        room -= length
    if missing := next((name for name in places if name not in entries), None):
        raise InputError(f"tensor {shown(missing)} of {given}", f"{shown(places[missing])} does not have it", INTACT)
    metadata = set.intersection(*(set(shard.metadata.items()) for shard in shards))
    ordered = {name: entries[name] for name in places}
    return Contents(ordered, dict(sorted(metadata)), (path, *(file for shard in shards for file in shard.files)))


def _places(path: Path, given: str) -> dict[str, str]:
    """Read the index: the file of each tensor."""
    places = read_object(path, "give a .safetensors.index.json file", named=True).get("weight_map")
    if not isinstance(places, dict) or not places or not all(isinstance(name, str) for name in places.values()):
        raise InputError(given, "its weight_map is no mapping of tensors to files", INTACT)
    check_count(len(places), given)
    for tensor in places:
        check_name(tensor, given)
    return places


def _check_plain(name: str, given: str) -> None:
    """Refuse a name that is more than a name, on any system."""
    plain = (
        PurePosixPath(name).name == PureWindowsPath(name).name == name and name.isprintable() and len(name) <= LONGEST_FILE_NAME
    )
    if not plain or not name.endswith(".safetensors"):
        raise InputError(given, f"{shown(name)} is no plain name of a .safetensors file", "name files of the same folder")


def _shard(path: Path, room: int, given: str) -> tuple[Contents, int]:
    if not os.path.lexists(path):
        raise InputError(given, f"its shard {shown(path.name)} is missing", "put it into the same folder")
    check_inside(path)
    return read_header(path, room)


def _check_agreement(shard: Contents, file: str, places: dict[str, str], given: str) -> None:
    for tensor in shard.entries:
        if places.get(tensor) != file:
            stated = f"the index puts it in {places[tensor]!r}" if tensor in places else "the index does not know it"
            raise InputError(f"tensor {shown(tensor)} in {file!r} of {given}", stated, INTACT)
