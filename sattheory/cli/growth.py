"""``sattheory growth``: how the norm grew over a series of checkpoints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sattheory.cli.application import Jobs, Json, Quiet, Scheduler, app, cores
from sattheory.errors import InputError

if TYPE_CHECKING:
    from sattheory.growth import Decay, Growth


@app.command(epilog="Example: sattheory growth checkpoints --lr 2e-3 --weight-decay 1.0 --figures figures")
def growth(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="A folder of .safetensors or .npz files or of model folders; or these one after the other.",
            metavar="FOLDER|FILE…",
            readable=False,  # what cannot be read is said in one sentence, as any other bad input
        ),
    ],
    steps: Annotated[str | None, typer.Option(help="Steps of the checkpoints, in their order, such as 0,100,200.")] = None,
    step_pattern: Annotated[
        str | None, typer.Option(help="Regular expression that finds the step in a name, such as 'step_(\\d+)'.", metavar="REGEX")
    ] = None,
    embeddings: Annotated[
        bool, typer.Option("--embeddings", help="Count embeddings, heads and poolers too; the paper does not.")
    ] = False,
    scalars: Annotated[bool, typer.Option("--scalars", help="Count gains and biases too; the paper does not.")] = False,
    all_: Annotated[bool, typer.Option("--all", help="Count every parameter: --embeddings --scalars.")] = False,
    include: Annotated[
        str | None, typer.Option(help="Count only tensors whose name matches, such as encoder.", metavar="REGEX")
    ] = None,
    exclude: Annotated[str | None, typer.Option(help="Leave out tensors whose name matches.", metavar="REGEX")] = None,
    common: Annotated[
        bool, typer.Option("--common", help="Where tensors differ, measure those that all checkpoints share.")
    ] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave out checkpoints that hold NaN or infinities.")] = False,
    lr: Annotated[float | None, typer.Option(help="Learning rate η, to hold the ratio of norms against pure decay.")] = None,
    weight_decay: Annotated[float | None, typer.Option(help="Weight decay λ, likewise.")] = None,
    rows: Annotated[int, typer.Option(min=2, help="The most steps to print.")] = 25,
    csv: Annotated[
        Path | None, typer.Option(help="Write every number: step, checkpoint, group, quantity, value.", metavar="FILE")
    ] = None,
    figures: Annotated[
        Path | None, typer.Option(help="Draw figures 1 and 5 of this series into a folder.", metavar="FOLDER")
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="svg, pdf, png, or several with commas.")] = "svg",
    json: Json = False,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    quiet: Quiet = False,
) -> None:
    """Follow the norm of the parameters over checkpoints: whether it grows, by which law, and whether its direction settles."""
    from sattheory.growth import scan
    from sattheory.growth.steps import parse_steps
    from sattheory.terminal.console import print_json
    from sattheory.terminal.growth import print_growth, scanning
    from sattheory.writing import check_folder, check_place

    if csv is not None:
        check_place("--csv", csv, (".csv",))
    formats = _formats(format_)
    check_folder("--figures", figures)
    with scanning(quiet) as watch:
        found = scan(
            paths,
            steps=None if steps is None else parse_steps(steps),
            step_pattern=step_pattern,
            embeddings=embeddings or all_,
            scalars=scalars or all_,
            include=include,
            exclude=exclude,
            common=common,
            skip_bad=skip_bad,
            decay=_decay(lr, weight_decay),
            jobs=jobs or cores(),
            scheduler=scheduler,
            watch=watch,
        )
    if json:
        print_json({"version": 1, **found.to_dict()})
    else:
        print_growth(found, rows)
    for finding in found.findings if json else ():
        typer.echo(f"sattheory: {finding.says}", err=True)
    for path in _written(found, csv, figures, formats):
        typer.echo(f"{path} written", err=True)


def _formats(text: str) -> list[str]:
    from sattheory.discovery import one_of
    from sattheory.figures.files import FORMATS

    return [one_of("format", part.strip(), FORMATS) for part in text.split(",")]


def _decay(lr: float | None, weight_decay: float | None) -> Decay | None:
    from sattheory.growth import Decay

    if lr is None and weight_decay is None:
        return None
    if lr is None or weight_decay is None:
        given = f"--lr {lr:g}" if lr is not None else f"--weight-decay {weight_decay:g}"
        raise InputError(given, "decay needs both η and λ", "give --lr and --weight-decay")
    return Decay(lr, weight_decay)


def _written(found: Growth, csv: Path | None, figures: Path | None, formats: list[str]) -> Iterator[Path]:
    from sattheory.figures.files import save
    from sattheory.writing import write

    if csv is not None:
        yield write(csv, found.to_csv())
    if figures is not None:
        for name, canvas in (("f1", found.plot_norms()), ("f5", found.plot_steps())):
            for kind in formats:
                yield save(canvas, figures / f"{name}.{kind}")
