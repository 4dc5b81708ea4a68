"""Square roots and inverses of closed forms, in the shape in which most equal numbers are written alike.

Rational content goes first: √(8 + 4√3) = 2√(2 + √3).  A product is treated factor by factor, √(e^u/π) = e^(u/2)/√π.  A sum whose
terms all have an exponential loses the largest: 1/(e^a + e^b) = e^(−a)/(1 + e^(b−a)), so that the weights of a softmax do not
depend on a shift of its scores.  a + b√n gets rid of a denominator, 1/(1 + √2) = √2 − 1, and of a nested root where it can,
√(5 + 2√6) = √2 + √3.  What is left is a new generator.
"""

from __future__ import annotations

import functools

from flint import fmpq

from sattheory.arithmetic.closed_forms import Exact
from sattheory.arithmetic.closed_generators import WAVES, Generator, Kind, Part


def root(x: Exact) -> Exact:
    """Take √x of a positive number that is not rational.

    Parameters
    ----------
    x : Exact
        The number; its sign is known to be positive.

    Returns
    -------
    Exact
        √x.
    """
    roots = x.field.roots
    if x not in roots:
        content, u = _primitive(x)
        roots[x] = x.field.root(content) * (_root_of_product(u) if len(u.coefficients()) == 1 else _root_of_sum(u))
    return roots[x]


def inverse(x: Exact, sign: int) -> Exact:
    """Take 1/x of a number that is not rational.

    Parameters
    ----------
    x : Exact
        The number.
    sign : int
        Its sign, 1 or −1.

    Returns
    -------
    Exact
        1/x.
    """
    inverses = x.field.inverses
    if x not in inverses:
        content, u = _primitive(x * sign)
        inverses[x] = (_inverse_of_product(u) if len(u.coefficients()) == 1 else _inverse_of_sum(u)) * (sign / content)
    return inverses[x]


def _primitive(x: Exact) -> tuple[fmpq, Exact]:
    """Write x as a positive rational times a polynomial with whole coefficients of no common factor."""
    content = functools.reduce(fmpq.gcd, x.coefficients().values(), fmpq(0))
    return content, x * (1 / content)


# --- sums -----------------------------------------------------------------------------------------------------------------------


def _root_of_sum(u: Exact) -> Exact:
    shared = _shared_exponent(u)
    if shared is not None:
        return (shared / 2).exp() * (u * (-shared).exp()).sqrt()
    return _denested(u) or u.field.generated(Kind.ROOT, u)


def _inverse_of_sum(u: Exact) -> Exact:
    shared = _shared_exponent(u)
    if shared is not None:
        return (-shared).exp() * (u * (-shared).exp()).inverse()
    split = _conjugates(u)
    if split is None:
        return u.field.generated(Kind.INVERSE, u)
    s, t = split
    return (s - t) / (s * s - t * t)


def _denested(u: Exact) -> Exact | None:
    """Write √(s + t) as √((s + r)/2) ± √((s − r)/2), where s and r = √(s² − t²) are rational."""
    s, t = sorted(_conjugates(u) or (u, u), key=lambda v: not v.is_rational)
    if not s.is_rational or (square := s * s - t * t).sign() < 0 or not (r := square.sqrt()).is_rational:
        return None
    return ((s + r) / 2).sqrt() + ((s - r) / 2).sqrt() * t.sign()


def _conjugates(u: Exact) -> tuple[Exact, Exact] | None:
    """Split a sum of two numbers with different rational squares."""
    terms = u.coefficients()
    if len(terms) != 2:
        return None
    s, t = (u.field.gathered({m: c}, ()) for m, c in terms.items())
    return (s, t) if (s * s).is_rational and (t * t).is_rational and s * s != t * t else None


def _shared_exponent(u: Exact) -> Exact | None:
    """Give the largest exponent of a sum each term of which has an exponential."""
    exponents = [_exponent(u.field.parts(m)) for m in u.coefficients()]
    found = [v for v in exponents if v is not None]
    return max(found, key=lambda v: v.ball(64).mid()) if len(found) == len(exponents) else None


def _exponent(parts: list[Part]) -> Exact | None:
    return next((g.argument for g, _ in parts if g.kind is Kind.EXP), None)


# --- products -------------------------------------------------------------------------------------------------------------------


def _only(u: Exact) -> tuple[list[Part], Exact]:
    """Give the factors of a product, and its coefficient, 1 or −1."""
    ((place, coefficient),) = u.coefficients().items()
    return u.field.parts(place), u.field.number(coefficient)


def _root_of_product(u: Exact) -> Exact:
    """Take roots factor by factor; what has none of its own stays together under one root."""
    parts, left = _only(u)
    out = u.field.one
    for g, e in parts:
        square, rest = _root_of_power(u, g, e)
        out, left = out * square, left * rest
    return out if left == out.field.one else out * u.field.generated(Kind.ROOT, left)


def _root_of_power(u: Exact, g: Generator, e: int) -> tuple[Exact, Exact]:
    """Write g^e as the square of a positive number, times a rest."""
    field, one = u.field, u.field.one
    if g.kind is Kind.SURD:
        return field.power(g.argument, field.number(fmpq(1, 4))), one
    if g.kind is Kind.FRACTION:
        return field.power(g.argument[0], field.number(fmpq(e, 2 * g.argument[1]))), one
    if g.kind is Kind.EXP:
        return Exact.exp(g.argument / 2), one
    if g.kind is Kind.INVERSE:
        return field.monomial({g.number: -(-e // 2)}) * (g.argument.sqrt() if e % 2 else one), one
    if g.kind in {Kind.PI, Kind.CDF}:
        return field.monomial({g.number: e // 2}), field.monomial({g.number: e % 2})
    return one, field.monomial({g.number: e})


def _inverse_of_product(u: Exact) -> Exact:
    parts, coefficient = _only(u)
    return functools.reduce(Exact.__mul__, (_inverse_of_power(u, g, e) for g, e in parts), coefficient)


def _inverse_of_power(u: Exact, g: Generator, e: int) -> Exact:
    field = u.field
    if g.kind in {Kind.SURD, Kind.ROOT}:
        return Exact.__truediv__(field.monomial({g.number: 1}), g.argument)
    if g.kind is Kind.FRACTION:
        return field.power(g.argument[0], field.number(fmpq(-e, g.argument[1])))
    if g.kind is Kind.EXP:
        return Exact.exp(-g.argument)
    if g.kind in WAVES:
        wave = field.monomial({g.number: 1})
        return field.generated(Kind.INVERSE, wave * wave.sign()) * wave.sign()
    if g.kind is Kind.INVERSE:
        return Exact.__pow__(g.argument, e)
    return field.monomial({g.number: -e})
