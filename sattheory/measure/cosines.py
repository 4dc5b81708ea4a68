"""One sequence, or a padded batch: how far each layer is from saturation (paper, §4 and figure 2).

The paper holds f(x; θ) against f(x; 1000θ).  Here it is held against the limit itself, and the stand-in c = 1000, in single and
in double precision, is one reference among others, as are the two ways to saturate layer by layer.  And the stand-in is held
against the limit too, which says how much of what the paper measured is the choice of 1000.

A cosine is the mean over the positions that are text: padding is left out, so a sequence gives the same number alone and in a
batch.  Each position is compared with its own direction in the limit (`asymptotics.directions`); the cosine with a vector that is
zero counts as 0, of two zero vectors as 1.  Kept is 1 − cosine, which keeps its digits where the cosine is 1.  Where a limit is
undecided, the layers that were decided before it still count, the others are nan; so is what leaves the range of float32.

A network whose norm stands before its blocks (GPT-2, GPT-NeoX, T5) has one more norm at its end.  The stream of the last layer is
before it; what other libraries call the last hidden state is after it.  So there is one more row, that of the output.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from sattheory.arithmetic.floats import Floats, Scaled
from sattheory.arithmetic.operations import Place, Undecided
from sattheory.asymptotics.directions import limit_directions, one_minus_cosine
from sattheory.asymptotics.layerwise import Layerwise, layerwise
from sattheory.asymptotics.saturation import MOST_TERMS, Saturation, saturate
from sattheory.asymptotics.scale_sweep import PAPER_SCALE
from sattheory.network.tokens import Tokens, check_tokens
from sattheory.network.transformer import Transformer

Array = NDArray[Any]
TERMS, STEP = 5, 4


class Quantity(NamedTuple):
    """A cosine that is measured.

    Parameters
    ----------
    of : str
        The first vector.
    reference : str
        The second.
    dtype : str
        In which floats what is no limit is computed.
    meaning : str
        What it says, in one line.
    """

    of: str
    reference: str
    dtype: str
    meaning: str


QUANTITIES: dict[str, Quantity] = {
    "limit": Quantity("c=1", "limit", "float64", "f(x; θ) with the true limit, from series in 1/c: how saturated the layer is"),
    "c1000_float32": Quantity("c=1", "c=1000", "float32", "f(x; θ) with f(x; 1000θ) in float32, as the paper measures it"),
    "c1000_float64": Quantity("c=1", "c=1000", "float64", "the same in float64"),
    "layerwise": Quantity("c=1", "layerwise", "float64", "f(x; θ) with the exact limit of each single layer, fed to the next"),
    "hard": Quantity("c=1", "hard", "float64", "f(x; θ) with every softmax replaced by the uniform argmax"),
    "stand_in_float32": Quantity("c=1000", "limit", "float32", "f(x; 1000θ) in float32 with the true limit"),
    "stand_in_float64": Quantity("c=1000", "limit", "float64", "f(x; 1000θ) in float64 with the true limit: how good 1000 is"),
}


@dataclass(frozen=True, eq=False)
class Cosines:
    """What was measured on one sequence, or a batch of B.

    Parameters
    ----------
    gaps : mapping of str to ndarray, shape (B, R)
        For each of `QUANTITIES` 1 − cosine, mean over positions; row 0 is the embedding, and R is L + 1, or L + 2 with a final
        norm.  nan where undecided.
    limit : Saturation
        The limit.
    weights : mapping of int to ndarray, shape (…, h, n, n)
        Attention weights at c = 1000 in float32, as the paper counts them, by layer from 1; none where they leave its range.
    """

    gaps: Mapping[str, Array]
    limit: Saturation = field(repr=False)
    weights: Mapping[int, Array] = field(repr=False)

    @property
    def undecided(self) -> Undecided | None:
        """Why the limit is undecided, where it is.

        Returns
        -------
        Undecided or None
            The reason.
        """
        return self.limit.undecided


def cosines(
    network: Transformer, tokens: ArrayLike | Tokens, *, lengths: ArrayLike | None = None, terms: int = TERMS, hard: bool = False
) -> Cosines:
    """Measure how saturated each layer is on one sequence or a padded batch.

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : array_like of int, shape (n,) or (B, n)
        Token numbers.
    lengths : array_like of int, shape (B,), optional
        Real lengths of a padded batch; padding does not count.
    terms : int
        Coefficients of the series to start with.
    hard : bool
        Whether to compute hard substitution too, which takes about half as long again.

    Returns
    -------
    Cosines
        1 − cosine at each layer, for each of `QUANTITIES`.

    Raises
    ------
    InputError
        For tokens that the network cannot take.
    """
    given = check_tokens(tokens, network.configuration, lengths)
    limit = _limit(network, given, terms)
    references = {"limit": _directions(network, limit)}
    for name, kind in list(_LAYERWISE.items())[: 2 if hard else 1]:
        references[name] = _directions(network, layerwise(network, given, kind=kind, terms=terms))
    passes = {dtype: _float_pass(network, given, dtype) for dtype in ("float32", "float64")}
    gaps = {}
    for name, quantity in QUANTITIES.items():
        if quantity.reference == "hard" and not hard:
            continue
        one, thousand = passes[quantity.dtype].streams
        wanted = thousand if quantity.reference == "c=1000" else references[quantity.reference]
        gaps[name] = _gaps(thousand if quantity.of == "c=1000" else one, wanted, given.real())
    return Cosines(gaps, limit, passes["float32"].weights)


def _limit(network: Transformer, tokens: Tokens, terms: int) -> Saturation:
    """Add terms while a tie stays open, four at a time as a score of degree 4 uses up; none for the rate, unlike `saturate`."""
    limit = saturate(network, tokens, terms=terms, most_terms=terms)
    while limit.undecided is not None and limit.undecided.kind in ("terms", "flat") and terms < MOST_TERMS:
        terms = min(terms + STEP, MOST_TERMS)
        limit = saturate(network, tokens, terms=terms, most_terms=terms)
    return limit


_LAYERWISE: dict[str, Literal["strong", "hard"]] = {"layerwise": "strong", "hard": "hard"}


class _Pass(NamedTuple):
    streams: tuple[list[Array], list[Array]]
    weights: dict[int, Array]


def _float_pass(network: Transformer, tokens: Tokens, dtype: DTypeLike) -> _Pass:
    """Run c = 1 and c = 1000 together; keep both streams, and the weights at c = 1000."""
    kept = _Pass(([], []), {})

    def watch(place: Place, value: Scaled) -> None:
        if place.part == "stream":
            kept.streams[0].append(value.data[0])
            kept.streams[1].append(value.data[-1])
        elif place.part == "attention weights":
            kept.weights[place.layer] = value.data[-1].copy()

    with np.errstate(over="ignore", invalid="ignore"):
        output = network.forward(Floats([1.0, PAPER_SCALE], dtype), tokens, watch=watch)
        if has_final_norm(network):
            watch(Place(0, "stream"), output)
    finite = all(np.isfinite(weights).all() for weights in kept.weights.values())
    return kept if finite else _Pass(kept.streams, {})


def has_final_norm(network: Transformer) -> bool:
    """Say whether there is one more row, after the norm at the end.

    Parameters
    ----------
    network : Transformer
        The network.

    Returns
    -------
    bool
        True with a final norm, unless a classifier follows it.
    """
    return network.configuration.final_norm and not network.configuration.classes


def _directions(network: Transformer, found: Saturation | Layerwise) -> list[Array]:
    """Take the limits of all rows, as far as they are decided."""
    streams = list(found.streams)
    if has_final_norm(network) and found.output is not None:
        streams.append(found.output)
    return [limit_directions(stream) for stream in streams]


def _gaps(found: Sequence[Array], wanted: Sequence[Array], real: Array) -> Array:
    """Compare layer by layer; layers without a reference are nan."""
    rows = np.atleast_2d(real)
    gaps = np.full((len(rows), len(found)), np.nan)
    for layer, (one, other) in enumerate(zip(found, wanted, strict=False)):
        gaps[:, layer] = _means(one.astype(np.float64), np.broadcast_to(other, one.shape).astype(np.float64), rows)
    return gaps


def _means(found: Array, wanted: Array, real: Array) -> Array:
    """Take 1 − cosine at each position, then the mean over those of each row that are text."""
    with np.errstate(invalid="ignore"):
        gaps = one_minus_cosine(found, wanted).reshape(real.shape)
    return np.array([row[text].mean() for row, text in zip(gaps, real, strict=True)])
