"""P6, remark: the argument for the encoder does not work for post-norm, LN(X + Sub(X)).

Right about the calculus (P6.remark): under the norm a term of degree 1 meets one of degree 3, and no row of Table 1 adds
different degrees (paper §D.2).  Wrong if it is read to say that post-norm networks are not homogeneous (P6.post).  The larger
degree wins: LN(cX + c³Y) is LN(Y + c^{−2}X), so a post-norm block has degree 1 as well.  What changes is the rate, c^{−2}
instead of e^{−gc⁴}, and the limit, from which the residual stream disappears.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims import Claim, Expected, Form, Inequality, Planted, Proof, Search, Statement, Witness
from sattheory.claims.cases.paper_formulas import SUBLAYER, gained, head, largest, scaled
from sattheory.claims.cases.paper_networks import applied, greatest, networks, output, row_sum, sizes, transformer
from sattheory.claims.formulas import centre, norm, real, unit
from sattheory.claims.inequality import Pairs
from sattheory.claims.statements.attention_has_degree_two import head_errors

SLACK = Fraction(1, 2**30)


def _unbounded(x: int, y: int, k: int) -> Pairs:
    """|cx + c³y − cᵏ(x + y)| ≥ 1 at c = 10."""
    yield Fraction(1), abs(10 * x + 1000 * y - Fraction(10) ** k * (x + y))


NONZERO = some.integers(1, 4).flatmap(lambda size: some.sampled_from((size, -size)))
NO_DEGREE = Search(
    "|cx + c³y − cᵏ(x + y)| ≥ 1 already at c = 10, whole numbers x and y between −4 and 4 but not 0, k from −4 to 8",
    some.fixed_dictionaries({"x": NONZERO, "y": NONZERO, "k": some.integers(-4, 8)}),
    _unbounded,
    planted=(
        Planted("x = 0", lambda x, y, k: _unbounded(0, y, k)),
        Planted("y = 0", lambda x, y, k: _unbounded(x, 0, k)),
    ),
)


def _apart(delta: Any, c0: Any, beyond: int, sign: int = 1, **theta: Any) -> Inequality:
    """δ ≤ ‖c^{−1}f(cθ) − s‖_∞ at c = c₀·10^beyond, where s ≠ 0; elsewhere nothing is asked."""
    y = applied(theta["w"], applied(theta["wv"], theta["x"]))[0]
    if not any(gain and entry * len(y) != sum(y) for gain, entry in zip(theta["gain"], y, strict=True)):
        return Inequality({}, "0", "1")
    where = {
        **scaled(SUBLAYER),
        **head(x="x_c", mark="_c"),
        "U_c": "unit(centre(x_c + H_c @ transpose(w_c)))",
        "POST_c": gained("gain_c", "U_c", 1),
        "Y": "x @ transpose(wv) @ transpose(w)",
        "U": "unit(centre(Y))",
        "symbol": gained("gain", "U", 1),
        "difference": f"POST_c / c {'-' if sign > 0 else '+'} symbol",
    }
    return Inequality({"delta": delta, "c": c0 * 10**beyond, **theta}, "delta", largest("difference", 1), where)


def _wrong_symbol(**point: Any) -> Inequality:
    """Compare with −s: the two stay apart, and the inequality is true."""
    return _apart(sign=-1, **point)


WITNESS = Witness(
    "P6.post",
    "one position: c^{−1}f(cθ) = γ ⊙ N(y + c^{−2}x) with y = WW^v x, as near to γ ⊙ N(y) as one likes",
    Statement(
        _apart,
        some.tuples(networks(SUBLAYER, sizes(n=(1,), d=(3,), v=(1, 2))), some.integers(0, 6)).map(
            lambda drawn: drawn[0] | {"beyond": drawn[1]}
        ),
        (
            {"delta": Fraction(1, 10), "c0": 1},
            {"delta": Fraction(1, 1000), "c0": 10},
            {"delta": Fraction(1, 10**6), "c0": 100},
        ),
    ),
    planted=(Planted("−s for s: they stay apart", _wrong_symbol),),
)


def _block(c: Fraction, share: int = 1, degree: int = 1, **theta: Any) -> Pairs:
    """Hold the package's post-norm block against γ ⊙ N(y) and the bound, where Py ≠ 0; X exactly homogeneous."""
    still = tuple(tuple(Fraction(0) for _ in row) for row in theta["x"])
    rows = output(transformer(theta, "post"), c, degree)
    size, W = 2 * max(map(abs, theta["gain"])), row_sum(theta["w"])
    for found, row, (limit, errors) in zip(rows, theta["x"], head_errors(theta, still, c), strict=True):
        y = applied(theta["w"], [limit.value])[0]
        if len(set(y)) > 1:
            centred = centre([real(entry) for entry in y])
            argument = real(W) * errors[0] + real(greatest([row]) / c**2)
            bound = real(size) * real(len(y)).sqrt() * argument / norm(centred) * share + real(SLACK)
            symbol = [real(gain) * entry for gain, entry in zip(theta["gain"], unit(centred), strict=True)]
            yield from ((abs(real(a) - b), bound) for a, b in zip(found, symbol, strict=True))


