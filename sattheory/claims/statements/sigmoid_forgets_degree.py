"""AH.sigmoid: tanh and σ take degrees k > 0 and k = 0 to 0; for k < 0 tanh keeps the degree, and σ becomes ½.

Let f = cᵏ(s + e) with |e| ≤ E, entry by entry.  Where |s| ≥ γ a growing argument saturates exponentially, tanh twice as fast as
σ.  Where s = 0 the limit is 0 or ½ only if the absolute error cᵏE tends to 0, as for ties of a softmax: σ is the softmax of two
scores.  Everything follows from three facts about tanh, and the bounds for k ≥ 0 are sharp.

The paper's L6 and L8 are the case of an exact argument, k = 1 (paper §C.3); P3 asks for the same of approximate ones.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from sattheory.arithmetic.degrees import Degree, Degrees
from sattheory.claims.cases.exact_cases import SCALES, cases
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.formulas import real, sigmoid
from sattheory.claims.inequality import Pair, Pairs
from sattheory.claims.search import Search

SLACK = Fraction(1, 10**30)
OPS = Degrees()


def _tanh(x: Fraction) -> Any:
    return real(x).tanh()


def _sign(s: Fraction) -> Fraction:
    return Fraction((s > 0) - (s < 0))


def _saturated(s: Fraction, E: Fraction, power: Fraction) -> Pair:
    """Bounds on |tanh f − sign s| and |σ(f) − step s|, or at s = 0."""
    if s == 0:
        return (_tanh(power * E), _tanh(power * E / 2) / 2)
    edge = real((abs(s) - E) * power)
    return (2 / (1 + (2 * edge).exp()), 1 / (1 + edge.exp()))


def _row(s: Fraction, e: Fraction, k: int, c: Fraction, room: Fraction, error: Callable[..., Pair] = _saturated) -> Pairs:
    """List the bounds for one entry, with |e| = E/(1 + room)."""
    E, power = abs(e) * (1 + room), c**k
    f = power * (s + e)
    first, second = error(s, E, power)
    yield abs(_tanh(f) - real(_sign(s))), first + real(SLACK)
    yield abs(sigmoid(real(f)) - real((1 + _sign(s)) / 2)), second + real(SLACK)
    if k == 0:
        yield abs(_tanh(f) - _tanh(s)), 2 * _tanh(E / 2) + real(SLACK)
        yield abs(sigmoid(real(f)) - sigmoid(real(s))), _tanh(E / 4) + real(SLACK)
    if k < 0:
        yield abs(_tanh(f) / real(power) - real(s)), real(E + abs(s) ** 3 * power**2 / 3 + SLACK)
        yield abs(sigmoid(real(f)) - real(Fraction(1, 2))), _tanh((abs(s) + E) * power / 2) / 2 + real(SLACK)


def _half_exponent(s: Fraction, E: Fraction, power: Fraction) -> Pair:
    """Plant the exponent of tanh in σ."""
    first, _ = _saturated(s, E, power)
    return (first, first / 2)


def _step_at_zero(s: Fraction, E: Fraction, power: Fraction) -> Pair:
    """Plant an exponential bound at s = 0."""
    return _saturated(s, E, power) if s else (real(2) * (-real(power)).exp(), (-real(power)).exp())


def _degrees(k: int, kept: int) -> Pairs:
    """Ask the package's calculus: 0 and 0, but min(k, 0) for tanh."""
    for name, degree in (("tanh", kept), ("sigmoid", 0)):
        yield Fraction(abs(OPS.activation(Degree(k, (1,)), name).degree - degree)), Fraction(0)


def _agrees(**case: Any) -> Pairs:
    yield from _degrees(case["k"], min(case["k"], 0))
    yield from _row(**case)


