"""The limit of one attention layer: `saturate` beside SymPy's ``limit``, which is given a fixed time in a process of its own.

Two and three positions of width 3, integer weights, post-norm with ε = 0 (`sympy_network.py`), without and with biases.  Where
SymPy finishes an entry, its value is held against ours.  Its time is processor time from the first call of ``limit``, so neither
the building of the expression nor other processes count; the limit of time is taken on the same clock.
"""

from __future__ import annotations

import functools
import json
import resource
import statistics
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks import pairing
from benchmarks.pairing import Row, Settings
from benchmarks.sympy_network import WIDTH, make
from sattheory import saturate

CASES = {(2, False): "≥ 100×", (3, False): "< 0.1 s where SymPy passes 60 s", (3, True): "< 0.1 s where SymPy passes 60 s"}
PASSES = 60.0


def measure(settings: Settings) -> Iterator[Row]:
    """Measure each case."""
    for (n, biases), target in CASES.items():
        yield _row(n, biases, target, settings)


def _row(n: int, biases: bool, target: str, settings: Settings) -> Row:
    network, tokens = make(n, biases), list(range(n))
    ours = pairing.paired({"ours": lambda: saturate(network, tokens)}, settings.repeats(51))
    mine = statistics.median(t.wall for t in ours["ours"])
    entries = run_sympy(n, biases, settings.sympy_seconds)
    compare(saturate(network, tokens).symbol, entries)
    finished = len(entries) == n * WIDTH
    theirs = entries[-1]["seconds"] if finished else settings.sympy_seconds
    shown = f"{theirs:.3g} s" if finished else f"stopped at {theirs:g} s, {len(entries)} of {n * WIDTH} entries known"
    figure = f"{'' if finished else 'more than '}{theirs / mine:.3g} times SymPy"
    what = f"saturate against sympy.limit, n = {n}, d = {WIDTH}, {'biases' if biases else 'no biases'}"
    return Row(what, f"ours {mine:.2g} s, SymPy {shown}", figure, target, _met(n, mine, theirs, finished))


def _met(n: int, mine: float, theirs: float, finished: bool) -> bool | None:
    """Judge; None where SymPy was stopped too early to say."""
    if n == 2:
        return True if theirs / mine >= 100 else (False if finished else None)
    return mine < 0.1 and theirs >= PASSES if finished or theirs >= PASSES else None


@functools.cache
def run_sympy(n: int, biases: bool, limit: float) -> list[dict[str, Any]]:
    """Run SymPy until it is done or its processor time is over; return the entries it had by then."""
    command = [sys.executable, "-m", "benchmarks.sympy_network", str(n), *(["biases"] if biases else [])]
    seconds = int(np.ceil(limit)) + 2  # importing SymPy takes the rest
    ran = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=20 * limit + 60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds)),
    )  # fmt: skip
    if ran.returncode > 0:
        raise RuntimeError(ran.stderr)
    return [json.loads(line) for line in ran.stdout.splitlines() if line.endswith("}")]


def compare(ours: np.ndarray, entries: list[dict[str, Any]]) -> None:
    """Hold our limit against the entries that SymPy finished."""
    for entry in entries:
        np.testing.assert_allclose(ours[tuple(entry["at"])], entry["value"], rtol=0, atol=1e-12)


if __name__ == "__main__":
    pairing.main(measure)
