"""One scan in a process of its own: run as ``python -m benchmarks.growth_once FOLDER JOBS``.

Prints one line of JSON: seconds from files to curves (imports and the command line not counted, the start of further processes
counted), and the peaks of memory of this process and of the largest further one.
"""

from __future__ import annotations

import json
import resource
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
    if jobs > 1:
        from joblib.externals.loky import get_reusable_executor

        get_reusable_executor().shutdown()  # only processes that have ended are counted
    unit = 1 if sys.platform == "darwin" else 1024
    others = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 1e6
    said = {"seconds": seconds, "cpu": spent, "before": before, "peak": largest, "others": others if jobs > 1 else 0.0}
    print(json.dumps(said | {"checkpoints": len(growth.names), "norm": growth.whole.norm[-1]}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
