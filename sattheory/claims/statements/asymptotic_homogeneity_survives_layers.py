"""AH: f has degree k and symbol s on a set K if f(cθ) = cᵏ(s(θ) + e) with |e| ≤ C·r(c) → 0 for θ ∈ K.

Definition 3 of the paper bounds an absolute error by the length of *all* parameters, in all directions at once.  This one bounds
a relative error by the scale, in the directions that one asks about, a single one included.  Parameters of later layers then cost
nothing, and a layer after a network is a symbol after a symbol, with errors that add up (paper §C.2 and App. D argue layer by
layer).

Along a ray c^{−k}f(cθ) tends to s(θ), and r says how fast.  The error is 0 for exactly homogeneous functions, exponentially small
for softmax without ties, algebraic where degrees meet.  What Definition 3 admits has it, away from 0; θ + 1 shows that it admits
more.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sattheory.claims.cases.exact_cases import SCALES, Vectors, cases
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.inequality import Pairs
from sattheory.claims.search import Search

Vector = Sequence[Fraction]


def _polynomial(a: Vector, x: Fraction) -> Fraction:
    return sum((number * x**power for power, number in enumerate(a)), Fraction(0))


def _known(a: Vector, x: Fraction) -> tuple[Fraction, Fraction]:
    """Find the symbol of a polynomial in one parameter, and C for r(c) = 1/c, c ≥ 1."""
    *lower, leading = (number * x**power for power, number in enumerate(a))
    return leading, sum((abs(term) for term in lower), Fraction(0))


def _definition(a: Vector, x: Fraction, c: Fraction, raised: int = 0) -> Pairs:
    """Compare |c^{−k}f(cθ) − s| with C/c."""
    symbol, size = _known(a, x)
    yield abs(_polynomial(a, c * x) / c ** (len(a) - 1 + raised) - symbol), size / c


def _sum(a: Vector, b: Vector, x: Fraction, c: Fraction, own: int = 1) -> Pairs:
    """Add polynomials of degrees 2 and 1."""
    (symbol, first), (other, second) = _known(a, x), _known(b[:2], x)
    found = (_polynomial(a, c * x) + _polynomial(b[:2], c * x)) / c**2
    yield abs(found - symbol), first / c + (own * abs(other) + second / c) / c


def _layer(
    a: Vector, b: Vector, x: Fraction, w: Fraction, c: Fraction, lipschitz: int = 1, own: int = 1, power: int = 0
) -> Pairs:
    """Compare b₂wy² + b₁y + b₀w at y = f(cθ) and cw with its symbol b₂ws²: j = 2k + 1, r' = c^{−(k+1)}, L = 2|b₂w|R."""
    k, (s, size) = len(a) - 1, _known(a, x)
    y, most = _polynomial(a, c * x), abs(s) + size
    found = (b[2] * c * w * y**2 + b[1] * y + b[0] * c * w) / c ** (2 * k + 1 + power)
    errors = own * (abs(b[1]) * most + abs(b[0] * w)) / c ** (k + 1) + lipschitz * 2 * abs(b[2] * w) * most * size / c
    yield abs(found - b[2] * w * s**2), errors


def _rows(k: int, a: Vector, b: Vector, x: Fraction, w: Fraction, c: Fraction) -> Pairs:
    yield from _definition(a[: k + 1], x, c)
    yield from _sum(a, b, x, c)
    yield from _layer(a[: k + 1], b, x, w, c)


