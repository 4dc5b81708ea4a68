"""A claim: one statement of the paper, its literal form, its repaired form, and a verdict that is computed.

Nobody writes "proved" here.  A form carries evidence; `Claim.check` runs it and reads the verdict off what came out: refuted,
derived, certified, tested, or open when nothing stands.  A witness beside a proof of the same form is not a matter of
precedence but a `Contradiction`.  The only verdict written by hand is the expected one, against which a run is compared.
"""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sattheory.claims.evidence import Evidence, Outcome
from sattheory.errors import InputError

VerdictKind = Literal["refuted", "derived", "certified", "tested", "open"]
_RANK = ("witness", "derivation", "certificate", "search")


class Contradiction(Exception):
    """One form of a claim is both refuted and derived or certified.

    Parameters
    ----------
    claim, form : str
        Which form of which claim.
    refuting, supporting : str
        The evidence on either side.
    """

    def __init__(self, claim: str, form: str, refuting: str, supporting: str) -> None:
        self.claim, self.form, self.refuting, self.supporting = claim, form, refuting, supporting
        super().__init__(claim, form, refuting, supporting)

    def __str__(self) -> str:
        sides = f"{self.refuting!r} refutes what {self.supporting!r} establishes"
        return f"claim {self.claim}, {self.form} form: {sides}; one of the two is wrong."


@dataclass(frozen=True)
class Verdict:
    """What the evidence for a form amounts to.

    Parameters
    ----------
    kind : str
        ``refuted``, ``derived``, ``certified``, ``tested`` or ``open``.
    text : str
        The same with the numbers that belong to it.
    """

    kind: VerdictKind
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Form:
    """One way to read a claim, and the evidence about it.

    Parameters
    ----------
    statement : str
        In mathematics.
    assumptions : tuple of str
        What it supposes.
    evidence : tuple of Evidence
        What bears on it; may be empty.
    """

    statement: str
    assumptions: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Expected:
    """The verdicts that the registry states, for exit codes only.

    Parameters
    ----------
    literal : str
        Kind of the literal form's verdict.
    repaired : str or None
        Kind of the repaired form's; None where there is none.
    """

    literal: VerdictKind
    repaired: VerdictKind | None = None

    def __post_init__(self) -> None:
        for kind in (self.literal, *([self.repaired] if self.repaired else [])):
            if kind not in get_args(VerdictKind):
                raise InputError(f"expected={kind!r}", "no such verdict", "choose from " + ", ".join(get_args(VerdictKind)))


@dataclass(frozen=True)
class FormReport:
    """What checking one form showed.

    Parameters
    ----------
    statement : str
        The form.
    assumptions : tuple of str
        What it supposes.
    verdict : Verdict
        Computed.
    outcomes, controls : tuple of Outcome
        Of the evidence, and of its planted errors.
    """

    statement: str
    assumptions: tuple[str, ...]
    verdict: Verdict
    outcomes: tuple[Outcome, ...]
    controls: tuple[Outcome, ...]

    @property
    def strongest(self) -> Outcome | None:
        """Find the strongest evidence that showed something.

        Returns
        -------
        Outcome or None
            A witness before a derivation, a certificate, a search; None if the form is open.
        """
        telling = [outcome for outcome in self.outcomes if outcome.status != "failed"]
        return min(telling, key=lambda outcome: _RANK.index(outcome.kind), default=None)

    @property
    def sound(self) -> bool:
        """Tell whether all evidence ran through and every planted error was rejected.

        Returns
        -------
        bool
            False if anything failed or an error was accepted.
        """
        ran = all(outcome.status != "failed" for outcome in self.outcomes)
        return ran and all(control.status == "rejected" for control in self.controls)

    def to_dict(self, times: bool = True) -> dict[str, Any]:
        """Write the report as data.

        Parameters
        ----------
        times : bool
            Whether to include the time each piece took.

        Returns
        -------
        dict
            Ready for JSON.
        """
        return {
            "statement": self.statement,
            "assumptions": list(self.assumptions),
            "verdict": dataclasses.asdict(self.verdict),
            "outcomes": [outcome.to_dict(times) for outcome in self.outcomes],
            "controls": [control.to_dict(times) for control in self.controls],
        }


