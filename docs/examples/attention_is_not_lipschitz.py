"""A claim of one's own: is dot-product attention Lipschitz?

Two tokens of width 1, the second fixed at b; the first, x, attends to both with scores x·x and x·b.  Its output is
f(x, b) = softmax(x·x, x·b) · (x, b).  One may hope for a constant K with |f(x, b) − f(y, b)| ≤ K|x − y|.  There is none (Kim,
Papamakarios, Mnih, "The Lipschitz Constant of Self-Attention", ICML 2021): near x = 0 the slope is ½ + b²/4, and b is free.  On
bounded tokens, |x|, |b| ≤ B, there is one: 1 + 3B²/2.

Check it from the folder it is in, with sattheory installed and nothing else:

    sattheory verify --from attention_is_not_lipschitz --controls
"""

from fractions import Fraction

import hypothesis.strategies as some
import sympy

from sattheory.claims import Claim, Derivation, Expected, Form, Inequality, Planted, Search, Statement, Step, Witness
from sattheory.claims.deciders import around, equal, nonnegative, within
from sattheory.claims.formulas import real, softmax

ATTENTION = {"f_x": "softmax([x * x, x * b]) @ [x, b]", "f_y": "softmax([y * y, y * b]) @ [y, b]"}


def lipschitz(K, x, y, b):
    """|f(x, b) − f(y, b)| ≤ K|x − y|, as data: a point and two formulas."""
    return Inequality({"x": x, "y": y, "b": b, "K": K}, "abs(f_x - f_y)", "K * abs(x - y)", ATTENTION)


def averaging(K, x, y, b):
    """The same for plain averaging, which *is* Lipschitz with constant ½: an error that the witness must not refute."""
    return Inequality({"x": x, "y": y, "b": b, "K": K}, "abs((x + b) / 2 - (y + b) / 2)", "K * abs(x - y)")


sixteenths = some.integers(-64, 64).map(lambda i: Fraction(i, 16))
anywhere = some.fixed_dictionaries({"x": sixteenths, "y": sixteenths, "b": some.integers(-100, 100)})
literal = Statement(lipschitz, anywhere, constants=({"K": 1}, {"K": 10}, {"K": 100}))

h, b = sympy.symbols("h b", real=True)
p, q = sympy.symbols("p q", nonnegative=True)
B = sympy.Symbol("B", positive=True)
weight = 1 / (1 + sympy.exp(h * b - h**2))  # of the first token
output = weight * h + (1 - weight) * b
refutation = Witness(
    "attention_is_not_lipschitz",
    "near x = 0 the slope is ½ + b²/4, so a large enough b beats any K",
    literal,
    planted=(Planted("averaging in place of attention", averaging),),
    search=True,  # nothing is kept beside this file: look for the points each time
    steps=(
        Step("∂f/∂x at x = 0 is ½ + b²/4", lambda: equal(sympy.diff(output, h).subs(h, 0), sympy.Rational(1, 2) + b**2 / 4)),
        Step("for every K, b = 2√K + 1 makes it exceed K", lambda: nonnegative((2 * sympy.sqrt(B) + 1) ** 2 / 4 - B)),
    ),
)

a, d1, d2 = sympy.symbols("a d1 d2", real=True)
slope = Derivation(
    "|∂f/∂x| ≤ 1 + 3B²/2 for |x|, |b| ≤ B",
    steps=(
        Step(
            "∂f/∂x = p + p(1 − p)(2x − b)(x − b), p the weight of the first token",
            lambda: equal(sympy.diff(output, h), weight + weight * (1 - weight) * (2 * h - b) * (h - b)),
        ),
        Step("p(1 − p) ≤ ¼", lambda: nonnegative(sympy.Rational(1, 4) - p * (1 - p))),
        Step("|2x − b| ≤ 3B and |x − b| ≤ 2B", lambda: within(2 * h - b, BOX, 3 * B) and within(h - b, BOX, 2 * B)),
        Step("so |∂f/∂x| ≤ 1 + ¼·3B·2B", lambda: within(p + a * d1 * d2, EXTREMES, 1 + 3 * B**2 / 2)),
        Step("The mean value theorem carries the bound from slopes to differences."),
    ),
    planted=(
        Planted("3B²/4", lambda: within(p + a * d1 * d2, EXTREMES, 1 + 3 * B**2 / 4)),
        Planted("p(1 − p) ≤ 1/5", lambda: nonnegative(sympy.Rational(1, 5) - p * (1 - p))),
    ),
)
BOX = around(h, B) | around(b, B)
EXTREMES = {p: (0, 1)} | {a: (0, sympy.Rational(1, 4))} | around(d1, 3 * B) | around(d2, 2 * B)


def attend(x, b):
    """Enclose f(x, b)."""
    weights = softmax([real(x * x), real(x * b)])
    return weights[0] * real(x) + weights[1] * real(b)


def bounded(x, y, b, constant=Fraction(3, 2)):
    """|f(x, b) − f(y, b)| ≤ (1 + 3B²/2)|x − y|, B the largest of the three."""
    largest = max(abs(x), abs(y), abs(b))
    yield abs(attend(x, b) - attend(y, b)), real((1 + constant * largest**2) * abs(x - y))


search = Search(
    "|f(x, b) − f(y, b)| ≤ (1 + 3B²/2)|x − y| at |x|, |y|, |b| ≤ 4, x ≠ y",
    some.fixed_dictionaries({"x": sixteenths, "y": sixteenths, "b": sixteenths}).filter(lambda at: at["x"] != at["y"]),
    bounded,
    planted=(Planted("1 for 1 + 3B²/2", lambda x, y, b: bounded(x, y, b, Fraction(0))),),
)

CLAIMS = (
    Claim(
        "attention_is_not_lipschitz",
        place="Kim et al. 2021",
        title="attention is Lipschitz only on bounded tokens",
        statement="there is K with |f(x, b) − f(y, b)| ≤ K|x − y| for all x, y, b",
        latex=r"there is $K$ with $|f(x, b) - f(y, b)| \le K|x - y|$ for all $x, y, b$",
        why="Robustness certificates multiply Lipschitz constants. Attention has none.",
        literal=Form(
            "there is K with |f(x, b) − f(y, b)| ≤ K|x − y| for all real x, y, b",
            latex=r"there is $K$ with $|f(x, b) - f(y, b)| \le K|x - y|$ for all real $x, y, b$",
            evidence=(refutation,),
        ),
        repaired=Form(
            "|f(x, b) − f(y, b)| ≤ (1 + 3B²/2)|x − y| for |x|, |y|, |b| ≤ B",
            latex=r"$|f(x, b) - f(y, b)| \le (1 + \frac32B^2)\,|x - y|$ for $|x|, |y|, |b| \le B$",
            evidence=(slope, search),
        ),
        expected=Expected("refuted", "derived"),
    ),
)
