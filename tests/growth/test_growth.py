"""A series of a real run, known beforehand; what counts; the command line; the figures."""

from __future__ import annotations

import csv
import json
import shutil
import sys

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from safetensors import safe_open
from safetensors.numpy import save_file
from scipy.optimize import curve_fit

import sattheory.cli.growth  # noqa: F401  (registers the command)
from sattheory import cli
from sattheory.errors import InputError
from sattheory.figures import f1, f5
from sattheory.figures.files import render
from sattheory.growth import Decay, Selection, scan
from sattheory.growth.curves import QUANTITIES
from sattheory.growth.example import example
from tests.growth.series_files import FINETUNE, one_matrix, write_series


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["sattheory", "growth", *map(str, arguments)])
        try:
            cli.main()
            code = 0
        except SystemExit as left:
            code = left.code or 0
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def flat(text):
    return " ".join(text.split())


@pytest.fixture(scope="module")
def vectors():
    """The five checkpoints as vectors, read by the reference library: all tensors, and matrices of the layers."""
    found = {"all": [], "matrices": []}
    for path in sorted(FINETUNE.glob("*.safetensors")):
        with safe_open(path, "np") as file:
            arrays = {name: file.get_tensor(name).astype(float).ravel() for name in sorted(file.keys())}
        found["all"].append(np.concatenate(list(arrays.values())))
        found["matrices"].append(np.concatenate([a for name, a in arrays.items() if ".W_" in name and "embed" not in name]))
    return found


@pytest.mark.parametrize(("which", "options"), [("all", {"embeddings": True, "scalars": True}), ("matrices", {})])
def test_the_finetuning_run_against_plain_numpy(vectors, which, options):
    thetas, whole = vectors[which], scan(FINETUNE, **options).whole
    norms = [np.linalg.norm(theta) for theta in thetas]
    np.testing.assert_allclose(whole.norm, norms, rtol=1e-14)
    assert whole.parameters == thetas[0].size
    for t in range(4):
        delta = thetas[t + 1] - thetas[t]
        assert whole.step_size[t] == pytest.approx(np.linalg.norm(delta), rel=1e-13)
        assert whole.successor_gap[t] == pytest.approx(1 - thetas[t] @ thetas[t + 1] / norms[t] / norms[t + 1], abs=1e-14)
        assert whole.last_gap[t] == pytest.approx(1 - thetas[t] @ thetas[4] / norms[t] / norms[4], abs=1e-14)
        assert whole.alignment[t] == pytest.approx(thetas[t] @ delta / norms[t] / np.linalg.norm(delta), abs=1e-13)


def test_the_figures_of_the_finetuning_run():
    growth = scan(FINETUNE, embeddings=True, scalars=True, decay=Decay(2e-3, 1.0))
    assert [f"{norm:.2f}" for norm in growth.whole.norm] == ["22.00", "16.72", "13.80", "11.32", "9.27"]
    assert [f"{1 - gap:.4f}" for gap in growth.whole.successor_gap] == ["0.8739", "0.9881", "0.9987", "0.9999"]
    assert f"{growth.whole.ratio[-1]:.4f}" == f"{growth.decay.ratios(growth.steps)[-1]:.4f}" == "0.8186"
    assert growth.steps.tolist() == [0, 100, 200, 300, 400]
    assert growth.findings == ()


@pytest.mark.parametrize("options", [{}, {"embeddings": True, "scalars": True}])
def test_the_norm_falls_and_decay_wins(options):
    growth = scan(FINETUNE, **options)
    assert growth.verdict.startswith("The norm falls, from ")
    assert growth.fits[0].law == "decay"
    assert "decay, b·exp(−λt), fits best" in growth.verdict
    b, rate = curve_fit(lambda t, b, rate: b * np.exp(-rate * t), growth.steps, growth.whole.norm, (20, 0.002))[0]
    assert growth.fits[0].estimates["λ"].value == pytest.approx(rate, rel=1e-6)
    assert growth.fits[0].estimates["b"].value == pytest.approx(b, rel=1e-6)
    assert f"λ = {rate:.4g}, by {100 * (1 - np.exp(-rate)):.3g} % per step" in growth.verdict


