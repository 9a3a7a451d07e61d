# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Work in progress at a workshop: what is being computed for it right now, and quotes that it still owes its buyers."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable

from django.utils import timezone

from cms.templatetags.french import plural
from fablabs.models import CuttingMachine, Workshop
from fabrication.models import Job, Quote


def unfinished_jobs(workshop: Workshop, machine: CuttingMachine | None) -> Iterable[str]:
    """A blocker of fablabs.services.closing."""
    jobs = Job.objects.unfinished().filter(workshop=workshop)
    texts = list(jobs.values_list("machine_file", flat=True))
    if machine is not None:
        texts = [text for text in texts if _machine_of(text) == machine.settings.get("name")]
    if texts:
        count = plural(len(texts), "travail est en cours,travaux sont en cours")
        yield f"{count} pour {workshop.name} : attendez la fin du calcul des fichiers."


def quotes_in_force(workshop: Workshop, machine: CuttingMachine | None) -> Iterable[str]:
    """Another one: a quote that was issued binds its maker until it ends or is taken back. It names no machine."""
    if machine is not None:
        return
    issued = Quote.objects.filter(workshop=workshop, state=Quote.State.ISSUED, hidden_at=None)
    count = issued.filter(valid_until__gte=timezone.localdate()).count()
    if count:
        yield (
            f"{plural(count, 'devis émis est encore valable,devis émis sont encore valables')} pour {workshop.name} : "
            "retirez-les d’abord, ou attendez leur terme."
        )


def _machine_of(text: str) -> str:
    try:
        return str(tomllib.loads(text)["machine"]["name"])
    except (ValueError, KeyError, TypeError):
        return ""
