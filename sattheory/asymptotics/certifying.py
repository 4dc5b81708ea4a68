"""certify(): find a scale from which on everything about a network's limit is proved.

One pass on Taylor models at a large c₀ settles what does not depend on the scale: degrees, winners, signs, ties.  Then
c₀ is lowered: scales are tried upwards by factors of two until one holds (nothing guarantees that a larger c₀ succeeds where
a smaller one did, so the scan is from below), and the step before it is refined.  More terms, more bits, and for small
networks closed forms in place of balls are taken when a decision asks for them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from flint import arb, ctx
from numpy.typing import ArrayLike, NDArray

from sattheory.arithmetic.enclosures import above, each, magnitudes
from sattheory.arithmetic.flat_models import FlatFollowing
from sattheory.arithmetic.model_arithmetic import ModelArithmetic
from sattheory.arithmetic.models import Model, ScaleTooSmall, Tape
from sattheory.arithmetic.operations import Place, Undecided
from sattheory.arithmetic.rings import BallRing, Ring
from sattheory.arithmetic.scales import Scale, exact_scale
from sattheory.asymptotics.certificate import Certificate, Certified, NotCertified, Pattern
from sattheory.errors import InputError
from sattheory.network.layers import Watch
from sattheory.network.tokens import Tokens, check_tokens
from sattheory.network.transformer import Transformer, ignore

Array = NDArray[Any]
TERMS, MOST_TERMS, BITS, MOST_BITS = 8, 48, 128, 2048
FAR = tuple(Fraction(2) ** e for e in (10, 24, 64, 200, 2000, 20000))
LOWEST, REFINEMENTS = Fraction(1, 4), 5
BUDGET, ROOM = 100_000, 1 + 2.0**-10
SMALL = 64


@dataclass(frozen=True)
class Setting:
    """How a pass is run.

    Parameters
    ----------
    terms, bits : int
        N and the precision.
    closed : bool
        Closed forms in place of balls.
    assume : bool
        Whether a coefficient may be taken for zero to many digits.
    follow : bool
        Whether the leading flat terms are kept apart.
    budget : int or None
        Where closed forms stop; see `closed_forms.Field`.
    """

    terms: int
    bits: int
    closed: bool
    assume: bool = False
    follow: bool = False
    budget: int | None = None

    def ring(self) -> Ring:
        """Make the coefficients' arithmetic.

        Returns
        -------
        Ring
            Balls or closed forms.
        """
        if not self.closed:
            return BallRing()
        from sattheory.arithmetic.closed_ring import ClosedRing

        return ClosedRing(self.budget)


@dataclass
class Passage:
    """Passes over one network and input, with one setting and many c₀.

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : Tokens
        The input.
    memory : ndarray or None
        What cross-attention attends to.
    setting : Setting
        How.
    watch : callable
        Shown every value.
    """

    network: Transformer
    tokens: Tokens
    memory: Array | None
    setting: Setting
    watch: Watch = ignore
    tape: Tape = field(default_factory=Tape)
    streams: list[Model] = field(default_factory=list)
    patterns: list[Pattern] = field(default_factory=list)
    passes: int = 0

    def __post_init__(self) -> None:
        self._ring = self.setting.ring()

    def run(self, c0: Fraction) -> Model:
        """Run the network on models that hold from c₀ on.

        Parameters
        ----------
        c0 : Fraction
            The scale.

        Returns
        -------
        Model
            The output.

        Raises
        ------
        Undecided
            If a decision cannot be made, or not at this scale.
        """
        self.streams.clear()
        self.patterns, self.passes = [], self.passes + 1
        with ctx.workprec(self.setting.bits):
            assumed = 3 * self.setting.bits // 4 if self.setting.assume else None
            kind = FlatFollowing if self.setting.follow else ModelArithmetic
            ops = kind(self._ring, c0, self.setting.terms, self.tape, assumed)
            memory = None if self.memory is None else ops.constant(self.memory)
            try:
                output = self.network.forward(ops, self.tokens, memory=memory, watch=partial(self._see, ops))
            except Undecided as undecided:  # what that step decided before it failed stays on the tape
                self._place(undecided.place)
                raise
            return ops.freed(output if not output.pieces else ops.absorbed(output))  # type: ignore[attr-defined]

    def _place(self, place: Place | None) -> None:
        known = self.tape.equalities
        for i, equality in enumerate(known):
            if equality.place is None:
                known[i] = dataclasses.replace(equality, place=place)

    def _see(self, ops: ModelArithmetic, place: Place, value: Any) -> None:
        self._place(place)
        if place.part == "stream":
            self.streams.append(value)
        elif value.attended is not None:
            limit = value.terms[0] if value.terms else None
            whole = ops.absorbed(value) if isinstance(ops, FlatFollowing) else value
            self.patterns.append(Pattern(place, value.attended.winners, _lost(whole), limit))
        self.watch(place, value)

    def attempt(self, c0: Fraction) -> Certificate:
        """Try to certify from c₀ on.

        Parameters
        ----------
        c0 : Fraction
            The scale.

        Returns
        -------
        Certificate
            The certificate.

        Raises
        ------
        ScaleTooSmall
            If something does not hold yet, or the bound says nothing at c₀.
        """
        output = _with_room(self.run(c0))
        used = self.setting
        found = Certificate(
            self.network,
            self.tokens,
            c0,
            output,
            tuple(self.patterns),
            tuple(self.tape.equalities),
            used.terms,
            used.bits,
            used.closed,
            self.memory,
        )
        for pattern in self.patterns:
            if not pattern.lost < 0.5:
                error = ScaleTooSmall("softmax", (), "keys that lose may still have half of the weight")
                error.place = pattern.place
                raise error
        if not found.bound(c0) <= _size(found) / 2:
            raise ScaleTooSmall("output", (), "the bound is more than half as large as the limit itself")
        return found


def _with_room(output: Model) -> Model:
    """Widen the remainder by a thousandth: whoever derives it again, in another order, rounds otherwise."""
    return output if output.rest is None else dataclasses.replace(output, rest=each(_widened, output.rest))


def _widened(x: arb) -> arb:
    return arb(x.mid(), x.rad() * ROOM)


def _size(found: Certificate) -> float:
    largest = max((above(v) for v in magnitudes(found.coefficients[0]).ravel()), default=0.0)
    return largest or np.inf


def _lost(weights: Model) -> float:
    if weights.flat is None or weights.attended is None:
        return 0.0
    with ctx.workprec(64):
        taken = np.where(weights.attended.winners, arb(0), weights.flat).sum(axis=-1)
        return max((above(v) for v in np.atleast_1d(taken).ravel()), default=0.0)


def certify(
    network: Transformer,
    tokens: ArrayLike | Tokens,
    c0: Scale | None = None,
    *,
    lengths: ArrayLike | None = None,
    memory: ArrayLike | None = None,
    terms: int = TERMS,
    bits: int = BITS,
    most_bits: int = MOST_BITS,
    closed: bool | None = None,
    watch: Watch = ignore,
) -> Certified:
    """Prove a limit, and how far the network is from it at every c ≥ c₀.

    Parameters
    ----------
    network : Transformer
        The network; its weights are taken as the exact rationals that they are.
    tokens : array_like of int, shape (n,) or (B, n)
        Token numbers.
    c0 : number, optional
        Where the statement is to begin; searched for when left out.
    lengths : array_like of int, shape (B,), optional
        Real lengths of a padded batch.
    memory : array_like, shape (m, d), optional
        Constant memory for cross-attention.
    terms : int
        Coefficients kept; doubled while a decision needs more.
    bits, most_bits : int
        Precision to begin with, and to stop at, from 32 to 1,000,000.
    closed : bool, optional
        Whether coefficients are closed forms; when left out, for small networks whose ties balls cannot decide.
    watch : callable, optional
        Called with a `Place` and each intermediate value, in every pass.

    Returns
    -------
    Certificate or NotCertified
        The certificate, or the reason why there is none with the best partial result; `holds` tells which.

    Raises
    ------
    InputError
        For tokens the network cannot take, c₀ ≤ 0, fewer than one term, or a precision out of range.
    """
    given = check_tokens(tokens, network.configuration, lengths)
    start = None if c0 is None else exact_scale(c0)
    for name, value in (("bits", bits), ("most_bits", most_bits)):
        if not isinstance(value, int) or not 32 <= value <= 1_000_000:
            raise InputError(f"{name}={value}", "the precision is out of range", "give a whole number of bits, 32 to 1000000")
    if not isinstance(terms, int) or not 1 <= terms <= MOST_TERMS:
        raise InputError(f"terms={terms}", "the number of coefficients is out of range", f"give 1 to {MOST_TERMS}")
    data = None if memory is None else np.asarray(memory)
    first = Passage(network, given, data, Setting(terms, bits, bool(closed)), watch)
    try:
        decided = decide(first, max(bits, most_bits), closed)
    except Undecided as undecided:
        return NotCertified(network, given, undecided, tuple(first.streams), FAR[0])
    return _search(decided) if start is None else _at(decided, start)


def _is_small(passage: Passage) -> bool:
    kind = passage.network.configuration
    return passage.tokens.numbers.size * max(kind.width, kind.feedforward, kind.heads * kind.key_width) <= SMALL


def decide(passage: Passage, most_bits: int = MOST_BITS, closed: bool | None = None) -> Passage:
    """Find a setting in which every decision is made, far out.

    Parameters
    ----------
    passage : Passage
        The network and input, and a setting to begin with.
    most_bits : int
        Precision to stop at.
    closed : bool, optional
        False to never take closed forms.

    Returns
    -------
    Passage
        With a setting that decides, and its tape.

    Raises
    ------
    Undecided
        If none does.
    """
    tried = passage.setting.closed
    while True:
        undecided = _far(passage)
        if undecided is None:
            return passage
        setting = passage.setting
        if undecided.kind == "terms" and setting.terms < MOST_TERMS:
            setting = dataclasses.replace(setting, terms=min(2 * setting.terms, MOST_TERMS))
        elif undecided.kind == "flat" and not setting.follow:
            setting = dataclasses.replace(setting, follow=True)
        elif undecided.kind == "precision" and closed is None and not tried and _is_small(passage):
            setting, tried = dataclasses.replace(setting, closed=True, budget=BUDGET), True
        elif undecided.kind == "precision" and closed is None and setting.closed:
            setting = dataclasses.replace(setting, closed=False, bits=min(4 * setting.bits, most_bits))
        elif undecided.kind == "precision" and setting.bits < most_bits and not setting.closed:
            setting = dataclasses.replace(setting, bits=min(4 * setting.bits, most_bits))
        elif undecided.kind == "precision" and not setting.assume:
            setting = dataclasses.replace(setting, assume=True)
        else:
            raise undecided
        streams = passage.streams
        passage = dataclasses.replace(passage, setting=setting, tape=Tape(), streams=streams, patterns=[])


def _far(passage: Passage) -> Undecided | None:
    for c0 in FAR:
        try:
            passage.run(c0)
        except ScaleTooSmall as error:
            last: Undecided = error
        except Undecided as undecided:
            return undecided
        else:
            return None
    return last


def _at(passage: Passage, c0: Fraction) -> Certified:
    try:
        return passage.attempt(c0)
    except Undecided as undecided:
        streams = tuple(passage.streams)
        best = _search(passage, max(c0, LOWEST))
        return NotCertified(
            passage.network, passage.tokens, undecided, streams, c0, best if isinstance(best, Certificate) else None
        )


def _scales(lowest: Fraction) -> Iterator[Fraction]:
    scale, factor = lowest, 2
    while scale < FAR[-1]:
        yield scale
        factor = factor if scale < 2**12 else min(factor**2, 2**64)
        scale *= factor


def _search(passage: Passage, lowest: Fraction = LOWEST) -> Certified:
    """Scan upwards, then refine between the last scale that failed and the first that held."""
    failed, last = None, None
    for scale in _scales(lowest):
        try:
            found = passage.attempt(scale)
        except Undecided as undecided:
            failed, last = scale, undecided
            continue
        return found if failed is None else _refined(passage, failed, found, str(last))
    assert last is not None
    return NotCertified(passage.network, passage.tokens, last, tuple(passage.streams), FAR[-1])


def _refined(passage: Passage, failed: Fraction, found: Certificate, reason: str) -> Certificate:
    for _ in range(REFINEMENTS):
        middle = _short(failed, found.c0)
        if not failed < middle < found.c0:
            break
        try:
            found = passage.attempt(middle)
        except Undecided as undecided:
            failed, reason = middle, str(undecided)
    return dataclasses.replace(found, smaller=reason)


def _short(low: Fraction, high: Fraction) -> Fraction:
    """Take about the geometric mean of two scales, with three digits."""
    with ctx.workprec(64):
        mean = (arb(low.numerator) / low.denominator * high.numerator / high.denominator).sqrt()
        digits = mean.str(3, radius=False)
    return Fraction(digits)
