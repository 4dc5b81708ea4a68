"""The same work in threads of this process: for tasks that read files and compute with Python's lock let go.

Threads start at once and share what is in memory, where a further process first has to import everything.  They are of use only
to work that seldom holds the lock: reading, inflating, array operations on large parts, compiled loops.  Nobody can end a thread
from outside, so a long task asks from time to time whether it is still wanted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_GIVEN_UP: ContextVar[threading.Event | None] = ContextVar("given_up", default=None)


class GivenUp(Exception):
    """Nobody waits for the task any more."""


def check_wanted() -> None:
    """End a task that nobody waits for any more; outside threads of `in_threads` nothing happens.

    Raises
    ------
    GivenUp
        If the results are no longer taken.
    """
    given_up = _GIVEN_UP.get()
    if given_up is not None and given_up.is_set():
        raise GivenUp


def in_threads(function: Callable[[T], R], tasks: Sequence[T], jobs: int) -> Generator[R, None, None]:
    """Apply a function to each task, and give the results in the order of the tasks.

    Parameters
    ----------
    function : callable
        Takes a task; where it takes long, it calls `check_wanted`.
    tasks : sequence
        What it is applied to.
    jobs : int
        The most threads.

    Yields
    ------
    object
        Each result, as soon as it and those before it are there.  The first task that fails, in their order, raises its error
        here.  However the generator ends, no thread goes on.
    """
    given_up = threading.Event()

    def done(task: T) -> R:
        _GIVEN_UP.set(given_up)
        check_wanted()
        return function(task)

    with ThreadPoolExecutor(max(1, min(jobs, len(tasks)))) as pool:
        futures = [pool.submit(done, task) for task in tasks]
        try:
            for future in futures:
                yield future.result()
        finally:
            given_up.set()
