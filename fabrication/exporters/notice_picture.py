# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A step's picture: what stands there in thin lines, what comes filled and in thick ones, apart from where it
goes; dashes lead to its place, an arrow says the way, labels name the parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import shapely
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from designs.furniture import Furniture
from fabrication.exporters.notice_story import Stage
from fabrication.exporters.pdf_text import BOLD, plain, width_of
from fabrication.linework.exploded import apart, part_bodies
from fabrication.linework.hidden import Picture, Placed, joined, seen_edges, seen_engraving
from fabrication.linework.shells import Floats
from fabrication.linework.views import Eye, Window, best_eye, frame, see, window
from fabrication.plan import FlatPart

#: Pixels a millimetre of paper: a line is found to a sixth of a millimetre.
FINE = 6.0
#: What comes is tinted: light enough to print as a light grey.
TINT = (1.0, 0.80, 0.42)
_THIN, _THICK, _DASHED = 0.45, 1.0, 0.45  # points
_LABEL = 9.0
#: Paper for a millimetre of the piece, at most: a small piece is not drawn larger than it is.
_LARGEST = 0.8
#: A detail is drawn instead of the whole where it is less than this share of it.
_DETAIL = 0.4


class Rectangle(NamedTuple):
    """On the page, mm from its lower left corner."""

    x: float
    y: float
    width: float
    height: float


class Label(NamedTuple):
    text: str
    x: float  # of what it names, mm on the page
    y: float
    strong: bool


def draw_stage(canvas: Canvas, stage: Stage, room: Rectangle, before: Eye | None = None) -> Eye:
    """Draw a stage into a rectangle; gives where it is seen from."""
    placed = [Placed(body.shell, body.matrix, body.shift) for body in stage.bodies]
    comes = [i for i, body in enumerate(stage.bodies) if body.moves or body.fresh]
    eye = best_eye(placed, comes, stage.mouths, stage.up, before)
    axes = frame(eye.azimuth, stage.up, eye.elevation)
    shown = _framed(placed, comes, axes)
    inner = Rectangle(room.x + 20, room.y + 3, room.width - 40, room.height - 6)  # labels stand at both sides
    scale = min(inner.width / shown.width, inner.height / shown.height, _LARGEST)
    left = inner.x + (inner.width - shown.width * scale) / 2
    low = inner.y + (inner.height - shown.height * scale) / 2
    picture = see(placed, axes, shown, scale * FINE)
    canvas.saveState()
    clip = canvas.beginPath()
    clip.rect(left * mm, low * mm, shown.width * scale * mm, shown.height * scale * mm)
    canvas.clipPath(clip, stroke=0, fill=0)
    pen = _Pen(canvas, left, low)
    pen.fill(_areas(picture, comes), TINT)
    for i, (one, body) in enumerate(zip(placed, stage.bodies, strict=True)):
        strong = i in comes
        pen.lines(seen_engraving(picture, one), _THIN, 0.55)
        pen.lines(
            seen_edges(picture, one), (_THICK if body.copy else 0.6) if strong else _THIN, 0.0 if strong else 0.25
        )
    _ways(pen, picture, stage)
    canvas.restoreState()
    whole = window(placed, axes)
    if shown.width < whole.width or shown.height < whole.height:  # a detail is seen to be one
        canvas.setStrokeGray(0.7)
        canvas.setLineWidth(0.5)
        canvas.roundRect(left * mm, low * mm, shown.width * scale * mm, shown.height * scale * mm, 2 * mm)
    if stage.travel is not None:
        _arrow(canvas, stage, picture, left, low)
    labels = _labels(stage, picture, left, low)
    drawn = Rectangle(left, low, shown.width * scale, shown.height * scale)
    _write_labels(canvas, labels, room, drawn)
    return eye


def draw_whole(canvas: Canvas, placed: Sequence[Placed], room: Rectangle, azimuth: float = -36.0) -> None:
    """The finished piece in a rectangle."""
    axes = frame(azimuth)
    shown = window(placed, axes).grown(2.0)
    scale = min(room.width / shown.width, room.height / shown.height, _LARGEST)
    left = room.x + (room.width - shown.width * scale) / 2
    low = room.y + (room.height - shown.height * scale) / 2
    picture = see(placed, axes, shown, scale * FINE)
    pen = _Pen(canvas, left, low)
    for one in placed:
        pen.lines(seen_engraving(picture, one), _THIN, 0.4)
        pen.lines(seen_edges(picture, one), 0.55, 0.1)


