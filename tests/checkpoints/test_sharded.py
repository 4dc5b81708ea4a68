"""A model in shards reads as the same model in one file."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from sattheory.checkpoints.containers import entries, sharded
from sattheory.checkpoints.containers.tensors import open_tensors
from sattheory.errors import InputError

ARRAYS = {"z": np.arange(6.0).reshape(2, 3), "a": np.ones(3, "f4"), "m": np.arange(4), "s": np.array(5, "i4")}
SHARDS = {"model-00001-of-00002.safetensors": ["a", "m"], "model-00002-of-00002.safetensors": ["z", "s"]}


def write(folder: Path, name: str = "model.safetensors.index.json") -> Path:
    for number, (shard, names) in enumerate(SHARDS.items()):
        save_file({name: ARRAYS[name] for name in names}, folder / shard, metadata={"format": "pt", "number": str(number)})
    places = {name: shard for name in ARRAYS for shard, names in SHARDS.items() if name in names}
    index = {"metadata": {"total_size": 96}, "weight_map": places}
    (folder / name).write_text(json.dumps(index), encoding="utf-8")
    return folder / name


def test_shards_read_as_one(tmp_path: Path) -> None:
    path = write(tmp_path)
    for given in (tmp_path, path):
        tensors = pickle.loads(pickle.dumps(open_tensors(given)))
        assert list(tensors) == list(ARRAYS)
        for name, array in ARRAYS.items():
            np.testing.assert_array_equal(tensors.read(name), array)
            np.testing.assert_array_equal(np.concatenate(list(tensors.parts(name, 2))), array.ravel())
        assert tensors.path == path
        assert tensors.files == (path, *(tmp_path / shard for shard in SHARDS))
        assert tensors.metadata == {"format": "pt"}


def test_an_index_of_another_name_is_found(tmp_path: Path) -> None:
    path = write(tmp_path, "weights.safetensors.index.json")
    assert open_tensors(tmp_path).path == path


def test_the_headers_of_all_shards_have_one_allowance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path)
    lengths = [int.from_bytes((tmp_path / shard).read_bytes()[:8], "little") for shard in SHARDS]
    monkeypatch.setattr(sharded, "LARGEST_HEADER", sum(lengths))
    assert len(open_tensors(path)) == 4
    monkeypatch.setattr(sharded, "LARGEST_HEADER", sum(lengths) - 1)
    with pytest.raises(InputError, match=f"would have {lengths[1]} bytes, more than {lengths[1] - 1}"):
        open_tensors(path)


def test_too_many_tensors_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MOST_TENSORS", 3)
    with pytest.raises(InputError, match="lists 4 tensors, more than 3"):
        open_tensors(write(tmp_path))


def test_a_shard_that_has_a_tensor_twice_is_refused_by_both_places(tmp_path: Path) -> None:
    path = write(tmp_path)
    save_file({name: ARRAYS[name] for name in "zsa"}, tmp_path / "model-00002-of-00002.safetensors")
    with pytest.raises(InputError, match=r"'a' in 'model-00002.*the index puts it in 'model-00001"):
        open_tensors(path)
