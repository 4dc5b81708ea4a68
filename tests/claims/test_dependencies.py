"""What rests on what: lost support, what restores it, names and circles that are refused, and the picture of it all."""

from __future__ import annotations

import itertools
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from sattheory.claims import Claim, Expected, Form, FormReport, Report, Verdict, claims
from sattheory.claims.dependencies import Dependencies, dependencies
from sattheory.errors import InputError
from sattheory.reports.graph import draw_graph

SVG = "{http://www.w3.org/2000/svg}"
KINDS = ("refuted", "derived", "certified", "tested", "open", "assumed")


def form(kind: str, uses: Sequence[str] = ()) -> FormReport:
    return FormReport("", "", (), tuple(uses), Verdict(kind, kind), (), ())  # type: ignore[arg-type]


def report(id: str, literal: FormReport, repaired: FormReport | None = None) -> Report:
    expected = Expected(literal.verdict.kind, repaired.verdict.kind if repaired else None)
    return Report(id, f"title of {id}", "§0", "statement", "", "", "", literal, repaired, expected, 0.0)


def expected_report(claim: Claim) -> Report:
    """What checking the claim shows if it comes out as the registry expects."""
    kinds = (claim.expected.literal, claim.expected.repaired)
    found = [form(kind or "open", each.uses) for kind, each in zip(kinds, claim.forms.values(), strict=False)]
    return report(claim.id, found[0], found[1] if claim.repaired else None)


STORY = (
    report("A1", form("assumed", ["L5"])),
    report("C", form("derived", ["P5", "L2"]), form("derived", ["P5'"])),
    report("E1", form("refuted", ["A1"]), form("derived", ["A1"])),
    report("L2", form("derived")),
    report("L5", form("refuted"), form("derived")),
    report("P5", form("open", ["L5", "L2"]), form("derived", ["L5'"])),
    report("P6", form("derived", ["L2"])),
)


def test_a_refuted_lemma_takes_down_what_rests_on_it() -> None:
    found = dependencies(STORY)
    assert found["P5"].fallen == ("L5",)
    assert found["C"].fallen == ("P5",)
    assert found["C"].causes == ("L5",)
    assert found["P6"].supported
    assert found["L5"].supported
    assert set(found.lost) == {"A1", "P5", "C"}


def test_repaired_forms_restore_what_has_fallen() -> None:
    found = dependencies(STORY)
    assert found["P5"].replacements == {"L5": "L5'"}
    assert found["P5"].restored_by == "P5'"
    assert found["C"].restored_by == "C'"
    assert found["L5"].restored_by == "L5'"
    assert found["P5'"].stands
    assert found["P6"].restored_by is None


def test_refuting_a_lemma_that_stands_shows_what_would_fall() -> None:
    found = dependencies(STORY, refuted=["L5'"])
    assert set(found.lost) >= {"P5'", "C'"}
    assert found["C'"].causes == ("L5'",)
    assert found["P5"].restored_by is None
    assert found["P5"].replacements == {}
    assert dependencies(STORY)["C'"].supported


@pytest.mark.parametrize("kind", ["open", "refuted"])
def test_only_an_established_form_restores(kind: str) -> None:
    found = dependencies([report("L", form("refuted"), form(kind)), report("P", form("open", ["L"]), form("derived", ["L'"]))])
    assert found["L"].restored_by is None
    assert found["P'"].supported == (kind == "open")


def test_what_rests_on_an_assumption_says_so_and_keeps_its_support() -> None:
    found = dependencies(STORY)
    assert found["E1'"].assumptions == ("A1",)
    assert found["E1'"].supported
    assert not found["A1"].supported
    assert "rests on the assumption A1" in str(found["E1'"])
    assert found["P6"].assumptions == ()


def test_a_standing_says_what_fell_and_what_stands_instead() -> None:
    found = dependencies(STORY)
    assert str(found["P5"]) == "P5 is open; has lost its support: L5 (refuted, L5' stands); P5' stands in its place."
    assert str(found["C"]) == "C is derived; has lost its support: P5 (unsupported, P5' stands); C' stands in its place."


def test_forms_come_after_those_that_they_use() -> None:
    found = dependencies(STORY)
    order = list(found)
    assert all(order.index(used) < order.index(name) for name in order for used in found[name].uses)
    assert order == list(dependencies(reversed(STORY)))
    assert found.users("L5") == ("A1", "P5")
    assert json.loads(json.dumps(found.to_dict()))["P5"]["fallen"] == ["L5"]


