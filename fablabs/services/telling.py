# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a coordinator decided about a workshop, by e-mail to its people: they don't look at its page every day."""

from __future__ import annotations

import logging
import uuid

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from accounts.models import Membership, Notice, Role
from accounts.services.notices import notify, people_of_organisation
from designs.typography import SPACE
from fablabs.models import Workshop
from fablabs.services.history import without_echo

log = logging.getLogger(__name__)

#: What happened (an action of Change) → subject, sentence, what follows.
_WORDS = {
    "validated": (
        "est ouvert aux commandes",
        "La coordination a validé votre atelier {name}" + f"{SPACE}: il est ouvert aux commandes.",
        "Les acheteurs le voient désormais. Vous pouvez le mettre en pause à tout moment sur sa page.",
    ),
    "refused": (
        "n’est pas encore validé",
        "La coordination n’a pas validé votre atelier {name} pour l’instant.",
        "Corrigez ce qui doit l’être, puis demandez de nouveau la validation sur sa page.",
    ),
    "held": (
        "est suspendu",
        "La coordination a suspendu votre atelier {name}" + f"{SPACE}: aucune commande ne lui est proposée.",
        "Elle seule peut le rouvrir. Si cette décision vous paraît fausse, répondez-lui.",
    ),
    "resumed": (
        "n’est plus suspendu",
        "La coordination a levé la suspension de votre atelier {name}.",
        "Son état d’aujourd’hui est sur sa page.",
    ),
}


def tell(workshop: Workshop, action: str) -> None:
    """In the bell of the maker's people, and by e-mail once the decision stands. A message that can't be sent is logged: the page
    says the same."""
    subject, _, _ = _WORDS[action]
    notify(
        people_of_organisation(workshop.maker.organisation, Role.MAKER),
        f"workshop.{workshop.pk}.{action}.{uuid.uuid4()}",
        f"Votre atelier {workshop.name} {subject}",
        kind=Notice.Kind.WORKSHOP,
        place="maker-site",
        args=[workshop.slug],
        has_letter=True,
    )
    transaction.on_commit(lambda: _send(workshop, action), robust=True)


def _send(workshop: Workshop, action: str) -> None:
    people = Membership.objects.filter(
        organisation=workshop.maker.organisation, role=Role.MAKER, is_active=True, user__is_active=True
    ).exclude(user__email="")
    addresses = sorted(set(people.values_list("user__email", flat=True)))
    if not addresses:
        return
    subject, sentence, after = _WORDS[action]
    reason = f"Raison donnée{SPACE}: {workshop.state_reason}\n\n" if workshop.state_reason else ""
    base = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    message = EmailMessage(
        subject=" ".join(without_echo(f"Votre atelier {workshop.name} {subject}").split()),
        body=f"Bonjour,\n\n{without_echo(sentence.format(name=workshop.name))}\n\n{reason}{after}\n\n"
        f"{base}/espace/fabricant/ateliers/{workshop.slug}/\n\n{settings.WAGTAIL_SITE_NAME}\n",
        to=addresses,
    )
    try:
        message.send()
    except OSError:  # smtplib's errors are OSErrors
        log.warning("workshop %s: its maker could not be told that it was %s", workshop.slug, action, exc_info=True)
