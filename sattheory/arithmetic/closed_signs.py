"""The sign of a closed form: certainly positive, certainly negative, or proved to be zero.

A number that is not zero shows its sign in a ball of enough bits.  A number that is zero never does: it needs a proof.

*Surds.*  √n₁, …, √n_k of whole numbers whose products n_i n_j are no squares are linearly independent over ℚ.  Their sums are
zero only if every coefficient is.

*Algebraic numbers: a separation bound* (Burnikel, Fleischer, Mehlhorn, Schirra 2001).  Write E = U/L with U and L algebraic
integers in a field of degree at most D, all conjugates of which are at most u ≥ 1 and l in absolute value.  If E ≠ 0, the norm
of U is a whole number other than 0, so |U| ≥ u^(1−D), and |E| ≥ 1/(l u^(D−1)).  A ball that contains 0 and is smaller than that
proves E = 0.  The bounds (u, l) follow the rules of arithmetic: (|p|, q) for p/q; (u₁l₂ + u₂l₁, l₁l₂) for a sum; (u₁u₂, l₁l₂)
for a product; (l, u) for 1/E; for √E, since √(U/L) = √(UL)/L = U/√(UL), either (√(ul), l) or (u, √(ul)).  D is the product of
the degrees of all distinct roots.

*Exponentials* (Lindemann and Weierstrass).  e^(x₁), …, e^(x_k) with distinct algebraic x_i are linearly independent over the
algebraic numbers, and so are the powers of π.  A sum is therefore taken apart by exponents, compared by `sign` itself.  For other
functions the same test proves zeros, and not the contrary.

*Denominators* 1/u are multiplied out first.  A root that contains exponentials is treated by A + B√u = 0 if A = B = 0, or if
A² = B²u and A − B√u ≠ 0.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable

from flint import arb, ctx, fmpq

from sattheory.arithmetic.closed_forms import MOST_BITS, Exact, Terms, is_algebraic
from sattheory.arithmetic.closed_generators import Generator, Kind
from sattheory.arithmetic.operations import Undecided

FIRST_BITS, TRIED_BITS, SEPARATION_BITS, CERTAIN_BITS = 64, 256, 200_000, 1 << 18
LARGEST = 20_000
Grouped = dict[tuple[tuple[int, int], ...], Exact]


def sign(x: Exact, most_bits: int) -> int:
    """Compare with zero; see `Exact.sign`.

    Parameters
    ----------
    x : Exact
        A number.
    most_bits : int
        Where to give up.

    Returns
    -------
    int
        1, 0 or −1.
    """
    known = x.field.signs.get(x)
    if known is None:
        known = x.field.signs[x] = _found(x, most_bits)
    return known


def _found(x: Exact, most_bits: int) -> int:
    shown = _shown(x, FIRST_BITS, min(TRIED_BITS, most_bits))
    if shown:
        return shown
    zero = vanishes(x)
    if zero:
        return 0
    last = most_bits if zero is None else CERTAIN_BITS
    shown = _shown(x, TRIED_BITS, last)
    if not shown:
        known = f"the number is in {x.ball(most_bits).str(5)}, and it is not known whether it is 0"
        raise Undecided("sign", (), known, f"more than {last} bits, or a proof that it is 0, would decide", "precision")
    return shown


def _shown(x: Exact, first: int, last: int) -> int:
    """Look for the sign at first, 2·first, … bits, up to `last`; 0 if it does not show."""
    for bits in itertools.takewhile(lambda b: b <= last, (first << k for k in itertools.count())):
        ball = x.ball(bits)
        if ball > 0 or ball < 0:
            return 1 if ball > 0 else -1
    return 0


def vanishes(x: Exact) -> bool | None:
    """Prove that a number is zero, or that it is not.

    Parameters
    ----------
    x : Exact
        A number.

    Returns
    -------
    bool or None
        Whether it is zero; None if neither is proved.
    """
    if x.is_rational:
        return x.is_zero
    if x in x.field.signs:
        return x.field.signs[x] == 0
    if _shown(x, FIRST_BITS, TRIED_BITS):
        return False
    cleared = multiplied_out(x)
    found = _undenominated(cleared) if cleared == x else vanishes(cleared)
    if found:
        x.field.signs[x] = 0
    return found


def _undenominated(x: Exact) -> bool | None:
    if all(g.kind is Kind.SURD for g in _generators(x)):
        return _surds_vanish(x)
    return _algebraic_vanishes(x) if is_algebraic(x) else _apart(x)


def _generators(x: Exact) -> set[Generator]:
    return {g for place in x.coefficients() for g, _ in x.field.parts(place)}


# --- denominators and roots as polynomials --------------------------------------------------------------------------------------


def _by_powers(x: Exact, generator: Generator) -> dict[int, Exact]:
    """Write x as a polynomial in one generator: its coefficients by exponent."""
    out: dict[int, Terms] = {}
    for place, c in x.coefficients().items():
        powers = dict(x.field.monomials[place])
        exponent = powers.pop(generator.number, 0)
        out.setdefault(exponent, {})[x.field.place(powers)] = c
    return {exponent: x.field.gathered(terms, ()) for exponent, terms in out.items()}


def multiplied_out(x: Exact) -> Exact:
    """Multiply by every denominator 1/u that occurs, as far as the result stays small.

    Parameters
    ----------
    x : Exact
        A number.

    Returns
    -------
    Exact
        A positive multiple of it.
    """
    while True:
        inverses = [g for g in _generators(x) if g.kind is Kind.INVERSE]
        if not inverses:
            return x
        top = max(inverses, key=lambda g: g.number)
        cleared = _times_powers(_by_powers(x, top), top.argument)
        if cleared is None:
            return x
        x = cleared


def _times_powers(coefficients: dict[int, Exact], u: Exact) -> Exact | None:
    """Multiply Σ a_e u^(−e) by the highest power of u, by Horner's rule, unless it becomes too large."""
    out = zero = u.field.zero
    for e in range(max(coefficients) + 1):
        if len(out.coefficients()) * len(u.coefficients()) > LARGEST:
            return None
        out = out * u + coefficients.get(e, zero)
    return out


