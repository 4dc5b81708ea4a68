"""The paper's statements as objects whose verdict is computed from evidence that runs.

``sattheory.claims["L7"].check()`` runs everything known about one statement, `verify` everything about all of them.  A claim is
one file of this package; what evidence may be is in `evidence`, how a verdict is read off it in `claim`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType

from sattheory.claims.boxes import BoxCertificate
from sattheory.claims.certificate import Certificate, Constants
from sattheory.claims.certified_networks import NetworkCertificate
from sattheory.claims.claim import Claim, Contradiction, Expected, Form, FormReport, Report, Verdict
from sattheory.claims.evidence import Derivation, Effort, Evidence, Outcome, Planted, Proof, Step
from sattheory.claims.inequality import Inequality
from sattheory.claims.registry import claims, verify
from sattheory.claims.search import Search
from sattheory.claims.suprema import Supremum
from sattheory.claims.witness import Statement, Witness

__all__ = [
    "BoxCertificate",
    "Certificate",
    "Claim",
    "Constants",
    "Contradiction",
    "Derivation",
    "Effort",
    "Evidence",
    "Expected",
    "Form",
    "FormReport",
    "Inequality",
    "NetworkCertificate",
    "Outcome",
    "Planted",
    "Proof",
    "Report",
    "Search",
    "Statement",
    "Step",
    "Supremum",
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
