"""EU: the derivative of a k-homogeneous function is (k − 1)-homogeneous.

Euler's theorem carries degrees from the network to its gradient: for k = 2 the gradient grows in proportion to the norm of the
parameters, which is what makes the paper assume step sizes in proportion to the norm (paper §5.2).  True, wherever the function
is differentiable; a network of sums, products and ReLUs is, almost everywhere.

EU.approximate: the networks are only approximately homogeneous.  An error may be small and its derivative large, so for degree 0
the statement fails; it holds if the error's second derivative does not grow too fast.

EU.loss: training follows the gradient of a loss, not of the network.  On examples classified correctly that gradient is
exponentially small in c, whatever the network's degree, and a gradient flow cannot grow faster than √t.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims.cases.exact_cases import SCALES, Vectors, cases
from sattheory.claims.certificate import Constants
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.formulas import real, softmax
from sattheory.claims.inequality import Inequality, Pairs
from sattheory.claims.search import Search
from sattheory.claims.witness import Statement, Witness

Vector = tuple[Fraction, ...]


def _gated(theta: Vector, k: int, gate: Vector, p: Vector) -> tuple[Fraction, Vector]:
    """ReLU(gate·θ) times a form of degree k − 1 in two parameters: value and gradient."""
    x, y = theta
    open_ = gate[0] * x + gate[1] * y
    if open_ <= 0:
        return Fraction(0), (Fraction(0), Fraction(0))
    form = sum((a * x**i * y ** (k - 1 - i) for i, a in zip(range(k), p, strict=False)), Fraction(0))
    across = sum((i * a * x ** (i - 1) * y ** (k - 1 - i) for i, a in zip(range(1, k), p[1:], strict=False)), Fraction(0))
    up = sum(((k - 1 - i) * a * x**i * y ** (k - 2 - i) for i, a in zip(range(k - 1), p, strict=False)), Fraction(0))
    return open_ * form, (gate[0] * form + open_ * across, gate[1] * form + open_ * up)


def _euler(theta: Vector, c: Fraction, k: int, gate: Vector, p: Vector, kept: int = 1, factor: int = 0) -> Pairs:
    """∇f(cθ) = c^{k−kept}∇f(θ) and θ·∇f(θ) = (k − factor)f(θ), as two inequalities each."""
    if gate[0] * theta[0] + gate[1] * theta[1] == 0:
        return
    value, here = _gated(theta, k, gate, p)
    there = _gated((c * theta[0], c * theta[1]), k, gate, p)[1]
    pairs = [(x, c ** (k - kept) * y) for x, y in zip(there, here, strict=True)]
    pairs.append((theta[0] * here[0] + theta[1] * here[1], (k - factor) * value))
    yield from pairs
    yield from ((right, left) for left, right in pairs)


EXACTLY = Search(
    "ReLU(g·θ)·form(θ) of degree k ≤ 4 in two parameters: ∇f(cθ) = c^{k−1}∇f(θ) and θ·∇f = kf, exactly",
    cases(k=(2, 1, 3, 4), c=(Fraction(1, 3), *SCALES), theta=Vectors(2, 8, 4), gate=Vectors(2, 4), p=Vectors(4, 3)),
    _euler,
    planted=(
        Planted("the gradient keeps degree k", lambda **case: _euler(**case, kept=0)),
        Planted("θ·∇f = (k − 1)f", lambda **case: _euler(**case, factor=1)),
    ),
)


def _derivative(x: str) -> str:
    """Write f' for f = 1 + ½e^{−x²}cos(πe^{2x²})."""
    return f"-{x} * exp(-{x}**2) * cos_pi(exp(2 * {x}**2)) - 2 * pi * {x} * exp({x}**2) * sin_pi(exp(2 * {x}**2))"


def _bumpy(d: Fraction, rho: Fraction, theta: Fraction, c: Fraction, right: str = "exp(-d * abs(theta))") -> Inequality:
    """|f'(cθ) − f'(θ)/c| ≤ e^{−d|θ|} for f = 1 + ½e^{−θ²}cos(πe^{2θ²}), at a point with |θ| ≥ ρ and c ≥ 1."""
    if abs(theta) < rho or c < 1:
        raise ValueError(f"theta={theta}, c={c}: the definition says nothing there")
    where = {"x": "c * theta", "there": _derivative("x"), "here": _derivative("theta")}
    return Inequality({"d": d, "theta": theta, "c": c}, "abs(there - here / c)", right, where=where)


