"""The limit of a trained BERT against balls of 500 digits, by a forward pass written out a second time for it alone.

The oracle of ``tests/oracle.py`` would need minutes for ten million parameters; Arb's matrices need seconds.  At c = 10⁹ the
network must stand where the series says: at the symbol plus 1/c times the next coefficient, although ties in its layers are
decided by differences of order c², or never decided (which no float could see at that scale).
"""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb, arb_mat, ctx

from sattheory.asymptotics import saturate
from sattheory.checkpoints import find_package_model, read

SCALE = 10**9


def matrix(array):
    return arb_mat([[arb(float(v)) for v in row] for row in np.atleast_2d(array)])


def affine(x, map_, c):
    y = x * matrix(map_.weight).transpose() * c
    bias = [arb(float(b)) * c for b in map_.bias]
    return arb_mat([[y[i, j] + bias[j] for j in range(y.ncols())] for i in range(y.nrows())])


def normalised(x, learned, epsilon, c):
    rows = []
    for i in range(x.nrows()):
        row = [x[i, j] for j in range(x.ncols())]
        mean = sum(row) / len(row)
        row = [v - mean for v in row]
        root = (sum(v * v for v in row) / len(row) + arb(epsilon)).sqrt()
        rows.append([c * (float(g) * v / root + float(b)) for v, g, b in zip(row, learned.gain, learned.bias, strict=True)])
    return arb_mat(rows)


def softmax(row):
    best = max(range(len(row)), key=lambda i: float(row[i].mid()))
    raw = [arb(1) if i == best else (v - row[best]).exp() for i, v in enumerate(row)]  # a ball minus itself is not 0
    return [v / sum(raw) for v in raw]


def attended(x, block, heads, c):
    q, k, v = (affine(x, map_, c) for map_ in (block.query, block.key, block.value))
    n, size = x.nrows(), x.ncols() // heads
    out = [[arb(0)] * x.ncols() for _ in range(n)]
    for h in range(heads):
        columns = range(h * size, (h + 1) * size)
        part = [arb_mat([[m[i, j] for j in columns] for i in range(n)]) for m in (q, k, v)]
        scores = part[0] * part[1].transpose()
        weights = arb_mat([softmax([scores[i, j] / arb(size).sqrt() for j in range(n)]) for i in range(n)])
        mixed = weights * part[2]
        for i in range(n):
            out[i][h * size : (h + 1) * size] = [mixed[i, j] for j in range(size)]
    return affine(arb_mat(out), block.output, c)


def gelu(x):
    return x * (1 + (x / arb(2).sqrt()).erf()) / 2


def forward(network, tokens, c):
    theta, kind = network.parameters, network.configuration
    embedded = theta.tokens[tokens].astype(float) + 0.0
    rows = [
        [arb(float(a)) + float(b) + float(s) for a, b, s in zip(*r, theta.segments[0], strict=True)]
        for r in zip(embedded, theta.positions[: len(tokens)], strict=True)
    ]
    x = normalised(arb_mat(rows) * c, theta.embedding_norm, kind.epsilon, c)
    for layer in theta.layers:
        x = normalised(x + attended(x, layer.attention, kind.heads, c), layer.attention_norm, kind.epsilon, c)
        inner = affine(x, layer.feedforward.inner, c)
        hidden = arb_mat([[gelu(inner[i, j]) for j in range(inner.ncols())] for i in range(inner.nrows())])
        x = normalised(x + affine(hidden, layer.feedforward.outer, c), layer.feedforward_norm, kind.epsilon, c)
    return x


@pytest.fixture
def digits():
    before = ctx.dps
    ctx.dps = 500
    yield
    ctx.dps = before


@pytest.mark.parametrize("sentence", [pytest.param("The cat sat on the mat.", marks=pytest.mark.nightly), "Hello world"])
def test_the_limit_of_a_trained_model(digits, sentence):
    model = read(find_package_model())
    tokens = model.vocabulary.encode(sentence)
    limit = saturate(model.network, tokens)
    assert limit.undecided is None
    found = forward(model.network, tokens, arb(SCALE))
    cells = [[found[i, j] for j in range(found.ncols())] for i in range(found.nrows())]
    assert max(float(cell.rad()) for row in cells for cell in row) < 1e-10
    symbol, size = limit.symbol, np.abs(limit.symbol).max()
    scaled = np.array([[float((cell / SCALE).mid()) for cell in row] for row in cells])
    assert np.abs(scaled - symbol).max() < 1e-7 * size
    error = np.array(
        [
            [float((v - float(s) * arb(SCALE)).mid()) for v, s in zip(*rows, strict=True)]
            for rows in zip(cells, symbol, strict=True)
        ]
    )
    assert limit.rate.order == 1
    assert np.abs(error - limit.series.coefficients[1]).max() < 1e-3 * np.abs(error).max()
