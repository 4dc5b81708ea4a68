"""Certificates: what balls show on a whole interval, and numbers enclosed once and for all.

A ball that covers an interval gives bounds on a function for every point of it at once; where they are too wide the interval is
halved.  The same halving brackets a supremum: no piece exceeds the upper end, some point reaches the lower one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

from sattheory.claims import kept
from sattheory.claims.evidence import USUAL, Effort, Evidence, Outcome, Planted
from sattheory.claims.formulas import evaluate, real
from sattheory.claims.inequality import Pairs, Truth, decide, decide_all, enclose, exact_text

DEEPEST, BITS, GRID, ZOOMS = 16, 256, 32, 8
Cover = tuple[Truth, int, tuple[Fraction, Fraction]]


def cover(check: Callable[[Any], Pairs], low: Fraction, high: Fraction, deepest: int) -> Cover:
    """Decide inequalities on an interval, halving where they are undecided.

    Parameters
    ----------
    check : callable
        A ball x to pairs (left, right); left ≤ right is to be shown.
    low, high : Fraction
        Ends of the interval.
    deepest : int
        How often a piece may be halved.

    Returns
    -------
    Truth, int, tuple of Fraction
        What is known, the number of pieces that hold, and the last piece looked at.
    """
    waiting, pieces, piece = [(low, high, 0)], 0, (low, high)
    while waiting:
        left, right, depth = waiting.pop()
        piece = left, right
        truth = decide_all(lambda ends=piece: check(real(ends[0]).union(real(ends[1]))))  # type: ignore[misc]
        if truth is Truth.HOLDS:
            pieces += 1
        elif truth is Truth.VIOLATED or depth == deepest:
            return truth, pieces, piece
        else:
            middle = (left + right) / 2
            waiting += [(left, middle, depth + 1), (middle, right, depth + 1)]
    return Truth.HOLDS, pieces, piece


@dataclass(frozen=True)
class Certificate(Evidence):
    """An inequality shown on a whole interval, piece by piece, on balls.

    Parameters
    ----------
    says : str
        The inequality.
    domain : str
        The interval in words, as the verdict shows it.
    interval : tuple of Fraction
        Its ends.
    check : callable
        A ball x to a pair (left, right), or several; left ≤ right is to be shown.
    deepest : int
        How often a piece may be halved.
    planted : tuple of Planted
        Checks that fail somewhere on the interval.
    """

    kind: ClassVar[str] = "certificate"
    says: str
    domain: str
    interval: tuple[Fraction, Fraction]
    check: Callable[[Any], Pairs]
    deepest: int = 10
    planted: tuple[Planted, ...] = ()

    def _examine(self, effort: Effort) -> Outcome:
        truth, pieces, piece = cover(self.check, *self.interval, self.deepest)
        if truth is Truth.HOLDS:
            return Outcome(self.kind, self.says, "holds", {"domain": self.domain, "pieces": pieces}, asserted=1)
        details = {"domain": self.domain, "piece": exact_text(piece), "known": truth.value}
        return Outcome(self.kind, self.says, "refuted" if truth is Truth.VIOLATED else "failed", details)

    def _with(self, error: Planted) -> Certificate:
        return dataclasses.replace(self, check=error.check, planted=())

    def _rejects(self, outcome: Outcome) -> bool:
        return outcome.status != "holds"

    def _errors(self) -> tuple[Planted, ...]:
        return self.planted


@dataclass(frozen=True)
class Constants(Evidence):
    """Numbers enclosed with balls: values of formulas, and suprema over intervals.

    Its planted errors are made from the brackets themselves: each end is moved past the number.

    Parameters
    ----------
    claim : str
        Id of the claim, whose folder in ``proofs/`` keeps ``constants.json``.
    root : Path, optional
        Folder of proofs; this package's when left out.
    """

    kind: ClassVar[str] = "certificate"
    claim: str
    root: Path | None = None

    @property
    def says(self) -> str:  # type: ignore[override]
        """Say which numbers.

        Returns
        -------
        str
            Their names and brackets.
        """
        return "; ".join(f"{entry['lower']} ≤ {entry['name']} ≤ {entry['upper']}" for entry in self._entries()[0])

    def _entries(self) -> tuple[list[dict[str, Any]], str]:
        content = kept.read(kept.folder(self.claim, self.root) / kept.CONSTANTS, self.claim)
        if content is None:
            return [], f"proofs/{self.claim}/{kept.CONSTANTS} is not there"
        fits = content.get("digest") == kept.digest(content)
        return content["constants"], "" if fits else "the kept file was edited: its digest does not fit"

    def _examine(self, effort: Effort) -> Outcome:
        entries, reason = self._entries()
        wrong = [entry["name"] for entry in entries if not bracketed(entry)]
        names = ", ".join(entry["name"] for entry in entries)
        if reason or wrong or not entries:
            reason = reason or f"not enclosed: {', '.join(wrong) or 'nothing is listed'}"
            return Outcome(self.kind, self.says, "failed", {"reason": reason, "domain": names})
        return Outcome(self.kind, self.says, "holds", {"domain": names, "constants": entries}, asserted=len(entries))

    def run_controls(self, effort: Effort = USUAL) -> list[Outcome]:
        """Move each end of each bracket past the number.

        Parameters
        ----------
        effort : Effort
            Not used.

        Returns
        -------
        list of Outcome
            ``rejected`` for each bracket that is recognised as wrong.
        """
        entries, _ = self._entries()
        moved = [(entry["name"], bracketed(wrong)) for entry in entries for wrong in _misplaced(entry)]
        return [Outcome(self.kind, f"{name}: a bracket beside it", "accepted" if held else "rejected") for name, held in moved]

    def _with(self, error: Planted) -> Constants:
        return self

    def _rejects(self, outcome: Outcome) -> bool:
        return outcome.status == "failed"

    def _errors(self) -> tuple[Planted, ...]:
        return ()


def _misplaced(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Shift a bracket upwards and downwards by twice its width."""
    lower, upper = Fraction(entry["lower"]), Fraction(entry["upper"])
    shifts = (2 * (upper - lower), 2 * (lower - upper))
    return [dict(entry) | {"lower": str(lower + shift), "upper": str(upper + shift)} for shift in shifts]


