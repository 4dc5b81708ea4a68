"""Saturation at the edges: degenerate inputs and weights, every kind of position and mask, results as values, and a property.

The property draws networks with small integer weights, where ties and cancellations are the rule, and holds each limit against
the oracle far out.
"""

import json
import math
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from mpmath import mp, mpf

from sattheory.arithmetic.dominance import Tolerance
from sattheory.arithmetic.operations import Undecided
from sattheory.arithmetic.series import SeriesArithmetic
from sattheory.asymptotics import saturate
from sattheory.errors import InputError
from sattheory.network import Attention, Configuration, EncoderDecoder, Feedforward, Layer, Linear, Norm, Parameters, Transformer
from sattheory.network.examples import EXAMPLES, _layer, _network
from sattheory.strategies import cases
from tests import oracle

R = 1 / math.sqrt(2)
ALL = ("res_post", "pre", "post")


def far(network, tokens, degree, c, **inputs):
    digits = 60 + math.ceil(4 * math.log10(c))
    with mp.workdps(digits + 60):
        found = oracle.evaluate(network.configuration, network.parameters, tokens, c, digits=digits, **inputs)
        return np.array([[float(v / mpf(c) ** degree) for v in row] for row in found.output])


def agrees(network, tokens, **inputs):
    limit = saturate(network, tokens, **{k: v for k, v in inputs.items() if k == "memory"})
    c = math.ceil(limit.onset) * 10**13
    found = far(network, tokens, limit.degree, c, **inputs)
    assert np.broadcast_to(limit.symbol, found.shape) == pytest.approx(found, abs=1e-9 * max(1, np.abs(found).max()))
    return limit


def random(**choices):
    given = {"vocabulary": 4, "width": 4, "heads": 2, "layers": 2, "initialisation": "normal", "seed": 5}
    return Transformer.random(**{**given, **choices})


def block(activation, inner, outer, **choices):
    """One layer whose attention is zero, and a feedforward block without outer bias."""
    inner, outer = np.array(inner, dtype=float), np.array(outer, dtype=float)
    d = inner.shape[1]
    nothing = {name: np.zeros((1, d)) for name in ("query", "key", "value")} | {"output": np.zeros((d, 1))}
    layer = _layer(nothing, d)
    layer = Layer(layer.attention, layer.attention_norm, Feedforward(Linear(inner), Linear(outer)), Norm(np.ones(d)))
    kind = Configuration(1, d, feedforward=len(inner), activation=activation, key_width=1, value_width=1, **choices)
    return Transformer(kind, Parameters(np.eye(d)[:1], (layer,)))


DEAD = ([[-1, 0, 0], [-2, 0, 0]], [[1, 0], [0, 1], [0, 0]])


def test_a_dead_relu_block_is_zero():
    limit = saturate(block("relu", *DEAD), [0])
    assert limit.symbol.tolist() == [[1, 0, 0]]
    assert limit.rate.kind == "exact"


@pytest.mark.parametrize("activation", ["gelu", "silu", "gelu_tanh"])
def test_a_dead_smooth_block_is_flat_and_lands_on_the_sphere(activation):
    """The norm without ε makes a unit vector of it; its direction is that of the unit that dies most slowly."""
    limit = saturate(block(activation, *DEAD), [0])
    assert limit.symbol[0] == pytest.approx([0.18350342, 0.40824829, 0.40824829])
    found = oracle.evaluate(block(activation, *DEAD).configuration, block(activation, *DEAD).parameters, [0], 5, digits=50)
    assert [float(v / 5) for v in found.output[0]] == pytest.approx(limit.symbol[0], abs=1e-9)


def test_epsilon_cures_a_dead_block():
    assert saturate(block("silu", *DEAD, epsilon=0.5), [0]).symbol.tolist() == [[1, 0, 0]]


def test_relu_at_exactly_zero():
    limit = saturate(block("relu", [[0, 1, 0], [1, 0, 0]], [[1, 0], [0, 1], [0, 0]]), [0])
    assert limit.symbol[0] == pytest.approx(np.array([1, 0, 0]) + np.array([-1, 2, -1]) / math.sqrt(6))


