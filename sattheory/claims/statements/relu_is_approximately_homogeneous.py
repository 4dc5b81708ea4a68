"""L2: ReLU keeps approximate k-homogeneity (Definition 3 of the paper).

A feedforward block passes through a ReLU, so the homogeneity calculus needs it.  True as stated, with the same constants d and ρ:
ReLU commutes with multiplication by a positive number and moves no two numbers apart (paper §C.2).
"""

from __future__ import annotations

from fractions import Fraction

from sattheory.claims.cases.exact_cases import SCALES, cases
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.inequality import Pairs
from sattheory.claims.search import Search

ZERO = Fraction(0)
QUARTERS = tuple(Fraction((i + 1) // 2 * (-1) ** i, 4) for i in range(129))


def _keeps_error(a: Fraction, b: Fraction, c: Fraction, k: int, shift: int = 0) -> Pairs:
    yield abs(max(a, ZERO) - c ** (k + shift) * max(b, ZERO)), abs(a - c**k * b)


SEARCH = Search(
    "|ReLU(a) − cᵏReLU(b)| ≤ |a − cᵏb|, exactly",
    cases(a=QUARTERS, b=QUARTERS, c=SCALES, k=(0, 1, 2, 3, 4, -1)),
    _keeps_error,
    planted=(Planted("degree off by one", lambda **case: _keeps_error(**case, shift=1)),),
)
CLAIMS = (
    Claim(
        "L2",
        place="§C.2",
        title="ReLU keeps approximate k-homogeneity",
        statement="f approximately k-homogeneous ⇒ ReLU∘f approximately k-homogeneous",
        latex=r"If $f$ is approximately $k$-homogeneous, so is $\operatorname{ReLU} \circ f$.",
        why="Every feedforward block passes through it. It is one of the few steps of the calculus that needs no repair.",
        literal=Form(
            "if |f(cθ) − cᵏf(θ)| ≤ e^{−d‖θ‖} for all c ≥ 1, ‖θ‖ ≥ ρ, then |ReLU(f(cθ)) − cᵏReLU(f(θ))| ≤ e^{−d‖θ‖} for all c ≥ "
            "1, ‖θ‖ ≥ ρ: the same d and ρ",
            ("k real, d > 0, ρ > 0; vector functions entry by entry",),
            (Proof("L2"), SEARCH),
            latex=r"If $|f(c\theta) - c^k f(\theta)| \le e^{-d\lVert\theta\rVert}$ for all $c \ge 1$, $\lVert\theta\rVert \ge "
            r"\rho$, then $|\operatorname{ReLU}(f(c\theta)) - c^k\operatorname{ReLU}(f(\theta))| \le e^{-d\lVert\theta\rVert}$ "
            r"for all $c \ge 1$, $\lVert\theta\rVert \ge \rho$: the same $d$ and $\rho$.",
        ),
        repaired=None,
        expected=Expected("derived"),
    ),
)
