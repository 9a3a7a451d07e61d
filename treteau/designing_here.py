# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A designer's own script, run in this very process: what the jail's entry does, without the jail around it.

Only ``--here`` leads here. What comes out is read as strictly as what comes out of the jail, so that both answer the same.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from designs.furniture import Furniture
from designs.sheet import Sheet
from fabrication.scripted.answers import answered
from fabrication.scripted.design import ScriptedDesign
from fabrication.scripted.inside import build
from fabrication.scripted.transport import furniture_read


class DesignHere(ScriptedDesign):
    """What the script prints comes out on standard error, at once."""

    def clean(self, given: Mapping[str, object]) -> dict[str, Any]:
        values = self.written.clean(given)
        if self.content.parsed.rules_in_script:
            self._answer(values, Sheet(), "rules")
        return values

    def draw(self, values: Mapping[str, Any], sheet: Sheet) -> Furniture:
        found = self._answer(values, sheet, "furniture").get("furniture")
        return furniture_read(found, self.identifier, values, sheet)

    def _answer(self, values: Mapping[str, Any], sheet: Sheet, want: str) -> Mapping[str, Any]:
        content = self.content
        asked = {
            "sources": content.sources,
            "main": content.main,
            "values": values,
            "sheet": asdict(sheet),
            "want": want,
        }
        with contextlib.redirect_stdout(sys.stderr):
            output = build(json.dumps(asked, ensure_ascii=False, allow_nan=False).encode())
        return answered(output, content.sources, [parameter.name for parameter in self.parameters])
