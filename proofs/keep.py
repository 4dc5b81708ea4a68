"""Make what is kept in this folder: counterexamples found by search or by hand, and the digests of constants.

    python proofs/keep.py search L4 [--seed 0]       the falsifier looks, from scratch, and what it finds is kept
    python proofs/keep.py hand P1.b '[{"constants": {"C": "10"}, "choice": {"c": "100"}}]'
    python proofs/keep.py refresh L4                 evaluate the kept points again, after a change of notation
    python proofs/keep.py constants AH.gelu          after an edit of constants.json: check every bracket, renew the digest
    python proofs/keep.py search X --from mymodule   the same for a claim of your own, kept in the folder that its Witness names

It uses the package; `recheck.py`, which checks the results, does not.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

from sattheory.claims import Claim, Effort, Witness, kept
from sattheory.claims.certificate import bracketed
from sattheory.claims.registry import claims_of
from sattheory.errors import InputError


def witness(claim: Claim) -> Witness:
    """Find the witness of a claim."""
    id = claim.id
    found = [piece for form in claim.forms.values() for piece in form.evidence if isinstance(piece, Witness)]
    if len(found) != 1:
        raise InputError(f"claim={id}", f"it has {len(found)} witnesses, and a file keeps one", "give the claim's form a Witness")
    return found[0]


def keep(claim: Claim, entries: list, how: str) -> None:
    """Write a claim's counterexamples."""
    piece, id = witness(claim), claim.id
    path = kept.folder(id, piece.root) / kept.COUNTEREXAMPLE
    statement = claim.literal.statement
    content = {"version": kept.VERSION, "claim": id, "refutes": statement, "found": how, "counterexamples": entries}
    kept.write(path, content)
    print(f"{path}: {len(entries)} kept")


def search(claim: Claim, seed: int) -> None:
    """Let the falsifier look, and keep what it finds."""
    start = time.process_time()
    entries = witness(claim).find(Effort(seed=seed))
    seconds = time.process_time() - start
    if entries is None:
        raise InputError(
            f"claim={claim.id}", f"nothing was found in {seconds:.1f} s of process time", "try another seed, or keep by hand"
        )
    print(f"found in {seconds:.1f} s of process time")
    keep(claim, entries, f"by search from scratch, seed {seed}")


def by_hand(claim: Claim, text: str) -> None:
    """Keep points that somebody thought of."""
    piece = witness(claim)
    given = [(kept.exact(entry["constants"]), kept.exact(entry["choice"])) for entry in json.loads(text)]
    keep(claim, [piece.entry(constants, choice) for constants, choice in given], "by hand")


def refresh(claim: Claim) -> None:
    """Evaluate the kept points again, after a change of a formula or of its notation."""
    piece, id = witness(claim), claim.id
    content = kept.read(kept.folder(id, piece.root) / kept.COUNTEREXAMPLE, id)
    if content is None:
        raise InputError(f"claim={id}", "nothing is kept", "search first")
    given = [(kept.exact(entry["constants"]), kept.exact(entry["choice"])) for entry in content["counterexamples"]]
    keep(claim, [piece.entry(constants, choice) for constants, choice in given], content["found"])


def constants(claim: Claim) -> None:
    """Check brackets and renew the digest."""
    id = claim.id
    path = kept.folder(id, claim.root) / kept.CONSTANTS
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
    parser.add_argument("--from", dest="module", help="module of your own that defines the claim")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    try:
        claim = claims_of(given.module)[given.claim]
        if given.how == "search":
            search(claim, given.seed)
        elif given.how == "hand":
            by_hand(claim, given.points)
        elif given.how == "refresh":
            refresh(claim)
        else:
            constants(claim)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
