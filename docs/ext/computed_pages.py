"""Directives whose content is computed when the documentation is built: claims and figures.

``claims-table`` runs every claim of the registry and shows the verdicts, ``claim-report`` one of them at length;
``figures-gallery`` draws every figure of the registry and shows it above what its module says about it.  A figure that cannot be
drawn, or a verdict that is not the one the registry states, is a warning, and so fails a strict build.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from sattheory.arithmetic.operations import Undecided
from sattheory.claims import Form, FormReport, claims, verify
from sattheory.errors import InputError
from sattheory.figures import draw, figures

FOLDER = "generated/figures"
log = logging.getLogger(__name__)


class _Computed(SphinxDirective):
    """A directive that writes Markdown, and lets the page's own parser read it."""

    def parsed(self, lines: list[str]) -> list[nodes.Node]:
        node = nodes.container()
        self.state.nested_parse(StringList(lines, source=self.get_source_info()[0]), self.content_offset, node, match_titles=True)
        return node.children

    @property
    def for_readers(self) -> bool:
        return self.env.app.builder.name in {"html", "dirhtml", "singlehtml"}


class ClaimsTable(_Computed):
    """One row a claim: id and place, what it says, its verdicts, what they rest on."""

    def run(self) -> list[nodes.Node]:
        if not self.for_readers:
            return []
        rows = _checked() if self.config.sattheory_check else _stated()
        lines = ["| id | what it says | as stated | repaired | resting on |", "|---|---|---|---|---|"]
        return self.parsed(lines + ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows])


def _checked() -> list[tuple[str, ...]]:
    reports = verify(jobs=2)
    for report in reports:
        if not report.as_expected:
            log.warning("claim %s is not as the registry states it", report.id)
    return [
        (
            f"`{report.id}`",
            f"{report.title} ({report.place})",
            report.literal.verdict.kind,
            report.repaired.verdict.kind if report.repaired else "–",
            _resting_on(report.forms),
        )
        for report in reports
    ]


def _stated() -> list[tuple[str, ...]]:
    return [
        (
            f"`{claim.id}`",
            f"{claim.title} ({claim.place})",
            f"{claim.expected.literal}?",
            f"{claim.expected.repaired}?" if claim.expected.repaired else "–",
            _resting_on(claim.forms.values()),
        )
        for claim in claims.values()
    ]


def _resting_on(forms: Iterable[Form | FormReport]) -> str:
    """Name what the forms of a claim use, a prime for repaired forms."""
    used = dict.fromkeys(use.replace("'", "′") for form in forms for use in form.uses)
    return ", ".join(f"`{use}`" for use in used) or "–"


class ClaimReport(_Computed):
    """What checking one claim showed, as text."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        if not self.for_readers:
            return []
        text = str(claims[self.arguments[0]].check())
        return [nodes.literal_block(text, text, language="none", classes=["sattheory-report"])]


class FiguresGallery(_Computed):
    """Every figure: title, picture, and what there is to see, in the words of its module."""

    def run(self) -> list[nodes.Node]:
        if not self.for_readers:
            return []
        drawn = [name for name in figures if _draw(name, Path(self.env.srcdir) / FOLDER)]
        return [node for name in drawn for node in self.parsed(_section(name))]


def _draw(name: str, folder: Path) -> bool:
    try:
        draw([name], folder, ("svg",), size="small")
    except (InputError, Undecided) as error:
        log.warning("figure %s cannot be drawn: %s", name, error)
        return False
    return True


def _section(name: str) -> list[str]:
    figure = figures[name]
    about = sys.modules[figure.draw.__module__].__doc__ or ""
    return [
        f"## {figure.title}",
        "",
        f"`{name}` · {figure.paper}",
        "",
        f"```{{image}} {FOLDER}/{name}.svg",
        f":alt: {figure.title}",
        ":class: sattheory-figure",
        "```",
        "",
        *textwrap.dedent(about).strip().splitlines(),
        "",
    ]


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx what is here."""
    app.add_config_value("sattheory_check", True, "env", types=(bool, int, str))
    app.add_directive("claims-table", ClaimsTable)
    app.add_directive("claim-report", ClaimReport)
    app.add_directive("figures-gallery", FiguresGallery)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
