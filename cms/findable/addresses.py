# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Addresses as they are given to other programs: whole, and one for each page."""

from __future__ import annotations

from django.conf import settings
from django.utils.encoding import iri_to_uri


def base() -> str:
    """ "https://treteau.example.org", as the installation names itself (TRETEAU_BASE_URL)."""
    return str(settings.WAGTAILADMIN_BASE_URL).rstrip("/")


def absolute(address: str) -> str:
    """A path of this site with its name before it; what is whole already stays. Takes whatever somebody typed as a path."""
    if address.startswith(("https://", "http://")):
        return address
    return f"{base()}/{iri_to_uri(address).lstrip('/')}"
