# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a CAM program reads beside the contours: heights, widths, colours, remarks, extents."""
# ruff: noqa: F811 - fixtures are asked for by their names

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from fabrication.verification import verify_archive
from tests.broken_packages import Unpacked, names, packages  # noqa: F401 - a fixture

FILE = "sheets/sheet-01.dxf"
OUTSIDE = {"router": "TOP-CUT-OUTSIDE-17.6MM", "old": "TOP-CUT-OUTSIDE-17_6MM", "laser": "TOP-CUT-OUTSIDE-17.6MM"}
Edit = Callable[[str, str], str]


def replaced(pattern: str, by: str) -> Edit:
    """Replace the first match; ``{layer}`` is the outlines' layer."""

    def edit(text: str, layer: str) -> str:
        found, count = re.subn(pattern.replace("{layer}", re.escape(layer)), by, text, count=1)
        assert count == 1
        return found

    return edit


def in_the_outline(tags: str) -> Edit:
    """Tags more in the first outline, after its layer's name."""

    def edit(text: str, layer: str) -> str:
        head, mark, entities = text.partition("ENTITIES\n")
        mark_of_layer = f"  8\n{layer}\n"
        assert mark_of_layer in entities
        # In R2010 what is a polyline's own comes after its subclass marker, the colour before it.
        own = mark_of_layer + "100\nAcDbPolyline\n"
        place = own if own in entities and not tags.startswith((" 62", "420")) else mark_of_layer
        return head + mark + entities.replace(place, place + tags, 1)

    return edit


