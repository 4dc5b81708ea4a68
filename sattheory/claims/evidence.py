"""What evidence is, what running it shows, and the first kind: a derivation.

From strongest to weakest: a *witness* (exact points at which a statement fails: it refutes), a *derivation* (steps that a program
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
from pathlib import Path
from typing import Any, ClassVar, Literal

from sattheory.claims import kept

Status = Literal["holds", "refuted", "failed", "rejected", "accepted"]


@dataclass(frozen=True)
class Effort:
    """How much work a check may do.

    Parameters
    ----------
    controls : bool
        Run the planted errors too.
    scratch : bool
        Let the falsifier find each counterexample again, knowing nothing of the one that is kept.
    examples : int
        How many cases a search runs, unless it asks for more itself.
    seed : int
        Seed of searches.
    seconds : float
        Process time the falsifier may take for one statement, in seconds.
    """

    controls: bool = False
    scratch: bool = False
    examples: int = 1000
    seed: int = 0
    seconds: float = 10.0


USUAL = Effort()


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
        reason = f"; {self.details['reason']}" if "reason" in self.details else ""
        return f"{self.kind}{steps}{examples}: {self.says} [{self.status}{reason}]"

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
        Of the kind that the evidence carries: an inequality, a step's check, a property.
    """

    says: str
    check: Callable[..., Any]


class Evidence(ABC):
    """Something that runs and bears on one form of a claim."""

    kind: ClassVar[str]
    says: str

    @abstractmethod
    def _examine(self, effort: Effort) -> Outcome:
        """Do the work; the time is taken outside."""

    @abstractmethod
    def _with(self, error: Planted) -> Evidence:
        """Put an error in the place of what is checked."""

    @abstractmethod
    def _rejects(self, outcome: Outcome) -> bool:
        """Tell whether an outcome of the variant with an error is the one it must have."""

    @abstractmethod
    def _errors(self) -> tuple[Planted, ...]:
        """List the planted errors."""

    def run(self, effort: Effort = USUAL) -> Outcome:
        """Run the evidence.

        Parameters
        ----------
        effort : Effort
            How much work it may do.

        Returns
        -------
        Outcome
            What it showed.
        """
        start = time.perf_counter()
        return dataclasses.replace(self._examine(effort), seconds=time.perf_counter() - start)

    def run_controls(self, effort: Effort = USUAL) -> list[Outcome]:
        """Run each planted error through the same machinery.

        Parameters
        ----------
        effort : Effort
            How much work each may do.

        Returns
        -------
        list of Outcome
            ``rejected`` for each that the machinery catches, ``accepted`` for each that it lets pass.
        """
        outcomes = [(error, self._with(error).run(effort)) for error in self._errors()]
        return [
            dataclasses.replace(outcome, says=error.says, status="rejected" if self._rejects(outcome) else "accepted")
            for error, outcome in outcomes
        ]


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

    def _examine(self, effort: Effort) -> Outcome:
        steps = [step.report() for step in self.steps]
        asserted, prose = count(steps)
        holds = asserted > 0 and all(step["holds"] is not False for step in steps)
        return Outcome(self.kind, self.says, "holds" if holds else "failed", {"steps": steps}, asserted, prose)

    def _with(self, error: Planted) -> Derivation:
        return dataclasses.replace(self, steps=(Step(error.says, error.check),), planted=())

    def _rejects(self, outcome: Outcome) -> bool:
        return outcome.status == "failed"

    def _errors(self) -> tuple[Planted, ...]:
        return self.planted


@dataclass(frozen=True)
class Proof(Evidence):
    """The derivations that are kept for a claim, taken together.

    Parameters
    ----------
    claim : str
        Id of the claim; ``proof.py`` in its folder is read when the evidence runs.
    part : str
        Name of the tuple of derivations there.
    root : Path, optional
        Folder of proofs; this package's when left out.
    """

    kind: ClassVar[str] = "derivation"
    claim: str
    part: str = "PROOF"
    root: Path | None = None

    @property
    def says(self) -> str:  # type: ignore[override]
        """Say what is derived.

        Returns
        -------
        str
            One line.
        """
        return "; ".join(derivation.says for derivation in self._derivations()) or f"nothing: {self._place} is not there"

    @property
    def _place(self) -> str:
        return f"proofs/{self.claim}/{kept.PROOF}"

    def _derivations(self) -> tuple[Derivation, ...]:
        path = kept.folder(self.claim, self.root) / kept.PROOF
        return getattr(kept.proof(path), self.part, ()) if path.is_file() else ()

    def _examine(self, effort: Effort) -> Outcome:
        derivations = self._derivations()
        if not derivations:
            return Outcome(self.kind, "a proof", "failed", {"reason": f"{self._place} defines no {self.part}", "steps": []})
        return _together([derivation.run(effort) for derivation in derivations])

    def run_controls(self, effort: Effort = USUAL) -> list[Outcome]:
        """Run the planted errors of each derivation.

        Parameters
        ----------
        effort : Effort
            How much work each may do.

        Returns
        -------
        list of Outcome
            As for any evidence.
        """
        return [control for derivation in self._derivations() for control in derivation.run_controls(effort)]

    def _with(self, error: Planted) -> Derivation:
        return Derivation(self.says, (Step(error.says, error.check),))

    def _rejects(self, outcome: Outcome) -> bool:
        return outcome.status == "failed"

    def _errors(self) -> tuple[Planted, ...]:
        return tuple(error for derivation in self._derivations() for error in derivation.planted)


def _together(outcomes: list[Outcome]) -> Outcome:
    """Join the outcomes of derivations: they hold together or not at all."""
    steps = [step for outcome in outcomes for step in outcome.details["steps"]]
    says = "; ".join(outcome.says for outcome in outcomes)
    holds = all(outcome.status == "holds" for outcome in outcomes)
    return Outcome("derivation", says, "holds" if holds else "failed", {"steps": steps}, *count(steps))


def count(steps: list[dict[str, Any]]) -> tuple[int, int]:
    """Count steps.

    Parameters
    ----------
    steps : list of dict
        Reports of steps.

    Returns
    -------
    tuple of int
        How many a program asserts, how many are prose.
    """
    asserted = sum(step["asserted"] for step in steps)
    return asserted, len(steps) - asserted
