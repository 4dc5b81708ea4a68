"""The limit in forward passes: what `saturate` costs beside one float64 pass of the same network.

Without biases a value is a single power of c, so one pass on series should cost hardly more than one on numbers.  With biases a
value keeps N coefficients; the products of two such values take N(N+1)/2 products of matrices, which sets the target.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks import pairing
from benchmarks.pairing import NO_TORCH, Ratio, Row, Settings
from sattheory import Transformer, saturate
from sattheory.arithmetic.floats import Floats
from sattheory.network.tokens import Tokens, check_tokens

TERMS = 6
ALLOWED = 1.3 * TERMS * (TERMS + 1) / 2


def make(biases: bool, layers: int) -> tuple[Transformer, Tokens]:
    """Draw the paper's encoder, 12 × 768, and 100 tokens, all different: equal tokens tie in every power, and need more terms."""
    network = Transformer.random(seed=0, vocabulary=1000, width=768, heads=12, layers=layers, feedforward=512, biases=biases)
    return network, check_tokens(np.random.default_rng(1).permutation(1000)[:100], network.configuration)


def measure(settings: Settings) -> Iterator[Row]:
    """Measure without and with biases."""
    yield from _row(False, settings.layers, 1.5, settings)
    yield from _row(True, settings.layers, ALLOWED, settings)


def _row(biases: bool, layers: int, allowed: float, settings: Settings) -> list[Row]:
    network, tokens = make(biases, layers)
    limit = saturate(network, tokens, terms=TERMS, most_terms=TERMS)
    sides = {
        "saturate": lambda: saturate(network, tokens, terms=TERMS, most_terms=TERMS),
        "forward": lambda: network.forward(Floats(), tokens),
    }
    torch_side = _torch_side(network, tokens, settings.threads)
    if torch_side is not None:
        sides["torch forward"] = torch_side
    samples = pairing.paired(sides, settings.repeats(5 if biases else 9))
    title = f"saturate, {'biases, ' if biases else 'no biases, '}{layers}×768, 100 tokens ({limit.terms} terms, {_state(limit)})"
    own, times = pairing.ratio(samples, "saturate", "forward"), pairing.seconds(samples)
    rows = [
        Row(title, times, f"{own} forward passes", f"≤ {allowed:g}", own.median <= allowed if limit.output is not None else None)
    ]
    shown = NO_TORCH if torch_side is None else _shown(pairing.ratio(samples, "saturate", "torch forward"))
    return [*rows, Row(f"{title}, against torch", times, shown)]


def _state(limit: object) -> str:
    undecided = getattr(limit, "undecided", None)
    return "decided" if undecided is None else f"undecided: {undecided}"


def _shown(found: Ratio) -> str:
    return f"{found} forward passes of torch"


def _torch_side(network: Transformer, tokens: Tokens, threads: int) -> Callable[[], object] | None:
    try:
        import torch
    except ImportError:
        return None
    from benchmarks.torch_network import Encoder, at_each_scale

    torch.set_num_threads(threads)
    module, numbers = Encoder(network, torch.float64).eval(), torch.tensor(tokens.numbers)
    theirs = at_each_scale(module, numbers, np.ones(1))[0][-1].numpy()
    ours = network.forward(Floats(), tokens)
    np.testing.assert_allclose(Floats().at_scales(ours)[0], theirs, rtol=0, atol=1e-9 * np.abs(theirs).max())

    def run() -> object:
        with torch.no_grad():
            return module(numbers)

    return run


if __name__ == "__main__":
    pairing.main(measure)
