"""AH.gates: ReGLU, GEGLU and SwiGLU take degree k to 2k; a sigmoid gate takes it to k.

A gated unit multiplies a value u by a gate φ(g), both linear in the same stream and so of one degree.  The product rule adds
the degrees: with ReLU, GELU or SiLU the gate keeps its degree and the unit has twice that, with σ the gate has degree 0.  Errors
are those of the activation, put into the product rule; a sigmoid gate, which lies between 0 and 1, does not even enlarge the
error of the value.

A gated feedforward block on a stream of degree 1 has degree 5, where attention and an ungated block have 3 (paper App. C,
Table 1).  With the norm before each block (Xiong et al. 2020), the feedforward blocks alone are left in the limit.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from sattheory.arithmetic.degrees import Degree, Degrees
from sattheory.arithmetic.series import SeriesArithmetic
from sattheory.claims.cases.exact_cases import SCALES, Vectors, cases
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.formulas import real, sigmoid
from sattheory.claims.inequality import Pairs
from sattheory.claims.search import Search
from sattheory.claims.statements.smooth_activations_become_relu import ACTIVATED
from sattheory.network.configuration import Configuration
from sattheory.network.layers import Site, feedforward
from sattheory.network.parameters import Feedforward, Linear

SLACK = Fraction(1, 10**30)
NAMES = ("relu", "gelu", "gelu_tanh", "silu", "sigmoid")


def _positive(x: Fraction) -> Fraction:
    return max(x, Fraction(0))


def _gate(name: str, g: Fraction) -> Any:
    """Evaluate a gate on balls."""
    if name == "sigmoid":
        return sigmoid(real(g))
    return real(_positive(g)) if name == "relu" else ACTIVATED[name].value(real(g))


def _smooth(name: str, r: Fraction, D: Fraction, k: int, c: Fraction) -> tuple[Any, Any, Any]:
    """Symbol of φ(g), a bound of its size and of its error."""
    if name == "relu":
        return real(_positive(r)), real(abs(r)), real(D)
    kind = ACTIVATED[name]
    if k > 0:
        return real(_positive(r)), real(abs(r)), real(D + kind.M / c**k)
    if k == 0:
        return kind.value(real(r)), real(abs(r)), real(kind.L * D)
    return real(r / 2), real(abs(r) / 2), real(D / 2) + kind.near(real(abs(r) + D), real(c**k))


def _sigmoid(r: Fraction, D: Fraction, k: int, c: Fraction) -> tuple[Any, Any]:
    """Symbol of σ(g) and a bound of its error."""
    if k < 0:
        return real(Fraction(1, 2)), real((abs(r) + D) * c**k / 4)
    if k == 0:
        return sigmoid(real(r)), real(D / 4)
    if r == 0:
        return real(Fraction(1, 2)), real(c**k * D / 4)
    return real(Fraction(r > 0)), (-real((abs(r) - D) * c**k)).exp()


def _row(
    name: str, r: Fraction, d: Fraction, s: Fraction, e: Fraction, k: int, c: Fraction, crossed: int = 1, gate: int = 1
) -> Pairs:
    """Compare with the bound; crossed = 0 leaves out the product of the errors, gate = 0 the error of a sigmoid gate."""
    D, E, power = abs(d), abs(e), c**k
    found = _gate(name, power * (r + d)) * real(power * (s + e))
    if name == "sigmoid":
        symbol, error = _sigmoid(r, D, k, c)
        yield abs(found / real(power) - symbol * real(s)), real(E) + gate * real(abs(s)) * error + real(SLACK)
        return
    symbol, size, error = _smooth(name, r, D, k, c)
    bound = size * real(E) + real(abs(s) + crossed * E) * error
    yield abs(found / real(power * power) - symbol * real(s)), bound + real(SLACK)


UNITS, INPUTS = Vectors(2, 4), tuple(sorted(range(-200, 201), key=abs))


def _layer() -> Feedforward:
    """Make a gated block of width 1 with a unit for each pair (value weight, gate weight); output i adds units i and i + 1."""
    inner, gate = np.array([UNITS[i] for i in range(len(UNITS))], dtype=float).T
    both = np.eye(len(UNITS)) + np.roll(np.eye(len(UNITS)), 1, axis=1)
    return Feedforward(Linear(inner[:, None]), Linear(both), Linear(gate[:, None]))


def _site(name: str, ops: Any) -> Site[Any]:
    return Site(ops, Configuration(1, 1, feedforward=1, activation=name, gated=True), 1, lambda *_: None)  # type: ignore[arg-type]


@cache
def _degree(name: str, stream: int) -> int:
    """Degree of the block in the package's degree calculus."""
    return int(feedforward(_site(name, Degrees()), Degree(stream, (1, 1)), _layer()).degree)


@cache
def _symbols(name: str, stream: int, degree: int) -> np.ndarray[Any, Any]:
    """Coefficients (inputs, outputs) of that degree of the block in the package's series arithmetic."""
    ops = SeriesArithmetic(3)
    x = ops.series(stream, np.array(INPUTS, dtype=float)[None, :, None])
    return np.asarray(feedforward(_site(name, ops), x, _layer()).coefficient(degree))


def _unit(name: str, weights: tuple[Fraction, ...], x: int) -> Fraction:
    """Symbol of one unit by the statement."""
    value, gate = (weight * x for weight in weights)
    return value * (Fraction(1 + (gate > 0) - (gate < 0), 2) if name == "sigmoid" else _positive(gate))


