# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Bought things drawn flat, at true scale, from their references: what is laid on the drawing is the right one.

Sizes beside those in the reference are the norm's, or the trade's usual ones.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

Points = list[tuple[float, float]]

_HEX = {4: 7.0, 5: 8.0, 6: 10.0, 8: 13.0}  # across flats, ISO 272
_LOCK_NUT = {6: 8.0, 8: 9.5, 4: 5.0, 5: 6.3}  # height, ISO 10511 with its ring
_BUTTON = {4: (9.4, 2.2), 5: (11.8, 2.75), 6: (13.6, 3.3), 8: (17.8, 4.4)}  # flange and height, ISO 7380-2
_WASHER = {"7089": {4: (9, 4.3), 5: (10, 5.3), 6: (12, 6.4), 8: (16, 8.4)}, "7093": {4: (12, 4.3), 6: (18, 6.4)}}


class _Shape(NamedTuple):
    """A line through points, or a circle about the only one; ``fill`` is a grey, −1 for none."""

    points: Points
    radius: float
    closed: bool
    fill: float


@dataclass
class Sketch:
    """Lines and circles (mm) in the order of drawing; ``ratio`` 2 is half of true scale."""

    ratio: float = 1.0
    shapes: list[_Shape] = field(default_factory=list)

    def line(self, *points: tuple[float, float], closed: bool = False, fill: float = -1.0) -> Sketch:
        self.shapes.append(_Shape(list(points), 0.0, closed, fill))
        return self

    def box(self, x: float, y: float, width: float, height: float, fill: float = 1.0) -> Sketch:
        return self.line((x, y), (x + width, y), (x + width, y + height), (x, y + height), closed=True, fill=fill)

    def circle(self, x: float, y: float, radius: float, fill: float = -1.0) -> Sketch:
        self.shapes.append(_Shape([(x, y)], radius, True, fill))
        return self

    def thread(self, x: float, length: float, radius: float, y: float = 0.0, pitch: float = 1.6) -> Sketch:
        """Slanting lines over a shank that lies along X."""
        count = int(length / pitch)
        for i in range(count):
            at = x + (i + 0.5) * length / count
            self.line((at - pitch / 4, y - radius), (at + pitch / 4, y + radius))
        return self

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        xs = [x + sign * one.radius for one in self.shapes for x, _ in one.points for sign in (-1, 1)]
        ys = [y + sign * one.radius for one in self.shapes for _, y in one.points for sign in (-1, 1)]
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def size(self) -> tuple[float, float]:
        """On paper, mm."""
        x0, y0, x1, y1 = self.bounds
        return (x1 - x0) / self.ratio, (y1 - y0) / self.ratio

    def draw(self, canvas: Canvas, x: float, y: float, scale: float | None = None) -> None:
        """With its lower left corner at (x, y) mm of the page; ``scale`` instead of its own ratio."""
        factor = (1 / self.ratio if scale is None else scale) * mm
        x0, y0, _, _ = self.bounds
        canvas.saveState()
        canvas.translate(x * mm - x0 * factor, y * mm - y0 * factor)
        canvas.setStrokeGray(0.0)
        canvas.setLineWidth(0.55)
        canvas.setLineJoin(1)
        for points, radius, closed, fill in self.shapes:
            canvas.setFillGray(max(fill, 0.0))
            (x1, y1), rest = points[0], points[1:]
            if radius:
                canvas.circle(x1 * factor, y1 * factor, radius * factor, stroke=1, fill=int(fill >= 0))
                continue
            path = canvas.beginPath()
            path.moveTo(x1 * factor, y1 * factor)
            for px, py in rest:
                path.lineTo(px * factor, py * factor)
            if closed:
                path.close()
            canvas.drawPath(path, stroke=1, fill=int(fill >= 0))
        canvas.restoreState()


def sketch(reference: str) -> Sketch | None:
    """None for what no drawing helps to tell (a cloth)."""
    for pattern, make in _KINDS:
        if match := re.match(pattern, reference):
            return make(*(float(group.replace(",", ".")) for group in match.groups()))
    return None


def _shank(head: Sketch, at: float, diameter: float, length: float) -> Sketch:
    return head.box(at, -diameter / 2, length, diameter).thread(at + length * 0.25, length * 0.75, diameter / 2)


