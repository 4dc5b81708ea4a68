"""Balls: a forward pass at one scale whose every number comes with a guaranteed radius.

A value is an array of balls [m ± r]; for every choice of numbers inside the inputs, the exact result lies inside the output.
Familiar instances: with exact weights and c = 10 an embedding has radius 0; a softmax over the scores (10³⁶, 0) is (1, 0) to
within e^(−10³⁶), where floats can only say 0; the norm of a row that may be zero is "somewhere in [−1, 1]", never nan.

Where a function is monotone in each argument its range is taken at the ends, which is sharp for balls of any width: a softmax
weight increases in its own score and decreases in the others; x_i/√(‖x‖² + ε) increases in x_i and shrinks in size with the other
entries; sigmoid, tanh and the gates increase.  All is finite: an exponential is taken of negative numbers only, and nothing is
divided by a ball that contains 0.  Should a result have no bound all the same, `Undecided` says so.

Shapes: as in NumPy; there is no axis of scales.  Each operation sets python-flint's precision, which is global, for itself.
Sources: Johansson, "Arb" (2017); Moore, Kearfott and Cloud, *Introduction to Interval Analysis* (2009), for ranges of monotone
functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import numpy as np
from flint import arb, ctx, fmpq
from numpy.typing import NDArray

from sattheory.arithmetic.enclosures import along_rows, ball, each, enclosed, increasing, product, sums_of_others, within
from sattheory.arithmetic.operations import Undecided
from sattheory.arithmetic.reals import Constant
from sattheory.arithmetic.scales import exact_scale
from sattheory.errors import InputError

Array = NDArray[Any]
P = ParamSpec("P")
MOST_BITS = 1_000_000
ZERO, ONE = arb(0), arb(1)
LEAST = arb(-5) / 16  # x Φ(x), x σ(x) and their like stay above −0.2785


@dataclass(frozen=True, eq=False)
class Enclosure:
    """An array of numbers, each known to lie in a ball.

    Parameters
    ----------
    balls : ndarray of arb
        The balls.
    """

    balls: Array

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value.

        Returns
        -------
        tuple of int
            The shape.
        """
        return self.balls.shape


def _precise(operation: Callable[Concatenate[Balls, P], Array]) -> Callable[Concatenate[Balls, P], Enclosure]:
    """Run an operation at the arithmetic's precision, and let only finite balls out."""

    @wraps(operation)
    def precise(self: Balls, /, *args: P.args, **kwargs: P.kwargs) -> Enclosure:
        with ctx.workprec(self.bits):
            found = operation(self, *args, **kwargs)
        index = _unbounded(found)
        if index is not None:
            remedy = "more bits give it one if the inputs are finite"
            raise Undecided(operation.__name__, index, "the enclosure has no bound", remedy, "precision")
        return Enclosure(found)

    return precise


def _unbounded(array: Array) -> tuple[int, ...] | None:
    for place, entry in enumerate(array.ravel().tolist()):
        if not entry.is_finite():
            return tuple(int(i) for i in np.unravel_index(place, array.shape))
    return None


class Balls:
    """Arithmetic on balls at one scale.

    Parameters
    ----------
    scale : int, float, Fraction or str
        c, a positive rational such as ``1e9`` or ``"25/2"``; a float is the dyadic rational that it is.
    bits : int
        Precision, from 2 to 1,000,000: results carry relative roundings of 2^(−bits).

    Raises
    ------
    InputError
        For a scale that is no positive rational, or a precision out of range.
    """

    def __init__(self, scale: int | float | str | Fraction = 1, bits: int = 128) -> None:
        if not isinstance(bits, int) or not 2 <= bits <= MOST_BITS:
            raise InputError(f"bits={bits!r}", "the precision is out of range", f"give a whole number from 2 to {MOST_BITS}")
        self.scale, self.bits = exact_scale(scale, "scale"), bits

    def __repr__(self) -> str:
        return f"Balls({str(self.scale)!r}, bits={self.bits})"

    def _take(self, constant: Constant) -> Array:
        found = enclosed(constant)
        index = _unbounded(found)
        if index is not None:
            given = f"entry {list(index)} is {found[index]}"
            raise InputError(given, "a pass takes finite numbers", "repair the array")
        return found

    def _times_scale(self, array: Array) -> Array:
        scale = ball(self.scale)
        return each(lambda entry: entry * scale, array)

    @_precise
    def constant(self, array: Constant) -> Array:
        """Take data; see `Operations.constant`."""
        return self._take(array)

    @_precise
    def parameter(self, array: Array) -> Array:
        """Take parameters; see `Operations.parameter`."""
        return self._times_scale(self._take(array))

    @_precise
    def linear(self, x: Enclosure, weight: Array) -> Array:
        """Multiply by a parameter matrix; see `Operations.linear`."""
        rows = x.balls.reshape(-1, x.shape[-1])
        return self._times_scale(product(rows, self._take(weight).T)).reshape(*x.shape[:-1], len(weight))

    @_precise
    def add(self, x: Enclosure, y: Enclosure) -> Array:
        """Add; see `Operations.add`."""
        return np.asarray(x.balls + y.balls, dtype=object)

    @_precise
    def multiply(self, x: Enclosure, y: Enclosure) -> Array:
        """Multiply entries; see `Operations.multiply`."""
        return np.asarray(x.balls * y.balls, dtype=object)

    @_precise
    def matmul(self, x: Enclosure, y: Enclosure) -> Array:
        """Multiply matrices; see `Operations.matmul`."""
        return product(x.balls, y.balls)

    def reshape(self, x: Enclosure, shape: tuple[int, ...]) -> Enclosure:
        """Change the shape; see `Operations.reshape`."""
        return Enclosure(x.balls.reshape(shape))

    def swapaxes(self, x: Enclosure, first: int, second: int) -> Enclosure:
        """Exchange axes; see `Operations.swapaxes`."""
        return Enclosure(x.balls.swapaxes(first, second))

    @_precise
    def centre(self, x: Enclosure) -> Array:
        """Subtract the mean, so that an exactly constant vector gives 0 exactly; see `Operations.centre`."""
        return along_rows(_centred, x.balls)

    @_precise
    def unit(self, x: Enclosure, epsilon: float | Fraction) -> Array:
        """Normalise the length; see `Operations.unit`."""
        exact = ball(Fraction(epsilon))
        return along_rows(lambda row: _normalised(row, exact), x.balls)

    @_precise
    def softmax(self, scores: Enclosure, visible: Array | None) -> Array:
        """Normalise exponentials; see `Operations.softmax`."""
        seen = np.broadcast_to(np.asarray(True if visible is None else visible), scores.shape)
        return along_rows(_weights, scores.balls, seen)

    @_precise
    def activation(self, x: Enclosure, name: str) -> Array:
        """Apply an activation; see `Operations.activation`."""
        return each(_ACTIVATIONS[name], x.balls)