def _beyond(d: Fraction, rho: Fraction) -> Any:
    eighths = some.integers(0, 16).map(lambda i: Fraction(i, 8))
    return some.fixed_dictionaries({"theta": eighths.map(lambda x: rho + x), "c": eighths.map(lambda x: 1 + x)})


WITNESS = Witness(
    "EU.approximate",
    "f = 1 + ½e^{−θ²}cos(πe^{2θ²}) is approximately 0-homogeneous, but |f'| is 2π|x|e^{x²} wherever e^{2x²} is a whole number "
    "and a half (the function was found by hand, the points by search)",
    Statement(
        _bumpy,
        _beyond,
        (
            {"d": Fraction(1), "rho": Fraction(1)},
            {"d": Fraction(1, 100), "rho": Fraction(1)},
            {"d": Fraction(1), "rho": Fraction(3)},
        ),
    ),
    planted=(Planted("the bound 7|x|e^{x²} + 7|θ|e^{θ²}", lambda **given: _bumpy(**given, right=LARGE)),),
)
LARGE = "7 * abs(x) * exp(x ** 2) + abs(x) + 7 * abs(theta) * exp(theta ** 2) + abs(theta)"


def _slope(x: Fraction, k: int, d: Fraction, m: Fraction) -> Any:
    """Evaluate f' for f = xᵏ + ½e^{−dx}cos(mx): both parts of its second derivative stay within 1 for (d + m)² ≤ 2."""
    wave, bump = real(m * x), (-real(d * x)).exp() / 2
    return real(k * x ** (k - 1) if k else 0) - bump * (real(d) * wave.cos() + real(m) * wave.sin())


def _calm(x: Fraction, c: Fraction, k: int, d: Fraction, m: Fraction) -> Pairs:
    """(b) with γ = 0, so δ = d/2 and 2b = 4."""
    if (d + m) ** 2 <= 2 and d * x / 2 >= 1 - k:
        moved = abs(_slope(c * x, k, d, m) - real(c) ** (k - 1) * _slope(x, k, d, m))
        yield moved, 4 * real(c) ** (k - 1) * (-real(d * x / 2)).exp()


def _degree_kept(x: Fraction, c: Fraction, k: int, d: Fraction, m: Fraction) -> Pairs:
    if (d + m) ** 2 <= 2:
        yield abs(_slope(c * x, k, d, m) - real(c) ** k * _slope(x, k, d, m)), 4 * real(c) ** k * (-real(d * x / 2)).exp()


def _wild(x: Fraction, c: Fraction, k: int, d: Fraction, m: Fraction) -> Pairs:
    """Ask for the same bound with ½e^{−dx}cos(e^{2dx}), whose second derivative grows like e^{3dx}."""

    def slope(at: Fraction) -> Any:
        phase = real(2 * d * at).exp()
        return real(k * at ** (k - 1) if k else 0) - (-real(d * at)).exp() / 2 * (
            real(d) * phase.cos() + 2 * real(d) * phase * phase.sin()
        )

    if d * x / 2 >= 1 - k:
        yield abs(slope(c * x) - real(c) ** (k - 1) * slope(x)), 4 * real(c) ** (k - 1) * (-real(d * x / 2)).exp()


HELD_DOWN = Search(
    "f = xᵏ + ½e^{−dx}cos(mx) with (d + m)² ≤ 2, so |e''| ≤ 1 and γ = 0: |f'(cx) − c^{k−1}f'(x)| ≤ 4c^{k−1}e^{−dx/2} for dx/2 ≥ "
    "1 − k",
    cases(
        x=tuple(Fraction(i, 4) for i in range(1, 41)),
        c=SCALES,
        k=(1, 0, 2, 3),
        d=tuple(Fraction(i, 8) for i in range(1, 9)),
        m=tuple(Fraction(i, 8) for i in range(9)),
    ),
    _calm,
    planted=(
        Planted("no bound on the second derivative", _wild),
        Planted("degree k for the derivative", _degree_kept),
    ),
)


