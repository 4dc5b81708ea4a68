"""The paper's statements as objects whose verdict is computed from evidence that runs.

``sattheory.claims["L7"].check()`` runs everything known about one statement, `verify` everything about all of them.  A claim is
one file of this package; what evidence may be is in `evidence`, how a verdict is read off it in `claim`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType

from sattheory.claims.claim import Claim, Contradiction, Expected, Form, FormReport, Report, Verdict
from sattheory.claims.evidence import Certificate, Derivation, Evidence, Outcome, Planted, Search, Step, Witness
from sattheory.claims.inequality import Inequality
from sattheory.claims.registry import claims, verify

__all__ = [
    "Certificate",
    "Claim",
    "Contradiction",
    "Derivation",
    "Evidence",
    "Expected",
    "Form",
    "FormReport",
    "Inequality",
    "Outcome",
    "Planted",
    "Report",
    "Search",
    "Step",
    "Verdict",
    "Witness",
    "claims",
    "verify",
]


class _Claims(ModuleType):
    """Lets the package itself be asked for a claim by id."""

    def __getitem__(self, id: str) -> Claim:
        return claims[id]

    def __iter__(self) -> Iterator[str]:
        return iter(claims)

    def __len__(self) -> int:
        return len(claims)


sys.modules[__name__].__class__ = _Claims
