"""A certificate: what is true of one network on one input at *every* scale c ≥ c₀.

    |c^(−k) f(x; cθ) − s| ≤ B(c) = rad s + Σ_{0<j<J} |a_j| c^(−j) + |R| c^(−M) + F exp(−g (c^q − c₀^q)),     entry by entry,

with s, the further coefficients a_j and the remainder R enclosed by balls and F a number: an algebraic part and an
exponential one.  With it come the attention pattern that holds from c₀ on and whatever had to be assumed.  A certificate can
be saved, and is then checked again by `proofs/recheck_certificate.py`, which does not use this package.

    >>> import sattheory as st
    >>> net = st.EXAMPLES["tie-value-bias"].network
    >>> certificate = st.certify(net, [0, 1])
    >>> certificate.holds, certificate.degree, bool(certificate.bound(100) < 0.05)
    (True, 1, True)
"""

from __future__ import annotations

import html
import math
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from sattheory.arithmetic.enclosures import above, ball, below, each, magnitudes, midpoints, zeros
from sattheory.arithmetic.models import Equality, Maybe, Model
from sattheory.arithmetic.operations import Place, Undecided
from sattheory.arithmetic.scales import Scale, exact_scale
from sattheory.errors import InputError
from sattheory.network.tokens import Tokens
from sattheory.network.transformer import Transformer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sattheory.asymptotics.saturation import Saturation

Array = NDArray[Any]
TINY = 1e-300  # below, floats lose digits


@dataclass(frozen=True, eq=False)
class Pattern:
    """Who wins in one attention block, from c₀ on.

    Parameters
    ----------
    place : Place
        Which block.
    winners : ndarray of bool, shape (…, h, n, m)
        Keys that keep a weight.
    lost : float
        All other keys of a query together have at most this weight, at c₀ and everywhere beyond.
    weights : ndarray or None
        Limit weights, balls or closed forms; None in a certificate that was read from a file.
    """

    place: Place
    winners: NDArray[np.bool_]
    lost: float
    weights: Array | None = None


