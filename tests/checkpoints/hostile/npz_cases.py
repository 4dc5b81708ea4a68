"""What can be wrong with an ``.npz`` archive: the case, words that the refusal must have, and how the file is made."""

import io
import os
import pickle
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.checkpoints.raw_archives import member, npy, raw_npy, wide, write_archive
from tests.checkpoints.tiny_checkpoints import write_tensors

ZEROS, TWO = bytes(8), np.zeros(2, "<f4")
Case = tuple[str, str, Callable[[Path], object]]


def npz(*members, **lies) -> Callable[[Path], object]:
    return lambda folder: write_archive(folder / "model.npz", list(members), **lies)


def array(header: str, data: bytes = ZEROS, **lies) -> Callable[[Path], object]:
    return npz(member(content=raw_npy(header.encode("latin-1"), data, **lies)))


def described(descr: str = "'<f4'", order: str = "False", shape: str = "(2,)") -> Callable[[Path], object]:
    return array(f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}")


def saved(**arrays: np.ndarray) -> Callable[[Path], object]:
    return lambda folder: np.savez(folder / "model.npz", **arrays)


def cut(fraction: float) -> Callable[[Path], object]:
    """Write an archive of NumPy's, shortened."""

    def write(folder: Path) -> None:
        np.savez(folder / "model.npz", a=np.arange(100.0))
        os.truncate(folder / "model.npz", int(fraction * (folder / "model.npz").stat().st_size))

    return write


def zipped(**files: bytes) -> Callable[[Path], object]:
    def write(folder: Path) -> None:
        with zipfile.ZipFile(folder / "model.npz", "w") as archive:
            for name, content in files.items():
                archive.writestr(name.replace("_npy", ".npy"), content)

    return write


def nested() -> bytes:
    inside = io.BytesIO()
    np.savez(inside, a=TWO)
    return inside.getvalue()


