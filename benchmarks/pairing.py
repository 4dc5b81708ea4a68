"""Timing two things fairly on a machine that others use too: side by side, alternating, and compared pair by pair.

Every repeat runs each competitor once, in an order that rotates, and the figure is the median over repeats of the ratio within a
repeat: a disturbance that lasts longer than one repeat falls on both sides.  The CPU time of the process is kept beside the wall
time; with one thread it hardly notices other processes (with more, BLAS threads that wait by spinning are counted as work).
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import threadpoolctl
from rich.console import Console
from rich.table import Table

NO_TORCH = "torch not installed: pip install torch, or this project with its extra peers"


@dataclass(frozen=True)
class Timing:
    """One run.

    Parameters
    ----------
    wall, cpu : float
        Seconds by the clock, and of processor time of this process.
    """

    wall: float
    cpu: float


@dataclass(frozen=True)
class Ratio:
    """A ratio of times over the repeats.

    Parameters
    ----------
    median, low, high : float
        Median, smallest and largest over the repeats, by the clock.
    cpu : float
        Median by processor time.
    """

    median: float
    low: float
    high: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.median:.3g} ({self.low:.3g}–{self.high:.3g}; CPU {self.cpu:.3g})"


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Parameters
    ----------
    what : str
        What was compared.
    times : str
        Median seconds of each side.
    figure : str
        The figure that the target is about.
    target : str
        The target.
    met : bool, optional
        Whether it is met; None where there is none or nothing could be measured.
    bound : str
        The best that the matrix products alone would allow, where there is such a bound.
    """

    what: str
    times: str
    figure: str
    target: str = ""
    met: bool | None = None
    bound: str = ""


@dataclass(frozen=True)
class Settings:
    """How to measure.

    Parameters
    ----------
    quick : bool
        Few repeats, small limits: to see that everything runs.
    threads : int
        Threads of BLAS and torch.
    sympy_seconds : float
        When to stop SymPy.
    layers : int
        Layers of the network of width 768.
    given_repeats : int, optional
        Repeats of every row, instead of each row's own.
    """

    quick: bool = False
    threads: int = 2
    sympy_seconds: float = 60.0
    layers: int = 12
    given_repeats: int | None = None

    def repeats(self, usual: int) -> int:
        """Choose the number of repeats."""
        return self.given_repeats or (1 if self.quick else usual)


Samples = Mapping[str, list[Timing]]


def timed(function: Callable[[], object]) -> Timing:
    wall, cpu = time.perf_counter(), time.process_time()
    function()
    return Timing(time.perf_counter() - wall, time.process_time() - cpu)


def paired(competitors: Mapping[str, Callable[[], object]], repeats: int, *, warm: bool = True) -> Samples:
    """Run all competitors in each repeat, in rotating order, after one run of each that does not count."""
    names = list(competitors)
    samples: dict[str, list[Timing]] = {name: [] for name in names}
    for name in names if warm else []:
        competitors[name]()
    for turn in range(repeats):
        for i in range(len(names)):
            name = names[(i + turn) % len(names)]
            samples[name].append(timed(competitors[name]))
    return samples


def ratio(samples: Samples, above: str, below: str) -> Ratio:
    """Divide the times of one competitor by those of another, repeat by repeat."""
    pairs = list(zip(samples[above], samples[below], strict=True))
    wall = [a.wall / b.wall for a, b in pairs]
    return Ratio(statistics.median(wall), min(wall), max(wall), statistics.median(a.cpu / max(b.cpu, 1e-9) for a, b in pairs))


def seconds(samples: Samples) -> str:
    """Median seconds of each competitor."""
    return ", ".join(f"{name} {statistics.median(t.wall for t in found):.3g} s" for name, found in samples.items())


def machine(threads: int) -> str:
    """Describe where this runs: processor, cores, threads, BLAS and versions."""
    import numpy as np  # noqa: F401  (loads the BLAS that threadpoolctl then reports)

    blas = [p for p in threadpoolctl.threadpool_info() if p["user_api"] == "blas"]
    shown = "; ".join(f"{p['internal_api']} {p['version']} ({p.get('architecture', '?')} kernels)" for p in blas)
    load = " ".join(f"{x:.1f}" for x in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    return (
        f"{_processor()}, {os.cpu_count()} cores, {threads} threads used, load {load}; BLAS {shown}; "
        f"Python {platform.python_version()}, NumPy {version('numpy')}, torch {version('torch')}"
    )


def version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if not described.exists():
        return platform.processor() or platform.machine()
    fields = [line.split(":", 1) for line in described.read_text().splitlines() if ":" in line]
    found = {key.strip(): value.strip() for key, value in reversed(fields)}
    best = next((name for name in ("avx512f", "avx2") if name in found.get("flags", "")), "")
    return f"{found.get('model name', platform.machine())} {best}".strip()


def show(rows: list[Row], threads: int) -> None:
    """Print the table, and what it was measured on."""
    table = Table(title="ratios: median over pairs (smallest–largest; CPU: the same by processor time)", show_lines=True)
    for column in ("what", "times", "figure", "matmuls alone", "target", "met"):
        table.add_column(column, overflow="fold")
    for row in rows:
        met = {True: "yes", False: "no", None: "–"}[row.met]
        table.add_row(row.what, row.times, row.figure, row.bound or "–", row.target or "–", met)
    console = Console(width=None if Console().is_terminal else 170)
    console.print(table)
    console.print(machine(threads), highlight=False)


def settings() -> Settings:
    """Read the command line that every script here shares."""
    parser = argparse.ArgumentParser(description="Measure speed against the targets (never a test).")
    parser.add_argument("--quick", action="store_true", help="one repeat of small cases, SymPy stopped after 5 s")
    parser.add_argument("--threads", type=int, default=2, help="threads of BLAS and torch (default 2)")
    parser.add_argument("--sympy-seconds", type=float, help="stop SymPy after this long (default 60, with --quick 5)")
    parser.add_argument("--layers", type=int, help="layers of the network of width 768 (default 12, with --quick 2)")
    parser.add_argument("--repeats", type=int, help="repeats of every row, instead of each row's own number")
    given = parser.parse_args()
    stop = given.sympy_seconds if given.sympy_seconds is not None else (5.0 if given.quick else 60.0)
    layers = given.layers or (2 if given.quick else 12)
    return Settings(given.quick, given.threads, stop, layers, given.repeats)


def main(measure: Callable[[Settings], Iterator[Row]]) -> None:
    """Run one script's rows under its threads and print them."""
    chosen = settings()
    with threadpoolctl.threadpool_limits(chosen.threads):
        rows = []
        for row in measure(chosen):
            print(f"{row.what}: {row.times}: {row.figure}", file=sys.stderr, flush=True)
            rows.append(row)
        show(rows, chosen.threads)
