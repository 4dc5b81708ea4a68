"""Byte-level BPE, as GPT-2 and RoBERTa cut text: pairs of symbols merged by rank, over the 256 bytes.

Text is split into words, each with the space before it, and written as bytes, a printable character for each (Ġ for the space);
then the pair that stands first in ``merges.txt`` is merged again and again (Sennrich et al. 2016; over bytes, Radford et al.
2019, §2.2).  Nothing is unknown to it, unless the vocabulary lacks one of the bytes: BPE then leaves the byte out without a
word, which `Vocabulary.encode` refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sattheory.checkpoints.containers.documents import read_object, shown
from sattheory.checkpoints.vocabularies.numbering import added_numbers, check_numbers
from sattheory.checkpoints.vocabularies.special_tokens import ALONE, SURROUND, Settings, Surround
from sattheory.checkpoints.vocabularies.wordpiece import read_lines
from sattheory.errors import InputError


@dataclass(frozen=True)
class ByteLevelBPE:
    """The segmentation of GPT-2 and RoBERTa.

    Parameters
    ----------
    numbers : mapping of str to int
        The number of each token.
    merges : tuple of (str, str)
        Pairs of tokens, the first to be merged first.
    special : mapping of str to str
        The special tokens, by kind.
    surround : Surround
        What is put around a text.
    prefix_space : bool
        Whether a text is given a space to begin with, unless it has one.
    added : frozenset of str
        Tokens found in a text before it is cut.

    Raises
    ------
    InputError
        If a merge is of tokens, or into one, that the vocabulary lacks.
    """

    numbers: Mapping[str, int] = field(repr=False)
    merges: tuple[tuple[str, str], ...] = field(repr=False)
    special: Mapping[str, str] = field(default_factory=dict)
    surround: Surround = ALONE
    prefix_space: bool = False
    added: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for pair in self.merges:
            for token in (*pair, "".join(pair)):
                if token not in self.numbers:
                    given, why = f"merge={shown(' '.join(pair))}", f"the vocabulary does not have {shown(token)}"
                    raise InputError(given, why, "give vocab.json and merges.txt of the same model")

    def tokenizer(self) -> Any:
        """Make the tokenizer.

        Returns
        -------
        tokenizers.Tokenizer
            BPE over bytes, nothing put around the text.
        """
        from tokenizers import Tokenizer, decoders, models, pre_tokenizers

        tokenizer = Tokenizer(models.BPE(vocab=dict(self.numbers), merges=list(self.merges)))
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=self.prefix_space)
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.add_special_tokens(sorted({token for token in self.special.values() if token in self.numbers}))
        tokenizer.add_tokens(sorted(self.added - set(self.special.values())))
        return tokenizer


def read_byte_level(folder: Path, architecture: str) -> ByteLevelBPE:
    """Read the vocabulary of a GPT-2 or a RoBERTa.

    Parameters
    ----------
    folder : Path
        Has ``vocab.json`` and ``merges.txt``; may have ``added_tokens.json``, ``tokenizer_config.json`` and
        ``special_tokens_map.json``.
    architecture : str
        ``"gpt2"`` or ``"roberta"``.

    Returns
    -------
    ByteLevelBPE
        The segmentation.

    Raises
    ------
    InputError
        If a file is missing or malformed, or the two do not belong together.
    """
    path = folder / "vocab.json"
    numbers = read_object(path, "add the vocabulary of this model, each token with its number")
    check_numbers(numbers, f"file={str(path)!r}")
    settings = Settings.read(folder, architecture)
    added = added_numbers(folder, settings.values, numbers)
    return ByteLevelBPE(
        numbers | added,
        _merges(folder / "merges.txt"),
        settings.special,
        SURROUND.get(architecture) or _wanted(settings),
        settings.flag("add_prefix_space", False) is True,
        frozenset(added),
    )


def _wanted(settings: Settings) -> Surround:
    """GPT-2 puts nothing around a text, unless its settings say so."""
    before, after = (settings.flag(f"add_{kind}_token", False) is True for kind in ("bos", "eos"))
    return Surround(("bos",) if before else (), ("eos",) if after else ())


def _merges(path: Path) -> tuple[tuple[str, str], ...]:
    """Read ``merges.txt``: after a line with the version, a pair a line; ``#`` may begin a pair too."""
    lines = read_lines(path, "add the merges of this model, a pair of tokens a line")
    first = 1 if lines[0].startswith("#version") else 0
    return tuple(_pair(line, number, path) for number, line in enumerate(lines[first:], start=first + 1) if line)


def _pair(line: str, number: int, path: Path) -> tuple[str, str]:
    left, space, right = line.partition(" ")
    if not (left and space and right) or " " in right:
        given = f"file={str(path)!r}"
        raise InputError(given, f"line {number}, {shown(line)}, is no pair of tokens", "replace it by an intact copy")
    return left, right
