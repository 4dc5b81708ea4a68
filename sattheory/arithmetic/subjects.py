"""How each arithmetic takes part in the laws: how an input goes in, and what a result claims at a scale.

Floats claim a value within rounding, series within their remainders far enough out, degrees a bound by a power; balls and models
claim an enclosure, to be believed to the last digit.  Familiar instance: the model 1 − ε + ε² [0, 1] claims at c = 10 that the
value lies in [0.9, 0.91].

The subjects of enclosures also say how a family of functions becomes a value, labels included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import mpmath
import numpy as np
from flint import arb, ctx
from hypothesis import strategies as st
from numpy.typing import NDArray

from sattheory.arithmetic import remainders
from sattheory.arithmetic.balls import Balls, Enclosure
from sattheory.arithmetic.degrees import Degree, Degrees
from sattheory.arithmetic.enclosures import as_array, ball, each, zeros
from sattheory.arithmetic.families import Family
from sattheory.arithmetic.floats import Floats, Scaled
from sattheory.arithmetic.labels import Labels, Sameness
from sattheory.arithmetic.laws import ACTIVATION_NAMES, DEEP_BITS, OPERATIONS, Operation, Polynomial
from sattheory.arithmetic.model_arithmetic import ModelArithmetic
from sattheory.arithmetic.models import Decay, Maybe, Model, ScaleTooSmall, Tape
from sattheory.arithmetic.operations import Undecided
from sattheory.arithmetic.rings import BallRing, Ring
from sattheory.arithmetic.series import EXACT, Series, SeriesArithmetic

Array = NDArray[Any]
FURTHER = (Fraction(1), Fraction(1), Fraction(65, 64), Fraction(2), Fraction(7), Fraction(1000))


@dataclass(frozen=True)
class FloatSubject:
    """Floats claim the value up to rounding.

    Parameters
    ----------
    ops : Floats
        At one scale.
    digits : float
        Relative size of the rounding allowed, against the largest entry.
    """

    ops: Floats
    digits: float = 1e-12

    def put(self, polynomial: Polynomial) -> Scaled:
        """Put an exact input in, the highest power outside."""
        c = mpmath.mpf(float(self.ops.scales[0]))
        data = np.array(polynomial.at(c) / c**polynomial.top, dtype=float)
        return Scaled(data[None].astype(self.ops.dtype), polynomial.top)

    def scales(self, result: Scaled) -> list[mpmath.mpf]:
        """Give the one scale."""
        return [mpmath.mpf(float(self.ops.scales[0]))]

    def claim(self, result: Scaled, c: mpmath.mpf) -> tuple[Array, Array]:
        """Claim the value within rounding."""
        centre = np.vectorize(mpmath.mpf, otypes=[object])(result.data[0].astype(float)) * c**result.power
        size = max((abs(v) for v in centre.ravel()), default=mpmath.mpf(0)) + c**result.power * self.digits
        return centre, np.full(centre.shape, size * self.digits, dtype=object)


@dataclass(frozen=True)
class SeriesSubject:
    """Series claim the value up to their remainders, far enough out.

    Parameters
    ----------
    ops : SeriesArithmetic
        With few terms, so that the remainder is above rounding.
    """

    ops: SeriesArithmetic

    def put(self, polynomial: Polynomial) -> Series:
        """Put an exact input in."""
        return self.ops.series(polynomial.top, polynomial.coefficients.astype(float))

    def scales(self, result: Series) -> list[mpmath.mpf]:
        """Choose scales beyond the onset where the remainder is above rounding."""
        base = 100 * (1 + result.onset)
        return [mpmath.mpf(base), mpmath.mpf(base * 10 ** (6 / self.ops.terms))]

    def claim(self, result: Series, c: mpmath.mpf) -> tuple[Array, Array]:
        """Claim the value within C c^r, with C from the onset, plus rounding."""
        powers = [c ** (result.degree - j) for j in range(len(result.coefficients))]
        exact = np.vectorize(mpmath.mpf, otypes=[object])(result.coefficients)
        centre = sum(p * a for p, a in zip(powers, exact, strict=True))
        rounding = (
            sum(p * mpmath.mpf(float(np.max(m))) for p, m in zip(powers, result.magnitude, strict=True)) * mpmath.mpf(10) ** -13
        )
        size = mpmath.mpf(float(np.abs(result.coefficients).max() + 1))
        lost = 0 if result.remainder == EXACT else result.degree - result.remainder
        algebraic = (
            0 if result.remainder == EXACT else 100 * size * mpmath.mpf(2 + result.onset) ** lost * c ** int(result.remainder)
        )
        flat = (
            0 if result.flat is None else mpmath.exp(-result.flat.gap * c**result.flat.power / 2) * c ** (abs(result.degree) + 8)
        )
        return centre, np.full(centre.shape, rounding + algebraic + flat, dtype=object)


@dataclass(frozen=True)
class DegreeSubject:
    """Degrees claim that the value does not outgrow a power.

    Parameters
    ----------
    ops : Degrees
        With the corrected rules.
    """

    ops: Degrees

    def put(self, polynomial: Polynomial) -> Degree:
        """Put the degree of an input in."""
        return Degree(polynomial.top, polynomial.coefficients.shape[1:])

    def scales(self, result: Degree) -> list[mpmath.mpf]:
        """Choose a scale so large that one power more would show."""
        return [mpmath.mpf(10) ** 30]

    def claim(self, result: Degree, c: mpmath.mpf) -> tuple[Array, Array]:
        """Claim |value| ≤ 10⁶ c^k."""
        zero = np.full(result.shape, mpmath.mpf(0), dtype=object)
        return zero, zero + mpmath.mpf(10) ** 6 * c**result.degree


@dataclass(frozen=True)
class BallSubject:
    """Balls claim one enclosure at one scale.

    Parameters
    ----------
    ops : Balls
        At one scale.
    """

    ops: Balls

    def put(self, family: Family) -> Enclosure:
        """Put the coefficients of a family in, at the scale; the rest of it is left out."""
        powers = [self.ops.scale ** (family.top - i) for i in range(len(family.centres))]
        centre, radius = (sum(a * p for a, p in zip(part, powers, strict=True)) for part in (family.centres, family.radii))
        with ctx.workprec(self.ops.bits):
            return Enclosure(each(_widened, centre, radius))

    def apply(self, operation: Operation[Any], families: tuple[Family, ...]) -> Enclosure:
        """Apply an operation."""
        return operation.apply(self.ops, *map(self.put, families))  # type: ignore[no-any-return]

    def scale(self, pick: Random) -> Fraction:
        """Give the one scale."""
        return self.ops.scale

    def member(self, family: Family, c: Fraction, pick: Random) -> Array:
        """Pick a point of a box."""
        return family.coefficients_only().at(c, c, pick)

    def enclosure(self, result: Enclosure, c: Fraction) -> Array:
        """Give the balls."""
        return result.balls

    def labels(self, result: Enclosure) -> None:
        """Claim no equalities."""


def _widened(centre: Fraction, radius: Fraction) -> arb:
    return ball(centre) + arb(0, ball(radius).upper())


@dataclass(frozen=True)
class ModelSubject:
    """Models claim an enclosure at every scale from c₀ on.

    Parameters
    ----------
    ring : callable
        Makes the coefficients' ring.
    c0 : Fraction
        c₀.
    terms : int
        N.
    rehearsal : Fraction or None
        Compute first for this many times c₀, and a second time with what is remembered of that.
    kind : type
        The arithmetic.
    bits : int
        Precision.
    """

    ring: Callable[[], Ring]
    c0: Fraction
    terms: int
    rehearsal: Fraction | None = None
    kind: type[ModelArithmetic] = ModelArithmetic
    bits: int = 128

    def put(self, ops: ModelArithmetic, family: Family) -> Model:
        """Put a family in."""
        ring = ops.ring
        terms = ops.live([_coefficient(ring, *parts) for parts in zip(family.centres, family.radii, strict=True)])
        rest = None if family.order is None else each(_widened, family.rest, family.reach)
        given = self._flat_of(family) | {"order": family.order, "rest": rest, "square": family.square}
        return ops.model(family.top, terms, family.shape, same=_sameness(family, terms), **given)

    def _flat_of(self, family: Family) -> dict[str, Any]:
        if not family.flat.any():
            return {}
        return {"flat": each(lambda v: ball(v).upper(), family.flat), "decay": Decay(ball(family.gap), family.power)}

    def apply(self, operation: Operation[Any], families: tuple[Family, ...]) -> Model:
        """Apply an operation, perhaps after a rehearsal for another scale."""
        ring, tape = self.ring(), Tape()
        with ctx.workprec(self.bits):
            if self.rehearsal is not None:
                self._rehearse(operation, families, ring, tape)
            ops = self.kind(ring, self.c0, self.terms, tape)
            return operation.apply(ops, *(self.put(ops, family) for family in families))  # type: ignore[no-any-return]

    def _rehearse(self, operation: Operation[Any], families: tuple[Family, ...], ring: Ring, tape: Tape) -> None:
        assert self.rehearsal is not None
        ops = self.kind(ring, self.c0 * self.rehearsal, self.terms, tape)
        try:
            operation.apply(ops, *(self.put(ops, family) for family in families))
        except ScaleTooSmall:
            return

    def scale(self, pick: Random) -> Fraction:
        """Pick a scale, often c₀ itself."""
        return self.c0 * pick.choice(FURTHER)

    def member(self, family: Family, c: Fraction, pick: Random) -> Array:
        """Pick a function."""
        return family.at(c, self.c0, pick)

    def enclosure(self, result: Model, c: Fraction) -> Array:
        """Add up what a model says at a scale, its leading flat terms included."""
        with ctx.workprec(DEEP_BITS):
            total = self._algebraic(result, c) + self._exponential(result, c)
            for piece in result.pieces:
                power = len(piece.exponent)
                lag = sum(v * ball(c) ** (power - i) for i, v in enumerate(self._balls(as_array(piece.exponent, (power,)))))
                total = total + self.enclosure(piece.value, c) * (-lag).exp()
            return total

    def _balls(self, x: Array) -> Array:
        return np.asarray(self.ring().balls(x), dtype=object)

    def _algebraic(self, result: Model, c: Fraction) -> Array:
        total = zeros(result.shape)
        for i, a in enumerate(result.terms):
            if a is not None:
                total = total + self._balls(a) * _power(c, result.degree - i) * ball(result.square).sqrt()
        if result.order is not None and result.rest is not None:
            total = total + result.rest * _power(c, result.degree - result.order) * ball(result.square).sqrt()
        return total

    def _exponential(self, result: Model, c: Fraction) -> Array:
        if result.flat is None or result.decay is None:
            return zeros(result.shape)
        power = result.decay.power
        factor = (-result.decay.gap * (_power(c, power) - _power(self.c0, power))).exp()
        factor *= _power(c, result.degree) * ball(result.square).sqrt()
        return each(lambda v: arb(0, (v * factor).abs_upper()), np.broadcast_to(result.flat, result.shape))

    def labels(self, result: Model) -> Labels | None:
        """Label single entries: those of equal rows are equal one by one."""
        return None if result.same is None else _spread(result.same.whole, result.shape)


def _coefficient(ring: Ring, centre: Array, radius: Array) -> Array:
    if isinstance(ring, BallRing):
        return each(_widened, centre, radius)
    return each(ring.number, centre)


def _sameness(family: Family, terms: list[Maybe]) -> Sameness | None:
    if family.labelled == "nothing":
        return None
    orders = [None if a is None else family.parts(i) for i, a in enumerate(terms)]
    while orders and orders[-1] is None:
        orders.pop()
    return Sameness(tuple(orders), family.parts())


def _power(c: Fraction, exponent: int) -> arb:
    return ball(c**exponent)


def _spread(labels: Labels, shape: tuple[int, ...]) -> Labels:
    """Give each entry a label of its own where an axis of length one stands for a vector."""
    code = np.broadcast_to(labels, shape)
    for axis, place in enumerate(np.indices(shape)):
        if labels.shape[axis] == 1:
            code = code * shape[axis] + place
    return code


# --- functions inside the operations of models ---------------------------------------------------------------------------------


def _of_bounded(
    function: Callable[[ModelArithmetic, Model], Model], accepts: tuple[int, ...] = (-1, 0, 1)
) -> Callable[[ModelArithmetic, Model], Model]:
    """Read a value from degree 0 down, as those who call the function do, and require the signs that they require."""

    def apply(ops: ModelArithmetic, x: Model) -> Model:
        shift = -x.degree
        order = None if x.order is None else x.order + shift
        u = Model(0, ((None,) * shift + x.terms) if x.terms else (), x.shape, order, x.rest)
        first = ops.ring.signs(remainders.coefficients(ops, u, 1)[0])
        if not np.isin(first, accepts).all():
            raise Undecided("first coefficient", (), "its sign is not one of those asked for", "draw again")
        return function(ops, u)

    return apply


INNER: Mapping[str, Operation[Any]] = {
    "exp": Operation(1, _of_bounded(remainders.exp, (-1, 0, 1, 2)), lambda _, x: each(mpmath.exp, x)),
    "inverse": Operation(1, _of_bounded(remainders.inverse, (-1, 1)), lambda _, x: 1 / x),
    "inverse root": Operation(1, _of_bounded(remainders.inverse_root, (1,)), lambda _, x: 1 / each(mpmath.sqrt, x)),
    **{
        f"Taylor's formula for {name}": Operation(
            1,
            _of_bounded(lambda ops, u, name=name: remainders.compose(ops, u, name), (-1, 0, 1, 2)),  # type: ignore[misc]
            OPERATIONS[name].reference,
        )
        for name in ACTIVATION_NAMES
        if name != "relu"
    },
}
"""Functions of a model of degree 0 without an exponential part, which hide behind softmax, norms and gates."""


# --- what is drawn -------------------------------------------------------------------------------------------------------------

SCALES = (Fraction(1, 2), Fraction(1), Fraction(7, 2), Fraction(10), Fraction(100), Fraction(10**6))


@st.composite
def ball_subjects(draw: st.DrawFn) -> BallSubject:
    """Draw balls: a scale from 1/2 to 10⁶, a precision from 32 to 256 bits.

    Parameters
    ----------
    draw : callable
        Hypothesis's.

    Returns
    -------
    BallSubject
        The subject.
    """
    return BallSubject(Balls(draw(st.sampled_from(SCALES)), draw(st.sampled_from([32, 64, 128, 256]))))


@st.composite
def model_subjects(draw: st.DrawFn, ring: Callable[[], Ring], kind: type[ModelArithmetic] = ModelArithmetic) -> ModelSubject:
    """Draw models: c₀ from 1/2 to 10⁶, one to four terms, with a rehearsal or without.

    Parameters
    ----------
    draw : callable
        Hypothesis's.
    ring : callable
        Makes the coefficients' ring.
    kind : type
        The arithmetic.

    Returns
    -------
    ModelSubject
        The subject.
    """
    c0, terms = draw(st.sampled_from(SCALES)), draw(st.integers(1, 4))
    return ModelSubject(ring, c0, terms, draw(st.sampled_from([None, Fraction(3), Fraction(1, 2)])), kind)
