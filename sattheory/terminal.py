"""What the command line shows: tables for people on standard output, progress on standard error.

Every table is made from the same plain values that ``--json`` prints, so that neither can say more than the other.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    from sattheory.arithmetic.operations import Place
    from sattheory.asymptotics import Saturation, ScaleSweep
    from sattheory.asymptotics.certificate import Certificate, Certified, Pattern
    from sattheory.asymptotics.closed_form import ClosedForm
    from sattheory.claims import Report

T = TypeVar("T")
ATTENDED = 1e-5
SHOWN_TIES = 10


def console() -> Console:
    """Open standard output, 110 columns wide where it is no terminal.

    Returns
    -------
    Console
        The console.
    """
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=110)


def progress(items: Iterable[T], total: int, what: str, quiet: bool) -> Iterator[T]:
    """Go through slow items with a progress bar on standard error.

    Parameters
    ----------
    items : iterable
        The items.
    total : int
        How many there are.
    what : str
        What is being done.
    quiet : bool
        Show nothing.

    Yields
    ------
    object
        The items.
    """
    error = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=error, transient=True, disable=quiet or not error.is_terminal) as bar:
        yield from bar.track(items, total=total, description=what)


@contextmanager
def layer_by_layer(layers: int, what: str, quiet: bool) -> Iterator[Callable[[Place, object], None]]:
    """Show on standard error how far a forward pass has come; a pass that starts again with more terms starts the bar again.

    Parameters
    ----------
    layers : int
        Number of layers.
    what : str
        What is being done.
    quiet : bool
        Show nothing.

    Yields
    ------
    callable
        To be given to the pass as its watcher.
    """
    error = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=error, transient=True, disable=quiet or not error.is_terminal) as bar:
        task, passes = bar.add_task(what, total=layers), 0

        def watch(place: Place, _: object) -> None:
            nonlocal passes
            if place.part == "stream":
                passes += place.layer == 0
                description = what if passes < 2 else f"{what}, pass {passes}"
                bar.update(task, completed=place.layer, description=description)

        yield watch


def print_json(value: Any) -> None:
    """Print plain values as JSON; infinities and NaN become null.

    Parameters
    ----------
    value : object
        Dicts, lists, numbers, strings.
    """
    print(json.dumps(_finite(value), ensure_ascii=False, indent=2, allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


def hanging(text: str, width: int) -> str:
    """Wrap lines so that what is wrapped stays indented under its beginning.

    Parameters
    ----------
    text : str
        Lines, indented as they should be.
    width : int
        Columns.

    Returns
    -------
    str
        The wrapped lines.
    """
    lines = []
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip(" -")) + 2)
        lines += textwrap.wrap(line, max(width, 40), subsequent_indent=indent, break_long_words=False) or [""]
    return "\n".join(lines)


def claims_table(reports: Sequence[Report]) -> Table:
    """Lay out verdicts, a row a claim.

    Parameters
    ----------
    reports : sequence of Report
        Checked claims.

    Returns
    -------
    Table
        Id, statement, verdict as stated and as repaired, strongest evidence, seconds.
    """
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("id", "statement", "as stated", "repaired", "evidence"):
        table.add_column(name, no_wrap=name != "statement")
    table.add_column("s", justify="right", no_wrap=True)
    for report in reports:
        row = report.row()
        mark = "" if report.as_expected else "[red]✗ [/red]"
        verdicts = [_coloured(row[key].split(" (")[0]) for key in ("literal", "repaired")]
        table.add_row(mark + row["id"], row["title"], *verdicts, row["strongest"].replace(", ", " + "), row["seconds"])
    return table


def print_claims(reports: Sequence[Report], seconds: float) -> None:
    """Print the verdicts, and what they add up to.

    Parameters
    ----------
    reports : sequence of Report
        Checked claims.
    seconds : float
        Time it took on the clock.
    """
    from sattheory.claims.witness import FROM_SCRATCH
    from sattheory.reports.tally import tally

    out = console()
    out.print(claims_table(reports))
    out.print(f"\n{tally(reports)} {seconds:.1f} s.")
    controls = [control for report in reports for form in report.forms for control in form.controls]
    if controls:
        rejected = sum(control.status == "rejected" for control in controls)
        without = [report.id for report in reports if not any(form.controls for form in report.forms)]
        out.print(f"planted errors: {rejected} of {len(controls)} rejected; claims without any: {', '.join(without) or 'none'}.")
    witnesses = [outcome for report in reports for form in report.forms for outcome in form.outcomes]
    scratch = [outcome for outcome in witnesses if outcome.says == FROM_SCRATCH]
    if scratch:
        found = sum(outcome.status == "refuted" for outcome in scratch)
        by_hand = sum(outcome.kind == "witness" for outcome in witnesses) - len(scratch)
        out.print(
            f"counterexamples found again from scratch: {found} of {len(scratch)}; {by_hand} more rest on kept points alone."
        )
    out.print("`sattheory verify ID` explains one claim; `--html FILE` writes them all on one page.")
    wrong = [report for report in reports if not report.as_expected]
    if wrong:
        out.print("[red]✗ marks what is not as the registry expects:[/red]")
    for report in wrong:
        out.print("\n".join(report.complaints()), markup=False)


def print_claim(report: Report) -> None:
    """Explain one claim.

    Parameters
    ----------
    report : Report
        The checked claim.
    """
    out = console()
    out.print(hanging(str(report), out.width), markup=False)


def _coloured(verdict: str) -> str:
    colours = {
        "refuted": "red",
        "derived": "green",
        "certified": "green",
        "tested": "yellow",
        "open": "magenta",
        "assumed": "cyan",
    }
    colour = colours.get(verdict.split()[0])
    return f"[{colour}]{verdict}[/{colour}]" if colour else verdict


def attended_positions(limit: Saturation) -> dict[int, list[float]]:
    """Count how many positions each head attends to in the limit, on average over the queries that are text.

    Parameters
    ----------
    limit : Saturation
        A limit.

    Returns
    -------
    dict of int to list of float
        For each layer from 1, one number a head; weights above 1e-5 count, as in the paper's figure 3.
    """
    real = limit.tokens.real()
    counts = {}
    for layer, weights in limit.attention.items():
        per_query = (weights > ATTENDED).sum(axis=-1)
        shown = np.broadcast_to(real[..., None, :] if real.ndim > 1 else real, per_query.shape)
        axes = tuple(i for i in range(per_query.ndim) if i != per_query.ndim - 2)
        counts[layer] = [float(v) for v in (per_query * shown).sum(axis=axes) / shown.sum(axis=axes)]
    return counts


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
    return f"c^-{value:.2f}" if np.isfinite(value) else "–"


def certificate_summary(found: Certified) -> dict[str, Any]:
    """Put what a certificate says into plain values, without the network that its file carries.

    Parameters
    ----------
    found : Certificate or NotCertified
        What `certify` gave.

    Returns
    -------
    dict
        ``certified``; if so c₀ and the scales as exact strings, bounds as floats rounded up; if not, the reason, and under
        ``best`` the same for a certificate from another c₀, or null.
    """
    from sattheory.asymptotics.certificate import NotCertified

    if isinstance(found, NotCertified):
        best = None if found.best is None else certificate_summary(found.best)
        layers = len(found.streams) - 1
        return {"certified": False, "reason": found.reason, "kind": found.undecided.kind, "layers": layers, "best": best}
    return {
        "certified": True,
        "says": found.sentence(),
        "c0": str(found.c0),
        "degree": found.degree,
        "bounds": [_bounds(found, times) for times in (1, 10, 100)],
        "attention": [_pattern(pattern) for pattern in found.patterns],
        "assumptions": list(found.assumptions),
        "no_smaller_c0": found.smaller or None,
        "terms": found.terms,
        "bits": found.bits,
        "closed_forms": found.closed,
    }


def _bounds(found: Certificate, times: int) -> dict[str, Any]:
    from sattheory.arithmetic.enclosures import above

    c = times * found.c0
    parts = dict(zip(("algebraic", "exponential"), found.bounds(c), strict=True))
    return {"c": str(c), "bound": found.bound(c)} | {k: max(map(above, v.ravel()), default=0.0) for k, v in parts.items()}


def _pattern(pattern: Pattern) -> dict[str, Any]:
    count = pattern.winners.sum(axis=-1)
    place = {"layer": pattern.place.layer, "part": pattern.place.part}
    return place | {"one_winner": int((count == 1).sum()), "several": int((count > 1).sum()), "losers_together": pattern.lost}


def print_certificate(found: Certified) -> None:
    """Print what is certified: the sentence, where its bound comes from, the attention that holds, what is assumed.

    Parameters
    ----------
    found : Certificate or NotCertified
        What `certify` gave; of a failure, the best that holds all the same is printed, the reason is not.
    """
    from sattheory.asymptotics.certificate import NotCertified

    out = console()
    if isinstance(found, NotCertified):
        if found.best is None:
            return
        out.print("\nNot certified from the c0 that was asked for. What holds:", markup=False)
        found = found.best
    summary = certificate_summary(found)
    out.print(f"\n{summary['says']}\n", markup=False, soft_wrap=True)
    out.print(bounds_table(summary))
    if summary["attention"]:
        out.print()
        out.print(pattern_table(summary))
    assumed = [f"Assumed: {said}" for said in summary["assumptions"]] or ["Nothing is assumed."]
    smaller = [f"No smaller c0 was found: {summary['no_smaller_c0']}"] if summary["no_smaller_c0"] else []
    out.print("\n" + "\n".join([*assumed, *smaller]), markup=False)


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


def bounds_table(summary: dict[str, Any]) -> Table:
    """Lay out where B(c) comes from.

    Parameters
    ----------
    summary : dict
        From `certificate_summary`.

    Returns
    -------
    Table
        B(c), its algebraic and its exponential part at three scales.
    """
    from sattheory.arithmetic.scales import exact_scale
    from sattheory.asymptotics.certificate import rounded_up, scale_text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("c", "B(c)", "algebraic", "exponential"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in summary["bounds"]:
        parts = (rounded_up(row[key]) for key in ("bound", "algebraic", "exponential"))
        table.add_row(scale_text(exact_scale(row["c"])), *parts)
    return table


def pattern_table(summary: dict[str, Any]) -> Table:
    """Lay out the attention that holds at every scale from c₀ on.

    Parameters
    ----------
    summary : dict
        From `certificate_summary`.

    Returns
    -------
    Table
        A row for each attention block: queries of all heads by how many keys keep a weight, and what the others have.
    """
    from sattheory.asymptotics.certificate import rounded_up

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("layer", justify="right", no_wrap=True)
    table.add_column("attention", no_wrap=True)
    for name in ("queries with\none winner", "with several\nwinners", "all losers of a query\ntogether, at most"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in summary["attention"]:
        kind = row["part"].removesuffix(" weights").replace("attention", "self") if row["part"].startswith("att") else "cross"
        table.add_row(str(row["layer"]), kind, str(row["one_winner"]), str(row["several"]), rounded_up(row["losers_together"]))
    return table
