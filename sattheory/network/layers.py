"""The layers of a transformer, over any arithmetic.  This is the only place in the package where attention is written.

Each function takes the arithmetic first and does what the mathematics says: no branch on a value, no tolerance, no
truncation.  What `ops` returns may be numbers at many scales, series in 1/c, or degrees.

Shapes: x (…, n, d) queries' side, memory (…, m, d), q (…, h, n, k), scores and weights (…, h, n, m).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Generic

from numpy.typing import NDArray

from sattheory.arithmetic.operations import Operations, Place, V, located
from sattheory.arithmetic.reals import Constant, Root
from sattheory.network import parameters as p
from sattheory.network.configuration import Configuration
from sattheory.network.positions import rotary, turned_distance

Array = NDArray[Any]
Watch = Callable[[Place, Any], None]


@dataclass(frozen=True)
class View:
    """How the scores of an attention block are masked and offset.

    Parameters
    ----------
    visible : ndarray of bool, optional
        Broadcast to (…, h, n, m): where attention is possible.
    factor : ndarray, optional
        Multiplies the scores: the multiplicative "mask" of the released code.
    offset : Table or ndarray, shape (h, n, m), optional
        Constant added to the scores (ALiBi).
    relative : ndarray, shape (h, n, m), optional
        Parameter added to the scores (T5).
    """

    visible: Array | None = None
    factor: Array | None = None
    offset: Constant | None = None
    relative: Array | None = None


@dataclass(frozen=True)
class Site(Generic[V]):
    """Where we are: the arithmetic, the architecture, the layer, and who is watching.

    Parameters
    ----------
    ops : Operations
        The arithmetic.
    configuration : Configuration
        The architecture.
    layer : int
        The layer's number, from 1; 0 outside.
    watch : callable
        Called with a `Place` and each intermediate value.
    """

    ops: Operations[V]
    configuration: Configuration
    layer: int
    watch: Watch

    def step(self, part: str, function: Callable[[], V]) -> V:
        """Compute one named step: show the result to the watcher, and place any `Undecided`.

        Parameters
        ----------
        part : str
            Name of the step.
        function : callable
            Computes it.

        Returns
        -------
        V
            The result.
        """
        place = Place(self.layer, part)
        with located(place):
            value = function()
        self.watch(place, value)
        return value


def linear(ops: Operations[V], x: V, map_: p.Linear) -> V:
    """Apply x ↦ W x + b at each position.

    Parameters
    ----------
    ops : Operations
        The arithmetic.
    x : V, shape (…, in)
        Input.
    map_ : Linear
        W (out, in) and b (out,) or None.

    Returns
    -------
    V, shape (…, out)
        Output.
    """
    return shifted(ops, ops.linear(x, map_.weight), map_.bias)


def shifted(ops: Operations[V], y: V, bias: Array | None) -> V:
    """Add a bias, if there is one.

    Parameters
    ----------
    ops : Operations
        The arithmetic.
    y : V, shape (…, out)
        Input.
    bias : ndarray, shape (out,), optional
        b.

    Returns
    -------
    V, shape (…, out)
        y + b.
    """
    return y if bias is None else ops.add(y, ops.parameter(bias))


def norm(site: Site[V], x: V, learned: p.Norm, part: str) -> V:
    """Normalise each position: LN (paper §2, App. C) or RMSNorm, then γ and β.

    Parameters
    ----------
    site : Site
        Where we are.
    x : V, shape (…, n, d)
        Input.
    learned : Norm
        γ and β.
    part : str
        Name of the norm.

    Returns
    -------
    V, shape (…, n, d)
        γ ⊙ N(x) + β.
    """
    ops, kind = site.ops, site.configuration
    d = x.shape[-1]
    root = kind.norm_scale == "root"
    centred = ops.centre(x) if kind.norm == "layer" else x
    y = site.step(part, lambda: ops.unit(centred, Fraction(kind.epsilon) * (d if root else 1)))
    y = ops.multiply(y, ops.constant(Root(Fraction(d)))) if root else y
    y = y if learned.gain is None else ops.multiply(y, ops.parameter(learned.gain))
    return y if learned.bias is None else ops.add(y, ops.parameter(learned.bias))


def split_heads(ops: Operations[V], x: V, h: int) -> V:
    """Give each head its own axis.

    Parameters
    ----------
    ops : Operations
        The arithmetic.
    x : V, shape (…, n, h·k)
        Input.
    h : int
        Heads.

    Returns
    -------
    V, shape (…, h, n, k)
        Output.
    """
    return ops.swapaxes(ops.reshape(x, (*x.shape[:-1], h, x.shape[-1] // h)), -2, -3)


def merge_heads(ops: Operations[V], x: V) -> V:
    """Put the heads side by side again.

    Parameters
    ----------
    ops : Operations
        The arithmetic.
    x : V, shape (…, h, n, v)
        Input.

    Returns
    -------
    V, shape (…, n, h·v)
        Output.
    """
    y = ops.swapaxes(x, -2, -3)
    return ops.reshape(y, (*y.shape[:-2], y.shape[-2] * y.shape[-1]))


def rotate(ops: Operations[V], x: V, width: int = 0, base: int = 10_000) -> V:
    """Turn queries or keys by their position (RoPE).

    Parameters
    ----------
    ops : Operations
        The arithmetic.
    x : V, shape (…, n, k)
        Input.
    width, base : int
        How many coordinates turn (0: all), and the base of the frequencies.

    Returns
    -------
    V, shape (…, n, k)
        Output.
    """
    cos, sin, turn = rotary(x.shape[-2], x.shape[-1], width, base)
    turned = ops.matmul(x, ops.constant(turn))
    return ops.add(ops.multiply(x, ops.constant(cos)), ops.multiply(turned, ops.constant(sin)))


def distance_scores(ops: Operations[V], q: V, relative: p.RelativeKeys, m: int) -> V:
    """Let queries meet the keys of distances, (q_i + v) · W_r r_{i−j} (Transformer-XL; see `positions.turned_distance`).

    Parameters
    ----------
    ops : Operations
        The arithmetic.
    q : V, shape (…, h, n, k)
        Queries with the bias v.
    relative : RelativeKeys
        W_r.
    m : int
        Key positions.

    Returns
    -------
    V, shape (…, h, n, m)
        To be added to QKᵀ.
    """
    h, k, d = q.shape[-3], q.shape[-1], relative.weight.shape[-1]
    read = ops.matmul(q, ops.parameter(relative.weight.reshape(h, k, d)))
    return ops.matmul(rotate(ops, read), ops.swapaxes(ops.constant(turned_distance(m, d)), -1, -2))


def attention_scores(site: Site[V], q: V, k: V, view: View, distances: V | None = None) -> V:
    """Compute the scores QKᵀ/√k with whatever is added to them.

    Parameters
    ----------
    site : Site
        Where we are.
    q, k : V, shapes (…, h, n, k) and (…, h, m, k)
        Queries and keys.
    view : View
        Offsets and factors.
    distances : V, shape (…, h, n, m), optional
        Added to QKᵀ before the division.

    Returns
    -------
    V, shape (…, h, n, m)
        Scores.
    """
    ops = site.ops
    scores = ops.matmul(q, ops.swapaxes(k, -1, -2))
    scores = scores if distances is None else ops.add(scores, distances)
    if site.configuration.scaled_scores:
        scores = ops.multiply(scores, ops.constant(Root(Fraction(1, k.shape[-1]))))
    if view.relative is not None:
        scores = ops.add(scores, ops.parameter(view.relative))
    if view.offset is not None:
        scores = ops.add(scores, ops.constant(view.offset))
    return scores if view.factor is None else ops.multiply(scores, ops.constant(view.factor))


def attention(site: Site[V], x: V, memory: V, learned: p.Attention, view: View, part: str = "attention") -> V:
    """Attend: softmax(QKᵀ/√k) V for each head, then the output map (paper D.1; V here has the heads side by side).

    Parameters
    ----------
    site : Site
        Where we are.
    x, memory : V, shapes (…, n, d) and (…, m, d)
        Where queries, and keys and values, come from.
    learned : Attention
        Its parameters.
    view : View
        Masks and offsets.
    part : str
        Name of the block.

    Returns
    -------
    V, shape (…, n, d)
        Output.
    """
    ops, kind, h = site.ops, site.configuration, site.configuration.heads
    asked = ops.linear(x, learned.query.weight)
    q = split_heads(ops, shifted(ops, asked, learned.query.bias), h)
    k = split_heads(ops, linear(ops, memory, learned.key), h)
    v = split_heads(ops, linear(ops, memory, learned.value), h)
    if kind.positions == "rope":
        q, k = (rotate(ops, y, kind.rotary_width, kind.rotary_base) for y in (q, k))
    distances: V | None = None
    if (relative := learned.relative) is not None:
        distances = distance_scores(ops, split_heads(ops, shifted(ops, asked, relative.query_bias), h), relative, k.shape[-2])
    scores = site.step(f"{part} scores", lambda: attention_scores(site, q, k, view, distances))
    weights = site.step(f"{part} weights", lambda: ops.softmax(scores, view.visible))
    return linear(ops, merge_heads(ops, ops.matmul(weights, v)), learned.output)


def feedforward(site: Site[V], x: V, learned: p.Feedforward) -> V:
    """Apply the feedforward block: outer(φ(inner x)), or outer(φ(gate x) ⊙ inner x) when gated.

    Parameters
    ----------
    site : Site
        Where we are.
    x : V, shape (…, n, d)
        Input.
    learned : Feedforward
        Its parameters.

    Returns
    -------
    V, shape (…, n, d)
        Output.
    """
    ops, name = site.ops, site.configuration.activation
    inner = linear(ops, x, learned.inner)
    gate = inner if learned.gate is None else linear(ops, x, learned.gate)
    hidden = site.step("feedforward activation", lambda: ops.activation(gate, name))
    hidden = hidden if learned.gate is None else ops.multiply(hidden, inner)
    return linear(ops, hidden, learned.outer)


def residual(site: Site[V], x: V, block: Callable[[V], V], learned: p.Norm, part: str) -> V:
    """Put a block on the residual stream, with its norm where the placement says.

    Parameters
    ----------
    site : Site
        Where we are.
    x : V, shape (…, n, d)
        The stream.
    block : callable
        Attention or feedforward.
    learned : Norm
        γ and β of its norm.
    part : str
        Name of the norm.

    Returns
    -------
    V, shape (…, n, d)
        ``res_post`` X + N(block X), ``pre`` X + block(N X), ``post`` N(X + block X).
    """
    ops = site.ops
    if site.configuration.placement == "pre":
        return ops.add(x, block(norm(site, x, learned, part)))
    if site.configuration.placement == "post":
        return norm(site, ops.add(x, block(x)), learned, part)
    return ops.add(x, norm(site, block(x), learned, part))


def layer(site: Site[V], x: V, learned: p.Layer, view: View, memory: V | None = None, memory_view: View | None = None) -> V:
    """Apply one layer: self-attention, attention over the memory if there is one, feedforward if there is one.

    Parameters
    ----------
    site : Site
        Where we are.
    x : V, shape (…, n, d)
        The stream.
    learned : Layer
        The layer's parameters.
    view : View
        Masks of self-attention.
    memory : V, shape (…, m, d), optional
        An encoder's output.
    memory_view : View, optional
        Its padding.

    Returns
    -------
    V, shape (…, n, d)
        The stream after the layer.
    """
    if site.configuration.parallel:
        return parallel_layer(site, x, learned, view)
    x = residual(site, x, lambda y: attention(site, y, y, learned.attention, view), learned.attention_norm, "attention norm")
    if learned.cross is not None and learned.cross_norm is not None and memory is not None:
        cross, seen = learned.cross, memory_view or View()
        x = residual(
            site, x, lambda y: attention(site, y, memory, cross, seen, "cross-attention"), learned.cross_norm, "cross norm"
        )
    if learned.feedforward is not None and learned.feedforward_norm is not None:
        block = learned.feedforward
        x = residual(site, x, lambda y: feedforward(site, y, block), learned.feedforward_norm, "feedforward norm")
    return x


def parallel_layer(site: Site[V], x: V, learned: p.Layer, view: View) -> V:
    """Apply one layer whose blocks read the same stream, X + Att(N X) + FF(N′ X), each with its own norm (GPT-NeoX).

    Parameters
    ----------
    site : Site
        Where we are.
    x : V, shape (…, n, d)
        The stream.
    learned : Layer
        The layer's parameters.
    view : View
        Masks of self-attention.

    Returns
    -------
    V, shape (…, n, d)
        The stream after the layer.
    """
    ops = site.ops
    read = norm(site, x, learned.attention_norm, "attention norm")
    y = ops.add(x, attention(site, read, read, learned.attention, view))
    if learned.feedforward is None or learned.feedforward_norm is None:
        return y
    return ops.add(y, feedforward(site, norm(site, x, learned.feedforward_norm, "feedforward norm"), learned.feedforward))
