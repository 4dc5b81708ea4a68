"""Figure 4 as it should be: biases really removed, a mask that forbids, and the true limit in place of c = 1000.

Above, the paper's axes: up to c = 10 the curves with and without biases are much alike even so (the puzzle of the paper's
footnote 12); what a bias changes is how the limit is reached, which shows further out.  Below, 1 − cosine there: without biases
the paper's pre-norm falls faster than any power (the c⁻¹² that the norm's ε leaves is too small to see), with them like c⁻²
only; post-norm like c⁻⁴ and c⁻².  A relative error of order p makes 1 − cosine fall like c^(−2p).  Each step is a head
whose best key changes late; with biases some change beyond c = 1000, which is therefore no stand-in for the limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sattheory.asymptotics.directions import one_minus_cosine
from sattheory.asymptotics.rates import Rate
from sattheory.asymptotics.saturation import saturate
from sattheory.asymptotics.scale_sweep import streams_at
from sattheory.figures.registry import Figure
from sattheory.figures.scaling import SHAPES, cosine_panel, encoder, sentences
from sattheory.figures.style import blank, house_style, line, logarithmic, slope
from sattheory.network.configuration import Placement

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

Array = NDArray[Any]
SCALES = np.concatenate([np.arange(1.0, 11.0), [14.0], np.geomspace(20, 2e5, 13)])
SENTENCES = 5
TERMS = {("full", "res_post"): 12, ("full", "post"): 24}  # what these limits turn out to need: fewer would be tried in vain
LOWEST, ROUNDING = 1e-24, 1e-32
ARMS: dict[str, tuple[Placement, bool]] = {
    "res_post, biases": ("res_post", True),
    "res_post, no biases": ("res_post", False),
    "post, biases": ("post", True),
    "post, no biases": ("post", False),
}


@dataclass(frozen=True, eq=False)
class Arm:
    """One curve.

    Parameters
    ----------
    gap : ndarray, shape (S,)
        1 − cosine with the true limit, mean over positions, at `SCALES`.
    rate : Rate
        The rate that the series predicts.
    """

    gap: Array
    rate: Rate


def compute(seed: int = 0, size: str = "full") -> dict[str, Arm]:
    """Compute 1 − cosine with the true limit.

    Parameters
    ----------
    seed : int
        Seed; arms of one placement share their weights.
    size : {"full", "small"}
        The networks' size.

    Returns
    -------
    dict of str to Arm
        The curves.
    """
    shape = SHAPES[size]
    tokens = sentences(shape, SENTENCES, seed)
    found = {}
    for label, (placement, biases) in ARMS.items():
        net = encoder(shape, placement, "causal", biases, seed)
        limit = saturate(net, tokens, terms=TERMS.get((size, placement), 6))
        last = streams_at(net, tokens, SCALES)[-1].data
        found[label] = Arm(one_minus_cosine(last, limit.symbol).mean(axis=(-2, -1)), limit.rate)
    return found


def draw(seed: int = 0, size: str = "full") -> Canvas:
    """Draw the figure.

    Parameters
    ----------
    seed : int
        Seed of weights and sentences.
    size : {"full", "small"}
        The networks' size.

    Returns
    -------
    matplotlib.figure.Figure
        Two panels.
    """
    arms = compute(seed, size)
    with house_style():
        figure, panels = blank(4.8, 2, 1)
        cosine_panel(panels[0, 0], SCALES, {label: 1 - arm.gap for label, arm in arms.items()}, "the limit")
        _far(panels[1, 0], arms)
        handles, labels = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=2)
    return figure


def _far(axes: Axes, arms: dict[str, Arm]) -> None:
    logarithmic(axes, "x")
    logarithmic(axes, "y", every=4)
    for number, arm in enumerate(arms.values()):
        axes.plot(SCALES, np.maximum(arm.gap, ROUNDING), markevery=2, **line(number))
    slope(axes, 2, (2e3, 1e-1), 2e5)
    slope(axes, 4, (70.0, 1e-11), 3e3)
    axes.set(xlabel="scale c", ylabel="1 − cosine with the limit", xlim=(0.9, 6e5), ylim=(LOWEST, 3))


FIGURE = Figure("f4", "Figure 4 with biases really removed, a mask that forbids, and the true limit", "figure 4", draw)
