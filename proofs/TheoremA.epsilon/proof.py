"""TheoremA.epsilon: why ε decides a tie in the third layer, and what holds with ε.

The first layer is exact: u₁ = E₁ + f₁k and u₂ = f₂k.  Numbers with roots are enclosed in balls by the formulas of `CERTAIN`.
"""

import sympy

from sattheory.claims.deciders import equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step
from sattheory.claims.inequality import Inequality, Truth

eps, z, c, m = sympy.symbols("epsilon z c m", positive=True)
t = sympy.Symbol("t", nonnegative=True)
x = sympy.Symbol("x", real=True)
E1 = sympy.Matrix([1, 1, 0])
Q = {1: ((0, 1, -1), (1, 1, 0)), 2: ((1, 1, 0), (1, -1, -1)), 3: ((-1, 0, 0), (-1, 0, 1))}
K = {1: ((0, 1, 0), (1, 0, -1)), 2: ((1, -1, 1), (0, 0, 0)), 3: ((0, 0, 0), (0, 0, 1))}
V = {1: ((1, 1, 1), (0, -1, -1)), 2: ((0, 0, 1), (1, 0, 0)), 3: ((-1, 0, 1), (0, 1, 1))}
O = {1: ((1, -1), (0, 1), (-1, -1)), 2: ((0, -1), (-1, -1), (0, 1)), 3: ((1, -1), (0, 0), (-1, -1))}  # noqa: E741
GAIN = {1: (-2, 1, 1), 2: (-1, 1, -1), 3: (2, -1, 2)}
k = sympy.Matrix([-4, -1, -1]) / sympy.sqrt(6)
POINT = {f"{name}{i}": array[i] for name, array in (("Q", Q), ("K", K), ("V", V), ("O", O), ("g", GAIN)) for i in (2, 3)}
CERTAIN = {
    "k": "[-4, -1, -1] / sqrt(6)",
    "u1": "[1, 1, 0] + k",
    "u2": "k",
    "a1": "(Q2 @ u1) @ (K2 @ k)",
    "a2": "(Q2 @ u2) @ (K2 @ k)",
    "m": "O2 @ (V2 @ (u1 + u2)) / 2",
    "N": "unit(centre(m))",
    "w": "centre(O2 @ (V2 @ [1, 1, 0]))",
    "D": "(w - (N @ w) * N) / norm(centre(m))",
    "U1": "u1 + g2 * N",
    "U2": "u2 + g2 * N",
    "kappa1": "9 * (a1 - a2) * ((Q3 @ U1) @ (K3 @ (g2 * D))) / 256",
    "kappa2": "9 * (a1 - a2) * ((Q3 @ U2) @ (K3 @ (g2 * D))) / 256",
    "S": "O3 @ (V3 @ (U1 + U2)) / 2",
    "T": "O3 @ (V3 @ U1)",
    "without": "U1 + g3 * unit(centre(S))",
    "with_": "U1 + g3 * unit(centre(T))",
}


def certain(left, right):
    """Enclose both sides and compare."""
    return Inequality(POINT, left, right, CERTAIN).compare()[0] is Truth.HOLDS


def _matrix(rows):
    return sympy.Matrix(rows)


def _centred(vector):
    return vector - sympy.ones(3, 1) * sum(vector) / 3


def _first_layer():
    """Scores, values, direction and lengths of layer 1."""
    W = _matrix(O[1]) * _matrix(V[1])
    own = (_matrix(Q[1]) * E1).dot(_matrix(K[1]) * E1)
    value = W * E1
    centred = _centred(value)
    direction = sympy.diag(*GAIN[1]) * centred / sympy.sqrt(centred.dot(centred))
    lengths = equal(centred.dot(centred), sympy.Rational(32, 3)) and equal(centred.dot(centred) / 4, sympy.Rational(8, 3))
    return own == 3 and value == _matrix([3, -1, -1]) and lengths and direction - k == sympy.zeros(3, 1)


def _factor(rho):
    return 1 / sympy.sqrt(1 + eps * z / rho)


def _difference(coefficient):
    """Differentiate f₁ − f₂ in z = c^{−6} at 0; q is smaller than every power."""
    gap = _factor(sympy.Rational(32, 3)) - _factor(sympy.Rational(8, 3))
    return equal(gap.subs(z, 0), 0) and equal(sympy.diff(gap, z).subs(z, 0), coefficient * eps)


def _blind(layer):
    return _matrix(K[layer]) * E1 == sympy.zeros(2, 1)


