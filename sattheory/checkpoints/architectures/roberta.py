"""RoBERTa: BERT's encoder under another name, whose positions begin after that of the padding (Liu et al. 2019).

fairseq numbers positions from ``pad_token_id`` + 1 (= 2), and gives padding the number ``pad_token_id``.  Text therefore never
sees the first pad + 1 rows of the table: they are left out, and a sequence of n tokens reads rows 0 … n − 1 of what remains,
as everywhere in this package.
"""

from __future__ import annotations

from sattheory.checkpoints.architectures import bert
from sattheory.checkpoints.architectures.architecture import Architecture, Drawn, Stack, Stored, Table, Ties, gains_and_normal
from sattheory.checkpoints.architectures.fields import INTACT, Fields
from sattheory.checkpoints.architectures.layouts import last_rows
from sattheory.errors import InputError
from sattheory.network import Configuration

ROWS = "max_position_embeddings"
WHOLE: Table = {**bert.WHOLE, "positions": Stored("embeddings.position_embeddings.weight", last_rows(ROWS))}


def _padding(fields: Fields) -> int:
    return fields.size("pad_token_id", 1, least=0)


def _stacks(fields: Fields) -> tuple[Stack, ...]:
    kind, first = bert.configuration(fields), _padding(fields) + 1
    if kind.longest <= first:
        given = f"{ROWS}={kind.longest}, pad_token_id={first - 1}"
        raise InputError(given, f"positions begin at row {first}, so none is left for text", INTACT)
    return (Stack(kind.replace(longest=kind.longest - first), WHOLE, bert.LAYER, bert.IN_LAYER),)


def _drawn(name: str, _: Configuration, fields: Fields) -> Drawn:
    drawn = gains_and_normal(name, fields.number("initializer_range", 0.02))
    return Drawn(0.0, drawn.deviation, zero_row=_padding(fields)) if name == "tokens" else drawn


def _tied(fields: Fields) -> Ties:
    pair = ("embeddings.word_embeddings.weight", "lm_head.decoder.weight")
    return (pair,) if fields.flag("tie_word_embeddings", True) else ()


ROBERTA = Architecture(
    title="RoBERTa",
    stacks=_stacks,
    drawn=_drawn,
    prefix="roberta.",
    aside=(r"lm_head\..*", *bert.HEADS, *bert.BUFFERS),
    tied=_tied,
    endings=bert.BERT.endings,
    no_head="RoBERTa's head is a dense layer, a norm and a map, not one linear map",
)
