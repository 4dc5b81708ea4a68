"""All claims, found by looking: a module in this package that defines ``CLAIMS`` adds them.

Adding a claim is adding one file.  The registry reads the package at the first question it is asked, not at import, because
claims bring SymPy, Hypothesis and python-flint with them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

from sattheory.claims.claim import Claim, Report
from sattheory.claims.evidence import USUAL, Effort
from sattheory.discovery import Registry, outside
from sattheory.errors import InputError

claims: Registry[Claim] = Registry("sattheory.claims.statements", "CLAIMS", lambda claim: claim.id)


def claims_of(module: str | None) -> Mapping[str, Claim]:
    """Find the claims of a module outside this package.

    Parameters
    ----------
    module : str or None
        Name of a module that can be imported, the current folder included, or path of a ``.py`` file; this package's claims when
        left out.

    Returns
    -------
    mapping of Claim
        By id.

    Raises
    ------
    InputError
        If it cannot be imported or defines no claims.
    """
    return claims if module is None else outside(module, "CLAIMS", Claim, lambda claim: claim.id)


def check_each(chosen: Sequence[Claim], jobs: int = 1, effort: Effort = USUAL, module: str | None = None) -> Iterator[Report]:
    """Check claims one after the other, or several at a time, and give each report as soon as it is there.

    Parameters
    ----------
    chosen : sequence of Claim
        Which.
    jobs : int
        Number of processes.
    effort : Effort
        How much work to do.
    module : str, optional
        Where they come from, as for `claims_of`.

    Yields
    ------
    Report
        One a claim, in the order asked for.
    """
    if min(jobs, len(chosen)) <= 1:
        yield from (claim.check(effort) for claim in chosen)
        return
    import joblib

    checks = (joblib.delayed(_check)(claim.id, effort, module, os.getcwd()) for claim in chosen)
    yield from joblib.Parallel(n_jobs=jobs, return_as="generator")(checks)


def _check(id: str, effort: Effort, module: str | None, folder: str) -> Report:
    """Check a claim in a process of its own, which finds it again by its id: formulas and functions need not travel."""
    if module is not None:
        os.chdir(folder)  # a process that has worked before may stand elsewhere
    return claims_of(module)[id].check(effort)


def select(ids: Sequence[str] | None, known: Mapping[str, Claim] = claims) -> list[Claim]:
    """Find claims by id; the first part of an id, as T1, stands for all that begin with it.

    Parameters
    ----------
    ids : sequence of str, optional
        Which; all when left out.
    known : mapping of Claim
        Those there are.

    Returns
    -------
    list of Claim
        In the order asked for, each once.
    """
    found: dict[str, Claim] = {}
    for id in known if ids is None else ids:
        family = [name for name in known if name.startswith(f"{id}.")]
        for name in family if family and id not in known else [id]:
            found[name] = known[name]
    return list(found.values())


def verify(ids: Sequence[str] | None = None, jobs: int = 1, effort: Effort = USUAL) -> tuple[Report, ...]:
    """Check claims.

    Parameters
    ----------
    ids : sequence of str, optional
        Which; all when left out.
    jobs : int
        Number of processes; the reports do not depend on it, but for the times.
    effort : Effort
        How much work to do.

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
    return tuple(check_each(select(ids), jobs, effort))
