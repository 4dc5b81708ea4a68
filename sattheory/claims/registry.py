"""All claims, found by looking: a module in this package that defines ``CLAIMS`` adds them.

Adding a claim is adding one file.  The registry reads the package at the first question it is asked, not at import, because
claims bring SymPy, Hypothesis and python-flint with them.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence

from sattheory.claims.claim import Claim, Report
from sattheory.errors import InputError

PACKAGE = "sattheory.claims"


class Registry(Mapping[str, Claim]):
    """The claims of a package, by id.

    Parameters
    ----------
    package : str
        Name of the package whose modules are read.
    """

    def __init__(self, package: str = PACKAGE) -> None:
        self._package = package
        self._found: dict[str, Claim] | None = None

    def _claims(self) -> dict[str, Claim]:
        if self._found is None:
            self._found = _discover(self._package)
        return self._found

    def __getitem__(self, id: str) -> Claim:
        claims = self._claims()
        if id not in claims:
            folded = {known.casefold(): known for known in claims}
            near = [folded[name] for name in difflib.get_close_matches(str(id).casefold(), folded, n=3, cutoff=0.4)]
            remedy = "did you mean " + ", ".join(near) if near else "choose from " + ", ".join(claims)
            raise InputError(f"claim={id!r}", "there is no claim of this id", remedy)
        return claims[id]

    def __contains__(self, id: object) -> bool:
        return id in self._claims()

    def __iter__(self) -> Iterator[str]:
        return iter(self._claims())

    def __len__(self) -> int:
        return len(self._claims())

    def __repr__(self) -> str:
        return f"Registry({', '.join(self)})"


def _discover(package: str) -> dict[str, Claim]:
    """Read every module of a package that defines ``CLAIMS``; sorted by id."""
    found: dict[str, Claim] = {}
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        for claim in getattr(importlib.import_module(f"{package}.{module.name}"), "CLAIMS", ()):
            if claim.id in found:
                raise InputError(f"claim={claim.id!r}", f"{module.name} defines an id that exists", "give it another id")
            found[claim.id] = claim
    return dict(sorted(found.items()))


claims = Registry()


def _check(id: str) -> Report:
    return claims[id].check()


def check_each(ids: Sequence[str], jobs: int = 1) -> Iterator[Report]:
    """Check claims one after the other, or several at a time, and give each report as soon as it is there.

    Parameters
    ----------
    ids : sequence of str
        Which.
    jobs : int
        Number of processes.

    Yields
    ------
    Report
        One a claim, in the order asked for.
    """
    if jobs == 1:
        yield from map(_check, ids)
        return
    import joblib

    yield from joblib.Parallel(n_jobs=jobs, return_as="generator")(joblib.delayed(_check)(id) for id in ids)


def verify(ids: Sequence[str] | None = None, jobs: int = 1) -> tuple[Report, ...]:
    """Check claims.

    Parameters
    ----------
    ids : sequence of str, optional
        Which; all when left out.
    jobs : int
        Number of processes; the reports do not depend on it, but for the times.

    Returns
    -------
    tuple of Report
        One a claim, in the order asked for.

    Raises
    ------
    InputError
        For an id that does not exist, or fewer than one process.
    """
    if jobs < 1:
        raise InputError(f"jobs={jobs}", "somebody has to do the work", "give 1 or more")
    chosen = [claims[id].id for id in (claims if ids is None else ids)]
    return tuple(check_each(chosen, jobs))
