"""Six hundred generated networks against fifty digits: the limit, the rate and the constant in front of it.

For each network the oracle gives c^{−k} f at scales beyond the onset that the series predicts, and far out in place of the
limit.  An algebraic rate must show as a slope within 0.2 *and* with the predicted coefficient; an exponential one as a distance
below 10⁻³⁰; and what the series knows beyond the first error term must be there too.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from mpmath import mp, mpf

from sattheory.asymptotics import saturate
from sattheory.network import Transformer
from sattheory.network.configuration import BIASES
from tests import oracle

PLACEMENTS, NORMS, ACTIVATIONS, MASKS = ("res_post", "pre", "post"), ("layer", "rms"), ("relu", "gelu"), ("none", "causal")
COMBINATIONS = list(itertools.product(PLACEMENTS, NORMS, ACTIVATIONS, MASKS))
SEEDS = range(26)


def generated(combination, seed):
    """One network and its input; the seed chooses what the combination leaves open."""
    placement, norm, activation, mask = combination
    generator = np.random.default_rng((seed, COMBINATIONS.index(combination)))
    biases = [(), True, {str(generator.choice(BIASES[:7]))}][seed % 3]
    network = Transformer.random(
        vocabulary=4,
        width=int(generator.integers(3, 5)),
        layers=1 + seed % 2,
        key_width=2,
        value_width=2,
        heads=1 + seed % 2,
        feedforward=int(generator.choice([0, 5])),
        placement=placement,
        norm=norm,
        activation=activation,
        mask=mask,
        biases=biases,
        gain=bool(generator.random() < 0.8),
        epsilon=float(generator.choice([0.0, 0.0, 0.25])),
        norm_scale=str(generator.choice(["unit", "root"])),
        initialisation=str(generator.choice(["normal", "normal", "integers"])),
        positions=str(generator.choice(["none", "none", "alibi", "sinusoidal"])),
        seed=seed,
    )
    return network, generator.integers(0, 4, int(generator.integers(1, 4))).tolist()


def at(network, tokens, degree, c):
    digits = 60 + math.ceil(4 * math.log10(c))  # a tie of scores of order c⁴ leaves sixty digits for what breaks it
    found = oracle.evaluate(network.configuration, network.parameters, tokens, c, digits=digits)
    return [v / mpf(c) ** degree for row in found.output for v in row]


def distance(a, b):
    return mp.sqrt(sum((x - y) ** 2 for x, y in zip(a, b, strict=True)))


@mp.workdps(100)
def check(network, tokens):
    limit = saturate(network, tokens)
    if limit.undecided is not None:
        assert limit.undecided.kind in ("flat", "terms"), limit
        return "undecided"
    degree, rate, start = limit.degree, limit.rate, math.ceil(10 * limit.onset)
    far = at(network, tokens, degree, start * 10**12)
    size = float(mp.sqrt(sum(v * v for v in far))) or 1.0
    assert np.abs(np.array([float(v) for v in far]) - limit.symbol.ravel()).max() < 1e-9 * size
    if rate.kind != "algebraic":
        assert distance(at(network, tokens, degree, start * 10), far) < mpf(10) ** -30
        return rate.kind
    errors = [distance(at(network, tokens, degree, start * 10**i), far) for i in range(3)]
    slopes = [float(mp.log10(a / b)) for a, b in itertools.pairwise(errors)] if all(errors) else [math.inf]
    if rate.at_least:
        assert min(slopes) > rate.order - 0.2
        return "at least"
    assert slopes == pytest.approx([rate.order] * 2, abs=0.2)
    coefficient = float(np.linalg.norm(limit.series.coefficients[rate.order]))
    assert float(errors[-1] * mpf(start * 100) ** rate.order) == pytest.approx(coefficient, rel=0.02)
    return "algebraic"


@pytest.mark.parametrize("combination", COMBINATIONS, ids=lambda c: "-".join(c))
def test_generated_networks(combination):
    """Of 26 networks a combination (624 in all) at least 21 (504 in all) are decided, and all of those are right."""
    outcomes = [check(*generated(combination, seed)) for seed in SEEDS]
    decided = len(outcomes) - outcomes.count("undecided")
    print({kind: outcomes.count(kind) for kind in sorted(set(outcomes))})
    assert decided >= 21
