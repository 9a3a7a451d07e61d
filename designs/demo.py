# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demonstration's designers: models in their care, and what two workshops said of them."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation
from designs.models import Care, DesignDraft, DesignRevision, Remark
from designs.services import drafting, remark, reviewing
from designs.templates import started_from, template

#: Model, part, author, words, days ago.
_REMARKS = (
    (
        "chariot", "P03", "Les Copeaux",
        "Sur un contreplaqué mesuré à 17,6 mm, les tenons flottent un peu. Avec un jeu de 0,1 mm, ils tiennent sans colle.", 9,
    ),
    (
        "porte", "P02", "La Cale",
        "Le chanfrein du bas reste rugueux à la fraise de 6 mm\N{NO-BREAK SPACE}: une passe de finition de plus suffit.", 3,
    ),
)  # fmt: skip


@transaction.atomic
def load_remarks() -> int:
    """How many; those that are there stay as they are. Nothing outside of demo settings."""
    studio = Organisation.objects.filter(kind=Organisation.Kind.DESIGNER, is_demo=True).order_by("pk").first()
    if not settings.TRETEAU_DEMO or studio is None:
        return 0
    count = 0
    for design in DesignRevision.objects.order_by("design").values_list("design", flat=True).distinct():
        Care.objects.get_or_create(design=design, organisation=studio)
    for design, part, author, words, days in _REMARKS:
        revision = DesignRevision.objects.filter(design=design).order_by("-number").first()
        if revision is None or Remark.objects.filter(revision__design=design, author=author).exists():
            continue
        found = remark(revision, part, words, author=author)
        Remark.objects.filter(pk=found.pk).update(created_at=timezone.now() - timedelta(days=days))
        count += 1
    return count


@transaction.atomic
def load_drafts() -> list[DesignDraft]:
    """What the designers have in hand: a table of their own, just begun, and a deeper trolley that waits for its review. Those that
    are there stay as they are; nothing outside of demo settings."""
    care = Care.objects.filter(design="chariot", organisation__is_demo=True).select_related("organisation").first()
    if not settings.TRETEAU_DEMO or care is None or DesignDraft.objects.exists():
        return []
    designer = care.organisation.memberships.select_related("user").get().user
    table = started_from(template("table"), "table-d-accueil")
    texts = {**table.texts, "title": "Table d’accueil", "credit": "Studio Varlope"}
    data = {"content": table.content.as_data(), "texts": texts}
    begun = drafting.start(slug=table.slug, organisation=care.organisation, data=data, actor=designer)
    trolley = drafting.take_up("chariot", actor=designer)
    content = trolley.state().content
    for parameter in content["specification"]["parameters"]:
        if parameter["name"] == "depth":
            parameter["default"] += 20
    changes = {"changes": "Vingt millimètres de profondeur en plus, pour un écran posé en retrait."}
    drafting.save(
        trolley, {"content": content, "texts": changes}, actor=designer, based_on=drafting.state_id(trolley)
    )  # fmt: skip
    reviewing.submit(trolley, actor=designer)
    return [begun, trolley]


@transaction.atomic
def forget_models() -> None:
    """Every model, published or not, with what was said of it. Jobs and orders are gone before."""
    Remark.objects.all().delete()
    DesignRevision.states.update(draft=None, adapted_from=None)
    DesignDraft.objects.all().delete()
    DesignRevision.states.all().delete()
