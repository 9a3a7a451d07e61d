# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Joint by joint: does a part of before still go together with a part of now?

A joint is held against another in the frames of its two parts, never in the piece's: a part that only stands elsewhere still
fits. At each place the wood around is felt as well, along the part's X and Y: a tab that is wider, a slot that is longer, a pocket
that is deeper are other joints, though they stand where they stood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from designs.furniture import Furniture, Joint, Part
from designs.typography import french_number, listed, unbroken
from fabrication.comparison.pairing import Pairing
from fabrication.comparison.parts import Fate
from fabrication.comparison.shape import DEPTH, Alignment, PartShape
from fabrication.plan import FlatPart

#: Places that differ by less (mm) are the same: half of a joint's usual play is twice as much.
PLACE = 0.05
#: Wood and openings are followed this far (mm) from a joint's place; beyond, it is the part and not the joint.
_AROUND = 80.0

#: A place farther than this (mm) from a part is none of its own: a bolt's lies at most so deep in the edge that it holds.
_NEAR = 60.0

KINDS = {
    "through-tenon": "tenon traversant",
    "wedge": "clavette",
    "finger": "queues droites",
    "cross-lap": "mi-bois",
    "dado": "rainure",
    "barrel-nut": "vis et écrou noix",
    "bolted": "boulon traversant",
    "screwed": "vis",
    "hinge": "charnière",
    "slide": "glissière",
    "stow": "rangement",
    "rod": "jonc",
}
#: Where something is only put away: nothing is cut for it, and no part of before is kept out.
_CUTS_NOTHING = ("stow",)

#: A tab ends in them: its width counts where the place lies in wood. Of the others only holes are felt.
_TABS = ("through-tenon", "wedge", "finger", "cross-lap", "dado")

Place = tuple[float, float]


@dataclass(frozen=True)
class Seat:
    """A joint's place in one of its parts' frames (mm), and what is felt there: how wide the tab or the opening is, how deep
    a pocket."""

    x: float
    y: float
    is_wood: bool
    widths: tuple[float, ...]
    depth: float

    def fits(self, other: Seat) -> bool:
        """A tab or an opening as wide and as deep, wherever it is."""
        return (
            self.is_wood == other.is_wood
            and len(self.widths) == len(other.widths)
            and all(abs(a - b) <= PLACE for a, b in zip(self.widths, other.widths, strict=True))
            and abs(self.depth - other.depth) <= DEPTH
        )

    def is_at(self, other: Seat, move: Place = (0.0, 0.0)) -> bool:
        """In one place, after ``move`` (mm, in the part's frame)."""
        return abs(self.x + move[0] - other.x) <= PLACE and abs(self.y + move[1] - other.y) <= PLACE


@dataclass(frozen=True)
class Joining:
    """All joints of one kind between two parts; ``names`` are theirs. ``seats``: by part code, each place once, whatever the number of copies."""

    kind: str
    a: str
    b: str
    clearances: tuple[float, ...]
    contacts: int
    seats: Mapping[str, tuple[Seat, ...]] = field(compare=False, default_factory=dict)
    names: tuple[str, str] = field(compare=False, default=("", ""))

    @property
    def french(self) -> str:
        return KINDS.get(self.kind, self.kind)

    @property
    def cuts(self) -> bool:
        """Whether it leaves a trace in its parts."""
        return self.kind not in _CUTS_NOTHING

    def data(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "french": self.french,
            "a": self.a,
            "b": self.b,
            "clearances_mm": list(self.clearances),
            "contacts": self.contacts,
        }


@dataclass(frozen=True)
class JointChange:
    """``what``: French clauses."""

    fate: Fate
    old: Joining | None
    new: Joining | None
    what: tuple[str, ...] = ()

    @property
    def breaks(self) -> bool:
        """An old part does not fit a new one."""
        joining = self.new or self.old
        return self.fate is not Fate.KEPT and joining is not None and joining.cuts

    def data(self) -> dict[str, Any]:
        return {
            "fate": str(self.fate),
            "old": self.old.data() if self.old else None,
            "new": self.new.data() if self.new else None,
            "what": list(self.what),
        }


