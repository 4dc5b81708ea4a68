"""S1: saturated attention is the uniform distribution over the positions tied at the maximum.

For fixed scores this is the limit of softmax(c·s).  In a network the scores themselves depend on c, s(c) = c⁴s₄ + c³s₃ + …:
positions tied in s₄ are told apart by s₃, s₂, s₁, and where those tie too, s₀ leaves weights that are neither hard nor uniform.
Biases, fixed offsets (ALiBi) and, with a norm outside the residual branch, later layers have such terms (paper §4.2).

The repaired statement compares the scores' coefficients of positive degree lexicographically and gives the positions tied in
all of them the weights softmax(s₀).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import hypothesis.strategies as some
import sympy

from sattheory.claims.asymptotic_error import integers
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.deciders import at_least, equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Search, Step, Witness
from sattheory.claims.inequality import Inequality, Pairs, Point, real, softmax

c, A, R, m, g, d = sympy.symbols("c A R m g delta", positive=True)
q = sympy.Symbol("q", positive=True)
u, v = sympy.symbols("u v", nonnegative=True)
t, h, e = sympy.symbols("t h e", real=True)
Rest = sympy.Function("G")(t)

DISTANCE = Step(
    "weights E_i/(A + R) against E_i/A on the top class: ‖·‖₁ = A(1/A − 1/(A + R)) + R/(A + R) = 2R/(A + R)",
    lambda: equal(A * (1 / A - 1 / (A + R)) + R / (A + R), 2 * R / (A + R)),
)
FIXED = Derivation(
    "‖softmax(c·s) − w‖₁ ≤ 2(n − m)e^{−cg}/m → 0, w uniform on the m maxima, g = gap(s)",
    steps=(
        DISTANCE,
        Step("here A = m, E = 1 on the maxima, and R ≤ (n − m)e^{−cg} by the definition of the gap"),
        Step("2R/(m + R) ≤ 2R/m", lambda: nonnegative(2 * R / m - 2 * R / (m + R))),
        Step("e^{−cg} → 0", lambda: tends(sympy.exp(-g * c), c, 0)),
    ),
    planted=(
        Planted("R/(m + R) for 2R/(m + R)", lambda: equal(A * (1 / A - 1 / (A + R)) + R / (A + R), R / (A + R))),
        Planted("limit 1 for e^{−cg}", lambda: tends(sympy.exp(-g * c), c, 1)),
    ),
)


def _distance(weights: Sequence[Any], limit: Sequence[Any]) -> Any:
    return sum((abs(a - b) for a, b in zip(weights, limit, strict=True)), real(0))


def _fixed(s: tuple[int, ...], c: Fraction, halved: int = 1) -> Pairs:
    top, n, m = max(s), len(s), s.count(max(s))
    if m < n:
        gap = top - max(entry for entry in s if entry < top)
        limit = [real(Fraction(entry == top, m)) for entry in s]
        yield _distance(softmax([real(c * entry) for entry in s]), limit), 2 * (n - m) * (-real(c * gap)).exp() / (m * halved)


SCORES = some.one_of(*[integers(n, 4) for n in (2, 3, 4)])
FIXED_SEARCH = Search(
    "‖softmax(c·s) − w‖₁ ≤ 2(n − m)e^{−cg}/m, n ≤ 4, ties included",
    some.fixed_dictionaries({"s": SCORES, "c": some.integers(1, 160).map(lambda i: Fraction(i, 8))}),
    _fixed,
    planted=(Planted("constant halved", lambda s, c: _fixed(s, c, 2)),),
)


def _soft(scale: int) -> Inequality:
    """Two positions tied at degree 4, one apart at degree 0."""
    return Inequality({"c": scale}, "abs(softmax([c**4, c**4 + 1])[0] - 1 / 2)", "1 / 5")


def _tied(scale: int) -> Inequality:
    """Exact ties: uniform indeed."""
    return Inequality({"c": scale}, "abs(softmax([c**4, c**4])[0] - 1 / 2)", "1 / 5")


NETWORK = {
    "query": "c * (wq @ (c * x1)) + c * bq",
    "key1": "c * (wk @ (c * x1))",
    "key2": "c * (wk @ (c * x2))",
}


def _hard(scale: int, bias: int = 1) -> Inequality:
    """One attention head whose query has a bias: the first token's scores are 0·c⁴ + c³ and 0."""
    point: Point = {"c": scale, "x1": (1, 0), "x2": (0, 1), "wq": (0, 1), "wk": (1, 0), "bq": bias}
    return Inequality(point, "abs(softmax([query * key1, query * key2])[0] - 1 / 2)", "1 / 5", NETWORK)


