"""How fast a network reaches its limit, by where the norm stands and which bias it has (the paper's C.3 and D.2, repaired).

Eight versions of one random network in each panel: no bias at all, or one kind alone.  The distance to the true limit, relative
to its size, falls like c^(−p): p = 1 as soon as values or the feedforward block's inner layer have a bias; otherwise p = 2, but
in the paper's placement with biases of queries, keys and norms only, or none, it falls faster than any power.  The grey
lines have the predicted slopes; distances near rounding are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sattheory.asymptotics.rates import FLOOR
from sattheory.asymptotics.scale_sweep import ScaleSweep, scale_sweep
from sattheory.figures.registry import Figure
from sattheory.figures.style import blank, house_style, line, logarithmic, slope
from sattheory.network.configuration import Placement
from sattheory.network.transformer import Transformer

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

Array = NDArray[Any]
BIASES = ("none", "query", "key", "norm", "output", "outer", "value", "inner")
PLACEMENTS: dict[Placement, str] = {
    "res_post": "res_post: X + LN(Sub X), the paper's",
    "post": "post: LN(X + Sub X)",
    "pre": "pre: X + Sub(LN X)",
}
TOKENS = (0, 3, 1, 4)
GUIDES = {1: ((3e3, 30.0), 3e5), 2: ((30.0, 3e-9), 1e3)}  # where the curves leave room


def predicted_order(placement: Placement, bias: str) -> int:
    """Look up the predicted order of the distance to the limit.

    Parameters
    ----------
    placement : {"res_post", "post", "pre"}
        Where the norm, which has a gain, stands.
    bias : str
        The only kind of bias, or ``none``.

    Returns
    -------
    int
        p, or 0 if the distance falls faster than any power.
    """
    if bias in ("value", "inner"):
        return 1
    return 2 if placement != "res_post" or bias in ("output", "outer") else 0


def network(placement: Placement, bias: str, seed: int) -> Transformer:
    """Draw a network, and leave it one kind of bias; the weights do not depend on which.

    Parameters
    ----------
    placement : {"res_post", "post", "pre"}
        Where the norm stands.
    bias : str
        The kind, or ``none``.
    seed : int
        Seed of the weights.

    Returns
    -------
    Transformer
        Two layers, width 8, all parameters from N(0, 1).
    """
    net = Transformer.random(
        seed=seed,
        initialisation="normal",
        biases=set(BIASES) - {"none"},
        layers=2,
        heads=2,
        feedforward=16,
        placement=placement,
    )
    removed = [f"{name}.bias" for name in BIASES if name != bias]
    kept = frozenset({bias}) - {"none"}
    return Transformer(net.configuration.replace(biases=kept), net.parameters.without(*removed))


def compute(seed: int = 0, size: str = "full") -> dict[Placement, dict[str, ScaleSweep]]:
    """Sweep every network over the scales.

    Parameters
    ----------
    seed : int
        Seed of the weights.
    size : {"full", "small"}
        ``small`` takes fewer scales.

    Returns
    -------
    dict
        Sweeps by placement and bias.
    """
    scales = np.geomspace(1, 1e6, 61 if size == "full" else 19)
    return {
        placement: {bias: scale_sweep(network(placement, bias, seed), TOKENS, scales) for bias in BIASES}
        for placement in PLACEMENTS
    }


def draw(seed: int = 0, size: str = "full") -> Canvas:
    """Draw the figure.

    Parameters
    ----------
    seed : int
        Seed of the weights.
    size : {"full", "small"}
        ``small`` takes fewer scales.

    Returns
    -------
    matplotlib.figure.Figure
        Three panels, a placement each.
    """
    sweeps = compute(seed, size)
    with house_style():
        figure, panels = blank(6.2, 3, 1, sharex=True)
        for axes, (placement, found) in zip(panels[:, 0], sweeps.items(), strict=True):
            _panel(axes, placement, found)
        panels[-1, 0].set_xlabel("scale c")
        handles, labels = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=4, title="the only bias", title_fontsize=7.5)
    return figure


def down_to_floor(distance: Array) -> Array:
    """Cut a curve where it falls below rounding, keeping one point below the axis so that a cliff shows as one.

    Parameters
    ----------
    distance : ndarray, shape (S,)
        Distances.

    Returns
    -------
    ndarray, shape (S,)
        The same, nan from the second point below the floor on.
    """
    seen = np.where(distance > FLOOR, distance, np.nan)
    below = np.flatnonzero(np.isnan(seen))
    if below.size:
        seen[below[0]] = FLOOR / 10
    return seen


def _panel(axes: Axes, placement: Placement, sweeps: dict[str, ScaleSweep]) -> None:
    logarithmic(axes, "x")
    logarithmic(axes, "y", every=3)
    for number, (bias, sweep) in enumerate(sweeps.items()):
        distance = sweep.against["limit"].distance[-1]
        axes.plot(sweep.scales, down_to_floor(distance), label=bias, markevery=(number, 8), **line(number))
    for order in sorted({predicted_order(placement, bias) for bias in BIASES} - {0}):
        slope(axes, order, *GUIDES[order])
    axes.set(title=PLACEMENTS[placement], xlim=(0.9, 1.5e6), ylim=(FLOOR / 3, 300), ylabel="distance to the limit")


FIGURE = Figure("rates", "Distance to the limit against c for each placement and each bias alone", "C.3, D.2", draw)