def _pull(z: Vector, fewer: int = 0) -> Pairs:
    """Compare Σ p_j(z_y − z_j) with W((n − 1)/e), for the label y = 0."""
    x, n = [real(entry) for entry in z], len(z)
    total = sum((p * (x[0] - entry) for p, entry in zip(softmax(x), x, strict=True)), real(0))
    yield total, (real(n - 1 - fewer) / real(1).exp()).lambertw() if n - 1 > fewer else real(0)


def _small(z: Vector, G: Vector, factor: int = 2) -> Pairs:
    """‖Σ(p_j − [j = y])G_j‖ ≤ factor·(n − 1)·max‖G_j‖·e^{−g}, for margins of at least g > 0 and gradients with one entry."""
    x, margin, n = [real(entry) for entry in z], z[0] - max(z[1:]), len(z)
    if margin > 0:
        found = sum(((p - int(j == 0)) * real(G[j]) for j, p in enumerate(softmax(x))), real(0))
        yield (
            abs(found),
            factor * (n - 1) * real(max(abs(entry) for entry in G)) * (-real(margin)).exp() + real(Fraction(1, 10**30)),
        )


def _both(z: Vector, G: Vector) -> Pairs:
    yield from _pull(z)
    yield from _small(z, G)


LOSSES = Search(
    "Σ p_j(z_y − z_j) ≤ W((n − 1)/e) and |Σ(p_j − [j = y])G_j| ≤ 2(n − 1)e^{−g}max|G_j| (within 10⁻³⁰) for n ≤ 5 classes",
    cases(n=(2, 3, 4, 5), z=Vectors(5, 16, 4), G=Vectors(5, 2)),
    _both,
    planted=(
        Planted("W((n − 2)/e)", lambda z, G: _pull(z, 1)),
        Planted("1 for 2", lambda z, G: _small(z, G, 1)),
    ),
)
EU = Claim(
    "EU",
    place="§5.2",
    title="derivatives lose one degree; θ·∇f = kf",
    statement="the derivative of a k-homogeneous function is (k − 1)-homogeneous",
    latex=r"The derivative of a $k$-homogeneous function is $(k - 1)$-homogeneous.",
    why="It carries degrees over to gradients: for degree 2 they grow in proportion to the norm. The paper's model of step sizes "
    "starts here.",
    literal=Form(
        "let f(cθ) = cᵏf(θ) for all c > 0.  (a) Where f is differentiable at θ, it is so at cθ for every c > 0, with ∇f(cθ) = "
        "c^{k−1}∇f(θ), so ‖∇f(cθ)‖ = c^{k−1}‖∇f(θ)‖.  (b) There θ·∇f(θ) = kf(θ), and ‖θ‖ ‖∇f(θ)‖ ≥ |k| |f(θ)|.  (c) Conversely, "
        "f differentiable on an open cone with θ·∇f(θ) = kf(θ) is k-homogeneous.  (d) A network of sums, products and ReLUs of "
        "its parameters is differentiable almost everywhere; if it is homogeneous, the points where it is form a cone",
        ("f real, on an open cone in Rᵖ; k real; vector functions entry by entry",),
        (Proof("EU"), EXACTLY),
        latex=r"Let $f(c\theta) = c^k f(\theta)$ for all $c > 0$. (a) Where $f$ is differentiable at $\theta$, it is so at "
        r"$c\theta$ for every $c > 0$, with $\nabla f(c\theta) = c^{k-1}\nabla f(\theta)$, so $\lVert\nabla f(c\theta)\rVert = "
        r"c^{k-1}\lVert\nabla f(\theta)\rVert$. (b) There $\theta\cdot\nabla f(\theta) = k f(\theta)$, and "
        r"$\lVert\theta\rVert\,\lVert\nabla f(\theta)\rVert \ge |k|\,|f(\theta)|$. (c) Conversely, $f$ differentiable on an "
        r"open cone with $\theta\cdot\nabla f(\theta) = k f(\theta)$ is $k$-homogeneous. (d) A network of sums, products and "
        r"ReLUs of its parameters is differentiable almost everywhere; if it is homogeneous, the points where it is form a cone.",
        uses=("D2'",),
    ),
    repaired=None,
    expected=Expected("derived"),
)
APPROXIMATE = Claim(
    "EU.approximate",
    place="§5.2",
    title="small errors can have large derivatives",
    statement="the same for approximate homogeneity, which is all that networks have: the derivative of an approximately "
    "k-homogeneous function is approximately (k − 1)-homogeneous",
    latex=r"The same for approximate homogeneity, which is all that networks have: the derivative of an approximately "
    r"$k$-homogeneous function is approximately $(k - 1)$-homogeneous.",
    why="The paper applies Euler's theorem to networks that are not homogeneous. A bound on the error says nothing about its "
    "derivative.",
    literal=Form(
        "f differentiable and approximately k-homogeneous, k ≥ 0 ⇒ each ∂_i f is approximately (k − 1)-homogeneous: there are d "
        "> 0, ρ with |∂_i f(cθ) − c^{k−1}∂_i f(θ)| ≤ e^{−d‖θ‖} for all c ≥ 1, ‖θ‖ ≥ ρ",
        ("f approximately k-homogeneous: |f(cθ) − cᵏf(θ)| ≤ e^{−d₀‖θ‖} for some d₀ > 0, ρ₀ and all c ≥ 1, ‖θ‖ ≥ ρ₀",),
        (WITNESS,),
        latex=r"If $f$ is differentiable and approximately $k$-homogeneous, $k \ge 0$, each $\partial_i f$ is approximately "
        r"$(k - 1)$-homogeneous: there are $d > 0$, $\rho$ with $|\partial_i f(c\theta) - c^{k-1}\partial_i f(\theta)| \le "
        r"e^{-d\lVert\theta\rVert}$ for all $c \ge 1$, $\lVert\theta\rVert \ge \rho$.",
        uses=("EU", "D3"),
    ),
    repaired=Form(
        "(a) k > 0: if |f(cθ) − cᵏf(θ)| ≤ e^{−d‖θ‖} for all c ≥ 1, ‖θ‖ ≥ ρ, then ∇f(λθ) = λ^{k−1}∇f(θ) for all λ ≥ 1 wherever f "
        "is differentiable with ‖θ‖ > ρ.  (b) k ≥ 0: if f = h + e for ‖θ‖ ≥ ρ, f differentiable, h k-homogeneous, |e| ≤ "
        "e^{−d‖θ‖} and |∂_i²e| ≤ e^{γ‖θ‖} with 0 ≤ γ < d, then |∂_i f(cθ) − c^{k−1}∂_i f(θ)| ≤ 2(1 + e^{2γ})c^{k−1}e^{−δ‖θ‖} for "
        "all c ≥ 1, ‖θ‖ ≥ max(ρ, (1 − k)/δ), with δ = (d − γ)/2.  (c) γ = d is not enough: f = κe^{−dθ}cos(e^{dθ}), κ = min(½, "
        "1/(3d²)), θ ≥ ρ, k = 0, has |f''| ≤ e^{dθ}, and |f'(cθ) − c^{−1}f'(θ)| ≤ e^{−δ'θ} for all c ≥ 1, θ ≥ ρ' holds for no δ' "
        "> 0, ρ'",
        ("θ ∈ Rᵖ; e twice differentiable along each coordinate; f = h + e as in D3.prime",),
        (Proof("EU.approximate"), HELD_DOWN),
        latex=r"(a) $k > 0$: if $|f(c\theta) - c^k f(\theta)| \le e^{-d\lVert\theta\rVert}$ for all $c \ge 1$, "
        r"$\lVert\theta\rVert \ge \rho$, then $\nabla f(\lambda\theta) = \lambda^{k-1}\nabla f(\theta)$ for all $\lambda \ge 1$ "
        r"wherever $f$ is differentiable with $\lVert\theta\rVert > \rho$. (b) $k \ge 0$: if $f = h + e$ for $\lVert\theta\rVert "
        r"\ge \rho$, $f$ differentiable, $h$ $k$-homogeneous, $|e| \le e^{-d\lVert\theta\rVert}$ and $|\partial_i^2 e| \le "
        r"e^{\gamma\lVert\theta\rVert}$ with $0 \le \gamma < d$, then $|\partial_i f(c\theta) - c^{k-1}\partial_i f(\theta)| \le "
        r"2(1 + e^{2\gamma})c^{k-1}e^{-\delta\lVert\theta\rVert}$ for all $c \ge 1$, $\lVert\theta\rVert \ge \max(\rho, (1 - "
        r"k)/\delta)$, with $\delta = (d - \gamma)/2$. (c) $\gamma = d$ is not enough: $f = \kappa "
        r"e^{-d\theta}\cos(e^{d\theta})$, $\kappa = \min(\frac{1}{2}, 1/(3d^2))$, $\theta \ge \rho$, $k = 0$, has $|f''| \le "
        r"e^{d\theta}$, and $|f'(c\theta) - c^{-1}f'(\theta)| \le e^{-\delta'\theta}$ for all $c \ge 1$, $\theta \ge \rho'$ "
        r"holds for no $\delta' > 0$, $\rho'$.",
        uses=("EU", "Theorem0", "D3.prime"),
    ),
    expected=Expected("refuted", "derived"),
)
LOSS = Claim(
    "EU.loss",
    place="ours",
    title="the loss is not homogeneous; its flow grows at most like √t",
    statement="the gradient of the cross-entropy of a k-homogeneous network is exponentially small on examples classified "
    "correctly, and a gradient flow of it has ‖θ_t‖² ≤ ‖θ₀‖² + 2k W((n − 1)/e) t",
    latex=r"The gradient of the cross-entropy of a $k$-homogeneous network is exponentially small on examples classified "
    r"correctly, and a gradient flow of it has $\lVert\theta_t\rVert^2 \le \lVert\theta_0\rVert^2 + 2k W((n-1)/e)\,t$.",
    why="Training follows the loss, not the network. So Euler's theorem alone does not make step sizes proportional to the norm.",
    literal=Form(
        "let ℓ = −ln p_y, p = softmax(f), and W = W((n − 1)/e), the number with We^W = (n − 1)/e.  (a) ∇ℓ(cθ) = c^{k−1}Σ_j (p_j "
        "− [j = y])∇f_j(θ) with p = softmax(cᵏf(θ)).  (b) If f_y(θ) − f_j(θ) ≥ g > 0 for all j ≠ y, then ‖∇ℓ(cθ)‖ ≤ 2(n − "
        "1)c^{k−1}e^{−gcᵏ}max_j ‖∇f_j(θ)‖.  (c) If f_{j*}(θ), j* ≠ y, exceeds all other logits, then c^{1−k}∇ℓ(cθ) → ∇f_{j*}(θ) "
        "− ∇f_y(θ) for c → ∞.  (d) −θ·∇ℓ(θ) = kΣ_j p_j(f_y − f_j) ≤ kW, with equality if and only if f_y − f_j = 1 + W for all j "
        "≠ y.  (e) A solution of θ' = −∇L(θ), L a mean of such losses, has ‖θ_t‖² ≤ ‖θ₀‖² + 2kWt",
        ("f = (f_1, …, f_n), n ≥ 2, k-homogeneous with k > 0 and differentiable at θ (in (e): along the solution); y a label",),
        (Proof("EU.loss"), Constants("EU.loss"), LOSSES),
        latex=r"Let $\ell = -\ln p_y$, $p = \operatorname{softmax}(f)$, and $W = W((n-1)/e)$, the number with $We^W = (n-1)/e$. "
        r"(a) $\nabla\ell(c\theta) = c^{k-1}\sum_j (p_j - [j = y])\nabla f_j(\theta)$ with $p = \operatorname{softmax}(c^k "
        r"f(\theta))$. (b) If $f_y(\theta) - f_j(\theta) \ge g > 0$ for all $j \ne y$, then $\lVert\nabla\ell(c\theta)\rVert \le "
        r"2(n-1)c^{k-1}e^{-gc^k}\max_j \lVert\nabla f_j(\theta)\rVert$. (c) If $f_{j^*}(\theta)$, $j^* \ne y$, exceeds all other "
        r"logits, then $c^{1-k}\nabla\ell(c\theta) \to \nabla f_{j^*}(\theta) - \nabla f_y(\theta)$ for $c \to \infty$. (d) "
        r"$-\theta\cdot\nabla\ell(\theta) = k\sum_j p_j(f_y - f_j) \le kW$, with equality if and only if $f_y - f_j = 1 + W$ for "
        r"all $j \ne y$. (e) A solution of $\theta' = -\nabla L(\theta)$, $L$ a mean of such losses, has $\lVert\theta_t\rVert^2 "
        r"\le \lVert\theta_0\rVert^2 + 2kWt$.",
        uses=("EU",),
    ),
    repaired=None,
    expected=Expected("derived"),
    kind="ours",
)
CLAIMS = (EU, APPROXIMATE, LOSS)
