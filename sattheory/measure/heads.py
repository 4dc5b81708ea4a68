"""What each attention head does in the limit, over sentences: to how many positions it attends, and where (paper, §4.2, F3).

Two familiar instances: a head that copies the word before attends to one position, at offset −1; a head that averages attends to
everything that it sees.  The paper counts weights above 10⁻⁵ of the network at c = 1000.  Here a position counts if it keeps a
weight in the limit itself: the winners of `saturate`'s decision, and no threshold.  The paper's count stands beside it.

One sentence gives a `HeadCounts`; counts are added in the order of the sentences, so that the sum does not depend on who counted.
A query with a single visible key (the first one of a causal mask) attends to it whatever the head does.  It has no choice,
and counts only where the paper counts it: in the number of positions attended.  Padding never counts: sequences are cut first.

Shapes: L layers, h heads, n positions, W addresses.  Offsets are j − i, key minus query.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from sattheory.arithmetic.floats import Floats, Scaled
from sattheory.arithmetic.operations import Place
from sattheory.asymptotics.ties import EVEN, shared_evenly
from sattheory.errors import InputError
from sattheory.network.tokens import Tokens, causal

if TYPE_CHECKING:
    from sattheory.asymptotics.saturation import Saturation
    from sattheory.network.transformer import Transformer

Array = NDArray[Any]
PAPER_SCALE, PAPER_THRESHOLD = 1000.0, 1e-5
OUTCOMES = ("leading", "lower", "even", "soft")
WORDS = ("unk", "mask")


@dataclass(frozen=True, eq=False)
class Addresses:
    """Where limit attention falls, by one way to say where a key is.

    Parameters
    ----------
    mass : ndarray, shape (L, h, W)
        Limit weight at each address, summed over queries.
    seen : ndarray of int, shape (L, W)
        Queries that see a key there.
    chance : ndarray, shape (L, W)
        What `mass` would be if every query attended evenly to all it sees.
    squares, products : ndarray, shape (L, h, W)
        Squares of each sentence's mass, and mass times queries, summed over sentences.
    seen_squares, sentences : ndarray of int, shape (L, W)
        Squares of each sentence's `seen`, summed over sentences; how many sentences have such queries.
    centred : bool
        Whether address 0 is the middle entry (offsets) or the first.
    """

    mass: Array
    seen: Array
    chance: Array
    squares: Array
    products: Array
    seen_squares: Array
    sentences: Array
    centred: bool = False

    @classmethod
    def of_sentence(cls, mass: Array, seen: Array, chance: Array, centred: bool = False) -> Addresses:
        """Begin with one sentence.

        Parameters
        ----------
        mass, seen, chance : ndarray, shapes (L, h, W), (L, W) and (L, W)
            Of this sentence.
        centred : bool
            Whether address 0 is the middle entry.

        Returns
        -------
        Addresses
            The counts, with their squares.
        """
        return cls(mass, seen, chance, mass**2, mass * seen[:, None], seen**2, (seen > 0).astype(np.int64), centred)

    def __add__(self, other: Addresses) -> Addresses:
        width = max(self.seen.shape[-1], other.seen.shape[-1])
        names = [f.name for f in dataclasses.fields(self) if f.name != "centred"]
        one, two = ([_wide(getattr(part, name), width, self.centred) for name in names] for part in (self, other))
        summed: dict[str, Any] = {name: a + b for name, a, b in zip(names, one, two, strict=True)}
        return dataclasses.replace(self, **summed)

    def at(self, layer: int, head: int, address: int) -> tuple[float, int, float]:
        """Look up one address.

        Parameters
        ----------
        layer, head : int
            From 0.
        address : int
            The offset, or the position counted from one end.

        Returns
        -------
        tuple of float, int and float
            Mass, queries that see it, and the mass by chance; zeros for an address that no sentence has.
        """
        index = self._index(address)
        if index is None:
            return 0.0, 0, 0.0
        return float(self.mass[layer, head, index]), int(self.seen[layer, index]), float(self.chance[layer, index])

    def effective(self, layer: int, head: int, address: int) -> float:
        """Count how many independent queries the share at an address is worth, since the queries of one sentence are not.

        Parameters
        ----------
        layer, head : int
            From 0.
        address : int
            As in `at`.

        Returns
        -------
        float
            R(1 − R) over the variance of the ratio R = Σ m/Σ s, estimated between sentences (a linearised ratio of sums over
            clusters; Cochran 1977, §6.4), at most the number of queries; the number of sentences where these do not differ.
        """
        index = self._index(address)
        if index is None or not (seen := int(self.seen[layer, index])):
            return 0.0
        count, share = int(self.sentences[layer, index]), float(self.mass[layer, head, index]) / seen
        squares, products = float(self.squares[layer, head, index]), float(self.products[layer, head, index])
        scatter = squares - 2 * share * products + share**2 * float(self.seen_squares[layer, index])
        variance = max(scatter, 0.0) / seen**2 * count / (count - 1) if count > 1 else 0.0
        if variance <= EVEN * share * (1 - share) or not 0 < share < 1:
            return float(count)
        return min(share * (1 - share) / variance, float(seen))

    def _index(self, address: int) -> int | None:
        width = self.seen.shape[-1]
        index = address + width // 2 if self.centred else address
        return index if 0 <= index < width else None


@dataclass(frozen=True, eq=False)
class HeadCounts:
    """What the heads of a network did on some sentences; additive.

    Parameters
    ----------
    sentences : int
        How many.
    decided : ndarray of int, shape (L,)
        In how many of them the layer's attention was decided; what follows counts those.
    queries, choices : ndarray of int, shape (L,)
        Queries; those that see at least two keys.
    visible : ndarray, shape (L,)
        Mean number of keys that a query sees, summed over sentences.
    attended : ndarray, shape (L, h)
        Mean number of positions that a query attends to in the limit, summed over sentences.
    support : ndarray of int, shape (L, h, n + 1)
        Queries by the number of positions that they attend to.
    outcomes : ndarray of int, shape (L, h, 4, 2)
        Choices by how they were decided (`OUTCOMES`: one winner at the leading power of c, one winner at a lower power, several
        with even weights, several with uneven ones); last axis: all equalities exact, or some to tolerance only.
    even_over_all : ndarray of int, shape (L, h, 2)
        Choices with even weights over all that is visible; last axis as above.
    same_token : ndarray of int, shape (L, h)
        Even choices whose winners are the same token: without positions these cannot but tie.
    offsets, starts, ends, separators : Addresses
        Mass by offset j − i, position j, position from the end n − 1 − j, and at special tokens after the first position (W = 1).
        Choices only.
    paper_sentences : ndarray of int, shape (L,)
        Sentences with weights of the paper's network (c = 1000), of those in which the layer was decided.
    paper : ndarray, shape (L, h)
        Mean number of those weights above the threshold, summed over these sentences.
    compared, differ : ndarray of int, shapes (L,) and (L, h)
        Queries for which both counts exist, and those where they differ.
    """

    sentences: int
    decided: Array
    queries: Array
    choices: Array
    visible: Array
    attended: Array
    support: Array
    outcomes: Array
    even_over_all: Array
    same_token: Array
    offsets: Addresses
    starts: Addresses
    ends: Addresses
    separators: Addresses
    paper_sentences: Array
    paper: Array
    compared: Array
    differ: Array

    def __add__(self, other: HeadCounts) -> HeadCounts:
        if self.attended.shape != other.attended.shape:
            given = f"counts of {self.attended.shape} and {other.attended.shape} layers and heads"
            raise InputError(given, "they are of different networks", "add counts of one network")
        mine, theirs = vars(self), vars(other)
        width = max(self.support.shape[-1], other.support.shape[-1])
        summed = {name: mine[name] + theirs[name] for name in mine if name != "support"}
        return HeadCounts(**summed, support=_wide(self.support, width) + _wide(other.support, width))


def _wide(array: Array, width: int, centred: bool = False) -> Array:
    missing = width - array.shape[-1]
    before = missing // 2 if centred else 0
    return np.pad(array, [(0, 0)] * (array.ndim - 1) + [(before, missing - before)])


def _empty(layers: int, heads: int, n: int) -> HeadCounts:
    def addresses(width: int, centred: bool = False) -> Addresses:
        return Addresses.of_sentence(np.zeros((layers, heads, width)), whole(width), np.zeros((layers, width)), centred)

    def whole(*shape: int) -> Array:
        return np.zeros((layers, *shape), dtype=np.int64)

    return HeadCounts(
        sentences=1,
        decided=whole(),
        queries=whole(),
        choices=whole(),
        visible=np.zeros(layers),
        attended=np.zeros((layers, heads)),
        support=whole(heads, n + 1),
        outcomes=whole(heads, len(OUTCOMES), 2),
        even_over_all=whole(heads, 2),
        same_token=whole(heads),
        offsets=addresses(2 * n - 1, centred=True),
        starts=addresses(n),
        ends=addresses(n),
        separators=addresses(1),
        paper_sentences=whole(),
        paper=np.zeros((layers, heads)),
        compared=whole(),
        differ=whole(heads),
    )


def total(counts: Iterable[HeadCounts]) -> HeadCounts:
    """Add counts up, in the order given.

    Parameters
    ----------
    counts : iterable of HeadCounts
        Of one network.

    Returns
    -------
    HeadCounts
        The sum; the same bits for the same order.

    Raises
    ------
    InputError
        For none, or for counts of different networks.
    """
    several = list(counts)
    if not several:
        raise InputError("no counts", "there is no sentence to count", "give at least one")
    return reduce(add, several)


def paper_weights(
    network: Transformer,
    tokens: ArrayLike | Tokens,
    *,
    lengths: ArrayLike | None = None,
    scale: float = PAPER_SCALE,
    dtype: DTypeLike = np.float32,
) -> dict[int, Array]:
    """Compute attention weights at one large scale, which is how the paper counts positions (F3).

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : array_like of int, shape (n,) or (B, n)
        Token numbers.
    lengths : array_like of int, shape (B,), optional
        Real lengths of a padded batch.
    scale : float
        c; 1000 in the paper.
    dtype : float32 or float64
        Type of the pass; float32 in the paper.

    Returns
    -------
    dict of int to ndarray, shape (…, h, n, n)
        Keyed by layer, from 1.
    """
    ops, kept = Floats(scale, dtype), dict[int, Array]()

    def watch(place: Place, value: Scaled) -> None:
        if place.part == "attention weights":
            kept[place.layer] = ops.at_scales(value)[0]

    network.forward(ops, tokens, lengths=lengths, watch=watch)
    return kept


def observe(
    limit: Saturation,
    paper: Mapping[int, Array] | None = None,
    special: Mapping[str, int] | None = None,
    *,
    threshold: float = PAPER_THRESHOLD,
) -> HeadCounts:
    """Count what each head does in one limit.

    Parameters
    ----------
    limit : Saturation
        Of one sentence, or of a batch of them; layers that were not decided are counted as such.
    paper : mapping of int to ndarray, shape (…, h, n, n), optional
        Weights of the same input at c = 1000, as `paper_weights` gives them.
    special : mapping of str to int, optional
        Numbers of the special tokens (``Vocabulary.special_numbers``); unknown words and masks are taken for words.
    threshold : float
        What the paper's count takes for attended: 10⁻⁵.

    Returns
    -------
    HeadCounts
        The counts.

    Raises
    ------
    InputError
        For weights of another shape than the limit's.
    """
    numbers = sorted({number for name, number in (special or {}).items() if name not in WORDS})
    sentences = (_sentence(sentence, numbers) for sentence in _sentences(limit, paper or {}, threshold))
    return total(sentences)


@dataclass(frozen=True, eq=False)
class _Layer:
    """One layer on one sentence, padding cut off: limit weights and winners (h, n, n), the rest (h, n)."""

    weights: Array
    winners: Array
    tied: Array
    assumed: Array


@dataclass(frozen=True, eq=False)
class _Sentence:
    """Tokens (n,), visible (n, n), decided layers and the paper's count (h, n), both keyed from 0."""

    tokens: Array
    visible: Array
    shape: tuple[int, int]
    layers: dict[int, _Layer]
    paper: dict[int, Array]


