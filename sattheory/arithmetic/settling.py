"""The operations that decide something, on Taylor models: ReLU, softmax, norms and gates, settled for every c ≥ c₀ at once.

Each has two halves.  The *decision* looks at coefficients only (who wins, which sign, which order of a row is the first that
is not zero); it does not depend on c₀, must be certain, and an equality must be exact.  The *bound* then checks that the
decision is the truth from c₀ on, which is a statement about tails: a pre-activation stays on its side, a loser stays behind
by more than ℓ c^v.  Where that fails, c₀ is too small.

Familiar instance: scores 3c⁴ + c and 3c⁴ − 2 tie at c⁴ and the first wins at c: its lead is c + 2 ≥ c, so the other has
weight at most e^{−c}, for all c ≥ c₀.

Shapes: scores (…, n, m), rows (…, d).
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from flint import arb
from numpy.typing import NDArray

from sattheory.arithmetic import labels, remainders
from sattheory.arithmetic.enclosures import ball, each, vanishing, zeros
from sattheory.arithmetic.labels import Sameness, combined
from sattheory.arithmetic.models import Attended, Decay, Equality, Maybe, Model, ScaleTooSmall, plus
from sattheory.arithmetic.operations import Undecided
from sattheory.arithmetic.rings import UNKNOWN

if TYPE_CHECKING:
    from sattheory.arithmetic.model_arithmetic import ModelArithmetic, Rule

Array = NDArray[Any]
Signs = NDArray[np.int8]
NONE = -1
GATED = ("gelu", "gelu_tanh", "silu")


def _index(where: Array) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(where)[0])


def _refuse_terms(operation: str, index: tuple[int, ...], x: Model) -> NoReturn:
    assert x.order is not None
    known = f"every coefficient from c^{x.degree} to c^{x.degree - x.order + 1} vanishes"
    raise Undecided(operation, index, known, "more terms would decide", "terms")


def first_signs(ops: ModelArithmetic, x: Model, operation: str, lowest: int | None = None) -> tuple[NDArray[np.int64], Signs]:
    """Find, entry by entry, the first coefficient that is not zero, and its sign.

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    x : Model
        A value.
    operation : str
        Who asks.
    lowest : int, optional
        The last exponent that counts.

    Returns
    -------
    tuple of ndarray
        Index of the coefficient (−1 if there is none) and sign (0 if there is none).

    Raises
    ------
    Undecided
        If a coefficient may be zero or not.
    """
    first = np.full(x.shape, NONE, dtype=np.int64)
    sign = np.zeros(x.shape, dtype=np.int8)
    count = len(x.terms) if lowest is None else max(0, min(len(x.terms), x.degree - lowest + 1))
    for j in range(count):
        a = x.terms[j]
        open_ = first == NONE
        if a is None or not open_.any():
            continue
        found = ops.ring.signs(a)
        for place in np.argwhere(open_ & (found == UNKNOWN)):
            index = tuple(int(i) for i in place)
            ops.zero_or_refuse(operation, a[index], _size(ops, a[index[:-1]]), index, (), x.degree - j)
            found[index] = 0
        new = open_ & (found != 0)
        first[new], sign[new] = j, found[new]
    return first, sign


def _size(ops: ModelArithmetic, row: Array) -> arb:
    """Find the largest entry of a row."""
    return max((v.abs_upper() for v in np.atleast_1d(ops.ring.balls(np.atleast_1d(row))).ravel()), default=arb(0))


def _stays(ops: ModelArithmetic, x: Model, first: NDArray[np.int64], sign: Signs, operation: str) -> Array:
    """Bound |T_f| from below where a sign was found, and require that it is the sign of the whole; elsewhere 0."""
    least = zeros(x.shape)
    for f in np.unique(first[first != NONE]):
        tail = ops.tail(x, int(f))
        assert tail is not None
        for place in map(tuple, np.argwhere(first == f)):
            lower = (tail[place] * int(sign[place])).lower()
            if not lower > 0:
                raise ScaleTooSmall(operation, place, "the entry may still have the other sign")
            least[place] = lower
    return least


def relu(ops: ModelArithmetic, x: Model) -> Model:
    """Take the positive part.

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    x : Model
        Pre-activations.

    Returns
    -------
    Model
        max(x, 0).

    Raises
    ------
    ScaleTooSmall
        If a sign does not hold yet.
    """
    first, sign = ops.once(lambda: first_signs(ops, x, "relu"))
    least = _stays(ops, x, first, sign, "relu")
    terms = ops.once(lambda: ops.live([_masked(ops, a, sign > 0) for a in x.terms]))
    order, rest = x.order, None
    if x.rest is not None:
        rest = np.where(sign > 0, x.rest, np.where(first == NONE, each(_positive, x.rest), zeros(x.shape)))
        gone = not (sign > 0).any() and all(v.is_zero() for v in rest.ravel())
        if ops.once(lambda: gone):  # later steps keep as many coefficients as they did in the first pass
            if not gone:
                raise ScaleTooSmall("relu", _index(first == NONE), "the entry may still be positive")
            order, rest = None, None
    flat = None if x.flat is None else np.where(_surely_dead(ops, x, first, sign, least), zeros(x.shape), x.flat)
    same = ops.once(lambda: _cleared(_followed(x, 0, len(x.terms)), terms))
    return ops.model(x.degree, terms, x.shape, order=order, rest=rest, flat=flat, decay=x.decay, square=x.square, same=same)


def _positive(v: arb) -> arb:
    return v.nonnegative_part() if v > 0 or v < 0 else arb(0).union(arb.max(v, arb(0)))


def _masked(ops: ModelArithmetic, a: Maybe, keep: NDArray[np.bool_]) -> Maybe:
    return None if a is None else np.where(keep, a, np.full(keep.shape, ops.ring.number(Fraction(0)), dtype=object))


def _followed(x: Model, offset: int, count: int, extra: NDArray[np.int64] | None = None) -> Sameness | None:
    """Label a function of each row whose order t depends on the orders up to t + offset."""
    return None if x.same is None or x.same.of_entries else labels.cumulative(x.same, offset, count, extra)


def _cleared(same: Sameness | None, terms: Any) -> Sameness | None:
    if same is None:
        return None
    return dataclasses.replace(same, orders=tuple(None if a is None else o for a, o in zip(terms, same.orders, strict=False)))


def _surely_dead(ops: ModelArithmetic, x: Model, first: NDArray[np.int64], sign: Signs, least: Array) -> NDArray[np.bool_]:
    """Say where a negative entry stays negative with its flat part: ℓ c^(−f) > φF for all c ≥ c₀."""
    assert x.flat is not None
    assert x.decay is not None
    dead = np.zeros(x.shape, dtype=bool)
    for place in map(tuple, np.argwhere(sign < 0)):
        f = int(first[place])
        slow = x.decay.gap * x.decay.power * ops.c0**x.decay.power >= f
        dead[place] = bool(slow) and bool(least[place] > x.flat[place] * ops.c0**f)
    return dead


# --- softmax --------------------------------------------------------------------------------------------------------------------


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
            _refuse_terms("softmax", _index(np.asarray(open_)), scores)
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
                size = size if size > 0 else _size(ops, a[row][keys])
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
    return _masked(ops, gap, ~nothing)


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
    weights, several = _winners(ops, scores, ranking)
    flat, slow = shared(ops, scores, ranking, root)
    total = plus(lost, flat)
    same = ops.once(lambda: _weight_labels(scores, ranking, len(weights.terms)))
    return dataclasses.replace(
        weights,
        flat=total,
        decay=None if total is None else ops.common(decay, slow),
        same=same,
        attended=Attended(ranking.winners, ~several),
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


def _winners(ops: ModelArithmetic, scores: Model, ranking: Ranking) -> tuple[Model, NDArray[np.bool_]]:
    """Weights without their flat part, and for which queries they differ among winners."""
    count = ranking.winners.sum(axis=-1)
    soft = ops.once(lambda: (count > 1) & (ranking.winners & ~_surely_equal(scores, ranking)).any(axis=-1))
    even = ops.once(lambda: _even(ops, ranking.winners, count, ~soft))
    if not soft.any():
        return Model(0, (even,), scores.shape), soft
    where = ranking.winners & soft[..., None]
    u = _below(ops, scores, ranking, where)
    y = remainders.exp(ops, u)
    group = np.unique(np.argwhere(where)[:, :-1], axis=0, return_inverse=True)[1].ravel()
    p = ops.multiply(y, _spread(ops, remainders.inverse(ops, _grouped(ops, y, group)), group))
    full = remainders.scattered(ops, p, where)
    terms = ops.once(lambda: [plus(even, full.terms[0]), *full.terms[1:]])
    return Model(0, tuple(terms), scores.shape, full.order, full.rest), soft


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


# --- norms ----------------------------------------------------------------------------------------------------------------------


def unit(ops: ModelArithmetic, x: Model, epsilon: Fraction) -> Model:
    """Divide each row by √(‖x‖² + ε).

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    x : Model, shape (…, d)
        Rows (centred already, for LN).
    epsilon : Fraction
        ε ≥ 0.

    Returns
    -------
    Model, shape (…, d)
        Degree 0.
    """
    if x.vanishes and x.flat is None:
        return ops.model(0, [], x.shape, same=x.same)
    return normalised(ops, x, epsilon)[0]


def normalised(ops: ModelArithmetic, x: Model, epsilon: Fraction) -> tuple[Model, Model, NDArray[np.int64]]:
    """Divide each row of a value that is not identically zero by √(‖x‖² + ε), and say by what.

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    x : Model, shape (…, d)
        Rows.
    epsilon : Fraction
        ε ≥ 0.

    Returns
    -------
    Model, shape (…, d)
        The rows, of degree 0.
    Model, shape (…)
        c^e √square/√(‖x‖² + ε), e being each row's own degree.
    ndarray of int, shape (…)
        How far below the degree of x each row begins.

    Raises
    ------
    Undecided
        If a row may vanish.
    AssertionError
        For a norm without its remainder: a fault of the package.
    """
    first = ops.once(lambda: _row_orders(ops, x))
    start, live = _starts(x, first, epsilon)
    y, count, pure = _from_start(ops, x, start, live)
    u = _squares(ops, y)
    constant = pure and remainders.is_constant(y) and (epsilon == 0 or bool((start == x.degree).all()))
    if epsilon:
        u = _lengthened(ops, u, x.degree - start, epsilon / x.square, count)
    u = _filled(ops, u, live)
    root = remainders.inverse_root(ops, u)
    out = ops.multiply(y, as_column(root))
    if not constant and out.order is None and remainders.is_constant(u) is False:
        raise AssertionError("a norm without its remainder")
    flat, decay = ops.grown(*_unit_flat(ops, x, u, start, live), -out.degree)
    offset = int(start.max(initial=0))
    extra = None if (start == offset).all() else start[..., None]
    same = ops.once(lambda: _cleared(_followed(x, offset - out.degree, len(out.terms), extra), out.terms))
    given: dict[str, Any] = {"flat": flat, "decay": decay, "same": same}
    return ops.model(out.degree, out.terms, x.shape, order=out.order, rest=out.rest, **given), root, start


def _row_orders(ops: ModelArithmetic, x: Model) -> NDArray[np.int64]:
    """Find the first order at which each row is certainly not zero; −1 if every coefficient is exactly zero."""
    first = np.full(x.shape[:-1], NONE, dtype=np.int64)
    for j, a in enumerate(x.terms):
        open_ = first == NONE
        if a is None or not open_.any():
            continue
        found = ops.ring.signs(a)
        sure = (np.abs(found) == 1).any(axis=-1)
        first[open_ & sure] = j
        for place in np.argwhere(open_ & ~sure & (found == UNKNOWN).any(axis=-1)):
            row = tuple(int(i) for i in place)
            worst = max(a[row], key=lambda v: ops.ring.balls(np.array([v], dtype=object))[0].abs_upper())
            size = max((_size(ops, b[row]) for b in x.terms if b is not None), default=arb(0))
            ops.zero_or_refuse("norm", worst, size, row, (), x.degree - j)
    return first


def _starts(x: Model, first: NDArray[np.int64], epsilon: Fraction) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where each row is read from, and which rows are not exactly zero."""
    vanished = first == NONE
    if epsilon:
        start = np.where(vanished, x.degree, np.minimum(first, x.degree))
        if x.order is not None and (start >= x.order).any():
            _refuse_terms("norm", _index(start >= x.order), x)
        return start, np.ones(first.shape, dtype=bool)
    hidden = vanished & _open_rows(x)
    if hidden.any():
        _refuse_terms("norm", _index(hidden), x)
    if x.flat is not None:
        for place in np.argwhere(vanished):
            row = tuple(int(i) for i in place)
            if not all(v.is_zero() for v in x.flat[row]):
                remedy = "the limit depends on exponentially small terms; saturate() follows them one step"
                raise Undecided("norm", row, "every power of c vanishes in this row", remedy, "flat")
    lowest = int(first[~vanished].min(initial=len(x.terms)))
    return np.where(vanished, min(lowest, max(len(x.terms) - 1, 0)), first), ~vanished


