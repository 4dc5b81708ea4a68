"""Suprema over a half-line: balls on an interval, and beyond it a bound that is derived.

On [0, cut] the function is enclosed piece by piece by its value in the middle and its slope on the piece: it lies in
f(m) + f'(piece)(x − m), which a Taylor series of length two on balls gives at once.  Near the maximum the slope is small, so few
pieces are needed.  No ball reaches infinity: beyond the cut a falling function that is never smaller takes over.  Steps show
both, and balls that its value at the cut is below the maximum.  A point where the lower end is reached completes the bracket.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from sattheory.claims.boxes import cover_box
from sattheory.claims.evidence import Effort, Evidence, Outcome, Planted, Step
from sattheory.claims.formulas import real
from sattheory.claims.inequality import Truth, decide_all

DEEPEST = 24


def centred(function: Callable[[Any], Any], x: Any) -> Any:
    """Enclose a function on a ball by its value in the middle and its slope.

    Parameters
    ----------
    function : callable
        Takes balls, and python-flint's ``arb_series`` in their place.
    x : arb
        A ball.

    Returns
    -------
    arb
        A ball that contains f(x) for every x in the ball; it says nothing where a denominator may vanish.
    """
    from flint import arb, arb_series

    middle = x.mid()
    try:
        slope = function(arb_series([x, 1], prec=2))[1]
    except ValueError:
        return arb("nan")
    return function(middle) + slope * (x - middle)


@dataclass(frozen=True)
class Tail:
    """What bounds a function beyond the cut.

    Parameters
    ----------
    says : str
        The bound, as the report shows it.
    bound : callable
        A ball to the bound there.
    steps : tuple of Step
        That it is a bound beyond the cut, and falls there.
    """

    says: str
    bound: Callable[[Any], Any]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Supremum(Evidence):
    """A bracket of sup f over [0, ∞).

    Parameters
    ----------
    says : str
        Which number, between which ends.
    name : str
        Formula of f, as the report shows it.
    function : callable
        f, on balls and on ``arb_series``.
    lower, upper : Fraction
        The bracket.
    point : Fraction
        Where at least `lower` is reached.
    cut : Fraction
        Where the tail begins.
    tail : Tail
        The bound beyond.
    planted : tuple of Planted
        Functions of this evidence to a wrong variant of it, beside brackets that miss the number.
    """

    kind: ClassVar[str] = "certificate"
    says: str
    name: str
    function: Callable[[Any], Any]
    lower: Fraction
    upper: Fraction
    point: Fraction
    cut: Fraction
    tail: Tail
    planted: tuple[Planted, ...] = ()

    def _examine(self, effort: Effort) -> Outcome:
        truth, pieces, _ = cover_box(
            lambda x: [(centred(self.function, x), real(self.upper))], ((Fraction(0), self.cut),), DEEPEST
        )
        steps = [
            Step(f"{self.name} ≤ {float(self.upper)} on [0, {self.cut}], on {pieces} pieces", lambda: truth is Truth.HOLDS),
            Step(f"{self.name} ≥ {float(self.lower)} at {float(self.point)}", self._reached),
            *self.tail.steps,
            Step(f"{self.tail.says}, which is below at {self.cut}", self._beyond),
        ]
        told = [step.report() for step in steps]
        holds = all(step["holds"] is not False for step in told)
        details = {"domain": f"[0, ∞): balls up to {self.cut}, beyond it {self.tail.says}", "pieces": pieces, "steps": told}
        return Outcome(self.kind, self.says, "holds" if holds else "failed", details, asserted=len(told))

    def _reached(self) -> bool:
        return decide_all(lambda: [(real(self.lower), self.function(real(self.point)))]) is Truth.HOLDS

    def _beyond(self) -> bool:
        return decide_all(lambda: [(self.tail.bound(real(self.cut)), real(self.lower))]) is Truth.HOLDS

    def _with(self, error: Planted) -> Supremum:
        variant: Supremum = error.check(self)
        return dataclasses.replace(variant, planted=())

    def _rejects(self, outcome: Outcome) -> bool:
        return outcome.status == "failed"

    def _errors(self) -> tuple[Planted, ...]:
        above = Planted(f"{self.name}: a bracket above the number", lambda whole: whole._shifted(2))
        beneath = Planted(f"{self.name}: a bracket below the number", lambda whole: whole._shifted(-2))
        return above, beneath, *self.planted

    def _shifted(self, widths: int) -> Supremum:
        shift = widths * (self.upper - self.lower)
        return dataclasses.replace(self, lower=self.lower + shift, upper=self.upper + shift)
