"""Small checkpoints to read, written by hand: names, offsets and types are spelled out here, not taken from the reader."""

import json
from pathlib import Path

import numpy as np

CONFIG = {
    "model_type": "bert",
    "vocab_size": 6,
    "hidden_size": 4,
    "num_attention_heads": 2,
    "num_hidden_layers": 1,
    "intermediate_size": 3,
    "max_position_embeddings": 5,
    "type_vocab_size": 2,
    "hidden_act": "gelu",
    "layer_norm_eps": 1e-12,
    "position_embedding_type": "absolute",
}
SHAPES = {
    "embeddings.word_embeddings.weight": (6, 4),
    "embeddings.position_embeddings.weight": (5, 4),
    "embeddings.token_type_embeddings.weight": (2, 4),
    "embeddings.LayerNorm.weight": (4,),
    "embeddings.LayerNorm.bias": (4,),
    "encoder.layer.0.attention.self.query.weight": (4, 4),
    "encoder.layer.0.attention.self.query.bias": (4,),
    "encoder.layer.0.attention.self.key.weight": (4, 4),
    "encoder.layer.0.attention.self.key.bias": (4,),
    "encoder.layer.0.attention.self.value.weight": (4, 4),
    "encoder.layer.0.attention.self.value.bias": (4,),
    "encoder.layer.0.attention.output.dense.weight": (4, 4),
    "encoder.layer.0.attention.output.dense.bias": (4,),
    "encoder.layer.0.attention.output.LayerNorm.weight": (4,),
    "encoder.layer.0.attention.output.LayerNorm.bias": (4,),
    "encoder.layer.0.intermediate.dense.weight": (3, 4),
    "encoder.layer.0.intermediate.dense.bias": (3,),
    "encoder.layer.0.output.dense.weight": (4, 3),
    "encoder.layer.0.output.dense.bias": (4,),
    "encoder.layer.0.output.LayerNorm.weight": (4,),
    "encoder.layer.0.output.LayerNorm.bias": (4,),
}
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "##b"]
TYPES = {"<f8": "F64", "<f4": "F32", "<f2": "F16", "<u2": "BF16", "<i8": "I64", "<i4": "I32", "|u1": "U8"}


def entry(dtype: str, shape: list[int], start: int, stop: int) -> dict:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, stop]}


def write_raw(path: Path, header: object, data: bytes = b"", length: int | None = None) -> Path:
    """Write a safetensors file whose header may lie."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes((len(text) if length is None else length).to_bytes(8, "little") + text + data)
    return path


def write_tensors(path: Path, arrays: dict[str, np.ndarray]) -> Path:
    """Write an honest safetensors file; arrays of uint16 are stored as BF16."""
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, array in arrays.items():
        kind = array.dtype.str
        header[name] = entry(TYPES[kind], list(array.shape), len(data), len(data) + array.nbytes)
        data += array.tobytes()
    return write_raw(path, header, data)


def tiny_arrays(prefix: str = "") -> dict[str, np.ndarray]:
    generator = np.random.default_rng(3)
    return {prefix + name: generator.normal(size=shape).astype("<f4") for name, shape in SHAPES.items()}


def write_bert(folder: Path, arrays: dict[str, np.ndarray] | None = None, **config: object) -> Path:
    """Write a tiny BERT; a config field given as None is left out."""
    folder.mkdir(exist_ok=True)
    merged = {key: value for key, value in {**CONFIG, **config}.items() if value is not None}
    (folder / "config.json").write_text(json.dumps(merged), encoding="utf-8")
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")
    write_tensors(folder / "model.safetensors", tiny_arrays() if arrays is None else arrays)
    return folder
