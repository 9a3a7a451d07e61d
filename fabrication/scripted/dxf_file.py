# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reads a DXF's contours as flat parts, in the jail.

A file whose layers follow our own grammar (``fabrication/layers.py``) says faces and depths by them. In any other file the
outermost closed contours are parts, contours inside them holes, and what lies in a hole is a part again.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from designs.contour import Contour
from designs.panel import ENGRAVING_DEPTH
from designs.typography import french_number
from fabrication.loops import canonical
from fabrication.plan import Face, FlatPart, Operation, Work
from fabrication.scripted.collected import Found, collected
from fabrication.scripted.dxf_loops import Loop, loops_of
from fabrication.scripted.errors import Fault, UploadError
from fabrication.scripted.flat_data import CHORD, MAX_CHORDS, operation, polygon

#: Drawn on these layers of ours is what nobody cuts.
IGNORED = ("SHEET", "LABEL", "SCALE", "DONOTCUT", "DEFPOINTS")
#: Records in a file, which is counted before it is read: a polyline of R12 has one a corner.
MAX_RECORDS = 100_000
_RECORD = re.compile(rb"^ *0\r?$", re.MULTILINE)
_LAYER = re.compile(
    r"(TOP|BOTTOM)-(CUT-OUTSIDE|CUT-INSIDE|POCKET|DRILL|ENGRAVE)(?:-\d+[._]\d+MM(?=-))?(?:-(\d+)[._](\d+)MM)?(?:-MILL.*)?\Z"
)
#: mm: thinner is no sheet, and what isn't at least as wide as this is no part.
THINNEST, THICKEST, NARROWEST = 2.0, 60.0, 5.0


class _Cut(NamedTuple):
    """A contour with what its layer says; ``depth`` None goes through."""

    loop: Loop
    is_outline: bool
    face: Face
    depth: float | None


def dxf_parts(data: bytes, header: Mapping[str, Any]) -> dict[str, Any]:
    """``{"parts": …, "notes": […]}``; ``header["thickness"]`` (mm) is that of the sheet where layers don't say it.

    Raises UploadError."""
    import ezdxf
    from ezdxf import recover

    if data[:4] == b"AC10":
        _refuse("C’est un fichier DWG : enregistrez-le en DXF.", "a DWG file")
    if len(_RECORD.findall(data)) > MAX_RECORDS:
        _refuse("Ce fichier a trop d’éléments : gardez les contours à découper.", "too many records")
    try:
        document, _ = recover.read(io.BytesIO(data))
    except (ezdxf.DXFError, OSError, ValueError, KeyError, IndexError, AttributeError, TypeError) as error:  # type: ignore[attr-defined]
        _refuse(
            "Ce fichier DXF ne se lit pas : enregistrez-le de nouveau, par exemple en DXF R2010.",
            f"no DXF: {error}"[:300],
        )
    loops, notes = loops_of(document, IGNORED)
    if not loops:
        _refuse("Ce fichier ne contient aucun contour fermé.", "no closed contour")
    cuts = [_LAYER.match(loop.layer.upper()) for loop in loops]
    if any(match is not None and match[2] == "CUT-OUTSIDE" for match in cuts):
        thickness, read = _by_layer(loops, cuts, notes)
    else:
        thickness, read = _asked(header.get("thickness")), _by_nesting(loops)
    return {"parts": collected(_parts(read, thickness)), "notes": notes}


