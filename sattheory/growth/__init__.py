"""How parameters grow: the norm over a series of checkpoints, its direction, and the law that it follows.

    >>> from sattheory.growth import fit_laws
    >>> fits = fit_laws([1, 2, 3, 4, 5, 6], [3.0, 3.83, 4.46, 5.0, 5.47, 5.9])
    >>> fits[0].law, round(fits[0].estimates["a"].value, 2)
    ('square root', 2.0)

`scan` reads a series from files; nothing of a model but its tensors is needed.
"""

from sattheory.growth.curves import Curves
from sattheory.growth.fits import LAWS, Estimate, Fit, Law, best, fit_laws
from sattheory.growth.groups import Groups, Measured, Selection
from sattheory.growth.growth import Decay, Growth
from sattheory.growth.measuring import scan
from sattheory.growth.series import Finding

__all__ = [
    "LAWS",
    "Curves",
    "Decay",
    "Estimate",
    "Finding",
    "Fit",
    "Groups",
    "Growth",
    "Law",
    "Measured",
    "Selection",
    "best",
    "fit_laws",
    "scan",
]
