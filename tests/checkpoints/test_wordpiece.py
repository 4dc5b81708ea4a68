"""Text becomes tokens as the model was trained to see them, and a bad vocabulary is refused."""

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from sattheory.checkpoints.vocabularies.vocabulary import Vocabulary, read_vocabulary
from sattheory.checkpoints.vocabularies.wordpiece import WordPiece, read_wordpiece
from sattheory.errors import InputError
from tests.checkpoints.tiny_checkpoints import VOCABULARY, write_bert

CASED = (*VOCABULARY, "A", "e", "é", "É", "東", "京", "##京", "[MASK]")


def read(folder: Path) -> Vocabulary:
    return Vocabulary(read_wordpiece(folder))


def test_the_case_is_the_models(tmp_path: Path) -> None:
    folder = write_bert(tmp_path)
    (folder / "vocab.txt").write_text("\n".join(CASED), encoding="utf-8")
    assert read(folder).names(read(folder).encode("A É")) == ["[CLS]", "a", "e", "[SEP]"]
    (folder / "tokenizer_config.json").write_text('{"do_lower_case": false}', encoding="utf-8")
    assert read(folder).names(read(folder).encode("A É")) == ["[CLS]", "A", "É", "[SEP]"]


@pytest.mark.parametrize(
    ("settings", "text", "names"),
    [
        ({"strip_accents": False}, "É", ["é"]),
        ({"do_lower_case": False, "strip_accents": True}, "Aé", ["[UNK]"]),
        ({"do_lower_case": False, "strip_accents": True}, "é", ["e"]),
        ({}, "東京", ["東", "京"]),
        ({"tokenize_chinese_chars": False}, "東京", ["東", "##京"]),
        ({"do_lower_case": None, "tokenize_chinese_chars": None}, "A東京", ["a", "東", "京"]),
        ({}, "a[MASK]", ["a", "[MASK]"]),
        ({"mask_token": {"content": "##b"}}, "a ##b a", ["a", "##b", "a"]),
    ],
)
def test_settings_do_what_they_say(tmp_path: Path, settings: dict, text: str, names: list[str]) -> None:
    folder = write_bert(tmp_path)
    (folder / "vocab.txt").write_text("\n".join(CASED), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    vocabulary = read(folder)
    assert vocabulary.names(vocabulary.encode(text)) == ["[CLS]", *names, "[SEP]"]


@pytest.mark.parametrize(
    ("file", "contents", "why"),
    [
        ("vocab.txt", None, "no such file"),
        ("vocab.txt", b"[CLS]\n\xff\n", "not UTF-8"),
        ("vocab.txt", b"", "cls_token='\\[CLS\\]'"),
        ("vocab.txt", b"[CLS]\n[SEP]\na\n", "unk_token='\\[UNK\\]'"),
        ("vocab.txt", b"[CLS]\n[SEP]\n[UNK]\na\na\n", "token='a': it stands in the vocabulary twice"),
        ("tokenizer_config.json", b"{", "not JSON"),
        ("tokenizer_config.json", b'{"do_lower_case": "no"}', "do_lower_case='no'"),
        ("tokenizer_config.json", b'{"strip_accents": 1}', "strip_accents=1"),
        ("tokenizer_config.json", b'{"cls_token": 3}', "cls_token=3"),
        ("tokenizer_config.json", b'{"cls_token": {"lstrip": false}}', "cls_token=None"),
        ("tokenizer_config.json", b'{"sep_token": "<sep>"}', "sep_token='<sep>'"),
    ],
)
def test_a_bad_vocabulary_is_refused(tmp_path: Path, file: str, contents: bytes | None, why: str) -> None:
    path = write_bert(tmp_path) / file
    path.unlink() if contents is None else path.write_bytes(contents)
    with pytest.raises(InputError, match=why):
        read(tmp_path)


@pytest.mark.parametrize("text", ["\ud800", 3, b"a", None])
def test_what_is_no_text_is_refused(text: object) -> None:
    with pytest.raises(InputError, match="no Unicode text"):
        Vocabulary(WordPiece(tuple(VOCABULARY))).encode(text)


@pytest.mark.parametrize("number", [-1, 6])
def test_a_number_without_a_token_is_refused(number: int) -> None:
    vocabulary = Vocabulary(WordPiece(tuple(VOCABULARY)))
    for ask in (vocabulary.names, vocabulary.decode):
        with pytest.raises(InputError, match=f"token={number}"):
            ask([4, number])


def test_lines_may_end_as_on_windows_and_hold_odd_spaces(tmp_path: Path) -> None:
    (write_bert(tmp_path) / "vocab.txt").write_bytes("\r\n".join([*VOCABULARY, "\u2028", "\x85"]).encode() + b"\r\n")
    assert read(tmp_path).names(range(8)) == [*VOCABULARY, "\u2028", "\x85"]


def test_truncation_and_padding_in_tokenizer_json_do_nothing(tmp_path: Path) -> None:
    truncation = {"max_length": 3, "strategy": "LongestFirst", "stride": 0, "direction": "Right"}
    (write_bert(tmp_path) / "tokenizer.json").write_text(json.dumps({"truncation": truncation}), encoding="utf-8")
    found = read_vocabulary(tmp_path, {"model_type": "bert"})
    assert found is not None
    assert found.encode("a " * 600) == [2, *[4] * 600, 3]


def test_a_vocabulary_survives_pickling_after_use() -> None:
    vocabulary = Vocabulary(WordPiece(tuple(VOCABULARY)))
    assert vocabulary.encode("ab") == [2, 4, 5, 3]
    assert pickle.loads(pickle.dumps(vocabulary)).encode("ab") == [2, 4, 5, 3]


def test_importing_the_readers_does_not_import_tokenizers() -> None:
    code = "import sys, sattheory.checkpoints; sys.exit('tokenizers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
