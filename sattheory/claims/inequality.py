"""Inequalities that can be refuted with certainty: exact points, written formulas, rigorous values.

A counterexample is data: a point of integers and rationals, and two sides written in the language of `formulas`.  Both sides
are enclosed in balls, and "left > right" is said only when the balls are apart.  A comparison of overlapping balls is false
in *every* direction, hence the three answers of `Truth`, and the precision that doubles until one of the first two is
reached.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import Any, TypeAlias

from sattheory.claims.formulas import centre, evaluate, norm, real, sigmoid, softmax, unit

Exact: TypeAlias = "int | Fraction | tuple[Exact, ...]"
Pair: TypeAlias = "tuple[Any, Any]"
Pairs: TypeAlias = "Iterable[Pair]"
Point: TypeAlias = "Mapping[str, Exact]"
__all__ = [
    "Exact",
    "Inequality",
    "Pairs",
    "Point",
    "Truth",
    "centre",
    "decide",
    "decide_all",
    "enclose",
    "evaluate",
    "exact_text",
    "norm",
    "real",
    "sigmoid",
    "softmax",
    "unit",
]
PRECISIONS = (128, 256, 512, 1024, 2048, 4096)
DIGITS_20 = 66  # bits


class Truth(enum.Enum):
    """What is known of left ≤ right."""

    HOLDS = "certainly holds"
    VIOLATED = "certainly violated"
    UNDECIDED = "undecided"


def decide(left: Any, right: Any) -> Truth:
    """Compare two numbers, exact or balls.

    Parameters
    ----------
    left, right : Fraction or arb
        Two numbers of one kind.

    Returns
    -------
    Truth
        Of left ≤ right.
    """
    if left <= right:
        return Truth.HOLDS
    return Truth.VIOLATED if left > right else Truth.UNDECIDED


def decide_all(pairs: Callable[[], Pairs]) -> Truth:
    """Decide several inequalities left ≤ right, with as many bits as it takes.

    Parameters
    ----------
    pairs : callable
        Computes the pairs at the current precision.

    Returns
    -------
    Truth
        VIOLATED as soon as one certainly is; HOLDS if all certainly do; else UNDECIDED (at 4096 bits).
    """
    from flint import ctx

    for bits in PRECISIONS:
        with ctx.workprec(bits):
            known = [decide(left, right) for left, right in pairs()]
        if Truth.VIOLATED in known:
            return Truth.VIOLATED
        if Truth.UNDECIDED not in known:
            return Truth.HOLDS
    return Truth.UNDECIDED


def exact_text(value: Any) -> Any:
    """Write an exact value so that JSON keeps it.

    Parameters
    ----------
    value : int, Fraction, tuple, list, dict, dataclass or str
        Something exact.

    Returns
    -------
    str, list or dict
        Numbers as ``"3"`` or ``"1/2"``.
    """
    if isinstance(value, Mapping):
        return {str(key): exact_text(entry) for key, entry in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return exact_text({entry.name: getattr(value, entry.name) for entry in dataclasses.fields(value)})
    if isinstance(value, tuple | list):
        return [exact_text(entry) for entry in value]
    return str(value)


@dataclass(frozen=True)
class Inequality:
    """left ≤ right at one exact point: what a witness shows to be false.

    Parameters
    ----------
    point : mapping of str to exact values
        The variables; vectors are tuples, matrices tuples of rows.
    left, right : str
        The two sides, as formulas in the variables.
    where : mapping of str to str
        Abbreviations, in order, that the sides may use.
    """

    point: Point
    left: str
    right: str
    where: Mapping[str, str] = field(default_factory=dict)

    def sides(self) -> Pair:
        """Enclose both sides at the current precision.

        Returns
        -------
        tuple of arb
            Left and right.
        """
        names = {name: enclose(value) for name, value in self.point.items()}
        for name, formula in self.where.items():
            names[name] = evaluate(formula, names)
        return evaluate(self.left, names), evaluate(self.right, names)

    def compare(self, precisions: tuple[int, ...] = PRECISIONS) -> tuple[Truth, Pair]:
        """Decide left ≤ right, with as many bits as it takes.

        Parameters
        ----------
        precisions : tuple of int
            Bits to try in turn.

        Returns
        -------
        Truth, tuple of arb
            What is known, and both sides at the last precision tried.
        """
        from flint import ctx

        for bits in precisions:
            with ctx.workprec(bits):
                sides = self.sides()
                known = decide(*sides)
            if known is not Truth.UNDECIDED:
                break
        return known, sides

    def failure(self) -> dict[str, Any] | None:
        """Show that left > right.

        Returns
        -------
        dict or None
            The point, the formulas, left rounded down, right rounded up, what lies between them; None if it is not certain.
        """
        if self.compare()[0] is not Truth.VIOLATED:
            return None
        left, right = self._sharp()
        return self.to_dict() | {"values": _apart(_exactly(left.lower()), _exactly(right.upper()))}

    def _sharp(self) -> Pair:
        """Enclose both sides with twenty digits, or as many as the highest precision gives."""
        from flint import ctx

        for bits in PRECISIONS:
            with ctx.workprec(bits):
                sides = self.sides()
                if sides[0] > sides[1] and all(side.rel_accuracy_bits() > DIGITS_20 or side == 0 for side in sides):
                    break
        return sides

    def to_dict(self) -> dict[str, Any]:
        """Write the inequality as data.

        Returns
        -------
        dict
            Ready for JSON; another program can evaluate it again.
        """
        return {"point": exact_text(self.point), "where": dict(self.where), "left": self.left, "right": self.right}


def _exactly(end: Any) -> Fraction:
    mantissa, exponent = (int(part) for part in end.mid().man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent


def _rounded(value: Fraction, digits: int, rounding: str) -> Decimal:
    return Context(prec=digits, rounding=rounding).divide(Decimal(value.numerator), Decimal(value.denominator))


def _apart(left: Fraction, right: Fraction) -> dict[str, str]:
    """Write left > right in as many digits as keep them apart."""
    digits = 15
    while (low := _rounded(left, digits, ROUND_FLOOR)) <= (high := _rounded(right, digits, ROUND_CEILING)):
        digits *= 2
    margin = _rounded(Fraction(low) - Fraction(high), 8, ROUND_FLOOR)
    return {"left": str(low), "right": str(high), "margin": str(margin)}


def enclose(value: Exact) -> Any:
    """Enclose an exact number, vector or matrix.

    Parameters
    ----------
    value : int, Fraction or tuple
        Vectors are tuples, matrices tuples of rows.

    Returns
    -------
    arb or list
        Balls that contain it, at the current precision.
    """
    return [enclose(entry) for entry in value] if isinstance(value, tuple) else real(value)
