"""What every arithmetic must obey, as Hypothesis properties anyone can run on an arithmetic of their own.

The pattern is Arb's.  Take an exact input: polynomials Σ a_e c^e with small integer coefficients.  Put it into the arithmetic and
apply one operation; put its exact value at some scale into a plain high-precision evaluation of the same operation (mpmath).
The second must lie in what the first claims: within rounding for floats, within the remainder for series, below the power for
degrees.  An arithmetic takes part through a `Subject`, which says how to put polynomials in and what a result claims.

Operations are also compared with themselves: more terms must refine fewer (`check_refinement`), and operations that are defined
through each other must agree (`check_consistency`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import mpmath
import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from sattheory.arithmetic.degrees import Degree, Degrees
from sattheory.arithmetic.floats import Floats, Scaled
from sattheory.arithmetic.operations import Operations, Undecided, V
from sattheory.arithmetic.series import EXACT, Series, SeriesArithmetic

Array = NDArray[Any]
T = TypeVar("T")
DIGITS = 80
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


@dataclass(frozen=True)
class FloatSubject:
    """Floats claim the value up to rounding.

    Parameters
    ----------
    ops : Floats
        At one scale.
    digits : float
        Relative size of the rounding allowed, against the largest entry.
    """

    ops: Floats
    digits: float = 1e-12

    def put(self, polynomial: Polynomial) -> Scaled:
        """Put an exact input in, the highest power outside."""
        c = mpmath.mpf(float(self.ops.scales[0]))
        data = np.array(polynomial.at(c) / c**polynomial.top, dtype=float)
        return Scaled(data[None].astype(self.ops.dtype), polynomial.top)

    def scales(self, result: Scaled) -> list[mpmath.mpf]:
        """Give the one scale."""
        return [mpmath.mpf(float(self.ops.scales[0]))]

    def claim(self, result: Scaled, c: mpmath.mpf) -> tuple[Array, Array]:
        """Claim the value within rounding."""
        centre = np.vectorize(mpmath.mpf, otypes=[object])(result.data[0].astype(float)) * c**result.power
        size = max((abs(v) for v in centre.ravel()), default=mpmath.mpf(0)) + c**result.power * self.digits
        return centre, np.full(centre.shape, size * self.digits, dtype=object)


@dataclass(frozen=True)
class SeriesSubject:
    """Series claim the value up to their remainders, far enough out.

    Parameters
    ----------
    ops : SeriesArithmetic
        With few terms, so that the remainder is above rounding.
    """

    ops: SeriesArithmetic

    def put(self, polynomial: Polynomial) -> Series:
        """Put an exact input in."""
        return self.ops.series(polynomial.top, polynomial.coefficients.astype(float))

    def scales(self, result: Series) -> list[mpmath.mpf]:
        """Choose scales beyond the onset where the remainder is above rounding."""
        base = 100 * (1 + result.onset)
        return [mpmath.mpf(base), mpmath.mpf(base * 10 ** (6 / self.ops.terms))]

    def claim(self, result: Series, c: mpmath.mpf) -> tuple[Array, Array]:
        """Claim the value within C c^r, with C from the onset, plus rounding."""
        powers = [c ** (result.degree - j) for j in range(len(result.coefficients))]
        exact = np.vectorize(mpmath.mpf, otypes=[object])(result.coefficients)
        centre = sum(p * a for p, a in zip(powers, exact, strict=True))
        rounding = (
            sum(p * mpmath.mpf(float(np.max(m))) for p, m in zip(powers, result.magnitude, strict=True)) * mpmath.mpf(10) ** -13
        )
        size = mpmath.mpf(float(np.abs(result.coefficients).max() + 1))
        lost = 0 if result.remainder == EXACT else result.degree - result.remainder
        algebraic = (
            0 if result.remainder == EXACT else 100 * size * mpmath.mpf(2 + result.onset) ** lost * c ** int(result.remainder)
        )
        flat = (
            0 if result.flat is None else mpmath.exp(-result.flat.gap * c**result.flat.power / 2) * c ** (abs(result.degree) + 8)
        )
        return centre, np.full(centre.shape, rounding + algebraic + flat, dtype=object)


@dataclass(frozen=True)
class DegreeSubject:
    """Degrees claim that the value does not outgrow a power.

    Parameters
    ----------
    ops : Degrees
        With the corrected rules.
    """

    ops: Degrees

    def put(self, polynomial: Polynomial) -> Degree:
        """Put the degree of an input in."""
        return Degree(polynomial.top, polynomial.coefficients.shape[1:])

    def scales(self, result: Degree) -> list[mpmath.mpf]:
        """Choose a scale so large that one power more would show."""
        return [mpmath.mpf(10) ** 30]

    def claim(self, result: Degree, c: mpmath.mpf) -> tuple[Array, Array]:
        """Claim |value| ≤ 10⁶ c^k."""
        zero = np.full(result.shape, mpmath.mpf(0), dtype=object)
        return zero, zero + mpmath.mpf(10) ** 6 * c**result.degree


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


def _unit(x: Array, epsilon: float) -> Array:
    lengths = [mpmath.sqrt(sum(v * v for v in row) + mpmath.mpf(epsilon)) for row in x]
    return np.array([[v / n if n else mpmath.mpf(0) for v in row] for row, n in zip(x, lengths, strict=True)], dtype=object)


def _centre(x: Array) -> Array:
    return np.array([[v - sum(row) / len(row) for v in row] for row in x], dtype=object)


def _softmax(x: Array, visible: Array) -> Array:
    rows = []
    for row, seen in zip(x, np.broadcast_to(visible, x.shape), strict=True):
        top = max(v for v, s in zip(row, seen, strict=True) if s)
        raw = [mpmath.exp(v - top) if s else mpmath.mpf(0) for v, s in zip(row, seen, strict=True)]
        rows.append([v / sum(raw) for v in raw])
    return np.array(rows, dtype=object)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x)) if x > 0 else mpmath.exp(x) / (1 + mpmath.exp(x))


_SCALAR: Mapping[str, Callable[[Any], Any]] = {
    "relu": lambda x: max(x, mpmath.mpf(0)),
    "gelu": lambda x: x * mpmath.erfc(-x / mpmath.sqrt(2)) / 2,
    "gelu_tanh": lambda x: x * _sigmoid(mpmath.mpf(math.sqrt(8 / math.pi)) * (x + mpmath.mpf(0.044715) * x**3)),
    "silu": lambda x: x * _sigmoid(x),
    "tanh": lambda x: 1 - 2 * _sigmoid(-2 * x),
    "sigmoid": _sigmoid,
}
_MASK = np.array([[True, False, True]])

OPERATIONS: Mapping[str, Operation[Any]] = {
    "add": Operation(2, lambda ops, x, y: ops.add(x, y), lambda _, x, y: x + y),
    "multiply": Operation(2, lambda ops, x, y: ops.multiply(x, y), lambda _, x, y: x * y),
    "matmul": Operation(2, lambda ops, x, y: ops.matmul(x, ops.swapaxes(y, -1, -2)), lambda _, x, y: x @ y.T),
    "linear": Operation(
        1,
        lambda ops, x: ops.linear(x, np.array([[1.0, -2.0, 1.0]])),
        lambda c, x: c * (x @ np.array([[1], [-2], [1]], dtype=object)),
    ),
    "parameter": Operation(
        1, lambda ops, x: ops.add(x, ops.parameter(np.array([1.0, 2.0, 0.0]))), lambda c, x: x + c * np.array([1, 2, 0])
    ),
    "constant": Operation(
        1, lambda ops, x: ops.add(x, ops.constant(np.array([1.0, 2.0, 0.0]))), lambda _, x: x + np.array([1, 2, 0])
    ),
    "reshape": Operation(1, lambda ops, x: ops.reshape(x, (3, x.shape[0])), lambda _, x: x.reshape(3, x.shape[0])),
    "swapaxes": Operation(1, lambda ops, x: ops.swapaxes(x, -1, -2), lambda _, x: x.T),
    "centre": Operation(1, lambda ops, x: ops.centre(x), lambda _, x: _centre(x)),
    "unit": Operation(1, lambda ops, x: ops.unit(x, 0.0), lambda _, x: _unit(x, 0.0)),
    "unit with ε": Operation(1, lambda ops, x: ops.unit(x, 0.5), lambda _, x: _unit(x, 0.5)),
    "softmax": Operation(1, lambda ops, x: ops.softmax(x, None), lambda _, x: _softmax(x, np.ones((1, 1), dtype=bool))),
    "softmax with mask": Operation(1, lambda ops, x: ops.softmax(x, _MASK), lambda _, x: _softmax(x, _MASK)),
    **{
        name: Operation(1, lambda ops, x, name=name: ops.activation(x, name), lambda _, x, name=name: _each(_SCALAR[name])(x))
        for name in ACTIVATION_NAMES
    },
}


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


def check_refinement(name: str, inputs: tuple[Polynomial, ...], fewer: int = 3, more: int = 6) -> bool:
    """Check that more terms refine fewer: known coefficients agree, and no order once known is lost.

    Parameters
    ----------
    name : str
        Key of `OPERATIONS`.
    inputs : tuple of Polynomial
        As many as the operation takes.
    fewer, more : int
        Numbers of terms.

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
        coarse, fine = (operation.apply(s.ops, *(s.put(x) for x in inputs)) for s in map(_with_terms, (fewer, more)))
    except Undecided:
        return False
    lowest = coarse.degree - len(coarse.coefficients) + 1 if coarse.remainder == EXACT else int(coarse.remainder) + 1
    if fine.remainder > coarse.remainder:
        raise AssertionError(f"{name}: {more} terms know less than {fewer}, for inputs {inputs}")
    for exponent in range(max(coarse.degree, fine.degree), lowest - 1, -1):
        if not np.allclose(coarse.coefficient(exponent), fine.coefficient(exponent), rtol=1e-9, atol=1e-9):
            raise AssertionError(f"{name}: the coefficient of c^{exponent} changes with the number of terms, for inputs {inputs}")
    return True


def _with_terms(terms: int) -> SeriesSubject:
    return SeriesSubject(SeriesArithmetic(terms))


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
