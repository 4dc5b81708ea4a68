"""Figure 5: how far each step points along the parameters, and how long it is.

Above, the alignment cos(δ_t, θ_t) of the step δ_t = θ_{t+1} − θ_t: 1 grows along θ, 0 turns, −1 shrinks.  Below, ‖δ_t‖.  Both
belong to the interval between two checkpoints, and are drawn at its beginning; an interval twice as long has a longer step.
The grey line is what alignment would follow from growth alone with orthogonal steps: 0.

Drawn here of a series made by a formula, not of a trained model, in which the cosine falls like 1/√t from one step to the
next; between checkpoints that lie many steps apart it is larger, because the steps between them add up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sattheory.figures.f1 import MADE, SIZES, marks
from sattheory.figures.registry import Figure
from sattheory.figures.style import GUIDE, blank, house_style
from sattheory.growth.example import example

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

    from sattheory.growth.growth import Growth


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
        Two panels.
    """
    return draw_steps(example(seed, *SIZES[size]), MADE)


def draw_steps(growth: Growth, about: str = "") -> Canvas:
    """Draw alignment and step size.

    Parameters
    ----------
    growth : Growth
        A measured series.
    about : str
        Said above the figure.

    Returns
    -------
    matplotlib.figure.Figure
        Two panels.
    """
    whole, starts = growth.whole, growth.steps[:-1]
    with house_style():
        figure, panels = blank(3.4, 2, 1, sharex=True)
        above, below = panels[:, 0]
        above.axhline(0, color=GUIDE, linewidth=0.7, zorder=1)
        above.plot(starts, whole.alignment, **marks(0, len(starts)))
        above.set(title="alignment", ylabel="cos(δₜ, θₜ)")
        below.plot(starts, whole.step_size, **marks(0, len(starts)))
        below.set(title="step size", ylabel="‖δₜ‖", xlabel="step t")
        below.set_ylim(bottom=0)
        if about:
            figure.suptitle(about, fontsize=7.5)
    return figure


FIGURE = Figure("f5", "Figure 5: alignment of each step with the parameters, and its length", "figure 5", draw)
