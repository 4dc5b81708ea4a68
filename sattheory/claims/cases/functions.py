"""A small grammar of functions f(θ), each with what is established about its homogeneity: where lemmas are put to the test.

"Let f be approximately k-homogeneous" begins most statements of the calculus, and a search for counterexamples needs such
functions: 0, θ, relu(θ), θ², σ(θ), ½e^{−|θ|}cos πθ, and what can be built from them.  A function is a formula (see `formulas`)
in ``theta``, a number or a vector of two.  What is known of it, degree and constants, is read off the formula by rules, each of
which is a line of mathematics; a formula that no rule covers is not offered.  So the assumption of a lemma is established again
from the text of any function that refutes it, and nothing has to be believed about where that function came from.

Let r = ‖θ‖.  `Known` says, for r ≥ ρ and c ≥ 1: |f(cθ) − cᵏf(θ)| ≤ B·e^{−dr} and |f(θ)| ≤ M·rᵏ.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from math import ceil, isqrt
from typing import Any

import hypothesis.strategies as some

from sattheory.claims.inequality import Inequality

Point = Fraction | int | tuple[Fraction | int, ...]
Scale = Fraction | int | str
TIERS = (12, 128, 1024, 1024)
LOG_2 = Fraction(7, 10)
SIZES = {1: "abs(theta)", 2: "norm(theta)"}
VARIABLES = {1: ("theta",), 2: ("theta[0]", "theta[1]")}
BOUNDED = ("cos_pi", "sin_pi", "sigmoid", "tanh")
LIPSCHITZ = {"sigmoid": Fraction(1, 4), "tanh": Fraction(1)}


@dataclass(frozen=True)
class Known:
    """What is known about a function f of θ, for r = ‖θ‖ ≥ ρ and c ≥ 1.

    Parameters
    ----------
    degree : int or None
        k; None for a function that vanishes there and so has every degree.
    size : Fraction
        M, with |f(θ)| ≤ M·rᵏ.
    error : Fraction
        B, with |f(cθ) − cᵏf(θ)| ≤ B·e^{−dr}; 0 for exact homogeneity.
    d, rho : Fraction
        d and ρ ≥ 0.
    flat : Fraction or None
        A, with |f(θ)| ≤ A·e^{−dr}, if f is known to decay.
    """

    degree: int | None
    size: Fraction = Fraction(1)
    error: Fraction = Fraction(0)
    d: Fraction = Fraction(1)
    rho: Fraction = Fraction(0)
    flat: Fraction | None = None

    def has(self, degree: int) -> bool:
        """Tell whether f is approximately homogeneous of a degree.

        Parameters
        ----------
        degree : int
            k.

        Returns
        -------
        bool
            Whether that is established.
        """
        return self.degree in {None, degree}

    @property
    def constants(self) -> tuple[Fraction, Fraction]:
        """Find constants of Definition 3.

        Returns
        -------
        tuple of Fraction
            d > 0 and ρ ≥ 1 with |f(cθ) − cᵏf(θ)| ≤ e^{−dr}; for B > 1 half of the exponent pays for B, since ln B < 0.7·log₂B.
        """
        rho = max(self.rho, Fraction(1))
        if self.error <= 1:
            return self.d, rho
        doublings = ceil(self.error).bit_length()
        return self.d / 2, max(rho, 2 * LOG_2 * doublings / self.d)


ZERO = Known(None, Fraction(0))


@cache
def known(formula: str, parameters: int = 1) -> Known | None:
    """Establish what a formula's homogeneity is.

    Parameters
    ----------
    formula : str
        A formula in ``theta``.
    parameters : int
        1 if θ is a number, 2 for a vector.

    Returns
    -------
    Known or None
        None if no rule covers it.
    """
    return _Reader(parameters).read(ast.parse(str(formula), mode="eval").body)


class _Reader:
    """Reads degrees off formulas; each method is one rule."""

    def __init__(self, parameters: int) -> None:
        self.parameters = parameters

    def read(self, node: ast.expr) -> Known | None:
        if self._is_norm(node) or self._is_variable(node):
            return Known(1)
        match node:
            case ast.Constant(value=int(number)):
                return Known(0, Fraction(abs(number))) if number else ZERO
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return self.read(inner)
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
                return _sum(self.read(left), self.read(right))
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return self._product(left, right)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return self._quotient(left, right)
            case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=2)):
                return self._product(left, left)
            case ast.Call(func=ast.Name(id=name), args=[argument]):
                return self._call(name, argument)
        return None

    def _is_variable(self, node: ast.expr) -> bool:
        match node:
            case ast.Name(id="theta"):
                return self.parameters == 1
            case ast.Subscript(value=ast.Name(id="theta"), slice=ast.Constant(value=int(index))):
                return self.parameters > 1 and 0 <= index < self.parameters
        return False

    def _is_norm(self, node: ast.expr) -> bool:
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.Name(id="theta")]):
                return f"{name}(theta)" == SIZES[self.parameters]
        return False

    def _call(self, name: str, node: ast.expr) -> Known | None:
        """Read f(g): |·| and relu are 1-Lipschitz and positively homogeneous, as is max."""
        if name == "exp":
            return self._decay(node)
        if name == "relu" and (beyond := self._beyond(node)) is not None:
            return replace(ZERO, rho=beyond)
        if name in {"abs", "relu"}:
            return self.read(node)
        if name in LIPSCHITZ:
            return self._squashed(name, node)
        match node:
            case ast.List(elts=[ast.Constant(value=int(number)), other]) if name == "max" and self._is_norm(other):
                return Known(1, rho=Fraction(number))
        return None

    def _beyond(self, node: ast.expr) -> Fraction | None:
        """Find m in m − r: where it turns negative."""
        match node:
            case ast.BinOp(left=ast.Constant(value=int(number)), op=ast.Sub(), right=right) if self._is_norm(right):
                return Fraction(number)
        return None

    def _decay(self, node: ast.expr) -> Known | None:
        """e^{−mr}: it decays, and its values at θ and at cθ lie between 0 and that."""
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                multiple = self._multiple(inner)
            case ast.BinOp(left=ast.UnaryOp(op=ast.USub(), operand=number), op=ast.Mult(), right=inner):
                multiple = self._multiple(ast.BinOp(number, ast.Mult(), inner))
            case _:
                return None
        return Known(0, Fraction(1), Fraction(1), multiple, flat=Fraction(1)) if multiple else None

    def _multiple(self, node: ast.expr) -> Fraction | None:
        """Find m > 0 in m·r."""
        match node:
            case ast.BinOp(left=ast.Constant(value=int(number)), op=ast.Mult(), right=right) if self._is_norm(right):
                return Fraction(number) if number > 0 else None
        return Fraction(1) if self._is_norm(node) else None

    def _squashed(self, name: str, node: ast.expr) -> Known | None:
        """σ(g), tanh(g): Lipschitz at degree 0; at degree ≥ 1 lemmas L6 and L8, if |g| ≥ d·r where g ≠ 0."""
        inner = self.read(node)
        if inner is None or inner.degree is None:
            return None
        if inner.degree == 0:
            return replace(inner, size=Fraction(1), error=LIPSCHITZ[name] * inner.error, flat=None)
        slope = self._slope(node) if inner.rho == inner.error == 0 else None
        return Known(0, Fraction(1), Fraction(1), slope, Fraction(1)) if slope else None

    def _slope(self, node: ast.expr) -> Fraction | None:
        """Find d with |g| ≥ d·r wherever g ≠ 0, for r ≥ 1: of m·r, and of any homogeneous g of one parameter."""
        if self.parameters > 1:
            return self._multiple(node)
        if not _is_rational(node):
            return None
        values = (abs(_at(node, Fraction(theta))) for theta in (1, -1))
        return min((value for value in values if value), default=None)

    def _product(self, left: ast.expr, right: ast.expr) -> Known | None:
        """fg: degrees add if both are exact; degree 0 times degree 0; what decays times what is bounded."""
        f, g = self.read(left), self.read(right)
        for one, factor in ((f, right), (g, left)):
            if one is not None and one.flat is not None and _is_bounded(factor):
                return replace(one, error=2 * one.flat)
        return _times(f, g)

    def _quotient(self, left: ast.expr, right: ast.expr) -> Known | None:
        """f/m for a whole number m ≠ 0, and f/r."""
        f = self.read(left)
        match right:
            case ast.Constant(value=int(number)) if f is not None and number:
                flat = None if f.flat is None else f.flat / abs(number)
                return replace(f, size=f.size / abs(number), error=f.error / abs(number), flat=flat)
        if f is None or not f.degree or f.error or not self._is_norm(right):
            return None
        return replace(f, degree=f.degree - 1)


def _is_rational(node: ast.expr) -> bool:
    """Tell whether a formula has no functions but the absolute value and relu."""
    calls = [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
    return all(isinstance(function, ast.Name) and function.id in {"abs", "relu"} for function in calls)


def _is_bounded(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BOUNDED


def _sum(f: Known | None, g: Known | None) -> Known | None:
    """Errors and bounds add up if the degrees agree; a sum of decaying functions decays."""
    if f is None or g is None:
        return None
    rho, d = max(f.rho, g.rho), min(f.d, g.d)
    if f.degree is None or g.degree is None:
        return replace(g if f.degree is None else f, rho=rho)
    if f.degree != g.degree:
        return None
    flat = None if f.flat is None or g.flat is None else f.flat + g.flat
    return Known(f.degree, f.size + g.size, f.error + g.error, d, rho, flat)


def _times(f: Known | None, g: Known | None) -> Known | None:
    """f(cθ)g(cθ) − f(θ)g(θ) = f(cθ)(g(cθ) − g(θ)) + g(θ)(f(cθ) − f(θ)) at degree 0; exact factors multiply."""
    if f is None or g is None:
        return None
    rho = max(f.rho, g.rho)
    if f.degree is None or g.degree is None:
        return replace(ZERO, rho=rho)
    if (f.error or g.error) and (f.degree or g.degree):
        return None
    flats = [one.flat * other.size for one, other in ((f, g), (g, f)) if one.flat is not None]
    error = f.size * g.error + g.size * f.error
    return Known(f.degree + g.degree, f.size * g.size, error, min(f.d, g.d), rho, min(flats, default=None))


def _at(node: ast.expr, theta: Fraction) -> Fraction:
    """Evaluate an exactly homogeneous formula of one parameter."""
    match node:
        case ast.Constant(value=int(number)):
            return Fraction(number)
        case ast.Name():
            return theta
        case ast.UnaryOp(operand=inner):
            return -_at(inner, theta)
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            value = _at(argument, theta)
            return abs(value) if name == "abs" else max(value, Fraction(0))
        case ast.BinOp(left=left, op=op, right=right):
            x, y = _at(left, theta), _at(right, theta)
            results = {ast.Add: x + y, ast.Sub: x - y, ast.Mult: x * y, ast.Pow: x * x}
            return results[type(op)] if type(op) in results else x / y
    raise SyntaxError(f"not a homogeneous formula: {ast.unparse(node)}")


# --- the grammar --------------------------------------------------------------------------------------------------------------


def _wrapped(formula: str) -> str:
    """Put a sum or a sign in brackets."""
    match ast.parse(formula, mode="eval").body:
        case ast.UnaryOp() | ast.BinOp(op=ast.Add() | ast.Sub()):
            return f"({formula})"
    return formula


def _joined(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Add, subtract and multiply different formulas."""
    pairs = [(_wrapped(f), _wrapped(g)) for f in first for g in second if f != g]
    return [f"{f} {sign} {g}" for f, g in pairs for sign in ("+-*" if f != "1" else "+-")]


