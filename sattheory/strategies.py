"""Hypothesis strategies for what saturation finds hard: tied scores, vectors that a norm cannot normalise, small exact networks.

A property test is as good as the inputs it tries.  Random real weights never tie, so a test on them never sees the case that
layerwise hardmax gets wrong; weights from −2 … 2 tie and cancel all the time.  Each strategy here is built from its answer: a
hidden tie, for one, is drawn as √x + √y and handed out with its other face √(x + y + 2√xy), so that what a program decides can
be held against what is true.  Everything shrinks towards one layer, one coordinate, one position, and weights that are 0 or 1.

Source: MacIver et al., "Hypothesis: a new approach to property-based testing" (JOSS 2019), on shrinking by construction; the
identity √(x + y + 2√xy) = √x + √y is Bhāskara's (Bījagaṇita, 1150).

Glossary of shapes: n positions, d width, B sequences of a batch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict, TypeVar, Unpack, get_args

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from hypothesis.strategies import SearchStrategy
from numpy.typing import NDArray

from sattheory.errors import InputError
from sattheory.network.configuration import (
    BIASES,
    Activation,
    Configuration,
    Mask,
    NormKind,
    NormScale,
    Placement,
    Positions,
)
from sattheory.network.initialise import fill, initial_parameters
from sattheory.network.transformer import Transformer

if TYPE_CHECKING:
    import sympy

__all__ = [
    "Case",
    "DegenerateVector",
    "HiddenNearTie",
    "HiddenTie",
    "NearTie",
    "Options",
    "TiedScores",
    "batches",
    "cases",
    "configurations",
    "degenerate_vectors",
    "hidden_near_ties",
    "hidden_ties",
    "near_ties",
    "networks",
    "scales",
    "score_series",
    "scores",
    "tied_scores",
    "tokens",
]

Array = NDArray[Any]
T = TypeVar("T")
OneOrMore: TypeAlias = T | tuple[T, ...]
Values = Literal["integers", "rationals", "normal"]
Complaint = tuple[str, str, str]

PLACEMENTS: tuple[Placement, ...] = get_args(Placement)
NORMS: tuple[NormKind, ...] = get_args(NormKind)
NORM_SCALES: tuple[NormScale, ...] = get_args(NormScale)
ACTIVATIONS: tuple[Activation, ...] = get_args(Activation)
POSITIONS: tuple[Positions, ...] = get_args(Positions)

EXACT_VALUES: dict[str, SearchStrategy[float]] = {
    "integers": st.integers(-2, 2).map(float),
    "rationals": st.builds(lambda a, b: a / b, st.integers(-4, 4), st.sampled_from((1, 2, 4))),
}
FRACTIONS = st.builds(Fraction, st.integers(-4, 4), st.integers(1, 4))
GAPS = st.builds(Fraction, st.integers(0, 4), st.integers(1, 4))
SCORE_KINDS = ("plain", "tied", "near")


class Options(TypedDict, total=False):
    """The options of `configurations`, for those that pass them on."""

    placements: OneOrMore[Placement]
    norms: OneOrMore[NormKind]
    norm_scales: OneOrMore[NormScale]
    epsilon: OneOrMore[float]
    gains: OneOrMore[bool]
    activations: OneOrMore[Activation]
    gates: OneOrMore[bool]
    biases: str | Iterable[str]
    masks: OneOrMore[Mask]
    positions: OneOrMore[Positions]
    scaled_scores: OneOrMore[bool]
    embedding_norms: OneOrMore[bool]
    final_norms: OneOrMore[bool]
    parallel: OneOrMore[bool]
    min_layers: int
    max_layers: int
    min_width: int
    max_width: int
    max_heads: int
    max_vocabulary: int
    longest: int
    feedforward: bool
    classifier: bool


@dataclass(frozen=True)
class Case:
    """A network and a sequence that it can read.

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : list of int
        Token numbers, n of them.
    """

    network: Transformer
    tokens: list[int]


@dataclass(frozen=True)
class TiedScores:
    """Scores whose largest value is taken at least twice, exactly.

    Parameters
    ----------
    scores : tuple of Fraction
        n scores.
    winners : frozenset of int
        The positions of the largest one.
    """

    scores: tuple[Fraction, ...]
    winners: frozenset[int]


@dataclass(frozen=True)
class NearTie:
    """Scores whose largest value is taken once, by a known margin.

    Parameters
    ----------
    scores : tuple of Fraction
        n scores, the largest of them positive.
    winner : int
        Its position.
    gap : Fraction
        How far the second largest score lies below it, positive.
    """

    scores: tuple[Fraction, ...]
    winner: int
    gap: Fraction


@dataclass(frozen=True)
class HiddenTie:
    """Two expressions for one real number, which their form does not show.

    Parameters
    ----------
    left, right : sympy.Expr
        A nested radical and its denested form: unequal as expressions, equal as numbers.
    """

    left: sympy.Expr
    right: sympy.Expr


@dataclass(frozen=True)
class HiddenNearTie:
    """Two expressions for two real numbers whose difference is a tiny rational.

    Parameters
    ----------
    left, right : sympy.Expr
        A nested radical, and its denested form moved by `difference`.
    difference : Fraction
        left − right, exactly; not zero.
    """

    left: sympy.Expr
    right: sympy.Expr
    difference: Fraction


@dataclass(frozen=True)
class DegenerateVector:
    """A vector on the edge of what a norm can normalise.

    Parameters
    ----------
    entries : tuple of Fraction
        d entries; float64 holds each of them exactly.
    kind : str
        ``zero``, ``constant``, ``single`` (d = 1), ``tiny difference``, ``huge`` or ``tiny``.
    vanishes : bool
        Whether P v = v − mean(v) is exactly zero, so that LN has nothing to normalise.
    """

    entries: tuple[Fraction, ...]
    kind: str
    vanishes: bool

    @property
    def array(self) -> NDArray[np.float64]:
        """Give the vector as floats, without rounding.

        Returns
        -------
        ndarray of float64, shape (d,)
            The entries.
        """
        return np.array([float(entry) for entry in self.entries])


def configurations(
    *,
    placements: OneOrMore[Placement] = PLACEMENTS,
    norms: OneOrMore[NormKind] = NORMS,
    norm_scales: OneOrMore[NormScale] = NORM_SCALES,
    epsilon: OneOrMore[float] = (0.0, 1e-5),
    gains: OneOrMore[bool] = (False, True),
    activations: OneOrMore[Activation] = ACTIVATIONS,
    gates: OneOrMore[bool] = (False, True),
    biases: str | Iterable[str] = "any",
    masks: OneOrMore[Mask] = ("none", "causal"),
    positions: OneOrMore[Positions] = POSITIONS,
    scaled_scores: OneOrMore[bool] = (True, False),
    embedding_norms: OneOrMore[bool] = (False, True),
    final_norms: OneOrMore[bool] = (False, True),
    parallel: OneOrMore[bool] = (False, True),
    min_layers: int = 1,
    max_layers: int = 2,
    min_width: int = 1,
    max_width: int = 4,
    max_heads: int = 2,
    max_vocabulary: int = 3,
    longest: int = 5,
    feedforward: bool = True,
    classifier: bool = False,
) -> SearchStrategy[Configuration]:
    """Draw architectures.

    Where an option takes a tuple, every entry may be drawn, and examples shrink to the first, or to one with fewer parameters.
    A single entry stands for itself.

    Parameters
    ----------
    placements, norms, norm_scales, epsilon, gains, activations, gates, masks, positions, scaled_scores : option or tuple
        What `Configuration` may have as placement, norm, norm_scale, epsilon, gain, activation, gated, mask, positions and
        scaled_scores.
    embedding_norms, final_norms : bool or tuple of bool
        Whether there may be a norm after the embedding, and after the last layer.
    parallel : bool or tuple of bool
        Whether both blocks may read the same stream; only where the norm stands before them.
    biases : {"any", "none", "all"} or set of str
        Any subset of the biases that the architecture has a use for, none, all, or exactly those given.
    min_layers, max_layers, min_width, max_width : int
        Bounds on the layers and on d; `max_width` bounds the widths of heads and of the feedforward block too.
    max_heads, max_vocabulary, longest : int
        Largest h and V; longest table of learned positions.
    feedforward : bool
        Whether there may be a feedforward block.
    classifier : bool
        Whether there is a classifier, of 1 to 3 classes.

    Returns
    -------
    SearchStrategy of Configuration
        Shrinks to few layers, a small width, one head and no biases.

    Raises
    ------
    InputError
        For an option that no configuration has, an empty tuple, or bounds that leave nothing.

    Examples
    --------
    >>> from hypothesis import find
    >>> from sattheory.strategies import configurations
    >>> smallest = find(configurations(placements=("pre", "post")), lambda configuration: configuration.heads == 2)
    >>> smallest.placement, smallest.layers, smallest.width, smallest.biases
    ('pre', 1, 1, frozenset())
    """
    choices: dict[str, tuple[Any, ...]] = {
        "placement": _options(placements),
        "norm": _options(norms),
        "norm_scale": _options(norm_scales),
        "epsilon": _options(epsilon),
        "gain": _options(gains),
        "activation": _options(activations),
        "gated": _options(gates),
        "mask": _options(masks),
        "positions": _options(positions),
        "scaled_scores": _options(scaled_scores),
        "embedding_norm": _options(embedding_norms),
        "final_norm": _options(final_norms),
        "parallel": _options(parallel),
    }
    bounds = {
        "layers": (min_layers, max_layers, 0),
        "width": (min_width, max_width, 1),
        "heads": (1, max_heads, 1),
        "vocabulary": (1, max_vocabulary, 1),
        "longest": (1, longest, 1),
    }
    wanted = biases if isinstance(biases, str) else frozenset(biases)
    checks = (*map(_bad_choice, choices.items()), *map(_bad_bounds, bounds.items()), _bad_biases(wanted))
    for complaint in (*checks, _bad_width(choices["positions"], min_width, max_width)):
        if complaint is not None:
            raise InputError(*complaint)
    return _configuration(choices, {name: st.integers(*b[:2]) for name, b in bounds.items()}, wanted, feedforward, classifier)


def networks(
    configuration: Configuration | None = None, *, values: Values = "integers", **options: Unpack[Options]
) -> SearchStrategy[Transformer]:
    """Draw networks.

    Parameters
    ----------
    configuration : Configuration, optional
        Draw parameters only, for this architecture.
    values : {"integers", "rationals", "normal"}
        ``integers``: −2 … 2, often sparse.  ``rationals``: −4 … 4 over 1, 2 or 4, exact in floats.  ``normal``: N(0, 1) from a
        drawn seed; these do not shrink.
    **options
        The options of `configurations`.

    Returns
    -------
    SearchStrategy of Transformer
        Shrinks as `configurations` does, and to weights that are zero.

    Raises
    ------
    InputError
        For bad options, unknown `values`, or options beside a configuration that is already made.

    Examples
    --------
    >>> from hypothesis import find, given
    >>> from sattheory.strategies import networks
    >>> @given(networks(placements="res_post", biases="none", max_layers=1))
    ... def test_nothing_has_a_bias(network):
    ...     assert not any(name.endswith("bias") for name, _ in network.parameters.named())
    >>> test_nothing_has_a_bias()
    >>> find(networks(), lambda network: network.parameters.norm() > 0).parameters.norm()
    1.0
    """
    if values not in get_args(Values):
        raise InputError(f"values={values!r}", "no such kind of weights", "choose from " + ", ".join(get_args(Values)))
    if configuration is not None and options:
        given = f"options {sorted(options)}"
        raise InputError(given, "the configuration is already made", "give a configuration or options, not both")
    return _network(st.just(configuration) if configuration is not None else configurations(**options), values)


def tokens(
    network: Transformer | Configuration, max_length: int = 5, *, min_length: int = 1, repeats: bool = True
) -> SearchStrategy[list[int]]:
    """Draw sequences that a network can read.

    Parameters
    ----------
    network : Transformer or Configuration
        The network, or its architecture.
    max_length : int
        Most positions; a network with a table of positions may have fewer.
    min_length : int
        Fewest positions.
    repeats : bool
        Whether a token may occur twice, and so make two positions tie.

    Returns
    -------
    SearchStrategy of list of int
        Shrinks to few positions and small numbers.

    Raises
    ------
    InputError
        For lengths below 1, or a network that has no sequence of `min_length`.

    Examples
    --------
    >>> from hypothesis import find
    >>> from sattheory.network import Configuration
    >>> from sattheory.strategies import tokens
    >>> find(tokens(Configuration(vocabulary=9, width=2)), lambda sequence: len(set(sequence)) > 1)
    [0, 1]
    """
    for name, length in (("min_length", min_length), ("max_length", max_length)):
        if length < 1:
            raise InputError(*_too_small(name, length, 1))
    kind = network.configuration if isinstance(network, Transformer) else network
    most = min(max_length, kind.longest or max_length, max_length if repeats else kind.vocabulary)
    if most < min_length:
        given = f"min_length={min_length}"
        raise InputError(given, f"no sequence here has more than {most} positions", "ask for shorter ones")
    return st.lists(st.integers(0, kind.vocabulary - 1), min_size=min_length, max_size=most, unique=not repeats)


def batches(
    network: Transformer | Configuration, max_length: int = 5, *, max_sequences: int = 3
) -> SearchStrategy[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Draw padded batches.

    Parameters
    ----------
    network : Transformer or Configuration
        The network, or its architecture.
    max_length : int
        Most positions.
    max_sequences : int
        Most sequences.

    Returns
    -------
    SearchStrategy of tuple of ndarray, shapes (B, n) and (B,)
        Token numbers and real lengths.  The padding holds any tokens, so that a network which looks at it is caught.

    Raises
    ------
    InputError
        For bounds below 1.

    Examples
    --------
    >>> from hypothesis import find
    >>> from sattheory.network import Configuration
    >>> from sattheory.strategies import batches
    >>> rectangle, lengths = find(batches(Configuration(vocabulary=9, width=2)), lambda b: b[1].min() < b[1].max())
    >>> rectangle.tolist(), sorted(lengths.tolist())
    ([[0, 0], [0, 0]], [1, 2])
    """
    for name, bound in (("max_length", max_length), ("max_sequences", max_sequences)):
        if bound < 1:
            raise InputError(*_too_small(name, bound, 1))
    kind = network.configuration if isinstance(network, Transformer) else network
    return _batch(kind.vocabulary, min(max_length, kind.longest or max_length), max_sequences)


