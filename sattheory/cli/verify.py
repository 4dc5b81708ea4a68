"""``sattheory verify``: check claims."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sattheory.cli.application import FAILED, Jobs, Json, Quiet, app, cores, leave

if TYPE_CHECKING:
    from sattheory.claims import Claim, Report

ENDINGS = {"html": (".html", ".htm"), "latex": (".tex",), "graph": (".svg",)}


@app.command(epilog="Example: sattheory verify L7 T1   ·   sattheory verify --html report.html --latex table.tex")
def verify(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Ids of claims, or their first part, as T1; all when left out.", metavar="[ID]…")
    ] = None,
    module: Annotated[
        str | None, typer.Option("--from", help="Check the claims of this module of yours instead.", metavar="MODULE")
    ] = None,
    controls: Annotated[bool, typer.Option(help="Run every planted error too; each must be rejected.")] = False,
    scratch: Annotated[bool, typer.Option(help="Let the falsifier find every counterexample again, from scratch.")] = False,
    examples: Annotated[int, typer.Option(min=1, help="Cases that each search runs.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the searches.")] = 0,
    html: Annotated[Path | None, typer.Option(help="Write the report as one page.", metavar="FILE")] = None,
    latex: Annotated[Path | None, typer.Option(help="Write the table for a paper.", metavar="FILE")] = None,
    graph: Annotated[Path | None, typer.Option(help="Draw what rests on what (SVG).", metavar="FILE")] = None,
    json: Json = False,
    jobs: Jobs = None,
    quiet: Quiet = False,
) -> None:
    """Check claims: each is refuted, derived, certified or tested by evidence that runs now.

    One id alone is explained at length.
    """
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(Path(tempfile.gettempdir()) / "sattheory-hypothesis"))
    from sattheory.claims import Contradiction, Effort
    from sattheory.claims.dependencies import dependencies
    from sattheory.claims.registry import check_each, claims_of, select
    from sattheory.terminal.claims import print_claim, print_claims
    from sattheory.terminal.console import print_json, progress
    from sattheory.writing import check_place

    asked = {"html": html, "latex": latex, "graph": graph}
    for kind, path in asked.items():
        if path is not None:
            check_place(f"--{kind}", path, ENDINGS[kind])
    known = claims_of(module)
    chosen = select(ids, known)
    dependencies((), known.values())  # uses that name nothing are bad input, found before any work
    effort = Effort(controls=controls, scratch=scratch, examples=examples, seed=seed)
    checking = check_each(chosen, jobs or cores(), effort, module)
    start = time.perf_counter()
    try:
        reports = list(progress(checking, len(chosen), "checking", quiet))
    except Contradiction as contradiction:
        leave(FAILED, f"Contradictory evidence: {contradiction}")
    seconds = time.perf_counter() - start
    written = _write_reports(reports, known, asked, pictures=module is None)
    sound = all(report.as_expected for report in reports)
    if json:
        print_json({"version": 2, "as_expected": sound, "seconds": seconds, "claims": [r.to_dict() for r in reports]})
    elif ids and len(reports) == 1:
        print_claim(reports[0])
    else:
        print_claims(reports, seconds)
    for path in written:
        typer.echo(f"{path} written", err=json)
    leave(0 if sound else FAILED)


def _write_reports(
    reports: list[Report], known: Mapping[str, Claim], asked: Mapping[str, Path | None], pictures: bool
) -> list[Path]:
    """Write what was asked for, each file whole or not at all."""
    from sattheory.reports import graph, html, latex
    from sattheory.reports import pictures as figures
    from sattheory.writing import write

    writers: dict[str, Callable[[], str]] = {
        "html": lambda: html.page(reports, known.values(), figures.drawn() if pictures else {}),
        "latex": lambda: latex.table(reports),
        "graph": lambda: graph.draw_graph(reports, known.values()),
    }
    wanted = {path: writers[kind]() for kind, path in asked.items() if path is not None}
    return [write(path, text) for path, text in wanted.items()]
