"""What can be wrong with a model in shards: the case, words that the refusal must have, and how the files are made."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.checkpoints.tiny_checkpoints import write_tensors

TWO = np.zeros(2, "<f4")
Case = tuple[str, str, Callable[[Path], object]]


def sharded(weight_map: object, **shards: dict[str, np.ndarray]) -> Callable[[Path], object]:
    def write(folder: Path) -> None:
        for name, arrays in shards.items():
            write_tensors(folder / f"{name}.safetensors", arrays)
        index = {"metadata": {"total_size": 8}, "weight_map": weight_map}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")

    return write


def index(text: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / "model.safetensors.index.json").write_bytes(text)


BOTH = {"a": "1.safetensors", "b": "2.safetensors"}
SHARDED: list[Case] = [
    ("index is no JSON", "not JSON", index(b"weights")),
    ("index is no object", "no object", index(b"[]")),
    ("index says nothing", "weight_map is no mapping", index(b"{}")),
    ("index is empty", "weight_map is no mapping", sharded({})),
    ("index of numbers", "weight_map is no mapping", sharded({"a": 1})),
    ("index has a tensor twice", "'a' stands there twice", index(b'{"weight_map":{"a":"1.safetensors","a":"2.safetensors"}}')),
    ("shard missing", "its shard '2.safetensors' is missing", sharded(BOTH, **{"1": {"a": TWO}})),
    ("shard above", "no plain name", sharded({"a": "../1.safetensors"})),
    ("shard below", "no plain name", sharded({"a": "b/1.safetensors"})),
    ("shard absolute", "no plain name", sharded({"a": "/etc/1.safetensors"})),
    ("shard of Windows", "no plain name", sharded({"a": "..\\1.safetensors"})),
    ("shard on a drive", "no plain name", sharded({"a": "c:1.safetensors"})),
    ("shard with NUL", "no plain name", sharded({"a": "a\0.safetensors"})),
    ("shard is a pickle", "no plain name", sharded({"a": "pytorch_model.bin"})),
    ("shard is dots", "no plain name", sharded({"a": ".."})),
    ("name of a shard too long", "no plain name", sharded({"a": "a" * 3000 + ".safetensors"})),
    ("name of a tensor", "cannot be printed", sharded({"a\n": "1.safetensors"})),
    ("tensor missing", "does not have it", sharded({**BOTH, "c": "1.safetensors"}, **{"1": {"a": TWO}, "2": {"b": TWO}})),
    (
        "tensor elsewhere",
        "the index puts it in '2.safetensors'",
        sharded({"a": "1.safetensors", "b": "2.safetensors"}, **{"1": {"a": TWO, "b": TWO}, "2": {"b": TWO}}),
    ),
    ("surplus tensor", "the index does not know it", sharded(BOTH, **{"1": {"a": TWO, "c": TWO}, "2": {"b": TWO}})),
    (
        "shard is no tensor file",
        "too few",
        lambda f: (sharded(BOTH, **{"1": {"a": TWO}})(f), (f / "2.safetensors").write_bytes(b"")),
    ),
    ("too many shards", "names 1001 files", sharded({str(i): f"{i}.safetensors" for i in range(1001)})),
]
