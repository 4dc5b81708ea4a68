"""Taking tensors out of a checkpoint as an `Architecture` declares them, and refusing whatever the declaration does not explain.

Each array of the network is looked up under its name in the file, held against the shape that ``config.json`` asks for, and
cut out of its tensor.  A tensor that no array needs, and that is not known to lie beside the network, is refused, since it may
be what makes the model another one; so are two copies of a tied tensor that differ, since only one of them can be meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sattheory.checkpoints.architectures.architecture import Architecture, Stack, Stored, Ties
from sattheory.checkpoints.architectures.fields import Fields
from sattheory.checkpoints.architectures.layouts import cut
from sattheory.checkpoints.containers.documents import shown
from sattheory.checkpoints.containers.tensors import FLOATING, Tensors
from sattheory.errors import InputError
from sattheory.network import Transformer
from sattheory.network.initialise import Shape, expected_shapes, fill

Array = NDArray[Any]


@dataclass(frozen=True)
class Weights:
    """The tensors of a checkpoint under the names of an architecture.

    Parameters
    ----------
    tensors : Tensors
        The tensors.
    architecture : Architecture
        The declaration.
    fields : Fields
        The fields of ``config.json``.
    prefix : str
        What stands before the names: nothing, or the architecture's prefix.
    raw : mapping of str to str
        From the declaration's spelling to the file's.
    """

    tensors: Tensors
    architecture: Architecture
    fields: Fields
    prefix: str
    raw: Mapping[str, str]

    @classmethod
    def of(cls, tensors: Tensors, architecture: Architecture, fields: Fields) -> Weights:
        """Find out how a file spells its names.

        Parameters
        ----------
        tensors : Tensors
            The tensors.
        architecture : Architecture
            The declaration.
        fields : Fields
            The fields of ``config.json``.

        Returns
        -------
        Weights
            Its tensors.

        Raises
        ------
        InputError
            If two tensors claim the same place.
        """
        prefix = architecture.prefix if any(name.startswith(architecture.prefix) for name in tensors) else ""
        raw: dict[str, str] = {}
        for name in tensors:
            key = _modern(name.removeprefix(prefix), architecture.endings)
            if raw.setdefault(key, name) != name:
                given = f"tensors {shown(raw[key])} and {shown(name)}"
                raise InputError(given, "they claim the same place", "take one of them out")
        return cls(tensors, architecture, fields, prefix, raw)

    def networks(self, stacks: tuple[Stack, ...]) -> tuple[Transformer, ...]:
        """Read networks.

        Parameters
        ----------
        stacks : tuple of Stack
            Which ones.

        Returns
        -------
        tuple of Transformer
            The networks, float32 where the file has 32 bits or fewer.

        Raises
        ------
        InputError
            For a tensor that is missing, surplus, misshaped, no array of floats, not finite, or tied to one that differs.
        """
        ties = self.architecture.tied(self.fields)
        self._refuse_surplus(stacks, {name for group in ties for name in group})
        self._refuse_differing(ties)
        group_of = {name: group for group in ties for name in group}
        held = {self.raw[name] for name in group_of if name in self.raw}
        shared, lately = cache(self.tensors.read), lru_cache(maxsize=2)(self.tensors.read)

        def read(name: str) -> Array:
            """Read a tensor once where arrays share it (tied ones), or are cut out of it one after another."""
            return shared(name) if name in held else lately(name)

        return tuple(self._network(stack, group_of, read) for stack in stacks)

    def _network(self, stack: Stack, group_of: Mapping[str, tuple[str, ...]], read: Callable[[str], Array]) -> Transformer:
        def take(name: str, shape: Shape) -> Array:
            stored = stack.stored(name)
            raw = self._raw(stored, group_of.get(stored.name, ()), "" if name.startswith("classifier") else self.prefix)
            self._check(raw, stored.layout.shape(shape, self.fields))
            return cut(stored.layout, read(raw), shape, self.fields)

        return Transformer(stack.configuration, fill(stack.configuration, take))

    def _raw(self, stored: Stored, tied: tuple[str, ...], prefix: str) -> str:
        """Find the file's name of a tensor, or of one that it is tied to."""
        for name in (stored.name, *tied):
            if name in self.raw:
                return self.raw[name]
        remedy = f"give a complete {self.architecture.title}, or correct config.json"
        raise InputError(f"tensor {prefix + stored.name!r}", f"{str(self.tensors.path)!r} does not have it", remedy)

    def _check(self, raw: str, shape: Shape) -> None:
        entry = self.tensors.entries[raw]
        given = f"tensor {raw!r} of shape {entry.shape}"
        if entry.shape != shape:
            raise InputError(given, f"config.json asks for shape {shape}", "correct one of the two")
        if entry.dtype not in FLOATING:
            raise InputError(given, f"its type is {entry.dtype}", "store weights as " + ", ".join(FLOATING))

    def _refuse_surplus(self, stacks: tuple[Stack, ...], tied: set[str]) -> None:
        expected = tied | {stack.stored(name).name for stack in stacks for name in expected_shapes(stack.configuration)}
        aside = re.compile("|".join(self.architecture.aside) or r"(?!)")
        for key, name in self.raw.items():
            if key not in expected and not aside.fullmatch(key):
                layers = " and ".join(str(stack.configuration.layers) for stack in stacks)
                why = f"no {self.architecture.title} of {layers} layers has it"
                raise InputError(f"tensor {shown(name)}", why, "save the bare model, or correct config.json")

    def _refuse_differing(self, ties: Ties) -> None:
        for group in ties:
            present = [self.raw[name] for name in group if name in self.raw]
            for other in present[1:]:
                if not self._same(present[0], other):
                    given = f"tensors {shown(present[0])} and {shown(other)}"
                    why = "config.json says that they are one and the same, but they differ"
                    raise InputError(given, why, "take the wrong one out, or correct config.json")

    def _same(self, first: str, other: str) -> bool:
        if self.tensors.entries[first].shape != self.tensors.entries[other].shape:
            return False
        return np.array_equal(self.tensors.read(first), self.tensors.read(other), equal_nan=True)


def _modern(name: str, endings: Mapping[str, str]) -> str:
    """Write a name as today."""
    for old, new in endings.items():
        if name == old or name.endswith(f".{old}"):
            return name.removesuffix(old) + new
    return name
