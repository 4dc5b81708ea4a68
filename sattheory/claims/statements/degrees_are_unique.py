"""L1: a function that is approximately k₁- and k₂-homogeneous has k₁ = k₂.

The paper counts degrees, so a degree should be a property of the function (paper §C.1).  Literally it is not: 0 has every degree,
and so has any function that vanishes far out.  One nonzero value at ‖θ‖ ≥ max ρ is all that must be added, for degrees ≥ 0.

It matters which definition one holds.  With errors relative to cᵏ, the form that products need (D3.prime), a function like
e^{−‖θ‖} has every degree and vanishes nowhere; for asymptotic homogeneity it is the *symbol* that must not be 0.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import Any

import hypothesis.strategies as some

from sattheory.claims import Claim, Expected, Form, Inequality, Planted, Proof, Search, Statement, Witness
from sattheory.claims.cases.exact_cases import cases
from sattheory.claims.cases.functions import at, degree_of, functions, of_degree
from sattheory.claims.formulas import evaluate, real
from sattheory.claims.inequality import Pairs

DEGREES = (0, 1, 2, 3)


def _two_degrees(f: str, k1: int, k2: int, values: int = 0) -> Inequality:
    """|k₁ − k₂| ≤ 0 where both degrees of f are established; with values = 1, where besides f is not 0 at ρ + 1."""
    facts = degree_of(f)
    if not (facts.has(k1) and facts.has(k2)):
        return Inequality({}, "0", "1")
    theta = facts.constants[1] + 1
    left = "abs(k1 - k2) * abs(value)" if values else "abs(k1 - k2)"
    return Inequality({"k1": k1, "k2": k2, "theta": theta}, left, "0", {"value": str(f)})


STATEMENT = Statement(
    _two_degrees,
    lambda: some.fixed_dictionaries({"f": functions(), "k1": some.sampled_from(DEGREES), "k2": some.sampled_from(DEGREES)}),
)
WITNESS = Witness(
    "L1",
    "f = 0 satisfies |f(cθ) − cᵏf(θ)| = 0 ≤ e^{−d‖θ‖} for every k, so for two different ones",
    STATEMENT,
    planted=(Planted("|k₁ − k₂|·|f(θ)| ≤ 0 for one θ beyond ρ: true there", lambda **choice: _two_degrees(**choice, values=1)),),
)


def _value(f: str, theta: Fraction, c: int = 1) -> Any:
    return evaluate(at(f, "scaled"), {"scaled": real(c * theta)})


def _error_grows(f: str, k: int, theta: Fraction, least: int = 1, only: bool = False) -> Pairs:
    """Compare `least` with |f(cθ) − cᵏf(θ)| at c = 2 + ⌈2/|f(θ)|⌉, for a degree k that is not the one of f."""
    facts = degree_of(f)
    value = abs(_value(f, theta))
    if not value > 0 or abs(theta) < facts.constants[1] or (facts.degree == k and not only):
        return
    c = 2 + ceil(Fraction(2) / Fraction(float(value.lower())))
    yield real(least), abs(_value(f, theta, c) - real(c) ** k * _value(f, theta))


SEARCH = Search(
    "functions of the grammar, nonzero at θ beyond ρ, and degrees 0 to 3 that are not theirs: the error is at least 1 at "
    "c = 2 + ⌈2/|f(θ)|⌉, where D3 allows less",
    cases(f=of_degree(), k=DEGREES, theta=tuple(Fraction(sign * i, 16) for i in range(1, 193) for sign in (1, -1))),
    _error_grows,
    planted=(
        Planted("also for their own degree", lambda f, k, theta: _error_grows(f, k, theta, only=True)),
        Planted("at least 1000 for 1", lambda f, k, theta: _error_grows(f, k, theta, least=1000)),
    ),
)
CLAIMS = (
    Claim(
        "L1",
        place="§C.1",
        title="a degree is unique where the function does not vanish",
        statement="f approximately k₁-homogeneous and approximately k₂-homogeneous ⇒ k₁ = k₂",
        latex=r"If $f$ is approximately $k_1$-homogeneous and approximately $k_2$-homogeneous, then $k_1 = k_2$.",
        why="Degrees are counted from layer to layer, so each function should have one. The function 0 has all of them.",
        literal=Form(
            "for every f: Rᵖ → R and all k₁, k₂ ≥ 0: if for i = 1, 2 there are dᵢ > 0 and ρᵢ with |f(cθ) − c^{kᵢ}f(θ)| ≤ "
            "e^{−dᵢ‖θ‖} for all c ≥ 1 and ‖θ‖ ≥ ρᵢ, then k₁ = k₂",
            latex=r"For every $f:\mathbb{R}^p\to\mathbb{R}$ and all $k_1,k_2\ge0$: if for $i=1,2$ there are $d_i>0$ and "
            r"$\rho_i$ with $|f(c\theta)-c^{k_i}f(\theta)|\le e^{-d_i\lVert\theta\rVert}$ for all $c\ge1$ and "
            r"$\lVert\theta\rVert\ge\rho_i$, then $k_1=k_2$.",
            evidence=(WITNESS,),
        ),
        repaired=Form(
            "(a) k₁ > k₂, k₁ > 0 ⇒ f(θ) = 0 for all ‖θ‖ ≥ max(ρ₁, ρ₂); so for k₁, k₂ ≥ 0 one nonzero value there gives k₁ = "
            "k₂; (b) e^{−‖θ‖} has every degree k ≤ 0, and every degree k ≥ 0 with errors cᵏe^{−‖θ‖}; (c) if f(cθ) = cᵏ(s + "
            "e), |s| ≤ S, |e| ≤ E(c) → 0 on a set of θ, then f has every degree k' > k with symbol 0 there, and a degree k' < "
            "k only if s = 0 there",
            latex=r"(a) If $k_1>k_2$ and $k_1>0$, then $f(\theta)=0$ for all $\lVert\theta\rVert\ge\max(\rho_1,\rho_2)$; so "
            r"for $k_1,k_2\ge0$ one nonzero value there gives $k_1=k_2$. (b) $e^{-\lVert\theta\rVert}$ has every degree "
            r"$k\le0$, and every degree $k\ge0$ with errors $c^ke^{-\lVert\theta\rVert}$. (c) If $f(c\theta)=c^k(s+e)$ "
            r"with $|s|\le S$ and $|e|\le E(c)\to0$ on a set of $\theta$, then $f$ has every degree $k'>k$ with symbol "
            r"$0$ there, and a degree $k'<k$ only if $s=0$ there.",
            assumptions=(
                "|f(cθ) − c^{kᵢ}f(θ)| ≤ e^{−dᵢ‖θ‖} for c ≥ 1, ‖θ‖ ≥ ρᵢ, with dᵢ > 0; k₁, k₂ real",
                "a degree k' in (c): f(cθ) = c^{k'}(s' + e'), |s'| bounded, |e'| ≤ E'(c) → 0",
            ),
            evidence=(Proof("L1"), SEARCH),
        ),
        expected=Expected("refuted", "derived"),
    ),
)
