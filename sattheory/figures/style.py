"""How the figures look: one column wide (3.3 in), no letter below 7 pt, every line told apart by colour *and* marker *and* dash.

Colours are those of Okabe and Ito (2008), which stay distinct for colour-blind readers; their yellow, too pale for a line on
white, gives way to grey.  Exponents are written with Unicode superscripts, because TeX-like ones shrink below 7 pt.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[Any]
COLUMN, SMALLEST = 3.3, 7.0
COLOURS = ("#000000", "#E69F00", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#7F7F7F")
MARKERS = ("o", "s", "^", "D", "v", "X", "P", "<")
DASHES = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1.5, 1, 1.5)), (0, (3, 1)), (0, (8, 2)), (0, (2, 2)), (0, (5, 1, 1, 1, 1, 1)))
GUIDE = "#555555"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 7.5,
    "axes.titlesize": 7.5,
    "axes.labelsize": 7.5,
    "xtick.labelsize": SMALLEST,
    "ytick.labelsize": SMALLEST,
    "legend.fontsize": SMALLEST,
    "legend.frameon": False,
    "legend.handlelength": 2.6,
    "legend.columnspacing": 1.2,
    "legend.labelspacing": 0.3,
    "lines.linewidth": 1.1,
    "lines.markersize": 3.2,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlelocation": "left",
    "grid.linewidth": 0.35,
    "grid.color": "#CCCCCC",
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "savefig.dpi": 200,
    "svg.hashsalt": "sattheory",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in this package's style, whatever the caller's settings are, and give those back.

    Yields
    ------
    None
        Nothing; the block draws.
    """
    import matplotlib.style

    with matplotlib.style.context(["default", STYLE]):
        yield


def blank(height: float, rows: int = 1, columns: int = 1, **sharing: Any) -> tuple[Figure, Array]:
    """Make a figure one column wide.

    Parameters
    ----------
    height : float
        In inches.
    rows, columns : int
        Panels.
    **sharing
        ``sharex`` and ``sharey``, as Matplotlib takes them.

    Returns
    -------
    tuple
        The figure, and its panels in an array of shape (rows, columns).
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(COLUMN, height), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, **sharing)


def line(number: int) -> dict[str, Any]:
    """Look up how a line is told apart from the others.

    Parameters
    ----------
    number : int
        Which line, from 0; after eight they repeat.

    Returns
    -------
    dict
        Colour, dashes and marker for ``Axes.plot``.
    """
    at = number % len(COLOURS)
    return {"color": COLOURS[at], "linestyle": DASHES[at], "marker": MARKERS[at]}


def power(exponent: int, base: str = "c") -> str:
    """Write a power.

    Parameters
    ----------
    exponent : int
        The exponent.
    base : str
        The base.

    Returns
    -------
    str
        Such as ``c⁻²``.
    """
    return base + str(exponent).translate(SUPERSCRIPTS)


def logarithmic(axes: Axes, which: str, every: int = 1) -> None:
    """Make an axis logarithmic, with ticks at powers of ten.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        The panel.
    which : {"x", "y"}
        The axis.
    every : int
        Decades between ticks.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

    axes.set(**{f"{which}scale": "log"})
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(LogLocator(base=10.0**every, numticks=30))
    axis.set_major_formatter(FuncFormatter(lambda value, _: _decade(value)))
    axis.set_minor_formatter(NullFormatter())
    axis.set_minor_locator(LogLocator(subs=(2, 5), numticks=30) if every == 1 else NullLocator())


def _decade(value: float) -> str:
    exponent = round(float(np.log10(value)))
    return {0: "1", 1: "10"}.get(exponent, power(exponent, "10"))


def slope(axes: Axes, order: int, start: tuple[float, float], end: float) -> None:
    """Draw a guide of slope −p on logarithmic axes, with its name at the end.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        The panel.
    order : int
        The order p.
    start : tuple of float
        Where the guide starts, in data coordinates.
    end : float
        The abscissa where it ends.
    """
    c, y = start
    axes.plot([c, end], [y, y * (end / c) ** -order], color=GUIDE, linewidth=0.7, linestyle="-", zorder=1, gid=f"guide {order}")
    axes.annotate(
        power(-order), (end, y * (end / c) ** -order), xytext=(2, 0), textcoords="offset points", color=GUIDE, va="center"
    )
