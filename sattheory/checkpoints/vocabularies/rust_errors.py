"""Errors of the ``tokenizers`` package made sentences.

It is written in Rust and raises a bare ``Exception`` for a bad file; where its authors expected no error it panics, which
arrives as a ``BaseException`` after a report on the standard error stream.  Such a stream is silenced where a file from
outside is read, at the level of the system, for Rust does not write through Python.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sattheory.errors import InputError


@contextmanager
def refused(given: str, why: str, remedy: str) -> Iterator[None]:
    """Turn what goes wrong inside into one sentence.

    Parameters
    ----------
    given, why, remedy : str
        Its parts; what the package said is added to the reason.

    Yields
    ------
    None
        For the work to be done.

    Raises
    ------
    InputError
        If the work raises or panics.
    """
    try:
        yield
    except InputError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        said = " ".join(str(error).split())[:120]
        raise InputError(given, f"{why} ({said})" if said else why, remedy) from error


@contextmanager
def silent() -> Iterator[None]:
    """Keep what is written to the standard error stream away from the user's eyes.

    Yields
    ------
    None
        For the work to be done.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)
