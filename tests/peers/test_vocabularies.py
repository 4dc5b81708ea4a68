"""Our vocabularies beside the tokenizers of ``transformers``, each built from the same small files.

Run with ``-m peers`` where transformers is installed.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from sattheory import checkpoints
from sattheory.checkpoints.vocabularies.vocabulary import Vocabulary, read_vocabulary
from tests.checkpoints.tiny_vocabularies import TEXTS, write, write_byte_level, write_neox, write_t5, write_xlnet

pytestmark = pytest.mark.peers

LONG = (*TEXTS, " ".join(TEXTS), "The cat <mask> sat.</s> <|endoftext|>[SEP] <sep><pad> x")
BERT = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    *"abcdefghijklmnopqrstuvwxyz",
    *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz"),
]
PLAIN = {"add_prefix_space": False}
CASES: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "GPT2": ("gpt2", lambda folder: write_byte_level(folder, ["<|endoftext|>"]), PLAIN),
    "GPT2 with a space before": ("gpt2", lambda folder: write_byte_level(folder, ["<|endoftext|>"]), {"add_prefix_space": True}),
    "GPT2 with its ends": (
        "gpt2",
        lambda folder: write_byte_level(folder, ["<|endoftext|>"]),
        {"add_bos_token": True, "add_eos_token": True},
    ),
    "Roberta": ("roberta", lambda folder: write_byte_level(folder, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]), PLAIN),
    "GPTNeoX": ("gpt_neox", write_neox, {}),
    "T5": ("t5", write_t5, {"extra_ids": 0}),
    "XLNet": ("xlnet", write_xlnet, {}),
    "Bert": ("bert", lambda folder: write(folder, "vocab.txt", "\n".join(BERT) + "\n").parent, {}),
    "Bert with case": (
        "bert",
        lambda folder: write(folder, "vocab.txt", "\n".join(BERT) + "\n").parent,
        {"do_lower_case": False},
    ),
}


def theirs(name: str, folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what others deprecate is not ours to repair
        import transformers

        return getattr(transformers, f"{name.split()[0]}Tokenizer").from_pretrained(folder)


def agree(ours: Vocabulary, peer: Any, texts: tuple[str, ...]) -> None:
    for text in texts:
        expected = peer(text, truncation=False, padding=False)["input_ids"]
        assert (text, ours.encode(text)) == (text, expected)
        assert ours.names(expected) == peer.convert_ids_to_tokens(expected)
        assert ours.decode(expected) == peer.decode(expected, skip_special_tokens=True, clean_up_tokenization_spaces=False)


@pytest.mark.parametrize("name", CASES)
def test_every_text_is_cut_alike(tmp_path: Path, name: str) -> None:
    kind, writer, settings = CASES[name]
    folder = writer(tmp_path)
    write(folder, "config.json", {"model_type": kind})
    write(folder, "tokenizer_config.json", {**settings, "tokenizer_class": f"{name.split()[0]}Tokenizer"})
    ours = read_vocabulary(folder, {"model_type": kind})
    assert ours is not None
    peer = theirs(name, folder)
    agree(ours, peer, LONG)
    special = {kind: getattr(peer, f"{kind}_token_id", None) for kind in ("cls", "sep", "unk", "pad", "mask", "bos", "eos")}
    assert ours.special_numbers == {kind: number for kind, number in special.items() if number is not None and number < len(ours)}


@pytest.mark.parametrize("name", ["GPT2", "Roberta", "T5", "XLNet", "GPTNeoX", "Bert"])
def test_what_they_save_is_read(tmp_path: Path, name: str) -> None:
    kind, writer, _ = CASES[name]
    folder = writer(tmp_path / "first")
    write(folder, "config.json", {"model_type": kind})
    peer = theirs(name, folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer.save_pretrained(tmp_path / "second")
    ours = read_vocabulary(tmp_path / "second", {"model_type": kind})
    assert ours is not None
    agree(ours, peer, LONG)


@pytest.mark.parametrize("name", ["GPT2", "Roberta", "Bert"])
def test_added_tokens_are_found_alike(tmp_path: Path, name: str) -> None:
    kind, writer, _ = CASES[name]
    folder = writer(tmp_path)
    plain = read_vocabulary(folder, {"model_type": kind})
    assert plain is not None
    write(folder, "config.json", {"model_type": kind})
    write(folder, "added_tokens.json", {"<new>": len(plain), "catnip": len(plain) + 1})
    ours = read_vocabulary(folder, {"model_type": kind})
    assert ours is not None
    agree(ours, theirs(name, folder), ("a <new>b", "the catnip, <new> catnipping", "<new><new>"))


def test_a_trained_bert() -> None:
    folder = checkpoints.find_package_model()
    config = json.loads((folder / "config.json").read_text("utf-8"))
    ours = read_vocabulary(folder, config)
    assert ours is not None
    agree(ours, theirs("Bert", folder), LONG)
