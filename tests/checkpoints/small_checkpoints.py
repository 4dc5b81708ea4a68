"""A small checkpoint of each architecture, written by hand: names, shapes, types and fused orders are spelled out here.

Nothing is taken from the readers.  Values come from a formula, so that ``transformers`` can be given the very same files
(``golden.py`` does, and keeps what it computed in ``golden.json``).  Gains are near 1 and biases are not 0; maps are large enough
that attention is far from even.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.checkpoints.tiny_checkpoints import write_tensors

V, D, F, P, H, K = 7, 8, 6, 9, 2, 4
LAYERS = 2
Shapes = dict[str, tuple[int, ...]]


def _maps(**names: tuple[int, ...]) -> Shapes:
    """A map (out, in) and its bias for each name; dots are written as double underscores."""
    shapes: Shapes = {}
    for name, (out, inner) in names.items():
        dotted = name.replace("__", ".")
        shapes |= {f"{dotted}.weight": (out, inner), f"{dotted}.bias": (out,)}
    return shapes


def _norm(name: str) -> Shapes:
    return {f"{name}.weight": (D,), f"{name}.bias": (D,)}


def _repeated(prefix: str, layer: Shapes, layers: int = LAYERS) -> Shapes:
    return {f"{prefix}.{number}.{name}": shape for number in range(layers) for name, shape in layer.items()}


_BERT_LAYER: Shapes = {
    **_maps(attention__self__query=(D, D), attention__self__key=(D, D), attention__self__value=(D, D)),
    **_maps(attention__output__dense=(D, D), intermediate__dense=(F, D), output__dense=(D, F)),
    **_norm("attention.output.LayerNorm"),
    **_norm("output.LayerNorm"),
}
_BERT: Shapes = {
    "embeddings.word_embeddings.weight": (V, D),
    "embeddings.position_embeddings.weight": (P, D),
    "embeddings.token_type_embeddings.weight": (2, D),
    **_norm("embeddings.LayerNorm"),
    **_repeated("encoder.layer", _BERT_LAYER),
}
_GPT2_LAYER: Shapes = {
    "attn.c_attn.weight": (D, 3 * D),
    "attn.c_attn.bias": (3 * D,),
    "attn.c_proj.weight": (D, D),
    "attn.c_proj.bias": (D,),
    "mlp.c_fc.weight": (D, F),
    "mlp.c_fc.bias": (F,),
    "mlp.c_proj.weight": (F, D),
    "mlp.c_proj.bias": (D,),
    **_norm("ln_1"),
    **_norm("ln_2"),
}
_NEOX_LAYER: Shapes = {
    **_maps(attention__query_key_value=(3 * D, D), attention__dense=(D, D)),
    **_maps(mlp__dense_h_to_4h=(F, D), mlp__dense_4h_to_h=(D, F)),
    **_norm("input_layernorm"),
    **_norm("post_attention_layernorm"),
}
_XLNET_LAYER: Shapes = {
    **{f"rel_attn.{name}": (D, H, K) for name in "qkvor"},
    **{f"rel_attn.{name}": (H, K) for name in ("r_r_bias", "r_s_bias", "r_w_bias")},
    "rel_attn.seg_embed": (2, H, K),
    **_norm("rel_attn.layer_norm"),
    **_maps(ff__layer_1=(F, D), ff__layer_2=(D, F)),
    **_norm("ff.layer_norm"),
}
INNER = 3


def _t5_attention(name: str) -> Shapes:
    return {f"{name}.{part}.weight": (D, H * INNER) if part == "o" else (H * INNER, D) for part in "qkvo"}


def _t5_feedforward(number: int) -> Shapes:
    dense = f"layer.{number}.DenseReluDense"
    maps: Shapes = {f"{dense}.wi_0.weight": (F, D), f"{dense}.wi_1.weight": (F, D), f"{dense}.wo.weight": (D, F)}
    return {**maps, f"layer.{number}.layer_norm.weight": (D,)}


_T5_ENCODER = {**_t5_attention("layer.0.SelfAttention"), "layer.0.layer_norm.weight": (D,), **_t5_feedforward(1)}
_T5_DECODER = {
    **_t5_attention("layer.0.SelfAttention"),
    "layer.0.layer_norm.weight": (D,),
    **_t5_attention("layer.1.EncDecAttention"),
    "layer.1.layer_norm.weight": (D,),
    **_t5_feedforward(2),
}
SHAPES: dict[str, Shapes] = {
    "bert": _BERT,
    "roberta": _BERT,
    "gpt2": {"wte.weight": (V, D), "wpe.weight": (P, D), **_norm("ln_f"), **_repeated("h", _GPT2_LAYER)},
    "gpt_neox": {"embed_in.weight": (V, D), **_norm("final_layer_norm"), **_repeated("layers", _NEOX_LAYER)},
    "t5": {
        "shared.weight": (V, D),
        "encoder.final_layer_norm.weight": (D,),
        "decoder.final_layer_norm.weight": (D,),
        "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight": (6, H),
        "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight": (6, H),
        **_repeated("encoder.block", _T5_ENCODER),
        **_repeated("decoder.block", _T5_DECODER, 3),
    },
    "xlnet": {"word_embedding.weight": (V, D), "mask_emb": (1, 1, D), **_repeated("layer", _XLNET_LAYER)},
}
_SHARED_BERT: dict[str, Any] = {
    "vocab_size": V,
    "hidden_size": D,
    "num_attention_heads": H,
    "num_hidden_layers": LAYERS,
    "intermediate_size": F,
    "max_position_embeddings": P,
    "hidden_act": "gelu",
    "layer_norm_eps": 1e-3,
}
CONFIG: dict[str, dict[str, Any]] = {
    "bert": {"model_type": "bert", **_SHARED_BERT, "type_vocab_size": 2, "pad_token_id": 0},
    "roberta": {"model_type": "roberta", **_SHARED_BERT, "type_vocab_size": 2, "pad_token_id": 1},
    "gpt2": {
        "model_type": "gpt2",
        "vocab_size": V,
        "n_embd": D,
        "n_head": H,
        "n_layer": LAYERS,
        "n_positions": P,
        "n_inner": F,
        "layer_norm_epsilon": 1e-3,
        "bos_token_id": 0,
        "eos_token_id": 0,
    },
    "gpt_neox": {
        "model_type": "gpt_neox",
        **_SHARED_BERT,
        "rotary_pct": 0.5,
        "rotary_emb_base": 100,
        "use_parallel_residual": True,
    },
    "t5": {
        "model_type": "t5",
        "architectures": ["T5Model"],
        "vocab_size": V,
        "d_model": D,
        "d_kv": INNER,
        "d_ff": F,
        "num_heads": H,
        "num_layers": LAYERS,
        "num_decoder_layers": 3,
        "relative_attention_num_buckets": 6,
        "relative_attention_max_distance": 5,
        "layer_norm_epsilon": 1e-3,
        "feed_forward_proj": "gated-gelu",
    },
    "xlnet": {
        "model_type": "xlnet",
        "vocab_size": V,
        "d_model": D,
        "n_head": H,
        "d_head": K,
        "n_layer": LAYERS,
        "d_inner": F,
        "ff_activation": "gelu",
        "layer_norm_eps": 1e-3,
        "pad_token_id": 5,
    },
}
KINDS = tuple(CONFIG)


def by_formula(shapes: Shapes) -> dict[str, np.ndarray]:
    """Give every entry of every tensor its own value: sin(0.37 i² + 1.1 t) for entry i of tensor t, by name."""
    return {name: _values(name, number, shapes[name]) for number, name in enumerate(sorted(shapes))}


def _values(name: str, number: int, shape: tuple[int, ...]) -> np.ndarray:
    entries = np.arange(np.prod(shape))
    values = np.sin(0.37 * entries * entries + 1.1 * number).reshape(shape)
    if ("norm" in name.lower() or "ln_" in name) and name.endswith("weight"):
        values = 1 + 0.5 * values
    return values.astype("<f4")


def small_arrays(kind: str) -> dict[str, np.ndarray]:
    return by_formula(SHAPES[kind])


def write_small(folder: Path, kind: str, arrays: dict[str, np.ndarray] | None = None, **config: object) -> Path:
    """Write the small checkpoint of an architecture; a config field given as None is left out."""
    folder.mkdir(exist_ok=True, parents=True)
    merged = {key: value for key, value in {**CONFIG[kind], **config}.items() if value is not None}
    (folder / "config.json").write_text(json.dumps(merged), encoding="utf-8")
    write_tensors(folder / "model.safetensors", small_arrays(kind) if arrays is None else arrays)
    return folder
