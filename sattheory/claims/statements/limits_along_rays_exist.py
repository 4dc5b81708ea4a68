"""D1: the saturated network is sf(x; θ) = lim_{c→∞} f(x; cθ), where it exists.

Everything in the paper is about this limit, and it is used as if there were always one (paper §2.2).  There is not: an output of
degree 1, as that of the paper's own encoder, grows without bound, and LN of a constant vector is 0/0 at every scale.  But nothing
worse can happen.  On a ray everything that a transformer computes is a germ with a sign (a logarithmico-exponential function, as
Hardy called them in 1910), hence monotone in the end: c^{−k}f(x; cθ) has a limit in [−∞, ∞] for every k, and cannot oscillate.

So one may always ask for the limit, and should ask for its degree first; how to compute it is the subject of Theorem J.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims import Claim, Expected, Form, Inequality, Planted, Proof, Search, Statement, Witness
from sattheory.claims.cases.asymptotic_error import integers
from sattheory.claims.cases.exact_cases import Vectors, cases
from sattheory.claims.cases.paper_formulas import SUBLAYER, msa, scaled
from sattheory.claims.formulas import real
from sattheory.claims.inequality import Pairs


def _bounded(M: Any, C: Any, c: int, degree: int = 0, **theta: Any) -> Inequality:
    """One entry of c^{−degree}·MSA(cθ) is at most M, if c ≥ C."""
    if c < C:
        return Inequality({}, "0", "1")
    n, width = len(theta["x"]), len(theta["wk"])
    where = {**scaled(SUBLAYER), **msa(n, width, x="x_c", mark="_c")}
    return Inequality({"M": M, "c": c, **theta}, f"abs(MSA_c[0][0]) / c ** {degree}", "M", where)


def _per_degree(M: Any, C: Any, c: int, **theta: Any) -> Inequality:
    """Divide by the degree that the block has, with a bound of 3: true for entries of θ between −1 and 1."""
    return _bounded(3, C, c, 1, **theta)


def _blocks(M: int, C: int) -> Any:
    """Draw a block of width 2 at one or two positions, and a scale c ≥ C."""
    two = Vectors(2, 1)
    scales = tuple(C * 10**power for power in (0, 3, 6, 9))
    drawn = cases(c=scales, positions=(1, 2), wk=two, wq=two, w=two, gain=two, wv=two, x=Vectors(4, 1))
    return drawn.map(_shaped)


def _shaped(case: dict[str, Any]) -> dict[str, Any]:
    x = (case["x"][:2], case["x"][2:])[: case["positions"]]
    rows = {name: (case[name],) for name in ("wk", "wq", "wv")}
    return {"x": x, **rows, "w": tuple((entry,) for entry in case["w"]), "gain": case["gain"], "c": case["c"]}


STATEMENT = Statement(_bounded, _blocks, ({"M": 1, "C": 1}, {"M": 10**3, "C": 10}, {"M": 10**6, "C": 10**3}))
WITNESS = Witness(
    "D1",
    "the paper's block MSA at one position: MSA(cθ) = c·MSA(θ), which passes every bound M",
    STATEMENT,
    planted=(Planted("divided by c, with the bound 3: the inequality is true there", _per_degree),),
)
Coefficients = tuple[tuple[int, ...], ...]
GRID = tuple(Fraction(3 * i, 4) for i in range(-4, 5))


def _degree(p: Sequence[int]) -> int:
    """Degree of Σ p_j c^j; −1 for 0."""
    return max((j for j, entry in enumerate(p) if entry), default=-1)


def _sign(p: Coefficients, c: Fraction) -> int:
    """Sign of p₀(c) + p₁(c)e^c + p₂(c)e^{2c}; 0 where it is exactly 0, or not decided at this precision."""
    first, second, third = (real(row[0] + row[1] * c + row[2] * c * c) for row in p)
    power = real(c).exp()
    total = first + power * (second + power * third)
    return int(total > 0) - int(total < 0)


def _sign_changes(p: Coefficients, fewer: int = 0) -> Pairs:
    signs = [sign for sign in (_sign(p, c) for c in GRID) if sign]
    changes = sum(left != right for left, right in itertools.pairwise(signs))
    zeros = sum(_degree(row) + 1 for row in p) - 1
    if zeros >= 0:
        yield Fraction(changes), Fraction(zeros - fewer)


SEARCH = Search(
    "p₀(c) + p₁(c)e^c + p₂(c)e^{2c}, deg p_i ≤ 2, changes its sign at most Σ(deg p_i + 1) − 1 times on −3, −9/4, …, 3: the "
    "induction by derivatives counts zeros",
    some.fixed_dictionaries({"p": integers(9, 4).map(lambda x: (x[:3], x[3:6], x[6:]))}),
    _sign_changes,
    planted=(Planted("one zero fewer", lambda p: _sign_changes(p, 1)),),
)
CLAIMS = (
    Claim(
        "D1",
        place="§2.2",
        title="along a ray a limit exists, finite or not",
        statement="the saturated network is sf(x; θ) = lim_{c→∞} f(x; cθ) (the paper adds: where it exists)",
        latex=r"The saturated network is $\operatorname{sf}(x;\theta)=\lim_{c\to\infty}f(x;c\theta)$ (the paper adds: where "
        r"it exists).",
        why="All results on saturation speak of this limit. It may be infinite or undefined, but it never oscillates.",
        kind="definition",
        literal=Form(
            "for every network f, every input x and all parameters θ the limit lim_{c→∞} f(x; cθ) exists as a finite number, "
            "entry by entry",
            latex=r"For every network $f$, every input $x$ and all parameters $\theta$ the limit "
            r"$\lim_{c\to\infty}f(x;c\theta)$ exists as a finite number, entry by entry.",
            assumptions=(
                "the networks are those of the paper, §D.1",
                "this is how sf is used where nothing is said about existence",
            ),
            evidence=(WITNESS,),
        ),
        repaired=Form(
            "let f be made of the entries of θ and constants by finitely many operations + − × ÷, exp, log, √, |·|, max, "
            "ReLU, σ, tanh, Φ (so also softmax, LN with or without ε, GELU, SiLU, softplus); fix θ; then either a "
            "subexpression is undefined at cθ for all large c (a quotient by what is 0, a root or logarithm of what is not "
            "positive; √0 = 0 counts as defined), or f(cθ) is defined, smooth and monotone for all large c, and lim_{c→∞} "
            "c^{−k}f(cθ) exists in [−∞, ∞] for every whole number k",
            latex=r"Let $f$ be made of the entries of $\theta$ and constants by finitely many operations $+,-,\times,\div$, "
            r"$\exp$, $\log$, $\sqrt{\ }$, $|\cdot|$, $\max$, $\operatorname{ReLU}$, $\sigma$, $\tanh$, $\Phi$ (so also "
            r"softmax, LN with or without $\varepsilon$, GELU, SiLU, softplus); fix $\theta$. Then either a subexpression is "
            r"undefined at $c\theta$ for all large $c$ (a quotient by what is $0$, a root or logarithm of what is not "
            r"positive; $\sqrt0=0$ counts as defined), or $f(c\theta)$ is defined, smooth and monotone for all large $c$, and "
            r"$\lim_{c\to\infty}c^{-k}f(c\theta)$ exists in $[-\infty,\infty]$ for every whole number $k$.",
            assumptions=(
                "fixed x, θ and length: positional encodings, masks and data are constants",
                "with the convention LN(0) = 0 the case 0/0 disappears: LN is then 0, or a quotient by what is positive for "
                "large c",
            ),
            evidence=(Proof("D1"), SEARCH),
        ),
        expected=Expected("refuted", "derived"),
    ),
)
