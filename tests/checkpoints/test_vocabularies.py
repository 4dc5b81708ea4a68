"""The vocabularies of six architectures: what they cut, what they put around it, and which files are refused."""

from __future__ import annotations

import itertools
import json
import os
import pickle
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sattheory.checkpoints.vocabularies.byte_level import ByteLevelBPE
from sattheory.checkpoints.vocabularies.special_tokens import Surround
from sattheory.checkpoints.vocabularies.vocabulary import Vocabulary, read_vocabulary
from sattheory.errors import InputError
from tests.checkpoints.tiny_checkpoints import VOCABULARY
from tests.checkpoints.tiny_vocabularies import LINES, TEXTS, write, write_byte_level, write_neox, write_t5, write_xlnet

ROBERTA = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
GPT = ["<|endoftext|>"]


def read(folder: Path, kind: str) -> Vocabulary:
    found = read_vocabulary(folder, {"model_type": kind})
    assert found is not None
    return found


def write_bert(folder: Path) -> Path:
    write(folder, "vocab.txt", "\n".join([*VOCABULARY, "[MASK]"]) + "\n")
    return folder


WRITERS: dict[str, Callable[[Path], Path]] = {
    "bert": write_bert,
    "gpt2": lambda folder: write_byte_level(folder, GPT),
    "roberta": lambda folder: write_byte_level(folder, ROBERTA),
    "gpt_neox": write_neox,
    "t5": write_t5,
    "xlnet": write_xlnet,
}
AROUND = {
    "bert": (["[CLS]"], ["[SEP]"]),
    "gpt2": ([], []),
    "roberta": (["<s>"], ["</s>"]),
    "gpt_neox": ([], []),
    "t5": ([], ["</s>"]),
    "xlnet": ([], ["<sep>", "<cls>"]),
}
SPECIAL = {
    "bert": {"cls": "[CLS]", "sep": "[SEP]", "unk": "[UNK]", "pad": "[PAD]", "mask": "[MASK]"},
    "gpt2": {"bos": "<|endoftext|>", "eos": "<|endoftext|>", "unk": "<|endoftext|>"},
    "roberta": {"cls": "<s>", "bos": "<s>", "sep": "</s>", "eos": "</s>", "unk": "<unk>", "pad": "<pad>", "mask": "<mask>"},
    "gpt_neox": {"bos": "<|endoftext|>", "eos": "<|endoftext|>", "unk": "<|endoftext|>", "pad": "<|padding|>"},
    "t5": {"eos": "</s>", "unk": "<unk>", "pad": "<pad>"},
    "xlnet": {"cls": "<cls>", "sep": "<sep>", "unk": "<unk>", "pad": "<pad>", "mask": "<mask>", "bos": "<s>", "eos": "</s>"},
}
KINDS = list(WRITERS)


@pytest.mark.parametrize("kind", KINDS)
def test_each_architecture_puts_its_tokens_around_a_text(tmp_path: Path, kind: str) -> None:
    vocabulary = read(WRITERS[kind](tmp_path), kind)
    before, after = AROUND[kind]
    assert vocabulary.names(vocabulary.encode("")) == [*before, *after]
    names = vocabulary.names(vocabulary.encode("the cat"))
    assert names[: len(before)] == before
    assert names[len(names) - len(after) :] == after
    assert len(names) > len(before) + len(after)


