"""L5: if f is approximately k-homogeneous, LN(f) is approximately 0-homogeneous; LN(x) = (x − mean)/‖x − mean‖.

A norm forgets the degree of its argument, which is why degrees do not pile up from layer to layer (paper §C.2).  For k > 0 that
is so even exactly.  For k = 0 it is false: Definition 3 lets f decay and turn while it decays, and LN shows the turn at full
size.

The assumption that is missing is that the symbol h, the limit of f along rays, is not constant: ‖Ph‖ ≥ m > 0, P subtracting the
mean.  Then LN magnifies errors by at most √(2n)/m.  With an ε > 0 under the root, as networks have it, the two cases change
places.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims import Claim, Expected, Form, Inequality, Planted, Proof, Search, Statement, Witness
from sattheory.claims.cases.exact_cases import Vectors, cases, square
from sattheory.claims.cases.functions import NOTHING, Scale, definition, degree_of, functions, near, points, scales
from sattheory.claims.formulas import real
from sattheory.claims.inequality import Pairs

DEGREES = (0, 1)


def _normalised(d: Fraction, rho: int, f: tuple[str, ...], theta: int, c: Scale) -> Inequality:
    """|LN(f)(cθ) − LN(f)(θ)| ≤ e^{−d|θ|} entry by entry, where |θ| ≥ ρ and all entries of f have one degree."""
    facts = [degree_of(entry) for entry in f]
    if len(set(f)) == 1 or not any(all(entry.has(k) for entry in facts) for k in DEGREES):
        return NOTHING
    least = max(Fraction(rho), *(entry.constants[1] for entry in facts))
    vector = ", ".join(str(entry) for entry in f)
    return definition(f"unit(centre([{vector}]))", 0, d=d, rho=least, theta=theta, c=c, entries=True)


def _free(k: int) -> Any:
    return some.integers(2, 3).flatmap(lambda n: some.tuples(*[functions(1, k)] * n))


def _choices(d: Fraction, rho: int) -> Any:
    """Draw vectors freely, or of degree 0 with two entries that agree far out."""
    tied = functions(1, 0).flatmap(lambda f: some.tuples(some.just(f), near(f)))
    vectors = some.one_of(tied, some.sampled_from(DEGREES).flatmap(_free))
    return some.fixed_dictionaries({"f": vectors, "theta": points(rho), "c": scales(rho)})


def _even_turn(theta: int, c: Scale, **choice: Any) -> Inequality:
    """Go from θ to 3θ, where a wave of period 2 has the same sign."""
    return _normalised(theta=theta, c=3, **choice)


STATEMENT = Statement(
    _normalised, _choices, tuple({"d": Fraction(1, part), "rho": rho} for part, rho in ((10, 5), (100, 10), (1000, 50)))
)
WITNESS = Witness(
    "L5",
    "f = (a, a ± ½e^{−|θ|}cos πθ): f₂ − f₁ changes sign between whole numbers N and N + 1, and with it LN(f) = ±(1, −1)/√2",
    STATEMENT,
    planted=(Planted("c = 3: the sign at 3θ is that at θ", _even_turn),),
)
SLACK = Fraction(1, 10**30)
Vector = tuple[Fraction, ...]


def _centred(x: Vector) -> Vector:
    mean = sum(x, Fraction(0)) / len(x)
    return tuple(entry - mean for entry in x)


def _square(x: Vector) -> Fraction:
    return sum((entry * entry for entry in x), Fraction(0))


def _normed(x: Vector, eps: Fraction = Fraction(0)) -> list[Any]:
    length = real(_square(x) + eps).sqrt()
    return [real(entry) / length for entry in x]


def _bounds(s: Vector, e: Vector, E: Fraction, eps: Fraction, factor: Fraction | int = 2, lipschitz: int = 1) -> Pairs:
    """‖N(u) − N(v)‖² ≤ 2t² and ‖N_ε(u) − N_ε(v)‖² ≤ ‖u − v‖²/ε for v = Ps, u = P(s + E·e)."""
    v, u = _centred(s), _centred(tuple(x + E * y for x, y in zip(s, e, strict=True)))
    if len(s) * E * E < _square(v):
        yield square(_normed(u), _normed(v)), real(factor * len(s) * E * E / _square(v) + SLACK)
    moved = _square(tuple(x - y for x, y in zip(u, v, strict=True)))
    yield lipschitz * square(_normed(u, eps), _normed(v, eps)), real(moved / eps + SLACK)


SEARCH = Search(
    "the bounds √2·t for t < 1 and ‖u − v‖/√ε, n ≤ 4, squared (within 10⁻³⁰)",
    cases(
        n=(2, 3, 4),
        E=tuple(Fraction(i, 8) for i in (1, 2, 4, 8, 12, 20)),
        eps=(Fraction(1), Fraction(1, 100), Fraction(25)),
        s=Vectors(4, 6),
        e=Vectors(4, 8, 8),
    ),
    _bounds,
    planted=(
        Planted("½ for √2", lambda **case: _bounds(**case, factor=Fraction(1, 4))),
        Planted("⅛ of the bound with ε", lambda **case: _bounds(**case, lipschitz=64)),
    ),
)
CLAIMS = (
    Claim(
        "L5",
        place="§C.2",
        title="LN needs a symbol that is not constant",
        statement="f approximately k-homogeneous ⇒ LN(f) approximately 0-homogeneous, LN(x) = (x − mean)/‖x − mean‖",
        latex=r"If $f$ is approximately $k$-homogeneous, then $\operatorname{LN}(f)$ is approximately $0$-homogeneous, where "
        r"$\operatorname{LN}(x)=(x-\bar x)/\lVert x-\bar x\rVert$.",
        why="Every block ends in a norm. A vector that decays keeps no direction, and LN magnifies whatever it does.",
        literal=Form(
            "for every f: Rᵖ → Rⁿ and k ≥ 0: if |f(cθ) − cᵏf(θ)| ≤ e^{−d_f‖θ‖} entry by entry for c ≥ 1, ‖θ‖ ≥ ρ_f, there are "
            "d > 0 and ρ with |LN(f(cθ)) − LN(f(θ))| ≤ e^{−d‖θ‖} entry by entry for all c ≥ 1 and ‖θ‖ ≥ ρ where both are "
            "defined",
            latex=r"For every $f:\mathbb{R}^p\to\mathbb{R}^n$ and $k\ge0$: if $|f(c\theta)-c^kf(\theta)|\le "
            r"e^{-d_f\lVert\theta\rVert}$ entrywise for $c\ge1$, $\lVert\theta\rVert\ge\rho_f$, there are $d>0$ and "
            r"$\rho$ with $|\operatorname{LN}(f(c\theta))-\operatorname{LN}(f(\theta))|\le e^{-d\lVert\theta\rVert}$ "
            r"entrywise for all $c\ge1$ and $\lVert\theta\rVert\ge\rho$ where both are defined.",
            evidence=(WITNESS,),
        ),
        repaired=Form(
            "(a) D3 with k > 0: LN(f(cθ)) = LN(f(θ)) for c ≥ 1, ‖θ‖ ≥ ρ, Pf(θ) ≠ 0; (b) |eᵢ| ≤ ε, t = √n·ε/‖Ph‖ < 1: ‖LN(h + "
            "e) − LN(h)‖₂ ≤ √2·t, and √2 is the best constant; (c) D3' with k ≥ 0 and ‖Ph(θ)‖ ≥ m‖θ‖ᵏ, m > 0, for ‖θ‖ ≥ ρ: "
            "for every 0 < d' < d, |LN(f(cθ)) − LN(f(θ))| ≤ e^{−d'‖θ‖} for c ≥ 1, ‖θ‖ ≥ max(ρ, 1, ln(2√(2n)/m)/(d − d')); (d) "
            "with N_ε(v) = v/√(‖v‖² + ε), ε > 0, for LN: D3 with k = 0 ⇒ |N_ε(Pf(cθ)) − N_ε(Pf(θ))| ≤ e^{−d'‖θ‖} for ‖θ‖ ≥ "
            "max(ρ, ln(n/ε)/(2(d − d'))), whereas f = (θ, 0) with k = 1 has no such bound",
            latex=r"(a) D3 with $k>0$: $\operatorname{LN}(f(c\theta))=\operatorname{LN}(f(\theta))$ for $c\ge1$, "
            r"$\lVert\theta\rVert\ge\rho$, $Pf(\theta)\ne0$. (b) If $|e_i|\le\varepsilon$ and $t=\sqrt "
            r"n\,\varepsilon/\lVert Ph\rVert<1$, then "
            r"$\lVert\operatorname{LN}(h+e)-\operatorname{LN}(h)\rVert_2\le\sqrt2\,t$, and $\sqrt2$ is the best "
            r"constant. (c) D3$'$ with $k\ge0$ and $\lVert Ph(\theta)\rVert\ge m\lVert\theta\rVert^k$, $m>0$, for "
            r"$\lVert\theta\rVert\ge\rho$: for every $0<d'<d$, "
            r"$|\operatorname{LN}(f(c\theta))-\operatorname{LN}(f(\theta))|\le e^{-d'\lVert\theta\rVert}$ entrywise for "
            r"$c\ge1$, $\lVert\theta\rVert\ge\max(\rho,1,\frac{1}{d-d'}\ln\frac{2\sqrt{2n}}{m})$. (d) With "
            r"$N_\varepsilon(v)=v/\sqrt{\lVert v\rVert^2+\varepsilon}$, $\varepsilon>0$, for LN: D3 with $k=0$ gives "
            r"$|N_\varepsilon(Pf(c\theta))-N_\varepsilon(Pf(\theta))|\le e^{-d'\lVert\theta\rVert}$ for "
            r"$\lVert\theta\rVert\ge\max(\rho,\frac{1}{2(d-d')}\ln\frac n\varepsilon)$, whereas $f=(\theta,0)$ with "
            r"$k=1$ has no such bound.",
            assumptions=(
                "D3: |f(cθ) − cᵏf(θ)| ≤ e^{−d‖θ‖} entry by entry for c ≥ 1, ‖θ‖ ≥ ρ; D3': ≤ cᵏe^{−d‖θ‖}; d, ρ > 0",
                "P = I − 11ᵀ/n, n entries; h(θ) = lim c^{−k}f(cθ) in (c)",
            ),
            uses=("Theorem0", "D3.prime"),
            evidence=(Proof("L5"), SEARCH),
        ),
        expected=Expected("refuted", "derived"),
    ),
)
