"""Activations on Taylor models: ReLU keeps an entry or none of it; GELU, SiLU, tanh and σ are saturated where they can be.

What saturation leaves out is bounded by a tail of the Gaussian or the logistic function at ℓ c^e, ℓ the least that the entry can
be; an argument that stays bounded goes through Taylor's formula (`remainders.compose`).
"""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from sattheory.arithmetic import remainders
from sattheory.arithmetic.enclosures import ball, each, vanishing, zeros
from sattheory.arithmetic.models import Decay, Maybe, Model, ScaleTooSmall, plus
from sattheory.arithmetic.settling import (
    NONE,
    Signs,
    cleared,
    first_signs,
    followed,
    index_of,
    masked,
    refuse_terms,
    stays,
)

if TYPE_CHECKING:
    from sattheory.arithmetic.model_arithmetic import ModelArithmetic

Array = NDArray[Any]
GATED = ("gelu", "gelu_tanh", "silu")


def relu(ops: ModelArithmetic, x: Model) -> Model:
    """Take the positive part.

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    x : Model
        Pre-activations.

    Returns
    -------
    Model
        max(x, 0).

    Raises
    ------
    ScaleTooSmall
        If a sign does not hold yet.
    """
    first, sign = ops.once(lambda: first_signs(ops, x, "relu"))
    least = stays(ops, x, first, sign, "relu")
    terms = ops.once(lambda: ops.live([masked(ops, a, sign > 0) for a in x.terms]))
    order, rest = x.order, None
    if x.rest is not None:
        rest = np.where(sign > 0, x.rest, np.where(first == NONE, each(_positive, x.rest), zeros(x.shape)))
        gone = not (sign > 0).any() and all(v.is_zero() for v in rest.ravel())
        if ops.once(lambda: gone):  # later steps keep as many coefficients as they did in the first pass
            if not gone:
                raise ScaleTooSmall("relu", index_of(first == NONE), "the entry may still be positive")
            order, rest = None, None
    flat = None if x.flat is None else np.where(_surely_dead(ops, x, first, sign, least), zeros(x.shape), x.flat)
    same = ops.once(lambda: cleared(followed(x, 0, len(x.terms)), terms))
    return ops.model(x.degree, terms, x.shape, order=order, rest=rest, flat=flat, decay=x.decay, square=x.square, same=same)


def _positive(v: arb) -> arb:
    return v.nonnegative_part() if v > 0 or v < 0 else arb(0).union(arb.max(v, arb(0)))


def _surely_dead(ops: ModelArithmetic, x: Model, first: NDArray[np.int64], sign: Signs, least: Array) -> NDArray[np.bool_]:
    """Say where a negative entry stays negative with its flat part: ℓ c^(−f) > φF for all c ≥ c₀."""
    assert x.flat is not None
    assert x.decay is not None
    dead = np.zeros(x.shape, dtype=bool)
    for place in map(tuple, np.argwhere(sign < 0)):
        f = int(first[place])
        slow = x.decay.gap * x.decay.power * ops.c0**x.decay.power >= f
        dead[place] = bool(slow) and bool(least[place] > x.flat[place] * ops.c0**f)
    return dead


def gate(ops: ModelArithmetic, x: Model, name: str) -> Model:
    """Apply φ(x) = x·g(x) or g(x): saturated where a positive power is left, by Taylor elsewhere.

    Parameters
    ----------
    ops : ModelArithmetic
        The arithmetic.
    x : Model
        Pre-activations.
    name : str
        gelu, gelu_tanh, silu, tanh or sigmoid.

    Returns
    -------
    Model
        φ(x).

    Raises
    ------
    Undecided
        If a coefficient may be zero, or too few are known.
    """
    x, gated = ops.freed(x), name in GATED
    first, sign = ops.once(lambda: first_signs(ops, x, name, 1))
    bounded = first == NONE
    if x.order is not None and x.order <= x.degree and bounded.any():
        refuse_terms(name, index_of(bounded), x)
    least = stays(ops, x, first, sign, name)
    far = _saturated(ops, x, sign, name)
    out = far if not bounded.any() else _with_bounded(ops, x, far, bounded, name)
    own, decay = _gate_error(ops, x, first, least, name, out.degree)
    passed, slow = _passed_on(ops, x, gated, name, out.degree)
    total = plus(own, passed)
    same = ops.once(lambda: cleared(followed(x, x.degree - out.degree, len(out.terms)), out.terms))
    decay = None if total is None else ops.common(decay, slow)
    return ops.model(out.degree, out.terms, x.shape, order=out.order, rest=out.rest, flat=total, decay=decay, same=same)


