# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a dashboard is made of. Plain data, in the words that people read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from cms.templatetags.french import plural


@dataclass(frozen=True)
class Task:
    """Something that waits for this person: what it is, the one button, since when, and by when."""

    title: str
    action: str
    url: str
    detail: str = ""
    since: datetime | None = None
    by: date | None = None
    #: What the link says for who hears it out of its place, e.g. "C-2026-00042".
    name: str = ""

    @property
    def waited(self) -> str:
        return waited(self.since)

    @property
    def is_late(self) -> bool:
        return self.by is not None and self.by < timezone.localdate()


@dataclass(frozen=True)
class Elsewhere:
    """Something that somebody else has in hand: "En attente de la préfecture depuis 3 jours"."""

    title: str
    url: str
    words: str
    detail: str = ""


@dataclass(frozen=True)
class Figure:
    label: str
    value: str


@dataclass
class Dashboard:
    """``more``, ``others_more``: those that are counted only, with the page that has them all."""

    name: str  # of the role, for the page's anchors
    title: str
    tasks: list[Task]
    #: Where nothing waits: a kind word, and the next useful thing.
    calm: str
    next_label: str
    next_url: str
    others: list[Elsewhere] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    more: int = 0
    others_more: int = 0
    all_url: str = ""


def waited(since: datetime | None) -> str:
    """ "depuis 3 jours"; "" where nobody knows."""
    if since is None:
        return ""
    days = (timezone.localdate() - timezone.localdate(since)).days
    if days <= 0:
        return "depuis aujourd’hui"
    if days == 1:
        return "depuis hier"
    if days < 60:
        return f"depuis {plural(days, 'jour,jours')}"
    return f"depuis {plural(days // 30, 'mois,mois')}"
