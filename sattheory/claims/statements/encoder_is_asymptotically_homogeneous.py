"""P6, corollary: the bias-less encoder of any depth is approximately 1-homogeneous, and 2-homogeneous with a linear classifier.

The conclusion that the paper draws from P4 to P6 (paper §D.2): a network whose parameters grow computes, up to its length,
one and the same function, the saturated one.  One layer refutes it as stated, because its attention block does (P5).

The degrees are right.  The stream has degree 1 and the logits degree 2 in the sense that c^{−1}X_L(cθ) and c^{−2}W^c X_L(cθ)
converge, and they do so exponentially fast in c⁴ (TheoremA): what fails is only the demand for an absolute error that does
not grow with c.
"""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from functools import cache
from typing import Any

import hypothesis.strategies as some
import numpy as np

from sattheory.arithmetic.floats import Floats
from sattheory.claims import Claim, Expected, Form, Inequality, Planted, Proof, Search, Statement, Witness
from sattheory.claims.cases.exact_cases import cases
from sattheory.claims.cases.paper_formulas import FEEDFORWARD, SUBLAYER, approximately_homogeneous, encoder_layer, scaled
from sattheory.claims.cases.paper_networks import grown, reaches, sizes
from sattheory.claims.cases.saturated_cases import R1, Saturated, examine, inputs, largest
from sattheory.claims.inequality import Pairs
from sattheory.network.transformer import Transformer

ARRAYS = (*SUBLAYER, *FEEDFORWARD)
SIZES = sizes(n=(2,), d=(3,), v=(3,))


def _encoder(d: Any, rho: Any, c: int, **theta: Any) -> Inequality:
    """|X_1(cθ) − c·X_1(θ)| ≤ e^{−d‖θ‖} for one layer, where ‖θ‖ ≥ ρ; elsewhere the definition asks for nothing."""
    if not reaches(theta, rho):
        return Inequality({}, "0", "1")
    n, width = len(theta["x"]), len(theta["wk"])
    sides = approximately_homogeneous("FF", n, ARRAYS)
    where = {
        **scaled(ARRAYS),
        **encoder_layer(n, width, normaliser="unit"),
        **encoder_layer(n, width, x="x_c", mark="_c", normaliser="unit"),
        "error": sides["error"],
    }
    return Inequality({"d": d, "c": c, **theta}, sides["left"], sides["right"], where)


def _even(d: Any, rho: Any, c: int, **theta: Any) -> Inequality:
    """Take the queries away, and with them all that depends on c: the inequality is true there."""
    return _encoder(d, rho, c, **theta | {"wq": ((0, 0, 0),)})


WITNESS = Witness(
    "P6.corollary",
    "one layer, two tokens: the attention block's error, however large ‖θ‖ is (see P5), passes the feedforward block",
    Statement(
        _encoder,
        lambda d, rho: some.tuples(grown(ARRAYS, SIZES, rho), some.integers(2, 9)).map(lambda drawn: drawn[0] | {"c": drawn[1]}),
        (
            {"d": Fraction(1), "rho": 1},
            {"d": Fraction(1, 10), "rho": 10},
            {"d": Fraction(1, 100), "rho": 100},
        ),
    ),
    planted=(Planted("without queries: even weights at every scale, and no error", _even),),
)
SEEDS, ROWS, CLASSES, SCALE = 44, 25, 2, 30.0
DECIDED, SLACK = 60.0, 1e-6


def _classifier(generator: np.random.Generator) -> tuple[Transformer, int]:
    """Draw an encoder of the paper with a classifier, its parameters whole numbers."""
    layers, width, heads, inner = (int(number) for number in generator.integers((1, 2, 1, 1), (4, 4, 3, 4)))
    network = Transformer.random(
        layers=layers,
        width=width,
        heads=heads,
        key_width=2,
        value_width=2,
        feedforward=inner,
        vocabulary=40,
        classes=CLASSES,
        initialisation="integers",
        seed=int(generator.integers(0, 2**31)),
    )
    return network, int(generator.integers(2, 4))


@cache
def _logits(seed: int) -> tuple[Saturated, Any, Any, Any] | None:
    """Saturate the encoder on many inputs; give its logits over c² and over c³, and the classifier of the saturated stream."""
    network, tokens = inputs(seed, _classifier, ROWS)
    learned = network.parameters.classifier
    assert learned is not None
    encoder = Transformer(network.configuration.replace(classes=0), dataclasses.replace(network.parameters, classifier=None))
    case = examine(encoder, tokens, both=False)
    if case is None:
        return None
    ops = Floats(SCALE)
    found = network.forward(ops, tokens)
    return case, ops.at_scales(found, 2)[0], ops.at_scales(found, 3)[0], case.layerwise @ learned.weight.T


