# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a verification found: checks by id, and one line a fault."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

#: Every check, in the order in which it is reported, with what it says when nothing is wrong.
CHECKS = {
    "archive": "one folder in one archive, of a reasonable size",
    "sums": "every file has the SHA-256 that SHA256SUMS and the manifest state",
    "manifest-schema": "all required keys are there, with the right types",
    "files": "every file named is there, and no other",
    "identity": "the key is that of the inputs, names are of that key, the licence is there in full",
    "units": "millimetres, metric, the machine file's DXF version; nominal or compensated as the process asks",
    "layers": "every contour is on a layer of the grammar, with the measured thickness",
    "contours": "every cutting contour is closed, simple, single, and made of lines and arcs",
    "step": "one solid a product, as thick as the sheet",
    "quantities": "parts drawn = parts of the piece × pieces",
    "geometry": "every copy of every part is its solid, less reliefs and kerf",
    "part-files": "every part's own drawing is its solid at 1:1",
    "coupon": "each slot of the coupon has the clearance of its number",
    "manifest-figures": "areas, perimeters, sizes and utilisation are those of what is drawn",
    "sheets": "sheet sizes, margins, distances and grain are kept",
    "svg": "every SVG shows its sheet at 1:1",
    "pdf": "every PDF page shows its sheet exactly at its printed scale",
    "glb": "every part's mesh is watertight, its solid, and in its place",
    "machine-files": "every machine file cuts its sheet as the solids ask, or the manifest says why there is none",
    "lists": "the lists count what is drawn",
    "notice": "the assembly notice shows every part and every bought thing, and its steps are numbered",
    "okh": "the OKH manifest names every file, and every part with its solid's size and mass",
}
#: More faults than this of one check say nothing new.
MAX_FAULTS_A_CHECK = 300


@dataclass(frozen=True)
class Check:
    """One check: ``detail`` is one English line, the first fault if there is one."""

    id: str
    ok: bool
    detail: str


@dataclass(frozen=True)
class Report:
    """``checks`` in the order they are made; ``faults`` one line each, that names the part or the file."""

    checks: tuple[Check, ...]
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks) and not self.faults


@dataclass
class Ledger:
    """Collects faults while the checks run; a check that never ran is not in the report."""

    _faults: dict[str, list[str]] = field(default_factory=dict)
    _notes: dict[str, str] = field(default_factory=dict)

    def ran(self, *checks: str) -> None:
        for check in checks:
            self._faults.setdefault(check, [])

    def fault(self, check: str, text: str) -> None:
        line = " ".join(text.split())
        lines = self._faults.setdefault(check, [])
        if line not in lines:
            lines.append(line)

    def faults(self, check: str, texts: Iterable[str]) -> None:
        self.ran(check)
        for text in texts:
            self.fault(check, text)

    def note(self, check: str, text: str) -> None:
        """What was looked at, for the detail of a check that passes."""
        self.ran(check)
        self._notes[check] = text

    def clean(self, *checks: str) -> bool:
        return not any(self._faults.get(check) for check in checks)

    def report(self) -> Report:
        checks, faults = [], []
        for check, promise in CHECKS.items():
            if check not in self._faults:
                continue
            found = self._faults[check]
            if found:
                more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
                checks.append(Check(check, False, found[0] + more))
                faults += found[:MAX_FAULTS_A_CHECK]
                if len(found) > MAX_FAULTS_A_CHECK:
                    faults.append(f"{check}: {len(found) - MAX_FAULTS_A_CHECK} more faults of this kind")
            else:
                checks.append(Check(check, True, self._notes.get(check, promise)))
        return Report(tuple(checks), tuple(faults))
