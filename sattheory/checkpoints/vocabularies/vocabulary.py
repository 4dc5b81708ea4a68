"""From text to token numbers and back, for every architecture that can be read.

A subword segmentation cuts text into pieces that a vocabulary numbers: WordPiece (BERT), byte-level BPE (GPT-2, RoBERTa,
GPT-NeoX) and Unigram (T5, XLNet) differ in how they cut, and in the files they come in.  `Vocabulary` asks the same of each:
encode, name, decode.  A sequence is never shortened or padded here, whatever a file says: a saturated head that averages
over all it sees would average over padding too.  The ``tokenizers`` package does the cutting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from sattheory.checkpoints.containers.documents import shown
from sattheory.checkpoints.vocabularies.byte_level import read_byte_level
from sattheory.checkpoints.vocabularies.rust_errors import refused
from sattheory.checkpoints.vocabularies.special_tokens import Surround
from sattheory.checkpoints.vocabularies.tokenizer_files import read_tokenizer_file
from sattheory.checkpoints.vocabularies.wordpiece import read_wordpiece
from sattheory.errors import InputError

ANOTHER = "give the vocabulary of this model, or another text"


class Segmentation(Protocol):
    """A way to cut text into tokens."""

    @property
    def numbers(self) -> Mapping[str, int]:
        """The number of each token, none twice."""

    @property
    def special(self) -> Mapping[str, str]:
        """The token of each special kind."""

    @property
    def surround(self) -> Surround:
        """What to put around a text; nothing where the tokenizer does so itself."""

    def tokenizer(self) -> Any:
        """Make the ``tokenizers.Tokenizer``, without truncation and padding."""


@dataclass(frozen=True)
class Vocabulary:
    """The tokens of a model, and how it cuts text into them.

    Parameters
    ----------
    segmentation : Segmentation
        How text is cut: `WordPiece`, `ByteLevelBPE` or `TokenizerFile`.

    Raises
    ------
    InputError
        If a token that has to stand around each text is missing.
    """

    segmentation: Segmentation

    def __post_init__(self) -> None:
        for kind in (*self.segmentation.surround.before, *self.segmentation.surround.after):
            if self.segmentation.special.get(kind) not in self.segmentation.numbers:
                given = f"{kind}_token={shown(self.segmentation.special.get(kind))}"
                raise InputError(given, "the vocabulary does not have it", "give the vocabulary of this model")

    def __len__(self) -> int:
        return 1 + max(self.segmentation.numbers.values(), default=-1)

    def __getstate__(self) -> dict[str, Any]:
        """Pickle without the tokenizer, which is made again where it is needed.

        Returns
        -------
        dict
            The segmentation.
        """
        return {"segmentation": self.segmentation}

    @property
    def special_numbers(self) -> Mapping[str, int]:
        """The number of each special kind (cls, sep, unk, pad, mask, bos, eos) that the vocabulary has."""
        numbers = self.segmentation.numbers
        return {kind: numbers[token] for kind, token in self.segmentation.special.items() if token in numbers}

    @cached_property
    def _tokens(self) -> dict[int, str]:
        return {number: token for token, number in self.segmentation.numbers.items()}

    @cached_property
    def _tokenizer(self) -> Any:
        return self.segmentation.tokenizer()

    @cached_property
    def _loses(self) -> bool:
        """Whether the tokenizer leaves out what it does not know: BPE without an unknown token does, and says nothing."""
        model = self._tokenizer.model
        affixes = getattr(model, "continuing_subword_prefix", None) or getattr(model, "end_of_word_suffix", None)
        return type(model).__name__ == "BPE" and not (model.unk_token or model.byte_fallback or affixes)

    def encode(self, text: str) -> list[int]:
        """Cut a text into tokens.

        Parameters
        ----------
        text : str
            The text.

        Returns
        -------
        list of int
            Token numbers, with those that the architecture puts around a text; never shortened or padded.

        Raises
        ------
        InputError
            If it is no text, or the vocabulary has no token for a part of it.
        """
        _check_text(text)
        with refused(f"text={shown(text)}", "this vocabulary cannot cut it", ANOTHER):
            numbers = self._tokenizer.encode(text).ids
            lost = self._lost(text) if self._loses else set()
        if lost:
            why = f"the vocabulary has no token for {shown(min(lost))}, and none for the unknown"
            raise InputError(f"text={shown(text)}", why, ANOTHER)
        before, after = (self._around(kinds) for kinds in (self.segmentation.surround.before, self.segmentation.surround.after))
        return [*before, *numbers, *after]

    def _around(self, kinds: Iterable[str]) -> list[int]:
        return [self.segmentation.numbers[self.segmentation.special[kind]] for kind in kinds]

    def _lost(self, text: str) -> set[str]:
        """Find the symbols of a text, after the cut into words, that no token stands for."""
        normalizer, cut = self._tokenizer.normalizer, self._tokenizer.pre_tokenizer
        special = "|".join(map(re.escape, self.segmentation.special.values()))
        parts = re.split(special, text) if special else [text]
        normal = [normalizer.normalize_str(part) if normalizer else part for part in parts]
        words = [word for part in normal for word, _ in (cut.pre_tokenize_str(part) if cut else [(part, None)])]
        return set().union(*words) - self.segmentation.numbers.keys()

    def names(self, numbers: Iterable[int]) -> list[str]:
        """Name tokens.

        Parameters
        ----------
        numbers : iterable of int
            Token numbers.

        Returns
        -------
        list of str
            The token of each as the vocabulary spells it: ``##`` before the continuation of a word (WordPiece), ``Ġ`` for a
            space (byte-level BPE), ``▁`` for the beginning of a word (Unigram).

        Raises
        ------
        InputError
            For a number that the vocabulary does not have.
        """
        numbers = [int(number) for number in numbers]
        for number in numbers:
            if number not in self._tokens:
                why = f"the vocabulary has {len(self)} tokens" if not 0 <= number < len(self) else "no token has this number"
                raise InputError(f"token={number}", why, "use numbers from 0 to V − 1")
        return [self._tokens[number] for number in numbers]

    def decode(self, numbers: Iterable[int]) -> str:
        """Write tokens as text, without the special ones.

        Parameters
        ----------
        numbers : iterable of int
            Token numbers.

        Returns
        -------
        str
            The text, as far as it can be told (case and spacing may be lost).
        """
        numbers = [int(number) for number in numbers]
        self.names(numbers)
        with refused(f"tokens={shown(numbers)}", "this vocabulary cannot write them as text", ANOTHER):
            return str(self._tokenizer.decode(numbers, skip_special_tokens=True))


def read_vocabulary(folder: Path, config: Mapping[str, Any]) -> Vocabulary | None:
    """Read the vocabulary of a model.

    Parameters
    ----------
    folder : Path
        The model's.  ``vocab.txt`` (BERT), or ``vocab.json`` with ``merges.txt`` (GPT-2, RoBERTa), is read where it is there,
        otherwise ``tokenizer.json``.
    config : mapping
        The parsed ``config.json``, whose ``model_type`` says which architecture it is.

    Returns
    -------
    Vocabulary or None
        The vocabulary; None where the folder has none of these files.

    Raises
    ------
    InputError
        If a file is no vocabulary, or says something impossible.
    """
    kind = config.get("model_type")
    architecture = kind if isinstance(kind, str) else ""
    if architecture == "bert" and (folder / "vocab.txt").exists():
        return Vocabulary(read_wordpiece(folder))
    if architecture in ("gpt2", "roberta") and any((folder / name).exists() for name in ("vocab.json", "merges.txt")):
        return Vocabulary(read_byte_level(folder, architecture))
    if (folder / "tokenizer.json").exists():
        return Vocabulary(read_tokenizer_file(folder, architecture))
    return None


def _check_text(text: object) -> None:
    try:
        sound = isinstance(text, str) and text.encode() is not None
    except UnicodeEncodeError:
        sound = False
    if not sound:
        raise InputError(f"text={shown(text)}", "it is no Unicode text", "give a str without lone surrogates")
