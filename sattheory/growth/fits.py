"""Which law a norm follows: competing curves, fitted by least squares and held against each other.

The paper fits a√t + b (figure 1), which its misaligned dynamics predict, and expects exp(√t) of aligned ones; with weight decay
alone the norm falls like exp(−λt).  Eight laws compete here.  Each is linear but for at most one parameter q, so that a fit is a
search over q alone, with linear least squares inside (variable projection: Golub and Pereyra 1973): from a grid, through a
bounded search around its best point, to a last polish in all parameters at once (Levenberg–Marquardt).  Nothing is random.

Laws with more parameters fit better for no reason; they are compared by Akaike's criterion with its correction for few points
(Hurvich and Tsai 1989), AICc = n ln(RSS/n) + 2K + 2K(K + 1)/(n − K − 1), where K counts the law's parameters and the variance.
Where n ≤ K + 1 it does not exist, and the law is shown but not ranked.  Akaike weights and the intervals (Student's t, from the
Jacobian at the best fit) treat residuals as independent.  Checkpoints of one run are not: read a weight as a ranking, not as a
probability.
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


def _stack(*columns: Array) -> Array:
    return np.stack(np.broadcast_arrays(*columns), axis=-1)


def _power_slopes(t: Array, q: float, _: float) -> Array:
    logarithm = np.log(t, out=np.zeros_like(t), where=t > 0)
    return _stack(t**q * logarithm, np.zeros_like(t))


def _span(t: Array) -> float:
    return float(np.ptp(t))


LAWS = (
    Law("constant", "b", ("b",), lambda t, q, t1: _stack(np.ones_like(t))),
    Law("square root", "a√t + b", ("a", "b"), lambda t, q, t1: _stack(np.sqrt(t), np.ones_like(t))),
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
        lambda t: np.concatenate([-np.geomspace(50, 1e-4, 40), np.geomspace(1e-4, 50, 40)]) / _span(np.sqrt(t)),
    ),
    Law(
        "decay", "b·exp(−λ(t − t₁))", ("b",),
        lambda t, q, t1: _stack(np.exp(-q * (t - t1))),
        "λ", lambda t, q, t1: _stack(-(t - t1) * np.exp(-q * (t - t1))),
        lambda t: np.geomspace(1e-5, 200, 80) / _span(t),
    ),
    Law(
        "settling", "b·exp(−λ(t − t₁)) + c", ("b", "c"),
        lambda t, q, t1: _stack(np.exp(-q * (t - t1)), np.ones_like(t)),
        "λ", lambda t, q, t1: _stack(-(t - t1) * np.exp(-q * (t - t1)), np.zeros_like(t)),
        lambda t: np.geomspace(1e-3, 200, 60) / _span(t),
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
        law, values = BY_NAME[self.law], [e.value for e in self.estimates.values()]
        count = len(law.linear)
        columns = law.columns(np.asarray(t, dtype=float), values[-1] if law.curved else 0.0, self.first)
        return np.asarray(columns @ np.array(values[:count]))

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
        numbers = {key: plain(getattr(self, key)) for key in ("rss", "r_squared", "residual_error", "aic", "aicc", "weight")}
        said = {"law": self.law, "formula": self.formula, "points": self.points, "first_step": self.first}
        return said | {"parameters": estimates, **numbers, "exact": self.exact, "note": self.note}


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
    return _ranked([fit_law(law, steps, values) for law in LAWS])


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
    if len(np.unique(t)) < k:
        return replace(plain, note=f"it needs {k} different steps")
    if law.curved and np.ptp(y) <= _rounding(y):
        return replace(plain, note="the norm does not vary")
    found = _least_squares(law, t, y, first)
    if found is None:
        return replace(plain, note="it fits best at an end of the values that were searched")
    coefficients, jacobian, residual = found
    return _judged(replace(plain, estimates=_estimates(law, coefficients, jacobian, residual)), residual, y, k)


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
    if not law.curved:
        columns = law.columns(t, 0.0, first)
        linear = _linear(columns, y)
        return linear, columns, columns @ linear - y
    q = _search(law, t, y, first)
    return None if q is None else _polished(law, t, y, first, q)


def _linear(columns: Array, y: Array) -> Array:
    size = np.linalg.norm(columns, axis=0)
    size = np.where(size > 0, size, 1.0)
    return np.asarray(np.linalg.lstsq(columns / size, y, rcond=None)[0] / size)


def _search(law: Law, t: Array, y: Array, first: float) -> float | None:
    """Find the best q: on the grid, then between the neighbours of its best point; None at the grid's ends."""
    from scipy.optimize import minimize_scalar

    def rss(q: float) -> float:
        columns = law.columns(t, q, first)
        residual = columns @ _linear(columns, y) - y
        return float(residual @ residual)

    assert law.grid is not None
    grid = law.grid(t)
    at = int(np.argmin([rss(q) for q in grid]))
    if not 0 < at < len(grid) - 1:
        return None
    found = minimize_scalar(rss, bounds=(grid[at - 1], grid[at + 1]), method="bounded", options={"xatol": 1e-9 * abs(grid[at])})
    return float(found.x) if found.fun <= rss(grid[at]) else float(grid[at])


def _polished(law: Law, t: Array, y: Array, first: float, q: float) -> tuple[Array, Array, Array]:
    from scipy.optimize import least_squares

    def jacobian(parameters: Array) -> Array:
        columns, slopes = (f(t, parameters[-1], first) for f in (law.columns, law.slopes) if f is not None)
        return np.column_stack([columns, slopes @ parameters[:-1]])

    def residual(parameters: Array) -> Array:
        return np.asarray(law.columns(t, parameters[-1], first) @ parameters[:-1] - y)

    start = np.append(_linear(law.columns(t, q, first), y), q)
    with np.errstate(all="ignore"):
        found = least_squares(residual, start, jacobian, method="lm", x_scale="jac", xtol=1e-15, ftol=1e-15, gtol=1e-15)
    better = np.all(np.isfinite(found.x)) and found.fun @ found.fun <= residual(start) @ residual(start)
    chosen = np.asarray(found.x if better else start)
    return chosen, jacobian(chosen), residual(chosen)


def _estimates(law: Law, values: Array, jacobian: Array, residual: Array) -> dict[str, Estimate]:
    from scipy.stats import t as student

    n, k = jacobian.shape
    error = np.full(k, np.nan)
    size = np.linalg.norm(jacobian, axis=0)
    if n > k and np.all(size > 0):
        scaled = jacobian / size
        if np.linalg.cond(scaled) < 1e12:
            spread = np.diag(np.linalg.inv(scaled.T @ scaled)) * (residual @ residual) / (n - k)
            error = np.sqrt(np.maximum(spread, 0)) / size * student.ppf((1 + LEVEL) / 2, n - k)
    limits = zip(law.parameters, values, error, strict=True)
    return {name: Estimate(float(v), float(v - e), float(v + e)) for name, v, e in limits}