@dataclass(frozen=True, eq=False)
class Certificate:
    """A statement about a network on one input for every c ≥ c₀.

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : Tokens
        The input.
    c0 : Fraction
        Where the statement begins.
    output : Model
        c^k [Σ a_j ε^j + ε^M R + φ F], with factor 1.
    patterns : tuple of Pattern
        Attention, block by block.
    equalities : tuple of Equality
        Coefficients and differences that were taken for zero, exactly or to so many digits.
    terms, bits : int
        N and the precision of the balls.
    closed : bool
        Whether the coefficients are closed forms.
    memory : ndarray, optional
        What cross-attention attended to.
    smaller : str
        Why the search did not find a smaller c₀; empty if c₀ was given.
    """

    network: Transformer = field(repr=False)
    tokens: Tokens
    c0: Fraction
    output: Model = field(repr=False)
    patterns: tuple[Pattern, ...] = field(repr=False)
    equalities: tuple[Equality, ...] = field(repr=False)
    terms: int
    bits: int
    closed: bool = False
    memory: Array | None = field(default=None, repr=False)
    smaller: str = ""
    holds = True

    @property
    def degree(self) -> int:
        """Name k, the power of c that the output grows with.

        Returns
        -------
        int
            The degree of the output.
        """
        return self.output.degree

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the output.

        Returns
        -------
        tuple of int
            (…, n, d) or (…, n, classes).
        """
        return self.output.shape

    @cached_property
    def coefficients(self) -> tuple[Array, ...]:
        """Enclosures of a_0, a_1, … .

        Returns
        -------
        tuple of ndarray of arb
            At least one.
        """
        given = self.output.terms or (None,)
        with ctx.workprec(self.bits):
            return tuple(zeros(self.shape) if a is None else _enclosed(a) for a in given)

    @property
    def symbol(self) -> NDArray[np.float64]:
        """Round s = lim c^(−k) f(x; cθ) to floats.

        Returns
        -------
        ndarray
            The limit.
        """
        return midpoints(self.coefficients[0])

    @property
    def radius(self) -> float:
        """How far the midpoints of s may be from the limit.

        Returns
        -------
        float
            The largest radius.
        """
        return max((above(v.rad()) for v in self.coefficients[0].ravel()), default=0.0)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the certificate rests on beside arithmetic.

        Returns
        -------
        tuple of str
            One sentence for each equality that was assumed; empty if none was.
        """
        return tuple(said(e) for e in self.equalities if e.digits is not None)

    @property
    def order(self) -> int | None:
        """p, the first power of 1/c at which the output differs from the limit.

        Returns
        -------
        int or None
            None if nothing algebraic is left out: the rate is exponential, or the limit exact.
        """
        for j in range(1, len(self.coefficients)):
            if any(not v.contains(0) for v in self.coefficients[j].ravel()):
                return j
        return self.output.order

    def bounds(self, c: Scale) -> tuple[Array, Array]:
        """Bound ``|c^(−k) f − s|`` in each entry, s anywhere in its enclosure: the algebraic and the exponential part of B(c).

        Parameters
        ----------
        c : number
            A scale, at least c₀.

        Returns
        -------
        tuple of ndarray of arb
            Two upper bounds; their sum is B(c).

        Raises
        ------
        InputError
            Below c₀, where nothing is said.
        """
        scale = exact_scale(c, "c")
        if scale < self.c0:
            raise InputError(f"c={c}", f"the certificate begins at c0={scale_text(self.c0)}", "choose a larger scale")
        with ctx.workprec(self.bits):
            epsilon = ball(1 / scale)
            parts = [each(arb.rad, self.coefficients[0])]
            parts += [magnitudes(a) * epsilon**j for j, a in enumerate(self.coefficients) if j]
            if self.output.rest is not None:
                parts.append(magnitudes(self.output.rest) * epsilon**self.output.order)
            return np.asarray(sum(parts[1:], parts[0]), dtype=object), self._flat(scale)

    def _flat(self, scale: Fraction) -> Array:
        flat, decay = self.output.flat, self.output.decay
        if flat is None or decay is None:
            return zeros(self.shape)
        factor = (-decay.gap * ball(scale**decay.power - self.c0**decay.power)).exp()  # a difference of balls would blow up
        return np.asarray(magnitudes(flat) * factor, dtype=object)

    def remainders(self, c: Scale) -> Array:
        """Bound what the series leaves out, ``|c^(−k) f − Σ a_j c^(−j)|``, in each entry, radii of the coefficients included.

        Parameters
        ----------
        c : number
            A scale, at least c₀.

        Returns
        -------
        ndarray of arb
            Upper bounds.
        """
        scale = exact_scale(c, "c")
        flat = self.bounds(scale)[1]
        with ctx.workprec(self.bits):
            epsilon = ball(1 / scale)
            total = sum((each(arb.rad, a) * epsilon**j for j, a in enumerate(self.coefficients)), flat)
            rest = self.output.rest
            return np.asarray(total if rest is None else total + magnitudes(rest) * epsilon**self.output.order, dtype=object)

    def bound(self, c: Scale) -> float:
        """B(c): no entry of c^(−k) f(x; cθ) is further from its limit.

        Parameters
        ----------
        c : number
            A scale, at least c₀.

        Returns
        -------
        float
            The bound, rounded up.
        """
        algebraic, exponential = self.bounds(c)
        return max((above(v) for v in (algebraic + exponential).ravel()), default=0.0)

    @cached_property
    def simple(self) -> tuple[float, int, float, float, int]:
        """A B(c) one can quote: A c^(−p) + F exp(−g (c^q − c₀^q)) for c ≥ c₀.

        Returns
        -------
        tuple
            A, p, F (rounded up), g (rounded down), q; A = 0 or F = 0 when that part is missing.
        """
        open_ = (j for j, a in enumerate(self.coefficients) if j and any(not v.is_zero() for v in a.ravel()))
        p = next(open_, self.output.order or 1)  # not `order`: a coefficient that may be zero may also not be
        flat = self._flat(self.c0)
        with ctx.workprec(self.bits):
            epsilon = ball(1 / self.c0)
            parts = [magnitudes(a) * epsilon ** (j - p) for j, a in enumerate(self.coefficients) if j]
            if self.output.rest is not None:
                parts.append(magnitudes(self.output.rest) * epsilon ** (self.output.order - p))  # type: ignore[operator]
            algebraic = sum(parts, zeros(self.shape))
        decay = self.output.decay
        gap, power = (0.0, 0) if decay is None else (below(decay.gap), decay.power)
        largest = [max((above(v) for v in part.ravel()), default=0.0) for part in (algebraic, flat)]
        return largest[0], p, largest[1], gap, power

    def sentence(self) -> str:
        """State the certificate in one sentence that can be quoted.

        Returns
        -------
        str
            The sentence.
        """
        algebraic, p, flat, gap, power = self.simple
        start = scale_text(self.c0)
        parts = []
        if algebraic:
            parts.append(f"{rounded_up(algebraic)} c^-{p}")
        if flat:
            parts.append(f"{rounded_up(flat)} exp(-{rounded_down(gap)} (c^{power} - {start}^{power}))")
        bound = " + ".join(parts) or "0"
        head = "If " + "; ".join(self.assumptions) + ": for" if self.assumptions else "For"
        scaled = "f(x; cθ)" if self.degree == 0 else f"c^{-self.degree} f(x; cθ)"
        return f"{head} every c ≥ {start}, no entry of {scaled} is further from its limit than {bound}."

    def to_dict(self) -> dict[str, Any]:
        """Put the certificate into plain values, as it is saved.

        Returns
        -------
        dict
            Numbers as exact or outward rounded decimal strings.
        """
        from sattheory.asymptotics.certificate_files import content

        return content(self)

    def save(self, path: str | Path) -> Path:
        """Save the certificate as JSON, to be checked again by ``proofs/recheck_certificate.py``.

        Parameters
        ----------
        path : str or Path
            The file.

        Returns
        -------
        Path
            The file.
        """
        from sattheory.asymptotics.certificate_files import save

        return save(self, Path(path))

    def plot(self, upto: Scale | None = None) -> Figure:
        """Draw the true distance to the limit, the bound B(c) and what floats say, over c.

        Parameters
        ----------
        upto : number, optional
            Largest scale.

        Returns
        -------
        matplotlib.figure.Figure
            The figure.
        """
        from sattheory.figures.certificate import draw

        return draw(self, None if upto is None else exact_scale(upto, "upto"))

    def __repr__(self) -> str:
        return (
            f"Certificate(c0={scale_text(self.c0)}, degree={self.degree}, shape={self.shape}, B(c0)={self.bound(self.c0):.3g}, "
            f"terms={self.terms}, bits={self.bits}, assumptions={len(self.assumptions)})"
        )

    def _repr_html_(self) -> str:
        assumed = "".join(f"<li>{html.escape(a)}</li>" for a in self.assumptions)
        return f"<p>{html.escape(self.sentence())}</p>" + (f"<p>Assumed:</p><ul>{assumed}</ul>" if assumed else "")

    def _repr_latex_(self) -> str:
        algebraic, p, flat, gap, power = self.simple
        parts = [rf"{latex_number(rounded_up(algebraic))}\,c^{{-{p}}}"] if algebraic else []
        if flat:
            start = f"({latex_number(scale_text(self.c0))})"
            parts.append(
                rf"{latex_number(rounded_up(flat))}\,e^{{-{latex_number(rounded_down(gap))}(c^{{{power}}}-{start}^{{{power}}})}}"
            )
        bound, first = "+".join(parts) or "0", latex_number(scale_text(self.c0))
        return rf"$\left\| c^{{{-self.degree}}} f(x; c\theta) - s \right\|_\infty \le {bound}\quad (c \ge {first})$"


