"""AH.positions: what is added at a lower degree leaves the scores' symbol alone, and decides over exact ties.

Scores have degree k = 4 in the paper's encoder.  T5's relative bias is a parameter: degree 1, a relative error of order
c^{−3}, and over keys tied at degree 4 a hard decision.  ALiBi's offsets are data: degree 0, an error of order c^{−4}, and over
ties they stay in the limit as they are: keys at distances 0 and 1 with slope ½ get 0.622459 and 0.377541, not ½ and ½.
Sinusoids added to a learned embedding have degree 0 beside degree 1 and come back as a tie-breaker between equal tokens; learned
encodings and rotations (RoPE) keep all degrees exactly.

Saturated attention is said to be uniform over ties (paper §4.2).  With ALiBi or sinusoids, even one layer says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from sattheory.arithmetic.series import Series, SeriesArithmetic
from sattheory.claims.cases.exact_cases import Vectors, apart, balls, cases, enough, size, spread
from sattheory.claims.certificate import Constants
from sattheory.claims.claim import Claim, Expected, Form
from sattheory.claims.evidence import Planted, Proof
from sattheory.claims.formulas import real, softmax
from sattheory.claims.inequality import Pairs
from sattheory.claims.search import Search
from sattheory.network.configuration import Configuration
from sattheory.network.layers import Site, View, attention_scores

Vector = tuple[Fraction, ...]
SLACK = Fraction(1, 10**30)


def _tied(s: Sequence[Any]) -> list[bool]:
    top = max(s)
    return [x == top for x in s]


def _on(chosen: Sequence[bool], scores: Sequence[Fraction]) -> list[Any]:
    """Softmax over some entries, 0 elsewhere."""
    powers = [real(x).exp() if keep else real(0) for x, keep in zip(scores, chosen, strict=True)]
    whole = sum(powers, real(0))
    return [power / whole for power in powers]


def _share(chosen: Sequence[bool], among: int, q: Any) -> Any:
    """2(n − m)q/(m + (n − m)q)."""
    kept = sum(chosen)
    return 2 * (among - kept) * q / (kept + (among - kept) * q)


def _fall(x: Sequence[Fraction]) -> Fraction:
    """Find the gap below the maximum, 0 if there is none."""
    below = [entry for entry in x if entry < max(x)]
    return max(x) - max(below) if below else Fraction(0)


def _row(s: Vector, b: Vector, e: Vector, degrees: tuple[int, int], c: Fraction, E: Fraction, omega: int = 1) -> Pairs:
    """List the bounds for scores cᵏ(s + Ee) + cˡb; omega = 0 leaves out what the offset costs."""
    (k, low), noise = degrees, [E * y for y in e]
    offset, n, E = [c**low * z for z in b], len(s), size(noise)
    scores = [c**k * (x + y) + z for x, y, z in zip(s, noise, offset, strict=True)]
    yield size([x / c**k - y for x, y in zip(scores, s, strict=True)]), E + size(b) * c ** (low - k)
    tied, weights = _tied(s), softmax(balls(scores))
    q = real(-_fall(s) * c**k + omega * (max(b) - min(b)) * c**low).exp()
    bound = 2 * (real(c**k * E) / 2).tanh() + _share(tied, n, q) + real(SLACK)
    yield apart(weights, _on(tied, offset)), bound
    if low == 1:
        top = [keep and z == max(y for y, among in zip(b, tied, strict=True) if among) for z, keep in zip(b, tied, strict=True)]
        rest = real(-_fall([z for z, keep in zip(b, tied, strict=True) if keep]) * c).exp()
        yield apart(weights, _on(top, [Fraction(0)] * n)), bound + _share(top, sum(tied), rest)


def _without_size(s: Vector, b: Vector, degrees: tuple[int, int], c: Fraction, **_: Any) -> Pairs:
    k, low = degrees
    yield size([c ** (low - k) * z for z in b]), c ** (low - k) / 2


SEARCH = Search(
    "relative error, distance from softmax(cˡb on T), and for l = 1 from its limit, n ≤ 4, l < k ≤ 4, ties included, within "
    "10⁻³⁰",
    cases(
        n=(2, 3, 4),
        degrees=((1, 0), (4, 0), (2, 0), (2, 1), (4, 1), (3, 1)),
        E=tuple(Fraction(i, 64) for i in (0, 1, 4, 16)),
        c=tuple(Fraction(i, 4) for i in (4, 5, 6, 8, 10)),
        s=Vectors(4, 1),
        b=Vectors(4, 2, 2),
        e=Vectors(4, 2, 2),
    ),
    _row,
    planted=(
        Planted("the offset's share left out of q", lambda **case: _row(**case, omega=0)),
        Planted("error c^{−(k−l)} without ‖b‖", _without_size),
    ),
)


OPS = SeriesArithmetic(6)
SITE = Site(OPS, Configuration(1, 1, scaled_scores=False), 1, lambda *_: None)
SYMBOLS, PARTS, KINDS = Vectors(3, 1), 2, ("ALiBi", "T5", "sinusoids")


def _tables(lower: Vectors) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """All pairs of a symbol and something lower, one a row."""
    first, second = (np.array([option[i] for i in range(len(option))], dtype=float) for option in (SYMBOLS, lower))
    return np.repeat(first, len(second), axis=0), np.tile(second, (len(first), 1))


def _column(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Three tokens of width 1, one head a row."""
    return values[:, :, None]