def _button(size: float, length: float) -> Sketch:
    flange, high = _BUTTON.get(int(size), (2.2 * size, 0.55 * size))
    dome = [(0.0, -flange / 2), (0.0, flange / 2), (-0.8, flange / 2)]
    dome += [(-0.8 - (high - 0.8) * math.cos(a), 0.42 * flange * math.sin(a)) for a in
             (math.pi / 2 - i * math.pi / 8 for i in range(9))]  # fmt: skip
    return _shank(Sketch().line(*dome, (-0.8, -flange / 2), closed=True, fill=0.88), 0.0, size, length)


def _flat_head(size: float, length: float) -> Sketch:
    return _shank(Sketch().box(-2.6, -8.5, 2.6, 17.0, 0.88), 0.0, size, length)


def _hexagon_head(size: float, length: float) -> Sketch:
    across, high = _HEX.get(int(size), 1.6 * size) / math.cos(math.pi / 6), 0.66 * size
    head = Sketch().box(-high, -across / 2, high, across, 0.88)
    for y in (-across / 4, across / 4):
        head.line((-high, y), (0, y))
    return _shank(head, 0.0, size, length)


def _pan_head(size: float, length: float) -> Sketch:
    return _shank(Sketch().box(-0.75 * size, -size, 0.75 * size, 2 * size, 0.88), 0.0, size, length)


def _countersunk(diameter: float, length: float) -> Sketch:
    """The length of a countersunk screw is that of all of it."""
    r, cone = diameter / 2, 0.55 * diameter
    head = Sketch().line((0, -2 * r), (cone, -r), (cone, r), (0, 2 * r), closed=True, fill=0.88)
    head.line((cone, -r), (length - 3, -r), (length, 0), (length - 3, r), (cone, r), closed=True, fill=1.0)
    return head.thread(cone + 0.2 * length, 0.7 * length - cone, r, pitch=2.0)


def _round_head(diameter: float, length: float) -> Sketch:
    r = diameter / 2
    dome = [
        (-0.7 * diameter * math.cos(a), diameter * math.sin(a))
        for a in (math.pi / 2 - i * math.pi / 8 for i in range(9))
    ]
    head = Sketch().line(*dome, closed=True, fill=0.88)
    head.line((0, -r), (length - 3, -r), (length, 0), (length - 3, r), (0, r), closed=True, fill=1.0)
    return head.thread(0.25 * length, 0.65 * length, r, pitch=1.8)


def _barrel(size: float, diameter: float, length: float) -> Sketch:
    made = Sketch().box(0, -diameter / 2, length, diameter, 0.94).circle(length / 2, 0, size / 2, 1.0)
    return made.circle(length + 6 + diameter / 2, 0, diameter / 2, 0.94).line(
        (length + 6 + diameter / 2 - 4, 0), (length + 6 + diameter / 2 + 4, 0)
    )


def _lock_nut(size: float) -> Sketch:
    across, high = _HEX.get(int(size), 1.6 * size), _LOCK_NUT.get(int(size), 1.1 * size)
    r = across / 2 / math.cos(math.pi / 6)
    corners = [(r + r * math.cos(i * math.pi / 3), r * math.sin(i * math.pi / 3)) for i in range(6)]
    made = Sketch().line(*corners, closed=True, fill=0.94).circle(r, 0, size / 2 + 0.8, 0.7).circle(r, 0, size / 2, 1.0)
    return made.box(2 * r + 4, -across / 2, high * 0.7, across, 0.94).box(
        2 * r + 4 + high * 0.7, -across / 2.6, high * 0.3, across / 1.3, 0.7
    )


def _washer(norm: str) -> Callable[[float], Sketch]:
    def make(size: float) -> Sketch:
        outer, inner = _WASHER[norm].get(int(size), (2 * size, size + 0.4))
        return Sketch().circle(outer / 2, 0, outer / 2, 0.94).circle(outer / 2, 0, inner / 2, 1.0)

    return make


