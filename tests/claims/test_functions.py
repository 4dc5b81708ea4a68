"""The grammar of functions: what it says about each is true, by balls, and what it does not know it does not say."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some
import pytest
from hypothesis import given, settings

from sattheory.claims import kept
from sattheory.claims.cases.functions import (
    Known,
    at,
    decaying,
    definition,
    degree_of,
    functions,
    grammar,
    known,
    length,
    near,
    of_degree,
    points,
    scales,
)
from sattheory.claims.inequality import Inequality, Truth

QUICK = (128, 512)


def examples(parameters: int) -> Any:
    return some.tuples(functions(parameters), points(1, parameters), scales())


def truth(f: str, facts: Known, degree: int, theta: Any, c: Any) -> Truth:
    d, rho = facts.constants
    return definition(f, degree, d=d, rho=rho, theta=theta, c=c).compare(QUICK)[0]


@pytest.mark.parametrize("parameters", [1, 2])
def test_definition_3_holds_with_the_constants_that_are_named(parameters: int) -> None:
    @settings(max_examples=150)
    @given(examples(parameters))
    def holds(drawn: Any) -> None:
        f, theta, c = drawn
        facts = degree_of(f, parameters)
        for degree in (0, 1, 2, 3) if facts.degree is None else (facts.degree,):
            assert truth(f, facts, degree, theta, c) is not Truth.VIOLATED

    holds()


@pytest.mark.parametrize("parameters", [1, 2])
def test_bounds_hold(parameters: int) -> None:
    norm = {1: "abs(theta)", 2: "norm(theta)"}[parameters]

    @settings(max_examples=100)
    @given(examples(parameters))
    def holds(drawn: Any) -> None:
        f, theta, _ = drawn
        facts = degree_of(f, parameters)
        if length(theta) >= facts.constants[1]:
            point = {"theta": theta, "M": facts.size, "A": facts.flat or 0, "d": facts.d}
            assert Inequality(point, f"abs({f})", f"M * {norm}**{facts.degree or 0}").compare(QUICK)[0] is not Truth.VIOLATED
            if facts.flat is not None:
                assert Inequality(point, f"abs({f})", f"A * exp(-d * {norm})").compare(QUICK)[0] is not Truth.VIOLATED

    holds()


ESTABLISHED = {
    1: {"1": 0, "theta": 1, "relu(theta)": 1, "theta**2": 2, "abs(theta)": 1, "sigmoid(theta)": 0, "tanh(theta**2)": 0}
    | {"exp(-abs(theta)) * cos_pi(theta) / 2": 0, "max([1, abs(theta)])": 1, "relu(1 - abs(theta))": None, "0": None},
    2: {"theta[0] - theta[1]": 1, "theta[0] * norm(theta)": 2, "sigmoid(norm(theta))": 0, "exp(-2 * norm(theta))": 0},
}
UNKNOWN = {
    1: [
        "theta + 1",
        "theta * sigmoid(theta)",
        "cos_pi(theta)",
        "exp(theta)",
        "sigmoid(theta) + theta",
        "exp(-theta)",
        "theta[0]",
        "1 / theta",
        "abs(theta) * cos_pi(theta)",
        "norm(theta)",
        "log(theta)",
        "exp(-theta * abs(theta))",
        "theta**3 + theta",
        "sigmoid(relu(1 - abs(theta)))",
        "tanh(theta * sigmoid(theta / abs(theta)))",
        "exp(2 * abs(theta))",
        "max([1, theta])",
    ],
    2: ["theta", "sigmoid(theta[0])", "abs(theta)", "exp(-theta[0])", "theta[2]"],
}


@pytest.mark.parametrize("parameters", [1, 2])
def test_what_is_known(parameters: int) -> None:
    for formula, degree in ESTABLISHED[parameters].items():
        assert degree_of(formula, parameters).degree == degree
        assert formula in grammar(parameters)


@pytest.mark.parametrize("parameters", [1, 2])
def test_what_is_not_known_is_refused(parameters: int) -> None:
    for formula in UNKNOWN[parameters]:
        assert known(formula, parameters) is None
        with pytest.raises(ValueError, match="nothing is known"):
            degree_of(formula, parameters)


@pytest.mark.parametrize("formula", ["sigmoid(theta)", "exp(-abs(theta)) * cos_pi(theta) / 2", "exp(-2 * abs(theta))"])
def test_a_degree_too_many_or_an_exponent_too_large_is_seen(formula: str) -> None:
    facts = degree_of(formula)
    too_fast = definition(formula, 0, d=3 * facts.d, rho=1, theta=3, c=Fraction(3, 2))
    too_many = definition(formula, 1, d=facts.d, rho=1, theta=3, c="2**9")
    assert {too_fast.compare()[0], too_many.compare()[0]} == {Truth.VIOLATED}


def test_a_function_that_vanishes_far_out_has_every_degree_there_and_only_there() -> None:
    facts = degree_of("relu(2 - abs(theta))")
    assert facts.has(0)
    assert facts.has(3)
    assert facts.constants[1] == 2
    assert definition("relu(2 - abs(theta))", 1, d=Fraction(1), rho=1, theta=1, c=2).compare()[0] is Truth.VIOLATED
    assert definition("relu(2 - abs(theta))", 1, d=Fraction(1), rho=2, theta=1, c=2).compare()[0] is Truth.HOLDS


def test_functions_are_listed_the_simplest_first_and_by_degree() -> None:
    assert grammar(1)[:3] == ("0", "1", "theta")
    assert set(of_degree(1, 1)) < set(grammar(1))
    assert {"theta", "relu(-theta)", "0"} < set(of_degree(1, 1))


def test_a_formula_at_another_point() -> None:
    assert at("theta[0] - tanh(theta[1])", "scaled") == "scaled[0] - tanh(scaled[1])"


@pytest.mark.parametrize("parameters", [1, 2])
def test_functions_that_are_near_have_the_same_degree_and_symbol(parameters: int) -> None:
    assert {"exp(-abs(theta)) * cos_pi(theta) / 2", "exp(-norm(theta))"} & set(decaying(parameters))

    @settings(max_examples=30)
    @given(functions(parameters, 0).flatmap(lambda f: some.tuples(some.just(f), near(f, parameters))))
    def agree(drawn: tuple[str, str]) -> None:
        f, g = drawn
        assert degree_of(g, parameters).has(0)
        difference = degree_of(g if f == "0" else g.removeprefix(f"{f} + ").removeprefix(f"({f}) + "), parameters)
        assert difference.flat is not None

    agree()


@pytest.mark.parametrize(("id", "names"), [("L4", ("f", "g")), ("L5", ("f",)), ("P3", ("f", "by"))])
def test_one_function_answers_all_constants(id: str, names: tuple[str, ...]) -> None:
    content = kept.read(kept.folder(id) / kept.COUNTEREXAMPLE, id)
    assert content is not None
    assert len({str([entry["choice"][name] for name in names]) for entry in content["counterexamples"]}) == 1
