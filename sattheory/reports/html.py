"""The report as one page that needs nothing else: no network, no script, no font.

A reader sees what was found in a table, then what rests on what as a graph, then each claim: the sentence, why it matters,
the form that fails with the numbers at which it fails, the form that holds, and behind a fold the proof.  Colours repeat what
words and signs say.  The page is read on paper and on a telephone too, so its tables may turn into lists and wide things
scroll.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any

from sattheory.reports.bars import bars
from sattheory.reports.mathematics import document, sentence
from sattheory.reports.tally import tally

if TYPE_CHECKING:
    from sattheory.claims import Claim, FormReport, Outcome, Report

MARKS = {"refuted": "✗", "derived": "✓", "certified": "✓", "tested": "≈", "open": "?", "assumed": "∴"}
MEANING = {
    "refuted": "fails at exact points",
    "derived": "proved, step by step",
    "certified": "enclosed by balls on a domain",
    "tested": "no counterexample found",
    "open": "nothing stands",
    "assumed": "an assumption",
}
STEP = {True: "✓", False: "✗", None: "¶"}
STYLE = resources.files("sattheory.reports").joinpath("report.css").read_text(encoding="utf-8")


def page(reports: Sequence[Report], known: Iterable[Claim] = (), pictures: Mapping[str, tuple[str, str]] | None = None) -> str:
    """Write checked claims as one self-contained page.

    Parameters
    ----------
    reports : sequence of Report
        Checked claims.
    known : iterable of Claim
        Claims that they may use, checked or not.
    pictures : mapping of str to (str, str), optional
        Title to an SVG and a caption, to be shown after the graph.

    Returns
    -------
    str
        HTML.
    """
    from sattheory import __version__
    from sattheory.claims.dependencies import dependencies
    from sattheory.reports.graph import draw_graph

    known = tuple(known)
    support = dependencies(reports, known)
    body = [
        "<h1>Claims, and what became of them</h1>",
        _summary(reports, __version__),
        _verdicts(reports),
        '<h2 id="graph">What rests on what</h2>',
        f'<div class="graph scroll">{draw_graph(reports, known)}</div>',
        _pictures(pictures or {}),
        '<h2 id="claims">Claim by claim</h2>',
        *(_claim(report, support) for report in reports),
    ]
    view = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    head = f"{view}<title>Claims</title><style>{STYLE}</style>"
    return f'<!DOCTYPE html>\n<html lang="en">\n<head>{head}</head>\n<body>\n' + "\n".join(body) + "\n</body>\n</html>\n"


def claim_snippet(claim: Claim) -> str:
    """Write a claim that was not checked, for a notebook.

    Parameters
    ----------
    claim : Claim
        A claim.

    Returns
    -------
    str
        HTML.
    """
    forms = zip(("As stated", "Repaired"), claim.forms.values(), strict=False)
    listed = "".join(f"<li><i>{name}</i>: {sentence(form.latex, form.statement)}</li>" for name, form in forms)
    return (
        f"<div><b>{escape(claim.id)}: {escape(claim.title)}</b> ({escape(claim.place)})<ul>{listed}</ul>"
        "<small>Not checked: <code>.check()</code> computes the verdicts.</small></div>"
    )


def report_snippet(report: Report) -> str:
    """Write a checked claim, for a notebook.

    Parameters
    ----------
    report : Report
        A checked claim.

    Returns
    -------
    str
        HTML, with its own style.
    """
    variables, rules = STYLE.partition("\n")[0], STYLE[STYLE.index(".verdict") : STYLE.index("@media")]
    return f'<div class="sattheory"><style>{variables}{rules}</style>{_claim(report, None)}</div>'


def _summary(reports: Sequence[Report], version: str) -> str:
    unexpected = [report.id for report in reports if not report.as_expected]
    legend = " · ".join(f"{_verdict(kind)} {meaning}" for kind, meaning in MEANING.items())
    warning = f"<p class='refuted'>Not as expected: {escape(', '.join(unexpected))}.</p>" if unexpected else ""
    return (
        f"<p>{tally(reports)} Every verdict was computed by sattheory {version} from evidence that ran when this page was "
        f"written.</p><p class='about'>{legend}</p>{warning}"
    )


def _verdict(kind: str) -> str:
    return f'<span class="verdict {kind}">{MARKS.get(kind, "")} {kind}</span>'


def _verdicts(reports: Sequence[Report]) -> str:
    head = "".join(f"<th>{name}</th>" for name in ("Id", "Place", "What is true", "As stated", "Repaired", "Evidence", "s"))
    rows = "".join(_row(report) for report in reports)
    return f'<table class="verdicts"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _row(report: Report) -> str:
    repaired = _verdict(report.repaired.verdict.kind) if report.repaired else "–"
    row = report.row()
    cells = [
        f'<td><a href="#{_anchor(report.id)}">{escape(report.id)}</a></td>',
        f"<td>{escape(report.place)}</td>",
        f'<td class="title">{escape(report.title)}</td>',
        f'<td data-label="as stated">{_verdict(report.literal.verdict.kind)}</td>',
        f'<td data-label="repaired">{repaired}</td>',
        f"<td>{escape(row['strongest'])}</td>",
        f'<td class="number" data-label="s">{row["seconds"]}</td>',
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _anchor(id: str) -> str:
    return "claim-" + id


def _pictures(pictures: Mapping[str, tuple[str, str]]) -> str:
    if not pictures:
        return ""
    figures = [
        f"<figure>{svg}<figcaption><b>{escape(title)}.</b> {escape(caption)}</figcaption></figure>"
        for title, (svg, caption) in pictures.items()
    ]
    return f'<h2 id="pictures">Pictures</h2><div class="pictures">{"".join(figures)}</div>'


def _claim(report: Report, support: Any) -> str:
    proof = f'<details class="proof"><summary>Proof in full</summary>{document(report.proof)}</details>' if report.proof else ""
    forms = zip(("As stated", "Repaired"), (report.id, report.id + "'"), report.forms, strict=False)
    cards = "".join(_form(name, key, form, support) for name, key, form in forms)
    return (
        f'<section class="claim" id="{_anchor(report.id)}"><h3>{escape(report.id)}: {escape(report.title)}</h3>'
        f'<p class="about">{escape(report.place)} · {escape(report.kind)}</p>'
        f"<p>{sentence(report.latex, report.statement)}</p><p>{escape(report.why)}</p>"
        f'<div class="forms">{cards}</div>{proof}</section>'
    )


def _form(name: str, key: str, form: FormReport, support: Any) -> str:
    assumptions = "".join(f"<li>{escape(one)}</li>" for one in form.assumptions)
    return (
        f'<div class="form is-{form.verdict.kind}"><h4>{name}: {_verdict(form.verdict.kind)}</h4>'
        f"<p>{sentence(form.latex, form.statement)}</p>"
        + (f"<div class='about'>Assuming<ul>{assumptions}</ul></div>" if assumptions else "")
        + _rests_on(form.uses)
        + _lost(key, support)
        + "".join(_outcome(outcome) for outcome in form.outcomes)
        + _controls(form)
        + "</div>"
    )


def _rests_on(uses: Iterable[str]) -> str:
    links = ", ".join(f'<a href="#{_anchor(use.rstrip(chr(39)))}">{escape(use.replace(chr(39), "′"))}</a>' for use in uses)
    return f'<p class="about">Rests on {links}.</p>' if links else ""


def _lost(key: str, support: Any) -> str:
    """Say that the paper's argument for a form no longer shows it, or that it rests on an assumption."""
    standing = support[key] if support else None
    if standing is None or (standing.supported and not standing.assumptions):
        return ""
    return f'<p class="support">{escape(str(standing).replace(chr(39), "′"))}</p>'


