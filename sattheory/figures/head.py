"""One attention head saturates: its weights against the scale c, and where they end (paper, §4.2).

The head is made by hand: each token is its own unit vector, W^K is the identity, so that the score of query i and key j is

    c⁴ S_ij + c³ b_j − ½ |i − j|,

S being W^Q, b the query bias and the last term a fixed offset (ALiBi).  Four queries show the four things that can happen: one
key wins; keys tie at c⁴ and c³ decides; keys tie in everything, and share the weight evenly; keys tie in every positive
power, and the offset leaves a weight that is neither hard nor even.  Weights and limits come from the package's own forward
pass, in floats and in series; the panels' titles from what `saturate` says decided each tie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sattheory.arithmetic.floats import Floats, Scaled
from sattheory.arithmetic.operations import Place
from sattheory.asymptotics.saturation import saturate
from sattheory.asymptotics.ties import Tie
from sattheory.figures.registry import Figure
from sattheory.figures.style import blank, house_style, line, power
from sattheory.network.configuration import Configuration
from sattheory.network.initialise import fill
from sattheory.network.transformer import Transformer

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

Array = NDArray[Any]
KEYS = 5
SCORES = np.array([[0, 0, 3, 0, 0], [0, 2, 0, 0, 2], [0, 2, 0, 2, 0], [0, 2, 2, 0, 0], [0, 0, 0, 0, 0]]) / 100
BIAS = np.array([0, 0, 0, 0, 6]) / 100
FIRST_SCALE, LAST_SCALE, INFINITY = 1.0, 10.0, 14.0


@dataclass(frozen=True, eq=False)
class Head:
    """What the figure shows.

    Parameters
    ----------
    scales : ndarray, shape (S,)
        The scales.
    weights : ndarray, shape (S, n, n)
        Weights at each scale; the last axis is the key.
    limit : ndarray, shape (n, n)
        Limit weights.
    ties : dict of int to Tie
        The tie of each query that has one.
    """

    scales: Array
    weights: Array
    limit: Array
    ties: dict[int, Tie]


def network() -> Transformer:
    """Build the head by hand, as head 0 of eight (ALiBi's slope is ½ there; the other seven do nothing).

    Returns
    -------
    Transformer
        One layer, five tokens, no feedforward block.
    """
    kind = Configuration(
        vocabulary=KEYS,
        width=KEYS,
        heads=8,
        key_width=KEYS,
        value_width=1,
        positions="alibi",
        scaled_scores=False,
        biases=frozenset({"query"}),
    )
    given = {"query.weight": SCORES.T, "key.weight": np.eye(KEYS), "query.bias": BIAS}

    def entries(name: str, shape: tuple[int, ...]) -> Array:
        if name == "tokens":
            return np.eye(KEYS)
        array = np.zeros(shape)
        for ending, head in given.items():
            if name.endswith(ending):
                array[:KEYS] = head
        return array

    return Transformer(kind, fill(kind, entries))


def compute(points: int = 46) -> Head:
    """Run the head at many scales, and in the limit.

    Parameters
    ----------
    points : int
        Number of scales.

    Returns
    -------
    Head
        Weights and limits.
    """
    net, tokens = network(), np.arange(KEYS)
    scales = np.geomspace(FIRST_SCALE, LAST_SCALE, points)
    ops, seen = Floats(scales), list[Array]()

    def watch(place: Place, value: Scaled) -> None:
        if place.part == "attention weights":
            seen.append(ops.at_scales(value)[:, 0])

    net.forward(ops, tokens, watch=watch)
    limit = saturate(net, tokens)
    return Head(scales, seen[0], limit.attention[1][0], {tie.query: tie for tie in limit.ties if tie.head == 0})


def describe(tie: Tie | None) -> str:
    """Say in a few words what decided a query's weights.

    Parameters
    ----------
    tie : Tie or None
        The tie, if there is one.

    Returns
    -------
    str
        For a panel's title.
    """
    if tie is None:
        return f"{power(4)} decides"
    if tie.kind == "lexicographic":
        return f"{power(tie.level)} decides"
    return "even tie" if tie.kind == "uniform" else "soft tie"


def draw(seed: int = 0, size: str = "full") -> Canvas:
    """Draw the head.

    Parameters
    ----------
    seed : int
        Not used: nothing here is random.
    size : {"full", "small"}
        ``small`` takes fewer scales.

    Returns
    -------
    matplotlib.figure.Figure
        Four panels, a query each.
    """
    data = compute(46 if size == "full" else 16)
    with house_style():
        figure, panels = blank(3.5, 2, 2, sharex=True, sharey=True)
        for query, axes in enumerate(panels.flat):
            _panel(axes, data, query)
        for axes in panels[-1]:
            axes.set_xlabel("scale c")
        for axes in panels[:, 0]:
            axes.set_ylabel("attention weight")
        handles, labels = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=KEYS, handlelength=2.0, columnspacing=0.9)
    return figure


def _panel(axes: Axes, data: Head, query: int) -> None:
    from matplotlib.ticker import FixedLocator, NullLocator

    axes.set_xscale("log")
    for key in range(KEYS):
        look = line(key)
        axes.plot(data.scales, data.weights[:, query, key], label=f"key {key}", markevery=(key, 9), **look)
    _ends(axes, data.limit[query])
    axes.axvline(LAST_SCALE * 1.12, color="#999999", linewidth=0.5)
    axes.xaxis.set_major_locator(FixedLocator([1, 2, 3, 5, 10, INFINITY]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels(["1", "2", "3", "5", "10", "∞"])
    axes.set(
        xlim=(FIRST_SCALE * 0.95, INFINITY * 1.2), ylim=(-0.03, 1.03), title=f"query {query}: {describe(data.ties.get(query))}"
    )
    for infinity in axes.get_xticklabels()[-1:]:
        infinity.set_fontsize(10)


def _ends(axes: Axes, limit: Array) -> None:
    """Mark the limits of the keys that keep a weight, side by side so that equal ones do not hide each other."""
    winners = np.flatnonzero(limit)
    for place, key in zip(np.linspace(-1, 1, len(winners) + 2)[1:-1], winners, strict=True):
        look = line(int(key))
        at = INFINITY * np.exp(0.3 * place)
        axes.plot(at, limit[key], color=look["color"], marker=look["marker"], markersize=4.5, clip_on=False, zorder=4)


FIGURE = Figure("head", "One attention head saturates: a winner, a tie decided at c³, an even tie, a soft one", "§4.2", draw)
