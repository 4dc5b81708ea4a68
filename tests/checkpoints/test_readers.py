"""Six architectures are read: into the right places, as `transformers` would run them, and nothing unexplained is let by."""

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sattheory import checkpoints
from sattheory.arithmetic.floats import Floats
from sattheory.errors import InputError
from sattheory.network import Transformer
from tests.checkpoints.golden import read_golden
from tests.checkpoints.small_checkpoints import CONFIG, KINDS, SHAPES, D, F, H, K, P, V, small_arrays, write_small

GOLDEN = read_golden()
GPT2_LIKE = [kind for kind in KINDS if kind in ("gpt2", "gpt_neox")]
PREFIX = {"bert": "bert.", "roberta": "roberta.", "gpt2": "transformer.", "gpt_neox": "gpt_neox.", "t5": "transformer."}
PREFIX["xlnet"] = "transformer."
EVERY_TENSOR = [(kind, name) for kind in KINDS for name in SHAPES[kind]]
UNREAD = ("mask_emb", "r_s_bias", "seg_embed")
READ = [(kind, name) for kind, name in EVERY_TENSOR if not name.endswith(UNREAD)]


def streams(run: Any) -> tuple[list[np.ndarray], np.ndarray]:
    """Run a network on one sequence, and keep the stream at each layer and the output."""
    ops, seen = Floats(1.0, np.float64), []

    def watch(place: Any, value: Any) -> None:
        if place.part == "stream":
            seen.append(ops.at_scales(value)[0])

    return seen, ops.at_scales(run(ops, watch))[0]


def refused(folder: Path) -> str:
    with pytest.raises(InputError) as refusal:
        checkpoints.read(folder)
    return str(refusal.value)


@pytest.mark.parametrize("kind", KINDS)
def test_the_streams_are_those_of_transformers(tmp_path: Path, kind: str) -> None:
    network = checkpoints.read(write_small(tmp_path, kind)).network
    seen, output = streams(lambda ops, watch: network.forward(ops, GOLDEN["tokens"], watch=watch))
    assert len(seen) == len(GOLDEN[kind]["streams"]) == 3
    for found, expected in zip(seen, GOLDEN[kind]["streams"], strict=True):
        assert np.allclose(found, expected, rtol=1e-9, atol=1e-9)
    assert np.allclose(output, GOLDEN[kind]["output"], rtol=1e-9, atol=1e-9)


