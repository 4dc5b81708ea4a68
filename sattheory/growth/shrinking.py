"""Where parameters shrink as weight decay alone would make them, and where they only shrink.

A norm that falls like exp(−λt) does not show decay: gradients may do the same while the direction turns.  Decay alone
multiplies θ by a number, so that the step δ points against θ, and the direction stays.  Two things are therefore asked of an
interval: an alignment cos(δ, θ) of −0.99 or less, and a distance 1 − cos(θ_t, θ_{t+1}) of a twentieth at most of ½‖δ‖²/‖θ‖²,
which it would be if the same step were orthogonal to θ; and the norm must fall, since θ could also be turned round.  Even so it
is what decay *would* do; with a learning rate and a weight decay the ratio of norms is held against (1 − ηλ)^steps as well, in
the logarithm, because all ratios over short intervals are near 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sattheory.growth.curves import Curves

Array = NDArray[Any]
AGAINST, TURN, TOLERANCE = 0.99, 0.05, 0.01


def shrinks_without_turning(curves: Curves) -> Array:
    """Tell in which intervals a group does what decay alone would make it do.

    Parameters
    ----------
    curves : Curves
        A group.

    Returns
    -------
    ndarray of bool, shape (T − 1,)
        The norm falls, alignment is at most −0.99, and 1 − cos(θ_t, θ_{t+1}) at most 0.05·½‖δ‖²/‖θ‖².
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        orthogonal = 0.5 * (curves.step_size / curves.norm[:-1]) ** 2
    against = (curves.ratio < 1) & (curves.alignment <= -AGAINST)
    return np.asarray(against & (curves.successor_gap <= TURN * orthogonal))


def decays_alike(ratio: ArrayLike, logarithms: ArrayLike) -> Array:
    """Tell in which intervals the norm is multiplied as decay alone would multiply it.

    Parameters
    ----------
    ratio : array_like of float, shape (T − 1,)
        ‖θ_{t+1}‖/‖θ_t‖.
    logarithms : array_like of float, shape (T − 1,)
        steps·ln(1 − ηλ), which is finite where the power itself is too small for a float.

    Returns
    -------
    ndarray of bool, shape (T − 1,)
        Whether the logarithms differ by 1 % at most; False where no step lies between.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        measured, expected = np.log(ratio), np.asarray(logarithms, dtype=float)
        return np.asarray((expected < 0) & (np.abs(measured - expected) <= TOLERANCE * np.abs(expected)))


def spans(steps: ArrayLike, chosen: ArrayLike) -> list[tuple[float, float]]:
    """Join chosen intervals that follow each other.

    Parameters
    ----------
    steps : array_like of float, shape (T,)
        Steps.
    chosen : array_like of bool, shape (T − 1,)
        Which intervals.

    Returns
    -------
    list of tuple
        First and last step of each run of them.
    """
    at = np.asarray(steps, dtype=float)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], np.asarray(chosen, dtype=bool), [False]]).astype(int)))
    return [(float(at[start]), float(at[stop])) for start, stop in zip(edges[::2], edges[1::2], strict=True)]
