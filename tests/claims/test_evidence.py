"""Each kind of evidence on small statements whose truth is plain, and what a claim makes of them."""

from __future__ import annotations

import dataclasses
import time
from fractions import Fraction
from typing import Any

import hypothesis.strategies as some
import pytest
import sympy

from sattheory.claims import (
    Certificate,
    Claim,
    Contradiction,
    Derivation,
    Effort,
    Evidence,
    Expected,
    Form,
    Inequality,
    Planted,
    Search,
    Statement,
    Step,
    Witness,
)
from sattheory.claims.deciders import around, at_least, equal, nonnegative, on_interval, tends, within
from sattheory.claims.formulas import evaluate, real
from sattheory.claims.hunting import hunt
from sattheory.claims.inequality import Truth, decide, decide_all
from sattheory.errors import InputError

u = sympy.Symbol("u", nonnegative=True)
x, y = sympy.symbols("x y", real=True)
TRUE = Derivation("(x + y)² = x² + 2xy + y²", (Step("expand", lambda: equal((x + y) ** 2, x**2 + 2 * x * y + y**2)),))
FALSE = Derivation("(x + y)² = x² + y²", (Step("expand", lambda: equal((x + y) ** 2, x**2 + y**2)),))


def above(k: int, i: int) -> Inequality:
    """k + i ≤ k: false for i > 0."""
    return Inequality({"k": k, "i": i}, "k + i", "k")


def below(k: int, i: int) -> Inequality:
    return Inequality({"k": k, "i": i}, "k - i", "k")


REASON = (Step("(k + 1) − k = 1, whatever k is", lambda: equal((x + 1) - x, 1)),)
BOUNDED = Statement(above, some.fixed_dictionaries({"i": some.integers(0, 100)}), ({"k": 1}, {"k": 1000}))
REFUTES = Witness("X", "k + 1 ≤ k", BOUNDED, choices=({"i": 1}, {"i": 1}), steps=REASON)
SHOWS_NOTHING = Witness("X", "k ≤ k", BOUNDED, choices=({"i": 0}, {"i": 0}), steps=REASON)
INTERVAL = (Fraction(1), Fraction(2))
CERTIFIED = Certificate("x² ≤ 5", "x ∈ [1, 2]", INTERVAL, lambda x: [(x * x, real(5))])
NUMBERS = some.fixed_dictionaries({"i": some.integers(-100, 100)})
TESTED = Search("i² ≥ i", NUMBERS, lambda i: [(Fraction(i), Fraction(i * i))])
FOUND = Search("i ≤ 10", NUMBERS, lambda i: [(Fraction(i), Fraction(10))])
FEW = Effort(examples=56)


def claim(*evidence: Evidence, expected: Any = "derived") -> Claim:
    return Claim("X", "nowhere", "title", "statement", "why", Form("form", (), evidence), None, Expected(expected))


@pytest.mark.parametrize(
    ("evidence", "kind", "text"),
    [
        ((), "open", "open"),
        ((FALSE,), "open", "open"),
        ((SHOWS_NOTHING,), "open", "open"),
        ((TESTED,), "tested", "tested with 56 examples"),
        ((TESTED, CERTIFIED), "certified", "certified on x ∈ [1, 2]"),
        ((TESTED, CERTIFIED, TRUE), "derived", "derived (steps asserted: 1, in prose: 0)"),
        ((REFUTES, TESTED), "refuted", "refuted"),
        ((FOUND,), "refuted", "refuted"),
    ],
)
def test_the_verdict_is_the_strongest_that_stands(evidence: tuple[Evidence, ...], kind: str, text: str) -> None:
    verdict = claim(*evidence).check(FEW).literal.verdict
    assert (verdict.kind, verdict.text) == (kind, text)


@pytest.mark.parametrize("pair", [(REFUTES, TRUE), (TRUE, REFUTES), (CERTIFIED, REFUTES), (FOUND, TRUE)])
def test_a_witness_beside_a_proof_is_a_contradiction(pair: tuple[Evidence, ...]) -> None:
    with pytest.raises(Contradiction, match="refutes what"):
        claim(*pair).check(FEW)


