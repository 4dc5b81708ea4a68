"""Statements that a program can look for counterexamples to, and the counterexamples that it found.

Most statements of a theory read: there are constants such that for all points, left ≤ right.  Written as a `Statement` such a
sentence can be played against: for constants somebody might name, look for a point at which the inequality fails.  What was
found is *kept* as exact numbers (``proofs/<claim>/counterexample.json``) and only evaluated again by a `Witness`; the
falsifier finds it again from scratch on request.

A finite list of points refutes a sentence with constants only together with a reason why *every* choice of constants is
answered: the steps ``REFUTATION`` of the claim's ``proof.py``.  A kept point counts only if the inequality beside it is the
one that the statement implies there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from sattheory.claims import kept
from sattheory.claims.evidence import Effort, Evidence, Outcome, Planted, Status, Step, count
from sattheory.claims.hunting import hunt
from sattheory.claims.inequality import Exact, Inequality, Truth, exact_text
from sattheory.errors import InputError

Choice = Mapping[str, Any]
FALSIFIER = (128, 512)
FROM_SCRATCH = "the falsifier, from scratch"


@dataclass(frozen=True)
class Statement:
    """∃ constants ∀ choices: left ≤ right.

    Parameters
    ----------
    inequality : callable
        Takes the constants and a choice as keyword arguments, returns an `Inequality` that the statement implies there.
    points : Hypothesis strategy of dict, or callable, optional
        Where to look: choices, or a function of the constants to a strategy of choices.
    constants : tuple of mapping
        Constants that the statement might name; one empty mapping for a plain "for all".
    """

    inequality: Callable[..., Inequality]
    points: Any = None
    constants: tuple[Mapping[str, Exact], ...] = ({},)

    @property
    def names_constants(self) -> bool:
        """Tell whether the statement may choose constants.

        Returns
        -------
        bool
            False for a plain "for all".
        """
        return any(self.constants)

    def strategy(self, constants: Mapping[str, Exact]) -> Any:
        """Tell where to look for a counterexample.

        Parameters
        ----------
        constants : mapping
            What the statement named.

        Returns
        -------
        Hypothesis strategy of dict
            Choices.
        """
        from hypothesis.strategies import SearchStrategy

        return self.points if isinstance(self.points, SearchStrategy) else self.points(**constants)


@dataclass(frozen=True)
class Witness(Evidence):
    """Exact points at which a statement fails.

    Parameters
    ----------
    claim : str
        Id of the claim, whose folder in ``proofs/`` keeps the points and the reasons.
    says : str
        What fails where, for a reader to check by hand.
    statement : Statement
        What is refuted.
    planted : tuple of Planted
        Inequalities (same arguments) that are true at the kept points and must not be called false.
    choices : tuple of mapping, optional
        The points themselves, one for each of the statement's constants, in place of kept ones.
    steps : tuple of Step, optional
        The reasons themselves, in place of kept ones.
    search : bool
        Look for the points when the evidence runs, if none are kept.
    root : Path, optional
        Folder of proofs; this package's when left out.
    """

    kind: ClassVar[str] = "witness"
    claim: str
    says: str
    statement: Statement
    planted: tuple[Planted, ...] = ()
    choices: tuple[Choice, ...] | None = None
    steps: tuple[Step, ...] | None = None
    search: bool = False
    root: Path | None = None

    def find(self, effort: Effort) -> list[dict[str, Any]] | None:
        """Look for a counterexample from scratch, for each of the constants.

        Parameters
        ----------
        effort : Effort
            Seed, and the process time that all constants share.

        Returns
        -------
        list of dict or None
            Entries as they are kept; None if the falsifier was beaten at some constants or has nowhere to look.
        """
        if self.statement.points is None:
            return None
        share = effort.seconds / len(self.statement.constants)
        entries = []
        for constants in self.statement.constants:
            choice = _falsify(self.statement, constants, effort.seed, share)
            if choice is None:
                return None
            entries.append(self.entry(constants, choice))
        return entries

    def entry(self, constants: Mapping[str, Any], choice: Choice) -> dict[str, Any]:
        """Write one counterexample as data.

        Parameters
        ----------
        constants, choice : mapping
            The constants answered, and the answer.

        Returns
        -------
        dict
            Constants, choice, the inequality, both values and what lies between them.

        Raises
        ------
        InputError
            If the inequality does not certainly fail there.
        """
        failure = self.statement.inequality(**constants, **choice).failure()
        if failure is None:
            given = f"{self.claim}: {exact_text({**constants, **choice})}"
            raise InputError(given, "the inequality does not certainly fail there", "give another point")
        return {"constants": exact_text(constants), "choice": exact_text(choice)} | failure

    def from_scratch(self, effort: Effort) -> Outcome | None:
        """Run the falsifier, knowing nothing of what is kept.

        Parameters
        ----------
        effort : Effort
            Seed and process time.

        Returns
        -------
        Outcome or None
            A search that found counterexamples for all constants (``refuted``) or not (``failed``); None if nothing can search.
        """
        if self.statement.points is None:
            return None
        found = self.find(effort)
        if found is None:
            return Outcome("search", FROM_SCRATCH, "failed", {"reason": f"nothing found in {effort.seconds:g} s", "failures": []})
        steps = [step.report() for step in self._reasons()]
        status: Status = "refuted" if self._answers_all(steps) else "failed"
        return Outcome("search", FROM_SCRATCH, status, {"seed": effort.seed, "failures": found, "steps": steps}, *count(steps))

    def _examine(self, effort: Effort) -> Outcome:
        entries, reason = self._entries(effort)
        if reason:
            return Outcome(self.kind, self.says, "failed", {"reason": reason, "failures": [], "steps": []})
        judged = [self._failure(entry) for entry in entries]
        steps = [step.report() for step in self._reasons()]
        failures = [failure for failure in judged if isinstance(failure, dict)]
        details: dict[str, Any] = {"points": len(entries), "failures": failures, "steps": steps}
        if wrong := [f"point {i}: {said}" for i, said in enumerate(judged, start=1) if isinstance(said, str)]:
            details["reason"] = "; ".join(wrong)
        elif not self._answers_all(steps):
            details["reason"] = "a step fails, or none says why all constants are answered"
        return Outcome(self.kind, self.says, "failed" if "reason" in details else "refuted", details, *count(steps))

    def _entries(self, effort: Effort) -> tuple[list[dict[str, Any]], str]:
        """Get the points, or say why there are none."""
        if self.choices is not None:
            pairs = zip(self.statement.constants, self.choices, strict=True)
            return [{"constants": exact_text(constants), "choice": exact_text(choice)} for constants, choice in pairs], ""
        content = kept.read(kept.folder(self.claim, self.root) / kept.COUNTEREXAMPLE, self.claim)
        if content is not None:
            return content["counterexamples"], _fault(content, self.statement)
        if not self.search:
            return [], f"proofs/{self.claim}/{kept.COUNTEREXAMPLE} is not there"
        found = self.find(effort)
        if found:
            return found, ""
        return (
            [],
            f"no counterexample found in {effort.seconds:g} s of process time for all of {exact_text(self.statement.constants)}",
        )

    def _failure(self, entry: Mapping[str, Any]) -> dict[str, Any] | str:
        """Evaluate a point again; say what is wrong unless the statement's own inequality fails there."""
        constants, choice = kept.exact(entry["constants"]), kept.exact(entry["choice"])
        try:
            inequality = self.statement.inequality(**constants, **choice)
            failure = inequality.failure()
        except (TypeError, ValueError, KeyError, SyntaxError, ZeroDivisionError) as error:
            return f"the inequality cannot be evaluated ({type(error).__name__}: {error})"
        stated = {key: entry[key] for key in ("point", "where", "left", "right") if key in entry}
        written = inequality.to_dict()
        if any(written[key] != value for key, value in stated.items()):
            return "the inequality beside it is not the statement's"
        if failure is None:
            return f"{inequality.left} ≤ {inequality.right} does not certainly fail at {exact_text(inequality.point)}"
        return {"constants": entry["constants"], "choice": entry["choice"]} | failure

    def _reasons(self) -> tuple[Step, ...]:
        if self.steps is not None:
            return self.steps
        path = kept.folder(self.claim, self.root) / kept.PROOF
        return getattr(kept.proof(path), "REFUTATION", ()) if path.is_file() else ()

    def _answers_all(self, steps: list[dict[str, Any]]) -> bool:
        complete = bool(steps) or not self.statement.names_constants
        return complete and all(step["holds"] is not False for step in steps)

    def _with(self, error: Planted) -> Witness:
        statement = dataclasses.replace(self.statement, inequality=error.check)
        entries, _ = self._entries(Effort())
        choices = tuple(kept.exact(entry["choice"]) for entry in entries)
        constants = tuple(kept.exact(entry["constants"]) for entry in entries)
        statement = dataclasses.replace(statement, constants=constants)
        return dataclasses.replace(self, statement=statement, planted=(), choices=choices)

    def _rejects(self, outcome: Outcome) -> bool:
        return bool(outcome.details.get("points")) and not outcome.details["failures"]

    def _errors(self) -> tuple[Planted, ...]:
        return self.planted


