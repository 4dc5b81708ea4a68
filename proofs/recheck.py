"""Check again, with nothing but the standard library and python-flint, what is kept in this folder.

    python proofs/recheck.py [FOLDER]

Every ``counterexample.json`` lists exact points and an inequality left ≤ right that its claim implies there; this program
evaluates both sides on balls (Arb) and confirms that left > right, by no less than the file says.  Every ``constants.json``
lists numbers and suprema with a lower and an upper end; it confirms both.  It shares no code with the package that wrote the
files: the language of the formulas is implemented here a second time, as a table of functions over lists of balls.

Exit codes: 0 all is confirmed, 1 something no longer holds, 2 a file cannot be read.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
import time
from fractions import Fraction
from pathlib import Path

import flint
from flint import arb, fmpq

BITS = (192, 384, 768, 1536, 3072, 6144)


class Unreadable(Exception):
    """A file is not what it should be."""


# --- the language of formulas ------------------------------------------------------------------------------------------------


def ball(text: str | list) -> arb | list:
    """Read an exact number, vector or matrix."""
    if isinstance(text, list):
        return [ball(entry) for entry in text]
    number = Fraction(text)
    return arb(fmpq(number.numerator, number.denominator))


def spread(function, *arguments):
    """Apply a function of numbers to numbers, vectors and matrices; a number goes with every entry."""
    lengths = {len(argument) for argument in arguments if isinstance(argument, list)}
    if not lengths:
        return function(*arguments)
    if len(lengths) > 1:
        raise Unreadable(f"lists of {sorted(lengths)} entries do not go together")
    rows = [argument if isinstance(argument, list) else [argument] * max(lengths) for argument in arguments]
    return [spread(function, *entries) for entries in zip(*rows, strict=True)]


def add_up(entries: list) -> arb | list:
    """Sum the entries of a list."""
    total = entries[0]
    for entry in entries[1:]:
        total = spread(lambda x, y: x + y, total, entry)
    return total


def times(left: list, right: list) -> arb | list:
    """Multiply matrices and vectors."""
    if isinstance(left[0], list):
        return [times(row, right) for row in left]
    if isinstance(right[0], list):
        return [times(left, [row[j] for row in right]) for j in range(len(right[0]))]
    return add_up([x * y for x, y in zip(left, right, strict=True)])


def rows(function):
    """Let a function of a vector act on each row of a matrix."""
    return lambda x: [function(row) for row in x] if isinstance(x[0], list) else function(x)


def length(x: list) -> arb:
    """Euclidean norm."""
    return add_up([entry**2 for entry in x]).sqrt()


def direction(x: list, zero: bool = False) -> list:
    """X / ‖x‖; with `zero`, a vector that is exactly zero stays."""
    if zero and all(entry == 0 for entry in x):
        return x
    size = length(x)
    return [entry / size for entry in x]


def weights(x: list) -> list:
    """Softmax, by its definition in differences: 1 / Σ_j e^{x_j − x_i}."""
    return [1 / add_up([(other - entry).exp() for other in x]) for entry in x]


def about_mean(x: list) -> list:
    """X minus its mean."""
    mean = add_up(x) / len(x)
    return [entry - mean for entry in x]


def largest(x: list) -> arb:
    """Largest entry."""
    top = x[0]
    for entry in x[1:]:
        top = arb.max(top, entry)
    return top


def logistic(x: arb) -> arb:
    """σ(x), through tanh."""
    return (1 + (x / 2).tanh()) / 2 if abs(x) < 8 else 1 / (1 + (-x).exp())


def gauss(x: arb) -> arb:
    """Φ(x)."""
    return (-x / arb(2).sqrt()).erfc() / 2


def positive(x: arb) -> arb:
    """max(x, 0)."""
    return arb.max(x, arb(0))


ENTRYWISE = {
    "abs": abs,
    "exp": arb.exp,
    "log": arb.log,
    "sqrt": arb.sqrt,
    "tanh": arb.tanh,
    "cos_pi": arb.cos_pi,
    "sin_pi": arb.sin_pi,
    "erf": arb.erf,
    "lgamma": arb.lgamma,
    "lambertw": arb.lambertw,
    "sigmoid": logistic,
    "Phi": gauss,
    "relu": positive,
    "gelu": lambda x: x * gauss(x),
    "silu": lambda x: x * logistic(x),
    "softplus": lambda x: positive(x) + (1 + (-abs(x)).exp()).log(),
}
WHOLE = {
    "max": largest,
    "min": lambda x: -largest([-entry for entry in x]),
    "sum": add_up,
    "norm": rows(length),
    "softmax": rows(weights),
    "centre": rows(about_mean),
    "unit": rows(direction),
    "unit0": rows(lambda x: direction(x, zero=True)),
    "transpose": lambda x: [[row[j] for row in x] for j in range(len(x[0]))],
}
BINARY = {
    ast.Add: lambda x, y: spread(lambda a, b: a + b, x, y),
    ast.Sub: lambda x, y: spread(lambda a, b: a - b, x, y),
    ast.Mult: lambda x, y: spread(lambda a, b: a * b, x, y),
    ast.Div: lambda x, y: spread(lambda a, b: a / b, x, y),
    ast.MatMult: times,
}


def value(node: ast.AST, names: dict):
    """Evaluate a parsed formula."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return arb(node.value)
    if isinstance(node, ast.Name):
        if node.id not in names:
            raise Unreadable(f"unknown name {node.id}")
        return names[node.id]
    if isinstance(node, ast.List):
        return [value(entry, names) for entry in node.elts]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return spread(lambda x: -x, value(node.operand, names))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        power = ast.literal_eval(node.right)
        return spread(lambda x: x**power, value(node.left, names))
    if isinstance(node, ast.BinOp) and type(node.op) in BINARY:
        return BINARY[type(node.op)](value(node.left, names), value(node.right, names))
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return value(node.value, names)[node.slice.value]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        inner = value(node.args[0], names)
        if node.func.id in ENTRYWISE:
            return spread(ENTRYWISE[node.func.id], inner)
        if node.func.id in WHOLE:
            return WHOLE[node.func.id](inner)
    raise Unreadable(f"not a formula: {ast.unparse(node)}")


