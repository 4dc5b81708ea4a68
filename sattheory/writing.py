"""Files that are there whole or not at all.

Whatever the package writes goes to a temporary file beside its target first and is renamed last, so that neither an
interruption nor a full disk leaves something half-written behind.
"""

from __future__ import annotations

import os
from pathlib import Path

from sattheory.errors import InputError


def folder(path: Path) -> Path:
    """Make a folder, unless it is there.

    Parameters
    ----------
    path : Path
        The folder.

    Returns
    -------
    Path
        The same.

    Raises
    ------
    InputError
        If there can be none.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"out={str(path)!r}", f"no folder can be made there ({error.strerror})", "give a folder") from error
    return path


def check_place(option: str, path: Path, endings: tuple[str, ...]) -> None:
    """Refuse a place for a file before the work that would fill it.

    Parameters
    ----------
    option : str
        What the user called it.
    path : Path
        The file to be.
    endings : tuple of str
        What its name may end in.

    Raises
    ------
    InputError
        If it is a folder, ends otherwise, or nothing can be written there.
    """
    given = f"{option} {path}"
    if path.is_dir():
        raise InputError(given, "it is a folder", "give the name of a file in it")
    if path.suffix.lower() not in endings:
        why = f"what is written is {endings[0][1:].upper()}" if len(endings) == 1 else "no file is written with that ending"
        raise InputError(given, why, f"let the name end in {' or '.join(endings)}")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise InputError(given, "its folder is not there, or is not yours to write to", "choose another, or make it first")


def check_folder(option: str, path: Path | None) -> None:
    """Refuse a folder that cannot be, before the work that would fill it.

    Parameters
    ----------
    option : str
        What the user called it.
    path : Path, optional
        The folder to be; nothing is done without.

    Raises
    ------
    InputError
        If it is a file, or could not be made.
    """
    if path is None:
        return
    if path.exists() and not path.is_dir():
        raise InputError(f"{option} {path}", "it is a file", "give a folder")
    above = next(place for place in (path, *path.absolute().parents) if place.exists())
    if not (above.is_dir() and os.access(above, os.W_OK | os.X_OK)):
        raise InputError(f"{option} {path}", f"no folder can be made in {str(above)!r}", "choose another")


def write(path: Path, content: bytes | str) -> Path:
    """Write a file, whole or not at all.

    Parameters
    ----------
    path : Path
        The file; its folder exists.
    content : bytes or str
        What it shall hold; text is written as UTF-8.

    Returns
    -------
    Path
        The same.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        part.replace(path)
    except OSError as error:
        why = f"it cannot be written ({error.strerror})"
        raise InputError(f"out={str(path.parent)!r}", why, "give a folder with room where you may write") from error
    finally:
        part.unlink(missing_ok=True)
    return path
