"""D4: a self-attention head is K = W^k X, Q = W^q X, V = W^v X, A = softmax(QKᵀ/√d_k), H = AV.

A definition, and what there is to show of a definition: that it defines something for every input and every θ, and that what
this package runs is what it defines (paper §D.1).  A head always exists, because a softmax divides by a positive number; its
output is a weighted mean of the values.  The paper writes W X with positions as columns or rows as the formula needs; here W
acts on each row of X.

D4.pass holds the package's own forward pass against D4 to D6 written as formulas.  All evidence that runs a network rests on
it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims import Claim, Expected, Form, Planted, Proof, Search
from sattheory.claims.cases.paper_formulas import ATTENTION, FEEDFORWARD, MARK, Formulas, encoder_layer, head, scaled
from sattheory.claims.cases.paper_networks import Network, applied, networks, output, sizes, transformer
from sattheory.claims.formulas import centre, evaluate, norm, real
from sattheory.claims.inequality import Pairs, enclose
from sattheory.network.configuration import Placement

SLACK, SHORTEST = Fraction(1, 2**30), Fraction(1, 16)


def _evaluated(theta: Network, formulas: Formulas) -> dict[str, Any]:
    names = {name: enclose(value) for name, value in theta.items()}
    for name, formula in formulas.items():
        names[name] = evaluate(formula, names)
    return names


def _mean(tight: int = 1, **theta: Any) -> Pairs:
    """Every entry of H between the smallest and the largest value."""
    names = _evaluated(theta, head(len(theta["wk"])))
    values = applied(theta["wv"], theta["x"])
    for column, found in zip(zip(*values, strict=True), zip(*names["H"], strict=True), strict=True):
        yield from ((real(Fraction(min(column), tight) - SLACK), x) for x in found)
        yield from ((x, real(Fraction(max(column), tight) + SLACK)) for x in found)


MEAN = Search(
    "H between the smallest and the largest value, n ≤ 3, within 2^{−30}",
    networks(ATTENTION, sizes(n=(1, 2, 3), d=(1, 2), k=(1, 2))),
    _mean,
    planted=(Planted("between half of the smallest and half of the largest", lambda **theta: _mean(2, **theta)),),
)
HEADS = {1: ("",), 2: ("a", "b")}


def _names(layers: int, heads: int) -> tuple[str, ...]:
    """List the arrays of an encoder with all its tags."""
    found = ["x"]
    for layer in range(1, layers + 1):
        found += [f"{name}{layer}{mark}" for name in ("wk", "wq", "wv", "w") for mark in HEADS[heads]]
        found += [f"{name}{layer}" for name in ("gain", *FEEDFORWARD)]
    return tuple(found)


def _encoder(theta: Network, layers: int, heads: int) -> tuple[Formulas, list[str]]:
    """Write the formulas of cθ, and name what its norms divide by."""
    formulas, lengths, x = scaled(theta), [], f"x{MARK}"
    width = len(theta[f"wk1{HEADS[heads][0]}"])
    for layer in range(1, layers + 1):
        formulas |= encoder_layer(len(theta["x"]), width, x=x, tag=str(layer), mark=MARK, heads=HEADS[heads])
        lengths += [f"WH{layer}{MARK}", f"WI{layer}{MARK}"]
        x = f"FF{layer}{MARK}"
    return formulas, lengths


def _agree(theta: Network, layers: int, heads: int, c: int, placement: Placement = "res_post", scale: int = 1) -> Pairs:
    """Hold the package's pass against the formulas, where no norm divides by something small but not 0."""
    formulas, lengths = _encoder(theta, layers, heads)
    names = _evaluated({**theta, "c": c}, formulas)
    if all(_sizeable(row) for name in lengths for row in names[name]):
        found = output(transformer(theta, placement), Fraction(c * scale), 0)
        for left, right in zip(found, names[f"FF{layers}{MARK}"], strict=True):
            yield from ((abs(real(a) - b), real(SLACK) * (1 + abs(b))) for a, b in zip(left, right, strict=True))


