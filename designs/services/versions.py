# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Version numbers of models: MAJOR.MINOR.PATCH (semver.org), said of furniture.

Major: joints or the set of parameters changed; an old part doesn't fit a new piece. Minor: parts changed, every joint stayed.
Patch: words, wider bounds."""

from __future__ import annotations

import re

from designs.models import DesignDraft

Step = DesignDraft.Step

_ORDER = ("", "patch", "minor", "major")
_VERSION = re.compile(r"(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})", re.ASCII)
FIRST = "1.0.0"


def next_version(old: str, step: str) -> str:
    """What comes after ``old`` ("" for nothing: 1.0.0). Raises ValueError for what is no version or no step."""
    if not old:
        return FIRST
    found = _VERSION.fullmatch(old)
    if found is None:
        raise ValueError(f"no version: {old[:20]!r}; it is three numbers, as 1.2.0")
    major, minor, patch = map(int, found.groups())
    match step:
        case Step.MAJOR:
            return f"{major + 1}.0.0"
        case Step.MINOR:
            return f"{major}.{minor + 1}.0"
        case Step.PATCH:
            return f"{major}.{minor}.{patch + 1}"
    raise ValueError(f"no step: {step[:20]!r}; known: major, minor, patch")


def at_least(step: str, proposed: str) -> bool:
    """Does ``step`` say as much as what the comparison found? One may promise less, never more."""
    return _ORDER.index(step) >= _ORDER.index(proposed)
