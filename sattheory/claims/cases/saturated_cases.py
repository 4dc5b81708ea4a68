"""Random networks on random inputs, saturated: what the searches over networks look at.

The theorems about whole networks suppose two things of the leading coefficients (symbols) of a pass, `R1` and `R2` below.
`Conditions` is the package's series arithmetic with an eye on both: it runs the one forward pass and notes, sequence by sequence,
where they fail.

One network is run on `ROWS` inputs at once and what is compared is kept, because a case of a search may cost a few milliseconds
at most; the networks themselves, being large, only up to `KEPT`.  A network is drawn from its number, so there are as many as one
likes.  Everything
here is in floats: symbols count as equal, or zero, within `ZERO`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sattheory.arithmetic.operations import Undecided
from sattheory.arithmetic.series import EXACT, Series, SeriesArithmetic
from sattheory.asymptotics.layerwise import layerwise
from sattheory.asymptotics.saturation import Saturation, saturate
from sattheory.asymptotics.scale_sweep import resolved_to, streams_at
from sattheory.claims.cases.exact_cases import cases
from sattheory.network.tokens import check_tokens
from sattheory.network.transformer import Transformer

Array = NDArray[Any]
ZERO, ROWS, KEPT = 1e-9, 25, 200
STEP, MORE = 4.0, 1.5
R1 = (
    "(R1) what enters a norm has a nonconstant symbol (RMSNorm: one that is not zero), or is constant (zero) for all large c, "
    "in the network and in each layer started at its saturated input"
)
R2 = "(R2) at each softmax, positions whose score symbols tie at the maximum have equal value symbols"
TERMS = (6, 12, 24)


class Conditions(SeriesArithmetic):
    """Series that note where (R1) and (R2) fail (`regular`, `agreeing`), and where a norm reads zero (not `alive`).

    Parameters
    ----------
    terms : int
        Coefficients kept.
    behind : bool
        Whether norms stand behind the blocks: the argument of a norm behind a dead block is what the block leaves, the outer bias
        or the stream, of whatever degree.
    """

    def __init__(self, terms: int, *, behind: bool = True) -> None:
        super().__init__(terms)
        self.regular: Any = np.ones((), dtype=bool)
        self.agreeing: Any = np.ones((), dtype=bool)
        self.alive: Any = np.ones((), dtype=bool)
        self.gap: Any = np.array(np.inf)
        self.best: list[Array] = []
        self._behind = behind
        self._dead: Any = np.zeros((), dtype=bool)

    def unit(self, x: Series, epsilon: float | Fraction) -> Series:
        """Note rows whose symbol vanishes without being identically zero; go on as if they were zero."""
        if x.remainder >= x.expected:
            raise Undecided("norm", (), f"known down to c^{int(x.remainder) + 1}", "more terms would decide", "terms")
        void = np.zeros(x.shape[:-1], dtype=bool) if x.void is None else np.broadcast_to(x.void, x.shape).all(axis=-1)
        sizes = np.broadcast_to(x.magnitude, x.coefficients.shape).max(axis=-1)
        size = np.abs(x.coefficients).max(axis=-1)
        bad, some = self._vanishes(x, size > ZERO * sizes, void)
        if (bad & ~self._vanishes(x, size > self.tolerance.tie * sizes, void)[0]).any():
            raise Undecided("norm", (), "rounding hides whether a row vanishes", "exact weights would decide")
        self.regular = self.regular & ~bad.any(axis=-1)
        self.alive = self.alive & ~void.any(axis=-1)
        self._dead = np.zeros((), dtype=bool)
        if (bad & ~some).any() and x.remainder == EXACT:
            there = np.zeros((1,), dtype=bool) if x.void is None else x.void
            x = dataclasses.replace(x, void=np.broadcast_to(there, x.shape) | (bad & ~some)[..., None])
        return super().unit(x, epsilon)

    def _vanishes(self, x: Series, seen: Any, void: Any) -> tuple[Any, Any]:
        """Find rows whose symbol vanishes without being identically zero, and rows of which anything is seen."""
        some, nominal = seen.any(axis=0), seen[0] & (x.degree == x.expected)
        return ~(nominal | void | (some & self._dead if self._behind else False)), some

    def softmax(self, scores: Series, visible: Array | None) -> Series:
        """Keep the smallest gap of scores, and which positions are best by the symbols."""
        weights = super().softmax(scores, visible)
        assert weights.decision is not None
        self.gap = np.minimum(self.gap, weights.decision.gap.min(axis=(-1, -2)))
        self.best.append(np.broadcast_to(weights.decision.leading, weights.decision.winners.shape))
        self._dead = np.zeros((), dtype=bool)
        return weights

    def activation(self, x: Series, name: str) -> Series:
        """See which positions of a feedforward block are dead: all units negative, not zero but for rounding."""
        symbol = _nominal(x)
        self._dead = (symbol < -ZERO * max(1.0, float(np.abs(symbol).max()))).all(axis=-1)
        return super().activation(x, name)

    def matmul(self, x: Series, y: Series) -> Series:
        """Note queries whose best positions, by the symbols of the scores, have different value symbols."""
        if x.decision is not None:
            tied, values = np.broadcast_arrays(x.decision.leading[..., None], _nominal(y)[..., None, :, :])
            apart = np.where(tied, values, -np.inf).max(axis=-2) - np.where(tied, values, np.inf).min(axis=-2)
            self.agreeing = self.agreeing & (apart.max(axis=(-1, -2, -3)) <= ZERO * max(1.0, float(np.abs(values).max())))
        return super().matmul(x, y)


def _nominal(x: Series) -> Array:
    """Look up the coefficient at the degree that the rules for degrees give: the symbol, zero or not."""
    return x.coefficient(x.expected) if x.expected > x.remainder else np.zeros(x.shape)


@dataclass(frozen=True, eq=False)
class Saturated:
    """One network on several inputs.

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : ndarray of int, shape (B, n)
        The inputs.
    degree : int
        κ, by the rules for degrees.
    regular, agreeing : ndarray of bool, shape (B,)
        Where (R1) and (R2) hold.
    alive : ndarray of bool, shape (B,)
        Where no norm reads an identical zero.
    gap : ndarray, shape (B,)
        Smallest gap of scores, over layers, heads and queries.
    known : ndarray of bool, shape (B,)
        Where the limit was computed.
    coefficients : ndarray, shape (J, B, n, d)
        Of c^κ, c^{κ−1}, … in X(cθ), by `saturate`; nan where it is not known.
    layerwise : ndarray, shape (B, n, d)
        c^{−κ} times strong layerwise saturation.
    onset, resolved : float
        Scales from which on the branches are those of the limit, and up to which floats tell tied scores apart.
    """

    network: Transformer
    tokens: Array
    degree: int
    regular: Array
    agreeing: Array
    alive: Array
    gap: Array
    known: Array
    coefficients: Array
    layerwise: Array
    onset: float
    resolved: float

    def at(self, scales: Array) -> Array:
        """Run the network in floats, each input at its own scale.

        Parameters
        ----------
        scales : ndarray, shape (B,)
            The scales.

        Returns
        -------
        ndarray, shape (B, n, d)
            c^{−κ} X(cθ).
        """
        different, which = np.unique(scales, return_inverse=True)
        stream = streams_at(self.network, check_tokens(self.tokens, self.network.configuration), different)[-1]
        values = stream.data[which.ravel(), np.arange(len(self.tokens))]
        return np.asarray(values * (scales ** (stream.power - self.degree))[:, None, None])


def conditions(network: Transformer, tokens: Array) -> tuple[Conditions, Series] | None:
    """Run a network on series and note where (R1) and (R2) hold; (R1) also in each layer started at its saturated input.

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : ndarray of int, shape (B, n)
        Inputs.

    Returns
    -------
    tuple of Conditions and Series, or None
        What was noted, and the output; None if the series stay undecided.
    """
    for terms in TERMS:
        ops, layers = (Conditions(terms, behind=network.configuration.placement != "pre") for _ in range(2))
        try:
            output = network.forward(ops, tokens)
            network.forward(layers, tokens, between=layers.symbol_only)
        except Undecided:
            continue
        ops.regular = ops.regular & layers.regular
        return ops, output
    return None


def examine(
    network: Transformer,
    tokens: Array,
    *,
    both: bool = True,
    other: Transformer | None = None,
    alive: bool = False,
    least: int = 1,
) -> Saturated | None:
    """Saturate a network on several inputs, wherever the conditions hold.

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : ndarray of int, shape (B, n)
        Inputs.
    both : bool
        Whether the limit is wanted only where (R2) holds beside (R1).
    other : Transformer, optional
        The network whose limit is wanted, if another than the one that is saturated layer by layer and meets the conditions.
    alive : bool
        Whether the limit is wanted only where no norm reads an identical zero.
    least : int
        How many coefficients are wanted; there are fewer only if `TERMS` are not enough.

    Returns
    -------
    Saturated or None
        The limits; None if the series stay undecided.
    """
    noted = conditions(network, tokens)
    if noted is None:
        return None
    ops, output = noted
    kept = other or network
    noted_by = (ops.regular, ops.agreeing, ops.alive, ops.gap)
    regular, agreeing, living, gap = (np.broadcast_to(value, len(tokens)) for value in noted_by)
    known = regular & (agreeing | (not both)) & (living | (not alive))
    limits = _limits(kept, network, tokens[known], output.expected, least) if known.any() else _nothing(output.shape)
    if limits is None:
        return None
    coefficients, strong = (np.full((*a.shape[:-3], len(tokens), *a.shape[-2:]), np.nan) for a in limits[:2])
    coefficients[:, known], strong[known] = limits[:2]
    return Saturated(
        kept, tokens, output.expected, regular, agreeing, living, gap, known, coefficients, strong, limits[2], limits[3]
    )


def _nothing(shape: tuple[int, ...]) -> tuple[Array, Array, float, float]:
    empty = np.empty((0, *shape[1:]))
    return empty[None], empty, 1.0, np.inf


def _limits(
    network: Transformer, base: Transformer, tokens: Array, degree: int, least: int
) -> tuple[Array, Array, float, float] | None:
    """Coefficients of c^degree and the powers below, layerwise saturation of the base, onset and resolution."""
    limit, strong = _saturate(network, tokens, degree - least), layerwise(base, tokens)
    if limit.output is None or strong.output is None:
        return None
    last = min(limit.output.degree - len(limit.output.coefficients), degree - least) + 1
    lowest = max(min(last, degree), int(max(limit.output.remainder + 1, -99)))
    known = np.stack([limit.output.coefficient(power) for power in range(degree, lowest - 1, -1)])
    return known, strong.output.coefficient(degree), limit.output.onset, resolved_to(limit, float(np.finfo(float).eps))


def _saturate(network: Transformer, tokens: Array, unknown: int) -> Saturation:
    """Saturate with so many terms that no more than c^unknown and what is below is left out, if that can be."""
    for terms in TERMS:
        limit = saturate(network, tokens, terms=terms)
        if limit.output is None or limit.output.remainder <= unknown:
            break
    return limit


def inputs(seed: int, build: Callable[[np.random.Generator], tuple[Transformer, int]], rows: int) -> tuple[Transformer, Array]:
    """Draw a network, and sequences of tokens for it, all different if there are as many.

    Parameters
    ----------
    seed : int
        Seed of everything.
    build : callable
        Makes a network and the length of a sequence.
    rows : int
        How many sequences.

    Returns
    -------
    tuple of Transformer and ndarray of int, shape (rows, n)
        Both.
    """
    generator = np.random.default_rng(seed)
    network, n = build(generator)
    vocabulary = network.configuration.vocabulary
    codes = generator.choice(vocabulary**n, rows, replace=vocabulary**n < rows)
    return network, codes[:, None] // vocabulary ** np.arange(n) % vocabulary


def population(examples: int) -> Any:
    """Draw a network and one of its inputs from a population a fifth larger than what is asked for.

    Parameters
    ----------
    examples : int
        How many different cases will be asked for.

    Returns
    -------
    Hypothesis strategy of dict
        ``seed``, of the network, and ``row``, of its `ROWS` inputs.
    """
    return cases(seed=range(-(-6 * examples // (5 * ROWS))), row=range(ROWS))


def largest(values: Array) -> Array:
    """Find the largest entry of each sequence.

    Parameters
    ----------
    values : ndarray, shape (B, n, d)
        Values.

    Returns
    -------
    ndarray, shape (B,)
        max |·|.
    """
    return np.asarray(np.abs(values).max(axis=(-1, -2)))


def _beyond(case: Saturated, c: float) -> Array:
    """Bound what comes after the known coefficients: one as large as those, or what falls from c/4 to c as its power says."""
    known, near = len(case.coefficients), c / STEP
    left = case.at(np.full(len(case.tokens), near)) - np.tensordot(near ** -np.arange(known, dtype=float), case.coefficients, 1)
    largest_known = np.abs(case.coefficients).max(axis=(0, 2, 3)) * c**-known
    return np.asarray(np.maximum(largest_known, MORE * largest(left) * STEP**-known))


def compared(case: Saturated, p: int, rounding: float = 0.0) -> list[list[tuple[float, float]]]:
    """Hold a network against an order: X̂ is the limit, coefficients before the order vanish, floats agree beyond the onset.

    Parameters
    ----------
    case : Saturated
        The network.
    p : int
        The order.
    rounding : float
        Rounding of scores over c⁴, where weights of ties with different values count.

    Returns
    -------
    list of list of tuple of float
        For each input: pairs that must satisfy left ≤ right, none where the limit is not known.
    """
    sizes = np.abs(case.coefficients).max(axis=(-1, -2))
    slack = ZERO * (sizes[0] + ZERO)
    pairs = [(largest(case.coefficients[0] - case.layerwise), slack), (sizes[1:p].max(axis=0, initial=0.0), slack)]
    c = max(50.0, 4 * case.onset)
    if c <= case.resolved:
        powers = c ** -np.arange(len(sizes), dtype=float)
        rest = 2 * powers[p:] @ sizes[p:] + _beyond(case, c)
        error = largest(case.at(np.full(len(slack), c)) - case.layerwise)
        pairs.append((error, rest + slack + rounding * c**4 * sizes[0]))
    rows = [[(float(left[row]), float(right[row])) for left, right in pairs] for row in range(len(slack))]
    return [row if known else [] for row, known in zip(rows, case.known, strict=True)]


__all__ = [
    "KEPT",
    "R1",
    "R2",
    "ROWS",
    "Conditions",
    "Saturated",
    "compared",
    "conditions",
    "examine",
    "inputs",
    "largest",
    "population",
]