def _degree_two(seed: int, row: int, wrong: int = 0) -> Pairs:
    """Logits over c² (with wrong = 1, over c³) within rounding of W·X̂, where all gaps of scores are decided at c = 30."""
    known = _logits(seed)
    if known is not None and known[0].known[row] and known[0].gap[row] * SCALE**4 >= DECIDED:
        expected = known[3][row]
        error = float(np.abs(known[1:3][wrong][row] - expected).max())
        yield Fraction(error), Fraction(SLACK * (1 + float(np.abs(expected).max())))


def _stream(seed: int, row: int) -> Pairs:
    """Hold c^{−1}X_L against 2X̂, as if the stream did not saturate."""
    known = _logits(seed)
    if known is not None and known[0].known[row]:
        yield Fraction(float(largest(2 * known[3] - known[1])[row])), Fraction(SLACK)


SEARCH = Search(
    "the package's own pass (float64) at c = 30, up to 3 layers and 2 heads, small integer weights, ties of all kinds: the "
    "logits over c² are W·X̂ to 10⁻⁶, wherever (R1) holds and g·30⁴ ≥ 60",
    cases(seed=range(SEEDS), row=range(ROWS)),
    _degree_two,
    planted=(
        Planted("degree 3", lambda seed, row: _degree_two(seed, row, 1)),
        Planted("twice the limit", _stream),
    ),
)
CLAIMS = (
    Claim(
        "P6.corollary",
        place="§D.2",
        title="stream of degree 1 and logits of degree 2, asymptotically",
        statement="the bias-less encoder of any depth is approximately 1-homogeneous; with a linear classifier, 2-homogeneous",
        latex=r"The bias-less encoder of any depth is approximately $1$-homogeneous; with a linear classifier, $2$-homogeneous.",
        why="Growth changes length, not direction: the paper draws this from it. The limit is right, Definition 3 is not met.",
        literal=Form(
            "for every number of layers there are d > 0 and ρ with |X_L(cθ) − cX_L(θ)| ≤ e^{−d‖θ‖}, entry by entry, for all "
            "c ≥ 1 and ‖θ‖ ≥ ρ where LN is defined, and the logits W·X_L are approximately 2-homogeneous",
            latex=r"For every number of layers there are $d>0$ and $\rho$ with $|X_L(c\theta)-cX_L(\theta)|\le "
            r"e^{-d\lVert\theta\rVert}$ entrywise for all $c\ge1$ and $\lVert\theta\rVert\ge\rho$ where $\operatorname{LN}$ "
            r"is defined, and the logits $W X_L$ are approximately $2$-homogeneous.",
            assumptions=("X_0 = x, X_ℓ = FF(MSA(X_{ℓ−1})); no biases, no ε",),
            uses=("P5", "P6", "P6.own", "T1.linear"),
            evidence=(WITNESS,),
        ),
        repaired=Form(
            "with X̂, η(c) = (Kc⁴)^B e^{−gc⁴} as in TheoremA: |c^{−1}X_L(cθ) − X̂| ≤ η(c) and |c^{−2}·logits(cθ) − W·X̂| ≤ "
            "‖W‖η(c), entry by entry, for all large c: degree 1, and degree 2 wherever W·X̂ ≠ 0, at the rate e^{−δc⁴} for "
            "every δ < g",
            latex=r"With $\hat X$ and $\eta(c)=(Kc^4)^Be^{-gc^4}$ as in TheoremA: $|c^{-1}X_L(c\theta)-\hat X|\le\eta(c)$ "
            r"and $|c^{-2}\operatorname{logits}(c\theta)-W\hat X|\le\lVert W\rVert\eta(c)$ entrywise for all large $c$: "
            r"degree $1$, and degree $2$ wherever $W\hat X\ne0$, at the rate $e^{-\delta c^4}$ for every $\delta<g$.",
            assumptions=("no biases, ReLU, ε = 0, LN(0) := 0", R1, "‖W‖ is the largest row sum of |W|"),
            uses=("TheoremA",),
            evidence=(Proof("P6.corollary"), SEARCH),
        ),
        expected=Expected("refuted", "derived"),
    ),
)
