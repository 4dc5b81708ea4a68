"""The paper's encoder as formulas: definitions D4 to D6, for witnesses and searches (paper §D.1).

A head is K = W^k X, Q = W^q X, V = W^v X, A = softmax(QKᵀ/√d_k), H = AV; then MSA(X) = LN(WH) + X and FF(X) = LN(W^f ReLU(W^i
X)) + X, where LN(x) = γ ⊙ (x − mean)/‖x − mean‖ with a learned gain γ and no bias.  Below each is a mapping of names to
formulas (see `formulas`), in order, ready to be the ``where`` of an `Inequality`.  Positions are rows, so that W X, W applied
at each position, reads ``x @ transpose(w)``.

Names of θ: ``x`` the embedded input, ``wk wq wv w`` and ``gain`` of the attention block, ``wi wf`` and ``ffgain`` of the
feedforward block. A layer or head adds its tag (``wk1``), and a *mark* tells scales apart: ``wk_c`` is cW^k.  The results are
called ``K Q V S A H`` (S the scores), ``WH``, ``N`` (normalised), ``MSA``, ``I`` (after ReLU), ``WI``, ``NF`` and ``FF``.

Shapes: x (n, d), wk and wq (k, d), wv (v, d), w (d, v), gain (d,), wi (f, d), wf (d, f).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

Formulas = dict[str, str]
Normaliser = Literal["unit", "unit0"]
ATTENTION = ("x", "wk", "wq", "wv")
SUBLAYER = (*ATTENTION, "w", "gain")
FEEDFORWARD = ("wi", "wf", "ffgain")
MARK = "_c"


def scaled(names: Iterable[str], mark: str = MARK, factor: str = "c") -> Formulas:
    """Multiply parameters by a scale.

    Parameters
    ----------
    names : iterable of str
        Which parameters.
    mark : str
        What their names end with afterwards.
    factor : str
        The scale.

    Returns
    -------
    dict of str
        Formulas of cθ.
    """
    return {f"{name}{mark}": f"{factor} * {name}" for name in names}


def gained(gain: str, matrix: str, n: int) -> str:
    """Write γ ⊙ u for each of n rows u.

    Parameters
    ----------
    gain, matrix : str
        Names of a vector and of a matrix of n rows.
    n : int
        Number of rows.

    Returns
    -------
    str
        A formula.
    """
    return "[" + ", ".join(f"{gain} * {matrix}[{i}]" for i in range(n)) + "]"


def head(key_width: int = 1, *, x: str = "x", tag: str = "", mark: str = "", scaled_scores: bool = True) -> Formulas:
    """Write one attention head (D4).

    Parameters
    ----------
    key_width : int
        d_k.
    x : str
        Name of its input.
    tag, mark : str
        What the names of its parameters and results end with.
    scaled_scores : bool
        Whether scores are divided by √d_k.

    Returns
    -------
    dict of str
        K, Q, V, S, A, H.
    """
    end = f"{tag}{mark}"
    divisor = f" / sqrt({key_width})" if scaled_scores and key_width > 1 else ""
    return {
        f"K{end}": f"{x} @ transpose(wk{end})",
        f"Q{end}": f"{x} @ transpose(wq{end})",
        f"V{end}": f"{x} @ transpose(wv{end})",
        f"S{end}": f"Q{end} @ transpose(K{end}){divisor}",
        f"A{end}": f"softmax(S{end})",
        f"H{end}": f"A{end} @ V{end}",
    }


def msa(
    n: int,
    key_width: int = 1,
    *,
    x: str = "x",
    tag: str = "",
    mark: str = "",
    heads: Sequence[str] = ("",),
    normaliser: Normaliser = "unit",
) -> Formulas:
    """Write multi-head self-attention with its norm and residual connection (D5).

    Parameters
    ----------
    n : int
        Number of positions.
    key_width : int
        d_k of each head.
    x : str
        Name of its input.
    tag, mark : str
        What names end with.
    heads : sequence of str
        What each head adds to the tag; W on the concatenated heads is the sum of each head's own part of W.
    normaliser : {"unit", "unit0"}
        Whether LN(0) is undefined, or 0.

    Returns
    -------
    dict of str
        The heads, WH, N, MSA.
    """
    end = f"{tag}{mark}"
    parts = [f"{tag}{name}{mark}" for name in heads]
    formulas: Formulas = {}
    for name in heads:
        formulas |= head(key_width, x=x, tag=f"{tag}{name}", mark=mark)
    formulas[f"WH{end}"] = " + ".join(f"H{part} @ transpose(w{part})" for part in parts)
    formulas[f"N{end}"] = f"{normaliser}(centre(WH{end}))"
    formulas[f"MSA{end}"] = f"{gained(f'gain{end}', f'N{end}', n)} + {x}"
    return formulas


def ff(n: int, *, x: str = "x", tag: str = "", mark: str = "", normaliser: Normaliser = "unit0") -> Formulas:
    """Write the feedforward block with its norm and residual connection (D6).

    Parameters
    ----------
    n : int
        Number of positions.
    x : str
        Name of its input.
    tag, mark : str
        What names end with.
    normaliser : {"unit", "unit0"}
        Whether LN(0) is undefined, or 0.

    Returns
    -------
    dict of str
        I, WI, NF, FF.
    """
    end = f"{tag}{mark}"
    return {
        f"I{end}": f"relu({x} @ transpose(wi{end}))",
        f"WI{end}": f"I{end} @ transpose(wf{end})",
        f"NF{end}": f"{normaliser}(centre(WI{end}))",
        f"FF{end}": f"{gained(f'ffgain{end}', f'NF{end}', n)} + {x}",
    }


def encoder_layer(
    n: int,
    key_width: int = 1,
    *,
    x: str = "x",
    tag: str = "",
    mark: str = "",
    heads: Sequence[str] = ("",),
    normaliser: Normaliser = "unit0",
) -> Formulas:
    """Write one layer of the encoder, FF(MSA(X)); its result is called FF.

    Parameters
    ----------
    n : int
        Number of positions.
    key_width : int
        d_k of each head.
    x : str
        Name of its input.
    tag, mark : str
        What names end with.
    heads : sequence of str
        What each head adds to the tag.
    normaliser : {"unit", "unit0"}
        Whether LN(0) is undefined, or 0.

    Returns
    -------
    dict of str
        Everything that `msa` and `ff` name.
    """
    attention = msa(n, key_width, x=x, tag=tag, mark=mark, heads=heads, normaliser=normaliser)
    return attention | ff(n, x=f"MSA{tag}{mark}", tag=tag, mark=mark, normaliser=normaliser)


def largest(matrix: str, n: int) -> str:
    """Write the largest absolute value of the entries of n rows.

    Parameters
    ----------
    matrix : str
        Name of a matrix.
    n : int
        Number of rows.

    Returns
    -------
    str
        A formula.
    """
    return "max([" + ", ".join(f"max(abs({matrix}[{i}]))" for i in range(n)) + "])"


def length(matrices: Iterable[str], vectors: Iterable[str] = ()) -> str:
    """Write ‖θ‖₂ of parameters taken together.

    Parameters
    ----------
    matrices, vectors : iterable of str
        Their names.

    Returns
    -------
    str
        A formula.
    """
    squares = [f"sum(sum({name} * {name}))" for name in matrices] + [f"sum({name} * {name})" for name in vectors]
    return f"sqrt({' + '.join(squares)})"


def approximately_homogeneous(result: str, n: int, names: Sequence[str], degree: int = 1, mark: str = MARK) -> Formulas:
    """Write both sides of Definition 3, |f(cθ) − cᵏf(θ)| ≤ e^{−d‖θ‖} for the largest entry, in the constants c and d.

    Parameters
    ----------
    result : str
        Name of f(θ); with the mark, of f(cθ).
    n : int
        Number of its rows.
    names : sequence of str
        Arrays of θ.
    degree : int
        k.
    mark : str
        What the names of cθ end with.

    Returns
    -------
    dict of str
        ``error``, ``left``, ``right``.
    """
    power = "c" if degree == 1 else f"c**{degree}"
    vectors = [name for name in names if "gain" in name]
    size = length([name for name in names if "gain" not in name], vectors)
    return {
        "error": f"{result}{mark} - {power} * {result}",
        "left": largest("error", n),
        "right": f"exp(-d * {size})",
    }
