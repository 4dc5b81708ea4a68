"""Check again, with nothing but the standard library and python-flint, what a saved certificate says of a network.

    python proofs/recheck_certificate.py FILE…

A certificate states, for every scale c ≥ c₀ and every entry e of the output of a transformer with all parameters times c,

    c^(−k) f_e = Σ_{j<J} a_{j,e} c^(−j) + R_e(c) c^(−M) + φ(c) F_e(c),     φ(c) = exp(−g (c^q − c₀^q)),

with a_j and R in stated intervals and |F| at most a stated number.  This program reads the network and the input from the file and
derives such a statement itself, by the rules of ``docs/certificates-mathematics.md``: number by number, in loops over lists, at more
than twice the precision of the file.  The file is confirmed when its statement follows from the one derived here.  No line of code is
shared with the package that wrote the file.

Two things deserve a word.  *Equality*: a coefficient counts as zero only when it is known to be, so numbers stay rational as long as they
are, and every number carries a mark of how it was computed; equal marks are equal numbers, whatever their digits.  Equalities beyond
that are accepted only if the file lists them; they are then looked at to many digits and counted in the verdict.  *Rounding*: balls
round their radii outwards to thirty bits, here and in the package in a different order; R, F and g are held to be those of the file when they
agree to one part in a million, so what is confirmed is the statement with these three relaxed by so much.

Exit codes: 0 all is confirmed, 1 something is not, 2 a file cannot be read.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import flint
from flint import arb, fmpq

SLACK, WIDER, THIN = fmpq(1, 10**6), fmpq(105, 100), fmpq(1, 10**6)
MOST_BITS, MOST_TERMS = 100_000, 200
CUBE = fmpq(44715, 1_000_000)
GATED = ("gelu", "gelu_tanh", "silu")


class Unreadable(Exception):
    """A file is not a certificate."""


class Fails(Exception):
    """What the certificate says does not follow."""


# --- numbers: rational while they can be, balls after that, each with a mark of how it was computed -----------------------------

MARKS: dict = {}


def mark(key) -> int:
    """Number a computation: the same key, the same mark; 0 and 1 are kept for the numbers zero and one."""
    return MARKS.setdefault(key, len(MARKS) + 2)


class Number:
    """A coefficient: a rational or a ball, and its mark."""

    __slots__ = ("ball", "mark", "value")

    def __init__(self, value, mark_: int):
        self.value, self.mark = value, mark_
        self.ball = arb(value) if isinstance(value, fmpq) else value


ZERO, ONE = Number(fmpq(0), 0), Number(fmpq(1), 1)


def exact(value: fmpq) -> Number:
    """Make a number of a rational."""
    if value == 0:
        return ZERO
    return ONE if value == 1 else Number(value, mark(("rational", value)))


def made(value, key) -> Number:
    """Make a number of the result of a computation."""
    if isinstance(value, fmpq):
        return exact(value)
    return ZERO if value.is_zero() else Number(value, mark(key))


def is_exact(*numbers: Number) -> bool:
    """Tell whether all numbers are rational."""
    return all(isinstance(n.value, fmpq) for n in numbers)


def total(numbers: list) -> Number:
    """Add numbers; the order does not matter to the mark."""
    numbers = [n for n in numbers if n is not ZERO]
    if len(numbers) < 2:
        return numbers[0] if numbers else ZERO
    if is_exact(*numbers):
        return exact(sum((n.value for n in numbers), fmpq(0)))
    return made(sum((n.ball for n in numbers), arb(0)), ("sum", *sorted(n.mark for n in numbers)))


def difference(x: Number, y: Number) -> Number:
    """Subtract; equal marks give zero."""
    if x.mark == y.mark:
        return ZERO
    if y is ZERO:
        return x
    if is_exact(x, y):
        return exact(x.value - y.value)
    return made(x.ball - y.ball, ("difference", x.mark, y.mark))


def multiple(x: Number, factor: fmpq) -> Number:
    """Multiply by a rational."""
    if is_exact(x):
        return exact(x.value * factor)
    return x if factor == 1 else made(x.ball * arb(factor), ("multiple", x.mark, factor))


def times(x: Number, y: Number) -> Number:
    """Multiply two numbers."""
    return inner([(x, y)])


def inner(pairs: list) -> Number:
    """Add products of pairs of numbers."""
    pairs = [(x, y) for x, y in pairs if x is not ZERO and y is not ZERO]
    if len(pairs) == 1 and ONE in pairs[0]:
        return pairs[0][0] if pairs[0][1] is ONE else pairs[0][1]
    if all(is_exact(x, y) for x, y in pairs):
        return exact(sum((x.value * y.value for x, y in pairs), fmpq(0)))
    value = sum((x.ball * y.ball for x, y in pairs), arb(0))
    return made(value, inner_key([(x.mark, y.mark) for x, y in pairs]))


def inner_key(pairs: list):
    """Name a sum of products: neither the order of the sum nor that of a product matters."""
    return ("inner", *sorted((a, b) if a < b else (b, a) for a, b in pairs))


def root_of(square: fmpq) -> Number:
    """Take the root of a positive rational, as a rational if it is one."""
    over, under = int(square.p), int(square.q)
    roots = exact_root(over), exact_root(under)
    if None not in roots:
        return exact(fmpq(*roots))
    return made(arb(square).sqrt(), ("root", square))


def exact_root(n: int) -> int | None:
    """Take the root of a whole number, if it is whole."""
    root = int(flint.fmpz(n).isqrt())
    return root if root * root == n else None


# --- models -------------------------------------------------------------------------------------------------------------------


@dataclass
class Run:
    """One derivation: c₀, ε₀, E = [0, ε₀], N, where we are, what the file takes for zero, and what was met on the way."""

    c0: fmpq
    terms: int
    bits: int
    zeros: dict = field(default_factory=dict)
    ties: dict = field(default_factory=dict)
    batch: int | None = None
    place: tuple = (0, "embedding")
    patterns: list = field(default_factory=list)
    accepted: dict = field(default_factory=dict)

    def __post_init__(self):
        self.start, self.e0 = arb(self.c0), arb(1 / self.c0)
        self.interval = arb(0).union(self.e0)

    def fail(self, reason: str):
        """Say what does not hold, and where."""
        layer, part = self.place
        raise Fails(f"{f'layer {layer}, ' if layer else ''}{part}: {reason}")

    def index(self, row: int, per: int) -> tuple:
        """Turn the number of a row into batch and position."""
        return (row,) if self.batch is None else divmod(row, per)


@dataclass
class Model:
    """√square · c^degree [Σ terms_j ε^j + ε^order rest + φ flat], entry by entry, as tables: lists of rows.

    A term of None is exactly zero everywhere; order None is ∞.  `whole` marks each entry as a function of c.
    """

    degree: int
    terms: list
    shape: tuple
    order: int | None = None
    rest: list | None = None
    flat: list | None = None
    rate: tuple | None = None
    square: fmpq = fmpq(1)
    whole: list | None = None
    known: dict = field(default_factory=dict)

    def vanishes(self) -> bool:
        """Tell whether nothing algebraic is left."""
        return self.order is None and all(a is None for a in self.terms)

    def number(self, j: int, r: int, c: int) -> Number:
        """Coefficient j of an entry."""
        return ZERO if not 0 <= j < len(self.terms) or self.terms[j] is None else self.terms[j][r][c]


def table(shape: tuple, function) -> list:
    """Fill a table by a function of row and column."""
    return [[function(r, c) for c in range(shape[1])] for r in range(shape[0])]


def mapped(function, *tables: list) -> list:
    """Apply a function entry by entry."""
    return [[function(*entries) for entries in zip(*rows, strict=True)] for rows in zip(*tables, strict=True)]


def live(tables: list) -> list:
    """Replace tables that are exactly zero by None, and drop them at the end."""
    out = [None if a is None or all(n is ZERO for row in a for n in row) else a for a in tables]
    while out and out[-1] is None:
        out.pop()
    return out


def plus(x: list | None, y: list | None) -> list | None:
    """Add tables of balls, of which None is zero."""
    if x is None or y is None:
        return x if y is None else y
    return mapped(lambda a, b: a + b, x, y)


def stretched(x: list | None, factor: arb) -> list | None:
    """Multiply a table of balls."""
    return None if x is None else mapped(lambda a: a * factor, x)


def model(run: Run, degree: int, terms: list, shape: tuple, **rest) -> Model:
    """Make a model without leading zeros: each one dropped lowers degree and order, and the flat part grows."""
    terms = live(terms)
    first = next((j for j, a in enumerate(terms) if a is not None), 0)
    found = Model(degree - first, terms[first:], shape, **rest)
    if found.order is not None:
        found.order -= first
    found.flat, found.rate = grown(run, found.flat, found.rate, first)
    return found


def tail(run: Run, x: Model, m: int) -> list | None:
    """Enclose T_m = Σ_{j≥m} a_j ε^(j−m) + ε^(M−m) R over E; None if it is zero."""
    if m < 0:
        return stretched(tail(run, x, 0), run.interval**-m)
    if m not in x.known:
        end = len(x.terms) if x.order is None else x.order
        if m >= end:
            assert x.order is None or m == x.order
            x.known[m] = x.rest
        else:
            own = None if m >= len(x.terms) or x.terms[m] is None else mapped(lambda n: n.ball, x.terms[m])
            x.known[m] = plus(own, stretched(tail(run, x, m + 1), run.interval))
    return x.known[m]


def sizes(run: Run, x: Model) -> list | None:
    """Bound |T_0|."""
    if "sizes" not in x.known:
        whole = tail(run, x, 0)
        x.known["sizes"] = None if whole is None else mapped(lambda v: v.abs_upper(), whole)
    return x.known["sizes"]


def grown(run: Run, flat: list | None, rate: tuple | None, power: int) -> tuple:
    """Write c^power φ F as a multiple of its value at c₀."""
    if flat is None or rate is None or all(v.is_zero() for row in flat for v in row):
        return None, None
    if power <= 0:
        return (flat if power == 0 else stretched(flat, run.e0**-power)), rate
    gap, q = rate
    gap = (gap - power / (q * run.start**q)).lower()
    if not gap > 0:
        run.fail(f"c^{power} still outgrows the exponential part at c0")
    return stretched(flat, run.start**power), (gap, q)


def common(run: Run, *rates: tuple | None) -> tuple | None:
    """Find a rate that is no faster than each of several, for c ≥ c₀."""
    given = sorted((rate for rate in rates if rate is not None), key=lambda rate: rate[1])
    slowest = given[0] if given else None
    for gap, q in given[1:]:
        least, power = slowest
        slowest = arb.min(least, gap * q * run.start ** (q - power) / power).lower(), power
    return slowest


def joined(run: Run, *parts: tuple) -> tuple:
    """Add flat parts (F, rate), at their common rate."""
    parts = [grown(run, flat, rate, 0) for flat, rate in parts]
    flat = None
    for part, _ in parts:
        flat = plus(flat, part)
    return flat, common(run, *(rate for _, rate in parts))


def given(numbers: list, degree: int) -> Model:
    """Take a table of exact numbers as parameters (degree 1) or data (degree 0)."""
    shape = (len(numbers), len(numbers[0]))
    whole = mapped(lambda n: n.mark if degree == 0 or n is ZERO else mark(("parameter", n.mark)), numbers)
    return Model(degree, live([numbers]), shape, whole=whole)


def freed(x: Model) -> Model:
    """Multiply the factor √square in."""
    if x.square == 1:
        return x
    root = root_of(x.square)
    terms = [None if a is None else mapped(lambda n: times(n, root), a) for a in x.terms]
    rest, flat = stretched(x.rest, root.ball), stretched(x.flat, root.ball)
    return Model(x.degree, terms, x.shape, x.order, rest, flat, x.rate, whole=x.whole)


# --- sums and products ----------------------------------------------------------------------------------------------------------


def add(run: Run, x: Model, y: Model) -> Model:
    """Add two values."""
    if x.square != y.square:
        x, y = freed(x), freed(y)
    degree = max(x.degree, y.degree)
    parts = [(part, degree - part.degree) for part in (x, y)]
    reach = max(len(part.terms) + shift for part, shift in parts)
    orders = [part.order + shift for part, shift in parts if part.order is not None]
    order = min([*orders, run.terms]) if orders or reach > run.terms else None
    count = reach if order is None else min(reach, order)
    terms = [table(x.shape, lambda r, c, j=j: total([p.number(j - s, r, c) for p, s in parts])) for j in range(count)]
    rest = None
    if order is not None:
        rest = plus(*(tail(run, part, order - shift) for part, shift in parts)) or blank(x.shape)
    flat, rate = joined(run, *(grown(run, part.flat, part.rate, -shift) for part, shift in parts))
    whole = mapped(sum_mark, x.whole, y.whole) if x.whole and y.whole else None
    return model(run, degree, terms, x.shape, order=order, rest=rest, flat=flat, rate=rate, square=x.square, whole=whole)


def sum_mark(a: int, b: int) -> int:
    """Mark the sum of two functions."""
    return a or b if 0 in (a, b) else mark(("sum", *sorted((a, b))))


def blank(shape: tuple) -> list:
    """A table of zeros."""
    return table(shape, lambda r, c: arb(0))


def product(run: Run, x: Model, y: Model, shape: tuple, pairs, mixing: bool = False) -> Model:
    """Multiply: entry (r, c) is the sum over `pairs(r, c)` of x[a][b] · y[d][e]; all matrix products are of this form.

    With `mixing`, x holds attention weights: they sum to one in every row, so equal values mix to themselves.
    """
    plan = table(shape, pairs)
    reach = max(len(x.terms) + len(y.terms) - 1, 0)
    orders = [part.order for part in (x, y) if part.order is not None]
    order = min([*orders, run.terms]) if orders or reach > run.terms else None
    if x.vanishes() or y.vanishes():
        order, reach = None, 0
    count = reach if order is None else min(reach, order)
    terms = [mapped(lambda places, s=s: convolved(x, y, s, places, mixing), plan) for s in range(count)]
    rest = None if order is None else product_rest(run, x, y, order, plan)
    flat, rate = product_flat(run, x, y, plan)
    whole = None
    if x.whole and y.whole:
        whole = mapped(lambda places: product_mark([(x.whole[a][b], y.whole[d][e]) for a, b, d, e in places]), plan)
    degree, square = x.degree + y.degree, x.square * y.square
    return model(run, degree, terms, shape, order=order, rest=rest, flat=flat, rate=rate, square=square, whole=whole)


def convolved(x: Model, y: Model, s: int, places: list, mixing: bool) -> Number:
    """Coefficient s of an entry of a product."""
    pairs, marks = [], []
    for i in range(s + 1):
        if i >= len(x.terms) or s - i >= len(y.terms) or x.terms[i] is None or y.terms[s - i] is None:
            continue
        left, right = x.terms[i], y.terms[s - i]
        here = [(left[a][b], right[d][e]) for a, b, d, e in places]
        pairs += here
        if mixing:
            marks += mixed_marks([(p, q) for (p, q), (a, b, _, _) in zip(here, places, strict=True) if x.won[a][b]], i)
    found = inner(pairs)
    if not mixing or is_exact(found):
        return found
    alone = len(marks) == 1 and marks[0][0] == 1
    return Number(found.value, marks[0][1] if alone else mark(inner_key(marks)))


def mixed_marks(pairs: list, order: int) -> list:
    """Mark a mixture of the winners' values: weights sum to 1 at order 0 and to 0 after it."""
    if pairs and len({q.mark for _, q in pairs}) == 1:
        return [(1, pairs[0][1].mark)] if order == 0 and pairs[0][1] is not ZERO else []
    return [(p.mark, q.mark) for p, q in pairs if p is not ZERO and q is not ZERO]


