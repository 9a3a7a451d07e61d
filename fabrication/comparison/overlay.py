# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A part of before and of now laid over each other, as an SVG that also who sees no colours reads.

Old is orange, dashed, and hatched where its wood goes; new is blue, drawn through, and full where wood comes: two colours that
all kinds of colour vision tell apart (Okabe and Ito, "Color Universal Design", 2008), and never the colour alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from html import escape

from shapely import LinearRing, MultiPolygon, Polygon, line_merge
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from designs.contour import Contour
from fabrication.comparison.shape import BAND, CHORD, PartShape, Recess, difference, same_recess
from fabrication.exporters.svg import path_data
from fabrication.plan import FlatPart, Work

OLD, NEW = "#b34a00", "#0b5fa5"
_WOOD = "#efe7d8"
_GREY = "#666"


def overlay_svg(old: PartShape, new: PartShape) -> str:
    """Both in the frame of the new part. One unit is a millimetre."""
    box = _Box.around(old, new)
    gone, come = difference(old.wood, new.wood), difference(new.wood, old.wood)
    both = old.wood.intersection(new.wood)
    kept, left, added = _recesses(old, new)
    kept_lines, old_lines, new_lines = _lines(old, new)
    # Of what is drawn: two drawings on one page share no id, and the same comparison gives the same bytes.
    drawn = repr((old.flat.operations, old.at, new.flat.operations))
    name = hashlib.sha256(drawn.encode()).hexdigest()[:12]
    layers = [
        _pattern(name, box),
        _region(both, box, f'class="o-wood" fill="{_WOOD}" stroke="none"'),
        _region(gone, box, f'class="o-gone" fill="url(#gone-{name})" stroke="none"'),
        _region(come, box, f'class="o-come" fill="{NEW}" fill-opacity=".55" stroke="none"'),
        *(_region(r.region, box, f'fill="none" stroke="{_GREY}" {_thin(0.8)}') for r in kept),
        *(_region(r.region, box, f'fill="url(#gone-{name})" stroke="{OLD}" {_dashed()}') for r in left),
        *(_region(r.region, box, f'fill="{NEW}" fill-opacity=".3" stroke="{NEW}" {_thin(1.4)}') for r in added),
        _strokes(kept_lines, box, f'fill="none" stroke="{_GREY}" {_thin(0.8)}'),
        _strokes(new_lines, box, f'fill="none" stroke="{NEW}" {_thin(1.8)}'),
        _strokes(old_lines, box, f'fill="none" stroke="{OLD}" {_dashed()}'),
    ]
    return box.svg("".join(layers), f"Pièce {new.flat.code} : avant en tirets orange, maintenant en trait bleu")


def single_svg(part: FlatPart, *, is_old: bool = False, is_new: bool = False) -> str:
    """A part that stands alone: in the old's colours, in the new's, or in grey where it stayed."""
    shape = PartShape(part)
    box = _Box.around(shape)
    colour = OLD if is_old else NEW if is_new else _GREY
    layers = [
        _region(shape.wood, box, f'class="o-wood" fill="{_WOOD}" stroke="none"'),
        *(
            _region(r.region, box, f'fill="{colour}" fill-opacity=".15" stroke="{colour}" {_thin(0.8)}')
            for r in shape.recesses
        ),
        _paths(_through(shape), box, f'fill="none" stroke="{colour}" {_thin(1.4)}'),
    ]
    fate = "supprimée" if is_old else "ajoutée" if is_new else "inchangée"
    return box.svg("".join(layers), f"Pièce {part.code}, {fate}")


def _recesses(old: PartShape, new: PartShape) -> tuple[list[Recess], list[Recess], list[Recess]]:
    """Those that both have, those of the old alone, those of the new alone."""
    added, left, kept = list(new.recesses), [], []
    for one in old.recesses:
        found = next((r for r in added if same_recess(one, r)), None)
        if found is None:
            left.append(one)
        else:
            kept.append(found)
            added.remove(found)
    return kept, left, added


