# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The dashboards of a person, one a role."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from accounts.models import Role, User, is_coordinator
from cms.dashboards.buyer import buyer
from cms.dashboards.coordinator import coordinator
from cms.dashboards.designer import designer
from cms.dashboards.editor import editor
from cms.dashboards.maker import maker
from cms.dashboards.parts import Dashboard
from cms.dashboards.prefecture import prefecture
from cms.dashboards.reviewer import reviewer
from designs.services.roles import is_reviewer

#: In the order in which they are stacked: who waits for money or for wood first.
_OF: dict[Role, Callable[[User], Dashboard]] = {
    Role.MAKER: maker,
    Role.BUYER: buyer,
    Role.PREFECTURE: prefecture,
    Role.DESIGNER: designer,
    Role.COORDINATOR: coordinator,
}


def dashboards_of(user: User, roles: Iterable[Role]) -> list[Dashboard]:
    """Those with something that waits first; who reads models over, or edits the site's pages, has one for them."""
    held = set(roles)
    found = [make(user) for role, make in _OF.items() if role in held]
    if is_reviewer(user) and not is_coordinator(user):
        found.append(reviewer(user))
    if user.has_perm("wagtailadmin.access_admin"):
        found.append(editor(user))
    return sorted(found, key=lambda one: not one.tasks)
