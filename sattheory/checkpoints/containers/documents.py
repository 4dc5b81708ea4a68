"""JSON from outside, read with suspicion: `json` alone keeps the last of two equal keys, so one file could mean two things.

The grammar is RFC 8259; its §4 leaves the meaning of repeated names open, which is why they are refused here, and its §6 knows
no NaN and no infinity, which `json` would accept.  A few bytes of text become a hundred of memory (``{"":0}`` is seven, and
184 as a dictionary), so that the outline of a document is counted before anything is built: how large, how many values, how deep.
"""

from __future__ import annotations

import json
import math
from itertools import accumulate
from pathlib import Path
from reprlib import Repr
from typing import Any, NoReturn

from sattheory.checkpoints.containers.opening import INTACT, check_inside, open_file
from sattheory.errors import InputError

LARGEST_DOCUMENT = 16 * 2**20
DEEPEST = 64
MOST_QUOTES = MOST_COMMAS = 1_500_000
MOST_BRACKETS = 700_000
MOST_COLONS = 500_000
_REPR = Repr()
_REPR.maxstring = _REPR.maxother = 120
_NO_BRACKET = bytes(set(range(256)) - set(b"[]{}"))


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


def read_bytes(path: Path, largest: int, remedy: str, *, named: bool = False) -> bytes:
    """Read a small file of a model's folder whole.

    Parameters
    ----------
    path : Path
        The file.
    largest : int
        The most bytes it may have.
    remedy : str
        What to do when there is no such file.
    named : bool
        Whether the user wrote this path, and may have made it a link (see `opening`).

    Returns
    -------
    bytes
        Its contents.

    Raises
    ------
    InputError
        If it is no file, too large, cannot be read, or is a link that leads out of its folder.
    """
    if not named:
        check_inside(path)
    given = f"file={str(path)!r}"
    with open_file(path, remedy) as stream:
        try:
            contents = stream.read(largest + 1)
        except OSError as error:
            raise InputError(given, f"it cannot be read ({error.strerror})", "check its permissions") from error
    if len(contents) > largest:
        raise InputError(given, f"it has more than {largest} bytes", "give the file of a model")
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
        If it is no JSON, no object, repeats a key, holds a number that is not finite, or is too large or deep to be a model's.
    """
    _check_outline(contents, given)
    try:
        value = _decoder(given).decode(contents.decode("utf-8"))
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(given, "it is not JSON", INTACT) from error
    if not isinstance(value, dict):
        raise InputError(given, "it is JSON, but no object", INTACT)
    return value


def read_object(path: Path, remedy: str, *, named: bool = False) -> dict[str, Any]:
    """Read a JSON file of a model's folder that holds an object.

    Parameters
    ----------
    path : Path
        The file.
    remedy : str
        What to do when there is no such file.
    named : bool
        Whether the user wrote this path, and may have made it a link (see `opening`).

    Returns
    -------
    dict
        The object.
    """
    return parse_object(read_bytes(path, LARGEST_DOCUMENT, remedy, named=named), f"file={str(path)!r}")


def _check_outline(contents: bytes, given: str) -> None:
    counts = {"quotes": (contents.count(b'"'), MOST_QUOTES)}
    if counts["quotes"][0] <= MOST_QUOTES:
        bare = _outside_strings(contents)
        brackets = bare.translate(None, _NO_BRACKET)
        counts |= {"commas": (bare.count(b","), MOST_COMMAS), "colons": (bare.count(b":"), MOST_COLONS)}
        counts |= {"brackets": (len(brackets), MOST_BRACKETS)}
    for what, (found, most) in counts.items():
        if found > most:
            raise InputError(given, f"it has {found} {what}, more than {most}", "give the file of a model")
    if max(accumulate(1 if bracket in b"[{" else -1 for bracket in brackets), default=0) > DEEPEST:
        raise InputError(given, f"it is nested more than {DEEPEST} deep", "give the file of a model")


def _outside_strings(contents: bytes) -> bytes:
    """Take the strings out of a JSON text, escaped quotes first: they do not end one."""
    return b" ".join(contents.replace(rb"\\", b"").replace(rb"\"", b"").split(b'"')[::2])


def _decoder(given: str) -> json.JSONDecoder:
    def refuse(number: str) -> NoReturn:
        raise InputError(given, f"the number {shown(number)[1:-1]} is not finite", "correct it")

    def finite(number: str) -> float:
        value = float(number)
        return value if math.isfinite(value) else refuse(number)

    return json.JSONDecoder(object_pairs_hook=lambda pairs: _unique(pairs, given), parse_constant=refuse, parse_float=finite)


def _unique(pairs: list[tuple[str, Any]], given: str) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        repeated = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise InputError(given, f"the key {shown(repeated)} stands there twice", INTACT)
    return found
