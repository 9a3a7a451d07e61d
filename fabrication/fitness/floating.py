# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""No part floats loose: over joints that are really there, every copy of every part is held to the rest."""

from __future__ import annotations

from collections.abc import Sequence

from fabrication.fitness.bodies import Body
from fabrication.fitness.joints import Met
from fabrication.fitness.verdict import Colour, Verdict

SOURCE = "graph of the parts over the contacts that were found on the solids"


def adrift(wood: Sequence[Body], found: Sequence[Met]) -> list[Body]:
    """The bodies that can't be reached from the largest set that hangs together."""
    parent = {body.name: body.name for body in wood}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    on_rods: dict[int, set[str]] = {}
    for met in found:
        if met.a and met.b:
            parent[root(met.a.name)] = root(met.b.name)
        if met.joint.kind == "rod":  # one rod passes through them all
            on_rods.setdefault(id(met.joint), set()).update(b.name for b in (met.a, met.b) if b)
    for first, *others in map(sorted, on_rods.values()):
        for other in others:
            parent[root(first)] = root(other)
    groups: dict[str, list[Body]] = {}
    for body in wood:
        groups.setdefault(root(body.name), []).append(body)
    largest = max(groups.values(), key=len, default=[])
    return [body for body in wood if body not in largest]


def check(wood: Sequence[Body], found: Sequence[Met]) -> Verdict:
    loose = adrift(wood, found)
    if not loose:
        return Verdict("floating", 0, 0, "parts", SOURCE, Colour.GREEN, f"all {len(wood)} parts hang together")
    return Verdict(
        "floating", len(loose), 0, "parts", SOURCE, Colour.RED,
        "held by nothing: " + ", ".join(body.title for body in loose),
    )  # fmt: skip