def _centred(row: list[arb]) -> list[arb]:
    """Take x_i − mean as ((d − 1) z_i − Σ_{j ≠ i} z_j)/d with z = x − (midpoint of x_0): each radius enters once."""
    d, origin = len(row), row[0].mid()
    moved = [entry - origin for entry in row]
    return [((d - 1) * own - rest) / d for own, rest in zip(moved, sums_of_others(moved), strict=True)]


def _normalised(row: list[arb], epsilon: arb) -> list[arb]:
    """Take the range of x_i/√(x_i² + R), R = ε + Σ_{j ≠ i} x_j²: it increases in x_i, and R pulls it towards 0."""
    least, most = (_squares_of_others(row, end, epsilon) for end in (arb.abs_lower, arb.abs_upper))
    return [_between(x, *ranges) for x, *ranges in zip(row, least, most, strict=True)]


def _squares_of_others(row: list[arb], end: Callable[[arb], arb], epsilon: arb) -> list[arb]:
    return [epsilon + rest for rest in sums_of_others([end(x) ** 2 for x in row])]


def _between(x: arb, least: arb, most: arb) -> arb:
    low, high = x.lower(), x.upper()
    found = _share(low, most if low > 0 else least).union(_share(high, least if high > 0 else most))
    return within(found, -ONE, ONE)


def _share(entry: arb, rest: arb) -> arb:
    """Compute a/√(a² + R) for an exact a, where 0/0 is 0."""
    return entry if entry.is_zero() else entry / (entry**2 + rest).sqrt()


def _weights(scores: list[arb], seen: list[bool]) -> list[arb]:
    shown = iter(_distribution([score for score, visible in zip(scores, seen, strict=True) if visible]))
    return [next(shown) if visible else ZERO for visible in seen]


def _distribution(scores: list[arb]) -> list[arb]:
    """Take the range of each e^{s_i}/Σ_j e^{s_j}: lowest at its own lower end and the others' upper ends."""
    if not scores:
        return []
    origin = max(scores, key=arb.upper).mid()
    moved = [score - origin for score in scores]
    top = max(score.upper() for score in moved)
    low, high = ([(end(score) - top).exp() for score in moved] for end in (arb.lower, arb.upper))
    ends = zip(low, sums_of_others(high), high, sums_of_others(low), strict=True)
    return [within(_fraction(a, s).union(_fraction(b, t)), ZERO, ONE) for a, s, b, t in ends]


def _fraction(part: arb, rest: arb) -> arb:
    """Compute p/(p + r) for p, r ≥ 0 of which one is positive; all of [0, 1] where exponentials are too small to tell."""
    if rest.is_zero():
        return ONE
    total = part + rest
    return part / total if total > 0 else ZERO.union(ONE)


def _relu(x: arb) -> arb:
    if x >= 0:
        return x
    return ZERO if x <= 0 else ZERO.union(x.upper())


def _sigmoid(x: arb) -> arb:
    """Compute σ(x) from the side where the exponential is small."""
    small = (-abs(x)).exp()
    return (ONE if x >= 0 else small) / (1 + small)


def _normal_cdf(x: arb) -> arb:
    return (-x / arb(2).sqrt()).erfc() / 2


def _gelu_tanh_gate(x: arb) -> arb:
    slope = (8 / arb.pi()).sqrt()
    return increasing(_sigmoid, slope * (x + arb(fmpq(44715, 10**6)) * x**3))


def _gated(gate: Callable[[arb], arb]) -> Callable[[arb], arb]:
    """Make x·g(x) of a gate that increases from 0 to 1; it lies between −5/16 and max(x, 0)."""

    def apply(x: arb) -> arb:
        return within(x * increasing(gate, x), LEAST, max(x.upper(), ZERO))

    return apply


_ACTIVATIONS: dict[str, Callable[[arb], arb]] = {
    "relu": _relu,
    "gelu": _gated(_normal_cdf),
    "gelu_tanh": _gated(_gelu_tanh_gate),
    "silu": _gated(_sigmoid),
    "tanh": lambda x: within(increasing(arb.tanh, x), -ONE, ONE),
    "sigmoid": lambda x: within(increasing(_sigmoid, x), ZERO, ONE),
}
