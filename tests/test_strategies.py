"""Each strategy is held against its promise by a computation of its own: means in fractions, roots to 60 digits.

Draws are made once a strategy, with a fixed seed, and looked at from several sides; shrinking is tested with `hypothesis.find`.
"""

from __future__ import annotations

import math
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis.strategies import SearchStrategy

from sattheory import strategies as s
from sattheory.arithmetic.floats import Floats
from sattheory.errors import InputError
from sattheory.network import Configuration, Transformer
from sattheory.network.configuration import BIASES
from sattheory.network.tokens import check_tokens


def draws(strategy: SearchStrategy[Any], count: int = 300) -> list[Any]:
    seen: list[Any] = []

    @settings(
        max_examples=count,
        database=None,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(example: Any) -> None:
        seen.append(example)

    collect()
    return seen


@cache
def drawn(name: str, count: int = 300) -> list[Any]:
    return draws(getattr(s, name)(), count)


def minimal(strategy: SearchStrategy[Any], condition: Callable[[Any], bool] = lambda _: True) -> Any:
    phases = [Phase.generate, Phase.shrink]
    return find(strategy, condition, settings=settings(database=None, derandomize=True, max_examples=2000, phases=phases))


def entries(network: Transformer) -> np.ndarray:
    return np.concatenate([array.ravel() for _, array in network.parameters.named()])


# Networks


def test_every_network_runs_and_keeps_to_its_bounds() -> None:
    cases = draws(s.cases(classifier=True), 500)
    assert len(cases) == 500
    for case in cases:
        kind = case.network.configuration
        shape = case.network.forward(Floats(1.0), case.tokens).shape
        assert shape == (len(case.tokens), kind.classes)
        assert 1 <= kind.layers <= 2
        assert 1 <= kind.width <= 4
        assert 1 <= kind.heads <= 2
        assert 1 <= kind.vocabulary <= 3


def test_weights_are_of_the_kind_asked_for() -> None:
    integers = np.concatenate([entries(network) for network in drawn("networks")])
    assert set(integers) == {-2.0, -1.0, 0.0, 1.0, 2.0}
    rationals = np.concatenate([entries(network) for network in draws(s.networks(values="rationals"), 60)])
    assert (4 * rationals == np.round(4 * rationals)).all()
    assert not (rationals == np.round(rationals)).all()
    normal = np.concatenate([entries(network) for network in draws(s.networks(values="normal"), 60)])
    assert 0.9 < normal.std() < 1.1
    assert (normal != np.round(normal)).all()


def test_networks_are_sparse_and_dense() -> None:
    densities = [np.mean(entries(network) != 0) for network in drawn("networks") if entries(network).size > 50]
    assert sum(density < 0.4 for density in densities) > 10
    assert sum(density > 0.6 for density in densities) > 10


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("placement", {"res_post", "pre", "post"}),
        ("norm", {"layer", "rms"}),
        ("norm_scale", {"unit", "root"}),
        ("mask", {"none", "causal"}),
        ("positions", {"none", "learned", "sinusoidal", "relative", "alibi", "rope", "transformer_xl"}),
        ("parallel", {False, True}),
        ("rotary_width", {0, 2}),
        ("activation", {"relu", "gelu", "gelu_tanh", "silu", "tanh", "sigmoid"}),
        ("layers", {1, 2}),
        ("width", {1, 2, 3, 4}),
        ("heads", {1, 2}),
        ("epsilon", {0.0, 1e-5}),
    ],
)
def test_every_option_occurs(field: str, values: set[Any]) -> None:
    assert {getattr(configuration, field) for configuration in drawn("configurations")} == values


def test_every_bias_occurs_where_it_acts() -> None:
    found = drawn("configurations")
    assert frozenset().union(*(c.biases for c in found)) == set(BIASES) - {"classifier"}
    assert any(not c.biases for c in found)
    for configuration in found:
        assert configuration.feedforward or not configuration.biases & {"inner", "outer"}


@pytest.mark.parametrize(
    ("biases", "expected"),
    [("none", frozenset()), ("all", frozenset(BIASES)), ({"query"}, frozenset({"query"})), ([], frozenset())],
)
def test_biases_as_asked(biases: Any, expected: frozenset[str]) -> None:
    assert {c.biases for c in draws(s.configurations(biases=biases), 20)} == {expected}


def test_options_narrow_the_draw() -> None:
    wanted = s.configurations(placements="pre", norms=("rms",), min_width=3, max_width=3, feedforward=False, classifier=True)
    for c in draws(wanted, 50):
        assert (c.placement, c.norm, c.width, c.feedforward) == ("pre", "rms", 3, 0)
        assert 1 <= c.classes <= 3


