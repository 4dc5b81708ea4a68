"""Check again, with nothing but the standard library and python-flint, what a saved certificate says of a network.

    python proofs/recheck_certificate.py FILE…

A certificate states, for every scale c ≥ c₀ and every entry e of the output of a transformer with all parameters times c,

    c^(−k) f_e = Σ_{j<J} a_{j,e} c^(−j) + R_e(c) c^(−M) + φ(c) F_e(c),     φ(c) = exp(−g (c^q − c₀^q)),

with a_j and R in stated intervals and |F| at most a stated number.  This program reads network and input from the file and
derives such a statement itself, by the rules of ``docs/certificates-mathematics.md``: number by number, in loops over lists, at
more than twice the precision of the file.  The file is confirmed when its statement follows from the one derived here.  No line
of code is shared with the package that wrote it.

Two things deserve a word.  *Equality*: a coefficient counts as zero only when it is known to be.  So numbers stay rational as
long as they can, and every number carries a mark of how it was computed: equal marks are equal numbers, whatever their digits.
Other equalities are accepted only if the file lists them; they are then looked at to many digits and counted in the verdict.
*Rounding*: balls round their radii outwards to thirty bits, here and in the package in a different order.  A coefficient of the
file is to hold the one derived up to the file's own precision.  A remainder is taken for the one derived when it holds it up to
a hundred-thousandth of its width (and 10⁻⁸ of its size); an exponential part, when it, its logarithm and its rate agree to one
part in a hundred thousand.  What is confirmed is the statement relaxed by so much.  Bounds that are far wider than the rules
give are true all the same, and noted.

Exit codes: 0 all is confirmed, 1 something is not, 2 a file cannot be read.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import time
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

try:
    import flint
    from flint import arb, fmpq
except ImportError:
    sys.exit("python-flint is missing: pip install 'python-flint>=0.9', then run this again")

SLACK, WIDER, THIN = fmpq(1, 10**5), fmpq(105, 100), fmpq(1, 10**6)
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
    """Give a computation its mark: the same key, the same mark; 0 and 1 are kept for the numbers zero and one."""
    return MARKS.setdefault(key, len(MARKS) + 2)


class Number:
    """A coefficient: a rational or a ball, and its mark."""

    __slots__ = ("ball", "mark", "value")

    def __init__(self, value, mark_: int):
        self.value, self.mark = value, mark_
        self.ball = arb(value) if isinstance(value, fmpq) else value


UNIT = fmpq(1)
ZERO, ONE = Number(fmpq(0), 0), Number(fmpq(1), 1)


def exact(value: fmpq) -> Number:
    """Make a number of a rational."""
    if value == 0:
        return ZERO
    return ONE if value == 1 else Number(value, mark(("rational", value)))


def made(value, key, parts=()) -> Number:
    """Make a number of the result of a computation; of a sum, `parts` are the summands."""
    if isinstance(value, fmpq):
        return exact(value)
    if value.is_zero() or (parts and CLOSED.cancels(value, parts)):
        return ZERO
    return Number(value, mark(key))


@dataclass
class Algebra:
    """Whether the file was computed with closed forms, which see more zeros than rationals: how many were taken on its word."""

    bits: int = 0
    taken: int = 0

    def cancels(self, value: arb, parts) -> bool:
        """Take a sum for zero that vanishes to all its digits, at more than twice the precision of the file."""
        if not self.bits or not value.contains(0):
            return False
        size = maximum([part.abs_upper() for part in parts])
        zero = bool(value.abs_upper() <= size * arb(2) ** -self.bits)
        self.taken += zero
        return zero


CLOSED = Algebra()


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
    parts = [n.ball for n in numbers]
    return made(sum(parts, arb(0)), ("sum", *sorted(n.mark for n in numbers)), parts)


def difference(x: Number, y: Number) -> Number:
    """Subtract; equal marks give zero."""
    if x.mark == y.mark:
        return ZERO
    if y is ZERO:
        return x
    if is_exact(x, y):
        return exact(x.value - y.value)
    return made(x.ball - y.ball, ("difference", x.mark, y.mark), (x.ball, y.ball))


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
    parts = [x.ball * y.ball for x, y in pairs]
    return made(sum(parts, arb(0)), inner_key([(x.mark, y.mark) for x, y in pairs]), parts)


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
    wider: int = 0

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

    A term of None is exactly zero everywhere; order None is ∞.  `whole` has two marks for each entry: as a function of c, and
    as what it would be if keys that lose had weight 0 and gates were saturated, which is what terms and rest describe.  `won`
    says of attention weights which belong to winners.
    """

    degree: int
    terms: list
    shape: tuple
    order: int | None = None
    rest: list | None = None
    flat: list | None = None
    rate: tuple | None = None
    square: fmpq = UNIT
    whole: list | None = None
    won: list | None = None
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
    whole = mapped(lambda n: (n.mark if degree == 0 or n is ZERO else mark(("parameter", n.mark)),) * 2, numbers)
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
    whole = mapped(lambda v, w: tuple(map(sum_mark, v, w)), x.whole, y.whole) if x.whole and y.whole else None
    return model(run, degree, terms, x.shape, order=order, rest=rest, flat=flat, rate=rate, square=x.square, whole=whole)


def sum_mark(a: int, b: int) -> int:
    """Mark the sum of two functions."""
    return a or b if 0 in (a, b) else mark(("sum", *sorted((a, b))))


def blank(shape: tuple) -> list:
    """Make a table of zeros."""
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
        marks = mapped(lambda places: [zip(x.whole[a][b], y.whole[d][e], strict=True) for a, b, d, e in places], plan)
        whole = mapped(lambda pairs: tuple(product_mark(list(part), mixing) for part in zip(*pairs, strict=True)), marks)
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


def product_mark(pairs: list, mixing: bool) -> int:
    """Mark a sum of products of functions; weights that sum to one leave a value that all share."""
    if mixing and len(values := {b for a, b in pairs if a}) == 1:
        return values.pop()
    pairs = [(a, b) for a, b in pairs if a and b]
    if len(pairs) == 1 and 1 in pairs[0]:
        return max(pairs[0])
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
        return Model(x.degree, [], x.shape, whole=table(x.shape, lambda r, c: (0, 0)))
    numbers = table((d, d), lambda e, c: exact(fmpq(int(e == c)) - fmpq(1, d)))
    return product(run, x, given(numbers, 0), x.shape, lambda r, c: [(r, e, e, c) for e in range(d)])


