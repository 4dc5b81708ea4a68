"""BERT as Hugging Face stores it, told as a table of names.

BERT (Devlin et al. 2019) is the encoder with the norm after the residual sum, ``post``; biases everywhere, learned positions and
segments, a norm after the embedding, and LN as in practice, of length √d with ε beside the variance.  What the reader must know
is which array is called what; everything else follows from `expected_shapes`.  The pooler, heads (``cls.*``) and the stored
position numbers are no part of the encoder and are left aside; any other tensor that is surplus, missing or misshaped is
refused by the name that the file gives it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from sattheory.checkpoints.documents import shown
from sattheory.checkpoints.tensors import FLOATING, TensorFile, open_tensors
from sattheory.errors import InputError
from sattheory.network import Configuration, Transformer
from sattheory.network.configuration import BIASES
from sattheory.network.initialise import Shape, expected_shapes, fill

Array = NDArray[Any]

WHOLE = {
    "tokens": "embeddings.word_embeddings.weight",
    "positions": "embeddings.position_embeddings.weight",
    "segments": "embeddings.token_type_embeddings.weight",
    "embedding_norm": "embeddings.LayerNorm",
}
IN_LAYER = {
    "attention.query": "attention.self.query",
    "attention.key": "attention.self.key",
    "attention.value": "attention.self.value",
    "attention.output": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "feedforward.inner": "intermediate.dense",
    "feedforward.outer": "output.dense",
    "feedforward_norm": "output.LayerNorm",
}
LEFT_ASIDE = ("cls.", "pooler.")
NUMBERS = "embeddings.position_ids"
ACTIVATIONS = {"gelu": "gelu", "gelu_new": "gelu_tanh", "gelu_pytorch_tanh": "gelu_tanh", "relu": "relu"}
SIZES = {
    "vocabulary": "vocab_size",
    "width": "hidden_size",
    "heads": "num_attention_heads",
    "layers": "num_hidden_layers",
    "feedforward": "intermediate_size",
    "longest": "max_position_embeddings",
    "segments": "type_vocab_size",
}
LARGEST = {"num_hidden_layers": 10_000}
LARGEST_SIZE = 10_000_000
INTACT = "correct config.json"


def configuration(config: dict[str, Any]) -> Configuration:
    """Read the architecture off a ``config.json``.

    Parameters
    ----------
    config : dict
        The parsed file.

    Returns
    -------
    Configuration
        The architecture.

    Raises
    ------
    InputError
        For a size that is missing or impossible, or a variant of BERT that the network does not have.
    """
    _require(config, "model_type", "bert", "bert", "use the reader of that architecture")
    _require(config, "position_embedding_type", "absolute", "absolute", "use a model with absolute positions")
    _require(config, "is_decoder", False, False, "use an encoder")
    _require(config, "add_cross_attention", False, False, "use an encoder")
    sizes = {ours: _size(config, theirs) for ours, theirs in SIZES.items()}
    if sizes["width"] % sizes["heads"]:
        given = f"num_attention_heads={sizes['heads']}, hidden_size={sizes['width']}"
        raise InputError(given, "the heads do not divide the hidden size", INTACT)
    return Configuration(
        **sizes,  # type: ignore[arg-type]
        placement="post",
        norm_scale="root",
        epsilon=_epsilon(config),
        activation=_activation(config),  # type: ignore[arg-type]
        biases=frozenset(BIASES) - {"classifier"},
        positions="learned",
        embedding_norm=True,
    )


def _require(config: dict[str, Any], key: str, default: object, needed: object, remedy: str) -> None:
    if config.get(key, default) != needed:
        raise InputError(f"{key}={shown(config[key])}", f"this reader knows {needed!r} only", remedy)


def _size(config: dict[str, Any], key: str) -> int:
    value, largest = config.get(key), LARGEST.get(key, LARGEST_SIZE)
    if type(value) is not int or not 1 <= value <= largest:
        raise InputError(f"{key}={shown(value)}", f"it must be a whole number from 1 to {largest}", INTACT)
    return value


def _epsilon(config: dict[str, Any]) -> float:
    value = config.get("layer_norm_eps", 1e-12)
    if type(value) not in (int, float) or not 0 <= value < 1:
        raise InputError(f"layer_norm_eps={shown(value)}", "it must be a number from 0 to 1", INTACT)
    return float(value)


def _activation(config: dict[str, Any]) -> str:
    value = config.get("hidden_act")
    if not isinstance(value, str) or value not in ACTIVATIONS:
        known = ", ".join(ACTIVATIONS)
        raise InputError(f"hidden_act={shown(value)}", "this activation is unknown here", f"use a model with one of {known}")
    return ACTIVATIONS[value]


def read_network(folder: Path, config: dict[str, Any]) -> Transformer:
    """Read the encoder of a BERT.

    Parameters
    ----------
    folder : Path
        Has ``model.safetensors``.
    config : dict
        The parsed ``config.json``.

    Returns
    -------
    Transformer
        The encoder, float32 where the file has 32 bits or fewer.

    Raises
    ------
    InputError
        For a configuration or a file that is no BERT's, with the offending name.
    """
    kind = configuration(config)
    path = folder / "model.safetensors"
    if not path.exists():
        remedy = "save the model as one file with save_pretrained(folder, safe_serialization=True)"
        raise InputError(f"file={str(path)!r}", "there is no such file", remedy)
    names = Names.of(open_tensors(path))
    names.refuse_surplus(kind)
    return Transformer(kind, fill(kind, names.take))


@dataclass(frozen=True)
class Names:
    """A file's tensors under the names of the table.

    Parameters
    ----------
    file : TensorFile
        The tensors.
    prefix : str
        ``"bert."`` where the encoder is part of a larger model.
    raw : dict of str to str
        From the table's spelling to the file's.
    """

    file: TensorFile
    prefix: str
    raw: dict[str, str]

    @classmethod
    def of(cls, file: TensorFile) -> Names:
        """Find out how a file spells its names.

        Parameters
        ----------
        file : TensorFile
            The tensors.

        Returns
        -------
        Names
            Its names.

        Raises
        ------
        InputError
            If two tensors claim the same place.
        """
        prefix = "bert." if any(name.startswith("bert.") for name in file) else ""
        raw: dict[str, str] = {}
        for name in file:
            key = _modern(name, prefix)
            if raw.setdefault(key, name) != name:
                given = f"tensors {shown(raw[key])} and {shown(name)}"
                raise InputError(given, "they claim the same place", "take one of them out")
        return cls(file, prefix, raw)

    def take(self, name: str, shape: Shape) -> Array:
        """Read the array that the network calls `name`.

        Parameters
        ----------
        name : str
            Such as ``layers.0.attention.query.weight``.
        shape : tuple of int
            The shape that the configuration asks for.

        Returns
        -------
        ndarray
            The array.

        Raises
        ------
        InputError
            If it is missing, misshaped or no array of floats.
        """
        key = spelling(name)
        if key not in self.raw:
            given = f"tensor {self.prefix + key!r}"
            raise InputError(given, f"{str(self.file.path)!r} does not have it", "give a complete BERT, or correct config.json")
        entry = self.file.entries[self.raw[key]]
        given = f"tensor {self.raw[key]!r} of shape {entry.shape}"
        if entry.shape != shape:
            raise InputError(given, f"config.json asks for shape {shape}", "correct one of the two")
        if entry.dtype not in FLOATING:
            raise InputError(given, f"its type is {entry.dtype}", "store weights as " + ", ".join(FLOATING))
        return self.file.read(self.raw[key])

    def refuse_surplus(self, kind: Configuration) -> None:
        """Refuse tensors that are neither in the table nor known to be no part of the encoder.

        Parameters
        ----------
        kind : Configuration
            The architecture.

        Raises
        ------
        InputError
            Naming the first surplus tensor.
        """
        expected = {NUMBERS, *(spelling(name) for name in expected_shapes(kind))}
        for key, name in self.raw.items():
            if key not in expected and not key.startswith(LEFT_ASIDE):
                given, why = f"tensor {shown(name)}", f"no BERT of {kind.layers} layers has it"
                raise InputError(given, why, "save the bare encoder, or correct config.json")


def _modern(name: str, prefix: str) -> str:
    """Write LN's γ and β as today; the first conversions from TensorFlow kept its names for them."""
    parts = name.removeprefix(prefix).split(".")
    if parts[-2:-1] == ["LayerNorm"]:
        parts[-1] = {"gamma": "weight", "beta": "bias"}.get(parts[-1], parts[-1])
    return ".".join(parts)


def spelling(name: str) -> str:
    """Translate the network's name of an array into Hugging Face's.

    Parameters
    ----------
    name : str
        Such as ``layers.0.attention_norm.gain``.

    Returns
    -------
    str
        Such as ``encoder.layer.0.attention.output.LayerNorm.weight``.
    """
    if name in WHOLE:
        return WHOLE[name]
    block, _, leaf = name.rpartition(".")
    leaf = {"gain": "weight"}.get(leaf, leaf)
    if block in WHOLE:
        return f"{WHOLE[block]}.{leaf}"
    _, number, part = block.split(".", 2)
    return f"encoder.layer.{number}.{IN_LAYER[part]}.{leaf}"
