"""Files made to exhaust memory or time, each as dear as it can be within the caps or just beyond them.

``python -m tests.checkpoints.hostile.attacks PATH`` opens one and reads it, and prints what came of it and the peak of memory
in MB.
"""

import json
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.checkpoints.raw_archives import RawMember, member, raw_npy, wide, write_archive
from tests.checkpoints.tiny_checkpoints import entry, write_raw

MIB = 2**20
WIDE = "\N{GRINNING FACE}"


def header(start: str, piece: str = "", times: int = 1, end: str = "") -> Callable[[Path], object]:
    """Write a header of a start, one piece many times over, and an end."""
    return lambda folder: write_raw(folder / "model.safetensors", (start + piece * times + end).encode())


def listed(piece: str, times: int) -> Callable[[Path], object]:
    """Repeat a piece in a list; the one character beyond 16 bits makes every other take four bytes."""
    return header(f'{{"{WIDE}":[', f"{piece},", times, "0]}")


def keys(value: str, times: int) -> Callable[[Path], object]:
    def write(folder: Path) -> None:
        text = ",".join(f'"{number:06x}":{value}' for number in range(times))
        write_raw(folder / "model.safetensors", f"{{{text}}}".encode())

    return write


def zeros(gigabytes: int) -> bytes:
    """Deflate so many GB of zeros to as many MB, by repeating what one deflates to."""
    packer = zlib.compressobj(wbits=-15)
    block = packer.compress(bytes(100 * MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * (gigabytes * 10) + packer.flush()


def bomb(declared: int, gigabytes: int = 10) -> Callable[[Path], object]:
    """Write an array of zeros, of which the archive declares so many bytes."""

    def write(folder: Path) -> None:
        start = raw_npy(f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({declared},), }}".encode())
        packer = zlib.compressobj(wbits=-15)
        raw = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH) + zeros(gigabytes)
        one = wide(RawMember(b"a.npy", start, 8, raw=raw), declared + len(start), len(raw))
        write_archive(folder / "model.npz", [one])

    return write


def many_members(count: int) -> Callable[[Path], object]:
    return lambda folder: write_archive(folder / "model.npz", [member(f"{number:06d}") for number in range(count)])


def directory(count: int, length: int) -> Callable[[Path], object]:
    """Write nothing but a directory, of so many members and bytes."""

    def write(folder: Path) -> None:
        end = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, length, 0)
        end += struct.pack("<4sLQL", b"PK\6\7", 0, length, 1)
        end += struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 2**16 - 1, 2**16 - 1, 2**32 - 1, 2**32 - 1, 0)
        with (folder / "model.npz").open("wb") as stream:
            stream.truncate(length)
            stream.seek(length)
            stream.write(end)

    return write


def sparse(folder: Path) -> None:
    """Write a terabyte that takes no room on the disk, and a header that claims only a part of it."""
    write_raw(folder / "model.safetensors", {"a": entry("U8", [2**39], 0, 2**39)})
    with (folder / "model.safetensors").open("r+b") as stream:
        stream.truncate(2**40)


def shards(folder: Path) -> None:
    """Name five hundred shards, each with the longest header that one file may have."""
    names = {f"{number:03d}": f"{number:03d}.safetensors" for number in range(500)}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": names}), encoding="utf-8")
    first = folder / "000.safetensors"
    text = json.dumps({"000": entry("U8", [], 0, 1)}).encode()
    write_raw(first, text + b" " * (9 * MIB - len(text)), b"x")
    for name in sorted(names.values())[1:]:
        (folder / name).hardlink_to(first)


ATTACKS = {
    "lists": listed("[]", 349_000),
    "dictionaries": listed('{"":0}', 349_000),
    "numbers": listed("300", 1_400_000),
    "fractions": listed("1.5", 1_400_000),
    "strings": listed('"aa"', 700_000),
    "wide strings": listed(f'"{WIDE}"', 700_000),
    "keys": keys("{}", 300_000),
    "keys of numbers": keys("300.5", 499_000),
    "keys beyond the cap": keys("1", 1_000_000),
    "tensors without number": keys('{"dtype":"U8","shape":[],"data_offsets":[0,1]}', 110_000),
    "one wide string": header(f'{{"{WIDE}":"', "a", 16 * MIB - 40, '"}'),
    "opening brackets": header("", "[", 16 * MIB),
    "quotes": header("", '"', 16 * MIB),
    "backslashes": header('{"', "\\", 16 * MIB - 20, '"}'),
    "spaces": header("", " ", 16 * MIB),
    "digits": header('{"a":', "1", 16 * MIB - 20, "}"),
    "exponent": header('{"a":1e', "9", 16 * MIB - 20, "}"),
    "bomb, truthful": bomb(10_000 * MIB),
    "bomb of 60 MB": bomb(60 * MIB),
    "bomb of ten bytes": bomb(10),
    "members without number": many_members(65_000),
    "directory of 12 MB": directory(100_000, 12 * MIB),
    "directory of 4 GB": directory(100_000, 2**32),
    "members beyond the cap": directory(2**60, 2**24),
    "terabyte": sparse,
    "shards": shards,
}


def main(path: str) -> None:
    """Open and read one, in parts."""
    from sattheory.checkpoints.containers.tensors import open_tensors
    from sattheory.errors import InputError

    try:
        tensors = open_tensors(path)
        print("read", sum(part.size for name in tensors for part in tensors.parts(name, 2**20)))
    except InputError as error:
        print("refused", error)
    with open("/proc/self/status", encoding="ascii") as status:  # ru_maxrss would count the process that started this one
        (peak,) = (int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    print(peak / 1000)


if __name__ == "__main__":
    main(sys.argv[1])
