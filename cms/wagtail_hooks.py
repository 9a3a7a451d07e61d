# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the administration shows besides pages: makers' remarks, to be read and answered."""

from __future__ import annotations

from wagtail import hooks
from wagtail.admin.panels import FieldPanel
from wagtail.admin.viewsets.model import ModelViewSet

from designs.models import Remark


class RemarkViewSet(ModelViewSet):  # type: ignore[misc]  # Wagtail has no types
    """What a maker wrote stays as it is; its state and the answer are the designer's."""

    model = Remark
    menu_label = "Remarques"
    icon = "comment"
    add_to_admin_menu = True
    list_display = ("__str__", "text", "author", "status", "created_at")
    list_filter = ("status", "revision")
    form_fields = ("status", "answer")
    panels = [
        FieldPanel("revision", read_only=True),
        FieldPanel("part_code", read_only=True),
        FieldPanel("text", read_only=True),
        FieldPanel("author", read_only=True),
        FieldPanel("job_key", read_only=True),
        FieldPanel("parameters", read_only=True),
        FieldPanel("status"),
        FieldPanel("answer"),
    ]


@hooks.register("register_admin_viewset")
def remarks() -> RemarkViewSet:
    return RemarkViewSet("remarques")
