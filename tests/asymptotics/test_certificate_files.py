"""Certificates as files: they come back saying the same, never less, and no edit goes unnoticed.

A number in a file is exact or rounded outwards, so that what is read can only claim less than what was written.  Whether the
statement is *true* is for `proofs/recheck_certificate.py`; here it is whether it is the same.
"""

from __future__ import annotations

import copy
import json
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx

import sattheory as st
from sattheory.asymptotics.certificate_files import digest, ends, load, load_certificate
from sattheory.errors import InputError

EXAMPLES = ("tie-value-bias", "tie-post", "soft", "epsilon-1")
FACTORS = (Fraction(1), Fraction(11, 10), Fraction(7), Fraction(10**6), Fraction(10) ** 100)


def certificate_of(name):
    return st.certify(st.EXAMPLES[name].network, st.EXAMPLES[name].tokens)


def generated(**choices):
    network = st.Transformer.random(**{"width": 3, "vocabulary": 4, "initialisation": "normal", "seed": 6} | choices)
    return network


CASES = {
    **{name: lambda name=name: certificate_of(name) for name in EXAMPLES},
    "batch": lambda: st.certify(generated(layers=2, biases={"value"}), [[0, 1, 2], [3, 1, 0]], lengths=[3, 2]),
    "memory": lambda: st.certify(generated(cross_attention=True), [0, 1], memory=np.array([[1.0, 0.1, 3.0], [0.0, 1.0, -1.0]])),
    "ties": lambda: st.certify(generated(biases=True, feedforward=2), [1, 1, 2]),
    "classes": lambda: st.certify(generated(classes=2, epsilon=1e-5, mask="causal"), [0, 1]),
    "gelu": lambda: st.certify(generated(activation="gelu", feedforward=3, biases=True, placement="pre"), [0, 1]),
    "exact": lambda: st.certify(generated(width=1, biases={"norm"}, placement="post"), [0, 1]),
}


@pytest.fixture(scope="module", params=CASES)
def saved(request, tmp_path_factory):
    """Give a certificate and the file it was saved to."""
    certificate = CASES[request.param]()
    assert certificate.holds
    return certificate, certificate.save(tmp_path_factory.mktemp("certificates") / f"{request.param}.json")


def as_integers(entries):
    return [Fraction(v) for v in np.asarray(entries).ravel().tolist()]


def test_what_is_read_says_the_same(saved):
    certificate, path = saved
    read = load(path)
    assert read.holds
    assert (read.c0, read.degree, read.shape, read.bits) == (
        certificate.c0,
        certificate.degree,
        certificate.shape,
        certificate.bits,
    )
    assert (read.order, read.assumptions) == (certificate.order, certificate.assumptions)
    assert json.loads(path.read_text("utf-8"))["says"] == certificate.sentence()
    assert read.sentence() == certificate.sentence()


def test_what_is_read_claims_no_more(saved):
    """Balls contain what they were, remainders and flat parts too, and the decay is no faster: no bound is smaller."""
    certificate, path = saved
    read = load(path)
    for mine, theirs in zip(certificate.coefficients, read.coefficients, strict=True):
        assert all(b.contains(a) for a, b in zip(mine.ravel(), theirs.ravel(), strict=True))
    for factor in FACTORS:
        c = certificate.c0 * factor
        with ctx.workprec(200):
            before, after = sum(certificate.bounds(c)), sum(read.bounds(c))
            pairs = list(zip(before.ravel(), after.ravel(), strict=True))
            assert all(b.upper() >= a.mid() for a, b in pairs)
            assert all(b.lower() <= a.upper() * (1 + arb("1e-5")) + arb("1e-35") for a, b in pairs)


def test_network_tokens_and_pattern_come_back_exactly(saved):
    certificate, path = saved
    read = load(path)
    assert read.network.configuration == certificate.network.configuration
    for (name, a), (other, b) in zip(certificate.network.parameters.named(), read.network.parameters.named(), strict=True):
        assert name == other
        assert as_integers(a) == as_integers(b)
    assert np.array_equal(read.tokens.numbers, certificate.tokens.numbers)
    assert (read.memory is None) == (certificate.memory is None)
    for mine, theirs in zip(certificate.patterns, read.patterns, strict=True):
        assert mine.place == theirs.place
        assert np.array_equal(mine.winners, theirs.winners)
        assert theirs.lost >= mine.lost


def test_saving_what_was_read_changes_nothing_but_roundings(saved, tmp_path):
    _, path = saved
    first, second = (json.loads(p.read_text("utf-8")) for p in (path, load(path).save(tmp_path / "again.json")))
    for same in ("network", "tokens", "lengths", "memory", "c0", "degree", "shape", "attention", "ties", "zeros", "says"):
        if same == "attention":
            assert [a["winners"] for a in first[same]] == [a["winners"] for a in second[same]]
        else:
            assert first[same] == second[same], same


