"""The parameters θ of a transformer as frozen data, and what one does to all of them at once.

A linear map is stored as the paper writes it, K = W^k x: rows are outputs, shape (out, in), as in PyTorch.  A bias, gain or
table that the network does not have is ``None``.  Everything a scale c multiplies is here, nothing else is: cθ is
``parameters.scaled_by(c)``, ‖θ‖ is ``parameters.norm()``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sattheory.errors import InputError

Array = NDArray[Any]
T = TypeVar("T")


def _freeze(node: object, *names: str) -> None:
    """Turn lists into arrays, and make the arrays that a node holds read-only views."""
    for name in names:
        value = getattr(node, name)
        if value is not None:
            array = np.asarray(value).view()
            array.flags.writeable = False
            object.__setattr__(node, name, array)


@dataclass(frozen=True)
class Linear:
    """x ↦ W x + b.

    Parameters
    ----------
    weight : ndarray, shape (out, in)
        W.
    bias : ndarray, shape (out,), optional
        b.
    """

    weight: Array
    bias: Array | None = None

    def __post_init__(self) -> None:
        _freeze(self, "weight", "bias")


@dataclass(frozen=True)
class Norm:
    """The learned part of a norm.

    Parameters
    ----------
    gain, bias : ndarray, shape (d,), optional
        γ and β.
    """

    gain: Array | None = None
    bias: Array | None = None

    def __post_init__(self) -> None:
        _freeze(self, "gain", "bias")


@dataclass(frozen=True)
class RelativeKeys:
    """What queries make of distances in Transformer-XL and XLNet (Dai et al. 2019, §3.3).

    A query W_q x_i + v meets the key W_r r_{i−j} of its distance to key position j, beside (W_q x_i + u)·k_j; u is the
    bias of the query map.

    Parameters
    ----------
    weight : ndarray, shape (h·k, d)
        W_r, from the sinusoids of a distance to its key; head 0 has the first k rows.
    query_bias : ndarray, shape (h·k,), optional
        v.
    """

    weight: Array
    query_bias: Array | None = None

    def __post_init__(self) -> None:
        _freeze(self, "weight", "query_bias")


@dataclass(frozen=True)
class Attention:
    """One multi-head attention block.

    Parameters
    ----------
    query, key : Linear
        Shape (h·k, d); head 0 has the first k rows.
    value : Linear
        Shape (h·v, d).
    output : Linear
        Shape (d, h·v).
    relative : RelativeKeys, optional
        Keys of distances (Transformer-XL).
    """

    query: Linear
    key: Linear
    value: Linear
    output: Linear
    relative: RelativeKeys | None = None


@dataclass(frozen=True)
class Feedforward:
    """One feedforward block.

    Parameters
    ----------
    inner : Linear
        Shape (f, d).
    outer : Linear
        Shape (d, f).
    gate : Linear, optional
        Shape (f, d): present in gated (GLU) blocks.
    """

    inner: Linear
    outer: Linear
    gate: Linear | None = None


@dataclass(frozen=True)
class Layer:
    """One layer: attention, possibly attention over a memory, possibly a feedforward block, and the norm of each.

    Parameters
    ----------
    attention : Attention
        Self-attention.
    attention_norm : Norm
        Its norm.
    feedforward : Feedforward, optional
        The feedforward block.
    feedforward_norm : Norm, optional
        Its norm.
    cross, cross_norm : Attention, Norm, optional
        Attention over a memory and its norm.
    """

    attention: Attention
    attention_norm: Norm
    feedforward: Feedforward | None = None
    feedforward_norm: Norm | None = None
    cross: Attention | None = None
    cross_norm: Norm | None = None


@dataclass(frozen=True)
class Parameters:
    """All parameters θ.

    Parameters
    ----------
    tokens : ndarray, shape (V, d)
        Token embeddings.
    layers : tuple of Layer
        The layers, first to last.
    positions : ndarray, shape (P, d), optional
        Learned position embeddings.
    segments : ndarray, shape (segments, d), optional
        Segment embeddings; every position has segment 0 unless told.
    relative : ndarray, shape (buckets, h), optional
        T5's relative bias, shared by the layers.
    embedding_norm, final_norm : Norm, optional
        Norms after the embedding and after the last layer.
    classifier : Linear, optional
        Shape (classes, d).
    """

    tokens: Array
    layers: tuple[Layer, ...]
    positions: Array | None = None
    segments: Array | None = None
    relative: Array | None = None
    embedding_norm: Norm | None = None
    final_norm: Norm | None = None
    classifier: Linear | None = None

    def __post_init__(self) -> None:
        _freeze(self, "tokens", "positions", "segments", "relative")

    def named(self) -> Iterator[tuple[str, Array]]:
        """Go through all arrays, in a fixed order.

        Yields
        ------
        tuple of str and ndarray
            A name such as ``layers.0.attention.query.weight`` and the array.
        """
        yield from _walk(self, "")

    def map(self, function: Callable[[str, Array], Array | None]) -> Parameters:
        """Apply a function to every array.

        Parameters
        ----------
        function : callable
            Takes a name and an array, returns the new array, or ``None`` to take it out.

        Returns
        -------
        theta : Parameters
            New parameters; these stay as they are.
        """
        return _map(self, function, "")

    def scaled_by(self, c: float) -> Parameters:
        """Multiply every parameter by c.

        Parameters
        ----------
        c : float
            The scale.

        Returns
        -------
        theta : Parameters
            cθ.
        """
        return self.map(lambda _, array: array * c)

    def without(self, *names: str) -> Parameters:
        """Take out every array whose name ends in one of the given endings.

        Parameters
        ----------
        *names : str
            Endings, such as ``"bias"`` or ``"query.bias"``.

        Returns
        -------
        theta : Parameters
            The same parameters without those arrays.
        """
        return self.map(lambda name, array: None if name.endswith(names) else array)

    def norm(self) -> float:
        """Compute ‖θ‖₂ over all arrays.

        Returns
        -------
        float
            The Euclidean norm.
        """
        return float(np.sqrt(sum(_square(array) for _, array in self.named())))

    def norms(self) -> Mapping[str, float]:
        """Compute the norm of each layer, and of what stands outside the layers.

        Returns
        -------
        dict of str to float
            Keys ``layer 1`` … and the name of each array outside (``tokens``, ``positions`` …).
        """
        squares: dict[str, float] = {}
        for name, array in self.named():
            parts = name.split(".")
            key = f"layer {int(parts[1]) + 1}" if parts[0] == "layers" else parts[0]
            squares[key] = squares.get(key, 0.0) + _square(array)
        return {key: float(np.sqrt(square)) for key, square in squares.items()}

    def count(self) -> int:
        """Count the parameters.

        Returns
        -------
        int
            p, the length of θ.
        """
        return sum(array.size for _, array in self.named())

    def check_finite(self) -> None:
        """Refuse NaN and infinities.

        Raises
        ------
        InputError
            Naming the first array that has one, and where.
        """
        for name, array in self.named():
            bad = ~np.isfinite(np.asarray(array, dtype=np.float64))
            if bad.any():
                index = tuple(int(i) for i in np.argwhere(bad)[0])
                given = f"{name}{list(index)}={array[index]}"
                raise InputError(given, "a weight that is not finite has no saturated limit", "repair the weights")


def _square(array: Array) -> float:
    flat = np.asarray(array, dtype=np.float64).ravel()
    return float(flat @ flat)


def _walk(node: object, name: str) -> Iterator[tuple[str, Array]]:
    if isinstance(node, np.ndarray):
        yield name, node
    elif isinstance(node, tuple):
        for i, item in enumerate(node):
            yield from _walk(item, f"{name}.{i}")
    elif dataclasses.is_dataclass(node):
        for field in dataclasses.fields(node):
            yield from _walk(getattr(node, field.name), f"{name}.{field.name}".lstrip("."))


def _map(node: T, function: Callable[[str, Array], Array | None], name: str) -> T:
    if isinstance(node, np.ndarray):
        return function(name, node)  # type: ignore[return-value]
    if isinstance(node, tuple):
        return tuple(_map(item, function, f"{name}.{i}") for i, item in enumerate(node))  # type: ignore[return-value]
    if dataclasses.is_dataclass(node) and not isinstance(node, type):
        pairs = {f.name: _map(getattr(node, f.name), function, f"{name}.{f.name}".lstrip(".")) for f in dataclasses.fields(node)}
        return dataclasses.replace(node, **pairs)
    return node
