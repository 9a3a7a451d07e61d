# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A run's answer as proposals: buyers are shown them, and still choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from fablabs.models import Workshop
from fabrication.assignment.services.runs import NotAllowedError, RunError, _require_coordinator
from fabrication.models import AssignmentRun, Proposal

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

__all__ = ["NotAllowedError", "propose"]


def propose(actor: User | AnonymousUser, run: AssignmentRun) -> int:
    """Put the run's pairs in the place of all that stands proposed for its campaign; those are kept as history.

    Proposing what stands already changes nothing. Returns how many stand. Raises NotAllowedError; RunError for a run
    without an answer, over makers that are not the site's, or one of which takes no orders any more.
    """
    _require_coordinator(actor)
    if run.makers != AssignmentRun.Makers.SITE:
        raise RunError(
            "proposals name workshops of the site, this run was made with a table of makers",
            "Cette répartition porte sur un tableau d’ateliers : seuls les ateliers du site se proposent aux acheteurs.",
        )
    with transaction.atomic():
        # Every run of the campaign: of two that are proposed at the same moment one comes second.
        of_campaign = AssignmentRun.objects.select_for_update().filter(campaign=run.campaign).order_by("pk")
        run = next(r for r in of_campaign.defer("inputs") if r.pk == run.pk)
        if run.state != AssignmentRun.State.DONE:
            raise RunError("only a finished run is proposed", "Cette répartition n’est pas terminée.")
        if run.is_proposed:
            return Proposal.objects.filter(run=run, replaced_at=None).count()
        now = timezone.now()
        lines = list(run.rows.exclude(maker="").values_list("demand", "maker", "quantity", "metres"))
        workshops = dict(
            Workshop.objects.open_to_orders()
            .filter(slug__in={maker for _, maker, _, _ in lines})
            .values_list("slug", "pk")
        )
        gone = sorted({maker for _, maker, _, _ in lines} - set(workshops))
        if gone:
            raise RunError(
                f"these workshops are not open to orders any more: {', '.join(gone)}",
                f"Ces ateliers ne prennent plus de commande : {', '.join(gone)}. Faites une nouvelle répartition.",
            )
        standing = Proposal.objects.filter(campaign=run.campaign, replaced_at=None)
        former = set(standing.values_list("run_id", flat=True))
        standing.update(replaced_at=now)
        AssignmentRun.objects.filter(
            campaign=run.campaign, proposed_at__isnull=False, replaced_at=None, pk__in=former
        ).update(replaced_at=now)
        Proposal.objects.bulk_create(
            (
                Proposal(
                    run=run,
                    campaign=run.campaign,
                    demand=demand,
                    workshop_id=workshops[maker],
                    quantity=quantity,
                    metres=metres,
                    proposed_at=now,
                )
                for demand, maker, quantity, metres in lines
            ),
            batch_size=500,
        )
        AssignmentRun.objects.filter(pk=run.pk).update(proposed_at=now, proposed_by=actor, replaced_at=None)
    return len(lines)
