"""Sums, curves and duplicates, against rational arithmetic by hand and a loop in plain Python."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from pickle import UnpicklingError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from safetensors.numpy import save_file

from sattheory.checkpoints.containers.tensors import open_tensors
from sattheory.errors import InputError
from sattheory.growth import scan, scanning
from sattheory.growth.curves import curves_of
from sattheory.growth.example import InMemory
from tests.checkpoints.tiny_checkpoints import entry, write_raw
from tests.growth.series_files import one_matrix, write_series

# exactly representable in all four types
VECTORS = [[3, 4, 0, 0.5], [6, 8, 1, 0], [0, 0, 0, 0], [-1, 2, 0.25, 8], [-1, 2, 0.25, 8]]


def exact(vectors):
    """‖θ_t‖², ‖δ_t‖², θ_t·θ_last in rationals."""
    rows = [[Fraction(x) for x in vector] for vector in vectors]

    def dot(a, b):
        return sum(x * y for x, y in zip(a, b, strict=True))

    differences = [[y - x for x, y in zip(a, b, strict=True)] for a, b in pairwise(rows)]
    return [dot(a, a) for a in rows], [dot(d, d) for d in differences], [dot(a, rows[-1]) for a in rows]


def bf16(vector):
    return (np.asarray(vector, np.float32).view(np.uint32) >> 16).astype(np.uint16).tobytes()


def scanned(vectors, names=("w",)):
    return scanning.sums([InMemory({"w": np.asarray(vector, dtype=float)}) for vector in vectors], names)


@pytest.mark.parametrize("kind", ["F64", "F32", "F16", "BF16"])
def test_sums_are_exact_in_every_type(tmp_path, kind):
    paths = []
    for i, vector in enumerate(VECTORS):
        raw = bf16(vector) if kind == "BF16" else np.asarray(vector, {"F64": "<f8", "F32": "<f4", "F16": "<f2"}[kind]).tobytes()
        paths.append(write_raw(tmp_path / f"{i}.safetensors", {"w": entry(kind, [2, 2], 0, len(raw))}, raw))
    squares, steps, last = exact(VECTORS)
    found = scanning.sums([open_tensors(path) for path in paths], ["w"])[0]
    assert found[scanning.SQUARE].tolist() == squares
    assert found[scanning.STEP].tolist() == [*steps, 0]
    assert found[scanning.LAST].tolist() == last


@pytest.mark.parametrize("part", [1, 3, 4, 1 << 15])
@pytest.mark.parametrize("most_open", [1, 2, 3, 200])
def test_parts_and_batches_change_nothing(monkeypatch, part, most_open):
    monkeypatch.setattr(scanning, "PART", part)
    monkeypatch.setattr(scanning, "MOST_OPEN", most_open)
    squares, steps, last = exact(VECTORS)
    found = scanned(VECTORS)[0]
    assert found.tolist() == [squares, [*steps, 0], last]


@given(some.lists(some.lists(some.integers(-1000, 1000), min_size=5, max_size=5), min_size=1, max_size=8), some.integers(1, 6))
def test_sums_against_rationals(vectors, most_open):
    kept, scanning.MOST_OPEN = scanning.MOST_OPEN, most_open
    try:
        squares, steps, last = exact(vectors)
        assert scanned(vectors)[0].tolist() == [squares, [*steps, 0], last]
    finally:
        scanning.MOST_OPEN = kept


def test_every_byte_is_read_once_and_few_at_a_time(monkeypatch):
    read, held = [], 0

    class Watched(InMemory):
        def parts(self, name, elements, rooms=None):
            nonlocal held
            for part in super().parts(name, elements):
                read.append(part.size)
                held = max(held, part.size)
                yield part

    monkeypatch.setattr(scanning, "PART", 100)
    sources = [Watched({"w": np.ones(1050)}) for _ in range(7)]
    scanning.sums(sources, ["w"])
    assert (sum(read), held) == (7 * 1050, 100)


@pytest.mark.parametrize("jobs", [1, 3])
def test_more_checkpoints_than_files_may_be_open(tmp_path, jobs):
    import resource

    vectors = [[float(i), 1.0] for i in range(90)]
    folder = write_series(tmp_path, [{f"layers.{i}.w": np.array([vector]) for i in range(4)} for vector in vectors])
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    kept = scanning.MOST_OPEN
    try:
        scanning.MOST_OPEN = 20
        resource.setrlimit(resource.RLIMIT_NOFILE, (60, hard))
        growth = scan(folder, jobs=jobs)
    finally:
        scanning.MOST_OPEN = kept
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    np.testing.assert_allclose(growth.whole.norm, [2 * math.hypot(*vector) for vector in vectors], rtol=1e-15)


@pytest.mark.parametrize("part", [1, 3, 1 << 15])
def test_members_of_several_types(tmp_path, monkeypatch, part):
    monkeypatch.setattr(scanning, "PART", part)
    kinds = [("F64", "<f8"), ("F32", "<f4"), ("F16", "<f2"), ("F32", "<f4"), ("F64", "<f8")]
    paths = []
    for i, (vector, (kind, dtype)) in enumerate(zip(VECTORS, kinds, strict=True)):
        raw = np.asarray(vector, dtype).tobytes()
        paths.append(write_raw(tmp_path / f"{i}.safetensors", {"w": entry(kind, [4], 0, len(raw))}, raw))
    squares, steps, last = exact(VECTORS)
    assert scanning.sums([open_tensors(path) for path in paths], ["w"])[0].tolist() == [squares, [*steps, 0], last]


@pytest.mark.parametrize("types", ["fff", "ddd", "fdf", "ddf"])
@pytest.mark.parametrize("apart", [1.0, 1e-4])  # differences that float32 cannot hold, and those of neighbours in training
def test_sums_of_many_numbers_against_rationals(types, apart):
    now, before, final = np.random.default_rng(1).standard_normal((3, 10_007))
    parts = [part.astype(kind) for part, kind in zip((now, now + apart * before, final), types, strict=True)]
    now, before, final = ([Fraction(float(x)) for x in part] for part in parts)
    square, step = sum(x * x for x in now), sum((x - y) ** 2 for x, y in zip(now, before, strict=True))
    last = sum(x * y for x, y in zip(now, final, strict=True))
    size = math.sqrt(square * sum(y * y for y in final))
    for value, exactly, scale in zip(scanning._three(*parts), (square, step, last), (square, step, size), strict=True):
        assert abs(Fraction(value) - exactly) <= 1e-14 * scale


@pytest.mark.parametrize("error", [RuntimeError("no locator"), OSError(28, "no space"), EOFError(), UnpicklingError()])
def test_without_room_for_what_is_compiled(monkeypatch, error):
    asked = []
    made = scanning._made

    def refused(dtype, kept):
        asked.append(kept)
        if kept:
            raise error
        return made(dtype, kept)

    scanning._compiled.cache_clear()
    monkeypatch.setattr(scanning, "_made", refused)
    try:
        assert scanning._three(*np.array([[3.0, 4.0], [0.0, 0.0], [1.0, 1.0]])) == (25.0, 25.0, 7.0)
    finally:
        scanning._compiled.cache_clear()
    assert asked == [True, False]


def test_threads_share_the_files_that_may_be_open(tmp_path, monkeypatch):
    folder = write_series(tmp_path, [{f"layers.{i}.w": np.full((3, 3), 1.0 + t) for i in range(40)} for t in range(5)])
    given = []

    def watched(sources, names, threads):
        given.append(threads)
        return scanning.sums(sources, names, threads)

    monkeypatch.setattr("sattheory.growth.measuring.sums", watched)
    for jobs in (1, 4, 1000):
        scan(folder, jobs=jobs)
    assert sorted(set(given)) == [1, 4, 16]


def curves(vectors):
    return curves_of("whole", scanned(vectors), [len(vectors[0])])


def test_curves_by_hand():
    found = curves([[3, 4], [6, 8], [0, 0], [-8, 6]])
    assert found.norm.tolist() == [5, 10, 0, 10]
    assert found.step_size.tolist() == [5, 10, 10]
    np.testing.assert_array_equal(found.ratio, [2, 0, np.nan])
    np.testing.assert_array_equal(found.successor_gap, [0, np.nan, np.nan])
    np.testing.assert_array_equal(found.last_gap, [1, 1, np.nan, 0])
    np.testing.assert_array_equal(found.alignment, [1, -1, np.nan])
    np.testing.assert_allclose(found.misaligned_gap, [1 - 1 / math.sqrt(2)] * 2 + [np.nan], rtol=1e-14)


def test_opposite_and_orthogonal():
    found = curves([[1, 0], [-1, 0], [0, 1], [0, 1]])
    assert found.successor_gap.tolist() == [2, 1, 0]
    assert found.last_gap.tolist() == [1, 1, 0, 0]
    np.testing.assert_allclose(found.alignment, [-1, -math.sqrt(0.5), np.nan], rtol=1e-15)


@pytest.mark.parametrize("turn", [1e-2, 1e-5, 1e-8, 1e-12])
def test_one_minus_cosine_keeps_its_digits(turn):
    found = curves([[1, 0], [3, 3 * turn]])
    length = math.sqrt(1 + turn**2)
    expected = turn**2 / (length * (1 + length))
    assert found.successor_gap[0] == pytest.approx(expected, rel=1e-12, abs=4e-16)  # a change of length costs digits
    small = curves([[1, 0], [1, turn]])
    assert small.successor_gap[0] == pytest.approx(expected, rel=1e-9)
    assert small.last_gap[0] == small.successor_gap[0]


@pytest.mark.parametrize("relative", [1e-3, 1e-6, 1e-9])
def test_what_a_change_of_length_costs(relative):
    """The errors that the curves admit, ε·r for 1 − cos and ε/r for the alignment, against rationals."""
    vector = np.random.default_rng(0).standard_normal(400)
    after = vector * (1 - relative) + relative * 1e-3 * np.random.default_rng(1).standard_normal(400)
    found, (squares, steps, dots) = curves([vector, after]), exact([vector, after])
    gap = (squares[0] * squares[1] - dots[0] ** 2) / (2 * squares[0] * squares[1])  # (1 − cos²)/2, cos being near 1
    along = float(dots[0] - squares[0]) / math.sqrt(squares[0] * steps[0])
    assert abs(found.successor_gap[0] - float(gap)) < 4e-16 * relative
    assert abs(found.alignment[0] - along) < 4e-16 / relative


@given(some.lists(some.lists(some.floats(-10, 10).map(lambda x: round(x, 3)), min_size=4, max_size=4), min_size=2, max_size=6))
def test_curves_against_a_plain_loop(vectors):
    found = curves(vectors)
    rows = [np.array(vector) for vector in vectors]
    for t, (a, b) in enumerate(pairwise(rows)):
        if np.linalg.norm(a) > 0.01 and np.linalg.norm(b) > 0.01:
            unit = a / np.linalg.norm(a) - b / np.linalg.norm(b)
            assert found.successor_gap[t] == pytest.approx(unit @ unit / 2, abs=1e-9)
        if np.linalg.norm(a) > 0.01 and np.linalg.norm(b - a) > 0.01:
            assert found.alignment[t] == pytest.approx((b - a) @ a / np.linalg.norm(a) / np.linalg.norm(b - a), abs=1e-9)
    assert np.all((found.last_gap >= 0) & (found.last_gap <= 2) | np.isnan(found.last_gap))


@pytest.mark.parametrize("scale", [2.0**-60, 1.0, 2.0**60])
def test_huge_and_tiny_values(tmp_path, scale):
    growth = scan(write_series(tmp_path, one_matrix([[3 * scale, 4 * scale], [4 * scale, -3 * scale]]), dtype=np.float32))
    assert growth.whole.norm.tolist() == [5 * scale] * 2
    assert growth.whole.successor_gap.tolist() == [1]


@pytest.mark.parametrize(("value", "where"), [(np.nan, "nan"), (np.inf, "inf"), (-np.inf, "-inf")])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_values_that_are_not_finite(tmp_path, value, where, at):
    members = [{"a": np.ones((2, 3)), "b": np.full((2, 3), float(i + 1))} for i in range(3)]
    members[at]["b"][1, 2] = value
    folder = write_series(tmp_path, members, dtype=np.float32)
    with pytest.raises(InputError, match=rf"step_{at}.safetensors: tensor 'b' holds {where} at \[1, 2\].*--skip-bad"):
        scan(folder)
    growth = scan(folder, skip_bad=True)
    assert growth.names == tuple(f"step_{i}.safetensors" for i in range(3) if i != at)
    assert np.isfinite(growth.whole.norm).all()
    assert [finding.kind for finding in growth.findings] == ["bad", "unchanged"]
    assert growth.findings[0].says.endswith("it is left out")


def test_far_into_a_large_tensor(tmp_path, monkeypatch):
    monkeypatch.setattr(scanning, "PART", 10)
    array = np.ones((7, 9))
    array[5, 4] = np.nan
    with pytest.raises(InputError, match=r"holds nan at \[5, 4\]"):
        scan(write_series(tmp_path, [{"w": array}]))


def test_all_bad_and_too_large(tmp_path):
    folder = write_series(tmp_path, one_matrix([[np.nan, 1], [np.inf, 1]]))
    with pytest.raises(InputError, match="none of them is finite"):
        scan(folder, skip_bad=True)
    with pytest.raises(InputError, match="too large to be squared"):
        scan(write_series(tmp_path / "large", one_matrix([[1e200, 1]])))


def test_the_same_file_again(tmp_path):
    folder = write_series(tmp_path, one_matrix([[3, 4], [6, 8], [9, 12]]))
    (folder / "step_7.safetensors").write_bytes((folder / "step_1.safetensors").read_bytes())
    growth = scan(folder)
    (finding,) = growth.findings
    assert (finding.kind, finding.checkpoints) == ("duplicate", ("step_1.safetensors", "step_7.safetensors"))
    assert "is the same file as step_1.safetensors (SHA-256 " in finding.says
    assert growth.repeated == (3,)
    assert growth.fits[0].points == 3
    assert growth.to_dict()["left_out_of_fits"] == ["step_7.safetensors"]


def test_the_same_tensors_in_other_files(tmp_path):
    folder = write_series(tmp_path, one_matrix([[3, 4]] * 3), metadata=[{"step": str(i)} for i in range(3)])
    save_file({"layers.0.w": np.array([[3, 4]], dtype=np.float32)}, folder / "step_3.safetensors", {"step": "3"})
    growth = scan(folder)
    assert [finding.says.split(" (")[0] for finding in growth.findings if finding.kind == "duplicate"] == [
        f"step_{i}.safetensors holds the same tensors as step_0.safetensors" for i in (1, 2, 3)
    ]
    assert growth.whole.step_size.tolist() == [0] * 3
    assert growth.whole.successor_gap.tolist() == [0] * 3


def test_equal_norms_are_no_duplicates(tmp_path):
    growth = scan(write_series(tmp_path, one_matrix([[3, 4], [4, 3], [-3, -4], [3, 4.0]])))
    assert [finding.checkpoints for finding in growth.findings] == [("step_0.safetensors", "step_3.safetensors")]
    assert growth.repeated == (3,)


def test_a_tensor_beyond_the_common_ones_makes_no_duplicate(tmp_path):
    members = [{"a": np.ones((2, 2))}, {"a": np.ones((2, 2)), "b": np.ones((2, 2))}]
    growth = scan(write_series(tmp_path, members), common=True)
    assert [finding.kind for finding in growth.findings] == ["surplus"]


@pytest.mark.parametrize("jobs", [2, 3, 99])
def test_results_do_not_depend_on_jobs(tmp_path, jobs):
    rng = np.random.default_rng(0)
    members = [{f"layers.{i}.w": rng.standard_normal((40, 1000 + i)) for i in range(5)} for _ in range(4)]
    folder = write_series(tmp_path, members, dtype=np.float32)
    seen = []
    one = scan(folder, watch=lambda done, total: seen.append((done, total)))
    two = scan(folder, jobs=jobs)
    assert one.to_csv() == two.to_csv()
    assert seen[-1][0] == seen[-1][1] == len(seen) > 1
    whole = [
        np.concatenate([member[name].astype(np.float32).astype(float).ravel() for name in sorted(member)]) for member in members
    ]
    np.testing.assert_allclose(one.whole.norm, [np.linalg.norm(vector) for vector in whole], rtol=1e-14)


def test_steps_orthogonal_to_all_the_past(tmp_path):
    """θ_t = (1, …, 1, 0, …) with t ones: neighbours agree more and more, and cos(θ_100, θ_1600) is ¼ all the same."""
    steps = [root**2 for root in range(10, 41)]
    vectors = [np.arange(1600) < step for step in steps]
    growth = scan(write_series(tmp_path, one_matrix(vectors), [f"step_{step}.safetensors" for step in steps], dtype=np.float32))
    whole = growth.whole
    assert whole.norm.tolist() == list(range(10, 41))
    np.testing.assert_allclose(1 - whole.successor_gap, [root / (root + 1) for root in range(10, 40)], rtol=1e-14)
    assert np.all(np.diff(whole.successor_gap) < 0)
    assert whole.last_gap[0] == 0.75
    np.testing.assert_allclose(whole.misaligned_gap, whole.successor_gap, rtol=1e-12)
    np.testing.assert_array_equal(whole.alignment, np.zeros(30))
    assert growth.fits[0].law == "square root"
    assert growth.fits[0].exact
    assert "¼ between t = 100 and t = 1600" in growth.to_dict()["caution"]


def test_parameters_too_small_to_be_squared_are_refused(tmp_path):
    folder = write_series(tmp_path, one_matrix([[1e-200, 0], [2e-200, 0]]))
    with pytest.raises(InputError, match=r"'layers.0.w', as all of it, is too small to be squared"):
        scan(folder)
    tiny = scan(write_series(tmp_path / "larger", one_matrix([[1e-130, 0], [2e-130, 0]])))
    np.testing.assert_allclose(tiny.whole.norm, [1e-130, 2e-130], rtol=1e-15)
    assert scan(write_series(tmp_path / "zero", one_matrix([[0, 0], [0, 0]]))).whole.norm.tolist() == [0, 0]
    mixed = [{"layers.0.w": np.array([[3.0, 4.0]]), "layers.0.v": np.array([[1e-200]])}] * 2
    assert scan(write_series(tmp_path / "mixed", mixed)).whole.norm.tolist() == [5, 5]


def test_misaligned_steps_of_any_length():
    from sattheory.growth.curves import Curves

    long = Curves("", 1, 1, np.array([1e-140, 1]), np.array([1e140]), np.zeros(1), np.zeros(2), np.zeros(1))
    assert long.misaligned_gap.tolist() == [1.0]
    short = Curves("", 1, 1, np.array([1.0, 1]), np.array([1e-9]), np.zeros(1), np.zeros(2), np.zeros(1))
    assert short.misaligned_gap[0] == pytest.approx(5e-19, rel=1e-12)
