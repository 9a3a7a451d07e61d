# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a piece goes together, told step by step: who is where, which bolts are due, what is left in the box."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from designs.furniture import Hardware, Step, Vector
from designs.panel import Panel
from designs.piece import Piece
from designs.placing import to_local, to_world
from designs.typography import unbroken

Copy = tuple[str, int]  # code, copy from 1

RIGHT, LEFT = (1.0, 0.0, 0.0), (-1.0, 0.0, 0.0)
BACK, FRONT = (0.0, 1.0, 0.0), (0.0, -1.0, 0.0)
UP, DOWN = (0.0, 0.0, 1.0), (0.0, 0.0, -1.0)

#: Tools by the hardware that wants them.
MALLET = "maillet"
KEYS = {
    "JCBC M8": "clé Allen de 5 mm",
    "ISO 7380-2 M8": "clé Allen de 5 mm",
    "ISO 7380-2 M6": "clé Allen de 4 mm",
    "ISO 4017 M8": "clés plates de 13 mm (deux)",
    "ISO 10511 M6": "clé plate de 10 mm",
    "Écrou noix": "tournevis plat",
    "Charnière piano": "scie à métaux",
    "Patin": "marteau",
    "DIN 7997": "visseuse",
    "DIN 7996": "visseuse",
    "ISO 7045": "tournevis cruciforme",
}


@dataclass
class _Fastening:
    """One place of a joint that wants hardware: the two copies that meet there."""

    a: Copy
    b: Copy
    hardware: tuple[tuple[str, float], ...]


class Assembly:
    """Collects the steps of a piece whose panels and joints are drawn.

    What joints are fastened with is counted by itself: as soon as both of a joint's copies stand in
    one group, unless the step says that this is for later.
    """

    def __init__(self, piece: Piece) -> None:
        self.piece = piece
        self.steps: list[Step] = []
        self._panels = {panel.name: panel for panel in piece.panels}
        self._group: dict[Copy, str] = {}
        self._left = {item.reference: item.quantity for item in piece.hardware}
        self._due = [
            f for joint in piece.joints for f in self._fastenings(joint.a, joint.b, joint.contacts, joint.hardware)
        ]

    # Who is who

    def has(self, name: str) -> bool:
        return name in self._panels

    def panel(self, name: str) -> Panel:
        return self._panels[name]

    def copies(self, name: str, where: Callable[[Vector], bool] = lambda middle: True) -> tuple[Copy, ...]:
        """Copies of the part of that name, those whose middle (mm, in the piece) is where it is asked for."""
        if name not in self._panels:
            return ()
        panel = self._panels[name]
        middle = (*_middle(panel), panel.thickness / 2)
        return tuple((panel.code, i) for i, at in enumerate(panel.at, 1) if where(to_world(at, middle)))

    def outward(self, name: str, edge: str, copy: int = 1) -> Vector:
        """Where an edge of a copy looks to, in the piece."""
        panel = self._panels[name]
        start, end = panel.on_edge(edge, 0.0, 0.0), panel.on_edge(edge, 0.0, 1.0)
        return self.turned(name, (end[0] - start[0], end[1] - start[1], 0.0), copy)

    def turned(self, name: str, local: Vector, copy: int = 1) -> Vector:
        """A direction of a part's own frame, in the piece."""
        at = self._panels[name].at[copy - 1]
        tip, root = to_world(at, local), to_world(at, (0.0, 0.0, 0.0))
        return _exact((tip[0] - root[0], tip[1] - root[1], tip[2] - root[2]))

    def wedging(self, copy: Copy) -> Vector:
        """How a wedge goes in: its narrow end first."""
        return opposite(self.turned("clavette", BACK, copy[1]))

    # What is told

    def left(self, start: str) -> float:
        """How much of the hardware whose reference starts so is not used yet."""
        return round(sum(n for reference, n in self._left.items() if reference.startswith(start)), 6)

    def mass_g(self) -> float:
        """Of all that is put in place, and of what it is fastened with, so far."""
        density = self.piece.sheet.density_kg_m3 * 1e-6
        volume = {panel.code: panel.volume for panel in self.piece.panels}
        bought = sum(item.mass_g * (item.quantity - self._left[item.reference]) for item in self.piece.hardware)
        return sum(volume[code] for code, _ in self._group) * density + bought

    def step(
        self,
        title: str,
        text: str,
        *parts: Copy,
        along: Vector | None = None,
        group: str = "",
        joins: tuple[str, ...] = (),
        up: Vector | None = None,
        later: bool = False,
        also: Mapping[str, float | None] | None = None,
        tools: tuple[str, ...] = (),
        hands: int = 1,
        warning: str = "",
        fittings: tuple[str, ...] = (),
        travel: float | None = None,
    ) -> None:
        """Parts come into place ``along`` a direction; without one they lie there and start the group.

        ``later``: what fastens them waits for another step. ``also`` is other hardware, by the start of its
        reference: how much, or None for all that is left.
        """
        for copy in parts:
            self._group[copy] = group
        for copy, where in self._group.items():
            if where in joins:
                self._group[copy] = group
        used: dict[str, float] = {}
        if not later:
            for fastening in [f for f in self._due if self._is_due(f, group)]:
                self._due.remove(fastening)
                for reference, count in fastening.hardware:
                    used[reference] = used.get(reference, 0) + count
        for start, amount in (also or {}).items():
            for reference in [r for r in self._left if r.startswith(start)]:
                used[reference] = used.get(reference, 0) + (self._left[reference] if amount is None else amount)
        used = {reference: round(amount, 2) for reference, amount in used.items() if amount > 0}
        for reference, amount in used.items():
            self._left[reference] -= amount
        order = {item.reference: i for i, item in enumerate(self.piece.hardware)}
        wanted = [tool for start, tool in KEYS.items() if any(r.startswith(start) for r in used)]
        self.steps.append(
            Step(
                unbroken(title), unbroken(text), parts, along, group, joins,
                tuple(sorted(used.items(), key=lambda item: order[item[0]])),
                tuple(dict.fromkeys(unbroken(tool) for tool in (*tools, *wanted))), hands, unbroken(warning), up, fittings, travel,
            )
        )  # fmt: skip

    def _is_due(self, fastening: _Fastening, group: str) -> bool:
        return self._group.get(fastening.a) == group == self._group.get(fastening.b)

    def _fastenings(
        self, a: str, b: str, contacts: tuple[Vector, ...], hardware: tuple[Hardware, ...]
    ) -> list[_Fastening]:
        if not hardware:
            return []
        each = tuple((item.reference, item.quantity / len(contacts)) for item in hardware)
        return [_Fastening(self.nearest(a, point), self.nearest(b, point), each) for point in contacts]

    def nearest(self, code: str, point: Vector) -> Copy:
        """The copy of a part that a point of the piece lies in, or nearest to."""
        panel = next(p for p in self.piece.panels if p.code == code)
        distances = [_outside(panel, to_local(at, point)) for at in panel.at]
        return code, distances.index(min(distances)) + 1


