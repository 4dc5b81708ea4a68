"""Closed forms: real numbers built from rationals by roots, exponentials and a few functions, kept exactly.

The coefficients of a small network's series are numbers such as ½ + √6/3 or e^(−√2)/(1 + e^(−√2)).  An `Exact` is one of them:
a polynomial with rational coefficients in *generators*, √6, e^(−√2) and 1/(1 + e^(−√2)) for instance.  A `Field` is the list
of the generators met so far; it gives the same generator to the same argument and knows the rules, √6·√15 = 3√10,
e^u·e^v = e^(u+v), cos u·cos v = ½cos(u−v) + ½cos(u+v), so that most equal numbers become the same polynomial.  Those that do
not, such as √(6 + 2√2 + 2√3 + 2√6) and 1 + √2 + √3, are told by `Exact.sign`, which proves equality (`closed_signs`) and never
guesses it.

A monomial is a sorted tuple of (generator, exponent), written once and known by its place; a product of two monomials is worked
out once.  A rational number is kept apart, as one fmpq, so that it costs little more than the fmpq itself.

Every generator but a logarithm, a cosine or a sine is positive: √u and 1/u are made only when the sign of u is certain.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb, ctx, fmpq
from numpy.typing import ArrayLike, NDArray

from sattheory.arithmetic.closed_generators import (
    ALGEBRAIC,
    OF_BALLS,
    RULED,
    WAVES,
    Generator,
    Kind,
    Part,
    perfect_power,
    square_free,
)
from sattheory.arithmetic.enclosures import each
from sattheory.arithmetic.operations import Undecided
from sattheory.errors import InputError

if TYPE_CHECKING:
    import sympy

Array = NDArray[Any]
Monomial = tuple[tuple[int, int], ...]
Terms = dict[int, fmpq]
UNIT, ONE, ZERO = 0, fmpq(1), fmpq(0)
GUARD = 32
MOST_BITS = 8192


class Exact:
    """A number of a `Field`; not to be changed after it is made.

    Parameters
    ----------
    field : Field
        Where its generators are.
    rational : fmpq or None
        The number, if it is rational.
    terms : dict
        Otherwise: coefficients, none of them 0, by monomial.
    """

    __slots__ = ("_ball", "_hash", "field", "rational", "terms")

    def __init__(self, field: Field, rational: Any, terms: Terms | None = None) -> None:
        self.field = field
        self.rational = rational
        self.terms = terms

    # --- the ring ---------------------------------------------------------------------------------------------------------------

    def __add__(self, other: Any) -> Exact:
        if other.__class__ is not Exact and (other := self.field.lift(other)) is None:
            return NotImplemented
        a, b = self.rational, other.rational
        if a is not None and b is not None:
            return Exact(self.field, a + b)
        out, more = self.coefficients(), other.coefficients()
        self._same_field(other)
        if len(more) > len(out):
            out, more = more, out
        return self.field.gathered(dict(out), more.items())

    def __mul__(self, other: Any) -> Exact:
        if other.__class__ is not Exact and (other := self.field.lift(other)) is None:
            return NotImplemented
        a, b = self.rational, other.rational
        if a is not None:
            return Exact(self.field, a * b) if b is not None else other._scaled(a)
        if b is not None:
            return self._scaled(b)
        self._same_field(other)
        return self.field.multiplied(self.coefficients(), other.coefficients())

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Exact:
        return Exact(self.field, -self.rational) if self.rational is not None else self._scaled(-ONE)

    def __pos__(self) -> Exact:
        return self

    def __sub__(self, other: Any) -> Exact:
        lifted = self.field.lift(other)
        return NotImplemented if lifted is None else self + -lifted

    def __rsub__(self, other: Any) -> Exact:
        return (-self).__add__(other)

    def __truediv__(self, other: Any) -> Exact:
        lifted = self.field.lift(other)
        return NotImplemented if lifted is None else self * lifted.inverse()

    def __rtruediv__(self, other: Any) -> Exact:
        return self.inverse().__mul__(other)

    def __pow__(self, exponent: int) -> Exact:
        base = self if exponent >= 0 else self.inverse()
        out, left = self.field.one, abs(exponent)
        while left:
            out, base, left = (out * base if left & 1 else out), (base * base if left > 1 else base), left >> 1
        return out

    def __eq__(self, other: object) -> bool:
        other = other if other.__class__ is Exact else self.field.lift(other)
        return isinstance(other, Exact) and bool(self.rational == other.rational) and self.terms == other.terms

    def __hash__(self) -> int:
        if self.terms is None:
            return hash(self.rational)
        try:
            return self._hash
        except AttributeError:  # the slots of what is remembered stay empty until asked for: most numbers live for one sum
            self._hash: int = hash(frozenset([(m, c.p) for m, c in self.terms.items()]))
            return self._hash

    def __float__(self) -> float:
        return float(self.ball(64).mid())

    def __repr__(self) -> str:
        return f"Exact({self.rational})" if self.rational is not None else f"Exact({self.ball(64).str(15, radius=False)}…)"

    def coefficients(self) -> Terms:
        """Give the coefficients by monomial, of a rational number too.

        Returns
        -------
        dict
            Coefficients, none of them 0, by the monomial's place in the field.
        """
        if self.terms is not None:
            return self.terms
        return {UNIT: self.rational} if self.rational else {}

    def _scaled(self, factor: fmpq) -> Exact:
        if not factor:
            return self.field.zero
        assert self.terms is not None
        return Exact(self.field, None, {m: c * factor for m, c in self.terms.items()})

    def _same_field(self, other: Exact) -> None:
        if self.field is not other.field:
            raise InputError("numbers of two fields", "their generators differ", "make both by one Field")

    # --- what is known of it ----------------------------------------------------------------------------------------------------

    @property
    def is_rational(self) -> bool:
        """Say whether the number is written as a rational.

        Returns
        -------
        bool
            Whether it is.
        """
        return self.rational is not None

    @property
    def is_zero(self) -> bool:
        """Say whether the number is written as 0; one that is not may still be 0, see `sign`.

        Returns
        -------
        bool
            Whether it is.
        """
        return self.rational is not None and not self.rational

    def is_known_zero(self) -> bool:
        """Say whether the number is written as 0 or can be proved to be 0; never raises.

        Returns
        -------
        bool
            Whether it is certainly 0.
        """
        if self.rational is not None:
            return not self.rational
        from sattheory.arithmetic import closed_signs

        return closed_signs.vanishes(self) is True

    def fraction(self) -> Fraction:
        """Give a rational number as a Fraction.

        Returns
        -------
        Fraction
            The number.

        Raises
        ------
        InputError
            If it is not written as a rational.
        """
        if self.rational is None:
            raise InputError(f"number={self!r}", "it is not rational", "use ball() or expression()")
        return Fraction(int(self.rational.p), int(self.rational.q))

    def ball(self, bits: int | None = None) -> arb:
        """Enclose the number.

        Parameters
        ----------
        bits : int, optional
            The precision; python-flint's current one by default.

        Returns
        -------
        arb
            A ball that contains it, of a radius near 2^−bits times its largest term.
        """
        precision = 64 * -(-((bits or ctx.prec) + GUARD) // 64)
        known: tuple[int, arb] = getattr(self, "_ball", (0, None))
        if known[0] != precision:
            with ctx.workprec(precision):
                known = precision, arb(self.rational) if self.terms is None else self.field.enclosed(self.terms, precision)
            self._ball = known
        return known[1]

    def sign(self, most_bits: int = MOST_BITS) -> int:
        """Compare with zero.

        Parameters
        ----------
        most_bits : int
            The precision at which to give up on a number that is not proved to be 0 and not proved to differ from 0.

        Returns
        -------
        int
            1, 0 or −1, certainly.

        Raises
        ------
        Undecided
            If the number is closer to 0 than 2^−most_bits and no proof is known.
        """
        if self.rational is not None:
            return 1 if self.rational > 0 else -1 if self.rational < 0 else 0
        from sattheory.arithmetic import closed_signs  # it needs this module's names

        return closed_signs.sign(self, most_bits)

    # --- functions --------------------------------------------------------------------------------------------------------------

    def sqrt(self) -> Exact:
        """Take the square root.

        Returns
        -------
        Exact
            √x ≥ 0.

        Raises
        ------
        InputError
            If the number is negative.
        """
        sign = self.sign()
        if sign < 0:
            raise InputError(f"x = {self!r}", "a negative number has no real square root", "check the sign first")
        if sign == 0:
            return self.field.zero
        from sattheory.arithmetic import closed_roots

        return self.field.root(self.fraction()) if self.terms is None else closed_roots.root(self)

    def inverse(self) -> Exact:
        """Take 1/x.

        Returns
        -------
        Exact
            1/x.

        Raises
        ------
        InputError
            If the number is 0.
        """
        sign = self.sign()
        if sign == 0:
            raise InputError(f"x = {self!r}", "1/0 is not a number", "check the sign first")
        from sattheory.arithmetic import closed_roots

        return Exact(self.field, 1 / self.rational) if self.terms is None else closed_roots.inverse(self, sign)

    def exp(self) -> Exact:
        """Take the exponential.

        Returns
        -------
        Exact
            e^x.
        """
        return self.field.one if self.is_known_zero() else self.field.generated(Kind.EXP, self)

    # --- for people -------------------------------------------------------------------------------------------------------------

    def expression(self) -> sympy.Expr:
        """Write the number for SymPy.

        Returns
        -------
        sympy.Expr
            The same number.
        """
        from sattheory.arithmetic import closed_expressions  # SymPy is imported only when asked for

        return closed_expressions.expression(self)

    def latex(self) -> str:
        r"""Write the number in LaTeX.

        Returns
        -------
        str
            For example ``\frac{1}{2} + \frac{\sqrt{6}}{3}``.
        """
        import sympy

        return str(sympy.latex(self.expression()))


class Field:
    """The generators met so far, and what is known of them.

    Parameters
    ----------
    budget : int, optional
        Stop, as undecided, after so many products of monomials (about a million a second); never, when left out.
    """

    def __init__(self, budget: int | None = None) -> None:
        self.budget, self.work = budget, 0
        self.generators: list[Generator] = []
        self.monomials: list[Monomial] = [()]
        self._ruled: list[frozenset[Kind]] = [frozenset()]
        self.signs: dict[Exact, int] = {}
        self._numbers: dict[tuple[Kind, Any], int] = {}
        self._places: dict[Monomial, int] = {(): UNIT}
        self._products: dict[tuple[int, int], tuple[tuple[int, fmpq], ...]] = {}
        self._balls: dict[tuple[int, int], arb] = {}
        self._monomial_balls: dict[tuple[int, int], arb] = {}
        self.roots: dict[Exact, Exact] = {}
        self.inverses: dict[Exact, Exact] = {}
        self.zero, self.one = Exact(self, ZERO), Exact(self, ONE)

    # --- numbers ----------------------------------------------------------------------------------------------------------------

    def number(self, value: float | int | Fraction | fmpq) -> Exact:
        """Take a rational number; a float is the dyadic rational that it is.

        Parameters
        ----------
        value : float, int, Fraction or fmpq
            A finite number.

        Returns
        -------
        Exact
            The number.

        Raises
        ------
        InputError
            If it is infinite or not a number.
        """
        if isinstance(value, float | np.floating):
            if not math.isfinite(value):
                raise InputError(f"value={value}", "it is not a rational number", "give a finite one")
            value = Fraction(float(value))
        found = self.lift(value)
        if found is None:
            raise InputError(f"value={value!r}", "it is not a rational number", "give an int, a float, a Fraction or an fmpq")
        return found

    def lift(self, value: Any) -> Exact | None:
        """Take an exact rational number, and nothing else.

        Parameters
        ----------
        value : object
            Anything.

        Returns
        -------
        Exact or None
            The number, if it is a whole number, a Fraction or an fmpq.
        """
        if isinstance(value, Exact):
            return value
        if isinstance(value, fmpq):
            return Exact(self, value)
        if isinstance(value, int | np.integer):
            return Exact(self, fmpq(int(value)))
        return Exact(self, fmpq(value.numerator, value.denominator)) if isinstance(value, Fraction) else None

    def root(self, square: int | Fraction | fmpq) -> Exact:
        """Take √q.

        Parameters
        ----------
        square : int, Fraction or fmpq
            q ≥ 0.

        Returns
        -------
        Exact
            A rational times √n for a whole number n without small square factors.

        Raises
        ------
        InputError
            If q is negative.
        """
        q = self.number(square).fraction()
        if q < 0:
            raise InputError(f"square={q}", "a negative number has no real square root", "give a number that is not negative")
        if q == 0:
            return self.zero
        outside, inside = square_free(q.numerator * q.denominator)
        factor = fmpq(outside, q.denominator)
        return Exact(self, factor) if inside == 1 else self.generated(Kind.SURD, inside)._scaled(factor)

    def pi(self) -> Exact:
        """Take π.

        Returns
        -------
        Exact
            π, the square of a generator √π.
        """
        root = self.generated(Kind.PI, None)
        return root * root

    def normal_cdf(self, x: Exact) -> Exact:
        """Take Φ(x), the normal distribution function.

        Parameters
        ----------
        x : Exact
            A number.

        Returns
        -------
        Exact
            Φ(x); Φ(−x) is written as 1 − Φ(x).
        """
        if x.is_known_zero():
            return Exact(self, fmpq(1, 2))
        return self.generated(Kind.CDF, x) if leads_positively(x) else 1 - self.generated(Kind.CDF, -x)

    def cos(self, x: Exact) -> Exact:
        """Take cos x.

        Parameters
        ----------
        x : Exact
            A number.

        Returns
        -------
        Exact
            Its cosine.
        """
        return self.one if x.is_known_zero() else self.generated(Kind.COS, x if leads_positively(x) else -x)

    def sin(self, x: Exact) -> Exact:
        """Take sin x.

        Parameters
        ----------
        x : Exact
            A number.

        Returns
        -------
        Exact
            Its sine.
        """
        if x.is_known_zero():
            return self.zero
        return self.generated(Kind.SIN, x) if leads_positively(x) else -self.generated(Kind.SIN, -x)

    def log(self, x: Exact) -> Exact:
        """Take the natural logarithm.

        Parameters
        ----------
        x : Exact
            A positive number.

        Returns
        -------
        Exact
            log x.

        Raises
        ------
        InputError
            If x is not positive.
        """
        if x.sign() <= 0:
            raise InputError(f"x = {x!r}", "only positive numbers have a real logarithm", "check the sign first")
        return self.zero if x == self.one else self.generated(Kind.LOG, x)

    def power(self, base: int, exponent: Exact) -> Exact:
        """Raise a positive whole number to a rational power.

        Parameters
        ----------
        base : int
            A positive number.
        exponent : Exact
            A rational number.

        Returns
        -------
        Exact
            base^exponent.

        Raises
        ------
        InputError
            If the base is not positive.
        """
        if base < 1:
            raise InputError(f"base={base}", "only a positive base has every rational power", "give one")
        least, times = perfect_power(base)
        whole, part = divmod(exponent.fraction() * times, 1)
        out = Exact(self, fmpq(least) ** int(whole))
        if part >= Fraction(1, 2):
            out, part = out * self.root(least), part - Fraction(1, 2)
        if part == 0 or least == 1:
            return out
        return out * self.monomial({self._generator(Kind.FRACTION, (least, part.denominator)).number: part.numerator})

    # --- generators and monomials -----------------------------------------------------------------------------------------------

    def generated(self, kind: Kind, argument: Any) -> Exact:
        """Give a generator as a number.

        Parameters
        ----------
        kind : Kind
            What it is.
        argument : object
            Of what; see `Generator`.

        Returns
        -------
        Exact
            The generator, the same for the same argument.
        """
        return self.monomial({self._generator(kind, argument).number: 1})

    def _generator(self, kind: Kind, argument: Any) -> Generator:
        number = self._numbers.get((kind, argument))
        if number is None:
            number = self._numbers[kind, argument] = len(self.generators)
            algebraic = kind in ALGEBRAIC and (not isinstance(argument, Exact) or is_algebraic(argument))
            self.generators.append(Generator(number, kind, argument, algebraic))
        return self.generators[number]

    def monomial(self, powers: dict[int, int]) -> Exact:
        """Give a product of powers as a number.

        Parameters
        ----------
        powers : dict
            Exponents by number of the generator, such that no rule of multiplication applies.

        Returns
        -------
        Exact
            The product.
        """
        place = self.place(powers)
        return self.one if place == UNIT else Exact(self, None, {place: ONE})

    def place(self, powers: dict[int, int]) -> int:
        """Find a monomial in the list, or add it.

        Parameters
        ----------
        powers : dict
            Exponents by number of the generator.

        Returns
        -------
        int
            Its place.
        """
        key = tuple(sorted((g, e) for g, e in powers.items() if e))
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self.monomials)
            self.monomials.append(key)
            self._ruled.append(frozenset(RULED[k] for g, _ in key if (k := self.generators[g].kind) in RULED))
        return place

    def parts(self, place: int) -> list[Part]:
        """Give the generators of a monomial, with their exponents.

        Parameters
        ----------
        place : int
            The monomial's place.

        Returns
        -------
        list of (Generator, int)
            Its factors.
        """
        return [(self.generators[g], e) for g, e in self.monomials[place]]

    # --- sums and products ------------------------------------------------------------------------------------------------------

    def gathered(self, out: Terms, more: Iterable[tuple[int, fmpq]]) -> Exact:
        """Add terms to a dictionary of terms, which this changes, and make a number of it.

        Parameters
        ----------
        out : dict
            Coefficients by monomial.
        more : iterable of (int, fmpq)
            Monomials and coefficients.

        Returns
        -------
        Exact
            The sum.
        """
        for m, c in more:
            out[m] = out[m] + c if m in out else c
        kept = out if all(out.values()) else {m: c for m, c in out.items() if c}
        if len(kept) > 1 or (kept and UNIT not in kept):
            return Exact(self, None, kept)
        return Exact(self, kept.get(UNIT, ZERO))

    def multiplied(self, x: Terms, y: Terms) -> Exact:
        """Multiply polynomials.

        Parameters
        ----------
        x, y : dict
            Coefficients by monomial.

        Returns
        -------
        Exact
            The product.

        Raises
        ------
        Undecided
            When the budget is spent.
        """
        self.work += len(x) * len(y)
        if self.budget is not None and self.work > self.budget:
            known = f"the numbers took more than {self.budget} products of their terms"
            raise Undecided("closed forms", (), known, "balls take any network", "precision")
        out: Terms = {}
        products = self._products
        for i, a in x.items():
            for j, b in y.items():
                found = products.get((i, j))
                if found is None:
                    found = products[i, j] = products[j, i] = tuple(self._product(i, j).coefficients().items())
                c = a * b
                for m, q in found:
                    d = c if q is ONE else c * q
                    out[m] = out[m] + d if m in out else d
        return self.gathered(out, ())

    def _product(self, i: int, j: int) -> Exact:
        """Multiply two monomials; a rule can apply only to kinds that occur in both."""
        powers = dict(self.monomials[i])
        for g, e in self.monomials[j]:
            powers[g] = powers.get(g, 0) + e
        rules = {
            Kind.SURD: self._surds,
            Kind.EXP: self._exponentials,
            Kind.ROOT: self._squares,
            Kind.FRACTION: self._fractions,
            Kind.COS: self._waves,
        }
        factors = [factor for kind in self._ruled[i] & self._ruled[j] for factor in rules[kind](powers)]
        return functools.reduce(Exact.__mul__, factors, self.monomial(powers))

    def _taken_out(self, powers: dict[int, int], *kinds: Kind) -> tuple[Any, Any, Kind, Kind]:
        """Take out the two generators of some kinds; give their arguments and kinds."""
        two = [self.generators[g] for g, e in powers.items() if e and self.generators[g].kind in kinds for _ in range(e)]
        left, right = two
        powers[left.number] = powers[right.number] = 0
        return left.argument, right.argument, left.kind, right.kind

    def _surds(self, powers: dict[int, int]) -> list[Exact]:
        """Write √a·√b = g√(ab/g²)."""
        a, b, *_ = self._taken_out(powers, Kind.SURD)
        common = math.gcd(a, b)
        outside, inside = square_free(a * b // common**2)
        if inside > 1:
            powers[self._generator(Kind.SURD, inside).number] = 1
        return [Exact(self, fmpq(common * outside))]

    def _exponentials(self, powers: dict[int, int]) -> list[Exact]:
        """Write e^u·e^v = e^(u+v)."""
        u, v, *_ = self._taken_out(powers, Kind.EXP)
        total = u + v
        if not total.is_known_zero():
            powers[self._generator(Kind.EXP, total).number] = 1
        return []

    def _waves(self, powers: dict[int, int]) -> list[Exact]:
        """Write a product of two sines or cosines as a sum."""
        u, v, left, right = self._taken_out(powers, *WAVES)
        if left is right:
            sign = 1 if left is Kind.COS else -1
            return [(self.cos(u - v) + sign * self.cos(u + v)) / 2]
        u, v = (u, v) if left is Kind.SIN else (v, u)
        return [(self.sin(u + v) + self.sin(u - v)) / 2]

    def _squares(self, powers: dict[int, int]) -> list[Exact]:
        """Take out √u·√u = u, cancelling 1/u if that is there."""
        factors = []
        for root in [self.generators[g] for g, e in powers.items() if e > 1 and self.generators[g].kind is Kind.ROOT]:
            powers[root.number] -= 2
            inverse = self._numbers.get((Kind.INVERSE, root.argument), -1)
            if powers.get(inverse, 0):
                powers[inverse] -= 1
            else:
                factors.append(root.argument)
        return factors

    def _fractions(self, powers: dict[int, int]) -> list[Exact]:
        """Take out powers of one base that `power` writes differently: b^(1/3)·b^(1/3) = √b·b^(1/6)."""
        exponents: dict[int, dict[int, Fraction]] = {}
        for generator, e in [(self.generators[g], e) for g, e in powers.items()]:
            if generator.kind is Kind.FRACTION and e:
                base, q = generator.argument
                exponents.setdefault(base, {})[generator.number] = Fraction(e, q)
        factors = []
        for base, of_base in exponents.items():
            total = sum(of_base.values(), Fraction(0))
            written = {self.generators[g].argument[1] == x.denominator for g, x in of_base.items()} == {True}
            if len(of_base) > 1 or total >= Fraction(1, 2) or not written:
                factors.append(self.power(base, self.number(total)))
                powers |= dict.fromkeys(of_base, 0)
        return factors

    # --- enclosures -------------------------------------------------------------------------------------------------------------

    def enclosed(self, terms: Terms, bits: int) -> arb:
        """Enclose a polynomial.

        Parameters
        ----------
        terms : dict
            Coefficients by monomial.
        bits : int
            The precision.

        Returns
        -------
        arb
            A ball that contains its value.
        """
        with ctx.workprec(bits):
            return sum((self._monomial_ball(m, bits) * c for m, c in terms.items()), arb(0))

    def _monomial_ball(self, place: int, bits: int) -> arb:
        found = self._monomial_balls.get((place, bits))
        if found is None:
            found = math.prod((self._generator_ball(g, bits) ** e for g, e in self.parts(place)), start=arb(1))
            self._monomial_balls[place, bits] = found
        return found

    def _generator_ball(self, g: Generator, bits: int) -> arb:
        if (g.number, bits) not in self._balls:
            with ctx.workprec(bits):
                self._balls[g.number, bits] = self._evaluated(g, bits)
        return self._balls[g.number, bits]

    def _evaluated(self, g: Generator, bits: int) -> arb:
        if g.kind is Kind.SURD:
            return arb(g.argument).sqrt()
        if g.kind is Kind.FRACTION:
            return arb(g.argument[0]).root(g.argument[1])
        if g.kind is Kind.PI:
            return arb.pi().sqrt()
        inside = (g.argument.ball(bits << k) for k in itertools.count())
        argument = next(u for u in inside if u > 0 or g.kind in (Kind.EXP, Kind.CDF, *WAVES))
        return OF_BALLS[g.kind](argument)


def leads_positively(x: Exact) -> bool:
    """Choose one of x and −x by how it is written.

    Parameters
    ----------
    x : Exact
        A number, not written as 0.

    Returns
    -------
    bool
        Whether the coefficient of its first monomial is positive; −x gives the other answer.
    """
    terms = x.coefficients()
    return bool(terms[min(terms)] > 0)


def is_algebraic(x: Exact) -> bool:
    """Say whether a number is built by rational operations and roots alone.

    Parameters
    ----------
    x : Exact
        A number.

    Returns
    -------
    bool
        Whether it is.
    """
    return all(g.algebraic for place in x.coefficients() for g, _ in x.field.parts(place))


class ExactFunctions:
    """The functions of tables on arrays of closed forms; see `reals.Functions`.

    Parameters
    ----------
    field : Field
        Where the numbers are made.
    """

    def __init__(self, field: Field) -> None:
        self.field = field

    def rational(self, numerators: ArrayLike, denominators: ArrayLike = 1) -> Array:
        """Divide; see `Functions.rational`."""
        return each(lambda p, q: self.field.number(Fraction(int(p), int(q))), np.asarray(numerators), np.asarray(denominators))

    def power(self, base: int, exponents: Array) -> Array:
        """Raise; see `Functions.power`."""
        return each(lambda x: self.field.power(base, x), exponents)

    def cos(self, x: Array) -> Array:
        """Take cosines; see `Functions.cos`."""
        return each(self.field.cos, x)

    def sin(self, x: Array) -> Array:
        """Take sines; see `Functions.sin`."""
        return each(self.field.sin, x)