def evaluate(formula: str, entry: dict, extra: dict | None = None):
    """Evaluate a formula at the point of an entry, at the current precision."""
    names = {"pi": arb.pi()} | {name: ball(number) for name, number in entry.get("point", {}).items()} | (extra or {})
    for name, abbreviation in entry.get("where", {}).items():
        names[name] = value(ast.parse(abbreviation, mode="eval").body, names)
    return value(ast.parse(formula, mode="eval").body, names)


def surely(compare) -> bool:
    """Tell whether a comparison of balls is certain at some precision."""
    for bits in BITS:
        with flint.ctx.workprec(bits):
            if compare():
                return True
    return False


# --- counterexamples ---------------------------------------------------------------------------------------------------------


def last_place(text: str) -> Fraction:
    """One unit in the last of at least fifteen digits of a decimal number."""
    digits, _, exponent = text.lower().partition("e")
    whole, _, fraction = digits.lstrip("-").partition(".")
    significant = len((whole + fraction).lstrip("0")) or 1
    scale = int(exponent or 0) - len(fraction)
    return Fraction(10) ** (scale + min(0, significant - 15))


def wrong_counterexample(entry: dict) -> str:
    """Say what no longer holds of one counterexample; nothing if all does."""
    low, high, margin = (Fraction(entry["values"][name]) for name in ("left", "right", "margin"))
    sides = f"{entry['left']} > {entry['right']} at {shown(entry['point'])}"
    if not surely(lambda: evaluate(entry["left"], entry) > evaluate(entry["right"], entry)):
        return f"{sides} no longer holds: {values(entry)}"
    if not surely(lambda: evaluate(entry["left"], entry) >= ball(str(low))):
        return f"{sides}: the left side is less than {entry['values']['left']}: {values(entry)}"
    if not surely(lambda: evaluate(entry["right"], entry) <= ball(str(high))):
        return f"{sides}: the right side is more than {entry['values']['right']}: {values(entry)}"
    if not 0 < margin <= low - high or margin + last_place(entry["values"]["margin"]) * 10**8 < low - high:
        return f"{sides}: the margin {entry['values']['margin']} is not {float(low - high):.8g}"
    above = low + 2 * last_place(entry["values"]["left"])
    below = high - 2 * last_place(entry["values"]["right"])
    if not surely(lambda: evaluate(entry["left"], entry) < ball(str(above))):
        return f"{sides}: the left side is more than the {entry['values']['left']} in the file: {values(entry)}"
    if not surely(lambda: evaluate(entry["right"], entry) > ball(str(below))):
        return f"{sides}: the right side is less than the {entry['values']['right']} in the file: {values(entry)}"
    return ""


def values(entry: dict) -> str:
    """Write both sides in fifteen digits."""
    with flint.ctx.workprec(BITS[1]):
        left, right = (evaluate(entry[side], entry) for side in ("left", "right"))
        return f"left = {left.str(15)}, right = {right.str(15)}"


def shown(point: dict) -> str:
    """Write a point."""
    return ", ".join(f"{name} = {str(number).replace(chr(39), '')}" for name, number in point.items()) or "no point"


# --- constants ---------------------------------------------------------------------------------------------------------------


def wrong_constant(entry: dict) -> str:
    """Say which end of a constant's bracket does not hold; nothing if both do."""
    lower, upper = Fraction(entry["lower"]), Fraction(entry["upper"])
    bracket = f"{entry['lower']} ≤ {entry['name']} ≤ {entry['upper']}"
    if "maximise" in entry:
        return wrong_supremum(entry, lower, upper, bracket)
    if not surely(lambda: ball(str(lower)) <= evaluate(entry["formula"], entry)):
        return f"{bracket}: the lower end does not hold"
    if not surely(lambda: evaluate(entry["formula"], entry) <= ball(str(upper))):
        return f"{bracket}: the upper end does not hold"
    return ""


