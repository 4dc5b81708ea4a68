"""AH.gelu: GELU in both forms, SiLU and softplus, for every sign of the degree.

φ(x) = x·G(x) with G = Φ (GELU), G(x) = σ(z), z = √(8/π)(x + 0.044715x³) (its tanh form), or G = σ (SiLU); φ₀ is the normal
density.  Each supremum is that of a function whose derivative changes sign once, between two rationals where balls decide.
"""

from fractions import Fraction

import sympy

from sattheory.claims.deciders import around, at_least, equal, nonnegative, on_interval, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step
from sattheory.claims.formulas import evaluate, real

c, E, S, M, kappa, a, w = sympy.symbols("c^k E S M kappa a w", positive=True)
u, h, y, Y = sympy.symbols("u h y Y", nonnegative=True)
x, s, e, G = sympy.symbols("x s e G", real=True)
half = sympy.Rational(1, 2)
CUBE = sympy.Rational(44715, 10**6)
SLOPE = sympy.sqrt(8 / sympy.pi)
NAMES = {
    "z": "sqrt(8 / pi) * (x + 44715 / 1000000 * x ** 3)",
    "dz": "sqrt(8 / pi) * (1 + 3 * 44715 / 1000000 * x ** 2)",
    "ddz": "sqrt(8 / pi) * 6 * 44715 / 1000000 * x",
    "density": "exp(-(x ** 2) / 2) / sqrt(2 * pi)",
}
SILU_SLOPE = "sigmoid(x) + x * sigmoid(x) * sigmoid(-x)"
TANH_SLOPE = "sigmoid(z) + x * dz * sigmoid(z) * sigmoid(-z)"


def _same(left, right):
    """Expand before simplifying: most of what follows is polynomial in its parts."""
    return equal(sympy.expand(left - right), 0)


def _sigma(t):
    return 1 / (1 + sympy.exp(-t))


def _normal(t):
    return (1 + sympy.erf(t / sympy.sqrt(2))) / 2


def _upper(t):
    """Φ(−t)."""
    return sympy.erfc(t / sympy.sqrt(2)) / 2


def _density(t):
    return sympy.exp(-(t**2) / 2) / sympy.sqrt(2 * sympy.pi)


def _z(t, order=0):
    """z, or a derivative of it."""
    return (SLOPE * (t + CUBE * t**3), SLOPE * (1 + 3 * CUBE * t**2), SLOPE * 6 * CUBE * t)[order]


def _value(formula, ball):
    """Evaluate a formula in x, z, z', z'' and φ₀ on a ball."""
    names = {"x": ball}
    for name, text in NAMES.items():
        names[name] = evaluate(text, names)
    return evaluate(formula, names)


def _at(formula, point):
    return _value(formula, real(Fraction(point)))


def _turns(formula, low, high):
    """Decide that a formula is positive at one rational and negative at another."""
    return bool(_at(formula, low) > real(0)) and bool(_at(formula, high) < real(0))


def _below(formula, low, high, bound):
    """Decide formula ≤ bound for x in [low, high]."""
    return on_interval(lambda ball: [(_value(formula, ball), real(Fraction(bound)))], Fraction(low), Fraction(high))


def _tanh_form(slope):
    """½(1 + tanh(slope·(x + 0.044715x³))) = σ(z)."""
    return equal((1 + (1 - 2 / (1 + sympy.exp(2 * slope * (x + CUBE * x**3))))) / 2, _sigma(_z(x)))


def _silu_sign(shift):
    """Write g = 1 + (shift − a)e^a, shift = 1."""
    return 1 + (shift - a) * sympy.exp(a)


def _gate(variable, z):
    """Make p = σ(z) an unknown function; beside it, how to put p' = p(1 − p)z' into an expression."""
    p = sympy.Function("p")(variable)
    rule = {sympy.diff(p, variable): p * (1 - p) * sympy.diff(z, variable)}
    return p, lambda expression: expression.subs(rule)


def _falls(factor):
    """(aσ(−z))' = σ(−z)(1 − az'σ(z)) for any function z, with σ(−z) = 1 − p."""
    z = sympy.Function("z")(a)
    p, put = _gate(a, z)
    return _same(put(sympy.diff(a * (1 - p), a)), (1 - p) * (1 - factor * a * sympy.diff(z, a) * p))