def _in_package(name: str, stream: int, weights: tuple[Fraction, ...], x: int, off: int = 0, kept: int = 0) -> Pairs:
    """Compare degree and symbol with the package's, exactly; kept = 1 plants a sigmoid gate for every gate."""
    degree, unit = stream + 2 if name == "sigmoid" else 2 * stream + 3, UNITS.index(weights)
    yield Fraction(abs(_degree(name, stream) - degree - off)), Fraction(0)
    found = Fraction(float(_symbols(name, stream, degree)[INPUTS.index(x), unit]))
    units = (weights, UNITS[(unit + 1) % len(UNITS)])
    claimed = sum((_unit("sigmoid" if kept else name, pair, x) for pair in units), Fraction(0))
    yield abs(found - claimed), Fraction(0)


EIGHTHS = tuple(Fraction(i, 8) for i in (0, 4, -4, 1, -1, 6, -8, 12, -16, 20))
ERRORS = tuple(Fraction(i, 16) for i in (0, 1, -1, 2, -3, 5, -8))
SEARCH = Search(
    "the bounds for ReLU, GELU in both forms, SiLU and sigmoid gates, −2 ≤ k ≤ 2, within 10⁻³⁰",
    cases(name=NAMES, r=EIGHTHS, d=ERRORS, s=EIGHTHS, e=ERRORS, k=(1, 0, -1, 2, -2), c=SCALES),
    _row,
    planted=(
        Planted("the product of the errors left out", lambda **case: _row(**case, crossed=0)),
        Planted("the error of a sigmoid gate left out", lambda **case: _row(**case, gate=0)),
    ),
)
IN_PACKAGE = Search(
    "the package's gated feedforward block has this degree in its degree calculus, and outputs that add two units have this "
    "symbol in its series arithmetic, on streams of degree 0 and 1",
    cases(name=NAMES, stream=(0, 1), weights=UNITS, x=INPUTS),
    _in_package,
    planted=(
        Planted("degree off by one", lambda **case: _in_package(**case, off=1)),
        Planted("the symbol of a sigmoid gate for every gate", lambda **case: _in_package(**case, kept=1)),
    ),
)
CLAIMS = (
    Claim(
        "AH.gates",
        place="ours",
        title="a gate with φ doubles the degree, a sigmoid gate keeps it",
        statement="if gate and value have degree k and symbols r and s, the unit φ(g)·u with φ = ReLU, GELU or SiLU has "
        "degree 2k and, for k > 0, symbol ReLU(r)·s; with a sigmoid gate it has degree k and symbol step(r)·s",
        latex=r"If gate and value have degree $k$ and symbols $r$ and $s$, the unit $\varphi(g)u$ with $\varphi = "
        r"\operatorname{ReLU}$, GELU or SiLU has degree $2k$ and, for $k > 0$, symbol $\operatorname{ReLU}(r)s$; with a "
        r"sigmoid gate it has degree $k$ and symbol $\operatorname{step}(r)s$.",
        why="Most recent models have gated feedforward blocks. They change which block dominates the stream.",
        literal=Form(
            "k > 0: |c^{−2k}φ(g)u − ReLU(r)s| ≤ R·E + (S + E)(D + Mc^{−k}); for ReLU, M = 0, for every k.  k = 0: |φ(g)u − "
            "φ(r)s| ≤ R·E + (S + E)L·D.  k < 0, not ReLU: |c^{−2k}φ(g)u − rs/2| ≤ ½R·E + (S + E)(½D + κ(R + D)²cᵏ).  Sigmoid "
            "gate: |c^{−k}σ(g)u − τs| ≤ E + Sδ, with τ = step r, δ = e^{−(γ − D)cᵏ} for any k and |r| ≥ γ > 0; τ = ½, δ = "
            "¼cᵏD for r = 0; τ = σ(r), δ = D/4 for k = 0; τ = ½, δ = ¼(R + D)cᵏ for k < 0.  A block W_o(φ(W_g x) ⊙ W_u x) on "
            "a stream x of degree κ ≥ 0 has degree 2κ + 3, with σ for φ it has κ + 2",
            (
                "g = cᵏ(r + d), u = cᵏ(s + e) at a scale c > 0, |r| ≤ R, |d| ≤ D, |s| ≤ S, |e| ≤ E, k real; entry by entry",
                "φ is ReLU, GELU (either form) or SiLU; M, L, κ as in AH.gelu",
            ),
            (Proof("AH.gates"), SEARCH, IN_PACKAGE),
            latex=r"$k > 0$: $|c^{-2k}\varphi(g)u - \operatorname{ReLU}(r)s| \le RE + (S+E)(D + Mc^{-k})$; for ReLU, $M = "
            r"0$, for every $k$. $k = 0$: $|\varphi(g)u - \varphi(r)s| \le RE + (S+E)LD$. $k < 0$, not ReLU: "
            r"$|c^{-2k}\varphi(g)u - rs/2| \le \frac12RE + (S+E)(\frac12D + \kappa(R+D)^2c^k)$. Sigmoid gate: "
            r"$|c^{-k}\sigma(g)u - \tau s| \le E + S\delta$, with $\tau = \operatorname{step} r$, $\delta = "
            r"e^{-(\gamma-D)c^k}$ for any $k$ and $|r| \ge \gamma > 0$; $\tau = \frac12$, $\delta = \frac14c^kD$ for $r = "
            r"0$; $\tau = \sigma(r)$, $\delta = D/4$ for $k = 0$; $\tau = \frac12$, $\delta = \frac14(R+D)c^k$ for $k < 0$. "
            r"A block $W_o(\varphi(W_gx)\odot W_ux)$ on a stream $x$ of degree $\kappa \ge 0$ has degree $2\kappa+3$, with "
            r"$\sigma$ for $\varphi$ it has $\kappa+2$.",
            uses=("AH", "AH.gelu", "AH.sigmoid", "T1.linear'", "T1.product'", "T1.relu'"),
        ),
        repaired=None,
        expected=Expected("derived"),
        kind="ours",
    ),
)
