"""Which part of a network a tensor belongs to, read from its name alone.

The paper's norms "count encoder matrices only: no embeddings, no scalars" (figure 1).  A file knows no such words: BERT calls a
query map ``encoder.layer.3.attention.self.query.weight``, GPT-2 keeps three maps in ``h.3.attn.c_attn.weight``, T5 writes
``block.3.layer.0.SelfAttention.q.weight``, TransformerLens ``blocks.3.attn.W_Q``.  The table below reads them all.  The order
of its lines matters: the first that fits decides.

Three families follow.  *Embeddings* are what lies before the layers and after them: tables of tokens, positions and segments,
the head that turns vectors into tokens again, poolers, classifiers, and maps between the widths of these.  *Scalars*, as the
paper calls them, are gains and biases, whatever their number of axes.  The rest are *matrices*; a tensor whose name says nothing
is one if it has two axes or more.  Masks, triangles, tables of angles and running means are no parameters at all.

Layers are numbered within a stack, which is the text before the number: T5 has the stacks ``encoder`` and ``decoder``, CLIP
``text_model.encoder`` and ``vision_model.encoder``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

MATRIX, EMBEDDING, SCALAR = "matrix", "embedding", "scalar"
OTHER, FUSED, OUTSIDE = "other", "query, key, value in one", "pooler or classifier"
BUFFERS = re.compile(
    r"(^|[._])(inv_freq|masked_bias|position_ids|token_type_ids|num_batches_tracked|running_(mean|var)|IGNORE|(attn_)?mask"
    r"|(causal|attention)_mask|rotary_(sin|cos)|(sin|cos)_cached|alibi|relative_position_index|tril|pos_table)$|(^|\.)pe$"
)
MASK = re.compile(r"(^|\.)(attn|attention)\.bias$")  # a triangle of shape (1, 1, n, n) in GPT-2 and GPT-NeoX
KINDS: tuple[tuple[str, str], ...] = (
    (
        "position embedding",
        r"relative_attention_bias|relative_position_bias_table|rel_pos(_bias)?\b|rel_embeddings|\bwpe\b|W_pos\b|^positions$"
        r"|pos(ition(al|s)?)?_?emb|embed_positions|embeddings?\.positions?\b",
    ),
    ("segment embedding", r"token_type_embeddings|seg_embed|segment_embed|^segments$"),
    ("bias", r"bias(es)?$|bias_[ih]h|\bbeta$|(^|[._])b(_[A-Za-z]+)?$|r_[wrs]_bias$"),
    ("norm gain", r"(?:[Nn]orm|ln)[A-Za-z0-9_]*(?:\.\d+)?\.(weight|gain|gamma|scale|w)$|\bgamma$|layernorm_embedding\.weight$"),
    (
        "head",
        r"lm_head|embed_out|unembed|lm_loss|predictions\.decoder|output_projection|\bhead\.weight$|vocab_projector"
        r"|pred_layer\.proj|^generator\.proj|^output\.weight$",
    ),
    ("embedding projection", r"embedding_hidden_mapping_in|embeddings_project\b|\bproject_(in|out)\b"),
    (
        "token embedding",
        r"word_embeddings?|embed_tokens|\bwte\b|embed_in|\bshared\.weight|\bembed\b|W_E\b|tok_embeddings|^tokens$"
        r"|tok(en|ens)?_emb|word_emb|(^|\.)(src|tgt)_embed|patch_embed|class_embedding|cls_token",
    ),
    ("token embedding", r"(^|\.)(input_)?emb(eddings?)?\.weight$|mask_emb$"),
    (FUSED, r"query_key_value|c_attn|qkv|in_proj_weight"),
    ("relative key", r"rel_attn\.r$|relative\.weight$|r_net|\bpos_(key|query)_proj"),
    ("query", r"\bquery(_proj)?\b|\bq_proj|\bq_lin|attention\.q\b|attn\.q\b|(Attention|attn)\.q\.|\bW_Q$|\.wq\b"),
    ("key", r"\bkey(_proj)?\b|\bk_proj|\bk_lin|attention\.k\b|attn\.k\b|(Attention|attn)\.k\.|\bW_K$|\.wk\b"),
    ("value", r"\bvalue(_proj)?\b|\bv_proj|\bv_lin|attention\.v\b|attn\.v\b|(Attention|attn)\.v\.|\bW_V$|\.wv\b"),
    (
        "attention output",
        r"attention\.output|att(ention|n)\.(dense|c_proj|o|out_lin|wo)\b|attentions\.\d+\.out_lin|Attention\.o\.|\bo_proj|\bout_proj|\bW_O$",
    ),
    ("feedforward gate", r"gate_proj|\bwi_0\b|\bgate\.weight|\bW_gate$"),
    (
        "feedforward inner",
        r"intermediate\.dense|c_fc\b|dense_h_to_4h|\bwi(_1)?\b|up_proj|\bfc1\b|linear1|ff\.layer_1|\binner\b|\bW_in$|lin1\b"
        r"|\bfc_in\b|\bffn\.weight",
    ),
    (
        "feedforward outer",
        r"output\.dense|mlp\.c_proj|dense_4h_to_h|\bwo\b|down_proj|\bfc2\b|linear2|ff\.layer_2|\bouter\b|\bW_out$|lin2\b"
        r"|\bfc_out\b|\bffn_output\b",
    ),
)
EMBEDDINGS = ("token embedding", "position embedding", "segment embedding", "head", "embedding projection", OUTSIDE)
SCALARS = ("bias", "norm gain")
ORDER = (*dict.fromkeys(kind for kind, _ in KINDS), OUTSIDE, OTHER)
AROUND = re.compile(
    r"pooler|classif|^cls\.|seq_relationship|predictions?\b|vocab_transform|qa_outputs|\bscore\b|sequence_summary|logits_proj"
    r"|(text|visual)_projection|reward_head"
)
LANGUAGE_MODEL = re.compile(r"^(module\.)?(encoder|decoder)\.weight$")  # the names of PyTorch's own example of one
_READ = tuple((kind, re.compile(pattern)) for kind, pattern in KINDS)
_LAYER = re.compile(
    r"^(.*?)(?:^|[._])(?:layers?|blocks?|h|resblocks?|(encoder|decoder)s?|attentions|ffns|layer_norm[12])[._](\d+)(?=[._]|$)"
)


@dataclass(frozen=True)
class Role:
    """What a tensor is.

    Parameters
    ----------
    kind : str
        One of `ORDER`, such as ``query``.
    family : {"matrix", "embedding", "scalar"}
        What the paper's counting makes of it.
    stack : str
        The text before the number of its layer, such as ``decoder``; often empty.
    layer : int, optional
        Its layer, from 0; None outside the layers.
    """

    kind: str
    family: str
    stack: str
    layer: int | None


def role_of(name: str, shape: tuple[int, ...]) -> Role | None:
    """Tell what a tensor is from its name.

    Parameters
    ----------
    name : str
        Its name in the file.
    shape : tuple of int
        Its shape; decides between matrix and scalar where the name does not.

    Returns
    -------
    Role or None
        None for a buffer, which is no parameter.
    """
    if BUFFERS.search(name) or (len(shape) == 4 and MASK.search(name)):
        return None
    kind = next((kind for kind, pattern in _READ if pattern.search(name)), OTHER)
    place = _LAYER.search(name)
    if place is None:
        kind = OUTSIDE if kind not in (*EMBEDDINGS, *SCALARS) and len(shape) > 1 and AROUND.search(name) else kind
        return Role(kind, _family(kind, len(shape)), "", None)
    stack = ".".join(part for part in place.groups()[:2] if part)
    return Role(kind, _family(kind, len(shape)), stack, int(place[3]))


def roles_of(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Role | None]:
    """Tell what all tensors of a model are; some names mean something only beside each other.

    PyTorch's example of a language model calls its tables ``encoder.weight`` and ``decoder.weight``, as an autoencoder does its
    maps.  Two tables have the same shape, tokens × width; two maps that are not square never have.

    Parameters
    ----------
    shapes : mapping of str to tuple of int
        Names and shapes.

    Returns
    -------
    dict of str to Role or None
        As from `role_of`.
    """
    roles = {name: role_of(name, shape) for name, shape in shapes.items()}
    pair = sorted(name for name in shapes if LANGUAGE_MODEL.search(name))
    alike = {shapes[name] for name in pair}
    if len(pair) == 2 and len(alike) == 1 and len(shape := alike.pop()) == 2 and shape[0] != shape[1]:
        head, tokens = pair
        roles |= {head: Role("head", EMBEDDING, "", None), tokens: Role("token embedding", EMBEDDING, "", None)}
    return roles


def _family(kind: str, axes: int) -> str:
    if kind in EMBEDDINGS:
        return EMBEDDING
    return SCALAR if kind in SCALARS or axes < 2 else MATRIX
