"""What the numbers say, in sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sattheory.growth.fits import Fit, best

if TYPE_CHECKING:
    from sattheory.growth.growth import Growth

CAUTION = (
    "cos(θ_t, θ_t+1) near 1 does not show that the direction converges: steps orthogonal to all the past give "
    '(1+‖δ‖²/‖θ‖²)^(−½) between neighbours, the column "if misaligned", while cos(θ_s, θ_t) = ‖θ_s‖/‖θ_t‖ tends to 0 '
    "(with ‖θ_t‖ = √t it is ¼ between t = 100 and t = 1600). Look at the cosine with the last checkpoint."
)
SURE, LIKELY = 0.9, 0.6


def verdict(growth: Growth) -> str:
    """Say whether the norm grows or falls, which law wins, and how surely.

    Parameters
    ----------
    growth : Growth
        A measured series.

    Returns
    -------
    str
        One to four sentences.
    """
    norm = growth.whole.norm
    if len(norm) == 1:
        return f"One checkpoint: its norm is {_four(norm[0])}; growth needs a second one."
    said = [f"The norm {_course(norm)}, from {_four(norm[0])} to {_four(norm[-1])}."]
    winner = best(growth.fits)
    if winner is None:
        points = int(growth.fitted.sum())
        several = "1 checkpoint" if points == 1 else f"{points} different checkpoints"
        return " ".join([*said, f"{several} allow no choice among laws."])
    if np.ptp(norm) > 0:
        said += [_winner(growth.fits, winner), *_decays(winner)]
    return " ".join(said)


def _four(value: float) -> str:
    return f"{value:#.4g}".rstrip(".")


def _course(norm: NDArray[Any]) -> str:
    change = np.diff(norm)
    if not change.any():
        return "does not change"
    verb, against = ("grows", change < 0) if norm[-1] > norm[0] else ("falls", change > 0)
    if norm[-1] == norm[0]:
        return "comes back to where it was"
    return verb if not against.any() else f"{verb}, though not in {against.sum()} of {len(change)} intervals"


def _winner(fits: tuple[Fit, ...], winner: Fit) -> str:
    second = fits[1]
    how = "clearly" if winner.weight >= SURE else "probably" if winner.weight >= LIKELY else "narrowly"
    quality = "exactly" if winner.exact else f"R² {winner.r_squared:.4f}"
    said = (
        f"Of the laws that {winner.points} points can tell apart, {winner.law}, {winner.formula}, fits best, {how} ({quality}; "
    )
    said += f"Akaike weight {winner.weight:.2f}, next {second.law} with {second.weight:.2f})."
    unranked = [fit.law for fit in fits if not fit.ranked and fit.estimates]
    return said + (f" Too few points to rank: {', '.join(unranked)}." if unranked else "")


def _decays(winner: Fit) -> list[str]:
    if winner.law != "decay":
        return []
    rate = winner.estimates["λ"]
    interval = "" if math.isnan(rate.low) else f" (95 %: {math.exp(-rate.high):.6g} to {math.exp(-rate.low):.6g})"
    return [
        f"Each step multiplies it by {math.exp(-rate.value):.6g}{interval}: pure decay with ηλ = {-math.expm1(-rate.value):.4g}."
    ]
