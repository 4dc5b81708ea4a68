"""Small networks made by hand, on which saturating layer by layer goes wrong, each in its own way.

Tokens are their embeddings (token 0 has the first row, and so on), γ = 1 and W^O = I unless given, there is no feedforward
block, and n = 2.  The weights are integers, so every tie in them is exact.

``flat-*``: an ε = 0 norm gets a vector that is exponentially small but not zero.  ``tie-*``: a tie of vanishing scores is broken
by lower orders, which are lost between saturated layers.  ``soft``: a tie is never broken, and the weights stay soft.
``epsilon-*``: the ε of a norm decides a tie two layers later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sattheory.network.configuration import Configuration, Placement
from sattheory.network.parameters import Attention, Layer, Linear, Norm, Parameters
from sattheory.network.transformer import Transformer


@dataclass(frozen=True)
class Example:
    """A network, its input and what is to be seen.

    Parameters
    ----------
    title : str
        One line.
    network : Transformer
        The network.
    tokens : tuple of int
        The input.
    """

    title: str
    network: Transformer
    tokens: tuple[int, ...] = (0, 1)


def _layer(matrices: dict[str, Any], width: int) -> Layer:
    def linear(name: str, default: Any = None) -> Linear:
        bias = matrices.get(f"{name}_bias")
        weight = np.atleast_2d(np.asarray(matrices.get(name, default), dtype=float))
        return Linear(weight, None if bias is None else np.asarray(bias, dtype=float))

    attention = Attention(linear("query"), linear("key"), linear("value"), linear("output", np.eye(width)))
    return Layer(attention, Norm(np.asarray(matrices.get("gain", np.ones(width)), dtype=float)))


def _network(tokens: Any, *layers: dict[str, Any], placement: Placement = "res_post", **choices: Any) -> Transformer:
    embeddings = np.asarray(tokens, dtype=float)
    built = tuple(_layer(matrices, embeddings.shape[1]) for matrices in layers)
    biases = frozenset(name.removesuffix("_bias") for matrices in layers for name in matrices if name.endswith("_bias"))
    configuration = Configuration(
        vocabulary=len(embeddings),
        width=embeddings.shape[1],
        layers=len(layers),
        key_width=len(built[0].attention.query.weight),
        value_width=len(built[0].attention.value.weight),
        placement=placement,
        biases=biases,
        **choices,
    )
    return Transformer(configuration, Parameters(embeddings, built))


_ONE, _TWO, _THREE = np.eye(3)
_LOOK = {"query": np.outer(_THREE, _ONE), "key": np.outer(_THREE, _THREE)}
_SPREAD = [[1, -1, 0], [-1, 1, 0], [0, 0, 0]]
_TURNED = [[1, 0, -1], [-1, 1, 0]]


def _turned(placement: Placement) -> Transformer:
    first = {"query": np.eye(3), "key": np.eye(3), "value": _SPREAD}
    return _network(_TURNED, first, {**_LOOK, "value": _SPREAD}, placement=placement)


def _epsilon(epsilon: float) -> Transformer:
    layers = (
        {
            "query": [[0, 1, -1], [1, 1, 0]],
            "key": [[0, 1, 0], [1, 0, -1]],
            "value": [[1, 1, 1], [0, -1, -1]],
            "output": [[1, -1], [0, 1], [-1, -1]],
            "gain": [-2, 1, 1],
        },
        {
            "query": [[1, 1, 0], [1, -1, -1]],
            "key": [[1, -1, 1], [0, 0, 0]],
            "value": [[0, 0, 1], [1, 0, 0]],
            "output": [[0, -1], [-1, -1], [0, 1]],
            "gain": [-1, 1, -1],
        },
        {
            "query": [[-1, 0, 0], [-1, 0, 1]],
            "key": [[0, 0, 0], [0, 0, 1]],
            "value": [[-1, 0, 1], [0, 1, 1]],
            "output": [[1, -1], [0, 0], [-1, -1]],
            "gain": [2, -1, 2],
        },
    )
    return _network([[1, 1, 0], [0, 0, 0]], *layers, epsilon=epsilon, scaled_scores=False)


EXAMPLES: dict[str, Example] = {
    "flat-zero": Example(
        "one layer: the value of the winner is zero, so the norm sees the loser's exponentially small share",
        _network([[1, 0], [0, 1]], {"key": [1, 0], "query": [0, 1], "value": [[0, 1], [0, 0]]}),
    ),
    "flat-constant": Example(
        "one layer: the same with a winner whose value is constant",
        _network([[1, 0], [0, 1]], {"key": [1, 0], "query": [0, 1], "value": [[1, 2], [1, 1]]}),
    ),
    "flat-two-layers": Example(
        "two layers: strong layerwise saturation loses an exponentially small vector",
        _network(
            [[1, 0, 0], [0, 1, -1]],
            {"query": [1, -1, 0], "key": [1, 0, 0], "value": [[1, -1, 0], [-1, -1, 0], [0, 2, 0]]},
            {"query": [2, 0, 0], "key": [1, 0, 0], "value": [[0, 0, 1], [0, 0, -1], [0, 0, 0]]},
        ),
    ),
    "tie-value-bias": Example(
        "paper's placement, value biases, two layers: scores of order c^4 vanish, those of order c^3 decide",
        _network(
            [[1, -1, 0], [-2, 2, 0]],
            {"query": np.eye(3), "key": np.eye(3), "value": np.eye(3), "value_bias": [0, 0, 1]},
            {**_LOOK, "value": np.eye(3), "value_bias": [0, 0, 0]},
        ),
    ),
    "tie-query-bias": Example(
        "paper's placement, one layer: without its query bias the network attends evenly",
        _network([[1, 0], [0, 1]], {"query": [0, 0], "query_bias": [1], "key": [1, 0], "value": [[1, -3], [0, 0]]}),
    ),
    "tie-pre": Example("Xiong's pre-norm without biases, two layers: order c^2 decides", _turned("pre")),
    "tie-post": Example("post-norm without biases, two layers: order c^2 decides", _turned("post")),
    "soft": Example(
        "post-norm without biases: no positive power decides, and the limit weights are neither hard nor uniform",
        _network(
            [[1, -2, 1], [-1, 0, 1]],
            {"query": np.eye(3), "key": np.eye(3), "value": [[1, 0, 0], [-1, 0, 0], [0, 0, 0]]},
            {**_LOOK, "value": np.eye(3)},
            placement="post",
        ),
    ),
    "epsilon-0": Example("three layers, ε = 0: an exact tie in the third", _epsilon(0.0)),
    "epsilon-1": Example("the same with ε = 1: the tie is decided at c^2, and the limit is another", _epsilon(1.0)),
    "epsilon-1e-5": Example("the same with ε = 1e-5, however small", _epsilon(1e-5)),
}