@pytest.mark.parametrize("kind", KINDS)
def test_special_tokens_are_known_by_kind(tmp_path: Path, kind: str) -> None:
    vocabulary = read(WRITERS[kind](tmp_path), kind)
    found = vocabulary.special_numbers
    assert {name: vocabulary.names([number])[0] for name, number in found.items()} == SPECIAL[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_and_names_belong_together(tmp_path: Path, kind: str) -> None:
    vocabulary = read(WRITERS[kind](tmp_path), kind)
    names = vocabulary.names(range(len(vocabulary)))
    assert len(set(names)) == len(names) == len(vocabulary)
    for text in TEXTS:
        assert all(0 <= number < len(vocabulary) for number in vocabulary.encode(text))
    for number in (-1, len(vocabulary), 10**12):
        with pytest.raises(InputError, match=f"token={number}: the vocabulary has {len(vocabulary)} tokens"):
            vocabulary.names([0, number])
        with pytest.raises(InputError, match=f"token={number}"):
            vocabulary.decode([number])


@pytest.mark.parametrize("kind", ["gpt2", "roberta"])
@pytest.mark.parametrize("text", TEXTS)
def test_byte_level_text_comes_back_whole(tmp_path: Path, kind: str, text: str) -> None:
    vocabulary = read(WRITERS[kind](tmp_path), kind)
    assert vocabulary.decode(vocabulary.encode(text)) == text


@pytest.mark.parametrize("kind", ["t5", "xlnet"])
def test_unigram_text_comes_back_but_for_spaces(tmp_path: Path, kind: str) -> None:
    vocabulary = read(WRITERS[kind](tmp_path), kind)
    assert vocabulary.decode(vocabulary.encode(LINES[0])) == LINES[0]


# Against naive ones ----------------------------------------------------------------------------------------------------------


def byte_symbols() -> dict[int, str]:
    """Write each byte as a character: itself where it is printed and no space, the next free one from 256 on otherwise."""
    kept = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    moved = [byte for byte in range(256) if byte not in kept]
    return {byte: chr(byte) for byte in kept} | {byte: chr(256 + place) for place, byte in enumerate(moved)}


def naive_bpe(text: str, merges: list[tuple[str, str]]) -> list[str]:
    """Merge by rank, one pair at a time, word by word; for ASCII."""
    symbols, found = byte_symbols(), []
    for word in re.findall(r"'(?:s|t|re|ve|m|ll|d)| ?[A-Za-z]+| ?[0-9]+| ?[^\sA-Za-z0-9]+|\s+(?!\S)|\s+", text):
        pieces = [symbols[byte] for byte in word.encode()]
        while pairs := [pair for pair in itertools.pairwise(pieces) if pair in merges]:
            best, merged = min(pairs, key=merges.index), []
            while pieces:
                width = 2 if tuple(pieces[:2]) == best else 1
                merged.append("".join(pieces[:width]))
                pieces = pieces[width:]
            pieces = merged
        found += pieces
    return found


@pytest.mark.parametrize("text", [text for text in TEXTS if text.isascii()])
def test_byte_level_bpe_merges_by_rank(tmp_path: Path, text: str) -> None:
    folder = write_byte_level(tmp_path, GPT)
    merges = [tuple(line.split(" ")) for line in (folder / "merges.txt").read_text("utf-8").splitlines()[1:]]
    vocabulary = read(folder, "gpt2")
    assert vocabulary.names(vocabulary.encode(text)) == naive_bpe(text, merges)


@pytest.mark.parametrize("kind", ["t5", "xlnet"])
@pytest.mark.parametrize("word", ["the", "cat", "stack", "matched", "count"])
def test_unigram_cuts_are_the_likeliest(tmp_path: Path, kind: str, word: str) -> None:
    folder = WRITERS[kind](tmp_path)
    scores = dict(json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]["vocab"])
    vocabulary = read(folder, kind)
    found = vocabulary.names(vocabulary.encode(word))[: -len(AROUND[kind][1])]
    assert "".join(found) == f"▁{word}"

    def cuts(text: str) -> list[list[str]]:
        heads = [text[:end] for end in range(1, len(text) + 1) if text[:end] in scores]
        return [[head, *rest] for head in heads for rest in ([[]] if head == text else cuts(text[len(head) :]))]

    best = max(sum(scores[piece] for piece in cut) for cut in cuts(f"▁{word}"))
    assert sum(scores[piece] for piece in found) == pytest.approx(best, abs=1e-9)


