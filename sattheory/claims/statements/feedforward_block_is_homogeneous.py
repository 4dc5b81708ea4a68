"""P6: if X is approximately 1-homogeneous, so is the feedforward block FF(X) = LN(W^f ReLU(W^i X)) + X.

The last step of the paper's induction (paper §D.2), and the one that is right as it stands, if *all* parameters are meant:
without a softmax every operation is exactly homogeneous, and at degree 1 an approximately homogeneous input is exactly
homogeneous on ‖θ‖ ≥ ρ.

Read with W^i, W^f and γ as new parameters that X does not know of (P6.own), which is how a layer is put on top of another, it
fails: the new parameters make ‖θ‖ large where X's own are small.  Errors relative to the scale do not care about new
parameters, and the block takes a relative error E to a constant times E.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims import Claim, Expected, Form, Inequality, Planted, Proof, Search, Statement, Witness
from sattheory.claims.cases.asymptotic_error import integers
from sattheory.claims.cases.paper_formulas import FEEDFORWARD, SUBLAYER, approximately_homogeneous, ff, scaled
from sattheory.claims.cases.paper_networks import (
    Network,
    Size,
    applied,
    disturbed,
    greatest,
    grown,
    moved,
    networks,
    reaches,
    row_sum,
    sizes,
)
from sattheory.claims.formulas import centre, evaluate, norm, real, unit
from sattheory.claims.inequality import Pairs, enclose
from sattheory.claims.statements.feedforward_needs_a_convention import POWERS, exactly

SLACK = Fraction(1, 10**30)
Rows = tuple[tuple[Fraction, ...], ...]
LAYER = (*SUBLAYER, *FEEDFORWARD)


def _repeated(c: Fraction, n: int, **options: Any) -> Pairs:
    """Run the package's pass on n equal tokens."""
    yield from exactly(c, **options | {"x": options["x"] * n})


EXACT = Search(
    "f(cθ) = c·f(θ) for c = 2, 8, 1/4, bit for bit by the package's own pass (float64), up to 3 equal tokens: the "
    "feedforward block reads what an attention block left, exactly 1-homogeneous in all parameters and far from linear",
    some.tuples(networks(LAYER, (Size(1, 2), Size(1, 3, f=2))), POWERS, some.integers(1, 3)).map(
        lambda drawn: drawn[0] | {"c": drawn[1], "n": drawn[2]}
    ),
    _repeated,
    planted=(
        Planted("LN with ε = 1", lambda **case: _repeated(**case, epsilon=1.0)),
        Planted("degree 2", lambda **case: _repeated(**case, degree=2)),
    ),
)


def _own(d: Any, rho: Any, c: int, t: Fraction, power: int, s: Any, **theta: Any) -> Inequality:
    """|FF(cθ) − c·FF(θ)| ≤ e^{−d‖θ‖} for X(t) = t·min(1, |t|)^power·s, where ‖θ‖ ≥ ρ; elsewhere nothing is asked."""
    if not reaches({**theta, "t": t}, rho):
        return Inequality({}, "0", "1")
    sides = approximately_homogeneous("FF", 1, ("wi", "wf", "ffgain"))
    where = {
        **scaled(("t", *FEEDFORWARD)),
        "x": f"[t * min([1, abs(t)])**{power} * s]",
        "x_c": f"[t_c * min([1, abs(t_c)])**{power} * s]",
        **ff(1, normaliser="unit"),
        **ff(1, x="x_c", mark="_c", normaliser="unit"),
        "error": sides["error"],
    }
    right = sides["right"].replace("sqrt(", "sqrt(t**2 + ", 1)
    return Inequality({"d": d, "c": c, "t": t, "s": s, **theta}, sides["left"], right, where)


def _homogeneous_input(power: int, **point: Any) -> Inequality:
    """Take X(t) = t·s, exactly 1-homogeneous everywhere: the inequality is true there."""
    return _own(power=0, **point)


def _points(d: Any, rho: Any) -> Any:
    drawn = some.tuples(
        grown(FEEDFORWARD, (Size(1, 2),), rho), some.integers(2, 9), some.integers(-32, 32), some.integers(0, 2), integers(2, 2)
    )
    return drawn.map(
        lambda parts: parts[0] | {"c": parts[1], "t": Fraction(parts[2], 8), "power": parts[3], "s": parts[4]},
    )


