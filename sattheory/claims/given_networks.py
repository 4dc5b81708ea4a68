"""The networks on which TheoremA, TheoremA.epsilon, TheoremB and Pattern are certified, and what each is promised there.

Small random networks with normal weights stand for almost every θ; whole numbers and the package's examples bring ties.  Where a
theorem says that an assumption cannot be dropped, the example that violates it is here too, promised another limit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sattheory.claims.certified_networks import Case, NetworkCertificate, Promise
from sattheory.claims.evidence import Planted
from sattheory.network.examples import EXAMPLES
from sattheory.network.transformer import Transformer

TOKENS, TERMS_FOR_SIX = (0, 1, 2), 10
PLACED = {"res_post": "paper's placement", "post": "post-norm", "pre": "Xiong"}


def _random(seed: int, **choices: Any) -> Transformer:
    sizes = {"layers": 2, "width": 3, "heads": 1, "key_width": 2, "value_width": 2, "feedforward": 2, "vocabulary": 8}
    return Transformer.random(seed=seed, **({"initialisation": "normal"} | sizes | choices))


def _biased(placement: str, bias: str, order: int, degree: int = 1) -> tuple[Case, Promise]:
    """Draw a network with one kind of bias, or none."""
    feedforward = 2 if bias in ("", "inner") else 0
    network = _random(0, placement=placement, biases={bias} - {""}, feedforward=feedforward)
    label = f"{PLACED[placement]}, {bias + ' biases' if bias else 'no biases'}, seed 0"
    return Case(label, network, TOKENS), Promise(degree, order=order)


def _example(name: str, promise: Promise, saturated: str | None = None, terms: int = 6) -> tuple[Case, Promise]:
    example, other = EXAMPLES[name], None if saturated is None else EXAMPLES[saturated].network
    return Case(f"example {name}", example.network, example.tokens, other, terms), promise


def _with_epsilon(seed: int) -> tuple[Case, Promise]:
    network = _random(seed, epsilon=1.0)
    plain = Transformer(network.configuration.replace(epsilon=0.0), network.parameters)
    return Case(f"two layers with ε = 1, seed {seed}", network, TOKENS, plain, TERMS_FOR_SIX), Promise(1, order=6)


def _other_limit(promise: Promise) -> Promise:
    return replace(promise, limit="another" if promise.limit == "layerwise" else "layerwise")


LIMIT = Planted("layerwise saturation exchanged for another limit, and another limit for it", _other_limit)
DEGREE = Planted("the degree larger by one", lambda promise: replace(promise, degree=promise.degree + 1))
HIGHER = Planted("the order larger by one", lambda promise: replace(promise, order=promise.order + 1))
EXPONENTIAL = Planted("an exponential rate", lambda promise: replace(promise, power=4))

EXACTLY_LAYERWISE = Promise(1, power=4, attends="same")
TIED = _example("epsilon-0", EXACTLY_LAYERWISE)
POST, PRE = _biased("post", "", 2), _biased("pre", "", 2, degree=3)
WITHOUT_BIASES = NetworkCertificate(
    "for every c from some c₀ on the distance to X̂ is at most F exp(−g(c⁴ − c₀⁴)), with the same keys attended",
    (
        (
            Case(
                "whole numbers, causal, two heads, seed 0",
                _random(0, initialisation="integers", mask="causal", heads=2),
                TOKENS,
            ),
            EXACTLY_LAYERWISE,
        ),
        (
            Case(
                "normal weights, norm and key biases, three layers, seed 0", _random(0, layers=3, biases={"norm", "key"}), TOKENS
            ),
            EXACTLY_LAYERWISE,
        ),
        TIED,
    ),
    planted=(
        LIMIT,
        DEGREE,
        Planted("exponential in c³ instead of c⁴", lambda promise: replace(promise, power=3)),
        Planted("an algebraic rate of order 1, attained", lambda promise: replace(promise, power=None, order=1)),
        Planted("fewer keys attended than layerwise", lambda promise: replace(promise, attends="less")),
    ),
)
WITH_EPSILON = NetworkCertificate(
    "with ε = 1 the limit is X̂ and order 6 is attained on two random networks; on three layers with ties it is another",
    (_with_epsilon(0), _with_epsilon(1), _example("epsilon-1", Promise(1, order=2, limit="another"), "epsilon-0")),
    planted=(LIMIT, HIGHER, EXPONENTIAL),
)
WITH_BIASES = NetworkCertificate(
    "the limit is X̂ and order p of the table is attained; where (R2) fails the limit is another",
    (
        _biased("res_post", "value", 1),
        _biased("res_post", "output", 2),
        POST,
        _biased("post", "value", 1),
        PRE,
        _biased("pre", "inner", 1, degree=3),
        _example("tie-pre", Promise(3, order=2, limit="another")),
    ),
    planted=(LIMIT, DEGREE, HIGHER, EXPONENTIAL),
)
FEWER_KEYS = NetworkCertificate(
    "the keys that keep a weight are some of those layerwise saturation keeps, and fewer; outputs agree at leading order",
    (
        (POST[0], replace(POST[1], attends="less")),
        (PRE[0], replace(PRE[1], attends="less")),
    ),
    planted=(LIMIT, Planted("the same keys as layerwise", lambda promise: replace(promise, attends="same"))),
)
SAME_KEYS = NetworkCertificate(
    "in the paper's placement without biases the keys attended are those of layerwise saturation",
    (
        (
            Case("whole numbers, two heads, seed 1", _random(1, initialisation="integers", heads=2), TOKENS),
            EXACTLY_LAYERWISE,
        ),
        TIED,
    ),
    planted=(LIMIT, Planted("fewer keys attended than layerwise", lambda promise: replace(promise, attends="less"))),
)
