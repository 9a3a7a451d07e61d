# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Assignments on the site: asked for by a coordinator, made by a worker, compared, proposed."""

from fabrication.assignment.services.comparison import Changed, changes
from fabrication.assignment.services.proposals import propose
from fabrication.assignment.services.runs import (
    NotAllowedError,
    Rule,
    RunError,
    Settings,
    again,
    open_workshops,
    request_run,
)
from fabrication.assignment.services.working import sweep, work

__all__ = [
    "Changed",
    "NotAllowedError",
    "Rule",
    "RunError",
    "Settings",
    "again",
    "changes",
    "open_workshops",
    "propose",
    "request_run",
    "sweep",
    "work",
]