def _open_rows(x: Model) -> NDArray[np.bool_]:
    """Tell which rows have a remainder that is not exactly zero: a row that ReLU silenced has none."""
    if x.rest is None:
        return np.zeros(x.shape[:-1], dtype=bool)
    return np.asarray([not v.is_zero() for v in np.broadcast_to(x.rest, x.shape).ravel()]).reshape(x.shape).any(axis=-1)


def _from_start(ops: ModelArithmetic, x: Model, start: NDArray[np.int64], live: NDArray[np.bool_]) -> tuple[Model, int, bool]:
    """Read each row from its own order on, as a model of degree 0; say how many orders are known, and whether none is cut."""
    known = ops.terms if x.order is None else min(ops.terms, int(x.order - start.max()))
    reach = int((len(x.terms) - start).max(initial=0))
    pure = x.order is None and reach <= known
    terms = ops.once(lambda: ops.live([_shifted(ops, x, start, live, t) for t in range(min(known, max(reach, 0)))]))
    rest = None
    if not pure:
        rest = zeros(x.shape)
        for v in np.unique(start):
            tail = ops.tail(x, int(v) + known)
            if tail is not None:
                rest[start == v] = np.broadcast_to(tail, x.shape)[start == v]
    return Model(0, tuple(terms), x.shape, None if pure else known, rest), known, pure


