"""The networks of the paper's figure 4: twelve random layers, ten tokens, and a scale c in front of all parameters.

Shapes, initialisation and the norm's ε are those of the code released with the paper (github.com/viking-sudo-rm/norm-growth):
768 wide, feedforward 512, twelve heads, vocabulary 10, learned positions, LayerNorm with √d and ε = 10⁻⁵, everything drawn as
PyTorch does by default.  The sentences are drawn at random, as there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sattheory.figures.style import line
from sattheory.network.configuration import BIASES, Mask, Placement
from sattheory.network.tokens import Tokens
from sattheory.network.transformer import Transformer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[Any]
ENCODER_BIASES = frozenset(BIASES) - {"classifier"}


@dataclass(frozen=True)
class Shape:
    """Size of network and input.

    Parameters
    ----------
    layers, width, heads, feedforward : int
        Of the network.
    length : int
        Tokens in a sentence.
    """

    layers: int
    width: int
    heads: int
    feedforward: int
    length: int


SHAPES = {"full": Shape(12, 768, 12, 512, 10), "small": Shape(3, 32, 4, 24, 6)}
VOCABULARY = 10


def encoder(shape: Shape, placement: Placement, mask: Mask, biases: bool, seed: int) -> Transformer:
    """Draw one network; with and without biases it has the same weights.

    Parameters
    ----------
    shape : Shape
        Its size.
    placement : {"res_post", "pre", "post"}
        Where the norm stands.
    mask : {"none", "causal", "causal_multiplicative"}
        The mask.
    biases : bool
        Whether to keep the biases.
    seed : int
        Seed of the weights.

    Returns
    -------
    Transformer
        The network.
    """
    net = Transformer.random(
        seed=seed,
        biases=ENCODER_BIASES,
        vocabulary=VOCABULARY,
        width=shape.width,
        heads=shape.heads,
        layers=shape.layers,
        feedforward=shape.feedforward,
        placement=placement,
        norm_scale="root",
        epsilon=1e-5,
        mask=mask,
        positions="learned",
        longest=shape.length,
    )
    if biases:
        return net
    return Transformer(net.configuration.replace(biases=frozenset()), net.parameters.without("bias"))


def sentences(shape: Shape, count: int, seed: int) -> Tokens:
    """Draw sentences.

    Parameters
    ----------
    shape : Shape
        Their length.
    count : int
        How many.
    seed : int
        Seed.

    Returns
    -------
    Tokens
        Numbers of shape (count, length).
    """
    return Tokens(np.random.default_rng(seed).integers(0, VOCABULARY, (count, shape.length)))


def cosine_panel(axes: Axes, scales: Array, cosines: dict[str, Array], reference: str) -> None:
    """Draw cosines against c on plain axes, as the paper does.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        The panel.
    scales : ndarray, shape (S,)
        The scales; those up to 10 are shown.
    cosines : dict of str to ndarray, shape (S,)
        Curves by label.
    reference : str
        What the cosine is taken with.
    """
    shown = scales <= 10
    for number, (label, values) in enumerate(cosines.items()):
        axes.plot(scales[shown], values[shown], label=label, **line(number))
    axes.set(xlabel="scale c", ylabel=f"cosine with {reference}", xlim=(0.8, 10.2), ylim=(-0.06, 1.03))
    axes.set_xticks(range(1, 11))
