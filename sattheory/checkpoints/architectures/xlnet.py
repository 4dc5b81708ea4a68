"""XLNet: the encoder of the norm after the sum, over distances instead of positions (Yang et al. 2019; Dai et al. 2019, §3.3).

What is read is the content stream, which is all of XLNet outside its pretraining: every token sees every token.  Scores are
((W_q x_i + u)·k_j + (W_q x_i + v)·W_r r_{i−j})/√k with the sinusoid r of the distance; u is ``r_w_bias``, v ``r_r_bias``, per
layer also where ``untie_r`` says that the layers share them.  Maps into and out of the heads have axes for head and head
width.

Left aside: ``mask_emb`` (where the query stream begins), and ``r_s_bias`` and ``seg_embed``, whose term (W_q x_i + s)·e_same,
with all of the text in one segment, adds the same to the score of every key and cancels in the softmax.  Memories of earlier
segments (``mem_len``, ``reuse_len``) are empty here; ``clamp_len`` > 0, which would cut distances off, is refused.
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
from sattheory.checkpoints.architectures.fields import MOST_LAYERS, Fields
from sattheory.checkpoints.architectures.layouts import head_axes, out_of_head_axes
from sattheory.checkpoints.containers.documents import shown
from sattheory.errors import InputError
from sattheory.network import Configuration

HEADS = "n_head"
INTO = head_axes(HEADS)
WHOLE: Table = {"tokens": "word_embedding.weight", "classifier": "lm_loss"}
IN_LAYER: Table = {
    "attention.query.weight": Stored("rel_attn.q", INTO),
    "attention.query.bias": Stored("rel_attn.r_w_bias", INTO),
    "attention.key.weight": Stored("rel_attn.k", INTO),
    "attention.value.weight": Stored("rel_attn.v", INTO),
    "attention.output.weight": Stored("rel_attn.o", out_of_head_axes(HEADS)),
    "attention.relative.weight": Stored("rel_attn.r", INTO),
    "attention.relative.query_bias": Stored("rel_attn.r_r_bias", INTO),
    "attention_norm": "rel_attn.layer_norm",
    "feedforward.inner": "ff.layer_1",
    "feedforward.outer": "ff.layer_2",
    "feedforward_norm": "ff.layer_norm",
}
QUERY_BIASES = ("attention.query.bias", "attention.relative.query_bias")


def _configuration(fields: Fields) -> Configuration:
    fields.require("attn_type", "bi", "use an XLNet, whose tokens see both sides")
    fields.require("bi_data", False, "use a model whose batches run one way")
    clamp = fields.value("clamp_len", -1)
    if type(clamp) is not int or clamp > 0:
        raise InputError(f"clamp_len={shown(clamp)}", "distances are not cut off here", "use a model with clamp_len of −1")
    heads = fields.heads(HEADS, "d_model")
    width = fields.size("d_model")
    return Configuration(
        vocabulary=fields.size("vocab_size"),
        width=width,
        heads=heads,
        layers=fields.size("n_layer", most=MOST_LAYERS),
        key_width=(head := fields.size("d_head", width // heads)),
        value_width=head,
        feedforward=fields.size("d_inner"),
        placement="post",
        norm_scale="root",
        epsilon=fields.number("layer_norm_eps", 1e-12),
        activation=fields.activation("ff_activation", "gelu"),
        biases=IN_NETWORK - {"key", "value", "output"},
        positions="transformer_xl",
    )


def _stacks(fields: Fields) -> tuple[Stack, ...]:
    return (Stack(_configuration(fields), WHOLE, "layer.{}.", IN_LAYER),)


def _drawn(name: str, _: Configuration, fields: Fields) -> Drawn:
    deviation = fields.number("initializer_range", 0.02)
    return Drawn(0.0, deviation) if name.endswith(QUERY_BIASES) else gains_and_normal(name, deviation)


def _tied(fields: Fields) -> Ties:
    embedding = ("word_embedding.weight", "lm_loss.weight")
    layers = range(fields.size("n_layer", most=MOST_LAYERS))
    shared = tuple(tuple(f"layer.{i}.rel_attn.{bias}" for i in layers) for bias in ("r_w_bias", "r_r_bias"))
    ties = (embedding,) if fields.flag("tie_word_embeddings", True) else ()
    return ties if fields.flag("untie_r", True) else ties + shared


XLNET = Architecture(
    title="XLNet",
    stacks=_stacks,
    drawn=_drawn,
    prefix="transformer.",
    aside=(
        r"mask_emb",
        r"layer\.\d+\.rel_attn\.(r_s_bias|seg_embed)",
        r"lm_loss\.(weight|bias)",
        r"(sequence_summary|logits_proj|classifier|qa_outputs|start_logits|end_logits|answer_class)\..*",
    ),
    tied=_tied,
    head_bias=True,
)
