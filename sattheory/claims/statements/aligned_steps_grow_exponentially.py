"""E1, E1.discrete: aligned dynamics: with A1 and η = 1/√t, ‖θ_t‖ ∝ exp(√t).

If steps point along θ, the norm grows fastest.  The flow θ' = aθ/√t has the one solution e^{2a(√t − √t₀)}: a factor 2a in the
exponent, so the sentence holds as it stands only for a = ½, and as exp(Θ(√t)) always.  Steps in place of the flow lose a power
of t besides, so that it holds for no a; the constant in front is enclosed by comparing a sum with an integral from both sides
(paper §5.3, App. E.1).

Notation: steps = (1, …, T − 1), for the product Π_{t<T}(1 + a/√t); lower, upper: the constants of "∝", which may depend on a:
the witnesses answer them at a = 1.
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

CONSTANTS: tuple[Mapping[str, Exact], ...] = tuple({"a": 1, "lower": Fraction(1, 10**n), "upper": 10**n} for n in (1, 3, 6))
FLOW = "exp(2 * a * (sqrt(t) - 1))"
PRODUCT = "exp(sum(log(1 + a / sqrt(steps))))"


def _proportional(point: dict[str, Any], length: str, to: str) -> Inequality:
    """lower·to ≤ length ≤ upper·to, as one inequality."""
    where = {"length": length, "pattern": to}
    return Inequality(point, "max([length / (upper * pattern), lower * pattern / length])", "1", where)


def _flow(a: Fraction, t: int, lower: Fraction, upper: int, to: str = "exp(sqrt(t))") -> Inequality:
    return _proportional({"a": a, "t": t, "lower": lower, "upper": upper}, FLOW, to)


def _own_exponent(a: Fraction, t: int, lower: Fraction, upper: int) -> Inequality:
    return _flow(a, t, lower, upper, "exp(2 * a * sqrt(t) - 2 * a)")


def _steps(a: Fraction, T: int, lower: Fraction, upper: int, to: str = "exp(sqrt(T))") -> Inequality:
    point = {"a": a, "T": T, "steps": tuple(range(1, T)), "lower": lower, "upper": upper}
    return _proportional(point, PRODUCT, to)


def _own_growth(a: Fraction, T: int, lower: Fraction, upper: int) -> Inequality:
    return _steps(a, T, lower, upper, "exp(2 * a * sqrt(T) - a ** 2 * log(T) / 2)")


def _summand(a: Fraction, t: Any) -> Any:
    return (1 + real(a) / real(t).sqrt()).log()


def _antiderivative(a: Fraction, t: Any) -> Any:
    root = real(t).sqrt()
    return t * _summand(a, t) + real(a) * root - real(a) ** 2 * (root + real(a)).log()


def _brackets(a: Fraction, N: int) -> tuple[Any, Any]:
    """T_N and M_N."""
    total = sum((_summand(a, t) for t in range(1, N + 1)), real(0))
    trapezia = total - _summand(a, N) / 2 - _antiderivative(a, real(N))
    return trapezia, total - _antiderivative(a, real(N + Fraction(1, 2)))


def _nested(a: Fraction, N: int, more: int) -> Pairs:
    outer, inner = _brackets(a, N), _brackets(a, N + more)
    return [(outer[0], inner[0]), inner, (inner[1], outer[1])]


def _no_half_term(a: Fraction, N: int, more: int) -> Pairs:
    yield _brackets(a, N)[0] + _summand(a, N) / 2, _brackets(a, N + more)[0] + _summand(a, N + more) / 2


NESTED = Search(
    "T_N ≤ T_{N+n} ≤ M_{N+n} ≤ M_N for N ≤ 8, n ≤ 4, a ≤ 4 a multiple of 2⁻¹⁰",
    cases(a=range(1, 2**12 + 1), N=range(1, 9), more=range(1, 5)).map(lambda case: case | {"a": Fraction(case["a"], 2**10)}),
    _nested,
    planted=(Planted("no half term at the end", _no_half_term),),
)
CLAIMS = (
    Claim(
        "E1",
        place="§5.3, App. E.1",
        title="the aligned flow grows like exp(2a√t)",
        statement="aligned dynamics: with A1 and η = 1/√t, ‖θ_t‖ ∝ exp(√t)",
        latex=r"aligned dynamics: with A1 and $\eta = 1/\sqrt t$, $\lVert\theta_t\rVert \propto \exp(\sqrt t)$",
        why="It is the fastest growth that A1 allows. The exponent depends on the constant of A1, so the rate is not universal.",
        literal=Form(
            "for each a > 0 there are C₋, C₊ > 0 such that every flow with θ' = λθ, λ ≥ 0, ‖θ'‖ = a‖θ‖/√t and ‖θ(1)‖ = 1 has "
            "C₋e^{√t} ≤ ‖θ(t)‖ ≤ C₊e^{√t} for all t ≥ 1",
            evidence=(
                Witness(
                    "E1",
                    "‖θ(t)‖ = e^{2a(√t − 1)}, divided by e^{√t} it is e^{(2a − 1)√t − 2a}: → 0 for a < ½, → ∞ for a > ½",
                    Statement(_flow, some.fixed_dictionaries({"t": some.integers(1, 10**6)}), CONSTANTS),
                    planted=(Planted("compared with e^{2a(√t − 1)}: the inequality is true there", _own_exponent),),
                ),
            ),
            latex=r"for each $a > 0$ there are $C_-, C_+ > 0$ such that every flow with $\theta' = \lambda\theta$, $\lambda "
            r"\ge 0$, $\lVert\theta'\rVert = a\lVert\theta\rVert/\sqrt t$ and $\lVert\theta(1)\rVert = 1$ has $C_-e^{\sqrt t} "
            r"\le \lVert\theta(t)\rVert \le C_+e^{\sqrt t}$ for all $t \ge 1$",
            uses=("A1",),
        ),
        repaired=Form(
            "‖θ(t)‖ = ‖θ(t₀)‖·exp(a∫η); with η = 1/√t it is ‖θ(t₀)‖·e^{2a(√t − √t₀)}, bounded by positive multiples of e^{√t} "
            "on both sides iff a = ½; if only a₋η‖θ‖ ≤ ‖θ'‖ ≤ a₊η‖θ‖, then e^{2a₋(√t − √t₀)} ≤ ‖θ(t)‖/‖θ(t₀)‖ ≤ e^{2a₊(√t − "
            "√t₀)}",
            assumptions=(
                "θ differentiable, θ' = λθ with λ ≥ 0, θ(t₀) ≠ 0, t₀ > 0; η continuous",
                "‖θ'‖ = aη‖θ‖ with a > 0 (A1), up to the last sentence, where η = 1/√t and 0 < a₋ ≤ a₊",
            ),
            evidence=(Proof("E1"),),
            latex=r"$\lVert\theta(t)\rVert = \lVert\theta(t_0)\rVert\exp(a\int_{t_0}^t\eta)$; with $\eta = 1/\sqrt t$ it is "
            r"$\lVert\theta(t_0)\rVert e^{2a(\sqrt t - \sqrt{t_0})}$, bounded by positive multiples of $e^{\sqrt t}$ on both "
            r"sides iff $a = \frac12$; if only $a_-\eta\lVert\theta\rVert \le \lVert\theta'\rVert \le "
            r"a_+\eta\lVert\theta\rVert$, then $e^{2a_-(\sqrt t - \sqrt{t_0})} \le "
            r"\lVert\theta(t)\rVert/\lVert\theta(t_0)\rVert \le e^{2a_+(\sqrt t - \sqrt{t_0})}$",
            uses=("A1",),
        ),
        expected=Expected("refuted", "derived"),
    ),
    Claim(
        "E1.discrete",
        place="§5.3, App. E.1",
        title="aligned steps grow like t^{−a²/2}·exp(2a√t)",
        statement="aligned dynamics, in steps: with A1 and η = 1/√t, ‖θ_t‖ ∝ exp(√t)",
        latex=r"aligned dynamics, in steps: with A1 and $\eta = 1/\sqrt t$, $\lVert\theta_t\rVert \propto \exp(\sqrt t)$",
        why="Training takes steps, not a flow. They cost a power of t, so the sentence holds for no constant of A1 at all.",
        literal=Form(
            "for each a > 0 there are C₋, C₊ > 0 such that θ_{t+1} = (1 + a/√t)θ_t, ‖θ_1‖ = 1, has C₋e^{√T} ≤ ‖θ_T‖ ≤ C₊e^{√T} "
            "for all T ≥ 1",
            evidence=(
                Witness(
                    "E1.discrete",
                    "‖θ_T‖ = Π_{t<T}(1 + a/√t), of order T^{−a²/2}e^{2a√T}",
                    Statement(_steps, some.fixed_dictionaries({"T": some.integers(2, 400)}), CONSTANTS),
                    planted=(Planted("compared with T^{−a²/2}e^{2a√T}: the inequality is true there", _own_growth),),
                ),
            ),
            latex=r"for each $a > 0$ there are $C_-, C_+ > 0$ such that $\theta_{t+1} = (1 + a/\sqrt t)\theta_t$, "
            r"$\lVert\theta_1\rVert = 1$, has $C_-e^{\sqrt T} \le \lVert\theta_T\rVert \le C_+e^{\sqrt T}$ for all $T \ge 1$",
            uses=("A1",),
        ),
        repaired=Form(
            "for each a > 0 there is K_a > 0 with ‖θ_T‖ = K_a·T^{−a²/2}·e^{2a√T + ε}, −(a² + 1)a/√T ≤ ε ≤ a³/(3√T), for all T "
            "≥ 1; S_N − ½f(N) − G(N) ≤ ln K_a + ½a² ≤ S_N − G(N + ½) for all N ≥ 1, where f(t) = ln(1 + a/√t), G(t) = t·f(t) + "
            "a√t − a² ln(√t + a), S_N = f(1) + … + f(N); for no a is ‖θ_T‖ bounded by positive multiples of e^{√T} on both "
            "sides",
            assumptions=("θ_{t+1} = θ_t + (a/√t)θ_t for t = 1, 2, … (aligned, A1 with η = 1/√t), ‖θ_1‖ = 1",),
            evidence=(Proof("E1.discrete"), Constants("E1.discrete"), NESTED),
            latex=r"for each $a > 0$ there is $K_a > 0$ with $\lVert\theta_T\rVert = K_aT^{-a^2/2}e^{2a\sqrt T + "
            r"\varepsilon}$, $-(a^2 + 1)a/\sqrt T \le \varepsilon \le a^3/(3\sqrt T)$, for all $T \ge 1$; $S_N - \frac12f(N) - "
            r"G(N) \le \ln K_a + \frac12a^2 \le S_N - G(N + \frac12)$ for all $N \ge 1$, where $f(t) = \ln(1 + a/\sqrt t)$, "
            r"$G(t) = tf(t) + a\sqrt t - a^2\ln(\sqrt t + a)$, $S_N = f(1) + \dots + f(N)$; for no $a$ is "
            r"$\lVert\theta_T\rVert$ bounded by positive multiples of $e^{\sqrt T}$ on both sides",
            uses=("A1",),
        ),
        expected=Expected("refuted", "derived"),
    ),
)
