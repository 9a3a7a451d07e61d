# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a published model is, in code: parameters, texts and a way to build it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from designs.errors import SheetError
from designs.furniture import Furniture
from designs.parameters import Constraint, Parameter, Written
from designs.sheet import Sheet

#: What a model says in words, in French, each beside the drawing and none of it: attributes of a design, fields of a draft,
#: keys of a revision's ``texts`` and of ``modele.toml``.
TEXTS = ("title", "summary", "story", "credit", "licence", "changes")


class Design(ABC):
    """One model. Subclasses set the class variables and write ``draw``; one file a design.

    Texts are French. ``revision`` counts the published states of the drawing. Sheets outside
    ``thickness_range`` (measured, mm) are refused: joints and strength are drawn for it.
    """

    identifier: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]  # one sentence
    story: ClassVar[str]  # a few paragraphs, separated by blank lines
    credit: ClassVar[str]  # "d’après …"
    revision: ClassVar[int] = 1
    changes: ClassVar[str] = ""  # what this revision changed, for who knows the one before
    licence: ClassVar[str] = "CERN-OHL-S-2.0"
    thickness_range: ClassVar[tuple[float, float]] = (14.4, 21.6)
    #: Parameter → the value that makes pockets: a laser, which cuts only through, is refused before anything is built.
    router_only: ClassVar[Mapping[str, Any]] = {}
    parameters: ClassVar[tuple[Parameter, ...]]
    constraints: ClassVar[tuple[Constraint, ...]] = ()

    @property
    def version(self) -> str:
        """MAJOR.MINOR.PATCH: of a design in code its revision, of a drawing from the studio what it was published as."""
        return f"{self.revision}.0.0"

    @property
    def content_key(self) -> str:
        """What the drawing is, in every key of what is kept of it: a design in code counts its revisions, a drawing from the studio
        is named by the SHA-256 of its content (``designs.content``), so that what was computed of a draft stays good."""
        return str(self.revision)

    @property
    def reference(self) -> str:
        """This very drawing, as ``designs.catalogue.design`` finds it again: "chariot@1"."""
        return f"{self.identifier}@{self.content_key}"

    @property
    def written(self) -> Written:
        """Its bounds and written rules alone: whoever only looks, or tries hundreds of sizes, starts no stranger's script."""
        return Written(self.parameters, self.constraints)

    def clean(self, given: Mapping[str, object]) -> dict[str, Any]:
        """Values for every parameter; raises ParameterError."""
        return self.written.clean(given)

    def build(self, given: Mapping[str, object] | None = None, sheet: Sheet | None = None) -> Furniture:
        """The piece in these sizes for this sheet.

        Raises ParameterError (a value, a constraint), SheetError, GeometryError (sizes that leave
        no room for a joint).
        """
        values = self.clean(given or {})
        sheet = sheet or Sheet()
        self.require_thickness(sheet)
        return self.draw(values, sheet)

    def require_thickness(self, sheet: Sheet) -> None:
        """Raises SheetError for a sheet that the design is not drawn for."""
        low, high = self.thickness_range
        if not low <= sheet.thickness <= high:
            raise SheetError(
                f"{self.identifier} is drawn for sheets of {low:g} to {high:g} mm, not {sheet.thickness:g} mm"
            )

    @abstractmethod
    def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
        """Build from cleaned values; imports CadQuery only here, since that costs seconds."""


def content_inputs(revision: int, content_key: str) -> dict[str, object]:
    """Of the canonical JSON that keys are made of: which drawing it was. A design in code is named as ever, so that what was
    kept of it stays good; one from the studio by its content alone."""
    return {"revision": revision} if content_key == str(revision) else {"content": content_key}
