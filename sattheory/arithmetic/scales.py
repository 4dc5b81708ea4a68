"""Scales read exactly: 12.5, 25/2, 1e100 or a float, which is the dyadic rational that it is."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np

from sattheory.errors import InputError

Scale = int | float | str | Fraction
LONGEST = 4_000  # Python writes out whole numbers of up to 4300 digits


def exact_scale(c: Scale, name: str = "c0") -> Fraction:
    """Read a scale exactly.

    Parameters
    ----------
    c : int, float, str or Fraction
        A positive rational, such as ``12.5`` or ``"25/2"``; a float is the dyadic rational that it is.
    name : str
        What it is called, for the error.

    Returns
    -------
    Fraction
        The scale.

    Raises
    ------
    InputError
        For anything else, or a decimal with more than four thousand digits.
    """
    if isinstance(c, str):
        _refuse_endless(c, name)
    try:
        scale = Fraction(c.item() if isinstance(c, np.generic) else c)
    except (ValueError, TypeError, OverflowError, ZeroDivisionError):
        raise InputError(f"{name}={c!r}", "a scale is a positive number", "write it as 12.5 or 25/2") from None
    if scale <= 0:
        raise InputError(f"{name}={c}", "a scale is positive", "give a number above 0")
    return scale


def _refuse_endless(text: str, name: str) -> None:
    exponent = re.search(r"[eE]([-+]?\d+)\s*$", text)
    if len(text) > LONGEST or (exponent and (len(exponent[1]) > 9 or abs(int(exponent[1])) > LONGEST)):
        raise InputError(f"{name}={text[:40]}", f"it has more than {LONGEST} digits", "give a scale that can be written out")
