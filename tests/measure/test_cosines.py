"""Cosines of one sentence and of a padded batch, against a naive transformer with fifty digits and against hand calculation."""

import dataclasses

import numpy as np
import pytest

import sattheory as st
from sattheory.arithmetic.floats import Floats
from sattheory.asymptotics.directions import limit_directions
from sattheory.measure.cosines import QUANTITIES, TERMS, cosines
from sattheory.network.examples import EXAMPLES
from sattheory.network.initialise import fill
from tests.oracle import evaluate

TOKENS = [0, 3, 1, 3, 5]


def random(seed=0, **choices):
    return st.Transformer.random(
        seed=seed, **{"layers": 2, "width": 6, "heads": 2, "placement": "post", "biases": True, "feedforward": 5, **choices}
    )


def one_minus_cosine(u, v):
    """Naively, for a position."""
    u, v = np.asarray(u, dtype=float), np.asarray(v, dtype=float)
    return 1 - u @ v / np.sqrt((u @ u) * (v @ v))


def naive(network, tokens, other):
    """Mean over positions of 1 − cosine between c = 1 and another scale, a number a layer, from the oracle."""
    one, far = (evaluate(network.configuration, network.parameters, tokens, c).streams for c in (1, other))
    return [np.mean([one_minus_cosine(u, v) for u, v in zip(a, b, strict=True)]) for a, b in zip(one, far, strict=True)]


@pytest.mark.parametrize("choices", [{}, {"placement": "pre", "norm": "rms"}, {"placement": "res_post", "biases": False}])
def test_every_layer_agrees_with_the_naive_network(choices):
    network = random(epsilon=0.1, embedding_norm=True, **choices)
    found = cosines(network, TOKENS).gaps
    assert found["c1000_float64"][0] == pytest.approx(naive(network, TOKENS, 1000), abs=1e-12)
    assert found["c1000_float32"][0] == pytest.approx(naive(network, TOKENS, 1000), abs=1e-5)
    assert found["limit"][0] == pytest.approx(naive(network, TOKENS, 10**12), abs=1e-9)


def test_layer_zero_is_the_embedding_and_each_layer_is_its_own():
    """The embedding of this network does not turn with c, and each layer's number is another."""
    gaps = cosines(random(), TOKENS).gaps["limit"][0]
    assert gaps.shape == (3,)
    assert gaps[0] == 0
    assert len({round(gap, 6) for gap in gaps}) == 3


def test_the_stand_in_is_held_against_the_limit():
    network = random(seed=2)
    limit = st.saturate(network, TOKENS)
    far = evaluate(network.configuration, network.parameters, TOKENS, 1000).streams
    found = cosines(network, TOKENS).gaps
    for layer, stream in enumerate(limit.streams):
        symbol = np.broadcast_to(stream.symbol, (len(TOKENS), 6))
        wanted = np.mean([one_minus_cosine(u, v) for u, v in zip(far[layer], symbol, strict=True)])
        assert found["stand_in_float64"][0, layer] == pytest.approx(wanted, abs=1e-12)
        assert found["stand_in_float32"][0, layer] == pytest.approx(wanted, abs=1e-5)


def test_by_hand():
    """One head that prefers the second token: x₁ = (1, 0), x₂ = (0, 1), value map the identity, Xiong's pre-norm, RMSNorm.

    The norm changes nothing, and every query is 1.  The scores are 0 and c², so at c = 1 both positions have the weights
    (1 − w, w) with w = σ(1), and in the limit (0, 1).  Values have degree 2, embeddings degree 1: the limit is (0, 1) twice.
    """
    kind = st.Configuration(
        vocabulary=2, width=2, layers=1, placement="pre", norm="rms", norm_scale="unit", gain=False, scaled_scores=False
    )
    maps = [st.Linear(np.array(w, dtype=float)) for w in ([[1, 1], [0, 0]], [[0, 1], [0, 0]], np.eye(2), np.eye(2))]
    network = st.Transformer(kind, st.Parameters(np.eye(2), (st.Layer(st.Attention(*maps), st.Norm(None, None)),)))
    w = 1 / (1 + np.exp(-1.0))
    rows = [((2 - w, w), (0, 1)), ((1 - w, 1 + w), (0, 1))]
    found = cosines(network, [0, 1]).gaps
    assert found["limit"][0, 1] == pytest.approx(np.mean([one_minus_cosine(u, v) for u, v in rows]), abs=1e-14)


