"""TheoremJ: limits by series.

The limit of a network cannot be read off layer by layer: ties are broken by lower orders, weights may stay soft, leading terms
cancel in a norm.  All of this is seen by a forward pass on series in 1/c.  The theorem says that such a pass loses nothing:
unless a norm without ε is given a vector that is exponentially small, every value of the pass has an expansion in powers of 1/c,
the operations on germs are operations on expansions, and the first coefficient that is not 0 is the limit.  With ε > 0 there is
no exception.

It is what `saturate` computes (paper §2.2 defines the limit only).  D1 says that the limit exists; this says what it is.  There
is no bound on the number of terms that works for all networks: one may have to look long for the first that is not 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

import numpy as np

from sattheory.arithmetic.floats import Floats
from sattheory.arithmetic.operations import Undecided
from sattheory.arithmetic.series import SeriesArithmetic
from sattheory.asymptotics.layerwise import layerwise
from sattheory.asymptotics.saturation import saturate
from sattheory.asymptotics.scale_sweep import resolved_to
from sattheory.claims import Claim, Expected, Form, Planted, Proof, Search
from sattheory.claims.cases.exact_cases import cases
from sattheory.claims.cases.saturated_cases import KEPT
from sattheory.claims.inequality import Pairs
from sattheory.network.examples import EXAMPLES
from sattheory.network.transformer import Transformer

SEEDS, SPARE = 2, 1.3
TIED = ("tie-value-bias", "tie-query-bias", "tie-pre", "tie-post", "soft", "epsilon-0")
KINDS = ((0.0, "relu"), (0.25, "relu"), (0.25, "gelu"), (0.25, "silu"), (0.25, "tanh"))
Name = tuple[Any, ...]
DRAWN: tuple[Name, ...] = tuple(
    (placement, biases, epsilon, activation)
    for placement in ("res_post", "pre", "post")
    for biases in (False, True)
    for epsilon, activation in KINDS
)
FLAT: tuple[Name, ...] = tuple(("res_post", False, 0.0, "silu", seed) for seed in (0, 1, 3))
FACTORS = tuple(range(96, 289, 10))
TERMS, EPS, SLACK, ROUNDING, NEIGHBOURS = 12, 2.0**-52, 1e-6, 2.0**-48, 1 + np.arange(8) / 2**10


def _network(name: Name) -> tuple[Transformer, Sequence[int]]:
    if len(name) == 1:
        return EXAMPLES[name[0]].network, EXAMPLES[name[0]].tokens
    placement, biases, epsilon, activation, seed = name
    choices = {"placement": placement, "epsilon": epsilon, "activation": activation, "initialisation": "integers"}
    return Transformer.random(vocabulary=3, width=3, layers=2, feedforward=2, biases=biases, seed=seed, **choices), (0, 1, 2)


@lru_cache(maxsize=KEPT)
def _limit(name: Name) -> Any:
    return saturate(*_network(name), terms=TERMS)


@lru_cache(maxsize=KEPT)
def _passes(name: Name) -> tuple[Any, Any, Any]:
    """Limit, the scales tried, each with its neighbours, and c^{−k}f(cθ) there in floats."""
    (network, tokens), limit = _network(name), _limit(name)
    largest = min(FACTORS[-1] * max(limit.onset, 1.0), resolved_to(limit, EPS) / 2)
    scales = (largest * np.array(FACTORS)[:, None] / FACTORS[-1] * NEIGHBOURS).ravel()
    value = network.forward(Floats(scales), tokens)
    return limit, scales, value.data * (scales ** (value.power - limit.degree))[:, None, None]


@cache
def _covered(name: Name) -> bool:
    """Tell whether the limit is decided, and no norm without ε is given a flat vector: powers of c alone allow a pass."""
    (network, tokens), limit = _network(name), _limit(name)
    if limit.output is None or network.configuration.epsilon > 0:
        return limit.output is not None
    try:
        network.forward(SeriesArithmetic(limit.terms), tokens)
    except Undecided:
        return False
    return True


@cache
def _errors(name: Name, kind: str) -> dict[int, tuple[Fraction, Fraction]]:
    """Distance of c^{−k}f(cθ) to the series, its symbol or S1's answer, over the limit's size, and what it may be.

    It is the least of some neighbouring scales, because what rounding does to ties differs between them.

    Returns
    -------
    dict
        By factor: both.
    """
    limit, scales, found = _passes(name)
    reference: Any = limit.symbol if kind != "hard" else layerwise(*_network(name), kind="hard").symbol
    if kind == "series":
        reference = np.stack([limit.at(float(scale), normalised=True) for scale in scales])
    error = np.abs(found - reference).max(axis=(1, 2)) / (np.abs(limit.symbol).max() or 1.0)
    least = error.reshape(len(FACTORS), -1).min(axis=1).tolist()
    slack = (SLACK + ROUNDING * scales.reshape(len(FACTORS), -1)[:, 0] ** 4).tolist()
    return {factor: (Fraction(a), Fraction(b)) for factor, a, b in zip(FACTORS, least, slack, strict=True)}


def _agrees(name: Name, factor: int, kind: str = "series", always: bool = False) -> Pairs:
    if always or _covered(name):
        yield _errors(name, kind)[factor]


def _flat(name: Name, factor: int) -> Pairs:
    yield from _agrees(FLAT[factor % len(FLAT)], factor, always=True)


def _networks(examples: int) -> Any:
    """Draw one of the tied networks, or one of the others with one of enough seeds, at least two."""
    seeds = max(SEEDS, -(-int(SPARE * examples) // (len(FACTORS) * len(DRAWN))))
    drawn = tuple((*name, seed) for seed in range(seeds) for name in DRAWN)
    return cases(factor=FACTORS, name=(*((name,) for name in TIED), *drawn))


SEARCH = Search(
    f"the network's own pass in floats against the series of `saturate`: c^{{−k}}f(cθ) within 10⁻⁶ + 2⁻⁴⁸c⁴ of the limit's "
    f"size (rounding of scores), at 16 to 48 times the onset (less where floats resolve less), at one of 8 neighbouring scales "
    f"at least, since rounding may break ties; networks of at most 3 layers, {len(TIED)} built and {SEEDS * len(DRAWN)} or more "
    "drawn, all placements, with and without biases, ε = 0 (ReLU) and ε = ¼, exact, broken and soft ties",
    _networks,
    _agrees,
    planted=(
        Planted("the symbol alone, without further terms", lambda **case: _agrees(**case, kind="symbol")),
        Planted("S1 in place of every softmax", lambda **case: _agrees(**case, kind="hard")),
        Planted("networks whose ε = 0 norms are given exponentially small vectors", _flat),
    ),
)
CLAIMS = (
    Claim(
        "TheoremJ",
        place="ours",
        title="a pass on series in 1/c gives the limit exactly",
        statement="if no ε = 0 norm divides by a flat length that is not 0, a forward pass on series in 1/c gives lim "
        "c^{−k}f(x; cθ) exactly; with ε > 0, always",
        latex=r"If no norm with $\varepsilon=0$ divides by a flat length that is not $0$, a forward pass on series in $1/c$ "
        r"gives $\lim c^{-k}f(x;c\theta)$ exactly; with $\varepsilon>0$, always.",
        why="It makes the saturated network computable. Saturating layer by layer, or putting S1 for each softmax, gives "
        "other answers.",
        kind="ours",
        literal=Form(
            "let 𝒜 be the germs u(c), c → ∞, with u = Σ_{j<N} a_j c^{e−j} + O(c^{e−N}) for every N (e whole, a_j real), û "
            "this series; u is flat if û = 0.  Let a network use +, ×, linear maps, softmax with or without a mask, ReLU, "
            "tanh, σ, GELU, SiLU, and norms Pv/√(‖Pv‖² + ε) (P centres for LN, P = I for RMSNorm), fixed x and θ.  If no norm "
            "with ε = 0 is given a v with Pv flat, unless Pv = 0 for all large c, all values of the pass at cθ lie in 𝒜, and "
            "the series of each is determined by those of its arguments by the rules below.  If f̂ = a₀c^k + …, a₀ ≠ 0, then "
            "lim c^{−k}f(x; cθ) = a₀; if f̂ = 0, then c^N f(x; cθ) → 0 for every N.  For norms with ε > 0 nothing need be "
            "supposed",
            latex=r"Let $\mathcal A$ be the germs $u(c)$, $c\to\infty$, with $u=\sum_{j<N}a_jc^{e-j}+O(c^{e-N})$ for every "
            r"$N$ ($e$ whole, $a_j$ real), $\hat u$ this series; $u$ is flat if $\hat u=0$. Let a network use $+$, $\times$, "
            r"linear maps, softmax with or without a mask, ReLU, $\tanh$, $\sigma$, GELU, SiLU, and norms "
            r"$Pv/\sqrt{\lVert Pv\rVert^2+\varepsilon}$ ($P$ centres for LN, $P=I$ for RMSNorm), fixed $x$ and $\theta$. If no "
            r"norm with $\varepsilon=0$ is given a $v$ with $Pv$ flat, unless $Pv=0$ for all large $c$, all values of the pass "
            r"at $c\theta$ lie in $\mathcal A$, and the series of each is determined by those of its arguments by the rules "
            r"below. If $\hat f=a_0c^k+\ldots$, $a_0\ne0$, then $\lim c^{-k}f(x;c\theta)=a_0$; if "
            r"$\hat f=0$, then $c^Nf(x;c\theta)\to0$ for every $N$. For norms with $\varepsilon>0$ nothing need be supposed.",
            assumptions=(
                "rules: sums and Cauchy products; ReLU keeps û if its first coefficient is positive, else gives 0; tanh, σ, "
                "Φ: Taylor series at degree ≤ 0, their limits at ±∞ above; softmax: weights 0 off the positions whose terms "
                "of positive degree are lexicographically largest, on these exp of the rest, normalised; norms: v̂/√(Σv̂² + "
                "ε), v centred for LN",
                "LN(0) = 0 where ε = 0",
                "coefficients are compared exactly; in floats equality holds to a tolerance, which `saturate` reports",
            ),
            evidence=(Proof("TheoremJ"), SEARCH),
        ),
        repaired=None,
        expected=Expected("derived"),
    ),
)
