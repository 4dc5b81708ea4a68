"""Which tensors count, and the groups they fall into: the whole, each layer, each kind.

The paper counts matrices only.  Embeddings and scalars (gains and biases) can be counted too; whatever is chosen, the curves of
everything stand beside those of the whole.  A table that a file holds twice, because the head is tied to the embedding, is one
parameter and counted once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sattheory.errors import InputError
from sattheory.growth.curves import Curves, curves_of
from sattheory.growth.kinds import EMBEDDING, MATRIX, ORDER, SCALAR, Role, role_of

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Measured:
    """One tensor, scanned through the series.

    Parameters
    ----------
    name : str
        Its name.
    shape : tuple of int
        Its shape.
    role : Role
        What it is.
    sums : ndarray, shape (3, T)
        ‖θ_t‖², ‖θ_{t+1} − θ_t‖², θ_t·θ_last.
    """

    name: str
    shape: tuple[int, ...]
    role: Role
    sums: Array


@dataclass(frozen=True)
class Selection:
    """What is counted.

    Parameters
    ----------
    embeddings, scalars : bool
        Whether these families are.
    include, exclude : str, optional
        Regular expressions: names that must match, and that must not.
    """

    embeddings: bool = False
    scalars: bool = False
    include: str | None = None
    exclude: str | None = None

    def __post_init__(self) -> None:
        for option in ("include", "exclude"):
            if (pattern := getattr(self, option)) is not None:
                try:
                    re.compile(pattern)
                except re.error as error:
                    given = f"{option}={pattern!r}"
                    raise InputError(given, f"it is no regular expression ({error})", "write one such as encoder") from error

    def named(self, name: str) -> bool:
        """Hold a name against the regular expressions.

        Parameters
        ----------
        name : str
            A tensor.

        Returns
        -------
        bool
            Whether it may count.
        """
        kept = self.include is None or re.search(self.include, name) is not None
        return kept and (self.exclude is None or re.search(self.exclude, name) is None)

    def counts(self, role: Role) -> bool:
        """Tell whether a family is counted.

        Parameters
        ----------
        role : Role
            What a tensor is.

        Returns
        -------
        bool
            Whether it counts.
        """
        return role.family == MATRIX or (self.embeddings and role.family == EMBEDDING) or (self.scalars and role.family == SCALAR)

    def __str__(self) -> str:
        families = ["matrices", *["embeddings"] * self.embeddings, *["scalars"] * self.scalars]
        named = [f"named like {self.include}"] * (self.include is not None) + [f"not like {self.exclude}"] * (
            self.exclude is not None
        )
        return " ".join([families[0] if len(families) == 1 else ", ".join(families[:-1]) + " and " + families[-1], *named])


@dataclass(frozen=True, eq=False)
class Groups:
    """Curves of all groups.

    Parameters
    ----------
    whole : Curves
        What is counted.
    everything : Curves
        The same with embeddings and scalars.
    layers, kinds : tuple of Curves
        What is counted, by layer and by kind.
    """

    whole: Curves
    everything: Curves
    layers: tuple[Curves, ...]
    kinds: tuple[Curves, ...]


def measured(names: Sequence[str], shapes: Sequence[tuple[int, ...]], sums: Array) -> tuple[Measured, ...]:
    """Put names, roles and sums together.

    Parameters
    ----------
    names : sequence of str, length K
        The tensors; no buffers.
    shapes : sequence of tuple, length K
        Their shapes.
    sums : ndarray, shape (K, 3, T)
        From `scanning.sums`.

    Returns
    -------
    tuple of Measured
        The tensors.
    """
    roles = [role_of(name, shape) for name, shape in zip(names, shapes, strict=True)]
    return tuple(
        Measured(name, shape, role, one)
        for name, shape, role, one in zip(names, shapes, roles, sums, strict=True)
        if role is not None
    )


def tied(tensors: Sequence[Measured]) -> list[tuple[str, str]]:
    """Find tables that a file holds twice.

    Parameters
    ----------
    tensors : sequence of Measured
        The tensors.

    Returns
    -------
    list of tuple
        Name of the first, and of the one that repeats it at every checkpoint.
    """
    seen: dict[tuple[tuple[int, ...], bytes], str] = {}
    pairs = []
    for tensor in tensors:
        if tensor.role.family == EMBEDDING and np.any(tensor.sums[0]):
            first = seen.setdefault((tensor.shape, tensor.sums.tobytes()), tensor.name)
            if first != tensor.name:
                pairs.append((first, tensor.name))
    return pairs


def grouped(tensors: Sequence[Measured], selection: Selection) -> Groups:
    """Compute the curves of every group.

    Parameters
    ----------
    tensors : sequence of Measured
        The tensors, each once.
    selection : Selection
        What counts.

    Returns
    -------
    Groups
        The curves.

    Raises
    ------
    InputError
        If nothing counts.
    """
    named = [tensor for tensor in tensors if selection.named(tensor.name)]
    counted = [tensor for tensor in named if selection.counts(tensor.role)]
    if not counted:
        there = ", ".join(sorted({tensor.role.family for tensor in named})) or "no tensor of such a name"
        raise InputError(
            f"{selection}", f"none is there (only: {there})", "count embeddings and scalars too, or choose other names"
        )
    kinds = [(kind, [t for t in counted if t.role.kind == kind]) for kind in ORDER]
    return Groups(
        whole=_curves("whole", counted),
        everything=_curves("everything", named),
        layers=tuple(_curves(label, members) for label, members in _layers(counted)),
        kinds=tuple(_curves(kind, members) for kind, members in kinds if members),
    )


def _curves(name: str, members: Sequence[Measured]) -> Curves:
    return curves_of(name, [tensor.sums for tensor in members], [prod(tensor.shape) for tensor in members])


def _layers(tensors: Sequence[Measured]) -> Iterator[tuple[str, list[Measured]]]:
    """Sort tensors into layers, named with their stack only if there are two; what is in no layer comes last."""
    inside = [t for t in tensors if t.role.layer is not None]
    stacks = {t.role.stack for t in inside}
    for stack, layer in sorted({(t.role.stack, t.role.layer or 0) for t in inside}, key=lambda at: (at[0] == "decoder", *at)):
        label = f"{stack} layer {layer}".strip() if len(stacks) > 1 else f"layer {layer}"
        yield label, [t for t in inside if (t.role.stack, t.role.layer) == (stack, layer)]
    if inside and len(inside) < len(tensors):
        yield "outside the layers", [t for t in tensors if t.role.layer is None]
