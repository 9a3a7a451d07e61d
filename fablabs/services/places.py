# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A maker's sites: where they are, by which establishment's number, and what a move does to an open one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from fablabs.geography import UnknownCommuneError, commune
from fablabs.geography.distance import great_circle_km
from fablabs.models import Maker, Workshop
from fablabs.services.editing import locked, require_unchanged, stored
from fablabs.services.history import Differences, differences, record
from fablabs.services.permission import require_editor
from fablabs.services.refusals import RecordError

if TYPE_CHECKING:
    from accounts.models import User
    from fablabs.geography import Commune

#: What a coordinator looks at when a site is validated: who changes one of them asks again.
VALIDATED_FIELDS = ("siret", "address", "postcode", "insee")
PLACE_FIELDS = ("name", "siret", "address", "postcode", "insee", "latitude", "longitude")
#: Farther from its commune's point (km), a coordinate is a slip: the largest communes reach 30.
FARTHEST_KM = 30.0


def add_site(maker: Maker, given: Mapping[str, Any], *, actor: User) -> Workshop:
    """A new site, to be validated. ``given`` has PLACE_FIELDS; coordinates left None are the commune's.

    Raises NotAllowedError, RecordError and ValidationError by field."""
    with transaction.atomic():
        require_editor(maker, actor)
        workshop = Workshop(maker=maker)
        _place(workshop, given)
        workshop.slug = _free_slug(workshop)
        workshop.full_clean()
        workshop.save()
        values = differences({}, stored(workshop, PLACE_FIELDS))
        record(maker, "added", f"atelier {workshop.name}", actor=actor, workshop=workshop, values=values)
        return workshop


@transaction.atomic
def move(workshop: Workshop, given: Mapping[str, Any], *, actor: User, seen: str | None = None) -> Differences:
    """Change name, number, address, commune or coordinates. A site that was validated goes back to validation if one of
    VALIDATED_FIELDS differs: what was looked at is not what is there any more.

    Raises NotAllowedError, StaleError, RecordError and ValidationError by field."""
    require_editor(workshop.maker, actor)
    fresh: Workshop = locked(workshop)
    before = stored(fresh, PLACE_FIELDS)
    require_unchanged(f"workshop {fresh.slug}", before, seen)
    moved_away = given.get("insee", fresh.insee) != fresh.insee
    stays_put = all(given.get(name, before[name]) == before[name] for name in ("latitude", "longitude"))
    if moved_away and stays_put:
        given = {**given, "latitude": None, "longitude": None}  # the old ones are the old commune's
    _place(fresh, given)
    changed = differences(before, stored(fresh, PLACE_FIELDS))
    asks_again = fresh.validated_at is not None and any(name in changed for name in VALIDATED_FIELDS)
    if asks_again:
        fresh.validated_at, fresh.validated_by = None, None
        if fresh.state == Workshop.State.OPEN or (fresh.state == Workshop.State.PAUSED and not fresh.is_held):
            fresh.state, fresh.asked_at, fresh.state_reason = Workshop.State.DRAFT, timezone.now(), ""
    fresh.full_clean()
    if changed:
        fresh.save()
        note = (
            "Le SIRET ou l’adresse change\N{NO-BREAK SPACE}: l’atelier attend une nouvelle validation."
            if asks_again
            else ""
        )
        record(fresh.maker, "changed", f"lieu de {fresh.name}", actor=actor, workshop=fresh, values=changed, note=note)
    workshop.refresh_from_db()
    return changed


def _place(workshop: Workshop, given: Mapping[str, Any]) -> None:
    for name in PLACE_FIELDS:
        if name in given:
            setattr(workshop, name, given[name])
    _require_own_siret(workshop)
    try:
        found = commune(workshop.insee)
    except UnknownCommuneError as error:
        raise RecordError(str(error), {"insee": error.french}) from error
    workshop.insee, workshop.commune = found.insee, found.label
    if workshop.latitude is None or workshop.longitude is None:
        workshop.latitude, workshop.longitude = found.latitude, found.longitude
    _require_near(workshop, found)


def _require_own_siret(workshop: Workshop) -> None:
    siren = workshop.maker.organisation.siren
    if workshop.siret and not siren:
        raise RecordError(
            "the maker has no SIREN yet",
            {"siret": "Le SIREN de la structure n’est pas encore connu\N{NO-BREAK SPACE}: indiquez-le d’abord."},
        )
    if workshop.siret and not workshop.siret.startswith(siren):
        raise RecordError(
            f"SIRET {workshop.siret!r} is not of SIREN {siren}",
            {
                "siret": f"Ce SIRET n’est pas celui de votre structure\N{NO-BREAK SPACE}: il commence par {siren}, votre SIREN."
            },
        )


def _require_near(workshop: Workshop, place: Commune) -> None:
    latitude, longitude = workshop.latitude, workshop.longitude
    assert latitude is not None and longitude is not None
    far = great_circle_km(latitude, longitude, place.latitude, place.longitude)
    if far > FARTHEST_KM:
        raise RecordError(
            f"coordinates are {far:.0f} km away from {place.label}",
            {
                "latitude": f"Ce point est à {far:.0f}\N{NO-BREAK SPACE}km de {place.label}\N{NO-BREAK SPACE}: vérifiez les coordonnées."
            },
        )


def _free_slug(workshop: Workshop) -> str:
    place = workshop.commune.split(" (")[0]
    base = slugify(f"{workshop.name} {place}")[:50].strip("-") or "atelier"
    taken = set(Workshop.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in [base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))] if slug not in taken)
