"""enclose(): guaranteed digits at one scale, against the oracle, against closed forms, and where floats go wrong."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb
from hypothesis import given, reject
from hypothesis import strategies as st
from mpmath import mp, mpf

from sattheory.arithmetic.floats import Floats
from sattheory.asymptotics.enclosure import EnclosedValue, enclose
from sattheory.errors import InputError
from sattheory.network import Transformer
from sattheory.network.examples import EXAMPLES
from tests.network.agreement import SMALL, choices
from tests.oracle import Unresolved, evaluate

Array = np.ndarray[Any, Any]
NOT_OURS = ("n", "m", "padded", "seed")
BEYOND = ("flat-constant", "flat-two-layers")


def truth(network: Transformer, tokens: Any, c: Any, **given_too: Any) -> Array:
    found = evaluate(network.configuration, network.parameters, tokens, c, digits=60, **given_too)
    return np.array(found.output, dtype=object)


def close(found: EnclosedValue, exact: Array) -> bool:
    """Say whether the exact values lie in the balls, but for what the oracle may be wrong by."""
    slack = mpf(10) ** -55 * max(abs(v) for v in exact.ravel())
    with mp.workdps(80):
        nearest = [_nearest(x, v, slack) for x, v in zip(found.balls.ravel(), exact.ravel(), strict=True)]
    return found.contains(np.array(nearest, dtype=object).reshape(exact.shape))


def _nearest(x: Any, value: Any, slack: Any) -> Any:
    """Move a value towards the midpoint of a ball by at most the slack."""
    mantissa, exponent = x.mid().man_exp()
    gap = mp.ldexp(mpf(int(mantissa)), int(exponent)) - value
    return value + max(-slack, min(slack, gap))


def floats(network: Transformer, tokens: Any, c: float, degree: int) -> Array:
    ops = Floats(c)
    return np.asarray(ops.at_scales(network.forward(ops, tokens), degree)[0])


def has_digits(found: EnclosedValue, digits: int = 15) -> bool:
    rows = found.balls.reshape(-1, found.shape[-1])
    return all(x.rad() <= arb(10) ** -digits * max(abs(v).upper() for v in row) for row in rows for x in row)


@pytest.mark.parametrize("c", [3, "1/2", 1e3])
@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_have_their_digits(name: str, c: Any) -> None:
    example = EXAMPLES[name]
    c = 3 if name in BEYOND else c
    found = enclose(example.network, example.tokens, c)
    assert found.resolved, found
    assert has_digits(found)
    assert close(found, truth(example.network, example.tokens, Fraction(c)))


@given(choices(), st.sampled_from(["torch", "normal", "rationals"]), st.sampled_from([Fraction(2, 3), Fraction(20)]))
def test_networks_have_their_digits(chosen: dict[str, Any], initialisation: str, c: Fraction) -> None:
    n, m, seed = chosen["n"], chosen["m"], chosen["seed"]
    generator = np.random.default_rng(seed)
    kind = {**SMALL, **{k: v for k, v in chosen.items() if k not in NOT_OURS}}
    network = Transformer.random(seed=seed, initialisation=initialisation, **kind)
    tokens = generator.integers(0, network.configuration.vocabulary, n).tolist()
    memory = generator.normal(size=(m, network.configuration.width)) if m else None
    try:
        exact = truth(network, tokens, c, memory=None if memory is None else memory.tolist())
    except Unresolved:
        reject()
    found = enclose(network, tokens, c, memory=memory, digits=25, most_bits=4096)
    assert close(found, exact)
    assert has_digits(found, 25) if found.resolved else all(abs(v) < 1e-50 for i in found.unresolved for v in exact[i[0]])


def test_floats_lose_a_tie_and_point_the_other_way() -> None:
    """Post-norm at c = 10⁸: two scores of size c⁴ differ by their lower orders, which float64 has rounded away.

    The limit is ∓(1, −1, 0)/√2; floats see a tie, average the two values, and return its negative, to sixteen digits.
    """
    example, c = EXAMPLES["tie-post"], 10**8
    right = np.array([[-1, 1, 0], [1, -1, 0]]) / np.sqrt(2)
    assert np.abs(enclose(example.network, example.tokens, c).midpoints(1) - right).max() < 1e-15
    assert np.abs(floats(example.network, example.tokens, c, 1) + right).max() < 1e-15


def test_what_vanishes_at_large_scales_decides_all_the_same() -> None:
    """A norm sees only the loser's share e^(−c⁴) of a softmax: (1/√2, 1 − 1/√2) c for every c, also where c⁴ is 10⁴⁰⁰."""
    example = EXAMPLES["flat-zero"]
    for c in (10, 10**9, 10**100):
        found = enclose(example.network, example.tokens, c)
        assert found.resolved
        with mp.workdps(400):
            half = mp.sqrt(mpf(1) / 2)
            assert found.contains([[c * (1 + half), -c * half], [c * half, c - c * half]])
    assert example.tokens == (0, 1)


