"""A scale sweep as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from rich.table import Table

if TYPE_CHECKING:
    from sattheory.asymptotics import ScaleSweep


def sweep_table(sweep: ScaleSweep) -> Table:
    """Lay out a sweep: 1 − cosine with the true limit, a row a scale, a column a layer; then the last layer, other references.

    Parameters
    ----------
    sweep : ScaleSweep
        A sweep.

    Returns
    -------
    Table
        The table; below it the predicted and the fitted order of each layer's distance.
    """
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold")
    count = len(sweep.predicted)
    layers = _chosen(count)
    for name in ("c", *(f"layer {i}" if i else "embed." for i in layers), "layerwise", "c=1000"):
        table.add_column(name, justify="right", no_wrap=True)
    for j, c in enumerate(sweep.scales):
        gaps = [sweep.against["limit"].gap[i, j] for i in layers]
        others = [sweep.against[name].gap[-1, j] for name in ("layerwise", "c=1000")]
        doubt = "?" if c > sweep.resolved else ""
        table.add_row(f"{doubt}{c:.4g}", *(f"{gap:.2e}" for gap in (*gaps, *others)))
    table.add_section()
    table.add_row("predicted", *(_order(sweep.predicted[i]) for i in layers), "", "")
    table.add_row("fitted", *(_number(sweep.fitted(i)) for i in layers), "", "")
    return table


def sweep_note(sweep: ScaleSweep) -> str:
    """Say where floats stop telling tied scores apart.

    Parameters
    ----------
    sweep : ScaleSweep
        A sweep.

    Returns
    -------
    str
        A sentence, empty if that is beyond the sweep.
    """
    if sweep.scales.max() <= sweep.resolved:
        return ""
    return f"?: beyond c ≈ {sweep.resolved:.3g} floats may not tell tied scores apart; a distance that rises there is rounding."


def _chosen(count: int, most: int = 8) -> list[int]:
    return sorted({round(i) for i in np.linspace(0, count - 1, min(count, most))})


def _order(rate: Any) -> str:
    return f"c^-{rate.order}" if rate.kind == "algebraic" else str(rate.kind)


def _number(value: float) -> str:
    return f"c^{round(-value, 2) + 0.0:.2f}" if np.isfinite(value) else "–"
