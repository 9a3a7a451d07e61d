# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the bell in the header shows: how many notices a person has not read."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest

from accounts.services.notices import unread_count


def bell(request: HttpRequest) -> dict[str, Any]:
    """Counted when a template asks, once a page: it asks for people who are signed in alone, so nobody else costs a query."""

    @cache
    def unread() -> int:
        return unread_count(request.user)

    return {"unread_notices": unread}
