"""AH.norm: LN and RMSNorm, with and without ε, as steps that SymPy decides.

Throughout a = ‖u‖ and b = ‖v‖ are lengths of two vectors, δ their distance, and u·v is written as (a² + b² − δ²)/2.
"""

import sympy

from sattheory.claims.deciders import around, equal, nonnegative, within
from sattheory.claims.evidence import Derivation, Planted, Step

a, b, c, eta, eps, n, r, x = sympy.symbols("a b c eta epsilon n r x", positive=True)
G, E = sympy.symbols("G E", positive=True)
p, q, d, h = sympy.symbols("p q delta h", nonnegative=True)
cosine = sympy.Symbol("q", positive=True)  # √(1 − t²)
squares, total, dot, k, g, nu, e, beta = sympy.symbols("squares total dot k g nu e beta", real=True)


def _unit_distance(dot, first, second):
    """‖u/a − v/b‖², written out."""
    return 1 + 1 - 2 * dot / (first * second)


def _product(distance, first, second):
    """u·v from ‖u‖ = a, ‖v‖ = b, ‖u − v‖ = δ."""
    return (first**2 + second**2 - distance**2) / 2


def _above_cosine():
    """How far cos φ is above √(1 − t²) where ‖u − v‖ = tb."""
    return _product(b * sympy.sqrt(1 - cosine**2), a, b) / (a * b) - cosine


def _lifted_excess(last):
    """‖N(U) − N(V)‖² − ‖N_ε(u) − N_ε(v)‖² for U = (u, last), V = (v, last), of lengths a and b."""
    longer = _unit_distance(dot + last**2, a, b)
    shorter = (a**2 - last**2) / a**2 + (b**2 - last**2) / b**2 - 2 * dot / (a * b)
    return longer - shorter


def _lipschitz(constant):
    """constant·δ²/ε − (δ² − (‖U‖ − ‖V‖)²)/(‖U‖‖V‖)."""
    return constant * d**2 / r**2 - (d**2 - (p - q) ** 2) / ((r + p) * (r + q))


def _nearer():
    """δ²/ε − δ²/(‖U‖‖V‖)."""
    return d**2 * (r * (p + q) + p * q) / (r**2 * (r + p) * (r + q))


def _slack(power):
    """η/(2a²) − (1 − a/√(a² + η)) with √(a² + η) = a + h, times 2a²(a + h)."""
    size = a + h
    return ((size**2 - a**2) / (2 * a**2) - (1 - a / size)) * 2 * a**2 * size, h**power * (3 * a + h)


def _far(bound):
    """Where 1/√ε − 1/√(ηa² + ε) stays, with r = √ε and √(ηa² + ε) = r + p (so ηa² = (r + p)² − r²)."""
    size = r + p
    return bound((size**2 - r**2) / r**3) - (1 / r - 1 / size)