def _shifted(ops: ModelArithmetic, x: Model, start: NDArray[np.int64], live: NDArray[np.bool_], t: int) -> Maybe:
    out: Maybe = None
    zero = ops.ring.number(Fraction(0))
    for v in np.unique(start):
        a = x.terms[v + t] if 0 <= v + t < len(x.terms) else None
        if a is not None:
            out = np.full(x.shape, zero, dtype=object) if out is None else out
            chosen = (start == v) & live
            out[chosen] = np.broadcast_to(a, x.shape)[chosen]
    return out


def _squares(ops: ModelArithmetic, y: Model) -> Model:
    square = ops.multiply(y, y)

    def total(a: Array) -> Array:
        return np.asarray(a.sum(axis=-1), dtype=object)

    shift = -square.degree
    terms = ops.once(lambda: [None] * shift + [None if a is None else total(a) for a in square.terms])
    order = None if square.order is None else square.order + shift
    return Model(0, tuple(terms), y.shape[:-1], order, None if square.rest is None else total(square.rest))


def _lengthened(ops: ModelArithmetic, u: Model, degrees: NDArray[np.int64], epsilon: Fraction, count: int) -> Model:
    """Add ε where it stands: at order 2e of a row of degree e, or in the remainder if that is beyond it."""
    order = u.order
    if order is None and int(2 * degrees.max()) >= max(len(u.terms), 1):
        order = max(count, len(u.terms))
    terms: list[Maybe] = list(remainders.coefficients(ops, u, int(max(len(u.terms), 1) if order is None else order)))
    rest = u.rest if u.rest is not None or order is None else zeros(u.shape)
    small = ops.ring.number(epsilon)
    terms = ops.once(lambda: _with_epsilon(ops, terms, degrees, small))
    if order is not None and rest is not None:
        rest = rest.copy()
        for row in map(tuple, np.argwhere(2 * degrees >= order)):
            rest[row] = rest[row] + ball(epsilon) * ops.interval ** int(2 * degrees[row] - order)
    return Model(0, tuple(terms), u.shape, order, rest)


