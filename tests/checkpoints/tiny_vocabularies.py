"""Small vocabularies, trained on a few lines with ``tokenizers``, in the files that each architecture comes with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

LINES = (
    "The cat sat on the mat, and the dog sat on the cat.",
    "A stack of brackets is matched by counting: ((())()), and 1234 is a number.",
    "naïve café résumé — 東京 is a city; it's what they've said, isn't it?",
    "    spaces   and\ttabs\nand lines\n\n",
)
TEXTS = (
    *LINES,
    "",
    " ",
    "a",
    "\n",
    "  leading and trailing  ",
    "unseen 🙂 ümlaut \x00\x7f\u2028\u200d zero",
    "ﬁ ½ Å Å e\u0301",
    "x" * 300,
    "''quoted`` text",
)


def write(folder: Path, name: str, value: Any) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def train_byte_level(special: list[str], size: int = 400) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(LINES, trainer)
    return tokenizer


def write_byte_level(folder: Path, special: list[str]) -> Path:
    """Write ``vocab.json`` and ``merges.txt``."""
    model = json.loads(train_byte_level(special).to_str())["model"]
    write(folder, "vocab.json", model["vocab"])
    pairs = [pair if isinstance(pair, str) else " ".join(pair) for pair in model["merges"]]
    write(folder, "merges.txt", "#version: 0.2\n" + "\n".join(pairs) + "\n")
    return folder


def write_neox(folder: Path, **changes: Any) -> Path:
    """Write a ``tokenizer.json`` like that of Pythia: byte-level BPE after NFC, with runs of spaces as added tokens."""
    from tokenizers import AddedToken, normalizers

    tokenizer = train_byte_level(["<|endoftext|>", "<|padding|>"])
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.add_tokens([AddedToken(" " * length, normalized=True) for length in (4, 3, 2)])
    write(folder, "tokenizer.json", {**json.loads(tokenizer.to_str()), **changes})
    return folder


def write_t5(folder: Path, **changes: Any) -> Path:
    pieces = ["<pad>", "</s>", "<unk>"]
    tokenizer = _train_unigram(pieces)
    document = _with_template(tokenizer, "$A </s>", ["</s>"])
    write(folder, "tokenizer.json", {**document, **changes})
    return folder


def write_xlnet(folder: Path, **changes: Any) -> Path:
    pieces = ["<unk>", "<s>", "</s>", "<cls>", "<sep>", "<pad>", "<mask>", "<eod>", "<eop>"]
    tokenizer = _train_unigram(pieces, xlnet=True)
    document = _with_template(tokenizer, "$A <sep> <cls>", ["<sep>", "<cls>"])
    write(folder, "tokenizer.json", {**document, **changes})
    return folder


def _train_unigram(pieces: list[str], xlnet: bool = False) -> Any:
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.Unigram())
    if xlnet:
        quotes = [normalizers.Replace("``", '"'), normalizers.Replace("''", '"')]
        tokenizer.normalizer = normalizers.Sequence([*quotes, normalizers.NFKD(), normalizers.StripAccents()])
    meta = {"replacement": "▁", "prepend_scheme": "always"}
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(**meta)])
    tokenizer.decoder = decoders.Metaspace(**meta)
    trainer = trainers.UnigramTrainer(vocab_size=120, special_tokens=pieces, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(LINES, trainer)
    return tokenizer


def _with_template(tokenizer: Any, template: str, tokens: list[str]) -> dict[str, Any]:
    from tokenizers import processors

    numbers = [(token, tokenizer.token_to_id(token)) for token in tokens]
    tokenizer.post_processor = processors.TemplateProcessing(single=template, pair=None, special_tokens=numbers)
    return json.loads(tokenizer.to_str())
