"""D1, step by step: germs of functions made of the parameters have a sign, so they are monotone, so they have limits.

Symbols: c → ∞; a germ y with y' = ay + b over a Hardy field K; w = P(y) for a monic polynomial P of degree n, A with A' = a;
M, C what a bound might name, m = |MSA(θ)| in one entry.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import equal, nonnegative
from sattheory.claims.evidence import Derivation, Planted, Step

c, M, m, x, y, p, q, gain = sympy.symbols("c M m x y p q gamma", positive=True)
u = sympy.Symbol("u", nonnegative=True)
n = sympy.Symbol("n", positive=True, integer=True)
A, W, F = (sympy.Function(name)(c) for name in ("A", "w", "f"))
a, b, Y = (sympy.Function(name)(c) for name in ("a", "b", "Y"))
Phi = (1 + sympy.erf(F / sympy.sqrt(2))) / 2
density = sympy.exp(-(F**2) / 2) / sympy.sqrt(2 * sympy.pi)


def _drops(slope: Any, degree: int) -> bool:
    """Decide whether P(y)' − n·a·P(y) has degree below n in y, for y' = slope and every monic P of degree n."""
    P = Y**degree + sum(sympy.Function(f"p{j}")(c) * Y**j for j in range(degree))
    rest = sympy.diff(P, c).subs(sympy.Derivative(Y, c), slope) - degree * a * P
    return bool(sympy.Poly(sympy.expand(rest), Y).degree() < degree)


def _factor_removes(power: Any) -> bool:
    """Decide (w·e^{−power·A})' = (w' − n·A'w)·e^{−power·A}."""
    factor = sympy.exp(-power * A)
    return equal(sympy.diff(W * factor, c), (sympy.diff(W, c) - n * sympy.diff(A, c) * W) * factor)


def _slope(function: Any, inner: Any, forcing: Any = 0) -> bool:
    """Decide whether function' = inner·function + forcing."""
    return equal(sympy.diff(function, c), inner * function + forcing)


SIGN = Derivation(
    "K a Hardy field, y' = ay + b with a, b ∈ K: every polynomial in y over K has a constant sign for large c, so K(y) is a "
    "Hardy field",
    steps=(
        Step(
            "P(y)' − n·a·P(y) has degree < n in y for every monic P of degree n over K; shown for n ≤ 4",
            lambda: all(_drops(a * Y + b, degree) for degree in range(1, 5)),
        ),
        Step(
            "(w·e^{−nA})' = (w' − naw)·e^{−nA}, A' = a",
            lambda: _factor_removes(n),
        ),
        Step(
            "By induction on n the right side is 0, or has one sign, for large c: w·e^{−nA} is constant or strictly monotone "
            "there, has at most one zero, and w has one sign beyond it."
        ),
        Step("Derivatives and inverses of elements of K(y) that are not 0 lie in K(y), and they are defined for large c."),
    ),
    planted=(
        Planted("y' = y² + b for y' = ay + b: the degree grows", lambda: _drops(Y**2 + b, 2)),
        Planted("e^{−A} for e^{−nA}", lambda: _factor_removes(1)),
    ),
)
OPERATIONS = Derivation(
    "exp f, log f, √f and Φ(f) satisfy y' = ay + b over a field that contains f; all else is made of them, + − × ÷ and |·|",
    steps=(
        Step("(e^f)' = f'·e^f", lambda: _slope(sympy.exp(F), sympy.diff(F, c))),
        Step("(√f)' = f'/(2f)·√f", lambda: _slope(sympy.sqrt(F), sympy.diff(F, c) / (2 * F))),
        Step("(log f)' = 0·log f + f'/f", lambda: _slope(sympy.log(F), 0, sympy.diff(F, c) / F)),
        Step(
            "Φ(f)' = 0·Φ(f) + f'·e^{−f²/2}/√(2π), e^{−f²/2} adjoined before",
            lambda: _slope(Phi, 0, sympy.diff(F, c) * density),
        ),
        Step(
            "σ(x) = 1/(1 + e^{−x}), tanh x = 2σ(2x) − 1",
            lambda: equal(sympy.tanh(x).rewrite(sympy.exp), 2 / (1 + sympy.exp(-2 * x)) - 1),
        ),
        Step(
            "max(x, y) = (x + y + |x − y|)/2, for x = y + u and for y = x + u",
            lambda: equal((y + u + y + u) / 2, y + u) and equal((x + x + u + u) / 2, x + u),
        ),
        Step("|f| is f, −f or 0 for large c, because f has a sign; so with max and ReLU no new germ arises."),
    ),
    planted=(
        Planted("√f' = f'/f·√f", lambda: _slope(sympy.sqrt(F), sympy.diff(F, c) / F)),
        Planted("sin' = a·sin with a = 1", lambda: _slope(sympy.sin(F), sympy.diff(F, c))),
        Planted("Φ' without its factor 1/√(2π)", lambda: _slope(Phi, 0, sympy.diff(F, c) * sympy.exp(-(F**2) / 2))),
    ),
)
LIMIT = Derivation(
    "c^{−k}f(cθ) is monotone for large c and has a limit in [−∞, ∞]",
    steps=(
        Step("cθ_i lies in R(c): (cx)' = x, and R(c) is closed under derivatives", lambda: equal(sympy.diff(c * x, c), x)),
        Step(
            "c^{−k} ∈ R(c), and (c^{−k}f)' = c^{−k}(f' − kf/c) lies in the field",
            lambda: equal(sympy.diff(c ** (-n) * F, c), c ** (-n) * (sympy.diff(F, c) - n * F / c)),
        ),
        Step("A germ whose derivative has one sign or is 0 is monotone for large c; a monotone function has a limit in [−∞, ∞]."),
    ),
    planted=(
        Planted(
            "product rule without its second half", lambda: equal(sympy.diff(c ** (-n) * F, c), c ** (-n) * sympy.diff(F, c))
        ),
    ),
)
PROOF = (SIGN, OPERATIONS, LIMIT)
REFUTATION = (
    Step(
        "one position: A = 1, MSA(cθ) = cγ⊙LN(c³WW^v x) + cx, and LN(c³v) = LN(v): so MSA(cθ) = c·MSA(θ)",
        lambda: equal(
            c * gain * c**3 * p / sympy.sqrt(sympy.factor((c**3 * p) ** 2 + (c**3 * q) ** 2)) + c * x,
            c * (gain * p / sympy.sqrt(p**2 + q**2) + x),
        ),
    ),
    Step(
        "where an entry of MSA(θ) is ±m ≠ 0, that of MSA(cθ) exceeds M for c = (M + 1)/m + u: no bound holds for large c",
        lambda: nonnegative(((M + 1) / m + u) * m - M - 1),
    ),
    Step("the space searched has finitely many θ, so bounds M and C for each of them would give one pair M, C for all"),
    Step(
        "x = (1, 1), W^v = W = I: the vector to be normalised, c³(1, 1) − c³(1, 1), is 0 for every c, and LN is 0/0",
        lambda: equal(c**3 - (c**3 + c**3) / 2, 0),
    ),
)