@cache
def grammar(parameters: int = 1) -> tuple[str, ...]:
    """List the functions.

    Parameters
    ----------
    parameters : int
        1 or 2.

    Returns
    -------
    tuple of str
        Those about which something is known, the simplest first.
    """
    variables, size = VARIABLES[parameters], SIZES[parameters]
    atoms = [*variables, size]
    parts = [f"relu({x})" for x in variables] + [f"relu(-{x})" for x in variables] + [f"-{x}" for x in variables]
    parts += [f"{x}**2" for x in variables] + [f"{x} / {size}" for x in variables] + [f"2 * {x}" for x in atoms]
    plain = atoms + parts + _joined(atoms, atoms)
    squashed = [f"{name}({x})" for name in LIPSCHITZ for x in plain]
    waves = [f"{name}({x})" for name in ("cos_pi", "sin_pi", "tanh") for x in variables]
    decaying = [f"exp(-{size})", f"exp(-2 * {size})"]
    flat = decaying + [f"{decay} * {x} / 2" for x in waves for decay in decaying]
    cut = [f"relu(1 - {size})", f"relu(2 - {size})", f"max([1, {size}])"]
    base = ["0", "1", *plain, *squashed, *flat, *cut]
    negated = [f"-{_wrapped(x)}" for x in base[1:] if not x.startswith("-")]
    simple = ["1", *atoms, f"{variables[0]} / {size}", f"sigmoid({variables[0]})"]
    offered = dict.fromkeys(base + negated + _joined(simple, flat + cut + squashed[:2]))
    return tuple(sorted((f for f in offered if known(f, parameters)), key=_complexity))


