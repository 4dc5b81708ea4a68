"""Which law a norm follows: competing curves, fitted by least squares and held against each other.

The paper fits a√t + b (figure 1), which its misaligned dynamics predict, and expects exp(√t) of aligned ones; with weight decay
alone the norm falls like exp(−λt).  Against steps δ orthogonal to θ and of constant length, decay at the rate λ makes
d‖θ‖²/dt = ‖δ‖² − 2λ‖θ‖², so that the *square* settles: the law called balance, from above or from below.  Its end λ = 0 is the
law called misaligned, ‖θ_t‖² = ‖θ_{t₁}‖² + a(t − t₁): the same steps without decay, from a norm that need not be zero.

Ten laws compete here.  In each the norm, or its square, is linear but for one parameter q at most, so that a fit is a search
over q alone, with linear least squares inside (variable projection: Golub and Pereyra 1973; a few rounds of them for a square):
from a grid, through a bounded search around its best point, to a last polish in all parameters at once (Levenberg–Marquardt).
Nothing is random.

Laws with more parameters fit better for no reason; they are compared by Akaike's criterion with its correction for few points
(Hurvich and Tsai 1989), AICc = n ln(RSS/n) + 2K + 2K(K + 1)/(n − K − 1), where K counts the law's parameters and the variance.
Where n ≤ K + 1 it does not exist, and the law is shown but not ranked.  Akaike weights and the intervals (Student's t, from the
Jacobian at the best fit) treat residuals as independent.  Checkpoints of one run are not: read a weight as a ranking, not as a
probability.  With residuals that follow each other (autoregressive, 0.9 from one to the next) and 30 points, a wrong law gets a
weight above 0.9 in about a third of all runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sattheory.errors import InputError
from sattheory.growth.steps import LARGEST

Array = NDArray[Any]
LEVEL = 0.95
ENOUGH = 8  # points from which neighbouring residuals are compared
ROUNDS = 4
DONE, CLOSE = 40.0, 1e-9  # e⁻⁴⁰ is below rounding; points closer than this part of the span count as one


@dataclass(frozen=True)
class Law:
    """A law: a linear combination of functions of t that have at most one parameter q of their own.

    Parameters
    ----------
    name : str
        What to call it.
    formula : str
        How it is written; t₁ is the first step.
    linear : tuple of str
        Names of the coefficients.
    columns : callable
        From t, q and t₁ to the functions, shape (n, number of coefficients).
    curved : str
        Name of q; empty if there is none.
    slopes : callable, optional
        Derivatives of the functions by q, in the same shape.
    grid : callable, optional
        From t to the values of q where the search begins, rising.
    """

    name: str
    formula: str
    linear: tuple[str, ...]
    columns: Callable[[Array, float, float], Array]
    curved: str = ""
    slopes: Callable[[Array, float, float], Array] | None = None
    grid: Callable[[Array], Array] | None = None

    @property
    def parameters(self) -> tuple[str, ...]:
        """All parameters, the linear ones first.

        Returns
        -------
        tuple of str
            Their names.
        """
        return (*self.linear, self.curved) if self.curved else self.linear

    def norm(self, t: Array, values: Array, first: float) -> Array:
        """Evaluate the law.

        Parameters
        ----------
        t : ndarray, shape (n,)
            Steps.
        values : ndarray
            One for each of `parameters`.
        first : float
            t₁.

        Returns
        -------
        ndarray, shape (n,)
            ‖θ_t‖.
        """
        return np.asarray(self.columns(t, values[-1] if self.curved else 0.0, first) @ values[: len(self.linear)])

    def jacobian(self, t: Array, values: Array, first: float) -> Array:
        """Differentiate the law by its parameters.

        Parameters
        ----------
        t, values, first
            As for `norm`.

        Returns
        -------
        ndarray, shape (n, number of parameters)
            The derivatives.
        """
        columns = self.columns(t, values[-1] if self.curved else 0.0, first)
        if self.slopes is None:
            return columns
        return np.column_stack([columns, self.slopes(t, values[-1], first) @ values[:-1]])

    def coefficients(self, t: Array, y: Array, q: float, first: float) -> Array:
        """Fit the linear coefficients, q being given.

        Parameters
        ----------
        t, y : ndarray, shape (n,)
            Steps and norms.
        q : float
            The other parameter; of no consequence if there is none.
        first : float
            t₁.

        Returns
        -------
        ndarray
            One for each of `linear`.
        """
        return _linear(self.columns(t, q, first), y)


@dataclass(frozen=True)
class LawOfSquares(Law):
    """A law of ‖θ_t‖²: the combination b·f(t) + c²·1 of two functions, whose root is the norm.

    Its parameters, and all of its methods, are those of `Law`; c is the norm where f vanishes.
    """

    def norm(self, t: Array, values: Array, first: float) -> Array:
        """Evaluate the law, as `Law.norm` does; 0 where the square would be negative."""
        b, c, q = (*values, 0.0)[:3]
        return np.asarray(np.sqrt(np.maximum(self.columns(t, q, first) @ np.array([b, c**2]), 0.0)))

    def jacobian(self, t: Array, values: Array, first: float) -> Array:
        """Differentiate the law by b, c and q, where it has one, as `Law.jacobian` does."""
        b, c, q = (*values, 0.0)[:3]
        norm = self.norm(t, values, first)
        twice = 2 * np.maximum(norm, 1e-6 * norm.max(initial=np.finfo(float).tiny))
        linear = np.column_stack([self.columns(t, q, first)[:, 0] / twice, 2 * c / twice])
        return linear if self.slopes is None else np.column_stack([linear, b * self.slopes(t, q, first)[:, 0] / twice])

    def coefficients(self, t: Array, y: Array, q: float, first: float) -> Array:
        """Fit b and c, q being given, as `Law.coefficients` does: rounds of least squares with the root made linear."""
        columns, size = self.columns(t, q, first), y.max()
        norm = wanted = y / size
        square = np.zeros(2)
        for _ in range(ROUNDS):
            norm = np.maximum(norm, 1e-3)
            square = _linear(columns / (2 * norm[:, None]), wanted - norm / 2)
            norm = np.sqrt(np.maximum(columns @ square, 0.0))
        return np.array([square[0] * size**2, math.sqrt(max(square[1], 0.0)) * size])


def _stack(*columns: Array) -> Array:
    return np.stack(np.broadcast_arrays(*columns), axis=-1)


def _power_slopes(t: Array, q: float, _: float) -> Array:
    logarithm = np.log(t, out=np.zeros_like(t), where=t > 0)
    return _stack(t**q * logarithm, np.zeros_like(t))


def _rates(t: Array, slowest: float, fastest: float) -> Array:
    """Begin with rates from hardly bent to done within one step, twelve for each power of ten; bounds are times the span."""
    span = float(np.ptp(t))
    nearest = max(float(np.diff(np.unique(t)).min()), CLOSE * span)
    ends = slowest / span, max(fastest / span, DONE / nearest)
    return np.geomspace(*ends, math.ceil(12 * math.log10(ends[1] / ends[0])))


def _both_ways(t: Array) -> Array:
    """Begin with rates of decay and of growth, the latter only as fast as norms can be told from overflow."""
    return np.concatenate([-_rates(t, 1e-4, 50)[::-1], np.geomspace(1e-4, 50, 60) / float(np.ptp(t))])


LAWS = (
    Law("constant", "b", ("b",), lambda t, q, t1: _stack(np.ones_like(t))),
    Law("square root", "a√t + b", ("a", "b"), lambda t, q, t1: _stack(np.sqrt(t), np.ones_like(t))),
    LawOfSquares("misaligned", "√(c² + a(t − t₁))", ("a", "c"), lambda t, q, t1: _stack(t - t1, np.ones_like(t))),
    Law("linear", "a·t + b", ("a", "b"), lambda t, q, t1: _stack(t, np.ones_like(t))),
    Law("logarithm", "a·ln(t + 1) + b", ("a", "b"), lambda t, q, t1: _stack(np.log1p(t), np.ones_like(t))),
    Law(
        "power", "a·t^p + b", ("a", "b"),
        lambda t, q, t1: _stack(t**q, np.ones_like(t)),
        "p", _power_slopes,
        lambda t: np.geomspace(0.02, 8, 60),
    ),
    Law(
        "root exponential", "b·exp(a(√t − √t₁))", ("b",),
        lambda t, q, t1: _stack(np.exp(q * (np.sqrt(t) - math.sqrt(t1)))),
        "a", lambda t, q, t1: _stack((np.sqrt(t) - math.sqrt(t1)) * np.exp(q * (np.sqrt(t) - math.sqrt(t1)))),
        lambda t: _both_ways(np.sqrt(t)),
    ),
    Law(
        "decay", "b·exp(−λ(t − t₁))", ("b",),
        lambda t, q, t1: _stack(np.exp(-q * (t - t1))),
        "λ", lambda t, q, t1: _stack(-(t - t1) * np.exp(-q * (t - t1))),
        lambda t: _rates(t, 1e-5, 200),
    ),
    Law(
        "settling", "b·exp(−λ(t − t₁)) + c", ("b", "c"),
        lambda t, q, t1: _stack(np.exp(-q * (t - t1)), np.ones_like(t)),
        "λ", lambda t, q, t1: _stack(-(t - t1) * np.exp(-q * (t - t1)), np.zeros_like(t)),
        lambda t: _rates(t, 1e-3, 200),
    ),
    LawOfSquares(
        "balance", "√(c² + b·exp(−2λ(t − t₁)))", ("b", "c"),
        lambda t, q, t1: _stack(np.exp(-2 * q * (t - t1)), np.ones_like(t)),
        "λ", lambda t, q, t1: _stack(-2 * (t - t1) * np.exp(-2 * q * (t - t1)), np.zeros_like(t)),
        lambda t: _rates(t, 1e-3, 100),
    ),
)  # fmt: skip
BY_NAME = {law.name: law for law in LAWS}


@dataclass(frozen=True)
class Estimate:
    """A fitted parameter.

    Parameters
    ----------
    value : float
        Its best value.
    low, high : float
        Its 95 % interval; nan where there is none.
    """

    value: float
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True)
class Fit:
    """One law, fitted.

    Parameters
    ----------
    law : str
        Its name.
    formula : str
        How it is written.
    points : int
        How many it was fitted to.
    first : float
        t₁.
    estimates : dict of str to Estimate
        Its parameters; empty if it could not be fitted.
    rss : float
        Sum of squared residuals.
    r_squared : float
        1 − RSS / total sum of squares; nan where the norm does not vary.
    residual_error : float
        √(RSS/(n − k)); nan where n ≤ k.
    aic, aicc : float
        Akaike's criterion, and corrected; nan where it does not exist.
    weight : float
        Akaike weight among the laws that are ranked; nan for the others.
    autocorrelation : float
        Correlation of neighbouring residuals, around 0 if they are independent; nan for fewer than 8 points or none but rounding.
    exact : bool
        Whether the residuals are nothing but rounding.
    note : str
        Why it is not fitted, or not ranked.
    """

    law: str
    formula: str
    points: int
    first: float
    estimates: dict[str, Estimate]
    rss: float = math.nan
    r_squared: float = math.nan
    residual_error: float = math.nan
    aic: float = math.nan
    aicc: float = math.nan
    weight: float = math.nan
    autocorrelation: float = math.nan
    exact: bool = False
    note: str = ""

    @property
    def ranked(self) -> bool:
        """Whether it takes part in the comparison.

        Returns
        -------
        bool
            True if it has a weight.
        """
        return not math.isnan(self.weight)

    def predict(self, t: ArrayLike) -> Array:
        """Evaluate the fitted law.

        Parameters
        ----------
        t : array_like of float
            Steps.

        Returns
        -------
        ndarray
            The norm it says.

        Raises
        ------
        InputError
            If the law could not be fitted.
        """
        if not self.estimates:
            raise InputError(f"law={self.law!r}", f"it was not fitted: {self.note}", "choose another law")
        values = np.array([e.value for e in self.estimates.values()])
        return BY_NAME[self.law].norm(np.asarray(t, dtype=float), values, self.first)

    def to_dict(self) -> dict[str, Any]:
        """Put the fit into plain values.

        Returns
        -------
        dict
            Numbers and strings; None where something does not exist.
        """
        from sattheory.growth.curves import plain

        estimates = {
            name: {"value": plain(e.value), "low": plain(e.low), "high": plain(e.high)} for name, e in self.estimates.items()
        }
        numbers = {key: plain(getattr(self, key)) for key in NUMBERS}
        said = {"law": self.law, "formula": self.formula, "points": self.points, "first_step": self.first}
        return said | {"parameters": estimates, **numbers, "exact": self.exact, "note": self.note}


NUMBERS = ("rss", "r_squared", "residual_error", "aic", "aicc", "weight", "autocorrelation")


def fit_laws(t: ArrayLike, norms: ArrayLike) -> tuple[Fit, ...]:
    """Fit every law to norms over steps (paper, figure 1, §5.3 and §5.4).

    Parameters
    ----------
    t : array_like of float, shape (n,)
        Steps, not negative.
    norms : array_like of float, shape (n,)
        ‖θ_t‖.

    Returns
    -------
    tuple of Fit
        The ranked laws, best first; then those that have too many parameters for so few points, or do not apply.

    Raises
    ------
    InputError
        If the lengths differ, there is no point, or a value is not finite or negative.
    """
    steps, values = np.asarray(t, dtype=float), np.asarray(norms, dtype=float)
    if steps.ndim != 1 or steps.shape != values.shape or not steps.size:
        raise InputError(
            f"t of shape {steps.shape}, norms of shape {values.shape}", "one norm belongs to each step", "give both alike"
        )
    if not (np.all((steps >= 0) & (steps <= LARGEST)) and np.all((values >= 0) & np.isfinite(values))):
        raise InputError("t, norms", "steps and norms are finite and not negative", "leave out the bad points")
    unit = _unit(float(values.max()))
    return _ranked([_in_units(fit_law(law, steps, values / unit), unit) for law in LAWS])


def _unit(largest: float) -> float:
    """Choose a power of two to divide by where squares would leave the range of floats; 1 elsewhere."""
    return math.ldexp(1.0, math.frexp(largest)[1] - 1) if largest and not 1e-100 < largest < 1e100 else 1.0


def _in_units(fit: Fit, unit: float) -> Fit:
    """Turn a fit to norms in some unit into one to the norms themselves."""
    if unit == 1 or not fit.estimates:
        return fit
    squares = isinstance(BY_NAME[fit.law], LawOfSquares)
    with np.errstate(all="ignore"):
        u = np.float64(unit)
        times = {name: u**2 if squares and name != "c" else u for name in BY_NAME[fit.law].linear}
        estimates = {name: _times(estimate, times.get(name, np.float64(1))) for name, estimate in fit.estimates.items()}
        rss, error = float(fit.rss * u * u), float(fit.residual_error * u)
    if any(
        bool(e.value) and not (one.value and math.isfinite(one.value))
        for e, one in zip(fit.estimates.values(), estimates.values(), strict=True)
    ):
        return replace(fit, estimates={}, note="its parameters leave the range of floats")
    more = 2 * fit.points * math.log(unit)
    return replace(fit, estimates=estimates, rss=rss, residual_error=error, aic=fit.aic + more, aicc=fit.aicc + more)


def _times(estimate: Estimate, factor: np.float64) -> Estimate:
    return Estimate(*(float(value * factor) for value in (estimate.value, estimate.low, estimate.high)))


def best(fits: Sequence[Fit]) -> Fit | None:
    """Choose the law that wins.

    Parameters
    ----------
    fits : sequence of Fit
        From `fit_laws`.

    Returns
    -------
    Fit or None
        The first of at least two ranked laws; None where the points allow no choice.
    """
    ranked = [fit for fit in fits if fit.ranked]
    return ranked[0] if len(ranked) > 1 else None


def _ranked(fits: list[Fit]) -> tuple[Fit, ...]:
    able = sorted((fit for fit in fits if math.isfinite(fit.aicc) and not fit.note), key=lambda fit: fit.aicc)
    raw = [math.exp((able[0].aicc - fit.aicc) / 2) for fit in able]
    weighted = [replace(fit, weight=one / math.fsum(raw)) for fit, one in zip(able, raw, strict=True)]
    few = "AICc does not exist for so few points"
    others = [fit if fit.note else replace(fit, note=few) for fit in fits if fit not in able]
    return (*weighted, *others)


def fit_law(law: Law, t: Array, y: Array) -> Fit:
    """Fit one law, unranked.

    Parameters
    ----------
    law : Law
        One of `LAWS`.
    t, y : ndarray, shape (n,)
        Steps and norms, as `fit_laws` takes them.

    Returns
    -------
    Fit
        The law with its parameters, or with a note why it has none.
    """
    n, k, first = len(t), len(law.parameters), float(t.min())
    plain = Fit(
        law.name, law.formula.replace("(t − t₁)", "t").replace("(√t − √t₁)", "√t") if first == 0 else law.formula, n, first, {}
    )
    if len(np.unique(np.sqrt(t) if law.curved else t)) < k:
        return replace(plain, note=f"it needs {k} different steps")
    if (law.curved or isinstance(law, LawOfSquares)) and np.ptp(y) <= _rounding(y):
        return replace(plain, note="the norm does not vary")
    found = _least_squares(law, t, y, first)
    if found is None:
        return replace(plain, note="it fits best at an end of the values that were searched")
    coefficients, jacobian, residual = found
    fit = _judged(replace(plain, estimates=_estimates(law, coefficients, jacobian, residual)), residual, y, k)
    return fit if fit.exact else replace(fit, autocorrelation=_autocorrelation(residual[np.argsort(t, kind="stable")]))


def _autocorrelation(residual: Array) -> float:
    """Correlate neighbouring residuals; a law's own parameters bend this towards 0."""
    if len(residual) < ENOUGH:
        return math.nan
    residual = residual / np.abs(residual).max()
    return float(residual[1:] @ residual[:-1] / (residual @ residual))


