"""AH.gelu: GELU, SiLU and softplus keep a degree k > 0 and become ReLU; for k ≤ 0 they stay what they are near a point.

Let f = cᵏ(s + e) with |e| ≤ E, entry by entry, and φ(x) = x·G(x), G rising from 0 to 1.  The distance of φ from ReLU is never
more than M = sup aG(−a), so the relative error is E + Mc^{−k} over all symbols at once, and no smaller constant will do: near
s = 0 the rate is algebraic.  For a fixed symbol it is exponential, or there is no further error at all where s = 0 exactly.
For k = 0 the error is multiplied by L = sup|φ'|, which is above 1; for k < 0 half of the argument is left.

The paper's calculus knows ReLU only (paper App. C, Table 1).  A silent block shows the difference: ReLU makes it 0, the others
make it flat, and a norm without ε magnifies that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from sattheory.arithmetic.activations import ACTIVATIONS
from sattheory.arithmetic.degrees import Degree, Degrees
from sattheory.claims.cases.exact_cases import SCALES, cases
from sattheory.claims.certificate import Constants
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.formulas import normal, real, sigmoid
from sattheory.claims.gate_suprema import SUPREMA
from sattheory.claims.inequality import Pairs
from sattheory.claims.search import Search

OPS = Degrees()
SLACK = Fraction(1, 10**30)
CUBE = Fraction(44715, 10**6)


@dataclass(frozen=True)
class Smooth:
    """An activation with its constants, on balls.

    Parameters
    ----------
    value : callable
        φ.
    M, L : Fraction
        Upper bounds of sup|φ − ReLU| and of sup|φ'|.
    far : callable
        Takes |s| + E, Y = cᵏ(γ − E) and cᵏ, gives what replaces Mc^{−k} where |s| ≥ γ.
    near : callable
        Takes S + E and cᵏ, gives the error for k < 0 beside E/2; for softplus all of it.
    gated : bool
        Whether φ(x) = x·G(x).
    """

    value: Callable[[Any], Any]
    M: Fraction
    L: Fraction
    far: Callable[[Any, Any, Any], Any]
    near: Callable[[Any, Any], Any]
    gated: bool = True


def _root() -> Any:
    """√(8/π)."""
    from flint import arb

    return (real(8) / arb.pi()).sqrt()


def _z(x: Any) -> Any:
    return _root() * (x + real(CUBE) * x * x * x)


def _softplus(x: Any) -> Any:
    return (1 + x.exp()).log()


def _squared(size: Any, power: Any) -> Any:
    """(S + E)²cᵏ/√(2π)."""
    return size * size * power * _root() / 4


ACTIVATED = {
    "gelu": Smooth(
        lambda x: x * normal(x),
        Fraction("0.169972"),
        Fraction("1.128905"),
        lambda _, Y, power: (-(Y * Y) / 2).exp() * _root() / 4 / power,
        _squared,
    ),
    "gelu_tanh": Smooth(
        lambda x: x * sigmoid(_z(x)),
        Fraction("0.170041"),
        Fraction("1.128994"),
        lambda size, Y, _: size * (-_z(Y)).exp(),
        _squared,
    ),
    "silu": Smooth(
        lambda x: x * sigmoid(x),
        Fraction("0.278465"),
        Fraction("1.09984"),
        lambda size, Y, _: size * (-Y).exp(),
        lambda size, power: size * size * power / 4,
    ),
    "softplus": Smooth(
        _softplus,
        Fraction("0.693148"),
        Fraction(1),
        lambda _, Y, power: (-Y).exp() / power,
        lambda size, power: size * power / 2 + size * size * power * power / 8,
        gated=False,
    ),
}


def _row(kind: Smooth, s: Fraction, e: Fraction, k: int, c: Fraction, room: Fraction) -> Pairs:
    """List the bounds for one entry, with |e| = E/(1 + room) and γ = |s|."""
    E, power = abs(e) * (1 + room), real(c**k)
    found = kind.value(real(c**k * (s + e)))
    error = abs(found / power - real(max(s, Fraction(0))))
    yield error, real(E + kind.M / c**k)
    if s == 0 and kind.gated:
        yield error, real(E + SLACK)
    if abs(s) > E:
        yield error, real(E + SLACK) + kind.far(real(abs(s) + E), real(c**k * (abs(s) - E)), power)
    if k == 0:
        yield abs(found - kind.value(real(s))), real(kind.L * E + SLACK)
    if k < 0:
        shift = abs(found / power - real(s / 2)) - real(E / 2) if kind.gated else abs(found - real(2).log())
        yield shift, kind.near(real(abs(s) + E), power) + real(SLACK)


def _in_package(name: str, s: Fraction, k: int, c: Fraction, gain: int = 1) -> Pairs:
    """Compare the package's floats, within 10⁻¹³, and its degrees; softplus is not among its activations."""
    if name in ACTIVATIONS:
        x = c**k * s
        value = float(x) * float(ACTIVATIONS[name].gate(np.array(float(x) * gain)))
        yield abs(real(Fraction(value)) - ACTIVATED[name].value(real(x))), real(Fraction(1, 10**13) * (1 + abs(x)))
        yield Fraction(abs(OPS.activation(Degree(k, (1,)), name).degree - k)), Fraction(0)


