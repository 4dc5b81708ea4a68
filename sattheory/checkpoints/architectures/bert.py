"""BERT: the encoder with the norm after the residual sum, ``post`` (Devlin et al. 2019).

Biases everywhere, learned positions and segments, a norm after the embedding, and LN as in practice, of length √d with ε
beside the variance.  The first conversions from TensorFlow kept its names γ and β for LN's gain and bias.  The
masked-language-model head begins with a dense layer and a norm, so it is no linear map of the output; heads, the pooler and
the stored position numbers are left aside.  ``transformers`` draws every map and table from N(0, initializer_range²), the row
of the padding token set to zero.
"""

from __future__ import annotations

from sattheory.checkpoints.architectures.architecture import IN_NETWORK, Architecture, Drawn, Stack, Table, Ties, gains_and_normal
from sattheory.checkpoints.architectures.fields import MOST_LAYERS, Fields
from sattheory.network import Configuration

WHOLE: Table = {
    "tokens": "embeddings.word_embeddings.weight",
    "positions": "embeddings.position_embeddings.weight",
    "segments": "embeddings.token_type_embeddings.weight",
    "embedding_norm": "embeddings.LayerNorm",
}
IN_LAYER: Table = {
    "attention.query": "attention.self.query",
    "attention.key": "attention.self.key",
    "attention.value": "attention.self.value",
    "attention.output": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "feedforward.inner": "intermediate.dense",
    "feedforward.outer": "output.dense",
    "feedforward_norm": "output.LayerNorm",
}
LAYER = "encoder.layer.{}."
BUFFERS = (r"embeddings\.position_ids", r"embeddings\.token_type_ids")
HEADS = (r"pooler\..*", r"classifier\..*", r"qa_outputs\..*")


def configuration(fields: Fields) -> Configuration:
    """Read the configuration that BERT and its kin share.

    Parameters
    ----------
    fields : Fields
        The fields of ``config.json``.

    Returns
    -------
    Configuration
        The encoder.

    Raises
    ------
    InputError
        For a size that is missing or impossible, or a variant that the network does not have.
    """
    fields.require("position_embedding_type", "absolute", "use a model with absolute positions")
    fields.require("is_decoder", False, "use an encoder")
    fields.require("add_cross_attention", False, "use an encoder")
    return Configuration(
        vocabulary=fields.size("vocab_size"),
        width=fields.size("hidden_size"),
        heads=fields.heads("num_attention_heads", "hidden_size"),
        layers=fields.size("num_hidden_layers", most=MOST_LAYERS),
        feedforward=fields.size("intermediate_size"),
        longest=fields.size("max_position_embeddings"),
        segments=fields.size("type_vocab_size"),
        placement="post",
        norm_scale="root",
        epsilon=fields.number("layer_norm_eps", 1e-12),
        activation=fields.activation("hidden_act"),
        biases=IN_NETWORK,
        positions="learned",
        embedding_norm=True,
    )


def _stacks(fields: Fields) -> tuple[Stack, ...]:
    return (Stack(configuration(fields), WHOLE, LAYER, IN_LAYER),)


def _drawn(name: str, _: Configuration, fields: Fields) -> Drawn:
    drawn = gains_and_normal(name, fields.number("initializer_range", 0.02))
    return Drawn(0.0, drawn.deviation, zero_row=fields.size("pad_token_id", 0, least=0)) if name == "tokens" else drawn


def _tied(fields: Fields) -> Ties:
    pair = ("embeddings.word_embeddings.weight", "cls.predictions.decoder.weight")
    return (pair,) if fields.flag("tie_word_embeddings", True) else ()


BERT = Architecture(
    title="BERT",
    stacks=_stacks,
    drawn=_drawn,
    prefix="bert.",
    aside=(r"cls\..*", *HEADS, *BUFFERS),
    tied=_tied,
    endings={"LayerNorm.gamma": "LayerNorm.weight", "LayerNorm.beta": "LayerNorm.bias"},
    no_head="BERT's head is a dense layer, a norm and a map, not one linear map",
)
