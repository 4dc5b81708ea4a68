"""Figures: one short module each, found by looking; `draw` writes them as SVG, PDF or PNG, the same bytes for the same seed.

    >>> from sattheory.figures import draw, figures
    >>> sorted(figures)
    ['certificate', 'f1', 'f4', 'f4-released', 'f5', 'head', 'rates']

Matplotlib is imported when a figure is drawn, not before, and only through its object interface: nothing here has global state.
"""

from sattheory.figures.files import FORMATS, draw, save
from sattheory.figures.registry import SIZES, Figure, figures

__all__ = ["FORMATS", "SIZES", "Figure", "draw", "figures", "save"]