@cache
def _limits(kind: str, lower: Vectors) -> np.ndarray[Any, Any]:
    """Limit weights (rows, 3, 3) in the package: its attention scores, in its series arithmetic, one head a row."""
    s, b = _tables(lower)
    if kind == "sinusoids":
        x = OPS.add(OPS.parameter(_column(s)), OPS.constant(_column(b)))
        q, k, view = OPS.linear(x, np.ones((1, 1))), OPS.linear(x, np.ones((1, 1))), View()
    else:
        q, k = (Series(2, values[None], -np.inf, np.ones((1, 1, 1, 1))) for values in (np.ones((len(s), 3, 1)), _column(s)))
        rows = np.repeat(b[:, None, :], 3, axis=1)
        view = View(offset=rows) if kind == "ALiBi" else View(relative=rows)
    return np.asarray(OPS.softmax(attention_scores(SITE, q, k, view), None).symbol)


def _claimed(kind: str, s: Vector, b: Vector) -> list[Any]:
    """Limit weights of the first token by the statement."""
    if kind == "ALiBi":
        return _on(_tied(s), b)
    if kind == "T5":
        return _on(_tied(list(zip(s, b, strict=True))), [Fraction(0)] * 3)
    terms = [(s[0] * y, s[0] * r + b[0] * y, b[0] * r) for y, r in zip(s, b, strict=True)]
    return _on(_tied(terms), [Fraction(0)] * 3)


def _agrees(kind: str, s: Vector, b: Vector, claimed: Callable[..., Any] = _claimed) -> Pairs:
    lower = Vectors(3, max(2, spread(b, PARTS)), PARTS)
    weights = _limits(kind, lower)[SYMBOLS.index(s) * len(lower) + lower.index(b), 0]
    found = [Fraction(weight) for weight in weights.tolist()]
    yield apart(balls(found), claimed(kind, s, b)), real(Fraction(1, 10**12))


def _uniform(kind: str, s: Vector, _: Vector) -> list[Any]:
    """Plant saturated attention as it is usually written: uniform over the ties of the scores' symbol."""
    symbol = [s[0] * y for y in s] if kind == "sinusoids" else s
    return _on(_tied(symbol), [Fraction(0)] * 3)


def _softened(kind: str) -> str:
    return "ALiBi" if kind == "T5" else kind


def _offsets(examples: int) -> Any:
    """Widen the grid of what is lower with the number of examples."""
    return cases(kind=KINDS, s=SYMBOLS, b=enough(2 * examples / len(KINDS) / len(SYMBOLS), 3, 2, PARTS))


