"""The recheck of certificates: its own statements against fifty digits, its rules one by one, and every edit noticed.

The program shares no code with the package, so it is tested by itself first: what it derives about random networks must hold of
the naive evaluation in `tests.oracle`, and what each rule derives about random models must hold of sampled members of them.  A
model is sampled by choosing, for each entry, a number in its R and a number up to its F: its value at a scale is then a number.
"""

from __future__ import annotations

import copy
import importlib.util
import itertools
import json
import random
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import flint
import numpy as np
import pytest
from flint import arb, fmpq
from mpmath import mp, mpf

from sattheory.asymptotics.certificate_files import digest, network_content
from sattheory.asymptotics.certifying import certify
from sattheory.network.transformer import Transformer
from tests import oracle

PROOFS = Path(__file__).parents[2] / "proofs"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("recheck_certificate", PROOFS / "recheck_certificate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["recheck_certificate"] = module
    spec.loader.exec_module(module)
    return module


recheck = _load()
SCALES = (Fraction(1), Fraction(3, 2), Fraction(4))


@pytest.fixture(autouse=True)
def _precision() -> Any:
    """Work with 320 bits, as the program does for files of 128."""
    before = flint.ctx.prec
    flint.ctx.prec = 320
    yield
    flint.ctx.prec = before


def ball(x: Any) -> arb:
    """Enclose a number of mpmath with fifty digits."""
    with mp.workdps(60):
        text = mp.nstr(mpf(x), 55)
    return arb(text) + arb(0, abs(arb(text)).upper() * arb("1e-48"))


def number(x: arb) -> Any:
    """Take the midpoint of a ball to mpmath, at sixty digits."""
    with mp.workdps(80):
        return mpf(x.mid().str(75, radius=False))


# --- networks against the naive evaluation ------------------------------------------------------------------------------------


def content_of(network: Transformer, tokens: Any, c0: Fraction, **more: Any) -> dict[str, Any]:
    """What a file holds beside the statement."""
    memory = more.get("memory")
    held = (
        None if memory is None else {"shape": list(memory.shape), "entries": [str(Fraction(v)) for v in memory.ravel().tolist()]}
    )
    return {
        "version": 1,
        "kind": "certificate",
        "network": json.loads(json.dumps(network_content(network))),
        "tokens": np.asarray(tokens).tolist(),
        "lengths": more.get("lengths"),
        "memory": held,
        "terms": more.get("terms", 6),
        "bits": 128,
        "closed": False,
        "c0": str(c0),
        "ties": more.get("ties", []),
        "zeros": [],
    }


def derived(network: Transformer, tokens: Any, **more: Any) -> tuple[dict[str, Any], Any, Any]:
    """Derive a statement from the first power of two at which one holds."""
    for power in range(-1, 40):
        content = content_of(network, tokens, Fraction(2) ** power, **more)
        try:
            own, run = recheck.derive(content)
        except recheck.Fails as failure:
            reason = str(failure)
        else:
            return content, own, run
    raise AssertionError(reason)


def at(own: Any, r: int, c: int, scale: Fraction, start: Fraction) -> arb:
    """What a model says of an entry at a scale."""
    epsilon = arb(fmpq(scale.denominator, scale.numerator))
    value = sum((own.number(j, r, c).ball * epsilon**j for j in range(len(own.terms))), arb(0))
    if own.rest is not None:
        value += own.rest[r][c] * epsilon**own.order
    if own.flat is not None:
        gap, power = own.rate
        fall = (-gap * (1 / epsilon**power - arb(fmpq(start.numerator, start.denominator)) ** power)).exp()
        value += arb(0, (own.flat[r][c].abs_upper() * fall.abs_upper()).abs_upper())
    return value * (epsilon**-own.degree if own.degree < 0 else 1 / epsilon**own.degree) * arb(own.square).sqrt()


NETWORKS: dict[str, dict[str, Any]] = {
    "paper": {"layers": 2, "feedforward": 3},
    "pre-biases": {"placement": "pre", "biases": True, "feedforward": 4, "final_norm": True},
    "post-gelu": {
        "placement": "post",
        "biases": True,
        "feedforward": 4,
        "activation": "gelu",
        "norm_scale": "root",
        "epsilon": 0.5,
    },
    "rms-silu-gated": {"norm": "rms", "feedforward": 3, "activation": "silu", "gated": True, "biases": {"inner", "value"}},
    "gelu-tanh": {
        "feedforward": 3,
        "activation": "gelu_tanh",
        "placement": "pre",
        "biases": {"inner", "norm"},
        "norm_scale": "root",
    },
    "tanh": {"feedforward": 4, "activation": "tanh", "placement": "pre", "biases": {"inner", "outer"}},
    "sigmoid-gated": {"feedforward": 3, "activation": "sigmoid", "gated": True, "biases": True},
    "causal-heads": {"width": 4, "heads": 2, "mask": "causal", "placement": "post", "biases": True, "classes": 2},
    "multiplicative": {"mask": "causal_multiplicative", "feedforward": 3, "biases": {"query", "key"}},
    "learned": {"positions": "learned", "longest": 6, "segments": 2, "embedding_norm": True, "placement": "post"},
    "sinusoidal": {"positions": "sinusoidal", "placement": "pre", "final_norm": True, "epsilon": 0.25},
    "relative": {"positions": "relative", "width": 4, "heads": 2, "buckets": 6, "furthest": 5, "mask": "causal"},
    "alibi": {"positions": "alibi", "width": 3, "heads": 3, "scaled_scores": False, "biases": {"value"}},
    "rope": {
        "positions": "rope",
        "width": 4,
        "key_width": 2,
        "biases": {"query", "key", "norm"},
        "placement": "pre",
        "value_width": 3,
    },
    "part-of-rope": {
        "positions": "rope",
        "width": 4,
        "key_width": 6,
        "rotary_width": 4,
        "rotary_base": 7,
        "biases": {"query"},
        "parallel": True,
        "placement": "pre",
        "feedforward": 3,
        "mask": "causal",
    },
    "transformer-xl": {"positions": "transformer_xl", "width": 4, "heads": 2, "biases": {"query", "norm"}, "placement": "post"},
    "no-gain": {"gain": False, "norm": "rms", "epsilon": 0.125, "placement": "post", "feedforward": 2, "biases": {"norm"}},
    "deep": {"layers": 3, "placement": "pre", "norm": "rms"},
    "no-norm-change": {"layers": 0, "classes": 3, "embedding_norm": True},
}


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_derived_of_a_network_holds_of_its_naive_evaluation(name: str) -> None:
    choices = {"vocabulary": 5, "width": 3} | NETWORKS[name]
    network = Transformer.random(seed=7 + list(NETWORKS).index(name), initialisation="normal", **choices)
    tokens = [0, 3, 1, 3]
    content, own, _ = derived(network, tokens)
    start = Fraction(content["c0"])
    for scale in SCALES:
        c = scale * start
        with mp.workdps(60):
            found = oracle.evaluate(network.configuration, network.parameters, tokens, mpf(c.numerator) / c.denominator).output
        for r, c_ in itertools.product(*map(range, own.shape)):
            assert at(own, r, c_, c, start).overlaps(ball(found[r][c_])), (name, c, r, c_)


def test_batches_lengths_and_memories() -> None:
    network = Transformer.random(
        seed=4, initialisation="normal", vocabulary=5, width=3, cross_attention=True, biases=True, placement="pre"
    )
    memory = np.array([[1.0, -0.5, 2.0], [0.25, 1.5, -1.0]])
    tokens, lengths = [[0, 1, 2], [4, 1, 3]], [3, 2]
    content, own, run = derived(network, tokens, lengths=lengths, memory=memory)
    start = Fraction(content["c0"])
    assert {layer_part[1] for layer_part in run.patterns} == {"attention weights", "cross-attention weights"}
    assert derived(network, tokens, memory=memory)[2].patterns[0][2] != run.patterns[0][2], "padding would win"
    for b, scale in itertools.product(range(2), SCALES):
        c = start * scale
        with mp.workdps(60):
            found = oracle.evaluate(
                network.configuration,
                network.parameters,
                tokens[b],
                mpf(c.numerator) / c.denominator,
                lengths=lengths[b],
                memory=memory.tolist(),
            )
        for i, j in itertools.product(range(3), range(3)):
            assert at(own, 3 * b + i, j, c, start).overlaps(ball(found.output[i][j])), (b, c, i, j)


def test_t5_buckets_are_those_of_logarithms_in_whole_numbers() -> None:
    for buckets, furthest, mask in itertools.product((4, 6, 32), (5, 8, 128), ("none", "causal")):
        kind = {"buckets": buckets, "furthest": furthest, "mask": mask}
        for offset in range(-140, 141, 3):
            assert recheck.bucket(offset, kind) == oracle.bucket(offset, buckets, furthest, mask != "none"), (kind, offset)


def test_relative_biases_decide_between_equal_tokens() -> None:
    seen = set()
    for mask in ("none", "causal"):
        choices: dict[str, Any] = {"positions": "relative", "buckets": 6, "furthest": 4, "mask": mask}
        network = Transformer.random(seed=1, initialisation="normal", vocabulary=3, width=4, heads=2, **choices)
        content, _, run = derived(network, [2] * 5)
        start = Fraction(content["c0"])
        c = 10**6 * mpf(start.numerator) / start.denominator
        weights = oracle.evaluate(network.configuration, network.parameters, [2] * 5, c).weights[0]
        truth = [[[j for j, w in enumerate(row) if w > 0.1] for row in head] for head in weights]
        assert recheck.nested(run.patterns[0][2], None, 2, 5) == truth
        seen |= {str(rows) for rows in truth}
    assert len(seen) > 2, "heads differ"


def test_alibi_offsets_are_those_of_the_papers() -> None:
    for heads in (1, 2, 3, 4, 6, 8):
        for head, distance in itertools.product(range(heads), (0, 1, 5)):
            found = recheck.alibi(head, heads, distance).ball
            assert found.overlaps(ball(-oracle.slope(head, heads) * distance)), (heads, head, distance)
            assert found.rad() < 1e-40


def test_growth_bounds_a_power_times_an_exponential_near_c0_too() -> None:
    """c^v e^(−g(c^q − c₀^q)) ≤ c₀^v e^(−g′(c^q − c₀^q)): the rate must fall, or it fails just above c₀."""
    run = a_run(Fraction(4))
    flat, (gap, power) = recheck.grown(run, [[arb(1)]], (arb(1) / 8, 2), 3)
    assert gap < arb(1) / 8 - arb("0.09")
    for c in (mpf("4.001"), mpf("4.5"), mpf(9)):
        truth = c**3 * mp.exp(-(c**2 - 16) / 8)
        assert truth <= number(flat[0][0]) * mp.exp(-number(gap) * (c**power - 16))
    with pytest.raises(recheck.Fails, match="outgrows"):
        recheck.grown(run, [[arb(1)]], (arb(1) / 8, 2), 4)


# --- rules, on sampled models -------------------------------------------------------------------------------------------------


def a_run(c0: Fraction = Fraction(4), terms: int = 4) -> Any:
    run = recheck.Run(fmpq(c0.numerator, c0.denominator), terms, 128)
    run.place = (1, "here")
    return run


def rational(rng: random.Random, least: int = -8) -> fmpq:
    return fmpq(rng.randint(least, 8), rng.choice([1, 2, 3, 4]))


class Sampled:
    """A random model with one member of it: its value at any scale is a number."""

    def __init__(
        self, rng: random.Random, shape: tuple[int, int], degree: int, *, first: int = -8, flat: bool = True, cut: bool = True
    ):
        terms = [
            recheck.table(shape, lambda r, c, j=j: recheck.exact(rational(rng, first if j == 0 else -8)))
            for j in range(rng.randint(1, 3))
        ]
        self.shape, self.rng = shape, rng
        self.model = recheck.Model(
            degree, terms, shape, whole=recheck.table(shape, lambda r, c: (recheck.mark(rng.random()),) * 2)
        )
        self.rest = self.flat = [[mpf(0)] * shape[1] for _ in range(shape[0])]
        if cut:
            self.model.order = len(terms) + rng.randint(0, 1)
            self.rest = self._numbers(-2, 2)
            self.model.rest = recheck.table(shape, lambda r, c: around(self.rest[r][c], arb(fmpq(rng.randint(0, 4), 4))))
        if flat:
            self.flat = self._numbers(-1, 1)
            self.model.flat = recheck.table(shape, lambda r, c: arb(abs(int(self.flat[r][c] * 16))) / 16)
            self.model.rate = (arb(rng.choice([1, 2])), rng.choice([2, 3]))

    def _numbers(self, low: int, high: int) -> list[list[Any]]:
        return [[mpf(self.rng.randint(16 * low, 16 * high)) / 16 for _ in range(self.shape[1])] for _ in range(self.shape[0])]

    def value(self, r: int, c: int, scale: Fraction, start: Fraction) -> Any:
        """The member's entry at a scale."""
        x = mpf(scale.numerator) / scale.denominator
        m = self.model
        out = mp.fsum(number(m.number(j, r, c).ball) * x**-j for j in range(len(m.terms)))
        if m.order is not None:
            out += self.rest[r][c] * x**-m.order
        if m.flat is not None:
            gap, power = m.rate
            out += self.flat[r][c] * mp.exp(-number(gap) * (x**power - (mpf(start.numerator) / start.denominator) ** power))
        return out * x**m.degree


def around(value: Any, radius: arb) -> arb:
    """A ball that holds a number, not always near its middle."""
    return (ball(value).union(ball(value) + radius)).union(ball(value))


def holds(out: Any, function: Callable[..., Any], samples: list[Sampled], start: Fraction, note: str) -> None:
    """Check that a rule's result holds for the members, entry by entry, at three scales."""
    for scale in (start * s for s in SCALES):
        with mp.workdps(60):
            tables = [[[s.value(r, c, scale, start) for c in range(s.shape[1])] for r in range(s.shape[0])] for s in samples]
            truth = function(*tables)
        for r, c in itertools.product(*map(range, out.shape)):
            assert at(out, r, c, scale, start).overlaps(ball(truth[r][c])), (note, scale, r, c)


def entrywise(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *tables: [[function(*entries) for entries in zip(*rows, strict=True)] for rows in zip(*tables, strict=True)]


def decided(rule: Callable[[Fraction], Any]) -> tuple[Any, Fraction]:
    """Apply a rule at the first scale at which it goes through."""
    for power in range(2, 14):
        try:
            return rule(Fraction(2) ** power), Fraction(2) ** power
        except recheck.Fails:
            continue
    raise AssertionError("undecided at every scale")


FUNCTIONS = {
    "exp": (recheck.exponential, mp.exp),
    "inverse": (recheck.inverse, lambda u: 1 / u),
    "inverse root": (recheck.inverse_root, lambda u: 1 / mp.sqrt(u)),
    **{
        name: (
            lambda run, u, name=name: recheck.activated(run, u, name),
            lambda u, name=name: oracle.activate(name, u),
        )
        for name in ("gelu", "gelu_tanh", "silu", "tanh", "sigmoid")
    },
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_a_value_of_degree_0(name: str) -> None:
    rule, function = FUNCTIONS[name]
    for seed in range(25):
        rng = random.Random(f"{name}{seed}")
        u = Sampled(rng, (2, 2), 0, first=1, flat=False, cut=bool(seed % 3))
        out, start = decided(lambda c0, u=u, seed=seed: rule(a_run(c0, 2 + seed % 4), fresh(u.model)))
        holds(out, entrywise(function), [u], start, f"{name} {seed}")


def fresh(model: Any) -> Any:
    """The same model, with nothing remembered from another scale."""
    out = copy.copy(model)
    out.known = {}
    return out


def test_sums_and_products() -> None:
    for seed in range(60):
        rng = random.Random(seed)
        x = Sampled(rng, (2, 3), rng.randint(-1, 2), flat=bool(seed % 2), cut=bool(seed % 3))
        y = Sampled(rng, (2, 3), rng.randint(-1, 2), flat=bool(seed % 5), cut=bool(seed % 4))
        z = Sampled(rng, (3, 2), rng.randint(-1, 2), flat=bool(seed % 3), cut=bool(seed % 5))
        start = Fraction(4)
        run = a_run(start, 2 + seed % 4)
        holds(recheck.add(run, x.model, y.model), entrywise(lambda a, b: a + b), [x, y], start, f"sum {seed}")
        holds(recheck.entrywise(run, x.model, y.model), entrywise(lambda a, b: a * b), [x, y], start, f"product {seed}")
        matrix = recheck.product(run, x.model, z.model, (2, 2), lambda r, c: [(r, e, e, c) for e in range(3)])
        holds(matrix, lambda a, b: (mp.matrix(a) * mp.matrix(b)).tolist(), [x, z], start, f"matrix {seed}")
        centred = recheck.centred(run, x.model)
        holds(centred, lambda a: [[v - mp.fsum(row) / 3 for v in row] for row in a], [x], start, f"centring {seed}")


@pytest.mark.parametrize("name", ["relu", "gelu", "gelu_tanh", "silu", "tanh", "sigmoid"])
def test_activations_decide_and_bound(name: str) -> None:
    for seed in range(40):
        rng = random.Random(f"{name}{seed}")
        x = Sampled(rng, (2, 3), rng.randint(-1, 2), flat=bool(seed % 3), cut=bool(seed % 4))
        for a in x.model.terms:
            a[0][0] = recheck.ZERO
        rest, x.model.order = x.model.rest, None if x.model.rest is None else 5
        x.model.rest = rest

        def rule(c0: Fraction, x: Sampled = x) -> Any:
            run = a_run(c0, 6)
            return recheck.relu(run, fresh(x.model), 2) if name == "relu" else recheck.gate(run, fresh(x.model), name, 2)

        out, start = decided(rule)
        holds(out, entrywise(lambda u: oracle.activate(name, u)), [x], start, f"{name} {seed}")


def test_a_gate_whose_growing_entries_all_die_is_bounded_at_the_degree_of_what_is_left() -> None:
    """gelu(−c) at c₀ = 2 is −0.0455: the bound beside gelu(1/2), of degree 0, must not be divided by c₀."""
    x = recheck.Model(1, [[[recheck.exact(fmpq(-1)), recheck.ZERO]], [[recheck.ZERO, recheck.exact(fmpq(1, 2))]]], (1, 2))
    x.whole = [[(2, 2), (3, 3)]]
    out = recheck.gate(a_run(Fraction(2)), x, "gelu", 1)
    assert out.degree == 0
    assert out.flat[0][0] > arb("0.0455")


def test_norms() -> None:
    for seed in range(60):
        rng = random.Random(seed)
        x = Sampled(rng, (2, 3), rng.randint(-1, 2), flat=bool(seed % 3), cut=bool(seed % 4))
        if seed % 5 == 0 and len(x.model.terms) > 1:
            x.model.terms[0][0] = [recheck.ZERO] * 3
        epsilon = (fmpq(0), fmpq(1, 2), fmpq(9))[seed % 3]

        def rule(c0: Fraction, x: Sampled = x, epsilon: fmpq = epsilon) -> Any:
            return recheck.unit(a_run(c0, 6), fresh(x.model), epsilon, 2)

        def truth(a: list[list[Any]], epsilon: fmpq = epsilon) -> list[list[Any]]:
            added = mpf(int(epsilon.p)) / int(epsilon.q)
            return [[v / mp.sqrt(mp.fsum(w * w for w in row) + added) for v in row] for row in a]

        if not any(all(a[r][c] is recheck.ZERO for a in x.model.terms for c in range(3)) for r in range(2)):
            out, start = decided(rule)
            holds(out, truth, [x], start, f"norm {seed}")


def test_a_norm_reads_roots_and_late_rows_rightly() -> None:
    """√2·(3, 4) with ε = 50 has squared length 50: its norm is √2 (3, 4)/10; F of a row that begins at order 1 slows down."""
    row = [[recheck.exact(fmpq(3)), recheck.exact(fmpq(4))]]
    marks = [[(2, 2), (3, 3)]]
    out = recheck.unit(a_run(), recheck.Model(0, [row], (1, 2), square=fmpq(2), whole=marks), fmpq(50), 1)
    assert recheck.freed(out).terms[0][0][0].ball.overlaps(arb(2).sqrt() * 3 / 10)
    late = recheck.Model(1, [[[recheck.ONE] * 2, [recheck.ZERO] * 2], row + row], (2, 2), whole=marks + marks)
    late.flat, late.rate = [[arb(0.125)] * 2] * 2, (arb(1), 2)
    out = recheck.unit(a_run(Fraction(64)), late, fmpq(0), 2)
    assert abs(out.rate[0] - (1 - arb(1) / 2**13)) < 1e-9


def test_softmax() -> None:
    for seed in range(60):
        rng = random.Random(seed)
        s = Sampled(rng, (2, 3), 1 + seed % 2, flat=bool(seed % 3), cut=bool(seed % 4))
        s.model.order = None if s.model.order is None else s.model.degree + 1
        s.model.terms = s.model.terms[: s.model.order]
        if seed % 2:
            for a in s.model.terms[: s.model.degree]:
                a[0][1] = a[0][0]

        def rule(c0: Fraction, s: Sampled = s) -> Any:
            return recheck.softmax(a_run(c0, 6), fresh(s.model), lambda r: [0, 1, 2], lambda r: (r,))

        def truth(a: list[list[Any]]) -> list[list[Any]]:
            powers = [[mp.exp(v - max(row)) for v in row] for row in a]
            return [[p / mp.fsum(row) for p in row] for row in powers]

        out, start = decided(rule)
        holds(out, truth, [s], start, f"softmax {seed}")


def test_keys_that_differ_by_flat_parts_only_share_up_to_these() -> None:
    """Two keys with one algebraic score: ½ each, but F of the scores moves the weights; wholly equal keys move nothing."""
    row = [[recheck.exact(fmpq(3))] * 2]
    for marks, moved in ((((5, 9), (6, 9)), True), (((5, 9), (5, 9)), False)):
        s = recheck.Model(2, [row], (1, 2), flat=[[arb(1), arb(1)]], rate=(arb(2), 2), whole=[list(marks)])
        weights = recheck.softmax(a_run(), s, lambda r: [0, 1], lambda r: (r,))
        assert [n.value for n in weights.terms[0][0]] == [fmpq(1, 2)] * 2
        assert (weights.flat is not None) == moved


# --- files --------------------------------------------------------------------------------------------------------------------


def ends(x: arb, digits: int = 40) -> tuple[str, str]:
    if x.is_zero():
        return "0", "0"
    middle, radius, exponent = (int(v) for v in x.mid_rad_10exp(digits))
    return f"{middle - radius}e{exponent}", f"{middle + radius}e{exponent}"


def pairs(values: list[arb], digits: int = 40) -> dict[str, list[str]]:
    found = [ends(v, digits) for v in values]
    return {"lower": [low for low, _ in found], "upper": [high for _, high in found]}


def stated(network: Transformer, tokens: Any, **more: Any) -> dict[str, Any]:
    """A certificate that says just what the program derives."""
    content, own, run = derived(network, tokens, **more)
    places = recheck.entries(own.shape)
    heads, n = network.configuration.heads, len(np.asarray(tokens).T)
    batch = run.batch
    own_terms = own.terms or [None]
    content |= {
        "degree": own.degree,
        "order": own.order,
        "shape": [*([] if batch is None else [batch]), n, own.shape[1]],
        "coefficients": [pairs([own.number(j, r, c).ball for r, c in places]) for j in range(len(own_terms))],
        "remainder": None if own.rest is None else pairs([own.rest[r][c] for r, c in places], 9),
        "flat": None
        if own.flat is None
        else {
            "bounds": [ends(own.flat[r][c].abs_upper(), 9)[1] for r, c in places],
            "gap": ends(own.rate[0], 9)[0],
            "power": own.rate[1],
        },
        "attention": [
            {"layer": layer, "part": part, "winners": recheck.nested(winners, batch, heads, n), "lost": ends(lost, 9)[1]}
            for layer, part, winners, lost in run.patterns
        ],
        "assumptions": [],
        "says": sentence(own, run),
    }
    return signed(content)


def sentence(own: Any, run: Any) -> str:
    """The sentence of a statement whose bound begins with c^(−1)."""
    size = recheck.maximum([recheck.away(run, own, r, c, 1) for r, c in recheck.entries(own.shape)])
    flat = recheck.maximum([v.abs_upper() for row in own.flat or [] for v in row])
    parts = [f"{float(size.upper()) * 1.01:.6g} c^-1"] if size > 0 else []
    start = float(Fraction(int(run.c0.p), int(run.c0.q)))
    if own.flat is not None:
        gap, power = own.rate
        said = (flat.upper() * arb(1.01)).str(6, radius=False)
        parts.append(f"{said} exp(-{float(gap) * 0.99:.6g} (c^{power} - {start:g}^{power}))")
    scaled = f"c^{-own.degree} f(x; cθ)" if own.degree else "f(x; cθ)"
    return f"For every c ≥ {start:g}, no entry of {scaled} is further from its limit than {' + '.join(parts) or '0'}."


def signed(content: dict[str, Any]) -> dict[str, Any]:
    return content | {"digest": digest(content)}


@pytest.fixture(scope="module")
def statement() -> dict[str, Any]:
    """A statement with every part: a remainder, an exponential part, two heads, a ReLU."""
    before, flint.ctx.prec = flint.ctx.prec, 320
    network = Transformer.random(
        seed=8, initialisation="normal", vocabulary=4, width=4, heads=2, feedforward=3, placement="pre", biases=True, epsilon=0.5
    )
    found = stated(network, [0, 2, 1])
    flint.ctx.prec = before
    assert found["remainder"] is not None
    assert found["flat"] is not None
    return found


def moved(text: str, factor: Fraction) -> str:
    """A decimal number, multiplied by nearly 1."""
    mantissa, _, exponent = text.partition("e")
    return f"{int(Fraction(mantissa) * 10**6 * factor)}e{int(exponent or 0) - 6}"


def shifted(enclosures: dict[str, list[str]], by: Fraction) -> None:
    """Move every interval by a part of its lower end."""
    for i, low in enumerate(enclosures["lower"]):
        width = Fraction(enclosures["upper"][i]) - Fraction(low)
        new = Fraction(moved(low, 1 + by))
        scale = 10**60
        enclosures["lower"][i] = f"{int(new * scale)}e-60"
        enclosures["upper"][i] = f"{int((new + width) * scale)}e-60"


def narrowed(enclosures: dict[str, list[str]], end: str) -> None:
    """Move one end of every interval by a hundredth of its width to the other."""
    other = "lower" if end == "upper" else "upper"
    for i, text in enumerate(enclosures[end]):
        near, far = Fraction(text), Fraction(enclosures[other][i])
        enclosures[end][i] = f"{int((near + (far - near) / 100) * 10**60)}e-60"


def rename(content: dict[str, Any], old: str, new: str) -> None:
    assert old in content["says"]
    content["says"] = content["says"].replace(old, new)


def first_number(content: dict[str, Any]) -> str:
    return str(content["says"].split("than ")[1].split(" ")[0])


STRONGER: dict[str, Callable[[dict[str, Any]], Any]] = {
    "degree + 1": lambda s: s.update(degree=s["degree"] + 1),
    "degree - 1": lambda s: s.update(degree=s["degree"] - 1),
    "order + 1": lambda s: s.update(order=s["order"] + 1),
    "no remainder": lambda s: s.update(order=None, remainder=None),
    "no exponential part": lambda s: s.update(flat=None),
    "c0 halved": lambda s: s.update(c0=str(Fraction(s["c0"]) / 2)),
    "c0 a hundredth less": lambda s: s.update(c0=str(Fraction(s["c0"]) * Fraction(99, 100))),
    "fewer terms": lambda s: s.update(terms=s["terms"] - 2),
    "a0 moved": lambda s: shifted(s["coefficients"][0], Fraction(1, 10**5)),
    "last coefficient moved": lambda s: shifted(s["coefficients"][-1], Fraction(1, 10**5)),
    "a coefficient dropped": lambda s: s["coefficients"].pop(),
    "remainder, lower": lambda s: narrowed(s["remainder"], "lower"),
    "remainder, upper": lambda s: narrowed(s["remainder"], "upper"),
    "exponential part smaller": lambda s: s["flat"]["bounds"].__setitem__(0, moved(s["flat"]["bounds"][0], Fraction(9, 10))),
    "rate faster": lambda s: s["flat"].update(gap=moved(s["flat"]["gap"], Fraction(1001, 1000))),
    "power higher": lambda s: s["flat"].update(power=s["flat"]["power"] + 1),
    "another winner": lambda s: s["attention"][0]["winners"][1].__setitem__(0, [(s["attention"][0]["winners"][1][0][0] + 1) % 3]),
    "one more winner": lambda s: s["attention"][0]["winners"][0].__setitem__(2, [0, 1, 2]),
    "losers lose more": lambda s: s["attention"][0].update(lost=moved(s["attention"][0]["lost"], Fraction(1, 2))),
    "another layer": lambda s: s["attention"][0].update(layer=2),
    "a weight": lambda s: s["network"]["parameters"]["layers.0.attention.value.weight"]["entries"].__setitem__(0, "1/7"),
    "a token": lambda s: s["tokens"].__setitem__(0, 3),
    "epsilon": lambda s: s["network"]["configuration"].update(epsilon="1/4"),
    "activation": lambda s: s["network"]["configuration"].update(activation="silu"),
    "mask": lambda s: s["network"]["configuration"].update(mask="causal"),
    "placement": lambda s: s["network"]["configuration"].update(placement="post"),
    "another shape": lambda s: s.update(shape=[4, 3]),
    "the sentence's bound": lambda s: rename(s, first_number(s), f"{float(first_number(s)) * 0.9:.6g}"),
    "the sentence's order": lambda s: rename(s, " c^-1 ", " c^-2 "),
    "the sentence's start": lambda s: rename(s, "every c ≥ ", "every c ≥ 0."),
    "an assumption in words": lambda s: s["assumptions"].append("pigs fly"),
}


def test_a_statement_that_was_derived_is_confirmed(statement: dict[str, Any]) -> None:
    said = recheck.check(statement)
    assert said.startswith("for every c ≥ ")
    assert "note" not in said


@pytest.mark.parametrize("edit", STRONGER)
def test_a_stronger_statement_is_not_confirmed_even_with_a_new_digest(statement: dict[str, Any], edit: str) -> None:
    edited = copy.deepcopy(statement)
    STRONGER[edit](edited)
    assert {k: v for k, v in edited.items() if k != "digest"} != {k: v for k, v in statement.items() if k != "digest"}
    with pytest.raises(recheck.Fails, match="digest"):
        recheck.check(edited)
    with pytest.raises(recheck.Fails) as failure:
        recheck.check(signed(edited))
    assert "digest" not in str(failure.value)


def test_wider_bounds_are_true_and_noted(statement: dict[str, Any]) -> None:
    edited = copy.deepcopy(statement)
    edited["flat"]["bounds"][0] = moved(edited["flat"]["bounds"][0], Fraction(2))
    edited["flat"]["gap"] = moved(edited["flat"]["gap"], Fraction(9, 10))
    assert "2 bounds are wider" in recheck.check(signed(edited))


def test_no_part_may_be_missing_or_of_another_kind(
    statement: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "edited.json"
    for key, value in itertools.product(sorted(statement), (None, "x", [], {}, -1, [["x"]])):
        if statement[key] == value:
            continue
        edited = signed(statement | {key: value}) | ({"digest": value} if key == "digest" else {})
        path.write_text(json.dumps(edited), encoding="utf-8")
        assert recheck.main([str(path)]) in (1, 2), (key, value)
    for key in sorted(statement):
        path.write_text(json.dumps(signed({k: v for k, v in statement.items() if k != key})), encoding="utf-8")
        assert recheck.main([str(path)]) == (0 if key == "digest" else 2), key
    assert all(": " in line for line in capsys.readouterr().err.splitlines())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "no certificate"),
        ('{"kind": "certificate", "version": 2}', "version 2"),
        ('{"kind": "certificate", "version": 1}', "missing or malformed"),
    ],
)
def test_what_is_no_certificate_is_said_in_one_sentence(
    text: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "file.json"
    path.write_text(text, encoding="utf-8")
    assert recheck.main([str(path)]) == 2
    assert reason in capsys.readouterr().err
    assert recheck.main([]) == 2
    assert recheck.main([str(tmp_path / "none.json")]) == 2


# --- equalities ---------------------------------------------------------------------------------------------------------------


def hidden_tie() -> Transformer:
    """Keys 0 and 2 have the scores 3/√2 and 15/(5√2) times one number: equal, but rationals and balls cannot tell.

    Tokens (1, 1, 0), (3, 4, 0), (7, 1, 0) become the unit rows (1, 1)/√2, (3, 4)/5, (7, 1)/(5√2), and keys read 2x + y.
    """
    choices: dict[str, Any] = {"norm": "rms", "placement": "pre", "gain": False, "scaled_scores": False}
    network = Transformer.random(seed=0, initialisation="integers", vocabulary=3, width=3, **choices)
    tables = {
        "tokens": np.array([[1.0, 1.0, 0.0], [3.0, 4.0, 0.0], [7.0, 1.0, 0.0]]),
        "layers.0.attention.query.weight": np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]),
        "layers.0.attention.key.weight": np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]),
    }
    return Transformer(network.configuration, network.parameters.map(lambda name, a: tables.get(name, a)))


