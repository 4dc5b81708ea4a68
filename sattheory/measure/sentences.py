"""From a file of text to the sequences that are measured.

The paper measures on sentences of the Brown corpus cut at 512 tokens (§4, figure 2).  Any UTF-8 file will do here.  A sentence
ends at ``.``, ``!`` or ``?`` (one closing quote or bracket may follow) before white space, at their CJK forms anywhere, and at an
empty line; nothing is known of abbreviations, so "Mr. Smith" is two.  A play's speaker line ends with a colon and belongs to the
sentence after it.  Line breaks inside a sentence count as spaces.  Where a corpus has one sentence a line, ``lines`` takes it at
its word.

A sequence that is too long is cut in its text: what the vocabulary puts around a text (``[CLS]`` and ``[SEP]`` of BERT, the
``</s>`` of T5) stays, as it does when transformers truncates.  Sequences are never padded.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from sattheory.checkpoints.containers.documents import read_bytes, shown
from sattheory.errors import InputError

LARGEST_TEXT = 256 * 2**20
SPLITS = ("sentences", "lines")
EMPTY = "nothing would be left to measure"
Split = Literal["sentences", "lines"]
_END = re.compile(r"\n[^\S\n]*\n|(?:(?<=[.!?])|(?<=[.!?][\"'”’)\]]))\s+|(?<=[。！？])")


class Encoder(Protocol):
    """What turns text into token numbers, such as a model's `Vocabulary`."""

    def encode(self, text: str) -> list[int]:
        """Cut a text into tokens, with whatever the model puts around it."""
        ...


@dataclass(frozen=True)
class Sentence:
    """One sequence to measure.

    Parameters
    ----------
    tokens : tuple of int
        Token numbers, special ones included.
    text : str
        What they were made from; empty where the file held numbers.
    left_out : int
        How many tokens were cut off.
    """

    tokens: tuple[int, ...] = field(repr=False)
    text: str = ""
    left_out: int = 0


@dataclass(frozen=True)
class Choice:
    """Which sentences of a file are measured.

    Parameters
    ----------
    sentences : int
        The first so many that are long enough.
    shortest : int
        Tokens that a sentence needs, special ones not counted.
    longest : int
        Tokens at which a sequence is cut, special ones counted.
    split : {"sentences", "lines"}
        What a sentence is, see the module.

    Raises
    ------
    InputError
        For numbers that leave nothing, or an unknown split.
    """

    sentences: int = 100
    shortest: int = 2
    longest: int = 512
    split: Split = "sentences"

    def __post_init__(self) -> None:
        for name, why in (("sentences", EMPTY), ("shortest", "a sentence has a token at least"), ("longest", EMPTY)):
            if (given := getattr(self, name)) < 1:
                raise InputError(f"{name}={given}", why, "give 1 or more")
        if self.split not in SPLITS:
            raise InputError(f"split={self.split!r}", "no such way to split", "choose from " + ", ".join(SPLITS))

    def within(self, positions: int) -> Choice:
        """Keep sequences inside what a network has positions for.

        Parameters
        ----------
        positions : int
            How many positions; 0 for no end.

        Returns
        -------
        Choice
            The same, or one that cuts earlier.
        """
        longest = min(self.longest, positions) if positions else self.longest
        return Choice(self.sentences, self.shortest, longest, self.split)


def read_text(path: str | Path) -> str:
    r"""Read a file of text.

    Parameters
    ----------
    path : str or Path
        The file, UTF-8, with or without a byte order mark.

    Returns
    -------
    str
        Its text, line ends as ``\n``.

    Raises
    ------
    InputError
        If there is no such file, it has more than `LARGEST_TEXT` bytes, or is no UTF-8.
    """
    contents = read_bytes(Path(path), LARGEST_TEXT, "give a file of text")
    try:
        text = contents.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        why = f"byte {error.start} is not UTF-8"
        raise InputError(f"file={str(path)!r}", why, "save the text as UTF-8") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def split_text(text: str, split: Split = "sentences") -> Iterator[str]:
    """Cut a text into sentences.

    Parameters
    ----------
    text : str
        The text.
    split : {"sentences", "lines"}
        Where to cut, see the module.

    Yields
    ------
    str
        Each sentence, white space inside it as one space; none is empty.
    """
    pieces = text.split("\n") if split == "lines" else _pieces(text)
    for piece in pieces:
        if sentence := " ".join(piece.split()):
            yield sentence


