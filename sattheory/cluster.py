"""Work on a Dask cluster, through joblib's backend for it.

Dask runs a task again when the worker that had it goes away, and gives up after the third.  joblib's backend hands results on
as they come, but of what Dask itself reports instead of a result (a task that kills its workers, one that they cannot load, a
scheduler that is gone) it tells nobody, and the one who waits for the result waits for ever.  `Attentive` is that backend, told
to pass such a report on.  It also keeps joblib from doing the work at home when the cluster has one worker.
"""

from __future__ import annotations

import logging
import platform
import socket
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from importlib import import_module
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlsplit

import numpy as np
from joblib import Parallel, delayed, parallel_config
from joblib._dask import DaskDistributedBackend

import sattheory
from sattheory.errors import InputError
from sattheory.parallel import DIED, Outcome, attempt, closed_quietly, told

T = TypeVar("T")
R = TypeVar("R")

PATIENCE = 10.0
LONGEST = 2**20
Client = import_module("distributed").Client


class Attentive(DaskDistributedBackend):  # type: ignore[misc]
    """joblib's Dask backend, which also tells of tasks that Dask gave up."""

    def effective_n_jobs(self, n_jobs: int) -> int:
        """Count the threads of the cluster, two at least: for one, joblib would not use the cluster.

        Parameters
        ----------
        n_jobs : int
            Not used by Dask.

        Returns
        -------
        int
            How many tasks the cluster can do at a time.
        """
        return max(2, int(super().effective_n_jobs(n_jobs)))

    def submit(self, func: Any, callback: Any = None) -> Any:
        """Submit a batch of tasks.

        Parameters
        ----------
        func : callable
            The batch.
        callback : callable
            Told of the result, or, unlike in joblib, of the report that there is none.

        Returns
        -------
        concurrent.futures.Future
            The future result.
        """
        future = super().submit(func, callback)
        future.add_done_callback(lambda done: callback(done.exception()) if done.exception() else None)
        return future

    def retrieve_result_callback(self, out: Any) -> Any:
        """Unpack a result, or raise what came instead of one.

        Parameters
        ----------
        out : object
            What Dask returned.

        Returns
        -------
        list
            The results of a batch.
        """
        if isinstance(out, BaseException):
            raise out
        return super().retrieve_result_callback(out)


def outcomes(function: Callable[[T], R], tasks: Sequence[T], scheduler: str) -> Generator[Outcome[R], None, None]:
    """Have a cluster apply a function to each task.

    Parameters
    ----------
    function : callable
        As for `sattheory.parallel.each`.
    tasks : sequence
        What it is applied to.
    scheduler : str
        Address of the Dask scheduler.

    Yields
    ------
    Outcome
        One a task, in order.

    Raises
    ------
    InputError
        If the scheduler cannot be reached or goes away, has no workers, or its workers cannot do the work.
    """
    given = f"scheduler={scheduler!r}"
    work = delayed(partial(_attempt_alike, _software(), given))
    with _quiet(), closing(_client(scheduler, given)) as client, _explained(given, scheduler):
        with parallel_config(backend=Attentive(client=client, wait_for_workers_timeout=PATIENCE), n_jobs=-1):
            found = Parallel(return_as="generator", pre_dispatch="all")(work(function, (task,)) for task in tasks)
        with closed_quietly(found):
            for outcome in found:  # noqa: UP028  (yield from would close what it takes from before it can be done quietly)
                yield outcome


def _software() -> dict[str, str]:
    return {"sattheory": sattheory.__version__, "numpy": np.__version__, "Python": ".".join(platform.python_version_tuple()[:2])}


def _attempt_alike(expected: dict[str, str], given: str, function: Callable[[T], R], task: tuple[T]) -> Outcome[R]:
    """Do a task, unless the worker's software is another than ours: then its bits may be others, too."""
    for name, version in _software().items():
        if version != expected[name]:
            why = f"a worker has {name} {version}, and this process {expected[name]}"
            return Outcome(error=InputError(given, why, "install the same everywhere"))
    return attempt(function, task)


def _client(scheduler: str, given: str) -> Any:
    try:
        _wait_for_greeting(urlsplit(scheduler))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of differing versions: `_attempt_alike` refuses those that matter
            return Client(scheduler, timeout=PATIENCE, set_as_default=False, name="sattheory")
    except Exception as error:
        why = f"no scheduler can be reached there ({told(error)})"
        raise InputError(given, why, "start one with: dask scheduler") from error


def _wait_for_greeting(address: SplitResult) -> None:
    """Wait until somebody speaks Dask there: its own way to connect waits for ever where somebody listens and says nothing.

    A scheduler speaks first, and begins with the length of what it says.

    Raises
    ------
    OSError
        If that does not happen in time.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with socket.create_connection((address.hostname, address.port), max(0.1, until - time.monotonic())) as line:
                if address.scheme == "tcp" and not 0 < int.from_bytes(line.recv(8, socket.MSG_WAITALL), "little") < LONGEST:
                    raise OSError("what answers there is no Dask scheduler")
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


@contextmanager
def _explained(given: str, scheduler: str) -> Iterator[None]:
    """Turn what Dask reports into one sentence."""
    try:
        yield
    except (InputError, GeneratorExit):
        raise
    except Exception as error:
        raise InputError(given, *_said(error, scheduler)) from error


def _said(error: Exception, scheduler: str) -> tuple[str, str]:
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "KilledWorker" in kinds:
        return f"{DIED}, again and again", "give its workers more memory, or smaller work"
    if "CancelledError" in kinds:
        return "the scheduler went away", "start it again, and then this"
    if "TimeoutError" in kinds:
        return f"it had no worker within {PATIENCE:g} seconds", f"start one with: dask worker {scheduler}"
    return f"its workers could not do the work ({told(error)})", "install the same software on all of it, the scheduler included"


@contextmanager
def _quiet() -> Iterator[None]:
    """Let Dask log nothing of its own: what matters becomes a sentence."""
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]
    loggers = [logging.getLogger(name) for name in (*names, "tornado.application")]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
