"""Standard output for people, standard error for progress, JSON for programs."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from sattheory.arithmetic.operations import Place

T = TypeVar("T")


def console() -> Console:
    """Open standard output, 110 columns wide where it is no terminal.

    Returns
    -------
    Console
        The console.
    """
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=110)


def progress(items: Iterable[T], total: int, what: str, quiet: bool) -> Iterator[T]:
    """Go through slow items with a progress bar on standard error.

    Parameters
    ----------
    items : iterable
        The items.
    total : int
        How many there are.
    what : str
        What is being done.
    quiet : bool
        Show nothing.

    Yields
    ------
    object
        The items.
    """
    error = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=error, transient=True, disable=quiet or not error.is_terminal) as bar:
        yield from bar.track(items, total=total, description=what)


@contextmanager
def layer_by_layer(layers: int, what: str, quiet: bool) -> Iterator[Callable[[Place, object], None]]:
    """Show on standard error how far a forward pass has come; a pass that starts again with more terms starts the bar again.

    Parameters
    ----------
    layers : int
        Number of layers.
    what : str
        What is being done.
    quiet : bool
        Show nothing.

    Yields
    ------
    callable
        To be given to the pass as its watcher.
    """
    error = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=error, transient=True, disable=quiet or not error.is_terminal) as bar:
        task, passes = bar.add_task(what, total=layers), 0

        def watch(place: Place, _: object) -> None:
            nonlocal passes
            if place.part == "stream":
                passes += place.layer == 0
                description = what if passes < 2 else f"{what}, pass {passes}"
                bar.update(task, completed=place.layer, description=description)

        yield watch


def print_json(value: Any) -> None:
    """Print plain values as JSON; infinities and NaN become null.

    Parameters
    ----------
    value : object
        Dicts, lists, numbers, strings.
    """
    print(json.dumps(_finite(value), ensure_ascii=False, indent=2, allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


def hanging(text: str, width: int) -> str:
    """Wrap lines so that what is wrapped stays indented under its beginning.

    Parameters
    ----------
    text : str
        Lines, indented as they should be.
    width : int
        Columns.

    Returns
    -------
    str
        The wrapped lines.
    """
    lines = []
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip(" -")) + 2)
        lines += textwrap.wrap(line, max(width, 40), subsequent_indent=indent, break_long_words=False) or [""]
    return "\n".join(lines)