def _complexity(formula: str) -> tuple[int, int, int, str]:
    """Count parts, a minus twice; of equals the logistic function comes before tanh."""
    parts = sum(isinstance(node, ast.expr) for node in ast.walk(ast.parse(formula)))
    return parts + formula.count("-"), formula.count("tanh"), len(formula), formula


def functions(parameters: int = 1, degree: int | None = None) -> Any:
    """Draw a function.

    Parameters
    ----------
    parameters : int
        1 or 2.
    degree : int, optional
        One that it must have.

    Returns
    -------
    Hypothesis strategy of str
        A formula in ``theta``; simple ones are drawn more often, and it shrinks to the simplest.
    """
    offered = of_degree(parameters, degree)
    return some.one_of(*[some.sampled_from(offered[:most]) for most in TIERS])


def near(formula: str, parameters: int = 1) -> Any:
    """Draw a function that differs from another one of degree 0 by something that decays: their symbols agree.

    Parameters
    ----------
    formula : str
        Of degree 0.
    parameters : int
        1 or 2.

    Returns
    -------
    Hypothesis strategy of str
        A formula in ``theta``.
    """
    start = "" if formula == "0" else f"{_wrapped(formula)} + "
    return some.sampled_from([start + _wrapped(f) if start else f for f in decaying(parameters)])