def product_mark(pairs: list) -> int:
    """Mark a sum of products of functions."""
    pairs = [(a, b) for a, b in pairs if a and b]
    if len(pairs) == 1 and 1 in pairs[0]:
        return max(pairs[0]) if min(pairs[0]) == 1 else min(pairs[0])
    return mark(inner_key(pairs)) if pairs else 0


def contracted(x: list | None, y: list | None, plan: list) -> list | None:
    """Sum products of balls by a plan."""
    if x is None or y is None:
        return None
    return mapped(lambda places: sum((x[a][b] * y[d][e] for a, b, d, e in places), arb(0)), plan)


def product_rest(run: Run, x: Model, y: Model, order: int, plan: list) -> list:
    """R = Σ_{i<min(J, M)} a_i T_{M−i}(y) + T_M(x) T_0(y)."""
    rest = None
    for i in range(min(len(x.terms), order)):
        own = None if x.terms[i] is None else mapped(lambda n: n.ball, x.terms[i])
        rest = plus(rest, contracted(own, tail(run, y, order - i), plan))
    rest = plus(rest, contracted(tail(run, x, order), tail(run, y, 0), plan))
    return rest or blank((len(plan), len(plan[0])))


def product_flat(run: Run, x: Model, y: Model, plan: list) -> tuple:
    """F = |T_0(x)| F_y + F_x |T_0(y)| + F_x F_y."""
    if x.flat is None and y.flat is None:
        return None, None
    parts = (sizes(run, x), y.flat), (x.flat, sizes(run, y)), (x.flat, y.flat)
    flat = None
    for left, right in parts:
        flat = plus(flat, contracted(left, right, plan))
    return flat, common(run, x.rate, y.rate)


