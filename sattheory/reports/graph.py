"""A picture of what rests on what: all claims in one SVG, written directly, the same bytes for the same reports.

Layers from left to right (Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures",
1981): a claim stands to the right of all that it uses, each layer is ordered by the barycentres of its neighbours, and
heights are the least squares that the order allows.  All lines that leave one form share a track through the layers between,
so that a lemma used ten times is one line that branches.  A box shows two marks, above for the claim as stated, below for its
repaired form, and lines begin and end at the mark that they concern.  Marks differ in shape as well as in colour (after Okabe
and Ito); nothing is fetched from outside.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from sattheory.claims.claim import Claim, Report
from sattheory.claims.dependencies import Dependencies, dependencies

PAGE, MARGIN, TOP = 1280.0, 20.0, 90.0
BOX, ROOM, TRACK, GAP = 34.0, 13.0, 12.0, 18.0
LETTER, ARM, SWEEPS, STRAIGHT = 7.2, 4.6, 60, 3
INK, LINE, LOST = "#1a1a1a", "#6b7580", "#c44100"
FRAME = 'rx="4" fill="#ffffff" stroke="#4a4a4a"'
FRAMED = f'rx="3" fill="none" stroke="{LOST}" stroke-dasharray="2.4 1.8"'
PREFIX = "sattheory-claims"
MARKS = {
    "derived": ("#00795a", "shown step by step"),
    "certified": ("#0072b2", "shown on a stated domain"),
    "tested": ("#3b8fc4", "no counterexample found"),
    "refuted": (LOST, "fails at exact points"),
    "assumed": ("#a86b00", "not to be shown"),
    "open": ("#5f5f5f", "nothing shown"),
    "not checked": ("#5f5f5f", ""),
}
FILLED = {"certified": "m0,-5.4 l5.4,5.4 l-5.4,5.4 l-5.4,-5.4 Z", "assumed": "m0,-4.6 l5,8.3 h-10 Z"}
DRAWN = {
    "derived": "m-4.6,0 l3.4,3.7 l5.8,-7.4",
    "tested": "m-4,0 a4,4 0 1 0 8,0 a4,4 0 1 0 -8,0 Z",
    "refuted": "m-3.7,-3.7 l7.4,7.4 m0,-7.4 l-7.4,7.4",
    "open": "m-3.6,-3.6 h7.2 v7.2 h-7.2 Z",
    "not checked": "m-2,0 h4",
}
Key = tuple[str, int]
Place = tuple[float, float]


@dataclass(frozen=True)
class _Link:
    """A form of one claim uses a form of another."""

    used: str
    used_claim: str
    user: str
    user_claim: str
    lost: bool


@dataclass
class _Layout:
    """Layers of keys, a claim (id, 0) or a point of a track (form, layer), and the lines between neighbours."""

    layers: list[list[Key]]
    lines: list[tuple[Key, Key]] = field(default_factory=list)
    heights: dict[Key, float] = field(default_factory=dict)
    lefts: list[float] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    page: float = PAGE


def draw_graph(reports: Iterable[Report], known: Iterable[Claim] = ()) -> str:
    """Draw what rests on what.

    Parameters
    ----------
    reports : iterable of Report
        Checked claims.
    known : iterable of Claim
        Claims that they may use, checked or not; those that they do use are drawn.

    Returns
    -------
    str
        An SVG image, 1280 pixels wide, that works alone and inside an HTML page.

    Raises
    ------
    InputError
        If a form uses one that does not exist, or rests on itself.
    """
    checked = {report.id: report for report in reports}
    claims = {claim.id: claim for claim in known}
    found = dependencies(checked.values(), claims.values())
    drawn = _drawn(checked, found)
    links = [link for link in _links(found) if link.user_claim in drawn]
    joined = {claim for link in links for claim in (link.used_claim, link.user_claim)}
    forward = _forward(links)
    ranks = _ranks(sorted(joined), forward)
    layout = _arranged([link for link in links if (link.used_claim, link.user_claim) in forward], ranks)
    bottom = max(layout.heights.values(), default=TOP) + BOX
    alone, end = _alone(sorted(drawn - joined), bottom)
    places = {id: (layout.lefts[rank], layout.heights[id, 0]) for id, rank in ranks.items()} | alone
    boxes = [_box(checked.get(id) or claims[id], place, found) for id, place in sorted(places.items())]
    body = [*_legend(), *_lines(links, layout, places, ranks), *boxes, *_heading(alone, bottom)]
    return _svg(body, layout.page, end, len(drawn))


def _drawn(checked: Iterable[str], found: Dependencies) -> set[str]:
    """Find the checked claims and all that they use, directly or not."""
    drawn = set(checked)
    for standing in reversed(list(found.values())):
        if standing.claim in drawn:
            drawn |= {found[used].claim for used in standing.uses}
    return drawn


def _links(found: Dependencies) -> list[_Link]:
    named = ((used, found[used], standing) for standing in found.values() for used in standing.uses)
    return sorted(
        (
            _Link(used, other.claim, standing.form, standing.claim, used in standing.fallen)
            for used, other, standing in named
            if other.claim != standing.claim
        ),
        key=lambda link: (link.used, link.user),
    )


# --- layers ---------------------------------------------------------------------------------------------------------------------


def _forward(links: Sequence[_Link]) -> set[tuple[str, str]]:
    """Choose pairs of claims that can all point to the right: two forms of two claims may use each other crosswise."""
    follows: dict[str, set[str]] = defaultdict(set)
    pairs: set[tuple[str, str]] = set()
    for link in sorted(links, key=lambda link: (link.user.endswith("'"), link.used, link.user)):
        if not _reaches(link.user_claim, link.used_claim, follows):
            follows[link.used_claim].add(link.user_claim)
            pairs.add((link.used_claim, link.user_claim))
    return pairs


def _reaches(start: str, goal: str, follows: Mapping[str, set[str]]) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        fresh = follows.get(waiting.pop(), set()) - seen
        seen |= fresh
        waiting += fresh
    return goal in seen


def _ranks(ids: Sequence[str], pairs: set[tuple[str, str]]) -> dict[str, int]:
    """Give each claim a layer: after all that it uses; what uses nothing, just before its first user."""
    uses, users = defaultdict(set), defaultdict(set)
    for used, user in pairs:
        uses[user].add(used)
        users[used].add(user)
    ranks: dict[str, int] = {}

    def rank(id: str) -> int:
        if id not in ranks:
            ranks[id] = max((rank(used) + 1 for used in uses[id]), default=0)
        return ranks[id]

    for id in ids:
        rank(id)
    first = {id: min((ranks[user] - 1 for user in users[id]), default=0) for id in ids if not uses[id]}
    return ranks | first


def _arranged(links: Sequence[_Link], ranks: Mapping[str, int]) -> _Layout:
    """Lay claims and tracks out in layers, what hangs together by itself, the largest part on top."""
    whole, top = _Layout([[] for _ in range(max(ranks.values(), default=-1) + 1)]), TOP
    for part in _parts(links, ranks):
        layout = _layered(
            [link for link in links if link.user_claim in part], {id: ranks[id] for id in sorted(part)}, len(whole.layers)
        )
        _order(layout)
        _set_heights(layout, top)
        top = max(layout.heights.values()) + BOX / 2 + 2 * ROOM
        whole.heights |= layout.heights
        whole.lines += layout.lines
        for layer, keys in zip(whole.layers, layout.layers, strict=True):
            layer += keys
    _set_columns(whole)
    return whole


def _parts(links: Sequence[_Link], ids: Iterable[str]) -> list[set[str]]:
    """Divide the claims into those that hang together."""
    part = {id: {id} for id in ids}
    for link in links:
        one, other = part[link.used_claim], part[link.user_claim]
        if one is not other:
            one |= other
            part |= dict.fromkeys(other, one)
    distinct = {id(found): found for found in part.values()}
    return sorted(distinct.values(), key=lambda found: (-len(found), min(found)))


def _layered(links: Sequence[_Link], ranks: Mapping[str, int], depth: int) -> _Layout:
    layout = _Layout([[] for _ in range(depth)])
    for id, rank in ranks.items():
        layout.layers[rank].append((id, 0))
    for used, group in itertools.groupby(links, key=lambda link: link.used):
        _add_track(layout, used, list(group), ranks)
    layout.lines = sorted(set(layout.lines))
    return layout


def _add_track(layout: _Layout, used: str, links: Sequence[_Link], ranks: Mapping[str, int]) -> None:
    """Add the points through which the lines of one form run, and those lines."""
    start = ranks[links[0].used_claim]
    last = max(ranks[link.user_claim] for link in links)
    for layer in range(start + 1, last):
        layout.layers[layer].append((used, layer))
        layout.lines.append((_on_track(links[0], layer - 1, ranks), (used, layer)))
    layout.lines += [(_on_track(link, ranks[link.user_claim] - 1, ranks), (link.user_claim, 0)) for link in links]


def _on_track(link: _Link, layer: int, ranks: Mapping[str, int]) -> Key:
    return (link.used_claim, 0) if layer == ranks[link.used_claim] else (link.used, layer)


def _order(layout: _Layout) -> None:
    """Order each layer by the mean position of its neighbours, to the left and to the right in turn; keep the best."""
    before, after = _neighbours(layout.lines)
    best, crossings = [list(layer) for layer in layout.layers], _crossings(layout)
    for sweep in range(SWEEPS):
        beside = before if sweep % 2 == 0 else after
        layers = layout.layers if sweep % 2 == 0 else layout.layers[::-1]
        for fixed, moved in itertools.pairwise(layers):
            position = {key: float(index) for index, key in enumerate(fixed)}
            own = {key: index for index, key in enumerate(moved)}
            moved.sort(key=lambda key: (_mean([position[other] for other in beside[key]], own[key]), own[key]))
        if (count := _crossings(layout)) < crossings:
            best, crossings = [list(layer) for layer in layout.layers], count
    layout.layers = best


def _neighbours(lines: Iterable[tuple[Key, Key]]) -> tuple[dict[Key, list[Key]], dict[Key, list[Key]]]:
    before: dict[Key, list[Key]] = defaultdict(list)
    after: dict[Key, list[Key]] = defaultdict(list)
    for left, right in lines:
        before[right].append(left)
        after[left].append(right)
    return before, after


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _crossings(layout: _Layout) -> int:
    position = {key: (number, index) for number, layer in enumerate(layout.layers) for index, key in enumerate(layer)}
    ends = defaultdict(list)
    for left, right in layout.lines:
        ends[position[left][0]].append((position[left][1], position[right][1]))
    return sum((a - c) * (b - d) < 0 for group in ends.values() for (a, b), (c, d) in itertools.combinations(group, 2))


# --- coordinates ----------------------------------------------------------------------------------------------------------------


def _set_heights(layout: _Layout, top: float) -> None:
    """Move each layer towards its neighbours, in turn, as far as its order and the sizes allow; tracks are to be straight."""
    before, after = _neighbours(layout.lines)
    boxes = {key for layer in layout.layers for key in layer if key[1] == 0}
    sizes = [[BOX + ROOM if key in boxes else TRACK for key in layer] for layer in layout.layers]

    def wanted(key: Key) -> float:
        beside = [*before[key], *after[key]]
        weights = [STRAIGHT ** ((key not in boxes) + (other not in boxes)) for other in beside]
        heights = (layout.heights[other] * weight for other, weight in zip(beside, weights, strict=True))
        return sum(heights) / sum(weights) if beside else layout.heights[key]

    for layer, size in zip(layout.layers, sizes, strict=True):
        layout.heights |= dict(zip(layer, _spread([0.0] * len(layer), size), strict=True))
    for sweep in range(SWEEPS):
        for number in range(len(sizes)) if sweep % 2 == 0 else reversed(range(len(sizes))):
            layer = layout.layers[number]
            layout.heights |= dict(zip(layer, _spread([wanted(key) for key in layer], sizes[number]), strict=True))
    first = min(layout.heights.values())
    layout.heights = {key: height - first + top + BOX / 2 for key, height in layout.heights.items()}


def _spread(wanted: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Find the heights nearest to those wanted that keep the order and the distances: least squares, by pooling violators."""
    offsets = [0.0, *itertools.accumulate((a + b) / 2 for a, b in itertools.pairwise(sizes))]
    pools: list[tuple[float, int]] = []
    for value, offset in zip(wanted, offsets, strict=False):
        pools.append((value - offset, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, m), (b, n) = pools[-2:]
            pools[-2:] = [((a * m + b * n) / (m + n), m + n)]
    level = [value for value, count in pools for _ in range(count)]
    return [value + offset for value, offset in zip(level, offsets, strict=False)]


def _set_columns(layout: _Layout) -> None:
    """Share the width of the page: columns as wide as their boxes, and more room between those that many lines join."""
    layout.widths = [max((_width(key[0]) for key in layer if key[1] == 0), default=0.0) for layer in layout.layers]
    number = {key: index for index, layer in enumerate(layout.layers) for key in layer}
    lines = Counter(number[left] for left, _ in layout.lines)
    gaps = [GAP for _ in layout.widths[1:]]
    layout.page = max(PAGE, 2 * MARGIN + sum(layout.widths) + sum(gaps))
    spare = layout.page - 2 * MARGIN - sum(layout.widths) - sum(gaps)
    gaps = [gap + spare * lines[index] / max(len(layout.lines), 1) for index, gap in enumerate(gaps)]
    steps = (width + gap for width, gap in zip(layout.widths, gaps, strict=False))
    layout.lefts = list(itertools.accumulate(steps, initial=MARGIN))[: len(layout.widths)]


def _words(id: str) -> list[str]:
    """Break a long id into two lines of nearly one length, after a full stop or before a hyphen."""
    breaks = [match.start() + (match[0] == ".") for match in re.finditer(r"[.-]", id)] if len(id) > 10 else []
    if not breaks:
        return [id]
    best = min(breaks, key=lambda at: max(at, len(id) - at))
    return [id[:best], id[best:]]


def _width(id: str) -> float:
    return max(len(word) for word in _words(id)) * LETTER + 30


def _alone(ids: Sequence[str], bottom: float) -> tuple[dict[str, Place], float]:
    """Put claims that are joined to nothing in rows of their own."""
    places: dict[str, Place] = {}
    x, y = MARGIN, bottom + 44
    for id in ids:
        if x + _width(id) > PAGE - MARGIN:
            x, y = MARGIN, y + BOX + ROOM
        places[id] = (x, y)
        x += _width(id) + ROOM
    return places, (y + BOX if places else bottom) + MARGIN


# --- drawing --------------------------------------------------------------------------------------------------------------------


def _svg(body: Sequence[str], width: float, height: float, count: int) -> str:
    size = f'width="{width:.0f}" height="{height:.0f}"'
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{PREFIX}" role="img" aria-label="What {count} claims rest on" {size}',
        f' viewBox="0 0 {width:.0f} {height:.0f}" style="max-width:100%;height:auto" fill="{INK}" font-size="12"',
        " font-family=\"Arial, Helvetica, 'Liberation Sans', sans-serif\">",
    ]
    thicker = f".{PREFIX} .line:hover path{{stroke-width:3.2}} .{PREFIX} .claim:hover rect{{stroke-width:2.4}}"
    paper = f'<rect {size} fill="#ffffff"/>'
    return "\n".join(["".join(head), f"<style>{thicker}</style>", _arrows(), paper, *body, "</svg>\n"])


