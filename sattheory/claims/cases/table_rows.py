"""A row of Table 1 as an inequality that can be refuted: Definition 3 for what a row makes of its inputs and its parameters.

A row takes functions of θ and parameters, as f and W in Wf, and promises a degree.  The promise is tested at one point and
one scale: |F(cθ) − c^degree·F(θ)| ≤ e^{−d‖θ‖}, where F is the row's output and θ are *all* parameters.  Those of the row may
be entries of θ that f depends on as well, or new ones; Table 1 does not say, so each row is tested in both readings.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from sattheory.claims.cases.functions import NOTHING, Scale, degree_of, functions, length, of_degree
from sattheory.claims.inequality import Exact, Inequality

Functions = str | int | tuple[str | int, ...]
OLD, NEW = "common with f", "new"
BOUNDS: tuple[dict[str, Any], ...] = (
    {"d": 1, "rho": 1},
    {"d": Fraction(1, 10), "rho": 10},
    {"d": Fraction(1, 100), "rho": 100},
)


def readings(*each: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """List the constants that a row might name: d and ρ, in each of its readings.

    Parameters
    ----------
    *each : mapping
        What tells the readings apart.

    Returns
    -------
    tuple of dict
        Three pairs of d and ρ for each.
    """
    return tuple({**reading, **bounds} for reading in each for bounds in BOUNDS)


def row(
    output: str,
    degree: int,
    inputs: Mapping[str, Functions],
    *,
    d: Fraction | int,
    rho: Fraction | int,
    theta: int | Fraction,
    c: Scale,
    new: Mapping[str, Exact] | None = None,
    old: Mapping[str, str] | None = None,
) -> Inequality:
    """Write what Definition 3 asks of a row's output at one point and scale.

    Parameters
    ----------
    output : str
        A list, in the names of inputs and parameters, as ``[w * f]``.
    degree : int
        What the row promises.
    inputs : mapping of str to str, int or tuple of them
        Functions: formulas in ``theta`` or in a new parameter; a tuple is a vector.
    d, rho : Fraction or int
        d and ρ; nothing is asked (0 ≤ 1) where the parameters are shorter than ρ.
    theta : int or Fraction
        The parameter of f.
    c : int, Fraction or str
        c ≥ 1.
    new : mapping of str to exact values, optional
        Further parameters: numbers or vectors.
    old : mapping of str to str, optional
        Parameters of the row that are made of θ, as formulas of degree 1.

    Returns
    -------
    Inequality
        With ``here`` for F(θ) and ``there`` for F(cθ).
    """
    parameters = {"theta": theta, **(new or {})}
    if length(tuple(_entries(parameters.values()))) < rho:
        return NOTHING
    named = {**(old or {}), **{name: _written(functions) for name, functions in inputs.items()}}
    where = {"c": str(c)} | {f"{name}_c": f"c * {name}" for name in parameters}
    for name, formula in named.items():
        where |= {name: formula, f"{name}_c": _scaled(formula, parameters)}
    where |= {"here": output, "there": _scaled(output, [*parameters, *named])}
    difference = f"there - c**{degree} * here" if degree else "there - here"
    size = f"norm([{', '.join(_names(parameters))}])"
    return Inequality({"d": d, **parameters}, f"max(abs({difference}))", f"exp(-d * {size})", where)


def supposed(degree: int, *functions: str | int) -> None:
    """Make sure that functions are approximately homogeneous.

    Parameters
    ----------
    degree : int
        k.
    *functions : str or int
        Formulas in ``theta``; a whole number stands for a constant.

    Raises
    ------
    ValueError
        If one is not known to have that degree.
    """
    for function in functions:
        if not degree_of(function).has(degree):
            raise ValueError(f"{function} is not known to be approximately {degree}-homogeneous")


def never_constant(*vector: str | int) -> None:
    """Make sure that the entries of a vector differ at every θ, so that LN of it is defined.

    Parameters
    ----------
    *vector : str or int
        Formulas in ``theta``; a whole number stands for a constant.

    Raises
    ------
    ValueError
        If there is no entry 0 beside one that is visibly positive.
    """
    entries = [str(entry) for entry in vector]
    if "0" not in entries or not any(positive(entry) for entry in entries):
        raise ValueError(f"nothing says that {', '.join(entries)} are never all equal")


def positive(formula: str) -> bool:
    """Tell whether a function is visibly positive.

    Parameters
    ----------
    formula : str
        A formula in ``theta``.

    Returns
    -------
    bool
        True for positive numbers, exponentials, sigmoids, a maximum with a positive number, and sums and products of such.
    """
    return _positive(ast.parse(formula, mode="eval").body)


def _positive(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=int(number)):
            return number > 0
        case ast.BinOp(left=left, op=ast.Add() | ast.Mult() | ast.Div(), right=right):
            return _positive(left) and _positive(right)
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            first = argument.elts[0] if name == "max" and isinstance(argument, ast.List) else None
            return name in {"exp", "sigmoid"} or (first is not None and _positive(first))
    return False


def _scaled(formula: str, names: Iterable[str]) -> str:
    """Write a formula at the scale c: each name with ``_c`` after it."""
    return re.sub(rf"\b({'|'.join(names)})\b", r"\1_c", formula)


def _written(functions: Functions) -> str:
    return f"[{', '.join(map(str, functions))}]" if isinstance(functions, tuple) else str(functions)


def _entries(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        yield from value if isinstance(value, tuple) else (value,)


def _names(parameters: Mapping[str, Any]) -> Iterator[str]:
    for name, value in parameters.items():
        yield from (f"{name}[{i}]" for i in range(len(value))) if isinstance(value, tuple) else (name,)


def never_constant_vectors(degree: int) -> Any:
    """Draw a vector of three functions of which LN is always defined.

    Parameters
    ----------
    degree : int
        What the functions are approximately homogeneous of.

    Returns
    -------
    Hypothesis strategy of tuple of str
        0, a positive function, and any function.
    """
    import hypothesis.strategies as some

    above = [formula for formula in of_degree(1, degree) if positive(formula)]
    return some.tuples(some.just("0"), some.sampled_from(above), functions(1, degree))
