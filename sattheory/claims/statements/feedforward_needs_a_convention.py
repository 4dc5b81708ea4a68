"""D6: the feedforward block FF(X) = LN(W^f ReLU(W^i X)) + X.

The definition divides by the length of a vector that can be zero, and not only by accident (paper §D.1): a position at which
all of W^i X is negative is cut off by ReLU, and negative numbers stay negative when the parameters move a little.  So the
block is undefined on an open set of parameters.  The convention LN(0) := 0, which leaves such a position as it is, makes it
defined everywhere and keeps what matters here: exact homogeneity of degree 1 in all parameters together.  Continuity cannot
be had.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import hypothesis.strategies as some

from sattheory.claims import Claim, Expected, Form, Inequality, Planted, Proof, Search, Statement, Witness
from sattheory.claims.cases.paper_formulas import FEEDFORWARD, SUBLAYER, ff
from sattheory.claims.cases.paper_networks import applied, networks, output, sizes, times, transformer
from sattheory.claims.inequality import Pairs

ARRAYS = ("x", *FEEDFORWARD)


def _defined(**theta: Any) -> Inequality:
    """‖N‖₂ ≥ 1, as LN has wherever it is defined (N is 0 where it is not); asked only where no accident makes WI vanish."""
    inner, columns = applied(theta["wi"], theta["x"]), zip(*theta["wf"], strict=True)
    if not all(map(all, inner)) or any(len(set(column)) == 1 for column in columns):
        return Inequality({}, "0", "1")
    return Inequality(theta, "1 - 1 / 2**64", "min(norm(NF))", ff(len(theta["x"])))


def _alive(**theta: Any) -> Inequality:
    """Turn W^i round: the position passes ReLU, LN is defined and the inequality true."""
    return _defined(**theta | {"wi": times(theta["wi"], -1)})


WITNESS = Witness(
    "D6",
    "W^i x < 0: ReLU leaves 0, LN(0) = 0/0; and W^i x < 0 is an open condition on θ",
    Statement(_defined, networks(ARRAYS, sizes(n=(1, 2), d=(2, 3)))),
    planted=(Planted("−W^i for W^i: LN is defined there", _alive),),
)


def exactly(c: Fraction, epsilon: float = 0.0, degree: int = 1, **theta: Any) -> Pairs:
    """Compare f(cθ) with cᵏf(θ), bit for bit, for a power of two c; at one position, where attention is exact in floats.

    Parameters
    ----------
    c : Fraction
        A power of two.
    epsilon : float
        ε of the norms.
    degree : int
        k.
    **theta
        The network.

    Yields
    ------
    tuple of Fraction
        Their distance, and 0.
    """
    network = transformer(theta, epsilon=epsilon)
    there, here = output(network.scaled_by(float(c)), Fraction(1), 0), output(network, Fraction(1), 0)
    for rows in zip(there, here, strict=True):
        yield from ((abs(a - c**degree * b), Fraction(0)) for a, b in zip(*rows, strict=True))


POWERS = some.sampled_from((Fraction(2), Fraction(8), Fraction(1, 4)))


SEARCH = Search(
    "f(cθ) = c·f(θ) for c = 2, 8, 1/4, bit for bit by the package's own pass (float64), one position, attention and feedforward",
    some.tuples(networks((*SUBLAYER, *FEEDFORWARD), sizes(n=(1,), d=(1, 2, 3), v=(1, 2), f=(1, 2))), POWERS).map(
        lambda drawn: drawn[0] | {"c": drawn[1]}
    ),
    exactly,
    planted=(
        Planted("LN with ε = 1", lambda **case: exactly(**case, epsilon=1.0)),
        Planted("degree 0", lambda **case: exactly(**case, degree=0)),
    ),
)
CLAIMS = (
    Claim(
        "D6",
        place="§D.1",
        title="FF needs a convention for LN(0), on an open set of θ",
        statement="FF(X) = LN(W^f ReLU(W^i X)) + X",
        latex=r"$\operatorname{FF}(X)=\operatorname{LN}(W^f\operatorname{ReLU}(W^iX))+X$",
        why="ReLU cuts whole positions off, so LN meets 0 on an open set. The convention LN(0) := 0 keeps homogeneity.",
        literal=Form(
            "FF(X) is defined for every θ and X",
            latex=r"$\operatorname{FF}(X)$ is defined for every $\theta$ and $X$.",
            assumptions=("LN(v) = γ ⊙ Pv/‖Pv‖₂, P subtracts the mean; no biases, no ε",),
            evidence=(WITNESS,),
        ),
        repaired=Form(
            "with LN(v) := 0 wherever Pv = 0, FF(X) is defined for every θ and X, and X(cθ) = cX(θ) ⇒ FF(X)(cθ) = "
            "c·FF(X)(θ) for every c > 0 and every θ; for width d ≥ 2 no value of LN(0) makes FF continuous",
            latex=r"With $\operatorname{LN}(v):=0$ wherever $Pv=0$, $\operatorname{FF}(X)$ is defined for every $\theta$ "
            r"and $X$, and $X(c\theta)=cX(\theta)$ implies $\operatorname{FF}(X)(c\theta)=c\operatorname{FF}(X)(\theta)$ "
            r"for every $c>0$ and every $\theta$; for width $d\ge2$ no value of $\operatorname{LN}(0)$ makes "
            r"$\operatorname{FF}$ continuous.",
            assumptions=("LN(v) = γ ⊙ Pv/‖Pv‖₂ elsewhere; no biases, no ε",),
            evidence=(Proof("D6"), SEARCH),
        ),
        expected=Expected("refuted", "derived"),
        kind="definition",
    ),
)
