"""Plant errors in a copy of the package, one at a time, and see a test catch each.

A test that has never failed proves nothing.  Each row below breaks one line, in one operation, in a way a person might; the named
tests must then fail.  Run it with ``python -m tests.soundness.plant``, followed by rooms to leave out (``in_workers`` is slow):
it prints a table and exits 1 if an error went unseen.  Nothing of the working tree is touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.soundness import in_enclosures, in_files, in_growth, in_measure, in_models, in_series, in_vocabularies, in_workers
from tests.soundness.planted import Planted

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {
    room.__name__.rpartition(".")[2]: room
    for room in (in_series, in_enclosures, in_models, in_files, in_vocabularies, in_workers, in_growth, in_measure)
}
PLANTED = tuple(error for room in ROOMS.values() for error in room.PLANTED)


def plant(error: Planted) -> tuple[bool, str]:
    """Break a copy and run the tests that must see it; True if they failed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in ("sattheory", "proofs", "tests"):
            shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        (copy / "docs").mkdir()
        for schema in (ROOT / "docs").glob("*.json"):
            shutil.copy(schema, copy / "docs")
        target = copy / "sattheory" / error.file
        text = target.read_text()
        if text.count(error.old) != 1:
            return False, f"stands {text.count(error.old)} times in {error.file}"
        target.write_text(text.replace(error.old, error.new))
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *error.tests]
        environment = {
            **os.environ,
            "PYTHONPATH": str(copy),
            "OMP_NUM_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PLANTED": "1",
        }
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
        last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr.strip()[-80:]
        return done.returncode == 1, last


def main() -> int:
    """Plant all errors but those of the rooms that are named, one on each core at a time, and print what happened."""
    unknown = sorted(set(sys.argv[1:]) - set(ROOMS))
    if unknown:
        print(f"no such room: {', '.join(unknown)}; rooms that can be left out: {', '.join(ROOMS)}", file=sys.stderr)
        return 2
    planted = [error for name, room in ROOMS.items() if name not in sys.argv[1:] for error in room.PLANTED]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        results = list(pool.map(plant, planted))
    for error, (caught, detail) in zip(planted, results, strict=True):
        print(f"{'caught' if caught else 'MISSED'}  {error.what:<52} {detail}")
    missed = sum(not caught for caught, _ in results)
    print(f"{len(planted) - missed} of {len(planted)} planted errors caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