def _hinge(long: float, wide: float) -> Sketch:
    made = Sketch().box(0, 0, wide / 2 - 2.5, long, 0.94).box(wide / 2 + 2.5, 0, wide / 2 - 2.5, long, 0.94)
    made.box(wide / 2 - 2.5, 0, 5, long, 0.8)
    for x in (wide / 4 - 2, 3 * wide / 4 + 2):
        for y in (0.17 * long, 0.5 * long, 0.83 * long):
            made.circle(x, y, 2.0, 1.0)
    return made


def _piano(wide: float) -> Sketch:
    long = 66.0
    made = Sketch().line((0, 0), (long, 0), (long - 2, wide / 4), (long + 2, wide / 2), (long - 2, 3 * wide / 4), (long, wide), (0, wide), closed=True, fill=0.94)  # fmt: skip
    made.line((0, wide / 2 - 2), (long + 1, wide / 2 - 2)).line((0, wide / 2 + 2), (long + 1, wide / 2 + 2))
    for i in range(6):
        made.line((i * 12, wide / 2 - 2), (i * 12, wide / 2 + 2))
        made.circle(6 + i * 11, 6, 2.0, 1.0).circle(6 + i * 11, wide - 6, 2.0, 1.0)
    return made


def _caster(diameter: float) -> Sketch:
    high = {75: 100.0, 100: 128.0, 125: 155.0}.get(int(diameter), 1.28 * diameter)
    r = diameter / 2
    made = Sketch(2.0).box(-50, high - 4, 100, 4, 0.8)
    made.line((-18, high - 4), (16, high - 4), (30 + 10, r), (30 - 12, r - 6), (-4, high - 22), closed=True, fill=0.94)
    return made.circle(30, r, r, 0.88).circle(30, r, 0.72 * r, 1.0).circle(30, r, 5, 0.6)


def _wheel(diameter: float, width: float, bore: float) -> Sketch:
    r = diameter / 2
    made = (
        Sketch(4.0)
        .circle(r, r, r, 0.8)
        .circle(r, r, 0.74 * r, 1.0)
        .circle(r, r, bore / 2 + 12, 0.9)
        .circle(r, r, bore / 2, 1.0)
    )
    return made.box(diameter + 24, 0, width, diameter, 0.88)


def _rod(diameter: float) -> Sketch:
    long, r = 62.0, diameter / 2
    made = Sketch().line(
        (0, -r), (long, -r), (long - 1.5, -r / 3), (long + 1.5, r / 3), (long, r), (0, r), closed=True, fill=0.94
    )
    return made.circle(long + 8 + r, 0, r, 0.94)


def _tube(diameter: float, wall: float) -> Sketch:
    return _rod(diameter).circle(62.0 + 8 + diameter / 2, 0, diameter / 2 - wall, 1.0)


def _sleeve(bore: float, long: float) -> Sketch:
    return (
        Sketch()
        .box(0, -bore / 2 - 1, long, bore + 2, 0.94)
        .line((0, -bore / 2), (long, -bore / 2))
        .line((0, bore / 2), (long, bore / 2))
    )


def _collar(bore: float) -> Sketch:
    outer = bore / 2 + 5
    return (
        Sketch().circle(outer, 0, outer, 0.85).circle(outer, 0, bore / 2, 1.0).circle(outer, bore / 2 + 2.5, 1.5, 0.4)
    )


def _clip(bore: float) -> Sketch:
    r = bore / 2 + 2.5
    return (
        Sketch()
        .circle(r, 0, r, 0.8)
        .circle(r, 0, bore / 2, 1.0)
        .box(2 * r - 2, -1, 18, 3, 0.94)
        .circle(2 * r + 9, 0.5, 1.0, 1.0)
    )


def _grommet(diameter: float) -> Sketch:
    r = diameter / 2 + 5
    made = Sketch(2.0).circle(r, r, r, 0.94).circle(r, r, diameter / 2, 1.0)
    return made.box(r - 12, r - diameter / 2, 24, 20, 0.85).line((r - diameter / 2, r + 6), (r + diameter / 2, r + 6))


def _disc(diameter: float) -> Sketch:
    return Sketch().circle(diameter / 2, diameter / 2, diameter / 2, 0.85).circle(diameter / 2, diameter / 2, 1.2, 0.3)


