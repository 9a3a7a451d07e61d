# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Addresses as they are given to other programs: whole, and one for each page."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from django.conf import settings


def base() -> str:
    """ "https://treteau.example.org", as the installation names itself (TRETEAU_BASE_URL)."""
    return str(settings.WAGTAILADMIN_BASE_URL).rstrip("/")


def absolute(address: str) -> str:
    """A path of this site with its name before it; what is whole already stays."""
    return urljoin(f"{base()}/", address)


def is_ours(address: str) -> bool:
    parts = urlsplit(address)
    return not parts.netloc or f"{parts.scheme}://{parts.netloc}" == base()
