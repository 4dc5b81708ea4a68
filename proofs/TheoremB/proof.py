"""TheoremB: the steps of the proof that biased networks, post-norm and Xiong's pre-norm saturate layer by layer.

Which powers of c occur is read off polynomials in t = 1/c with positive coefficients, so that nothing cancels: a norm divides by
the leading power, a matrix multiplies by c, ReLU and weights that have become hard change no power.
"""

import itertools

import sympy

from sattheory.claims.deciders import equal, nonnegative
from sattheory.claims.evidence import Derivation, Planted, Step

c, K, y1, y2, t, r = sympy.symbols("c K y1 y2 t r", positive=True)
wq, wk, wv, wo, bq, bk, bv, bo = sympy.symbols("w_q w_k w_v w_o b_q b_k b_v b_o", real=True)
tau = sympy.Symbol("tau", real=True)
g, eta, u = sympy.symbols("g eta u", nonnegative=True)
FLAT = 0
BIAS = (1, sympy.Poly(1, t))  # any parameter: degree 1
KINDS = ("paper", "post", "Xiong", "Xiong non-affine", "post non-affine", "paper non-affine")
TABLE = {
    "": (FLAT, 2, 2, 1, 2, 1),
    "beta": (FLAT, 2, 2, None, None, None),
    "V": (1, 1, 1, 1, 1, 1),
    "inner": (1, 1, 1, 1, 2, 1),
    "O": (2, 2, 2, 1, 1, 1),
    "outer": (2, 2, 2, 1, 1, 1),
}


def _key_bias(shift):
    """s_ij − s_il with all biases, for ι = 0 and 1; `shift` is put in the place of the query bias's power."""
    rows = []
    for iota in (0, 1):
        scores = [(c * wq * c**iota * y1 + c * bq) * (c * wk * c**iota * y + c * bk) for y in (y1, y2)]
        expected = c ** (2 * iota + 2) * (wq * y1 + c ** (-iota - shift) * bq) * wk * (y1 - y2)
        rows.append(equal(scores[0] - scores[1], expected))
    return all(rows)


def _attention(power):
    rows = []
    for iota in (0, 1):
        A = sympy.Symbol("A")
        values = [c * wv * c**iota * y + c * bv for y in (y1, y2)]
        S = c * wo * (A * values[0] + (1 - A) * values[1]) + c * bo
        mean = A * (wv * y1 + c**-iota * bv) + (1 - A) * (wv * y2 + c**-iota * bv)
        rows.append(equal(S, c ** (iota + 2) * (wo * mean + c ** -(iota + power) * bo)))
    return all(rows)


def _feedforward(power):
    """For either sign of the pre-activation."""
    rows = []
    for iota, sign in itertools.product((0, 1), (0, 1)):
        S = c * wo * sign * (c * wv * c**iota * y1 + c * bv) + c * bo
        rows.append(equal(S, c ** (iota + 2) * (wo * sign * (wv * y1 + c**-iota * bv) + c ** -(iota + power) * bo)))
    return all(rows)


def _plus(x, y):
    """Add c^k f(1/c) and c^j h(1/c)."""
    (k, f), (j, h) = (x, y) if x[0] >= y[0] else (y, x)
    return k, f + sympy.Poly(t ** (k - j), t) * h


def _norm(x, kind, present):
    """Divide by the leading power; γ and β have degree 1."""
    if "non-affine" in kind:
        return 0, x[1]
    return _plus((1, x[1]), BIAS) if "beta" in present else (1, x[1])


def _block(x, number, kind, present):
    """One block, x ↦ x′, as pairs (k, f) for c^k f(1/c); even numbers are attention."""
    place = kind.split(" ")[0]
    inner, outer = ("V", "O") if number % 2 == 0 else ("inner", "outer")
    k, f = _norm(x, kind, present) if place == "Xiong" else x
    S = _plus((k + 1, f), BIAS) if inner in present else (k + 1, f)
    S = _plus((S[0] + 1, S[1]), BIAS) if outer in present else (S[0] + 1, S[1])
    if place == "post":
        return _norm(_plus(x, S), kind, present)
    return _plus(x, S if place == "Xiong" else _norm(S, kind, present))