def _root_vanishes(x: Exact, roots: Iterable[Generator]) -> bool | None:
    """Decide A + B√u by A and B, or by A² − B²u."""
    top = max(roots, key=lambda g: g.number, default=None)
    if top is None:
        return None
    parts = _by_powers(x, top)
    a, b = (parts.get(e, x.field.zero) for e in (0, 1))
    if vanishes(a) and vanishes(b):
        return True
    if len(a.coefficients()) ** 2 + len(b.coefficients()) ** 2 * len(top.argument.coefficients()) > LARGEST:
        return None
    found = vanishes(a * a - b * b * top.argument)
    if found:
        return True if _shown(2 * a - x, FIRST_BITS, MOST_BITS) else None
    return found


# --- algebraic numbers ----------------------------------------------------------------------------------------------------------


def _surds_vanish(x: Exact) -> bool:
    """Add the coefficients of surds that are rational multiples of each other: r√n = √(nr)·√r, if nr is a square."""
    sums: dict[int, fmpq] = {}
    for place, c in x.coefficients().items():
        n = math.prod(g.argument for g, _ in x.field.parts(place))
        r = next((r for r in sums if math.isqrt(n * r) ** 2 == n * r), n)
        sums[r] = sums.get(r, fmpq(0)) + c * math.isqrt(n * r)
    return not any(sums.values())


def _algebraic_vanishes(x: Exact) -> bool | None:
    bits = separation_bits(x)
    if bits > SEPARATION_BITS:
        return _root_vanishes(x, [g for g in _generators(x) if g.kind is Kind.ROOT])
    if _shown(x, TRIED_BITS, bits):
        return False
    for precision in (bits << k for k in itertools.count()):
        ball = x.ball(precision)
        if ball > 0 or ball < 0:
            return False
        if ball.abs_upper() < arb((1, -bits)):
            return True
    raise AssertionError


def separation_bits(x: Exact) -> int:
    """Say how close to zero an algebraic number can be without being zero.

    Parameters
    ----------
    x : Exact
        A number of roots and rational operations.

    Returns
    -------
    int
        b such that x = 0 or |x| ≥ 2^−b; above `SEPARATION_BITS` only a lower bound of such a b.
    """
    known: dict[int, tuple[arb, arb]] = {}
    with ctx.workprec(64):
        u, under = _bounds(x, known)
        degree = _degree([x.field.generators[g] for g in known])
        bits = ((under.log() + (degree - 1) * u.log()) / arb(2).log()).upper()
    return 1 + math.ceil(float(bits)) if bits < 2 * SEPARATION_BITS else 2 * SEPARATION_BITS


def _bounds(x: Exact, known: dict[int, tuple[arb, arb]]) -> tuple[arb, arb]:
    """Bound the conjugates of U and L in x = U/L, for a polynomial in generators over a common denominator."""
    terms, field = x.coefficients(), x.field
    most: dict[int, int] = {}
    for place in terms:
        for g, e in field.monomials[place]:
            most[g] = max(e, most.get(g, 0))
    for g in most:
        known[g] = known.get(g) or _generator_bounds(field.generators[g], known)
    common = math.lcm(*(int(c.q) for c in terms.values()))
    under = math.prod((known[g][1] ** e for g, e in most.items()), start=arb(common))
    u = sum((abs(arb(c * common)) * _numerator(dict(field.monomials[place]), most, known) for place, c in terms.items()), arb(0))
    return _at_least_one(u), under.abs_upper()


