"""Pattern: a tie of layer 2 that layerwise saturation leaves and the limit decides, on an open set; and what does agree."""

import sympy

from sattheory.claims.deciders import equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step

tau, c, g, x, M = sympy.symbols("tau c g x M", positive=True)
eta, u = sympy.symbols("eta u", nonnegative=True)
e1, e2 = sympy.symbols("e1 e2", real=True)
E1, E2 = sympy.Matrix([1, 0, -1]), sympy.Matrix([-1, 1, 0])
QUERY1, KEY1, QUERY2, KEY2 = (sympy.Matrix(row) for row in ((0, 1, -1), (1, 0, 0), (1, 0, 0), (0, 1, 0)))
LENGTH = sympy.sqrt((1 - tau) ** 2 + tau**2 + 1)


def _first_layer(winner):
    """Both queries prefer one token: by 2 in post-norm, by 1 where tokens are read as E/√2."""
    lengths = all(sum(E) == 0 and E.dot(E) == 2 for E in (E1, E2))
    gaps = [QUERY1.dot(E) * (KEY1.dot(E1) - KEY1.dot(E2)) * (1 if winner == 1 else -1) for E in (E1, E2)]
    return lengths and gaps == [2, 2]


def _second_layer():
    """Read N(E₁ + τE_i): key and query of each token."""
    read = [(E1 + tau * E1) / sympy.sqrt((E1 + tau * E1).dot(E1 + tau * E1)), (E1 + tau * E2) / LENGTH]
    same = equal((E1 + tau * E2).dot(E1 + tau * E2), LENGTH**2)
    keys = equal(KEY2.dot(read[0]), 0) and equal(KEY2.dot(read[1]), tau / LENGTH)
    return same and keys and equal(QUERY2.dot(read[0]), 1 / sympy.sqrt(2)) and equal(QUERY2.dot(read[1]), (1 - tau) / LENGTH)


def _growth(power):
    """Query 1's preference for token 2 over c^power, c⁴ taken in, in Xiong's placement and in post-norm."""
    excess = c**4 * tau / (sympy.sqrt(2) * LENGTH)
    limits = ((sympy.sqrt(2) / c**2, 1 / sympy.sqrt(2)), (1 / c**2, sympy.Rational(1, 2)))
    return all(tends(excess.subs(tau, step) / c**power, c, limit) for step, limit in limits)


REFUTATION = (
    Step(
        "layer 1: E_i have mean 0 and length √2; both queries prefer token 1, by 2 (over 2 in Xiong's placement)",
        lambda: _first_layer(1),
    ),
    Step("layer 2: keys 0 and τ/ℓ, queries 1/√2 and (1 − τ)/ℓ", _second_layer),
    Step("the preference of query 1 for token 2, over c², tends to 1/√2 (Xiong) and ½ (post)", lambda: _growth(2)),
    Step("Gaps of layer 1 and δ_i are continuous and not 0, so all this holds on an open set of θ."),
)
PROOF = (
    Derivation(
        "limit weights and layerwise weights live on the same best positions; in the bias-less paper's placement they agree",
        steps=(
            Step(
                "ŝ_j − ŝ_l ≤ −g and errors |e| ≤ η: the scores differ by at most −(g − 2η)",
                lambda: (
                    within(e1 - e2, {e1: (-eta, eta), e2: (-eta, eta)}, 2 * eta)
                    and nonnegative(-(g - 2 * eta) + (g + u) - 2 * eta)
                ),
            ),
            Step("e^{−gx/2} → 0 (η ≤ g/4)", lambda: tends(sympy.exp(-g * x / 2), x, 0)),
            Step(
                "M·ln x − gx is largest at x = M/g (critical there, concave): x^M e^{−gx} is bounded, so x^{M−1} e^{−gx} → 0",
                lambda: (
                    equal(sympy.diff(M * sympy.log(x) - g * x, x).subs(x, M / g), 0)
                    and nonnegative(-sympy.diff(M * sympy.log(x) - g * x, x, 2))
                    and tends(1 / x, x, 0)
                ),
            ),
            Step("(d) is what Generic shows: positions that read different symbols tie on a null set only."),
        ),
        planted=(
            Planted("errors counted once", lambda: within(e1 - e2, {e1: (-eta, eta), e2: (-eta, eta)}, eta)),
            Planted("the exponential forgotten", lambda: tends(x * sympy.exp(-g), x, 0)),
        ),
    ),
)