# What stands in the files ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["gpt_neox", "t5", "xlnet"])
def test_truncation_padding_and_dropout_in_the_file_do_nothing(tmp_path: Path, kind: str) -> None:
    folder = WRITERS[kind](tmp_path)
    plain, path = read(folder, kind), folder / "tokenizer.json"
    document = json.loads(path.read_text("utf-8"))
    document["truncation"] = {"max_length": 3, "strategy": "LongestFirst", "stride": 0, "direction": "Right"}
    document["padding"] = {"strategy": {"Fixed": 50}, "direction": "Left", "pad_to_multiple_of": None}
    document["padding"] |= {"pad_id": 0, "pad_type_id": 0, "pad_token": "<pad>"}
    if document["model"]["type"] == "BPE":
        document["model"]["dropout"] = 1.0
    path.write_text(json.dumps(document), "utf-8")
    for text in TEXTS:
        assert read(folder, kind).encode(text) == plain.encode(text)


@pytest.mark.parametrize("kind", ["bert", "roberta", "t5", "xlnet"])
def test_where_the_file_puts_nothing_around_the_architecture_does(tmp_path: Path, kind: str) -> None:
    if kind in ("bert", "roberta"):
        write_t5(tmp_path, post_processor=None, added_tokens=[])
        before, after = AROUND[kind]
        names = {"tokenizer_config.json": {"cls_token": "<pad>", "sep_token": "</s>"}}
        write(tmp_path, *next(iter(names.items())))
        before, after = ["<pad>"], ["</s>"]
    else:
        WRITERS[kind](tmp_path)
        document = json.loads((tmp_path / "tokenizer.json").read_text("utf-8"))
        write(tmp_path, "tokenizer.json", {**document, "post_processor": None})
        before, after = AROUND[kind]
    vocabulary = read(tmp_path, kind)
    assert vocabulary.names(vocabulary.encode("")) == [*before, *after]


def test_what_the_file_puts_around_is_not_put_twice(tmp_path: Path) -> None:
    vocabulary = read(write_t5(tmp_path), "t5")
    assert vocabulary.encode("the").count(vocabulary.special_numbers["eos"]) == 1


@pytest.mark.parametrize(("kind", "first"), [("gpt2", "the"), ("roberta", "the")])
def test_a_space_is_put_before_only_if_the_model_wants_it(tmp_path: Path, kind: str, first: str) -> None:
    folder = WRITERS[kind](tmp_path)
    plain = read(folder, kind)
    write(folder, "tokenizer_config.json", {"add_prefix_space": True})
    assert read(folder, kind).encode(first) == plain.encode(f" {first}") != plain.encode(first)


def test_special_tokens_may_have_other_names(tmp_path: Path) -> None:
    folder = write_byte_level(tmp_path, ["<A>", "<B>", "<unk>"])
    write(
        folder,
        "special_tokens_map.json",
        {"cls_token": {"content": "<A>", "lstrip": False}, "sep_token": "<B>", "pad_token": None},
    )
    write(folder, "tokenizer_config.json", {"sep_token": {"content": "<B>"}})
    vocabulary = read(folder, "roberta")
    assert vocabulary.names(vocabulary.encode("<A>a")) == ["<A>", "<A>", "a", "<B>"]
    assert vocabulary.special_numbers == {"cls": 0, "sep": 1, "unk": 2}


@pytest.mark.parametrize(("before", "after"), [(True, False), (False, True), (True, True), (None, None)])
def test_gpt2_may_want_tokens_around(tmp_path: Path, before: bool | None, after: bool | None) -> None:
    folder = write_byte_level(tmp_path, ["<A>", "<B>"])
    settings = {"add_bos_token": before, "add_eos_token": after, "bos_token": "<A>", "eos_token": "<B>", "unk_token": None}
    write(folder, "tokenizer_config.json", settings)
    vocabulary = read(folder, "gpt2")
    assert vocabulary.names(vocabulary.encode("a")) == ["<A>"] * bool(before) + ["a"] + ["<B>"] * bool(after)


