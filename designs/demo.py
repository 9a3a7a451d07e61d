# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demonstration's designers: models in their care, and what two workshops said of them."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation
from designs.models import Care, DesignRevision, Remark
from designs.services import remark

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