@pytest.mark.parametrize("placement", ALL)
@pytest.mark.parametrize("norm", ["layer", "rms"])
@pytest.mark.parametrize("epsilon", [0.0, 0.5])
def test_all_weights_zero(placement, norm, epsilon):
    """The output is identically zero: its symbol is zero, the rate exact, the degree one of those the rules allow."""
    network = random(placement=placement, norm=norm, epsilon=epsilon, feedforward=3, biases=True)
    zero = Transformer(network.configuration, network.parameters.map(lambda _, a: a * 0))
    limit = saturate(zero, [0, 1])
    assert not limit.symbol.any()
    assert limit.rate.kind == "exact"
    assert limit.series.vanishes


@pytest.mark.parametrize("placement", ALL)
def test_identical_tokens_share_evenly(placement):
    limit = agrees(random(placement=placement, biases=True, feedforward=6), [2, 2, 2])
    assert limit.attention[1] == pytest.approx(np.full((2, 3, 3), 1 / 3))
    assert {tie.kind for tie in limit.ties} == {"uniform"}
    assert np.ptp(limit.symbol, axis=0).max() < 1e-12


@pytest.mark.parametrize("choices", [{"width": 1, "heads": 1, "norm": "rms"}, {"width": 6, "heads": 6}, {"width": 2, "heads": 1}])
@pytest.mark.parametrize("tokens", [[1], [0, 1, 3]])
def test_edge_shapes(choices, tokens):
    agrees(random(biases=True, feedforward=3, **choices), tokens)


def test_layer_norm_of_width_one_is_zero():
    """d = 1: LN sends everything to 0, so the paper's stream never moves."""
    network = random(width=1, heads=1)
    assert saturate(network, [0, 1]).symbol == pytest.approx(network.parameters.tokens[[0, 1]])


@pytest.mark.parametrize("placement", ALL)
@pytest.mark.parametrize("mask", ["none", "causal"])
def test_a_padded_batch_is_its_sequences(placement, mask):
    network = random(placement=placement, mask=mask, biases=True, feedforward=8)
    rows, lengths = np.array([[0, 1, 2, 3], [3, 3, 0, 0], [2, 1, 1, 0]]), np.array([4, 2, 1])
    together = saturate(network, rows, lengths=lengths)
    other = saturate(network, np.where(np.arange(4) < lengths[:, None], rows, 1), lengths=lengths)
    for b, n in enumerate(lengths):
        alone = saturate(network, rows[b, :n])
        assert together.symbol[b, :n] == pytest.approx(alone.symbol, abs=1e-12)
        assert other.symbol[b, :n] == pytest.approx(alone.symbol, abs=1e-12)
        assert together.attention[2][b, :, :n, :n] == pytest.approx(alone.attention[2])
        assert not together.attention[2][b, :, :n, n:].any()


def test_the_multiplicative_mask_ties_with_the_future():
    """Scores of the future are 0, not forbidden: with negative scores the future wins."""
    network = _network([[1, 0], [0, 1]], {"query": [[1, 1]], "key": [[-1, -1]], "value": np.eye(2)}, mask="causal_multiplicative")
    limit = saturate(network, [0, 1])
    assert limit.attention[1][0].tolist() == [[0, 1], [0.5, 0.5]]
    causal = Transformer(network.configuration.replace(mask="causal"), network.parameters)
    assert saturate(causal, [0, 1]).attention[1][0].tolist() == [[1, 0], [0.5, 0.5]]


@pytest.mark.parametrize("positions", ["none", "learned", "sinusoidal", "relative", "alibi", "rope"])
@pytest.mark.parametrize("placement", ALL)
def test_positions(positions, placement):
    agrees(random(positions=positions, longest=6, placement=placement, buckets=4, layers=1), [0, 1, 0])


def tied(positions, **arrays):
    """One layer in which all scores of a repeated token tie; of two buckets the second holds the future."""
    network = _network([[1.0, 0.0]], {"query": [[1, 0], [0, 1]], "key": np.eye(2), "value": np.eye(2)})
    theta, kind = network.parameters, network.configuration.replace(positions=positions, buckets=2)
    return Transformer(kind, Parameters(theta.tokens, theta.layers, **arrays))


def test_a_relative_bias_decides_ties_hard():
    limit = saturate(tied("relative", relative=np.array([[0.25], [0.5]])), [0, 0])
    assert limit.attention[1][0].tolist() == [[0, 1], [0.5, 0.5]]
    assert [tie.kind for tie in limit.ties] == ["lexicographic", "uniform"]
    assert (limit.ties[0].level, limit.ties[0].gap) == (1, 0.25)


