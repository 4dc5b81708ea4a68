"""The limit of a network, with a progress bar over its layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sattheory.asymptotics import Saturation
    from sattheory.network import Transformer


def limit_of(network: Transformer, tokens: list[int], terms: int, quiet: bool) -> Saturation:
    """Compute a limit.

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : list of int
        Token numbers.
    terms : int
        Coefficients kept at first.
    quiet : bool
        Show no progress.

    Returns
    -------
    Saturation
        The limit.
    """
    from sattheory.asymptotics import saturate
    from sattheory.terminal.console import layer_by_layer

    with layer_by_layer(network.configuration.layers, "layers", quiet) as watch:
        return saturate(network, tokens, terms=terms, watch=watch)