def test_the_streams_of_a_decoder_are_those_of_transformers(tmp_path: Path) -> None:
    pair = checkpoints.read(write_small(tmp_path, "t5")).pair
    seen, output = streams(lambda ops, watch: pair.forward(ops, GOLDEN["tokens"], GOLDEN["target"], watch=watch))
    kept = GOLDEN["t5"]["decoder"]
    assert len(seen) == len(kept["streams"]) == 4
    for found, expected in zip([*seen, output], [*kept["streams"], kept["output"]], strict=True):
        assert np.allclose(found, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_attention_in_the_golden_runs_is_far_from_even(tmp_path: Path, kind: str) -> None:
    network, sharp = checkpoints.read(write_small(tmp_path, kind)).network, []
    ops = Floats(1.0, np.float64)

    def watch(place: Any, value: Any) -> None:
        if place.part == "attention weights":
            sharp.append(ops.at_scales(value)[0][..., -1, :].max(-1))

    network.forward(ops, GOLDEN["tokens"], watch=watch)
    assert np.mean(sharp) > 0.4


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_says_what_it_is(tmp_path: Path, kind: str) -> None:
    model = checkpoints.read(write_small(tmp_path / "small", kind))
    assert (model.architecture, model.name, model.source) == (kind, "small", tmp_path / "small")
    assert model.vocabulary is None
    assert (model.decoder is not None) == (kind == "t5")
    kept = pickle.loads(pickle.dumps(model))
    assert kept.network.configuration == model.network.configuration
    assert all(np.array_equal(a, b) for (_, a), (_, b) in zip(kept.network.parameters.named(), named(model), strict=True))


def named(model: checkpoints.Model) -> list[tuple[str, np.ndarray]]:
    return list(model.network.parameters.named())


@pytest.mark.parametrize("kind", KINDS)
def test_a_prefix_heads_and_buffers_change_nothing(tmp_path: Path, kind: str) -> None:
    heads = {
        "bert": ("cls.predictions.bias", "pooler.dense.weight", "embeddings.position_ids", "classifier.weight"),
        "roberta": ("lm_head.dense.weight", "lm_head.bias", "classifier.out_proj.weight", "roberta.pooler.dense.bias"),
        "gpt2": ("transformer.h.0.attn.bias", "transformer.h.1.attn.masked_bias", "score.weight"),
        "gpt_neox": ("embed_out.weight", "gpt_neox.layers.0.attention.rotary_emb.inv_freq", "gpt_neox.layers.1.attention.bias"),
        "t5": ("transformer.decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight", "classifier.bias"),
        "xlnet": ("lm_loss.bias", "sequence_summary.summary.weight", "logits_proj.weight"),
    }
    arrays = {PREFIX[kind] + name: array for name, array in small_arrays(kind).items()}
    more = {name: np.zeros((2, 3), "|u1" if name.endswith("attn.bias") else "<f4") for name in heads[kind]}
    plain = checkpoints.read(write_small(tmp_path / "plain", kind))
    other = checkpoints.read(write_small(tmp_path / "other", kind, {**arrays, **more}))
    assert plain.network.configuration == other.network.configuration
    for (name, a), (_, b) in zip(named(plain), named(other), strict=True):
        assert np.array_equal(a, b), name


@pytest.mark.parametrize(("kind", "name"), READ)
def test_each_missing_tensor_is_named(tmp_path: Path, kind: str, name: str) -> None:
    arrays = small_arrays(kind)
    del arrays[name]
    sentence = refused(write_small(tmp_path, kind, arrays))
    assert repr(name) in sentence
    assert "does not have it" in sentence


@pytest.mark.parametrize(("kind", "name"), READ)
def test_each_misshaped_tensor_is_named(tmp_path: Path, kind: str, name: str) -> None:
    arrays = small_arrays(kind)
    arrays[name] = np.concatenate([arrays[name], arrays[name][:1]])
    sentence = refused(write_small(tmp_path, kind, arrays))
    assert f"tensor {name!r} of shape {arrays[name].shape}: config.json asks for shape {SHAPES[kind][name]}" in sentence


TRANSPOSED = [(kind, name) for kind, name in READ if len(set(SHAPES[kind][name])) > 1 and len(SHAPES[kind][name]) > 1]


@pytest.mark.parametrize(("kind", "name"), TRANSPOSED)
def test_a_transposed_tensor_is_refused(tmp_path: Path, kind: str, name: str) -> None:
    arrays = small_arrays(kind)
    arrays[name] = np.ascontiguousarray(arrays[name].T)
    assert "config.json asks for shape" in refused(write_small(tmp_path, kind, arrays))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("more", ["adapter.weight", "mask_emb.weight", "x" * 300])
def test_a_surplus_tensor_is_refused(tmp_path: Path, kind: str, more: str) -> None:
    sentence = refused(write_small(tmp_path, kind, {**small_arrays(kind), more: np.zeros(2, "<f4")}))
    assert "layers has it" in sentence
    assert len(sentence) < 400


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_too_many_in_the_file_is_refused(tmp_path: Path, kind: str) -> None:
    arrays = small_arrays(kind)
    third = {name.replace(".1.", ".7."): array for name, array in arrays.items() if ".1." in name}
    assert "layers has it" in refused(write_small(tmp_path, kind, {**arrays, **third}))


LAYERS = {"bert": "num_hidden_layers", "roberta": "num_hidden_layers", "gpt_neox": "num_hidden_layers"}
LAYERS |= {"gpt2": "n_layer", "t5": "num_layers", "xlnet": "n_layer"}
WIDTH = dict.fromkeys(("bert", "roberta", "gpt_neox"), "hidden_size") | {
    "gpt2": "n_embd",
    "t5": "d_model",
    "xlnet": "d_model",
}
HEADS = {"gpt2": "n_head", "xlnet": "n_head", "t5": "num_heads"}
HEADS |= dict.fromkeys(("bert", "roberta", "gpt_neox"), "num_attention_heads")


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_more_in_the_config_is_refused(tmp_path: Path, kind: str) -> None:
    assert "does not have it" in refused(write_small(tmp_path, kind, **{LAYERS[kind]: 3}))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", ["layers", "width", "heads", "vocabulary"])
@pytest.mark.parametrize("value", [10**9, 10**400, 0, -1, 2.0, "2", True, [2], {}, None])
def test_absurd_sizes_are_refused_by_their_key(tmp_path: Path, kind: str, key: str, value: object) -> None:
    name = {"layers": LAYERS, "width": WIDTH, "heads": HEADS}.get(key, dict.fromkeys(KINDS, "vocab_size"))[kind]
    sentence = refused(write_small(tmp_path, kind, **{name: value}))
    assert f"{name}=" in sentence
    assert "whole number" in sentence


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("factor", [2, 1000])
def test_a_width_that_the_weights_do_not_have_is_refused(tmp_path: Path, kind: str, factor: int) -> None:
    assert "config.json asks for shape" in refused(write_small(tmp_path, kind, **{WIDTH[kind]: D * factor}))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "t5"])