def _arrows() -> str:
    """Define the two heads of lines."""
    attributes = (
        'viewBox="0 0 6 6" refX="5.4" refY="3" markerWidth="6" markerHeight="6" markerUnits="userSpaceOnUse" orient="auto"'
    )
    heads = (("holds", LINE), ("lost", LOST))
    shape = '<marker id="{}-{}" {}><path d="M0,0.6 L6,3 L0,5.4 Z" fill="{}"/></marker>'
    return "<defs>" + "".join(shape.format(PREFIX, name, attributes, colour) for name, colour in heads) + "</defs>"


def _rect(x: float, y: float, width: float, height: float, style: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" {style}/>'


def _text(x: float, y: float, words: str, bold: bool = False) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}"{" font-weight=" + chr(34) + "bold" + chr(34) if bold else ""}>{escape(words)}</text>'


def _port(place: Place, form: str) -> Place:
    """Find the left end of a box, at the height of a form's mark."""
    return place[0], place[1] + (ARM + 3.4 if form.endswith("'") else -ARM - 3.4)


def _lines(links: Sequence[_Link], layout: _Layout, places: Mapping[str, Place], ranks: Mapping[str, int]) -> list[str]:
    """Draw the lines of each used form as one group, those without support on top."""
    groups = [list(group) for _, group in itertools.groupby(links, key=lambda link: link.used)]
    return [_group(group, layout, places, ranks) for group in sorted(groups, key=lambda group: group[0].lost)]


