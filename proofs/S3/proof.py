"""S3, step by step: heads without scores average, and a small network built of them accepts aⁿbⁿcⁿ.

Notation: c the scale; i the length of a prefix; z a vector of counts, (z, −z) the vector that a norm is given; p the
normalised count of a letter; k_a, k_b, k_c counts; x, y, u ≥ 0.
"""

from __future__ import annotations

import itertools
from fractions import Fraction

import sympy

from sattheory.claims.deciders import equal, nonnegative
from sattheory.claims.evidence import Derivation, Planted, Step

c, n, x, y, z = sympy.symbols("c n x y z", positive=True)
u = sympy.Symbol("u", nonnegative=True)
p = sympy.Symbol("p", real=True)
half, root = sympy.Rational(1, 2), 1 / sympy.sqrt(2)
Word = tuple[int, ...]


def _mirrored(first: sympy.Expr, second: sympy.Expr) -> list[sympy.Expr]:
    """N(z, −z) for z of two entries."""
    length = sympy.sqrt(sympy.factor(2 * (first**2 + second**2)))
    return [entry / length for entry in (first, second, -first, -second)]


def _same(left: list[sympy.Expr], right: list[sympy.Expr]) -> bool:
    return all(equal(a, b) for a, b in zip(left, right, strict=True))


def _flagged(word: Word, order: tuple[int, int, int] = (0, 1, 2)) -> bool:
    """Tell whether the last letter of a prefix stands after one that must follow it."""
    first, second, third = order
    after_first = {second, third} & set(word)
    return bool((word[-1] == first and after_first) or (word[-1] == second and third in word))


def _order_is_flags(longest: int, order: tuple[int, int, int] = (0, 1, 2)) -> bool:
    """Compare "no prefix is flagged" with a*b*c*, for all words up to a length."""
    words = [word for length in range(1, longest + 1) for word in itertools.product(range(3), repeat=length)]
    clean = [not any(_flagged(word[: i + 1], order) for i in range(len(word))) for word in words]
    return clean == [list(word) == sorted(word) for word in words]


def _mismatch(counts: tuple[int, ...]) -> Fraction:
    """|k_a − k_b| + |k_b − k_c|, divided by the length."""
    return Fraction(abs(counts[0] - counts[1]) + abs(counts[1] - counts[2]), sum(counts))


def _mismatch_is_at_least(bound: int, most: int) -> bool:
    """Decide that unequal counts have a mismatch ≥ bound/i, for all counts up to a number."""
    counts = [k for k in itertools.product(range(most + 1), repeat=3) if len(set(k)) > 1]
    return all(_mismatch(k) >= Fraction(bound, sum(k)) for k in counts)