# --- functions of a value of degree 0 ------------------------------------------------------------------------------------------


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
    """Do the same at a number."""
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
    last = mapped(lambda span, step: taylor(name, span, count + 1)[-1] * power_of(step, count), spans, steps)
    shift = -out.degree
    rest = plus(tail(run, out, count - shift), last)
    return Model(0, live(([None] * shift + out.terms)[:count]), u.shape, count, rest)


def power_of(x: arb, n: int) -> arb:
    """Raise a ball to a power; Arb gives no number for a ball around 0 itself."""
    return arb(0, x.abs_upper() ** n) if x.mid() == 0 else x**n


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
        run.fail(f"whether the coefficient of c^{exponent} at {list(index)} is zero is open, and the file does not list it")
    count_accepted(run, listed, number.ball, size)
    return 0


def largest(row: list) -> arb:
    """Find the largest absolute value of some numbers."""
    return maximum([n.ball.abs_upper() for n in row])


def maximum(values: list) -> arb:
    """Find the largest of some balls that are not negative."""
    top = arb(0)
    for value in values:
        top = arb.max(top, value)
    return top


def first_sign(run: Run, x: Model, r: int, c: int, index: tuple, count: int) -> tuple:
    """Find an entry's first coefficient that is not zero, its sign and the lower end ℓ of sign·T; None, 0, 0 without one."""
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
    whole = mapped(lambda marks: tuple(w and mark(("relu", w)) for w in marks), x.whole)
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
    """How the keys of a query compare: winners, and the order at which each other key lost.

    `same` are the winners that have the first one's score but for flat parts, `one` those that have it wholly.
    """

    row: int
    winners: list
    lost: dict
    same: set
    one: set
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
    one, same = ({i for i in alive if i == t or s.whole[r][i][part] == s.whole[r][t][part]} for part in (0, 1))
    if s.order is not None and s.order <= s.degree and len(same) < len(alive):
        run.fail(f"the scores of the query at {list(index)} tie in every coefficient that is known; more terms are needed")
    query = Query(r, alive, lost, same, one)
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
        run.fail(
            f"whether keys {keys[0]} and {keys[1]} tie at c^{exponent} for the query at {list(index)} cannot be told, "
            "and the file does not list it"
        )
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
    weights = shared_weights(run, s, queries)
    weights.flat, weights.rate = joined(run, losing(run, s, queries), moved_winners(run, s, queries))
    weights.whole = [softmax_marks(s.whole[query.row], query, visible(query.row)) for query in queries]
    weights.won = table(s.shape, lambda r, i: i in queries[r].winners)
    lost = [] if weights.flat is None else [sum((weights.flat[q.row][i] for i in q.lost), arb(0)).abs_upper() for q in queries]
    run.patterns.append((*run.place, [query.winners for query in queries], maximum(lost)))
    return weights


def softmax_marks(row: list, query: Query, seen: list) -> list:
    """Mark weights by their own score and those of the keys that count: all that are seen, or the winners alone."""
    around = [mark(("row", *sorted(row[i][part] for i in keys))) for part, keys in ((0, seen), (1, query.winners))]
    share = 1 if len(query.winners) == 1 else mark(("share", len(query.winners)))

    def marks(i: int) -> tuple:
        wholly = mark(("weight", row[i][0], around[0])) if i in seen else 0
        return wholly, (mark(("weight", row[i][1], around[1])) if query.soft else share) if i in query.winners else 0

    return [marks(i) for i in range(len(row))]


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
    shared = [query for query in queries if len(query.one) < len(query.winners)]
    if s.flat is None or not shared:
        return None, None
    flat, rate = grown(run, s.flat, s.rate, s.degree)
    out, half = blank(s.shape), root_of(s.square).ball / 2
    for query in shared:
        most = maximum([flat[query.row][i].upper() for i in query.winners]) * half
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
    """U = s_i − s_t from degree 0 down, for the listed winners."""
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
        return Model(0, [], x.shape, whole=table(x.shape, lambda r, c: (0, 0)))
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
    rows = [[mark(("unit", epsilon, *part)) for part in zip(*row, strict=True)] for row in x.whole]
    out.whole = table(x.shape, lambda r, c: tuple(0 if starts[r] is None else mark(("entry", w, c)) for w in rows[r]))
    return out


def row_start(run: Run, x: Model, r: int, index: tuple) -> int | None:
    """Find the first order at which a row is certainly not zero; None if all coefficients are exactly zero."""
    size = maximum([largest(a[r]) for a in x.terms if a is not None])
    for j, a in enumerate(x.terms):
        row = [] if a is None else [n for n in a[r] if n is not ZERO]
        if any(n.ball > 0 or n.ball < 0 for n in row):
            return j
        if row:
            worst = max(row, key=lambda n: n.ball.abs_upper())
            listed = run.zeros.get((*run.place, index, x.degree - j))
            if listed is None or not small(worst.ball, size, run.bits):
                run.fail(f"whether the row at {list(index)} is zero at c^{x.degree - j} is open, and the file does not list it")
            count_accepted(run, listed, worst.ball, size)
    return None


def check_starts(run: Run, x: Model, starts: list):
    """Refuse rows of which too little is known."""
    for r, v in enumerate(starts):
        silent = v is None and (x.rest is None or all(n.is_zero() for n in x.rest[r]))
        if x.order is not None and not silent and (v is None or v >= x.order):
            run.fail(f"every known coefficient of row {r} is zero; more terms are needed")
        if v is None and x.flat is not None and not all(f.is_zero() for f in x.flat[r]):
            run.fail(f"row {r} is zero but for exponentially small terms, which this program does not follow")


def read_from(run: Run, x: Model, starts: list) -> tuple:
    """Read each row from its own order on, with N′ orders."""
    used = [v for v in starts if v is not None]
    count = run.terms if x.order is None else min(run.terms, x.order - max(used, default=0))
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
    padded = [*terms, *[None] * width][:width]
    u = Model(0, [t or table((y.shape[0], 1), lambda r, c: ZERO) for t in padded], (y.shape[0], 1), order)
    u.rest = None if order is None else square.rest
    for r, e in enumerate(degrees):
        if order is None or 2 * e < order:
            u.terms[2 * e] = [[total([n, exact(epsilon)]) if q == r else n for n in row] for q, row in enumerate(u.terms[2 * e])]
        else:
            u.rest[r] = [u.rest[r][0] + arb(epsilon) * run.interval ** (2 * e - order)]
    u.terms = live(u.terms)
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
    return out, grown(run, x.flat, x.rate, max((v for v in starts if v is not None), default=0))[1]


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
        out = add(run, out, bounded)
    else:
        out = model(run, out.degree, out.terms, out.shape, order=out.order, rest=out.rest, flat=out.flat, rate=out.rate)
    out.whole = mapped(lambda marks: tuple(mark((name, w)) for w in marks), x.whole)
    return out


