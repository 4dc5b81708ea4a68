"""How the parameters of a model grew: what `scan` finds out about a series, in one frozen object."""

from __future__ import annotations

import csv
import html
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sattheory.errors import InputError
from sattheory.growth.curves import QUANTITIES, Curves, plain
from sattheory.growth.fits import Fit, fit_laws
from sattheory.growth.groups import Groups, Selection
from sattheory.growth.series import Finding
from sattheory.growth.shrinking import decays_alike, shrinks_without_turning, spans
from sattheory.growth.wording import CAUTION, verdict

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[Any]


@dataclass(frozen=True)
class Decay:
    """Pure decay: what AdamW does to a parameter whose gradient vanishes.

    Parameters
    ----------
    rate : float
        Learning rate η.
    weight_decay : float
        Weight decay λ.
    """

    rate: float
    weight_decay: float

    def __post_init__(self) -> None:
        if not 0 < self.rate * self.weight_decay < 1:
            given = f"lr={self.rate:g}, weight_decay={self.weight_decay:g}"
            raise InputError(given, "decay multiplies by 1 − ηλ, which must lie between 0 and 1", "give η and λ with 0 < ηλ < 1")

    def ratios(self, steps: Array) -> Array:
        """Compute what decay alone makes of the norm between checkpoints.

        Parameters
        ----------
        steps : ndarray, shape (T,)
            Steps.

        Returns
        -------
        ndarray, shape (T − 1,)
            (1 − ηλ)^(t' − t).
        """
        return np.exp(self.logarithms(steps))

    def logarithms(self, steps: Array) -> Array:
        """Compute the logarithms of these ratios.

        Parameters
        ----------
        steps : ndarray, shape (T,)
            Steps.

        Returns
        -------
        ndarray, shape (T − 1,)
            (t' − t)·ln(1 − ηλ).
        """
        return np.asarray(np.diff(steps) * math.log1p(-self.rate * self.weight_decay))