BLOCK = Search(
    "the package's own post-norm pass (float64), one attention block, within the bound of γ ⊙ N(y), n ≤ 3, wherever Py ≠ 0; "
    "slack 2^{−30} for rounding",
    some.tuples(networks(SUBLAYER, sizes(n=(1, 2, 3), d=(2, 3), v=(1, 2))), some.integers(4, 80)).map(
        lambda drawn: drawn[0] | {"c": Fraction(drawn[1], 4)}
    ),
    _block,
    planted=(
        Planted("no error", lambda **case: _block(**case, share=0)),
        Planted("degree 0", lambda **case: _block(**case, degree=0)),
    ),
)
CLAIMS = (
    Claim(
        "P6.remark",
        place="§D.2",
        title="the degree calculus stops at post-norm",
        statement="the argument does not work for post-norm",
        latex=r"The argument does not work for post-norm.",
        why="Many transformers are post-norm. The remark is right about the argument; P6.post is about the network.",
        literal=Form(
            "X exactly 1-homogeneous and Sub(X) exactly 3-homogeneous along the ray of θ, as the feedforward block without "
            "its norm is, with an entry where neither is 0 ⇒ X + Sub(X), what LN reads in post-norm, is approximately "
            "k-homogeneous for no real k; Table 1 adds equal degrees only",
            latex=r"If $X$ is exactly $1$-homogeneous and $\operatorname{Sub}(X)$ exactly $3$-homogeneous along the ray of "
            r"$\theta$, as the feedforward block without its norm is, with an entry where neither is $0$, then "
            r"$X+\operatorname{Sub}(X)$, what $\operatorname{LN}$ reads in post-norm, is approximately $k$-homogeneous for "
            r"no real $k$; Table 1 adds equal degrees only.",
            assumptions=("no biases",),
            uses=("L3",),
            evidence=(Proof("P6.remark"), NO_DEGREE),
        ),
        repaired=None,
        expected=Expected("derived"),
    ),
    Claim(
        "P6.post",
        place="§D.2",
        title="post-norm has degree 1 too, at the rate c^{−2}",
        statement="so post-norm networks are not homogeneous, not even asymptotically (as the remark may be read)",
        latex=r"So post-norm networks are not homogeneous, not even asymptotically (as the remark may be read).",
        why="Growing post-norm networks saturate as well, only more slowly. The residual stream drops out of the limit.",
        literal=Form(
            "for every bias-less post-norm block f = LN(X + W·attn(X)) with X = x, and s = γ ⊙ N(y) ≠ 0, y the limit of "
            "c^{−3}W·attn(X): there are δ > 0 and c₀ with ‖c^{−1}f(cθ) − s‖_∞ ≥ δ for all c ≥ c₀",
            latex=r"For every bias-less post-norm block $f=\operatorname{LN}(X+W\operatorname{attn}(X))$ with $X=x$, and "
            r"$s=\gamma\odot N(y)\ne0$, $y$ being the limit of $c^{-3}W\operatorname{attn}(X)$, there are $\delta>0$ and "
            r"$c_0$ with $\lVert c^{-1}f(c\theta)-s\rVert_\infty\ge\delta$ for all $c\ge c_0$.",
            assumptions=("N(v) = Pv/‖Pv‖₂; no ε",),
            uses=("P6.remark",),
            evidence=(WITNESS,),
        ),
        repaired=Form(
            "at a position let X(cθ) = c(s + e), |s| ≤ S, |e| ≤ E, Sub(X)(cθ) = c³(y + η), |η| ≤ ε, entry by entry, and Py "
            "≠ 0.  Then f = LN(X + Sub(X)) satisfies ‖c^{−1}f(cθ) − γ ⊙ N(y)‖_∞ ≤ 2√d·‖γ‖_∞(ε + c^{−2}(S + E))/‖Py‖₂; for ε "
            "= E = 0, c²(c^{−1}f(cθ) − γ ⊙ N(y)) → γ ⊙ (Ps − ⟨N(y), Ps⟩N(y))/‖Py‖₂.  Attention and feedforward blocks are "
            "such Sub, with ε = ‖W‖δ_i of P5 and ‖W^f‖‖W^i‖E",
            latex=r"At a position let $X(c\theta)=c(s+e)$, $|s|\le S$, $|e|\le E$, "
            r"$\operatorname{Sub}(X)(c\theta)=c^3(y+\eta)$, $|\eta|\le\varepsilon$ entrywise, and $Py\ne0$. Then "
            r"$f=\operatorname{LN}(X+\operatorname{Sub}(X))$ satisfies $\lVert c^{-1}f(c\theta)-\gamma\odot "
            r"N(y)\rVert_\infty\le2\sqrt d\,\lVert\gamma\rVert_\infty(\varepsilon+c^{-2}(S+E))/\lVert Py\rVert_2$; for "
            r"$\varepsilon=E=0$, $c^2(c^{-1}f(c\theta)-\gamma\odot N(y))\to\gamma\odot(Ps-\langle N(y),Ps\rangle "
            r"N(y))/\lVert Py\rVert_2$. Attention and feedforward blocks are such $\operatorname{Sub}$, with "
            r"$\varepsilon=\lVert W\rVert\delta_i$ of P5 and $\varepsilon=\lVert W^f\rVert\lVert W^i\rVert E$.",
            assumptions=("N(v) = Pv/‖Pv‖₂; no biases, no ε", "‖W‖ is the largest row sum of |W|"),
            uses=("P4'", "P6.own'"),
            evidence=(Proof("P6.post"), BLOCK),
        ),
        expected=Expected("refuted", "derived"),
    ),
)