def cases(
    configuration: Configuration | None = None,
    *,
    values: Values = "integers",
    max_length: int = 5,
    repeats: bool = True,
    **options: Unpack[Options],
) -> SearchStrategy[Case]:
    """Draw a network together with a sequence for it.

    Parameters
    ----------
    configuration : Configuration, optional
        Draw parameters only, for this architecture.
    values : {"integers", "rationals", "normal"}
        Weights, see `networks`.
    max_length : int
        Most positions.
    repeats : bool
        Whether a token may occur twice.
    **options
        The options of `configurations`.

    Returns
    -------
    SearchStrategy of Case
        Shrinks as `networks` and `tokens` do.

    Raises
    ------
    InputError
        As `networks` and `tokens` do.

    Examples
    --------
    >>> from hypothesis import find
    >>> from sattheory.strategies import cases
    >>> case = find(cases(positions="none"), lambda case: len(case.tokens) == 2)
    >>> case.tokens, case.network.configuration.layers
    ([0, 0], 1)
    """
    if max_length < 1:
        raise InputError(*_too_small("max_length", max_length, 1))
    return networks(configuration, values=values, **options).flatmap(
        lambda network: tokens(network, max_length, repeats=repeats).map(lambda sequence: Case(network, sequence))
    )


def scores(max_size: int = 8, *, kinds: OneOrMore[str] = SCORE_KINDS) -> SearchStrategy[tuple[Fraction, ...]]:
    """Draw the scores of one query: unrelated ones, tied ones and nearly tied ones.

    Parameters
    ----------
    max_size : int
        Most positions.
    kinds : str or tuple of str
        ``plain``, ``tied`` (as `tied_scores`) and ``near`` (as `near_ties`).

    Returns
    -------
    SearchStrategy of tuple of Fraction
        n scores; shrinks to zeros.

    Raises
    ------
    InputError
        For fewer than two positions or an unknown kind.

    Examples
    --------
    >>> from hypothesis import find
    >>> from sattheory.strategies import scores
    >>> find(scores(), lambda vector: vector.count(max(vector)) == 3)
    (Fraction(0, 1), Fraction(0, 1), Fraction(0, 1))
    """
    wanted = _options(kinds)
    unknown = [kind for kind in wanted if kind not in SCORE_KINDS]
    if unknown or not wanted:
        raise InputError(f"kinds={kinds!r}", "these are not kinds of scores", "choose from " + ", ".join(SCORE_KINDS))
    if max_size < 2:
        raise InputError(*_too_small("max_size", max_size, 2))
    vectors: dict[str, SearchStrategy[tuple[Fraction, ...]]] = {
        "plain": st.lists(FRACTIONS, min_size=1, max_size=max_size).map(tuple),
        "tied": tied_scores(max_size).map(lambda tie: tie.scores),
        "near": near_ties(max_size).map(lambda tie: tie.scores),
    }
    return st.one_of([vectors[kind] for kind in wanted])


