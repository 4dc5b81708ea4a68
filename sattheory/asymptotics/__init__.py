"""What happens as c → ∞: the exact limit, the layerwise ones, and sweeps over scales."""

from sattheory.asymptotics.layerwise import Layerwise, layerwise
from sattheory.asymptotics.rates import Rate
from sattheory.asymptotics.saturation import Saturation, saturate
from sattheory.asymptotics.scale_sweep import ScaleSweep, scale_sweep
from sattheory.asymptotics.ties import Tie

__all__ = ["Layerwise", "Rate", "Saturation", "ScaleSweep", "Tie", "layerwise", "saturate", "scale_sweep"]
