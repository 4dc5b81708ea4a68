"""What to call an attention head: a kind (to how many positions it attends) and a place (where they are), each defined.

Two familiar instances: the paper's argmax head picks one position and its mean head averages all (§4.2, F3); the heads of BERT
that look at the previous word or at the separator were found by asking whether half of a head's attention falls there (Clark et
al. 2019).  Every label here is such a share with a threshold: given at exactly the threshold, never on few queries, and for a
place only if attention that is even over the visible positions would give less.  Wilson's interval stands beside each share.
That of a place takes sentences for independent, not queries (`Addresses.effective`), and that of the best of many addresses is
widened for their number; that of a kind takes queries for independent, and is too narrow.  A head that looks for words may hit
the same place in a few sentences by chance: with fewer than twenty no place is given.

A kind rests on equalities of scores where heads tie.  `Head.assumed` marks one that would not be given on exact equalities alone.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, NamedTuple

from sattheory.asymptotics.ties import EVEN
from sattheory.errors import InputError
from sattheory.measure.heads import OUTCOMES, Addresses, HeadCounts

NORMAL_95 = 1.959963984540054
KINDS = {
    "argmax": "one position keeps all the weight, for at least this share of queries",
    "mean": "the weight is even over all visible positions, for at least this share of queries",
    "soft": "several positions keep weight, unevenly, for at least this share of queries",
    "other": "none of these",
}
PLACES = {
    "previous": "at least this share of the weight is on the position before the query",
    "next": "at least this share of the weight is on the position after the query",
    "first": "at least this share of the weight is on the first position",
    "self": "at least this share of the weight is on the query itself",
    "separator": "at least this share of the weight is on special tokens after the first position",
    "positional": "at least this share of the weight is at one other offset, or one other position counted from either end",
    "other": "none of these",
}
NEITHER = {
    "too few": "fewer queries that see two positions, or fewer sentences, than a label needs",
    "undecided": "the limit was decided in this layer for no sentence",
}
NAMED_OFFSETS = {"previous": -1, "next": 1, "self": 0}


class Option(NamedTuple):
    """A threshold as the command line offers it: name, default, help."""

    name: str
    default: float
    help: str


@dataclass(frozen=True)
class Thresholds:
    """From where on a head gets a label.

    Parameters
    ----------
    argmax, mean, soft : float
        Share of queries, above 0 up to 1; of those that see at least two positions.
    previous, next, first, self, separator, positional : float
        Share of limit attention, above 0 up to 1, mean over the queries that see such a position.
    queries : int
        Fewer queries get no label.
    sentences : int
        Fewer sentences cannot tell a head that goes by place from one that looks for words.
    """

    argmax: float = 0.9
    mean: float = 0.9
    soft: float = 0.9
    previous: float = 0.5
    next: float = 0.5
    first: float = 0.5
    self: float = 0.5
    separator: float = 0.5
    positional: float = 0.5
    queries: int = 20
    sentences: int = 20

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.name in ("queries", "sentences"):
                if not (value >= 1 and float(value).is_integer()):
                    raise InputError(
                        f"{field.name}={value}", "nothing can be counted on fewer than one", "give a whole number from 1 on"
                    )
            elif not 0 < value <= 1:
                raise InputError(f"{field.name}={value}", "a share lies above 0 and up to 1", "give such a number")


def options() -> tuple[Option, ...]:
    """List the thresholds for a command line.

    Returns
    -------
    tuple of Option
        In the order of `Thresholds`; the help is the label's definition.
    """
    counts = {
        "queries": "fewer queries than this get no label",
        "sentences": "with fewer sentences than this no head gets a place",
    }
    definitions = counts | {name: f"{name} head: {text}" for name, text in (KINDS | PLACES).items()}
    return tuple(
        Option(name, getattr(Thresholds, name), definitions[name]) for name in (f.name for f in dataclasses.fields(Thresholds))
    )


@dataclass(frozen=True)
class Share:
    """A share and how far to trust it.

    Parameters
    ----------
    value : float
        Between 0 and 1; nan without queries.
    low, high : float
        Wilson's interval at 95 %.
    n : int
        Queries.
    chance : float
        What attention that is even over all visible positions would give; nan for kinds.
    """

    value: float
    low: float
    high: float
    n: int
    chance: float = math.nan

    @classmethod
    def of(cls, part: float, n: int, chance: float = math.nan, *, effective: float = math.nan, z: float = NORMAL_95) -> Share:
        """Divide, with Wilson's interval (Wilson 1927).

        Parameters
        ----------
        part : float
            Successes, or a sum of weights.
        n : int
            Queries.
        chance : float
            The part that chance would give.
        effective : float
            How many independent queries they are worth; n when left out.
        z : float
            Half the width of the interval, in standard errors.

        Returns
        -------
        Share
            part / n.
        """
        if n == 0:
            return cls(math.nan, 0.0, 1.0, 0, math.nan)
        value, w = part / n, z**2 / (n if math.isnan(effective) else max(effective, 1.0))
        middle = (value + w / 2) / (1 + w)
        half = math.sqrt(max(value * (1 - value) * w + w * w / 4, 0.0)) / (1 + w)
        low, high = (
            min(max(middle - half, 0.0), value),
            max(min(middle + half, 1.0), value),
        )  # rounding puts neither beyond the share
        return cls(value, low, high, n, chance / n)


@dataclass(frozen=True)
class Head:
    """One head, labelled.

    Parameters
    ----------
    layer, head : int
        Layer from 1, head from 0.
    kind : str
        One of `KINDS`, or of `NEITHER`.
    place : str
        One of `PLACES`, or of `NEITHER`.
    assumed : bool
        Whether the kind rests on equalities of scores that hold to tolerance only.
    sentences, undecided : int
        Sentences in which the layer's limit was decided; in which it was not.
    queries : int
        Queries of those sentences that see at least two positions.
    attended, visible : float
        Mean number of positions attended to in the limit, and visible: over the queries of a sentence, then over sentences.
    paper : float
        The same mean by the paper's count, weights above 10⁻⁵ at c = 1000; nan if it was not counted.
    differ : Share
        Queries for which the paper's count is another than the limit's.
    shares : mapping of str to Share
        Of each kind and each place.
    address : str
        The best other address, such as ``offset -2``; empty if there is none.
    ties : mapping of str to int
        Queries by how they were decided: ``leading`` and ``lower`` (one winner, at the leading power of c, at a lower one),
        ``exact`` and ``assumed`` (an even tie, its equalities exact, or to tolerance), ``soft``; and ``same token``, the even
        ties of one token.
    support : mapping of int to int
        Queries by the number of positions that they attend to, those with a single visible position included.
    """

    layer: int
    head: int
    kind: str
    place: str
    assumed: bool
    sentences: int
    undecided: int
    queries: int
    attended: float
    visible: float
    paper: float
    differ: Share
    shares: Mapping[str, Share]
    address: str
    ties: Mapping[str, int]
    support: Mapping[int, int]

    def to_dict(self) -> dict[str, Any]:
        """Put the head into plain values, as ``--json`` prints them.

        Returns
        -------
        dict
            Numbers, strings and dicts of them.
        """
        return dataclasses.asdict(self) | {"support": {str(count): queries for count, queries in self.support.items()}}

    def row(self) -> dict[str, str | int | float]:
        """Put the head into one flat row, as ``--csv`` writes it.

        Returns
        -------
        dict
            Column to value; a share has its value, interval, queries and (places) chance under ``first_share``,
            ``first_share_low`` ….
        """
        plain = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        flat = {name: value for name, value in plain.items() if isinstance(value, str | int | float)}
        for name, share in {"differ": self.differ, **self.shares}.items():
            parts = {"": share.value, "_low": share.low, "_high": share.high, "_n": share.n}
            flat |= {f"{name}_share{ending}": value for ending, value in parts.items()}
            flat |= {f"{name}_share_chance": share.chance} if name in PLACES else {}
        ties = {f"ties_{name.replace(' ', '_')}": value for name, value in self.ties.items()}
        return flat | ties | {"support": " ".join(f"{count}:{queries}" for count, queries in self.support.items())}


def classify(counts: HeadCounts, thresholds: Thresholds | None = None) -> tuple[Head, ...]:
    """Label every head.

    Parameters
    ----------
    counts : HeadCounts
        Over several sentences.
    thresholds : Thresholds, optional
        From where on a label is given.

    Returns
    -------
    tuple of Head
        Layer by layer.
    """
    layers, heads = counts.attended.shape
    chosen = thresholds or Thresholds()
    return tuple(_head(counts, layer, head, chosen) for layer in range(layers) for head in range(heads))


def _head(counts: HeadCounts, layer: int, head: int, thresholds: Thresholds) -> Head:
    outcomes, decided = counts.outcomes[layer, head], int(counts.decided[layer])
    choices = int(counts.choices[layer])
    kinds, exact = _kinds(counts, layer, head)
    places = {name: _share(addresses, layer, head, k) for name, (addresses, k) in _places(counts).items()}
    address, best = _best_address(counts, layer, head)
    shares = {**kinds, **places, "positional": best}
    kind, place = _kind(kinds, thresholds), _place(shares, choices, thresholds)
    if decided < thresholds.sentences:
        place = "too few" if decided else "undecided"
    if choices < thresholds.queries:
        kind = place = "too few" if decided else "undecided"
    return Head(
        layer=layer + 1,
        head=head,
        kind=kind,
        place=place,
        assumed=kind in kinds and _kind(exact, thresholds) != kind,
        sentences=decided,
        undecided=counts.sentences - decided,
        queries=choices,
        attended=_mean(counts.attended[layer, head], decided),
        visible=_mean(counts.visible[layer], decided),
        paper=_mean(counts.paper[layer, head], int(counts.paper_sentences[layer])),
        differ=Share.of(int(counts.differ[layer, head]), int(counts.compared[layer])),
        shares=shares,
        address=address,
        ties=_ties(outcomes) | {"same token": int(counts.same_token[layer, head])},
        support={count: int(queries) for count, queries in enumerate(counts.support[layer, head]) if queries},
    )


def _mean(summed: float, count: int) -> float:
    return float(summed) / count if count else math.nan


def _ties(outcomes: Any) -> dict[str, int]:
    sums = dict(zip(OUTCOMES, (int(v) for v in outcomes.sum(axis=-1)), strict=True))
    exact, assumed = (int(v) for v in outcomes[OUTCOMES.index("even")])
    return {"leading": sums["leading"], "lower": sums["lower"], "exact": exact, "assumed": assumed, "soft": sums["soft"]}


def _kinds(counts: HeadCounts, layer: int, head: int) -> tuple[dict[str, Share], dict[str, Share]]:
    """Share of queries of each kind; then the same where every equality is exact."""
    leading, lower, _, soft = counts.outcomes[layer, head]
    found = {"argmax": leading + lower, "mean": counts.even_over_all[layer, head], "soft": soft}
    n = int(counts.choices[layer])
    return {k: Share.of(int(v.sum()), n) for k, v in found.items()}, {k: Share.of(int(v[0]), n) for k, v in found.items()}


def _kind(shares: Mapping[str, Share], thresholds: Thresholds) -> str:
    reached = [name for name, share in shares.items() if share.value >= getattr(thresholds, name)]
    return max(reached, key=lambda name: shares[name].value, default="other")


def _places(counts: HeadCounts) -> dict[str, tuple[Addresses, int]]:
    offsets = {name: (counts.offsets, offset) for name, offset in NAMED_OFFSETS.items()}
    return {**offsets, "first": (counts.starts, 0), "separator": (counts.separators, 0)}


def _share(addresses: Addresses, layer: int, head: int, address: int, tried: int = 1) -> Share:
    """Take the share at an address, the best of so many that were tried."""
    z = NORMAL_95 if tried < 2 else NormalDist().inv_cdf(1 - 0.025 / tried)
    return Share.of(*addresses.at(layer, head, address), effective=addresses.effective(layer, head, address), z=z)


def _place(shares: Mapping[str, Share], choices: int, thresholds: Thresholds) -> str:
    def given(name: str) -> bool:
        share = shares[name]
        common = share.n >= max(thresholds.queries, choices / 2)
        return common and share.value >= getattr(thresholds, name) - EVEN and share.low > share.chance

    named = [name for name in PLACES if name in shares and name != "positional" and given(name)]
    if named:
        return max(named, key=lambda name: shares[name].value)
    return "positional" if given("positional") else "other"


def _best_address(counts: HeadCounts, layer: int, head: int) -> tuple[str, Share]:
    """Find the address with the largest share, among those without a name of their own that half of the queries see."""
    found = [
        *(
            (f"offset {k:+d}", counts.offsets, k)
            for k in _common(counts.offsets, counts, layer)
            if k not in NAMED_OFFSETS.values()
        ),
        *((f"position {k}", counts.starts, k) for k in _common(counts.starts, counts, layer) if k > 0),
        *((f"position {k} from the end", counts.ends, k) for k in _common(counts.ends, counts, layer)),
    ]
    if not found:
        return "", Share.of(0, 0)
    name, addresses, address = max(found, key=lambda item: _mass(item[1], layer, head, item[2]))
    return name, _share(addresses, layer, head, address, len(found))


def _mass(addresses: Addresses, layer: int, head: int, address: int) -> float:
    mass, seen, _ = addresses.at(layer, head, address)
    return mass / seen


def _common(addresses: Addresses, counts: HeadCounts, layer: int) -> list[int]:
    width, seen = addresses.seen.shape[-1], addresses.seen[layer]
    start = width // 2 if addresses.centred else 0
    return [int(i) - start for i in (2 * seen >= max(int(counts.choices[layer]), 1)).nonzero()[0]]
