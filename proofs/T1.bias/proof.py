"""T1.bias, step by step: a bias cancels at degree 1; at other degrees the larger degree wins.

Symbols: f, g entries of f(θ) and f(cθ); b an entry of b, |b| ≤ B; s, e entries of the symbol and of its error; t =
c^{−|k−1|}.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import around, equal, within
from sattheory.claims.evidence import Derivation, Planted, Step

c, B, S, E, t = sympy.symbols("c B S E t", positive=True)
b, f, g, s, e, k = sympy.symbols("b f g s e k", real=True)
LARGER = around(e, E) | around(b, B)
SMALLER = around(s, S) | around(e, E)
AS_STATED = (
    Derivation(
        "the bias cancels from f(cθ) + cb − c(f(θ) + b)",
        steps=(Step("(f(cθ) + cb) − c(f(θ) + b) = f(cθ) − c·f(θ)", lambda: equal((g + c * b) - c * (f + b), g - c * f)),),
        planted=(
            Planted("a bias that does not grow with θ", lambda: equal((g + b) - c * (f + b), g - c * f)),
            Planted("degree 2 instead of 1", lambda: equal((g + c * b) - c**2 * (f + b), g - c**2 * f)),
        ),
    ),
)
REPAIRED = (
    Derivation(
        "degree max(k, 1); relative error E (k = 1), E + ‖b‖_∞c^{−(k−1)} (k > 1), (S + E)c^{−(1−k)} (k < 1)",
        steps=(
            Step("k = 1: c(s + e) + cb = c((s + b) + e)", lambda: equal(c * (s + e) + c * b, c * ((s + b) + e))),
            Step(
                "k > 1: c^{−k}(cᵏ(s + e) + cb) = s + (e + tb), t = c^{−(k−1)}, and |e + tb| ≤ E + ‖b‖_∞t",
                lambda: (
                    equal(c**-k * (c**k * (s + e) + c * b), s + e + c ** (-(k - 1)) * b) and within(e + t * b, LARGER, E + B * t)
                ),
            ),
            Step(
                "k < 1: c^{−1}(cᵏ(s + e) + cb) = b + t(s + e), t = c^{−(1−k)}, and |t(s + e)| ≤ (S + E)t",
                lambda: (
                    equal((c**k * (s + e) + c * b) / c, b + c ** (-(1 - k)) * (s + e))
                    and within(t * (s + e), SMALLER, (S + E) * t)
                ),
            ),
        ),
        planted=(
            Planted("k > 1 without the bias", lambda: within(e + t * b, LARGER, E)),
            Planted("k < 1 with E alone", lambda: within(t * (s + e), SMALLER, E * t)),
            Planted("c^{−(k+1)} for c^{−(k−1)}", lambda: equal(c**-k * (c**k * (s + e) + c * b), s + e + c ** (-(k + 1)) * b)),
        ),
    ),
)
PROOF = AS_STATED + REPAIRED
