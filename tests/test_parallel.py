"""The same work with one process and with several; errors, deaths and interruptions."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from sattheory import parallel
from sattheory.errors import InputError
from sattheory.parallel import each
from tests import tasks

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("jobs", [1, 2, 3, 50])
def test_results_come_in_the_order_of_the_tasks(jobs: int) -> None:
    assert list(each(tasks.square, range(20), jobs=jobs)) == [number * number for number in range(20)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_there_may_be_no_tasks_or_one(jobs: int) -> None:
    assert list(each(tasks.square, [], jobs=jobs)) == []
    assert list(each(tasks.square, iter([3]), jobs=jobs)) == [9]


def test_the_bits_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "rows.npz"
    np.savez(path, rows=np.random.default_rng(0).standard_normal((700, 300), dtype=np.float32))
    work = [(path, part) for part in range(7)]
    alone = list(each(tasks.sums, work))
    assert alone == list(each(tasks.sums, work, jobs=2)) == list(each(tasks.sums, work, jobs=3))
    assert len(set(alone)) == 7


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_task_has_one_thread(jobs: int) -> None:
    before = tasks.threads(None)
    for counted in each(tasks.threads, range(3), jobs=jobs):
        assert set(counted) == {1}
    assert tasks.threads(None) == before


def allow(threads: int) -> None:
    """Set the number of threads for good, in a thread that ends: threadpoolctl listens to one thread at a time."""
    from threadpoolctl import threadpool_limits

    setter = threading.Thread(target=threadpool_limits, args=(threads,))
    setter.start()
    setter.join()


def test_tasks_that_overlap_in_threads_have_one_each() -> None:
    before = max(tasks.threads(None))
    allow(4)
    assert {number for counted in tasks.in_threads(3) for number in counted} == {1}
    assert set(tasks.threads(None)) == {4}
    allow(before)


def test_other_processes_do_the_work() -> None:
    assert set(each(tasks.process, range(3))) == {os.getpid()}
    assert os.getpid() not in set(each(tasks.process, range(4), jobs=2))


@pytest.mark.parametrize("jobs", [1, 2, 4])
def test_the_first_bad_task_is_the_one_that_is_named(jobs: int) -> None:
    results = each(tasks.refuse_odd, range(10), jobs=jobs)
    assert next(results) == 0
    with pytest.raises(InputError, match="number=1: it is odd; give an even one"):
        next(results)
    assert list(results) == []


def test_another_error_keeps_its_kind_and_says_where_it_was() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        list(each(tasks.divide, range(3), jobs=2))
    assert "return 1 / number" in caught.value.__notes__[0]


def test_an_error_that_cannot_travel_is_told() -> None:
    with pytest.raises(RuntimeError, match=r"Unpicklable: it cannot travel"):
        list(each(tasks.raise_unpicklable, range(3), jobs=2))


def test_a_process_that_dies_is_reported() -> None:
    with pytest.raises(InputError, match=r"jobs=2: a process that worked on it died"):
        list(each(tasks.die, range(3), jobs=2))
    assert list(each(tasks.square, range(3), jobs=2)) == [0, 1, 4]


def test_what_cannot_be_loaded_elsewhere_is_told() -> None:
    with pytest.raises(InputError, match="secret"):
        list(each(partial(tasks.echo, tasks.NotOverThere()), range(3), jobs=2))
    assert list(each(tasks.square, range(3), jobs=2)) == [0, 1, 4]


def test_a_result_that_cannot_come_home_is_told() -> None:
    with pytest.raises(Exception, match="pickle"):
        list(each(tasks.secretive, range(3), jobs=2))


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_not_wanted_any_more_is_given_up(jobs: int, tmp_path: Path) -> None:
    results = each(partial(tasks.leave_trace, tmp_path), range(200), jobs=jobs)
    assert [next(results), next(results)] == [0, 1]
    results.close()
    assert list(results) == []
    done = len(list(tmp_path.iterdir()))
    time.sleep(0.3)
    assert 2 <= len(list(tmp_path.iterdir())) == done < 100


@pytest.mark.parametrize("jobs", [0, -1, 1.0, True, None, "2"])
def test_somebody_must_do_the_work(jobs: object) -> None:
    with pytest.raises(InputError, match="jobs="):
        each(tasks.square, [1], jobs=jobs)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "localhost:8786",
        "127.0.0.1",
        "tcp://",
        "tcp://host",
        "tcp://:8786",
        "tcp://host:port",
        "tcp://host:0",
        "tcp://host:99999",
        "http://host:80",
        "tcp://host:1/elsewhere",
        "tcp://[::1:8786",
        "inproc://1/2",
        "tcp:host:8786",
    ],
)
def test_a_bad_address_is_refused_at_once(address: str) -> None:
    with pytest.raises(InputError, match=r"scheduler=.*no address of a scheduler; give one as tcp://host:8786"):
        each(tasks.square, [1], scheduler=address)


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "sattheory.cluster", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    results = each(tasks.square, [1], scheduler="tcp://127.0.0.1:8786")
    with pytest.raises(InputError, match=r"distributed, which is not installed; pip install 'sattheory\[cluster\]'"):
        next(results)


def test_an_outcome_travels() -> None:
    outcome = parallel.attempt(tasks.refuse_odd, (1,))
    back = pickle.loads(pickle.dumps(outcome))
    assert (back.result, type(back.error), str(back.error)) == (None, InputError, str(outcome.error))


def test_only_the_one_who_started_them_hears_control_c() -> None:
    code = "from sattheory.parallel import each\nfrom tests.tasks import deaf\nprint(*each(deaf, range(4), jobs=2), deaf(0))"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["True"] * 4 + ["False"]


def test_control_c_leaves_nobody_behind() -> None:
    code = "import signal\nfrom sattheory.parallel import each\nfrom tests.tasks import linger\n"
    code += "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background jobs begin deaf to it
    code += "for number in each(linger, range(9), jobs=2): print(number, flush=True)"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, text=True
    )
    workers = {int(process.stdout.readline()), int(process.stdout.readline())}
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of them
    _, said = process.communicate(timeout=20)
    assert process.returncode in (1, -signal.SIGINT)
    assert said.count("Traceback") == 1
    assert "KeyboardInterrupt" in said
    until = time.monotonic() + 5
    while any(map(alive, workers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(alive, workers))


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_importing_it_imports_neither_joblib_nor_dask() -> None:
    code = "import sys, sattheory.parallel; sys.exit('joblib' in sys.modules or 'distributed' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