def _sentences(limit: Saturation, paper: Mapping[int, Array], threshold: float) -> Iterator[_Sentence]:
    numbers, kind = limit.tokens.numbers, limit.network.configuration
    lengths = limit.tokens.lengths
    shape = (*numbers.shape[:-1], kind.heads, limit.tokens.n, limit.tokens.n)
    for layer, weights in paper.items():
        if weights.shape != shape or not 1 <= layer <= kind.layers:
            given = f"weights of layer {layer} of shape {weights.shape}"
            raise InputError(given, f"the limit has {kind.layers} layers of shape {shape}", "give weights of the same input")
    for row in np.ndindex(numbers.shape[:-1]):
        n = limit.tokens.n if lengths is None else int(lengths[row])
        visible = causal(n) if kind.mask == "causal" else np.ones((n, n), dtype=bool)
        cut = (*row, slice(None), slice(n), slice(n))
        counted = {layer - 1: (weights[cut] > threshold).sum(axis=-1) for layer, weights in paper.items()}
        yield _Sentence(numbers[row][:n], visible, (kind.layers, kind.heads), dict(_layers(limit, cut)), counted)


def _layers(limit: Saturation, cut: tuple[Any, ...]) -> Iterator[tuple[int, _Layer]]:
    for place, series in limit.weights.items():
        if place.part != "attention weights" or series.decision is None:
            continue
        decision, query = series.decision, cut[:-1]
        winners = decision.winners[cut]
        tied = (decision.leading[cut] if decision.degree > 0 else winners).sum(axis=-1)
        yield place.layer - 1, _Layer(limit.attention[place.layer][cut], winners, tied, decision.assumed[query])