def _group(links: Sequence[_Link], layout: _Layout, places: Mapping[str, Place], ranks: Mapping[str, int]) -> str:
    used, claim, lost = links[0].used, links[0].used_claim, links[0].lost
    left, height = _port(places[claim], used)
    start = (left + _width(claim), height)
    head = f' marker-end="url(#{PREFIX}-{"lost" if lost else "holds"})"'
    ends = [_route(link, start, _port(places[link.user_claim], link.user), layout, ranks) for link in links]
    paths = [f'<path d="{d}"{head}/>' for d in ends] + [f'<path d="{d}"/>' for d in _track(used, start, layout, ranks[claim])]
    says = f"{used} {'no longer supports' if lost else 'supports'} {', '.join(link.user for link in links)}"
    return f'<g class="line" fill="none" {_stroke(lost)}><title>{escape(says)}</title>{"".join(paths)}</g>'


def _leave(start: Place, end: Place, layout: _Layout, layer: int) -> str:
    """Go on beside a box until no wider box is in the way, then bend."""
    low, high = sorted((start[1], end[1]))
    boxes = (key for key in layout.layers[layer] if key[1] == 0 and low - BOX / 2 < layout.heights[key] < high + BOX / 2)
    x = max([start[0], *(layout.lefts[layer] + _width(key[0]) for key in boxes)])
    return f"M{start[0]:.1f},{start[1]:.1f} H{x:.1f} " + _curve((x, start[1]), end)


