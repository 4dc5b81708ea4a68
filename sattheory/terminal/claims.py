"""Verdicts as a table, and one claim at length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from sattheory.terminal.console import console, hanging

if TYPE_CHECKING:
    from sattheory.claims import Report


def claims_table(reports: Sequence[Report]) -> Table:
    """Lay out verdicts, a row a claim.

    Parameters
    ----------
    reports : sequence of Report
        Checked claims.

    Returns
    -------
    Table
        Id, statement, verdict as stated and as repaired, strongest evidence, seconds.
    """
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("id", "statement", "as stated", "repaired", "evidence"):
        table.add_column(name, no_wrap=name != "statement")
    table.add_column("s", justify="right", no_wrap=True)
    for report in reports:
        row = report.row()
        mark = "" if report.as_expected else "[red]✗ [/red]"
        verdicts = [_coloured(row[key].split(" (")[0]) for key in ("literal", "repaired")]
        table.add_row(mark + row["id"], row["title"], *verdicts, row["strongest"].replace(", ", " + "), row["seconds"])
    return table


def print_claims(reports: Sequence[Report], seconds: float) -> None:
    """Print the verdicts, and what they add up to.

    Parameters
    ----------
    reports : sequence of Report
        Checked claims.
    seconds : float
        Time it took on the clock.
    """
    from sattheory.claims.witness import FROM_SCRATCH
    from sattheory.reports.tally import tally

    out = console()
    out.print(claims_table(reports))
    out.print(f"\n{tally(reports)} {seconds:.1f} s.")
    controls = [control for report in reports for form in report.forms for control in form.controls]
    if controls:
        rejected = sum(control.status == "rejected" for control in controls)
        without = [report.id for report in reports if not any(form.controls for form in report.forms)]
        out.print(f"planted errors: {rejected} of {len(controls)} rejected; claims without any: {', '.join(without) or 'none'}.")
    witnesses = [outcome for report in reports for form in report.forms for outcome in form.outcomes]
    scratch = [outcome for outcome in witnesses if outcome.says == FROM_SCRATCH]
    if scratch:
        found = sum(outcome.status == "refuted" for outcome in scratch)
        by_hand = sum(outcome.kind == "witness" for outcome in witnesses) - len(scratch)
        out.print(
            f"counterexamples found again from scratch: {found} of {len(scratch)}; {by_hand} more rest on kept points alone."
        )
    out.print("`sattheory verify ID` explains one claim; `--html FILE` writes them all on one page.")
    wrong = [report for report in reports if not report.as_expected]
    if wrong:
        out.print("[red]✗ marks what is not as the registry expects:[/red]")
    for report in wrong:
        out.print("\n".join(report.complaints()), markup=False)


def print_claim(report: Report) -> None:
    """Explain one claim.

    Parameters
    ----------
    report : Report
        The checked claim.
    """
    out = console()
    out.print(hanging(str(report), out.width), markup=False)


def _coloured(verdict: str) -> str:
    colours = {
        "refuted": "red",
        "derived": "green",
        "certified": "green",
        "tested": "yellow",
        "open": "magenta",
        "assumed": "cyan",
    }
    colour = colours.get(verdict.split()[0])
    return f"[{colour}]{verdict}[/{colour}]" if colour else verdict
