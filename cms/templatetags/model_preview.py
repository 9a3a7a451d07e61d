# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A model's page as it would be with this draft: Wagtail's preview shows it beside the form."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from cms.model_facts import BaseSizes, states_of
from cms.place_form import PlaceForm
from cms.views.previews import facts_context, read_facts
from designs.content import Content
from designs.design import Design
from designs.drawers import drawn_by
from designs.errors import DesignError
from designs.models import DesignDraft, DesignRevision
from designs.services.finding import latest
from fabrication import artefacts
from fabrication.models import Job

register = template.Library()


@register.simple_tag(takes_context=True)
def model_preview(context: dict[str, Any], draft: DesignDraft) -> SafeString:
    """Nothing is computed for it and no row is written: sizes are shown where workers found them already."""
    try:
        content = Content.parse(draft.content)
        design = drawn_by("studio", draft.slug, 0, content, draft.texts)
    except DesignError as error:
        return render_to_string("cms/studio/preview_broken.html", {"reason": getattr(error, "french", "")})
    current = latest(draft.slug)
    shown = DesignRevision(
        design=draft.slug, texts=draft.texts, number=(current.number if current else 0) + 1, version="à venir",
        published_at=timezone.now(), origin="studio", digest=content.digest, adapted_from=draft.adapted_from,
    )  # fmt: skip
    page = {
        "title": design.title,
        "design": design,
        "revision": shown,
        "paragraphs": [words for words in design.story.split("\n\n") if words.strip()],
        "states": states_of(design),
        "base": _sizes(draft, content, design),
        "place_form": PlaceForm(),
        "section": "models",
        "trail": [{"url": reverse("models"), "title": "Les modèles"}],
    }
    return render_to_string("cms/model.html", page, request=context["request"])


def _sizes(draft: DesignDraft, content: Content, design: Design) -> BaseSizes:
    """Of the last preview of this very content, if one was made."""
    job = (
        Job.objects.filter(
            kind=Job.Kind.PREVIEW, state=Job.State.DONE, revision__design=draft.slug, revision__digest=content.digest
        )
        .select_related("facts", "view")
        .order_by("-pk")
    )
    for one in job[:5]:
        if one.facts and one.parameters == design.clean({}) and artefacts.file_of(one.facts).is_file():
            shown = facts_context({"state": "ready", "facts": read_facts(one.facts), "facts_sha256": one.facts.sha256})
            return BaseSizes(shown["facts"], shown["part_count"], None, True)
    return BaseSizes(None, 0, None, True)
