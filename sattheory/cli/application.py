"""The command line's application: what all commands share."""

from __future__ import annotations

from typing import Annotated, NoReturn

import typer

FAILED, BAD_INPUT, UNDECIDED = 1, 2, 3
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="What a transformer becomes when its parameters grow: exact limits, and a paper's claims verified or refuted.",
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bars.")]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, help="Processes, or threads; all cores when left out. Results do not depend on it."),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        help="Work on the Dask cluster of this scheduler; its workers must see the same files.", metavar="tcp://HOST:PORT"
    ),
]


def _version(wanted: bool) -> None:
    if wanted:
        from sattheory import __version__

        typer.echo(f"sattheory {__version__}")
        leave(0)


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Compute exact limits of transformers whose parameters grow; verify or refute a paper's claims about them."""


def cores() -> int:
    """Count the cores that this process may use.

    Returns
    -------
    int
        How many.
    """
    import joblib

    return int(joblib.cpu_count(only_physical_cores=False))


def leave(code: int, reason: str = "") -> NoReturn:
    """End the command.

    Parameters
    ----------
    code : int
        Exit code.
    reason : str
        Printed on standard error.

    Raises
    ------
    typer.Exit
        Always.
    """
    if reason:
        typer.echo(reason, err=True)
    raise typer.Exit(code)
