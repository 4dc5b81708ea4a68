"""Labels of heads made by hand, at their thresholds, with few queries, few sentences and equalities to tolerance."""

from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pytest
from scipy.stats import binomtest

import sattheory as st
from sattheory.errors import InputError
from sattheory.measure.heads import observe, total
from sattheory.measure.labels import KINDS, NEITHER, PLACES, Share, Thresholds, classify, options

from . import made_heads
from .made_heads import MADE, SPECIAL

LABELS = {
    # The first (last) position has none before (after) it, so 1 query of about 10 attends evenly: no argmax head at 0.9.
    "previous": ("other", "previous"),
    "next": ("other", "next"),
    "first": ("argmax", "first"),
    "self": ("argmax", "self"),
    "separator": ("argmax", "separator"),
    "offset": ("other", "positional"),
    "position": ("argmax", "positional"),
    "mean": ("mean", "other"),
    "word": ("argmax", "other"),
    "unknown": ("mean", "other"),
}


def counted(names=MADE, sentences=24, **choices):
    network = made_heads.network(names, **choices)
    rows = (made_heads.sentence(seed, 8 + seed % 5) for seed in range(sentences))
    return total(observe(st.saturate(network, row), None, SPECIAL) for row in rows)


@pytest.fixture(scope="module")
def counts():
    return counted()


def test_every_head_gets_its_label(counts):
    assert {name: (h.kind, h.place) for name, h in zip(MADE, classify(counts), strict=True)} == LABELS


def test_the_address_of_a_positional_head_is_named(counts):
    heads = dict(zip(MADE, classify(counts), strict=True))
    assert heads["offset"].address == "offset -2"
    assert heads["position"].address == "position 3"


def test_a_label_is_given_at_exactly_its_threshold(counts):
    share = classify(counts)[0].shares["argmax"].value
    for threshold, kind in ((share, "argmax"), (math.nextafter(share, 2), "other")):
        assert classify(counts, Thresholds(argmax=threshold))[0].kind == kind


def test_a_place_needs_sentences_and_a_label_queries(counts):
    few = counted(sentences=19)
    assert {head.place for head in classify(few)} == {"too few"}
    assert [head.kind for head in classify(few)] == [kind for kind, _ in LABELS.values()]
    assert [h.place for h in classify(few, Thresholds(sentences=19))] == [place for _, place in LABELS.values()]
    queries = classify(counts)[0].queries
    assert classify(counts, Thresholds(queries=queries))[2].kind == "argmax"
    assert {(h.kind, h.place) for h in classify(counts, Thresholds(queries=queries + 1))} == {("too few", "too few")}


def test_a_mean_head_has_no_place_however_low_the_threshold(counts):
    """Even attention puts something everywhere; no more than chance would, though."""
    low = Thresholds(**dict.fromkeys(("previous", "next", "first", "self", "separator", "positional"), 0.01))
    heads = dict(zip(MADE, classify(counts, low), strict=True))
    assert heads["mean"].shares["first"].value == pytest.approx(heads["mean"].shares["first"].chance)
    assert {name: heads[name].place for name in ("mean", "unknown", "self")} == {
        "mean": "other",
        "unknown": "other",
        "self": "self",
    }


def test_heads_that_look_for_words_get_no_place():
    """Sixty heads, random queries and keys over words, none over positions: what falls on a place does so by chance."""
    generator, found = np.random.default_rng(0), []
    kind = st.Configuration(vocabulary=200, width=16, heads=60, key_width=16, value_width=1)
    arrays = {"tokens": generator.normal(size=(200, 16))}
    arrays |= {f"{m}.weight": generator.normal(size=(960, 16)) for m in ("query", "key")}

    def entries(name, shape):
        return next((array for ending, array in arrays.items() if name.endswith(ending)), np.zeros(shape))

    network = st.Transformer(kind, made_heads.fill(kind, entries))
    rows = [generator.integers(0, 200, 6) for _ in range(24)]
    found = classify(total(observe(st.saturate(network, row), None, {}) for row in rows))
    assert len(found) == 60
    assert [head.place for head in found].count("other") >= 59


def test_an_interval_contains_its_share():
    for n in (1, 3, 20, 57, 1000, 4007):
        for part in (0, 0.1, n / 3, n - 1e-9, n):
            share = Share.of(part, n)
            assert 0 <= share.low <= share.value <= share.high <= 1


def test_wilsons_interval_is_scipys():
    for part, n in ((0, 7), (3, 7), (7, 7), (1, 1), (250, 1000)):
        wanted = binomtest(part, n).proportion_ci(0.95, method="wilson")
        share = Share.of(part, n)
        assert (share.low, share.high) == pytest.approx((wanted.low, wanted.high), abs=1e-12)
    fewer, wanted = Share.of(30, 60, effective=15), Share.of(7.5, 15)
    assert (fewer.value, fewer.low, fewer.high, fewer.n) == (wanted.value, wanted.low, wanted.high, 60)
    assert math.isnan(Share.of(0, 0).value)


def test_a_kind_that_rests_on_tolerance_is_marked(counts):
    assert not any(head.assumed for head in classify(counts))
    moved = dataclasses.replace(
        counts, outcomes=counts.outcomes[..., ::-1].copy(), even_over_all=counts.even_over_all[..., ::-1].copy()
    )
    heads = dict(zip(MADE, classify(moved), strict=True))
    assert heads["mean"].kind == "mean"
    assert heads["mean"].assumed
    assert not heads["offset"].assumed  # "other" rests on nothing


def test_undecided_heads_are_called_so():
    example = st.EXAMPLES["tie-post"]
    limit = st.saturate(example.network, example.tokens, terms=1, most_terms=1)
    first, second = classify(total([observe(limit)] * 24), Thresholds(queries=1))
    assert (first.undecided, first.sentences) == (0, 24)
    assert (second.kind, second.place, second.undecided) == ("undecided", "undecided", 24)
    assert math.isnan(second.attended)


@pytest.mark.parametrize(
    ("choices", "said"),
    [({"argmax": 0}, "argmax=0"), ({"first": 1.5}, "first=1.5"), ({"queries": 0}, "queries=0"), ({"sentences": 2.5}, "2.5")],
)
def test_thresholds_that_cannot_be(choices, said):
    with pytest.raises(InputError, match=said):
        Thresholds(**choices)


def test_options_define_every_label():
    found = {option.name: option for option in options()}
    assert set(found) == (set(KINDS) | set(PLACES)) - {"other"} | {"queries", "sentences"}
    assert found["argmax"].default == Thresholds().argmax
    assert KINDS["argmax"] in found["argmax"].help


def test_plain_values_and_rows(counts):
    for head in classify(counts):
        plain = json.loads(json.dumps(head.to_dict()))
        assert plain["kind"] in KINDS | NEITHER
        row = head.row()
        assert row["first_share"] == head.shares["first"].value
        assert row["ties_exact"] == head.ties["exact"]
        assert sum(int(part.split(":")[1]) for part in row["support"].split()) == head.queries
