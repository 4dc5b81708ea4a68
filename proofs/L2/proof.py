"""L2, step by step: ReLU commutes with a positive factor and moves no two numbers apart."""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import equal, nonnegative
from sattheory.claims.evidence import Derivation, Planted, Step

C = sympy.Symbol("C", positive=True)
y = sympy.Symbol("y", real=True)
p, q = sympy.symbols("p q", nonnegative=True)


def _relu(z: sympy.Expr) -> sympy.Expr:
    return (z + sympy.Abs(z)) / 2


def _gap(a: sympy.Expr, b: sympy.Expr, lipschitz: sympy.Expr) -> sympy.Expr:
    """(λ|a − b|)² − |ReLU a − ReLU b|²."""
    return sympy.expand((lipschitz * (a - b)) ** 2 - (_relu(a) - _relu(b)) ** 2)


def _lipschitz(constant: sympy.Expr) -> bool:
    """Decide it for each choice of signs."""
    return all(nonnegative(_gap(a, b, constant)) for a in (p, -p) for b in (q, -q))


PROOF = (
    Derivation(
        "|ReLU(f(cθ)) − cᵏReLU(f(θ))| = |ReLU(f(cθ)) − ReLU(cᵏf(θ))| ≤ |f(cθ) − cᵏf(θ)| ≤ e^{−d‖θ‖}",
        steps=(
            Step("ReLU(Cy) = C·ReLU(y) for C > 0", lambda: equal(_relu(C * y), C * _relu(y))),
            Step("|ReLU(a) − ReLU(b)| ≤ |a − b|, for each choice of signs of a and b", lambda: _lipschitz(sympy.Integer(1))),
            Step("Both together with C = cᵏ, a = f(cθ), b = cᵏf(θ), entry by entry: same d, same ρ."),
        ),
        planted=(
            Planted("ReLU(Cy) = C²·ReLU(y)", lambda: equal(_relu(C * y), C**2 * _relu(y))),
            Planted("C < 0 allowed", lambda: equal(_relu(-C * y), -C * _relu(y))),
            Planted("Lipschitz constant ½", lambda: _lipschitz(sympy.Rational(1, 2))),
        ),
    ),
)
