"""TheoremA: the steps of the proof that the bias-less encoder saturates layer by layer.

e is the error of the stream before a block, y = e^{−gc⁴}, U, λ, β₀, K the constants of the statement; a = ‖Pu‖ and b = ‖Pv‖.
"""

import sympy

from sattheory.claims.deciders import at_least, equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step

e, v, y, t = sympy.symbols("e v y t", nonnegative=True)
lam, beta, n, a, b, m, B, h, g, x = sympy.symbols("lambda beta n a b m B h g x", positive=True)
mu, p, q, tau = sympy.symbols("mu p q tau", real=True)
r = sympy.Symbol("r", nonnegative=True)
U = e + v  # e ≤ U
c4 = 1 + t  # c ≥ 1


def _vector(name, size=2):
    return sympy.Matrix(sympy.symbols(f"{name}1:{size + 1}", real=True))


def _bilinear(second):
    """Δᵢᵀ M u_j + ûᵢᵀ M Δ_j with Δ = u − û, or with the wrong vector in the second place."""
    ui, uj, si, sj = (_vector(name) for name in ("u", "w", "s", "r"))
    M = sympy.Matrix(2, 2, sympy.symbols("m1:5", real=True))
    moved = (ui.T * M * uj - si.T * M * sj)[0]
    return equal(moved, ((ui - si).T * M * uj)[0] + ({"hat": si, "itself": ui}[second].T * M * (uj - sj))[0])


def _speed():
    """d/dt softmax(h + tε)_j = A_j(ε_j − Σ A ε), three entries."""
    s, epsilon = _vector("h", 3), _vector("e", 3)
    powers = [sympy.exp(s[j] + tau * epsilon[j]) for j in range(3)]
    A = [power / sum(powers) for power in powers]
    mean = sum(A[j] * epsilon[j] for j in range(3))
    return all(equal(sympy.diff(A[j], tau), A[j] * (epsilon[j] - mean)) for j in range(3))


def _after(factor=1):
    """Error after a block, with `factor` in place of c⁴ in what the scores do."""
    return e + lam * (e + U * (3 * beta * U * factor * e + 2 * n * y))


def _constant(rest):
    return 1 + lam * (1 + 3 * beta * U**2 + rest)


def _direction(vector):
    P = sympy.eye(len(vector)) - sympy.ones(len(vector), len(vector)) / len(vector)
    centred = P * sympy.Matrix(vector)
    return centred / sympy.sqrt(centred.dot(centred))


def _mixed(second):
    """Third entry of N((1 − q)(1, −1, 0) + q·second)."""
    return _direction([(1 - q) * one + q * two for one, two in zip((1, -1, 0), second, strict=True)])[2]


WEIGHTS = Derivation(
    "‖A_i − w_i‖₁ ≤ 3β₀Uc⁴e + 2ne^{−gc⁴} when ‖u − û‖ ≤ e ≤ U, ties or not",
    steps=(
        Step("u_iᵀMu_j − û_iᵀMû_j = Δ_iᵀMu_j + û_iᵀMΔ_j (two entries)", lambda: _bilinear("hat")),
        Step("e(U + e) + Ue ≤ 3Ue for e ≤ U", lambda: nonnegative(3 * U * e - (e * (U + e) + U * e))),
        Step("d/dt softmax(h + tε)_j = A_j(ε_j − Σ_l A_l ε_l) (three entries)", _speed),
        Step(
            "(1 − μ)x − (x − μ) = μ(1 − x), not negative for x, μ in [0, 1]", lambda: equal((1 - mu) * p - (p - mu), mu * (1 - p))
        ),
        Step("½ − 2μ(1 − μ) = ½(1 − 2μ)² ≥ 0", lambda: equal(sympy.Rational(1, 2) - 2 * mu * (1 - mu), (1 - 2 * mu) ** 2 / 2)),
        Step(
            "m(1/m − 1/(m + R)) + R/(m + R) = 2R/(m + R) ≤ 2ny for R ≤ ny, m ≥ 1",
            lambda: (
                equal(m * (1 / m - 1 / (m + r)) + r / (m + r), 2 * r / (m + r)) and nonnegative(2 * (r + v) - 2 * r / (1 + t + r))
            ),
        ),
    ),
    planted=(
        Planted("u_i for û_i", lambda: _bilinear("itself")),
        Planted("2Ue for 3Ue", lambda: nonnegative(2 * U * e - (e * (U + e) + U * e))),
        Planted("half as much of the range", lambda: nonnegative(sympy.Rational(1, 4) - 2 * mu * (1 - mu))),
        Planted("R/(m + R)", lambda: equal(m * (1 / m - 1 / (m + r)) + r / (m + r), r / (m + r))),
    ),
)


