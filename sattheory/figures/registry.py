"""All figures, found by looking: a module of this package that defines ``FIGURE`` adds one.

Adding a figure is adding one file.  The package is read at the first question it is asked, not at import.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sattheory.discovery import Registry

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

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


figures: Registry[Figure] = Registry("sattheory.figures", "FIGURE", lambda figure: figure.name)