def test_plain_files_go_before_tokenizer_json(tmp_path: Path) -> None:
    for kind in ("bert", "gpt2", "roberta"):
        folder = WRITERS[kind](tmp_path / kind)
        write(folder, "tokenizer.json", "no JSON")
        assert len(read(folder, kind)) > 0


def test_there_may_be_no_vocabulary(tmp_path: Path) -> None:
    for kind in (*KINDS, "unknown", None, 3):
        assert read_vocabulary(tmp_path, {"model_type": kind}) is None
    write(tmp_path, "spiece.model", "binary")
    assert read_vocabulary(tmp_path, {"model_type": "t5"}) is None


def test_numbers_may_have_gaps(tmp_path: Path) -> None:
    folder = write_byte_level(tmp_path, GPT)
    numbers = json.loads((folder / "vocab.json").read_text("utf-8"))
    write(folder, "vocab.json", {token: 2 * number for token, number in numbers.items()})
    vocabulary = read(folder, "gpt2")
    assert len(vocabulary) == 2 * len(numbers) - 1
    assert vocabulary.decode(vocabulary.encode("the cat")) == "the cat"
    with pytest.raises(InputError, match="token=1: no token has this number"):
        vocabulary.names([1])


@pytest.mark.parametrize("kind", ["bert", "gpt2", "roberta"])
@pytest.mark.parametrize("file", ["added_tokens.json", "tokenizer_config.json"])
def test_added_tokens_are_found_before_the_cut(tmp_path: Path, kind: str, file: str) -> None:
    folder = WRITERS[kind](tmp_path)
    plain = read(folder, kind)
    new = {"<new>": len(plain), "catnip": len(plain) + 1}
    entries = {str(number): {"content": token, "special": False} for token, number in new.items()}
    write(folder, file, new if file == "added_tokens.json" else {"added_tokens_decoder": entries})
    vocabulary = read(folder, kind)
    assert len(vocabulary) == len(plain) + 2
    names = vocabulary.names(vocabulary.encode("a<new>catnip"))
    before, after = AROUND[kind]
    assert names == [*before, "a", "<new>", "catnip", *after]
    assert vocabulary.encode("the cat") == plain.encode("the cat")


@pytest.mark.parametrize("kind", ["bert", "gpt2", "roberta"])
@pytest.mark.parametrize(
    ("file", "value", "why"),
    [
        ("added_tokens.json", {"a": 1000}, "the token 'a' is given the number 1000, but has"),
        ("added_tokens.json", {"<new>": 0}, "have the same number, 0"),
        ("added_tokens.json", {"<new>": "7"}, "the number of '<new>' is '7'"),
        ("tokenizer_config.json", {"added_tokens_decoder": [1]}, "it must be an object"),
        ("tokenizer_config.json", {"added_tokens_decoder": {"x": {"content": "<new>"}}}, "it is no new token"),
        ("tokenizer_config.json", {"added_tokens_decoder": {"-1": {"content": "<new>"}}}, "it is no new token"),
        ("tokenizer_config.json", {"added_tokens_decoder": {"9": "<new>"}}, "it is no new token"),
        ("tokenizer_config.json", {"added_tokens_decoder": {"9" * 5000: {"content": "<new>"}}}, "it is no new token"),
        (
            "tokenizer_config.json",
            {"added_tokens_decoder": {"1": {"content": "z1"}, "2": {"content": "z1"}}},
            "it is no new token",
        ),
    ],
)
def test_bad_added_tokens_are_refused(tmp_path: Path, kind: str, file: str, value: Any, why: str) -> None:
    folder = WRITERS[kind](tmp_path)
    write(folder, file, value)
    with pytest.raises(InputError, match=why):
        read(folder, kind)


