"""Decisions on Taylor models, settled for every c ≥ c₀ at once: what all of them share.

Each operation that decides something (`settled_activations`, `settled_softmax`, `settled_norms`) has two halves.  The *decision*
looks at coefficients only (who wins, which sign, which order of a row is the first that is not zero); it does not depend on c₀,
must be certain, and an equality must be exact.  The *bound* then checks that the decision is the truth from c₀ on, which is a
statement about tails: a pre-activation stays on its side, a loser stays behind by more than ℓ c^v.  Where that fails, c₀ is too
small.

Familiar instance: scores 3c⁴ + c and 3c⁴ − 2 tie at c⁴ and the first wins at c: its lead is c + 2 ≥ c, so the other has weight at
most e^{−c}, for all c ≥ c₀.
"""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from flint import arb
from numpy.typing import NDArray

from sattheory.arithmetic import labels
from sattheory.arithmetic.enclosures import zeros
from sattheory.arithmetic.labels import Sameness
from sattheory.arithmetic.models import Maybe, Model, ScaleTooSmall
from sattheory.arithmetic.operations import Undecided
from sattheory.arithmetic.rings import UNKNOWN

if TYPE_CHECKING:
    from sattheory.arithmetic.model_arithmetic import ModelArithmetic

Array = NDArray[Any]
Signs = NDArray[np.int8]
NONE = -1


def index_of(where: Array) -> tuple[int, ...]:
    """Find the first marked entry.

    Parameters
    ----------
    where : ndarray of bool
        Marks, at least one.

    Returns
    -------
    tuple of int
        Its index.
    """
    return tuple(int(i) for i in np.argwhere(where)[0])


def refuse_terms(operation: str, index: tuple[int, ...], x: Model) -> NoReturn:
    """Say that too few coefficients are known.

    Parameters
    ----------
    operation : str
        Who asks.
    index : tuple of int
        Where.
    x : Model
        The value, with a remainder.

    Raises
    ------
    Undecided
        Always.
    """
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
            ops.zero_or_refuse(operation, a[index], size_of(ops, a[index[:-1]]), index, (), x.degree - j)
            found[index] = 0
        new = open_ & (found != 0)
        first[new], sign[new] = j, found[new]
    return first, sign


def size_of(ops: ModelArithmetic, row: Array) -> arb:
    """Find the largest entry of a row."""
    return max((v.abs_upper() for v in np.atleast_1d(ops.ring.balls(np.atleast_1d(row))).ravel()), default=arb(0))


def stays(ops: ModelArithmetic, x: Model, first: NDArray[np.int64], sign: Signs, operation: str) -> Array:
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


def masked(ops: ModelArithmetic, a: Maybe, keep: NDArray[np.bool_]) -> Maybe:
    """Set everything outside a mask to exactly zero.

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    a : ndarray or None
        A coefficient.
    keep : ndarray of bool
        The mask.

    Returns
    -------
    ndarray or None
        The coefficient.
    """
    return None if a is None else np.where(keep, a, np.full(keep.shape, ops.ring.number(Fraction(0)), dtype=object))


def followed(x: Model, offset: int, count: int, extra: NDArray[np.int64] | None = None) -> Sameness | None:
    """Label a function of each row whose order t depends on the orders up to t + offset."""
    return None if x.same is None or x.same.of_entries else labels.cumulative(x.same, offset, count, extra)


def cleared(same: Sameness | None, terms: Any) -> Sameness | None:
    """Forget labels of coefficients that are exactly zero.

    Parameters
    ----------
    same : Sameness or None
        Labels.
    terms : sequence of ndarray or None
        The coefficients.

    Returns
    -------
    Sameness or None
        Labels.
    """
    if same is None:
        return None
    return dataclasses.replace(same, orders=tuple(None if a is None else o for a, o in zip(terms, same.orders, strict=False)))