def _sizeable(row: Any) -> bool:
    centred = centre(row)
    return all(entry.is_zero() for entry in centred) or bool(norm(centred) >= real(SHORTEST))


def _encoders(layers: int, heads: int) -> Any:
    drawn = networks(_names(layers, heads), sizes(n=(1, 2, 3), d=(2, 3), k=(1, 2)[: 3 - layers], f=(1, 2)))
    return drawn.map(lambda theta: {"theta": theta, "layers": layers, "heads": heads})


PASS = Search(
    "the package's own forward pass (float64) and the formulas, up to 2 layers and 2 heads, n ≤ 3, at c = 1 and 2: relative "
    "distance at most 2^{−30}, wherever each ‖Pv‖₂ under a norm is 0 exactly or at least 1/16",
    some.tuples(
        some.one_of(*[_encoders(layers, heads) for layers in (1, 2) for heads in (1, 2)]),
        some.integers(1, 2),
    ).map(lambda drawn: drawn[0] | {"c": drawn[1]}),
    _agree,
    planted=(
        Planted("Xiong's pre-norm", lambda **case: _agree(**case, placement="pre")),
        Planted("post-norm", lambda **case: _agree(**case, placement="post")),
        Planted("another scale", lambda **case: _agree(**case, scale=2)),
    ),
)
CLAIMS = (
    Claim(
        "D4",
        place="§D.1",
        title="a head is a weighted mean of its values, for every θ",
        statement="K = W^k X, Q = W^q X, V = W^v X, A = softmax(QKᵀ/√d_k), H = AV",
        latex=r"$K=W^kX$, $Q=W^qX$, $V=W^vX$, $A=\operatorname{softmax}(QK^\top/\sqrt{d_k})$, $H=AV$",
        why="All later statements are about this head. It is defined everywhere, unlike the blocks with a norm.",
        literal=Form(
            "for all X, W^k, W^q, W^v: A and H are defined, 0 < A_ij ≤ 1, Σ_j A_ij = 1, and each entry of H_i lies between "
            "the smallest and the largest of that entry of V_1, …, V_n",
            latex=r"For all $X$, $W^k$, $W^q$, $W^v$: $A$ and $H$ are defined, $0<A_{ij}\le1$, $\sum_jA_{ij}=1$, and each "
            r"entry of $H_i$ lies between the smallest and the largest of that entry of $V_1,\dots,V_n$.",
            assumptions=("positions are the rows of X, and W X means W applied to each row",),
            evidence=(Proof("D4"), MEAN),
        ),
        repaired=None,
        expected=Expected("derived"),
        kind="definition",
    ),
    Claim(
        "D4.pass",
        place="ours",
        title="the package's forward pass computes D4, D5 and D6",
        statement="placement res_post, no biases, norms of unit length, ε = 0: the package computes FF(MSA(X)) layer by layer",
        latex=r"With the norm behind the block, no biases, norms of unit length and $\varepsilon=0$ the package computes "
        r"$\operatorname{FF}(\operatorname{MSA}(X))$ layer by layer.",
        why="Searches and limits run the package's pass, witnesses the paper's formulas. They must be the same function.",
        literal=Form(
            "for every encoder of the paper and every c: the forward pass of st.Transformer at scale c, in exact arithmetic, "
            "is X_ℓ = FF(MSA(X_{ℓ−1})) of D4 to D6 with the parameters cθ and LN(0) := 0",
            latex=r"For every encoder of the paper and every $c$: the forward pass of the package at scale $c$, in exact "
            r"arithmetic, is $X_\ell=\operatorname{FF}(\operatorname{MSA}(X_{\ell-1}))$ of D4 to D6 with the parameters "
            r"$c\theta$ and $\operatorname{LN}(0):=0$.",
            uses=("D4", "D5'", "D6'"),
            evidence=(Proof("D4.pass"), PASS),
        ),
        repaired=None,
        expected=Expected("derived"),
        kind="ours",
    ),
)