def draw_apart(canvas: Canvas, furniture: Furniture, flat_parts: Sequence[FlatPart], room: Rectangle) -> None:
    """All parts moved away from the middle, with their codes."""
    bodies = part_bodies(furniture, flat_parts)
    placed = apart([Placed(shell, place, np.zeros(3)) for shell, place in bodies.values()], 0.7)
    axes = frame(-36.0)
    shown = window(placed, axes).grown(2.0)
    inner = Rectangle(room.x + 20, room.y + 3, room.width - 40, room.height - 6)
    scale = min(inner.width / shown.width, inner.height / shown.height, _LARGEST)
    left, low = inner.x + (inner.width - shown.width * scale) / 2, inner.y + (inner.height - shown.height * scale) / 2
    picture = see(placed, axes, shown, scale * FINE)
    pen = _Pen(canvas, left, low)
    for one in placed:
        pen.lines(seen_engraving(picture, one), _THIN, 0.4)
        pen.lines(seen_edges(picture, one), 0.6, 0.0)
    copies = list(bodies)
    labels = []
    for code in dict.fromkeys(code for code, _ in copies):
        mine = [i for i, copy in enumerate(copies) if copy[0] == code]
        x, y = _anchor(picture, mine) or (-1.0, -1.0)
        count = f"  × {len(mine)}" if len(mine) > 1 else ""
        labels.append(Label(f"{code}{count}", x / FINE + left, y / FINE + low, True))
    _write_labels(canvas, labels, room, Rectangle(left, low, shown.width * scale, shown.height * scale))


