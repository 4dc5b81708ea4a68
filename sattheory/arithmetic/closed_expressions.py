"""Closed forms for people: an `Exact` as a SymPy expression, from which SymPy makes LaTeX.

√u with u = 5 + 2√6 is written as √2 + √3 where SymPy finds such a form.  A long expression whose square is rational is written as
its root: the entries of a norm of (a, −a) are ±√2/2, whatever a is.  Both are proved, by the zero test of `closed_signs`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy
from flint import ctx, fmpq

from sattheory.arithmetic.closed_forms import Exact
from sattheory.arithmetic.closed_generators import Generator, Kind

SHORT, BITS, LARGEST = 24, 256, 1000
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
    written = _sum(x, {})
    if sympy.count_ops(written) <= SHORT:
        return written
    root = root_of_rational(x)
    return written if root is None else root


def root_of_rational(x: Exact) -> sympy.Expr | None:
    """Recognise ±√q with a rational q of small denominator.

    Parameters
    ----------
    x : Exact
        A number.

    Returns
    -------
    sympy.Expr or None
        ±√q, if x² = q is proved.
    """
    with ctx.workprec(BITS):
        guess = Fraction(str((x.ball(BITS) ** 2).mid().str(30, radius=False))).limit_denominator(LARGEST)
    if not 0 < guess.numerator < LARGEST**2 or not (x * x - guess).is_known_zero():
        return None
    root = sympy.sqrt(sympy.Rational(guess.numerator, guess.denominator))
    return root if x.sign() > 0 else -root


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