SEARCH = Search(
    "polynomials f of degree 1 and 2 in one parameter: their symbols, sums of degrees 2 and 1, and the layer b₂wy² + b₁y + b₀w "
    "after them with a parameter w of its own, in exact numbers",
    cases(
        k=(1, 2),
        c=SCALES,
        x=tuple(Fraction((i + 1) // 2 * (-1) ** i, 4) for i in range(1, 33)),
        w=tuple(Fraction((i + 1) // 2 * (-1) ** i, 4) for i in range(1, 33)),
        a=Vectors(3, 8, 4),
        b=Vectors(3, 8, 4),
    ),
    _rows,
    planted=(
        Planted("degree k + 1 with the symbol of degree k", lambda k, a, x, c, **_: _definition(a[: k + 1], x, c, 1)),
        Planted("a sum without the size of the smaller symbol", lambda a, b, x, c, **_: _sum(a, b, x, c, 0)),
        Planted("a layer without its Lipschitz constant", lambda k, a, **case: _layer(a[: k + 1], lipschitz=0, **case)),
        Planted("a layer without its own error", lambda k, a, **case: _layer(a[: k + 1], own=0, **case)),
        Planted("a layer that ignores the degree of w", lambda k, a, **case: _layer(a[: k + 1], power=-1, **case)),
    ),
)
CLAIMS = (
    Claim(
        "AH",
        place="ours",
        title="asymptotic homogeneity survives parameters and layers",
        statement="f has degree k and symbol s on K, f ∈ AH(k, s, C, r; K), if ‖f(cθ) − cᵏs(θ)‖_∞ ≤ C·cᵏ·r(c) for all θ ∈ K and "
        "c ≥ c₀, r(c) → 0; this survives further parameters, sums and layers, and Definition 3 implies it",
        latex=r"$f$ has degree $k$ and symbol $s$ on $K$, $f\in AH(k,s,C,r;K)$, if $\lVert f(c\theta)-c^ks(\theta)"
        r"\rVert_\infty\le C\,c^k\,r(c)$ for all $\theta\in K$ and $c\ge c_0$, where $r(c)\to0$; this survives further "
        r"parameters, sums and layers, and Definition 3 implies it.",
        why="All repaired statements about networks are in these terms. Definition 3 itself is lost with the next layer's "
        "parameters.",
        literal=Form(
            "(a) f ∈ AH(k, s, C, r; K) ⟺ (θ, w) ↦ f(θ) ∈ AH(k, s, C, r; K × W), for every W ≠ ∅; K may be one point, and for λ "
            "> 0 the point λθ has symbol λᵏs(θ) and error λᵏC·r(λc), c ≥ c₀/λ.  (b) s(θ) = lim c^{−k}f(cθ); f has every degree "
            "k + p, p > 0, with symbol 0 and error (S + C·r(c))c^{−p}, and degree k − p only if s = 0: at most one degree has "
            "s ≠ 0, the smallest.  (c) f₁, f₂ of degrees k₁ > k₂: f₁ + f₂ has degree k₁, symbol s₁ and error C₁r₁(c) + (S₂ + "
            "C₂r₂(c))c^{−(k₁−k₂)}; that rate is attained where s₂ ≠ 0, f₁(cθ) = c^{k₁}s₁.  (d) If ‖F(cᵏy, cw) − cʲΦ(y, "
            "w)‖_∞ ≤ C'cʲr'(c) for ‖y‖_∞ ≤ R = S + C·r(c₀), w ∈ W, c ≥ c₀, Φ bounded there and L-Lipschitz in y (‖·‖_∞), then "
            "(θ, w) ↦ F(f(θ), w) has degree j, symbol Φ(s(θ), w) and error C'r'(c) + LC·r(c) on K × W.  (e) If |f(cθ) − "
            "cᵏf(θ)| ≤ cᵏe^{−d‖θ‖} for c ≥ 1, ‖θ‖ ≥ ρ, k ≥ 0, and f is bounded on c₀K, K ⊆ {‖θ‖ ≥ m}, m > 0, c₀ = max(1, "
            "ρ/m), then f ∈ AH(k, lim c^{−k}f(cθ), 1, c^{−k}e^{−dmc}; K); with e^{−d‖θ‖} for cᵏe^{−d‖θ‖} and k > 0 even C = 0. "
            "Not conversely: θ + 1 has degree 1, symbol θ and error 1/c on bounded K ⊆ R, and satisfies neither with k = 1",
            (
                "the input x is fixed; K ⊆ Rᵖ not empty, k, j real, ‖s‖_∞ ≤ S on K, C, C' ≥ 0, c₀ > 0",
                "r, r' ≥ 0 nonincreasing for c ≥ c₀, with limit 0; an error is a bound for |c^{−k}f(cθ) − s(θ)|, entry by entry",
            ),
            (Proof("AH"), SEARCH),
            latex=r"(a) $f\in AH(k,s,C,r;K)$ if and only if $(\theta,w)\mapsto f(\theta)\in AH(k,s,C,r;K\times W)$, for every "
            r"$W\ne\emptyset$; $K$ may be one point, and for $\lambda>0$ the point $\lambda\theta$ has symbol "
            r"$\lambda^ks(\theta)$ and error $\lambda^kC\,r(\lambda c)$, $c\ge c_0/\lambda$. (b) "
            r"$s(\theta)=\lim c^{-k}f(c\theta)$; $f$ has every degree $k+p$, $p>0$, with symbol $0$ and error "
            r"$(S+C\,r(c))c^{-p}$, and degree $k-p$ only if $s=0$: at most one degree has $s\ne0$, the smallest. (c) $f_1$, "
            r"$f_2$ of degrees $k_1>k_2$: $f_1+f_2$ has degree $k_1$, symbol $s_1$ and error "
            r"$C_1r_1(c)+(S_2+C_2r_2(c))c^{-(k_1-k_2)}$; that rate is attained where $s_2\ne0$, $f_1(c\theta)=c^{k_1}s_1$. (d) "
            r"If $\lVert F(c^ky,cw)-c^j\Phi(y,w)\rVert_\infty\le C'c^jr'(c)$ for $\lVert y\rVert_\infty\le R=S+C\,r(c_0)$, "
            r"$w\in W$, $c\ge c_0$, with $\Phi$ bounded there and $L$-Lipschitz in $y$ ($\lVert\cdot\rVert_\infty$), then "
            r"$(\theta,w)\mapsto F(f(\theta),w)$ has degree $j$, symbol $\Phi(s(\theta),w)$ and error $C'r'(c)+LC\,r(c)$ on "
            r"$K\times W$. (e) If $|f(c\theta)-c^kf(\theta)|\le c^ke^{-d\lVert\theta\rVert}$ for $c\ge1$, "
            r"$\lVert\theta\rVert\ge\rho$, $k\ge0$, and $f$ is bounded on $c_0K$, $K\subseteq\{\lVert\theta\rVert\ge m\}$, "
            r"$m>0$, $c_0=\max(1,\rho/m)$, then $f\in AH(k,\lim c^{-k}f(c\theta),1,c^{-k}e^{-dmc};K)$; with "
            r"$e^{-d\lVert\theta\rVert}$ for $c^ke^{-d\lVert\theta\rVert}$ and $k>0$ even $C=0$. Not conversely: $\theta+1$ has "
            r"degree $1$, symbol $\theta$ and error $1/c$ on bounded $K\subseteq\mathbb{R}$, and satisfies neither with $k=1$.",
            uses=("Theorem0", "D3.prime"),
        ),
        repaired=None,
        expected=Expected("derived"),
        kind="ours",
    ),
)
