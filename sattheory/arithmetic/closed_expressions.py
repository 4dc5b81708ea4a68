"""Closed forms for people: an `Exact` as a SymPy expression, from which SymPy makes LaTeX.

√u with u = 5 + 2√6 is written as √2 + √3 where SymPy finds such a form; nothing else is changed but the order of terms.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import sympy
from flint import fmpq

from sattheory.arithmetic.closed_forms import Exact
from sattheory.arithmetic.closed_generators import Generator, Kind

FUNCTIONS: dict[Kind, Callable[[Any], sympy.Expr]] = {
    Kind.ROOT: lambda u: sympy.sqrtdenest(sympy.sqrt(u)),
    Kind.INVERSE: lambda u: 1 / u,
    Kind.EXP: sympy.exp,
    Kind.CDF: lambda u: (1 + sympy.erf(u / sympy.sqrt(2))) / 2,
    Kind.LOG: sympy.log,
    Kind.COS: sympy.cos,
    Kind.SIN: sympy.sin,
}


def expression(x: Exact) -> sympy.Expr:
    """Write a number for SymPy.

    Parameters
    ----------
    x : Exact
        The number.

    Returns
    -------
    sympy.Expr
        The same number.
    """
    return _sum(x, {})


def _sum(x: Exact, known: dict[int, sympy.Expr]) -> sympy.Expr:
    return sympy.Add(*(_rational(c) * _product(x, place, known) for place, c in x.coefficients().items()))


def _product(x: Exact, place: int, known: dict[int, sympy.Expr]) -> sympy.Expr:
    return math.prod((_generator(g, known) ** e for g, e in x.field.parts(place)), start=sympy.Integer(1))


def _rational(q: fmpq) -> sympy.Rational:
    return sympy.Rational(int(q.p), int(q.q))


def _generator(g: Generator, known: dict[int, sympy.Expr]) -> sympy.Expr:
    if g.number not in known:
        known[g.number] = _made(g, known)
    return known[g.number]


def _made(g: Generator, known: dict[int, sympy.Expr]) -> sympy.Expr:
    if g.kind is Kind.SURD:
        return sympy.sqrt(g.argument)
    if g.kind is Kind.FRACTION:
        return sympy.Integer(g.argument[0]) ** sympy.Rational(1, g.argument[1])
    return sympy.sqrt(sympy.pi) if g.kind is Kind.PI else FUNCTIONS[g.kind](_sum(g.argument, known))
