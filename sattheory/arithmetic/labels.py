"""Which parts of a value are the same computation, and therefore equal, whatever their digits.

Two equal tokens give equal rows in every layer; two tokens that attend to the same key get the same value vector.  Balls cannot
see such equalities (two balls that overlap prove nothing), but whoever computed them can: *equal labels mean equal numbers*.
Labels are whole numbers, kept for each order of a series, and once more for the function as a whole (all orders, the
remainder, the flat part).  Different labels mean nothing.

A label array has the shape of the value with 1 in place of an axis along which a whole vector is meant: (…, n, 1) labels
rows, (…, 1, m) columns, (…, n, m) single entries.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sameness:
    """Labels of a value.

    Parameters
    ----------
    orders : tuple of ndarray of int or None
        One array for each coefficient; None where it is exactly zero everywhere.
    whole : ndarray of int
        Labels of the function as a whole.
    source : ndarray, optional
        For a constant: its entries, from which finer labels can be made.
    """

    orders: tuple[Labels | None, ...]
    whole: Labels
    source: NDArray[Any] | None = None

    @property
    def of_entries(self) -> bool:
        """Whether single entries are labelled.

        Returns
        -------
        bool
            True if no axis stands for a vector.
        """
        return 1 not in self.whole.shape[-2:]


def combined(parts: Sequence[Labels]) -> Labels:
    """Label tuples: equal where all parts are equal.

    Parameters
    ----------
    parts : sequence of ndarray of int
        Label arrays that broadcast.

    Returns
    -------
    ndarray of int
        Labels of the tuples.
    """
    arrays = np.broadcast_arrays(*parts)
    code = arrays[0]
    for other in arrays[1:]:
        code = _compact(code.astype(np.int64) * (int(other.max(initial=0)) + 1) + other)
    return np.asarray(code, dtype=np.int64)


def _compact(code: Labels) -> Labels:
    return np.unique(code, return_inverse=True)[1].reshape(code.shape).astype(np.int64)


def numbered(keys: Sequence[Hashable], shape: tuple[int, ...]) -> Labels:
    """Label hashable keys.

    Parameters
    ----------
    keys : sequence of hashable
        One for each place, in C order.
    shape : tuple of int
        Shape of the result.

    Returns
    -------
    ndarray of int
        Equal labels for equal keys.
    """
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(key, len(seen)) for key in keys], dtype=np.int64).reshape(shape)


def of_constant(array: NDArray[Any]) -> Sameness:
    """Label the rows of a constant by what they hold.

    Parameters
    ----------
    array : ndarray, shape (…, d)
        Hashable entries.

    Returns
    -------
    Sameness
        Row labels, with the constant kept for finer ones.
    """
    rows = array.reshape(-1, array.shape[-1] if array.ndim else 1)
    shape = (*array.shape[:-1], 1) if array.ndim else ()
    labels = numbered([tuple(row) for row in rows.tolist()], shape)
    return Sameness((labels,), labels, array)


def finer(same: Sameness) -> Sameness | None:
    """Label the single entries of a constant.

    Parameters
    ----------
    same : Sameness
        Labels.

    Returns
    -------
    Sameness or None
        Labels of entries; None if the value is no constant.
    """
    if same.of_entries:
        return same
    if same.source is None or len(same.orders) != 1:
        return None
    labels = numbered(same.source.ravel().tolist(), same.source.shape)
    return Sameness((labels,), labels, same.source)


def matched(x: Sameness, y: Sameness) -> tuple[Sameness, Sameness] | None:
    """Bring labels of two values to the same fineness.

    Parameters
    ----------
    x, y : Sameness
        Labels.

    Returns
    -------
    tuple of Sameness or None
        Both; None if that cannot be done.
    """
    if x.of_entries == y.of_entries or any(s.whole.ndim == 0 or (s.source is not None and s.source.size == 1) for s in (x, y)):
        return x, y
    fine = finer(x), finer(y)
    return None if fine[0] is None or fine[1] is None else (fine[0], fine[1])


def summed(x: Sameness, y: Sameness, shift_x: int, shift_y: int, count: int) -> Sameness | None:
    """Label a sum.

    Parameters
    ----------
    x, y : Sameness
        Labels of the summands.
    shift_x, shift_y : int
        How far the orders of each are moved.
    count : int
        Number of orders of the sum.

    Returns
    -------
    Sameness or None
        Labels of the sum.
    """
    pair = matched(x, y)
    if pair is None:
        return None
    x, y = pair
    orders = []
    for j in range(count):
        parts = [s.orders[j - t] for s, t in ((x, shift_x), (y, shift_y)) if 0 <= j - t < len(s.orders)]
        present = [part for part in parts if part is not None]
        orders.append(combined(present) if present else None)
    return Sameness(_full(orders, x, y), combined([x.whole, y.whole]))


def _full(orders: list[Labels | None], x: Sameness, y: Sameness) -> tuple[Labels | None, ...]:
    shape = np.broadcast_shapes(x.whole.shape, y.whole.shape)
    return tuple(None if labels is None else np.broadcast_to(labels, shape) for labels in orders)


def multiplied(x: Sameness, y: Sameness, count: int) -> Sameness | None:
    """Label a product, entry by entry or (rows by columns) of matrices.

    Parameters
    ----------
    x, y : Sameness
        Labels of the factors.
    count : int
        Number of orders of the product.

    Returns
    -------
    Sameness or None
        Labels of the product.
    """
    pair = matched(x, y)
    if pair is None:
        return None
    x, y = pair
    orders = [_convolved(x, y, s) for s in range(count)]
    return Sameness(_full(orders, x, y), combined([x.whole, y.whole]))


def _convolved(x: Sameness, y: Sameness, s: int) -> Labels | None:
    parts: list[Labels] = []
    for i in range(min(s + 1, len(x.orders))):
        left, right = x.orders[i], y.orders[s - i] if s - i < len(y.orders) else None
        if left is not None and right is not None:
            parts += [left, right]
    return combined(parts) if parts else None


def cumulative(x: Sameness, offset: int, count: int, extra: Labels | None = None) -> Sameness:
    """Label a function whose order t depends on the orders up to t + offset of its argument.

    Parameters
    ----------
    x : Sameness
        Labels of the argument.
    offset : int
        See above.
    count : int
        Number of orders of the result.
    extra : ndarray of int, optional
        Something else that every order depends on.

    Returns
    -------
    Sameness
        Labels of the result.
    """
    base = [np.zeros_like(x.whole)] if extra is None else [np.broadcast_to(extra, x.whole.shape)]
    present = [[part for part in x.orders[: max(t + offset + 1, 0)] if part is not None] for t in range(count)]
    return Sameness(tuple(combined(base + parts) for parts in present), x.whole)


def moved(x: Sameness, move: Callable[[Labels], Labels]) -> Sameness:
    """Move axes of labels as those of the value.

    Parameters
    ----------
    x : Sameness
        Labels.
    move : callable
        Takes and returns a label array.

    Returns
    -------
    Sameness
        Moved labels.
    """
    return Sameness(tuple(None if part is None else move(part) for part in x.orders), move(x.whole))


def reshaped(x: Sameness, old: tuple[int, ...], new: tuple[int, ...]) -> Sameness | None:
    """Follow a reshape that splits the last axis in two or merges the last two.

    Parameters
    ----------
    x : Sameness
        Labels of rows.
    old, new : tuple of int
        Shapes of the value.

    Returns
    -------
    Sameness or None
        Labels; None for any other reshape.
    """
    if x.whole.shape[-1:] != (1,):
        return None
    if new[:-2] == old[:-1]:  # (…, h·k) → (…, h, k): a part of a row is labelled by the row and which part it is
        parts = np.arange(new[-2])
        return moved(x, lambda labels: (labels * new[-2] + parts)[..., None])
    if old[:-2] == new[:-1]:  # (…, h, k) → (…, h·k)
        return moved(x, lambda labels: combined([labels[..., i, :] for i in range(old[-2])]))
    return None


def along_rows(labels: Labels) -> Labels:
    """Label whole rows of labelled entries.

    Parameters
    ----------
    labels : ndarray of int, shape (…, m)
        Labels of entries.

    Returns
    -------
    ndarray of int, shape (…, 1)
        Equal where the rows agree entry by entry.
    """
    rows = labels.reshape(-1, labels.shape[-1])
    return numbered([row.tobytes() for row in np.ascontiguousarray(rows)], (*labels.shape[:-1], 1))
