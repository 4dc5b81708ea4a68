"""Errors in what must hold for certain: balls, Taylor models, certificates."""

from __future__ import annotations

from tests.soundness.planted import LAWS, Planted

MODELS, REMAINDERS = "arithmetic/model_arithmetic.py", "arithmetic/remainders.py"
SETTLING, SOFTMAX = "arithmetic/settling.py", "arithmetic/settled_softmax.py"
NORMS, GATES = "arithmetic/settled_norms.py", "arithmetic/settled_activations.py"
BALLS, ENCLOSURES, LABELS = "arithmetic/balls.py", "arithmetic/enclosures.py", "arithmetic/labels.py"


def members(operation: str) -> tuple[str, ...]:
    return (LAWS, "-k", f"test_members and balls and ({operation})")


def hard(operation: str) -> tuple[str, ...]:
    return (LAWS, "-k", f"hard_families and ({operation})")


LAW_ERRORS = (
    Planted(
        "model product: remainder dropped",
        MODELS,
        "rest = None if order is None else self._product_rest(x, y, times_, order, extent)",
        "rest = None if order is None else enclosures.zeros(extent)",
        members("multiply or matmul"),
    ),
    Planted(
        "model product: narrowed remainder",
        MODELS,
        "rest = None if order is None else self._product_rest(x, y, times_, order, extent)",
        "rest = None if order is None else self._product_rest(x, y, times_, order, extent) / 2",
        members("multiply or matmul"),
    ),
    Planted(
        "model product: exponential part of one factor forgotten",
        MODELS,
        "total = plus(joined(times_, left, y.flat), joined(times_, x.flat, right))",
        "total = joined(times_, left, y.flat)",
        members("multiply or matmul"),
    ),
    Planted(
        "1/√u: remainder dropped",
        REMAINDERS,
        "count, -tails(q, ops.interval)[0] * rho / (s * (1 + s)))",
        "count, 0 * rho)",
        members("root"),
    ),
    Planted(
        "1/√u: narrowed",
        REMAINDERS,
        "-tails(q, ops.interval)[0] * rho / (s * (1 + s)))",
        "-tails(q, ops.interval)[0] * rho / (s * (1 + s)) / 2)",
        members("root"),
    ),
    Planted(
        "1/u: remainder dropped",
        REMAINDERS,
        "count, -tails(q, ops.interval)[0] * rho / whole)",
        "count, 0 * rho)",
        members("inverse and not root"),
    ),
    Planted(
        "1/u: narrowed",
        REMAINDERS,
        "-tails(q, ops.interval)[0] * rho / whole)",
        "-tails(q, ops.interval)[0] * rho / whole / 2)",
        members("inverse and not root"),
    ),
    Planted(
        "exp: remainder of the argument dropped",
        REMAINDERS,
        "    if left is not None:\n        unit = arb(0)",
        "    if False:\n        unit = arb(0)",
        members("exp"),
    ),
    Planted(
        "exp: defect dropped",
        REMAINDERS,
        "rest = -each(arb.exp, span - span) * rho / count",
        "rest = 0 * rho",
        members("exp"),
    ),
    Planted(
        "exp: narrowed",
        REMAINDERS,
        "return _result(ops, u, p, count, rest)",
        "return _result(ops, u, p, count, each(lambda v: arb(v.mid(), v.rad() / 2), rest))",
        members("exp"),
    ),
    Planted(
        "Taylor's formula: last term dropped",
        REMAINDERS,
        "return _cut(ops, out, count, last *",
        "return _cut(ops, out, count, 0 * last *",
        members("Taylor"),
    ),
    Planted(
        "softmax of models: bound of losers narrowed",
        SOFTMAX,
        "total = plus(lost, flat)\n    same = ops.once",
        "total = plus(None if lost is None else lost / 2, flat)\n    same = ops.once",
        hard("softmax"),
    ),
    Planted(
        "softmax of models: remainder of shared weights dropped",
        SOFTMAX,
        "full.order, full.rest)",
        "full.order, None if full.rest is None else 0 * full.rest)",
        (LAWS, "-k", "test_members and models and softmax"),
    ),
    Planted(
        "softmax of models: masked keys share labels with visible ones",
        SOFTMAX,
        "seen = winners | (ranking.level != NONE)",
        "seen = np.ones_like(winners)",
        hard("softmax"),
    ),
    Planted(
        "norm of models: exponential part not counted twice",
        NORMS,
        "2 * grown / least.sqrt()",
        "grown / least.sqrt() / 8",
        members("unit or norm"),
    ),
    Planted(
        "norm of models: tail of the row dropped",
        NORMS,
        "rest[start == v] = np.broadcast_to(tail, x.shape)[start == v]",
        "pass",
        members("unit or norm"),
    ),
    Planted(
        "norm of models: exponential part at the wrong degree",
        NORMS,
        "ops.grown(*_unit_flat(ops, x, u, start, live), -out.degree)",
        "_unit_flat(ops, x, u, start, live)",
        hard("unit"),
    ),
    Planted(
        "gate of models: exponential part at the wrong degree",
        GATES,
        "ops.grown(x.flat, x.decay, x.degree - degree)",
        "ops.grown(x.flat, x.decay, 0 if gated and x.degree >= 0 else x.degree)",
        hard("gelu or tanh"),
    ),
    Planted(
        "centre of models: labels of entries kept",
        MODELS,
        "x.same if x.same is None or not x.same.of_entries else None), terms)\n        square = x.square / d**2",
        "x.same), terms)\n        square = x.square / d**2",
        hard("centre"),
    ),
    Planted(
        "sum of models: a constant row labelled as one number",
        LABELS,
        "s.whole.ndim == 0 or (s.source is not None and s.source.size == 1)",
        "s.whole.size == 1",
        hard("constant"),
    ),
    Planted(
        "balls: product narrowed",
        BALLS,
        "return np.asarray(x.balls * y.balls, dtype=object)",
        "return each(lambda v: arb(v.mid(), v.rad() / 2), np.asarray(x.balls * y.balls, dtype=object))",
        members("multiply"),
    ),
    Planted(
        "balls: norm narrowed",
        BALLS,
        "return within(found, -ONE, ONE)",
        "return within(arb(found.mid(), found.rad() / 2), -ONE, ONE)",
        members("unit or norm"),
    ),
    Planted(
        "balls: softmax narrowed",
        BALLS,
        "return [within(_fraction(a, s).union(_fraction(b, t)), ZERO, ONE) for a, s, b, t in ends]",
        "return [within(_fraction(a, s), ZERO, ONE) for a, s, b, t in ends]",
        members("softmax"),
    ),
)

