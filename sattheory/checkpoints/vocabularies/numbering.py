"""Numbers of tokens: each has one, and no two the same; those added later count too.

A model that was trained further may have been given tokens of its own, which the vocabulary file does not know.  They stand in
``added_tokens.json``, or as ``added_tokens_decoder`` in ``tokenizer_config.json``, which repeats the special ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sattheory.checkpoints.containers.documents import read_object, shown
from sattheory.errors import InputError

LARGEST_NUMBER = 10_000_000
ADDED, DECODER = "added_tokens.json", "added_tokens_decoder"
_INTACT = "replace it by an intact copy"


def check_numbers(numbers: Mapping[str, Any], given: str) -> None:
    """Refuse what are no numbers of tokens.

    Parameters
    ----------
    numbers : mapping of str to object
        The number of each token.
    given : str
        Where they come from, for the error.

    Raises
    ------
    InputError
        If there are none, one is no whole number from 0 to `LARGEST_NUMBER`, or two are equal.
    """
    seen: dict[int, str] = {}
    for token, number in numbers.items():
        if type(number) is not int or not 0 <= number <= LARGEST_NUMBER:
            why = f"the number of {shown(token)} is {shown(number)}, not one from 0 to {LARGEST_NUMBER}"
            raise InputError(given, why, _INTACT)
        if number in seen:
            why = f"the tokens {shown(seen[number])} and {shown(token)} have the same number, {number}"
            raise InputError(given, why, _INTACT)
        seen[number] = token
    if not seen:
        raise InputError(given, "it has no tokens", "give the vocabulary of this model")


def added_numbers(folder: Path, settings: Mapping[str, Any], numbers: Mapping[str, int]) -> dict[str, int]:
    """Read the tokens that were added to a vocabulary.

    Parameters
    ----------
    folder : Path
        May have ``added_tokens.json``.
    settings : mapping
        The parsed ``tokenizer_config.json``.
    numbers : mapping of str to int
        The numbers that the vocabulary gives.

    Returns
    -------
    dict of str to int
        The number of each token that the vocabulary does not have.

    Raises
    ------
    InputError
        If a token, or a number, has two.
    """
    path = folder / ADDED
    found = read_object(path, "give a file") if path.exists() else {}
    sources = {f"file={str(path)!r}": found, DECODER: _decoded(settings.get(DECODER) or {})}
    whole = dict(numbers)
    for given, tokens in sources.items():
        for token, number in tokens.items():
            if whole.setdefault(token, number) != number:
                why = f"the token {shown(token)} is given the number {shown(number)}, but has {whole[token]}"
                raise InputError(given, why, "correct one of the two")
        check_numbers(whole, given)
    return {token: number for token, number in whole.items() if token not in numbers}


def _decoded(entries: object) -> dict[str, Any]:
    """Turn number → token, as the settings have it, into token → number."""
    if not isinstance(entries, dict):
        raise InputError(f"{DECODER}={shown(entries)}", "it must be an object", "correct tokenizer_config.json")
    found: dict[str, Any] = {}
    for number, entry in entries.items():
        token = entry.get("content") if isinstance(entry, dict) else None
        if not isinstance(token, str) or not (number.isascii() and number.isdecimal() and len(number) < 9) or token in found:
            raise InputError(f"{DECODER}={{{number!r}: {shown(entry)}}}", "it is no new token", "correct tokenizer_config.json")
        found[token] = int(number)
    return found
