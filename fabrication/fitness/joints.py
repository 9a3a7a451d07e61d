# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every declared joint is there: its tab stands in its slot, with the stated play, measured on the solids.

Nothing is read from the declaration but where to look and what play to expect. At each contact a line is felt along
the tab's thickness, and along its width: where its own wood ends, where the other part's begins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from designs.furniture import Joint
from fabrication.fitness.bodies import Body
from fabrication.fitness.probing import distance, wood_along
from fabrication.fitness.verdict import Colour, Verdict

#: The measured play may differ from the stated one by this (mm): a tenth of what a cutter's wear makes.
PLAY_TOLERANCE = 0.02
#: A bolt's holes may stand this far beside each other (mm): they are half a millimetre wider than it, and more.
AXIS_TOLERANCE = 0.2
#: What lies against something is no farther than this (mm) besides the stated play: a hinge's leaf, a felt.
LOOSE = 3.0
#: A slot's wall is looked for this far beside the tab (mm); beyond, the slot is open on that side.
WALL = 20.0
#: Half of the widest slot, and more (mm): a part whose wood is farther than this from a contact isn't there.
AROUND = 45.0
SOURCE = f"measured on the solids at each contact, {PLAY_TOLERANCE:g} mm of tolerance"


@dataclass(frozen=True)
class Met:
    """What was found at one contact: the two bodies if both are there, what is wrong, by how much the play is off."""

    joint: Joint
    a: Body | None = None
    b: Body | None = None
    fault: str = ""
    off: float = 0.0


def meetings(wood: Sequence[Body], joints: Sequence[Joint]) -> list[Met]:
    by_code: dict[str, list[Body]] = {}
    for body in wood:
        by_code.setdefault(body.code, []).append(body)
    found = []
    for joint in joints:
        look = _LOOK.get(joint.kind, _lying)
        ones, others = by_code.get(joint.a, []), by_code.get(joint.b, [])
        if not joint.contacts:
            found.append(Met(joint, fault="is declared and has no place"))
        for contact in joint.contacts:
            found.append(look(joint, np.array(contact), ones, others))
    return found


def _nearest(candidates: Sequence[Body], point: np.ndarray, within: float) -> Body | None:
    near = [(distance(body, point), body.copy, body) for body in candidates]
    best = min(near, key=lambda found: found[:2], default=None)
    return best[2] if best and best[0] <= within else None


def _at(point: np.ndarray) -> str:
    return "(" + ", ".join(f"{c:.0f}" for c in point) + ")"


def _tab_in_slot(joint: Joint, point: np.ndarray, ones: Sequence[Body], others: Sequence[Body]) -> Met:
    a = _nearest(ones, point, 1e-6)
    if a is None:
        return Met(joint, fault=f"its tab of {joint.a} does not reach {_at(point)}")
    b = _nearest([o for o in others if _in_slab(o, point)], point, AROUND)
    if b is None:
        return Met(joint, fault=f"at {_at(point)} there is no {joint.b} for the tab of {a.name}")
    directions = [a.normal]
    if joint.kind in ("through-tenon", "dado"):
        directions.append(_along(a, b))
    elif joint.kind == "finger":
        directions = [_along(a, b)]
    return _played(joint, a, b, point, directions)


def _played(joint: Joint, a: Body, b: Body, point: np.ndarray, directions: Sequence[np.ndarray]) -> Met:
    worst = 0.0
    for direction in directions:
        measured = play(a, b, point, direction)
        if measured is None:
            return Met(joint, a, b, f"{a.name} has no slot around it in {b.name} at {_at(point)}")
        if abs(measured - joint.clearance) > abs(worst):
            worst = measured - joint.clearance
    if abs(worst) > PLAY_TOLERANCE:
        return Met(
            joint, a, b,
            f"{a.name} has {joint.clearance + worst:.2f} mm of play in {b.name} at {_at(point)}, "
            f"stated are {joint.clearance:g} mm", worst,
        )  # fmt: skip
    return Met(joint, a, b, off=worst)


def play(a: Body, b: Body, point: np.ndarray, direction: np.ndarray) -> float | None:
    """How far a can go in b along a line through a's wood, both ways together; None if b does not stop it on both sides.

    Negative where the two run through each other.
    """
    own = next((s for s in wood_along(a, point, direction) if s.start - 1e-6 <= 0 <= s.end + 1e-6), None)
    if own is None:
        return None
    walls = wood_along(b, point, direction)
    if any(w.start < 0 < w.end for w in walls):
        return -min(own.end - own.start, b.shape.thickness)
    before = [w.end for w in walls if w.end <= 0]
    after = [w.start for w in walls if w.start >= 0]
    if not before or not after or own.start - max(before) > WALL or min(after) - own.end > WALL:
        return None
    return float((own.start - max(before)) + (min(after) - own.end))


def _cross_lap(joint: Joint, point: np.ndarray, ones: Sequence[Body], others: Sequence[Body]) -> Met:
    a = _nearest([o for o in ones if _in_slab(o, point)], point, AROUND)
    b = _nearest([o for o in others if _in_slab(o, point)], point, AROUND)
    if a is None or b is None:
        missing = joint.a if a is None else joint.b
        return Met(joint, fault=f"at {_at(point)} there is no {missing} to cross")
    # The two slots end here: a little further one part has wood and the other its slot, and the other way round.
    step = _along(a, b) * (joint.clearance / 2 + 3.0)
    ends = [
        (tab, slot, p)
        for p in (point + step, point - step)
        for tab, slot in ((a, b), (b, a))
        if distance(tab, p) < 1e-6
    ]
    if len(ends) != 2 or ends[0][0] is ends[1][0]:
        return Met(joint, a, b, f"{a.name} and {b.name} do not cross half and half at {_at(point)}")
    found = [_played(joint, tab, slot, p, [tab.normal]) for tab, slot, p in ends]
    worst = max(found, key=lambda met: (bool(met.fault), abs(met.off)))
    return Met(joint, a, b, worst.fault, worst.off)