def _judged(fit: Fit, residual: Array, y: Array, k: int) -> Fit:
    n, total = len(y), float(np.sum((y - y.mean()) ** 2))
    rss, floor = float(residual @ residual), n * _rounding(y) ** 2
    at_least = max(
        rss, floor, np.finfo(float).tiny
    )  # below rounding no law is better than another: the number of parameters decides
    aic = n * math.log(at_least / n) + 2 * (k + 1)
    corrected = aic + 2 * (k + 1) * (k + 2) / (n - k - 2) if n > k + 2 else math.nan
    return replace(
        fit,
        rss=rss,
        r_squared=1 - rss / total if total > floor else math.nan,
        residual_error=math.sqrt(rss / (n - k)) if n > k else math.nan,
        aic=aic,
        aicc=corrected,
        exact=bool(rss <= floor),
    )


def _rounding(y: Array) -> float:
    return 8 * np.finfo(float).eps * float(np.abs(y).max())


def _least_squares(law: Law, t: Array, y: Array, first: float) -> tuple[Array, Array, Array] | None:
    """Return the parameters, the Jacobian and the residuals at the best fit; None where a law has none."""
    q = _search(law, t, y, first) if law.curved else 0.0
    if q is None:
        return None
    start = np.append(law.coefficients(t, y, q, first), [q] if law.curved else [])
    if not (law.curved or isinstance(law, LawOfSquares)):
        return start, law.jacobian(t, start, first), law.norm(t, start, first) - y
    found = _polished(law, t, y, first, start)
    at_zero = bool(law.curved) and isinstance(law, LawOfSquares) and found[0][1] <= 1e-6 * y.max()
    return None if at_zero else found


