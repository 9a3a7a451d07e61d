# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What tells this site the ways by road: the straight line times a factor, until somebody puts a router here."""

from __future__ import annotations

from django.conf import settings

from fablabs.geography import DetourFactor, Roads


def site_roads() -> Roads:
    """``TRETEAU_DETOUR_FACTOR`` is read at each call: a test or an installation may change it."""
    return DetourFactor(settings.TRETEAU_DETOUR_FACTOR)
