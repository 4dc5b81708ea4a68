"""Which tensors count, and the groups they fall into: the whole, each layer, each kind.

The paper counts matrices of the layers only.  Embeddings (heads and poolers among them) and scalars (gains and biases) can be
counted too; whatever is chosen, the curves of everything stand beside those of the whole.  A table or a bias that a file holds
twice, because the head is tied to the embedding, is one parameter and counted once.
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
from sattheory.growth.kinds import EMBEDDING, MATRIX, ORDER, OTHER, SCALAR, Role, roles_of
from sattheory.growth.scanning import SQUARE, STEP

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
    roles = roles_of(dict(zip(names, shapes, strict=True)))
    return tuple(
        Measured(name, shape, role, one)
        for name, shape, one in zip(names, shapes, sums, strict=True)
        if (role := roles[name]) is not None
    )


def tied(tensors: Sequence[Measured]) -> list[tuple[str, str]]:
    """Find tables and biases that a file holds twice: equal sums at every checkpoint, bit for bit.

    Within the layers, and among gains, values may be equal because they began so; those are left alone.

    Parameters
    ----------
    tensors : sequence of Measured
        The tensors.

    Returns
    -------
    list of tuple
        Name of the one that is kept, an embedding if either is, and of the one that repeats it.
    """
    seen: dict[tuple[tuple[int, ...], bytes], str] = {}
    pairs = []
    for tensor in sorted(tensors, key=lambda tensor: (tensor.role.family != EMBEDDING, tensor.role.kind == "head")):
        if _may_be_tied(tensor):
            first = seen.setdefault((tensor.shape, tensor.sums.tobytes()), tensor.name)
            if first != tensor.name:
                pairs.append((first, tensor.name))
    return pairs


def _may_be_tied(tensor: Measured) -> bool:
    around = tensor.role.family == EMBEDDING or tensor.role.layer is None
    return around and tensor.role.kind != "norm gain" and bool(np.any(tensor.sums[SQUARE]))


def unchanged(tensors: Sequence[Measured]) -> list[Measured]:
    """Find tensors that never change over the series: frozen, or no parameters at all.

    Parameters
    ----------
    tensors : sequence of Measured
        The tensors.

    Returns
    -------
    list of Measured
        Those that are not zero and do not change; empty if nothing does.
    """
    still = [tensor for tensor in tensors if not np.any(tensor.sums[STEP])]
    return [tensor for tensor in still if np.any(tensor.sums[SQUARE])] if len(still) < len(tensors) else []


def unknown(tensors: Sequence[Measured], selection: Selection) -> tuple[list[Measured], float]:
    """Find what counts outside the layers though its name says nothing: an embedding or a head, perhaps.

    Parameters
    ----------
    tensors : sequence of Measured
        The tensors.
    selection : Selection
        What counts.

    Returns
    -------
    list of Measured, float
        They, the largest first, and their share of the parameters that count; 0 if nothing else counts.
    """
    counted = [tensor for tensor in tensors if selection.named(tensor.name) and selection.counts(tensor.role)]
    found = [t for t in counted if (t.role.kind, t.role.layer, t.role.family) == (OTHER, None, MATRIX)]
    share = sum(prod(t.shape) for t in found) / max(1, sum(prod(t.shape) for t in counted))
    return sorted(found, key=lambda t: -prod(t.shape)), share if len(found) < len(counted) else 0.0


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
        raise InputError(*_nothing(tensors, named, selection))
    kinds = [(kind, [t for t in counted if t.role.kind == kind]) for kind in ORDER]
    return Groups(
        whole=_curves("whole", counted),
        everything=_curves("everything", named),
        layers=tuple(_curves(label, members) for label, members in _layers(counted)),
        kinds=tuple(_curves(kind, members) for kind, members in kinds if members),
    )


def _nothing(tensors: Sequence[Measured], named: Sequence[Measured], selection: Selection) -> tuple[str, str, str]:
    """Say why nothing counts: no name is wanted, or what is named so is of other families."""
    options = ", ".join(f"{key}={value!r}" for key in ("include", "exclude") if (value := getattr(selection, key)) is not None)
    if not named:
        return options, f"no tensor is left by name, of {len(tensors)} such as {tensors[0].name!r}", "choose other names"
    there = " and ".join(sorted({tensor.role.family for tensor in named}))
    return str(selection), f"there are only {there}", "count embeddings and scalars too (--all), or choose other names"


def _curves(name: str, members: Sequence[Measured]) -> Curves:
    return curves_of(name, [tensor.sums for tensor in members], [prod(tensor.shape) for tensor in members])


def _layers(tensors: Sequence[Measured]) -> Iterator[tuple[str, list[Measured]]]:
    """Sort tensors into layers, named with their stack only if there are several; what is in no layer comes last."""
    inside = [t for t in tensors if t.role.layer is not None]
    label = _stack_labels(sorted({t.role.stack for t in inside}))
    places = {(t.role.stack, t.role.layer or 0) for t in inside}
    for stack, layer in sorted(places, key=lambda at: ("decoder" in at[0], *at)):
        yield f"{label[stack]} layer {layer}".strip(), [t for t in inside if (t.role.stack, t.role.layer) == (stack, layer)]
    if inside and len(inside) < len(tensors):
        yield "outside the layers", [t for t in tensors if t.role.layer is None]


def _stack_labels(stacks: Sequence[str]) -> dict[str, str]:
    """Shorten the names of stacks by what they all begin or end with; a single one needs no name."""
    if len(stacks) == 1:
        return {stacks[0]: ""}
    parts = [stack.split(".") for stack in stacks]
    for at in (0, -1):
        while all(len(one) > 1 for one in parts) and len({one[at] for one in parts}) == 1:
            for one in parts:
                del one[at]
    return {stack: ".".join(one) for stack, one in zip(stacks, parts, strict=True)}
