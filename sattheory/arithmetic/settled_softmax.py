"""Softmax on Taylor models: who wins at every scale from c₀ on, and how little the others keep.

Keys are compared coefficient by coefficient (`rank`); a loser's weight is at most e^(−ℓ c^v), ℓ the lower end of its lag; winners
that tie to the end share the weight by a series of their own.  What is the same computation is labelled the same (`labels`), so
that a tie of equal keys is exact.

Shapes: scores and weights (…, n, m).
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from sattheory.arithmetic import labels, remainders
from sattheory.arithmetic.enclosures import ball, vanishing, zeros
from sattheory.arithmetic.labels import Sameness, combined
from sattheory.arithmetic.models import Attended, Decay, Equality, Maybe, Model, ScaleTooSmall, plus
from sattheory.arithmetic.rings import UNKNOWN
from sattheory.arithmetic.settling import (
    NONE,
    index_of,
    masked,
    refuse_terms,
    size_of,
)

if TYPE_CHECKING:
    from sattheory.arithmetic.model_arithmetic import ModelArithmetic, Rule

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Ranking:
    """How the keys of each query compare, by coefficients alone.

    Parameters
    ----------
    winners : ndarray of bool, shape (…, n, m)
        Keys never beaten at a positive power.
    level : ndarray of int, shape (…, n, m)
        The index of the coefficient at which a key lost; −1 for winners and masked keys.
    reference : ndarray of int, shape (…, n, 1)
        The first winner.
    differences : tuple of ndarray or None
        Coefficients of reference − key, up to a key's level exactly zero.
    identical : ndarray of bool, shape (…, n, m)
        Winners that are the same function of c as the reference.
    """

    winners: NDArray[np.bool_]
    level: NDArray[np.int64]
    reference: NDArray[np.int64]
    differences: tuple[Maybe, ...]
    identical: NDArray[np.bool_]


def rank(ops: ModelArithmetic, scores: Model, seen: NDArray[np.bool_]) -> Ranking:
    """Compare keys lexicographically.

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    scores : Model, shape (…, n, m)
        Scores.
    seen : ndarray of bool, shape (…, n, m)
        Where attention is possible.

    Returns
    -------
    Ranking
        The comparison.

    Raises
    ------
    Undecided
        If a difference may be zero, or too few coefficients are known.
    """
    alive = seen.copy()
    level = np.full(scores.shape, NONE, dtype=np.int64)
    for j in range(max(0, min(len(scores.terms), scores.degree))):
        if scores.terms[j] is not None and (alive.sum(axis=-1) > 1).any():
            _compare(ops, scores, j, alive, level)
    if scores.order is not None and scores.order <= scores.degree:
        open_ = (alive & ~_identical(scores, alive, alive.argmax(axis=-1)[..., None])).any(axis=-1)
        if open_.any():
            refuse_terms("softmax", index_of(np.asarray(open_)), scores)
    reference = alive.argmax(axis=-1)[..., None]
    same = _identical(scores, alive, reference)
    gathered = tuple(_differences(ops, scores, j, reference, level, alive) for j in range(len(scores.terms)))
    return Ranking(alive, level, reference, gathered, same)


def _entry_labels(scores: Model, j: int) -> NDArray[np.int64] | None:
    if scores.same is None or scores.same.whole.shape != scores.shape or j >= len(scores.same.orders):
        return None
    return scores.same.orders[j]


def _identical(scores: Model, alive: NDArray[np.bool_], reference: NDArray[np.int64]) -> NDArray[np.bool_]:
    own = np.arange(scores.shape[-1]) == reference
    if scores.same is None or scores.same.whole.shape != scores.shape:
        return np.asarray(alive & own)
    theirs = np.take_along_axis(scores.same.whole, reference, -1)
    return np.asarray(alive & (own | (scores.same.whole == theirs)))


def _compare(ops: ModelArithmetic, scores: Model, j: int, alive: NDArray[np.bool_], level: NDArray[np.int64]) -> None:
    a = scores.terms[j]
    assert a is not None
    enclosed, known = ops.balls(scores, j), _entry_labels(scores, j)
    assert enclosed is not None
    for place in np.argwhere(alive.sum(axis=-1) > 1):
        row = tuple(int(i) for i in place)
        keys = [int(i) for i in np.flatnonzero(alive[row])]
        top = max(keys, key=lambda i: enclosed[row][i].mid())
        equal = [i for i in keys if i != top and known is not None and known[row][i] == known[row][top]]
        ops.equalities.extend(Equality("softmax", row, (top, i), scores.degree - j, None) for i in equal)
        others = [i for i in keys if i != top and i not in equal]
        if not others:
            continue
        gaps = np.array([a[row][top] - a[row][i] for i in others] + [None], dtype=object)[:-1]
        size = arb(0)
        for i, gap, sign in zip(others, gaps, ops.ring.signs(gaps), strict=True):
            if sign == UNKNOWN:
                size = size if size > 0 else size_of(ops, a[row][keys])
                ops.zero_or_refuse("softmax", gap, size, row, (top, i), scores.degree - j)
            elif sign == 0:
                ops.equalities.append(Equality("softmax", row, (top, i), scores.degree - j, None))
            else:
                alive[row][i], level[row][i] = False, j


def _differences(
    ops: ModelArithmetic, scores: Model, j: int, reference: NDArray[np.int64], level: NDArray[np.int64], alive: NDArray[np.bool_]
) -> Maybe:
    """Coefficient j of reference − key, exactly zero above a loser's level, for equal labels, and for winners while c grows."""
    a = scores.terms[j]
    if a is None:
        return None
    gap = np.take_along_axis(a, reference, -1) - a
    known = _entry_labels(scores, j)
    nothing = (level > j) | (alive & (j < scores.degree)) | (~alive & (level == NONE))
    if known is not None:
        nothing |= known == np.take_along_axis(known, reference, -1)
    return masked(ops, gap, ~nothing)


