"""One layer beside PyTorch's: `TransformerEncoderLayer` with the norm before and after, and `MultiheadAttention`, in float64."""

from typing import Any

import numpy as np
import pytest

from sattheory.arithmetic.floats import Floats
from sattheory.network import Attention, Configuration, Feedforward, Layer, Linear, Norm, layers
from sattheory.network.layers import Site, View
from sattheory.network.transformer import ignore

pytestmark = pytest.mark.peers

WIDTH, HEADS, INNER, N, MEMORY = 12, 3, 20, 7, 5
TOLERANCE = 1e-13


def array(tensor: Any) -> np.ndarray:
    return tensor.detach().numpy().copy()


def linear(module: Any) -> Linear:
    return Linear(array(module.weight), None if module.bias is None else array(module.bias))


def attention(module: Any) -> Attention:
    weights = np.split(array(module.in_proj_weight), 3)
    biases = [None] * 3 if module.in_proj_bias is None else np.split(array(module.in_proj_bias), 3)
    return Attention(*(Linear(*pair) for pair in zip(weights, biases, strict=True)), output=linear(module.out_proj))


def shaken(module: Any, seed: int) -> Any:
    """Draw every parameter anew: the defaults of biases and norms, 0 and 1, would hide a mistake."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    return module.eval()


def close(ours: np.ndarray, theirs: np.ndarray, title: str) -> None:
    figure = float((np.linalg.norm(ours - theirs, axis=-1) / np.linalg.norm(theirs, axis=-1)).max())
    print(f"\n{title:>48}: {figure:.1e}", end="")
    assert ours.shape == theirs.shape
    assert figure <= TOLERANCE


@pytest.mark.parametrize("first", [True, False], ids=["pre", "post"])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("causal", [False, True], ids=["all", "causal"])
def test_an_encoder_layer_agrees(first: bool, activation: str, causal: bool) -> None:
    import torch

    epsilon = 0.03
    kind = Configuration(
        vocabulary=1, width=WIDTH, heads=HEADS, feedforward=INNER, activation=activation,
        placement="pre" if first else "post", norm_scale="root", epsilon=epsilon,
    )  # fmt: skip
    module = shaken(
        torch.nn.TransformerEncoderLayer(
            WIDTH, HEADS, INNER, dropout=0.0, activation=activation, layer_norm_eps=epsilon, batch_first=True,
            norm_first=first, dtype=torch.float64,
        ),
        seed=1,
    )  # fmt: skip
    learned = Layer(
        attention(module.self_attn),
        Norm(array(module.norm1.weight), array(module.norm1.bias)),
        Feedforward(linear(module.linear1), linear(module.linear2)),
        Norm(array(module.norm2.weight), array(module.norm2.bias)),
    )
    x, ops = np.random.default_rng(2).normal(size=(2, N, WIDTH)), Floats()
    visible = np.tri(N, dtype=bool) if causal else None
    ours = layers.layer(Site(ops, kind, 1, ignore), ops.constant(x), learned, View(visible))
    mask = torch.tensor(~visible) if causal else None
    close(
        ops.at_scales(ours)[0], array(module(torch.tensor(x), src_mask=mask)), f"encoder layer, {first=}, {causal=}, {activation}"
    )


@pytest.mark.parametrize("bias", [True, False], ids=["biased", "unbiased"])
@pytest.mark.parametrize("cross", [False, True], ids=["self", "cross"])
def test_multi_head_attention_agrees(bias: bool, cross: bool) -> None:
    import torch

    kind = Configuration(vocabulary=1, width=WIDTH, heads=HEADS)
    module = shaken(torch.nn.MultiheadAttention(WIDTH, HEADS, bias=bias, batch_first=True, dtype=torch.float64), seed=3)
    generator, ops = np.random.default_rng(4), Floats()
    x = generator.normal(size=(2, N, WIDTH))
    memory = generator.normal(size=(2, MEMORY, WIDTH)) if cross else x
    seen: dict[str, np.ndarray] = {}
    site = Site(ops, kind, 1, lambda place, value: seen.update({place.part: ops.at_scales(value)[0]}))
    ours = layers.attention(site, ops.constant(x), ops.constant(memory), attention(module), View())
    keys = torch.tensor(memory)
    theirs, weights = module(torch.tensor(x), keys, keys, average_attn_weights=False)
    close(ops.at_scales(ours)[0], array(theirs), f"attention, {bias=}, {cross=}")
    close(seen["attention weights"], array(weights), "its weights")
