"""Figure 3 for any network: to how many positions each head attends in the limit, and what kind of head that makes it.

Above, the paper's histogram over heads: the mean number of positions that a query attends to, in the limit itself (bars) and by
the paper's count, weights above 10⁻⁵ at c = 1000 (line).  Below, the map of labels, a cell a head: the fill says how many
positions, the letter where they are.  A dot marks a kind that rests on equalities of scores to tolerance only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sattheory.errors import InputError
from sattheory.figures.style import COLOURS, SMALLEST, blank, house_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

    from sattheory.measure.labels import Head

Array = NDArray[Any]
BINS = 25
FILLS = {
    "argmax": ("#E3EDF5", ""),
    "mean": (COLOURS[2], ""),
    "soft": (COLOURS[1], "////"),
    "other": ("#CCCCCC", "...."),
    "too few": ("#FFFFFF", "xxxx"),
    "undecided": ("#FFFFFF", "----"),
}
LINES, HATCHED = "#555555", "#8C8C8C"
LETTERS = {"previous": "P", "next": "N", "first": "F", "self": "S", "separator": "|", "positional": "@"}


def draw_heads(heads: Sequence[Head]) -> Canvas:
    """Draw the histogram over heads and the map of their labels.

    Parameters
    ----------
    heads : sequence of Head
        From `sattheory.measure.labels.classify`.

    Returns
    -------
    matplotlib.figure.Figure
        Two panels.

    Raises
    ------
    InputError
        For no heads.
    """
    if not heads:
        raise InputError("no heads", "there is nothing to draw", "give the heads of a network")
    layers, width = max(head.layer for head in heads), 1 + max(head.head for head in heads)
    map_height = max(0.9, min(0.155 * layers, 6.0))
    with house_style():
        figure, panels = blank(2.25 + map_height + 0.13 * _legend_rows(heads), 2, 1, height_ratios=(1.3, map_height))
        _histogram(panels[0, 0], heads)
        _map(panels[1, 0], heads, layers, width)
        _legend(figure, heads)
    return figure


def _histogram(axes: Axes, heads: Sequence[Head]) -> None:
    from matplotlib.ticker import MaxNLocator

    limit = np.array([head.attended for head in heads if math.isfinite(head.attended)])
    paper = np.array([head.paper for head in heads if math.isfinite(head.paper)])
    edges = np.linspace(1.0, max([1.5, *limit, *paper]), BINS + 1).tolist()
    if limit.size:
        axes.hist(limit, edges, color=COLOURS[6], edgecolor=COLOURS[0], linewidth=0.4, label="in the limit")
    if paper.size:
        counts, _ = np.histogram(paper, edges)
        axes.stairs(counts, edges, color=COLOURS[3], linewidth=1.2, linestyle=(0, (3, 1)), label="weight > 10⁻⁵ at c = 1000")
    visible = [head.visible for head in heads if math.isfinite(head.visible)]
    note = f"mean number of positions attended (of {np.mean(visible):.3g} visible)" if visible else "undecided"
    axes.set(xlabel=note, ylabel="heads", xlim=(edges[0], edges[-1]))
    axes.yaxis.set_major_locator(MaxNLocator(nbins="auto", integer=True))


def _map(axes: Axes, heads: Sequence[Head], layers: int, width: int) -> None:
    from matplotlib.patches import Rectangle

    for head in heads:
        axes.add_patch(Rectangle((head.head - 0.5, head.layer - 0.5), 1, 1, **_fill(head.kind)))
        _sign(axes, head)
    axes.set(xlim=(-0.5, width - 0.5), ylim=(layers + 0.5, 0.5), xlabel="head", ylabel="layer")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_xticks(_ticks(0, width, 16))
    axes.set_yticks(_ticks(1, layers + 1, 12))
    axes.tick_params(length=0)


def _fill(kind: str) -> dict[str, Any]:
    colour, hatch = FILLS[kind]
    return {"facecolor": colour, "hatch": hatch, "edgecolor": HATCHED if hatch else LINES, "linewidth": 0.4}


def _sign(axes: Axes, head: Head) -> None:
    """Write the letter, with a rim that sets it off from what it stands on."""
    from matplotlib.patheffects import withStroke

    ink, rim = ("#FFFFFF", FILLS["mean"][0]) if head.kind == "mean" else ("#000000", "#FFFFFF")
    look: dict[str, Any] = {"ha": "center", "va": "center_baseline", "fontsize": SMALLEST, "fontweight": "bold", "color": ink}
    if head.place in LETTERS:
        axes.text(head.head, head.layer, LETTERS[head.place], path_effects=[withStroke(linewidth=1.5, foreground=rim)], **look)
    if head.assumed:
        axes.plot(head.head + 0.34, head.layer - 0.3, marker="o", markersize=1.8, color=ink, markeredgewidth=0)


def _ticks(start: int, stop: int, most: int) -> range:
    return range(start, stop, -(-(stop - start) // most))


def _shown(heads: Sequence[Head]) -> tuple[list[str], list[str]]:
    kinds = [kind for kind in FILLS if any(head.kind == kind for head in heads)]
    return kinds, [place for place in LETTERS if any(head.place == place for head in heads)]


def _legend_rows(heads: Sequence[Head]) -> int:
    kinds, places = _shown(heads)
    return -(-(len(kinds) + len(places) + any(head.assumed for head in heads)) // 4)


def _legend(figure: Canvas, heads: Sequence[Head]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    kinds, places = _shown(heads)
    signs = {f"${_escaped(LETTERS[place])}$": place for place in places}
    signs |= {"o": "to tolerance"} if any(head.assumed for head in heads) else {}
    look: dict[str, Any] = {"linestyle": "", "color": "#000000", "markeredgewidth": 0}
    letters = [Line2D([], [], marker=m, markersize=2 if m == "o" else 5, label=name, **look) for m, name in signs.items()]
    fills = [Patch(label=kind, **_fill(kind)) for kind in kinds]
    figure.legend(handles=[*fills, *letters], loc="outside lower center", ncols=4, handlelength=1.4)
    above, labels = figure.axes[0].get_legend_handles_labels()
    if above:
        figure.legend(above, labels, loc="outside upper center", ncols=2)


def _escaped(sign: str) -> str:
    return r"\vert" if sign == "|" else rf"\mathbf{{{sign}}}"