def softmax(ops: ModelArithmetic, scores: Model, visible: Array | None) -> Model:
    """Take the softmax along the last axis.

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    scores : Model, shape (…, n, m)
        Scores.
    visible : ndarray of bool, optional
        Where attention is possible.

    Returns
    -------
    Model, shape (…, n, m)
        Weights, of degree 0.
    """
    seen = np.ones(scores.shape, dtype=bool) if visible is None else np.broadcast_to(visible, scores.shape)
    ranking = ops.once(lambda: rank(ops, scores, seen))
    return weighted(ops, scores, ranking)


def weighted(ops: ModelArithmetic, scores: Model, ranking: Ranking) -> Model:
    """Give the weights once it is decided who wins.

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    scores : Model, shape (…, n, m)
        Scores.
    ranking : Ranking
        Who won.

    Returns
    -------
    Model, shape (…, n, m)
        Weights, of degree 0.
    """
    root = ball(scores.square).sqrt()
    lost, decay = losers(ops, scores, ranking, root)
    weights = _winners(ops, scores, ranking)
    flat, slow = shared(ops, scores, ranking, root)
    total = plus(lost, flat)
    same = ops.once(lambda: _weight_labels(scores, ranking, len(weights.terms)))
    return dataclasses.replace(
        weights,
        flat=total,
        decay=None if total is None else ops.common(decay, slow),
        same=same,
        attended=Attended(ranking.winners),
    )


