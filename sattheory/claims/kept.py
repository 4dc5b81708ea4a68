"""What is kept in ``proofs/``: counterexamples, constants and proofs, one folder a claim, for anybody to read and recheck.

A claim's file in `statements` says what the claim means; its folder in ``proofs/`` holds what supports it.  ``proof.md`` is
the text, ``proof.py`` the steps of it that a program asserts, ``counterexample.json`` exact points with the inequality that
fails at them, ``constants.json`` brackets of numbers.  The two JSON files need nothing of this package to be checked:
``proofs/recheck.py`` does it with python-flint alone.  Each carries a digest of its content, so that an edit by hand is
noticed even where it changes no verdict.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from sattheory import writing
from sattheory.errors import InputError

VERSION = 1
COUNTEREXAMPLE, CONSTANTS, PROOF, TEXT = "counterexample.json", "constants.json", "proof.py", "proof.md"


def root() -> Path:
    """Find the folder of proofs: inside an installed package, beside it in a checkout.

    Returns
    -------
    Path
        The folder; it may be missing.
    """
    package = Path(__file__).parents[1]
    inside = package / "proofs"
    return inside if inside.is_dir() else package.parent / "proofs"


def folder(claim: str, base: Path | None = None) -> Path:
    """Find what is kept for a claim.

    Parameters
    ----------
    claim : str
        Its id.
    base : Path, optional
        Folder of proofs; this package's when left out.

    Returns
    -------
    Path
        A folder; it may be missing.
    """
    return (base or root()) / claim


def digest(content: Mapping[str, Any]) -> str:
    """Compute a fingerprint of a kept file.

    Parameters
    ----------
    content : mapping
        Ready for JSON; an entry ``digest`` does not count.

    Returns
    -------
    str
        SHA-256 of the content with sorted keys.
    """
    plain = {key: value for key, value in content.items() if key != "digest"}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def read(path: Path, claim: str) -> dict[str, Any] | None:
    """Read a kept JSON file.

    Parameters
    ----------
    path : Path
        The file.
    claim : str
        Whose it must be.

    Returns
    -------
    dict or None
        Its content; None if there is no such file.

    Raises
    ------
    InputError
        If it is not JSON, of another version or of another claim.
    """
    if not path.is_file():
        return None
    given = f"{path.parent.name}/{path.name}"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise InputError(
            given, f"it cannot be read as JSON ({error})", "restore it, or make it again with proofs/keep.py"
        ) from None
    if not isinstance(content, dict) or (content.get("version"), content.get("claim")) != (VERSION, claim):
        expected = f"it is not a file of version {VERSION} for claim {claim}"
        raise InputError(given, expected, "restore it, or make it again with proofs/keep.py")
    return content


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Write a kept JSON file, with its digest, all of it or nothing.

    Parameters
    ----------
    path : Path
        The file.
    content : mapping
        Ready for JSON.
    """
    whole = dict(content) | {"digest": digest(content)}
    writing.write(writing.folder(path.parent) / path.name, json.dumps(whole, indent=1, ensure_ascii=False) + "\n")


@cache
def proof(path: Path) -> ModuleType:
    """Load the steps of a proof.

    Parameters
    ----------
    path : Path
        A ``proof.py``.

    Returns
    -------
    module
        What it defines.

    Raises
    ------
    InputError
        If it cannot be loaded.
    """
    name = "sattheory_proof_" + re.sub(r"\W", "_", path.parent.name)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        why = f"it cannot be loaded ({type(error).__name__}: {error})"
        raise InputError(f"{path.parent.name}/{path.name}", why, "mend it") from error
    return module


def exact(value: Any) -> Any:
    """Read an exact value back from JSON: the inverse of `exact_text`.

    Parameters
    ----------
    value : str, list or dict
        Numbers as ``"3"`` or ``"1/2"``; other strings stay as they are.

    Returns
    -------
    int, Fraction, str, tuple or dict
        The value.
    """
    if isinstance(value, Mapping):
        return {key: exact(entry) for key, entry in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(exact(entry) for entry in value)
    if not re.fullmatch(r"-?\d+(/\d+)?", value):
        return value
    number = Fraction(value)
    return int(number) if number.denominator == 1 else number


def fails(entry: Mapping[str, Any]) -> bool:
    """Evaluate a kept inequality by what is written beside it.

    Parameters
    ----------
    entry : mapping
        ``point``, ``where``, ``left``, ``right``.

    Returns
    -------
    bool
        Whether left > right for certain.
    """
    from sattheory.claims.inequality import Inequality

    inequality = Inequality(exact(entry["point"]), entry["left"], entry["right"], entry["where"])
    return inequality.failure() is not None