def entrywise(run: Run, x: Model, y: Model) -> Model:
    """Multiply entry by entry; a y of one row goes with every row, a y of one column with every column."""
    rows, columns = (1 if n > 1 else 0 for n in y.shape)
    return product(run, x, y, x.shape, lambda r, c: [(r, c, r * rows, c * columns)])


def linear(run: Run, x: Model, weight: Model, bias: Model | None) -> Model:
    """W x + b for each row x."""
    inputs = range(weight.shape[1])
    y = product(run, x, weight, (x.shape[0], weight.shape[0]), lambda r, o: [(r, e, o, e) for e in inputs])
    return y if bias is None else add(run, y, spread(bias, y.shape))


def spread(x: Model, shape: tuple) -> Model:
    """Repeat the one row of a parameter."""
    return Model(x.degree, [a * shape[0] for a in x.terms], shape, whole=x.whole * shape[0])


def centred(run: Run, x: Model) -> Model:
    """Subtract from each row its mean."""
    d = x.shape[1]
    if d == 1:
        return Model(x.degree, [], x.shape, whole=table(x.shape, lambda r, c: 0))
    numbers = table((d, d), lambda e, c: exact(fmpq(int(e == c)) - fmpq(1, d)))
    return product(run, x, given(numbers, 0), x.shape, lambda r, c: [(r, e, e, c) for e in range(d)])


# --- functions of a value of degree 0 ---------------------------------------------------------------------------------------------


def is_constant(u: Model) -> bool:
    """Tell whether a value of degree 0 is one exact coefficient."""
    return u.order is None and len(u.terms) <= 1


