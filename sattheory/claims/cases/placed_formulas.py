"""An attention layer as formulas, in each placement of the norm and with an ε: for witnesses about whole networks.

Names are those of `paper_formulas`: ``x`` the embedded input, ``wk wq wv w`` and ``gain`` of a layer with its tag, and a mark for
the scale.  A layer of the stream x is x + ν(W H(x)) in the paper's placement, ν(x + W H(x)) in post-norm and x + W H(ν(x)) in
Xiong's pre-norm, with ν(v) = γ ⊙ Pv/√(‖Pv‖² + ε).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sattheory.claims.cases.paper_formulas import MARK, SUBLAYER, Formulas, head, scaled
from sattheory.network.configuration import Placement
from sattheory.network.transformer import Transformer


def norm(result: str, x: str, gain: str, n: int, epsilon: str) -> Formulas:
    """Write γ ⊙ Pv/√(‖Pv‖² + ε) for each row v.

    Parameters
    ----------
    result : str
        Name of the result.
    x, gain : str
        Names of a matrix of n rows and of γ.
    n : int
        Number of rows.
    epsilon : str
        Formula of ε.

    Returns
    -------
    dict of str
        The centred rows, and the result.
    """
    centred = f"{result}P"
    rows = ", ".join(f"{gain} * {centred}[{i}] / sqrt({centred}[{i}] @ {centred}[{i}] + {epsilon})" for i in range(n))
    return {centred: f"centre({x})", result: f"[{rows}]"}


def attention_layer(
    placement: Placement,
    n: int,
    key_width: int = 1,
    *,
    x: str,
    tag: str,
    mark: str = MARK,
    epsilon: str = "0",
    scores: bool = True,
) -> Formulas:
    """Write one attention layer without biases; its result is called X.

    Parameters
    ----------
    placement : {"res_post", "pre", "post"}
        Where the norm stands.
    n : int
        Number of positions.
    key_width : int
        d_k.
    x : str
        Name of its input.
    tag, mark : str
        What names end with.
    epsilon : str
        Formula of ε.
    scores : bool
        Whether scores are divided by √d_k.

    Returns
    -------
    dict of str
        Y (what a head reads, for ``pre``), the head, B (the block's output), Z (normalised), X.
    """
    end = f"{tag}{mark}"
    gain = f"gain{end}"
    read = norm(f"Y{end}", x, gain, n, epsilon) if placement == "pre" else {}
    block = head(key_width, x=f"Y{end}" if read else x, tag=tag, mark=mark, scaled_scores=scores)
    block |= {f"B{end}": f"H{end} @ transpose(w{end})"}
    if placement == "pre":
        return read | block | {f"X{end}": f"{x} + B{end}"}
    if placement == "post":
        return block | norm(f"X{end}", f"{x} + B{end}", gain, n, epsilon)
    return block | norm(f"Z{end}", f"B{end}", gain, n, epsilon) | {f"X{end}": f"{x} + Z{end}"}


def attention_network(
    placement: Placement, n: int, layers: int, key_width: int = 1, *, epsilon: str = "0", mark: str = MARK, scores: bool = True
) -> Formulas:
    """Write a network of attention layers, all parameters multiplied by c.

    Parameters
    ----------
    placement : {"res_post", "pre", "post"}
        Where the norm stands.
    n, layers, key_width : int
        Positions, layers, d_k.
    epsilon : str
        Formula of ε.
    mark : str
        What the names of cθ and of results end with; layers are tagged 1, 2, …
    scores : bool
        Whether scores are divided by √d_k.

    Returns
    -------
    dict of str
        Everything of every layer; the output is X with the last tag and the mark.
    """
    tags = [str(number) for number in range(1, layers + 1)]
    names = ["x", *(f"{name}{tag}" for tag in tags for name in SUBLAYER if name != "x")]
    formulas, x = scaled(names, mark), f"x{mark}"
    for tag in tags:
        formulas |= attention_layer(placement, n, key_width, x=x, tag=tag, mark=mark, epsilon=epsilon, scores=scores)
        x = f"X{tag}{mark}"
    return formulas


def arrays(network: Transformer) -> dict[str, Any]:
    """Write the parameters of a network of whole numbers, one head and no feedforward block, as exact arrays.

    Parameters
    ----------
    network : Transformer
        The network.

    Returns
    -------
    dict of tuple
        ``x`` and the arrays of each layer; position i reads token i.
    """
    found = {"x": _exact(network.parameters.tokens)}
    for tag, layer in enumerate(network.parameters.layers, 1):
        block = layer.attention
        maps = {"wq": block.query, "wk": block.key, "wv": block.value, "w": block.output}
        found |= {f"{name}{tag}": _exact(linear.weight) for name, linear in maps.items()}
        found[f"gain{tag}"] = _exact(layer.attention_norm.gain)
    return found


def _exact(array: Any) -> Any:
    return tuple(_exact(row) for row in array) if np.ndim(array) else int(array)


__all__ = ["Formulas", "arrays", "attention_layer", "attention_network", "norm"]
