"""What a certificate for every c ≥ c₀ costs, search for c₀ included: small and large networks, closed forms, growth.

Certificates are computed by one thread and in Python's numbers, so processor time is the figure: on a machine that others use,
time by the clock says little (it stands beside it).  The large networks run in processes of their own (`certified_once`), since
memory has a target too.  How cost grows is one number a quantity: the exponent fitted to the times of single passes when that
quantity alone changes.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks import against_sympy, pairing
from benchmarks.certified_once import BITS, TERMS, kept, make, passes
from benchmarks.pairing import Row, Settings
from benchmarks.sympy_network import WIDTH
from benchmarks.sympy_network import make as make_small
from sattheory import Certificate, certify, saturate

SMALL, LARGE, QUICK = (2, 16, 8), (4, 64, 32), (2, 16, 8)
KINDS: dict[str, dict[str, Any]] = {
    "post": {},
    "pre": {"placement": "pre"},
    "res_post": {"placement": "res_post"},
    "no biases": {"biases": False},
    "causal mask": {"mask": "causal"},
    "learned positions": {"positions": "learned"},
    "rotary positions": {"positions": "rope"},
    "ε = 1e−5": {"epsilon": 1e-5},
    "RMSNorm": {"norm": "rms"},
    "GELU": {"activation": "gelu"},
    "SiLU, gated": {"activation": "silu", "gated": True},
}
BASE = {"layers": 2, "width": 16, "n": 8, "terms": TERMS, "bits": BITS}
GROWTH: dict[str, tuple[int, ...]] = {
    "n": (4, 8, 16, 32),
    "width": (16, 32, 64, 128),
    "layers": (1, 2, 4, 8),
    "terms": (4, 6, 8, 12, 16),
    "bits": (128, 256, 512, 1024),
}
LETTERS = {"n": "n", "width": "d", "layers": "L", "terms": "N", "bits": "bits"}


def measure(settings: Settings) -> Iterator[Row]:
    """Measure every part."""
    for name, kind in KINDS.items():
        yield _small(name, kind, settings)
    for placement in ("post", "pre", "res_post"):
        for biases in (True, False):
            yield _large(placement, biases, settings)
    for biases in (False, True):
        yield _closed(biases, settings)
    for quantity, values in GROWTH.items():
        yield _growth(quantity, values[:2] if settings.quick else values)


def _small(name: str, kind: dict[str, Any], settings: Settings) -> Row:
    network, tokens = make(*SMALL, **kind)
    found = certify(network, tokens)
    sides = {"certify": lambda: certify(network, tokens), "saturate": lambda: saturate(network, tokens)}
    samples = pairing.paired(sides, settings.repeats(3))
    spent = statistics.median(t.cpu for t in samples["certify"])
    ratio = pairing.ratio(samples, "certify", "saturate").cpu
    what = f"certify, L, d, n = {SMALL}, {name}"
    figure = f"CPU {spent:.2g} s, {ratio:.2g} times saturate; {_told(found)}"
    return Row(what, pairing.seconds(samples), figure, "< 1 s", _met(found, spent < 1))


def _told(found: Any) -> str:
    if not isinstance(found, Certificate):
        return f"undecided: {found.reason}"
    return f"c0 = {float(found.c0):.3g}, N = {found.terms}"


def _met(found: Any, quick: bool) -> bool | None:
    return quick if isinstance(found, Certificate) else None


def _large(placement: str, biases: bool, settings: Settings) -> Row:
    shape = QUICK if settings.quick else LARGE
    words = [placement, *map(str, shape), *(["biases"] if biases else [])]
    ran = subprocess.run([sys.executable, "-m", "benchmarks.certified_once", *words], capture_output=True, text=True, check=True)
    said = json.loads(ran.stdout)
    what = f"certify, L, d, n = {shape}, {placement}, {'biases' if biases else 'no biases'}"
    times = f"CPU {said['cpu']:.3g} s, clock {said['wall']:.3g} s"
    figure = f"CPU {said['cpu']:.3g} s, {said['cpu'] / said['saturate']:.2g} times saturate"
    figure += f"; peak {said['peak']:.0f} MB ({said['before']:.0f} before)"
    if not said["holds"]:
        return Row(what, times, f"{figure}; not certified", "< 20 s, < 500 MB")
    times += f"; first pass {said['first']:.2g} s, a later one {said['again']:.2g} s"
    met = said["cpu"] < 20 and said["peak"] < 500
    return Row(what, times, f"{figure}; c0 = {said['c0']:.3g}, N = {said['terms']}", "< 20 s, < 500 MB", met)


def _closed(biases: bool, settings: Settings) -> Row:
    network, tokens = make_small(3, biases), list(range(3))
    what = f"certify in closed forms, one layer, n = d = 3, {'biases' if biases else 'no biases'}"
    found, spent = kept(lambda: certify(network, tokens, closed=True))
    if not isinstance(found, Certificate):
        return Row(what, f"CPU {spent.cpu:.2g} s", f"undecided: {found.reason}", "< 1 s")
    entries = against_sympy.run_sympy(3, biases, settings.sympy_seconds)
    against_sympy.compare(found.symbol, entries)
    count, limit = 3 * WIDTH, settings.sympy_seconds
    stopped = f"stopped at {limit:g} s, {len(entries)} of {count} entries known"
    theirs = f"{entries[-1]['seconds']:.3g} s" if len(entries) == count else stopped
    figure = f"CPU {spent.cpu:.2g} s; {_told(found)}"
    return Row(what, f"ours CPU {spent.cpu:.2g} s; SymPy's limit {theirs}", figure, "< 1 s", spent.cpu < 1)


def _growth(quantity: str, values: tuple[int, ...]) -> Row:
    """Fit the exponent of the first pass and of a later one."""
    times = np.array([_passes(**{**BASE, quantity: value}) for value in values])
    slopes = [float(np.polyfit(np.log(values), np.log(column), 1)[0]) for column in times.T]
    letter = LETTERS[quantity]
    shown = "; ".join(f"{letter} = {v}: {1e3 * a:.3g}, {1e3 * b:.3g} ms" for v, (a, b) in zip(values, times, strict=True))
    figure = f"first pass ∝ {letter}^{slopes[0]:.2f}, later ∝ {letter}^{slopes[1]:.2f}"
    return Row(f"one pass of certify as {letter} grows (else {_base(quantity)})", shown, figure)


def _base(quantity: str) -> str:
    return ", ".join(f"{LETTERS[name]} = {value}" for name, value in BASE.items() if name != quantity)


def _passes(layers: int, width: int, n: int, terms: int, bits: int) -> tuple[float, float]:
    network, tokens = make(layers, width, n)
    return passes(network, tokens, terms=terms, bits=bits)


if __name__ == "__main__":
    pairing.main(measure)