def test_layers_and_kinds():
    growth = scan(FINETUNE)
    assert [curves.name for curves in growth.groups.layers] == ["layer 0", "layer 1"]
    assert [curves.name for curves in growth.groups.kinds] == ["query", "key", "value", "attention output"]
    for groups in (growth.groups.layers, growth.groups.kinds):
        np.testing.assert_allclose(sum(curves.norm**2 for curves in groups), growth.whole.norm**2)
        np.testing.assert_allclose(sum(curves.step_size**2 for curves in groups), growth.whole.step_size**2)
    everything = scan(FINETUNE, embeddings=True, scalars=True)
    assert [curves.name for curves in everything.groups.layers][-1] == "outside the layers"
    kinds = {curves.name: curves for curves in everything.groups.kinds}
    assert kinds["bias"].norm.tolist() == [0] * 5
    assert np.isnan(kinds["bias"].successor_gap).all()
    assert np.isnan(kinds["bias"].alignment).all()
    np.testing.assert_array_equal(everything.whole.norm, growth.groups.everything.norm)


@pytest.mark.parametrize(
    ("options", "parameters"),
    [
        ({}, 32768),
        ({"embeddings": True}, 32768 + 26 * 64 + 8 * 64 + 64 * 26),
        ({"scalars": True}, 32768 + 8 * 64 + 26),
        ({"include": r"blocks\.0"}, 16384),
        ({"exclude": r"W_[QK]"}, 16384),
        ({"include": "blocks", "exclude": "W_O"}, 24576),
    ],
)
def test_what_counts(options, parameters):
    assert scan(FINETUNE, **options).whole.parameters == parameters


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"include": "nothing"}, "include='nothing': no tensor is left by name, of 20 such as '"),
        ({"include": "embed"}, "matrices named like embed: there are only embedding and scalar; count"),
        ({"include": "("}, "no regular expression"),
        ({"exclude": "["}, "no regular expression"),
    ],
)
def test_refusals(options, why):
    with pytest.raises(InputError, match=why):
        scan(FINETUNE, **options)


@pytest.mark.parametrize("given", [(0.5, 3), (-1, 1), (0, 1), (float("nan"), 1)])
def test_decay_must_decay(given):
    with pytest.raises(InputError, match="must lie between 0 and 1"):
        Decay(*given)


def test_encoder_and_decoder_layers_are_kept_apart(tmp_path):
    names = ("encoder.block.0.layer.0.SelfAttention.q.weight", "decoder.block.0.layer.0.SelfAttention.q.weight")
    members = [{name: np.full((1, 1), float(i + t)) for i, name in enumerate(names, 1)} for t in range(2)]
    growth = scan(write_series(tmp_path, members))
    assert [(curves.name, curves.norm.tolist()) for curves in growth.groups.layers] == [
        ("encoder layer 0", [1, 2]),
        ("decoder layer 0", [2, 3]),
    ]


def test_a_tied_head_is_counted_once(tmp_path):
    table = np.array([[3.0, 4.0]])
    members = [{"wte.weight": table * t, "lm_head.weight": table * t, "h.0.attn.c_proj.weight": table} for t in (1, 2)]
    growth = scan(write_series(tmp_path, members), embeddings=True)
    np.testing.assert_allclose(growth.whole.norm, [np.sqrt(50), np.sqrt(125)])
    assert [finding.kind for finding in growth.findings] == ["tied", "unchanged"]
    assert "'lm_head.weight' repeats 'wte.weight' in every checkpoint" in growth.findings[0].says
    assert scan(tmp_path).whole.norm.tolist() == [5, 5]


@pytest.mark.parametrize(
    ("norms", "said"),
    [
        ([3, 3, 3], "The norm does not change, from 3.000 to 3.000. One checkpoint, repeated, allows no choice among laws."),
        ([3, 4], "The norm grows, from 3.000 to 4.000. 2 different checkpoints allow no choice"),
        ([3, 5, 4.9, 7], "The norm grows, though not in 1 of 3 intervals"),
        ([7, 3, 4, 1], "The norm falls, though not in 1 of 3 intervals"),
        ([3, 5, 5, 7], "The norm grows, from 3.000 to 7.000. 3 different checkpoints allow no choice among laws."),
        ([3, 5, 4], "The norm wavers about 4.000, from 3.000 to 4.000: no net change beyond its scatter, 1.118"),
        ([3, 5, 3.0], "The norm comes back to where it was"),
        ([0, 1, 2], "The norm grows, from 0.000 to 2.000"),
    ],
)
def test_verdicts(tmp_path, norms, said):
    assert said in scan(write_series(tmp_path, one_matrix([[n, 0] for n in norms]))).verdict


