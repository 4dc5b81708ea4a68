"""What goes in: token numbers, one sequence or a batch of sequences with lengths, and which position may see which.

A batch is a rectangle of token numbers; `lengths` says how much of each row is text, the rest is padding that no position sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sattheory.errors import InputError
from sattheory.network.configuration import Configuration

Array = NDArray[Any]


@dataclass(frozen=True)
class Tokens:
    """Checked token numbers.

    Parameters
    ----------
    numbers : ndarray of int, shape (n,) or (B, n)
        The tokens.
    lengths : ndarray of int, shape (B,), optional
        Real length of each sequence.
    """

    numbers: NDArray[np.int64]
    lengths: NDArray[np.int64] | None = None

    @property
    def n(self) -> int:
        """Number of positions.

        Returns
        -------
        int
            n.
        """
        return int(self.numbers.shape[-1])

    def real(self) -> NDArray[np.bool_]:
        """Say which positions are text rather than padding.

        Returns
        -------
        ndarray of bool, shape of `numbers`
            True for text.
        """
        if self.lengths is None:
            return np.ones(self.numbers.shape, dtype=bool)
        return np.asarray(np.arange(self.n) < self.lengths[:, None])

    def visible(self) -> NDArray[np.bool_] | None:
        """Say which keys exist, in the shape of attention scores.

        Returns
        -------
        ndarray of bool, shape (B, 1, 1, n), or None
            None when nothing is padded.
        """
        return None if self.lengths is None else self.real()[:, None, None, :]


def check_tokens(tokens: ArrayLike | Tokens, configuration: Configuration, lengths: ArrayLike | None = None) -> Tokens:
    """Check token numbers against a network.

    Parameters
    ----------
    tokens : array_like of int, shape (n,) or (B, n)
        Token numbers from 0 to V − 1.
    configuration : Configuration
        The network's configuration.
    lengths : array_like of int, shape (B,), optional
        Real lengths, for a batch.

    Returns
    -------
    Tokens
        The checked tokens.

    Raises
    ------
    InputError
        For tokens that are no whole numbers, out of range, too many or none.
    """
    if isinstance(tokens, Tokens):
        lengths, tokens = tokens.lengths, tokens.numbers
    numbers = _whole(tokens)
    if numbers.size == 0 or numbers.ndim not in (1, 2):
        raise InputError(f"tokens of shape {numbers.shape}", "an empty batch has no limit", "give shape (n,) or (B, n)")
    low, high = int(numbers.min()), int(numbers.max())
    if low < 0 or high >= configuration.vocabulary:
        bad = low if low < 0 else high
        raise InputError(f"token={bad}", f"the vocabulary has {configuration.vocabulary} tokens", "use numbers from 0 to V − 1")
    if 0 < configuration.longest < numbers.shape[-1]:
        given = f"tokens of length {numbers.shape[-1]}"
        raise InputError(given, f"the network has {configuration.longest} positions", "shorten the sequence")
    return Tokens(numbers, _check_lengths(lengths, numbers))


def _whole(tokens: ArrayLike) -> NDArray[np.int64]:
    try:
        numbers = np.asarray(tokens)
    except ValueError as error:
        raise InputError(f"tokens={tokens!r}", "the rows have different lengths", "pad them and give lengths=") from error
    if numbers.size and not np.issubdtype(numbers.dtype, np.integer):
        raise InputError(f"tokens of type {numbers.dtype}", "tokens are whole numbers", "give integers")
    return numbers.astype(np.int64)


def _check_lengths(lengths: ArrayLike | None, numbers: Array) -> NDArray[np.int64] | None:
    if lengths is None:
        return None
    checked = np.asarray(lengths)
    good = checked.shape == numbers.shape[:-1] and numbers.ndim == 2 and np.issubdtype(checked.dtype, np.integer)
    if not good or checked.min() < 1 or checked.max() > numbers.shape[-1]:
        given = f"lengths={lengths!r}"
        raise InputError(given, f"each of {numbers.shape[:-1]} sequences has 1 to {numbers.shape[-1]} tokens", "correct them")
    return checked.astype(np.int64)


def causal(n: int) -> NDArray[np.bool_]:
    """Let each position see itself and the past.

    Parameters
    ----------
    n : int
        Positions.

    Returns
    -------
    ndarray of bool, shape (n, n)
        True where row (query) sees column (key).
    """
    return np.tri(n, dtype=bool)