@pytest.mark.parametrize("c", [1e3, 1e9])
@pytest.mark.parametrize("name", ["flat-constant", "flat-two-layers"])
def test_a_degenerate_network_is_told_and_not_raised(name: str, c: float) -> None:
    """1 + e^(−10¹²) − 1 needs more than 65536 bits: the rows that hang on it are named, and enclosed."""
    example = EXAMPLES[name]
    found = enclose(example.network, example.tokens, c)
    assert not found.resolved
    assert found.bits == 65536
    assert f"{len(found.unresolved)} of {found.balls.size} entries unresolved" in repr(found)
    limit = saturated(name)
    assert all(found.lower(1)[i] <= limit[i] <= found.upper(1)[i] for i in found.unresolved)
    resolved = [i for i in np.ndindex(*found.shape) if i not in found.unresolved]
    assert np.allclose([found.midpoints(1)[i] for i in resolved], [limit[i] for i in resolved], atol=3 / c)


def saturated(name: str) -> Array:
    """Run the oracle at c = 3, where the values are those of the limit to the digits that matter here."""
    example = EXAMPLES[name]
    return (truth(example.network, example.tokens, 3) / 3).astype(float)


def test_more_digits_take_more_bits() -> None:
    example = EXAMPLES["tie-value-bias"]
    few, many = (enclose(example.network, example.tokens, "7/3", digits=n) for n in (5, 300))
    assert many.bits > few.bits
    assert has_digits(many, 300)
    assert close(few, truth(example.network, example.tokens, Fraction(7, 3)))


def test_a_padded_row_is_its_text() -> None:
    """A padded row gives what its text gives alone."""
    network = Transformer.random(seed=2, biases=True, layers=2, width=4, heads=2, placement="post")
    found = enclose(network, [[1, 2, 3], [4, 5, 0]], 5, lengths=[3, 2])
    alone = enclose(network, [4, 5], 5)
    assert found.resolved
    assert found.midpoints()[1, :2] == pytest.approx(alone.midpoints(), rel=1e-14)


def test_a_constant_row_of_thirds_is_not_seen_to_be_constant() -> None:
    """A third is no ball of radius 0, so that x − mean is "about zero" and its norm is somewhere in [−1, 1]."""
    network = Transformer.random(seed=2, layers=0, width=3, embedding_norm=True, gain=False)
    thirds = network.parameters.tokens.astype(object)
    thirds[0] = Fraction(1, 3)
    network = Transformer(network.configuration, dataclasses.replace(network.parameters, tokens=thirds))
    found = enclose(network, [[4, 0]], 5, most_bits=1024)
    assert found.unresolved == ((0, 1, 0), (0, 1, 1), (0, 1, 2))
    assert np.abs(found.upper()[0, 1] - 1).max() < 1e-8
    assert enclose(network, [[4, 0]], 5, lengths=[1], most_bits=1024).resolved


def test_bounds_hold_the_digits_and_end_in_infinity() -> None:
    example = EXAMPLES["tie-value-bias"]
    found = enclose(example.network, example.tokens, 3)
    low, middle, high = found.lower(1), found.midpoints(1), found.upper(1)
    assert (low <= middle).all()
    assert (middle <= high).all()
    assert (high - low).max() < 1e-14
    far = enclose(example.network, example.tokens, Fraction(10) ** 400)
    assert np.isinf(far.upper()).any()
    assert np.isfinite(far.upper(1)).all()
    assert "c = 1.0000e+400" in repr(far)


def test_containing() -> None:
    third = EnclosedValue(np.array([[arb(1) / 3, arb(2)]]), Fraction(1), 53, 15, ())
    for good in (Fraction(1, 3), "1/3"):
        assert third.contains([[good, 2]])
    assert third.contains([["0.333333333333333333333333", mpf(2)]])
    assert not third.contains([["0.3333333333333", 2]])
    assert not third.contains([[Fraction(1, 3), 2 + Fraction(1, 10**40)]])


def test_memory_is_data() -> None:
    network = Transformer.random(seed=4, cross_attention=True, biases=True, layers=1, width=4)
    memory = np.array([[Fraction(1, 3)] * 3 + [Fraction(2, 7)], [Fraction(k, 9) for k in range(4)]], dtype=object)
    found = enclose(network, [3, 1], 2, memory=memory)
    assert found.resolved
    assert close(found, truth(network, [3, 1], 2, memory=memory.tolist()))


@pytest.mark.parametrize("wrong", [{"digits": 0}, {"digits": 20, "most_bits": 60}, {"most_bits": 2_000_000}, {"most_bits": 1}])
def test_digits_need_bits(wrong: dict[str, int]) -> None:
    example = EXAMPLES["soft"]
    with pytest.raises(InputError, match="bits"):
        enclose(example.network, example.tokens, 1, **wrong)


@pytest.mark.parametrize("c", [0, -3, "x", float("nan")])
def test_a_scale_is_positive(c: Any) -> None:
    with pytest.raises(InputError, match="scale"):
        enclose(EXAMPLES["soft"].network, [0, 1], c)