def ties(known: str, keys: list[int]) -> list[dict[str, Any]]:
    """List one tie for each query, at c²."""
    place = {"layer": 1, "part": "attention weights", "exponent": 2, "known": known, "digits": None, "keys": keys}
    return [place | {"index": [0, i]} for i in range(3)]


def test_equalities_of_the_file_are_looked_at_and_counted() -> None:
    network = hidden_tie()
    with pytest.raises(AssertionError, match=r"keys 0 and 2 tie at .*the file does not list it"):
        derived(network, [0, 1, 2])
    with pytest.raises(AssertionError, match="keys 0 and 2 tie"):
        derived(network, [0, 1, 2], ties=ties("exact", [0, 1]))
    for known in ("exact", "assumed"):
        _, _, run = derived(network, [0, 1, 2], ties=ties(known, [0, 2]))
        assert run.patterns[0][2] == [[0, 2]] * 3
        assert set(run.accepted) == {known}
        assert run.accepted[known][0] == 3
        assert run.accepted[known][1] > 80
    run = a_run()
    run.ties = {(1, "here", (0, 0), 2): [({0, 2}, "exact")]}
    with pytest.raises(recheck.Fails, match="does not list it"):
        recheck.accept_tie(run, arb(0, 1e-15), arb(1), (0, 0), (0, 2), 2)


