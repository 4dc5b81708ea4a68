"""What a certificate promises, what is true, and what floats say: the distance to the limit over the scale c.

The bound B(c) begins at c₀ and holds at every larger c: an exponential part, which stands for keys that still lose some weight,
and an algebraic one.  The true distance is computed by balls at each scale, to more digits than the picture shows.  Floats
follow it for a while.  Then one of two things happens: the distance sinks below their rounding, which shows as a floor; or two
scores that agree in their leading power differ by less than its rounding, and the wrong key wins, which shows as a jump.
Nothing warns of the jump; where the tie is close, single precision never sees the limit at all.

Above, the network whose tie is decided by the ε of a norm (`epsilon-1`); below, one whose tie is broken at a lower
power (`tie-post`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import ctx
from numpy.typing import DTypeLike, NDArray

from sattheory.arithmetic.enclosures import above, ball, below, each
from sattheory.arithmetic.floats import Floats
from sattheory.asymptotics.certificate import Certificate, scale_text
from sattheory.asymptotics.certifying import certify
from sattheory.asymptotics.enclosure import enclose
from sattheory.errors import InputError
from sattheory.figures.registry import Figure
from sattheory.figures.style import COLOURS, GUIDE, blank, house_style, line, logarithmic
from sattheory.network.examples import EXAMPLES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

Array = NDArray[Any]
BELOW, BEYOND, LARGEST = Fraction(10), 100, Fraction(10) ** 290
DIGITS, MOST_BITS, SEEN, LOWEST = 36, 2048, 0.9, 1e-26
SHOWN = {"epsilon-1": 10**5, "tie-post": 10**9}
POINTS = {"full": 16, "small": 4}


@dataclass(frozen=True, eq=False)
class Course:
    """Distances to the limit over scales, the largest over all entries.

    Parameters
    ----------
    scales : tuple of Fraction, length S
        The scales, c₀ among them.
    first : int
        Where c₀ is.
    truth : ndarray, shape (S,)
        An upper bound on the true distance, at most a ninth too large; nan where balls cannot tell it from 0.
    bound, algebraic, exponential : ndarray, shape (S,)
        B(c) and its two parts; nan below c₀.
    double, single : ndarray, shape (S,)
        What floats of 64 and of 32 bits take for the distance.
    """

    scales: tuple[Fraction, ...]
    first: int
    truth: Array
    bound: Array
    algebraic: Array
    exponential: Array
    double: Array
    single: Array


def follow(certificate: Certificate, upto: Fraction | None = None, points: int = 16) -> Course:
    """Compute bound and distances over scales, from a tenth of c₀ on.

    Parameters
    ----------
    certificate : Certificate
        The certificate.
    upto : Fraction, optional
        Largest scale; 100 c₀ when left out.
    points : int
        Scales a decade.

    Returns
    -------
    Course
        The distances.

    Raises
    ------
    InputError
        If the scales end before c₀, or where floats have ended.
    """
    last = BEYOND * certificate.c0 if upto is None else upto
    if last <= certificate.c0:
        raise InputError(f"upto={scale_text(last)}", f"the certificate begins at c0={scale_text(certificate.c0)}", "go further")
    if not 1 / LARGEST < certificate.c0 < last < LARGEST:
        raise InputError(f"upto={scale_text(last)}", "floats end near 10^±300", "choose a smaller scale; bound(c) has no end")
    steps = math.ceil(points * math.log10(last / certificate.c0))
    ratios = [Fraction(10 ** (i / points)) for i in range(-points, steps)]
    scales = (*(certificate.c0 * ratio for ratio in ratios), last)
    bound, algebraic, exponential = np.array([bound_at(certificate, c) for c in scales]).T
    truth = np.array([true_distance(certificate, c) for c in scales])
    double, single = (float_distances(certificate, scales, kind) for kind in (np.float64, np.float32))
    return Course(scales, points, truth, bound, algebraic, exponential, double, single)


def bound_at(certificate: Certificate, c: Fraction) -> tuple[float, float, float]:
    """Compute B(c) and its parts.

    Parameters
    ----------
    certificate : Certificate
        The certificate.
    c : Fraction
        A scale.

    Returns
    -------
    tuple of float
        B(c), the algebraic and the exponential part; nan below c₀.
    """
    if c < certificate.c0:
        return math.nan, math.nan, math.nan
    algebraic, exponential = (max(map(above, part.ravel()), default=0.0) for part in certificate.bounds(c))
    return certificate.bound(c), algebraic, exponential


def true_distance(certificate: Certificate, c: Fraction) -> float:
    """Enclose the largest |c^(−k) f(x; cθ) − s|.

    Parameters
    ----------
    certificate : Certificate
        Of which network, input and limit.
    c : Fraction
        A scale.

    Returns
    -------
    float
        An upper bound that is at most a ninth too large; nan where balls do not give one.
    """
    found = enclose(certificate.network, certificate.tokens, c, memory=certificate.memory, digits=DIGITS, most_bits=MOST_BITS)
    with ctx.workprec(max(found.bits, certificate.bits)):
        distance = each(abs, found.balls * ball(c**-certificate.degree) - certificate.coefficients[0]).ravel()
        least, most = (max(map(end, distance), default=0.0) for end in (below, above))
    return most if least >= SEEN * most else math.nan


def float_distances(certificate: Certificate, scales: tuple[Fraction, ...], dtype: DTypeLike) -> Array:
    """Run the network in floats, and take the largest distance to the limit.

    Parameters
    ----------
    certificate : Certificate
        Of which network, input and limit.
    scales : tuple of Fraction, length S
        The scales.
    dtype : float64 or float32
        Type of the floats.

    Returns
    -------
    ndarray, shape (S,)
        Distances.
    """
    ops = Floats([float(c) for c in scales], dtype)
    memory = None if certificate.memory is None else ops.constant(certificate.memory)
    output = ops.at_scales(certificate.network.forward(ops, certificate.tokens, memory=memory), certificate.degree)
    distance = np.abs(output.astype(np.float64) - certificate.symbol)
    return np.asarray(distance.reshape(len(scales), -1).max(axis=1))


def draw(certificate: Certificate, upto: Fraction | None = None) -> Canvas:
    """Draw a certificate of one's own.

    Parameters
    ----------
    certificate : Certificate
        The certificate.
    upto : Fraction, optional
        Largest scale; 100 c₀ when left out.

    Returns
    -------
    matplotlib.figure.Figure
        One panel.
    """
    course = follow(certificate, upto)
    with house_style():
        figure, panels = blank(2.9)
        _panel(panels[0, 0], course)
        _finish(figure, panels)
    return figure


def draw_examples(seed: int = 0, size: str = "full") -> Canvas:
    """Draw the certificates of two networks on which floats lose a tie.

    Parameters
    ----------
    seed : int
        Not used: nothing here is random.
    size : {"full", "small"}
        ``small`` takes fewer scales.

    Returns
    -------
    matplotlib.figure.Figure
        Two panels, a network each.
    """
    courses = {}
    for name, upto in SHOWN.items():
        found = certify(EXAMPLES[name].network, EXAMPLES[name].tokens)
        assert isinstance(found, Certificate)
        courses[name] = follow(found, Fraction(upto), POINTS[size])
    with house_style():
        figure, panels = blank(5.2, len(courses), 1)
        for axes, (name, course) in zip(panels[:, 0], courses.items(), strict=True):
            _panel(axes, course)
            axes.set_title(name, loc="right")
        _finish(figure, panels)
    return figure


def _panel(axes: Axes, course: Course) -> None:
    scales, start = [float(c) for c in course.scales], float(course.scales[course.first])
    every = max(1, len(scales) // 8)
    thin: dict[str, Any] = {"color": COLOURS[2], "linewidth": 0.6, "linestyle": (0, (2, 1.5))}
    axes.plot(scales, course.bound, label="bound B(c)", color=COLOURS[6], linewidth=3, solid_capstyle="butt")
    axes.plot(scales, _positive(course.algebraic), label="its two parts", zorder=4, **thin)
    axes.plot(scales, _positive(course.exponential), zorder=4, **thin)
    axes.plot(scales, course.truth, label="true distance", markevery=(every // 4, every), zorder=3, **line(0))
    axes.plot(scales, _positive(course.double), label="float64", markevery=(every // 2, every), **line(3))
    axes.plot(scales, _positive(course.single), label="float32", markevery=(0, every), **line(1))
    logarithmic(axes, "x", every=1 if scales[-1] < 1e6 * scales[0] else 2)
    low, high = _span(course)
    logarithmic(axes, "y", every=max(1, round(math.log10(high / low) / 6)))
    axes.set(xlim=(scales[0], scales[-1] * 1.15), ylim=(low, high), ylabel="distance to the limit")
    axes.axvline(start, color=GUIDE, linewidth=0.7, zorder=1)
    told = f"c₀ = {scale_text(course.scales[course.first], 3)}"
    axes.text(start, 1.01, told, transform=axes.get_xaxis_transform(), color=GUIDE, ha="center")


def _positive(distance: Array) -> Array:
    return np.where(distance > 0, distance, np.nan)


def _span(course: Course) -> tuple[float, float]:
    """Choose the vertical axis: from somewhat below bound and truth, or where floats have long ended, to above everything."""
    bound = course.bound[course.first :]
    low = min(bound.min(), np.nanmin(np.append(course.truth, np.inf)))
    high = np.nanmax(np.concatenate([bound, course.truth, course.double, course.single]))
    low = max(float(low), LOWEST) / 30
    return low, max(10 * float(high), 1000 * low)


def _finish(figure: Canvas, panels: Array) -> None:
    panels[-1, 0].set_xlabel("scale c")
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3)


FIGURE = Figure("certificate", "What a certificate bounds, and where floats lose the limit", "§2.2", draw_examples)
