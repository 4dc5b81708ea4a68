"""What can be wrong with where a file is, or with what it is: links, pipes, devices, folders.

Each case makes a folder named ``model`` in the one it is given.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.checkpoints.tiny_checkpoints import write_tensors

TWO = np.zeros(2, "<f4")
Case = tuple[str, str, Callable[[Path], object]]


def linked(to: str, name: str = "model.safetensors") -> Callable[[Path], object]:
    """Put a link into the folder; there is a good file outside for it to lead to."""

    def write(folder: Path) -> None:
        write_tensors(folder.parent / "outside.safetensors", {"a": TWO})
        (folder / name).symlink_to(to)

    return write


def linked_shard(folder: Path) -> None:
    linked("../outside.safetensors", "1.safetensors")(folder)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": "1.safetensors"}}), encoding="utf-8")


def linked_index(folder: Path) -> None:
    (folder.parent / "index").write_text(json.dumps({"weight_map": {"a": "1.safetensors"}}), encoding="utf-8")
    (folder / "model.safetensors.index.json").symlink_to("../index")


def false_cache(folder: Path) -> None:
    """A layout like that of the Hugging Face cache, whose blobs are somewhere else."""
    snapshot = folder / "snapshots" / "1"
    snapshot.mkdir(parents=True)
    write_tensors(folder.parent / "outside.safetensors", {"a": TWO})
    (folder / "blobs").symlink_to("..")
    (snapshot / "model.safetensors").symlink_to("../../blobs/outside.safetensors")
    (folder / "model.safetensors").symlink_to("snapshots/1/model.safetensors")


def several(*names: str) -> Callable[[Path], object]:
    return lambda folder: [write_tensors(folder / name, {"a": TWO}) for name in names]


PLACES: list[Case] = [
    ("nothing", "it holds no tensors", lambda f: None),
    ("two files", "it holds several checkpoints: ['a.safetensors', 'b.safetensors']", several("a.safetensors", "b.safetensors")),
    ("two kinds", "it holds several checkpoints", several("a.safetensors", "b.npz")),
    ("two indices", "it holds several", several("a.safetensors.index.json", "b.safetensors.index.json")),
    ("pickles only", "'pytorch_model.bin' are a pickle", several("pytorch_model.bin")),
    ("folder for a file", "but a folder of this name", lambda f: (f / "model.safetensors").mkdir()),
    ("folder for an archive", "but a folder of this name", lambda f: (f / "model.npz").mkdir()),
    ("folder for an index", "but a folder of this name", lambda f: (f / "model.safetensors.index.json").mkdir()),
    ("pipe", "a pipe or a device", lambda f: os.mkfifo(f / "model.safetensors")),
    ("pipe for an archive", "a pipe or a device", lambda f: os.mkfifo(f / "model.npz")),
    ("pipe for an index", "a pipe or a device", lambda f: os.mkfifo(f / "model.safetensors.index.json")),
    ("link to a file above", "leads out of its folder", linked("../outside.safetensors")),
    ("absolute link", "leads out of its folder", linked("/etc/passwd")),
    ("link to a device", "leads out of its folder", linked("/dev/zero")),
    ("link to an archive", "leads out of its folder", linked("../outside.safetensors", "model.npz")),
    ("link to nothing", "there is no such file", linked("nothing")),
    ("link to itself", "cannot be read", linked("model.safetensors")),
    ("linked shard", "leads out of its folder", linked_shard),
    ("linked index", "leads out of its folder", linked_index),
    ("linked blobs", "leads out of its folder", false_cache),
]
