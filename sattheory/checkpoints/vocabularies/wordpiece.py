"""WordPiece, as BERT cuts text: the longest pieces that the vocabulary has, over ``vocab.txt``.

Text is cleaned, lower-cased if the model wants it, split at spaces and punctuation, and each word is cut from the left into the
longest pieces there are, ``##`` before those that continue a word (Devlin et al. 2019; Wu et al. 2016, §4.1).  A word that
cannot be cut becomes [UNK] as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sattheory.checkpoints.containers.documents import LARGEST_DOCUMENT, read_bytes, shown
from sattheory.checkpoints.vocabularies.numbering import added_numbers
from sattheory.checkpoints.vocabularies.special_tokens import SURROUND, USUAL, Settings, Surround
from sattheory.errors import InputError

MOST_LINES = 700_000


@dataclass(frozen=True)
class WordPiece:
    """BERT's segmentation.

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
    special : mapping of str to str
        The tokens called cls, sep, unk, pad and mask.
    surround : Surround
        What is put around a text.
    added : mapping of str to int
        The numbers of tokens beyond these, found in a text before it is cut.

    Raises
    ------
    InputError
        If a token stands twice, or cls, sep or unk is missing.
    """

    tokens: tuple[str, ...] = field(repr=False)
    lowercase: bool = True
    strip_accents: bool | None = None
    split_chinese: bool = True
    special: Mapping[str, str] = field(default_factory=lambda: dict(USUAL["bert"]))
    surround: Surround = SURROUND["bert"]
    added: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.numbers) < len(self.tokens) + len(self.added):
            repeated = next(token for number, token in enumerate(self.tokens) if self.numbers[token] != number)
            raise InputError(f"token={shown(repeated)}", "it stands in the vocabulary twice", "take one of them out")
        for kind in ("cls", "sep", "unk"):
            if self.special.get(kind) not in self.numbers:
                given = f"{kind}_token={shown(self.special.get(kind))}"
                raise InputError(given, "the vocabulary does not have it", "give the vocabulary of this model")

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each token."""
        return {token: number for number, token in enumerate(self.tokens)} | dict(self.added)

    def tokenizer(self) -> Any:
        """Make the tokenizer.

        Returns
        -------
        tokenizers.Tokenizer
            WordPiece, nothing put around the text.
        """
        from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

        tokenizer = Tokenizer(models.WordPiece(dict(self.numbers), unk_token=self.special["unk"]))
        tokenizer.normalizer = normalizers.BertNormalizer(
            clean_text=True,
            handle_chinese_chars=self.split_chinese,
            strip_accents=self.strip_accents,
            lowercase=self.lowercase,
        )
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        tokenizer.decoder = decoders.WordPiece()
        tokenizer.add_special_tokens([token for token in self.special.values() if token in self.numbers])
        tokenizer.add_tokens(sorted(self.added.keys() - set(self.special.values())))
        return tokenizer


def read_wordpiece(folder: Path) -> WordPiece:
    """Read the vocabulary of a BERT.

    Parameters
    ----------
    folder : Path
        Has ``vocab.txt`` and, unless the model lower-cases, ``tokenizer_config.json``.

    Returns
    -------
    WordPiece
        The segmentation.

    Raises
    ------
    InputError
        If a file is missing, is no text, or says something impossible.
    """
    lines = read_lines(folder / "vocab.txt", "add the vocabulary of this model, one token a line")
    settings = Settings.read(folder, "bert")
    added = added_numbers(folder, settings.values, {token: number for number, token in enumerate(lines)})
    return WordPiece(
        tuple(lines),
        lowercase=settings.flag("do_lower_case", True) is not False,
        strip_accents=settings.flag("strip_accents", None),
        split_chinese=settings.flag("tokenize_chinese_chars", True) is not False,
        special=settings.special,
        added=added,
    )


def read_lines(path: Path, remedy: str) -> list[str]:
    """Read a text file by lines; only line feeds end one, because tokens may be other separators.

    Parameters
    ----------
    path : Path
        The file.
    remedy : str
        What to do when there is no such file.

    Returns
    -------
    list of str
        The lines, without their ends.

    Raises
    ------
    InputError
        If it is missing, too large, has more than `MOST_LINES` lines, or is no UTF-8.
    """
    contents = read_bytes(path, LARGEST_DOCUMENT, remedy)
    if contents.count(b"\n") > MOST_LINES:
        raise InputError(f"file={str(path)!r}", f"it has more than {MOST_LINES} lines", "give the file of a model")
    try:
        return contents.decode("utf-8").replace("\r\n", "\n").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise InputError(f"file={str(path)!r}", "it is not UTF-8", "replace it by an intact copy") from error
