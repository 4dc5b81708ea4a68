"""The fields of a ``config.json``, each checked when it is asked for.

A configuration comes from outside: ``hidden_size`` may be missing, a text, 4.0, true or 10¹⁰⁰.  Everything that an
architecture wants to know goes through one of the questions here (`Fields.size`, `Fields.number`, `Fields.flag`, …), so that a
wrong value is refused by its key before an array is shaped after it.  JSON's null counts as left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sattheory.checkpoints.containers.documents import shown
from sattheory.errors import InputError
from sattheory.network.configuration import Activation

INTACT = "correct config.json"
LARGEST_SIZE = 10_000_000
MOST_LAYERS = 10_000
GELU_TANH: Activation = "gelu_tanh"
ACTIVATIONS: Mapping[str, Activation] = {
    "gelu": "gelu",
    "gelu_python": "gelu",
    "gelu_new": GELU_TANH,
    "gelu_pytorch_tanh": GELU_TANH,
    "gelu_accurate": GELU_TANH,
    "gelu_fast": GELU_TANH,  # with √(2/π) to ten digits
    "relu": "relu",
    "silu": "silu",
    "swish": "silu",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
}


@dataclass(frozen=True)
class Fields:
    """A parsed ``config.json``, or an object inside it.

    Parameters
    ----------
    values : mapping of str to object
        What the file says.
    """

    values: Mapping[str, Any]

    def value(self, key: str, default: object = None) -> Any:
        """Look up a value.

        Parameters
        ----------
        key : str
            Its key.
        default : object
            What a missing key, or null, stands for.

        Returns
        -------
        object
            The value, unchecked.
        """
        found = self.values.get(key)
        return default if found is None else found

    def size(self, key: str, default: int | None = None, *, least: int = 1, most: int = LARGEST_SIZE) -> int:
        """Read a whole number.

        Parameters
        ----------
        key : str
            Its key.
        default : int, optional
            Its value when left out; without one it must be there.
        least, most : int
            Bounds, both allowed.

        Returns
        -------
        int
            The number.

        Raises
        ------
        InputError
            If it is missing, no whole number, or out of bounds.
        """
        found = self.value(key, default)
        if type(found) is not int or not least <= found <= most:
            raise InputError(f"{key}={shown(found)}", f"it must be a whole number from {least} to {most}", INTACT)
        return found

    def number(self, key: str, default: float, *, below: float = 1.0) -> float:
        """Read a number that is not negative.

        Parameters
        ----------
        key : str
            Its key.
        default : float
            Its value when left out.
        below : float
            What it must be less than.

        Returns
        -------
        float
            The number.

        Raises
        ------
        InputError
            If it is no number, negative or too large.
        """
        found = self.value(key, default)
        if type(found) not in (int, float) or not 0 <= found < below:
            raise InputError(f"{key}={shown(found)}", f"it must be a number from 0 to {below:g}", INTACT)
        return float(found)

    def flag(self, key: str, default: bool) -> bool:
        """Read true or false.

        Parameters
        ----------
        key : str
            Its key.
        default : bool
            Its value when left out.

        Returns
        -------
        bool
            The value.

        Raises
        ------
        InputError
            If it is neither.
        """
        found = self.value(key, default)
        if not isinstance(found, bool):
            raise InputError(f"{key}={shown(found)}", "it must be true or false", INTACT)
        return found

    def inside(self, key: str) -> Fields:
        """Read an object inside the object.

        Parameters
        ----------
        key : str
            Its key.

        Returns
        -------
        Fields
            Its fields; none when it is left out.

        Raises
        ------
        InputError
            If it is no object.
        """
        found = self.value(key, {})
        if not isinstance(found, dict):
            raise InputError(f"{key}={shown(found)}", "it must be an object", INTACT)
        return Fields(found)

    def require(self, key: str, needed: object, remedy: str) -> None:
        """Refuse a variant that the network does not have.

        Parameters
        ----------
        key : str
            The key that chooses the variant.
        needed : object
            The only value known here, and what a missing key stands for.
        remedy : str
            What to do instead.

        Raises
        ------
        InputError
            If the value is another.
        """
        found = self.value(key, needed)
        if type(found) is not type(needed) or found != needed:
            raise InputError(f"{key}={shown(found)}", f"this reader knows {needed!r} only", remedy)

    def activation(self, key: str, default: str | None = None) -> Activation:
        """Read the name of an activation.

        Parameters
        ----------
        key : str
            Its key.
        default : str, optional
            Its value when left out; without one it must be there.

        Returns
        -------
        str
            The name that `Configuration` has for it.

        Raises
        ------
        InputError
            If it is unknown.
        """
        return known_activation(key, self.value(key, default))

    def heads(self, key: str, width_key: str) -> int:
        """Read the number of heads.

        Parameters
        ----------
        key : str
            Its key.
        width_key : str
            The key of the width, which the heads share.

        Returns
        -------
        int
            h.

        Raises
        ------
        InputError
            If it does not divide the width.
        """
        heads, width = self.size(key), self.size(width_key)
        if width % heads:
            raise InputError(f"{key}={heads}, {width_key}={width}", "the heads do not divide the hidden size", INTACT)
        return heads


def known_activation(key: str, name: object) -> Activation:
    """Translate the name of an activation.

    Parameters
    ----------
    key : str
        Where it stands, for the error.
    name : object
        Its name in ``transformers``.

    Returns
    -------
    str
        Its name in `Configuration`.

    Raises
    ------
    InputError
        If it is unknown.
    """
    if not isinstance(name, str) or name not in ACTIVATIONS:
        known = ", ".join(ACTIVATIONS)
        raise InputError(f"{key}={shown(name)}", "this activation is unknown here", f"use a model with one of {known}")
    return ACTIVATIONS[name]
