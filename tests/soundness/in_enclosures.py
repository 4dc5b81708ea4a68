"""Errors in what must hold for certain: balls, Taylor models, certificates."""

from __future__ import annotations

from tests.soundness.planted import LAWS, Planted

MODELS, SETTLING, REMAINDERS = "arithmetic/model_arithmetic.py", "arithmetic/settling.py", "arithmetic/remainders.py"
BALLS, ENCLOSURES, LABELS = "arithmetic/balls.py", "arithmetic/enclosures.py", "arithmetic/labels.py"


def members(operation: str) -> tuple[str, ...]:
    return (LAWS, "-k", f"test_members and balls and ({operation})")


def hard(operation: str) -> tuple[str, ...]:
    return (LAWS, "-k", f"hard_families and ({operation})")


PLANTED = (
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
        SETTLING,
        "total = plus(lost, flat)\n    same = ops.once",
        "total = plus(None if lost is None else lost / 2, flat)\n    same = ops.once",
        hard("softmax"),
    ),
    Planted(
        "softmax of models: remainder of shared weights dropped",
        SETTLING,
        "full.order, full.rest), soft",
        "full.order, None if full.rest is None else 0 * full.rest), soft",
        members("softmax"),
    ),
    Planted(
        "softmax of models: masked keys share labels with visible ones",
        SETTLING,
        "seen = winners | (ranking.level != NONE)",
        "seen = np.ones_like(winners)",
        hard("softmax"),
    ),
    Planted(
        "norm of models: exponential part not counted twice",
        SETTLING,
        "2 * grown / least.sqrt()",
        "grown / least.sqrt() / 8",
        members("unit or norm"),
    ),
    Planted(
        "norm of models: tail of the row dropped",
        SETTLING,
        "rest[start == v] = np.broadcast_to(tail, x.shape)[start == v]",
        "pass",
        members("unit or norm"),
    ),
    Planted(
        "norm of models: exponential part at the wrong degree",
        SETTLING,
        "ops.grown(*_unit_flat(ops, x, u, start, live), -out.degree)",
        "_unit_flat(ops, x, u, start, live)",
        hard("unit"),
    ),
    Planted(
        "gate of models: exponential part at the wrong degree",
        SETTLING,
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
