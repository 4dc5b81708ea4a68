"""Make what is kept in this folder: counterexamples found by search or by hand, and the digests of constants.

    python proofs/keep.py search L4 [--seed 0]       the falsifier looks, from scratch, and what it finds is kept
    python proofs/keep.py hand P1.b '[{"constants": {"C": "10"}, "choice": {"c": "100"}}]'
    python proofs/keep.py refresh L4                 evaluate the kept points again, after a change of notation
    python proofs/keep.py constants AH.gelu          after an edit of constants.json: check every bracket, renew the digest

It uses the package; `recheck.py`, which checks the results, does not.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

from sattheory.claims import Effort, Witness, claims, kept
from sattheory.claims.certificate import bracketed
from sattheory.errors import InputError


def witness(id: str) -> Witness:
    """Find the witness of a claim."""
    found = [piece for form in claims[id].forms.values() for piece in form.evidence if isinstance(piece, Witness)]
    if len(found) != 1:
        raise InputError(f"claim={id}", f"it has {len(found)} witnesses, and a file keeps one", "give the claim's form a Witness")
    return found[0]


def keep(id: str, entries: list, how: str) -> None:
    """Write a claim's counterexamples."""
    piece = witness(id)
    path = kept.folder(id, piece.root) / kept.COUNTEREXAMPLE
    statement = claims[id].literal.statement
    content = {"version": kept.VERSION, "claim": id, "refutes": statement, "found": how, "counterexamples": entries}
    kept.write(path, content)
    print(f"{path}: {len(entries)} kept")


def search(id: str, seed: int) -> None:
    """Let the falsifier look, and keep what it finds."""
    start = time.process_time()
    entries = witness(id).find(Effort(seed=seed))
    seconds = time.process_time() - start
    if entries is None:
        raise InputError(
            f"claim={id}", f"nothing was found in {seconds:.1f} s of process time", "try another seed, or keep by hand"
        )
    print(f"found in {seconds:.1f} s of process time")
    keep(id, entries, f"by search from scratch, seed {seed}")


def by_hand(id: str, text: str) -> None:
    """Keep points that somebody thought of."""
    piece = witness(id)
    given = [(kept.exact(entry["constants"]), kept.exact(entry["choice"])) for entry in json.loads(text)]
    keep(id, [piece.entry(constants, choice) for constants, choice in given], "by hand")


def refresh(id: str) -> None:
    """Evaluate the kept points again, after a change of a formula or of its notation."""
    piece = witness(id)
    content = kept.read(kept.folder(id, piece.root) / kept.COUNTEREXAMPLE, id)
    if content is None:
        raise InputError(f"claim={id}", "nothing is kept", "search first")
    given = [(kept.exact(entry["constants"]), kept.exact(entry["choice"])) for entry in content["counterexamples"]]
    keep(id, [piece.entry(constants, choice) for constants, choice in given], content["found"])


def constants(id: str) -> None:
    """Check brackets and renew the digest."""
    path = kept.folder(id) / kept.CONSTANTS
    content = kept.read(path, id)
    if content is None:
        raise InputError(str(path), "it is not there", "write it first")
    for entry in content["constants"]:
        print(f"{entry['name']}: {'enclosed' if bracketed(entry) else 'NOT ENCLOSED'}")
    kept.write(path, content)


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("how", choices=("search", "hand", "refresh", "constants"))
    parser.add_argument("claim")
    parser.add_argument("points", nargs="?", default="[]", help="JSON, with hand")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    try:
        if given.how == "search":
            search(given.claim, given.seed)
        elif given.how == "hand":
            by_hand(given.claim, given.points)
        elif given.how == "refresh":
            refresh(given.claim)
        else:
            constants(given.claim)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