def tied_scores(max_size: int = 8) -> SearchStrategy[TiedScores]:
    """Draw scores whose largest value is taken at least twice.

    Parameters
    ----------
    max_size : int
        Most positions.

    Returns
    -------
    SearchStrategy of TiedScores
        Shrinks to two zeros.

    Raises
    ------
    InputError
        For fewer than two positions.

    Examples
    --------
    >>> from hypothesis import given
    >>> from sattheory.strategies import tied_scores
    >>> @given(tied_scores())
    ... def test_winners(tie):
    ...     assert {i for i, score in enumerate(tie.scores) if score == max(tie.scores)} == tie.winners
    >>> test_winners()
    """
    if max_size < 2:
        raise InputError(*_too_small("max_size", max_size, 2))
    return _tied_scores(max_size)


def near_ties(max_size: int = 8, *, digits: int = 12) -> SearchStrategy[NearTie]:
    """Draw scores whose two largest values nearly tie.

    Parameters
    ----------
    max_size : int
        Most positions.
    digits : int
        Smallest gap relative to the largest score, 10^(−digits); the largest is 1.

    Returns
    -------
    SearchStrategy of NearTie
        Shrinks to scores 1 and 0.

    Raises
    ------
    InputError
        For fewer than two positions or a negative number of digits.

    Examples
    --------
    >>> from hypothesis import find
    >>> from sattheory.strategies import near_ties
    >>> tie = find(near_ties(), lambda tie: tie.gap < 1e-9)
    >>> tie.winner, tie.scores[0] - tie.scores[1] == tie.gap
    (0, True)
    """
    if max_size < 2:
        raise InputError(*_too_small("max_size", max_size, 2))
    if digits < 0:
        raise InputError(*_too_small("digits", digits, 0))
    return _near_tie(max_size, digits)


