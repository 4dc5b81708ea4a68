"""Errors in what is said of a series of checkpoints: sums, cosines, kinds of tensors, fits, order."""

from __future__ import annotations

from tests.soundness.planted import Planted

SCANNING = ("tests/growth/test_scanning.py",)
KINDS = ("tests/growth/test_kinds.py",)
GROWTH = ("tests/growth/test_growth.py",)
FITS = ("tests/growth/test_fits.py",)
SERIES = ("tests/growth/test_series.py",)

PLANTED = (
    Planted(
        "a step belongs to the later checkpoint",
        "growth/scanning.py",
        "found[STEP, at - 1] += _squared_difference(now, before)",
        "found[STEP, at] += _squared_difference(now, before)",
        SCANNING,
    ),
    Planted(
        "parts of a product forgotten",
        "growth/scanning.py",
        "found[LAST, at] += now.dot(final)",
        "found[LAST, at] = now.dot(final)",
        SCANNING,
    ),
    Planted(
        "batches that do not meet",
        "growth/scanning.py",
        "stop = min(start + MOST_OPEN + 1, len(sources))",
        "stop = min(start + MOST_OPEN, len(sources))",
        SCANNING,
    ),
    Planted("neighbours in one place", "growth/scanning.py", "rows[at % 2])", "rows[0])", SCANNING),
    Planted(
        "1 − cos without the change of length",
        "growth/curves.py",
        "successor = _divided(step - rise**2, 2 * norm[1:] * norm[:-1])",
        "successor = _divided(step, 2 * norm[1:] * norm[:-1])",
        SCANNING,
    ),
    Planted(
        "alignment with θ_{t+1}",
        "growth/curves.py",
        "along = _divided(square[1:] - square[:-1] - step, 2 * norm[:-1] * size)",
        "along = _divided(square[1:] - square[:-1] + step, 2 * norm[:-1] * size)",
        SCANNING,
    ),
    Planted(
        "prediction of misaligned growth without the root",
        "growth/curves.py",
        "turn = np.hypot(1.0, relative)",
        "turn = 1.0 + relative**2",
        SCANNING,
    ),
    Planted("biases with two axes count as matrices", "growth/kinds.py", "if kind in SCALARS or axes < 2", "if axes < 2", KINDS),
    Planted(
        "embeddings counted all the same",
        "growth/groups.py",
        "if selection.counts(tensor.role)]",
        "if selection.counts(tensor.role) or tensor.role.layer is None]",
        GROWTH,
    ),
    Planted(
        "AIC without the variance",
        "growth/fits.py",
        "aic = n * math.log(at_least / n) + 2 * (k + 1)",
        "aic = n * math.log(at_least / n) + 2 * k",
        FITS,
    ),
    Planted("intervals of 90 %", "growth/fits.py", "student.ppf((1 + LEVEL) / 2, n - k)", "student.ppf(LEVEL, n - k)", FITS),
    Planted(
        "derivative by the power",
        "growth/fits.py",
        "return _stack(t**q * logarithm, np.zeros_like(t))",
        "return _stack(t**q, np.zeros_like(t))",
        FITS,
    ),
    Planted("any two files are duplicates", "growth/duplicates.py", "        if digest in files:", "        if files:", SCANNING),
    Planted(
        "duplicates fitted twice",
        "growth/growth.py",
        "kept[list(self.repeated)] = False",
        "kept[list(self.repeated)] = True",
        SCANNING,
    ),
    Planted("decay over all steps from the start", "growth/growth.py", "** np.diff(steps))", "** steps[1:])", GROWTH),
    Planted(
        "equal steps are in order",
        "growth/steps.py",
        "at = bisect_right(tails, value)",
        "at = bisect_right(tails, value - 1)",
        SERIES,
    ),
    Planted(
        "files in the order they were given",
        "growth/series.py",
        "order = sorted(range(len(opened)), key=lambda i: when.values[i])",
        "order = list(range(len(opened)))",
        SERIES,
    ),
    Planted(
        "ratios one row off",
        "terminal/growth.py",
        "ratio = np.append(np.nan, whole.ratio)",
        "ratio = np.append(whole.ratio, np.nan)",
        GROWTH,
    ),
    Planted(
        "decay without the factor of two of a square",
        "growth/fits.py",
        "lambda t, q, t1: _stack(np.exp(-2 * q * (t - t1)), np.ones_like(t)),",
        "lambda t, q, t1: _stack(np.exp(-q * (t - t1)), np.ones_like(t)),",
        ("tests/growth/test_fits.py",),
    ),
    Planted(
        "derivative of a square taken for that of its root",
        "growth/fits.py",
        "return np.column_stack([function / twice, 2 * c / twice, b * slope / twice])",
        "return np.column_stack([function / twice, c / twice, b * slope / twice])",
        ("tests/growth/test_fits.py",),
    ),
    Planted(
        "residuals in the order they were given",
        "growth/fits.py",
        '_autocorrelation(residual[np.argsort(t, kind="stable")])',
        "_autocorrelation(residual)",
        ("tests/growth/test_fits.py",),
    ),
    Planted(
        "shrinking whatever the direction does",
        "growth/shrinking.py",
        "return np.asarray((curves.alignment <= -AGAINST) & (curves.successor_gap <= TURN * orthogonal))",
        "return np.asarray(curves.alignment < 0)",
        ("tests/growth/test_shrinking.py",),
    ),
    Planted(
        "agreement of ratios, not of logarithms",
        "growth/shrinking.py",
        "np.abs(measured - expected) <= TOLERANCE * np.abs(expected)",
        "np.abs(measured - expected) <= TOLERANCE",
        ("tests/growth/test_shrinking.py",),
    ),
    Planted(
        "unchanged intervals count as growth",
        "growth/wording.py",
        '("grows", change > 0)',
        '("grows", change >= 0)',
        ("tests/growth/test_growth.py",),
    ),
    Planted(
        "noise grows",
        "growth/wording.py",
        "return flat or bool(abs(norm[-1] - norm[0]) <= SCATTER * math.sqrt(2) * _scatter(change))",
        "return False",
        ("tests/growth/test_growth.py",),
    ),
    Planted(
        "equal gains are tied",
        "growth/groups.py",
        'return around and tensor.role.kind != "norm gain" and bool(np.any(tensor.sums[SQUARE]))',
        "return around and bool(np.any(tensor.sums[SQUARE]))",
        ("tests/growth/test_growth.py",),
    ),
    Planted(
        "a copy kept in the place of the embedding",
        "growth/groups.py",
        'key=lambda tensor: (tensor.role.family != EMBEDDING, tensor.role.kind == "head")',
        "key=lambda tensor: tensor.name",
        ("tests/growth/test_growth.py",),
    ),
    Planted(
        "tables for maps of an autoencoder",
        "growth/kinds.py",
        "len(shape := alike.pop()) == 2 and shape[0] != shape[1]",
        "len(shape := alike.pop()) == 2",
        ("tests/growth/test_growth.py",),
    ),
    Planted(
        "two stacks in one",
        "growth/kinds.py",
        'stack = ".".join(part for part in place.groups()[:2] if part)',
        'stack = place[2] or ""',
        ("tests/growth/test_growth.py",),
    ),
    Planted(
        "poolers count as matrices",
        "growth/kinds.py",
        '"head", "embedding projection", OUTSIDE)',
        '"head", "embedding projection")',
        ("tests/growth/test_kinds.py",),
    ),
)
