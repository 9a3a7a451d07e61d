# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is written of a model, before and now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: As the draft's own fields are called (designs.models.DesignDraft).
LABELS = {
    "title": "Titre",
    "summary": "Résumé",
    "story": "Description",
    "credit": "Crédit",
    "licence": "Licence",
}


@dataclass(frozen=True)
class TextChange:
    """``name`` of ``TEXTS``; whole texts, plain."""

    name: str
    label: str
    old: str
    new: str

    def data(self) -> dict[str, Any]:
        return {"name": self.name, "label": self.label, "old": self.old, "new": self.new}


def text_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[TextChange, ...]:
    """Those that differ in more than spaces. ``changes`` is about this very comparison, and left out of it."""
    found = []
    for name, label in LABELS.items():
        before, now = str(old.get(name) or ""), str(new.get(name) or "")
        if before.split() != now.split():
            found.append(TextChange(name, label, before, now))
    return tuple(found)