def test_heads_that_do_not_divide_the_width_are_refused(tmp_path: Path, kind: str) -> None:
    assert "the heads do not divide the hidden size" in refused(write_small(tmp_path, kind, **{HEADS[kind]: 3}))


REFUSED = [
    ("bert", {"is_decoder": True}, "is_decoder=True"),
    ("roberta", {"is_decoder": True}, "is_decoder=True"),
    ("roberta", {"position_embedding_type": "relative_key"}, "position_embedding_type='relative_key'"),
    ("roberta", {"pad_token_id": P - 1}, "none is left for text"),
    ("roberta", {"pad_token_id": -1}, "pad_token_id=-1"),
    ("roberta", {"tie_word_embeddings": 1}, "tie_word_embeddings=1"),
    ("gpt2", {"add_cross_attention": True}, "add_cross_attention=True"),
    ("gpt2", {"scale_attn_by_inverse_layer_idx": True}, "scale_attn_by_inverse_layer_idx=True"),
    ("gpt2", {"scale_attn_weights": "no"}, "scale_attn_weights='no'"),
    ("gpt2", {"activation_function": "laplace"}, "activation_function='laplace'"),
    ("gpt2", {"n_inner": -4}, "n_inner=-4"),
    ("gpt2", {"layer_norm_epsilon": 2}, "layer_norm_epsilon=2"),
    ("gpt_neox", {"rope_scaling": {"type": "linear", "factor": 2}}, "rope_scaling="),
    ("gpt_neox", {"rope_parameters": {"rope_type": "yarn"}}, "rope_type='yarn'"),
    ("gpt_neox", {"rope_parameters": []}, "rope_parameters=[]"),
    ("gpt_neox", {"rotary_pct": 0.3}, "rotary_pct=0.3: RoPE would turn 1 of the 4 coordinates"),
    ("gpt_neox", {"rotary_pct": 0}, "rotary_pct=0: RoPE would turn 0"),
    ("gpt_neox", {"rotary_pct": 1.5}, "RoPE would turn 6 of the 4"),
    ("gpt_neox", {"rotary_pct": 1e308}, "rotary_pct=1e+308"),
    ("gpt_neox", {"rotary_emb_base": 0.5}, "rope_theta=0.5"),
    ("gpt_neox", {"rotary_emb_base": "10000"}, "rotary_emb_base='10000'"),
    ("gpt_neox", {"use_parallel_residual": "yes"}, "use_parallel_residual='yes'"),
    ("gpt_neox", {"hidden_act": 3}, "hidden_act=3"),
    ("t5", {"feed_forward_proj": "gated-mish"}, "feed_forward_proj='mish'"),
    ("t5", {"feed_forward_proj": ["relu"]}, "feed_forward_proj=['relu']"),
    ("t5", {"relative_attention_num_buckets": 3}, "relative_attention_num_buckets=3"),
    ("t5", {"relative_attention_max_distance": 3}, "relative_attention_max_distance=3"),
    ("t5", {"num_decoder_layers": 10**9}, "num_decoder_layers=1000000000"),
    ("t5", {"architectures": "T5Model"}, "architectures='T5Model'"),
    ("t5", {"is_encoder_decoder": 1}, "is_encoder_decoder=1"),
    ("t5", {"d_kv": 0}, "d_kv=0"),
    ("xlnet", {"attn_type": "uni"}, "attn_type='uni'"),
    ("xlnet", {"bi_data": True}, "bi_data=True"),
    ("xlnet", {"clamp_len": 400}, "clamp_len=400"),
    ("xlnet", {"clamp_len": "none"}, "clamp_len='none'"),
    ("xlnet", {"untie_r": 0}, "untie_r=0"),
    ("xlnet", {"ff_activation": "maxout"}, "ff_activation='maxout'"),
]


