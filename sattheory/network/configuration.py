"""What kind of transformer: every architectural choice as one frozen value.

The paper's encoder (§D.1) is ``Configuration(placement="res_post", norm_scale="unit", epsilon=0)`` with no biases; BERT is
``placement="post"``, biases everywhere, ``norm_scale="root"``, ``epsilon=1e-12``, GELU.  The three placements differ only in
where the norm stands: ``res_post`` X + LN(Sub X), ``pre`` X + Sub(LN X), ``post`` LN(X + Sub X).  GPT-NeoX reads both blocks off
the same stream, X + Att(LN X) + FF(LN′ X): ``parallel=True``.

Glossary of shapes: n positions, m memory positions (= n without cross-attention), d width, h heads, k key width of one head,
v value width of one head, f feedforward width, V vocabulary, P longest position.
"""

from __future__ import annotations

import dataclasses
import math
import numbers
from dataclasses import dataclass
from typing import Literal, get_args

from sattheory.errors import InputError

Placement = Literal["res_post", "pre", "post"]
NormKind = Literal["layer", "rms"]
NormScale = Literal["unit", "root"]
Activation = Literal["relu", "gelu", "gelu_tanh", "silu", "tanh", "sigmoid"]
Mask = Literal["none", "causal", "causal_multiplicative"]
Positions = Literal["none", "learned", "sinusoidal", "relative", "alibi", "rope", "transformer_xl"]
BIASES = ("query", "key", "value", "output", "inner", "outer", "norm", "classifier")


