"""The laws, on every arithmetic and every operation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sattheory.arithmetic import laws
from sattheory.arithmetic.degrees import Degrees
from sattheory.arithmetic.floats import Floats
from sattheory.arithmetic.series import SeriesArithmetic

SUBJECTS = {
    "floats at 1": laws.FloatSubject(Floats(1.0)),
    "floats at 37": laws.FloatSubject(Floats(37.0)),
    "float32": laws.FloatSubject(Floats(10.0, np.float32), 1e-4),
    "series, 1 term": laws.SeriesSubject(SeriesArithmetic(1)),
    "series, 2 terms": laws.SeriesSubject(SeriesArithmetic(2)),
    "series, 3 terms": laws.SeriesSubject(SeriesArithmetic(3)),
    "degrees": laws.DegreeSubject(Degrees()),
}


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
    laws.check_refinement(operation, inputs)


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
