# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One machine, loopback only, demonstration data: what ``make run`` starts."""

from __future__ import annotations

from cms.settings.base import *  # noqa: F403

TRETEAU_DEMO = True
