"""Small series of checkpoints, written as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

FINETUNE = Path(__file__).resolve().parents[1] / "data" / "finetune_series"


def write_series(folder: Path, members, names=None, metadata=None, dtype=np.float64) -> Path:
    """Write one file for each mapping {tensor: values}; called step_0, step_1 … unless names are given."""
    folder.mkdir(exist_ok=True)
    for i, member in enumerate(members):
        name = names[i] if names else f"step_{i}.safetensors"
        arrays = {key: np.ascontiguousarray(value, dtype=dtype) for key, value in member.items()}
        save_file(arrays, folder / name, metadata[i] if metadata else None)
    return folder


def one_matrix(vectors):
    """Make members with one matrix of one row each."""
    return [{"layers.0.w": np.atleast_2d(np.asarray(vector, dtype=float))} for vector in vectors]
