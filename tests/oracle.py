"""The transformer written out a second time, naively: nested lists, loops, and fifty digits.

The package has one forward pass over many arithmetics.  Whether that pass is *right* can only be said by something that shares
nothing with it, so this file imports nothing of the package: it reads the fields of a configuration and its parameters, and
spells out the formulas of the papers (Vaswani et al. 2017; Ba et al. 2016 and Zhang and Sennrich 2019 for the norms; Shazeer
2020 for gates; Raffel et al. 2020, Press et al. 2022 and Su et al. 2021 for positions) number by number, in mpmath.

A sum that cancels can eat any number of digits (the norm of a vector that is nearly flat is the usual place).  So each network
is run at two precisions: what both agree on to the digits asked for is the answer, else the precision is doubled; a vector
that is flat only up to rounding never settles and raises `Unresolved`.

Shapes: a matrix is a list of rows; x (n, d), memory (m, d), weights [layer][head][query][key].
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from mpmath import mp, mpf

Vector = list[Any]
Matrix = list[Vector]


class Unresolved(ArithmeticError):
    """Two precisions never agreed: a value hangs on rounding errors."""


@dataclass(frozen=True)
class Evaluation:
    """What one forward pass gave.

    Parameters
    ----------
    output : list of list of mpf, shape (n, d) or (n, classes)
        f(x; cθ).
    streams : list of such lists
        The residual stream after the embedding (0) and after each layer (1 … L).
    weights, cross_weights : list
        Attention weights [layer][head][query][key], of self-attention and of attention over the memory.
    """

    output: Matrix
    streams: list[Matrix]
    weights: list[list[Matrix]]
    cross_weights: list[list[Matrix]]


@dataclass(frozen=True)
class Run:
    """One run: the architecture, θ, the scale, the sequence's real length, the memory and its real length, how to round."""

    configuration: Any
    parameters: Any
    c: Any
    length: int
    memory: Matrix | None
    memory_length: int
    rounding: Callable[[Any], Any]

    def scaled(self, vector: Iterable[Any]) -> Vector:
        """Take a row of parameters, times c."""
        return [number(entry) * self.c for entry in vector]


def evaluate(
    configuration: Any,
    parameters: Any,
    tokens: Sequence[int],
    c: Any = 1,
    *,
    lengths: int | None = None,
    memory: Any = None,
    memory_length: int | None = None,
    digits: int = 50,
) -> Evaluation:
    """Compute f(x; cθ) for one sequence.

    Parameters
    ----------
    configuration, parameters : Configuration, Parameters
        The network; only their fields are read.
    tokens : sequence of int, length n
        Token numbers.
    c : int, float, str, Fraction or mpf
        The scale; a string is read at full precision.
    lengths : int, optional
        How many of the tokens are text; the rest is padding.
    memory : nested sequence, shape (m, d), optional
        What cross-attention attends to; it is data, c does not multiply it.
    memory_length : int, optional
        How many rows of the memory are real.
    digits : int
        Digits to which the result is settled, relative to the largest entry of each layer.

    Returns
    -------
    Evaluation
        Output, streams and weights.

    Raises
    ------
    Unresolved
        If the digits are not settled at sixteen times their number.
    """
    working = digits + 15
    while working <= 16 * digits + 15:
        coarse, fine = (
            evaluate_rounded(
                places, configuration, parameters, tokens, c, lengths=lengths, memory=memory, memory_length=memory_length
            )
            for places in (working, working + 25)
        )
        pairs = zip([*coarse.streams, coarse.output], [*fine.streams, fine.output], strict=True)
        if all(_agree(a, b, digits) for a, b in pairs):
            return fine
        working *= 2
    raise Unresolved(f"c={c}, tokens={tokens}: not settled to {digits} digits with {working // 2}")