def _stroke(lost: bool) -> str:
    return f'stroke="{LOST}" stroke-width="1.4" stroke-dasharray="5 3"' if lost else f'stroke="{LINE}" stroke-width="1.1"'


def _track(used: str, start: Place, layout: _Layout, rank: int) -> list[str]:
    """Draw the part that several lines share, layer by layer."""
    paths = []
    for layer in range(rank + 1, len(layout.layers)):
        if (used, layer) not in layout.heights:
            break
        left, y = layout.lefts[layer], layout.heights[used, layer]
        paths.append(_leave(start, (left, y), layout, layer - 1) + f" H{left + layout.widths[layer]:.1f}")
        start = (left + layout.widths[layer], y)
    return paths


def _route(link: _Link, start: Place, end: Place, layout: _Layout, ranks: Mapping[str, int]) -> str:
    """Draw the last part of a line, from its track to the user; a line that must point to the left goes straight there."""
    layer = ranks[link.user_claim] - 1
    if layer < ranks[link.used_claim]:
        return _back(start, end)
    if layer > ranks[link.used_claim]:
        start = (layout.lefts[layer] + layout.widths[layer], layout.heights[link.used, layer])
    return _leave(start, end, layout, layer)


def _curve(start: Place, end: Place) -> str:
    (x, y), (u, v) = start, end
    middle = (x + u) / 2
    return f"C{middle:.1f},{y:.1f} {middle:.1f},{v:.1f} {u:.1f},{v:.1f}"


