"""The same network in PyTorch, as one would write it there: plain modules, batched heads, fused layer_norm.

`scaled` multiplies every parameter by c into fresh memory for the length of a ``with`` block, which is how the code released with
the paper takes a network to a scale; one forward pass a scale follows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn

from sattheory.network import Layer, Linear, Norm, Transformer


class Block(nn.Module):
    """One layer: self-attention and feedforward with ReLU, placements ``post`` and ``res_post``."""

    def __init__(self, network: Transformer, learned: Layer, dtype: torch.dtype) -> None:
        super().__init__()
        kind = network.configuration
        self.heads, self.post, self.epsilon = kind.heads, kind.placement == "post", kind.epsilon
        self.shrink = 1.0 if kind.norm_scale == "root" else 1 / math.sqrt(kind.width)
        block = learned.attention
        self.query, self.key, self.value, self.output = (
            _linear(part, dtype) for part in (block.query, block.key, block.value, block.output)
        )
        assert learned.feedforward is not None
        assert learned.feedforward_norm is not None
        self.inner, self.outer = _linear(learned.feedforward.inner, dtype), _linear(learned.feedforward.outer, dtype)
        self.norms = nn.ModuleList(
            _norm(part, dtype, kind.epsilon) for part in (learned.attention_norm, learned.feedforward_norm)
        )

    def attention(self, x: torch.Tensor) -> torch.Tensor:
        """Attend with all heads at once."""
        q, k, v = (m(x).unflatten(-1, (self.heads, -1)).transpose(-2, -3) for m in (self.query, self.key, self.value))
        weights = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(k.shape[-1]), dim=-1)
        return self.output((weights @ v).transpose(-2, -3).flatten(-2))

    def feedforward(self, x: torch.Tensor) -> torch.Tensor:
        """Apply outer(relu(inner x))."""
        return self.outer(torch.relu(self.inner(x)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Apply both blocks with their norms."""
        for block, norm in zip((self.attention, self.feedforward), self.norms, strict=True):
            x = norm(x + block(x)) * self.shrink if self.post else x + norm(block(x)) * self.shrink
        return x


class Encoder(nn.Module):
    """Embedding and layers; keeps the stream after each."""

    def __init__(self, network: Transformer, dtype: torch.dtype) -> None:
        super().__init__()
        self.tokens = nn.Parameter(_tensor(network.parameters.tokens, dtype))
        self.blocks = nn.ModuleList(Block(network, learned, dtype) for learned in network.parameters.layers)

    def forward(self, numbers: torch.Tensor) -> list[torch.Tensor]:
        """Return the stream after the embedding and after each layer."""
        streams = [self.tokens[numbers]]
        for block in self.blocks:
            streams.append(block(streams[-1]))
        return streams


def _tensor(array: Any, dtype: torch.dtype) -> torch.Tensor:
    return torch.tensor(np.asarray(array), dtype=dtype)


def _linear(given: Linear, dtype: torch.dtype) -> nn.Linear:
    made = nn.Linear(given.weight.shape[1], given.weight.shape[0], bias=given.bias is not None, dtype=dtype)
    made.weight = nn.Parameter(_tensor(given.weight, dtype))
    if given.bias is not None:
        made.bias = nn.Parameter(_tensor(given.bias, dtype))
    return made


def _norm(given: Norm, dtype: torch.dtype, epsilon: float) -> nn.LayerNorm:
    assert given.gain is not None
    made = nn.LayerNorm(len(given.gain), eps=epsilon, bias=given.bias is not None, dtype=dtype)
    made.weight = nn.Parameter(_tensor(given.gain, dtype))
    return made


@contextmanager
def scaled(module: nn.Module, c: float) -> Iterator[None]:
    """Multiply the parameters by c for a while."""
    kept = [(parameter, parameter.data) for parameter in module.parameters()]
    for parameter, data in kept:
        parameter.data = data.mul(c)
    try:
        yield
    finally:
        for parameter, data in kept:
            parameter.data = data


def at_each_scale(module: nn.Module, numbers: torch.Tensor, scales: np.ndarray) -> list[list[torch.Tensor]]:
    """Run one pass a scale and keep every layer's stream."""
    found = []
    with torch.no_grad():
        for c in scales:
            with scaled(module, float(c)):
                found.append(module(numbers))
    return found
