"""The directory of a zip archive, believed only where it agrees with the archive.

A zip file ends with a directory that says where its members begin, and each member repeats it (PKWARE's APPNOTE.TXT, §4.3).
That is room for many lies: members that share their bytes, so that a few megabytes unfold into petabytes (Fifield 2019, "A better
zip bomb"); sizes that differ between the two places; a second directory in a comment.  Here the members must tile the file up to
its directory, the directory must tile the rest, and both places must say the same.  What a writer of arrays never produces is
refused by name: encryption, links, other compression than deflation, comments at the end, several disks.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from stat import S_ISLNK

from sattheory.checkpoints.containers.documents import shown
from sattheory.checkpoints.containers.entries import LARGEST_HEADER, Stretch, check_count
from sattheory.checkpoints.containers.opening import INTACT
from sattheory.errors import InputError

END, LOCATOR, END64 = struct.Struct("<4s4H2LH"), struct.Struct("<4sLQL"), struct.Struct("<4sQ2H2L4Q")
LISTED, LOCAL = struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s5H3L2H")
ENCRYPTED, DESCRIBED_AFTER, IN_UTF8 = 1 << 0, 1 << 3, 1 << 11
STORED, DEFLATED = 0, 8
SATURATED = 2**32 - 1
# A descriptor after the data: signature, checksum and two sizes of four or eight bytes.
LONGEST_DESCRIPTOR = 24


@dataclass(frozen=True)
class Member:
    """A file in the archive.

    Parameters
    ----------
    name : str
        Its name.
    size : int
        Its bytes when inflated.
    stretch : Stretch
        Where its bytes are.
    """

    name: str
    size: int
    stretch: Stretch


@dataclass(frozen=True)
class _Listed:
    """A member as the directory tells it."""

    raw: bytes
    flags: int
    method: int
    checksum: int
    packed: int
    size: int
    header: int
    link: bool

    @property
    def name(self) -> str:
        return self.raw.decode("utf-8" if self.flags & IN_UTF8 else "cp437", "backslashreplace")


def read_directory(stream: BufferedReader, path: Path) -> list[Member]:
    """List the members of a zip archive.

    Parameters
    ----------
    stream : BufferedReader
        The archive.
    path : Path
        Its name.

    Returns
    -------
    list of Member
        Its members, in the order of their bytes.

    Raises
    ------
    InputError
        If it is no archive, contradicts itself, or uses what no writer of arrays does.
    """
    given, whole = f"file={str(path)!r}", os.fstat(stream.fileno()).st_size
    start, length, count = _place_of_directory(stream, whole, given)
    check_count(count, given)
    if length > LARGEST_HEADER:
        raise InputError(given, f"its directory would have {length} bytes, more than {LARGEST_HEADER}", INTACT)
    listed = _listed(_at(stream, start, length, given), count, given)
    members, end, slack = [], 0, 0
    for one in sorted(listed, key=lambda one: one.header):
        _check_usual(one, given)
        _check_next(one.header, end, slack, f"member {shown(one.name)} of {given}")
        place = Stretch(path, whole, _data(stream, one, given), one.packed, 0, one.method == DEFLATED, one.checksum)
        members.append(Member(one.name, one.size, place))
        end, slack = place.start + place.size, LONGEST_DESCRIPTOR if one.flags & DESCRIBED_AFTER else 0
    _check_next(start, end, slack, f"directory of {given}")
    return members


def _check_next(begins: int, end: int, slack: int, given: str) -> None:
    if not end <= begins <= end + slack:
        raise InputError(given, f"it begins at byte {begins} where what comes before ends at {end}", INTACT)


def _place_of_directory(stream: BufferedReader, whole: int, given: str) -> tuple[int, int, int]:
    """Find where the directory begins, its bytes, and how many members it lists."""
    stop = whole - END.size
    if stop < 0:
        raise InputError(given, f"it has {whole} bytes, too few for a zip archive", INTACT)
    signature, disk, first, here, count, length, start, comment = END.unpack(_at(stream, stop, END.size, given))
    if signature != b"PK\5\6" or comment:
        raise InputError(given, "it does not end as a zip archive does", INTACT)
    if stop >= LOCATOR.size + END64.size:
        signature, _, place, _ = LOCATOR.unpack(_at(stream, stop - LOCATOR.size, LOCATOR.size, given))
        if signature == b"PK\6\7":
            stop -= LOCATOR.size + END64.size
            signature, _, _, _, disk, first, here, count, length, start = END64.unpack(_at(stream, stop, END64.size, given))
            if signature != b"PK\6\6" or place != stop:
                raise InputError(given, "its two ends contradict each other", INTACT)
    if disk or first or here != count:
        raise InputError(given, "it is one of several disks", "give it whole")
    if start + length != stop:
        raise InputError(given, f"its directory of {length} bytes at {start} does not reach its end at {stop}", INTACT)
    return start, length, count


def _listed(directory: bytes, count: int, given: str) -> Iterator[_Listed]:
    place = 0
    for _ in range(count):
        if place + LISTED.size > len(directory):
            raise InputError(given, f"its directory is too short for {count} members", INTACT)
        fields = LISTED.unpack_from(directory, place)
        signature, _, _, flags, method, _, _, checksum, packed, size, name, extra, comment, _, _, attributes, header = fields
        place += LISTED.size + name + extra + comment
        if signature != b"PK\1\2" or place > len(directory):
            raise InputError(given, "its directory is garbled", INTACT)
        raw = directory[place - comment - extra - name : place - comment - extra]
        size, packed, header = _widened(size, packed, header, directory[place - comment - extra : place - comment], given)
        yield _Listed(raw, flags, method, checksum, packed, size, header, S_ISLNK(attributes >> 16))
    if place < len(directory):
        raise InputError(given, f"its directory goes on after {count} members", INTACT)


def _widened(size: int, packed: int, header: int, extra: bytes, given: str) -> tuple[int, int, int]:
    """Take the numbers that do not fit 32 bits from the extra field, where those that do are left out."""
    narrow = [size, packed, header]
    wanted = [index for index, number in enumerate(narrow) if number == SATURATED]
    while wanted and len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        if kind == 1 and 8 * len(wanted) <= length <= len(extra) - 4:
            for index, number in zip(wanted, struct.unpack_from(f"<{len(wanted)}Q", extra, 4), strict=True):
                narrow[index] = number
            return narrow[0], narrow[1], narrow[2]
        extra = extra[4 + length :]
    if wanted:
        raise InputError(given, "a member of its directory has no size", INTACT)
    return size, packed, header


def _check_usual(one: _Listed, given: str) -> None:
    given = f"member {shown(one.name)} of {given}"
    if one.flags & ENCRYPTED:
        raise InputError(given, "it is encrypted", "store it in the clear")
    if one.link:
        raise InputError(given, "it is a symbolic link", "store the array itself")
    if one.method not in {STORED, DEFLATED}:
        raise InputError(given, f"it is compressed by method {one.method}", "use numpy.savez or numpy.savez_compressed")
    if one.method == STORED and one.packed != one.size:
        raise InputError(given, f"it is stored, yet {one.packed} bytes are to become {one.size}", INTACT)


def _data(stream: BufferedReader, one: _Listed, given: str) -> int:
    """Hold what a member says of itself against the directory; return where its data begin."""
    signature, _, flags, method, _, _, checksum, packed, size, name, extra = LOCAL.unpack(
        _at(stream, one.header, LOCAL.size, given)
    )
    same = signature == b"PK\3\4" and (flags, method, name) == (one.flags, one.method, len(one.raw))
    if not flags & DESCRIBED_AFTER:
        same = same and checksum == one.checksum and packed in {one.packed, SATURATED} and size in {one.size, SATURATED}
    if not same or _at(stream, one.header + LOCAL.size, name, given) != one.raw:
        raise InputError(f"member {shown(one.name)} of {given}", "it and the directory contradict each other", INTACT)
    return one.header + LOCAL.size + len(one.raw) + int(extra)


def _at(stream: BufferedReader, start: int, length: int, given: str) -> bytes:
    stream.seek(min(start, os.fstat(stream.fileno()).st_size))
    found = stream.read(length)
    if len(found) < length:
        raise InputError(given, f"truncated: {length} bytes should be at {start}", INTACT)
    return found
