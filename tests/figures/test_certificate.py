"""The figure of a certificate: its curves are the numbers it says they are."""

from fractions import Fraction

import numpy as np
import pytest
from mpmath import mp, mpf

import sattheory as st
from sattheory.errors import InputError
from sattheory.figures.certificate import draw, draw_examples, follow, true_distance
from sattheory.figures.files import render
from tests.oracle import evaluate


def certified(name, c0=None):
    return st.certify(st.EXAMPLES[name].network, st.EXAMPLES[name].tokens, c0)


def exact(name, c):
    example = st.EXAMPLES[name]
    with mp.workdps(60):
        number = mpf(c.numerator) / c.denominator
        found = evaluate(example.network.configuration, example.network.parameters, example.tokens, number).output
        return [[entry / number for entry in row] for row in found]


@pytest.fixture(scope="module")
def course():
    return follow(certified("tie-post", 4), Fraction(10) ** 9, points=2)


def test_truth_is_the_distance_that_a_second_implementation_finds(course):
    """The limit is read off at c = 10^20, where the distance is far below 10^-60: tie-post has order four."""
    limit = exact("tie-post", Fraction(10) ** 20)
    for c, truth in list(zip(course.scales, course.truth, strict=True))[::3]:
        with mp.workdps(60):
            pairs = zip(exact("tie-post", c), limit, strict=True)
            true = max(abs(a - b) for row, other in pairs for a, b in zip(row, other, strict=True))
        assert 0.99 * float(true) <= truth <= 1.12 * float(true)


def test_the_bound_begins_at_c0_and_holds(course):
    assert course.scales[course.first] == 4
    assert np.isnan(course.bound[: course.first]).all()
    held = course.bound[course.first :]
    assert (0.9 * course.truth[course.first :] <= held).all()
    parts = (course.algebraic + course.exponential)[course.first :]
    np.testing.assert_allclose(held, parts, rtol=0.5)
    assert (held <= parts * (1 + 1e-12)).all()


def test_floats_first_agree_then_lose_the_limit(course):
    scales = np.array([float(c) for c in course.scales])
    early, late = scales < 100, scales > 3e8
    np.testing.assert_allclose(course.double[early], course.truth[early], rtol=1e-5)
    assert (course.double[late] > 1).all()
    assert (course.single[scales > 1e4] > 1).all()
    assert (course.bound[late] < 1e-30).all()


def test_a_distance_that_balls_cannot_tell_from_zero_is_not_drawn():
    """Beyond c = 10, e^{-c^4} is below 10^-4000: no digits of the limit reach so far."""
    certificate = certified("flat-two-layers", 2)
    assert np.isnan(true_distance(certificate, Fraction(20)))
    assert true_distance(certificate, Fraction(2)) > 0


def test_draw_shows_the_curves():
    certificate = certified("soft", 10)
    figure = draw(certificate, Fraction(1000))
    (axes,) = figure.axes
    course = follow(certificate, Fraction(1000))
    lines = {line.get_label(): line for line in axes.lines}
    for label, curve in {"bound B(c)": course.bound, "true distance": course.truth, "float64": course.double}.items():
        np.testing.assert_array_equal(lines[label].get_ydata(), curve)
    assert [text.get_text() for text in axes.texts] == ["c₀ = 10"]
    assert any(list(line.get_xdata()) == [10, 10] for line in axes.lines)
    assert render(figure, "png").startswith(b"\x89PNG")


def test_the_plot_of_a_certificate_is_this_figure():
    certificate = certified("soft", 10)
    assert render(certificate.plot("100"), "svg") == render(draw(certificate, Fraction(100)), "svg")
    with pytest.raises(InputError, match="upto='far'"):
        certificate.plot("far")


@pytest.mark.parametrize(("upto", "said"), [(5, "begins at c0=10"), (10, "go further"), (Fraction(10) ** 300, "floats end")])
def test_scales_that_cannot_be_drawn(upto, said):
    with pytest.raises(InputError, match=said):
        draw(certified("soft", 10), Fraction(upto))


def test_examples_have_a_panel_each():
    figure = draw_examples(0, "small")
    assert [axes.get_title(loc="right") for axes in figure.axes] == ["epsilon-1", "tie-post"]


def test_a_limit_that_is_exact_is_drawn_too():
    net = st.Transformer.random(layers=0, seed=0)
    render(st.certify(net, [0, 1], 2).plot(), "png")


def test_memory_and_batches_are_drawn():
    net = st.Transformer.random(layers=1, width=4, heads=1, cross_attention=True, seed=0)
    found = st.certify(net, [0, 1], memory=np.array([[1.0, 0, 0, 2], [0, 1, 3, 0]]))
    render(found.plot(), "png")
    padded = st.certify(st.EXAMPLES["soft"].network, [[0, 1], [1, 0]], 10, lengths=[2, 1])
    render(padded.plot(), "png")
