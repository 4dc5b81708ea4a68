"""Statements about limits, certified on given networks: what `certify` proves about each is held against what a claim promises.

A theorem promises a degree, a limit and a rate.  A certificate of one network states all three for every scale from some c₀ on,
so that a promise either follows from it or not: purely exponential in c⁴, or algebraic with every coefficient before order p
exactly zero.  It also knows which keys attention keeps.  The limit promised is that of strong layerwise saturation, found in
floats by another arithmetic; the certificate's own is enclosed by balls.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from sattheory.claims.evidence import Effort, Evidence, Outcome, Planted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sattheory.asymptotics.certificate import Certificate, Certified
    from sattheory.asymptotics.layerwise import Layerwise
    from sattheory.network.transformer import Transformer

ROUNDING, APART, TERMS = 1e-9, 1e-2, 6


@dataclass(frozen=True)
class Promise:
    """What a claim promises about one network and input.

    Parameters
    ----------
    degree : int
        k, the power of c that the output grows with.
    power : int, optional
        q of a purely exponential rate exp(−g c^q); left out for an algebraic rate.
    order : int
        p of an algebraic rate c^(−p).
    attained : bool
        Whether the coefficient of order p is promised not to vanish.
    limit : {"layerwise", "another"}
        Whether the limit is that of strong layerwise saturation, or certainly differs from it.
    attends : {"", "same", "within", "less"}
        Keys that keep a weight: nothing promised, those of layerwise saturation, some of them, or some of them and fewer
        somewhere.
    """

    degree: int
    power: int | None = None
    order: int = 1
    attained: bool = True
    limit: Literal["layerwise", "another"] = "layerwise"
    attends: Literal["", "same", "within", "less"] = ""


@dataclass(frozen=True, eq=False)
class Case:
    """One network and its input.

    Parameters
    ----------
    label : str
        Says which network, as the verdict shows it.
    network : Transformer
        The network.
    tokens : tuple of int
        The input.
    saturated : Transformer, optional
        The network that is saturated layer by layer, if another one.
    terms : int
        Coefficients to keep at first; an order p needs more than p.
    """

    label: str
    network: Transformer = field(repr=False)
    tokens: tuple[int, ...]
    saturated: Transformer | None = field(default=None, repr=False)
    terms: int = TERMS

    @cached_property
    def certificate(self) -> Certified:
        """Certify the network, once for all promises.

        Returns
        -------
        Certificate or NotCertified
            What `certify` found.
        """
        from sattheory.asymptotics.certifying import certify

        return certify(self.network, self.tokens, terms=self.terms)

    @cached_property
    def strong(self) -> Layerwise:
        """Saturate layer by layer, in floats.

        Returns
        -------
        Layerwise
            Limit and attention weights.
        """
        from sattheory.asymptotics.layerwise import layerwise

        return layerwise(self.saturated or self.network, self.tokens)

    def report(self, promise: Promise) -> dict[str, Any]:
        """Hold the certificate against a promise.

        Parameters
        ----------
        promise : Promise
            What is claimed.

        Returns
        -------
        dict
            A step: it quotes the certificate's sentence, and says what does not follow from it.
        """
        from sattheory.asymptotics.certificate import NotCertified

        found = self.certificate
        if isinstance(found, NotCertified):
            return {"says": f"{self.label}: not certified. {found.reason}", "asserted": True, "holds": False}
        faults = list(faults_of(promise, found, self.strong))
        says = f"{self.label}: {found.sentence()}" + "".join(f" But {fault}." for fault in faults)
        return {"says": says, "asserted": True, "holds": not faults}


@dataclass(frozen=True, eq=False)
class NetworkCertificate(Evidence):
    """Promises that follow from the certificates of given networks.

    Parameters
    ----------
    says : str
        What is promised.
    given : tuple of (Case, Promise)
        Networks with their inputs, and what is promised about each.
    planted : tuple of Planted
        Functions of a promise to a wrong one, to be rejected on every network.
    """

    kind: ClassVar[str] = "certificate"
    says: str
    given: tuple[tuple[Case, Promise], ...]
    planted: tuple[Planted, ...] = ()

    def _examine(self, effort: Effort) -> Outcome:
        steps = [case.report(promise) for case, promise in self.given]
        holds = bool(steps) and all(step["holds"] for step in steps)
        details = {"domain": "; ".join(case.label for case, _ in self.given), "steps": steps}
        return Outcome(self.kind, self.says, "holds" if holds else "failed", details, asserted=len(steps))

    def _with(self, error: Planted) -> NetworkCertificate:
        return NetworkCertificate(error.says, tuple((case, error.check(promise)) for case, promise in self.given))

    def _rejects(self, outcome: Outcome) -> bool:
        return not any(step["holds"] for step in outcome.details["steps"])

    def _errors(self) -> tuple[Planted, ...]:
        return self.planted


def faults_of(promise: Promise, found: Certificate, strong: Layerwise) -> Iterator[str]:
    """Find what a certificate does not give of a promise.

    Parameters
    ----------
    promise : Promise
        What is claimed.
    found : Certificate
        What is proved.
    strong : Layerwise
        What saturating layer by layer gives.

    Yields
    ------
    str
        A clause for each part of the promise that does not follow.
    """
    if found.assumptions:
        yield "it rests on what was assumed"
    if found.degree != promise.degree:
        yield f"the degree is {found.degree}, not {promise.degree}"
    if strong.symbol is None or strong.symbol.shape != found.shape:
        yield "layerwise saturation gives no limit of this shape"
    else:
        yield from _limit(promise, found, strong.symbol)
    yield from _rate(promise, found)
    yield from _attended(promise, found, strong)


def _limit(promise: Promise, found: Certificate, symbol: NDArray[Any]) -> Iterator[str]:
    limit = found.coefficients[0]
    distances = [abs(ball - float(value)) for ball, value in zip(limit.ravel(), symbol.ravel(), strict=True)]
    size = ROUNDING * max(1.0, float(abs(symbol).max()))
    if promise.limit == "layerwise" and not all(bool(distance < size) for distance in distances):
        yield f"its limit is {max(float(distance.mid()) for distance in distances):.3g} from that of layerwise saturation"
    if promise.limit == "another" and not any(bool(distance > APART) for distance in distances):
        yield "its limit is not shown to differ from that of layerwise saturation"


def _rate(promise: Promise, found: Certificate) -> Iterator[str]:
    algebraic, order, flat, _, power = found.simple
    if promise.power is not None:
        if algebraic:
            yield f"the rate is c^-{order}, not exponential"
        elif flat and power != promise.power:
            yield f"the rate is exponential in c^{power}, not in c^{promise.power}"
        return
    if algebraic and order < promise.order:
        yield f"order {order} is not shown to vanish, which order {promise.order} needs"
    if promise.attained and not (found.order == promise.order < len(found.coefficients)):
        yield f"order {promise.order} is not attained"


def _attended(promise: Promise, found: Certificate, strong: Layerwise) -> Iterator[str]:
    if not promise.attends:
        return
    pairs = [(pattern.winners, strong.attention[pattern.place.layer] > ROUNDING) for pattern in found.patterns]
    if any((kept & ~uniform).any() for kept, uniform in pairs):
        yield "attention keeps a key that layerwise saturation drops"
    fewer = any((uniform & ~kept).any() for kept, uniform in pairs)
    if promise.attends == "same" and fewer:
        yield "attention keeps fewer keys than layerwise saturation"
    if promise.attends == "less" and not fewer:
        yield "attention keeps every key that layerwise saturation keeps"
