"""Searches: the weakest evidence for a statement, and the quickest to lose.

Hypothesis draws exact examples and the property lists pairs that must satisfy left ≤ right; each is decided with certainty,
or the example counts as undecided and the search shows nothing.  A thousand examples are the least; more on request.
Examples that are dear to make, such as networks, come from a population made beforehand: it may grow with the number of
examples asked for.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sattheory.claims.evidence import Effort, Evidence, Outcome, Planted
from sattheory.claims.hunting import hunt
from sattheory.claims.inequality import Pairs, Truth, decide_all, exact_text

Property = Callable[..., Pairs]
TOGETHER = 8


@dataclass(frozen=True)
class Search(Evidence):
    """A hunt for a counterexample with Hypothesis, over exact examples.

    Parameters
    ----------
    says : str
        What is looked at.
    strategy : Hypothesis strategy of dict, or callable
        Exact examples; the keys are the property's arguments.  A callable is given the number of examples that will be asked for
        and returns such a strategy, with at least that many different examples.
    check : callable
        The property: lists pairs (left, right), fractions or balls.
    examples : int
        The least number to run; `Effort.examples` may ask for more.
    planted : tuple of Planted
        Properties that are false.
    shrink : bool
        Whether to look for the smallest counterexample once there is one; for planted errors any will do.
    """

    kind: ClassVar[str] = "search"
    says: str
    strategy: Any
    check: Property
    examples: int = 1
    planted: tuple[Planted, ...] = ()
    shrink: bool = True

    def _examine(self, effort: Effort) -> Outcome:
        def judge(case: Mapping[str, Any]) -> tuple[Truth, float]:
            return decide_all(lambda: self.check(**case)), 0.0

        examples = max(self.examples, effort.examples)
        strategy = self.strategy(examples) if callable(self.strategy) else self.strategy
        seen = hunt(strategy, judge, examples=examples, seed=effort.seed, together=TOGETHER, shrink=self.shrink)
        details: dict[str, Any] = {"seed": effort.seed, "undecided": seen.undecided}
        if seen.violation is not None:
            details["counterexample"] = exact_text(seen.violation)
            return Outcome(self.kind, self.says, "refuted", details, examples=seen.examples)
        complete = seen.examples > 0 and not seen.undecided
        return Outcome(self.kind, self.says, "holds" if complete else "failed", details, examples=seen.examples)

    def _with(self, error: Planted) -> Search:
        return dataclasses.replace(self, check=error.check, planted=(), shrink=False)

    def _rejects(self, outcome: Outcome) -> bool:
        return outcome.status == "refuted"

    def _errors(self) -> tuple[Planted, ...]:
        return self.planted
