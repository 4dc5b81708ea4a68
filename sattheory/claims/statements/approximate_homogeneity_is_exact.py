"""Theorem0: approximate homogeneity of degree k > 0 is exact homogeneity; of degree 0 it is a limit and a small error.

Definition 3 of the paper bounds |f(cθ) − cᵏf(θ)| by e^{−d‖θ‖} for *all* c ≥ 1.  Divided by cᵏ the bound vanishes as c grows, and
with it every difference: for k > 0 nothing approximate is left.  For k = 0 the limit h along each ray differs from f by at most
e^{−d‖θ‖}.

So a block whose softmax weights really vary is not "approximately 1-homogeneous", and each statement of the paper about
approximate homogeneity of positive degree is one about exact homogeneity far from 0.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sattheory.claims.cases.exact_cases import SCALES, Vectors, cases
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.formulas import norm, real
from sattheory.claims.inequality import Pairs
from sattheory.claims.search import Search


def _value(x: list[Any], d: Fraction, waves: int, size: Fraction) -> Any:
    """H + e: a direction, and an error of at most size·e^{−d‖x‖} that oscillates."""
    r = norm(x)
    return x[0] / r + real(size) * (-real(d) * r).exp() * (waves * r).cos_pi()


def _differ(
    theta: tuple[Fraction, ...], c: Fraction, d: Fraction, waves: int, size: Fraction = Fraction(1, 2), **_: Any
) -> Pairs:
    """Compare |f(cθ) − f(θ)| with e^{−dr} for f = h + e, |e| ≤ size·e^{−dr}."""
    if any(theta):
        here, there = ([real(scale * entry) for entry in theta] for scale in (Fraction(1), c))
        moved = abs(_value(there, d, waves, size) - _value(here, d, waves, size))
        yield moved, (-real(d) * norm(here)).exp()


def _finite(
    theta: tuple[Fraction, ...], c: Fraction, d: Fraction, k: int, lam: Fraction, errors: tuple[Fraction, ...], most: int = 2
) -> Pairs:
    """|f(λθ) − λᵏf(θ)| ≤ most·c^{−k}e^{−dr}, for values that differ from c^{−k}F and (cλ)^{−k}F by errors that D3 allows."""
    r = norm([real(entry) for entry in theta])
    first, second = (real(e) * (-real(d) * real(scale) * r).exp() for e, scale in zip(errors, (lam, Fraction(1)), strict=True))
    yield abs(first - second) / real(c**k), most * (-real(d) * r).exp() / real(c**k)


def _both(**case: Any) -> Pairs:
    yield from _differ(**{name: case[name] for name in ("theta", "c", "d", "waves")})
    yield from _finite(**{name: value for name, value in case.items() if name != "waves"})


SEARCH = Search(
    "θ₁/‖θ‖ + ½e^{−d‖θ‖}cos(πm‖θ‖) satisfies D3 with k = 0, and |f(λθ) − λᵏf(θ)| ≤ 2c^{−k}e^{−d‖θ‖} for all errors that D3 "
    "allows",
    cases(
        theta=Vectors(2, 9, 3),
        c=SCALES[1:],
        d=tuple(Fraction(i, 4) for i in (1, 2, 4, 8)),
        waves=(1, 2, 3, 8),
        k=(1, 2, 3),
        lam=SCALES[1:],
        errors=Vectors(2, 8, 8),
    ),
    _both,
    planted=(
        Planted("1 for ½", lambda theta, c, d, waves, **_: _differ(theta, c, d, waves, Fraction(1))),
        Planted("1 for 2", lambda waves, **case: _finite(**case, most=1)),
    ),
)
CLAIMS = (
    Claim(
        "Theorem0",
        place="ours",
        title="approximately k-homogeneous with k > 0 is exactly so",
        statement="approximate homogeneity of degree k > 0 is exact homogeneity for ‖θ‖ ≥ ρ; of degree 0 it is a 0-homogeneous "
        "function plus an error of at most e^{−d‖θ‖}",
        latex=r"Approximate homogeneity of degree $k > 0$ is exact homogeneity for $\lVert\theta\rVert \ge \rho$; of degree $0$ "
        r"it is a $0$-homogeneous function plus an error of at most $e^{-d\lVert\theta\rVert}$.",
        why="It decides which statements about approximate homogeneity can be true. A layer with varying attention is not among "
        "them.",
        literal=Form(
            "write D3(k, d, ρ) for: |f(cθ) − cᵏf(θ)| ≤ e^{−d‖θ‖} for all c ≥ 1, ‖θ‖ ≥ ρ.  (a) k > 0: D3(k, d, ρ) ⟺ f(λθ) = "
            "λᵏf(θ) for all λ ≥ 1, ‖θ‖ ≥ ρ.  (b) k = 0: D3(0, d, ρ) ⇒ h(θ) = lim_{c→∞} f(cθ) exists for θ ≠ 0, h(λθ) = h(θ) for "
            "λ > 0, and |f − h| ≤ e^{−d‖θ‖} for ‖θ‖ ≥ ρ; conversely, for h with h(λθ) = h(θ), |f − h| ≤ ½e^{−d‖θ‖} for ‖θ‖ ≥ ρ ⇒ "
            "D3(0, d, ρ), and |f − h| ≤ e^{−d‖θ‖} ⇒ D3(0, d', max(ρ, ln 2/(d − d'))) for every 0 < d' < d.  (c) The constants 1 "
            "and ½ in (b) are the best possible",
            ("f real, defined for ‖θ‖ ≥ ρ > 0; d > 0; vector functions entry by entry",),
            (Proof("Theorem0"), SEARCH),
            latex=r"Write $D3(k, d, \rho)$ for: $|f(c\theta) - c^k f(\theta)| \le e^{-d\lVert\theta\rVert}$ for all $c \ge 1$, "
            r"$\lVert\theta\rVert \ge \rho$. (a) $k > 0$: $D3(k, d, \rho)$ holds if and only if $f(\lambda\theta) = \lambda^k "
            r"f(\theta)$ for all $\lambda \ge 1$, $\lVert\theta\rVert \ge \rho$. (b) $k = 0$: $D3(0, d, \rho)$ implies that "
            r"$h(\theta) = \lim_{c\to\infty} f(c\theta)$ exists for $\theta \ne 0$, $h(\lambda\theta) = h(\theta)$ for $\lambda "
            r"> 0$, and $|f - h| \le e^{-d\lVert\theta\rVert}$ for $\lVert\theta\rVert \ge \rho$; conversely, for $h$ with "
            r"$h(\lambda\theta) = h(\theta)$, $|f - h| \le \frac{1}{2}e^{-d\lVert\theta\rVert}$ for $\lVert\theta\rVert \ge "
            r"\rho$ implies $D3(0, d, \rho)$, and $|f - h| \le e^{-d\lVert\theta\rVert}$ implies $D3(0, d', \max(\rho, \ln 2/(d "
            r"- d')))$ for every $0 < d' < d$. (c) The constants $1$ and $\frac{1}{2}$ in (b) are the best possible.",
        ),
        repaired=None,
        expected=Expected("derived"),
        kind="ours",
    ),
)
