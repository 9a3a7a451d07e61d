# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The calibration coupon: a piece's own kinds of joint at five clearances, to be cut and tried first.

Each kind is a plate with five slots, notches or wedge holes, numbered 1 to 5 by engraved figures, and one key
that is tried in all of them. They are cut by the same joints as the furniture, so they can't disagree with it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from designs.furniture import Part
from designs.joinery.cross_lap import cross_lap
from designs.joinery.finger import finger
from designs.joinery.tenon import through_tenon, wedged_tenon
from designs.panel import Panel
from designs.piece import Piece
from designs.placing import facing_front, facing_right, lying
from designs.sheet import Sheet

COUNT = 5
#: Between two clearances (mm): what a hand feels in wood, on a router and with a laser's finer kerf.
STEP, FINE_STEP = 0.1, 0.05


@dataclass(frozen=True)
class CouponPart:
    """``role`` is "slots" for the numbered plate, "key" for what is tried in it."""

    part: Part
    joint: str
    role: str


def clearances_around(clearance: float, step: float = STEP) -> tuple[float, ...]:
    """Five clearances (mm), growing: one step tighter than the machine file's, it, and three looser; never under 0."""
    clearance = round(clearance, 4)
    first = max(0.0, clearance - step)
    values = ([first] if first < clearance else []) + [clearance + i * step for i in range(COUNT)]
    return tuple(round(value, 4) for value in values[:COUNT])


def coupon_parts(kinds: Iterable[str], sheet: Sheet, clearances: Sequence[float]) -> tuple[CouponPart, ...]:
    """Plates and keys for those of the kinds that have a clearance to be felt, coded C01, C02… Empty for none.

    Raises GeometryError."""
    asked = set(kinds)
    found: list[CouponPart] = []
    for kind, draw in _KINDS.items():
        if kind not in asked:
            continue
        plate, key = draw(sheet, clearances)
        for panel, role in ((plate, "slots"), (key, "key")):
            part = dataclasses.replace(panel.part(), code=f"C{len(found) + 1:02d}", placements=())
            found.append(CouponPart(part, kind, role))
    return tuple(found)


@dataclass(frozen=True)
class _Sizes:
    """All grow with the sheet (mm): a coupon of 3 mm sheet is as small as its joints."""

    thickness: float
    tab: float  # width of a tenon
    web: float  # wood that stays beside a slot
    grip: float  # what fingers hold a key by
    digit: float

    @classmethod
    def of(cls, sheet: Sheet) -> _Sizes:
        t = sheet.thickness
        return cls(t, max(10.0, min(44.0, 2.5 * t)), max(8.0, t), max(25.0, 2.5 * t), max(5.0, min(8.0, t)))

    def number(self, panel: Panel, index: int, x: float, y: float) -> None:
        panel.engrave(str(index + 1), x, y, self.digit, stroke=self.digit / 5)


def _piece(sheet: Sheet) -> Piece:
    return Piece("coupon", {}, sheet)


def _tenons(sheet: Sheet, clearances: Sequence[float]) -> tuple[Panel, Panel]:
    piece, s = _piece(sheet), _Sizes.of(sheet)
    t, shoulder = s.thickness, 6.0
    front = s.web + s.digit + 4.0
    pitch = t + s.web
    plate = piece.board(
        "mortaises d’essai", s.web + COUNT * pitch, front + s.tab + s.web, lying(0, 0, s.grip), radius=3
    )
    keys = []
    for i, clearance in enumerate(clearances):
        x = s.web + i * pitch
        key = piece.board("tenon d’essai", s.tab + 2 * shoulder, s.grip, facing_right(x, front - shoulder, 0), radius=2)
        through_tenon(key, "top", plate, width=s.tab, at=[s.tab / 2 + shoulder], clearance=clearance)
        s.number(plate, i, x + t / 2, s.web / 2 + s.digit / 2)
        keys.append(key)
    return plate, keys[0]


def _fingers(sheet: Sheet, clearances: Sequence[float]) -> tuple[Panel, Panel]:
    piece, s = _piece(sheet), _Sizes.of(sheet)
    t, gap = s.thickness, 4.0
    width = 3 * max(8.0, t)
    plate = piece.board(
        "queues droites d’essai", gap + COUNT * (width + gap), t + s.digit + s.web + 6.0, lying(0, 0, s.grip)
    )
    keys = []
    for i, clearance in enumerate(clearances):
        x = gap + i * (width + gap)
        key = piece.board("doigt d’essai", width, s.grip, facing_front(x, t, 0))
        finger(key, "top", plate, "bottom", count=1, clearance=clearance)
        s.number(plate, i, x + width / 2, t + 6.0 + s.digit / 2)
        keys.append(key)
    return plate, keys[0]


def _laps(sheet: Sheet, clearances: Sequence[float]) -> tuple[Panel, Panel]:
    piece, s = _piece(sheet), _Sizes.of(sheet)
    t, pitch = s.thickness, s.thickness + s.web
    height = 2 * (s.digit + 10.0)
    plate = piece.board("mi-bois d’essai", s.web + COUNT * pitch, height, facing_front(0, t, 0), radius=2)
    reach = s.grip / 2
    keys = []
    for i, clearance in enumerate(clearances):
        x = s.web + i * pitch
        key = piece.board("croisillon d’essai", t + 2 * reach, height, facing_right(x, -reach, 0), radius=2)
        cross_lap(plate, "top", key, "bottom", clearance=clearance)
        s.number(plate, i, x + t / 2, 4.0 + s.digit / 2)
        keys.append(key)
    # The loosest key: what is felt is the plate's slot alone.
    return plate, keys[-1]


def _wedges(sheet: Sheet, clearances: Sequence[float]) -> tuple[Panel, Panel]:
    piece, s = _piece(sheet), _Sizes.of(sheet)
    t, gap = s.thickness, 12.0  # a cutter passes
    width, base = t + 24.0, s.digit + 12.0
    comb = piece.board("tenons à clavette d’essai", gap + COUNT * (width + gap), base, facing_front(0, t, 0), radius=3)
    plate = piece.board("appui", gap + COUNT * (width + gap), 4 * t, lying(0, -t, base))
    wedge = piece.wedge()
    for i, clearance in enumerate(clearances):
        centre = gap + width / 2 + i * (width + gap)
        # The upper edge runs from right to left.
        along = comb.edge_length("top") - centre
        wedged_tenon(comb, "top", plate, wedge, width=width, at=[along], clearance=clearance)
        s.number(comb, i, centre, base / 2)
    return comb, wedge


_KINDS: dict[str, Callable[[Sheet, Sequence[float]], tuple[Panel, Panel]]] = {
    "through-tenon": _tenons,
    "wedge": _wedges,
    "finger": _fingers,
    "cross-lap": _laps,
}