def _curvature(z):
    """φ'' = p(1 − p)(2z' + xz'' − xz'²(2p − 1)) for p = σ(z)."""
    p, put = _gate(x, z)
    slope = put(sympy.diff(x * p, x))
    first, second = sympy.diff(z, x), sympy.diff(z, x, 2)
    return _same(put(sympy.diff(slope, x)), p * (1 - p) * (2 * first + x * second - x * first**2 * (2 * p - 1)))


def _reflected(sign):
    """φ'(x) + φ'(−x) = 1 from G(−x) = 1 − G(x), whose derivative gives G'(−x) = G'(x) (sign −1)."""
    slope = sympy.Symbol("G'", real=True)
    return equal((G + x * slope) + ((1 - G) + sign * x * slope), 1)


def _tanh_ratio(share):
    t = share * a**2
    return equal((2 * _z(a, 1) + a * _z(a, 2)) / (a * _z(a, 1) ** 2), 2 * (1 + 2 * t) / (SLOPE * a * (1 + t) ** 2))


GATES = Derivation(
    "|φ(x) − ReLU(x)| = |x|G(−|x|) ≤ M, M < 0.169972 (GELU), 0.170041 (tanh form), M = W(1/e) < 0.278465 (SiLU); ln 2 for "
    "softplus",
    steps=(
        Step(
            "G(−x) = 1 − G(x) for Φ, for σ, and for the tanh form, whose z is odd",
            lambda: equal(_normal(-x), 1 - _normal(x)) and equal(_sigma(-x), 1 - _sigma(x)) and equal(_z(-x), -_z(x)),
        ),
        Step("½(1 + tanh(√(2/π)(x + 0.044715x³))) = σ(z)", lambda: _tanh_form(sympy.sqrt(2 / sympy.pi))),
        Step(
            "x = a ≥ 0: aG(a) − a = −a(1 − G(a)) = −aG(−a); x = −a: ReLU(x) = 0 and φ(x) = −aG(−a)",
            lambda: equal(a * G - a, -a * (1 - G)),
        ),
        Step(
            "D(a) = φ₀(a) − aΦ(−a) has D' = −Φ(−a) ≤ 0 and D → 0, so aΦ(−a) ≤ φ₀(a) for a ≥ 0",
            lambda: (
                _same(sympy.diff(_density(a) - a * _upper(a), a), -_upper(a))
                and tends(_density(a), a, 0)
                and tends(a * _upper(a), a, 0)
            ),
        ),
        Step(
            "GELU: (aΦ(−a))' = Φ(−a) − aφ₀(a) has the derivative (a² − 2)φ₀(a) < 0 on [0, 1], and is at most (1/a − a)φ₀(a) "
            "≤ 0 for a ≥ 1",
            lambda: (
                _same(sympy.diff(a * _upper(a), a), _upper(a) - a * _density(a))
                and _same(sympy.diff(_upper(a) - a * _density(a), a), (a**2 - 2) * _density(a))
                and nonnegative((a - 1 / a).subs(a, 1 + h))
            ),
        ),
        Step(
            "so it changes sign once, between 0.751791 and 0.751792, where aΦ(−a) ≤ 0.169972",
            lambda: (
                _turns("Phi(-x) - x * density", "0.751791", "0.751792")
                and _below("x * Phi(-x)", "0.751791", "0.751792", "0.169972")
            ),
        ),
        Step(
            "tanh form: σ' = σ(1 − σ), so (aσ(−z))' = σ(−z)(1 − az'σ(z)), where a, z' and σ(z) grow: it changes sign once",
            lambda: (
                equal(sympy.diff(_sigma(x), x), _sigma(x) * (1 - _sigma(x)))
                and _falls(1)
                and all(nonnegative(term) for term in (_z(a, 1), _z(a, 2), sympy.diff(_sigma(u), u)))
            ),
        ),
        Step(
            "between 0.752461 and 0.752462, where aσ(−z) ≤ 0.170041",
            lambda: (
                _turns("1 - x * dz * sigmoid(z)", "0.752461", "0.752462")
                and _below("x * sigmoid(-z)", "0.752461", "0.752462", "0.170041")
            ),
        ),
        Step(
            "SiLU: (a/(1 + e^a))' = g/(1 + e^a)² with g = 1 + (1 − a)e^a and g' = −ae^a < 0: one maximum, where g = 0",
            lambda: (
                equal(sympy.diff(a / (1 + sympy.exp(a)), a), _silu_sign(1) / (1 + sympy.exp(a)) ** 2)
                and _same(sympy.diff(_silu_sign(1), a), -a * sympy.exp(a))
            ),
        ),
        Step(
            "g(1 + w) = 0 for we^w = 1/e, that is e^{1+w} = 1/w and w = W(1/e), and a/(1 + e^a) = w there; W(1/e) < 0.278465",
            lambda: (
                equal(_silu_sign(1).subs(sympy.exp(a), 1 / w).subs(a, 1 + w), 0)
                and equal((a / (1 + sympy.exp(a))).subs(sympy.exp(a), 1 / w).subs(a, 1 + w), w)
                and bool(_at("lambertw(exp(-x))", 1) < real(Fraction("0.278465")))
            ),
        ),
        Step(
            "softplus(x) − ReLU(x) = ln(1 + e^{−|x|}), as ln(1 + e^a) = a + ln(1 + e^{−a}); and ln(1 + h) ≤ h",
            lambda: equal((1 + sympy.exp(-a)) * sympy.exp(a), 1 + sympy.exp(a)) and at_least(h - sympy.log(1 + h), 0, h),
        ),
    ),
    planted=(
        Planted("tanh form with √(4/π)", lambda: _tanh_form(sympy.sqrt(4 / sympy.pi))),
        Planted("0.16997 for GELU", lambda: _below("x * Phi(-x)", "0.751791", "0.751792", "0.16997")),
        Planted("GELU's bound for the tanh form", lambda: _below("x * sigmoid(-z)", "0.752461", "0.752462", "0.169972")),
        Planted("maximum of the tanh form where GELU has it", lambda: _turns("1 - x * dz * sigmoid(z)", "0.751791", "0.751792")),
        Planted("2z' for z'", lambda: _falls(2)),
        Planted(
            "g = 1 + (2 − a)e^a",
            lambda: equal(sympy.diff(a / (1 + sympy.exp(a)), a), _silu_sign(2) / (1 + sympy.exp(a)) ** 2),
        ),
        Planted("ln(1 + h) ≤ h/2", lambda: at_least(h / 2 - sympy.log(1 + h), 0, h)),
    ),
)
GROWING = Derivation(
    "k > 0: error E + Mc^{−k}; E at s = 0; E and something exponentially small for |s| ≥ γ > E",
    steps=(
        Step(
            "f = cᵏ(s + e): c^{−k}φ(f) − ReLU(s) is c^{−k}(φ(f) − ReLU(f)) + (ReLU(s + e) − ReLU(s)): at most Mc^{−k} + E",
            lambda: within(u + e, around(e, E) | {u: (-M / c, 0)}, E + M / c),
        ),
        Step(
            "M is the best constant: e = 0 and s = ac^{−k}, a where aG(−a) is largest, has the error Mc^{−k}; softplus has "
            "it at s = 0."
        ),
        Step("s = 0: 0 ≤ G ≤ 1, so |φ(f)| ≤ |f| ≤ cᵏE", lambda: within(c * e * u, around(e, E) | {u: (0, 1)}, c * E)),
        Step(
            "|s| ≥ γ: |f| = Y + h with Y = cᵏ(γ − E) > 0.  GELU: φ₀ falls, so |f|Φ(−|f|) ≤ φ₀(|f|) ≤ φ₀(Y) = e^{−Y²/2}/√(2π)",
            lambda: nonnegative(-sympy.diff(_density(Y + h), h)),
        ),
        Step(
            "SiLU: σ(−|f|) ≤ e^{−|f|} ≤ e^{−Y}, and c^{−k}|f| ≤ |s| + E; the tanh form with z(Y) for Y, as z grows",
            lambda: nonnegative(sympy.exp(-h) - 1 / (1 + sympy.exp(h))) and nonnegative(_z(y, 1)),
        ),
        Step("Softplus: c^{−k}·ln(1 + e^{−|f|}) ≤ c^{−k}e^{−|f|} ≤ c^{−k}e^{−Y}."),
    ),
    planted=(
        Planted("error E alone", lambda: within(u + e, around(e, E) | {u: (-M / c, 0)}, E)),
        Planted("φ₀ grows", lambda: nonnegative(sympy.diff(_density(Y + h), h))),
        Planted("σ(−h) ≤ e^{−2h}", lambda: nonnegative(sympy.exp(-2 * h) - 1 / (1 + sympy.exp(h)))),
    ),
)
FIXED = Derivation(
    "k = 0: error L·E, L = sup|φ'| = Φ(√2) + 1/(e√π) < 1.128905 (GELU), < 1.128994 (tanh form), < 1.09984 (SiLU), 1 (softplus)",
    steps=(
        Step(
            "φ'(x) + φ'(−x) = 1, and φ' = G + xG' ≥ ½ for x ≥ 0: so sup|φ'| is the supremum over x ≥ 0",
            lambda: _reflected(-1),
        ),
        Step(
            "GELU: φ'' = (2 − x²)φ₀, so L = φ'(√2) = Φ(√2) + 1/(e√π) < 1.128905",
            lambda: (
                _same(sympy.diff(x * _normal(x), x, 2), (2 - x**2) * _density(x))
                and equal(sympy.sqrt(2) * _density(sympy.sqrt(2)), sympy.exp(-1) / sympy.sqrt(sympy.pi))
                and bool(_at("Phi(sqrt(2 * x)) + exp(-x) / sqrt(pi)", 1) < real(Fraction("1.128905")))
            ),
        ),
        Step(
            "SiLU: φ'' = σ(x)σ(−x)(2 − x(2σ(x) − 1)), and 2σ(x) − 1 grows from 0: it changes sign once on x > 0",
            lambda: _curvature(x) and nonnegative(sympy.diff(2 * _sigma(x) - 1, x)),
        ),
        Step(
            "between 2.399357 and 2.399358, where φ' = σ(x) + xσ(x)σ(−x) ≤ 1.09984",
            lambda: (
                _turns("2 - x * (2 * sigmoid(x) - 1)", "2.399357", "2.399358")
                and _below(SILU_SLOPE, "2.399357", "2.399358", "1.09984")
            ),
        ),
        Step(
            "tanh form: φ'' = σ(z)σ(−z)(2z' + xz'' − xz'²(2σ(z) − 1))",
            lambda: _curvature(sympy.Function("z")(x)),
        ),
        Step(
            "(2z' + xz'')/(xz'²) = 2(1 + 2t)/(√(8/π)·x(1 + t)²) with t = 0.134145x²",
            lambda: _tanh_ratio(3 * CUBE) and sympy.Rational(134145, 10**6) == 3 * CUBE,
        ),
        Step(
            "(1 + 2t)/(1 + t)² falls, 1/x falls and 2σ(z) − 1 grows: φ'' changes sign once on x > 0",
            lambda: equal(sympy.diff((1 + 2 * u) / (1 + u) ** 2, u), -2 * u / (1 + u) ** 3) and nonnegative(2 * u / (1 + u) ** 3),
        ),
        Step(
            "between 1.418504 and 1.418505, where φ' = σ(z) + xz'σ(z)σ(−z) ≤ 1.128994",
            lambda: (
                _turns("2 * dz + x * ddz - x * dz ** 2 * (2 * sigmoid(z) - 1)", "1.418504", "1.418505")
                and _below(TANH_SLOPE, "1.418504", "1.418505", "1.128994")
            ),
        ),
        Step("softplus' = σ, between 0 and 1", lambda: equal(sympy.diff(sympy.log(1 + sympy.exp(x)), x), _sigma(x))),
    ),
    planted=(
        Planted("GELU is 1-Lipschitz", lambda: _below("Phi(x) + x * density", "1.4142", "1.4143", "1")),
        Planted("1.099839 for SiLU", lambda: _below(SILU_SLOPE, "2.399357", "2.399358", "1.099839")),
        Planted("GELU's constant for the tanh form", lambda: _below(TANH_SLOPE, "1.418504", "1.418505", "1.128905")),
        Planted("t = 0.044715x²", lambda: _tanh_ratio(CUBE)),
        Planted(
            "G' odd",
            lambda: _reflected(1),
        ),
    ),
)
SHRINKING = Derivation(
    "k < 0: degree k, symbol s/2, error E/2 + κ(S + E)²cᵏ, κ = 1/√(2π) (GELUs), ¼ (SiLU); softplus: ln 2, ½(S + E)cᵏ + ⅛(S + "
    "E)²c^{2k}",
    steps=(
        Step(
            "Φ(x) − ½ ≤ x/√(2π) for x ≥ 0: the slope of the difference is φ₀(0) − φ₀(x) ≥ 0",
            lambda: (
                _same(sympy.diff(y / sympy.sqrt(2 * sympy.pi) - _normal(y), y), _density(0) - _density(y))
                and nonnegative(-sympy.diff(_density(y), y))
            ),
        ),
        Step(
            "σ(x) − ½ = ½tanh(x/2) ≤ x/4 for x ≥ 0",
            lambda: equal(_sigma(x) - half, (1 - 2 / (1 + sympy.exp(x))) / 2) and at_least(h / 2 - sympy.tanh(h) / 2, 0, h),
        ),
        Step(
            "tanh form: z/2 = y + qy³ with y = x√(2/π), q = 0.044715π/2 < 1/3; to show: tanh(y + qy³) ≤ y",
            lambda: (
                _same((_z(x) / 2).subs(x, y / sympy.sqrt(2 / sympy.pi)), y + CUBE * sympy.pi / 2 * y**3)
                and bool(CUBE * sympy.pi / 2 < sympy.Rational(1, 3))
            ),
        ),
        Step(
            "clear for y ≥ 1; below, artanh y ≥ y + y³/3, as its slope 1/(1 − y²) exceeds 1 + y² by y⁴/(1 − y²) ≥ 0",
            lambda: equal(1 / (1 - x**2) - 1 - x**2, x**4 / (1 - x**2)) and equal(sympy.diff(sympy.atanh(x), x), 1 / (1 - x**2)),
        ),
        Step(
            "φ(x) − x/2 = x(G(x) − ½), at most κx² in size; c^{−k}φ(f) − s/2 = e/2 + c^{−k}(φ(f) − f/2), at most E/2 + κ(S + "
            "E)²cᵏ",
            lambda: (
                equal(x * G - x / 2, x * (G - half))
                and equal(c * (s + e) / 2 / c - s / 2, e / 2)
                and equal(kappa * (c * (S + E)) ** 2 / c, kappa * (S + E) ** 2 * c)
            ),
        ),
        Step(
            "softplus(x) = ln 2 + x/2 + ln cosh(x/2)",
            lambda: _same(sympy.exp(x / 2) * 2 * sympy.cosh(x / 2).rewrite(sympy.exp), 1 + sympy.exp(x)),
        ),
        Step(
            "0 ≤ ln cosh y ≤ y²/2, as its slope is tanh y ≤ y: so |softplus(f) − ln 2| ≤ |f|/2 + f²/8, and |f| ≤ cᵏ(S + E)",
            lambda: (
                equal(sympy.diff(sympy.log(sympy.cosh(h)), h), sympy.tanh(h))
                and at_least(h - sympy.tanh(h), 0, h)
                and equal((x / 2) ** 2 / 2, x**2 / 8)
            ),
        ),
    ),
    planted=(
        Planted(
            "slope of Φ at 0 halved",
            lambda: equal(sympy.diff(y / sympy.sqrt(8 * sympy.pi) - _normal(y), y), _density(0) - _density(y)),
        ),
        Planted("q with π/2 forgotten", lambda: _same((_z(x) / 2).subs(x, y / sympy.sqrt(2 / sympy.pi)), y + CUBE * y**3)),
        Planted("⅛ for ¼ in σ", lambda: at_least(h / 4 - sympy.tanh(h) / 2, 0, h)),
        Planted("symbol s for s/2", lambda: equal(c * (s + e) / 2 / c - s, e / 2)),
        Planted("softplus with x for x/2", lambda: equal(sympy.exp(x) * 2 * sympy.cosh(x).rewrite(sympy.exp), 1 + sympy.exp(x))),
    ),
)
PROOF = (GATES, GROWING, FIXED, SHRINKING)
