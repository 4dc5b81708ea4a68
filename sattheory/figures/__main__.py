"""``python -m sattheory.figures NAME … --out DIR``: draw figures without the rest of the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sattheory.errors import InputError
from sattheory.figures import draw


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Figures; all when left out.")] = None,
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("figures"),
    format: Annotated[list[str], typer.Option(help="svg, pdf or png; may be repeated.")] = ["svg"],  # noqa: B006
    seed: Annotated[int, typer.Option(help="Seed of the random networks.")] = 0,
    size: Annotated[str, typer.Option(help="full, or small for a quick look.")] = "full",
) -> None:
    """Draw figures and print where they are.

    Parameters
    ----------
    names : list of str, optional
        Names of figures; all when left out.
    out : Path
        Folder to write to.
    format : list of str
        Formats.
    seed : int
        Seed of the random networks.
    size : {"full", "small"}
        Size of the networks.

    Raises
    ------
    Exit
        With status 2 for bad input.
    """
    try:
        for path in draw(names or None, out, format, seed, size):
            print(path)
    except InputError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from None


if __name__ == "__main__":
    typer.run(main)