def joinings(
    furniture: Furniture, flats: Sequence[FlatPart], at: Mapping[str, Alignment] | None = None
) -> list[Joining]:
    """In the order in which they are declared. ``at``: by code, where a part's frame stands in that of its counterpart."""
    parts = {part.code: part for part in furniture.parts}
    shapes = {flat.code: PartShape(flat, (at or {}).get(flat.code, Alignment())) for flat in flats}
    grouped: dict[tuple[str, str, str], list[Joint]] = {}
    for joint in furniture.joints:
        grouped.setdefault((joint.kind, joint.a, joint.b), []).append(joint)
    found = []
    for (kind, a, b), joints in grouped.items():
        contacts = [contact for joint in joints for contact in joint.contacts]
        seats = {
            code: _seats(parts[code], shapes[code], contacts, kind in _TABS)
            for code in dict.fromkeys((a, b))
            if code in parts and code in shapes
        }
        clearances = tuple(sorted({round(joint.clearance, 4) for joint in joints}))
        names = tuple(parts[code].name if code in parts else code for code in (a, b))
        found.append(Joining(kind, a, b, clearances, len(contacts), seats, (names[0], names[1])))
    return found


def _seats(
    part: Part, shape: PartShape, contacts: Sequence[tuple[float, float, float]], has_tabs: bool
) -> tuple[Seat, ...]:
    found: dict[tuple[int, int], Seat] = {}
    for contact in contacts:
        place = _in_own_frame(part, shape.flat, contact)
        if place is None:
            continue
        x, y = shape.at.point(*place)
        key = (round(x / PLACE), round(y / PLACE))
        if not any((key[0] + i, key[1] + j) in found for i in (-1, 0, 1) for j in (-1, 0, 1)):
            found[key] = _felt(shape, x, y, has_tabs)
    return tuple(sorted(found.values(), key=lambda seat: (seat.x, seat.y)))


def _in_own_frame(part: Part, flat: FlatPart, contact: tuple[float, float, float]) -> Place | None:
    """Of the copy that is nearest to it; None where none is near: a rod's place lies in the one part or in the other."""
    from OCP.gp import gp_Pnt

    wood = PartShape(flat).outline
    best: tuple[float, Place] | None = None
    for placement in part.placements:
        point = gp_Pnt(*contact).Transformed(placement.wrapped.Transformation().Inverted())
        off = wood.distance(Point(point.X(), point.Y()))
        off += max(-point.Z(), point.Z() - flat.thickness, 0.0)
        if best is None or off < best[0] - 1e-6:
            best = off, (point.X(), point.Y())
    return best[1] if best is not None and best[0] <= _NEAR else None


def _felt(shape: PartShape, x: float, y: float, has_tabs: bool) -> Seat:
    """The width of a tab is its narrower one: the other is that of the part. Of an opening both count; where a hinge or a rod only
    lies on wood, its width is the part's and none of the joint's."""
    here = Point(x, y)
    is_wood = bool(shape.wood.distance(here) < 1e-6)
    widths = []
    for dx, dy in ((1.0, 0.0), (0.0, 1.0)):
        line = LineString([(x - _AROUND * dx, y - _AROUND * dy), (x + _AROUND * dx, y + _AROUND * dy)])
        run = shape.wood.intersection(line) if is_wood else line.difference(shape.wood)
        widths.append(_length_at(run, here))
    widths.sort()
    told = (widths[:1] if has_tabs else []) if is_wood else widths
    return Seat(
        round(x, 3),
        round(y, 3),
        is_wood,
        tuple(round(width, 3) for width in told),
        round(shape.depth_at(here.buffer(0.2)), 3),
    )


def _length_at(run: BaseGeometry, here: Point) -> float:
    pieces = [piece for piece in getattr(run, "geoms", [run]) if piece.distance(here) < 1e-6]
    return float(max((piece.length for piece in pieces), default=0.0))


