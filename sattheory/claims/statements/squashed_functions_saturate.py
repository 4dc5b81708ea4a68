"""P3: if f is approximately k-homogeneous, then σ∘f, tanh∘f and softmax∘f are approximately 0-homogeneous.

The step that turns growing parameters into discrete behaviour: a squashed function forgets its scale (paper §C.3).  It is false
as soon as there are two parameters.  A function of degree k > 0 that vanishes somewhere, as score differences do, takes the value
1 at points as far out as one likes, and near such points the sigmoid saturates at its own pace, not at that of ‖θ‖.

What is true needs no new idea: saturation is governed by |f|, or by the gap of a softmax, and follows ‖θ‖ wherever these do.
Exact zeros and exact ties do no harm.  P3.zeros shows that this is all: for continuous f one zero beyond ρ is enough to lose the
statement.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims import Claim, Expected, Form, Inequality, Planted, Proof, Search, Statement, Witness
from sattheory.claims.cases.exact_cases import Vectors, apart, cases
from sattheory.claims.cases.functions import Point, Scale, definition, degree_of, functions, points, scales
from sattheory.claims.formulas import real, sigmoid, softmax
from sattheory.claims.inequality import Pairs

SQUASHED = {"sigmoid": "sigmoid({f})", "tanh": "tanh({f})", "softmax": "softmax([{f}, 0])"}


def _squashed(d: Fraction, rho: int, by: str, f: str, theta: Point, c: Scale) -> Inequality:
    """|σ(f(cθ)) − σ(f(θ))| ≤ e^{−d‖θ‖}, or tanh or softmax for σ, where ‖θ‖ ≥ ρ; the degree of f is read off it."""
    least = max(Fraction(rho), degree_of(f, 2).constants[1])
    return definition(SQUASHED[by].format(f=f), 0, d=d, rho=least, theta=theta, c=c, entries=by == "softmax")


STATEMENT = Statement(
    _squashed,
    lambda d, rho: some.fixed_dictionaries(
        {"by": some.sampled_from(sorted(SQUASHED)), "f": functions(2), "theta": points(rho, 2), "c": scales(rho)}
    ),
    tuple({"d": Fraction(1, part), "rho": rho} for part, rho in ((4, 10), (10, 50), (20, 200))),
)


def _on_the_zeros(f: str, theta: Point, **choice: Any) -> Inequality:
    """Replace f by the constant that it is at θ."""
    return _squashed(f="0", theta=theta, **choice)


WITNESS = Witness(
    "P3",
    "f(θ) = θ₁ takes the values 1 and 2 at (1, M) and (2, 2M), so σ∘f moves by σ(2) − σ(1) = 0.1497… however large M is",
    STATEMENT,
    planted=(Planted("0 for f: a function that is zero everywhere, where nothing moves", _on_the_zeros),),
)
SLACK = Fraction(1, 10**30)
Vector = tuple[Fraction, ...]


def _limits(h: Vector) -> tuple[list[Any], Any]:
    """Find w(h), and 2(n − 1)e^{−gap(h)} or 0."""
    top, below = max(h), [entry for entry in h if entry < max(h)]
    w = [real(Fraction(entry == top, h.count(top))) for entry in h]
    return w, 2 * (len(h) - 1) * (-real(top - max(below))).exp() if below else real(0)


def _scalar(h: Fraction, e: Fraction, share: Fraction) -> Pairs:
    """Bound σ(h + e) and tanh(h + e), with `share` for ¼."""
    step, tail = Fraction((h > 0) - (h < 0)), (-real(abs(h))).exp() if h else real(0)
    yield abs(sigmoid(real(h + e)) - real((step + 1) / 2)), real(share * abs(e) + SLACK) + tail
    yield abs(real(h + e).tanh() - real(step)), real(abs(e) + SLACK) + tail


def _bounds(
    h: Vector, e: Vector, E: Fraction, share: Fraction = Fraction(1, 4), half: Fraction = Fraction(1, 2), exact: int = 0
) -> Pairs:
    """Bound σ, tanh and softmax of h + E·e; exact = 1 leaves the exponential out."""
    errors = [E * entry for entry in e]
    yield from _scalar(h[0], errors[0], share)
    w, tail = _limits(h)
    moved, still = (softmax([real(entry) for entry in values]) for values in ([x + y for x, y in zip(h, errors, strict=True)], h))
    yield apart(moved, still), real(half * (max(errors) - min(errors)) + SLACK)
    yield apart(moved, w), real(max(abs(entry) for entry in errors) + SLACK) + (0 if exact else tail)


SEARCH = Search(
    "the bounds of (c) and ½(max e − min e) for a softmax that is disturbed, n ≤ 4, zeros and ties included (within 10⁻³⁰)",
    cases(
        n=(2, 3, 4),
        E=tuple(Fraction(i, 8) for i in (0, 1, 2, 4, 8, 16)),
        h=Vectors(4, 12, 2),
        e=Vectors(4, 4, 4),
    ),
    _bounds,
    planted=(
        Planted("⅛ for ¼", lambda **case: _bounds(**case, share=Fraction(1, 8))),
        Planted("a quarter of the range for half of it", lambda **case: _bounds(**case, half=Fraction(1, 4))),
        Planted("the exponential left out", lambda **case: _bounds(**case, exact=1)),
    ),
)
CLAIMS = (
    Claim(
        "P3",
        place="§C.3",
        title="σ, tanh and softmax saturate away from ties",
        statement="f approximately k-homogeneous ⇒ σ∘f, tanh∘f and softmax∘f approximately 0-homogeneous",
        latex=r"If $f$ is approximately $k$-homogeneous, then $\sigma\circ f$, $\tanh\circ f$ and "
        r"$\operatorname{softmax}\circ f$ are approximately $0$-homogeneous.",
        why="It carries growing parameters over to discrete decisions. Scores that vanish somewhere, as differences do, break "
        "it.",
        literal=Form(
            "for every f: Rᵖ → R, or Rⁿ for softmax, and k ≥ 0: if |f(cθ) − cᵏf(θ)| ≤ e^{−d_f‖θ‖} entry by entry for c ≥ 1, "
            "‖θ‖ ≥ ρ_f, there are d > 0 and ρ with |g(f(cθ)) − g(f(θ))| ≤ e^{−d‖θ‖} entry by entry for all c ≥ 1 and ‖θ‖ ≥ ρ, "
            "g = σ, tanh, softmax",
            latex=r"For every $f:\mathbb{R}^p\to\mathbb{R}$, or $\mathbb{R}^n$ for softmax, and $k\ge0$: if "
            r"$|f(c\theta)-c^kf(\theta)|\le e^{-d_f\lVert\theta\rVert}$ entrywise for $c\ge1$, "
            r"$\lVert\theta\rVert\ge\rho_f$, there are $d>0$ and $\rho$ with $|g(f(c\theta))-g(f(\theta))|\le "
            r"e^{-d\lVert\theta\rVert}$ entrywise for all $c\ge1$ and $\lVert\theta\rVert\ge\rho$, where $g=\sigma$, "
            r"$\tanh$, $\operatorname{softmax}$.",
            uses=("L6", "L7", "L8"),
            evidence=(WITNESS,),
        ),
        repaired=Form(
            "(a) ‖softmax(h + e) − softmax(h)‖₁ ≤ ½(max e − min e) ≤ max|e|; (b) k = 0: true as stated, with d = d_f, ρ = "
            "ρ_f; (c) f = h + e, |e| ≤ ε ⇒ |σ(f) − σ_∞(h)| ≤ ε/4 + e^{−|h|}, |tanh f − sign h| ≤ ε + e^{−|h|}, ‖softmax(f) − "
            "w(h)‖₁ ≤ ε + 2(n − 1)e^{−gap(h)}, without the exponentials where h = 0 or all entries of h are equal; (d) D3' "
            "with symbol h, and a set C that contains cθ with θ for c ≥ 1, where h = 0 or |h| ≥ γ‖θ‖ (softmax: all entries of "
            "h equal or gap(h) ≥ γ‖θ‖), γ > 0, for ‖θ‖ ≥ ρ: g∘f moves by at most e^{−d'‖θ‖} between θ ∈ C and cθ, c ≥ 1, ‖θ‖ "
            "≥ max(ρ, ln K/(δ − d')), for every 0 < d' < δ = min(d, γ), K = 5/2 (σ), 4 (tanh), 2n − 1 (softmax); (e) p = 1: "
            "true as stated for k ≥ 1, false for k = ½",
            latex=r"(a) $\lVert\operatorname{softmax}(h+e)-\operatorname{softmax}(h)\rVert_1\le\frac12(\max e-\min "
            r"e)\le\max|e|$. (b) $k=0$: true as stated, with $d=d_f$, $\rho=\rho_f$. (c) If $f=h+e$ with "
            r"$|e|\le\varepsilon$, then $|\sigma(f)-\sigma_\infty(h)|\le\frac\varepsilon4+e^{-|h|}$, $|\tanh "
            r"f-\operatorname{sign}h|\le\varepsilon+e^{-|h|}$ and "
            r"$\lVert\operatorname{softmax}(f)-w(h)\rVert_1\le\varepsilon+2(n-1)e^{-\operatorname{gap}(h)}$, without "
            r"the exponentials where $h=0$ or all entries of $h$ are equal. (d) Let $f$ satisfy D3$'$ with symbol $h$, "
            r"and let $C$ be a set that contains $c\theta$ with $\theta$ for $c\ge1$, where $h=0$ or "
            r"$|h|\ge\gamma\lVert\theta\rVert$ (softmax: all entries of $h$ equal or "
            r"$\operatorname{gap}(h)\ge\gamma\lVert\theta\rVert$), $\gamma>0$, for $\lVert\theta\rVert\ge\rho$. Then "
            r"$g\circ f$ moves by at most $e^{-d'\lVert\theta\rVert}$ between $\theta\in C$ and $c\theta$, $c\ge1$, "
            r"$\lVert\theta\rVert\ge\max(\rho,\ln K/(\delta-d'))$, for every $0<d'<\delta=\min(d,\gamma)$, with "
            r"$K=\frac52$ ($\sigma$), $4$ ($\tanh$), $2n-1$ ($\operatorname{softmax}$). (e) $p=1$: true as stated for "
            r"$k\ge1$, false for $k=\frac12$.",
            assumptions=(
                "σ_∞(h) = 0, ½, 1 for h < 0, h = 0, h > 0; w(h) uniform on the maxima; gap = maximum − next distinct entry",
                "D3': |f(cθ) − cᵏf(θ)| ≤ cᵏe^{−d‖θ‖} for c ≥ 1, ‖θ‖ ≥ ρ, k ≥ 0; h(θ) = lim c^{−k}f(cθ)",
            ),
            uses=("L7'", "D3.prime"),
            evidence=(Proof("P3"), SEARCH),
        ),
        expected=Expected("refuted", "derived"),
    ),
    Claim(
        "P3.zeros",
        place="ours",
        title="one zero is enough to lose P3",
        statement="for continuous f of degree k > 0 and p ≥ 2, σ∘f is approximately 0-homogeneous if and only if f is 0 far "
        "out, or k ≥ 1 and f has no zero there",
        latex=r"For continuous $f$ of degree $k>0$ and $p\ge2$, $\sigma\circ f$ is approximately $0$-homogeneous if and only "
        r"if $f$ is $0$ far out, or $k\ge1$ and $f$ has no zero there.",
        why="It says exactly when P3 fails. A difference of scores changes sign with W^q, so attention is in the bad case.",
        literal=Form(
            "let p ≥ 2, k > 0, f continuous for ‖θ‖ ≥ ρ with |f(cθ) − cᵏf(θ)| ≤ e^{−d‖θ‖} for c ≥ 1, ‖θ‖ ≥ ρ. There are d' > "
            "0 and ρ' with |σ(f(cθ)) − σ(f(θ))| ≤ e^{−d'‖θ‖} for all c ≥ 1, ‖θ‖ ≥ ρ' if and only if f(θ) = 0 for all ‖θ‖ ≥ ρ, "
            "or k ≥ 1 and f(θ) ≠ 0 for all ‖θ‖ ≥ ρ; the same for tanh∘f and softmax∘(f, 0)",
            latex=r"Let $p\ge2$, $k>0$, $f$ continuous for $\lVert\theta\rVert\ge\rho$ with $|f(c\theta)-c^kf(\theta)|\le "
            r"e^{-d\lVert\theta\rVert}$ for $c\ge1$, $\lVert\theta\rVert\ge\rho$. There are $d'>0$ and $\rho'$ with "
            r"$|\sigma(f(c\theta))-\sigma(f(\theta))|\le e^{-d'\lVert\theta\rVert}$ for all $c\ge1$, "
            r"$\lVert\theta\rVert\ge\rho'$ if and only if $f(\theta)=0$ for all $\lVert\theta\rVert\ge\rho$, or $k\ge1$ "
            r"and $f(\theta)\ne0$ for all $\lVert\theta\rVert\ge\rho$; the same for $\tanh\circ f$ and "
            r"$\operatorname{softmax}\circ(f,0)$.",
            uses=("Theorem0", "P3'"),
            evidence=(Proof("P3.zeros"),),
        ),
        repaired=None,
        expected=Expected("derived"),
        kind="ours",
    ),
)
