# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""When a meeting is, in French, on the clocks of Paris whatever the season."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from designs.typography import SPACE

PARIS = ZoneInfo("Europe/Paris")


def day_of(moment: datetime) -> str:
    """ "mardi 8 décembre 2026", "mardi 1er décembre 2026"."""
    local = moment.astimezone(PARIS)
    day = "1er" if local.day == 1 else str(local.day)
    return f"{date_format(local, 'l')} {day}{SPACE}{date_format(local, 'F Y')}"


def hour_of(moment: datetime) -> str:
    """ "14 h", "9 h 05"."""
    local = moment.astimezone(PARIS)
    return f"{local.hour}{SPACE}h" + (f"{SPACE}{local.minute:02d}" if local.minute else "")


def when(starts_at: datetime, ends_at: datetime) -> str:
    """ "mardi 8 décembre 2026, de 14 h à 15 h 30"; over midnight, both days."""
    if starts_at.astimezone(PARIS).date() == ends_at.astimezone(PARIS).date():
        return f"{day_of(starts_at)}, de {hour_of(starts_at)} à {hour_of(ends_at)}"
    return f"du {day_of(starts_at)}, {hour_of(starts_at)}, au {day_of(ends_at)}, {hour_of(ends_at)}"
