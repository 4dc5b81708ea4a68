"""A real cluster on this machine: a Dask scheduler and workers, processes that are killed while they work."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from sattheory.errors import InputError
from sattheory.parallel import each
from tests import tasks

ROOT = Path(__file__).parent.parent
SECONDS = 20 if "PLANTED" in os.environ else 60


class Stuck(BaseException):
    """Nobody who catches every `Exception` catches this."""


@dataclass
class Cluster:
    """A scheduler and its workers, each the head of a process group that can be killed as a machine goes down."""

    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "DASK_TEMPORARY_DIRECTORY": str(self.folder),
        }
        with (self.folder / f"{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "distributed.cli." + command[0], *command[1:], "--host", "127.0.0.1", "--no-dashboard"],
                cwd=self.folder,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        return self.start("dask_scheduler", "--port", "0", "--scheduler-file", str(self.folder / "scheduler.json"))

    def start_worker(self) -> None:
        self.workers.append(self.start("dask_worker", self.address, "--nthreads", "1"))

    def wait(self) -> None:
        """Wait until every worker works."""
        until, seen = time.monotonic() + SECONDS, set()
        while len(seen) < len(self.workers):
            try:
                seen = set(each(tasks.process, range(20), scheduler=self.address))
            except InputError:  # there is none yet
                if time.monotonic() > until:
                    raise
            assert time.monotonic() < until, seen

    def kill_worker(self) -> None:
        kill(self.workers.pop(0))

    @property
    def address(self) -> str:
        file, until = self.folder / "scheduler.json", time.monotonic() + SECONDS
        while time.monotonic() < until:
            if file.exists() and (text := file.read_text()):
                return str(json.loads(text)["address"])
            time.sleep(0.05)
        raise AssertionError((self.folder / "0.log").read_text())


def kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        cluster.start_scheduler()
        cluster.start_worker()
        cluster.start_worker()
        cluster.wait()
        yield cluster
    finally:
        for process in cluster.processes:
            kill(process)


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """Let a test that waits for ever fail."""

    def stop(*_: object) -> None:
        raise Stuck(f"nothing happened for {SECONDS} seconds")

    previous = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, previous)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, int]]:
    """Tasks on a few files, whose results depend to the last bit on how sums are ordered."""
    folder, generator = tmp_path_factory.mktemp("files"), np.random.default_rng(0)
    paths = [folder / f"{name}.npz" for name in range(8)]
    for path in paths:
        np.savez(path, rows=generator.standard_normal((700, 300), dtype=np.float32))
    return [(path, part) for path in paths for part in range(7)]


def test_a_worker_is_killed_and_the_results_are_the_same_to_the_last_bit(cluster: Cluster, work: list) -> None:
    results = each(tasks.sums, work, scheduler=cluster.address)
    found = [next(results) for _ in range(5)]
    cluster.kill_worker()
    found.extend(results)
    cluster.start_worker()
    assert found == list(each(tasks.sums, work)) == list(each(tasks.sums, work, jobs=2))
    assert len(set(found)) == len(work) == 56


def test_the_work_is_done_by_the_workers_with_one_thread(cluster: Cluster) -> None:
    assert os.getpid() not in set(each(tasks.process, range(20), scheduler=cluster.address))
    assert set(map(max, each(tasks.threads, range(4), scheduler=cluster.address))) == {1}


def test_one_task_goes_to_the_cluster_too_and_no_task_needs_none(cluster: Cluster) -> None:
    assert list(each(tasks.process, [0], scheduler=cluster.address)) != [os.getpid()]
    assert list(each(tasks.process, [], scheduler=cluster.address)) == []


def test_the_error_of_the_first_bad_task_comes_home(cluster: Cluster) -> None:
    results = each(tasks.refuse_odd, range(10), scheduler=cluster.address)
    assert next(results) == 0
    with pytest.raises(InputError, match="number=1: it is odd"):
        next(results)


def test_a_result_that_is_not_wanted_is_given_up(cluster: Cluster) -> None:
    results = each(tasks.square, range(1000), scheduler=cluster.address)
    assert [next(results) for _ in range(3)] == [0, 1, 4]
    results.close()
    assert list(each(tasks.square, [7], scheduler=cluster.address)) == [49]


def test_a_task_that_kills_its_workers_is_named(cluster: Cluster) -> None:
    with pytest.raises(InputError, match=r"scheduler='tcp://127.*: a process that worked on it died.*again and again"):
        list(each(tasks.die, range(3), scheduler=cluster.address))
    assert list(each(tasks.square, [7], scheduler=cluster.address)) == [49]


def test_work_that_a_worker_cannot_load_is_refused(cluster: Cluster) -> None:
    with pytest.raises(InputError, match=r"workers could not do the work \(.*secret"):
        list(each(partial(tasks.echo, tasks.NotOverThere()), range(3), scheduler=cluster.address))


def test_workers_with_other_software_are_refused(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numpy.__version__", "1.0")
    with pytest.raises(InputError, match=r"a worker has numpy \d.*, and this process 1\.0"):
        list(each(tasks.square, range(3), scheduler=cluster.address))


def test_a_cluster_without_workers_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sattheory.cluster.PATIENCE", 1.0)
    alone = Cluster(tmp_path)
    scheduler = alone.start_scheduler()
    try:
        with pytest.raises(InputError, match=r"had no worker within 1 seconds; start one with: dask worker tcp://127"):
            list(each(tasks.square, range(3), scheduler=alone.address))
    finally:
        kill(scheduler)


def test_a_single_worker_does_the_work_and_a_scheduler_that_goes_away_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: list
) -> None:
    other = Cluster(tmp_path)
    try:
        scheduler = other.start_scheduler()
        other.start_worker()
        other.wait()
        assert os.getpid() not in set(each(tasks.process, range(3), scheduler=other.address))
        monkeypatch.setattr("sattheory.cluster.PATIENCE", 3.0)
        results = each(tasks.sums, work, scheduler=other.address)
        next(results)
        kill(scheduler)
        with pytest.raises(InputError, match="the scheduler went away"):
            list(results)
    finally:
        for process in other.processes:
            kill(process)


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sattheory.cluster.PATIENCE", 1.0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(InputError, match=f"scheduler='{address}': no scheduler can be reached"):
            list(each(tasks.square, range(3), scheduler=address))


def test_somebody_else_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sattheory.cluster.PATIENCE", 1.0)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with pytest.raises(InputError, match="no scheduler can be reached"):
            list(each(tasks.square, range(3), scheduler=f"tcp://127.0.0.1:{server.getsockname()[1]}"))