def test_distances_are_drawn_with_even_widths() -> None:
    assert {c.width for c in draws(s.configurations(positions="transformer_xl"), 50)} == {2, 4}
    assert {c.width for c in draws(s.configurations(positions="transformer_xl", min_width=3), 20)} == {4}
    with pytest.raises(InputError, match="even width"):
        s.configurations(positions="transformer_xl", min_width=3, max_width=3)


def test_parallel_blocks_are_drawn_only_where_they_can_be() -> None:
    assert {c.placement for c in draws(s.configurations(parallel=True), 50) if c.parallel} == {"pre"}
    assert not any(c.parallel for c in draws(s.configurations(parallel=False), 20))


def test_a_given_configuration_is_kept() -> None:
    configuration = Configuration(vocabulary=2, width=3, feedforward=2)
    assert {network.configuration for network in draws(s.networks(configuration), 20)} == {configuration}


def test_the_smallest_network() -> None:
    network = minimal(s.networks())
    kind = network.configuration
    assert (kind.layers, kind.width, kind.heads, kind.key_width, kind.value_width, kind.vocabulary) == (1,) * 6
    assert kind.biases == frozenset()
    assert kind.feedforward == 0
    assert (kind.placement, kind.norm, kind.positions, kind.mask, kind.epsilon) == ("res_post", "layer", "none", "none", 0.0)
    assert not entries(network).any()
    assert minimal(s.networks(min_layers=2, min_width=3)).configuration.width == 3


def test_the_smallest_network_that_is_not_zero_has_one_unit_weight() -> None:
    network = minimal(s.networks(), lambda network: network.parameters.norm() > 0)
    assert sorted(np.abs(entries(network)))[-2:] == [0.0, 1.0]
    assert network.configuration.layers == network.configuration.width == 1


def test_shrinking_goes_to_the_first_option() -> None:
    assert minimal(s.configurations(placements=("post", "pre"))).placement == "post"
    assert minimal(s.configurations(), lambda c: c.layers == 2).width == 1


# Tokens


def test_tokens_fit_the_network() -> None:
    for case in draws(s.cases(positions="learned", longest=2, max_length=4), 100):
        assert check_tokens(case.tokens, case.network.configuration).n <= 2


def test_tokens_repeat_or_not() -> None:
    kind = Configuration(vocabulary=4, width=1)
    assert {len(found) for found in draws(s.tokens(kind))} == {1, 2, 3, 4, 5}
    assert any(len(set(found)) < len(found) for found in draws(s.tokens(kind)))
    assert all(len(set(found)) == len(found) <= 4 for found in draws(s.tokens(kind, repeats=False)))
    assert {len(found) for found in draws(s.tokens(kind, 3, min_length=2), 50)} == {2, 3}


def test_the_smallest_tokens() -> None:
    kind = Configuration(vocabulary=4, width=1)
    assert minimal(s.tokens(kind)) == [0]
    assert minimal(s.tokens(kind), lambda found: max(found) == 3) == [3]
    assert minimal(s.cases()).tokens == [0]


def test_batches_fit_the_network() -> None:
    kind = Configuration(vocabulary=3, width=1, positions="learned", longest=4)
    found = draws(s.batches(kind))
    for rectangle, lengths in found:
        assert check_tokens(rectangle, kind, lengths).numbers.shape[1] <= 4
    assert {rectangle.shape[0] for rectangle, _ in found} == {1, 2, 3}
    assert any(rectangle[0, lengths[0] :].any() for rectangle, lengths in found)
    rectangle, lengths = minimal(s.batches(kind))
    assert (rectangle.tolist(), lengths.tolist()) == ([[0]], [1])


# Scores


def winners(scores: tuple[Fraction, ...]) -> set[int]:
    return {i for i, score in enumerate(scores) if all(score >= other for other in scores)}


def test_both_kinds_of_tie_occur_among_scores() -> None:
    kinds: Counter[str] = Counter()
    for vector in drawn("scores"):
        assert 1 <= len(vector) <= 8
        assert all(isinstance(score, Fraction) for score in vector)
        top, *rest = sorted(vector, reverse=True)
        kinds["tied"] += bool(rest) and rest[0] == top
        kinds["near"] += bool(rest) and 0 < top - rest[0] < Fraction(1, 1000) * abs(top)
        kinds["apart"] += bool(rest) and top - rest[0] >= Fraction(1, 1000) * abs(top) > 0
    assert min(kinds.values()) >= 20, kinds
    assert all(len(winners(vector)) > 1 for vector in draws(s.scores(kinds="tied"), 50))