def _sentence(sentence: _Sentence, special: list[int]) -> HeadCounts:
    n = len(sentence.tokens)
    counts = _empty(*sentence.shape, n)
    separators = np.isin(sentence.tokens, special) & (np.arange(n) > 0)
    for number, layer in sentence.layers.items():
        _count_queries(counts, number, layer, sentence)
        _count_addresses(counts, number, layer.weights, sentence.visible, separators)
    for number in sentence.paper.keys() & sentence.layers.keys():
        paper = sentence.paper[number]
        counts.paper_sentences[number], counts.paper[number], counts.compared[number] = 1, paper.mean(axis=-1), n
        counts.differ[number] = (paper != sentence.layers[number].winners.sum(axis=-1)).sum(axis=-1)
    return _with_squares(counts)


def _with_squares(counts: HeadCounts) -> HeadCounts:
    offsets, starts, ends, separators = (
        Addresses.of_sentence(a.mass, a.seen, a.chance, a.centred)
        for a in (counts.offsets, counts.starts, counts.ends, counts.separators)
    )
    return dataclasses.replace(counts, offsets=offsets, starts=starts, ends=ends, separators=separators)


def _count_queries(counts: HeadCounts, number: int, layer: _Layer, sentence: _Sentence) -> None:
    count, seen = layer.winners.sum(axis=-1), sentence.visible.sum(axis=-1)
    choice, single, even = seen > 1, count == 1, shared_evenly(layer.weights, layer.winners)
    counts.decided[number], counts.queries[number], counts.choices[number] = 1, len(seen), choice.sum()
    counts.visible[number], counts.attended[number] = seen.mean(), count.mean(axis=-1)
    counts.support[number] = [np.bincount(row, minlength=len(seen) + 1) for row in count]
    outcomes = (single & (layer.tied == 1), single & (layer.tied > 1), ~single & even, ~single & ~even)
    for i, outcome in enumerate(outcomes):
        counts.outcomes[number, :, i] = _by_certainty(outcome & choice, layer.assumed)
    counts.even_over_all[number] = _by_certainty(outcomes[2] & choice & (count == seen), layer.assumed)
    counts.same_token[number] = (outcomes[2] & choice & _one_token(layer.winners, sentence.tokens)).sum(axis=-1)