def test_a_constant_that_wins_for_want_of_points_is_explained(tmp_path):
    said = scan(FINETUNE, embeddings=True, scalars=True, steps=[0, 0, 1, 2, 3]).verdict
    assert said.startswith(
        "The norm falls, from 22.00 to 9.266. Of the laws that 5 points can tell apart, constant, b, fits best"
    )
    assert "A constant wins because 5 points pay for no second parameter, not because the norm stays where it is." in said
    still = [40, 41, 39, 41, 39, 40, 41, 39, 40, 40.5]
    assert "constant wins" not in scan(write_series(tmp_path, one_matrix([[n, 0] for n in still]))).verdict


def test_an_interval_without_growth_is_counted_unless_the_checkpoint_is_a_copy(tmp_path):
    turned = scan(write_series(tmp_path / "turned", one_matrix([[3, 0], [5, 0], [0, 5], [7, 0]])))
    assert turned.verdict.startswith("The norm grows, though not in 1 of 3 intervals, from 3.000 to 7.000.")
    copied = scan(write_series(tmp_path / "copied", one_matrix([[7, 0], [5, 0], [5, 0], [3, 0], [2, 0], [1, 0]])))
    assert copied.repeated == (2,)
    assert copied.verdict.startswith("The norm falls, from 7.000 to 1.000. Of the laws that 5 points can tell apart")


def test_one_step_only(tmp_path):
    growth = scan(write_series(tmp_path, one_matrix([[3, 0], [5, 0], [7, 0]])), steps=[4, 4, 4])
    assert "3 checkpoints at one step allow no choice among laws" in growth.verdict


@pytest.mark.parametrize("levels", [(1, 10), (10, 1), (5, 5.2)])
def test_two_levels_are_a_change_not_scatter(tmp_path, levels):
    noise = 0.01 * np.random.default_rng(0).standard_normal(30)
    growth = scan(write_series(tmp_path, one_matrix([[n, 0] for n in np.repeat(levels, 15) + noise])))
    assert growth.verdict.startswith(f"The norm {'grows' if levels[1] > levels[0] else 'falls'}, though not in ")
    if levels[1] < levels[0]:
        assert "The parameters shrink without turning" in growth.verdict


def test_noise_around_a_constant_neither_grows_nor_falls(tmp_path):
    t, courses = np.arange(1, 31), {}
    for noise, slope in ((0.001, 0), (0.001, 0.001)):
        said = []
        for seed in range(12):
            norms = 50 + slope * t + noise * np.random.default_rng(seed).normal(size=30)
            members = one_matrix([[norm, 0] for norm in norms])
            said.append(scan(write_series(tmp_path / f"{slope}-{seed}", members)).verdict.split()[2])
        courses[slope] = said
    assert courses[0].count("wavers") >= 10
    assert courses[0.001] == ["grows,"] * 12


def test_the_verdict_is_sure_of_nothing():
    said = scan(FINETUNE).verdict
    assert "rank laws but are no probabilities" in said
    for word in ("clearly", "probably", "narrowly", "95 %"):
        assert word not in said
    assert "neighbouring residuals correlate by " in example(0, 400, 11).verdict


