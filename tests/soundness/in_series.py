"""Errors in the forward pass, the float series and what is read off them."""

from __future__ import annotations

from tests.soundness.planted import LAWS, Planted

EXAMPLES = "tests/asymptotics/test_examples.py"
ORACLE, RATES = "tests/asymptotics/test_against_oracle.py", "tests/asymptotics/test_rates.py"


def law(operation: str) -> tuple[str, ...]:
    return (LAWS, "-k", f"test_containment and series and {operation}")


SERIES, SATURATING = "arithmetic/series.py", "arithmetic/saturating.py"
PLANTED = (
    Planted(
        "a leading coefficient below floats is zero",
        SERIES,
        "            _refuse_tiny(size > self.tolerance.tie * magnitude, size, live)\n",
        "",
        ("tests/asymptotics/test_saturation.py", "-k", "size_of_the_weights"),
    ),
    Planted(
        "constant: taken as a parameter",
        SERIES,
        "self.series(0, as_floats(array",
        "self.series(1, as_floats(array",
        law("constant"),
    ),
    Planted(
        "parameter: taken as data", SERIES, "self.series(1, np.asarray(array", "self.series(0, np.asarray(array", law("parameter")
    ),
    Planted(
        "linear: degree not raised",
        SERIES,
        "self.series(x.degree + 1, coefficients",
        "self.series(x.degree, coefficients",
        law("linear"),
    ),
    Planted(
        "linear: remainder one order too good",
        SERIES,
        "x.remainder + 1, magnitude",
        "x.remainder, magnitude",
        (ORACLE, "-k", "pre"),
    ),
    Planted(
        "add: the smaller remainder",
        SERIES,
        "max(x.remainder, y.remainder), max(x",
        "min(x.remainder, y.remainder), max(x",
        (EXAMPLES,),
    ),
    Planted("add: orders shifted", SERIES, "start = top - part.degree", "start = 0", law("add")),
    Planted(
        "product: lost remainder",
        SERIES,
        "remainder = max(remainder, degree - kept)\n        coefficients",
        "pass\n        coefficients",
        law("multiply or matmul"),
    ),
    Planted(
        "product: a term left out",
        SERIES,
        "for j in np.flatnonzero(right[: max(kept - i, 0)]):",
        "for j in np.flatnonzero(right[: max(kept - i - 1, 1)]):",
        law("multiply"),
    ),
    Planted("truncation: remainder forgotten", SERIES, "remainder = max(remainder, degree - last)", "pass", law("unit")),
    Planted(
        "reshape: axes exchanged",
        SERIES,
        "a.reshape(*a.shape[:lead], *shape)",
        "a.reshape(*a.shape[:lead], *shape[::-1]).swapaxes(-1, -2)",
        law("reshape"),
    ),
    Planted(
        "swapaxes: nothing exchanged",
        SERIES,
        "lambda a, _: a.swapaxes(first, second)",
        "lambda a, _: a.swapaxes(first, second).swapaxes(first, second).reshape(a.swapaxes(first, second).shape)",
        law("swapaxes"),
    ),
    Planted(
        "centre: mean of the wrong axis",
        SERIES,
        "x.coefficients.mean(axis=-1, keepdims=True)",
        "x.coefficients.mean(axis=-2, keepdims=True)",
        law("centre"),
    ),
    Planted(
        "softmax: only the leading order compared",
        "arithmetic/dominance.py",
        "range(max(0, min(len(scores.coefficients), scores.degree)))",
        "range(max(0, min(1, scores.degree)))",
        (EXAMPLES,),
    ),
    Planted("softmax: hardmax in place of a soft tie", SATURATING, "if not below.any():", "if True:", (EXAMPLES,)),
    Planted(
        "softmax: the smallest score wins",
        "arithmetic/dominance.py",
        "np.where(alive, top - coefficient, np.inf)",
        "np.where(alive, coefficient - np.where(alive, coefficient, np.inf).min(axis=-1, keepdims=True), np.inf)",
        law("softmax"),
    ),
    Planted("softmax: soft remainder lost", SATURATING, "EXACT if exact else -len(below)", "EXACT", law("softmax")),
    Planted(
        "softmax: mask ignored",
        SATURATING,
        "if visible is None else np.broadcast_to(visible, scores.shape)\n    decision",
        "if True else seen\n    decision",
        law("softmax"),
    ),
    Planted(
        "1/sqrt: wrong sign in the recurrence",
        "arithmetic/taylor.py",
        "(k * alpha - (n - k))",
        "(k * alpha + (n - k))",
        law("unit"),
    ),
    Planted(
        "1/sqrt: remainder lost", SATURATING, "remainder = EXACT if single else -float(terms)", "remainder = EXACT", law("unit")
    ),
    Planted(
        "norm: ε at the wrong order",
        SATURATING,
        "square[2 * degree, base == degree] += epsilon",
        "square[degree, base == degree] += epsilon",
        law("unit"),
    ),
    Planted(
        "norm: a vanishing first order not skipped",
        SATURATING,
        "base[open_ & (size > ops.tolerance.tie * x.magnitude[j])] = x.degree - j",
        "base[:] = x.degree",
        ("tests/arithmetic/test_series.py", EXAMPLES),
    ),
    Planted(
        "exp: a coefficient halved",
        "arithmetic/taylor.py",
        "return _solve(u, np.exp(u[0]), lambda y, n: y[n])",
        "return _solve(u, np.exp(u[0]), lambda y, n: 0.5 * y[n])",
        (LAWS, "-k", "softmax and series or gelu and series"),
    ),
    Planted(
        "relu: the sign of the last order",
        "arithmetic/dominance.py",
        "first[new], sign[new] = j, np.sign",
        "first[:], new = j, size > 0\n        first[new], sign[new] = j, np.sign",
        law("relu"),
    ),
    Planted(
        "gelu: bounded arguments treated as large",
        SATURATING,
        "first, sign = signs(x, ops.tolerance, 1, name)",
        "first, sign = signs(x, ops.tolerance, None, name)",
        law("gelu"),
    ),
    Planted(
        "tanh: limit at minus infinity",
        "arithmetic/activations.py",
        '"tanh": Gate(np.tanh, taylor.tanh, -1.0',
        '"tanh": Gate(np.tanh, taylor.tanh, 0.0',
        law("tanh"),
    ),
    Planted(
        "sigmoid: derivative without its second factor",
        "arithmetic/taylor.py",
        "lambda y, n: y[n] - sum(y[i] * y[n - i] for i in range(n + 1))",
        "lambda y, n: y[n]",
        law("sigmoid"),
    ),
    Planted(
        "activation: remainder lost", SATURATING, "EXACT if exact or not bounded.any() else -float(known)", "EXACT", law("silu")
    ),
    Planted(
        "flat: the faster exponential decides a norm",
        "arithmetic/flat_terms.py",
        "least = np.where(alive, row, np.inf).min(axis=axis, keepdims=True)",
        "least = np.where(alive & np.isfinite(row), row, -np.inf).max(axis=axis, keepdims=True)",
        ("tests/arithmetic/test_flat_terms.py",),
    ),
    Planted(
        "flat: a flat vector normalised to zero",
        SATURATING,
        "_refuse_flat_rows(x, vanished)\n        if",
        "pass\n        if",
        (EXAMPLES,),
    ),
    Planted(
        "degrees: a norm raises the degree",
        "arithmetic/degrees.py",
        "degree = x.degree if epsilon and x.degree < 0 else 0",
        "degree = 1",
        (RATES,),
    ),
    Planted(
        "floats: the power of c forgotten in a sum",
        "arithmetic/floats.py",
        "lower = right * self._factor(y.power - x.power, right)",
        "lower = right * 1.0",
        (LAWS, "-k", "floats and add"),
    ),
    Planted("layerwise: lower orders passed on", "asymptotics/layerwise.py", "else ops.symbol_only", "else None", (EXAMPLES,)),
    Planted(
        "network: LN after the sum in the paper's placement",
        "network/layers.py",
        "return ops.add(x, norm(site, block(x), learned, part))",
        "return norm(site, ops.add(x, block(x)), learned, part)",
        (ORACLE, "-k", "res_post"),
    ),
    Planted("network: 1/√k left out", "network/layers.py", "Root(Fraction(1, k.shape[-1]))", "Root(Fraction(1))", (EXAMPLES,)),
    Planted(
        "claims: a kept point with another inequality beside it counts",
        "claims/witness.py",
        "if any(written[key] != value for key, value in stated.items()):",
        "if False:",
        ("tests/claims/test_kept.py",),
    ),
    Planted(
        "claims: an edited file counts",
        "claims/witness.py",
        'if content.get("digest") != kept.digest(content):',
        "if False:",
        ("tests/claims/test_kept.py",),
    ),
    Planted(
        "claims: points refute without a reason for all constants",
        "claims/witness.py",
        "complete = bool(steps) or not self.statement.names_constants",
        "complete = True",
        ("tests/claims/test_kept.py", "tests/claims/test_evidence.py"),
    ),
    Planted(
        "claims: a wrong step is forgiven",
        "claims/evidence.py",
        'holds = asserted > 0 and all(step["holds"] is not False for step in steps)',
        "holds = asserted > 0",
        ("tests/claims/test_evidence.py",),
    ),
    Planted(
        "claims: contradictory evidence passes in silence",
        "claims/claim.py",
        "if refuting and holding:",
        "if False:",
        ("tests/claims/test_evidence.py",),
    ),
    Planted(
        "claims: a case seen twice counts twice",
        "claims/hunting.py",
        "self.known.add(key)",
        "pass",
        ("tests/claims/test_evidence.py",),
    ),
    Planted(
        "claims: the falsifier takes undecided for violated",
        "claims/inequality.py",
        "return Truth.VIOLATED if left > right else Truth.UNDECIDED",
        "return Truth.VIOLATED if not left <= right else Truth.UNDECIDED",
        ("tests/claims/test_evidence.py",),
    ),
    Planted(
        "claims: lost support is not handed on",
        "claims/dependencies.py",
        'return self.verdict != "refuted" and (self.supported or self.verdict == "assumed")',
        'return self.verdict != "refuted"',
        ("tests/claims/test_dependencies.py",),
    ),
    Planted(
        "claims: a supremum is reached nowhere",
        "claims/certificate.py",
        "return below is Truth.HOLDS and _reaches(entry, variable, ends, lower)",
        "return below is Truth.HOLDS",
        ("tests/claims/test_constants.py",),
    ),
)