@dataclass(frozen=True, eq=False)
class NotCertified:
    """Why a network could not be certified, and what is known all the same.

    Parameters
    ----------
    network : Transformer
        The network.
    tokens : Tokens
        The input.
    undecided : Undecided
        Where it failed and why, with the remedy.
    streams : tuple of Model
        The residual stream after the embedding and each layer, as far as the pass came, for c ≥ `streams_from`.
    streams_from : Fraction
        See `streams`.
    best : Certificate or None
        A certificate from a larger c₀ than the one asked for, if there is one.
    """

    network: Transformer = field(repr=False)
    tokens: Tokens
    undecided: Undecided
    streams: tuple[Model, ...] = field(default=(), repr=False)
    streams_from: Fraction = Fraction(1)
    best: Certificate | None = None
    holds = False

    @property
    def reason(self) -> str:
        """Say why.

        Returns
        -------
        str
            A sentence with place, reason and remedy.
        """
        return str(self.undecided)

    @cached_property
    def limit(self) -> Saturation:
        """The limit by floats, which may still be known.

        Returns
        -------
        Saturation
            The limit without a guarantee.
        """
        from sattheory.asymptotics.saturation import saturate

        return saturate(self.network, self.tokens)

    def sentence(self) -> str:
        """Say what failed and what is known.

        Returns
        -------
        str
            Two sentences.
        """
        known = f"The stream is certified up to layer {len(self.streams) - 1}." if self.streams else "Nothing is certified."
        if self.best is not None:
            known = "The best that holds: " + self.best.sentence()
        return f"Not certified: {self.reason} {known}"

    def to_dict(self) -> dict[str, Any]:
        """Put the result into plain values.

        Returns
        -------
        dict
            Strings and numbers.
        """
        best = None if self.best is None else self.best.to_dict()
        return {
            "certified": False,
            "reason": self.reason,
            "kind": self.undecided.kind,
            "layers": len(self.streams) - 1,
            "best": best,
        }

    def __repr__(self) -> str:
        return f"NotCertified({self.reason})"


