# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files that the test client was sent."""

from __future__ import annotations

from typing import Any


def close_file(answer: Any) -> None:
    """Its file, and not the test's connection to the database with it, as ``answer.close()`` does: outside of a request,
    Django takes that for the end of one."""
    for close in answer._resource_closers:
        close()
