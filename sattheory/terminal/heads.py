"""Heads as tables: how many of each label a layer has, then, where asked for, a row for each head."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from rich.table import Table

from sattheory.terminal.console import console, hanging

Heads = Sequence[Mapping[str, Any]]
DECIDED = {"lower": "ties\nlower", "exact": "even,\nexact", "assumed": "even,\nto tol.", "soft": "\nsoft"}
LEGEND = (
    "positions attended: mean over queries, then sentences, then heads, of how many positions keep a weight in the limit; by the "
    "paper's count (weight > 10⁻⁵ at c = 1000, float32); and of how many there are to see.",
    "ties: queries of all heads whose best keys tie at the leading power of c, in thousandths of all queries: broken at a lower "
    "power; even because scores are exactly equal, or equal to tolerance; weights that stay soft.",
)


def print_heads(shown: Mapping[str, Any], all_heads: bool) -> None:
    """Print what the heads of each network attend to in the limit, and what the labels mean.

    Parameters
    ----------
    shown : mapping
        From `Measurement.to_dict`.
    all_heads : bool
        Whether to print a row for each head too.
    """
    out = console()
    for which, heads in shown["heads"].items():
        title = which if shown["architecture"] else "network"
        out.print(f"\n{title}: what heads attend to in the limit\n", markup=False)
        out.print(heads_summary(heads))
        if all_heads:
            out.print()
            out.print(heads_table(heads))
    out.print()
    for line in (*LEGEND, *_definitions(shown)):
        out.print(hanging(line, out.width), markup=False)


def heads_summary(heads: Heads) -> Table:
    """Lay out the heads, a row a layer.

    Parameters
    ----------
    heads : sequence of mapping
        Heads as `Head.to_dict` gives them.

    Returns
    -------
    Table
        Mean number of positions attended in the limit, by the paper's count, and visible; how queries with ties were decided; how
        many heads have each label.
    """
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold")
    for name in ("\nlayer", "attended\nlimit", "\npaper", "\nof", *DECIDED.values()):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("heads\nkind", overflow="fold")
    table.add_column("\nplace", overflow="fold")
    for layer in sorted({head["layer"] for head in heads}):
        table.add_row(str(layer), *_summary([head for head in heads if head["layer"] == layer]))
    return table


def _summary(heads: Heads) -> list[str]:
    means = [_number(_mean(head[name] for head in heads), ".3f") for name in ("attended", "paper")]
    queries = sum(head["queries"] for head in heads)
    ties = [_per_thousand(sum(head["ties"][name] for head in heads), queries) for name in DECIDED]
    labels = [_counted(head[what] + ("~" if what == "kind" and head["assumed"] else "") for head in heads) for what in WHAT]
    return [*means, _number(_mean(head["visible"] for head in heads), ".1f"), *ties, *labels]


WHAT = ("kind", "place")


def _mean(values: Iterable[float]) -> float:
    finite = [value for value in values if math.isfinite(value)]
    return float(np.mean(finite)) if finite else math.nan


def _per_thousand(part: int, whole: int) -> str:
    if not whole:
        return "–"
    return "0" if not part else f"{1000 * part / whole:.1f}" if part * 20_000 >= whole else "<0.1"


def _counted(labels: Iterable[str]) -> str:
    return ", ".join(f"{count} {label}" for label, count in Counter(labels).most_common())


def heads_table(heads: Heads) -> Table:
    """Lay out the heads, a row each.

    Parameters
    ----------
    heads : sequence of mapping
        Heads as `Head.to_dict` gives them.

    Returns
    -------
    Table
        Layer and head, labels, positions attended in the limit and by the paper's count, and the largest share by place, with
        what even attention would give.
    """
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name, justify in (("head", "right"), ("kind", "left"), ("place", "left"), ("limit", "right"), ("paper", "right")):
        table.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    table.add_column("largest share of the weight (by chance)", no_wrap=True)
    for head in heads:
        kind = head["kind"] + ("~" if head["assumed"] else "")
        counts = (_number(head[name], ".3f") for name in ("attended", "paper"))
        table.add_row(f"{head['layer']}.{head['head']}", kind, head["place"], *counts, _largest(head))
    return table


def _largest(head: Mapping[str, Any]) -> str:
    places = {name: share for name, share in head["shares"].items() if math.isfinite(share["chance"])}
    if not places:
        return "–"
    name, share = max(places.items(), key=lambda item: item[1]["value"])
    called = head["address"] if name == "positional" else name
    return f"{share['value']:.3f} {called} ({share['chance']:.3f})"


def _number(value: float, form: str) -> str:
    return format(value, form) if math.isfinite(value) else "–"


def _definitions(shown: Mapping[str, Any]) -> list[str]:
    """Define the labels that occur."""
    thresholds, labels = shown["settings"]["thresholds"], shown["labels"]
    heads = [head for several in shown["heads"].values() for head in several]
    found = [(name, text) for name, text in labels["kinds"].items() if any(head["kind"] == name for head in heads)]
    found += [(name, text) for name, text in labels["places"].items() if any(head["place"] == name for head in heads)]
    given = {head[what] for head in heads for what in WHAT}
    found += [(name, text) for name, text in labels["neither"].items() if name in given]
    said = [f"{name}: {text}{f' ({thresholds[name]:g})' if name in thresholds else ''}." for name, text in dict(found).items()]
    tilde = ["~: a kind that rests on equalities to tolerance."] if any(head["assumed"] for head in heads) else []
    return [*said, *tilde]
