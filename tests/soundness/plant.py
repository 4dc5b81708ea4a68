"""Plant errors in a copy of the package, one at a time, and see a test catch each.

A test that has never failed proves nothing.  Each row below breaks one line, in one operation, in a way a person might; the named
tests must then fail.  Run it with ``python -m tests.soundness.plant``, followed by rooms to leave out (``in_workers`` is slow):
it prints a table and exits 1 if an error went unseen.  Nothing of the working tree is touched.

Most of the time would go by in importing: each error needs a process of its own.  So there is one copy for each core, compiled
beforehand, in which file after file is broken and mended.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from compileall import compile_dir
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.soundness import in_enclosures, in_files, in_growth, in_measure, in_models, in_series, in_vocabularies, in_workers
from tests.soundness.planted import Planted

ROOT = Path(__file__).resolve().parents[2]
LATER = 10.0
ROOMS = {
    room.__name__.rpartition(".")[2]: room
    for room in (in_series, in_enclosures, in_models, in_files, in_vocabularies, in_workers, in_growth, in_measure)
}
PLANTED = tuple(error for room in ROOMS.values() for error in room.PLANTED)


def plant(error: Planted, copy: Path) -> tuple[bool, str]:
    """Break a copy, run the tests that must see it, and mend it; True if they failed."""
    target = copy / "sattheory" / error.file
    text, before = target.read_text(), target.stat()
    if text.count(error.old) != 1:
        return False, f"stands {text.count(error.old)} times in {error.file}"
    try:
        target.write_text(text.replace(error.old, error.new))
        os.utime(target, (before.st_atime, before.st_mtime + LATER))  # so that what was compiled before is not used
        done = pytest(copy, "-x", "-q", *error.tests)
    finally:
        target.write_text(text)
        os.utime(target, (before.st_atime, before.st_mtime))
    last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr.strip()[-80:]
    return done.returncode == 1, last


def pytest(copy: Path, *arguments: str, compiling: bool = False) -> subprocess.CompletedProcess[str]:
    """Run pytest in a copy; only an intact one is compiled."""
    own = {"PYTHONPATH": str(copy), "OMP_NUM_THREADS": "1", "PLANTED": "1", "PYTHONDONTWRITEBYTECODE": "" if compiling else "1"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=copy, env=os.environ | own, capture_output=True, text=True, check=False)


def copied(folder: Path, number: int) -> list[Path]:
    """Copy what the tests need, once for each core; compile it before it is copied again."""
    first = folder / "0"
    for part in ("sattheory", "proofs", "tests"):
        shutil.copytree(ROOT / part, first / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", first)
    (first / "docs").mkdir()
    for schema in (ROOT / "docs").glob("*.json"):
        shutil.copy(schema, first / "docs")
    pytest(first, "--collect-only", "-q", compiling=True)
    compile_dir(first / "sattheory", quiet=2)
    return [first, *(shutil.copytree(first, folder / str(i)) for i in range(1, number))]


def main() -> int:
    """Plant all errors but those of the rooms that are named, one on each core at a time, and print what happened."""
    unknown = sorted(set(sys.argv[1:]) - set(ROOMS))
    if unknown:
        print(f"no such room: {', '.join(unknown)}; rooms that can be left out: {', '.join(ROOMS)}", file=sys.stderr)
        return 2
    planted = [error for name, room in ROOMS.items() if name not in sys.argv[1:] for error in room.PLANTED]
    cores, free = os.cpu_count() or 1, SimpleQueue[Path]()

    def try_it(error: Planted) -> bool:
        copy, begun = free.get(), time.monotonic()
        try:
            caught, detail = plant(error, copy)
        finally:
            free.put(copy)
        print(f"{'caught' if caught else 'MISSED'} {time.monotonic() - begun:4.0f} s  {error.what:<52} {detail}", flush=True)
        return caught

    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(cores) as pool:
        for copy in copied(Path(folder), cores):
            free.put(copy)
        missed = len(planted) - sum(pool.map(try_it, planted))
    print(f"{len(planted) - missed} of {len(planted)} planted errors caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
