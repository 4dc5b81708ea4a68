"""Kinds of evidence for a statement, and what each is worth.

From strongest to weakest: a *witness* (exact points at which the statement fails: it refutes), a *derivation* (steps that SymPy
asserts; steps in prose are counted apart), a *certificate* (balls over a whole interval), a *search* (Hypothesis looks for a
counterexample and finds none).  The idea that status is computed from evidence, and that a refutation is a result with one exact
witness, is that of the Equational Theories project.

A check that cannot fail shows nothing.  Every piece of evidence therefore carries *planted* errors: variants of the statement
that are wrong and that the same machinery must reject.
"""

from __future__ import annotations

import dataclasses
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar, Literal

from sattheory.claims.inequality import Exact, Inequality, Pairs, Truth, decide_all, exact_text, real

Status = Literal["holds", "refuted", "failed", "rejected", "accepted"]
Property = Callable[..., Pairs]


@dataclass(frozen=True)
class Outcome:
    """What running a piece of evidence showed.

    Parameters
    ----------
    kind : str
        ``witness``, ``derivation``, ``certificate`` or ``search``.
    says : str
        What was checked.
    status : str
        ``holds`` (the form stands), ``refuted`` (it falls), ``failed`` (the evidence showed nothing); for a planted error
        ``rejected`` (as it must be) or ``accepted``.
    details : mapping
        Exact numbers and sentences that a reader can check; ready for JSON.
    asserted, prose : int
        Steps that a program decided, steps that only words support.
    examples : int
        Examples that a search ran.
    seconds : float
        Time it took.
    """

    kind: str
    says: str
    status: Status
    details: Mapping[str, Any] = field(default_factory=dict)
    asserted: int = 0
    prose: int = 0
    examples: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        steps = f", {self.asserted} steps asserted and {self.prose} in prose" if self.asserted + self.prose else ""
        examples = f", {self.examples} examples" if self.examples else ""
        return f"{self.kind}{steps}{examples}: {self.says} [{self.status}]"

    def to_dict(self, times: bool = True) -> dict[str, Any]:
        """Write the outcome as data.

        Parameters
        ----------
        times : bool
            Whether to include the time it took.

        Returns
        -------
        dict
            Ready for JSON.
        """
        data = dataclasses.asdict(self)
        return data if times else {key: value for key, value in data.items() if key != "seconds"}


@dataclass(frozen=True)
class Step:
    """One step of an argument.

    Parameters
    ----------
    says : str
        The step, in mathematics.
    check : callable, optional
        Decides it; left out for a step in prose.
    """

    says: str
    check: Callable[[], bool] | None = None

    def report(self) -> dict[str, Any]:
        """Decide the step.

        Returns
        -------
        dict
            What it says, whether a program asserts it, whether it holds (prose: None).
        """
        return {"says": self.says, "asserted": self.check is not None, "holds": self.check() if self.check else None}


@dataclass(frozen=True)
class Planted:
    """An error put in on purpose.

    Parameters
    ----------
    says : str
        What is wrong with it.
    check : callable
        Of the kind that the evidence carries: a family of inequalities, a step's check, a property.
    """

    says: str
    check: Callable[..., Any]


class Evidence(ABC):
    """Something that runs and bears on one form of a claim."""

    kind: ClassVar[str]
    says: str
    planted: tuple[Planted, ...]

    @abstractmethod
    def _examine(self) -> Outcome:
        """Do the work; the time is taken outside."""

    @abstractmethod
    def _with(self, error: Planted) -> Evidence:
        """Put an error in the place of what is checked."""

    @abstractmethod
    def _rejects(self, outcome: Outcome) -> bool:
        """Tell whether an outcome of the variant with an error is the one it must have."""

    def run(self) -> Outcome:
        """Run the evidence.

        Returns
        -------
        Outcome
            What it showed.
        """
        start = time.perf_counter()
        return dataclasses.replace(self._examine(), seconds=time.perf_counter() - start)

    def run_controls(self) -> list[Outcome]:
        """Run each planted error through the same machinery.

        Returns
        -------
        list of Outcome
            ``rejected`` for each that the machinery catches, ``accepted`` for each that it lets pass.
        """
        outcomes = [(error, self._with(error).run()) for error in self.planted]
        return [
            dataclasses.replace(outcome, says=error.says, status="rejected" if self._rejects(outcome) else "accepted")
            for error, outcome in outcomes
        ]


@dataclass(frozen=True)
class Witness(Evidence):
    """Exact points at which a statement fails.

    A statement that grants itself a constant ("there are d, ρ …") is refuted by a family: for each constant a point.  The family
    is evaluated at the `challenges`; the `steps` show that it works for every constant, and that the example meets the
    statement's assumptions.

    Parameters
    ----------
    says : str
        What fails where.
    family : callable
        A challenge to an `Inequality` that the statement implies and that is false.
    challenges : tuple of exact values
        Constants that the statement might name.
    steps : tuple of Step
        Assumptions met, and why every challenge is answered.
    planted : tuple of Planted
        Families of inequalities that are true and must not be called false.
    """

    kind: ClassVar[str] = "witness"
    says: str
    family: Callable[[Any], Inequality]
    challenges: tuple[Exact, ...]
    steps: tuple[Step, ...] = ()
    planted: tuple[Planted, ...] = ()

    def _examine(self) -> Outcome:
        failures = [self.family(challenge).failure() for challenge in self.challenges]
        steps = [step.report() for step in self.steps]
        certain = bool(failures) and None not in failures and all(step["holds"] is not False for step in steps)
        listed = [
            {"challenge": exact_text(challenge)} | failure
            for challenge, failure in zip(self.challenges, failures, strict=True)
            if failure is not None
        ]
        details = {"failures": listed, "steps": steps}
        return Outcome(self.kind, self.says, "refuted" if certain else "failed", details, *_count(steps))

    def _with(self, error: Planted) -> Witness:
        return dataclasses.replace(self, family=error.check, planted=())

    def _rejects(self, outcome: Outcome) -> bool:
        return not outcome.details["failures"]

    def counterexample(self) -> list[dict[str, Any]]:
        """Write the points as data that another program can evaluate again.

        Returns
        -------
        list of dict
            One inequality a challenge: point, abbreviations, left, right.
        """
        return [self.family(challenge).to_dict() for challenge in self.challenges]


