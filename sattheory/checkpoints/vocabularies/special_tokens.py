"""Tokens that stand for no text: what each architecture puts around a sequence, and what a folder calls them.

BERT reads [CLS] text [SEP], RoBERTa <s> text </s>, T5 text </s>, XLNet text <sep> <cls>; GPT-2 and GPT-NeoX read the text alone.
The kinds (cls, sep, unk, pad, mask, bos, eos) are the same everywhere, the spellings are the model's: ``tokenizer_config.json``
and ``special_tokens_map.json`` may give others than the usual ones, and must not contradict each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sattheory.checkpoints.containers.documents import read_object, shown
from sattheory.errors import InputError

KINDS = ("cls", "sep", "unk", "pad", "mask", "bos", "eos")
_BERT = {"cls": "[CLS]", "sep": "[SEP]", "unk": "[UNK]", "pad": "[PAD]", "mask": "[MASK]"}
_SENTENCEPIECE = {"unk": "<unk>", "pad": "<pad>", "eos": "</s>"}
_GPT = dict.fromkeys(("bos", "eos", "unk"), "<|endoftext|>")
USUAL: Mapping[str, Mapping[str, str]] = {
    "bert": _BERT,
    "roberta": _SENTENCEPIECE | {"bos": "<s>", "cls": "<s>", "sep": "</s>", "mask": "<mask>"},
    "gpt2": _GPT,
    "gpt_neox": _GPT | {"pad": "<|padding|>"},
    "t5": _SENTENCEPIECE,
    "xlnet": _SENTENCEPIECE | {"bos": "<s>", "cls": "<cls>", "sep": "<sep>", "mask": "<mask>"},
}
SETTINGS, MAP = "tokenizer_config.json", "special_tokens_map.json"


@dataclass(frozen=True)
class Surround:
    """The kinds of tokens that an architecture puts around a text.

    Parameters
    ----------
    before, after : tuple of str
        Kinds, in the order of the sequence.
    """

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


ALONE = Surround()
SURROUND: Mapping[str, Surround] = {
    "bert": Surround(("cls",), ("sep",)),
    "roberta": Surround(("cls",), ("sep",)),
    "t5": Surround((), ("eos",)),
    "xlnet": Surround((), ("sep", "cls")),
}


@dataclass(frozen=True)
class Settings:
    """What a folder says about its tokens.

    Parameters
    ----------
    values : dict
        The parsed ``tokenizer_config.json``; empty where there is none.
    special : dict of str to str
        The token of each kind; a kind that the model does without is not there.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    special: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path, architecture: str) -> Settings:
        """Read the settings of a folder.

        Parameters
        ----------
        folder : Path
            May have ``tokenizer_config.json`` and ``special_tokens_map.json``.
        architecture : str
            Whose usual tokens stand in for what the files leave out.

        Returns
        -------
        Settings
            The settings.
        """
        values, others = (_read(folder / name) for name in (SETTINGS, MAP))
        named = _agreed(_tokens(values, SETTINGS), _tokens(others, MAP))
        merged = {**USUAL.get(architecture, {}), **named}
        return cls(values, {kind: token for kind, token in merged.items() if token is not None})

    def flag(self, key: str, default: bool | None) -> bool | None:
        """Look up a yes or no.

        Parameters
        ----------
        key : str
            Its key in ``tokenizer_config.json``.
        default : bool or None
            What a missing key stands for.

        Returns
        -------
        bool or None
            The value; None for null.

        Raises
        ------
        InputError
            If it is neither.
        """
        value = self.values.get(key, default)
        if value is not None and not isinstance(value, bool):
            raise InputError(f"{key}={shown(value)}", "it must be true or false", f"correct {SETTINGS}")
        return value


def _read(path: Path) -> dict[str, Any]:
    return read_object(path, "give a file") if path.exists() else {}


def _tokens(values: Mapping[str, Any], file: str) -> dict[str, str | None]:
    """Read the special tokens of a file: texts, or objects with their text as ``content``; null for none."""
    return {kind: _token(f"{kind}_token", values[f"{kind}_token"], file) for kind in KINDS if f"{kind}_token" in values}


def _token(key: str, value: object, file: str) -> str | None:
    if value is None:
        return None
    text = value.get("content") if isinstance(value, dict) else value
    if not isinstance(text, str) or not text:
        raise InputError(f"{key}={shown(text)}", "it must be a token", f"correct {file}")
    return text


def _agreed(first: dict[str, str | None], second: dict[str, str | None]) -> dict[str, str | None]:
    for kind in first.keys() & second.keys():
        if first[kind] != second[kind]:
            given = f"{kind}_token={shown(first[kind])} in {SETTINGS}"
            raise InputError(given, f"it is {shown(second[kind])} in {MAP}", "correct one of the two")
    return first | second
