"""When each checkpoint was taken: a number from an option, from what the file says of itself, or from its name.

Metadata of a safetensors file may state ``step`` or ``global_step``, and the trainer of Hugging Face writes
``trainer_state.json`` beside the weights.  Failing that, names carry numbers: ``step_0100``, ``checkpoint-500``,
``epoch=3-step=1200``, ``step_500k``.  One source serves the whole series, the first that knows every member, so that epochs are
never mixed with steps.  The order of the steps is the order of the series; where the order of the names, or of the arguments,
is another one, that is a finding.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sattheory.checkpoints.containers.documents import read_object
from sattheory.errors import InputError
from sattheory.growth.places import Place

KEYS = ("step", "global_step")
STATE = "trainer_state.json"
WORDS = (r"(?:global_?)?steps?", r"iter(?:ation)?s?", r"check-?point|ckpt", r"epochs?")
NUMBER = r"(\d+(?:\.\d+(?![\d.-]))?(?:(?:e\+?\d+|[kmb])(?![a-z0-9]))?)"  # 500, 0.5, 1e3, 500k
NUMBERED = tuple(re.compile(rf"(?:^|[^a-z])(?:{word})[-_= ]?{NUMBER}", re.IGNORECASE) for word in WORDS)
ANY_NUMBER = re.compile(r"(?:(?:\d+\.){2,})?" + NUMBER, re.IGNORECASE)  # of 1.2.3, the 3
TIMES = {"k": 1e3, "m": 1e6, "b": 1e9}
ENDING = re.compile(r"\.(safetensors(\.index\.json)?|npz)$", re.IGNORECASE)
LARGEST = 1e30


@dataclass(frozen=True)
class Steps:
    """The steps of a series.

    Parameters
    ----------
    values : tuple of float
        One a checkpoint.
    source : str
        Where they come from.
    """

    values: tuple[float, ...]
    source: str


def parse_steps(text: str) -> tuple[float, ...]:
    """Read steps as they are written on the command line.

    Parameters
    ----------
    text : str
        Numbers with commas or spaces between them.

    Returns
    -------
    tuple of float
        The steps.

    Raises
    ------
    InputError
        If one is no number.
    """
    try:
        return tuple(float(part) for part in text.replace(",", " ").split())
    except ValueError:
        raise InputError(f"--steps {text!r}", "steps are numbers", "write them as 0,100,200") from None


def steps_of(
    places: Sequence[Place],
    metadata: Sequence[Mapping[str, str]],
    given: Sequence[float] | None = None,
    pattern: str | None = None,
) -> Steps:
    """Find the step of every checkpoint.

    Parameters
    ----------
    places : sequence of Place, length T
        The checkpoints.
    metadata : sequence of mapping, length T
        What each states of itself.
    given : sequence of float, optional
        The steps, in the order of the places.
    pattern : str, optional
        Regular expression whose first group (or whole match) in the name is the step.

    Returns
    -------
    Steps
        Positions 0, 1, 2 … where nothing is known of some.

    Raises
    ------
    InputError
        If the number of steps is wrong, one is negative or not finite, or the pattern does not fit.
    """
    if given is not None and pattern is not None:
        raise InputError("steps and a pattern", "both say what the steps are", "give one of them")
    if given is not None:
        return Steps(_checked(given, len(places)), "given")
    if pattern is not None:
        return Steps(_checked(_by_pattern(places, pattern), len(places)), "pattern")
    stated = [_stated(place, said) for place, said in zip(places, metadata, strict=True)]
    for values, source in ((stated, "metadata"), (_named(places), "names")):
        known = [value for value in values if value is not None]
        if known and len(known) == len(places):
            return Steps(tuple(known), source)
    return Steps(tuple(float(i) for i in range(len(places))), "positions")


def contradictions(places: Sequence[Place], steps: Steps) -> list[tuple[str, float, float]]:
    """List the members whose name states another step than they state themselves.

    Parameters
    ----------
    places : sequence of Place
        The checkpoints.
    steps : Steps
        Their steps.

    Returns
    -------
    list of tuple
        Name, step by its name, step that counts; empty unless names are numbered as steps are.
    """
    named = _named(places)
    pairs = [(place.name, name, step) for place, name, step in zip(places, named, steps.values, strict=True) if name is not None]
    different = [pair for pair in pairs if pair[1] != pair[2]]
    return different if steps.source == "metadata" and 2 * len(different) < len(pairs) else []


def out_of_order(values: Sequence[float]) -> list[int]:
    """Choose the fewest members without which the rest never fall.

    Parameters
    ----------
    values : sequence of float
        Steps in the order of arguments or names.

    Returns
    -------
    list of int
        Positions, rising; empty if the values never fall.
    """
    tails: list[float] = []
    chains: list[int] = []
    for value in values:
        at = bisect_right(tails, value)
        tails[at : at + 1] = [value]
        chains.append(at)
    wanted, kept = len(tails) - 1, set()
    bound = math.inf
    for i in reversed(range(len(values))):
        if chains[i] == wanted and values[i] <= bound:
            kept.add(i)
            wanted, bound = wanted - 1, values[i]
    return [i for i in range(len(values)) if i not in kept]


def _checked(values: Sequence[float], count: int) -> tuple[float, ...]:
    if len(values) != count:
        raise InputError(f"{len(values)} steps", f"there are {count} checkpoints", "give one step for each, in their order")
    for value in values:
        if not 0 <= value <= LARGEST:
            raise InputError(f"step={value:g}", "a step is neither negative nor without end", "give numbers from 0 on")
    return tuple(float(value) for value in values)


def _by_pattern(places: Sequence[Place], pattern: str) -> list[float]:
    given = f"step_pattern={pattern!r}"
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise InputError(given, f"it is no regular expression ({error})", r"write one such as step_(\d+)") from error
    found = []
    for place in places:
        match = compiled.search(place.name)
        text = None if match is None else next((group for group in match.groups() if group), match[0])
        value = None if text is None else _number(text)
        if value is None:
            raise InputError(given, f"it finds no number in {place.name!r}", r"write one such as step_(\d+)")
        found.append(value)
    return found


def _stated(place: Place, metadata: Mapping[str, str]) -> float | None:
    found = next((_number(metadata[key]) for key in KEYS if key in metadata), None)
    if found is None and place.path.is_dir() and (place.path / STATE).is_file():
        try:
            found = _number(str(read_object(place.path / STATE, "").get("global_step")))
        except InputError:
            return None
    return found


def _named(places: Sequence[Place]) -> list[float | None]:
    """Read the number after the same word in every name, or else the last number of each."""
    names = [ENDING.sub("", place.name) for place in places]
    for pattern in NUMBERED:
        matches = [match for name in names if (match := pattern.search(name))]
        if len(matches) == len(names):
            return [_number(match[1]) for match in matches]
    return [_number(found[-1]) if (found := ANY_NUMBER.findall(name)) else None for name in names]


def _number(text: str) -> float | None:
    """Read a number, with k, M or B for thousands, millions or billions; None for what is none."""
    factor = TIMES.get(text[-1:].lower(), 1.0)
    try:
        value = float(text[:-1] if factor > 1 else text) * factor
    except ValueError:
        return None
    return value if 0 <= value <= LARGEST else None
