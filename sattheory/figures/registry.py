"""All figures, found by looking: a module of this package that defines ``FIGURE`` adds one.

Adding a figure is adding one file.  The package is read at the first question it is asked, not at import.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sattheory.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

PACKAGE = "sattheory.figures"
SIZES = ("full", "small")


@dataclass(frozen=True)
class Figure:
    """A figure that can be drawn.

    Parameters
    ----------
    name : str
        What one asks for; also the file's name.
    title : str
        What it shows, in one line.
    paper : str
        Which figure or section of the paper it belongs to.
    draw : callable
        Takes a seed and a size (``full`` or ``small``), returns a Matplotlib figure.
    """

    name: str
    title: str
    paper: str
    draw: Callable[[int, str], Canvas]


class Registry(Mapping[str, Figure]):
    """The figures of a package, by name.

    Parameters
    ----------
    package : str
        Name of the package whose modules are read.
    """

    def __init__(self, package: str = PACKAGE) -> None:
        self._package = package
        self._found: dict[str, Figure] | None = None

    def _figures(self) -> dict[str, Figure]:
        if self._found is None:
            self._found = _discover(self._package)
        return self._found

    def __getitem__(self, name: str) -> Figure:
        return self._figures()[one_of("figure", name, self._figures())]

    def __contains__(self, name: object) -> bool:
        return name in self._figures()

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures())

    def __len__(self) -> int:
        return len(self._figures())

    def __repr__(self) -> str:
        return f"Registry({', '.join(self)})"


def one_of(what: str, given: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """Return a name that exists, or say which ones are nearest to it.

    Parameters
    ----------
    what : str
        What kind of name it is.
    given : str
        The name.
    known : mapping or tuple of str
        The names that exist.

    Returns
    -------
    str
        The name.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    if given in known:
        return given
    near = difflib.get_close_matches(str(given).casefold(), list(known), n=3, cutoff=0.4)
    remedy = "did you mean " + " or ".join(near) if near else "choose from " + ", ".join(known)
    raise InputError(f"{what}={given!r}", f"there is no {what} of this name", remedy)


def _discover(package: str) -> dict[str, Figure]:
    """Read every module of a package that defines ``FIGURE``; sorted by name."""
    found: dict[str, Figure] = {}
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if module.name == "__main__":
            continue
        figure = getattr(importlib.import_module(f"{package}.{module.name}"), "FIGURE", None)
        if figure is None:
            continue
        if figure.name in found:
            raise InputError(f"figure={figure.name!r}", f"{module.name} defines a name that exists", "give it another name")
        found[figure.name] = figure
    return dict(sorted(found.items()))


figures = Registry()
