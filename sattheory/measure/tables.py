"""A measurement as plain values: for JSON, for CSV, for a notebook.

The CSV files are long: one number a row, with what it is beside it, which is what data frames and plotting tools want.  An empty
cell is a number that does not exist: a limit that was undecided, a standard error of one sentence.
"""

from __future__ import annotations

import csv
import dataclasses
import html
import io
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sattheory.measure.cosines import QUANTITIES
from sattheory.measure.labels import KINDS, NEITHER, PLACES
from sattheory.writing import folder, write

if TYPE_CHECKING:
    from sattheory.measure.measurement import Measured, Measurement

Row = dict[str, Any]
FILES = ("layers.csv", "heads.csv", "sentences.csv")
SPREAD = ("tenth", "median", "ninetieth")


def layer_rows(measurement: Measurement) -> Iterator[Row]:
    """Go through every mean.

    Parameters
    ----------
    measurement : Measurement
        A measurement.

    Yields
    ------
    dict
        ``layer``, its ``name``, ``network``, ``quantity`` (see `QUANTITIES`), ``cosine``, ``one_minus_cosine``,
        ``standard_error`` (of either), quantiles of the sentences' cosines, and ``n``, the number of sentences.
    """
    for which, measured in measurement.networks.items():
        for quantity in measurement.quantities:
            yield from _quantity_rows(measurement.rows, which, measured, quantity)


def _quantity_rows(names: Sequence[str], which: str, measured: Measured, quantity: str) -> Iterator[Row]:
    gap, error, count = measured.gap(quantity), measured.standard_error(quantity), measured.count(quantity)
    spread = measured.quantiles(quantity)
    for layer in range(len(gap)):
        row = {"layer": layer, "name": names[layer], "network": which, "quantity": quantity, "cosine": float(1 - gap[layer])}
        row |= {"one_minus_cosine": float(gap[layer]), "standard_error": float(error[layer])}
        yield row | dict(zip(SPREAD, spread[:, layer].tolist(), strict=True)) | {"n": int(count[layer])}


def head_rows(measurement: Measurement) -> Iterator[Row]:
    """Go through every head.

    Parameters
    ----------
    measurement : Measurement
        A measurement.

    Yields
    ------
    dict
        ``network``, and the columns of `Head.row`.
    """
    for which in measurement.networks:
        for head in measurement.heads(which):
            yield {"network": which, **head.row()}


def sentence_rows(measurement: Measurement) -> Iterator[Row]:
    """Go through every sentence.

    Parameters
    ----------
    measurement : Measurement
        A measurement.

    Yields
    ------
    dict
        ``sentence`` (from 1), ``tokens``, ``left_out``, ``network``, ``layer``, ``quantity`` and ``one_minus_cosine``.
    """
    for number, sentence in enumerate(measurement.sentences):
        common = {"sentence": number + 1, "tokens": len(sentence.tokens), "left_out": sentence.left_out}
        for which, measured in measurement.networks.items():
            for quantity, gaps in measured.gaps.items():
                for layer, gap in enumerate(gaps[number].tolist()):
                    yield common | {"network": which, "layer": layer, "quantity": quantity, "one_minus_cosine": gap}


