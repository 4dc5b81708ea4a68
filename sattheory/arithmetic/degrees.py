"""The degree calculus: a forward pass on degrees alone (paper, App. C, Table 1, and its correction).

A value is known only by the powers of c that can occur in it: the degree k and the *offsets*, the distances below k at which
further powers appear.  Familiar instances: a bias (degree 1) added to the values of a head (degree 2) leaves offset 1; the
residual stream (1) under an attention block (3) leaves offset 2; a norm forgets the degree and keeps the offsets.  For almost
every θ the smallest offset of the output is the order at which the network approaches its limit, and no offset at all means
exponentially fast.

Two sets of rules.  ``"paper"`` is Table 1 as printed: a sum needs equal degrees.  ``"corrected"`` takes the maximum and names
where degrees mix, which is every place where a bias meets a product of parameters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sattheory.arithmetic.operations import Place, Undecided
from sattheory.arithmetic.reals import Constant
from sattheory.errors import InputError

Array = NDArray[Any]
FURTHEST = 12
Rules = Literal["paper", "corrected"]


@dataclass(frozen=True)
class Mix:
    """A sum of different degrees.

    Parameters
    ----------
    higher, lower : int
        The two degrees; the sum has the higher one, and an offset of their difference.
    """

    higher: int
    lower: int

    def __str__(self) -> str:
        apart = self.higher - self.lower
        return f"degree {self.higher} meets degree {self.lower}: the sum has degree {self.higher}, relative error c^-{apart}"


@dataclass(frozen=True)
class Degree:
    """What the calculus knows of a value.

    Parameters
    ----------
    degree : int
        k.
    shape : tuple of int
        Shape of the value.
    offsets : frozenset of int
        Distances below k at which further powers may appear.
    flat : bool
        Whether exponentially small terms appear too.
    mixes : tuple of Mix
        The sums of different degrees on the way here.
    reason : str
        The last rule used.
    """

    degree: int
    shape: tuple[int, ...]
    offsets: frozenset[int] = frozenset()
    flat: bool = False
    mixes: tuple[Mix, ...] = ()
    reason: str = ""

    @property
    def rate(self) -> str:
        """The generic rate, in words.

        Returns
        -------
        str
            ``algebraic of order p``, ``exponential`` or ``exact``.
        """
        if self.offsets:
            return f"algebraic of order {min(self.offsets)}"
        return "exponential" if self.flat else "exact"


class Degrees:
    """The operations of a forward pass on degrees.

    Parameters
    ----------
    rules : {"corrected", "paper"}
        See the module.

    Raises
    ------
    InputError
        For other rules.
    """

    def __init__(self, rules: Rules = "corrected") -> None:
        if rules not in ("paper", "corrected"):
            raise InputError(f"rules={rules!r}", "no such calculus", "choose paper or corrected")
        self.rules = rules

    def constant(self, array: Constant) -> Degree:
        """Take data; see `Operations.constant`."""
        return Degree(0, array.shape, reason="data: 0")

    def parameter(self, array: Array) -> Degree:
        """Take parameters; see `Operations.parameter`."""
        return Degree(1, np.shape(array), reason="parameter: 1")

    def linear(self, x: Degree, weight: Array) -> Degree:
        """Multiply by a parameter matrix; see `Operations.linear`."""
        shape = (*x.shape[:-1], len(weight))
        return replace(x, degree=x.degree + 1, shape=shape, reason=f"linear: {x.degree} → {x.degree + 1}")

    def add(self, x: Degree, y: Degree) -> Degree:
        """Add; see `Operations.add`."""
        high, low = (x, y) if x.degree >= y.degree else (y, x)
        apart = high.degree - low.degree
        if apart and self.rules == "paper":
            known = f"the summands have degrees {x.degree} and {y.degree}"
            raise Undecided("sum", (), known, "Table 1 has no such row; the corrected rules take the maximum")
        mixes = _joined(x, y) + ((Mix(high.degree, low.degree),) if apart else ())
        below = {apart, *(apart + offset for offset in low.offsets)} if apart else low.offsets
        offsets = frozenset(o for o in {*high.offsets, *below} if 0 < o <= FURTHEST)
        reason = f"sum: ({x.degree}, {y.degree}) → {high.degree}"
        return Degree(high.degree, _shape(x, y), offsets, x.flat or y.flat, mixes, reason)

    def multiply(self, x: Degree, y: Degree) -> Degree:
        """Multiply entries; see `Operations.multiply`."""
        return self._product(x, y, _shape(x, y))

    def matmul(self, x: Degree, y: Degree) -> Degree:
        """Multiply matrices; see `Operations.matmul`."""
        batch = np.broadcast_shapes(x.shape[:-2], y.shape[:-2])
        return self._product(x, y, (*batch, x.shape[-2], y.shape[-1]))

    def _product(self, x: Degree, y: Degree, shape: tuple[int, ...]) -> Degree:
        offsets = {a + b for a in {0, *x.offsets} for b in {0, *y.offsets}}
        kept = frozenset(o for o in offsets if 0 < o <= FURTHEST)
        reason = f"product: ({x.degree}, {y.degree}) → {x.degree + y.degree}"
        return Degree(x.degree + y.degree, shape, kept, x.flat or y.flat, _joined(x, y), reason)

    def reshape(self, x: Degree, shape: tuple[int, ...]) -> Degree:
        """Change the shape; see `Operations.reshape`."""
        return replace(x, shape=shape)

    def swapaxes(self, x: Degree, first: int, second: int) -> Degree:
        """Exchange axes; see `Operations.swapaxes`."""
        shape = list(x.shape)
        shape[first], shape[second] = shape[second], shape[first]
        return replace(x, shape=tuple(shape))

    def centre(self, x: Degree) -> Degree:
        """Subtract the mean; see `Operations.centre`."""
        return x

    def unit(self, x: Degree, epsilon: float | Fraction) -> Degree:
        """Normalise the length; see `Operations.unit`."""
        offsets = {*x.offsets, *({2 * x.degree} if epsilon and x.degree > 0 else ())}
        degree = x.degree if epsilon and x.degree < 0 else 0
        condition = "" if epsilon else ", where the leading coefficient does not vanish"
        return replace(x, degree=degree, offsets=_generated(offsets), reason=f"norm: {x.degree} → {degree}{condition}")

    def softmax(self, scores: Degree, visible: Array | None) -> Degree:
        """Normalise exponentials; see `Operations.softmax`."""
        if scores.degree > 0:
            reason = f"softmax: {scores.degree} → 0, one position wins (ties: see the series)"
            return replace(scores, degree=0, offsets=frozenset(), flat=True, reason=reason)
        offsets = scores.offsets if scores.degree == 0 else {-scores.degree, *(o - scores.degree for o in scores.offsets)}
        return replace(scores, degree=0, offsets=_generated(offsets), reason=f"softmax: {scores.degree} → 0, soft")

    def activation(self, x: Degree, name: str) -> Degree:
        """Apply an activation; see `Operations.activation`."""
        if name == "relu":
            return replace(x, reason=f"relu: {x.degree} → {x.degree}")
        bounded = name in ("tanh", "sigmoid")
        if x.degree > 0:
            degree = 0 if bounded else x.degree
            offsets = frozenset[int]() if bounded else x.offsets
            return replace(x, degree=degree, offsets=offsets, flat=True, reason=f"{name}: {x.degree} → {degree}, saturated")
        return self._soft_activation(x, name)

    def _soft_activation(self, x: Degree, name: str) -> Degree:
        if x.degree == 0:
            return replace(x, offsets=_generated(x.offsets), reason=f"{name}: 0 → 0")
        step = -x.degree
        inside = {step, *(step + o for o in x.offsets)}
        if name == "sigmoid":
            return replace(x, degree=0, offsets=_generated(inside), reason=f"{name}: {x.degree} → 0")
        offsets = frozenset(o - step for o in _generated(inside) if o > step)
        return replace(x, offsets=offsets, reason=f"{name}: {x.degree} → {x.degree}")


def _shape(x: Degree, y: Degree) -> tuple[int, ...]:
    return np.broadcast_shapes(x.shape, y.shape)


def _joined(x: Degree, y: Degree) -> tuple[Mix, ...]:
    return tuple(dict.fromkeys(x.mixes + y.mixes))


def _generated(offsets: set[int] | frozenset[int]) -> frozenset[int]:
    """All sums of offsets, up to the furthest kept."""
    found: set[int] = {0}
    for _ in range(FURTHEST):
        found |= {a + b for a in found for b in offsets if a + b <= FURTHEST}
    return frozenset(found - {0})


@dataclass(frozen=True)
class DegreeAt:
    """The degree of one intermediate value, with its reason and the mixes that are new there.

    Parameters
    ----------
    place : Place
        Where.
    degree : int
        k.
    rate : str
        The generic rate.
    reason : str
        The last rule used.
    mixes : tuple of Mix
        Sums of different degrees since the place before.
    """

    place: Place
    degree: int
    rate: str
    reason: str
    mixes: tuple[Mix, ...]


def degree_table(network: Any, tokens: ArrayLike, rules: Rules = "corrected") -> tuple[DegreeAt, ...]:
    """Run a network on degrees and list them place by place.

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : array_like of int, shape (n,) or (B, n)
        Token numbers; only their shape matters.
    rules : {"corrected", "paper"}
        Which calculus.

    Returns
    -------
    tuple of DegreeAt
        In the order of the pass.
    """
    rows: list[DegreeAt] = []
    seen: set[Mix] = set()

    def watch(place: Place, value: Degree) -> None:
        new = tuple(mix for mix in value.mixes if mix not in seen)
        seen.update(new)
        rows.append(DegreeAt(place, value.degree, value.rate, value.reason, new))

    network.forward(Degrees(rules), tokens, watch=watch)
    return tuple(rows)


@dataclass(frozen=True)
class Row:
    """A row of Table 1, for given degrees in.

    Parameters
    ----------
    name : str
        Name of the row in the paper.
    given : tuple of int
        Degrees in.
    degree : int or None
        Degree out; None if the rules have no such row.
    reason : str
        Why.
    """

    name: str
    given: tuple[int, ...]
    degree: int | None
    reason: str


def table_one(rules: Rules = "corrected", degrees: tuple[int, ...] = (0, 1, 2, 3)) -> tuple[Row, ...]:
    """Compute Table 1 of the paper by running the operations on degrees.

    Parameters
    ----------
    rules : {"corrected", "paper"}
        Which calculus.
    degrees : tuple of int
        Degrees to put in.

    Returns
    -------
    tuple of Row
        Linear, Bias, Affine, LayerNorm, LayerNorm+Affine, ReLU for each degree, Sum and Product for each pair.
    """
    ops, w, b = Degrees(rules), np.ones((1, 1)), np.ones(1)
    single = {
        "Linear": lambda x: ops.linear(x, w),
        "Bias": lambda x: ops.add(x, ops.parameter(b)),
        "Affine": lambda x: ops.add(ops.linear(x, w), ops.parameter(b)),
        "LayerNorm": lambda x: ops.unit(ops.centre(x), 0.0),
        "LayerNorm+Affine": lambda x: ops.add(ops.multiply(ops.unit(ops.centre(x), 0.0), ops.parameter(b)), ops.parameter(b)),
        "ReLU": lambda x: ops.activation(x, "relu"),
    }
    pairs = {"Sum": ops.add, "Product": ops.multiply}
    rows = [_row(name, rule, (k,)) for name, rule in single.items() for k in degrees]
    return tuple(rows + [_row(name, rule, (j, k)) for name, rule in pairs.items() for j in degrees for k in degrees])


def _row(name: str, rule: Any, given: tuple[int, ...]) -> Row:
    try:
        result = rule(*(Degree(k, (1,)) for k in given))
    except Undecided as undecided:
        return Row(name, given, None, str(undecided))
    return Row(name, given, result.degree, result.reason)
