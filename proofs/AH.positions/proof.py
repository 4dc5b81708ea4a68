"""AH.positions: offsets and encodings of a lower degree, as steps that SymPy and balls decide.

An offset of degree l is added to scores of degree k > l: l = 1 for a learned bias (T5), l = 0 for a fixed one (ALiBi).
"""

from fractions import Fraction

import sympy

from sattheory.claims.deciders import around, equal, nonnegative, tends, within
from sattheory.claims.evidence import Derivation, Planted, Step
from sattheory.claims.formulas import evaluate, real

c, E, B, A, R, g, m, q, omega, alpha, low = sympy.symbols("c E B A R gamma m q omega alpha c^l", positive=True)
losers = sympy.Symbol("n-m", positive=True)
high = sympy.Symbol("c^k", positive=True)
u, v, h, beta, cosine, sine = sympy.symbols("u v h beta cosine sine", nonnegative=True)
e, b, s, p, phi = sympy.symbols("e b s p phi", real=True)
bi, bj, first, second = sympy.symbols("b_i b_j e_1 e_2", real=True)
HALF_SLOPE = "softmax([0, -1 / 2])"


def _pair(name):
    return sympy.Matrix(sympy.symbols(f"{name}_1 {name}_2", real=True))


x, y, px, py, pz = (_pair(name) for name in ("x", "y", "p", "r", "t"))
M = sympy.Matrix(2, 2, sympy.symbols("M_11 M_12 M_21 M_22", real=True))


def _form(left, right):
    return (left.T * M * right)[0]


def _score(cross):
    """Expand (cx + p)·c²M(cy + r); cross = 0 forgets a mixed term."""
    found = _form(c * x + px, c**2 * (c * y + py))
    claimed = c**4 * _form(x, y) + c**3 * (_form(x, py) + cross * _form(px, y)) + c**2 * _form(px, py)
    return equal(sympy.expand(found - claimed), 0)


def _keys(quadratic):
    """Subtract the scores of two keys of one token; quadratic = 0 forgets the term in c²."""
    query = c * x + px
    found = _form(query, c**2 * (c * y + py)) - _form(query, c**2 * (c * y + pz))
    return equal(sympy.expand(found - c**3 * _form(x, py - pz) - quadratic * c**2 * _form(px, py - pz)), 0)


def _settled(times):
    """−γcᵏ + ωc ≤ −½γcᵏ for c^{k−1} = times·ω/γ + u."""
    return nonnegative(sympy.expand((-g * high / 2 - (-g * high + omega * c)).subs(high, c * (times * omega / g + u))))


def _outweighs(times):
    """αc³ − βc² ≥ ½αc³, divided by c², for c = times·β/α + u."""
    return nonnegative(sympy.expand((alpha * c - beta - alpha * c / 2).subs(c, times * beta / alpha + u)))


def _near(index, value):
    """Decide that a weight over two tied keys, at distances 0 and 1 with slope ½, is a number to six decimals."""
    weight = evaluate(HALF_SLOPE, {})[index]
    return bool(abs(weight - real(Fraction(value))) < real(Fraction(1, 2 * 10**6)))