def as_csv(rows: Iterable[Row]) -> str:
    """Write rows as CSV.

    Parameters
    ----------
    rows : iterable of dict
        All with the same keys.

    Returns
    -------
    str
        A line with the names, then a line each; nan is an empty cell.
    """
    out, several = io.StringIO(), list(rows)
    if several:
        writer = csv.DictWriter(out, list(several[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: "" if _missing(value) else value for key, value in row.items()} for row in several)
    return out.getvalue()


def _missing(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def write_csv(measurement: Measurement, place: Path) -> tuple[Path, ...]:
    """Write a measurement to a folder: means, heads and single sentences.

    Parameters
    ----------
    measurement : Measurement
        A measurement.
    place : Path
        The folder; made if it does not exist.

    Returns
    -------
    tuple of Path
        `FILES` in it.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    target = folder(place)
    rows = (layer_rows(measurement), head_rows(measurement), sentence_rows(measurement))
    return tuple(write(target / name, as_csv(several)) for name, several in zip(FILES, rows, strict=True))


def as_dict(measurement: Measurement) -> dict[str, Any]:
    """Put a measurement into plain values.

    Parameters
    ----------
    measurement : Measurement
        A measurement.

    Returns
    -------
    dict
        Lists, numbers and strings; nan where there is no number.
    """
    layers: list[dict[str, Any]] = [{"layer": number, "name": name} for number, name in enumerate(measurement.rows)]
    for row in layer_rows(measurement):
        layer, _, which, quantity = (row.pop(key) for key in ("layer", "name", "network", "quantity"))
        layers[layer].setdefault(which, {})[quantity] = row
    settings = {"terms": measurement.settings.terms, "hard": measurement.settings.hard, "seed": measurement.seed}
    return {
        "model": measurement.name,
        "architecture": measurement.architecture,
        "settings": settings | {"thresholds": dataclasses.asdict(measurement.thresholds)},
        "sentences": sentences_summary(measurement),
        "undecided": {which: undecided_summary(m.undecided) for which, m in measurement.networks.items()},
        "quantities": {name: QUANTITIES[name].meaning for name in measurement.quantities},
        "layers": layers,
        "labels": {"kinds": KINDS, "places": PLACES, "neither": NEITHER},
        "heads": {which: [head.to_dict() for head in measurement.heads(which)] for which in measurement.networks},
    }


def sentences_summary(measurement: Measurement) -> dict[str, int]:
    """Say what was read.

    Parameters
    ----------
    measurement : Measurement
        A measurement.

    Returns
    -------
    dict of str to int
        ``count``, tokens in all, in the shortest and in the longest sentence, how many sentences were ``cut``.
    """
    lengths = [len(sentence.tokens) for sentence in measurement.sentences]
    cut = sum(sentence.left_out > 0 for sentence in measurement.sentences)
    return {"count": len(lengths), "tokens": sum(lengths), "shortest": min(lengths), "longest": max(lengths), "cut": cut}


def undecided_summary(reasons: Sequence[str]) -> dict[str, Any]:
    """Count the sentences whose limit is undecided.

    Parameters
    ----------
    reasons : sequence of str
        One a sentence; empty where it is decided.

    Returns
    -------
    dict
        ``sentences``, ``of``, and ``reasons``, each with its count.
    """
    given = Counter(reason for reason in reasons if reason)
    return {"sentences": sum(given.values()), "of": len(reasons), "reasons": dict(given)}


def as_html(measurement: Measurement) -> str:
    """Lay a measurement out for a notebook.

    Parameters
    ----------
    measurement : Measurement
        A measurement.

    Returns
    -------
    str
        A table of the cosines, and what each number is.
    """
    names = [(which, quantity) for which in measurement.networks for quantity in measurement.quantities]
    means = {(which, quantity): measurement.networks[which].mean(quantity) for which, quantity in names}
    heading = "".join(f"<th>{which}<br>{html.escape(quantity)}</th>" for which, quantity in names)
    rows = (_html_row(row, [means[name][layer] for name in names]) for layer, row in enumerate(measurement.rows))
    said = html.escape(f"{measurement.name}: mean cosine over {len(measurement.sentences)} sentences")
    table = f"<table><caption>{said}</caption><tr><th>layer</th>{heading}</tr>{''.join(rows)}</table>"
    return table + _html_legend({name: QUANTITIES[name].meaning for name in measurement.quantities})


def _html_row(name: str, values: Sequence[float]) -> str:
    cells = "".join(f"<td>{'–' if _missing(float(value)) else format(value, '.4f')}</td>" for value in values)
    return f"<tr><th>{name}</th>{cells}</tr>"


def _html_legend(meanings: Mapping[str, str]) -> str:
    items = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(text)}</dd>" for name, text in meanings.items())
    return f"<dl>{items}</dl>"
