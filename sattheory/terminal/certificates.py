"""A certificate as tables: its sentence, where the bound comes from, the attention that holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from sattheory.terminal.console import console

if TYPE_CHECKING:
    from sattheory.asymptotics.certificate import Certificate, Certified, Pattern


def certificate_summary(found: Certified) -> dict[str, Any]:
    """Put what a certificate says into plain values, without the network that its file carries.

    Parameters
    ----------
    found : Certificate or NotCertified
        What `certify` gave.

    Returns
    -------
    dict
        ``certified``; if so c₀ and the scales as exact strings, bounds as floats rounded up; if not, the reason, and under
        ``best`` the same for a certificate from another c₀, or null.
    """
    from sattheory.asymptotics.certificate import NotCertified

    if isinstance(found, NotCertified):
        best = None if found.best is None else certificate_summary(found.best)
        layers = len(found.streams) - 1
        return {"certified": False, "reason": found.reason, "kind": found.undecided.kind, "layers": layers, "best": best}
    return {
        "certified": True,
        "says": found.sentence(),
        "c0": str(found.c0),
        "degree": found.degree,
        "bounds": [_bounds(found, times) for times in (1, 10, 100)],
        "attention": [_pattern(pattern) for pattern in found.patterns],
        "assumptions": list(found.assumptions),
        "no_smaller_c0": found.smaller or None,
        "terms": found.terms,
        "bits": found.bits,
        "closed_forms": found.closed,
    }


def _bounds(found: Certificate, times: int) -> dict[str, Any]:
    from sattheory.arithmetic.enclosures import above

    c = times * found.c0
    parts = dict(zip(("algebraic", "exponential"), found.bounds(c), strict=True))
    return {"c": str(c), "bound": found.bound(c)} | {k: max(map(above, v.ravel()), default=0.0) for k, v in parts.items()}


def _pattern(pattern: Pattern) -> dict[str, Any]:
    count = pattern.winners.sum(axis=-1)
    place = {"layer": pattern.place.layer, "part": pattern.place.part}
    return place | {"one_winner": int((count == 1).sum()), "several": int((count > 1).sum()), "losers_together": pattern.lost}


def print_certificate(found: Certified) -> None:
    """Print what is certified: the sentence, where its bound comes from, the attention that holds, what is assumed.

    Parameters
    ----------
    found : Certificate or NotCertified
        What `certify` gave; of a failure, the best that holds all the same is printed, the reason is not.
    """
    from sattheory.asymptotics.certificate import NotCertified

    out = console()
    if isinstance(found, NotCertified):
        if found.best is None:
            return
        out.print("\nNot certified from the c0 that was asked for. What holds:", markup=False)
        found = found.best
    summary = certificate_summary(found)
    out.print(f"\n{summary['says']}\n", markup=False, soft_wrap=True)
    out.print(bounds_table(summary))
    if summary["attention"]:
        out.print()
        out.print(pattern_table(summary))
    assumed = [f"Assumed: {said}" for said in summary["assumptions"]] or ["Nothing is assumed."]
    smaller = [f"No smaller c0 was found: {summary['no_smaller_c0']}"] if summary["no_smaller_c0"] else []
    out.print("\n" + "\n".join([*assumed, *smaller]), markup=False)


def bounds_table(summary: dict[str, Any]) -> Table:
    """Lay out where B(c) comes from.

    Parameters
    ----------
    summary : dict
        From `certificate_summary`.

    Returns
    -------
    Table
        B(c), its algebraic and its exponential part at three scales.
    """
    from sattheory.arithmetic.scales import exact_scale
    from sattheory.asymptotics.certificate import rounded_up, scale_text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("c", "B(c)", "algebraic", "exponential"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in summary["bounds"]:
        parts = (rounded_up(row[key]) for key in ("bound", "algebraic", "exponential"))
        table.add_row(scale_text(exact_scale(row["c"])), *parts)
    return table


def pattern_table(summary: dict[str, Any]) -> Table:
    """Lay out the attention that holds at every scale from c₀ on.

    Parameters
    ----------
    summary : dict
        From `certificate_summary`.

    Returns
    -------
    Table
        A row for each attention block: queries of all heads by how many keys keep a weight, and what the others have.
    """
    from sattheory.asymptotics.certificate import rounded_up

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("layer", justify="right", no_wrap=True)
    table.add_column("attention", no_wrap=True)
    for name in ("queries with\none winner", "with several\nwinners", "all losers of a query\ntogether, at most"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in summary["attention"]:
        kind = row["part"].removesuffix(" weights").replace("attention", "self") if row["part"].startswith("att") else "cross"
        table.add_row(str(row["layer"]), kind, str(row["one_winner"]), str(row["several"]), rounded_up(row["losers_together"]))
    return table