def evaluate_rounded(
    places: int,
    configuration: Any,
    parameters: Any,
    tokens: Sequence[int],
    c: Any = 1,
    *,
    lengths: int | None = None,
    memory: Any = None,
    memory_length: int | None = None,
    rounding: Callable[[Any], Any] = lambda value: value,
) -> Evaluation:
    """Compute f(x; cθ) once with so many places, which may be few: what a machine of that precision would give.

    Every score, attention weight and activation goes through `rounding`, which may be worse than that of mpmath; the other
    parameters are those of `evaluate`.
    """
    with mp.workdps(places):
        rows = None if memory is None else [[number(entry) for entry in row] for row in memory]
        real = len(tokens) if lengths is None else int(lengths)
        seen = len(rows or []) if memory_length is None else int(memory_length)
        run = Run(configuration, parameters, number(c), real, rows, seen, rounding)
        return _forward(run, [int(t) for t in tokens])


def number(value: Any) -> Any:
    """Read one number: a fraction is divided at the current precision, a string read at it, a float taken as it is."""
    if isinstance(value, Fraction):
        return mpf(value.numerator) / value.denominator
    return mpf(float(value) if hasattr(value, "dtype") else value)


def _agree(a: Matrix, b: Matrix, digits: int) -> bool:
    largest = max(abs(entry) for row in b for entry in row)
    gap = max(abs(p - q) for r, s in zip(a, b, strict=True) for p, q in zip(r, s, strict=True))
    return bool(gap <= largest * mpf(10) ** -digits)


def _forward(run: Run, tokens: list[int]) -> Evaluation:
    kind, theta = run.configuration, run.parameters
    x = _embed(run, tokens)
    streams, weights, crosses = [x], [], []
    for layer in theta.layers:
        x, own, cross = _layer(run, x, layer)
        streams.append(x)
        weights.append(own)
        crosses.append(cross)
    if kind.final_norm:
        x = _normalise(run, x, theta.final_norm)
    return Evaluation(_affine(run, x, theta.classifier) if kind.classes else x, streams, weights, crosses)


def _embed(run: Run, tokens: list[int]) -> Matrix:
    kind, theta = run.configuration, run.parameters
    x = [run.scaled(theta.tokens[t]) for t in tokens]
    if kind.positions == "learned":
        x = [_plus(row, run.scaled(theta.positions[i])) for i, row in enumerate(x)]
    if kind.positions == "sinusoidal":
        x = [_plus(row, [_wave(i, j, kind.width) for j in range(kind.width)]) for i, row in enumerate(x)]
    if kind.segments:
        x = [_plus(row, run.scaled(theta.segments[0])) for row in x]
    return _normalise(run, x, theta.embedding_norm) if kind.embedding_norm else x


def _wave(i: int, j: int, d: int) -> Any:
    """PE(i, 2t) = sin(i / 10000^(2t/d)), PE(i, 2t + 1) = cos of the same."""
    angle = i / mpf(10000) ** (mpf(j - j % 2) / d)
    return mp.cos(angle) if j % 2 else mp.sin(angle)


def _layer(run: Run, x: Matrix, layer: Any) -> tuple[Matrix, list[Matrix], list[Matrix]]:
    own: list[Matrix] = []
    cross: list[Matrix] = []
    if run.configuration.parallel:
        read = _normalise(run, x, layer.attention_norm)
        y = _sum(x, _attend(run, read, read, layer.attention, own, False))
        if run.configuration.feedforward:
            y = _sum(y, _feed(run, _normalise(run, x, layer.feedforward_norm), layer.feedforward))
        return y, own, cross
    x = _sublayer(run, x, layer.attention_norm, lambda y: _attend(run, y, y, layer.attention, own, False))
    if run.configuration.cross_attention:
        x = _sublayer(run, x, layer.cross_norm, lambda y: _attend(run, y, run.memory or [], layer.cross, cross, True))
    if run.configuration.feedforward:
        x = _sublayer(run, x, layer.feedforward_norm, lambda y: _feed(run, y, layer.feedforward))
    return x, own, cross


def _sublayer(run: Run, x: Matrix, learned: Any, block: Callable[[Matrix], Matrix]) -> Matrix:
    placement = run.configuration.placement
    if placement == "pre":
        return _sum(x, block(_normalise(run, x, learned)))
    if placement == "post":
        return _normalise(run, _sum(x, block(x)), learned)
    if placement == "res_post":
        return _sum(x, _normalise(run, block(x), learned))
    raise ValueError(placement)


def _normalise(run: Run, x: Matrix, learned: Any) -> Matrix:
    return [_normalise_row(run, row, learned) for row in x]


