"""Which files make a series: one checkpoint a file or a folder, in the order a person would give them.

A trainer leaves many things behind: ``checkpoint-500/`` beside ``checkpoint-1000/``, a final model beside both, a link
``latest``, optimizer states, notes.  What is no checkpoint is passed over; what might have been meant is left out *and said*: a
pickle, a link to another member or out of the folder.  Names are put in natural order (9 before 10).
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sattheory.checkpoints.containers.opening import check_inside
from sattheory.errors import InputError

ENDINGS = (".safetensors", ".npz")
INDEX = ".safetensors.index.json"
PICKLES = (".pt", ".pth", ".bin", ".ckpt", ".pkl")
USUAL = ("model.safetensors", "model.npz")
NOT_WEIGHTS = re.compile(r"optim|scheduler|rng_state|training_args|scaler", re.IGNORECASE)
SHARD = re.compile(r"-\d{5}-of-\d{5}\.")
HUB = re.compile(r"hf:/")
GIVE = "give a folder of .safetensors or .npz files or of model folders, or the files in order"


@dataclass(frozen=True)
class Place:
    """Where one checkpoint is.

    Parameters
    ----------
    name : str
        What to call it.
    path : Path
        A file that `open_tensors` takes, or a folder.
    """

    name: str
    path: Path


@dataclass(frozen=True)
class Found:
    """What was found.

    Parameters
    ----------
    places : tuple of Place
        The checkpoints, in the order given, or in natural order of their names.
    left_out : tuple of str
        What was not taken, and why.
    """

    places: tuple[Place, ...]
    left_out: tuple[str, ...] = ()


def find(paths: Sequence[str | Path]) -> Found:
    """Find the checkpoints of a series.

    Parameters
    ----------
    paths : sequence of path
        One folder that holds a series, or one checkpoint after the other.

    Returns
    -------
    Found
        Where they are.

    Raises
    ------
    InputError
        If there is none, a path does not exist, or one of several is itself a series.
    """
    given = [Path(path) for path in paths]
    if not given:
        raise InputError("no checkpoint", "there is nothing to measure", GIVE)
    for path in given:
        if HUB.match(str(path)):
            raise InputError(
                f"path={str(path)!r}", "a series is read from files, not from the hub", f"fetch them first, and {GIVE}"
            )
        if not os.path.exists(path):
            raise InputError(f"path={str(path)!r}", "there is no such file or folder", GIVE)
    if len(given) == 1 and os.path.isdir(given[0]):
        return _in_folder(given[0])
    return Found(tuple(Place(name, path) for name, path in zip(_short(given), given, strict=True)))


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Make a key that sorts names as people do, 9 before 10.

    Parameters
    ----------
    name : str
        A name.

    Returns
    -------
    tuple
        The key.
    """
    pieces = re.findall(r"\d+|\D+", name)
    return tuple((0, int(piece), piece) if piece.isdecimal() and piece.isascii() else (1, 0, piece) for piece in pieces)


def _short(paths: Sequence[Path]) -> list[str]:
    """Call each path by as many of its last parts as keep them apart."""
    parts = [path.absolute().parts for path in paths]
    for count in range(1, max(map(len, parts)) + 1):
        names = ["/".join(part[-count:]) for part in parts]
        if len(set(names)) == len({*parts}):
            break
    return names


def _in_folder(folder: Path) -> Found:
    """Take the model folders of a folder, or else its files; a folder that is one model is a series of one."""
    left_out: list[str] = []
    inside = [folder / name for name in sorted(_listed(folder), key=natural) if not name.startswith(".")]
    kept = [path for path in inside if _stays(path, inside, left_out)]
    folders = [path for path in kept if os.path.isdir(path) and _holds_model(path, left_out)]
    files = [
        path
        for path in kept
        if os.path.isfile(path) and path.name.lower().endswith(ENDINGS) and not _is_no_weight(path, left_out)
    ]
    pickles = [path.name for path in kept if path.name.lower().endswith(PICKLES) and not NOT_WEIGHTS.search(path.name)]
    if pickles:
        left_out.append(f"{_several(pickles)}: pickles, which may run anything when read; save them as .safetensors")
    if folders:
        left_out += [f"{path.name}: it lies beside folders of checkpoints; give it by name to take it in" for path in files]
        return Found(tuple(Place(path.name, path) for path in folders), tuple(left_out))
    if _is_model(folder):
        return Found((Place(folder.absolute().name, folder),), tuple(left_out))
    if any(SHARD.search(path.name) for path in files):
        raise InputError(f"folder={str(folder)!r}", "it holds shards of a model without their index", "add the *.index.json file")
    if not files:
        why = "it holds no checkpoint" + "".join(f" (left out: {said})" for said in left_out[:3])
        raise InputError(f"folder={str(folder)!r}", why, GIVE)
    return Found(tuple(Place(path.name, path) for path in files), tuple(left_out))


def _listed(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError as error:
        raise InputError(f"folder={str(folder)!r}", f"it cannot be read ({error.strerror})", "check its permissions") from error


def _stays(path: Path, inside: Sequence[Path], left_out: list[str]) -> bool:
    """Leave out links to nothing, to another member, and out of the folder."""
    if not os.path.islink(path):
        return True
    end = os.path.realpath(path)
    if not os.path.exists(end):
        left_out.append(f"{path.name}: a link to nothing")
    elif end in {os.path.realpath(other) for other in inside if not os.path.islink(other)}:
        left_out.append(f"{path.name}: a link to {os.path.basename(end)}")
    else:
        try:
            check_inside(path)
        except InputError:
            left_out.append(f"{path.name}: a link that leads out of the folder; give what it leads to by name")
        else:
            return True
    return False


def _holds_model(folder: Path, left_out: list[str]) -> bool:
    try:
        return _is_model(folder)
    except InputError:
        left_out.append(f"{folder.name}: a folder that cannot be read")
        return False


def _is_model(folder: Path) -> bool:
    listed = _listed(folder)
    names = [name for name in listed if name.lower().endswith((*ENDINGS, INDEX)) and not NOT_WEIGHTS.search(name)]
    known = any(name in USUAL or name.lower().endswith(INDEX) for name in names)
    return known or ("config.json" in listed and len(names) == 1)


def _is_no_weight(path: Path, left_out: list[str]) -> bool:
    if NOT_WEIGHTS.search(path.name):
        left_out.append(f"{path.name}: by its name no weights")
        return True
    return False


def _several(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 3 else f"{names[0]}, {names[1]} and {len(names) - 2} more"
