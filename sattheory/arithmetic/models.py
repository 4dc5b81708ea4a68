"""Taylor models in ε = 1/c: a series with a remainder that is a number, true for *every* c ≥ c₀.

A value is written

    x(c) = √square · c^k [ a_0 + a_1 ε + … + a_{J−1} ε^{J−1} + ε^M R + φ F ],    0 < ε ≤ ε₀ = 1/c₀,

entry by entry: the coefficients are balls or closed forms (`rings`), R is a ball that holds whatever the algebraic rest is at
each of these ε, and |F| bounds the part that is smaller than every power, φ = exp(−g(c^q − c₀^q)).  M = ∞ says that no
algebraic rest is left. Familiar instances: an embedding is a_0 c, exactly; 1/(1 + ε) cut after ε is 1 − ε + ε²R with R in
[1/(1 + ε₀), 1]; the softmax of (3c⁴, c⁴) is (1, 0) with F = e^{−2c₀⁴}, g = 2, q = 4.

Where `series` says O(c^r), a model says how much.  The rules and their proofs are in the documentation, "How a certificate is
computed".  This file holds the value; `model_arithmetic` computes with it, `settling` decides (ReLU, softmax, norms, gates)
and `remainders` has the functions exp, 1/u, 1/√u. Sources: Makino and Berz, "Taylor models and other validated functional
inclusion methods" (2003), for the idea of a polynomial with an enclosed remainder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from sattheory.arithmetic.labels import Sameness
from sattheory.arithmetic.operations import Place, Undecided
from sattheory.arithmetic.rings import ONE

Array = NDArray[Any]
Maybe = Array | None


class ScaleTooSmall(Undecided):
    """A bound that needs a larger c₀.

    Parameters
    ----------
    operation : str
        Who needs it.
    index : tuple of int
        Which entry, empty for the whole.
    known : str
        What fails at this c₀.
    """

    def __init__(self, operation: str, index: tuple[int, ...], known: str) -> None:
        super().__init__(operation, tuple(map(int, index)), known, "a larger c0 would settle it", "scale")


@dataclass(frozen=True)
class Decay:
    """The factor φ(c) = exp(−gap (c^power − c₀^power)).

    Parameters
    ----------
    gap : arb
        g, positive.
    power : int
        q.
    """

    gap: arb
    power: int


@dataclass(frozen=True, eq=False)
class Attended:
    """Who won a softmax, for each query.

    Parameters
    ----------
    winners : ndarray of bool, shape (…, n, m)
        Keys that keep a weight.
    """

    winners: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Piece:
    """One flat term e^(−E(c)) P(c).

    Parameters
    ----------
    exponent : tuple
        Coefficients of E for c^q, …, c¹ (numbers of the ring), the first one positive.
    value : Model
        P.
    """

    exponent: tuple[Any, ...]
    value: Model


@dataclass(frozen=True, eq=False)
class Model:
    """A series with enclosed remainders, for every c ≥ c₀.

    Parameters
    ----------
    degree : int
        k.
    terms : tuple of ndarray or None
        a_0 … a_{J−1}; None where a coefficient is exactly zero in every entry.
    extent : tuple of int
        Shape of the value.
    order : int or None
        M; None for ∞.
    rest : ndarray of arb or None
        R; None exactly when the order is None.
    flat : ndarray of arb or None
        F.
    decay : Decay or None
        φ; None exactly when F is.
    square : Fraction
        The value is √square times all that.
    same : Sameness or None
        Which parts are the same computation.
    attended : Attended or None
        For attention weights.
    pieces : tuple of Piece
        Leading flat terms that stand beside F; only where `flat_models` follows them.
    """

    degree: int
    terms: tuple[Maybe, ...]
    extent: tuple[int, ...]
    order: int | None = None
    rest: Maybe = None
    flat: Maybe = None
    decay: Decay | None = None
    square: Fraction = ONE
    same: Sameness | None = field(default=None, repr=False)
    attended: Attended | None = field(default=None, repr=False)
    pieces: tuple[Piece, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if (self.order is None) != (self.rest is None) or (self.flat is None) != (self.decay is None):
            raise AssertionError("a remainder without its order, or a flat part without its decay")
        if self.order is not None and len(self.terms) > self.order:
            raise AssertionError(f"{len(self.terms)} coefficients but a remainder at order {self.order}")

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value.

        Returns
        -------
        tuple of int
            The shape.
        """
        return self.extent

    @property
    def vanishes(self) -> bool:
        """Whether every coefficient is exactly zero and no algebraic rest is left.

        Returns
        -------
        bool
            True if at most a flat part is left.
        """
        return self.order is None and all(a is None for a in self.terms)

    @cached_property
    def cache(self) -> dict[str, Any]:
        """Memory for tails and enclosures.

        Returns
        -------
        dict
            Filled by `ModelArithmetic`.
        """
        return {}


@dataclass
class Tape:
    """What a pass computed that does not depend on c₀, in order.

    Parameters
    ----------
    entries : list
        The results.
    equalities : list of Equality
        What was taken for zero on the way.
    """

    entries: list[Any] = field(default_factory=list)
    equalities: list[Equality] = field(default_factory=list)


@dataclass(frozen=True)
class Equality:
    """A coefficient, or a difference of two, that was taken for zero.

    Parameters
    ----------
    operation : str
        softmax, norm, relu or the name of a gate.
    index : tuple of int
        Where; for a softmax the query.
    keys : tuple of int
        For a softmax, the two keys.
    exponent : int
        The power of c whose coefficient it is.
    digits : int or None
        Decimal digits to which it is zero; None if it is exact.
    place : Place or None
        The place in the network, filled in by whoever watches the pass.
    """

    operation: str
    index: tuple[int, ...]
    keys: tuple[int, ...]
    exponent: int
    digits: int | None
    place: Place | None = None


def plus(x: Maybe, y: Maybe) -> Maybe:
    """Add arrays of which None is zero.

    Parameters
    ----------
    x, y : ndarray or None
        Summands.

    Returns
    -------
    ndarray or None
        The sum.
    """
    if x is None or y is None:
        return y if x is None else x
    return np.asarray(x + y, dtype=object)


def times(x: Maybe, factor: Any) -> Maybe:
    """Multiply an array, of which None is zero, by a number.

    Parameters
    ----------
    x : ndarray or None
        The array.
    factor : object
        The number.

    Returns
    -------
    ndarray or None
        The product.
    """
    return None if x is None else np.asarray(x * factor, dtype=object)


def joined(times_: Callable[[Array, Array], Array], x: Maybe, y: Maybe) -> Maybe:
    """Multiply two arrays of which None is zero.

    Parameters
    ----------
    times_ : callable
        A product.
    x, y : ndarray or None
        Factors.

    Returns
    -------
    ndarray or None
        The product.
    """
    return None if x is None or y is None else np.asarray(times_(x, y), dtype=object)