def _fastened(joint: Joint, point: np.ndarray, ones: Sequence[Body], others: Sequence[Body]) -> Met:
    """A bolt or screw through b's face: into a's edge, or into a's face if they lie on each other."""
    flat = joint.kind == "bolted"
    b = _nearest(others, point, 12.0 + (others[0].shape.thickness if others else 0.0))
    if b is None:
        return Met(joint, fault=f"at {_at(point)} there is no {joint.b}")
    a = _nearest(ones, point, 60.0)
    if a is None:
        return Met(joint, fault=f"at {_at(point)} there is no {joint.a}")
    for body in (b, a) if flat else (b,):
        off = _beside(body, point)
        if off is None or off > AXIS_TOLERANCE:
            said = "no hole" if off is None else f"its hole {off:.2f} mm beside the axis"
            return Met(joint, a, b, f"{body.name} has {said} at {_at(point)}")
    if flat:
        return Met(joint, a, b)
    into = b.normal * (b.shape.thickness / 2 + 8.0)
    inner = min((point + into, point - into), key=lambda p: distance(a, p))
    z = a.to_local(inner)[2]
    if abs(z - a.shape.thickness / 2) > AXIS_TOLERANCE:
        return Met(
            joint,
            a,
            b,
            f"the bolt at {_at(point)} is {abs(z - a.shape.thickness / 2):.2f} mm off the middle of {a.name}",
        )
    if joint.kind == "screwed":
        reached = distance(a, inner) < 1e-6
        return Met(joint, a, b, "" if reached else f"the screw at {_at(point)} finds no wood in {a.name}")
    middle = _middle(a, inner, _along(a, b))
    if middle is None or abs(middle) > AXIS_TOLERANCE:
        said = "has no channel" if middle is None else f"has its channel {abs(middle):.2f} mm beside the axis"
        return Met(joint, a, b, f"{a.name} {said} for the bolt at {_at(point)}")
    return Met(joint, a, b)


def _beside(body: Body, point: np.ndarray) -> float | None:
    """How far a point lies from the middle of the hole around it; None if there is no hole."""
    centred = point + body.normal * (body.shape.thickness / 2 - body.to_local(point)[2])
    offs = [_middle(body, centred, np.asarray(body.matrix[:, k])) for k in (0, 1)]
    return None if None in offs else max(abs(o) for o in offs if o is not None)


def _middle(body: Body, point: np.ndarray, direction: np.ndarray) -> float | None:
    """From a point to the middle of the gap in the wood that it lies in; None if it lies in wood or in the open."""
    spans = wood_along(body, point, direction)
    if any(s.start < 0 < s.end for s in spans):
        return None
    before, after = [s.end for s in spans if s.end <= 0], [s.start for s in spans if s.start >= 0]
    return (max(before) + min(after)) / 2 if before and after else None


def _lying(joint: Joint, point: np.ndarray, ones: Sequence[Body], others: Sequence[Body]) -> Met:
    """They only touch: hinges, what slides, what is put away. A hinge's knuckle stands beside the wood it is screwed to."""
    within = joint.clearance + LOOSE
    if joint.kind == "hinge" and ones:
        within += ones[0].shape.thickness / 2
    a, b = (_nearest(bodies, point, within) for bodies in (ones, others))
    if a is None or b is None:
        missing = joint.a if a is None else joint.b
        return Met(joint, fault=f"no {missing} is near {_at(point)}")
    return Met(joint, a, b)


def _on_a_rod(joint: Joint, point: np.ndarray, ones: Sequence[Body], others: Sequence[Body]) -> Met:
    """A rod joins what it passes through, far apart: each contact lies in the one or in the other."""
    a, b = (_nearest(bodies, point, 10.0) for bodies in (ones, others))
    if a is None and b is None:
        return Met(joint, fault=f"neither {joint.a} nor {joint.b} is near {_at(point)}")
    return Met(joint, a, b)


def _along(a: Body, b: Body) -> np.ndarray:
    """The direction that lies in both sheets."""
    cross = np.cross(a.normal, b.normal)
    return np.asarray(cross / np.linalg.norm(cross))


def _in_slab(body: Body, point: np.ndarray) -> bool:
    return bool(-1e-6 <= body.to_local(point)[2] <= body.shape.thickness + 1e-6)


_LOOK: dict[str, Callable[[Joint, np.ndarray, Sequence[Body], Sequence[Body]], Met]] = {
    "through-tenon": _tab_in_slot,
    "dado": _tab_in_slot,
    "finger": _tab_in_slot,
    "wedge": _tab_in_slot,
    "cross-lap": _cross_lap,
    "barrel-nut": _fastened,
    "bolted": _fastened,
    "screwed": _fastened,
    "rod": _on_a_rod,
}


def check(found: Sequence[Met]) -> Verdict:
    faults = [f"{met.joint.kind} {met.joint.a}–{met.joint.b}: {met.fault}" for met in found if met.fault]
    worst = float(max((abs(met.off) for met in found), default=0.0))
    if not faults:
        detail = f"{len(found)} contacts: each tab stands in its slot, each bolt in its holes, with the stated play"
        return Verdict("joints", round(worst, 3), PLAY_TOLERANCE, "mm", SOURCE, Colour.GREEN, detail)
    more = f"; and {len(faults) - 5} more" if len(faults) > 5 else ""
    return Verdict("joints", round(worst, 3), PLAY_TOLERANCE, "mm", SOURCE, Colour.RED, "; ".join(faults[:5]) + more)
