# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Shapes in SVG and PDF that keep their box, area and length, and are other shapes all the same."""
# ruff: noqa: F811 - fixtures are asked for by their names

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pytest

from fabrication.verification import verify_archive
from fabrication.verification.pictures import compare_pictures
from fabrication.verification.rings import Ring
from tests.broken_packages import Unpacked, names, packages, router  # noqa: F401 - fixtures

Point = tuple[float, float]
#: Moves a point; is told the box of the contour that it belongs to, and all its points.
Change = Callable[[Point, tuple[float, float, float, float], list[Point]], Point]
OUTSIDE, POCKET = "TOP-CUT-OUTSIDE-17.6MM", "TOP-POCKET-9.0MM"


def mirrored(point: Point, box: tuple[float, float, float, float], points: list[Point]) -> Point:
    return box[0] + box[2] - point[0], point[1]


def notch_moved(point: Point, box: tuple[float, float, float, float], points: list[Point]) -> Point:
    """The seat's corners are round; what is far from them is its notch, which moves along its edge."""
    if any(abs(point[0] - x) < 21 and abs(point[1] - y) < 21 for x in box[::2] for y in box[1::2]):
        return point
    mouth = [p for p in points if p[0] - box[0] > 21 and box[2] - p[0] > 21 and p[1] in (box[1], box[3])]
    return (point[0] + 1, point[1]) if mouth else (point[0], point[1] + 1)


def moved(point: Point, box: tuple[float, float, float, float], points: list[Point]) -> Point:
    return point[0] + 1, point[1]


def box_of(points: Iterable[Point]) -> tuple[float, float, float, float]:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def largest(contours: list[tuple[str, list[Point]]]) -> tuple[str, list[Point]]:
    def area(contour: tuple[str, list[Point]]) -> float:
        left, low, right, high = box_of(contour[1])
        return (right - left) * (high - low)

    return max(contours, key=area)


def change_svg(package: Unpacked, file: str, layer: str, change: Change, flip: bool) -> None:
    """Redraw the largest contour of a layer."""
    path = package.folder / file
    head, mark, rest = path.read_text().partition(f'<g id="{layer}"')
    group, end, tail = rest.partition("</g>")
    command = re.compile(r"([MLA])([^MLAZ]*)")

    def ends(data: str) -> list[Point]:
        return [(float(n[-2]), float(n[-1])) for _, text in command.findall(data) for n in [text.split()]]

    data, points = largest([(d, ends(d)) for d in re.findall(r'd="([^"]*)"', group)])
    box = box_of(points)

    def word(match: re.Match[str]) -> str:
        numbers = match[2].split()
        x, y = change((float(numbers[-2]), float(numbers[-1])), box, points)
        if match[1] == "A" and flip:
            numbers[4] = str(1 - int(numbers[4]))
        return match[1] + " ".join([*numbers[:-2], f"{x:.6f}", f"{y:.6f}"])

    changed = group.replace(data, command.sub(word, data))
    assert changed != group
    path.write_text(head + mark + changed + end + tail)


def change_pdf(package: Unpacked, page_number: int, layer: str, change: Change) -> None:
    import pypdf
    from pypdf.generic import DecodedStreamObject, NameObject

    writer = pypdf.PdfWriter(clone_from=package.folder / "sheets.pdf")
    page = writer.pages[page_number]
    content = page.get_contents().get_data().decode("latin-1")
    head, mark, rest = content.partition(f"/{layer} BMC\n")
    group, end, tail = rest.partition("EMC")
    pair = re.compile(r"(-?[\d.]+) (-?[\d.]+)(?= )")
    subpaths = re.findall(r"-?[\d.]+ -?[\d.]+ m .*? h", group)
    data, points = largest([(s, [(float(x), float(y)) for x, y in pair.findall(s)]) for s in subpaths])
    box = box_of(points)

    def word(match: re.Match[str]) -> str:
        x, y = change((float(match[1]), float(match[2])), box, points)
        return f"{x:.4f} {y:.4f}"

    changed = group.replace(data, pair.sub(word, data))
    assert changed != group
    stream = DecodedStreamObject()
    stream.set_data((head + mark + changed + end + tail).encode("latin-1"))
    page[NameObject("/Contents")] = writer._add_object(stream)
    writer.write(package.folder / "sheets.pdf")


