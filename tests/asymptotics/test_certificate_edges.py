"""Certificates at the edges: what is refused, what is known when nothing can be proved, and inputs of unusual shape or size."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import numpy as np
import pytest
from flint import ctx

import sattheory as st
from sattheory.asymptotics.certificate import Certificate, NotCertified
from sattheory.errors import InputError
from sattheory.network.initialise import expected_shapes, fill
from tests.asymptotics.test_certificates import truth, violations

TIE = st.EXAMPLES["tie-value-bias"].network
NEAR = [Fraction(1), Fraction(21, 20), Fraction(3, 2), Fraction(40)]


def random(**choices):
    return st.Transformer.random(**{"width": 3, "vocabulary": 5, "initialisation": "normal"} | choices)


def written(network, entry):
    """Replace every parameter by entry(name, shape)."""
    return st.Transformer(network.configuration, fill(network.configuration, entry))


def sound(certificate, tokens, **also):
    """Hold a certificate of one sequence against the oracle at c₀ and above."""
    assert certificate.holds, certificate
    for factor in NEAR:
        c = certificate.c0 * factor
        assert not violations(certificate, c, truth(certificate.network, tokens, certificate.degree, c, **also))
    return certificate


# --- what is refused, and what is known all the same ----------------------------------------------------------------------------


@pytest.mark.parametrize("c0", [0, -1, "-1/3", 0.0, "abc", "", float("nan"), float("inf"), "1/0", 2j, [1]])
def test_no_scale_is_no_start(c0):
    with pytest.raises(InputError, match="c0="):
        st.certify(TIE, [0, 1], c0)


@pytest.mark.parametrize(
    "choice", [{"bits": 31}, {"bits": 10**6 + 1}, {"most_bits": 2}, {"terms": 0}, {"terms": -1}, {"terms": 49}], ids=str
)
def test_a_setting_out_of_range_is_refused(choice):
    with pytest.raises(InputError, match="out of range"):
        st.certify(TIE, [0, 1], **choice)


@pytest.mark.parametrize("c", [Fraction(199, 100), 1, 0, -3, "x", float("nan")])
def test_nothing_is_said_below_the_start(c):
    certificate = st.certify(TIE, [0, 1], 2)
    for ask in (certificate.bound, certificate.bounds, certificate.remainders):
        with pytest.raises(InputError, match="c="):
            ask(c)


def test_a_start_that_is_too_small_is_answered_by_the_best_that_holds():
    found = st.certify(TIE, [0, 1], "1/1000")
    assert isinstance(found, NotCertified)
    assert not found.holds
    assert found.undecided.kind == "scale"
    assert "larger c0" in found.reason
    assert isinstance(found.best, Certificate)
    assert found.best.c0 > Fraction(1, 1000)
    assert found.best.sentence() in found.sentence()
    assert found.to_dict()["best"]["says"] == found.best.sentence()
    sound(found.best, [0, 1])


def test_a_start_beyond_the_best_one_is_taken_as_it_is():
    searched = st.certify(TIE, [0, 1])
    given = st.certify(TIE, [0, 1], searched.c0 * 7)
    assert given.c0 == searched.c0 * 7
    assert given.bound(given.c0) <= searched.bound(searched.c0)
    assert searched.smaller
    assert not given.smaller


def test_what_cannot_be_certified_says_where_and_why():
    """Token 0 saturates onto the direction that LN of the second block then removes: only exponentially small terms are left."""
    network = st.Transformer.random(
        seed=69, width=4, vocabulary=4, feedforward=3, initialisation="integers", placement="res_post"
    )
    found = st.certify(network, [0, 1, 2], most_bits=128)
    assert isinstance(found, NotCertified)
    assert found.undecided.kind == "flat"
    assert str(found.undecided.place) in found.reason
    assert found.undecided.place.layer == 1
    assert found.best is None
    assert len(found.streams) == 1
    assert "up to layer 0" in found.sentence()
    assert found.to_dict() == {"certified": False, "reason": found.reason, "kind": "flat", "layers": 0, "best": None}
    assert found.limit.symbol.shape == (3, 4)


def test_layers_before_the_one_that_fails_are_certified():
    """The same block behind a layer that does nothing: the stream after that one is known."""
    first = st.Transformer.random(seed=69, width=4, vocabulary=4, feedforward=3, initialisation="integers", placement="res_post")
    idle = first.parameters.map(lambda _, a: np.zeros_like(a)).layers[0]
    layers = (idle, *first.parameters.layers)
    network = st.Transformer(first.configuration.replace(layers=2), dataclasses.replace(first.parameters, layers=layers))
    found = st.certify(network, [0, 1, 2], most_bits=128)
    assert not found.holds
    assert len(found.streams) == 2
    assert found.undecided.place.layer == 2
    assert "up to layer 1" in found.sentence()


# --- inputs of every shape ------------------------------------------------------------------------------------------------------


def test_a_memory_is_data_that_the_scale_leaves_alone():
    network = random(cross_attention=True, layers=2, biases={"value"}, seed=3)
    memory = np.array([[1.0, 2.0, 3.0], [0.0, 1.0, -1.0], [0.5, 0.0, 0.25]])
    certificate = st.certify(network, [0, 1], memory=memory)
    sound(certificate, [0, 1], memory=memory)
    parts = [p.place.part for p in certificate.patterns]
    assert len(parts) == 4
    assert len(set(parts)) == 2
    with pytest.raises(InputError, match="memory"):
        st.certify(network, [0, 1])
    with pytest.raises(InputError, match="width"):
        st.certify(network, [0, 1], memory=np.ones((2, 4)))


def test_a_batch_is_certified_from_one_scale():
    network = random(layers=2, biases=True, placement="post", feedforward=3, seed=1)
    tokens, lengths = [[0, 1, 2], [3, 4, 0]], [3, 2]
    certificate = st.certify(network, tokens, lengths=lengths)
    assert certificate.holds
    assert certificate.shape == (2, 3, 3)
    for factor in NEAR:
        c = certificate.c0 * factor
        rows = [truth(network, t, certificate.degree, c, lengths=n) for t, n in zip(tokens, lengths, strict=True)]
        assert not violations(certificate, c, np.array(rows, dtype=object))
    alone = st.certify(network, tokens[1][:2])
    assert np.allclose(alone.symbol, certificate.symbol[1, :2], rtol=1e-12, atol=0)


def test_a_classifier_is_certified_up_to_its_scores():
    certificate = sound(st.certify(random(classes=2, biases=True, seed=5), [0, 1]), [0, 1])
    assert certificate.shape == (2, 2)
    assert certificate.degree == 2


@pytest.mark.parametrize("placement", ["res_post", "pre", "post"])
@pytest.mark.parametrize("norm", ["layer", "rms"])
def test_one_token_and_one_coordinate(norm, placement):
    for choices, tokens in (({"width": 1}, [0, 1]), ({}, [2]), ({"width": 1}, [3])):
        network = random(norm=norm, placement=placement, layers=2, feedforward=2, biases={"norm"}, seed=2, **choices)
        sound(st.certify(network, tokens), tokens)


def test_layer_norm_of_one_coordinate_is_its_bias():
    """With d = 1 every centred row is exactly zero, so that f(x; cθ) = c β whatever the rest is."""
    network = random(width=1, placement="post", biases={"norm"}, seed=7)
    certificate = st.certify(network, [0, 1])
    assert certificate.degree == 1
    assert certificate.bound(certificate.c0) == 0
    assert (certificate.symbol == float(network.parameters.layers[0].attention_norm.bias[0])).all()


@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("placement", ["res_post", "pre", "post"])
def test_a_network_of_zeros_gives_zero_exactly(placement, biases):
    network = random(placement=placement, layers=2, feedforward=3, biases=biases, norm_scale="root")
    certificate = st.certify(written(network, lambda _, shape: np.zeros(shape)), [0, 1])
    assert certificate.holds
    assert not certificate.symbol.any()
    assert certificate.bound(certificate.c0) == 0
    assert "further from its limit than 0." in certificate.sentence()


def test_equal_tokens_share_attention_exactly():
    """Equal rows give equal scores, by the same computation: weights are exactly a third, and nothing is assumed."""
    network = random(layers=2, biases=True, feedforward=4, seed=4)
    certificate = sound(st.certify(network, [1, 1, 1]), [1, 1, 1])
    assert not certificate.assumptions
    assert certificate.equalities
    for pattern in certificate.patterns:
        assert pattern.winners.all()
        assert pattern.lost == 0
        with ctx.workprec(128):
            assert all(abs(3 * v - 1) < 1e-37 for v in pattern.weights.ravel())
    rows = certificate.symbol
    assert (rows == rows[0]).all()


def test_some_equal_tokens_tie_exactly_among_others():
    network = random(width=4, layers=2, biases={"value"}, seed=8)
    certificate = sound(st.certify(network, [1, 2, 1, 3]), [1, 2, 1, 3])
    assert not certificate.assumptions
    for pattern in certificate.patterns:
        assert (pattern.winners[..., 0] == pattern.winners[..., 2]).all()


def test_a_tie_is_placed_where_it_is_even_when_the_first_pass_fails_there():
    """With weights of size 2^−300 the first passes are too near; the softmax that fails has already compared its keys."""
    network = random(placement="post", biases={"query", "key"}, seed=2).scaled_by(2.0**-300)
    certificate = st.certify(network, [1, 1, 2])
    assert certificate.equalities
    assert {(e.place.layer, e.place.part) for e in certificate.equalities} == {(1, "attention weights")}


# --- numbers of every size ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [1e-30, 1e30, 2.0**-80])
def test_weights_of_any_size(factor):
    """C(λθ) = (cλ)θ: the same network, begun elsewhere."""
    network = random(layers=2, biases=True, seed=9)
    certificate = sound(st.certify(network.scaled_by(factor), [0, 1]), [0, 1])
    assert np.allclose(certificate.symbol / factor, st.certify(network, [0, 1]).symbol, rtol=1e-9, atol=0)


def test_weights_in_thirds_are_taken_as_they_are():
    draw = np.random.default_rng(1)
    network = random(layers=2, biases={"outer"}, feedforward=2)
    shapes = expected_shapes(network.configuration)
    assert shapes

    def thirds(_, shape):
        numerators = draw.integers(-5, 6, shape).ravel().tolist()
        return np.array([Fraction(v, 3) for v in numerators] + [None], dtype=object)[:-1].reshape(shape)

    certificate = sound(st.certify(written(network, thirds), [0, 1]), [0, 1])
    assert certificate.holds


def test_scales_that_no_float_holds():
    """The bound falls on and on, down to the radius of the limit, and what is claimed at 10^100 is true there."""
    network = random(layers=2, biases=True, seed=9)
    certificate = st.certify(network, [0, 1])
    at = [certificate.bound(c) for c in (10**9, 10**20, 10**100, Fraction(10) ** 400)]
    assert at == sorted(at, reverse=True)
    assert at[0] < 1e-6
    assert certificate.radius <= at[-1] <= 4 * certificate.radius + 1e-99
    assert certificate.bound(1e9) == at[0]
    for c in (Fraction(10**9), Fraction(10**38) * 4, Fraction(10) ** 100):  # 4·10³⁸ is beyond float32
        assert not violations(certificate, c, truth(network, [0, 1], certificate.degree, c))