def test_claims_that_were_not_checked_are_known_by_name() -> None:
    lemma = Claim("L1", "", "", "", "", Form(""), None, Expected("open"))
    found = dependencies([report("P", form("derived", ["L1"]))], claims=[lemma])
    assert found["L1"].verdict is None
    assert found["P"].supported
    assert str(found["L1"]) == "L1 is not checked."


@pytest.mark.parametrize(("used", "meant"), [("L7", "L5"), ("L2'", "L2"), ("p5", "P5")])
def test_an_unknown_name_is_refused_with_the_nearest(used: str, meant: str) -> None:
    with pytest.raises(InputError) as caught:
        dependencies([*STORY, report("X", form("derived", [used]))])
    assert caught.value.given == f"X uses {used}"
    assert "no form of this name" in caught.value.why
    assert meant in caught.value.remedy


def test_an_unknown_name_to_refute_is_refused() -> None:
    with pytest.raises(InputError, match="no form of this name"):
        dependencies(STORY, refuted=["L9"])
    with pytest.raises(InputError, match="no form of this name"):
        dependencies(STORY)["L9"]


def test_circles_are_refused() -> None:
    circle = [report("A", form("derived", ["B"])), report("B", form("derived", ["C"])), report("C", form("derived", ["A"]))]
    with pytest.raises(InputError, match="A uses B uses C uses A: a form cannot rest on itself; take one"):
        dependencies(circle)
    with pytest.raises(InputError, match="A uses A"):
        dependencies([report("A", form("derived", ["A"]))])


def test_two_claims_may_use_each_other_crosswise() -> None:
    crosswise = [report("A", form("derived"), form("derived", ["B"])), report("B", form("derived", ["A"]))]
    assert dependencies(crosswise)["A'"].supported
    assert boxes(ET.fromstring(draw_graph(crosswise))).keys() == {"A", "B"}


# --- the registry itself ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def registry() -> list[Report]:
    return [expected_report(claim) for claim in claims.values()]


def test_all_names_in_the_registry_exist_and_go_round_in_no_circle(registry: list[Report]) -> None:
    assert len(dependencies(registry)) == sum(len(each.forms) for each in registry)


def test_no_repaired_form_rests_on_what_has_fallen(registry: list[Report]) -> None:
    found = dependencies(registry)
    assert [str(found[f"{each.id}'"]) for each in registry if each.repaired and not found[f"{each.id}'"].supported] == []


def test_refuting_the_step_to_saturation_is_felt_far_away(registry: list[Report]) -> None:
    found = dependencies(registry)
    assert "L7" in found["P3"].fallen
    assert {"L4", "L5", "P3", "P4", "P5"} & set(found["P6.corollary"].causes)
    assert "L7" in found["P3"].causes
    assert found["P6.corollary"].restored_by == "P6.corollary'"
    assert "A1" in found["E2.fragile"].assumptions


# --- the picture -----------------------------------------------------------------------------------------------------------


def boxes(root: ET.Element) -> dict[str, tuple[float, float, float, float]]:
    """Left, top, right and bottom of each claim's box."""
    found = {}
    for group in root.iter(f"{SVG}g"):
        if "data-claim" in group.attrib:
            frame = next(rect for rect in group.iter(f"{SVG}rect"))
            x, y, width, height = (float(frame.attrib[name]) for name in ("x", "y", "width", "height"))
            assert group.attrib["data-claim"] not in found
            found[group.attrib["data-claim"]] = (x, y, x + width, y + height)
    return found


def sizes(root: ET.Element) -> tuple[float, float]:
    return float(root.attrib["width"]), float(root.attrib["height"])


