"""AH.sigmoid: tanh and σ for every sign of the degree, as steps that SymPy decides.

P, Q and D stand for e^a, e^b and e^{d/2}, which makes identities of hyperbolic functions rational ones.
"""

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, E, S, g, P, Q, D = sympy.symbols("c^k E S gamma P Q D", positive=True)
u, h, d = sympy.symbols("u h d", nonnegative=True)
y, a, b, s, e = sympy.symbols("y a b s e", real=True)
half = sympy.Rational(1, 2)


def _tanh(z):
    return 1 - 2 / (1 + sympy.exp(2 * z))


def _sigmoid(z):
    return 1 / (1 + sympy.exp(-z))


def _power_tanh(power):
    """Tanh of the logarithm of a power of e."""
    return (power - 1 / power) / (power + 1 / power)


def _sinh(power):
    return (power - 1 / power) / 2


def _cosh(power):
    return (power + 1 / power) / 2


LEMMAS = Derivation(
    "1 − tanh y ≤ 2e^{−2y}; |tanh a − tanh b| ≤ 2tanh(|a − b|/2) ≤ |a − b|; y − y³/3 ≤ tanh y ≤ y (y ≥ 0); σ(y) = ½(1 + "
    "tanh(y/2))",
    steps=(
        Step("tanh y = 1 − 2/(1 + e^{2y})", lambda: equal(sympy.tanh(y).rewrite(sympy.exp), _tanh(y))),
        Step("tanh is odd", lambda: equal(_tanh(-y), -_tanh(y))),
        Step("σ(y) = ½(1 + tanh(y/2))", lambda: equal(_sigmoid(y), half * (1 + _tanh(y / 2)))),
        Step(
            "1 − tanh y = 2/(1 + e^{2y}) falls in y, and 2e^{−2y} − 2/(1 + e^{2y}) = 2e^{−2y}/(1 + e^{2y}) ≥ 0, for all y",
            lambda: (
                nonnegative(sympy.diff(_tanh(y), y))
                and equal(2 * sympy.exp(-2 * y) - (1 - _tanh(y)), 2 * sympy.exp(-2 * y) / (1 + sympy.exp(2 * y)))
                and nonnegative(2 * sympy.exp(-2 * y) / (1 + sympy.exp(2 * y)))
            ),
        ),
        Step(
            "tanh a − tanh b = 2 sinh(a − b)/(cosh(a + b) + cosh(a − b))",
            lambda: equal(_power_tanh(P) - _power_tanh(Q), 2 * _sinh(P / Q) / (_cosh(P * Q) + _cosh(P / Q))),
        ),
        Step(
            "2 sinh d/(cosh t + cosh d) ≤ 2 sinh d/(1 + cosh d) for d ≥ 0 (cosh t = 1 + u), with equality at t = 0",
            lambda: nonnegative(2 * sympy.sinh(d) / (1 + sympy.cosh(d)) - 2 * sympy.sinh(d) / (1 + u + sympy.cosh(d))),
        ),
        Step(
            "sinh d/(1 + cosh d) = tanh(d/2)",
            lambda: equal(_sinh(D**2) / (1 + _cosh(D**2)), _power_tanh(D)),
        ),
        Step("tanh y ≤ y for y ≥ 0: (y − tanh y)' = tanh² y", lambda: at_least(h - sympy.tanh(h), 0, h)),
        Step(
            "tanh y ≥ y − y³/3 for y ≥ 0: the derivative of the difference is y² − tanh² y = (y − tanh y)(y + tanh y) ≥ 0",
            lambda: equal(sympy.diff(sympy.tanh(h) - h + h**3 / 3, h), (h - sympy.tanh(h)) * (h + sympy.tanh(h))),
        ),
    ),
    planted=(
        Planted("exponent 3 for 2", lambda: nonnegative(2 * sympy.exp(-3 * y) - (1 - _tanh(y)))),
        Planted("σ(y) = ½(1 + tanh y)", lambda: equal(_sigmoid(y), half * (1 + _tanh(y)))),
        Planted("denominator without cosh(a − b)", lambda: equal(_power_tanh(P) - _power_tanh(Q), _sinh(P / Q) / _cosh(P * Q))),
        Planted("tanh y ≤ y/2", lambda: at_least(h / 2 - sympy.tanh(h), 0, h)),
        Planted(
            "y³/4 for y³/3",
            lambda: equal(sympy.diff(sympy.tanh(h) - h + h**3 / 4, h), (h - sympy.tanh(h)) * (h + sympy.tanh(h))),
        ),
    ),
)
SATURATED = Derivation(
    "k > 0: |tanh f − sign s| ≤ 2/(1 + e^{2(γ − E)cᵏ}), |σ(f) − step s| ≤ 1/(1 + e^{(γ − E)cᵏ}) for |s| ≥ γ; tanh(cᵏE), "
    "½tanh(cᵏE/2) at s = 0",
    steps=(
        Step(
            "s ≥ γ (s = γ + h): f ≥ cᵏ(γ − E), and |tanh f − 1| = 1 − tanh f falls in f; s ≤ −γ is the same for −f, tanh "
            "being odd",
            lambda: nonnegative((c * (g + h + e) - c * (g - E)).subs(e, u - E)),
        ),
        Step(
            "σ(f) − 1 = ½(tanh(f/2) − 1): half of the same at f/2",
            lambda: equal(1 - _sigmoid(y), half * (1 - _tanh(y / 2))) and equal(1 - _sigmoid(y), 1 / (1 + sympy.exp(y))),
        ),
        Step(
            "1/(1 + e^y) ≤ e^{−y}",
            lambda: equal(sympy.exp(-y) - 1 / (1 + sympy.exp(y)), sympy.exp(-y) / (1 + sympy.exp(y))),
        ),
        Step("s = 0: |f| = cᵏ|e| ≤ cᵏE, so |tanh f| ≤ tanh(cᵏE) ≤ cᵏE, and |σ(f) − ½| = ½tanh(|f|/2) ≤ ½tanh(cᵏE/2) ≤ ¼cᵏE."),
    ),
    planted=(
        Planted("γ for γ − E", lambda: nonnegative((c * (g + h + e) - c * g).subs(e, u - E))),
        Planted("1/(1 + e^y) ≤ e^{−2y}", lambda: nonnegative(sympy.exp(-2 * y) - 1 / (1 + sympy.exp(y)))),
    ),
)
SOFT = Derivation(
    "k = 0: error 2tanh(E/2) ≤ E for tanh, tanh(E/4) ≤ E/4 for σ; k < 0: tanh keeps degree k, error E + S³c^{2k}/3; σ → ½, "
    "(S + E)cᵏ/4",
    steps=(
        Step("k = 0: |tanh(s + e) − tanh s| ≤ 2tanh(|e|/2) ≤ 2tanh(E/2) ≤ E, with a = s + e, b = s above."),
        Step(
            "|σ(a) − σ(b)| = ½|tanh(a/2) − tanh(b/2)| ≤ tanh(|a − b|/4) ≤ |a − b|/4",
            lambda: equal(_sigmoid(a) - _sigmoid(b), half * (_tanh(a / 2) - _tanh(b / 2))),
        ),
        Step(
            "k < 0: c^{−k}tanh(cᵏ(s + e)) − s = c^{−k}(tanh(cᵏ(s + e)) − tanh(cᵏs)) + (c^{−k}tanh(cᵏs) − s); the first is at "
            "most |e|",
            lambda: within((c * (s + e) - c * s) / c, around(e, E), E),
        ),
        Step(
            "the second is at most |s|³c^{2k}/3: c^{−k}(cᵏ|s|)³/3",
            lambda: equal((c * h) ** 3 / 3 / c, h**3 * c**2 / 3),
        ),
        Step(
            "|σ(f) − ½| = ½tanh(|f|/2) ≤ |f|/4, and |f| ≤ cᵏ(S + E)",
            lambda: (
                equal(_sigmoid(y) - half, half * _tanh(y / 2)) and within(c * (s + e), around(s, S) | around(e, E), c * (S + E))
            ),
        ),
    ),
    planted=(
        Planted("σ with the slope ½", lambda: equal(_sigmoid(a) - _sigmoid(b), half * (_tanh(a) - _tanh(b)))),
        Planted("|f| ≤ cᵏS", lambda: within(c * (s + e), around(s, S) | around(e, E), c * S)),
        Planted("c^k for c^{2k}", lambda: equal((c * h) ** 3 / 3 / c, h**3 * c / 3)),
    ),
)
PROOF = (LEMMAS, SATURATED, SOFT)