LARGE = (1, 10, 10**3, 10**6)
SOFT = Witness(
    "s(c) = c⁴(1, 1) + (0, 1), two equal tokens with a fixed offset: weights 1/(1 + e) and e/(1 + e) for every c, not ½",
    _soft,
    LARGE,
    (
        Step(
            "the first weight is 1/(1 + e) for every c",
            lambda: equal(1 / (1 + sympy.exp((c**4 + 1) - c**4)), 1 / (1 + sympy.E)),
        ),
        Step("½ − 1/(1 + e) > 1/5", lambda: bool(sympy.Rational(3, 10) - 1 / (1 + sympy.E) > 0)),
    ),
    planted=(Planted("without the offset: the weights are uniform", _tied),),
)
HARD = Witness(
    "one head, x₁ = (1, 0), x₂ = (0, 1), W^Q = (0, 1), b_q = 1, W^K = (1, 0): scores tie at c⁴, c³ decides; weight → 1, not ½",
    _hard,
    LARGE,
    (
        Step(
            "scores of token 1: c²(W^Q x₁ + b_q/c)·c²(W^K x_j) = (c³, 0): both 0 at degree 4",
            lambda: equal((c**2 * 0 + c * 1) * c**2 * 1, c**3),
        ),
        Step(
            "its weight σ(c³) ≥ σ(1) > 7/10 for every c ≥ 1",
            lambda: (
                nonnegative(sympy.diff(1 / (1 + sympy.exp(-(c**3))), c)) and bool(1 / (1 + sympy.exp(-1)) > sympy.Rational(7, 10))
            ),
        ),
    ),
    planted=(Planted("without the bias: the weights are uniform", lambda scale: _hard(scale, 0)),),
)


LEXICOGRAPHIC = Derivation(
    "‖softmax(s(c)) − w‖₁ ≤ 2Σ_{j∉T} e^{s_j(c) − s_*(c)} → 0, and ≤ 2(n − |T|)e^{−c/2} for integer coefficients, c ≥ 4A + 1",
    steps=(
        Step(
            "On T all scores have the same terms of positive degree, which cancel: E_i = e^{s₀ᵢ} and E_i/A = softmax(s₀)_i.",
        ),
        DISTANCE,
        Step("2R/(A + R) ≤ 2R/A", lambda: nonnegative(2 * R / A - 2 * R / (A + R))),
        Step(
            "off T the first differing coefficient is −δ < 0, of degree p ≥ 1; for c ≥ 1 the score lies below s_* by at least "
            "(δc − v)c^{p−1}, v the sum of the other differences, and e^{−(δc − v)} → 0",
            lambda: tends(sympy.exp(-(d * c - v)), c, 0),
        ),
        Step(
            "integers, |coefficients| ≤ A, c = 4A + 1 + u: lower terms are at most 2A(cᵖ − 1)/(c − 1) ≤ 2A·cᵖ/(4A + u) ≤ cᵖ/2",
            lambda: nonnegative(sympy.Rational(1, 2) - 2 * A / (4 * A + u)),
        ),
        Step("Σ_{i<p} cⁱ = (cᵖ − 1)/(c − 1), shown for p ≤ 4", lambda: all(_geometric(p) for p in range(1, 5))),
        Step("so the score lies below s_* by cᵖ/2 ≥ c/2 (c = 1 + u)", lambda: all(_grows(p) for p in range(1, 5))),
        Step(
            "∂softmax_i(h + te)/∂t = p_i(e_i − Σ p_j e_j), G(t) the sum of the other exponentials",
            lambda: _softmax_derivative(1),
        ),
        Step(
            "Σ p_i|e_i − ē| ≤ 2μ(q − μ)/q ≤ q/2 for e of range q: (q − 2μ)² ≥ 0",
            lambda: equal(q / 2 - 2 * t * (q - t) / q, (q - 2 * t) ** 2 / (2 * q)) and nonnegative((q - 2 * t) ** 2 / (2 * q)),
        ),
        Step("so a remainder ρ_i(c) → 0 in the scores moves the weights by at most ½ range(ρ) → 0 (|x − μ| is convex: chord)."),
    ),
    planted=(
        Planted("threshold 2A + 1 for 4A + 1", lambda: nonnegative(sympy.Rational(1, 2) - 2 * A / (2 * A + u))),
        Planted("derivative p_i·e_i, mean forgotten", lambda: _softmax_derivative(0)),
        Planted("range/4 for range/2", lambda: nonnegative(sympy.factor(q / 4 - 2 * t * (q - t) / q))),
    ),
)


def _geometric(p: int) -> bool:
    return equal(sum(c**i for i in range(p)), (c**p - 1) / (c - 1))