@pytest.mark.parametrize(("kind", "change", "sentence"), REFUSED, ids=[f"{kind}-{words[:40]}" for kind, _, words in REFUSED])
def test_a_variant_that_the_network_does_not_have_is_refused(tmp_path: Path, kind: str, change: dict, sentence: str) -> None:
    assert sentence in refused(write_small(tmp_path, kind, **change))


@pytest.mark.parametrize("kind", [None, 3, "", "mamba", "BERT", ["gpt2"], {"gpt2": 1}])
def test_a_model_of_no_known_type_is_refused(tmp_path: Path, kind: object) -> None:
    sentence = refused(write_small(tmp_path, "gpt2", model_type=kind))
    assert "no reader for this architecture" in sentence
    assert "gpt_neox" in sentence


@pytest.mark.parametrize("kind", KINDS)
def test_a_config_of_another_architecture_is_refused(tmp_path: Path, kind: str) -> None:
    for other in KINDS:
        if {kind, other} not in ({"bert", "roberta"}, {kind}):
            folder = write_small(tmp_path / other, kind)
            (folder / "config.json").write_text(json.dumps(CONFIG[other]), encoding="utf-8")
            assert "tensor" in refused(folder)


TIED = {
    "bert": ("embeddings.word_embeddings.weight", "cls.predictions.decoder.weight"),
    "roberta": ("embeddings.word_embeddings.weight", "lm_head.decoder.weight"),
    "gpt2": ("wte.weight", "lm_head.weight"),
    "gpt_neox": ("embed_in.weight", "embed_out.weight"),
    "t5": ("shared.weight", "lm_head.weight"),
    "xlnet": ("word_embedding.weight", "lm_loss.weight"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_tied_tensors_may_be_stored_twice_but_not_differ(tmp_path: Path, kind: str) -> None:
    arrays, (first, second) = small_arrays(kind), TIED[kind]
    twice = {**arrays, second: arrays[first]}
    checkpoints.read(write_small(tmp_path / "same", kind, twice, tie_word_embeddings=True))
    other = {**arrays, second: arrays[first] + np.eye(V, D, dtype="<f4")}
    sentence = refused(write_small(tmp_path / "differ", kind, other, tie_word_embeddings=True))
    assert f"tensors {first!r} and {second!r}: config.json says that they are one and the same, but they differ" in sentence
    longer = {**arrays, second: np.concatenate([arrays[first], arrays[first]])}
    assert "but they differ" in refused(write_small(tmp_path / "longer", kind, longer, tie_word_embeddings=True))
    checkpoints.read(write_small(tmp_path / "untied", kind, other, tie_word_embeddings=False))


def test_a_head_that_t5_does_not_tie_may_differ(tmp_path: Path) -> None:
    """Flan-T5 as transformers 5 saves it again: it ties by the one key and not by the other."""
    arrays = {**small_arrays("t5"), "lm_head.weight": np.ones((V, D), "<f4")}
    options = {"tie_word_embeddings": True, "scale_decoder_outputs": False}
    assert checkpoints.read(write_small(tmp_path, "t5", arrays, **options)).network.configuration.vocabulary == V


@pytest.mark.parametrize("copy", ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"])
def test_t5s_embedding_may_stand_under_each_of_its_names(tmp_path: Path, copy: str) -> None:
    arrays = small_arrays("t5")
    shared = arrays.pop("shared.weight")
    read = checkpoints.read(write_small(tmp_path / "other", "t5", {**arrays, copy: shared}))
    assert np.array_equal(read.network.parameters.tokens, shared)
    assert read.decoder is not None
    assert np.array_equal(read.decoder.parameters.tokens, shared)
    assert np.shares_memory(read.network.parameters.tokens, read.decoder.parameters.tokens)
    both = {**arrays, "shared.weight": shared, copy: -shared}
    assert "but they differ" in refused(write_small(tmp_path / "both", "t5", both))


def test_an_encoder_alone_has_no_decoder(tmp_path: Path) -> None:
    arrays = {name: array for name, array in small_arrays("t5").items() if not name.startswith("decoder.")}
    for number, change in enumerate([{"architectures": ["T5EncoderModel"]}, {"is_encoder_decoder": False}]):
        model = checkpoints.read(write_small(tmp_path / str(number), "t5", arrays, **change))
        assert model.decoder is None
        with pytest.raises(InputError, match="this T5 is one network"):
            _ = model.pair
    assert "'decoder." in refused(write_small(tmp_path / "whole", "t5", arrays))
    assert "no T5 of 2 layers has it" in refused(write_small(tmp_path / "more", "t5", architectures=["T5EncoderModel"]))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "t5"])
def test_only_t5_is_a_pair(tmp_path: Path, kind: str) -> None:
    with pytest.raises(InputError, match="use its network"):
        _ = checkpoints.read(write_small(tmp_path, kind)).pair


def test_gpt2s_fused_map_is_cut_where_it_should_be(tmp_path: Path) -> None:
    arrays, layer = small_arrays("gpt2"), checkpoints.read(write_small(tmp_path, "gpt2")).network.parameters.layers[1]
    weight, bias = arrays["h.1.attn.c_attn.weight"], arrays["h.1.attn.c_attn.bias"]
    for number, map_ in enumerate((layer.attention.query, layer.attention.key, layer.attention.value)):
        assert np.array_equal(map_.weight, weight[:, number * D : (number + 1) * D].T)
        assert np.array_equal(map_.bias, bias[number * D : (number + 1) * D])
    assert np.array_equal(layer.feedforward.outer.weight, arrays["h.1.mlp.c_proj.weight"].T)


def test_neoxs_fused_map_is_cut_by_head(tmp_path: Path) -> None:
    arrays, layer = small_arrays("gpt_neox"), checkpoints.read(write_small(tmp_path, "gpt_neox")).network.parameters.layers[0]
    weight = arrays["layers.0.attention.query_key_value.weight"]
    for part, map_ in enumerate((layer.attention.query, layer.attention.key, layer.attention.value)):
        rows = [3 * K * head + part * K + row for head in range(H) for row in range(K)]
        assert np.array_equal(map_.weight, weight[rows])
        assert np.array_equal(map_.bias, arrays["layers.0.attention.query_key_value.bias"][rows])


def test_xlnets_axes_for_heads_are_laid_flat(tmp_path: Path) -> None:
    arrays, layer = small_arrays("xlnet"), checkpoints.read(write_small(tmp_path, "xlnet")).network.parameters.layers[0]
    for head in range(H):
        rows = slice(head * K, (head + 1) * K)
        assert np.array_equal(layer.attention.query.weight[rows], arrays["layer.0.rel_attn.q"][:, head].T)
        assert np.array_equal(layer.attention.query.bias[rows], arrays["layer.0.rel_attn.r_w_bias"][head])
        assert np.array_equal(layer.attention.relative.query_bias[rows], arrays["layer.0.rel_attn.r_r_bias"][head])
        assert np.array_equal(layer.attention.relative.weight[rows], arrays["layer.0.rel_attn.r"][:, head].T)
        assert np.array_equal(layer.attention.output.weight[:, rows], arrays["layer.0.rel_attn.o"][:, head])


@pytest.mark.parametrize("pad", [0, 1, 5])
def test_robertas_positions_begin_after_the_padding(tmp_path: Path, pad: int) -> None:
    network = checkpoints.read(write_small(tmp_path, "roberta", pad_token_id=pad)).network
    assert network.configuration.longest == P - pad - 1
    assert np.array_equal(
        network.parameters.positions, small_arrays("roberta")["embeddings.position_embeddings.weight"][pad + 1 :]
    )
    with pytest.raises(InputError, match="positions"):
        network.forward(Floats(1.0, np.float32), [3] * (P - pad))


def without_inner() -> dict[str, np.ndarray]:
    """GPT-2 with n_inner left out: f = 4d."""
    arrays = small_arrays("gpt2")
    for number in range(2):
        arrays[f"h.{number}.mlp.c_fc.weight"] = np.ones((D, 4 * D), "<f4")
        arrays[f"h.{number}.mlp.c_fc.bias"] = np.ones(4 * D, "<f4")
        arrays[f"h.{number}.mlp.c_proj.weight"] = np.ones((4 * D, D), "<f4")
    return arrays


def test_gpt2s_variants_are_told_apart(tmp_path: Path) -> None:
    kind = checkpoints.read(write_small(tmp_path / "plain", "gpt2")).network.configuration
    assert (kind.feedforward, kind.scaled_scores, kind.activation, kind.epsilon) == (F, True, "gelu_tanh", 1e-3)
    wide = checkpoints.read(write_small(tmp_path / "wide", "gpt2", without_inner(), n_inner=None)).network.configuration
    assert wide == kind.replace(feedforward=4 * D)
    unscaled = checkpoints.read(write_small(tmp_path / "unscaled", "gpt2", scale_attn_weights=False)).network.configuration
    assert unscaled == kind.replace(scaled_scores=False)


def test_neoxs_rope_is_read_as_old_and_new_write_it(tmp_path: Path) -> None:
    gone = {"rotary_pct": None, "rotary_emb_base": None}
    ways = [
        {"rotary_pct": 0.5, "rotary_emb_base": 1000},
        {"rotary_pct": 0.5, "rotary_emb_base": None, "rope_theta": 1000.0},
        {**gone, "rope_parameters": {"rope_theta": 1000.0, "partial_rotary_factor": 0.5, "rope_type": "default"}},
        {"rotary_pct": 1.0, "rotary_emb_base": 7, "rope_parameters": {"rope_theta": 1000, "partial_rotary_factor": 0.5}},
    ]
    for number, way in enumerate(ways):
        kind = checkpoints.read(write_small(tmp_path / str(number), "gpt_neox", **way)).network.configuration
        assert (kind.rotary_width, kind.rotary_base, kind.parallel) == (2, 1000, True)
    serial = write_small(tmp_path / "serial", "gpt_neox", use_parallel_residual=False, rotary_pct=1)
    kind = checkpoints.read(serial).network.configuration
    assert (kind.rotary_width, kind.rotary_base, kind.parallel) == (K, 100, False)


def test_neox_without_biases_in_attention(tmp_path: Path) -> None:
    arrays = {k: v for k, v in small_arrays("gpt_neox").items() if not (".attention." in k and k.endswith(".bias"))}
    arrays |= {k: v for k, v in small_arrays("gpt_neox").items() if k.endswith("post_attention_layernorm.bias")}
    network = checkpoints.read(write_small(tmp_path / "without", "gpt_neox", arrays, attention_bias=False)).network
    assert network.parameters.layers[0].attention.query.bias is None
    assert "'layers.0.attention.query_key_value.bias'" in refused(write_small(tmp_path / "missing", "gpt_neox", arrays))


@pytest.mark.parametrize(
    ("stored", "activation", "gated"),
    [
        ("relu", "relu", False),
        ("gelu", "gelu", False),
        ("gelu_new", "gelu_tanh", False),
        ("gated-gelu", "gelu_tanh", True),
        ("gated-silu", "silu", True),
    ],
)
def test_t5s_feedforward_blocks(tmp_path: Path, stored: str, activation: str, gated: bool) -> None:
    arrays = small_arrays("t5")
    if not gated:
        arrays = {name.replace("wi_1", "wi"): array for name, array in arrays.items() if "wi_0" not in name}
    kind = checkpoints.read(write_small(tmp_path, "t5", arrays, feed_forward_proj=stored)).network.configuration
    assert (kind.activation, kind.gated, kind.norm, kind.scaled_scores) == (activation, gated, "rms", False)


def test_layers_of_an_xlnet_may_share_their_biases(tmp_path: Path) -> None:
    arrays = small_arrays("xlnet")
    names = [f"layer.{number}.rel_attn.r_r_bias" for number in range(2)]
    assert "tensors 'layer.0.rel_attn.r_w_bias' and" in refused(write_small(tmp_path / "differ", "xlnet", untie_r=False))
    for bias in ("r_w_bias", "r_r_bias"):
        arrays[f"layer.1.rel_attn.{bias}"] = arrays[f"layer.0.rel_attn.{bias}"]
    theta = checkpoints.read(write_small(tmp_path / "same", "xlnet", arrays, untie_r=False)).network.parameters
    assert np.array_equal(theta.layers[1].attention.relative.query_bias, arrays[names[0]].ravel())


@pytest.mark.parametrize(("kind", "name"), [("gpt2", "lm_head"), ("gpt_neox", "embed_out"), ("xlnet", "lm_loss")])
def test_a_head_is_read_on_request(tmp_path: Path, kind: str, name: str) -> None:
    head, bias = np.arange(V * D, dtype="<f4").reshape(V, D), {"lm_loss.bias": np.ones(V, "<f4")} if kind == "xlnet" else {}
    arrays = {**small_arrays(kind), f"{name}.weight": head, **bias}
    folder = write_small(tmp_path / "own", kind, arrays, tie_word_embeddings=False)
    network = checkpoints.read(folder, head=True).network
    assert np.array_equal(network.parameters.classifier.weight, head)
    assert (network.parameters.classifier.bias is not None) == (kind == "xlnet")
    assert checkpoints.read(folder).network.configuration.classes == 0
    tied = write_small(tmp_path / "tied", kind, {**small_arrays(kind), **bias}, tie_word_embeddings=True)
    network = checkpoints.read(tied, head=True).network
    assert np.array_equal(network.parameters.classifier.weight, network.parameters.tokens)
    missing = write_small(tmp_path / "missing", kind, {**small_arrays(kind), **bias}, tie_word_embeddings=False)
    with pytest.raises(InputError, match=f"tensor '{name}.weight'"):
        checkpoints.read(missing, head=True)


def test_the_newer_name_of_neoxs_head(tmp_path: Path) -> None:
    arrays = {**small_arrays("gpt_neox"), "lm_head.weight": np.ones((V, D), "<f4")}
    assert checkpoints.read(write_small(tmp_path, "gpt_neox", arrays), head=True).network.parameters.classifier.weight[0, 0] == 1
    both = {**arrays, "embed_out.weight": np.ones((V, D), "<f4")}
    assert "claim the same place" in refused(write_small(tmp_path / "both", "gpt_neox", both))


@pytest.mark.parametrize("kind", ["bert", "roberta", "t5"])
def test_a_head_that_is_no_linear_map_is_refused(tmp_path: Path, kind: str) -> None:
    with pytest.raises(InputError, match="head=True"):
        checkpoints.read(write_small(tmp_path, kind), head=True)


RANGES = {"bert": 0.3, "roberta": 0.2, "gpt2": 0.1, "gpt_neox": 0.4, "xlnet": 0.25}


@pytest.mark.parametrize("kind", KINDS)
def test_a_twin_is_drawn_by_its_seed(tmp_path: Path, kind: str) -> None:
    model = checkpoints.read(write_small(tmp_path, kind))
    first, again, other = model.twin(), model.twin(0), model.twin(1)
    assert first.configuration == model.network.configuration
    for (name, a), (_, b), (_, c) in zip(*(list(t.parameters.named()) for t in (first, again, other)), strict=True):
        assert a.dtype == np.float32
        assert np.array_equal(a, b), name
        constant = name.endswith("gain") or (name.endswith("bias") and not (kind == "xlnet" and "query" in name))
        assert np.array_equal(a, c) == constant, name
        assert not constant or np.all(a == (1 if name.endswith("gain") else 0)), name
    with pytest.raises(InputError, match="seed=-1"):
        model.twin(-1)


def deviation(array: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(array, dtype=float))))


