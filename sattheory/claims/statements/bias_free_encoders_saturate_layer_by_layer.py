"""TheoremA: the paper's encoder without biases tends to its saturated version exponentially fast, ties included.

X(cθ) = c(X̂ + O(e^{−δc⁴})), where X̂ replaces each softmax by the uniform distribution over its maxima.  This is what the paper's
propositions on homogeneity are after, and more: the limit need not be taken layer by layer with care, because lower orders
do not exist.  Ties do no harm, since an error e^{−gc⁴} in tied scores of order c⁴ still vanishes.

It replaces the corollary of P6 (paper App. D.2), which is false as stated.  What it supposes is that no norm is handed a vector
that is exponentially small but not zero (`flat-zero` and `flat-two-layers` in `network.examples` show what happens then); for
almost every θ none is (Generic).
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache

import numpy as np

from sattheory.claims.cases.saturated_cases import R1, ROWS, examine, inputs, largest, population
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.given_networks import WITHOUT_BIASES
from sattheory.claims.inequality import Pairs
from sattheory.claims.search import Search
from sattheory.network.transformer import Transformer

EXPONENT, SHARE, SLACK = 18.0, 0.7, 1e-9


def _network(generator: np.random.Generator) -> tuple[Transformer, int]:
    """Draw a network of whole numbers, which tie and vanish often."""
    layers, width, heads = generator.integers((1, 2, 1), (4, 4, 3))
    biases = {name for name in ("norm", "key") if generator.integers(0, 3) == 0}
    network = Transformer.random(
        layers=int(layers),
        width=int(width),
        heads=int(heads),
        key_width=2,
        value_width=2,
        feedforward=int(generator.integers(0, 4)),
        vocabulary=40,
        norm=("layer", "rms")[generator.integers(0, 4) // 3],
        mask=("none", "causal")[generator.integers(0, 2)],
        biases=biases,
        initialisation="integers",
        seed=int(generator.integers(0, 2**31)),
    )
    return network, int(generator.integers(2, 4))


@cache
def _case(seed: int) -> list[tuple[float, float, float] | None]:
    """Saturate, and compare with a run at gc⁴ = `EXPONENT`, where the limit is known."""
    # For each input: gc⁴ or inf; distances to X̂, and of X̂ to the limit, over the size of X̂.
    case = examine(*inputs(seed, _network, ROWS), both=False)
    if case is None:
        return [None] * ROWS
    scales = np.where(np.isfinite(case.gap), (EXPONENT / np.minimum(case.gap, 1e9)) ** 0.25, 1.0)
    size = np.maximum(largest(case.layerwise), 1e-300)
    rates = np.where(np.isfinite(case.gap), EXPONENT, np.inf)
    distances = [largest(values - case.layerwise) / size for values in (case.at(scales), case.coefficients[0])]
    rows = zip(case.known, rates.tolist(), *(distance.tolist() for distance in distances), strict=True)
    return [tuple(row) if known else None for known, *row in rows]


def _exponential(seed: int, row: int, share: float = SHARE, ties: bool = True) -> Pairs:
    """Error ≤ e^{−0.7·gc⁴}, and the limit is X̂; without a gap the error is rounding."""
    found = _case(seed)[row]
    if found is not None:
        rate, error, apart = found
        yield Fraction(apart), Fraction(SLACK)
        yield Fraction(error), Fraction(math.exp(-share * rate) + SLACK)


def _exact(seed: int, row: int) -> Pairs:
    found = _case(seed)[row]
    if found is not None:
        yield Fraction(found[1]), Fraction(SLACK)


SEARCH = Search(
    "in floats, small integer weights, ties of all kinds: the limit is X̂ (to 10⁻⁹), and where gc⁴ = 18 the error is at most "
    "e^{−0.7·18} + 10⁻⁹",
    population,
    _exponential,
    planted=(
        Planted("half as large a gap again", lambda seed, row: _exponential(seed, row, 1.5 * SHARE)),
        Planted("no error at all", _exact),
    ),
)
CLAIMS = (
    Claim(
        "TheoremA",
        place="ours",
        title="the bias-less encoder saturates layer by layer",
        statement="the paper's encoder without biases has the limit that saturating each layer gives, X(cθ) = c(X̂ + "
        "O(e^{−δc⁴})), with arbitrary ties",
        latex=r"The paper's encoder without biases has the limit that saturating each layer gives, "
        r"$X(c\theta) = c(\hat X + O(e^{-\delta c^4}))$, with arbitrary ties.",
        why="It is what the paper needs of its homogeneity propositions, which fail as stated. Saturated attention describes "
        "this architecture in the limit exactly.",
        literal=Form(
            "let X̂ be the stream with every softmax replaced by the uniform distribution over its maxima (parameters θ, not "
            "cθ), and g the smallest gap between the largest and the next distinct score, over all layers, heads and "
            "queries.  With the constants K and U of the proof and B blocks, ‖c^{−1}X_i(cθ) − X̂_i‖ ≤ (Kc⁴)^B e^{−gc⁴} at "
            "every position i and every large c (as soon as the right side is ≤ U); so ‖c^{−1}X_i(cθ) − X̂_i‖ ≤ Ce^{−δc⁴} for "
            "every δ < g, and for g = ∞ it is 0. Ties are arbitrary; X̂ is also what strong layerwise saturation gives; no "
            "exponent beyond g will do in general",
            assumptions=(
                "the paper's placement X + LN(Sub X), ReLU, ε = 0, LN(0) := 0; no biases but those of norms and keys",
                R1,
            ),
            evidence=(Proof("TheoremA"), WITHOUT_BIASES, SEARCH),
            latex=r"Let $\hat X$ be the stream with every softmax replaced by the uniform distribution over its maxima "
            r"(parameters $\theta$, not $c\theta$), and $g$ the smallest gap between the largest and the next distinct score, "
            r"over all layers, heads and queries. With the constants $K$ and $U$ of the proof and $B$ blocks, $\lVert "
            r"c^{-1}X_i(c\theta) - \hat X_i \rVert \le (Kc^4)^B e^{-gc^4}$ at every position $i$ and every large $c$ (as soon "
            r"as the right side is at most $U$); so $\lVert c^{-1}X_i(c\theta) - \hat X_i \rVert \le C e^{-\delta c^4}$ for "
            r"every $\delta < g$, and for $g = \infty$ it is $0$. Ties are arbitrary; $\hat X$ is also what strong layerwise "
            r"saturation gives; no exponent beyond $g$ will do in general.",
            uses=("L7'", "AH.softmax", "AH.norm"),
        ),
        repaired=None,
        expected=Expected("derived"),
        kind="ours",
    ),
)
