"""A claim: one statement of the paper, its literal form, its repaired form, and a verdict that is computed.

Nobody writes "proved" here.  A form carries evidence; `Claim.check` runs it and reads the verdict off what came out: refuted,
derived, certified, tested, or open when nothing stands.  A witness beside a proof of the same form is not a matter of
precedence but a `Contradiction`.  The only verdict written by hand is the expected one, against which a run is compared.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from sattheory.claims import kept
from sattheory.claims.evidence import USUAL, Effort, Evidence, Outcome
from sattheory.claims.witness import Witness
from sattheory.errors import InputError

VerdictKind = Literal["refuted", "derived", "certified", "tested", "open", "assumed"]
Kind = Literal["statement", "definition", "assumption", "ours"]
FORMS = ("as stated", "repaired")
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
        ``refuted``, ``derived``, ``certified``, ``tested``, ``open``, or ``assumed``: open, and not meant to be shown.
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
        In mathematics, for a terminal.
    assumptions : tuple of str
        What it supposes.
    evidence : tuple of Evidence
        What bears on it; may be empty.
    latex : str
        The statement with its formulas between dollar signs.
    uses : tuple of str
        Forms that it rests on: ``L5`` is the literal form of L5, ``L5'`` its repaired form.
    """

    statement: str
    assumptions: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    latex: str = ""
    uses: tuple[str, ...] = ()


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
    statement, latex : str
        The form, for a terminal and with its formulas between dollar signs.
    assumptions : tuple of str
        What it supposes.
    uses : tuple of str
        Forms that it rests on.
    verdict : Verdict
        Computed.
    outcomes : tuple of Outcome
        Of the evidence.
    controls : tuple of Outcome
        Of its planted errors; empty unless they were run.
    """

    statement: str
    latex: str
    assumptions: tuple[str, ...]
    uses: tuple[str, ...]
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
            "latex": self.latex,
            "assumptions": list(self.assumptions),
            "uses": list(self.uses),
            "verdict": dataclasses.asdict(self.verdict),
            "outcomes": [outcome.to_dict(times) for outcome in self.outcomes],
            "controls": [control.to_dict(times) for control in self.controls],
        }


@dataclass(frozen=True)
class Report:
    """What checking a claim showed.

    Parameters
    ----------
    id, title, place, kind : str
        Which claim.
    statement, latex, why : str
        What the paper says, for a terminal and with formulas between dollar signs, and why it matters.
    literal : FormReport
        As the paper states it.
    repaired : FormReport or None
        As it can be kept.
    expected : Expected
        What the registry states.
    seconds : float
        Time of everything.
    proof : str
        Text of the proof, in Markdown; empty if none is kept.
    """

    id: str
    title: str
    place: str
    kind: Kind
    statement: str
    latex: str
    why: str
    literal: FormReport
    repaired: FormReport | None
    expected: Expected
    seconds: float
    proof: str = field(default="", repr=False)

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
            "kind": self.kind,
            "statement": self.statement,
            "latex": self.latex,
            "why": self.why,
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
        kinds = [form.strongest.kind for form in self.forms if form.strongest] or ["none"]
        return {
            "id": self.id,
            "title": self.title,
            "literal": str(self.literal.verdict),
            "repaired": str(self.repaired.verdict) if self.repaired else "–",
            "strongest": ", ".join(dict.fromkeys(kinds)),
            "seconds": f"{self.seconds:.2f}",
            "as_expected": "yes" if self.as_expected else "no",
        }

    def _repr_html_(self) -> str:
        from sattheory.reports.html import report_snippet

        return report_snippet(self)

    def _repr_latex_(self) -> str:
        from sattheory.reports.latex import table

        return table([self])

    def complaints(self) -> list[str]:
        """List what is not as the registry expects.

        Returns
        -------
        list of str
            A sentence each; empty if all is well.
        """
        lines = []
        for name, form, kind in zip(FORMS, self.forms, (self.expected.literal, self.expected.repaired), strict=False):
            if form.verdict.kind != kind:
                lines.append(f"{self.id}, {name}: {form.verdict.kind} where the registry expects {kind}.")
            lines += [f"{self.id}, {name}: {outcome}" for outcome in form.outcomes if outcome.status == "failed"]
            lines += [f"{self.id}, {name}: planted error accepted: {c.says}" for c in form.controls if c.status != "rejected"]
        return lines

    def __str__(self) -> str:
        lines = [f"{self.id}: {self.title} ({self.place})", f"  the sentence: {self.statement}", f"  why it matters: {self.why}"]
        for name, form in zip(FORMS, self.forms, strict=False):
            lines += [f"  {name}: {form.statement}", *(f"    assuming: {assumption}" for assumption in form.assumptions)]
            lines += [f"    rests on: {', '.join(form.uses)}"] if form.uses else []
            lines += [f"    verdict: {form.verdict}"]
            lines += [line for outcome in form.outcomes for line in _told(outcome)]
            rejected = sum(control.status == "rejected" for control in form.controls)
            lines += [f"    planted errors rejected: {rejected} of {len(form.controls)}"] if form.controls else []
        lines += [f"  the proof in full: proofs/{self.id}/{kept.TEXT}"] if self.proof else []
        return "\n".join(lines + [f"  not as expected: {line}" for line in self.complaints()])


def _told(outcome: Outcome) -> list[str]:
    """Tell one piece of evidence: points as numbers, steps one by one."""
    lines = [f"    - {outcome}"]
    shown: Mapping[str, Any] = {}
    for failure in outcome.details.get("failures", ()):
        values = failure["values"]
        constants = f", for {_plain(failure['constants'])}" if failure["constants"] else ""
        lines.append(f"      at {_plain(failure['point'])}{constants}")
        lines += [f"        with {name} = {formula}" for name, formula in failure["where"].items() if failure["where"] != shown]
        shown = failure["where"]
        lines.append(f"        {failure['left']} ≥ {values['left']}")
        lines.append(f"        {failure['right']} ≤ {values['right']}")
    marks = {True: "✓", False: "✗", None: "·"}
    return lines + [f"      {marks[step['holds']]} {step['says']}" for step in outcome.details.get("steps", ())]


def _plain(point: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value}".replace("'", "") for name, value in point.items()) or "no variables"


@dataclass(frozen=True)
class Claim:
    """One statement, of the paper or of anybody else.

    Parameters
    ----------
    id : str
        Short name, as ``L7``.
    place : str
        Where the paper says it; ``ours`` for what it does not say.
    title : str
        What is true about it, in one line.
    statement : str
        The statement, in mathematics.
    why : str
        Why it matters.
    literal : Form
        As stated.
    repaired : Form or None
        As it can be kept; None where nothing needs repair.
    expected : Expected
        The verdicts that the registry states.
    latex : str
        The statement with its formulas between dollar signs.
    kind : str
        ``statement``, ``definition``, ``assumption``, or ``ours`` for what replaces or completes the paper.
    root : Path, optional
        Folder of proofs; this package's when left out.
    """

    id: str
    place: str
    title: str
    statement: str
    why: str
    literal: Form
    repaired: Form | None
    expected: Expected
    latex: str = ""
    kind: Kind = "statement"
    root: Path | None = None

    @property
    def forms(self) -> dict[str, Form]:
        """List the forms by the names under which other forms use them.

        Returns
        -------
        dict of Form
            ``L5`` for the literal form, ``L5'`` for the repaired one if there is one.
        """
        return {self.id: self.literal} | ({f"{self.id}'": self.repaired} if self.repaired else {})

    def _repr_html_(self) -> str:
        from sattheory.reports.html import claim_snippet

        return claim_snippet(self)

    def _repr_latex_(self) -> str:
        from sattheory.reports.latex import sentence

        return sentence(self.latex, self.statement)

    def check(self, effort: Effort = USUAL) -> Report:
        """Run all evidence, and compute the verdicts.

        Parameters
        ----------
        effort : Effort
            How much work to do: planted errors, counterexamples from scratch, examples of searches.

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
        literal = self._check_form("literal", self.literal, effort)
        repaired = self._check_form("repaired", self.repaired, effort) if self.repaired else None
        seconds = time.perf_counter() - start
        about = (self.id, self.title, self.place, self.kind, self.statement, self.latex, self.why)
        return Report(*about, literal, repaired, self.expected, seconds, self.proof())

    def proof(self) -> str:
        """Read the text of the proof.

        Returns
        -------
        str
            Markdown; empty if none is kept.
        """
        path = kept.folder(self.id, self.root) / kept.TEXT
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    def _check_form(self, name: str, form: Form, effort: Effort) -> FormReport:
        outcomes = [self._run(name, piece, effort) for piece in form.evidence]
        outcomes += self._stray(any(outcome.status == "holds" for outcome in outcomes)) if name == "literal" else []
        outcomes += self._from_scratch(form, effort) if effort.scratch else []
        self._refuse_contradiction(name, outcomes)
        controls = [control for piece in form.evidence for control in piece.run_controls(effort)] if effort.controls else []
        found = verdict(outcomes, self.kind == "assumption")
        return FormReport(form.statement, form.latex, form.assumptions, form.uses, found, tuple(outcomes), tuple(controls))

    def _run(self, form: str, piece: Evidence, effort: Effort) -> Outcome:
        """Run evidence; what goes wrong inside it is told with the claim's name."""
        try:
            return piece.run(effort)
        except (InputError, Contradiction):
            raise
        except Exception as error:
            why = f"it cannot be run ({type(error).__name__}: {error})"
            raise InputError(f"claim {self.id}, {form} form, {piece.kind}", why, "mend the claim's module") from error

    def _stray(self, holds: bool) -> list[Outcome]:
        """Take notice of a counterexample that is kept for a claim which knows nothing of one."""
        # Beside evidence that the form holds it is a contradiction; alone it shows nothing, for nobody says what it would refute.
        expects = any(isinstance(piece, Witness) for form in self.forms.values() for piece in form.evidence)
        content = None if expects else kept.read(kept.folder(self.id, self.root) / kept.COUNTEREXAMPLE, self.id)
        if content is None:
            return []
        stands = holds and bool(content["counterexamples"]) and all(kept.fails(entry) for entry in content["counterexamples"])
        says = f"proofs/{self.id}/{kept.COUNTEREXAMPLE}"
        details = {"reason": "the claim's file names no statement that it could refute", "failures": content["counterexamples"]}
        return [Outcome("witness", says, "refuted" if stands else "failed", details)]

    def _from_scratch(self, form: Form, effort: Effort) -> list[Outcome]:
        found = [piece.from_scratch(effort) for piece in form.evidence if isinstance(piece, Witness)]
        return [outcome for outcome in found if outcome is not None]

    def _refuse_contradiction(self, name: str, outcomes: list[Outcome]) -> None:
        refuting = [outcome.says for outcome in outcomes if outcome.status == "refuted"]
        holding = [o.says for o in outcomes if o.status == "holds" and o.kind in {"derivation", "certificate"}]
        if refuting and holding:
            raise Contradiction(self.id, name, refuting[0], holding[0])


def verdict(outcomes: Sequence[Outcome], assumption: bool = False) -> Verdict:
    """Read the verdict of a form off the outcomes of its evidence.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Without contradiction.
    assumption : bool
        Whether the form is not meant to be shown.

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
    return Verdict("assumed", "assumed") if assumption and not outcomes else Verdict("open", "open")