def assert_readable(svg: str, ids: Sequence[str]) -> None:
    root = ET.fromstring(svg)
    width, height = sizes(root)
    placed = boxes(root)
    assert sorted(placed) == sorted(ids)
    fonts = [float(size) for size in re.findall(r'font-size="([\d.]+)"', svg)]
    assert min(fonts) * 1280 / width >= 11
    assert all(x >= 0 and y >= 0 and right <= width and bottom <= height for x, y, right, bottom in placed.values())
    for (_, one), (_, other) in itertools.combinations(placed.items(), 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_every_claim_is_in_the_picture_once_and_readable() -> None:
    assert_readable(draw_graph(STORY), [each.id for each in STORY])


def test_the_whole_registry_is_readable(registry: list[Report]) -> None:
    assert_readable(draw_graph(registry), [each.id for each in registry])


def test_the_same_reports_give_the_same_bytes() -> None:
    assert draw_graph(STORY) == draw_graph(tuple(reversed(STORY)))


def test_the_picture_needs_nothing_from_outside(registry: list[Report]) -> None:
    svg = draw_graph(registry)
    assert re.findall(r"\w+://[^\"]*", svg) == ["http://www.w3.org/2000/svg"]
    assert "href" not in svg
    ids = re.findall(r'\sid="([^"]*)"', svg)
    assert len(ids) == len(set(ids))
    assert all(name.startswith("sattheory-claims") for name in [*ids, *re.findall(r"url\(#([^)]*)\)", svg)])


def lines(root: ET.Element) -> dict[str, ET.Element]:
    """Lines by what their tooltip says."""
    return {group.findtext(f"{SVG}title", ""): group for group in root.iter(f"{SVG}g") if group.attrib.get("class") == "line"}


def test_lost_support_is_dashed_and_the_rest_is_not() -> None:
    found = lines(ET.fromstring(draw_graph(STORY)))
    assert found.keys() == {
        "A1 supports E1, E1'",
        "L2 supports C, P5, P6",
        "L5 no longer supports A1, P5",
        "L5' supports P5'",
        "P5 no longer supports C",
        "P5' supports C'",
    }
    dashed = {says for says, group in found.items() if "stroke-dasharray" in group.attrib}
    assert dashed == {says for says in found if "no longer" in says}
    heads = [sum("marker-end" in path.attrib for path in group.iter(f"{SVG}path")) for group in found.values()]
    assert sum(heads) == sum(len(standing.uses) for standing in dependencies(STORY).values())


def test_tooltips_tell_verdicts_and_what_restores() -> None:
    root = ET.fromstring(draw_graph(STORY))
    said = {g.attrib["data-claim"]: g.findtext(f"{SVG}title", "") for g in root.iter(f"{SVG}g") if "data-claim" in g.attrib}
    assert said["P5"].startswith("P5: title of P5 (§0)\nP5 is open; has lost")
    assert "L5 (refuted, L5' stands); P5' stands in its place" in said["P5"]


def test_claims_that_were_not_checked_are_drawn_if_they_are_used() -> None:
    known = [
        Claim("L1", "", "lemma", "", "", Form("", uses=("D1",)), None, Expected("open")),
        Claim("D1", "", "definition", "", "", Form(""), None, Expected("open")),
        Claim("S9", "", "something else", "", "", Form(""), Form(""), Expected("open", "open")),
    ]
    assert_readable(draw_graph([report("P", form("derived", ["L1"]))], known), ["D1", "L1", "P"])


def test_marks_differ_in_shape() -> None:
    root = ET.fromstring(draw_graph([report(kind, form(kind)) for kind in KINDS]))
    marks = {}
    for group in root.iter(f"{SVG}g"):
        if "data-claim" in group.attrib:
            marks[group.attrib["data-claim"]] = re.sub(r"^M\S+ ", "", next(group.iter(f"{SVG}path")).attrib["d"])
    assert len(set(marks.values())) == len(KINDS)


@pytest.mark.parametrize("count", [0, 1])
def test_few_claims_are_a_picture_too(count: int) -> None:
    assert_readable(draw_graph(STORY[3 : 3 + count]), [each.id for each in STORY[3 : 3 + count]])


@some.composite
def reports(draw: some.DrawFn) -> list[Report]:
    """Claims that use any forms before them."""
    found: list[Report] = []
    names: list[str] = []
    for number in range(draw(some.integers(1, 16))):
        forms = []
        for _ in range(draw(some.integers(1, 2))):
            uses = draw(some.lists(some.sampled_from(names), max_size=4, unique=True)) if names else []
            forms.append(form(draw(some.sampled_from(KINDS)), uses))
        id = draw(some.sampled_from(["L", "Theorem", "T1.layernorm-affine", "AH."])) + str(number)
        found.append(report(id, *forms))
        names += [id, f"{id}'"][: len(forms)]
    return found


def falls(name: str, found: Dependencies) -> bool:
    """Say the definition again, without memory."""
    return any(
        found[used].verdict == "refuted" or (found[used].verdict != "assumed" and falls(used, found)) for used in found[name].uses
    )


@settings(max_examples=60, deadline=None)
@given(reports())
def test_support_is_what_its_definition_says(given: list[Report]) -> None:
    found = dependencies(given)
    assert all(falls(name, found) != standing.supported for name, standing in found.items())


@settings(max_examples=25, deadline=None)
@given(reports(), some.randoms(use_true_random=False))
def test_any_claims_make_a_readable_picture(given: list[Report], shuffle: Any) -> None:
    svg = draw_graph(given)
    root = ET.fromstring(svg)
    assert sorted(boxes(root)) == sorted(each.id for each in given)
    shuffled = list(given)
    shuffle.shuffle(shuffled)
    assert draw_graph(shuffled) == svg
