"""How a file lays out an array: as the network has it, transposed, fused with others, or with an axis for the heads.

The network's maps have outputs as rows, shape (out, in), as in ``torch.nn.Linear``.  Others differ: GPT-2's ``Conv1D`` has
inputs as rows and query, key and value side by side; GPT-NeoX stacks query, key and value of head 0, then those of head 1, …;
XLNet gives heads and head width an axis each.  A layout says which shape the file must then have, and how the network's array
is cut out of it.  The same layout serves a map and its bias, whose shape is (out,).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sattheory.checkpoints.architectures.fields import Fields

Array = NDArray[Any]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Layout:
    """How an array of the network lies in a tensor of the file.

    Parameters
    ----------
    shape : callable
        Takes the array's shape and the fields of ``config.json``, returns the tensor's shape.
    cut : callable
        Takes the tensor, the array's shape and the fields, returns the array.
    """

    shape: Callable[[Shape, Fields], Shape]
    cut: Callable[[Array, Shape, Fields], Array]


PLAIN = Layout(lambda shape, _: shape, lambda tensor, shape, _: tensor)
TRANSPOSED = Layout(lambda shape, _: shape[::-1], lambda tensor, shape, _: tensor.T)


def side_by_side(part: int, parts: int) -> Layout:
    """Take one of several maps whose outputs are columns side by side (GPT-2's ``c_attn``).

    Parameters
    ----------
    part, parts : int
        Which one, from 0, and of how many.

    Returns
    -------
    Layout
        Tensor of shape (in, parts·out), or (parts·out,) for biases.
    """
    return Layout(
        lambda shape, _: (*shape[1:], parts * shape[0]),
        lambda tensor, shape, _: tensor.T.reshape(parts, *shape)[part],
    )


def by_head(part: int, parts: int, heads: str) -> Layout:
    """Take one of several maps whose outputs are rows, all parts of a head together (GPT-NeoX's ``query_key_value``).

    Parameters
    ----------
    part, parts : int
        Which one, from 0, and of how many.
    heads : str
        The key of the number of heads.

    Returns
    -------
    Layout
        Tensor of shape (h·parts·k, in), or (h·parts·k,) for biases.
    """

    def cut(tensor: Array, shape: Shape, fields: Fields) -> Array:
        h = fields.size(heads)
        return tensor.reshape(h, parts, shape[0] // h, *shape[1:])[:, part].reshape(shape)

    return Layout(lambda shape, _: (parts * shape[0], *shape[1:]), cut)


def head_axes(heads: str) -> Layout:
    """Take a map into the heads that has an axis for them (XLNet's ``q``, ``k``, ``v``, ``r`` and their biases).

    Parameters
    ----------
    heads : str
        The key of the number of heads.

    Returns
    -------
    Layout
        Tensor of shape (in, h, k), or (h, k) for biases.
    """

    def shape_in_file(shape: Shape, fields: Fields) -> Shape:
        h = fields.size(heads)
        return (*shape[1:], h, shape[0] // h)

    return Layout(shape_in_file, lambda tensor, shape, _: tensor.reshape(*shape[1:], shape[0]).T)


def out_of_head_axes(heads: str) -> Layout:
    """Take a map out of the heads that has an axis for them (XLNet's ``o``).

    Parameters
    ----------
    heads : str
        The key of the number of heads.

    Returns
    -------
    Layout
        Tensor of shape (out, h, v).
    """

    def shape_in_file(shape: Shape, fields: Fields) -> Shape:
        h = fields.size(heads)
        return (shape[0], h, shape[1] // h)

    return Layout(shape_in_file, lambda tensor, shape, _: tensor.reshape(shape))


def last_rows(rows: str) -> Layout:
    """Take the last rows of a longer table (RoBERTa's positions, which begin after that of the padding).

    Parameters
    ----------
    rows : str
        The key of the number of rows in the file.

    Returns
    -------
    Layout
        Tensor of shape (rows, d).
    """
    return Layout(
        lambda shape, fields: (fields.size(rows), *shape[1:]),
        lambda tensor, shape, _: tensor[len(tensor) - shape[0] :],
    )


def cut(layout: Layout, tensor: Array, shape: Shape, fields: Fields) -> Array:
    """Cut an array out of its tensor, and let go of the rest.

    Parameters
    ----------
    layout : Layout
        How it lies there.
    tensor : ndarray
        The tensor.
    shape : tuple of int
        The array's shape.
    fields : Fields
        The fields of ``config.json``.

    Returns
    -------
    ndarray
        The array, rows contiguous.
    """
    return np.ascontiguousarray(layout.cut(tensor, shape, fields))
