"""`sattheory measure` as a user meets it: a table that explains itself, JSON, CSV, figures, exit codes, bad input."""

import csv
import json
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from sattheory import cli
from sattheory.checkpoints import read
from sattheory.measure import measure
from sattheory.network import examples
from tests.checkpoints.small_checkpoints import write_small
from tests.measure.test_cosines import near_tie

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "measure.schema.json").read_text(encoding="utf-8"))
TEXT = "a b c. c c a b? a b\n\nb a b b a. c"


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["sattheory", "measure", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        captured = capsys.readouterr()
        return left.value.code or 0, captured.out, captured.err

    return call


@pytest.fixture
def bert(tmp_path):
    place = write_small(tmp_path / "small", "bert")
    (place / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "b", "c"]) + "\n")
    return place


@pytest.fixture
def text(tmp_path):
    place = tmp_path / "text.txt"
    place.write_text(TEXT)
    return place


def test_the_table_explains_itself(run, bert, text):
    code, out, err = run(bert, "--text", text, "--jobs", 1)
    assert code == 0
    assert err == ""
    assert out.startswith("small (bert) on 4 sentences of 4 to 8 tokens, 25 in all")
    head, *rows = out.split("\n\n")[1].splitlines()
    assert head.split() == ["trained", "twin"]
    assert [row.split()[0] for row in rows[2:]] == ["embedding", "1", "2"]
    assert len(rows[3].split()) == 1 + 2 * 6
    for word in ("true limit:", "±:", "c=1000:", "layer by l.:", "1000 off by:", "twin: the same", "mean over the positions"):
        assert word in out
    assert "hard subst.:" not in out


def test_the_table_shows_what_was_measured(run, bert, text):
    _, out, _ = run(bert, "--text", text, "-j", 1, "--no-twin", "--hard")
    found = measure(read(bert), ["a b c.", "c c a b?", "a b", "b a b b a."], twin=False, hard=True)
    cells = out.split("\n\n")[1].splitlines()[-1].split()
    names = ("limit", "c1000_float32", "c1000_float64", "layerwise", "hard")
    wanted = {name: f"{found.trained.mean(name)[2]:.4f}" for name in names}
    error = f"{found.trained.standard_error('limit')[2]:.4f}"
    off = f"{found.trained.gap('stand_in_float64')[2]:.1e}"
    assert cells == ["2", wanted["limit"], error, *list(wanted.values())[1:], off]
    assert "hard subst.:" in out
    assert "twin:" not in out


