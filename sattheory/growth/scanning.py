"""Three sums for each tensor and checkpoint, in one pass over the bytes.

All that is said about the growth of a norm comes from ‖θ_t‖², ‖θ_{t+1} − θ_t‖² and θ_t·θ_last, and these add up over tensors.
The checkpoints are therefore read in lockstep, a part of each at a time: what two neighbours differ in is computed while both
lie in the processor's cache, in float64, and forgotten.  Memory is that of a few parts; every byte is read once (the last
checkpoint once more for every `MOST_OPEN` others, because a system does not let one process hold files without number).

A difference of two float32 is rounded at the 53rd bit, and squares are summed part by part, always in the same order: the same
files give the same bits, however the tensors are shared out among processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
PART = 1 << 15  # 256 KiB of float64: two or three of them fit a core's own cache
MOST_OPEN = 200
SQUARE, STEP, LAST = 0, 1, 2


class Described(Protocol):
    """What is known of one tensor before it is read."""

    @property
    def dtype(self) -> str:
        """Its type, as safetensors names it."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape."""


class Source(Protocol):
    """Something that holds tensors, such as `Tensors`."""

    @property
    def entries(self) -> Mapping[str, Any]:
        """What it holds: a `Described` for each name."""

    def parts(self, name: str, elements: int) -> Iterator[Array]:
        """Read one tensor, flat, in parts."""


def sums(sources: Sequence[Source], names: Sequence[str]) -> Array:
    """Scan some tensors through a series.

    Parameters
    ----------
    sources : sequence of Source, length T
        The checkpoints in order; each holds the tensors with the same shapes.
    names : sequence of str, length K
        The tensors.

    Returns
    -------
    ndarray, shape (K, 3, T)
        ‖θ_t‖², ‖θ_{t+1} − θ_t‖² (0 at the end) and θ_t·θ_last; not finite where a checkpoint is not.
    """
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        return np.array([_tensor(sources, name) for name in names]).reshape(len(names), 3, len(sources))


def _tensor(sources: Sequence[Source], name: str) -> Array:
    found = np.zeros((3, len(sources)))
    for start in range(0, max(len(sources) - 1, 1), MOST_OPEN):
        stop = min(start + MOST_OPEN + 1, len(sources))  # neighbours meet in one batch, so that batches overlap in one
        found[:, start:stop] = _lockstep(sources[start:stop], sources[-1], name)
    return found


def _lockstep(batch: Sequence[Source], last: Source, name: str) -> Array:
    found, rows = np.zeros((3, len(batch))), np.empty((3, PART))
    streams = [source.parts(name, PART) for source in (batch[:-1] if batch[-1] is last else batch)]
    for part in last.parts(name, PART):
        final = _copied(part, rows[2])
        _add(found, (next(stream) for stream in streams), final, rows, ends=batch[-1] is last)
    return found


def _add(found: Array, parts: Iterator[Array], final: Array, rows: Array, ends: bool) -> None:
    """Add the sums of one part; two rows hold neighbours in turn, and a difference takes the place of the earlier one."""
    before, at = final, -1
    for at, part in enumerate(parts):
        now = _copied(part, rows[at % 2])
        found[SQUARE, at] += now.dot(now)
        found[LAST, at] += now.dot(final)
        if at:
            found[STEP, at - 1] += _squared_difference(now, before)
        before = now
    if ends:
        found[SQUARE, at + 1] += (square := final.dot(final))
        found[LAST, at + 1] += square
        if at >= 0:
            found[STEP, at] += _squared_difference(final, before)


def _copied(part: Array, row: Array) -> Array:
    """Bring a part to float64, into memory that is warm already."""
    np.copyto(row[: part.size], part)
    return row[: part.size]


def _squared_difference(after: Array, before: Array) -> float:
    difference = np.subtract(after, before, out=before)
    return float(difference.dot(difference))


def first_value(source: Source, name: str, wanted: Callable[[Array], Array]) -> tuple[tuple[int, ...], float] | None:
    """Look for the first value of some kind.

    Parameters
    ----------
    source : Source
        A checkpoint.
    name : str
        A tensor of it.
    wanted : callable
        Tells of an array which values are of that kind.

    Returns
    -------
    tuple or None
        Index and value of the first; None if there is none.
    """
    passed = 0
    for part in source.parts(name, PART):
        found = np.flatnonzero(wanted(part))
        if found.size:
            index = np.unravel_index(passed + int(found[0]), source.entries[name].shape or (1,))
            return tuple(int(i) for i in index), float(part[found[0]])
        passed += part.size
    return None