EIGHTHS = tuple(Fraction(i, 8) for i in (0, 1, -1, 2, -2, 3, -4, 6, -8, 9, -12, 16, -20, 24, 31))
SEARCH = Search(
    "all eight bounds, −3 ≤ k ≤ 3 (those for k ≥ 0 are sharp: within 10⁻³⁰); the package's degree calculus agrees",
    cases(
        s=EIGHTHS,
        e=tuple(Fraction(i, 16) for i in range(-8, 9)),
        k=(1, 0, -1, 2, -2, 3, -3),
        c=SCALES,
        room=(Fraction(0), Fraction(1, 2)),
    ),
    _agrees,
    planted=(
        Planted("exponent 2(γ − E)cᵏ for σ too", lambda **case: _row(**case, error=_half_exponent)),
        Planted("exponentially fast at s = 0 too", lambda **case: _row(**case, error=_step_at_zero)),
        Planted("degree 0 for tanh at k < 0", lambda k, **_: _degrees(k, 0)),
    ),
)
CLAIMS = (
    Claim(
        "AH.sigmoid",
        place="ours",
        title="tanh and σ saturate; tanh keeps degrees below 0",
        statement="if f has degree k and symbol s, tanh∘f and σ∘f have degree 0 and symbols sign s and step s for k > 0, "
        "tanh s and σ(s) for k = 0; for k < 0 tanh∘f has degree k and symbol s, σ∘f degree 0 and symbol ½",
        latex=r"If $f$ has degree $k$ and symbol $s$, then $\tanh\circ f$ and $\sigma\circ f$ have degree $0$ and symbols "
        r"$\operatorname{sign} s$ and $\operatorname{step} s$ for $k > 0$, $\tanh s$ and $\sigma(s)$ for $k = 0$; for $k < "
        r"0$, $\tanh\circ f$ has degree $k$ and symbol $s$, and $\sigma\circ f$ degree $0$ and symbol $\frac12$.",
        why="Recurrent cells and gates saturate by this row. An argument whose symbol is 0 is a tie, and saturates only "
        "without error.",
        literal=Form(
            "any k, |s| ≥ γ > 0: |tanh f − sign s| ≤ 2/(1 + e^{2(γ − E)cᵏ}) ≤ 2e^{−2(γ − E)cᵏ} and |σ(f) − step s| ≤ 1/(1 + "
            "e^{(γ − E)cᵏ}) ≤ e^{−(γ − E)cᵏ}.  Any k, s = 0: |tanh f| ≤ tanh(cᵏE) ≤ cᵏE and |σ(f) − ½| ≤ ½tanh(cᵏE/2) ≤ "
            "¼cᵏE.  k = 0: |tanh f − tanh s| ≤ 2tanh(E/2) ≤ E and |σ(f) − σ(s)| ≤ tanh(E/4) ≤ E/4.  k < 0: |c^{−k}tanh f − "
            "s| ≤ E + S³c^{2k}/3 and |σ(f) − ½| ≤ ½tanh((S + E)cᵏ/2) ≤ ¼(S + E)cᵏ",
            ("f = cᵏ(s + e) at a scale c > 0, |e| ≤ E, |s| ≤ S, k real; entry by entry", "step s = 1 for s > 0, 0 for s < 0"),
            (Proof("AH.sigmoid"), SEARCH),
            latex=r"Any $k$, $|s| \ge \gamma > 0$: $|\tanh f - \operatorname{sign} s| \le 2/(1+e^{2(\gamma-E)c^k}) \le "
            r"2e^{-2(\gamma-E)c^k}$ and $|\sigma(f) - \operatorname{step} s| \le 1/(1+e^{(\gamma-E)c^k}) \le "
            r"e^{-(\gamma-E)c^k}$. Any $k$, $s = 0$: $|\tanh f| \le \tanh(c^kE) \le c^kE$ and $|\sigma(f) - \frac12| \le "
            r"\frac12\tanh(c^kE/2) \le \frac14c^kE$. $k = 0$: $|\tanh f - \tanh s| \le 2\tanh(E/2) \le E$ and $|\sigma(f) - "
            r"\sigma(s)| \le \tanh(E/4) \le E/4$. $k < 0$: $|c^{-k}\tanh f - s| \le E + S^3c^{2k}/3$ and $|\sigma(f) - "
            r"\frac12| \le \frac12\tanh((S+E)c^k/2) \le \frac14(S+E)c^k$.",
            uses=("AH",),
        ),
        repaired=None,
        expected=Expected("derived"),
        kind="ours",
    ),
)
