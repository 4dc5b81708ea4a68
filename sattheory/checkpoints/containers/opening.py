"""Opening files that came from elsewhere: what is opened is a plain file, and it lies where it seems to lie.

A folder from elsewhere can hold more than files.  A pipe would make its reader wait for ever, and a device may never end;
`open_file` therefore opens only what the system calls a regular file, and without blocking.  A symbolic link can lead
anywhere, say to somebody's keys, whose contents then turn up in an error sentence or a figure.

The policy for links: a path that the user wrote may be a link, for that is the user's own choice.  A file that was found inside
a folder, or that an index names, may be one only if it ends inside the same folder, or in the ``blobs`` of the Hugging Face
cache to which the folder belongs, which is laid out as ``<model>/snapshots/<revision>/<file> -> ../../blobs/<hash>``.
"""

from __future__ import annotations

import os
from io import BufferedReader
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from sattheory.errors import InputError

INTACT = "replace the file by an intact copy"
# Opening a pipe waits for its other end unless told not to; Windows has neither the pipe nor the flag.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def open_file(path: Path, remedy: str) -> BufferedReader:
    """Open a regular file for reading.

    Parameters
    ----------
    path : Path
        The file.
    remedy : str
        What to do when there is no such file.

    Returns
    -------
    BufferedReader
        Its bytes.

    Raises
    ------
    InputError
        If there is no such file, if it is a folder, pipe or device, or if it cannot be read.
    """
    given = f"file={str(path)!r}"
    try:
        number = os.open(path, _FLAGS)
        mode = os.fstat(number).st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise InputError(given, "there is no such file", remedy) from error
    except OSError as error:
        raise InputError(given, f"it cannot be read ({error.strerror})", "check its permissions") from error
    if S_ISREG(mode):
        return os.fdopen(number, "rb")
    os.close(number)
    if S_ISDIR(mode):
        raise InputError(given, "there is no such file, but a folder of this name", remedy)
    raise InputError(given, "it is a pipe or a device", "give a regular file")


def check_inside(path: Path) -> None:
    """Refuse a file whose link leads out of its folder.

    Parameters
    ----------
    path : Path
        The file, as it was found in its folder.

    Raises
    ------
    InputError
        If it ends neither inside this folder nor among the blobs of the same Hugging Face cache.
    """
    try:
        folder, end = Path(os.path.realpath(path.parent)), Path(os.path.realpath(path))
    except (OSError, ValueError):
        return  # `open_file` says what is wrong with it
    if not end.is_relative_to(folder) and end.parent not in _blobs(folder):
        given = f"file={str(path)!r}"
        raise InputError(given, f"it is a link that leads out of its folder, to {str(end)!r}", "put the file itself there")


def _blobs(folder: Path) -> list[Path]:
    """Where the Hugging Face cache keeps the files of a snapshot, if this folder is, or is inside, one."""
    return [place.parent.parent / "blobs" for place in (folder, *folder.parents) if place.parent.name == "snapshots"]