def _back(start: Place, end: Place) -> str:
    """Leave a box to the right and arrive at another from the left, behind both."""
    (x, y), (u, v) = start, end
    return f"M{x:.1f},{y:.1f} C{x + 28:.1f},{y:.1f} {u - 28:.1f},{v:.1f} {u:.1f},{v:.1f}"


def _box(claim: Report | Claim, place: Place, found: Dependencies) -> str:
    x, y = place
    names = [name for name in (claim.id, f"{claim.id}'") if name in found]
    marks = [_form_mark(name, place, found) for name in names]
    marks += [] if claim.repaired else [_none(*_port(place, "'"))]
    words = _words(claim.id)
    text = [_text(x + 24, y + 4.2 + 13 * (line - (len(words) - 1) / 2), word, bold=True) for line, word in enumerate(words)]
    frame = _rect(x, y - BOX / 2, _width(claim.id), BOX, FRAME)
    says = [f"{claim.id}: {claim.title} ({claim.place})", *(str(found[name]) for name in names)]
    title = f"<title>{escape(chr(10).join(says))}</title>"
    return f'<g class="claim" data-claim={quoteattr(claim.id)}>{title}{frame}{"".join(marks)}{"".join(text)}</g>'


def _none(x: float, y: float) -> str:
    return f'<path d="M{x + 10:.1f},{y:.1f} h6" stroke="#949494" stroke-width="1.4"/>'


