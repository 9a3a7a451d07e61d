# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may do what with models (docs/revisions.md): designers work at theirs, reviewers approve and publish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from accounts.models import Membership, Organisation, Role, User, is_coordinator
from designs.models import Care, DesignDraft
from designs.studio_errors import NotYoursError

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

#: The group that a site's reviewers are in; what counts is its permission.
REVIEWERS = "Relecteurs des modèles"
_MAY_PUBLISH = "publish_designdraft"


def is_reviewer(user: User | AnonymousUser | None) -> bool:
    """Coordinators, and whoever has the permission to publish models."""
    if user is None or not user.is_authenticated or not user.is_active:
        return False
    return is_coordinator(user) or user.has_perm(f"designs.{_MAY_PUBLISH}")


def reviewers() -> QuerySet[User]:
    """Everybody who is one."""
    may = Permission.objects.filter(codename=_MAY_PUBLISH, content_type__app_label="designs")
    coordinators = Membership.objects.filter(
        role=Role.COORDINATOR, is_active=True, organisation__archived_at=None
    ).values("user")
    people = get_user_model().objects.filter(is_active=True)
    return people.filter(
        Q(groups__permissions__in=may) | Q(user_permissions__in=may) | Q(pk__in=coordinators) | Q(is_superuser=True)
    ).distinct()


def bureaus_of(user: User | AnonymousUser) -> QuerySet[Organisation]:
    """Organisations for which this person designs."""
    if not user.is_authenticated:
        return Organisation.objects.none()
    mine = Membership.objects.filter(user=user, role=Role.DESIGNER, is_active=True).values("organisation")
    return Organisation.objects.filter(pk__in=mine, kind=Organisation.Kind.DESIGNER, archived_at=None)


def designs_of(user: User | AnonymousUser) -> QuerySet[Care]:
    """Models that are in the care of an organisation for which this person designs."""
    if not user.is_authenticated:
        return Care.objects.none()
    return Care.objects.filter(
        organisation__memberships__user=user,
        organisation__memberships__role=Role.DESIGNER,
        organisation__memberships__is_active=True,
        organisation__archived_at=None,
    )


def drafts_of(user: User | AnonymousUser) -> QuerySet[DesignDraft]:
    """Those at which this person works: of their bureaus, and of the models in their care. A reviewer has none by that."""
    if not user.is_authenticated or not user.is_active:
        return DesignDraft.objects.none()
    return DesignDraft.objects.filter(
        Q(organisation__in=bureaus_of(user).values("pk")) | Q(slug__in=designs_of(user).values("design"))
    )


def draft_of(user: User | AnonymousUser, slug: str) -> DesignDraft:
    """One of them. Raises NotYoursError, for a model that there is not too."""
    found = drafts_of(user).select_related("latest_revision", "organisation").filter(slug=slug).first()
    if found is None:
        raise NotYoursError(f"no draft {slug[:50]!r} for this person")
    return found


def draft_to_read(user: User | AnonymousUser, slug: str) -> DesignDraft:
    """One of one's own, any for a reviewer. Raises NotYoursError."""
    if is_reviewer(user):
        found = DesignDraft.objects.select_related("latest_revision", "organisation").filter(slug=slug).first()
        if found is not None:
            return found
    return draft_of(user, slug)


def designers_of(design: str) -> QuerySet[User]:
    """Everybody who works at a model, or has it in care."""
    drawing = DesignDraft.objects.filter(slug=design).values("organisation")
    caring = Care.objects.filter(design=design).values("organisation")
    memberships = Membership.objects.filter(
        Q(organisation__in=drawing) | Q(organisation__in=caring),
        role=Role.DESIGNER,
        is_active=True,
        organisation__archived_at=None,
    )
    return get_user_model().objects.filter(is_active=True, pk__in=memberships.values("user"))
