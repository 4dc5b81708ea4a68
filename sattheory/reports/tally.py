"""What verdicts add up to: the paper's sentences apart from what completes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sattheory.claims import Report


def tally(reports: Sequence[Report]) -> str:
    """Count verdicts of the literal forms.

    Parameters
    ----------
    reports : sequence of Report
        Checked claims.

    Returns
    -------
    str
        A sentence or two: the paper's own statements, then those that replace or complete it.
    """
    ours = [report for report in reports if report.kind == "ours"]
    stated = [report for report in reports if report.kind != "ours"]
    parts = [_counted(stated, "as stated")] if stated else []
    parts += [_counted(ours, "that complete them" if stated else "of our own")] if ours else []
    return " ".join(parts)


def _counted(reports: Sequence[Report], what: str) -> str:
    kinds = [report.literal.verdict.kind for report in reports]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    return f"{len(reports)} {'claim' if len(reports) == 1 else 'claims'} {what}: {counts}."
