# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Models that are no code of ours, as designs: the rest of the house can't tell them from those in code."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import designs
from designs.content import Content
from designs.design import Design
from designs.errors import ParameterError, SheetError
from designs.furniture import Furniture, Part
from designs.jail import JailError
from designs.parameters import Parameter
from designs.sheet import Sheet
from designs.specification import DEFAULT_THICKNESS_RANGE, THICKEST, THINNEST
from designs.typography import french_number
from fabrication.loops import TOLERANCE
from fabrication.plan import FlatPart, Work
from fabrication.scripted import asking
from fabrication.scripted.errors import ScriptError
from fabrication.scripted.flat_data import parts_read
from fabrication.scripted.judging import require_rules

#: How much thinner, and thicker, than drawn a sheet may be for uploaded parts (mm): their slots are cut as they were drawn, for
#: one thickness, with a play that nobody told. Thinner sheets sit loose, thicker ones don't go in.
LOOSER, TIGHTER = 1.0, 0.2
#: Uploaded parts without places are shown lying in rows not much longer than this, with so much between them (mm).
ROW, BETWEEN = 3000.0, 60.0


def drawn(identifier: str, number: int, content: Content, texts: Mapping[str, str], version: str = "") -> Design:
    """The design that a content is; registered with ``designs.drawers``. Nothing is drawn yet."""
    return (ScriptedDesign if content.kind == "script" else FlatDesign)(identifier, number, content, texts, version)


class _ContentDesign(Design):
    """What both kinds take from a content. The class variables of ``Design`` are the instance's here."""

    parameters: tuple[Parameter, ...] = ()  # type: ignore[misc]

    def __init__(
        self, identifier: str, number: int, content: Content, texts: Mapping[str, str], version: str = ""
    ) -> None:
        self._content, self._version = content, version
        specification = content.parsed
        here = vars(self)
        here["identifier"], here["revision"] = identifier, number
        here["title"] = texts.get("title") or identifier
        for name in ("summary", "story", "credit", "changes"):
            here[name] = texts.get(name) or ""
        here["licence"] = texts.get("licence") or Design.licence
        here["parameters"], here["constraints"] = specification.parameters, specification.constraints
        here["thickness_range"] = specification.thickness_range
        here["router_only"] = specification.router_only or {}

    @property
    def version(self) -> str:
        return self._version or super().version

    @property
    def content_key(self) -> str:
        return self._content.digest

    @property
    def content(self) -> Content:
        return self._content


class ScriptedDesign(_ContentDesign):
    """A designer's script, drawn in the jail. ``said`` is what the last drawing printed.

    A script that is byte for byte one of ours is drawn here, as ours is: so adapted words and bounds of a shipped model work
    where there is no jail.
    """

    said = ""

    @cached_property
    def shipped(self) -> Design | None:
        """The design of our own code that these sources are, if they are."""
        folder = Path(designs.__file__).parent
        for name, text in self._content.sources.items():
            file = folder / name  # a plain name: Content checks that
            if not file.is_file() or file.read_bytes() != text.encode():
                return None
        module = import_module(f"designs.{self._content.main.removesuffix('.py')}")
        found = [
            value
            for value in vars(module).values()
            if inspect.isclass(value) and issubclass(value, Design) and value.__module__ == module.__name__
        ]
        return found[0]() if len(found) == 1 and not inspect.isabstract(found[0]) else None

    def clean(self, given: Mapping[str, object]) -> dict[str, Any]:
        """Values for every parameter, judged by the specification and by the script's own rules; raises ParameterError,
        also where the jail can't say."""
        values = self.written.clean(given)
        if self.shipped is not None:
            require_rules(self.shipped, values)
        elif self._content.parsed.rules_in_script:
            try:
                asking.require_accepted(self._content, values, [p.name for p in self.parameters], asker=self.identifier)
            except (JailError, ScriptError) as error:
                # The values that the model is published with were judged when it was; any others are not taken unseen.
                if values != {p.name: p.default for p in self.parameters}:
                    first = next(iter(values), "")
                    raise ParameterError(
                        f"the script's rules can't be asked: {error}", {first: error.french}
                    ) from error
        return values

    def build(self, given: Mapping[str, object] | None = None, sheet: Sheet | None = None) -> Furniture:
        """As any design; the script's rules are judged where it is drawn, not twice."""
        values = self.written.clean(given or {})
        sheet = sheet or Sheet()
        self.require_thickness(sheet)
        return self.draw(values, sheet)

    def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
        """Raises ParameterError and SheetError (the script's own), ScriptError with file, line and column, JailError."""
        if self.shipped is not None:
            require_rules(self.shipped, values)
            piece = self.shipped.draw(values, sheet)
            return dataclasses.replace(piece, design=self.identifier, parameters=dict(values))
        from fabrication.scripted.transport import furniture_read

        answer = asking.drawn(self._content, values, sheet, [p.name for p in self.parameters], asker=self.identifier)
        self.said = answer.said
        return furniture_read(answer.furniture, self.identifier, values, sheet)