def test_a_search_shrinks_to_the_smallest_counterexample() -> None:
    outcome = FOUND.run(Effort(examples=200))
    assert outcome.status == "refuted"
    assert outcome.details["counterexample"] == {"i": "11"}


def test_a_search_that_cannot_decide_does_not_count() -> None:
    equal_roots = Search("√2·√2 ≤ 2", NUMBERS, lambda i: [(real(2).sqrt() * real(2).sqrt(), real(2))])
    outcome = equal_roots.run(Effort(examples=8))
    assert outcome.status == "failed"
    assert outcome.details["undecided"] == outcome.examples > 0


def test_prose_alone_derives_nothing() -> None:
    assert Derivation("believe me", (Step("obviously"),)).run().status == "failed"


def test_one_wrong_step_spoils_a_derivation() -> None:
    assert Derivation("both", TRUE.steps + FALSE.steps).run().status == "failed"


def test_a_witness_whose_reason_does_not_hold_refutes_nothing() -> None:
    assert dataclasses.replace(REFUTES, steps=FALSE.steps).run().status == "failed"


def test_points_alone_do_not_refute_a_statement_that_may_name_constants() -> None:
    outcome = dataclasses.replace(REFUTES, steps=()).run()
    assert outcome.status == "failed"
    assert "none says why all constants" in outcome.details["reason"]
    plain = Statement(lambda i: above(0, i), None)
    assert Witness("X", "i ≤ 0", plain, choices=({"i": 1},), steps=()).run().status == "refuted"


def test_a_witness_must_fail_at_every_constant() -> None:
    assert dataclasses.replace(REFUTES, choices=({"i": 1}, {"i": 0})).run().status == "failed"


def test_the_falsifier_finds_a_counterexample_from_scratch_and_shrinks_it() -> None:
    outcome = dataclasses.replace(REFUTES, choices=None, search=True).run()
    assert outcome.status == "refuted"
    assert [failure["choice"] for failure in outcome.details["failures"]] == [{"i": "1"}, {"i": "1"}]


def test_the_falsifier_says_when_it_finds_nothing() -> None:
    true = dataclasses.replace(BOUNDED, inequality=below)
    outcome = Witness("X", "k − i ≤ k", true, steps=REASON, search=True).run(Effort(seconds=0.2))
    assert outcome.status == "failed"
    assert "no counterexample found in 0.2 s of process time" in outcome.details["reason"]


def test_a_hunt_that_runs_out_of_time_keeps_what_it_found() -> None:
    def judge(case: Any) -> tuple[Truth, float]:
        seen.append(case["i"])
        time.sleep(0)
        return (Truth.VIOLATED if case["i"] > 10 else Truth.HOLDS), 0.0

    seen: list[int] = []
    assert hunt(NUMBERS, judge, seconds=0.0).violation is None
    assert seen == []
    violation = hunt(NUMBERS, judge, seconds=5.0).violation
    assert violation is not None
    assert violation["i"] == 11


def test_cases_drawn_together_shrink_to_one() -> None:
    def judge(case: Any) -> tuple[Truth, float]:
        return (Truth.VIOLATED if case["i"] > 10 else Truth.HOLDS), 0.0

    assert hunt(NUMBERS, judge, examples=400, together=8).violation == {"i": 11}


@pytest.mark.parametrize("together", [1, 8])
def test_only_distinct_cases_count(together: int) -> None:
    few = some.fixed_dictionaries({"i": some.integers(0, 2)})
    assert hunt(few, lambda _: (Truth.HOLDS, 0.0), examples=50, together=together).examples == 3


