"""E2, E2.fragile, E2.constant: misaligned dynamics: with A1 and η = 1/√t, ‖θ_t‖ ∝ √t.

If steps are orthogonal to θ, squared norms add up, and A1 makes them a product Π(1 + a²/t): a quotient of Gamma functions of
order t^{a²}.  The exponent of the norm is a²/2, so √t is the case a = 1 alone.  Orthogonality is fragile, a cosine of order
1/√t changes the exponent; steps of one length are robust: they give √t without A1, and under A1 they are the case a = 1 (paper
§5.4, App. E.2).

Notation: s = a² (more generally any s > −1), P_T = Π_{t<T}(1 + s/t); lower, upper: the constants of "∝", which
may depend on a: the witness answers them at a = 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims.cases.exact_cases import cases
from sattheory.claims.certificate import Constants
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.inequality import Exact, Inequality, Pairs, real
from sattheory.claims.search import Search
from sattheory.claims.witness import Statement, Witness

CONSTANTS: tuple[Mapping[str, Exact], ...] = tuple({"a": 2, "lower": Fraction(1, 10**n), "upper": 10**n} for n in (1, 3, 6))
LENGTH = "exp((lgamma(T + a ** 2) - lgamma(T) - lgamma(1 + a ** 2)) / 2)"


def _proportional(a: Fraction, T: int, lower: Fraction, upper: int, to: str = "sqrt(T)") -> Inequality:
    """lower·to ≤ ‖θ_T‖ ≤ upper·to, as one inequality."""
    where = {"length": LENGTH, "pattern": to}
    left = "max([length / (upper * pattern), lower * pattern / length])"
    return Inequality({"a": a, "T": T, "lower": lower, "upper": upper}, left, "1", where)


def _own_power(a: Fraction, T: int, lower: Fraction, upper: int) -> Inequality:
    return _proportional(a, T, lower, upper, "exp(a ** 2 * log(T) / 2)")


def _product(s: Fraction, T: int) -> Fraction:
    """P_T, exactly."""
    value = Fraction(1)
    for t in range(1, T):
        value *= 1 + s / t
    return value


def _ends(s: Fraction, T: int) -> tuple[Any, Any]:
    """Tˢ and Tˢ/Γ(1 + s)."""
    power = (real(s) * real(T).log()).exp()
    return power, power / real(1 + s).gamma()


def _between(s: Fraction, T: int) -> Pairs:
    """Both bounds, in the order that s asks for."""
    first, second = _ends(s, T)
    product = real(_product(s, T))
    return [(first, product), (product, second)] if 0 <= s <= 1 else [(second, product), (product, first)]


def _one_order(s: Fraction, T: int) -> Pairs:
    first, second = _ends(s, T)
    product = real(_product(s, T))
    return [(first, product), (product, second)]


def _gamma_of(shift: int) -> Any:
    def bounded(s: Fraction, T: int) -> Pairs:
        product, power = real(_product(s, T)), _ends(s, T)[0]
        yield product, power / real(shift + s).gamma() if s < 1 else product

    return bounded


def _cases(least: int) -> Any:
    """S from `least` to 4 in odd multiples of 2⁻¹², so never whole; T up to 20."""
    options = cases(s=range(2**12 * least + 1, 2**14, 2), T=range(1, 21))
    return options.map(lambda case: case | {"s": Fraction(case["s"], 2**12)})


def _fixed_cosine(a: Fraction, k: Fraction, T: int) -> Pairs:
    """Bound ln‖θ_T‖ at the cosine k from both sides."""
    factors = [real(2 * a * k) / real(t).sqrt() + real(a * a / t) for t in range(1, T)]
    found = sum(((1 + x).log() for x in factors), real(0)) / 2
    root, log = real(T).sqrt(), 1 + real(T).log()
    yield real(2 * a * k) * (root - 1) - real(a * a * k * k / 2) * log, found
    yield found, real(2 * a * k) * root + real(a * a / 2) * log


def _no_logarithm(a: Fraction, k: Fraction, T: int) -> Pairs:
    (_, found), _ = _fixed_cosine(a, k, T)
    yield real(2 * a * k) * (real(T).sqrt() - 1), found


BOUNDS = Search(
    "Tˢ ≤ P_T ≤ Tˢ/Γ(1 + s) for s < 1, reversed for s > 1: P_T exactly, T ≤ 20",
    _cases(0),
    _between,
    planted=(
        Planted("the same order for s > 1", _one_order),
        Planted("Γ(2 + s) for Γ(1 + s)", _gamma_of(2)),
    ),
)
NEGATIVE = Search(
    "the bounds of P_T for −1 < s < 4: P_T exactly, T ≤ 20",
    _cases(-1),
    _between,
    planted=(Planted("the same order for all s", _one_order),),
)
FIXED = Search(
    "a fixed cosine: both bounds of ln‖θ_T‖, T ≤ 16",
    cases(a=tuple(Fraction(i, 32) for i in range(1, 65)), k=tuple(Fraction(i, 128) for i in range(1, 129)), T=range(1, 17)),
    _fixed_cosine,
    planted=(Planted("the power of eT left out", _no_logarithm),),
)
CLAIMS = (
    Claim(
        "E2",
        place="§5.4, App. E.2",
        title="orthogonal steps grow like t^{a²/2}: √t only for a = 1",
        statement="misaligned dynamics (θ·δ = 0): ‖θ_t‖² = ‖θ_0‖² + Σ‖δ_i‖²; with A1 and η = 1/√t, ‖θ_t‖ ∝ √t",
        latex=r"misaligned dynamics ($\theta\cdot\delta = 0$): $\lVert\theta_t\rVert^2 = \lVert\theta_0\rVert^2 + "
        r"\sum\lVert\delta_i\rVert^2$; with A1 and $\eta = 1/\sqrt t$, $\lVert\theta_t\rVert \propto \sqrt t$",
        why="It explains the growth like √t seen in training. The first half is Pythagoras; the second needs a = 1.",
        literal=Form(
            "θ_t·δ_t = 0 ⇒ ‖θ_T‖² = ‖θ_1‖² + Σ_{t<T}‖δ_t‖²; and for each a > 0 there are C₋, C₊ > 0 such that θ_t·δ_t = 0, "
            "‖δ_t‖ = a‖θ_t‖/√t, ‖θ_1‖ = 1 imply C₋√T ≤ ‖θ_T‖ ≤ C₊√T for all T ≥ 1",
            evidence=(
                Witness(
                    "E2",
                    "‖θ_T‖² = Π_{t<T}(1 + a²/t) = Γ(T + a²)/(Γ(T)Γ(1 + a²)), at a = 2 T(T + 1)(T + 2)(T + 3)/24",
                    Statement(_proportional, some.fixed_dictionaries({"T": some.integers(1, 10**9)}), CONSTANTS),
                    planted=(Planted("compared with T^{a²/2}: the inequality is true there", _own_power),),
                ),
            ),
            latex=r"$\theta_t\cdot\delta_t = 0$ implies $\lVert\theta_T\rVert^2 = \lVert\theta_1\rVert^2 + "
            r"\sum_{t<T}\lVert\delta_t\rVert^2$; and for each $a > 0$ there are $C_-, C_+ > 0$ such that "
            r"$\theta_t\cdot\delta_t = 0$, $\lVert\delta_t\rVert = a\lVert\theta_t\rVert/\sqrt t$, $\lVert\theta_1\rVert = 1$ "
            r"imply $C_-\sqrt T \le \lVert\theta_T\rVert \le C_+\sqrt T$ for all $T \ge 1$",
            uses=("A1",),
        ),
        repaired=Form(
            "‖θ_T‖² = ‖θ_1‖² + Σ_{t<T}‖δ_t‖²; under A1 with η = 1/√t, ‖θ_1‖ = 1 and s = a²: ‖θ_T‖² = Π_{t<T}(1 + s/t) = Γ(T + "
            "s)/(Γ(T)Γ(1 + s)), Tˢ ≤ ‖θ_T‖² ≤ Tˢ/Γ(1 + s) for s ≤ 1 and both reversed for s ≥ 1, ‖θ_T‖²/Tˢ → 1/Γ(1 + s); "
            "bounded by positive multiples of T on both sides iff a = 1; if only a₋‖θ_t‖ ≤ √t‖δ_t‖ ≤ a₊‖θ_t‖, then Π_{t<T}(1 + "
            "a₋²/t) ≤ ‖θ_T‖² ≤ Π_{t<T}(1 + a₊²/t)",
            assumptions=(
                "θ_{t+1} = θ_t + δ_t with θ_t·δ_t = 0 for t = 1, 2, …",
                "‖δ_t‖ = a‖θ_t‖/√t with a > 0 (A1), after the first sentence",
            ),
            evidence=(Proof("E2"), Constants("E2"), BOUNDS),
            latex=r"$\lVert\theta_T\rVert^2 = \lVert\theta_1\rVert^2 + \sum_{t<T}\lVert\delta_t\rVert^2$; under A1 with $\eta "
            r"= 1/\sqrt t$, $\lVert\theta_1\rVert = 1$ and $s = a^2$: $\lVert\theta_T\rVert^2 = \prod_{t<T}(1 + s/t) = "
            r"\Gamma(T+s)/(\Gamma(T)\Gamma(1+s))$, $T^s \le \lVert\theta_T\rVert^2 \le T^s/\Gamma(1+s)$ for $s \le 1$ and both "
            r"reversed for $s \ge 1$, $\lVert\theta_T\rVert^2/T^s \to 1/\Gamma(1+s)$; bounded by positive multiples of $T$ on "
            r"both sides iff $a = 1$; if only $a_-\lVert\theta_t\rVert \le \sqrt t\lVert\delta_t\rVert \le "
            r"a_+\lVert\theta_t\rVert$, then $\prod_{t<T}(1 + a_-^2/t) \le \lVert\theta_T\rVert^2 \le \prod_{t<T}(1 + a_+^2/t)$",
            uses=("A1",),
        ),
        expected=Expected("refuted", "derived"),
    ),
    Claim(
        "E2.fragile",
        place="ours",
        title="a cosine of order 1/√t changes the exponent",
        statement="with cos∠(θ_t, δ_t) = κ/√t the exponent is a²/2 + aκ; a fixed cosine gives exp(Θ(√t))",
        latex=r"with $\cos\angle(\theta_t, \delta_t) = \kappa/\sqrt t$ the exponent is $a^2/2 + a\kappa$; a fixed cosine gives "
        r"$\exp(\Theta(\sqrt t))$",
        why="Measured cosines are small, not zero. Growth like √t therefore neither shows nor follows from nearly orthogonal "
        "steps.",
        literal=Form(
            "let ‖δ_t‖ = a‖θ_t‖/√t, ‖θ_1‖ = 1; (1) cos∠(θ_t, δ_t) = κ/√t, −1 ≤ κ ≤ 1, s = a² + 2aκ > −1 ⇒ ‖θ_T‖² = Γ(T + "
            "s)/(Γ(T)Γ(1 + s)), between Tˢ and Tˢ/Γ(1 + s): exponent a²/2 + aκ, √T iff κ = (1 − a²)/(2a); (2) cos∠(θ_t, δ_t) = "
            "κ ∈ (0, 1] ⇒ e^{2aκ(√T − 1)}(eT)^{−a²κ²/2} ≤ ‖θ_T‖ ≤ e^{2aκ√T}(eT)^{a²/2}; a fixed cosine −κ ⇒ ‖θ_T‖ → 0",
            assumptions=("θ_{t+1} = θ_t + δ_t for t = 1, 2, …", "‖δ_t‖ = a‖θ_t‖/√t with a > 0 (A1)"),
            evidence=(Proof("E2.fragile"), NEGATIVE, FIXED),
            latex=r"let $\lVert\delta_t\rVert = a\lVert\theta_t\rVert/\sqrt t$, $\lVert\theta_1\rVert = 1$; (1) if "
            r"$\cos\angle(\theta_t, \delta_t) = \kappa/\sqrt t$, $-1 \le \kappa \le 1$, $s = a^2 + 2a\kappa > -1$, then "
            r"$\lVert\theta_T\rVert^2 = \Gamma(T+s)/(\Gamma(T)\Gamma(1+s))$, between $T^s$ and $T^s/\Gamma(1+s)$: exponent "
            r"$a^2/2 + a\kappa$, $\sqrt T$ iff $\kappa = (1 - a^2)/(2a)$; (2) if $\cos\angle(\theta_t, \delta_t) = \kappa \in "
            r"(0, 1]$, then $e^{2a\kappa(\sqrt T - 1)}(eT)^{-a^2\kappa^2/2} \le \lVert\theta_T\rVert \le e^{2a\kappa\sqrt "
            r"T}(eT)^{a^2/2}$; a fixed cosine $-\kappa$ gives $\lVert\theta_T\rVert \to 0$",
            uses=("A1", "E2'"),
        ),
        repaired=None,
        expected=Expected("derived"),
        kind="ours",
    ),
    Claim(
        "E2.constant",
        place="ours",
        title="orthogonal steps of one length give √t without A1",
        statement="θ_t·δ_t = 0 and ‖δ_t‖ = q ⇒ ‖θ_T‖² = ‖θ_1‖² + q²(T − 1)",
        latex=r"$\theta_t\cdot\delta_t = 0$ and $\lVert\delta_t\rVert = q$ imply $\lVert\theta_T\rVert^2 = "
        r"\lVert\theta_1\rVert^2 + q^2(T - 1)$",
        why="Measured step sizes hardly change. That alone, with orthogonality, is growth like √t, at any learning rate.",
        literal=Form(
            "θ_t·δ_t = 0, ‖δ_t‖ = q > 0 ⇒ ‖θ_T‖² = ‖θ_1‖² + q²(T − 1) and ‖θ_T‖/√T → q; q₋ ≤ ‖δ_t‖ ≤ q₊ ⇒ ‖θ_T‖² − ‖θ_1‖² lies "
            "between q₋²(T − 1) and q₊²(T − 1); conversely, under A1 with η = 1/√t the lengths ‖δ_t‖ of orthogonal steps stay "
            "between positive constants iff a = 1",
            assumptions=("θ_{t+1} = θ_t + δ_t for t = 1, 2, …",),
            evidence=(Proof("E2.constant"),),
            latex=r"$\theta_t\cdot\delta_t = 0$, $\lVert\delta_t\rVert = q > 0$ imply $\lVert\theta_T\rVert^2 = "
            r"\lVert\theta_1\rVert^2 + q^2(T - 1)$ and $\lVert\theta_T\rVert/\sqrt T \to q$; $q_- \le \lVert\delta_t\rVert \le "
            r"q_+$ implies that $\lVert\theta_T\rVert^2 - \lVert\theta_1\rVert^2$ lies between $q_-^2(T - 1)$ and $q_+^2(T - "
            r"1)$; conversely, under A1 with $\eta = 1/\sqrt t$ the lengths $\lVert\delta_t\rVert$ of orthogonal steps stay "
            r"between positive constants iff $a = 1$",
            uses=("A1", "E2'"),
        ),
        repaired=None,
        expected=Expected("derived"),
        kind="ours",
    ),
)