def _weights(slope):
    """1/(1 + e^{−x}) = ½ + slope·x + O(x³), and the difference of the two a_i."""
    sigmoid = 1 / (1 + sympy.exp(-x))
    expansion = [sympy.diff(sigmoid, x, order).subs(x, 0) for order in range(3)]
    a = [(_matrix(Q[2]) * u).dot(_matrix(K[2]) * k) for u in (E1 + k, k)]
    known = equal(expansion[0], sympy.Rational(1, 2)) and equal(expansion[1], slope) and equal(expansion[2], 0)
    return known and equal(a[0] - a[1], -4 * sympy.sqrt(6) / 3)


def _apart(least):
    named = certain("norm(without - [168743, 852127, -1193553] / 1000000)", "1 / 1000000") and certain(
        "norm(with_ - [-192154, 652984, -1230941] / 1000000)", "1 / 1000000"
    )
    return named and certain(least, "norm(with_ - without)")


REFUTATION = (
    Step("layer 1: score 3, value (3, −1, −1), γ ⊙ N = k, ‖P·‖² = 32/3 (8/3 at half size)", _first_layer),
    Step("f₁ = f₂ for ε = 0, and f₁ − f₂ = (9/64)εc^{−6} + O(c^{−12})", lambda: _difference(sympy.Rational(9, 64))),
    Step("W_K²E₁ = W_K³E₁ = 0: with ε = 0 exact ties in layers 2 and 3", lambda: _blind(2) and _blind(3)),
    Step("1/(1 + e^{−x}) = ½ + x/4 + O(x³); a₁ − a₂ = −4√6/3", lambda: _weights(sympy.Rational(1, 4))),
    Step(
        "κ₁ > 1/500 and κ₂ > 3/1000 (enclosed): with any ε > 0 token 1 wins layer 3 by κ_iεc²",
        lambda: certain("1 / 500", "kappa1") and certain("3 / 1000", "kappa2"),
    ),
    Step(
        "token 1: (0.168743, 0.852127, −1.193553) without ε, (−0.192154, 0.652984, −1.230941) with it, 0.41 apart (enclosed)",
        lambda: _apart("41 / 100"),
    ),
    Step(
        "(R1) holds: m, W₃(Û₁ + Û₂) and W₃Û₁ are not constant (enclosed)",
        lambda: all(certain("1 / 10", f"norm(centre({name}))") for name in ("m", "S", "T")),
    ),
)


def _share(rest):
    """Σ A v − v̂ with v̂₁ = v̂₂ = v̂ on the best positions."""
    A1, A2, v1, v2, v3, h, h3 = sympy.symbols("A1 A2 v1 v2 v3 h h3", real=True)
    A3 = 1 - A1 - A2
    return equal(A1 * v1 + A2 * v2 + A3 * v3 - h, A1 * (v1 - h) + A2 * (v2 - h) + A3 * (v3 - h3) + rest * A3 * (h3 - h))


PROOF = (
    Derivation(
        "under (R1) and (R2), or with two attention layers, ε does not change the limit",
        steps=(
            Step(
                "1 − (1 + η)^{−1/2} ≤ η/2 for η = ε/r² ≥ 0 (√(1 + η) = 1 + t)",
                lambda: nonnegative(((1 + t) ** 2 - 1) / 2 - (1 - 1 / (1 + t))),
            ),
            Step(
                "ΣA_jv_j − v̂ = ΣA_j(v_j − v̂_j) + Σ_{j∉M}A_j(v̂_j − v̂), ΣA = 1 (two best positions, one other)", lambda: _share(1)
            ),
            Step(
                "(a): e′ ≤ e + λ(e + 2nU·e^{−(gc⁴ − 2η)}) + 2Γε/(μ²c⁶) with η = 3β₀Uc⁴e, so e = O(c^{−6}) is kept from e = 0 on."
            ),
            Step(
                "errors c^{−6} move scores by c⁴·c^{−6} → 0; one layer on, c⁴·c^{−2} does not tend to 0", lambda: _powers(-6, -2)
            ),
            Step(
                "(1 + εz/m²)^{−1/2} = 1 − εz/(2m²) + O(z²)",
                lambda: equal(sympy.diff(_factor(m**2), z).subs(z, 0), -eps / (2 * m**2)),
            ),
        ),
        planted=(
            Planted("η/4 for η/2", lambda: nonnegative(((1 + t) ** 2 - 1) / 4 - (1 - 1 / (1 + t)))),
            Planted("the weight outside M forgotten", lambda: _share(0)),
            Planted("an error c^{−4} would do in front of a second layer", lambda: _powers(-4, -2)),
            Planted("1/m for 1/m²", lambda: equal(sympy.diff(_factor(m**2), z).subs(z, 0), -eps / (2 * m))),
        ),
    ),
)


def _powers(first, second):
    return tends(c**4 * c**first, c, 0) and not tends(c**4 * c**second, c, 0)
