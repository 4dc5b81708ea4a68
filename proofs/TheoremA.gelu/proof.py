"""TheoremA.gelu: what a dead GELU or SiLU block leaves, and when it does not matter."""

import sympy

from sattheory.claims.deciders import at_least, equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

a, s, x, h, B, alpha, eps = sympy.symbols("a s x h B alpha epsilon", positive=True)
u, t, eta, f = sympy.symbols("u t eta f", nonnegative=True)
e = sympy.Symbol("e", real=True)
ROOT = 1 / sympy.sqrt(2)
W1 = sympy.Matrix([[-1, 0], [-2, 0]])


def _density(z):
    return sympy.exp(-(z**2) / 2) / sympy.sqrt(2 * sympy.pi)


def _direction(first, second):
    centred = sympy.Matrix([first - second, second - first]) / 2
    return sympy.simplify(centred / sympy.sqrt(centred.dot(centred)))


def _example():
    """Compute the stream after attention, and the pre-activations over c²."""
    stream = sympy.Matrix([1, 0]) + _direction(1, 0)
    return stream == sympy.Matrix([1 + ROOT, -ROOT]) and W1 * stream == -(1 + ROOT) * sympy.Matrix([1, 2])


def _gelu(bound):
    """φ(2t) = φ(t)e^{−3t²/2}, and e^{3a²/2} ≥ bound for a ≥ 1."""
    return equal(_density(2 * s), _density(s) * sympy.exp(-3 * s**2 / 2)) and at_least(sympy.exp(3 * (1 + u) ** 2 / 2), bound, u)


def _silu(start):
    """Multiply A − B by (1 + e^a)(1 + e^{2a})/a, and find its sign for a ≥ start (e^a = e^start + u)."""
    difference = a / (1 + sympy.exp(a)) - 2 * a / (1 + sympy.exp(2 * a))
    same = equal(difference * (1 + sympy.exp(a)) * (1 + sympy.exp(2 * a)) / a, sympy.exp(2 * a) - 2 * sympy.exp(a) - 1)
    y = sympy.exp(start) + u
    return same and at_least(sympy.expand(y**2 - 2 * y - 1), 0, u)


def _ratios():
    """Let the two quotients tend to 0; β = α + h."""
    gelu = equal(_density((alpha + h) * s / alpha), _density(s) * sympy.exp(-(((alpha + h) ** 2 / alpha**2 - 1) * s**2) / 2))
    bound = 2 * sympy.exp(alpha * x) * (1 + sympy.exp((alpha + h) * x)) - (1 + sympy.exp(alpha * x)) * sympy.exp((alpha + h) * x)
    silu = nonnegative(sympy.expand(bound.subs(sympy.exp(alpha * x), 1 + t)))
    return gelu and silu and tends(sympy.exp(-h * x), x, 0) and tends(sympy.exp(-h * x**2), x, 0)


def _strict():
    """Compare the two pre-activations over c² with each other and with 0; W_OW_VE and W₂e₁ are (1, 0) both."""
    first, second = W1 * sympy.Matrix([1 + ROOT, -ROOT])
    column = (sympy.eye(2) * sympy.Matrix([1, 0])).T
    return bool(second < first) and bool(first < 0) and column[0] != column[1]


REFUTATION = (
    Step("u = (1, 0) + (1, −1)/√2 and W₁u = −(1 + 1/√2)(1, 2)", _example),
    Step("GELU: φ(2t) = φ(t)e^{−3t²/2} and e^{3a²/2} ≥ 4 for a ≥ 1, so B ≤ 4e^{−3a²/2}A < A", lambda: _gelu(4)),
    Step("SiLU: A − B has the sign of e^{2a} − 2e^a − 1 ≥ 0 for a ≥ 1", lambda: _silu(1)),
    Step(
        "N(−A, −B) = −(1, −1)/√2 for A > B, so the output is c(1, 0), at distance c from the ReLU network's",
        lambda: (
            _direction(-B - h, -B) == sympy.Matrix([-ROOT, ROOT])
            and sympy.Matrix([1 + ROOT, -ROOT]) + _direction(-B - h, -B) == sympy.Matrix([1, 0])
        ),
    ),
    Step("φ(−βx)/φ(−αx) → 0 for 0 < α < β: GELU by the densities, SiLU by 2e^{−(β−α)x}", _ratios),
    Step("at the example W_OW_VE and W₂e₁ are nonconstant, and the pre-activations' symbols negative, the first larger", _strict),
    Step("Near the example the same strict inequalities hold, and the limits differ by γ ⊙ N(W₂e₁) ≠ 0: an open set."),
)


