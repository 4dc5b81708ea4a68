"""A small language of formulas, evaluated on balls: what a witness is written in.

A counterexample is worth what its reader can check, so both sides of a refuted inequality are strings: ``abs(sigmoid(c *
theta) - sigmoid(theta))``.  The notation is Python's, cut down to arithmetic, lists and a fixed set of functions; anything
else is refused.  Values are python-flint's ``arb`` (Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval
arithmetic", 2017), vectors are lists of them and matrices lists of rows.  Functions of a number act entry by entry
(``abs exp log sqrt tanh sigmoid cos_pi sin_pi erf Phi lgamma lambertw relu gelu silu softplus``), functions of a vector on each
row (``softmax centre unit unit0 norm``); there are also ``max min sum transpose`` and the number ``pi``.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from typing import Any


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


def evaluate(formula: str, names: Mapping[str, Any]) -> Any:
    """Evaluate a formula on balls.

    Parameters
    ----------
    formula : str
        In Python's notation: whole numbers, names, + − * / ** @, lists, constant indices and the functions of this module.
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
        case ast.Name(id="pi") if "pi" not in names:
            return _pi()
        case ast.Name(id=name):
            return names[name]
        case ast.List(elts=entries):
            return [_value(entry, names) for entry in entries]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return _each(operator.neg, _value(inner, names))
        case ast.BinOp(left=left, op=ast.Pow(), right=power):
            return _power(_value(left, names), _whole(power))
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_value(left, names), _value(right, names))
        case ast.Subscript(value=inner, slice=ast.Constant(value=int(index))):
            return _value(inner, names)[index]
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]):
            return _FUNCTIONS[name](_value(argument, names))
    raise SyntaxError(f"not in the language of formulas: {ast.unparse(node)}")


def _whole(node: ast.expr) -> int:
    match node:
        case ast.Constant(value=int(power)):
            return power
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(power))):
            return -power
    raise SyntaxError(f"not in the language of formulas: the power {ast.unparse(node)}")


def _pi() -> Any:
    from flint import arb

    return arb.pi()


def _power(x: Any, power: int) -> Any:
    return _each(lambda y: y**power, x)


def _each(function: Callable[[Any], Any], x: Any) -> Any:
    return [_each(function, entry) for entry in x] if isinstance(x, list) else function(x)


def _entrywise(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: _each(function, x)


def _rowwise(function: Callable[[list[Any]], Any]) -> Callable[[Any], Any]:
    return lambda x: [function(row) for row in x] if isinstance(x[0], list) else function(x)


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


def total(x: list[Any]) -> Any:
    """Add up the entries of a list.

    Parameters
    ----------
    x : list of arb or of list
        Not empty.

    Returns
    -------
    arb or list
        The sum.
    """
    return reduce(_OPERATORS[ast.Add], x)


def _product(x: list[Any], y: list[Any]) -> Any:
    """Multiply a matrix (list of rows) or a vector by a matrix or a vector."""
    if isinstance(x[0], list):
        return [_product(row, y) for row in x]
    if isinstance(y[0], list):
        return [_product(x, list(column)) for column in zip(*y, strict=True)]
    return total([left * right for left, right in zip(x, y, strict=True)])


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
    return total([entry * entry for entry in x]).sqrt()


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
    whole = total(powers)
    return [power / whole for power in powers]


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


def normal(x: Any) -> Any:
    """Compute the distribution function of the normal distribution.

    Parameters
    ----------
    x : arb
        A number.

    Returns
    -------
    arb
        Φ(x) = ½ erfc(−x/√2), without cancellation far out on the left.
    """
    return (-x / real(2).sqrt()).erfc() / 2


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
    mean = total(x) / len(x)
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


def unit0(x: list[Any]) -> list[Any]:
    """Divide a vector by its length, and leave a vector that is exactly zero as it is.

    Parameters
    ----------
    x : list of arb, shape (n,)
        A vector.

    Returns
    -------
    list of arb, shape (n,)
        x / ‖x‖₂, or 0.
    """
    return x if all(entry.is_zero() for entry in x) else unit(x)


def _max(x: list[Any]) -> Any:
    return reduce(lambda y, z: y.max(z), x)


def _softplus(x: Any) -> Any:
    return (1 + (-abs(x)).exp()).log() + x.max(real(0))


_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: _pairwise(operator.add),
    ast.Sub: _pairwise(operator.sub),
    ast.Mult: _pairwise(operator.mul),
    ast.Div: _pairwise(operator.truediv),
    ast.MatMult: _product,
}
_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "abs": _entrywise(abs),
    "exp": _entrywise(lambda x: x.exp()),
    "log": _entrywise(lambda x: x.log()),
    "sqrt": _entrywise(lambda x: x.sqrt()),
    "tanh": _entrywise(lambda x: x.tanh()),
    "cos_pi": _entrywise(lambda x: x.cos_pi()),
    "sin_pi": _entrywise(lambda x: x.sin_pi()),
    "erf": _entrywise(lambda x: x.erf()),
    "lgamma": _entrywise(lambda x: x.lgamma()),
    "lambertw": _entrywise(lambda x: x.lambertw()),
    "sigmoid": _entrywise(sigmoid),
    "Phi": _entrywise(normal),
    "relu": _entrywise(lambda x: x.max(real(0))),
    "gelu": _entrywise(lambda x: x * normal(x)),
    "silu": _entrywise(lambda x: x * sigmoid(x)),
    "softplus": _entrywise(_softplus),
    "max": _max,
    "min": lambda x: -_max([-entry for entry in x]),
    "sum": total,
    "norm": _rowwise(norm),
    "softmax": _rowwise(softmax),
    "centre": _rowwise(centre),
    "unit": _rowwise(unit),
    "unit0": _rowwise(unit0),
    "transpose": lambda x: [list(column) for column in zip(*x, strict=True)],
}