@pytest.mark.parametrize("kind", RANGES)
def test_a_twins_spread_is_the_initializer_range(tmp_path: Path, kind: str) -> None:
    twin = checkpoints.read(write_small(tmp_path, kind, initializer_range=RANGES[kind])).twin(2)
    for name, array in twin.parameters.named():
        if name.endswith("weight") or name in ("positions", "segments", "tokens"):
            small = kind == "gpt2" and name.endswith(("attention.output.weight", "outer.weight"))
            expected = RANGES[kind] / (2 if small else 1)  # √(2L) = 2
            assert abs(deviation(array) / expected - 1) < 5 / np.sqrt(2 * array.size), name
    assert np.any(twin.parameters.tokens == 0) == (kind in ("bert", "roberta"))


def test_a_t5s_twin_keeps_the_size_of_products(tmp_path: Path) -> None:
    twin = checkpoints.read(write_small(tmp_path, "t5", initializer_factor=2.0)).twin(2)
    inner = 3
    expected = {"tokens": 1, "relative": D, "query": D * inner, "key": D, "value": D, "output": H * inner}
    expected |= {"inner": D, "gate": D, "outer": F}
    for name, array in twin.parameters.named():
        if name.endswith("gain"):
            assert np.all(array == 2)
            continue
        part = name.removesuffix(".weight").split(".")[-1]
        assert abs(deviation(array) * expected[part] ** 0.5 / 2 - 1) < 5 / np.sqrt(2 * array.size), name