def _agrees(name: str, s: Fraction, e: Fraction, k: int, c: Fraction, room: Fraction) -> Pairs:
    yield from _row(ACTIVATED[name], s, e, k, c, room)
    yield from _in_package(name, s, k, c)


def _with(change: Callable[[Smooth], Smooth]) -> Callable[..., Pairs]:
    """Plant other constants in the bounds."""
    return lambda name, **case: _row(change(ACTIVATED[name]), **case)


SEARCH = Search(
    "the bounds for GELU, its tanh form, SiLU and softplus, −3 ≤ k ≤ 3, within 10⁻³⁰; the package's floats (within 10⁻¹³) "
    "and its degree calculus agree",
    cases(
        name=tuple(ACTIVATED),
        s=tuple(Fraction(i, 16) for i in (0, 12, -12, 1, -2, 4, -6, 8, 16, -20, 24, -32, 48, 64)),
        e=tuple(Fraction(i, 32) for i in (0, 1, -1, 2, -3, 5, -8, 11, -16, 32)),
        k=(1, 0, -1, 2, -2, 3, -3),
        c=SCALES,
        room=(Fraction(0), Fraction(1, 2)),
    ),
    _agrees,
    planted=(
        Planted("M smaller by a hundredth", _with(lambda kind: replace(kind, M=kind.M * Fraction(99, 100)))),
        Planted("L smaller by a tenth", _with(lambda kind: replace(kind, L=kind.L * Fraction(9, 10)))),
        Planted(
            "twice the exponent for |s| ≥ γ",
            _with(lambda kind: replace(kind, far=lambda size, Y, power: kind.far(size, 2 * Y, power))),
        ),
        Planted(
            "half of the remainder for k < 0",
            _with(lambda kind: replace(kind, near=lambda size, power: kind.near(size, power) / 2)),
        ),
        Planted("gate evaluated at 2x", lambda name, s, k, c, **_: _in_package(name, s, k, c, 2)),
    ),
)
CLAIMS = (
    Claim(
        "AH.gelu",
        place="ours",
        title="GELU, SiLU and softplus become ReLU where k > 0",
        statement="if f has degree k > 0 and symbol s, then φ∘f has degree k and symbol ReLU(s) for GELU, SiLU and softplus, "
        "with a further error of order c^{−k}; for k = 0 symbol φ(s), and for k < 0 degree k and symbol s/2, but softplus "
        "degree 0 and symbol ln 2",
        latex=r"If $f$ has degree $k > 0$ and symbol $s$, then $\varphi\circ f$ has degree $k$ and symbol "
        r"$\operatorname{ReLU}(s)$ for GELU, SiLU and softplus, with a further error of order $c^{-k}$; for $k = 0$ symbol "
        r"$\varphi(s)$, and for $k < 0$ degree $k$ and symbol $s/2$, but softplus degree $0$ and symbol $\ln 2$.",
        why="Most trained networks use these activations. They saturate to ReLU, but more slowly near 0 and never exactly.",
        literal=Form(
            "any k: |c^{−k}φ(f) − ReLU(s)| ≤ E + Mc^{−k}, and M is the best constant: M = sup aΦ(−a) < 0.169972 (GELU), sup "
            "aσ(−z(a)) < 0.170041 (tanh form), W(1/e) < 0.278465 (SiLU), ln 2 (softplus).  Any k, s = 0, not for softplus: "
            "|c^{−k}φ(f)| ≤ E.  Any k, |s| ≥ γ > E, Y = cᵏ(γ − E): |c^{−k}φ(f) − ReLU(s)| ≤ E + δ, δ = c^{−k}e^{−Y²/2}/√(2π) "
            "(GELU), (|s| + E)e^{−z(Y)} (tanh form), (|s| + E)e^{−Y} (SiLU), c^{−k}e^{−Y} (softplus).  k = 0: |φ(f) − φ(s)| "
            "≤ L·E, L = Φ(√2) + 1/(e√π) < 1.128905 (GELU), L < 1.128994 (tanh form), L < 1.09984 (SiLU), L = 1 (softplus).  "
            "k < 0: |c^{−k}φ(f) − s/2| ≤ E/2 + κ(S + E)²cᵏ, κ = 1/√(2π) (GELU, both forms), ¼ (SiLU); for softplus |φ(f) − "
            "ln 2| ≤ ½(S + E)cᵏ + ⅛(S + E)²c^{2k}",
            (
                "f = cᵏ(s + e) at a scale c > 0, |e| ≤ E, |s| ≤ S, k real; entry by entry",
                "φ(x) = xΦ(x) (GELU), xσ(z(x)) with z(x) = √(8/π)(x + 0.044715x³) (its tanh form), xσ(x) (SiLU), ln(1 + eˣ) "
                "(softplus)",
            ),
            (Proof("AH.gelu"), Constants("AH.gelu"), *SUPREMA, SEARCH),
            latex=r"Any $k$: $|c^{-k}\varphi(f) - \operatorname{ReLU}(s)| \le E + Mc^{-k}$, and $M$ is the best constant: $M "
            r"= \sup a\Phi(-a) < 0.169972$ (GELU), $\sup a\sigma(-z(a)) < 0.170041$ (tanh form), $W(1/e) < 0.278465$ (SiLU), "
            r"$\ln 2$ (softplus). Any $k$, $s = 0$, not for softplus: $|c^{-k}\varphi(f)| \le E$. Any $k$, $|s| \ge \gamma > "
            r"E$, $Y = c^k(\gamma-E)$: $|c^{-k}\varphi(f) - \operatorname{ReLU}(s)| \le E + \delta$, $\delta = "
            r"c^{-k}e^{-Y^2/2}/\sqrt{2\pi}$ (GELU), $(|s|+E)e^{-z(Y)}$ (tanh form), $(|s|+E)e^{-Y}$ (SiLU), $c^{-k}e^{-Y}$ "
            r"(softplus). $k = 0$: $|\varphi(f) - \varphi(s)| \le LE$, $L = \Phi(\sqrt2) + 1/(e\sqrt\pi) < 1.128905$ (GELU), "
            r"$L < 1.128994$ (tanh form), $L < 1.09984$ (SiLU), $L = 1$ (softplus). $k < 0$: $|c^{-k}\varphi(f) - s/2| \le "
            r"E/2 + \kappa(S+E)^2c^k$, $\kappa = 1/\sqrt{2\pi}$ (GELU, both forms), $\frac14$ (SiLU); for softplus "
            r"$|\varphi(f) - \ln 2| \le \frac12(S+E)c^k + \frac18(S+E)^2c^{2k}$.",
            uses=("AH",),
        ),
        repaired=None,
        expected=Expected("derived"),
        kind="ours",
    ),
)
