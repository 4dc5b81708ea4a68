"""How saturated a real model is, layer by layer, and what its heads attend to in the limit (paper, §4, figures 2 and 3)."""

from sattheory.measure.labels import Head, Thresholds
from sattheory.measure.measurement import Measured, Measurement
from sattheory.measure.measuring import measure
from sattheory.measure.sentences import Choice, Sentence, read_sentences, read_token_lines

__all__ = [
    "Choice",
    "Head",
    "Measured",
    "Measurement",
    "Sentence",
    "Thresholds",
    "measure",
    "read_sentences",
    "read_token_lines",
]