WITNESS = Witness(
    "P6.own",
    "X(t) = t·min(1, |t|)^p·s is exactly 1-homogeneous for |t| ≥ 1; below, its error stays while W^i, W^f or γ make ‖θ‖ large",
    Statement(
        _own,
        _points,
        (
            {"d": Fraction(1), "rho": 1},
            {"d": Fraction(1, 10), "rho": 10},
            {"d": Fraction(1, 100), "rho": 100},
        ),
    ),
    planted=(Planted("X(t) = t·s: no error", _homogeneous_input),),
)


def _block_at(theta: Network, e: Rows, c: Fraction) -> list[list[Any]]:
    """c^{−1}·FF(cθ) for X(cθ) = c(x + e), from the formulas."""
    names = {name: enclose(value) for name, value in {**theta, "x_c": moved(theta["x"], e, c), "c": c}.items()}
    for name, formula in (scaled(FEEDFORWARD) | ff(len(theta["x"]), x="x_c", mark="_c")).items():
        names[name] = evaluate(formula, names)
    return [[entry / real(c) for entry in row] for row in names["FF_c"]]


def _bounds(theta: Network, e: Rows, c: Fraction, share: int = 1, dead: bool = False) -> Pairs:
    """Both bounds of the repaired form; with dead, the second one everywhere."""
    inner, E, radius = applied(theta["wi"], theta["x"]), greatest(e), row_sum(theta["wi"]) * greatest(e)
    size = 2 * max(map(abs, theta["ffgain"])) * row_sum(theta["wf"]) * radius
    for found, row, before in zip(_block_at(theta, e, c), theta["x"], inner, strict=True):
        y = applied(theta["wf"], [[max(entry, 0) for entry in before]])[0]
        limit, bound = [real(entry) for entry in row], real(E)
        if not (dead or max(before) < -radius):
            if len(set(y)) == 1:
                continue
            centred = centre([real(entry) for entry in y])
            limit = [a + real(g) * b for a, g, b in zip(limit, theta["ffgain"], unit(centred), strict=True)]
            bound += real(size) * real(len(y)).sqrt() / norm(centred)
        yield from ((abs(a - b), share * bound + real(SLACK)) for a, b in zip(found, limit, strict=True))


