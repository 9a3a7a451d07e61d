# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The steps as the notice shows them: what lies there, what comes, which bolts, and what is done twice alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from designs.furniture import Furniture, Step, Vector
from fabrication.linework.exploded import fitting_bodies, part_bodies
from fabrication.linework.shells import Floats, Shell, bolt_shell
from fabrication.plan import FlatPart

Copy = tuple[str, int]

#: What moves is drawn apart by this share of the larger of what moves and what it goes to, within shares of
#: the whole piece.
_APART, _APART_LEAST, _APART_MOST = 0.3, 0.08, 0.25
#: Out of a slot, and out of a tenon that a wedge goes into: so many thicknesses.
_BEFORE = 2.2
_BOLT = re.compile(r"M(\d+) × (\d+)")
_SCREW = re.compile(r"(?:DIN 7997|DIN 7996) ([\d,]+) × (\d+)")


@dataclass(frozen=True, eq=False)
class Body:
    """One thing in a picture. ``moves``: it comes in this step; ``apart``: how many times as far as what it comes with."""

    shell: Shell
    matrix: Floats
    copy: Copy | None = None  # None: bought
    moves: bool = False
    fresh: bool = False  # of this step, though it does not move
    shift: Floats = field(default_factory=lambda: np.zeros(3))


@dataclass(frozen=True, eq=False)
class Stage:
    """One numbered step on paper. ``sub`` are sub-assemblies that come: a copy of each and the number of the
    step that made it; ``spots`` are where the parts meet (k, 3), ``named`` the copies that get a label."""

    number: int
    title: str
    texts: tuple[str, ...]
    step: Step
    hardware: tuple[tuple[str, float], ...]
    tools: tuple[str, ...]
    bodies: tuple[Body, ...]
    spots: Floats
    named: tuple[Copy, ...]
    onto: tuple[Copy, ...]
    sub: tuple[tuple[Copy, int], ...]
    travel: Floats | None
    before: float  # mm
    times: int = 1
    again: tuple[tuple[str, int], ...] = ()  # further copies, when it is done more than once

    @property
    def mouths(self) -> Floats:
        """Just before where the parts meet, on their way: what must be seen, to see where they go."""
        return self.spots if self.travel is None else self.spots - self.travel * self.before

    @property
    def up(self) -> Vector:
        return self.step.up or (0.0, 0.0, 1.0)


def story(furniture: Furniture, flat_parts: Sequence[FlatPart]) -> list[Stage]:
    """The stages in order, numbered from 1; what is done alike several times is one stage."""
    teller = _Teller(furniture, flat_parts)
    present = {(part.code, i) for part in furniture.parts for i in range(1, part.quantity + 1)}
    told: list[Stage] = []
    for step, start, times, again in _folded([_present(step, present) for step in furniture.steps]):
        if times == 0:
            teller.tell(step, None, len(told))
            continue
        stage = teller.tell(step, start, len(told) + 1)
        told.append(replace(stage, times=times, again=again))
    return told


def _present(step: Step, present: set[Copy]) -> Step:
    """Without what is left out of a scale model."""
    return replace(step, parts=tuple(copy for copy in step.parts if copy in present))


def _folded(steps: Sequence[Step]) -> list[tuple[Step, Step | None, int, tuple[Copy, ...]]]:
    """(step, the start that lies under it, how often it is done, its copies the other times); 0 times: told before.

    Groups whose steps read the same and take the same parts are told once; a group's start is told with
    the step that follows it.
    """
    runs: list[list[Step]] = []
    for step in steps:
        if runs and runs[-1][0].group == step.group:
            runs[-1].append(step)
        else:
            runs.append([step])
    told: list[tuple[Step, Step | None, int, tuple[Copy, ...]]] = []
    for i, run in enumerate(runs):
        if i and _alike(runs[i - 1], run):
            told += [(step, None, 0, ()) for step in run]
            continue
        twins = []
        for other in runs[i + 1 :]:
            if not _alike(run, other):
                break
            twins.append(other)
        start: Step | None = None
        for k, step in enumerate(run):
            lies = step.direction is None and bool(step.parts or step.joins) and not step.hardware
            if lies and k + 1 < len(run) and start is None:
                start = step
                continue
            again = tuple(copy for twin in twins for copy in twin[k].parts)
            told.append((step, start, 1 + len(twins), again))
            start = None
    return told