def said(equality: Equality) -> str:
    """Write an equality as a sentence.

    Parameters
    ----------
    equality : Equality
        The equality.

    Returns
    -------
    str
        The sentence, without a full stop.
    """
    where = f"{equality.place}, index {equality.index}" if equality.place else f"{equality.operation} at index {equality.index}"
    what = f"keys {equality.keys[0]} and {equality.keys[1]} tie" if equality.keys else "the coefficient is zero"
    how = "exactly" if equality.digits is None else f"to {equality.digits} digits"
    return f"{where}: {what} at c^{equality.exponent} {how}"


def _enclosed(a: Array) -> Array:
    return each(lambda v: v if isinstance(v, arb) else v.ball(), a)


def scale_text(c: Fraction, digits: int = 6) -> str:
    """Write a scale with few digits, never smaller, and whatever its size.

    Parameters
    ----------
    c : Fraction
        The scale.
    digits : int
        Significant digits.

    Returns
    -------
    str
        The number.
    """
    rounding = Context(prec=digits, rounding=ROUND_CEILING)
    written = rounding.divide(Decimal(c.numerator), Decimal(c.denominator)).normalize(rounding)
    return f"{written:f}" if -digits < written.adjusted() < digits else f"{written:g}"


def latex_number(text: str) -> str:
    r"""Write a decimal with a power of ten as LaTeX.

    Parameters
    ----------
    text : str
        Such as ``1.2e-05``.

    Returns
    -------
    str
        Such as ``1.2 \cdot 10^{-5}``.
    """
    digits, _, exponent = text.partition("e")
    return rf"{digits} \cdot 10^{{{int(exponent)}}}" if exponent else digits


def rounded_up(x: float, digits: int = 3) -> str:
    """Write a non-negative float with few digits, never smaller.

    Parameters
    ----------
    x : float
        The number.
    digits : int
        Significant digits.

    Returns
    -------
    str
        The number.
    """
    return _rounded(x, digits, math.ceil)


def rounded_down(x: float, digits: int = 3) -> str:
    """Write a non-negative float with few digits, never larger.

    Parameters
    ----------
    x : float
        The number.
    digits : int
        Significant digits.

    Returns
    -------
    str
        The number.
    """
    return _rounded(x, digits, math.floor)


def _rounded(x: float, digits: int, towards: Any) -> str:
    if x == 0 or not math.isfinite(x):
        return f"{x:g}"
    if x < TINY:
        return f"{TINY:g}" if towards is math.ceil else "0"
    exact = Fraction(x)
    exponent = math.floor(math.log10(x)) - digits + 1
    scaled = towards(exact / Fraction(10) ** exponent)
    return f"{float(Fraction(scaled) * Fraction(10) ** exponent):.{digits}g}"


Certified = Certificate | NotCertified
__all__ = [
    "Certificate",
    "Certified",
    "Maybe",
    "NotCertified",
    "Pattern",
    "exact_scale",
    "rounded_down",
    "rounded_up",
    "said",
    "scale_text",
]