def test_padding_does_not_count():
    """Each row of a padded batch gives what it gives alone, whatever stands in the padding."""
    network = random(epsilon=1e-3)
    rows = [[0, 3, 1], [5, 2, 2, 7, 4], [6]]
    alone = [cosines(network, row, hard=True).gaps for row in rows]
    for filler in (0, 9):
        padded = [row + [filler] * (5 - len(row)) for row in rows]
        together = cosines(network, padded, lengths=[3, 5, 1], hard=True).gaps
        for name in QUANTITIES:
            found, wanted = together[name], np.stack([gaps[name][0] for gaps in alone])
            assert found == pytest.approx(wanted, abs=1e-6 if "float32" in name else 1e-12), name
    assert np.ptp(np.stack([gaps["limit"][0, 1] for gaps in alone])) > 1e-3


def test_one_position():
    network = random()
    found = cosines(network, [4], hard=True).gaps
    assert found["c1000_float64"][0] == pytest.approx(naive(network, [4], 1000), abs=1e-12)
    assert all(np.isfinite(gaps).all() for gaps in found.values())


def test_terms_to_start_from_do_not_matter():
    for example in EXAMPLES.values():
        few = cosines(example.network, example.tokens, terms=1).gaps["limit"]
        assert few == pytest.approx(cosines(example.network, example.tokens, terms=TERMS).gaps["limit"], abs=1e-12)
        symbol = st.saturate(example.network, example.tokens).streams[-1].symbol
        assert np.array_equal(cosines(example.network, example.tokens).limit.streams[-1].symbol, symbol)


def test_layerwise_limits_are_references_of_their_own():
    found = cosines(EXAMPLES["tie-post"].network, (0, 1), hard=True).gaps
    last = {name: float(gaps[0, -1]) for name, gaps in found.items()}
    assert last["layerwise"] == pytest.approx(2 - last["limit"], abs=1e-12)
    assert last["hard"] == pytest.approx(last["limit"], abs=1e-12)
    assert "hard" not in cosines(EXAMPLES["tie-post"].network, (0, 1)).gaps


def zeros(network, change):
    return st.Transformer(network.configuration, network.parameters.map(change))


def test_zero_vectors_by_convention():
    """Token 0 is the zero vector: with itself its cosine is 1; a zero limit of a vector that is not zero gives 0."""
    network = zeros(random(layers=1, placement="pre", biases=False, feedforward=0), lambda n, a: 0 * a if "value" in n else a)
    blank = zeros(network, lambda n, a: np.where(np.arange(len(a))[:, None] == 0, 0, a) if n == "tokens" else a)
    assert cosines(blank, [0, 1]).gaps["limit"][0] == pytest.approx([0, 0], abs=1e-15)
    killed = EXAMPLES["tie-query-bias"]
    found = cosines(killed.network, killed.tokens)
    symbol = found.limit.streams[1].symbol
    hand = [one_minus_cosine(u, v) for u, v in zip(evaluate_streams(killed), symbol, strict=True)]
    assert found.gaps["limit"][0, 1] == pytest.approx(np.mean(hand), abs=1e-12)


def evaluate_streams(example):
    return evaluate(example.network.configuration, example.network.parameters, example.tokens, 1).streams[1]


def near_tie():
    """Two scores of the last layer differ by 5e-12: neither clearly equal nor clearly not."""
    network = EXAMPLES["tie-query-bias"].network
    close = np.array([[1.0, 0.0], [1.0 + 5e-12, 1.0]])
    changed = network.parameters.map(lambda name, array: close if name == "tokens" else array)
    return st.Transformer(network.configuration, changed)


def test_undecided_layers_have_no_number_and_those_before_do():
    found = cosines(near_tie(), [0, 1], hard=True)
    assert str(found.undecided).startswith("layer 1, attention weights")
    assert found.gaps["limit"][0, 0] == pytest.approx(0, abs=1e-15)
    assert np.isnan(found.gaps["limit"][0, 1])
    assert np.isnan(found.gaps["stand_in_float64"][0, 1])
    assert np.isfinite(found.gaps["c1000_float64"]).all()