def _output():
    """Σ A u − Σ w û = Σ A(u − û) + Σ (A − w)û, three positions, one coordinate."""
    A, w, u, s = (_vector(name, 3) for name in ("A", "w", "u", "s"))
    return equal(A.dot(u) - w.dot(s), A.dot(u - s) + (A - w).dot(s))


RECURSION = Derivation(
    "‖c^{−1}X(cθ) − X̂‖ ≤ (Kc⁴)^B e^{−gc⁴} ≤ (KB/(e(g − δ)))^B e^{−δc⁴}",
    steps=(
        Step("ΣA_j u_j − Σw_j û_j = ΣA_j(u_j − û_j) + Σ(A_j − w_j)û_j (three positions)", _output),
        Step(
            "Pv/b − Pu/a = (Pv − Pu)/a + Pv(a − b)/(ab), entry by entry",
            lambda: equal(q / b - p / a, (q - p) / a + q * (a - b) / (a * b)),
        ),
        Step(
            "e′ + y ≤ Kc⁴(e + y) for c ≥ 1 and K = 1 + λ(1 + 3β₀U² + 2nU)",
            lambda: nonnegative(_constant(2 * n * U) * c4 * (e + y) - y - _after(c4)),
        ),
        Step("By induction e_b + y ≤ (Kc⁴)^b y, because e_0 = 0 and e_b ≤ U throughout."),
        Step(
            "B·ln x − hx has its only critical point at x = B/h, where the second derivative is −h²/B < 0",
            lambda: (
                equal(sympy.diff(B * sympy.log(x) - h * x, x).subs(x, B / h), 0)
                and nonnegative(-sympy.diff(B * sympy.log(x) - h * x, x, 2))
            ),
        ),
        Step("Layers started at cX̂ have the same symbols, so strong layerwise saturation gives X̂ too."),
    ),
    planted=(
        Planted(
            "K without 2nU: y would be lost",
            lambda: nonnegative(_constant(0) * c4 * (e + y) - y - _after(c4)),
        ),
        Planted(
            "K for Kc⁴: scores amplify errors by c⁴",
            lambda: nonnegative(_constant(2 * n * U) * (e + y) - y - _after(c4)),
        ),
        Planted("a and b exchanged in the norm", lambda: equal(q / b - p / a, (q - p) / b + q * (a - b) / (a * b))),
    ),
)
SHARP = Derivation(
    "no exponent beyond g, and not without (R1)",
    steps=(
        Step(
            "½e^{−x} ≤ 1/(1 + e^x) ≤ e^{−x} for x ≥ 0",
            lambda: (
                equal(
                    1 / (1 + sympy.exp(t)) - 1 / (2 * sympy.exp(t)), (sympy.exp(t) - 1) / (2 * sympy.exp(t) * (1 + sympy.exp(t)))
                )
                and at_least(sympy.exp(t), 1, t)
                and nonnegative(sympy.exp(-t) - 1 / (1 + sympy.exp(t)))
            ),
        ),
        Step(
            "the third entry of N((1 − q)(1, −1, 0) + q(0, 0, 1)) has derivative √2/3 at q = 0",
            lambda: equal(sympy.diff(_mixed((0, 0, 1)), q).subs(q, 0), sympy.sqrt(2) / 3),
        ),
        Step(
            "N(q, 0) = (1, −1)/√2 for every q > 0",
            lambda: equal(_direction([a, 0])[0], 1 / sympy.sqrt(2)) and equal(_direction([a, 0])[1], -1 / sympy.sqrt(2)),
        ),
    ),
    planted=(
        Planted(
            "a value on the line of the winner's moves it too", lambda: not equal(sympy.diff(_mixed((2, -2, 0)), q).subs(q, 0), 0)
        ),
        Planted("N(q, 0) → 0 with q", lambda: tends(_direction([a, 0])[0], a, 0, to=0)),
    ),
)
PROOF = (WEIGHTS, RECURSION, SHARP)