def test_the_padding_of_a_berts_twin_is_zero(tmp_path: Path) -> None:
    for kind, pad in (("bert", 3), ("roberta", 1)):
        tokens = checkpoints.read(write_small(tmp_path / kind, kind, pad_token_id=pad)).twin().parameters.tokens
        assert np.flatnonzero(~tokens.any(-1)).tolist() == [pad]


@pytest.mark.parametrize("kind", ["gpt2", "xlnet"])
def test_a_twins_head_is_tied_like_the_models(tmp_path: Path, kind: str) -> None:
    bias = {"lm_loss.bias": np.ones(V, "<f4")} if kind == "xlnet" else {}
    theta = checkpoints.read(write_small(tmp_path, kind, {**small_arrays(kind), **bias}), head=True).twin().parameters
    assert np.array_equal(theta.classifier.weight, theta.tokens)


@pytest.mark.parametrize("kind", KINDS)
def test_a_twin_of_float64_is_float64(tmp_path: Path, kind: str) -> None:
    arrays = {name: array.astype("<f8") for name, array in small_arrays(kind).items()}
    twin = checkpoints.read(write_small(tmp_path, kind, arrays)).twin()
    assert {array.dtype for _, array in twin.parameters.named()} == {np.dtype(np.float64)}


@pytest.mark.parametrize("kind", GPT2_LIKE)
def test_the_future_changes_nothing_before_it(tmp_path: Path, kind: str) -> None:
    network = checkpoints.read(write_small(tmp_path, kind)).network
    outputs = [streams(lambda ops, watch, t=tokens: network.forward(ops, t, watch=watch))[1] for tokens in ([3, 6, 2], [3, 6, 5])]
    assert np.array_equal(outputs[0][:2], outputs[1][:2])
    assert not np.allclose(outputs[0][2], outputs[1][2])


