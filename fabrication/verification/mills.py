# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the manifest says of several tools, against what is drawn for them and what the machine's files move."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from fabrication.verification.travel import tools_of

if TYPE_CHECKING:
    from fabrication.verification.comparison import Line
    from fabrication.verification.manifest import Manifest, ToolUse
    from fabrication.verification.package import Package

_OPERATIONS = {"OUTSIDE": "cut-outside", "INSIDE": "cut-inside", "POCKET": "pocket"}


def drawn_faults(package: Package) -> Iterator[str]:
    """Each mill cuts what is drawn for it, of the parts that it is said to cut, and nothing is said of another."""
    manifest = package.manifest
    if manifest.tool is None or not (manifest.tools or any(row.mill_mm for row in manifest.layers)):
        return
    main = manifest.tool.diameter_mm
    works: dict[float, set[str]] = defaultdict(set)
    parts: dict[float, set[str]] = defaultdict(set)
    for code, lines in (*package.part_lines.items(), ("", package.coupon_lines)):
        for mill, operation in _contours(lines, main):
            works[mill].add(operation)
            parts[mill] |= {code} if code else set()
            if code and operation == "cut-outside" and mill != main:
                yield f"{code}'s outline is drawn for a mill of {mill:g} mm, {main:g} mm frees the parts"
    known = set(package.part_lines) | {part.code for part in (manifest.coupon.parts if manifest.coupon else ())}
    mills = {use.diameter_mm: use for use in manifest.tools if use.kind == "end-mill" and _contour_work(use)}
    for mill in sorted(works.keys() | mills.keys()):
        said = _contour_work(mills[mill]) if mill in mills else set()
        if said != works[mill]:
            listed, drawn = (", ".join(sorted(words)) or "nothing" for words in (said, works[mill]))
            yield f"tools: the mill of {mill:g} mm is for {listed}, {drawn} is drawn for it"
        elif missing := parts[mill] - set(mills[mill].parts):
            yield f"tools: the mill of {mill:g} mm cuts {', '.join(sorted(missing))} too"
        elif not set(mills[mill].operations) & {"drill", "engrave"} and (
            more := {p for p in mills[mill].parts if p.startswith("P")} - parts[mill]
        ):
            yield f"tools: the mill of {mill:g} mm has nothing to cut of {', '.join(sorted(more))}"
    for use in manifest.tools:
        if strangers := set(use.parts) - known:
            yield f"tools: {use.name!r} is for {', '.join(sorted(strangers))}, which is not there"


def moved_faults(manifest: Manifest, moved: Collection[int]) -> Iterator[str]:
    """The tools (numbers) that cut in any of the machine's files are those that the manifest names, all of them."""
    if not manifest.tools:
        return
    tools = tools_of(manifest.machine)
    moving = {tools[number].name for number in moved if number in tools}
    # The machine's files do not cut the coupon.
    needed = {use.name for use in manifest.tools if any(part.startswith("P") for part in use.parts)}
    for name in sorted(needed - moving):
        yield f"no machine file moves {name!r}, which the manifest names"
    for name in sorted(moving - {use.name for use in manifest.tools}):
        yield f"machine files move {name!r}, which the manifest's tools do not name"


def _contours(lines: Collection[Line], main: float) -> Iterator[tuple[float, str]]:
    for line in lines:
        if line.layer.kind in _OPERATIONS:
            yield line.layer.mill or main, _OPERATIONS[line.layer.kind]


def _contour_work(use: ToolUse) -> set[str]:
    return {operation for operation in use.operations if operation in _OPERATIONS.values()}