def losers(ops: ModelArithmetic, scores: Model, ranking: Ranking, root: arb) -> tuple[Maybe, Decay | None]:
    """Bound the weights of losers, and what they take from the winners.

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    scores : Model, shape (…, n, m)
        Scores.
    ranking : Ranking
        Who won.
    root : arb
        The factor of the scores.

    Returns
    -------
    ndarray of arb or None
        For a loser its weight, for a winner the sum over the losers of its query.
    Decay or None
        How they fall.

    Raises
    ------
    ScaleTooSmall
        If a loser is not yet behind at c₀.
    """
    if not (ranking.level != NONE).any():
        return None, None
    lead, decays = zeros(scores.shape), []
    for j, gaps in _tails(ops, scores, ranking):
        power = scores.degree - j
        places = [tuple(place) for place in np.argwhere(ranking.level == j)]
        for place in places:
            lead[place] = (gaps[place] * root).lower()
            if not lead[place] > 0:
                raise ScaleTooSmall("softmax", place, f"key {int(place[-1])} is not yet behind")
        if places:
            decays.append(Decay(min(lead[p] for p in places), power))
    shift = flat_shift(ops, scores, ranking, root)
    out = zeros(scores.shape)
    for place in map(tuple, np.argwhere(ranking.level != NONE)):
        power = scores.degree - int(ranking.level[place])
        exponent = -lead[place] * ops.c0**power
        out[place] = vanishing(exponent if shift is None else exponent + shift[place])
    taken = out.sum(axis=-1, keepdims=True)
    return np.where(ranking.winners, np.broadcast_to(taken, out.shape), out), ops.common(*decays)


def _tails(ops: ModelArithmetic, scores: Model, ranking: Ranking) -> list[tuple[int, Array]]:
    """Enclose the tails of reference − key, for each order at which a key lost."""
    rest: Maybe = None
    if scores.rest is not None:
        own = np.arange(scores.shape[-1]) == ranking.reference
        rest = np.where(
            own | ranking.identical, zeros(scores.shape), np.take_along_axis(scores.rest, ranking.reference, -1) - scores.rest
        )
    end = len(scores.terms) if scores.order is None else scores.order
    total, out = rest, []
    for j in range(end - 1, -1, -1):
        gap = ranking.differences[j] if j < len(ranking.differences) else None
        total = plus(None if gap is None else ops.ring.balls(gap), None if total is None else total * ops.interval)
        if total is not None and (ranking.level == j).any():
            out.append((j, total))
    return out


def flat_shift(ops: ModelArithmetic, scores: Model, ranking: Ranking, root: arb) -> Maybe:
    """Bound how far flat parts may move a difference, for every c ≥ c₀: η = c₀^k (F_t + F_i).

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    scores : Model, shape (…, n, m)
        Scores.
    ranking : Ranking
        Who won.
    root : arb
        The factor of the scores.

    Returns
    -------
    ndarray of arb or None
        η; None without flat parts.

    Raises
    ------
    ScaleTooSmall
        If the power still outgrows the exponential at c₀.
    """
    if scores.flat is None or scores.decay is None:
        return None
    pair = np.take_along_axis(scores.flat, ranking.reference, -1) + scores.flat
    if not scores.decay.gap * scores.decay.power * ops.c0**scores.decay.power >= scores.degree:
        raise ScaleTooSmall("softmax", (), "flat parts of the scores still grow")
    return np.asarray(pair * (root * ops.c0**scores.degree), dtype=object)


def _winners(ops: ModelArithmetic, scores: Model, ranking: Ranking) -> Model:
    """Give the weights without their flat part."""
    count = ranking.winners.sum(axis=-1)
    soft = ops.once(lambda: (count > 1) & (ranking.winners & ~_surely_equal(scores, ranking)).any(axis=-1))
    even = ops.once(lambda: _even(ops, ranking.winners, count, ~soft))
    if not soft.any():
        return Model(0, (even,), scores.shape)
    where = ranking.winners & soft[..., None]
    u = _below(ops, scores, ranking, where)
    y = remainders.exp(ops, u)
    group = np.unique(np.argwhere(where)[:, :-1], axis=0, return_inverse=True)[1].ravel()
    p = ops.multiply(y, _spread(ops, remainders.inverse(ops, _grouped(ops, y, group)), group))
    full = remainders.scattered(ops, p, where)
    terms = ops.once(lambda: [plus(even, full.terms[0]), *full.terms[1:]])
    return Model(0, tuple(terms), scores.shape, full.order, full.rest)


def _surely_equal(scores: Model, ranking: Ranking) -> NDArray[np.bool_]:
    """Winners whose score is exactly the reference's, in every order, flat parts aside."""
    equal = ranking.winners.copy()
    for j, gap in enumerate(ranking.differences):
        if j >= scores.degree and gap is not None:
            equal &= np.array([_is_zero(v) for v in gap.ravel()]).reshape(gap.shape)
    return equal if scores.order is None else equal & ranking.identical


