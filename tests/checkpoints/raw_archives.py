"""Zip archives written byte by byte, so that every field of them can lie."""

import struct
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class RawMember:
    """A member, and what the archive says of it; what is None is said truthfully."""

    name: bytes
    content: bytes
    method: int = 0
    flags: int = 0
    size: int | None = None
    packed: int | None = None
    checksum: int | None = None
    attributes: int = 0
    offset: int | None = None
    extra: bytes = b""
    local_name: bytes | None = None
    local_checksum: int | None = None
    after: bytes = b""
    raw: bytes | None = None

    @property
    def data(self) -> bytes:
        if self.raw is not None or self.method != 8:
            return self.content if self.raw is None else self.raw
        packer = zlib.compressobj(wbits=-15)
        return packer.compress(self.content) + packer.flush()


def npy(array: np.ndarray) -> bytes:
    """Write an array as NumPy's documentation says, not as NumPy does."""
    text = f"{{'descr': '{array.dtype.str}', 'fortran_order': False, 'shape': {array.shape}, }}"
    return raw_npy(text.encode(), array.tobytes())


def raw_npy(header: bytes, data: bytes = b"", version: bytes = b"\1\0", length: int | None = None) -> bytes:
    width = 2 if version[0] == 1 else 4
    return b"\x93NUMPY" + version + (len(header) if length is None else length).to_bytes(width, "little") + header + data


def member(name: str = "a", content: bytes | None = None, **lies) -> RawMember:
    return RawMember(name.encode() + b".npy", npy(np.zeros(2, "<f4")) if content is None else content, **lies)


def write_archive(
    path: Path,
    members: list[RawMember],
    *,
    prefix: bytes = b"",
    end: bytes = b"",
    comment: bytes = b"",
    count: int | None = None,
    shift: int = 0,
    disk: int = 0,
) -> Path:
    """Write the members, the directory, and its end; `prefix` comes before, `end` between, `comment` after."""
    out, directory = bytearray(prefix), bytearray()
    for one in members:
        data, checksum = one.data, zlib.crc32(one.content) if one.checksum is None else one.checksum
        size, packed = len(one.content) if one.size is None else one.size, len(data) if one.packed is None else one.packed
        offset = len(out) if one.offset is None else one.offset
        name = one.name if one.local_name is None else one.local_name
        local = checksum if one.local_checksum is None else one.local_checksum
        fields = (20, one.flags, one.method, 0, 0, local, min(packed, 2**32 - 1), min(size, 2**32 - 1), len(name), 0)
        out += struct.pack("<4s5H3L2H", b"PK\3\4", *fields) + name + data + one.after
        fields = (788, 20, one.flags, one.method, 0, 0, checksum, packed, size, len(one.name), len(one.extra), 0, 0, 0)
        directory += struct.pack("<4s6H3L5H2L", b"PK\1\2", *fields, one.attributes, offset) + one.name + one.extra
    count = len(members) if count is None else count
    place = len(out) + shift
    last = struct.pack("<4s4H2LH", b"PK\5\6", disk, disk, count, count, len(directory), place, len(comment))
    path.write_bytes(bytes(out + directory) + end + last + comment)
    return path


def wide(one: RawMember, *numbers: int) -> RawMember:
    """State the sizes of a member in 64 bits."""
    return replace(
        one,
        size=2**32 - 1,
        packed=2**32 - 1,
        extra=struct.pack(f"<2H{len(numbers)}Q", 1, 8 * len(numbers), *numbers),
    )