def _numerator(powers: dict[int, int], most: dict[int, int], known: dict[int, tuple[arb, arb]]) -> arb:
    return math.prod(
        (known[g][0] ** powers.get(g, 0) * known[g][1] ** (e - powers.get(g, 0)) for g, e in most.items()), start=arb(1)
    )


def _at_least_one(u: arb) -> arb:
    return arb.max(u.abs_upper(), arb(1))


def _generator_bounds(g: Generator, known: dict[int, tuple[arb, arb]]) -> tuple[arb, arb]:
    if g.kind is Kind.SURD:
        return arb(g.argument).sqrt().upper(), arb(1)
    if g.kind is Kind.FRACTION:
        return arb(g.argument[0]).root(g.argument[1]).upper(), arb(1)
    u, under = _bounds(g.argument, known)
    if g.kind is Kind.INVERSE:
        return under, u
    middle = (u * under).sqrt().upper()
    return (middle, under) if u > under else (u, middle)


def _degree(generators: list[Generator]) -> int:
    """Bound the degree of the field of some generators: each root has its own, but surds are no more than a basis of them."""
    surds = [g.argument for g in generators if g.kind is Kind.SURD]
    fractions = math.prod(g.argument[1] for g in generators if g.kind is Kind.FRACTION)
    roots = sum(g.kind is Kind.ROOT for g in generators)
    return int(fractions * 2 ** (roots + min(len(surds), len(coprime_basis(surds)))))


def coprime_basis(numbers: list[int]) -> list[int]:
    """Find whole numbers without common factors, of which the given ones are products of powers.

    Parameters
    ----------
    numbers : list of int
        Positive numbers.

    Returns
    -------
    list of int
        The basis.
    """
    basis: list[int] = []
    waiting = [n for n in numbers if n > 1]
    while waiting:
        n = waiting.pop()
        other = next((b for b in basis if math.gcd(b, n) > 1), None)
        if other is None:
            basis.append(n)
        elif other != n:
            basis.remove(other)
            common = math.gcd(other, n)
            waiting += [m for m in (common, other // common, n // common) if m > 1]
    return basis


# --- exponentials and other functions -------------------------------------------------------------------------------------------


def _apart(x: Exact) -> bool | None:
    """Take a number apart by what is not algebraic in it: it is zero if every part is, and for exponentials or π only then."""
    groups, distinct = _grouped(x)
    found = [vanishes(c) for c in groups.values()]
    if all(found):
        return True
    opaque = [x.field.generators[g] for key in groups for g, _ in key]
    if False in found and distinct and _independent(opaque):
        return False
    return _root_vanishes(x, [g for g in opaque if g.kind is Kind.ROOT])


def _independent(opaque: list[Generator]) -> bool:
    """Say whether Lindemann–Weierstrass, or the transcendence of π, applies to products of these."""
    if all(g.kind is Kind.PI for g in opaque):
        return True
    return all(g.kind is Kind.EXP and is_algebraic(g.argument) for g in opaque)


def _grouped(x: Exact) -> tuple[Grouped, bool]:
    """Collect the algebraic coefficients of each transcendental part; say whether different parts certainly differ."""
    alike, distinct = _alike([g for g in sorted(_generators(x), key=lambda g: g.number) if not g.algebraic])
    groups: dict[tuple[tuple[int, int], ...], Terms] = {}
    for place, c in x.coefficients().items():
        powers: dict[int, int] = {}
        part: dict[int, int] = {}
        for g, e in x.field.parts(place):
            where, number = (powers, g.number) if g.algebraic else (part, alike[g.number])
            where[number] = where.get(number, 0) + e
        coefficients = groups.setdefault(tuple(sorted(part.items())), {})
        place = x.field.place(powers)
        coefficients[place] = coefficients.get(place, fmpq(0)) + c
    return {key: x.field.gathered(terms, ()) for key, terms in groups.items()}, distinct


def _alike(generators: list[Generator]) -> tuple[dict[int, int], bool]:
    """Name, for each generator, the first one that is the same number; say whether all comparisons were decided."""
    first: list[Generator] = []
    alike, distinct = {}, True
    for g in generators:
        verdicts = [(h, _same(g, h)) for h in first if h.kind is g.kind]
        distinct &= all(same is not None for _, same in verdicts)
        twin = next((h for h, same in verdicts if same), g)
        alike[g.number] = twin.number
        if twin is g:
            first.append(g)
    return alike, distinct


def _same(g: Generator, h: Generator) -> bool | None:
    try:
        return bool((g.argument - h.argument).sign() == 0)
    except Undecided:
        return None
