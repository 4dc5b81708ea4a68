"""Figure 2 for any network: how saturated each layer is, the trained model beside its randomly initialised twin.

Above, the cosine of f(x; θ) with four things taken for the limit.  Often they agree, so the limit is a broad line, with a band
from the tenth to the ninetieth percentile of the sentences, and the others are signs of different shape and size that can be seen
through each other.  Below, on a logarithmic axis, how far the paper's stand-in, c = 1000, is from the limit itself; what is below
10⁻¹⁶, which is rounding, is a triangle at the foot of the axis.  Bars are standard errors of the mean over sentences.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sattheory.figures.style import COLOURS, blank, house_style, logarithmic
from sattheory.measure.networks import TWIN

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

    from sattheory.measure.measurement import Measured, Measurement

Array = NDArray[Any]
OPEN: dict[str, Any] = {"markerfacecolor": "none", "linestyle": ""}
SIGNS: dict[str, tuple[str, dict[str, Any]]] = {
    "c1000_float32": ("c = 1000, float32", OPEN | {"marker": "s", "markersize": 6.5, "color": COLOURS[3]}),
    "c1000_float64": ("c = 1000, float64", OPEN | {"marker": "x", "markersize": 5, "color": COLOURS[4]}),
    "layerwise": (
        "layer by layer",
        OPEN | {"marker": "o", "markersize": 2.2, "markerfacecolor": COLOURS[0], "color": COLOURS[0]},
    ),
    "hard": ("hard substitution", OPEN | {"marker": "D", "markersize": 8.5, "color": COLOURS[5]}),
}
LIMIT: dict[str, Any] = {"color": COLOURS[6], "linewidth": 3, "solid_capstyle": "butt"}
STAND_INS = {"stand_in_float32": "c1000_float32", "stand_in_float64": "c1000_float64"}
LOWEST, FOOT = 1e-16, 0.05


def draw_measurement(measurement: Measurement) -> Canvas:
    """Draw the cosines of a measurement.

    Parameters
    ----------
    measurement : Measurement
        A measurement.

    Returns
    -------
    matplotlib.figure.Figure
        Two panels for each network.
    """
    networks = measurement.networks
    with house_style():
        figure, panels = blank(3.9, 2, len(networks), sharex=True, sharey="row", height_ratios=(1.5, 1))
        for column, (which, measured) in enumerate(networks.items()):
            _cosines(panels[0, column], measured)
            _stand_in(panels[1, column], measured)
            panels[0, column].set_title(_title(which, measurement.architecture))
            panels[1, column].set_xlabel("layer")
        _axes(panels, networks)
        handles, labels = panels[0, 0].get_legend_handles_labels()
        foot = _foot(networks)
        figure.legend([*handles, *foot], [*labels, *(sign.get_label() for sign in foot)], loc="outside upper center", ncols=2)
    return figure


def _title(which: str, architecture: str) -> str:
    """Name a network; one that was made by hand was never trained."""
    if which == TWIN:
        return "random twin"
    return which if architecture else "network"


def _cosines(axes: Axes, measured: Measured) -> None:
    layers = np.arange(measured.gaps["limit"].shape[1])
    tenth, _, ninetieth = measured.quantiles("limit")
    error = np.nan_to_num(measured.standard_error("limit"))
    axes.plot(layers, measured.mean("limit"), label="true limit", **LIMIT)
    if len(measured.gaps["limit"]) > 1:
        axes.fill_between(layers, tenth, ninetieth, color=LIMIT["color"], alpha=0.25, linewidth=0, label="10–90 % of sentences")
    axes.errorbar(layers, measured.mean("limit"), error, fmt="none", ecolor=COLOURS[2], elinewidth=0.9, capsize=1.8, zorder=3)
    for name, (label, look) in SIGNS.items():
        if name in measured.gaps:
            axes.plot(layers, measured.mean(name), label=label, zorder=4, **look)


def _stand_in(axes: Axes, measured: Measured) -> None:
    for name, like in STAND_INS.items():
        gap, error = measured.gap(name), np.nan_to_num(measured.standard_error(name))
        shown = np.where(gap > LOWEST, gap, np.nan)
        colour, below = SIGNS[like][1]["color"], np.minimum(error, 0.9 * np.nan_to_num(shown))
        axes.plot(np.arange(len(gap)), shown, **SIGNS[like][1] | {"linestyle": "-", "linewidth": 0.6})
        axes.errorbar(np.arange(len(gap)), shown, (below, error), fmt="none", ecolor=colour, elinewidth=0.7, capsize=1.5)


def _below(panels: Array, networks: Any) -> None:
    """Put what is not told from rounding at the foot of the axis."""
    look: dict[str, Any] = OPEN | {"marker": "v", "markersize": 4, "zorder": 5}
    for axes, measured in zip(panels, networks.values(), strict=True):
        for name, like in STAND_INS.items():
            layers = np.flatnonzero(measured.gap(name) <= LOWEST)
            foot = np.full(len(layers), FOOT)
            axes.plot(layers, foot, transform=axes.get_xaxis_transform(), color=SIGNS[like][1]["color"], **look)


def _foot(networks: Any) -> list[Any]:
    from matplotlib.lines import Line2D

    below = any((measured.gap(name) <= LOWEST).any() for measured in networks.values() for name in STAND_INS)
    return [Line2D([], [], **OPEN | {"marker": "v", "markersize": 4, "color": COLOURS[0]}, label="below 10⁻¹⁶")] if below else []


def _axes(panels: Array, networks: Any) -> None:
    from matplotlib.ticker import MaxNLocator

    gaps = np.concatenate([measured.gap(name) for measured in networks.values() for name in STAND_INS])
    seen = gaps[np.isfinite(gaps) & (gaps > LOWEST)]
    low, high = (seen.min() / 5, seen.max() * 5) if seen.size else (1e-3, 1.0)
    for axes in panels[1]:
        logarithmic(axes, "y", every=max(1, round(math.log10(high / low) / 5)))
        axes.set_ylim(low, high)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=7))
    _below(panels[1], networks)
    panels[0, 0].set_ylabel("cosine of f(x; θ) with …")
    panels[1, 0].set_ylabel("1 − cosine of c = 1000\nwith the limit")
