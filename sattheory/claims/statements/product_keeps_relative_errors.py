"""L4: if f is approximately k_f- and g approximately k_g-homogeneous, fg is approximately (k_f + k_g)-homogeneous.

Attention multiplies twice, keys with queries and weights with values (paper §C.2).  Under Definition 3 the second product is the
case that fails: a factor of degree k > 0 grows with the scale, and with it the error of a factor of degree 0, which Definition 3
wants to be small in absolute terms.  θ·σ(θ) shows it.

All other cases hold, and errors that are relative to cᵏ (D3.prime) repair this one.  What is then needed is that f and g are
bounded on one sphere, as continuous functions are.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims import Claim, Expected, Form, Inequality, Planted, Proof, Search, Statement, Witness
from sattheory.claims.cases.exact_cases import SCALES, cases
from sattheory.claims.cases.functions import Scale, definition, degree_of, functions, points, scales
from sattheory.claims.formulas import real
from sattheory.claims.inequality import Pairs


def _product(d: Fraction, rho: int, f: str, g: str, theta: int, c: Scale) -> Inequality:
    """|fg(cθ) − c^{k_f + k_g}·fg(θ)| ≤ e^{−d|θ|}, where |θ| ≥ ρ; the degrees of f and g are read off them."""
    first, second = degree_of(f), degree_of(g)
    degree = (first.degree or 0) + (second.degree or 0)
    least = max(Fraction(rho), first.constants[1], second.constants[1])
    return definition(f"({f}) * ({g})", degree, d=d, rho=least, theta=theta, c=c)


def _of_degrees_one(g: str, **choice: Any) -> Inequality:
    """Put θ for g."""
    return _product(g="theta", **choice)


STATEMENT = Statement(
    _product,
    lambda d, rho: some.fixed_dictionaries({"f": functions(), "g": functions(), "theta": points(rho), "c": scales(rho)}),
    tuple({"d": Fraction(1, part), "rho": rho} for part, rho in ((10, 1), (100, 10), (1000, 100))),
)
WITNESS = Witness(
    "L4",
    "degrees (1, 0): θ·σ(θ) misses degree 1 by cθ(σ(−θ) − σ(−cθ)), which grows with c without bound",
    STATEMENT,
    planted=(Planted("degree 1 for degree 0: the product of two exactly homogeneous functions", _of_degrees_one),),
)
Parts = tuple[int, Fraction, Fraction]
SLACK = Fraction(1, 10**30)
EIGHTHS = tuple(Fraction(i, 4) for i in (0, 4, -4, 1, -1, 2, -3, 3))


def _value(parts: Parts, r: Any, d: Fraction) -> Any:
    """h·rᵏ + e·e^{−dr}: homogeneous up to e^{−dr} on a ray, |e| ≤ 1."""
    k, h, e = parts
    return real(h) * r**k + real(e) * (-real(d) * r).exp()


def _radius(f: Parts, g: Parts, d: Fraction, gap: Fraction) -> Any:
    """ρ' = max(1, (2/gap)·ln(2HQ)), for ρ = 1: H = |f(1)| + |g(1)| + 3, Q = (2k/(e·gap))ᵏ."""
    k = max(f[0], g[0])
    size = abs(_value(f, real(1), d)) + abs(_value(g, real(1), d)) + 3
    most = (real(Fraction(2 * k) / gap) / real(1).exp()) ** k if k else real(1)
    return (real(2 / gap) * (2 * size * most).log()).max(real(1))


def _relative(
    kf: int,
    hf: Fraction,
    ef: Fraction,
    kg: int,
    hg: Fraction,
    eg: Fraction,
    far: Fraction,
    c: Fraction,
    d: Fraction,
    **error: int,
) -> Pairs:
    """Compare |fg(cθ) − cᵏ·fg(θ)| with cᵏe^{−d'r} for k = k_f + k_g, d' = d/2 and some r ≥ ρ'."""
    f, g, gap = (kf, hf, ef), (kg, hg, eg), d / 2
    r = real(far) + (real(1) if error.get("early") else _radius(f, g, d, gap))
    here, there = (_value(f, x, d) * _value(g, x, d) for x in (r, r * real(c)))
    k = kf + kg + error.get("more", 0)
    right = (-real(d - gap) * r).exp() * (1 if error.get("absolute") else real(c) ** k)
    yield abs(there - real(c) ** k * here), right + real(SLACK)