def saturated(x: Model, first: list, name: str) -> Model:
    """Where entries go that grow: to themselves or 0, to ±1, to 1 or 0; the others are 0 here."""
    signs = mapped(lambda f: f[1], first)
    if name not in GATED:
        low = ZERO if name == "sigmoid" else exact(fmpq(-1))
        return Model(0, live([mapped(lambda s: ONE if s > 0 else low if s < 0 else ZERO, signs)]), x.shape)
    if not any(s > 0 for row in signs for s in row):
        return Model(max(x.degree, 0), [], x.shape)
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
    """Take the listed entries from degree 0 down, as one row."""
    terms = [[[x.number(x.degree + n, r, c) for r, c in places]] for n in range(max(len(x.terms) - x.degree, 0))]
    rest = x.rest and [[x.rest[r][c] for r, c in places]]
    return Model(0, live(terms), (1, len(places)), None if x.order is None else x.order - x.degree, rest)


def scattered(x: Model, places: list, shape: tuple) -> Model:
    """Put one row back to its places; the other entries are zero."""
    where = {place: p for p, place in enumerate(places)}
    terms = [a and table(shape, lambda r, c, a=a: a[0][where[r, c]] if (r, c) in where else ZERO) for a in x.terms]
    rest = x.rest and table(shape, lambda r, c: x.rest[0][where[r, c]] if (r, c) in where else arb(0))
    return Model(0, live(terms), shape, x.order, rest)


# --- the network ----------------------------------------------------------------------------------------------------------------


@dataclass
class Network:
    """What the file says of the network and its input: options by name, tables of parameters by name, tokens, lengths, memory."""

    options: dict
    parameters: dict
    tokens: list
    lengths: list | None
    memory: list | None

    def parameter(self, name: str) -> Model | None:
        """Take a matrix, or a vector as one row; None if there is none."""
        return given(self.parameters[name], 1) if name in self.parameters else None

    @property
    def n(self) -> int:
        """Positions."""
        return len(self.tokens[0])


def forward(run: Run, net: Network) -> Model:
    """Run the whole network; rows of all sequences stand below one another."""
    x = embedded(run, net)
    for layer in range(1, net.options["layers"] + 1):
        name = f"layers.{layer - 1}"
        if net.options["parallel"]:
            x = parallel(run, net, x, layer)
            continue
        x = sublayer(run, net, x, layer, "attention", lambda y, a=name: attention(run, net, y, y, f"{a}.attention", "attention"))
        if net.options["cross_attention"]:
            memory = given(net.memory * len(net.tokens), 0)
            block = lambda y, a=name, m=memory: attention(run, net, y, m, f"{a}.cross", "cross-attention")  # noqa: E731
            x = sublayer(run, net, x, layer, "cross", block)
        if net.options["feedforward"]:
            x = sublayer(run, net, x, layer, "feedforward", lambda y, a=name: feedforward(run, net, y, f"{a}.feedforward"))
    if net.options["final_norm"]:
        run.place = (0, "final norm")
        x = norm(run, net, x, "final_norm")
    run.place = (0, "output")
    weight = net.parameter("classifier.weight")
    return freed(x if weight is None else linear(run, x, weight, net.parameter("classifier.bias")))


def parallel(run: Run, net: Network, x: Model, layer: int) -> Model:
    """Put both blocks on the stream at once, each reading it through a norm of its own."""
    name = f"layers.{layer - 1}"
    run.place = (layer, "attention norm")
    read = norm(run, net, x, f"{name}.attention_norm")
    run.place = (layer, "attention")
    y = add(run, x, attention(run, net, read, read, f"{name}.attention", "attention"))
    if not net.options["feedforward"]:
        return y
    run.place = (layer, "feedforward norm")
    read = norm(run, net, x, f"{name}.feedforward_norm")
    run.place = (layer, "feedforward")
    return add(run, y, feedforward(run, net, read, f"{name}.feedforward"))


