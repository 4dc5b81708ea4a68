"""T1, row LayerNorm: LN takes degree k to degree 0.

LN(x) = Px/‖Px‖ with P = I − 11ᵀ/n forgets the length of its argument.  For k > 0 approximate homogeneity bears it; for k = 0 an
argument that decays with ‖θ‖ may turn as it likes and LN magnifies the turn.  What is needed is an argument whose symbol has
‖Ps‖₂ ≥ m > 0 (paper App. C, Table 1 and C.2).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some
import sympy

from sattheory.claims.asymptotic_error import APPROXIMATE, DEFINITION, integers
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.deciders import equal, nonnegative
from sattheory.claims.evidence import Derivation, Planted, Search, Step, Witness
from sattheory.claims.inequality import Inequality, Pairs, Point, centre, norm, real, unit

TURNING = {
    "small": "exp(-theta) / 4 * cos_pi([theta, theta + 2 / 3, theta + 4 / 3])",
    "large": "exp(-c * theta) / 4 * cos_pi([c * theta, c * theta + 2 / 3, c * theta + 4 / 3])",
}
theta, u, n = sympy.symbols("theta u n", positive=True)
angle = sympy.Symbol("phi", real=True)
a, b, h, x = sympy.symbols("a b h x", nonnegative=True)
dot, A, B = sympy.symbols("dot A B", real=True)


def _family(radius: int) -> Inequality:
    """θ = 2N and cθ = 2N + 1: the vector has turned by π."""
    point: Point = {"theta": 2 * radius, "c": Fraction(2 * radius + 1, 2 * radius)}
    return Inequality(point, "max(abs(unit(centre(large)) - unit(centre(small))))", "1", TURNING)


def _full_turn(radius: int) -> Inequality:
    """θ = 2N and cθ = 2N + 2: a full turn, no failure."""
    point: Point = {"theta": 2 * radius, "c": Fraction(2 * radius + 2, 2 * radius)}
    return Inequality(point, "max(abs(unit(centre(large)) - unit(centre(small))))", "1", TURNING)


def _wave(j: int) -> Any:
    return sympy.cos(angle + 2 * sympy.pi * j / 3)


MEETS_ASSUMPTIONS = (
    Step(
        "|f(cθ) − f(θ)| ≤ ¼e^{−cθ} + ¼e^{−θ} ≤ e^{−θ} for c ≥ 1: f is approximately 0-homogeneous",
        lambda: nonnegative(sympy.simplify((1 - sympy.Rational(1, 2)) * sympy.exp(-theta))),
    ),
    Step("Σ_j cos(φ + 2πj/3) = 0: f is centred", lambda: equal(sympy.expand_trig(sum(_wave(j) for j in range(3))), 0)),
    Step(
        "Σ_j cos²(φ + 2πj/3) = 3/2: ‖f‖ = ¼e^{−θ}√(3/2) is never 0",
        lambda: equal(sympy.expand_trig(sum(_wave(j) ** 2 for j in range(3))), sympy.Rational(3, 2)),
    ),
    Step(
        "cos(φ + π) = −cos φ: LN changes sign, its first entry from √(2/3) to −√(2/3)",
        lambda: equal(sympy.cos(angle + sympy.pi), -sympy.cos(angle)),
    ),
)
WITNESS = Witness(
    "f = ¼e^{−|θ|}(cos(πθ + 2πj/3))_j, θ = 2N ≥ ρ, cθ = 2N + 1: LN moves by 2√(2/3) = 1.6329… > 1 ≥ e^{−dθ}",
    _family,
    (1, 10, 100),
    MEETS_ASSUMPTIONS,
    planted=(Planted("a full turn instead of half a turn: the inequality is true there", _full_turn),),
)
between = a**2 + b**2 - 2 * dot
DERIVATION = Derivation(
    "‖LN(f(cθ)) − N(s)‖₂ ≤ √2·√n·E/m, where N(s) = Ps/‖Ps‖",
    steps=(
        Step(
            "‖e‖₂² − ‖Pe‖₂² = (Σe)²/n ≥ 0, so ‖Pe‖₂ ≤ ‖e‖₂ ≤ √n·E (A = Σe², B = Σe)",
            lambda: equal(A - (A - 2 * B * B / n + n * (B / n) ** 2), B**2 / n) and nonnegative(B**2 / n),
        ),
        Step(
            "|u| = a, |v| = b, u·v = dot: ‖u/a − v/b‖² = (‖u − v‖² − (a − b)²)/(ab)",
            lambda: equal(2 - 2 * dot / (a * b), (between - (a - b) ** 2) / (a * b)),
        ),
        Step("a ≥ b: at most δ²/b² ≤ 2δ²/b², δ = ‖u − v‖", lambda: nonnegative(2 * (b + h) - b)),
        Step(
            "a = b − h, 0 ≤ h ≤ δ < b: 2δ²(b − h) − b(δ² − h²) = δ(δ − h)² + (b − δ)(δ² + h²) ≥ 0",
            lambda: equal(2 * x**2 * (b - h) - b * (x**2 - h**2), x * (x - h) ** 2 + (b - x) * (x**2 + h**2)),
        ),
        Step("so ‖u/|u| − v/|v|‖ ≤ √2‖u − v‖/|v| when ‖u − v‖ < |v|; u = P(s + e), v = Ps, |v| ≥ m, ‖u − v‖ ≤ √n·E < m."),
    ),
    planted=(
        Planted(
            "1 for √2 (a = b − h)",
            lambda: equal(x**2 * (b - h) - b * (x**2 - h**2), x * (x - h) ** 2 + (b - x) * (x**2 + h**2)),
        ),
        Planted("a + b for a − b", lambda: equal(2 - 2 * dot / (a * b), (between - (a + b) ** 2) / (a * b))),
    ),
)


def error_below(s: tuple[int, ...], e: tuple[int, ...], part: int) -> tuple[Any, Any, Any]:
    """Normalise s and s + e with an error small enough, √n·E < ‖Ps‖.

    Parameters
    ----------
    s, e : tuple of int, shape (n,)
        A symbol that is not constant; the direction of the error, entries at most 8.
    part : int
        How large the error is, in sixteenths of what is allowed.

    Returns
    -------
    tuple
        N(s + e), N(s) as lists of balls, and √n·E/m.
    """
    n, mean = len(s), Fraction(sum(s), len(s))
    E = max(abs(entry - mean) for entry in s) / n * Fraction(part, 16)
    centred = centre([real(entry) for entry in s])
    moved = centre([real(entry + E * Fraction(step, 8)) for entry, step in zip(s, e, strict=True)])
    return unit(moved), unit(centred), real(n).sqrt() * real(E) / norm(centred)


def _distance(s: tuple[int, ...], e: tuple[int, ...], part: int) -> tuple[Any, Any]:
    """‖N(s + e) − N(s)‖² and n·E²/m²: squares, because a root of a ball around 0 is no number."""
    found, symbol, error = error_below(s, e, part)
    return sum(((y - z) * (y - z) for y, z in zip(found, symbol, strict=True)), real(0)), error**2


def _row(**example: Any) -> Pairs:
    square, error = _distance(**example)
    yield square, 2 * error


def _half(**example: Any) -> Pairs:
    square, error = _distance(**example)
    yield square, error / 4


def _turns(x: tuple[int, ...]) -> bool:
    return len(set(x)) > 1


def _normalised(n: int) -> Any:
    """Draw a symbol and an error that are not constant."""
    part = some.integers(1, 16)
    return some.fixed_dictionaries({"s": integers(n, 6).filter(_turns), "e": integers(n, 8).filter(_turns), "part": part})


NORMALISED = some.one_of(*[_normalised(n) for n in (2, 3, 4)])
SEARCH = Search(
    "‖N(s + e) − N(s)‖₂ ≤ √2·√n·E/m, n ≤ 4",
    NORMALISED,
    _row,
    planted=(Planted("constant ½ instead of √2", _half),),
)
CLAIMS = (
    Claim(
        "T1.layernorm",
        place="App. C, Table 1",
        title="LN takes every degree to degree 0",
        statement="f of degree k ⇒ LN(f) of degree 0; also for approximate homogeneity",
        why="It keeps deep networks from growing without bound. An argument that decays is where the calculus breaks.",
        literal=Form(
            "f approximately k-homogeneous ⇒ LN∘f approximately 0-homogeneous, k ≥ 0",
            (APPROXIMATE, "Pf never 0"),
            (WITNESS,),
        ),
        repaired=Form(
            "degree 0, symbol N(s) = Ps/‖Ps‖, error at most √2·√n·E/m (and so 2√n·E/m)",
            (DEFINITION, "‖Ps‖₂ ≥ m > 0", "√n·E < m"),
            (DERIVATION, SEARCH),
        ),
        expected=Expected("refuted", "derived"),
    ),
)
