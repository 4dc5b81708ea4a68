"""F1.direction: the cosine of θ_t and θ_{t+1} tends to 1, so the direction of θ_t converges.

A figure of the paper shows cosines of consecutive checkpoints near 1, and growth along a fixed direction is what saturates a
network.  The conclusion does not follow: a direction can turn forever in smaller and smaller steps.  Under A1 with orthogonal
steps the cosine of neighbours is (1 + a²η²)^{−½}, near 1 for every small learning rate, while that of distant times may tend to
0 (paper Fig. 1).

Notation: angle is φ in θ_n = √n(cos πφ, sin πφ), a formula in n.
"""

from __future__ import annotations

import re
from typing import Any

import hypothesis.strategies as some

from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.inequality import Inequality
from sattheory.claims.witness import Statement, Witness

CONSTANTS = ({"start": 1000}, {"start": 10**6}, {"start": 10**9})
SLOW = ("1 / n", "log(n) / n", "1 / sqrt(n)", "log(1 + log(n))", "log(n)", "sqrt(n)")


def _at(angle: str, time: str) -> str:
    return re.sub(r"\bn\b", time, angle)


def _cauchy(start: int, angle: str, s: int, t: int) -> Inequality:
    """cos∠(θ_s, θ_t) ≥ ½ from some time on."""
    where = {"first": _at(angle, "s"), "second": _at(angle, "t")}
    return Inequality({"s": s, "t": t}, "1 - cos_pi(second - first)", "1 / 2", where)


def _neighbours(start: int, angle: str, s: int, t: int) -> Inequality:
    """cos∠(θ_s, θ_{s+100}) ≥ ½, which is true at large s."""
    return _cauchy(start, angle, 10**6 * s, 10**6 * s + 100)


def _later(start: int) -> Any:
    weights = some.integers(1, 8).map(lambda i: f"{i} / 4")
    angle = some.builds("{} * {}".format, weights, some.sampled_from(SLOW).map("({})".format))
    time = some.integers(0, 10 * start).map(lambda i: start + i)
    return some.fixed_dictionaries({"angle": angle, "s": time, "t": time})


CLAIMS = (
    Claim(
        "F1.direction",
        place="Fig. 1",
        title="neighbouring cosines near 1 do not fix a direction",
        statement="the cosine of θ_t and θ_{t+1} tends to 1, so the direction of θ_t converges",
        latex=r"the cosine of $\theta_t$ and $\theta_{t+1}$ tends to $1$, so the direction of $\theta_t$ converges",
        why="Saturation needs growth along a fixed direction. Cosines of neighbours are near 1 for every small learning rate.",
        literal=Form(
            "for every sequence in R^p without 0: cos∠(θ_t, θ_{t+1}) → 1 ⇒ θ_t/‖θ_t‖ converges",
            evidence=(
                Witness(
                    "F1.direction",
                    "an angle like π ln t or π√t turns forever in steps that tend to 0: cos(π ln 3) < 0 between T and 3T, for "
                    "every T",
                    Statement(_cauchy, _later, CONSTANTS),
                    planted=(Planted("a hundred steps at a million times the time: the inequality is true there", _neighbours),),
                ),
            ),
            latex=r"for every sequence in $\mathbb{R}^p$ without $0$: $\cos\angle(\theta_t, \theta_{t+1}) \to 1$ implies that "
            r"$\theta_t/\lVert\theta_t\rVert$ converges",
        ),
        repaired=Form(
            "let θ_t·δ_t = 0, ‖δ_t‖ = aη_t‖θ_t‖, η_t ≤ 1; (1) cos∠(θ_t, θ_{t+1}) = (1 + a²η_t²)^{−½}, whatever the direction "
            "does; (2) if each δ_j is orthogonal to θ_1, …, θ_j, then cos∠(θ_s, θ_t) = ‖θ_s‖/‖θ_t‖ for s ≤ t; with η_t = 1/√t "
            "and q = a² its square lies between Γ(1 + q)(s/t)^q and (s/t)^q and tends to 0 as t → ∞; a = 1, s = 100, t = 1600 "
            "give ¼; (3) if the angles of neighbours have a finite sum, as for Ση_t < ∞, the direction converges; in the "
            "plane, with steps of one sense, η_t → 0 and Ση_t = ∞, every direction is a limit point",
            assumptions=("θ_{t+1} = θ_t + δ_t for t = 1, 2, …", "‖δ_t‖ = aη_t‖θ_t‖ with a > 0 (A1)"),
            evidence=(Proof("F1.direction"),),
            latex=r"let $\theta_t\cdot\delta_t = 0$, $\lVert\delta_t\rVert = a\eta_t\lVert\theta_t\rVert$, $\eta_t \le 1$; (1) "
            r"$\cos\angle(\theta_t, \theta_{t+1}) = (1 + a^2\eta_t^2)^{-1/2}$, whatever the direction does; (2) if each "
            r"$\delta_j$ is orthogonal to $\theta_1, \dots, \theta_j$, then $\cos\angle(\theta_s, \theta_t) = "
            r"\lVert\theta_s\rVert/\lVert\theta_t\rVert$ for $s \le t$; with $\eta_t = 1/\sqrt t$ and $q = a^2$ its square "
            r"lies between $\Gamma(1+q)(s/t)^q$ and $(s/t)^q$ and tends to $0$ as $t \to \infty$; $a = 1$, $s = 100$, $t = "
            r"1600$ give $\frac14$; (3) if the angles of neighbours have a finite sum, as for $\sum\eta_t < \infty$, the "
            r"direction converges; in the plane, with steps of one sense, $\eta_t \to 0$ and $\sum\eta_t = \infty$, every "
            r"direction is a limit point",
            uses=("A1", "E2'"),
        ),
        expected=Expected("refuted", "derived"),
    ),
)