def hidden_ties(largest: int = 12) -> SearchStrategy[HiddenTie]:
    """Draw pairs of expressions that are equal without looking so.

    Square roots √(x + y ± 2√xy) = √x ± √y and cube roots ∛((p + √q)³) = p + √q, both sides times a rational and plus another.

    Parameters
    ----------
    largest : int
        Largest of x, y, p and q, at least 2.

    Returns
    -------
    SearchStrategy of HiddenTie
        Shrinks to √(3 + 2√2) and 1 + √2.

    Raises
    ------
    InputError
        When `largest` leaves no radical.

    Examples
    --------
    >>> from hypothesis import find
    >>> from sattheory.strategies import hidden_ties
    >>> tie = find(hidden_ties(), lambda tie: True)
    >>> tie.left, tie.right
    (sqrt(2*sqrt(2) + 3), 1 + sqrt(2))
    """
    if largest < 2:
        raise InputError(*_too_small("largest", largest, 2))
    return _hidden_tie(largest)


def hidden_near_ties(largest: int = 12, *, digits: int = 40) -> SearchStrategy[HiddenNearTie]:
    """Draw pairs of expressions that differ by a tiny rational.

    Parameters
    ----------
    largest : int
        Largest integer under a root, see `hidden_ties`.
    digits : int
        Smallest difference, 10^(−digits), where float64 sees nothing below about 10^(−16).

    Returns
    -------
    SearchStrategy of HiddenNearTie
        Shrinks to a difference of 1/10.

    Raises
    ------
    InputError
        When `largest` leaves no radical, or `digits` no difference.

    Examples
    --------
    >>> from hypothesis import find
    >>> from sattheory.strategies import hidden_near_ties
    >>> find(hidden_near_ties(), lambda tie: True).difference
    Fraction(1, 10)
    """
    if largest < 2:
        raise InputError(*_too_small("largest", largest, 2))
    if digits < 1:
        raise InputError(*_too_small("digits", digits, 1))
    offsets = st.builds(lambda sign, e: Fraction(sign, 10**e), st.sampled_from((1, -1)), st.integers(1, digits))
    return st.builds(_moved, _hidden_tie(largest), offsets)


