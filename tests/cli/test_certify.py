"""``sattheory saturate … --certify``: what is promised, held against a second implementation; every way it can be refused."""

import json
import re
import sys

import numpy as np
import pytest
from mpmath import mp, mpf

import sattheory as st
from sattheory import cli
from sattheory.cli import saturate as saturate_command
from sattheory.cli.saturate import _is_number
from sattheory.network import examples
from tests.oracle import evaluate

FAR = 10**40  # the limit, to some forty digits


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["sattheory", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        captured = capsys.readouterr()
        return left.value.code or 0, captured.out, captured.err

    return call


def rows_at(name, c, degree):
    example = st.EXAMPLES[name]
    kind, theta = example.network.configuration, example.network.parameters
    with mp.workdps(60):
        return [[entry / mpf(c) ** degree for entry in row] for row in evaluate(kind, theta, example.tokens, c).output]


def distance(name, c, degree):
    with mp.workdps(60):
        pairs = zip(rows_at(name, c, degree), rows_at(name, FAR, degree), strict=True)
        return max(abs(a - b) for row, limit in pairs for a, b in zip(row, limit, strict=True))


def flat(text):
    return " ".join(text.split())


def test_the_sentence_and_where_it_comes_from_follow_the_limit(run):
    code, out, err = run("saturate", "example:tie-value-bias", "--certify")
    certificate = st.certify(st.EXAMPLES["tie-value-bias"].network, [0, 1])
    assert (code, err) == (0, "")
    assert out.index("rate ") < out.index("For every c ≥")
    assert certificate.sentence() in flat(out)
    assert "Nothing is assumed." in out
    assert f"No smaller c0 was found: {certificate.smaller}" in flat(out)


@pytest.mark.parametrize(
    ("name", "factor"), [("tie-value-bias", 10), ("tie-pre", 10), ("tie-post", 100), ("soft", 5), ("flat-zero", float("inf"))]
)
def test_bounds_hold_and_are_not_far_off(run, name, factor):
    code, out, _ = run("saturate", f"example:{name}", "--certify", "--json")
    found = json.loads(out)["certificate"]
    scales = [row["c"] for row in found["bounds"]]
    assert (code, found["certified"], scales[0]) == (0, True, found["c0"])
    for row, times in zip(found["bounds"], (1, 10, 100), strict=True):
        with mp.workdps(60):
            numerator, _, denominator = row["c"].partition("/")
            c = mpf(int(numerator)) / int(denominator or 1)
            first, _, second = found["c0"].partition("/")
            assert abs(c - times * mpf(int(first)) / int(second or 1)) < mpf(10) ** -50
        true = distance(name, c, found["degree"])
        assert true <= row["bound"]
        assert factor == float("inf") or row["bound"] <= factor * true
        assert row["bound"] <= (row["algebraic"] + row["exponential"]) * (1 + 1e-12)


def test_the_table_prints_what_json_says_rounded_up(run):
    found = json.loads(run("saturate", "example:tie-post", "--certify", "--json")[1])["certificate"]
    out = run("saturate", "example:tie-post", "--certify")[1]
    table = out[out.index("B(c)") :].splitlines()[1:4]
    for line, row in zip(table, found["bounds"], strict=True):
        _, *printed = (float(cell) for cell in line.split())
        for cell, key in zip(printed, ("bound", "algebraic", "exponential"), strict=True):
            assert row[key] <= cell <= max(1.01 * row[key], 1e-300)


def test_winners_are_those_of_the_network_far_out(run):
    for name in ("soft", "epsilon-0"):
        found = json.loads(run("saturate", f"example:{name}", "--certify", "--json")[1])["certificate"]
        kind, theta = st.EXAMPLES[name].network.configuration, st.EXAMPLES[name].network.parameters
        weights = evaluate(kind, theta, st.EXAMPLES[name].tokens, 1000).weights
        for block in found["attention"]:
            kept = [sum(w > 1e-9 for w in query) for head in weights[block["layer"] - 1] for query in head]
            assert block["one_winner"] == kept.count(1)
            assert block["several"] == len(kept) - kept.count(1)
            assert 0 <= block["losers_together"] < 0.5


def test_the_scale_may_be_given_with_or_without_an_equals_sign(run):
    asked = [("--certify", "12.5"), ("--certify=12.5",), ("--certify=25/2",), ("--certify", "25/2")]
    found = [json.loads(run("saturate", "example:soft", *option, "--json")[1])["certificate"] for option in asked]
    assert all(one == found[0] for one in found)
    assert found[0]["c0"] == "25/2"
    assert found[0]["no_smaller_c0"] is None


def test_a_bare_option_swallows_neither_model_nor_option(run):
    last = run("saturate", "example:soft", "--json", "--certify")
    assert last == run("saturate", "--certify", "example:soft", "--json")
    assert last == run("saturate", "example:soft", "--certify", "--json")
    assert json.loads(last[1])["certificate"]["certified"] is True


def test_too_small_a_scale_exits_three_and_shows_what_holds(run):
    code, out, err = run("saturate", "example:epsilon-1", "--certify", "3")
    assert code == 3
    assert err.startswith("Not certified: layer 3")
    assert "The best that holds: For every c ≥" in err
    assert "What holds" in out
    assert re.search(r"For every c ≥ [34]\d", out)
    code, out, _ = run("saturate", "example:epsilon-1", "--certify", "3", "--json")
    found = json.loads(out)["certificate"]
    assert (code, found["certified"], found["best"]["certified"]) == (3, False, True)


def test_what_floats_leave_open_the_certificate_settles(run, monkeypatch):
    soft = examples.EXAMPLES["tie-query-bias"].network
    close = np.array([[1.0, 0.0], [1.0 + 5e-12, 1.0]])
    parameters = soft.parameters.map(lambda name, array: close if name == "tokens" else array)
    monkeypatch.setitem(examples.EXAMPLES, "close", examples.Example("close", type(soft)(soft.configuration, parameters)))
    assert run("saturate", "example:close")[0] == 3
    code, out, err = run("saturate", "example:close", "--certify")
    assert code == 0
    assert err.startswith("Undecided in floats, settled by the certificate: layer 1")
    assert "For every c ≥" in out


def test_files(run, tmp_path):
    kept, drawn = tmp_path / "tie.json", tmp_path / "tie.svg"
    options = ("--save-certificate", str(kept), "--plot-certificate", str(drawn))
    code, _, err = run("saturate", "example:tie-post", "--certify", *options)
    certificate = st.certify(st.EXAMPLES["tie-post"].network, st.EXAMPLES["tie-post"].tokens)
    assert code == 0
    assert st.load_certificate(kept).sentence() == certificate.sentence()
    assert drawn.read_text(encoding="utf-8").startswith("<?xml")
    assert f"{kept} written" in err
    assert f"{drawn} written" in err
    assert {path.name for path in tmp_path.iterdir()} == {"tie.json", "tie.svg"}


def test_nothing_is_written_where_nothing_is_certified(run, tmp_path):
    code, _, err = run("saturate", "example:epsilon-1", "--certify", "3", "--save-certificate", str(tmp_path / "no.json"))
    assert code == 3
    assert "no.json not written" in err
    assert list(tmp_path.iterdir()) == []


def test_a_large_network_is_announced(run, monkeypatch):
    monkeypatch.setattr(saturate_command, "PATIENCE", 0)
    assert "a search some ten passes; Ctrl-C stops it" in run("saturate", "example:soft", "--certify", "50")[2]
    assert run("saturate", "example:soft", "--certify", "50", "--quiet")[2] == ""


def test_progress_counts_passes(monkeypatch):
    from sattheory.arithmetic.operations import Place
    from sattheory.terminal import console

    updates = []
    monkeypatch.setattr(console.Progress, "update", lambda _, task, **given: updates.append(given))
    with console.layer_by_layer(1, "certificate", False) as watch:
        for layer in (0, 1, 0, 1):
            watch(Place(layer, "stream"), None)
    assert [given["description"] for given in updates] == ["certificate", "certificate"] + 2 * ["certificate, pass 2"]


@pytest.mark.parametrize("text", ["12.5", "25/2", "-1", "nan", "inf", "1e400", "0", " 3 "])
def test_numbers(text):
    assert _is_number(text)


@pytest.mark.parametrize("text", ["", "example:soft", "3 cats", "--json", "1/0", "1/2/3", "./12"])
def test_what_is_no_number(text):
    assert not _is_number(text)


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (("--certify", "0"), ("c0=0", "positive", "above 0")),
        (("--certify", "-1"), ("c0=-1", "positive")),
        (("--certify", "nan"), ("c0='nan'", "positive number", "12.5 or 25/2")),
        (("--certify", "inf"), ("c0='inf'", "positive number")),
        (("--certify=abc",), ("c0='abc'", "positive number", "12.5 or 25/2")),
        (("--certify", "abc"), ("text='abc'", "leave it out")),
        (("--certify=1/0",), ("c0='1/0'", "positive number")),
        (("--certify", "1e999999999"), ("c0=1e999999999", "more than 4000 digits")),
        (("--save-certificate", "c.json"), ("--save-certificate c.json", "no certificate", "add --certify")),
        (("--plot-certificate", "c.svg"), ("--plot-certificate c.svg", "no certificate", "add --certify")),
        (("--certify", "--save-certificate", "c.txt"), ("--save-certificate c.txt", "JSON", ".json")),
        (("--certify", "--plot-certificate", "c.bmp"), ("--plot-certificate c.bmp", ".svg", ".png")),
        (("--certify", "--save-certificate", "no/such/c.json"), ("no/such/c.json", "folder is not there")),
    ],
    ids=lambda value: " ".join(value)[:40] if value[0].startswith("--c") else "",
)
def test_bad_input(run, monkeypatch, options, parts):
    monkeypatch.setattr("sattheory.asymptotics.certifying.certify", None)  # refused before any work
    code, out, err = run("saturate", "example:soft", *options)
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    for part in parts:
        assert part in err


def test_a_scale_of_four_thousand_digits_is_taken(run, tmp_path):
    kept = tmp_path / "far.json"
    code, out, _ = run("saturate", "example:soft", "--certify", "1e4000", "--json", "--save-certificate", str(kept))
    assert code == 0
    assert json.loads(out)["certificate"]["c0"] == "1" + 4000 * "0"
    assert st.load_certificate(kept).c0 == 10**4000


def test_help_names_the_optional_number(run):
    code, out, _ = run("saturate", "--help")
    assert code == 0
    assert "[C0]" in out


def test_a_closed_form_is_printed_with_its_latex(run):
    code, out, err = run("saturate", "example:soft", "--closed-form")
    assert (code, err) == (0, "")
    assert "-sqrt(2)/2, sqrt(2)/2, 0" in out
    assert "query 0: 1/(1 + exp(sqrt(3)/6)), exp(sqrt(3)/6)/(1 + exp(sqrt(3)/6))" in flat(out)
    assert r"\frac{\sqrt{2}}{2}" in out
    code, out, _ = run("saturate", "example:soft", "--closed-form", "--json")
    assert json.loads(out)["closed_form"]["terms"]["0"][0] == ["-sqrt(2)/2", "sqrt(2)/2", "0"]
