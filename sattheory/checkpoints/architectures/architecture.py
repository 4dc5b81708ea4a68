"""What a reader of an architecture is: a declaration of names, layouts, ties and initial distributions.

Every transformer here has the same arrays, listed by `network.initialise.expected_shapes`; a model's file has them under its
own names, ``encoder.layer.0.attention.self.query.weight`` in BERT where GPT-2 has a third of ``h.0.attn.c_attn.weight``.  An
`Architecture` says where each array lies, and no more: its file holds tables and a function from ``config.json`` to a
`Configuration`.  What acts on the declaration (taking tensors, refusing what is missing, surplus, misshaped or tied and yet
different) is in `weights`, once for all.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sattheory.checkpoints.architectures.fields import Fields
from sattheory.checkpoints.architectures.layouts import PLAIN, Layout
from sattheory.errors import InputError
from sattheory.network import Configuration, Transformer
from sattheory.network.configuration import BIASES
from sattheory.network.initialise import Shape, fill

Array = NDArray[Any]
LEAVES = {"gain": "weight"}
IN_NETWORK = frozenset(BIASES) - {"classifier"}


@dataclass(frozen=True)
class Stored:
    """Where an array lies.

    Parameters
    ----------
    name : str
        The tensor, or the module whose ``weight`` and ``bias`` are meant.
    layout : Layout
        How the array lies in it.
    """

    name: str
    layout: Layout = PLAIN


Table = Mapping[str, Stored | str]


@dataclass(frozen=True)
class Stack:
    """One network in a file.

    Parameters
    ----------
    configuration : Configuration
        What it is.
    whole : mapping of str to Stored or str
        Where the arrays outside the layers lie, by array (``tokens``) or block (``final_norm``).
    layer : str
        What the names of a layer begin with, ``{}`` for its number.
    in_layer : mapping of str to Stored or str
        Where the arrays of a layer lie, after that beginning, by array (``attention.query.bias``) or block (``attention.query``).
    """

    configuration: Configuration
    whole: Table
    layer: str
    in_layer: Table

    def stored(self, name: str) -> Stored:
        """Find an array.

        Parameters
        ----------
        name : str
            The network's name of it, such as ``layers.0.attention_norm.gain``.

        Returns
        -------
        Stored
            Where it lies.
        """
        if not name.startswith("layers."):
            return _find(self.whole, name)
        _, number, rest = name.split(".", 2)
        found = _find(self.in_layer, rest)
        return dataclasses.replace(found, name=self.layer.format(number) + found.name)


def _find(table: Table, name: str) -> Stored:
    block, _, leaf = name.rpartition(".")
    entry, suffix = (table[name], "") if name in table else (table[block], f".{LEAVES.get(leaf, leaf)}")
    found = Stored(entry) if isinstance(entry, str) else entry
    return dataclasses.replace(found, name=found.name + suffix)


@dataclass(frozen=True)
class Drawn:
    """How an array is drawn before training: every entry from N(mean, deviation²).

    Parameters
    ----------
    mean, deviation : float
        The distribution; a gain has mean 1 and deviation 0.
    zero_row : int, optional
        A row that is then set to zero (the embedding of padding).
    """

    mean: float
    deviation: float
    zero_row: int | None = None

    def draw(self, generator: np.random.Generator, shape: Shape, dtype: Any) -> Array:
        """Draw it.

        Parameters
        ----------
        generator : numpy.random.Generator
            Where chance comes from.
        shape : tuple of int
            The array's shape.
        dtype : dtype
            float32 or float64.

        Returns
        -------
        ndarray
            The array.
        """
        if self.deviation == 0:
            return np.full(shape, self.mean, dtype)
        array = generator.standard_normal(shape, dtype)
        array *= self.deviation
        array += self.mean
        if self.zero_row is not None and self.zero_row < shape[0]:
            array[self.zero_row] = 0
        return array


Ties = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Architecture:
    """A declaration of how models of one architecture are stored.

    Parameters
    ----------
    title : str
        What people call it.
    stacks : callable
        From the fields of ``config.json`` to the networks in the file: the one to read, then its decoder if there is one.
    drawn : callable
        Takes an array's name, the configuration and the fields; returns how ``transformers`` draws it before training.
    prefix : str
        What stands before the names where the network is part of a larger model.
    aside : tuple of str
        Regular expressions for the whole names of tensors that are no part of the network: heads, poolers, buffers.
    tied : callable
        From the fields to groups of tensors that hold the same array; one of each group may stand for all.
    endings : mapping of str to str
        Older spellings of the ends of names, and today's.
    no_head : str
        Why the language-model head is no linear map of the output; empty where it is one, stored as ``classifier``.
    head_bias : bool
        Whether that map has a bias.
    """

    title: str
    stacks: Callable[[Fields], tuple[Stack, ...]]
    drawn: Callable[[str, Configuration, Fields], Drawn]
    prefix: str
    aside: tuple[str, ...] = ()
    tied: Callable[[Fields], Ties] = lambda _: ()
    endings: Mapping[str, str] = field(default_factory=dict)
    no_head: str = ""
    head_bias: bool = False

    def networks(self, fields: Fields, head: bool = False) -> tuple[Stack, ...]:
        """Say which networks a file holds.

        Parameters
        ----------
        fields : Fields
            The fields of ``config.json``.
        head : bool
            Whether the language-model head belongs to the first of them, as its classifier.

        Returns
        -------
        tuple of Stack
            The networks.

        Raises
        ------
        InputError
            For a field that is missing or impossible, or a head that is no linear map.
        """
        first, *others = self.stacks(fields)
        if head and self.no_head:
            raise InputError("head=True", self.no_head, "read the model without its head")
        if head:
            kind = first.configuration
            biases = kind.biases | {"classifier"} if self.head_bias else kind.biases
            first = dataclasses.replace(first, configuration=kind.replace(classes=kind.vocabulary, biases=biases))
        return first, *others

    def twin(self, fields: Fields, configuration: Configuration, seed: int, dtype: Any) -> Transformer:
        """Draw a network as ``transformers`` does before training; tied arrays are drawn once.

        Parameters
        ----------
        fields : Fields
            The fields of ``config.json``.
        configuration : Configuration
            The configuration of the network that was read.
        seed : int
            Seed of the generator.
        dtype : dtype
            float32 or float64.

        Returns
        -------
        Transformer
            The network.

        Raises
        ------
        InputError
            For a negative seed.
        """
        if seed < 0:
            raise InputError(f"seed={seed}", "no generator starts there", "give a seed from 0 on")
        generator, stack = np.random.default_rng(seed), self.stacks(fields)[0]
        first = {name: group[0] for group in self.tied(fields) for name in group}
        found: dict[str, Array] = {}

        def draw(name: str, shape: Shape) -> Array:
            stored = stack.stored(name).name
            if stored not in first:
                return self.drawn(name, configuration, fields).draw(generator, shape, dtype)
            if first[stored] not in found:
                found[first[stored]] = self.drawn(name, configuration, fields).draw(generator, shape, dtype)
            return found[first[stored]]

        return Transformer(configuration, fill(configuration, draw))


def gains_and_normal(name: str, deviation: float) -> Drawn:
    """Draw as most do: gains 1, biases 0, everything else from N(0, deviation²).

    Parameters
    ----------
    name : str
        The array.
    deviation : float
        Usually ``initializer_range``.

    Returns
    -------
    Drawn
        The distribution.
    """
    if name.endswith("bias"):
        return Drawn(0.0, 0.0)
    return Drawn(1.0, 0.0) if name.endswith("gain") else Drawn(0.0, deviation)
