"""A series made by a formula, for figures and examples: growth as the paper's misaligned dynamics have it.

At each step every layer moves by δ_t of length aη_t‖θ_t‖ with η_t = 1/√t, in a random direction whose cosine with θ_t is κ/√t.
The norm then grows like t^(a²/2 + aκ): a square root for a = 1, κ = 0; faster in the later layers here, whose a is larger.
Nothing is trained, and nothing is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sattheory.growth.groups import Selection, grouped, measured
from sattheory.growth.growth import Growth
from sattheory.growth.scanning import sums

Array = NDArray[np.float64]
SPEEDS = (0.85, 0.95, 1.05, 1.15)
LEANING = 0.1
SHAPE = (12, 16)
MAPS = ("attention.query.weight", "attention.value.weight", "inner.weight", "outer.weight")


@dataclass(frozen=True)
class Kept:
    """What is known of a tensor in memory.

    Parameters
    ----------
    shape : tuple of int
        Its shape.
    dtype : str
        Its type.
    """

    shape: tuple[int, ...]
    dtype: str = "F64"


@dataclass(frozen=True, eq=False)
class InMemory:
    """A checkpoint that lies in no file.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        Its tensors.
    """

    arrays: Mapping[str, Array]

    @property
    def entries(self) -> Mapping[str, Kept]:
        """Say what it holds.

        Returns
        -------
        mapping
            A description for each name.
        """
        return {name: Kept(array.shape) for name, array in self.arrays.items()}

    def parts(self, name: str, elements: int, rooms: Iterator[Array] | None = None) -> Iterator[Array]:
        """Give one tensor in parts.

        Parameters
        ----------
        name : str
            Its name.
        elements : int
            The most elements of a part.
        rooms : iterator of ndarray, optional
            Not needed: what is in memory is not read.

        Yields
        ------
        ndarray
            Its values, flat.
        """
        flat = self.arrays[name].reshape(-1)
        for start in range(0, flat.size, elements):
            yield flat[start : start + elements]


def example(seed: int = 0, last: int = 1600, checkpoints: int = 41) -> Growth:
    """Make the series and measure it.

    Parameters
    ----------
    seed : int
        Seed of the directions.
    last : int
        The last step.
    checkpoints : int
        How many there are, at steps like squares.

    Returns
    -------
    Growth
        Norms and directions of four layers.
    """
    wanted = sorted({max(1, round(root**2)) for root in np.linspace(1, last**0.5, checkpoints)})
    taken = {step: InMemory(arrays) for step, arrays in _run(np.random.default_rng(seed), last) if step in set(wanted)}
    sources = [taken[step] for step in wanted]
    names = sorted(sources[0].arrays)
    tensors = measured(names, [SHAPE] * len(names), sums(sources, names))
    steps, labels = np.array(wanted, dtype=float), tuple(f"step_{step}" for step in wanted)
    return Growth(labels, steps, grouped(tensors, Selection()), repeated=(), findings=())


def _run(rng: np.random.Generator, last: int) -> Iterator[tuple[int, dict[str, Array]]]:
    layers = [_unit(rng.standard_normal((len(MAPS), *SHAPE))) for _ in SPEEDS]
    for t in range(1, last + 1):
        yield t, {f"layers.{i}.{name}": layer[j].copy() for i, layer in enumerate(layers) for j, name in enumerate(MAPS)}
        layers = [theta + _step(rng, theta, speed, t) for theta, speed in zip(layers, SPEEDS, strict=True)]


def _step(rng: np.random.Generator, theta: Array, speed: float, t: int) -> Array:
    along = _unit(theta)
    across = rng.standard_normal(theta.shape)
    across = _unit(across - np.sum(across * along) * along)
    cosine = LEANING / np.sqrt(t)
    return np.asarray(speed / np.sqrt(t) * np.linalg.norm(theta) * (cosine * along + np.sqrt(1 - cosine**2) * across))


def _unit(array: Array) -> Array:
    return np.asarray(array / np.linalg.norm(array))
