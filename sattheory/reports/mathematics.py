"""Text with formulas, for a browser that is on its own: Markdown and LaTeX in, HTML and MathML out.

Browsers have drawn MathML by themselves since 2023, so a page needs no script, no font and no network for its formulas.
Markdown is read by markdown-it, LaTeX by latex2mathml.  Two dialects: a proof is full Markdown, a statement only text with
formulas in it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, MutableMapping, Sequence
from functools import cache
from typing import Any

UNDERSTOOD = {
    r"\begin{aligned}": r"\begin{split}",
    r"\end{aligned}": r"\end{split}",
    r"\setminus": r"\smallsetminus",
    r"\lVert": r"\|",
    r"\rVert": r"\|",
}
LIMITS = {"lim", "limsup", "liminf", "max", "min", "sup", "inf", "argmax"}  # their subscripts stand below them


@cache
def _reader(preset: str) -> Any:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    reader = MarkdownIt(preset, {"html": False})
    if preset == "commonmark":
        reader.enable("table")
    reader.use(dollarmath_plugin, allow_space=True, double_inline=True, renderer=_renderer)
    return reader


def _renderer(text: str, options: Mapping[str, Any]) -> str:
    return formula(text, display=bool(options.get("display_mode")))


def formula(latex: str, display: bool = False) -> str:
    """Write a formula as MathML.

    Parameters
    ----------
    latex : str
        Between the dollar signs.
    display : bool
        On a line of its own.

    Returns
    -------
    str
        A ``math`` element that carries the LaTeX for those who copy it.
    """
    from latex2mathml.converter import convert

    text = latex.strip()
    for given, understood in UNDERSTOOD.items():
        text = text.replace(given, understood)
    text = re.sub(r"\\[bB]igg?[lrm]?\s*\\\|", r"\\|", text)  # bars of a norm need no size
    mathml = str(convert(text, display="block" if display else "inline"))
    mathml = re.sub(r"<mo>([A-Za-z]{2,})</mo>", lambda m: m[0] if m[1] in LIMITS else f"<mi>{m[1]}</mi>", mathml)
    return mathml.replace("<math ", f'<math data-latex="{html.escape(latex.strip(), quote=True)}" ', 1)


def sentence(latex: str, plain: str = "") -> str:
    """Write a sentence with formulas between dollar signs as HTML.

    Parameters
    ----------
    latex : str
        The sentence; if empty, the plain one stands in.
    plain : str
        The same without LaTeX.

    Returns
    -------
    str
        Inline HTML.
    """
    return str(_reader("zero").renderInline(latex)) if latex else html.escape(plain)


def document(markdown: str, level: int = 4) -> str:
    """Write a proof as HTML.

    Parameters
    ----------
    markdown : str
        Markdown with formulas between dollar signs; a first heading is left out.
    level : int
        Level that the remaining headings begin at.

    Returns
    -------
    str
        Block HTML.
    """
    body = re.sub(r"\A\s*# [^\n]*\n", "", markdown)
    rendered = str(_reader("commonmark").render(body, _environment()))
    return re.sub(r"<(/?)h([1-6])>", lambda m: f"<{m[1]}h{min(6, int(m[2]) + level - 1)}>", rendered)


def _environment() -> MutableMapping[str, Sequence[Any]]:
    return {}
