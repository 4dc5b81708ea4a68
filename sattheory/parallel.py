"""The same work in this process, in threads of it, in several, or on a cluster, with the same results to the last bit.

Floating-point sums depend on their order, and a BLAS that runs in four threads adds in another order than one in a single
thread.  So that it does not matter where a task runs, every task gets one thread, wherever that is, and results come back
in the order of the tasks.  ``joblib`` starts the processes (its loky backend), or hands the tasks to a Dask cluster; a task
that was under way on a machine that fails is run again.

Bits are the same on machines with processors of one family; BLAS chooses its kernels by the processor.
"""

from __future__ import annotations

import contextlib
import pickle
import signal
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from sattheory.errors import InputError
from sattheory.threads import in_threads

T = TypeVar("T")
R = TypeVar("R")

SCHEMES = ("tcp", "tls")
SETTLING = 0.05
DIED = "a process that worked on it died, out of memory perhaps"


def each(
    function: Callable[[T], R],
    tasks: Iterable[T],
    *,
    jobs: int = 1,
    scheduler: str | None = None,
    threads: bool = False,
) -> Generator[R, None, None]:
    """Apply a function to each task, and give the results in order, each as soon as it and those before it are there.

    Parameters
    ----------
    function : callable
        Takes a task.  It must be picklable (a function at the top of a module, or a `functools.partial` of one), and its result
        must depend on nothing but the task.
    tasks : iterable
        What it is applied to: small things that can be pickled, such as paths and numbers.  A path must mean the same file to
        every worker, so on a cluster it is an absolute one on a shared disk.
    jobs : int
        Number of processes (or threads) on this machine; with 1 the work is done in this one.
    scheduler : str, optional
        Address of a Dask scheduler, ``tcp://host:port``, whose workers do the work instead; the same Python, NumPy, numba and
        version of this package must be installed on all of it, the scheduler included.  Anyone who can reach a Dask scheduler
        can run code on its workers, and a scheduler can run code here: give one that you trust.  When all workers are lost
        during the work, new ones are waited for.
    threads : bool
        Take threads of this process instead of further processes, as suits work that seldom holds Python's lock.

    Returns
    -------
    generator
        The results, in the order of the tasks.  Closing it gives up what is not done.

    Raises
    ------
    InputError
        For fewer than one process, or an address that is none; while results are taken, for whatever is wrong with the input of
        a task, a scheduler that cannot be reached, and processes that die.
    """
    check_jobs(jobs)
    if scheduler is not None:
        _check_address(scheduler)
    listed = list(tasks)
    if scheduler is None and min(jobs, len(listed)) <= 1:
        return _here(function, listed)
    if scheduler is None and threads:
        return _threads(function, listed, jobs)
    work = _cluster(function, listed, scheduler) if scheduler is not None else _processes(function, listed, jobs)
    return _taken(work)


def check_jobs(jobs: object) -> None:
    """Check a number of processes or threads.

    Parameters
    ----------
    jobs : object
        What was given.

    Raises
    ------
    InputError
        If it is no integer from 1 on.
    """
    if type(jobs) is not int or jobs < 1:
        raise InputError(f"jobs={jobs!r}", "somebody has to do the work", "give 1 or more")


@dataclass(frozen=True)
class Outcome(Generic[R]):
    """What became of a task: its result, or the error that it raised.

    Parameters
    ----------
    result : object
        The result; None beside an error.
    error : Exception, optional
        The error.
    """

    result: R | None = field(default=None, repr=False)
    error: Exception | None = None


def attempt(function: Callable[[T], R], task: tuple[T]) -> Outcome[R]:
    """Do a task in a process of its own, with one thread, and send an error home as a value.

    Which error is raised would otherwise depend on which task fails first.

    Parameters
    ----------
    function : callable
        What to do.
    task : tuple
        The task alone.  In a tuple, Dask sends it along; alone, it could put it on one worker only, and lose it with that one.

    Returns
    -------
    Outcome
        The result or the error.
    """
    try:
        with _ONE_THREAD:
            return Outcome(function(task[0]))
    except Exception as error:
        return Outcome(error=_portable(error))


def _portable(error: Exception) -> Exception:
    """Keep where an error came from, and make sure that it survives the way home."""
    told = "".join(traceback.format_exception(error))
    if not isinstance(error, InputError):
        error.add_note(f"In the process that did the task:\n{told}")
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(told)
    return error