def endless(content: bytes) -> bytes:
    """Deflate, and leave the last block out."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush(zlib.Z_SYNC_FLUSH)


FLOATS = npy(TWO)
BOMB = raw_npy(b"{'descr': '|u1', 'fortran_order': False, 'shape': (104857600,), }", bytes(100 * 2**20))
HUGE = raw_npy(b"{'descr': '|u1', 'fortran_order': False, 'shape': (10737418240,), }")
LINK = 0o120777 << 16
NPZ: list[Case] = [
    ("empty file", "too few for a zip archive", lambda f: (f / "model.npz").write_bytes(b"")),
    ("no archive", "does not end as a zip archive", lambda f: (f / "model.npz").write_bytes(bytes(100))),
    ("a safetensors file", "does not end as a zip", lambda f: write_tensors(f / "model.npz", {"a": TWO})),
    ("cut in the end", "does not end as a zip archive", cut(0.99)),
    ("cut in the data", "does not end as a zip archive", cut(0.5)),
    ("comment after the end", "does not end as a zip archive", npz(member(), comment=b"PK\5\6 and more")),
    ("several disks", "one of several disks", npz(member(), disk=1)),
    ("member missing", "too short for 9 members", npz(member(), count=9)),
    ("fewer members than listed", "goes on after 0 members", npz(member(), count=0)),
    ("bytes before the first", "begins at byte 4 where what comes before ends at 0", npz(member(), prefix=b"#!x\n")),
    ("bytes between members", "begins at byte", npz(member(after=b"hidden"), member("b"))),
    ("bytes after the directory", "does not reach its end", npz(member(), end=b"hidden")),
    ("directory elsewhere", "does not reach its end", npz(member(), shift=-3)),
    ("members overlap", "where what comes before ends", npz(member(), member("b", offset=0, local_name=b"a.npy"))),
    ("member begins beyond the file", "begins at byte 4000000000", npz(member(offset=4_000_000_000))),
    ("member has another name inside", "contradict each other", npz(member(local_name=b"b.npy"))),
    ("member has another checksum inside", "contradict each other", npz(member(local_checksum=1))),
    ("duplicate member", "'a.npy' stands there twice", npz(member(), member())),
    ("encrypted", "it is encrypted", npz(member(flags=1))),
    ("symbolic link", "it is a symbolic link", npz(member(attributes=LINK))),
    ("LZMA", "compressed by method 14", npz(member(method=14))),
    ("bzip2", "compressed by method 12", npz(member(method=12))),
    ("climbing name", "no name of an array", npz(member("../a"))),
    ("climbing inside", "no name of an array", npz(member("a/../../b"))),
    ("absolute name", "no name of an array", npz(member("/etc/a"))),
    ("backslash", "no name of an array", npz(member("a\\b"))),
    ("NUL in the name", "cannot be printed", npz(member("a\0b"))),
    ("name is only .npy", "no name of an array", npz(member(""))),
    ("name too long", "its name has 600 characters", npz(member("a" * 600))),
    ("no .npy", "no name of an array", zipped(a=FLOATS)),
    ("folder", "no name of an array", zipped(**{"a/": b""})),
    ("archive in the archive", "no array in the .npy format", zipped(a_npy=nested())),
    ("pickle in the archive", "no array in the .npy format", zipped(a_npy=pickle.dumps([1, 2, 3]))),
    ("empty member", "ends before its tensor does", zipped(a_npy=b"")),
    ("version 9", "no array in the .npy format", npz(member(content=raw_npy(b"{}", version=b"\x09\0")))),
    ("header of 4 GB", "header would have 4294967295 bytes", array("{}", version=b"\2\0", length=2**32 - 1)),
    ("header longer than the member", "ends before its tensor does", array("{}", b"", length=500)),
    ("header empty", "does not describe an array", array("")),
    ("header is code", "does not describe an array", array("__import__('os').system('true')")),
    ("header without shape", "does not describe an array", array("{'descr': '<f4', 'fortran_order': False, }")),
    ("header with two shapes", "does not describe an array", array("{'descr': '<f4', 'shape': (1,), 'shape': (2,), }")),
    ("header with a fourth", "does not describe", array("{'descr':'<f4','fortran_order':False,'shape':(2,),'shape':(2,)}")),
    ("order is a number", "does not describe an array", described(order="0")),
    ("shape is a list", "does not describe an array", described(shape="[2]")),
    ("shape is a number", "does not describe an array", described(shape="(2)")),
    ("negative axis", "does not describe an array", described(shape="(-2,)")),
    ("axis of 5000 digits", "does not describe an array", described(shape=f"({'9' * 5000},)")),
    ("nested beyond any parser", "does not describe an array", described(shape="(" * 4000)),
    ("too many axes", "no shape of at most 8 axes", described(shape="(1, 1, 1, 1, 1, 1, 1, 1, 2)")),
    ("shape overflows", "no array can have the shape", described(shape="(4611686018427387904, 4)")),
    ("empty, but absurd", "no array can have the shape", described(shape="(0, 9223372036854775807)")),
    ("object array", "the type '|O' is unknown", saved(a=np.array([{}, None], object))),
    ("structured array", "is unknown", saved(a=np.zeros(2, "<f4,<i4"))),
    ("text", "the type '<U3' is unknown", saved(a=np.array(["abc"]))),
    ("bytes", "the type '|S3' is unknown", saved(a=np.array([b"abc"]))),
    ("complex", "the type '<c16' is unknown", saved(a=np.zeros(2, complex))),
    ("date", "the type '<M8[D]' is unknown", saved(a=np.zeros(2, "<M8[D]"))),
    ("ml_dtypes' bfloat16", "the type '|V2' is unknown", saved(a=np.zeros(2, "|V2"))),
    ("native byte order", "the type '=f4' is unknown", described("'=f4'")),
    ("more bytes than its shape", "bytes, not", described(shape="(1,)")),
    ("fewer bytes than its shape", "bytes, not", described(shape="(3,)")),
    ("stored, yet said to grow", "bytes are to become", npz(member(size=10**9))),
    ("deflated, said to be smaller", "bytes, not 60", npz(member(method=8, size=60))),
    ("deflated, ends too soon", "ends before its tensor does", npz(member(content=FLOATS[:-3], method=8, size=len(FLOATS)))),
    ("deflated, goes on", "goes on where its tensor ends", npz(member(content=FLOATS + b"x", method=8, size=len(FLOATS)))),
    ("deflated, without its end", "ends before its tensor does", npz(member(raw=endless(FLOATS), method=8))),
    ("deflated, garbled", "cannot be inflated", npz(member(raw=b"\xff" * 99, method=8))),
    ("checksum wrong", "not those of its checksum", npz(member(checksum=7))),
    ("checksum wrong, deflated", "not those of its checksum", npz(member(checksum=7, method=8))),
    ("zip bomb", "no weights", npz(member(content=BOMB, method=8))),
    (
        "zip bomb that says less",
        "goes on where its tensor ends",
        npz(member(content=FLOATS + bytes(10**8), method=8, size=len(FLOATS))),
    ),
    ("10 GB said in 64 bits", "no weights", npz(wide(member(content=HUGE, method=8), 10 * 2**30 + len(HUGE), 74))),
    ("size nowhere", "has no size", npz(wide(member(), 5))),
]
