# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may sign in, and whose session still holds."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Asked at each sign-in, and at each request of a session."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Not who was shut out; and somebody whose password everybody knows on a demonstration's site alone."""
        if user is not None and user.is_demo and not settings.TRETEAU_DEMO:
            return False
        return bool(super().user_can_authenticate(user))
