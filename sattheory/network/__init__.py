"""Networks as frozen data, and the one forward pass over any arithmetic."""

from sattheory.network.configuration import Configuration
from sattheory.network.initialise import initial_parameters
from sattheory.network.parameters import Attention, Feedforward, Layer, Linear, Norm, Parameters, RelativeKeys
from sattheory.network.transformer import EncoderDecoder, Transformer

__all__ = [
    "Attention",
    "Configuration",
    "EncoderDecoder",
    "Feedforward",
    "Layer",
    "Linear",
    "Norm",
    "Parameters",
    "RelativeKeys",
    "Transformer",
    "initial_parameters",
]