def degenerate_vectors(max_size: int = 6) -> SearchStrategy[DegenerateVector]:
    """Draw vectors that LN cannot normalise, or only just.

    Zero, constant, of one entry, constant but for a difference of 2^(−10) to 2^(−45), of magnitude near 2^(±1000), whose squares
    leave float64.

    Parameters
    ----------
    max_size : int
        Most entries, d.

    Returns
    -------
    SearchStrategy of DegenerateVector
        Shrinks to a single zero.

    Raises
    ------
    InputError
        For fewer than two entries.

    Examples
    --------
    >>> from hypothesis import given
    >>> from sattheory.strategies import degenerate_vectors
    >>> @given(degenerate_vectors())
    ... def test_flag(vector):
    ...     mean = sum(vector.entries) / len(vector.entries)
    ...     assert vector.vanishes == all(entry == mean for entry in vector.entries)
    >>> test_flag()
    """
    if max_size < 2:
        raise InputError(*_too_small("max_size", max_size, 2))
    return st.one_of([strategy.map(_degenerate(kind)) for kind, strategy in _degenerate_kinds(max_size).items()])


def score_series(max_degree: int = 4, max_size: int = 6) -> SearchStrategy[NDArray[np.int64]]:
    """Draw scores that are polynomials in c and tie to some order.

    Row j of the array multiplies c^(k − j), the last row c⁰.  At least two positions share the largest leading coefficient, and
    they agree with one of them for a drawn number of further rows, possibly all.

    Parameters
    ----------
    max_degree : int
        Largest degree k, at least 1.
    max_size : int
        Most positions.

    Returns
    -------
    SearchStrategy of ndarray of int, shape (k + 1, n)
        Coefficients from −2 to 2; shrinks to zeros.

    Raises
    ------
    InputError
        For a degree below 1 or fewer than two positions.

    Examples
    --------
    >>> from hypothesis import find
    >>> from sattheory.strategies import score_series
    >>> find(score_series(), lambda series: series[-1, 0] != series[-1, 1]).tolist()
    [[0, 0], [0, 1]]
    """
    if max_degree < 1:
        raise InputError(*_too_small("max_degree", max_degree, 1))
    if max_size < 2:
        raise InputError(*_too_small("max_size", max_size, 2))
    return _score_series(max_degree, max_size)


