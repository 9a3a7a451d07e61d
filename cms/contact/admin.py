# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The teams' list of messages, and which subject goes to whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wagtail import hooks
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views.generic import EditView, IndexView
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from cms.contact.receiving import mark
from cms.models import ContactMessage, ContactSubject
from fabrication.spreadsheets import harmless


class AnswerPolicy(ModelPermissionPolicy):  # type: ignore[misc]  # Wagtail has no types
    """Messages come from the site: nobody writes one here, and they go by themselves after their time (docs/retention.md)."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action not in ("add", "delete") and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class MessageIndex(IndexView):  # type: ignore[misc]
    list_export = ("number", "subject", "name", "email", "organisation", "text", "get_state_display", "created_at")
    export_headings = {"get_state_display": "État"}
    custom_value_preprocess = {
        **IndexView.custom_value_preprocess,
        str: {IndexView.FORMAT_CSV: harmless, IndexView.FORMAT_XLSX: harmless},
    }
    export_filename = "messages"

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().select_related("subject", "answered_by")


class MessageEdit(EditView):  # type: ignore[misc]
    def save_instance(self) -> ContactMessage:
        data = self.form.cleaned_data
        return mark(self.form.instance, data["state"], actor=self.request.user, note=data["note"])


class MessageViewSet(ModelViewSet):  # type: ignore[misc]
    """What somebody wrote stays as it is; state and note are the team's."""

    model = ContactMessage
    menu_label = "Messages reçus"
    icon = "mail"
    copy_view_enabled = False
    index_view_class = MessageIndex
    edit_view_class = MessageEdit
    permission_policy = AnswerPolicy(ContactMessage)
    list_display = (
        "number",
        "subject",
        "name",
        "organisation",
        Column("get_state_display", label="État", sort_key="state"),
        BooleanColumn("is_suspect", label="Suspect"),
        "created_at",
    )
    list_filter = ("state", "subject", "is_suspect")
    search_fields = ("number", "name", "email", "organisation", "text")
    search_backend_name = None
    form_fields = ("state", "note")
    panels = [
        *(
            FieldPanel(name, read_only=True)
            for name in ("number", "subject", "name", "email", "organisation", "text", "created_at", "is_suspect")
        ),
        FieldPanel("state"),
        FieldPanel("note"),
        FieldPanel("answered_at", read_only=True),
        FieldPanel("answered_by", read_only=True),
    ]


class SubjectViewSet(ModelViewSet):  # type: ignore[misc]
    model = ContactSubject
    menu_label = "Sujets et équipes"
    icon = "list-ul"
    copy_view_enabled = False
    list_display = ("title", "recipients", "answer_days", BooleanColumn("is_active", label="Proposé"))
    form_fields = ("title", "slug", "hint", "recipients", "answer_days", "position", "is_active")


class ContactGroup(ViewSetGroup):  # type: ignore[misc]
    menu_label = "Contact"
    menu_icon = "mail"
    menu_order = 320
    items = (MessageViewSet("messages_recus"), SubjectViewSet("sujets_de_contact"))


@hooks.register("register_admin_viewset")
def contact() -> ContactGroup:
    return ContactGroup()