CHANGES = [(OUTSIDE, mirrored), (OUTSIDE, notch_moved), (POCKET, moved)]


@pytest.mark.parametrize("kind", ["svg", "pdf"])
@pytest.mark.parametrize(("layer", "change"), CHANGES, ids=lambda v: getattr(v, "__name__", str(v)))
def test_a_contour_redrawn_in_one_picture_only_is_named(
    kind: str, layer: str, change: Change, router: Unpacked
) -> None:
    sheet, _ = router.placed("P01")
    index = sheet["index"]
    if kind == "svg":
        file = sheet["file"].replace(".dxf", ".svg")
        change_svg(router, file, layer, change, flip=change is mirrored)
        words = (file, layer)
    else:
        change_pdf(router, index - 1, layer, change)
        words = ("sheets.pdf", f"page {index}", layer)

    report = verify_archive(router.sealed())

    assert names(report, *words, "is not the same here"), report.faults
    assert [c.id for c in report.checks if not c.ok] == [kind], "no other file was touched"


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_a_contour_redrawn_where_it_was_is_no_fault(kind: str, router: Unpacked) -> None:
    """The helpers above change what they say they change, and nothing else."""

    def still(point: Point, box: tuple[float, float, float, float], points: list[Point]) -> Point:
        return point[0] + 1e-6, point[1]

    sheet, _ = router.placed("P01")
    if kind == "svg":
        change_svg(router, sheet["file"].replace(".dxf", ".svg"), OUTSIDE, still, flip=False)
    else:
        change_pdf(router, sheet["index"] - 1, OUTSIDE, lambda p, box, points: (p[0] + 0.001, p[1]))

    assert verify_archive(router.sealed()).faults == ()


def alike(a: Ring, b: Ring, tolerance: float = 0.01) -> bool:
    return not list(compare_pictures({"L": [a]}, {"L": [b]}, tolerance))


def test_the_same_corners_joined_in_another_order_are_another_shape() -> None:
    # An arrowhead and its turned twin: the same four points, the same box.
    one = Ring(((0, 0, 0), (10, 0, 0), (5, 4, 0), (5, 10, 0)))
    other = Ring(((0, 0, 0), (5, 4, 0), (10, 0, 0), (5, 10, 0)))
    assert alike(one, one)
    assert not alike(one, other)


def test_a_notch_a_hair_further_along_is_another_shape_and_a_rounding_is_not() -> None:
    def plate(x: float) -> Ring:
        corners = [(0, 0), (100, 0), (100, 50), (x + 20, 50), (x + 20, 40), (x, 40), (x, 50), (0, 50)]
        return Ring(tuple((*c, 0.0) for c in corners))

    assert alike(plate(30), plate(30.005))
    assert not alike(plate(30), plate(30.05))
    assert not alike(plate(30), plate(50))


def test_a_long_shallow_arc_is_not_its_chord_nor_one_of_another_rise() -> None:
    def bow(bulge: float) -> Ring:
        return Ring(((0, 0, bulge), (1000, 0, 0), (1000, 300, 0), (0, 300, 0)))

    assert alike(bow(0.001), bow(0.001))
    assert not alike(bow(0.001), bow(0.0))
    assert not bow(0.001).same(bow(0.00109))


def test_a_circle_is_the_same_from_wherever_it_starts() -> None:
    here, turned = Ring.circle(5, 5, 3), Ring(((5, 2, 1), (5, 8, 1)))
    assert here.same(turned)
    assert not here.same(Ring.circle(5, 5, 3.01))
    assert not here.same(Ring(((2, 5, 1), (8, 5, 0.5))))
