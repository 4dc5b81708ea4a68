"""E1.discrete: the product Π(1 + a/√t), by comparing a sum with an integral from both sides.

Notation: f(t) = ln(1 + a/√t), G an antiderivative of f, S_N = Σ_{t ≤ N} f(t), T_N = S_N − ½f(N) − G(N) (trapezia),
M_N = S_N − G(N + ½) (midpoints), ℓ their common limit, x = a/√T.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import at_least, equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step

t, a, x, C = sympy.symbols("t a x C", positive=True)
u = sympy.Symbol("u", nonnegative=True)
y, A, B = sympy.symbols("y A B", real=True)
S, g, h, k, p, q = sympy.symbols("S g h k p q", real=True)
root = sympy.sqrt(t)
f = sympy.log(1 + a / root)
SLOPE = -a / (2 * t * (root + a))
G = t * f + a * root - a**2 * sympy.log(root + a)
EXCESS = sympy.log(1 + u) - u + u**2 / 2


def _in_x(expression: sympy.Expr) -> sympy.Expr:
    """Write an expression in t with x = a/√t, logarithms expanded."""
    return sympy.expand_log(sympy.factor(expression.subs(t, a**2 / x**2)), force=True)


LEADING = 2 * a * root - a**2 * sympy.log(t) / 2 - a**2 / 2
REST = a**2 * ((sympy.log(1 + x) - x + x**2 / 2) / x**2 - sympy.log(1 + x))
CONVEX = Derivation(
    "T_N ≤ ℓ ≤ M_N for all N ≥ 1, where T_N does not decrease, M_N does not increase and ℓ is the limit of both",
    steps=(
        Step("f' = −a/(2t(√t + a)), and G' = f", lambda: equal(sympy.diff(f, t), SLOPE) and equal(sympy.diff(G, t), f)),
        Step("f decreases and is convex: −f' ≥ 0 and f'' ≥ 0", lambda: nonnegative(-SLOPE) and nonnegative(sympy.diff(SLOPE, t))),
        Step(
            "the chord from f(N) to f(N + 1) has the integral ½(f(N) + f(N + 1))",
            lambda: equal(sympy.integrate(A + (B - A) * y, (y, 0, 1)), (A + B) / 2),
        ),
        Step("A convex function lies below its chord: G(N + 1) − G(N) ≤ ½(f(N) + f(N + 1))."),
        Step(
            "T_{N+1} − T_N = ½(f(N) + f(N + 1)) − (G(N + 1) − G(N)), so it is ≥ 0",
            lambda: equal((S + q - q / 2 - h) - (S - p / 2 - g), (p + q) / 2 - (h - g)),
        ),
        Step(
            "a tangent at the middle of a unit interval has the integral of its value there",
            lambda: equal(sympy.integrate(A + B * y, (y, -sympy.Rational(1, 2), sympy.Rational(1, 2))), A),
        ),
        Step("A convex function lies above its tangent: f(N + 1) ≤ G(N + 3/2) − G(N + ½)."),
        Step(
            "M_{N+1} − M_N = f(N + 1) − (G(N + 3/2) − G(N + ½)), so it is ≤ 0",
            lambda: equal((S + q - k) - (S - h), q - (k - h)),
        ),
        Step(
            "M_N − T_N = ½f(N) − (G(N + ½) − G(N))",
            lambda: equal((S - h) - (S - p / 2 - g), p / 2 - (h - g)),
        ),
        Step("As f is positive and decreases, G(N + ½) − G(N) lies in [0, ½f(N)], and M_N − T_N in [0, ½f(N)]."),
        Step("½f(N) → 0, so both tend to one ℓ", lambda: tends(f / 2, t, 0)),
    ),
    planted=(
        Planted("2√t + a in the slope", lambda: equal(sympy.diff(f, t), -a / (2 * t * (2 * root + a)))),
        Planted("f concave", lambda: nonnegative(-sympy.diff(SLOPE, t))),
        Planted("2a² for a² in G", lambda: equal(sympy.diff(G - a**2 * sympy.log(root + a), t), f)),
        Planted("no half term at the end", lambda: equal((S + q - h) - (S - g), (p + q) / 2 - (h - g))),
    ),
)
EXPANSION = Derivation(
    "ln Π_{t<T}(1 + a/√t) = 2a√T − ½a² ln T + ln K_a + ε, ln K_a = ℓ − ½a², −(a² + 1)a/√T ≤ ε ≤ a³/(3√T)",
    steps=(
        Step(
            "G(T) = 2a√T − ½a² ln T − ½a² + a²((ln(1 + x) − x + ½x²)/x² − ln(1 + x)), x = a/√T",
            lambda: equal(_in_x(G - LEADING), REST),
        ),
        Step(
            "0 ≤ ln(1 + x) − x + ½x² ≤ ⅓x³ and 0 ≤ ln(1 + x) ≤ x",
            lambda: (
                at_least(EXCESS, 0, u)
                and at_least(u**3 / 3 - EXCESS, 0, u)
                and at_least(sympy.log(1 + u), 0, u)
                and at_least(u - sympy.log(1 + u), 0, u)
            ),
        ),
        Step(
            "Σ_{t<T} f(t) = T_T + G(T) − ½f(T)",
            lambda: equal(S - p, (S - p / 2 - g) + g - p / 2),
        ),
        Step(
            "so ε = REST − (ℓ − T_T) − ½f(T), where REST is the last summand of G(T)",
            lambda: equal(
                (A + (LEADING + y) - p / 2) - (2 * a * root - a**2 * sympy.log(t) / 2 + B - a**2 / 2), y - (B - A) - p / 2
            ),
        ),
        Step("ℓ − T_T lies in [0, M_T − T_T], inside [0, ½f(T)], and f(T) = ln(1 + x)."),
        Step(
            "ε ≥ −a² ln(1 + x) − ln(1 + x) ≥ −(a² + 1)x, and ε ≤ ⅓a²x = a³/(3√T)",
            lambda: (
                at_least((a**2 + 1) * u - a**2 * sympy.log(1 + u) - sympy.log(1 + u), 0, u)
                and equal((a**2 * (x**3 / 3) / x**2).subs(x, a / root), a**3 / (3 * root))
            ),
        ),
    ),
    planted=(
        Planted("a² for ½a² in front of ln T", lambda: equal(_in_x(G - LEADING + a**2 * sympy.log(t) / 2), REST)),
        Planted("⅙x³ for ⅓x³", lambda: at_least(u**3 / 6 - EXCESS, 0, u)),
        Planted("−a²x for −(a² + 1)x", lambda: at_least(a**2 * u - a**2 * sympy.log(1 + u) - sympy.log(1 + u), 0, u)),
    ),
)
v = sympy.Symbol("v", positive=True)
NEVER = Derivation(
    "for no a > 0 is the product bounded by multiples of e^{√T} on both sides",
    steps=(
        Step(
            "divided by e^{√T} its logarithm is (2a − 1)√T − ½a² ln T plus something bounded",
            lambda: equal((LEADING + a**2 / 2) - root, (2 * a - 1) * root - a**2 * sympy.log(t) / 2),
        ),
        Step(
            "a ≤ ½: it is at most −½a² ln T, which tends to −∞: T^{−a²/2} → 0",
            lambda: nonnegative(((1 - 2 * a) * root).subs(a, 1 / (2 * (1 + u)))) and tends(t ** (-v / 2), t, 0),
        ),
        Step(
            "a > ½: (ln T)/√T → 0, so that v√T wins, and e^{−v√T}T^{a²/2} → 0",
            lambda: tends(sympy.log(t) / root, t, 0) and tends(sympy.exp(-v * root), t, 0),
        ),
    ),
    planted=(
        Planted("a ≥ ½ in the second step", lambda: nonnegative(((1 - 2 * a) * root).subs(a, (1 + u) / 2))),
        Planted("ln T against ln T", lambda: tends(sympy.log(t) / sympy.log(2 * t), t, 0)),
    ),
)
PROOF = (CONVEX, EXPANSION, NEVER)


def _telescopes() -> bool:
    """2√(t + 1) − 2√t = 2/(√(t + 1) + √t)."""
    return equal((2 * sympy.sqrt(t + 1) - 2 * root) * (sympy.sqrt(t + 1) + root), 2)


REFUTATION = (
    Step(
        "δ_t = (a/√t)θ_t is a positive multiple of θ_t of length aη_t‖θ_t‖, and θ_{t+1} = (1 + a/√t)θ_t",
        lambda: equal(C + a / root * C, (1 + a / root) * C) and nonnegative(a / root),
    ),
    Step("so ‖θ_T‖ = Π_{t<T}(1 + a/√t) from ‖θ_1‖ = 1: the formula kept."),
    Step(
        "a = 1, upper constant: ln(1 + x) ≥ x − ½x²",
        lambda: at_least(sympy.log(1 + u) - u + u**2 / 2, 0, u),
    ),
    Step(
        "1/√t ≥ 2/(√(t + 1) + √t) = 2√(t + 1) − 2√t, so the sum over t < T is ≥ 2√T − 2",
        lambda: nonnegative(1 / x - 2 / ((x + u) + x)) and _telescopes(),
    ),
    Step("The sum of 1/t over t < T is at most 1 + ln T, by the integral of 1/t."),
    Step(
        "together ln‖θ_T‖ − √T ≥ √T − ½ ln T − 5/2, and √T ≥ ln T (u = ln T: e^{u/2} ≥ 1 + u/2 + u²/8), so it is ≥ ½√T − 5/2 "
        "and passes any ln C₊",
        lambda: (
            equal((2 * root - 2) - (1 + sympy.log(t)) / 2 - root, root - sympy.log(t) / 2 - sympy.Rational(5, 2))
            and at_least(sympy.exp(u / 2) - 1 - u / 2 - u**2 / 8, 0, u, depth=3)
            and equal(1 + u / 2 + u**2 / 8 - u, (u - 2) ** 2 / 8 + sympy.Rational(1, 2))
        ),
    ),
    Step(
        "a = ¼, lower constant: ln(1 + x) ≤ x and 1/√(t + 1) ≤ 2√(t + 1) − 2√t, so ln‖θ_T‖ ≤ ½√T",
        lambda: at_least(u - sympy.log(1 + u), 0, u) and nonnegative(2 / ((x + u) + x) - 1 / (x + u)) and _telescopes(),
    ),
    Step("½√T − √T = −½√T passes any ln C₋", lambda: tends(sympy.exp(-root / 2), t, 0)),
)
