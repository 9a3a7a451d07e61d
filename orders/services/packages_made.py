# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The files that a maker asked for are ready, or can't be made: a word in the bell of whoever asked, once."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import CharField, Exists, F, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from accounts.models import Notice
from accounts.services.notices import notify
from designs.typography import SPACE
from fabrication.models import Job
from orders.models import Production

#: Days after which nobody waits for files any more.
_STALE_DAYS = 3
#: Of one round, so that a worker is not kept from other work.
_AT_ONCE = 100


def tell_finished() -> int:
    """For the worker, as often as it likes; returns how many people were told."""
    key = Concat(
        Value("package."), Cast(OuterRef("pk"), CharField()), Value("."), Cast(OuterRef("made_by"), CharField()),
        output_field=CharField(),
    )  # fmt: skip
    over = Production.objects.filter(
        replaced_at=None,
        made_by__is_active=True,
        made_at__gte=timezone.now() - timedelta(days=_STALE_DAYS),
        job__state__in=[Job.State.DONE, Job.State.FAILED, Job.State.REFUSED],
        # Files that were there at once were seen at once.
        job__finished_at__gt=F("made_at"),
    ).exclude(Exists(Notice.objects.filter(key=key)))
    told = 0
    for row in over.select_related("line__order", "job").order_by("pk")[:_AT_ONCE]:
        order = row.line.order
        said = (
            "les fichiers de découpe sont prêts"
            if row.job.state == Job.State.DONE
            else "les fichiers de découpe n’ont pas pu être faits"
        )
        told += notify(
            [row.made_by_id],
            f"package.{row.pk}",
            f"Commande {order.reference}{SPACE}: {said}",
            kind=Notice.Kind.WORKSHOP,
            place="making",
            args=[order.public_id],
        )
    return told