def wrong_supremum(entry: dict, lower: Fraction, upper: Fraction, bracket: str) -> str:
    """Do the same for a supremum over an interval: bisect, keeping the pieces that may still exceed the upper end."""
    variable = entry["maximise"]["variable"]
    pieces = [(Fraction(entry["maximise"]["from"]), Fraction(entry["maximise"]["to"]))]
    reached = False
    with flint.ctx.workprec(BITS[0]):
        for _ in range(24):
            pieces = [half for piece in pieces for half in halves(piece) if not under(entry, variable, half, upper)]
            middles = [(low + high) / 2 for low, high in pieces]
            reached = reached or any(at(entry, variable, middle) >= ball(str(lower)) for middle in middles)
            if not pieces:
                break
        reached = reached or climbs(entry, variable, lower)
    if pieces:
        return f"{bracket}: the upper end is not shown near {float(pieces[0][0]):.6g}"
    return "" if reached else f"{bracket}: no point reaches the lower end"


def halves(piece: tuple) -> tuple:
    """Cut an interval in two."""
    low, high = piece
    return (low, (low + high) / 2), ((low + high) / 2, high)


def at(entry: dict, variable: str, point: Fraction) -> arb:
    """Evaluate at a point of the interval."""
    return evaluate(entry["formula"], entry, {variable: ball(str(point))})


def under(entry: dict, variable: str, piece: tuple, upper: Fraction) -> bool:
    """Tell whether the formula certainly stays below the upper end on a piece."""
    over = ball(str(piece[0])).union(ball(str(piece[1])))
    return bool(evaluate(entry["formula"], entry, {variable: over}) <= ball(str(upper)))


def climbs(entry: dict, variable: str, lower: Fraction) -> bool:
    """Look for a point that reaches the lower end, by golden-section steps from the best of a grid."""
    low, high = Fraction(entry["maximise"]["from"]), Fraction(entry["maximise"]["to"])
    grid = [low + (high - low) * Fraction(i, 256) for i in range(257)]
    best = max(range(257), key=lambda i: float(at(entry, variable, grid[i]).mid()))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, 256)]
    for _ in range(80):
        third = (high - low) / 3
        left, right = low + third, high - third
        if at(entry, variable, left) >= ball(str(lower)):
            return True
        rising = float(at(entry, variable, left).mid()) < float(at(entry, variable, right).mid())
        low, high = (left, high) if rising else (low, right)
        low, high = (Fraction(round(end * 2**120), 2**120) for end in (low, high))
    return False


# --- files -------------------------------------------------------------------------------------------------------------------


def read(path: Path) -> dict:
    """Read a kept file; refuse what is not one."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Unreadable(f"it cannot be read as JSON ({error})") from None
    if not isinstance(content, dict) or content.get("version") != 1:
        raise Unreadable("it is not of version 1")
    if content.get("claim") != path.parent.name:
        raise Unreadable(f"it belongs to claim {content.get('claim')}")
    return content


def faults(path: Path) -> tuple[int, list[str]]:
    """Check one file: how many entries it has and what is wrong with them."""
    content = read(path)
    kind, check = ("counterexamples", wrong_counterexample) if path.name.startswith("counter") else ("constants", wrong_constant)
    found = []
    for number, entry in enumerate(content[kind], start=1):
        wrong = check(entry)
        if wrong:
            found.append(f"{kind[:-1]} {number}: {wrong}")
    plain = {key: entry for key, entry in content.items() if key != "digest"}
    digest = hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    if content.get("digest") != digest:
        found.append("the file was edited: its digest does not fit")
    return len(content[kind]), found


def missing(folder: Path) -> list[str]:
    """List the claims whose proof refutes, but for which no points are kept."""
    refuting = [path.parent for path in folder.glob("*/proof.py") if "\nREFUTATION" in path.read_text(encoding="utf-8")]
    return sorted(place.name for place in refuting if not (place / "counterexample.json").is_file())


def main(arguments: list[str]) -> int:
    """Check every file of the folder; one line each."""
    start = time.perf_counter()
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    paths = sorted([*folder.glob("*/counterexample.json"), *folder.glob("*/constants.json")])
    if not paths:
        print(f"{folder}: nothing is kept here; give the folder that holds one folder a claim.", file=sys.stderr)
        return 2
    code, checked = 0, 0
    for name in missing(folder):
        print(f"{name}/counterexample.json is missing: proof.py beside it gives reasons for points that are not there")
        code = 1
    for path in paths:
        try:
            number, found = faults(path)
        except (Unreadable, KeyError, TypeError, ValueError, SyntaxError, ZeroDivisionError, IndexError) as error:
            reason = error if isinstance(error, Unreadable) else f"it is not a kept file ({type(error).__name__}: {error})"
            print(f"{path.parent.name}/{path.name}: {reason}", file=sys.stderr)
            code = 2
            continue
        checked += number
        print(f"{path.parent.name + '/' + path.name:<44} {number:>3} {'confirmed' if not found else 'NOT CONFIRMED'}")
        for wrong in found:
            print(f"  {path.parent.name}, {wrong}")
            code = code or 1
    print(f"{checked} inequalities and constants in {len(paths)} files, {time.perf_counter() - start:.1f} s")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
