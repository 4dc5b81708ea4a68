"""Models that follow flat terms one step: for a norm that reads a vector of which only exponentially small parts are left.

The limit of N(e^{−2c⁴}(1, 0) + e^{−3c⁴}(0, 1)) is (1, 0): a norm forgets the size of its argument, however small, so the
*slowest* exponential decides. Where models only bound flat parts (F), this arithmetic keeps the first ones apart, as terms
e^{−E(c)} P(c) with E a polynomial and P a model.  They are born in a softmax (a loser's weight is e^{−E}, E its lag), pass
through sums, products and linear maps, and end at the next norm: a row that vanishes in every power of c is replaced by its
slowest term without the exponential, and everything else is compared with that.  In all other operations they are absorbed
into the bound F.  Products of two flat terms are bounds at once.

Familiar instance: `example:flat-zero`, where the winner's value is zero and the norm sees the loser's share e^{−c⁴}.
Source: the reasons in `flat_terms`, which does this for float series.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from sattheory.arithmetic import remainders, settled_norms, settled_softmax
from sattheory.arithmetic.enclosures import as_array, ball, each, magnitudes, product, zeros
from sattheory.arithmetic.model_arithmetic import ModelArithmetic
from sattheory.arithmetic.models import Decay, Maybe, Model, Piece, ScaleTooSmall, joined, plus
from sattheory.arithmetic.operations import Undecided
from sattheory.arithmetic.rings import UNKNOWN
from sattheory.arithmetic.settled_softmax import Ranking
from sattheory.arithmetic.settling import NONE, index_of

Array = NDArray[Any]
Exponent = tuple[Any, ...]
MOST_PIECES = 64


def faster(x: Decay | None, y: Decay | None) -> Decay | None:
    """Give a decay for the product of two flat parts.

    Parameters
    ----------
    x, y : Decay or None
        Their decays.

    Returns
    -------
    Decay or None
        Gaps add up at the same power; at different powers the higher one counts.
    """
    if x is None or y is None:
        return y if x is None else x
    if x.power == y.power:
        return Decay((x.gap + y.gap).lower(), x.power)
    return max(x, y, key=lambda decay: decay.power)


class FlatFollowing(ModelArithmetic):
    """The operations of a forward pass on models whose leading flat terms are kept apart."""

    # --- passing pieces on ---------------------------------------------------------------------------------------------

    def _with(self, x: Model, pieces: list[Piece]) -> Model:
        kept = tuple(piece for piece in pieces if not piece.value.vanishes or piece.value.flat is not None)
        found = dataclasses.replace(x, pieces=kept)
        return found if len(kept) <= MOST_PIECES else self.absorbed(found)

    def _mapped(self, x: Model, y: Model, function: Callable[[Model], Model]) -> Model:
        return self._with(y, [Piece(piece.exponent, function(piece.value)) for piece in x.pieces])

    def linear(self, x: Model, weight: Array) -> Model:
        """Multiply by a parameter matrix; see `Operations.linear`."""
        base = super().linear
        return self._mapped(x, base(_plain(x), weight), lambda p: base(p, weight))

    def centre(self, x: Model) -> Model:
        """Subtract the mean; see `Operations.centre`."""
        base = super().centre
        return self._mapped(x, base(_plain(x)), base)

    def reshape(self, x: Model, shape: tuple[int, ...]) -> Model:
        """Change the shape; see `Operations.reshape`."""
        base = super().reshape
        return self._mapped(x, base(_plain(x), shape), lambda p: base(p, shape))

    def swapaxes(self, x: Model, first: int, second: int) -> Model:
        """Exchange axes; see `Operations.swapaxes`."""
        base = super().swapaxes
        return self._mapped(x, base(_plain(x), first, second), lambda p: base(p, first, second))

    def add(self, x: Model, y: Model) -> Model:
        """Add; see `Operations.add`."""
        shape = np.broadcast_shapes(x.shape, y.shape)
        x, y = (self.absorbed(v) if v.pieces and v.shape != shape else v for v in (x, y))
        return self._with(super().add(_plain(x), _plain(y)), [*x.pieces, *y.pieces])

    def multiply(self, x: Model, y: Model) -> Model:
        """Multiply entries; see `Operations.multiply`."""
        return self._times(x, y, super().multiply, np.multiply)

    def matmul(self, x: Model, y: Model) -> Model:
        """Multiply matrices; see `Operations.matmul`."""
        return self._times(x, y, super().matmul, product)

    def _times(self, x: Model, y: Model, base: Callable[[Model, Model], Model], times_: Callable[[Array, Array], Array]) -> Model:
        left, right = _plain(x), _plain(y)
        out = base(left, right)
        pieces = [Piece(p.exponent, base(p.value, right)) for p in x.pieces]
        pieces += [Piece(p.exponent, base(dataclasses.replace(left, attended=None), p.value)) for p in y.pieces]
        first, second = (self._of_pieces(v) for v in (x, y))
        flat = joined(times_, first[0], second[0])
        if flat is not None:
            lost, decay = self.grown(
                np.broadcast_to(flat, out.shape), faster(first[1], second[1]), x.degree + y.degree - out.degree
            )
            out = _more_flat(self, out, lost, decay)
        return self._with(out, pieces)

    def _of_pieces(self, x: Model) -> tuple[Maybe, Decay | None]:
        """Bound all flat terms of a value together."""
        alone = self.absorbed(dataclasses.replace(x, flat=None, decay=None))
        return alone.flat, alone.decay

    def activation(self, x: Model, name: str) -> Model:
        """Apply an activation; see `Operations.activation`."""
        return super().activation(self.absorbed(x), name)

    def freed(self, x: Model) -> Model:
        """Multiply the factor in; see `ModelArithmetic.freed`."""
        return dataclasses.replace(super().freed(_plain(x)), pieces=x.pieces)

    # --- into the bound ------------------------------------------------------------------------------------------------

    def absorbed(self, x: Model) -> Model:
        """Put the flat terms into the bound F.

        Parameters
        ----------
        x : Model
            A value.

        Returns
        -------
        Model
            The same value without pieces.
        """
        out = _plain(x)
        for piece in x.pieces:
            flat, decay = self._bounded(piece.exponent, piece.value, x)
            if flat is not None:
                out = dataclasses.replace(out, flat=plus(out.flat, flat), decay=self.common(out.decay, decay))
        return out

    def _bounded(self, exponent: Exponent, p: Model, x: Model) -> tuple[Maybe, Decay | None]:
        """Bound |e^(−E) P| as a flat part of x."""
        size = plus(self.largest(p), None if p.flat is None else magnitudes(p.flat))
        if size is None:
            return None, None
        least = self._of_exponent(exponent).lower()
        power = len(exponent)
        if not least > 0:
            raise ScaleTooSmall("flat part", (), "an exponent is not yet positive")
        factor = (-least * self.c0**power).exp() * ball(p.square / x.square).sqrt()
        return self.grown(size * factor, Decay(least, power), p.degree - x.degree)

    def _of_exponent(self, exponent: Exponent) -> arb:
        """Enclose c^(−q) E(c) over all c ≥ c₀."""
        total = arb(0)
        for number in reversed(self.ring.balls(as_array(exponent, (len(exponent),)))):
            total = number + total * self.interval
        return total

    # --- softmax: where flat terms come from ---------------------------------------------------------------------------

    def softmax(self, scores: Model, visible: Array | None) -> Model:
        """Normalise exponentials; see `Operations.softmax`."""
        scores = self.freed(self.absorbed(scores))
        seen = np.ones(scores.shape, dtype=bool) if visible is None else np.broadcast_to(visible, scores.shape)
        ranking = self.once(lambda: settled_softmax.rank(self, scores, seen))
        weights = settled_softmax.weighted(self, scores, ranking)
        lost = np.argwhere(ranking.level != NONE)
        if not 0 < len(lost) <= MOST_PIECES or (scores.order is not None and scores.order <= scores.degree):
            return weights
        flat, decay = self._second_order(scores, ranking)
        main = dataclasses.replace(weights, flat=flat, decay=decay)
        return self._with(main, [self._share(scores, ranking, weights, tuple(map(int, place))) for place in lost])

    def _second_order(self, scores: Model, ranking: Ranking) -> tuple[Maybe, Decay | None]:
        """Bound what is left after the first-order shares: r_j r and r_j η, and what flat scores do to shared weights."""
        one = arb(1)
        lost, decay = settled_softmax.losers(self, scores, ranking, one)
        assert lost is not None
        taken = np.where(ranking.winners, arb(0), lost).sum(axis=-1, keepdims=True)
        total, rate = lost * taken, faster(decay, decay)
        moved = settled_softmax.flat_shift(self, scores, ranking, one)
        if moved is not None:
            _, slow = self.grown(scores.flat, scores.decay, scores.degree)
            seen = ranking.winners | (ranking.level != NONE)  # an entry of a score moves w_i e^(s_j − s_t) at most twice
            largest = 2 * np.where(seen, moved, arb(0)).sum(axis=-1, keepdims=True)
            total, rate = total + lost * largest, self.common(rate, faster(decay, slow))
        flat, slow = settled_softmax.shared(self, scores, ranking, one)
        return plus(total, flat), self.common(rate, slow)

    def _share(self, scores: Model, ranking: Ranking, weights: Model, place: tuple[int, ...]) -> Piece:
        """Give the first-order weight of one loser, taken from the winners in proportion: e^(−E) ρ (e_j − p)."""
        k, level = scores.degree, int(ranking.level[place])
        reference = (*place[:-1], int(ranking.reference[(*place[:-1], 0)]))
        gaps = [a if a is None else a[place] for a in ranking.differences]
        zero = self.ring.number(Fraction(0))
        exponent = tuple(zero if j >= len(gaps) or gaps[j] is None else gaps[j] for j in range(level, k))
        below = self.once(lambda: self.live([None if g is None else as_array([-g], (1,)) for g in gaps[max(k, 0) :]]))
        rest = None if scores.rest is None else as_array([scores.rest[place] - scores.rest[reference]], (1,))
        u = Model(0, tuple(below), (1,), None if scores.order is None else scores.order - k, rest)
        rho = self.multiply(remainders.exp(self, u), _entry(weights, reference))
        row = np.zeros(scores.shape, dtype=bool)
        row[place[:-1]] = ranking.winners[place[:-1]]
        p = dataclasses.replace(_masked(self, weights, row), flat=None, decay=None, attended=None, same=None)
        own = np.zeros(scores.shape, dtype=bool)
        own[place] = True
        single = self.constant(own.astype(float))
        apart = dataclasses.replace(super().add(single, _minus(p)), same=None)
        return Piece(exponent, dataclasses.replace(super().multiply(apart, _like(rho, apart)), same=None))

    # --- norms: where they decide --------------------------------------------------------------------------------------

    def unit(self, x: Model, epsilon: float | Fraction) -> Model:
        """Normalise the length; see `Operations.unit`."""
        if not x.pieces:
            return super().unit(x, epsilon)
        hung = self.once(lambda: self._hanging(x) & (not epsilon))
        if x.order is not None and hung.any():
            known = f"every power of c down to c^{x.degree - x.order + 1} vanishes in this row, and flat terms are left"
            raise Undecided("norm", index_of(hung), known, "more terms would decide", "terms")
        out = self._perturbed(self._without(x, hung), Fraction(epsilon))
        for row in map(tuple, np.argwhere(hung)):
            out = self.add(out, super().unit(self._direction(x, tuple(map(int, row))), epsilon))
        return out

    def _perturbed(self, x: Model, epsilon: Fraction) -> Model:
        """Pass flat terms δ of rows that do not vanish through the norm.

        To first order they become (δ − y (y·δ))/‖x‖; the second is bounded by
        |N(x + δ) − N(x) − DN(x) δ| ≤ ½ · 2/√3 · |δ|²/(|x| − |δ|)², because |D²N(z)[δ, δ]| ≤ (2/√3) |δ|²/|z|².
        With |δ| ≤ |x|/2 that is at most (4/√3) |δ|²/|x|², and the bound F of x counts twice.

        Returns
        -------
        Model
            The rows, of degree 0, with pieces.
        """
        plain = _plain(x)
        if plain.vanishes and plain.flat is None:
            return super().unit(self.absorbed(x), epsilon)
        y, length, start = settled_norms.normalised(self, plain, epsilon)
        if (start != start.flat[0]).any():
            return super().unit(self.absorbed(x), epsilon)
        v, d = int(start.flat[0]), x.shape[-1]
        ones, scale = self.constant(np.ones((d, 1))), settled_norms.as_column(length)
        pieces = []
        for piece in x.pieces:
            along = super().matmul(super().multiply(_plain(y), piece.value), ones)
            back = super().multiply(along, dataclasses.replace(y, flat=None, decay=None))
            change = super().multiply(super().add(piece.value, _minus(back)), scale)
            value = dataclasses.replace(change, degree=change.degree - x.degree + v, square=change.square / x.square, same=None)
            pieces.append(Piece(piece.exponent, value))
        flat, decay = self._second_order_of_norm(x, length, v)
        twice = dataclasses.replace(y, flat=None if y.flat is None else y.flat * 2)
        return self._with(_more_flat(self, twice, *self.grown(flat, decay, -y.degree)), pieces)

    def _second_order_of_norm(self, x: Model, length: Model, v: int) -> tuple[Maybe, Decay | None]:
        flat, decay = self.grown(*self._of_pieces(x), v)
        inverse = self.tail(length, 0)
        if flat is None or decay is None or inverse is None:
            return None, None
        size = each(
            arb.sqrt, np.asarray(sum((magnitudes(flat[..., i]) ** 2 for i in range(flat.shape[-1])), zeros(flat.shape[:-1])))
        )
        ratio = size * magnitudes(inverse)
        if not all(r <= arb(1) / 2 for r in ratio.ravel()):
            raise ScaleTooSmall("norm", (), "a flat term is as large as the row that it perturbs")
        bound = ratio * ratio * (4 / arb(3).sqrt())
        return np.broadcast_to(bound[..., None], x.shape), faster(decay, decay)

    def _hanging(self, x: Model) -> NDArray[np.bool_]:
        """Find rows that vanish in every power of c but have flat terms."""
        alive = np.zeros(x.shape[:-1], dtype=bool)
        for a in x.terms:
            if a is not None:
                alive |= (self.ring.signs(a) != 0).any(axis=-1)
        there = np.zeros_like(alive)
        for piece in x.pieces:
            there |= self._nonzero_rows(piece.value)
        return ~alive & there

    def _nonzero_rows(self, p: Model) -> NDArray[np.bool_]:
        """Which rows of a piece are certainly not zero algebraically."""
        found = np.zeros(p.shape[:-1], dtype=bool)
        for a in p.terms:
            if a is not None:
                found |= (np.abs(self.ring.signs(a)) == 1).any(axis=-1)
        return found

    def _without(self, x: Model, rows: NDArray[np.bool_]) -> Model:
        """Make some rows exactly zero."""
        if not rows.any():
            return x
        keep = np.broadcast_to(~rows[..., None], x.shape)
        flat = None if x.flat is None else np.where(keep, x.flat, arb(0))
        out = dataclasses.replace(x, flat=flat, same=None)
        return self._with(
            out, [Piece(p.exponent, dataclasses.replace(_masked(self, p.value, keep), same=None)) for p in x.pieces]
        )

    def _direction(self, x: Model, row: tuple[int, ...]) -> Model:
        """Replace one row by its slowest flat term without the exponential; what is smaller becomes its flat part."""
        order = self.once(lambda: self._sorted(x, row))
        slowest = x.pieces[order[0][0]].exponent
        chosen = np.zeros(x.shape, dtype=bool)
        chosen[row] = True
        total: Model | None = None
        for index, equal in order:
            if equal:
                part = dataclasses.replace(_masked(self, x.pieces[index].value, chosen), same=None)
                total = part if total is None else super().add(total, part)
        assert total is not None
        listed = {index for index, _ in order}
        if any(self._touches(piece.value, row) for index, piece in enumerate(x.pieces) if index not in listed):
            raise ScaleTooSmall("norm", row, "a flat term that vanishes farther out is still there")
        for index, equal in order:
            if not equal:
                gap = self.once(lambda i=index: self._gap(x.pieces[i].exponent, slowest))  # type: ignore[misc]
                flat, decay = self._bounded(gap, _masked(self, x.pieces[index].value, chosen), total)
                total = _more_flat(self, total, flat, decay)
        return self._with_rest(total, x, slowest, chosen, row)

    def _sorted(self, x: Model, row: tuple[int, ...]) -> list[tuple[int, bool]]:
        """List the pieces of a row: the slowest and those as slow first (True), then the others."""
        here = [i for i, piece in enumerate(x.pieces) if self._nonzero_rows(piece.value)[row]]
        best = here[0]
        for i in here[1:]:
            if self._compare(x.pieces[i].exponent, x.pieces[best].exponent, row) < 0:
                best = i
        others = [i for i, piece in enumerate(x.pieces) if i != best and self._touches(piece.value, row)]
        equal = [i for i in others if self._compare(x.pieces[i].exponent, x.pieces[best].exponent, row) == 0]
        return [(best, True)] + [(i, True) for i in equal] + [(i, False) for i in others if i not in equal]

    def _touches(self, p: Model, row: tuple[int, ...]) -> bool:
        terms = any(a is not None and (self.ring.signs(a[row]) != 0).any() for a in p.terms)
        enclosed = [a[row] for a in (p.rest, p.flat) if a is not None]
        return terms or any(not v.is_zero() for a in enclosed for v in a)

    def _compare(self, x: Exponent, y: Exponent, row: tuple[int, ...]) -> int:
        if len(x) != len(y):
            return 1 if len(x) > len(y) else -1
        for i, (a, b) in enumerate(zip(x, y, strict=True)):
            sign = int(self.ring.signs(as_array([a - b], (1,)))[0])
            if sign == UNKNOWN:
                size = max((v.abs_upper() for v in self.ring.balls(as_array([a, b], (2,)))), default=arb(1))
                self.zero_or_refuse("norm", a - b, size, row, (), len(x) - i)
            elif sign:
                return sign
        return 0

    def _gap(self, x: Exponent, slowest: Exponent) -> Exponent:
        """E − E*, leading zeros dropped."""
        zero = self.ring.number(Fraction(0))
        longest = max(len(x), len(slowest))
        gap = [a - b for a, b in zip(*((zero,) * (longest - len(e)) + e for e in (x, slowest)), strict=True)]
        while gap and (sign := self.ring.signs(as_array([gap[0]], (1,)))[0]) != 1:
            if sign == -1:
                known = "a flat term that may be zero falls more slowly than those that are not"
                raise Undecided("norm", (), known, "more bits would tell, or closed forms", "precision")
            gap.pop(0)
        if not gap:
            raise Undecided(
                "norm", (), "a flat term of a row falls as slowly as the one that decides", "the limit depends on it", "flat"
            )
        return tuple(gap)

    def _with_rest(self, total: Model, x: Model, slowest: Exponent, chosen: NDArray[np.bool_], row: tuple[int, ...]) -> Model:
        """Compare the bound F of the row with its slowest flat term: F φ e^E must still be flat."""
        if x.flat is None or x.decay is None:
            return total
        power, most = len(slowest), self._of_exponent(slowest).upper()
        if x.decay.power < power:
            raise Undecided("norm", row, "the next flat terms of this row are not known", "the limit depends on them", "flat")
        gap = (x.decay.gap - most * self.c0 ** (power - x.decay.power)).lower()
        if not gap > 0:
            far = x.decay.power == power and not x.decay.gap > self.ring.balls(as_array(slowest[:1], (1,)))[0]
            if far:
                raise Undecided(
                    "norm", row, "the next flat terms of this row fall as slowly", "the limit depends on them", "flat"
                )
            raise ScaleTooSmall("norm", row, "the next flat terms of this row are still as large")
        grown = np.where(chosen, x.flat * (most * self.c0**power).exp() * ball(x.square / total.square).sqrt(), arb(0))
        flat, decay = self.grown(grown, Decay(gap, x.decay.power), x.degree - total.degree)
        return _more_flat(self, total, flat, decay)


def _minus(x: Model) -> Model:
    terms = tuple(None if a is None else -a for a in x.terms)
    return dataclasses.replace(x, terms=terms, rest=None if x.rest is None else -x.rest)


def _plain(x: Model) -> Model:
    return dataclasses.replace(x, pieces=()) if x.pieces else x


def _masked(ops: ModelArithmetic, x: Model, keep: NDArray[np.bool_]) -> Model:
    """Set everything outside a mask to exactly zero."""
    zero = ops.ring.number(Fraction(0))
    terms = ops.once(
        lambda: ops.live([None if a is None else np.where(keep, a, np.full(keep.shape, zero, dtype=object)) for a in x.terms])
    )
    rest, flat = (None if a is None else np.where(keep, a, zeros(keep.shape)) for a in (x.rest, x.flat))
    return dataclasses.replace(x, terms=tuple(terms), rest=rest, flat=flat, attended=None)


def _more_flat(ops: ModelArithmetic, x: Model, flat: Maybe, decay: Decay | None) -> Model:
    if flat is None:
        return x
    return dataclasses.replace(x, flat=plus(x.flat, flat), decay=ops.common(x.decay, decay))


def _entry(weights: Model, place: tuple[int, ...]) -> Model:
    """One weight as a model of one axis, without its flat part."""
    terms = tuple(None if a is None else as_array([a[place]], (1,)) for a in weights.terms)
    rest = None if weights.rest is None else as_array([weights.rest[place]], (1,))
    return Model(0, terms, (1,), weights.order, rest)


def _like(x: Model, y: Model) -> Model:
    """Give a model of one axis as many axes as another has."""
    shape = (1,) * len(y.shape)
    terms = tuple(None if a is None else a.reshape(shape) for a in x.terms)
    return dataclasses.replace(x, terms=terms, extent=shape, rest=None if x.rest is None else x.rest.reshape(shape))