def scales(minimum: float = 1, maximum: float = 1e9) -> SearchStrategy[float]:
    """Draw scales c: exact powers of ten, scales just above the smallest, and any between, evenly in log c.

    Parameters
    ----------
    minimum, maximum : float
        Bounds, both included.

    Returns
    -------
    SearchStrategy of float
        Shrinks to the smallest.

    Raises
    ------
    InputError
        Unless 0 < minimum ≤ maximum < ∞.

    Examples
    --------
    >>> from hypothesis import find
    >>> from sattheory.strategies import scales
    >>> find(scales(), lambda c: c > 500)
    1000.0
    """
    if not (math.isfinite(maximum) and 0 < minimum <= maximum):
        given = f"minimum={minimum}, maximum={maximum}"
        raise InputError(given, "scales are positive and finite", "give 0 < minimum ≤ maximum")
    low, high = float(minimum), float(maximum)
    exponents = range(math.ceil(math.log10(low)) - 1, math.floor(math.log10(high)) + 2)
    powers = [power for power in (float(f"1e{e}") for e in exponents if e < 309) if low <= power <= high]
    near = [low * (1 + 10.0**-e) for e in range(1, 16)]
    between = st.floats(math.log10(low), math.log10(high)).map(lambda e: min(max(10.0**e, low), high))
    return st.one_of(st.sampled_from([low, *powers]), st.sampled_from([low, *(c for c in near if c <= high)]), between)


def _options(given: OneOrMore[T]) -> tuple[T, ...]:
    return given if isinstance(given, tuple) else tuple(given) if isinstance(given, list) else (given,)


def _too_small(name: str, value: float, least: int) -> Complaint:
    return f"{name}={value}", f"must be at least {least}", f"give {least} or more"


ALLOWED: dict[str, tuple[object, ...]] = {
    "placement": PLACEMENTS,
    "norm": NORMS,
    "norm_scale": NORM_SCALES,
    "activation": ACTIVATIONS,
    "mask": get_args(Mask),
    "positions": POSITIONS,
}


def _bad_choice(item: tuple[str, tuple[Any, ...]]) -> Complaint | None:
    """Say what is wrong with the options for one field of a configuration, if anything is."""
    name, options = item
    if not options:
        return f"no option for {name}", "there is nothing to draw from", "give at least one"
    if name == "epsilon":
        wrong = [e for e in options if not (isinstance(e, int | float) and 0 <= e < math.inf)]
        return (f"epsilon={wrong[0]!r}", "ε is a number, not negative", "give 0 or more") if wrong else None
    allowed = ALLOWED.get(name, (False, True))
    wrong = [option for option in options if option not in allowed]
    return (f"{name}={wrong[0]!r}", "is not one that exists", "choose from " + ", ".join(map(str, allowed))) if wrong else None


def _bad_bounds(item: tuple[str, tuple[int, int, int]]) -> Complaint | None:
    """Say what is wrong with the bounds on one number, if anything is."""
    name, (low, high, least) = item
    if low < least:
        return _too_small(f"min_{name}", low, least)
    if high < low:
        return f"{name} from {low} to {high}", "there is nothing to draw from", "give bounds in order"
    return None


def _bad_width(positions: tuple[Any, ...], least: int, most: int) -> Complaint | None:
    """Say what is wrong with widths for distances, if anything is."""
    if positions != ("transformer_xl",) or least % 2 == 0 or least < most:
        return None
    return f"positions='transformer_xl', width from {least} to {most}", "it needs an even width", "allow one"