# Bad input -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["a\ud800b", "\udfff", 3, b"a", None, ["a"]])
def test_what_is_no_text_is_refused(tmp_path: Path, kind: str, text: Any) -> None:
    with pytest.raises(InputError, match="no Unicode text"):
        read(WRITERS[kind](tmp_path), kind).encode(text)


def test_a_byte_without_a_symbol_is_refused_and_not_left_out() -> None:
    numbers = {"a": 0, "b": 1, "ab": 2, "<s>": 3}
    vocabulary = Vocabulary(ByteLevelBPE(numbers, (("a", "b"),), {"cls": "<s>"}, Surround(("cls",))))
    assert vocabulary.encode("aba<s>b") == [3, 2, 0, 3, 1]
    for text in ("abc", "a b", "é"):
        with pytest.raises(InputError, match=r"the vocabulary has no token for .*, and none for the unknown"):
            vocabulary.encode(text)


@pytest.mark.parametrize("kind", ["gpt2", "roberta"])
@pytest.mark.parametrize(
    ("file", "contents", "why"),
    [
        ("vocab.json", None, "no such file"),
        ("vocab.json", "[]", "no object"),
        ("vocab.json", "{", "not JSON"),
        ("vocab.json", "{}", "has no tokens"),
        ("vocab.json", '{"a": 0, "a": 1}', "stands there twice"),
        ("vocab.json", '{"a": 0, "b": 0}', "the tokens 'a' and 'b' have the same number, 0"),
        ("vocab.json", '{"a": -1}', "the number of 'a' is -1"),
        ("vocab.json", '{"a": 1.0}', "the number of 'a' is 1.0"),
        ("vocab.json", '{"a": true}', "the number of 'a' is True"),
        ("vocab.json", '{"a": 99999999999}', "the number of 'a' is 99999999999"),
        ("vocab.json", '{"a": {"b": 1}}', "the number of 'a' is"),
        ("vocab.json", '{"a": 0}', "give vocab.json and merges.txt of the same model"),
        ("merges.txt", None, "no such file"),
        ("merges.txt", "#version: 0.2\na b\nabc\n", "line 3, 'abc', is no pair"),
        ("merges.txt", "a b c\n", "line 1, 'a b c', is no pair"),
        ("merges.txt", "a \n", "is no pair"),
        ("merges.txt", "q z\n", "merge='q z': the vocabulary does not have 'qz'"),
        ("merges.txt", b"\xff\xfe", "not UTF-8"),
        ("tokenizer_config.json", '{"add_prefix_space": "yes"}', "add_prefix_space='yes'"),
        ("tokenizer_config.json", '{"pad_token": ""}', "pad_token=''"),
        ("special_tokens_map.json", '{"unk_token": 3}', "unk_token=3.*correct special_tokens_map.json"),
        ("special_tokens_map.json", '{"unk_token": {"id": 3}}', "unk_token=None"),
    ],
)
def test_bad_plain_files_are_refused(tmp_path: Path, kind: str, file: str, contents: str | bytes | None, why: str) -> None:
    path = WRITERS[kind](tmp_path) / file
    if contents is None:
        path.unlink()
    else:
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
    with pytest.raises(InputError, match=why):
        read(tmp_path, kind)


def test_two_files_must_not_contradict_each_other(tmp_path: Path) -> None:
    folder = write_byte_level(tmp_path, ROBERTA)
    write(folder, "special_tokens_map.json", {"cls_token": "<s>"})
    write(folder, "tokenizer_config.json", {"cls_token": "</s>"})
    with pytest.raises(InputError, match=r"cls_token='</s>' in tokenizer_config.json: it is '<s>' in special_tokens_map.json"):
        read(folder, "roberta")


