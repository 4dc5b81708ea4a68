"""One network over all scales: 1 − cosine with the true limit against c, a line a layer (paper, §5.2 and figure 4).

On logarithmic axes a layer that approaches its limit like c^(−p) is a straight line of slope −2p, and one that approaches it
exponentially falls off a cliff.  What `ScaleSweep.plot` shows.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sattheory.figures.style import DASHES, MARKERS, blank, house_style, logarithmic

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sattheory.asymptotics.scale_sweep import ScaleSweep

Array = NDArray[Any]
FLOOR = 1e-30


def draw_sweep(sweep: ScaleSweep) -> Figure:
    """Draw 1 − cosine with the true limit against c, a line a layer.

    Parameters
    ----------
    sweep : ScaleSweep
        The sweep.

    Returns
    -------
    matplotlib.figure.Figure
        One column wide.  A layer at its limit at every scale, or undecided, has no line; the legend says so.
    """
    gap = sweep.against["limit"].gap
    with house_style():
        figure, panels = blank(2.6 + 0.13 * (len(gap) // 3))
        axes = panels[0, 0]
        logarithmic(axes, "x")
        logarithmic(axes, "y", every=_every(gap))
        for layer, values in enumerate(gap):
            seen = np.where(values > FLOOR, values, np.nan)
            axes.plot(sweep.scales, seen, label=_label(layer, values), **_line(layer, len(gap)))
        if sweep.resolved < sweep.scales.max():
            axes.axvspan(sweep.resolved, sweep.scales.max() * 1.1, color="0.92", zorder=0, label="floats may lose ties")
        axes.set(xlabel="scale c", ylabel="1 − cosine with the true limit", ylim=_limits(gap))
        axes.set_xlim(sweep.scales.min() / 1.1, sweep.scales.max() * 1.1)
        figure.legend(loc="outside upper center", ncols=3 if len(gap) > 3 else len(gap))
    return figure


def _label(layer: int, values: Array) -> str:
    if np.isnan(values).all():
        return f"layer {layer}: undecided"
    return f"layer {layer}" if np.nanmax(values) > FLOOR else f"layer {layer}: exact"


def _line(layer: int, layers: int) -> dict[str, Any]:
    """Go from light to dark with depth; markers and dashes tell neighbours apart."""
    import matplotlib

    shade = matplotlib.colormaps["cividis_r"](0.15 + 0.85 * layer / max(1, layers - 1))
    return {
        "color": shade,
        "linestyle": DASHES[layer % len(DASHES)],
        "marker": MARKERS[layer % len(MARKERS)],
        "markevery": (layer % 3, 3),
    }


def _limits(gap: Array) -> tuple[float, float]:
    seen = gap[np.isfinite(gap) & (gap > FLOOR)]
    return (seen.min() / 3, seen.max() * 3) if seen.size else (1e-2, 1.0)


def _every(gap: Array) -> int:
    low, high = _limits(gap)
    return max(1, round(math.log10(high / low) / 7))