def _bad_biases(wanted: str | frozenset[str]) -> Complaint | None:
    """Say what is wrong with the wanted biases, if anything is."""
    if isinstance(wanted, str):
        known = wanted in ("any", "none", "all")
        return None if known else (f"biases={wanted!r}", "no such choice", "choose any, none, all, or give a set of names")
    unknown = sorted(map(str, wanted - set(BIASES)))
    return (f"biases={unknown}", "no such bias", "choose from " + ", ".join(BIASES)) if unknown else None


@st.composite
def _configuration(
    draw: st.DrawFn,
    choices: dict[str, tuple[Any, ...]],
    sizes: dict[str, SearchStrategy[int]],
    biases: str | frozenset[str],
    feedforward: bool,
    classifier: bool,
) -> Configuration:
    drawn: dict[str, Any] = {name: draw(sizes[name]) for name in ("layers", "width", "heads", "vocabulary")}
    if choices["positions"] == ("transformer_xl",):
        drawn["width"] = draw(sizes["width"].filter(lambda width: width % 2 == 0))
    possible = {name: _possible(name, options, drawn["width"]) for name, options in choices.items()}
    drawn.update({name: draw(st.sampled_from(options)) for name, options in possible.items()})
    drawn["parallel"] &= drawn["placement"] == "pre"
    inner = st.integers(1, max(drawn["width"], drawn["heads"]))
    drawn["key_width"] = draw(inner) * (2 if drawn["positions"] == "rope" else 1)
    drawn["rotary_width"] = draw(st.sampled_from([0, 2])) if drawn["positions"] == "rope" else 0
    drawn["value_width"] = draw(inner)
    drawn["feedforward"] = draw(st.integers(0, 4)) if feedforward else 0
    drawn["classes"] = draw(st.integers(1, 3)) if classifier else 0
    if drawn["positions"] == "learned":
        drawn["longest"] = draw(sizes["longest"])
    if drawn["positions"] == "relative":
        drawn.update(buckets=draw(st.integers(2, 8)), furthest=draw(st.integers(2, 16)))
    return Configuration(**drawn, biases=draw(_biases(biases, drawn)))


def _possible(name: str, options: tuple[Any, ...], width: int) -> tuple[Any, ...]:
    """Leave out what an odd width cannot have: encodings of distances, half sines and half cosines."""
    return tuple(o for o in options if o != "transformer_xl" or width % 2 == 0) if name == "positions" else options


def _biases(wanted: str | frozenset[str], drawn: dict[str, Any]) -> SearchStrategy[frozenset[str]]:
    """Draw biases; under ``any``, only those that the architecture has a use for, so that a bias which is there acts."""
    if not isinstance(wanted, str):
        return st.just(wanted)
    if wanted != "any":
        return st.just(frozenset(BIASES if wanted == "all" else ()))
    idle = {name for name, part in _HOSTS.items() if not drawn[part]}
    return st.frozensets(st.sampled_from([name for name in BIASES if name not in idle]))


_HOSTS = {"inner": "feedforward", "outer": "feedforward", "classifier": "classes"}


@st.composite
def _network(draw: st.DrawFn, kinds: SearchStrategy[Configuration], values: Values) -> Transformer:
    configuration = draw(kinds)
    if values == "normal":
        return Transformer(configuration, initial_parameters(configuration, "normal", draw(st.integers(0, 2**32 - 1))))
    dense = draw(st.booleans())
    return Transformer(configuration, fill(configuration, lambda _, shape: draw(_weights(values, dense, shape))))


@lru_cache(maxsize=512)
def _weights(values: Values, dense: bool, shape: tuple[int, ...]) -> SearchStrategy[Array]:
    """Draw one array; a strategy is costly to make, and few shapes occur."""
    rest: SearchStrategy[float] = st.nothing() if dense else st.just(0.0)
    return arrays(np.float64, shape, elements=EXACT_VALUES[values], fill=rest)


