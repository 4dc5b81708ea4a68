"""Laws fitted: against polyfit, planted parameters, a formula by hand, and intervals that cover as often as they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from sattheory.errors import InputError
from sattheory.growth import LAWS, best, fit_laws
from sattheory.growth.fits import BY_NAME, fit_law

T = np.arange(1, 41) * 250.0
PLANTED = {
    "constant": (lambda t: 7.25 + 0 * t, {"b": 7.25}),
    "square root": (lambda t: 0.3 * np.sqrt(t) + 40, {"a": 0.3, "b": 40}),
    "misaligned": (lambda t: np.sqrt(900 + 0.3 * (t - 250)), {"a": 0.3, "c": 30}),
    "linear": (lambda t: 50 - 0.002 * t, {"a": -0.002, "b": 50}),
    "logarithm": (lambda t: 3 * np.log(t + 1) + 2, {"a": 3, "b": 2}),
    "power": (lambda t: 0.9 * t**0.31 + 5, {"a": 0.9, "b": 5, "p": 0.31}),
    "root exponential": (
        lambda t: 20 * np.exp(0.02 * (np.sqrt(t) - math.sqrt(250))),
        {"b": 20, "a": 0.02},
    ),
    "decay": (lambda t: 33 * np.exp(-2e-4 * (t - 250)), {"b": 33, "λ": 2e-4}),
    "settling": (lambda t: 12 - 9 * np.exp(-3e-4 * (t - 250)), {"b": -9, "c": 12, "λ": 3e-4}),
    "balance": (lambda t: np.sqrt(25 + 400 * np.exp(-6e-4 * (t - 250))), {"b": 400, "c": 5, "λ": 3e-4}),
}


def by_law(fits):
    return {fit.law: fit for fit in fits}


def test_every_law_is_planted():
    assert set(PLANTED) == {law.name for law in LAWS}


@pytest.mark.parametrize("law", PLANTED)
@pytest.mark.parametrize("unit", [1e-3, 1.0, 1e6])
def test_a_planted_law_wins_with_its_parameters(law, unit):
    function, parameters = PLANTED[law]
    fits = fit_laws(T, unit * function(T))
    assert fits[0].law == law
    assert fits[0].exact
    for name, estimate in fits[0].estimates.items():
        size = unit if name in ("b", "c") or (name == "a" and law != "root exponential") else 1
        size *= unit if (law, name) in {("balance", "b"), ("misaligned", "a")} else 1
        assert estimate.value == pytest.approx(parameters[name] * size, rel=1e-6)
        assert estimate.low <= estimate.value <= estimate.high
    np.testing.assert_allclose(fits[0].predict(T), unit * function(T), rtol=1e-12)
    if law != "constant":
        assert fits[0].r_squared == pytest.approx(1)
    else:
        assert math.isnan(fits[0].r_squared)


@pytest.mark.parametrize("factor", [1e-6, 1e12])
def test_the_unit_of_time_does_not_matter(factor):
    y = PLANTED["power"][0](T) + np.sin(T)
    one, other = (by_law(fit_laws(t, y)) for t in (T, T * factor))
    for law in ("power", "square root", "decay", "settling", "balance", "root exponential", "linear"):
        if one[law].estimates:
            assert other[law].rss == pytest.approx(one[law].rss, rel=1e-6), law


def noisy(seed=0, n=30):
    t = np.arange(n) * 10.0
    return t, 0.5 * np.sqrt(t) + 3 + np.random.default_rng(seed).normal(0, 0.1, n)


@pytest.mark.parametrize(("law", "basis"), [("square root", np.sqrt), ("linear", lambda t: t), ("logarithm", np.log1p)])
def test_linear_laws_against_polyfit(law, basis):
    t, y = noisy()
    (a, b), covariance = np.polyfit(basis(t), y, 1, cov=True)
    fit = by_law(fit_laws(t, y))[law]
    assert [e.value for e in fit.estimates.values()] == pytest.approx([a, b])
    half = [(e.high - e.low) / 2 for e in fit.estimates.values()]
    quantile = 2.0484071418  # Student's t, 28 degrees of freedom, 0.975: from a table
    assert half == pytest.approx(quantile * np.sqrt(np.diag(covariance)), rel=1e-6)
    residual = np.polyval([a, b], basis(t)) - y
    assert fit.rss == pytest.approx(residual @ residual)
    assert fit.residual_error == pytest.approx(math.sqrt(residual @ residual / 28))
    assert fit.r_squared == pytest.approx(np.corrcoef(basis(t), y)[0, 1] ** 2)
    aic = 30 * math.log(residual @ residual / 30) + 2 * 3
    assert fit.aic == pytest.approx(aic)
    assert fit.aicc == pytest.approx(aic + 2 * 3 * 4 / (30 - 3 - 1))


@pytest.mark.parametrize("law", ["power", "decay", "settling", "balance", "root exponential"])
def test_curved_laws_are_not_beaten_by_a_search_in_all_parameters(law):
    from scipy.optimize import least_squares

    t, y = noisy(3)
    y = y if law in ("power", "root exponential") else 20 - y
    fit = by_law(fit_laws(t, y))[law]
    rng, values = np.random.default_rng(0), np.array([e.value for e in fit.estimates.values()])
    formula = {
        "power": lambda p: p[0] * t ** p[2] + p[1],
        "decay": lambda p: p[0] * np.exp(-p[1] * t),
        "settling": lambda p: p[0] * np.exp(-p[2] * t) + p[1],
        "balance": lambda p: np.sqrt(np.maximum(p[1] ** 2 + p[0] * np.exp(-2 * p[2] * t), 0)),
        "root exponential": lambda p: p[0] * np.exp(p[1] * np.sqrt(t)),
    }[law]
    np.testing.assert_allclose(formula(values), fit.predict(t))
    for _ in range(10):
        found = least_squares(lambda p: formula(p) - y, values * rng.uniform(0.7, 1.3, values.size), x_scale=np.abs(values))
        assert fit.rss <= 2 * found.cost * (1 + 1e-9)


@pytest.mark.parametrize("law", ["square root", "power", "decay", "balance"])
def test_intervals_cover_as_often_as_they_say(law):
    function, parameters = PLANTED[law]
    rng, t = np.random.default_rng(5), T[::2]
    hits = dict.fromkeys(parameters, 0)
    runs = 150
    for _ in range(runs):
        fit = fit_law(BY_NAME[law], t, function(t) + rng.normal(0, 0.05, t.size))
        for name, value in parameters.items():
            hits[name] += fit.estimates[name].low <= value <= fit.estimates[name].high
    for name, count in hits.items():
        assert 0.90 <= count / runs <= 0.995, name  # 0.95 ± 3 standard errors of 150 runs


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_few_points_allow_no_choice(n):
    fits = fit_laws(T[:n], PLANTED["square root"][0](T[:n]))
    assert best(fits) is None
    assert len(fits) == len(LAWS)
    for fit in fits:
        assert fit.note or fit.ranked
        assert not fit.estimates or np.isfinite(fit.predict([0.0, 1e4])).all()
    assert by_law(fits)["power"].estimates == {} or n >= 3


def test_parameters_without_an_interval():
    fit = by_law(fit_laws([0, 100], [3, 5]))["square root"]
    assert [e.value for e in fit.estimates.values()] == pytest.approx([0.2, 3])
    assert all(math.isnan(e.low) and math.isnan(e.high) for e in fit.estimates.values())
    assert math.isnan(fit.residual_error)
    assert fit.to_dict()["parameters"]["a"]["low"] is None


def test_five_points_rank_two_parameters_but_not_three():
    fits = fit_laws(np.arange(5) * 100.0, [22.0, 16.722, 13.798, 11.32, 9.266])
    assert fits[0].law == "decay"
    unranked = {fit.law: fit.note for fit in fits if not fit.ranked}
    assert unranked == dict.fromkeys(("power", "settling", "balance"), "AICc does not exist for so few points")
    assert sum(fit.weight for fit in fits if fit.ranked) == pytest.approx(1)


def test_a_constant_norm():
    fits = fit_laws(T, np.full(T.size, 3.7))
    assert fits[0].law == "constant"
    assert all(math.isnan(fit.r_squared) for fit in fits)
    assert by_law(fits)["decay"].note == "the norm does not vary"
    assert fit_laws(T, np.zeros(T.size))[0].law == "constant"


def test_a_rising_norm_does_not_decay():
    fit = by_law(fit_laws(T, PLANTED["square root"][0](T)))["decay"]
    assert (fit.estimates, fit.ranked) == ({}, False)
    assert "at an end" in fit.note
    with pytest.raises(InputError, match="it was not fitted"):
        fit.predict(1.0)


def test_step_zero_far_steps_and_repeated_steps():
    for t in (np.arange(20.0), 1e15 + np.arange(20) * 1e10, np.repeat(np.arange(10.0), 2)):
        fits = fit_laws(t, np.linspace(3, 9, 20) ** 1.5)
        assert len({fit.law for fit in fits}) == len(LAWS)
        for fit in fits:
            assert not math.isinf(fit.aic)
            assert fit.r_squared <= 1 or math.isnan(fit.r_squared)


@pytest.mark.parametrize(
    ("t", "y", "why"),
    [
        ([], [], "one norm belongs"),
        ([1, 2], [1], "one norm belongs"),
        ([[1]], [[1]], "one norm belongs"),
        ([-1, 2], [1, 1], "finite and not negative"),
        ([1, math.nan], [1, 1], "finite and not negative"),
        ([1, 1e31], [1, 1], "finite and not negative"),
        ([1, 2], [1, math.inf], "finite and not negative"),
        ([1, 2], [1, -1], "finite and not negative"),
    ],
)
def test_refusals(t, y, why):
    with pytest.raises(InputError, match=why):
        fit_laws(t, y)


@given(
    some.lists(some.tuples(some.floats(0, 1e9), some.floats(0, 1e9)), min_size=1, max_size=12),
)
def test_anything_finite_is_fitted_or_explained(points):
    t, y = np.array(points).T
    assume(np.ptp(t) == 0 or np.ptp(t) > 1e-6)
    fits = fit_laws(t, y)
    assert {fit.law for fit in fits} == {law.name for law in LAWS}
    weights = [fit.weight for fit in fits if fit.ranked]
    assert not weights or sum(weights) == pytest.approx(1)
    assert weights == sorted(weights, reverse=True)
    for fit in fits:
        assert (fit.note == "") == fit.ranked
        assert all(math.isfinite(e.value) for e in fit.estimates.values())


def simulated(start, rate=1e-2, decay=0.1, width=1000, seed=0):
    """θ ← (1 − ηλ)θ + ηu with u of length 1 in a random direction: every hundredth norm of 3000 steps."""
    rng = np.random.default_rng(seed)
    theta, found = np.eye(1, width)[0] * start, []
    for t in range(3001):
        if t % 100 == 0:
            found.append((t, np.linalg.norm(theta)))
        step = rng.standard_normal(width)
        theta = (1 - rate * decay) * theta + rate * step / np.linalg.norm(step)
    return np.array(found).T


@pytest.mark.parametrize("start", [3.0, 0.3])
def test_decay_against_steps_of_constant_size_is_a_balance(start):
    fit = by_law(fits := fit_laws(*simulated(start)))["balance"]
    assert fit.estimates["c"].value == pytest.approx(math.sqrt(1e-2 / 0.2), rel=0.04)  # 0.2236
    assert fit.estimates["λ"].value == pytest.approx(1e-3, rel=0.01 if start == 3 else 0.25)
    assert fit.estimates["b"].value == pytest.approx(start**2 - 0.05, rel=0.01 if start == 3 else 0.15)
    if start == 3:  # settling in the norm itself is another curve, with another level
        assert fits[0].law == "balance"
        assert by_law(fits)["settling"].residual_error > 3 * fit.residual_error


def test_a_balance_from_below():
    fits = fit_laws(T, np.sqrt(100 - 90 * np.exp(-6e-4 * (T - 250))))
    assert (fits[0].law, fits[0].exact) == ("balance", True)
    assert [e.value for e in fits[0].estimates.values()] == pytest.approx([-90, 10, 3e-4])


def test_a_balance_without_a_level_is_decay():
    fit = by_law(fit_laws(T, PLANTED["decay"][0](T)))["balance"]
    assert (fit.estimates, fit.ranked) == ({}, False)


@pytest.mark.parametrize("law", LAWS, ids=[law.name for law in LAWS])
def test_derivatives_against_differences(law):
    values = {"a": -0.03 if law.name == "root exponential" else 0.7, "b": 11.0, "c": 2.5, "p": 0.4, "λ": 3e-4}
    at = np.array([values[name] for name in law.parameters])
    found = law.jacobian(T, at, 250.0)
    for i, size in enumerate(1e-6 * np.abs(at)):
        step = np.eye(at.size)[i] * size
        slope = (law.norm(T, at + step, 250.0) - law.norm(T, at - step, 250.0)) / (2 * size)
        np.testing.assert_allclose(found[:, i], slope, rtol=1e-5, atol=1e-8 * np.abs(slope).max())


def correlated(rng, rho, n=30):
    noise = rng.normal(size=n)
    for i in range(1, n):
        noise[i] = rho * noise[i - 1] + math.sqrt(1 - rho**2) * noise[i]
    return noise


def test_neighbouring_residuals():
    rng, t = np.random.default_rng(2), np.arange(1, 31) * 100.0
    found = {rho: [fit_laws(t, 3 + 0.002 * t + 0.1 * correlated(rng, rho))[0] for _ in range(20)] for rho in (0, 0.9)}
    means = {rho: np.mean([fit.autocorrelation for fit in fits]) for rho, fits in found.items()}
    assert abs(means[0]) < 0.2
    assert means[0.9] > 0.35
    assert any(fit.law != "linear" and fit.weight > 0.9 for fit in found[0.9])  # why a weight is no probability
    residual = (fit := found[0.9][0]).to_dict()["autocorrelation"]
    assert residual == fit.autocorrelation


def test_neighbouring_residuals_by_hand():
    t, y = np.arange(8.0), np.array([1, 2, 2, 1, 1, 2, 2, 1.0])
    residual = y - 1.5
    assert by_law(fit_laws(t, y))["constant"].autocorrelation == pytest.approx((residual[1:] @ residual[:-1]) / 2)
    order = [3, 0, 7, 1, 5, 2, 6, 4]
    assert by_law(fit_laws(t[order], y[order]))["constant"].autocorrelation == pytest.approx((residual[1:] @ residual[:-1]) / 2)
    assert math.isnan(by_law(fit_laws(t[:7], y[:7]))["constant"].autocorrelation)
    assert math.isnan(fit_laws(T, np.full(T.size, 3.7))[0].autocorrelation)


def test_the_same_twice():
    t, y = noisy(9)
    assert fit_laws(t, y) == fit_laws(t, y)


PYTHIA = np.r_[0, 2.0 ** np.arange(10), np.arange(1000, 143001, 1000)]


@pytest.mark.parametrize("steps", [PYTHIA, np.arange(5000.0), np.r_[0, np.arange(100, 200), 1e6]])
@pytest.mark.parametrize("rate", [1 / 20, 1 / 100, 1 / 500, 1e-5])
@pytest.mark.parametrize("law", ["decay", "settling", "balance"])
def test_a_law_is_found_however_long_the_series_goes_on_after_it_settled(steps, rate, law):
    norms = {
        "decay": 5 * np.exp(-rate * steps),
        "settling": 3 - 2 * np.exp(-rate * steps),
        "balance": np.sqrt(9 - 8 * np.exp(-2 * rate * steps)),
    }
    found = fit_laws(steps, norms[law])[0]
    assert (found.law, found.exact) == (law, True)
    assert found.estimates["λ"].value == pytest.approx(rate, rel=1e-6)


def test_a_fast_root_exponential_over_a_long_series():
    t = np.linspace(0, 1e5, 2000)
    found = fit_laws(t, np.exp(-0.5 * np.sqrt(t)))[0]
    assert (found.law, found.exact) == ("root exponential", True)
    assert found.estimates["a"].value == pytest.approx(-0.5, rel=1e-9)


def test_what_only_sets_the_first_point_apart_is_no_settling():
    norms = np.r_[9.0, np.full(30, 5.0)]
    assert "at an end of the values" in by_law(fit_laws(np.arange(31.0), norms))["settling"].note


@pytest.mark.parametrize(
    "points",
    [
        [(0.0, 1.0), (1.0, 0.0), (5.953246996864844e-223, 0.0)],
        [(0.0, 0.0), (357678639.8933887, 509114987.14661664), (4.8, 0.044715)],
    ],
)
def test_points_that_lie_too_close_for_a_covariance(points):
    for fit in fit_laws(*zip(*points, strict=True)):
        assert fit.estimates or fit.note
        assert all(not e.low > e.value and not e.high < e.value for e in fit.estimates.values())


def test_steps_whose_roots_are_the_same():
    found = fit_laws(1e17 + np.array([0.0, 16, 16, 0]), [1, 2, 2, 1])
    assert {fit.note for fit in found if fit.law in ("decay", "root exponential")} == {"it needs 2 different steps"}


def test_a_balance_near_zero():
    t = np.arange(100.0)
    found = fit_laws(t, np.sqrt(1e-6 + 25 * np.exp(-0.1 * t)))[0]
    assert (found.law, found.exact) == ("balance", True)
    assert found.estimates["c"].value == pytest.approx(1e-3, rel=1e-6)


@pytest.mark.parametrize("power", [-600, -500, 500, 600])
@pytest.mark.parametrize("law", sorted(PLANTED))
def test_units_do_not_matter(law, power):
    """2^±600 is 10^±181, whose square no float holds."""
    t = np.arange(1, 31) * 100.0
    rng, unit = np.random.default_rng(0), 2.0**power
    norms = PLANTED[law][0](t) * (1 + 1e-3 * rng.standard_normal(30))
    plain, other = by_law(fit_laws(t, norms)), fit_laws(t, norms * unit)
    winner = next(fit.law for fit in fit_laws(t, norms) if by_law(other)[fit.law].estimates)
    assert other[0].law == winner
    for fit in other:
        if not fit.estimates:
            assert "leave the range" in fit.note or fit.note == plain[fit.law].note
            continue
        assert fit.r_squared == pytest.approx(plain[fit.law].r_squared, abs=1e-9)
        assert fit.predict(t) / unit == pytest.approx(plain[fit.law].predict(t), rel=1e-9)
        if fit.ranked:
            assert fit.aicc - 60 * power * math.log(2) == pytest.approx(plain[fit.law].aicc, abs=1e-6)
