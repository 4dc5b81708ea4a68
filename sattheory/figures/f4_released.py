"""Figure 4 as the released code draws it: cosine of f(x; cθ) with f(x; 1000θ), and biases that never go away.

In the code released with the paper the option ``bias`` reaches the classifier only, so both arms of each placement keep every
bias of the encoder; what differs between them is the random initialisation.  The mask multiplies the scores of the future by 0
instead of forbidding them, c = 1000 stands for the limit, and the cosine is one number for the whole batch.  All of that is
repeated here.  The curves "with" and "without" biases look alike because they are the same experiment twice; `f4` does the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sattheory.asymptotics.directions import one_minus_cosine
from sattheory.asymptotics.scale_sweep import streams_at
from sattheory.figures.registry import Figure
from sattheory.figures.scaling import SHAPES, cosine_panel, encoder, sentences
from sattheory.figures.style import blank, house_style
from sattheory.network.configuration import Placement

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

Array = NDArray[Any]
SCALES = np.linspace(1.0, 10.0, 19)
STAND_IN = 1000.0
SENTENCES = 10
ARMS: dict[str, tuple[Placement, int]] = {
    "res_post, bias=True": ("res_post", 0),
    "res_post, bias=False": ("res_post", 1),
    "post, bias=True": ("post", 2),
    "post, bias=False": ("post", 3),
}


def compute(seed: int = 0, size: str = "full") -> dict[str, Array]:
    """Compute the cosines.

    Parameters
    ----------
    seed : int
        Seed; each arm draws its own weights.
    size : {"full", "small"}
        The networks' size.

    Returns
    -------
    dict of str to ndarray, shape (S,)
        Cosines at `SCALES`, by arm.
    """
    shape = SHAPES[size]
    tokens = sentences(shape, SENTENCES, seed)
    found = {}
    for label, (placement, arm) in ARMS.items():
        net = encoder(shape, placement, "causal_multiplicative", True, 4 * seed + arm)
        last = streams_at(net, tokens, np.append(SCALES, STAND_IN))[-1].data
        flat = last.reshape(len(last), -1)
        found[label] = 1 - one_minus_cosine(flat[:-1], flat[-1])
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
        One panel.
    """
    cosines = compute(seed, size)
    with house_style():
        figure, panels = blank(2.6)
        cosine_panel(panels[0, 0], SCALES, cosines, "c = 1000")
        figure.legend(loc="outside upper center", ncols=2)
    return figure


FIGURE = Figure("f4-released", "Figure 4 as the released code draws it: every arm keeps its biases", "figure 4", draw)
