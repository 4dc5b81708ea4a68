"""GPT-NeoX, of which Pythia is a series: the causal decoder whose two blocks read the same stream (Black et al. 2022).

X + Att(N X) + FF(N′ X) with ``use_parallel_residual``, the usual ``pre`` without.  RoPE turns the first ``rotary_pct`` of each
head.  Query, key and value of a head lie together, head after head, in one tensor.  The language-model head is a map of its
own (``embed_out``).  ``config.json`` has its RoPE as ``rotary_pct`` and ``rotary_emb_base``, or since transformers 5 in
``rope_parameters``; scaled variants of RoPE are refused.  ``transformers`` draws every map from N(0, initializer_range²),
which is not how Pythia was drawn.
"""

from __future__ import annotations

from sattheory.checkpoints.architectures.architecture import (
    IN_NETWORK,
    Architecture,
    Drawn,
    Stack,
    Stored,
    Table,
    Ties,
    gains_and_normal,
)
from sattheory.checkpoints.architectures.fields import INTACT, LARGEST_SIZE, MOST_LAYERS, Fields
from sattheory.checkpoints.architectures.layouts import by_head
from sattheory.errors import InputError
from sattheory.network import Configuration

HEADS = "num_attention_heads"
WHOLE: Table = {"tokens": "embed_in.weight", "final_norm": "final_layer_norm", "classifier": "embed_out"}
IN_LAYER: Table = {
    "attention.query": Stored("attention.query_key_value", by_head(0, 3, HEADS)),
    "attention.key": Stored("attention.query_key_value", by_head(1, 3, HEADS)),
    "attention.value": Stored("attention.query_key_value", by_head(2, 3, HEADS)),
    "attention.output": "attention.dense",
    "attention_norm": "input_layernorm",
    "feedforward.inner": "mlp.dense_h_to_4h",
    "feedforward.outer": "mlp.dense_4h_to_h",
    "feedforward_norm": "post_attention_layernorm",
}
IN_ATTENTION = {"query", "key", "value", "output"}


def _rope(fields: Fields, key: str, older: str, default: float, below: float) -> float:
    """Read a setting of RoPE where transformers 5 writes it, or where others did."""
    inside = fields.inside("rope_parameters")
    place, name = (fields, older) if inside.value(key) is None else (inside, key)
    return place.number(name, default, below=below)


def _turned(fields: Fields, key_width: int) -> int:
    """Count the coordinates of a head that RoPE turns, rounded down."""
    share = _rope(fields, "partial_rotary_factor", "rotary_pct", 0.25, 100)
    turned = int(key_width * share)
    if not 0 < turned <= key_width or turned % 2:
        why = f"RoPE would turn {turned} of the {key_width} coordinates of a head, and it turns pairs"
        raise InputError(f"rotary_pct={share:g}", why, INTACT)
    return turned


def _base(fields: Fields) -> int:
    base = _rope(fields, "rope_theta", "rotary_emb_base", fields.number("rope_theta", 10_000, below=LARGEST_SIZE), LARGEST_SIZE)
    if base < 1 or base != int(base):
        raise InputError(f"rope_theta={base:g}", "the base of RoPE must be a whole number from 1 on", INTACT)
    return int(base)


def _configuration(fields: Fields) -> Configuration:
    fields.require("rope_scaling", None, "use a model with plain RoPE")
    fields.inside("rope_parameters").require("rope_type", "default", "use a model with plain RoPE")
    heads = fields.heads(HEADS, "hidden_size")
    return Configuration(
        vocabulary=fields.size("vocab_size"),
        width=(width := fields.size("hidden_size")),
        heads=heads,
        layers=fields.size("num_hidden_layers", most=MOST_LAYERS),
        feedforward=fields.size("intermediate_size"),
        longest=fields.size("max_position_embeddings"),
        placement="pre",
        norm_scale="root",
        epsilon=fields.number("layer_norm_eps", 1e-5),
        activation=fields.activation("hidden_act", "gelu"),
        biases=IN_NETWORK if fields.flag("attention_bias", True) else IN_NETWORK - IN_ATTENTION,
        mask="causal",
        positions="rope",
        rotary_width=_turned(fields, width // heads),
        rotary_base=_base(fields),
        parallel=fields.flag("use_parallel_residual", True),
        final_norm=True,
    )


def _stacks(fields: Fields) -> tuple[Stack, ...]:
    return (Stack(_configuration(fields), WHOLE, "layers.{}.", IN_LAYER),)


def _drawn(name: str, _: Configuration, fields: Fields) -> Drawn:
    return gains_and_normal(name, fields.number("initializer_range", 0.02))


def _tied(fields: Fields) -> Ties:
    return (("embed_in.weight", "embed_out.weight"),) if fields.flag("tie_word_embeddings", False) else ()


GPT_NEOX = Architecture(
    title="GPT-NeoX",
    stacks=_stacks,
    drawn=_drawn,
    prefix="gpt_neox.",
    aside=(
        r"layers\.\d+\.attention\.(bias|masked_bias|rotary_emb\.inv_freq)",
        r"rotary_emb\.inv_freq",
        r"embed_out\.weight",
        r"(score|classifier|qa_outputs)\..*",
    ),
    tied=_tied,
    endings={"lm_head.weight": "embed_out.weight"},
)