SEARCH = Search(
    "both bounds on c^{−1}FF(cθ) − (s + γ ⊙ N(y)), n ≤ 2, dead positions too, X(cθ) = c(s + e), |e| ≤ 1/4 (within 10⁻³⁰)",
    disturbed(("x", *FEEDFORWARD), sizes(n=(1, 2), d=(2, 3), f=(1, 2))),
    _bounds,
    planted=(
        Planted("no error", lambda theta, e, c: _bounds(theta, e, c, share=0)),
        Planted("every position dead", lambda theta, e, c: _bounds(theta, e, c, dead=True)),
    ),
)
CLAIMS = (
    Claim(
        "P6",
        place="§D.2",
        title="the feedforward block keeps degree 1, exactly",
        statement="X approximately 1-homogeneous in θ ⇒ FF(X) = LN(W^f ReLU(W^i X)) + X approximately 1-homogeneous",
        latex=r"If $X$ is approximately $1$-homogeneous in $\theta$, then "
        r"$\operatorname{FF}(X)=\operatorname{LN}(W^f\operatorname{ReLU}(W^iX))+X$ is approximately $1$-homogeneous.",
        why="It is the last step of the induction over layers. It is right when θ means all parameters.",
        literal=Form(
            "θ all parameters, W^i, W^f, γ among them; |X(cθ) − cX(θ)| ≤ e^{−d‖θ‖}, entry by entry, for all c ≥ 1 and ‖θ‖ ≥ ρ ⇒ "
            "|FF(X)(cθ) − c·FF(X)(θ)| ≤ e^{−d‖θ‖} for the same c, θ, d, ρ; the left side is even 0",
            latex=r"Let $\theta$ be all parameters, $W^i$, $W^f$ and $\gamma$ among them. If $|X(c\theta)-cX(\theta)|\le "
            r"e^{-d\lVert\theta\rVert}$ entrywise for all $c\ge1$ and $\lVert\theta\rVert\ge\rho$, then "
            r"$|\operatorname{FF}(X)(c\theta)-c\operatorname{FF}(X)(\theta)|\le e^{-d\lVert\theta\rVert}$ for the same $c$, "
            r"$\theta$, $d$, $\rho$; the left side is even $0$.",
            assumptions=("LN(v) = γ ⊙ Pv/‖Pv‖₂, LN(0) := 0; no biases, no ε", "d > 0, ρ > 0"),
            uses=("Theorem0", "D6'"),
            evidence=(Proof("P6"), EXACT),
        ),
        repaired=None,
        expected=Expected("derived"),
    ),
    Claim(
        "P6.own",
        place="§D.2",
        title="with parameters of its own FF keeps relative errors only",
        statement="X approximately 1-homogeneous in θ_X ⇒ FF(X) approximately 1-homogeneous in θ_X, W^i, W^f, γ together",
        latex=r"If $X$ is approximately $1$-homogeneous in $\theta_X$, then $\operatorname{FF}(X)$ is approximately "
        r"$1$-homogeneous in $\theta_X$, $W^i$, $W^f$, $\gamma$ together.",
        why="This is how a layer is put on another. Definition 3 does not survive new parameters; relative errors do.",
        literal=Form(
            "X approximately 1-homogeneous in θ_X ⇒ there are d > 0 and ρ with |FF(X)(cθ) − c·FF(X)(θ)| ≤ e^{−d‖θ‖}, entry "
            "by entry, for all c ≥ 1 and ‖θ‖ ≥ ρ, θ = (θ_X, W^i, W^f, γ)",
            latex=r"If $X$ is approximately $1$-homogeneous in $\theta_X$, there are $d>0$ and $\rho$ with "
            r"$|\operatorname{FF}(X)(c\theta)-c\operatorname{FF}(X)(\theta)|\le e^{-d\lVert\theta\rVert}$ entrywise for all "
            r"$c\ge1$ and $\lVert\theta\rVert\ge\rho$, $\theta=(\theta_X,W^i,W^f,\gamma)$.",
            assumptions=("LN(v) = γ ⊙ Pv/‖Pv‖₂, where it is defined; no biases, no ε",),
            uses=("T1.linear", "L2", "L5", "L3"),
            evidence=(WITNESS,),
        ),
        repaired=Form(
            "X(cθ) = c(s + e), |e| ≤ E entry by entry, y_i = W^f ReLU(W^i s_i).  Py_i ≠ 0 ⇒ ‖c^{−1}FF_i(cθ) − (s_i + γ ⊙ "
            "Py_i/‖Py_i‖₂)‖_∞ ≤ E + 2√d·‖γ‖_∞‖W^f‖‖W^i‖E/‖Py_i‖₂; all entries of W^i s_i less than −‖W^i‖E ⇒ "
            "‖c^{−1}FF_i(cθ) − s_i‖_∞ ≤ E; for every c > 0",
            latex=r"Let $X(c\theta)=c(s+e)$ with $|e|\le E$ entrywise and $y_i=W^f\operatorname{ReLU}(W^is_i)$. If "
            r"$Py_i\ne0$, then $\lVert c^{-1}\operatorname{FF}_i(c\theta)-(s_i+\gamma\odot Py_i/\lVert "
            r"Py_i\rVert_2)\rVert_\infty\le E+2\sqrt d\,\lVert\gamma\rVert_\infty\lVert W^f\rVert\lVert W^i\rVert E/\lVert "
            r"Py_i\rVert_2$; if all entries of $W^is_i$ are less than $-\lVert W^i\rVert E$, then $\lVert "
            r"c^{-1}\operatorname{FF}_i(c\theta)-s_i\rVert_\infty\le E$; for every $c>0$.",
            assumptions=("LN(v) = γ ⊙ Pv/‖Pv‖₂, LN(0) := 0; no biases, no ε", "‖W‖ is the largest row sum of |W|"),
            evidence=(Proof("P6.own"), SEARCH),
        ),
        expected=Expected("refuted", "derived"),
    ),
)