def _order(kind, present, blocks=4):
    """How far below the leading power of the stream the next one stands after some blocks; 0 if there is none."""
    x = BIAS
    for number in range(blocks):
        x = _block(x, number, kind, present)
    powers = sorted(power for (power,) in x[1].monoms())
    return powers[1] if len(powers) > 1 else FLAT


def _table(table, kinds=KINDS):
    entries = [(kind, bias, row[KINDS.index(kind)]) for bias, row in table.items() for kind in kinds]
    return all(_order(kind, (bias,)) == order for kind, bias, order in entries if order is not None)


def _unit(vector):
    vector = sympy.Matrix(vector)
    centred = vector - sympy.ones(3, 1) * sum(vector) / 3
    return centred / sympy.sqrt(centred.dot(centred))


def _slope(w):
    """d/dτ N((1, −1, 0) + τw) at 0."""
    return sympy.diff(_unit([1 + tau * w[0], -1 + tau * w[1], tau * w[2]]), tau).subs(tau, 0)


def _vectors_equal(left, right):
    return all(equal(one, two) for one, two in zip(left, right, strict=True))


E1, E2 = sympy.Matrix([1, 0, -1]), sympy.Matrix([-1, 1, 0])
V = sympy.Matrix([[1, -1, 0], [-1, 1, 0], [0, 0, 0]])
M1 = V * _unit(E1)
M2 = V * _unit(E2)


def _first_layer():
    """Each token prefers itself, and the values are m₁ and m₂ = −2m₁."""
    own, other = _unit(E1).dot(_unit(E1)), _unit(E1).dot(_unit(E2))
    return (
        nonnegative(own - other - 1)
        and _vectors_equal(M1, sympy.Matrix([1, -1, 0]) / sympy.sqrt(2))
        and _vectors_equal(M2, -2 * M1)
    )


def _second_layer(preferred):
    """Third entries of N(m_i + τE_i): zero at τ = 0; slopes −1 and 0; the first entry of query 1 is positive."""
    keys = [_unit(m + tau * e)[2] for m, e in ((M1, E1), (M2, E2))]
    slopes = [sympy.diff(key, tau).subs(tau, 0) for key in keys]
    tied = all(equal(key.subs(tau, 0), 0) for key in keys)
    return tied and _unit(M1)[0].is_positive and nonnegative(slopes[preferred] - slopes[1 - preferred] - 1)


def _epsilon(k):
    """η/2 − (1 − (1 + η)^{−1/2}) with √(1 + η) = 1 + t, and k for 2."""
    return nonnegative(((1 + t) ** 2 - 1) / k - (1 - 1 / (1 + t)))


BLOCK = Derivation(
    "one block: weights outside the best positions are flat, the rest moves by the error before and by powers of 1/c",
    steps=(
        Step(
            "s_ij − s_il = c^{2ι+2}(W_Q y_i + c^{−ι}b_Q)·W_K(y_j − y_l): no key bias (one coordinate, ι = 0, 1)",
            lambda: _key_bias(0),
        ),
        Step(
            "σ̂_ij − σ̂_il ≤ −g and errors up to η: the difference is at most −(g − 2η) (times c^q)",
            lambda: nonnegative(-(g - 2 * eta) - (-(g + u) + (eta - t) - (-eta + r))),
        ),
        Step(
            "ΣA_j v_j − v̂ = ΣA_j(v_j − v̂_j) + Σ_{j∉M} A_j(v̂_j − v̂) with ΣA = 1 (M of two positions, one outside)",
            lambda: _averages(True),
        ),
        Step("attention: S = c^{ι+2}(W_O ΣA(W_V y + c^{−ι}b_V) + c^{−(ι+1)}b_O) (one coordinate)", lambda: _attention(1)),
        Step(
            "feedforward: S = c^{ι+2}(W_2 ReLU(W_1 y + c^{−ι}b_1) + c^{−(ι+1)}b_2) (one unit, on or off)", lambda: _feedforward(1)
        ),
        Step("The stream, placement by placement: E′ is at most a constant times E, the powers of 1/c met, and flat terms."),
    ),
    planted=(
        Planted("the query bias one power lower", lambda: _key_bias(1)),
        Planted("only one error η", lambda: nonnegative(-(g - eta) - (-(g + u) + (eta - t) - (-eta + r)))),
        Planted("best positions with different values", lambda: _averages(False)),
        Planted("the output bias two powers lower", lambda: _attention(2)),
    ),
)