def bracketed(entry: Mapping[str, Any]) -> bool:
    """Decide whether a number lies between two rationals.

    Parameters
    ----------
    entry : mapping
        ``formula``, ``point``, ``where``, ``lower``, ``upper``, and ``maximise`` for a supremum over an interval.

    Returns
    -------
    bool
        Whether it certainly does.
    """
    lower, upper = Fraction(entry["lower"]), Fraction(entry["upper"])
    if "maximise" not in entry:
        return decide_all(lambda: _between(_value(entry, {}), lower, upper)) is Truth.HOLDS
    variable = entry["maximise"]["variable"]
    ends = Fraction(entry["maximise"]["from"]), Fraction(entry["maximise"]["to"])
    below = cover(lambda x: [(_value(entry, {variable: x}), real(upper))], *ends, DEEPEST)[0]
    return below is Truth.HOLDS and _reaches(entry, variable, ends, lower)


def _between(value: Any, lower: Fraction, upper: Fraction) -> Pairs:
    return [(real(lower), value), (value, real(upper))]


def _reaches(entry: Mapping[str, Any], variable: str, ends: tuple[Fraction, Fraction], lower: Fraction) -> bool:
    """Look for a point at which the formula is at least `lower`: the best of a grid, then a finer grid around it, and so on."""
    from flint import ctx

    low, high = ends
    with ctx.workprec(BITS):
        for _ in range(ZOOMS):
            points = [low + (high - low) * Fraction(i, GRID) for i in range(GRID + 1)]
            values = [_value(entry, {variable: real(point)}) for point in points]
            best = max(range(GRID + 1), key=lambda i: float(values[i].mid()))
            if decide(real(lower), values[best]) is Truth.HOLDS:
                return True
            low, high = points[max(best - 1, 0)], points[min(best + 1, GRID)]
    return False


def _value(entry: Mapping[str, Any], extra: Mapping[str, Any]) -> Any:
    names = {name: enclose(kept.exact(value)) for name, value in entry.get("point", {}).items()} | dict(extra)
    for name, formula in entry.get("where", {}).items():
        names[name] = evaluate(formula, names)
    return evaluate(entry["formula"], names)