def kept(run: Run, u: Model) -> int:
    """N′: how many coefficients a function of u has."""
    if is_constant(u):
        return 1
    return run.terms if u.order is None else min(run.terms, u.order)


def applied(run: Run, u: Model, series, remainder) -> Model:
    """Take a function of every entry: its coefficients by `series`, R by `remainder` (from u, p and T_N′(u))."""
    count = kept(run, u)
    columns = table(u.shape, lambda r, c: [u.number(j, r, c) for j in range(count)])
    results = mapped(lambda numbers: series(numbers), columns)
    terms = [mapped(lambda y, j=j: y[j], results) for j in range(count)]
    if is_constant(u):
        return Model(0, live(terms), u.shape)
    left = tail(run, u, count) or blank(u.shape)
    rest = mapped(lambda a, y, v: remainder(run, balls(a), balls(y), v), columns, results, left)
    return Model(0, live(terms), u.shape, count, rest)


def balls(numbers: list) -> list:
    """Enclose numbers."""
    return [n.ball for n in numbers]


def tails(run: Run, coefficients: list) -> list:
    """T_0, T_1, … of a polynomial, the last one zero."""
    out = [arb(0)]
    for a in reversed(coefficients):
        out.append(a + out[-1] * run.interval)
    return out[::-1]


def residue(run: Run, u: list, q: list, left: arb) -> arb:
    """ρ = Σ_{i<N′} u_i T_{N′−i}(q) + T_N′(u) T_0(q): what u·q has from order N′ on."""
    over, count = tails(run, q), len(u)
    parts = (a * (over[count - i] if count - i < len(over) else arb(0)) for i, a in enumerate(u))
    return sum(parts, arb(0)) + left * over[0]


def positive_factor(run: Run, rho: arb, count: int) -> arb:
    """1 + E^N′ ρ, which must be positive."""
    factor = 1 + rho * run.interval**count
    if not factor > 0:
        run.fail("a remainder is as large as the leading coefficient")
    return factor


def inverted(u: Number) -> Number:
    """1/u."""
    return exact(1 / u.value) if is_exact(u) else made(1 / u.ball, ("inverse", u.mark))


def inverse_series(u: list) -> list:
    """Coefficients of 1/u."""
    y = [inverted(u[0])]
    for n in range(1, len(u)):
        y.append(multiple(times(y[0], inner([(u[i], y[n - i]) for i in range(1, n + 1)])), fmpq(-1)))
    return y


def inverse_remainder(run: Run, u: list, p: list, left: arb) -> arb:
    """R of 1/u."""
    rho = residue(run, u, p, left)
    return -tails(run, p)[0] * rho / positive_factor(run, rho, len(u))


def root_series(u: list) -> list:
    """Coefficients of 1/√u."""
    first = inverted(u[0])
    y = [root_of(first.value) if is_exact(first) else made(first.ball.sqrt(), ("root", first.mark))]
    for n in range(1, len(u)):
        parts = [(multiple(u[i], fmpq(-i, 2) - (n - i)), y[n - i]) for i in range(1, n + 1)]
        y.append(multiple(times(inner(parts), first), fmpq(1, n)))
    return y


def root_remainder(run: Run, u: list, p: list, left: arb) -> arb:
    """R of 1/√u."""
    count = len(p)
    square = [sum((p[i] * p[n - i] for i in range(n + 1) if i < count and n - i < count), arb(0)) for n in range(2 * count - 1)]
    rho = residue(run, u, square, left)
    s = positive_factor(run, rho, count).sqrt()
    return -tails(run, p)[0] * rho / (s * (1 + s))


def exp_series(u: list) -> list:
    """Coefficients of e^u."""
    y = [ONE if u[0] is ZERO else made(u[0].ball.exp(), ("exp", u[0].mark))]
    for n in range(1, len(u)):
        y.append(multiple(inner([(multiple(u[i], fmpq(i)), y[n - i]) for i in range(1, n + 1)]), fmpq(1, n)))
    return y


def exp_remainder(run: Run, u: list, p: list, left: arb) -> arb:
    """R of e^u."""
    count = len(u)
    defect = [
        sum((u[i] * p[m + 1 - i] * -i for i in range(1, count) if 0 <= m + 1 - i < count), arb(0))
        for m in range(count - 1, 2 * count - 2)
    ]
    span, rho = tails(run, u)[0], tails(run, defect)[0]
    beyond = left * (run.interval**count * arb(0).union(arb(1)))
    return -(span - span).exp() * rho / count + span.exp() * left * beyond.exp()


def inverse(run: Run, u: Model) -> Model:
    """1/u."""
    return applied(run, u, inverse_series, inverse_remainder)


def inverse_root(run: Run, u: Model) -> Model:
    """1/√u."""
    return applied(run, u, root_series, root_remainder)


def exponential(run: Run, u: Model) -> Model:
    """e^u."""
    return applied(run, u, exp_series, exp_remainder)


def taylor(name: str, at: arb, count: int) -> list:
    """Taylor coefficients φ^(l)/l! of an activation at a ball, by the differential equations of σ and of the normal density."""
    x = [at, arb(1)] + [arb(0)] * count
    if name == "sigmoid":
        return logistic(x, count)
    if name == "tanh":
        doubled = logistic([2 * v for v in x], count)
        return [2 * a - (1 if n == 0 else 0) for n, a in enumerate(doubled)]
    if name == "silu":
        return cauchy(x, logistic(x, count), count)
    if name == "gelu":
        return cauchy(x, normal(at, count), count)
    cube = cauchy(x, cauchy(x, x, count + 1), count + 1)
    slope = (8 / arb.pi()).sqrt()
    return cauchy(x, logistic([(a + b * arb(CUBE)) * slope for a, b in zip(x, cube, strict=False)], count), count)


def cauchy(x: list, y: list, count: int) -> list:
    """Coefficients of a product of power series."""
    return [sum((x[i] * y[n - i] for i in range(n + 1) if i < len(x) and n - i < len(y)), arb(0)) for n in range(count)]


def logistic(u: list, count: int) -> list:
    """Coefficients of σ(u(s)) from those of u: y′ = (y − y²) u′."""
    y, slope = [(1 + (u[0] / 2).tanh()) / 2], []
    for n in range(1, count):
        slope.append(y[n - 1] - sum((y[i] * y[n - 1 - i] for i in range(n)), arb(0)))
        y.append(sum((u[i] * slope[n - i] * arb(fmpq(i, n)) for i in range(1, n + 1) if i < len(u)), arb(0)))
    return y