def embedded(run: Run, net: Network) -> Model:
    """Embed the tokens and their positions."""
    d, parameters = net.options["width"], net.parameters
    x = given([parameters["tokens"][t] for row in net.tokens for t in row], 1)
    if "positions" in parameters:
        x = add(run, x, given(parameters["positions"][: net.n] * len(net.tokens), 1))
    if "segments" in parameters:
        x = add(run, x, given(parameters["segments"][:1] * x.shape[0], 1))
    if net.options["positions"] == "sinusoidal":
        waves = [[wave(i, fmpq(2 * (j // 2), d), j % 2) for j in range(d)] for i in range(net.n)]
        x = add(run, x, given(waves * len(net.tokens), 0))
    run.place = (0, "embedding norm")
    return norm(run, net, x, "embedding_norm") if net.options["embedding_norm"] else x


def wave(i: int, power: fmpq, cosine: int, base: int = 10000) -> Number:
    """Sine or cosine of i/base^power."""
    if i == 0:
        return ONE if cosine else ZERO
    angle = i / arb(base) ** arb(power)
    return made(angle.cos() if cosine else angle.sin(), ("wave", i, power, cosine, base))


def sublayer(run: Run, net: Network, x: Model, layer: int, name: str, block) -> Model:
    """Put a block on the stream, its norm where the placement says."""
    learned = f"layers.{layer - 1}.{name}_norm"

    def normed(y: Model) -> Model:
        run.place = (layer, f"{name} norm")
        return norm(run, net, y, learned)

    def computed(y: Model) -> Model:
        run.place = (layer, name)
        return block(y)

    if net.options["placement"] == "pre":
        return add(run, x, computed(normed(x)))
    if net.options["placement"] == "post":
        return normed(add(run, x, computed(x)))
    return add(run, x, normed(computed(x)))


def norm(run: Run, net: Network, x: Model, name: str) -> Model:
    """γ ⊙ N(x) + β."""
    d, root = x.shape[1], net.options["norm_scale"] == "root"
    if net.options["norm"] == "layer":
        x = centred(run, x)
    y = unit(run, x, net.options["epsilon"] * (d if root else 1), net.n)
    y.square *= d if root else 1
    gain, bias = net.parameter(f"{name}.gain"), net.parameter(f"{name}.bias")
    y = y if gain is None else entrywise(run, y, gain)
    return y if bias is None else add(run, y, spread(bias, y.shape))


def mapped_by(run: Run, net: Network, x: Model, name: str) -> Model:
    """Apply a linear map of the network."""
    return linear(run, x, net.parameter(f"{name}.weight"), net.parameter(f"{name}.bias"))


def attention(run: Run, net: Network, x: Model, memory: Model, name: str, part: str) -> Model:
    """Softmax(QKᵀ/√k) V and the output map.

    Row b·n + i of x is position i of sequence b; row (b·h + a)·n + i of the scores belongs to its head a.
    """
    h, v, n, own = net.options["heads"], net.options["value_width"], net.n, part == "attention"
    m = memory.shape[0] // len(net.tokens)
    values = mapped_by(run, net, memory, f"{name}.value")
    run.place = (run.place[0], f"{part} scores")
    s = scores(run, net, x, memory, name, own)
    run.place = (run.place[0], f"{part} weights")

    def visible(r: int) -> list:
        return seen_keys(net, r // (h * n), r % n, m) if own else list(range(m))

    weights = softmax(run, s, visible, lambda r: (*(() if run.batch is None else (r // (h * n),)), r // n % h, r % n))
    run.place = (run.place[0], part)

    def mixture(r: int, c: int) -> list:
        return [((r // n * h + c // v) * n + r % n, j, r // n * m + j, c) for j in range(m)]

    mixed = product(run, weights, values, (x.shape[0], h * v), mixture, mixing=True)
    return mapped_by(run, net, mixed, f"{name}.output")


def seen_keys(net: Network, b: int, i: int, m: int) -> list:
    """Keys that position i of sequence b may see in self-attention."""
    real = m if net.lengths is None else net.lengths[b]
    return list(range(min(real, i + 1) if net.options["mask"] == "causal" else real))


def scores(run: Run, net: Network, x: Model, memory: Model, name: str, own: bool) -> Model:
    """QKᵀ/√k with what is added to it."""
    h, k, n = net.options["heads"], net.options["key_width"], net.n
    m = memory.shape[0] // len(net.tokens)
    q, keys = mapped_by(run, net, x, f"{name}.query"), mapped_by(run, net, memory, f"{name}.key")
    if net.options["positions"] == "rope":
        width, base = net.options["rotary_width"] or k, net.options["rotary_base"]
        q, keys = turned(run, q, n, k, width, base), turned(run, keys, m, k, width, base)

    def places(r: int, j: int) -> list:
        b, head = divmod(r // n, h)
        return [(b * n + r % n, head * k + e, b * m + j, head * k + e) for e in range(k)]

    s = product(run, q, keys, (len(net.tokens) * h * n, m), places)
    if own and net.options["positions"] == "transformer_xl":
        s = add(run, s, distances(run, net, x, name, m))
    s.square /= k if net.options["scaled_scores"] else 1
    return offset_scores(run, net, s) if own else s


def distances(run: Run, net: Network, x: Model, name: str, m: int) -> Model:
    """(W_q x_i + v) · W_r r for the sinusoids r of the distance i − j (Transformer-XL).

    With y = W_rᵀ (W_q x_i + v), sin((i − j)ω) and cos((i − j)ω) by the addition theorem: y turned at i, its first half with the
    other sign, against (sin jω, cos jω).
    """
    h, k, n, d = net.options["heads"], net.options["key_width"], net.n, net.options["width"]
    q = linear(run, x, net.parameter(f"{name}.query.weight"), net.parameter(f"{name}.relative.query_bias"))
    map_ = net.parameter(f"{name}.relative.weight")

    def read(r: int, c: int) -> list:
        return [(r, c // d * k + e, c // d * k + e, c % d) for e in range(k)]

    y = turned(run, product(run, q, map_, (q.shape[0], h * d), read), n, d, d, 10000)
    signs = given([[exact(fmpq(-1 if c % d < d // 2 else 1)) for c in range(h * d)]], 0)
    waves = given([[wave(j, fmpq(2 * (c % (d // 2)), d), c >= d // 2) for c in range(d)] for j in range(m)], 0)

    def places(r: int, j: int) -> list:
        b, head = divmod(r // n, h)
        return [(b * n + r % n, head * d + e, j, e) for e in range(d)]

    return product(run, entrywise(run, y, signs), waves, (len(net.tokens) * h * n, m), places)


def offset_scores(run: Run, net: Network, s: Model) -> Model:
    """Add relative biases or ALiBi's offsets, and multiply the future by 0 if so asked."""
    h, n, kind = net.options["heads"], net.n, net.options
    if "relative" in net.parameters:
        rows = net.parameters["relative"]
        s = add(run, s, given(table(s.shape, lambda r, j: rows[bucket(j - r % n, kind)][r // n % h]), 1))
    if kind["positions"] == "alibi":
        s = add(run, s, given(table(s.shape, lambda r, j: alibi(r // n % h, h, abs(r % n - j))), 0))
    if kind["mask"] == "causal_multiplicative":
        s = entrywise(run, s, given(table(s.shape, lambda r, j: ONE if j <= r % n else ZERO), 0))
    return s


def alibi(head: int, heads: int, distance: int) -> Number:
    """−slope · distance; slopes are 2^(−8/p), 2^(−16/p), … for the largest power of two p ≤ heads, then odd half-steps."""
    p = 1 << (heads.bit_length() - 1)
    power = fmpq(-8 * (head + 1), p) if head < p else fmpq(-4 * (2 * (head - p) + 1), p)
    if power.q == 1:
        return exact(-distance * fmpq(2) ** int(power.p))
    return ZERO if distance == 0 else made(-distance * arb(2) ** arb(power), ("alibi", power, distance))


def bucket(offset: int, kind: dict) -> int:
    """T5's bucket of a relative position, in whole numbers: (distance/e)^rest against (furthest/e)^t in place of logarithms."""
    causal = kind["mask"] != "none"
    count = kind["buckets"] if causal else kind["buckets"] // 2
    start = kind["buckets"] // 2 if offset > 0 and not causal else 0
    distance, near = max(-offset, 0) if causal else abs(offset), max(count // 2, 1)
    if distance < near:
        return start + distance
    rest, piece = count - near, 0
    while piece < rest and Fraction(distance, near) ** rest >= Fraction(kind["furthest"], near) ** (piece + 1):
        piece += 1
    return start + min(near + piece, count - 1)


def turned(run: Run, x: Model, per: int, k: int, width: int, base: int) -> Model:
    """Turn coordinates t and t + r/2 of each head's k by the angle i/base^(2t/r), for the first r = `width` of them (RoPE)."""
    half = width // 2

    def angle(r: int, c: int, cosine: int) -> Number:
        return wave(r % per if c % k < width else 0, fmpq(2 * (c % k % half), width), cosine, base)

    def partner(c: int) -> int:
        return c if c % k >= width else c + half if c % k < half else c - half

    signs = given([[exact(fmpq(-1 if c % k < half else 1)) for c in range(x.shape[1])]], 0)
    other = product(run, x, signs, x.shape, lambda r, c: [(r, partner(c), 0, c)])
    cosines, sines = (given(table(x.shape, lambda r, c, a=a: angle(r, c, a)), 0) for a in (1, 0))
    return add(run, entrywise(run, x, cosines), entrywise(run, other, sines))


def feedforward(run: Run, net: Network, x: Model, name: str) -> Model:
    """Outer(φ(inner x)), or outer(φ(gate x) ⊙ inner x)."""
    own = mapped_by(run, net, x, f"{name}.inner")
    argument = mapped_by(run, net, x, f"{name}.gate") if net.options["gated"] else own
    kind = net.options["activation"]
    run.place = (run.place[0], "feedforward activation")
    hidden = relu(run, argument, net.n) if kind == "relu" else gate(run, argument, kind, net.n)
    run.place = (run.place[0], "feedforward")
    return mapped_by(run, net, entrywise(run, hidden, own) if net.options["gated"] else hidden, f"{name}.outer")


# --- the file -------------------------------------------------------------------------------------------------------------------

SIZES = dict.fromkeys(("vocabulary", "width", "heads", "buckets", "furthest", "rotary_base"), 1) | dict.fromkeys(
    ("layers", "key_width", "value_width", "feedforward", "longest", "classes", "segments", "rotary_width"), 0
)
CHOICES = {
    "placement": ("res_post", "pre", "post"),
    "norm": ("layer", "rms"),
    "norm_scale": ("unit", "root"),
    "activation": ("relu", "gelu", "gelu_tanh", "silu", "tanh", "sigmoid"),
    "mask": ("none", "causal", "causal_multiplicative"),
    "positions": ("none", "learned", "sinusoidal", "relative", "alibi", "rope", "transformer_xl"),
}
SWITCHES = ("gain", "gated", "scaled_scores", "embedding_norm", "final_norm", "cross_attention", "parallel")
BIASES = ("query", "key", "value", "output", "inner", "outer", "norm", "classifier")


def require(holds: bool, why: str):
    """Refuse a file that is not a certificate."""
    if not holds:
        raise Unreadable(why)


def whole(value, least: int | None = None) -> bool:
    """Tell whether a value is a whole number, not below the least."""
    return type(value) is int and (least is None or value >= least)


def rational(text) -> fmpq:
    """Read an exact number."""
    require(isinstance(text, str) and re.fullmatch(r"-?\d+(/\d+)?", text) is not None, f"{text!r} is no exact number in quotes")
    number = Fraction(text)
    return fmpq(number.numerator, number.denominator)


def array(content: dict, shape: tuple) -> list:
    """Read an array of exact numbers as a table; a vector is one row."""
    require(tuple(content["shape"]) == shape, f"an array of shape {content['shape']} should have shape {list(shape)}")
    columns = shape[-1]
    numbers = [exact(rational(entry)) for entry in content["entries"]]
    rows = 1 if len(shape) == 1 else shape[0]
    require(len(numbers) == rows * columns, f"an array of shape {list(shape)} has {len(numbers)} entries")
    return [numbers[r * columns : (r + 1) * columns] for r in range(rows)]


def options(content: dict) -> dict:
    """Read the configuration."""
    known = {*SIZES, *CHOICES, *SWITCHES, "biases", "epsilon"}
    require(set(content) == known, f"the configuration has other options: {sorted(set(content) ^ known)}")
    for name, least in SIZES.items():
        require(whole(content[name], least), f"{name}={content[name]!r}")
    for name, choices in CHOICES.items():
        require(content[name] in choices, f"{name}={content[name]!r}")
    for name in SWITCHES:
        require(type(content[name]) is bool, f"{name}={content[name]!r}")
    require(set(content["biases"]) <= set(BIASES), f"biases={content['biases']}")
    require(content["key_width"] > 0 and content["value_width"] > 0, "a head has no width")
    turn = content["rotary_width"] or content["key_width"]
    require(content["positions"] != "rope" or (turn % 2 == 0 and turn <= content["key_width"]), "coordinates turn in pairs")
    require(content["positions"] != "transformer_xl" or content["width"] % 2 == 0, "a distance has sines and cosines in pairs")
    alone = content["placement"] == "pre" and not content["cross_attention"]
    require(alone or not content["parallel"], "parallel blocks go with placement pre and without cross-attention")
    epsilon = rational(content["epsilon"])
    require(epsilon >= 0, f"epsilon={content['epsilon']}")
    return content | {"epsilon": epsilon}


def expected(kind: dict) -> dict:
    """List the arrays that a configuration has, with their shapes."""
    d, shapes = kind["width"], {"tokens": (kind["vocabulary"], kind["width"])}
    for i in range(kind["layers"]):
        layer = f"layers.{i}"
        blocks = ["attention", *(["cross"] if kind["cross_attention"] else [])]
        for block in blocks:
            shapes |= attention_shapes(kind, f"{layer}.{block}", block == "attention") | norm_shapes(
                kind, f"{layer}.{block}_norm"
            )
        if kind["feedforward"]:
            maps = {"inner": (kind["feedforward"], d), "outer": (d, kind["feedforward"])}
            maps |= {"gate": (kind["feedforward"], d)} if kind["gated"] else {}
            shapes |= map_shapes(kind, f"{layer}.feedforward", maps) | norm_shapes(kind, f"{layer}.feedforward_norm")
    tables = {
        "positions": (kind["positions"] == "learned", (kind["longest"], d)),
        "segments": (kind["segments"], (kind["segments"], d)),
        "relative": (kind["positions"] == "relative", (kind["buckets"], kind["heads"])),
    }
    shapes |= {name: shape for name, (present, shape) in tables.items() if present}
    for name in ("embedding_norm", "final_norm"):
        shapes |= norm_shapes(kind, name) if kind[name] else {}
    return shapes | (map_shapes(kind, "", {"classifier": (kind["classes"], d)}) if kind["classes"] else {})


def map_shapes(kind: dict, block: str, maps: dict) -> dict:
    """Shapes of linear maps and of their biases."""
    shapes = {}
    for name, shape in maps.items():
        path = f"{block}.{name}" if block else name
        shapes[f"{path}.weight"] = shape
        if ("inner" if name == "gate" else name) in kind["biases"]:
            shapes[f"{path}.bias"] = shape[:1]
    return shapes


def attention_shapes(kind: dict, block: str, own: bool) -> dict:
    """Shapes of an attention block."""
    d, keys, values = kind["width"], kind["heads"] * kind["key_width"], kind["heads"] * kind["value_width"]
    shapes = map_shapes(kind, block, {"query": (keys, d), "key": (keys, d), "value": (values, d), "output": (d, values)})
    if own and kind["positions"] == "transformer_xl":
        shapes[f"{block}.relative.weight"] = (keys, d)
        shapes |= {f"{block}.relative.query_bias": (keys,)} if "query" in kind["biases"] else {}
    return shapes


def norm_shapes(kind: dict, name: str) -> dict:
    """Shapes of a norm."""
    present = {"gain": kind["gain"], "bias": "norm" in kind["biases"]}
    return {f"{name}.{part}": (kind["width"],) for part, there in present.items() if there}


def network(content: dict) -> Network:
    """Read the network and its input."""
    kind = options(content["network"]["configuration"])
    arrays = content["network"]["parameters"]
    require(kind["layers"] <= len(arrays), "layers without arrays")
    shapes = expected(kind)
    require(set(arrays) == set(shapes), f"arrays missing or surplus: {sorted(set(arrays) ^ set(shapes))[:3]}")
    parameters = {name: array(arrays[name], shape) for name, shape in shapes.items()}
    tokens = content["tokens"] if isinstance(content["tokens"][0], list) else [content["tokens"]]
    require(len({len(row) for row in tokens}) == 1 and len(tokens[0]) > 0, "the sequences have different lengths")
    require(all(whole(t, 0) and t < kind["vocabulary"] for row in tokens for t in row), "a token is not in the vocabulary")
    require(not kind["longest"] or len(tokens[0]) <= kind["longest"], "the sequence is too long")
    lengths, memory = content["lengths"], content["memory"]
    if lengths is not None:
        good = (
            isinstance(content["tokens"][0], list)
            and len(lengths) == len(tokens)
            and all(whole(length, 1) and length <= len(tokens[0]) for length in lengths)
        )
        require(good, f"lengths={lengths}")
    require((memory is not None) == kind["cross_attention"], "cross-attention goes with a memory, and only it does")
    rows = None if memory is None else array(memory, (memory["shape"][0], kind["width"]))
    return Network(kind, parameters, tokens, lengths, rows)


def listed_equalities(content: dict) -> tuple:
    """Read what the file takes for zero: ties as groups of keys by place, and single coefficients by place."""
    ties: dict = {}
    for entry in content["ties"]:
        place = (entry["layer"], entry["part"], tuple(entry["index"]), entry["exponent"])
        ties.setdefault(place, []).append((set(entry["keys"]), entry["known"]))
    zeros = {(e["layer"], e["part"], tuple(e["index"]), e["exponent"]): e["known"] for e in content["zeros"]}
    kinds = {e["known"] for e in [*content["ties"], *content["zeros"]]}
    require(kinds <= {"exact", "assumed"}, "an equality is of no known kind")
    return {place: grouped(pairs) for place, pairs in ties.items()}, zeros


def grouped(pairs: list) -> list:
    """Join pairs of equal keys that share one; a group is as well known as its least known pair."""
    groups: list = []
    for keys, known in pairs:
        touching = [g for g in groups if g[0] & keys]
        kinds = {known, *(kind for _, kind in touching)}
        joined_keys = set(keys).union(*(group for group, _ in touching))
        groups = [g for g in groups if g not in touching] + [(joined_keys, "assumed" if "assumed" in kinds else "exact")]
    return groups


def derive(content: dict) -> tuple:
    """Derive a statement about the network of a file from c₀ on: the model of its output, and what was met on the way."""
    require(whole(content["terms"], 1) and content["terms"] <= MOST_TERMS, f"terms={content['terms']!r}")
    require(whole(content["bits"], 2) and content["bits"] <= MOST_BITS, f"bits={content['bits']!r}")
    require(type(content["closed"]) is bool, f"closed={content['closed']!r}")
    net, c0 = network(content), rational(content["c0"])
    require(c0 > 0, f"c0={content['c0']}")
    ties, zeros = listed_equalities(content)
    MARKS.clear()
    TAYLOR.clear()
    CLOSED.bits, CLOSED.taken = content["bits"] if content["closed"] else 0, 0
    batch = len(net.tokens) if isinstance(content["tokens"][0], list) else None
    with flint.ctx.workprec(2 * content["bits"] + 64):
        run = Run(c0, content["terms"], content["bits"], zeros, ties, batch)
        return forward(run, net), run


# --- comparing ------------------------------------------------------------------------------------------------------------------


def decimal(text) -> fmpq | arb:
    """Read the end of an interval: exactly, or as a ball where the exponent is beyond what is worth writing out."""
    found = re.fullmatch(r"-?\d+(\.\d+)?(e([+-]?\d+))?", text) if isinstance(text, str) else None
    require(found is not None, f"{text!r} is not a decimal number in quotes")
    if abs(int(found[3] or 0)) > 5000:
        return arb(text)
    number = Fraction(text)
    return fmpq(number.numerator, number.denominator)


def decimals(texts: list, count: int) -> list:
    """Read as many ends of intervals."""
    require(isinstance(texts, list) and len(texts) == count, f"{count} numbers are needed")
    return [decimal(text) for text in texts]


def enclosures(content: dict, count: int) -> list:
    """Read intervals; each has its lower end first."""
    pairs = list(zip(decimals(content["lower"], count), decimals(content["upper"], count), strict=True))
    require(all(low <= high for low, high in pairs), "an interval has its ends in the wrong order")
    return pairs


def lifted(run: Run, own: Model, degree: int, order: int | None) -> Model:
    """Write a model with a larger degree and an order that is not larger, or say why the file's cannot be had."""
    shift = degree - own.degree
    if shift < 0:
        raise Fails(f"the degree is {own.degree}, not {degree}")
    if order is None and own.order is not None:
        raise Fails(f"a remainder at order {own.order + shift} is left; the file says that nothing is")
    if order is not None and own.order is not None and own.order + shift < order:
        raise Fails(f"coefficients are known up to order {own.order + shift}, not {order}")
    rest = None if order is None else tail(run, own, order - shift) or blank(own.shape)
    terms = live(([None] * shift + own.terms)[:order])
    flat, rate = grown(run, own.flat, own.rate, -shift)
    return Model(degree, terms, own.shape, order, rest, flat, rate)


def entries(shape: tuple) -> list:
    """Go through a table in C order."""
    return [(r, c) for r in range(shape[0]) for c in range(shape[1])]


def check_coefficients(own: Model, content: list, bits: int):
    """Each a_j of the file holds the one derived, to its own precision, and closely; those that it leaves out are zero."""
    places = entries(own.shape)
    if len(own.terms) > len(content):
        raise Fails(f"coefficient {len(content)} is not zero, but not in the file")
    for j, stored in enumerate(content):
        for (r, c), (low, high) in zip(places, enclosures(stored, len(places)), strict=True):
            value = own.number(j, r, c).value
            slack = arb(2) ** -bits * (1 + abs(value))
            if not (low <= value + slack and value - slack <= high):
                raise Fails(f"coefficient {j} at {[r, c]} is {shown(value)}, outside [{shown(low)}, {shown(high)}]")
            if not high - low <= THIN * (1 + abs(value)):
                raise Fails(f"coefficient {j} at {[r, c]} is known better than [{shown(low)}, {shown(high)}]")


def check_remainder(run: Run, own: Model, content: dict | None):
    """Each R of the file holds the one derived, up to rounding; those that are much wider are counted."""
    if own.rest is None or content is None:
        require((own.rest is None) == (content is None), "a remainder without an order, or the other way round")
        return
    places = entries(own.shape)
    for (r, c), (low, high) in zip(places, enclosures(content, len(places)), strict=True):
        value = own.rest[r][c]
        bottom, top = value.lower(), value.upper()
        slack = (top - bottom) * arb(SLACK) + value.abs_upper() * arb(SLACK / 1000)
        if not (low <= bottom + slack and top - slack <= high):
            raise Fails(f"the remainder at {[r, c]} is only known to lie in {shown(value)}, not in [{shown(low)}, {shown(high)}]")
        if not high - low <= (top - bottom) * arb(WIDER) + value.abs_upper() * arb(SLACK):
            run.wider += 1


def check_flat(run: Run, own: Model, content: dict | None):
    """Hold the exponential part of the file to be no smaller than the one derived, up to rounding; count what is far larger."""
    if content is None:
        if own.flat is not None:
            raise Fails("there is an exponential part, of which the file says nothing")
        return
    places, power, stored_gap = entries(own.shape), content["power"], decimal(content["gap"])
    bounds = decimals(content["bounds"], len(places))
    require(whole(power, 1) and stored_gap > 0, "an exponential part that does not fall")
    check_rate(run, own, stored_gap, power)
    most = arb(0) if own.flat is None else maximum([v.abs_upper() for row in own.flat for v in row])
    for (r, c), bound in zip(places, bounds, strict=True):
        value = arb(0) if own.flat is None else own.flat[r][c].abs_upper()
        if not value <= relaxed(bound):
            raise Fails(f"the exponential part at {[r, c]} is up to {shown(value)} at c0, not {shown(bound)}")
        if not bound <= value * arb(WIDER) + most * arb(SLACK):
            run.wider += 1


def relaxed(bound) -> arb:
    """Raise an exponential bound by one part in a hundred thousand, and its logarithm by as much."""
    bound = arb(bound)
    return bound * arb(1 + SLACK) * (abs(bound.log()) * arb(SLACK)).exp() if bound > 0 else bound


def check_rate(run: Run, own: Model, gap, power: int, slow: bool = False):
    """Hold a rate to be no faster than the one derived; unless it may be slow, count it when it is much slower."""
    if own.rate is None:
        return
    own_gap, q = own.rate
    if q < power:
        raise Fails(f"the exponential part falls with c^{q}, not c^{power}")
    reached = own_gap * q * run.start ** (q - power) / power
    if not gap <= reached * arb(1 + SLACK):
        raise Fails(f"the exponential part falls with rate {shown(reached)}, not {shown(gap)}")
    if not slow and not reached <= gap * arb(WIDER):
        run.wider += 1


def check_patterns(run: Run, net: Network, content: list):
    """Winners, block by block; what the losers have together is not more than said."""
    if len(content) != len(run.patterns):
        raise Fails(f"there are {len(run.patterns)} attention blocks, not {len(content)}")
    for (layer, part, winners, lost), stored in zip(run.patterns, content, strict=True):
        if (stored["layer"], stored["part"]) != (layer, part):
            raise Fails(f"a pattern of layer {stored['layer']}, {stored['part']} stands where layer {layer}, {part} should")
        if nested(winners, run.batch, net.options["heads"], net.n) != stored["winners"]:
            raise Fails(f"layer {layer}, {part}: other keys win")
        if not lost <= relaxed(decimal(stored["lost"])):
            raise Fails(f"layer {layer}, {part}: losers may have a weight of {shown(lost)}, not {stored['lost']}")


def nested(rows: list, batch: int | None, h: int, n: int) -> list:
    """Cut a list of rows into heads, and sequences."""
    heads = [rows[i : i + n] for i in range(0, len(rows), n)]
    return heads if batch is None else [heads[i : i + h] for i in range(0, len(heads), h)]


NUMBER = r"[0-9.]+(?:e[+-]?[0-9]+)?"
SENTENCE = re.compile(
    rf"(?:If (?P<given>.*): for|For) every c ≥ (?P<start>{NUMBER}), no entry of (?:c\^(?P<power>-?[0-9]+) )?f\(x; cθ\) "
    rf"is further from its limit than (?:0|(?:(?P<size>{NUMBER}) c\^-(?P<p>[0-9]+))?(?: \+ )?"
    rf"(?:(?P<flat>{NUMBER}) exp\(-(?P<gap>{NUMBER}) \(c\^(?P<q>[0-9]+) - {NUMBER}\^[0-9]+\)\))?)\."
)


def check_words(run: Run, own: Model, content: dict):
    """Hold the sentence of the file to promise no more than what was derived, and to name every assumption."""
    assumed = sum(e["known"] == "assumed" for e in [*content["ties"], *content["zeros"]])
    if len(content["assumptions"]) != assumed:
        raise Fails(f"{assumed} equalities are assumed, but {len(content['assumptions'])} are said to be")
    words = SENTENCE.fullmatch(content["says"])
    require(words is not None, "the sentence of the file has another form")
    if (words["given"] or "") != "; ".join(content["assumptions"]):
        raise Fails("the sentence does not name the assumptions")
    if int(words["power"] or 0) != -own.degree or not arb(words["start"]).upper() >= run.start:
        raise Fails("the sentence speaks of another degree or of smaller scales")
    check_sizes(run, own, words)


def check_sizes(run: Run, own: Model, words: re.Match):
    """Hold the two parts of the sentence's bound to be as large as those derived.

    Above c^(−p) it may pass over coefficients that are not known to be zero, but look so; they are counted.
    """
    p = int(words["p"] or (len(own.terms) if own.order is None else own.order))
    for number in (n for a in own.terms[1:p] if a is not None for row in a for n in row if n is not ZERO):
        if not number.ball.contains(0):
            raise Fails(f"the sentence begins at c^-{p}, after coefficients that are not zero")
        count_accepted(run, "passed", number.ball, arb(1))
    algebraic = maximum([away(run, own, r, c, p) for r, c in entries(own.shape)])
    if (own.order or p) < p or not algebraic.lower() <= arb(words["size"] or 0) * arb(1 + SLACK):
        raise Fails(f"the sentence says {words['size'] or 0} c^-{p}, but {shown(algebraic)} is what follows")
    flat = maximum([v.abs_upper() for row in own.flat or [] for v in row])
    if not flat <= relaxed(arb(words["flat"] or 0)):
        raise Fails(f"the sentence has an exponential part of {words['flat'] or 0}, but {shown(flat)} is what follows")
    if words["flat"]:
        check_rate(run, own, arb(words["gap"]), int(words["q"]), slow=True)


def away(run: Run, own: Model, r: int, c: int, p: int) -> arb:
    """Bound c^p times the algebraic distance of an entry from its limit."""
    parts = [own.number(j, r, c).ball.abs_upper() * run.e0 ** (j - p) for j in range(p, len(own.terms))]
    if own.rest is not None:
        parts.append(own.rest[r][c].abs_upper() * run.e0 ** (own.order - p))
    return sum(parts, arb(0))


def shown(value) -> str:
    """Write a number in six digits, or an interval."""
    value = arb(value)
    ends = [end.str(6, radius=False) for end in (value.lower(), value.upper())]
    return ends[0] if ends[0] == ends[1] else f"[{ends[0]}, {ends[1]}]"


def check(content: dict) -> str:
    """Derive the statement again and compare; the reason why it does not follow, or nothing, and what to add."""
    plain = {key: value for key, value in content.items() if key != "digest"}
    if hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest() != content["digest"]:
        raise Fails("the file was edited: its digest does not fit")
    for name in ("coefficients", "attention", "ties", "zeros", "assumptions"):
        require(isinstance(content[name], list), f"{name} should be a list")
    own, run = derive(content)
    net = network(content)
    require(content["order"] is None or whole(content["order"], 0), f"order={content['order']!r}")
    require(whole(content["degree"]), f"degree={content['degree']!r}")
    with flint.ctx.workprec(2 * content["bits"] + 64):
        lead_shape = [] if run.batch is None else [run.batch]
        if content["shape"] != [*lead_shape, net.n, own.shape[1]]:
            raise Fails(f"the output has shape {[*lead_shape, net.n, own.shape[1]]}, not {content['shape']}")
        check_patterns(run, net, content["attention"])
        own = lifted(run, own, content["degree"], content["order"])
        check_coefficients(own, content["coefficients"], content["bits"])
        check_remainder(run, own, content["remainder"])
        check_flat(run, own, content["flat"])
        check_words(run, own, content)
        return verdict(run, content)


def verdict(run: Run, content: dict) -> str:
    """Say what is confirmed."""
    scale = f"c^{-content['degree']} f(x; cθ)" if content["degree"] else "f(x; cθ)"
    terms = len(content["coefficients"])
    start = shown(run.c0)
    series = f"{terms} coefficient{'s' if terms > 1 else ''} of {scale} in 1/c"
    rest = f"the remainder from order {content['order']} on" if content["order"] is not None else "no algebraic remainder"
    flat = "" if content["flat"] is None else f", an exponential part with c^{content['flat']['power']}"
    blocks = len(run.patterns)
    attention_said = f" and the winners of {blocks} attention block{'s' if blocks != 1 else ''}" if blocks else ""
    return f"for every c ≥ {start}: {series}, {rest}{flat}{attention_said}{granted(run)}"


def granted(run: Run) -> str:
    """Say which equalities were taken from the file."""
    words = {
        "exact": "exact by the algebra of the file",
        "assumed": "assumed by the file",
        "passed": "that the sentence passes over",
    }
    parts = [
        f"{number} equalit{'ies' if number > 1 else 'y'} {words[known]}, seen to {digits} digits"
        for known, (number, digits) in sorted(run.accepted.items())
    ]
    if CLOSED.taken:
        parts.append(f"{CLOSED.taken} cancellations that closed forms see, seen to all digits")
    if run.wider:
        parts.append(f"{run.wider} bounds are wider than the rules give")
    return f"; note: {'; '.join(parts)}" if parts else ""


def read(path: Path) -> dict:
    """Read a file; refuse what is no certificate of this version."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise Unreadable(f"it cannot be read as JSON ({error})") from None
    require(isinstance(content, dict) and content.get("kind") == "certificate", "it holds no certificate")
    require(content.get("version") == 1, f"it is of version {content.get('version')}, not 1")
    return content


MALFORMED = (
    Unreadable,
    AssertionError,
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    IndexError,
    ZeroDivisionError,
    OverflowError,
)


def main(arguments: list) -> int:
    """Check each file; one line each."""
    if not arguments:
        print("python recheck_certificate.py FILE…: name at least one certificate that Certificate.save wrote.", file=sys.stderr)
        return 2
    code = 0
    sys.set_int_max_str_digits(MOST_BITS)
    for name in arguments:
        start = time.perf_counter()
        try:
            said = check(read(Path(name)))
        except Fails as failure:
            print(f"{name}: NOT CONFIRMED: {failure}")
            code = max(code, 1)
        except MALFORMED as error:
            reason = (
                error if isinstance(error, Unreadable) else f"a part is missing or malformed ({type(error).__name__}: {error})"
            )
            print(f"{name}: {reason}", file=sys.stderr)
            code = 2
        else:
            print(f"{name}: confirmed {said} ({time.perf_counter() - start:.1f} s)")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
