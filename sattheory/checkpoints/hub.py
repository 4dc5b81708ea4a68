"""Models by their name on the Hugging Face hub: ``hf://bert-base-cased``, ``hf://EleutherAI/pythia-70m@step1000``.

What is fetched is what can be read, and nothing else: configuration, safetensors and the files of the tokenizer, never a pickle.
``huggingface_hub`` (the ``hub`` extra) does the fetching, and keeps the files; what it has kept is used when there is no
network, or when ``HF_HUB_OFFLINE=1`` asks for that.  A revision is a branch, a tag or a commit; only a commit names the
same weights for ever.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

from sattheory.errors import InputError

SCHEME = "hf://"
WANTED = (
    "config.json",
    "*.safetensors",
    "*.safetensors.index.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "added_tokens.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
)
INSTALL = "pip install 'sattheory[hub]'"
_PART = r"[A-Za-z0-9_](?:[A-Za-z0-9_]|[.-](?![.-]))*(?<![.-])"
_NAME = re.compile(rf"(?:{_PART}/)?{_PART}")
_REVISION = re.compile(r"[A-Za-z0-9_][\w.+-]*(?:/[\w.+-]+)*", re.ASCII)
# The errors of the package by name, the narrower before the wider, because they have moved between its modules.
_REFUSALS = {
    "GatedRepoError": ("its owner gives it only to those who accept the terms", "accept them on its page, then hf auth login"),
    "RepositoryNotFoundError": ("the hub has no such model, or it is private", "check the name, or hf auth login"),
    "DisabledRepoError": ("the hub has closed access to it", "give another model"),
    "RevisionNotFoundError": ("the model has no such revision", "give a branch, a tag or a commit of it"),
    "IncompleteSnapshotError": ("the hub cannot be reached, and only a part of it is kept here", "try again with a network"),
    "LocalEntryNotFoundError": ("the hub cannot be reached, and it is not kept here", "try again with a network"),
    "OfflineModeIsEnabled": ("it is not kept here, and HF_HUB_OFFLINE is set", "unset it, or give a folder"),
    "HFValidationError": ("this is no name on the hub", "give hf://name or hf://owner/name, with @revision if you like"),
}


def resolve(name: str) -> Path:
    """Find the folder of a model on the hub, fetching what is not kept yet.

    Parameters
    ----------
    name : str
        ``hf://name`` or ``hf://owner/name``, with ``@revision`` (a branch, tag or commit) if it is not to be ``main``.

    Returns
    -------
    Path
        The folder, for `sattheory.read`; it belongs to the cache of ``huggingface_hub``.

    Raises
    ------
    InputError
        If the name is none, the model or revision does not exist or is not given to everybody, the ``hub`` extra is not
        installed, the hub cannot be reached and the model is not kept here, or the model has no ``config.json``.
    """
    given = f"model={name!r}"
    owner_and_name, revision = _split(name, given)
    fetch = _fetcher(given)
    try:
        folder = fetch(owner_and_name, revision=revision, allow_patterns=list(WANTED), ignore_patterns=["*/*"])
    except Exception as error:
        raise InputError(given, *_said(error)) from error
    if not (Path(folder) / "config.json").is_file():
        raise InputError(given, "it has no config.json, so its architecture is unknown", "give a model with one")
    return Path(folder)


def _split(name: str, given: str) -> tuple[str, str | None]:
    """Take a name apart; what may lead out of the cache, such as ``..``, is no name and no revision."""
    owner_and_name, at, revision = name.removeprefix(SCHEME).partition("@")
    if not name.startswith(SCHEME) or not _NAME.fullmatch(owner_and_name):
        raise InputError(given, *_REFUSALS["HFValidationError"])
    if at and (not _REVISION.fullmatch(revision) or ".." in revision):
        raise InputError(given, f"{revision!r} is no name of a revision", _REFUSALS["RevisionNotFoundError"][1])
    return owner_and_name, revision or None


def _fetcher(given: str) -> Any:
    try:
        return import_module("huggingface_hub").snapshot_download
    except ImportError as error:
        raise InputError(given, "models are fetched by huggingface_hub, which is not installed", INSTALL) from error


def _said(error: Exception) -> tuple[str, str]:
    """Explain an error of ``huggingface_hub``: why, and what to do."""
    for kind in type(error).__mro__:
        if kind.__name__ in _REFUSALS:
            return _REFUSALS[kind.__name__]
    said = " ".join(str(error).split())[:160]
    return f"it could not be fetched ({type(error).__name__}: {said})", "try again, or give a folder"