class _Box:
    """What is shown, and how thick lines are for it: of a drawing about 300 points wide."""

    def __init__(self, bounds: tuple[float, float, float, float]) -> None:
        x0, y0, x1, y1 = bounds
        self.size = max(x1 - x0, y1 - y0)
        margin = self.size / 40
        self.left, self.width, self.height = x0 - margin, x1 - x0 + 2 * margin, y1 - y0 + 2 * margin
        self.top = y1

    @classmethod
    def around(cls, *shapes: PartShape) -> _Box:
        boxes = [shape.outline.bounds for shape in shapes]
        lows, highs = [b[:2] for b in boxes], [b[2:] for b in boxes]
        (x0, y0), (x1, y1) = map(min, zip(*lows, strict=True)), map(max, zip(*highs, strict=True))
        return cls((x0, y0, x1, y1))

    def svg(self, content: str, label: str) -> str:
        margin = self.size / 40
        box = " ".join(_number(v) for v in (self.left, -margin, self.width, self.height))
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="img" aria-label="{escape(label)}">{content}</svg>'


def _pattern(name: str, box: _Box) -> str:
    step = _number(box.size / 45)
    return (
        f'<defs><pattern id="gone-{name}" width="{step}" height="{step}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="{step}" height="{step}" fill="{OLD}" fill-opacity=".14"/>'
        f'<path d="M0 0V{step}" stroke="{OLD}" stroke-width="{_number(box.size / 110)}"/></pattern></defs>'
    )


def _thin(width: float) -> str:
    return f'stroke-width="{width:g}" vector-effect="non-scaling-stroke"'


def _dashed() -> str:
    return f'{_thin(1.6)} stroke-dasharray="6 4"'


def _through(shape: PartShape) -> list[Contour]:
    """The outline and what goes through, where the shape lies."""
    found = [o.contour for o in shape.flat.operations if o.work is Work.CUT_OUTSIDE or shape.is_opening(o)]
    return found if shape.at.is_identity else [shape.at.contour(contour) for contour in found]


def _lines(old: PartShape, new: PartShape) -> tuple[BaseGeometry, BaseGeometry, BaseGeometry]:
    """Lines that both have, those of the old alone, those of the new alone: what stayed is drawn once, and quietly."""
    ones, others = (unary_union([LinearRing(c.points(CHORD)) for c in _through(shape)]) for shape in (old, new))
    near_old, near_new = ones.buffer(BAND), others.buffer(BAND)
    return others.intersection(near_old), ones.difference(near_new), others.difference(near_old)


def _strokes(lines: BaseGeometry, box: _Box, attributes: str) -> str:
    """As chords of a twentieth of a millimetre, one run where pieces go on."""
    joined = line_merge(lines) if not lines.is_empty else lines
    runs = [run.simplify(0.05) for run in getattr(joined, "geoms", [joined]) if run.length > BAND]
    data = "".join("M" + "L".join(f"{_number(x)} {_number(box.top - y)}" for x, y in run.coords) for run in runs)
    return f'<path d="{data}" {attributes}/>' if data else ""


def _paths(contours: Iterable[Contour], box: _Box, attributes: str) -> str:
    """As lines and true arcs."""
    data = "".join(path_data(contour, box.top) for contour in contours)
    return f'<path d="{data}" {attributes}/>' if data else ""


def _region(region: BaseGeometry, box: _Box, attributes: str) -> str:
    # Chords of a twentieth of a millimetre: what is filled has its exact contours drawn over it.
    data = "".join(_rings(region.simplify(0.05), box.top))
    return f'<path d="{data}" fill-rule="evenodd" {attributes}/>' if data else ""


def _rings(region: BaseGeometry, top: float) -> Iterator[str]:
    for polygon in getattr(region, "geoms", [region]):
        if isinstance(polygon, MultiPolygon):
            yield from _rings(polygon, top)
        elif isinstance(polygon, Polygon) and not polygon.is_empty:
            for ring in (polygon.exterior, *polygon.interiors):
                yield "M" + "L".join(f"{_number(x)} {_number(top - y)}" for x, y in ring.coords[:-1]) + "Z"


def _number(value: float) -> str:
    """To a hundredth of a millimetre, which no screen shows."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