def _outcome(outcome: Outcome) -> str:
    details = outcome.details
    inside = _failures(details.get("failures", ())) + _steps(details.get("steps", ()))
    count = f"{outcome.examples} examples, seed {details.get('seed')}: " if outcome.examples else ""
    reason = f" ({details['reason']})" if "reason" in details else ""
    shrunk = (
        f"<p>Counterexample: <code>{escape(json.dumps(details['counterexample']))}</code></p>"
        if "counterexample" in details
        else ""
    )
    says = f"<b>{outcome.kind.capitalize()}.</b> {count}{escape(outcome.says)}{escape(reason)}"
    return f'<div class="evidence">{says}{shrunk}{inside}</div>'


def _failures(failures: Sequence[Mapping[str, Any]]) -> str:
    if not failures:
        return ""
    before = [{}, *(failure["where"] for failure in failures)]
    told = "".join(_failure(failure, shown) for failure, shown in zip(failures, before, strict=False))
    picture = bars(failures)
    caption = "<p class='about'>Left side above, in orange; right side below, in blue; logarithmic.</p>" if picture else ""
    return picture + caption + told


def _failure(failure: Mapping[str, Any], shown: Mapping[str, str]) -> str:
    """Tell one point; abbreviations only if they differ from those of the point before."""
    constants = f", for <code>{escape(_plain(failure['constants']))}</code>" if failure["constants"] else ""
    where = "" if failure["where"] == shown else "".join(map(_abbreviation, failure["where"].items()))
    values = failure["values"]
    return (
        f"<p>At <code>{escape(_plain(failure['point']))}</code>{constants}{where}<br><code>{escape(failure['left'])}</code> ≥ "
        f"{values['left']}, but <code>{escape(failure['right'])}</code> ≤ {values['right']}.</p>"
    )


def _plain(point: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value}".replace("'", "") for name, value in point.items()) or "no variables"


def _abbreviation(item: tuple[str, str]) -> str:
    return f"<br>with <code>{escape(f'{item[0]} = {item[1]}')}</code>"


def _steps(steps: Sequence[Mapping[str, Any]]) -> str:
    if not steps:
        return ""
    asserted = sum(step["asserted"] for step in steps)
    items = "".join(f"<li>{STEP[step['holds']]} {escape(step['says'])}</li>" for step in steps)
    summary = f"{asserted} steps asserted (✓), {len(steps) - asserted} in prose (¶)"
    return f"<details><summary>{summary}</summary><ul>{items}</ul></details>"


def _controls(form: FormReport) -> str:
    if not form.controls:
        return ""
    rejected = sum(control.status == "rejected" for control in form.controls)
    items = "".join(f"<li>{'✓' if c.status == 'rejected' else '✗'} {escape(c.says)}: {c.status}</li>" for c in form.controls)
    summary = f"{rejected} of {len(form.controls)} planted errors rejected"
    return f'<details class="evidence"><summary>{summary}</summary><ul>{items}</ul></details>'