CLOSE = Derivation(
    "‖N(w) − N(v)‖² ≤ 2t²/(1 + √(1 − t²)) ≤ 2t² when ‖w − v‖ ≤ t‖v‖, t < 1; and N_ε is 1/√ε-Lipschitz",
    steps=(
        Step(
            "‖e‖² − ‖Pe‖² = (Σe)²/n ≥ 0, with ‖e‖² = Σe²: so ‖Pe‖ ≤ ‖e‖ for P = I − 11ᵀ/n (for P = I with equality)",
            lambda: (
                equal(squares - (squares - 2 * total * total / n + n * (total / n) ** 2), total**2 / n)
                and nonnegative(total**2 / n)
            ),
        ),
        Step(
            "‖u/a − v/b‖² = (δ² − (a − b)²)/(ab), with a = ‖u‖, b = ‖v‖, δ = ‖u − v‖",
            lambda: equal(_unit_distance(_product(d, a, b), a, b), (d**2 - (a - b) ** 2) / (a * b)),
        ),
        Step(
            "cos φ − √(1 − t²) = (a − b√(1 − t²))²/(2ab) ≥ 0 for u·v = (a² + b² − t²b²)/2 = ab·cos φ, with q = √(1 − t²)",
            lambda: (
                equal(_above_cosine(), (a - b * cosine) ** 2 / (2 * a * b)) and nonnegative((a - b * cosine) ** 2 / (2 * a * b))
            ),
        ),
        Step(
            "2 − 2√(1 − t²) = 2t²/(1 + √(1 − t²)), with q = √(1 − t²); and 2δ/(1 + q) ≤ 2δ for δ = t² ≥ 0",
            lambda: equal(2 - 2 * cosine, 2 * (1 - cosine**2) / (1 + cosine)) and nonnegative(2 * d - 2 * d / (1 + cosine)),
        ),
        Step(
            "v = (1, 0), u = (1 − t², t√(1 − t²)): ‖u − v‖ = t and ‖N(u) − N(v)‖² = 2 − 2√(1 − t²), so the bound is attained",
            lambda: (
                equal((cosine**2 - 1) ** 2 + (1 - cosine**2) * cosine**2, 1 - cosine**2)
                and equal(_unit_distance(cosine**2, sympy.sqrt(cosine**4 + (1 - cosine**2) * cosine**2), 1), 2 - 2 * cosine)
            ),
        ),
        Step(
            "N_ε(v) is N(V), V = (v, √ε), without its last entry: ‖N(U) − N(V)‖² − ‖N_ε(u) − N_ε(v)‖² = ε(1/‖U‖ − 1/‖V‖)² ≥ 0",
            lambda: (
                equal(_lifted_excess(sympy.sqrt(eps)), eps * (1 / a - 1 / b) ** 2) and nonnegative(eps * (1 / a - 1 / b) ** 2)
            ),
        ),
        Step(
            "‖U‖, ‖V‖ ≥ √ε: (δ² − (‖U‖ − ‖V‖)²)/(‖U‖‖V‖) ≤ δ²/ε (‖U‖ = r + p, ‖V‖ = r + q, r = √ε)",
            lambda: equal(_lipschitz(1), _nearer() + (p - q) ** 2 / ((r + p) * (r + q))) and nonnegative(_nearer()),
        ),
    ),
    planted=(
        Planted("a + b for a − b", lambda: equal(_unit_distance(_product(d, a, b), a, b), (d**2 - (a + b) ** 2) / (a * b))),
        Planted("2t² without the denominator", lambda: equal(2 - 2 * cosine, 2 * (1 - cosine**2))),
        Planted("(a + bq)² for (a − bq)²", lambda: equal(_above_cosine(), (a + b * cosine) ** 2 / (2 * a * b))),
        Planted("last entry ε for √ε", lambda: equal(_lifted_excess(eps), eps * (1 / a - 1 / b) ** 2)),
        Planted(
            "Lipschitz constant 1/(2√ε)",
            lambda: nonnegative(_lipschitz(sympy.Rational(1, 4))),
        ),
    ),
)
WITHOUT = Derivation(
    "ε = 0: ‖N(Pf(cθ)) − N(Ps)‖ ≤ t√(2/(1 + √(1 − t²))) ≤ √2·t, t = √n·E/m",
    steps=(
        Step(
            "(cᵏx)/‖cᵏx‖ = x/‖x‖: N forgets cᵏ, whatever k (an entry p of x, and q for the rest: ‖x‖² = p² + q²)",
            lambda: equal(c**k * p / sympy.sqrt((c**k * p) ** 2 + (c**k * q) ** 2), p / sympy.sqrt(p**2 + q**2)),
        ),
        Step("w = P(s + e), v = Ps: ‖w − v‖ = ‖Pe‖ ≤ √n·E ≤ t‖v‖, and t < 1 keeps w from 0; the bounds above finish it."),
    ),
    planted=(
        Planted(
            "N keeps a factor c",
            lambda: equal(c**k * p / sympy.sqrt((c**k * p) ** 2 + (c**k * q) ** 2), c * p / sympy.sqrt(p**2 + q**2)),
        ),
    ),
)
GROWING = Derivation(
    "ε > 0, k > 0: ‖N_ε(Pf(cθ)) − N(Ps)‖ ≤ √2·t + ε/(2m²c^{2k})",
    steps=(
        Step(
            "N_ε(cᵏx) = N_η(x) with η = εc^{−2k}",
            lambda: equal(c**k * x / sympy.sqrt(c ** (2 * k) * a**2 + eps), x / sympy.sqrt(a**2 + eps * c ** (-2 * k))),
        ),
        Step(
            "‖N(v) − N_η(v)‖ = 1 − a/(a + h) ≤ η/(2a²), a = ‖v‖, a + h = √(a² + η): the rest times 2a²(a + h) is h²(3a + h)",
            lambda: equal(*_slack(2)) and nonnegative(h**2 * (3 * a + h)),
        ),
        Step(
            "In one more dimension ‖W − V‖ ≤ √n·E ≤ t‖V‖, so ‖N_η(P(s + e)) − N_η(Ps)‖ ≤ √2·t; with ‖Ps‖ ≥ m the triangle "
            "inequality gives √2·t + η/(2m²)."
        ),
    ),
    planted=(
        Planted(
            "η = εc^{−k}", lambda: equal(c**k * x / sympy.sqrt(c ** (2 * k) * a**2 + eps), x / sympy.sqrt(a**2 + eps * c**-k))
        ),
        Planted("slack of the first order in h", lambda: equal(*_slack(1))),
    ),
)
SHRINKING = Derivation(
    "ε > 0: k = 0 error √n·E/√ε, symbol N_ε(Ps); k < 0 degree k, symbol Ps/√ε, error √n·E/√ε + ‖Ps‖³c^{2k}/(2ε^{3/2})",
    steps=(
        Step("k = 0: N_ε(P(s + e)) and N_ε(Ps) differ by at most ‖Pe‖/√ε ≤ √n·E/√ε, as N_ε is 1/√ε-Lipschitz."),
        Step(
            "c^{−k}N_ε(cᵏx) = x/√(ηa² + ε) with η = c^{2k}",
            lambda: equal(c**-k * (c**k * x) / sympy.sqrt((c**k * a) ** 2 + eps), x / sympy.sqrt(c ** (2 * k) * a**2 + eps)),
        ),
        Step(
            "as a function of x it is N_ε(√η·x)/√η, so it is 1/√ε-Lipschitz too",
            lambda: equal(sympy.sqrt(eta) * x / sympy.sqrt(eta * a**2 + eps) / sympy.sqrt(eta), x / sympy.sqrt(eta * a**2 + eps)),
        ),
        Step(
            "1/√ε − 1/√(ηa² + ε) ≤ ηa²/(2ε^{3/2}) (r = √ε, √(ηa² + ε) = r + p)",
            lambda: nonnegative(_far(lambda y: y / 2)),
        ),
        Step("So ‖c^{−k}N_ε(Pf) − Ps/√ε‖ ≤ √n·E/√ε + a·ηa²/(2ε^{3/2}) at a = ‖Ps‖ ≤ √n·S: the sum of the two."),
    ),
    planted=(
        Planted("constant ¼ for ½", lambda: nonnegative(_far(lambda y: y / 4))),
        Planted(
            "symbol Ps instead of Ps/√ε: the difference does not vanish with η",
            lambda: equal((1 / sympy.sqrt(eta * a**2 + eps)).subs(eta, 0), 1),
        ),
    ),
)
GAIN = Derivation(
    "c(γ⊙LN + β) has degree 1 and ‖γ‖_∞ times the error of LN; k < 0 < ε: symbol β, error ‖γ‖_∞·√n(S + E)cᵏ/√ε",
    steps=(
        Step(
            "cg(ν + e) + cβ − c(gν + β) = c·ge, and |ge| ≤ ‖γ‖·|e|",
            lambda: (
                equal(c * g * (nu + e) + c * beta - c * (g * nu + beta), c * g * e)
                and within(g * e, around(g, G) | around(e, E), G * E)
            ),
        ),
        Step(
            "‖N_ε(y)‖ = ‖y‖/√(‖y‖² + ε) ≤ ‖y‖/√ε, and ‖Pf(cθ)‖ ≤ cᵏ√n(S + E)",
            lambda: nonnegative(a / r - a / (r + p)) and equal(sympy.sqrt(n * (c**k * a) ** 2), c**k * sympy.sqrt(n) * a),
        ),
        Step(
            "the LN of practice, Pv/√(‖Pv‖²/n + ε), is √n·N_{nε}(Pv)",
            lambda: equal(x / sympy.sqrt(a**2 / n + eps), sympy.sqrt(n) * x / sympy.sqrt(a**2 + n * eps)),
        ),
    ),
    planted=(
        Planted("bound without ‖γ‖", lambda: within(g * e, around(g, G) | around(e, E), E)),
        Planted("ε for nε", lambda: equal(x / sympy.sqrt(a**2 / n + eps), sympy.sqrt(n) * x / sympy.sqrt(a**2 + eps))),
    ),
)
PROOF = (CLOSE, WITHOUT, GROWING, SHRINKING, GAIN)