@dataclass(frozen=True)
class Derivation(Evidence):
    """An argument whose steps are decided one by one.

    Parameters
    ----------
    says : str
        What it derives.
    steps : tuple of Step
        In order; at least one has a check.
    planted : tuple of Planted
        Checks of wrong steps.
    """

    kind: ClassVar[str] = "derivation"
    says: str
    steps: tuple[Step, ...]
    planted: tuple[Planted, ...] = ()

    def _examine(self) -> Outcome:
        steps = [step.report() for step in self.steps]
        asserted, prose = _count(steps)
        holds = asserted > 0 and all(step["holds"] is not False for step in steps)
        return Outcome(self.kind, self.says, "holds" if holds else "failed", {"steps": steps}, asserted, prose)

    def _with(self, error: Planted) -> Derivation:
        return dataclasses.replace(self, steps=(Step(error.says, error.check),), planted=())

    def _rejects(self, outcome: Outcome) -> bool:
        return outcome.status == "failed"


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

    def _examine(self) -> Outcome:
        waiting, pieces = [(*self.interval, 0)], 0
        while waiting:
            low, high, depth = waiting.pop()
            truth = decide_all(lambda ends=(low, high): self.check(real(ends[0]).union(real(ends[1]))))  # type: ignore[misc]
            if truth is Truth.HOLDS:
                pieces += 1
            elif truth is Truth.VIOLATED or depth == self.deepest:
                piece = {"domain": self.domain, "piece": exact_text((low, high)), "known": truth.value}
                return Outcome(self.kind, self.says, "refuted" if truth is Truth.VIOLATED else "failed", piece)
            else:
                middle = (low + high) / 2
                waiting += [(low, middle, depth + 1), (middle, high, depth + 1)]
        return Outcome(self.kind, self.says, "holds", {"domain": self.domain, "pieces": pieces}, asserted=1)

    def _with(self, error: Planted) -> Certificate:
        return dataclasses.replace(self, check=error.check, planted=())

    def _rejects(self, outcome: Outcome) -> bool:
        return outcome.status != "holds"


@dataclass(frozen=True)
class Search(Evidence):
    """A hunt for a counterexample with Hypothesis, over exact examples.

    The property lists pairs (left, right), fractions or balls; left ≤ right is decided with certainty or the example counts as
    undecided.  The seed is fixed and no database is read, so a run repeats.

    Parameters
    ----------
    says : str
        What is looked at.
    strategy : Hypothesis strategy of dict
        Exact examples; the keys are the property's arguments.
    check : callable
        The property.
    examples : int
        How many to run.
    seed : int
        Seed of the generator.
    planted : tuple of Planted
        Properties that are false.
    """

    kind: ClassVar[str] = "search"
    says: str
    strategy: Any
    check: Property
    examples: int = 1000
    seed: int = 0
    planted: tuple[Planted, ...] = ()

    def _examine(self) -> Outcome:
        hunt = _Hunt(self.check)
        counterexample = hunt.run(self.strategy, self.examples, self.seed)
        details: dict[str, Any] = {"seed": self.seed, "undecided": hunt.undecided}
        if counterexample is not None:
            details["counterexample"] = exact_text(counterexample)
            return Outcome(self.kind, self.says, "refuted", details, examples=hunt.examples)
        complete = hunt.examples > 0 and not hunt.undecided
        return Outcome(self.kind, self.says, "holds" if complete else "failed", details, examples=hunt.examples)

    def _with(self, error: Planted) -> Search:
        return dataclasses.replace(self, check=error.check, planted=())

    def _rejects(self, outcome: Outcome) -> bool:
        return outcome.status == "refuted"


class _Violated(AssertionError):
    """Tells Hypothesis that an example breaks the property."""


class _Hunt:
    """One run of Hypothesis, remembering what it saw; the last violation it replays is the shrunk one."""

    def __init__(self, check: Property) -> None:
        self.check, self.examples, self.undecided = check, 0, 0
        self.violation: Mapping[str, Any] | None = None

    def _look(self, example: Mapping[str, Any]) -> None:
        self.examples += 1
        truth = decide_all(lambda: self.check(**example))
        self.undecided += truth is Truth.UNDECIDED
        if truth is Truth.VIOLATED:
            self.violation = example
            raise _Violated

    def run(self, strategy: Any, examples: int, seed: int) -> Mapping[str, Any] | None:
        """Hunt; return the shrunk counterexample, if there is one."""
        import hypothesis

        settings = hypothesis.settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=(hypothesis.Phase.generate, hypothesis.Phase.shrink),
            suppress_health_check=list(hypothesis.HealthCheck),
            report_multiple_bugs=False,
            print_blob=False,
            verbosity=hypothesis.Verbosity.quiet,
        )

        def look(example: Mapping[str, Any]) -> None:
            self._look(example)

        try:
            draw: Any = hypothesis.given(strategy)
            hypothesis.seed(seed)(settings(draw(look)))()
        except _Violated:
            return self.violation
        return None


def _count(steps: list[dict[str, Any]]) -> tuple[int, int]:
    """Count steps asserted and steps in prose."""
    asserted = sum(step["asserted"] for step in steps)
    return asserted, len(steps) - asserted
