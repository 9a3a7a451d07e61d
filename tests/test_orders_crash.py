# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A small campaign, a real site, a real worker, and SIGKILL at any moment: nothing is lost, nothing is doubled. The large one is
run by hand: ``make simulate``."""

from __future__ import annotations

import re
from pathlib import Path

from tests.running import Installation


def test_a_campaign_survives_that_its_processes_are_killed(tmp_path: Path) -> None:
    site = Installation(tmp_path)
    site.migrate()
    said = site.run(
        "manage.py", "simulate_campaign", "--orders", "10", "--seed", "11", "--kill-every", "1.2", "--most-kills", "5",
        "--trouble", "0", "--patience", "150", timeout=300,
    )  # fmt: skip
    figures = dict(re.findall(r"^ *(\S[^\n]*?)  (\S.*)$", said, re.MULTILINE))
    assert (figures["orders"], figures["lost"], figures["faults"]) == ("10", "0", "0"), said
    assert int(figures["kills"].split()[0]) >= 2, said
    assert int(figures["events"]) > 100 and int(figures["received"]) >= int(figures["messages"]) > 100, said
    # The same rows, looked at once more by whoever keeps the site.
    assert "0 faults" in site.run("manage.py", "audit_orders", "--settled")