def normal(at: arb, count: int) -> list:
    """Coefficients of Φ at a ball: its density solves d′ = −x d."""
    density = [(-(at * at) / 2).exp() / (2 * arb.pi()).sqrt()]
    for n in range(1, count):
        before = at * density[n - 1] + (density[n - 2] if n > 1 else 0)
        density.append(-before / n)
    return [(-at / arb(2).sqrt()).erfc() / 2] + [density[n - 1] / n for n in range(1, count)]


def taylor_numbers(name: str, at: Number, count: int) -> list:
    """The same at a number."""
    key = (name, count, at.mark)
    if key not in TAYLOR:
        found = taylor(name, at.ball, count)
        if at is ZERO and name != "sigmoid":
            found[0] = fmpq(0)
        TAYLOR[key] = [made(v, (name, n, at.mark)) for n, v in enumerate(found)]
    return TAYLOR[key]


TAYLOR: dict = {}


def activated(run: Run, u: Model, name: str) -> Model:
    """φ(u) by Taylor's formula around u_0, with Horner's rule in v = u − u_0."""
    count = kept(run, u)
    phi = table(u.shape, lambda r, c: taylor_numbers(name, u.number(0, r, c), count))
    coefficients = [Model(0, live([mapped(lambda p, n=n: p[n], phi)]), u.shape) for n in range(count)]
    if is_constant(u):
        return coefficients[0]
    out, v = coefficients[-1], without_first(run, u, count)
    for value in reversed(coefficients[:-1]):
        out = add(run, entrywise(run, out, v), value)
    spans, steps = (tail(run, u, m) or blank(u.shape) for m in (0, 1))
    last = mapped(lambda span, step: taylor(name, span, count + 1)[-1] * step**count, spans, steps)
    shift = -out.degree
    rest = plus(tail(run, out, count - shift), last)
    return Model(0, live(([None] * shift + out.terms)[:count]), u.shape, count, rest)


def without_first(run: Run, u: Model, count: int) -> Model:
    """U − u_0, cut after `count` coefficients."""
    if u.order is None and len(u.terms) <= count:
        return Model(0, [None, *u.terms[1:]], u.shape)
    return Model(0, live([None, *u.terms[1:count]]), u.shape, count, tail(run, u, count) or blank(u.shape))


# --- decisions ------------------------------------------------------------------------------------------------------------------


