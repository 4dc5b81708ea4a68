"""A series of checkpoints: opened, put in the order of their steps, and compared header by header before any number is read.

‖θ_t‖ means the same at every t only if θ has the same parameters at every t.  A tensor that is missing somewhere, or changes
its shape (a vocabulary that was extended), makes norms of different things; the series is refused, unless the comparison is
restricted to what all members have in common.  A changed type is only noted.  Everything odd is a `Finding`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from sattheory.checkpoints.containers.tensors import FLOATING, Tensors, open_tensors
from sattheory.errors import InputError
from sattheory.growth.kinds import role_of
from sattheory.growth.places import Place, find
from sattheory.growth.steps import Steps, contradictions, out_of_order, steps_of

COMMON = "restrict to the common tensors (--common, common=True), or leave the odd checkpoint out"


@dataclass(frozen=True)
class Finding:
    """Something about a series that its reader should know.

    Parameters
    ----------
    kind : str
        ``order``, ``step``, ``duplicate``, ``missing``, ``surplus``, ``shape``, ``type``, ``tied``, ``unchanged``,
        ``unknown``, ``bad`` or ``left out``.
    checkpoints : tuple of str
        Which members it is about.
    says : str
        The finding, in words.
    """

    kind: str
    checkpoints: tuple[str, ...]
    says: str

    def to_dict(self) -> dict[str, Any]:
        """Put the finding into plain values.

        Returns
        -------
        dict
            Kind, checkpoints and words.
        """
        return {"kind": self.kind, "checkpoints": list(self.checkpoints), "says": self.says}


@dataclass(frozen=True)
class Checkpoint:
    """One member of a series.

    Parameters
    ----------
    name : str
        What to call it.
    step : float
        When it was taken.
    tensors : Tensors
        What it holds.
    """

    name: str
    step: float
    tensors: Tensors


@dataclass(frozen=True)
class Series:
    """Checkpoints that can be compared.

    Parameters
    ----------
    checkpoints : tuple of Checkpoint
        In the order of their steps.
    tensors : tuple of str
        The parameters that all share, in floating point, sorted; no buffers.
    findings : tuple of Finding
        What is odd.
    steps_from : str
        Where the steps come from: ``given``, ``pattern``, ``metadata``, ``names`` or ``positions``.
    """

    checkpoints: tuple[Checkpoint, ...]
    tensors: tuple[str, ...]
    findings: tuple[Finding, ...]
    steps_from: str


def open_series(
    paths: Sequence[str | Path],
    *,
    steps: Sequence[float] | None = None,
    step_pattern: str | None = None,
    common: bool = False,
) -> Series:
    """Open a series of checkpoints; headers only are read.

    Parameters
    ----------
    paths : sequence of path
        A folder, or one checkpoint after the other.
    steps : sequence of float, optional
        Their steps, in the order of the arguments or of the names.
    step_pattern : str, optional
        Regular expression that finds the step in a name.
    common : bool
        Restrict to tensors that all have, in the same shape.

    Returns
    -------
    Series
        The series.

    Raises
    ------
    InputError
        If there is none, a header is wrong, or tensors differ and ``common`` is not asked for.
    """
    found = find(paths)
    opened = [open_tensors(place.path) for place in found.places]
    when = steps_of(found.places, [tensors.metadata for tensors in opened], steps, step_pattern)
    order = sorted(range(len(opened)), key=lambda i: when.values[i])
    members = tuple(Checkpoint(found.places[i].name, when.values[i], opened[i]) for i in order)
    findings = [Finding("left out", (), said) for said in found.left_out]
    findings += _about_steps(found.places, when, members)
    names, differences = _compared(members)
    severe = [finding for finding in differences if finding.kind != "type"]
    if severe and not common:
        more = f" (and {len(severe) - 1} more differences)" if len(severe) > 1 else ""
        raise InputError(
            f"checkpoint {severe[0].checkpoints[0]!r}", f"{severe[0].says}{more}, so that norms would not compare", COMMON
        )
    if not names:
        raise InputError(f"{len(members)} checkpoints", "they have no parameters in common", "give checkpoints of one model")
    return Series(members, tuple(names), (*findings, *differences), when.source)


def _about_steps(places: Sequence[Place], steps: Steps, members: Sequence[Checkpoint]) -> Iterator[Finding]:
    if steps.source == "positions" and len(places) > 1:
        yield Finding("step", (), "no step is stated for every checkpoint: they are counted 0, 1, 2 …")
    if late := out_of_order(steps.values):
        said = ", ".join(f"{places[i].name} (step {steps.values[i]:g})" for i in late)
        names = tuple(places[i].name for i in late)
        verb = "stands" if len(late) == 1 else "stand"
        yield Finding("order", names, f"{said} {verb} out of order; the order of the steps is used")
    for name, by_name, step in contradictions(places, steps):
        yield Finding("step", (name,), f"{name} is called after step {by_name:g} but states step {step:g}, which is used")
    for one, other in pairwise(members):
        if one.step == other.step:
            yield Finding(
                "step",
                (one.name, other.name),
                f"{one.name} and {other.name} have the same step {one.step:g}",
            )


def parameters_of(tensors: Tensors) -> dict[str, tuple[int, ...]]:
    """List the parameters of a checkpoint: tensors in floating point that are neither empty nor buffers.

    Parameters
    ----------
    tensors : Tensors
        The checkpoint.

    Returns
    -------
    dict of str to tuple of int
        Their shapes.
    """
    entries = tensors.entries.items()
    return {name: e.shape for name, e in entries if e.dtype in FLOATING and 0 not in e.shape and role_of(name, e.shape)}


def _compared(members: Sequence[Checkpoint]) -> tuple[list[str], list[Finding]]:
    """Compare headers with what most members have; return what all share, and what differs."""
    held = [parameters_of(member.tensors) for member in members]
    counts = Counter(name for one in held for name in one)
    usual = {name for name, count in counts.items() if 2 * count + (name in held[0]) > len(members)}
    findings: list[Finding] = []
    for member, one in zip(members, held, strict=True):
        for kind, verb, names in (("missing", "lacks", usual - set(one)), ("surplus", "has a surplus", set(one) - usual)):
            if names:
                findings.append(Finding(kind, (member.name,), f"{member.name} {verb} {listed(sorted(names))}"))
    shared = sorted(name for name, count in counts.items() if count == len(members))
    changed = [name for name in shared if len({one[name] for one in held}) > 1]
    for name in changed:
        at = next(i for i, one in enumerate(held) if one[name] != held[0][name])
        said = f"{name!r} has shape {held[0][name]} in {members[0].name} and {held[at][name]} in {members[at].name}"
        findings.append(Finding("shape", (members[at].name,), said))
    kept = [name for name in shared if name not in set(changed)]
    return kept, findings + list(_types(members, kept))


def _types(members: Sequence[Checkpoint], names: Sequence[str]) -> Iterator[Finding]:
    for before, after in pairwise(members):
        changed = [name for name in names if before.tensors.entries[name].dtype != after.tensors.entries[name].dtype]
        if changed:
            types = (m.tensors.entries[changed[0]].dtype for m in (before, after))
            said = " to ".join(types)
            yield Finding("type", (after.name,), f"{after.name}: the type of {listed(changed)} changes from {said}")


def listed(names: Sequence[str]) -> str:
    """Write names one after the other, three at most.

    Parameters
    ----------
    names : sequence of str
        Tensors.

    Returns
    -------
    str
        All of them, or two and the number of the others.
    """
    more = f" and {len(names) - 2} more tensors" if len(names) > 3 else ""
    return ", ".join(repr(name) for name in (names[:2] if more else names)) + more
