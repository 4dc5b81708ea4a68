"""Generic: the coefficients that make the polynomials of the proof nonzero."""

import sympy

from sattheory.claims.deciders import equal, nonnegative
from sattheory.claims.evidence import Derivation, Planted, Step

d = sympy.Symbol("d", positive=True)
n1, n2, b1, b2, g1, g2 = sympy.symbols("N1 N2 beta1 beta2 gamma1 gamma2", real=True)
k = sympy.Symbol("k", nonnegative=True)


def _vector(name):
    return sympy.Matrix(sympy.symbols(f"{name}1:3", real=True))


def _matrix(name):
    return sympy.Matrix(2, 2, sympy.symbols(f"{name}11 {name}12 {name}21 {name}22", real=True))


def _scores(expected):
    """Coefficients of σ̂_ij − σ̂_il at (W_Q)_{1r}(W_K)_{1s}, for all r, s (d = d_k = 2, scores not divided)."""
    WQ, WK, b, y, w = _matrix("Q"), _matrix("K"), _vector("b"), _vector("y"), _vector("w")
    difference = sympy.Poly(((WQ * y + b).T * WK * w)[0], *WQ, *WK, *b)
    pairs = [(r, s) for r in (0, 1) for s in (0, 1)]
    return all(equal(difference.coeff_monomial(WQ[0, r] * WK[0, s]), expected(y, w, r, s)) for r, s in pairs)


def _output(coefficient):
    """Coefficient of (W_O)_{1r} in (P W_O z)₁ = (Wz)₁ − (1/d)·Σ_q (Wz)_q, with the other rows apart."""
    w, z, rest, others = sympy.symbols("w z rest others", real=True)
    first = w * z + rest
    return equal(sympy.diff(first - (first + others) / d, w), coefficient(z))


def _not_zero(dimension):
    """Tell whether 1 − 1/d > 0 at d = dimension + k."""
    return nonnegative((1 - 1 / (dimension + k)) - sympy.Rational(1, 2))


PROOF = (
    Derivation(
        "(R1) and (R2) fail on a null set: each fails only where a nonzero polynomial in fresh parameters vanishes",
        steps=(
            Step("Fubini: what fails for almost no earlier parameters, and else on null sets of the next, fails on a null set."),
            Step("∂(γ_rN_r + β_r)/∂γ_r = N_r", lambda: equal(sympy.diff(g1 * n1 + b1, g1), n1)),
            Step(
                "σ̂_ij − σ̂_il has coefficient ŷ_{i,r}(ŷ_j − ŷ_l)_s at (W_Q)_{1r}(W_K)_{1s} (two coordinates, with query bias)",
                lambda: _scores(lambda y, w, r, s: y[r] * w[s]),
            ),
            Step(
                "(PW_Oz)₁ has coefficient (1 − 1/d)z_r at (W_O)_{1r}, and 1 − 1/d ≥ ½ for d ≥ 2",
                lambda: _output(lambda z: (1 - 1 / d) * z) and _not_zero(2),
            ),
            Step(
                "∂(γ_rN_r + β_r − γ_qN_q − β_q)/∂γ_r = N_r",
                lambda: equal(sympy.diff(g1 * n1 + b1 - g2 * n2 - b2, g1), n1),
            ),
            Step("a constant vector v·(1, …, 1) whose entries add up to 0 is 0", lambda: sympy.solve(d * n1, n1) == [0]),
        ),
        planted=(
            Planted("r and s exchanged", lambda: _scores(lambda y, w, r, s: y[s] * w[r])),
            Planted("(PW_Oz)₁ without the mean", lambda: _output(lambda z: z)),
            Planted("d = 1: every vector is constant", lambda: _not_zero(1)),
        ),
    ),
)
