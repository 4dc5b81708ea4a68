"""The forward pass in floats against the oracle, option by option and in drawn combinations.

A network is compared at its output, at every layer's stream and at every attention weight, so that an error cannot hide behind
a later norm.  Where the oracle itself goes astray when it has only a float's sixteen places (the norm of a vector that cancels, a
tie at a large scale that only a lower order in c breaks), the tolerance grows with its error; elsewhere it is 1e-10.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sattheory.arithmetic.floats import Floats
from sattheory.network import EncoderDecoder, Transformer
from sattheory.network.configuration import BIASES
from tests.network.agreement import Case, case, choices, gap, sensitivity, worst_gap
from tests.oracle import evaluate

TOLERANCE = 1e-10
INITIALISATIONS = ["torch", "normal", "integers", "rationals"]
EVERYTHING = {"biases": True, "embedding_norm": True, "final_norm": True, "segments": 2, "classes": 3, "epsilon": 1e-5}

ONE_AT_A_TIME = [
    *({"placement": p, "norm": n, "norm_scale": s, "epsilon": e, "biases": True}
      for p in ("res_post", "pre", "post") for n in ("layer", "rms") for s in ("unit", "root") for e in (0.0, 1e-5, 2.0)),
    *({"activation": a, "gated": g, "biases": b}
      for a in ("relu", "gelu", "gelu_tanh", "silu", "tanh", "sigmoid") for g in (False, True) for b in (False, True)),
    *({"positions": p, "mask": m, "buckets": 6, "furthest": 5, "n": 6, "heads": h, "key_width": 4, "value_width": 2, "padded": w}
      for p in ("none", "learned", "sinusoidal", "relative", "alibi", "rope", "transformer_xl")
      for m in ("none", "causal", "causal_multiplicative") for h, w in ((3, False), (1, True))),
    *({"biases": {b}, "classes": 2, "initialisation": "normal"} for b in BIASES),
    *({"heads": h, "width": 6, "key_width": k, "value_width": v} for h, k, v in ((1, 0, 0), (2, 1, 4), (3, 5, 1), (6, 0, 0))),
    *({"cross_attention": True, "m": m, "padded": w, "positions": p, "mask": "causal", "placement": q, "furthest": 9}
      for m, w, p, q in ((1, False, "none", "pre"), (4, True, "alibi", "post"), (3, True, "relative", "res_post"),
                         (4, False, "rope", "pre"), (3, True, "transformer_xl", "post"))),
    *({"positions": "rope", "key_width": 6, "rotary_width": w, "rotary_base": b, "n": 5}
      for w, b in ((2, 100), (4, 7), (6, 10**6))),
    *({"positions": "transformer_xl", "biases": b, "n": 5, "width": w, "heads": 2} for b, w in (({"query"}, 4), ({"key"}, 6))),
    *({"parallel": True, "placement": "pre", "biases": True, "feedforward": f, "mask": m, "positions": p}
      for f, m, p in ((3, "causal", "rope"), (3, "none", "learned"), (0, "causal", "none"))),
    *({o: EVERYTHING[o]} for o in EVERYTHING), EVERYTHING,
    {"gain": False}, {"gain": False, "biases": True}, {"scaled_scores": False}, {"layers": 0}, {"feedforward": 0},
    {"vocabulary": 1}, {"n": 1}, {"n": 1, "padded": True, "mask": "causal"}, {"width": 1, "heads": 1, "norm": "rms"},
    {"width": 1, "heads": 1, "biases": True}, {"width": 2, "heads": 2, "placement": "post"},
]  # fmt: skip


def differs(given_case: Case, c: float, dtype: type = np.float64) -> str:
    """Say how far floats and oracle are apart, or nothing when the distance is a rounding error."""
    found = worst_gap(given_case, c, dtype)
    if found <= (TOLERANCE if dtype is np.float64 else 1e-4):
        return ""
    allowed = 1000 * sensitivity(given_case, c, 16 if dtype is np.float64 else 7)
    return "" if found <= allowed else f"gap {found}, of which {allowed} could be rounding"


@pytest.mark.parametrize("options", ONE_AT_A_TIME, ids=str)
def test_each_option_agrees_with_the_oracle(options: dict[str, object]) -> None:
    assert worst_gap(case(**options), 1.5) <= TOLERANCE


@given(choices(), st.sampled_from(INITIALISATIONS), st.sampled_from([0.25, 1.0, 3.0]))
def test_drawn_networks_agree_with_the_oracle(options: dict[str, object], initialisation: str, c: float) -> None:
    assert not differs(case(initialisation=initialisation, **options), c)


@given(choices(), st.sampled_from(INITIALISATIONS), st.sampled_from([1e2, 1e4, 1e8]))
def test_drawn_networks_agree_with_the_oracle_at_large_scales(options: dict[str, object], initialisation: str, c: float) -> None:
    assert not differs(case(initialisation=initialisation, **options), c)


@given(choices())
def test_many_scales_in_one_pass_are_the_scaled_networks_one_by_one(options: dict[str, object]) -> None:
    many, scales = case(**options), np.array([0.5, 1.0, 2.0, 4.0])
    ops = Floats(scales)
    together = ops.at_scales(many.floats(ops)[0])
    for c, found in zip(scales, together, strict=True):
        alone = Case(many.network.scaled_by(c), many.tokens, many.lengths, many.memory, many.memory_lengths)
        expected = Floats().at_scales(alone.floats(Floats())[0])[0]
        distance = np.abs(found - expected).max() / (np.abs(expected).max() or 1)
        assert distance <= max(TOLERANCE, 1000 * sensitivity(many, c) if distance > TOLERANCE else 0)


@pytest.mark.parametrize("mask", ["none", "causal", "causal_multiplicative"])
@pytest.mark.parametrize("placement", ["res_post", "pre", "post"])
@pytest.mark.parametrize("biases", [False, True])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_float32_at_1e30_is_finite_and_right(mask: str, placement: str, biases: bool, activation: str) -> None:
    net = case(mask=mask, placement=placement, biases=biases, activation=activation, positions="learned")
    assert not differs(net, 1e30, np.float32)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_mask_holds_at_scales_whose_powers_vanish(dtype: type) -> None:
    ops = Floats(1e-12, dtype)
    weights = case(mask="causal", padded=True).floats(ops)[1]
    found = next(value.data for place, value in weights.items() if place.part == "attention weights")
    assert np.isfinite(found).all()
    assert (found[..., 0, 1:] == 0).all()


def test_padding_changes_nothing() -> None:
    net = case(positions="alibi").network
    ops = Floats(3.0)
    long = ops.at_scales(net.forward(ops, [[1, 2, 3, 0, 4]], lengths=[3]))[0, 0, :3]
    np.testing.assert_allclose(long, ops.at_scales(net.forward(ops, [1, 2, 3]))[0], rtol=1e-13)


def test_encoder_and_decoder_are_the_oracle_twice() -> None:
    encoder = Transformer.random(layers=1, width=4, heads=2, positions="alibi", seed=1)
    decoder = Transformer.random(layers=2, width=4, heads=2, cross_attention=True, mask="causal", classes=3, seed=2)
    source, target, lengths, c = [[1, 2, 3], [4, 5, 0]], [[6, 7], [8, 9]], [3, 2], 1.5
    ops = Floats(c)
    found = ops.at_scales(EncoderDecoder(encoder, decoder).forward(ops, source, target, source_lengths=lengths))[0]
    for i in range(2):
        memory = evaluate(encoder.configuration, encoder.parameters, source[i], c, lengths=lengths[i]).output
        answer = evaluate(decoder.configuration, decoder.parameters, target[i], c, memory=memory, memory_length=lengths[i])
        assert gap(found[i], answer.output) <= TOLERANCE