def _normalise_row(run: Run, row: Vector, learned: Any) -> Vector:
    """x/√(‖x‖² + ε) ("unit") or √d·x/√(‖x‖² + dε) ("root"), x centred for LN; 0/0 is 0.

    The mean is subtracted as (1/d) Σ_j (x_i − x_j), which is exactly 0 for a constant vector.
    """
    kind, d = run.configuration, len(row)
    if kind.norm == "layer":
        row = [mp.fsum(a - b for b in row) / d for a in row]
    root = kind.norm_scale == "root"
    square = mp.fdot(row, row) + number(kind.epsilon) * (d if root else 1)
    factor = mp.sqrt(d if root else 1) / mp.sqrt(square) if square else mpf(0)
    y = [factor * a for a in row]
    if learned.gain is not None:
        y = [a * g for a, g in zip(y, run.scaled(learned.gain), strict=True)]
    return y if learned.bias is None else _plus(y, run.scaled(learned.bias))


def _attend(run: Run, x: Matrix, memory: Matrix, block: Any, record: list[Matrix], crossing: bool) -> Matrix:
    kind = run.configuration
    q, k, v = _affine(run, x, block.query), _affine(run, memory, block.key), _affine(run, memory, block.value)
    together: Matrix = [[] for _ in x]
    for head in range(kind.heads):
        mine = slice(head * kind.key_width, (head + 1) * kind.key_width)
        far = _distances(run, x, block, mine, len(memory)) if kind.positions == "transformer_xl" and not crossing else None
        weights = _weights(run, head, [row[mine] for row in q], [row[mine] for row in k], crossing, far)
        record.append(weights)
        values = [row[head * kind.value_width : (head + 1) * kind.value_width] for row in v]
        for i, row in enumerate(weights):
            together[i] += [mp.fdot(row, column) for column in zip(*values, strict=True)]
    return _affine(run, together, block.output)


