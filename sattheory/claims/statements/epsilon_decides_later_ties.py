"""TheoremA.epsilon: an ε in the norms, however small, can change the limit; it takes three layers and ties.

An ε beside a squared length of order c⁶ is a relative error c^{−6}.  Scores of order c⁴ turn it into c^{−2} in the second layer,
which shifts tied weights a little, and into c² in the third, which decides a tie there for good.  If tied positions have equal
values this does no harm, and the limit is that of ε = 0, at the rate c^{−6} instead of an exponential one.

The paper's LN has no ε (paper App. C); every implementation has one.  The network is one of the package's examples (`epsilon-1`),
found by hand; the statement is about limits, so nothing generic searches it.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np

from sattheory.claims.cases.placed_formulas import arrays, attention_network
from sattheory.claims.cases.saturated_cases import R1, R2, ROWS, compared, examine, inputs, population
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.given_networks import WITH_EPSILON
from sattheory.claims.inequality import Inequality, Pairs
from sattheory.claims.search import Search
from sattheory.claims.witness import Statement, Witness
from sattheory.network.examples import EXAMPLES
from sattheory.network.transformer import Transformer

ROUNDING = 1e-14
NETWORK = arrays(EXAMPLES["epsilon-1"].network)


def _formulas(layers: int) -> dict[str, str]:
    """Write the network at the scale c with the point's ε, and with none."""
    sizes = {"n": 2, "layers": layers, "key_width": 2, "scores": False}
    with_epsilon = attention_network("res_post", epsilon="epsilon", mark="_c", **sizes)  # type: ignore[arg-type]
    return with_epsilon | attention_network("res_post", mark="_o", **sizes)  # type: ignore[arg-type]


def _apart(c0: int, c: int, layers: int = 3) -> Inequality:
    """With ε = 1 and without, token 1 after some layers is at most ¼ apart at the scale c₀ + c, over that scale."""
    left = f"norm(X{layers}_c[0] - X{layers}_o[0]) / c"
    return Inequality(NETWORK | {"c": c0 + c, "epsilon": 1}, left, "1 / 4", _formulas(layers))


def _two_layers(c0: int, c: int) -> Inequality:
    return _apart(c0, c, 2)


WITNESS = Witness(
    "TheoremA.epsilon",
    says="three attention layers, n = 2, d = 3, whole numbers: from c = 100 on the outputs with ε = 1 and without are 0.41·c "
    "apart",
    statement=Statement(_apart, constants=tuple({"c0": c0} for c0 in (1, 10**3, 10**6, 10**12))),
    planted=(Planted("the stream after two layers: there the inequality is true", _two_layers),),
)


def _network(generator: np.random.Generator) -> tuple[Transformer, int]:
    """Draw a network without biases and with ε = 0: whole numbers or normal."""
    network = Transformer.random(
        layers=int(generator.integers(1, 4)),
        width=int(generator.integers(2, 4)),
        heads=int(generator.integers(1, 3)),
        key_width=2,
        value_width=2,
        feedforward=int(generator.integers(0, 4)),
        vocabulary=40,
        norm=("layer", "rms")[generator.integers(0, 4) // 3],
        initialisation=("integers", "integers", "normal")[generator.integers(0, 3)],
        seed=int(generator.integers(0, 2**31)),
    )
    return network, int(generator.integers(2, 4))


@cache
def _compared(seed: int, shift: int = 0) -> list[list[tuple[float, float]]]:
    """Hold the network with ε against the limit of the one without: order 6, or 2 where (R2) fails and there are two layers."""
    network, tokens = inputs(seed, _network, ROWS)
    epsilon = (1.0, 0.25, 4.0)[seed % 3]
    other = Transformer(network.configuration.replace(epsilon=epsilon), network.parameters)
    shallow = network.configuration.layers < 3
    case = examine(network, tokens, both=not shallow, other=other)
    if case is None:
        return []
    six, two = compared(case, 6 + shift), compared(case, 2 + shift, ROUNDING)
    return [six[row] if case.agreeing[row] else two[row] for row in range(ROWS)]


def _bounded(seed: int, row: int, shift: int = 0) -> Pairs:
    found = _compared(seed, shift)
    yield from ((Fraction(left), Fraction(right)) for left, right in (found[row] if found else ()))


SEARCH = Search(
    "ε ∈ {¼, 1, 4}, wherever (R1) and (R2) hold: the limit is X̂ and the coefficients of the series before order 6 vanish (to "
    "10⁻⁹); where (R2) fails, up to two layers: those before order 2",
    population,
    _bounded,
    planted=(Planted("each order larger by one", lambda seed, row: _bounded(seed, row, 1)),),
)
CLAIMS = (
    Claim(
        "TheoremA.epsilon",
        place="ours",
        title="ε changes the limit where ties have unequal values",
        statement="ε > 0 in the norms does not change the limit of the encoder without biases",
        latex=r"$\varepsilon > 0$ in the norms does not change the limit of the encoder without biases.",
        why="Every implementation has an ε, the paper's LN has none. Where it matters the saturated network depends on it, "
        "and not on its size.",
        literal=Form(
            "let X^ε(cθ) be the encoder of TheoremA with LN(v) = Pv/√(‖Pv‖² + ε).  If (R1) holds with and without ε, then for "
            "every ε > 0 c^{−1}X^ε(cθ) − c^{−1}X⁰(cθ) → 0 as c → ∞",
            assumptions=("the paper's placement X + LN(Sub X), ReLU, LN(0) := 0; no biases", R1),
            evidence=(WITNESS,),
            latex=r"Let $X^\varepsilon(c\theta)$ be the encoder of TheoremA with $\operatorname{LN}(v) = Pv/\sqrt{\lVert Pv "
            r"\rVert^2 + \varepsilon}$. If (R1) holds with and without $\varepsilon$, then for every $\varepsilon > 0$ "
            r"$c^{-1}X^\varepsilon(c\theta) - c^{-1}X^0(c\theta) \to 0$ as $c \to \infty$.",
            uses=("TheoremA",),
        ),
        repaired=Form(
            "let X̂ be the saturated stream of TheoremA, which does not depend on ε.  (a) Under (R1) and (R2) X^ε(cθ) = c(X̂ "
            "+ O(c^{−6})) for every ε > 0, and 6 is attained.  (b) Under (R1) alone X^ε(cθ) = c(X̂ + O(c^{−2})) for networks "
            "of at most two layers; for three this is false",
            assumptions=("the paper's placement X + LN(Sub X), ReLU, LN(0) := 0; no biases", R1, f"for (a): {R2}"),
            evidence=(Proof("TheoremA.epsilon"), WITH_EPSILON, SEARCH),
            latex=r"Let $\hat X$ be the saturated stream of TheoremA, which does not depend on $\varepsilon$. (a) Under (R1) "
            r"and (R2) $X^\varepsilon(c\theta) = c(\hat X + O(c^{-6}))$ for every $\varepsilon > 0$, and $6$ is attained. (b) "
            r"Under (R1) alone $X^\varepsilon(c\theta) = c(\hat X + O(c^{-2}))$ for networks of at most two layers; for three "
            r"this is false.",
            uses=("TheoremA", "TheoremB", "AH.norm"),
        ),
        expected=Expected("refuted", "derived"),
        kind="ours",
    ),
)
