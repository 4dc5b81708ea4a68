"""The falsifier: Hypothesis looks for a case that breaks a property, guided towards it, and shrinks what it finds.

A property is judged with certainty (`Truth`) and says how near it came to failing, which Hypothesis' ``target`` then drives up.
The seed is fixed and no database is read, so a hunt repeats; a limit on process time, not on the clock, keeps it short on a busy
machine as well.  Drawing through Hypothesis costs far more than judging, so cases may be drawn several at a time.  Only distinct
cases count: Hypothesis likes to repeat itself inside a list, and a case seen again shows nothing new.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sattheory.claims.inequality import Truth, exact_text

Case = Mapping[str, Any]
Judge = Callable[[Case], tuple[Truth, float]]
MANY, ROUNDS, SPARE, RARE = 1_000_000, 8, 4, 1 / 20


@dataclass
class Hunt:
    """What a hunt has seen.

    Parameters
    ----------
    examples, undecided : int
        Distinct cases judged, and those that could not be decided.
    violation : mapping or None
        The smallest case that breaks the property.
    """

    examples: int = 0
    undecided: int = 0
    violation: Case | None = None


class _Violated(AssertionError):
    """Tells Hypothesis that an example breaks the property."""


class _TimeUp(BaseException):
    """Leaves Hypothesis at once: no failure of the property, and nothing to shrink or replay."""


def hunt(
    strategy: Any,
    judge: Judge,
    *,
    examples: int = MANY,
    seed: int = 0,
    seconds: float = math.inf,
    together: int = 1,
    shrink: bool = True,
) -> Hunt:
    """Look for a case that breaks a property.

    Parameters
    ----------
    strategy : Hypothesis strategy of dict
        The cases.
    judge : callable
        Decides a case: what is known of it, and how near it is to failing (only with a limit on time).
    examples : int
        How many distinct cases to judge; fewer if there are no more.
    seed : int
        Seed of the generator.
    seconds : float
        Process time after which the hunt ends.
    together : int
        How many cases to draw at a time.
    shrink : bool
        Whether to make a violation small.

    Returns
    -------
    Hunt
        What it saw; the violation is the shrunk one.
    """
    watch = _Watch(judge, examples, time.process_time() + seconds, guided=math.isfinite(seconds))
    share = 1.0  # of new cases among those drawn
    for round_ in range(ROUNDS):
        before = watch.seen.examples
        asked = math.ceil((examples - before) / share)
        watch.round(strategy, asked, seed + round_ * 7919, together, shrink)
        share = (watch.seen.examples - before) / asked
        if watch.seen.violation is not None or watch.seen.examples >= examples or share < RARE:
            break
    return watch.seen


class _Watch:
    """Judges what Hypothesis draws, each case once, and remembers what it saw."""

    def __init__(self, judge: Judge, most: int, deadline: float, guided: bool) -> None:
        self.judge, self.most, self.deadline, self.guided = judge, most, deadline, guided
        self.seen, self.known = Hunt(), set[str]()
        self.violations: list[tuple[int, Case]] = []

    def look(self, cases: list[Case]) -> None:
        """Judge cases drawn together."""
        if time.process_time() > self.deadline:
            raise _TimeUp
        for case in cases:
            self._look_at(case)

    def _look_at(self, case: Case) -> None:
        key = str(case)
        idle = key in self.known or self.seen.examples >= self.most
        if idle and not self.guided and not self.violations:
            return
        truth, closeness = self.judge(case)
        self.seen.examples += key not in self.known
        self.seen.undecided += key not in self.known and truth is Truth.UNDECIDED
        self.known.add(key)
        if truth is Truth.VIOLATED:
            self.violations.append((len(json.dumps(exact_text(case))), case))
            raise _Violated
        if self.guided:
            _aim(closeness)

    def round(self, strategy: Any, examples: int, seed: int, together: int, shrink: bool) -> None:
        """Let Hypothesis draw once, guiding it if there is a limit on time."""
        import hypothesis
        import hypothesis.strategies as some

        def look(cases: list[Case]) -> None:
            self.look(cases)

        draw: Any = hypothesis.given(some.lists(strategy, min_size=together, max_size=together, unique_by=str))
        asked = -(-examples // together) + (SPARE if together > 1 else 0)
        try:
            hypothesis.seed(seed)(_settings(asked, shrink)(draw(look)))()
        except _Violated:
            self.seen.violation = self.violations[-1][1]
        except hypothesis.errors.Unsatisfiable:
            self.round(strategy, examples, seed, 1, shrink)  # there are fewer different cases than are drawn together
        except _TimeUp:
            self.seen.violation = min(self.violations, key=lambda entry: entry[0])[1] if self.violations else None


def _aim(closeness: float) -> None:
    import hypothesis

    hypothesis.target(closeness)


def _settings(examples: int, shrink: bool) -> Any:
    import hypothesis

    phases = hypothesis.Phase
    return hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(phases.generate, phases.target, *([phases.shrink] if shrink else [])),
        suppress_health_check=list(hypothesis.HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=hypothesis.Verbosity.quiet,
    )
