"""Work in threads: order, errors, giving up, Control-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sattheory.errors import InputError
from sattheory.parallel import each
from sattheory.threads import check_wanted, in_threads
from tests import tasks

ROOT = Path(__file__).parent.parent


def waiting(seconds: float) -> float:
    """Wait, and ask now and then whether that is still wanted."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        check_wanted()
        time.sleep(0.005)
    return seconds


@pytest.mark.parametrize("jobs", [1, 2, 3, 50])
def test_results_come_in_the_order_of_the_tasks(jobs: int) -> None:
    assert list(each(waiting, [0.05, 0.0, 0.02, 0.0], jobs=jobs, threads=True)) == [0.05, 0.0, 0.02, 0.0]
    assert list(in_threads(waiting, [], jobs)) == []


def test_it_is_this_process_and_other_threads() -> None:
    assert set(each(tasks.process, range(4), jobs=2, threads=True)) == {os.getpid()}
    assert threading.get_ident() not in set(in_threads(lambda _: threading.get_ident(), range(4), 2))


def test_a_task_has_one_thread_of_blas() -> None:
    before = tasks.threads(None)
    for counted in each(tasks.threads, range(3), jobs=2, threads=True):
        assert set(counted) == {1}
    assert tasks.threads(None) == before


@pytest.mark.parametrize("jobs", [2, 4])
def test_the_first_bad_task_is_the_one_that_is_named(jobs: int) -> None:
    results = each(tasks.refuse_odd, range(10), jobs=jobs, threads=True)
    assert next(results) == 0
    with pytest.raises(InputError, match="number=1: it is odd; give an even one"):
        next(results)
    assert list(results) == []


def test_what_is_not_wanted_any_more_is_given_up() -> None:
    before, began = threading.active_count(), time.monotonic()
    results = in_threads(waiting, [0.0, 60.0, 60.0, 60.0, 60.0], 2)
    assert next(results) == 0.0
    results.close()
    assert time.monotonic() - began < 10
    assert threading.active_count() == before


def test_outside_threads_everything_is_wanted() -> None:
    check_wanted()


def test_a_task_that_has_not_begun_does_not_begin() -> None:
    begun = []

    def noted(number: int) -> int:
        begun.append(number)
        if number == 0:
            raise ZeroDivisionError
        return int(waiting(0.2))

    with pytest.raises(ZeroDivisionError):
        list(in_threads(noted, range(100), 2))
    assert len(begun) < 10


def test_control_c_is_heard_at_once() -> None:
    code = "import signal\nfrom sattheory.threads import in_threads\nfrom tests.test_threads import waiting\n"
    code += "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    code += "for number in in_threads(waiting, [0, 60, 60], 2): print(number, flush=True)"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "0\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode in (1, -signal.SIGINT)
    assert said.count("Traceback") == 1
    assert "KeyboardInterrupt" in said