class FlatDesign(_ContentDesign):
    """Flat parts that were drawn elsewhere: no parameters, one thickness. They lie side by side, or where the file had them."""

    def __init__(
        self, identifier: str, number: int, content: Content, texts: Mapping[str, str], version: str = ""
    ) -> None:
        super().__init__(identifier, number, content, texts, version)
        t = self.drawn_thickness
        if t is not None and content.parsed.thickness_range == DEFAULT_THICKNESS_RANGE:  # nobody said otherwise
            vars(self)["thickness_range"] = (max(THINNEST, t - LOOSER), min(THICKEST, t + TIGHTER))

    @property
    def drawn_thickness(self) -> float | None:
        """mm: what the joints of the file fit, and where its parts stand without running into each other. Lists of models ask for
        it: one figure is read, and what is none is refused where the parts are drawn."""
        t = self._content.parts[0].get("thickness") if self._content.parts else None
        return float(t) if isinstance(t, int | float) and THINNEST <= t <= THICKEST else None

    @cached_property
    def flat(self) -> tuple[FlatPart, ...]:
        """As they were drawn. Raises TransportError."""
        return parts_read(self._content.parts)

    def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
        """The parts in this sheet: what goes through goes through it, what is blind keeps its depth.

        Raises ScriptError (a pocket deeper than the sheet, cuts that make no solid)."""
        from fabrication.scripted.rebuilt import MAX_BOOLEAN_CORNERS, rebuilt
        from fabrication.scripted.transport import places_read

        parts, corners = [], [MAX_BOOLEAN_CORNERS]
        laid = _Rows()
        for index, (flat, data) in enumerate(zip(self.flat, self._content.parts, strict=True)):
            cut = _in_sheet(flat, sheet.thickness)
            places = data.get("places")
            room = [flat.quantity]
            at = places_read(places, f"parts.{index}.places", room) if places else laid.places(cut)
            parts.append(Part(flat.code, flat.name, rebuilt(cut, corners), at, flat.grain, flat.finish))
        return Furniture(self.identifier, dict(values), sheet, tuple(parts))


class _Rows:
    """Places side by side on the floor."""

    def __init__(self) -> None:
        self.x = self.y = self.deepest = 0.0

    def places(self, part: FlatPart) -> tuple[Any, ...]:
        import cadquery as cq

        left, low, right, high = part.outline.bounds
        found = []
        for _ in range(part.quantity):
            if self.x > 0 and self.x + right - left > ROW:
                self.x, self.y, self.deepest = 0.0, self.y + self.deepest + BETWEEN, 0.0
            found.append(cq.Location(cq.Vector(self.x - left, self.y - low, 0)))
            self.x += right - left + BETWEEN
            self.deepest = max(self.deepest, high - low)
        return tuple(found)


def _in_sheet(part: FlatPart, thickness: float) -> FlatPart:
    """The part cut from a sheet of that thickness (mm)."""
    operations = []
    for cut in part.operations:
        through = cut.work is Work.CUT_OUTSIDE or cut.depth >= part.thickness - TOLERANCE
        if not through and cut.depth > thickness - 1.0:
            depth = french_number(cut.depth)
            raise SheetError(
                f"{part.code} {part.name!r}: a pocket {cut.depth:g} mm deep in a sheet of {thickness:g} mm",
                f"{part.code} « {part.name} » a une poche de {depth} mm : trop profonde pour ce panneau.",
            )
        operations.append(dataclasses.replace(cut, depth=thickness) if through else cut)
    return dataclasses.replace(part, thickness=thickness, operations=tuple(operations))
