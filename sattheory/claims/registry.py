"""All claims, found by looking: a module in this package that defines ``CLAIMS`` adds them.

Adding a claim is adding one file.  The registry reads the package at the first question it is asked, not at import, because
claims bring SymPy, Hypothesis and python-flint with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sattheory.claims.claim import Claim, Report
from sattheory.discovery import Registry
from sattheory.errors import InputError

claims: Registry[Claim] = Registry("sattheory.claims", "CLAIMS", lambda claim: claim.id)


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
