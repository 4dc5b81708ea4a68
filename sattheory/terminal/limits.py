"""A limit as tables: what it is, its layers, its closed form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray
from rich.table import Table

from sattheory.terminal.console import console

if TYPE_CHECKING:
    from sattheory.asymptotics import Saturation
    from sattheory.asymptotics.closed_form import ClosedForm


def attended_positions(limit: Saturation) -> dict[int, list[float]]:
    """Count how many positions each head attends to in the limit, on average over queries, as ``sattheory measure`` does.

    Parameters
    ----------
    limit : Saturation
        A limit of a sentence, or of a batch of them, which count the same.

    Returns
    -------
    dict of int to list of float
        For each decided layer from 1, one number a head; a position counts if it keeps a weight in the limit.
    """
    from sattheory.measure.heads import observe

    counts = observe(limit)
    return {i + 1: (row / counts.decided[i]).tolist() for i, row in enumerate(counts.attended) if counts.decided[i]}


def limit_table(limit: Saturation, agrees: bool) -> Table:
    """Lay out what a limit is.

    Parameters
    ----------
    limit : Saturation
        A decided limit.
    agrees : bool
        Whether saturating layer by layer gives the same.

    Returns
    -------
    Table
        Degree, rate, onset, ties, agreement with layerwise saturation.
    """
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    kinds = [tie.kind for tie in limit.ties]
    ties = ", ".join(f"{kinds.count(kind)} {kind}" for kind in ("lexicographic", "uniform", "soft") if kind in kinds) or "none"
    assumed = sum(tie.assumed for tie in limit.ties)
    table.add_row("degree", f"{limit.degree}   [dim]f(x; cθ) grows like c^{limit.degree}[/dim]")
    table.add_row("rate", str(limit.rate))
    table.add_row("onset", f"c ≈ {limit.onset:.3g}   [dim]from here on the rate shows[/dim]")
    table.add_row("ties", ties + (f" ({assumed} assumed to tolerance)" if assumed else ""))
    if limit.assumed_zeros:
        table.add_row("zeros", f"{limit.assumed_zeros} coefficients are taken for zero though they stand out from rounding")
    table.add_row(
        "layer by layer", "the same limit" if agrees else "[yellow]another limit[/yellow]: saturating each layer alone goes wrong"
    )
    table.add_row("terms", f"{limit.terms}   [dim]coefficients of the series that it took[/dim]")
    return table


def layers_table(limit: Saturation, cosines: NDArray[Any]) -> Table:
    """Lay out the layers: how saturated the network is now, and what its heads do in the limit.

    Parameters
    ----------
    limit : Saturation
        A decided limit.
    cosines : ndarray, shape (L + 1,)
        Cosine of f(x; θ) with the limit at each layer.

    Returns
    -------
    Table
        A row a layer.
    """
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("layer", justify="right", no_wrap=True)
    table.add_column("cosine of f(x; θ)\nwith the limit", justify="right", no_wrap=True)
    table.add_column("positions attended in the limit,\nmean over queries, a number a head")
    counts = attended_positions(limit)
    for layer, cosine in enumerate(cosines):
        heads = " ".join(f"{count:.3g}" for count in counts.get(layer, []))
        table.add_row(str(layer) if layer else "embedding", f"{cosine:.4f}", heads or "–")
    return table


def print_closed_form(written: ClosedForm) -> None:
    """Print a limit as expressions, and as LaTeX.

    Parameters
    ----------
    written : ClosedForm
        From `closed_form`.
    """
    out = console()
    shown = written.to_dict()
    out.print(f"\nlim c^-{written.degree} f(x; cθ) in closed form, one line a position:", markup=False)
    for row in shown["terms"]["0"]:
        out.print("  " + ", ".join(row), markup=False, soft_wrap=True)
    for place in shown["soft"]:
        weights = ", ".join(place["weights"])
        out.print(
            f"soft weights in layer {place['layer']}, head {place['head']}, query {place['query']}: {weights}",
            markup=False,
            soft_wrap=True,
        )
    out.print(f"LaTeX: {shown['latex']}", markup=False, soft_wrap=True)
