"""A model measured on many sentences, beside a randomly initialised twin: the paper's figures 2 and 3 for any model.

    >>> import sattheory as st
    >>> from sattheory.measure import measure
    >>> net, twin = (st.Transformer.random(layers=2, width=8, heads=2, placement="post", seed=seed) for seed in (0, 1))
    >>> found = measure(net, [[0, 3, 1], [5, 2, 2, 7]], twin=twin)
    >>> found.trained.mean("limit").shape
    (3,)

A layer's number is the mean over the positions of a sentence, then over the sentences: each sentence counts the same, however
long it is, and its standard error takes the sentences for independent draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sattheory.measure.heads import HeadCounts, total
from sattheory.measure.labels import Head, Thresholds, classify
from sattheory.measure.networks import TRAINED, TWIN
from sattheory.measure.observation import Observation, Settings
from sattheory.measure.sentences import Sentence

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[Any]
QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True, eq=False)
class Measured:
    """One network on all sentences.

    Parameters
    ----------
    gaps : mapping of str to ndarray, shape (N, R)
        1 − cosine of each sentence at each row (embedding, layers, final norm), for each of `cosines.QUANTITIES`; nan where
        undecided.
    heads : HeadCounts
        Heads, summed over sentences.
    undecided : tuple of str
        For each sentence the reason why its limit is undecided; empty where it is decided.
    """

    gaps: Mapping[str, Array]
    heads: HeadCounts = field(repr=False)
    undecided: tuple[str, ...] = ()

    @classmethod
    def of(cls, observations: Sequence[Observation]) -> Measured:
        """Put observations together, in the order of the sentences.

        Parameters
        ----------
        observations : sequence of Observation
            One a sentence.

        Returns
        -------
        Measured
            All of them.
        """
        gaps = {name: np.stack([o.gaps[name] for o in observations]) for name in observations[0].gaps}
        return cls(gaps, total(o.heads for o in observations), tuple(o.undecided for o in observations))

    def count(self, quantity: str) -> Array:
        """Count the sentences that a mean is taken over.

        Parameters
        ----------
        quantity : str
            One of `cosines.QUANTITIES`.

        Returns
        -------
        ndarray of int, shape (R,)
            n at each layer.
        """
        return np.array([column.size for column in self._decided(quantity)])

    def gap(self, quantity: str) -> Array:
        """Average 1 − cosine.

        Parameters
        ----------
        quantity : str
            One of `cosines.QUANTITIES`.

        Returns
        -------
        ndarray, shape (R,)
            Mean over sentences at each layer; nan where no sentence was decided.
        """
        return np.array([column.mean() if column.size else np.nan for column in self._decided(quantity)])

    def mean(self, quantity: str) -> Array:
        """Average the cosine.

        Parameters
        ----------
        quantity : str
            One of `cosines.QUANTITIES`.

        Returns
        -------
        ndarray, shape (R,)
            Mean over sentences at each layer; nan where no sentence was decided.
        """
        return np.asarray(1 - self.gap(quantity))

    def standard_error(self, quantity: str) -> Array:
        """Estimate the standard error of the mean, sentences taken for independent draws.

        Parameters
        ----------
        quantity : str
            One of `cosines.QUANTITIES`.

        Returns
        -------
        ndarray, shape (R,)
            Standard deviation over √n; nan for fewer than two sentences.
        """
        columns = self._decided(quantity)
        return np.array([c.std(ddof=1) / np.sqrt(c.size) if c.size > 1 else np.nan for c in columns])

    def quantiles(self, quantity: str, levels: Sequence[float] = QUANTILES) -> Array:
        """Find quantiles of the sentences' cosines.

        Parameters
        ----------
        quantity : str
            One of `cosines.QUANTITIES`.
        levels : sequence of float
            Which, between 0 and 1.

        Returns
        -------
        ndarray, shape (Q, R)
            Quantiles at each layer; nan where no sentence was decided.
        """
        columns = self._decided(quantity)
        found = [np.quantile(1 - c, levels) if c.size else np.full(len(levels), np.nan) for c in columns]
        return np.transpose(found)

    def _decided(self, quantity: str) -> list[Array]:
        """Take the sentences whose limit is decided at a layer, for every quantity the same, so that columns compare."""
        pairs = zip(self.gaps[quantity].T, self.gaps["limit"].T, strict=True)
        return [column[np.isfinite(column) & np.isfinite(limit)] for column, limit in pairs]


@dataclass(frozen=True, eq=False)
class Measurement:
    """A model and its twin on some sentences.

    Parameters
    ----------
    name : str
        What the model is called.
    sentences : tuple of Sentence
        What it read.
    networks : mapping of str to Measured
        ``trained``, and ``twin`` where there is one.
    thresholds : Thresholds
        From where on a head gets a label.
    settings : Settings
        How it was measured.
    architecture : str
        What the model is; empty for a network made by hand.
    seed : int, optional
        Seed of the twin; None where it was given.
    final_norm : bool
        Whether the last row is the output after a final norm.
    """

    name: str
    sentences: tuple[Sentence, ...] = field(repr=False)
    networks: Mapping[str, Measured]
    thresholds: Thresholds = field(default_factory=Thresholds)
    settings: Settings = field(default_factory=Settings)
    architecture: str = ""
    seed: int | None = None
    final_norm: bool = False

    @property
    def trained(self) -> Measured:
        """The model.

        Returns
        -------
        Measured
            What was measured on it.
        """
        return self.networks[TRAINED]

    @property
    def twin(self) -> Measured | None:
        """The randomly initialised network of the same shape.

        Returns
        -------
        Measured or None
            What was measured on it; None without one.
        """
        return self.networks.get(TWIN)

    @property
    def layers(self) -> int:
        """Number of layers.

        Returns
        -------
        int
            L, without the embedding.
        """
        return int(self.trained.gaps["limit"].shape[1]) - 1 - self.final_norm

    @property
    def rows(self) -> tuple[str, ...]:
        """Names of what the cosines belong to.

        Returns
        -------
        tuple of str
            ``embedding``, the layers from 1, and ``final norm`` where there is one.
        """
        layers = (str(layer) for layer in range(1, self.layers + 1))
        return ("embedding", *layers, *(["final norm"] if self.final_norm else []))

    @property
    def quantities(self) -> tuple[str, ...]:
        """Names of the cosines that were measured.

        Returns
        -------
        tuple of str
            Keys of `cosines.QUANTITIES`.
        """
        return tuple(self.trained.gaps)

    def heads(self, which: str = TRAINED) -> tuple[Head, ...]:
        """Label the heads.

        Parameters
        ----------
        which : {"trained", "twin"}
            Of which network.

        Returns
        -------
        tuple of Head
            Layer by layer.
        """
        return tuple(classify(self.networks[which].heads, self.thresholds))

    def plot_cosines(self) -> Figure:
        """Draw figure 2: the cosine at each layer, the model beside its twin.

        Returns
        -------
        matplotlib.figure.Figure
            The figure.
        """
        from sattheory.figures.f2 import draw_measurement

        return draw_measurement(self)

    def plot_heads(self, which: str = TRAINED) -> Figure:
        """Draw figure 3: how many positions the heads attend to, and what they are.

        Parameters
        ----------
        which : {"trained", "twin"}
            Of which network.

        Returns
        -------
        matplotlib.figure.Figure
            The figure.
        """
        from sattheory.figures.f3 import draw_heads

        return draw_heads(self.heads(which))

    def to_dict(self) -> dict[str, Any]:
        """Put the measurement into plain values, as the command line's ``--json`` prints them.

        Returns
        -------
        dict
            Lists, numbers and strings; nan where there is no number.
        """
        from sattheory.measure.tables import as_dict

        return as_dict(self)

    def __repr__(self) -> str:
        last = ", ".join(f"{which} {m.mean('limit')[-1]:.3f}" for which, m in self.networks.items())
        return f"Measurement({self.name!r}, sentences={len(self.sentences)}, layers={self.layers}, cosine at the last: {last})"

    def _repr_html_(self) -> str:
        from sattheory.measure.tables import as_html

        return as_html(self)
