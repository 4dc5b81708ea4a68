"""What a forward pass may do to a number: the operations, and what happens when one cannot be decided.

A transformer in this package is written once, over the twelve operations below.  Whoever supplies them decides what the pass
computes: `Floats` gives values at many scales at once, `SeriesArithmetic` the behaviour as c → ∞, `Degrees` the degree, `Balls`
guaranteed enclosures at one scale, `ModelArithmetic` what holds for every c ≥ c₀.
A *parameter* is anything the scale multiplies (degree 1); a *constant* is data, which it does not (degree 0).

The operations are total: each arithmetic has every one of them, and a comparison that cannot be decided raises `Undecided`.
`laws.py` holds what every arithmetic must obey.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol, TypeVar

from numpy.typing import NDArray

from sattheory.arithmetic.reals import Constant

Array = NDArray[Any]


class Tensor(Protocol):
    """Whatever an arithmetic computes with: all that the forward pass asks of it is a shape."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value, without any axis that belongs to the arithmetic.

        Returns
        -------
        tuple of int
            The shape.
        """
        ...


V = TypeVar("V", bound=Tensor)


class Operations(Protocol[V]):
    """The operations of a forward pass over values of type V."""

    def constant(self, array: Constant) -> V:
        """Take data, of degree 0: an array, or numbers given by a formula (`reals`)."""
        ...

    def parameter(self, array: Array) -> V:
        """Take parameters: c times the array, of degree 1."""
        ...

    def linear(self, x: V, weight: Array) -> V:
        """Multiply by a parameter matrix of shape (out, in): x (…, in) ↦ (…, out)."""
        ...

    def add(self, x: V, y: V) -> V:
        """Add, with broadcasting."""
        ...

    def multiply(self, x: V, y: V) -> V:
        """Multiply entry by entry, with broadcasting."""
        ...

    def matmul(self, x: V, y: V) -> V:
        """Multiply matrices, (…, n, k) by (…, k, m)."""
        ...

    def reshape(self, x: V, shape: tuple[int, ...]) -> V:
        """Change the shape, in C order."""
        ...

    def swapaxes(self, x: V, first: int, second: int) -> V:
        """Exchange two axes, counted from the end (negative)."""
        ...

    def centre(self, x: V) -> V:
        """Subtract the mean along the last axis."""
        ...

    def unit(self, x: V, epsilon: float | Fraction) -> V:
        """Divide by √(‖x‖² + ε) along the last axis; without ε a vector that is zero stays zero."""
        ...

    def softmax(self, scores: V, visible: Array | None) -> V:
        """Normalise exponentials along the last axis; where `visible` (boolean, broadcast) is false the weight is 0."""
        ...

    def activation(self, x: V, name: str) -> V:
        """Apply relu, gelu, gelu_tanh, silu, tanh or sigmoid entry by entry."""
        ...


@dataclass(frozen=True)
class Place:
    """Where in a network: a layer (1, 2, …; 0 is the embedding) and a part of it.

    Parameters
    ----------
    layer : int
        Number of the layer.
    part : str
        For example ``attention weights`` or ``stream``.
    """

    layer: int
    part: str

    def __str__(self) -> str:
        return f"layer {self.layer}, {self.part}" if self.layer else self.part


class Undecided(ArithmeticError):
    """A comparison that the arithmetic cannot decide: a result, not a fault.

    Parameters
    ----------
    operation : str
        The operation that had to decide.
    index : tuple of int
        Which entry of its argument (head, position, … of the tensor).
    known : str
        What is known of the quantity.
    remedy : str
        What would decide it.
    kind : {"terms", "flat", "tolerance", "precision", "scale"}
        Whether more terms would help, the answer hangs on exponentially small terms, float coefficients are too close, balls
        are too wide, or a statement for all c ≥ c₀ needs a larger c₀.
    """

    def __init__(self, operation: str, index: tuple[int, ...], known: str, remedy: str, kind: str = "tolerance") -> None:
        self.operation, self.index, self.known, self.remedy, self.kind = operation, index, known, remedy, kind
        self.place: Place | None = None
        super().__init__(operation, index, known, remedy, kind)

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        index = f" at index {self.index}" if self.index else ""
        return f"{where}{self.operation}{index}: {self.known}; {self.remedy}."


@contextmanager
def located(place: Place) -> Iterator[None]:
    """Tell an `Undecided` raised inside where it happened.

    Parameters
    ----------
    place : Place
        The place.

    Yields
    ------
    None
        Nothing; the block runs.

    Raises
    ------
    Undecided
        The one raised inside, with its place.
    """
    try:
        yield
    except Undecided as undecided:
        if undecided.place is None:
            undecided.place = place
        raise