def test_ties_are_exact() -> None:
    for tie in drawn("tied_scores"):
        assert winners(tie.scores) == tie.winners
        assert 2 <= len(tie.winners) <= len(tie.scores) <= 8
    assert any(len(tie.winners) < len(tie.scores) for tie in drawn("tied_scores"))
    assert any(0 not in tie.winners for tie in drawn("tied_scores"))
    assert minimal(s.tied_scores()).scores == (0, 0)


def test_near_ties_have_the_gap_they_state() -> None:
    for tie in drawn("near_ties"):
        assert winners(tie.scores) == {tie.winner}
        top, second = sorted(tie.scores, reverse=True)[:2]
        assert top - second == tie.gap
        assert Fraction(1, 10**12) <= tie.gap / top <= 1
    relative = [float(tie.gap / max(tie.scores)) for tie in drawn("near_ties")]
    assert min(relative) < 1e-11
    assert max(relative) == 1.0
    assert {tie.winner for tie in drawn("near_ties")} > {0, 1, 2}
    assert minimal(s.near_ties()).scores == (1, 0)


def test_hidden_ties_are_equal_and_do_not_show_it() -> None:
    ties = drawn("hidden_ties", 60)
    for tie in ties:
        assert tie.left != tie.right
        assert tie.left - tie.right != 0
        assert not tie.left.is_rational
        assert abs(sympy.N(tie.left, 60) - sympy.N(tie.right, 60)) < sympy.Float(10, 60) ** -54
    roots = {power.exp for tie in ties for power in tie.left.atoms(sympy.Pow) if power.base.is_Add}
    assert roots == {sympy.Rational(1, 2), sympy.Rational(1, 3)}


def test_hidden_ties_have_one_minimal_polynomial() -> None:
    x = sympy.Symbol("x")
    for tie in draws(s.hidden_ties(3), 6):
        assert sympy.minimal_polynomial(tie.left - tie.right, x) == x


def test_hidden_near_ties_differ_by_what_they_state() -> None:
    ties = drawn("hidden_near_ties", 60)
    for tie in ties:
        difference = sympy.N(tie.left, 90) - sympy.N(tie.right, 90)
        assert difference != 0
        assert abs(difference / sympy.Rational(tie.difference.numerator, tie.difference.denominator) - 1) < 1e-40
    sizes = [abs(tie.difference) for tie in ties]
    assert min(sizes) < Fraction(1, 10**30)
    assert {tie.difference > 0 for tie in ties} == {True, False}


def survivors(series: np.ndarray) -> set[int]:
    left = set(range(series.shape[1]))
    for row in series[:-1]:
        left = {i for i in left if row[i] == max(row[j] for j in left)}
    return left


def test_score_series_tie_to_every_order() -> None:
    found = drawn("score_series")
    depths = Counter()
    for series in found:
        assert series.dtype == np.int64
        assert np.abs(series).max() <= 2
        assert 2 <= series.shape[0] <= 5
        assert 2 <= series.shape[1] <= 6
        assert (series[0] == series[0].max()).sum() >= 2
        top = max(map(tuple, series.T))
        depths[
            max(
                next((i for i, (a, b) in enumerate(zip(top, column, strict=True)) if a != b), 5)
                for column in _others(series, top)
            )
        ] += 1
    assert set(depths) == {1, 2, 3, 4, 5}
    assert min(depths.values()) >= 5, depths
    assert {len(survivors(series)) for series in found} > {1, 2}
    assert any(0 not in survivors(series) for series in found)


def _others(series: np.ndarray, top: tuple[int, ...]) -> list[tuple[int, ...]]:
    columns = list(map(tuple, series.T))
    columns.remove(top)
    return columns


def test_the_smallest_score_series() -> None:
    assert minimal(s.score_series()).tolist() == [[0, 0], [0, 0]]
    assert minimal(s.score_series(), lambda series: len(survivors(series)) == 1).shape == (3, 2)


# Vectors and scales


def test_degenerate_vectors_are_what_they_say() -> None:
    found = drawn("degenerate_vectors")
    for vector in found:
        mean = sum(vector.entries) / len(vector.entries)
        assert vector.vanishes == all(entry - mean == 0 for entry in vector.entries)
        assert tuple(map(Fraction, vector.array)) == vector.entries
        assert 1 <= len(vector.entries) <= 6
    kinds = Counter(vector.kind for vector in found)
    assert set(kinds) == {"zero", "constant", "single", "tiny difference", "huge", "tiny"}
    assert min(kinds.values()) >= 3, kinds
    assert {vector.vanishes for vector in found if vector.kind == "huge"} == {True, False}
    assert all(vector.vanishes for vector in found if vector.kind in {"zero", "constant", "single"})
    assert minimal(s.degenerate_vectors()).entries == (0,)