@pytest.mark.parametrize("kind", ["roberta", "t5", "xlnet"])
def test_a_missing_token_around_the_text_is_refused(tmp_path: Path, kind: str) -> None:
    folder = WRITERS[kind](tmp_path)
    if kind != "roberta":
        document = json.loads((folder / "tokenizer.json").read_text("utf-8"))
        write(folder, "tokenizer.json", {**document, "post_processor": None})
    after = {"roberta": "sep", "t5": "eos", "xlnet": "cls"}[kind]
    for given, shown in ((None, "None"), ("<nowhere>", "'<nowhere>'")):
        write(folder, "tokenizer_config.json", {f"{after}_token": given})
        with pytest.raises(InputError, match=f"{after}_token={shown}: the vocabulary does not have it"):
            read(folder, kind)


def added(content: str, number: int) -> dict[str, Any]:
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    return {"id": number, "content": content, **flags, "special": True}


def replace(taken: str, written: str, kind: str = "String") -> dict[str, Any]:
    return {"type": "Replace", "pattern": {kind: taken}, "content": written}


def sequence(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Sequence", "normalizers": list(parts)}


def template(number: int, declared: bool = True) -> dict[str, Any]:
    single = [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "zz", "type_id": 0}}]
    pair = [*single, {"Sequence": {"id": "B", "type_id": 0}}]
    tokens = {"zz": {"id": "zz", "ids": [number], "tokens": ["zz"]}} if declared else {}
    return {"type": "TemplateProcessing", "single": single, "pair": pair, "special_tokens": tokens}


