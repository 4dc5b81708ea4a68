"""T5: encoder and decoder with RMSNorm before each block, no biases, and scores not divided by √k (Raffel et al. 2020).

The only positions are a bias on the scores by bucketed distance, stored in the first layer of each stack and shared by the
others.  T5 v1.1 gates its feedforward blocks (``feed_forward_proj`` is ``gated-gelu``, where GELU is the one by tanh).
Encoder, decoder and, before v1.1, the head share one embedding, which a file may hold once or under each name.  The head is
left aside: where it is tied it multiplies the output by d^(−1/2), which is no map of the network.  A ``T5EncoderModel`` has no
decoder.  Parameters are drawn as Mesh TensorFlow draws them, so that products keep their size: queries with deviation
(d·k)^(−1/2), since nothing else divides scores.
"""

from __future__ import annotations

from sattheory.checkpoints.architectures.architecture import Architecture, Drawn, Stack, Ties
from sattheory.checkpoints.architectures.fields import INTACT, MOST_LAYERS, Fields, known_activation
from sattheory.checkpoints.containers.documents import shown
from sattheory.errors import InputError
from sattheory.network import Configuration
from sattheory.network.configuration import Activation

SHARED = ("shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight")
ENCODERS = {"T5EncoderModel", "T5ForTokenClassification"}
PROJECTION = "feed_forward_proj"


def _whole(side: str) -> dict[str, str]:
    return {
        "tokens": SHARED[0],
        "relative": f"{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
        "final_norm": f"{side}.final_layer_norm",
    }


def _in_layer(gated: bool, feedforward: int) -> dict[str, str]:
    inner = {"inner": "wi_1", "gate": "wi_0"} if gated else {"inner": "wi"}
    return {
        **{f"attention.{ours}": f"0.SelfAttention.{ours[0]}" for ours in ("query", "key", "value", "output")},
        "attention_norm": "0.layer_norm",
        **{f"cross.{ours}": f"1.EncDecAttention.{ours[0]}" for ours in ("query", "key", "value", "output")},
        "cross_norm": "1.layer_norm",
        **{f"feedforward.{ours}": f"{feedforward}.DenseReluDense.{theirs}" for ours, theirs in inner.items()},
        "feedforward.outer": f"{feedforward}.DenseReluDense.wo",
        "feedforward_norm": f"{feedforward}.layer_norm",
    }


def _feedforward(fields: Fields) -> tuple[Activation, bool]:
    """Read the activation and whether the block is gated; "gated-gelu" means the GELU by tanh, "gelu" the other."""
    found = fields.value(PROJECTION, "relu")
    if found == "gated-gelu":
        return "gelu_tanh", True
    gated = isinstance(found, str) and found.startswith("gated-")
    return known_activation(PROJECTION, found.removeprefix("gated-") if gated else found), gated


def _configuration(fields: Fields) -> Configuration:
    activation, gated = _feedforward(fields)
    buckets = fields.size("relative_attention_num_buckets", 32, least=4)
    furthest = fields.size("relative_attention_max_distance", 128)
    if furthest <= buckets // 2:
        given = f"relative_attention_max_distance={furthest}, relative_attention_num_buckets={buckets}"
        raise InputError(given, "half of the buckets are for single distances, and reach further than that", INTACT)
    return Configuration(
        vocabulary=fields.size("vocab_size"),
        width=fields.size("d_model"),
        heads=fields.size("num_heads"),
        layers=fields.size("num_layers", most=MOST_LAYERS),
        key_width=(head := fields.size("d_kv")),
        value_width=head,
        feedforward=fields.size("d_ff"),
        placement="pre",
        norm="rms",
        norm_scale="root",
        epsilon=fields.number("layer_norm_epsilon", 1e-6),
        activation=activation,
        gated=gated,
        positions="relative",
        scaled_scores=False,
        final_norm=True,
        buckets=buckets,
        furthest=furthest,
    )


def _has_decoder(fields: Fields) -> bool:
    classes = fields.value("architectures", [])
    if not isinstance(classes, list):
        raise InputError(f"architectures={shown(classes)}", "it must be a list of names", INTACT)
    return fields.flag("is_encoder_decoder", True) and not any(name in ENCODERS for name in classes if isinstance(name, str))


def _stacks(fields: Fields) -> tuple[Stack, ...]:
    kind = _configuration(fields)
    encoder = Stack(kind, _whole("encoder"), "encoder.block.{}.layer.", _in_layer(kind.gated, 1))
    if not _has_decoder(fields):
        return (encoder,)
    layers = fields.size("num_decoder_layers", kind.layers, most=MOST_LAYERS)
    decoding = kind.replace(layers=layers, mask="causal", cross_attention=True)
    return encoder, Stack(decoding, _whole("decoder"), "decoder.block.{}.layer.", _in_layer(kind.gated, 2))


def _drawn(name: str, kind: Configuration, fields: Fields) -> Drawn:
    factor, d = fields.number("initializer_factor", 1.0, below=1e6), kind.width
    if name.endswith("gain"):
        return Drawn(factor, 0.0)
    inputs = {
        "tokens": 1,
        "query.weight": d * kind.key_width,
        "output.weight": kind.heads * kind.key_width,
        "outer.weight": kind.feedforward,
    }
    return Drawn(0.0, factor * next((size for end, size in inputs.items() if name.endswith(end)), d) ** -0.5)


def _tied(fields: Fields) -> Ties:
    """Name the embeddings; transformers 5 writes ``tie_word_embeddings`` true for v1.1 too, and tells it by the other key."""
    head = fields.flag("tie_word_embeddings", True) and fields.flag("scale_decoder_outputs", True)
    return ((*SHARED, "lm_head.weight") if head else SHARED,)


T5 = Architecture(
    title="T5",
    stacks=_stacks,
    drawn=_drawn,
    prefix="transformer.",
    aside=(
        r"lm_head\.weight",
        r"decoder\.block\.0\.layer\.1\.EncDecAttention\.relative_attention_bias\.weight",
        r"(classification_head|classifier|qa_outputs)\..*",
    ),
    tied=_tied,
    no_head="T5's head reads the output times d^(−1/2), and belongs to the decoder",
)