def _by_certainty(queries: Array, assumed: Array) -> Array:
    return np.stack([(queries & ~assumed).sum(axis=-1), (queries & assumed).sum(axis=-1)], axis=-1)


def _one_token(winners: Array, tokens: Array) -> Array:
    first = tokens[winners.argmax(axis=-1)]
    return np.asarray((~winners | (tokens == first[..., None])).all(axis=-1))


def _count_addresses(counts: HeadCounts, number: int, weights: Array, visible: Array, separators: Array) -> None:
    choice = visible.sum(axis=-1) > 1
    if not choice.any():
        return
    chosen, seen = weights[:, choice], visible[choice]
    even, n = seen / seen.sum(axis=-1, keepdims=True), len(visible)
    offset = (np.arange(n) - np.arange(n)[:, None] + n - 1)[choice].ravel()
    for addresses, index in ((counts.offsets, offset), (counts.starts, np.tile(np.arange(n), len(chosen[0])))):
        width = addresses.seen.shape[-1]
        addresses.mass[number] = [np.bincount(index, row.ravel(), width) for row in chosen]
        addresses.seen[number] = np.bincount(index, seen.ravel(), width)
        addresses.chance[number] = np.bincount(index, even.ravel(), width)
    for name in ("mass", "seen", "chance"):
        getattr(counts.ends, name)[number] = getattr(counts.starts, name)[number][..., ::-1]
    counts.separators.mass[number, :, 0] = chosen[..., separators].sum(axis=(-2, -1))
    counts.separators.seen[number] = seen[:, separators].any(axis=-1).sum()
    counts.separators.chance[number] = even[:, separators].sum()
