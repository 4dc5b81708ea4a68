"""Heads made by hand, one of each sort, in one layer: what each attends to is known without running it.

A token is a unit vector in the first coordinates, a position one in the last; scores are products of a 0/1 query and a 0/1 key,
so that every tie is exact.  Values are zero: the stream never changes.
"""

from __future__ import annotations

import numpy as np

import sattheory as st
from sattheory.network.configuration import Configuration
from sattheory.network.initialise import fill

CLS, SEP, UNK, WORDS, LONGEST = 0, 1, 2, 16, 14
SPECIAL = {"cls": CLS, "sep": SEP, "unk": UNK}
V = 3 + WORDS
MADE = ("previous", "next", "first", "self", "separator", "offset", "position", "mean", "word", "unknown")


def matrices(name):
    """Query and key maps (k, d) of one head, k = P + 2."""
    query, key = np.zeros((2, LONGEST + 2, V + LONGEST))
    rows = np.arange(LONGEST)
    positions, words = slice(V, None), slice(0, V)
    shift = {"previous": 1, "next": -1, "self": 0, "offset": 2}
    if name in shift:
        query[rows, V + rows] = 1
        moved = rows + shift[name]
        key[moved[moved >= 0], V + rows[moved >= 0]] = 1
    elif name != "mean":
        query[0, positions] = 1
        key[0, words] = {"separator": np.arange(V) == SEP, "unknown": np.arange(V) == UNK, "word": np.arange(V)}.get(name, 0)
        key[0, positions] = {"first": rows == 0, "position": rows == 3}.get(name, 0)
    return query, key


def network(names=MADE, mask="none", **choices):
    """One layer with the heads of these names."""
    kind = Configuration(
        vocabulary=V,
        width=V + LONGEST,
        heads=len(names),
        key_width=LONGEST + 2,
        value_width=1,
        positions="learned",
        longest=LONGEST,
        scaled_scores=False,
        mask=mask,
        **choices,
    )
    made = [matrices(name) for name in names]
    arrays = {
        "tokens": np.eye(V, V + LONGEST),
        "positions": np.eye(LONGEST, V + LONGEST, V),
        "query.weight": np.concatenate([query for query, _ in made]),
        "key.weight": np.concatenate([key for _, key in made]),
    }

    def entries(name, shape):
        return next((array for ending, array in arrays.items() if name.endswith(ending)), np.zeros(shape))

    return st.Transformer(kind, fill(kind, entries))


def sentence(seed, n):
    """[CLS], n − 2 different words in random order, the separator."""
    words = np.random.default_rng(seed).permutation(np.arange(3, V))[: n - 2]
    return [CLS, *(int(word) for word in words), SEP]


SENTENCES = [sentence(seed, 8 + seed % 7) for seed in range(8)]
