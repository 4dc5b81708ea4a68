"""Certificates as files: JSON in which every number is exact or rounded outwards.

A file stands alone and carries the network that it speaks of: weights are exact rationals, enclosures are pairs of decimals
[lower, upper], and a digest over everything else shows an edit.  `proofs/recheck_certificate.py` proves the statement again
from the file alone.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from sattheory.arithmetic.enclosures import above, as_array, each
from sattheory.arithmetic.models import Decay, Equality, Model
from sattheory.arithmetic.operations import Place
from sattheory.errors import InputError
from sattheory.network.configuration import Configuration
from sattheory.network.initialise import fill
from sattheory.network.tokens import Tokens
from sattheory.network.transformer import Transformer

if TYPE_CHECKING:
    from sattheory.asymptotics.certificate import Certificate, Pattern

Array = NDArray[Any]
VERSION, DIGITS, ROUGH = 1, 40, 8


def digest(content: dict[str, Any]) -> str:
    """Hash everything but the digest itself.

    Parameters
    ----------
    content : dict
        What is saved.

    Returns
    -------
    str
        SHA-256 of the sorted JSON.
    """
    plain = {key: value for key, value in content.items() if key != "digest"}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def ends(x: arb, digits: int = DIGITS) -> tuple[str, str]:
    """Write a ball as two decimals that enclose it.

    Parameters
    ----------
    x : arb
        The ball.
    digits : int
        Significant digits.

    Returns
    -------
    tuple of str
        Lower and upper end.
    """
    if x.is_zero():
        return "0", "0"
    middle, radius, exponent = (int(v) for v in x.mid_rad_10exp(digits))
    return f"{middle - radius}e{exponent}", f"{middle + radius}e{exponent}"


def _balls(array: Array, digits: int) -> dict[str, list[str]]:
    pairs = [ends(v, digits) for v in array.ravel()]
    return {"lower": [low for low, _ in pairs], "upper": [high for _, high in pairs]}


def _number(value: Any) -> str:
    return str(Fraction(value) if not isinstance(value, np.generic) else Fraction(value.item()))


def content(certificate: Certificate) -> dict[str, Any]:
    """Put a certificate into plain values.

    Parameters
    ----------
    certificate : Certificate
        The certificate.

    Returns
    -------
    dict
        Ready for JSON.
    """
    output, tokens = certificate.output, certificate.tokens
    with ctx.workprec(certificate.bits):
        out: dict[str, Any] = {
            "version": VERSION,
            "kind": "certificate",
            "network": network_content(certificate.network),
            "tokens": tokens.numbers.tolist(),
            "lengths": None if tokens.lengths is None else tokens.lengths.tolist(),
            "memory": None if certificate.memory is None else _exact_array(certificate.memory),
            "terms": certificate.terms,
            "bits": certificate.bits,
            "closed": certificate.closed,
            "c0": str(certificate.c0),
            "degree": output.degree,
            "order": output.order,
            "shape": list(certificate.shape),
            "coefficients": [_balls(a, DIGITS) for a in certificate.coefficients],
            "remainder": None if output.rest is None else _balls(output.rest, ROUGH),
            "flat": _flat(output),
            "attention": [_pattern(p) for p in certificate.patterns],
            "ties": [_equality(e) | {"keys": list(e.keys)} for e in certificate.equalities if e.operation == "softmax"],
            "zeros": [_equality(e) | {"operation": e.operation} for e in certificate.equalities if e.operation != "softmax"],
            "assumptions": list(certificate.assumptions),
            "says": certificate.sentence(),
        }
    return out | {"digest": digest(out)}


def _flat(output: Model) -> dict[str, Any] | None:
    if output.flat is None or output.decay is None:
        return None
    bounds = [ends(v.abs_upper(), ROUGH)[1] for v in output.flat.ravel()]
    return {"bounds": bounds, "gap": ends(output.decay.gap, ROUGH)[0], "power": output.decay.power}


def _pattern(pattern: Pattern) -> dict[str, Any]:
    def listed(part: NDArray[np.bool_]) -> Any:
        return [int(i) for i in np.flatnonzero(part)] if part.ndim == 1 else [listed(inner) for inner in part]

    lost = ends(arb(pattern.lost), ROUGH)[1]
    return {"layer": pattern.place.layer, "part": pattern.place.part, "winners": listed(pattern.winners), "lost": lost}


def _equality(e: Equality) -> dict[str, Any]:
    place = e.place or Place(0, e.operation)
    known = "exact" if e.digits is None else "assumed"
    where = {"layer": place.layer, "part": place.part, "index": list(e.index)}
    return where | {"exponent": e.exponent, "known": known, "digits": e.digits}


def _exact_array(array: Array) -> dict[str, Any]:
    return {"shape": list(array.shape), "entries": [_number(v) for v in np.asarray(array).ravel().tolist()]}


def network_content(network: Transformer) -> dict[str, Any]:
    """Put a network into plain values.

    Parameters
    ----------
    network : Transformer
        The network.

    Returns
    -------
    dict
        Configuration and parameters; numbers are exact.
    """
    kind = {f.name: getattr(network.configuration, f.name) for f in dataclasses.fields(Configuration)}
    kind |= {"biases": sorted(kind["biases"]), "epsilon": _number(kind["epsilon"])}
    kind = {k: int(v) if isinstance(v, np.integer) else v for k, v in kind.items()}
    return {"configuration": kind, "parameters": {name: _exact_array(a) for name, a in network.parameters.named()}}


def save(certificate: Certificate, path: Path) -> Path:
    """Write a certificate, whole or not at all.

    Parameters
    ----------
    certificate : Certificate
        The certificate.
    path : Path
        The file.

    Returns
    -------
    Path
        The file.
    """
    from sattheory.writing import check_place, write

    check_place("path", path, (".json",))
    write(path, json.dumps(content(certificate), indent=1, ensure_ascii=False) + "\n")
    return path


def load(path: str | Path) -> Certificate:
    """Read a certificate that was saved.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    Certificate
        What it says; nothing is proved again (``proofs/recheck_certificate.py`` does that).

    Raises
    ------
    InputError
        If it is no certificate, of another version, or was edited.
    """
    given = f"{path}"
    try:
        read = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(given, f"it cannot be read as JSON ({error})", "give a file that Certificate.save wrote") from None
    if not isinstance(read, dict) or read.get("kind") != "certificate":
        raise InputError(given, "it holds no certificate", "give a file that Certificate.save wrote")
    if read.get("version") != VERSION:
        why = f"it is of version {read.get('version')}, this package reads version {VERSION}"
        raise InputError(given, why, "make the certificate again with this version")
    if read.get("digest") != digest(read):
        raise InputError(given, "the file was edited: its digest does not fit", "make the certificate again")
    try:
        return _certificate(read)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        why = f"a part is missing or malformed ({type(error).__name__}: {error})"
        raise InputError(given, why, "make the certificate again") from None


load_certificate = load  # its name where there is no module to say what is loaded


def _certificate(read: dict[str, Any]) -> Certificate:
    from sattheory.asymptotics.certificate import Certificate, Pattern

    shape = tuple(read["shape"])
    with ctx.workprec(read["bits"]):
        terms = tuple(_read_balls(a, shape) for a in read["coefficients"])
        rest = None if read["remainder"] is None else _read_balls(read["remainder"], shape)
        flat, decay = None, None
        if read["flat"] is not None:
            flat = each(arb.abs_upper, as_array([arb(v) for v in read["flat"]["bounds"]], shape))
            decay = Decay(arb(read["flat"]["gap"]).lower(), read["flat"]["power"])
    if all(v.is_zero() for a in terms for v in a.ravel()):
        terms = ()
    lengths = None if read["lengths"] is None else np.array(read["lengths"], dtype=np.int64)
    equal = [_read_equality(e, e.get("operation", "softmax")) for e in [*read["ties"], *read["zeros"]]]
    return Certificate(
        network=read_network(read["network"]),
        tokens=Tokens(np.array(read["tokens"], dtype=np.int64), lengths),
        c0=Fraction(read["c0"]),
        output=Model(read["degree"], terms, shape, read["order"], rest, flat, decay),
        patterns=tuple(
            Pattern(Place(p["layer"], p["part"]), _winners(p["winners"], _keys(read, p["part"])), above(arb(p["lost"])))
            for p in read["attention"]
        ),
        equalities=tuple(equal),
        terms=read["terms"],
        bits=read["bits"],
        closed=read["closed"],
        memory=None if read["memory"] is None else _floats(read["memory"]),
    )


def _read_balls(pair: dict[str, list[str]], shape: tuple[int, ...]) -> Array:
    return as_array([arb(low).union(arb(high)) for low, high in zip(pair["lower"], pair["upper"], strict=True)], shape)


def _keys(read: dict[str, Any], part: str) -> int:
    """How many keys a block attends to."""
    return int(read["memory"]["shape"][-2] if part.startswith("cross") else np.shape(read["tokens"])[-1])


def _winners(listed: Any, m: int) -> NDArray[np.bool_]:
    def full(part: Any) -> Any:
        return [i in part for i in range(m)] if not part or isinstance(part[0], int) else [full(inner) for inner in part]

    return np.array(full(listed), dtype=bool)


def _read_equality(e: dict[str, Any], operation: str) -> Equality:
    place = Place(e["layer"], e["part"])
    return Equality(operation, tuple(e["index"]), tuple(e.get("keys", ())), e["exponent"], e["digits"], place)


def _floats(array: dict[str, Any]) -> Array:
    """Read an array of rationals: as floats if they are floats, else as fractions."""
    exact = [Fraction(v) for v in array["entries"]]
    rounded = [float(v) for v in exact]
    same = all(Fraction(a) == b for a, b in zip(rounded, exact, strict=True))
    return np.array(rounded).reshape(array["shape"]) if same else as_array(exact, tuple(array["shape"]))


def read_network(read: dict[str, Any]) -> Transformer:
    """Make the network of a file.

    Parameters
    ----------
    read : dict
        From `network_content`.

    Returns
    -------
    Transformer
        The network.
    """
    kind = dict(read["configuration"])
    epsilon = Fraction(kind["epsilon"])
    kind["epsilon"] = float(epsilon) if Fraction(float(epsilon)) == epsilon else epsilon
    kind["biases"] = frozenset(kind["biases"])
    configuration = Configuration(**kind)
    arrays = {name: _floats(a) for name, a in read["parameters"].items()}
    return Transformer(configuration, fill(configuration, lambda name, _: arrays[name]))
