# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a maker offers and shows for it: models with their own price, facts with dates, weeks without work."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from designs.catalogue import identifiers
from designs.services.finding import current_revisions
from fablabs.models import ClosedWeek, Evidence, Maker, Offer, Workshop
from fablabs.services.editing import edit, locked, require_unchanged, stored
from fablabs.services.history import Differences, differences, record
from fablabs.services.permission import require_editor
from fablabs.services.refusals import RecordError

if TYPE_CHECKING:
    from accounts.models import User

_OFFER = ("price_eur", "smallest_quantity", "largest_quantity")
EVIDENCE_FIELDS = ("criterion", "title", "detail", "link", "dated", "valid_until")
#: Facts of one maker: more belong into its report.
MOST_EVIDENCE = 100
#: Weeks ahead that can be closed.
WEEKS_AHEAD = 53


def offered(maker: Maker) -> dict[str, dict[str, Any]]:
    """What stands: {design: {price_eur, smallest_quantity, largest_quantity}}; a model that isn't there is not offered."""
    return {offer.design: stored(offer, _OFFER) for offer in Offer.objects.filter(maker=maker)}


@transaction.atomic
def set_offers(
    maker: Maker, wanted: Mapping[str, Mapping[str, Any]], *, actor: User, seen: str | None = None
) -> Differences:
    """Offer these models, each with its own values, and no others.

    Raises NotAllowedError, StaleError, RecordError (an unknown model), ValidationError."""
    require_editor(maker, actor)
    locked(maker)
    before = offered(maker)
    require_unchanged(f"offers of {maker}", before, seen)
    if unknown := set(wanted) - set(identifiers()) - set(current_revisions()) - set(before):
        raise RecordError(f"no design {sorted(unknown)[0]!r}", {"": "Ce modèle n’existe pas."})
    for offer in Offer.objects.filter(maker=maker).exclude(design__in=list(wanted)):
        offer.delete()
    for design, values in wanted.items():
        offer = Offer.objects.filter(maker=maker, design=design).first() or Offer(maker=maker, design=design)
        for name in _OFFER:
            setattr(offer, name, values[name])
        offer.full_clean()
        offer.save()
    changed = differences(before, offered(maker))
    if changed:
        record(maker, "changed", "modèles proposés", actor=actor, values=changed)
    return changed


@transaction.atomic
def add_evidence(maker: Maker, given: Mapping[str, Any], *, actor: User) -> Evidence:
    """Raises NotAllowedError, RecordError, ValidationError by field."""
    require_editor(maker, actor)
    if maker.evidence.count() >= MOST_EVIDENCE:
        raise RecordError(
            "too many facts", {"": f"{MOST_EVIDENCE} faits au plus\N{NO-BREAK SPACE}: retirez-en un qui ne vaut plus."}
        )
    row = Evidence(maker=maker, **{name: given[name] for name in EVIDENCE_FIELDS if name in given})
    row.full_clean()
    row.save()
    values = differences({}, stored(row, EVIDENCE_FIELDS))
    record(maker, "added", f"fait «\N{NO-BREAK SPACE}{row.title}\N{NO-BREAK SPACE}»", actor=actor, values=values)
    return row


def change_evidence(row: Evidence, given: Mapping[str, Any], *, actor: User, seen: str | None = None) -> Differences:
    """Raises NotAllowedError, StaleError, ValidationError by field."""
    return edit(row, given, actor=actor, subject=f"fait «\N{NO-BREAK SPACE}{row.title}\N{NO-BREAK SPACE}»", seen=seen)


@transaction.atomic
def withdraw_evidence(row: Evidence, *, actor: User) -> None:
    """It is shown no more; the history keeps all that it said. Raises NotAllowedError."""
    require_editor(row.maker, actor)
    fresh = locked(row)
    values = differences(stored(fresh, EVIDENCE_FIELDS), dict.fromkeys(EVIDENCE_FIELDS))
    record(
        fresh.maker,
        "withdrawn",
        f"fait «\N{NO-BREAK SPACE}{fresh.title}\N{NO-BREAK SPACE}»",
        actor=actor,
        values=values,
    )
    fresh.delete()


def mondays_ahead() -> tuple[date, ...]:
    """Of this week and the next ones, a year long."""
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    return tuple(monday + timedelta(weeks=n) for n in range(WEEKS_AHEAD))


def closed_mondays(workshop: Workshop) -> list[date]:
    """From this week on."""
    return list(workshop.closed_weeks.filter(monday__gte=mondays_ahead()[0]).values_list("monday", flat=True))


@transaction.atomic
def close_weeks(
    workshop: Workshop, mondays: Collection[date], *, reason: str = "", actor: User, seen: str | None = None
) -> Differences:
    """Close these weeks of the coming year and no others; past ones stay as they were. ``reason`` is of the new ones.

    Raises NotAllowedError, StaleError, RecordError for a day that is no coming Monday."""
    require_editor(workshop.maker, actor)
    locked(workshop)
    before = closed_mondays(workshop)
    require_unchanged(f"closed weeks of {workshop.slug}", {"weeks": before}, seen)
    if set(mondays) - set(mondays_ahead()) - set(before):
        raise RecordError("no coming Monday", {"weeks": "Choisissez des semaines de la liste."})
    workshop.closed_weeks.filter(monday__in=set(before) - set(mondays)).delete()
    for monday in sorted(set(mondays) - set(before)):
        ClosedWeek.objects.create(workshop=workshop, monday=monday, reason=reason[:120])
    changed = differences({"closed_weeks": before}, {"closed_weeks": closed_mondays(workshop)})
    if changed:
        subject = f"semaines fermées de {workshop.name}"
        record(workshop.maker, "changed", subject, actor=actor, workshop=workshop, values=changed, note=reason)
    return changed