def _pieces(text: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(text):
        yield text[start : end.start()]
        start = end.end()
    yield text[start:]


def encode_sentences(texts: Iterable[str], vocabulary: Encoder, choice: Choice) -> tuple[Sentence, ...]:
    """Turn the first sentences that are long enough into tokens.

    Parameters
    ----------
    texts : iterable of str
        Sentences; no more are taken than needed.
    vocabulary : Encoder
        Cuts them into tokens.
    choice : Choice
        How many, how short, how long.

    Returns
    -------
    tuple of Sentence
        At most `choice.sentences`, in their order.

    Raises
    ------
    InputError
        If none is long enough, or `choice.longest` leaves no room beside the special tokens.
    """
    frame = tuple(vocabulary.encode(""))
    if choice.longest <= len(frame):
        given = f"longest={choice.longest}"
        raise InputError(given, f"{len(frame)} special tokens leave no room for text", f"give {len(frame) + 1} or more")
    encoded = ((text, tuple(vocabulary.encode(text))) for text in texts)
    long_enough = ((text, tokens) for text, tokens in encoded if len(tokens) - len(frame) >= choice.shortest)
    found = tuple(_cut(text, tokens, frame, choice.longest) for text, tokens in itertools.islice(long_enough, choice.sentences))
    return _some(found, choice)


def _cut(text: str, tokens: tuple[int, ...], frame: tuple[int, ...], longest: int) -> Sentence:
    """Shorten the text between the special tokens before and after it."""
    before = _before(tokens, frame)
    after = len(frame) - before
    kept = tokens[: longest - after] + tokens[len(tokens) - after :] if len(tokens) > longest else tokens
    return Sentence(kept, text, len(tokens) - len(kept))


def _before(tokens: tuple[int, ...], frame: tuple[int, ...]) -> int:
    """Find how many special tokens stand before a text: the fewest that leave the others at its end."""
    for count in range(len(frame) + 1):
        if tokens[:count] == frame[:count] and tokens[len(tokens) - len(frame) + count :] == frame[count:]:
            return count
    return 0


def _some(found: tuple[Sentence, ...], choice: Choice) -> tuple[Sentence, ...]:
    if not found:
        given = f"shortest={choice.shortest}"
        raise InputError(given, "the file has no sentence of so many tokens", "give another file, or a smaller number")
    return found


def read_sentences(path: str | Path, vocabulary: Encoder | None, choice: Choice | None = None) -> tuple[Sentence, ...]:
    """Read the sentences of a file.

    Parameters
    ----------
    path : str or Path
        The file.
    vocabulary : Encoder
        Cuts text into tokens, such as `Model.vocabulary`; None, which a model without one has, is refused.
    choice : Choice, optional
        Which sentences.

    Returns
    -------
    tuple of Sentence
        The sentences.

    Raises
    ------
    InputError
        If the file cannot be read or has no sentence, or there is no vocabulary.
    """
    choice, text = choice or Choice(), read_text(path)
    if not text.strip():
        raise InputError(f"file={str(path)!r}", "it is empty", "give a file of text")
    if vocabulary is None:
        raise InputError("vocabulary=None", "without one no text can be read", "give token numbers: read_token_lines")
    return encode_sentences(split_text(text, choice.split), vocabulary, choice)


def read_token_lines(path: str | Path, choice: Choice | None = None) -> tuple[Sentence, ...]:
    """Read sequences of token numbers, one a line; numbers are separated by spaces or commas.

    Parameters
    ----------
    path : str or Path
        The file.
    choice : Choice, optional
        Which sequences; `Choice.split` does not matter.

    Returns
    -------
    tuple of Sentence
        The sequences, cut at their end where they are too long.

    Raises
    ------
    InputError
        If the file cannot be read, holds something else, or no sequence that is long enough.
    """
    choice = choice or Choice()
    lines = (line.replace(",", " ").split() for line in read_text(path).split("\n"))
    sequences = (_numbers(words, f"line {number} of {str(path)!r}") for number, words in enumerate(lines, 1) if words)
    chosen = itertools.islice((s for s in sequences if len(s) >= choice.shortest), choice.sentences)
    cut = (Sentence(s[: choice.longest], left_out=max(0, len(s) - choice.longest)) for s in chosen)
    return _some(tuple(cut), choice)


def _numbers(words: Sequence[str], where: str) -> tuple[int, ...]:
    for word in words:
        if not (word.isascii() and word.isdigit()):
            raise InputError(f"{shown(word)} in {where}", "it is no token number", "write whole numbers from 0 on")
        if len(word) > 18:
            raise InputError(f"{shown(word)} in {where}", "no vocabulary has so many tokens", "write numbers of its tokens")
    return tuple(int(word) for word in words)