def test_alibi_leaves_ties_soft():
    """Two heads have slopes 1/16 and 1/256; eight have ½ first: softmax(0, −½)."""
    network = Transformer.random(vocabulary=1, width=8, heads=8, positions="alibi", seed=0)
    limit = saturate(network, [0, 0])
    assert limit.attention[1][0][0] == pytest.approx([0.622459, 0.377541], abs=5e-7)
    assert limit.ties[0].kind == "soft"


def test_sinusoids_only_break_ties():
    """Over distinct tokens the sinusoids change nothing in the limit; over equal ones they decide."""
    network = random(positions="sinusoidal", layers=1)
    bare = Transformer(network.configuration.replace(positions="none"), network.parameters)
    assert saturate(network, [0, 1]).symbol == pytest.approx(saturate(bare, [0, 1]).symbol)
    assert set(np.unique(saturate(network, [0, 0]).attention[1])) == {0.0, 1.0}
    assert set(np.unique(saturate(bare, [0, 0]).attention[1])) == {0.5}


def test_a_classifier_adds_one_degree():
    network = random(classes=3, biases={"classifier"})
    assert agrees(network, [0, 1]).degree == 2
    assert saturate(network, [0, 1]).symbol.shape == (2, 3)


def test_cross_attention_over_data():
    network = random(cross_attention=True, biases=True, feedforward=4)
    memory = np.random.default_rng(0).normal(size=(3, 4))
    limit = agrees(network, [0, 1], memory=memory)
    assert limit.cross_attention[1].shape == (2, 2, 3)
    assert set(np.unique(limit.cross_attention[1])) == {0.0, 1.0}


def test_encoder_decoder_on_series():
    """The memory is the encoder's output, of degree 1: against floats far beyond the onset."""
    from sattheory.arithmetic.floats import Floats

    both = EncoderDecoder(random(seed=1), random(seed=2, cross_attention=True))
    found = both.forward(SeriesArithmetic(6), [0, 1, 2], [3, 1])
    floats = Floats(1e6)
    assert floats.at_scales(both.forward(floats, [0, 1, 2], [3, 1]), found.degree)[0] == pytest.approx(found.symbol, abs=1e-9)


@pytest.mark.parametrize("placement", ALL)
@pytest.mark.parametrize("norm", ["layer", "rms"])
@pytest.mark.parametrize("activation", ["relu", "gelu", "silu", "gelu_tanh", "tanh", "sigmoid"])
def test_gated_blocks(placement, norm, activation):
    agrees(
        random(placement=placement, norm=norm, activation=activation, gated=True, feedforward=4, biases={"inner"}, layers=1),
        [0, 1],
    )


@pytest.mark.parametrize("terms", [1, 2, 3, 9])
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_number_of_terms_to_start_from_does_not_matter(name, terms):
    example = EXAMPLES[name]
    few, usual = saturate(example.network, example.tokens, terms=terms), saturate(example.network, example.tokens)
    assert few.symbol == pytest.approx(usual.symbol)
    assert (few.rate.kind, few.rate.order) == (usual.rate.kind, usual.rate.order)


def test_too_few_terms_are_undecided_and_not_guessed():
    example = EXAMPLES["tie-post"]
    limit = saturate(example.network, example.tokens, terms=1, most_terms=2)
    assert str(limit.undecided).startswith("layer 2, attention weights: softmax at index (0, 0): positions [0, 1] tie in every")
    with pytest.raises(Undecided, match="more terms would decide"):
        _ = limit.symbol
    assert json.loads(json.dumps(limit.to_dict(), allow_nan=False))["undecided"] == str(limit.undecided)
    assert "Undecided" in limit._repr_html_()
    assert "undecided" in limit._repr_latex_()
    assert repr(limit).startswith("Saturation(undecided: layer 2")


@pytest.mark.parametrize("placement", ALL)
@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("power", [-300, -290, -281, -250, -100, 100, 290])
def test_the_size_of_the_weights_changes_nothing_or_is_refused(placement, biases, power):
    """The limit along a ray does not depend on where on it one starts."""
    network = Transformer.random(layers=1, width=8, heads=2, placement=placement, biases=biases, seed=0, vocabulary=5)
    one, other = (saturate(part, [0, 1, 2, 3, 1]) for part in (network, network.scaled_by(10.0**power)))
    if other.undecided is None:
        assert other.degree == one.degree
        np.testing.assert_allclose(np.sign(other.symbol), np.sign(one.symbol))
        np.testing.assert_array_equal(other.attention[1] > 0, one.attention[1] > 0)
    else:
        assert "leaves the range of floats; divide all weights by one number" in str(other.undecided)


