"""Norm and direction of a group of tensors along a series, from sums of squares.

‖θ‖² is a sum over tensors, and so are ‖δ_t‖² and θ_t·θ_last; a group's curves need nothing else.  With a = ‖θ_t‖, b = ‖θ_{t+1}‖

    1 − cos(θ_t, θ_{t+1}) = (‖δ_t‖² − (b − a)²) / 2ab,        cos(δ_t, θ_t) = (b² − a² − ‖δ_t‖²) / 2a‖δ_t‖,

where the first keeps its digits for small steps that turn, because ‖δ_t‖² was summed from differences; a change of length costs
them, since b − a is taken from rounded squares.  With r = ‖δ_t‖/‖θ_t‖ and ε = 10⁻¹⁶, the error of 1 − cos(θ_t, θ_{t+1}) is then
about εr, which is ε/r of ‖δ_t‖²/ab, and that of the alignment is about ε(r + 1/r): a step of r = 10⁻⁸ leaves it eight digits,
and so does one of r = 10⁸.

A direction of zero has no cosine: nan, shown as a dash.  (Paper, figures 1 and 5.)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sattheory.growth.scanning import LAST, SQUARE, STEP

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Curves:
    """One group of tensors along a series of T checkpoints.

    Parameters
    ----------
    name : str
        What the group is.
    tensors, parameters : int
        How many it has.
    norm : ndarray, shape (T,)
        ‖θ_t‖.
    step_size : ndarray, shape (T − 1,)
        ‖δ_t‖ with δ_t = θ_{t+1} − θ_t.
    successor_gap : ndarray, shape (T − 1,)
        1 − cos(θ_t, θ_{t+1}).
    last_gap : ndarray, shape (T,)
        1 − cos(θ_t, θ_last).
    alignment : ndarray, shape (T − 1,)
        cos(δ_t, θ_t).
    """

    name: str
    tensors: int
    parameters: int
    norm: Array
    step_size: Array
    successor_gap: Array
    last_gap: Array
    alignment: Array

    @property
    def ratio(self) -> Array:
        """By what the norm is multiplied from one checkpoint to the next.

        Returns
        -------
        ndarray, shape (T − 1,)
            ‖θ_{t+1}‖ / ‖θ_t‖; nan after a norm of 0.
        """
        return _divided(self.norm[1:], self.norm[:-1])

    @property
    def misaligned_gap(self) -> Array:
        """What 1 − cos(θ_t, θ_{t+1}) would be if δ_t were orthogonal to θ_t.

        Returns
        -------
        ndarray, shape (T − 1,)
            1 − (1 + ‖δ_t‖²/‖θ_t‖²)^{−½}.
        """
        relative = _divided(self.step_size, self.norm[:-1])
        turn = np.hypot(1.0, relative)
        return np.asarray(relative / turn * (relative / (1 + turn)))

    def to_dict(self) -> dict[str, Any]:
        """Put the curves into plain values.

        Returns
        -------
        dict
            Lists and numbers; None where there is no cosine.
        """
        arrays = {key: getattr(self, key) for key in QUANTITIES}
        return {"name": self.name, "tensors": self.tensors, "parameters": self.parameters} | {
            key: [plain(value) for value in array] for key, array in arrays.items()
        }


QUANTITIES = ("norm", "ratio", "step_size", "successor_gap", "misaligned_gap", "last_gap", "alignment")


def curves_of(name: str, sums: Sequence[Array], sizes: Sequence[int]) -> Curves:
    """Derive a group's curves from the sums of its tensors.

    Parameters
    ----------
    name : str
        What the group is.
    sums : sequence of ndarray, shape (3, T)
        From `scanning.sums`, one a tensor.
    sizes : sequence of int
        Parameters of each tensor.

    Returns
    -------
    Curves
        The curves.
    """
    total = np.array([[math.fsum(values) for values in column] for column in np.stack(sums, axis=-1)])
    square, step, dot = total[SQUARE], total[STEP, :-1], total[LAST]
    norm, size = np.sqrt(square), np.sqrt(step)
    rise = _divided(square[1:] - square[:-1], norm[1:] + norm[:-1])  # b − a, without cancellation where the sums are equal
    successor = _divided(step - rise**2, 2 * norm[1:] * norm[:-1])
    last = _divided(norm * norm[-1] - dot, norm * norm[-1])
    last[(square == dot) & (dot == square[-1]) & (norm > 0)] = 0.0
    last[-2:-1] = successor[-1:]
    along = _divided(square[1:] - square[:-1] - step, 2 * norm[:-1] * size)
    return Curves(name, len(sums), sum(sizes), norm, size, np.clip(successor, 0, 2), np.clip(last, 0, 2), np.clip(along, -1, 1))


def plain(value: float) -> float | None:
    """Turn a number into one that JSON knows.

    Parameters
    ----------
    value : float
        The number.

    Returns
    -------
    float or None
        None for nan and infinities.
    """
    return float(value) if math.isfinite(value) else None


def _divided(above: Array, below: Array) -> Array:
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