IN_NETWORK = Search(
    "the package's attention scores, in its series arithmetic, have these limit weights: ALiBi and T5 over three keys of "
    "degree 4, fixed encodings added to three embeddings of width 1 (floats: within 10⁻¹²)",
    _offsets,
    _agrees,
    planted=(
        Planted("uniform over the ties of the symbol", lambda kind, s, b: _agrees(kind, s, b, _uniform)),
        Planted(
            "T5 as soft as ALiBi", lambda kind, s, b: _agrees(kind, s, b, lambda kind, *rest: _claimed(_softened(kind), *rest))
        ),
    ),
)
CLAIMS = (
    Claim(
        "AH.positions",
        place="ours",
        title="offsets of lower degree decide over ties",
        statement="what is added to scores or embeddings at a lower degree changes neither degree nor symbol; over exact "
        "ties a learned bias (T5) decides, hard, fixed offsets (ALiBi) leave the weights softmax(offsets), and a fixed "
        "encoding is a tie-breaker between equal tokens",
        latex=r"What is added to scores or embeddings at a lower degree changes neither degree nor symbol; over exact ties a "
        r"learned bias (T5) decides, hard, fixed offsets (ALiBi) leave the weights $\operatorname{softmax}(\text{offsets})$, "
        r"and a fixed encoding is a tie-breaker between equal tokens.",
        why="Every published positional scheme falls under one of these rows. Two of them make saturated attention something "
        "else than uniform.",
        literal=Form(
            "for scores f = cᵏ(s + e) + cˡb: degree k, symbol s, relative error E + ‖b‖_∞c^{−(k−l)}; with T the m maxima of "
            "s, all others γ lower, and ω = max b − min b, ‖softmax(f) − softmax(cˡb on T)‖₁ ≤ 2tanh(cᵏE/2) + 2(n − m)q/(m + "
            "(n − m)q), q = e^{−γcᵏ + ωcˡ}.  So if cᵏE → 0 the limit is softmax(b on T) for l = 0 (slope ½, distances 0 and "
            "1: 0.622459, 0.377541), and for l = 1 < k uniform on the m' maxima of b in T, with the further error 2(m − "
            "m')q'/(m' + (m − m')q'), q' = e^{−βc}, β the gap of b on T.  For embeddings c(v + e) + p: degree 1, symbol v, "
            "relative error E + ‖p‖_∞/c; the scores c⁴xᵀMy + c³(xᵀMr + pᵀMy) + c²pᵀMr of two keys of one token y, with "
            "encodings r, r', differ by c³xᵀM(r − r') + c²pᵀM(r − r').  Learned encodings and rotations (RoPE) keep every "
            "degree exactly; a rotation multiplies an error by at most √2",
            (
                "f ∈ Rⁿ at a scale c > 0, |e_i| ≤ E, 0 ≤ l < k; l = 1 for a bias among the parameters (T5), l = 0 for data "
                "(ALiBi); k = 4 in the paper's encoder",
                "x, y embeddings, p, r, r' fixed encodings, M = W_Qᵀ·W_K",
            ),
            (Proof("AH.positions"), Constants("AH.positions"), SEARCH, IN_NETWORK),
            latex=r"For scores $f = c^k(s+e) + c^lb$: degree $k$, symbol $s$, relative error $E + \lVert b\rVert_\infty "
            r"c^{-(k-l)}$; with $T$ the $m$ maxima of $s$, all others $\gamma$ lower, and $\omega = \max b - \min b$, "
            r"$\lVert\operatorname{softmax}(f) - \operatorname{softmax}(c^lb \text{ on } T)\rVert_1 \le 2\tanh(c^kE/2) + "
            r"2(n-m)q/(m+(n-m)q)$, $q = e^{-\gamma c^k+\omega c^l}$. So if $c^kE \to 0$ the limit is "
            r"$\operatorname{softmax}(b \text{ on } T)$ for $l = 0$ (slope $\frac12$, distances $0$ and $1$: $0.622459$, "
            r"$0.377541$), and for $l = 1 < k$ uniform on the $m'$ maxima of $b$ in $T$, with the further error "
            r"$2(m-m')q'/(m'+(m-m')q')$, $q' = e^{-\beta c}$, $\beta$ the gap of $b$ on $T$. For embeddings $c(v+e) + p$: "
            r"degree $1$, symbol $v$, relative error $E + \lVert p\rVert_\infty/c$; the scores $c^4x^TMy + c^3(x^TMr + "
            r"p^TMy) + c^2p^TMr$ of two keys of one token $y$, with encodings $r$, $r'$, differ by $c^3x^TM(r-r') + "
            r"c^2p^TM(r-r')$. Learned encodings and rotations (RoPE) keep every degree exactly; a rotation multiplies an "
            r"error by at most $\sqrt2$.",
            uses=("AH", "AH.softmax"),
        ),
        repaired=None,
        expected=Expected("derived"),
        kind="ours",
    ),
)
