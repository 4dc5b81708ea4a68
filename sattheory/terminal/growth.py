"""A series of checkpoints as tables: the whole step by step, its groups, the laws; and what every column means."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from sattheory.terminal.console import console

if TYPE_CHECKING:
    from sattheory.growth import Curves, Fit, Growth

MOST_ROWS, DASH = 25, "–"
LEGEND = (
    ("‖θ‖", "norm of all the parameters that count, as one vector"),
    ("ratio", "norm by the norm one checkpoint earlier"),
    ("decay alone", "what that ratio would be if nothing but weight decay acted, (1−ηλ)^steps"),
    ("cos next", "cosine of θ_t and θ_t+1"),
    ("if misaligned", "what that cosine would be if the step were orthogonal to θ_t, (1+‖δ‖²/‖θ‖²)^(−½)"),
    ("cos last", "cosine of θ_t and the last checkpoint"),
    ("step ‖δ‖", "length of δ_t = θ_t+1 − θ_t"),
    ("alignment", "cosine of δ_t and θ_t: 1 grows along θ, 0 turns, −1 shrinks"),
    ("all ‖θ‖", "norm with embeddings (heads and poolers too) and scalars (gains and biases)"),
)


@contextmanager
def scanning(quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show on standard error how far a scan has come.

    Parameters
    ----------
    quiet : bool
        Show nothing.

    Yields
    ------
    callable
        To be given to `scan` as its watcher.
    """
    error = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=error, transient=True, disable=quiet or not error.is_terminal) as bar:
        task = bar.add_task("scanning", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def print_growth(growth: Growth, rows: int = MOST_ROWS) -> None:
    """Print what was measured.

    Parameters
    ----------
    growth : Growth
        A series.
    rows : int
        The most steps to print.
    """
    from sattheory.growth.wording import CAUTION

    out = console()
    count = f"{len(growth.names)} checkpoint{'s' * (len(growth.names) > 1)}"
    out.print(f"{count}; counted: {growth.whole.parameters:,} parameters in {growth.selection}\n", markup=False, soft_wrap=True)
    out.print(steps_table(growth, rows))
    if len(growth.names) > rows:
        out.print(f"{rows} of {len(growth.names)} steps; --rows {len(growth.names)} shows all, --csv FILE writes all")
    out.print(legend(growth), markup=False)
    if len(growth.names) > 1:
        out.print(f"\n{CAUTION}", markup=False)
    out.print()
    out.print(groups_table(growth))
    out.print(f"everything: with embeddings and scalars{few_points(growth)}", markup=False)
    if growth.fits:
        out.print()
        out.print(fits_table(growth.fits))
        out.print("s: residual standard error; weight: Akaike's, from AICc, among the laws that have one", markup=False)
    out.print(f"\n{growth.verdict}", markup=False)
    for finding in growth.findings:
        out.print(f"! {finding.says}", markup=False, soft_wrap=True)


def steps_table(growth: Growth, rows: int = MOST_ROWS) -> Table:
    """Lay out the whole, a row a checkpoint; what belongs to two neighbours stands at the earlier one.

    Parameters
    ----------
    growth : Growth
        A series.
    rows : int
        The most rows; the first and the last are always among them.

    Returns
    -------
    Table
        The columns of `LEGEND`.
    """
    table = _table("step", *(name for name, _ in _columns(growth)))
    whole = growth.whole
    ratio = np.append(np.nan, whole.ratio)
    alone = np.append(np.nan, growth.decay.ratios(growth.steps)) if growth.decay else None
    for i in _chosen(len(growth.names), rows):
        cells = [_number(whole.norm[i]), _four(ratio, i)]
        cells += [_four(alone, i)] if alone is not None else []
        cells += [_cosine(whole.successor_gap, i), _cosine(whole.misaligned_gap, i), _cosine(whole.last_gap, i)]
        cells += [_at(whole.step_size, i), _four(whole.alignment, i), _number(growth.groups.everything.norm[i])]
        table.add_row(f"{growth.steps[i]:.10g}", *cells[: len(table.columns) - 1])
    return table


def legend(growth: Growth) -> str:
    """Explain the columns.

    Parameters
    ----------
    growth : Growth
        A series.

    Returns
    -------
    str
        A line each.
    """
    return "\n".join(f"  {name:<14} {said}" for name, said in _columns(growth))


def groups_table(growth: Growth) -> Table:
    """Lay out the groups: layers, then kinds, from the first checkpoint to the last.

    Parameters
    ----------
    growth : Growth
        A series.

    Returns
    -------
    Table
        Norm at both ends, their ratio, the cosine between them, the last cosine of neighbours, the last alignment, the best law.
    """
    from sattheory.growth.fits import best

    table = _table(
        "",
        "parameters",
        "first\n‖θ‖",
        "last\n‖θ‖",
        "ratio\nlast/first",
        "cosine\nfirst, last",
        "at the end\ncos next",
        "\nalignment",
    )
    table.columns[0].justify = "left"
    table.add_column("best law (weight)")
    for curves in (growth.whole, growth.groups.everything, *growth.groups.layers, *growth.groups.kinds):
        winner = best(growth.fit(curves))
        law = DASH if winner is None else f"{winner.law} ({winner.weight:.2f})"
        table.add_row(curves.name, f"{curves.parameters:,}", *_ends(curves), law)
    return table


def few_points(growth: Growth) -> str:
    """Say how much better a law must fit than a constant where there are few points.

    Parameters
    ----------
    growth : Growth
        A series.

    Returns
    -------
    str
        A clause; empty where there are many points, or too few to rank anything.
    """
    n = int(growth.fitted.sum())
    if not 5 <= n <= 8:
        return ""
    times = math.exp(((6 + 24 / (n - 4)) - (4 + 12 / (n - 3))) / n)
    return f"; with {n} points AICc asks of a law of two parameters a {times:.0f} times smaller RSS than of a constant"


def fits_table(fits: Sequence[Fit]) -> Table:
    """Lay out the laws, best first.

    Parameters
    ----------
    fits : sequence of Fit
        From `fit_laws`.

    Returns
    -------
    Table
        Formula, parameters, R², residual error, AICc, weight.
    """
    table = _table("law", "‖θ_t‖ =", "parameters (± half of the 95 % interval)", "R²", "s", "AICc", "weight")
    for column in table.columns[:3]:
        column.justify = "left"
    table.columns[2].no_wrap = False
    for fit in fits:
        numbers = [_four([round(fit.r_squared, 4) + 0.0], 0), _number(fit.residual_error, 3), _number(fit.aicc)]
        weight = f"{fit.weight:.3f}" if fit.ranked else DASH
        table.add_row(fit.law, fit.formula, _parameters(fit) or fit.note, *numbers, weight)
    return table


def _columns(growth: Growth) -> list[tuple[str, str]]:
    everything = growth.selection.embeddings and growth.selection.scalars
    unseen = {"decay alone"} if growth.decay is None else set()
    unseen |= {"all ‖θ‖"} if everything else set()
    return [(name, said) for name, said in LEGEND if name not in unseen]


def _table(*names: str) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold")
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _chosen(count: int, most: int) -> list[int]:
    return sorted({round(i) for i in np.linspace(0, count - 1, min(count, max(most, 2)))})


def _ends(curves: Curves) -> list[str]:
    first, last = curves.norm[0], curves.norm[-1]
    ratio = last / first if first > 0 else math.nan
    neighbours = len(curves.successor_gap) - 1
    cosines = [_cosine(curves.last_gap, 0), _cosine(curves.successor_gap, neighbours), _four(curves.alignment, neighbours)]
    return [_number(first), _number(last), _number(ratio), *cosines]


def _parameters(fit: Fit) -> str:
    return ", ".join(
        f"{name} = {e.value:.5g}" + (f"±{(e.high - e.low) / 2:.2g}" if math.isfinite(e.low) else "")
        for name, e in fit.estimates.items()
    )


def _number(value: float, digits: int = 4) -> str:
    return f"{value:#.{digits}g}".rstrip(".") if math.isfinite(value) else DASH


def _at(values: Sequence[float] | NDArray[Any], i: int) -> str:
    return _number(values[i]) if 0 <= i < len(values) else DASH


def _four(values: Sequence[float] | NDArray[Any], i: int) -> str:
    return f"{values[i]:.4f}" if 0 <= i < len(values) and math.isfinite(values[i]) else DASH


def _cosine(gaps: NDArray[Any], i: int) -> str:
    """Write a cosine from its distance to 1, which is written itself where the digits end."""
    if not (0 <= i < len(gaps) and math.isfinite(gaps[i])):
        return DASH
    return f"1 − {gaps[i]:.1e}" if 0 < gaps[i] < 1e-6 else f"{1 - gaps[i]:.6f}"