def test_equal_tokens_tie_without_being_listed() -> None:
    network = Transformer.random(seed=2, initialisation="normal", vocabulary=4, width=3, layers=2, placement="post", biases=True)
    _, _, run = derived(network, [0, 2, 0, 2])
    assert not run.accepted
    assert all(set(keys) in ({0, 2}, {1, 3}) for _, _, winners, _ in run.patterns for keys in winners)


# --- certificates of the package ----------------------------------------------------------------------------------------------

CERTIFIED: dict[str, dict[str, Any]] = {
    "paper": {"layers": 2, "feedforward": 4, "width": 4},
    "pre": {"layers": 2, "feedforward": 4, "width": 4, "placement": "pre", "biases": True},
    "post": {"feedforward": 4, "width": 4, "placement": "post", "biases": True, "activation": "gelu", "epsilon": 0.5},
    "silu": {"feedforward": 3, "activation": "silu", "gated": True, "biases": True, "norm": "rms", "norm_scale": "root"},
    "tanh": {"feedforward": 3, "activation": "tanh", "placement": "pre", "biases": {"inner"}, "mask": "causal", "classes": 2},
    "rope": {"positions": "rope", "width": 4, "heads": 2, "biases": {"query"}, "embedding_norm": True},
    "alibi": {"positions": "alibi", "width": 4, "heads": 2, "placement": "pre", "final_norm": True},
    "relative": {"positions": "relative", "width": 4, "placement": "post", "mask": "causal_multiplicative"},
}