def test_copies_of_a_bias_are_counted_once_and_equal_gains_are_not(tmp_path):
    table, bias, gain = np.array([[3.0, 4.0]]), np.array([1.0, 2.0]), np.ones(2)
    members = [
        {
            "bert.embeddings.word_embeddings.weight": table * t,
            "cls.predictions.decoder.weight": table * t,
            "cls.predictions.bias": bias * t,
            "cls.predictions.decoder.bias": bias * t,
            "ln_1.weight": gain,
            "ln_2.weight": gain,
            "encoder.layer.0.attention.self.query.weight": table * t,
            "encoder.layer.1.attention.self.query.weight": table * t,
            "a_copy_without_a_name": table * t,
        }
        for t in (1, 2)
    ]
    growth = scan(write_series(tmp_path, members), embeddings=True, scalars=True)
    tied = [finding.says for finding in growth.findings if finding.kind == "tied"]
    assert [said.split(" in every")[0] for said in tied] == [
        "'cls.predictions.decoder.weight' repeats 'bert.embeddings.word_embeddings.weight'",
        "'a_copy_without_a_name' repeats 'bert.embeddings.word_embeddings.weight'",
        "'cls.predictions.decoder.bias' repeats 'cls.predictions.bias'",
    ]
    np.testing.assert_allclose(growth.whole.norm**2, [25 + 5 + 2 + 2 + 50, 100 + 20 + 2 + 2 + 200])
    assert scan(tmp_path).whole.norm.tolist() == pytest.approx([np.sqrt(50), np.sqrt(200)])


def test_poolers_and_classifiers_do_not_count_among_matrices(tmp_path):
    square = np.array([[3.0, 4.0], [0.0, 0.0]])
    names = ("bert.pooler.dense.weight", "classifier.weight", "bert.encoder.layer.0.output.dense.weight")
    members = [{name: square * (i + t) for i, name in enumerate(names)} for t in (1, 2)]
    growth = scan(write_series(tmp_path, members))
    assert growth.whole.norm.tolist() == [15, 20]
    everything = scan(tmp_path, embeddings=True)
    assert [curves.name for curves in everything.groups.kinds] == ["feedforward outer", "pooler or classifier"]
    assert everything.whole.norm[0] == pytest.approx(np.sqrt(25 + 100 + 225))


@pytest.mark.parametrize(
    ("shapes", "counted"),
    [
        ({"encoder.weight": (9, 2), "decoder.weight": (9, 2)}, 4),  # a language model
        ({"encoder.weight": (2, 9), "decoder.weight": (9, 2)}, 40),  # an autoencoder
        ({"encoder.weight": (3, 3), "decoder.weight": (3, 3)}, 22),
        ({"encoder.weight": (9, 2)}, 22),
    ],
)
def test_encoder_and_decoder_may_be_tables(tmp_path, shapes, counted):
    rng = np.random.default_rng(0)
    shapes = {**shapes, "transformer_encoder.layers.0.self_attn.in_proj_weight": (2, 2)}
    members = [{name: rng.standard_normal(shape) for name, shape in shapes.items()} for _ in range(2)]
    growth = scan(write_series(tmp_path, members))
    assert growth.whole.parameters == counted
    assert [finding.kind for finding in growth.findings] == ["unknown"] * (counted > 4)
    if counted > 4:
        assert f"hold {1 - 4 / counted:.0%} of what counts" in growth.findings[0].says


def test_tensors_that_never_change_are_named(tmp_path):
    members = [{"layers.0.w": np.eye(2) * t, "layers.1.w": np.eye(2), "zero": np.zeros((2, 2))} for t in (1, 2, 3)]
    growth = scan(write_series(tmp_path, members), exclude="zero")
    (finding,) = growth.findings
    assert finding.kind == "unchanged"
    assert finding.says == "'layers.1.w' (4 parameters) never changes over the series: frozen, or buffers"
    assert scan(tmp_path / "step_0.safetensors", exclude="zero").findings == ()


@pytest.mark.parametrize(
    ("stacks", "labels"),
    [
        (["text_model.encoder", "vision_model.encoder"], ["text_model layer 0", "vision_model layer 0"]),
        (["model.decoder", "model.encoder"], ["encoder layer 0", "decoder layer 0"]),
        (["transformer", "visual.transformer"], ["transformer layer 0", "visual.transformer layer 0"]),
        (["model"], ["layer 0"]),
    ],
)
def test_every_stack_has_its_own_layers(tmp_path, stacks, labels):
    members = [{f"{stack}.layers.0.self_attn.q_proj.weight": np.full((1, 1), t + 1.0) for stack in stacks} for t in range(2)]
    growth = scan(write_series(tmp_path, members))
    assert [curves.name for curves in growth.groups.layers] == labels
    assert [curves.norm.tolist() for curves in growth.groups.layers] == [[1, 2]] * len(labels)