def _deviation(sign):
    """φ(a) − a = sign·a·g(−a) for g = σ, Φ."""
    gates = (lambda z: 1 / (1 + sympy.exp(-z)), lambda z: (1 + sympy.erf(z / sympy.sqrt(2))) / 2)
    return all(equal(a * g(a) - a, sign * a * g(-a)) for g in gates)


def _peaks(power):
    """Maxima of xe^{−x/2} at 2 and of ½xe^{−x²/4} at √2, the only critical points, and their values."""
    first, second = x * sympy.exp(-x / power), x * sympy.exp(-(x**2) / 4) / 2
    critical = [sympy.solve(sympy.diff(curve, x), x) for curve in (first, second)]
    values = equal(first.subs(x, 2), 2 / sympy.E) and equal(second.subs(x, sympy.sqrt(2)), (2 * sympy.E) ** sympy.Rational(-1, 2))
    return critical == [[2], [sympy.sqrt(2)]] and values and 2 / sympy.E < 1 and 2 * sympy.E > 1


LEMMA = Derivation(
    "|φ(z) − c^r ReLU(â)| ≤ (3/2)c^r η + f with f flat, for z = c^r(â + e), |e| ≤ η",
    steps=(
        Step("φ(a) − a = −a·g(−a) = φ(−a) for a > 0, g = Φ and σ", lambda: _deviation(-1)),
        Step(
            "φ(s + a) = φ(s)e^{−sa − a²/2}, so Φ(−a) ≤ ½e^{−a²/2}; 1/(1 + e^a) ≤ e^{−a}",
            lambda: (
                equal(_density(s + a), _density(s) * sympy.exp(-s * a - a**2 / 2))
                and nonnegative(sympy.exp(-a) - 1 / (1 + sympy.exp(a)))
            ),
        ),
        Step("max xe^{−x/2} = 2/e < 1 at x = 2, max ½xe^{−x²/4} = (2e)^{−1/2} < 1 at x = √2", lambda: _peaks(2)),
        Step(
            "|z| + ½|z| ≤ (3/2)η for â = 0, and |e| ≤ η plus f otherwise (c^r taken out)",
            lambda: within(3 * e / 2, {e: (-eta, eta)}, 3 * eta / 2) and within(e + f, {e: (-eta, eta)}, 3 * eta / 2 + f),
        ),
    ),
    planted=(
        Planted("φ(a) − a = +a·g(−a)", lambda: _deviation(1)),
        Planted("maxima of another exponential", lambda: _peaks(3)),
        Planted("no room for dead units with symbol 0", lambda: within(3 * e / 2, {e: (-eta, eta)}, eta)),
    ),
)
CURES = Derivation(
    "with nonconstant symbols, or ε > 0, the limit is that of the ReLU network",
    steps=(
        Step("(a): TheoremA's recursion with y = e^{−gc⁴} + f and a larger K gives e_b ≤ (Kc⁴)^b y."),
        Step(
            "(b): in TheoremB's proof the bound of a feedforward block has 3/2 of its term and f more; where all pre-activation "
            "symbols are negative, the block leaves cb₂ and a flat vector."
        ),
        Step(
            "1/√(r² + ε) ≤ 1/√ε",
            lambda: nonnegative(1 / sympy.sqrt(eps) - 1 / (sympy.sqrt(eps) + t)),
        ),
    ),
    planted=(Planted("1/√(r² + ε) ≤ 1/(2√ε)", lambda: nonnegative(1 / (2 * sympy.sqrt(eps)) - 1 / (sympy.sqrt(eps) + t))),),
)
PROOF = (LEMMA, CURES)