def _alike(one: Sequence[Step], other: Sequence[Step]) -> bool:
    def signature(run: Sequence[Step]) -> list[object]:
        return [(s.title, s.text, [c for c, _ in s.parts], s.hardware, s.direction, len(s.joins)) for s in run]

    return bool(one[0].group) and one[0].group != other[0].group and signature(one) == signature(other)


class _Teller:
    """Keeps who stands where while the steps go by."""

    def __init__(self, furniture: Furniture, flat_parts: Sequence[FlatPart]) -> None:
        self.furniture = furniture
        self.copies = part_bodies(furniture, flat_parts)
        self.boxes = {copy: _box(shell, place) for copy, (shell, place) in self.copies.items()}
        self.group: dict[Copy, str] = {}
        self.made: dict[str, int] = {}  # group → the stage that last added to it
        self.loose = list(enumerate(fitting_bodies(furniture)))
        self.mounted: dict[int, tuple[Shell, Floats, Copy]] = {}
        self.met = [
            (joint, point, self._end(joint.a, point), self._end(joint.b, point))
            for joint in furniture.joints
            if {joint.a, joint.b} <= {code for code, _ in self.copies}
            for point in joint.contacts
        ]
        self.due = [meeting for meeting in self.met if meeting[0].hardware]

    def place(self, step: Step) -> tuple[list[Copy], list[Copy]]:
        """Put a step's parts in place; what comes and what stood in its group before."""
        joined = [copy for copy, where in self.group.items() if where in step.joins and where != step.group]
        moving = [copy for copy in step.parts if copy in self.copies] + joined
        still = [copy for copy, where in self.group.items() if where == step.group and copy not in moving]
        for copy in moving:
            self.group[copy] = step.group
        return moving, still

    def tell(self, step: Step, start: Step | None, number: int) -> Stage:
        first: list[Copy] = []
        if start is not None:
            first = [copy for copy in start.parts if copy in self.copies]
            self.place(start)
        sub = tuple({self.made[g]: (self._largest(g), self.made[g]) for g in step.joins if g in self.made}.values())
        moving, still = self.place(step)
        before = list(self.mounted)
        fresh = self._mount(step)
        travel = np.array(step.direction, float) if step.direction is not None and still else None
        apart = self._apart(moving, still) if travel is not None else 0.0
        shift = np.zeros(3) if travel is None else -travel * apart
        bodies = [self._body(copy, copy in moving and travel is not None, shift) for copy in [*still, *moving]]
        for key, (shell, place, owner) in self.mounted.items():
            if self.group.get(owner) != step.group:
                continue
            comes = owner in moving and travel is not None
            far = 1.75 if key in fresh else 1.0
            new = key in fresh and key not in before
            bodies.append(Body(shell, place, None, comes, new and not comes, shift * far if comes else np.zeros(3)))
        for bolt, owner in self._bolts(step):
            bodies.append(replace(bolt, shift=bolt.shift + (shift if owner in moving else 0.0)))
        spots, onto = self._meetings(moving, still)
        if step.group and (step.direction is not None or step.hardware):
            self.made[step.group] = number
        texts = tuple(s.text for s in (start, step) if s is not None and s.text)
        return Stage(
            number, step.title, texts, step, step.hardware, step.tools, tuple(bodies), spots,
            tuple(dict.fromkeys([*first, *(copy for copy in step.parts if copy in self.copies)])), onto, sub, travel, _BEFORE * self.furniture.sheet.thickness,
        )  # fmt: skip

    def _body(self, copy: Copy, moves: bool, shift: Floats) -> Body:
        shell, place = self.copies[copy]
        return Body(shell, place, copy, moves, False, shift if moves else np.zeros(3))

    def _mount(self, step: Step) -> set[int]:
        """Bought things that this step names: with its parts those next to them, else all that are left."""
        fresh = set()
        for key, (name, shell, place) in list(self.loose):
            if name not in step.fittings:
                continue
            box = _box(shell, place)
            codes = {code for code, _ in step.parts}
            alike = [copy for copy in self.boxes if copy[0] in codes]
            if alike and min(alike, key=lambda c: (round(_distance(self.boxes[c], box), 3), c)) not in step.parts:
                continue
            placed = [copy for copy, where in self.group.items() if where == step.group]
            owner = min(
                [copy for copy in placed if copy in step.parts] or placed,
                key=lambda copy: (round(_distance(self.boxes[copy], box), 3), copy),
            )
            self.mounted[key] = (shell, place, owner)
            self.loose.remove((key, (name, shell, place)))
            fresh.add(key)
        return fresh

    def _apart(self, moving: list[Copy], still: list[Copy]) -> float:
        size = max(float((self._span(group)).max()) for group in (moving, still) if group)
        small = float(self._span(moving).max())
        whole = float(self._span(list(self.boxes)).max())
        return float(np.clip(_APART * min(size, 3 * small), _APART_LEAST * whole, _APART_MOST * whole))

    def _span(self, copies: list[Copy]) -> Floats:
        low = np.min([self.boxes[c][0] for c in copies], axis=0)
        span: Floats = np.max([self.boxes[c][1] for c in copies], axis=0) - low
        return span

    def _largest(self, group: str) -> Copy:
        def area(copy: Copy) -> float:
            low, high = self.boxes[copy]
            return round(float(np.sort(high - low)[1:].prod()), 1)

        return max((copy for copy, where in self.group.items() if where == group), key=lambda c: (area(c), c))

    def _meetings(self, moving: list[Copy], still: list[Copy]) -> tuple[Floats, tuple[Copy, ...]]:
        """Where what comes meets what stands, and the standing parts that it meets."""
        spots: list[Vector] = []
        onto: list[Copy] = []
        for _, point, a, b in self.met:
            if a in moving and b in still:
                onto.append(b)
            elif b in moving and a in still:
                onto.append(a)
            else:
                continue
            spots.append(point)
        return np.array(spots).reshape(-1, 3), tuple(dict.fromkeys(onto))

    def _bolts(self, step: Step) -> list[tuple[Body, Copy]]:
        """Bolts and screws that are due now: drawn outside, before the hole that they go into."""
        names = {reference for reference, _ in step.hardware}
        found = []
        for meeting in list(self.due):
            joint, point, a, b = meeting
            if not (self.group.get(a) == step.group == self.group.get(b)) or joint.hardware[0].reference not in names:
                continue
            self.due.remove(meeting)
            sizes = _sizes(joint.hardware[0].reference)
            if sizes is None:
                continue
            diameter, length, head = sizes
            normal = self.copies[b][1][:, 2]
            middle_a, middle_b = (sum(self.boxes[c]) / 2 for c in (a, b))
            # Through b into a; two boards that lie on each other are bolted from the side of a.
            away = np.array(point) - middle_a if joint.kind != "bolted" else middle_a - middle_b
            outwards = normal if float(normal @ away) >= 0 else -normal
            face = np.array(point) + outwards * self.furniture.sheet.thickness / 2
            place = _standing(face - outwards * length, outwards)
            body = Body(bolt_shell(diameter, length, head), place, None, False, True, outwards * (length + 18.0))
            found.append((body, b))
        return found

    def _end(self, code: str, point: Vector) -> Copy:
        """The copy of a part that a meeting point lies in, or nearest to."""
        spot = (np.array(point), np.array(point))
        copies = [copy for copy in self.copies if copy[0] == code]
        return min(copies, key=lambda copy: (round(_distance(self.boxes[copy], spot), 3), copy))


def _sizes(reference: str) -> tuple[float, float, float] | None:
    """Diameter, length and head of a bolt or a wood screw (mm)."""
    if match := _BOLT.search(reference):
        diameter = float(match[1])
        return diameter, float(match[2]), 2.0 * diameter
    if match := _SCREW.search(reference):
        diameter = float(match[1].replace(",", "."))
        return diameter, float(match[2]), 2.0 * diameter
    return None


def _box(shell: Shell, place: Floats) -> tuple[Floats, Floats]:
    corners = shell.corners @ place[:, :3].T + place[:, 3]
    return corners.min(axis=0), corners.max(axis=0)


def _distance(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> float:
    """Between two boxes, mm."""
    gap = np.maximum(np.maximum(one[0] - other[1], other[0] - one[1]), 0.0)
    return float(np.linalg.norm(gap))


def _standing(tip: Floats, along: Floats) -> Floats:
    """Rows of the place of something drawn upwards along Z, stood along a direction from a point."""
    side = np.array([1.0, 0.0, 0.0]) if abs(along[0]) < 0.9 else np.array([0.0, 1.0, 0.0])
    x = np.cross(side, along)
    x /= np.linalg.norm(x)
    return np.column_stack([x, np.cross(along, x), along, tip])
