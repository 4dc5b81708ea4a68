"""AH.norm: LN and RMSNorm take every degree to degree 0; with ε > 0 only degrees that grow, at a price of order c^{−2k}.

Let N_ε(v) = v/√(‖v‖² + ε), P = I − 11ᵀ/n for LN and P = I for RMSNorm, and f(cθ) = cᵏ(s + e) with |e_i| ≤ E: degree k,
symbol s, relative error E.  Without ε the norm forgets cᵏ, and what it does to the error depends on t = √n·E/‖Ps‖ alone: the
bound t√(2/(1 + √(1 − t²))) is sharp for nearby vectors, at most √2·t, and close to t for small errors.  With ε everything
follows from one remark: N_ε is N in one more dimension, of the vector (v, √ε).  So k > 0 costs ε/(2‖Ps‖²c^{2k}) more, and for
k ≤ 0 nothing need be supposed.

The row LayerNorm of the paper's Table 1 is the case ε = 0 (paper App. C).  Real networks have ε > 0, where a block that decays
keeps a degree of its own.  That can decide later ties, and with them the limit.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sattheory.arithmetic.degrees import Degree, Degrees
from sattheory.claims.cases.exact_cases import SCALES, Vectors, balls, cases, square
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.formulas import norm, real
from sattheory.claims.inequality import Pairs
from sattheory.claims.search import Search

Vector = tuple[Fraction, ...]
SLACK = Fraction(1, 10**30)
OPS = Degrees()


def _centred(x: Vector, mean: bool) -> Vector:
    """Px: for LN the mean is subtracted, for RMSNorm not."""
    middle = sum(x, Fraction(0)) / len(x) if mean else Fraction(0)
    return tuple(entry - middle for entry in x)


def _square(x: Vector) -> Fraction:
    return sum((entry * entry for entry in x), Fraction(0))


def _normalised(x: Vector, eps: Fraction) -> list[Any]:
    length = real(_square(x) + eps).sqrt()
    return [real(entry) / length for entry in x]


def _symbol(v: Vector, k: int, eps: Fraction) -> list[Any]:
    """N(v), N_ε(v) or v/√ε."""
    if eps == 0 or k > 0:
        return _normalised(v, Fraction(0))
    return _normalised(v, eps) if k == 0 else [real(entry) / real(eps).sqrt() for entry in v]


def _bound(k: int, c: Fraction, eps: Fraction, m: Any, rough: Any, far: int) -> Any:
    """Bound the distance to the symbol, with m = ‖Ps‖ and rough = √n·E; far = 0 leaves out what does not depend on E."""
    if eps == 0:
        t = rough / m
        return (2 * t * t / (1 + (1 - t * t).sqrt())).sqrt()
    if k > 0:
        return real(2).sqrt() * rough / m + far * real(eps / c ** (2 * k)) / (2 * m * m)
    root, tail = real(eps).sqrt(), real(c ** (2 * k) if k else 0)
    return rough / root + far * m**3 * tail / (2 * root**3)


def _supposed(v: Vector, k: int, eps: Fraction, E: Fraction) -> bool:
    """√n·E < ‖Ps‖, which includes Ps ≠ 0, unless k ≤ 0 < ε; and E > 0, because two balls for 0 cannot be compared."""
    return E > 0 and (len(v) * E * E < _square(v) or (eps > 0 and k <= 0))


def _row(
    s: Vector, e: Vector, mean: bool, k: int, c: Fraction, eps: Fraction, E: Fraction, factor: int = 1, far: int = 1
) -> Pairs:
    """Compare factor·‖c^{−κ}N_ε(Pf) − symbol‖₂ with the bound, both squared; κ is the degree."""
    v, kept = _centred(s, mean), min(k, 0) if eps else 0
    if _supposed(v, k, eps, E):
        w = _centred(tuple(c**k * (x + E * y) for x, y in zip(s, e, strict=True)), mean)
        found = [y * real(c**-kept) for y in _normalised(w, eps)]
        moved = square(found, _symbol(v, k, eps))
        bound = _bound(k, c, eps, norm(balls(v)), real(len(s)).sqrt() * real(E), far)
        yield factor**2 * moved, bound**2 + real(SLACK)


def _degree(k: int, eps: Fraction, shift: int = 0) -> Pairs:
    """Ask the package's calculus: degree k for k < 0 < ε and 0 otherwise, and with ε, k > 0 an offset 2k."""
    found = OPS.unit(OPS.centre(Degree(k, (3,))), float(eps))
    yield Fraction(abs(found.degree - (min(k, 0) if eps else 0) - shift)), Fraction(0)
    yield Fraction(abs(min(found.offsets, default=0) - (2 * k if eps and k > 0 else 0))), Fraction(0)


def _agrees(**case: Any) -> Pairs:
    yield from _degree(case["k"], case["eps"])
    yield from _row(**case)


