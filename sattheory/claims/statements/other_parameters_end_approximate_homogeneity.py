"""D3: f is approximately k-homogeneous if |f(x; cθ) − cᵏ f(x; θ)| ≤ e^{−d‖θ‖} for some d, ρ and all c ≥ 1, ‖θ‖ ≥ ρ.

A proof that goes through a network layer by layer reads each layer as a function of *all* parameters, those of later layers
included (paper §5.2, App. D).  The definition does not bear that: σ(θ₁) has it, but as a function of (θ₁, w) it has not, because
a large w makes ‖θ‖ large and leaves the error as it is.  Only exactly homogeneous functions survive.

D3.prime: a relative error, cᵏe^{−d‖θ‖}, mends sums and products, but parameters that f ignores break it just the same.  What does
survive is homogeneity along rays, asymptotic in c: fix a set of directions and bound the error by E(c) → 0 there (AH).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims.cases.asymptotic_error import APPROXIMATE
from sattheory.claims.cases.exact_cases import SCALES, Vectors, cases
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.formulas import norm, real, sigmoid
from sattheory.claims.inequality import Inequality, Pairs
from sattheory.claims.search import Search
from sattheory.claims.witness import Statement, Witness


def _ignoring(
    d: Fraction, rho: Fraction, theta: tuple[int, int], c: Fraction, right: str = "exp(-d * norm(theta))"
) -> Inequality:
    """|σ(cθ₁) − σ(θ₁)| ≤ e^{−d‖(θ₁, θ₂)‖} at a point with ‖θ‖ ≥ ρ and c ≥ 1."""
    if theta[0] ** 2 + theta[1] ** 2 < rho**2 or c < 1:
        raise ValueError(f"theta={theta}, c={c}: the definition says nothing there")
    return Inequality({"d": d, "theta": theta, "c": c}, "abs(sigmoid(c * theta[0]) - sigmoid(theta[0]))", right)


def _points(d: Fraction, rho: Fraction) -> Any:
    sizes = [digit * scale for scale in (1, 10, 100) for digit in range(10)]
    entries = some.sampled_from([*sizes, *(-size for size in sizes)])
    points = some.tuples(entries, entries).filter(lambda theta: theta[0] ** 2 + theta[1] ** 2 >= rho**2)
    return some.fixed_dictionaries({"theta": points, "c": some.integers(4, 40).map(lambda i: Fraction(i, 4))})


STATEMENT = Statement(
    _ignoring,
    _points,
    (
        {"d": Fraction(1), "rho": Fraction(1)},
        {"d": Fraction(1, 10), "rho": Fraction(50)},
        {"d": Fraction(1, 100), "rho": Fraction(1)},
    ),
)
WITNESS = Witness(
    "D3",
    "f = σ(θ₁), read as a function of (θ₁, θ₂): at (1, M) the error for c = 2 is 0.1497… whatever M is, while e^{−d‖θ‖} → 0",
    STATEMENT,
    planted=(Planted("the norm of θ₁ alone, d = ½", lambda **given: _ignoring(**given, right="exp(-abs(theta[0]) / 2)")),),
)


def _on_a_ray(u: Fraction, side: int, w: Fraction, m: Fraction, c: Fraction) -> tuple[Any, Any, Any]:
    """Errors of σ(θ₁) and of w·σ(θ₁) at θ₁ = ±(m + u), and e^{−cm}."""
    found, symbol = sigmoid(real(side * c * (m + u))), (1 + side) // 2
    return abs(found - symbol), abs(real(c * w) * found - real(c * w) * symbol), (-real(c * m)).exp()


def _survives(w: Fraction, c: Fraction, **case: Any) -> Pairs:
    error, product, bound = _on_a_ray(w=w, c=c, **case)
    yield error, bound
    yield product, real(c) * real(BOUND) * bound


def _all_directions(w: Fraction, c: Fraction, **case: Any) -> Pairs:
    yield _on_a_ray(w=w, c=c, **case)[0], (-norm([real(c * (case["m"] + case["u"])), real(c * w)])).exp()


def _degree_zero(w: Fraction, c: Fraction, **case: Any) -> Pairs:
    _, product, bound = _on_a_ray(w=w, c=c, **case)
    yield product, bound


BOUND = Fraction(8)
ALONG_RAYS = Search(
    "σ(θ₁) on {|θ₁| ≥ m} × {|w| ≤ 8}: |σ(cθ₁) − s| ≤ e^{−cm}, and cw·σ(cθ₁) is within 8c·e^{−cm} of c·ws",
    cases(
        u=tuple(Fraction(i, 4) for i in range(16)),
        side=(1, -1),
        w=tuple(Fraction(i, 4) for i in range(-32, 33)),
        m=tuple(Fraction(i, 4) for i in range(1, 9)),
        c=SCALES,
    ),
    _survives,
    planted=(
        Planted("an error that vanishes with w as well", _all_directions),
        Planted("the weight's size and degree left out", _degree_zero),
    ),
)


def _sides(theta: tuple[Fraction, ...], k: int, d: Fraction, waves: int) -> tuple[Any, Any]:
    """H = θ₁ᵏ or θ₁/‖θ‖, and an error of at most ½e^{−d‖θ‖}."""
    x = [real(entry) for entry in theta]
    r = norm(x)
    return x[0] ** k if k else x[0] / r, (-real(d) * r).exp() * (waves * r).cos_pi() / 2


def _relative(theta: tuple[Fraction, ...], c: Fraction, k: int, d: Fraction, waves: int, size: int = 1, power: int = 1) -> Pairs:
    """Compare |f(cθ) − cᵏf(θ)| with c^{k·power}e^{−dr} for f = h + size·e."""
    if any(theta):
        there, here = (_sides(tuple(scale * x for x in theta), k, d, waves) for scale in (c, Fraction(1)))
        r = norm([real(entry) for entry in theta])
        left = abs(there[0] + size * there[1] - real(c**k) * (here[0] + size * here[1]))
        yield left, real(c ** (k * power)) * (-real(d) * r).exp()


RELATIVE = Search(
    "h + e with h = θ₁ᵏ (θ₁/‖θ‖ for k = 0) and e = ½e^{−d‖θ‖}cos(πm‖θ‖) satisfies the definition with relative error",
    cases(theta=Vectors(2, 9, 3), c=SCALES[1:], k=range(4), d=tuple(Fraction(i, 4) for i in (1, 2, 4, 8)), waves=(1, 2, 3, 8)),
    _relative,
    planted=(
        Planted("e twice as large", lambda **case: _relative(**case, size=2)),
        Planted("an absolute error, as in Definition 3", lambda **case: _relative(**case, power=0)),
    ),
)
D3 = Claim(
    "D3",
    place="§5.2, Def. 3",
    title="ignored parameters end approximate homogeneity",
    statement="f is approximately k-homogeneous if there are d, ρ with |f(x; cθ) − cᵏ f(x; θ)| ≤ e^{−d‖θ‖} for all c ≥ 1, ‖θ‖ ≥ "
    "ρ",
    latex=r"$f$ is approximately $k$-homogeneous if there are $d$, $\rho$ with $|f(x; c\theta) - c^k f(x; \theta)| \le "
    r"e^{-d\lVert\theta\rVert}$ for all $c \ge 1$, $\lVert\theta\rVert \ge \rho$.",
    why="Proofs go layer by layer and read each layer as a function of all parameters. The definition is lost on the way.",
    literal=Form(
        "the definition can be carried from layer to layer: if f is approximately k-homogeneous in θ, then so is (θ, w) ↦ f(θ), "
        "with d > 0 and ρ of its own",
        (APPROXIMATE,),
        (WITNESS,),
        latex=r"The definition can be carried from layer to layer: if $f$ is approximately $k$-homogeneous in $\theta$, then so "
        r"is $(\theta, w) \mapsto f(\theta)$, with $d > 0$ and $\rho$ of its own.",
    ),
    repaired=Form(
        "call f asymptotically k-homogeneous on K, with symbol s and error E, if |f(cθ) − cᵏs(θ)| ≤ cᵏE(c) for all θ ∈ K, c ≥ "
        "c₀, and E(c) → 0.  (a) s is determined by f, and s(λθ) = λᵏs(θ) where θ, λθ ∈ K, λ > 0.  (b) It holds for every f that "
        "is approximately k-homogeneous, k ≥ 0, on every K ⊆ {‖θ‖ ≥ m}, m > 0: E = 0 for k > 0, E(c) = e^{−dmc} for k = 0, c₀ = "
        "max(1, ρ/m).  (c) (θ, w) ↦ f(θ) has it on K × W, with s and E, if and only if f has it on K, with s and E.  (d) w·f(θ) "
        "has it on K × [−B, B] with degree k + 1, symbol ws and error B·E",
        ("K ⊆ Rᵖ and W ≠ ∅ any sets; vector functions entry by entry",),
        (Proof("D3"), ALONG_RAYS),
        latex=r"Call $f$ asymptotically $k$-homogeneous on $K$, with symbol $s$ and error $E$, if $|f(c\theta) - c^k s(\theta)| "
        r"\le c^k E(c)$ for all $\theta \in K$, $c \ge c_0$, and $E(c) \to 0$. (a) $s$ is determined by $f$, and "
        r"$s(\lambda\theta) = \lambda^k s(\theta)$ where $\theta, \lambda\theta \in K$, $\lambda > 0$. (b) It holds for every "
        r"$f$ that is approximately $k$-homogeneous, $k \ge 0$, on every $K \subseteq \{\lVert\theta\rVert \ge m\}$, $m > 0$: $E "
        r"= 0$ for $k > 0$, $E(c) = e^{-dmc}$ for $k = 0$, $c_0 = \max(1, \rho/m)$. (c) $(\theta, w) \mapsto f(\theta)$ has it "
        r"on $K \times W$, with $s$ and $E$, if and only if $f$ has it on $K$, with $s$ and $E$. (d) $w f(\theta)$ has it on $K "
        r"\times [-B, B]$ with degree $k + 1$, symbol $ws$ and error $BE$.",
        uses=("Theorem0",),
    ),
    expected=Expected("refuted", "derived"),
    kind="definition",
)
PRIME = Claim(
    "D3.prime",
    place="ours",
    title="a relative error mends products, not ignored parameters",
    statement="with |f(cθ) − cᵏf(θ)| ≤ cᵏe^{−d‖θ‖}, approximate homogeneity is f = h + e with h k-homogeneous and e small; "
    "further parameters still break it",
    latex=r"With $|f(c\theta) - c^k f(\theta)| \le c^k e^{-d\lVert\theta\rVert}$, approximate homogeneity is $f = h + e$ with "
    r"$h$ $k$-homogeneous and $e$ small; further parameters still break it.",
    why="It is the smallest change to Definition 3 under which functions of positive degree may be inexact. It is not enough for "
    "a network.",
    literal=Form(
        "write D3'(k, d, ρ) for: |f(cθ) − cᵏf(θ)| ≤ cᵏe^{−d‖θ‖} for all c ≥ 1, ‖θ‖ ≥ ρ.  (a) D3'(k, d, ρ) ⇒ h(θ) = lim_{c→∞} "
        "c^{−k}f(cθ) exists for θ ≠ 0, h(λθ) = λᵏh(θ) for λ > 0, and |f − h| ≤ e^{−d‖θ‖} for ‖θ‖ ≥ ρ.  (b) Conversely, for such "
        "h, |f − h| ≤ ½e^{−d‖θ‖} for ‖θ‖ ≥ ρ ⇒ D3'(k, d, ρ), and |f − h| ≤ e^{−d‖θ‖} ⇒ D3'(k, d', max(ρ, ln 2/(d − d'))) for "
        "every 0 < d' < d.  (c) D3(k, d, ρ) ⇒ D3'(k, d, ρ), and for k = 1 not conversely: θσ(θ).  (d) If (θ₁, w) ↦ f(θ₁) "
        "satisfies D3'(k, d, ρ) for some d, ρ, then f(cθ₁) = cᵏf(θ₁) for all θ₁ ∈ Rᵖ, c > 0; so σ(θ₁) does not, which satisfies "
        "D3'(0, 1, ρ) in θ₁",
        ("k ≥ 0, d > 0, ρ > 0; f real; vector functions entry by entry",),
        (Proof("D3.prime"), RELATIVE),
        latex=r"Write $D3'(k, d, \rho)$ for: $|f(c\theta) - c^k f(\theta)| \le c^k e^{-d\lVert\theta\rVert}$ for all $c \ge 1$, "
        r"$\lVert\theta\rVert \ge \rho$. (a) $D3'(k, d, \rho)$ implies that $h(\theta) = \lim_{c\to\infty} c^{-k}f(c\theta)$ "
        r"exists for $\theta \ne 0$, $h(\lambda\theta) = \lambda^k h(\theta)$ for $\lambda > 0$, and $|f - h| \le "
        r"e^{-d\lVert\theta\rVert}$ for $\lVert\theta\rVert \ge \rho$. (b) Conversely, for such $h$, $|f - h| \le "
        r"\frac{1}{2}e^{-d\lVert\theta\rVert}$ for $\lVert\theta\rVert \ge \rho$ implies $D3'(k, d, \rho)$, and $|f - h| \le "
        r"e^{-d\lVert\theta\rVert}$ implies $D3'(k, d', \max(\rho, \ln 2/(d - d')))$ for every $0 < d' < d$. (c) $D3(k, d, "
        r"\rho)$ implies $D3'(k, d, \rho)$, and for $k = 1$ not conversely: $\theta\sigma(\theta)$. (d) If $(\theta_1, w) "
        r"\mapsto f(\theta_1)$ satisfies $D3'(k, d, \rho)$ for some $d$, $\rho$, then $f(c\theta_1) = c^k f(\theta_1)$ for all "
        r"$\theta_1 \in \mathbb{R}^p$, $c > 0$; so $\sigma(\theta_1)$ does not, which satisfies $D3'(0, 1, \rho)$ in $\theta_1$.",
        uses=("Theorem0", "L6"),
    ),
    repaired=None,
    expected=Expected("derived"),
    kind="ours",
)
CLAIMS = (D3, PRIME)
