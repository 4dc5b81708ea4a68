"""EU.loss, step by step: the gradient of a cross-entropy with homogeneous logits, and how fast a gradient flow can grow.

Symbols: n classes, N = n − 1; z logits, the label y the first; g a margin; W = W(N/e), that is We^W = N/e.
"""

from __future__ import annotations

import sympy

from sattheory.claims.deciders import at_least, equal, nonnegative, tends
from sattheory.claims.evidence import Derivation, Planted, Step

c, k, g, N, W, R = sympy.symbols("c k g N W R", positive=True)
z = sympy.symbols("z1:4", real=True)
q, t = sympy.symbols("q t", real=True)
u, x = sympy.symbols("u x", nonnegative=True)
T1, T2 = (sympy.Function(name)(u) for name in ("T1", "T2"))
WEIGHTS = [sympy.exp(entry) / sum(sympy.exp(other) for other in z) for entry in z]
LOSS = sympy.log(sum(sympy.exp(entry) for entry in z)) - z[0]

GRADIENT = Derivation(
    "∇(ℓ∘f)(cθ) = c^{k−1} Σ_j (p_j − [j = y]) ∇f_j(θ) with p = softmax(cᵏf(θ))",
    steps=(
        Step(
            "∂ℓ/∂z_j = p_j − [j = y] for ℓ = ln Σ e^{z_j} − z_y (three classes; the same for any number)",
            lambda: all(
                equal(sympy.diff(LOSS, entry), p - int(j == 0)) for j, (entry, p) in enumerate(zip(z, WEIGHTS, strict=True))
            ),
        ),
        Step("The chain rule, with f(cθ) = cᵏf(θ) in the softmax and ∇f_j(cθ) = c^{k−1}∇f_j(θ) by EU."),
    ),
    planted=(Planted("+ [j = y]", lambda: equal(sympy.diff(LOSS, z[0]), WEIGHTS[0] + 1)),),
)
SMALL = Derivation(
    "margin g > 0: ‖∇(ℓ∘f)(cθ)‖ ≤ 2(n − 1)M c^{k−1}e^{−g cᵏ}, M = max_j ‖∇f_j(θ)‖, which tends to 0 faster than every power of c",
    steps=(
        Step(
            "Σ_j |p_j − [j = y]| = (1 − p_y) + Σ_{j≠y} p_j = 2(1 − p_y)",
            lambda: equal((1 - WEIGHTS[0]) + WEIGHTS[1] + WEIGHTS[2], 2 * (1 - WEIGHTS[0])),
        ),
        Step(
            "1 − p_y = R/(1 + R) ≤ R, and R = Σ_{j≠y} e^{−cᵏ(f_y − f_j)} has n − 1 terms that are at most e^{−g cᵏ} (cᵏ written "
            "c)",
            lambda: (
                equal(1 - 1 / (1 + R), R / (1 + R))
                and nonnegative(R - R / (1 + R))
                and at_least(sympy.exp(-c * g) - sympy.exp(-c * (g + u)), 0, u)
            ),
        ),
        Step(
            "c^q e^{−g cᵏ} → 0 for every q (c = eᵘ, and e^{ku} ≥ k²u²/2 outgrows qu)",
            lambda: at_least(sympy.exp(k * u) - k**2 * u**2 / 2, 0, u, 3) and tends(sympy.exp(q * u - g * k**2 * u**2 / 2), u, 0),
        ),
    ),
    planted=(
        Planted("Σ_j |p_j − [j = y]| = 1 − p_y", lambda: equal((1 - WEIGHTS[0]) + WEIGHTS[1] + WEIGHTS[2], 1 - WEIGHTS[0])),
        Planted("margin 0: c^k e^{−0·cᵏ} → 0", lambda: tends(sympy.exp(k * u - 0 * u), u, 0)),
    ),
)
LARGE = Derivation(
    "one logit j* ≠ y above all others: c^{−(k−1)}∇(ℓ∘f)(cθ) → ∇f_{j*}(θ) − ∇f_y(θ)",
    steps=(
        Step(
            "p_{j*} = 1/(1 + R) → 1 with R = Σ_{j≠j*} e^{−cᵏ(f_{j*} − f_j)} → 0, the other weights → 0 (a term: C = cᵏ → ∞)",
            lambda: tends(1 / (1 + N * sympy.exp(-g * c)), c, 1) and tends(sympy.exp(-g * c) / (1 + N * sympy.exp(-g * c)), c, 0),
        ),
    ),
    planted=(Planted("weights that stay uniform", lambda: tends(1 / (1 + N * sympy.exp(-0 * c)), c, 1)),),
)
RADIAL = Derivation(
    "−θ·∇(ℓ∘f)(θ) = k Σ_j p_j(f_y − f_j) ≤ k W((n − 1)/e), with equality where all margins are 1 + W",
    steps=(
        Step(
            "θ·∇f_j = k f_j by EU: −Σ_j (p_j − [j = y]) k f_j = k Σ_j p_j(f_y − f_j), as Σ p_j = 1",
            lambda: equal(
                -sum((p - int(j == 0)) * k * entry for j, (entry, p) in enumerate(zip(z, WEIGHTS, strict=True))),
                k * sum(p * (z[0] - entry) for entry, p in zip(z, WEIGHTS, strict=True)),
            ),
        ),
        Step(
            "it is ≤ kW if and only if Σ_{j≠y} (g_j − W)e^{−g_j} ≤ W, with g_j = f_y − f_j, p_j = e^{−g_j}/(1 + Σ_{i≠y} "
            "e^{−g_i}) (N = 2)",
            lambda: equal(
                W - sum(p * (z[0] - entry) for entry, p in zip(z[1:], WEIGHTS[1:], strict=True)),
                (W - sum((z[0] - entry - W) * sympy.exp(entry - z[0]) for entry in z[1:]))
                / (1 + sum(sympy.exp(entry - z[0]) for entry in z[1:])),
            ),
        ),
        Step(
            "(g − W)e^{−g} = (1 + t)e^{−t}·e^{−(1+W)} for g = 1 + W + t",
            lambda: equal((1 + t) * sympy.exp(-(1 + W + t)), (1 + t) * sympy.exp(-t) * sympy.exp(-(1 + W))),
        ),
        Step(
            "(1 + t)e^{−t} ≤ 1, for t = x ≥ 0 and for t = −x: e^{t} ≥ 1 + t; and with equality only at t = 0: for t ≥ −2, e^t ≥ "
            "(1 + t/2)² = 1 + t + t²/4, and for t < −2, 1 + t < 0",
            lambda: (
                at_least(sympy.exp(x) - 1 - x, 0, x)
                and at_least(sympy.exp(-x) - 1 + x, 0, x)
                and equal((1 + t / 2) ** 2, 1 + t + t**2 / 4)
                and (-(1 - 2 - x)).is_positive is True
            ),
        ),
        Step(
            "N e^{−(1+W)} = W for We^W = N/e: the N = n − 1 terms add up to at most W, and to W where t = 0 in all of them",
            lambda: equal(sympy.exp(-(1 + W)) * N.subs(N, W * sympy.exp(W) * sympy.E), W),
        ),
    ),
    planted=(
        Planted(
            "−Σ p_j f_j without the label",
            lambda: equal(
                -sum(p * k * e for p, e in zip(WEIGHTS, z, strict=True)),
                k * sum(p * (z[0] - e) for e, p in zip(z, WEIGHTS, strict=True)),
            ),
        ),
        Planted("(1 + t)e^{−t} ≤ ½", lambda: at_least(sympy.exp(x) / 2 - 1 - x, 0, x)),
        Planted("We^W = N", lambda: equal(sympy.exp(-(1 + W)) * N.subs(N, W * sympy.exp(W)), W)),
    ),
)
FLOW = Derivation(
    "a gradient flow of a mean of such losses has ‖θ_t‖² ≤ ‖θ₀‖² + 2k W((n − 1)/e) t",
    steps=(
        Step(
            "d‖θ‖²/dt = 2θ·θ' (two parameters), which is −2θ·∇L for θ' = −∇L",
            lambda: equal(sympy.diff(T1**2 + T2**2, u), 2 * (T1 * sympy.diff(T1, u) + T2 * sympy.diff(T2, u))),
        ),
        Step("−θ·∇L ≤ kW, a mean of terms of which each is at most kW."),
        Step("integrated from 0 to t: 2kWt", lambda: equal(sympy.integrate(2 * k * W, (u, 0, x)), 2 * k * W * x)),
    ),
    planted=(Planted("the 2 lost", lambda: equal(sympy.integrate(2 * k * W, (u, 0, x)), k * W * x)),),
)
PROOF = (GRADIENT, SMALL, LARGE, RADIAL, FLOW)
