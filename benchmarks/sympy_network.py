"""One attention layer in SymPy, and its limit by ``sympy.limit``: run as ``python -m benchmarks.sympy_network n [biases]``.

Prints one line of JSON an entry, as soon as its limit is known, so that a run that is stopped still says how far it came.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import sympy

from sattheory import Transformer
from sattheory.network import Linear

WIDTH = 3


def make(n: int, biases: bool) -> Transformer:
    """Draw one post-norm attention layer with integer weights, and biases or none; token i stands at position i."""
    chosen = {"query", "key", "value", "output"} if biases else set()
    return Transformer.random(
        seed=0, initialisation="integers", vocabulary=n, width=WIDTH, placement="post", gain=False, biases=chosen
    )


def layer(network: Transformer, n: int) -> tuple[sympy.Symbol, list[list[sympy.Expr]]]:
    """Write LN(X + Attention X) as expressions in c."""
    c = sympy.Symbol("c", positive=True)
    block = network.parameters.layers[0].attention
    x = c * _exact(network.parameters.tokens[:n])
    q, k, v = (_linear(x, part, c) for part in (block.query, block.key, block.value))
    scores = (q * k.T / sympy.sqrt(WIDTH)).applyfunc(sympy.exp)
    weights = sympy.Matrix(n, n, lambda i, j: scores[i, j] / sum(scores[i, :]))
    y = x + _linear(weights * v, block.output, c)
    return c, [_unit(list(y[i, :])) for i in range(n)]


def _exact(array: np.ndarray) -> sympy.Matrix:
    return sympy.Matrix([[sympy.Rational(float(entry)) for entry in row] for row in np.atleast_2d(array)])


def _linear(x: sympy.Matrix, part: Linear, c: sympy.Symbol) -> sympy.Matrix:
    y = x * (c * _exact(part.weight)).T
    return y if part.bias is None else y + sympy.ones(x.rows, 1) * c * _exact(part.bias)


def _unit(row: list[sympy.Expr]) -> list[sympy.Expr]:
    centred = [entry - sum(row) / WIDTH for entry in row]
    length = sympy.sqrt(sum(entry**2 for entry in centred))
    return [entry / length for entry in centred]


def main(n: int, biases: bool) -> None:
    """Print each entry's limit and the processor time since the start."""
    c, rows = layer(make(n, biases), n)
    start = time.process_time()
    for i, row in enumerate(rows):
        for j, entry in enumerate(row):
            value = float(sympy.limit(entry, c, sympy.oo))
            print(json.dumps({"at": [i, j], "value": value, "seconds": time.process_time() - start}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), "biases" in sys.argv[2:])
