"""Where the networks to measure come from, so that a worker process can get at them.

A trained model is far larger than a sentence.  What travels to a worker is therefore the name of its folder; the worker reads it
once and keeps it.  Networks that exist in memory only (an example, or one made in a notebook) travel whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sattheory.network.transformer import Transformer

if TYPE_CHECKING:
    from sattheory.checkpoints import Model

TRAINED, TWIN = "trained", "twin"


class Source(Protocol):
    """What gives the network of a name."""

    def network(self, which: str) -> Transformer:
        """Get the trained network, or its twin."""
        ...


@dataclass(frozen=True)
class InMemory:
    """Networks that are here already.

    Parameters
    ----------
    networks : mapping of str to Transformer
        By name.
    """

    networks: Mapping[str, Transformer] = field(repr=False)

    def network(self, which: str) -> Transformer:
        """Get a network.

        Parameters
        ----------
        which : {"trained", "twin"}
            Its name.

        Returns
        -------
        Transformer
            The network.
        """
        return self.networks[which]


@dataclass(frozen=True)
class InFolder:
    """A model's folder, read when it is needed.

    Parameters
    ----------
    folder : str
        The folder; every worker must see it under this name.
    seed : int
        Seed of the twin.
    stamp : tuple
        What the files looked like when this was made: a worker that outlives a change reads again.
    """

    folder: str
    seed: int = 0
    stamp: tuple[tuple[str, int, int], ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, folder: Path, seed: int = 0) -> InFolder:
        """Point at a folder as it is now.

        Parameters
        ----------
        folder : Path
            The folder.
        seed : int
            Seed of the twin.

        Returns
        -------
        InFolder
            The source.
        """
        files = sorted(path for path in folder.iterdir() if path.is_file())
        stamp = tuple((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files)
        return cls(str(folder.absolute()), seed, stamp)

    def network(self, which: str) -> Transformer:
        """Read a network, or take the one that was read before.

        Parameters
        ----------
        which : {"trained", "twin"}
            Its name.

        Returns
        -------
        Transformer
            The network.
        """
        return _network(self, which)


@lru_cache(maxsize=1)
def _model(source: InFolder) -> Model:
    from sattheory.checkpoints import read

    return read(source.folder)


@lru_cache(maxsize=2)
def _network(source: InFolder, which: str) -> Transformer:
    model = _model(source)
    return model.network if which == TRAINED else model.twin(source.seed)