def _anchor(picture: Picture, numbers: Sequence[int]) -> tuple[float, float] | None:
    """A pixel well inside of what is seen of the best seen of some bodies."""
    best: tuple[int, float, float] | None = None
    for number in numbers:
        rows, columns = np.nonzero(picture.owner == number)
        if len(rows) < 30 or (best and len(rows) <= best[0]):
            continue
        k = int(np.argmin((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2))
        best = (len(rows), float(columns[k]), float(rows[k]))
    return (best[1], best[2]) if best else None


def _framed(placed: list[Placed], comes: list[int], axes: Floats) -> Window:
    """All of it; or, where what comes is small, what is around it."""
    everything = window(placed, axes)
    if not comes:
        return everything.grown(6.0)
    final = [Placed(one.shell, one.matrix, np.zeros(3)) for i, one in enumerate(placed) if i in comes]
    part = window([*(placed[i] for i in comes), *final], axes)
    size = max(everything.width, everything.height)
    margin = max(0.2 * size, 0.6 * max(part.width, part.height))
    near = part.grown(margin)
    detail = Window(
        max(near.left, everything.left - 8), max(near.low, everything.low - 8),
        min(near.right, everything.right + 8), min(near.high, everything.high + 8),
    )  # fmt: skip
    if detail.width * detail.height > _DETAIL * everything.width * everything.height:
        return everything.grown(0.02 * size)  # a picture cut off for a little more size is harder to read
    return detail


class _Pen:
    """Draws pixels of a picture as lines on the page."""

    def __init__(self, canvas: Canvas, left: float, low: float) -> None:
        self.canvas, self.left, self.low = canvas, left * mm, low * mm
        self.unit = mm / FINE

    def lines(self, stretches: Floats, width: float, grey: float, dashes: str = "[] 0") -> None:
        if len(stretches):
            self.canvas.addLiteral(
                f"q {width:g} w {grey:g} G 1 J 1 j {dashes} d {' '.join(self._path(joined(stretches)))} S Q"
            )

    def fill(self, areas: Iterable[Floats], colour: tuple[float, float, float]) -> None:
        paths = [f"{path} h" for path in self._path(areas)]
        if paths:
            red, green, blue = colour
            self.canvas.addLiteral(f"q {red:g} {green:g} {blue:g} rg {' '.join(paths)} f* Q")

    def _path(self, lines: Iterable[Floats]) -> list[str]:
        found = []
        for line in lines:
            points = line * self.unit + (self.left, self.low)
            (x, y), rest = points[0], points[1:]
            found.append(f"{x:.2f} {y:.2f} m " + " ".join(f"{a:.2f} {b:.2f} l" for a, b in rest))
        return found


def _areas(picture: Picture, numbers: Sequence[int]) -> list[Floats]:
    """Outlines (pixels) of what is seen of some bodies, holes among them."""
    coarse = 2
    mask = np.isin(picture.owner[coarse // 2 :: coarse, coarse // 2 :: coarse], list(numbers))
    if not mask.any():
        return []
    edge = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edge == 1)
    _, ends = np.nonzero(edge == -1)
    boxes = shapely.box(starts * coarse, rows * coarse, ends * coarse, (rows + 1) * coarse)
    area = shapely.simplify(shapely.union_all(boxes), 1.5)
    polygons = [polygon for polygon in shapely.get_parts(area) if polygon.area > 12]
    polygons.sort(key=lambda polygon: polygon.bounds)
    return [np.array(ring.coords)[:-1] for p in polygons for ring in (p.exterior, *p.interiors)]


def _ways(pen: _Pen, picture: Picture, stage: Stage) -> None:
    """Dashes from where parts come to where they meet; where they just slide, where they will be."""
    if stage.travel is None:
        return
    shifts = [body.shift for body in stage.bodies if body.moves and body.copy is not None]
    if not shifts:
        return
    if len(stage.spots):
        ends = np.stack([stage.spots, stage.spots + shifts[0]], axis=1)
        pen.lines(picture.flat(ends)[..., :2], _DASHED, 0.25, "[2.2 2.2] 0")
    else:
        for body in stage.bodies:
            if body.moves and body.copy is not None:
                ghost = Placed(body.shell, body.matrix, np.zeros(3))
                pen.lines(seen_edges(picture, ghost), _DASHED, 0.25, "[1.6 2.0] 0")


def _arrow(canvas: Canvas, stage: Stage, picture: Picture, left: float, low: float) -> None:
    """A thick arrow in the gap, along the way."""
    moving = [body for body in stage.bodies if body.moves and body.copy is not None]
    if not moving or stage.travel is None:
        return
    middles = np.array([Placed(b.shell, b.matrix, b.shift).world(b.shell.corners).mean(axis=0) for b in moving])
    middle = middles.mean(axis=0)
    target = stage.spots.mean(axis=0) if len(stage.spots) else middle - moving[0].shift
    # As deep along the way as where the parts meet, beside the middle of what comes.
    along = stage.travel
    tip = middle + along * float((target - middle) @ along)
    tail = tip + moving[0].shift
    ends = picture.flat(np.array([tip, tail]))[:, :2] / FINE + (left, low)
    end, begin = ends
    run = end - begin
    length = float(np.linalg.norm(run))
    if length < 3.0:
        return
    unit = run / length
    centre = (begin + end) / 2 + unit * 0.08 * length
    half = min(max(0.5 * length, 5.0), 11.0) / 2
    tip2, tail2, across = centre + unit * half, centre - unit * half, np.array([-unit[1], unit[0]])
    head, wing, shaft = 3.6, 2.7, 1.15
    neck = tip2 - unit * head
    outline = [tail2 + across * shaft, neck + across * shaft, neck + across * wing, tip2,
               neck - across * wing, neck - across * shaft, tail2 - across * shaft]  # fmt: skip
    path = canvas.beginPath()
    path.moveTo(*(outline[0] * mm))
    for point in outline[1:]:
        path.lineTo(*(point * mm))
    path.close()
    canvas.saveState()
    canvas.setFillGray(0.0)
    canvas.setStrokeGray(1.0)
    canvas.setLineWidth(1.2)
    canvas.setLineJoin(1)
    canvas.drawPath(path, stroke=1, fill=1)
    canvas.restoreState()


def _labels(stage: Stage, picture: Picture, left: float, low: float) -> list[Label]:
    """Each code that comes, with its count; the sub-assemblies by their steps; what they go onto, quietly."""
    found: list[Label] = []
    order = [body.copy for body in stage.bodies]

    def anchor(copies: Sequence[tuple[str, int]]) -> tuple[float, float] | None:
        spot = _anchor(picture, [order.index(copy) for copy in copies if copy in order])
        return (spot[0] / FINE + left, spot[1] / FINE + low) if spot else None

    for code in dict.fromkeys(code for code, _ in stage.named):
        copies = [copy for copy in stage.named if copy[0] == code]
        spot = anchor(copies)
        count = f"  × {len(copies)}" if len(copies) > 1 else ""
        x, y = spot or (-1.0, -1.0)
        found.append(Label(f"{code}{count}", x, y, True))
    for copy, number in stage.sub:
        if spot := anchor([copy]):
            found.append(Label(f"étape {number}", *spot, True))
    for code in list(dict.fromkeys(code for code, _ in stage.onto))[:4]:
        if any(code == named for named, _ in stage.named):
            continue
        if spot := anchor([copy for copy in stage.onto if copy[0] == code]):
            found.append(Label(code, *spot, False))
    return found


def _write_labels(canvas: Canvas, labels: list[Label], room: Rectangle, drawn: Rectangle) -> None:
    """At the nearer side of the picture, one above the other, a line to what each names."""
    middle = room.x + room.width / 2
    for right in (False, True):
        mine = sorted((one for one in labels if (one.x >= middle) == right), key=lambda one: (-one.y, one.text))
        step, y = 6.4, room.y + room.height - 5.0
        # Each as high as what it names, pushed down by the one above.
        for i, label in enumerate(mine):
            below = (len(mine) - 1 - i) * step
            y = max(min(y, label.y if label.y >= 0 else y), room.y + 3.0 + below)
            wide = width_of(label.text, _LABEL, BOLD) + 3.4
            x = min(room.x + room.width - wide, drawn.x + drawn.width + 5)
            if not right:
                x = max(room.x, drawn.x - wide - 5)
            canvas.saveState()
            canvas.setStrokeGray(0.0 if label.strong else 0.45)
            canvas.setLineWidth(0.5)
            if label.x >= 0:
                canvas.line((x if right else x + wide) * mm, y * mm, label.x * mm, label.y * mm)
                canvas.setFillGray(0.0 if label.strong else 0.45)
                canvas.circle(label.x * mm, label.y * mm, 0.75 * mm, stroke=0, fill=1)
            canvas.setFillGray(0.0 if label.strong else 1.0)
            canvas.roundRect(x * mm, (y - 2.5) * mm, wide * mm, 5.0 * mm, 1.2 * mm, stroke=1, fill=1)
            canvas.setFillGray(1.0 if label.strong else 0.25)
            canvas.setFont(BOLD, _LABEL)
            canvas.drawString((x + 1.7) * mm, (y - 1.1) * mm, plain(label.text))
            canvas.restoreState()
            y -= step
