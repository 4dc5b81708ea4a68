"""Steps of the proof of D5: LN stands on the branch, behind the block, which bounds what a layer adds.

Notation: u is a vector of length one or 0, γ the gain, G = ‖γ‖_∞; N(v) = Pv/‖Pv‖₂; a, b one position's two values.
"""

from __future__ import annotations

from typing import Any

import sympy

from sattheory.claims.deciders import equal, nonnegative
from sattheory.claims.evidence import Derivation, Planted, Step

a, b, x, y, z = sympy.symbols("a b x y z", real=True)
c, M = sympy.symbols("c M", positive=True)
g, u, v, w = sympy.symbols("g u v w", nonnegative=True)
G = g + u


def normalised(vector: Any) -> list[Any]:
    """N(v), without the mean and of length one."""
    mean = sum(vector) / len(vector)
    length = sympy.sqrt(sum((entry - mean) ** 2 for entry in vector))
    return [(entry - mean) / length for entry in vector]


def _unit(x: Any, y: Any, z: Any) -> Any:
    return sum(entry**2 for entry in normalised([x, y, z]))


def _block(scale: Any) -> list[Any]:
    """Write cW^o·cW^v·(cγ ⊙ N(cX)) at one position, W^o W^v = diag(a, b, 1), γ = (1, 1, 1)."""
    return [
        scale**3 * weight * entry for weight, entry in zip((a, b, 1), normalised([scale * x, scale * y, scale * z]), strict=True)
    ]


REFUTATION = (
    Step(
        "one position, W^v = M·I, W = I, γ = (1, 1): LN(WH) = N(Mx) = N(x), so the definition gives x + N(x); two entries",
        lambda: all(equal(f, h) for f, h in zip(normalised([M * x, M * y]), normalised([x, y]), strict=True)),
    ),
    Step(
        "pre-norm in today's sense gives x + M·N(x): another vector for M ≠ 1, since N(x) has length one",
        lambda: equal(sum(entry**2 for entry in normalised([x, y])), 1),
    ),
)
PROOF = (
    Derivation(
        "‖MSA(X)_i − X_i‖₂ = ‖γ ⊙ u_i‖₂ ≤ ‖γ‖_∞ with ‖u_i‖₂ ∈ {0, 1}, hence ‖X_L(cθ)_i‖₂ ≤ c(‖X_0(θ)_i‖₂ + Σ‖γ‖_∞) for any depth",
        steps=(
            Step("N(v) has length one where Pv ≠ 0; three entries", lambda: equal(_unit(x, y, z), 1)),
            Step(
                "(γ_k u_k)² ≤ G²u_k², entry by entry (G = |γ_k| + u)",
                lambda: nonnegative(G**2 * w**2 - g**2 * w**2),
            ),
            Step("so ‖γ ⊙ u‖₂² ≤ G²‖u‖₂² ≤ G²; the blocks of cθ have gains cγ, and lengths add up over the layers at most"),
        ),
        planted=(
            Planted("without the mean's removal the length is another", lambda: equal((x**2 + y**2 + z**2) * _unit(x, y, z), 1)),
            Planted("G = |γ_k| − u", lambda: nonnegative((g - u) ** 2 * w**2 - g**2 * w**2)),
        ),
    ),
    Derivation(
        "pre-norm at one position, X(cθ) = cX(θ): the block W·W^v·(γ ⊙ N(X)) is multiplied by c³",
        steps=(
            Step(
                "cW·cW^v·(cγ ⊙ N(cX)) = c³·W·W^v·(γ ⊙ N(X)), with WW^v = diag(a, b, 1)",
                lambda: all(equal(f, c**3 * h) for f, h in zip(_block(c), _block(sympy.Integer(1)), strict=True)),
            ),
        ),
        planted=(
            Planted(
                "degree 1",
                lambda: all(equal(f, c * h) for f, h in zip(_block(c), _block(sympy.Integer(1)), strict=True)),
            ),
        ),
    ),
)