def joint_changes(
    old: tuple[Furniture, Sequence[FlatPart]], new: tuple[Furniture, Sequence[FlatPart]], pairing: Pairing
) -> tuple[JointChange, ...]:
    """In the order of the new joints, those that are gone last."""
    at = {pair.old.code: pair.at for pair in pairing.pairs}
    before, now = joinings(*old, at), joinings(*new)
    codes = {pair.old.code: pair.new.code for pair in pairing.pairs}
    moves = _moves(before, now, codes)
    known = {(j.kind, codes.get(j.a, ""), codes.get(j.b, "")): j for j in before}
    found = []
    for joining in now:
        one = known.pop((joining.kind, joining.a, joining.b), None)
        if one is None:
            found.append(JointChange(Fate.ADDED, None, joining))
            continue
        what = tuple(map(unbroken, _clauses(one, joining, codes, moves)))
        found.append(JointChange(Fate.CHANGED if what else Fate.KEPT, one, joining, what))
    met = {id(change.old) for change in found}
    return (*found, *(JointChange(Fate.REMOVED, j, None) for j in before if id(j) not in met))


def _moves(before: Sequence[Joining], now: Sequence[Joining], codes: Mapping[str, str]) -> dict[str, Place]:
    """By new code: how far all joints of a part moved together, which moves none of them. A board that grew on the one side has
    its joints where they were, seen from its other side."""
    old_seats, new_seats = _by_part(before), _by_part(now)
    moves: dict[str, Place] = {}
    for old_code, new_code in codes.items():
        ones, others = old_seats.get(old_code, []), new_seats.get(new_code, [])
        votes = Counter(
            (round(o.x - s.x, 1) + 0.0, round(o.y - s.y, 1) + 0.0) for s in ones for o in others if s.fits(o)
        )
        candidates = [(0.0, 0.0), *(move for move, _ in votes.most_common(8))]
        moves[new_code] = max(
            candidates, key=lambda m: (sum(any(s.is_at(o, m) for o in others) for s in ones), -abs(m[0]) - abs(m[1]))
        )
    return moves


def _by_part(joined: Sequence[Joining]) -> dict[str, list[Seat]]:
    found: dict[str, list[Seat]] = {}
    for joining in joined:
        for code, seats in joining.seats.items():
            if joining.cuts:
                found.setdefault(code, []).extend(seats)
    return found


def _clauses(one: Joining, other: Joining, codes: Mapping[str, str], moves: Mapping[str, Place]) -> Iterator[str]:
    if one.clearances != other.clearances:
        yield f"jeu : {_mms(one.clearances)} → {_mms(other.clearances)}"
    if one.contacts != other.contacts:
        yield f"places : {one.contacts} → {other.contacts}"
    for old_code in dict.fromkeys((one.a, one.b)):
        code = codes.get(old_code, "")
        ones, others = one.seats.get(old_code, ()), other.seats.get(code, ())
        move = moves.get(code, (0.0, 0.0))
        pairs = [(s, next((o for o in others if s.is_at(o, move)), None)) for s in ones]
        if one.contacts == other.contacts and (len(ones) != len(others) or any(o is None for _, o in pairs)):
            yield f"déplacé dans {code}"
        if other.cuts and any(o is not None and not s.fits(o) for s, o in pairs):
            yield f"taillé autrement dans {code}"


def _mms(values: Sequence[float]) -> str:
    return listed([f"{french_number(value, 2)} mm" for value in values]) if values else "aucun"


def sentence(changes: Sequence[JointChange]) -> str:
    """ "12 assemblages restent les mêmes, 2 changent." """
    count = Counter(change.fate for change in changes)
    if not changes:
        return "Aucun assemblage n’est déclaré."
    if len(changes) == count[Fate.KEPT]:
        return "Tous les assemblages restent les mêmes."
    words = {
        Fate.CHANGED: ("change", "changent"),
        Fate.ADDED: ("s’ajoute", "s’ajoutent"),
        Fate.REMOVED: ("disparaît", "disparaissent"),
        Fate.KEPT: ("reste le même", "restent les mêmes"),
    }
    clauses: list[str] = []
    for fate, (single, many) in words.items():
        if count[fate]:
            noun = "" if clauses else " assemblage" if count[fate] == 1 else " assemblages"
            clauses.append(f"{count[fate]}{noun} {single if count[fate] == 1 else many}")
    return listed(clauses) + "."
