"""Ties: exact, hidden, near; what is decided, what is assumed, and the sentence when neither is possible."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given

from sattheory.arithmetic.dominance import Tolerance, signs, winners
from sattheory.arithmetic.operations import Undecided
from sattheory.arithmetic.series import SeriesArithmetic
from sattheory.errors import InputError
from sattheory.strategies import hidden_near_ties, hidden_ties, near_ties, score_series, tied_scores

OPS = SeriesArithmetic(6)


def decide(*rows, degree=None, remainder=-math.inf, ops=OPS):
    values = np.array(rows, dtype=float)[:, None, :]
    scores = ops.series(len(rows) if degree is None else degree, values, remainder)
    return winners(scores, np.ones(scores.shape, dtype=bool), ops.tolerance)[0]


def test_an_exact_tie_is_not_assumed():
    found = decide([2, 1, 2])
    assert found.winners.tolist() == [[True, False, True]]
    assert (found.level[0], found.gap[0], found.assumed[0]) == (1, 1, False)


def test_a_hidden_tie_is_assumed():
    """√(5 + 2√6) = √2 + √3, in floats up to the last digit."""
    pairs = [
        (math.sqrt(a + b + 2 * math.sqrt(a * b)), math.sqrt(a) + math.sqrt(b))
        for a, b in itertools.combinations((2, 3, 5, 7, 11), 2)
    ]
    unequal = next(pair for pair in pairs if pair[0] != pair[1])
    found = decide(unequal)
    assert found.winners.all()
    assert found.assumed.all()


@pytest.mark.parametrize(("difference", "outcome"), [(5e-13, "tie"), (5e-12, "undecided"), (5e-11, "decided")])
def test_near_ties(difference, outcome):
    scores = [1.0, 1.0 + difference]
    if outcome == "undecided":
        with pytest.raises(
            Undecided, match=r"softmax at index \(0, 0\): the coefficient of c\^1 is 5e-12 against.*smaller tolerance"
        ) as caught:
            decide(scores)
        assert (caught.value.operation, caught.value.index, caught.value.kind) == ("softmax", (0, 0), "tolerance")
        return
    found = decide(scores)
    assert found.winners.tolist() == [[outcome == "tie", True]]
    assert found.assumed[0] == (outcome == "tie")


def test_a_smaller_tolerance_is_the_remedy():
    assert decide([1.0, 1.0 + 5e-12], ops=SeriesArithmetic(6, Tolerance(1e-14, 1e-13))).winners.tolist() == [[False, True]]


def test_lower_orders_decide_lexicographically():
    found = decide([1, 1, 1, 0], [0, 0, 0, 9], [5, 2, 5, 9])
    assert found.winners.tolist() == [[True, False, True, False]]
    assert found.leading.tolist() == [[True, True, True, False]]
    assert (found.level[0], found.gap[0]) == (1, 3)


def test_unknown_lower_orders_are_not_guessed():
    with pytest.raises(Undecided, match=r"positions \[0, 1\] tie in every known coefficient, down to c\^2.*more terms") as caught:
        decide([1, 1], degree=2, remainder=1.0)
    assert caught.value.kind == "terms"


def test_scores_that_do_not_grow_all_win():
    for degree in (0, -2):
        assert decide([3, 1, 2], degree=degree).winners.all()


@given(tied_scores())
def test_tied_scores(tied):
    found = decide([float(s) for s in tied.scores])
    assert {int(i) for i in np.flatnonzero(found.winners)} == tied.winners


@given(near_ties(digits=9))
def test_near_ties_above_the_tolerance_are_decided(near):
    assert np.flatnonzero(decide([float(s) for s in near.scores]).winners).tolist() == [near.winner]


@given(hidden_ties())
def test_hidden_ties_are_never_decided(tie):
    found = decide([float(tie.left), float(tie.right)])
    assert found.winners.all()


@given(hidden_near_ties(digits=40))
def test_hidden_near_ties_are_never_wrong(tie):
    """Decided as they are, or assumed, or refused; never the other way round."""
    try:
        found = decide([float(tie.left), float(tie.right)])
    except Undecided:
        return
    if found.winners.all():
        assert abs(tie.difference) < 1e-10
    else:
        assert found.winners.tolist() == [[tie.difference > 0, tie.difference < 0]]


@given(score_series())
def test_score_series(table):
    """Against the definition: i wins iff its column without the last row is lexicographically the largest."""
    columns = [tuple(column[:-1]) for column in table.T]
    found = decide(*table, degree=len(table) - 1)
    assert found.winners[0].tolist() == [column == max(columns) for column in columns]


def test_signs_at_exact_zero_and_below():
    x = OPS.series(2, np.array([[0.0, 1, 0, -1], [0, 0, -3, 0]]))
    first, sign = signs(x, OPS.tolerance)
    assert sign.tolist() == [0, 1, -1, -1]
    assert first.tolist() == [2, 0, 1, 0]
    found = OPS.activation(x, "relu")
    assert found.coefficients.tolist() == [[0, 1, 0, 0]]
    assert found.void.tolist() == [False, False, True, True]


def test_a_vague_sign_is_refused():
    x = OPS.series(1, np.array([[1.0, 5e-12]]))
    with pytest.raises(Undecided, match=r"relu at index \(1,\): the coefficient of c\^1 is 5e-12"):
        OPS.activation(x, "relu")


def test_a_tolerance_out_of_order_is_refused():
    with pytest.raises(InputError, match="0 ≤ tie ≤ clear"):
        Tolerance(1e-8, 1e-9)


def test_rounding_of_the_winner_counts():
    """A zero key has an exact score 0; 10⁻¹⁸ left over from ones at another key is no victory."""
    scores = OPS.series(1, np.array([[[1.0, 1.0, 1.0]], [[0.0, 1e-18, 0.0]]]), magnitude=np.array([[[1.0, 1, 1]], [[0, 1.0, 0]]]))
    found, _ = winners(scores, np.ones(scores.shape, dtype=bool), OPS.tolerance)
    assert found.winners.all()
    lower = OPS.series(2, np.array([[[0.0, 1e-18, 0.0]], [[1.0, 0.0, 1.0]]]), magnitude=np.array([[[0, 1.0, 0]], [[1.0, 1, 1]]]))
    assert winners(lower, np.ones(lower.shape, dtype=bool), OPS.tolerance)[0].winners.tolist() == [[True, False, True]]