def _fault(content: Mapping[str, Any], statement: Statement) -> str:
    """Say what is wrong with a kept file as a whole."""
    if content.get("digest") != kept.digest(content):
        return "the kept file was edited: its digest does not fit"
    answered = [kept.exact(entry["constants"]) for entry in content["counterexamples"]]
    missing = [constants for constants in statement.constants if kept.exact(exact_text(constants)) not in answered]
    return f"no kept point answers {exact_text(missing[0])}" if missing else ""


def _falsify(statement: Statement, constants: Mapping[str, Any], seed: int, seconds: float) -> Choice | None:
    """Hunt a choice at which the statement's inequality fails."""

    def judge(choice: Choice) -> tuple[Truth, float]:
        try:
            known, (left, right) = statement.inequality(**constants, **choice).compare(FALSIFIER)
        except ZeroDivisionError:
            return Truth.UNDECIDED, 0.0
        return known, _closeness(left, right)

    return hunt(statement.strategy(constants), judge, seed=seed, seconds=seconds).violation


def _closeness(left: Any, right: Any) -> float:
    """Say how near left ≤ right is to failing: the logarithm of the quotient, within ±700."""
    if not (left.is_finite() and right.is_finite()):
        return -700.0
    high, low = abs(left.mid()), abs(right.mid())
    logs = [float((value + 2**-900).log()) for value in (high, low)]
    return max(-700.0, min(700.0, logs[0] - logs[1]))