@cache
def decaying(parameters: int = 1) -> tuple[str, ...]:
    """List the functions that are known to decay.

    Parameters
    ----------
    parameters : int
        1 or 2.

    Returns
    -------
    tuple of str
        Formulas, the simplest first.
    """
    found = ((f, known(f, parameters)) for f in grammar(parameters))
    return tuple(f for f, facts in found if facts is not None and facts.flat is not None)


@cache
def of_degree(parameters: int = 1, degree: int | None = None) -> tuple[str, ...]:
    """List the functions of a degree.

    Parameters
    ----------
    parameters : int
        1 or 2.
    degree : int, optional
        All of them when left out.

    Returns
    -------
    tuple of str
        Formulas, the simplest first.
    """
    found = ((f, known(f, parameters)) for f in grammar(parameters))
    return tuple(f for f, facts in found if facts is not None and (degree is None or facts.has(degree)))


def degree_of(formula: str | int, parameters: int = 1) -> Known:
    """Establish what a formula's homogeneity is, or refuse.

    Parameters
    ----------
    formula : str or int
        A formula in ``theta``; a whole number stands for a constant.
    parameters : int
        1 or 2.

    Returns
    -------
    Known
        What is known.

    Raises
    ------
    ValueError
        If no rule covers it.
    """
    facts = known(str(formula), parameters)
    if facts is None:
        raise ValueError(f"nothing is known about the homogeneity of {formula}")
    return facts


