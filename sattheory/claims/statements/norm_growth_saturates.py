"""P1/P2: if the norm grows uniformly, θ_t → θ'·c(t) with c(t) → ∞, then f(x; θ_t) converges to sf(x; θ').

This is the sentence that connects training with saturation (paper §4, App. B): parameters that grow in a fixed direction make the
network its own limit.  "θ_t → θ'·c(t)" can be read in three ways: (a) θ_t/c(t) → θ', (b) ‖θ_t − c(t)θ'‖ → 0, (c) θ_t = c(t)θ'.
Readings (a) and (b) are false: f may change so fast across the ray that a deviation of order √c, or even 1/c, moves it.  Reading
(c) is the definition of the limit.  That θ' has no zero entry is neither sufficient nor needed; with a single parameter all three
readings agree and are true.  What (a) and (b) need is exactly that f is asymptotically equicontinuous at the ray.

Below, f is a sigmoid or tanh of a polynomial in two parameters, or an attention weight, which is the sigmoid of a polynomial in
four; so sf is known exactly: the sign of the highest coefficient along the ray decides.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from sattheory.claims import Claim, Expected, Form, Inequality, Planted, Proof, Search, Statement, Witness
from sattheory.claims.cases.exact_cases import Vectors, cases
from sattheory.claims.formulas import real, sigmoid
from sattheory.claims.inequality import Pairs, Point

Vector = tuple[Fraction, ...]
SIDES = (1, -1, 2, -2)
PAIRS, QUADRUPLES = (tuple(itertools.product(SIDES, repeat=p)) for p in (2, 4))
MONOMIALS = ("t[0]", "t[1]", "t[0] ** 2", "t[0] * t[1]", "t[1] ** 2")
ATTENTION = "softmax([t[0] * t[2] * t[1] * t[2], t[0] * t[2] * t[1] * t[3]])[0]"


def _written(weights: Vector) -> str:
    """Write a polynomial in t[0], t[1] with coefficients between −1 and 1."""
    terms = [f"{'+' if w > 0 else '-'} {name}" for w, name in zip(weights, MONOMIALS, strict=True) if w]
    return " ".join(terms).removeprefix("+ ") or "0"


def _exponent(f: str, weights: Vector, direction: Vector) -> list[Fraction]:
    """Coefficients of what stands in the sigmoid, along the ray cθ', the highest power of c first."""
    if f == "attention":
        query, key, first, second = direction
        return [query * key * first * (first - second)]
    x, y = direction
    return [weights[2] * x * x + weights[3] * x * y + weights[4] * y * y, weights[0] * x + weights[1] * y]


def _limit(f: str, weights: Vector, direction: Vector) -> Fraction:
    """sf(θ'): 1, 0 or ½ for the sigmoid, ±1 or 0 for tanh."""
    leading = next((entry for entry in _exponent(f, weights, direction) if entry), Fraction(0))
    sign = Fraction((leading > 0) - (leading < 0))
    return sign if f == "tanh" else (1 + sign) / 2


def _formula(f: str, weights: Vector) -> str:
    return ATTENTION if f == "attention" else f"{f}({_written(weights)})"


def _converges(
    C: Any, f: str, weights: Vector, direction: Vector, turn: Vector, deviation: Any, c: int, still: bool = False
) -> Inequality:
    """|f(θ_t) − sf(θ')| ≤ ¼ at θ_t = cθ' + (deviation)·turn, if c ≥ C."""
    if c < C:
        return Inequality({}, "0", "1")
    point: Point = {"c": c, "direction": direction, "turn": tuple(0 * entry for entry in turn) if still else turn}
    where = {"t": f"c * direction + ({deviation}) * turn"}
    limit = _limit(f, weights, direction)
    return Inequality(point, f"abs({_formula(f, weights)} - {limit.numerator} / {limit.denominator})", "1 / 4", where)


def _on_the_ray(**case: Any) -> Inequality:
    """Take the deviation away: the inequality is true there."""
    return _converges(**case, still=True)


