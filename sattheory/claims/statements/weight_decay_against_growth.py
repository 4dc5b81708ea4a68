"""W1, W1.constant: with weight decay, the norm grows when λ is below a threshold and shrinks above.

Decay takes a fraction off θ, an orthogonal increment adds to its square; which wins is a quadratic inequality.  At a fixed
learning rate it is a threshold for λ ∈ (0, 1), of order a²η²/2 (a²η/2 for AdamW, whose decay is ηλ).  No threshold survives a
learning rate that tends to 0: then every decay wins in the end.  And with increments of one length there is no growth to speak
of, the norm settles (paper §5.6, App. F).

The sentence is read with the paper's own model of training, E2: steps orthogonal to θ, A1, η = 1/√t; a threshold then has to
serve from some time on.  What the paper measures, growth or shrinkage of the norm up to *one* time, has at most one
threshold, which depends on that time: it is the last sentence of the repaired form.

Notation: F = (1 − μ)² + q² the factor of the squared norm, μ the fraction taken off (λ, or ηλ), q = aη.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims.cases.asymptotic_error import integers
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.inequality import Exact, Inequality, Pairs
from sattheory.claims.search import Search
from sattheory.claims.witness import Statement, Witness

CONSTANTS: tuple[Mapping[str, Exact], ...] = (
    {"threshold": Fraction(1, 2), "start": 1},
    {"threshold": Fraction(1, 100), "start": 1000},
    {"threshold": Fraction(1, 10**6), "start": 10**6},
)


def _threshold(
    threshold: Fraction, start: int, a: Fraction, decay: Fraction, t: int, factor: str = "(1 - decay) ** 2 + a ** 2 / t"
) -> Inequality:
    """Growth below the threshold, shrinkage above, at a time t ≥ start."""
    sides = ("1", "factor") if decay < threshold else ("factor", "1") if decay > threshold else ("1", "1")
    return Inequality({"a": a, "decay": decay, "t": t}, *sides, {"factor": factor})


def _times(threshold: Fraction, start: int) -> Any:
    return some.fixed_dictionaries(
        {
            "a": some.integers(1, 8).map(lambda i: Fraction(i, 4)),
            "decay": some.integers(1, 39).map(lambda i: Fraction(i, 20) * threshold),
            "t": some.integers(start, 10**15),
        }
    )


def _no_decay(threshold: Fraction, start: int, a: Fraction, decay: Fraction, t: int) -> Inequality:
    """Without decay the norm grows: growth below the threshold is true."""
    return _threshold(threshold, start, a, decay, t, "1 + a ** 2 / t")


def _moved(x: tuple[int, ...], mu: Fraction, q: Fraction) -> tuple[Fraction, Fraction]:
    """Squared norms before and after a step in the plane."""
    before = Fraction(x[0] ** 2 + x[1] ** 2)
    after = ((1 - mu) * x[0] - q * x[1]) ** 2 + ((1 - mu) * x[1] + q * x[0]) ** 2
    return before, after


def _ordered(x: tuple[int, ...], mu: Fraction, q: Fraction, grows: bool) -> Pairs:
    before, after = _moved(x, mu, q)
    yield (before, after) if grows else (after, before)


def _quadratic(x: tuple[int, ...], mu: Fraction, q: Fraction) -> Pairs:
    return _ordered(x, mu, q, q * q > 2 * mu - mu * mu)


def _linear(x: tuple[int, ...], mu: Fraction, q: Fraction) -> Pairs:
    return _ordered(x, mu, q, q * q > 2 * mu)


def _orbit(mu: Fraction, square: Fraction, start: Fraction, n: int, double: int = 2, minus: int = 1) -> Pairs:
    """|zₙ − z* − (1 − μ)²ⁿ(z₀ − z*)| ≤ 0, exactly."""
    fixed = square / (double * mu - minus * mu * mu)
    z = start
    for _ in range(n):
        z = (1 - mu) ** 2 * z + square
    yield abs(z - fixed - (1 - mu) ** (2 * n) * (start - fixed)), Fraction(0)


def _first_order(mu: Fraction, square: Fraction, start: Fraction, n: int) -> Pairs:
    return _orbit(mu, square, start, n, minus=0)


STEP = Search(
    "in the plane, exactly: ‖θ‖ grows iff q² > 2μ − μ²",
    integers(4, 24).map(lambda i: {"x": (i[0], i[1]), "mu": Fraction(abs(i[2]), 16), "q": Fraction(i[3], 16)}),
    _quadratic,
    planted=(Planted("q² > 2μ", _linear),),
)
ORBIT = Search(
    "zₙ − z* = (1 − μ)²ⁿ(z₀ − z*), exactly, n ≤ 6",
    integers(4, 12).map(
        lambda i: {
            "mu": Fraction(i[0] + 13, 13),
            "square": Fraction(i[1] + 13, 4),
            "start": Fraction(i[2] + 12),
            "n": abs(i[3]) // 2,
        },
    ),
    _orbit,
    planted=(Planted("z* = d²/(2μ)", _first_order),),
)
CLAIMS = (
    Claim(
        "W1",
        place="§5.6, App. F",
        title="weight decay has a threshold at a fixed learning rate only",
        statement="δ = −η∇L − λθ: the norm grows when λ is below a threshold and shrinks above",
        latex=r"$\delta = -\eta\nabla L - \lambda\theta$: the norm grows when $\lambda$ is below a threshold and shrinks above",
        why="Weight decay is what could stop the norm from growing. The threshold depends on the learning rate, and tends to 0 "
        "with it.",
        literal=Form(
            "for θ_{t+1} = (1 − λ)θ_t + δ_t with θ_t·δ_t = 0, ‖δ_t‖ = a‖θ_t‖/√t and each a > 0 there are λ* ∈ (0, 1) and T₀ "
            "such that for all t ≥ T₀ ‖θ_{t+1}‖ ≥ ‖θ_t‖ if λ < λ*, and ‖θ_{t+1}‖ ≤ ‖θ_t‖ if λ* < λ < 1",
            evidence=(
                Witness(
                    "W1",
                    "‖θ_{t+1}‖²/‖θ_t‖² = (1 − λ)² + a²/t < 1 for t > a²/(2λ − λ²), however small λ > 0 is",
                    Statement(_threshold, _times, CONSTANTS),
                    planted=(Planted("no decay: growth is true there", _no_decay),),
                ),
            ),
            latex=r"for $\theta_{t+1} = (1 - \lambda)\theta_t + \delta_t$ with $\theta_t\cdot\delta_t = 0$, "
            r"$\lVert\delta_t\rVert = a\lVert\theta_t\rVert/\sqrt t$ and each $a > 0$ there are $\lambda^* \in (0, 1)$ and "
            r"$T_0$ such that for all $t \ge T_0$ $\lVert\theta_{t+1}\rVert \ge \lVert\theta_t\rVert$ if $\lambda < "
            r"\lambda^*$, and $\lVert\theta_{t+1}\rVert \le \lVert\theta_t\rVert$ if $\lambda^* < \lambda < 1$",
            uses=("A1", "E2"),
        ),
        repaired=Form(
            "a step grows iff a²η² > 2μ − μ², where μ = λ (decay as δ − λθ) or μ = ηλ (AdamW); if aη < 1 and 0 < μ < 1, iff μ "
            "< μ* = 1 − √(1 − a²η²), and a²η²/2 ≤ μ* ≤ a²η²: a threshold at a fixed η. If η_t → 0, then for each fixed λ ∈ (0, "
            "1) the norm shrinks from some time on, and tends to 0 (AdamW: if Ση_t = ∞). With μ = λ the norm at a time T > 1 "
            "decreases strictly in λ ∈ [0, 1], so at most one λ_T separates growth until T from shrinkage; λ_T → 0 if η_t → 0",
            assumptions=(
                "θ_{t+1} = (1 − μ)θ_t + δ_t with θ_t·δ_t = 0 for t = 1, 2, …, θ_1 ≠ 0",
                "‖δ_t‖ = aη_t‖θ_t‖ with a > 0, η_t > 0 (A1)",
            ),
            evidence=(Proof("W1"), STEP),
            latex=r"a step grows iff $a^2\eta^2 > 2\mu - \mu^2$, where $\mu = \lambda$ (decay as $\delta - \lambda\theta$) or "
            r"$\mu = \eta\lambda$ (AdamW); if $a\eta < 1$ and $0 < \mu < 1$, iff $\mu < \mu^* = 1 - \sqrt{1 - a^2\eta^2}$, and "
            r"$a^2\eta^2/2 \le \mu^* \le a^2\eta^2$: a threshold at a fixed $\eta$. If $\eta_t \to 0$, then for each fixed "
            r"$\lambda \in (0, 1)$ the norm shrinks from some time on, and tends to $0$ (AdamW: if $\sum\eta_t = \infty$). "
            r"With $\mu = \lambda$ the norm at a time $T > 1$ decreases strictly in $\lambda \in [0, 1]$, so at most one "
            r"$\lambda_T$ separates growth until $T$ from shrinkage; $\lambda_T \to 0$ if $\eta_t \to 0$",
            uses=("A1",),
        ),
        expected=Expected("refuted", "derived"),
    ),
    Claim(
        "W1.constant",
        place="ours",
        title="with steps of one length, decay makes the norm settle",
        statement="θ_{t+1} = (1 − μ)θ_t + δ_t, θ_t·δ_t = 0, ‖δ_t‖ = d: the norm tends to d/√(2μ − μ²)",
        latex=r"$\theta_{t+1} = (1 - \mu)\theta_t + \delta_t$, $\theta_t\cdot\delta_t = 0$, $\lVert\delta_t\rVert = d$: the "
        r"norm tends to $d/\sqrt{2\mu - \mu^2}$",
        why="Adam's steps are of nearly one length. Then the norm neither grows nor shrinks for good, whatever λ is.",
        literal=Form(
            "0 < μ < 2 ⇒ ‖θ_{1+n}‖² − z* = (1 − μ)^{2n}(‖θ_1‖² − z*), z* = d²/(2μ − μ²), and ‖θ_{t+1}‖ > ‖θ_t‖ iff ‖θ_t‖² < "
            "z*; for AdamW (μ = ηλ, d = ηU) √z* = U√(η/(λ(2 − ηλ))), between U√(η/2λ) and (1 + ηλ/2) times that if ηλ ≤ 1; for "
            "decay as δ − λθ (μ = λ, d = ηU) √z* = ηU/√(λ(2 − λ))",
            assumptions=("θ_{t+1} = (1 − μ)θ_t + δ_t with θ_t·δ_t = 0 and ‖δ_t‖ = d > 0",),
            evidence=(Proof("W1.constant"), ORBIT),
            latex=r"$0 < \mu < 2$ implies $\lVert\theta_{1+n}\rVert^2 - z^* = (1 - \mu)^{2n}(\lVert\theta_1\rVert^2 - z^*)$, "
            r"$z^* = d^2/(2\mu - \mu^2)$, and $\lVert\theta_{t+1}\rVert > \lVert\theta_t\rVert$ iff $\lVert\theta_t\rVert^2 < "
            r"z^*$; for AdamW ($\mu = \eta\lambda$, $d = \eta U$) $\sqrt{z^*} = U\sqrt{\eta/(\lambda(2 - \eta\lambda))}$, "
            r"between $U\sqrt{\eta/2\lambda}$ and $1 + \eta\lambda/2$ times that if $\eta\lambda \le 1$; for decay as $\delta "
            r"- \lambda\theta$ ($\mu = \lambda$, $d = \eta U$) $\sqrt{z^*} = \eta U/\sqrt{\lambda(2 - \lambda)}$",
        ),
        repaired=None,
        expected=Expected("derived"),
        kind="ours",
    ),
)
