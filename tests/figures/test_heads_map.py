"""Figure 3: every head has its cell, its bar and its letter; what cannot be known is not drawn as if it were."""

from __future__ import annotations

import math

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from sattheory.errors import InputError
from sattheory.figures.f3 import FILLS, LETTERS, draw_heads
from sattheory.figures.files import FORMATS, render
from sattheory.figures.style import COLUMN
from sattheory.measure.labels import KINDS, NEITHER, PLACES, Head, Share

NOTHING = Share.of(0, 0)


def head(layer, number, kind="argmax", place="other", attended=1.0, paper=1.0, assumed=False):
    return Head(layer, number, kind, place, assumed, 9, 0, 90, attended, 10.0, paper, NOTHING, {}, "", {}, {})


def every_sort(layers=4, heads=9):
    kinds, places = [*KINDS, *NEITHER], [*PLACES, "too few"]
    return [
        head(i + 1, j, kinds[(i + j) % len(kinds)], places[(3 * i + j) % len(places)], 1 + j / 2, 1 + i, (i * j) % 3 == 1)
        for i in range(layers)
        for j in range(heads)
    ]


def drawn(heads):
    canvas = draw_heads(heads)
    FigureCanvasAgg(canvas).draw()
    return canvas


def test_every_label_has_a_look_of_its_own():
    assert set(FILLS) == {*KINDS, *NEITHER}
    assert set(LETTERS) == set(PLACES) - {"other"}
    assert len(set(FILLS.values())) == len(FILLS)
    assert len(set(LETTERS.values())) == len(LETTERS)


@pytest.mark.parametrize(("layers", "heads"), [(1, 1), (6, 12), (24, 16)])
def test_letters_are_legible_and_inside(layers, heads):
    canvas = drawn(every_sort(layers, heads))
    assert canvas.get_size_inches()[0] == pytest.approx(COLUMN)
    texts = [text for text in canvas.findobj(Text) if text.get_visible() and text.get_text().strip()]
    assert texts
    for text in texts:
        assert text.get_fontsize() >= 7, text.get_text()
    for legend in canvas.legends:
        box = legend.get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= canvas.bbox.width
    label = canvas.axes[0].xaxis.label.get_window_extent()
    assert 0 <= label.x0 < label.x1 <= canvas.bbox.width


def test_each_head_stands_in_its_cell_with_its_letter():
    heads = every_sort()
    panel = drawn(heads).axes[1]
    cells = {patch.get_xy(): patch for patch in panel.patches if isinstance(patch, Rectangle)}
    letters = {text.get_position(): text.get_text() for text in panel.texts}
    assert len(cells) == len(heads)
    for one in heads:
        cell = cells[one.head - 0.5, one.layer - 0.5]
        assert (cell.get_hatch() or "") == FILLS[one.kind][1]
        assert letters.get((one.head, one.layer), "") == LETTERS.get(one.place, "")
    dots = {tuple(line.get_xydata()[0]) for line in panel.lines}
    assert dots == {(one.head + 0.34, one.layer - 0.3) for one in heads if one.assumed}
    top, bottom = sorted(panel.get_ylim())
    assert panel.yaxis_inverted()
    assert (top, bottom) == (0.5, 4.5)


def test_the_histogram_counts_heads_once():
    heads = [head(1, 0, attended=1.0), head(1, 1, attended=1.0, paper=3.0), head(1, 2, attended=41.0120, paper=42.0)]
    bars = drawn(heads).axes[0]
    heights = [(patch.get_x(), patch.get_height()) for patch in bars.patches if isinstance(patch, Rectangle)]
    assert sum(height for _, height in heights) == 3
    assert heights[0][1] == 2
    assert max(x for x, height in heights if height) <= 41.0120
    assert bars.get_xlim() == (1, 42)
    stairs = next(patch for patch in bars.patches if not isinstance(patch, Rectangle)).get_data().values
    assert stairs.sum() == 3


def test_undecided_heads_are_in_the_map_only():
    unknown = head(2, 0, "undecided", "undecided", math.nan, math.nan)
    canvas = drawn([head(1, 0), unknown])
    assert sum(patch.get_height() for patch in canvas.axes[0].patches if isinstance(patch, Rectangle)) == 1
    assert len(canvas.axes[1].patches) == 2
    assert drawn([unknown]).axes[0].get_xlabel()
    with pytest.raises(InputError, match="no heads"):
        draw_heads([])


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_same_bytes(kind):
    assert render(draw_heads(every_sort()), kind) == render(draw_heads(every_sort()), kind)
