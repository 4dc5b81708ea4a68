r"""The verdicts as a LaTeX table, to be read into a paper with ``\input``.

It needs ``booktabs`` and ``longtable``, and ``amsmath`` with ``amssymb`` for the statements.  A statement is written as its
claim gives it, with formulas between dollar signs; everything else is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sattheory.claims import Report

SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"} | {c: rf"\{c}" for c in "&%$#_{}"}
UNICODE = {
    "≤": r"$\le$", "≥": r"$\ge$", "→": r"$\to$", "⇒": r"$\Rightarrow$", "∞": r"$\infty$", "·": r"$\cdot$", "−": r"$-$",
    "–": r"--", "‖": r"$\|$", "√": r"$\surd$", "½": r"$\tfrac12$", "…": r"\dots{}", "′": r"$'$", "∝": r"$\propto$",
    "≠": r"$\ne$", "∈": r"$\in$", "∘": r"$\circ$", "×": r"$\times$", "∂": r"$\partial$", "∇": r"$\nabla$", "⁻": r"$^-$",
    "ᵏ": r"$^k$", "⁰": r"$^0$", "¹": r"$^1$", "²": r"$^2$", "³": r"$^3$", "⁴": r"$^4$", "₀": r"$_0$", "₁": r"$_1$",
    "₂": r"$_2$", "ⁿ": r"$^n$", "σ": r"$\sigma$", "θ": r"$\theta$", "ε": r"$\varepsilon$", "Ω": r"$\Omega$", "δ": r"$\delta$",
    "η": r"$\eta$", "λ": r"$\lambda$", "β": r"$\beta$", "γ": r"$\gamma$",
}  # fmt: skip
WORDS = {"refuted": r"\textbf{refuted}", "–": "--"}
HEAD = r"""% Written by sattheory %VERSION%; needs booktabs, longtable, amsmath, amssymb.
\begin{longtable}{@{}llp{0.52\linewidth}ll@{}}
\toprule
Id & Place & Statement & As stated & Repaired \\
\midrule
\endhead
\bottomrule
\endfoot
"""


def table(reports: Sequence[Report]) -> str:
    r"""Write verdicts as a LaTeX table.

    Parameters
    ----------
    reports : sequence of Report
        Checked claims.

    Returns
    -------
    str
        A ``longtable``: id, place, statement as stated, both verdicts.
    """
    from sattheory import __version__

    return HEAD.replace("%VERSION%", __version__) + "".join(_row(report) for report in reports) + "\\end{longtable}\n"


def _row(report: Report) -> str:
    verdicts = [report.literal.verdict.kind, report.repaired.verdict.kind if report.repaired else "–"]
    cells = [
        escape(report.id),
        escape(report.place),
        sentence(report.latex, report.statement),
        *(WORDS.get(kind, kind) for kind in verdicts),
    ]
    return " & ".join(cells) + " \\\\\n"


def sentence(latex: str, plain: str = "") -> str:
    """Write a sentence with formulas between dollar signs.

    Parameters
    ----------
    latex : str
        The sentence; if empty, the plain one stands in.
    plain : str
        The same without LaTeX.

    Returns
    -------
    str
        LaTeX; what stands outside the dollar signs is escaped.
    """
    if not latex:
        return escape(plain)
    parts = re.split(r"(\$[^$]*\$)", latex)
    return "".join(part if part.startswith("$") else escape(part) for part in parts)


def escape(text: str) -> str:
    """Write plain text in LaTeX.

    Parameters
    ----------
    text : str
        Unicode, mathematical signs included.

    Returns
    -------
    str
        LaTeX.
    """
    return "".join(SPECIAL.get(sign) or UNICODE.get(sign, sign) for sign in text)
