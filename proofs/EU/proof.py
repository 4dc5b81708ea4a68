"""EU, step by step: differentiate f(cθ) = cᵏf(θ) once in θ and once in c.

Symbols: a = f(θ), A·v the derivative of f at θ in a direction v, η an error of first order; x, y, t two-dimensional entries.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import equal, nonnegative
from sattheory.claims.evidence import Derivation, Planted, Step

c = sympy.Symbol("c", positive=True)
k, a, D, eta, t1, t2, g1, g2 = sympy.symbols("k a D eta t1 t2 g1 g2", real=True)
F = sympy.Function("F")
H = sympy.Function("H")(t1, t2)


def _along_ray() -> sympy.Expr:
    """d/dc of H(cθ) at c = 1."""
    ray = H.subs({t1: c * t1, t2: c * t2}, simultaneous=True)
    return sympy.diff(ray, c).subs(c, 1).doit()


def _relu(value: sympy.Expr) -> sympy.Expr:
    return (value + sympy.Abs(value)) / 2


def _after(slope: sympy.Expr) -> sympy.Expr:
    """d/dc of c^{−k}F(c), with F'(c) = slope."""
    return sympy.diff(c ** (-k) * F(c), c).subs(sympy.diff(F(c), c), slope)


GRADIENT = Derivation(
    "f differentiable at θ ⇒ differentiable at cθ for every c > 0, and ∇f(cθ) = c^{k−1}∇f(θ), ‖∇f(cθ)‖ = c^{k−1}‖∇f(θ)‖",
    steps=(
        Step(
            "f(cθ + v) = cᵏf(θ + v/c) = cᵏ(f(θ) + D/c + η) = f(cθ) + c^{k−1}D + cᵏη, with D = ∇f(θ)·v",
            lambda: equal(c**k * (a + D / c + eta), c**k * a + c ** (k - 1) * D + c**k * eta),
        ),
        Step("η is small compared with ‖v/c‖, so cᵏη is small compared with ‖v‖: c^{k−1}∇f(θ) is the derivative at cθ."),
    ),
    planted=(Planted("degree k kept", lambda: equal(c**k * (a + D / c + eta), c**k * a + c**k * D + c**k * eta)),),
)
EULER = Derivation(
    "θ·∇f(θ) = k f(θ), hence ‖θ‖ ‖∇f(θ)‖ ≥ |k| |f(θ)|",
    steps=(
        Step(
            "d/dc at c = 1: θ·∇f(θ) on the left by the chain rule (two parameters), (cᵏ)'f(θ) = kf(θ) on the right",
            lambda: equal(_along_ray(), t1 * H.diff(t1) + t2 * H.diff(t2)) and equal(sympy.diff(c**k * a, c).subs(c, 1), k * a),
        ),
        Step(
            "‖θ‖²‖G‖² − (θ·G)² is a sum of squares (two entries; Cauchy and Schwarz for any number)",
            lambda: (
                equal((t1**2 + t2**2) * (g1**2 + g2**2) - (t1 * g1 + t2 * g2) ** 2, (t1 * g2 - t2 * g1) ** 2)
                and nonnegative((t1 * g2 - t2 * g1) ** 2)
            ),
        ),
    ),
    planted=(
        Planted("factor k − 1", lambda: equal(sympy.diff(c**k * a, c).subs(c, 1), (k - 1) * a)),
        Planted(
            "the square with the wrong sign",
            lambda: equal((t1**2 + t2**2) * (g1**2 + g2**2) - (t1 * g1 + t2 * g2) ** 2, (t1 * g2 + t2 * g1) ** 2),
        ),
    ),
)
CONVERSE = Derivation(
    "f differentiable on an open cone with θ·∇f(θ) = k f(θ) there is k-homogeneous",
    steps=(
        Step(
            "F(c) = f(cθ) has F'(c) = θ·∇f(cθ) = kF(c)/c, so c^{−k}F(c) has derivative 0 and keeps its value F(1)",
            lambda: equal(_after(k * F(c) / c), 0),
        ),
    ),
    planted=(Planted("θ·∇f = (k + 1)f", lambda: equal(_after((k + 1) * F(c) / c), 0)),),
)
ALMOST_EVERYWHERE = Derivation(
    "a network of sums, products and ReLUs of its parameters is a polynomial near almost every θ, on an open cone",
    steps=(
        Step(
            "ReLU(cz) = c·ReLU(z) keeps degrees, and ReLU(0) = 0 whichever branch is taken",
            lambda: equal(_relu(c * a), c * _relu(a)) and equal(_relu(sympy.Integer(0)), 0),
        ),
        Step(
            "Each pattern of active ReLUs makes each pre-activation a polynomial in θ; where none of the finitely many that are "
            "not 0 "
            "vanishes, signs are locally constant and f is locally one polynomial; zeros of a polynomial ≠ 0 are a null set."
        ),
        Step(
            "If f is homogeneous, it is differentiable at θ if and only if at cθ, by the first derivation: the good points form "
            "a cone."
        ),
    ),
    planted=(Planted("ReLU(cz) = c²·ReLU(z)", lambda: equal(_relu(c * a), c**2 * _relu(a))),),
)
PROOF = (GRADIENT, EULER, CONVERSE, ALMOST_EVERYWHERE)
