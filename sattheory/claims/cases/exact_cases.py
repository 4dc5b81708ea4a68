"""Cases for searches, drawn cheaply: all choices of a case in one draw, exact numbers throughout.

A search judges a case in microseconds, but each draw through Hypothesis costs a hundred of them.  A case is therefore drawn as
one string of bytes and read as digits: the number 41 is choice 1 of 2, then choice 0 of 4, then choice 5 of 8.  Zero is the
simplest case, so shrinking works as usual.  Below also: what the searches share, vectors of balls and their distances.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims.formulas import real

SCALES = tuple(Fraction(i, 4) for i in (4, 5, 6, 8, 10, 13, 16, 22, 32, 40))


@dataclass(frozen=True)
class Vectors:
    """All vectors with entries in a grid around 0.

    Parameters
    ----------
    n : int
        Number of entries.
    most : int
        Largest absolute value, in parts.
    parts : int
        Entries are multiples of 1/parts.
    """

    n: int
    most: int
    parts: int = 1

    def __len__(self) -> int:
        return int((2 * self.most + 1) ** self.n)

    def __getitem__(self, index: int) -> tuple[Fraction, ...]:
        base = 2 * self.most + 1
        digits = (index // base**place % base for place in range(self.n))
        return tuple(Fraction((digit + 1) // 2 * (-1) ** (digit + 1), self.parts) for digit in digits)

    def index(self, vector: Sequence[Fraction]) -> int:
        """Find a vector again.

        Parameters
        ----------
        vector : sequence of Fraction
            One of them.

        Returns
        -------
        int
            Its place.
        """
        digits = (int(2 * abs(entry) * self.parts) - (entry > 0) for entry in vector)
        return sum(digit * (2 * self.most + 1) ** place for place, digit in enumerate(digits))


def spread(x: Sequence[Any], parts: int = 1) -> int:
    """Find the smallest grid that has a vector.

    Parameters
    ----------
    x : sequence of Fraction or int
        A vector; its entries are multiples of 1/parts.
    parts : int
        As for `Vectors`.

    Returns
    -------
    int
        `most` of that grid.
    """
    return int(max(abs(entry) for entry in x) * parts)


def enough(wanted: float, n: int, least: int, parts: int = 1) -> Vectors:
    """Make a grid wide enough that it has as many vectors as wanted.

    Parameters
    ----------
    wanted : float
        How many vectors.
    n, parts : int
        As for `Vectors`.
    least : int
        The least value of `most`.

    Returns
    -------
    Vectors
        The grid.
    """
    most = least
    while len(Vectors(n, most, parts)) < wanted:
        most += 1
    return Vectors(n, most, parts)


def cases(**options: Sequence[Any] | Vectors) -> Any:
    """Draw a case: one choice for each name.

    Parameters
    ----------
    **options : sequence or Vectors
        What to choose from, the simplest first; a choice of ``n`` is not passed on, but cuts the vectors to n entries.

    Returns
    -------
    Hypothesis strategy of dict
        The case.
    """
    count = -(-math.prod(len(option) for option in options.values()).bit_length() // 8) + 1

    def read(text: bytes) -> dict[str, Any]:
        index = int.from_bytes(text, "big")
        case: dict[str, Any] = {}
        for name, option in options.items():
            index, place = divmod(index, len(option))
            case[name] = option[place]
        n = case.pop("n", None)
        return {name: value[:n] if isinstance(options[name], Vectors) else value for name, value in case.items()}

    return some.binary(min_size=count, max_size=count).map(read)


def size(x: Sequence[Fraction]) -> Fraction:
    """Compute the largest absolute value.

    Parameters
    ----------
    x : sequence of Fraction
        A vector.

    Returns
    -------
    Fraction
        ‖x‖_∞.
    """
    return max(abs(entry) for entry in x)


def balls(x: Sequence[Fraction]) -> list[Any]:
    """Enclose a vector.

    Parameters
    ----------
    x : sequence of Fraction
        A vector.

    Returns
    -------
    list of arb
        Its entries.
    """
    return [real(entry) for entry in x]


def apart(x: Sequence[Any], y: Sequence[Any]) -> Any:
    """Add up the distances of the entries of two vectors.

    Parameters
    ----------
    x, y : sequence of arb
        Two vectors of one length.

    Returns
    -------
    arb
        ‖x − y‖₁.
    """
    return sum((abs(a - b) for a, b in zip(x, y, strict=True)), real(0))


def square(x: Sequence[Any], y: Sequence[Any]) -> Any:
    """Add up the squared distances of the entries of two vectors.

    Parameters
    ----------
    x, y : sequence of arb
        Two vectors of one length.

    Returns
    -------
    arb
        ‖x − y‖₂²; a root of a ball around 0 would be no number.
    """
    return sum(((a - b) * (a - b) for a, b in zip(x, y, strict=True)), real(0))
