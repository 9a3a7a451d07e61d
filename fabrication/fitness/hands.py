# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many people it takes to put the piece together and to carry it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from designs.furniture import Furniture
from fabrication.fitness.bodies import Body
from fabrication.fitness.joints import Met
from fabrication.fitness.verdict import Colour, Verdict

#: kg that one person lifts.
ONE_PERSON = 25.0
SOURCE = "25 kg for one person: NF X35-109, its most under conditions; French labour code R.4541-9 allows women 25 kg, men 55 kg"


def check(furniture: Furniture, wood: Sequence[Body], met: Sequence[Met]) -> list[Verdict]:
    """One verdict: the heaviest thing that is lifted by too few, else what takes most people."""
    weights = {(body.code, body.copy): body.shape.volume * furniture.sheet.density_kg_m3 * 1e-9 for body in wood}
    lifted: list[tuple[str, float, int]] = []
    groups: dict[str, set[tuple[str, int]]] = {}
    for number, step in enumerate(furniture.steps, 1):
        coming = set(step.parts).union(*(groups.pop(name, set()) for name in step.joins))
        kg = _heaviest(coming, weights, met)
        groups.setdefault(step.group, set()).update(coming)
        # What is set upright turns about an edge that stays on the floor, which bears the other half.
        upright = 0.5 if step.joins and step.direction is None else 1.0
        if kg or step.hands > 1:
            lifted.append((f"step {number} ({step.title})", upright * kg, step.hands))
    by_code: dict[str, float] = {}
    for (code, _), kg in weights.items():
        by_code[code] = by_code.get(code, 0.0) + kg
    use = furniture.use
    for lift in use.lifts if use else ():
        lifted.append((lift.name, sum(by_code.get(code, 0.0) for code in lift.parts) + lift.kg, lift.hands))
    if use and use.hands > 1:
        lifted.append(("setting it up", 0.0, use.hands))
    if not lifted:
        return []
    name, kg, hands = max(lifted, key=lambda thing: (thing[1] / thing[2] > ONE_PERSON, thing[2], thing[1]))
    if kg / hands > ONE_PERSON:
        needed = math.ceil(kg / ONE_PERSON)
        detail = f"{name}: {kg:.1f} kg, said to take {hands}; it takes {needed} people"
        return [Verdict("hands", round(kg, 1), ONE_PERSON * hands, "kg", SOURCE, Colour.RED, detail)]
    if hands > 1:
        several = sum(1 for thing in lifted if thing[2] > 1)
        detail = f"takes {hands} people, {several} times; most for {name}: {kg:.1f} kg"
        return [Verdict("hands", round(kg, 1), ONE_PERSON * hands, "kg", SOURCE, Colour.AMBER, detail)]
    return [
        Verdict(
            "hands",
            round(kg, 1),
            ONE_PERSON,
            "kg",
            SOURCE,
            Colour.GREEN,
            f"one person; heaviest is {name}: {kg:.1f} kg",
        )
    ]


def _heaviest(coming: set[tuple[str, int]], weights: Mapping[tuple[str, int], float], met: Sequence[Met]) -> float:
    """kg of the heaviest thing among what comes: what is not joined yet is carried one after the other."""
    clusters = [{key} for key in coming]
    for found in met:
        if found.a and found.b:
            ends = {(found.a.code, found.a.copy), (found.b.code, found.b.copy)}
            touched = [cluster for cluster in clusters if cluster & ends]
            if ends <= coming and len(touched) == 2:
                clusters = [cluster for cluster in clusters if cluster not in touched] + [touched[0] | touched[1]]
    return max((sum(weights.get(key, 0.0) for key in cluster) for cluster in clusters), default=0.0)
