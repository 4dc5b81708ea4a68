"""Functions of a Taylor model of degree 0, with a remainder that is proved: exp, 1/u, 1/√u, and gates by Taylor's formula.

A truncated series p of f(u) is put back into the equation that f(u) solves.  What is left over, the *defect*, is a polynomial
that starts at order N, so its size is known for every ε: for 1/√u the product u p² is 1 + ε^N ρ, and then f(u) − p = p((1 +
ε^N ρ)^(−½) − 1) exactly.  Familiar instance: u = 1 + ε, N = 1: p = 1, ρ = 1, and 1/√(1 + ε) − 1 = −ε/(s(1 + s)) with s = √(1
+ ε).  Gates have no such equation at hand; there Taylor's formula with the remainder at an unknown point is used, with the
derivative enclosed on the whole range of u.

Every function takes the arithmetic and a model with degree 0 and factor 1.  Source: `docs/certificates-mathematics`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from sattheory.arithmetic.enclosures import as_array, each, zeros
from sattheory.arithmetic.models import Maybe, Model, ScaleTooSmall, plus
from sattheory.arithmetic.rings import BallRing, Ring

if TYPE_CHECKING:
    from sattheory.arithmetic.model_arithmetic import ModelArithmetic

Array = NDArray[Any]
CUBE = Fraction(44715, 1000000)


def is_constant(u: Model) -> bool:
    """Say whether a model is one coefficient of degree 0 and nothing else algebraic.

    Parameters
    ----------
    u : Model
        A value of degree 0.

    Returns
    -------
    bool
        True if functions of it are exact.
    """
    return u.order is None and len(u.terms) <= 1


def coefficients(ops: ModelArithmetic, u: Model, count: int) -> list[Array]:
    """List the first coefficients, zeros written out.

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    u : Model
        A value.
    count : int
        How many.

    Returns
    -------
    list of ndarray
        a_0 … a_{count−1}.
    """
    zero = np.full(u.shape, ops.ring.number(Fraction(0)), dtype=object)
    given: list[Maybe] = [u.terms[j] if j < len(u.terms) else None for j in range(count)]
    return [zero if a is None else np.broadcast_to(a, u.shape) for a in given]


def _balls(ops: ModelArithmetic, terms: Sequence[Array]) -> list[Array]:
    return [ops.ring.balls(a) for a in terms]


def tails(polynomial: Sequence[Array], interval: arb) -> list[Array]:
    """Enclose the tails of polynomials in ε.

    Parameters
    ----------
    polynomial : sequence of ndarray of arb
        Coefficients.
    interval : arb
        [0, ε₀].

    Returns
    -------
    list of ndarray of arb
        T_0, T_1, …, T_J = 0.
    """
    out = [zeros(polynomial[0].shape)]
    for a in reversed(polynomial):
        out.append(np.asarray(a + out[-1] * interval, dtype=object))
    return out[::-1]


def _known(ops: ModelArithmetic, u: Model) -> int:
    return ops.terms if u.order is None else min(ops.terms, u.order)


def _result(ops: ModelArithmetic, u: Model, terms: list[Array], count: int, rest: Maybe) -> Model:
    exact = is_constant(u)
    return Model(0, tuple(ops.live(terms)), u.shape, None if exact else count, None if exact else rest)


def _against(ops: ModelArithmetic, u: Model, factor: Sequence[Array], count: int) -> Array:
    """Enclose ρ where u·q = (what is known) + ε^count ρ, for a polynomial q given by its balls."""
    over = tails(factor, ops.interval)
    zero = over[-1]
    total = zero
    for i in range(min(count, len(u.terms))):
        a = ops.balls(u, i)
        if a is not None:
            total = total + a * (over[count - i] if count - i < len(over) else zero)
    rest = ops.tail(u, count)
    return total if rest is None else total + rest * over[0]


def _require_positive(operation: str, x: Array) -> None:
    if not all(v > 0 for v in x.ravel().tolist()):
        raise ScaleTooSmall(operation, (), "the remainder is as large as the leading coefficient")


def inverse(ops: ModelArithmetic, u: Model) -> Model:
    """Take 1/u of a model whose first coefficient is not zero.

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    u : Model
        Degree 0.

    Returns
    -------
    Model
        1/u.
    """
    count = 1 if is_constant(u) else _known(ops, u)
    p = ops.once(lambda: _inverse_series(ops.ring, coefficients(ops, u, count)))
    if is_constant(u):
        return _result(ops, u, p, count, None)
    q = _balls(ops, p)
    rho = _against(ops, u, q, count)
    whole = 1 + rho * ops.interval**count
    _require_positive("1/u", whole)
    return _result(ops, u, p, count, -tails(q, ops.interval)[0] * rho / whole)


def _inverse_series(ring: Ring, u: Sequence[Array]) -> list[Array]:
    first = ring.inverse(u[0])
    y = [first]
    for n in range(1, len(u)):
        y.append(-first * _total(u[k] * y[n - k] for k in range(1, n + 1)))
    return y


def _total(parts: Any) -> Array:
    listed = list(parts)
    total = listed[0]
    for part in listed[1:]:
        total = total + part
    return np.asarray(total, dtype=object)


def inverse_root(ops: ModelArithmetic, u: Model) -> Model:
    """Take 1/√u of a model whose first coefficient is positive.

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    u : Model
        Degree 0.

    Returns
    -------
    Model
        1/√u.
    """
    count = 1 if is_constant(u) else _known(ops, u)
    p = ops.once(lambda: _root_series(ops.ring, coefficients(ops, u, count)))
    if is_constant(u):
        return _result(ops, u, p, count, None)
    q = _balls(ops, p)
    square = [_total(q[i] * q[n - i] for i in range(n + 1) if i < count and n - i < count) for n in range(2 * count - 1)]
    rho = _against(ops, u, square, count)
    whole = 1 + rho * ops.interval**count
    _require_positive("1/√u", whole)
    s = each(arb.sqrt, whole)
    return _result(ops, u, p, count, -tails(q, ops.interval)[0] * rho / (s * (1 + s)))


def _root_series(ring: Ring, u: Sequence[Array]) -> list[Array]:
    inverse_first = ring.inverse(u[0])
    y = [ring.root(inverse_first)]
    for n in range(1, len(u)):
        parts = (u[k] * y[n - k] * ring.number(Fraction(-k, 2) - (n - k)) for k in range(1, n + 1))
        y.append(_total(parts) * inverse_first * ring.number(Fraction(1, n)))
    return y


def exp(ops: ModelArithmetic, u: Model) -> Model:
    """Take e^u.

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    u : Model
        Degree 0.

    Returns
    -------
    Model
        e^u.
    """
    count = 1 if is_constant(u) else _known(ops, u)
    p = ops.once(lambda: _exp_series(ops.ring, coefficients(ops, u, count)))
    if is_constant(u):
        return _result(ops, u, p, count, None)
    polynomial = _balls(ops, coefficients(ops, u, count))
    q, span = _balls(ops, p), tails(polynomial, ops.interval)[0]
    rho = tails(_exp_defect(polynomial, q), ops.interval)[0]
    rest = -each(arb.exp, span - span) * rho / count
    left = ops.tail(u, count)
    if left is not None:
        unit = arb(0).union(arb(1))
        rest = rest + each(arb.exp, span) * left * each(arb.exp, left * (ops.interval**count * unit))
    return _result(ops, u, p, count, rest)


def _exp_series(ring: Ring, u: Sequence[Array]) -> list[Array]:
    y = [ring.exp(u[0])]
    for n in range(1, len(u)):
        y.append(_total(u[k] * y[n - k] * ring.number(Fraction(k, n)) for k in range(1, n + 1)))
    return y


def _exp_defect(u: Sequence[Array], y: Sequence[Array]) -> list[Array]:
    """Coefficients of p′ − P′p from order count − 1 on."""
    count = len(u)
    out = []
    for m in range(count - 1, 2 * count - 2):
        parts = [u[k] * y[m + 1 - k] * arb(-k) for k in range(1, count) if 0 <= m + 1 - k < count]
        out.append(_total(parts) if parts else zeros(u[0].shape))
    return out or [zeros(u[0].shape)]


def compose(ops: ModelArithmetic, u: Model, name: str) -> Model:
    """Apply an activation to a model of degree 0, by Taylor's formula.

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    u : Model
        Degree 0.
    name : str
        gelu, gelu_tanh, silu, tanh or sigmoid.

    Returns
    -------
    Model
        φ(u).
    """
    count = 1 if is_constant(u) else _known(ops, u)
    first = coefficients(ops, u, 1)[0]
    phi = ops.once(lambda: derivatives(ops.ring, name, first, count))
    if is_constant(u):
        return _result(ops, u, phi, 1, None)
    v = _without_first(ops, u, count)
    out = Model(0, (phi[-1],), u.shape)
    for value in reversed(phi[:-1]):
        out = ops.add(ops.multiply(out, v), Model(0, tuple(ops.live([value])), u.shape))
    span, step = ops.tail(u, 0), ops.tail(u, 1)
    span, step = (zeros(u.shape) if a is None else a for a in (span, step))
    last = derivatives(BallRing(), name, np.broadcast_to(span, u.shape), count + 1)[-1]
    return _cut(ops, out, count, last * each(lambda x: math.prod([x] * count, start=arb(1)), step))  # x**n is nan for [0 ± r]


def _without_first(ops: ModelArithmetic, u: Model, count: int) -> Model:
    terms = tuple(u.terms[1:count])
    order = None if u.order is None and len(u.terms) <= count else count
    rest = None if order is None else ops.tail(u, count)
    if order is not None and rest is None:
        rest = zeros(u.shape)
    return Model(0, (None, *terms), u.shape, order, rest)


def _cut(ops: ModelArithmetic, x: Model, order: int, extra: Array) -> Model:
    """Cut a model of degree 0 (or less, after a cancelled coefficient) at an order, and widen its remainder."""
    shift = -x.degree
    terms: list[Maybe] = [*[None] * shift, *x.terms]
    rest = plus(ops.tail(x, order - shift), extra)
    return Model(0, tuple(terms[:order]), x.shape, order, rest)


def derivatives(ring: Ring, name: str, at: Array, count: int) -> list[Array]:
    """Compute Taylor coefficients φ^(l)/l! of an activation, by the differential equation that it solves.

    Parameters
    ----------
    ring : Ring
        Numbers; balls that cover a range give coefficients at every point of it.
    name : str
        gelu, gelu_tanh, silu, tanh or sigmoid.
    at : ndarray
        Where.
    count : int
        How many.

    Returns
    -------
    list of ndarray
        φ_0 … φ_{count−1}.
    """
    one, zero = (np.full(at.shape, ring.number(Fraction(v)), dtype=object) for v in (1, 0))
    identity = [at, one] + [zero] * count
    rules: dict[str, Callable[[], list[Array]]] = {
        "sigmoid": lambda: _sigmoid(ring, identity, count),
        "tanh": lambda: [
            a * ring.number(Fraction(2)) - (zero if order else one) for order, a in enumerate(_tanh_parts(ring, at, count))
        ],
        "silu": lambda: _products(identity, _sigmoid(ring, identity, count), count),
        "gelu": lambda: _products(identity, _normal(ring, at, count), count),
        "gelu_tanh": lambda: _products(identity, _sigmoid(ring, _gelu_argument(ring, identity, count), count), count),
    }
    return rules[name]()[:count]


def _products(x: Sequence[Array], y: Sequence[Array], count: int) -> list[Array]:
    return [_total(x[i] * y[n - i] for i in range(n + 1) if i < len(x) and n - i < len(y)) for n in range(count)]


def _sigmoid(ring: Ring, u: Sequence[Array], count: int) -> list[Array]:
    """Coefficients of σ(u(s)) from those of u: y′ = y(1 − y)u′."""
    one = ring.number(Fraction(1))
    y = [_logistic(ring, u[0])]
    slope: list[Array] = []
    for n in range(1, count):
        square = _total(y[i] * y[n - 1 - i] for i in range(n))
        slope.append(y[n - 1] - square)
        y.append(_total(u[k] * slope[n - k] * (one * ring.number(Fraction(k, n))) for k in range(1, n + 1)))
    return y


def _logistic(ring: Ring, x: Array) -> Array:
    if isinstance(ring, BallRing):
        return each(lambda v: (1 + (v / 2).tanh()) / 2, x)
    one = ring.number(Fraction(1))
    return ring.inverse(one + ring.exp(-x))


def _tanh_parts(ring: Ring, at: Array, count: int) -> list[Array]:
    """Coefficients of σ(2x): tanh x = 2σ(2x) − 1."""
    two = ring.number(Fraction(2))
    zero = np.full(at.shape, ring.number(Fraction(0)), dtype=object)
    return _sigmoid(ring, [at * two, zero + two] + [zero] * count, count)


def _normal(ring: Ring, at: Array, count: int) -> list[Array]:
    """Coefficients of Φ: the density d solves d′ = −x d."""
    half = ring.number(Fraction(1, 2))
    scale = ring.root(ring.inverse(as_array([ring.pi() * ring.number(Fraction(2))], (1,))))[0]
    density = [ring.exp(-(at * at * half)) * scale]
    for n in range(1, count):
        before = at * density[n - 1]
        before = before + density[n - 2] if n > 1 else before
        density.append(-before * ring.number(Fraction(1, n)))
    return [ring.normal_cdf(at)] + [density[n - 1] * ring.number(Fraction(1, n)) for n in range(1, count)]


def _gelu_argument(ring: Ring, identity: Sequence[Array], count: int) -> list[Array]:
    """Coefficients of √(8/π)(x + 0.044715 x³)."""
    slope = ring.root(ring.inverse(as_array([ring.pi() * ring.number(Fraction(1, 8))], (1,))))[0]
    size = max(count, 2)
    cube = _products(identity, _products(identity, identity, size), size)
    return [(a + b * ring.number(CUBE)) * slope for a, b in zip(identity, cube, strict=False)]


def scattered(ops: ModelArithmetic, x: Model, where: NDArray[np.bool_]) -> Model:
    """Put a model of one axis into the places of an array that are marked; the others are zero.

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    x : Model, shape (K,)
        Degree 0.
    where : ndarray of bool
        K places.

    Returns
    -------
    Model
        Of the shape of `where`.
    """
    zero = ops.ring.number(Fraction(0))
    terms = tuple(None if a is None else _placed(a, where, zero) for a in x.terms)
    rest = None if x.rest is None else _placed(x.rest, where, arb(0))
    return dataclasses.replace(x, terms=terms, rest=rest, extent=where.shape)


def _placed(values: Array, where: NDArray[np.bool_], zero: Any) -> Array:
    out = np.full(where.shape, zero, dtype=object)
    out[where] = values
    return out
