"""What importing the package costs beside importing NumPy, each in a fresh interpreter, in pairs.

The interpreter's own start is not counted: the child measures around its import statements.  `from sattheory import saturate`
also loads the arithmetic of series and, through the activations, a part of SciPy.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator

from benchmarks import pairing
from benchmarks.pairing import Row, Settings, Timing

STATEMENTS = {
    "numpy": "import numpy",
    "sattheory": "import numpy; import sattheory",
    "saturate": "import numpy; from sattheory import saturate",
    "scipy.special": "import numpy; import scipy.special",
}
CHILD = (
    "import time; w, c = time.perf_counter(), time.process_time(); {}; print(time.perf_counter() - w, time.process_time() - c)"
)
ALLOWED = 0.050


def child(statement: str) -> Timing:
    """Time import statements in a fresh interpreter."""
    ran = subprocess.run([sys.executable, "-c", CHILD.format(statement)], capture_output=True, text=True, check=True)
    wall, cpu = map(float, ran.stdout.split())
    return Timing(wall, cpu)


def measure(settings: Settings) -> Iterator[Row]:
    """Measure the package, its main function, and the part of SciPy that the latter needs."""
    samples: dict[str, list[Timing]] = {name: [] for name in STATEMENTS}
    for statement in STATEMENTS.values():
        child(statement)
    for _ in range(settings.repeats(15)):
        for name, statement in STATEMENTS.items():
            samples[name].append(child(statement))
    yield _row("import sattheory", "sattheory", samples, ALLOWED)
    yield _row("from sattheory import saturate", "saturate", samples, None)
    yield _row("import scipy.special (for comparison)", "scipy.special", samples, None)


def _row(what: str, name: str, samples: pairing.Samples, allowed: float | None) -> Row:
    pairs = list(zip(samples[name], samples["numpy"], strict=True))
    wall = statistics.median(a.wall - b.wall for a, b in pairs)
    cpu = statistics.median(a.cpu - b.cpu for a, b in pairs)
    figure = f"{1e3 * wall:.3g} ms more than numpy (CPU {1e3 * cpu:.3g} ms)"
    times = pairing.seconds({key: samples[key] for key in ("numpy", name)})
    return Row(what, times, figure, f"< {1e3 * allowed:g} ms more" if allowed else "", wall < allowed if allowed else None)


if __name__ == "__main__":
    pairing.main(measure)
