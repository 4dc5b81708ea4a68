"""Reading a stretch of a file in parts, plain or deflated, and noticing when it is not what it was said to be.

The file is read with `read`, never mapped into memory: a mapped file that somebody shortens kills the process that looks at it,
and the pages looked at count as its memory.  A deflated stretch (RFC 1951) is inflated only as far as the part that is wanted, so
that it never yields more than its tensor has room for, whatever it would expand to.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sattheory.checkpoints.containers.entries import Stretch
from sattheory.checkpoints.containers.opening import INTACT, open_file
from sattheory.errors import InputError

CHUNK = 2**18
SHORT, LONG = "it ends before its tensor does", "it goes on where its tensor ends"


class Plain:
    """The bytes of a stretch, one after the other.

    Parameters
    ----------
    stream : BufferedReader
        The file.
    stretch : Stretch
        The part of it.
    """

    def __init__(self, stream: BufferedReader, stretch: Stretch) -> None:
        self.stream, self.stretch, self.left, self.checksum = stream, stretch, stretch.size, 0
        stream.seek(stretch.start)

    def fill(self, array: NDArray[Any]) -> None:
        """Read the next bytes.

        Parameters
        ----------
        array : ndarray of shape (m,)
            Where they go.

        Raises
        ------
        InputError
            If there are not so many left, or they are not deflated where they should be.
        """
        view = array.view(np.uint8).data
        self._fill(view)
        if self.stretch.checksum is not None:
            self.checksum = zlib.crc32(view, self.checksum)

    def finish(self) -> None:
        """See that nothing is left, and that the checksum is right.

        Raises
        ------
        InputError
            If not.
        """
        if self._goes_on():
            raise self._wrong(LONG)
        if self.stretch.checksum not in {None, self.checksum}:
            raise self._wrong("its bytes are not those of its checksum")

    def _fill(self, view: memoryview) -> None:
        if view.nbytes > self.left or self.stream.readinto(view) < view.nbytes:
            raise self._wrong(SHORT)
        self.left -= view.nbytes

    def _goes_on(self) -> bool:
        return self.left > 0

    def _wrong(self, why: str) -> InputError:
        return InputError(f"file={str(self.stretch.path)!r}", why, INTACT)


class Inflated(Plain):
    """The bytes that a deflated stretch stands for.

    Parameters
    ----------
    stream : BufferedReader
        The file.
    stretch : Stretch
        The part of it.
    """

    def __init__(self, stream: BufferedReader, stretch: Stretch) -> None:
        super().__init__(stream, stretch)
        self.inflater, self.packed = zlib.decompressobj(-zlib.MAX_WBITS), b""

    def _fill(self, view: memoryview) -> None:
        filled = 0
        while filled < view.nbytes:
            piece = self._next(min(view.nbytes - filled, CHUNK))
            if not piece:
                raise self._wrong(SHORT)
            view[filled : filled + len(piece)] = piece
            filled += len(piece)

    def _next(self, most: int) -> bytes:
        """Inflate some bytes, at most so many; none only if there are no more."""
        piece = b""
        while not (piece or self.inflater.eof):
            if not self.packed:
                self.packed = self.stream.read(min(CHUNK, self.left))
                self.left -= len(self.packed)
            exhausted = not self.packed
            try:
                piece = self.inflater.decompress(self.packed, most)
            except zlib.error as error:
                raise self._wrong("it holds a tensor that cannot be inflated") from error
            self.packed = self.inflater.unconsumed_tail
            if exhausted:
                break
        return piece

    def _goes_on(self) -> bool:
        if self._next(1) or self.left or self.inflater.unused_data:
            return True
        if not self.inflater.eof:
            raise self._wrong(SHORT)
        return False


def source(stream: BufferedReader, stretch: Stretch) -> Plain:
    """Begin to read a stretch.

    Parameters
    ----------
    stream : BufferedReader
        The file.
    stretch : Stretch
        The part of it.

    Returns
    -------
    Plain
        Its bytes, inflated where it is deflated.
    """
    return Inflated(stream, stretch) if stretch.deflated else Plain(stream, stretch)


@contextmanager
def reading(stretch: Stretch) -> Iterator[Plain]:
    """Open a stretch where its values begin.

    Parameters
    ----------
    stretch : Stretch
        The stretch.

    Yields
    ------
    Plain
        Its bytes.

    Raises
    ------
    InputError
        If the file is gone, unreadable, or no longer of the size that was checked.
    """
    given = f"file={str(stretch.path)!r}"
    try:
        with open_file(stretch.path, INTACT) as stream:
            if (size := os.fstat(stream.fileno()).st_size) != stretch.whole:
                raise InputError(given, f"it had {stretch.whole} bytes when it was checked, and has {size} now", INTACT)
            values = source(stream, stretch)
            if stretch.skipped:
                values.fill(np.empty(stretch.skipped, np.uint8))
            yield values
    except OSError as error:
        raise InputError(given, f"it can no longer be read ({error.strerror})", INTACT) from error
