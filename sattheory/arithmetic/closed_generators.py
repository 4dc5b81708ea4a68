"""The generators of closed forms: what may stand beside rationals, and what each is.

√n of a whole number (a *surd*), √u and 1/u of a closed form u, b^(1/q), e^u, √π, Φ(u), log u, cos u and sin u.  A root of a
rational becomes a surd by `square_free`, √12 = 2√3, and a power by `perfect_power`, 8^(1/6) = 2^(1/2).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flint import arb, fmpz

SMALL_PRIMES = tuple(p for p in range(2, 1000) if all(p % d for d in range(2, math.isqrt(p) + 1)))


class Kind(StrEnum):
    """What a generator is of its argument."""

    SURD = "√n of a whole number n"
    ROOT = "√u"
    FRACTION = "b^(1/q) of a whole number b"
    INVERSE = "1/u"
    EXP = "e^u"
    PI = "√π"
    CDF = "Φ(u)"
    LOG = "log u"
    COS = "cos u"
    SIN = "sin u"


ALGEBRAIC = (Kind.SURD, Kind.ROOT, Kind.FRACTION, Kind.INVERSE)
WAVES = (Kind.COS, Kind.SIN)
RULED = {k: k for k in (Kind.SURD, Kind.ROOT, Kind.FRACTION, Kind.EXP)} | dict.fromkeys(WAVES, Kind.COS)
OF_BALLS: dict[Kind, Callable[[arb], arb]] = {
    Kind.ROOT: arb.sqrt,
    Kind.INVERSE: lambda u: 1 / u,
    Kind.EXP: arb.exp,
    Kind.CDF: lambda u: (-u / arb(2).sqrt()).erfc() / 2,
    Kind.LOG: arb.log,
    Kind.COS: arb.cos,
    Kind.SIN: arb.sin,
}


@dataclass(frozen=True, eq=False)
class Generator:
    """One indeterminate.

    Parameters
    ----------
    number : int
        Its place in the field; its argument contains only generators of smaller numbers.
    kind : Kind
        What it is.
    argument : object
        An `Exact`; n for a surd, (b, q) for b^(1/q), None for √π.
    algebraic : bool
        Whether it is an algebraic number by construction.
    """

    number: int
    kind: Kind
    argument: Any
    algebraic: bool


Part = tuple[Generator, int]


@functools.lru_cache(maxsize=100_000)
def square_free(n: int) -> tuple[int, int]:
    """Write a positive whole number as a square times a number without small square factors.

    Parameters
    ----------
    n : int
        The number.

    Returns
    -------
    tuple of int
        (s, m) with s²m = n; no prime below 1000 divides m twice, and m is 1 if n is a square.
    """
    outside, inside = 1, 1
    for p in SMALL_PRIMES:
        if p * p > n:
            break
        while n % (p * p) == 0:
            n, outside = n // (p * p), outside * p
        if n % p == 0:
            n, inside = n // p, inside * p
    whole = math.isqrt(n)
    return (outside * whole, inside) if whole * whole == n else (outside, inside * n)


@functools.lru_cache(maxsize=10_000)
def perfect_power(n: int) -> tuple[int, int]:
    """Write a positive whole number as the largest possible power.

    Parameters
    ----------
    n : int
        The number.

    Returns
    -------
    tuple of int
        (m, k) with m^k = n and k as large as possible (1 for n = 1).
    """
    for k in range(n.bit_length(), 1, -1):
        least = int(fmpz(n).root(k))
        if least > 1 and least**k == n:
            return least, k
    return n, 1