@dataclass(frozen=True)
class Report:
    """What checking a claim showed.

    Parameters
    ----------
    id, title, place : str
        Which claim.
    uses : tuple of str
        Ids of the claims that it rests on.
    literal : FormReport
        As the paper states it.
    repaired : FormReport or None
        As it can be kept.
    expected : Expected
        What the registry states.
    seconds : float
        Time of everything, planted errors included.
    """

    id: str
    title: str
    place: str
    uses: tuple[str, ...]
    literal: FormReport
    repaired: FormReport | None
    expected: Expected
    seconds: float

    @property
    def forms(self) -> tuple[FormReport, ...]:
        """List the forms.

        Returns
        -------
        tuple of FormReport
            The literal one, then the repaired one if there is one.
        """
        return (self.literal,) if self.repaired is None else (self.literal, self.repaired)

    @property
    def as_expected(self) -> bool:
        """Tell whether the run agrees with the registry.

        Returns
        -------
        bool
            Whether both verdicts are the expected ones, all evidence ran through and every planted error was rejected.
        """
        found = Expected(self.literal.verdict.kind, self.repaired.verdict.kind if self.repaired else None)
        return found == self.expected and all(form.sound for form in self.forms)

    def to_dict(self, times: bool = True) -> dict[str, Any]:
        """Write the report as data.

        Parameters
        ----------
        times : bool
            Whether to include times; without them two runs give the same.

        Returns
        -------
        dict
            Ready for JSON.
        """
        data = {
            "id": self.id,
            "title": self.title,
            "place": self.place,
            "uses": list(self.uses),
            "literal": self.literal.to_dict(times),
            "repaired": self.repaired.to_dict(times) if self.repaired else None,
            "expected": dataclasses.asdict(self.expected),
            "as_expected": self.as_expected,
        }
        return data | {"seconds": self.seconds} if times else data

    def row(self) -> dict[str, str]:
        """Summarise the report for one row of a table.

        Returns
        -------
        dict of str
            ``id``, ``title``, ``literal``, ``repaired``, ``strongest``, ``seconds``, ``as_expected``.
        """
        kinds = [form.strongest.kind if form.strongest else "none" for form in self.forms]
        return {
            "id": self.id,
            "title": self.title,
            "literal": str(self.literal.verdict),
            "repaired": str(self.repaired.verdict) if self.repaired else "–",
            "strongest": ", ".join(dict.fromkeys(kinds)),
            "seconds": f"{self.seconds:.2f}",
            "as_expected": "yes" if self.as_expected else "no",
        }

    def __str__(self) -> str:
        lines = [f"{self.id}: {self.title} ({self.place})"]
        for name, form in zip(("as stated", "repaired"), self.forms, strict=False):
            lines += [f"  {name}: {form.statement}", f"    {form.verdict}"]
            lines += [f"    - {outcome}" for outcome in form.outcomes]
            rejected = sum(control.status == "rejected" for control in form.controls)
            lines += [f"    planted errors rejected: {rejected} of {len(form.controls)}"] if form.controls else []
            lines += [f"    - planted error accepted: {c.says}" for c in form.controls if c.status != "rejected"]
        if not self.as_expected:
            lines.append("  not as the registry expects")
        return "\n".join(lines)


@dataclass(frozen=True)
class Claim:
    """One statement of the paper.

    Parameters
    ----------
    id : str
        Short name, as ``L7``.
    place : str
        Where the paper says it.
    title : str
        What it says, in one line.
    statement : str
        The statement, in mathematics.
    why : str
        Why it matters.
    literal : Form
        As stated.
    repaired : Form or None
        As it can be kept; None where nothing needs repair.
    uses : tuple of str
        Ids of the claims that it rests on.
    expected : Expected
        The verdicts that the registry states.
    """

    id: str
    place: str
    title: str
    statement: str
    why: str
    literal: Form
    repaired: Form | None
    expected: Expected
    uses: tuple[str, ...] = ()

    def check(self) -> Report:
        """Run all evidence and all planted errors, and compute the verdicts.

        Returns
        -------
        Report
            Verdicts, outcomes and times.

        Raises
        ------
        Contradiction
            If one form is both refuted and established.
        """
        start = time.perf_counter()
        literal = self._check_form("literal", self.literal)
        repaired = self._check_form("repaired", self.repaired) if self.repaired else None
        seconds = time.perf_counter() - start
        return Report(self.id, self.title, self.place, self.uses, literal, repaired, self.expected, seconds)

    def _check_form(self, name: str, form: Form) -> FormReport:
        outcomes = tuple(piece.run() for piece in form.evidence)
        self._refuse_contradiction(name, outcomes)
        controls = tuple(control for piece in form.evidence for control in piece.run_controls())
        return FormReport(form.statement, form.assumptions, verdict(outcomes), outcomes, controls)

    def _refuse_contradiction(self, name: str, outcomes: tuple[Outcome, ...]) -> None:
        refuting = [outcome.says for outcome in outcomes if outcome.status == "refuted"]
        holding = [o.says for o in outcomes if o.status == "holds" and o.kind in {"derivation", "certificate"}]
        if refuting and holding:
            raise Contradiction(self.id, name, refuting[0], holding[0])


def verdict(outcomes: tuple[Outcome, ...]) -> Verdict:
    """Read the verdict of a form off the outcomes of its evidence.

    Parameters
    ----------
    outcomes : tuple of Outcome
        Without contradiction.

    Returns
    -------
    Verdict
        The strongest that they support.
    """
    if any(outcome.status == "refuted" for outcome in outcomes):
        return Verdict("refuted", "refuted")
    holding = [outcome for outcome in outcomes if outcome.status == "holds"]
    if derivations := [outcome for outcome in holding if outcome.kind == "derivation"]:
        asserted, prose = (sum(getattr(outcome, name) for outcome in derivations) for name in ("asserted", "prose"))
        return Verdict("derived", f"derived (steps asserted: {asserted}, in prose: {prose})")
    if certificates := [outcome for outcome in holding if outcome.kind == "certificate"]:
        return Verdict("certified", "certified on " + ", ".join(outcome.details["domain"] for outcome in certificates))
    if searches := [outcome for outcome in holding if outcome.kind == "search"]:
        return Verdict("tested", f"tested with {sum(outcome.examples for outcome in searches)} examples")
    return Verdict("open", "open")