def _is_zero(v: Any) -> bool:
    return bool(v.is_zero() if callable(v.is_zero) else v.is_zero)


def _even(ops: ModelArithmetic, winners: NDArray[np.bool_], count: Array, rows: NDArray[np.bool_]) -> Array:
    shares = {int(m): ops.ring.number(Fraction(1, int(m))) for m in np.unique(count)}
    out = np.full(winners.shape, ops.ring.number(Fraction(0)), dtype=object)
    for place in map(tuple, np.argwhere(winners & rows[..., None])):
        out[place] = shares[int(count[place[:-1]])]
    return out


def _below(ops: ModelArithmetic, scores: Model, ranking: Ranking, where: NDArray[np.bool_]) -> Model:
    """Take the part of key − reference that does not grow, for the marked winners, as a model of one axis."""
    k = scores.degree

    def chosen(a: Array) -> Array:
        return np.asarray(-a[where], dtype=object)

    terms = ops.once(lambda: ops.live([None if a is None else chosen(a) for a in ranking.differences[max(k, 0) :]]))
    rest = None
    if scores.rest is not None:
        own = np.arange(scores.shape[-1]) == ranking.reference
        gap = np.take_along_axis(scores.rest, ranking.reference, -1) - scores.rest
        rest = chosen(np.where(own | ranking.identical, zeros(scores.shape), gap))
    order = None if scores.order is None else scores.order - k
    padded: list[Maybe] = [*[None] * max(-k, 0), *terms]
    u = Model(0, tuple(padded), (int(where.sum()),), order, rest, square=scores.square)
    return ops.freed(u)


def _grouped(ops: ModelArithmetic, y: Model, group: NDArray[np.int64]) -> Model:
    """Sum over the winners of each query."""
    size = int(group.max()) + 1

    def total(a: Array, zero: Any) -> Array:
        out = np.full(size, zero, dtype=object)
        for value, g in zip(a, group, strict=True):
            out[g] = out[g] + value
        return out

    zero = ops.ring.number(Fraction(0))
    terms = ops.once(lambda: tuple(None if a is None else total(a, zero) for a in y.terms))
    rest = None if y.rest is None else total(y.rest, arb(0))
    return Model(0, terms, (size,), y.order, rest)


def _spread(ops: ModelArithmetic, x: Model, group: NDArray[np.int64]) -> Model:
    terms = tuple(None if a is None else a[group] for a in x.terms)
    return Model(0, terms, group.shape, x.order, None if x.rest is None else x.rest[group])


def shared(ops: ModelArithmetic, scores: Model, ranking: Ranking, root: arb) -> tuple[Maybe, Decay | None]:
    """Bound what flat parts of scores do to weights that are shared: ½ c₀^k max F over the winners.

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    scores : Model, shape (…, n, m)
        Scores.
    ranking : Ranking
        Who won.
    root : arb
        The factor of the scores.

    Returns
    -------
    ndarray of arb or None
        The bounds.
    Decay or None
        How they fall.
    """
    if scores.flat is None:
        return None, None
    several = (ranking.winners.sum(axis=-1) > 1) & (ranking.winners & ~ranking.identical).any(axis=-1)
    if not several.any():
        return None, None
    flat, decay = ops.grown(scores.flat, scores.decay, scores.degree)
    out = zeros(scores.shape)
    for row in map(tuple, np.argwhere(several)):
        largest = max(flat[row][i].upper() for i in np.flatnonzero(ranking.winners[row]))  # type: ignore[index]
        out[row] = np.where(ranking.winners[row], largest * root / 2, arb(0))
    return out, decay


