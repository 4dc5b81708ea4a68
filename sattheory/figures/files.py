"""Writing figures: whole files or none, and the same bytes for the same seed.

A figure is drawn in memory and only then written, under another name that is changed at the end.  What makes files differ from
run to run is taken out: dates, random ids (SVG's come from a fixed salt), versions; text is drawn with Matplotlib's own DejaVu
Sans, as outlines in SVG, embedded in PDF.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sattheory.discovery import one_of
from sattheory.errors import InputError
from sattheory.figures.registry import SIZES, figures
from sattheory.figures.style import house_style
from sattheory.writing import folder, write

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

FORMATS: dict[str, dict[str, str | None]] = {
    "svg": {"Date": None, "Creator": "sattheory"},
    "pdf": {"CreationDate": None, "Creator": "sattheory", "Producer": "sattheory"},
    "png": {"Software": None},
}


def draw(
    names: Sequence[str] | None, out: str | os.PathLike[str], formats: Sequence[str] = ("svg",), seed: int = 0, size: str = "full"
) -> tuple[Path, ...]:
    """Draw figures and write them to a folder.

    Parameters
    ----------
    names : sequence of str, optional
        Which figures; all when left out.
    out : path
        The folder; made if it does not exist.
    formats : sequence of str
        Any of ``svg``, ``pdf``, ``png``.
    seed : int
        Seed of the random networks; the same seed gives the same bytes.
    size : {"full", "small"}
        The networks' size; ``small`` is for a quick look.

    Returns
    -------
    tuple of Path
        The files, a figure after the other.

    Raises
    ------
    InputError
        For an unknown name, format or size, before anything is drawn; for a folder that cannot be written.
    """
    chosen = [figures[name] for name in _several("names", figures if names is None else names)]
    endings = [one_of("format", kind, FORMATS) for kind in _several("formats", formats)]
    one_of("size", size, SIZES)
    if seed < 0:
        raise InputError(f"seed={seed}", "a seed is not negative", "give 0 or more")
    place, written = folder(Path(out)), []
    for figure in chosen:
        canvas = figure.draw(seed, size)
        contents = {kind: render(canvas, kind) for kind in endings}
        for kind, content in contents.items():
            written.append(write(place / f"{figure.name}.{kind}", content))
    return tuple(written)


def save(canvas: Canvas, path: str | os.PathLike[str]) -> Path:
    """Write one Matplotlib figure to a file, in the format its name ends in.

    Parameters
    ----------
    canvas : matplotlib.figure.Figure
        The figure, such as `ScaleSweep.plot` returns.
    path : path
        The file; its folder is made if it does not exist.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        For another ending than svg, pdf or png, or a place that cannot be written.
    """
    target = Path(path)
    kind = one_of("format", target.suffix[1:], FORMATS)
    return write(folder(target.parent) / target.name, render(canvas, kind))


def render(canvas: Canvas, kind: str) -> bytes:
    """Turn a Matplotlib figure into the bytes of a file.

    Parameters
    ----------
    canvas : matplotlib.figure.Figure
        The figure.
    kind : {"svg", "pdf", "png"}
        The format.

    Returns
    -------
    bytes
        The file's content.
    """
    buffer = io.BytesIO()
    with house_style():
        canvas.savefig(buffer, format=kind, metadata=FORMATS[kind])
    return buffer.getvalue()


def _several(what: str, given: Sequence[str] | object) -> list[str]:
    if isinstance(given, str):
        raise InputError(f"{what}={given!r}", "several are expected", f"give a list, such as [{given!r}]")
    return list(dict.fromkeys(given))  # type: ignore[call-overload]
