"""All benchmarks in one table: ``python -m benchmarks [--quick] [--threads 2] [--sympy-seconds 60]``."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import against_sympy, certificates, growth, imports, pairing, saturate, sweep
from benchmarks.pairing import Row, Settings


def measure(settings: Settings) -> Iterator[Row]:
    """Run every script's rows."""
    for script in (sweep, saturate, certificates, growth, against_sympy, imports):
        yield from script.measure(settings)


if __name__ == "__main__":
    pairing.main(measure)