class _OneThread:
    """BLAS and OpenMP held to one thread while any task runs in this process, and released after the last."""

    def __init__(self) -> None:
        self._lock, self._running = threading.Lock(), 0
        self._limits = contextlib.ExitStack()

    def __enter__(self) -> None:
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        with self._lock:
            self._running += 1
            if self._running == 1:
                self._limits.enter_context(threadpool_limits(1))

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._running -= 1
            if not self._running:
                self._limits.close()


_ONE_THREAD = _OneThread()


def _here(function: Callable[[T], R], tasks: Sequence[T]) -> Generator[R, None, None]:
    for task in tasks:
        with _ONE_THREAD:
            result = function(task)
        yield result


def _threads(function: Callable[[T], R], tasks: Sequence[T], jobs: int) -> Generator[R, None, None]:
    with _ONE_THREAD:
        yield from in_threads(function, tasks, jobs)


def _taken(outcomes: Generator[Outcome[R], None, None]) -> Generator[R, None, None]:
    with contextlib.closing(outcomes):
        for outcome in outcomes:
            if outcome.error is not None:
                raise outcome.error
            yield outcome.result  # type: ignore[misc]


def _processes(function: Callable[[T], R], tasks: Sequence[T], jobs: int) -> Generator[Outcome[R], None, None]:
    from joblib import Parallel, delayed, parallel_config
    from joblib.externals.loky.process_executor import BrokenProcessPool, TerminatedWorkerError

    given_up = threading.Event()
    work = (delayed(attempt)(function, (task,)) for task in tasks if not given_up.is_set())
    try:
        with parallel_config(backend="loky", n_jobs=min(jobs, len(tasks)), inner_max_num_threads=1), _deaf_children():
            outcomes = Parallel(return_as="generator")(work)
        with closed_quietly(outcomes), _settled(given_up):
            for outcome in outcomes:  # noqa: UP028  (yield from would close what it takes from before it can be done quietly)
                yield outcome
    except TerminatedWorkerError as error:
        raise InputError(f"jobs={jobs}", DIED, "give fewer, or smaller work") from error
    except BrokenProcessPool as error:
        raise InputError(f"jobs={jobs}", f"the work cannot be loaded in another process ({told(error)})", "give 1") from error


@contextlib.contextmanager
def _settled(given_up: threading.Event) -> Iterator[None]:
    """Hand out no more work when what is inside is left early, and let what was handed out arrive.

    loky trips over a task that is on its way to a process when it ends that process.
    """
    try:
        yield
    except BaseException:
        given_up.set()
        time.sleep(SETTLING)
        raise


def _cluster(function: Callable[[T], R], tasks: Sequence[T], scheduler: str) -> Generator[Outcome[R], None, None]:
    try:
        import_module("distributed")  # joblib's part for it, once imported without it, would stay without it
        from sattheory.cluster import outcomes
    except ImportError as error:
        given, why = f"scheduler={scheduler!r}", "clusters are reached through dask.distributed, which is not installed"
        raise InputError(given, why, "pip install 'sattheory[cluster]'") from error
    yield from outcomes(function, tasks, scheduler)


@contextlib.contextmanager
def closed_quietly(outcomes: Generator[Any, None, None]) -> Iterator[None]:
    """Close a generator of joblib's at the end; it warns when results are left over, which here is meant.

    Parameters
    ----------
    outcomes : generator
        What joblib returned.

    Yields
    ------
    None
        For taking the results.
    """
    try:
        yield
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            outcomes.close()


@contextlib.contextmanager
def _deaf_children() -> Iterator[None]:
    """Let processes that are started now not hear Ctrl-C: who started them does, and ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing.resource_tracker import ensure_running

    ensure_running()  # starting it later would unblock the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def told(error: BaseException) -> str:
    """Tell what began an error, without its wrappings.

    Parameters
    ----------
    error : BaseException
        What was caught.

    Returns
    -------
    str
        Kind and message of its first cause, on one line.
    """
    while error.__cause__ is not None and str(error.__cause__):
        error = error.__cause__
    return f"{type(error).__name__}: {' '.join(str(error).split())[-160:]}"


def _check_address(scheduler: str) -> None:
    try:
        parts = urlsplit(scheduler)
        sound = parts.scheme in SCHEMES and bool(parts.hostname) and bool(parts.port) and parts.path in ("", "/")
    except ValueError:
        sound = False
    if not sound:
        raise InputError(f"scheduler={scheduler!r}", "this is no address of a scheduler", "give one as tcp://host:8786")