def _form_mark(name: str, place: Place, found: Dependencies) -> str:
    """Draw the mark of a form, framed if the form has lost its support."""
    x, y = _port(place, name)
    return ("" if found[name].supported else _rect(x + 5, y - 7.4, 16, 14.8, FRAMED)) + _mark(
        found[name].verdict or "not checked", x + 13, y
    )


def _mark(kind: str, x: float, y: float) -> str:
    """Draw a verdict: a shape and a colour of its own."""
    colour = MARKS[kind][0]
    if kind in FILLED:
        return f'<path d="M{x:.1f},{y:.1f} {FILLED[kind]}" fill="{colour}"/>'
    return f'<path d="M{x:.1f},{y:.1f} {DRAWN[kind]}" fill="none" stroke="{colour}" stroke-width="2.2"/>'


def _legend() -> list[str]:
    """Explain marks and lines, in two rows."""
    parts, x = [], MARGIN + 6
    for kind, (_, meaning) in MARKS.items():
        words = f"{kind}: {meaning}" if meaning else kind
        parts += [_mark(kind, x, 20), _text(x + 10, 24, words)]
        x += 22 + len(words) * 6.1
    box, line, frame = MARGIN, MARGIN + 310, MARGIN + 740
    parts += [_rect(box, 36, 66, BOX, FRAME), _mark("refuted", box + 13, 45), _mark("derived", box + 13, 61)]
    parts += [_text(box + 24, 57, "claim", bold=True), _text(box + 74, 49, "upper mark: as stated")]
    parts += [_text(box + 74, 65, "lower mark: repaired (– none needed)"), _sample(line, 45, False), _sample(line, 61, True)]
    parts += [_text(line + 42, 49, "the left form is used by the right one")]
    parts += [_text(line + 42, 65, "support lost: the left form is refuted, or has lost its own support")]
    parts += [_rect(frame, 37.6, 16, 14.8, FRAMED), _text(frame + 22, 49, "a form that has lost its support")]
    return [f'<g class="legend">{"".join(parts)}</g>']


def _sample(x: float, y: float, lost: bool) -> str:
    head = f'marker-end="url(#{PREFIX}-{"lost" if lost else "holds"})"'
    return f'<path d="M{x:.1f},{y:.1f} h34" {_stroke(lost)} {head}/>'


def _heading(alone: Mapping[str, Place], bottom: float) -> list[str]:
    return [_text(MARGIN, bottom + 18, "Joined to no other claim:")] if alone else []
