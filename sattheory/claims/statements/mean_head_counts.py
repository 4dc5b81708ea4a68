"""S3: a mean head returns (1/n)Σ_j V h_j; with it counting languages such as aⁿbⁿcⁿ are recognised.

A head without scores attends evenly, and a causal one counts the letters of each prefix, divided by its length (paper §4.2).
Below is an encoder of the paper's architecture, two layers and no biases, with a causal mask, that accepts aⁿbⁿcⁿ: it needs no
limit, being c² times a fixed function at every scale c.  Two things are needed that the sentence does not say.  Without a mask or
positional encodings the last output does not depend on the order of the other letters.  And the score parameters must be exactly
0, which happens on a set of measure zero: however small a change of them, an argmax head takes the place of the mean head, and
the network rejects all that it accepted (S3.fragile).  Counting is not what growing parameters converge to.

How it works: counts of the prefix (mean head), a flag at an a after a b or c and at a b after a c (ReLU), the mean of the flags
(mean head), their sum with |p_a − p_b| + |p_b − p_c| (ReLU).  A norm without ε makes 1/√2 of any positive number and leaves 0
alone.  Every vector is written together with its negative, so that the norm's mean is 0.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sattheory.arithmetic.floats import Floats
from sattheory.asymptotics.saturation import saturate
from sattheory.claims import Claim, Expected, Form, Planted, Proof, Search
from sattheory.claims.cases.exact_cases import cases
from sattheory.claims.inequality import Pairs
from sattheory.network.configuration import Configuration
from sattheory.network.parameters import Attention, Feedforward, Layer, Linear, Norm, Parameters
from sattheory.network.transformer import Transformer

Word = tuple[int, ...]
Array = NDArray[Any]
AXES = np.eye(15)
LETTER, COUNT, EVERY = AXES[:3], AXES[3:6], AXES[:3].sum(axis=0)
FLAG, FOUND, VERDICT = 9, 11, 13
LOGITS = {True: 0.5, False: 0.5 - 0.5**0.5}


def _written(place: int, width: int) -> Array:
    """Write `width` numbers to a place of the stream, and their negatives behind."""
    return np.asarray(AXES[:, place : place + width] - AXES[:, place + width : place + 2 * width])


def _layer(size: float, value: Array, output: Array, inner: Array, outer: Array) -> Layer:
    scores = Linear(size * EVERY[None]), Linear(size * LETTER[2:])
    attention = Attention(*scores, Linear(value), Linear(output))
    return Layer(attention, Norm(np.ones(15)), Feedforward(Linear(inner), Linear(outer)), Norm(np.ones(15)))


def acceptor(size: float = 0.0) -> Transformer:
    """Build the network that accepts aⁿbⁿcⁿ; letters are the tokens 0, 1, 2, and the last logit decides.

    Parameters
    ----------
    size : float
        d: the heads' scores are d²c⁴ at letters c and 0 elsewhere, in the first layer.

    Returns
    -------
    Transformer
        Two layers of width 15, one head, causal, no biases, ε = 0.
    """
    nothing = np.zeros((2, 15))
    before = np.stack([LETTER[0] + COUNT[1], LETTER[0] + COUNT[2], LETTER[1] + COUNT[2]]) - EVERY
    differ = np.stack([COUNT[0] - COUNT[1], COUNT[1] - COUNT[2]])
    first = _layer(size, LETTER, _written(3, 3), np.vstack([before, nothing]), _written(FLAG, 1) * [1, 1, 1, 0, 0])
    second = _layer(
        0.0,
        np.vstack([AXES[FLAG], nothing]),
        _written(FOUND, 1) * [1, 0, 0],
        np.vstack([AXES[FOUND], differ, -differ]),
        _written(VERDICT, 1) * np.ones(5),
    )
    kind = Configuration(
        vocabulary=3,
        width=15,
        layers=2,
        key_width=1,
        value_width=3,
        feedforward=5,
        placement="res_post",
        mask="causal",
        classes=1,
    )
    classifier = Linear((EVERY / 2 - AXES[VERDICT])[None])
    return Transformer(kind, Parameters(LETTER, (first, second), classifier=classifier))


def in_language(word: Word) -> bool:
    """Tell whether a word is aⁿbⁿcⁿ with n ≥ 1.

    Parameters
    ----------
    word : tuple of int
        Letters 0, 1, 2.

    Returns
    -------
    bool
        Whether it is.
    """
    return len(word) > 0 and word == tuple(sorted(word)) and word.count(0) == word.count(1) == word.count(2)


def violation(word: Word) -> Fraction:
    """Measure how far a word is from aⁿbⁿcⁿ, as the network does, with fractions in place of norms.

    Parameters
    ----------
    word : tuple of int
        Letters 0, 1, 2; not empty.

    Returns
    -------
    Fraction
        Mean of the flags of all prefixes, plus |f_a − f_b| + |f_b − f_c| with the frequencies f of the word.
    """
    seen, flags = [0, 0, 0], Fraction(0)
    for i, letter in enumerate(word, 1):
        seen[letter] += 1
        flags += Fraction({0: seen[1] + seen[2], 1: seen[2], 2: 0}[letter], i)
    return (flags + abs(seen[0] - seen[1]) + abs(seen[1] - seen[2])) / len(word)


def _separated(word: Word, power: int = 2) -> Pairs:
    i, value = len(word), violation(word)
    yield (value, Fraction(0)) if in_language(word) else (Fraction(1, i**power), value)


def _power_word(n: int) -> Word:
    return (0,) * n + (1,) * n + (2,) * n


def _neighbours(n: int) -> Iterator[Word]:
    """aⁿbⁿcⁿ, all words with one letter changed, and all with two letters exchanged."""
    word = _power_word(n)
    yield word
    for place, letter in itertools.product(range(3 * n), range(3)):
        yield (*word[:place], letter, *word[place + 1 :])
    for i, j in itertools.combinations(range(3 * n), 2):
        yield (*word[:i], word[j], *word[i + 1 : j], word[i], *word[j + 1 :])


CHUNK = 7
SHORT = tuple(word for length in range(1, 7) for word in itertools.product(range(3), repeat=length))
LONG = tuple(word for n in (3, 4, 5) for word in dict.fromkeys(_neighbours(n)))
NEAR = frozenset(LONG)


@cache
def _logits(near: bool, length: int, first: Word) -> dict[Word, Fraction]:
    """c^{−2}·logit in the limit: one pass on series for words near the language, or for all with one beginning."""
    every = itertools.product(range(3), repeat=length - len(first))
    words = [word for word in LONG if len(word) == length] if near else [(*first, *rest) for rest in every]
    limit = saturate(acceptor(), np.array(words))
    return {word: Fraction(float(value)) for word, value in zip(words, limit.symbol[:, -1, 0], strict=True)}


def _logit(word: Word) -> Fraction:
    near = word in NEAR
    return _logits(near, len(word), () if near else word[: max(0, len(word) - CHUNK)])[word]


SLACK = Fraction(1, 10**12)


def _decides(word: Word, wanted: bool | None = None) -> Pairs:
    """Expect the last logit ½ or ½ − 1/√2; with `wanted`, the one for acceptance or rejection."""
    accepted = in_language(word) if wanted is None else wanted
    yield abs(_logit(word) - Fraction(LOGITS[accepted])), SLACK


def _ignores_order(word: Word) -> Pairs:
    counts = {word.count(letter) for letter in range(3)}
    yield from _decides(word, wanted=len(counts) == 1)


def _word(length: int, code: int) -> Word:
    return tuple(code // 3**place % 3 for place in range(length))


def _short(place: int) -> Word:
    """Find a word in the list of all words, the shortest first."""
    length = 1
    while place >= 3**length:
        place, length = place - 3**length, length + 1
    return _word(length, place)


def _words(examples: int) -> Any:
    """All short words, up to six letters or as many as it takes, and those near the language."""
    longest = 6
    while (short := (3 ** (longest + 1) - 3) // 2) < examples:
        longest += 1
    places = cases(place=range(short + len(LONG)))
    return places.map(lambda case: {"word": _short(case["place"]) if case["place"] < short else LONG[case["place"] - short]})


NETWORK_SEARCH = Search(
    f"the saturated network's logit is ½ for aⁿbⁿcⁿ and ½ − 1/√2 else (within 10⁻¹², floats): words of up to 6 letters (longer "
    f"ones for more examples), and {len(LONG)} at most two letters away from aⁿbⁿcⁿ, n = 3, 4, 5",
    _words,
    _decides,
    planted=(Planted("words with equal counts in any order accepted", _ignores_order),),
)
DIGITS = 3**30


def _chosen(kind: int, place: int, length: int, code: int) -> Word:
    return (SHORT[place % len(SHORT)], LONG[place % len(LONG)], _word(length, code))[kind]


FRACTION_SEARCH = Search(
    "v(w) = 0 for aⁿbⁿcⁿ and ≥ 1/i² for other words of i letters: all words of up to 6 letters, neighbours of aⁿbⁿcⁿ, n ≤ 5, "
    "and words of up to 30 random letters",
    cases(kind=(0, 1, 2, 2), place=range(len(SHORT) * len(LONG)), length=range(1, 31), code=range(DIGITS)).map(
        lambda case: {"word": _chosen(**case)}
    ),
    _separated,
    planted=(Planted("1/i for 1/i²", lambda word: _separated(word, 1)),),
)


FOURTHS = (0, 16, 32, 48, 64, 80, *(k for k in range(81) if k % 16))
SIZES = tuple(0.5 ** (k / 4) for k in FOURTHS)
COUNTS, GAPS = (1, 4, 8), (*(2.0 ** (k / 8) for k in range(-80, 76)), 700.0)


@cache
def _passed(n: int, size: float, changed: bool) -> dict[float, Fraction]:
    """c^{−2}·logit for aⁿbⁿcⁿ, in floats, at the scales where a score gap d²c⁴ is as listed; d = 0 if it is not changed."""
    scales = np.array([(gap / size**2) ** 0.25 for gap in GAPS])
    value = acceptor(size * changed).forward(Floats(scales), _power_word(n))
    logits = value.data[:, -1, 0] * scales ** (value.power - 2)
    return {gap: Fraction(float(logit)) for gap, logit in zip(GAPS, logits, strict=True)}


def _rejects(count: int, size: float, gap: float, after: bool = False, before: bool = True) -> Pairs:
    """Expect acceptance with d = 0 and rejection with d = size: so it is not rounding that rejects."""
    for changed, accepted in ((True, after), (False, before)):
        yield abs(_passed(count, size, changed)[gap] - Fraction(LOGITS[accepted])), SLACK


def _changes(examples: int) -> Any:
    """Take more sizes of the change for more examples, at least six."""
    sizes = max(6, -(-3 * examples // (2 * len(COUNTS) * len(GAPS))))
    return cases(count=COUNTS, size=SIZES[:sizes], gap=GAPS)


FRAGILE_SEARCH = Search(
    "the network's own pass in floats: logit c²(½ − 1/√2) for aⁿbⁿcⁿ (within 10⁻¹²), first head with scores d²c⁴ at letters c, "
    "d = 1, 2⁻⁴, …, 2⁻²⁰ (more sizes between for more examples), at scales with 2⁻¹⁰ ≤ d²c⁴ ≤ 700; and c²/2 there with d = 0; "
    "n = 1, 4, 8, for which floats find equal counts equal (elsewhere rounding alone may reject)",
    _changes,
    _rejects,
    planted=(
        Planted("aⁿbⁿcⁿ still accepted", lambda **case: _rejects(**case, after=True)),
        Planted("rejected with d = 0 as well", lambda **case: _rejects(**case, before=False)),
    ),
)
CLAIMS = (
    Claim(
        "S3",
        place="§4.2",
        title="a mean head averages, and counts aⁿbⁿcⁿ",
        statement="a mean head returns (1/n) Σ_j V h_j; with it counting languages such as aⁿbⁿcⁿ are recognised",
        latex=r"A mean head returns $\frac1n\sum_jVh_j$; with it counting languages such as $a^nb^nc^n$ are recognised.",
        why="It shows that saturated attention can count. It can, by parameters that growth does not lead to.",
        literal=Form(
            "if all scores of a query agree, as with W^q = 0, the head returns (1/n)Σ_j V h_j at every scale; and there is a "
            "network of the paper's architecture with a causal mask, mean heads only, whose logit at the last letter of a "
            "word over {a, b, c} is c²/2 if the word is aⁿbⁿcⁿ, n ≥ 1, and c²(½ − 1/√2) < 0 otherwise, at every scale c > 0",
            latex=r"If all scores of a query agree, as with $W^q=0$, the head returns $\frac1n\sum_jVh_j$ at every scale; and "
            r"there is a network of the paper's architecture with a causal mask, mean heads only, whose logit at the last "
            r"letter of a word over $\{a,b,c\}$ is $c^2/2$ if the word is $a^nb^nc^n$, $n\ge1$, and "
            r"$c^2(\frac12-\frac1{\sqrt2})<0$ otherwise, at every scale $c>0$.",
            assumptions=(
                "a causal mask: without a mask or positional encodings the last output does not depend on the order of the "
                "other letters",
                "score parameters exactly 0; ε = 0 and LN(0) = 0",
                "exact arithmetic: v(w) ≥ 1/i² separates the other words of i letters",
            ),
            evidence=(Proof("S3"), NETWORK_SEARCH, FRACTION_SEARCH),
        ),
        repaired=None,
        expected=Expected("derived"),
    ),
    Claim(
        "S3.fragile",
        place="ours",
        title="mean heads over unequal vectors are a null set",
        statement="for almost every θ a saturated head that sees unequal vectors is an argmax head; a small change of θ ends "
        "the counting of S3",
        latex=r"For almost every $\theta$ a saturated head that sees unequal vectors is an argmax head; a small change of "
        r"$\theta$ ends the counting of S3.",
        why="Saturation makes a hard choice out of any difference of scores, however small. What it can count is not what it "
        "tends to.",
        literal=Form(
            "(i) let h_i ≠ 0 and let h_1, …, h_n be fixed; for all (W^q, W^k) outside a set of measure zero the head's limit "
            "for scores c^p(W^q h_i)·(W^k h_j), p ≥ 1, is V h_* with one h_* among the h_j, all maximal h_j being equal to "
            "it; if the h_j are not all equal, a mean head is thus an exception.  (ii) give the first head of S3's network "
            "the scores d²c⁴ at letters c and 0 elsewhere: for every d ≠ 0 the logit at the last letter of aⁿbⁿcⁿ is c²(½ − "
            "1/√2) < 0, at every scale c > 0",
            latex=r"(i) Let $h_i\ne0$ and let $h_1,\ldots,h_n$ be fixed. For all $(W^q,W^k)$ outside a set of measure zero "
            r"the head's limit for scores $c^p(W^qh_i)\cdot(W^kh_j)$, $p\ge1$, is $Vh_*$ with one $h_*$ among the $h_j$, all "
            r"maximal $h_j$ being equal to it; if the $h_j$ are not all equal, a mean head is thus an exception. (ii) Give "
            r"the first head of S3's network the scores $d^2c^4$ at letters $c$ and $0$ elsewhere: for every $d\ne0$ the "
            r"logit at the last letter of $a^nb^nc^n$ is $c^2(\frac12-\frac1{\sqrt2})<0$, at every scale $c>0$.",
            assumptions=("key width ≥ 1", "(ii): W^q = d(1, 1, 1, 0, …), W^k = d(0, 0, 1, 0, …), key width 1"),
            uses=("S2'", "S3"),
            evidence=(Proof("S3.fragile"), FRAGILE_SEARCH),
        ),
        repaired=None,
        expected=Expected("derived"),
        kind="ours",
    ),
)
