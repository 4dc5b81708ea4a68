"""Tasks for `sattheory.parallel`, in a module that processes elsewhere can import."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from sattheory.errors import InputError


def square(number: int) -> int:
    return number * number


def echo(first: object, second: object) -> tuple[object, object]:
    return first, second


def process(_: object) -> int:
    return os.getpid()


def refuse_odd(number: int) -> int:
    if number % 2:
        time.sleep(0.5 / number)  # the last to be refused is the first to be ready
        raise InputError(f"number={number}", "it is odd", "give an even one")
    return number


def divide(number: int) -> float:
    return 1 / number


class Unpicklable(Exception):
    def __init__(self, first: object, second: object) -> None:
        super().__init__("it cannot travel")


def raise_unpicklable(_: object) -> None:
    raise Unpicklable(1, 2)


def secretive(_: object) -> object:
    return threading.Lock()


def leave_trace(folder: Path, number: int) -> int:
    time.sleep(0.02)
    (folder / str(number)).touch()
    return number


def linger(number: int) -> int:
    time.sleep(0.2 if number < 2 else 60)
    return os.getpid()


def deaf(_: object) -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def die(number: int) -> int:
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def threads(_: object) -> list[int]:
    """Count the threads that each BLAS would use now."""
    from threadpoolctl import threadpool_info

    np.ones((2, 2)) @ np.ones((2, 2))
    return [pool["num_threads"] for pool in threadpool_info()]


def sums(place: tuple[Path, int]) -> tuple[int, bytes]:
    """Read a file of numbers, and compute what depends on the order of addition to the last bit."""
    path, part = place
    with np.load(path) as arrays:
        rows = arrays["rows"][part::7]
    time.sleep(0.02)
    return part, np.float32((rows @ rows.T).sum()).tobytes() + np.sum(rows * rows, dtype=np.float32).tobytes()


class NotOverThere:
    """What pickles here and cannot be loaded in a process that has not this file's secret."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _load, (os.getpid(),)


def _load(home: int) -> NotOverThere:
    if os.getpid() != home:
        raise ModuleNotFoundError("No module named 'secret'")
    return NotOverThere()


def in_threads(count: int) -> list[list[int]]:
    """Let tasks overlap in threads, the first to begin not the last to end."""
    from sattheory.parallel import attempt

    seen: list[Any] = []
    workers = [
        threading.Thread(target=lambda k=k: seen.append(attempt(_wait_and_count, (0.05 * (k + 1),)))) for k in range(count)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return [outcome.result for outcome in seen]


def _wait_and_count(seconds: float) -> list[int]:
    time.sleep(seconds)
    return threads(None)
