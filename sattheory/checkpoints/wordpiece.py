"""From text to token numbers, as BERT does it: WordPiece over ``vocab.txt``.

Text is cleaned, lower-cased if the model wants it, split at spaces and punctuation, and each word is cut into the longest
pieces that the vocabulary has (Devlin et al. 2019; the ``tokenizers`` package does the cutting).  ``[CLS]`` and ``[SEP]`` are
put around it.  A model folder may also hold a ``tokenizer.json``; it is not read, because truncation and padding can be baked
into it, and would change a sequence without a word.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sattheory.checkpoints.documents import LARGEST_DOCUMENT, read_bytes, read_object, shown
from sattheory.errors import InputError

SPECIAL = {"cls": "[CLS]", "sep": "[SEP]", "unk": "[UNK]", "pad": "[PAD]", "mask": "[MASK]"}
NEEDED = ("cls", "sep", "unk")


@dataclass(frozen=True)
class Vocabulary:
    """The tokens of a model, and how it cuts text into them.

    Parameters
    ----------
    tokens : tuple of str
        The token of each number.
    lowercase : bool
        Whether text is lower-cased first.
    strip_accents : bool, optional
        Whether accents are taken off; as `lowercase` when left out.
    split_chinese : bool
        Whether each CJK character is a word of its own.
    special : dict of str to str
        The tokens called cls, sep, unk, pad and mask.

    Raises
    ------
    InputError
        If a token stands twice, or cls, sep or unk is missing.
    """

    tokens: tuple[str, ...] = field(repr=False)
    lowercase: bool = True
    strip_accents: bool | None = None
    split_chinese: bool = True
    special: dict[str, str] = field(default_factory=SPECIAL.copy)

    def __post_init__(self) -> None:
        if len(self._numbers) < len(self.tokens):
            repeated = next(token for number, token in enumerate(self.tokens) if self._numbers[token] != number)
            raise InputError(f"token={shown(repeated)}", "it stands in the vocabulary twice", "take one of them out")
        for kind in NEEDED:
            if self.special.get(kind) not in self._numbers:
                given = f"{kind}_token={shown(self.special.get(kind))}"
                raise InputError(given, "the vocabulary does not have it", "give the vocabulary of this model")

    def __len__(self) -> int:
        return len(self.tokens)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {token: number for number, token in enumerate(self.tokens)}

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import BertWordPieceTokenizer

        return BertWordPieceTokenizer(
            vocab=self._numbers,
            handle_chinese_chars=self.split_chinese,
            strip_accents=self.strip_accents,
            lowercase=self.lowercase,
            **{f"{kind}_token": token for kind, token in self.special.items()},
        )

    def encode(self, text: str) -> list[int]:
        """Cut a text into tokens.

        Parameters
        ----------
        text : str
            The text.

        Returns
        -------
        list of int
            Token numbers, from that of ``[CLS]`` to that of ``[SEP]``; never shortened or padded.

        Raises
        ------
        InputError
            If it is no text.
        """
        try:
            return list(self._tokenizer.encode(text).ids)
        except (TypeError, ValueError) as error:
            raise InputError(f"text={shown(text)}", "it is no Unicode text", "give a str without lone surrogates") from error

    def names(self, numbers: Iterable[int]) -> list[str]:
        """Name tokens.

        Parameters
        ----------
        numbers : iterable of int
            Token numbers.

        Returns
        -------
        list of str
            The token of each, with ``##`` before the continuation of a word.

        Raises
        ------
        InputError
            For a number that the vocabulary does not have.
        """
        numbers = [int(number) for number in numbers]
        for number in numbers:
            if not 0 <= number < len(self.tokens):
                given = f"token={number}"
                raise InputError(given, f"the vocabulary has {len(self.tokens)} tokens", "use numbers from 0 to V − 1")
        return [self.tokens[number] for number in numbers]

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
        known = [self._numbers[name] for name in self.names(numbers)]
        return str(self._tokenizer.decode(known, skip_special_tokens=True))


def read_vocabulary(folder: Path) -> Vocabulary:
    """Read the vocabulary of a BERT.

    Parameters
    ----------
    folder : Path
        Has ``vocab.txt`` and, unless the model lower-cases, ``tokenizer_config.json``.

    Returns
    -------
    Vocabulary
        The vocabulary.

    Raises
    ------
    InputError
        If a file is missing, is no text, or says something impossible.
    """
    path, settings = folder / "vocab.txt", folder / "tokenizer_config.json"
    contents = read_bytes(path, LARGEST_DOCUMENT, "add the vocabulary of this model, one token a line")
    try:
        lines = contents.decode("utf-8").replace("\r\n", "\n").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise InputError(f"file={str(path)!r}", "it is not UTF-8", "replace it by an intact copy") from error
    config = read_object(settings, "give a file") if settings.exists() else {}
    return Vocabulary(
        tuple(lines),
        lowercase=_flag(config, "do_lower_case", True) is not False,
        strip_accents=_flag(config, "strip_accents", None),
        split_chinese=_flag(config, "tokenize_chinese_chars", True) is not False,
        special={kind: _token(config, f"{kind}_token", token) for kind, token in SPECIAL.items()},
    )


def _flag(config: dict[str, Any], key: str, default: bool | None) -> bool | None:
    value = config.get(key, default)
    if value is not None and not isinstance(value, bool):
        raise InputError(f"{key}={shown(value)}", "it must be true or false", "correct tokenizer_config.json")
    return value


def _token(config: dict[str, Any], key: str, default: str) -> str:
    """Read a special token: its text, or an object with its text as ``content``."""
    value = config.get(key, default)
    value = value.get("content") if isinstance(value, dict) else value
    if not isinstance(value, str):
        raise InputError(f"{key}={shown(value)}", "it must be a token", "correct tokenizer_config.json")
    return value
