"""One planted error, and how it is written down."""

from __future__ import annotations

from dataclasses import dataclass

LAWS = "tests/arithmetic/test_laws.py"


@dataclass(frozen=True)
class Planted:
    """One error: where, what stands there, what is put there instead, and which tests must see it."""

    what: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
