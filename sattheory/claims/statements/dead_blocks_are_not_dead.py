"""TheoremA.gelu: a block that is dead with ReLU is only exponentially small with GELU or SiLU, and LN makes a unit vector of it.

GELU and SiLU tend to ReLU as their argument grows, so one expects the same limit.  But where all units of a feedforward block
are negative, ReLU's output is 0 and LN(0) := 0, while theirs is a tiny vector with a direction, that of the unit nearest to zero.
An LN without ε cannot tell tiny from large.  This happens on an open set of θ.

It concerns the paper's placement only, X + LN(Sub X) (paper App. D.1, with ReLU).  Cures are an outer bias, ε > 0, post-norm, or
Xiong's placement.  The witness was found by hand: the statement is about limits, so nothing generic searches it.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from sattheory.claims.cases.paper_formulas import FEEDFORWARD, SUBLAYER, encoder_layer, gained, scaled
from sattheory.claims.cases.paper_networks import transformer
from sattheory.claims.cases.saturated_cases import R2, ROWS, compared, examine, inputs, population
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.inequality import Inequality, Pairs
from sattheory.claims.search import Search
from sattheory.claims.statements.biases_slow_saturation_down import FLAT, KINDS, ORDERS, order
from sattheory.claims.witness import Statement, Witness
from sattheory.network.transformer import Transformer

IDENTITY = ((1, 0), (0, 1))
NETWORK: dict[str, Any] = {
    "x": ((1, 0),),
    "wk": ((1, 0),),
    "wq": ((1, 0),),
    "wv": IDENTITY,
    "w": IDENTITY,
    "gain": (1, 1),
    "wi": ((-1, 0), (-2, 0)),
    "wf": IDENTITY,
    "ffgain": (1, 1),
}


def _formulas() -> dict[str, str]:
    """Write one layer at the scale c with ReLU (FF_c), with GELU (FF_g) and with SiLU (FF_s)."""
    formulas = scaled((*SUBLAYER, *FEEDFORWARD)) | encoder_layer(1, x="x_c", mark="_c")
    for letter, activation in (("g", "gelu"), ("s", "silu")):
        formulas |= {
            f"WI_{letter}": f"{activation}(MSA_c @ transpose(wi_c)) @ transpose(wf_c)",
            f"NF_{letter}": f"unit0(centre(WI_{letter}))",
            f"FF_{letter}": f"{gained('ffgain_c', f'NF_{letter}', 1)} + MSA_c",
        }
    return formulas


def _apart(c0: int, c: int, wi: Any = NETWORK["wi"]) -> Inequality:
    """At the scale c₀ + c the output with GELU, or that with SiLU, is within ½ of that with ReLU, over the scale."""
    left = "min([norm(FF_g[0] - FF_c[0]), norm(FF_s[0] - FF_c[0])]) / c"
    return Inequality(NETWORK | {"wi": wi, "c": c0 + c}, left, "1 / 2", _formulas())


def _one_unit_alive(c0: int, c: int) -> Inequality:
    return _apart(c0, c, ((-1, 0), (2, 0)))


WITNESS = Witness(
    "TheoremA.gelu",
    says="one token, d = 2, one layer: pre-activations −(1 + 1/√2)c²(1, 2); at every c ≥ 1 the outputs with GELU and with "
    "SiLU are (c, 0), at distance c from that with ReLU",
    statement=Statement(_apart, constants=tuple({"c0": c0} for c0 in (1, 10, 100))),
    planted=(Planted("one unit alive: there the inequality is true", _one_unit_alive),),
)


def _network(generator: np.random.Generator) -> tuple[Transformer, int]:
    """Draw a network with feedforward blocks of few units, often dead."""
    kind = list(KINDS)[generator.integers(0, len(KINDS))]
    possible = [bias for bias in ORDERS if not (bias == "norm" and "gain" in KINDS[kind])]
    network = Transformer.random(
        layers=int(generator.integers(1, 3)),
        width=int(generator.integers(2, 4)),
        key_width=2,
        value_width=2,
        feedforward=int(generator.integers(1, 4)),
        vocabulary=40,
        biases={bias for bias in possible if generator.integers(0, 4) == 0},
        initialisation=("integers", "normal")[generator.integers(0, 2)],
        seed=int(generator.integers(0, 2**31)),
        **KINDS[kind],
    )
    return network, int(generator.integers(2, 4))


@cache
def _compared(seed: int, shift: int = 0) -> list[list[tuple[float, float]]]:
    """Hold the network with GELU or SiLU, at times with ε, against the saturated ReLU network."""
    network, tokens = inputs(seed, _network, ROWS)
    p, paper = order(network), network.configuration.placement == "res_post"
    epsilon = 1.0 if paper and seed % 3 == 0 else 0.0
    activation = ("gelu", "silu", "gelu_tanh")[seed % 7 % 3]
    other = Transformer(network.configuration.replace(activation=activation, epsilon=epsilon), network.parameters)
    case = examine(network, tokens, both=p < FLAT or epsilon > 0, other=other, alive=epsilon == 0)
    return [] if case is None else compared(case, min(p, 6 if epsilon else FLAT) + shift)


def _bounded(seed: int, row: int, shift: int = 0) -> Pairs:
    found = _compared(seed, shift)
    yield from ((Fraction(left), Fraction(right)) for left, right in (found[row] if found else ()))


@cache
def _witness() -> list[tuple[float, float]]:
    network = transformer(NETWORK)
    other = Transformer(network.configuration.replace(activation="silu"), network.parameters)
    case = examine(network, np.array([[0]]), other=other)
    return [] if case is None else compared(case, FLAT)[0]


def _dead(seed: int, row: int) -> Pairs:
    """Allow norms that read zero, on the witness' network."""
    yield from ((Fraction(left), Fraction(right)) for left, right in _witness())


