"""GPT-2: the causal decoder with the norm before each block, ``pre``, and one more at the end (Radford et al. 2019).

Its maps are stored by ``Conv1D``, inputs as rows; query, key and value lie side by side in one tensor.  Positions are learned,
f = 4d unless told, GELU is the one by tanh, and the language-model head is the transposed embedding.  The causal masks that
older files store as buffers are left aside.  The two maps that write to the residual stream are drawn smaller by √(2L).
"""

from __future__ import annotations

import math

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
from sattheory.checkpoints.architectures.fields import MOST_LAYERS, Fields
from sattheory.checkpoints.architectures.layouts import TRANSPOSED, side_by_side
from sattheory.network import Configuration

WHOLE: Table = {"tokens": "wte.weight", "positions": "wpe.weight", "final_norm": "ln_f", "classifier": "lm_head"}
IN_LAYER: Table = {
    "attention.query": Stored("attn.c_attn", side_by_side(0, 3)),
    "attention.key": Stored("attn.c_attn", side_by_side(1, 3)),
    "attention.value": Stored("attn.c_attn", side_by_side(2, 3)),
    "attention.output": Stored("attn.c_proj", TRANSPOSED),
    "attention_norm": "ln_1",
    "feedforward.inner": Stored("mlp.c_fc", TRANSPOSED),
    "feedforward.outer": Stored("mlp.c_proj", TRANSPOSED),
    "feedforward_norm": "ln_2",
}
INTO_STREAM = ("attention.output.weight", "feedforward.outer.weight")


def _configuration(fields: Fields) -> Configuration:
    fields.require("add_cross_attention", False, "use a decoder without an encoder")
    fields.require("scale_attn_by_inverse_layer_idx", False, "use a model whose layers scale their scores alike")
    return Configuration(
        vocabulary=fields.size("vocab_size"),
        width=(width := fields.size("n_embd")),
        heads=fields.heads("n_head", "n_embd"),
        layers=fields.size("n_layer", most=MOST_LAYERS),
        feedforward=fields.size("n_inner", 4 * width),
        longest=fields.size("n_positions"),
        placement="pre",
        norm_scale="root",
        epsilon=fields.number("layer_norm_epsilon", 1e-5),
        activation=fields.activation("activation_function", "gelu_new"),
        biases=IN_NETWORK,
        mask="causal",
        positions="learned",
        scaled_scores=fields.flag("scale_attn_weights", True),
        final_norm=True,
    )


def _stacks(fields: Fields) -> tuple[Stack, ...]:
    return (Stack(_configuration(fields), WHOLE, "h.{}.", IN_LAYER),)


def _drawn(name: str, kind: Configuration, fields: Fields) -> Drawn:
    deviation = fields.number("initializer_range", 0.02)
    return gains_and_normal(name, deviation / math.sqrt(2 * kind.layers) if name.endswith(INTO_STREAM) else deviation)


def _tied(fields: Fields) -> Ties:
    return (("wte.weight", "lm_head.weight"),) if fields.flag("tie_word_embeddings", True) else ()


GPT2 = Architecture(
    title="GPT-2",
    stacks=_stacks,
    drawn=_drawn,
    prefix="transformer.",
    aside=(
        r"h\.\d+\.attn\.(bias|masked_bias)",
        r"lm_head\.weight",
        r"(score|classifier|qa_outputs|multiple_choice_head)\..*",
    ),
    tied=_tied,
)
