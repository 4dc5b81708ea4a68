"""One scan in a process of its own: run as ``python -m benchmarks.growth_once FOLDER JOBS``.

Prints one line of JSON: seconds from files to curves (the import of the package and the command line not counted, that of numba
and loading or compiling its loop counted), and the peaks of memory before and after.
"""

from __future__ import annotations

import json
import sys
import time

from benchmarks.certified_once import peak
from sattheory.growth import scan


def main(folder: str, jobs: int) -> None:
    """Scan and say what it cost."""
    before, wall, cpu = peak(), time.perf_counter(), time.process_time()
    growth = scan(folder, jobs=jobs)
    seconds, spent = time.perf_counter() - wall, time.process_time() - cpu
    largest = peak()
    said = {"seconds": seconds, "cpu": spent, "before": before, "peak": largest}
    print(json.dumps(said | {"checkpoints": len(growth.names), "norm": growth.whole.norm[-1]}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