# --- points and Definition 3 --------------------------------------------------------------------------------------------------

SMALL: tuple[Scale, ...] = (2, 3, 4, 5, *(Fraction(i, 4) for i in (6, 5, 7, 9, 10, 11)), *(Fraction(i, 8) for i in (9, 11, 13)))


def scales(rho: Fraction | int = 1) -> Any:
    """Draw a scale.

    Parameters
    ----------
    rho : Fraction or int
        The least ‖θ‖ in question; errors of e^{−‖θ‖} show at scales that make up for it.

    Returns
    -------
    Hypothesis strategy of int, Fraction or str
        c > 1: small, or a power of 2 written as such, larger than e^{2ρ}.
    """
    return some.sampled_from((*SMALL, *[f"2**{4 * ceil(rho) + 4}"] * len(SMALL)))


def points(rho: Fraction | int, parameters: int = 1) -> Any:
    """Draw a point with ‖θ‖ ≥ ρ.

    Parameters
    ----------
    rho : Fraction or int
        ρ.
    parameters : int
        1 or 2.

    Returns
    -------
    Hypothesis strategy of int or tuple of int
        θ, whole numbers no larger than 4⌈ρ⌉ + 8.
    """
    least = ceil(rho)
    most = 4 * least + 8
    if parameters == 1:
        return some.integers(0, 2 * (most - least) + 1).map(lambda drawn: (least + drawn // 2) * (-1) ** drawn)
    free, large = some.integers(-most, most), some.integers(0, 2 * (most - least) + 1)
    return some.tuples(free, large).map(lambda drawn: _placed(drawn[0], least + drawn[1] // 2, drawn[1] % 2))


def _placed(free: int, large: int, first: int) -> tuple[int, int]:
    return (large, free) if first else (free, large)


def length(theta: Point) -> Fraction:
    """Bound ‖θ‖ from below.

    Parameters
    ----------
    theta : int, Fraction or tuple
        A point.

    Returns
    -------
    Fraction
        |θ| itself, or for a vector the largest whole number ≤ ‖θ‖.
    """
    if isinstance(theta, tuple):
        return Fraction(isqrt(sum(int(entry * entry) for entry in theta)))
    return abs(Fraction(theta))


def at(formula: str | int, name: str) -> str:
    """Write f at another point.

    Parameters
    ----------
    formula : str or int
        In ``theta``.
    name : str
        What to put for it.

    Returns
    -------
    str
        The formula in `name`.
    """
    return re.sub(r"\btheta\b", name, str(formula))


NOTHING = Inequality({}, "0", "1")


def definition(
    f: str, degree: int, *, d: Fraction, rho: Fraction | int, theta: Point, c: Scale, entries: bool = False
) -> Inequality:
    """Write what Definition 3 asks of a function at one point and scale: |f(cθ) − cᵏf(θ)| ≤ e^{−d‖θ‖}.

    Parameters
    ----------
    f : str
        A formula in ``theta``.
    degree : int
        k.
    d, rho : Fraction or int
        d and ρ; nothing is asked (0 ≤ 1) where ‖θ‖ < ρ.
    theta : int, Fraction or tuple
        θ.
    c : int, Fraction or str
        c ≥ 1.
    entries : bool
        Whether f is a vector, to be compared entry by entry.

    Returns
    -------
    Inequality
        With ``here`` for f(θ) and ``there`` for f(cθ).
    """
    if length(theta) < rho:
        return NOTHING
    where = {"c": str(c), "scaled": "c * theta", "here": str(f), "there": at(f, "scaled")}
    difference = f"there - c**{degree} * here" if degree else "there - here"
    left = f"max(abs({difference}))" if entries else f"abs({difference})"
    norm = SIZES[2 if isinstance(theta, tuple) else 1]
    return Inequality({"d": d, "theta": theta}, left, f"exp(-d * {norm})", where)