def _linear(columns: Array, y: Array) -> Array:
    size = np.linalg.norm(columns, axis=0)
    size = np.where(size > 0, size, 1.0)
    return np.asarray(np.linalg.lstsq(columns / size, y, rcond=None)[0] / size)


def _search(law: Law, t: Array, y: Array, first: float) -> float | None:
    """Find the best q: on the grid, then between the neighbours of its best point; None at the grid's ends."""
    from scipy.optimize import minimize_scalar

    def rss(q: float) -> float:
        residual = law.norm(t, np.append(law.coefficients(t, y, q, first), q), first) - y
        return float(residual @ residual)

    assert law.grid is not None
    grid = law.grid(t)
    at = int(np.argmin([rss(q) for q in grid]))
    if not 0 < at < len(grid) - 1:
        return None
    found = minimize_scalar(rss, bounds=(grid[at - 1], grid[at + 1]), method="bounded", options={"xatol": 1e-9 * abs(grid[at])})
    return float(found.x) if found.fun <= rss(grid[at]) else float(grid[at])


def _polished(law: Law, t: Array, y: Array, first: float, start: Array) -> tuple[Array, Array, Array]:
    from scipy.optimize import least_squares

    def jacobian(parameters: Array) -> Array:
        return law.jacobian(t, parameters, first)

    def residual(parameters: Array) -> Array:
        return law.norm(t, parameters, first) - y

    with np.errstate(all="ignore"):
        found = least_squares(residual, start, jacobian, method="lm", x_scale="jac", xtol=1e-15, ftol=1e-15, gtol=1e-15)
    better = np.all(np.isfinite(found.x)) and found.fun @ found.fun <= residual(start) @ residual(start)
    chosen = np.asarray(found.x if better else start)
    if isinstance(law, LawOfSquares):
        chosen[1] = abs(chosen[1])
    return chosen, jacobian(chosen), residual(chosen)


def _estimates(law: Law, values: Array, jacobian: Array, residual: Array) -> dict[str, Estimate]:
    from scipy.stats import t as student

    n, k = jacobian.shape
    error = np.full(k, np.nan)
    size = np.linalg.norm(jacobian, axis=0)
    if n > k and np.all(size > 0):
        scaled = jacobian / size
        if np.linalg.cond(scaled) < 1e12:
            spread = np.sum(np.linalg.pinv(scaled) ** 2, axis=1) * (residual @ residual) / (n - k)
            error = np.sqrt(np.maximum(spread, 0)) / size * student.ppf((1 + LEVEL) / 2, n - k)
    limits = zip(law.parameters, values, error, strict=True)
    return {name: Estimate(float(v), float(v - e), float(v + e)) for name, v, e in limits}
