"""How a position enters the network, as tables: sinusoids, ALiBi's offsets, T5's buckets, RoPE's rotations, distances.

The tables are formulas (`arithmetic.reals`), so that every arithmetic reads the numbers themselves and not their roundings.

Only the *learned* encodings are parameters.  Sinusoids and ALiBi's offsets are data, so they keep degree 0 while the network
around them grows: in the limit they survive only as tie-breakers.  RoPE is a rotation of queries and keys by fixed angles.
Transformer-XL's sinusoids of a distance are data too, but a parameter reads them: keys of distances grow like c.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sattheory.arithmetic.reals import Functions, Table

Array = NDArray[Any]


def sinusoidal(n: int, d: int) -> Table:
    """Tabulate sine and cosine encodings (Vaswani et al. 2017, §3.5).

    Parameters
    ----------
    n, d : int
        Positions and width.

    Returns
    -------
    Table, shape (n, d)
        Sine at even, cosine at odd coordinates.
    """

    def formula(real: Functions) -> Array:
        angles = real.rational(np.arange(n)[:, None]) / real.power(10000, real.rational(2 * (np.arange(d) // 2), d))
        return np.where(np.arange(d) % 2 == 0, real.sin(angles), real.cos(angles))

    return Table((n, d), formula)


def alibi_slopes(h: int) -> Table:
    """Give ALiBi's slope of each head: 2^(−8/h), 2^(−16/h), … (Press et al. 2022).

    Parameters
    ----------
    h : int
        Heads; for a number that is no power of two the slopes of the next lower power come first, as published.

    Returns
    -------
    Table, shape (h,)
        The slopes.
    """
    power = 1 << (h.bit_length() - 1)
    eighths = np.concatenate([2 * np.arange(1, power + 1), np.arange(1, 2 * (h - power) + 1, 2)])
    return Table((h,), lambda real: real.power(2, real.rational(-4 * eighths, power)))


def alibi(n: int, m: int, h: int) -> Table:
    """Tabulate ALiBi's offsets, −slope · distance.

    Parameters
    ----------
    n, m, h : int
        Query positions, key positions, heads.

    Returns
    -------
    Table, shape (h, n, m)
        To be added to the scores.
    """
    distance, slopes = np.abs(np.arange(n)[:, None] - np.arange(m)[None, :]), alibi_slopes(h)
    return Table((h, n, m), lambda real: -slopes.formula(real)[:, None, None] * real.rational(distance))


def relative_buckets(n: int, m: int, buckets: int, furthest: int, causal: bool) -> NDArray[np.int64]:
    """Sort relative positions into T5's buckets: exact for near ones, logarithmic for far ones (Raffel et al. 2020, §2.1).

    Parameters
    ----------
    n, m : int
        Query and key positions.
    buckets, furthest : int
        Number of buckets, distance from which they are one.
    causal : bool
        Whether the future gets no buckets of its own.

    Returns
    -------
    ndarray of int, shape (n, m)
        The bucket of each pair.
    """
    offset = np.arange(m)[None, :] - np.arange(n)[:, None]
    side = 0 if causal else (offset > 0) * (buckets // 2)
    count = buckets if causal else buckets // 2
    distance = np.maximum(-offset, 0) if causal else np.abs(offset)
    exact = max(count // 2, 1)
    growth = np.log(np.maximum(distance, 1) / exact) / math.log(max(furthest / exact, 1 + 1e-9)) * (count - exact)
    far = np.minimum(exact + np.floor(np.maximum(growth, 0)).astype(np.int64), count - 1)
    return np.asarray(side + np.where(distance < exact, distance, far), dtype=np.int64)


def rotary(n: int, k: int, width: int = 0, base: int = 10_000) -> tuple[Table, Table, Array]:
    """Tabulate RoPE: x ↦ x ⊙ cos + (x R) ⊙ sin (Su et al. 2021; halves paired as in GPT-NeoX).

    Parameters
    ----------
    n, k : int
        Positions and key width.
    width : int
        How many coordinates turn, the first ones (even, at most k); all when 0.
    base : int
        The base of the frequencies.

    Returns
    -------
    Table, Table, ndarray, shapes (n, k), (n, k), (k, k)
        cos, sin and R, which maps (a, b) to (−b, a), and coordinates that do not turn to 0.
    """
    width = width or k
    pair = np.arange(width // 2)

    def angles(real: Functions) -> Array:
        half = real.rational(np.arange(n)[:, None]) / real.power(base, real.rational(2 * pair, width))
        return np.concatenate([half, half, real.rational(np.zeros((n, k - width), dtype=int))], axis=1)

    turn = np.zeros((k, k))
    turn[pair + width // 2, pair] = -1.0
    turn[pair, pair + width // 2] = 1.0
    return Table((n, k), lambda real: real.cos(angles(real))), Table((n, k), lambda real: real.sin(angles(real))), turn


def turned_distance(m: int, d: int) -> Table:
    """Tabulate what a query turned by its own position must meet to see distances (Transformer-XL; Dai et al. 2019, §3.3).

    The encoding of a distance t is r_t = (sin tω, cos tω) over the frequencies ω = 10000^(−2s/d).  By the addition theorem
    y · r_{i−j} is the product of y, turned by RoPE's rotation of width d at position i, with (−sin jω, cos jω): so scores of all
    pairs are one product of matrices, and no table over pairs is needed.

    Parameters
    ----------
    m, d : int
        Key positions and width (even).

    Returns
    -------
    Table, shape (m, d)
        (−sin jω, cos jω) for each key position j.
    """

    def formula(real: Functions) -> Array:
        angles = real.rational(np.arange(m)[:, None]) / real.power(10_000, real.rational(2 * np.arange(d // 2), d))
        return np.concatenate([-real.sin(angles), real.cos(angles)], axis=1)

    return Table((m, d), formula)
