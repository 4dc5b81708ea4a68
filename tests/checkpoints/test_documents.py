"""The outline of a JSON text is counted outside its strings, and only there."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sattheory.checkpoints.containers import documents
from sattheory.checkpoints.containers.documents import parse_object
from sattheory.errors import InputError

VALUES = some.recursive(
    some.none()
    | some.booleans()
    | some.integers(-(10**6), 10**6)
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.text(),
    lambda value: some.lists(value, max_size=3) | some.dictionaries(some.text(), value, max_size=3),
    max_leaves=8,
)


@given(some.dictionaries(some.text(), VALUES, max_size=4), some.booleans())
def test_every_object_is_read_as_json_reads_it(value: dict, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    if not ascii_only and not text.isascii():
        text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        value = json.loads(text)
    assert parse_object(text.encode(), "it") == value


DEEP = "[" * 64 + "]" * 64


@pytest.mark.parametrize("before", ["", "\\", '"', '\\"', 'a\\\\"', "\\\\", '""'])
@pytest.mark.parametrize("after", ["", "\\", '"', '\\"'])
def test_brackets_in_a_string_are_no_depth(before: str, after: str) -> None:
    value = {"a": before + DEEP + after, before: 1}
    assert parse_object(json.dumps(value).encode(), "it") == value


@pytest.mark.parametrize("before", ["", "\\", '"', '\\"', 'a\\\\"', "\\\\", '""'])
def test_brackets_after_a_string_are(before: str) -> None:
    text = f'{{{json.dumps(before)}:0,"":{DEEP}}}'
    with pytest.raises(InputError, match="nested more than 64 deep"):
        parse_object(text.encode(), "it")


def test_the_deepest_is_allowed() -> None:
    assert parse_object(b'{"":' + b"[" * 63 + b"]" * 63 + b"}", "it")


CAPS = {
    "MOST_QUOTES": ('{"a":"b"}', 4, "4 quotes, more than 3"),
    "MOST_COMMAS": ('{"a":[0,0,0]}', 2, "2 commas, more than 1"),
    "MOST_COLONS": ('{"a":0,"b":0}', 2, "2 colons, more than 1"),
    "MOST_BRACKETS": ('{"a":[[]]}', 6, "6 brackets, more than 5"),
}


@pytest.mark.parametrize("cap", CAPS)
def test_each_cap_is_reached_and_not_passed(monkeypatch: pytest.MonkeyPatch, cap: str) -> None:
    text, most, words = CAPS[cap]
    monkeypatch.setattr(documents, cap, most)
    assert parse_object(text.encode(), "it")
    monkeypatch.setattr(documents, cap, most - 1)
    with pytest.raises(InputError, match=words):
        parse_object(text.encode(), "it")


@given(some.text('[]{}",:\\ a0.eE-+\n', max_size=40))
def test_what_json_refuses_is_refused(text: str) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        expected = None
    try:
        found = parse_object(text.encode(), "it")
    except InputError:
        found = None
    assert found is None or found == expected
    if isinstance(expected, dict) and len(set(text)) == len(text):
        assert found == expected