def _weight_labels(scores: Model, ranking: Ranking, count: int) -> Sameness:
    """0 for a weight that is exactly zero, m for 1/m, larger ones for soft weights by scores of which they are a function."""
    winners, size = ranking.winners, ranking.winners.sum(axis=-1, keepdims=True)
    m = scores.shape[-1] + 1
    unique = np.arange(math.prod(scores.shape), dtype=np.int64).reshape(scores.shape)
    base = scores.same if scores.same is not None and scores.same.whole.shape == scores.shape else None
    orders: list[NDArray[np.int64] | None] = []
    even = ~(winners & ~_surely_equal(scores, ranking)).any(axis=-1, keepdims=True)
    for t in range(count):
        if base is None:
            soft = unique
        else:
            parts = [part for part in base.orders[: max(scores.degree + t + 1, 0)] if part is not None]
            own = combined([np.zeros_like(unique), *parts])
            soft = combined([own, np.broadcast_to(labels.along_rows(np.where(winners, own + 1, 0)), own.shape)])
        share = np.where(even, size if t == 0 else 0, soft + m)
        orders.append(np.where(winners, share, 0))
    seen = winners | (ranking.level != NONE)  # equal scores have equal weights only where the same keys are visible
    named = unique if base is None else np.where(seen, base.whole + 1, 0)
    whole = combined([named, np.broadcast_to(labels.along_rows(named), named.shape)])
    return Sameness(tuple(orders), whole)


def matrix_labels(ops: ModelArithmetic, x: Model, y: Model) -> Rule | None:
    """Say how a matrix product is labelled.

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    x, y : Model
        The factors.

    Returns
    -------
    callable or None
        A rule for labels; None if there is none.
    """
    if x.same is None or y.same is None:
        return None
    if x.attended is not None:
        won = x.attended.winners
        return lambda p, q, count: _mixed(won, p, q, count)
    if y.same.source is not None and len(y.terms) == 1 and x.same.whole.shape[-1:] == (1,):
        return lambda p, _, count: dataclasses.replace(p, orders=p.orders[:count], source=None)
    if x.same.whole.shape[-1:] == (1,) and y.same.whole.shape[-2:-1] == (1,):
        return lambda p, q, count: labels.multiplied(p, q, count)
    return None


def _mixed(won: NDArray[np.bool_], weights: Sameness, values: Sameness, count: int) -> Sameness | None:
    """Label mixtures of value rows: by the values and weights of the winners; equal values count as one."""
    if values.whole.shape[-1:] != (1,):
        return None
    shape = (*np.broadcast_shapes(won.shape[:-2], values.whole.shape[:-2]), won.shape[-2], 1)
    rows = [tuple(place) for place in np.ndindex(*shape[:-1])]
    full = np.broadcast_to(won, (*shape[:-1], won.shape[-1]))
    keys = [np.flatnonzero(full[row]) for row in rows]
    given = [_wide(a, shape[:-1]) for a in weights.orders]
    of_values = [_wide_values(b, shape) for b in values.orders]
    orders: list[NDArray[np.int64] | None] = []
    for s in range(count):
        named = [_mixture(row, chosen, given, of_values, s) for row, chosen in zip(rows, keys, strict=True)]
        orders.append(labels.numbered(named, shape))
    whole = np.broadcast_to(labels.along_rows(weights.whole), shape)
    return Sameness(tuple(orders), whole)


def _wide(a: NDArray[np.int64] | None, lead: tuple[int, ...]) -> NDArray[np.int64] | None:
    return None if a is None else np.broadcast_to(a, (*lead, a.shape[-1]))


def _wide_values(b: NDArray[np.int64] | None, shape: tuple[int, ...]) -> NDArray[np.int64] | None:
    return None if b is None else np.broadcast_to(b[..., 0], (*shape[:-2], b.shape[-2]))


def _mixture(row: tuple[int, ...], chosen: Array, weights: list[Any], values: list[Any], s: int) -> tuple[Any, ...]:
    parts: list[Any] = []
    for a, share in enumerate(weights):
        value = values[s - a] if 0 <= s - a < len(values) else None
        if share is None or value is None:
            continue
        found = value[row[:-1]][chosen]
        if (found == found[0]).all():
            if a == 0:
                parts.append(("value", int(found[0])))
        else:
            parts.append((a, tuple(sorted(zip(share[row][chosen].tolist(), found.tolist(), strict=True)))))
    return tuple(parts)