SEARCH = Search(
    "GELU (erf and tanh) and SiLU, all placements and biases, in the paper's placement also ε = 1, wherever the assumptions "
    "hold: the limit is the ReLU network's and the coefficients of the series before order p vanish (to 10⁻⁹)",
    population,
    _bounded,
    planted=(
        Planted("each order larger by one", lambda seed, row: _bounded(seed, row, 1)),
        Planted("a dead block before an LN without ε", _dead),
    ),
)
CLAIMS = (
    Claim(
        "TheoremA.gelu",
        place="ours",
        title="dead GELU and SiLU blocks move the limit by unit vectors",
        statement="with GELU or SiLU in place of ReLU the encoder without biases has the same limit, for almost every θ",
        latex=r"With GELU or SiLU in place of ReLU the encoder without biases has the same limit, for almost every $\theta$.",
        why="Trained networks use GELU, the paper ReLU. The difference is an artefact of an LN without ε, and easy to cure.",
        literal=Form(
            "for almost every θ, c^{−1}X^φ(cθ) − c^{−1}X^{ReLU}(cθ) → 0 as c → ∞, for φ = GELU and φ = SiLU",
            assumptions=("the paper's placement X + LN(Sub X), ε = 0, LN(0) := 0; no biases",),
            evidence=(WITNESS,),
            latex=r"For almost every $\theta$, $c^{-1}X^{\varphi}(c\theta) - c^{-1}X^{\operatorname{ReLU}}(c\theta) \to 0$ as "
            r"$c \to \infty$, for $\varphi$ GELU and for $\varphi$ SiLU.",
            uses=("TheoremA", "AH.gelu"),
        ),
        repaired=Form(
            "let X̂ be the saturated stream of the ReLU network.  (a) In the paper's placement, without biases and with ε = "
            "0, if every norm's argument has a nonconstant symbol in the ReLU network, X^φ(cθ) = c(X̂ + O(e^{−δc^q})) for "
            "some δ > 0, q = 4 for GELU and 2 for SiLU, with arbitrary ties.  (b) In any placement, with any biases, ε = 0, or "
            "ε > 0 as in TheoremB: under (R2) and the same condition the limit is X̂ and the rate that of TheoremB, or as in "
            "(a) where that is exponential.  The symbol meant is TheoremB's Ŝ_i in the paper's placement and in post-norm, "
            "x̂_i in Xiong's; but where all pre-activation symbols of a feedforward block are negative, that of the outer "
            "bias in the paper's placement, of the stream with that bias in post-norm.  With ε > 0 such positions may be "
            "without an outer bias in the paper's placement",
            assumptions=("φ = GELU or SiLU", f"for (b): {R2}"),
            evidence=(Proof("TheoremA.gelu"), SEARCH),
            latex=r"Let $\hat X$ be the saturated stream of the ReLU network. (a) In the paper's placement, without biases "
            r"and with $\varepsilon = 0$, if every norm's argument has a nonconstant symbol in the ReLU network, "
            r"$X^{\varphi}(c\theta) = c(\hat X + O(e^{-\delta c^q}))$ for some $\delta > 0$, $q = 4$ for GELU and $2$ for "
            r"SiLU, with arbitrary ties. (b) In any placement, with any biases, $\varepsilon = 0$, or $\varepsilon > 0$ as in "
            r"TheoremB: under (R2) and the same condition the limit is $\hat X$ and the rate that of TheoremB, or as in (a) "
            r"where that is exponential. The symbol meant is TheoremB's $\hat S_i$ in the paper's placement and in post-norm, "
            r"$\hat x_i$ in Xiong's; but where all pre-activation symbols of a feedforward block are negative, that of the "
            r"outer bias in the paper's placement, of the stream with that bias in post-norm. With $\varepsilon > 0$ such "
            r"positions may be without an outer bias in the paper's placement.",
            uses=("TheoremA", "TheoremB", "AH.gelu"),
        ),
        expected=Expected("refuted", "derived"),
        kind="ours",
    ),
)
