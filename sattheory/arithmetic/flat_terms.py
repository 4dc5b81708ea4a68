"""The leading exponentially small term, for the one place where a limit depends on it.

An ε = 0 norm makes a unit vector of whatever it is given, even of e^{−3c⁴}(2, −1, −1).  If everything algebraic in such a row
vanishes, the slowest exponential decides its direction.  A `Tail` keeps that one term: for each entry the exponent
G(c) = Σ g_i c^i (positive powers only; ∞ for none) and a series multiplying e^{−G(c)}.  It is born in the softmax, where a loser
keeps e^{−G}·u with G its score gap, goes through linear maps, and ends in the next norm; what it becomes after that is unknown
(tail ``None`` beside a flat remainder), and a second norm that needs it raises `Undecided`.

In attention with limit weights ā the flat part of Σ_j A_j V_j is Σ_l e^{−G_l} u_l (V_l − Σ_j ā_j V_j): a loser whose value
equals the winners' mean contributes nothing, and the next one decides.  An activation leaves one too: SiLU(−a) = −a·e^{−a}, so
that a block whose units are all dead is not zero, and a norm without ε brings it back to the sphere.  A leading term that
cancels stays as a zero with a finite exponent: the next one is not known, and nothing may be made of it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sattheory.arithmetic import taylor
from sattheory.arithmetic.activations import CUBE as _CUBE
from sattheory.arithmetic.activations import SLOPE as _SLOPE

if TYPE_CHECKING:
    from sattheory.arithmetic.dominance import Decision
    from sattheory.arithmetic.series import Series, SeriesArithmetic

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Tail:
    """A term value · e^{−G(c)}, entry by entry.

    Parameters
    ----------
    exponent : ndarray, shape (E, …)
        Coefficients of c^E, …, c^1 in G; inf where there is no term.
    value : Series, shape (…)
        What multiplies the exponential.  Zero beside a finite exponent: it cancels as far as it is known, and what comes next is
        not known.
    """

    exponent: Array
    value: Series

    @property
    def there(self) -> Array:
        """Which entries have a term.

        Returns
        -------
        ndarray of bool
            False where the exponent is infinite.
        """
        return np.broadcast_to(np.isfinite(self.exponent).all(axis=0), self.value.shape)

    def linear(self, ops: SeriesArithmetic, weight: Array) -> Tail:
        """Map each row by a parameter matrix, keeping the slowest term of each entry.

        Parameters
        ----------
        ops : SeriesArithmetic
            The arithmetic.
        weight : ndarray, shape (out, in)
            The matrix.

        Returns
        -------
        Tail
            The image.
        """
        return self._mapped(ops, weight, 1)

    def centred(self, ops: SeriesArithmetic) -> Tail:
        """Subtract the mean of each row, keeping the slowest term of each entry.

        Parameters
        ----------
        ops : SeriesArithmetic
            The arithmetic.

        Returns
        -------
        Tail
            The result.
        """
        d = self.value.shape[-1]
        return self._mapped(ops, np.eye(d) - 1 / d, 0)

    def _mapped(self, ops: SeriesArithmetic, matrix: Array, degree: int) -> Tail:
        """Map the slowest terms of each row; outputs that do not see those get the next slower ones."""
        rest, result, reaches = self, None, (matrix != 0).T.astype(float)
        while True:
            kept = rest._slowest_of_row()
            a = kept.value.coefficients
            image, size = a @ matrix.T, np.abs(a) @ np.abs(matrix.T)
            image = np.where(np.abs(image) > ops.tolerance.tie * size, image, 0.0)
            here = kept.there
            value = ops.series(kept.value.degree + degree, image, kept.value.remainder + degree)
            least = lowest(kept.exponent, -1)
            piece = Tail(np.where(here.astype(float) @ reaches > 0, least, np.inf), value)
            result = piece if result is None else combined(ops, result, piece, value.shape)
            rest = rest._only(np.asarray(rest.there & ~here))
            if not rest.there.any():
                return result

    def moved(self, shape: tuple[int, ...], move: Callable[[Array, int], Array]) -> Tail:
        """Reshape or exchange axes.

        Parameters
        ----------
        shape : tuple of int
            Shape before.
        move : callable
            Takes an array and the number of leading axes to leave alone.

        Returns
        -------
        Tail
            The result.
        """
        exponent = _spread(self.exponent, shape)
        return Tail(move(exponent, 1), _with(self.value, move(self.value.coefficients, 1)))

    def positive(self, x: Series, sign: Array) -> Tail:
        """Pass through ReLU: where x is flat, its positive part; where x is positive, all of it.

        Parameters
        ----------
        x : Series
            The pre-activation.
        sign : ndarray
            Its sign for large c.

        Returns
        -------
        Tail
            The result.
        """
        first = np.take_along_axis(self.value.coefficients, (self.value.coefficients != 0).argmax(axis=0)[None], 0)[0]
        keep = (sign > 0) | ((sign == 0) & (first >= 0))
        return self._only(keep)

    def _only(self, keep: Array) -> Tail:
        value = _with(self.value, np.where(keep, self.value.coefficients, 0.0))
        return Tail(np.where(keep, self.exponent, np.inf), value)

    def _slowest_of_row(self) -> Tail:
        there = self.there
        exponent = np.where(there, self.exponent, np.inf)
        here = np.isclose(exponent, lowest(exponent, -1), rtol=1e-12, atol=0).all(axis=0) & there
        return self._only(np.asarray(here))


def _with(x: Series, coefficients: Array) -> Series:
    """Exchange the coefficients for others of the same exponents."""
    from sattheory.arithmetic.series import row_peaks

    return dataclasses.replace(x, coefficients=coefficients, magnitude=row_peaks(coefficients))


def lowest(exponent: Array, axis: int) -> Array:
    """Find the lexicographically smallest exponent along an axis.

    Parameters
    ----------
    exponent : ndarray, shape (E, …)
        Polynomials, highest power first.
    axis : int
        The axis, negative.

    Returns
    -------
    ndarray, shape (E, …) with 1 in place of the axis
        The smallest.
    """
    alive = np.ones(exponent.shape[1:], dtype=bool)
    out = []
    for row in exponent:
        least = np.where(alive, row, np.inf).min(axis=axis, keepdims=True)
        alive &= (row <= least * (1 + 1e-12)) | np.isclose(row, least, rtol=1e-12, atol=0)
        out.append(least)
    return np.stack(out)


def losers(ops: SeriesArithmetic, scores: Series, decision: Decision, seen: Array) -> Tail | None:
    """Give the flat weights of the positions that lose a softmax.

    Parameters
    ----------
    ops : SeriesArithmetic
        The arithmetic.
    scores : Series, shape (…, n, m)
        Scores.
    decision : Decision
        Who won.
    seen : ndarray of bool, shape (…, n, m)
        Where attention is possible.

    Returns
    -------
    Tail or None
        For each loser its gap to the winners and its factor u; None when the factors are not known.
    """
    if scores.remainder >= 0:
        return None
    from sattheory.arithmetic.saturating import ends_within, window

    won, lost = decision.winners, seen & ~decision.winners
    first = won.argmax(axis=-1)[..., None]
    powers = max(scores.degree, 1)
    positive = window(scores, powers, powers)
    gaps = np.take_along_axis(positive, np.broadcast_to(first, (powers, *first.shape)), -1) - positive
    terms = ops.terms if scores.remainder == -np.inf else min(ops.terms, -int(scores.remainder))
    below = window(scores, 0, terms)
    below = below - np.take_along_axis(below, np.broadcast_to(first, (terms, *first.shape)), -1)
    with np.errstate(over="ignore", invalid="ignore"):
        raw = taylor.exp(np.where(seen, below, 0.0))
    if not np.isfinite(raw).all():
        return None
    total = taylor.power(np.where(won, raw, 0.0).sum(axis=-1, keepdims=True), -1.0)
    factor = np.where(lost, taylor.product(raw, total), 0.0)
    exact = ends_within(scores, 0, terms) and not below[1:].any()
    value = ops.series(0, factor, -np.inf if exact else -float(terms))
    return Tail(np.where(lost, gaps, np.inf), value)


def _known(x: Series) -> bool:
    return x.tail is not None or x.flat is None


def _nothing(x: Series, powers: int) -> Tail:
    from sattheory.arithmetic.series import Series

    zero = np.zeros((1, *x.shape))
    return Tail(np.full((powers, *x.shape), np.inf), Series(0, zero, -np.inf, zero))


def _same_powers(x: Tail, powers: int) -> Array:
    missing = powers - len(x.exponent)
    pad = np.where(np.isinf(x.exponent[:1]), np.inf, 0.0)
    return np.concatenate([pad] * missing + [x.exponent]) if missing else x.exponent


def _spread(exponent: Array, shape: tuple[int, ...]) -> Array:
    """Broadcast an exponent, whose first axis holds its powers, to a shape with more axes."""
    lead = len(shape) + 1 - exponent.ndim
    return np.broadcast_to(exponent.reshape(len(exponent), *(1,) * lead, *exponent.shape[1:]), (len(exponent), *shape))


def added(ops: SeriesArithmetic, x: Series, y: Series, shape: tuple[int, ...]) -> Tail | None:
    """Give the slowest flat term of a sum, entry by entry.

    Parameters
    ----------
    ops : SeriesArithmetic
        The arithmetic.
    x, y : Series
        The summands.
    shape : tuple of int
        Shape of the sum.

    Returns
    -------
    Tail or None
        None when one of the two is not known.
    """
    if not (_known(x) and _known(y)):
        return None
    left = x.tail or _nothing(x, 1)
    right = y.tail or _nothing(y, 1)
    return combined(ops, left, right, shape)


def combined(ops: SeriesArithmetic, left: Tail, right: Tail, shape: tuple[int, ...]) -> Tail:
    """Keep the slower of two flat terms in each entry, or their sum where they are equally slow.

    Parameters
    ----------
    ops : SeriesArithmetic
        The arithmetic.
    left, right : Tail
        Two terms.
    shape : tuple of int
        Shape of the result.

    Returns
    -------
    Tail
        The slower one.
    """
    for one, other in ((left, right), (right, left)):
        if not other.there.any() and one.value.shape == shape:
            return one
    powers = max(len(left.exponent), len(right.exponent))
    pair = np.stack([_spread(_same_powers(t, powers), shape) for t in (left, right)], axis=-1)
    least = lowest(pair, -1)
    keep = np.isclose(pair, least, rtol=1e-12, atol=0).all(axis=0)
    kept = [t._only(np.asarray(keep[..., i])).value for i, t in enumerate((left, right))]
    return Tail(least[..., 0], ops.add(*kept))


def multiplied(ops: SeriesArithmetic, x: Series, y: Series, times: Callable[[Array, Array], Array]) -> Tail | None:
    """Give the slowest flat term of a product.

    Parameters
    ----------
    ops : SeriesArithmetic
        The arithmetic.
    x, y : Series
        The factors.
    times : callable
        ``np.multiply`` or ``np.matmul``.

    Returns
    -------
    Tail or None
        None when the flat part of a factor is not known.
    """
    if not (_known(x) and _known(y)):
        return None
    if times is np.matmul:
        return _contracted(ops, _matrix_pieces(ops, x, y))
    shape = np.broadcast_shapes(x.shape, y.shape)
    pairs = [(tail, other) for tail, other in ((x.tail, y), (y.tail, x)) if tail is not None]
    tails = [_piece(ops, tail.exponent, tail.value, dataclasses.replace(other, tail=None), shape) for tail, other in pairs]
    return tails[0] if len(tails) == 1 else combined(ops, tails[0], tails[1], shape)


def _piece(ops: SeriesArithmetic, exponent: Array, value: Series, other: Series, shape: tuple[int, ...]) -> Tail:
    product = ops.multiply(value, other)
    unknown = product.remainder != -np.inf
    live = np.broadcast_to(product.coefficients.any(axis=0) | unknown | ~value.coefficients.any(axis=0), shape)
    return Tail(np.where(live, _spread(exponent, shape), np.inf), product)


def _matrix_pieces(ops: SeriesArithmetic, x: Series, y: Series) -> list[Tail]:
    """Write out the terms of a matrix product before they are summed, with axes (…, n, k, m)."""
    inner = dataclasses.replace(_expanded(ops, y, -3), tail=None)
    outer = dataclasses.replace(_expanded(ops, x, len(x.shape)), tail=None, decision=None)
    shape = np.broadcast_shapes(inner.shape, outer.shape)
    pieces = []
    if x.tail is not None:
        other = inner if x.decision is None else _cleared(ops, ops.add(inner, _minus_mean(ops, x, y)))
        value = _expanded(ops, x.tail.value, len(x.shape))
        pieces.append(_piece(ops, x.tail.exponent[..., None], value, other, shape))
    if y.tail is not None:
        exponent = np.expand_dims(y.tail.exponent, -3)
        piece = _piece(ops, exponent, _expanded(ops, y.tail.value, -3), outer, shape)
        pieces.append(piece if x.decision is None else piece._only(np.broadcast_to(x.decision.winners[..., None], shape)))
    return pieces


def _cleared(ops: SeriesArithmetic, x: Series) -> Series:
    """Clear entries that are zero to the tolerance."""
    keep = np.abs(x.coefficients) > ops.tolerance.tie * x.magnitude
    return dataclasses.replace(x, coefficients=np.where(keep, x.coefficients, 0.0))


def _minus_mean(ops: SeriesArithmetic, weights: Series, values: Series) -> Series:
    mean = ops.matmul(dataclasses.replace(weights, tail=None), dataclasses.replace(values, tail=None))
    mean = dataclasses.replace(mean, coefficients=-mean.coefficients)
    return _expanded(ops, mean, -2)


def _expanded(ops: SeriesArithmetic, x: Series, axis: int) -> Series:
    position = axis if axis >= 0 else len(x.shape) + 1 + axis
    shape = (*x.shape[:position], 1, *x.shape[position:])
    return ops.reshape(dataclasses.replace(x, tail=None), shape)


def _contracted(ops: SeriesArithmetic, pieces: list[Tail]) -> Tail:
    """Sum over the inner axis (the last but one), keeping the slowest terms."""
    shape = pieces[0].exponent.shape[1:]
    powers = max(len(piece.exponent) for piece in pieces)
    exponents = np.concatenate([_same_powers(piece, powers) for piece in pieces], axis=-2)
    least = lowest(exponents, -2)
    sums = []
    for piece in pieces:
        here = np.isclose(_same_powers(piece, powers), least, rtol=1e-12, atol=0).all(axis=0)
        kept = np.where(here, np.broadcast_to(piece.value.coefficients, (len(piece.value.coefficients), *shape)), 0.0)
        sums.append(ops.series(piece.value.degree, kept.sum(axis=-2), piece.value.remainder))
    return Tail(least[..., 0, :], sums[0] if len(sums) == 1 else ops.add(*sums))


def perturbed_softmax(ops: SeriesArithmetic, scores: Series, weights: Series, tail: Tail | None) -> Tail | None:
    """Add to the losers' flat weights what flat terms of the scores do to the winners: w_i (δ_i − Σ w δ).

    Parameters
    ----------
    ops : SeriesArithmetic
        The arithmetic.
    scores, weights : Series, shape (…, n, m)
        Scores and their softmax.
    tail : Tail or None
        The losers' part.

    Returns
    -------
    Tail or None
        Both; None when one is not known.
    """
    if scores.flat is None or tail is None:
        return tail
    if scores.tail is None:
        several = weights.decision is not None and bool((weights.decision.winners.sum(axis=-1) > 1).any())
        return None if several else tail
    weights = dataclasses.replace(weights, decision=None, tail=None)
    shift = Tail(scores.tail.exponent, scores.tail.value)
    own = _piece(ops, shift.exponent, shift.value, weights, weights.shape)
    mean = _contracted(ops, [_insert_row(ops, own)])
    mean = Tail(mean.exponent, dataclasses.replace(mean.value, coefficients=-mean.value.coefficients))
    back = _piece(ops, mean.exponent, mean.value, weights, weights.shape)
    return combined(ops, tail, combined(ops, own, back, weights.shape), weights.shape)


def _insert_row(ops: SeriesArithmetic, tail: Tail) -> Tail:
    return Tail(tail.exponent[..., None], _expanded(ops, tail.value, len(tail.value.shape)))


def perturbed_unit(ops: SeriesArithmetic, x: Series, y: Series, inverse: Series) -> Tail | None:
    """First-order change of y = x/‖x‖: (δ − y (y·δ))/‖x‖.

    Parameters
    ----------
    ops : SeriesArithmetic
        The arithmetic.
    x, y : Series, shape (…, d)
        Rows and their directions.
    inverse : Series, shape (…, 1)
        1/‖x‖ (any power of c may be left out of a row whose direction alone matters).

    Returns
    -------
    Tail or None
        The flat part of y.
    """
    if x.tail is None:
        return None
    kept = x.tail._slowest_of_row()
    y = dataclasses.replace(y, tail=None)
    along = ops.multiply(kept.value, y)
    total = ops.series(along.degree, -along.coefficients.sum(axis=-1, keepdims=True), along.remainder)
    change = ops.multiply(ops.add(kept.value, ops.multiply(total, y)), inverse)
    return Tail(kept.exponent if x.shape[-1] > 1 else np.full_like(kept.exponent, np.inf), change)


def direction(ops: SeriesArithmetic, x: Series, vanished: Array) -> Series:
    """Replace rows that vanish algebraically by their leading flat term without its exponential: a norm cannot tell.

    Parameters
    ----------
    ops : SeriesArithmetic
        The arithmetic.
    x : Series, shape (…, d)
        Rows, with a tail.
    vanished : ndarray of bool, shape (…)
        Which rows vanish.

    Returns
    -------
    Series
        Rows that a norm maps to the same limits.
    """
    kept = x.tail._slowest_of_row()
    rows = dataclasses.replace(kept.value, coefficients=np.where(vanished[..., None], kept.value.coefficients, 0.0))
    return dataclasses.replace(ops.add(dataclasses.replace(x, tail=None), rows), flat=x.flat, void=x.void)


def saturated(ops: SeriesArithmetic, x: Series, sign: Array, name: str) -> Tail | None:
    """Give the flat part of an activation: what an argument ±a leaves of 1 − g(a), and an earlier flat term passed on.

    Parameters
    ----------
    ops : SeriesArithmetic
        The arithmetic.
    x : Series
        The pre-activation.
    sign : ndarray
        Its sign where it grows, 0 where it stays bounded.
    name : str
        The activation, not ReLU.

    Returns
    -------
    Tail or None
        P(a)·e^(−E(a)) for each entry; None when E is not known down to c⁰, or an earlier flat term meets a bounded entry.
    """
    passed = _passed_on(x, sign, name)
    if passed is None or x.degree < 1:
        return passed
    plain = dataclasses.replace(x, tail=None, void=None, flat=None)
    size = ops.multiply(plain, ops.constant(sign))
    if name.startswith("gelu"):
        square = ops.multiply(plain, plain)
        cube = ops.multiply(ops.constant(_CUBE * sign), ops.multiply(plain, square))
        exponent = ops.multiply(ops.constant(np.array(0.5)), square)
        if name == "gelu_tanh":
            exponent = ops.multiply(ops.constant(np.array(_SLOPE)), ops.add(size, cube))
    else:
        exponent = ops.multiply(ops.constant(np.array(2.0 if name == "tanh" else 1.0)), size)
    own = _exponential(ops, exponent, _factor(ops, size, sign, name), sign)
    return None if own is None else combined(ops, own, passed, x.shape)


def _factor(ops: SeriesArithmetic, size: Series, sign: Array, name: str) -> Series:
    """P: x − xΦ(x) tends to e^(−x²/2)/√(2π), with relative error x^(−2)."""
    if name == "gelu":
        return ops.series(0, np.full((1, *size.shape), -1 / np.sqrt(2 * np.pi)), -2.0)
    if name in ("tanh", "sigmoid"):
        return ops.constant(-2.0 * sign if name == "tanh" else -sign)
    return ops.multiply(ops.constant(np.array(-1.0)), size)


def _exponential(ops: SeriesArithmetic, exponent: Series, factor: Series, sign: Array) -> Tail | None:
    from sattheory.arithmetic.saturating import ends_within, window

    if exponent.remainder >= 0:
        return None
    powers = max(exponent.degree, 1)
    terms = ops.terms if exponent.remainder == -np.inf else min(ops.terms, -int(exponent.remainder))
    below = np.where(sign != 0, -window(exponent, 0, terms), 0.0)
    with np.errstate(over="ignore", invalid="ignore"):
        raw = taylor.exp(below)
    if not np.isfinite(raw).all():
        return None
    exact = ends_within(exponent, 0, terms) and not below[1:].any()
    value = ops.multiply(factor, ops.series(0, raw, -np.inf if exact else -float(terms)))
    return Tail(np.where(sign != 0, window(exponent, powers, powers), np.inf), value)._only(np.asarray(sign != 0))


def _passed_on(x: Series, sign: Array, name: str) -> Tail | None:
    """Pass an earlier flat term on, by the slope at ±∞ or at 0; elsewhere it is not known."""
    if x.tail is None:
        return _nothing(x, 1) if x.flat is None else None
    there = x.tail.value.coefficients.any(axis=0) & np.isfinite(x.tail.exponent).all(axis=0)
    at_zero = (sign == 0) & ~x.coefficients.any(axis=0)
    if (there & (sign == 0) & ~at_zero).any() or (x.remainder != -np.inf and (there & at_zero).any()):
        return None
    bounded = name in ("tanh", "sigmoid")
    slope = np.where(at_zero, {"tanh": 1.0, "sigmoid": 0.25}.get(name, 0.5), np.where((sign > 0) & (not bounded), 1.0, 0.0))
    kept = x.tail._only(np.asarray(slope > 0))
    return Tail(kept.exponent, _with(kept.value, kept.value.coefficients * slope))