def test_a_negligible_later_term_is_no_reason_to_refuse():
    x = SeriesArithmetic().series(0, np.array([[1.0, 2.0], [1e-300, 1e-290]]))
    assert x.coefficients[0].tolist() == [1, 2]


def test_a_near_tie_is_undecided_until_the_tolerance_is_smaller():
    network = _network([[1, 0], [1 + 5e-12, 0], [1, 1]], {"query": [[1, 0]], "key": [[1, 0]], "value": np.eye(2)})
    limit = saturate(network, [0, 1])
    assert limit.undecided.kind == "tolerance"
    assert "a smaller tolerance than 1e-12 or exact weights would decide" in str(limit.undecided)
    sharp = saturate(network, [0, 1], tolerance=Tolerance(1e-14, 1e-13))
    assert sharp.attention[1][0].tolist() == [[0, 1], [0, 1]]


def test_a_hidden_tie_is_reported_as_assumed():
    pair = next(
        (math.sqrt(a + b + 2 * math.sqrt(a * b)), math.sqrt(a) + math.sqrt(b))
        for a in (2, 3, 5)
        for b in (7, 11, 13)
        if math.sqrt(a + b + 2 * math.sqrt(a * b)) != math.sqrt(a) + math.sqrt(b)
    )
    network = _network([[pair[0], 0], [pair[1], 1]], {"query": [[1, 0]], "key": [[1, 0]], "value": np.eye(2)})
    ties = saturate(network, [0, 1]).ties
    assert [tie.assumed for tie in ties] == [True, True]
    assert "(equality assumed to tolerance)" in str(ties[0])


@pytest.mark.parametrize("size", [1e150, 1e-150])
def test_huge_and_tiny_weights_are_refused(size):
    """Scores leave the range of floats, and are neither infinite nor zero without a word."""
    network = random(layers=1)
    scaled = network.scaled_by(size)
    limit = saturate(scaled, [0, 1])
    assert "leaves the range of floats; divide all weights by one number" in str(limit.undecided)


@pytest.mark.parametrize("size", [1e30, 1e-30])
def test_large_and_small_weights(size):
    network = random(layers=2, placement="post", biases={"norm"})
    assert saturate(network.scaled_by(size), [0, 1]).symbol / size == pytest.approx(saturate(network, [0, 1]).symbol)


def test_a_token_of_another_size_blurs_nothing():
    """One embedding is 10¹² times the others; it is not even attended to where scores are positive only among themselves."""
    network = random(layers=1, placement="pre", norm="layer", embedding_norm=True)
    tokens = network.parameters.tokens.copy()
    tokens[3] *= 1e13
    theta = network.parameters.map(lambda name, a: tokens if name == "tokens" else a)
    assert saturate(Transformer(network.configuration, theta), [0, 1, 3]).symbol == pytest.approx(
        saturate(network, [0, 1, 3]).symbol
    )


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_weights_that_are_not_finite_are_refused(bad):
    network = random()
    with pytest.raises(InputError, match="no saturated limit"):
        Transformer(network.configuration, network.parameters.map(lambda name, a: a * bad if name == "tokens" else a))


@pytest.mark.parametrize("kind", [np.float32, Fraction])
def test_other_types_of_parameters(kind):
    network = random(initialisation="rationals", biases=True)
    theta = network.parameters.map(
        lambda _, a: a.astype(np.float32) if kind is np.float32 else np.vectorize(Fraction, otypes=[object])(a)
    )
    assert np.array_equal(saturate(Transformer(network.configuration, theta), [0, 1]).symbol, saturate(network, [0, 1]).symbol)