def _catch() -> Sketch:
    made = (
        Sketch().box(0, 0, 46, 15, 0.94).box(11, 2.5, 24, 10, 0.75).circle(5.5, 7.5, 2, 1.0).circle(40.5, 7.5, 2, 1.0)
    )
    return made.box(4, -12, 38, 8, 0.9).circle(23, -8, 1.8, 1.0)


def _lock(diameter: float) -> Sketch:
    r = diameter / 2
    made = Sketch().circle(r + 3, 0, r + 3, 0.94).circle(r + 3, 0, r, 1.0).box(r + 2, -5, 2, 10, 0.2)
    return made.box(2 * r + 14, -r, 20, 2 * r, 0.94).box(2 * r + 34, -4, 4, 34, 0.88)


def _strap(width: float) -> Sketch:
    made = Sketch().line((0, 0), (60, 0), (57, width / 2), (60, width), (0, width), closed=True, fill=0.88)
    return made.box(-4, -3, 12, width + 6, 0.94).box(-1, 1, 6, width - 2, 1.0)


def _sockets() -> Sketch:
    made = Sketch(4.0).box(0, 0, 330, 55, 0.94).box(286, 16, 26, 22, 0.7)
    for i in range(6):
        made.circle(26 + i * 44, 27, 18, 1.0).circle(20 + i * 44, 27, 2.5, 0.2).circle(32 + i * 44, 27, 2.5, 0.2)
    return made


def _latch(long: float) -> Sketch:
    return Sketch().box(0, 0, long, 18, 0.94).box(-14, 5, long + 6, 8, 0.8).circle(long - 12, 9, 4, 1.0)


def _cloth() -> Sketch:
    """A roll, at no scale that matters."""
    made = Sketch(8.0).line((0, 60), (300, 60), (330, 0), (-30, 0), closed=True, fill=0.94).box(0, 60, 300, 40, 0.88)
    return made.circle(300, 80, 20, 1.0).circle(300, 80, 12, 1.0).circle(300, 80, 5, 1.0)


_N = r"([\d,]+)"
_KINDS: tuple[tuple[str, Callable[..., Sketch]], ...] = (
    (rf"ISO 7380-2 M{_N} × {_N}", _button),
    (rf"JCBC M{_N} × {_N}", _flat_head),
    (rf"ISO 4017 M{_N} × {_N}", _hexagon_head),
    (rf"ISO 7045 M{_N} × {_N}", _pan_head),
    (rf"Écrou noix M{_N}, Ø {_N} × {_N}", _barrel),
    (rf"ISO 10511 M{_N}", _lock_nut),
    (rf"ISO 7089 M{_N}", _washer("7089")),
    (rf"ISO 7093-1 M{_N}", _washer("7093")),
    (rf"DIN 7997 {_N} × {_N}", _countersunk),
    (rf"DIN 7996 {_N} × {_N}", _round_head),
    (rf"Charnière piano {_N}", _piano),
    (rf"Charnière (?:dégondable )?{_N} × {_N}", _hinge),
    (rf"Roulette pivotante à frein Ø {_N}", _caster),
    (rf"Roue caoutchouc Ø {_N} × {_N}, alésage {_N}", _wheel),
    (rf"Jonc fibre de verre Ø {_N}", _rod),
    (rf"Jonc de caoutchouc Ø {_N}", _rod),
    (rf"ISO 683 barre Ø {_N}", _rod),
    (rf"EN 754-7 tube Ø {_N} × {_N}", _tube),
    (rf"Manchon inox Ø {_N}, {_N}", _sleeve),
    (rf"DIN 705 Ø {_N}", _collar),
    (rf"DIN 3016-1 D1 Ø {_N}", _clip),
    (rf"Passe-câble Ø {_N}", _grommet),
    (rf"Patin feutre Ø {_N}", _disc),
    (r"Loqueteau", _catch),
    (rf"Serrure à came Ø {_N}", _lock),
    (rf"Serrure batteuse Ø {_N}", _lock),
    (rf"Sangle {_N} mm", _strap),
    (r"NF C 61-314", _sockets),
    (r"Toile|Feutre", _cloth),
    (rf"Verrou à ressort {_N} mm", _latch),
)
