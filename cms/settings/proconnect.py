# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How this site is registered with ProConnect, if it is. Plain function, read once by accounts.py."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

WELL_KNOWN = "/.well-known/openid-configuration"
_NAMES = ("TRETEAU_PROCONNECT_URL", "TRETEAU_PROCONNECT_CLIENT_ID", "TRETEAU_PROCONNECT_CLIENT_SECRET")


def proconnect(environment: Mapping[str, str]) -> dict[str, str]:
    """``{"url", "client_id", "client_secret"}``, the first being the discovery document's whole address; empty where none
    of the three is set. Raises ImproperlyConfigured for two of three, and for an address that anybody could listen to."""
    given = {name: environment.get(name, "").strip() for name in _NAMES}
    if not any(given.values()):
        return {}
    missing = [name for name, value in given.items() if not value]
    if missing:
        raise ImproperlyConfigured(
            f"{' and '.join(missing)}: ProConnect needs all three of {', '.join(_NAMES)}, or none"
        )
    url, client_id, client_secret = given.values()
    parts = urlsplit(url)
    if not parts.hostname or (
        parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname == "127.0.0.1")
    ):
        raise ImproperlyConfigured(f"{_NAMES[0]} begins with https://, for example https://…/api/v2")
    url = url.rstrip("/")
    return {
        "url": url if url.endswith(WELL_KNOWN) else url + WELL_KNOWN,
        "client_id": client_id,
        "client_secret": client_secret,
    }
