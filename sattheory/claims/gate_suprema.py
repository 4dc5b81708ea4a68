"""The constants M = sup aG(−a) of smooth activations, over all a ≥ 0.

GELU, its tanh form and SiLU are x·G(x) with a gate G that rises from 0 to 1, and never further from ReLU than M.  Each tail is
one line of calculus: aΦ(−a) ≤ φ₀(a), the normal density, and σ(−z) ≤ e^{−z} with z(a) ≥ a; ae^{−a} falls from a = 1 on.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from sattheory.claims.deciders import equal, nonnegative, tends
from sattheory.claims.evidence import Planted, Step
from sattheory.claims.formulas import real
from sattheory.claims.suprema import Supremum, Tail

CUBE, CUT = Fraction(44715, 10**6), Fraction(8)
a, u = sympy.symbols("a u", positive=True)
_DENSITY = sympy.exp(-(a**2) / 2) / sympy.sqrt(2 * sympy.pi)
_UPPER = sympy.erfc(a / sympy.sqrt(2)) / 2
_ROOT = sympy.sqrt(8 / sympy.pi)


def _pi() -> Any:
    from flint import arb

    return arb.pi()


def _gelu(x: Any) -> Any:
    """aΦ(−a), also on power series."""
    return x * (x / real(2).sqrt()).erfc() / 2


def _silu(x: Any) -> Any:
    return x * _gate(x)


def _tanh_form(x: Any) -> Any:
    return x * _gate((8 / _pi()).sqrt() * (x + real(CUBE) * x * x * x))


def _gate(z: Any) -> Any:
    """σ(−z)."""
    power = (-z).exp()
    return power / (1 + power)


def _density(x: Any) -> Any:
    return (-x * x / 2).exp() / (2 * _pi()).sqrt()


def _exponential(x: Any) -> Any:
    return x * (-x).exp()


def _mills() -> bool:
    """(φ₀(a) − aΦ(−a))' = −Φ(−a) < 0, and the difference vanishes at infinity."""
    gap = _DENSITY - a * _UPPER
    return equal(sympy.diff(gap, a), -_UPPER) and tends(_DENSITY, a, 0) and tends(a * _UPPER, a, 0)


def _falls(cut: Fraction = CUT) -> bool:
    """(ae^{−a})' = (1 − a)e^{−a} ≤ 0 beyond the cut."""
    return nonnegative(-sympy.diff(a * sympy.exp(-a), a).subs(a, sympy.Rational(cut) + u))


def _below_exponential(z: Any) -> bool:
    """1/(1 + e^z) ≤ e^{−z} ≤ e^{−a}, from e^{−z}(1 + e^z) − 1 ≥ 0 and z ≥ a."""
    return nonnegative(sympy.exp(-z) * (1 + sympy.exp(z)) - 1) and nonnegative(sympy.collect(sympy.expand(z - a), a))


FALLING = Step("(ae^{−a})' = (1 − a)e^{−a} < 0 for a ≥ 8", _falls)
NORMAL = Tail(
    "aΦ(−a) ≤ φ₀(a)",
    _density,
    (
        Step("D = φ₀(a) − aΦ(−a) has D' = −Φ(−a) < 0 and tends to 0, so D ≥ 0 for a > 0", _mills),
        Step("φ₀' = −aφ₀ < 0", lambda: equal(sympy.diff(_DENSITY, a), -a * _DENSITY)),
    ),
)
SILU_TAIL = Tail("aσ(−a) ≤ ae^{−a}", _exponential, (Step("σ(−a) ≤ e^{−a}", lambda: _below_exponential(a)), FALLING))
TANH_TAIL = Tail(
    "aσ(−z(a)) ≤ ae^{−a}",
    _exponential,
    (
        Step(
            "σ(−z) ≤ e^{−z} ≤ e^{−a}, since z(a) = √(8/π)(a + 0.044715a³) ≥ a",
            lambda: _below_exponential(_ROOT * (a + sympy.Rational(CUBE) * a**3)),
        ),
        FALLING,
    ),
)


def _early(whole: Supremum) -> Supremum:
    """Let the tail begin before the maximum."""
    from dataclasses import replace

    return replace(whole, cut=Fraction(1, 2))


EARLY = (Planted("a cut before the maximum", _early),)
SUPREMA = (
    Supremum(
        "sup aΦ(−a) over a ≥ 0 lies between 0.1699712 and 0.1699713 (GELU)",
        "aΦ(−a)",
        _gelu,
        Fraction("0.1699712"),
        Fraction("0.1699713"),
        Fraction("0.751791"),
        CUT,
        NORMAL,
        EARLY,
    ),
    Supremum(
        "sup aσ(−z(a)) over a ≥ 0 lies between 0.1700407 and 0.1700408 (tanh form of GELU)",
        "aσ(−z(a))",
        _tanh_form,
        Fraction("0.1700407"),
        Fraction("0.1700408"),
        Fraction("0.752461"),
        CUT,
        TANH_TAIL,
        EARLY,
    ),
    Supremum(
        "sup aσ(−a) = W(1/e) over a ≥ 0 lies between 0.2784645 and 0.2784646 (SiLU)",
        "aσ(−a)",
        _silu,
        Fraction("0.2784645"),
        Fraction("0.2784646"),
        Fraction("1.278465"),
        CUT,
        SILU_TAIL,
        EARLY,
    ),
)