@pytest.mark.parametrize(
    "evidence",
    [
        Derivation("true", TRUE.steps, planted=(Planted("true all the same", TRUE.steps[0].check),)),  # type: ignore[arg-type]
        dataclasses.replace(REFUTES, planted=(Planted("false all the same", above),)),
        Certificate("x² ≤ 5", "x", INTERVAL, CERTIFIED.check, planted=(Planted("true all the same", CERTIFIED.check),)),
        Search("i² ≥ i", NUMBERS, TESTED.check, planted=(Planted("true all the same", TESTED.check),)),
    ],
)
def test_an_error_that_is_let_pass_is_a_failure(evidence: Evidence) -> None:
    assert [control.status for control in evidence.run_controls(FEW)] == ["accepted"]
    kind = "refuted" if isinstance(evidence, Witness) else "derived"
    report = claim(evidence, expected=kind).check(dataclasses.replace(FEW, controls=True))
    assert not report.as_expected
    assert any("planted error accepted" in complaint for complaint in report.complaints())


def test_a_planted_error_that_is_true_is_rejected_by_a_witness() -> None:
    assert [c.status for c in dataclasses.replace(REFUTES, planted=(Planted("minus", below),)).run_controls()] == ["rejected"]


def test_an_assumption_is_assumed_only_while_nothing_is_shown() -> None:
    assumption = dataclasses.replace(claim(expected="assumed"), kind="assumption")
    assert assumption.check().as_expected
    assert dataclasses.replace(claim(TRUE), kind="assumption").check().literal.verdict.kind == "derived"
    assert claim().check().literal.verdict.kind == "open"


def test_a_population_may_grow_with_the_number_of_cases_asked_for() -> None:
    def numbers(examples: int) -> Any:
        asked.append(examples)
        return some.integers(0, examples + examples // 5).map(lambda i: {"i": i})

    asked: list[int] = []
    grows = Search("i ≤ 400", numbers, lambda i: [(Fraction(i), Fraction(400))])
    assert grows.run(Effort(examples=100)).status == "holds"
    outcome = grows.run(Effort(examples=1000))
    assert (outcome.status, outcome.details["counterexample"], asked) == ("refuted", {"i": "401"}, [100, 1000])
    assert dataclasses.replace(grows, examples=200).run(FEW).examples == asked[-1] == 200


def test_every_case_of_a_population_little_larger_than_what_is_asked_for_counts_once() -> None:
    every = some.binary(min_size=2, max_size=2).map(lambda text: {"i": int.from_bytes(text, "big") % 1200})
    seen: list[int] = []
    assert Search("i < 1200", every, lambda i: seen.append(i) or [(Fraction(i), Fraction(1200))]).run().examples == 1000
    assert len(seen) == len(set(seen)) == 1000


def test_the_number_of_cases_and_the_seed_are_the_callers() -> None:
    outcome = TESTED.run(Effort(examples=24, seed=5))
    assert (outcome.examples, outcome.details["seed"]) == (24, 5)


def test_certificates_halve_until_they_know() -> None:
    narrow = Certificate(
        "x − x² ≤ ¼ + 1/1000", "x ∈ [0, 1]", (Fraction(0), Fraction(1)), lambda x: [(x - x * x, real(Fraction(251, 1000)))]
    )
    outcome = narrow.run()
    assert outcome.status == "holds"
    assert outcome.details["pieces"] > 10


def test_certificates_find_the_piece_that_fails() -> None:
    outcome = Certificate("x ≤ 1.5", "x ∈ [1, 2]", INTERVAL, lambda x: [(x, real(Fraction(3, 2)))]).run()
    assert outcome.status == "refuted"
    assert Fraction(outcome.details["piece"][0]) > Fraction(3, 2)


def test_overlapping_balls_are_undecided_in_both_directions() -> None:
    third = real(1) / 3
    assert decide(third * 3, real(1)) is decide(real(1), third * 3) is Truth.UNDECIDED
    assert decide(Fraction(1), Fraction(1)) is Truth.HOLDS


def test_precision_rises_until_it_is_decided() -> None:
    tiny = Fraction(1, 2**1000)
    assert decide_all(lambda: [(real(2).sqrt() + real(tiny), real(2).sqrt())]) is Truth.VIOLATED
    assert decide_all(lambda: [(real(2).sqrt(), real(2).sqrt() + real(tiny))]) is Truth.HOLDS


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("2 * x[0] - 1 / 2", Fraction(3, 2)),
        ("(x @ x) ** 3", Fraction(125)),
        ("(W @ x)[1]", Fraction(3)),
        ("max(abs(-x))", Fraction(2)),
        ("sum(softmax(x - 1)[0] + x * 0) - 2 * softmax(x)[0]", Fraction(0)),
        ("norm([3, 4])", Fraction(5)),
        ("sum(centre(x))", Fraction(0)),
        ("unit([3, 4])[0]", Fraction(3, 5)),
        ("sigmoid(0)", Fraction(1, 2)),
        ("cos_pi(1)", Fraction(-1)),
        ("tanh(0) + exp(0)", Fraction(1)),
        ("x[1] ** -2", Fraction(1, 4)),
        ("(W @ W)[1][0]", Fraction(2)),
        ("(x @ W)[0]", Fraction(3)),
        ("transpose(W)[0][1]", Fraction(1)),
        ("sum(sum(W))", Fraction(3)),
        ("softmax(W * 0)[1][0]", Fraction(1, 2)),
        ("centre(W)[0][0]", Fraction(1, 2)),
        ("unit0([0, 0])[1]", Fraction(0)),
        ("norm(unit0(W)[0])", Fraction(1)),
        ("min(x) - max(x)", Fraction(-1)),
        ("relu(-x)[0] + relu(x)[1]", Fraction(2)),
        ("sin_pi(1 / 2) + erf(0)", Fraction(1)),
        ("Phi(0) + gelu(0) + silu(0)", Fraction(1, 2)),
        ("exp(lgamma(5)) - exp(log(24))", Fraction(0)),
        ("softplus(0) - log(2)", Fraction(0)),
        ("lambertw(exp(1)) * sqrt(4)", Fraction(2)),
        ("cos_pi(1) + tanh(pi - pi)", Fraction(-1)),
    ],
)
def test_formulas_enclose_exact_values(formula: str, value: Fraction) -> None:
    names = {"x": [real(1), real(2)], "W": [[real(1), real(0)], [real(1), real(1)]]}
    found = evaluate(formula, names)
    assert found.contains(real(value))
    assert float(found.rad()) < 1e-12


