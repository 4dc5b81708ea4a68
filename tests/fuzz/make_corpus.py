"""Write the fuzzer's seeds: a good file of each kind, and a hostile one for each way of being refused that fits in a few bytes.

``python -m tests.fuzz.make_corpus`` writes ``tests/fuzz/corpus``; the same bytes every time.  Inputs on which the fuzzer once
found something are kept in `FOUND`.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.checkpoints.hostile.npz_cases import NPZ
from tests.checkpoints.hostile.safetensors_cases import SAFETENSORS
from tests.checkpoints.hostile.sharded_cases import SHARDED
from tests.checkpoints.raw_archives import RawMember, npy, raw_npy, write_archive
from tests.checkpoints.small_checkpoints import CONFIG
from tests.checkpoints.tiny_checkpoints import entry, write_tensors
from tests.fuzz.fuzz_tensors import ARCHITECTURES, KINDS

CORPUS = Path(__file__).parent / "corpus"
LONGEST = 1200
FILES = {"safetensors": "model.safetensors", "npz": "model.npz", "index": "model.safetensors.index.json"}
TABLES = {"safetensors": SAFETENSORS, "npz": NPZ, "index": SHARDED}
FOUND: dict[str, bytes] = {}


def number(kind: str) -> bytes:
    return bytes([[*KINDS, *ARCHITECTURES].index(kind)])


def good() -> Iterator[tuple[str, bytes]]:
    """Good inputs, one of each kind or more."""
    arrays = {
        "a": np.arange(6, dtype="<f4").reshape(2, 3),
        "b": np.ones(3, "<u2"),
        "c": np.zeros((0, 2), "<i8"),
        "s": np.array(2.5),
    }
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "f"
        yield "safetensors", write_tensors(path, arrays).read_bytes()
        members = [RawMember(f"{key}.npy".encode(), npy(value), method) for key, value in arrays.items() for method in (0, 8)]
        yield "npz", write_archive(path, members[::2]).read_bytes()
        yield "npz", write_archive(path, members[1::2]).read_bytes()
    metadata = {"__metadata__": {"format": "pt", "step": "3"}}
    yield (
        "header",
        json.dumps({**metadata, "w": entry("BF16", [2, 1], 0, 4), "t": entry("BOOL", [1], 4, 5)}).encode() + b"\0abcde",
    )
    yield "header", b"{}\0"
    for method in (0, 1):
        yield "member", bytes([method, 0]) + npy(arrays["a"])
        yield (
            "member",
            bytes([method, 0]) + raw_npy(b"{'descr': '>f8', 'fortran_order': True, 'shape': (1, 2), }", bytes(16), b"\2\0"),
        )
    yield (
        "deflated",
        RawMember(b"", raw_npy(b"{'descr':'|u1','fortran_order':False,'shape':(100,)}".ljust(54), bytes(100)), 8).data,
    )
    places = {"a": "0.safetensors", "b": "0.safetensors", "c": "1.safetensors"}
    yield "index", json.dumps({"metadata": {"total_size": 24}, "weight_map": places}).encode()
    for kind in ARCHITECTURES:
        yield kind, json.dumps(CONFIG[kind]).encode()


def hostile() -> Iterator[tuple[str, bytes]]:
    """Bad files of the tables, where they are short and the same every time (NumPy's archives have the date in them)."""
    for kind, table in TABLES.items():
        for _, _, write in table:
            with tempfile.TemporaryDirectory() as name:
                write(Path(name))
                path = Path(name) / FILES[kind]
                content = path.read_bytes()[: LONGEST + 1] if path.is_file() else b""
            if 0 < len(content) <= LONGEST and (kind != "npz" or content[10:14] == bytes(4)):
                yield kind, content
                length = int.from_bytes(content[:8], "little")
                if kind == "safetensors" and 8 + length <= len(content):
                    yield "header", content[8:][:length] + b"\0" + content[8 + length :]


def seeds() -> dict[str, bytes]:
    """All inputs by the names of their files."""
    found: dict[str, bytes] = {}
    for source in (good, hostile):
        for kind, content in source():
            found.setdefault(f"{source.__name__}_{kind}_{sum(kind in name for name in found):03d}", number(kind) + content)
    return found | FOUND


def main() -> None:
    CORPUS.mkdir(exist_ok=True)
    wanted = seeds()
    for path in CORPUS.iterdir():
        if path.name not in wanted:
            path.unlink()
    for name, content in wanted.items():
        (CORPUS / name).write_bytes(content)


if __name__ == "__main__":
    main()
