"""Three sums for each tensor and checkpoint, in one pass over the bytes.

All that is said about the growth of a norm comes from ‖θ_t‖², ‖θ_{t+1} − θ_t‖² and θ_t·θ_last, and these add up over tensors.
The checkpoints are therefore read in lockstep, a part of each at a time: what two neighbours differ in is computed while both
lie in the processor's cache, in float64, and forgotten.  Memory is that of a few parts; every byte is read once (the last
checkpoint once more for every `MOST_OPEN` others, because a system does not let one process hold files without number).

Bytes out of the system's cache come faster than array operations, one after the other, can turn them into float64, subtract and
multiply: numba compiles the three sums into one loop, which holds each number in a register once.  It lets go of Python's lock,
so that threads scan tensors side by side, and start at once.

A difference of two float32 is rounded at the 53rd bit, and squares are summed part by part, always in the same order: the same
files give the same bits, however the tensors are shared out among threads or machines with processors of one family.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sattheory.threads import check_wanted

Array = NDArray[Any]
PART = 1 << 18  # 1 MiB of float32: large, so that threads seldom wait for each other at Python's lock
MOST_OPEN = 200
SQUARE, STEP, LAST = 0, 1, 2
_COMPILING = threading.Lock()


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

    def parts(self, name: str, elements: int, rooms: Iterator[Array] | None = None) -> Iterator[Array]:
        """Read one tensor, flat, in parts, into memory that is given."""


def sums(sources: Sequence[Source], names: Sequence[str], threads: int = 1) -> Array:
    """Scan some tensors through a series.

    Parameters
    ----------
    sources : sequence of Source, length T
        The checkpoints in order; each holds the tensors with the same shapes.
    names : sequence of str, length K
        The tensors.
    threads : int
        How many scans this process does at a time; they share the files that it may have open.

    Returns
    -------
    ndarray, shape (K, 3, T)
        ‖θ_t‖², ‖θ_{t+1} − θ_t‖² (0 at the end) and θ_t·θ_last; not finite where a checkpoint is not.
    """
    most = max(1, MOST_OPEN // threads)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.array([_tensor(sources, name, most) for name in names]).reshape(len(names), 3, len(sources))


def _tensor(sources: Sequence[Source], name: str, most: int) -> Array:
    found = np.zeros((3, len(sources)))
    for start in range(0, max(len(sources) - 1, 1), most):
        stop = min(start + most + 1, len(sources))  # neighbours meet in one batch, so that batches overlap in one
        found[:, start:stop] = _lockstep(sources[start:stop], sources[-1], name)
    return found


def _lockstep(batch: Sequence[Source], last: Source, name: str) -> Array:
    """Read neighbours into two rooms in turn, and the last checkpoint into a third, which it keeps meanwhile."""
    found = np.zeros((3, len(batch)))
    *neighbours, own = np.empty((3, 8 * PART), np.uint8)
    rooms, is_last = itertools.cycle(neighbours), batch[-1] is last
    streams = [source.parts(name, PART, rooms) for source in (batch[:-1] if is_last else batch)]
    for final in last.parts(name, PART, itertools.repeat(own)):
        check_wanted()
        _add(found, itertools.chain((next(stream) for stream in streams), [final] * is_last), final)
    return found


def _add(found: Array, parts: Iterable[Array], final: Array) -> None:
    """Add the sums of one part; only it and the one before it are held, and the final one."""
    before = final
    for at, now in enumerate(parts):
        square, step, last = _three(now, before, final)
        found[SQUARE, at] += square
        found[LAST, at] += last
        if at:
            found[STEP, at - 1] += step
        before = now


def _three(now: Array, before: Array, final: Array) -> tuple[float, float, float]:
    """Compute now·now, ‖now − before‖² and now·final in float64; parts of several types are first brought to one."""
    if not now.dtype == before.dtype == final.dtype:
        now, before, final = (part.astype(np.float64, copy=False) for part in (now, before, final))
    with _COMPILING:
        loop = _compiled(now.dtype)
    return loop(now, before, final)


@cache
def _compiled(dtype: np.dtype[Any]) -> Callable[[Array, Array, Array], tuple[float, float, float]]:
    """Compile the loop for one type; what is made is kept beside this file or in the user's cache, for the next process."""
    try:
        return _made(dtype, kept=True)
    except Exception:  # there is no room, or what is kept is damaged
        return _made(dtype, kept=False)


def _made(dtype: np.dtype[Any], kept: bool) -> Callable[[Array, Array, Array], tuple[float, float, float]]:
    """Compile; the compiler may add in an order of its own, always the same, and assume nothing else of the numbers."""
    from numba import njit

    loop: Callable[[Array, Array, Array], tuple[float, float, float]]
    loop = njit(nogil=True, fastmath={"reassoc", "contract"}, cache=kept)(_loop)
    loop(*np.empty((3, 0), dtype))
    return loop


def _loop(now: Array, before: Array, final: Array) -> tuple[float, float, float]:
    square = step = last = 0.0
    for i in range(now.size):
        value = np.float64(now[i])
        difference = value - np.float64(before[i])
        square += value * value
        step += difference * difference
        last += value * np.float64(final[i])
    return square, step, last


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