def _with_epsilon(ops: ModelArithmetic, terms: list[Maybe], degrees: NDArray[np.int64], small: Any) -> list[Maybe]:
    out: list[Maybe] = []
    for j, a in enumerate(terms):
        assert a is not None
        added = np.where(2 * degrees == j, np.full(degrees.shape, small, dtype=object), ops.ring.number(Fraction(0)))
        out.append(np.asarray(a + added, dtype=object))
    return ops.live(out)


def _filled(ops: ModelArithmetic, u: Model, live: NDArray[np.bool_]) -> Model:
    """Put 1 for the length of rows that are exactly zero."""
    if live.all():
        return u
    first = remainders.coefficients(ops, u, 1)[0]
    ones = np.full(u.shape, ops.ring.number(Fraction(1)), dtype=object)
    return dataclasses.replace(u, terms=(np.where(live, first, ones), *u.terms[1:]))


def as_column(x: Model) -> Model:
    """Give a value a last axis of length one.

    Parameters
    ----------
    x : Model, shape (…)
        The value.

    Returns
    -------
    Model, shape (…, 1)
        The same.
    """
    terms = tuple(None if a is None else a[..., None] for a in x.terms)
    return dataclasses.replace(x, terms=terms, extent=(*x.shape, 1), rest=None if x.rest is None else x.rest[..., None])