def small(number: arb, size: arb, bits: int) -> bool:
    """Tell whether a number is zero to half the digits, next to numbers of a size."""
    return bool(number.contains(0) and number.abs_upper() <= size * arb(2) ** -(bits // 2))


def count_accepted(run: Run, known: str, number: arb, size: arb):
    """Note an equality that was taken from the file, and to how many digits it was seen."""
    ratio = number.abs_upper() / size if size > 0 else arb(0)
    digits = 10**6 if ratio.is_zero() else int(float(-(ratio.log() / arb(10).log()).mid()))
    seen, least = run.accepted.get(known, (0, 10**6))
    run.accepted[known] = seen + 1, min(least, digits)


def sign_of(run: Run, number: Number, index: tuple, exponent: int, row: list) -> int:
    """Sign of a coefficient; 0 for one that the file lists as zero and that is."""
    if number is ZERO:
        return 0
    if number.ball > 0 or number.ball < 0:
        return 1 if number.ball > 0 else -1
    size, listed = largest(row), run.zeros.get((*run.place, index, exponent))
    if listed is None or not small(number.ball, size, run.bits):
        run.fail(f"whether the coefficient of c^{exponent} at {list(index)} is zero cannot be told, and the file does not list it")
    count_accepted(run, listed, number.ball, size)
    return 0


def largest(row: list) -> arb:
    """The largest absolute value of some numbers."""
    return arb.max(*found) if len(found := [n.ball.abs_upper() for n in row]) == 2 else _maximum(found)


def _maximum(values: list) -> arb:
    top = arb(0)
    for value in values:
        top = arb.max(top, value)
    return top


def first_sign(run: Run, x: Model, r: int, c: int, index: tuple, count: int) -> tuple:
    """The first of an entry's coefficients that is not zero, its sign, and the lower end ℓ of sign·T; (None, 0, 0) if there is none."""
    for j in range(count):
        if x.terms[j] is not None:
            sign = sign_of(run, x.terms[j][r][c], index, x.degree - j, x.terms[j][r])
            if sign:
                least = (tail(run, x, j)[r][c] * sign).lower()
                if not least > 0:
                    run.fail(f"at c0 the entry at {list(index)} may still have the other sign")
                return j, sign, least
    return None, 0, arb(0)


def relu(run: Run, x: Model, per: int) -> Model:
    """max(x, 0)."""
    first = table(x.shape, lambda r, c: first_sign(run, x, r, c, (*run.index(r, per), c), len(x.terms)))
    terms = [a and mapped(lambda n, f: n if f[1] > 0 else ZERO, a, first) for a in x.terms]
    order, rest = x.order, None
    if x.rest is not None:
        rest = mapped(lambda v, f: v if f[1] > 0 else positive_part(v) if f[1] == 0 else arb(0), x.rest, first)
        if all(f[1] <= 0 for row in first for f in row) and all(v.is_zero() for row in rest for v in row):
            order, rest = None, None
    flat = x.flat and mapped(lambda v, f: arb(0) if dead(run, x.rate, v, f) else v, x.flat, first)
    whole = x.whole and mapped(lambda w: mark(("relu", w)), x.whole)
    return model(run, x.degree, terms, x.shape, order=order, rest=rest, flat=flat, rate=x.rate, square=x.square, whole=whole)


def positive_part(v: arb) -> arb:
    """max(v, 0) of a ball."""
    if v > 0:
        return v
    return arb(0) if v < 0 else arb(0).union(v.upper())


def dead(run: Run, rate: tuple, flat: arb, first: tuple) -> bool:
    """Tell whether an entry stays negative with its flat part, from c₀ on."""
    f, sign, least = first
    if sign >= 0 or rate is None:
        return False
    gap, q = rate
    return bool(gap * q * run.start**q >= f) and bool(least > flat * run.start**f)


# --- softmax --------------------------------------------------------------------------------------------------------------------


@dataclass
class Query:
    """How the keys of one query compare: winners, the order at which each other key lost, and the keys that are the winner's own function."""

    row: int
    winners: list
    lost: dict
    same: set
    soft: bool = False


def compare(run: Run, s: Model, r: int, seen: list, index: tuple) -> Query:
    """Compare the keys of one query coefficient by coefficient."""
    alive, lost = list(seen), {}
    for j in range(max(0, min(len(s.terms), s.degree))):
        if s.terms[j] is not None and len(alive) > 1:
            beaten = losers(run, s.terms[j][r], alive, index, s.degree - j)
            lost |= dict.fromkeys(beaten, j)
            alive = [i for i in alive if i not in beaten]
    t = alive[0]
    same = {i for i in alive if i == t or s.whole[r][i] == s.whole[r][t]}
    if s.order is not None and s.order <= s.degree and len(same) < len(alive):
        run.fail(f"the scores of the query at {list(index)} tie in every coefficient that is known; more terms are needed")
    query = Query(r, alive, lost, same)
    query.soft = any(query_differs(s, query, i) for i in alive)
    return query


def losers(run: Run, row: list, alive: list, index: tuple, exponent: int) -> list:
    """List the keys that are certainly below the largest; the others must be equal to it."""
    top = max(alive, key=lambda i: row[i].ball.mid())
    beaten = []
    for i in alive:
        gap = difference(row[top], row[i])
        if gap.ball > 0:
            beaten.append(i)
        elif gap is not ZERO:
            accept_tie(run, gap.ball, largest([row[a] for a in alive]), index, (top, i), exponent)
    return beaten


def accept_tie(run: Run, gap: arb, size: arb, index: tuple, keys: tuple, exponent: int):
    """Take two keys for equal because the file says so, after looking."""
    listed = run.ties.get((*run.place, index, exponent), [])
    group = next((known for group, known in listed if group.issuperset(keys)), None)
    if group is None or not small(gap, size, run.bits):
        run.fail(f"whether keys {keys[0]} and {keys[1]} tie at c^{exponent} for the query at {list(index)} cannot be told, "
                 "and the file does not list it")
    count_accepted(run, group, gap, size)


def gap(s: Model, query: Query, j: int, i: int) -> Number:
    """Coefficient j of s_t − s_i; zero by decision above a loser's level, and for winners while c grows."""
    if (j < query.lost[i]) if i in query.lost else (j < s.degree or i in query.same):
        return ZERO
    return difference(s.number(j, query.row, query.winners[0]), s.number(j, query.row, i))


def query_differs(s: Model, query: Query, i: int) -> bool:
    """Tell whether a winner's score is not surely the first winner's."""
    if i in query.same:
        return False
    return s.order is not None or any(gap(s, query, j, i) is not ZERO for j in range(max(s.degree, 0), len(s.terms)))


def rest_gap(s: Model, query: Query, i: int) -> arb:
    """R of s_t − s_i."""
    row = s.rest[query.row]
    return arb(0) if i in query.same else row[query.winners[0]] - row[i]


def softmax(run: Run, s: Model, visible, index) -> Model:
    """Softmax of each row of scores over its visible keys; `index(r)` says where a row stands."""
    queries = [compare(run, s, r, visible(r), index(r)) for r in range(s.shape[0])]
    run.patterns.append((*run.place, [query.winners for query in queries]))
    weights = shared_weights(run, s, queries)
    weights.flat, weights.rate = joined(run, losing(run, s, queries), moved_winners(run, s, queries))
    weights.whole = softmax_marks(s, visible)
    weights.won = table(s.shape, lambda r, i: i in queries[r].winners)
    return weights


def softmax_marks(s: Model, visible) -> list:
    """Mark each weight by its own score and the scores of its row; a key that is not seen has weight zero."""
    out = []
    for r, row in enumerate(s.whole):
        seen = set(visible(r))
        around = mark(("row", *sorted(row[i] for i in seen)))
        out.append([mark(("weight", w, around)) if i in seen else 0 for i, w in enumerate(row)])
    return out


def losing(run: Run, s: Model, queries: list) -> tuple:
    """Bound the weights of losers, and what they take from the winners."""
    root, rates, out = root_of(s.square).ball, {}, blank(s.shape)
    push = flat_push(run, s, root) if any(query.lost for query in queries) else None
    for query in queries:
        for i, j in query.lost.items():
            least = (lead(run, s, query, i, j) * root).lower()
            if not least > 0:
                run.fail(f"key {i} is not yet behind at c0, for query {query.row}")
            power = s.degree - j
            exponent = -least * run.start**power
            if push is not None:
                exponent += push(query, i)
            out[query.row][i] = exponent.exp()
            rates[power] = arb.min(rates.get(power, least), least)
        taken = sum((out[query.row][i] for i in query.lost), arb(0))
        for i in query.winners:
            out[query.row][i] = taken
    return (out, common(run, *((least, power) for power, least in rates.items()))) if rates else (None, None)


def lead(run: Run, s: Model, query: Query, i: int, level: int) -> arb:
    """Enclose the tail of s_t − s_i from the order at which the key lost."""
    end = len(s.terms) if s.order is None else s.order
    value = arb(0) if s.rest is None else rest_gap(s, query, i)
    for j in range(end - 1, level - 1, -1):
        value = gap(s, query, j, i).ball + value * run.interval
    return value


def flat_push(run: Run, s: Model, root: arb):
    """η = c₀^k (F_t + F_i), how far flat parts may move a difference at any c ≥ c₀."""
    if s.flat is None:
        return None
    decay, q = s.rate
    if not decay * q * run.start**q >= s.degree:
        run.fail("the flat parts of scores still grow at c0")
    factor = root * (run.start**s.degree if s.degree >= 0 else run.e0**-s.degree)
    return lambda query, i: (s.flat[query.row][query.winners[0]] + s.flat[query.row][i]) * factor


def moved_winners(run: Run, s: Model, queries: list) -> tuple:
    """½ c₀^k max F over winners that share a query and are not all one function."""
    shared = [query for query in queries if len(query.same) < len(query.winners)]
    if s.flat is None or not shared:
        return None, None
    flat, rate = grown(run, s.flat, s.rate, s.degree)
    out, half = blank(s.shape), root_of(s.square).ball / 2
    for query in shared:
        most = _maximum([flat[query.row][i].upper() for i in query.winners]) * half
        for i in query.winners:
            out[query.row][i] = most
    return out, rate


def shared_weights(run: Run, s: Model, queries: list) -> Model:
    """Weights of the winners, flat parts aside: 1/m each, or the softmax of what is left of their scores."""
    even = table(s.shape, lambda r, i: ZERO)
    for query in queries:
        for i in query.winners if not query.soft else ():
            even[query.row][i] = exact(fmpq(1, len(query.winners)))
    places = [(q, query, i) for q, query in enumerate(query for query in queries if query.soft) for i in query.winners]
    if not places:
        return Model(0, [even], s.shape)
    y = exponential(run, bounded_scores(run, s, places))
    p = entrywise(run, y, repeated(inverse(run, summed(y, places)), places))
    terms = [even] + [table(s.shape, lambda r, i: ZERO) for _ in p.terms[1:]]
    rest = None if p.rest is None else blank(s.shape)
    for place, (_, query, i) in enumerate(places):
        for j, a in enumerate(p.terms):
            terms[j][query.row][i] = ZERO if a is None else a[0][place]
        if rest is not None:
            rest[query.row][i] = p.rest[0][place]
    return Model(0, live(terms), s.shape, p.order, rest)


def bounded_scores(run: Run, s: Model, places: list) -> Model:
    """u = s_i − s_t from degree 0 down, for the listed winners."""
    shape = (1, len(places))
    terms = [
        [[multiple(gap(s, query, s.degree + n, i), fmpq(-1)) if s.degree + n >= 0 else ZERO for _, query, i in places]]
        for n in range(max(len(s.terms) - s.degree, 0))
    ]
    rest = None if s.rest is None else [[-rest_gap(s, query, i) for _, query, i in places]]
    order = None if s.order is None else s.order - s.degree
    return freed(Model(0, live(terms), shape, order, rest, square=s.square))


def summed(y: Model, places: list) -> Model:
    """Sum over the winners of each query."""
    count = places[-1][0] + 1
    groups = [[p for p, (q, _, _) in enumerate(places) if q == g] for g in range(count)]
    terms = [a and [[total([a[0][p] for p in group]) for group in groups]] for a in y.terms]
    rest = y.rest and [[sum((y.rest[0][p] for p in group), arb(0)) for group in groups]]
    return Model(0, terms, (1, count), y.order, rest)


def repeated(x: Model, places: list) -> Model:
    """Give each winner its query's entry."""
    terms = [a and [[a[0][q] for q, _, _ in places]] for a in x.terms]
    return Model(0, terms, (1, len(places)), x.order, x.rest and [[x.rest[0][q] for q, _, _ in places]])


# --- norms ----------------------------------------------------------------------------------------------------------------------


def unit(run: Run, x: Model, epsilon: fmpq, per: int) -> Model:
    """X/√(‖x‖² + ε̂) for each row x."""
    if x.vanishes() and x.flat is None:
        return Model(0, [], x.shape, whole=table(x.shape, lambda r, c: 0))
    firsts = [row_start(run, x, r, run.index(r, per)) for r in range(x.shape[0])]
    starts = [min(x.degree if f is None else f, x.degree) if epsilon else f for f in firsts]
    check_starts(run, x, starts)
    y, count = read_from(run, x, starts)
    u = lengths(run, y, [x.degree - v for v in starts if v is not None] if epsilon else [], epsilon / x.square, count)
    u.terms[0] = [[ONE] if v is None else n for v, n in zip(starts, u.terms[0], strict=True)]
    flat, rate = unit_flat(run, x, u, starts)
    out = entrywise(run, y, inverse_root(run, u))
    # F belongs to degree 0, from which a value without its first coefficients has come down.
    out.flat, out.rate = grown(run, flat, rate, -out.degree)
    rows = [mark(("unit", epsilon, *row)) if any(row) else 0 for row in x.whole]
    out.whole = table(x.shape, lambda r, c: 0 if starts[r] is None else mark(("entry", rows[r], c)))
    return out


def row_start(run: Run, x: Model, r: int, index: tuple) -> int | None:
    """The first order at which a row is certainly not zero; None if all coefficients are exactly zero."""
    size = _maximum([largest(a[r]) for a in x.terms if a is not None])
    for j, a in enumerate(x.terms):
        row = [] if a is None else [n for n in a[r] if n is not ZERO]
        if any(n.ball > 0 or n.ball < 0 for n in row):
            return j
        if row:
            worst = max(row, key=lambda n: n.ball.abs_upper())
            listed = run.zeros.get((*run.place, index, x.degree - j))
            if listed is None or not small(worst.ball, size, run.bits):
                run.fail(f"whether the row at {list(index)} is zero at c^{x.degree - j} cannot be told, and the file does not list it")
            count_accepted(run, listed, worst.ball, size)
    return None


def check_starts(run: Run, x: Model, starts: list):
    """Refuse rows of which too little is known."""
    for r, v in enumerate(starts):
        if x.order is not None and (v is None or v >= x.order):
            run.fail(f"every known coefficient of row {r} is zero; more terms are needed")
        if v is None and x.flat is not None and not all(f.is_zero() for f in x.flat[r]):
            run.fail(f"row {r} is zero but for exponentially small terms")


def read_from(run: Run, x: Model, starts: list) -> tuple:
    """Read each row from its own order on, with N′ orders."""
    used = [v for v in starts if v is not None]
    count = run.terms if x.order is None else min(run.terms, x.order - max(used))
    reach = max((len(x.terms) - v for v in used), default=0)
    terms = [
        [[ZERO] * x.shape[1] if v is None else [x.number(v + n, r, c) for c in range(x.shape[1])] for r, v in enumerate(starts)]
        for n in range(min(count, max(reach, 0)))
    ]
    if x.order is None and reach <= count:
        return Model(0, live(terms), x.shape), count
    rest = blank(x.shape)
    for r, v in enumerate(starts):
        known = None if v is None else tail(run, x, v + count)
        rest[r] = rest[r] if known is None else known[r]
    return Model(0, live(terms), x.shape, count, rest), count


def lengths(run: Run, y: Model, degrees: list, epsilon: fmpq, count: int) -> Model:
    """U = Σ y_i² + ε̂ c^(−2e), one column."""
    square = product(run, y, y, (y.shape[0], 1), lambda r, _: [(r, e, r, e) for e in range(y.shape[1])])
    shift = -square.degree
    terms = [None] * shift + square.terms
    order = None if square.order is None else square.order + shift
    if order is None and degrees and 2 * max(degrees) >= max(len(terms), 1):
        order, square.rest = count, blank((y.shape[0], 1))
    width = max(len(terms), 1) if order is None else order
    u = Model(0, [t or table((y.shape[0], 1), lambda r, c: ZERO) for t in [*terms, *[None] * width][:width]], (y.shape[0], 1), order)
    u.rest = None if order is None else square.rest
    for r, e in enumerate(degrees):
        if order is None or 2 * e < order:
            u.terms[2 * e] = [[total([n, exact(epsilon)]) if q == r else n for n in row] for q, row in enumerate(u.terms[2 * e])]
        else:
            u.rest[r] = [u.rest[r][0] + arb(epsilon) * run.interval ** (2 * e - order)]
    u.terms = [u.terms[0], *[t for t in live([u.terms[0], *u.terms[1:]])[1:]]]
    return u


def unit_flat(run: Run, x: Model, u: Model, starts: list) -> tuple:
    """2 ‖F‖ c₀^v/√(lower end of T_0(u))."""
    if x.flat is None:
        return None, None
    out, length = blank(x.shape), tail(run, u, 0)
    for r, v in enumerate(starts):
        if v is not None:
            least = length[r][0].lower()
            if not least > 0:
                run.fail(f"row {r} may vanish at c0")
            size = sum((f * f for f in x.flat[r]), arb(0)).sqrt() * (run.start**v if v >= 0 else run.e0**-v)
            out[r] = [2 * size / least.sqrt()] * x.shape[1]
    return out, grown(run, x.flat, x.rate, max(v for v in starts if v is not None))[1]


# --- gates ----------------------------------------------------------------------------------------------------------------------


def gate(run: Run, x: Model, name: str, per: int) -> Model:
    """φ(x) = x·g(x) or g(x): saturated where a positive power of c is left, by Taylor elsewhere."""
    x = freed(x)
    count = max(0, min(len(x.terms), x.degree))
    first = table(x.shape, lambda r, c: first_sign(run, x, r, c, (*run.index(r, per), c), count))
    near = [(r, c) for r in range(x.shape[0]) for c in range(x.shape[1]) if first[r][c][0] is None]
    if near and x.order is not None and x.order <= x.degree:
        run.fail(f"every known coefficient of the entry at {near[0]} is zero; more terms are needed")
    out = saturated(x, first, name)
    flat, rate = gate_error(run, x, first, name)
    out.flat, out.rate = joined(run, grown(run, flat, rate, -out.degree), passed_on(run, x, name))
    if near:
        bounded = scattered(activated(run, bounded_part(x, near), name), near, x.shape)
        out = bounded if not out.terms and out.degree == 0 and out.flat is None else add(run, out, bounded)
    out.whole = x.whole and mapped(lambda w: mark((name, w)), x.whole)
    return out


def saturated(x: Model, first: list, name: str) -> Model:
    """Where entries go that grow: to themselves or 0, to ±1, to 1 or 0; the others are 0 here."""
    signs = mapped(lambda f: f[1], first)
    if name not in GATED:
        low = ZERO if name == "sigmoid" else exact(fmpq(-1))
        return Model(0, live([mapped(lambda s: ONE if s > 0 else low if s < 0 else ZERO, signs)]), x.shape)
    if not any(s > 0 for row in signs for s in row):
        return Model(max(x.degree, 0) if any(s for row in signs for s in row) else max(x.degree, 0), [], x.shape)
    terms = live([a and mapped(lambda n, s: n if s > 0 else ZERO, a, signs) for a in x.terms])
    rest = x.rest and mapped(lambda v, s: v if s > 0 else arb(0), x.rest, signs)
    return Model(x.degree, terms, x.shape, x.order, rest)


def gate_error(run: Run, x: Model, first: list, name: str) -> tuple:
    """Bound what saturation leaves out, absolutely."""
    out, rates = blank(x.shape), {}
    for r, row in enumerate(first):
        for c, (f, _, least) in enumerate(row):
            if f is not None:
                out[r][c], gap, q = left_out(run, name, least, x.degree - f)
                rates[q] = arb.min(rates.get(q, gap), gap)
    return (out, common(run, *((gap, q) for q, gap in rates.items()))) if rates else (None, None)


def left_out(run: Run, name: str, least: arb, e: int) -> tuple:
    """Bound |φ(x) − its saturated value| for |x| ≥ ℓ c^e: the bound at c₀ and its rate."""
    b = (least * run.start**e).lower()
    if name == "gelu":
        return (-b * b / 2).exp() / (2 * arb.pi()).sqrt(), (least * least / 2).lower(), 2 * e
    if name == "silu":
        if not b > 1:
            run.fail("a pre-activation is not yet large at c0")
        return b * (-b).exp(), (least * (1 - 1 / b)).lower(), e
    if name == "tanh":
        return 2 * (-2 * b).exp(), 2 * least, e
    if name == "sigmoid":
        return (-b).exp(), least, e
    slope = (8 / arb.pi()).sqrt()
    steep = slope * arb(CUBE)
    return (-steep * b**3).exp() / (slope * arb(1).exp()), (steep * least**3).lower(), 3 * e


def passed_on(run: Run, x: Model, name: str) -> tuple:
    """Pass F of the argument on with a Lipschitz constant."""
    slope = arb(5) / 4 if name in GATED else arb(1) if name == "tanh" else arb(1) / 4
    flat, rate = grown(run, x.flat, x.rate, 0 if name in GATED and x.degree >= 0 else x.degree)
    return stretched(flat, slope), rate


def bounded_part(x: Model, places: list) -> Model:
    """The listed entries from degree 0 down, as one row."""
    terms = [[[x.number(x.degree + n, r, c) for r, c in places]] for n in range(max(len(x.terms) - x.degree, 0))]
    rest = x.rest and [[x.rest[r][c] for r, c in places]]
    return Model(0, live(terms), (1, len(places)), None if x.order is None else x.order - x.degree, rest)


def scattered(x: Model, places: list, shape: tuple) -> Model:
    """Put one row back to its places; the other entries are zero."""
    where = {place: p for p, place in enumerate(places)}
    terms = [a and table(shape, lambda r, c, a=a: a[0][where[r, c]] if (r, c) in where else ZERO) for a in x.terms]
    rest = x.rest and table(shape, lambda r, c: x.rest[0][where[r, c]] if (r, c) in where else arb(0))
    return Model(0, live(terms), shape, x.order, rest)