def test_npz_and_safetensors_give_the_same(tmp_path: Path) -> None:
    plain = checkpoints.read(write_small(tmp_path / "plain", "gpt2"))
    folder = write_small(tmp_path / "npz", "gpt2")
    (folder / "model.safetensors").unlink()
    np.savez(folder / "model.npz", **small_arrays("gpt2"))
    for (name, a), (_, b) in zip(named(plain), named(checkpoints.read(folder)), strict=True):
        assert np.array_equal(a, b), name


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("kind", KINDS)
def test_weights_that_are_not_finite_are_refused(tmp_path: Path, kind: str, value: float) -> None:
    arrays = small_arrays(kind)
    name = TIED[kind][0]
    arrays[name][1, 2] = value
    assert "not finite" in refused(write_small(tmp_path, kind, {**arrays, TIED[kind][1]: arrays[name]}))


def test_importing_the_readers_stays_light() -> None:
    code = (
        "import sys, sattheory.checkpoints; sys.exit(any(m in sys.modules for m in ('tokenizers', 'scipy', 'joblib', 'torch')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_reader_gives_a_transformer(tmp_path: Path) -> None:
    assert all(isinstance(checkpoints.read(write_small(tmp_path / kind, kind)).network, Transformer) for kind in KINDS)


def test_a_model_on_the_hub_keeps_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, asked = write_small(tmp_path / "snapshots" / "0123abc", "gpt2"), []
    monkeypatch.setattr(checkpoints, "resolve", lambda name: asked.append(name) or folder)
    model = checkpoints.read("hf://somebody/small@v2")
    assert asked == ["hf://somebody/small@v2"]
    assert (model.name, model.source) == ("somebody/small@v2", folder)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text("{}")
    with pytest.raises(
        InputError, match=r"folder=.*config.json': it is a file; give the folder of a model, with its config.json"
    ):
        checkpoints.read(path)
    with pytest.raises(InputError, match="there is no such folder"):
        checkpoints.read(tmp_path / "nowhere")
