"""``tokenizer.json``: the whole way from text to numbers in one file, as T5, XLNet and GPT-NeoX come with it.

The file says how text is normalised, split, cut (Unigram: the likeliest cut under a model of independent pieces, Kudo 2018) and
surrounded; the ``tokenizers`` package reads it.  Some of what can be written there must not happen: truncation and padding
change a sequence without a word, dropout makes it random, and a chain of replacements lets a short text grow without bound.  The
first three are switched off, the last is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sattheory.checkpoints.containers.documents import read_object, shown
from sattheory.checkpoints.vocabularies.numbering import check_numbers
from sattheory.checkpoints.vocabularies.rust_errors import refused, silent
from sattheory.checkpoints.vocabularies.special_tokens import ALONE, SURROUND, Settings, Surround
from sattheory.errors import InputError

FASTEST_GROWTH = 1000.0
INTACT = "replace it by an intact copy"
_PROBES = ("", "A naïve text, 東京 and 3.14 of it.\n")


@dataclass(frozen=True)
class TokenizerFile:
    """The segmentation that a ``tokenizer.json`` describes.

    Parameters
    ----------
    text : str
        The file, truncation, padding and dropout taken out.
    numbers : mapping of str to int
        The number of each token.
    special : mapping of str to str
        The special tokens, by kind.
    surround : Surround
        What is put around a text, where the file does not say it itself.
    """

    text: str = field(repr=False)
    numbers: Mapping[str, int] = field(repr=False)
    special: Mapping[str, str] = field(default_factory=dict)
    surround: Surround = ALONE

    def tokenizer(self) -> Any:
        """Make the tokenizer.

        Returns
        -------
        tokenizers.Tokenizer
            What the file describes.
        """
        from tokenizers import Tokenizer

        return Tokenizer.from_str(self.text)


def read_tokenizer_file(folder: Path, architecture: str) -> TokenizerFile:
    """Read a ``tokenizer.json``.

    Parameters
    ----------
    folder : Path
        Has ``tokenizer.json``; may have ``tokenizer_config.json`` and ``special_tokens_map.json``.
    architecture : str
        What is usual for it stands in for what the files leave out.

    Returns
    -------
    TokenizerFile
        The segmentation.

    Raises
    ------
    InputError
        If the file is missing, malformed, contradicts itself, or lets a text grow without bound.
    """
    path = folder / "tokenizer.json"
    given = f"file={str(path)!r}"
    document = read_object(path, "add the tokenizer of this model")
    _check_growth(document, given)
    _check_unigram(document, given)
    text = _harmless(document)
    numbers = _tried(text, document, given)
    alone = document.get("post_processor") is not None
    surround = ALONE if alone else SURROUND.get(architecture, ALONE)
    return TokenizerFile(text, numbers, Settings.read(folder, architecture).special, surround)


def _harmless(document: dict[str, Any]) -> str:
    model = document.get("model")
    if isinstance(model, dict):
        model = {key: value for key, value in model.items() if key not in ("dropout", "alpha", "nbest_size")}
    return json.dumps({**document, "model": model, "truncation": None, "padding": None})


def _tried(text: str, document: dict[str, Any], given: str) -> dict[str, int]:
    """Make the tokenizer once, cut a text with it, and return its numbers."""
    from tokenizers import Tokenizer

    with silent(), refused(given, "it is no tokenizer", INTACT):
        tokenizer = Tokenizer.from_str(text)
        numbers = tokenizer.get_vocab(with_added_tokens=True)
        check_numbers(numbers, given)
        _check_added(document.get("added_tokens") or [], numbers, given)
        for probe in _PROBES:
            _check_known(tokenizer.encode(probe).ids, numbers, given)
    return dict(numbers)


def _check_added(added: list[dict[str, Any]], numbers: Mapping[str, int], given: str) -> None:
    """Refuse an added token whose number cannot be had; the package would silently give it another."""
    for token in added:
        name, number = token["content"], token["id"]
        if numbers.get(name) != number:
            why = f"the added token {shown(name)} is given the number {shown(number)}, but would get {numbers.get(name)}"
            raise InputError(given, why, INTACT)


def _check_known(found: list[int], numbers: Mapping[str, int], given: str) -> None:
    for number in set(found) - set(numbers.values()):
        raise InputError(given, f"it puts the number {number} around a text, which no token has", INTACT)


def _check_unigram(document: dict[str, Any], given: str) -> None:
    """Refuse a piece that stands in the list twice: the package would know only the number of the last."""
    model = document.get("model")
    pieces = model.get("vocab") if isinstance(model, dict) else None
    if isinstance(pieces, list):
        names = [piece[0] for piece in pieces if isinstance(piece, list) and piece and isinstance(piece[0], str)]
        seen: set[str] = set()
        for name in names:
            if name in seen:
                raise InputError(given, f"the piece {shown(name)} stands in the vocabulary twice", INTACT)
            seen.add(name)


def _check_growth(document: dict[str, Any], given: str) -> None:
    growth = 1.0
    for part in _parts(document):
        if part.get("type") == "Replace":
            growth *= _growth(part)
        if growth > FASTEST_GROWTH:
            raise InputError(given, f"its replacements let a text grow {FASTEST_GROWTH:g} times or more", INTACT)


def _growth(part: dict[str, Any]) -> float:
    """Bound how many times longer a replacement makes a text: what it writes over what it takes, which may be nothing."""
    pattern, written = part.get("pattern"), part.get("content")
    taken = pattern.get("String") if isinstance(pattern, dict) else None
    shortest = len(taken) if isinstance(taken, str) else 0
    longest = len(written) if isinstance(written, str) else 0
    return max(1.0, longest / shortest if shortest else 1.0 + longest)


def _parts(value: object) -> Iterator[dict[str, Any]]:
    """Walk over the components of a document; the vocabulary, however large, has none."""
    if isinstance(value, dict):
        yield value
        value = [below for key, below in value.items() if key not in ("vocab", "merges", "added_tokens")]
    if isinstance(value, list):
        for below in value:
            yield from _parts(below)