@dataclass(frozen=True)
class Configuration:
    """The architecture of a transformer (paper §D.1; the other choices are those of practice).

    Parameters
    ----------
    vocabulary, width, heads, layers : int
        V, d, h and the number of layers.
    key_width, value_width : int, optional
        Width of one head; d / h when left out.
    feedforward : int
        f; 0 for no feedforward block.
    placement : {"res_post", "pre", "post"}
        Where the norm stands.  ``res_post`` is what the paper calls "pre-norm".
    norm : {"layer", "rms"}
        LayerNorm subtracts the mean, RMSNorm does not.
    norm_scale : {"unit", "root"}
        ``unit`` gives vectors of length one (the paper), ``root`` of length about √d (practice).
    epsilon : float
        ε of the norm: added to the squared length with ``unit``, to the variance with ``root``.
    gain : bool
        Whether the norm has a learned gain γ; its bias β is ``"norm"`` in `biases`.
    activation : str
        ``relu``, ``gelu`` (erf), ``gelu_tanh``, ``silu``, ``tanh`` or ``sigmoid``.
    gated : bool
        GLU: outer(activation(gate x) · inner x).
    biases : frozenset of str
        Which of query, key, value, output, inner, outer, norm, classifier have one; True for all, False for none.
    mask : {"none", "causal", "causal_multiplicative"}
        ``causal_multiplicative`` multiplies the scores of the future by 0 instead of forbidding them, as the code released with
        the paper does.  For reproduction only.
    positions : str
        ``none``, ``learned``, ``sinusoidal``, ``relative`` (T5), ``alibi``, ``rope`` or ``transformer_xl`` (XLNet).
    longest : int
        P, the longest sequence (learned, or to refuse longer ones); 0 for no limit.
    scaled_scores : bool
        Whether scores are divided by √k.
    embedding_norm, final_norm : bool
        A norm after the embedding (BERT), after the last layer (GPT-2).
    segments : int
        Number of segment embeddings (BERT's token types); 0 for none.
    cross_attention : bool
        A second attention block in each layer, over the memory of an encoder.
    classes : int
        Outputs of a linear classifier at each position; 0 for none.
    buckets, furthest : int
        Buckets of the relative bias and the distance from which they are one.
    parallel : bool
        Whether attention and feedforward block read the same stream and are added to it together (GPT-NeoX; with ``pre``).
    rotary_width : int
        How many coordinates of a head RoPE turns, the first ones (GPT-NeoX turns a quarter); all of them when 0.
    rotary_base : int
        RoPE's base: coordinates t and t + r/2 of the r that turn do so by i / base^(2t/r) at position i.
    """

    vocabulary: int
    width: int
    heads: int = 1
    layers: int = 1
    key_width: int = 0
    value_width: int = 0
    feedforward: int = 0
    placement: Placement = "res_post"
    norm: NormKind = "layer"
    norm_scale: NormScale = "unit"
    epsilon: float = 0.0
    gain: bool = True
    activation: Activation = "relu"
    gated: bool = False
    biases: frozenset[str] = frozenset()
    mask: Mask = "none"
    positions: Positions = "none"
    longest: int = 0
    scaled_scores: bool = True
    embedding_norm: bool = False
    final_norm: bool = False
    segments: int = 0
    cross_attention: bool = False
    classes: int = 0
    buckets: int = 32
    furthest: int = 128
    parallel: bool = False
    rotary_width: int = 0
    rotary_base: int = 10_000

    def __post_init__(self) -> None:
        for name, least in _SIZES.items():
            value = getattr(self, name)
            whole = isinstance(value, numbers.Integral) and int(value) >= least
            _require(whole, f"{name}={value!r}", f"is no whole number from {least} on", f"give {least} or more")
        sensible = isinstance(self.epsilon, numbers.Real) and 0 <= float(self.epsilon) < math.inf
        _require(sensible, f"epsilon={self.epsilon!r}", "ε is added to a square", "give a finite number, 0 or more")
        for name, kind in _CHOICES.items():
            options = get_args(kind)
            given = f"{name}={getattr(self, name)!r}"
            _require(getattr(self, name) in options, given, "is not one that exists", "choose from " + ", ".join(options))
        if isinstance(self.biases, bool):
            object.__setattr__(self, "biases", frozenset(BIASES if self.biases else ()))
        unknown = sorted(set(self.biases) - set(BIASES))
        _require(not unknown, f"biases={unknown}", "no such bias", "choose from " + ", ".join(BIASES))
        self._fill_widths()
        _require(
            self.positions != "learned" or self.longest > 0,
            "positions='learned', longest=0",
            "learned positions need a table",
            "give longest=",
        )
        self._check_pairs()
        _require(
            not self.parallel or (self.placement == "pre" and not self.cross_attention),
            f"parallel=True, placement={self.placement!r}, cross_attention={self.cross_attention}",
            "parallel blocks read the same normalised stream, and there are two of them",
            "choose placement='pre' without cross-attention",
        )

    def _check_pairs(self) -> None:
        turned = self.rotary_width or self.key_width
        _require(
            self.positions != "rope" or (turned % 2 == 0 and turned <= self.key_width),
            f"key_width={self.key_width}" + (f", rotary_width={self.rotary_width}" if self.rotary_width else ""),
            "RoPE turns pairs of coordinates of a head",
            "make the number of turned coordinates even, and no more than there are",
        )
        _require(
            self.positions != "transformer_xl" or self.width % 2 == 0,
            f"width={self.width}",
            "the encoding of a distance has a sine and a cosine for each frequency",
            "make the width even",
        )

    def _fill_widths(self) -> None:
        for name in ("key_width", "value_width"):
            if getattr(self, name) == 0:
                _require(
                    self.width % self.heads == 0,
                    f"heads={self.heads}, width={self.width}",
                    "the heads do not divide the width",
                    f"choose heads from the divisors of {self.width} or give {name}",
                )
                object.__setattr__(self, name, self.width // self.heads)

    def replace(self, **changes: object) -> Configuration:
        """Return the same configuration with some fields changed.

        Parameters
        ----------
        **changes
            Fields and their new values.

        Returns
        -------
        Configuration
            A new configuration.
        """
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]


_SIZES = {
    **dict.fromkeys(("vocabulary", "width", "heads", "buckets", "furthest", "rotary_base"), 1),
    **dict.fromkeys(("layers", "key_width", "value_width", "feedforward", "longest", "classes", "segments", "rotary_width"), 0),
}
_CHOICES = {
    "placement": Placement,
    "norm": NormKind,
    "norm_scale": NormScale,
    "activation": Activation,
    "mask": Mask,
    "positions": Positions,
}


def _require(condition: bool, given: str, why: str, remedy: str) -> None:
    if not condition:
        raise InputError(given, why, remedy)
