"""What the numbers say, in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sattheory.growth.fits import ENOUGH, Fit, best
from sattheory.growth.shrinking import AGAINST, TOLERANCE, decays_alike, shrinks_without_turning, spans

if TYPE_CHECKING:
    from sattheory.growth.growth import Growth

CAUTION = (
    "cos(θ_t, θ_t+1) near 1 does not show that the direction converges: steps orthogonal to all the past give "
    '(1+‖δ‖²/‖θ‖²)^(−½) between neighbours, the column "if misaligned", while cos(θ_s, θ_t) = ‖θ_s‖/‖θ_t‖ tends to 0 '
    "if the norm grows without bound (with ‖θ_t‖ = √t it is ¼ between t = 100 and t = 1600). Look at the cosine with the last "
    "checkpoint."
)
RANKING = "Weights take residuals for independent; those of one run are not, so that weights rank laws but are no probabilities"
SCATTER = 2.0  # standard deviations within which the difference of two norms is none, unless all changes have one sign
MOST_NAMED = 4


def verdict(growth: Growth) -> str:
    """Say whether the norm grows or falls, which law fits best, and where it falls as under weight decay alone.

    Parameters
    ----------
    growth : Growth
        A measured series.

    Returns
    -------
    str
        A few sentences.
    """
    norm = growth.whole.norm
    if len(norm) == 1:
        return f"One checkpoint: its norm is {_four(norm[0])}; growth needs a second one."
    norm = norm[_moved(growth)] if growth.fitted.sum() > 1 else norm
    winner = best(growth.fits)
    said = [f"The norm {_course(norm, winner)}."]
    if winner is None:
        said.append(f"{_points(growth)} no choice among laws.")
    elif np.ptp(norm) > 0:
        said += [_winner(growth.fits, winner), *_too_few(norm, winner), *_fall(winner)]
    return " ".join([*said, *_shrinking(growth, norm, winner), *_pure_decay(growth)])


def _moved(growth: Growth) -> NDArray[Any]:
    """Leave out copies of the checkpoint before; a copy of an earlier one is a way back."""
    return np.asarray(growth.fitted | np.append(True, growth.whole.step_size != 0))


def _points(growth: Growth) -> str:
    points, steps = int(growth.fitted.sum()), len(np.unique(growth.steps[growth.fitted]))
    if points == 1:
        return "One checkpoint, repeated, allows"
    return f"{points} checkpoints at one step allow" if steps == 1 else f"{points} different checkpoints allow"


def _four(value: float) -> str:
    return f"{value:#.4g}".rstrip(".")


def _course(norm: NDArray[Any], winner: Fit | None) -> str:
    change, ends = np.diff(norm), f"from {_four(norm[0])} to {_four(norm[-1])}"
    if not change.any():
        return f"does not change, {ends}"
    if norm[-1] == norm[0]:
        return f"comes back to where it was, {ends}"
    if _wavers(norm, change, winner):
        return f"wavers about {_four(norm.mean())}, {ends}: no net change beyond its scatter, {_four(_scatter(change))}"
    verb, along = ("grows", change > 0) if norm[-1] > norm[0] else ("falls", change < 0)
    against = len(change) - int(along.sum())
    return f"{verb}{f', though not in {against} of {len(change)} intervals' if against else ''}, {ends}"


def _wavers(norm: NDArray[Any], change: NDArray[Any], winner: Fit | None) -> bool:
    """Hold the net change against the scatter; what only rises or only falls does not waver."""
    if np.all(change >= 0) or np.all(change <= 0):
        return False
    flat = winner is not None and winner.law == "constant" and winner.points > ENOUGH
    return flat or bool(abs(norm[-1] - norm[0]) <= SCATTER * math.sqrt(2) * _scatter(change))


def _scatter(change: NDArray[Any]) -> float:
    """Estimate it from neighbours, whose difference has twice its variance; a net change hardly enters (von Neumann 1941)."""
    return float(np.linalg.norm(change)) / math.sqrt(2 * len(change))


def _winner(fits: tuple[Fit, ...], winner: Fit) -> str:
    second = fits[1]
    quality = "exactly" if winner.exact else f"R² {round(winner.r_squared, 4) + 0.0:.4f}"
    said = f"Of the laws that {winner.points} points can tell apart, {winner.law}, {winner.formula}, fits best ({quality}; "
    said += f"Akaike weight {winner.weight:.2f}, next {second.law} with {second.weight:.2f})."
    unranked = [fit.law for fit in fits if not fit.ranked and fit.estimates]
    said += f" Too few points to rank: {', '.join(unranked)}." if unranked else ""
    near = winner.autocorrelation
    return said + f" {RANKING}{'' if math.isnan(near) else f' (neighbouring residuals correlate by {near:.2f})'}."


def _too_few(norm: NDArray[Any], winner: Fit) -> list[str]:
    """Explain a constant that wins though the norm does not waver."""
    if winner.law != "constant" or _wavers(norm, np.diff(norm), winner):
        return []
    return [
        f"A constant wins because {winner.points} points pay for no second parameter, not because the norm stays where it is."
    ]


def _fall(winner: Fit) -> list[str]:
    if winner.law != "decay":
        return []
    rate = winner.estimates["λ"].value
    return [f"So fitted, it falls like exp(−λt) with λ = {rate:.4g}, by {-100 * math.expm1(-rate):.3g} % per step."]


def _shrinking(growth: Growth, norm: NDArray[Any], winner: Fit | None) -> list[str]:
    """Name the intervals that decay alone could explain, unless the norm only wavers."""
    found = shrinks_without_turning(growth.whole)
    if _wavers(norm, np.diff(norm), winner):
        return []
    if found.any():
        where = _named(spans(growth.steps, found))
        return [f"The parameters shrink without turning, as under decay alone, {where} (alignment −{AGAINST:g} or less)."]
    decays = winner is not None and winner.law == "decay"
    return ["In no interval do the parameters shrink without turning, as they would under decay alone."] if decays else []


def _pure_decay(growth: Growth) -> list[str]:
    """Hold the ratios of norms against (1 − ηλ)^steps."""
    if growth.decay is None:
        return []
    ratio, alone = growth.whole.ratio, growth.decay.ratios(growth.steps)
    alike = decays_alike(ratio, growth.decay.logarithms(growth.steps))
    where = "in every interval" if alike.all() else _named(spans(growth.steps, alike)) if alike.any() else "in no interval"
    only = " only" if alike.any() and not alike.all() else ""
    last = f"; the last ratio is {ratio[-1]:.4f}, pure decay's {alone[-1]:.4f}" if math.isfinite(ratio[-1]) else ""
    return [
        f"The ratio of norms equals pure decay's, (1 − {growth.decay.rate * growth.decay.weight_decay:g})^steps, "
        f"to {100 * TOLERANCE:g} % of the logarithm, {where}{only}{last}."
    ]


def _named(found: Sequence[tuple[float, float]]) -> str:
    said = [f"from step {start:.10g} to {stop:.10g}" for start, stop in found[:MOST_NAMED]]
    more = len(found) - len(said)
    return ", ".join(said) + (f" and in {more} more stretches" if more else "")