def test_json_csv_and_figures(run, bert, text, tmp_path):
    places = ["--csv", tmp_path / "tables", "--figures", tmp_path / "figures", "--format", "svg,png"]
    code, out, err = run(bert, "--text", text, "-j", 1, "--json", *places)
    shown = json.loads(out)
    assert code == 0
    jsonschema.validate(shown, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert shown["model"] == "small"
    assert shown["sentences"]["count"] == 4
    assert len(shown["heads"]["twin"]) == 4
    drawn = sorted(path.name for path in (tmp_path / "figures").iterdir())
    assert drawn == sorted(f"{name}.{kind}" for name in ("f2", "f3", "f3-twin") for kind in ("svg", "png"))
    rows = list(csv.DictReader((tmp_path / "tables" / "layers.csv").read_text("utf-8").splitlines()))
    (row,) = [r for r in rows if (r["layer"], r["network"], r["quantity"]) == ("1", "twin", "limit")]
    assert float(row["cosine"]) == shown["layers"][1]["twin"]["limit"]["cosine"]
    assert err.count(" written\n") == 3 + 6


def test_jobs_and_the_seed(run, bert, text):
    one, two, other = (
        run(bert, "--text", text, "--json", "-j", jobs, "--seed", seed)[1] for jobs, seed in ((1, 0), (2, 0), (1, 1))
    )
    assert one == two
    assert one != other


def test_options_that_choose_sentences(run, bert, text):
    _, out, _ = run(bert, "--text", text, "-j", 1, "--json", "--no-twin", "--sentences", 2, "--shortest", 4, "--longest", 5)
    assert json.loads(out)["sentences"] == {"count": 2, "tokens": 10, "shortest": 5, "longest": 5, "cut": 2}
    _, out, _ = run(bert, "--text", text, "-j", 1, "--json", "--no-twin", "--split", "lines", "--shortest", 1)
    assert json.loads(out)["sentences"]["count"] == 2


def test_thresholds(run, bert, text):
    thresholds = ["--threshold", "argmax=0.5", "--threshold", "queries=3"]
    _, out, _ = run(bert, "--text", text, "-j", 1, "--json", "--no-twin", *thresholds)
    found = json.loads(out)["settings"]["thresholds"]
    assert (found["argmax"], found["queries"], found["mean"]) == (0.5, 3, 0.9)


def test_token_numbers(run, bert, tmp_path):
    (tmp_path / "n.txt").write_text("2 4 5 3\n2, 6, 3\n")
    (bert / "vocab.txt").unlink()
    code, out, _ = run(bert, "--text", tmp_path / "n.txt", "--tokens", "-j", 1, "--json", "--no-twin")
    assert code == 0
    assert json.loads(out)["sentences"] == {"count": 2, "tokens": 7, "shortest": 3, "longest": 4, "cut": 0}


@pytest.mark.parametrize("name", examples.EXAMPLES)
def test_examples(run, name):
    code, out, _ = run(f"example:{name}", "--hard")
    assert code == 0
    assert out.startswith(f"example:{name} on 1 sentence")
    assert out.splitlines()[2].split() == ["network"], "it was never trained"


def test_an_example_reads_numbers(run, tmp_path):
    (tmp_path / "n.txt").write_text("0 1\n1 1 0\n")
    code, out, _ = run("example:soft", "--text", tmp_path / "n.txt", "--tokens", "--json")
    assert code == 0
    assert json.loads(out)["sentences"]["count"] == 2


@pytest.fixture
def undecided(monkeypatch):
    monkeypatch.setitem(examples.EXAMPLES, "close", examples.Example("close", near_tie()))


def test_undecided_sentences_are_told(run, undecided, tmp_path):
    (tmp_path / "n.txt").write_text("0 1\n0 0\n1 0\n")
    code, out, _ = run("example:close", "--text", tmp_path / "n.txt", "--tokens")
    assert code == 0
    assert "Undecided (trained), left out of the means. Layer 1: 2 of 3." in out
    assert "1×: layer 1, attention weights: softmax at index (0, 0, 0): the coefficient of c^3 is 5e-12" in " ".join(out.split())


def test_nothing_decided_exits_three(run, undecided):
    code, out, err = run("example:close")
    assert code == 3
    assert "Layer 1: 1 of 1." in out
    assert err.endswith("Undecided: the limit of every sentence.\n")
    code, out, _ = run("example:close", "--json")
    assert code == 3
    shown = json.loads(out)
    jsonschema.validate(shown, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert shown["layers"][1]["trained"]["limit"]["cosine"] is None


def test_bad_input_is_answered_with_one_sentence(run, bert, text, tmp_path):
    (tmp_path / "latin.txt").write_bytes("é".encode("latin-1"))
    (tmp_path / "empty.txt").write_text("")
    cases = {
        "give --text FILE": [bert],
        "there is no such file": [bert, "--text", tmp_path / "none"],
        "not UTF-8": [bert, "--text", tmp_path / "latin.txt"],
        "it is empty": [bert, "--text", tmp_path / "empty.txt"],
        "no sentence of so many tokens": [bert, "--text", text, "--shortest", 99],
        "leave no room for text": [bert, "--text", text, "--longest", 2],
        "sentences=0": [bert, "--text", text, "--sentences", 0],
        "no such way to split": [bert, "--text", text, "--split", "words"],
        "there is no such threshold": [bert, "--text", text, "--threshold", "agrmax=1"],
        "this is no number": [bert, "--text", text, "--threshold", "argmax=x"],
        "a share lies above 0": [bert, "--text", text, "--threshold", "argmax=2"],
        "choose from": [bert, "--text", text, "--format", "bmp"],
        "it is a file": [bert, "--text", text, "--csv", text],
        "is no token number": [bert, "--text", text, "--tokens"],
        "there is no such folder": [tmp_path / "no-model", "--text", text],
        "no such example": ["example:nothing"],
        "examples have no words": ["example:soft", "--text", text],
    }
    for said, arguments in cases.items():
        code, out, err = run(*arguments)
        assert (code, out) == (2, ""), said
        assert said in err
        assert err.startswith("sattheory: ")
        assert err.count("\n") == 1


def test_a_model_without_vocabulary_asks_for_numbers(run, bert, text):
    (bert / "vocab.txt").unlink()
    code, _, err = run(bert, "--text", text)
    assert code == 2
    assert "--tokens" in err


def test_a_narrow_terminal_gets_one_table_after_the_other(run, bert, text, monkeypatch):
    from rich.console import Console

    from sattheory.terminal import heads, measurements

    for module in (heads, measurements):
        monkeypatch.setattr(module, "console", lambda: Console(highlight=False, width=80))
    _, out, _ = run(bert, "--text", text, "-j", 1)
    assert "…" not in out
    assert max(map(len, out.splitlines())) <= 80
    assert out.count("embedding") == 2


def test_every_architecture_is_measured(tmp_path):
    from tests.checkpoints.small_checkpoints import KINDS

    for kind in KINDS:
        model = read(write_small(tmp_path / kind, kind))
        found = measure(model, [[0, 3, 1, 4], [2, 2, 5]], terms=6)
        assert found.architecture == kind
        for measured in found.networks.values():
            assert np.isfinite(measured.gaps["c1000_float64"]).all()
            kind_of = model.network.configuration
            assert measured.gaps["limit"].shape == (2, kind_of.layers + 1 + kind_of.final_norm)
            assert (found.rows[-1] == "final norm") == kind_of.final_norm == (kind in ("gpt2", "gpt_neox", "t5"))
            decided = np.isfinite(measured.gaps["limit"])
            assert decided.all() == (not any(measured.undecided))