def test_a_stream_that_vanishes_as_far_as_known_has_no_number():
    network = random(layers=1)
    found = cosines(network, TOKENS).limit
    unknown = dataclasses.replace(found.streams[1], coefficients=0 * found.streams[1].coefficients)
    assert unknown.remainder > -np.inf
    assert np.isnan(limit_directions(unknown)).all()
    assert np.isfinite(limit_directions(found.streams[0])).all()


def test_a_position_that_grows_more_slowly_has_a_direction_of_its_own():
    """Pre-norm, one layer, no biases: W_V takes token 0 away, whose position stays at c¹ while the other grows like c³."""
    kind = st.Configuration(
        vocabulary=2, width=3, key_width=1, value_width=1, placement="pre", scaled_scores=False, mask="causal"
    )
    given = {"tokens": [[1.0, 0, -1], [0, 1, -1]], "output.weight": [[1.0], [2.0], [0.5]]}

    def draw(name, shape):
        found = next((np.array(a) for k, a in given.items() if name.endswith(k)), np.zeros(shape))
        return np.ones(shape) if name.endswith("gain") else found

    for value, slow in (([[1.0, 2.0, 1.0]], [0]), ([[0.0, 1.0, 1.0]], [])):
        given["value.weight"] = value
        network = st.Transformer(kind, fill(kind, draw))
        limit = st.saturate(network, [0, 1])
        far = evaluate(kind, network.parameters, [0, 1], 10**9).streams[-1]
        near = evaluate(kind, network.parameters, [0, 1], 1).streams[-1]
        gaps = cosines(network, [0, 1]).gaps
        assert gaps["limit"][0, 1] == pytest.approx(
            np.mean([one_minus_cosine(u, v) for u, v in zip(near, far, strict=True)]), abs=1e-9
        )
        assert gaps["stand_in_float64"][0, 1] < 1e-5
        assert st.scale_sweep(network, [0, 1], [1e6]).against["limit"].gap[1, 0] < 1e-9
        assert limit.streams[1].degree == 3
        assert [i for i in (0, 1) if not limit.streams[1].symbol[i].any()] == slow


def test_the_output_after_a_final_norm_is_one_more_row():
    network = random(placement="pre", final_norm=True)
    plain = st.Transformer(
        network.configuration.replace(final_norm=False), dataclasses.replace(network.parameters, final_norm=None)
    )
    found, before = cosines(network, TOKENS, hard=True).gaps, cosines(plain, TOKENS, hard=True).gaps
    one, far = (evaluate(network.configuration, network.parameters, TOKENS, c).output for c in (1, 1000))
    for name, gaps in found.items():
        assert gaps.shape == (1, 4)
        assert gaps[0, :3] == pytest.approx(before[name][0], abs=1e-12)
    assert found["c1000_float64"][0, 3] == pytest.approx(
        np.mean([one_minus_cosine(u, v) for u, v in zip(one, far, strict=True)]), abs=1e-12
    )
    assert abs(found["limit"][0, 3] - found["limit"][0, 2]) > 1e-6


def test_the_weights_are_those_of_the_papers_stand_in():
    network = random()
    kept = []
    watch = lambda place, value: kept.append(value.data[0]) if place.part == "attention weights" else None  # noqa: E731
    network.forward(Floats(1000.0, np.float32), TOKENS, watch=watch)
    found = cosines(network, TOKENS).weights
    assert list(found) == [1, 2]
    for weights, wanted in zip(found.values(), kept, strict=True):
        assert weights.dtype == np.float32
        assert weights == pytest.approx(wanted, abs=1e-6)


def test_a_causal_mask_is_seen_in_the_numbers():
    """The first position of a causal network sees itself only: its row is that of the sentence of one token."""
    network = random(mask="causal", layers=1)
    first = [cosines(network, [4, *rest]).limit.streams[1].symbol[0] for rest in ([], [2], [7, 1])]
    assert first[1] == pytest.approx(first[0])
    assert first[2] == pytest.approx(first[0])


def test_tokens_that_do_not_fit():
    with pytest.raises(st.InputError, match="the vocabulary has 16 tokens"):
        cosines(random(), [0, 16])