def _unit_flat(
    ops: ModelArithmetic, x: Model, u: Model, start: NDArray[np.int64], live: NDArray[np.bool_]
) -> tuple[Maybe, Decay | None]:
    """‖x/|x| − y/|y|‖ ≤ 2‖x − y‖/|y|."""
    if x.flat is None or x.decay is None:
        return None, None
    length = ops.tail(u, 0)
    assert length is not None
    out = zeros(x.shape)
    for row in map(tuple, np.argwhere(live)):
        size = sum((v.abs_upper() ** 2 for v in x.flat[row]), arb(0)).sqrt()
        least = length[row].lower()
        if not least > 0:
            raise ScaleTooSmall("norm", row, "the row may vanish")
        v = int(start[row])
        grown = size * (ops.c0**v if v >= 0 else ops.e0**-v)
        out[row] = np.full(x.shape[-1], 2 * grown / least.sqrt(), dtype=object)
    return out, ops.grown(x.flat, x.decay, int(start.max()))[1]


# --- gates ----------------------------------------------------------------------------------------------------------------------


def gate(ops: ModelArithmetic, x: Model, name: str) -> Model:
    """Apply φ(x) = x·g(x) or g(x): saturated where a positive power is left, by Taylor elsewhere.

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    x : Model
        Pre-activations.
    name : str
        gelu, gelu_tanh, silu, tanh or sigmoid.

    Returns
    -------
    Model
        φ(x).

    Raises
    ------
    Undecided
        If a coefficient may be zero, or too few are known.
    """
    x, gated = ops.freed(x), name in GATED
    first, sign = ops.once(lambda: first_signs(ops, x, name, 1))
    bounded = first == NONE
    if x.order is not None and x.order <= x.degree and bounded.any():
        _refuse_terms(name, _index(bounded), x)
    least = _stays(ops, x, first, sign, name)
    far = _saturated(ops, x, sign, name)
    out = far if not bounded.any() else _with_bounded(ops, x, far, bounded, name)
    own, decay = _gate_error(ops, x, first, least, name, out.degree)
    passed, slow = _passed_on(ops, x, gated, name, out.degree)
    total = plus(own, passed)
    same = ops.once(lambda: _cleared(_followed(x, x.degree - out.degree, len(out.terms)), out.terms))
    decay = None if total is None else ops.common(decay, slow)
    return ops.model(out.degree, out.terms, x.shape, order=out.order, rest=out.rest, flat=total, decay=decay, same=same)


def _saturated(ops: ModelArithmetic, x: Model, sign: Signs, name: str) -> Model:
    """Say what entries that grow become: themselves, 0, ±1."""
    if name in GATED:
        terms = ops.once(lambda: ops.live([_masked(ops, a, sign > 0) for a in x.terms]))
        rest = None if x.rest is None else np.where(sign > 0, x.rest, zeros(x.shape))
        if x.degree < 0 or not (sign != 0).any():
            return Model(max(x.degree, 0), (), x.shape)
        if not (sign > 0).any():
            return Model(x.degree, (), x.shape)
        return Model(x.degree, tuple(terms), x.shape, x.order, rest)
    low = Fraction(-1 if name == "tanh" else 0)
    values = ops.once(
        lambda: ops.live([each(lambda s: ops.ring.number(Fraction(1) if s > 0 else low if s < 0 else Fraction(0)), sign)])
    )
    return Model(0, tuple(values), x.shape)


