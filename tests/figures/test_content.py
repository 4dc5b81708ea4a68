"""What the figures show: data that agree with the theory, and letters and lines that can be read."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

import sattheory as st
from sattheory.asymptotics.rates import fitted_order
from sattheory.figures import f4, f4_released, figures, head, rates
from sattheory.figures.files import render
from sattheory.figures.scaling import SHAPES, encoder
from sattheory.figures.style import COLUMN, power
from sattheory.figures.sweep import draw_sweep


@pytest.fixture(scope="module")
def canvases():
    sweep = st.scale_sweep(
        st.Transformer.random(layers=3, heads=2, placement="post", biases=True, seed=0), [0, 3, 1], np.geomspace(1, 1e5, 21)
    )
    drawn = {name: figure.draw(0, "small") for name, figure in figures.items()}
    drawn["sweep"] = sweep.plot()
    for canvas in drawn.values():
        FigureCanvasAgg(canvas).draw()
    return drawn


def visible_texts(canvas):
    """All letters that are drawn: ticks beyond the ends of an axis have labels too, but nobody sees them."""
    unseen = set()
    for axis in (axis for axes in canvas.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks() + axis.get_minor_ticks():
            if not low <= tick.get_loc() <= high:
                unseen |= {tick.label1, tick.label2}
    return [t for t in canvas.findobj(Text) if t.get_visible() and t.get_text().strip() and t not in unseen]


NAMES = [*sorted(figures), "sweep"]


@pytest.mark.parametrize("name", NAMES)
def test_letters_are_at_least_seven_points(canvases, name):
    texts = visible_texts(canvases[name])
    assert len(texts) > 10
    for text in texts:
        assert text.get_fontsize() >= 7, text.get_text()
        assert "$" not in text.get_text(), "TeX shrinks exponents below seven points"


@pytest.mark.parametrize("name", NAMES)
def test_one_column_wide_with_every_letter_inside(canvases, name):
    canvas = canvases[name]
    assert canvas.get_size_inches()[0] == pytest.approx(COLUMN)
    width, height = canvas.bbox.width, canvas.bbox.height
    for text in visible_texts(canvas):
        box = text.get_window_extent()
        assert box.x0 > -1, text.get_text()
        assert box.x1 < width + 1, text.get_text()
        assert box.y0 > -1, text.get_text()
        assert box.y1 < height + 1, text.get_text()


@pytest.mark.parametrize("name", NAMES)
def test_no_letters_run_into_each_other(canvases, name):
    boxes = [(text.get_text(), text.get_window_extent()) for text in visible_texts(canvases[name])]
    for (one, first), (other, second) in combinations(boxes, 2):
        assert not first.overlaps(second), (one, other)


@pytest.mark.parametrize("name", NAMES)
def test_axes_are_named_and_lines_differ_without_colour(canvases, name):
    canvas = canvases[name]
    assert any(axes.get_xlabel() in ("scale c", "step t") for axes in canvas.axes)
    assert any(axes.get_ylabel() for axes in canvas.axes)
    for axes in canvas.axes:
        lines = [item for item in axes.lines if item.get_label()[0] != "_"]
        assert len({(item.get_marker(), str(item._unscaled_dash_pattern)) for item in lines}) == len(lines)


@pytest.fixture(scope="module")
def swept():
    return rates.compute(0, "full")


@pytest.mark.parametrize("placement", rates.PLACEMENTS)
@pytest.mark.parametrize("bias", rates.BIASES)
def test_rates_have_the_slopes_drawn(swept, placement, bias):
    sweep = swept[placement][bias]
    order = rates.predicted_order(placement, bias)
    if order:
        assert (sweep.predicted[-1].kind, sweep.predicted[-1].order) == ("algebraic", order)
        assert sweep.fitted() == pytest.approx(order, abs=0.2)
    else:
        assert sweep.predicted[-1].kind == "exponential"
        assert sweep.against["limit"].distance[-1][-20:].max() < 1e-13


def test_rates_share_their_weights():
    bare = dict(rates.network("post", "none", 5).parameters.named())
    for bias in rates.BIASES[1:]:
        found = dict(rates.network("post", bias, 5).parameters.named())
        surplus = [name for name in found if name not in bare]
        assert surplus
        assert all(name.endswith(f"{bias}.bias") for name in surplus)
        assert all((found[name] == bare[name]).all() for name in bare)


def test_guides_have_the_slopes_they_name(canvases):
    for name in ("rates", "f4"):
        guides = [line for axes in canvases[name].axes for line in axes.lines if str(line.get_gid()).startswith("guide")]
        assert guides
        for guide in guides:
            c, y = guide.get_data()
            assert -np.diff(np.log(y)) / np.diff(np.log(c)) == pytest.approx(float(guide.get_gid().split()[1]))


def test_head_has_weights_written_out_by_hand():
    data = head.compute(7)
    distance = np.abs(np.subtract.outer(np.arange(5), np.arange(5)))
    for c, weights in zip(data.scales, data.weights, strict=True):
        scores = np.exp(c**4 * head.SCORES + c**3 * head.BIAS - distance / 2)
        np.testing.assert_allclose(weights, scores / scores.sum(axis=-1, keepdims=True), rtol=1e-12, atol=1e-300)


def test_head_ends_as_the_panels_say():
    data = head.compute(7)
    soft = 1 / (1 + np.exp(0.5))
    expected = [[0, 0, 1, 0, 0], [0, 0, 0, 0, 1], [0, 0.5, 0, 0.5, 0], [0, soft, 1 - soft, 0, 0]]
    np.testing.assert_allclose(data.limit[:4], expected, atol=1e-14)
    np.testing.assert_allclose(data.weights[-1][:4], expected, atol=1e-12)
    assert [head.describe(data.ties.get(query)) for query in range(4)] == ["c⁴ decides", "c³ decides", "even tie", "soft tie"]


@pytest.fixture(scope="module")
def arms():
    return f4.compute(0, "small")


@pytest.mark.parametrize(("label", "order"), [("res_post, biases", 1), ("post, biases", 1), ("post, no biases", 2)])
def test_f4_approaches_its_limit_as_predicted(arms, label, order):
    assert (arms[label].rate.kind, arms[label].rate.order) == ("algebraic", order)
    far = f4.SCALES > 1e3
    assert fitted_order(f4.SCALES[far], arms[label].gap[far]) / 2 == pytest.approx(order, abs=0.1)


def test_f4_without_biases_is_soon_at_its_limit(arms):
    assert arms["res_post, no biases"].gap[f4.SCALES > 40].max() < 1e-25


def test_f4_really_removes_biases_and_keeps_the_weights():
    kept, bare = (encoder(SHAPES["small"], "post", "causal", biases, 2) for biases in (True, False))
    assert not any("bias" in name for name, _ in bare.parameters.named())
    found = dict(kept.parameters.named())
    assert all((found[name] == array).all() for name, array in bare.parameters.named())
    assert np.abs(found["layers.0.attention.value.bias"]).max() > 0


def test_f4_released_tends_to_its_own_stand_in():
    cosines = f4_released.compute(0, "small")
    assert list(cosines) == list(f4_released.ARMS)
    for values in cosines.values():
        assert values.shape == f4_released.SCALES.shape
        assert values[-1] > max(0.9, values[0])


def test_sweep_draws_a_line_a_layer_and_says_which_is_exact():
    net = st.Transformer.random(layers=2, heads=2, placement="post", biases=True, seed=0)
    sweep = st.scale_sweep(net, [0, 3, 1], np.geomspace(1, 1e4, 9))
    (axes,) = draw_sweep(sweep).axes
    assert [line.get_label() for line in axes.lines] == ["layer 0: exact", "layer 1", "layer 2"]
    np.testing.assert_array_equal(axes.lines[2].get_ydata(), sweep.against["limit"].gap[2])
    assert np.isnan(axes.lines[0].get_ydata()).all()


def test_sweep_draws_a_network_that_is_exact_everywhere():
    net = st.Transformer.random(layers=0, seed=0)
    render(draw_sweep(st.scale_sweep(net, [0, 3, 1], [1.0, 10.0])), "png")


def test_powers_are_written_without_tex():
    assert [power(p) for p in (-12, 0, 4)] == ["c⁻¹²", "c⁰", "c⁴"]
    assert all(a != b for a, b in pairwise(power(p) for p in range(-3, 4)))
