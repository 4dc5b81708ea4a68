"""The nonlinear operations on series: softmax, activations and norms, each of which decides something as c → ∞.

Every one follows the same two steps.  First `dominance` decides which branch the limit takes: who wins the softmax, which
sign a pre-activation has, which order of a vector is the first that does not vanish.  What the decision leaves open is a
function of a series that starts at degree 0 with a value known to be regular there; its further terms come from `taylor`.
Errors of the decided parts are flat, and the slowest of them is kept.

Shapes: coefficients (J, …); rows are all axes but the last.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sattheory.arithmetic import taylor
from sattheory.arithmetic.activations import ACTIVATIONS, Gate
from sattheory.arithmetic.dominance import NEGLIGIBLE, SMALLEST, Decision, out_of_range, signs, winners
from sattheory.arithmetic.operations import Undecided

if TYPE_CHECKING:
    from sattheory.arithmetic.flat_terms import Tail
    from sattheory.arithmetic.series import Flat, Series, SeriesArithmetic

Array = NDArray[Any]
EXACT = -np.inf
BLUR = 1e-6  # of a soft weight; the tolerance allows some thousand times what rounding does, so what passes has nine digits
EXACTLY = "exact weights would decide: certify() follows them in balls"


def window(x: Series, top: int, terms: int) -> Array:
    """Copy the coefficients of c^top and the powers below.

    Parameters
    ----------
    x : Series
        A value.
    top : int
        First exponent.
    terms : int
        How many.

    Returns
    -------
    ndarray, shape (terms, …)
        Coefficients, zero outside what is stored.
    """
    out = np.zeros((terms, *x.shape))
    for t in range(terms):
        j = x.degree - top + t
        if 0 <= j < len(x.coefficients):
            out[t] = x.coefficients[j]
    return out


def ends_within(x: Series, top: int, terms: int) -> bool:
    """Say whether a window holds all that a series has below its top.

    Parameters
    ----------
    x : Series
        A value.
    top, terms : int
        The window.

    Returns
    -------
    bool
        True if no stored coefficient and no remainder lies below.
    """
    return x.remainder == EXACT and x.degree - len(x.coefficients) + 1 > top - terms


def softmax(ops: SeriesArithmetic, scores: Series, visible: Array | None) -> Series:
    """Take the softmax of series: hard where a positive power decides, soft among what ties to the end.

    Parameters
    ----------
    ops : SeriesArithmetic
        The arithmetic.
    scores : Series, shape (…, n, m)
        Scores.
    visible : ndarray of bool, optional
        Where attention is possible.

    Returns
    -------
    Series, shape (…, n, m)
        Weights, of degree 0, with their `Decision`.

    Raises
    ------
    Undecided
        If rounding hides who wins, or soft weights hang on rounding errors of the tied scores.
    """
    from sattheory.arithmetic.flat_terms import losers, perturbed_softmax
    from sattheory.arithmetic.series import slower

    seen = np.ones(scores.shape, dtype=bool) if visible is None else np.broadcast_to(visible, scores.shape)
    decision, onset = winners(scores, seen, ops.tolerance)
    weights, remainder = _soft_weights(ops, scores, decision.winners)
    flat = slower(scores.flat if (decision.winners.sum(axis=-1) > 1).any() else None, _slowest_loser(decision, seen))
    fields: dict[str, Any] = {"flat": flat, "onset": max(onset, scores.onset), "decision": decision}
    magnitude = _weight_magnitudes(scores, weights, decision.winners)
    _refuse_lost(ops, weights, magnitude)
    result = ops.series(0, weights, remainder, magnitude, **fields)
    if not ops.flat_terms:
        return result
    tail = perturbed_softmax(ops, scores, result, losers(ops, scores, decision, seen))
    return dataclasses.replace(result, tail=tail)


def _weight_magnitudes(scores: Series, weights: Array, winners: Array) -> Array:
    """Relative errors of weights are absolute ones of bounded scores; a single winner has weight 1 without error."""
    from sattheory.arithmetic.series import row_peaks

    if len(weights) == 1 and set(np.unique(weights)) <= {0.0, 1.0}:
        return row_peaks(weights)
    sizes = row_peaks(weights) / row_peaks(weights[:1])
    errors = np.where(winners.sum(axis=-1, keepdims=True) > 1, _row_magnitudes(scores, 0, len(weights)), 0.0)
    return row_peaks(weights[:1]) * convolved(np.maximum(errors, _ones_first(sizes)), sizes)


def _refuse_lost(ops: SeriesArithmetic, weights: Array, magnitude: Array) -> None:
    """Refuse queries whose weights would count as rounding errors themselves."""
    from sattheory.arithmetic.series import row_sizes

    noise = ops.tolerance.tie * np.broadcast_to(magnitude[0], (*weights.shape[1:-1], 1))
    lost = (row_sizes(weights[:1])[0] <= noise)[..., 0]
    if lost.any():
        index = tuple(int(i) for i in np.argwhere(lost)[0])
        raise Undecided("softmax", index, f"rounding leaves {noise[index][0]:.2g} in its weights", EXACTLY)


def _ones_first(sizes: Array) -> Array:
    return np.concatenate([np.ones_like(sizes[:1]), np.zeros_like(sizes[1:])])


def _slowest_loser(decision: Decision, seen: Array) -> Flat | None:
    from sattheory.arithmetic.series import Flat

    decided = decision.level > 0
    if not (decided & (seen & ~decision.winners).any(axis=-1)).any():
        return None
    power = int(decision.level[decided].min())
    return Flat(power, float(decision.gap[decided & (decision.level == power)].min()))


def _soft_weights(ops: SeriesArithmetic, scores: Series, alive: Array) -> tuple[Array, float]:
    """Weights of the winners: ∝ exp of the part of the scores that has no positive power."""
    from sattheory.arithmetic.series import peaks

    count = alive.sum(axis=-1, keepdims=True)
    if not (count > 1).any():
        return alive.astype(float)[None], EXACT
    first = np.where(alive, window(scores, 0, 1)[0], -np.inf).argmax(axis=-1)[..., None]
    unknown = scores.remainder != EXACT and bool((count > 1).any())
    terms = min(ops.terms, -int(scores.remainder)) if unknown else ops.terms
    below = window(scores, 0, terms)
    below = np.where(alive, below - np.take_along_axis(below, np.broadcast_to(first, (terms, *first.shape)), -1), 0.0)
    noise = np.stack([np.broadcast_to(_magnitude_at(scores, -t), below.shape[1:]) for t in range(terms)])
    noise = np.maximum(noise, np.take_along_axis(noise, np.broadcast_to(first, (terms, *first.shape)), -1))
    noise = ops.tolerance.tie * noise
    _refuse_blurred(below[0], noise[0], alive, cleared=not window(scores, 0, 1).any())
    below = np.where(np.abs(below) > noise, below, 0.0)
    if not below.any():
        certain = not unknown and (ends_within(scores, 0, terms) or not (count > 1).any())
        return (alive / count)[None], EXACT if certain else -terms
    exact = ends_within(scores, 0, terms) and not below[1:].any() and not unknown
    below = below[:1] if exact else below
    raw = np.where(alive, taylor.exp(below), 0.0)
    total = taylor.power(raw.sum(axis=-1, keepdims=True), -1.0)
    return _trim(taylor.product(raw, total), peaks), EXACT if exact else -len(below)


def _refuse_blurred(below: Array, noise: Array, alive: Array, cleared: bool) -> None:
    """Refuse queries whose soft weights hang on rounding errors of the tied scores."""
    # What is wrong in a difference of scores at c^0 moves weights by as much, relatively.  That is its noise where it counts, and
    # itself where it is taken for zero.  So equal scores stay equal whatever they were computed from, unless they are only what
    # was left when the whole coefficient counted as noise.
    size, several = np.abs(below), alive.sum(axis=-1, keepdims=True) > 1
    blur = np.where(size > noise, noise * np.exp(-size), noise if cleared else size)
    blur = np.where(alive & several, blur, 0.0)
    if not (blur > BLUR).any():
        return
    index = tuple(int(i) for i in np.unravel_index(blur.argmax(), blur.shape))
    tied = [int(i) for i in np.flatnonzero(alive[index[:-1]])]
    known = f"scores of positions {tied} tie in every positive power and differ by {size[index]:.2g} at c^0"
    raise Undecided("softmax", index[:-1], f"{known}, where rounding leaves {noise[index]:.2g}", EXACTLY)


def _magnitude_at(x: Series, exponent: int) -> Array:
    j = x.degree - exponent
    return np.asarray(x.magnitude[j]) if 0 <= j < len(x.magnitude) else np.zeros((1,) * len(x.shape))


def _trim(weights: Array, size: Any) -> Array:
    live = size(weights) > 0
    return weights[: int(np.flatnonzero(live).max()) + 1]


def relu(ops: SeriesArithmetic, x: Series) -> Series:
    """Take the positive part: each entry keeps all of its series or none.

    Parameters
    ----------
    ops : SeriesArithmetic
        The arithmetic.
    x : Series
        Pre-activations.

    Returns
    -------
    Series
        max(x, 0); entries that are negative in the end are zero without error.
    """
    first, sign = signs(x, ops.tolerance, operation="relu")
    _assume_skipped(ops, x, first)
    dead = sign < 0
    void = dead if x.void is None else dead | x.void
    onset = max(x.onset, _sign_onset(x, first, sign))
    tail = None if x.tail is None else x.tail.positive(x, sign)
    fields: dict[str, Any] = {"flat": x.flat, "onset": onset, "void": void if void.any() else None, "tail": tail}
    fields["nominal"] = x.expected
    return ops.series(x.degree, np.where(sign > 0, x.coefficients, 0.0), x.remainder, x.magnitude, **fields)


def _assume_skipped(ops: SeriesArithmetic, x: Series, first: Array) -> None:
    """Note entries with a coefficient that counts as zero before the one that decides."""
    for j in range(len(x.coefficients)):
        if (first > j).any():
            ops.assume_zero(np.abs(x.coefficients[j]), x.magnitude[j], first > j)


def _sign_onset(x: Series, first: Array, sign: Array) -> float:
    """Scale from which on the first coefficient outweighs the others."""
    scale, count = 0.0, len(x.coefficients)
    for j in range(count - 1):
        here = (first == j) & (sign != 0)
        if here.any():
            lead = np.abs(x.coefficients[j][here])
            ratios = [(2 * (np.abs(x.coefficients[i][here]) / lead).max()) ** (1 / (i - j)) for i in range(j + 1, count)]
            scale = max(scale, float(max(ratios)))
    return scale


def gate(ops: SeriesArithmetic, x: Series, name: str) -> Series:
    """Apply φ(x) = x·g(x) or g(x): saturated where a positive power is left, by Taylor elsewhere.

    Parameters
    ----------
    ops : SeriesArithmetic
        The arithmetic.
    x : Series
        Pre-activations.
    name : str
        Key of `ACTIVATIONS`.

    Returns
    -------
    Series
        φ(x).

    Raises
    ------
    Undecided
        If g(x) itself is asked for and its argument is not known down to degree 0.
    """
    from sattheory.arithmetic.series import slower

    kind = ACTIVATIONS[name]
    first, sign = signs(x, ops.tolerance, 1, name)
    _assume_skipped(ops, x, np.where(sign == 0, max(0, min(len(x.coefficients), x.degree)), first))
    bounded = sign == 0
    if x.remainder >= 0 and bounded.any() and not kind.gated:
        index = tuple(int(i) for i in np.argwhere(bounded)[0])
        raise Undecided(name, index, f"known down to c^{int(x.remainder) + 1}", "more terms would decide", "terms")
    flat, onset = _gate_error(x, first, sign, kind)
    coefficients, remainder = _gate_terms(ops, x, sign, kind)
    void = x.void if kind.gated or name == "tanh" else None
    top = max(x.degree, 0) if kind.gated else 0
    size = _gate_magnitudes(x, top, len(coefficients), bounded)
    fields: dict[str, Any] = {"flat": slower(x.flat, flat), "onset": max(x.onset, onset), "void": void}
    fields["nominal"] = max(x.expected, top) if kind.gated else 0
    if ops.flat_terms:
        from sattheory.arithmetic.flat_terms import saturated

        fields["tail"] = saturated(ops, x, sign, name)
    return ops.series(top, coefficients, remainder, size, **fields)


def _gate_magnitudes(x: Series, top: int, count: int, bounded: Array) -> Array:
    """Pass rounding errors of x on to φ(x): slopes are about 1 at most; in bounded entries terms multiply."""
    from sattheory.arithmetic.series import row_peaks

    size = _row_magnitudes(x, top, count)
    soft = np.where(bounded, window(x, 0, count - top), 0.0)
    if soft.any():
        errors = np.where(bounded.any(axis=-1, keepdims=True), size[top:], 0.0)
        size[top:] = np.maximum(size[top:], convolved(errors, composed(row_peaks(soft))))
    return size


def composed(sizes: Array) -> Array:
    """Bound the products of terms of positive order that enter each order of a function of a series.

    Parameters
    ----------
    sizes : ndarray, shape (T, …)
        Sizes of the terms.

    Returns
    -------
    ndarray, shape (T, …)
        The largest product of terms whose orders add up; 1 at order 0.
    """
    out = [np.ones_like(sizes[0])]
    for t in range(1, len(sizes)):
        out.append(np.max([sizes[i] * out[t - i] for i in range(1, t + 1)], axis=0))
    return np.stack(out)


def convolved(errors: Array, sizes: Array) -> Array:
    """Spread rounding errors over the orders that a product with other terms carries them to.

    Parameters
    ----------
    errors, sizes : ndarray, shape (T, …)
        Errors of a series and sizes of another's terms.

    Returns
    -------
    ndarray, shape (T, …)
        The largest product at each order.
    """
    return np.stack([np.max([errors[i] * sizes[t - i] for i in range(t + 1)], axis=0) for t in range(len(errors))])


def _row_magnitudes(x: Series, top: int, count: int) -> Array:
    """Magnitudes of the rows at c^top and the powers below."""
    from sattheory.arithmetic.series import row_peaks

    shape = (*x.shape[:-1], 1) if x.shape else ()
    return np.stack([np.broadcast_to(row_peaks(_magnitude_at(x, top - t)[None])[0], shape) for t in range(count)])


def _gate_error(x: Series, first: Array, sign: Array, kind: Gate) -> tuple[Flat | None, float]:
    from sattheory.arithmetic.series import Flat, slower

    slowest, onset = None, _sign_onset(x, first, sign)
    for j in range(max(0, min(len(x.coefficients), x.degree))):
        here = (first == j) & (sign != 0)
        if here.any():
            least, power = float(np.abs(x.coefficients[j][here]).min()), x.degree - j
            slowest = slower(slowest, Flat(kind.power * power, kind.rate * least**kind.power))
            onset = max(onset, (2 * NEGLIGIBLE / (kind.rate * least**kind.power)) ** (1 / (kind.power * power)))
    return slowest, onset


def _gate_terms(ops: SeriesArithmetic, x: Series, sign: Array, kind: Gate) -> tuple[Array, float]:
    """Coefficients of φ(x) from degree max(k, 0) (gated) or 0 down, and the exponent of the error."""
    bounded = sign == 0
    top = max(x.degree, 0) if kind.gated else 0
    known = ops.terms if x.remainder == EXACT else max(min(ops.terms, -int(x.remainder)), 0)
    u = window(x, 0, known) if known else np.zeros((0, *x.shape))
    soft = _soft_part(u, bounded, kind) if known and bounded.any() else np.zeros((0, *x.shape))
    exact = ends_within(x, 0, known) and (not len(soft) or not u[1:, bounded].any())
    soft = soft[:1] if exact and len(soft) else soft
    out = np.zeros((top + max(len(soft), 1) + (len(x.coefficients) if kind.gated else 0), *x.shape))
    if kind.gated:
        out[: len(out)] = np.where(sign > 0, window(x, top, len(out)), 0.0)
    else:
        out[0] = np.where(sign > 0, 1.0, np.where(sign < 0, kind.low, 0.0))
    for t in range(len(soft)):
        out[top + t] = np.where(bounded, soft[t], out[top + t])
    remainder = max(x.remainder if kind.gated else EXACT, EXACT if exact or not bounded.any() else -float(known))
    return out, remainder


def _soft_part(u: Array, bounded: Array, kind: Gate) -> Array:
    inside = u[:, bounded]
    values = kind.taylor(inside)
    out = np.zeros_like(u)
    out[:, bounded] = taylor.product(inside, values) if kind.gated else values
    return out


def unit(ops: SeriesArithmetic, x: Series, epsilon: float) -> Series:
    """Divide each row by its length: LN and RMSNorm at every degree, with and without ε, also where leading terms vanish.

    Parameters
    ----------
    ops : SeriesArithmetic
        The arithmetic.
    x : Series, shape (…, d)
        Rows (centred already, for LN).
    epsilon : float
        ε ≥ 0.

    Returns
    -------
    Series, shape (…, d)
        x/√(‖x‖² + ε).

    Raises
    ------
    Undecided
        If ε = 0 and a row vanishes in every known coefficient.
    """
    from sattheory.arithmetic.flat_terms import direction

    base, vanished = _row_degrees(ops, x)
    if epsilon == 0 and vanished.any():
        if x.tail is not None and x.remainder == EXACT:
            tail, x = x.tail, direction(ops, x, vanished)
            base, vanished = _row_degrees(ops, x)
            _refuse_cancelled_rows(tail, vanished)
        else:
            _refuse_flat_rows(x, vanished)
        if vanished.all():
            x = _nothing(ops, x)
    if epsilon:
        base = np.maximum(base, 0)
        _refuse_unknown_rows(x, vanished)
    base = np.where(vanished, 0 if epsilon else base[~vanished].min(initial=x.degree), base)
    return _unit_terms(ops, x, epsilon, base, vanished)


def _nothing(ops: SeriesArithmetic, x: Series) -> Series:
    """Zero, with no order left out: what rows are that vanish and were not refused."""
    void = np.ones(x.shape, dtype=bool)
    return ops.series(x.degree, np.zeros((1, *x.shape)), onset=x.onset, void=void, nominal=x.expected)


def _row_degrees(ops: SeriesArithmetic, x: Series) -> tuple[Array, Array]:
    """Exponent of the first coefficient of each row that does not vanish, and which rows have none."""
    from sattheory.arithmetic.series import row_peaks

    base = np.full((*x.shape[:-1], 1), -(10**6))
    x = dataclasses.replace(x, magnitude=row_peaks(x.magnitude))
    for j in range(len(x.coefficients)):
        size, open_ = row_peaks(x.coefficients[j][None])[0], base == -(10**6)
        vague = open_ & (size > ops.tolerance.tie * x.magnitude[j]) & (size < ops.tolerance.clear * x.magnitude[j])
        if vague.any():
            index = tuple(int(i) for i in np.argwhere(vague)[0])
            found = f"size {size[index]:.3g} against magnitudes of {np.broadcast_to(x.magnitude[j], size.shape)[index]:.3g}"
            known = f"its coefficient of c^{x.degree - j} has {found}"
            raise Undecided("norm", index[:-1], known, "exact weights would decide")
        ops.assume_zero(size, x.magnitude[j], open_)
        base[open_ & (size > ops.tolerance.tie * x.magnitude[j])] = x.degree - j
    return base[..., 0], base[..., 0] == -(10**6)


def _refuse_flat_rows(x: Series, vanished: Array) -> None:
    dead = np.zeros(x.shape[:-1], dtype=bool) if x.void is None else np.broadcast_to(x.void, x.shape).all(axis=-1)
    open_ = vanished & ~dead
    if not open_.any() or (x.remainder == EXACT and x.flat is None):
        return
    index = tuple(int(i) for i in np.argwhere(open_)[0])
    if x.remainder == EXACT:
        remedy = "the limit depends on exponentially small terms, which flat_terms=True follows one step"
        raise Undecided("norm", index, "every power of c vanishes in this row", remedy, "flat")
    known = f"every coefficient from c^{x.degree} to c^{int(x.remainder) + 1} vanishes in this row"
    raise Undecided("norm", index, known, "more terms would decide", "terms")


def _refuse_cancelled_rows(tail: Tail, vanished: Array) -> None:
    """Refuse rows whose leading flat term cancels: they hang on the next.  Rows without any are zero."""
    there = vanished & tail.there.any(axis=-1)
    if there.any():
        index = tuple(int(i) for i in np.argwhere(there)[0])
        remedy = "the limit depends on the next one, which is not followed"
        raise Undecided("norm", index, "the leading exponentially small term of this row vanishes too", remedy, "flat")


def _refuse_unknown_rows(x: Series, vanished: Array) -> None:
    if x.remainder >= 0 and vanished.any():
        index = tuple(int(i) for i in np.argwhere(vanished)[0])
        known = f"this row is known down to c^{int(x.remainder) + 1} only"
        raise Undecided("norm", index, known, "more terms would decide", "terms")


def _unit_terms(ops: SeriesArithmetic, x: Series, epsilon: float, base: Array, vanished: Array) -> Series:
    from sattheory.arithmetic.flat_terms import perturbed_unit

    lowest = int(base.min())
    exact = x.remainder == EXACT
    terms = ops.terms if exact else min(ops.terms, lowest - int(x.remainder))
    if exact and len(x.coefficients) == 1 and lowest == int(base.max()) == x.degree and epsilon == 0 and x.tail is None:
        terms = 1
    y = _shifted(x, base, terms)
    square = sum_of_squares(y)
    live = ~vanished
    for degree in np.unique(base[live]) if epsilon else []:
        if 2 * degree < terms:
            square[2 * degree, base == degree] += epsilon
    square[0, vanished] = 1.0
    extreme = square[0][live & ~((square[0] > SMALLEST) & np.isfinite(square[0]))]
    if extreme.size:
        out_of_range("norm", float(extreme[0]))
    single = (
        ends_within(x, int(base.max()), terms)
        and not y[1:].any()
        and not square[1:].any()
        and (epsilon == 0 or bool((base[live] == 0).all()))
    )
    if single:
        y, square = y[:1], square[:1]
    inverse = taylor.power(square, -0.5)
    out = taylor.product(y, inverse[..., None])
    magnitude, onset = _unit_magnitudes(x, y, square, inverse, base, vanished, out, epsilon)
    remainder = EXACT if single else -float(terms)
    fields: dict[str, Any] = {"flat": x.flat, "onset": max(x.onset, onset), "void": _dead_rows(x, vanished)}
    result = ops.series(0, out, remainder, magnitude, **fields)
    if x.tail is None or len(np.unique(base)) > 1:
        return result
    scale = ops.series(-lowest, inverse[..., None], remainder - lowest)
    return dataclasses.replace(result, tail=perturbed_unit(ops, x, result, scale))


def _dead_rows(x: Series, vanished: Array) -> Array | None:
    if x.remainder == EXACT and x.flat is None and vanished.any():
        return vanished[..., None]
    if x.void is None:
        return None
    dead = np.asarray(np.broadcast_to(x.void, x.shape).all(axis=-1, keepdims=True))
    return dead if dead.any() else None


def _shifted(x: Series, base: Array, terms: int) -> Array:
    """Coefficients of each row from its own leading exponent down."""
    degrees = np.unique(base)
    if len(degrees) == 1:
        return window(x, int(degrees[0]), terms)
    y = np.zeros((terms, *x.shape))
    for degree in degrees:
        y[:, base == degree] = window(x, int(degree), terms)[:, base == degree]
    return y


def sum_of_squares(y: Array) -> Array:
    """Square the length of each row, as a series.

    Parameters
    ----------
    y : ndarray, shape (T, …, d)
        Rows.

    Returns
    -------
    ndarray, shape (T, …)
        Σ_i y_i².
    """
    out = np.zeros(y.shape[:-1])
    for n in range(len(y)):
        for i in range(n + 1):
            if y[i].any() and y[n - i].any():
                out[n] += np.einsum("...d,...d->...", y[i], y[n - i])
    return out


def _unit_magnitudes(
    x: Series, y: Array, square: Array, inverse: Array, base: Array, vanished: Array, out: Array, epsilon: float
) -> tuple[Array, float]:
    """Estimate rounding magnitudes of the result, and the scale from which on the first term of each row dominates."""
    from sattheory.arithmetic.series import row_sizes

    length, degrees = np.sqrt(square[0]), np.unique(base)
    relative = np.zeros((len(out), *base.shape, 1))
    for degree in degrees:
        relative = np.where((base == degree)[..., None], _row_magnitudes(x, int(degree), len(out)), relative)
        if epsilon and 0 < 2 * degree < len(out):
            at = relative[2 * degree]
            relative[2 * degree] = np.where((base == degree)[..., None], np.maximum(at, epsilon / length[..., None]), at)
    relative = np.where(vanished[..., None], 0.0, relative / length[..., None])
    relative[0] = np.maximum(relative[0], row_sizes(out[:1])[0])
    sizes = np.where(vanished, 0.0, np.abs(inverse) * length)[..., None]
    magnitude = np.maximum(convolved(relative, sizes), row_sizes(out))
    rest = [np.sqrt((y[t] ** 2).sum(axis=-1)) / length for t in range(1, len(y))]
    tops = [float(np.where(vanished, 0.0, r).max(initial=0.0)) for r in rest]
    return magnitude, max((float((2 * top) ** (1 / t)) for t, top in enumerate(tops, 1)), default=0.0)