SEARCH = Search(
    "the bounds for n ≤ 4, LN and RMSNorm, −2 ≤ k ≤ 2, ε ∈ {0, 1/100, 1, 25} (that for ε = 0 is sharp: within 10⁻³⁰); the "
    "package's degree calculus has the same degrees, and offset 2k for ε, k > 0",
    cases(
        n=(2, 3, 4),
        mean=(True, False),
        k=(0, 1, -1, 2, -2),
        eps=(Fraction(0), Fraction(1), Fraction(1, 100), Fraction(25)),
        E=tuple(Fraction(i, 16) for i in (1, 4, 12, 20, 40)),
        c=SCALES,
        s=Vectors(4, 6),
        e=Vectors(4, 8, 8),
    ),
    _agrees,
    planted=(
        Planted("half of each bound", lambda **case: _row(**case, factor=2)),
        Planted("without the terms ε/(2m²c^{2k}) and ‖Ps‖³c^{2k}/(2ε^{3/2})", lambda **case: _row(**case, far=0)),
        Planted("degree 1 instead of 0", lambda k, eps, **_: _degree(k, eps, 1)),
    ),
)
CLAIMS = (
    Claim(
        "AH.norm",
        place="ours",
        title="norms forget degree; ε keeps degrees that do not grow",
        statement="if f has degree k and symbol s, LN(f) and RMSNorm(f) have degree 0 and symbol Ps/‖Ps‖; with ε > 0 so for "
        "k > 0, and for k ≤ 0 they keep degree k",
        latex=r"If $f$ has degree $k$ and symbol $s$, then $\operatorname{LN}(f)$ and $\operatorname{RMSNorm}(f)$ have "
        r"degree $0$ and symbol $Ps/\lVert Ps\rVert$; with $\varepsilon > 0$ so for $k > 0$, and for $k \le 0$ they keep "
        r"degree $k$.",
        why="Every layer ends in a norm, and all errors of the calculus pass through it. It is also where the calculus can "
        "break down.",
        literal=Form(
            "let v = Ps and t = √n·E/m with ‖v‖₂ ≥ m > 0; distances in ‖·‖₂.  ε = 0, any k, t < 1: N(Pf(cθ)) is within "
            "t√(2/(1 + √(1 − t²))) ≤ √2·t of N(v).  ε > 0, k > 0, t < 1: N_ε(Pf(cθ)) is within √2·t + ε/(2m²c^{2k}) of "
            "N(v).  ε > 0, k = 0: N_ε(Pf(cθ)) is within √n·E/√ε of N_ε(v), for any v.  ε > 0, k < 0: c^{−k}N_ε(Pf(cθ)) is "
            "within √n·E/√ε + ‖v‖³c^{2k}/(2ε^{3/2}) of v/√ε, for any v.  With gain and bias, c(γ⊙N_ε(Pf(cθ)) + β): in the "
            "first three cases degree 1, symbol γ⊙(that symbol) + β and ‖γ‖_∞ times that error; for ε > 0, k < 0 symbol β "
            "and error ‖γ‖_∞·√n(S + E)cᵏ/√ε",
            (
                "f(cθ) = cᵏ(s + e) at a scale c > 0, s, e ∈ Rⁿ, |e_i| ≤ E, S = ‖s‖_∞, k real",
                "P = I − 11ᵀ/n (LN) or P = I (RMSNorm)",
                "N_ε(v) = v/√(‖v‖² + ε), N = N_0; LN that divides by √(variance + ε) is √n·N_{nε}∘P",
            ),
            (Proof("AH.norm"), SEARCH),
            latex=r"Let $v = Ps$ and $t = \sqrt{n}E/m$ with $\lVert v\rVert_2 \ge m > 0$; distances in "
            r"$\lVert\cdot\rVert_2$. $\varepsilon = 0$, any $k$, $t < 1$: $N(Pf(c\theta))$ is within "
            r"$t\sqrt{2/(1+\sqrt{1-t^2})} \le \sqrt{2}\,t$ of $N(v)$. $\varepsilon > 0$, $k > 0$, $t < 1$: "
            r"$N_\varepsilon(Pf(c\theta))$ is within $\sqrt{2}\,t + \varepsilon/(2m^2c^{2k})$ of $N(v)$. $\varepsilon > 0$, "
            r"$k = 0$: $N_\varepsilon(Pf(c\theta))$ is within $\sqrt{n}E/\sqrt{\varepsilon}$ of $N_\varepsilon(v)$, for any "
            r"$v$. $\varepsilon > 0$, $k < 0$: $c^{-k}N_\varepsilon(Pf(c\theta))$ is within $\sqrt{n}E/\sqrt{\varepsilon} + "
            r"\lVert v\rVert^3c^{2k}/(2\varepsilon^{3/2})$ of $v/\sqrt{\varepsilon}$, for any $v$. With gain and bias, "
            r"$c(\gamma\odot N_\varepsilon(Pf(c\theta)) + \beta)$: in the first three cases degree $1$, symbol $\gamma\odot$ "
            r"(that symbol) $+\ \beta$ and $\lVert\gamma\rVert_\infty$ times that error; for $\varepsilon > 0$, $k < 0$ "
            r"symbol $\beta$ and error $\lVert\gamma\rVert_\infty\sqrt{n}(S+E)c^k/\sqrt{\varepsilon}$.",
            uses=("AH",),
        ),
        repaired=None,
        expected=Expected("derived"),
        kind="ours",
    ),
)
