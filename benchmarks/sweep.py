"""A network at 21 scales: `streams_at` against PyTorch at one pass a scale, and against the matrix products alone.

The shape is that of the paper's figure 4: 12 layers of width 768, 12 heads, feedforward 512, 10 sentences of 10 tokens; then one
sentence of 128.  The products alone are those that our own pass performs, recorded and repeated on operands of the same shape,
strides and type (with the weights themselves), so that nothing but NumPy's BLAS is timed.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks import pairing
from benchmarks.pairing import NO_TORCH, Row, Settings
from sattheory.arithmetic.floats import Floats, Scaled
from sattheory.network import Transformer
from sattheory.network.tokens import Tokens, check_tokens

SCALES = np.geomspace(1.0, 1e3, 21)
CASES = {  # placement, norm scale, ε, biases, shape of the tokens, target against torch, against the products alone
    "res_post (the paper's), 10×10 tokens": ("res_post", "unit", 0.0, False, (10, 10), 2.0, 0.8),
    "post (BERT's), biases, 10×10 tokens": ("post", "root", 1e-5, True, (10, 10), 2.0, 0.8),
    "res_post (the paper's), 1×128 tokens": ("res_post", "unit", 0.0, False, (1, 128), 1.2, None),
}
# the package exports a function of the module's name
streams_at = importlib.import_module("sattheory.asymptotics.scale_sweep").streams_at


def make(placement: str, norm_scale: str, epsilon: float, biases: bool, layers: int = 12) -> Transformer:
    """Draw the network of figure 4, in float32."""
    network = Transformer.random(
        seed=0, vocabulary=1000, width=768, heads=12, layers=layers, feedforward=512,
        placement=placement, norm_scale=norm_scale, epsilon=epsilon, biases=biases,
    )  # fmt: skip
    return Transformer(network.configuration, network.parameters.map(lambda _, a: a.astype(np.float32)))


class Recorder(Floats):
    """Floats that write down which matrix products a pass performs."""

    def __init__(self, scales: Any) -> None:
        super().__init__(scales, np.float32)
        self.products: list[tuple[np.ndarray, np.ndarray]] = []
        self.shared: dict[Any, np.ndarray] = {}

    def linear(self, x: Scaled, weight: np.ndarray) -> Scaled:
        """Note the product and perform it."""
        rows = np.empty((x.data.size // x.shape[-1], x.shape[-1]), np.float32)
        self.products.append((self._one(rows), weight.T))
        return super().linear(x, weight)

    def matmul(self, x: Scaled, y: Scaled) -> Scaled:
        """Note the product and perform it."""
        self.products.append((self._one(x.data), self._one(y.data)))
        return super().matmul(x, y)

    def _one(self, array: np.ndarray) -> np.ndarray:
        """Keep one array of ordinary numbers for each shape and layout."""
        key = (array.shape, array.strides)
        if key not in self.shared:
            made = np.lib.stride_tricks.as_strided(np.empty_like(array, shape=_span(array)), array.shape, array.strides)
            made[...] = np.random.default_rng(0).random(array.shape, np.float32)
            self.shared[key] = made
        return self.shared[key]


def _span(array: np.ndarray) -> int:
    return 1 + sum((n - 1) * s for n, s in zip(array.shape, array.strides, strict=True)) // array.itemsize


def products_alone(network: Transformer, tokens: Tokens) -> Callable[[], None]:
    """Return a function that repeats the matrix products of `streams_at` and nothing else."""
    rows = importlib.import_module("sattheory.asymptotics.scale_sweep").ROWS_AT_ONCE
    at_once, products = max(1, rows // tokens.numbers.size), []
    for i in range(0, len(SCALES), at_once):
        recorder = Recorder(SCALES[i : i + at_once])
        network.forward(recorder, tokens)
        products += recorder.products

    def run() -> None:
        for left, right in products:
            left @ right

    return run


def measure(settings: Settings) -> Iterator[Row]:
    """Measure each case."""
    for what, case in CASES.items():
        yield from _case(f"sweep, {settings.layers}×768, {what}", case, settings)


def _case(what: str, case: tuple[Any, ...], settings: Settings) -> list[Row]:
    *kind, shape, target, share = case
    network = make(*kind, layers=settings.layers)
    tokens = check_tokens(np.random.default_rng(1).integers(0, 1000, shape), network.configuration)
    sides = {
        "ours": lambda: streams_at(network, tokens, SCALES, np.float32),
        "matmuls": products_alone(network, tokens),
    }
    torch_side = _torch_side(network, tokens, settings.threads)
    if torch_side is not None:
        sides["torch"] = torch_side
    samples = pairing.paired(sides, settings.repeats(5))
    times, bound = pairing.seconds(samples), pairing.ratio(samples, "matmuls", "ours")
    rows = [Row(what, times, f"share of matmul speed {bound}", f"≥ {share}" if share else "", share and bound.median >= share)]
    if torch_side is None:
        return [*rows, Row(f"{what}, against torch", times, NO_TORCH, f"≥ {target}×")]
    gain, best = pairing.ratio(samples, "torch", "ours"), pairing.ratio(samples, "torch", "matmuls")
    return [Row(f"{what}, against torch", times, f"{gain} times torch", f"≥ {target}×", gain.median >= target, str(best)), *rows]


def _torch_side(network: Transformer, tokens: Tokens, threads: int) -> Callable[[], object] | None:
    try:
        import torch
    except ImportError:
        return None
    from benchmarks.torch_network import Encoder, at_each_scale

    torch.set_num_threads(threads)
    module, numbers = Encoder(network, torch.float32).eval(), torch.tensor(tokens.numbers)
    theirs = at_each_scale(module, numbers, SCALES[:1])[0][-1].numpy()
    ours = streams_at(network, tokens, SCALES[:1], np.float32)[-1].data[0]
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-3 * np.abs(theirs).max())
    return lambda: at_each_scale(module, numbers, SCALES)


if __name__ == "__main__":
    pairing.main(measure)
