"""Counting what heads attend to: against naive loops, against what is known of heads made by hand, and at the edges."""

from __future__ import annotations

import dataclasses
import pickle
from collections import Counter
from fractions import Fraction
from functools import reduce
from operator import add

import numpy as np
import pytest

import sattheory as st
from sattheory.errors import InputError
from sattheory.measure.heads import OUTCOMES, Addresses, HeadCounts, observe, paper_weights, total
from sattheory.network.configuration import Configuration
from sattheory.network.examples import EXAMPLES
from sattheory.network.initialise import fill

from . import made_heads
from .made_heads import MADE, SENTENCES, SPECIAL


def arrays(counts):
    """All arrays of a `HeadCounts`, by name."""
    for field in dataclasses.fields(HeadCounts):
        value = getattr(counts, field.name)
        parts = {"": value} if not dataclasses.is_dataclass(value) else {f".{k}": v for k, v in vars(value).items()}
        yield from ((field.name + name, np.asarray(part)) for name, part in parts.items())


def same(one, other):
    assert [name for name, _ in arrays(one)] == [name for name, _ in arrays(other)]
    for (name, left), (_, right) in zip(arrays(one), arrays(other), strict=True):
        np.testing.assert_array_equal(left, right, err_msg=name)


def made(names=MADE, sentences=SENTENCES, **choices):
    net = made_heads.network(names, **choices)
    return total(observe(st.saturate(net, tokens), paper_weights(net, tokens), SPECIAL) for tokens in sentences)


def share(addresses, head, address):
    mass, seen, _ = addresses.at(0, head, address)
    return mass / seen


def test_each_made_head_attends_where_it_was_made_to():
    counts = made()
    at = {name: i for i, name in enumerate(MADE)}
    assert share(counts.offsets, at["previous"], -1) == 1
    assert share(counts.offsets, at["next"], 1) == 1
    assert share(counts.offsets, at["self"], 0) == 1
    assert share(counts.offsets, at["offset"], -2) == 1
    assert share(counts.starts, at["first"], 0) == 1
    assert share(counts.starts, at["position"], 3) == 1
    assert share(counts.ends, at["separator"], 0) == 1
    assert share(counts.separators, at["separator"], 0) == 1
    assert share(counts.offsets, at["previous"], 1) < 0.2
    assert share(counts.separators, at["first"], 0) == 0


