"""P4: if X is approximately 1-homogeneous, so is the attention head attn(X).

The first step of the paper's induction over layers (paper §D.2).  It counts one degree too few: keys, queries and values are
products of a weight and X, so each has degree 2, the scores have degree 4, the softmax saturates and has degree 0, and H = AV
keeps the degree 2 of the values.  One position is enough to see it: there A = 1 and H = W^v x, which is multiplied by c² when
everything is multiplied by c.

The slip does no harm by itself.  A norm stands behind the head, and it forgets the degree, whatever it is (P5).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims import Claim, Expected, Form, Inequality, Planted, Proof, Search, Statement, Witness
from sattheory.claims.cases.paper_formulas import ATTENTION, approximately_homogeneous, head, scaled
from sattheory.claims.cases.paper_networks import (
    HeadLimit,
    Network,
    applied,
    disturbed,
    greatest,
    grown,
    head_limits,
    moved,
    reaches,
    row_sum,
    sizes,
)
from sattheory.claims.formulas import evaluate, real
from sattheory.claims.inequality import Pairs, enclose

SIZES = sizes(n=(1, 2), d=(1, 2), k=(1, 2), v=(1, 2))


def _degree(degree: int, d: Any, rho: Any, c: int, **theta: Any) -> Inequality:
    """|attn(cθ) − c^degree·attn(θ)| ≤ e^{−d‖θ‖}, where ‖θ‖ ≥ ρ; elsewhere the definition asks for nothing."""
    if not reaches(theta, rho):
        return Inequality({}, "0", "1")
    n, width = len(theta["x"]), len(theta["wk"])
    sides = approximately_homogeneous("H", n, ATTENTION, degree)
    where = {
        **scaled(ATTENTION),
        **head(width),
        **head(width, x="x_c", mark="_c"),
        "error": sides["error"],
    }
    return Inequality({"d": d, "c": c, **theta}, sides["left"], sides["right"], where)


def _one(**point: Any) -> Inequality:
    return _degree(1, **point)


def _single_position(d: Any, rho: Any, c: int, **theta: Any) -> Inequality:
    """Take the first position alone and the degree that it has: the inequality is true there."""
    return _degree(2, d, rho, c, **theta | {"x": theta["x"][:1]})


STATEMENT = Statement(
    _one,
    lambda d, rho: some.tuples(grown(ATTENTION, SIZES, rho), some.integers(2, 9)).map(lambda drawn: drawn[0] | {"c": drawn[1]}),
    (
        {"d": Fraction(1), "rho": 1},
        {"d": Fraction(1, 10), "rho": 10},
        {"d": Fraction(1, 100), "rho": 100},
    ),
)
WITNESS = Witness(
    "P4",
    "one position: A = 1 and attn(X) = W^v x, so |attn(cθ) − c·attn(θ)| = (c² − c)|W^v x|, at least 2 for whole numbers",
    STATEMENT,
    planted=(Planted("degree 2 for degree 1, at one position: the error is 0", _single_position),),
)
SLACK = Fraction(1, 10**30)
Rows = tuple[tuple[Fraction, ...], ...]


def _error_of_scores(theta: Network, E: Fraction) -> Any:
    """F = √d_k·‖W^q‖‖W^k‖(2SE + E²)."""
    size = row_sum(theta["wq"]) * row_sum(theta["wk"]) * (2 * greatest(theta["x"]) * E + E * E)
    return real(len(theta["wk"])).sqrt() * real(size)


def head_errors(theta: Network, e: Rows, c: Fraction, mass: int = 2) -> list[tuple[HeadLimit, list[Any]]]:
    """Compute the bounds of P4 on c^{−2}H(cθ) − Σ_j w_ij v_j, for X(cθ) = c(x + e).

    Parameters
    ----------
    theta : mapping
        The network; its ``x`` is the symbol of X.
    e : tuple of tuple of Fraction
        The disturbance.
    c : Fraction
        The scale.
    mass : int
        2, but for planted errors.

    Returns
    -------
    list of (HeadLimit, list of arb)
        For each position the limit, and the bound for ties and, with a single maximum, the other one.
    """
    n, E, fourth = len(theta["x"]), greatest(e), real(c**4)
    F, root = _error_of_scores(theta, E), real(len(theta["wk"])).sqrt()
    values, own = real(greatest(applied(theta["wv"], theta["x"]))), real(row_sum(theta["wv"]) * E)
    found = []
    for limit in head_limits(theta):
        m, g = limit.m, real(limit.gap) / root
        weights = [fourth * F + (mass * real(Fraction(n - m, m)) * (-g * fourth).exp() if m < n else 0)]
        weights += [mass * (n - 1) * (-(g - 2 * F) * fourth).exp()] if m == 1 < n else []
        found.append((limit, [weight * values + own for weight in weights]))
    return found


def _head_at(theta: Network, e: Rows, c: Fraction, degree: int) -> list[list[Any]]:
    """c^{−degree}·H(cθ), from the formulas."""
    names = {name: enclose(value) for name, value in {**theta, "x_c": moved(theta["x"], e, c), "c": c}.items()}
    for name, formula in (scaled(ATTENTION[1:]) | head(len(theta["wk"]), x="x_c", mark="_c")).items():
        names[name] = evaluate(formula, names)
    return [[entry / real(c**degree) for entry in row] for row in names["H_c"]]


def _bounds(theta: Network, e: Rows, c: Fraction, mass: int = 2, degree: int = 2) -> Pairs:
    for row, (limit, errors) in zip(_head_at(theta, e, c, degree), head_errors(theta, e, c, mass), strict=True):
        pairs = [(abs(x - real(y)), error) for x, y in zip(row, limit.value, strict=True) for error in errors]
        yield from ((left, right + real(SLACK)) for left, right in pairs)


def _without_values_error(theta: Network, e: Rows, c: Fraction) -> Pairs:
    own = real(row_sum(theta["wv"]) * greatest(e))
    yield from ((left, right - own) for left, right in _bounds(theta, e, c))


SEARCH = Search(
    "both bounds on c^{−2}H(cθ) − Σ_j w_ij v_j, n ≤ 3, ties included, X(cθ) = c(s + e) with |e| ≤ 1/4 (within 10⁻³⁰)",
    disturbed(ATTENTION, sizes(n=(1, 2, 3), d=(1, 2), k=(1, 2), v=(1, 2))),
    _bounds,
    planted=(
        Planted("the values' own error left out", _without_values_error),
        Planted("R for 2R", lambda theta, e, c: _bounds(theta, e, c, mass=1)),
        Planted("degree 1", lambda theta, e, c: _bounds(theta, e, c, degree=1)),
    ),
)
CLAIMS = (
    Claim(
        "P4",
        place="§D.2",
        title="an attention head has degree 2, not 1",
        statement="X approximately 1-homogeneous in θ ⇒ attn(X) approximately 1-homogeneous in θ, W^k, W^q, W^v together",
        latex=r"If $X$ is approximately $1$-homogeneous in $\theta$, then $\operatorname{attn}(X)$ is approximately "
        r"$1$-homogeneous in $\theta$, $W^k$, $W^q$, $W^v$ together.",
        why="It is the first step of the induction over layers. The degree is 2; the norm behind the head makes that harmless.",
        literal=Form(
            "X approximately 1-homogeneous ⇒ there are d > 0 and ρ with |attn(cθ) − c·attn(θ)| ≤ e^{−d‖θ‖}, entry by entry, "
            "for all c ≥ 1 and ‖θ‖ ≥ ρ, θ all parameters",
            latex=r"If $X$ is approximately $1$-homogeneous, there are $d>0$ and $\rho$ with "
            r"$|\operatorname{attn}(c\theta)-c\,\operatorname{attn}(\theta)|\le e^{-d\lVert\theta\rVert}$ entrywise for all "
            r"$c\ge1$ and $\lVert\theta\rVert\ge\rho$, $\theta$ being all parameters.",
            assumptions=("n positions, the rows of X; H = AV, A = softmax(QKᵀ/√d_k)", "no biases"),
            uses=("T1.linear", "T1.product", "P3"),
            evidence=(WITNESS,),
        ),
        repaired=Form(
            "X(cθ) = c(s + e), |e| ≤ E entry by entry ⇒ ‖c^{−2}H_i(cθ) − Σ_j w_ij v_j‖_∞ ≤ ε_i·max|v| + ‖W^v‖E for every i, "
            "where v = W^v s, w_i is uniform on the m maxima of the scores σ_i of s, g is their gap, F = "
            "√d_k·‖W^q‖‖W^k‖(2SE + E²), ε_i = c⁴F + 2((n − m)/m)e^{−gc⁴}, and for m = 1 also ε_i = 2(n − 1)e^{−(g − 2F)c⁴}: "
            "degree 2",
            latex=r"If $X(c\theta)=c(s+e)$ with $|e|\le E$ entrywise, then for every position $i$ $\lVert "
            r"c^{-2}H_i(c\theta)-\sum_j w_{ij}v_j\rVert_\infty\le\varepsilon_i\max|v|+\lVert W^v\rVert E$, where $v=W^vs$, "
            r"$w_i$ is uniform on the $m$ maxima of the scores $\sigma_i$ of $s$, $g$ is their gap, $F=\sqrt{d_k}\,\lVert "
            r"W^q\rVert\lVert W^k\rVert(2SE+E^2)$ and $\varepsilon_i=c^4F+2\frac{n-m}{m}e^{-gc^4}$, for $m=1$ also "
            r"$\varepsilon_i=2(n-1)e^{-(g-2F)c^4}$. So $H$ has degree $2$.",
            assumptions=(
                "‖W‖ is the largest row sum of |W|, S = max|s|",
                "gap = maximum − next distinct value; for m = n the exponential term is 0",
            ),
            evidence=(Proof("P4"), SEARCH),
        ),
        expected=Expected("refuted", "derived"),
    ),
)
