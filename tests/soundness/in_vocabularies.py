"""Errors in how text becomes token numbers, and in names on the hub."""

from __future__ import annotations

from tests.soundness.planted import Planted

VOCABULARIES = ("tests/checkpoints/test_vocabularies.py",)
WORDPIECE = ("tests/checkpoints/test_wordpiece.py",)
HUB = ("tests/checkpoints/test_hub.py",)

PLANTED = (
    Planted(
        "no special tokens after a text",
        "checkpoints/vocabularies/vocabulary.py",
        "return [*before, *numbers, *after]",
        "return [*before, *numbers]",
        VOCABULARIES,
    ),
    Planted(
        "bytes dropped without a word",
        "checkpoints/vocabularies/vocabulary.py",
        "lost = self._lost(text) if self._loses else set()",
        "lost: set[str] = set()",
        VOCABULARIES,
    ),
    Planted(
        "truncation and padding baked in",
        "checkpoints/vocabularies/tokenizer_files.py",
        '"model": model, "truncation": None, "padding": None}',
        '"model": model}',
        VOCABULARIES,
    ),
    Planted(
        "dropout left on",
        "checkpoints/vocabularies/tokenizer_files.py",
        'if key not in ("dropout", "alpha", "nbest_size")',
        'if key not in ("alpha", "nbest_size")',
        VOCABULARIES,
    ),
    Planted(
        "a text may grow without bound",
        "checkpoints/vocabularies/tokenizer_files.py",
        "    _check_growth(document, given)\n",
        "",
        VOCABULARIES,
    ),
    Planted(
        "XLNet: separator after classifier",
        "checkpoints/vocabularies/special_tokens.py",
        '("sep", "cls")',
        '("cls", "sep")',
        VOCABULARIES,
    ),
    Planted(
        "merges in the wrong order",
        "checkpoints/vocabularies/byte_level.py",
        "merges=list(self.merges)",
        "merges=list(reversed(self.merges))",
        VOCABULARIES,
    ),
    Planted(
        "a token with two numbers",
        "checkpoints/vocabularies/numbering.py",
        "if whole.setdefault(token, number) != number:",
        "if whole.setdefault(token, number) is None:",
        VOCABULARIES,
    ),
    Planted(
        "WordPiece: always lower case",
        "checkpoints/vocabularies/wordpiece.py",
        "lowercase=self.lowercase,",
        "lowercase=True,",
        WORDPIECE,
    ),
    Planted(
        "hub: a revision that leaves the cache",
        "checkpoints/hub.py",
        'if at and (not _REVISION.fullmatch(revision) or ".." in revision):',
        "if at and not _REVISION.fullmatch(revision):",
        HUB,
    ),
    Planted("hub: files of folders below", "checkpoints/hub.py", 'ignore_patterns=["*/*"]', "ignore_patterns=[]", HUB),
)
