"""The fuzzer's seeds are what their script writes, and none of them, nor anything once found, gets past the readers."""

from pathlib import Path

import pytest

from tests.fuzz.fuzz_tensors import ARCHITECTURES, KINDS, once
from tests.fuzz.make_corpus import CORPUS, FOUND, seeds

SEEDS = seeds()


def test_the_corpus_is_what_its_script_writes() -> None:
    assert {path.name: path.read_bytes() for path in CORPUS.iterdir()} == SEEDS
    assert sum(map(len, SEEDS.values())) < 100_000


@pytest.mark.parametrize("kind", [*KINDS, *ARCHITECTURES])
def test_good_seeds_are_read(kind: str) -> None:
    good = [content for name, content in SEEDS.items() if name.startswith(f"good_{kind}_")]
    assert good
    assert {once(content) for content in good} == {"read"}


def test_hostile_seeds_are_refused() -> None:
    hostile = [content for name, content in SEEDS.items() if name.startswith("hostile_")]
    assert len(hostile) > 100
    answers = [once(content) for content in hostile]
    assert "read" not in answers
    assert len({answer.split(": ", 1)[-1] for answer in answers}) > 60


def test_what_was_found_is_answered() -> None:
    assert all(once(content) for content in FOUND.values())


def test_arbitrary_lengths_do_not_matter() -> None:
    for kind in range(len(KINDS) + len(ARCHITECTURES)):
        for length in range(12):
            assert once(bytes([kind]) + bytes(length))


def test_the_scratch_folder_is_the_only_place_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    once(SEEDS["good_npz_000"])
    assert not list(tmp_path.iterdir())