def test_plain_values_are_json_and_csv_says_the_same(tmp_path):
    growth = scan(FINETUNE, embeddings=True, scalars=True, decay=Decay(2e-3, 1))
    found = json.loads(json.dumps(growth.to_dict(), allow_nan=False))
    assert found["whole"]["norm"] == growth.whole.norm.tolist()
    assert found["pure_decay"]["ratios"] == pytest.approx([0.998**100] * 4)
    assert found["kinds"][0]["successor_gap"][0] is None or found["kinds"]
    rows = list(csv.DictReader(growth.to_csv().splitlines()))
    groups = 2 + len(growth.groups.layers) + len(growth.groups.kinds)
    assert len(rows) == groups * (5 * 2 + 4 * 5)
    assert {row["quantity"] for row in rows} == set(QUANTITIES)
    norms = [float(r["value"]) for r in rows if (r["group"], r["quantity"]) == ("whole", "norm")]
    assert norms == growth.whole.norm.tolist()
    assert {r["value"] for r in rows if (r["group"], r["quantity"]) == ("bias", "alignment")} == {""}


def test_representations():
    growth = scan(FINETUNE)
    assert repr(growth).startswith("Growth(5 checkpoints, 32768 parameters in matrices: The norm falls")
    html = growth._repr_html_()
    assert html.count("<tr>") == 6
    assert "18.6081" in html
    assert str(Selection(True, True, "a", "b")) == "matrices, embeddings and scalars named like a not like b"


def test_the_command_prints_what_was_measured(run):
    code, out, err = run(FINETUNE, "--all", "--lr", "2e-3", "--weight-decay", 1)
    assert (code, err) == (0, "")
    for part in ("22.00", "16.72", "13.80", "11.32", "9.266", "0.873887", "0.988108", "0.998658", "0.999885", "0.8186"):
        assert part in out
    row = next(line.split() for line in out.splitlines() if line.startswith(" 100 "))
    assert row == ["100", "16.72", "0.7601", "0.8186", "0.988108", "0.975806", "0.981450", "3.747", "-0.8242"]
    assert "the last ratio is 0.8186, pure decay's 0.8186" in flat(out)
    assert "does not show that the direction converges" in flat(out)
    assert "The norm falls" in out
    assert "‖θ‖" in out
    assert "norm of all the parameters that count" in out
    code, out, _ = run(FINETUNE)
    assert "all ‖θ‖" in out
    assert "22.00" in out  # with embeddings and scalars, unasked


def test_the_command_flags_a_duplicate_and_disorder(run, tmp_path):
    shutil.copytree(FINETUNE, tmp_path / "series")
    folder = tmp_path / "series"
    shutil.copy(folder / "step_0100.safetensors", folder / "step_0500.safetensors")
    code, out, _ = run(folder)
    said = flat(out)
    assert code == 0
    assert "step_0500.safetensors is the same file as step_0100.safetensors (SHA-256" in said
    assert "step_0500.safetensors (step 100) stands out of order" in said
    assert "called after step 500 but states step 100" in said
    assert "decay, b·exp(−λt), fits best" in said
    code, out, err = run(folder, "--json")
    kinds = [finding["kind"] for finding in json.loads(out)["findings"]]
    assert sorted(set(kinds)) == ["duplicate", "order", "step"]
    assert err.count("sattheory: ") == len(kinds)
    code, out, _ = run(*(FINETUNE / f"step_0{i}00.safetensors" for i in (0, 3, 1, 2, 4)))
    assert "step_0300.safetensors (step 300) stands out of order; the order of the steps is used" in flat(out)
    assert "from 18.61 to 8.646" in flat(out)


def test_files_of_the_command(run, tmp_path):
    table, drawn = tmp_path / "growth.csv", tmp_path / "drawn"
    code, out, err = run(FINETUNE, "--csv", table, "--figures", drawn, "--format", "svg,png", "--json")
    assert code == 0
    assert json.loads(out)["version"] == 1
    assert table.read_text().startswith("step,checkpoint,group,quantity,value\n")
    assert {path.name for path in drawn.iterdir()} == {"f1.svg", "f1.png", "f5.svg", "f5.png"}
    assert err.count(" written") == 5


