"""What the network refuses: each bad input gets an `InputError` of three parts that reads as one sentence."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sattheory.arithmetic.floats import Floats
from sattheory.errors import InputError
from sattheory.network import Configuration, EncoderDecoder, Linear, Parameters, Transformer, initial_parameters
from sattheory.network.tokens import Tokens

ONE = Floats()
KIND = {"vocabulary": 4, "width": 4, "heads": 2, "layers": 2, "longest": 5}
NET = Transformer.random(**KIND)
DECODER = Transformer.random(**KIND, cross_attention=True)


def changed(**arrays: object) -> Transformer:
    """Exchange arrays by name, dots written as double underscores."""
    new = {name.replace("__", "."): array for name, array in arrays.items()}
    return Transformer(NET.configuration, NET.parameters.map(lambda name, array: new.get(name, array)))


def surplus(theta: Parameters) -> Transformer:
    return Transformer(NET.configuration, replace(theta, classifier=Linear(np.ones((2, 4)))))


def poisoned(value: float) -> np.ndarray[Any, Any]:
    weight = np.ones((4, 4))
    weight[1, 2] = value
    return weight


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "no vocabulary": (lambda: Configuration(0, 4), "vocabulary=0"),
    "no width": (lambda: Configuration(4, 0), "width=0"),
    "no heads": (lambda: Configuration(4, 4, heads=0), "heads=0"),
    "negative layers": (lambda: Configuration(4, 4, layers=-1), "layers=-1"),
    "negative feedforward": (lambda: Configuration(4, 4, feedforward=-1), "feedforward=-1"),
    "negative key width": (lambda: Configuration(4, 4, key_width=-1), "key_width=-1"),
    "negative value width": (lambda: Configuration(4, 4, value_width=-2), "value_width=-2"),
    "no buckets": (lambda: Configuration(4, 4, positions="relative", buckets=0), "buckets=0"),
    "negative epsilon": (lambda: Configuration(4, 4, epsilon=-1e-5), "epsilon=-1e-05"),
    "epsilon NaN": (lambda: Configuration(4, 4, epsilon=float("nan")), "epsilon=nan"),
    "epsilon infinite": (lambda: Configuration(4, 4, epsilon=float("inf")), "epsilon=inf"),
    "heads do not divide": (lambda: Configuration(4, 5, heads=2), "heads=2, width=5"),
    "odd rope": (lambda: Configuration(4, 6, heads=2, positions="rope"), "key_width=3"),
    "odd part of rope": (lambda: Configuration(4, 4, positions="rope", rotary_width=3), "key_width=4, rotary_width=3"),
    "too much rope": (lambda: Configuration(4, 4, heads=2, positions="rope", rotary_width=4), "key_width=2, rotary_width=4"),
    "no base": (lambda: Configuration(4, 4, positions="rope", rotary_base=0), "rotary_base=0"),
    "base in between": (lambda: Configuration(4, 4, positions="rope", rotary_base=0.5), "rotary_base=0.5"),
    "odd distances": (lambda: Configuration(4, 3, positions="transformer_xl"), "width=3"),
    "parallel after": (lambda: Configuration(4, 4, parallel=True, placement="post"), "parallel=True"),
    "parallel over a memory": (
        lambda: Configuration(4, 4, parallel=True, placement="pre", cross_attention=True),
        "parallel=True",
    ),
    "learned without table": (lambda: Configuration(4, 4, positions="learned"), "positions='learned', longest=0"),
    "unknown bias": (lambda: Configuration(4, 4, biases=frozenset({"gate"})), "biases=['gate']"),
    **{
        f"unknown {option}": (lambda option=option: Configuration(4, 4, **{option: "odd"}), f"{option}='odd'")
        for option in ("placement", "norm", "norm_scale", "activation", "mask", "positions")
    },
    "unknown initialisation": (lambda: initial_parameters(NET.configuration, "xavier"), "initialisation='xavier'"),
    "token too large": (lambda: NET.forward(ONE, [0, 4]), "token=4"),
    "token negative": (lambda: NET.forward(ONE, [0, -1]), "token=-1"),
    "checked tokens of a larger network": (lambda: NET.forward(ONE, Tokens(np.array([0, 7]))), "token=7"),
    "token no integer": (lambda: NET.forward(ONE, [0.5]), "tokens of type float64"),
    "token a truth value": (lambda: NET.forward(ONE, [True]), "tokens of type bool"),
    "tokens text": (lambda: NET.forward(ONE, "ab"), "tokens of type <U2"),
    "no tokens": (lambda: NET.forward(ONE, []), "tokens of shape (0,)"),
    "empty batch": (lambda: NET.forward(ONE, np.zeros((0, 3), int)), "tokens of shape (0, 3)"),
    "batch of nothing": (lambda: NET.forward(ONE, np.zeros((3, 0), int)), "tokens of shape (3, 0)"),
    "one number": (lambda: NET.forward(ONE, 1), "tokens of shape ()"),
    "three axes": (lambda: NET.forward(ONE, [[[1]]]), "tokens of shape (1, 1, 1)"),
    "ragged": (lambda: NET.forward(ONE, [[1], [1, 2]]), "tokens=[[1], [1, 2]]"),
    "too long": (lambda: NET.forward(ONE, [0] * 6), "tokens of length 6"),
    "length zero": (lambda: NET.forward(ONE, [[1, 2]], lengths=[0]), "lengths=[0]"),
    "length beyond": (lambda: NET.forward(ONE, [[1, 2]], lengths=[3]), "lengths=[3]"),
    "lengths of a single row": (lambda: NET.forward(ONE, [1, 2], lengths=[2]), "lengths=[2]"),
    "too many lengths": (lambda: NET.forward(ONE, [[1, 2]], lengths=[1, 2]), "lengths=[1, 2]"),
    "length no integer": (lambda: NET.forward(ONE, [[1, 2]], lengths=[1.5]), "lengths=[1.5]"),
    "no memory": (lambda: DECODER.forward(ONE, [1]), "memory=None"),
    "memory of another width": (
        lambda: DECODER.forward(ONE, [1], memory=ONE.constant(np.ones((2, 3)))),
        "memory of shape (2, 3)",
    ),
    "decoder that ignores": (lambda: EncoderDecoder(NET, NET), "decoder without cross_attention"),
    "widths differ": (lambda: EncoderDecoder(Transformer.random(width=6), DECODER), "widths 6 and 4"),
    "NaN": (lambda: changed(layers__1__attention__key__weight=poisoned(np.nan)), "layers.1.attention.key.weight[1, 2]=nan"),
    "infinity": (lambda: changed(tokens=poisoned(-np.inf)), "tokens[1, 2]=-inf"),
    "missing array": (lambda: changed(layers__0__attention__value__weight=None), "no layers.0.attention.value.weight"),
    "missing gain": (lambda: Transformer(NET.configuration, NET.parameters.without("gain")), "no layers.0.attention_norm.gain"),
    "missing layer": (
        lambda: Transformer(NET.configuration, replace(NET.parameters, layers=NET.parameters.layers[:1])),
        "no layers.1.attention.query.weight",
    ),
    "surplus array": (lambda: surplus(NET.parameters), "surplus classifier.weight"),
    "surplus layer": (lambda: Transformer(NET.configuration.replace(layers=1), NET.parameters), "surplus layers.1."),
    "misshaped": (lambda: changed(tokens=np.ones((4, 3))), "tokens of shape (4, 3)"),
    "transposed": (lambda: changed(tokens=np.ones((4, 4, 1))), "tokens of shape (4, 4, 1)"),
    **{
        f"scale {scale}": (lambda scale=scale: Floats(scale), f"scales={scale!r}")
        for scale in (0.0, -1.0, float("nan"), float("inf"), [], [[1.0]], [1.0, 0.0])
    },
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_refused_in_one_sentence(name: str) -> None:
    attempt, given = REFUSED[name]
    with pytest.raises(InputError) as caught:
        attempt()
    error = caught.value
    assert error.given.startswith(given)
    assert error.why.strip()
    assert error.remedy.strip()
    assert str(error) == f"{error.given}: {error.why}; {error.remedy}."
    assert ".." not in str(error)
    assert "\n" not in str(error)


def test_an_error_survives_pickling() -> None:
    error = InputError("heads=3", "does not divide", "choose 2")
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.given, copy.why, copy.remedy, str(copy)) == ("heads=3", "does not divide", "choose 2", str(error))


@pytest.mark.parametrize("tokens", [[0], [3, 3, 3, 3, 3], [[1, 2], [3, 0]], np.array([1, 2], dtype=np.uint8)])
def test_what_is_just_within_bounds_is_taken(tokens: object) -> None:
    assert NET.forward(ONE, tokens).shape == (*np.shape(tokens), 4)
