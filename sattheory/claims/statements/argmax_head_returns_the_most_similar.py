"""S2: an argmax head (V = Id) returns the element most similar to h_i, and on ties the average of the maximal ones.

Similar means: h_iᵀMh_j is large, M = W^{q⊤}W^k.  The paper reads attention heads this way, as lookups in a table (paper §4.2).
For fixed vectors this is a theorem with an exponential rate.  Inside a network the vectors have lower orders, and these break the
ties: with a fixed positional encoding beside learned embeddings the head returns one of the maximal elements, not their average.

It stays true where it is safe: one maximal element, or maximal elements that are equal, or lower orders that agree (S1).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from sattheory.claims import Claim, Expected, Form, Inequality, Planted, Proof, Search, Statement, Witness
from sattheory.claims.cases.exact_cases import Vectors, cases
from sattheory.claims.formulas import real, softmax
from sattheory.claims.inequality import Pairs, Point

Vector = tuple[Fraction, ...]
SLACK = 1 + Fraction(1, 10**30)
STREAM = {"h1": "c * x1 + e1", "h2": "c * x2 + e2", "similar": "c ** 2 * (h1 @ m)"}
HEAD = {**STREAM, "a": "softmax([similar @ h1, similar @ h2])", "head": "(a[0] * h1 + a[1] * h2) / c"}


def _dot(x: Sequence[Fraction], y: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(x, y, strict=True)), Fraction(0))


def _matrix(m: Vector) -> tuple[Vector, Vector]:
    return m[:2], m[2:]


def _similarities(m: Vector, query: Vector, keys: Sequence[Vector]) -> list[Fraction]:
    """h_iᵀMh_j for each key."""
    return [_dot(query, [_dot(row, key) for row in _matrix(m)]) for key in keys]


def _average(similarities: Sequence[Fraction], values: Sequence[Vector]) -> Vector:
    """Average of the values with the largest similarity."""
    chosen = [value for s, value in zip(similarities, values, strict=True) if s == max(similarities)]
    return tuple(sum(column, Fraction(0)) / len(chosen) for column in zip(*chosen, strict=True))


def _most_similar(C: Any, c: int, m: Vector, x1: Vector, x2: Vector, e1: Vector, e2: Vector) -> Inequality:
    """‖c^{−1}H₁ − average of the most similar‖_∞ ≤ ¼, if c ≥ C and the similarities are not both 0."""
    similarities = _similarities(m, x1, (x1, x2))
    if c < C or not any(similarities):
        return Inequality({}, "0", "1")
    limit = _average(similarities, (x1, x2))
    point: Point = {"c": c, "m": _matrix(m), "x1": x1, "x2": x2, "e1": e1, "e2": e2, "average": limit}
    return Inequality(point, "max(abs(head - average))", "1 / 4", HEAD)


def _without_positions(**case: Any) -> Inequality:
    """Take the lower orders away: the average is returned."""
    zero = (Fraction(0), Fraction(0))
    return _most_similar(**case | {"e1": zero, "e2": zero})


def _streams(C: int) -> Any:
    two = Vectors(2, 1)
    return cases(c=tuple(C * factor for factor in (1, 4, 25, 100)), e2=two, e1=two, x2=two, x1=two, m=Vectors(4, 1))


WITNESS = Witness(
    "S2",
    "learned embeddings and a fixed encoding, h_j = cx_j + e_j: elements that tie at c⁴ are told apart at c³, and one is "
    "returned, not the average",
    Statement(_most_similar, _streams, ({"C": 10}, {"C": 10**3}, {"C": 10**6})),
    planted=(Planted("without the encoding: the average is returned", _without_positions),),
)


def _fixed(c: Fraction, power: int, m: Vector, h: Vector, factor: int = 1, tied: bool = True) -> Pairs:
    """‖H₁ − average‖_∞ ≤ ((n − m)/m)·D·e^{−c^p g}, nearly attained; factor and tied are for planted errors."""
    rows = [h[2 * j : 2 * j + 2] for j in range(len(h) // 2)]
    similarities = _similarities(m, rows[0], rows)
    below = [entry for entry in similarities if entry < max(similarities)]
    if not below:
        return
    size = len(similarities) - len(below)
    weights = softmax([real(c**power * entry) for entry in similarities])
    bound = real(Fraction(len(below), size)) * (-real(c**power * (max(similarities) - max(below)))).exp() / factor
    average = _average(similarities, rows) if tied else rows[similarities.index(max(similarities))]
    for column, middle in zip(zip(*rows, strict=True), average, strict=True):
        spread = max(column) - min(column)
        if spread:
            found = sum((a * real(y) for a, y in zip(weights, column, strict=True)), real(0))
            yield abs(found - real(middle)), bound * real(spread * SLACK)


SEARCH = Search(
    "‖H_i − average of the most similar‖_∞ ≤ ((n − m)/m)·D·e^{−c^p g}·(1 + 10⁻³⁰): whole vectors of 2 entries, n ≤ 4, ties "
    "included, p ≤ 4",
    cases(
        length=(2, 3, 4),
        c=tuple(Fraction(i, 4) for i in (2, 3, 4, 5, 6, 8, 12)),
        power=(1, 2, 4),
        m=Vectors(4, 2),
        h=Vectors(8, 2),
    ).map(lambda case: case | {"h": case["h"][: 2 * case.pop("length")]}),
    _fixed,
    planted=(
        Planted("half of the bound", lambda **case: _fixed(**case, factor=2)),
        Planted("the first of the maximal elements for their average", lambda **case: _fixed(**case, tied=False)),
    ),
)
CLAIMS = (
    Claim(
        "S2",
        place="§4.2",
        title="an argmax head looks up the most similar, ties aside",
        statement="an argmax head (V = Id) returns the element most similar to h_i under a bilinear form M, the average of "
        "the maximal ones on ties",
        latex=r"An argmax head ($V=\operatorname{Id}$) returns the element most similar to $h_i$ under a bilinear form $M$, "
        r"the average of the maximal ones on ties.",
        why="It explains attention as a lookup. On ties the answer depends on terms that the saturated network no longer shows.",
        literal=Form(
            "in a network let h_j(c) = c^κ(h_j + o(1)) be the inputs of a head with V = Id and scores of symbol h_iᵀMh_j, not "
            "all 0; then c^{−κ}H_i → the average of the h_j that maximise h_iᵀMh_j",
            latex=r"In a network let $h_j(c)=c^\kappa(h_j+o(1))$ be the inputs of a head with $V=\operatorname{Id}$ and "
            r"scores of symbol $h_i^\top Mh_j$, not all $0$. Then $c^{-\kappa}H_i$ tends to the average of the $h_j$ that "
            r"maximise $h_i^\top Mh_j$.",
            assumptions=("networks with fixed positional encodings, biases or earlier layers",),
            uses=("S1",),
            evidence=(WITNESS,),
        ),
        repaired=Form(
            "(i) for fixed h_1, …, h_n and scores c^p·h_iᵀMh_j, p ≥ 1: ‖H_i − average of the most similar‖_∞ ≤ ((n − "
            "m)/m)·D·e^{−c^p g} for all c > 0.  (ii) inside a network, with scores as in S1: c^{−κ}H_i → Σ_{j∈T} "
            "softmax(a₀)_j h_j, T the lexicographic winners; this is the average of the most similar if the lower terms of "
            "the scores agree on them, in particular if there is only one, or if they are equal",
            latex=r"(i) For fixed $h_1,\ldots,h_n$ and scores $c^p\,h_i^\top Mh_j$, $p\ge1$, the distance in "
            r"$\lVert\cdot\rVert_\infty$ of $H_i$ to the average of the most similar elements is at most "
            r"$\frac{n-m}{m}De^{-c^pg}$ for all $c>0$. (ii) Inside a network, with scores as in S1, "
            r"$c^{-\kappa}H_i\to\sum_{j\in T}\operatorname{softmax}(a_0)_jh_j$, $T$ being the lexicographic winners; this is "
            r"the average of the most similar elements if the lower terms of the scores agree on them, in particular if there "
            r"is only one, or if they are equal.",
            assumptions=(
                "m elements are most similar, g the gap of h_iᵀMh_j to the next distinct value (m = n: equality for every c)",
                "D the largest range of a coordinate of the h_j; p = 2 + 2κ where the h_j(c) = c^κh_j and M are exact",
            ),
            uses=("S1'", "S1.fixed"),
            evidence=(Proof("S2"), SEARCH),
        ),
        expected=Expected("refuted", "derived"),
    ),
)