def _asked(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not THINNEST <= value <= THICKEST:
        _refuse(f"Dites l’épaisseur du panneau, entre {french_number(THINNEST)} et {french_number(THICKEST)} mm : ce fichier ne la contient pas.", "no thickness")  # fmt: skip
    return float(value)


def _by_layer(
    loops: Sequence[Loop], matches: Sequence[re.Match[str] | None], notes: list[str]
) -> tuple[float, list[_Cut]]:
    """Thickness and cuts of a file that follows our grammar."""
    unknown = sorted({loop.layer for loop, match in zip(loops, matches, strict=True) if match is None})
    if unknown:
        notes.append(f"Calques inconnus, non repris : {', '.join(unknown[:8])}.")
    known = [(loop, match) for loop, match in zip(loops, matches, strict=True) if match is not None]
    depths = {float(f"{m[3]}.{m[4]}") for _, m in known if m[2] == "CUT-OUTSIDE" and m[3]}
    if len(depths) != 1:
        each = ", ".join(french_number(depth) for depth in sorted(depths)) or "aucune"
        _refuse(
            f"Les calques CUT-OUTSIDE disent l’épaisseur du panneau ; il en faut une seule : {each}.",
            f"{depths}",
        )
    thickness = depths.pop()
    cuts = []
    for loop, match in known:
        work, depth = match[2], float(f"{match[3]}.{match[4]}") if match[3] else None
        if work == "ENGRAVE":
            depth = ENGRAVING_DEPTH
        elif depth is None or depth >= thickness - 0.06 or work.startswith("CUT"):
            depth = None
        cuts.append(_Cut(loop, work == "CUT-OUTSIDE", Face(match[1].lower()), depth))
    notes.append(
        "Les calques sont ceux de Tréteau : faces et profondeurs en viennent. Des dégagements d’angle déjà dessinés sont gardés."
    )
    return thickness, cuts


def _by_nesting(loops: Sequence[Loop]) -> list[_Cut]:
    """The outermost contours are parts, those inside them holes, and so on inwards."""
    shapes = [polygon(loop.contour) for loop in loops]
    order = sorted(range(len(loops)), key=lambda i: -shapes[i].area)
    level = {}
    for place, index in enumerate(order):
        level[index] = sum(shapes[other].contains(shapes[index]) for other in order[:place])
    return [_Cut(loop, level[index] % 2 == 0, Face.TOP, None) for index, loop in enumerate(loops)]


def _parts(cuts: Sequence[_Cut], thickness: float) -> list[Found]:
    """Each cut belongs to the smallest outline around it."""
    if sum(len(cut.loop.contour.points(CHORD)) for cut in cuts) > MAX_CHORDS:
        _refuse("Ce dessin a trop d’arcs.", "too many chords")
    shapes = [polygon(cut.loop.contour) for cut in cuts]
    for cut, shape in zip(cuts, shapes, strict=True):
        if not shape.is_valid:
            _refuse(
                f"Calque {cut.loop.layer} : un contour se croise lui-même{_near(cut.loop.contour)}.",
                "a contour crosses itself",
            )
    outlines = sorted((i for i, cut in enumerate(cuts) if cut.is_outline), key=lambda i: shapes[i].area)
    inside: dict[int, list[int]] = {index: [] for index in outlines}
    for index, cut in enumerate(cuts):
        if cut.is_outline:
            continue
        around = next((o for o in outlines if shapes[o].buffer(2 * CHORD).covers(shapes[index])), None)
        if around is None:
            _refuse(
                f"Calque {cut.loop.layer} : un usinage n’est dans aucune pièce{_near(cut.loop.contour)}.",
                "a cut outside of all parts",
            )
        inside[around].append(index)
    _require_apart([shapes[i] for i in outlines], [cuts[i] for i in outlines])
    return [
        Found("", _part(cuts[index].loop.contour, [cuts[i] for i in inside[index]], thickness), None)
        for index in sorted(outlines)
    ]


def _require_apart(shapes: Sequence[Any], cuts: Sequence[_Cut]) -> None:
    """Outlines may lie in each other's holes, and never cross."""
    from shapely import STRtree

    tree = STRtree([shape.exterior for shape in shapes])
    for index, shape in enumerate(shapes):
        if any(other != index for other in tree.query(shape.exterior, predicate="intersects")):
            _refuse(f"Deux contours extérieurs se croisent{_near(cuts[index].loop.contour)}.", "outlines cross")


def _part(outline: Contour, cuts: Sequence[_Cut], thickness: float) -> FlatPart:
    """In a frame of its own: its lower left corner is the origin. A contour inside another of the same layer is an island."""
    left, low, right, high = outline.bounds
    if min(right - left, high - low) < NARROWEST:
        _refuse(
            f"Une pièce mesure moins de {french_number(NARROWEST)} mm de large{_near(outline)}.", "a part too narrow"
        )
    operations = []
    for cut, islands in _with_islands(cuts):
        contours = [_moved(contour, left, low) for contour in (cut.loop.contour, *islands)]
        depth = thickness if cut.depth is None else cut.depth
        operations.append(operation(cut.face, depth, contours[0], contours[1:], thickness))
    whole = Operation(Work.CUT_OUTSIDE, Face.TOP, thickness, _moved(outline, left, low))
    return FlatPart("P01", "", thickness, (*operations, whole))


def _with_islands(cuts: Sequence[_Cut]) -> list[tuple[_Cut, list[Contour]]]:
    shapes = [polygon(cut.loop.contour) for cut in cuts]
    result: list[tuple[_Cut, list[Contour]]] = []
    holders: dict[int, list[Contour]] = {}
    order = sorted(range(len(cuts)), key=lambda i: -shapes[i].area)
    level: dict[int, int] = {}
    for place, index in enumerate(order):
        cut = cuts[index]
        around = [
            other
            for other in order[:place]
            if cut.depth is not None
            and cuts[other].loop.layer == cut.loop.layer
            and shapes[other].contains(shapes[index])
        ]
        level[index] = len(around)
        if len(around) % 2:
            parent = next(other for other in reversed(around) if level[other] == len(around) - 1)
            holders[parent].append(cut.loop.contour)
        else:
            holders[index] = []
            result.append((cut, holders[index]))
    return result


def _moved(contour: Contour, left: float, low: float) -> Contour:
    return canonical(contour.moved(-left, -low).segments())


def _near(contour: Contour) -> str:
    left, low, right, high = contour.bounds
    x, y = french_number((left + right) / 2, 0), french_number((low + high) / 2, 0)
    return f", près de x = {x} mm, y = {y} mm"


def _refuse(french: str, english: str) -> NoReturn:
    raise UploadError([Fault("file", french, english)])
