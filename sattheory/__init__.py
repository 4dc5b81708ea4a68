"""What a transformer becomes when its parameters grow, verified exactly and numerically.

Everything public is reachable from here and loaded when first used:

- networks: `Transformer`, `EncoderDecoder`, `Configuration`, `Parameters` and its parts, `EXAMPLES`, `read` (a trained model);
- the arithmetic of numbers: `Floats`;
- limits: `saturate`, `layerwise`, `scale_sweep`; what holds at every scale: `certify`, `closed_form`, `load_certificate`;
- statements of the paper: `claims`, `verify`;
- Hypothesis strategies: `sattheory.strategies`;
- figures: `sattheory.figures`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sattheory.arithmetic.floats import Floats
    from sattheory.arithmetic.operations import Undecided
    from sattheory.asymptotics import Layerwise, Saturation, ScaleSweep, layerwise, saturate, scale_sweep
    from sattheory.asymptotics.certificate import Certificate, NotCertified
    from sattheory.asymptotics.certificate_files import load_certificate
    from sattheory.asymptotics.certifying import certify
    from sattheory.asymptotics.closed_form import ClosedForm, closed_form
    from sattheory.asymptotics.enclosure import EnclosedValue, enclose
    from sattheory.checkpoints import read
    from sattheory.claims import claims, verify
    from sattheory.errors import InputError
    from sattheory.network import (
        Attention,
        Configuration,
        EncoderDecoder,
        Feedforward,
        Layer,
        Linear,
        Norm,
        Parameters,
        RelativeKeys,
        Transformer,
    )
    from sattheory.network.examples import EXAMPLES

__version__ = "0.1.0"

_HOMES = {
    "Undecided": "sattheory.arithmetic.operations",
    "Certificate": "sattheory.asymptotics.certificate",
    "NotCertified": "sattheory.asymptotics.certificate",
    "certify": "sattheory.asymptotics.certifying",
    "load_certificate": "sattheory.asymptotics.certificate_files",
    "closed_form": "sattheory.asymptotics.closed_form",
    "ClosedForm": "sattheory.asymptotics.closed_form",
    "enclose": "sattheory.asymptotics.enclosure",
    "EnclosedValue": "sattheory.asymptotics.enclosure",
    "Layerwise": "sattheory.asymptotics",
    "Saturation": "sattheory.asymptotics",
    "ScaleSweep": "sattheory.asymptotics",
    "layerwise": "sattheory.asymptotics",
    "saturate": "sattheory.asymptotics",
    "scale_sweep": "sattheory.asymptotics",
    "read": "sattheory.checkpoints",
    "claims": "sattheory.claims",
    "verify": "sattheory.claims",
    "InputError": "sattheory.errors",
    "Configuration": "sattheory.network",
    "EncoderDecoder": "sattheory.network",
    "Parameters": "sattheory.network",
    "Attention": "sattheory.network",
    "Feedforward": "sattheory.network",
    "Layer": "sattheory.network",
    "Linear": "sattheory.network",
    "Norm": "sattheory.network",
    "RelativeKeys": "sattheory.network",
    "Transformer": "sattheory.network",
    "Floats": "sattheory.arithmetic.floats",
    "EXAMPLES": "sattheory.network.examples",
}
__all__ = [
    "EXAMPLES",
    "Attention",
    "Certificate",
    "ClosedForm",
    "Configuration",
    "EnclosedValue",
    "EncoderDecoder",
    "Feedforward",
    "Floats",
    "InputError",
    "Layer",
    "Layerwise",
    "Linear",
    "Norm",
    "NotCertified",
    "Parameters",
    "RelativeKeys",
    "Saturation",
    "ScaleSweep",
    "Transformer",
    "Undecided",
    "certify",
    "claims",
    "closed_form",
    "enclose",
    "layerwise",
    "load_certificate",
    "read",
    "saturate",
    "scale_sweep",
    "verify",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'sattheory' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
