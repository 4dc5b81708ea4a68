"""A small picture of how far an inequality fails: two bars a point, on a logarithmic axis.

The upper bar is the left side, the lower bar the right side that should not be smaller.  What a reader should see is that the
upper one is longer at every point, and stays so whatever constants the statement names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Any

WIDTH, LABEL, ROW, BAR = 560, 150, 34, 11
LEFT, RIGHT, INK = "#D55E00", "#0072B2", "#222222"


def bars(failures: Sequence[Mapping[str, Any]]) -> str:
    """Draw both sides of an inequality at several points.

    Parameters
    ----------
    failures : sequence of mapping
        Constants and values, as a witness lists them.

    Returns
    -------
    str
        An SVG element; empty if a side is not positive, so that no logarithm can be taken.
    """
    pairs = [tuple(Decimal(failure["values"][side]) for side in ("left", "right")) for failure in failures]
    if not pairs or any(value <= 0 for pair in pairs for value in pair):
        return ""
    logs = [tuple(float(value.log10()) for value in pair) for pair in pairs]
    low, high = min(min(pair) for pair in logs), max(max(pair) for pair in logs)
    low, high = low - 0.08 * (high - low) - 0.1, high + 0.02 * (high - low)
    scale = (WIDTH - LABEL - 90) / (high - low)
    rows = [_row(i, failure, pair, low, scale) for i, (failure, pair) in enumerate(zip(failures, logs, strict=True))]
    height = ROW * len(rows) + 6
    says = "left side (upper bar) and right side (lower bar) of the inequality, logarithmic"
    box = f'viewBox="0 0 {WIDTH} {height}" font-size="11" role="img" aria-label="{says}"'
    head = f'<svg class="bars" {box} xmlns="http://www.w3.org/2000/svg">'
    return head + f"<title>{says}</title>" + "".join(rows) + "</svg>"


def _row(i: int, failure: Mapping[str, Any], logs: Sequence[float], low: float, scale: float) -> str:
    top = ROW * i + 4
    constants = ", ".join(f"{name} = {_short(value)}" for name, value in failure["constants"].items()) or f"point {i + 1}"
    place = f'x="{LABEL - 8}" y="{top + 15}" text-anchor="end" font-size="12" fill="{INK}"'
    text = f"<text {place}>{escape(constants[:24])}</text>"
    shapes = [
        f'<rect x="{LABEL}" y="{top + BAR * j}" width="{(value - low) * scale:.1f}" height="{BAR - 1}" fill="{colour}"/>'
        f'<text x="{LABEL + (value - low) * scale + 5:.1f}" y="{top + BAR * j + 9}">{number}</text>'
        for j, (value, colour, number) in enumerate(zip(logs, (LEFT, RIGHT), _numbers(failure), strict=True))
    ]
    return text + "".join(shapes)


def _numbers(failure: Mapping[str, Any]) -> list[str]:
    return [_short(failure["values"][side]) for side in ("left", "right")]


def _short(number: object) -> str:
    """Write a number in four digits, anything else as it is."""
    text = str(number).replace("'", "")
    try:
        value = Decimal(text)
    except ArithmeticError:
        return text
    if value == int(value) and abs(value) < 10**6:
        return str(int(value))
    return f"{float(value):.4g}" if Decimal("1e-4") < abs(value) < 10**6 else f"{value:.2e}"
