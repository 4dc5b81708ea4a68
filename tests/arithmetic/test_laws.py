"""The laws, on every arithmetic and every operation."""

import dataclasses
import importlib
import inspect
import pkgutil
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from flint import arb
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import sattheory.arithmetic
import sattheory.asymptotics
import sattheory.claims
from sattheory.arithmetic import laws, subjects
from sattheory.arithmetic.balls import Balls
from sattheory.arithmetic.closed_ring import ClosedRing
from sattheory.arithmetic.degrees import Degrees
from sattheory.arithmetic.enclosures import each
from sattheory.arithmetic.families import SHAPES, Family, families
from sattheory.arithmetic.flat_models import FlatFollowing
from sattheory.arithmetic.floats import Floats
from sattheory.arithmetic.model_arithmetic import ModelArithmetic
from sattheory.arithmetic.operations import Operations
from sattheory.arithmetic.rings import BallRing
from sattheory.arithmetic.series import SeriesArithmetic

SUBJECTS = {
    "floats at 1": subjects.FloatSubject(Floats(1.0)),
    "floats at 37": subjects.FloatSubject(Floats(37.0)),
    "float32": subjects.FloatSubject(Floats(10.0, np.float32), 1e-4),
    "series, 1 term": subjects.SeriesSubject(SeriesArithmetic(1)),
    "series, 2 terms": subjects.SeriesSubject(SeriesArithmetic(2)),
    "series, 3 terms": subjects.SeriesSubject(SeriesArithmetic(3)),
    "degrees": subjects.DegreeSubject(Degrees()),
}
ENCLOSING = {
    "balls": (subjects.ball_subjects(), False),
    "models of balls": (subjects.model_subjects(BallRing), False),
    "models of closed forms": (subjects.model_subjects(ClosedRing), True),
    "models that follow flat terms": (subjects.model_subjects(BallRing, FlatFollowing), False),
}
ENCLOSED = {**laws.OPERATIONS, **laws.COMPOSITES}
INNER = subjects.INNER
WITHIN = {name: {"most": 0, "flat": False} for name in INNER} | {
    "inverse": {"least": 0, "most": 0, "flat": False, "first": "not zero"},
    "inverse root": {"least": 0, "most": 0, "flat": False, "first": "positive"},
}
POINTS = 6
TRIES = max(10, settings.default.max_examples // 20)  # 10 by default, 500 at night


@pytest.mark.parametrize("operation", laws.OPERATIONS)
@pytest.mark.parametrize("subject", SUBJECTS)
@given(data=st.data())
@settings(max_examples=40)
def test_containment(subject, operation, data):
    inputs = tuple(data.draw(laws.polynomials()) for _ in range(laws.OPERATIONS[operation].arity))
    laws.check_containment(SUBJECTS[subject], operation, inputs)


@pytest.mark.parametrize("operation", laws.OPERATIONS)
@given(data=st.data())
@settings(max_examples=60)
def test_refinement(operation, data):
    inputs = tuple(data.draw(laws.polynomials()) for _ in range(laws.OPERATIONS[operation].arity))
    laws.check_refinement(*(subjects.SeriesSubject(SeriesArithmetic(terms)) for terms in (3, 6)), operation, inputs)


@pytest.mark.parametrize("subject", [name for name in SUBJECTS if name != "degrees"])
@given(x=laws.polynomials())
def test_consistency(subject, x):
    laws.check_consistency(SUBJECTS[subject], x)


def test_the_laws_see_something():
    """Most draws are decided: the laws do not pass by declining."""
    decided = dict.fromkeys(laws.OPERATIONS, 0)

    @given(data=st.data())
    @settings(max_examples=200)
    def count(data):
        name = data.draw(st.sampled_from(sorted(laws.OPERATIONS)))
        inputs = tuple(data.draw(laws.polynomials()) for _ in range(laws.OPERATIONS[name].arity))
        decided[name] += laws.check_containment(SUBJECTS["series, 3 terms"], name, inputs)

    count()
    assert sum(decided.values()) > 100


def points(drawn, exact, operation, tries, phases=None, **limits):
    """Try points in random inputs, and count them."""
    tried = []

    @given(data=st.data())
    @settings(max_examples=tries, phases=phases or settings.default.phases)
    def attempt(data):
        subject = data.draw(drawn)
        shape = data.draw(st.sampled_from(SHAPES))
        within = families(shape, terms=getattr(subject, "terms", 3), exact=exact, **limits)
        inputs = tuple(data.draw(within) for _ in range(operation.arity))
        tried.append(laws.check_members(subject, operation, inputs, Random(data.draw(st.integers(0, 2**32))), POINTS))

    attempt()
    return sum(tried)


@pytest.mark.parametrize("operation", ENCLOSED)
@pytest.mark.parametrize("subject", ENCLOSING)
def test_members(subject, operation):
    tried = points(*ENCLOSING[subject], ENCLOSED[operation], TRIES)
    assert tried >= 2 * TRIES


@pytest.mark.parametrize("operation", INNER)
@pytest.mark.parametrize("subject", ["models of balls", "models of closed forms"])
def test_members_of_inner_functions(subject, operation):
    tried = points(*ENCLOSING[subject], INNER[operation], TRIES, **WITHIN[operation])
    assert tried >= 2 * TRIES


def family(top, *coefficients, flat=0, labelled="nothing"):
    """Make a family of which only the exponential part is free."""
    centres = np.array([[[Fraction(v) for v in row] for row in matrix] for matrix in coefficients], dtype=object)
    nothing = 0 * centres[0]
    return Family(top, centres, 0 * centres, None, nothing, nothing, nothing + flat, Fraction(1, 2), 1, Fraction(1), labelled)


HARD = (
    ("tanh", 10, family(-1, [[1]], flat=Fraction(1, 16))),  # the output has degree −1, not 0
    ("gelu", 8, family(1, [["-1/8", 0]], [[0, 1]])),  # the entry that grows becomes 0, so that the degree falls
    ("unit with ε", 100, family(-1, [[2]], flat=4)),
    ("softmax", 2, family(1, [[1, 0]])),  # the loser's weight at c₀ is nearly its bound
    ("softmax with mask", 2, family(0, [[1, 1, 1], [1, 1, 1]], labelled="entries")),  # equal scores, one of them hidden
    ("constant", 2, family(0, [[1, 1], [1, 1]], labelled="entries")),  # equal entries, unequal summands
    ("centre", 2, family(1, [[1, 0], [1, 1]], labelled="entries")),  # equal entries of unequal rows
)


@pytest.mark.parametrize(("operation", "c0", "given"), HARD, ids=[name for name, *_ in HARD])
def test_members_of_hard_families(operation, c0, given):
    subject = subjects.ModelSubject(BallRing, Fraction(c0), 3)
    assert laws.check_members(subject, ENCLOSED[operation], (given,), Random(0), 40) == 40


class Narrowed(subjects.ModelSubject):
    """Claims half of each radius."""

    def enclosure(self, result, c):
        return each(lambda v: arb(v.mid(), v.rad() / 2), super().enclosure(result, c))


class Forgetful(subjects.ModelSubject):
    """Claims that nothing algebraic is left out."""

    def enclosure(self, result, c):
        return super().enclosure(dataclasses.replace(result, order=None, rest=None), c)


SENSITIVE = ("multiply", "matmul", "unit", "unit with ε", "softmax", "layer norm", "gelu")


@pytest.mark.parametrize("operation", [*SENSITIVE, *INNER])
@pytest.mark.parametrize("wrong", [Narrowed, Forgetful])
def test_wrong_claims_are_seen(wrong, operation):
    """A radius that is half of what it should be, and a remainder that is dropped, do not pass."""
    limits = WITHIN.get(operation, {"flat": False})
    scales = st.builds(wrong, st.just(BallRing), st.sampled_from(subjects.SCALES), st.integers(1, 4))
    with pytest.raises(AssertionError, match="is not in"):
        points(scales, False, (ENCLOSED | INNER)[operation], 200, phases=[Phase.generate], **limits)


def test_equal_labels_must_mean_equal_values():
    values = np.array([[1, 2], [1, 3]], dtype=object)
    laws.check_labels(values, np.array([[0, 1], [0, 2]]))
    with pytest.raises(AssertionError, match="carry one label"):
        laws.check_labels(values, np.array([[0, 1], [0, 1]]))


def arithmetics():
    """Find every class that can take a softmax."""
    for package in (sattheory.arithmetic, sattheory.asymptotics, sattheory.claims):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            for _, kind in inspect.getmembers(module, inspect.isclass):
                if kind.__module__ == module.__name__ and hasattr(kind, "softmax") and kind is not Operations:
                    yield kind


def test_every_arithmetic_obeys_laws():
    known = {Floats, SeriesArithmetic, Degrees, Balls, ModelArithmetic, FlatFollowing}
    assert {kind for kind in arithmetics() if kind.__module__.startswith("sattheory.arithmetic.")} == known


@pytest.mark.parametrize("kind", list(arithmetics()), ids=lambda kind: kind.__name__)
def test_no_operation_is_missing(kind):
    names = [name for name, member in vars(Operations).items() if inspect.isfunction(member) and not name.startswith("_")]
    assert len(names) == 12
    for name in names:
        expected = inspect.signature(getattr(Operations, name)).parameters
        assert list(inspect.signature(getattr(kind, name)).parameters) == list(expected), name
