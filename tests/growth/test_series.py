"""Which files make a series, in which order, and what is wrong with them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from safetensors.numpy import save_file

from sattheory.errors import InputError
from sattheory.growth import scan
from sattheory.growth.places import find, natural
from sattheory.growth.series import open_series
from sattheory.growth.steps import out_of_order, parse_steps
from tests.growth.series_files import one_matrix, write_series

TWO = one_matrix([[3, 4], [6, 8]])
THREE = one_matrix([[3, 4], [6, 8], [6, 9]])


def steps(paths, **options):
    series = open_series(paths if isinstance(paths, list) else [paths], **options)
    return [(member.name, member.step) for member in series.checkpoints], series


def test_names_in_natural_order(tmp_path):
    names = ["a_10.safetensors", "a_9.safetensors", "a_100.safetensors"]
    found, series = steps(write_series(tmp_path, THREE, names))
    assert found == [("a_9.safetensors", 9), ("a_10.safetensors", 10), ("a_100.safetensors", 100)]
    assert (series.steps_from, series.findings) == ("names", ())
    assert sorted(["x2y", "x10a", "x10", "a"], key=natural) == ["a", "x2y", "x10", "x10a"]
    assert sorted(["²", "1", "x"], key=natural)  # a digit that is no number


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["step_0100", "step_0200"], [100, 200]),
        (["checkpoint-500", "checkpoint-1500"], [500, 1500]),
        (["epoch=3-step=1200", "epoch=4-step=1600"], [1200, 1600]),
        (["step-100-seed0", "step-200-seed0"], [100, 200]),
        (["model_v2_7", "model_v2_9"], [7, 9]),
        (["iter_5", "iter_05000"], [5, 5000]),
        (["one", "two"], [0, 1]),
        (["one", "two2"], [0, 1]),
    ],
)
def test_steps_from_names(tmp_path, names, expected):
    found, _ = steps(write_series(tmp_path, TWO, [f"{name}.safetensors" for name in names]))
    assert [step for _, step in found] == expected


def test_positions_are_said_to_be_counted(tmp_path):
    _, series = steps(write_series(tmp_path, TWO, ["a.safetensors", "b.safetensors"]))
    assert [finding.kind for finding in series.findings] == ["step"]
    assert "counted 0, 1, 2" in series.findings[0].says


def test_metadata_before_names_and_options_before_both(tmp_path):
    folder = write_series(tmp_path, TWO, metadata=[{"step": "70"}, {"global_step": "80"}])
    assert [step for _, step in steps(folder)[0]] == [70, 80]
    assert [step for _, step in steps(folder, steps=[5, 6])[0]] == [5, 6]
    assert [step for _, step in steps(folder, step_pattern=r"step_(\d)")[0]] == [0, 1]


def test_the_trainers_state_states_the_step(tmp_path):
    for i, step in enumerate((40, 20)):
        (tmp_path / f"run{i}").mkdir()
        save_file({"w": np.ones((2, 2))}, tmp_path / f"run{i}" / "model.safetensors")
        (tmp_path / f"run{i}" / "trainer_state.json").write_text(json.dumps({"global_step": step}))
    found, series = steps(tmp_path)
    assert found == [("run1", 20), ("run0", 40)]
    assert [finding.kind for finding in series.findings] == ["order"]


def test_what_a_trainer_leaves_behind(tmp_path):
    for step in (500, 1000):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        save_file({"w": np.full((2, 2), float(step))}, folder / "model.safetensors")
        save_file({"m": np.ones(2)}, folder / "optimizer.safetensors")
        (folder / "optimizer.pt").write_bytes(b"junk")
        (folder / "config.json").write_text("{}")
    save_file({"w": np.ones((2, 2))}, tmp_path / "model.safetensors")
    (tmp_path / "README.md").write_text("notes")
    (tmp_path / ".hidden.safetensors").write_bytes(b"junk")
    (tmp_path / "pytorch_model.bin").write_bytes(b"junk")
    (tmp_path / "latest").symlink_to(tmp_path / "checkpoint-1000")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    found, series = steps(tmp_path)
    assert found == [("checkpoint-500", 500), ("checkpoint-1000", 1000)]
    said = " | ".join(finding.says for finding in series.findings)
    for part in (
        "latest: a link to checkpoint-1000",
        "gone: a link to nothing",
        "pytorch_model.bin: pickles",
        "model.safetensors: it lies",
    ):
        assert part in said
    assert "README" not in said
    assert {finding.kind for finding in series.findings} == {"left out"}


def test_a_link_out_of_the_folder_is_left_out_but_may_be_named(tmp_path):
    folder = write_series(tmp_path / "here", TWO)
    (elsewhere := tmp_path / "there").mkdir()
    save_file({"layers.0.w": np.ones((1, 2))}, elsewhere / "x.safetensors")
    (folder / "step_7.safetensors").symlink_to(elsewhere / "x.safetensors")
    _, series = steps(folder)
    assert len(series.checkpoints) == 2
    assert "leads out of the folder" in series.findings[0].says
    assert len(steps([folder / "step_0.safetensors", folder / "step_7.safetensors"])[0]) == 2


def test_shards_with_an_index_are_one_checkpoint(tmp_path):
    shards = {
        "model-00001-of-00002.safetensors": {"layers.0.w": np.array([[3.0]])},
        "model-00002-of-00002.safetensors": {"layers.1.w": np.array([[4.0]])},
    }
    for step in (1, 2):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        for file, arrays in shards.items():
            save_file({name: array * step for name, array in arrays.items()}, folder / file)
        where = {name: file for file, arrays in shards.items() for name in arrays}
        (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {"total_size": 16}, "weight_map": where}))
    growth = scan(tmp_path)
    assert growth.whole.norm.tolist() == [5, 10]
    (tmp_path / "checkpoint-1" / "model.safetensors.index.json").unlink()
    with pytest.raises(InputError, match="without their index"):
        scan([tmp_path / "checkpoint-1"])


def test_one_model_folder_and_one_file_are_series_of_one(tmp_path):
    (folder := tmp_path / "model").mkdir()
    save_file({"w": np.array([[3.0, 4.0]])}, folder / "model.safetensors")
    (folder / "config.json").write_text("{}")
    for path in (folder, folder / "model.safetensors"):
        growth = scan(path)
        assert growth.whole.norm.tolist() == [5]
        assert growth.verdict == "One checkpoint: its norm is 5.000; growth needs a second one."
        assert growth.fits == ()
        assert growth.whole.successor_gap.size == growth.whole.alignment.size == 0


def test_npz_beside_safetensors(tmp_path):
    np.savez(tmp_path / "step_1.npz", **{"layers.0.w": np.array([[3.0, 4.0]])})
    np.savez_compressed(tmp_path / "step_2.npz", **{"layers.0.w": np.array([[6.0, 8.0]], dtype=np.float32)})
    save_file({"layers.0.w": np.array([[9.0, 12.0]], dtype=np.float16)}, tmp_path / "step_3.safetensors")
    growth = scan(tmp_path)
    assert growth.whole.norm.tolist() == [5, 10, 15]
    assert [finding.kind for finding in growth.findings] == ["type", "type"]
    assert "F64 to F32" in growth.findings[0].says


@pytest.mark.parametrize(
    ("arguments", "options", "why"),
    [
        ([], {}, "nothing to measure"),
        (["nowhere"], {}, "no such file or folder"),
        (["."], {"steps": [1]}, "there are 2 checkpoints"),
        (["."], {"steps": [1, -1]}, "neither negative"),
        (["."], {"steps": [1, float("nan")]}, "neither negative"),
        (["."], {"steps": [1, float("inf")]}, "neither negative"),
        (["."], {"steps": [1, 2], "step_pattern": r"\d"}, "both say"),
        (["."], {"step_pattern": "("}, "no regular expression"),
        (["."], {"step_pattern": "x"}, "finds no number in 'step_0.safetensors'"),
        (["."], {"step_pattern": "step"}, "finds no number"),
        ([".", "."], {}, "holds several checkpoints"),
    ],
)
def test_refusals(tmp_path, arguments, options, why):
    write_series(tmp_path, TWO)
    with pytest.raises(InputError, match=why):
        open_series([tmp_path / part for part in arguments], **options)


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["step_500k", "step_1M", "step_2M"], [5e5, 1e6, 2e6]),
        (["seed_0-step_0k", "seed_0-step_20k", "seed_0-step_2000k"], [0, 2e4, 2e6]),
        (["step_1e3", "step_2e4", "step_1e+5"], [1e3, 2e4, 1e5]),
        (["checkpoint-0.5", "checkpoint-1.0", "checkpoint-1.5"], [0.5, 1, 1.5]),
        (["model_1b", "model_10b", "model_1.5b"], [1e9, 1.5e9, 1e10]),
        (["step_100abc", "step_200abc"], [100, 200]),
        (["run-1.2.3", "run-1.2.4"], [3, 4]),
        (["2024.11.01", "2024.11.24"], [1, 24]),
        (["step5k2", "step7k2"], [5, 7]),
        (["epoch=3-step=1200", "epoch=10-step=4000"], [1200, 4000]),
        (["gpt_5B_step_3", "gpt_5B_step_4"], [3, 4]),
    ],
)
def test_numbers_in_names(tmp_path, names, wanted):
    folder = write_series(tmp_path, one_matrix(np.eye(3)[: len(names)]), names=[f"{name}.safetensors" for name in names])
    assert [step for _, step in steps(folder)[0]] == wanted


def test_the_hub_is_no_folder():
    for place in ("hf://EleutherAI/pythia-70m@step1000", Path("hf://bert-base-cased")):
        with pytest.raises(InputError, match="read from files, not from the hub; fetch them first"):
            open_series([place])


@pytest.mark.parametrize("names", [[], ["README.md"], ["optimizer.safetensors"], ["a.pt", "b.pt"]])
def test_a_folder_without_checkpoints(tmp_path, names):
    for name in names:
        (tmp_path / name).write_bytes(b"junk")
    with pytest.raises(InputError, match="it holds no checkpoint"):
        find([tmp_path])


def test_steps_as_they_are_written():
    assert parse_steps("0, 100 200,1e3") == (0, 100, 200, 1000)
    with pytest.raises(InputError, match="steps are numbers"):
        parse_steps("1,two")


def test_arguments_out_of_order_are_flagged_and_sorted(tmp_path):
    folder = write_series(tmp_path, one_matrix([[1, 0], [2, 0], [3, 0], [4, 0]]))
    given_order = [folder / f"step_{i}.safetensors" for i in (0, 2, 3, 1)]
    found, series = steps(given_order)
    assert [step for _, step in found] == [0, 1, 2, 3]
    (finding,) = series.findings
    assert (finding.kind, finding.checkpoints) == ("order", ("step_1.safetensors",))
    assert scan(given_order).whole.norm.tolist() == [1, 2, 3, 4]


def test_a_file_named_after_another_step_is_flagged(tmp_path):
    names = [f"step_{i:04}.safetensors" for i in (0, 100, 200, 350, 400)]
    metadata = [{"step": str(i)} for i in (0, 100, 200, 150, 400)]
    found, series = steps(write_series(tmp_path, one_matrix(np.eye(5) + 1), names, metadata))
    assert [step for _, step in found] == [0, 100, 150, 200, 400]
    assert sorted(finding.kind for finding in series.findings) == ["order", "step"]
    assert all("step_0350" in finding.checkpoints[0] or "step_0200" in finding.checkpoints[0] for finding in series.findings)
    assert any("called after step 350 but states step 150" in finding.says for finding in series.findings)


def test_equal_steps_are_flagged(tmp_path):
    _, series = steps(write_series(tmp_path, TWO), steps=[3, 3])
    assert "have the same step 3" in series.findings[0].says


@given(some.lists(some.integers(0, 9), max_size=9))
def test_out_of_order_leaves_a_longest_rising_part(values):
    late = out_of_order(values)
    kept = [value for i, value in enumerate(values) if i not in late]
    assert kept == sorted(kept)
    assert (late == []) == (values == sorted(values))
    longest = max((bin(m).count("1") for m in range(2 ** len(values)) if _rises(values, m)), default=0)
    assert len(kept) == longest


def _rises(values, mask):
    part = [value for i, value in enumerate(values) if mask >> i & 1]
    return part == sorted(part)


def test_missing_surplus_and_changed_tensors(tmp_path):
    whole = {"layers.0.w": np.ones((2, 2)), "layers.1.w": np.ones((2, 3))}
    members = [
        whole,
        {"layers.0.w": np.ones((2, 2))},
        whole | {"layers.2.w": np.ones((1, 2))},
        whole | {"layers.1.w": np.ones((2, 4))},
        {name: array + 1 for name, array in whole.items()},
    ]
    folder = write_series(tmp_path, members)
    with pytest.raises(InputError, match=r"step_1.safetensors.*lacks 'layers.1.w' .*--common"):
        scan(folder)
    growth = scan(folder, common=True)
    assert [(f.kind, f.checkpoints) for f in growth.findings] == [
        ("missing", ("step_1.safetensors",)),
        ("surplus", ("step_2.safetensors",)),
    ]
    assert growth.whole.norm.tolist() == [2, 2, 2, 2, 4]


def test_a_changed_shape_alone(tmp_path):
    folder = write_series(tmp_path, [{"a": np.ones((2, 2)), "b": np.ones((2, n))} for n in (2, 2, 3)])
    with pytest.raises(InputError, match=r"'b' has shape \(2, 2\) in step_0.safetensors and \(2, 3\) in step_2.safetensors"):
        scan(folder)
    assert [finding.kind for finding in scan(folder, common=True).findings if finding.kind != "duplicate"] == ["shape"]


def test_nothing_in_common(tmp_path):
    folder = write_series(tmp_path, [{"a": np.ones((2, 2))}, {"b": np.ones((2, 2))}])
    with pytest.raises(InputError, match="no parameters in common"):
        scan(folder, common=True)


def test_buffers_integers_and_empty_tensors_do_not_count(tmp_path):
    for step in (1, 2):
        arrays = {
            "layers.0.w": np.array([[3.0, 4.0]]) * step,
            "embeddings.position_ids": np.arange(5),
            "attn.masked_bias": np.array(-np.inf),
            "empty": np.ones((0, 3)),
            "flag": np.array([True]),
        }
        save_file(arrays if step == 1 else {k: v for k, v in arrays.items() if k != "flag"}, tmp_path / f"{step}.safetensors")
    growth = scan(tmp_path, embeddings=True, scalars=True)
    assert growth.whole.norm.tolist() == [5, 10]
    assert (growth.whole.tensors, growth.findings) == (1, ())


def test_same_name_in_several_folders(tmp_path):
    paths = []
    for step in (10, 20):
        folder = tmp_path / f"run-{step}"
        folder.mkdir()
        save_file({"w": np.full((1, 1), float(step))}, folder / "model.safetensors")
        paths.append(folder / "model.safetensors")
    found, _ = steps(paths)
    assert found == [("run-10/model.safetensors", 10), ("run-20/model.safetensors", 20)]


def test_an_unreadable_folder_inside_is_left_out(tmp_path, monkeypatch):
    write_series(tmp_path, TWO)
    (tmp_path / "locked").mkdir()
    listdir = os.listdir

    def guarded(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return listdir(path)

    monkeypatch.setattr(os, "listdir", guarded)
    assert find([tmp_path]).left_out == ("locked: a folder that cannot be read",)


@pytest.mark.parametrize("name", ["a" * 5000, "nul\0byte", ""])
def test_names_that_no_file_can_have(name, tmp_path):
    with pytest.raises(InputError):
        find([str(tmp_path / "x") + name])


def test_unreadable_folders_are_said(tmp_path, monkeypatch):
    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "listdir", refuse)
    with pytest.raises(InputError, match="cannot be read"):
        find([tmp_path])
