"""From files to `Growth`: open, compare, scan in lockstep, look for what is not finite and for what is there twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sattheory.checkpoints.containers.tensors import Tensors
from sattheory.errors import InputError
from sattheory.growth.duplicates import duplicates
from sattheory.growth.groups import Measured, Selection, grouped, measured, tied, unchanged, unknown
from sattheory.growth.growth import Decay, Growth
from sattheory.growth.scanning import SQUARE, first_value, sums
from sattheory.growth.series import Finding, Series, listed, open_series
from sattheory.parallel import check_jobs, each

Array = NDArray[Any]
TASKS, MOST_THREADS = 32, 16  # more are faster than no disk, and hold fewer files open each
LARGEST_SQUARE, SMALLEST_SQUARE = 1e300, 1e-280
SUSPECT = 0.05
Watch = Callable[[int, int], None]


def scan(
    paths: str | Path | Sequence[str | Path],
    *,
    steps: Sequence[float] | None = None,
    step_pattern: str | None = None,
    embeddings: bool = False,
    scalars: bool = False,
    include: str | None = None,
    exclude: str | None = None,
    common: bool = False,
    skip_bad: bool = False,
    decay: Decay | None = None,
    jobs: int = 1,
    scheduler: str | None = None,
    watch: Watch | None = None,
) -> Growth:
    """Measure how the parameters grew over a series of checkpoints (paper, figures 1 and 5, §3.1).

    Parameters
    ----------
    paths : path or sequence of path
        A folder of ``.safetensors`` or ``.npz`` files or of model folders; or these one after the other.
    steps : sequence of float, optional
        Their steps; read from metadata or names when left out.
    step_pattern : str, optional
        Regular expression that finds the step in a name.
    embeddings, scalars : bool
        Count embeddings with heads and poolers, or gains and biases, too; the paper counts neither.
    include, exclude : str, optional
        Regular expressions for names of tensors that count, or do not.
    common : bool
        Where tensors differ, measure what all checkpoints have in common.
    skip_bad : bool
        Leave out checkpoints that hold NaN or infinities.
    decay : Decay, optional
        Pure decay to hold the ratios of norms against.
    jobs : int
        Threads; the result does not depend on it.
    scheduler : str, optional
        Address of a Dask scheduler to work on.
    watch : callable, optional
        Called with the number of finished tasks and of all.

    Returns
    -------
    Growth
        Norms, directions, step sizes, alignment, fits, findings.

    Raises
    ------
    InputError
        If there is no series, its members cannot be compared, or hold values that are not finite.
    """
    selection = Selection(embeddings, scalars, include, exclude)
    places = [paths] if isinstance(paths, str | Path) else list(paths)
    if scheduler is not None:
        places = [Path(place).absolute() for place in places]
    series = open_series(places, steps=steps, step_pattern=step_pattern, common=common)
    found = _sums(series, jobs, scheduler, watch)
    bad = _bad(series, found)
    if bad and not skip_bad:
        raise InputError(
            f"checkpoint {bad[0].checkpoints[0]!r}", bad[0].says, "mend it, or leave it out (--skip-bad, skip_bad=True)"
        )
    if bad:
        series = _without(series, bad)
        found = _sums(series, jobs, scheduler, watch)
    return _growth(series, found, selection, decay)


def _growth(series: Series, found: Array, selection: Selection, decay: Decay | None) -> Growth:
    members = series.checkpoints
    tensors = measured(series.tensors, [members[0].tensors.entries[name].shape for name in series.tensors], found)
    pairs = tied(tensors)
    again = {name for _, name in pairs}
    once = [tensor for tensor in tensors if tensor.name not in again]
    twice = duplicates([member.tensors for member in members], found)
    findings = [
        *series.findings,
        *(
            Finding(
                "duplicate",
                (members[pair.first].name, members[pair.again].name),
                f"{members[pair.again].name} {'is the same file as' if pair.files else 'holds the same tensors as'} "
                f"{members[pair.first].name} (SHA-256 {pair.digest[:12]}…); the fits leave it out",
            )
            for pair in twice
        ),
        *(Finding("tied", (), f"{name!r} repeats {first!r} in every checkpoint and is counted once") for first, name in pairs),
        *_about_tensors(once, selection, len(members)),
    ]
    return Growth(
        names=tuple(member.name for member in members),
        steps=np.array([member.step for member in members]),
        groups=grouped(once, selection),
        repeated=tuple(pair.again for pair in twice),
        findings=tuple(findings),
        selection=selection,
        decay=decay,
    )


def _about_tensors(tensors: Sequence[Measured], selection: Selection, count: int) -> Iterator[Finding]:
    """Name tensors that never change, and those that count though their names say nothing."""
    still = unchanged(tensors) if count > 1 else []
    if still:
        size = sum(prod(tensor.shape) for tensor in still)
        verb = "never changes" if len(still) == 1 else "never change"
        said = f"{listed([tensor.name for tensor in still])} ({size:,} parameters) {verb} over the series: frozen, or buffers"
        yield Finding("unchanged", (), said)
    others, share = unknown(tensors, selection)
    if share > SUSPECT:
        names = listed([tensor.name for tensor in others])
        said = f"{names}, in no layer and of no known name, hold {share:.0%} of what counts; leave embeddings out by --exclude"
        yield Finding("unknown", (), said)


def _sums(series: Series, jobs: int, scheduler: str | None, watch: Watch | None) -> Array:
    """Scan all tensors, the large ones first; threads share the files that may be open."""
    sources = tuple(member.tensors for member in series.checkpoints)
    tasks = _tasks(series.tensors, sources[0])
    check_jobs(jobs)
    threads = min(jobs, MOST_THREADS) if scheduler is None else 1
    work = each(partial(sums, sources, threads=threads), tasks, jobs=threads, scheduler=scheduler, threads=True)
    found: dict[str, Array] = {}
    for done, (names, result) in enumerate(zip(tasks, work, strict=True)):
        found |= dict(zip(names, result, strict=True))
        if watch is not None:
            watch(done + 1, len(tasks))
    return np.array([found[name] for name in series.tensors])


def _tasks(names: Sequence[str], tensors: Tensors) -> list[tuple[str, ...]]:
    """Share out the tensors, about `TASKS` heaps of like size, the largest tensors first."""
    size = {name: prod(tensors.entries[name].shape) for name in names}
    enough, taken = sum(size.values()) / TASKS, 0
    tasks: list[list[str]] = [[]]
    for name in sorted(names, key=lambda name: (-size[name], name)):
        if tasks[-1] and taken + size[name] > enough:
            tasks.append([])
            taken = 0
        tasks[-1].append(name)
        taken += size[name]
    return [tuple(task) for task in tasks]


def _bad(series: Series, found: Array) -> list[Finding]:
    """Name the checkpoints whose sums are not finite, with the first bad value of each."""
    squares = found[:, SQUARE]
    findings = []
    for t in np.flatnonzero(~(squares < LARGEST_SQUARE).all(axis=0)):
        member = series.checkpoints[t]
        name = series.tensors[int(np.flatnonzero(~(squares[:, t] < LARGEST_SQUARE))[0])]
        bad = first_value(member.tensors, name, lambda part: ~np.isfinite(part))
        where = f"{name!r} is too large to be squared" if bad is None else f"{name!r} holds {bad[1]} at {list(bad[0])}"
        findings.append(Finding("bad", (member.name,), f"{member.name}: tensor {where}"))
    return findings + _too_small(series, squares.sum(axis=0))


def _too_small(series: Series, squares: Array) -> list[Finding]:
    """Name the checkpoints that are not zero, but whose squares are as good as."""
    findings = []
    for t in np.flatnonzero(squares < SMALLEST_SQUARE):
        member = series.checkpoints[t]
        names = (name for name in series.tensors if first_value(member.tensors, name, lambda part: part != 0))
        if name := next(names, None):
            findings.append(Finding("bad", (member.name,), f"{member.name}: {name!r}, as all of it, is too small to be squared"))
    return findings


def _without(series: Series, bad: Sequence[Finding]) -> Series:
    names = {finding.checkpoints[0] for finding in bad}
    kept = tuple(member for member in series.checkpoints if member.name not in names)
    if not kept:
        raise InputError(f"{len(series.checkpoints)} checkpoints", "none of them is finite", "give intact ones")
    said = tuple(replace(finding, says=f"{finding.says}; it is left out") for finding in bad)
    return replace(series, checkpoints=kept, findings=(*series.findings, *said))