@dataclass(frozen=True, eq=False)
class Growth:
    """A series of T checkpoints, measured (paper, figures 1 and 5).

    Parameters
    ----------
    names : tuple of str
        The checkpoints, in the order of their steps.
    steps : ndarray, shape (T,)
        Their steps.
    groups : Groups
        Norm, direction, step size and alignment of the whole, each layer and each kind of tensor.
    repeated : tuple of int
        Positions of members that repeat an earlier one; the fits leave them out.
    findings : tuple of Finding
        What is odd about the series.
    selection : Selection
        Which tensors count.
    decay : Decay, optional
        Pure decay to hold the ratios against.
    """

    names: tuple[str, ...]
    steps: Array
    groups: Groups = field(repr=False)
    repeated: tuple[int, ...]
    findings: tuple[Finding, ...]
    selection: Selection = field(default_factory=Selection)
    decay: Decay | None = None

    @property
    def whole(self) -> Curves:
        """The curves of everything that counts.

        Returns
        -------
        Curves
            Norm, direction, step size, alignment.
        """
        return self.groups.whole

    @property
    def fitted(self) -> Array:
        """Which checkpoints the laws are fitted to.

        Returns
        -------
        ndarray of bool, shape (T,)
            False for those that repeat another.
        """
        kept = np.ones(len(self.steps), dtype=bool)
        kept[list(self.repeated)] = False
        return kept

    @cached_property
    def fits(self) -> tuple[Fit, ...]:
        """The laws, fitted to the norm of the whole.

        Returns
        -------
        tuple of Fit
            Best first; empty for one checkpoint.
        """
        return self.fit(self.whole)

    def fit(self, curves: Curves) -> tuple[Fit, ...]:
        """Fit the laws to one group.

        Parameters
        ----------
        curves : Curves
            Such as one of ``groups.layers``.

        Returns
        -------
        tuple of Fit
            Best first; empty for one checkpoint.
        """
        kept = self.fitted
        return fit_laws(self.steps[kept], curves.norm[kept]) if kept.sum() > 1 else ()

    @property
    def verdict(self) -> str:
        """What can be said of the norm.

        Returns
        -------
        str
            Whether it grows or falls, which law fits best, and where it falls as under weight decay alone.
        """
        return verdict(self)

    def to_dict(self) -> dict[str, Any]:
        """Put everything into plain values.

        Returns
        -------
        dict
            Numbers, strings and lists.
        """
        return {
            "checkpoints": [{"name": name, "step": float(step)} for name, step in zip(self.names, self.steps, strict=True)],
            "counted": str(self.selection),
            "whole": self.whole.to_dict(),
            "everything": self.groups.everything.to_dict(),
            "layers": [curves.to_dict() for curves in self.groups.layers],
            "kinds": [curves.to_dict() for curves in self.groups.kinds],
            "fits": [fit.to_dict() for fit in self.fits],
            "left_out_of_fits": [self.names[i] for i in self.repeated],
            "shrinks_without_turning": spans(self.steps, shrinks_without_turning(self.whole)),
            "pure_decay": self._pure_decay(),
            "verdict": self.verdict,
            "caution": CAUTION,
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def _pure_decay(self) -> dict[str, Any] | None:
        if self.decay is None:
            return None
        alone = self.decay.ratios(self.steps)
        agrees = spans(self.steps, decays_alike(self.whole.ratio, self.decay.logarithms(self.steps)))
        said = {"lr": self.decay.rate, "weight_decay": self.decay.weight_decay, "ratios": [plain(value) for value in alone]}
        return {**said, "agrees": agrees}

    def rows(self) -> list[tuple[float, str, str, str, float]]:
        """List every number in long form.

        Returns
        -------
        list of tuple
            Step, checkpoint, group, quantity, value; what belongs to two neighbours stands at the earlier one.
        """
        found = []
        for curves in (self.whole, self.groups.everything, *self.groups.layers, *self.groups.kinds):
            for quantity in QUANTITIES:
                for step, name, value in zip(self.steps, self.names, getattr(curves, quantity), strict=False):
                    found.append((float(step), name, curves.name, quantity, float(value)))
        return found

    def to_csv(self) -> str:
        """Write every number as comma-separated values.

        Returns
        -------
        str
            A header and one line a row of `rows`; a value that does not exist is empty.
        """
        lines = io.StringIO()
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(["step", "checkpoint", "group", "quantity", "value"])
        for step, name, group, quantity, value in self.rows():
            writer.writerow([f"{step:.17g}", name, group, quantity, repr(value) if math.isfinite(value) else ""])
        return lines.getvalue()

    def plot_norms(self) -> Figure:
        """Draw norms with their fits, and cosines (figure 1).

        Returns
        -------
        matplotlib.figure.Figure
            One column wide.
        """
        from sattheory.figures.f1 import draw_norms

        return draw_norms(self)

    def plot_steps(self) -> Figure:
        """Draw alignment and step size (figure 5).

        Returns
        -------
        matplotlib.figure.Figure
            One column wide.
        """
        from sattheory.figures.f5 import draw_steps

        return draw_steps(self)

    def __repr__(self) -> str:
        return f"Growth({len(self.names)} checkpoints, {self.whole.parameters} parameters in {self.selection}: {self.verdict})"

    def _repr_html_(self) -> str:
        head = "<tr><th>step</th><th>‖θ‖</th><th>cos(θ_t, θ_t+1)</th><th>‖δ‖</th><th>cos(δ, θ)</th></tr>"
        body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in self._cells())
        said = "".join(f"<li>{html.escape(finding.says)}</li>" for finding in self.findings)
        notes = f"<ul>{said}</ul>" if said else ""
        return f"<p>{html.escape(self.verdict)}</p><table><thead>{head}</thead><tbody>{body}</tbody></table>{notes}"

    def _cells(self) -> list[list[str]]:
        whole = self.whole
        columns: tuple[Mapping[int, float], ...] = tuple(
            dict(enumerate(values))
            for values in (self.steps, whole.norm, 1 - whole.successor_gap, whole.step_size, whole.alignment)
        )
        return [[f"{column[i]:.6g}" if i in column else "" for column in columns] for i in range(len(self.names))]
