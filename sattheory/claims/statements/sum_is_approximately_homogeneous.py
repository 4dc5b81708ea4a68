"""L3: the sum of two approximately k-homogeneous functions is approximately k-homogeneous.

A residual connection is a sum.  True as stated: the two errors add up to 2e^{−dr} with d the smaller constant, and that is at
most e^{−dr/2} as soon as r ≥ 2 ln 2/d (paper §C.2).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sattheory.claims.cases.exact_cases import cases
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.formulas import real
from sattheory.claims.inequality import Pairs
from sattheory.claims.search import Search


def _total(d: Fraction, more: Fraction, s: Fraction, t: Fraction, beyond: Fraction) -> tuple[Any, Any]:
    """|e₁ + e₂| for errors that are the fractions s and t of what they may be, at r = 2 ln 2/d + beyond."""
    r = 2 * real(2).log() / real(d) + real(beyond)
    error = real(s) * (-real(d) * r).exp() + real(t) * (-real(d + more) * r).exp()
    return abs(error), real(d) * r


def _sum_keeps(divisor: int = 2, **case: Fraction) -> Pairs:
    error, exponent = _total(**case)
    yield error, (-exponent / divisor).exp()


FRACTIONS = tuple(Fraction((i + 1) // 2 * (-1) ** i, 16) for i in range(33))
EIGHTHS = tuple(Fraction(i, 8) for i in range(1, 33))
SEARCH = Search(
    "|e₁ + e₂| ≤ e^{−dr/2} for all errors allowed and r > 2 ln 2/d",
    cases(d=EIGHTHS, more=(Fraction(0), *EIGHTHS[:16]), s=FRACTIONS, t=FRACTIONS, beyond=EIGHTHS),
    _sum_keeps,
    planted=(Planted("exponent dr instead of dr/2", lambda **case: _sum_keeps(divisor=1, **case)),),
)
CLAIMS = (
    Claim(
        "L3",
        place="§C.2",
        title="sums keep approximate k-homogeneity",
        statement="f, g approximately k-homogeneous ⇒ f + g approximately k-homogeneous",
        latex=r"If $f$ and $g$ are approximately $k$-homogeneous, so is $f + g$.",
        why="A residual connection is a sum. The statement holds with half the exponent, beyond a larger radius.",
        literal=Form(
            "if |f(cθ) − cᵏf(θ)| ≤ e^{−d_f‖θ‖} for all c ≥ 1, ‖θ‖ ≥ ρ_f, and |g(cθ) − cᵏg(θ)| ≤ e^{−d_g‖θ‖} for all c ≥ 1, ‖θ‖ ≥ "
            "ρ_g, then |(f + g)(cθ) − cᵏ(f + g)(θ)| ≤ e^{−d‖θ‖/2} for all c ≥ 1, ‖θ‖ ≥ max(ρ_f, ρ_g, 2 ln 2/d), with d = "
            "min(d_f, d_g)",
            ("k real, d_f, d_g > 0; vector functions entry by entry",),
            (Proof("L3"), SEARCH),
            latex=r"If $|f(c\theta) - c^k f(\theta)| \le e^{-d_f\lVert\theta\rVert}$ for all $c \ge 1$, $\lVert\theta\rVert \ge "
            r"\rho_f$, and $|g(c\theta) - c^k g(\theta)| \le e^{-d_g\lVert\theta\rVert}$ for all $c \ge 1$, $\lVert\theta\rVert "
            r"\ge \rho_g$, then $|(f + g)(c\theta) - c^k (f + g)(\theta)| \le e^{-d\lVert\theta\rVert/2}$ for all $c \ge 1$, "
            r"$\lVert\theta\rVert \ge \max(\rho_f, \rho_g, 2\ln 2/d)$, with $d = \min(d_f, d_g)$.",
        ),
        repaired=None,
        expected=Expected("derived"),
    ),
)