EXTENTS = r"(  9\n\$EXTMAX\n 10\n)[^\n]+"
BREAKS: dict[str, tuple[str, Edit, tuple[str, ...]]] = {
    "elevation": ("router", in_the_outline(" 38\n-5.0\n"), ("has an elevation of -5.0 mm",)),
    "constant width": ("router", in_the_outline(" 43\n3.0\n"), ("has a width of 3.0 mm",)),
    "width of a segment": ("router", in_the_outline(" 40\n3.0\n"), ("has a width of 3.0 mm",)),
    "thickness": ("router", in_the_outline(" 39\n17.6\n"), ("has a thickness of 17.6 mm",)),
    "colour": ("router", in_the_outline(" 62\n5\n"), ("has a colour of its own, 5",)),
    "true colour": ("router", in_the_outline("420\n255\n"), ("has a colour of its own, 255",)),
    "colour of a layer": (
        "router",
        replaced(r"(  2\n{layer}\n 70\n0\n 62\n)1\n", r"\g<1>5\n"),
        (OUTSIDE["router"], "has colour 5, 1 expected"),
    ),
    "true colour of a layer": (
        "router",
        replaced(r"(  2\n{layer}\n 70\n0\n 62\n1\n)", r"\g<1>420\n255\n"),
        (OUTSIDE["router"], "a true colour, 1 expected"),
    ),
    "colours exchanged in R12": (
        "old",
        replaced(r"(  2\n{layer}\n 70\n0\n 62\n)1\n", r"\g<1>6\n"),
        (OUTSIDE["old"], "has colour 6, 1 expected"),
    ),
    "thickness in R12": ("old", in_the_outline(" 39\n9.0\n"), ("a POLYLINE", "has a thickness of 9.0 mm")),
    "elevation of a vertex": (
        "old",
        replaced(r"(VERTEX\n(?:[^V]*?) 30\n)0\.0\n", r"\g<1>-3.0\n"),
        ("has an elevation of -3.0 mm",),
    ),
    "elevation of a circle": (
        "router",
        replaced(r"(CIRCLE\n(?:[^V]*?) 30\n)0\.0\n", r"\g<1>-3.0\n"),
        ("a CIRCLE", "has an elevation of -3.0 mm"),
    ),
    "compensated, on a router": (
        "router",
        replaced(r"999\nnominal[^\n]*\n", "999\ngeometry compensated for a kerf of 6 mm: cut on the line\n"),
        ("the comment at its head", "compensated", "nominal, cutter of 6 mm expected"),
    ),
    "another cutter": (
        "router",
        replaced("999\n(nominal[^\n]*) 6 mm", r"999\n\g<1> 4 mm"),
        ("the comment at its head", "4 mm", "cutter of 6 mm expected"),
    ),
    "no remark": (
        "router", replaced("999\nnominal[^\n]*\n", ""), ("the comment at its head does not say", "nominal")
    ),
    "another property": (
        "router",
        replaced(r"(\$CUSTOMPROPERTY\n  1\n)nominal", r"\g<1>compensated"),
        ("its custom property", "nominal, cutter of 6 mm expected"),
    ),
    "nominal, on a laser": (
        "laser",
        replaced("999\ngeometry compensated[^\n]*\n", "999\nnominal geometry\n"),
        ("the comment at its head", "compensated, kerf of 0.2 mm expected"),
    ),
    "another kerf": (
        "laser",
        replaced("(999\n[^\n]*)0[.]2 mm", r"\g<1>0.1 mm"),
        ("the comment at its head", "kerf of 0.2 mm expected"),
    ),
    "extents too small": ("router", replaced(EXTENTS, r"\g<1>100.0"), ("$EXTMAX", "(100.00, ")),
    "extents of nothing": ("router", replaced(EXTENTS, r"\g<1>1e+20"), ("$EXTMAX",)),
    "no extents": ("old", replaced(r"  9\n\$EXTMIN\n 10\n[^\n]+\n 20\n[^\n]+\n( 30\n[^\n]+\n)?", ""), ("$EXTMIN",)),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_a_head_or_an_entity_that_tells_another_story_is_named(
    name: str, packages: Callable[[str], Path], tmp_path: Path
) -> None:
    machine, edit, words = BREAKS[name]
    package = Unpacked(packages(machine), tmp_path / "unpacked")
    path = package.folder / FILE
    with path.open(newline="", encoding="utf-8") as file:
        text = file.read()
    path.write_text(edit(text, OUTSIDE[machine]), encoding="utf-8", newline="")

    report = verify_archive(package.sealed())

    assert names(report, FILE, *words), "\n".join(report.faults)
    # Its PDF page names the sum of the file that was.
    assert [c.id for c in report.checks if not c.ok and c.id != "pdf"] in (["units"], ["layers"])


def svg_edit(package: Unpacked, pattern: str, by: str) -> None:
    path = package.folder / "sheets/sheet-01.svg"
    found, count = re.subn(pattern, by, path.read_text(encoding="utf-8"), count=1)
    assert count == 1
    path.write_text(found, encoding="utf-8")


GROUP = r'(<g id="TOP-CUT-OUTSIDE-17.6MM") stroke="#ff0000"'
SVG_BREAKS = {
    "no stroke": (GROUP, r'\1 stroke="none"', ("stroke none", "#ff0000 expected")),
    "stroke left out": (GROUP, r"\1", ("stroke None", "#ff0000 expected")),
    "another layer's colour": (GROUP, r'\1 stroke="#ff00ff"', ("stroke #ff00ff", "#ff0000 expected")),
    "the sheet's frame as a cut": (
        r'(<g id="SHEET") stroke="#808080"', r'\1 stroke="#ff0000"', ("stroke #ff0000", "#808080 expected")
    ),
    "no width": (r'stroke-width="0.2"', 'stroke-width="0"', ("stroke-width 0",)),
    "no width in a group": (GROUP, r'\g<0> stroke-width="0"', ("stroke-width 0",)),
    "a width that hides": (r'stroke-width="0.2"', 'stroke-width="50"', ("stroke-width 50",)),
    "filled": (r'fill="none"', 'fill="#ffffff"', ("fill #ffffff",)),
    "fill left out": (r'fill="none"', "", ("fill None",)),
    "a colour of a path": (r'<path d="M', '<path stroke="none" d="M', ("a path with stroke",)),
    "not displayed": (r'<path d="M', '<path display="none" d="M', ("a path with display",)),
    "invisible": (GROUP, r'\g<0> visibility="hidden"', ("a g with visibility",)),
    "transparent": (GROUP, r'\g<0> opacity="0"', ("a g with opacity",)),
    "a transparent stroke": (GROUP, r'\g<0> stroke-opacity="0"', ("a g with stroke-opacity",)),
    "dashed away": (GROUP, r'\g<0> stroke-dasharray="0 9999"', ("a g with stroke-dasharray",)),
    "styled": (GROUP, r'\g<0> style="display:none"', ("a g with style",)),
    "a style sheet": (r"<svg ", '<?xml-stylesheet href="x.css"?>\n<svg ', ("style sheet",)),
    "in definitions": (GROUP, r'<defs/>\g<0>', ("a defs element",)),
    "in the title": (r"(<title>[^<]*)(</title>)", r'\1<path d="M0 0L1 0L1 1Z"/>\2', ("inside a title",)),
    "cropped": (r'width="([\d.]+)mm" height', 'width="100mm" height', ("not 1:1",)),
    "cropped page": (r'width="[\d.]+mm"(.*?viewBox="0 -?[\d.]+) [\d.]+', r'width="100mm"\1 100', ("outside its page",)),
    "compensated": (
        r"<desc>nominal[^<]*</desc>", "<desc>geometry compensated for a kerf of 6 mm</desc>", ("its description",)
    ),
    "no description": (r"<desc>[^<]*</desc>", "", ("its description does not say",)),
}  # fmt: skip


@pytest.mark.parametrize("name", SVG_BREAKS)
def test_an_svg_that_shows_less_or_in_another_colour_is_named(
    name: str, packages: Callable[[str], Path], tmp_path: Path
) -> None:
    pattern, by, words = SVG_BREAKS[name]
    package = Unpacked(packages("router"), tmp_path / "unpacked")
    svg_edit(package, pattern, by)

    report = verify_archive(package.sealed())

    assert names(report, "sheets/sheet-01.svg", *words), "\n".join(report.faults)
    assert [c.id for c in report.checks if not c.ok] == ["svg"]
