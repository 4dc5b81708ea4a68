"""enclose(): f(x; cθ) at one scale, to as many digits as one asks for, with a guarantee.

A pass on balls (`arithmetic.balls`) says how much of its result is rounding.  So the precision is doubled until the radii are
small enough: more than 128 bits are needed when scores of size c⁴ tie, or when a norm gets a vector that is nearly zero.
A network in which something hangs on an exact zero that no precision can prove stays unresolved, and the result says where;
what it encloses is true all the same.

    >>> import sattheory as st
    >>> from sattheory.asymptotics.enclosure import enclose
    >>> enclose(st.EXAMPLES["tie-value-bias"].network, [0, 1], 1000)
    EnclosedValue(c = 1000, shape (2, 3): 15 digits, 128 bits)
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, ctx, fmpq
from mpmath import mpf
from numpy.typing import ArrayLike, NDArray

from sattheory.arithmetic.balls import MOST_BITS, Balls
from sattheory.arithmetic.enclosures import above, ball, below, each, midpoints
from sattheory.errors import InputError
from sattheory.network.tokens import Tokens, check_tokens
from sattheory.network.transformer import Transformer

Array = NDArray[Any]
BITS, BITS_A_DIGIT, LONGEST = 128, math.log2(10), 20


@dataclass(frozen=True, eq=False)
class EnclosedValue:
    """What f(x; cθ) is, entry by entry, to within a ball.

    Parameters
    ----------
    balls : ndarray of arb, shape (…, n, d) or (…, n, classes)
        The enclosure.
    scale : Fraction
        c.
    bits : int
        Precision of the pass.
    digits : int
        Digits asked for, relative to the largest entry of each row.
    unresolved : tuple of tuple of int
        Indices of the entries that are not known to so many digits; padding does not count.
    """

    balls: Array = field(repr=False)
    scale: Fraction
    bits: int
    digits: int
    unresolved: tuple[tuple[int, ...], ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value.

        Returns
        -------
        tuple of int
            The shape.
        """
        return self.balls.shape

    @property
    def resolved(self) -> bool:
        """Whether every entry is known to the digits asked for.

        Returns
        -------
        bool
            True if so.
        """
        return not self.unresolved

    def lower(self, degree: int = 0) -> Array:
        """Give floats that are certainly not above c^(−degree) f.

        Parameters
        ----------
        degree : int
            Degree to divide out.

        Returns
        -------
        ndarray of float
            Lower bounds, −∞ where floats end.
        """
        return self._floats(below, degree)

    def upper(self, degree: int = 0) -> Array:
        """Give floats that are certainly not below c^(−degree) f.

        Parameters
        ----------
        degree : int
            Degree to divide out.

        Returns
        -------
        ndarray of float
            Upper bounds, ∞ where floats end.
        """
        return self._floats(above, degree)

    def midpoints(self, degree: int = 0) -> Array:
        """Round the midpoints of c^(−degree) f to floats, for looking at them.

        Parameters
        ----------
        degree : int
            Degree to divide out.

        Returns
        -------
        ndarray of float
            The midpoints, infinite where floats end.
        """
        with ctx.workprec(self.bits):
            return midpoints(self._divided(degree))

    def contains(self, values: ArrayLike) -> bool:
        """Say whether numbers certainly lie in the balls.

        Parameters
        ----------
        values : array_like of mpf, Fraction, int, float or str
            Numbers, taken exactly; they broadcast against the value.

        Returns
        -------
        bool
            True if all of them do.
        """
        given = np.asarray(values, dtype=object)
        with ctx.workprec(2 * self.bits + 256):
            return all(each(lambda entry, number: entry.contains(_number(number)), self.balls, given).ravel().tolist())

    def _divided(self, degree: int) -> Array:
        factor = ball(self.scale) ** -degree
        return each(lambda entry: entry * factor, self.balls)

    def _floats(self, end: Any, degree: int) -> Array:
        with ctx.workprec(self.bits):
            divided = self._divided(degree)
            return np.array([end(entry) for entry in divided.ravel().tolist()], dtype=np.float64).reshape(self.shape)

    def __repr__(self) -> str:
        found = f"{self.digits} digits"
        if self.unresolved:
            first = self.unresolved[0]
            count = f"{len(self.unresolved)} of {math.prod(self.shape)} entries unresolved"
            found = f"{count}, first {list(first)} = {self.balls[first].str(5)}"
        return f"EnclosedValue(c = {_told(self.scale)}, shape {self.shape}: {found}, {self.bits} bits)"


def _told(scale: Fraction) -> str:
    written = str(scale)
    return written if len(written) <= LONGEST else str(ball(scale).str(5, radius=False))


def _number(number: Any) -> Any:
    if isinstance(number, mpf):
        sign, mantissa, exponent, _ = number._mpf_
        return arb(((-1) ** sign * int(mantissa), int(exponent)))
    exact = Fraction(number)
    return fmpq(exact.numerator, exact.denominator)


def enclose(
    network: Transformer,
    tokens: ArrayLike | Tokens,
    c: int | float | str | Fraction,
    *,
    lengths: ArrayLike | None = None,
    memory: ArrayLike | None = None,
    digits: int = 15,
    most_bits: int = 1 << 16,
) -> EnclosedValue:
    """Compute f(x; cθ) with guaranteed digits.

    Parameters
    ----------
    network : Transformer
        The network; its weights are taken as the exact rationals that they are.
    tokens : array_like of int, shape (n,) or (B, n)
        Token numbers.
    c : int, float, Fraction or str
        The scale, a positive rational.
    lengths : array_like of int, shape (B,), optional
        Real lengths of a padded batch.
    memory : array_like, shape (…, m, d), optional
        Constant memory for cross-attention: floats, whole numbers or fractions.
    digits : int
        Decimal digits wanted of each entry, relative to the largest entry of its row; an exactly known entry always counts.
    most_bits : int
        Precision to stop at, to 1,000,000.

    Returns
    -------
    EnclosedValue
        The enclosure; `resolved` tells whether all digits are there.

    Raises
    ------
    InputError
        For tokens the network cannot take, a scale that is not positive, or digits that `most_bits` cannot hold.
    """
    given = check_tokens(tokens, network.configuration, lengths)
    if digits < 1 or not digits * BITS_A_DIGIT <= most_bits <= MOST_BITS:
        why = f"a digit takes {BITS_A_DIGIT:.2f} bits, and bits end at {MOST_BITS}"
        raise InputError(f"digits={digits}, most_bits={most_bits}", why, "ask for 1 digit or more, and for bits between the two")
    data = None if memory is None else np.asarray(memory)
    for bits in _precisions(max(BITS, int(4 * digits)), most_bits):
        ops = Balls(c, bits)
        output = network.forward(ops, given, memory=None if data is None else ops.constant(data))
        found = EnclosedValue(output.balls, ops.scale, bits, digits, _unresolved(output.balls, given.real(), digits))
        if found.resolved:
            break
    return found


def _precisions(least: int, most: int) -> Iterator[int]:
    bits = min(least, most)
    while bits < most:
        yield bits
        bits *= 2
    yield most


def _unresolved(balls: Array, real: NDArray[np.bool_], digits: int) -> tuple[tuple[int, ...], ...]:
    with ctx.workprec(64):
        return tuple(
            (*row, i) for row in map(tuple, np.argwhere(real).tolist()) for i in _vague(balls[row].tolist(), arb(10) ** digits)
        )


def _vague(row: list[arb], factor: arb) -> list[int]:
    largest = max(entry.abs_lower() for entry in row)
    return [i for i, entry in enumerate(row) if not entry.rad() * factor <= largest]
