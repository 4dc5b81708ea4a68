"""S1: saturated attention is the uniform distribution over the positions tied at the maximum.

For fixed scores this is the limit of softmax(c·s) (S1.fixed).  In a network the scores themselves depend on c, as in
s(c) = c⁴s₄ + c³s₃ + …: positions tied in s₄ are told apart by s₃, s₂, s₁, and where those tie too, s₀ leaves weights that are
neither hard nor uniform.  Fixed positional encodings beside learned embeddings, fixed offsets (ALiBi), streams after a bias and,
with a norm outside the residual branch, later layers have such terms (paper §4.2).

The repaired statement compares the coefficients of positive degree lexicographically and gives the positions tied in all of
them the weights softmax(s₀).  In the paper's own encoder, without biases and with ε = 0, the lower terms are not there, and S1 is
true as it stands wherever no norm is given a vanishing vector (Theorem A).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from sattheory.claims import Claim, Expected, Form, Inequality, Planted, Proof, Search, Statement, Witness
from sattheory.claims.cases.exact_cases import Vectors, cases
from sattheory.claims.formulas import real, softmax
from sattheory.claims.inequality import Pairs, Point


def _distance(weights: Sequence[Any], limit: Sequence[Any]) -> Any:
    return sum((abs(a - b) for a, b in zip(weights, limit, strict=True)), real(0))


def _fixed(s: tuple[Fraction, ...], c: Fraction, halved: int = 1) -> Pairs:
    top, n, m = max(s), len(s), s.count(max(s))
    if m < n:
        gap = top - max(entry for entry in s if entry < top)
        limit = [real(Fraction(entry == top, m)) for entry in s]
        yield _distance(softmax([real(c * entry) for entry in s]), limit), 2 * (n - m) * (-real(c * gap)).exp() / (m * halved)


FIXED_SEARCH = Search(
    "‖softmax(c·s) − w‖₁ ≤ 2(n − m)e^{−cg}/m, n ≤ 4, ties included",
    cases(n=(2, 3, 4), c=tuple(Fraction(i, 8) for i in range(1, 161)), s=Vectors(4, 4)),
    _fixed,
    planted=(Planted("constant halved", lambda s, c: _fixed(s, c, 2)),),
)
NETWORK = {
    "h1": "c * x1 + e1",
    "h2": "c * x2 + e2",
    "query": "c * (wq @ h1)",
    "key1": "c * (wk @ h1)",
    "key2": "c * (wk @ h2)",
}
Vector = tuple[Fraction, ...]


def _dot(x: Vector, y: Vector) -> Fraction:
    return sum((a * b for a, b in zip(x, y, strict=True)), Fraction(0))


def _uniform(C: Any, c: int, offset: int, wq: Vector, wk: Vector, x1: Vector, x2: Vector, e1: Vector, e2: Vector) -> Inequality:
    """|first weight − uniform on the argmax of the terms of degree 4| ≤ 1/5, if c ≥ C and these terms are not both 0."""
    first, second = (_dot(wq, x1) * _dot(wk, x) for x in (x1, x2))
    if c < C or first == second == 0:
        return Inequality({}, "0", "1")
    limit = (1 + Fraction(first > second) - Fraction(first < second)) / 2
    point: Point = {"c": c, "offset": offset, "wq": wq, "wk": wk, "x1": x1, "x2": x2, "e1": e1, "e2": e2}
    left = f"abs(softmax([query * key1 + offset, query * key2])[0] - {limit.numerator} / {limit.denominator})"
    return Inequality(point, left, "1 / 5", NETWORK)


def _without(**case: Any) -> Inequality:
    """Take encodings and offset away: the weights are uniform on the ties."""
    zero = (Fraction(0), Fraction(0))
    return _uniform(**case | {"offset": 0, "e1": zero, "e2": zero})


def _heads(C: int) -> Any:
    two = Vectors(2, 1)
    scales = tuple(C * factor for factor in (1, 4, 25, 100))
    return cases(c=scales, offset=(0, 1, -1), e2=two, e1=two, wk=two, wq=two, x2=two, x1=two)


WITNESS = Witness(
    "S1",
    "one head, two tokens, a fixed encoding beside the embeddings or an offset for the first position: where the terms of "
    "degree 4 are equal and not 0, the weights are not ½",
    Statement(_uniform, _heads, ({"C": 10}, {"C": 10**3}, {"C": 10**6})),
    planted=(Planted("without encodings and offset: the weights are uniform on the ties", _without),),
)
Coefficients = tuple[tuple[int, ...], ...]


def _at(row: tuple[int, ...], c: int) -> int:
    """Evaluate Σ a_j c^j, the highest degree first."""
    value = 0
    for coefficient in row:
        value = value * c + coefficient
    return value


def _limit(a: Coefficients, positive: int) -> tuple[int, list[Any]]:
    """Size of the top class, comparing the first `positive` coefficients, and the limit weights."""
    top = max(row[:positive] for row in a)
    powers = [real(row[-1]).exp() if row[:positive] == top else real(0) for row in a]
    total = sum(powers, real(0))
    return sum(row[:positive] == top for row in a), [power / total for power in powers]


def _lexicographic(a: Coefficients, beyond: int, positive: int = 4, hard: bool = False) -> Pairs:
    scale = 4 * max(1, *(abs(entry) for row in a for entry in row)) + 1 + beyond
    size, limit = _limit(tuple((*row[:-1], 0) for row in a) if hard else a, positive)
    first = _at(a[0], scale)
    weights = softmax([real(_at(row, scale) - first) for row in a])
    if size < len(a):
        lowest = min(row[-1] for row in a)
        yield _distance(weights, limit), 2 * (len(a) - size) * real(Fraction(-scale, 2) - lowest).exp() / size
    else:
        yield _distance(weights, limit), real(Fraction(1, 10**30))


LAST = tuple((0, 0, 0, 0, entry) for entry in (0, -1, 1))
ROWS = LAST * 80 + tuple(itertools.product((0, 1, -1), repeat=5))


def _rows(n: int, beyond: int, **rows: tuple[int, ...]) -> dict[str, Any]:
    return {"a": tuple(rows.values())[:n], "beyond": beyond}


SEARCH = Search(
    "‖softmax(s(c)) − w‖₁ ≤ 2(n − |T|)e^{−c/2}/A, A ≥ |T|e^{min a₀}, for whole coefficients, degree 4, n ≤ 4 (within 10⁻³⁰ if "
    "all tie)",
    cases(length=(2, 3, 4), beyond=range(9), r1=ROWS, r2=ROWS, r3=ROWS, r4=ROWS).map(
        lambda case: _rows(case.pop("length"), **case)
    ),
    _lexicographic,
    planted=(
        Planted("only the leading coefficient compared", lambda a, beyond: _lexicographic(a, beyond, 1)),
        Planted("uniform weights on the top class", lambda a, beyond: _lexicographic(a, beyond, 4, True)),
    ),
)
CLAIMS = (
    Claim(
        "S1.fixed",
        place="§4.2",
        title="softmax of scaled fixed scores becomes uniform on the ties",
        statement="softmax(c·s) → uniform distribution on argmax s as c → ∞",
        latex=r"$\operatorname{softmax}(cs)$ tends to the uniform distribution on $\operatorname{argmax}s$ as $c\to\infty$.",
        why="It is the definition of saturated attention. For fixed scores it is a theorem, with an exponential rate.",
        literal=Form(
            "‖softmax(c·s) − w‖₁ ≤ 2(n − m)e^{−c·g}/m for all c > 0, w uniform on the m maxima of s ∈ Rⁿ and g the gap "
            "between the maximum and the next distinct value",
            latex=r"$\lVert\operatorname{softmax}(cs)-w\rVert_1\le\frac{2(n-m)}{m}e^{-cg}$ for all $c>0$, where $w$ is "
            r"uniform on the $m$ maxima of $s\in\mathbb{R}^n$ and $g$ is the gap between the maximum and the next distinct "
            r"value.",
            assumptions=("m < n (for m = n both sides are uniform for every c)", "s does not depend on c"),
            evidence=(Proof("S1.fixed"), FIXED_SEARCH),
        ),
        repaired=None,
        expected=Expected("derived"),
    ),
    Claim(
        "S1",
        place="§4.2",
        title="attention is uniform on ties only where nothing breaks them",
        statement="as c → ∞ softmax may be replaced by the uniform distribution on the positions with maximal score",
        latex=r"As $c\to\infty$, softmax may be replaced by the uniform distribution on the positions with maximal score.",
        why="Claims about what saturated transformers recognise rest on it. Biases, offsets and norms add lower orders.",
        literal=Form(
            "for k > 0 and scores s(c) = c^k(s_k + o(1)) with s_k ≠ 0, as any network may have them: softmax(s(c)) → the "
            "uniform distribution on argmax s_k",
            latex=r"For $k>0$ and scores $s(c)=c^k(s_k+o(1))$ with $s_k\ne0$, as any network may have them, "
            r"$\operatorname{softmax}(s(c))$ tends to the uniform distribution on $\operatorname{argmax}s_k$.",
            assumptions=("networks with fixed positional encodings, biases, offsets, an ε, or earlier layers",),
            uses=("S1.fixed",),
            evidence=(WITNESS,),
        ),
        repaired=Form(
            "let s_i(c) = Σ_{0≤j≤k} a_ij c^j + ρ_i(c) with ρ_i → 0, and T the positions whose (a_ik, …, a_i1) is "
            "lexicographically largest; then softmax(s(c))_i → 0 for i ∉ T and → softmax((a_j0)_{j∈T})_i for i ∈ T.  In "
            "particular the limit is uniform on argmax a_k where no lower term differs on it; so S1 holds as stated in each "
            "layer of the paper's encoder without biases, under the assumptions of Theorem A, where the scores are c⁴a₄ + o(1)",
            latex=r"Let $s_i(c)=\sum_{0\le j\le k}a_{ij}c^j+\rho_i(c)$ with $\rho_i\to0$, and let $T$ be the set of positions "
            r"whose $(a_{ik},\ldots,a_{i1})$ is lexicographically largest. Then $\operatorname{softmax}(s(c))_i\to0$ for "
            r"$i\notin T$ and $\to\operatorname{softmax}((a_{j0})_{j\in T})_i$ for $i\in T$. In particular the limit is "
            r"uniform on $\operatorname{argmax}a_k$ where no lower term differs on it; so S1 holds as stated in each layer of "
            r"the paper's encoder without biases, under the assumptions of Theorem A, where the scores are $c^4a_4+o(1)$.",
            assumptions=(
                "finitely many terms of positive degree; remainder → 0",
                "Theorem A: no biases, ε = 0, ReLU, norm inside the residual branch, and every norm's argument has a "
                "nonconstant symbol or is constant for all large c",
            ),
            uses=("TheoremA",),
            evidence=(Proof("S1"), SEARCH),
        ),
        expected=Expected("refuted", "derived"),
    ),
)