def _paths(deviations: Sequence[str], attention: bool = False) -> Any:
    """Draw a function, a direction without a zero entry, a deviation and a scale c ≥ C."""

    def points(C: int) -> Any:
        scales = tuple(C * factor for factor in (1, 4, 25, 100))
        way: dict[str, Any] = {"deviation": tuple(deviations)}
        two = cases(c=scales, f=("sigmoid", "tanh"), turn=Vectors(2, 1), **way, direction=PAIRS, weights=Vectors(5, 1))
        four = cases(c=scales, f=("attention",), weights=((),), turn=Vectors(4, 1), **way, direction=QUADRUPLES)
        return two | four if attention else two

    return points


WITHIN = ("sqrt(c)", "c ** 0", "1 / sqrt(c)", "1 / c")
VANISHING = ("1 / c", "1 / sqrt(c)", "1 / c ** 2", "1 / (c * sqrt(c))")
SCALES = ({"C": 4}, {"C": 10**4}, {"C": 10**8})
READING_A = Witness(
    "P1.a",
    "σ or tanh of a polynomial that vanishes on the ray: as σ(θ₁ − θ₂) with θ_t = (c + √c, c), where sf(θ') = ½ but f(θ_t) = "
    "σ(√c) → 1",
    Statement(_converges, _paths(WITHIN), SCALES),
    planted=(Planted("on the ray itself: the inequality is true there", _on_the_ray),),
)
READING_B = Witness(
    "P1.b",
    "an attention weight of two equal tokens, θ' = (1, 1, 1, 1): a deviation of order 1/c moves it from ½ to 0 or 1; as "
    "simple: σ(θ₁² − θ₂²)",
    Statement(_converges, _paths(VANISHING, attention=True), SCALES),
    planted=(Planted("on the ray itself: the inequality is true there", _on_the_ray),),
)


def _error(f: str, weights: Vector, direction: Vector, turn: Vector, c: int, size: Any) -> Any:
    """|f(cθ' + size·turn) − sf(θ')|, without cancellation: 1 − σ(x) = σ(−x), 1 − tanh(x) = 2σ(−2x)."""
    x, y = (real(c * entry) + size * real(u) for entry, u in zip(direction, turn, strict=True))
    inside = sum((real(w) * m for w, m in zip(weights, (x, y, x * x, x * y, y * y), strict=True)), real(0))
    sign = next(((entry > 0) - (entry < 0) for entry in _exponent(f, weights, direction) if entry), 0)
    if f == "tanh":
        return 2 * sigmoid(-2 * sign * inside) if sign else abs(inside.tanh())
    return sigmoid(-sign * inside) if sign else abs((inside / 2).tanh()) / 2


def _curved(f: str, weights: Vector, direction: Vector, turn: Vector, c: int, anywhere: bool = False) -> Pairs:
    """Read (a) where the quadratic part of the exponent is not 0 at θ', so that f converges locally uniformly there."""
    if anywhere or _exponent(f, weights, direction)[0]:
        yield _error(f, weights, direction, turn, c, real(c).sqrt()), 2 * (-real(c)).exp()


def _straight(f: str, weights: Vector, direction: Vector, turn: Vector, c: int, degrees: int = 1) -> Pairs:
    """Read (b) with a linear exponent, so that f is uniformly continuous; its slope is at most 1 in the exponent."""
    kept = weights if degrees == 2 else weights[:2] + (Fraction(0),) * 3
    slope = sum((abs(w * u) for w, u in zip(weights[:2], turn, strict=True)), Fraction(0))
    yield _error(f, kept, direction, turn, c, 1 / real(c)), real(slope / c) + 2 * (-real(c)).exp()


def _ray(f: str, weights: Vector, direction: Vector, turn: Vector, c: int, off: int = 0) -> Pairs:
    """Read (c): no error where the exponent vanishes on the ray, otherwise an exponentially small one."""
    error = _error(f, weights, direction, turn, c, real(off))
    yield error, 2 * (-real(c)).exp() if any(_exponent(f, weights, direction)) else real(0)


def _cases(*scales: int) -> Any:
    return cases(f=("sigmoid", "tanh"), c=scales, direction=PAIRS, turn=Vectors(2, 1), weights=Vectors(5, 1))


