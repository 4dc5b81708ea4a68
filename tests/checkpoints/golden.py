"""What ``transformers`` computes on the small checkpoints, kept in ``golden.json``.

Run ``python -m tests.checkpoints.golden`` where torch and transformers are installed, and commit what it writes.  Everything is
computed in float64, also what transformers would cast to float32 (see ``tests/peers/test_architectures.py``), and kept to twelve
digits: the stream after the embedding and after each layer, and the output, of the network and of T5's decoder.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from tests.checkpoints.small_checkpoints import KINDS, write_small

HERE = Path(__file__).with_name("golden.json")
TOKENS, TARGET = (3, 6, 2, 4, 2), (2, 5, 6, 3)
CLASSES = {
    "bert": "BertModel",
    "roberta": "RobertaModel",
    "gpt2": "GPT2Model",
    "gpt_neox": "GPTNeoXModel",
    "t5": "T5Model",
    "xlnet": "XLNetModel",
}


def read_golden() -> dict[str, Any]:
    return json.loads(HERE.read_text(encoding="utf-8"))


def _load(kind: str, folder: Path) -> Any:
    """Load a model, no tensor of it missing or left over."""
    import torch
    import transformers

    cls = getattr(transformers, CLASSES[kind])
    model, said = cls.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32, output_loading_info=True)
    left = [key for keys in said.values() for key in keys if not key.startswith("pooler.")]
    assert not left, said
    return model


def _kept(streams: Any) -> dict[str, Any]:
    def rounded(array: np.ndarray) -> list[Any]:
        return [[float(f"{value:.12g}") for value in row] for row in array[0]]

    return {"streams": [rounded(stream) for stream in streams.layers], "output": rounded(streams.output)}


def golden(kind: str) -> dict[str, Any]:
    """Compute what is kept of one architecture."""
    from tests.peers.test_architectures import decoder_streams, in_double, theirs

    with tempfile.TemporaryDirectory() as folder:
        model = _load(kind, write_small(Path(folder), kind))
    with in_double():
        model = _rebuilt(model)
        found = _kept(theirs(model, np.array(TOKENS)))
        if kind == "t5":
            found["decoder"] = _kept(decoder_streams(model, np.array([TOKENS]), np.array([TARGET])))
    return found


def _rebuilt(model: Any) -> Any:
    """Make the model again in float64, with the angles it keeps in buffers."""
    import torch

    again = type(model)(model.config).to(torch.float64).eval()
    again.load_state_dict({name: tensor.double() for name, tensor in model.state_dict().items()})
    return again


def main() -> None:
    """Write ``golden.json``."""
    import torch
    import transformers

    about = {
        "provenance": f"transformers {transformers.__version__}, torch {torch.__version__}, float64; tests/checkpoints/golden.py",
        "tokens": TOKENS,
        "target": TARGET,
    }
    HERE.write_text(json.dumps(about | {kind: golden(kind) for kind in KINDS}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
