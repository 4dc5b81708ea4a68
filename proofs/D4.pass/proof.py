"""Steps of the proof of D4.pass: the package's forward pass, run on symbols, is the encoder of D4 to D6.

The pass takes its arithmetic as an argument.  Here every parameter is a symbol, multiplied by c, and each softmax, ReLU and
norm hands out new symbols and notes what it was given; so each step below compares polynomials.  Two positions, d = 2, two
heads, d_k = 4, d_v = 2, f = 3.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import sympy

from sattheory.arithmetic.reals import Root
from sattheory.claims.evidence import Derivation, Planted, Step
from sattheory.network.configuration import Configuration
from sattheory.network.initialise import fill
from sattheory.network.transformer import Transformer

c = sympy.Symbol("c", positive=True)
N, D, HEADS, K, V, F = 2, 2, 2, 4, 2, 3


def _symbols(name: str, shape: tuple[int, ...]) -> Any:
    return np.array(sympy.symbols(f"{name}:{int(np.prod(shape))}"), dtype=object).reshape(shape)


class Symbols:
    """The arithmetic: arrays of expressions; what is not a polynomial is noted and becomes new symbols."""

    def __init__(self) -> None:
        self.given: list[tuple[str, Any, Any]] = []

    def _new(self, kind: str, given: Any) -> Any:
        result = _symbols(f"{kind}{len(self.given)}_", given.shape)
        self.given.append((kind, given, result))
        return result

    def constant(self, array: Any) -> Any:
        """Take numbers."""
        if isinstance(array, Root):
            return np.array(sympy.sqrt(sympy.Rational(array.square)), dtype=object)
        return np.vectorize(sympy.Rational, otypes=[object])(array)

    def parameter(self, array: Any) -> Any:
        """Take parameters, of which number i stands for cθ_i."""
        return np.vectorize(lambda number: c * sympy.Symbol(f"theta{int(number)}"), otypes=[object])(array)

    def linear(self, x: Any, weight: Any) -> Any:
        """Multiply by a parameter matrix."""
        return x @ self.parameter(weight).T

    def add(self, x: Any, y: Any) -> Any:
        """Add."""
        return x + y

    def multiply(self, x: Any, y: Any) -> Any:
        """Multiply entries."""
        return x * y

    def matmul(self, x: Any, y: Any) -> Any:
        """Multiply matrices."""
        return x @ y

    def reshape(self, x: Any, shape: tuple[int, ...]) -> Any:
        """Change the shape."""
        return x.reshape(shape)

    def swapaxes(self, x: Any, first: int, second: int) -> Any:
        """Exchange axes."""
        return x.swapaxes(first, second)

    def centre(self, x: Any) -> Any:
        """Subtract the mean."""
        return x - x.sum(axis=-1, keepdims=True) / sympy.Integer(x.shape[-1])

    def unit(self, x: Any, epsilon: float) -> Any:
        """Note a norm."""
        return self._new("unit" if epsilon == 0 else "epsilon", x)

    def softmax(self, scores: Any, visible: Any) -> Any:
        """Note a softmax."""
        return self._new("softmax" if visible is None else "mask", scores)

    def activation(self, x: Any, name: str) -> Any:
        """Note an activation."""
        return self._new(name, x)


@cache
def _run(**choices: Any) -> tuple[list[tuple[str, Any, Any]], Any, Any]:
    """Run one layer on symbols: what the notes say, the output, and the parameters."""
    sizes = {"vocabulary": N, "width": D, "heads": HEADS, "key_width": K, "value_width": V, "feedforward": F}
    kind = Configuration(**{**sizes, **choices})
    count = iter(range(10**6))
    parameters = fill(kind, lambda name, shape: np.array([next(count) for _ in range(int(np.prod(shape)))]).reshape(shape))
    ops = Symbols()
    output = Transformer(kind, parameters).forward(ops, range(N))
    return ops.given, output, parameters


def _same(left: Any, right: Any) -> bool:
    return left.shape == right.shape and all(sympy.expand(a - b) == 0 for a, b in zip(left.flat, right.flat, strict=True))


def _taken(array: Any) -> Any:
    return Symbols().parameter(array)


def _note(number: int, kind: str, **choices: Any) -> tuple[Any, Any, Any]:
    """Tell what note says, if it is of the kind, and the parameters of the layer."""
    given, _, parameters = _run(**choices)
    found, taken, result = given[number]
    return (taken if found == kind else np.empty(0)), result, parameters


def _centred(x: Any) -> Any:
    return x - x.sum(axis=-1, keepdims=True) / sympy.Integer(x.shape[-1])


def _scores(**choices: Any) -> bool:
    """QKᵀ/√d_k for each head, head h having rows hK … hK + K − 1 of W^q and W^k."""
    taken, _, parameters = _note(0, "softmax", **choices)
    x, learned = _taken(parameters.tokens), parameters.layers[0].attention
    rows = [slice(head * K, (head + 1) * K) for head in range(HEADS)]
    maps = [[_taken(part.weight[row]) for part in (learned.query, learned.key)] for row in rows]
    return _same(taken, np.stack([(x @ q.T) @ (x @ k.T).T / sympy.Integer(2) for q, k in maps]))


def _attention_norm(**choices: Any) -> bool:
    """P(WH), H the heads A V beside each other."""
    weights = _note(0, "softmax", **choices)[1]
    taken, _, parameters = _note(1, "unit", **choices)
    x, learned = _taken(parameters.tokens), parameters.layers[0].attention
    values = [x @ _taken(learned.value.weight[head * V : (head + 1) * V]).T for head in range(HEADS)]
    heads = np.concatenate([weights[head] @ values[head] for head in range(HEADS)], axis=-1)
    return _same(taken, _centred(heads @ _taken(learned.output.weight).T))


def _first_stream(**choices: Any) -> Any:
    """γ ⊙ N + X."""
    _, direction, parameters = _note(1, "unit", **choices)
    return _taken(parameters.tokens) + _taken(parameters.layers[0].attention_norm.gain) * direction


def _inner(**choices: Any) -> bool:
    taken, _, parameters = _note(2, "relu", **choices)
    return _same(taken, _first_stream(**choices) @ _taken(parameters.layers[0].feedforward.inner.weight).T)


def _outer_norm(**choices: Any) -> bool:
    hidden = _note(2, "relu", **choices)[1]
    taken, _, parameters = _note(3, "unit", **choices)
    return _same(taken, _centred(hidden @ _taken(parameters.layers[0].feedforward.outer.weight).T))


def _output(**choices: Any) -> bool:
    given, output, parameters = _run(**choices)
    gain = _taken(parameters.layers[0].feedforward_norm.gain)
    return len(given) == 4 and _same(output, _first_stream(**choices) + gain * given[3][2])


PROOF = (
    Derivation(
        "on symbols, one layer of the pass is FF(MSA(X)) with the parameters cθ, operation by operation",
        steps=(
            Step("the softmax is given QKᵀ/√d_k for each head, with K = W^k X and Q = W^q X", _scores),
            Step("the first norm, without ε, is given P(WH), H = AV of each head, the heads beside each other", _attention_norm),
            Step("ReLU is given W^i X₁ with X₁ = γ ⊙ N + X", _inner),
            Step("the second norm, without ε, is given P(W^f ReLU(W^i X₁))", _outer_norm),
            Step("the output is γ′ ⊙ N′ + X₁, and there is no further softmax, activation or norm", _output),
            Step("no line of the pass branches on a value, a size or the number of a layer: other shapes run the same code"),
        ),
        planted=(
            Planted("scores not divided by √d_k", lambda: _scores(scaled_scores=False)),
            Planted("Xiong's pre-norm: the scores of LN(X)", lambda: _attention_norm(placement="pre")),
            Planted("post-norm: X under the norm", lambda: _attention_norm(placement="post")),
            Planted("GELU for ReLU", lambda: _inner(activation="gelu")),
            Planted("a norm with ε", lambda: _outer_norm(epsilon=1.0)),
            Planted("a norm of length √d", lambda: _output(norm_scale="root")),
            Planted("RMSNorm: the mean stays", lambda: _attention_norm(norm="rms")),
            Planted("a norm behind the last layer", lambda: _output(final_norm=True)),
        ),
    ),
)
