"""The transformer: a configuration, its parameters, and one forward pass over any arithmetic.

`Transformer.forward` is the whole network; everything else in the package calls it with the arithmetic of its choice.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sattheory.arithmetic.operations import Operations, Place, V
from sattheory.errors import InputError
from sattheory.network import layers
from sattheory.network.configuration import Configuration
from sattheory.network.initialise import expected_shapes, initial_parameters
from sattheory.network.layers import Site, View, Watch
from sattheory.network.parameters import Parameters
from sattheory.network.positions import alibi, relative_buckets, sinusoidal
from sattheory.network.tokens import Tokens, causal, check_tokens

Array = NDArray[Any]
SHOWN_PARAMETERS = 100


def ignore(place: Place, value: object) -> None:
    """Watch nothing.

    Parameters
    ----------
    place : Place
        Where.
    value : object
        What.
    """


@dataclass(frozen=True)
class Transformer:
    """A transformer: an encoder, a causal decoder, or a decoder with cross-attention.

    Parameters
    ----------
    configuration : Configuration
        The architecture.
    parameters : Parameters
        θ.  Shapes and finiteness are checked.

    Raises
    ------
    InputError
        For a missing, surplus or misshaped array, NaN or infinity.
    """

    configuration: Configuration
    parameters: Parameters

    def __post_init__(self) -> None:
        check_shapes(self.configuration, self.parameters)
        self.parameters.check_finite()

    def __repr__(self) -> str:
        default = Configuration(1, 1)
        kind = {f.name: getattr(self.configuration, f.name) for f in dataclasses.fields(Configuration)}
        said = [f"{k}={sorted(v) if isinstance(v, frozenset) else v!r}" for k, v in kind.items() if v != getattr(default, k)]
        count = self.parameters.count()
        theta = f"{count} parameters"
        if count <= SHOWN_PARAMETERS:
            theta = ", ".join(f"{name}={array.tolist()}" for name, array in self.parameters.named())
        return f"Transformer({', '.join(said)}; {theta})"

    @classmethod
    def random(cls, *, seed: int = 0, initialisation: str = "torch", biases: object = None, **choices: Any) -> Transformer:
        """Make a network with random parameters.

        Parameters
        ----------
        seed : int
            Seed of the generator.
        initialisation : {"torch", "normal", "integers", "rationals"}
            How to draw the parameters, see `initial_parameters`.
        biases : bool or set of str, optional
            All (True), none (False, default) or some of `configuration.BIASES`.
        **choices
            Fields of `Configuration`; vocabulary 16, width 8 unless given.

        Returns
        -------
        Transformer
            The network.
        """
        from sattheory.network.configuration import BIASES

        chosen = frozenset(BIASES) if biases is True else frozenset(biases or ())  # type: ignore[call-overload]
        configuration = Configuration(**{"vocabulary": 16, "width": 8, "biases": chosen, **choices})
        return cls(configuration, initial_parameters(configuration, initialisation, seed))

    def scaled_by(self, c: float) -> Transformer:
        """Multiply all parameters by c.

        Parameters
        ----------
        c : float
            The scale.

        Returns
        -------
        Transformer
            The network with parameters cθ.
        """
        return Transformer(self.configuration, self.parameters.scaled_by(c))

    def forward(
        self,
        ops: Operations[V],
        tokens: ArrayLike | Tokens,
        *,
        lengths: ArrayLike | None = None,
        memory: V | None = None,
        memory_tokens: Tokens | None = None,
        watch: Watch = ignore,
        between: Callable[[V], V] | None = None,
    ) -> V:
        """Run the network in an arithmetic.

        Parameters
        ----------
        ops : Operations
            The arithmetic.
        tokens : array_like of int, shape (n,) or (B, n)
            Token numbers.
        lengths : array_like of int, shape (B,), optional
            Real lengths of a padded batch.
        memory : V, shape (…, m, d), optional
            What cross-attention attends to.
        memory_tokens : Tokens, optional
            The tokens of the memory, for their padding.
        watch : callable
            Called with a `Place` and each intermediate value.
        between : callable, optional
            Applied to the stream after the embedding and after each layer.

        Returns
        -------
        V, shape (…, n, d), or (…, n, classes) with a classifier
            The output.

        Raises
        ------
        InputError
            For tokens the network cannot take, or cross-attention without a memory of its width.
        """
        given = check_tokens(tokens, self.configuration, lengths)
        if self.configuration.cross_attention and memory is None:
            raise InputError("memory=None", "the network attends to a memory", "pass memory= or use EncoderDecoder")
        if memory is not None and memory.shape[-1] != self.configuration.width:
            why = f"the network's width is {self.configuration.width}"
            raise InputError(f"memory of shape {memory.shape}", why, "give a memory of the same width")
        rest = between if between is not None else _same
        x = rest(self._embed(ops, given, watch))
        view = self._view(given)
        seen = View(memory_tokens.visible()) if memory_tokens else None
        for number, learned in enumerate(self.parameters.layers, 1):
            site = Site(ops, self.configuration, number, watch)
            x = rest(layers.layer(site, x, learned, view, memory, seen))
            watch(Place(number, "stream"), x)
        return self._head(ops, x, watch)

    def _embed(self, ops: Operations[V], tokens: Tokens, watch: Watch) -> V:
        learned, kind = self.parameters, self.configuration
        x = ops.parameter(learned.tokens[tokens.numbers])
        if learned.positions is not None:
            x = ops.add(x, ops.parameter(learned.positions[: tokens.n]))
        if learned.segments is not None:
            x = ops.add(x, ops.parameter(learned.segments[0]))
        if kind.positions == "sinusoidal":
            x = ops.add(x, ops.constant(sinusoidal(tokens.n, kind.width)))
        if learned.embedding_norm is not None:
            x = layers.norm(Site(ops, kind, 0, watch), x, learned.embedding_norm, "embedding norm")
        watch(Place(0, "stream"), x)
        return x

    def _view(self, tokens: Tokens) -> View:
        kind, n = self.configuration, tokens.n
        visible, relative = tokens.visible(), None
        if kind.mask == "causal":
            visible = causal(n) if visible is None else visible & causal(n)
        factor = causal(n).astype(float) if kind.mask == "causal_multiplicative" else None
        if self.parameters.relative is not None:
            table = relative_buckets(n, n, kind.buckets, kind.furthest, kind.mask != "none")
            relative = np.moveaxis(self.parameters.relative[table], -1, 0)
        offset = alibi(n, n, kind.heads) if kind.positions == "alibi" else None
        return View(visible, factor, offset, relative)

    def _head(self, ops: Operations[V], x: V, watch: Watch) -> V:
        learned = self.parameters
        if learned.final_norm is not None:
            x = layers.norm(Site(ops, self.configuration, 0, watch), x, learned.final_norm, "final norm")
        return x if learned.classifier is None else layers.linear(ops, x, learned.classifier)


@dataclass(frozen=True)
class EncoderDecoder:
    """An encoder and a decoder that attends to its output.

    Parameters
    ----------
    encoder, decoder : Transformer
        The decoder has ``cross_attention=True``.
    """

    encoder: Transformer
    decoder: Transformer

    def __post_init__(self) -> None:
        if not self.decoder.configuration.cross_attention:
            raise InputError("decoder without cross_attention", "it would ignore the encoder", "set cross_attention=True")
        if self.encoder.configuration.width != self.decoder.configuration.width:
            given = f"widths {self.encoder.configuration.width} and {self.decoder.configuration.width}"
            raise InputError(given, "keys and values of the memory would not fit", "give both the same width")

    def forward(
        self,
        ops: Operations[V],
        source: ArrayLike | Tokens,
        target: ArrayLike | Tokens,
        *,
        source_lengths: ArrayLike | None = None,
        watch: Watch = ignore,
    ) -> V:
        """Encode the source, then decode the target over it.

        Parameters
        ----------
        ops : Operations
            The arithmetic.
        source, target : array_like of int, shapes (m,) and (n,), or with a batch axis
            Token numbers.
        source_lengths : array_like of int, shape (B,), optional
            Real lengths of the sources.
        watch : callable
            Watches the decoder.

        Returns
        -------
        V, shape (…, n, d) or (…, n, classes)
            The decoder's output.
        """
        read = check_tokens(source, self.encoder.configuration, source_lengths)
        memory = self.encoder.forward(ops, read)
        return self.decoder.forward(ops, target, memory=memory, memory_tokens=read, watch=watch)


def _same(x: V) -> V:
    return x


def check_shapes(configuration: Configuration, parameters: Parameters) -> None:
    """Hold parameters against the shapes that a configuration asks for.

    Parameters
    ----------
    configuration : Configuration
        The architecture.
    parameters : Parameters
        θ.

    Raises
    ------
    InputError
        Naming the first array that is missing, surplus or misshaped.
    """
    expected = expected_shapes(configuration)
    found = dict(parameters.named())
    for name, shape in expected.items():
        if name not in found:
            raise InputError(
                f"no {name}", f"the configuration asks for one of shape {shape}", "add it or change the configuration"
            )
        if found[name].shape != shape:
            given = f"{name} of shape {found[name].shape}"
            raise InputError(given, f"the configuration asks for {shape}", "correct one of the two")
    for name in found.keys() - expected.keys():
        raise InputError(f"surplus {name}", "the configuration has no such array", "take it out or change the configuration")
