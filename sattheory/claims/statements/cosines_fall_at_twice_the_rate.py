"""F4.rates: how fast the cosine between a network and its saturated version tends to 1, and why biases do not show.

1 − cos is half the square of a distance of directions, so it falls with twice the order of TheoremB: exponentially in the paper's
placement without biases, like c^{−4} in post-norm and Xiong's placement, like c^{−2} with value or inner feedforward biases.

The paper's figure 4 draws these cosines at random initialisation and finds the curves with and without biases alike, which its
footnote 12 calls a puzzle.  Biases that are initialised to zero stay zero at every scale: the networks are the same.  With random
biases the table below holds, and in post-norm the curves differ by a power of c.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sattheory.asymptotics.directions import one_minus_cosine
from sattheory.asymptotics.scale_sweep import streams_at
from sattheory.claims.cases.saturated_cases import KEPT, R1, R2, ROWS, Saturated, examine, inputs, population
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.inequality import Pairs
from sattheory.claims.search import Search
from sattheory.claims.statements.biases_slow_saturation_down import FLAT, ORDERS, order
from sattheory.network.tokens import check_tokens
from sattheory.network.transformer import Transformer

Array = NDArray[Any]

STEP, MORE, FLOOR, LEAST = 4.0, 1.5, 1e-24, 1e-6
EXPONENT, SHARE = 18.0, 0.7
SCALES = np.array([1.0, 10.0, 1000.0])


def _network(generator: np.random.Generator) -> tuple[Transformer, int]:
    """Draw normal parameters, norms with a gain; four times in ten without biases."""
    chosen = {bias for bias in ORDERS if generator.integers(0, 4) == 0} if generator.integers(0, 10) > 3 else set()
    network = Transformer.random(
        layers=int(generator.integers(1, 4)),
        width=int(generator.integers(3, 6)),
        key_width=2,
        value_width=2,
        feedforward=int(generator.integers(1, 5)),
        vocabulary=2000,
        placement=("res_post", "pre", "post")[generator.integers(0, 3)],
        biases=chosen,
        initialisation="normal",
        seed=int(generator.integers(0, 2**31)),
    )
    return network, int(generator.integers(2, 4))


@lru_cache(maxsize=KEPT)
def _case(seed: int) -> Saturated | None:
    """Saturate, with one coefficient beyond the order that decides the rate, which tells from which scale on it does."""
    network, tokens = inputs(seed, _network, ROWS)
    p = order(network)
    return examine(network, tokens, least=1 if p == FLAT else p + 2)


@cache
def _compared(seed: int, shift: int = 0) -> list[list[tuple[float, float]]]:
    """Compare cosines at two scales with each other, with distances, and with the table; powers larger by `shift`."""
    case = _case(seed)
    if case is None:
        return []
    p = order(case.network)
    pairs = _exponential(case, 1 + shift) if p == FLAT else _algebraic(case, 2 * p + shift)
    return [_positions(pairs, row) if known else [] for row, known in enumerate(case.known)]


def _positions(pairs: list[tuple[Array, Array]], row: int) -> list[tuple[float, float]]:
    """List the pairs of all positions of one input."""
    return [(float(a), float(b)) for left, right in pairs for a, b in zip(left[row], right[row], strict=True)]


def _exponential(case: Saturated, factor: int) -> list[tuple[Array, Array]]:
    """Look where gc⁴ = 18; a query bias adds a term of order c³ to the exponent, too large to be left out there."""
    if "query" in case.network.configuration.biases:
        return []
    scales = np.where(np.isfinite(case.gap), (EXPONENT / np.minimum(case.gap, 1e9)) ** 0.25, 1.0)
    gap = one_minus_cosine(case.at(scales), case.layerwise)
    return [(gap, np.full(gap.shape, np.exp(-2 * factor * SHARE * EXPONENT) + FLOOR))]


def _algebraic(case: Saturated, power: int) -> list[tuple[Array, Array]]:
    p, limit = order(case.network), case.layerwise
    if len(case.coefficients) <= p + 1:
        return []
    c, shows = _scale(case, p)
    if STEP * c.max() > case.resolved:
        return []
    near, far = case.at(c), case.at(STEP * c)
    gaps = [one_minus_cosine(values, limit) for values in (near, far)]
    rho = np.maximum(*(np.linalg.norm(values - limit, axis=-1) for values in (near, far)))
    within = 8 * (rho / np.linalg.norm(limit, axis=-1)) ** 2 * (1 + 1e-9) + FLOOR
    falls = np.where(shows, MORE * gaps[0] + FLOOR, 1e9)
    return [(gaps[1] * STEP**power, falls), (gaps[0], within), (one_minus_cosine(near, far), within)]


def _scale(case: Saturated, p: int) -> tuple[Array, Array]:
    """Find a scale for each input from which on a_⊥ outweighs what comes after it, and the positions where it does."""
    sizes = np.linalg.norm(case.coefficients, axis=-1)
    unit = case.coefficients[0] / sizes[0][..., None]
    across = case.coefficients[p] - (case.coefficients[p] * unit).sum(axis=-1, keepdims=True) * unit
    lead = np.linalg.norm(across, axis=-1)
    shows = lead > LEAST * sizes[p:].max(axis=0)
    later = [(size / np.where(shows, lead, np.inf)) ** (1 / j) for j, size in enumerate(sizes[p + 1 :], 1)]
    needed = np.max([np.zeros_like(lead), *later], axis=0).max(axis=-1)
    return np.maximum(max(50.0, 8 * case.onset), 20 * np.nan_to_num(needed)), shows


def _falls(seed: int, row: int, shift: int = 0) -> Pairs:
    found = _compared(seed, shift)
    yield from ((Fraction(left), Fraction(right)) for left, right in (found[row] if found else ()))


@cache
def _changed_by_biases(seed: int, factor: int) -> float:
    """Compare a network whose biases are multiplied by a factor with the same without them, at three scales."""
    network, tokens = inputs(seed, _network, 2)
    scaled = network.parameters.map(lambda name, array: factor * array if name.endswith("bias") else array)
    kinds = (network.configuration, network.configuration.replace(biases=frozenset()))
    networks = map(Transformer, kinds, (scaled, network.parameters.without("bias")))
    first, second = (streams_at(each, check_tokens(tokens, each.configuration), SCALES)[-1].data for each in networks)
    return float(np.abs(first - second).max())


def _biases(seed: int, factor: int) -> Pairs:
    yield Fraction(_changed_by_biases(seed, factor)), Fraction(0)


def _cosines(seed: int, row: int) -> Pairs:
    yield from _falls(seed, row)
    yield from _biases(seed, 0)


SEARCH = Search(
    "normal weights, gains, all placements and biases, in floats: 1 − cos falls by 4^{2p}/1.5 or more from c to 4c beyond the "
    "onset, is at most 8ρ²/‖X̂‖² there and between the two scales; where the rate is exponential it is at most e^{−2·0.7·18} "
    "where gc⁴ = 18; biases that are zero change no digit",
    population,
    _cosines,
    planted=(
        Planted("each power larger by one", lambda seed, row: _falls(seed, row, 1)),
        Planted("with the biases as drawn", lambda seed, row: _biases(seed, 1)),
    ),
)


CLAIMS = (
    Claim(
        "F4.rates",
        place="ours",
        title="cosines tend to 1 at twice the rate of the distance",
        statement="1 − cos(X(cθ), X(c'θ)), c' ≥ c, is O(e^{−2δc⁴}) in the paper's placement without biases, O(c^{−4}) in "
        "post-norm and Xiong's, O(c^{−2}) with value or inner feedforward biases; biases that are zero change nothing",
        latex=r"$1 - \cos(X(c\theta), X(c'\theta))$, $c' \ge c$, is $O(e^{-2\delta c^4})$ in the paper's placement without "
        r"biases, $O(c^{-4})$ in post-norm and Xiong's, $O(c^{-2})$ with value or inner feedforward biases; biases that are "
        r"zero change nothing.",
        why="It predicts the curves of the paper's figure 4, and explains why curves with and without biases look alike. "
        "Layers start with zero biases.",
        literal=Form(
            "at every position with X̂_i ≠ 0 there are C and c₀ such that for all c' ≥ c ≥ c₀ (and for X̂ in place of X(c'θ)) "
            "1 − cos(X_i(cθ), X_i(c'θ)) is at most: with a value or inner feedforward bias Cc^{−2}; else, with an output or "
            "outer feedforward bias, Cc^{−4}; else, in post-norm and Xiong's placement Cc^{−4}, in the paper's Ce^{−2δc⁴} for "
            "every δ below the smallest gap of scores (query, key and norm biases do not count).  If c^{−κ}X_i(cθ) = X̂_i + "
            "c^{−p}(a + o(1)), 1 − cos(X_i(cθ), X̂_i) = ½c^{−2p}‖a_⊥‖²/‖X̂_i‖²·(1 + o(1)), a_⊥ the part of a across X̂_i; it "
            "is not 0 on an open set of θ.  A network whose biases are zero is, at every c, the network without them",
            assumptions=("an architecture of TheoremB whose norms have a gain, ε = 0", R1, f"{R2} (both for almost every θ)"),
            evidence=(Proof("F4.rates"), SEARCH),
            latex=r"At every position with $\hat X_i \ne 0$ there are $C$ and $c_0$ such that for all $c' \ge c \ge c_0$ (and "
            r"for $\hat X$ in place of $X(c'\theta)$) $1 - \cos(X_i(c\theta), X_i(c'\theta))$ is at most: with a value or "
            r"inner feedforward bias $C c^{-2}$; else, with an output or outer feedforward bias, $C c^{-4}$; else, in "
            r"post-norm and Xiong's placement $C c^{-4}$, in the paper's $C e^{-2\delta c^4}$ for every $\delta$ below the "
            r"smallest gap of scores (query, key and norm biases do not count). If $c^{-\kappa}X_i(c\theta) = \hat X_i + "
            r"c^{-p}(a + o(1))$, then $1 - \cos(X_i(c\theta), \hat X_i) = \frac{1}{2}c^{-2p} \lVert a_\perp \rVert^2/\lVert "
            r"\hat X_i \rVert^2 \cdot (1 + o(1))$, $a_\perp$ the part of $a$ across $\hat X_i$; it is not $0$ on an open set "
            r"of $\theta$. A network whose biases are zero is, at every $c$, the network without them.",
            uses=("TheoremA", "TheoremB", "Generic"),
        ),
        repaired=None,
        expected=Expected("derived"),
        kind="ours",
    ),
)