def _averages(alike):
    """Decide the identity with v̂₁ = v̂₂ = v̂, or with values of their own."""
    A1, A2, v1, v2, v3, h1, h2, h3 = sympy.symbols("A1 A2 v1 v2 v3 h1 h2 h3", real=True)
    A3 = 1 - A1 - A2
    h2 = h1 if alike else h2
    right = A1 * (v1 - h1) + A2 * (v2 - h2) + A3 * (v3 - h3) + A3 * (h3 - h1)
    return equal(A1 * v1 + A2 * v2 + A3 * v3 - h1, right)


RATES = Derivation(
    "the table of orders p, by induction over the blocks",
    steps=(
        Step(
            "the table, read off polynomials in 1/c with positive coefficients, two layers of two blocks", lambda: _table(TABLE)
        ),
        Step("K(3K)^b + 2K ≤ (3K)^{b+1} for K ≥ 1", lambda: nonnegative(((K * r + 2 * K - 3 * K * r) * -1).subs(r, 1 + t))),
        Step("Layers started at c^κX̂ have the same symbols, so strong layerwise saturation gives X̂ too."),
        Step(
            "d/dτ N((1, −1, 0) + τ(0, 0, 1)) = (−1, −1, 2)/(3√2) at τ = 0",
            lambda: _vectors_equal(_slope((0, 0, 1)), sympy.Matrix([-1, -1, 2]) / (3 * sympy.sqrt(2))),
        ),
    ),
    planted=(
        Planted("value biases with order 2 in the paper's placement", lambda: _table({"V": (2, 1, 1, 1, 1, 1)}, ("paper",))),
        Planted("the residual branch of Xiong's placement with order 1", lambda: _table({"": (FLAT, 2, 1, 1, 2, 1)}, ("Xiong",))),
        Planted("(2K)^b", lambda: nonnegative(((K * r + 2 * K - 2 * K * r) * -1).subs(r, 1 + t))),
        Planted("a change along m moves N(m)", lambda: not _vectors_equal(_slope((1, -1, 0)), sympy.zeros(3, 1))),
    ),
)
NEEDED = Derivation(
    "(R2) cannot be dropped; what ε > 0 adds",
    steps=(
        Step("layer 1: own score − other score ≥ 1 for token 1; m₁ = (1, −1, 0)/√2, m₂ = −2m₁", _first_layer),
        Step(
            "layer 2: third entries vanish at τ = 0, with slopes −1 and 0 in τ = c^{−2}; query 1 prefers token 2",
            lambda: _second_layer(1),
        ),
        Step(
            "m₁ + W_V N(m₂) = −m₁, but m₁ + ½W_V(N(m₁) + N(m₂)) = m₁",
            lambda: _vectors_equal(M1 + V * _unit(M2), -M1) and _vectors_equal(M1 + V * (_unit(M1) + _unit(M2)) / 2, M1),
        ),
        Step("1 − (1 + η)^{−1/2} ≤ η/2 for η ≥ 0", lambda: _epsilon(2)),
    ),
    planted=(
        Planted("query 1 prefers token 1", lambda: _second_layer(0)),
        Planted("the two limits agree", lambda: _vectors_equal(M1 + V * _unit(M2), M1)),
        Planted("η/4 for η/2", lambda: _epsilon(4)),
    ),
)
PROOF = (BLOCK, RATES, NEEDED)