#: Sentences that say so are for the real piece, with its bolts and castors.
_REAL = re.compile(
    r"\b(vis|vissez|écrou|boulon|clavette|frapp|maillet|charnière|roulette|passe-câble|loqueteau|patin|perce[rz]|frein|tréteaux|"
    r"serrure|multiprise|table|couverture|encoche ronde)",
    re.IGNORECASE,
)


def steps_of_model(steps: Sequence[Step], codes: Collection[str]) -> tuple[Step, ...]:
    """The steps of a scale model, which has the parts of these codes alone: they are glued, so nothing of the
    hardware stays, nor a step that was only for it."""
    told: list[Step] = []
    groups: set[str] = set()
    for step in steps:
        parts = tuple(copy for copy in step.parts if copy[0] in codes)
        joins = tuple(group for group in step.joins if group in groups)
        if not parts and not joins:
            continue
        groups = (groups - set(joins)) | {step.group}
        sentences = [s for s in re.split(r"(?<=\.) ", step.text) if not _REAL.search(s)]
        title = step.title.replace("Boulonnez", "Collez").replace("boulonnez-la", "collez-la")
        told.append(
            Step(title, " ".join(sentences), parts, step.direction, step.group, joins, up=step.up, travel=step.travel)
        )
    return tuple(_without_lone_starts(told))


def _without_lone_starts(told: list[Step]) -> Iterator[Step]:
    """A part that starts a group, and to which nothing comes, just comes where the group did."""
    lone: dict[str, Step] = {}
    for step in told:
        if step.group and step.direction is None and sum(other.group == step.group for other in told) == 1:
            lone[step.group] = step
            continue
        parts = [copy for group in step.joins if group in lone for copy in lone[group].parts]
        joins = [other for group in step.joins for other in (lone[group].joins if group in lone else (group,))]
        yield replace(step, parts=(*step.parts, *parts), joins=tuple(joins))


def opposite(v: Vector) -> Vector:
    return _exact((-v[0], -v[1], -v[2]))


def kilograms(mass_g: float) -> str:
    return f"{math.ceil(mass_g / 1000):d} kg"


def _exact(v: Vector) -> Vector:
    """Without the kernel's last digits, and without a minus before a zero."""
    x, y, z = (round(c, 9) + 0.0 for c in v)
    return x, y, z


def _middle(panel: Panel) -> tuple[float, float]:
    xs, ys = [c.x for c in panel.corners], [c.y for c in panel.corners]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _outside(panel: Panel, point: Vector) -> float:
    """mm from a point of the panel's frame to its box."""
    xs, ys = [c.x for c in panel.corners], [c.y for c in panel.corners]
    boxes = ((min(xs), max(xs)), (min(ys), max(ys)), (0.0, panel.thickness))
    return math.dist(point, [min(max(c, low), high) for c, (low, high) in zip(point, boxes, strict=True)])