def test_previous_and_next_head_leave_the_ends_to_chance():
    # Query 0 has no position before it: all its scores are 0, and it attends evenly, to every position.
    counts = made(("previous",), [made_heads.sentence(1, 10)])
    assert counts.support[0, 0].tolist() == [0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert counts.outcomes[0, 0, :, 0].tolist() == [9, 0, 1, 0]
    assert counts.offsets.at(0, 0, -1) == (9.0, 9, pytest.approx(0.9))
    assert counts.offsets.at(0, 0, 9) == (pytest.approx(0.1), 1, pytest.approx(0.1))
    assert counts.offsets.at(0, 0, 10) == (0.0, 0, 0.0) == counts.starts.at(0, 0, -1)


def test_a_mean_head_attends_to_all_that_is_visible():
    counts = made(("mean",), [made_heads.sentence(2, n) for n in (9, 12)])
    assert counts.attended[0, 0] == counts.visible[0] == 21
    assert counts.even_over_all[0, 0].tolist() == [21, 0]
    causal = made(("mean",), [made_heads.sentence(2, n) for n in (9, 12)], mask="causal")
    assert causal.attended[0, 0] == causal.visible[0] == 5 + 6.5
    # The first query of each sentence sees itself alone, and has no choice.
    assert (causal.queries[0], causal.choices[0]) == (21, 19)
    assert causal.even_over_all[0, 0].tolist() == [19, 0]


def test_the_first_position_is_no_separator_though_its_token_is_special():
    tokens = [made_heads.SEP, 5, 6, made_heads.SEP, 7, made_heads.SEP]
    counts = observe(st.saturate(made_heads.network(("first", "separator", "mean")), tokens), None, SPECIAL)
    assert counts.separators.at(0, 0, 0) == (0.0, 6, pytest.approx(2.0))
    assert counts.separators.at(0, 1, 0) == (pytest.approx(6 * 2 / 3), 6, pytest.approx(2.0))
    assert counts.starts.at(0, 0, 0)[0] == 6


def test_unknown_words_and_masks_are_words():
    tokens = [made_heads.CLS, made_heads.UNK, 6, 7]
    limit = st.saturate(made_heads.network(("unknown",)), tokens)
    assert observe(limit, None, SPECIAL).separators.at(0, 0, 0) == (0.0, 0, 0.0)
    assert observe(limit, None, {"sep": made_heads.UNK}).separators.at(0, 0, 0)[0] == 4


def test_equal_tokens_tie_and_the_count_says_so():
    tokens = [made_heads.CLS, 9, 4, 9, 5, made_heads.SEP]
    counts = observe(st.saturate(made_heads.network(("word", "mean")), tokens))
    assert counts.outcomes[0, 0, :, 0].tolist() == [0, 0, 6, 0]
    assert counts.same_token[0].tolist() == [6, 0]
    assert counts.support[0, 0].tolist() == [0, 0, 6, 0, 0, 0, 0]


def ladder(mask, n=83):
    """Every score of query i and key j is −(token + 1) < 0, whatever the query."""
    kind = Configuration(vocabulary=n, width=2, key_width=1, value_width=1, scaled_scores=False, mask=mask)
    given = {
        "tokens": np.stack([np.ones(n), -1.0 - np.arange(n)], axis=1),
        "query.weight": np.array([[1.0, 0.0]]),
        "key.weight": np.array([[0.0, 1.0]]),
    }
    return st.Transformer(
        kind, fill(kind, lambda name, shape: next((a for k, a in given.items() if name.endswith(k)), np.zeros(shape)))
    )


def test_a_multiplicative_mask_attends_to_the_strict_future():
    tokens = np.random.default_rng(0).permutation(83)
    wrong = observe(st.saturate(ladder("causal_multiplicative"), tokens), paper_weights(ladder("causal_multiplicative"), tokens))
    # 82, 81, …, 1 positions of the future, and one position for the last query, which has none: figure 3's second mode.
    exact = Fraction(83 * 82 // 2 + 1, 83)
    assert wrong.attended[0, 0] == wrong.paper[0, 0] == float(exact) == pytest.approx(41.01205, abs=5e-6)
    right = observe(st.saturate(ladder("causal"), tokens), paper_weights(ladder("causal"), tokens))
    assert right.attended[0, 0] == right.paper[0, 0] == 1
    assert (wrong.visible[0], right.visible[0]) == (83, 42)


@pytest.mark.parametrize(("mask", "attended"), [("causal", 42), ("causal_multiplicative", 83), ("none", 83)])
def test_a_head_without_query_weights_is_a_mean_head(mask, attended):
    net = ladder(mask)
    net = st.Transformer(net.configuration, net.parameters.map(lambda name, a: a * 0 if name.endswith("query.weight") else a))
    counts = observe(st.saturate(net, np.arange(83)), paper_weights(net, np.arange(83)))
    assert counts.attended[0, 0] == counts.paper[0, 0] == attended == counts.visible[0]


def test_random_heads_under_a_multiplicative_mask_have_both_modes():
    choices = {"vocabulary": 200, "width": 48, "heads": 12, "placement": "post", "positions": "sinusoidal", "layers": 3}
    choices |= {"feedforward": 48, "biases": True}
    tokens = np.random.default_rng(0).integers(0, 200, 83)
    found = {}
    for mask in ("causal", "causal_multiplicative"):
        limit = st.saturate(st.Transformer.random(mask=mask, seed=5, **choices), tokens)
        found[mask] = observe(limit).attended
    assert found["causal"].max() == 1
    assert found["causal_multiplicative"].max() > 20
    assert found["causal_multiplicative"].min() < 2


NETWORKS = [
    {"mask": "none", "placement": "post", "positions": "none"},
    {"mask": "causal", "placement": "pre", "positions": "alibi"},
    {"mask": "causal_multiplicative", "placement": "post", "positions": "none"},
    {"mask": "causal", "placement": "res_post", "positions": "relative", "initialisation": "integers"},
]


@pytest.mark.parametrize("choices", NETWORKS)
def test_against_naive_loops(choices):
    net = st.Transformer.random(layers=2, heads=2, width=8, biases=True, seed=3, **choices)
    tokens, special = [3, 0, 5, 5, 9, 0, 3], {"sep": 0, "cls": 3}
    limit, paper = st.saturate(net, tokens), paper_weights(net, tokens)
    assert limit.undecided is None
    counts, n = observe(limit, paper, special), len(tokens)
    ties = {(tie.place.layer, tie.head, tie.query): tie for tie in limit.ties}
    for layer in (1, 2):
        for head in (0, 1):
            naive, mass, chance, seen = Counter(), Counter(), Counter(), Counter()
            for i in range(n):
                weights = limit.attention[layer][head, i]
                won = [j for j in range(n) if weights[j] > 0]
                keys = range(i + 1) if choices["mask"] == "causal" else range(n)
                assert set(won) <= set(keys)
                naive["attended"] += len(won)
                naive["support", len(won)] += 1
                naive["paper"] += sum(paper[layer][head, i, j] > 1e-5 for j in range(n))
                naive["differ"] += len(won) != sum(paper[layer][head, i, j] > 1e-5 for j in range(n))
                if len(keys) == 1:
                    continue
                tie = ties.get((layer, head, i))
                if tie is None or len(tie.winners) == 1:
                    name = "leading" if tie is None else "lower"
                else:
                    name = "soft" if len(set(np.round(tie.weights, 12))) > 1 else "even"
                naive[name, int(tie is not None and tie.assumed)] += 1
                naive["all"] += name == "even" and len(won) == len(keys)
                naive["same"] += name == "even" and len({tokens[j] for j in won}) == 1
                naive["separators"] += any(tokens[j] in (0, 3) and j > 0 for j in keys)
                for j in keys:
                    separator = tokens[j] in (0, 3) and j > 0
                    for key in (("offsets", j - i), ("starts", j), ("ends", n - 1 - j), ("separators", 0 if separator else None)):
                        mass[key] += weights[j]
                        chance[key] += 1 / len(keys)
                        seen[key] += 1
            at = (layer - 1, head)
            assert counts.attended[at] == naive["attended"] / n
            assert counts.paper[at] == naive["paper"] / n
            assert counts.differ[at] == naive["differ"]
            assert counts.support[at].tolist() == [naive["support", k] for k in range(n + 1)]
            assert counts.outcomes[at].tolist() == [[naive[name, 0], naive[name, 1]] for name in OUTCOMES]
            assert counts.even_over_all[at].sum() == naive["all"]
            assert counts.same_token[at] == naive["same"]
            for name in ("offsets", "starts", "ends"):
                for address in range(-n - 1, n + 2):
                    expected = (mass[name, address], seen[name, address], chance[name, address])
                    assert getattr(counts, name).at(*at, address) == pytest.approx(expected, abs=1e-12)
            expected = (mass["separators", 0], naive["separators"], chance["separators", 0])
            assert counts.separators.at(*at, 0) == pytest.approx(expected)


@pytest.mark.parametrize("mask", ["none", "causal"])
def test_padding_never_counts(mask):
    net, rows = made_heads.network(mask=mask), [made_heads.sentence(1, 6), made_heads.sentence(2, 11), made_heads.sentence(3, 8)]
    alone = total(observe(st.saturate(net, row), paper_weights(net, row), SPECIAL) for row in rows)
    padded = [row + [made_heads.SEP] * (11 - len(row)) for row in rows]
    lengths = [len(row) for row in rows]
    limit, paper = st.saturate(net, padded, lengths=lengths), paper_weights(net, padded, lengths=lengths)
    same(observe(limit, paper, SPECIAL), alone)
    assert alone.sentences == 3 == alone.paper_sentences


def test_a_batch_is_its_sentences():
    net, rows = made_heads.network(), [made_heads.sentence(seed, 9) for seed in (4, 5)]
    same(observe(st.saturate(net, rows), None, SPECIAL), total(observe(st.saturate(net, row), None, SPECIAL) for row in rows))


def test_one_token_has_no_choice():
    net = st.Transformer.random(heads=2, placement="post", seed=0)
    counts = observe(st.saturate(net, [3]), paper_weights(net, [3]))
    assert (counts.queries.tolist(), counts.choices.tolist()) == ([1], [0])
    assert counts.attended.tolist() == counts.paper.tolist() == [[1.0, 1.0]]
    assert not counts.outcomes.any()
    assert not counts.offsets.mass.any()
    assert not counts.offsets.seen.any()


def test_soft_and_lower_ties_are_told_apart():
    soft, biased = EXAMPLES["soft"], EXAMPLES["tie-query-bias"]
    counts = observe(st.saturate(soft.network, soft.tokens))
    assert counts.outcomes[1, 0, OUTCOMES.index("soft")].sum() == 2
    assert counts.attended[1, 0] == 2
    # Query 0 gives 0.428328 to key 0, query 1 the same to key 1.
    assert counts.starts.mass[1, 0] == pytest.approx([1.0, 1.0])
    assert counts.offsets.mass[1, 0] == pytest.approx([0.571672, 2 * 0.428328, 0.571672], abs=2e-6)
    counts = observe(st.saturate(biased.network, biased.tokens))
    assert counts.outcomes[0, 0].tolist() == [[0, 0], [2, 0], [0, 0], [0, 0]]


def test_equality_to_tolerance_is_told_from_exact_equality():
    def counted(difference):
        tokens = np.array([[1.0, 1.0], [1.0, 1.0 + difference]])
        kind = Configuration(vocabulary=2, width=2, key_width=1, value_width=1, scaled_scores=False)
        given = {"tokens": tokens, "query.weight": np.array([[1.0, 0.0]]), "key.weight": np.array([[0.0, 1.0]])}
        entries = lambda name, shape: next((a for k, a in given.items() if name.endswith(k)), np.zeros(shape))  # noqa: E731
        return observe(st.saturate(st.Transformer(kind, fill(kind, entries)), [0, 1])).even_over_all[0, 0].tolist()

    assert counted(0.0) == [2, 0]
    assert counted(1e-14) == [0, 2]
    assert counted(1e-3) == [0, 0]


def test_undecided_layers_are_counted_as_such():
    example = EXAMPLES["tie-post"]
    limit = st.saturate(example.network, example.tokens, terms=1, most_terms=1)
    assert limit.undecided is not None
    counts = observe(limit, paper_weights(example.network, example.tokens))
    assert (counts.sentences, counts.decided.tolist(), counts.queries.tolist()) == (1, [1, 0], [2, 0])
    # The paper's network has weights in layer 2 too; they count where there is a limit to hold them against.
    assert counts.paper_sentences.tolist() == [1, 0]
    assert counts.paper.any(axis=-1).tolist() == [True, False]
    assert counts.compared.tolist() == [2, 0]
    whole = observe(st.saturate(example.network, example.tokens))
    assert (counts + whole).decided.tolist() == [2, 1]


def test_the_papers_count_takes_weights_above_its_threshold():
    net = made_heads.network(("first",))
    limit = st.saturate(net, [0, 5])
    weights = np.array([[[1 - 2e-5, 2e-5], [1 - 5e-6, 5e-6]]])
    counts = observe(limit, {1: weights})
    assert counts.paper[0, 0] == 1.5
    assert (counts.differ[0, 0], counts.compared[0]) == (1, 2)
    assert observe(limit, {1: weights}, threshold=1e-6).paper[0, 0] == 2


def test_the_papers_count_is_not_the_limit_where_c_1000_has_not_arrived():
    # Scores differ by 10⁻¹² c⁴, which is 1 at c = 1000: both keys still have weight, though one wins in the end.
    net = made_heads.network(("first",))
    net = st.Transformer(net.configuration, net.parameters.map(lambda name, a: a * 1e-12 if name.endswith("key.weight") else a))
    weights = paper_weights(net, [0, 5])
    assert weights[1].dtype == np.float32
    assert weights[1][0, 0] == pytest.approx([1 / (1 + np.exp(-1)), 1 / (1 + np.exp(1))])
    counts = observe(st.saturate(net, [0, 5]), weights)
    assert (counts.attended[0, 0], counts.paper[0, 0], counts.differ[0, 0]) == (1, 2, 2)


def test_counts_add_up_in_any_grouping_of_whole_numbers_and_travel():
    parts = [observe(st.saturate(made_heads.network(), tokens), None, SPECIAL) for tokens in SENTENCES]
    same(total(parts), parts[0] + parts[1] + total(list(parts[2:3])) + parts[3] + parts[4] + parts[5] + parts[6] + parts[7])
    same(pickle.loads(pickle.dumps(total(parts))), total(parts))
    np.testing.assert_array_equal(total(parts).support, total(parts[::-1]).support)
    np.testing.assert_array_equal(total(parts).offsets.seen, total(parts[::-1]).offsets.seen)
    for counts in parts:
        for addresses in (counts.offsets, counts.starts, counts.ends):
            assert addresses.mass.sum(axis=-1) == pytest.approx(np.broadcast_to(counts.choices, addresses.mass.shape[:2]).copy())


def test_refusals():
    with pytest.raises(InputError, match="no counts"):
        total([])
    one, other = (observe(st.saturate(made_heads.network(names), [0, 5])) for names in (("mean",), ("mean", "first")))
    with pytest.raises(InputError, match="different networks"):
        one + other
    limit = st.saturate(made_heads.network(("mean",)), [0, 5])
    with pytest.raises(InputError, match="weights of layer 1 of shape"):
        observe(limit, {1: np.ones((1, 3, 3))})
    with pytest.raises(InputError, match="layer 2"):
        observe(limit, {2: np.ones((1, 2, 2))})


def test_a_share_is_worth_as_many_queries_as_sentences_say():
    """Masses 2, 0 and 4 of 4 queries each: R = ½, its variance 8/144 · 3/2 = 1/12, so that R(1 − R) over it is 3."""

    def one(mass):
        return Addresses.of_sentence(np.array([[[mass]]]), np.array([[4]]), np.array([[1.0]]))

    def added(*masses):
        return reduce(add, map(one, masses))

    assert added(2.0, 0.0, 4.0).effective(0, 0, 0) == pytest.approx(3.0)
    assert added(4.0, 4.0, 4.0).effective(0, 0, 0) == 3  # no difference: as many as there are sentences
    assert added(2.0, 2.0).effective(0, 0, 0) == 2
    assert added(2.0).effective(0, 0, 0) == 1
    assert added(*[1.9, 2.1] * 20).effective(0, 0, 0) == 160  # never more than there are queries
    assert added(2.0).effective(0, 0, 1) == 0
