"""MODEL and TEXT of the command line: a folder, an installed package, a name on the hub or an example, and what it reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sattheory.errors import InputError

if TYPE_CHECKING:
    from sattheory import checkpoints
    from sattheory.network import Transformer

Model = Annotated[
    str,
    typer.Argument(
        help="Folder of a trained model, installed package that carries one, hf://NAME[@REVISION], or example:NAME.",
        metavar="MODEL",
    ),
]
Text = Annotated[str | None, typer.Argument(help="A sentence; for an example, leave it out.", metavar="[TEXT]")]
TokenNumbers = Annotated[str | None, typer.Option("--tokens", help="Token numbers in place of a sentence, such as '0 3 1'.")]
Terms = Annotated[int, typer.Option(min=1, max=48, help="Coefficients of the series to start with.")]


def open_model(name: str) -> checkpoints.Model:
    """Read the model that MODEL names.

    Parameters
    ----------
    name : str
        A folder, an installed package that carries a model, or ``hf://NAME[@REVISION]``.

    Returns
    -------
    Model
        The model.

    Raises
    ------
    InputError
        For an empty name, and what cannot be read.
    """
    from sattheory.checkpoints import find_package_model, read

    if not name.strip():
        raise InputError(
            f"MODEL {name!r}", "it names nothing", "give the folder of a model, a package, hf://NAME or example:NAME"
        )
    if name.startswith("hf://") or Path(name).exists() or not name.replace("-", "_").isidentifier():
        return read(name)
    return read(find_package_model(name.replace("-", "_")))


def model_and_tokens(model: str, text: str | None, tokens: str | None) -> tuple[Transformer, list[int], list[str]]:
    """Read MODEL and its input.

    Parameters
    ----------
    model : str
        As in `open_model`, or ``example:NAME``.
    text, tokens : str, optional
        A sentence or token numbers.

    Returns
    -------
    tuple of Transformer, list of int and list of str
        The network, token numbers, and what to call the tokens.

    Raises
    ------
    InputError
        For a model that cannot be read, and an input that is none.
    """
    if text is not None and tokens is not None:
        raise InputError("a sentence and --tokens", "they say the same thing twice", "give one of them")
    if model.startswith("example:"):
        return _example(model.removeprefix("example:"), text, tokens)
    found = open_model(model)
    numbers = _numbers(tokens) if tokens is not None else _encoded(found.vocabulary, _given(text), model)
    return found.network, numbers, _names(found.vocabulary, numbers)


def _encoded(words: checkpoints.Vocabulary | None, text: str, model: str) -> list[int]:
    if words is None:
        raise InputError(f"MODEL {model}", "it has no vocabulary that could be read", "give --tokens '0 3 1'")
    return words.encode(text)


def _names(words: checkpoints.Vocabulary | None, numbers: list[int]) -> list[str]:
    known = words is not None and all(0 <= i < len(words) for i in numbers)
    return words.names(numbers) if words is not None and known else [str(i) for i in numbers]


def _given(text: str | None) -> str:
    if text is None or not text.strip():
        raise InputError("no text", "the network needs an input", "give a sentence, or --tokens '0 3 1'")
    return text


def _numbers(tokens: str) -> list[int]:
    if not tokens.strip():
        raise InputError(f"--tokens {tokens!r}", "the network needs an input", "write token numbers as '0 3 1'")
    try:
        return [int(part) for part in tokens.replace(",", " ").split()]
    except ValueError:
        raise InputError(f"--tokens {tokens!r}", "tokens are whole numbers", "write them as '0 3 1'") from None


def _example(name: str, text: str | None, tokens: str | None) -> tuple[Transformer, list[int], list[str]]:
    from sattheory.network.examples import EXAMPLES

    if name not in EXAMPLES:
        raise InputError(f"example:{name}", "no such example", "choose from " + ", ".join(EXAMPLES))
    if text is not None:
        raise InputError(f"text={text!r}", "examples have no words", "leave it out, or give --tokens '0 1'")
    numbers = list(EXAMPLES[name].tokens) if tokens is None else _numbers(tokens)
    return EXAMPLES[name].network, numbers, [str(i) for i in numbers]
