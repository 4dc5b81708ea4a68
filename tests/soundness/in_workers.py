"""Errors in work that is shared among processes and machines."""

from __future__ import annotations

from tests.soundness.planted import Planted

PARALLEL = ("tests/test_parallel.py",)
CLUSTER = ("tests/test_cluster.py",)

PLANTED = (
    Planted("BLAS with two threads in a task", "parallel.py", "threadpool_limits(1)", "threadpool_limits(2)", PARALLEL),
    Planted(
        "a limit on threads that never ends",
        "parallel.py",
        "            if not self._running:\n",
        "            if True:\n",
        PARALLEL,
    ),
    Planted("an error that does not travel", "parallel.py", "return Outcome(error=_portable(error))", "raise", PARALLEL),
    Planted(
        "Ctrl-C let through too late",
        "parallel.py",
        "    ensure_running()  # starting it later would unblock the signal\n",
        "",
        PARALLEL,
    ),
    Planted(
        "workers that hear Ctrl-C",
        "parallel.py",
        "    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})",
        "    before = signal.pthread_sigmask(signal.SIG_BLOCK, set())",
        PARALLEL,
    ),
    Planted(
        "a cluster that fails is waited for",
        "cluster.py",
        "callback(done.exception()) if done.exception() else None",
        "None",
        CLUSTER,
    ),
    Planted("a cluster of one works at home", "cluster.py", "return max(2, int(", "return max(1, int(", CLUSTER),
    Planted("workers of another version", "cluster.py", "if version != expected[name]:", "if not version:", CLUSTER),
)
