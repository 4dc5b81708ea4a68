"""How a step of a derivation is decided: questions that SymPy, or balls, answer yes or not at all.

An identity is decided by simplifying the difference to 0.  An inequality is decided by the signs that the symbols were declared
with: write x ≥ a as x = a + u with u ≥ 0, and a sum of products of nonnegative things is nonnegative.  Where that is not enough,
an expression that does not decrease is at least its value at 0; and one that is linear in each of several bounded quantities
takes its extremes at the corners of their box.  A "no" means "not shown", never "false"; the planted errors beside each step show
that "yes" is not said lightly.  (SymPy's `limit` is wrong on hidden ties: `tends` is for single exponentials and fractions.)
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import sympy

from sattheory.claims.certificate import cover
from sattheory.claims.inequality import Pairs, Truth

Box = Mapping[Any, tuple[Any, Any]]


def equal(left: Any, right: Any) -> bool:
    """Decide an identity.

    Parameters
    ----------
    left, right : sympy expression
        The two sides.

    Returns
    -------
    bool
        Whether the difference simplifies to 0.
    """
    return bool(sympy.simplify(sympy.sympify(left) - right) == 0)


def nonnegative(expression: Any) -> bool:
    """Decide expression ≥ 0 from the signs of its symbols.

    Parameters
    ----------
    expression : sympy expression
        In symbols declared positive, nonnegative or real.

    Returns
    -------
    bool
        Whether one of its forms is visibly nonnegative.
    """
    forms = (lambda e: e, sympy.expand, sympy.factor, sympy.simplify, lambda e: sympy.factor(sympy.simplify(e)))
    return any(form(sympy.sympify(expression)).is_nonnegative is True for form in forms)


def at_least(expression: Any, bound: Any, variable: Any, depth: int = 2) -> bool:
    """Decide expression ≥ bound for every variable ≥ 0, by growth from 0.

    Parameters
    ----------
    expression, bound : sympy expression
        The bound does not contain the variable.
    variable : sympy symbol
        Nonnegative.
    depth : int
        How many derivatives may be asked the same question in turn.

    Returns
    -------
    bool
        Whether the inequality holds at 0 and the derivative is nonnegative, by its signs or in the same way.
    """
    slope = sympy.diff(expression, variable)
    starts = nonnegative(sympy.sympify(expression).subs(variable, 0) - bound)
    return starts and (nonnegative(slope) or (depth > 1 and at_least(slope, 0, variable, depth - 1)))


def tends(expression: Any, variable: Any, value: Any, to: Any = sympy.oo) -> bool:
    """Decide a limit.

    Parameters
    ----------
    expression : sympy expression
        Something with one exponential scale at most.
    variable : sympy symbol
        What moves.
    value : sympy expression
        The claimed limit.
    to : sympy expression
        Where it moves to; infinity when left out.

    Returns
    -------
    bool
        Whether SymPy's limit is the claimed one.
    """
    return equal(sympy.limit(expression, variable, to), value)


def within(expression: Any, box: Box, bound: Any) -> bool:
    """Decide ``|expression| ≤ bound`` for all values of some symbols in a box.

    Parameters
    ----------
    expression : sympy expression
        Linear in each boxed symbol, the others fixed.
    box : mapping of symbol to (lowest, highest)
        Where the symbols lie.
    bound : sympy expression
        Free of them.

    Returns
    -------
    bool
        Whether it is linear in each and bounded at every corner, where such a function takes its extremes.
    """
    expanded = sympy.expand(expression)
    if any(sympy.diff(expanded, symbol, 2) != 0 for symbol in box):
        return False
    corners = (dict(zip(box, ends, strict=True)) for ends in itertools.product(*box.values()))
    values = [expanded.subs(corner, simultaneous=True) for corner in corners]
    return all(nonnegative(bound - value) and nonnegative(bound + value) for value in values)


def around(symbol: Any, radius: Any) -> dict[Any, tuple[Any, Any]]:
    """Say ``|symbol| ≤ radius``, for `within`.

    Parameters
    ----------
    symbol : sympy symbol
        What is bounded.
    radius : sympy expression
        Its bound.

    Returns
    -------
    dict
        A box of one symbol.
    """
    return {symbol: (-radius, radius)}


def on_interval(check: Callable[[Any], Pairs], low: Fraction, high: Fraction, deepest: int = 12) -> bool:
    """Decide inequalities in one variable on a whole interval, with balls.

    Parameters
    ----------
    check : callable
        A ball x (python-flint's ``arb``) to pairs (left, right).
    low, high : Fraction
        Ends of the interval.
    deepest : int
        How often a piece may be halved.

    Returns
    -------
    bool
        Whether left ≤ right is certain on every piece.
    """
    return cover(check, Fraction(low), Fraction(high), deepest)[0] is Truth.HOLDS
