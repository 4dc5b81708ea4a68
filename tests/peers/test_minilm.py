"""Our forward pass beside the one of ``transformers``: a trained BERT, in float32, after every layer.

Run with ``-m peers`` where torch and transformers are installed, and ``-s`` to see the figures.  The relative error of a
position is ‖ours − theirs‖ / ‖theirs‖; of a layer, the largest of its positions.
"""

import warnings
from typing import Any

import numpy as np
import pytest

from sattheory import checkpoints
from sattheory.arithmetic.floats import Floats

pytestmark = pytest.mark.peers

SENTENCES = (
    "Attention is all you need.",
    "The naïve café's résumé — 30% unbelievably transformerised!",
    "A stack of brackets ((())()) is matched by counting, and a saturated head counts by averaging over all that it sees.",
)
TOLERANCE = 1e-5


@pytest.fixture(scope="module")
def model() -> checkpoints.Model:
    return checkpoints.read(checkpoints.find_package_model())


@pytest.fixture(scope="module")
def peer() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what others deprecate is not ours to repair
        import torch
        from transformers import BertModel

        folder = checkpoints.find_package_model()
        return BertModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()


@pytest.fixture(scope="module")
def numbers(model: checkpoints.Model) -> list[list[int]]:
    return [model.vocabulary.encode(sentence) for sentence in SENTENCES]


def our_streams(model: checkpoints.Model, tokens: Any, lengths: Any = None, dtype: Any = np.float32) -> list[np.ndarray]:
    ops, streams = Floats(1.0, dtype), []

    def watch(place: Any, value: Any) -> None:
        if place.part == "stream":
            assert place.layer == len(streams)
            streams.append(ops.at_scales(value)[0])

    model.network.forward(ops, tokens, lengths=lengths, watch=watch)
    return streams


def their_streams(peer: Any, tokens: Any, mask: Any) -> list[np.ndarray]:
    import torch

    with torch.no_grad():
        found = peer(input_ids=torch.tensor(tokens), attention_mask=torch.tensor(mask), output_hidden_states=True)
    return [stream.numpy() for stream in found.hidden_states]


def errors(ours: list[np.ndarray], theirs: list[np.ndarray], real: np.ndarray) -> list[float]:
    """Compute each layer's largest relative error over the positions that are text."""
    assert len(ours) == len(theirs) == 7
    shares = [np.linalg.norm(us - them, axis=-1) / np.linalg.norm(them, axis=-1) for us, them in zip(ours, theirs, strict=True)]
    return [float(share[real].max()) for share in shares]


def show(title: str, figures: list[float]) -> None:
    print(f"\n{title:>20}: " + "  ".join(f"{layer}: {figure:.1e}" for layer, figure in enumerate(figures)), end="")


@pytest.mark.parametrize("sentence", range(len(SENTENCES)))
def test_every_layer_agrees(model: checkpoints.Model, peer: Any, numbers: list[list[int]], sentence: int) -> None:
    tokens = numbers[sentence]
    real = np.ones(len(tokens), bool)
    theirs = [stream[0] for stream in their_streams(peer, [tokens], [[1] * len(tokens)])]
    figures = errors(our_streams(model, tokens), theirs, real)
    show(f"{len(tokens)} tokens", figures)
    assert max(figures) <= TOLERANCE


def test_a_padded_batch_agrees(model: checkpoints.Model, peer: Any, numbers: list[list[int]]) -> None:
    lengths = np.array([len(row) for row in numbers])
    assert len(set(lengths)) == 3
    n = int(lengths.max())
    tokens = np.array([row + [0] * (n - len(row)) for row in numbers])
    real = np.arange(n) < lengths[:, None]
    figures = errors(our_streams(model, tokens, lengths), their_streams(peer, tokens, real.astype(int)), real)
    show("padded batch", figures)
    assert max(figures) <= TOLERANCE


def test_float64_agrees_to_rounding(model: checkpoints.Model, peer: Any, numbers: list[list[int]]) -> None:
    import copy

    tokens = numbers[2]
    theirs = [stream[0] for stream in their_streams(copy.deepcopy(peer).double(), [tokens], [[1] * len(tokens)])]
    figures = errors(our_streams(model, tokens, dtype=np.float64), theirs, np.ones(len(tokens), bool))
    show("in float64", figures)
    assert max(figures) <= 1e-12


def test_tokens_agree(model: checkpoints.Model, numbers: list[list[int]]) -> None:
    from transformers import AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(checkpoints.find_package_model())
    assert [theirs(sentence, truncation=False, padding=False)["input_ids"] for sentence in SENTENCES] == numbers
    assert model.vocabulary.names(numbers[1]) == theirs.convert_ids_to_tokens(numbers[1])