MEAN = Derivation(
    "W^q = 0 or W^k = 0: the head returns (1/n)Σ_j V h_j exactly, at every scale",
    steps=(
        Step("Scores (W^q h_i)·(W^k h_j) are 0 if W^q = 0 or W^k = 0, for all c and h."),
        Step("equal scores s give equal weights: e^s/(n·e^s) = 1/n", lambda: equal(sympy.exp(p) / (n * sympy.exp(p)), 1 / n)),
        Step(
            "With a causal mask and V h_j the unit vector of letter j, the head returns the counts of the prefix over its length."
        ),
    ),
    planted=(Planted("weight 1/(n + 1)", lambda: equal(sympy.exp(p) / (n * sympy.exp(p)), 1 / (n + 1))),),
)
SCALE = Derivation(
    "the stream is c times that of scale 1 and the logit c² times, for every c > 0: the limit is reached at once",
    steps=(
        Step(
            "LN(z, −z) = (z, −z)/(√2‖z‖): the mean is 0 and the length is √2‖z‖, shown for two entries",
            lambda: (
                equal(sum(_mirrored(x, y)), 0)
                and _same(_mirrored(x, y), [entry * root / sympy.sqrt(x**2 + y**2) for entry in (x, y, -x, -y)])
            ),
        ),
        Step(
            "the blocks hand c³(z, −z) to their norms, and LN(c³(z, −z)) = LN(z, −z): each adds c·LN(z, −z) to the stream",
            lambda: _same(_mirrored(c**3 * x, c**3 * y), _mirrored(x, y)),
        ),
        Step("logit (½c)·c − c·(cu) = c²(½ − u)", lambda: equal(c * half * c - c * (c * u), c**2 * (half - u))),
    ),
    planted=(
        Planted("length ‖z‖", lambda: equal(_mirrored(x, y)[0], x / sympy.sqrt(x**2 + y**2))),
        Planted("degree 1 for the logit", lambda: equal(c * half * c - c * (c * u), c * (half - u))),
    ),
)
ACCEPTS = Derivation(
    "the logit at the last letter is c²/2 if the word is aⁿbⁿcⁿ, n ≥ 1, and c²(½ − 1/√2) < 0 otherwise",
    steps=(
        Step(
            "normalised counts lie in [0, 1]: x² ≤ 2(x² + y² + z²)",
            lambda: nonnegative(2 * (x**2 + y**2 + z**2) - x**2),
        ),
        Step(
            "[a] + p_b − 1 is p_b at a letter a and p_b − 1 ≤ 0 elsewhere (p_b = 1 − u): so ReLU([a] + p_b − 1) > 0 at an a "
            "after a b only",
            lambda: equal(1 + p - 1, p) and nonnegative(-(0 + (1 - u) - 1)),
        ),
        Step(
            "no prefix has an a after a b or c, or a b after a c, exactly for words of a*b*c*; checked for all words of up to "
            "6 letters",
            lambda: _order_is_flags(6),
        ),
        Step(
            "ReLU(t) + ReLU(−t) = |t|, for t = u and, by symmetry, t = −u", lambda: equal(sympy.Max(u, 0) + sympy.Max(-u, 0), u)
        ),
        Step(
            "The sum of the found flags and |p_a − p_b| + |p_b − p_c| is 0 if and only if no prefix is flagged and the counts "
            "are equal: for aⁿbⁿcⁿ. Here LN(0) = 0, in all four norms."
        ),
        Step(
            "LN(v, −v) = (1, −1)/√2 for v > 0, and ½ − 1/√2 < 0 < ½",
            lambda: equal(x / sympy.sqrt(x**2 + x**2), root) and bool(half - root < 0),
        ),
    ),
    planted=(
        Planted("[a] + p_b in place of [a] + p_b − 1", lambda: nonnegative(-(0 + (1 - u)))),
        Planted("the order c*b*a* for a*b*c*", lambda: _order_is_flags(4, (2, 1, 0))),
        Planted("ReLU(t) + ReLU(t) = |t|, at t = −u", lambda: equal(sympy.Max(-u, 0) + sympy.Max(-u, 0), u)),
        Planted("weight ⅘ for ½ in the classifier", lambda: bool(sympy.Rational(4, 5) - root < 0)),
    ),
)
EXACT = Derivation(
    "in fractions: v(w) = 0 for aⁿbⁿcⁿ, and v(w) ≥ 1/i² for every other word of i letters",
    steps=(
        Step(
            "unequal counts: (|k_a − k_b| + |k_b − k_c|)/i ≥ 1/i, a whole number that is not 0; checked for counts up to 5",
            lambda: _mismatch_is_at_least(1, 5),
        ),
        Step(
            "a flag is at least one count over j ≤ i, so at least 1/i, and the mean over i prefixes is at least 1/i² (j = x, "
            "i = x + u)",
            lambda: nonnegative(1 / x - 1 / (x + u)),
        ),
    ),
    planted=(
        Planted("2/i for 1/i", lambda: _mismatch_is_at_least(2, 3)),
        Planted("1/j ≤ 1/i for j ≤ i", lambda: nonnegative(1 / (x + u) - 1 / x)),
    ),
)
PROOF = (MEAN, SCALE, ACCEPTS, EXACT)
