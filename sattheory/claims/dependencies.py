"""What rests on what: which forms have lost their support, and what restores it.

A form of a claim uses forms of others: ``L5`` is the literal form of L5, ``L5'`` its repaired one.  From these names and the
verdicts of a run everything else follows.  A form has *lost its support* if one that it uses is refuted, or has lost its
support in turn; what it says may still be true, but the argument no longer shows it.  An assumption needs no support: what
uses it rests on an assumption.  Lost support is *restored* by the repaired form of the same claim, if that one is established
on forms that stand.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sattheory.claims.claim import Claim, Report, VerdictKind
from sattheory.discovery import one_of
from sattheory.errors import InputError

ESTABLISHED = ("derived", "certified", "tested")


@dataclass(frozen=True)
class Standing:
    """Where one form of a claim stands.

    Parameters
    ----------
    form, claim : str
        Its name, as ``L5'``, and the claim's.
    verdict : str or None
        Kind of its verdict; None if it was not checked.
    uses : tuple of str
        Forms that it rests on.
    fallen : tuple of str
        Those of them that are refuted or have lost their support.
    causes : tuple of str
        The refuted forms from which the loss comes.
    assumptions : tuple of str
        The assumed forms on which it rests, directly or not.
    replacements : mapping of str to str
        For fallen forms, the repaired form that can be used in its place, where there is one that stands.
    restored_by : str or None
        The repaired form of the same claim, if this form does not stand and that one does.
    """

    form: str
    claim: str
    verdict: VerdictKind | None
    uses: tuple[str, ...]
    fallen: tuple[str, ...]
    causes: tuple[str, ...]
    assumptions: tuple[str, ...]
    replacements: Mapping[str, str] = dataclasses.field(default_factory=dict)
    restored_by: str | None = None

    @property
    def supported(self) -> bool:
        """Tell whether everything that it uses stands.

        Returns
        -------
        bool
            False if it has lost its support.
        """
        return not self.fallen

    @property
    def carries(self) -> bool:
        """Tell whether another form may rest on it.

        Returns
        -------
        bool
            Not if it is refuted, nor if it has lost its support, unless it is an assumption, which needs none.
        """
        return self.verdict != "refuted" and (self.supported or self.verdict == "assumed")

    @property
    def stands(self) -> bool:
        """Tell whether it is established, on forms that carry it.

        Returns
        -------
        bool
            Whether it may stand in for a form that has fallen.
        """
        return self.verdict in ESTABLISHED and self.supported

    def to_dict(self) -> dict[str, Any]:
        """Write the standing as data.

        Returns
        -------
        dict
            Ready for JSON.
        """
        data = dataclasses.asdict(self) | {"supported": self.supported, "stands": self.stands}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in data.items()}

    def __str__(self) -> str:
        parts = [f"{self.form} is {self.verdict or 'not checked'}"]
        parts += [f"has lost its support: {', '.join(map(self._told, self.fallen))}"] if self.fallen else []
        parts += [f"rests on the assumption {', '.join(self.assumptions)}"] if self.assumptions else []
        parts += [f"{self.restored_by} stands in its place"] if self.restored_by else []
        return "; ".join(parts) + "."

    def _told(self, used: str) -> str:
        state = "refuted" if used in self.causes else "unsupported"
        instead = f", {self.replacements[used]} stands" if used in self.replacements else ""
        return f"{used} ({state}{instead})"


@dataclass(frozen=True)
class Dependencies(Mapping[str, Standing]):
    """Where all forms stand, by name; each comes after those that it uses.

    Parameters
    ----------
    standings : mapping of Standing
        By name of the form.
    """

    standings: Mapping[str, Standing]

    def __getitem__(self, form: str) -> Standing:
        return self.standings[one_of("form", form, self.standings)]

    def __contains__(self, form: object) -> bool:
        return form in self.standings

    def __iter__(self) -> Iterator[str]:
        return iter(self.standings)

    def __len__(self) -> int:
        return len(self.standings)

    @property
    def lost(self) -> tuple[str, ...]:
        """List the forms that have lost their support.

        Returns
        -------
        tuple of str
            Names.
        """
        return tuple(name for name, standing in self.standings.items() if not standing.supported)

    def users(self, form: str) -> tuple[str, ...]:
        """List the forms that rest on one, directly.

        Parameters
        ----------
        form : str
            Its name.

        Returns
        -------
        tuple of str
            Names.
        """
        used = self[form].form
        return tuple(name for name, standing in self.standings.items() if used in standing.uses)

    def to_dict(self) -> dict[str, Any]:
        """Write all of it as data.

        Returns
        -------
        dict
            Ready for JSON.
        """
        return {name: standing.to_dict() for name, standing in self.standings.items()}


@dataclass(frozen=True)
class _Entry:
    """What is known of a form before anything is computed."""

    claim: str
    uses: tuple[str, ...]
    verdict: VerdictKind | None


def dependencies(reports: Iterable[Report], claims: Iterable[Claim] = (), refuted: Collection[str] = ()) -> Dependencies:
    """Compute where every form stands.

    Parameters
    ----------
    reports : iterable of Report
        What checking claims showed.
    claims : iterable of Claim
        Claims that others use but that were not checked; only their forms and uses are read.
    refuted : collection of str
        Forms to take as refuted, whatever their verdicts: what would fall with them?

    Returns
    -------
    Dependencies
        By name of the form.

    Raises
    ------
    InputError
        If a form uses one that does not exist, or rests on itself.
    """
    entries = _unchecked(claims) | _checked(reports)
    for name in refuted:
        entries[name] = dataclasses.replace(entries[one_of("form", name, entries)], verdict="refuted")
    standings: dict[str, Standing] = {}
    for name in _in_order(entries):
        standings[name] = _standing(name, entries[name], standings)
    return Dependencies({name: _restored(standing, standings) for name, standing in standings.items()})


def _unchecked(claims: Iterable[Claim]) -> dict[str, _Entry]:
    return {name: _Entry(claim.id, form.uses, None) for claim in claims for name, form in claim.forms.items()}


def _checked(reports: Iterable[Report]) -> dict[str, _Entry]:
    named = (
        (f"{report.id}{mark}", report.id, form) for report in reports for mark, form in zip(("", "'"), report.forms, strict=False)
    )
    return {name: _Entry(id, form.uses, form.verdict.kind) for name, id, form in named}


def _in_order(entries: Mapping[str, _Entry]) -> list[str]:
    """List names so that each comes after those it uses; refuse unknown names and circles."""
    for name, entry in entries.items():
        for used in entry.uses:
            _refuse_unknown(name, used, entries)
    done: dict[str, None] = {}
    for name in sorted(entries):
        _visit(name, entries, done, ())
    return list(done)


def _refuse_unknown(name: str, used: str, entries: Mapping[str, _Entry]) -> None:
    try:
        one_of("form", used, entries)
    except InputError as error:
        raise InputError(f"{name} uses {used}", "there is no form of this name", error.remedy) from None


def _visit(name: str, entries: Mapping[str, _Entry], done: dict[str, None], above: tuple[str, ...]) -> None:
    """Add a form after all that it uses."""
    if name in above:
        circle = " uses ".join((*above[above.index(name) :], name))
        raise InputError(circle, "a form cannot rest on itself", "take one of these uses away, or use another form")
    if name in done:
        return
    for used in sorted(entries[name].uses):
        _visit(used, entries, done, (*above, name))
    done[name] = None


def _standing(name: str, entry: _Entry, before: Mapping[str, Standing]) -> Standing:
    """Compute what a form inherits from those that it uses."""
    used = [before[form] for form in entry.uses]
    fallen = [standing for standing in used if not standing.carries]
    causes = [cause for standing in fallen for cause in ((standing.form,) if standing.verdict == "refuted" else standing.causes)]
    assumed = [
        one for standing in used for one in (*([standing.form] if standing.verdict == "assumed" else []), *standing.assumptions)
    ]
    names = tuple(standing.form for standing in fallen)
    return Standing(name, entry.claim, entry.verdict, entry.uses, names, _once(causes), _once(assumed))


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _restored(standing: Standing, standings: Mapping[str, Standing]) -> Standing:
    """Add what stands in the place of what has fallen."""
    found = {used: _repaired(standings[used], standings) for used in standing.fallen}
    replacements = {used: name for used, name in found.items() if name}
    falls = standing.verdict == "refuted" or not standing.supported
    return dataclasses.replace(standing, replacements=replacements, restored_by=_repaired(standing, standings) if falls else None)


def _repaired(standing: Standing, standings: Mapping[str, Standing]) -> str | None:
    """Name the repaired form of a literal one, if it stands."""
    name = f"{standing.claim}'"
    return name if standing.form != name and name in standings and standings[name].stands else None