UNIGRAM: dict[str, Any] = {
    "type": "Unigram",
    "unk_id": 0,
    "vocab": [["<unk>", 0.0], ["</s>", 0.0], ["a", -1.0]],
    "byte_fallback": False,
}
BAD_FILES: dict[str, tuple[Any, str]] = {
    "no JSON": ("{", "not JSON"),
    "a list": ("[]", "no object"),
    "empty": ({}, "no tokenizer"),
    "a key twice": ('{"model": {}, "model": {}}', "stands there twice"),
    "deep": ("[" * 100_000, "deep|not JSON|more than"),
    "no model": ({"model": None}, "no tokenizer"),
    "an unknown model": ({"model": {"type": "Oracle"}}, "no tokenizer"),
    "a model that is a list": ({"model": [1]}, "no tokenizer"),
    "unk out of range": ({"model": {**UNIGRAM, "unk_id": 7}}, "no tokenizer"),
    "no unk": ({"model": {**UNIGRAM, "unk_id": None}}, "no tokenizer"),
    "no pieces": ({"model": {**UNIGRAM, "unk_id": None, "vocab": []}}, "no token"),
    "a piece twice": (
        {"model": {**UNIGRAM, "vocab": [["<unk>", 0], ["a", -1], ["a", -2]]}},
        "the piece 'a' stands in the vocabulary twice",
    ),
    "a merge of nothing": ({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a b"]}}, "no tokenizer"),
    "a number twice": ({"model": {"type": "BPE", "vocab": {"a": 0, "b": 0}, "merges": []}}, "the same number"),
    "a huge number": ({"model": {"type": "BPE", "vocab": {"a": 4_000_000_000}, "merges": []}}, "the number of 'a' is 4000000000"),
    "an added token out of place": (
        {"added_tokens": [added("x", 77)]},
        "the added token 'x' is given the number 77, but would get 3",
    ),
    "an added token of another": (
        {"added_tokens": [added("a", 5)]},
        "the added token 'a' is given the number 5, but would get 2",
    ),
    "added tokens that are none": ({"added_tokens": 3}, "no tokenizer"),
    "a token around that is none": ({"post_processor": template(12345)}, "puts the number 12345 around a text"),
    "a panic in the template": ({"post_processor": template(1, declared=False)}, "no tokenizer"),
    "a panic in the normaliser": ({"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAAA"}}, "no tokenizer"),
    "a panic in the cut": ({"pre_tokenizer": {"type": "FixedLength", "length": 0}}, "no tokenizer"),
    "a bad pattern": ({"normalizer": replace("(", "", "Regex")}, "no tokenizer"),
    "a bomb": ({"normalizer": sequence(*[replace("a", "a" * 10)] * 4)}, "let a text grow 1000 times"),
    "a bomb of patterns": ({"normalizer": sequence(*[replace(".", "ab", "Regex")] * 7)}, "let a text grow 1000 times"),
    "a bomb in the decoder": (
        {"decoder": {"type": "Sequence", "decoders": [replace("a", "aa")] * 11}},
        "let a text grow 1000 times",
    ),
    "one long replacement": ({"normalizer": replace("a", "b" * 1001)}, "let a text grow 1000 times"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_tokenizer_files_are_refused(tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    changes, why = BAD_FILES[name]
    plain = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None, "model": UNIGRAM}
    plain |= {"pre_tokenizer": None, "post_processor": None, "decoder": None}
    write(tmp_path, "tokenizer.json", plain)
    assert read(tmp_path, "t5").encode("a") == [2, 1]
    write(tmp_path, "tokenizer.json", {**plain, **changes} if changes and isinstance(changes, dict) else changes)
    start = time.perf_counter()
    with pytest.raises(InputError, match=f"(?s)file=.*{why}"):
        read(tmp_path, "t5")
    assert time.perf_counter() - start < 5
    assert capfd.readouterr() == ("", "")


def test_a_pattern_that_never_ends_is_refused(tmp_path: Path) -> None:
    split = {"type": "Split", "pattern": {"Regex": "(a+)+b"}, "behavior": "Isolated", "invert": False}
    vocabulary = read(write_t5(tmp_path, pre_tokenizer=split), "t5")
    with pytest.raises(InputError, match="this vocabulary cannot cut it"):
        vocabulary.encode("a" * 200)


def test_the_usual_replacements_are_no_bomb(tmp_path: Path) -> None:
    usual = sequence(replace("``", '"'), replace("''", '"'), replace(" {2,}", "▁", "Regex"), {"type": "NFKD"})
    assert read(write_t5(tmp_path, normalizer=usual), "t5").encode("the  cat")


@pytest.mark.parametrize("file", ["vocab.json", "merges.txt", "tokenizer.json"])
def test_files_that_are_too_large_are_refused(tmp_path: Path, file: str) -> None:
    folder = write_byte_level(tmp_path, GPT)
    with (folder / file).open("wb") as stream:
        stream.truncate(2**40)
    with pytest.raises(InputError, match="it has more than 16777216 bytes"):
        read(folder, "gpt_neox" if file == "tokenizer.json" else "gpt2")


@pytest.mark.parametrize(("kind", "file"), [("bert", "vocab.txt"), ("gpt2", "merges.txt")])
def test_files_with_too_many_lines_are_refused(tmp_path: Path, kind: str, file: str) -> None:
    path = WRITERS[kind](tmp_path) / file
    path.write_bytes(b"a\n" * 700_001)
    with pytest.raises(InputError, match="it has more than 700000 lines"):
        read(tmp_path, kind)


# Travelling ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_vocabulary_travels_before_and_after_use(tmp_path: Path, kind: str) -> None:
    vocabulary = read(WRITERS[kind](tmp_path), kind)
    for _ in range(2):
        back = pickle.loads(pickle.dumps(vocabulary))
        assert back == vocabulary
        assert back.encode(LINES[0]) == vocabulary.encode(LINES[0])
        assert back.special_numbers == vocabulary.special_numbers
    assert len(pickle.dumps(vocabulary)) < 60_000


def test_reading_leaves_no_file_open(tmp_path: Path) -> None:
    write_t5(tmp_path)
    read(tmp_path, "t5")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        read(tmp_path, "t5")
    assert len(os.listdir("/proc/self/fd")) == before
