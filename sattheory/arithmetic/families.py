"""Families of functions: what an enclosing arithmetic is tried with, and functions picked from inside.

A ball stands for every number in it, and a Taylor model for every function of c that it encloses.  A `Family` writes such an
input down in exact fractions,

    x(c) = √square · c^k [ Σ_{i<J} a_i c^(−i) + c^(−M) r(c) + θ(c) φ(c) F ],

with |a_i − centre_i| ≤ radius_i, r(c) in a ball, |θ(c)| ≤ 1 and φ(c) = exp(−gap (c^power − c₀^power)).  It picks members: the
ends of each ball, its centre, or a point between.
Familiar instance: J = 1, centre 1, radius 1/10 is [0.9, 1.1]; its ends show a result that is too narrow.

Random coefficients never tie, so ties, rows that are zero or nearly constant, repeated rows and large gaps are drawn on
purpose.  Parts that carry one label get one value, which is what a label claims.

Shapes: coefficients (J, n, d), one matrix for each power; values (n, d).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, Literal

import mpmath
import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from sattheory.arithmetic.labels import Labels, numbered

Array = NDArray[Any]
Shape = tuple[int, int]
Labelled = Literal["nothing", "rows", "entries"]
Leading = Literal["any", "not zero", "positive"]
_LEADING: dict[Leading, Callable[[Array], Array]] = {
    "any": lambda cells: cells,
    "not zero": lambda cells: cells + (cells == 0),
    "positive": lambda cells: np.abs(cells) + 1,
}
SHAPES: tuple[Shape, ...] = ((1, 1), (1, 3), (2, 1), (2, 2), (2, 3), (3, 2))
SIZES = (Fraction(1), Fraction(1, 3), Fraction(1000), Fraction(1, 64))
WIDTHS = (Fraction(0), Fraction(1, 2**70), Fraction(1, 2**20), Fraction(1, 64))


@dataclass(frozen=True)
class Family:
    """A family of functions of c; see the head of the file.

    Parameters
    ----------
    top : int
        k.
    centres, radii : ndarray of Fraction, shape (J, n, d)
        The coefficients.
    order : int or None
        M ≥ J; None where there is no r.
    rest, reach : ndarray of Fraction, shape (n, d)
        Centre and radius of r.
    flat : ndarray of Fraction, shape (n, d)
        F ≥ 0.
    gap : Fraction
        Rate of φ.
    power : int
        Power of φ.
    square : Fraction
        Square of the factor outside.
    labelled : {"nothing", "rows", "entries"}
        Which equal parts are one number or one function, whichever member is picked.
    """

    top: int
    centres: Array
    radii: Array
    order: int | None
    rest: Array
    reach: Array
    flat: Array
    gap: Fraction
    power: int
    square: Fraction
    labelled: Labelled

    @property
    def shape(self) -> Shape:
        """Shape of a value.

        Returns
        -------
        tuple of int
            (n, d).
        """
        return self.centres.shape[-2], self.centres.shape[-1]

    def parts(self, i: int | None = None) -> Labels:
        """Label the coefficients of one power, or the functions as a whole.

        Parameters
        ----------
        i : int, optional
            Which power; the whole when left out.

        Returns
        -------
        ndarray of int, shape (n, d), or (n, 1) for rows
            Equal labels where the member has equal parts.
        """
        everything = [*self.centres, *self.radii, self.rest, self.reach, self.flat]
        cells = np.stack(everything if i is None else [self.centres[i], self.radii[i]], axis=-1)
        keys: list[Hashable] = [tuple(cell) for cell in cells.reshape(-1, cells.shape[-1]).tolist()]
        if self.labelled == "entries":
            return numbered(keys, self.shape)
        rows = [tuple(row) for row in numbered(keys, self.shape).tolist()]
        return numbered(rows, (self.shape[0], 1))

    def at(self, c: Fraction, c0: Fraction, pick: Random) -> Array:
        """Pick a member and evaluate it.

        Parameters
        ----------
        c, c0 : Fraction
            The scale, and the one from which the family is meant.
        pick : Random
            Picks.

        Returns
        -------
        ndarray of mpf, shape (n, d)
            The value, in mpmath's precision; its algebraic part is exact before it is rounded.
        """
        total = np.full(self.shape, Fraction(0), dtype=object)
        for i, (centre, radius) in enumerate(zip(self.centres, self.radii, strict=True)):
            total = total + (centre + radius * self._picked(i, pick)) * c**-i
        if self.order is not None:
            total = total + (self.rest + self.reach * self._picked(None, pick)) * c**-self.order
        algebraic = _numbers(total * c**self.top)
        exponent = _number(-self.gap * (c**self.power - c0**self.power))
        flat = _numbers(self.flat * self._picked(None, pick) * c**self.top) * mpmath.exp(exponent)
        return np.asarray((algebraic + flat) * mpmath.sqrt(_number(self.square)))

    def coefficients_only(self) -> Family:
        """Leave out what a single scale cannot tell from a coefficient.

        Returns
        -------
        Family
            The family without r, F and the factor outside.
        """
        nothing = 0 * self.flat
        return dataclasses.replace(self, order=None, flat=nothing, square=Fraction(1))

    def _picked(self, i: int | None, pick: Random) -> Array:
        """Pick numbers of [−1, 1], one for each part that is free."""
        if self.labelled == "nothing":
            return _each(lambda _: _between(pick), np.zeros(self.shape))
        columns = 0 if self.labelled == "entries" else np.arange(self.shape[1])
        place = np.broadcast_to(self.parts(i) * self.shape[1] + columns, self.shape)
        known = {part: _between(pick) for part in np.unique(place).tolist()}
        return _each(lambda part: known[int(part)], place)


def _between(pick: Random) -> Fraction:
    return Fraction(pick.choice((-8, -8, 8, 8, 0, pick.randint(-8, 8))), 8)


def _each(function: Callable[[Any], Any], array: Array) -> Array:
    return np.asarray(np.vectorize(function, otypes=[object])(array))


def _number(value: Fraction) -> mpmath.mpf:
    return mpmath.mpf(value.numerator) / value.denominator


def _numbers(values: Array) -> Array:
    return _each(_number, values)


@st.composite
def families(
    draw: st.DrawFn,
    shape: Shape,
    least: int = -2,
    most: int = 4,
    terms: int = 3,
    exact: bool = False,
    flat: bool = True,
    first: Leading = "any",
) -> Family:
    """Draw families.

    Parameters
    ----------
    draw : callable
        Hypothesis's.
    shape : tuple of int
        Shape of the value.
    least, most : int
        Range of the highest power.
    terms : int
        Largest number of orders known (J and M).
    exact : bool
        Whether coefficients are single numbers.
    flat : bool
        Whether there may be an exponential part and a factor outside.
    first : {"any", "not zero", "positive"}
        What the coefficients of the highest power are.

    Returns
    -------
    Family
        Coefficients are whole numbers from −3 to 3 times 1, 1/3, 1000 or 1/64.
    """
    count = draw(st.integers(1, min(terms, 3)))
    cells = _cells(Random(draw(st.integers(0, 2**32))), shape, count + 2)  # drawn one by one, most would be alike
    cells[0] = _LEADING[first](cells[0])
    centres = np.stack([cells[i] * draw(st.sampled_from(SIZES)) for i in range(count)])
    width = Fraction(0) if exact else draw(st.sampled_from(WIDTHS))
    order = draw(st.sampled_from([None, *range(count, terms + 1)]))
    spread = draw(st.sampled_from([Fraction(0), Fraction(1, 8), Fraction(5)])) if order is not None else Fraction(0)
    size = draw(st.sampled_from([Fraction(0), Fraction(0), Fraction(1, 16), Fraction(2)])) if flat else Fraction(0)
    return Family(
        top=draw(st.integers(least, most)),
        centres=centres,
        radii=np.abs(centres) * width,
        order=order,
        rest=cells[count] if order is not None else 0 * cells[count],
        reach=np.full(shape, spread, dtype=object),
        flat=np.abs(cells[count + 1]) * size,
        gap=draw(st.sampled_from([Fraction(1, 2), Fraction(3)])),
        power=draw(st.integers(1, 4)),
        square=draw(st.sampled_from([Fraction(1), Fraction(1, 9), Fraction(2)])) if flat else Fraction(1),
        labelled=draw(st.sampled_from(["nothing", "rows", "entries"] if 1 not in shape else ["nothing", "rows"])),
    )


def _cells(pick: Random, shape: Shape, count: int) -> Array:
    """Pick matrices of small whole numbers, often with ties, repeated rows or rows of zeros."""
    n, d = shape
    cells = np.array([Fraction(pick.randint(-3, 3)) for _ in range(count * n * d)], dtype=object).reshape(count, n, d)
    tied = pick.choice((0, 0, 0, 1, 2, count))
    cells[:tied] = cells[:tied, :, :1]
    if pick.random() < 0.25:
        cells[:, -1] = cells[:, 0]
    if pick.random() < 0.15:
        cells[:, 0] = Fraction(0)
    return cells
