"""The operations of a forward pass on Taylor models: what holds for every c ≥ c₀ (`models`).

Everything that does not depend on c₀ (the coefficients, and every decision) is computed in the first pass and remembered on a
`Tape`, so that a pass with another c₀ only computes remainders: N + 1 matrix products for a product of matrices and one for a
linear map.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from flint import arb, arb_mat
from numpy.typing import NDArray

from sattheory.arithmetic import enclosures, labels, settled_activations, settled_norms, settled_softmax
from sattheory.arithmetic.enclosures import as_array, ball, magnitudes
from sattheory.arithmetic.labels import Sameness
from sattheory.arithmetic.models import Decay, Equality, Maybe, Model, ScaleTooSmall, Tape, joined, plus, times
from sattheory.arithmetic.operations import Undecided
from sattheory.arithmetic.reals import Constant
from sattheory.arithmetic.rings import ONE, Ring, rational_root
from sattheory.errors import InputError

Array = NDArray[Any]
T = TypeVar("T")
Rule = Callable[[Sameness, Sameness, int], Sameness | None]


class ModelArithmetic:
    """The operations of a forward pass on Taylor models.

    Parameters
    ----------
    ring : Ring
        What coefficients are.
    c0 : Fraction or int
        Statements hold for every c ≥ c₀ > 0.
    terms : int
        N, the number of coefficients that a value keeps.
    tape : Tape, optional
        Of an earlier pass over the same network and input, with the same ring and number of terms.
    assumed_bits : int, optional
        Take a coefficient for zero that is below 2^(−assumed_bits) of its surroundings, and note it; never, when left out.

    Raises
    ------
    InputError
        For a scale that is not positive or fewer than one term.
    """

    def __init__(
        self, ring: Ring, c0: Fraction | int, terms: int = 6, tape: Tape | None = None, assumed_bits: int | None = None
    ) -> None:
        if not c0 > 0 or terms < 1:
            raise InputError(f"c0={c0}, terms={terms}", "a statement starts at a positive scale, with a symbol", "correct them")
        self.ring, self.terms, self.tape, self.assumed_bits = ring, terms, tape or Tape(), assumed_bits
        self.c0, self.e0 = ball(Fraction(c0)), ball(1 / Fraction(c0))
        self.interval = arb(0).union(self.e0)
        self.equalities, self._position = self.tape.equalities, 0

    def once(self, compute: Callable[[], T]) -> T:
        """Compute something that does not depend on c₀, or recall it.

        Parameters
        ----------
        compute : callable
            Takes nothing.

        Returns
        -------
        object
            What it returned in the first pass.
        """
        entries = self.tape.entries
        if self._position == len(entries):
            entries.append(compute())
        self._position += 1
        return entries[self._position - 1]  # type: ignore[no-any-return]

    # --- what is known of a value --------------------------------------------------------------------------------------

    def balls(self, x: Model, j: int) -> Maybe:
        """Enclose a coefficient.

        Parameters
        ----------
        x : Model
            A value.
        j : int
            Which coefficient.

        Returns
        -------
        ndarray of arb or None
            a_j; None if it is zero.
        """
        if j >= len(x.terms) or x.terms[j] is None:
            return None
        known = x.cache.setdefault("balls", {})
        if j not in known:
            known[j] = self.ring.balls(np.asarray(x.terms[j]))
        return known[j]  # type: ignore[no-any-return]

    def tail(self, x: Model, m: int) -> Maybe:
        """Enclose Σ_{j≥m} a_j ε^{j−m} + ε^{M−m} R over all ε in [0, ε₀].

        Parameters
        ----------
        x : Model
            A value.
        m : int
            Where to begin; negative to begin above the degree.

        Returns
        -------
        ndarray of arb or None
            T_m; None if it is zero.

        Raises
        ------
        AssertionError
            Beyond the remainder: a fault of the package.
        """
        if m < 0:
            return times(self.tail(x, 0), self.interval**-m)
        known = x.cache.setdefault("tails", {})
        if m not in known:
            end = len(x.terms) if x.order is None else x.order
            if m >= end:
                if x.order is not None and m > x.order:
                    raise AssertionError(f"the tail from order {m} of a remainder at order {x.order}")
                known[m] = x.rest
            else:
                known[m] = plus(self.balls(x, m), times(self.tail(x, m + 1), self.interval))
        return known[m]  # type: ignore[no-any-return]

    def grown(self, flat: Maybe, decay: Decay | None, v: int) -> tuple[Maybe, Decay | None]:
        """Write c^v φ F as a multiple of its value at c₀.

        Parameters
        ----------
        flat, decay : ndarray of arb and Decay, or None
            F and φ.
        v : int
            The power.

        Returns
        -------
        tuple
            The new F and φ.

        Raises
        ------
        ScaleTooSmall
            If the power outgrows the exponential at c₀.
        """
        if flat is None or decay is None or v == 0:
            return flat, decay
        if v < 0:
            return flat * self.e0**-v, decay
        gap = (decay.gap - v / (decay.power * self.c0**decay.power)).lower()
        if not gap > 0:
            raise ScaleTooSmall("flat part", (), f"c^{v} still outgrows exp(−{decay.gap.str(4, radius=False)} c^{decay.power})")
        return flat * self.c0**v, Decay(gap, decay.power)

    def common(self, *decays: Decay | None) -> Decay | None:
        """Find a factor that is at least each of several, for every c ≥ c₀.

        Parameters
        ----------
        *decays : Decay or None
            Factors.

        Returns
        -------
        Decay or None
            None if none is given.
        """
        given = sorted((d for d in decays if d is not None), key=lambda d: d.power)
        if not given:
            return None
        slowest = given[0]
        for other in given[1:]:
            steep = other.gap
            if other.power > slowest.power:
                steep = other.gap * other.power * self.c0 ** (other.power - slowest.power) / slowest.power
            slowest = Decay(arb.min(slowest.gap, steep).lower(), slowest.power)
        return slowest

    def model(self, degree: int, terms: Sequence[Maybe], extent: tuple[int, ...], **rest: Any) -> Model:
        """Make a model: drop coefficients that are exactly zero at both ends.

        Parameters
        ----------
        degree : int
            Exponent of the first coefficient.
        terms : sequence of ndarray or None
            Coefficients.
        extent : tuple of int
            Shape.
        **rest
            Further fields of `Model`.

        Returns
        -------
        Model
            The model.
        """
        terms = list(terms)
        while terms and terms[-1] is None:
            terms.pop()
        first = next((j for j, a in enumerate(terms) if a is not None), 0)
        if first:
            rest["flat"], rest["decay"] = self.grown(rest.get("flat"), rest.get("decay"), first)
            if rest.get("order") is not None:
                rest["order"] -= first
            same = rest.get("same")
            rest["same"] = None if same is None else dataclasses.replace(same, orders=same.orders[first:])
        return Model(degree - first, tuple(terms[first:]), extent, **rest)

    def live(self, terms: Sequence[Maybe]) -> list[Maybe]:
        """Replace coefficients that are exactly zero in every entry by None.

        Parameters
        ----------
        terms : sequence of ndarray or None
            Coefficients.

        Returns
        -------
        list of ndarray or None
            The same.
        """
        return [None if a is None or not self._any(a) else a for a in terms]

    def _any(self, a: Array) -> bool:
        """Say whether an entry is not exactly zero; mostly the first one tells."""
        return bool(self.ring.signs(a.ravel()[:1]).any() or self.ring.signs(a).any())

    # --- the linear operations -----------------------------------------------------------------------------------------

    def constant(self, array: Constant) -> Model:
        """Take data; see `Operations.constant`."""
        return self._taken(array, 0)

    def parameter(self, array: Array) -> Model:
        """Take parameters; see `Operations.parameter`."""
        return self._taken(array, 1)

    def _taken(self, constant: Constant, degree: int) -> Model:
        def read() -> tuple[Maybe, Fraction, Sameness | None]:
            array, square = self.ring.take(constant)
            live = self.live([array])[0]
            source = constant if isinstance(constant, np.ndarray) else None
            if source is None:
                rows = np.zeros((1,) * len(constant.shape), dtype=np.int64)
                same = Sameness((rows,), rows) if array.size == 1 else None
            else:
                same = labels.of_constant(source)
            return live, square, same

        terms, square, same = self.once(read)
        return self.model(degree, [terms], constant.shape, square=square, same=same)

    def linear(self, x: Model, weight: Array) -> Model:
        """Multiply by a parameter matrix; see `Operations.linear`."""
        right, enclosure, size, square = self.once(lambda: self._read(weight))
        terms = self.once(lambda: self.live(self._rows(x.terms, right)))
        rest = None if x.rest is None else enclosures.rows_times(x.rest, enclosure)
        flat = None if x.flat is None else enclosures.rows_times(x.flat, size)
        extent = (*x.shape[:-1], weight.shape[0])
        same = _kept(_plain(x.same if x.same is None or not x.same.of_entries else None), terms)
        given: dict[str, Any] = {"order": x.order, "rest": rest, "flat": flat, "decay": x.decay}
        return self.model(x.degree + 1, terms, extent, square=x.square * square, same=same, **given)

    def _rows(self, terms: Sequence[Maybe], right: Array) -> list[Maybe]:
        """Multiply the rows of all coefficients at once: the matrix is converted once."""
        given = [a for a in terms if a is not None]
        if not given:
            return [None] * len(terms)
        rows = self.ring.product(np.concatenate([a.reshape(-1, a.shape[-1]) for a in given]), right)
        parts = iter(rows.reshape(len(given), *given[0].shape[:-1], right.shape[1]))
        return [None if a is None else next(parts) for a in terms]

    def _read(self, weight: Array) -> tuple[Array, arb_mat, arb_mat, Fraction]:
        """Transpose a weight: itself, enclosed, bounded, and the square of its factor."""
        array, square = self.ring.take(weight)
        enclosure = self.ring.balls(array.T)
        return array.T, enclosures.matrix(enclosure), enclosures.matrix(magnitudes(enclosure)), square

    def add(self, x: Model, y: Model) -> Model:
        """Add; see `Operations.add`."""
        x, y = self.commensurate(x, y)
        degree = max(x.degree, y.degree)
        places = [(part, degree - part.degree) for part in (x, y)]
        extent = np.broadcast_shapes(x.shape, y.shape)
        length = max(len(part.terms) + shift for part, shift in places)
        finite = [part.order + shift for part, shift in places if part.order is not None]
        order = min([*finite, self.terms]) if finite or length > self.terms else None
        count = length if order is None else min(length, order)
        terms = self.once(lambda: self._added(places, count, extent))
        rest = None if order is None else _shaped(plus(*(self.tail(p, order - s) for p, s in places)), extent)
        flats = [self.grown(part.flat, part.decay, -shift) for part, shift in places]
        flat, decay = plus(flats[0][0], flats[1][0]), self.common(flats[0][1], flats[1][1])
        same = self.once(lambda: _kept(_summed_labels(places, count), terms))
        flat = None if flat is None else np.broadcast_to(flat, extent)
        return self.model(degree, terms, extent, order=order, rest=rest, flat=flat, decay=decay, square=x.square, same=same)

    def _added(self, places: list[tuple[Model, int]], count: int, extent: tuple[int, ...]) -> list[Maybe]:
        out: list[Maybe] = []
        for j in range(count):
            parts = [p.terms[j - s] for p, s in places if 0 <= j - s < len(p.terms)]
            total = plus(*parts) if len(parts) == 2 else parts[0] if parts else None
            out.append(None if total is None else np.broadcast_to(total, extent))
        return self.live(out)

    def commensurate(self, x: Model, y: Model) -> tuple[Model, Model]:
        """Bring two values to one factor, by whole numbers if their ratio is rational.

        Parameters
        ----------
        x, y : Model
            Values.

        Returns
        -------
        tuple of Model
            The same values.
        """
        if x.square == y.square or (x.vanishes and x.flat is None) or (y.vanishes and y.flat is None):
            square = y.square if x.vanishes and x.flat is None else x.square
            return tuple(p if p.square == square else dataclasses.replace(p, square=square) for p in (x, y))  # type: ignore[return-value]
        ratio = rational_root(x.square / y.square)
        if ratio is None:
            return self.freed(x), self.freed(y)
        square = y.square / ratio.denominator**2
        return self.scaled(x, Fraction(ratio.numerator), square), self.scaled(y, Fraction(ratio.denominator), square)

    def scaled(self, x: Model, factor: Fraction, square: Fraction) -> Model:
        """Multiply everything inside the brackets by a positive rational, and set the factor outside.

        Parameters
        ----------
        x : Model
            A value.
        factor : Fraction
            The number.
        square : Fraction
            New square of the factor.

        Returns
        -------
        Model
            The value.
        """
        if factor == 1:
            return dataclasses.replace(x, square=square)
        number = self.ring.number(factor)
        return self._stretched(x, number, ball(factor), square)

    def _stretched(self, x: Model, number: Any, enclosure: arb, square: Fraction) -> Model:
        terms = self.once(lambda: tuple(None if a is None else a * number for a in x.terms))
        rest, flat = times(x.rest, enclosure), times(x.flat, enclosure)
        return dataclasses.replace(x, terms=terms, rest=rest, flat=flat, square=square)

    def freed(self, x: Model) -> Model:
        """Multiply the factor √square in.

        Parameters
        ----------
        x : Model
            A value.

        Returns
        -------
        Model
            The value with factor 1.
        """
        if x.square == 1:
            return x
        root = rational_root(x.square)
        if root is not None:
            return self._stretched(x, self.ring.number(root), ball(root), ONE)
        number = self.ring.root(as_array([self.ring.number(x.square)], (1,)))[0]
        return self._stretched(x, number, ball(x.square).sqrt(), ONE)

    def multiply(self, x: Model, y: Model) -> Model:
        """Multiply entries; see `Operations.multiply`."""
        extent = np.broadcast_shapes(x.shape, y.shape)
        rule = labels.multiplied if x.same is not None and y.same is not None else None
        return self._product(x, y, np.multiply, np.multiply, extent, rule)

    def matmul(self, x: Model, y: Model) -> Model:
        """Multiply matrices; see `Operations.matmul`."""
        lead = np.broadcast_shapes(x.shape[:-2], y.shape[:-2])
        extent = (*lead, x.shape[-2], y.shape[-1])
        return self._product(x, y, self.ring.product, enclosures.product, extent, settled_softmax.matrix_labels(self, x, y))

    def _product(
        self,
        x: Model,
        y: Model,
        exact: Callable[[Array, Array], Array],
        times_: Callable[[Array, Array], Array],
        extent: tuple[int, ...],
        rule: Rule | None,
    ) -> Model:
        full = max(len(x.terms) + len(y.terms) - 1, 0)
        finite = [part.order for part in (x, y) if part.order is not None]
        order = min([*finite, self.terms]) if finite or full > self.terms else None
        if x.vanishes or y.vanishes:
            order, full = None, 0
        count = full if order is None else min(full, order)
        terms = self.once(lambda: self._convolved(x, y, exact, count, extent))
        rest = None if order is None else self._product_rest(x, y, times_, order, extent)
        flat, decay = self._product_flat(x, y, times_)
        flat = None if flat is None else np.broadcast_to(flat, extent)
        same = self.once(lambda: _kept(rule(x.same, y.same, count), terms) if rule and x.same and y.same else None)
        return self.model(
            x.degree + y.degree,
            terms,
            extent,
            order=order,
            rest=rest,
            flat=flat,
            decay=decay,
            square=x.square * y.square,
            same=same,
        )

    def _convolved(
        self, x: Model, y: Model, times_: Callable[[Array, Array], Array], count: int, extent: tuple[int, ...]
    ) -> list[Maybe]:
        out: list[Maybe] = [None] * count
        for i, a in enumerate(x.terms):
            for j, b in enumerate(y.terms[: max(count - i, 0)]):
                if a is not None and b is not None:
                    out[i + j] = plus(out[i + j], np.broadcast_to(times_(a, b), extent))
        return self.live(out)

    def _product_rest(
        self, x: Model, y: Model, times_: Callable[[Array, Array], Array], order: int, extent: tuple[int, ...]
    ) -> Array:
        total: Maybe = None
        for i in range(min(len(x.terms), order)):
            total = plus(total, joined(times_, self.balls(x, i), self.tail(y, order - i)))
        total = plus(total, joined(times_, self.tail(x, order), self.tail(y, 0)))
        return _shaped(total, extent)

    def _product_flat(self, x: Model, y: Model, times_: Callable[[Array, Array], Array]) -> tuple[Maybe, Decay | None]:
        if x.flat is None and y.flat is None:
            return None, None
        left, right = self.largest(x), self.largest(y)
        total = plus(joined(times_, left, y.flat), joined(times_, x.flat, right))
        total = plus(total, joined(times_, x.flat, y.flat))
        return (None, None) if total is None else (total, self.common(x.decay, y.decay))

    def largest(self, x: Model) -> Maybe:
        """Bound the absolute value of the algebraic part, c^k left out.

        Parameters
        ----------
        x : Model
            A value.

        Returns
        -------
        ndarray of arb or None
            Upper bounds; None if it is zero.
        """
        if "largest" not in x.cache:
            tail = self.tail(x, 0)
            x.cache["largest"] = None if tail is None else magnitudes(tail)
        return x.cache["largest"]  # type: ignore[no-any-return]

    def reshape(self, x: Model, shape: tuple[int, ...]) -> Model:
        """Change the shape; see `Operations.reshape`."""
        same = self.once(lambda: None if x.same is None else labels.reshaped(x.same, x.shape, shape))
        return self._moved(x, lambda a: np.broadcast_to(a, x.shape).reshape(shape), shape, same)

    def swapaxes(self, x: Model, first: int, second: int) -> Model:
        """Exchange axes; see `Operations.swapaxes`."""
        shape = list(x.shape)
        shape[first], shape[second] = shape[second], shape[first]
        same = None if x.same is None else labels.moved(x.same, lambda a: a.swapaxes(first, second))
        return self._moved(x, lambda a: a.swapaxes(first, second), tuple(shape), same)

    def _moved(self, x: Model, move: Callable[[Array], Array], shape: tuple[int, ...], same: Sameness | None) -> Model:
        terms = tuple(None if a is None else move(a) for a in x.terms)
        rest, flat = (None if a is None else move(a) for a in (x.rest, x.flat))
        return dataclasses.replace(x, terms=terms, extent=shape, rest=rest, flat=flat, same=same, attended=None)

    def centre(self, x: Model) -> Model:
        """Subtract the mean; see `Operations.centre`.  The division by d stays outside, so that whole numbers stay whole."""
        d = x.shape[-1]
        if d == 1:
            return self.model(x.degree, [], x.shape, same=_plain(x.same))
        number = self.ring.number(Fraction(d))
        terms = self.once(lambda: self.live([None if a is None else a * number - _summed(a) for a in x.terms]))
        rest = None if x.rest is None else enclosures.rows_times(x.rest, _centring(d))
        flat = None if x.flat is None else x.flat * arb(d - 2) + _summed(x.flat)
        same = _kept(_plain(x.same if x.same is None or not x.same.of_entries else None), terms)
        square = x.square / d**2
        return self.model(x.degree, terms, x.shape, order=x.order, rest=rest, flat=flat, decay=x.decay, square=square, same=same)

    # --- what decides --------------------------------------------------------------------------------------------------

    def unit(self, x: Model, epsilon: float | Fraction) -> Model:
        """Normalise the length; see `Operations.unit`."""
        return settled_norms.unit(self, x, Fraction(epsilon))

    def softmax(self, scores: Model, visible: Array | None) -> Model:
        """Normalise exponentials; see `Operations.softmax`."""
        return settled_softmax.softmax(self, scores, visible)

    def activation(self, x: Model, name: str) -> Model:
        """Apply an activation; see `Operations.activation`."""
        return settled_activations.relu(self, x) if name == "relu" else settled_activations.gate(self, x, name)

    def zero_or_refuse(
        self, operation: str, value: Any, size: arb, index: tuple[int, ...], keys: tuple[int, ...], exponent: int
    ) -> None:
        """Take a number that the ring cannot tell from zero for zero, if assumptions are allowed and it is small enough.

        Parameters
        ----------
        operation : str
            Who asks.
        value : object
            The number.
        size : arb
            Size of the numbers around it.
        index, keys : tuple of int
            Where.
        exponent : int
            Power of c whose coefficient it is.

        Raises
        ------
        Undecided
            If it stays open.
        """
        enclosure = self.ring.balls(as_array([value], (1,)))[0]
        if self.assumed_bits is not None and enclosure.abs_upper() <= size * arb(2) ** -self.assumed_bits:
            largest = enclosure.abs_upper() / size if size > 0 else arb(2) ** -self.assumed_bits
            digits = int(float((-largest.log() / arb(10).log()).lower()))
            self.equalities.append(Equality(operation, index, keys, exponent, digits))
            return
        known = f"a coefficient of c^{exponent} lies in {enclosure.str(10)} and may be zero"
        raise Undecided(operation, index, known, "more bits would separate it from zero, or closed forms", "precision")


def _shaped(x: Maybe, extent: tuple[int, ...]) -> Array:
    return enclosures.zeros(extent) if x is None else np.broadcast_to(x, extent)


def _summed_labels(places: list[tuple[Model, int]], count: int) -> Sameness | None:
    (x, shift_x), (y, shift_y) = places
    return None if x.same is None or y.same is None else labels.summed(x.same, y.same, shift_x, shift_y, count)


def _summed(x: Array) -> Array:
    return np.asarray(x.sum(axis=-1, keepdims=True), dtype=object)


def _plain(same: Sameness | None) -> Sameness | None:
    """Labels without the constant they came from."""
    return None if same is None else dataclasses.replace(same, source=None)


def _kept(same: Sameness | None, terms: Sequence[Maybe]) -> Sameness | None:
    """Clear labels of coefficients that turned out to be exactly zero."""
    if same is None:
        return None
    orders = tuple(None if a is None else label for a, label in zip(terms, same.orders, strict=False))
    return dataclasses.replace(same, orders=orders)


@lru_cache(maxsize=8)
def _centring(d: int) -> arb_mat:
    """Make the matrix d·I − 11ᵀ."""
    return enclosures.matrix(enclosures.enclosed(d * np.eye(d) - 1))