def _saturated(ops: ModelArithmetic, x: Model, sign: Signs, name: str) -> Model:
    """Say what entries that grow become: themselves, 0, ±1."""
    if name in GATED:
        terms = ops.once(lambda: ops.live([masked(ops, a, sign > 0) for a in x.terms]))
        rest = None if x.rest is None else np.where(sign > 0, x.rest, zeros(x.shape))
        if x.degree < 0 or not (sign != 0).any():
            return Model(max(x.degree, 0), (), x.shape)
        if not (sign > 0).any():
            return Model(x.degree, (), x.shape)
        return Model(x.degree, tuple(terms), x.shape, x.order, rest)
    low = Fraction(-1 if name == "tanh" else 0)
    values = ops.once(
        lambda: ops.live([each(lambda s: ops.ring.number(Fraction(1) if s > 0 else low if s < 0 else Fraction(0)), sign)])
    )
    return Model(0, tuple(values), x.shape)


def _with_bounded(ops: ModelArithmetic, x: Model, far: Model, bounded: NDArray[np.bool_], name: str) -> Model:
    """Add the entries whose argument stays bounded."""
    near = remainders.scattered(ops, remainders.compose(ops, _bounded_part(ops, x, bounded), name), bounded)
    near = dataclasses.replace(near, terms=tuple(ops.live(near.terms)))
    if far.degree == 0 or not far.terms:
        near = dataclasses.replace(near, extent=x.shape)
        return near if not far.terms and far.degree == 0 else ops.add(far, near)
    return ops.add(far, near)


def _bounded_part(ops: ModelArithmetic, x: Model, bounded: NDArray[np.bool_]) -> Model:
    k = x.degree
    terms = ops.once(lambda: ops.live([None if a is None else a[bounded] for a in x.terms[max(k, 0) :]]))
    rest = None if x.rest is None else x.rest[bounded]
    order = None if x.order is None else x.order - k
    return Model(0, tuple([None] * max(-k, 0) + terms), (int(bounded.sum()),), order, rest)


def _gate_error(
    ops: ModelArithmetic, x: Model, first: NDArray[np.int64], least: Array, name: str, degree: int
) -> tuple[Maybe, Decay | None]:
    """Bound what saturation leaves out, relative to the degree of the output."""
    if not (first != NONE).any():
        return None, None
    out, decays = zeros(x.shape), []
    for place in map(tuple, np.argwhere(first != NONE)):
        power = x.degree - int(first[place])
        size, decay = far_error(name, least[place], power, ops.c0)
        out[place] = size
        decays.append(decay)
    slowest: dict[int, Decay] = {}
    for decay in decays:
        known = slowest.get(decay.power)
        slowest[decay.power] = decay if known is None or decay.gap < known.gap else known
    return ops.grown(out, ops.common(*slowest.values()), -degree)


def far_error(name: str, least: arb, power: int, c0: arb) -> tuple[arb, Decay]:
    """Bound |φ(x) − its saturated value| for |x| ≥ ℓ c^e, c ≥ c₀.

    Parameters
    ----------
    name : str
        The activation.
    least : arb
        ℓ > 0.
    power : int
        e ≥ 1.
    c0 : arb
        c₀.

    Returns
    -------
    arb
        The bound at c₀.
    Decay
        How it falls.

    Raises
    ------
    ScaleTooSmall
        For SiLU, while x e^(−x) still rises.
    """
    b = (least * c0**power).lower()
    if name == "gelu":
        return vanishing(-b * b / 2) / (2 * arb.pi()).sqrt(), Decay((least * least / 2).lower(), 2 * power)
    if name == "silu":
        if not b > 1:
            raise ScaleTooSmall(name, (), "the pre-activation is not yet large")
        return b * vanishing(-b), Decay((least * (1 - 1 / b)).lower(), power)
    if name == "tanh":
        return 2 * vanishing(-2 * b), Decay(2 * least, power)
    if name == "sigmoid":
        return vanishing(-b), Decay(least, power)
    slope = (8 / arb.pi()).sqrt()
    rate = slope * ball(remainders.CUBE)
    return vanishing(-rate * b**3) / (slope * arb(1).exp()), Decay((rate * least**3).lower(), 3 * power)


def _passed_on(ops: ModelArithmetic, x: Model, gated: bool, name: str, degree: int) -> tuple[Maybe, Decay | None]:
    """Pass the flat part of the argument on, by a Lipschitz constant, relative to the degree of the output."""
    if x.flat is None:
        return None, None
    slope = arb(5) / 4 if gated else arb(1) if name == "tanh" else arb(1) / 4
    flat, decay = ops.grown(x.flat, x.decay, x.degree - degree)
    return None if flat is None else np.asarray(flat * slope, dtype=object), decay
