"""Certificates in several variables: the halving of `certificate`, on boxes.

A product of balls covers a box as a ball covers an interval, and an undecided box is halved along its widest side.  The unit of
width is each side's first width.  Infinite domains become boxes by substitution: where only e^{−(c−1)x} counts, all c ≥ 1 are
one variable t in [0, 1], and t = 0 is the limit c → ∞.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from sattheory.claims.evidence import Effort, Evidence, Outcome, Planted
from sattheory.claims.formulas import real
from sattheory.claims.inequality import Pairs, Truth, decide, decide_all, exact_text

FIRST_BITS = 64
Box = tuple[tuple[Fraction, Fraction], ...]


def over(box: Box) -> list[Any]:
    """Cover a box with balls.

    Parameters
    ----------
    box : tuple of (low, high)
        A side for each variable.

    Returns
    -------
    list of arb
        A ball for each variable, at the current precision.
    """
    return [real(low).union(real(high)) for low, high in box]


def halves(box: Box, first: Box) -> tuple[Box, Box]:
    """Halve a box along the side that is widest, measured by the sides of the first box.

    Parameters
    ----------
    box, first : tuple of (low, high)
        The box and what it is a part of; no side of the first box is a point.

    Returns
    -------
    tuple of boxes
        The two halves.
    """
    shares = [(high - low) / (end - start) for (low, high), (start, end) in zip(box, first, strict=True)]
    i = max(range(len(box)), key=shares.__getitem__)
    low, high = box[i]
    middle = (low + high) / 2
    return (*box[:i], (low, middle), *box[i + 1 :]), (*box[:i], (middle, high), *box[i + 1 :])


def cover_box(check: Callable[..., Pairs], box: Box, deepest: int) -> tuple[Truth, int, Box]:
    """Decide inequalities on a box, halving where they are undecided.

    Parameters
    ----------
    check : callable
        A ball for each variable to pairs (left, right); left ≤ right is to be shown.
    box : tuple of (low, high)
        The box.
    deepest : int
        How often a piece may be halved.

    Returns
    -------
    Truth, int, tuple
        What is known, the number of pieces that hold, and the last piece looked at.
    """
    waiting, pieces, piece = [(box, 0)], 0, box
    while waiting:
        piece, depth = waiting.pop()
        truth = _truth(check, piece, depth == deepest)
        if truth is Truth.HOLDS:
            pieces += 1
        elif truth is Truth.VIOLATED or depth == deepest:
            return truth, pieces, piece
        else:
            waiting += [(half, depth + 1) for half in halves(piece, box)]
    return Truth.HOLDS, pieces, piece


def _truth(check: Callable[..., Pairs], piece: Box, last: bool) -> Truth:
    """Decide with few bits, for width hinders more than rounding; on the smallest pieces with as many as it takes."""
    from flint import ctx

    if last:
        return decide_all(lambda: check(*over(piece)))
    with ctx.workprec(FIRST_BITS):
        known = {decide(left, right) for left, right in check(*over(piece))}
    return next((truth for truth in (Truth.VIOLATED, Truth.UNDECIDED) if truth in known), Truth.HOLDS)


@dataclass(frozen=True)
class BoxCertificate(Evidence):
    """Inequalities shown on a whole box, piece by piece, on balls.

    Parameters
    ----------
    says : str
        The inequalities.
    domain : str
        The box in words, as the verdict shows it.
    box : tuple of (low, high)
        A side of exact ends for each variable.
    check : callable
        A ball for each variable to pairs (left, right); left ≤ right is to be shown.
    deepest : int
        How often a piece may be halved.
    planted : tuple of Planted
        Checks that fail somewhere on the box.
    """

    kind: ClassVar[str] = "certificate"
    says: str
    domain: str
    box: Box
    check: Callable[..., Pairs]
    deepest: int = 16
    planted: tuple[Planted, ...] = ()

    def _examine(self, effort: Effort) -> Outcome:
        truth, pieces, piece = cover_box(self.check, self.box, self.deepest)
        if truth is Truth.HOLDS:
            return Outcome(self.kind, self.says, "holds", {"domain": self.domain, "pieces": pieces}, asserted=1)
        details = {"domain": self.domain, "piece": exact_text(piece), "known": truth.value}
        return Outcome(self.kind, self.says, "refuted" if truth is Truth.VIOLATED else "failed", details)

    def _with(self, error: Planted) -> BoxCertificate:
        return dataclasses.replace(self, check=error.check, planted=())

    def _rejects(self, outcome: Outcome) -> bool:
        return outcome.status != "holds"

    def _errors(self) -> tuple[Planted, ...]:
        return self.planted