def _distances(run: Run, x: Matrix, block: Any, mine: slice, m: int) -> Matrix:
    """Transformer-XL: (W_q x_i + v) · W_r r for the sinusoids r of each distance i − j, sines before cosines."""
    d, relative = run.configuration.width, block.relative
    rows = [run.scaled(row) for row in relative.weight[mine]]
    asked = [[mp.fdot(run.scaled(w), row) for w in block.query.weight[mine]] for row in x]
    if relative.query_bias is not None:
        asked = [_plus(row, run.scaled(relative.query_bias[mine])) for row in asked]

    def score(i: int, j: int) -> Any:
        angles = [(i - j) / mpf(10000) ** (mpf(2 * t) / d) for t in range(d // 2)]
        r = [mp.sin(a) for a in angles] + [mp.cos(a) for a in angles]
        return mp.fdot(asked[i], [mp.fdot(row, r) for row in rows])

    return [[score(i, j) for j in range(m)] for i in range(len(x))]


def _weights(run: Run, head: int, q: Matrix, k: Matrix, crossing: bool, far: Matrix | None) -> Matrix:
    kind = run.configuration
    if kind.positions == "rope":
        q, k = ([_turn(row, i, kind.rotary_width or len(row), kind.rotary_base) for i, row in enumerate(rows)] for rows in (q, k))
    return [_weights_of(run, head, i, row, k, crossing, far and far[i]) for i, row in enumerate(q)]


def _weights_of(run: Run, head: int, i: int, query: Vector, keys: Matrix, crossing: bool, far: Vector | None) -> Vector:
    length = run.memory_length if crossing else run.length
    seen = [j < length and (crossing or run.configuration.mask != "causal" or j <= i) for j in range(len(keys))]
    scores = [_score(run, head, i, j, mp.fdot(query, key) + (far[j] if far else 0), crossing) for j, key in enumerate(keys)]
    largest = max(s for s, visible in zip(scores, seen, strict=True) if visible)
    powers = [mp.exp(s - largest) if visible else mpf(0) for s, visible in zip(scores, seen, strict=True)]
    total = mp.fsum(powers)
    return [run.rounding(p / total) for p in powers]


def _score(run: Run, head: int, i: int, j: int, score: Any, crossing: bool) -> Any:
    kind = run.configuration
    if kind.scaled_scores:
        score /= mp.sqrt(kind.key_width)
    if crossing:
        return run.rounding(score)
    if kind.positions == "relative":
        score += run.scaled([run.parameters.relative[bucket(j - i, kind.buckets, kind.furthest, kind.mask != "none")][head]])[0]
    if kind.positions == "alibi":
        score -= slope(head, kind.heads) * abs(i - j)
    return mpf(0) if kind.mask == "causal_multiplicative" and j > i else run.rounding(score)


def bucket(offset: int, buckets: int, furthest: int, causal: bool) -> int:
    """Give T5's bucket of a key `offset` positions after the query, in whole numbers.

    Half the buckets hold one distance each; the others cut [e, furthest) into `rest` pieces of equal logarithm: piece t begins
    where (distance/e)^rest ≥ (furthest/e)^t.
    """
    count = buckets if causal else buckets // 2
    start = count if offset > 0 and not causal else 0
    distance = max(-offset, 0) if causal else abs(offset)
    exact = count // 2
    if distance < exact:
        return start + distance
    rest, piece = count - exact, 0
    while piece + 1 < rest and Fraction(distance, exact) ** rest >= Fraction(furthest, exact) ** (piece + 1):
        piece += 1
    return start + exact + piece


def slope(head: int, heads: int) -> Any:
    """Give ALiBi's slope: geometric from 2^(−8/p) for the first p heads, p the power of two below; odd half-steps after."""
    p = 1
    while 2 * p <= heads:
        p *= 2
    return mpf(2) ** (-mpf(8 * (head + 1)) / p) if head < p else mpf(2) ** (-mpf(4 * (2 * (head - p) + 1)) / p)


def _turn(row: Vector, i: int, width: int, base: int) -> Vector:
    """Turn coordinate t together with coordinate t + r/2 by the angle i / base^(2t/r), for the first r coordinates."""
    half = width // 2
    angles = [i / mpf(base) ** (mpf(t) / half) for t in range(half)]
    first = [row[t] * mp.cos(a) - row[t + half] * mp.sin(a) for t, a in enumerate(angles)]
    return first + [row[t] * mp.sin(a) + row[t + half] * mp.cos(a) for t, a in enumerate(angles)] + row[width:]


def _feed(run: Run, x: Matrix, block: Any) -> Matrix:
    name = run.configuration.activation
    inner = _affine(run, x, block.inner)
    if not run.configuration.gated:
        return _affine(run, [[run.rounding(activate(name, a)) for a in row] for row in inner], block.outer)
    gate = _affine(run, x, block.gate)
    hidden = [[run.rounding(activate(name, g)) * a for g, a in zip(r, s, strict=True)] for r, s in zip(gate, inner, strict=True)]
    return _affine(run, hidden, block.outer)


def activate(name: str, x: Any) -> Any:
    """Apply an activation to one number, written so that nothing cancels."""
    if name == "relu":
        return x if x > 0 else mpf(0)
    if name == "gelu":
        return x * mp.erfc(-x / mp.sqrt(2)) / 2
    if name == "gelu_tanh":
        return x * _logistic(2 * mp.sqrt(2 / mp.pi) * (x + mpf("0.044715") * x**3))
    if name == "silu":
        return x * _logistic(x)
    if name == "sigmoid":
        return _logistic(x)
    if name == "tanh":
        return mp.tanh(x)
    raise ValueError(name)


def _logistic(x: Any) -> Any:
    """σ(x) = e^x/(1 + e^x), from the side where e^x is small (mpf exponents have no end, but time does)."""
    small = mp.exp(-abs(x))
    return (small if x < 0 else 1) / (1 + small)


def _affine(run: Run, x: Matrix, map_: Any) -> Matrix:
    weight = [run.scaled(row) for row in map_.weight]
    bias = [mpf(0)] * len(weight) if map_.bias is None else run.scaled(map_.bias)
    return [[mp.fdot(row, w) + b for w, b in zip(weight, bias, strict=True)] for row in x]


def _plus(a: Vector, b: Vector) -> Vector:
    return [p + q for p, q in zip(a, b, strict=True)]


def _sum(a: Matrix, b: Matrix) -> Matrix:
    return [_plus(p, q) for p, q in zip(a, b, strict=True)]
