"""Inequalities that can be refuted with certainty: exact points, written formulas, rigorous values.

A counterexample is worth what its reader can check.  Here it is data: a point of integers and rationals, and the two sides as
formulas in a small language (arithmetic, ``exp``, ``softmax``, ``unit``, …).  Both sides are enclosed in balls (python-flint's
``arb``; Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic", 2017), and "left > right" is said
only when the balls are apart.  A comparison of overlapping balls is false in *every* direction, hence the three answers of
`Truth`, and the precision that doubles until one of the first two is reached.
"""

from __future__ import annotations

import ast
import dataclasses
import enum
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import reduce
from typing import Any, TypeAlias

Exact: TypeAlias = "int | Fraction | tuple[Exact, ...]"
Pair: TypeAlias = "tuple[Any, Any]"
Pairs: TypeAlias = "Iterable[Pair]"
Point: TypeAlias = "Mapping[str, Exact]"
PRECISIONS = (128, 256, 512, 1024, 2048, 4096)


class Truth(enum.Enum):
    """What is known of left ≤ right."""

    HOLDS = "certainly holds"
    VIOLATED = "certainly violated"
    UNDECIDED = "undecided"


def real(value: Any) -> Any:
    """Enclose an exact number in a ball.

    Parameters
    ----------
    value : int, Fraction or arb
        A number.

    Returns
    -------
    arb
        A ball that contains it, at the current precision.
    """
    from flint import arb, fmpq

    return arb(fmpq(value.numerator, value.denominator)) if isinstance(value, int | Fraction) else value


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
        names = {name: _enclose(value) for name, value in self.point.items()}
        for name, formula in self.where.items():
            names[name] = evaluate(formula, names)
        return evaluate(self.left, names), evaluate(self.right, names)

    def failure(self) -> dict[str, Any] | None:
        """Show that left > right.

        Returns
        -------
        dict or None
            The point, the formulas, both values and a lower bound of left − right; None if it is not certain.
        """
        from flint import ctx

        for bits in PRECISIONS:
            with ctx.workprec(bits):
                left, right = self.sides()
                if left > right:
                    values = {"left": left.str(15), "right": right.str(15), "margin": _floor((left - right).lower())}
                    return self.to_dict() | {"values": values, "bits": bits}
                if left <= right:
                    return None
        return None

    def to_dict(self) -> dict[str, Any]:
        """Write the inequality as data.

        Returns
        -------
        dict
            Ready for JSON; another program can evaluate it again.
        """
        return {"point": exact_text(self.point), "where": dict(self.where), "left": self.left, "right": self.right}


def _floor(lower: Any) -> str:
    """Round an exact ball down to eight digits."""
    mantissa, exponent = (int(part) for part in lower.mid().man_exp())
    value = Fraction(mantissa) * Fraction(2) ** exponent
    context = Context(prec=8, rounding=ROUND_FLOOR)
    return str(context.divide(Decimal(value.numerator), Decimal(value.denominator)))


def _enclose(value: Exact) -> Any:
    return [_enclose(entry) for entry in value] if isinstance(value, tuple) else real(value)


def evaluate(formula: str, names: Mapping[str, Any]) -> Any:
    """Evaluate a formula on balls.

    Parameters
    ----------
    formula : str
        In Python's notation: numbers, names, + − * / ** @, lists, indices and the functions of this module.
    names : mapping
        Balls, lists of balls or lists of lists.

    Returns
    -------
    arb or list
        The value, enclosed.
    """
    return _value(ast.parse(formula, mode="eval").body, names)


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """Evaluate one node; anything outside the language is refused."""
    match node:
        case ast.Constant(value=int(number)):
            return real(number)
        case ast.Name(id=name):
            return names[name]
        case ast.List(elts=entries):
            return [_value(entry, names) for entry in entries]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return _each(operator.neg, _value(inner, names))
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int(power))):
            return _each(lambda x: reduce(operator.mul, [x] * power), _value(left, names))
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_value(left, names), _value(right, names))
        case ast.Subscript(value=inner, slice=ast.Constant(value=int(index))):
            return _value(inner, names)[index]
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return _FUNCTIONS[name](_value(argument, names))
    raise SyntaxError(f"not in the language of formulas: {ast.unparse(node)}")


def _each(function: Callable[[Any], Any], x: Any) -> Any:
    return [_each(function, entry) for entry in x] if isinstance(x, list) else function(x)


def _pairwise(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Apply a function of two numbers to numbers and lists, entry by entry."""

    def apply(x: Any, y: Any) -> Any:
        if isinstance(x, list) and isinstance(y, list):
            return [apply(left, right) for left, right in zip(x, y, strict=True)]
        if isinstance(x, list):
            return [apply(entry, y) for entry in x]
        if isinstance(y, list):
            return [apply(x, entry) for entry in y]
        return function(x, y)

    return apply


def _total(x: list[Any]) -> Any:
    return reduce(operator.add, x)


def _dot(x: list[Any], y: list[Any]) -> Any:
    """Multiply a matrix (list of rows) or a vector by a vector."""
    if isinstance(x[0], list):
        return [_dot(row, y) for row in x]
    return _total([left * right for left, right in zip(x, y, strict=True)])


def norm(x: list[Any]) -> Any:
    """Compute a vector's Euclidean length.

    Parameters
    ----------
    x : list of arb, shape (n,)
        A vector.

    Returns
    -------
    arb
        ‖x‖₂.
    """
    return _total([entry * entry for entry in x]).sqrt()


def softmax(x: list[Any]) -> list[Any]:
    """Normalise exponentials; only differences to the first score are exponentiated.

    Parameters
    ----------
    x : list of arb, shape (n,)
        Scores.

    Returns
    -------
    list of arb, shape (n,)
        Weights.
    """
    powers = [(entry - x[0]).exp() for entry in x]
    total = _total(powers)
    return [power / total for power in powers]


def sigmoid(x: Any) -> Any:
    """Compute the logistic function.

    Parameters
    ----------
    x : arb
        A number.

    Returns
    -------
    arb
        1 / (1 + e^{−x}).
    """
    return 1 / (1 + (-x).exp())


def centre(x: list[Any]) -> list[Any]:
    """Subtract the mean.

    Parameters
    ----------
    x : list of arb, shape (n,)
        A vector.

    Returns
    -------
    list of arb, shape (n,)
        Px.
    """
    mean = _total(x) / len(x)
    return [entry - mean for entry in x]


def unit(x: list[Any]) -> list[Any]:
    """Divide a vector by its length.

    Parameters
    ----------
    x : list of arb, shape (n,)
        A vector that is not zero.

    Returns
    -------
    list of arb, shape (n,)
        x / ‖x‖₂.
    """
    length = norm(x)
    return [entry / length for entry in x]


_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: _pairwise(operator.add),
    ast.Sub: _pairwise(operator.sub),
    ast.Mult: _pairwise(operator.mul),
    ast.Div: _pairwise(operator.truediv),
    ast.MatMult: _dot,
}
_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "abs": lambda x: _each(abs, x),
    "exp": lambda x: _each(lambda y: y.exp(), x),
    "tanh": lambda x: _each(lambda y: y.tanh(), x),
    "sqrt": lambda x: _each(lambda y: y.sqrt(), x),
    "cos_pi": lambda x: _each(lambda y: y.cos_pi(), x),
    "sigmoid": lambda x: _each(sigmoid, x),
    "max": lambda x: reduce(lambda y, z: y.max(z), x),
    "sum": _total,
    "norm": norm,
    "softmax": softmax,
    "centre": centre,
    "unit": unit,
}
