"""Figure 1: the norm against the step with its fits, the same for each layer, and the cosines of neighbouring checkpoints.

Above, ‖θ_t‖ with the paper's a√t + b and with the law that wins; then the layers.  Below, the cosine of θ_t and θ_{t+1}, which
tends to 1, beside two lines that the paper does not draw: what this cosine would be if every step were orthogonal to θ_t, so that
the norm grew and no direction were kept at all, and the cosine with the last checkpoint.  Where the first two agree, the cosine
of neighbours says nothing about a direction; the third shows whether there is one.

Drawn here of a series made by a formula, not of a trained model: steps of length a‖θ_t‖/√t in random directions.
``sattheory growth FOLDER --figures DIR`` draws it of a series of checkpoints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sattheory.figures.registry import Figure
from sattheory.figures.style import DASHES, MARKERS, blank, house_style, line
from sattheory.growth.example import example
from sattheory.growth.fits import Fit, best

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

    from sattheory.growth.curves import Curves
    from sattheory.growth.growth import Growth

PAPER = "square root"
MOST_LAYERS, MOST_MARKERS, LINE = 8, 12, 56  # characters of a line of the legend
SIZES = {"full": (1600, 41), "small": (400, 11)}
NORM, NEXT = "‖θₜ‖", "cos(θₜ, θₜ₊₁)"
MADE = "made by a formula, not trained"


def draw(seed: int = 0, size: str = "full") -> Canvas:
    """Draw the figure of the example.

    Parameters
    ----------
    seed : int
        Seed of its directions.
    size : {"full", "small"}
        How long the series is.

    Returns
    -------
    matplotlib.figure.Figure
        Four panels.
    """
    return draw_norms(example(seed, *SIZES[size]), MADE)


def draw_norms(growth: Growth, about: str = "") -> Canvas:
    """Draw norms with their fits, and cosines, of the whole and of each layer.

    Parameters
    ----------
    growth : Growth
        A measured series.
    about : str
        Said above the figure.

    Returns
    -------
    matplotlib.figure.Figure
        Four panels, or two where there are no layers.
    """
    layers = chosen_layers(growth)
    with house_style():
        rows = 4 if layers else 2
        figure, panels = blank(1.75 * rows + 0.35 * bool(layers), rows, 1, sharex=True)
        axes = list(panels[:, 0])
        _norms(axes[0], growth)
        _cosines(axes[rows // 2], growth)
        if layers:
            some = _share(layers, growth)
            _layers(axes[1], growth, layers, f"norm by layer{some}", NORM, lambda curves: curves.norm)
            _layers(axes[3], growth, layers, f"{NEXT} by layer{some}", "cosine", lambda curves: 1 - curves.successor_gap)
            beside = max(1, LINE // max(len(curves.name) + 6 for curves in layers))
            figure.legend(*axes[1].get_legend_handles_labels(), loc="outside lower center", ncols=min(4, beside))
        axes[-1].set_xlabel("step t")
        if about:
            figure.suptitle(about, fontsize=7.5)
    return figure


def _share(layers: list[Curves], growth: Growth) -> str:
    """Say how many layers are drawn, where not all are."""
    count = len(_numbered(growth))
    return "" if len(layers) == count else f", {len(layers)} of {count}"


def _numbered(growth: Growth) -> list[Curves]:
    return [curves for curves in growth.groups.layers if curves.name != "outside the layers"]


def chosen_layers(growth: Growth) -> list[Curves]:
    """Choose the layers that are drawn, evenly if there are many.

    Parameters
    ----------
    growth : Growth
        A measured series.

    Returns
    -------
    list of Curves
        At most eight, the first and the last among them.
    """
    layers = _numbered(growth)
    at = sorted({round(i) for i in np.linspace(0, len(layers) - 1, min(len(layers), MOST_LAYERS))})
    return [layers[i] for i in at]


def marks(number: int, points: int) -> dict[str, Any]:
    """Look up how a curve over checkpoints is told apart, with a marker on some of its points only.

    Parameters
    ----------
    number : int
        Which curve, from 0.
    points : int
        How many points it has.

    Returns
    -------
    dict
        Colour, dashes and markers for ``Axes.plot``.
    """
    every = max(1, -(-points // MOST_MARKERS))
    return {**line(number), "markevery": (number % every, every)}


def _norms(axes: Axes, growth: Growth) -> None:
    steps, norm = growth.steps, growth.whole.norm
    axes.plot(steps, norm, linestyle="", marker="o", color="#000000", label="measured", markersize=3.2)
    fits = {fit.law: fit for fit in growth.fits if fit.estimates}
    winner = best(growth.fits)
    for number, law in enumerate(dict.fromkeys([PAPER, *([winner.law] if winner else [])])):
        if law in fits:
            t = np.linspace(steps[0], steps[-1], 200)
            axes.plot(t, fits[law].predict(t), label=fit_label(fits[law]), **{**line(number + 1), "marker": ""})
    left_out = ~growth.fitted
    if left_out.any():
        axes.plot(steps[left_out], norm[left_out], linestyle="", marker="x", color="#D55E00", markersize=6, label="repeated")
    axes.set(title=f"norm of {growth.selection}", ylabel=NORM)
    axes.legend(loc="best")


def fit_label(fit: Fit) -> str:
    """Name a fitted law.

    Parameters
    ----------
    fit : Fit
        The law.

    Returns
    -------
    str
        Its formula and R².
    """
    return fit.formula + (f", R² {fit.r_squared:.4f}" if np.isfinite(fit.r_squared) else "")


def _cosines(axes: Axes, growth: Growth) -> None:
    whole, steps = growth.whole, growth.steps
    shown = (
        (NEXT, whole.successor_gap),
        ("the same, if misaligned", whole.misaligned_gap),
        ("cos(θₜ, last θ)", whole.last_gap),
    )
    for number, (label, gap) in enumerate(shown):
        axes.plot(steps[: len(gap)], 1 - gap, label=label, **marks(number, len(gap)))
    axes.set(title="direction", ylabel="cosine")
    axes.legend(loc="best")


def _layers(axes: Axes, growth: Growth, layers: list[Curves], title: str, unit: str, of: Any) -> None:
    for number, curves in enumerate(layers):
        values = of(curves)
        axes.plot(growth.steps[: len(values)], values, label=curves.name, **_depth(number, len(layers), len(values)))
    axes.set(title=title, ylabel=unit)


def _depth(number: int, count: int, points: int) -> dict[str, Any]:
    """Go from light to dark with depth; markers and dashes tell neighbours apart."""
    import matplotlib

    shade = matplotlib.colormaps["cividis_r"](0.15 + 0.85 * number / max(1, count - 1))
    return {**marks(number, points), "color": shade, "linestyle": DASHES[number], "marker": MARKERS[number]}


FIGURE = Figure(
    "f1", "Figure 1: norm with fits, and cosines of neighbours beside what they would be without a direction", "figure 1", draw
)
