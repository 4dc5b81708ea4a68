"""Floats against the oracle: run a network both ways and measure how far apart they end.

Agreement is relative to the largest entry of the oracle's output.  Networks, tokens and memories come from small seeds, so that
a failing example is a line one can paste.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from hypothesis import reject
from hypothesis import strategies as st
from mpmath import mpf

from sattheory.arithmetic.floats import Floats, Scaled
from sattheory.arithmetic.operations import Place
from sattheory.network import Transformer
from sattheory.network.configuration import BIASES
from sattheory.network.tokens import Tokens
from tests.oracle import Evaluation, Unresolved, evaluate, evaluate_rounded

SMALL = {"vocabulary": 5, "width": 4, "heads": 2, "layers": 2, "feedforward": 3, "longest": 6, "norm_scale": "root"}


@dataclass(frozen=True)
class Case:
    """A network and a batch of token rows with their real lengths."""

    network: Transformer
    tokens: tuple[tuple[int, ...], ...]
    lengths: tuple[int, ...] | None = None
    memory: np.ndarray[Any, Any] | None = None
    memory_lengths: tuple[int, ...] | None = None

    def floats(self, ops: Floats) -> tuple[Scaled, dict[Place, Scaled]]:
        """Run the batch in floats; return the output and all that was watched."""
        seen: dict[Place, Scaled] = {}
        read = None
        if self.memory is not None and self.memory_lengths is not None:
            read = Tokens(np.zeros(self.memory.shape[:2], dtype=np.int64), np.array(self.memory_lengths))
        output = self.network.forward(
            ops,
            self.tokens,
            lengths=self.lengths,
            memory=None if self.memory is None else ops.constant(self.memory),
            memory_tokens=read,
            watch=seen.__setitem__,
        )
        return output, seen

    def exact(self, c: object) -> list[Evaluation]:
        """Run the batch in the oracle, one sequence at a time; send Hypothesis elsewhere if nothing but rounding decides."""
        try:
            return self._oracle(evaluate, c)
        except Unresolved:
            reject()

    def rounded(self, places: int, c: object, rounding: Callable[[Any], Any]) -> list[Evaluation]:
        """Run the batch in the oracle with few places."""
        return self._oracle(partial(evaluate_rounded, places, rounding=rounding), c)

    def _oracle(self, function: Callable[..., Evaluation], c: object) -> list[Evaluation]:
        lengths = self.lengths or (None,) * len(self.tokens)
        seen = self.memory_lengths or (None,) * len(self.tokens)
        return [
            function(
                self.network.configuration,
                self.network.parameters,
                row,
                c,
                lengths=lengths[i],
                memory=None if self.memory is None else self.memory[i].tolist(),
                memory_length=seen[i],
            )
            for i, row in enumerate(self.tokens)
        ]


def gap(found: np.ndarray[Any, Any], exact: list[Any], power: int = 0, c: float = 1.0) -> float:
    """Measure the largest error of found, which stands for exact / c^power, relative to the largest exact entry."""
    if not np.isfinite(found).all():
        return float("inf")
    factor = mpf(c) ** -power
    scaled = [[mpf(entry) * factor for entry in row] for row in exact]
    largest = max(abs(entry) for row in scaled for entry in row)
    errors = [abs(mpf(float(a)) - b) for r, s in zip(found, scaled, strict=True) for a, b in zip(r, s, strict=True)]
    return float(max(errors) / (largest or 1))


def worst_gap(case: Case, c: float, dtype: type = np.float64) -> float:
    """Compare output, streams and attention weights of all rows at one scale."""
    ops = Floats(c, dtype)
    output, seen = case.floats(ops)
    truths = case.exact(c)
    gaps = [gap(ops.at_scales(output, output.power)[0, i], truth.output, output.power, c) for i, truth in enumerate(truths)]
    for i, truth in enumerate(truths):
        for number in range(len(truth.streams)):
            stream = seen[Place(number, "stream")]
            gaps.append(gap(ops.at_scales(stream, stream.power)[0, i], truth.streams[number], stream.power, c))
        for part, layers in (("attention weights", truth.weights), ("cross-attention weights", truth.cross_weights)):
            for number, heads in enumerate(layers, 1):
                gaps += [gap(ops.at_scales(seen[Place(number, part)])[0, i, h], rows) for h, rows in enumerate(heads)]
    return max(gaps)


def case(seed: int = 0, n: int = 3, *, initialisation: str = "torch", padded: bool = False, m: int = 0, **choices: Any) -> Case:
    """Make a case from a seed: two rows of n tokens, the second shorter when padded, a memory of m rows when asked for."""
    generator = np.random.default_rng(seed)
    network = Transformer.random(seed=seed, initialisation=initialisation, **{**SMALL, **choices})
    tokens = generator.integers(0, network.configuration.vocabulary, (2, n))
    memory = generator.normal(size=(2, m, network.configuration.width)) if m else None
    rows = tuple(tuple(int(t) for t in row) for row in tokens)
    return Case(network, rows, (n, max(n - 2, 1)) if padded else None, memory, (m, max(m - 2, 1)) if m and padded else None)


@st.composite
def choices(draw: st.DrawFn) -> dict[str, Any]:
    """Draw arguments of `case`: every option of a configuration, sizes down to one."""
    crossing, width = draw(st.booleans()), draw(st.integers(1, 5))
    placement, even = draw(st.sampled_from(["res_post", "pre", "post"])), width % 2 == 0
    return {
        "seed": draw(st.integers(0, 10_000)),
        "n": draw(st.integers(1, 4)),
        "m": draw(st.integers(1, 4)) if crossing else 0,
        "padded": draw(st.booleans()),
        "vocabulary": draw(st.integers(1, 5)),
        "width": width,
        "heads": draw(st.integers(1, 3)),
        "layers": draw(st.integers(0, 2)),
        "key_width": draw(st.sampled_from([2, 4])),
        "value_width": draw(st.integers(1, 3)),
        "feedforward": draw(st.integers(0, 3)),
        "placement": placement,
        "parallel": placement == "pre" and not crossing and draw(st.booleans()),
        "norm": draw(st.sampled_from(["layer", "rms"])),
        "norm_scale": draw(st.sampled_from(["unit", "root"])),
        "epsilon": draw(st.sampled_from([0.0, 1e-12, 1e-5, 0.5])),
        "gain": draw(st.booleans()),
        "activation": draw(st.sampled_from(["relu", "gelu", "gelu_tanh", "silu", "tanh", "sigmoid"])),
        "gated": draw(st.booleans()),
        "biases": draw(st.frozensets(st.sampled_from(BIASES))),
        "mask": draw(st.sampled_from(["none", "causal", "causal_multiplicative"])),
        "positions": draw(
            st.sampled_from(["none", "learned", "sinusoidal", "relative", "alibi", "rope"] + even * ["transformer_xl"])
        ),
        "rotary_width": draw(st.sampled_from([0, 2])),
        "rotary_base": draw(st.sampled_from([1, 3, 10_000])),
        "scaled_scores": draw(st.booleans()),
        "embedding_norm": draw(st.booleans()),
        "final_norm": draw(st.booleans()),
        "segments": draw(st.integers(0, 2)),
        "cross_attention": crossing,
        "classes": draw(st.integers(0, 2)),
        "buckets": draw(st.sampled_from([4, 5, 8])),
        "furthest": draw(st.sampled_from([5, 6])),
    }


def sensitivity(given: Case, c: float, places: int = 16) -> float:
    """Measure how far the oracle goes astray when it, too, has only the places of a float, and rounds up or down at random.

    At large scales that can be all the way: streams that differ by less than 10^−places are equal to a float, and the tie
    that their difference would break stays a tie; and e^(−c) is 0, of which no norm makes a vector.  Three runs, θ moved a
    little in each, make a lucky rounding unlikely.
    """
    truths, generator, worst = given.exact(c), np.random.default_rng(0), 0.0
    least, step = mpf(10) ** (-300 if places > 7 else -37), 10.0**-places

    def rounding(value: Any) -> Any:
        return value * (1 + mpf(step * generator.choice([-2.0, 0.0, 2.0]))) if abs(value) >= least else mpf(0)

    for _ in range(3):
        theta = given.network.parameters.map(lambda _, a: a * (1 + step * generator.choice([-4.0, 0.0, 4.0], a.shape)))
        moved = dataclasses.replace(given, network=Transformer(given.network.configuration, theta))
        worst = max(worst, *(_distance(a, b) for a, b in zip(truths, moved.rounded(places, c, rounding), strict=True)))
    return worst


def _distance(a: Evaluation, b: Evaluation) -> float:
    left = [a.output, *a.streams, *(head for layer in a.weights + a.cross_weights for head in layer)]
    right = [b.output, *b.streams, *(head for layer in b.weights + b.cross_weights for head in layer)]
    return max(_relative(p, q) for p, q in zip(left, right, strict=True))


def _relative(a: list[Any], b: list[Any]) -> float:
    largest = max(abs(entry) for row in a for entry in row)
    return float(max(abs(p - q) for r, s in zip(a, b, strict=True) for p, q in zip(r, s, strict=True)) / (largest or 1))
