"""The command line: ``sattheory verify``, ``saturate``, ``scale``, ``measure``, ``growth`` and ``figures``.

Results go to standard output, progress and errors to standard error.  Exit codes: 0 every verdict is the one that the registry
expects (a refutation too), 1 a check failed, 2 bad input, 3 undecided.  Bad input is answered with one sentence, never with a
traceback.  One file is one command; what it needs is imported when it runs, so that ``--help`` is quick.
"""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from sattheory.cli.application import BAD_INPUT, app
from sattheory.errors import InputError

COMMANDS = ("verify", "saturate", "scale", "measure", "growth", "figures")
for _command in COMMANDS:
    import_module(f"sattheory.cli.{_command}")


def main() -> None:
    """Run the command line."""
    try:
        app()
    except InputError as error:
        typer.echo(f"sattheory: {error}", err=True)
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        sys.exit(130)
