"""What every arithmetic must obey, as Hypothesis properties anyone can run on an arithmetic of their own.

The pattern is Arb's.  Take an exact input: polynomials Σ a_e c^e with small integer coefficients.  Put it into the arithmetic and
apply one operation; put its exact value at some scale into a plain high-precision evaluation of the same operation (mpmath).
The second must lie in what the first claims: within rounding for floats, within the remainder for series, below the power for
degrees.  An arithmetic takes part through a `Subject`, which says how to put polynomials in and what a result claims.

An arithmetic of *enclosures* (balls, Taylor models) is held to more.  Its input is a `families.Family`, which stands for many
functions at once; whichever of them is picked, the exact result must lie in the output (`check_members`), with no allowance
for rounding.  It takes part through an `EnclosingSubject`.

Operations are also compared with themselves: more terms must refine fewer (`check_refinement`), operations that are defined
through each other must agree (`check_consistency`), and parts that carry one label must be equal (`check_labels`).
Familiar instance: [0.9, 1.1] times itself must hold 1.21; a product whose radius is half of what it should be does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, Generic, Protocol, TypeVar

import mpmath
import numpy as np
from flint import arb, ctx
from hypothesis import strategies as st
from numpy.typing import NDArray

from sattheory.arithmetic.families import Family
from sattheory.arithmetic.labels import Labels
from sattheory.arithmetic.operations import Operations, Undecided, V
from sattheory.arithmetic.reals import Root
from sattheory.arithmetic.series import EXACT

Array = NDArray[Any]
T = TypeVar("T")
DIGITS, DEEP = 80, 200
DEEP_BITS = 700
ACTIVATION_NAMES = ("relu", "gelu", "gelu_tanh", "silu", "tanh", "sigmoid")


@dataclass(frozen=True)
class Polynomial:
    """An exact input Σ_i a_i c^(top − i).

    Parameters
    ----------
    top : int
        Highest power.
    coefficients : ndarray of int, shape (J, rows, columns)
        The a_i.
    """

    top: int
    coefficients: Array

    def at(self, c: mpmath.mpf) -> Array:
        """Evaluate exactly.

        Parameters
        ----------
        c : mpf
            The scale.

        Returns
        -------
        ndarray of mpf, shape (rows, columns)
            The value.
        """
        powers = [c ** (self.top - i) for i in range(len(self.coefficients))]
        cells = [
            sum(p * int(a) for p, a in zip(powers, entry, strict=True)) for entry in self.coefficients.reshape(len(powers), -1).T
        ]
        return np.array(cells, dtype=object).reshape(self.coefficients.shape[1:])


class Subject(Protocol[V]):
    """An arithmetic under test."""

    ops: Operations[V]

    def put(self, polynomial: Polynomial) -> V:
        """Put an exact input into the arithmetic."""
        ...

    def scales(self, result: V) -> list[mpmath.mpf]:
        """Choose scales at which a result claims something."""
        ...

    def claim(self, result: V, c: mpmath.mpf) -> tuple[Array, Array]:
        """Say where the value lies at a scale: centre and radius, arrays of mpf."""
        ...


class EnclosingSubject(Protocol):
    """An arithmetic under test whose results are enclosures."""

    def apply(self, operation: Operation[Any], families: tuple[Family, ...]) -> Any:
        """Put families in and apply an operation."""
        ...

    def scale(self, pick: Random) -> Fraction:
        """Pick a scale at which results claim something."""
        ...

    def member(self, family: Family, c: Fraction, pick: Random) -> Array:
        """Pick a function of a family and evaluate it: an array of mpf."""
        ...

    def enclosure(self, result: Any, c: Fraction) -> Array:
        """Say where the value of a result lies at a scale: an array of arb."""
        ...

    def labels(self, result: Any) -> Labels | None:
        """Give labels that claim equality of the entries that share one, in an array of the shape of the result."""
        ...


@dataclass(frozen=True)
class Operation(Generic[T]):
    """One operation, in an arithmetic and in plain high precision.

    Parameters
    ----------
    arity : int
        Number of inputs.
    apply : callable
        Takes operations and values.
    reference : callable
        Takes the scale and arrays of mpf.
    """

    arity: int
    apply: Callable[..., Any]
    reference: Callable[..., Array]


def _each(function: Callable[[Any], Any]) -> Callable[[Array], Array]:
    return np.vectorize(function, otypes=[object])


def _unit(x: Array, epsilon: float | Fraction) -> Array:
    added = mpmath.mpf(Fraction(epsilon).numerator) / Fraction(epsilon).denominator
    lengths = [mpmath.sqrt(sum(v * v for v in row) + added) for row in x]
    return np.array([[v / n if n else mpmath.mpf(0) for v in row] for row, n in zip(x, lengths, strict=True)], dtype=object)


def _centre(x: Array) -> Array:
    """Average the differences, which are exactly zero between equal entries."""
    return np.array([[sum(v - w for w in row) / len(row) for v in row] for row in x], dtype=object)


def _softmax(x: Array, visible: Array) -> Array:
    rows = []
    for row, seen in zip(x, np.broadcast_to(visible, x.shape), strict=True):
        top = max((v for v, s in zip(row, seen, strict=True) if s), default=mpmath.mpf(0))
        raw = [mpmath.exp(v - top) if s else mpmath.mpf(0) for v, s in zip(row, seen, strict=True)]
        rows.append([v / sum(raw) for v in raw])
    return np.array(rows, dtype=object)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x)) if x > 0 else mpmath.exp(x) / (1 + mpmath.exp(x))


_SCALAR: Mapping[str, Callable[[Any], Any]] = {
    "relu": lambda x: max(x, mpmath.mpf(0)),
    "gelu": lambda x: x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2,
    "gelu_tanh": lambda x: x * _sigmoid(mpmath.sqrt(8 / mpmath.pi) * (x + mpmath.mpf("0.044715") * x**3)),
    "silu": lambda x: x * _sigmoid(x),
    "tanh": lambda x: 1 - 2 * _sigmoid(-2 * x),
    "sigmoid": _sigmoid,
}
_MASK, _VECTOR, _MAP = np.array([[True, False, True]]), np.array([1.0, 2.0, 0.0]), np.array([[1.0, -2.0, 1.0]])
_SMALL = Fraction(1, 2**20)

OPERATIONS: Mapping[str, Operation[Any]] = {
    "add": Operation(2, lambda ops, x, y: ops.add(x, y), lambda _, x, y: x + y),
    "multiply": Operation(2, lambda ops, x, y: ops.multiply(x, y), lambda _, x, y: x * y),
    "matmul": Operation(2, lambda ops, x, y: ops.matmul(x, ops.swapaxes(y, -1, -2)), lambda _, x, y: x @ y.T),
    "linear": Operation(
        1,
        lambda ops, x: ops.linear(x, _MAP[:, : x.shape[-1]]),
        lambda c, x: c * (x @ np.array([[1], [-2], [1]], dtype=object)[: x.shape[-1]]),
    ),
    "parameter": Operation(
        1,
        lambda ops, x: ops.add(x, ops.parameter(_VECTOR[: x.shape[-1]])),
        lambda c, x: x + c * np.array([1, 2, 0])[: x.shape[-1]],
    ),
    "constant": Operation(
        1,
        lambda ops, x: ops.add(x, ops.constant(_VECTOR[: x.shape[-1]])),
        lambda _, x: x + np.array([1, 2, 0])[: x.shape[-1]],
    ),
    "reshape": Operation(1, lambda ops, x: ops.reshape(x, x.shape[::-1]), lambda _, x: x.reshape(x.shape[::-1])),
    "swapaxes": Operation(1, lambda ops, x: ops.swapaxes(x, -1, -2), lambda _, x: x.T),
    "centre": Operation(1, lambda ops, x: ops.centre(x), lambda _, x: _centre(x)),
    "unit": Operation(1, lambda ops, x: ops.unit(x, 0.0), lambda _, x: _unit(x, 0.0)),
    "unit with ε": Operation(1, lambda ops, x: ops.unit(x, 0.5), lambda _, x: _unit(x, 0.5)),
    "softmax": Operation(1, lambda ops, x: ops.softmax(x, None), lambda _, x: _softmax(x, np.ones((1, 1), dtype=bool))),
    "softmax with mask": Operation(
        1, lambda ops, x: ops.softmax(x, _MASK[:, : x.shape[-1]]), lambda _, x: _softmax(x, _MASK[:, : x.shape[-1]])
    ),
    **{
        name: Operation(1, lambda ops, x, name=name: ops.activation(x, name), lambda _, x, name=name: _each(_SCALAR[name])(x))
        for name in ACTIVATION_NAMES
    },
}


def _scores(x: Array) -> Array:
    return _softmax(x @ x.T / mpmath.sqrt(3), np.ones((1, 1), dtype=bool))


def _attention(ops: Any, x: Any) -> Any:
    scores = ops.multiply(ops.matmul(x, ops.swapaxes(x, -1, -2)), ops.constant(Root(Fraction(1, 3))))
    return ops.matmul(ops.softmax(scores, None), x)


def _negative(ops: Any, x: Any) -> Any:
    return ops.multiply(x, ops.constant(np.array([-1.0])))


COMPOSITES: Mapping[str, Operation[Any]] = {
    "square": Operation(1, lambda ops, x: ops.multiply(x, x), lambda _, x: x * x),
    "difference": Operation(1, lambda ops, x: ops.add(x, _negative(ops, x)), lambda _, x: x - x),
    "unit with small ε": Operation(1, lambda ops, x: ops.unit(x, _SMALL), lambda _, x: _unit(x, _SMALL)),
    "layer norm": Operation(1, lambda ops, x: ops.unit(ops.centre(x), 0.0), lambda _, x: _unit(_centre(x), 0)),
    "layer norm with ε": Operation(1, lambda ops, x: ops.unit(ops.centre(x), _SMALL), lambda _, x: _unit(_centre(x), _SMALL)),
    "attention": Operation(1, _attention, lambda _, x: _scores(x) @ x),
    "block": Operation(
        1,
        lambda ops, x: ops.unit(ops.centre(ops.add(x, _attention(ops, x))), 0.0),
        lambda _, x: _unit(_centre(x + _scores(x) @ x), 0),
    ),
    "gated": Operation(
        1, lambda ops, x: ops.multiply(ops.activation(x, "silu"), x), lambda _, x: _each(lambda v: v * v * _sigmoid(v))(x)
    ),
}
"""Several operations in a row, with one value used twice: for enclosures, which may forget that both uses are equal."""


@st.composite
def polynomials(draw: st.DrawFn, least: int = -2, most: int = 2, terms: int = 3) -> Polynomial:
    """Draw exact inputs of two rows and three columns.

    Parameters
    ----------
    draw : callable
        Hypothesis's.
    least, most : int
        Range of the highest power.
    terms : int
        Largest number of powers.

    Returns
    -------
    Polynomial
        With coefficients from −3 to 3.
    """
    top = draw(st.integers(least, most))
    count = draw(st.integers(1, terms))
    cells = draw(st.lists(st.integers(-3, 3), min_size=6 * count, max_size=6 * count))
    return Polynomial(top, np.array(cells).reshape(count, 2, 3))


def check_containment(subject: Subject[Any], name: str, inputs: tuple[Polynomial, ...]) -> bool:
    """Check that the exact value of an operation lies in what an arithmetic claims of it.

    Parameters
    ----------
    subject : Subject
        The arithmetic.
    name : str
        Key of `OPERATIONS`.
    inputs : tuple of Polynomial
        As many as the operation takes.

    Returns
    -------
    bool
        False if the arithmetic declined to decide, which it may.

    Raises
    ------
    AssertionError
        If the value lies outside.
    """
    operation = OPERATIONS[name]
    try:
        result = operation.apply(subject.ops, *(subject.put(x) for x in inputs))
    except Undecided:
        return False
    with mpmath.workdps(DIGITS):
        for c in subject.scales(result):
            exact = operation.reference(c, *(x.at(c) for x in inputs))
            centre, radius = subject.claim(result, c)
            outside = np.abs(exact - centre) > radius
            if outside.any():
                index = tuple(int(i) for i in np.argwhere(outside)[0])
                raise AssertionError(
                    f"{name} at c = {mpmath.nstr(c, 5)}, entry {index}: {mpmath.nstr(exact[index], 15)} is not within "
                    f"{mpmath.nstr(radius[index], 5)} of {mpmath.nstr(centre[index], 15)}, for inputs {inputs}"
                )
    return True


def check_refinement(fewer: Subject[Any], more: Subject[Any], name: str, inputs: tuple[Polynomial, ...]) -> bool:
    """Check that more terms refine fewer: known coefficients agree, and no order once known is lost.

    Parameters
    ----------
    fewer, more : Subject
        Series with fewer and with more terms.
    name : str
        Key of `OPERATIONS`.
    inputs : tuple of Polynomial
        As many as the operation takes.

    Returns
    -------
    bool
        False if the smaller number left something undecided.

    Raises
    ------
    AssertionError
        If a coefficient changed.
    """
    operation = OPERATIONS[name]
    try:
        coarse, fine = (operation.apply(s.ops, *(s.put(x) for x in inputs)) for s in (fewer, more))
    except Undecided:
        return False
    lowest = coarse.degree - len(coarse.coefficients) + 1 if coarse.remainder == EXACT else int(coarse.remainder) + 1
    if fine.remainder > coarse.remainder:
        raise AssertionError(f"{name}: more terms know less, for inputs {inputs}")
    for exponent in range(max(coarse.degree, fine.degree), lowest - 1, -1):
        if not np.allclose(coarse.coefficient(exponent), fine.coefficient(exponent), rtol=1e-9, atol=1e-9):
            raise AssertionError(f"{name}: the coefficient of c^{exponent} changes with the number of terms, for inputs {inputs}")
    return True


def check_consistency(subject: Subject[Any], x: Polynomial) -> None:
    """Check that operations defined through each other agree: linear and matmul, parameter and constant, tanh and sigmoid.

    Parameters
    ----------
    subject : Subject
        The arithmetic.
    x : Polynomial
        An input.

    Raises
    ------
    AssertionError
        If two ways to the same value differ.
    """
    ops, weight = subject.ops, np.array([[1.0, -2.0, 1.0], [0.0, 1.0, 3.0]])
    value = subject.put(x)
    pairs = [
        (ops.linear(value, weight), ops.matmul(value, ops.parameter(weight.T))),
        (ops.parameter(weight), ops.multiply(ops.parameter(np.ones(1)), ops.constant(weight))),
        (ops.centre(value), ops.matmul(value, ops.constant(np.eye(3) - 1 / 3))),
    ]
    with mpmath.workdps(DIGITS):
        for left, right in pairs:
            for c in subject.scales(left):
                (a, r), (b, s) = subject.claim(left, c), subject.claim(right, c)
                if (np.abs(a - b) > r + s).any():
                    raise AssertionError(f"two ways to one value differ at c = {mpmath.nstr(c, 5)} for {x}")


def check_members(
    subject: EnclosingSubject, operation: Operation[Any], families: tuple[Family, ...], pick: Random, count: int = 4
) -> int:
    """Check that whichever functions are picked from the inputs, the exact result lies in the enclosure.

    Parameters
    ----------
    subject : EnclosingSubject
        The arithmetic.
    operation : Operation
        The operation.
    families : tuple of Family
        As many as the operation takes.
    pick : Random
        Picks scales and functions.
    count : int
        How many points are tried.

    Returns
    -------
    int
        Number of points tried: 0 if the arithmetic declined to decide or gave no bound, which it may.

    Raises
    ------
    AssertionError
        If a result lies outside, or labelled parts differ.
    """
    try:
        result = subject.apply(operation, families)
    except Undecided:
        return 0
    for _ in range(count):
        c = subject.scale(pick)
        with mpmath.workdps(DEEP):
            members = [subject.member(family, c, pick) for family in families]
            exact = operation.reference(mpmath.mpf(c.numerator) / c.denominator, *members)
            claim, same = subject.enclosure(result, c), subject.labels(result)
            if not all(v.is_finite() for v in claim.ravel()):
                return 0  # no bound is not a wrong one
            outside = _outside(exact, claim)
            if outside is not None:
                value, told = mpmath.nstr(exact[outside], 20), claim[outside].str(20)
                raise AssertionError(f"at c = {c}, entry {outside}: {value} is not in {told}, for {subject} and {families}")
            if same is not None:
                check_labels(exact, same)
    return count


def _outside(exact: Array, claim: Array) -> tuple[int, ...] | None:
    """Find an entry outside its ball."""
    if exact.shape != claim.shape:
        raise AssertionError(f"shape {claim.shape} in place of {exact.shape}")
    with ctx.workprec(DEEP_BITS):
        for index in np.ndindex(*exact.shape):
            told: arb = claim[index]
            if not told.overlaps(_exactly(exact[index])):
                return index
    return None


def _exactly(value: Any) -> arb:
    """Turn a value of `DEEP` digits into a ball that allows for the rounding of mpmath alone."""
    mantissa, exponent = value.man_exp  # without the sign
    number = arb((int(mantissa), int(exponent))) * (-1 if value < 0 else 1)
    return number + arb(0, arb(10) ** -100) + number * arb(0, arb(10) ** -60)


def check_labels(exact: Array, same: Labels) -> None:
    """Check that entries which carry one label are equal.

    Parameters
    ----------
    exact : ndarray of mpf
        Values.
    same : ndarray of int
        Labels, of the same shape.

    Raises
    ------
    AssertionError
        If two such entries differ.
    """
    seen: dict[int, Any] = {}
    for label, value in zip(same.ravel().tolist(), exact.ravel().tolist(), strict=True):
        known = seen.setdefault(label, value)
        if abs(known - value) > abs(value) * mpmath.mpf(10) ** -60 + mpmath.mpf(10) ** -100:
            raise AssertionError(f"{mpmath.nstr(known, 15)} and {mpmath.nstr(value, 15)} carry one label")