MODEL_TESTS, CERTIFICATES = ("tests/arithmetic/test_models.py",), "tests/asymptotics/test_certificates.py"
FILE_TESTS = ("tests/asymptotics/test_certificate_files.py",)
CERTIFICATE, FILES = "asymptotics/certificate.py", "asymptotics/certificate_files.py"
FIRST = (CERTIFICATES, "-k", "truth and res_post-none-none-0")

NETWORK_ERRORS = (
    Planted(
        "product: R of the tails dropped",
        MODELS,
        "total = plus(total, joined(times_, self.tail(x, order), self.tail(y, 0)))",
        "pass",
        FIRST,
    ),
    Planted(
        "product: coefficients times R dropped",
        MODELS,
        "total = plus(total, joined(times_, self.balls(x, i), self.tail(y, order - i)))",
        "pass",
        FIRST,
    ),
    Planted(
        "1/u: R dropped",
        REMAINDERS,
        "return _result(ops, u, p, count, -tails(q, ops.interval)[0] * rho / whole)",
        "return _result(ops, u, p, count, zeros(u.shape))",
        MODEL_TESTS,
    ),
    Planted(
        "1/√u: R dropped",
        REMAINDERS,
        "return _result(ops, u, p, count, -tails(q, ops.interval)[0] * rho / (s * (1 + s)))",
        "return _result(ops, u, p, count, zeros(u.shape))",
        MODEL_TESTS,
    ),
    Planted(
        "softmax: F of losers halved",
        SOFTMAX,
        "taken = out.sum(axis=-1, keepdims=True)\n",
        "out = out / 2\n    taken = out.sum(axis=-1, keepdims=True)\n",
        (CERTIFICATES, "-k", "opposite"),
    ),
    Planted(
        "softmax: losers take nothing",
        SOFTMAX,
        "return np.where(ranking.winners, np.broadcast_to(taken, out.shape), out), ops",
        "return np.where(ranking.winners, zeros(out.shape), out), ops",
        (CERTIFICATES, "-k", "opposite"),
    ),
    Planted(
        "softmax: the upper end of the lead",
        SOFTMAX,
        "lead[place] = (gaps[place] * root).lower()",
        "lead[place] = (gaps[place] * root).upper()",
        (CERTIFICATES, "-k", "truth and res_post-none"),
    ),
    Planted(
        "flat: growth forgotten",
        MODELS,
        "return flat * self.c0**v, Decay(gap, decay.power)",
        "return flat, Decay(gap, decay.power)",
        MODEL_TESTS,
    ),
    Planted(
        "flat: gap not lowered",
        MODELS,
        "gap = (decay.gap - v / (decay.power * self.c0**decay.power)).lower()",
        "gap = decay.gap",
        MODEL_TESTS,
    ),
    Planted(
        "flat: the faster decay is kept",
        MODELS,
        "slowest = Decay(arb.min(slowest.gap, steep).lower()",
        "slowest = Decay(arb.max(slowest.gap, steep).lower()",
        MODEL_TESTS,
    ),
    Planted(
        "labels: different rows are equal",
        LABELS,
        "labels = numbered([tuple(row) for row in rows.tolist()], shape)",
        "labels = numbered([row[0] > 0 for row in rows.tolist()], shape)",
        FIRST,
    ),
    Planted(
        "relu: decided by a_f",
        SETTLING,
        "lower = (tail[place] * int(sign[place])).lower()",
        "lower = (ops.balls(x, int(f))[place] * int(sign[place])).lower()",
        MODEL_TESTS,
    ),
    Planted(
        "norm: factor 2 dropped",
        NORMS,
        "np.full(x.shape[-1], 2 * grown / least.sqrt()",
        "np.full(x.shape[-1], grown / least.sqrt()",
        MODEL_TESTS,
    ),
    Planted(
        "centre: mean of R not subtracted", MODELS, "enclosures.rows_times(x.rest, _centring(d))", "x.rest * arb(d)", MODEL_TESTS
    ),
    Planted(
        "centre: R loses the diagonal",
        MODELS,
        "enclosures.enclosed(d * np.eye(d) - 1)",
        "enclosures.enclosed(d * np.eye(d) - np.eye(d))",
        MODEL_TESTS,
    ),
    Planted("centre: mean of F forgotten", MODELS, "x.flat * arb(d - 2) + _summed(x.flat)", "x.flat * arb(0)", MODEL_TESTS),
    Planted(
        "bound: one order too small",
        CERTIFICATE,
        "parts += [magnitudes(a) * epsilon**j for j",
        "parts += [magnitudes(a) * epsilon ** (j + 1) for j",
        FIRST,
    ),
    Planted(
        "bound: R left out",
        CERTIFICATE,
        "parts.append(magnitudes(self.output.rest) * epsilon**self.output.order)",
        "pass",
        FIRST,
    ),
    Planted(
        "remainders: flat part left out",
        CERTIFICATE,
        "total = sum((each(arb.rad, a) * epsilon**j for j, a in enumerate(self.coefficients)), flat)",
        "total = sum((each(arb.rad, a) * epsilon**j for j, a in enumerate(self.coefficients)), flat * 0)",
        FIRST,
    ),
    Planted(
        "files: ends not rounded outwards",
        FILES,
        'return f"{middle - radius}e{exponent}", f"{middle + radius}e{exponent}"',
        'return f"{middle}e{exponent}", f"{middle}e{exponent}"',
        FILE_TESTS,
    ),
    Planted("files: an edit passes", FILES, 'if read.get("digest") != digest(read):', "if False:", FILE_TESTS),
    Planted(
        "files: the gap rounded up",
        FILES,
        '"gap": ends(output.decay.gap, ROUGH)[0]',
        '"gap": ends(output.decay.gap, ROUGH)[1]',
        FILE_TESTS,
    ),
    Planted(
        "files: F rounded down",
        FILES,
        "bounds = [ends(v.abs_upper(), ROUGH)[1]",
        "bounds = [ends(v.abs_upper(), ROUGH)[0]",
        FILE_TESTS,
    ),
    Planted("files: only lower ends read", FILES, "arb(low).union(arb(high)) for", "arb(low) for", FILE_TESTS),
    Planted(
        "files: keys nobody attends to lost", FILES, "for i in range(m)]", "for i in range(max(part, default=0) + 1)]", FILE_TESTS
    ),
    Planted("files: another version read", FILES, 'if read.get("version") != VERSION:', "if False:", FILE_TESTS),
    Planted("files: fractions rounded", FILES, "if same else as_array(exact", "if True else as_array(exact", FILE_TESTS),
)
PLANTED = (*LAW_ERRORS, *NETWORK_ERRORS)
