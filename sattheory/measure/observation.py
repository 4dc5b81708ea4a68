"""One sentence, one network: the task that a measurement consists of, and what comes of it.

Its result depends on nothing but the network and the sentence, and it is small: a few numbers a layer, counts a head.  So it can
be done in any process or on any machine, and sent home.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sattheory.measure.cosines import TERMS, cosines
from sattheory.measure.heads import HeadCounts, observe
from sattheory.measure.networks import Source

Array = NDArray[Any]


@dataclass(frozen=True)
class Settings:
    """How sentences are measured.

    Parameters
    ----------
    terms : int
        Coefficients of the series to start with.
    hard : bool
        Whether to compute hard substitution too.
    special : mapping of str to int
        Numbers of the special tokens, which heads are told apart by.
    """

    terms: int = TERMS
    hard: bool = False
    special: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Task:
    """One sentence for one network.

    Parameters
    ----------
    which : {"trained", "twin"}
        The network.
    tokens : tuple of int
        The sentence.
    """

    which: str
    tokens: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Observation:
    """What one network did on one sentence.

    Parameters
    ----------
    gaps : mapping of str to ndarray, shape (L + 1,)
        1 − cosine, mean over positions, for each of `cosines.QUANTITIES`; nan where undecided.
    heads : HeadCounts
        What its heads attended to.
    undecided : str
        Why the limit is undecided; empty where it is decided.
    """

    gaps: Mapping[str, Array]
    heads: HeadCounts = field(repr=False)
    undecided: str = ""


def observe_sentence(source: Source, settings: Settings, task: Task) -> Observation:
    """Do one task.

    Parameters
    ----------
    source : Source
        Where the network comes from.
    settings : Settings
        How.
    task : Task
        What.

    Returns
    -------
    Observation
        What was seen.
    """
    network = source.network(task.which)
    found = cosines(network, np.array(task.tokens), terms=settings.terms, hard=settings.hard)
    heads = observe(found.limit, found.weights, settings.special)
    reason = "" if found.undecided is None else str(found.undecided)
    return Observation({name: gap[0] for name, gap in found.gaps.items()}, heads, reason)
