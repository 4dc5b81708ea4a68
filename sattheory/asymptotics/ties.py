"""Ties of attention scores, and what decided them, in words.

A tie is a query whose best keys have equal scores at the leading power of c.  A lower positive power may separate them (then
one wins outright), or none does, and the weights are finite: uniform if the scores agree for good, soft if a bounded
difference stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sattheory.arithmetic.operations import Place
from sattheory.arithmetic.series import Series

Array = NDArray[Any]
EVEN = 1e-12


@dataclass(frozen=True)
class Tie:
    """One query whose best keys tie at the leading power.

    Parameters
    ----------
    place : Place
        Layer and block.
    batch : tuple of int
        Which sequence of a batch; empty without one.
    head, query : int
        Head and position, from 0.
    tied : tuple of int
        Keys tied at the leading power.
    winners : tuple of int
        Keys that keep a weight.
    weights : tuple of float
        Their limit weights.
    kind : {"lexicographic", "uniform", "soft"}
        Decided by a lower power; never decided, equal weights; never decided, unequal weights.
    degree, level : int
        Degree of the scores; the power that eliminated the last loser (0 if none did).
    gap : float
        The difference there.
    assumed : bool
        Whether an equality on the way holds to a tolerance only.
    """

    place: Place
    batch: tuple[int, ...]
    head: int
    query: int
    tied: tuple[int, ...]
    winners: tuple[int, ...]
    weights: tuple[float, ...]
    kind: Literal["lexicographic", "uniform", "soft"]
    degree: int
    level: int
    gap: float
    assumed: bool

    def __str__(self) -> str:
        batch = f"sequence {self.batch[0]}, " if self.batch else ""
        where = f"layer {self.place.layer}, {batch}head {self.head}, query {self.query}"
        start = (
            f"keys {_list(self.tied)} tie at c^{self.degree}" if self.degree > 0 else f"scores do not grow (degree {self.degree})"
        )
        if self.kind == "lexicographic":
            what = "wins" if len(self.winners) == 1 else "are left and share the weight evenly"
            end = f"decided at c^{self.level} by {self.gap:.6g}: {_list(self.winners)} {what}"
        elif self.kind == "uniform":
            end = f"equal in every power that counts: {_list(self.winners)} share the weight evenly"
        else:
            shown = ", ".join(f"{w:.6f}" for w in self.weights)
            end = f"no positive power separates {_list(self.winners)}: soft weights {shown} from the terms of degree 0"
        return f"{where}: {start}; {end}{' (equality assumed to tolerance)' if self.assumed else ''}"


def _list(numbers: tuple[int, ...]) -> str:
    shown = [str(i) for i in numbers[:6]] + (["…"] if len(numbers) > 6 else [])
    return "{" + ", ".join(shown) + "}"


def ties_of(place: Place, weights: Series) -> Iterator[Tie]:
    """Go through the ties of one attention block.

    Parameters
    ----------
    place : Place
        Which block.
    weights : Series, shape (…, h, n, m)
        Its limit weights with their decision.

    Yields
    ------
    Tie
        One for each query with more than one best key at the leading power.
    """
    decision = weights.decision
    if decision is None:
        return
    leading = decision.leading if decision.degree > 0 else decision.winners
    for index in np.argwhere(leading.sum(axis=-1) > 1):
        at = tuple(int(i) for i in index)
        won = np.flatnonzero(decision.winners[at])
        shares = np.broadcast_to(weights.coefficient(0), decision.winners.shape)[at][won]
        yield Tie(
            place=place,
            batch=at[:-2],
            head=at[-2],
            query=at[-1],
            tied=tuple(int(i) for i in np.flatnonzero(leading[at])),
            winners=tuple(int(i) for i in won),
            weights=tuple(float(w) for w in shares),
            kind=_kind(shares, int(leading[at].sum())),
            degree=decision.degree,
            level=int(decision.level[at]),
            gap=float(decision.gap[at]),
            assumed=bool(decision.assumed[at]),
        )


def shared_evenly(weights: Array, winners: Array) -> Array:
    """Say of each query whether its winners have the same weight, to 10⁻¹² of it.

    Parameters
    ----------
    weights : ndarray, shape (…, m)
        Limit weights.
    winners : ndarray of bool, shape (…, m)
        Keys that keep a weight; one at least.

    Returns
    -------
    ndarray of bool, shape (…,)
        True also for a single winner.
    """
    most = np.where(winners, weights, -np.inf).max(axis=-1)
    least = np.where(winners, weights, np.inf).min(axis=-1)
    return np.asarray(most - least <= EVEN * most)


def _kind(shares: Array, tied: int) -> Literal["lexicographic", "uniform", "soft"]:
    if not shared_evenly(shares, np.ones(len(shares), dtype=bool)):
        return "soft"
    return "lexicographic" if len(shares) < tied else "uniform"