@pytest.mark.parametrize(
    "formula", ["__import__", "x.sqrt()", "open('f')", "0.1", "exp(x, x)", "[i for i in x]", "x ** x", "x[k]", "exp(x, k=1)"]
)
def test_formulas_outside_the_language_are_refused(formula: str) -> None:
    with pytest.raises((SyntaxError, KeyError)):
        evaluate(formula, {"x": [real(1)]})


@pytest.mark.parametrize(
    ("decided", "truth"),
    [
        (lambda: nonnegative((x - y) ** 2), True),
        (lambda: nonnegative(x**2 - 2 * x * y), False),
        (lambda: at_least(sympy.exp(u) - u, 1, u), True),
        (lambda: at_least(sympy.exp(u) - 2 * u, 1, u), False),
        (lambda: at_least(u, 1, u), False),
        (lambda: tends(sympy.exp(-u), u, 0), True),
        (lambda: tends(sympy.exp(-u), u, 1), False),
        (lambda: within(x * y, around(x, 1) | around(y, 2), 2), True),
        (lambda: within(x * y, around(x, 1) | around(y, 2), 1), False),
        (lambda: within(x + y, {x: (0, 1), y: (0, 1)}, 1), False),
        (lambda: within(x**2 - 1, around(x, 1), 0), False),
        (lambda: on_interval(lambda z: [(z * (1 - z), real(Fraction(26, 100)))], Fraction(0), Fraction(1)), True),
        (lambda: on_interval(lambda z: [(z * (1 - z), real(Fraction(24, 100)))], Fraction(0), Fraction(1)), False),
    ],
)
def test_deciders_say_yes_only_to_what_is_true(decided: Any, truth: bool) -> None:
    assert decided() is truth


def test_an_expected_verdict_must_exist() -> None:
    with pytest.raises(InputError, match="no such verdict"):
        Expected("proved")  # type: ignore[arg-type]
