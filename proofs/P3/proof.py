"""P3, step by step: what a near-zero f does to σ∘f, and where σ∘f, tanh∘f and softmax∘f saturate.

Symbols: E = e^{−dr} bounds an error, q the range of the errors of a softmax, x an error in [0, q] and t their mean; r = ‖θ‖.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, d, g, r, q, k, K, A, B = sympy.symbols("c d g r q k K A B", positive=True)
u, v, w, s = sympy.symbols("u v w s", nonnegative=True)
x, t, z, e1, e2, M = sympy.symbols("x t z e1 e2 M", real=True)
p = sympy.Symbol("p", positive=True)
Rest = sympy.Function("G")(t)
half, quarter = sympy.Rational(1, 2), sympy.Rational(1, 4)


def _sigmoid(value: Any) -> Any:
    return 1 / (1 + sympy.exp(-sympy.sympify(value)))


def _tanh(value: Any) -> Any:
    return 1 - 2 / (1 + sympy.exp(2 * sympy.sympify(value)))


REFUTATION = (
    Step(
        "f(θ) = θ₁ of two parameters is exactly 1-homogeneous, and at θ = (1, M), c = 2 its values are 1 and 2, whatever M "
        "is: σ∘f moves by σ(2) − σ(1) > ⅛, tanh∘f by tanh 2 − tanh 1 > ⅛",
        lambda: all(bool((h(2) - h(1) - sympy.Rational(1, 8)).is_positive) for h in (_sigmoid, _tanh)),
    ),
    Step(
        "softmax(x, 0) = (σ(x), 1 − σ(x)): softmax∘(f, 0) moves by as much as σ∘f",
        lambda: equal(sympy.exp(x) / (sympy.exp(x) + 1), _sigmoid(x)) and equal(1 / (sympy.exp(x) + 1), 1 - _sigmoid(x)),
    ),
    Step(
        "‖(1, M)‖² − M² = 1 > 0, and for M = 3/d + u the bound e^{−dM} ≤ e^{−3} < ⅛; M ≥ ρ is as allowed: no d > 0 and ρ will do",
        lambda: (
            equal((1 + M**2) - M**2, 1)
            and at_least(-sympy.exp(-d * (3 / d + u)), -sympy.exp(-3), u)
            and bool((sympy.Rational(1, 8) - sympy.exp(-3)).is_positive)
        ),
    ),
    Step(
        "no bystander is needed: f = θ₁ − θ₂ has the same values 1 and 2 at (M + 1, M) and 2(M + 1, M)",
        lambda: equal((M + 1) - M, 1) and equal(2 * (M + 1) - 2 * M, 2),
    ),
    Step("as c → ∞ the error of σ∘f tends to 1 − σ(1) = σ(−1) = 0.2689…", lambda: tends(_sigmoid(c), c, 1)),
)


def _above(weight: int, y: Any, mean: Any, length: Any, sign: int) -> bool:
    line = mean + (length - weight * mean) * y / length
    return nonnegative(sympy.factor(line - sign * (mean - y)))


def _chord(weight: int) -> bool:
    """Decide |x − t| ≤ t + (q − weight·t)x/q, for 0 ≤ x ≤ t < q and for 0 ≤ t ≤ x < q."""
    return _above(weight, u, u + v, u + v + p, 1) and _above(weight, u + v, u, u + v + p, -1)


def _derivative(mean: int) -> bool:
    """Decide the derivative of one weight along scores z + te; with mean = 0 the mean is forgotten."""
    own = sympy.exp(z + t * e1)
    average = (own * e1 + sympy.diff(Rest, t)) / (own + Rest)
    return equal(sympy.diff(own / (own + Rest), t), own / (own + Rest) * (e1 - mean * average))


LIPSCHITZ = Derivation(
    "|σ(a) − σ(b)| ≤ ¼|a − b|, |tanh a − tanh b| ≤ |a − b|, ‖softmax(h + e) − softmax(h)‖₁ ≤ ½(max e − min e) ≤ max|e|",
    steps=(
        Step(
            "σ' = σ(1 − σ) = ¼ − (σ − ½)² ≤ ¼, tanh' = 1 − tanh² ≤ 1",
            lambda: (
                equal(sympy.diff(_sigmoid(x), x), _sigmoid(x) * (1 - _sigmoid(x)))
                and equal(z * (1 - z), quarter - (z - half) ** 2)
                and equal(sympy.diff(_tanh(x), x), 1 - _tanh(x) ** 2)
            ),
        ),
        Step(
            "∂/∂t of a weight along h + te is p_i(e_i − Σ_j p_j e_j), G(t) the sum of the other exponentials",
            lambda: _derivative(1),
        ),
        Step(
            "with 0 ≤ e_i ≤ q (a constant added to e changes nothing) and mean t: |x − t| ≤ t + (q − 2t)x/q for 0 ≤ x, t ≤ q",
            lambda: _chord(2),
        ),
        Step("so Σp_i|e_i − t| ≤ t + (q − 2t)t/q = q/2 − (q − 2t)²/(2q) ≤ q/2", lambda: _mean(half)),
        Step("Integrated over t from 0 to 1: ‖softmax(h + e) − softmax(h)‖₁ ≤ q/2, and q ≤ 2max|e|."),
    ),
    planted=(
        Planted("σ' ≤ ⅛", lambda: equal(z * (1 - z), sympy.Rational(1, 8) - (z - half) ** 2)),
        Planted("the mean forgotten in the derivative", lambda: _derivative(0)),
        Planted("slope q − 3t in the chord", lambda: _chord(3)),
        Planted("a third of the range", lambda: _mean(sympy.Rational(1, 3))),
    ),
)


def _mean(share: Any) -> bool:
    return equal(t + (q - 2 * t) * t / q, share * q - (q - 2 * t) ** 2 / (2 * q))


ZERO = Derivation(
    "k = 0: if f satisfies D3(0, d, ρ), so do σ∘f, tanh∘f and softmax∘f, with the same d and ρ",
    steps=(
        Step(
            "¼E ≤ E; and each entry of a softmax moves by at most half the ℓ₁ distance, as the differences add up to 0: "
            "max(|a|, |b|, |a + b|) ≤ ½(|a| + |b| + |a + b|) for three entries a, b, −a − b, each choice of signs",
            lambda: nonnegative(A - A / 4) and _half_of_sum(1),
        ),
        Step("½ · ½ · (max e − min e) ≤ ½E for |e_i| ≤ E", lambda: within((e1 - e2) / 4, around(e1, A) | around(e2, A), A / 2)),
    ),
    planted=(
        Planted("a third of the ℓ₁ distance", lambda: _half_of_sum(sympy.Rational(2, 3))),
        Planted("a quarter of E", lambda: within((e1 - e2) / 4, around(e1, A) | around(e2, A), A / 4)),
    ),
)


def _half_of_sum(share: Any) -> bool:
    """Decide |y| ≤ share·½(|a| + |b| + |a + b|) for y = a, b, a + b: for a, b ≥ 0, and for a = −u, b = u + v."""
    same, opposite = (u, v, u + v), (u, u + v, v)
    return all(nonnegative(share * half * sum(sizes) - size) for sizes in (same, opposite) for size in sizes)


SATURATED = Derivation(
    "f = h + e, |e| ≤ ε: |σ(f) − σ_∞(h)| ≤ ε/4 + e^{−|h|}, |tanh f − sign h| ≤ ε + e^{−|h|} (without the exponential where h "
    "= 0), ‖softmax(f) − w(h)‖₁ ≤ ε + 2(n − 1)e^{−gap(h)}",
    steps=(
        Step(
            "h = u ≥ 0: 1 − σ(u) = σ(−u) ≤ e^{−u}, and 1 − tanh u = 2/(1 + e^{2u}) ≤ e^{−u} as (e^{u/2} − e^{−u/2})² ≥ 0; "
            "both odd about h = 0",
            lambda: (
                equal(1 - _sigmoid(u), _sigmoid(-u))
                and nonnegative(1 - sympy.simplify(sympy.exp(u) * _sigmoid(-u)))
                and equal(
                    sympy.exp(-u) - 2 / (1 + sympy.exp(2 * u)),
                    (sympy.exp(u / 2) - sympy.exp(-u / 2)) ** 2 / (1 + sympy.exp(2 * u)),
                )
                and equal(_sigmoid(-x) - half, -(_sigmoid(x) - half))
                and equal(_tanh(-x), -_tanh(x))
            ),
        ),
        Step("σ(0) = ½ and tanh 0 = 0: at h = 0 only the error is left", lambda: equal(_sigmoid(0), half) and equal(_tanh(0), 0)),
        Step(
            "softmax(h) is within 2((n − m)/m)e^{−gap} of w(h) (L7), m maxima; (n − m)/m ≤ n − 1 for m = 1 + v, n = m + u",
            lambda: nonnegative((v + u) - u / (1 + v)),
        ),
    ),
    planted=(
        Planted("e^{−2u} for σ", lambda: nonnegative(1 - sympy.simplify(sympy.exp(2 * u) * _sigmoid(-u)))),
        Planted("(n − m)/m ≤ n − m − 1", lambda: nonnegative((u - 1) - u / (1 + v))),
    ),
)


def _absorbed(factor: Any, start: Any) -> bool:
    """Decide factor·e^{−gr} ≤ 1 for r = start + u."""
    return at_least(-sympy.simplify(factor * sympy.exp(-g * (start + u))), -1, u)


CONES = Derivation(
    "on a set that contains cθ for c ≥ 1 with θ, where h = 0 or |h| ≥ γr (all h_i equal, or gap(h) ≥ γr): D3(0, d', ρ'), "
    "ρ' = max(ρ, ln K/(δ − d')), δ = min(d, γ), K = 5/2 (σ), 4 (tanh), 2n − 1 (softmax)",
    steps=(
        Step(
            "f = h + e, h(cθ) = cᵏh(θ), |e| ≤ e^{−dr} (D3.prime): cᵏ > 0 keeps the sign of h, the maxima of h, and their "
            "equality",
            lambda: equal(c**k * x - c**k * z, c**k * (x - z)) and (c**k).is_positive is True,
        ),
        Step("e^{−dr}, e^{−γr} ≤ e^{−δr}, and so at cθ: e^{−δcr} ≤ e^{−δr}", lambda: at_least(-sympy.exp(-u * r), -1, u)),
        Step(
            "two such errors: 2(¼ + 1) = 5/2, 2(1 + 1) = 4, and for an entry of a softmax ½·2(1 + 2(n − 1)) = 2n − 1",
            lambda: (
                equal(2 * (quarter + 1), sympy.Rational(5, 2))
                and equal(2 * (1 + 1), 4)
                and equal(half * 2 * (1 + 2 * (K - 1)), 2 * K - 1)
            ),
        ),
        Step("Ke^{−gr} ≤ 1 for r ≥ ln K/g, g = δ − d'", lambda: _absorbed(K, sympy.log(K) / g)),
    ),
    planted=(
        Planted("r ≥ ln K/(2g)", lambda: _absorbed(K, sympy.log(K) / (2 * g))),
        Planted("n for n − 1", lambda: equal(half * 2 * (1 + 2 * K), 2 * K - 1)),
    ),
)


def _below_one(power: Any) -> bool:
    """Decide e^{power·u} ≥ eᵘ, that is r^power ≥ r for r = eᵘ ≥ 1."""
    return at_least(sympy.exp((power - 1) * u), 1, u)


ONE = Derivation(
    "one parameter: P3 holds for k ≥ 1 on the whole line, and fails for k = ½",
    steps=(
        Step(
            "on each half-line h = a·rᵏ, and rᵏ ≥ r for r = eᵘ ≥ 1, k = 1 + w ≥ 1: where a ≠ 0, |h| ≥ |a|r; gap(h) = "
            "gap(a)·rᵏ ≥ gap(a)·r",
            lambda: _below_one(1 + w),
        ),
        Step(
            "f = √|θ|, k = ½, at θ = x²: as c → ∞ σ∘f moves by σ(−x) ≥ ½e^{−x}",
            lambda: (
                equal(sympy.sqrt(c * u**2), sympy.sqrt(c) * u)
                and at_least(sympy.simplify(sympy.exp(u) * _sigmoid(-u)), half, u)
                and tends(_sigmoid(sympy.sqrt(c) * q), c, 1)
            ),
        ),
        Step(
            "½e^{−x} > e^{−dx²} for x = 1 + 1/d + u: dx² − x − 1 > 0, and ln 2 < 1",
            lambda: nonnegative(sympy.expand(d * (1 + 1 / d + u) ** 2 - (1 + 1 / d + u) - 1 - d)) and bool(sympy.log(2) < 1),
        ),
    ),
    planted=(
        Planted("rᵏ ≥ r for k = ½", lambda: _below_one(half)),
        Planted("x = 1/(2d)", lambda: nonnegative(sympy.expand(d * (1 / (2 * d) + u) ** 2 - (1 / (2 * d) + u) - 1))),
    ),
)
PROOF = (LIPSCHITZ, ZERO, SATURATED, CONES, ONE)
