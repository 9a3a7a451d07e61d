# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who comes, for editors: to be read and exported. People register and leave by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from wagtail import hooks
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.models import Page
from wagtail.permission_policies import ModelPermissionPolicy

from cms.models import MeetingPage, Registration
from fabrication.spreadsheets import harmless


class ReadOnlyPolicy(ModelPermissionPolicy):  # type: ignore[misc]  # Wagtail has no types
    """To be looked at by those who may, and changed here by nobody."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class RegistrationIndex(IndexView):  # type: ignore[misc]
    list_export = ("meeting_title", "name", "email", "organisation", "get_state_display", "queued_at")
    export_headings = {
        "meeting_title": "Rencontre",
        "get_state_display": "État",
    }
    custom_value_preprocess = {
        **IndexView.custom_value_preprocess,
        str: {IndexView.FORMAT_CSV: harmless, IndexView.FORMAT_XLSX: harmless},
    }
    export_filename = "inscriptions"

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().select_related("meeting")


class RegistrationViewSet(ModelViewSet):  # type: ignore[misc]
    model = Registration
    menu_label = "Inscriptions"
    icon = "group"
    add_to_admin_menu = True
    menu_order = 310
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_fields = ["meeting", "name", "email", "organisation", "state", "queued_at", "cancelled_at", "own_page"]
    index_view_class = RegistrationIndex
    permission_policy = ReadOnlyPolicy(Registration)
    list_display = (
        "name",
        "email",
        "organisation",
        "meeting",
        Column("get_state_display", label="État", sort_key="state"),
        "queued_at",
    )
    list_filter = ("meeting", "state")
    search_fields = ("name", "email", "organisation")
    search_backend_name = None
    ordering = ("-queued_at",)
    form_fields = ("name",)


@hooks.register("register_admin_viewset")
def registrations() -> RegistrationViewSet:
    return RegistrationViewSet("inscriptions")


@hooks.register("before_delete_page")
def keep_meetings_that_people_come_to(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Deleted, nobody would tell them: an editor calls it off first."""
    return _refuse(request, [page])


@hooks.register("before_bulk_action")
def keep_them_in_bulk(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any
) -> HttpResponse | None:
    if action_type != "delete":
        return None
    return _refuse(request, [one for one in objects if isinstance(one, Page)])


def _refuse(request: HttpRequest, pages: Iterable[Page]) -> HttpResponse | None:
    for page in pages:
        coming = MeetingPage.objects.descendant_of(page, inclusive=True).upcoming()
        expected = coming.filter(
            is_cancelled=False, registrations__state__in=[Registration.State.REGISTERED, Registration.State.WAITING]
        ).first()
        if expected is not None:
            messages.error(
                request,
                f"Des personnes attendent la rencontre « {expected.title} » : cochez « annulée » et publiez, pour qu’elles soient "
                "prévenues ; elle peut être supprimée ensuite.",
            )
            return redirect(reverse("wagtailadmin_pages:edit", args=[expected.pk]))
    return None
