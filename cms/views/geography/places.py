# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What answers to the filters, nearest first: for the list and for the map, which say the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.urls import reverse

from cms.roads import site_roads
from cms.views.geography.filters import WorkshopFilters, in_territory
from cms.views.geography.words import in_short, kilometres
from fablabs.geography import Commune, NotConnectedError, UnknownCommuneError, commune
from fablabs.models import Contact, Workshop


@dataclass(frozen=True)
class WorkshopEntry:
    workshop: Workshop
    km: float | None  # by road, an estimate; None: nobody asked from where, or it isn't known
    number: int = 0  # in the list, and on the map

    @cached_property
    def in_short(self) -> tuple[str, str]:
        """Its machines, its panels."""
        return in_short(self.workshop)

    @property
    def distance(self) -> str:
        return "" if self.km is None else kilometres(self.km)

    @property
    def is_paused(self) -> bool:
        return self.workshop.state == Workshop.State.PAUSED


@dataclass(frozen=True)
class ContactEntry:
    contact: Contact
    place: str  # "Nîmes (Gard)"; "" if unknown
    km: float | None

    @property
    def distance(self) -> str:
        return "" if self.km is None else kilometres(self.km)

    @property
    def website(self) -> str:
        """Lists have anything in this column; only an address of the web is made a link."""
        return self.contact.website if self.contact.website.startswith(("https://", "http://")) else ""


def find_workshops(filters: WorkshopFilters, workshops: Iterable[Workshop]) -> tuple[list[WorkshopEntry], int]:
    """The workshops that answer, nearest first (else by name), and how many more would if a road led there."""
    found, overseas = [], 0
    for workshop in workshops:
        if not filters.keeps(workshop):
            continue
        try:
            km = _km(filters.near, workshop.insee)
        except NotConnectedError:
            overseas += 1
            continue
        if _within(filters, km):
            found.append(WorkshopEntry(workshop, km))
    found.sort(key=lambda entry: (_far(entry.km), entry.workshop.name.casefold(), entry.workshop.pk))
    return [replace(entry, number=place) for place, entry in enumerate(found, 1)], overseas


def find_contacts(filters: WorkshopFilters, contacts: Iterable[Contact]) -> tuple[list[ContactEntry], int]:
    """The same of places known from public lists. What asks for machines or panels is not asked of them."""
    territory = filters.asked("territoire") or ""
    found, overseas = [], 0
    for contact in contacts:
        if territory and not in_territory(contact.insee, territory):
            continue
        try:
            km = _km(filters.near, contact.insee)
        except NotConnectedError:
            overseas += 1
            continue
        if _within(filters, km):
            found.append(ContactEntry(contact, _place(contact.insee), km))
    found.sort(key=lambda entry: (_far(entry.km), entry.contact.name.casefold(), entry.contact.pk))
    return found, overseas


def _km(origin: Commune | None, insee: str) -> float | None:
    """Raises NotConnectedError."""
    if origin is None:
        return None
    try:
        return site_roads().km(origin, commune(insee))
    except UnknownCommuneError:
        return None


def _within(filters: WorkshopFilters, km: float | None) -> bool:
    radius = filters.asked("rayon")
    if filters.near is None or radius is None:
        return True
    return km is not None and km <= radius


def _far(km: float | None) -> float:
    return float("inf") if km is None else km


def _place(insee: str) -> str:
    try:
        return commune(insee).label
    except UnknownCommuneError:
        return ""


def points(
    workshops: Iterable[WorkshopEntry], contacts: Iterable[ContactEntry], origin: Commune | None
) -> dict[str, Any]:
    """What the map draws: every place that answers and whose coordinates are known."""
    return {
        "workshops": [
            {
                "name": entry.workshop.name,
                "place": f"{entry.workshop.maker.get_kind_display()}, {entry.workshop.commune}",
                "note": entry.in_short[0] or "Machines inconnues\u00a0: à contacter",
                "number": entry.number,
                "url": reverse("workshop", args=[entry.workshop.slug]),
                "at": [entry.workshop.latitude, entry.workshop.longitude],
            }
            for entry in workshops
            if entry.workshop.latitude is not None
        ],
        "contacts": [
            {"name": entry.contact.name, "place": entry.place, "at": [entry.contact.latitude, entry.contact.longitude]}
            for entry in contacts
            if entry.contact.latitude is not None
        ],
        "origin": {"name": origin.label, "at": [origin.latitude, origin.longitude]} if origin else None,
    }
