"""Norms over a series of checkpoints, against reading the same bytes and doing nothing with them.

Thirty checkpoints of 210 MB in float32 are made by a formula in a temporary folder (6.3 GB; set TMPDIR to choose where) and
deleted afterwards. Each scan is timed twice: with the files dropped from the page cache, so that they come from the disk, as a
series that is larger than the memory does; and out of the page cache, where they are when they have just been written.

Reading the bytes can mean two things, and both are timed, and loading with the safetensors library beside them. `Path.read_bytes`
brings a file into memory whole. A copy through one small buffer, used again and again, leaves the bytes in the processor's cache
and nowhere else: that is as fast as bytes come. The target is held against the copy, the harder of the two, wherever the bytes
come from, for as many threads as there are cores, as `sattheory growth` takes. The times of a scan contain the import of
numba and loading its compiled loop, about 0.35 s; only the first scan after an installation compiles, 0.3 s more.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save_file

from benchmarks import pairing
from benchmarks.pairing import Row, Settings, Timing, timed

TENSORS, WIDTH, CHECKPOINTS = 50, 1024, 30
QUICK = (5, 512, 3)
KINDS = ("attention.query", "attention.key", "attention.value", "attention.output", "inner")
BUFFER, SHARE, MOST_MEMORY = 1 << 16, 0.5, 300.0


def make(folder: Path, tensors: int, width: int, checkpoints: int) -> int:
    """Write the series, θ_t = √t θ + noise; return its bytes."""
    rng = np.random.default_rng(0)
    base, noise = (rng.standard_normal((width, width), dtype=np.float32) for _ in range(2))
    for t in range(1, checkpoints + 1):
        theta = np.sqrt(np.float32(t)) * base
        arrays = {
            f"layers.{i // len(KINDS)}.{KINDS[i % len(KINDS)]}.weight": theta + np.roll(noise, (t, i), (0, 1))
            for i in range(tensors)
        }
        save_file(arrays, folder / f"step_{t}.safetensors")
    return sum(path.stat().st_size for path in folder.iterdir())


def read(folder: Path) -> None:
    """Read every file whole."""
    for path in sorted(folder.iterdir()):
        path.read_bytes()


def copy(folder: Path) -> None:
    """Copy every byte through one buffer."""
    buffer = bytearray(BUFFER)
    for path in sorted(folder.iterdir()):
        with path.open("rb", buffering=0) as stream:
            while stream.readinto(buffer):
                pass


def load(folder: Path) -> None:
    """Load every file with the safetensors library, one at a time."""
    for path in sorted(folder.iterdir()):
        load_file(path)


def scanned(folder: Path, jobs: int) -> dict[str, Any]:
    """Scan in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.growth_once", str(folder), str(jobs)]
    found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return found


def measure(settings: Settings) -> Iterator[Row]:
    """Measure one thread and several."""
    tensors, width, checkpoints = QUICK if settings.quick else (TENSORS, WIDTH, CHECKPOINTS)
    size = 4 * tensors * width**2 * checkpoints
    with tempfile.TemporaryDirectory(prefix="sattheory-growth-") as place:
        folder = Path(place)
        if shutil.disk_usage(folder).free < 1.2 * size:
            yield Row("growth", f"not measured: {folder} has no room for {size / 1e9:.1f} GB (set TMPDIR)", "–")
            return
        written = make(folder, tensors, width, checkpoints)
        yield from _rows(folder, written, checkpoints, settings)


def drop(folder: Path) -> None:
    """Ask the system to forget the files that it keeps in memory."""
    for path in folder.iterdir():
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _rows(folder: Path, written: int, checkpoints: int, settings: Settings) -> Iterator[Row]:
    jobs = sorted({1, settings.threads})
    what = f"growth: {checkpoints} checkpoints, {written / 1e9:.2g} GB"
    memory = dict.fromkeys(jobs, 0.0)
    for place in ("disk", "page cache") if hasattr(os, "posix_fadvise") else ("page cache",):
        before = drop if place == "disk" else copy
        samples = _samples(folder, jobs, before, settings.repeats(5), memory)
        for n in jobs:
            yield _row(f"{what}, from {place}, {n} thread{'s' * (n > 1)}", samples, n, written, n == jobs[-1])
    for n in jobs:
        largest = f"at most {memory[n]:.0f} MB"
        yield Row(f"{what}, {n} thread{'s' * (n > 1)}: memory", "", largest, f"< {MOST_MEMORY:g} MB", memory[n] < MOST_MEMORY)


def _samples(
    folder: Path, jobs: list[int], before: Callable[[Path], None], repeats: int, memory: dict[int, float]
) -> dict[str, list[Timing]]:
    samples: dict[str, list[Timing]] = {"read": [], "copy": [], "load": [], **{f"scan {n}": [] for n in jobs}}
    for _ in range(repeats):
        for name, function in (("read", read), ("copy", copy), ("load", load)):
            before(folder)
            samples[name].append(timed(lambda function=function: function(folder)))
        for n in jobs:
            before(folder)
            found = scanned(folder, n)
            samples[f"scan {n}"].append(Timing(found["seconds"], found["cpu"]))
            memory[n] = max(memory[n], found["peak"])
    return samples


def _row(what: str, samples: dict[str, list[Timing]], n: int, written: int, judged: bool) -> Row:
    shares = {name: pairing.ratio(samples, name, f"scan {n}") for name in ("read", "copy")}
    speed = written / 1e9 / statistics.median(timing.wall for timing in samples[f"scan {n}"])
    said = (f"{share.median:.2g} ({share.low:.2g}–{share.high:.2g}) of {name}" for name, share in shares.items())
    figure = f"{', '.join(said)}: {speed:.2g} GB/s"
    times = pairing.seconds({key: samples[key] for key in ("read", "copy", "load", f"scan {n}")})
    met = shares["copy"].median >= SHARE if judged else None
    return Row(what, times, figure, f"≥ {SHARE} of copy" if judged else "", met)


if __name__ == "__main__":
    pairing.main(measure)
