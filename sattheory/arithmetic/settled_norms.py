"""Norms on Taylor models: each row divided by its length, from the first order at which it is certainly not zero.

A row that is exactly zero stays zero; one of which only flat parts are left is undecided when ε = 0 (`flat_models` follows them).

Shapes: rows (…, d).
"""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from sattheory.arithmetic import remainders
from sattheory.arithmetic.enclosures import ball, zeros
from sattheory.arithmetic.models import Decay, Maybe, Model, ScaleTooSmall
from sattheory.arithmetic.operations import Undecided
from sattheory.arithmetic.rings import UNKNOWN
from sattheory.arithmetic.settling import (
    NONE,
    cleared,
    followed,
    index_of,
    refuse_terms,
    size_of,
)

if TYPE_CHECKING:
    from sattheory.arithmetic.model_arithmetic import ModelArithmetic

Array = NDArray[Any]


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
    same = ops.once(lambda: cleared(followed(x, offset - out.degree, len(out.terms), extra), out.terms))
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
            size = max((size_of(ops, b[row]) for b in x.terms if b is not None), default=arb(0))
            ops.zero_or_refuse("norm", worst, size, row, (), x.degree - j)
    return first


def _starts(x: Model, first: NDArray[np.int64], epsilon: Fraction) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where each row is read from, and which rows are not exactly zero."""
    vanished = first == NONE
    if epsilon:
        start = np.where(vanished, x.degree, np.minimum(first, x.degree))
        if x.order is not None and (start >= x.order).any():
            refuse_terms("norm", index_of(start >= x.order), x)
        return start, np.ones(first.shape, dtype=bool)
    hidden = vanished & _open_rows(x)
    if hidden.any():
        refuse_terms("norm", index_of(hidden), x)
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
    open_ = np.array([not v.is_zero() for v in np.broadcast_to(x.rest, x.shape).ravel()], dtype=bool)
    return np.asarray(open_.reshape(x.shape).any(axis=-1))


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
