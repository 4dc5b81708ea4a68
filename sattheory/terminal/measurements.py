"""A measurement as tables: cosines layer by layer, the trained network beside its twin, with what each number is below."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from sattheory.terminal.console import console, hanging

WIDE = 1000
COLUMNS = {
    "limit": "true\nlimit",
    "c1000_float32": "c=1000\nf32",
    "c1000_float64": "c=1000\nf64",
    "layerwise": "layer\nby l.",
    "hard": "hard\nsubst.",
}
OFF = "stand_in_float64"
LEGEND = {
    "limit": "true limit: cosine of f(x; θ) with lim c^(−k) f(x; cθ), computed exactly by series in 1/c. 1 is a saturated layer.",
    "error": "±: standard error of that mean, over sentences.",
    "c1000_float32": "c=1000: cosine of f(x; θ) with f(x; 1000θ), which the paper takes for the limit, in float32 (f32) as "
    "there, and in float64 (f64).",
    "layerwise": "layer by l.: cosine of f(x; θ) with the exact limit of each single layer, fed to the next (lower orders are "
    "lost in between).",
    "hard": "hard subst.: the same with every softmax replaced by the uniform argmax.",
    OFF: "1000 off by: 1 − cosine of f(x; 1000θ) (f64) with the true limit. 0: what the paper measures is the limit; near 1: it "
    "is another direction.",
}


def print_measurement(shown: Mapping[str, Any]) -> None:
    """Print the cosines of a measurement, and what they are.

    Parameters
    ----------
    shown : mapping
        From `Measurement.to_dict`.
    """
    out, networks = console(), list(shown["undecided"])
    out.print(f"{_heading(shown)}\n", markup=False, soft_wrap=True)
    beside = layers_table(shown, networks)
    fits = out.measure(beside, options=out.options.update(width=WIDE)).maximum <= out.width
    for table in [beside] if fits else [layers_table(shown, [which]) for which in networks]:
        out.print(table)
        out.print()
    for line in [*_legend(shown), *undecided_notes(shown)]:
        out.print(hanging(line, out.width), markup=False)


def _heading(shown: Mapping[str, Any]) -> str:
    read = shown["sentences"]
    name = f"{shown['model']} ({shown['architecture']})" if shown["architecture"] else shown["model"]
    if shown["architecture"] == "t5":
        name += ", its encoder"
    cut = f", {read['cut']} of them cut" if read["cut"] else ""
    plural = "" if read["count"] == 1 else "s"
    ends = dict.fromkeys(str(read[end]) for end in ("shortest", "longest"))
    lengths = f"{' to '.join(ends)} tokens, {read['tokens']} in all{cut}"
    return f"{name} on {read['count']} sentence{plural} of {lengths}"


def layers_table(shown: Mapping[str, Any], networks: Sequence[str]) -> Table:
    """Lay out the cosines, a row a layer.

    Parameters
    ----------
    shown : mapping
        From `Measurement.to_dict`.
    networks : sequence of str
        Which networks, side by side.

    Returns
    -------
    Table
        For each network the mean cosines, the standard error of the first, and how far c = 1000 is from the limit.
    """
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("\n\nlayer", justify="right", no_wrap=True)
    quantities = [name for name in COLUMNS if name in shown["quantities"]]
    for which in networks:
        title = which if shown["architecture"] else "network"  # an example was never trained
        headings = [f"{'' if number else title}\n{COLUMNS[name]}" for number, name in enumerate(quantities)]
        for heading in [headings[0], "\n\n±", *headings[1:], "\n1000\noff by"]:
            table.add_column(heading, justify="right", no_wrap=True)
    for row in shown["layers"]:
        cells = (_cells(row[which], quantities) for which in networks)
        table.add_row(row["name"], *(cell for several in cells for cell in several))
    return table


def _cells(values: Mapping[str, Any], quantities: Sequence[str]) -> list[str]:
    means = [_number(values[name]["cosine"], ".4f") for name in quantities]
    error = _number(values["limit"]["standard_error"], ".4f")
    return [means[0], error, *means[1:], _number(values[OFF]["one_minus_cosine"], ".1e")]


def _number(value: float, form: str) -> str:
    return format(value, form) if math.isfinite(value) else "–"


def _legend(shown: Mapping[str, Any]) -> list[str]:
    lines = ["Each number is a mean over the positions of a sentence, then over the sentences, each counting the same."]
    lines += [text for name, text in LEGEND.items() if name in shown["quantities"] or name == "error"]
    if "twin" in shown["undecided"]:
        seed = shown["settings"]["seed"]
        lines.append(
            f"twin: the same architecture with random parameters{'' if seed is None else f' (seed {seed})'}, as before training."
        )
    return lines


def undecided_notes(shown: Mapping[str, Any]) -> list[str]:
    """Say where limits are undecided, and why.

    Parameters
    ----------
    shown : mapping
        From `Measurement.to_dict`.

    Returns
    -------
    list of str
        Sentences; none where every limit is decided.
    """
    return [line for which, found in shown["undecided"].items() if found["sentences"] for line in _notes(shown, which, found)]


def _notes(shown: Mapping[str, Any], which: str, found: Mapping[str, Any]) -> list[str]:
    total = found["of"]
    open_ = {row["name"]: total - row[which]["limit"]["n"] for row in shown["layers"]}
    where = ", ".join(f"{name}: {count} of {total}" for name, count in open_.items() if count)
    reasons = [f"  {count}×: {reason}" for reason, count in list(found["reasons"].items())[:3]]
    more = len(found["reasons"]) - len(reasons)
    head = f"Undecided ({which}), left out of the means. Layer {where}."
    return [head, *reasons, *([f"  and {more} other reasons (--json lists all)"] if more else [])]