def test_weights_in_thirds_are_saved_exactly(tmp_path):
    network = st.EXAMPLES["tie-value-bias"].network
    third = network.parameters.map(lambda _, a: np.array([Fraction(v) / 3 for v in a.ravel()], dtype=object).reshape(a.shape))
    certificate = st.certify(st.Transformer(network.configuration, third), [0, 1])
    read = load(certificate.save(tmp_path / "third.json"))
    assert as_integers(read.network.parameters.tokens) == [Fraction(v) / 3 for v in network.parameters.tokens.ravel()]
    assert any(v.denominator == 3 for v in as_integers(read.network.parameters.tokens))


@pytest.mark.parametrize("text", ["0", "1", "-1/3", "1e-300", "1e300", "-7.25", "123456789123456789123456789/7"])
@pytest.mark.parametrize("digits", [3, 8, 40])
def test_ends_enclose_the_ball(text, digits):
    """Read as exact fractions, the two decimals lie on either side."""
    with ctx.workprec(200):
        exact = Fraction(text)
        ball = arb(exact.numerator) / exact.denominator
        for x in (ball, ball + arb(0, "0.1"), ball * arb(1, "1e-9")):
            low, high = (Fraction(v) for v in ends(x, digits))
            assert low <= exact <= high
            assert arb(low.numerator) / low.denominator <= x.upper()
            assert not arb(low.numerator) / low.denominator > x.lower()
            assert not arb(high.numerator) / high.denominator < x.upper()


# --- files that are refused ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    path = certificate_of("tie-value-bias").save(tmp_path_factory.mktemp("one") / "c.json")
    return json.loads(path.read_text("utf-8"))


def leaves(part, path=()):
    if isinstance(part, dict | list):
        for key, inner in part.items() if isinstance(part, dict) else enumerate(part):
            yield from leaves(inner, (*path, key))
    else:
        yield path, part


def altered(value):
    """Change a leaf as little as can be."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return value + 1
    last = value[-1:]
    return value[:-1] + str((int(last) + 1) % 10) if last.isdigit() else value + "0"


def put(content, path, value):
    out = copy.deepcopy(content)
    inner = out
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return out


def refused(content, file, match):
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError, match=match):
        load(file)


def test_every_edit_of_every_entry_is_refused(content, tmp_path):
    every = list(leaves(content))
    assert len(every) > 200
    for path, value in every:
        edited = put(content, path, altered(value))
        assert edited != content, path
        refused(edited, tmp_path / "edited.json", "edited|version|no certificate")


def test_what_is_left_out_or_put_in_is_refused(content, tmp_path):
    for key in content:
        refused({k: v for k, v in content.items() if k != key}, tmp_path / "less.json", "edited|version|no certificate")
    refused(content | {"note": "all is well"}, tmp_path / "more.json", "edited")


def test_a_part_that_is_missing_is_named_even_with_a_new_digest(content, tmp_path):
    """Whoever writes a new digest too is told what is wrong with the rest; a true statement it need not be."""
    for key in (
        "network",
        "tokens",
        "lengths",
        "memory",
        "c0",
        "degree",
        "shape",
        "coefficients",
        "remainder",
        "flat",
        "attention",
    ):
        less = {k: v for k, v in content.items() if k != key}
        refused(less | {"digest": digest(less)}, tmp_path / "less.json", "missing or malformed|without")
    for key, value in (("c0", "x"), ("tokens", "abc"), ("shape", [2, 4]), ("coefficients", [{"lower": ["1"], "upper": []}])):
        other = content | {key: value}
        refused(other | {"digest": digest(other)}, tmp_path / "other.json", "missing or malformed")


@pytest.mark.parametrize("version", [0, 2, "1", None, 1.5])
def test_another_version_is_refused(content, tmp_path, version):
    other = content | {"version": version}
    refused(other | {"digest": digest(other)}, tmp_path / "v.json", "version")


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "null", '{"kind": "proof"}', "\x00", "certificate"])
def test_what_is_no_certificate_is_refused(tmp_path, text):
    file = tmp_path / "c.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"JSON|no certificate"):
        load_certificate(file)


def test_bytes_that_are_no_text_and_files_that_are_not_there_are_refused(tmp_path):
    (tmp_path / "c.json").write_bytes(b"\xff\xfe{}")
    for file in (tmp_path / "c.json", tmp_path / "none.json", tmp_path):
        with pytest.raises(InputError, match="JSON"):
            load(file)


def test_places_that_cannot_be_written_are_refused(tmp_path):
    certificate = certificate_of("soft")
    for place in (tmp_path / "c.txt", tmp_path / "no" / "folder" / "c.json", tmp_path):
        with pytest.raises(InputError):
            certificate.save(place)
    assert list(tmp_path.iterdir()) == []