SCORES = Derivation(
    "scores cᵏ(s + e) + cˡb have degree k, symbol s and relative error E + Bc^{−(k−l)}",
    steps=(
        Step(
            "c^{−k}(cᵏ(s + e) + cˡb) − s = e + bc^{l−k}, at most E + Bc^{−(k−l)}",
            lambda: within((high * (s + e) + low * b) / high - s, around(e, E) | around(b, B), E + B * low / high),
        ),
    ),
    planted=(
        Planted("relative error E alone", lambda: within((high * (s + e) + low * b) / high - s, around(e, E) | around(b, B), E)),
    ),
)
WEIGHTS = Derivation(
    "‖softmax(cᵏ(s + e) + cˡb) − softmax(cˡb on T)‖₁ ≤ 2tanh(cᵏE/2) + 2(n − m)q/(m + (n − m)q), q = e^{−γcᵏ + ωcˡ}, T = argmax s",
    steps=(
        Step(
            "j off T, i in T, s_i = s_j + γ + h: (cᵏs_j + cˡb_j) − (cᵏs_i + cˡb_i) = −cᵏ(γ + h) + cˡ(b_j − b_i) ≤ −γcᵏ + ωcˡ",
            lambda: (
                equal((high * s + low * bj) - (high * (s + g + h) + low * bi), -high * (g + h) + low * (bj - bi))
                and nonnegative((-g * high + omega * low) - (-high * (g + h) + low * (omega - u)))
            ),
        ),
        Step("So mR ≤ (n − m)qA for the sums A of e^{cᵏs_i + cˡb_i} over T and R over the rest."),
        Step(
            "the weights on T are E_i/(A + R) and E_i/A with ΣE_i = A, off T they add up to R/(A + R) and 0: ‖·‖₁ = 2R/(A + R)",
            lambda: equal(A * (1 / A - 1 / (A + R)) + R / (A + R), 2 * R / (A + R)),
        ),
        Step(
            "2R/(A + R) ≤ 2(n − m)q/(m + (n − m)q) for A = (mR + v)/((n − m)q), v ≥ 0",
            lambda: nonnegative(losers * q / (m + losers * q) - R / ((m * R + v) / (losers * q) + R)),
        ),
        Step("Adding cᵏe to the scores, of range at most 2cᵏE, moves the weights by at most 2tanh(cᵏE/2) (AH.softmax)."),
    ),
    planted=(
        Planted(
            "the offset forgotten in the exponent",
            lambda: nonnegative((-g * high) - (-high * (g + h) + low * (omega - u))),
        ),
        Planted("R/(A + R) for 2R/(A + R)", lambda: equal(A * (1 / A - 1 / (A + R)) + R / (A + R), R / (A + R))),
        Planted("one loser counted", lambda: nonnegative(q / (m + q) - R / ((m * R + v) / (losers * q) + R))),
    ),
)
FIXED = Derivation(
    "l = 0: over exact ties the limit is softmax(b on T); slope ½ at distances 0 and 1 gives 0.622459 and 0.377541, not ½",
    steps=(
        Step(
            "e^{−γcᵏ + ω} → 0 as cᵏ → ∞: the limit weights are softmax(b on T)",
            lambda: tends(sympy.exp(omega - g * high), high, 0),
        ),
        Step("they are uniform exactly if b is constant on T: a softmax's weights have the ratios e^{b_i − b_j}."),
        Step(
            "softmax(0, −½) = (0.622459, 0.377541) to six decimals",
            lambda: _near(0, "0.622459") and _near(1, "0.377541"),
        ),
    ),
    planted=(
        Planted("limit 1 for e^{−γcᵏ + ω}", lambda: tends(sympy.exp(omega - g * high), high, 1)),
        Planted("uniform over the tie", lambda: _near(0, "1/2")),
    ),
)
LEARNED = Derivation(
    "l = 1 < k: the limit is uniform on the maxima of b in T, with a further 2(m − m')q'/(m' + (m − m')q'), q' = e^{−βc}",
    steps=(
        Step(
            "−γcᵏ + ωc ≤ −½γcᵏ as soon as c^{k−1} ≥ 2ω/γ (c^{k−1} = 2ω/γ + u), so q → 0",
            lambda: _settled(2),
        ),
        Step("softmax(c·b on T) has scores of degree 1 and symbol b without error: AH.softmax bounds its distance from uniform."),
    ),
    planted=(Planted("c^{k−1} ≥ ω/γ", lambda: _settled(1)),),
)
ENCODINGS = Derivation(
    "cv + p has degree 1, symbol v and relative error B/c; c(v + p) and rotations are exact; over equal tokens p decides",
    steps=(
        Step(
            "c^{−1}(c(v + e) + p) − v = e + p/c, at most E + B/c",
            lambda: within((c * (s + e) + p) / c - s, around(e, E) | around(p, B), E + B / c),
        ),
        Step(
            "(cx + p)ᵀc²M(cy + r) = c⁴xᵀMy + c³(xᵀMr + pᵀMy) + c²pᵀMr, shown for width 2",
            lambda: _score(1),
        ),
        Step(
            "keys of one token y with encodings r, r' have scores that differ by c³xᵀM(r − r') + c²pᵀM(r − r')",
            lambda: _keys(1),
        ),
        Step(
            "with α = xᵀM(r − r') > 0 and β = |pᵀM(r − r')|: αc³ − βc² ≥ ½αc³ for c ≥ 2β/α, so one key takes all the weight",
            lambda: _outweighs(2),
        ),
        Step(
            "a rotation by a fixed angle commutes with cᵏ, so queries and keys keep their degree exactly",
            lambda: equal(
                high * s * sympy.cos(phi) - high * p * sympy.sin(phi), high * (s * sympy.cos(phi) - p * sympy.sin(phi))
            ),
        ),
        Step(
            "it multiplies an error by at most √2: 2 − (|cos φ| + |sin φ|)² = (|cos φ| − |sin φ|)² ≥ 0",
            lambda: (
                equal(2 * (cosine**2 + sine**2) - (cosine + sine) ** 2, (cosine - sine) ** 2)
                and within(cosine * first - sine * second, around(first, E) | around(second, E), (cosine + sine) * E)
            ),
        ),
    ),
    planted=(
        Planted("a mixed term forgotten", lambda: _score(0)),
        Planted(
            "error B/c² of an encoding", lambda: within((c * (s + e) + p) / c - s, around(e, E) | around(p, B), E + B / c**2)
        ),
        Planted("c ≥ β/α", lambda: _outweighs(1)),
        Planted("the term in c² forgotten", lambda: _keys(0)),
        Planted(
            "a rotation keeps entries within E",
            lambda: within(cosine * first - sine * second, around(first, E) | around(second, E), E),
        ),
    ),
)
PROOF = (SCORES, WEIGHTS, FIXED, LEARNED, ENCODINGS)
