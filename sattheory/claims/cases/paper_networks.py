"""Small networks of the paper's architecture with whole numbers for parameters: what searches for counterexamples draw from.

A network is a mapping of the names that `paper_formulas` uses to exact arrays, so the same draw can be put into formulas,
evaluated with certainty, and into the package's own forward pass (`transformer`).  Whole numbers between −2 and 2 tie and
cancel often; and because the paper's statements are about large ‖θ‖, `grown` multiplies one of the arrays until ‖θ‖ is as
large as asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil, prod
from operator import mul
from typing import Any

import hypothesis.strategies as some
import numpy as np

from sattheory.arithmetic.floats import Floats
from sattheory.claims.cases.asymptotic_error import integers
from sattheory.network.configuration import Configuration, Placement
from sattheory.network.parameters import Attention, Feedforward, Layer, Linear, Norm, Parameters
from sattheory.network.transformer import Transformer

Array = tuple[Any, ...]
Network = Mapping[str, Any]


@dataclass(frozen=True)
class Size:
    """Shapes of a network.

    Parameters
    ----------
    n, d : int
        Positions and width.
    k, v, f : int
        Width of keys, of values, of the feedforward block.
    """

    n: int
    d: int
    k: int = 1
    v: int = 1
    f: int = 1

    def shape(self, name: str) -> tuple[int, ...]:
        """Tell the shape of an array.

        Parameters
        ----------
        name : str
            ``x``, ``wk``, …, possibly with the tags of a layer and a head.

        Returns
        -------
        tuple of int
            Its shape.
        """
        kinds: dict[str, tuple[int, ...]] = {
            "x": (self.n, self.d),
            "wk": (self.k, self.d),
            "wq": (self.k, self.d),
            "wv": (self.v, self.d),
            "w": (self.d, self.v),
            "gain": (self.d,),
            "wi": (self.f, self.d),
            "wf": (self.d, self.f),
            "ffgain": (self.d,),
        }
        return kinds[name.rstrip("0123456789ab")]


def sizes(
    n: Iterable[int], d: Iterable[int], k: Iterable[int] = (1,), v: Iterable[int] = (1,), f: Iterable[int] = (1,)
) -> tuple[Size, ...]:
    """List all combinations of sizes.

    Parameters
    ----------
    n, d, k, v, f : iterable of int
        See `Size`.

    Returns
    -------
    tuple of Size
        Smallest first.
    """
    options = [tuple(option) for option in (n, d, k, v, f)]
    found: list[tuple[int, ...]] = [()]
    for option in options:
        found = [(*start, entry) for start in found for entry in option]
    return tuple(Size(*entries) for entries in found)


def networks(names: Sequence[str], choices: Sequence[Size], most: int = 2) -> Any:
    """Draw a network.

    Parameters
    ----------
    names : sequence of str
        Its arrays.
    choices : sequence of Size
        Possible shapes.
    most : int
        Largest absolute value of an entry.

    Returns
    -------
    Hypothesis strategy of dict of tuple
        Arrays by name.
    """
    wanted = tuple(names)
    return some.sampled_from(tuple(choices)).flatmap(lambda size: _of_size(wanted, size, most))


def _entries(count: int, most: int) -> Any:
    """Draw whole numbers, a few as the digits of one: numbers beyond 24 bits Hypothesis draws small far more often than large."""
    at_once = max(size for size in range(1, 25) if (2 * most + 1) ** size < 2**24)
    sizes = [min(at_once, count - start) for start in range(0, count, at_once)]
    return some.tuples(*[integers(size, most) for size in sizes]).map(
        lambda parts: tuple(entry for part in parts for entry in part)
    )


@cache
def _of_size(names: tuple[str, ...], size: Size, most: int) -> Any:
    count = sum(prod(size.shape(name)) for name in names)
    return _entries(count, most).map(lambda entries: _filled(names, size, entries))


def _filled(names: tuple[str, ...], size: Size, entries: tuple[int, ...]) -> dict[str, Array]:
    arrays, start = {}, 0
    for name in names:
        shape = size.shape(name)
        arrays[name] = _cut(entries[start : start + prod(shape)], shape)
        start += prod(shape)
    return arrays


def _cut(entries: tuple[int, ...], shape: tuple[int, ...]) -> Array:
    if len(shape) == 1:
        return entries
    return tuple(entries[row * shape[1] : (row + 1) * shape[1]] for row in range(shape[0]))


def grown(names: Sequence[str], choices: Sequence[Size], rho: Fraction | int, most: int = 2) -> Any:
    """Draw a network with one of its arrays multiplied by ρ, 2ρ or 4ρ, whatever it takes to reach ‖θ‖ ≥ ρ in many ways.

    Parameters
    ----------
    names, choices, most
        As for `networks`.
    rho : int or Fraction
        ρ.

    Returns
    -------
    Hypothesis strategy of dict of tuple
        Arrays by name.
    """
    factors = tuple(ceil(rho) * factor for factor in (1, 2, 4))
    drawn = some.tuples(networks(names, choices, most), some.sampled_from(tuple(names)), some.sampled_from(factors))
    return drawn.map(lambda parts: dict(parts[0]) | {parts[1]: times(parts[0][parts[1]], parts[2])})


def times(array: Any, factor: int) -> Any:
    """Multiply an array by a number.

    Parameters
    ----------
    array : number or tuple
        A number, vector or matrix.
    factor : int
        The number.

    Returns
    -------
    number or tuple
        The product.
    """
    return tuple(times(entry, factor) for entry in array) if isinstance(array, tuple) else factor * array


def entries_of(array: Any) -> list[Any]:
    """List the entries of an array.

    Parameters
    ----------
    array : number or tuple
        A number, vector or matrix.

    Returns
    -------
    list of numbers
        Row by row.
    """
    return [entry for part in array for entry in entries_of(part)] if isinstance(array, tuple) else [array]


def reaches(theta: Network, rho: Fraction | int) -> bool:
    """Tell whether ‖θ‖ ≥ ρ, exactly.

    Parameters
    ----------
    theta : mapping
        Arrays by name.
    rho : int or Fraction
        ρ.

    Returns
    -------
    bool
        Whether it is.
    """
    return bool(sum(entry * entry for array in theta.values() for entry in entries_of(array)) >= rho * rho)


def transformer(theta: Network, placement: Placement = "res_post", epsilon: float = 0.0) -> Transformer:
    """Make the package's network out of exact arrays; position i reads token i.

    Parameters
    ----------
    theta : mapping
        Arrays by name.  Layers are tagged 1, 2, …, or there is one without a tag; heads are tagged a, b, or there is one.
    placement : {"res_post", "pre", "post"}
        Where the norm stands.
    epsilon : float
        ε of the norm.

    Returns
    -------
    Transformer
        Without biases, norms of unit length.
    """
    ends = sorted(name.removeprefix("wk") for name in theta if name.startswith("wk"))
    tags, heads = sorted({end.rstrip("ab") for end in ends}), sorted({end.lstrip("123456789") for end in ends})
    tokens, size = _array(theta["x"]), [len(theta[name + ends[0]]) for name in ("wk", "wv")]
    kind = Configuration(
        vocabulary=len(tokens),
        width=tokens.shape[1],
        heads=len(heads),
        layers=len(tags),
        key_width=size[0],
        value_width=size[1],
        feedforward=len(theta.get(f"wi{tags[0]}", ())),
        placement=placement,
        epsilon=epsilon,
    )
    return Transformer(kind, Parameters(tokens, tuple(_layer(theta, tag, heads) for tag in tags)))


def _array(value: Array) -> Any:
    return np.asarray(value, dtype=np.float64)


def _layer(theta: Network, tag: str, heads: Sequence[str]) -> Layer:
    def beside(name: str, axis: int) -> Linear:
        return Linear(np.concatenate([_array(theta[f"{name}{tag}{head}"]) for head in heads], axis=axis))

    attention = Attention(beside("wq", 0), beside("wk", 0), beside("wv", 0), beside("w", 1))
    norm = Norm(_array(theta[f"gain{tag}"]))
    if f"wi{tag}" not in theta:
        return Layer(attention, norm)
    block = Feedforward(Linear(_array(theta[f"wi{tag}"])), Linear(_array(theta[f"wf{tag}"])))
    return Layer(attention, norm, block, Norm(_array(theta[f"ffgain{tag}"])))


def disturbed(names: Sequence[str], choices: Sequence[Size], most: int = 2) -> Any:
    """Draw a network, a disturbance e of its input x of the same shape, small or zero, and a scale: X(cθ) = c(x + e).

    Parameters
    ----------
    names, choices, most
        As for `networks`; ``x`` comes first among the names.

    Returns
    -------
    Hypothesis strategy of dict
        ``theta``, ``e``, ``c``.
    """
    wanted = tuple(names)
    return some.sampled_from(tuple(choices)).flatmap(lambda size: _disturbed(wanted, size, most))


@cache
def _disturbed(names: tuple[str, ...], size: Size, most: int) -> Any:
    count = sum(prod(size.shape(name)) for name in names)
    signs = 3 ** (size.n * size.d)
    drawn = some.tuples(_entries(count, most), some.integers(0, 100 * signs - 1))
    return drawn.map(lambda parts: _case(names, size, parts[0], parts[1] // 100, parts[1] % 100))


def _case(names: tuple[str, ...], size: Size, entries: tuple[int, ...], signs: int, rest: int) -> dict[str, Any]:
    part, step = (Fraction(0), Fraction(1, 4), Fraction(1, 64), Fraction(1, 1024))[rest % 4], rest // 4
    e = tuple(part * (signs // 3**place % 3 - 1) for place in range(size.n * size.d))
    return {"theta": _filled(names, size, entries), "e": _cut(e, (size.n, size.d)), "c": 1 + Fraction(step, 8)}


def moved(x: Array, e: Array, c: Fraction = Fraction(1)) -> Array:
    """Compute c(x + e).

    Parameters
    ----------
    x, e : tuple of tuple of Fraction
        A symbol and its disturbance.
    c : Fraction
        The scale.

    Returns
    -------
    tuple of tuple of Fraction
        X(cθ).
    """
    return tuple(tuple(c * (a + b) for a, b in zip(*rows, strict=True)) for rows in zip(x, e, strict=True))


def output(network: Transformer, c: Fraction, degree: int) -> list[list[Fraction]]:
    """Run the package's own forward pass in float64.

    Parameters
    ----------
    network : Transformer
        The network; its input is each token once, in order.
    c : Fraction
        The scale, a float64 itself.
    degree : int
        Degree to divide out.

    Returns
    -------
    list of list of Fraction, shape (n, d)
        c^{−degree}·f(cθ) as the floats have it.
    """
    ops = Floats(float(c))
    value = network.forward(ops, range(network.configuration.vocabulary))
    return [[Fraction(float(entry)) for entry in row] for row in ops.at_scales(value, degree)[0]]


def applied(W: Any, x: Any) -> list[list[Any]]:
    """Apply a matrix to each row of another: x Wᵀ.

    Parameters
    ----------
    W : tuple of tuple, shape (out, in)
        The matrix.
    x : rows, shape (n, in)
        The rows.

    Returns
    -------
    list of list of numbers, shape (n, out)
        Exactly, of the kind of the entries.
    """
    return [[sum(map(mul, out, row)) for out in W] for row in x]


def row_sum(W: Array) -> Any:
    """Compute ‖W‖, the largest row sum of |W|.

    Parameters
    ----------
    W : tuple of tuple
        A matrix.

    Returns
    -------
    number
        Its norm for ‖·‖_∞.
    """
    return max(sum(map(abs, row)) for row in W)


def greatest(x: Any) -> Any:
    """Compute the largest absolute value of all entries.

    Parameters
    ----------
    x : rows
        A matrix.

    Returns
    -------
    number
        max |x_ij|.
    """
    return max(max(map(abs, row)) for row in x)


@dataclass(frozen=True)
class HeadLimit:
    """What one position attends to when the softmax is saturated.

    Parameters
    ----------
    m : int
        Number of maximal scores.
    gap : Fraction
        Distance to the next distinct score, before the division by √d_k; 0 if there is none.
    value : list of Fraction, shape (v,)
        Mean of the values at the maxima, Σ_j w_ij v_j.
    """

    m: int
    gap: Fraction
    value: list[Fraction]


def head_limits(theta: Network) -> list[HeadLimit]:
    """Saturate a head, exactly.

    Parameters
    ----------
    theta : mapping
        ``x``, ``wk``, ``wq``, ``wv``.

    Returns
    -------
    list of HeadLimit
        One a position.
    """
    keys, queries, values = (applied(theta[name], theta["x"]) for name in ("wk", "wq", "wv"))
    return [_limit(scores, values) for scores in applied(keys, queries)]


def _limit(scores: list[Any], values: list[list[Any]]) -> HeadLimit:
    top = max(scores)
    chosen = [value for score, value in zip(scores, values, strict=True) if score == top]
    below = [score for score in scores if score < top]
    mean = [Fraction(sum(column), len(chosen)) for column in zip(*chosen, strict=True)]
    return HeadLimit(len(chosen), Fraction(top - max(below) if below else 0), mean)