@st.composite
def _batch(draw: st.DrawFn, vocabulary: int, most: int, sequences: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    b, n = draw(st.integers(1, sequences)), draw(st.integers(1, most))
    lengths = draw(arrays(np.int64, b, elements=st.integers(1, n), fill=st.nothing()))
    return draw(arrays(np.int64, (b, n), elements=st.integers(0, vocabulary - 1), fill=st.nothing())), lengths


@st.composite
def _tied_scores(draw: st.DrawFn, max_size: int) -> TiedScores:
    top = draw(FRACTIONS)
    below = draw(st.lists(GAPS, min_size=2, max_size=max_size))
    for i in draw(st.sets(st.integers(0, len(below) - 1), min_size=2)):
        below[i] = Fraction(0)
    return TiedScores(tuple(top - gap for gap in below), frozenset(i for i, gap in enumerate(below) if gap == 0))


@st.composite
def _near_tie(draw: st.DrawFn, max_size: int, digits: int) -> NearTie:
    top = draw(st.builds(Fraction, st.integers(1, 4), st.integers(1, 4)))
    gap = top * min(Fraction(1), Fraction(draw(st.integers(1, 9)), 10 ** draw(st.integers(0, digits))))
    rest = [top - gap - further for further in draw(st.lists(GAPS, max_size=max_size - 2))]
    vector = draw(st.permutations([top, top - gap, *rest]))
    return NearTie(tuple(vector), vector.index(top), gap)


@st.composite
def _hidden_tie(draw: st.DrawFn, largest: int) -> HiddenTie:
    from sympy import Rational, cbrt, sqrt

    number = st.integers(1, largest)
    x, y = draw(st.tuples(number, number).filter(lambda pair: pair[0] < pair[1] and not _square(pair[0] * pair[1])))
    kind = draw(st.sampled_from(("sum", "difference", "cube")))
    if kind == "cube":
        p, q = (x, y) if not _square(y) else (y, x)
        left, right = cbrt(p**3 + 3 * p * q + (3 * p**2 + q) * sqrt(q)), p + sqrt(q)
    else:
        sign = 1 if kind == "sum" else -1
        left, right = sqrt(x + y + 2 * sign * sqrt(x * y)), sqrt(y) + sign * sqrt(x)
    factor, shift = (Rational(*draw(st.tuples(st.integers(*b), st.integers(1, 4)))) for b in ((1, 4), (-4, 4)))
    return HiddenTie(factor * left + shift, factor * right + shift)


def _square(number: int) -> bool:
    return math.isqrt(number) ** 2 == number


def _moved(tie: HiddenTie, difference: Fraction) -> HiddenNearTie:
    from sympy import Rational

    return HiddenNearTie(tie.left, tie.right - Rational(difference.numerator, difference.denominator), difference)


def _degenerate_kinds(max_size: int) -> dict[str, SearchStrategy[list[Fraction]]]:
    """List the ways to be degenerate, simplest first; powers of two keep every entry exact in float64."""
    entry = st.builds(lambda a, e: Fraction(a, 2**e), st.integers(-4, 4), st.integers(0, 2))
    vectors = st.lists(entry, min_size=2, max_size=max_size)
    sizes = st.integers(2, max_size)
    nonzero = entry.filter(bool)
    return {
        "single": entry.map(lambda x: [x]),
        "zero": sizes.map(lambda d: [Fraction(0)] * d),
        "constant": st.builds(lambda x, d: [x] * d, nonzero, sizes),
        "tiny difference": st.builds(_nudged, nonzero, sizes, st.integers(0, max_size - 1), st.integers(10, 45)),
        "huge": st.builds(_times, vectors.filter(any), st.integers(0, 20).map(lambda e: Fraction(2) ** (1000 - e))),
        "tiny": st.builds(_times, vectors.filter(any), st.integers(0, 20).map(lambda e: Fraction(1, 2 ** (1000 - e)))),
    }


def _nudged(value: Fraction, d: int, index: int, e: int) -> list[Fraction]:
    return [value + Fraction(1, 2**e) if i == index % d else value for i in range(d)]


def _times(vector: list[Fraction], factor: Fraction) -> list[Fraction]:
    return [factor * entry for entry in vector]


def _degenerate(kind: str) -> Callable[[list[Fraction]], DegenerateVector]:
    return lambda entries: DegenerateVector(tuple(entries), kind, len(set(entries)) == 1)


@st.composite
def _score_series(draw: st.DrawFn, max_degree: int, max_size: int) -> NDArray[np.int64]:
    # Columns of full height with a place of their own, cut and sorted afterwards: an example can lose a row or a position while
    # the rest of it stays.
    column = st.tuples(*[st.integers(-2, 2)] * (max_degree + 1))
    marks = st.tuples(column, st.integers(0, max_degree + 1), st.integers(0, max_size))
    drawn = draw(st.lists(marks, min_size=2, max_size=max_size))
    terms = draw(st.integers(1, max_degree)) + 1
    deepest = draw(st.integers(1, terms))
    series = np.array([entries for entries, *_ in drawn]).T[-terms:]
    series[0] = np.minimum(series[0], series[0, 0])
    for position, (_, agreed, _) in enumerate(drawn):
        rows = deepest if position == 1 else min(agreed, deepest)
        series[:rows, position] = series[:rows, 0]
    return series[:, np.argsort([place for *_, place in drawn], kind="stable")]