SEARCH = Search(
    "D3' for products of h·rᵏ + e·e^{−dr}, |e| ≤ 1, degrees 0 to 3, with d' = d/2 and the ρ' of the statement (within 10⁻³⁰)",
    cases(
        kf=(0, 1, 2, 3),
        kg=(0, 1, 2, 3),
        d=(Fraction(1), Fraction(2), Fraction(1, 2)),
        c=SCALES,
        far=tuple(Fraction(i, 4) for i in (0, 1, 4, 10)),
        hf=EIGHTHS,
        ef=EIGHTHS,
        hg=EIGHTHS,
        eg=EIGHTHS,
    ),
    _relative,
    planted=(
        Planted("an absolute error", lambda **case: _relative(**case, absolute=1)),
        Planted("already at r ≥ 1", lambda **case: _relative(**case, early=1)),
        Planted("degree k_f + k_g + 1", lambda **case: _relative(**case, more=1)),
    ),
)
CLAIMS = (
    Claim(
        "L4",
        place="§C.2",
        title="products add degrees, if errors are relative",
        statement="f approximately k_f-homogeneous, g approximately k_g-homogeneous ⇒ fg approximately (k_f + k_g)-homogeneous",
        latex=r"If $f$ is approximately $k_f$-homogeneous and $g$ approximately $k_g$-homogeneous, then $fg$ is approximately "
        r"$(k_f+k_g)$-homogeneous.",
        why="Attention is two products. The lemma fails for one of them: weights of degree 0 times values of positive degree.",
        literal=Form(
            "for all f, g: Rᵖ → R and k_f, k_g ≥ 0: if |f(cθ) − c^{k_f}f(θ)| ≤ e^{−d_f‖θ‖} for c ≥ 1, ‖θ‖ ≥ ρ_f and the same "
            "holds for g, there are d > 0 and ρ with |fg(cθ) − c^{k_f + k_g}fg(θ)| ≤ e^{−d‖θ‖} for all c ≥ 1 and ‖θ‖ ≥ ρ",
            latex=r"For all $f,g:\mathbb{R}^p\to\mathbb{R}$ and $k_f,k_g\ge0$: if $|f(c\theta)-c^{k_f}f(\theta)|\le "
            r"e^{-d_f\lVert\theta\rVert}$ for $c\ge1$, $\lVert\theta\rVert\ge\rho_f$ and the same holds for $g$, there "
            r"are $d>0$ and $\rho$ with $|fg(c\theta)-c^{k_f+k_g}fg(\theta)|\le e^{-d\lVert\theta\rVert}$ for all "
            r"$c\ge1$ and $\lVert\theta\rVert\ge\rho$.",
            evidence=(WITNESS,),
        ),
        repaired=Form(
            "let d > 0, ρ > 0, |f(cθ) − c^{k_f}f(θ)| ≤ c^{k_f}e^{−d‖θ‖} for c ≥ 1, ‖θ‖ ≥ ρ, and the same for g (D3'), and F = "
            "1 + sup |f|, G = 1 + sup |g| over ‖θ‖ = ρ be finite.  For each 0 < d' < d: |fg(cθ) − c^{k_f + k_g}fg(θ)| ≤ "
            "c^{k_f + k_g}e^{−d'‖θ‖} for c ≥ 1, ‖θ‖ ≥ max(ρ, 1, (2/(d − d'))·ln(2HQ)), H = Fρ^{−k_f} + Gρ^{−k_g} + 1, Q = "
            "(2k/(e(d − d')))ᵏ, k = max(k_f, k_g) (Q = 1 if k = 0).  Under D3 itself: both degrees > 0: fg satisfies D3; both "
            "0, F and G finite: fg satisfies D3; k_f > 0 = k_g: fg satisfies D3 if and only if there is R with g(cθ) = g(θ) "
            "for all c ≥ 1 and ‖θ‖ ≥ R with f(θ) ≠ 0",
            latex=r"Let $d,\rho>0$, $|f(c\theta)-c^{k_f}f(\theta)|\le c^{k_f}e^{-d\lVert\theta\rVert}$ for $c\ge1$, "
            r"$\lVert\theta\rVert\ge\rho$, and the same for $g$ (D3$'$), and let $F=1+\sup|f|$, $G=1+\sup|g|$ over "
            r"$\lVert\theta\rVert=\rho$ be finite. For each $0<d'<d$, $|fg(c\theta)-c^{k_f+k_g}fg(\theta)|\le "
            r"c^{k_f+k_g}e^{-d'\lVert\theta\rVert}$ for $c\ge1$ and "
            r"$\lVert\theta\rVert\ge\max(\rho,1,\frac{2}{d-d'}\ln(2HQ))$, where $H=F\rho^{-k_f}+G\rho^{-k_g}+1$, "
            r"$Q=\left(\frac{2k}{e(d-d')}\right)^k$, $k=\max(k_f,k_g)$ ($Q=1$ if $k=0$). Under D3 itself: if both "
            r"degrees are positive, $fg$ satisfies D3; if both are $0$ and $F$, $G$ are finite, $fg$ satisfies D3; if "
            r"$k_f>0=k_g$, then $fg$ satisfies D3 if and only if there is $R$ with $g(c\theta)=g(\theta)$ for all "
            r"$c\ge1$ and $\lVert\theta\rVert\ge R$ with $f(\theta)\ne0$.",
            assumptions=(
                "k_f, k_g ≥ 0",
                "D3 is the same with e^{−d‖θ‖} for cᵏe^{−d‖θ‖}; F and G are finite if f and g are continuous",
            ),
            uses=("Theorem0", "D3.prime"),
            evidence=(Proof("L4"), SEARCH),
        ),
        expected=Expected("refuted", "derived"),
    ),
)
