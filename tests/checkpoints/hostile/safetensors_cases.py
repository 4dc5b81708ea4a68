"""What can be wrong with a ``.safetensors`` file: the case, words that the refusal must have, and how the file is made."""

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.checkpoints.tiny_checkpoints import entry, write_raw

ZEROS, TWO = bytes(8), np.zeros(2, "<f4")
GOOD = {"a": entry("F32", [2], 0, 8)}
TWICE = b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
Case = tuple[str, str, Callable[[Path], object]]


def safe(header: object, data: bytes = ZEROS, length: int | None = None) -> Callable[[Path], object]:
    return lambda folder: write_raw(folder / "model.safetensors", header, data, length)


def one(dtype: object = "F32", shape: object = (2,), start: object = 0, stop: object = 8) -> Callable[[Path], object]:
    return safe({"a": {"dtype": dtype, "shape": shape, "data_offsets": [start, stop]}})


SAFETENSORS: list[Case] = [
    ("empty file", "it has 0 bytes", lambda f: (f / "model.safetensors").write_bytes(b"")),
    ("three bytes", "it has 3 bytes", lambda f: (f / "model.safetensors").write_bytes(b"abc")),
    ("header longer than the cap", "no safetensors file", safe(GOOD, length=2**63)),
    ("header of 100 MB", "more than 16777216", safe(GOOD, length=10**8)),
    ("header longer than the file", "truncated: its header", safe(GOOD, length=4000)),
    ("header empty", "not JSON", safe(b"")),
    ("header is no JSON", "not JSON", safe(b"{'a'")),
    ("header is no UTF-8", "not JSON", safe(b"\xff\xfe")),
    ("header is UTF-16", "not JSON", safe('{"a":1}'.encode("utf-16"))),
    ("header with a byte order mark", "not JSON", safe(b"\xef\xbb\xbf{}", b"")),
    ("header too deep", "nested more than 64 deep", safe(b'{"a":' + b"[" * 100_000)),
    ("header deeper than memory", "brackets, more than", safe(b"[" * 2_000_000)),
    ("header of too many strings", "quotes, more than", safe(b'"' * 2_000_000)),
    ("header of too many numbers", "commas, more than", safe(b'{"a":[' + b"0," * 2_000_000 + b"0]}")),
    ("header of two objects", "not JSON", safe(b"{}{}", b"")),
    ("header is no object", "no object", safe([1])),
    ("NaN", "the number NaN is not finite", safe(b'{"a":NaN}')),
    ("minus infinity", "the number -Infinity is not finite", safe(b'{"a":-Infinity}')),
    ("number beyond float64", "the number 1e999 is not finite", safe(b'{"a":1e999}')),
    ("number of 5000 digits", "not JSON", safe(b'{"a":' + b"9" * 5000 + b"}")),
    ("duplicate tensor", "'a' stands there twice", safe(TWICE)),
    ("duplicate by escape", "'a' stands there twice", safe(rb'{"a":1,"\u0061":2}')),
    ("duplicate field", "'shape' stands there twice", safe(b'{"a":{"shape":[],"shape":[2]}}')),
    ("metadata is no mapping", "__metadata__ is no mapping", safe({"__metadata__": ["a"]}, b"")),
    ("metadata of numbers", "__metadata__ is no mapping", safe({"__metadata__": {"step": 3}}, b"")),
    ("name empty", "its name has 0 characters", safe({"": GOOD["a"]})),
    ("name too long", "its name has 513 characters", safe({"a" * 513: GOOD["a"]})),
    ("name with NUL", "cannot be printed", safe({"a\0b": GOOD["a"]})),
    ("name with a line feed", "cannot be printed", safe({"a\nb": GOOD["a"]})),
    ("name with an escape sequence", "cannot be printed", safe({"\x1b[2J": GOOD["a"]})),
    (
        "name with half a surrogate pair",
        "cannot be printed",
        safe(b'{"\\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'),
    ),
    ("entry is no object", "its entry is not", safe({"a": 3})),
    ("entry lacks a field", "its entry is not", safe({"a": {"dtype": "F32", "shape": [2]}})),
    ("entry has another field", "its entry is not", safe({"a": {**GOOD["a"], "b": 1}})),
    ("F8", "type 'F8_E4M3' is unknown", one("F8_E4M3", (8,))),
    ("another F8", "type 'F8_E5M2' is unknown", one("F8_E5M2", (8,))),
    ("complex", "type 'C64' is unknown", one("C64", (1,))),
    ("type in small letters", "type 'f32' is unknown", one("f32")),
    ("type is no text", "type ['F32'] is unknown", one(["F32"])),
    ("shape is no list", "is no shape", one(shape=2)),
    ("negative axis", "is no shape", one(shape=[-2])),
    ("axis true", "is no shape", one(shape=[2, True])),
    ("axis 2.0", "is no shape", one(shape=[2.0])),
    ("axis beyond 63 bits", "is no shape", one(shape=[0, 2**63])),
    ("too many axes", "no shape of at most 8 axes", one(shape=[1] * 9 + [2])),
    ("shape overflows 64 bits", "no array can have the shape", one(shape=[2**62, 4])),
    ("shape overflows to its bytes", "no array can have the shape", one(shape=[2**32, 2**32, 2])),
    ("empty, but absurd", "no array can have the shape", one("F32", [0, 2**63 - 1], 0, 0)),
    ("three offsets", "no two offsets", safe({"a": {**GOOD["a"], "data_offsets": [0, 8, 8]}})),
    ("no offsets", "no two offsets", safe({"a": {**GOOD["a"], "data_offsets": None}})),
    ("negative offset", "no two offsets", one(start=-8, stop=0)),
    ("offset true", "no two offsets", one("U8", [1], True, 2)),
    ("offset 8.0", "no two offsets", one(stop=8.0)),
    ("offset beyond 63 bits", "no two offsets", one(start=2**64, stop=2**64 + 8)),
    ("backward offsets", "not -8", one(start=8, stop=0)),
    ("bytes too few for the shape", "is 8 bytes, not 4", one(stop=4)),
    ("bytes too many for the shape", "is 8 bytes, not 16", one(stop=16)),
    ("gap before", "begins at byte 8", safe({"a": entry("F32", [2], 8, 16)}, bytes(16))),
    ("gap between", "begins at byte 12", safe({**GOOD, "b": entry("F32", [1], 12, 16)}, bytes(16))),
    ("overlap", "begins at byte 4", safe({**GOOD, "b": entry("F32", [2], 4, 12)}, bytes(12))),
    ("same bytes twice", "begins at byte 0", safe({**GOOD, "b": entry("F32", [2], 0, 8)})),
    ("truncated data", "truncated: its tensors take 8 bytes", safe(GOOD, bytes(7))),
    ("no data", "truncated: its tensors take 8 bytes", safe(GOOD, b"")),
    ("bytes after the end", "1 bytes follow", safe(GOOD, bytes(9))),
    ("bytes and no tensor", "8 bytes follow", safe({})),
    (
        "a zip archive",
        "no safetensors file",
        lambda f: np.savez(f / "x.npz", a=TWO) or (f / "x.npz").rename(f / "model.safetensors"),
    ),
    ("a pickle", "no safetensors file", lambda f: (f / "model.safetensors").write_bytes(pickle.dumps({"a": [1.0] * 9}))),
]
