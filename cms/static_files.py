# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which static files of the installed packages are collected: of DSFR's 60 MB pages load none but its favicon, for State sites;
what they use of its sheets and typeface is in our own bundle (scripts/style.py)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.staticfiles.finders import AppDirectoriesFinder

_NOT_LOADED = ("dsfr/", "django-dsfr/")
_LOADED = ("dsfr/dist/favicon/",)


class Finder(AppDirectoriesFinder):
    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        for path, storage in super().list(ignore_patterns):
            name = path.replace("\\", "/")
            if not name.startswith(_NOT_LOADED) or name.startswith(_LOADED):
                yield path, storage