SPACE = "σ and tanh of polynomials of degree ≤ 2 with coefficients −1, 0, 1, θ' ∈ {±1, ±2}²"
CURVED = Search(
    f"|f(cθ' + √c·u) − sf(θ')| ≤ 2e^{{−c}}, c ≥ 500, |u_i| ≤ 1: {SPACE}, the quadratic part not 0 at θ'",
    _cases(500, 900, 2500, 10000),
    _curved,
    planted=(Planted("the quadratic part may vanish at θ'", lambda **case: _curved(**case, anywhere=True)),),
)
STRAIGHT = Search(
    f"|f(cθ' + u/c) − sf(θ')| ≤ (|w₁u₁| + |w₂u₂|)/c + 2e^{{−c}}, |u_i| ≤ 1: {SPACE}, without their quadratic part",
    _cases(8, 20, 100, 1000),
    _straight,
    planted=(Planted("with the quadratic part", lambda **case: _straight(**case, degrees=2)),),
)
RAY = Search(
    f"|f(cθ') − sf(θ')| ≤ 2e^{{−c}}, c ≥ 8, and no error where the polynomial vanishes on the ray: {SPACE}",
    _cases(8, 20, 100, 1000),
    _ray,
    planted=(Planted("one step off the ray", lambda **case: _ray(**case, off=1)),),
)
PLACE = "§4, App. B"
STATED = "c(t) → ∞, θ' without zero entries, θ_t → θ'·c(t) ⇒ f(x; θ_t) → sf(x; θ') for every x"
STATED_LATEX = (
    r"If $c(t)\to\infty$, $\theta'$ has no zero entry and $\theta_t\to\theta'\cdot c(t)$, then "
    r"$f(x;\theta_t)\to\operatorname{sf}(x;\theta')$ for every $x$."
)
CLAIMS = (
    Claim(
        "P1.a",
        place=PLACE,
        title="P1/P2, reading (a): θ_t/c → θ' is not enough",
        statement=STATED,
        latex=STATED_LATEX,
        why="It is the step from growing norms to saturated networks. Read in the usual sense, convergence in direction, it "
        "fails.",
        literal=Form(
            "for every continuous f: Rᵖ → R, every θ' without zero entries for which sf(θ') = lim_{c→∞} f(cθ') exists, every "
            "c(t) → ∞ and all θ_t with θ_t/c(t) → θ': f(θ_t) → sf(θ')",
            latex=r"For every continuous $f:\mathbb{R}^p\to\mathbb{R}$, every $\theta'$ without zero entries for which "
            r"$\operatorname{sf}(\theta')=\lim_{c\to\infty}f(c\theta')$ exists, every $c(t)\to\infty$ and all $\theta_t$ with "
            r"$\theta_t/c(t)\to\theta'$: $f(\theta_t)\to\operatorname{sf}(\theta')$.",
            assumptions=("x is fixed",),
            evidence=(READING_A,),
        ),
        repaired=Form(
            "let sf(θ') exist and Ω(δ) = limsup_{c→∞} sup_{‖v‖≤δ} |f(c(θ' + v)) − f(cθ')|; then f(θ_t) → sf(θ') for all c(t) "
            "→ ∞ and θ_t/c(t) → θ' if and only if Ω(δ) → 0 as δ → 0; it suffices that f is continuous and f(c·) → sf "
            "uniformly on a ball around θ'; for p = 1 and θ' ≠ 0 nothing need be supposed",
            latex=r"Let $\operatorname{sf}(\theta')$ exist and $\Omega(\delta)=\limsup_{c\to\infty}\sup_{\lVert "
            r"v\rVert\le\delta}|f(c(\theta'+v))-f(c\theta')|$. Then $f(\theta_t)\to\operatorname{sf}(\theta')$ for all "
            r"$c(t)\to\infty$ and $\theta_t/c(t)\to\theta'$ if and only if $\Omega(\delta)\to0$ as $\delta\to0$. It suffices "
            r"that $f$ is continuous and $f(c\,\cdot)\to\operatorname{sf}$ uniformly on a ball around $\theta'$; for $p=1$ "
            r"and $\theta'\ne0$ nothing need be supposed.",
            assumptions=("f: Rᵖ → R any function, θ' any vector: zero entries do no harm", "t = 1, 2, … or t > 0"),
            uses=("P1.c",),
            evidence=(Proof("P1.a"), CURVED),
        ),
        expected=Expected("refuted", "derived"),
    ),
    Claim(
        "P1.b",
        place=PLACE,
        title="P1/P2, reading (b): ‖θ_t − cθ'‖ → 0 is not enough",
        statement=STATED,
        latex=STATED_LATEX,
        why="Even a deviation that vanishes can decide: a score of degree 4 multiplies it by c³. Attention itself is an example.",
        literal=Form(
            "for every continuous f: Rᵖ → R, every θ' without zero entries for which sf(θ') = lim_{c→∞} f(cθ') exists, every "
            "c(t) → ∞ and all θ_t with ‖θ_t − c(t)θ'‖ → 0: f(θ_t) → sf(θ')",
            latex=r"For every continuous $f:\mathbb{R}^p\to\mathbb{R}$, every $\theta'$ without zero entries for which "
            r"$\operatorname{sf}(\theta')=\lim_{c\to\infty}f(c\theta')$ exists, every $c(t)\to\infty$ and all $\theta_t$ with "
            r"$\lVert\theta_t-c(t)\theta'\rVert\to0$: $f(\theta_t)\to\operatorname{sf}(\theta')$.",
            assumptions=("x is fixed",),
            evidence=(READING_B,),
        ),
        repaired=Form(
            "let sf(θ') exist and ω(δ) = limsup_{c→∞} sup_{‖u‖≤δ} |f(cθ' + u) − f(cθ')|; then f(θ_t) → sf(θ') for all c(t) → "
            "∞ and ‖θ_t − c(t)θ'‖ → 0 if and only if ω(δ) → 0 as δ → 0; it suffices that f is uniformly continuous on {cθ' + "
            "u: c ≥ C, ‖u‖ ≤ δ₀} for some C and δ₀ > 0; for p = 1 and θ' ≠ 0 nothing need be supposed",
            latex=r"Let $\operatorname{sf}(\theta')$ exist and $\omega(\delta)=\limsup_{c\to\infty}\sup_{\lVert "
            r"u\rVert\le\delta}|f(c\theta'+u)-f(c\theta')|$. Then $f(\theta_t)\to\operatorname{sf}(\theta')$ for all "
            r"$c(t)\to\infty$ and $\lVert\theta_t-c(t)\theta'\rVert\to0$ if and only if $\omega(\delta)\to0$ as $\delta\to0$. "
            r"It suffices that $f$ is uniformly continuous on $\{c\theta'+u:c\ge C,\lVert u\rVert\le\delta_0\}$ for some $C$ "
            r"and $\delta_0>0$; for $p=1$ and $\theta'\ne0$ nothing need be supposed.",
            assumptions=("f: Rᵖ → R any function, θ' any vector: zero entries do no harm", "t = 1, 2, … or t > 0"),
            uses=("P1.c",),
            evidence=(Proof("P1.b"), STRAIGHT),
        ),
        expected=Expected("refuted", "derived"),
    ),
    Claim(
        "P1.c",
        place=PLACE,
        title="P1/P2, reading (c): exactly on a ray it is true",
        statement=STATED,
        latex=STATED_LATEX,
        why="This is all that the definition of saturation gives. A training run is never exactly on a ray.",
        literal=Form(
            "for every f: Rᵖ → R and every θ' for which sf(θ') = lim_{c→∞} f(cθ') exists: θ_t = c(t)θ' and c(t) → ∞ ⇒ f(θ_t) "
            "→ sf(θ'); for θ' ≠ 0, c(t) → ∞ means ‖θ_t‖ → ∞; for p = 1 and θ' ≠ 0 every θ_t with θ_t/c(t) → θ', c(t) → ∞, is "
            "of this form for large t",
            latex=r"For every $f:\mathbb{R}^p\to\mathbb{R}$ and every $\theta'$ for which "
            r"$\operatorname{sf}(\theta')=\lim_{c\to\infty}f(c\theta')$ exists: if $\theta_t=c(t)\theta'$ and "
            r"$c(t)\to\infty$, then $f(\theta_t)\to\operatorname{sf}(\theta')$. For $\theta'\ne0$, $c(t)\to\infty$ means "
            r"$\lVert\theta_t\rVert\to\infty$; for $p=1$ and $\theta'\ne0$ every $\theta_t$ with $\theta_t/c(t)\to\theta'$, "
            r"$c(t)\to\infty$, is of this form for large $t$.",
            assumptions=("x is fixed", "c(t) > 0", "θ' may have zero entries"),
            evidence=(Proof("P1.c"), RAY),
        ),
        repaired=None,
        expected=Expected("derived"),
    ),
)
