"""Formulas and text for a browser: every statement and every proof of the registry can be rendered."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from sattheory.claims import claims
from sattheory.reports.latex import escape, sentence
from sattheory.reports.mathematics import document, formula
from sattheory.reports.mathematics import sentence as html_sentence

FORMS = {name: form for claim in claims.values() for name, form in claim.forms.items()}


def rendered_formulas(page: str) -> list[str]:
    return re.findall(r"<math .*?</math>", page, flags=re.DOTALL)


def assert_understood(page: str) -> None:
    """Each formula is well-formed, and no LaTeX command is left in it as text."""
    for mathml in rendered_formulas(page):
        root = ET.fromstring(mathml)
        texts = [text for element in root.iter() if element.text for text in (element.text,)]
        assert not [text for text in texts if "\\" in text or text in {"&", "$"}], mathml


@pytest.mark.parametrize("name", FORMS)
def test_every_form_has_latex_that_renders(name: str) -> None:
    form = FORMS[name]
    assert "$" in form.latex
    assert form.latex.count("$") % 2 == 0
    assert "$$" not in form.latex
    page = html_sentence(form.latex)
    assert len(rendered_formulas(page)) == form.latex.count("$") // 2
    assert_understood(page)


@pytest.mark.parametrize("id", list(claims))
def test_every_statement_and_proof_renders(id: str) -> None:
    claim = claims[id]
    assert claim.latex
    assert_understood(html_sentence(claim.latex))
    text = claim.proof()
    page = document(text)
    assert_understood(page)
    assert "$" not in re.sub(r"<math .*?</math>|<code>.*?</code>", "", page, flags=re.DOTALL), "a dollar sign is left"
    assert len(rendered_formulas(page)) >= 3


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\frac{a}{b}", "<mfrac>"),
        (r"\begin{aligned}a&=b\\c&=d\end{aligned}", "<mtable"),
        (r"\lVert x\rVert", "&#x02016;"),
        ("a < b", "&lt;"),
    ],
)
def test_formulas_become_mathml(latex: str, expected: str) -> None:
    assert expected in formula(latex)


def test_text_outside_formulas_is_not_read_as_markup() -> None:
    assert html_sentence("a <b> *c* $x$").startswith("a &lt;b&gt; *c* <span")
    assert html_sentence("", "x < y") == "x &lt; y"
    assert "<script>" not in document("<script>alert(1)</script> $x$")


def test_headings_of_a_proof_go_below_the_page() -> None:
    assert document("# X: title\n\n## Part\n\ntext").startswith("<h5>Part</h5>")


def test_latex_escapes_what_is_not_a_formula() -> None:
    assert sentence("50 % of $x_1$ & more_") == r"50 \% of $x_1$ \& more\_"
    assert escape("‖θ‖ ≤ ½") == r"$\|$$\theta$$\|$ $\le$ $\tfrac12$"
    assert sentence("", "a_b") == r"a\_b"
