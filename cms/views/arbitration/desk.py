# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who arbitrates, and over which départements and campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.http import Http404, HttpRequest
from django.utils import timezone

from accounts.models import User, is_coordinator
from orders.models import Campaign, prefecture_departments


@dataclass(frozen=True)
class Desk:
    """``departments``: codes of those whose préfecture this person works for. A coordinator sees all of them and decides
    over none."""

    user: User
    is_coordinator: bool
    departments: tuple[str, ...]

    def covers(self, department: str) -> bool:
        """May this person decide there?"""
        return department in self.departments


def desk_or_404(request: HttpRequest) -> Desk:
    user = cast(User, request.user)
    own = tuple(sorted(row["department"] for row in prefecture_departments(user)))
    coordinates = is_coordinator(user)
    if not own and not coordinates:
        raise Http404("Cette page est celle des préfectures.")
    return Desk(user, coordinates, own)


def campaigns_of(desk: Desk) -> list[Campaign]:
    """Published ones that are open to a département of this desk, the newest first."""
    found = list(Campaign.objects.published())
    if desk.is_coordinator:
        return found
    return [one for one in found if any(one.covers(department) for department in desk.departments)]


def usual_campaign(campaigns: list[Campaign]) -> Campaign | None:
    """The one that began last; before the first begins, the next one."""
    today = timezone.localdate()
    begun = [one for one in campaigns if one.opens_on <= today]
    return begun[0] if begun else campaigns[-1] if campaigns else None
