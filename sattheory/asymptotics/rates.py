"""How fast c^{−k} f(x; cθ) approaches its limit: read off a series, or fitted to a sweep.

Three kinds, and only three: *exact* (nothing is left over), *exponential* (the error is flat, e^{−g c^q}), *algebraic* of order p
(the first further coefficient stands p powers below the leading one).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sattheory.arithmetic.series import EXACT, Flat, Series

Array = NDArray[Any]
FLOOR = 1e-13


@dataclass(frozen=True)
class Rate:
    """A rate of convergence.

    Parameters
    ----------
    kind : {"exact", "exponential", "algebraic"}
        See the module.
    order : int
        p of an algebraic rate.
    at_least : bool
        Whether p is only a lower bound, because every known further coefficient is zero.
    flat : Flat, optional
        Gap and power of the slowest exponential on the way.
    """

    kind: Literal["exact", "exponential", "algebraic"]
    order: int = 0
    at_least: bool = False
    flat: Flat | None = None

    def __str__(self) -> str:
        if self.kind == "algebraic":
            if self.at_least:
                return f"algebraic of order at least {self.order}: error c^-{self.order} or smaller"
            return f"algebraic of order {self.order}: error c^-{self.order}"
        if self.kind == "exponential" and self.flat is not None:
            return f"exponential: error exp(-{self.flat.gap:.4g} c^{self.flat.power})"
        return "exact at every scale"


def rate_of(series: Series) -> Rate:
    """Read the rate off a series.

    Parameters
    ----------
    series : Series
        A value.

    Returns
    -------
    Rate
        The rate at which c^(−degree) times the value tends to the symbol.
    """
    for order in range(1, len(series.coefficients)):
        if series.coefficients[order].any():
            return Rate("algebraic", order, flat=series.flat)
    if series.remainder != EXACT:
        return Rate("algebraic", series.degree - int(series.remainder), True, series.flat)
    return Rate("exponential" if series.flat else "exact", flat=series.flat)


def shown_from(series: Series) -> float:
    """Estimate the scale from which on the rate shows: branches are taken, and the leading error outweighs the ones after it.

    Parameters
    ----------
    series : Series
        A value.

    Returns
    -------
    float
        A scale, at least 1.
    """
    sizes = [float(np.abs(a).max()) for a in series.coefficients]
    order = next((j for j in range(1, len(sizes)) if sizes[j] > 0), None)
    if order is None:
        return max(1.0, series.onset)
    later = [(2 * sizes[j] / sizes[order]) ** (1 / (j - order)) for j in range(order + 1, len(sizes))]
    return float(max(1.0, series.onset, *later))


def fitted_order(scales: ArrayLike, distance: ArrayLike, onset: float = 1.0, floor: float = FLOOR) -> float:
    """Fit p in distance ≈ C·c^(−p), by least squares on logarithms.

    Only the run of scales along which the distance keeps falling counts: where it rises again, floats have lost a tie.  The fit
    begins at the onset, or three scales before the end of the run if fewer lie beyond the onset.

    Parameters
    ----------
    scales, distance : array_like, shape (S,)
        Scales and relative distances to a limit.
    onset : float
        Scale from which on the rate should show.
    floor : float
        Distances below are rounding.

    Returns
    -------
    float
        The fitted order; nan if fewer than two distances are above rounding.
    """
    c, error = np.asarray(scales, dtype=float), np.asarray(distance, dtype=float)
    order = np.argsort(c)
    c, error = c[order], error[order]
    start = int(np.searchsorted(c, onset))
    rises = np.flatnonzero(~(np.diff(error[start:]) < 0)) if start < len(c) else np.array([], dtype=int)
    end = start + int(rises[0]) + 1 if rises.size else len(c)
    seen = np.flatnonzero((error[:end] > floor) & np.isfinite(error[:end]))
    use = seen[seen >= start] if (seen >= start).sum() >= 3 else seen[-3:]
    if len(use) < 2 or np.ptp(np.log(c[use])) == 0:
        return float("nan")
    return float(-np.polyfit(np.log(c[use]), np.log(error[use]), 1)[0])
