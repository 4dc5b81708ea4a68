"""The falsifier: Hypothesis looks for a case that breaks a property, guided towards it, and shrinks what it finds.

A property is judged with certainty (`Truth`) and says how near it came to failing, which Hypothesis' ``target`` then drives up.
The seed is fixed and no database is read, so a hunt repeats; a limit on process time, not on the clock, keeps it short on a busy
machine as well.  Drawing through Hypothesis costs far more than judging, so cases may be drawn several at a time.
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
MANY = 1_000_000


@dataclass
class Hunt:
    """What a hunt has seen.

    Parameters
    ----------
    examples, undecided : int
        Cases judged, and those that could not be decided.
    violation : mapping or None
        The smallest case that breaks the property.
    """

    examples: int = 0
    undecided: int = 0
    violation: Case | None = None


class _Violated(AssertionError):
    """Tells Hypothesis that an example breaks the property."""


def hunt(strategy: Any, judge: Judge, *, examples: int = MANY, seed: int = 0, seconds: float = math.inf, together: int = 1) -> Hunt:
    """Look for a case that breaks a property.

    Parameters
    ----------
    strategy : Hypothesis strategy of dict
        The cases.
    judge : callable
        Decides a case: what is known of it, and how near it is to failing (only with `together` = 1).
    examples : int
        How many cases to judge.
    seed : int
        Seed of the generator.
    seconds : float
        Process time after which the hunt ends.
    together : int
        How many cases to draw at a time.

    Returns
    -------
    Hunt
        What it saw; the violation is the shrunk one.
    """
    import hypothesis
    import hypothesis.strategies as some

    seen, deadline = Hunt(), time.process_time() + seconds
    smallest: list[tuple[int, Case]] = []

    def look(cases: list[Case]) -> None:
        if time.process_time() > deadline:
            return
        for case in cases:
            truth, closeness = judge(case)
            seen.examples += 1
            seen.undecided += truth is Truth.UNDECIDED
            if truth is Truth.VIOLATED:
                smallest.append((len(json.dumps(exact_text(case))), case))
                raise _Violated
            if together == 1 and math.isfinite(seconds):
                hypothesis.target(closeness)

    draw: Any = hypothesis.given(some.lists(strategy, min_size=together, max_size=together))
    settings = _settings(-(-examples // together))
    try:
        hypothesis.seed(seed)(settings(draw(look)))()
    except _Violated:
        seen.violation = smallest[-1][1]
    except (hypothesis.errors.Flaky, hypothesis.errors.FlakyReplay):
        seen.violation = min(smallest, key=lambda entry: entry[0])[1] if smallest else None
    return seen


def _settings(examples: int) -> Any:
    import hypothesis

    phases = hypothesis.Phase
    return hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(phases.generate, phases.target, phases.shrink),
        suppress_health_check=list(hypothesis.HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=hypothesis.Verbosity.quiet,
    )
