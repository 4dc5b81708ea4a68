"""Which part of a network a tensor belongs to, read from its name alone.

The paper's norms "count encoder matrices only: no embeddings, no scalars" (figure 1).  A file knows no such words: BERT calls a
query map ``encoder.layer.3.attention.self.query.weight``, GPT-2 keeps three maps in ``h.3.attn.c_attn.weight``, T5 writes
``block.3.layer.0.SelfAttention.q.weight``, TransformerLens ``blocks.3.attn.W_Q``.  The table below reads them all.  The order
of its lines matters: the first that fits decides.

Three families follow.  *Embeddings* are tables of tokens, positions and segments, and the head that turns vectors into tokens
again.  *Scalars*, as the paper calls them, are gains and biases, whatever their number of axes.  The rest are *matrices*; a
tensor whose name says nothing is one if it has two axes or more.  Masks, tables of angles and running means are no parameters
at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MATRIX, EMBEDDING, SCALAR = "matrix", "embedding", "scalar"
OTHER, FUSED = "other", "query, key, value in one"
BUFFERS = re.compile(
    r"(^|[._])(inv_freq|masked_bias|position_ids|token_type_ids|num_batches_tracked|running_(mean|var)|IGNORE|(attn_)?mask"
    r"|(causal|attention)_mask|rotary_(sin|cos)|(sin|cos)_cached|alibi|relative_position_index)$"
)
MASK = re.compile(r"(^|\.)(attn|attention)\.bias$")  # a triangle of shape (1, 1, n, n) in GPT-2 and GPT-NeoX
KINDS: tuple[tuple[str, str], ...] = (
    ("position embedding", r"relative_attention_bias|pos(ition)?_?embed|embed_positions|\bwpe\b|W_pos\b|^positions$"),
    ("segment embedding", r"token_type_embeddings|seg_embed|segment_embed|^segments$"),
    ("bias", r"bias(es)?$|bias_[ih]h|\bbeta$|(^|[._])b(_[A-Za-z]+)?$|r_[wrs]_bias$"),
    ("norm gain", r"(?:[Nn]orm|ln)[A-Za-z0-9_]*\.(weight|gain|gamma|scale|w)$|\bgamma$|layernorm_embedding\.weight$"),
    ("head", r"lm_head|embed_out|unembed|lm_loss|cls\.predictions\.decoder|output_projection|\bhead\.weight$"),
    (
        "token embedding",
        r"word_embeddings?|embed_tokens|\bwte\b|embed_in|\bshared\.weight|\bembed\b|W_E\b|tok_embeddings|^tokens$",
    ),
    ("token embedding", r"(^|\.)embeddings?\.weight$|mask_emb$"),
    (FUSED, r"query_key_value|c_attn|qkv|in_proj_weight"),
    ("relative key", r"rel_attn\.r$|relative\.weight$|r_net"),
    ("query", r"\bquery\b|\bq_proj|\bq_lin|attention\.q\b|attn\.q\b|(Attention|attn)\.q\.|\bW_Q$|\.wq\b"),
    ("key", r"\bkey\b|\bk_proj|\bk_lin|attention\.k\b|attn\.k\b|(Attention|attn)\.k\.|\bW_K$|\.wk\b"),
    ("value", r"\bvalue\b|\bv_proj|\bv_lin|attention\.v\b|attn\.v\b|(Attention|attn)\.v\.|\bW_V$|\.wv\b"),
    (
        "attention output",
        r"attention\.output|att(ention|n)\.(dense|c_proj|o|out_lin|wo)\b|Attention\.o\.|\bo_proj|\bout_proj|\bW_O$",
    ),
    ("feedforward gate", r"gate_proj|\bwi_0\b|\bgate\.weight|\bW_gate$"),
    (
        "feedforward inner",
        r"intermediate\.dense|c_fc\b|dense_h_to_4h|\bwi(_1)?\b|up_proj|\bfc1\b|linear1|ff\.layer_1|\binner\b|\bW_in$|lin1\b",
    ),
    (
        "feedforward outer",
        r"output\.dense|mlp\.c_proj|dense_4h_to_h|\bwo\b|down_proj|\bfc2\b|linear2|ff\.layer_2|\bouter\b|\bW_out$|lin2\b",
    ),
)
EMBEDDINGS = ("token embedding", "position embedding", "segment embedding", "head")
SCALARS = ("bias", "norm gain")
ORDER = (*dict.fromkeys(kind for kind, _ in KINDS), OTHER)
_READ = tuple((kind, re.compile(pattern)) for kind, pattern in KINDS)
_LAYER = re.compile(r"(?:^|[._])(?:layers?|blocks?|h|resblocks?|encoders?|decoders?)[._](\d+)(?=[._]|$)")
_STACK = re.compile(r"(?:^|[._])(encoder|decoder)(?=[._])")


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
        ``encoder``, ``decoder``, or empty.
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
    layer, stack = _LAYER.search(name), _STACK.search(name)
    return Role(kind, _family(kind, len(shape)), stack[1] if stack else "", int(layer[1]) if layer else None)


def _family(kind: str, axes: int) -> str:
    if kind in EMBEDDINGS:
        return EMBEDDING
    return SCALAR if kind in SCALARS or axes < 2 else MATRIX