def test_the_result_as_a_value():
    limit = saturate(random(biases=True), [0, 1, 2])
    told = json.loads(json.dumps(limit.to_dict(), allow_nan=False))
    assert told["degree"] == limit.degree
    assert told["symbol"] == limit.symbol.tolist()
    assert np.array_equal(pickle.loads(pickle.dumps(limit)).symbol, limit.symbol)
    assert limit.at(1e9, normalised=True) == pytest.approx(limit.symbol, abs=1e-6)
    assert limit.at(1e9) == pytest.approx(limit.at(1e9, normalised=True) * 1e9)
    assert repr(limit).startswith("Saturation(degree=1, rate=algebraic of order 1")
    assert "<table>" in limit._repr_html_()
    assert r"\begin{pmatrix}" in limit._repr_latex_()
    for c in (0, -1.0, math.nan):
        with pytest.raises(InputError, match="a scale is one positive"):
            limit.at(c)


def is_flat_case(network, tokens):
    """Whether the limit hangs on exponentially small terms, which sixty digits beside a large number do not hold."""
    try:
        network.forward(SeriesArithmetic(24), tokens)
    except Undecided:
        return True
    return False


@settings(max_examples=60)
@given(cases(max_length=4))
def test_drawn_networks_against_the_oracle(case):
    """Where it is decided, the limit is that of f(x; cθ) at 10¹³ times the onset."""
    limit = saturate(case.network, case.tokens, most_terms=24)
    if limit.undecided is not None:
        assert limit.undecided.place is not None or limit.undecided.operation == "output"
        return
    if is_flat_case(case.network, case.tokens) or limit.onset > 1e6:
        return
    found = far(case.network, case.tokens, limit.degree, math.ceil(limit.onset) * 10**13)
    assert np.broadcast_to(limit.symbol, found.shape) == pytest.approx(found, abs=1e-9 * (np.abs(found).max() or 1))


@pytest.mark.parametrize(("step", "assumed"), [(0.0, False), (5e-13, True), (1e-10, False)])
def test_zeros_that_are_only_assumed_are_counted(step, assumed):
    """LN of (1, 1 + 5e-13): below the tolerance it is taken for constant, and the result says so."""
    zero = Linear(np.zeros((2, 2)))
    layer = Layer(Attention(zero, zero, zero, zero), Norm())
    net = Transformer(Configuration(1, 2, placement="post", gain=False), Parameters([[1.0, 1.0 + step]], (layer,)))
    limit = saturate(net, [0])
    assert (limit.assumed_zeros > 0) is assumed
    assert limit.symbol[0] == pytest.approx([-(0.5**0.5), 0.5**0.5] if step == 1e-10 else [0, 0], abs=1e-5)


def test_a_zero_output_has_degree_zero():
    net = Transformer.random(layers=1, width=4, placement="pre").scaled_by(0.0)
    limit = saturate(net, [0, 1])
    assert limit.degree == 0
    assert not limit.symbol.any()
    assert limit.rate.kind == "exact"


def shrunk(halvings):
    """Found by random search: post-norm, the values of the first layer halved some times, which delays what they decide."""
    first = {
        "query": [[-1, 0, -1], [-1, 1, 2], [0, 2, 1]],
        "key": [[2, 0, 0], [-1, 1, -1], [-2, 0, 0]],
        "value": np.array([[0, -2, 0], [0, -2, 1], [0, 0, 0]]) / 2**halvings,
    }
    look = {"query": [[0, 0, 0], [0, 0, 0], [1, 0, 0]], "key": [[0, 0, 0], [0, 0, 0], [0, 0, 1]]}
    second = look | {"value": [[-2, 0, 0], [-1, -1, 2], [-2, -2, 1]]}
    return _network([[-2, 1, 0], [2, -1, 2]], first, second, placement="post")


@pytest.mark.parametrize("halvings", [0, 8, 12])
def test_a_soft_tie_of_large_coefficients(halvings):
    """The scores of the second layer tie with a coefficient of c^0 that grows like 4^halvings, squared; weights are ½."""
    limit = agrees(shrunk(halvings), [0, 1])
    assert limit.attention[2] == pytest.approx(np.full((1, 2, 2), 0.5), abs=1e-9)


@pytest.mark.parametrize("halvings", [23, 26])
def test_a_soft_tie_that_rounding_hides(halvings):
    """Coefficients of 10¹³ leave no digit of the tie; both weights once vanished here, and the limit was off by half its size."""
    found = saturate(shrunk(halvings), [0, 1]).undecided
    assert (found.kind, found.operation, found.index[0]) == ("tolerance", "softmax", 0)
    assert "positions [0, 1]" in found.known
    assert "certify()" in found.remedy
