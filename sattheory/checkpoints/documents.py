"""JSON from outside, read with suspicion: `json` alone keeps the last of two equal keys, so one file could mean two things.

The grammar is RFC 8259; its §4 leaves the meaning of repeated names open, which is why they are refused here.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from reprlib import Repr
from typing import Any

from sattheory.errors import InputError

LARGEST_DOCUMENT = 16 * 2**20
_REPR = Repr()
_REPR.maxstring = _REPR.maxother = 120


def shown(value: object) -> str:
    """Write a value for an error sentence, shortened.

    Parameters
    ----------
    value : object
        Whatever a file held.

    Returns
    -------
    str
        Its representation, with control characters escaped.
    """
    return _REPR.repr(value)


def read_bytes(path: Path, largest: int, remedy: str) -> bytes:
    """Read a small file whole.

    Parameters
    ----------
    path : Path
        The file.
    largest : int
        The most bytes it may have.
    remedy : str
        What to do when there is no such file.

    Returns
    -------
    bytes
        Its contents.

    Raises
    ------
    InputError
        If it is no file, too large, or cannot be read.
    """
    if not os.path.isfile(path):
        raise InputError(f"file={str(path)!r}", "there is no such file", remedy)
    try:
        with path.open("rb") as stream:
            contents = stream.read(largest + 1)
    except OSError as error:
        raise InputError(f"file={str(path)!r}", f"it cannot be read ({error.strerror})", "check its permissions") from error
    if len(contents) > largest:
        raise InputError(f"file={str(path)!r}", f"it has more than {largest} bytes", "give the file of a model")
    return contents


def parse_object(contents: bytes, given: str) -> dict[str, Any]:
    """Parse a JSON object without repeated keys.

    Parameters
    ----------
    contents : bytes
        The text, in UTF-8.
    given : str
        What it is, for the error.

    Returns
    -------
    dict
        The object.

    Raises
    ------
    InputError
        If it is no JSON, no object, or repeats a key.
    """
    try:
        value = json.loads(contents.decode("utf-8"), object_pairs_hook=lambda pairs: _unique(pairs, given))
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(given, "it is not JSON", "replace it by an intact copy") from error
    if not isinstance(value, dict):
        raise InputError(given, "it is JSON, but no object", "replace it by an intact copy")
    return value


def read_object(path: Path, remedy: str) -> dict[str, Any]:
    """Read a JSON file that holds an object.

    Parameters
    ----------
    path : Path
        The file.
    remedy : str
        What to do when there is no such file.

    Returns
    -------
    dict
        The object.
    """
    return parse_object(read_bytes(path, LARGEST_DOCUMENT, remedy), f"file={str(path)!r}")


def _unique(pairs: list[tuple[str, Any]], given: str) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        repeated = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise InputError(given, f"the key {shown(repeated)} stands there twice", "replace it by an intact copy")
    return found