def test_many_steps_are_thinned_out(run, tmp_path):
    folder = write_series(tmp_path, one_matrix([[1.0 + t, 0] for t in range(40)]))
    code, out, _ = run(folder, "--rows", 5)
    assert code == 0
    assert "5 of 40 steps; --rows 40 shows all" in out
    table = out.splitlines()[3:8]
    assert [line.split()[0] for line in table] == ["0", "10", "20", "29", "39"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["nowhere"], "no such file or folder"),
        ([FINETUNE, "--lr", "1"], "decay needs both"),
        ([FINETUNE, "--weight-decay", "1"], "decay needs both"),
        ([FINETUNE, "--lr", "2", "--weight-decay", "1"], "between 0 and 1"),
        ([FINETUNE, "--steps", "1,2"], "there are 5 checkpoints"),
        ([FINETUNE, "--steps", "x"], "steps are numbers"),
        ([FINETUNE, "--format", "gif"], "there is no format"),
        ([FINETUNE, "--csv", "growth.txt"], "CSV"),
        ([FINETUNE, "--figures", FINETUNE / "README.md"], "it is a file"),
        ([FINETUNE, "--include", "("], "no regular expression"),
        ([FINETUNE / "README.md"], "README.md"),
        ([FINETUNE, "--scheduler", "nowhere"], "no address of a scheduler"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_two(run, arguments, why):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert why in err
    assert err.startswith("sattheory: ")
    assert err.count("\n") == 1


def test_nan_on_the_command_line(run, tmp_path):
    folder = write_series(tmp_path, one_matrix([[1, 2], [np.nan, 2], [3, 4]]))
    code, _, err = run(folder)
    assert (code, "holds nan at [0, 0]" in err) == (2, True)
    code, out, _ = run(folder, "--skip-bad")
    assert code == 0
    assert "it is left out" in flat(out)


def test_a_folder_without_permission_is_one_sentence(run, tmp_path, monkeypatch):
    def refuse(_):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "locked").mkdir(mode=0)
    monkeypatch.setattr("os.listdir", refuse)
    monkeypatch.setattr("os.access", lambda *_, **__: False)
    code, out, err = run(tmp_path / "locked")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "cannot be read" in err


def test_missing_tensors_on_the_command_line(run, tmp_path):
    for step in range(3):
        arrays = {"a": np.full((2, 2), step + 1.0), "b": np.ones((2, 2))}
        save_file(arrays if step != 1 else {"a": arrays["a"]}, tmp_path / f"{step}.safetensors")
    code, _, err = run(tmp_path)
    assert (code, "lacks 'b'" in err) == (2, True)
    code, out, _ = run(tmp_path, "--common")
    assert code == 0
    assert "1.safetensors lacks 'b'" in flat(out)


def test_one_checkpoint_on_the_command_line(run):
    code, out, _ = run(FINETUNE / "step_0000.safetensors")
    assert code == 0
    assert "1 checkpoint; counted" in out
    assert "One checkpoint: its norm is 18.61" in out
    assert "nan" not in out


def test_the_example_grows_as_its_formula_says():
    growth = example(0, 400, 11)
    layer = growth.groups.layers[0]
    speed, leaning = 0.85, 0.1
    square = [1.0]
    for t in range(1, 400):
        square.append(square[-1] * (1 + speed**2 / t + 2 * speed * leaning / t))
    np.testing.assert_allclose(layer.norm**2, [square[int(t) - 1] for t in growth.steps], rtol=1e-12)
    assert [curves.norm[-1] for curves in growth.groups.layers] == sorted(curves.norm[-1] for curves in growth.groups.layers)


