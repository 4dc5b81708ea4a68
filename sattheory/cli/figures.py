"""``sattheory figures``: draw them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sattheory.cli.application import Quiet, app


@app.command(epilog="Example: sattheory figures rates f4 --out figures --format svg --format pdf")
def figures(
    names: Annotated[list[str] | None, typer.Argument(help="Which; all when left out.", metavar="[NAME]…")] = None,
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("figures"),
    format_: Annotated[str, typer.Option("--format", help="svg, pdf, png, or several with commas.")] = "svg",
    seed: Annotated[int, typer.Option(help="Seed of the random networks; the same seed gives the same bytes.")] = 0,
    size: Annotated[str, typer.Option(help="full, or small for a quick look.")] = "full",
    quiet: Quiet = False,
) -> None:
    """Draw the figures: one head saturating, figure 4 as released and as it should be, rates, a certificate."""
    from sattheory import figures as drawn
    from sattheory.terminal.console import progress

    chosen = [drawn.figures[name].name for name in (names or drawn.figures)]
    formats = [part.strip() for part in format_.split(",")]
    written = (drawn.draw([name], out, formats, seed=seed, size=size) for name in chosen)
    for paths in progress(written, len(chosen), "drawing", quiet):
        for path in paths:
            typer.echo(str(path))