@pytest.mark.parametrize("name", CERTIFIED)
def test_certificates_of_the_package_are_confirmed(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    choices = {"vocabulary": 5, "width": 3} | CERTIFIED[name]
    certificate = certify(Transformer.random(seed=5, initialisation="normal", **choices), [0, 3, 1, 4])
    assert certificate.holds
    path = certificate.save(tmp_path / f"{name}.json")  # type: ignore[union-attr]
    assert recheck.main([str(path)]) == 0
    assert "confirmed for every c ≥ " in capsys.readouterr().out


def test_closed_forms_of_the_package_are_confirmed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    certificate = certify(hidden_tie(), [0, 1, 2], closed=True)
    path = certificate.save(tmp_path / "tie.json")  # type: ignore[union-attr]
    assert recheck.main([str(path)]) == 0
    assert "cancellations that closed forms see" in capsys.readouterr().out


def test_a_mixture_is_marked_as_its_value_only_when_all_values_are_one() -> None:
    share = recheck.exact(fmpq(1, 2))
    v, w = (recheck.made(arb(n).sqrt(), ("a root", n)) for n in (2, 3))
    assert recheck.mixed_marks([(share, v), (share, v)], 0) == [(1, v.mark)]
    assert recheck.mixed_marks([(share, v), (share, v)], 1) == []
    assert recheck.mixed_marks([(share, v), (share, w)], 0) == [(share.mark, v.mark), (share.mark, w.mark)]
    assert v.mark != w.mark