def _grows(p: int) -> bool:
    return at_least((1 + u) ** p - (1 + u), 0, u)


def _softmax_derivative(mean: int) -> bool:
    """Decide the derivative of one weight; with mean = 0 the mean is forgotten."""
    own = sympy.exp(h + t * e)
    weight = own / (own + Rest)
    average = (own * e + sympy.diff(Rest, t)) / (own + Rest)
    return equal(sympy.diff(weight, t), weight * (e - mean * average))


Coefficients = tuple[tuple[int, ...], ...]


def _at(row: tuple[int, ...], c: int) -> int:
    """Evaluate Σ a_j c^j, the highest degree first."""
    value = 0
    for coefficient in row:
        value = value * c + coefficient
    return value


def _limit(a: Coefficients, positive: int) -> tuple[int, list[Any]]:
    """Size of the top class, comparing the first `positive` coefficients, and the limit weights."""
    top = max(row[:positive] for row in a)
    powers = [real(row[-1]).exp() if row[:positive] == top else real(0) for row in a]
    total = sum(powers, real(0))
    return sum(row[:positive] == top for row in a), [power / total for power in powers]


def _lexicographic(a: Coefficients, beyond: int, positive: int = 4, hard: bool = False) -> Pairs:
    scale = 4 * max(1, *(abs(entry) for row in a for entry in row)) + 1 + beyond
    size, limit = _limit(tuple((*row[:-1], 0) for row in a) if hard else a, positive)
    first = _at(a[0], scale)
    weights = softmax([real(_at(row, scale) - first) for row in a])
    if size < len(a):
        yield _distance(weights, limit), 2 * (len(a) - size) * (real(Fraction(-scale, 2))).exp()
    else:
        yield _distance(weights, limit), real(Fraction(1, 10**30))


def _mostly_tied() -> Any:
    """Draw five coefficients between −1 and 1, the highest degree first; in half of the rows only the last is not 0."""
    return integers(5, 1) | some.sampled_from(((0, 0, 0, 0, -1), (0, 0, 0, 0, 0), (0, 0, 0, 0, 1)))


POLYNOMIALS = some.one_of(*[some.tuples(*[_mostly_tied()] * n) for n in (2, 3, 4)])
SEARCH = Search(
    "‖softmax(s(c)) − w‖₁ ≤ 2(n − |T|)e^{−c/2}, scores of degree 4 with integer coefficients, n ≤ 4 (within 10⁻³⁰ if all tie)",
    some.fixed_dictionaries(
        {
            "a": POLYNOMIALS,
            "beyond": some.integers(0, 8),
        }
    ),
    _lexicographic,
    planted=(
        Planted("only the leading coefficient compared", lambda a, beyond: _lexicographic(a, beyond, 1)),
        Planted("uniform weights on the top class", lambda a, beyond: _lexicographic(a, beyond, 4, True)),
    ),
)
CLAIMS = (
    Claim(
        "S1.fixed",
        place="§4.2",
        title="softmax of scaled fixed scores becomes uniform on the ties",
        statement="softmax(c·s) → uniform distribution on argmax s as c → ∞",
        why="It is the definition of saturated attention. For fixed scores it is a theorem, with an exponential rate.",
        literal=Form(
            "‖softmax(c·s) − w‖₁ ≤ 2(n − m)e^{−c·gap(s)}/m", ("m maxima, m < n (else equal for every c)",), (FIXED, FIXED_SEARCH)
        ),
        repaired=None,
        uses=("L7",),
        expected=Expected("derived"),
    ),
    Claim(
        "S1",
        place="§4.2",
        title="saturated attention is uniform on the ties, or softmax(s₀) on lexicographic ties",
        statement="as c → ∞ softmax may be replaced by the uniform distribution on the positions with maximal score",
        why="Claims about what saturated transformers recognise rest on it. Biases, offsets and norms add lower orders.",
        literal=Form(
            "scores s(c) = c^k(s_k + o(1)) ⇒ softmax(s(c)) → uniform distribution on argmax s_k",
            ("k > 0", "scores as any network may have them: with biases, offsets, an ε, or after earlier layers"),
            (SOFT, HARD),
        ),
        repaired=Form(
            "scores Σ_{j≤k} a_j c^j + o(1) ⇒ weights → 0 off the lexicographic argmax T of (a_k, …, a_1), → softmax(a_0) on T",
            ("finitely many terms of positive degree", "remainder → 0"),
            (LEXICOGRAPHIC, SEARCH),
        ),
        uses=("S1.fixed",),
        expected=Expected("refuted", "derived"),
    ),
)
