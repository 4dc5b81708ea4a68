"""One certificate in a process of its own: run as ``python -m benchmarks.certified_once placement layers width n [biases]``.

Prints one line of JSON.  The peak of memory is read right after `certify`; only then are single passes timed: the first one,
which computes the coefficients and every decision, and one from the certified scale, which only computes remainders.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.pairing import Timing, timed
from sattheory import Certificate, Transformer, certify, saturate
from sattheory.asymptotics.certifying import Passage, Setting
from sattheory.network.tokens import Tokens, check_tokens

TERMS, BITS, FAR = 6, 128, Fraction(2) ** 64


def make(layers: int, width: int, n: int, **kind: Any) -> tuple[Transformer, Tokens]:
    """Draw a network, with four heads where the width allows and a feedforward four times as wide, and n different tokens."""
    shape = {"heads": 4 if width % 16 == 0 else 1, "feedforward": 4 * width, "vocabulary": 2 * n, "longest": n}
    usual = {"seed": 0, "layers": layers, "width": width, "placement": "post", "biases": True}
    network = Transformer.random(**{**usual, **shape, **kind})
    return network, check_tokens(np.random.default_rng(1).permutation(2 * n)[:n], network.configuration)


def passes(network: Transformer, tokens: Tokens, later: Any = None, terms: int = TERMS, bits: int = BITS) -> tuple[float, float]:
    """Processor seconds of a first pass, and the median of three that follow it, from the scale `later`."""
    passage = Passage(network, tokens, None, Setting(terms, bits, closed=False))
    first = timed(lambda: passage.run(FAR))
    again = [timed(lambda: passage.run(later or FAR)).cpu for _ in range(3)]
    return first.cpu, statistics.median(again)


def kept(function: Callable[[], Any]) -> tuple[Any, Timing]:
    """Time a function and keep what it returns."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = function()
    return found, Timing(time.perf_counter() - wall, time.process_time() - cpu)


def peak() -> float:
    """Largest resident memory of this process so far, in MB (10⁶ bytes)."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux lets `getrusage` count the memory of the process that started this one
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(fields["VmHWM"].split()[0]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def main(placement: str, layers: int, width: int, n: int, biases: bool) -> None:
    """Certify one network and say what it cost."""
    network, tokens = make(layers, width, n, placement=placement, biases=biases)
    limit, floats = kept(lambda: saturate(network, tokens))
    before = peak()
    found, spent = kept(lambda: certify(network, tokens, terms=TERMS, bits=BITS))
    said = {"cpu": spent.cpu, "wall": spent.wall, "peak": peak(), "before": before, "saturate": floats.cpu, "holds": found.holds}
    if isinstance(found, Certificate):
        np.testing.assert_allclose(found.symbol, limit.symbol, rtol=0, atol=1e-6 * np.abs(found.symbol).max())
        first, again = passes(network, tokens, found.c0)
        said |= {"c0": float(found.c0), "terms": found.terms, "first": first, "again": again}
    print(json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]), "biases" in sys.argv[5:])