def test_degenerate_vectors_reach_the_edges_of_floats() -> None:
    found = drawn("degenerate_vectors")
    with np.errstate(over="ignore"):
        assert any(np.isinf(np.square(vector.array)).any() for vector in found)
    assert any(vector.entries != (0,) * len(vector.entries) and not np.square(vector.array).any() for vector in found)
    for vector in (v for v in found if v.kind == "tiny difference"):
        assert 0 < np.ptp(vector.array) < 1e-2
        assert not vector.vanishes


def test_scales_near_one_huge_and_powers_of_ten() -> None:
    found = drawn("scales")
    assert all(1 <= c <= 1e9 for c in found)
    assert {10.0**e for e in range(10)} <= set(found)
    assert any(1 < c < 1 + 1e-9 for c in found)
    assert any(c > 1e6 and c not in {1e7, 1e8, 1e9} for c in found)
    assert minimal(s.scales()) == 1.0
    assert minimal(s.scales(2, 50), lambda c: c > 9) == 10.0


@pytest.mark.parametrize(("low", "high"), [(3.0, 3.0), (1e-3, 0.5), (1e300, 1.7e308), (0.999999, 1.0), (7.0, 9.0)])
def test_scales_keep_to_their_bounds(low: float, high: float) -> None:
    assert all(low <= c <= high and math.isfinite(c) for c in draws(s.scales(low, high), 60))


# What is refused


@pytest.mark.parametrize(
    "make",
    [
        lambda: s.configurations(placements=("sideways",)),  # type: ignore[arg-type]
        lambda: s.configurations(placements=()),
        lambda: s.configurations(norms="layer norm"),  # type: ignore[arg-type]
        lambda: s.configurations(epsilon=-1.0),
        lambda: s.configurations(epsilon=math.nan),
        lambda: s.configurations(epsilon="small"),  # type: ignore[arg-type]
        lambda: s.configurations(gains="yes"),  # type: ignore[arg-type]
        lambda: s.configurations(biases="some"),
        lambda: s.configurations(biases={"keys"}),
        lambda: s.configurations(max_layers=0),
        lambda: s.configurations(min_width=5, max_width=4),
        lambda: s.configurations(min_width=0),
        lambda: s.configurations(max_heads=0),
        lambda: s.configurations(max_vocabulary=0),
        lambda: s.configurations(longest=0),
        lambda: s.networks(values="complex"),  # type: ignore[arg-type]
        lambda: s.networks(Configuration(vocabulary=1, width=1), max_layers=1),
        lambda: s.networks(masks=("half",)),  # type: ignore[arg-type]
        lambda: s.cases(max_length=0),
        lambda: s.tokens(Configuration(vocabulary=1, width=1), 0),
        lambda: s.tokens(Configuration(vocabulary=1, width=1), 3, min_length=0),
        lambda: s.tokens(Configuration(vocabulary=1, width=1), 3, min_length=2, repeats=False),
        lambda: s.batches(Configuration(vocabulary=1, width=1), max_sequences=0),
        lambda: s.scores(1),
        lambda: s.scores(kinds=("hidden",)),
        lambda: s.scores(kinds=()),
        lambda: s.tied_scores(1),
        lambda: s.near_ties(1),
        lambda: s.near_ties(digits=-1),
        lambda: s.hidden_ties(1),
        lambda: s.hidden_near_ties(1),
        lambda: s.hidden_near_ties(digits=0),
        lambda: s.degenerate_vectors(1),
        lambda: s.score_series(0),
        lambda: s.score_series(2, 1),
        lambda: s.scales(0, 1),
        lambda: s.scales(2, 1),
        lambda: s.scales(1, math.inf),
        lambda: s.scales(math.nan, 1),
    ],
)
def test_bad_arguments_are_refused_at_once(make: Callable[[], object]) -> None:
    with pytest.raises(InputError):
        make()


def test_the_options_that_are_passed_on_are_those_of_configurations() -> None:
    assert set(s.Options.__annotations__) == set(s.configurations.__kwdefaults__ or {})


def test_the_import_leaves_sympy_alone() -> None:
    code = "import sys, sattheory.strategies; sys.exit('sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
