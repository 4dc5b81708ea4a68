"""Where parameters come from when nobody trained them.

``torch`` draws as PyTorch's modules do by default, ``normal`` every entry from N(0, σ²), ``integers`` and ``rationals`` small
ones, whose ties and cancellations are exact.  `expected_shapes` is the single list of which arrays a configuration has.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sattheory.errors import InputError
from sattheory.network import parameters as p
from sattheory.network.configuration import Configuration

Array = NDArray[Any]
Shape = tuple[int, ...]
Draw = Callable[[str, Shape], Array]


def initial_parameters(
    configuration: Configuration, initialisation: str = "torch", seed: int = 0, sigma: float = 1.0
) -> p.Parameters:
    """Draw parameters.

    Parameters
    ----------
    configuration : Configuration
        The architecture.
    initialisation : {"torch", "normal", "integers", "rationals"}
        ``torch``: embeddings N(0, 1), linear maps and their biases uniform on ±1/√in, γ = 1, β = 0, as ``torch.nn``.
        ``normal``: N(0, sigma²).  ``integers``: −2 … 2.  ``rationals``: such integers over 1, 2 or 4 (exact in floats).
    seed : int
        Seed of the generator.
    sigma : float
        Standard deviation for ``normal``.

    Returns
    -------
    theta : Parameters
        Arrays of float64.

    Raises
    ------
    InputError
        For an unknown initialisation, a negative seed or a sigma that is not finite.
    """
    if seed < 0 or not math.isfinite(sigma):
        raise InputError(f"seed={seed}, sigma={sigma}", "no generator starts there", "give a seed from 0 on and a finite sigma")
    generator = np.random.default_rng(seed)
    draws: dict[str, Draw] = {
        "torch": lambda name, shape: _torch(generator, name, shape, configuration),
        "normal": lambda _, shape: generator.normal(0.0, sigma, shape),
        "integers": lambda _, shape: generator.integers(-2, 3, shape).astype(float),
        "rationals": lambda _, shape: generator.integers(-4, 5, shape) / generator.choice([1.0, 2.0, 4.0], shape),
    }
    if initialisation not in draws:
        raise InputError(f"initialisation={initialisation!r}", "no such initialisation", "choose from " + ", ".join(draws))
    return fill(configuration, draws[initialisation])


def _torch(generator: np.random.Generator, name: str, shape: Shape, configuration: Configuration) -> Array:
    if "norm" in name:
        return np.ones(shape) if name.endswith("gain") else np.zeros(shape)
    if "." not in name:
        return generator.normal(0.0, 1.0, shape)
    inputs = {"output.bias": configuration.heads * configuration.value_width, "outer.bias": configuration.feedforward}
    fan_in = shape[1] if len(shape) == 2 else next((v for k, v in inputs.items() if name.endswith(k)), configuration.width)
    return generator.uniform(-1.0, 1.0, shape) / math.sqrt(fan_in)


def expected_shapes(configuration: Configuration) -> dict[str, Shape]:
    """List the arrays that a configuration asks for.

    Parameters
    ----------
    configuration : Configuration
        The architecture.

    Returns
    -------
    dict of str to tuple of int
        Name and shape, in the order of `Parameters.named`.
    """
    skeleton = fill(configuration, lambda _, shape: np.broadcast_to(np.zeros(()), shape))
    return {name: array.shape for name, array in skeleton.named()}


def fill(configuration: Configuration, draw: Draw) -> p.Parameters:
    """Build parameters array by array.

    Parameters
    ----------
    configuration : Configuration
        The architecture.
    draw : callable
        Takes a name and a shape, returns the array.

    Returns
    -------
    theta : Parameters
        The parameters.
    """
    c, d = configuration, configuration.width
    return p.Parameters(
        tokens=draw("tokens", (c.vocabulary, d)),
        layers=tuple(_layer(c, draw, f"layers.{i}") for i in range(c.layers)),
        positions=draw("positions", (c.longest, d)) if c.positions == "learned" else None,
        segments=draw("segments", (c.segments, d)) if c.segments else None,
        relative=draw("relative", (c.buckets, c.heads)) if c.positions == "relative" else None,
        embedding_norm=_norm(c, draw, "embedding_norm") if c.embedding_norm else None,
        final_norm=_norm(c, draw, "final_norm") if c.final_norm else None,
        classifier=_linear(c, draw, "classifier", (c.classes, d)) if c.classes else None,
    )


def _linear(c: Configuration, draw: Draw, name: str, shape: Shape) -> p.Linear:
    kind = {"gate": "inner"}.get(name.split(".")[-1], name.split(".")[-1])
    bias = draw(f"{name}.bias", shape[:1]) if kind in c.biases else None
    return p.Linear(draw(f"{name}.weight", shape), bias)


def _norm(c: Configuration, draw: Draw, name: str) -> p.Norm:
    gain = draw(f"{name}.gain", (c.width,)) if c.gain else None
    return p.Norm(gain, draw(f"{name}.bias", (c.width,)) if "norm" in c.biases else None)


def _attention(c: Configuration, draw: Draw, name: str, relative: bool = False) -> p.Attention:
    keys, values = c.heads * c.key_width, c.heads * c.value_width
    return p.Attention(
        query=_linear(c, draw, f"{name}.query", (keys, c.width)),
        key=_linear(c, draw, f"{name}.key", (keys, c.width)),
        value=_linear(c, draw, f"{name}.value", (values, c.width)),
        output=_linear(c, draw, f"{name}.output", (c.width, values)),
        relative=_relative(c, draw, f"{name}.relative", (keys, c.width)) if relative else None,
    )


def _relative(c: Configuration, draw: Draw, name: str, shape: Shape) -> p.RelativeKeys:
    return p.RelativeKeys(draw(f"{name}.weight", shape), draw(f"{name}.query_bias", shape[:1]) if "query" in c.biases else None)


def _feedforward(c: Configuration, draw: Draw, name: str) -> p.Feedforward:
    return p.Feedforward(
        inner=_linear(c, draw, f"{name}.inner", (c.feedforward, c.width)),
        outer=_linear(c, draw, f"{name}.outer", (c.width, c.feedforward)),
        gate=_linear(c, draw, f"{name}.gate", (c.feedforward, c.width)) if c.gated else None,
    )


def _layer(c: Configuration, draw: Draw, name: str) -> p.Layer:
    return p.Layer(
        attention=_attention(c, draw, f"{name}.attention", c.positions == "transformer_xl"),
        attention_norm=_norm(c, draw, f"{name}.attention_norm"),
        feedforward=_feedforward(c, draw, f"{name}.feedforward") if c.feedforward else None,
        feedforward_norm=_norm(c, draw, f"{name}.feedforward_norm") if c.feedforward else None,
        cross=_attention(c, draw, f"{name}.cross") if c.cross_attention else None,
        cross_norm=_norm(c, draw, f"{name}.cross_norm") if c.cross_attention else None,
    )
