"""A1: ‖δ_t‖ ∝ η_t‖θ_t‖ for large t.

The growth of the norm is derived from this assumption about the optimizer's steps, which is motivated by the degree of the
gradient: the derivative of a 2-homogeneous function is 1-homogeneous.  For gradient descent on an exactly k-homogeneous
objective along a fixed direction it holds if and only if k = 2.  It fails for the logistic loss of a homogeneous margin,
whatever its degree, and for steps of normalised size as those of sign descent.  AdaFactor, which multiplies each step by the
root mean square of the parameters, comes close to it by construction (paper §5.2).
"""

from __future__ import annotations

from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Proof

CLAIMS = (
    Claim(
        "A1",
        place="§5.2",
        title="steps ∝ the norm: gradient descent of degree 2, no other",
        statement="‖δ_t‖ ∝ η_t‖θ_t‖ for large t",
        latex=r"$\lVert\delta_t\rVert \propto \eta_t\lVert\theta_t\rVert$ for large $t$",
        why="All growth rates of the norm rest on it. It is a statement about optimizers, not about transformers.",
        literal=Form(
            "there are a > 0 and T₀ with ‖θ_{t+1} − θ_t‖ = a·η_t·‖θ_t‖ for all t ≥ T₀, η_t the learning rate",
            latex=r"there are $a > 0$ and $T_0$ with $\lVert\theta_{t+1} - \theta_t\rVert = a\,\eta_t\lVert\theta_t\rVert$ for "
            r"all $t \ge T_0$, $\eta_t$ the learning rate",
            uses=("EU", "EU.approximate", "P6.corollary"),
        ),
        repaired=Form(
            "with u_t = θ_t/‖θ_t‖: (1) δ_t = −η_t∇L(θ_t), L(cθ) = cᵏL(θ) for c > 0 ⇒ ‖δ_t‖ = η_t‖θ_t‖^{k−1}‖∇L(u_t)‖; if u_t = "
            "u for t ≥ T₀ and ∇L(u) ≠ 0, then ‖δ_t‖/(η_t‖θ_t‖) is the same for all t ≥ T₀ iff k = 2. (2) δ_t = −η_t∇L(θ_t), L = "
            "ln(1 + e^{−M}), M(cθ) = cᵏM(θ), u_t = u, M(u) > 0, ‖θ_t‖ → ∞ ⇒ the ratio is ≤ ‖∇M(u)‖/(M(u)‖θ_t‖²) → 0. (3) "
            "‖δ_t‖ = η_tU, U > 0 ⇒ the ratio is U/‖θ_t‖: constant iff the norm is",
            assumptions=("L and M are differentiable away from 0", "η_t > 0", "θ_{t+1} = θ_t + δ_t, θ_t ≠ 0"),
            evidence=(Proof("A1"),),
            latex=r"with $u_t = \theta_t/\lVert\theta_t\rVert$: (1) if $\delta_t = -\eta_t\nabla L(\theta_t)$ and $L(c\theta) "
            r"= c^kL(\theta)$ for $c > 0$, then $\lVert\delta_t\rVert = \eta_t\lVert\theta_t\rVert^{k-1}\lVert\nabla "
            r"L(u_t)\rVert$; if $u_t = u$ for $t \ge T_0$ and $\nabla L(u) \ne 0$, then "
            r"$\lVert\delta_t\rVert/(\eta_t\lVert\theta_t\rVert)$ is the same for all $t \ge T_0$ iff $k = 2$. (2) If "
            r"$\delta_t = -\eta_t\nabla L(\theta_t)$, $L = \ln(1 + e^{-M})$, $M(c\theta) = c^kM(\theta)$, $u_t = u$, $M(u) > 0$ "
            r"and $\lVert\theta_t\rVert \to \infty$, the ratio is at most "
            r"$\lVert\nabla M(u)\rVert/(M(u)\lVert\theta_t\rVert^2) \to 0$. (3) If $\lVert\delta_t\rVert = "
            r"\eta_tU$, $U > 0$, the ratio is $U/\lVert\theta_t\rVert$: constant iff the norm is",
            uses=("EU",),
        ),
        expected=Expected("assumed", "derived"),
        kind="assumption",
    ),
)