@pytest.mark.parametrize("count", [1, 2, 3, 30])
def test_figures_of_short_and_long_series(tmp_path, count):
    rng = np.random.default_rng(0)
    members = [{f"layers.{i}.w": rng.standard_normal((2, 3)) * (t + 1) for i in range(count)} for t in range(count)]
    growth = scan(write_series(tmp_path, members))
    for plot in (growth.plot_norms, growth.plot_steps):
        assert render(plot(), "svg") == render(plot(), "svg")
    layered = growth.plot_norms().axes[1]
    assert len(layered.lines) == min(count, 8)
    assert layered.lines[-1].get_label() == f"layer {count - 1}"


def test_figures_show_the_numbers():
    growth = scan(FINETUNE)
    norms, layers, cosines, by_layer = growth.plot_norms().axes
    np.testing.assert_array_equal(norms.lines[0].get_ydata(), growth.whole.norm)
    assert [line.get_label().split(",")[0] for line in norms.lines] == ["measured", "a√t + b", "b·exp(−λt)"]
    np.testing.assert_array_equal(cosines.lines[0].get_ydata(), 1 - growth.whole.successor_gap)
    np.testing.assert_array_equal(cosines.lines[1].get_ydata(), 1 - growth.whole.misaligned_gap)
    np.testing.assert_array_equal(cosines.lines[2].get_ydata(), 1 - growth.whole.last_gap)
    np.testing.assert_array_equal(layers.lines[1].get_ydata(), growth.groups.layers[1].norm)
    np.testing.assert_array_equal(by_layer.lines[1].get_xdata(), [0, 100, 200, 300])
    alignment, size = growth.plot_steps().axes
    np.testing.assert_array_equal(alignment.lines[1].get_ydata(), growth.whole.alignment)
    np.testing.assert_array_equal(size.lines[0].get_ydata(), growth.whole.step_size)


@pytest.mark.parametrize("stack", ["", "decoder.", "vision_model.encoder."])
def test_the_legend_of_layers_stays_inside_the_figure(tmp_path, stack):
    names = [f"{stack}layers.{i}.w" for i in range(8)] + ["text_model.encoder.layers.0.w"] * bool(stack)
    growth = scan(write_series(tmp_path, [{name: np.eye(2) * t for name in names} for t in (1, 2)]))
    canvas = growth.plot_norms()
    FigureCanvasAgg(canvas).draw()
    box = canvas.legends[0].get_window_extent()
    assert 0 <= box.x0 < box.x1 <= canvas.bbox.width


@pytest.mark.parametrize(("layers", "said"), [(8, "norm by layer"), (24, "norm by layer, 8 of 24")])
def test_layers_that_are_not_drawn_are_counted(tmp_path, layers, said):
    members = [{f"layers.{i}.w": np.full((1, 2), float(i + t + 1)) for i in range(layers)} for t in range(2)]
    axes = scan(write_series(tmp_path, members)).plot_norms().axes
    assert axes[1].get_title("left") == said
    assert len(axes[1].get_lines()) == 8


def test_a_refused_series_leaves_no_folder(run, tmp_path):
    folder = write_series(tmp_path / "series", one_matrix([[np.nan, 1], [1, 1]]))
    code, _, err = run(folder, "--figures", tmp_path / "new" / "figures")
    assert (code, err.count("holds nan at [0, 0]")) == (2, 1)
    assert not (tmp_path / "new").exists()
    (tmp_path / "file").write_text("")
    code, _, err = run(folder, "--figures", tmp_path / "file" / "figures")
    assert code == 2
    assert f"--figures {tmp_path / 'file' / 'figures'}: no folder can be made in '{tmp_path / 'file'}'; choose another" in err


def test_a_series_without_layers_has_two_panels(tmp_path):
    growth = scan(write_series(tmp_path, [{"w": np.ones((2, 2)) * t} for t in (1, 2, 4)]))
    assert len(growth.plot_norms().axes) == 2


@pytest.mark.parametrize("figure", [f1.FIGURE, f5.FIGURE])
def test_legends_hide_nothing(figure):
    canvas = figure.draw(0, "full")
    FigureCanvasAgg(canvas).draw()
    for axes in canvas.axes:
        if (legend := axes.get_legend()) is not None:
            box = legend.get_window_extent()
            for line in axes.lines:
                points = axes.transData.transform(np.column_stack(line.get_data()))
                assert not box.count_contains(points), line.get_label()
