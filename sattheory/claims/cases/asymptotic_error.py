"""What the repaired rows of Table 1 have in common: asymptotic homogeneity, written with its error.

Definition 3 asks for an absolute error that vanishes with the parameters, for all directions at once; most rows fail under it.
The rows hold for *asymptotic* homogeneity: f has degree k, symbol s and relative error E at the scale c when
f(cθ) = cᵏ(s(θ) + e) with |e| ≤ E entry by entry, where E = C·r(c) → 0.  New parameters cost nothing, any set of directions may be
fixed, and each row tells what becomes of E.  Below: that definition on exact numbers, for the rows' searches, and the symbols of
their derivations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import hypothesis.strategies as some
import sympy

S1, S2, E1, E2 = sympy.symbols("S1 S2 E1 E2", positive=True)
s1, s2, e1, e2 = sympy.symbols("s1 s2 e1 e2", real=True)
APPROXIMATE = "approximately k-homogeneous (D3): some d > 0 and ρ have |f(cθ) − cᵏf(θ)| ≤ e^{−d‖θ‖} for c ≥ 1, ‖θ‖ ≥ ρ"
DEFINITION = "f(cθ) = cᵏ(s + e), |e| ≤ E entry by entry, for c ≥ c₀"


@dataclass(frozen=True)
class Value:
    """A function of degree k at one scale: cᵏ(s + e).

    Parameters
    ----------
    degree : int
        k.
    symbol, error : tuple of Fraction, shape (n,)
        s and e.
    """

    degree: int
    symbol: tuple[Fraction, ...]
    error: tuple[Fraction, ...]

    def at(self, c: Fraction) -> list[Fraction]:
        """Evaluate at a scale.

        Parameters
        ----------
        c : Fraction
            The scale.

        Returns
        -------
        list of Fraction, shape (n,)
            cᵏ(s + e).
        """
        return [c**self.degree * (s + e) for s, e in zip(self.symbol, self.error, strict=True)]

    @property
    def bound(self) -> Fraction:
        """Bound the error.

        Returns
        -------
        Fraction
            E, the largest |e|.
        """
        return largest(self.error)

    @property
    def size(self) -> Fraction:
        """Bound the symbol.

        Returns
        -------
        Fraction
            S, the largest |s|.
        """
        return largest(self.symbol)


def largest(x: Sequence[Fraction]) -> Fraction:
    """Compute the largest absolute value.

    Parameters
    ----------
    x : sequence of Fraction
        Not empty.

    Returns
    -------
    Fraction
        ‖x‖_∞.
    """
    return max(abs(entry) for entry in x)


def relative_error(found: Sequence[Fraction], symbol: Sequence[Fraction], c: Fraction, degree: int) -> Fraction:
    """Compare a value with degree and symbol.

    Parameters
    ----------
    found, symbol : sequence of Fraction, shape (n,)
        A value at the scale c; the claimed symbol.
    c : Fraction
        The scale.
    degree : int
        The claimed degree.

    Returns
    -------
    Fraction
        ‖c^{−degree}·found − symbol‖_∞, exactly.
    """
    return largest([c**-degree * value - s for value, s in zip(found, symbol, strict=True)])


def integers(n: int, most: int) -> Any:
    """Draw n integers as the digits of one: a draw an entry would cost several times more.

    Parameters
    ----------
    n : int
        How many.
    most : int
        Largest absolute value.

    Returns
    -------
    Hypothesis strategy of tuple of int
        0, 1, −1, 2, … are shrunk to in this order.
    """
    base = 2 * most + 1

    def digits(index: int) -> tuple[int, ...]:
        places = [index // base**place % base for place in range(n)]
        return tuple((digit + 1) // 2 * (-1) ** (digit + 1) for digit in places)

    return some.integers(0, base**n - 1).map(digits)


def _vector(n: int, most: int, parts: int) -> Any:
    return integers(n, most).map(lambda x: tuple(Fraction(i, parts) for i in x))


def values(n: int = 2, degrees: tuple[int, int] = (0, 3)) -> Any:
    """Draw a `Value` of n entries.

    Parameters
    ----------
    n : int
        Number of entries.
    degrees : tuple of int
        Lowest and highest degree.

    Returns
    -------
    Hypothesis strategy of Value
        Small rational symbols and errors.
    """
    return some.builds(Value, some.integers(*degrees), _vector(n, 16, 4), _vector(n, 16, 16))


def vectors(n: int) -> Any:
    """Draw a vector of small rationals.

    Parameters
    ----------
    n : int
        Number of entries.

    Returns
    -------
    Hypothesis strategy of tuple of Fraction
        Quarters between −4 and 4.
    """
    return _vector(n, 16, 4)


SCALES = some.integers(8, 800).map(lambda i: Fraction(i, 8))