def _with_bounded(ops: ModelArithmetic, x: Model, far: Model, bounded: NDArray[np.bool_], name: str) -> Model:
    """Add the entries whose argument stays bounded."""
    near = remainders.scattered(ops, remainders.compose(ops, _bounded_part(ops, x, bounded), name), bounded)
    near = dataclasses.replace(near, terms=tuple(ops.live(near.terms)))
    if far.degree == 0 or not far.terms:
        near = dataclasses.replace(near, extent=x.shape)
        return near if not far.terms and far.degree == 0 else ops.add(far, near)
    return ops.add(far, near)


def _bounded_part(ops: ModelArithmetic, x: Model, bounded: NDArray[np.bool_]) -> Model:
    k = x.degree
    terms = ops.once(lambda: ops.live([None if a is None else a[bounded] for a in x.terms[max(k, 0) :]]))
    rest = None if x.rest is None else x.rest[bounded]
    order = None if x.order is None else x.order - k
    return Model(0, tuple([None] * max(-k, 0) + terms), (int(bounded.sum()),), order, rest)


def _gate_error(
    ops: ModelArithmetic, x: Model, first: NDArray[np.int64], least: Array, name: str, degree: int
) -> tuple[Maybe, Decay | None]:
    """Bound what saturation leaves out, relative to the degree of the output."""
    if not (first != NONE).any():
        return None, None
    out, decays = zeros(x.shape), []
    for place in map(tuple, np.argwhere(first != NONE)):
        power = x.degree - int(first[place])
        size, decay = far_error(name, least[place], power, ops.c0)
        out[place] = size
        decays.append(decay)
    slowest: dict[int, Decay] = {}
    for decay in decays:
        known = slowest.get(decay.power)
        slowest[decay.power] = decay if known is None or decay.gap < known.gap else known
    return ops.grown(out, ops.common(*slowest.values()), -degree)


def far_error(name: str, least: arb, power: int, c0: arb) -> tuple[arb, Decay]:
    """Bound |φ(x) − its saturated value| for |x| ≥ ℓ c^e, c ≥ c₀.

    Parameters
    ----------
    name : str
        The activation.
    least : arb
        ℓ > 0.
    power : int
        e ≥ 1.
    c0 : arb
        c₀.

    Returns
    -------
    arb
        The bound at c₀.
    Decay
        How it falls.

    Raises
    ------
    ScaleTooSmall
        For SiLU, while x e^(−x) still rises.
    """
    b = (least * c0**power).lower()
    if name == "gelu":
        return vanishing(-b * b / 2) / (2 * arb.pi()).sqrt(), Decay((least * least / 2).lower(), 2 * power)
    if name == "silu":
        if not b > 1:
            raise ScaleTooSmall(name, (), "the pre-activation is not yet large")
        return b * vanishing(-b), Decay((least * (1 - 1 / b)).lower(), power)
    if name == "tanh":
        return 2 * vanishing(-2 * b), Decay(2 * least, power)
    if name == "sigmoid":
        return vanishing(-b), Decay(least, power)
    slope = (8 / arb.pi()).sqrt()
    rate = slope * ball(remainders.CUBE)
    return vanishing(-rate * b**3) / (slope * arb(1).exp()), Decay((rate * least**3).lower(), 3 * power)


def _passed_on(ops: ModelArithmetic, x: Model, gated: bool, name: str, degree: int) -> tuple[Maybe, Decay | None]:
    """Pass the flat part of the argument on, by a Lipschitz constant, relative to the degree of the output."""
    if x.flat is None:
        return None, None
    slope = arb(5) / 4 if gated else arb(1) if name == "tanh" else arb(1) / 4
    flat, decay = ops.grown(x.flat, x.decay, x.degree - degree)
    return None if flat is None else np.asarray(flat * slope, dtype=object), decay
